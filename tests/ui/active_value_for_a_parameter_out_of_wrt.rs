use differentiable::differentiable;

#[differentiable(wrt(x))]
fn powered(x: f64, e: f64) -> f64 {
    x.powf(e)
}

#[differentiable]
fn caller(x: f64, y: f64) -> f64 {
    powered(x, x * y)
}

fn main() {}
