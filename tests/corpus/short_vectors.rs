//! Vectors of a function's own that are used by their elements alone: they stand in the frame while they
//! are short. Those that are lent, moved or change their length do not.

use differentiable::differentiable;

fn wave(n: usize, phase: f64) -> Vec<f64> {
    (0..n).map(|i| (1.7 * i as f64 + phase).sin() + 0.1 * phase).collect()
}

/// A tridiagonal system by elimination, in two vectors that are read backwards and overwritten.
#[differentiable]
fn energy(diagonal: &[f64], off: f64, load: &[f64]) -> f64 {
    let n = diagonal.len();
    let mut factor = vec![0.0; n];
    let mut x = vec![0.0; n];
    factor[0] = off / diagonal[0];
    x[0] = load[0] / diagonal[0];
    for i in 1..n {
        let pivot = 1.0 / (diagonal[i] - off * factor[i - 1]);
        factor[i] = off * pivot;
        x[i] = (load[i] - off * x[i - 1]) * pivot;
    }
    for i in (0..n - 1).rev() {
        x[i] -= factor[i] * x[i + 1];
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += load[i] * x[i];
    }
    sum
}
row!(short_and_long_ones: energy(ref diagonal, val off, ref load) at
    (vec![3.0, 2.5, 3.5], 0.7, wave(3, 0.2)), (vec![3.0; 32], 0.6, wave(32, 0.3)), (vec![2.8; 33], -0.5, wave(33, 0.4)));

#[differentiable]
fn called_again(diagonal: &[f64], off: f64, loads: &[f64], times: usize) -> f64 {
    let mut sum = 0.0;
    let mut scale = 1.0;
    for k in 0..times {
        scale *= 0.5 + energy(&diagonal[k..], off * scale, &loads[k..]);
        sum += scale * scale;
    }
    sum
}
row!(in_calls_that_depend_on_one_another: called_again(ref diagonal, val off, ref loads, no times) at
    (vec![3.0, 2.5, 3.5, 2.9, 3.1], 0.7, wave(5, 0.2), 3));

#[differentiable]
fn begins_with(x: f64, y: &[f64]) -> f64 {
    let mut work = vec![x; y.len() + 1];
    for i in 0..y.len() {
        work[i + 1] = work[i] * y[i] + work[i + 1];
    }
    let head = &mut work[..2];
    head[0] *= head[1];
    head[1] += x;
    work[0] + work[1] * work[y.len()]
}
row!(begins_with_an_active_value: begins_with(val x, ref y) at (0.8, wave(4, 0.3)), (0.8, wave(40, 0.3)));

#[differentiable]
fn inside_a_loop(x: &[f64], rounds: usize) -> f64 {
    let mut sum = 0.0;
    for round in 0..rounds {
        let mut powers = vec![1.0; x.len()];
        for i in 0..x.len() {
            for _ in 0..round {
                powers[i] *= x[i];
            }
        }
        for pair in powers.chunks(2) {
            sum += pair[0] * pair[pair.len() - 1];
        }
        powers.swap(0, 1);
        sum += powers[0] - 0.5 * powers[1];
    }
    sum
}
row!(made_anew_in_a_loop: inside_a_loop(ref x, no rounds) at (wave(5, 0.4), 4));

#[differentiable]
fn single(x: &[f32]) -> f32 {
    let mut work = vec![0.0f32; x.len()];
    for i in 0..x.len() {
        work[i] = x[i] * x[i];
    }
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += work[i] * work[i - 1];
    }
    sum
}
row!(short_ones_in_single_precision: single(ref x) at (vec![0.5f32, -0.75, 1.25, 0.25]));

#[differentiable]
fn generic<T: num_traits::Float>(x: &[T], w: T) -> T {
    let mut work = vec![T::zero(); x.len()];
    for i in 0..x.len() {
        work[i] = w * x[i];
    }
    let mut sum = T::zero();
    for i in 1..x.len() {
        sum = sum + work[i] * work[i - 1].sin();
    }
    sum
}
row!(short_ones_of_a_generic_float: generic(ref x, val w) at (wave(5, 0.2), 0.6));

#[differentiable]
fn left_early(x: &[f64], #[no_diff] limit: f64) -> f64 {
    let mut work = vec![0.0; x.len()];
    for i in 0..x.len() {
        work[i] = x[i].exp();
        if work[i] > limit {
            return work[i] * x[0];
        }
    }
    let last = work[x.len() - 1];
    if last > 1.0 { last * last } else { work[0] / last }
}
row!(in_functions_that_are_left: left_early(ref x, no limit) at (wave(5, 0.2), 50.0), (wave(5, 0.2), 2.0));

// What is more than a row of elements.

#[differentiable]
fn returned(x: &[f64]) -> Vec<f64> {
    let mut work = vec![0.0; x.len()];
    for i in 0..x.len() {
        work[i] = x[i] * x[x.len() - 1 - i];
    }
    work
}
row!(one_that_is_returned: returned(ref x) -> value at (wave(4, 0.2)));

#[differentiable]
fn lent_and_swapped(x: &[f64], steps: usize) -> f64 {
    let mut now = vec![0.5; x.len()];
    let mut next = vec![0.0; x.len()];
    for _ in 0..steps {
        for i in 0..x.len() {
            next[i] = now[i] * x[i] + 0.1;
        }
        std::mem::swap(&mut now, &mut next);
    }
    let copy = now.clone();
    energy(&now, 0.01, &copy)
}
row!(ones_that_are_lent_and_swapped: lent_and_swapped(ref x, no steps) at (vec![1.1, 0.9, 1.3], 3));

#[differentiable]
fn grows(x: &[f64]) -> f64 {
    let mut work = vec![0.0; 2];
    for i in 0..x.len() {
        work.push(x[i] * work[i]);
        work[0] += x[i];
    }
    work[x.len()] * work[0]
}
row!(one_that_grows: grows(ref x) at (wave(4, 0.5)));
