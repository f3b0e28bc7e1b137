use differentiable::differentiable;

#[differentiable(order = 9)]
fn too_high(x: f64) -> f64 {
    x * x
}

#[differentiable(order = 0)]
fn zero(x: f64) -> f64 {
    x * x
}

#[differentiable(order = "two")]
fn no_number(x: f64) -> f64 {
    x * x
}

fn main() {}
