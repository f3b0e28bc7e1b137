//! What generic types and traits say of others: lengths told by a call or its context, `impl`s of traits for `Vec`,
//! associated types, combinations of what implements a trait, conversions of `Vec`s and into floats.

use differentiable::{Differentiable, differentiable};
use std::ops::{Index, Mul};

#[derive(Clone, Debug, Differentiable)]
struct Taps<const N: usize> {
    used: usize,
    taps: [f64; N],
}

#[differentiable]
impl<const N: usize> Taps<N> {
    fn new() -> Self {
        Taps { used: 2, taps: [0.0; N] }
    }

    fn constant(x: f64) -> Taps<N> {
        Taps { used: N, taps: [x; N] }
    }

    fn set(&mut self, x: f64) {
        self.taps[0] = x * x;
        self.taps[1] = x;
    }

    fn used(&self) -> &[f64] {
        &self.taps[..self.used]
    }

    fn tap(&mut self, i: usize) -> &mut f64 {
        &mut self.taps[i]
    }
}

#[differentiable]
fn told_by_the_call(x: f64, y: f64) -> f64 {
    let mut taps = Taps::<4>::new();
    taps.set(x);
    *taps.tap(1) *= y;
    let other = Taps::<3>::constant(y);
    taps.used().iter().sum::<f64>() * other.used()[2]
}
row!(lengths_told_by_the_call: told_by_the_call(val x, val y) at (0.7, 1.2));

#[differentiable]
fn told_by_the_context(x: f64, y: f64) -> f64 {
    let mut taps: Taps<4> = Taps::new();
    taps.set(x);
    for _ in 0..6 {
        *taps.tap(1) *= y;
    }
    if y > 1.0 {
        taps = Taps::constant(y);
    }
    taps.used().iter().sum::<f64>() * taps.used()[1]
}
row!(lengths_told_by_the_context: told_by_the_context(val x, val y) at (0.7, 1.2), (1.7, 0.9));

#[differentiable]
trait Linear<T> {
    fn apply(&self, x: &T, into: &mut T);
    fn scaled(&self, x: T) -> T;
    fn dot(&self, other: &Self) -> f64;
}

#[differentiable]
impl Linear<Vec<f64>> for Vec<f64> {
    fn apply(&self, x: &Vec<f64>, into: &mut Vec<f64>) {
        for i in 0..into.len() {
            into[i] = self[i] * x[i];
        }
    }

    fn scaled(&self, x: Vec<f64>) -> Vec<f64> {
        x.iter().zip(self.iter()).map(|(a, b)| a * b).collect()
    }

