//! Methods, associated functions and constants, operators, traits.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
value_struct!(V2 => V2Tangent { x, y });

impl V2 {
    const ZERO: V2 = V2 { x: 0.0, y: 0.0 };
    const SCALE: f64 = 1.5;

    #[differentiable]
    fn new(x: f64, y: f64) -> Self {
        V2 { x, y }
    }

    #[differentiable]
    fn dot(&self, other: &V2) -> f64 {
        self.x * other.x + self.y * other.y
    }

    #[differentiable]
    fn norm(self) -> f64 {
        self.dot(&self).sqrt() * Self::SCALE
    }

    #[differentiable]
    fn stretch(&mut self, k: f64) {
        self.x *= k;
        self.y += self.x * k;
    }

    #[differentiable]
    fn polar(r: f64, angle: f64) -> Self {
        Self::new(r * angle.cos(), r * angle.sin())
    }

    #[differentiable]
    fn distance(#[no_diff] &self, other: &V2) -> f64 {
        (other.x - self.x).hypot(other.y - self.y)
    }
}

#[differentiable]
impl Add for V2 {
    type Output = V2;
    fn add(self, other: V2) -> V2 {
        V2 { x: self.x + other.x, y: self.y + other.y }
    }
}

#[differentiable]
impl Sub for V2 {
    type Output = V2;
    fn sub(self, other: V2) -> V2 {
        V2 { x: self.x - other.x, y: self.y - other.y }
    }
}

#[differentiable]
impl Mul<f64> for V2 {
    type Output = V2;
    fn mul(self, k: f64) -> V2 {
        V2 { x: self.x * k, y: self.y * k }
    }
}

#[differentiable]
impl Mul<V2> for f64 {
    type Output = V2;
    fn mul(self, v: V2) -> V2 {
        v * self
    }
}

#[differentiable]
impl Neg for V2 {
    type Output = V2;
    fn neg(self) -> V2 {
        V2 { x: -self.x, y: -self.y }
    }
}

#[differentiable]
impl AddAssign for V2 {
    fn add_assign(&mut self, other: V2) {
        self.x += other.x;
        self.y += other.y;
    }
}

#[differentiable]
fn methods(a: V2, b: &V2, k: f64) -> f64 {
    let mut c = a;
    c.stretch(k);
    let p = V2::polar(k, a.y);
    c.dot(b) * V2::norm(p) + p.dot(&c) + b.norm()
}
row!(methods_row: methods(val a, ref b, val k) at (V2 { x: 1.0, y: 0.5 }, V2 { x: -0.3, y: 2.0 }, 1.2));

#[differentiable]
fn operators(a: V2, b: V2, k: f64) -> f64 {
    let mut c = a + b * k - V2::ZERO;
    c += 2.0 * -a;
    let d = k * (c - b);
    d.dot(&c)
}
row!(operators_on_structs: operators(val a, val b, val k) at (V2 { x: 1.0, y: 0.5 }, V2 { x: -0.3, y: 2.0 }, 1.2));

#[differentiable]
fn orbit(start: V2, speed: V2, dt: f64, n: usize) -> V2 {
    let (mut q, mut v) = (start, speed);
    for _ in 0..n {
        let r = q.norm();
        v = v - q * (dt / (r * r * r));
        q += v * dt;
    }
    q
}
row!(operators_in_a_loop: orbit(val start, val speed, val dt, no n) -> value at (V2 { x: 1.0, y: 0.2 }, V2 { x: -0.1, y: 0.9 }, 0.05, 5));

#[differentiable]
fn inactive_self(b: V2) -> f64 {
    let origin = V2 { x: 0.5, y: -0.5 };
    origin.distance(&b)
}
row!(method_with_inactive_self: inactive_self(val b) at (V2 { x: 1.0, y: 0.5 }));

