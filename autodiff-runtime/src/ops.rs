//! Operators on users' types inside differentiable functions: `a + b` becomes a call of `add`,
//! whose companions go through the rules that `#[differentiable]` on `impl Add for …` makes.
//! Not for use by hand.

// The pullbacks' types are spelled out so that they line up with those of generated code.
#![allow(clippy::type_complexity)]

mod shared;

pub use shared::*;

use crate::pair::Pair;
use crate::protocol::{Dot, Slot};
use crate::{Differentiable, Scalar};

type TangentOf<X> = <X as Differentiable>::Tangent;

/// The derivative of a binary operator `O` between `Self` and `Rhs`.
#[diagnostic::on_unimplemented(
    message = "the operator `{O}` between `{Self}` and `{Rhs}` has no derivative",
    label = "this operator is not differentiable",
    note = "write `#[differentiable]` on the `impl` of the operator, or wrap the operands in `no_diff(…)`"
)]
pub trait Binary<O, Rhs: Differentiable>: Differentiable + Sized {
    /// The type of the result.
    type Given: Differentiable;

    /// Forward mode.
    fn __ad_jvp(
        self,
        self_dot: Dot<Self::Tangent>,
        rhs: Rhs,
        rhs_dot: Dot<Rhs::Tangent>,
    ) -> (Self::Given, <Self::Given as Differentiable>::Tangent);

    /// The forward sweep and its pullback.
    fn __ad_split(
        self,
        rhs: Rhs,
    ) -> (
        Self::Given,
        impl FnOnce(<Self::Given as Differentiable>::Tangent, Slot<'_, Self::Tangent>, Slot<'_, Rhs::Tangent>)
        + Clone
        + use<Self, O, Rhs>,
    );
}

/// The derivative of a unary operator `O`.
#[diagnostic::on_unimplemented(
    message = "the operator `{O}` on `{Self}` has no derivative",
    label = "this operator is not differentiable",
    note = "write `#[differentiable]` on the `impl` of the operator, or wrap the operand in `no_diff(…)`"
)]
pub trait Unary<O>: Differentiable + Sized {
    /// The type of the result.
    type Given: Differentiable;

    /// Forward mode.
    fn __ad_jvp(
        self,
        self_dot: Dot<Self::Tangent>,
    ) -> (Self::Given, <Self::Given as Differentiable>::Tangent);

    /// The forward sweep and its pullback.
    fn __ad_split(
        self,
    ) -> (
        Self::Given,
        impl FnOnce(<Self::Given as Differentiable>::Tangent, Slot<'_, Self::Tangent>) + Clone + use<Self, O>,
    );
}

/// The second derivatives of a binary operator.
#[diagnostic::on_unimplemented(
    message = "the operator `{O}` between `{Self}` and `{Rhs}` has no second derivative",
    label = "this operator is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on the `impl` of the operator"
)]
pub trait BinarySecond<O, Rhs: Differentiable>: Binary<O, Rhs> {
    /// Forward mode over forward mode: tangents of two directions, and of both.
    #[allow(clippy::too_many_arguments)]
    fn __ad_jvp2(
        self,
        self_1: Dot<Self::Tangent>,
        self_2: Dot<Self::Tangent>,
        self_3: Dot<Self::Tangent>,
        rhs: Rhs,
        rhs_1: Dot<Rhs::Tangent>,
        rhs_2: Dot<Rhs::Tangent>,
        rhs_3: Dot<Rhs::Tangent>,
    ) -> (Self::Given, TangentOf<Self::Given>, TangentOf<Self::Given>, TangentOf<Self::Given>);

    /// Forward mode over the forward sweep and its pullback.
    fn __ad_split1(
        self,
        self_dot: Dot<Self::Tangent>,
        rhs: Rhs,
        rhs_dot: Dot<Rhs::Tangent>,
    ) -> (
        Self::Given,
        TangentOf<Self::Given>,
        impl FnOnce(
            TangentOf<Self::Given>,
            TangentOf<Self::Given>,
            (Slot<'_, Self::Tangent>, Slot<'_, Self::Tangent>),
            (Slot<'_, Rhs::Tangent>, Slot<'_, Rhs::Tangent>),
        ) + Clone
        + use<Self, O, Rhs>,
    );
}

