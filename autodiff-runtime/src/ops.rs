//! Operators on users' types inside differentiable functions: `a + b` becomes a call of `add`,
//! whose companions go through the rules that `#[differentiable]` on `impl Add for …` makes.
//! Not for use by hand.

// The pullbacks' types are spelled out so that they line up with those of generated code.
#![allow(clippy::type_complexity)]

use crate::protocol::{Dot, Slot};
use crate::{Differentiable, Scalar};

/// The derivative of a binary operator `O` between `Self` and `Rhs`.
#[diagnostic::on_unimplemented(
    message = "the operator `{O}` between `{Self}` and `{Rhs}` has no derivative",
    label = "this operator is not differentiable",
    note = "write `#[differentiable]` on the `impl` of the operator, or wrap the operands in `no_diff(…)`"
)]
pub trait Binary<O, Rhs: Differentiable>: Differentiable + Sized {
    /// The type of the result.
    type Output: Differentiable;

    /// Forward mode.
    fn __ad_jvp(
        self,
        self_dot: Dot<Self::Tangent>,
        rhs: Rhs,
        rhs_dot: Dot<Rhs::Tangent>,
    ) -> (Self::Output, <Self::Output as Differentiable>::Tangent);

    /// The forward sweep and its pullback.
    fn __ad_split(
        self,
        rhs: Rhs,
    ) -> (
        Self::Output,
        impl FnOnce(<Self::Output as Differentiable>::Tangent, Slot<'_, Self::Tangent>, Slot<'_, Rhs::Tangent>)
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
    type Output: Differentiable;

    /// Forward mode.
    fn __ad_jvp(
        self,
        self_dot: Dot<Self::Tangent>,
    ) -> (Self::Output, <Self::Output as Differentiable>::Tangent);

    /// The forward sweep and its pullback.
    fn __ad_split(
        self,
    ) -> (
        Self::Output,
        impl FnOnce(<Self::Output as Differentiable>::Tangent, Slot<'_, Self::Tangent>) + Clone + use<Self, O>,
    );
}

/// What a reference is taken for where an operator takes it like a value.
pub type Same<X> = <X as Identity>::Itself;

/// See [`Same`].
pub trait Identity {
    /// The type itself.
    type Itself;
}

impl<X> Identity for X {
    type Itself = X;
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
            ) -> (A::Output, <A::Output as Differentiable>::Tangent) {
                A::__ad_jvp(a, a_dot, b, b_dot)
            }

            /// The forward sweep and its pullback.
            #[inline(always)]
            pub fn __ad_split<A: Binary<$op, B>, B: Differentiable>(
                a: A,
                b: B,
            ) -> (
                A::Output,
                impl FnOnce(<A::Output as Differentiable>::Tangent, Slot<'_, A::Tangent>, Slot<'_, B::Tangent>)
                + Clone
                + use<A, B>,
            ) {
                A::__ad_split(a, b)
            }
        }

        impl<S: Scalar> Binary<$op, S> for S {
            type Output = S;

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
    )*};
}

binary! {
    add Add + "`a + b`" |_a, _b, c| c, c;
    sub Sub - "`a - b`" |_a, _b, c| c, -c;
    mul Mul * "`a * b`" |a, b, c| c * b, c * a;
    div Div / "`a / b`" |a, b, c| c / b, -c * (a / b) / b;
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
    ) -> (A::Output, <A::Output as Differentiable>::Tangent) {
        A::__ad_jvp(a, a_dot)
    }

    /// The forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split<A: Unary<Neg>>(
        a: A,
    ) -> (A::Output, impl FnOnce(<A::Output as Differentiable>::Tangent, Slot<'_, A::Tangent>) + Clone + use<A>)
    {
        A::__ad_split(a)
    }
}

impl<S: Scalar> Unary<Neg> for S {
    type Output = S;

    #[inline(always)]
    fn __ad_jvp(self, self_dot: Dot<S>) -> (S, S) {
        (-self, -self_dot.or_zero(|| S::lit(0.0)))
    }

    #[inline(always)]
    fn __ad_split(self) -> (S, impl FnOnce(S, Slot<'_, S>) + Clone + use<S>) {
        (-self, |bar: S, a: Slot<'_, S>| a.add(-bar))
    }
}
