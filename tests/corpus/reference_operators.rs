//! Operators that users' types have on references only, and methods of the name of a primitive on
//! what operators give.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, Div, Mul, Neg, Sub};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Series {
    terms: Vec<f64>,
}
#[differentiable(order = 2)]
impl Mul<&Series> for &Series {
    type Output = Series;
    fn mul(self, other: &Series) -> Series {
        Series { terms: self.terms.iter().zip(&other.terms).map(|(a, b)| a * b).collect() }
    }
}
#[differentiable(order = 2)]
impl Mul<f64> for &Series {
    type Output = Series;
    fn mul(self, factor: f64) -> Self::Output {
        Series { terms: self.terms.iter().map(|a| a * factor).collect() }
    }
}
#[differentiable(order = 2)]
impl<'a> Add<&'a Series> for Series {
    type Output = Self;
    fn add(self, other: &'a Series) -> Self {
        Series { terms: self.terms.iter().zip(&other.terms).map(|(a, b)| a + b).collect() }
    }
}
#[differentiable(order = 2)]
impl<'a> Sub<Series> for &'a Series {
    type Output = Series;
    fn sub(self, other: Series) -> Series {
        Series { terms: self.terms.iter().zip(&other.terms).map(|(a, b)| a - b).collect() }
    }
}
#[differentiable(order = 2)]
impl Div<Self> for &Series {
    type Output = Series;
    fn div(self, other: Self) -> Series {
        Series { terms: self.terms.iter().zip(&other.terms).map(|(a, b)| a / b).collect() }
    }
}
#[differentiable(order = 2)]
impl Neg for &Series {
    type Output = Series;
    fn neg(self) -> Series {
        Series { terms: self.terms.iter().map(|a| -a).collect() }
    }
}
#[differentiable(order = 2)]
impl Series {
    fn energy(&self) -> f64 {
        self.terms.iter().map(|a| a * a).sum()
    }
}
#[differentiable(order = 2)]
fn series(terms: &[f64]) -> Series {
    Series { terms: terms.to_vec() }
}

#[differentiable(order = 2)]
fn product_of_borrowed(a: &Series, b: &Series) -> f64 {
    (a * b).energy()
}

#[differentiable(order = 2)]
fn borrowed(a: &[f64], b: &[f64]) -> f64 {
    product_of_borrowed(&series(a), &series(b))
}
row!(product_of_references: borrowed(ref a, ref b) at (vec![1.0, 2.0, -0.5], vec![0.3, -1.0, 2.0]));
curved!(product_of_references_at_order_two: borrowed(ref a, ref b) at (vec![1.0, 2.0, -0.5], vec![0.3, -1.0, 2.0]));

#[differentiable(order = 2)]
fn every_mixture(a: Series, b: &Series, x: f64) -> f64 {
    let c = &a * b;
    let d = &c * x + b;
    let e = &d - -b;
    let f = &(&e / &a) * &c;
    f.energy() + (&f * &f).energy()
}

#[differentiable(order = 2)]
fn mixtures(a: &[f64], b: &[f64], x: f64) -> f64 {
    every_mixture(series(a), &series(b), x)
}
row!(operators_on_every_mixture: mixtures(ref a, ref b, val x) at (vec![1.0, 2.0, -0.5], vec![0.3, -1.0, 2.0], 0.7));
curved!(operators_on_every_mixture_at_order_two: mixtures(ref a, ref b, val x) at (vec![1.0, 2.0, -0.5], vec![0.3, -1.0, 2.0], 0.7));

#[differentiable]
fn powers(a: &Series, n: usize) -> Series {
    let mut power = a.clone();
    for _ in 1..n {
        power = &power * a;
    }
    -&power
}

#[differentiable]
fn powers_of(a: &[f64], n: usize) -> Vec<f64> {
    powers(&series(a), n).terms.clone()
}
row!(powers_by_references: powers_of(ref a, no n) -> sequence at (vec![1.0, 2.0, -0.5], 3));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}
#[differentiable(order = 2)]
impl Sub<&Point> for &Point {
    type Output = Point;
    fn sub(self, other: &Point) -> Point {
        Point { x: self.x - other.x, y: self.y - other.y }
    }
}
#[differentiable(order = 2)]
impl Point {
    fn norm(&self) -> f64 {
        self.x.hypot(self.y)
    }
}
#[differentiable(order = 2)]
fn repulsion(points: &[Point]) -> f64 {
    let mut energy = 0.0;
    for i in 0..points.len() {
        for j in 0..i {
            energy += 1.0 / (&points[i] - &points[j]).norm();
        }
    }
    for (a, b) in points.iter().zip(points.iter().skip(1)) {
        energy += (a - b).norm();
    }
    energy
}

#[differentiable(order = 2)]
fn repulsion_of(flat: &[f64]) -> f64 {
    let points: Vec<Point> = flat.chunks(2).map(|at| Point { x: at[0], y: at[1] }).collect();
    repulsion(&points)
}
row!(differences_of_borrowed_points: repulsion_of(ref flat) at (vec![0.0, 1.0, 2.0, 0.5, -1.0, 0.3]));
curved!(differences_of_borrowed_points_at_order_two: repulsion_of(ref flat) at (vec![0.0, 1.0, 2.0, 0.5, -1.0, 0.3]));

