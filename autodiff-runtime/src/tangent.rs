//! Tangent spaces: the shapes of derivatives.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Range, Sub, SubAssign};

/// A value that has a derivative, whose shape is [`Tangent`](Differentiable::Tangent).
///
/// Floats are their own tangents; arrays, tuples and `Vec`s have those of their items; integers,
/// booleans and strings have the tangent `()`. Derive it for structs and enums.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no derivative",
    label = "this type is not `Differentiable`",
    note = "write `#[derive(Differentiable)]` on the type, mark the parameter `#[no_diff]`, or wrap the value in `no_diff(…)`"
)]
pub trait Differentiable {
    /// The type of derivatives with respect to a value of this type, and of its tangents.
    type Tangent: Tangent;

    /// The zero of the tangent space at `self`: same shape, all zeros.
    fn zero_tangent(&self) -> Self::Tangent;

    /// Replaces every differentiable scalar `v` of the value by `map(v, t)`, where `t` is the
    /// scalar of `tangent` at the same position, in the order of
    /// [`Tangent::for_each_scalar`]. Everything else (integers, strings, fields marked
    /// `#[no_diff]`) stays as it is; a `tangent` of `None` counts as zero.
    ///
    /// This is what a step of an optimiser and the perturbation of a gradient check need; the
    /// derive implements it field by field.
    ///
    /// # Panics
    ///
    /// When the shape of `tangent` is not that of the value, or when the scalars lie behind a
    /// shared reference, where nothing can be replaced.
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64);
}

/// A vector space of derivatives.
pub trait Tangent: Clone + PartialEq + core::fmt::Debug + Differentiable<Tangent = Self> {
    /// `self += other`. Panics when the lengths of two `Vec`s differ.
    fn accumulate(&mut self, other: &Self);

    /// `self -= other`. Panics when the lengths of two `Vec`s differ.
    fn deduct(&mut self, other: &Self);

    /// `self = 0`, keeping the shape.
    fn set_zero(&mut self);

    /// Visits every scalar in order, as `f64`.
    fn for_each_scalar(&self, visit: &mut dyn FnMut(f64));

    /// Replaces every scalar `s` by `map(s)`, in the order of
    /// [`for_each_scalar`](Tangent::for_each_scalar).
    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64);

    /// Calls `visit` with the number of scalars of each part: of each member of a tuple (the
    /// gradient of a function of several parameters), once for anything else.
    fn for_each_part(&self, visit: &mut dyn FnMut(usize)) {
        visit(scalar_count(self));
    }
}

/// How many scalars a tangent holds.
pub(crate) fn scalar_count<X: Tangent>(tangent: &X) -> usize {
    let mut count = 0;
    tangent.for_each_scalar(&mut |_| count += 1);
    count
}

/// The floats that generic differentiable functions are generic over: `f32` and `f64`.
///
/// The names of its methods do not meet those of other traits, so that the bound can be added
/// to a function without making a call in it ambiguous.
pub trait Scalar:
    Copy
    + PartialOrd
    + Differentiable<Tangent = Self>
    + Tangent
    + crate::copies::Duplicate
    + crate::wide::Columns
    + crate::constant::Number
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Send
    + Sync
    + 'static
{
    /// The nearest value to a constant.
    fn lit(value: f64) -> Self;
    /// The value, widened.
    fn widen(self) -> f64;
}

/// The zero tangent of a value.
#[inline]
pub fn zero_like<X: Differentiable + ?Sized>(primal: &X) -> X::Tangent {
    primal.zero_tangent()
}

/// Stops the derivative: the value passes, its derivative does not.
///
/// Inside a differentiable function `no_diff(x)` is a constant; outside it is the identity.
#[inline]
pub fn no_diff<X>(value: X) -> X {
    value
}

