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

fn main() {}
