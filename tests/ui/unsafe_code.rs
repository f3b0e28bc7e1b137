use differentiable::differentiable;

#[differentiable]
unsafe fn f(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn g(x: &[f64]) -> f64 {
    let y = unsafe { *x.get_unchecked(0) };
    y * y
}

fn main() {}
