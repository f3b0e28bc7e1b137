//! Conversions between users' types inside differentiable functions: `T::from(x)` and `x.into()`
//! go through the rule that `#[differentiable]` on `impl From<S> for T` makes. Not for use by
//! hand.

// The pullbacks' types are spelled out so that they line up with those of generated code.
#![allow(clippy::type_complexity)]

use crate::Differentiable;
use crate::protocol::{Dot, DotRef, Slot};

/// The derivative of the conversion from `S`.
#[diagnostic::on_unimplemented(
    message = "the conversion from `{S}` to `{Self}` has no derivative",
    label = "this conversion is not differentiable",
    note = "write `#[differentiable]` on `impl From<{S}> for {Self}`, or wrap the value in `no_diff(…)`"
)]
#[allow(non_snake_case)]
pub trait Conversion<S: Differentiable>: Differentiable + Sized {
    /// Forward mode.
    fn from__ad_jvp(value: S, value_dot: Dot<S::Tangent>) -> (Self, Self::Tangent);

    /// The forward sweep and its pullback.
    fn from__ad_split(
        value: S,
    ) -> (Self, impl FnOnce(Self::Tangent, Slot<'_, S::Tangent>) + Clone + use<Self, S>);
}

impl<X: Differentiable> Conversion<X> for X {
    #[inline(always)]
    fn from__ad_jvp(value: X, value_dot: Dot<X::Tangent>) -> (X, X::Tangent) {
        let value_dot = value_dot.or_zero(|| value.zero_tangent());
        (value, value_dot)
    }

    #[inline(always)]
    fn from__ad_split(value: X) -> (X, impl FnOnce(X::Tangent, Slot<'_, X::Tangent>) + Clone + use<X>) {
        (value, |bar: X::Tangent, slot: Slot<'_, X::Tangent>| slot.add(bar))
    }
}

impl Conversion<f32> for f64 {
    #[inline(always)]
    fn from__ad_jvp(value: f32, value_dot: Dot<f32>) -> (f64, f64) {
        (value.into(), value_dot.or_zero(|| 0.0).into())
    }

    #[inline(always)]
    fn from__ad_split(value: f32) -> (f64, impl FnOnce(f64, Slot<'_, f32>) + Clone + use<>) {
        #[allow(clippy::cast_possible_truncation)]
        (value.into(), |bar: f64, slot: Slot<'_, f32>| slot.add(bar as f32))
    }
}

/// The derivative of the conversion from `&S`.
#[diagnostic::on_unimplemented(
    message = "the conversion from `&{S}` to `{Self}` has no derivative",
    label = "this conversion is not differentiable",
    note = "write `#[differentiable]` on `impl From<&{S}> for {Self}`, or wrap the value in `no_diff(…)`"
)]
#[allow(non_snake_case)]
pub trait RefConversion<S: Differentiable>: Differentiable + Sized {
    /// Forward mode.
    fn from_ref__ad_jvp(value: &S, value_dot: DotRef<'_, S::Tangent>) -> (Self, Self::Tangent);

    /// The forward sweep and its pullback.
    fn from_ref__ad_split(
        value: &S,
    ) -> (Self, impl FnOnce(Self::Tangent, (&S, Slot<'_, S::Tangent>)) + Clone + use<Self, S>);
}

/// [`Conversion`] seen from the source: with the source as its subject, a bound of this kind does
/// not make rustc guess the sources of other conversions to the same type.
#[diagnostic::on_unimplemented(
    message = "the conversion from `{Self}` to `{T}` has no derivative",
    label = "this conversion is not differentiable",
    note = "write `#[differentiable]` on `impl From<{Self}> for {T}`, or wrap the value in `no_diff(…)`"
)]
pub trait Convert<T: Differentiable>: Differentiable + Sized {
    /// Forward mode.
    fn __ad_jvp(self, self_dot: Dot<Self::Tangent>) -> (T, T::Tangent);

    /// The forward sweep and its pullback.
    fn __ad_split(self) -> (T, impl FnOnce(T::Tangent, Slot<'_, Self::Tangent>) + Clone + use<Self, T>);
}

impl<S: Differentiable, T: Conversion<S>> Convert<T> for S {
    #[inline(always)]
    fn __ad_jvp(self, self_dot: Dot<S::Tangent>) -> (T, T::Tangent) {
        T::from__ad_jvp(self, self_dot)
    }

    #[inline(always)]
    fn __ad_split(self) -> (T, impl FnOnce(T::Tangent, Slot<'_, S::Tangent>) + Clone + use<S, T>) {
        T::from__ad_split(self)
    }
}

/// The second derivative of the conversion from `S`.
#[diagnostic::on_unimplemented(
    message = "the conversion from `{S}` to `{Self}` has no second derivative",
    label = "this conversion is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on `impl From<{S}> for {Self}`"
)]
#[allow(non_snake_case)]
pub trait ConversionSecond<S: Differentiable>: Conversion<S> {
    /// Forward mode over forward mode: tangents of two directions, and of both.
    fn from__ad_jvp2(
        value: S,
        value_1: Dot<S::Tangent>,
        value_2: Dot<S::Tangent>,
        value_3: Dot<S::Tangent>,
    ) -> (Self, Self::Tangent, Self::Tangent, Self::Tangent);

    /// Forward mode over the forward sweep and its pullback.
    fn from__ad_split1(
        value: S,
        value_dot: Dot<S::Tangent>,
    ) -> (
        Self,
        Self::Tangent,
        impl FnOnce(Self::Tangent, Self::Tangent, (Slot<'_, S::Tangent>, Slot<'_, S::Tangent>))
        + Clone
        + use<Self, S>,
    );
}

impl<X: Differentiable> ConversionSecond<X> for X {
    #[inline(always)]
    fn from__ad_jvp2(
        value: X,
        value_1: Dot<X::Tangent>,
        value_2: Dot<X::Tangent>,
        value_3: Dot<X::Tangent>,
    ) -> (X, X::Tangent, X::Tangent, X::Tangent) {
        let [dot_1, dot_2, dot_3] =
            [value_1, value_2, value_3].map(|dot| dot.or_zero(|| value.zero_tangent()));
        (value, dot_1, dot_2, dot_3)
    }

    #[inline(always)]
    fn from__ad_split1(
        value: X,
        value_dot: Dot<X::Tangent>,
    ) -> (
        X,
        X::Tangent,
        impl FnOnce(X::Tangent, X::Tangent, (Slot<'_, X::Tangent>, Slot<'_, X::Tangent>)) + Clone + use<X>,
    ) {
        let value_dot = value_dot.or_zero(|| value.zero_tangent());
        let pull = |bar: X::Tangent,
                    bar_dot: X::Tangent,
                    (slot, slot_dot): (Slot<'_, X::Tangent>, Slot<'_, X::Tangent>)| {
            slot.add(bar);
            slot_dot.add(bar_dot);
        };
        (value, value_dot, pull)
    }
}

impl ConversionSecond<f32> for f64 {
    #[inline(always)]
    fn from__ad_jvp2(
        value: f32,
        value_1: Dot<f32>,
        value_2: Dot<f32>,
        value_3: Dot<f32>,
    ) -> (f64, f64, f64, f64) {
        let [dot_1, dot_2, dot_3] = [value_1, value_2, value_3].map(|dot| f64::from(dot.or_zero(|| 0.0)));
        (value.into(), dot_1, dot_2, dot_3)
    }

    #[inline(always)]
    fn from__ad_split1(
        value: f32,
        value_dot: Dot<f32>,
    ) -> (f64, f64, impl FnOnce(f64, f64, (Slot<'_, f32>, Slot<'_, f32>)) + Clone + use<>) {
        #[allow(clippy::cast_possible_truncation)]
        let pull = |bar: f64, bar_dot: f64, (slot, slot_dot): (Slot<'_, f32>, Slot<'_, f32>)| {
            slot.add(bar as f32);
            slot_dot.add(bar_dot as f32);
        };
        (value.into(), value_dot.or_zero(|| 0.0).into(), pull)
    }
}

/// The second derivative of the conversion from `&S`.
#[diagnostic::on_unimplemented(
    message = "the conversion from `&{S}` to `{Self}` has no second derivative",
    label = "this conversion is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on `impl From<&{S}> for {Self}`"
)]
#[allow(non_snake_case)]
pub trait RefConversionSecond<S: Differentiable>: RefConversion<S> {
    /// Forward mode over forward mode: tangents of two directions, and of both.
    fn from_ref__ad_jvp2(
        value: &S,
        value_1: DotRef<'_, S::Tangent>,
        value_2: DotRef<'_, S::Tangent>,
        value_3: DotRef<'_, S::Tangent>,
    ) -> (Self, Self::Tangent, Self::Tangent, Self::Tangent);

    /// Forward mode over the forward sweep and its pullback.
    fn from_ref__ad_split1(
        value: &S,
        value_dot: DotRef<'_, S::Tangent>,
    ) -> (
        Self,
        Self::Tangent,
        impl FnOnce(
            Self::Tangent,
            Self::Tangent,
            (&S, DotRef<'_, S::Tangent>, Slot<'_, S::Tangent>, Slot<'_, S::Tangent>),
        ) + Clone
        + use<Self, S>,
    );
}

/// [`ConversionSecond`] seen from the source, as [`Convert`] is.
#[diagnostic::on_unimplemented(
    message = "the conversion from `{Self}` to `{T}` has no second derivative",
    label = "this conversion is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on `impl From<{Self}> for {T}`"
)]
pub trait ConvertSecond<T: Differentiable>: Convert<T> {
    /// Forward mode over forward mode.
    fn __ad_jvp2(
        self,
        self_1: Dot<Self::Tangent>,
        self_2: Dot<Self::Tangent>,
        self_3: Dot<Self::Tangent>,
    ) -> (T, T::Tangent, T::Tangent, T::Tangent);

    /// Forward mode over the forward sweep and its pullback.
    fn __ad_split1(
        self,
        self_dot: Dot<Self::Tangent>,
    ) -> (
        T,
        T::Tangent,
        impl FnOnce(T::Tangent, T::Tangent, (Slot<'_, Self::Tangent>, Slot<'_, Self::Tangent>))
        + Clone
        + use<Self, T>,
    );
}

impl<S: Differentiable, T: ConversionSecond<S>> ConvertSecond<T> for S {
    #[inline(always)]
    fn __ad_jvp2(
        self,
        self_1: Dot<S::Tangent>,
        self_2: Dot<S::Tangent>,
        self_3: Dot<S::Tangent>,
    ) -> (T, T::Tangent, T::Tangent, T::Tangent) {
        T::from__ad_jvp2(self, self_1, self_2, self_3)
    }

    #[inline(always)]
    fn __ad_split1(
        self,
        self_dot: Dot<S::Tangent>,
    ) -> (
        T,
        T::Tangent,
        impl FnOnce(T::Tangent, T::Tangent, (Slot<'_, S::Tangent>, Slot<'_, S::Tangent>)) + Clone + use<S, T>,
    ) {
        T::from__ad_split1(self, self_dot)
    }
}

/// `x.into()`
#[inline(always)]
pub fn into<S: Into<T>, T>(value: S) -> T {
    value.into()
}

/// `x.into()`
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct into {}

impl into {
    /// Forward mode.
    #[inline(always)]
    pub fn __ad_jvp<S: Convert<T>, T: Differentiable>(
        value: S,
        value_dot: Dot<S::Tangent>,
    ) -> (T, T::Tangent) {
        value.__ad_jvp(value_dot)
    }

    /// The forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split<S: Convert<T>, T: Differentiable>(
        value: S,
    ) -> (T, impl FnOnce(T::Tangent, Slot<'_, S::Tangent>) + Clone + use<S, T>) {
        value.__ad_split()
    }

    /// Forward mode over forward mode.
    #[inline(always)]
    pub fn __ad_jvp2<S: ConvertSecond<T>, T: Differentiable>(
        value: S,
        value_1: Dot<S::Tangent>,
        value_2: Dot<S::Tangent>,
        value_3: Dot<S::Tangent>,
    ) -> (T, T::Tangent, T::Tangent, T::Tangent) {
        value.__ad_jvp2(value_1, value_2, value_3)
    }

    /// Forward mode over the forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split1<S: ConvertSecond<T>, T: Differentiable>(
        value: S,
        value_dot: Dot<S::Tangent>,
    ) -> (
        T,
        T::Tangent,
        impl FnOnce(T::Tangent, T::Tangent, (Slot<'_, S::Tangent>, Slot<'_, S::Tangent>)) + Clone + use<S, T>,
    ) {
        value.__ad_split1(value_dot)
    }
}

/// `x.into()` of a reference.
#[inline(always)]
pub fn into_ref<'a, S, T>(value: &'a S) -> T
where
    &'a S: Into<T>,
{
    value.into()
}

/// `x.into()` of a reference.
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct into_ref {}

impl into_ref {
    /// Forward mode.
    #[inline(always)]
    pub fn __ad_jvp<S: Differentiable, T: RefConversion<S>>(
        value: &S,
        value_dot: DotRef<'_, S::Tangent>,
    ) -> (T, T::Tangent) {
        T::from_ref__ad_jvp(value, value_dot)
    }

    /// The forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split<S: Differentiable, T: RefConversion<S>>(
        value: &S,
    ) -> (T, impl FnOnce(T::Tangent, (&S, Slot<'_, S::Tangent>)) + Clone + use<S, T>) {
        T::from_ref__ad_split(value)
    }

    /// Forward mode over forward mode.
    #[inline(always)]
    pub fn __ad_jvp2<S: Differentiable, T: RefConversionSecond<S>>(
        value: &S,
        value_1: DotRef<'_, S::Tangent>,
        value_2: DotRef<'_, S::Tangent>,
        value_3: DotRef<'_, S::Tangent>,
    ) -> (T, T::Tangent, T::Tangent, T::Tangent) {
        T::from_ref__ad_jvp2(value, value_1, value_2, value_3)
    }

    /// Forward mode over the forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split1<S: Differentiable, T: RefConversionSecond<S>>(
        value: &S,
        value_dot: DotRef<'_, S::Tangent>,
    ) -> (
        T,
        T::Tangent,
        impl FnOnce(
            T::Tangent,
            T::Tangent,
            (&S, DotRef<'_, S::Tangent>, Slot<'_, S::Tangent>, Slot<'_, S::Tangent>),
        ) + Clone
        + use<S, T>,
    ) {
        T::from_ref__ad_split1(value, value_dot)
    }
}