    fn dot(&self, other: &Self) -> f64 {
        self.iter().zip(other.iter()).map(|(a, b)| a * b).sum()
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weights: Vec<f64>,
    state: Vec<f64>,
}

#[differentiable]
impl Layer {
    fn run(&mut self) -> f64 {
        let before = self.state.clone();
        self.weights.apply(&before, &mut self.state);
        self.state.dot(&self.weights.scaled(before))
    }
}

#[differentiable]
fn layered(x: &[f64]) -> f64 {
    let mut layer = Layer { weights: x.to_vec(), state: vec![x[0], x[1] * x[1], 1.0] };
    layer.run() + layer.run()
}
row!(traits_of_vecs: layered(ref x) at (vec![0.3, 0.7, 1.2]));

#[differentiable]
trait Blend {
    type Scalar;
    fn blend(&self, other: &Self, t: &Self::Scalar) -> Self;
}

#[differentiable]
impl Blend for f64 {
    type Scalar = f64;
    fn blend(&self, other: &f64, t: &f64) -> f64 {
        self + (other - self) * t
    }
}

// A function is no method: this does not call itself.
#[differentiable]
fn blend<T: Blend>(a: &T, b: &T, t: &T::Scalar) -> T {
    a.blend(b, t)
}

#[differentiable]
fn blended_twice<T: Blend>(a: &T, b: &T, c: &T, t: &T::Scalar) -> T {
    let (ab, bc) = (blend(a, b, t), blend(b, c, t));
    blend(&ab, &bc, t)
}

#[differentiable]
fn blended(x: f64, y: f64) -> f64 {
    blended_twice(&x, &y, &0.5, &y) * blend(&y, &x, &0.3)
}
row!(associated_scalars: blended(val x, val y) at (0.3, 0.7));

#[differentiable]
trait Kernel {
    fn at(&self, x: f64) -> f64;
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Bell {
    width: f64,
}

#[derive(Clone, Debug, Differentiable)]
struct Line {
    slope: f64,
    offsets: Vec<f64>,
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Both<A, B> {
    one: A,
    other: B,
}

#[differentiable]
impl Kernel for Bell {
    fn at(&self, x: f64) -> f64 {
        (-x * x / (self.width * self.width)).exp()
    }
}

#[differentiable]
impl Kernel for Line {
    fn at(&self, x: f64) -> f64 {
        self.slope * x + self.offsets[0]
    }
}

#[differentiable]
impl<A: Kernel, B> Kernel for Both<A, B>
where
    B: Kernel,
{
    fn at(&self, x: f64) -> f64 {
        self.one.at(x) + self.other.at(x)
    }
}

#[differentiable]
fn gram<K: Kernel>(kernel: &K, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            sum += kernel.at(x[i] - x[j]);
        }
    }
    sum
}

#[differentiable]
fn combined(x: &[f64]) -> f64 {
    let line = Line { slope: x[0], offsets: vec![x[2]] };
    let kernel = Both { one: Bell { width: x[0] }, other: Both { one: line, other: Bell { width: 2.0 } } };
    gram(&kernel, x) * kernel.at(x[1])
}
row!(combinations_of_implementors: combined(ref x) at (vec![0.3, 0.7, 1.2]));

#[derive(Clone, Debug, Differentiable)]
struct Particle {
    at: Vec<f64>,
    mass: f64,
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Money(f64);

#[differentiable]
impl From<Vec<f64>> for Particle {
    fn from(at: Vec<f64>) -> Self {
        let mass = at[0] * at[1];
        Self { at, mass }
    }
}

#[differentiable]
impl From<&Vec<f64>> for Particle {
    fn from(at: &Vec<f64>) -> Self {
        Particle { at: at.iter().map(|x| x * x).collect(), mass: at[0] }
    }
}

#[differentiable]
impl Mul<Vec<f64>> for Particle {
    type Output = Vec<f64>;
    fn mul(self, factors: Vec<f64>) -> Vec<f64> {
        self.at.iter().zip(factors.iter()).map(|(a, b)| a * b * self.mass).collect()
    }
}

#[differentiable]
impl From<Money> for f64 {
    fn from(money: Money) -> f64 {
        money.0 * money.0
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Account {
    held: Money,
    rate: f64,
}

// A `from` of its own, which is no conversion.
#[differentiable]
impl Account {
    fn from(money: &Money) -> Self {
        Account { held: *money, rate: money.0 + 1.0 }
    }

    fn worth(&self) -> f64 {
        f64::from(self.held) * self.rate
    }
}

#[differentiable]
fn converted(x: &[f64]) -> f64 {
    let particle = Particle::from(x.to_vec());
    let squared = Particle::from(&particle.at);
    let other: Particle = x.to_vec().into();
    let product = other * squared.at.clone();
    let mut worth = 0.0;
    for i in 0..x.len() {
        let money = Money(x[i]);
        worth += if x[i] > 0.5 { f64::from(money) } else { Account::from(&money).worth() };
    }
    product[1] * particle.mass + worth * squared.mass
}
row!(conversions_of_vecs_and_into_floats: converted(ref x) at (vec![0.3, 0.7, 1.2]));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Two {
    a: f64,
    b: f64,
}

#[differentiable(order = 2)]
impl Index<usize> for Two {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        match i {
            0 => &self.a,
            _ => &self.b,
        }
    }
}

// In several directions a tangent is a tuple, which has no such index.
#[differentiable(order = 2)]
fn dot(x: &Two, y: &Two) -> f64 {
    x[0] * y[0] + x[1] * y[1] * y[0]
}

#[differentiable]
fn by_own_index(x: f64, y: f64) -> f64 {
    dot(&Two { a: x, b: y }, &Two { a: y * y, b: x })
}
row!(own_indices_at_order_two: by_own_index(val x, val y) at (0.3, 0.7));

// What a generic function gives is known where its generics are not in it.

#[differentiable]
fn squared_distance<T: num_traits::NumCast + Copy>(a: T, b: T) -> f64 {
    let d = a.to_f64().unwrap() - b.to_f64().unwrap();
    d * d
}

#[differentiable]
fn arc_length<T: num_traits::NumCast + Copy>(points: &[T], closed: bool) -> f64 {
    let mut length = points.windows(2).map(|w| squared_distance(w[0], w[1])).sum();
    if points.len() > 2 && closed {
        length += squared_distance(points[0], points[points.len() - 1]);
    }
    length
}

#[differentiable]
fn weighed<T: num_traits::Float>(x: T, v: &[T]) -> T {
    let all = v.iter().map(|y| squared_distance(x, *y)).sum::<f64>();
    T::from(all * squared_distance(x, v[0])).unwrap() * x
}

#[differentiable]
fn of_distances(x: f64) -> f64 {
    arc_length(&[x, x * x, 2.0], true) * weighed(x, &[x * x, 1.0])
}
row!(untyped_sums_in_generics: of_distances(val x) at (0.7), (1.2));

// Operators between generics: what stands for them has the rules.

#[derive(Clone, Copy, Debug, Default, Differentiable)]
struct Plane {
    x: f64,
    y: f64,
}

#[differentiable]
impl std::ops::Add for Plane {
    type Output = Plane;

