//! Second and higher derivatives: Hessians of every kind of code, gradients inside differentiated
//! functions, perturbation confusion.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, unused)]

#[macro_use]
mod harness;

#[path = "corpus/called_in_directions.rs"]
mod called_in_directions;

#[path = "corpus/derivatives_inside.rs"]
mod derivatives_inside;

#[path = "corpus/directions.rs"]
mod directions;

#[path = "corpus/higher_orders.rs"]
mod higher_orders;

use differentiable::{Differentiable, differentiable};
use num_traits::{Float, FromPrimitive};

#[differentiable(order = 2)]
fn cubic(x: f64) -> f64 {
    x * x * x - 2.0 * x
}
curved!(scalar: cubic(val x) at (1.5), (-0.5) => 6.0 * x);

#[differentiable(order = 2)]
fn ratio(x: f64, y: f64) -> f64 {
    x * x / y + y.sin() * x.exp()
}
curved!(two_scalars: ratio(val x, val y) at (1.5, 2.5) => (
    (2.0 / y + y.sin() * x.exp(), -2.0 * x / (y * y) + y.cos() * x.exp()),
    (-2.0 * x / (y * y) + y.cos() * x.exp(), 2.0 * x * x / (y * y * y) - y.sin() * x.exp()),
));

#[differentiable(order = 2)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() - 1 {
        let a = x[i + 1] - x[i] * x[i];
        let b = 1.0 - x[i];
        s += 100.0 * a * a + b * b;
    }
    s
}
curved!(rosenbrock_in_n_dimensions: rosenbrock(ref x) at (vec![1.2, 0.8, 1.1, -0.5]) => {
    let n = x.len();
    let mut h = vec![vec![0.0; n]; n];
    for i in 0..n - 1 {
        h[i][i] += 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0;
        h[i + 1][i + 1] += 200.0;
        h[i][i + 1] -= 400.0 * x[i];
        h[i + 1][i] -= 400.0 * x[i];
    }
    h
});

#[differentiable(order = 2)]
fn himmelblau<T: Float + FromPrimitive>(p: &[T; 2]) -> T {
    let [x, y] = *p;
    let eleven = T::from_f64(11.0).unwrap();
    let seven = T::from_f64(7.0).unwrap();
    (x * x + y - eleven).powi(2) + (x + y * y - seven).powi(2)
}
curved!(himmelblau_of_a_generic_float: himmelblau(ref p) at ([1.0, 2.0]), ([3.0_f64, -1.5]) => [
    [12.0 * p[0] * p[0] + 4.0 * p[1] - 42.0, 4.0 * (p[0] + p[1])],
    [4.0 * (p[0] + p[1]), 4.0 * p[0] + 12.0 * p[1] * p[1] - 26.0],
]);

#[differentiable(order = 2)]
fn rastrigin(x: &[f64]) -> f64 {
    let tau = 2.0 * std::f64::consts::PI;
    10.0 * x.len() as f64 + x.iter().map(|v| v * v - 10.0 * (tau * v).cos()).sum::<f64>()
}
curved!(rastrigin_by_a_chain: rastrigin(ref x) at (vec![0.3, -1.2]) => {
    let tau = 2.0 * std::f64::consts::PI;
    let d = |v: f64| 2.0 + 10.0 * tau * tau * (tau * v).cos();
    vec![vec![d(x[0]), 0.0], vec![0.0, d(x[1])]]
});

#[differentiable(order = 2)]
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let a: f64 = x.iter().map(|v| v * v).sum();
    let b: f64 = x.iter().map(|v| (2.0 * std::f64::consts::PI * v).cos()).sum();
    -20.0 * (-0.2 * (a / n).sqrt()).exp() - (b / n).exp() + 20.0 + std::f64::consts::E
}
curved!(ackley_by_chains: ackley(ref x) at (vec![0.5, -1.0, 0.3]));

#[differentiable(order = 2)]
fn recurrence(x: f64, r: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = r * y * (1.0 - y);
    }
    y
}
curved!(counted_loop_with_state: recurrence(val x, val r, no n) at (0.3, 2.9, 5), (0.3, 2.9, 0) ; tolerance = 1e-6);

