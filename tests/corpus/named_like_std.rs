//! Types of users that are called as ones of the standard library which hold no floats.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Duration {
    secs: f64,
}
value_struct!(Duration => DurationTangent { secs });

#[derive(Clone, Copy, Debug, Differentiable)]
struct Instant {
    at: f64,
}

#[derive(Clone, Debug, Differentiable)]
struct Range {
    lo: f64,
    hi: f64,
}
value_struct!(Range => RangeTangent { lo, hi });

#[differentiable]
fn moved(x: f64, by: Duration, within: &Range) -> f64 {
    let begin: Instant = Instant { at: x * x };
    let end: Instant = Instant { at: begin.at + by.secs * by.secs };
    let span: Range = Range { lo: within.lo * x, hi: within.hi };
    x + end.at * (span.hi - span.lo)
}
row!(users_types_of_standard_names: moved(val x, val by, ref within) at
    (1.5, Duration { secs: 0.7 }, Range { lo: 0.3, hi: 2.0 }));

mod elsewhere {
    use differentiable::Differentiable;

    #[derive(Clone, Copy, Debug, Differentiable)]
    pub enum Ordering {
        Less(f64),
        Greater,
    }
}

mod imported {
    use super::elsewhere::*;
    use differentiable::differentiable;

    #[differentiable]
    fn compared(a: f64, b: f64) -> Ordering {
        if a < b { Ordering::Less(a * a * b) } else { Ordering::Greater }
    }

    #[differentiable]
    pub fn least(a: f64, b: f64) -> f64 {
        let order: Ordering = compared(a, b);
        match order {
            Ordering::Less(v) => v * 3.0 + b,
            Ordering::Greater => b * a,
        }
    }
}
use imported::least;
row!(an_order_that_holds_a_float: least(val a, val b) at (1.5, 2.0), (2.0, 1.5));

/// Methods that are named like those of floats, which they call on what other methods of the trait give.
#[differentiable]
trait Quantity: Copy {
    fn pack(v: f64) -> Self;
    fn unpack(self) -> f64;
    fn unit() -> f64 {
        1.5
    }
    fn abs(self) -> Self {
        Self::pack(self.unpack().abs())
    }
    fn max(self, other: Self) -> Self {
        let (a, b) = (self.unpack(), other.unpack());
        Self::pack(a.max(b))
    }
    fn powi(self, n: i32) -> Self {
        let v = self.unpack();
        if n == 0 {
            return Self::pack(Self::unit().exp());
        }
        Self::pack(v.powi(n) * self.unpack())
    }
    fn exp(self) -> Self {
        Self::pack(Self::unit().exp() * self.unpack().exp())
    }
    fn checked(&self) -> Option<f64> {
        if self.unpack() > 0.0 { Some(self.unpack().cosh()) } else { None }
    }
    fn sqrt(&self) -> Option<f64> {
        let root = self.checked().unwrap_or(0.5);
        Some(root * root.sqrt())
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Length(f64);

#[differentiable]
impl Quantity for Length {
    fn pack(v: f64) -> Self {
        Length(v * v)
    }
    fn unpack(self) -> f64 {
        self.0 + 0.1
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Phase {
    a: f64,
    b: f64,
}

#[differentiable]
impl Quantity for Phase {
    fn pack(v: f64) -> Self {
        Phase { a: v, b: v.sin() }
    }
    fn unpack(self) -> f64 {
        self.a * self.b
    }
    fn abs(self) -> Self {
        self
    }
}

#[differentiable]
fn measured<Q: Quantity>(q: Q, r: Q) -> f64 {
    Quantity::abs(q).unpack() * Quantity::powi(q, 3).unpack()
        + Quantity::max(q, r).unpack() * Quantity::powi(q, 0).unpack()
        + Quantity::exp(q).unpack()
        + Quantity::sqrt(&r).unwrap_or(0.5)
}

#[differentiable]
fn quantities(x: f64, y: f64) -> f64 {
    measured(Length(x), Length(y)) + measured(Phase { a: x, b: y }, Phase { a: y, b: x * y })
}
row!(trait_methods_named_like_those_of_floats: quantities(val x, val y) at (1.2, 0.7), (-0.8, 0.6), (-0.8, -0.5));

#[derive(Clone, Copy, Debug, Differentiable)]
enum Pole {
    Real(f64),
    Pair(f64, f64),
}

#[differentiable]
impl Pole {
    fn to_vec(&self) -> Vec<f64> {
        match self {
            Pole::Real(re) => vec![*re],
            Pole::Pair(re, im) => vec![*re, im * im],
        }
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
impl Point {
    fn to_vec(self) -> Vec<f64> {
        vec![2.0 * self.x, self.y, self.x * self.y]
    }
}

#[differentiable]
fn listed(x: f64, y: f64) -> f64 {
    let pole: Pole = if x > 0.0 { Pole::Pair(x * y, y) } else { Pole::Real(x) };
    let point = Point { x, y };
    let (mut s, parts) = (0.0, point.to_vec());
    for part in pole.to_vec() {
        s += part * part * parts[2];
    }
    s + parts[0]
}
row!(users_to_vec: listed(val x, val y) at (1.2, 0.7), (-0.8, 0.6));

/// The default calls the method of the same name that another type has written itself.
#[differentiable]
trait Space {
    fn linear(x: f64) -> f64;
    fn scaled(x: f64, k: f64) -> f64 {
        Linear::scaled(Self::linear(x), k) * Self::linear(k)
    }
}

struct Linear;
struct Logarithmic;

#[differentiable]
impl Space for Linear {
    fn linear(x: f64) -> f64 {
        x
    }
    fn scaled(x: f64, k: f64) -> f64 {
        x * k * k
    }
}

#[differentiable]
impl Space for Logarithmic {
    fn linear(x: f64) -> f64 {
        x.exp()
    }
}

#[differentiable]
fn in_spaces(x: f64, k: f64) -> f64 {
    Logarithmic::scaled(x, k) * Linear::scaled(k, x)
}
row!(default_that_calls_another_types_method: in_spaces(val x, val k) at (0.7, 1.2), (-0.4, 0.3));

#[derive(Clone, Copy, Differentiable)]
struct Arrow {
    x: f64,
    y: f64,
}

#[derive(Clone, Copy, Differentiable)]
struct Pair {
    first: Arrow,
    factor: f64,
}

#[differentiable]
impl Arrow {
    fn len(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }
}

#[differentiable]
fn turned(p: &Arrow, t: f64) -> f64 {
    let mut s = t;
    for _ in 0..2 {
        s = s.sin() * p.x;
    }
    s
}

#[differentiable]
fn times_a_length(x: f64, y: f64, t: f64) -> f64 {
    let p = Arrow { x, y };
    let pair = Pair { first: p, factor: t };
    let a = turned(&p, t) * p.len();
    let b = turned(&pair.first, x);
    let c = pair.first.len() + turned(&p, y);
    let list = [p, p];
    x * 2.0 + a + b * c + list[1].len() * turned(&list[0], pair.factor)
}
row!(lengths_that_are_floats: times_a_length(val x, val y, val t) at (0.7, 0.3, 0.9));