/// The second derivatives of a unary operator.
#[diagnostic::on_unimplemented(
    message = "the operator `{O}` on `{Self}` has no second derivative",
    label = "this operator is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on the `impl` of the operator"
)]
pub trait UnarySecond<O>: Unary<O> {
    /// Forward mode over forward mode: tangents of two directions, and of both.
    fn __ad_jvp2(
        self,
        self_1: Dot<Self::Tangent>,
        self_2: Dot<Self::Tangent>,
        self_3: Dot<Self::Tangent>,
    ) -> (Self::Given, TangentOf<Self::Given>, TangentOf<Self::Given>, TangentOf<Self::Given>);

    /// Forward mode over the forward sweep and its pullback.
    fn __ad_split1(
        self,
        self_dot: Dot<Self::Tangent>,
    ) -> (
        Self::Given,
        TangentOf<Self::Given>,
        impl FnOnce(
            TangentOf<Self::Given>,
            TangentOf<Self::Given>,
            (Slot<'_, Self::Tangent>, Slot<'_, Self::Tangent>),
        ) + Clone
        + use<Self, O>,
    );
}

macro_rules! integers {
    ($op:ident $symbol:tt $($t:ident)*) => {$(
        // Of integers no more is asked than that they pass.
        impl Binary<$op, $t> for $t {
            type Given = $t;

            #[inline(always)]
            fn __ad_jvp(self, _: Dot<()>, rhs: $t, _: Dot<()>) -> ($t, ()) {
                (self $symbol rhs, ())
            }

            #[inline(always)]
            fn __ad_split(
                self,
                rhs: $t,
            ) -> ($t, impl FnOnce((), Slot<'_, ()>, Slot<'_, ()>) + Clone + use<>) {
                (self $symbol rhs, |(), _: Slot<'_, ()>, _: Slot<'_, ()>| {})
            }
        }

        impl BinarySecond<$op, $t> for $t {
            #[inline(always)]
            fn __ad_jvp2(
                self,
                _: Dot<()>,
                _: Dot<()>,
                _: Dot<()>,
                rhs: $t,
                _: Dot<()>,
                _: Dot<()>,
                _: Dot<()>,
            ) -> ($t, (), (), ()) {
                (self $symbol rhs, (), (), ())
            }

            #[inline(always)]
            fn __ad_split1(
                self,
                _: Dot<()>,
                rhs: $t,
                _: Dot<()>,
            ) -> (
                $t,
                (),
                impl FnOnce((), (), (Slot<'_, ()>, Slot<'_, ()>), (Slot<'_, ()>, Slot<'_, ()>)) + Clone + use<>,
            ) {
                (
                    self $symbol rhs,
                    (),
                    |(), (), _: (Slot<'_, ()>, Slot<'_, ()>), _: (Slot<'_, ()>, Slot<'_, ()>)| {},
                )
            }
        }
    )*};
}

/// The rule of a binary operator by the name of its function.
macro_rules! companions {
    ($function:ident $op:ident $doc:literal) => {
        #[doc = $doc]
        #[allow(non_camel_case_types)]
        #[derive(Debug)]
        pub struct $function {}

        impl $function {
            /// Forward mode.
            #[inline(always)]
            pub fn __ad_jvp<A: Binary<$op, B>, B: Differentiable>(
                a: A,
                a_dot: Dot<A::Tangent>,
                b: B,
                b_dot: Dot<B::Tangent>,
            ) -> (A::Given, <A::Given as Differentiable>::Tangent) {
                A::__ad_jvp(a, a_dot, b, b_dot)
            }

            /// The forward sweep and its pullback.
            #[inline(always)]
            pub fn __ad_split<A: Binary<$op, B>, B: Differentiable>(
                a: A,
                b: B,
            ) -> (
                A::Given,
                impl FnOnce(<A::Given as Differentiable>::Tangent, Slot<'_, A::Tangent>, Slot<'_, B::Tangent>)
                + Clone
                + use<A, B>,
            ) {
                A::__ad_split(a, b)
            }

            /// Forward mode over forward mode.
            #[allow(clippy::too_many_arguments)]
            #[inline(always)]
            pub fn __ad_jvp2<A: BinarySecond<$op, B>, B: Differentiable>(
                a: A,
                a_1: Dot<A::Tangent>,
                a_2: Dot<A::Tangent>,
                a_3: Dot<A::Tangent>,
                b: B,
                b_1: Dot<B::Tangent>,
                b_2: Dot<B::Tangent>,
                b_3: Dot<B::Tangent>,
            ) -> (A::Given, TangentOf<A::Given>, TangentOf<A::Given>, TangentOf<A::Given>) {
                A::__ad_jvp2(a, a_1, a_2, a_3, b, b_1, b_2, b_3)
            }

            /// Forward mode over the forward sweep and its pullback.
            #[inline(always)]
            pub fn __ad_split1<A: BinarySecond<$op, B>, B: Differentiable>(
                a: A,
                a_dot: Dot<A::Tangent>,
                b: B,
                b_dot: Dot<B::Tangent>,
            ) -> (
                A::Given,
                TangentOf<A::Given>,
                impl FnOnce(
                    TangentOf<A::Given>,
                    TangentOf<A::Given>,
                    (Slot<'_, A::Tangent>, Slot<'_, A::Tangent>),
                    (Slot<'_, B::Tangent>, Slot<'_, B::Tangent>),
                ) + Clone
                + use<A, B>,
            ) {
                A::__ad_split1(a, a_dot, b, b_dot)
            }
        }
    };
}

