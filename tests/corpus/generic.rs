//! Generic float types and const generics, with the bounds that published code uses.

use differentiable::{Differentiable, differentiable};
use num_traits::{Float, FloatConst, FromPrimitive, NumCast, One, Zero};
use std::fmt::Debug;
use std::iter::Sum;
use std::ops::AddAssign;

#[differentiable]
fn sphere<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    for &xi in x {
        s = s + xi * xi;
    }
    s
}
row!(sphere_row: sphere(ref x) at (vec![1.0, -2.0, 3.0]) => vec![2.0, -4.0, 6.0]);
row!(sphere_of_f32: sphere(ref x) at (vec![1.0_f32, -2.0, 3.0]) => vec![2.0_f32, -4.0, 6.0]);

#[differentiable]
fn rosenbrock<T>(x: &[T]) -> T
where
    T: Float + FromPrimitive + Sum,
{
    let hundred = T::from_f64(100.0).unwrap();
    let mut s = T::zero();
    for i in 0..x.len() - 1 {
        let a = x[i + 1] - x[i] * x[i];
        let b = T::one() - x[i];
        s = s + hundred * a * a + b * b;
    }
    s
}
row!(rosenbrock_row: rosenbrock(ref x) at (vec![1.2, 0.8, 1.1]), (vec![-1.0_f64, 2.0]));

#[differentiable]
fn himmelblau<T: Float + FromPrimitive>(p: &[T; 2]) -> T {
    let [x, y] = *p;
    let eleven = T::from_f64(11.0).unwrap();
    let seven = T::from(7).unwrap();
    (x.powi(2) + y - eleven).powi(2) + (x + y.powi(2) - seven).powi(2)
}
row!(himmelblau_row: himmelblau(ref p) at ([1.0, 2.0]), ([3.0_f64, -1.5])
    => [4.0 * p[0] * (p[0] * p[0] + p[1] - 11.0) + 2.0 * (p[0] + p[1] * p[1] - 7.0),
        2.0 * (p[0] * p[0] + p[1] - 11.0) + 4.0 * p[1] * (p[0] + p[1] * p[1] - 7.0)]);

#[differentiable]
fn ackley<T: Float + FromPrimitive + Debug>(x: &[T], a: T, b: T) -> T {
    let n = T::from_usize(x.len()).unwrap();
    let c = T::from_f64(2.0 * std::f64::consts::PI).unwrap();
    let mut squares = T::zero();
    let mut cosines = T::zero();
    for i in 0..x.len() {
        squares = squares + x[i].powi(2);
        cosines = cosines + (c * x[i]).cos();
    }
    -a * (-b * (squares / n).sqrt()).exp() - (cosines / n).exp() + a + T::one().exp()
}
row!(ackley_row: ackley(ref x, val a, val b) at (vec![0.5, -1.0, 0.3], 20.0, 0.2));

#[differentiable]
fn logistic<T: Float>(x: T) -> T {
    T::one() / (T::one() + (-x).exp())
}
row!(generic_scalar: logistic(val x) at (0.5), (-3.0_f64) => logistic(x) * (1.0 - logistic(x)));

#[differentiable]
fn accumulate_assign<T: Float + AddAssign>(x: &[T], w: T) -> T {
    let mut s = w;
    for i in 0..x.len() {
        s += x[i] * w;
    }
    s
}
row!(compound_assignment_by_bound: accumulate_assign(ref x, val w) at (vec![1.0, 2.0], 3.0));

#[differentiable]
fn calls_generic<T: Float + FromPrimitive>(x: &[T], k: T) -> T {
    let s = sphere(x);
    logistic(s * k) + sphere(&[k, s])
}
row!(generic_callee_from_a_generic_caller: calls_generic(ref x, val k) at (vec![0.5, -0.25], 0.75));

#[differentiable]
fn calls_generic_at_f64(x: &[f64], k: f32) -> f64 {
    sphere(x) * logistic(k as f64) + logistic(k) as f64
}
row!(generic_callee_at_two_types: calls_generic_at_f64(ref x, val k) at (vec![0.5, -0.25], 0.75_f32));

#[differentiable]
fn const_length<const N: usize>(x: [f64; N], y: &[f64; N]) -> f64 {
    let mut s = 0.0;
    for i in 0..N {
        s += x[i] * y[N - 1 - i];
    }
    s / N as f64
}
row!(const_generic: const_length(val x, ref y) at ([1.0, 2.0, 3.0], [0.5, -1.0, 4.0]));

