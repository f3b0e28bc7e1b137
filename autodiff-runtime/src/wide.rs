//! Tangents in several directions at once: what `jacobian` and `hessian` sweep with. Not for use
//! by hand.
//!
//! Tangents are linear, so that a [`Wide`] one is made of the same operations as one of a single
//! direction, lane by lane: sums of wide tangents and their products with plain values.

use crate::{Differentiable, Scalar, Tangent};
use alloc::vec::Vec;
use core::array::from_fn;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// How many directions one sweep has.
pub const LANES: usize = 8;

/// The tangents of one scalar, one a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide<T>(pub [T; LANES]);

impl<T: Scalar> Wide<T> {
    /// No direction changes it.
    #[inline(always)]
    pub fn zero() -> Self {
        Wide([T::lit(0.0); LANES])
    }

    /// The same in another float.
    #[inline(always)]
    pub fn cast<U: Scalar>(self) -> Wide<U> {
        Wide(from_fn(|lane| U::lit(self.0[lane].widen())))
    }
}

impl<T: Scalar> Default for Wide<T> {
    #[inline(always)]
    fn default() -> Self {
        Wide::zero()
    }
}

macro_rules! lanewise {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident $op:tt;)*) => {$(
        impl<T: Scalar> $trait for Wide<T> {
            type Output = Wide<T>;

            #[inline(always)]
            fn $method(self, other: Wide<T>) -> Wide<T> {
                Wide(from_fn(|lane| self.0[lane] $op other.0[lane]))
            }
        }

        impl<T: Scalar> $assign for Wide<T> {
            #[inline(always)]
            fn $assign_method(&mut self, other: Wide<T>) {
                *self = *self $op other;
            }
        }
    )*};
}
lanewise! {
    Add add AddAssign add_assign +;
    Sub sub SubAssign sub_assign -;
}

macro_rules! scaled {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident $op:tt;)*) => {$(
        impl<T: Scalar> $trait<T> for Wide<T> {
            type Output = Wide<T>;

            #[inline(always)]
            fn $method(self, factor: T) -> Wide<T> {
                Wide(from_fn(|lane| self.0[lane] $op factor))
            }
        }

        impl<T: Scalar> $assign<T> for Wide<T> {
            #[inline(always)]
            fn $assign_method(&mut self, factor: T) {
                *self = *self $op factor;
            }
        }
    )*};
}
scaled! {
    Mul mul MulAssign mul_assign *;
    Div div DivAssign div_assign /;
}

macro_rules! factors {
    ($($t:ident)*) => {$(
        impl Mul<Wide<$t>> for $t {
            type Output = Wide<$t>;

            #[inline(always)]
            fn mul(self, tangent: Wide<$t>) -> Wide<$t> {
                tangent * self
            }
        }
    )*};
}
factors!(f64 f32);

impl<T: Scalar> Neg for Wide<T> {
    type Output = Wide<T>;

    #[inline(always)]
    fn neg(self) -> Wide<T> {
        Wide(from_fn(|lane| -self.0[lane]))
    }
}

impl<T: Scalar> Differentiable for Wide<T> {
    type Tangent = Wide<T>;

    #[inline]
    fn zero_tangent(&self) -> Self {
        Wide::zero()
    }

    fn update_scalars(&mut self, tangent: &Self, map: &mut dyn FnMut(f64, f64) -> f64) {
        self.0.update_scalars(&tangent.0, map);
    }
}

impl<T: Scalar> Tangent for Wide<T> {
    #[inline(always)]
    fn accumulate(&mut self, other: &Self) {
        *self += *other;
    }

    #[inline(always)]
    fn deduct(&mut self, other: &Self) {
        *self -= *other;
    }

    #[inline(always)]
    fn set_zero(&mut self) {
        *self = Wide::zero();
    }

    fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) {
        self.0.for_each_scalar(visit);
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        self.0.map_scalars(map);
    }
}

/// A seed, of one direction or several.
pub trait Weigh {
    /// The float it is made of.
    type Float;

    /// `self * partial`, 0 where `self` is 0.
    fn weigh(self, partial: Self::Float) -> Self;

    /// `self * factor`, 0 where `factor` is 0.
    fn weighed(self, factor: Self::Float) -> Self;
}

impl<T: Scalar> Weigh for T {
    type Float = T;

    #[inline(always)]
    fn weigh(self, partial: T) -> T {
        let zero = T::lit(0.0);
        if self == zero { zero } else { self * partial }
    }

    #[inline(always)]
    fn weighed(self, factor: T) -> T {
        factor.weigh(self)
    }
}

impl<T: Scalar> Weigh for Wide<T> {
    type Float = T;

