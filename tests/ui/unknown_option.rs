use differentiable::differentiable;

#[differentiable(ordre = 2)]
fn f(x: f64) -> f64 {
    x
}

#[differentiable(forward)]
fn g(x: f64) -> f64 {
    x
}

fn main() {}
