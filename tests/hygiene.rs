//! Generated code meets no name of the user's, whatever it is, and no lint.
#![deny(warnings, missing_docs, unused, nonstandard_style, clippy::all, clippy::pedantic)]
#![deny(unused_qualifications, unreachable_pub, missing_debug_implementations, elided_lifetimes_in_paths)]

use differentiable::differentiable;

/// Documented.
pub mod documented {
    use differentiable::differentiable;

    /// The area of a circle.
    #[differentiable]
    #[must_use]
    #[inline]
    pub fn area(radius: f64) -> f64 {
        std::f64::consts::PI * radius * radius
    }

    /// A weighted sum.
    #[differentiable]
    #[must_use]
    pub fn weighted(x: &[f64], w: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (x, w) in x.iter().zip(w) {
            sum += x * w;
        }
        sum
    }

    /// Scales in place.
    #[differentiable]
    pub fn scale(x: &mut [f64], k: f64) {
        for v in x.iter_mut() {
            *v *= k;
        }
    }

    /// Generic.
    #[differentiable]
    #[must_use]
    pub fn norm<T: num_traits::Float>(x: &[T; 2]) -> T {
        (x[0] * x[0] + x[1] * x[1]).sqrt()
    }

    /// May fail.
    ///
    /// # Errors
    ///
    /// Below zero.
    #[differentiable]
    pub fn root(x: f64) -> Result<f64, String> {
        if x < 0.0 { Err("negative".to_string()) } else { Ok(x.sqrt()) }
    }

    /// Visible in the crate.
    #[differentiable]
    pub(crate) fn inside(x: f64, #[no_diff] n: usize) -> f64 {
        let mut y = x;
        for _ in 0..n {
            y *= x;
        }
        y
    }

    #[differentiable]
    #[cfg(any())]
    fn compiled_out(x: f64) -> f64 {
        there_is_no_such_function(x)
    }

    #[differentiable]
    const fn constant(x: f64) -> f64 {
        x * x + 1.0
    }

    /// A value computed at compile time.
    pub const FIVE: f64 = constant(2.0);
}

#[test]
fn attributes_are_carried_over() {
    assert!((documented::area::grad(1.0) - 2.0 * std::f64::consts::PI).abs() < 1e-15);
    assert_eq!(documented::weighted::grad(&[1.0], &[2.0]), (vec![2.0], vec![1.0]));
    let mut x = [1.0, 2.0];
    let ((), (x_bar, k_bar)) = documented::scale::vjp(&mut x, 3.0, &[1.0, 1.0]);
    assert_eq!((x_bar, k_bar), (vec![3.0, 3.0], 3.0));
    let [a, b] = documented::norm::grad(&[3.0, 4.0]);
    assert!((a - 0.6_f64).abs() < 1e-15 && (b - 0.8).abs() < 1e-15);
    assert_eq!(documented::root::grad(4.0), Ok(0.25));
    assert!((documented::inside::grad(2.0, 2) - 12.0).abs() < 1e-15);
    assert!((documented::FIVE - 5.0).abs() < 1e-15);
}

/// Functions with the names of companions, of primitives and of things of the standard library.
mod function_names {
    use differentiable::differentiable;

    #[differentiable]
    fn grad(x: f64) -> f64 {
        x * x
    }

    #[differentiable]
    fn vjp(grad: f64, jvp: f64) -> f64 {
        grad * jvp
    }

    #[differentiable]
    fn pullback(accumulate: &[f64]) -> f64 {
        accumulate[0] * grad(accumulate[1])
    }

    #[differentiable]
    fn zero_like(active: f64) -> f64 {
        sin(active) * active
    }

    #[differentiable]
    fn sin(x: f64) -> f64 {
        x.sin() * 2.0
    }

