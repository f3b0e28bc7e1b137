//! Loops that are left by what a `match` on a value made in the iteration says. Of order one.

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
