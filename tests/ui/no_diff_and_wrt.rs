use differentiable::differentiable;

#[differentiable(wrt(x))]
fn f(#[no_diff] x: f64, y: f64) -> f64 {
    x * y
}

#[differentiable(wrt(y), wrt(x))]
fn g(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {}
