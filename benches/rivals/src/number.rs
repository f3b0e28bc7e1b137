//! What the programs compute with.

use num_dual::{DualNum, DualSVec64};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A float of some crate.
pub trait Number:
    Clone
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Mul<f64, Output = Self>
    + Add<f64, Output = Self>
{
    fn value(&self) -> f64;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sqrt(self) -> Self;
}

impl Number for f64 {
    fn value(&self) -> f64 {
        *self
    }
    fn exp(self) -> f64 {
        f64::exp(self)
    }
    fn ln(self) -> f64 {
        f64::ln(self)
    }
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
}

impl Number for reverse::Var<'_> {
    fn value(&self) -> f64 {
        self.val()
    }
    fn exp(self) -> Self {
        reverse::Var::exp(&self)
    }
    fn ln(self) -> Self {
        reverse::Var::ln(&self)
    }
    fn sqrt(self) -> Self {
        reverse::Var::sqrt(&self)
    }
}

impl Number for echidna::Reverse<f64> {
    fn value(&self) -> f64 {
        echidna::Scalar::value(self)
    }
    fn exp(self) -> Self {
        num_traits::Float::exp(self)
    }
    fn ln(self) -> Self {
        num_traits::Float::ln(self)
    }
    fn sqrt(self) -> Self {
        num_traits::Float::sqrt(self)
    }
}

/// `num-dual`'s float with six tangents.
#[derive(Clone)]
pub struct Dual6(pub DualSVec64<6>);

macro_rules! operators {
    ($($trait:ident $method:ident),*) => {$(
        impl $trait for Dual6 {
            type Output = Dual6;
            fn $method(self, other: Dual6) -> Dual6 {
                Dual6($trait::$method(self.0, other.0))
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Dual6 {
    type Output = Dual6;
    fn neg(self) -> Dual6 {
        Dual6(-self.0)
    }
}

impl Mul<f64> for Dual6 {
    type Output = Dual6;
    fn mul(self, other: f64) -> Dual6 {
        Dual6(self.0 * other)
    }
}

impl Add<f64> for Dual6 {
    type Output = Dual6;
    fn add(self, other: f64) -> Dual6 {
        Dual6(self.0 + other)
    }
}

impl Number for Dual6 {
    fn value(&self) -> f64 {
        self.0.re
    }
    fn exp(self) -> Self {
        Dual6(self.0.exp())
    }
    fn ln(self) -> Self {
        Dual6(self.0.ln())
    }
    fn sqrt(self) -> Self {
        Dual6(self.0.sqrt())
    }
}
