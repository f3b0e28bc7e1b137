use differentiable::differentiable;

#[differentiable]
fn f(x: f64) -> f64 {
    x.frobnicate() + x
}

#[differentiable]
fn g(x: f64) -> f64 {
    f64::next_up(x) * x
}

fn main() {}
