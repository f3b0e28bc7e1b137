//! A `match` that decides on what its arms assign.

use differentiable::{Differentiable, differentiable};

#[derive(PartialEq)]
enum Phase {
    Rise,
    Fall,
    Done,
}

#[differentiable(order = 2)]
fn machine(x: f64, k: f64, n: usize) -> f64 {
    let mut phase = Phase::Rise;
    let mut v = x;
    let mut total = 0.0;
    for _ in 0..n {
        match phase {
            Phase::Rise => {
                v = v * k + 0.3;
                if v > 2.0 {
                    phase = Phase::Fall;
                }
            }
            Phase::Fall => {
                v *= 0.5 * v.sin();
                total += v;
                if v < 0.4 {
                    phase = Phase::Done;
                }
            }
            Phase::Done => {
                total += v * k;
                break;
            }
        }
    }
    total + v
}
row!(states_that_are_unit_variants: machine(val x, val k, no n) at (0.5, 1.4, 12), (0.5, 1.1, 3), (0.5, 1.4, 0));
curved!(states_that_are_unit_variants_at_order_two: machine(val x, val k, no n) at (0.5, 1.4, 12), (0.5, 1.1, 3), (0.5, 1.4, 0));

#[differentiable(order = 2)]
fn counted(x: f64, n: usize) -> f64 {
    let mut state = 0;
    let mut v = x;
    for _ in 0..n {
        match state {
            0 => {
                v = v.sin();
                state = 2;
            }
            1 => {
                v *= v;
                state = 0;
            }
            s if s > 5 => v += 1.0,
            _ => {
                v = v * x + 1.0;
                state -= 1;
            }
        }
    }
    v
}
row!(states_that_are_integers: counted(val x, no n) at (0.8, 7));
curved!(states_that_are_integers_at_order_two: counted(val x, no n) at (0.8, 7));

#[derive(Clone, Copy, Debug, Differentiable)]
enum Body {
    Moving(f64, f64),
    Resting(f64),
}

#[differentiable(order = 2)]
fn rolling(x: f64, speed: f64, friction: f64) -> f64 {
    let mut body = Body::Moving(x, speed);
    let mut heat = 0.0;
    for _ in 0..8 {
        match body {
            Body::Moving(at, v) => {
                let next = v - friction * v * v;
                heat += friction * v * at;
                if next > 0.5 {
                    body = Body::Moving(at + 0.1 * v, next);
                } else {
                    body = Body::Resting(at + 0.01 * v);
                }
            }
            Body::Resting(at) => {
                heat *= 0.9;
                body = Body::Resting(at * 0.99);
            }
        }
    }
    match body {
        Body::Moving(at, v) => at * v + heat,
        Body::Resting(at) => at + heat,
    }
}
row!(states_with_a_payload: rolling(val x, val speed, val friction) at (0.3, 1.5, 0.2), (0.3, 0.9, 0.05));
curved!(states_with_a_payload_at_order_two: rolling(val x, val speed, val friction) at (0.3, 1.5, 0.2), (0.3, 0.9, 0.05));

#[differentiable(order = 2)]
fn chase(x: f64, k: f64) -> f64 {
    let mut left = Some(x);
    let mut sum = 0.0;
    while let Some(v) = left {
        sum += v * v * k;
        left = if v > 1.0 { Some(v * 0.6) } else { None };
    }
    sum
}
row!(option_assigned_while_matched: chase(val x, val k) at (3.0, 0.7));
curved!(option_assigned_while_matched_at_order_two: chase(val x, val k) at (3.0, 0.7));

#[differentiable(order = 2)]
fn unwrapped_and_replaced(x: f64, n: usize) -> f64 {
    let mut current = Some(x);
    let mut sum = 0.0;
    for i in 0..n {
        let Some(v) = current else {
            return sum;
        };
        sum += v.sin();
        current = if i + 2 < n { Some(v * v) } else { None };
    }
    sum
}
row!(let_else_then_assigned: unwrapped_and_replaced(val x, no n) at (0.8, 4), (0.8, 1));
curved!(let_else_then_assigned_at_order_two: unwrapped_and_replaced(val x, no n) at (0.8, 4), (0.8, 1));

struct Walker {
    up: bool,
    steps: u32,
}

#[differentiable(order = 2)]
fn walk(x: f64, n: u32) -> f64 {
    let mut walker = Walker { up: true, steps: 0 };
    let mut v = x;
    while walker.steps < n {
        walker.steps += 1;
        match walker.up {
            true => {
                v += x * v;
                walker.up = walker.steps % 3 != 0;
            }
            false => {
                v = v.cos();
                walker.steps += 1;
                walker.up = true;
            }
        }
    }
    v
}
row!(states_in_fields: walk(val x, no n) at (0.6, 9));
curved!(states_in_fields_at_order_two: walk(val x, no n) at (0.6, 9));
