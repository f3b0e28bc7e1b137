//! Own rules: `partials(…)`, `jvp = …`, `vjp = …`, in loops and through callers.

use differentiable::{differentiable, no_diff};

/// Something the compiler cannot look into.
fn opaque_erf(x: f64) -> f64 {
    let mut term = x;
    let mut sum = x;
    for n in 1..60 {
        term *= -x * x / n as f64;
        sum += term / (2 * n + 1) as f64;
    }
    std::f64::consts::FRAC_2_SQRT_PI * sum
}

#[differentiable(partials(x = std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp()))]
fn erf(x: f64) -> f64 {
    opaque_erf(x)
}
row!(partials: erf(val x) at (0.3), (-1.2));

#[differentiable]
fn normal_cdf(x: f64, mean: f64, sd: f64) -> f64 {
    0.5 * (1.0 + erf((x - mean) / (sd * std::f64::consts::SQRT_2)))
}
row!(rule_through_a_caller: normal_cdf(val x, val mean, val sd) at (0.3, 0.1, 1.5));

#[differentiable]
fn erf_in_a_loop(v: &[f64], k: f64) -> f64 {
    let mut s = 1.0;
    for &x in v {
        s = s * erf(x * k) + erf(s);
    }
    s
}
row!(rule_in_a_loop: erf_in_a_loop(ref v, val k) at (vec![0.3, -0.7, 1.1], 1.2));

fn cube_root_by_newton(a: f64) -> f64 {
    let mut x = a.max(1.0);
    for _ in 0..100 {
        x -= (x * x * x - a) / (3.0 * x * x);
    }
    x
}

#[differentiable(partials(a = 1.0 / (3.0 * result * result)))]
fn root(a: f64) -> f64 {
    cube_root_by_newton(a)
}
row!(partials_in_terms_of_the_result: root(val a) at (2.0), (10.0) => 1.0 / (3.0 * root(a).powi(2)));

fn bessel_like(x: f64, y: f64) -> f64 {
    (x * y).sin() + x
}

#[differentiable(partials(x = y * (x * y).cos() + 1.0, y = x * (x * y).cos()))]
fn two_partials(x: f64, y: f64) -> f64 {
    bessel_like(x, y)
}
row!(two_partials_row: two_partials(val x, val y) at (0.3, 2.0));

fn sum_jvp(x: &[f64], k: f64, (x_dot, k_dot): (&[f64], f64)) -> (f64, f64) {
    let s: f64 = x.iter().sum();
    let s_dot: f64 = x_dot.iter().sum();
    (s * k, s_dot * k + s * k_dot)
}

#[differentiable]
fn sum_vjp(x: &[f64], k: f64, y_bar: f64) -> (f64, (Vec<f64>, f64)) {
    let s: f64 = x.iter().sum();
    (s * k, (vec![y_bar * k; x.len()], y_bar * s))
}

#[differentiable(jvp = sum_jvp, vjp = sum_vjp)]
fn foreign_sum(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    x.iter().for_each(|v| s += v);
    s * k
}
row!(whole_rules: foreign_sum(ref x, val k) at (vec![1.0, 2.0], 0.5));

#[differentiable]
fn calls_whole_rules(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    for i in 0..3 {
        s = foreign_sum(x, s) + i as f64 * foreign_sum(&x[1..], k);
    }
    s
}
row!(whole_rules_in_a_loop: calls_whole_rules(ref x, val k) at (vec![1.0, 0.2], 0.5));

#[differentiable]
fn stopped(x: f64, y: f64) -> f64 {
    let norm = no_diff(cube_root_by_newton(x * x));
    let mut s = 0.0;
    for i in 0..3 {
        s += x * norm * no_diff(y * i as f64) + y;
    }
    s
}
row!(no_diff_of_an_opaque_call: stopped(val x, val y) at (1.5, 2.0)
    => (cube_root_by_newton(x * x) * 3.0 * y, 3.0); differences = false);

#[test]
fn logging_runs_once() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    fn note() {
        CALLS.fetch_add(1, Ordering::SeqCst);
    }
    #[differentiable]
    fn logged(x: f64, n: usize) -> f64 {
        let mut y = x;
        for _ in 0..n {
            note();
            y *= x;
        }
        y
    }
    for companion in [
        || {
            let _ = logged::grad(2.0, 3);
        },
        || {
            let _ = logged::jvp(2.0, 3, 1.0);
        },
        || {
            let (_, pullback) = logged::pullback(2.0, 3);
            pullback.pull_retain(1.0);
            pullback.pull(1.0);
        },
    ] {
        CALLS.store(0, Ordering::SeqCst);
        companion();
        assert_eq!(CALLS.load(Ordering::SeqCst), 3);
    }
}
