//! What lacks an attribute that something else needs: one error at each place, and what to write.

use differentiable::{Differentiable, differentiable};

struct Point {
    x: f64,
    y: f64,
}

#[derive(Differentiable)]
struct Segment {
    from: Point,
    to: Point,
    width: f64,
}

#[differentiable]
fn norm(p: &Point) -> f64 {
    p.x.hypot(p.y)
}

#[differentiable]
fn of_several(points: &[Point], scale: f64) -> f64 {
    points.iter().map(|p| p.x * scale + p.y).sum()
}

trait Area<T> {
    fn area(&self, scale: T) -> f64;
}

#[differentiable]
impl Area<f64> for Segment {
    fn area(&self, scale: f64) -> f64 {
        self.width * scale
    }
}

fn stretch(buffer: &mut [f64], k: f64) {
    for b in buffer.iter_mut() {
        *b *= k;
    }
}

#[differentiable]
fn stretched(x: &[f64], #[no_diff] scratch: &mut [f64]) -> f64 {
    scratch.copy_from_slice(x);
    stretch(scratch, 2.0);
    scratch.iter().sum()
}

const SQUARE: fn(f64) -> f64 = |x| x * x;

#[differentiable]
fn by_a_constant(x: f64) -> f64 {
    SQUARE(2.0) * x + SQUARE(x)
}

fn main() {}
