//! A reference in the place of a trait's generic, and enums without fields that are seen or not.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Scale {
    by: f64,
}

#[differentiable]
trait Apply<X> {
    fn apply(&self, x: X) -> f64;
}

#[differentiable]
impl Apply<&[f64]> for Scale {
    fn apply(&self, x: &[f64]) -> f64 {
        self.by * x[0]
    }
}

#[differentiable]
impl Apply<[f64; 2]> for Scale {
    fn apply(&self, x: [f64; 2]) -> f64 {
        self.by * x[1]
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Linear,
    Square,
}

/// Not all of it is without a float, and so there must be tangents of the rest.
#[differentiable]
fn mixed(steps: &[(Kind, f64)]) -> f64 {
    steps.iter().map(|step| step.1).sum()
}

/// Nothing is left to differentiate.
#[differentiable]
fn of_kinds(kinds: &[Kind]) -> f64 {
    kinds.len() as f64
}

struct Table {
    items: Vec<f64>,
}

impl Table {
    /// Lent by what is too long to be inlined.
    #[differentiable]
    fn longest(&mut self, k: usize) -> &mut f64 {
        for i in 0..k {
            self.items[i] += 1.0;
        }
        &mut self.items[k]
    }
}

fn main() {}
