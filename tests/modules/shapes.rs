//! Types that others use.

use differentiable::{Differentiable, differentiable};

mod curves {
    #[derive(Clone, Debug, super::Differentiable)]
    pub enum Bend {
        Line(f64, f64),
        Arc {
            radius: f64,
        },
        #[allow(dead_code)]
        None,
    }
}
pub use self::curves::Bend;

#[derive(Clone, Debug, Differentiable)]
pub enum Roots<T> {
    None,
    One([T; 1]),
    Two(T, T),
}

/// A float under a name of its own.
pub trait Number: num_traits::Float + std::fmt::Debug {}

impl Number for f32 {}
impl Number for f64 {}

/// With a field of a type that is called like another elsewhere.
#[derive(Clone, Debug, Differentiable)]
pub struct Body {
    pub at: [f64; 3],
    pub mass: f64,
    pub hits: usize,
    pub tag: Tag,
    #[no_diff]
    pub scale: f64,
}

#[derive(Clone, Debug, Differentiable)]
pub struct Tag {
    pub weight: f64,
}

/// Equal texts here and in `main.rs`, of different meaning.
pub type Unit = Inner;
type Inner = f64;

#[derive(Clone, Debug, Differentiable)]
pub struct Gauge {
    pub level: Unit,
}

/// A point whose type the caller's file does not name.
#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Corner {
    /// Across.
    pub x: f64,
    /// Up.
    pub y: f64,
}

/// The point.
#[differentiable::differentiable]
pub fn corner(x: f64, y: f64) -> Corner {
    Corner { x, y }
}

/// What a function of another file reads of it are numbers alone.
#[derive(Clone, Debug, Differentiable)]
pub struct Matrix {
    pub data: Vec<f64>,
    rows: usize,
    columns: usize,
}

impl Matrix {
    pub fn square(data: Vec<f64>, rows: usize) -> Matrix {
        Matrix { data, rows, columns: rows }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    #[inline]
    pub fn is_square(&self) -> bool {
        self.rows == self.columns
    }

    #[differentiable]
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.data[i * self.columns + j]
    }
}

pub fn middle(n: usize) -> usize {
    n / 2
}

/// A type of another name, for functions of other files.
pub type Triple<T> = [T; 3];

/// What no file but this one defines.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    Forth,
    Back,
}
