use differentiable::differentiable;

#[differentiable]
fn pair(x: f64) -> (f64, f64) {
    (x, x * x)
}

#[differentiable]
fn scaled(x: f64, n: usize) -> Vec<f64> {
    vec![x; n]
}

#[differentiable]
fn in_place(x: &mut [f64]) {
    x[0] *= 2.0;
}

fn main() {
    pair::grad(1.0);
    scaled::value_and_grad(1.0, 3);
    in_place::grad(&mut [1.0]);
}
