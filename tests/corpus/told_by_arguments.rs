//! Values of generic types made by their associated functions, whose arguments tell what they are of.

use differentiable::{Differentiable, differentiable};
use num_traits::Float;

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Pair<T> {
    pub x: T,
    pub y: T,
}

#[differentiable]
impl<T: Float> Pair<T> {
    fn new(x: T, y: T) -> Self {
        Pair { x, y }
    }

    fn of(items: &[T]) -> Pair<T> {
        Pair { x: items[0], y: items[1] }
    }

    fn positive(x: T, y: T) -> Option<Self> {
        if x > T::zero() { Some(Pair { x, y }) } else { None }
    }

    fn dot(self, other: Self) -> T {
        self.x * other.x + self.y * other.y
    }

    fn swapped(&self, by: &Pair<T>) -> Pair<T> {
        Pair { x: self.x * by.y, y: self.y * by.x }
    }

    fn moved(&mut self, by: T) -> &mut Self {
        self.x = self.x + by;
        self.y = self.y * by;
        self
    }

    // Named like a method of options.
    fn or(self, other: Pair<T>) -> Pair<T> {
        Pair { x: self.x * other.y, y: self.y }
    }
}

impl<T> Pair<T> {
    #[differentiable(inline)]
    fn map<U>(self, f: impl Fn(T) -> U) -> Pair<U> {
        Pair { x: f(self.x), y: f(self.y) }
    }
}

#[differentiable]
fn built(x: f64, y: f64) -> f64 {
    let mut p = Pair::new(x, y * x);
    p.moved(y).moved(x * y);
    p.dot(p)
}
row!(generics_built_in_steps: built(val x, val y) at (0.7, 1.3));

#[differentiable]
fn mapped(x: f64, y: f64) -> f64 {
    let p = Pair::new(x, y * x).map(|c| c * y);
    p.map(|c| c * 2.0).dot(Pair::of(&[y, x]))
}
row!(generics_with_a_map_of_their_own: mapped(val x, val y) at (0.7, 1.3));

#[differentiable]
fn beside_literals(x: f64, y: f64) -> f64 {
    let mut p = Pair::new(1.0, x).swapped(&Pair::new(y, 2.0));
    let mut q = p.or(Pair::new(p.y, 3.0));
    p.moved(y);
    q.moved(x).dot(p)
}
row!(generics_made_of_literals_too: beside_literals(val x, val y) at (0.7, 1.3));

#[differentiable]
fn makes<T: Float>(x: T, y: T) -> Pair<T> {
    Pair::new(x * y, y)
}

#[differentiable]
fn in_a_generic<T: Float>(items: &[T], y: T) -> T {
    let mut p = makes(items[0], y);
    p.moved(y);
    let mut q = Pair::of(items);
    q.moved(p.x).moved(p.y);
    p.map(|c| c * y).dot(q)
}
row!(generics_in_generics: in_a_generic(ref items, val y) at ([0.3, 0.8], 1.3));

#[differentiable]
fn of_an_option(x: f64, y: f64) -> f64 {
    match Pair::positive(x, y) {
        Some(mut p) => p.moved(y).moved(x).dot(Pair::positive(y, x).unwrap()),
        None => Pair::new(y, x).map(|c| c * c).dot(Pair::new(x, x)),
    }
}
row!(generics_in_options: of_an_option(val x, val y) at (0.7, 1.3), (-0.7, 1.3));
