//! Second derivatives: the Hessian of Rosenbrock's valley, and the product of the mixture's
//! Hessian with a direction, by hand.

use super::gmm::{Gmm, Real};
use super::{Kernel, Random};
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Sub, SubAssign};

/// The Hessian of [`rosenbrock`](super::rosenbrock::rosenbrock), row by row: tridiagonal.
pub fn rosenbrock_hessian(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut hessian = vec![0.0; n * n];
    for i in 0..n - 1 {
        hessian[i * n + i] += 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0;
        hessian[i * n + i + 1] -= 400.0 * x[i];
        hessian[(i + 1) * n + i] -= 400.0 * x[i];
        hessian[(i + 1) * n + i + 1] += 200.0;
    }
    hessian
}

/// A float with a tangent.
#[derive(Clone, Copy, Default, PartialEq)]
pub struct Dual {
    pub value: f64,
    pub tangent: f64,
}

impl PartialOrd for Dual {
    fn partial_cmp(&self, other: &Dual) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl Add for Dual {
    type Output = Dual;
    #[inline]
    fn add(self, other: Dual) -> Dual {
        Dual { value: self.value + other.value, tangent: self.tangent + other.tangent }
    }
}

impl Sub for Dual {
    type Output = Dual;
    #[inline]
    fn sub(self, other: Dual) -> Dual {
        Dual { value: self.value - other.value, tangent: self.tangent - other.tangent }
    }
}

impl Mul for Dual {
    type Output = Dual;
    #[inline]
    fn mul(self, other: Dual) -> Dual {
        Dual {
            value: self.value * other.value,
            tangent: self.tangent * other.value + self.value * other.tangent,
        }
    }
}

impl Mul<f64> for Dual {
    type Output = Dual;
    #[inline]
    fn mul(self, factor: f64) -> Dual {
        Dual { value: self.value * factor, tangent: self.tangent * factor }
    }
}

impl Div for Dual {
    type Output = Dual;
    #[inline]
    fn div(self, other: Dual) -> Dual {
        let value = self.value / other.value;
        Dual { value, tangent: (self.tangent - value * other.tangent) / other.value }
    }
}

impl AddAssign for Dual {
    #[inline]
    fn add_assign(&mut self, other: Dual) {
        *self = *self + other;
    }
}

impl SubAssign for Dual {
    #[inline]
    fn sub_assign(&mut self, other: Dual) {
        *self = *self - other;
    }
}

impl MulAssign for Dual {
    #[inline]
    fn mul_assign(&mut self, other: Dual) {
        *self = *self * other;
    }
}

impl Real for Dual {
    fn lift(value: f64) -> Dual {
        Dual { value, tangent: 0.0 }
    }
    fn exp(self) -> Dual {
        let value = self.value.exp();
        Dual { value, tangent: value * self.tangent }
    }
    fn ln(self) -> Dual {
        Dual { value: self.value.ln(), tangent: self.tangent / self.value }
    }
}

/// The mixture's Hessian times a direction: the adjoint by hand, with tangents.
pub fn gmm_hessian_vector(gmm: &mut Gmm, direction: &[f64]) -> Vec<f64> {
    let at: Vec<f64> = gmm.variables().concat();
    let dual: Vec<Dual> =
        at.iter().zip(direction).map(|(&value, &tangent)| Dual { value, tangent }).collect();
    let mut bar = vec![Dual::default(); dual.len()];
    gmm.hand_at(&dual, &mut bar);
    bar.into_iter().map(|b| b.tangent).collect()
}

/// A direction for [`gmm_hessian_vector`].
pub fn direction(n: usize) -> Vec<f64> {
    Random::new(16).vec(n, -1.0, 1.0)
}
