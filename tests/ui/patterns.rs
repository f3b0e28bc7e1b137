use differentiable::differentiable;

#[differentiable]
fn refutable(x: Option<f64>, y: f64) -> f64 {
    let Some(v) = x;
    v * y
}

fn main() {}
