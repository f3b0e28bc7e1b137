use differentiable::differentiable;

#[differentiable]
fn function_parameter(x: f64, g: impl Fn(f64) -> f64) -> f64 {
    g(x) + x
}

#[differentiable]
fn chain(x: &[f64]) -> f64 {
    x.rsplit(|v| *v > 1.0).map(|c| c[0]).sum::<f64>()
}

fn main() {}
