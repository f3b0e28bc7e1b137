//! Generics by what their bounds ask for: traits of the file's own with operators among what they ask for, spaces of
//! vectors, types that are `Copy` and no more.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, Mul, Neg, Sub};

/// Numbers: floats implement it, and nothing else.
trait Number: Copy + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<Self, Output = Self> {
    fn lift(x: f64) -> Self;
}

macro_rules! numbers {
    ($($t:ident)*) => {$(
        impl Number for $t {
            fn lift(x: f64) -> Self {
                x as $t
            }
        }
    )*};
}
numbers!(f32 f64);

#[differentiable]
fn horner<T: Number>(coefficients: &[T], x: T) -> T {
    let mut value = T::lift(0.0);
    for &c in coefficients.iter().rev() {
        value = value * x + c;
    }
    value
}

#[differentiable]
fn between<T: Number>(x: T, low: T, high: T) -> T {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

#[differentiable]
fn by_own_numbers(x: &[f64], t: f64) -> f64 {
    horner(x, t) * between(t * t, 0.1, x[0]) + between(x[1], x[0], t) * t
}
row!(traits_that_floats_alone_implement: by_own_numbers(ref x, val t) at (vec![0.5, -1.2, 0.7], 0.9), (vec![0.2, 1.5, 0.7], 1.1));

/// Spaces of vectors: numbers are one.
trait Space:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<f64, Output = Self> + Neg<Output = Self>
{
    fn halved(self) -> Self {
        self * 0.5
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Plane {
    u: f64,
    v: f64,
}
value_struct!(Plane => PlaneTangent { u, v });

impl Space for Plane {}
impl Space for f64 {}

#[differentiable]
impl Add for Plane {
    type Output = Plane;
    fn add(self, other: Plane) -> Self::Output {
        Plane { u: self.u + other.u, v: self.v + other.v }
    }
}

#[differentiable]
impl Sub for Plane {
    type Output = Self;
    fn sub(self, other: Plane) -> <Self as Sub>::Output {
        Self::Output { u: self.u - other.u, v: self.v - other.v }
    }
}

#[differentiable]
impl Neg for Plane {
    type Output = Plane;
    fn neg(self) -> Plane {
        Plane { u: -self.u, v: -self.v }
    }
}

#[differentiable]
impl Mul<f64> for Plane {
    type Output = Plane;
    fn mul(self, factor: f64) -> Plane {
        Plane { u: self.u * factor, v: self.v * factor }
    }
}

#[differentiable]
impl Mul<Plane> for f64 {
    type Output = Plane;
    fn mul(self, plane: Plane) -> Plane {
        Plane { u: self * plane.u, v: self * plane.v }
    }
}

#[differentiable]
impl Mul for Plane {
    type Output = f64;
    fn mul(self, other: Plane) -> f64 {
        self.u * other.u + self.v * other.v
    }
}

#[differentiable]
fn lerp<T: Space>(a: T, b: T, t: f64) -> T {
    a + (b - a) * t
}

#[differentiable]
fn casteljau<T>(points: &[T], t: f64) -> T
where
    T: Space,
{
    let mut row = points.to_vec();
    let n = row.len();
    for k in 1..n {
        for i in 0..n - k {
            row[i] = lerp(row[i], row[i + 1], t);
        }
    }
    row[0]
}

#[differentiable]
fn reflected<T: Space>(a: T, along: T, k: f64) -> T {
    if k > 0.0 { -a + along * (2.0 * k) } else { a - along }
}

#[differentiable]
fn curves(p: Plane, t: f64) -> f64 {
    let points = vec![p, Plane { u: p.v, v: t }, Plane { u: p.u * t, v: 1.0 }, p + p];
    let at = casteljau(&points, t);
    let back = reflected(at, p, t - 0.5);
    at.u * back.v + casteljau(&[p.u, p.v, t], p.v) + reflected(t, p.u, p.v)
}
row!(spaces_of_vectors: curves(val p, val t) at (Plane { u: 0.3, v: 0.7 }, 0.8), (Plane { u: 1.3, v: -0.7 }, 0.2));

// By bounds alone: a factor on the right, and one on the left.
#[differentiable]
fn weighted<T: Mul<f64, Output = T> + Add<Output = T> + Copy>(t: f64, a: &T, b: &T) -> T {
    *a * (1.0 - t) + *b * t
}

#[differentiable]
fn on_the_left<T>(a: T, b: T, t: f64) -> T
where
    T: Copy + Add<Output = T>,
    f64: Mul<T, Output = T>,
{
    (1.0 - t) * a + t * b
}

#[differentiable]
fn length_cubed<T: Mul<T, Output = f64> + Copy>(a: T, b: T) -> f64 {
    (a * b) * (a * a)
}

#[differentiable]
fn steps<T: Add<Output = T> + Sub<Output = T> + Mul<f64, Output = T> + Copy>(
    x: T,
    v: T,
    h: f64,
    n: usize,
) -> T {
    let (mut x, mut v) = (x, v);
    for _ in 0..n {
        v = v - x * (h * h);
        x = x + v * h;
    }
    x
}

#[differentiable]
fn by_bounds(p: Plane, t: f64) -> f64 {
    let other = Plane { u: p.v * t, v: p.u };
    let a = weighted(t, &p, &other);
    let b = on_the_left(a, p, t);
    let c = steps(b, a, t, 7);
    length_cubed(c, b) + length_cubed(t, a.u) + weighted(p.u, &t, &p.v) * steps(t, p.u, p.v, 2)
}
row!(operators_among_bounds: by_bounds(val p, val t) at (Plane { u: 0.3, v: 0.7 }, 0.8), (Plane { u: -1.1, v: 0.4 }, 0.2));

// What is `Copy` has a tangent that need not be.
#[differentiable]
fn column<T: Copy>(m: [[T; 2]; 2], i: usize) -> [T; 2] {
    [m[0][i], m[1][i]]
}

type Square<T> = [[T; 2]; 2];

#[differentiable]
fn transposed<T: Copy>(m: Square<T>) -> Square<T> {
    [column(m, 0), column(m, 1)]
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair<T> {
    one: T,
    two: T,
}

#[differentiable]
fn turned<T: Copy>(pair: Pair<T>) -> Pair<T> {
    Pair { one: pair.two, two: pair.one }
}

#[differentiable]
impl<T: Space> Pair<T> {
    fn mixed(self, h: f64) -> Pair<T> {
        Pair { one: self.one + self.two * h, two: self.two + self.one * (-h) }
    }

    fn run(&mut self, h: f64, n: usize) {
        for _ in 0..n {
            *self = self.mixed(h);
        }
    }
}

#[differentiable]
impl<T: Space> Add for Pair<T> {
    type Output = Pair<T>;
    fn add(self, other: Pair<T>) -> Pair<T> {
        Pair { one: self.one + other.one, two: self.two + other.two }
    }
}

#[differentiable]
fn copies(x: f64, y: f64) -> f64 {
    let m = transposed([[x, y], [x * y, 1.0]]);
    let mut pair = Pair { one: Plane { u: x, v: y }, two: Plane { u: m[0][1], v: 0.5 } };
    pair.run(y, 6);
    let both = pair + turned(pair);
    both.one.u * pair.two.v * m[1][0]
}
row!(values_that_are_copies: copies(val x, val y) at (0.4, 0.3), (-1.2, 0.8));

// Ordered and no more: a number.
#[differentiable]
fn larger<T: PartialOrd>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

#[differentiable]
fn ordered(x: f64, y: f64) -> f64 {
    larger(x * y, y) * larger(x, 0.5)
}
row!(ordered_alone: ordered(val x, val y) at (0.4, 0.3), (1.2, 0.8), (1.5, -0.3));
