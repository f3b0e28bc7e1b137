//! Boxes that are made inside differentiable functions: what is kept or handed on is a `Box`. In derivatives
//! the tangent of a `Box<X>` is a `Box`, that of a `Box<[X]>` is a `Vec`.

use crate::Differentiable;
use crate::protocol::{Dot, Slot};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::convert::identity;

/// What a boxed slice is made of: a `Vec` of its items, or itself.
pub trait Items: Differentiable {
    /// One of them.
    type Item: Differentiable;

    /// `self.into_boxed_slice()`
    fn into_items(self) -> Box<[Self::Item]>;
}

impl<X: Differentiable> Items for Vec<X> {
    type Item = X;

    #[inline(always)]
    fn into_items(self) -> Box<[X]> {
        self.into_boxed_slice()
    }
}

impl<X: Differentiable> Items for Box<[X]> {
    type Item = X;

    #[inline(always)]
    fn into_items(self) -> Box<[X]> {
        self
    }
}

/// `Box::new(value)`
#[inline(always)]
pub fn boxed<X>(value: X) -> Box<X> {
    Box::new(value)
}

/// `Box::new(value)`
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct boxed {}

/// `value.into_boxed_slice()`
#[inline(always)]
pub fn boxed_slice<X: Items>(value: X) -> Box<[X::Item]> {
    value.into_items()
}

/// `value.into_boxed_slice()`
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct boxed_slice {}

/// A type, once for each name.
macro_rules! each {
    ($name:ident $ty:ty) => {
        $ty
    };
}

/// Forward mode, with the names of the tangents.
macro_rules! forward {
    ([$bound:ident, $out:ty, $out_dot:ty, $make:path, $wrap:path, $unwrap:expr] $core:ident: $($dot:ident)*) => {
        /// Forward mode, over itself as often as there are levels.
        #[inline(always)]
        pub fn $core<X: $bound>(
            value: X
            $(, $dot: Dot<X::Tangent>)*
        ) -> ($out $(, each!($dot $out_dot))*) {
            $(let $dot = $wrap($dot.or_zero(|| value.zero_tangent()));)*
            ($make(value) $(, $dot)*)
        }
    };
}

/// The forward sweep and its pullback, with the names of the tangents, the cotangents and their places.
macro_rules! split {
    (
        [$bound:ident, $out:ty, $out_dot:ty, $make:path, $wrap:path, $unwrap:expr]
        $core:ident: $($dot:ident)*; $($bar:ident $slot:ident)*
    ) => {
        /// The forward sweep and its pullback, under forward mode as often as there are levels.
        #[inline(always)]
        pub fn $core<X: $bound>(
            value: X
            $(, $dot: Dot<X::Tangent>)*
        ) -> (
            $out,
            $(each!($dot $out_dot),)*
            impl FnOnce($(each!($bar $out_dot),)* ($(each!($slot Slot<'_, X::Tangent>)),*)) + Clone + use<X>,
        ) {
            $(let $dot = $wrap($dot.or_zero(|| value.zero_tangent()));)*
            (
                $make(value),
                $($dot,)*
                |$($bar: $out_dot,)* ($($slot),*): ($(each!($slot Slot<'_, X::Tangent>)),*)| {
                    $($slot.add(($unwrap)($bar));)*
                },
            )
        }
    };
}

macro_rules! cores {
    ($owner:ident $rule:tt) => {
        // The pullbacks' types are spelled out so that they line up with those of generated code.
        #[allow(clippy::type_complexity, clippy::too_many_arguments, unused_parens)]
        impl $owner {
            forward!($rule __ad_jvp: d1);
            forward!($rule __ad_jvp2: d1 d2 d3);
            forward!($rule __ad_jvp3: d1 d2 d3 d4 d5 d6 d7);
            forward!($rule __ad_jvp4: d1 d2 d3 d4 d5 d6 d7 d8 d9 d10 d11 d12 d13 d14 d15);
            split!($rule __ad_split: ; b0 s0);
            split!($rule __ad_split1: d1; b0 s0 b1 s1);
            split!($rule __ad_split2: d1 d2 d3; b0 s0 b1 s1 b2 s2 b3 s3);
            split!($rule __ad_split3: d1 d2 d3 d4 d5 d6 d7; b0 s0 b1 s1 b2 s2 b3 s3 b4 s4 b5 s5 b6 s6 b7 s7);
        }
    };
}

cores!(boxed [Differentiable, Box<X>, Box<X::Tangent>, Box::new, Box::new, |boxed: Box<_>| *boxed]);
cores!(boxed_slice [Items, Box<[X::Item]>, X::Tangent, boxed_slice, identity, identity]);
