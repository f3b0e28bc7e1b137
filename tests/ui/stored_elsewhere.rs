use differentiable::differentiable;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

// Into a map, through the reference that a call gives.
#[differentiable]
fn of_a_map(x: f64) -> f64 {
    let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
    *sums.entry(2).or_insert(0.0) += x * x;
    x + sums.values().sum::<f64>()
}

fn larger<'a>(a: &'a mut f64, b: &'a mut f64) -> &'a mut f64 {
    match *a > *b {
        true => a,
        false => b,
    }
}

// Into one of two variables.
#[differentiable]
fn of_a_variable(x: f64) -> f64 {
    let (mut a, mut b) = (0.0, 1.0);
    *larger(&mut a, &mut b) = x * x;
    x + a + b
}

// Into a cell.
#[differentiable]
fn of_a_cell(x: f64) -> f64 {
    let kept = Cell::new(1.0);
    kept.set(x * x);
    x + kept.get()
}

// Into a cell, through its guard.
#[differentiable]
fn of_a_guarded_cell(x: f64) -> f64 {
    let kept = RefCell::new(vec![1.0]);
    kept.borrow_mut().push(x * x);
    x
}

fn store(kept: &Cell<f64>, x: f64) {
    kept.set(x);
}

// Into a cell, by a function without a derivative.
#[differentiable]
fn of_a_lent_cell(x: f64) -> f64 {
    let kept = Cell::new(1.0);
    store(&kept, x);
    x + kept.get()
}

fn main() {}
