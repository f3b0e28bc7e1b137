//! What is evaluated later sees the values of when it was made: `move` closures, ranges, views
//! and chains held in variables.

use differentiable::differentiable;

#[differentiable]
fn moved_copy(x: f64, k: f64) -> f64 {
    let mut c = x * k;
    let f = move |t: f64| t * c;
    c = c * c + 1.0;
    f(x) * c
}
row!(move_closure_keeps_its_copy: moved_copy(val x, val k) at (0.7, 1.3)
    => (2.0 * x * k * (x * x * k * k + 1.0) + x * x * k * 2.0 * x * k * k,
        x * x * (x * x * k * k + 1.0) + x * x * k * 2.0 * x * x * k));

#[differentiable]
fn moved_counter(x: f64) -> f64 {
    let mut c = x;
    let mut step = move || {
        c *= x + 1.0;
        c
    };
    let a = step();
    let b = step();
    a * b + c
}
row!(move_closure_changes_its_own_copy: moved_counter(val x) at (0.7)
    => 5.0 * x.powi(4) + 12.0 * x.powi(3) + 9.0 * x * x + 2.0 * x + 1.0);

#[differentiable]
fn held_chain(v: &[f64], k: f64) -> f64 {
    let mut scale = k;
    let scaled = v.iter().map(move |x| x * scale);
    scale = scale * scale;
    let total: f64 = scaled.sum();
    total * scale
}
row!(chain_held_while_its_capture_changes: held_chain(ref v, val k) at (vec![0.5, -0.7, 2.0], 1.3)
    => (vec![k * k * k; 3], 3.0 * k * k * v.iter().sum::<f64>()));

#[differentiable]
fn held_range(v: &[f64], n: usize) -> f64 {
    let mut m = n;
    let range = 0..m;
    m = v.len();
    let mut s = 1.0;
    for i in range {
        s = s * v[i] + m as f64;
    }
    s
}
row!(range_held_while_its_bound_changes: held_range(ref v, no n) at (vec![0.5, -0.7, 2.0], 2));

#[differentiable]
fn held_slice(v: &[f64], k: f64) -> f64 {
    let mut start = 1;
    let tail = &v[start..];
    let items = v[start..].iter();
    start = 0;
    let mut s = k * v[start];
    for (a, b) in items.zip(tail) {
        s = s * a + b * k;
    }
    s
}
row!(views_held_while_their_bounds_change: held_slice(ref v, val k) at (vec![0.5, -0.7, 2.0], 1.3));

#[differentiable]
fn held_index(v: &mut [f64], k: f64) -> f64 {
    let mut i = 0;
    let slot = &mut v[i];
    i += 1;
    *slot *= k * i as f64;
    let kept = *slot;
    v[i] += kept;
    v[0] * v[1]
}
row!(reference_held_while_its_index_changes: held_index(mut v, val k) at (vec![0.5, -0.7], 1.3));

#[differentiable]
fn copied_before(v: &mut [f64], k: f64) -> f64 {
    let first = v[0];
    let pair = (v[0], v[1]);
    let copy = [v[1], v[0] * k];
    v[0] = k;
    v[1] *= v[0];
    first * pair.1 + pair.0 * copy[0] * v[1] + copy[1]
}
row!(copies_keep_what_was_read: copied_before(mut v, val k) at (vec![0.5, -0.7], 1.3));

#[differentiable]
fn side_effects_of_a_chain(v: &[f64], k: f64) -> f64 {
    let mut seen = 1.0;
    let doubled: Vec<f64> = v
        .iter()
        .map(|x| {
            seen = seen * x + k;
            seen
        })
        .collect();
    let again: f64 = doubled.iter().map(|d| d * seen).sum();
    again + seen
}
row!(chain_with_side_effects_runs_once: side_effects_of_a_chain(ref v, val k) at (vec![0.5, -0.7, 2.0], 1.3));

#[differentiable]
fn short_chain(v: &[f64], w: &[f64], k: f64) -> f64 {
    let a: f64 = v.iter().zip(w).skip(1).map(|(x, y)| x * y).sum();
    let b: f64 = w.iter().skip(5).map(|x| x * k).sum();
    let c: f64 = v.iter().take(10).rev().skip(1).map(|x| x * x).sum();
    let d: f64 = v.iter().chain(w).rev().take(2).map(|x| x * k).sum();
    let e: f64 = v.iter().enumerate().rev().map(|(i, x)| x * (i as f64 + k)).sum();
    let f: f64 = v.iter().step_by(2).zip(w.iter().rev()).map(|(x, y)| x * y).sum();
    let g: f64 = v.chunks(2).map(|c| c.iter().product::<f64>()).zip(w).map(|(p, y)| p * y).sum();
    a + b * c + d * e + f * g
}
row!(lengths_that_differ: short_chain(ref v, ref w, val k) at
    (vec![0.5, -0.7, 2.0], vec![1.0, 0.3], 1.3), (vec![0.5], vec![1.0, 0.3, 0.4, -0.2, 0.9, 1.1], 1.3), (vec![0.0; 0], vec![2.0], 1.0));

#[differentiable]
fn filtered_then_counted(v: &[f64], k: f64) -> f64 {
    let s: f64 = v.iter().filter(|x| **x > 0.0).enumerate().map(|(i, x)| x * (i as f64 + k)).sum();
    let t: f64 = v.iter().filter(|x| **x > 0.0).skip(1).step_by(2).zip(v).map(|(a, b)| a * b).sum();
    let u: f64 = v.iter().skip_while(|x| **x > 0.0).take_while(|x| **x < 2.5).map(|x| x * k).product();
    s * t + u
}
row!(positions_after_a_filter: filtered_then_counted(ref v, val k) at (vec![0.5, -0.7, 2.0, 1.5, -0.2, 0.8, 3.0], 1.3));
