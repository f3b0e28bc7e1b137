//! What generated code is written with, besides the [protocol](crate::protocol). Not for use by
//! hand.

use crate::protocol::{Dot, DotRef, FromActive, Slot};
use crate::{Differentiable, Scalar, Tangent};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::borrow::{Borrow, BorrowMut};
use core::marker::PhantomData;

/// A value that is passed on by value and looked at again.
#[inline(always)]
pub fn dup<X: Clone>(value: &X) -> X {
    value.clone()
}

/// Takes a cotangent; what is left has the shape of the value before, if there was one.
#[inline(always)]
pub fn take_before<X: Differentiable>(place: &mut X::Tangent, before: Option<&X>) -> X::Tangent {
    let zero = match before {
        Some(before) => before.zero_tangent(),
        None => place.zero_tangent(),
    };
    core::mem::replace(place, zero)
}

/// `place += value`
#[inline]
pub fn accumulate<X: Tangent>(place: &mut X, value: &X) {
    place.accumulate(value);
}

/// `place -= value`
#[inline]
pub fn deduct<X: Tangent>(place: &mut X, value: &X) {
    place.deduct(value);
}

/// `place += value`, element by element. Panics when the lengths differ.
#[inline]
pub fn accumulate_slice<X: Tangent>(place: &mut [X], value: &[X]) {
    same_length(place.len(), value.len());
    for (place, value) in place.iter_mut().zip(value) {
        place.accumulate(value);
    }
}

/// `place -= value`, element by element. Panics when the lengths differ.
#[inline]
pub fn deduct_slice<X: Tangent>(place: &mut [X], value: &[X]) {
    same_length(place.len(), value.len());
    for (place, value) in place.iter_mut().zip(value) {
        place.deduct(value);
    }
}

/// Takes a cotangent out of its place and leaves zero of the same shape.
#[inline]
pub fn take<X: Tangent>(place: &mut X) -> X {
    let taken = place.clone();
    place.set_zero();
    taken
}

/// Takes the cotangents out of a slice and leaves zeros.
#[inline]
pub fn take_slice<X: Tangent>(place: &mut [X]) -> Vec<X> {
    let taken = place.to_vec();
    place.iter_mut().for_each(X::set_zero);
    taken
}

/// Panics unless a tangent has as many elements as the value it belongs to.
#[inline]
#[track_caller]
pub fn same_length(expected: usize, found: usize) {
    assert!(
        expected == found,
        "a derivative of {found} elements was given for a value of {expected} elements"
    );
}

impl<X> Dot<X> {
    /// The tangent, or the zero that `zero` makes.
    #[inline(always)]
    pub fn or_zero(self, zero: impl FnOnce() -> X) -> X {
        match self {
            Dot::Active(tangent) => tangent,
            Dot::Zero => zero(),
        }
    }
}

impl<'a, X: ?Sized> DotRef<'a, X> {
    /// The tangent, or the zero that `zero` makes, kept in `place`.
    #[inline(always)]
    pub fn or_zero<Z: Borrow<X>>(self, place: &'a mut Option<Z>, zero: impl FnOnce() -> Z) -> &'a X {
        match self {
            DotRef::Active(tangent) => tangent,
            DotRef::Zero => Z::borrow(place.insert(zero())),
        }
    }
}

impl<X: Clone> DotRef<'_, [X]> {
    /// The same tangent, owned.
    pub fn to_vec(self) -> Dot<Vec<X>> {
        match self {
            DotRef::Active(tangent) => Dot::Active(tangent.to_vec()),
            DotRef::Zero => Dot::Zero,
        }
    }
}

impl<'a, X: ?Sized> Slot<'a, X> {
    /// The caller's place, or a zero that `zero` makes, kept in `place`.
    #[inline(always)]
    pub fn or_zero<Z: BorrowMut<X>>(self, place: &'a mut Option<Z>, zero: impl FnOnce() -> Z) -> &'a mut X {
        match self {
            Slot::Into(slot) => slot,
            Slot::Ignore => Z::borrow_mut(place.insert(zero())),
        }
    }
}

impl<X: Tangent> Slot<'_, X> {
    /// Adds a cotangent into the caller's place, if there is one.
    #[inline(always)]
    pub fn add(self, cotangent: X) {
        if let Slot::Into(slot) = self {
            slot.accumulate(&cotangent);
        }
    }
}

