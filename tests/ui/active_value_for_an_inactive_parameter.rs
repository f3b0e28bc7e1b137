use differentiable::differentiable;

#[differentiable]
fn scaled(x: f64, #[no_diff] k: f64) -> f64 {
    x * k
}

#[differentiable(wrt(x))]
fn powered(x: f64, e: f64) -> f64 {
    x.powf(e)
}

#[differentiable]
fn caller(x: f64, y: f64) -> f64 {
    scaled(x, y) + powered(x, x * y)
}

fn main() {}
