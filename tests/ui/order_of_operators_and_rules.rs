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

fn pull(x: f64, y_bar: f64) -> Option<(f64, f64)> {
    Some((x, y_bar))
}

#[differentiable(vjp = pull, order = 2)]
fn ruled(x: f64) -> Option<f64> {
    Some(x)
}

fn main() {}