#[test]
fn companions_of_methods() {
    let (a, b) = (V2 { x: 1.0, y: 2.0 }, V2 { x: 3.0, y: 4.0 });
    let (a_bar, b_bar) = a.dot_grad(&b);
    assert_eq!((a_bar.x, a_bar.y, b_bar.x, b_bar.y), (3.0, 4.0, 1.0, 2.0));
    let (value, (a_bar, _)) = V2::dot_value_and_grad(&a, &b);
    assert_eq!((value, a_bar.x), (11.0, 3.0));
    let (_, tangent) = a.dot_jvp(&b, (&V2Tangent { x: 1.0, y: 0.0 }, &V2Tangent { x: 0.0, y: 1.0 }));
    assert_eq!(tangent, 3.0 + 2.0);
    let (_, (r_bar, angle_bar)) = V2::polar_vjp(2.0, 0.0, V2Tangent { x: 1.0, y: 1.0 });
    assert_eq!((r_bar, angle_bar), (1.0, 2.0));
    let gradient = V2::distance_grad(&V2::ZERO, &b);
    assert!((gradient.x - 0.6).abs() < 1e-15 && (gradient.y - 0.8).abs() < 1e-15);
}

struct Polynomial {
    degree: usize,
}

/// The attribute on a whole block.
#[differentiable]
impl Polynomial {
    const BASE: f64 = 2.0;

    fn evaluate(#[no_diff] &self, c: &[f64], x: f64) -> f64 {
        let mut s = 0.0;
        for i in (0..=self.degree).rev() {
            s = s * x + c[i];
        }
        s
    }

    fn scaled(#[no_diff] &self, c: &[f64], x: f64) -> f64 {
        self.evaluate(c, x * Self::BASE) * Self::helper(x)
    }

    fn helper(x: f64) -> f64 {
        x.exp()
    }
}

#[differentiable]
fn uses_polynomial(c: &[f64], x: f64) -> f64 {
    let p = Polynomial { degree: 2 };
    p.scaled(c, x) + p.evaluate(c, x)
}
row!(attribute_on_an_impl: uses_polynomial(ref c, val x) at (vec![1.0, -0.5, 0.25], 0.7));

#[differentiable]
trait Potential {
    fn value(&self, r: f64) -> f64;