impl<X: Tangent, const N: usize> Slot<'_, [X; N]> {
    /// Adds the cotangent of one lane into the caller's place, if there is one.
    #[inline(always)]
    pub fn add_lane(&mut self, lane: usize, cotangent: X) {
        if let Slot::Into(slot) = self {
            slot[lane].accumulate(&cotangent);
        }
    }
}

/// Stands for the output `Y` of a function in bounds that are to be checked at the call: the
/// lifetime keeps rustc from checking them where the function is defined.
#[derive(Debug)]
pub struct OutputOf<'ad, Y: ?Sized>(PhantomData<(&'ad (), *const Y)>);

/// Outputs that have a gradient: one scalar.
#[diagnostic::on_unimplemented(
    message = "the gradient of this function is not defined: its output is no scalar",
    label = "`grad` and `value_and_grad` need a single output of type `f64` or `f32`",
    note = "use `vjp` for the gradient of a weighted sum of the outputs, or `jacobian` for one gradient per output"
)]
pub trait ScalarOutput {
    /// The cotangent of the output.
    type Seed;

    /// The seed of a gradient.
    fn one() -> Self::Seed;
}

impl<Y: Differentiable + ?Sized> ScalarOutput for OutputOf<'_, Y>
where
    Y::Tangent: OneSeed,
{
    type Seed = Y::Tangent;

    #[inline(always)]
    fn one() -> Y::Tangent {
        Y::Tangent::ONE
    }
}

/// The cotangents of scalars.
#[diagnostic::on_unimplemented(
    message = "the gradient of this function is not defined: its output is no scalar",
    label = "`grad` and `value_and_grad` need a single output of type `f64` or `f32`",
    note = "use `vjp` for the gradient of a weighted sum of the outputs, or `jacobian` for one gradient per output"
)]
pub trait OneSeed {
    /// 1
    const ONE: Self;
}

impl OneSeed for f64 {
    const ONE: f64 = 1.0;
}

impl OneSeed for f32 {
    const ONE: f32 = 1.0;
}

/// Cotangents of which each scalar can be seeded alone: one row of a Jacobian or a Hessian each.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rows: it is not made of scalars, arrays, `Vec`s, tuples and types with `#[derive(Differentiable)]`",
    label = "`jacobian` and `hessian` do not know its scalars",
    note = "use `vjp` for the gradient of a weighted sum of outputs, `hvp` for the product of a Hessian with a direction"
)]
///
/// `G` is what stands in the place of each scalar. A bound that mentions it may fail where it is written.
pub trait Rows<G>: Sized + Clone {
    /// The rows, shaped like the outputs.
    type Of;

    /// `pull`s back each unit cotangent of the shape of `self`, which is all zeros.
    fn rows(&self, pull: &mut dyn FnMut(Self) -> G) -> Self::Of;
}

macro_rules! scalar_rows {
    ($($t:ident)*) => {$(
        impl<G> Rows<G> for $t {
            type Of = G;
            fn rows(&self, pull: &mut dyn FnMut(Self) -> G) -> G { pull(1.0) }
        }
    )*};
}
scalar_rows!(f64 f32);

impl<G> Rows<G> for () {
    type Of = ();
    fn rows(&self, _: &mut dyn FnMut(Self) -> G) {}
}

impl<G, X: Rows<G>, const N: usize> Rows<G> for [X; N] {
    type Of = [X::Of; N];

    fn rows(&self, pull: &mut dyn FnMut(Self) -> G) -> Self::Of {
        core::array::from_fn(|i| {
            self[i].rows(&mut |item| {
                let mut seed = self.clone();
                seed[i] = item;
                pull(seed)
            })
        })
    }
}

impl<G, X: Rows<G>> Rows<G> for Vec<X> {
    type Of = Vec<X::Of>;

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

impl<G, X: Rows<G>> Rows<G> for Option<X> {
    type Of = Option<X::Of>;

    fn rows(&self, pull: &mut dyn FnMut(Self) -> G) -> Self::Of {
        self.as_ref().map(|item| item.rows(&mut |item| pull(Some(item))))
    }
}

impl<G, X: Rows<G>> Rows<G> for Box<X> {
    type Of = Box<X::Of>;

