//! Integers in tuples and arrays beside floats: their tangents have as many parts.

use differentiable::{Differentiable, differentiable};

#[differentiable(order = 2)]
fn argmax(rows: &[f64]) -> f64 {
    let mut best = (f64::NEG_INFINITY, (0, 0));
    let mut pairs: Vec<((usize, usize), f64)> = Vec::new();
    for (k, v) in rows.iter().enumerate() {
        if v * v > best.0 {
            best = (v * v, (k / 2, k % 2));
        }
        pairs.push(((k / 2, k % 2), v * rows[0]));
    }
    let top =
        pairs.iter().map(|(at, v)| (*at, v * v)).fold(((0, 0), 0.0), |a, b| if b.1 > a.1 { b } else { a });
    let cell: Option<([usize; 2], f64)> = pairs.last().map(|((i, j), v)| ([*i, *j], *v));
    let last = cell.map_or(0.0, |(at, v)| v * at[0] as f64);
    best.0 * rows[best.1.1] + top.1 * (top.0.0 + 1) as f64 + last
}
row!(indices_beside_a_maximum: argmax(ref rows) at (vec![0.5, -1.2, 0.8, 2.1, 0.3]));
curved!(indices_beside_a_maximum_curved: argmax(ref rows) at (vec![0.5, -1.2, 0.8, 2.1, 0.3]));

#[derive(Clone, Debug, Differentiable)]
enum Cell {
    At((usize, usize), f64),
    Row([usize; 2], f64),
    Fault(u32),
}

#[differentiable(order = 2)]
fn placed(x: f64, k: usize) -> ((usize, usize), f64) {
    ((k, k + 1), x * x * k as f64)
}

#[differentiable(order = 2)]
fn of_cells(x: f64, y: f64) -> f64 {
    let (at, v) = placed(x, 2);
    let cells = [
        Cell::At(at, v),
        Cell::Row([1, 3], y * x),
        Cell::Fault(2),
        Cell::Fault(8),
        Cell::At((0, 1), y),
        Cell::Fault(5),
    ];
    let mut s = 0.0;
    for cell in cells.iter() {
        s += match cell {
            Cell::At((i, 0 | 3), v) => v * *i as f64,
            Cell::At(at, v) => v * v * at.1 as f64,
            Cell::Row(at, v) => v * at[1] as f64,
            Cell::Fault(n @ 0..=3) if y > 0.0 => x * *n as f64,
            Cell::Fault(n @ (4 | 7..=9)) => x * y * *n as f64,
            Cell::Fault(_) => x * x,
        };
    }
    s
}
row!(indices_in_variants: of_cells(val x, val y) at (1.3, 0.7), (-0.4, 2.1), (0.3, -1.0));
curved!(indices_in_variants_curved: of_cells(val x, val y) at (1.3, 0.7));

#[derive(Clone, Debug, Differentiable)]
enum Step {
    To(f64, u8),
    By { x: f64, k: u8 },
}

/// Alternatives that bind numbers and say which.
#[differentiable(order = 2)]
fn stepped(x: f64, y: f64) -> f64 {
    let steps = [
        Step::To(y, 2),
        Step::By { x: y * x, k: 5 },
        Step::To(x, 0),
        Step::To(y, 9),
        Step::By { x: 1.5, k: 2 },
    ];
    let mut s = 0.0;
    for step in steps.iter() {
        s += match step {
            Step::To(v, n @ 1..=3) | Step::By { x: v, k: n @ (5 | 7) } => x * v * *n as f64,
            Step::To(v, n @ 0) => v * x + *n as f64,
            Step::To(v, n @ 4..) => v * v * x * *n as f64,
            Step::By { x: v, .. } => x * x * v,
        };
        if let Step::To(v, n @ 1..=3) = step {
            s *= v + *n as f64;
        }
    }
    s
}
row!(numbers_bound_in_alternatives: stepped(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(numbers_bound_in_alternatives_curved: stepped(val x, val y) at (1.3, 0.7));
