use differentiable::{Differentiable, differentiable};
use std::ops::Add;

#[derive(Clone, Copy, Debug, Differentiable)]
struct Length {
    metres: f64,
}

#[differentiable(order = 3)]
impl Add for Length {
    type Output = Length;
    fn add(self, other: Length) -> Length {
        Length { metres: self.metres + other.metres }
    }
}

#[differentiable(order = 2)]
trait Energy {
    fn energy(&self, x: f64) -> f64;
}

fn slope(x: f64, x_dot: f64) -> (f64, f64) {
    (x, x_dot)
}

fn pull(x: f64, y_bar: f64) -> (f64, f64) {
    (x, y_bar)
}

#[differentiable(jvp = slope, vjp = pull, order = 2)]
fn ruled(x: f64) -> f64 {
    x
}

fn main() {}
