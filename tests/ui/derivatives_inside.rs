use differentiable::differentiable;

#[differentiable(order = 2)]
fn cubic(x: f64, y: f64) -> f64 {
    x * x * x * y
}

#[differentiable]
fn hessian_without_the_order(x: f64, y: f64) -> f64 {
    cubic::hessian(x, y).0.0
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn accumulated(x: f64) -> f64 {
    let mut bar = 0.0;
    square::accumulate(x, 1.0, &mut bar) + bar
}

fn main() {}