    #[test]
    fn all_differentiate() {
        assert_eq!(grad::grad(3.0).to_bits(), 6.0_f64.to_bits());
        assert_eq!(vjp::vjp(2.0, 3.0, 1.0), (6.0, (3.0, 2.0)));
        assert_eq!(pullback::grad(&[2.0, 3.0]), vec![9.0, 12.0]);
        let expected = 2.0 * (0.5_f64.cos() * 0.5 + 0.5_f64.sin());
        assert!((zero_like::grad(0.5) - expected).abs() < 1e-15);
    }
}

/// Constants with names that generated code might choose.
#[allow(non_upper_case_globals)]
mod local_names {
    use differentiable::differentiable;

    // A `let` of such a name would become a pattern that matches the constant. (Only what the
    // function mentions can be avoided: of other constants an attribute knows nothing.)
    const n: usize = 3;
    const x_bar: f64 = 2.0;
    const y_dot: f64 = 0.5;
    const i: usize = 1;
    const t: f64 = 4.0;
    const seed: f64 = 1.5;
    const y: f64 = 0.25;
    const s_bar: f64 = 3.0;
    const trips: usize = 2;
    const tmp: f64 = 5.0;

    #[differentiable]
    fn constants(x: &[f64], k: f64) -> f64 {
        let mut s = k * x_bar;
        for j in 0..n {
            s = s * x[j % x.len()] * y_dot + t * y;
        }
        for _ in 0..trips {
            s *= s_bar * 0.1;
        }
        s * seed * x[i] + tmp
    }

    #[test]
    fn none_is_captured() {
        let (x, k) = ([0.5, 1.5], 0.7);
        let (_, tangent) = constants::jvp(&x, k, (&[0.3, -0.2], 0.1));
        let (x_gradient, k_gradient) = constants::grad(&x, k);
        let expected = 0.3 * x_gradient[0] - 0.2 * x_gradient[1] + 0.1 * k_gradient;
        assert!((tangent - expected).abs() < 1e-13);
        let h = 1e-6;
        let difference = (constants(&x, k + h) - constants(&x, k - h)) / (2.0 * h);
        assert!((difference - k_gradient).abs() < 1e-8);
    }
}

/// Locals with names that generated code might choose.
mod derivative_names {
    use differentiable::differentiable;

    #[differentiable]
    fn locals(dx: f64, s: f64, grad: f64) -> f64 {
        let dx_bar = dx * s;
        let s_dot = dx_bar + grad;
        let mut shadow = s_dot * dx;
        for tape in 0..3 {
            let trip = f64::from(tape);
            shadow = shadow * s + trip;
        }
        let rt = shadow;
        rt * grad
    }

    #[test]
    fn none_is_captured() {
        let (a, b, c) = locals::grad(0.5, 1.5, 2.5);
        let (_, tangent) = locals::jvp(0.5, 1.5, 2.5, (1.0, 2.0, 3.0));
        assert!((a + 2.0 * b + 3.0 * c - tangent).abs() < 1e-12);
    }
}

/// Types, traits, modules and macros that stand where those of the standard library would.
#[allow(dead_code, unused_macros)]
mod shadowed_names {
    use differentiable::differentiable;

    struct Vec;
    struct Box;
    struct String;
    struct Pullback;
    struct Param;
    trait Clone {
        fn clone(&self) {}
    }
    trait Default {
        fn default() {}
    }
    trait Iterator {}
    mod core {}
    mod std {}
    mod alloc {}
    mod autodiff_runtime {}
    #[allow(non_snake_case)]
    fn Some() {}
    fn drop() {}
    macro_rules! vec {
        () => {
            compile_error!("the user's own `vec!` was called")
        };
    }
    macro_rules! assert_eq {
        () => {
            compile_error!("the user's own `assert_eq!` was called")
        };
    }

    impl Clone for f64 {}

    #[differentiable]
    fn recurrence(x: &[f64], k: f64) -> f64 {
        let mut s = k;
        for factor in x {
            s = s * s * factor + k;
        }
        let mut trips = 0;
        while s > 2.0 {
            s = s.sqrt() * k;
            trips += 1;
        }
        s * f64::from(trips + 1)
    }

