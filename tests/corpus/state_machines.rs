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

/// An arm that binds parts of the state ends with the next one.
#[derive(Clone, Copy, Debug, Differentiable)]
enum Envelope {
    Attack { t: f64 },
    Decay(f64),
    Off,
}
#[differentiable(order = 2)]
impl Envelope {
    fn tick(&mut self, dt: f64) -> f64 {
        match self {
            Envelope::Attack { t } => {
                *t += dt;
                let o = *t * *t;
                if *t > 0.5 {
                    *self = Envelope::Decay(o * 2.0);
                }
                o
            }
            Envelope::Decay(v) => {
                let o = *v * (1.0 - dt);
                if o < 0.3 {
                    *self = Envelope::Off;
                } else {
                    *v = o;
                }
                o
            }
            Envelope::Off => {
                *self = Envelope::Attack { t: dt * dt };
                0.1 * dt
            }
        }
    }
}
#[differentiable(order = 2)]
fn enveloped(x: f64, dt: f64) -> f64 {
    let mut e = Envelope::Attack { t: x };
    let mut s = 0.0;
    for i in 0..12 {
        s += e.tick(dt) * (i as f64 + x);
    }
    s
}
#[derive(Clone, Debug, Differentiable)]
enum Store {
    A(Vec<f64>),
    B { v: Vec<f64>, k: f64 },
}
#[differentiable(order = 2)]
fn advanced(s: &mut Store, x: f64) -> f64 {
    match s {
        Store::A(v) => {
            v.push(x);
            let n = v.len();
            let r = v[n - 1] * v[0];
            if n > 2 {
                let w = v.clone();
                *s = Store::B { v: w, k: r };
            }
            r
        }
        Store::B { v, k } => {
            *k *= x;
            v[0] += *k;
            let r = v[0] * *k;
            if r > 2.0 {
                *s = Store::A(vec![r]);
                return r * 2.0;
            }
            r
        }
    }
}
#[differentiable(order = 2)]
fn stored(x: f64, y: f64) -> f64 {
    let mut s = Store::A(vec![x]);
    let mut r = 0.0;
    for i in 0..7 {
        r += advanced(&mut s, y + i as f64 * 0.1);
    }
    r
}
row!(states_that_arms_end_with: enveloped(val x, val dt) at (0.2, 0.11), (0.7, 0.31));
curved!(states_that_arms_end_with_at_order_two: enveloped(val x, val dt) at (0.2, 0.11));
row!(stores_that_arms_end_with: stored(val x, val y) at (0.9, 0.81), (1.7, 1.31));
