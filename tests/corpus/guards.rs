//! Values that are made before somebody asks whether they may be: what a branch or a bound then leaves out
//! poisons nothing, in either mode.

use differentiable::differentiable;

#[differentiable]
fn quotient_first(x: f64, y: f64) -> f64 {
    let t = x / y;
    if y == 0.0 { x } else { t * t }
}
row!(divided_before_the_test: quotient_first(val x, val y) at (2.0, 0.0), (0.0, 0.0), (3.0, -2.0)
    => if y == 0.0 { (1.0, 0.0) } else { (2.0 * x / (y * y), -2.0 * x * x / (y * y * y)) }
    ; differences = false);

#[differentiable]
fn unit(v: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    for x in v {
        sum += x * x;
    }
    let norm = sum.sqrt();
    if norm > 0.0 { v.iter().map(|x| x / norm).collect() } else { vec![0.0; v.len()] }
}
row!(norm_before_the_test: unit(ref v) -> many at (vec![3.0, 0.0, -4.0]));
row!(norm_of_zero_before_the_test: unit(ref v) -> many at (vec![0.0, 0.0, 0.0]); differences = false);

#[differentiable]
fn root_before_returns(a: f64, b: f64, kind: u8) -> f64 {
    let root = (a * a - b).sqrt();
    let shifted = root / b;
    if kind == 0 {
        return a * b;
    }
    if root.is_nan() || b == 0.0 {
        return 2.0 * a;
    }
    shifted.exp() + root
}
row!(root_before_two_early_returns: root_before_returns(val a, val b, no kind) at
    (1.0, 5.0, 0), (1.0, 5.0, 1), (2.0, 0.0, 1), (0.0, 0.0, 0), (2.0, 1.0, 1); differences = false);

#[differentiable]
fn grown_before_test(x: f64) -> f64 {
    let grown = x.exp();
    if x > 20.0 { x } else { (1.0 + grown).ln() }
}
row!(exponential_before_the_test: grown_before_test(val x) at (1000.0), (25.0), (0.5), (-3.0)
    => if x > 20.0 { 1.0 } else { 1.0 / (1.0 + (-x).exp()) });

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Flat,
    Ramp,
    Bump,
}

#[differentiable]
fn by_shape(#[no_diff] shape: Shape, x: f64, width: f64) -> f64 {
    let r = x / width;
    let bump = (1.0 - r * r).sqrt();
    match shape {
        Shape::Flat => x,
        Shape::Ramp if width != 0.0 => r,
        Shape::Ramp => 0.5 * x,
        Shape::Bump => bump * x,
    }
}
row!(made_for_some_arms_of_a_match: by_shape(no shape, val x, val width) at
    (Shape::Flat, 1.0, 0.0), (Shape::Ramp, 1.0, 0.0), (Shape::Ramp, 2.0, 3.0), (Shape::Bump, 1.0, 2.0), (Shape::Flat, 3.0, 1.0); differences = false);

#[differentiable]
fn guarded_in_loop(v: &[f64], w: &[f64]) -> f64 {
    let mut sum = 0.0;
    for k in 0..v.len() {
        let ratio = v[k] / w[k];
        let root = (v[k] - w[k]).sqrt();
        if w[k] != 0.0 && v[k] > w[k] {
            sum += ratio * root;
        }
        sum += v[k] * w[k];
    }
    sum
}
row!(made_before_the_test_in_a_loop: guarded_in_loop(ref v, ref w) at
    (vec![1.0, 0.0, 2.0, 3.0, 1.0, 4.0, 0.0, 1.0, 2.0], vec![0.0, 0.0, 1.0, 5.0, 1.0, 2.0, -1.0, 3.0, 0.5]); differences = false);

#[differentiable]
fn slope(x: f64, y: f64) -> f64 {
    (y / x).atan() / x
}

#[differentiable]
fn called_first(x: f64, y: f64) -> f64 {
    let s = slope(x, y);
    let t = 3.0 * s;
    if x.abs() > 1e-9 { t * y } else { y }
}
row!(called_before_the_test: called_first(val x, val y) at (0.0, 2.0), (0.0, 0.0), (1.5, 2.0); differences = false);

// ---- bounds on either side of an edge ----

#[differentiable]
fn clipped_root(x: f64) -> f64 {
    (1.0 - x * x).max(0.0).sqrt() + x.clamp(-1.0, 1.0).acos()
}
row!(root_of_what_is_clipped: clipped_root(val x) at (2.0), (-3.0), (0.5)
    => if x.abs() > 1.0 { 0.0 } else { (-x - 1.0) / (1.0 - x * x).sqrt() });

#[differentiable]
fn assigned_then_root(x: f64, p: f64) -> f64 {
    let mut w = x;
    if w < 0.0 {
        w = 0.0;
    }
    w.sqrt() + w.cbrt() + w.powf(0.3) + w.powf(p)
}
row!(root_of_an_assigned_zero: assigned_then_root(val x, val p) at (-1.0, 0.5), (2.0, 0.5));

#[differentiable]
fn log_with_floor(p: f64, q: f64) -> f64 {
    p.ln().max(-100.0) + q.log10().max(-3.0) + p.log2().max(-20.0) * q
}
row!(logarithm_with_a_floor: log_with_floor(val p, val q) at (0.0, 0.0), (0.5, 2.0); differences = false);

#[differentiable]
fn generic_root<T: num_traits::Float>(x: T, y: T) -> T {
    let r = (x - y).max(T::zero()).sqrt();
    r + (x / y).min(T::one()).acos()
}
#[differentiable]
fn generic_roots(x: f64, y: f64) -> f64 {
    let narrow = generic_root(x as f32, y as f32);
    generic_root(x, y) + f64::from(narrow)
}
row!(generic_roots_of_what_is_clipped: generic_roots(val x, val y) at (1.0, 2.0); modes = 1e-6; differences = false);