#[differentiable(order = 2)]
fn newton(a: f64) -> f64 {
    let mut x = 0.5 * a + 1.0;
    loop {
        let next = 0.5 * (x + a / x);
        if (next - x).abs() < 1e-15 * next {
            break next;
        }
        x = next;
    }
}
curved!(loop_to_a_tolerance: newton(val a) at (2.0), (7.5) => -0.25 * a.powf(-1.5); closed_tolerance = 1e-8);

#[differentiable(order = 2)]
fn branches(x: f64, y: f64) -> f64 {
    let mut r = x * y;
    if r > 1.0 {
        r = r.ln() * x;
    } else if y > 0.0 {
        return r * r * y;
    }
    match (x * 2.0) as i32 {
        0 => r.exp(),
        1 | 2 => r * x * x,
        _ => r * y,
    }
}
curved!(branches_and_returns: branches(val x, val y) at (2.0, 3.0), (0.75, 0.5), (0.75, -0.5), (-0.3, 0.5), (0.2, -1.5));

#[differentiable(order = 2)]
fn in_place(x: &[f64], k: f64) -> f64 {
    let mut a = x.to_vec();
    for step in 0..3 {
        for i in 1..a.len() {
            a[i] = a[i] * a[i - 1] + k * a[i].sin();
        }
        a[0] *= k + step as f64;
    }
    a.iter().sum()
}
curved!(arrays_in_place: in_place(ref x, val k) at (vec![0.5, 0.8, -0.3], 0.7));

#[differentiable(order = 2)]
fn cholesky_log_determinant(a: &[f64], n: usize) -> f64 {
    let mut l = vec![0.0; n * n];
    let mut s = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let mut d = a[i * n + j];
            for k in 0..j {
                d -= l[i * n + k] * l[j * n + k];
            }
            l[i * n + j] = if i == j { d.sqrt() } else { d / l[j * n + j] };
        }
        s += 2.0 * l[i * n + i].ln();
    }
    s
}
curved!(cholesky: cholesky_log_determinant(ref a, no n) at (vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0], 3));

#[differentiable(order = 2)]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[differentiable(order = 2)]
fn bump(x: &mut [f64], k: f64) {
    for v in x.iter_mut() {
        *v = *v * *v + k;
    }
}

#[differentiable(order = 2)]
fn calls(x: &[f64], k: f64) -> f64 {
    let mut a = [x[0], x[1] * k];
    let mut s = 0.0;
    for _ in 0..2 {
        bump(&mut a, k);
        s += sigmoid(a[0] * a[1]) * k;
    }
    s
}
curved!(calls_in_a_loop: calls(ref x, val k) at (vec![0.5, 0.8], 0.7));

#[differentiable(order = 2)]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}
curved!(recursion: power(val x, no n) at (1.5, 4) => f64::from(n * (n - 1)) * x * x);

#[derive(Clone, Copy, Debug, Differentiable)]
struct Spring {
    k: f64,
    rest: f64,
}

#[differentiable(order = 2)]
fn energy(x: f64, stiffness: f64) -> f64 {
    let spring = Spring { k: stiffness * stiffness, rest: 0.5 * x };
    let d = x * x - spring.rest;
    0.5 * spring.k * d * d
}
curved!(structs: energy(val x, val k) at (1.5, 0.7));

#[differentiable(order = 2, partials(x = std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp()))]
fn erf(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for n in 1..60 {
        term *= -x * x / n as f64;
        sum += term / (2 * n + 1) as f64;
    }
    std::f64::consts::FRAC_2_SQRT_PI * sum
}
#[differentiable(order = 2)]
fn through_a_rule(x: f64, s: f64) -> f64 {
    erf(x / s) * s
}
curved!(own_rule: through_a_rule(val x, val s) at (0.4, 1.3));