macro_rules! scalars {
    ($($t:ident)*) => {$(
        impl Differentiable for $t {
            type Tangent = $t;
            #[inline]
            fn zero_tangent(&self) -> $t { 0.0 }
            #[inline]
            #[allow(clippy::unnecessary_cast)]
            fn update_scalars(&mut self, tangent: &$t, map: &mut dyn FnMut(f64, f64) -> f64) {
                *self = map(*self as f64, *tangent as f64) as $t;
            }
        }
        impl Tangent for $t {
            #[inline]
            fn accumulate(&mut self, other: &$t) { *self += *other; }
            #[inline]
            fn deduct(&mut self, other: &$t) { *self -= *other; }
            #[inline]
            fn set_zero(&mut self) { *self = 0.0; }
            #[inline]
            #[allow(clippy::unnecessary_cast)]
            fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) { visit(*self as f64) }
            #[inline]
            #[allow(clippy::unnecessary_cast)]
            fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) { *self = map(*self as f64) as $t }
        }
        impl Scalar for $t {
            #[inline]
            #[allow(clippy::unnecessary_cast)]
            fn lit(value: f64) -> $t { value as $t }
            #[inline]
            #[allow(clippy::unnecessary_cast)]
            fn widen(self) -> f64 { self as f64 }
        }
    )*};
}
scalars!(f32 f64);

macro_rules! inert {
    ($($t:ty),*) => {$(
        impl Differentiable for $t {
            type Tangent = ();
            #[inline]
            fn zero_tangent(&self) {}
            #[inline]
            fn update_scalars(&mut self, _: &(), _: &mut dyn FnMut(f64, f64) -> f64) {}
        }
    )*};
}
inert!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, bool, char, str, String);

inert!(core::cmp::Ordering, core::time::Duration);

impl<X: ?Sized> Differentiable for core::marker::PhantomData<X> {
    type Tangent = ();
    #[inline]
    fn zero_tangent(&self) {}
    #[inline]
    fn update_scalars(&mut self, _: &(), _: &mut dyn FnMut(f64, f64) -> f64) {}
}

impl<X: Differentiable + ?Sized> Differentiable for &X {
    type Tangent = X::Tangent;
    #[inline]
    fn zero_tangent(&self) -> X::Tangent {
        (**self).zero_tangent()
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, _: &mut dyn FnMut(f64, f64) -> f64) {
        tangent.for_each_scalar(&mut |_| panic!("a value behind a shared reference cannot be updated"));
    }
}

impl<X: Differentiable + ?Sized> Differentiable for &mut X {
    type Tangent = X::Tangent;
    #[inline]
    fn zero_tangent(&self) -> X::Tangent {
        (**self).zero_tangent()
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        (**self).update_scalars(tangent, map);
    }
}

impl<X: Differentiable> Differentiable for Box<X> {
    type Tangent = Box<X::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        Box::new((**self).zero_tangent())
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        (**self).update_scalars(tangent, map);
    }
}

impl<X: Differentiable> Differentiable for Box<[X]> {
    type Tangent = Vec<X::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        (**self).zero_tangent()
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        (**self).update_scalars(tangent, map);
    }
}

impl<X: Tangent> Tangent for Box<X> {
    fn accumulate(&mut self, other: &Self) {
        (**self).accumulate(other);
    }
    fn deduct(&mut self, other: &Self) {
        (**self).deduct(other);
    }
    fn set_zero(&mut self) {
        (**self).set_zero();
    }
    fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) {
        (**self).for_each_scalar(visit);
    }
    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        (**self).map_scalars(map);
    }
}

impl<X: Differentiable> Differentiable for [X] {
    type Tangent = Vec<X::Tangent>;
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

impl<X: Differentiable> Differentiable for Vec<X> {
    type Tangent = Vec<X::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_slice().zero_tangent()
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        self.as_mut_slice().update_scalars(tangent, map);
    }
}

impl<X: Differentiable, const N: usize> Differentiable for [X; N] {
    type Tangent = [X::Tangent; N];
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        core::array::from_fn(|i| self[i].zero_tangent())
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        assert_eq!(self.len(), tangent.len(), "a value and a tangent of different lengths");
        for (x, t) in self.iter_mut().zip(tangent) {
            x.update_scalars(t, map);
        }
    }
}

macro_rules! sequence {
    ($(($t:ty, $($n:tt)*)),*) => {$(
        impl<X: Tangent $($n)*> Tangent for $t {
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
    )*};
}
sequence!((Vec<X>,), ([X; N], , const N: usize));

impl<X: Differentiable> Differentiable for Option<X> {
    type Tangent = Option<X::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_ref().map(X::zero_tangent)
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        if let Some(x) = self {
            update_optional(x, tangent.as_ref(), map);
        }
    }
}

