//! Elements of `Vec`s and arrays by their numbers: what a function that is generic over what it indexes asks for.

use super::{At, AtSecond, Put, PutSecond, TangentOf};
use crate::protocol::{Dot, DotRef, Inactive, Slot};
use crate::{Differentiable, Tangent};
use alloc::vec::Vec;
use core::mem::replace;

/// The tangent of the element `of`, in that of the whole.
macro_rules! dot_at {
    ($dot:expr, $index:expr, $of:expr) => {
        match $dot {
            DotRef::Active(dot) => dot[$index].clone(),
            DotRef::Zero => $of.zero_tangent(),
        }
    };
}

/// Adds what an element's cotangent is to that of the whole.
macro_rules! add_at {
    ($bar:expr, $index:expr, $seed:expr) => {
        if let Slot::Into(bar) = $bar {
            bar[$index].accumulate(&$seed);
        }
    };
}

/// Moves the cotangent of an element that was written to what was written; what stood there before is `old`.
macro_rules! move_at {
    ($bar:expr, $index:expr, $old:expr, $value_bar:expr) => {
        if let Slot::Into(bar) = $bar {
            let seed = replace(&mut bar[$index], $old.zero_tangent());
            if let Slot::Into(value_bar) = $value_bar {
                value_bar.accumulate(&seed);
            }
        }
    };
}

