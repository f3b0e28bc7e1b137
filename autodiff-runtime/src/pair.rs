//! Pairs of a value and its tangent, for the operators of scalars.

use core::ops::{Add, Div, Mul, Neg, Sub};

/// A value and its tangent: the operators of scalars differentiate twice by the rules above on
/// such pairs.
#[derive(Clone, Copy)]
pub struct Pair<T>(pub T, pub T);

impl<T: Add<Output = T>> Add for Pair<T> {
    type Output = Pair<T>;

    #[inline(always)]
    fn add(self, rhs: Pair<T>) -> Pair<T> {
        Pair(self.0 + rhs.0, self.1 + rhs.1)
    }
}

impl<T: Sub<Output = T>> Sub for Pair<T> {
    type Output = Pair<T>;

    #[inline(always)]
    fn sub(self, rhs: Pair<T>) -> Pair<T> {
        Pair(self.0 - rhs.0, self.1 - rhs.1)
    }
}

impl<T: Copy + Add<Output = T> + Mul<Output = T>> Mul for Pair<T> {
    type Output = Pair<T>;

    #[inline(always)]
    fn mul(self, rhs: Pair<T>) -> Pair<T> {
        Pair(self.0 * rhs.0, self.1 * rhs.0 + self.0 * rhs.1)
    }
}

impl<T: Copy + Sub<Output = T> + Mul<Output = T> + Div<Output = T>> Div for Pair<T> {
    type Output = Pair<T>;

    #[inline(always)]
    fn div(self, rhs: Pair<T>) -> Pair<T> {
        let quotient = self.0 / rhs.0;
        Pair(quotient, (self.1 - quotient * rhs.1) / rhs.0)
    }
}

impl<T: Neg<Output = T>> Neg for Pair<T> {
    type Output = Pair<T>;

    #[inline(always)]
    fn neg(self) -> Pair<T> {
        Pair(-self.0, -self.1)
    }
}
