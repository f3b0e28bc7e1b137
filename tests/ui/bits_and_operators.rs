use differentiable::differentiable;

#[differentiable]
fn shifted(x: f64, n: u32) -> f64 {
    x << n
}

#[differentiable]
fn masked(x: f64) -> f64 {
    x ^ 1.0
}

#[differentiable]
fn too_few(x: f64, y: f64) -> f64 {
    x.powf() + y.atan2(x, x)
}

fn main() {}
