use differentiable::differentiable;

#[differentiable(order(2))]
fn f(x: f64) -> f64 {
    x * x
}

#[differentiable(order = "2")]
fn g(x: f64) -> f64 {
    x * x
}

#[differentiable(wrt = x)]
fn h(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiable(partials = 2.0)]
fn k(x: f64) -> f64 {
    2.0 * x
}

fn main() {}