    fn add(self, other: Plane) -> Plane {
        Plane { x: self.x + other.x, y: self.y + other.y }
    }
}

#[differentiable]
impl std::ops::Sub for Plane {
    type Output = Plane;

    fn sub(self, other: Plane) -> Plane {
        Plane { x: self.x - other.x, y: self.y - other.y }
    }
}

#[differentiable]
impl Mul<f64> for Plane {
    type Output = Plane;

    fn mul(self, by: f64) -> Plane {
        Plane { x: self.x * by, y: self.y * by }
    }
}

#[differentiable]
impl Mul<Plane> for Plane {
    type Output = f64;

    fn mul(self, other: Plane) -> f64 {
        self.x * other.x + self.y * other.y
    }
}

#[derive(Clone, Differentiable)]
struct Biquad<C, T = C> {
    c: [C; 2],
    u: T,
}

#[differentiable]
impl<C: Copy + std::ops::Add<Output = C>, T: Copy + Mul<C, Output = T>> Biquad<C, T> {
    fn set(&mut self, i: T) {
        self.u = i * self.c[0];
    }

    fn get(&self) -> T {
        self.u * self.c[1]
    }
}

#[differentiable]
fn between<T, U: Copy>(a: T, b: T, t: U) -> T
where
    T: Mul<U, Output = T> + std::ops::Add<Output = T> + std::ops::Sub<Output = T> + Copy,
{
    a + (b - a) * t
}

#[differentiable]
fn product<T, U, V>(a: &[T], b: &[U]) -> V
where
    T: Mul<U, Output = V> + Copy,
    U: Copy,
    V: std::ops::Add<Output = V> + Default,
{
    let mut sum = V::default();
    for i in 0..a.len() {
        sum = sum + a[i] * b[i];
    }
    sum
}

#[differentiable]
fn of_several_generics(x: f64) -> f64 {
    let mut numbers = Biquad { c: [x, x * x], u: x };
    numbers.set(x);
    let mut planes = Biquad { c: [x, x.sin()], u: Plane { x, y: x } };
    planes.set(Plane { x: x * x, y: 1.0 });
    let p = planes.get();
    let a = between(x, x * x, x.sin());
    let v = between(p, Plane { x: 1.0, y: a }, x);
    let w = product(&[v, p], &[x, 2.0]);
    numbers.get() + w.x * w.y + product(&[x, 1.0], &[x * x, x]) + product(&[v, w], &[w, p])
}
row!(operators_between_generics: of_several_generics(val x) at (0.7), (1.2));