/// A number with methods that floats have too, some of which give floats.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Phasor {
    re: f64,
    im: f64,
}
#[differentiable(order = 2)]
impl Phasor {
    fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }
    fn sqrt(self) -> Phasor {
        let (r, half) = (self.abs().sqrt(), self.im.atan2(self.re) / 2.0);
        Phasor { re: r * half.cos(), im: r * half.sin() }
    }
    fn ln(self) -> Phasor {
        Phasor { re: self.abs().ln(), im: self.im.atan2(self.re) }
    }
    fn powi(self, n: i32) -> Phasor {
        let mut power = Phasor { re: 1.0, im: 0.0 };
        for _ in 0..n {
            power = power * self;
        }
        power
    }
    fn max(self, other: Phasor) -> Phasor {
        if self.abs() > other.abs() { self } else { other }
    }
}
#[differentiable(order = 2)]
impl Mul for Phasor {
    type Output = Phasor;
    fn mul(self, o: Phasor) -> Phasor {
        Phasor { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
}
#[differentiable(order = 2)]
impl Mul<f64> for Phasor {
    type Output = Phasor;
    fn mul(self, factor: f64) -> Phasor {
        Phasor { re: self.re * factor, im: self.im * factor }
    }
}
#[differentiable(order = 2)]
impl Add for Phasor {
    type Output = Phasor;
    fn add(self, o: Phasor) -> Phasor {
        Phasor { re: self.re + o.re, im: self.im + o.im }
    }
}
#[differentiable(order = 2)]
fn methods_of_products(a: Phasor, b: Phasor) -> f64 {
    let w = a * 2.0;
    (a * b).abs() + (a + b).sqrt().abs().ln() + w.sqrt().ln().abs() + (a * b).powi(3).max(a).abs().powi(2)
}

#[differentiable(order = 2)]
fn phasors(a: f64, b: f64, c: f64, d: f64) -> f64 {
    methods_of_products(Phasor { re: a, im: b }, Phasor { re: c, im: d })
}
row!(own_methods_of_products: phasors(val a, val b, val c, val d) at (1.0, 2.0, -0.5, 0.7));
curved!(own_methods_of_products_at_order_two: phasors(val a, val b, val c, val d) at (1.0, 2.0, -0.5, 0.7));

/// The product of two of these is a float, whose methods are the primitives.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Covector {
    x: f64,
    y: f64,
}
#[differentiable(order = 2)]
impl Mul for Covector {
    type Output = f64;
    fn mul(self, o: Covector) -> f64 {
        self.x * o.x + self.y * o.y
    }
}
#[differentiable(order = 2)]
fn methods_of_inner_products(a: Covector, b: Covector) -> f64 {
    (a * a).sqrt() + (a * b).abs().powf(1.5).max(0.5).min(9.0) + (b * b).clamp(0.0, 100.0).recip().tanh()
}

#[differentiable(order = 2)]
fn covectors(a: f64, b: f64, c: f64, d: f64) -> f64 {
    methods_of_inner_products(Covector { x: a, y: b }, Covector { x: c, y: d })
}
row!(float_methods_of_products: covectors(val a, val b, val c, val d) at (1.0, 2.0, -0.5, 0.7));
curved!(float_methods_of_products_at_order_two: covectors(val a, val b, val c, val d) at (1.0, 2.0, -0.5, 0.7));

/// Numbers of a generic type, made of literals.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Dyad<T> {
    a: T,
    b: T,
}
#[differentiable]
impl<T: num_traits::Float> Dyad<T> {
    fn new(a: T, b: T) -> Self {
        Self { a, b }
    }
    fn rotated(self) -> Self {
        let scale = self.a.exp();
        Dyad::new(scale * self.b.cos(), scale * self.b.sin())
    }
    fn size(&self) -> T {
        self.a.hypot(self.b)
    }
}
#[differentiable]
impl<T: num_traits::Float> Add for Dyad<T> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self::new(self.a + o.a, self.b + o.b)
    }
}
#[differentiable]
fn sums_from_literals(x: f64, y: f64, n: usize) -> f64 {
    let mut sum = Dyad::new(0.0, 0.0);
    for k in 0..n {
        sum = sum + Dyad::new(x, y * k as f64).rotated();
    }
    sum.a * 0.5 + sum.size()
}
row!(generic_numbers_of_literals: sums_from_literals(val x, val y, no n) at (0.3, 0.4, 4));

// ---- operands without a derivative ----

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Span {
    from: f64,
    to: f64,
}

#[differentiable]
impl std::ops::Mul<i32> for Span {
    type Output = Span;
    fn mul(self, times: i32) -> Span {
        Span { from: self.from * times as f64, to: self.to * times as f64 }
    }
}

#[differentiable]
impl std::ops::Div<&u8> for &Span {
    type Output = Span;
    fn div(self, parts: &u8) -> Span {
        Span { from: self.from / f64::from(*parts), to: self.to / f64::from(*parts) }
    }
}

#[differentiable]
impl std::ops::Neg for Span {
    type Output = Span;
    fn neg(self) -> Span {
        self * -1
    }
}

#[differentiable]
fn stretched(from: f64, to: f64, n: i32) -> f64 {
    let span = -(Span { from, to } * n);
    let half = &span / &2;
    half.from * half.to + span.from
}
row!(integers_beside_own_types: stretched(val from, val to, no n) at (1.0, 3.0, 2), (0.5, -1.0, -3)
    => (0.25 * f64::from(n * n) * to - f64::from(n), 0.25 * f64::from(n * n) * from));
