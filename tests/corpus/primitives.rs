//! Every primitive, as a method and as a path, on both sides of its ties and kinks.

use differentiable::differentiable;

/// Rows of functions of one variable: the method on an expression, and the path.
macro_rules! unary {
    ($($test:ident $method:ident at $($x:expr),+ => $derivative:expr;)*) => {$(
        mod $test {
            use differentiable::differentiable;

            #[differentiable]
            fn method(x: f64) -> f64 {
                x.$method()
            }
            #[differentiable]
            fn path(x: f64, y: f64) -> f64 {
                let inner = x * y;
                f64::$method(inner) * y
            }
            #[differentiable]
            fn single(x: f32) -> f32 {
                x.$method()
            }
            row!(as_a_method: method(val x) at $(($x)),+);
            row!(as_a_path: path(val x, val y) at $(($x / 1.25, 1.25)),+);
            row!(of_f32: single(val x) at $(($x as f32)),+);
            #[test]
            fn closed_form() {
                let derivative: fn(f64) -> f64 = $derivative;
                for x in [$($x),+] {
                    let (d, expected): (f64, f64) = (method::grad(x), derivative(x));
                    assert!((d - expected).abs() <= 1e-14 * expected.abs().max(1.0), "at {x}: {d} for {expected}");
                }
            }
        }
    )*};
}

unary! {
    sin sin at 0.5, -2.0 => |x| x.cos();
    cos cos at 0.5, -2.0 => |x| -x.sin();
    tan tan at 0.5, -1.0 => |x| 1.0 + x.tan().powi(2);
    asin asin at 0.5, -0.25 => |x| 1.0 / (1.0 - x * x).sqrt();
    acos acos at 0.5, -0.25 => |x| -1.0 / (1.0 - x * x).sqrt();
    atan atan at 0.5, -3.0 => |x| 1.0 / (1.0 + x * x);
    sinh sinh at 0.5, -2.0 => |x| x.cosh();
    cosh cosh at 0.5, -2.0 => |x| x.sinh();
    tanh tanh at 0.5, -2.0 => |x| 1.0 - x.tanh().powi(2);
    asinh asinh at 0.5, -2.0 => |x| 1.0 / (x * x + 1.0).sqrt();
    acosh acosh at 1.5, 3.0 => |x| 1.0 / (x * x - 1.0).sqrt();
    atanh atanh at 0.5, -0.25 => |x| 1.0 / (1.0 - x * x);
    exp exp at 0.5, -2.0 => |x| x.exp();
    exp2 exp2 at 0.5, -2.0 => |x| std::f64::consts::LN_2 * x.exp2();
    exp_m1 exp_m1 at 0.5, -0.001 => |x| x.exp();
    ln ln at 0.5, 3.0 => |x| 1.0 / x;
    ln_1p ln_1p at 0.5, -0.25 => |x| 1.0 / (1.0 + x);
    log2 log2 at 0.5, 3.0 => |x| 1.0 / (x * std::f64::consts::LN_2);
    log10 log10 at 0.5, 3.0 => |x| 1.0 / (x * std::f64::consts::LN_10);
    sqrt sqrt at 0.5, 3.0 => |x| 0.5 / x.sqrt();
    cbrt cbrt at 0.5, -3.0 => |x| 1.0 / (3.0 * x.cbrt().powi(2));
    abs abs at 0.5, -3.0 => |x| x.signum();
    recip recip at 0.5, -3.0 => |x| -1.0 / (x * x);
    to_radians to_radians at 30.0, -100.0 => |_| std::f64::consts::PI / 180.0;
    to_degrees to_degrees at 0.5, -3.0 => |_| 180.0 / std::f64::consts::PI;
    fract fract at 0.5, -3.25 => |_| 1.0;
}

#[differentiable]
fn powers(x: f64, y: f64) -> f64 {
    x.powi(3) + x.powi(-2) * x.powf(y) - f64::powf(x, 2.5) + f64::powi(y, 2) + 2.0_f64.powf(x)
}
row!(powi_and_powf: powers(val x, val y) at (1.5, 2.5), (0.5, -1.0));

#[differentiable]
fn integer_power(x: f64, n: i32) -> f64 {
    x.powi(n) * x.powi(n - 1) + x
}
row!(powi_with_a_variable_exponent: integer_power(val x, no n) at (1.5, 3), (-0.7, 0), (2.0, 1), (-2.0, -2));