    fn doubled(&self, r: f64) -> f64 {
        2.0 * self.value(r)
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Spring {
    k: f64,
}
value_struct!(Spring => SpringTangent { k });

#[derive(Clone, Copy, Debug, Differentiable)]
struct Morse {
    depth: f64,
    a: f64,
}
value_struct!(Morse => MorseTangent { depth, a });

#[differentiable]
impl Potential for Spring {
    fn value(&self, r: f64) -> f64 {
        0.5 * self.k * r * r
    }
}

#[differentiable]
impl Potential for Morse {
    fn value(&self, r: f64) -> f64 {
        let e = 1.0 - (-self.a * r).exp();
        self.depth * e * e
    }
}

#[differentiable]
fn chain_energy<P: Potential + Differentiable>(p: &P, x: &[f64]) -> f64 {
    let mut e = 0.0;
    for i in 1..x.len() {
        e += p.value(x[i] - x[i - 1]);
    }
    e * p.value(x[0])
}
row!(trait_method_through_a_bound: chain_energy(ref p, ref x) at (Spring { k: 2.0 }, vec![0.5, 1.0, 2.5]));
row!(the_same_with_another_type: chain_energy(ref p, ref x) at (Morse { depth: 2.0, a: 0.7 }, vec![0.5, 1.0, 2.5]));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Interval<T> {
    lo: T,
    hi: T,
}

#[differentiable]
impl<T: num_traits::Float> Interval<T> {
    fn width(&self) -> T {
        self.hi - self.lo
    }

    fn clamp_into(&self, x: T) -> T {
        if x < self.lo {
            self.lo
        } else if x > self.hi {
            self.hi
        } else {
            x * self.width()
        }
    }
}

#[differentiable]
fn uses_interval(lo: f64, hi: f64, x: f64) -> f64 {
    let i = Interval { lo, hi };
    i.clamp_into(x) * i.width()
}
row!(generic_impl: uses_interval(val lo, val hi, val x) at (0.0, 2.0, 1.0), (0.5, 2.0, 0.25), (0.5, 2.0, 3.0));

/// Default constants of a trait, used by what is generic over it.
trait Units {
    const METRE: f64;
}
struct Feet;
impl Units for Feet {
    const METRE: f64 = 3.280_84;
}

#[differentiable]
fn converted<U: Units>(x: f64, #[no_diff] _unit: &U) -> f64 {
    x * U::METRE + Feet::METRE * x * x
}

#[test]
fn associated_constants_of_a_bound() {
    assert_eq!(converted::grad(1.0, &Feet), Feet::METRE + 2.0 * Feet::METRE);
}

// A field whose type only the struct shows.

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct DelayLine {
    taps: Vec<f64>,
    gain: f64,
}

#[differentiable]
impl DelayLine {
    fn shift(&mut self, x: f64) -> f64 {
        self.taps.rotate_right(1);
        let dropped = self.taps[0];
        self.taps[0] = x * self.gain;
        let n = self.taps.len();
        self.taps.insert(n / 2, dropped * x);
        let taken = self.taps.remove(1);
        taken * self.taps.iter().map(|tap| tap * tap).sum::<f64>()
    }
}

#[differentiable]
fn filtered(taps: &[f64], gain: f64, xs: &[f64]) -> f64 {
    let mut line = DelayLine { taps: taps.to_vec(), gain };
    let mut sum = 0.0;
    for &x in xs {
        sum += line.shift(x);
    }
    sum * line.taps[0]
}
row!(sequence_in_a_field: filtered(ref taps, val gain, ref xs) at
    (vec![0.3, 0.5, -0.2, 0.8], 0.7, vec![0.9, -0.4, 0.6, 1.1, 0.2]));

/// Of a constant nothing but a zero is left, whose tangent is made like the value that leaves.
#[derive(Clone, Debug, Differentiable)]
struct Poly {
    c: Vec<f64>,
}
#[differentiable]
impl Poly {
    fn new(c: Vec<f64>) -> Self {
        Poly { c }
    }
    fn degree(&self) -> usize {
        self.c.len().saturating_sub(1)
    }
    fn eval(&self, x: f64) -> f64 {
        self.c.iter().rev().fold(0.0, |acc, &c| acc * x + c)
    }
    fn derivative(&self) -> Poly {
        if self.c.len() <= 1 {
            return Poly::new(vec![0.0]);
        }
        Poly::new(self.c.iter().enumerate().skip(1).map(|(i, c)| i as f64 * c).collect())
    }
    fn mul(&self, other: &Poly) -> Poly {
        let mut out = vec![0.0; self.degree() + other.degree() + 1];
        for (i, a) in self.c.iter().enumerate() {
            for (j, b) in other.c.iter().enumerate() {
                out[i + j] += a * b;
            }
        }
        Poly::new(out)
    }
    fn newton(&self, mut x: f64, n: usize) -> f64 {
        let d = self.derivative();
        for _ in 0..n {
            x -= self.eval(x) / d.eval(x);
        }
        x
    }
}
#[differentiable]
fn root(c: &[f64], x0: f64) -> f64 {
    let p = Poly::new(c.to_vec());
    let q = p.mul(&Poly::new(vec![1.0, 0.5]));
    p.newton(x0, 4) + q.eval(0.3) + q.derivative().derivative().eval(x0)
}
row!(polynomials_as_values: root(ref c, val x0) at (vec![-2.0, 0.3, 1.0], 1.2), (vec![-2.0, 1.3], 1.2));

// ---- a struct that borrows its data, and functions that call its methods ----

#[derive(Clone, Copy, Debug, Differentiable)]
struct Samples<'a> {
    #[no_diff]
    at: &'a [f64],
    scale: f64,
}

#[differentiable]
impl<'a> Samples<'a> {
    fn total(&self, x: f64) -> f64 {
        let mut total = 0.0;
        for p in self.at {
            total += (p * self.scale).sin() * x;
        }
        total
    }
}

#[differentiable]
fn energy_of_samples(samples: &Samples, x: f64) -> f64 {
    samples.scale * x + samples.total(x) * samples.total(x * x)
}

#[test]
fn methods_of_what_borrows() {
    let at = [0.3, 0.7];
    let energy = |scale: f64, x: f64| energy_of_samples(&Samples { at: &at, scale }, x);
    let (value, (of_samples, of_x)) =
        energy_of_samples::value_and_grad(&Samples { at: &at, scale: 1.3 }, 0.4);
    assert_eq!(value, energy(1.3, 0.4));
    let h = 1e-6;
    let difference = (energy(1.3 + h, 0.4) - energy(1.3 - h, 0.4)) / (2.0 * h);
    assert!((of_samples.scale - difference).abs() < 1e-8, "{of_samples:?} {difference}");
    let difference = (energy(1.3, 0.4 + h) - energy(1.3, 0.4 - h)) / (2.0 * h);
    assert!((of_x - difference).abs() < 1e-8, "{of_x} {difference}");
}
