use differentiable::differentiable;

#[differentiable]
fn f(x: f64) -> Box<dyn Fn(f64) -> f64> {
    Box::new(move |y| x * y)
}

#[differentiable]
fn g(x: f64) -> impl Fn(f64) -> f64 {
    move |y| x * y
}

fn main() {}
