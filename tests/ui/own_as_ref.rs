use differentiable::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
enum Roots {
    One([f64; 1]),
    Two([f64; 2]),
}

impl AsRef<[f64]> for Roots {
    fn as_ref(&self) -> &[f64] {
        match self {
            Roots::One(x) => x,
            Roots::Two(x) => x,
        }
    }
}

#[differentiable]
fn roots(b: f64, c: f64) -> Roots {
    let d = b * b - 4.0 * c;
    if d > 0.0 { Roots::Two([-b - d.sqrt(), -b + d.sqrt()]) } else { Roots::One([-0.5 * b]) }
}

#[differentiable]
fn sum(b: f64, c: f64) -> f64 {
    let found = roots(b, c);
    let mut sum = 0.0;
    for x in found.as_ref().iter() {
        sum += *x;
    }
    sum
}

#[differentiable]
fn first(found: &Roots) -> f64 {
    found.as_ref()[0]
}

fn main() {}
