use differentiable::differentiable;

#[differentiable]
fn f(#[no_diff] x: f64, n: usize) -> f64 {
    x * n as f64
}

#[differentiable]
fn no_parameters() -> f64 {
    1.0
}

fn main() {}