macro_rules! binary {
    ($($function:ident $op:ident $symbol:tt $doc:literal |$a:ident, $b:ident, $bar:ident| $a_bar:expr, $b_bar:expr;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub enum $op {}

        #[doc = $doc]
        #[inline(always)]
        pub fn $function<A: core::ops::$op<B>, B>(a: A, b: B) -> A::Output {
            a $symbol b
        }

        companions!($function $op $doc);
        integers!($op $symbol u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

        impl<S: Scalar> Binary<$op, S> for S {
            type Given = S;

            #[inline(always)]
            fn __ad_jvp(self, self_dot: Dot<S>, rhs: S, rhs_dot: Dot<S>) -> (S, S) {
                let zero = || S::lit(0.0);
                let (self_dot, rhs_dot) = (self_dot.or_zero(zero), rhs_dot.or_zero(zero));
                let ($a, $b) = (self, rhs);
                let left = { let $bar = self_dot; $a_bar };
                let right = { let $bar = rhs_dot; $b_bar };
                (self $symbol rhs, left + right)
            }

            #[inline(always)]
            fn __ad_split(
                self,
                rhs: S,
            ) -> (S, impl FnOnce(S, Slot<'_, S>, Slot<'_, S>) + Clone + use<S>) {
                let ($a, $b) = (self, rhs);
                (self $symbol rhs, move |$bar: S, a: Slot<'_, S>, b: Slot<'_, S>| {
                    a.add($a_bar);
                    b.add($b_bar);
                })
            }
        }

        impl<S: Scalar> BinarySecond<$op, S> for S {
            #[inline(always)]
            fn __ad_jvp2(
                self,
                self_1: Dot<S>,
                self_2: Dot<S>,
                self_3: Dot<S>,
                rhs: S,
                rhs_1: Dot<S>,
                rhs_2: Dot<S>,
                rhs_3: Dot<S>,
            ) -> (S, S, S, S) {
                let [a_1, a_2, a_3] = [self_1, self_2, self_3].map(|dot| dot.or_zero(|| S::lit(0.0)));
                let [b_1, b_2, b_3] = [rhs_1, rhs_2, rhs_3].map(|dot| dot.or_zero(|| S::lit(0.0)));
                let (a, b) = (Pair(Pair(self, a_1), Pair(a_2, a_3)), Pair(Pair(rhs, b_1), Pair(b_2, b_3)));
                let Pair(Pair(value, first), Pair(second, both)) = a $symbol b;
                (value, first, second, both)
            }

            #[inline(always)]
            fn __ad_split1(
                self,
                self_dot: Dot<S>,
                rhs: S,
                rhs_dot: Dot<S>,
            ) -> (
                S,
                S,
                impl FnOnce(S, S, (Slot<'_, S>, Slot<'_, S>), (Slot<'_, S>, Slot<'_, S>)) + Clone + use<S>,
            ) {
                let $a = Pair(self, self_dot.or_zero(|| S::lit(0.0)));
                let $b = Pair(rhs, rhs_dot.or_zero(|| S::lit(0.0)));
                let Pair(value, dot) = $a $symbol $b;
                (
                    value,
                    dot,
                    move |bar: S, bar_dot: S, a: (Slot<'_, S>, Slot<'_, S>), b: (Slot<'_, S>, Slot<'_, S>)| {
                        let $bar = Pair(bar, bar_dot);
                        let (Pair(left, left_dot), Pair(right, right_dot)) = ($a_bar, $b_bar);
                        a.0.add(left);
                        a.1.add(left_dot);
                        b.0.add(right);
                        b.1.add(right_dot);
                    },
                )
            }
        }
    )*};
}

binary! {
    add Add + "`a + b`" |_a, _b, c| c, c;
    sub Sub - "`a - b`" |_a, _b, c| c, -c;
    mul Mul * "`a * b`" |a, b, c| c * b, c * a;
    div Div / "`a / b`" |a, b, c| c / b, -c * (a / b) / b;
}

/// `a += b` of users' types, whose rule takes `a` and gives what becomes of it.
macro_rules! assigning {
    ($($function:ident $op:ident $symbol:tt $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub enum $op {}

        #[doc = $doc]
        #[inline(always)]
        pub fn $function<A: core::ops::$op<B>, B>(mut a: A, b: B) -> A {
            a $symbol b;
            a
        }

        companions!($function $op $doc);
    )*};
}

assigning! {
    add_assign AddAssign += "`a += b`";
    sub_assign SubAssign -= "`a -= b`";
    mul_assign MulAssign *= "`a *= b`";
    div_assign DivAssign /= "`a /= b`";
}

/// `-a`
#[derive(Clone, Copy, Debug)]
pub enum Neg {}

/// `-a`
#[inline(always)]
pub fn neg<A: core::ops::Neg>(a: A) -> A::Output {
    -a
}

/// `-a`
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct neg {}

impl neg {
    /// Forward mode.
    #[inline(always)]
    pub fn __ad_jvp<A: Unary<Neg>>(
        a: A,
        a_dot: Dot<A::Tangent>,
    ) -> (A::Given, <A::Given as Differentiable>::Tangent) {
        A::__ad_jvp(a, a_dot)
    }

    /// The forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split<A: Unary<Neg>>(
        a: A,
    ) -> (A::Given, impl FnOnce(<A::Given as Differentiable>::Tangent, Slot<'_, A::Tangent>) + Clone + use<A>)
    {
        A::__ad_split(a)
    }

    /// Forward mode over forward mode.
    #[inline(always)]
    pub fn __ad_jvp2<A: UnarySecond<Neg>>(
        a: A,
        a_1: Dot<A::Tangent>,
        a_2: Dot<A::Tangent>,
        a_3: Dot<A::Tangent>,
    ) -> (A::Given, TangentOf<A::Given>, TangentOf<A::Given>, TangentOf<A::Given>) {
        A::__ad_jvp2(a, a_1, a_2, a_3)
    }

    /// Forward mode over the forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split1<A: UnarySecond<Neg>>(
        a: A,
        a_dot: Dot<A::Tangent>,
    ) -> (
        A::Given,
        TangentOf<A::Given>,
        impl FnOnce(TangentOf<A::Given>, TangentOf<A::Given>, (Slot<'_, A::Tangent>, Slot<'_, A::Tangent>))
        + Clone
        + use<A>,
    ) {
        A::__ad_split1(a, a_dot)
    }
}

impl<S: Scalar> Unary<Neg> for S {
    type Given = S;

    #[inline(always)]
    fn __ad_jvp(self, self_dot: Dot<S>) -> (S, S) {
        (-self, -self_dot.or_zero(|| S::lit(0.0)))
    }

    #[inline(always)]
    fn __ad_split(self) -> (S, impl FnOnce(S, Slot<'_, S>) + Clone + use<S>) {
        (-self, |bar: S, a: Slot<'_, S>| a.add(-bar))
    }
}

impl<S: Scalar> UnarySecond<Neg> for S {
    #[inline(always)]
    fn __ad_jvp2(self, self_1: Dot<S>, self_2: Dot<S>, self_3: Dot<S>) -> (S, S, S, S) {
        let [first, second, both] = [self_1, self_2, self_3].map(|dot| -dot.or_zero(|| S::lit(0.0)));
        (-self, first, second, both)
    }

    #[inline(always)]
    fn __ad_split1(
        self,
        self_dot: Dot<S>,
    ) -> (S, S, impl FnOnce(S, S, (Slot<'_, S>, Slot<'_, S>)) + Clone + use<S>) {
        let dot = -self_dot.or_zero(|| S::lit(0.0));
        (-self, dot, |bar: S, bar_dot: S, (a, a_dot): (Slot<'_, S>, Slot<'_, S>)| {
            a.add(-bar);
            a_dot.add(-bar_dot);
        })
    }
}
