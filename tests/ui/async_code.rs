use differentiable::differentiable;

#[differentiable]
async fn f(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn g(x: f64) -> f64 {
    let _later = async { 1 };
    x
}

fn main() {}