/// Of first order: beside a float, parts of a tuple and rows.
#[differentiable(partials(k = p.0 * p.1 + m[0][1], p = (k * p.1, k * p.0), m = [[0.0, k]]))]
fn float_and_parts(k: f64, p: (f64, f64), m: [[f64; 2]; 1]) -> f64 {
    k * p.0 * p.1 + k * m[0][1]
}
row!(partials_of_several_shapes: float_and_parts(val k, val p, val m) at (0.7, (1.5, -0.4), [[0.2, 0.9]]));

#[differentiable(order = 2)]
fn every_primitive(x: f64, y: f64) -> f64 {
    let a = x.sin() * y.cos() + x.tan() - y.atan() + x.asin() * y.acos() + x.atan2(y) * x.hypot(y);
    let b = x.sinh() + y.cosh() * x.tanh() + y.asinh() - (1.0 + x).acosh() + y.atanh();
    let c = x.exp() * y.exp2() + x.exp_m1() - y.ln() * x.ln_1p() + x.log2() + y.log10() + x.log(y + 1.5);
    let d = x.sqrt() * y.cbrt() + x.powi(3) * y.powf(2.5) + x.powf(y) + x.recip() + x.mul_add(y, x);
    let e = x.max(y) * x.min(y) + x.clamp(0.0, 1.0) * y.abs() + x.copysign(y) * x + (x % 0.3) * y + x.fract();
    a * b + c * d - e
}
curved!(primitives: every_primitive(val x, val y) at (0.4, 0.7); tolerance = 1e-6);

// Orders above the second.

#[differentiable(order = 4)]
fn sine_exponential(x: f64) -> f64 {
    x.sin() * x.exp()
}

#[test]
fn derivatives_of_sin_times_exp() {
    for x in [0.3_f64, -1.2, 2.0] {
        let (s, c, e) = (x.sin(), x.cos(), x.exp());
        let expected = [(s + c) * e, 2.0 * c * e, 2.0 * (c - s) * e, -4.0 * s * e];
        let got = [
            sine_exponential::grad(x),
            sine_exponential::d2(x),
            sine_exponential::d3(x),
            sine_exponential::d4(x),
        ];
        for (g, e) in got.iter().zip(expected) {
            assert!((g - e).abs() <= 1e-13 * e.abs().max(1.0), "{g} is not {e}");
        }
    }
}

#[differentiable(order = 3)]
fn looped_power(x: f64, n: usize) -> f64 {
    let mut y = 1.0;
    for _ in 0..n {
        y *= x;
    }
    y
}

#[test]
fn third_order_of_a_loop() {
    let d3 = looped_power::d3(1.5, 5);
    assert!((d3 - 60.0 * 1.5 * 1.5).abs() < 1e-11, "{d3}");
    assert!((looped_power::d2(1.5, 5) - 20.0 * 1.5_f64.powi(3)).abs() < 1e-11);
}

// Derivatives inside differentiated functions.

#[differentiable(order = 2)]
fn sum_with(y: f64, x: f64) -> f64 {
    x + y
}

/// `x · d/dy (x + y)`, whose derivative is 1.
#[differentiable]
fn confusion(x: f64, y: f64) -> f64 {
    x * sum_with::grad(y, x).0
}

#[test]
fn perturbation_confusion() {
    assert_eq!(confusion::grad(3.0, 4.0).0, 1.0);
    assert_eq!(confusion::jvp(3.0, 4.0, (1.0, 0.0)).1, 1.0);
}

#[differentiable(order = 2)]
fn discriminator(w: &[f64; 2], x: &[f64; 2]) -> f64 {
    (w[0] * x[0] * x[0] + w[1] * x[1] * x[0]).tanh()
}

#[differentiable]
fn gradient_penalty(w: &[f64; 2], x: &[f64; 2]) -> f64 {
    let (_, g) = discriminator::grad(w, x);
    let norm = (g[0] * g[0] + g[1] * g[1]).sqrt();
    (norm - 1.0) * (norm - 1.0)
}
row!(gradient_penalty_row: gradient_penalty(ref w, ref x) at ([0.4, -0.7], [0.3, 0.9]));

#[differentiable(order = 3)]
fn trial(x: f64, a: f64) -> f64 {
    (a * x).sin() + x * x * a
}