    #[test]
    fn none_is_used() {
        let (gradient, k_gradient) = recurrence::grad(&[0.5, 1.5], 0.7);
        let (_, tangent) = recurrence::jvp(&[0.5, 1.5], 0.7, (&[1.0, 1.0], 1.0));
        assert!((gradient[0] + gradient[1] + k_gradient - tangent).abs() < 1e-13);
    }
}

/// Under another name of the crate.
mod renamed {
    use differentiable as ad;

    #[ad::differentiable(crate = ad)]
    fn square(x: f64) -> f64 {
        x * x
    }

    #[test]
    fn works() {
        assert!((square::grad(3.0) - 6.0).abs() < f64::EPSILON);
    }
}

/// Items inside function bodies, and imports.
mod places {
    use super::documented::area;
    use super::documented::{norm as length, weighted};
    use differentiable::differentiable;

    #[differentiable]
    fn imported(r: f64) -> f64 {
        area(r) * length(&[r, 2.0]) + weighted(&[r], &[2.0])
    }

    #[test]
    fn in_a_body() {
        #[differentiable]
        fn local(x: f64) -> f64 {
            #[differentiable]
            fn inner(x: f64) -> f64 {
                x * x
            }
            inner(x) * x
        }
        assert!((local::grad(2.0) - 12.0).abs() < 1e-15);
        assert!(imported::grad(1.0) > 0.0);
        assert!(area::grad(1.0) > 6.0);
    }
}

#[differentiable]
fn raw_identifiers(r#type: f64, r#in: f64) -> f64 {
    r#type * r#in
}

#[test]
fn raw_identifiers_stay() {
    assert_eq!(raw_identifiers::grad(2.0, 3.0), (3.0, 2.0));
}

/// A macro that writes functions.
macro_rules! family {
    ($($name:ident $method:ident $factor:expr;)*) => {$(
        #[differentiable]
        fn $name(x: f64, k: f64) -> f64 {
            let y = x.$method();
            y * $factor * k
        }
    )*};
}

family! {
    sines sin 2.0;
    squared_tangents tan 1.0 + 1.0;
}

#[test]
fn functions_that_macros_write() {
    assert!((sines::grad(0.5, 3.0).0 - 6.0 * 0.5_f64.cos()).abs() < 1e-14);
    assert!((squared_tangents::grad(0.5, 3.0).1 - 2.0 * 0.5_f64.tan()).abs() < 1e-14);
}

#[derive(Clone, Copy, Debug, PartialEq, differentiable::Differentiable)]
struct Flow {
    amount: f64,
    years: f64,
}

/// The bounds that companions have name the lifetime that the parameter leaves out.
#[differentiable]
fn present_value(flows: &Vec<&Flow>, rate: f64) -> f64 {
    let mut sum = 0.0;
    for flow in flows {
        sum += flow.amount / (1.0 + rate).powf(flow.years);
    }
    sum
}

#[test]
fn references_inside_a_parameter() {
    let (a, b) = (Flow { amount: 2.0, years: 1.0 }, Flow { amount: -3.0, years: 2.0 });
    let (flows, rate_bar) = present_value::grad(&vec![&a, &b], 0.25);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
    assert!(close(flows[0].amount, 0.8) && close(flows[1].amount, 0.64));
    assert!(close(rate_bar, -2.0 / 1.5625 + 6.0 / 1.953_125));
}

/// Constants named like what derivatives introduce.
#[allow(non_upper_case_globals)]
mod constants_in_the_way {
    use super::differentiable;

    const x_bar: f64 = 2.0;
    const dx: f64 = 0.5;
    static x_dot: f64 = 1.5;

    #[differentiable]
    pub(super) fn scaled(x: f64) -> f64 {
        x * x * x_bar + x.sin() * dx + x_dot
    }
}

#[test]
fn constants_named_like_cotangents() {
    let gradient = constants_in_the_way::scaled::grad(0.5);
    assert!((gradient - (2.0 + 0.5 * 0.5_f64.cos())).abs() < 1e-14);
}
