use differentiable::differentiable;

#[differentiable]
fn both(x: f64) -> [f64; 2] {
    [x, x * x]
}

fn main() {
    both::grad(1.0);
}
