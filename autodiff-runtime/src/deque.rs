//! `VecDeque`s: their tangents are `VecDeque`s, whose fronts and backs move as theirs do.

use crate::constant::LocallyConstant;
use crate::constant::claims::{Integers, Nothing};
use crate::copies::Duplicate;
use crate::protocol::NoScalars;
use crate::support::Rows;
use crate::wide::{Columns, Wide};
use crate::{Differentiable, Scalar, Tangent};
use alloc::collections::VecDeque;

impl<X: Differentiable> Differentiable for VecDeque<X> {
    type Tangent = VecDeque<X::Tangent>;

    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.iter().map(X::zero_tangent).collect()
    }

    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        assert_eq!(self.len(), tangent.len(), "a value and a tangent of different lengths");
        for (x, t) in self.iter_mut().zip(tangent) {
            x.update_scalars(t, map);
        }
    }
}

impl<X: Tangent> Tangent for VecDeque<X> {
    #[inline]
    fn accumulate(&mut self, other: &Self) {
        assert_eq!(self.len(), other.len(), "tangents of different lengths");
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate(b);
        }
    }

    #[inline]
    fn deduct(&mut self, other: &Self) {
        assert_eq!(self.len(), other.len(), "tangents of different lengths");
        for (a, b) in self.iter_mut().zip(other) {
            a.deduct(b);
        }
    }

    #[inline]
    fn set_zero(&mut self) {
        self.iter_mut().for_each(X::set_zero);
    }

    fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) {
        self.iter().for_each(|x| x.for_each_scalar(visit));
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        self.iter_mut().for_each(|x| x.map_scalars(map));
    }
}

impl<X: Duplicate> Duplicate for VecDeque<X> {
    #[inline]
    fn __ad_copy(&self) -> Self {
        self.iter().map(X::__ad_copy).collect()
    }
}

impl<G, X: Rows<G>> Rows<G> for VecDeque<X> {
    type Of = VecDeque<X::Of>;

    fn rows(&self, pull: &mut dyn FnMut(Self) -> G) -> Self::Of {
        (0..self.len())
            .map(|i| {
                self[i].rows(&mut |item| {
                    let mut seed = self.clone();
                    seed[i] = item;
                    pull(seed)
                })
            })
            .collect()
    }
}

impl<X: Columns> Columns for VecDeque<X> {
    fn put_columns<T: Scalar>(&mut self, wide: &Wide<T>, first: usize, at: &mut usize) {
        self.iter_mut().for_each(|item| item.put_columns(wide, first, at));
    }
}

impl<X: LocallyConstant> LocallyConstant for VecDeque<X> {}
impl<X: NoScalars> NoScalars for VecDeque<X> {}
impl<X: Nothing> Nothing for VecDeque<X> {}
impl<X: Integers> Integers for VecDeque<X> {}
