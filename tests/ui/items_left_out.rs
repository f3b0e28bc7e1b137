//! A closure that changes what it captured runs for items that nobody wants.

use differentiable::differentiable;

#[differentiable]
fn zipped(xs: &[f64], ys: &[f64]) -> f64 {
    let mut sum = 0.0;
    let running = ys.iter().map(|y| {
        sum += y;
        sum
    });
    xs.iter().zip(running).skip(1).map(|(x, s)| x * s).sum()
}

#[differentiable]
fn held(xs: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut running = xs.iter().map(|x| {
        sum += x;
        sum
    });
    running.nth(2).unwrap() * running.next().unwrap()
}

fn main() {}
