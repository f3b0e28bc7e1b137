//! Constants passed to functions that take references, and structs generic over floats and
//! lengths.

use differentiable::{Differentiable, differentiable};
use num_traits::Float;
use std::marker::PhantomData;

const C: &[f64] = &[1.0, 2.0, 3.0];
const D: [f64; 3] = [1.0, 2.0, 3.0];
static PAIRS: &[(f64, f64)] = &[(1.0, 2.0)];
#[differentiable]
fn poly(z: f64, c: &[f64]) -> f64 {
    let mut s = 0.0;
    for k in c.iter().rev() {
        s = s * z + k;
    }
    s
}
#[differentiable]
fn pairs(z: f64, c: &[(f64, f64)]) -> f64 {
    c.iter().map(|(a, b)| a * z + b * z * z).sum()
}
#[differentiable]
fn f(x: f64) -> f64 {
    poly(x, C) + poly(x, &D) + pairs(x, PAIRS)
}
#[differentiable]
fn f2(x: f64) -> f64 {
    poly(x, C) * poly(x * x, &D[1..])
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct V2<T> {
    pub x: T,
    pub y: T,
}
#[differentiable]
fn norm2<T: Float>(v: &V2<T>) -> T {
    v.x * v.x + v.y * v.y
}
#[differentiable]
fn scaled<T: Float>(v: V2<T>, k: T) -> V2<T> {
    V2 { x: v.x * k, y: v.y * k }
}
#[differentiable]
fn both<T: Float>(x: T, y: T) -> T {
    norm2(&scaled(V2 { x, y }, x))
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Poly<const N: usize> {
    pub coeffs: [f64; N],
}
#[differentiable]
impl<const N: usize> Poly<N> {
    pub const fn new(coeffs: [f64; N]) -> Poly<N> {
        Poly { coeffs }
    }
    pub fn eval(&self, x: f64) -> f64 {
        let mut acc = 0.0;
        for c in self.coeffs.iter().rev() {
            acc = acc * x + c;
        }
        acc
    }
}
#[differentiable]
impl<T: Float> V2<T> {
    pub fn new(x: T, y: T) -> V2<T> {
        V2 { x, y }
    }
    pub fn dot(self, o: V2<T>) -> T {
        self.x * o.x + self.y * o.y
    }
    pub fn lerp(self, o: Self, t: T) -> Self {
        V2::new(self.x + (o.x - self.x) * t, self.y + (o.y - self.y) * t)
    }
}
#[differentiable]
impl<T: Float> std::ops::Add for V2<T> {
    type Output = V2<T>;
    fn add(self, o: V2<T>) -> V2<T> {
        V2 { x: self.x + o.x, y: self.y + o.y }
    }
}
#[differentiable]
impl<T: Float> std::ops::Mul<T> for V2<T> {
    type Output = V2<T>;
    fn mul(self, o: T) -> V2<T> {
        V2 { x: self.x * o, y: self.y * o }
    }
}
#[differentiable]
fn generic_ops<T: Float>(a: V2<T>, b: V2<T>, t: T) -> T {
    (a + b * t).dot(a.lerp(b, t))
}
#[differentiable]
fn mid(a: V2<f64>, b: V2<f64>) -> f64 {
    let m = a + b;
    (m * 0.5).dot(a)
}
#[differentiable]
fn usep(x: f64, a: f64) -> f64 {
    Poly::new([a, x, 2.0]).eval(x)
}

row!(constant_tables: f(val x) at (2.0) => 37.0);
row!(constant_tables_multiplied: f2(val x) at (2.0) => 400.0);
row!(generic_structs: both(val x, val y) at (1.0, 2.0));
row!(generic_lengths: usep(val x, val a) at (1.0, 2.0));

#[differentiable]
fn generic_vectors(x: f64, y: f64, t: f64) -> f64 {
    let (a, b) = (V2 { x, y }, V2::new(y, t));
    generic_ops(a, b, t) + mid(a, b)
}
row!(generic_operators: generic_vectors(val x, val y, val t) at (1.0, 2.0, 0.5));

#[derive(Clone, Copy, Debug)]
pub struct Metres;

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Point<T, U> {
    pub x: T,
    pub y: T,
    unit: PhantomData<U>,
}

#[differentiable]
impl<T: Float, U> Point<T, U> {
    fn new(x: T, y: T) -> Self {
        Point { x, y, unit: PhantomData }
    }

    fn dot(self, other: Self) -> T {
        self.x * other.x + self.y * other.y
    }

    fn scaled(self, k: T) -> Self {
        Point { x: self.x * k, y: self.y * k, unit: PhantomData }
    }
}

#[differentiable]
fn with_units(x: f64, y: f64) -> f64 {
    let p = Point::<f64, Metres>::new(x, y);
    p.dot(p.scaled(x)) + cross(p, &p.scaled(y))
}

#[differentiable]
fn cross<T: Float, U>(p: Point<T, U>, q: &Point<T, U>) -> T {
    p.x * q.y * q.y - p.y * q.x
}
row!(types_with_units: with_units(val x, val y) at (1.5, 0.5));

// ---- scalars by the operators of the standard library ----

type Triple<T> = [T; 3];

#[differentiable]
fn triple_add<T>(a: Triple<T>, b: Triple<T>) -> Triple<T>
where
    T: Copy + std::ops::Add<T, Output = T>,
{
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Pair<T> {
    x: T,
    y: T,
}

#[differentiable]
impl<T: std::ops::Add<Output = T>> std::ops::Add for Pair<T> {
    type Output = Pair<T>;
    fn add(self, other: Pair<T>) -> Pair<T> {
        Pair { x: self.x + other.x, y: self.y + other.y }
    }
}

#[differentiable]
impl<T> std::ops::Mul<T> for Pair<T>
where
    T: std::ops::Mul<Output = T> + Copy,
{
    type Output = Self;
    fn mul(self, factor: T) -> Self {
        Pair { x: self.x * factor, y: self.y * factor }
    }
}

#[differentiable]
impl<T: Copy + std::ops::Mul<Output = T> + std::ops::Add<Output = T>> Pair<T> {
    fn new(x: T, y: T) -> Self {
        Pair { x, y }
    }
    fn dot(self, other: Pair<T>) -> T {
        self.x * other.x + self.y * other.y
    }
}

#[differentiable]
fn pairs_and_triples(x: f64, y: f64) -> f64 {
    let v = Pair::new(x, y) + Pair { x: 1.0, y: x * y };
    let s = triple_add([x, y, 1.0], [y, y, x]);
    v.dot(v * y) + s[0] * s[1] * s[2]
}
row!(operators_of_the_standard_library: pairs_and_triples(val x, val y) at (2.0, 3.0), (-0.5, 0.25));

// ---- a trait of parts that are combined; a filter behind a generic trait ----

#[differentiable]
trait Distance {
    fn distance(&self, p: [f64; 2]) -> f64;
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Disc {
    radius: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Slab {
    half: f64,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Blend<A, B> {
    a: A,
    b: B,
    k: f64,
}

#[differentiable]
impl Distance for Disc {
    fn distance(&self, p: [f64; 2]) -> f64 {
        (p[0] * p[0] + p[1] * p[1]).sqrt() - self.radius
    }
}

#[differentiable]
impl Distance for Slab {
    fn distance(&self, p: [f64; 2]) -> f64 {
        let outside = (p[0].abs() - self.half).max(0.0);
        outside.hypot(p[1]) + (p[0].abs() - self.half).min(0.0)
    }
}

/// The parts have a method of the same name, which is not this one.
#[differentiable]
impl<A: Distance + differentiable::Differentiable, B: Distance + differentiable::Differentiable> Distance
    for Blend<A, B>
{
    fn distance(&self, p: [f64; 2]) -> f64 {
        let (d, e) = (self.a.distance(p), self.b.distance(p));
        let h = (0.5 + 0.5 * (e - d) / self.k).clamp(0.0, 1.0);
        e * (1.0 - h) + d * h - self.k * h * (1.0 - h)
    }
}

#[differentiable]
fn blended(x: f64, y: f64, radius: f64, k: f64) -> f64 {
    let inner = Blend { a: Disc { radius }, b: Slab { half: 0.5 }, k };
    let outer = Blend { a: inner, b: Disc { radius: 2.0 * k }, k: 0.2 };
    outer.distance([x, y])
}
row!(parts_with_a_method_of_the_same_name: blended(val x, val y, val radius, val k) at (1.5, 0.2, 1.1, 0.4), (0.1, 2.0, 0.5, 3.0));

#[differentiable]
trait Filter<T> {
    fn run(&mut self, input: T) -> T;
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct OnePole<T> {
    pole: T,
    state: T,
}

#[differentiable]
impl Filter<f64> for OnePole<f64> {
    fn run(&mut self, input: f64) -> f64 {
        let out = input + self.pole * self.state;
        self.state = out;
        out
    }
}

#[differentiable]
fn energy(pole: f64, signal: &[f64]) -> f64 {
    let mut filter = OnePole { pole, state: 0.0 };
    let mut sum = 0.0;
    for x in signal {
        let y = filter.run(*x);
        sum += y * y;
    }
    sum
}
row!(filter_behind_a_generic_trait: energy(val pole, ref signal) at (0.5, vec![1.0, -2.0, 0.25]));

/// How many octaves is told by nothing but the type.
#[differentiable]
fn octaves<const N: usize>(x: f64, gain: f64) -> f64 {
    let (mut sum, mut amplitude, mut at) = (0.0, 1.0, x);
    for _ in 0..N {
        sum += amplitude * (at * at).sin();
        at *= 2.0;
        amplitude *= gain;
    }
    sum
}

#[differentiable]
fn three_octaves(x: f64, gain: f64) -> f64 {
    octaves::<3>(x, gain)
}
row!(octaves_by_a_const_generic: three_octaves(val x, val gain) at (0.3, 0.5));

/// A matrix whose shape is in its type.
#[derive(Clone, Copy, Debug, Differentiable)]
struct Matrix<const R: usize, const C: usize>([[f64; C]; R]);
#[differentiable]
impl<const R: usize, const C: usize, const K: usize> std::ops::Mul<Matrix<C, K>> for Matrix<R, C> {
    type Output = Matrix<R, K>;
    fn mul(self, rhs: Matrix<C, K>) -> Matrix<R, K> {
        let mut out = [[0.0; K]; R];
        for i in 0..R {
            for j in 0..K {
                for k in 0..C {
                    out[i][j] += self.0[i][k] * rhs.0[k][j];
                }
            }
        }
        Matrix(out)
    }
}
#[differentiable]
impl<const R: usize, const C: usize> Matrix<R, C> {
    fn transpose(&self) -> Matrix<C, R> {
        Matrix(std::array::from_fn(|j| std::array::from_fn(|i| self.0[i][j])))
    }
    fn trace_like(&self) -> f64 {
        (0..R.min(C)).map(|i| self.0[i][i]).sum()
    }
}
#[differentiable]
fn frob(a: [[f64; 3]; 2]) -> f64 {
    let m = Matrix(a);
    let g = m * m.transpose();
    (g * g).trace_like()
}
row!(shapes_in_types: frob(val a) at ([[0.1, 0.2, 0.3], [0.4, -0.5, 0.6]]));

/// Types of this file that hold nothing: a unit, and the owner of a length.
struct Kelvin;
struct Lattice;

impl Lattice {
    const N: usize = 3;
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Measured<U> {
    x: f64,
    unit: PhantomData<U>,
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct LatticeSamples {
    at: [f64; Lattice::N],
    unit: PhantomData<Kelvin>,
}

#[differentiable]
fn weighted_by_units(
    length: &Measured<Kelvin>,
    samples: &LatticeSamples,
    weights: &[f64; Lattice::N],
) -> f64 {
    let mut sum = length.x * length.x;
    for k in 0..Lattice::N {
        sum += samples.at[k] * weights[k];
    }
    sum
}

#[differentiable]
fn held_markers(x: f64, at: [f64; 3], weights: [f64; 3]) -> f64 {
    weighted_by_units(&Measured { x, unit: PhantomData }, &LatticeSamples { at, unit: PhantomData }, &weights)
}
row!(markers_need_no_derivative: held_markers(val x, val at, val weights) at (0.7, [0.1, 0.2, 0.3], [0.4, -0.5, 0.6]));

#[differentiable]
fn greatest<T: PartialOrd + Copy>(all: &[T]) -> T {
    let mut greatest: &T = &all[0];
    for item in all.iter() {
        if item > greatest {
            greatest = item;
        }
    }
    *greatest
}
#[differentiable]
fn ends<T: Copy>(all: &[T; 3]) -> [T; 2] {
    [all[0], all[2]]
}
#[differentiable]
fn last_row<T: Copy>(rows: &[[T; 2]]) -> [T; 2] {
    rows[rows.len() - 1]
}
#[differentiable]
fn greatest_and_ends(x: &[f64], y: &[f64; 3]) -> f64 {
    let ends = ends(y);
    let row = last_row(&[*y, [y[1], y[0], y[2]]].map(|row| [row[0], row[1]]));
    greatest(x) * ends[0] * ends[1] + row[0] * row[1] * row[1]
}
row!(items_of_any_type_that_is_copied: greatest_and_ends(ref x, ref y)
    at (vec![0.4, 1.3, -0.2], [0.7, 0.1, -1.1]));

// ---- types that hold others of which the derive sees no scalars ----

#[derive(Clone, Debug, Differentiable)]
pub struct Cell<T> {
    at: T,
}

#[derive(Clone, Debug, Differentiable)]
pub struct Branch {
    weight: f64,
    below: Vec<Branch>,
}

#[derive(Clone, Debug, Differentiable)]
pub struct Plant {
    scale: f64,
    here: Cell<f64>,
    order: Cell<usize>,
    cells: Vec<Cell<f64>>,
    stem: Branch,
}

#[differentiable(order = 2)]
fn mass_of_branches(branch: &Branch, scale: f64) -> f64 {
    let mut mass = branch.weight * branch.weight;
    for below in branch.below.iter() {
        mass += scale * mass_of_branches(below, scale);
    }
    mass
}

#[differentiable(order = 2)]
fn mass_of_a_plant(x: f64, y: f64) -> f64 {
    let leaf = Branch { weight: x * y, below: vec![] };
    let plant = Plant {
        scale: x,
        here: Cell { at: x.sin() },
        order: Cell { at: 2 },
        cells: vec![Cell { at: y }, Cell { at: x * x }],
        stem: Branch { weight: y, below: vec![leaf] },
    };
    let mut mass = plant.here.at * plant.order.at as f64 + mass_of_branches(&plant.stem, plant.scale);
    for cell in plant.cells.iter() {
        mass *= cell.at;
    }
    mass
}
row!(structs_of_generic_and_recursive_ones: mass_of_a_plant(val x, val y) at (0.7, 1.3));
curved!(structs_of_generic_and_recursive_ones_curved: mass_of_a_plant(val x, val y) at (0.7, 1.3));

// ---- attributes on single methods of generic blocks, and parameters without bounds ----

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Hue<T> {
    a: T,
    b: T,
}

impl<T> Hue<T> {
    #[differentiable(order = 2)]
    pub const fn new(a: T, b: T) -> Hue<T> {
        Hue { a, b }
    }

    #[differentiable(order = 2)]
    pub fn turned(self) -> Self {
        Self { a: self.b, b: self.a }
    }
}

impl<T: Float> Hue<T> {
    #[differentiable(order = 2)]
    pub fn product(&self) -> T {
        self.a * self.b.sin()
    }
}

#[differentiable(order = 2)]
fn hues(x: f64, y: f64) -> f64 {
    let hue: Hue<f64> = Hue::new(x, x * y);
    hue.product() * hue.turned().product() + Hue::<f64>::new(y, x).product()
}
row!(single_methods_of_generic_blocks: hues(val x, val y) at (0.7, 1.3));
curved!(single_methods_of_generic_blocks_curved: hues(val x, val y) at (0.7, 1.3));

#[derive(Clone, Differentiable)]
enum Roots<F> {
    No,
    One(F),
    Two(F, F),
}

#[differentiable]
impl<F: Copy> Roots<F> {
    fn filled(self, other: F) -> Self {
        match self {
            Roots::No => Roots::One(other),
            found => found,
        }
    }

    fn joined(self, other: F) -> Self {
        match self {
            Roots::No => Roots::One(other),
            Roots::One(root) => Roots::Two(root, other),
            found => found,
        }
    }
}

#[differentiable]
fn variants_in_branches(a: f64, b: f64) -> f64 {
    let roots = if a < b { Roots::One(a * b).joined(a).filled(b) } else { Roots::One(a) };
    let more = match a > 1.0 {
        true => Roots::No.filled(b * b),
        false => Roots::No.filled(a).joined(a * a * b),
    };
    let sum = |roots: &Roots<f64>| match roots {
        Roots::No => 0.0,
        Roots::One(root) => *root,
        Roots::Two(first, second) => first * second * second,
    };
    sum(&roots) * sum(&more)
}
row!(variants_of_generics_in_branches: variants_in_branches(val a, val b) at (0.7, 1.3), (1.7, 1.3), (0.7, 0.3));