    fn rows(&self, pull: &mut dyn FnMut(Self) -> G) -> Self::Of {
        Box::new((**self).rows(&mut |item| pull(Box::new(item))))
    }
}

macro_rules! tuple_rows {
    ($($x:ident $i:tt),+) => {
        impl<G_, $($x: Rows<G_>),+> Rows<G_> for ($($x,)+) {
            type Of = ($($x::Of,)+);

            fn rows(&self, pull: &mut dyn FnMut(Self) -> G_) -> Self::Of {
                ($(
                    self.$i.rows(&mut |item| {
                        let mut seed = self.clone();
                        seed.$i = item;
                        pull(seed)
                    }),
                )+)
            }
        }
    };
}
tuple_rows!(A 0);
tuple_rows!(A 0, B 1);
tuple_rows!(A 0, B 1, C 2);
tuple_rows!(A 0, B 1, C 2, D 3);
tuple_rows!(A 0, B 1, C 2, D 3, E 4);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

/// The rows of a type's tangents. The derive asks them of the types of fields, which may have none.
#[diagnostic::on_unimplemented(
    message = "the tangents of `{Self}` have no rows: they are not made of scalars, arrays, `Vec`s, tuples and types with `#[derive(Differentiable)]`",
    label = "`jacobian` and `hessian` do not know its scalars",
    note = "use `vjp` for the gradient of a weighted sum of outputs, `hvp` for the product of a Hessian with a direction"
)]
pub trait RowsOf<G>: Differentiable {
    /// The rows, shaped like the value.
    type Of;

    /// `pull`s back each unit cotangent of the shape of `zero`.
    fn rows(zero: &Self::Tangent, pull: &mut dyn FnMut(Self::Tangent) -> G) -> Self::Of;
}

impl<G, X: Differentiable> RowsOf<G> for X
where
    X::Tangent: Rows<G>,
{
    type Of = <X::Tangent as Rows<G>>::Of;

    fn rows(zero: &X::Tangent, pull: &mut dyn FnMut(X::Tangent) -> G) -> Self::Of {
        zero.rows(pull)
    }
}

/// Outputs that have a Jacobian; see [`OutputOf`].
#[diagnostic::on_unimplemented(
    message = "the Jacobian of this function is not defined: its output is not made of scalars, arrays, `Vec`s, tuples and types with `#[derive(Differentiable)]`",
    label = "`jacobian` does not know the rows of this output",
    note = "use `vjp` for the gradient of a weighted sum of the outputs"
)]
pub trait RowsOutput<G> {
    /// The cotangent of the outputs.
    type Seed;

    /// The rows, shaped like the outputs.
    type Of;

    /// `pull`s back each unit cotangent of the shape of `zero`.
    fn rows(zero: &Self::Seed, pull: &mut dyn FnMut(Self::Seed) -> G) -> Self::Of;
}

impl<G, Y: Differentiable + ?Sized> RowsOutput<G> for OutputOf<'_, Y>
where
    Y::Tangent: Rows<G>,
{
    type Seed = Y::Tangent;
    type Of = <Y::Tangent as Rows<G>>::Of;

    fn rows(zero: &Y::Tangent, pull: &mut dyn FnMut(Y::Tangent) -> G) -> Self::Of {
        zero.rows(pull)
    }
}

/// A constant of the type of another float: for an exponent beside a base whose type only rustc
/// knows.
#[inline(always)]
pub fn lit_like<X: crate::Scalar>(_: X, value: f64) -> X {
    X::lit(value)
}

/// The inner product of two slices. Panics when the lengths differ.
#[inline]
pub fn inner<X: Scalar>(a: &[X], b: &[X]) -> X {
    same_length(a.len(), b.len());
    a.iter().zip(b).fold(X::lit(0.0), |sum, (a, b)| sum + *a * *b)
}

/// The inner product of two tangents, over all their scalars.
pub fn inner_scalars<X: Tangent, Y: Scalar>(a: &X, b: &X) -> Y {
    let mut scalars = Vec::new();
    a.for_each_scalar(&mut |a| scalars.push(a));
    let (mut sum, mut scalars) = (0.0, scalars.into_iter());
    b.for_each_scalar(&mut |b| sum += scalars.next().unwrap_or(0.0) * b);
    Y::lit(sum)
}

/// A multiple of a tangent.
pub fn scaled<X: Tangent, Y: Scalar>(factor: Y, mut tangent: X) -> X {
    let factor = factor.widen();
    tangent.map_scalars(&mut |scalar| factor * scalar);
    tangent
}

impl<X: Tangent> Slot<'_, [X]> {
    /// Adds cotangents into the caller's place, if there is one.
    #[inline]
    pub fn add_slice(self, cotangents: &[X]) {
        if let Slot::Into(slot) = self {
            accumulate_slice(slot, cotangents);
        }
    }
}

