#[path = "elsewhere/lending.rs"]
mod lending;

use differentiable::differentiable;
use std::ops::Deref;

#[differentiable]
fn by_deref(x: f64) -> f64 {
    let node = lending::node(x);
    node.deref().v
}

#[differentiable]
fn by_as_ref(x: f64) -> f64 {
    let node = lending::node(x);
    node.as_ref().v
}

fn main() {}