/// ∂u/∂x
#[differentiable(order = 2)]
fn slope(x: f64, a: f64) -> f64 {
    trial::grad(x, a).0
}

/// The residual of `u'' + u = 0` at some points.
#[differentiable]
fn physics_loss(points: &[f64], a: f64) -> f64 {
    let mut loss = 0.0;
    for &x in points {
        let (u_xx, _) = slope::grad(x, a);
        let r = u_xx + trial(x, a);
        loss += r * r;
    }
    loss
}
row!(differential_equation_residual: physics_loss(ref points, val a) at (vec![0.1, 0.7, 1.3], 1.2));

#[differentiable(order = 3)]
fn objective(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i].sin() * x[(i + 1) % x.len()].powi(3);
    }
    s
}

#[differentiable]
fn directional(x: &[f64], d: &[f64]) -> f64 {
    let (value, slope) = objective::jvp(x, d);
    value * slope
}
row!(jvp_inside: directional(ref x, ref d) at (vec![0.4, -0.7, 1.2], vec![0.3, 0.9, -0.5]));

#[differentiable]
fn pulled(x: &[f64], w: f64) -> f64 {
    let (value, g) = objective::vjp(x, w * w);
    let mut s = value;
    for v in g {
        s += v * v;
    }
    s
}
row!(vjp_inside: pulled(ref x, val w) at (vec![0.4, -0.7, 1.2], 0.8));

#[differentiable]
fn curvature(x: &[f64], d: &[f64]) -> f64 {
    let h = objective::hvp(x, d);
    let mut s = 0.0;
    for i in 0..h.len() {
        s += h[i] * d[i] * x[i];
    }
    s
}
row!(hvp_inside: curvature(ref x, ref d) at (vec![0.4, -0.7, 1.2], vec![0.3, 0.9, -0.5]));

/// The residual of a differential equation by Hessian-vector products.
#[differentiable]
fn residual_by_products(points: &[f64], a: f64) -> f64 {
    let mut loss = 0.0;
    for &x in points {
        let direction = (1.0, 0.0);
        let (u_xx, _) = trial::hvp(x, a, (1.0, 0.0));
        let (_, u_x) = trial::jvp(x, a, direction);
        let r = u_xx + trial(x, a) * u_x;
        loss += r * r;
    }
    loss
}
row!(residual_by_hessian_products: residual_by_products(ref points, val a) at (vec![0.1, 0.7, 1.3], 1.2));

#[differentiable(order = 2)]
fn spread(x: f64, v: Vec<f64>, k: [f64; 2]) -> Vec<f64> {
    v.iter().map(|a| a * a * x + k[0] * k[1] * x * x).collect()
}

#[differentiable]
fn of_many_outputs(x: f64, v: &[f64], k: [f64; 2], w: &[f64]) -> f64 {
    let (y, (x_bar, v_bar, k_bar)) = spread::vjp(x, v.to_vec(), k, w);
    let (_, y_dot) = spread::jvp(x, v.to_vec(), k, (x * 2.0, w, [k[1], x]));
    let mut s = x_bar * k_bar[0] + k_bar[1] * k_bar[1];
    for i in 0..v.len() {
        s += y[i] * v_bar[i] + y_dot[i] * x;
    }
    s
}
row!(products_of_several_outputs: of_many_outputs(val x, ref v, val k, ref w) at
    (0.8, vec![0.4, -0.7], [1.2, 0.3], vec![0.5, 0.9]));

#[differentiable(order = 2)]
fn two_outputs(x: f64, y: f64) -> (f64, f64) {
    (x * y.sin(), x * x + y)
}

#[differentiable]
fn weights_in_a_tuple(x: f64, y: f64, w: f64) -> f64 {
    let (value, (x_bar, y_bar)) = two_outputs::vjp(x, y, (w * x, y));
    value.0 * x_bar * x_bar + y_bar * value.1
}
row!(weights_of_two_outputs: weights_in_a_tuple(val x, val y, val w) at (0.8, 0.4, -1.1));