#[differentiable]
fn power_at_zero(x: f64) -> f64 {
    x.powi(2) + x.powf(3.0) + x.powi(1)
}
row!(powers_at_zero: power_at_zero(val x) at (0.0), (1.5) => 2.0 * x + 3.0 * x * x + 1.0; differences = false);

#[differentiable]
fn logarithms(x: f64, base: f64) -> f64 {
    x.log(base) * base + x.log(10.0)
}
row!(log_with_a_base: logarithms(val x, val base) at (3.0, 2.0), (0.5, 7.0));

#[differentiable]
fn angles(y: f64, x: f64) -> f64 {
    y.atan2(x) + f64::atan2(x, y) * y.hypot(x) + f64::hypot(x, 3.0)
}
row!(atan2_and_hypot: angles(val y, val x) at (1.0, 2.0), (-1.0, 0.5), (0.5, -2.0));

#[differentiable]
fn both_at_once(x: f64) -> f64 {
    let (s, c) = x.sin_cos();
    let (t, _) = (2.0 * x).sin_cos();
    s * c * t + x.sin_cos().1
}
row!(sin_cos: both_at_once(val x) at (0.6), (-2.0));

#[differentiable]
fn extremes(x: f64, y: f64) -> f64 {
    x.min(y) * 2.0 + x.max(y) * 3.0 + x.max(0.5) * y.min(0.25) + f64::max(x, f64::min(y, 10.0))
}
row!(min_and_max: extremes(val x, val y) at (1.0, 2.0), (2.0, -1.0), (0.1, 0.2));

#[differentiable]
fn clamped(x: f64, lo: f64, hi: f64) -> f64 {
    x.clamp(lo, hi) * x + x.clamp(-1.0, 1.0)
}
row!(clamp: clamped(val x, val lo, val hi) at (0.5, 0.0, 2.0), (-3.0, 0.1, 2.0), (5.0, 0.1, 2.0));

#[differentiable]
fn fused(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c) * c.mul_add(2.0, a)
}
row!(mul_add: fused(val a, val b, val c) at (1.5, 2.0, -0.5));

#[differentiable]
fn remainders(x: f64, y: f64) -> f64 {
    (x % y) * x + x.rem_euclid(y) + x % 2.0
}
row!(remainders_row: remainders(val x, val y) at (7.3, 2.1), (-7.3, 2.1), (-7.3, -2.1));

#[differentiable]
fn rounding(x: f64) -> f64 {
    x.floor() * x + x.ceil() * x + x.round() * x + x.trunc() * x + x.signum() * x + (x - x.floor())
}
row!(locally_constant_primitives: rounding(val x) at (2.3), (-2.7)
    => x.floor() + x.ceil() + x.round() + x.trunc() + x.signum() + 1.0);

#[differentiable]
fn with_sign(x: f64, y: f64) -> f64 {
    x.copysign(y) * y + f64::copysign(x * y, x)
}
row!(copysign: with_sign(val x, val y) at (1.5, -2.0), (-1.5, -2.0), (-1.5, 2.0));

#[differentiable]
fn negations(x: f64, y: f64) -> f64 {
    -x * -(y - -x) / -(1.0 - y) + -(2.0 * x).abs()
}
row!(unary_minus: negations(val x, val y) at (1.5, 2.0), (-0.5, 3.0));

#[differentiable]
fn folded_constants(x: f64) -> f64 {
    0.0 * x.ln() + 1.0 * x + x / 1.0 - 0.0 + 2.0 * 3.0 * x
}
row!(constants_that_fold: folded_constants(val x) at (1.5) => 8.0);

#[differentiable]
fn method_chains(x: f64) -> f64 {
    x.abs().sqrt().ln_1p().exp().powi(2).max(0.01).recip()
}
row!(chains_of_methods: method_chains(val x) at (1.5), (-0.5));

#[differentiable]
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
row!(numerically_stable_softplus: softplus(val x) at (30.0), (-30.0), (0.5) => 1.0 / (1.0 + (-x).exp()));

#[differentiable]
fn total_order(x: f64, y: f64) -> f64 {
    let bigger = if x.is_sign_negative() || !x.is_finite() { y } else { x };
    bigger * x + y
}
row!(predicates: total_order(val x, val y) at (1.5, 2.0), (-1.5, 2.0));
