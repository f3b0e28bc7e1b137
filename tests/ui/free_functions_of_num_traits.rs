//! Functions of `num_traits` at a user's type, and a module that a macro makes which has the crate's name.

use differentiable::{Differentiable, differentiable};
use std::ops::Mul;

#[derive(Differentiable, Clone, Copy)]
struct Dual {
    re: f64,
    eps: f64,
}

#[differentiable]
impl Mul for Dual {
    type Output = Dual;

    fn mul(self, other: Dual) -> Dual {
        Dual { re: self.re * other.re, eps: self.re * other.eps + self.eps * other.re }
    }
}

impl num_traits::One for Dual {
    fn one() -> Dual {
        Dual { re: 1.0, eps: 0.0 }
    }
}

#[differentiable]
fn of_a_users_type(d: Dual) -> f64 {
    num_traits::pow(d, 3).re
}

mod shadowed {
    use super::*;

    macro_rules! approximations {
        ($name:ident) => {
            mod $name {
                pub fn clamp<T>(x: T, _: T, _: T) -> T {
                    x
                }
            }
        };
    }

    approximations!(num_traits);

    #[differentiable]
    fn taken_for_the_crate(x: f64) -> f64 {
        num_traits::clamp(x, 0.0, 1.0)
    }
}

fn main() {}