macro_rules! elements {
    ([$($n:tt)*] [$($of:ident),*] $sequence:ty, $tangent:ty) => {
        impl<X: Differentiable + Clone, $($n)*> At<usize> for $sequence {
            type Output = X;

            #[inline]
            fn __ad_jvp(&self, dot: DotRef<'_, $tangent>, index: usize, _: Inactive) -> (X, TangentOf<X>) {
                let value = self[index].clone();
                let value_dot = dot_at!(dot, index, value);
                (value, value_dot)
            }

            #[inline]
            fn __ad_split(
                &self,
                index: usize,
            ) -> (
                X,
                impl FnOnce(TangentOf<X>, (&Self, Slot<'_, $tangent>), Inactive) + Clone + use<X, $($of),*>,
            ) {
                let pull = move |seed: TangentOf<X>, (_, bar): (&Self, Slot<'_, $tangent>), _: Inactive| {
                    add_at!(bar, index, seed);
                };
                (self[index].clone(), pull)
            }
        }

        impl<X: Differentiable + Clone, $($n)*> AtSecond<usize> for $sequence {
            #[inline]
            fn __ad_jvp2(
                &self,
                dot_1: DotRef<'_, $tangent>,
                dot_2: DotRef<'_, $tangent>,
                dot_3: DotRef<'_, $tangent>,
                index: usize,
                _: Inactive,
                _: Inactive,
                _: Inactive,
            ) -> (X, TangentOf<X>, TangentOf<X>, TangentOf<X>) {
                let value = self[index].clone();
                let dots = [dot_1, dot_2, dot_3].map(|dot| dot_at!(dot, index, value));
                let [value_1, value_2, value_3] = dots;
                (value, value_1, value_2, value_3)
            }

            #[inline]
            fn __ad_split1(
                &self,
                dot: DotRef<'_, $tangent>,
                index: usize,
                _: Inactive,
            ) -> (
                X,
                TangentOf<X>,
                impl FnOnce(
                    TangentOf<X>,
                    TangentOf<X>,
                    (&Self, DotRef<'_, $tangent>, Slot<'_, $tangent>, Slot<'_, $tangent>),
                    (Inactive, Inactive),
                ) + Clone
                + use<X, $($of),*>,
            ) {
                let value = self[index].clone();
                let value_dot = dot_at!(dot, index, value);
                let pull = move |seed: TangentOf<X>,
                                 seed_dot: TangentOf<X>,
                                 (_, _, bar, bar_dot): (
                    &Self,
                    DotRef<'_, $tangent>,
                    Slot<'_, $tangent>,
                    Slot<'_, $tangent>,
                ),
                                 _: (Inactive, Inactive)| {
                    add_at!(bar, index, seed);
                    add_at!(bar_dot, index, seed_dot);
                };
                (value, value_dot, pull)
            }
        }

        impl<X: Differentiable + Clone, $($n)*> Put<usize> for $sequence {
            #[inline]
            fn __ad_jvp(
                &mut self,
                dot: Slot<'_, $tangent>,
                index: usize,
                _: Inactive,
                value: X,
                value_dot: Dot<TangentOf<X>>,
            ) -> ((), ()) {
                if let Slot::Into(dot) = dot {
                    dot[index] = value_dot.or_zero(|| value.zero_tangent());
                }
                self[index] = value;
                ((), ())
            }

            #[inline]
            fn __ad_split(
                &mut self,
                index: usize,
                value: X,
            ) -> (
                (),
                impl FnOnce((), (&mut Self, Slot<'_, $tangent>), Inactive, Slot<'_, TangentOf<X>>)
                + Clone
                + use<X, $($of),*>,
            ) {
                let old = replace(&mut self[index], value);
                let pull = move |_: (),
                                 (this, bar): (&mut Self, Slot<'_, $tangent>),
                                 _: Inactive,
                                 value_bar: Slot<'_, TangentOf<X>>| {
                    move_at!(bar, index, old, value_bar);
                    this[index] = old;
                };
                ((), pull)
            }
        }

        impl<X: Differentiable + Clone, $($n)*> PutSecond<usize> for $sequence {
            #[inline]
            fn __ad_jvp2(
                &mut self,
                dot_1: Slot<'_, $tangent>,
                dot_2: Slot<'_, $tangent>,
                dot_3: Slot<'_, $tangent>,
                index: usize,
                _: Inactive,
                _: Inactive,
                _: Inactive,
                value: X,
                value_1: Dot<TangentOf<X>>,
                value_2: Dot<TangentOf<X>>,
                value_3: Dot<TangentOf<X>>,
            ) -> ((), (), (), ()) {
                for (dot, value_dot) in [(dot_1, value_1), (dot_2, value_2), (dot_3, value_3)] {
                    if let Slot::Into(dot) = dot {
                        dot[index] = value_dot.or_zero(|| value.zero_tangent());
                    }
                }
                self[index] = value;
                ((), (), (), ())
            }

            #[inline]
            fn __ad_split1(
                &mut self,
                dot: Slot<'_, $tangent>,
                index: usize,
                _: Inactive,
                value: X,
                value_dot: Dot<TangentOf<X>>,
            ) -> (
                (),
                (),
                impl FnOnce(
                    (),
                    (),
                    (&mut Self, Slot<'_, $tangent>, Slot<'_, $tangent>, Slot<'_, $tangent>),
                    (Inactive, Inactive),
                    (Slot<'_, TangentOf<X>>, Slot<'_, TangentOf<X>>),
                ) + Clone
                + use<X, $($of),*>,
            ) {
                let value_dot = value_dot.or_zero(|| value.zero_tangent());
                let old_dot = match dot {
                    Slot::Into(dot) => Some(replace(&mut dot[index], value_dot)),
                    Slot::Ignore => None,
                };
                let old = replace(&mut self[index], value);
                let pull = move |_: (),
                                 _: (),
                                 (this, dot, bar, bar_dot): (
                    &mut Self,
                    Slot<'_, $tangent>,
                    Slot<'_, $tangent>,
                    Slot<'_, $tangent>,
                ),
                                 _: (Inactive, Inactive),
                                 (value_bar, value_bar_dot): (
                    Slot<'_, TangentOf<X>>,
                    Slot<'_, TangentOf<X>>,
                )| {
                    if let (Slot::Into(dot), Some(old_dot)) = (dot, old_dot) {
                        dot[index] = old_dot;
                    }
                    move_at!(bar, index, old, value_bar);
                    move_at!(bar_dot, index, old, value_bar_dot);
                    this[index] = old;
                };
                ((), (), pull)
            }
        }
    };
}
elements!([] [] Vec<X>, Vec<TangentOf<X>>);
elements!([const N: usize] [N] [X; N], [TangentOf<X>; N]);
