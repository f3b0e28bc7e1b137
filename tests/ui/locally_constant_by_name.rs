use core::cmp::Ordering;
use differentiable::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Curve {
    slope: f64,
}

#[differentiable]
impl Curve {
    fn cmp(&self, x: f64) -> f64 {
        self.slope * x
    }
}

trait Scaled {
    fn scaled(self, x: f64) -> f64;
}

impl Scaled for usize {
    fn scaled(self, x: f64) -> f64 {
        self as f64 * x
    }
}

// The name of `Ord::cmp`, but a float.
#[differentiable]
fn compared(curve: &Curve, x: f64) -> f64 {
    curve.slope * curve.cmp(x)
}

// A method of an integer that gives a float.
#[differentiable]
fn scaled(n: usize, x: f64) -> f64 {
    x + n.scaled(x)
}

// These are as they seem.
#[differentiable]
fn steps(n: usize, x: f64, y: f64) -> f64 {
    let k = n.min(x.floor() as usize);
    match x.partial_cmp(&y) {
        Some(Ordering::Less) => x * k as f64,
        _ => y,
    }
}

fn main() {
    let _ = steps(1, 2.0, 3.0);
}
