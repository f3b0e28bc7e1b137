//! Casts to floats of values whose type only rustc knows, inside differentiable functions: a cast
//! of an integer has no derivative, that of a float has one. Not for use by hand.

use crate::Differentiable;
use crate::protocol::{Dot, Slot};

/// A primitive number.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be cast to a float with a derivative")]
pub trait Number: Copy + Differentiable {
    /// `self as f64`
    fn to_f64(self) -> f64;
    /// `self as f32`
    fn to_f32(self) -> f32;
    /// A tangent of the number as that of a float: zero for integers.
    fn tangent(tangent: &Self::Tangent) -> f64;
    /// A cotangent of the float as that of the number: nothing for integers.
    fn cotangent(cotangent: f64) -> Self::Tangent;
}

macro_rules! floats {
    ($($t:ident)*) => {$(
        impl Number for $t {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            #[allow(clippy::unnecessary_cast)]
            fn to_f32(self) -> f32 { self as f32 }
            #[inline(always)]
            #[allow(clippy::unnecessary_cast)]
            fn tangent(tangent: &$t) -> f64 { *tangent as f64 }
            #[inline(always)]
            #[allow(clippy::unnecessary_cast)]
            fn cotangent(cotangent: f64) -> $t { cotangent as $t }
        }
    )*};
}
floats!(f32 f64);

macro_rules! integers {
    ($($t:ident)*) => {$(
        impl Number for $t {
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn to_f32(self) -> f32 { self as f32 }
            #[inline(always)]
            fn tangent((): &()) -> f64 { 0.0 }
            #[inline(always)]
            fn cotangent(_: f64) {}
        }
    )*};
}
integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

macro_rules! same {
    ($for:ident $t:ty) => {
        $t
    };
}

/// Higher orders: a cast is linear, every component is cast on its own.
macro_rules! higher {
    ($name:ident $t:ident $jvp:ident [$($dot:ident)*] $split:ident [$($less:ident)*] [$($bar:ident $slot:ident)*]) => {
        #[allow(clippy::unnecessary_cast, clippy::too_many_arguments)]
        impl $name {
            /// Forward mode over forward mode.
            #[inline(always)]
            pub fn $jvp<X: Number>(x: X, $($dot: Dot<X::Tangent>),*) -> ($t, $(same!($dot $t)),*) {
                (x.$name(), $(X::tangent(&$dot.or_zero(|| x.zero_tangent())) as $t),*)
            }

            /// Forward mode over the forward sweep and its pullback.
            #[inline(always)]
            pub fn $split<X: Number>(
                x: X,
                $($less: Dot<X::Tangent>),*
            ) -> (
                $t,
                $(same!($less $t),)*
                impl FnOnce($(same!($bar $t),)* ($(same!($slot Slot<'_, X::Tangent>)),*)) + Clone + use<X>,
            ) {
                (
                    x.$name(),
                    $(X::tangent(&$less.or_zero(|| x.zero_tangent())) as $t,)*
                    |$($bar: $t,)* ($($slot),*): ($(same!($slot Slot<'_, X::Tangent>)),*)| {
                        $($slot.add(X::cotangent($bar as f64));)*
                    },
                )
            }
        }
    };
}

macro_rules! casts {
    ($($name:ident $t:ident)*) => {$(
        /// `x as` the float
        #[inline(always)]
        pub fn $name<X: Number>(x: X) -> $t {
            x.$name()
        }

        /// The derivative of the cast.
        #[allow(non_camel_case_types)]
        #[derive(Debug)]
        pub struct $name {}

        #[allow(clippy::unnecessary_cast)]
        impl $name {
            /// Forward mode.
            #[inline(always)]
            pub fn __ad_jvp<X: Number>(x: X, x_dot: Dot<X::Tangent>) -> ($t, $t) {
                let x_dot = x_dot.or_zero(|| x.zero_tangent());
                (x.$name(), X::tangent(&x_dot) as $t)
            }

            /// The forward sweep and its pullback.
            #[inline(always)]
            pub fn __ad_split<X: Number>(
                x: X,
            ) -> ($t, impl FnOnce($t, Slot<'_, X::Tangent>) + Clone + use<X>) {
                (x.$name(), |bar: $t, slot: Slot<'_, X::Tangent>| slot.add(X::cotangent(bar as f64)))
            }
        }
    )*};
}
casts!(to_f64 f64 to_f32 f32);

macro_rules! orders {
    ($($name:ident $t:ident)*) => {$(
        higher!($name $t __ad_jvp2 [d1 d2 d3] __ad_split1 [d1] [b0 s0 b1 s1]);
        higher!($name $t __ad_jvp3 [d1 d2 d3 d4 d5 d6 d7] __ad_split2 [d1 d2 d3] [b0 s0 b1 s1 b2 s2 b3 s3]);
        higher!($name $t
            __ad_jvp4 [d1 d2 d3 d4 d5 d6 d7 d8 d9 d10 d11 d12 d13 d14 d15]
            __ad_split3 [d1 d2 d3 d4 d5 d6 d7]
            [b0 s0 b1 s1 b2 s2 b3 s3 b4 s4 b5 s5 b6 s6 b7 s7]);
    )*};
}
orders!(to_f64 f64 to_f32 f32);
