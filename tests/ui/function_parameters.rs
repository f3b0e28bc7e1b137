use differentiable::differentiable;

#[differentiable]
fn with_closure(x: f64, f: impl Fn(f64) -> f64) -> f64 {
    f(x)
}

#[differentiable]
fn with_pointer(x: f64, f: fn(f64) -> f64) -> f64 {
    f(x)
}

#[differentiable]
fn with_generic<F: Fn(f64) -> f64>(x: f64, f: F) -> f64 {
    f(x)
}

fn main() {}