    #[inline(always)]
    fn weigh(self, partial: T) -> Self {
        Wide(self.0.map(|seed| seed.weigh(partial)))
    }

    #[inline(always)]
    fn weighed(self, factor: T) -> Self {
        Wide(self.0.map(|value| value.weighed(factor)))
    }
}

/// A seed times a partial that may be infinite: what is not asked for stays zero.
#[inline(always)]
pub fn weigh<S: Weigh>(seed: S, partial: S::Float) -> S {
    seed.weigh(partial)
}

/// The same of a partial's tangent and a seed.
#[inline(always)]
pub fn weighed<S: Weigh>(tangent: S, seed: S::Float) -> S {
    tangent.weighed(seed)
}

/// A wide tangent of some shape.
pub trait Directions {
    /// The tangent in one direction.
    type One;

    /// How many scalars the tangent in one direction has.
    fn count(&self) -> usize;

    /// Makes lane 0 the unit direction of scalar `first`, lane 1 that of the next, and so on.
    /// `at` counts the scalars.
    fn point(&mut self, first: usize, at: &mut usize);

    /// The tangent in the direction of a lane.
    fn one(&self, lane: usize) -> Self::One;

    /// Adds to the tangent in the direction of a lane.
    fn add_lane(&mut self, lane: usize, one: &Self::One);
}

impl<T: Scalar> Directions for Wide<T> {
    type One = T;

    #[inline]
    fn count(&self) -> usize {
        1
    }

    #[inline]
    fn point(&mut self, first: usize, at: &mut usize) {
        let here = *at;
        *self = Wide(from_fn(|lane| T::lit(if first + lane == here { 1.0 } else { 0.0 })));
        *at += 1;
    }

    #[inline]
    fn one(&self, lane: usize) -> T {
        self.0[lane]
    }

    #[inline]
    fn add_lane(&mut self, lane: usize, one: &T) {
        self.0[lane] += *one;
    }
}

impl Directions for () {
    type One = ();

    #[inline]
    fn count(&self) -> usize {
        0
    }

    #[inline]
    fn point(&mut self, _: usize, _: &mut usize) {}

    #[inline]
    fn one(&self, _: usize) {}

    #[inline]
    fn add_lane(&mut self, _: usize, (): &()) {}
}

impl<X: Directions> Directions for [X] {
    type One = Vec<X::One>;

    fn count(&self) -> usize {
        self.iter().map(X::count).sum()
    }

    fn point(&mut self, first: usize, at: &mut usize) {
        self.iter_mut().for_each(|item| item.point(first, at));
    }

    fn one(&self, lane: usize) -> Vec<X::One> {
        self.iter().map(|item| item.one(lane)).collect()
    }

    fn add_lane(&mut self, lane: usize, one: &Vec<X::One>) {
        self.iter_mut().zip(one).for_each(|(item, one)| item.add_lane(lane, one));
    }
}

impl<X: Directions> Directions for Vec<X> {
    type One = Vec<X::One>;

    fn count(&self) -> usize {
        self[..].count()
    }

    fn point(&mut self, first: usize, at: &mut usize) {
        self[..].point(first, at);
    }

    fn one(&self, lane: usize) -> Vec<X::One> {
        self[..].one(lane)
    }

    fn add_lane(&mut self, lane: usize, one: &Vec<X::One>) {
        self[..].add_lane(lane, one);
    }
}

impl<X: Directions, const N: usize> Directions for [X; N] {
    type One = [X::One; N];

    fn count(&self) -> usize {
        self.iter().map(X::count).sum()
    }

    fn point(&mut self, first: usize, at: &mut usize) {
        self.iter_mut().for_each(|item| item.point(first, at));
    }

    fn one(&self, lane: usize) -> [X::One; N] {
        from_fn(|i| self[i].one(lane))
    }

    fn add_lane(&mut self, lane: usize, one: &[X::One; N]) {
        self.iter_mut().zip(one).for_each(|(item, one)| item.add_lane(lane, one));
    }
}

/// A gradient whose scalars are found one by one: the columns of a Jacobian go there.
pub trait Columns {
    /// Puts the lanes at the scalars from `first` on. `at` counts the scalars.
    fn put_columns<T: Scalar>(&mut self, wide: &Wide<T>, first: usize, at: &mut usize);
}

macro_rules! scalar_columns {
    ($($t:ident)*) => {$(
        impl Columns for $t {
            #[inline]
            fn put_columns<T: Scalar>(&mut self, wide: &Wide<T>, first: usize, at: &mut usize) {
                if let Some(lane) = wide.0.get(at.wrapping_sub(first)) {
                    *self = $t::lit(lane.widen());
                }
                *at += 1;
            }
        }
    )*};
}
scalar_columns!(f64 f32);