impl<X: Tangent> Slot<'_, Vec<X>> {
    /// Adds cotangents into the caller's place, if there is one.
    #[inline]
    pub fn add_slice(self, cotangents: &[X]) {
        if let Slot::Into(slot) = self {
            accumulate_slice(slot, cotangents);
        }
    }
}

impl<X: Scalar> Slot<'_, [X]> {
    /// Adds a multiple of a slice into the caller's place, if there is one.
    pub fn add_scaled(self, factor: X, direction: &[X]) {
        if let Slot::Into(slot) = self {
            same_length(slot.len(), direction.len());
            for (slot, direction) in slot.iter_mut().zip(direction) {
                *slot += factor * *direction;
            }
        }
    }
}

// A method call cannot know how the method takes its receiver, so it lends the tangent of the
// receiver and the companion takes what it needs.

impl<X: Clone> FromActive<&X> for Dot<X> {
    #[inline(always)]
    fn from_active(tangent: &X) -> Self {
        Dot::Active(tangent.clone())
    }
}

impl<X: Clone> FromActive<&mut X> for Dot<X> {
    #[inline(always)]
    fn from_active(tangent: &mut X) -> Self {
        Dot::Active(tangent.clone())
    }
}

impl<'a, X: ?Sized> FromActive<&'a mut X> for DotRef<'a, X> {
    #[inline(always)]
    fn from_active(tangent: &'a mut X) -> Self {
        DotRef::Active(tangent)
    }
}

/// The order in which a stable sort by a comparison puts items: what `sort_by` becomes, so that
/// the comparison, which has no derivative, stands apart from moving the items, which has.
pub fn sorted_order<X>(items: &[X], mut compare: impl FnMut(&X, &X) -> core::cmp::Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&a, &b| compare(&items[a], &items[b]));
    order
}

// A field that is an integer or marked `#[no_diff]` has the derivative `()`, whatever a callee
// takes the field for.

impl<X: Scalar> FromActive<()> for Dot<X> {
    #[inline(always)]
    fn from_active(_: ()) -> Self {
        Dot::Zero
    }
}

impl<'a, X: Scalar> FromActive<&'a ()> for DotRef<'a, X> {
    #[inline(always)]
    fn from_active(_: &'a ()) -> Self {
        DotRef::Zero
    }
}

impl<'a, X: Scalar> FromActive<&'a mut ()> for Slot<'a, X> {
    #[inline(always)]
    fn from_active(_: &'a mut ()) -> Self {
        Slot::Ignore
    }
}

// `&Box<X>` is passed where `&X` is expected; so is its derivative.

impl<'a, X> FromActive<&'a mut Box<X>> for Slot<'a, X> {
    #[inline(always)]
    fn from_active(derivative: &'a mut Box<X>) -> Self {
        Slot::Into(derivative)
    }
}

impl<'a, X> FromActive<&'a Box<X>> for DotRef<'a, X> {
    #[inline(always)]
    fn from_active(tangent: &'a Box<X>) -> Self {
        DotRef::Active(tangent)
    }
}

/// Stands for the parameter `P` of a function in bounds that are to be checked at the call, as
/// [`OutputOf`] does for the output.
#[derive(Debug)]
pub struct ParameterOf<'ad, P: ?Sized>(PhantomData<(&'ad (), *const P)>);

/// Parameters that have a Hessian; see [`ParameterOf`].
#[diagnostic::on_unimplemented(
    message = "the Hessian of this function is not defined: a parameter is not made of scalars, arrays, `Vec`s, tuples and types with `#[derive(Differentiable)]`",
    label = "`hessian` does not know the rows of this parameter",
    note = "use `hvp` for the product of the Hessian with a direction"
)]
pub trait RowsParameter<G> {
    /// The tangent of the parameter.
    type Direction;

    /// The rows, shaped like the parameter.
    type Of;

    /// `product`s with each unit direction of the shape of `zero`.
    fn rows(zero: &Self::Direction, product: &mut dyn FnMut(Self::Direction) -> G) -> Self::Of;
}

impl<G, P: Differentiable + ?Sized> RowsParameter<G> for ParameterOf<'_, P>
where
    P::Tangent: Rows<G>,
{
    type Direction = P::Tangent;
    type Of = <P::Tangent as Rows<G>>::Of;

    fn rows(zero: &P::Tangent, product: &mut dyn FnMut(P::Tangent) -> G) -> Self::Of {
        zero.rows(product)
    }
}
