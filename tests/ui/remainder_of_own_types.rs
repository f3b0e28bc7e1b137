//! `%` of a user's type: its `impl`s are left as they are, and using it is an error.

use differentiable::{Differentiable, differentiable};
use std::ops::Rem;

#[derive(Clone, Copy, Differentiable)]
struct Plane {
    x: f64,
    y: f64,
}

#[differentiable]
impl Rem for Plane {
    type Output = Plane;

    fn rem(self, other: Plane) -> Plane {
        Plane { x: self.x % other.x, y: self.y % other.y }
    }
}

#[differentiable]
impl Rem<&Plane> for Plane {
    type Output = Plane;

    fn rem(self, other: &Plane) -> Plane {
        Plane { x: self.x % other.x, y: self.y % other.y }
    }
}

#[differentiable]
fn wrapped(x: f64, size: Plane) -> f64 {
    let wrapped = Plane { x, y: x * x } % size;
    wrapped.x * (size % &size).y
}

fn main() {}
