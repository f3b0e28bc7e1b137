use differentiable::differentiable;

#[differentiable(wrt(x, x))]
fn twice(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiable(wrt())]
fn empty(x: f64) -> f64 {
    x
}

#[differentiable(wrt(n))]
fn integer(x: f64, n: usize) -> f64 {
    x * n as f64
}

fn main() {}
