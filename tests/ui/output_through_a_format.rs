use differentiable::differentiable;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let digits = y.to_string().len();
    x * digits as f64
}

fn main() {}
