//! Loops that are left by what a `match` on a value made in the iteration says, and of payloads that leave their enum.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
enum Step {
    To(f64),
    Stop,
}

#[differentiable]
fn steps_until_stopped(x: &[f64]) -> f64 {
    let mut at = 0.0;
    for v in x {
        let step = if at > 3.0 { Step::Stop } else { Step::To(at + v * v) };
        match step {
            Step::To(next) => at = next,
            Step::Stop => break,
        }
    }
    at
}
row!(variants_without_payload_in_a_loop_that_is_left: steps_until_stopped(ref x) at
    (vec![0.5, 2.0, 3.0, -0.1]), (vec![0.5, 0.2, 0.3, 0.1]));

#[differentiable]
fn try_fold_it(x: &[f64]) -> f64 {
    let a = x.iter().try_fold(1.0, |acc, v| if *v > 0.0 { Some(acc * v) } else { None });
    let b: Result<f64, ()> =
        x.iter().try_fold(0.0, |acc: f64, v| if acc > 3.0 { Err(()) } else { Ok(acc + v * v) });
    a.unwrap_or(x[0]) + b.unwrap_or(x[1] * x[1])
}
row!(try_fold: try_fold_it(ref x) at (vec![0.5, 2.0, 3.0, -0.1]), (vec![0.5, 0.2, 0.3, 0.1]));

#[derive(Clone, Differentiable)]
enum Held {
    Sum(Vec<f64>),
    Scale(f64),
    Nothing,
}

#[differentiable]
fn overwritten_in_its_match(x: &[f64], k: f64) -> f64 {
    let mut held = Held::Nothing;
    let mut total = 0.0;
    for v in x.iter() {
        match held {
            Held::Nothing => held = Held::Scale(*v * k),
            Held::Scale(s) => {
                total += s * s;
                if s > 2.0 {
                    break;
                }
                held = Held::Sum(vec![s, *v]);
            }
            Held::Sum(w) => {
                total += w[0] * w[1] * k;
                held = Held::Scale(w[1]);
            }
        }
    }
    total
}
row!(overwritten_enum_in_a_loop_that_is_left: overwritten_in_its_match(ref x, val k) at
    (vec![0.5, 2.0, 3.0, -0.1], 0.7), (vec![3.0, 0.2, 0.3, 0.1], 1.2));

#[derive(Clone, Differentiable)]
enum Replace {
    With(Vec<f64>),
    Keep,
}

#[differentiable]
fn payload_that_moves_out(x: &[f64], k: f64) -> f64 {
    let mut state = vec![k, k * k];
    for v in x.iter() {
        let next = if *v > 0.0 { Replace::With(vec![state[0] * v, state[1] + v]) } else { Replace::Keep };
        match next {
            Replace::With(value) => state = value,
            Replace::Keep => {}
        }
    }
    state[0] * state[1]
}
row!(payload_as_the_next_state: payload_that_moves_out(ref x, val k) at
    (vec![0.5, -2.0, 3.0, -0.1], 0.7), (vec![-0.5], 0.7));

#[differentiable]
fn payload_until_there_is_none(x: &[f64], k: f64) -> f64 {
    let mut state = vec![k, k * k];
    for v in x.iter() {
        let next = if *v > 0.0 { Replace::With(vec![state[0] * v, state[1] + v]) } else { Replace::Keep };
        match next {
            Replace::With(value) => state = value,
            Replace::Keep => break,
        }
    }
    state[0] * state[1]
}
row!(payload_as_the_next_state_or_the_end: payload_until_there_is_none(ref x, val k) at
    (vec![0.5, 2.0, -3.0, 0.1], 0.7), (vec![0.5, 1.5], 0.7));

#[differentiable]
fn moved_on_one_side(k: f64, x: &[f64]) -> f64 {
    let value = Replace::With(x.to_vec());
    let mut slot = Replace::Keep;
    if k > 0.0 {
        slot = value;
    }
    match slot {
        Replace::With(v) => v[0] * v[1] * k,
        Replace::Keep => k * k,
    }
}
row!(value_that_a_branch_moves: moved_on_one_side(val k, ref x) at (0.7, vec![0.5, 2.0]), (-0.7, vec![0.5, 2.0]));
