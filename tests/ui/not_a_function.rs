use differentiable::differentiable;

#[differentiable]
struct Point {
    x: f64,
}

#[differentiable]
const X: f64 = 1.0;

fn main() {
    let _ = X;
}
