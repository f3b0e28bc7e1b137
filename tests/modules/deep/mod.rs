//! A module in a folder.

use super::shapes::Roots;
use crate::shapes::Number;
use differentiable::differentiable;

#[differentiable(order = 2)]
pub fn roots<N: Number>(x: N) -> Roots<N> {
    if x > N::one() {
        Roots::Two(x * x, x.sqrt())
    } else if x == N::one() {
        Roots::One([x])
    } else {
        Roots::None
    }
}

#[differentiable]
pub fn scaled<N: Number>(x: N, by: N) -> N {
    let mut sum = N::zero();
    for _ in 0..2 {
        sum = sum + x * by;
    }
    sum / (N::one() + N::one())
}
