//! Partial derivatives that are no floats have no second derivative; those of first order are fine.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable(order = 2, partials(p = PointTangent { x: p.y, y: p.x }))]
fn of_a_struct(p: Point) -> f64 {
    p.x * p.y
}

#[differentiable(order = 2, partials(k = p.0 * p.1, p = (k * p.1, k * p.0)))]
fn of_a_tuple(k: f64, p: (f64, f64)) -> f64 {
    k * p.0 * p.1
}

#[differentiable(order = 2, partials(m = [[m[0][1], m[0][0]]]))]
fn of_rows(m: [[f64; 2]; 1]) -> f64 {
    m[0][0] * m[0][1]
}

#[differentiable(partials(p = PointTangent { x: p.y, y: p.x }))]
fn of_first_order(p: Point) -> f64 {
    p.x * p.y
}

fn main() {}
