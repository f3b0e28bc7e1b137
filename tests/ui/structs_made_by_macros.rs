//! A struct whose name the file shows with other fields than the one that a macro makes.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Params {
    x: usize,
    y: f64,
}

macro_rules! stamp {
    () => {
        #[derive(Clone, Differentiable)]
        pub struct Params {
            pub x: f64,
            pub y: f64,
        }
    };
}

#[differentiable]
fn right(p: &Params) -> f64 {
    p.x as f64 * p.y
}

mod other {
    use super::*;

    stamp!();

    #[differentiable]
    pub fn wrong(p: &Params) -> f64 {
        p.x as f64 * p.y * p.y
    }
}

struct Count {
    n: u64,
}

impl Count {
    fn of(n: u64) -> Count {
        Count { n }
    }
}

#[cfg(all())]
macro_rules! count {
    () => {
        #[derive(Clone, Copy, Differentiable)]
        struct Count {
            n: f64,
        }
    };
}

#[differentiable]
fn shadowed(x: f64) -> f64 {
    count!();
    let count: Count = Count { n: x };
    drop(count);
    x * x
}

fn main() {
    let _ = Count::of(1).n;
}
