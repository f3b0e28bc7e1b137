//! The reverse sweep undoes what a method changed: of a type that can be copied neither as a whole nor
//! part by part there is nothing to come back to.

use differentiable::{Differentiable, differentiable};

pub struct Handle(pub usize);

#[derive(Differentiable)]
pub struct Filter {
    pub level: f64,
    #[no_diff]
    pub handle: Handle,
}

#[differentiable]
impl Filter {
    pub fn push(&mut self, x: f64) -> f64 {
        self.level = self.level * x;
        self.level * x
    }
}

#[differentiable]
pub fn filtered(xs: &[f64]) -> f64 {
    let mut filter = Filter { level: 1.0, handle: Handle(3) };
    let mut sum = 0.0;
    for &x in xs {
        sum += filter.push(x);
    }
    sum
}

#[differentiable]
pub fn pushed(filter: &mut Filter, x: f64) -> f64 {
    filter.push(x) * filter.level
}

fn main() {}