impl<X: Differentiable, E> Differentiable for Result<X, E> {
    type Tangent = Option<X::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_ref().ok().map(X::zero_tangent)
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        if let Ok(x) = self {
            update_optional(x, tangent.as_ref(), map);
        }
    }
}

fn update_optional<X: Differentiable>(
    value: &mut X,
    tangent: Option<&X::Tangent>,
    map: &mut dyn FnMut(f64, f64) -> f64,
) {
    match tangent {
        Some(tangent) => value.update_scalars(tangent, map),
        None => {
            let zero = value.zero_tangent();
            value.update_scalars(&zero, map);
        }
    }
}

impl<X: Tangent> Tangent for Option<X> {
    fn accumulate(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Some(a), Some(b)) => a.accumulate(b),
            (None, Some(b)) => *self = Some(b.clone()),
            (_, None) => {}
        }
    }
    fn deduct(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Some(a), Some(b)) => a.deduct(b),
            (None, Some(b)) => {
                let mut negative = b.clone();
                negative.map_scalars(&mut |x| -x);
                *self = Some(negative);
            }
            (_, None) => {}
        }
    }
    fn set_zero(&mut self) {
        if let Some(x) = self {
            x.set_zero();
        }
    }
    fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) {
        if let Some(x) = self {
            x.for_each_scalar(visit);
        }
    }
    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        if let Some(x) = self {
            x.map_scalars(map);
        }
    }
}

impl<X: Differentiable> Differentiable for Range<X> {
    type Tangent = Range<X::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.start.zero_tangent()..self.end.zero_tangent()
    }
    fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
        self.start.update_scalars(&tangent.start, map);
        self.end.update_scalars(&tangent.end, map);
    }
}

impl<X: Tangent> Tangent for Range<X> {
    #[inline]
    fn accumulate(&mut self, other: &Self) {
        self.start.accumulate(&other.start);
        self.end.accumulate(&other.end);
    }
    #[inline]
    fn deduct(&mut self, other: &Self) {
        self.start.deduct(&other.start);
        self.end.deduct(&other.end);
    }
    #[inline]
    fn set_zero(&mut self) {
        self.start.set_zero();
        self.end.set_zero();
    }
    fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) {
        self.start.for_each_scalar(visit);
        self.end.for_each_scalar(visit);
    }
    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        self.start.map_scalars(map);
        self.end.map_scalars(map);
    }
}

impl Differentiable for () {
    type Tangent = ();
    #[inline]
    fn zero_tangent(&self) {}
    #[inline]
    fn update_scalars(&mut self, _: &(), _: &mut dyn FnMut(f64, f64) -> f64) {}
}

impl Tangent for () {
    #[inline]
    fn accumulate(&mut self, _: &()) {}
    #[inline]
    fn deduct(&mut self, _: &()) {}
    #[inline]
    fn set_zero(&mut self) {}
    fn for_each_scalar(&self, _: &mut dyn FnMut(f64)) {}
    fn map_scalars(&mut self, _: &mut dyn FnMut(f64) -> f64) {}
}

macro_rules! tuples {
    ($($x:ident $i:tt),+) => {
        impl<$($x: Differentiable),+> Differentiable for ($($x,)+) {
            type Tangent = ($($x::Tangent,)+);
            #[inline]
            fn zero_tangent(&self) -> Self::Tangent { ($(self.$i.zero_tangent(),)+) }
            fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
                $(self.$i.update_scalars(&tangent.$i, map);)+
            }
        }
        impl<$($x: Tangent),+> Tangent for ($($x,)+) {
            #[inline]
            fn accumulate(&mut self, other: &Self) { $(self.$i.accumulate(&other.$i);)+ }
            #[inline]
            fn deduct(&mut self, other: &Self) { $(self.$i.deduct(&other.$i);)+ }
            #[inline]
            fn set_zero(&mut self) { $(self.$i.set_zero();)+ }
            fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) { $(self.$i.for_each_scalar(visit);)+ }
            fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) { $(self.$i.map_scalars(map);)+ }
            fn for_each_part(&self, visit: &mut dyn FnMut(usize)) { $(visit(scalar_count(&self.$i));)+ }
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
