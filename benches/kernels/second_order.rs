//! Second derivatives: the Hessian of Rosenbrock's valley, and the product of the mixture's
//! Hessian with a direction.

use super::gmm::{Gmm, Real};
use super::rosenbrock::{rosenbrock, rosenbrock_by_hand};
use super::{Kernel, Random};
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Sub, SubAssign};

/// The Hessian of [`rosenbrock`], row by row: tridiagonal.
fn hessian_by_hand(x: &[f64], hessian: &mut [f64]) {
    let n = x.len();
    for i in 0..n - 1 {
        hessian[i * n + i] += 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0;
        hessian[i * n + i + 1] -= 400.0 * x[i];
        hessian[(i + 1) * n + i] -= 400.0 * x[i];
        hessian[(i + 1) * n + i + 1] += 200.0;
    }
}

pub struct RosenbrockHessian {
    x: Vec<f64>,
}

impl RosenbrockHessian {
    pub fn new(n: usize) -> Self {
        RosenbrockHessian { x: Random::new(16).vec(n, -1.5, 1.5) }
    }
}

impl Kernel for RosenbrockHessian {
    fn primal(&self) -> f64 {
        rosenbrock(&self.x)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        hessian_by_hand(&self.x, gradient);
        gradient[0]
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let hessian = rosenbrock::hessian(&self.x);
        for (row, to) in hessian.iter().zip(gradient.chunks_exact_mut(self.x.len())) {
            for (h, to) in row.iter().zip(to) {
                *to += h;
            }
        }
        gradient[0]
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.x]
    }

    fn gradient_len(&mut self) -> usize {
        self.x.len() * self.x.len()
    }

    fn is_first_order(&self) -> bool {
        false
    }

    /// The gradient along a direction.
    fn checked(&self) -> f64 {
        let mut gradient = vec![0.0; self.x.len()];
        rosenbrock_by_hand(&self.x, 1.0, &mut gradient);
        dot(&gradient, &direction(self.x.len()))
    }

    fn gradient_of_checked(&self, hessian: &[f64]) -> Vec<f64> {
        let direction = direction(self.x.len());
        hessian.chunks_exact(self.x.len()).map(|row| dot(row, &direction)).collect()
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
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

/// The product of the mixture's Hessian with a direction.
pub struct GmmHessianVector {
    gmm: Gmm,
    direction: Vec<f64>,
}

impl GmmHessianVector {
    pub fn new(mut gmm: Gmm) -> Self {
        let direction = direction(gmm.gradient_len());
        GmmHessianVector { gmm, direction }
    }
}

impl Kernel for GmmHessianVector {
    fn primal(&self) -> f64 {
        self.gmm.primal()
    }

    /// The adjoint by hand, with tangents.
    fn hand(&self, gradient: &mut [f64]) -> f64 {
        let at = self.gmm.all_parameters().zip(&self.direction);
        let dual: Vec<Dual> = at.map(|(&value, &tangent)| Dual { value, tangent }).collect();
        let mut bar = vec![Dual::default(); dual.len()];
        self.gmm.hand_at(&dual, &mut bar);
        for (to, bar) in gradient.iter_mut().zip(bar) {
            *to += bar.tangent;
        }
        gradient[0]
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let (alphas, means, icf) = self.gmm.hessian_vector(&self.direction);
        for (to, product) in gradient.iter_mut().zip(alphas.iter().chain(&means).chain(&icf)) {
            *to += product;
        }
        gradient[0]
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        self.gmm.variables()
    }

    fn is_first_order(&self) -> bool {
        false
    }

    /// The gradient along the direction.
    fn checked(&self) -> f64 {
        let mut gradient = vec![0.0; self.direction.len()];
        self.gmm.hand(&mut gradient);
        dot(&gradient, &self.direction)
    }
}

fn direction(n: usize) -> Vec<f64> {
    Random::new(17).vec(n, -1.0, 1.0)
}
