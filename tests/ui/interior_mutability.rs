use differentiable::differentiable;

use std::cell::{Cell, RefCell};

#[differentiable]
fn f(x: f64) -> f64 {
    let cell = Cell::new(x);
    cell.set(cell.get() * 2.0);
    cell.get()
}

#[differentiable]
fn g(x: &RefCell<Vec<f64>>, y: f64) -> f64 {
    x.borrow_mut()[0] = y;
    x.borrow()[0] * y
}

fn main() {}
