use differentiable::differentiable;

#[differentiable]
fn outputs(x: f64, w: f64) -> [f64; 2] {
    [(x + w) * (w + 1.0), (x + w) + (w + 1.0)]
}

#[differentiable]
fn tuple(x: f64, w: f64) -> (f64, f64) {
    ((x + w) * (w + 1.0), (x + w) + (w + 1.0))
}

fn main() {
    outputs::vjp(2.0, 1.0, [1.0, 2.0, 3.0]);
    tuple::vjp(2.0, 1.0, (1.0, 2.0, 3.0));
}
