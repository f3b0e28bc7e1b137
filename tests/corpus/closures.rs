//! Local closures, nested functions and nested items.

use differentiable::differentiable;

#[differentiable]
fn local_closure(x: f64, k: f64) -> f64 {
    let f = |t: f64| t * t * k;
    f(x) + f(f(x) - 1.0)
}
row!(closure_that_captures_an_active_value: local_closure(val x, val k) at (0.7, 1.5));

#[differentiable]
fn closure_of_closures(x: f64) -> f64 {
    let square = |t| t * t;
    let g = |a: f64, b: f64| square(a) + square(b) * a;
    let h = |p: (f64, f64)| {
        let (u, v) = p;
        g(u, v) - g(v, u)
    };
    h((x, x.sin()))
}
row!(closures_that_call_closures: closure_of_closures(val x) at (0.7));

#[differentiable]
fn closure_with_branches(x: f64, lo: f64) -> f64 {
    let safe_log = |t: f64| -> f64 {
        if t > lo {
            return t.ln();
        }
        lo.ln() + (t - lo) / lo
    };
    safe_log(x) * safe_log(2.0 * x)
}
row!(closure_with_an_early_return: closure_with_branches(val x, val lo) at (0.7, 1.0), (2.0, 1.0), (0.2, 1.0));

#[differentiable]
fn mutating_closure(x: &[f64]) -> f64 {
    let mut total = 1.0;
    let mut add = |v: f64| total += v * total;
    add(x[0]);
    add(x[1] * 2.0);
    total * x[0]
}
row!(closure_that_mutates_what_it_captures: mutating_closure(ref x) at (vec![0.5, 1.5]));

#[differentiable]
fn closure_in_loop(x: &[f64], a: f64) -> f64 {
    let kernel = |d: f64| (-a * d * d).exp();
    let mut s = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            s += kernel(x[i] - x[j]) * kernel(x[j]);
        }
    }
    s
}
row!(closure_called_in_a_loop: closure_in_loop(ref x, val a) at (vec![0.5, 1.5, -0.3], 0.8));

#[differentiable]
fn midpoint_rule(lo: f64, hi: f64, k: f64) -> f64 {
    let f = |x: f64| (k * x).sin() / (1.0 + x * x);
    let n = 16;
    let h = (hi - lo) / n as f64;
    let mut s = 0.0;
    for i in 0..n {
        s += f(lo + (i as f64 + 0.5) * h);
    }
    s * h
}
row!(quadrature_of_a_closure: midpoint_rule(val lo, val hi, val k) at (0.1, 1.9, 2.0));

#[differentiable]
fn index_closure(a: &[f64], n: usize) -> f64 {
    let at = |i: usize, j: usize| a[i * n + j];
    at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0)
}
row!(closure_that_indexes: index_closure(ref a, no n) at (vec![1.0, 2.0, 3.0, 4.5], 2));

#[differentiable]
fn shadowed_capture(x: f64) -> f64 {
    let y = x * 2.0;
    let f = |t: f64| t * y;
    let y = y * y;
    f(y) + y
}
row!(closure_keeps_what_it_captured: shadowed_capture(val x) at (0.7) => 24.0 * x * x + 8.0 * x);

#[differentiable]
fn nested_function(x: f64) -> f64 {
    #[differentiable]
    fn helper(t: f64, c: f64) -> f64 {
        t.exp() * c
    }
    helper(x, 2.0) + helper(2.0, x)
}
row!(annotated_function_inside_a_function: nested_function(val x) at (0.7));

#[differentiable]
fn nested_items(x: f64) -> f64 {
    const DEGREE: usize = 3;
    static COEFFICIENTS: [f64; 4] = [1.0, -0.5, 0.25, 2.0];
    fn index(i: usize) -> usize {
        DEGREE - i
    }
    let mut s = 0.0;
    for i in 0..=DEGREE {
        s = s * x + COEFFICIENTS[index(i)];
    }
    s
}
row!(nested_items_without_derivatives: nested_items(val x) at (0.7), (-2.0));

#[differentiable]
fn move_closure(x: f64, v: Vec<f64>) -> f64 {
    let f = move |i: usize| v[i] * x;
    f(0) * f(1)
}
row!(move_closure_row: move_closure(val x, val v) at (0.7, vec![2.0, 3.0]));

#[differentiable]
fn array_closure(x: f64, y: f64) -> [f64; 2] {
    let rhs = |s: [f64; 2]| [s[1], -s[0] * y];
    let euler = |s: [f64; 2], h: f64| {
        let d = rhs(s);
        [s[0] + h * d[0], s[1] + h * d[1]]
    };
    let mut s = [x, 1.0];
    for _ in 0..3 {
        s = euler(s, 0.1);
    }
    s
}
row!(closures_over_arrays: array_closure(val x, val y) -> many at (0.7, 2.0));
