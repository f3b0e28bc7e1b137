use differentiable::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Spring {
    stiffness: f64,
    rest: f64,
}

#[differentiable(order = 3)]
fn energy(spring: &Spring, x: f64) -> f64 {
    let mut e = 0.0;
    for k in 1..4 {
        e += spring.stiffness * (x - spring.rest).powi(k);
    }
    e
}

#[differentiable]
fn curvature(spring: &Spring, x: f64) -> f64 {
    energy::hessian(spring, x).1.1
}

#[differentiable(order = 2)]
fn scaled(values: &mut [f64], by: f64) -> f64 {
    let mut sum = 0.0;
    for v in values.iter_mut() {
        *v *= by;
        sum += *v;
    }
    sum
}

#[differentiable]
fn slope_of_scaled(by: f64) -> f64 {
    let mut values = [1.0, by];
    let (_, (_, slope)) = scaled::vjp(&mut values, by, (1.0, &[0.0, 0.0]));
    slope
}

fn main() {}