#[differentiable]
fn matmul<const M: usize, const K: usize, const N: usize>(
    a: &[[f64; K]; M],
    b: &[[f64; N]; K],
) -> [[f64; N]; M] {
    let mut c = [[0.0; N]; M];
    for i in 0..M {
        for j in 0..N {
            for k in 0..K {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}
row!(const_generic_matrix_product: matmul(ref a, ref b) -> value at ([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[0.5, -1.0], [2.0, 0.25]]));

#[differentiable]
fn scaled_array<T: Float, const N: usize>(x: [T; N], k: T) -> [T; N] {
    let mut y = x;
    for v in y.iter_mut() {
        *v = *v * k;
    }
    y[0] = y[0] * k;
    y
}
row!(generic_type_and_const: scaled_array(val x, val k) -> many at ([1.0, 2.0, 3.0], 0.5), ([0.1_f64, 4.0, 1.0], -2.0));

#[differentiable]
fn norm_generic<T: Float + Zero>(v: &[T]) -> T {
    let mut scale = T::zero();
    let mut ssq = T::one();
    for &x in v {
        let a = x.abs();
        if a > T::zero() {
            if scale < a {
                ssq = T::one() + ssq * (scale / a) * (scale / a);
                scale = a;
            } else {
                ssq = ssq + (a / scale) * (a / scale);
            }
        }
    }
    scale * ssq.sqrt()
}
row!(scaled_norm_of_blas: norm_generic(ref v) at (vec![3.0, 4.0, -12.0]), (vec![1.0, 0.0, 2.0_f64]); curvature = false);

#[differentiable]
fn newton_generic<T: Float>(a: T) -> T {
    let two = T::from(2.0).unwrap();
    let mut x = a / two + T::one();
    loop {
        let next = (x + a / x) / two;
        if (next - x).abs() <= T::epsilon() * next {
            return next;
        }
        x = next;
    }
}
row!(loop_to_epsilon: newton_generic(val a) at (2.0), (10.0_f64) => 0.5 / a.sqrt());

#[differentiable]
fn lerp_generic<T>(a: T, b: T, t: T) -> T
where
    T: Float + NumCast,
{
    let one: T = NumCast::from(1.0).unwrap();
    let half = <T as NumCast>::from(0.5).unwrap();
    a * (one - t) + b * t + half * t * t
}
row!(numcast_constants: lerp_generic(val a, val b, val t) at (1.0, 3.0, 0.25));

#[differentiable]
fn circumference<T: Float + FloatConst>(r: T) -> T {
    (T::PI() + T::PI()) * r + T::E().ln() * r.powf(T::one() + T::one())
}
row!(associated_constants: circumference(val r) at (1.5) => 2.0 * std::f64::consts::PI + 2.0 * r);

#[differentiable]
fn every_float_method<T: Float>(x: T, y: T) -> T {
    let a = x.sin() + x.cos() * x.tan() + x.sinh() - x.cosh() * x.tanh();
    let b = x.asin() + x.acos() * x.atan() + x.asinh() + (x + T::one()).acosh() - x.atanh();
    let c = x.exp() + x.exp2() * x.exp_m1() + x.ln() * x.ln_1p() + x.log2() + x.log10() + x.log(y);
    let d = x.sqrt() * x.cbrt() + x.powi(3) + x.powf(y) + x.hypot(y) + x.atan2(y) + x.recip() + x.abs();
    let e = x.max(y) + x.min(y) * x.mul_add(y, x) + x.fract() + x.floor() * y + x.signum() * x;
    let (s, co) = x.sin_cos();
    a + b * c - d * e + s * co + x.to_degrees() + y.to_radians() + Float::sin(y) * T::cos(x)
}
row!(all_of_float: every_float_method(val x, val y) at (0.4, 2.5), (0.7_f64, 1.5); tolerance = 1e-6);

#[differentiable]
fn gemv_generic<T: Float>(a: &[T], x: &[T], y: &mut [T], alpha: T) {
    let n = x.len();
    for (i, yi) in y.iter_mut().enumerate() {
        let row = &a[i * n..(i + 1) * n];
        let mut s = T::zero();
        for (p, q) in row.iter().zip(x) {
            s = s + *p * *q;
        }
        *yi = *yi + alpha * s;
    }
}
row!(generic_in_place: gemv_generic(ref a, ref x, mut y, val alpha) -> unit at (vec![1.0, 2.0, 3.0, 4.0], vec![0.5, -1.0], vec![0.1, 0.2], 1.5));

#[differentiable]
fn generic_vec<T: Float + One>(x: &[T]) -> Vec<T> {
    let mut out = vec![T::one(); x.len()];
    for i in 0..x.len() {
        for j in 0..=i {
            out[i] = out[i] * x[j];
        }
    }
    out
}
row!(generic_vec_row: generic_vec(ref x) -> many at (vec![1.5, 2.0, -0.5]));

#[differentiable]
fn generic_pair<T: Float>(p: (T, T)) -> (T, T) {
    let (x, y) = p;
    let r = (x * x + y * y).sqrt();
    (r, y.atan2(x))
}
row!(generic_tuple: generic_pair(val p) -> many at ((1.0, 2.0)));

#[differentiable]
fn generic_branches<T: Float + PartialOrd>(x: T, lower: T) -> T {
    let y = if x < lower {
        lower
    } else if x.is_nan() {
        return T::nan();
    } else {
        x
    };
    if y > T::from(5.0).unwrap() { y.ln() } else { y * x }
}
row!(generic_branches_row: generic_branches(val x, val lower) at (1.0, 2.0), (3.0, 2.0), (8.0, 2.0));

#[differentiable]
fn lifetimes<'a, T>(x: &'a [T], y: &'a [T]) -> T
where
    T: 'a + Float,
{
    let head: &'a [T] = &x[..1];
    head[0] * y[0]
}
row!(lifetimes_and_where: lifetimes(ref x, ref y) at (vec![1.0, 2.0], vec![3.0]));

#[differentiable]
fn to_double<T: Float + Into<f64>>(x: T, y: T) -> f64 {
    let a: f64 = x.into();
    let b = y.to_f64().unwrap();
    a * b.sin() + (x * y).into()
}
row!(generic_to_f64: to_double(val x, val y) at (0.4, 1.2), (2.0_f64, -0.3));

#[differentiable]
fn from_double<T: Float + FromPrimitive>(x: f64, y: T) -> T {
    let a = T::from(x).unwrap();
    let b = T::from_f64(x * x).unwrap();
    let c: T = NumCast::from(x + 1.0).unwrap();
    a * b + c * y
}
row!(f64_to_generic: from_double(val x, val y) at (0.4, 1.2_f64));

/// Lentz's method: compound operators of a generic type borrow their place early.
#[differentiable]
fn continued_fraction<F: Float + FromPrimitive>(a: F, x: F) -> F {
    let one = F::one();
    let tiny = F::from_f64(1e-300).unwrap();
    let mut c = one;
    let mut d = one - a * x;
    if d.abs() < tiny {
        d = tiny;
    }
    d = one / d;
    let mut h = d;
    for m in 1..20 {
        let m = F::from_i32(m).unwrap();
        let step = m * x / (a + m + m);
        d = one / (one + step * d);
        c = one + step / c;
        h = h * d * c;
    }
    h
}
row!(generic_continued_fraction: continued_fraction(val a, val x) at (2.3, 0.4));

/// A number of the caller's float.
fn lit<T: num_traits::Float>(x: f64) -> T {
    T::from(x).expect("a float")
}

#[differentiable]
fn overshoot<T: num_traits::Float>(t: T, from: T, change: T, duration: T) -> T {
    let s: T = lit(1.70158);
    let t = t / duration;
    if t < lit(0.5) {
        change * t * t * ((s + lit(1.0)) * t - s) + from
    } else {
        lit::<T>(2.0) * t - lit::<T>(3.0) * (t - lit(0.25)).powi(2) * change
    }
}
row!(numbers_made_by_a_helper: overshoot(val t, val from, val change, val duration) at (0.3, 1.0, 2.0, 1.5), (1.2, 1.0, 2.0, 1.5));

/// A float as a library declares it for itself: it has no logarithm and no `signum`.
pub trait Real:
    Copy
    + PartialOrd
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
    + From<f32>
{
    fn abs(self) -> Self;
    fn powf(self, p: Self) -> Self;
    fn sin(self) -> Self;
    fn tan(self) -> Self;
    fn asin(self) -> Self;
    fn exp(self) -> Self;
    fn max(self, other: Self) -> Self;
}
macro_rules! real {
    ($($float:ident)*) => {$(
        impl Real for $float {
            fn abs(self) -> Self { <$float>::abs(self) }
            fn powf(self, p: Self) -> Self { <$float>::powf(self, p) }
            fn sin(self) -> Self { <$float>::sin(self) }
            fn tan(self) -> Self { <$float>::tan(self) }
            fn asin(self) -> Self { <$float>::asin(self) }
            fn exp(self) -> Self { <$float>::exp(self) }
            fn max(self, other: Self) -> Self { <$float>::max(self, other) }
        }
    )*};
}
real! { f32 f64 }

#[differentiable]
fn own_float<T: Real>(x: T, p: T) -> T {
    let half = T::from(0.5);
    let base = x.abs().powf(p) * (x * half).sin() + (p * x).exp();
    let bent = (half * x.sin()).asin() - (x * half).tan();
    if base > bent { base - bent.max(p) } else { bent * base }
}
row!(traits_of_floats_without_logarithm: own_float(val x, val p) at (0.7, 1.3), (-0.4, 2.5), (1.2, 0.6));

#[differentiable]
fn own_float_of_a_slice<T: Real>(xs: &[T], p: T) -> T {
    let mut total = T::from(0.0);
    for x in xs {
        total = total + x.abs().powf(p);
    }
    total.powf(T::from(1.0) / p)
}
row!(norm_over_an_own_float: own_float_of_a_slice(ref xs, val p) at (vec![0.7, -1.3, 2.0], 2.5));

/// A crate's own name for what it asks of floats.
pub trait Number: num_traits::FloatConst + num_traits::NumCast + Positive {
    const HALF: Self;

    fn value(of: f32) -> Self {
        num_traits::NumCast::from(of).unwrap()
    }
}

pub trait Positive
where
    Self: Float,
{
}

impl Positive for f64 {}
impl Number for f64 {
    const HALF: f64 = 0.5;
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Span<N> {
    low: N,
    high: N,
}

#[differentiable]
impl<N: Number> Span<N> {
    fn low(&self) -> N {
        self.low
    }

    fn middle(&self) -> N {
        (self.low + self.high) * N::HALF * N::PI()
    }

    fn scaled(&self, by: N) -> Span<N> {
        Span { low: self.low * by, high: self.high.abs() + by * N::value(3.0) }
    }
}

#[differentiable]
fn spanned(x: f64, by: f64) -> f64 {
    let span = Span { low: x, high: x * x };
    span.scaled(by).middle() * span.low().sin()
}
row!(a_float_by_its_supertraits: spanned(val x, val by) at (0.7, 1.3));

/// What is computed with is chosen by a type that no argument has, and that may be unsized.
#[differentiable]
pub trait Kernel {
    fn value(x: f64) -> f64;
}

pub struct Gauss;

#[differentiable]
impl Kernel for Gauss {
    fn value(x: f64) -> f64 {
        (-x * x).exp()
    }
}

#[differentiable]
fn smoothed<K: Kernel + ?Sized>(x: f64) -> f64 {
    if x > 1.0 { x * x } else { x - K::value(x) }
}

#[differentiable]
fn smoothed_where<K>(x: f64) -> f64
where
    K: Kernel,
    K: ?Sized,
{
    K::value(x) * x
}

#[differentiable]
fn by_a_type(x: f64) -> f64 {
    smoothed::<Gauss>(x) * smoothed_where::<Gauss>(x * x)
}
row!(an_unsized_parameter: by_a_type(val x) at (0.7), (1.3));

#[differentiable]
trait Chain {
    fn reach(&self, angles: &[f64; 2]) -> f64;
}

#[derive(Clone, Debug, Differentiable)]
struct Links {
    length: f64,
}

#[differentiable]
impl Chain for Links {
    fn reach(&self, angles: &[f64; 2]) -> f64 {
        self.length * angles[0].cos() + angles[1].sin()
    }
}

#[differentiable]
fn reached(chain: &(impl Chain + ?Sized), angles: &[f64; 2], by: f64) -> f64 {
    chain.reach(angles) * by
}

#[differentiable]
fn weighed(items: &[impl Into<f64> + Copy], by: f64) -> f64 {
    let mut sum = 0.0;
    for item in items {
        let value: f64 = (*item).into();
        sum += value * by;
    }
    sum
}

#[differentiable]
fn unnamed(x: f64, y: f64) -> f64 {
    reached(&Links { length: x }, &[y, x], y) * weighed(&[x, y], x)
}
row!(types_without_names_inside_others: unnamed(val x, val y) at (0.7, 1.2));