impl Columns for () {
    #[inline]
    fn put_columns<T: Scalar>(&mut self, _: &Wide<T>, _: usize, _: &mut usize) {}
}

impl<X: Columns> Columns for Vec<X> {
    fn put_columns<T: Scalar>(&mut self, wide: &Wide<T>, first: usize, at: &mut usize) {
        self.iter_mut().for_each(|item| item.put_columns(wide, first, at));
    }
}

impl<X: Columns, const N: usize> Columns for [X; N] {
    fn put_columns<T: Scalar>(&mut self, wide: &Wide<T>, first: usize, at: &mut usize) {
        self.iter_mut().for_each(|item| item.put_columns(wide, first, at));
    }
}

/// Wide tangents of outputs, and the rows of the Jacobian whose columns they are.
pub trait Outputs {
    /// The rows, shaped like the outputs.
    type Rows<G: Columns>;

    /// Rows to be filled.
    fn rows<G: Columns>(&self, row: &mut dyn FnMut() -> G) -> Self::Rows<G>;

    /// Puts the lanes into the rows, as the columns from `first` on.
    fn spread<G: Columns>(&self, rows: &mut Self::Rows<G>, first: usize);
}

impl<T: Scalar> Outputs for Wide<T> {
    type Rows<G: Columns> = G;

    #[inline]
    fn rows<G: Columns>(&self, row: &mut dyn FnMut() -> G) -> G {
        row()
    }

    #[inline]
    fn spread<G: Columns>(&self, row: &mut G, first: usize) {
        row.put_columns(self, first, &mut 0);
    }
}

impl Outputs for () {
    type Rows<G: Columns> = ();

    #[inline]
    fn rows<G: Columns>(&self, _: &mut dyn FnMut() -> G) {}

    #[inline]
    fn spread<G: Columns>(&self, (): &mut (), _: usize) {}
}

impl<X: Outputs> Outputs for Vec<X> {
    type Rows<G: Columns> = Vec<X::Rows<G>>;

    fn rows<G: Columns>(&self, row: &mut dyn FnMut() -> G) -> Self::Rows<G> {
        self.iter().map(|output| output.rows(row)).collect()
    }

    fn spread<G: Columns>(&self, rows: &mut Self::Rows<G>, first: usize) {
        self.iter().zip(rows).for_each(|(output, row)| output.spread(row, first));
    }
}

impl<X: Outputs, const N: usize> Outputs for [X; N] {
    type Rows<G: Columns> = [X::Rows<G>; N];

    fn rows<G: Columns>(&self, row: &mut dyn FnMut() -> G) -> Self::Rows<G> {
        from_fn(|i| self[i].rows(row))
    }

    fn spread<G: Columns>(&self, rows: &mut Self::Rows<G>, first: usize) {
        self.iter().zip(rows).for_each(|(output, row)| output.spread(row, first));
    }
}

/// Whether so many columns are found in less time than so many rows: a sweep forward takes about
/// twice the time of a sweep back.
#[inline]
pub fn columns_pay(columns: usize, rows: usize) -> bool {
    2 * columns.div_ceil(LANES) <= rows
}

/// How many scalars a tangent has.
pub fn scalars<X: Tangent>(tangent: &X) -> usize {
    crate::tangent::scalar_count(tangent)
}

macro_rules! tuples {
    ($($x:ident $i:tt),+) => {
        impl<$($x: Directions),+> Directions for ($($x,)+) {
            type One = ($($x::One,)+);

            fn count(&self) -> usize {
                0 $(+ self.$i.count())+
            }

            fn point(&mut self, first: usize, at: &mut usize) {
                $(self.$i.point(first, at);)+
            }

            fn one(&self, lane: usize) -> Self::One {
                ($(self.$i.one(lane),)+)
            }

            fn add_lane(&mut self, lane: usize, one: &Self::One) {
                $(self.$i.add_lane(lane, &one.$i);)+
            }
        }

        impl<$($x: Columns),+> Columns for ($($x,)+) {
            fn put_columns<T_: Scalar>(&mut self, wide: &Wide<T_>, first: usize, at: &mut usize) {
                $(self.$i.put_columns(wide, first, at);)+
            }
        }

        impl<$($x: Outputs),+> Outputs for ($($x,)+) {
            type Rows<G_: Columns> = ($($x::Rows<G_>,)+);

            fn rows<G_: Columns>(&self, row: &mut dyn FnMut() -> G_) -> Self::Rows<G_> {
                ($(self.$i.rows(row),)+)
            }

            fn spread<G_: Columns>(&self, rows: &mut Self::Rows<G_>, first: usize) {
                $(self.$i.spread(&mut rows.$i, first);)+
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
