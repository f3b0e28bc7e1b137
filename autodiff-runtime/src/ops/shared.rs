//! Operators on references: `&a * &b`, `&a * b`, `a * &b`, `-&a`. What is a reference is passed to
//! the pullback again, as it is between functions, so that a pullback holds no borrow.

use super::{Add, AddAssign, Binary, BinarySecond, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};
use super::{TangentOf, Unary, UnarySecond};
use crate::protocol::{Dot, DotRef, Slot};
use crate::{Differentiable, Scalar};

// The operands of one form: `v` by value, `r` by reference.
macro_rules! primal {
    (v with $a:lifetime $x:ty) => { $x };
    (r with $a:lifetime $x:ty) => { &$a $x };
    (v $x:ty) => { $x };
    (r $x:ty) => { &$x };
}
macro_rules! dot {
    (v $x:ty) => { Dot<TangentOf<$x>> };
    (r $x:ty) => { DotRef<'_, TangentOf<$x>> };
}
macro_rules! pass {
    (v $x:ty) => { Slot<'_, TangentOf<$x>> };
    (r $x:ty) => { (&$x, Slot<'_, TangentOf<$x>>) };
}
macro_rules! pass_second {
    (v $x:ty) => { (Slot<'_, TangentOf<$x>>, Slot<'_, TangentOf<$x>>) };
    (r $x:ty) => { (&$x, DotRef<'_, TangentOf<$x>>, Slot<'_, TangentOf<$x>>, Slot<'_, TangentOf<$x>>) };
}

// What the rule of values takes, of a scalar.
macro_rules! value {
    (v $it:expr) => {
        $it
    };
    (r $it:expr) => {
        *$it
    };
}
macro_rules! value_dot {
    (v $it:expr) => {
        $it
    };
    (r $it:expr) => {
        $it.copied()
    };
}
macro_rules! slot {
    (v $it:expr) => {
        $it
    };
    (r $it:expr) => {
        $it.1
    };
}
macro_rules! slot_second {
    (v $it:expr) => {
        $it
    };
    (r $it:expr) => {
        ($it.2, $it.3)
    };
}

impl<X: Copy> DotRef<'_, X> {
    fn copied(self) -> Dot<X> {
        match self {
            DotRef::Active(tangent) => Dot::Active(*tangent),
            DotRef::Zero => Dot::Zero,
        }
    }
}

/// The rule of a binary operator on references by the name of its function.
macro_rules! companions {
    ($function:ident $op:ident $doc:literal $rule:ident $second:ident $left:ident $right:ident) => {
        #[doc = $doc]
        #[allow(non_camel_case_types)]
        #[derive(Debug)]
        pub struct $function {}

        impl $function {
            /// Forward mode.
            #[inline(always)]
            pub fn __ad_jvp<A: $rule<$op, B>, B: Differentiable>(
                a: primal!($left A),
                a_dot: dot!($left A),
                b: primal!($right B),
                b_dot: dot!($right B),
            ) -> (A::Given, TangentOf<A::Given>) {
                A::__ad_jvp(a, a_dot, b, b_dot)
            }

            /// The forward sweep and its pullback.
            #[inline(always)]
            pub fn __ad_split<A: $rule<$op, B>, B: Differentiable>(
                a: primal!($left A),
                b: primal!($right B),
            ) -> (
                A::Given,
                impl FnOnce(TangentOf<A::Given>, pass!($left A), pass!($right B)) + Clone + use<A, B>,
            ) {
                A::__ad_split(a, b)
            }

            /// Forward mode over forward mode.
            #[allow(clippy::too_many_arguments)]
            #[inline(always)]
            pub fn __ad_jvp2<A: $second<$op, B>, B: Differentiable>(
                a: primal!($left A),
                a_1: dot!($left A),
                a_2: dot!($left A),
                a_3: dot!($left A),
                b: primal!($right B),
                b_1: dot!($right B),
                b_2: dot!($right B),
                b_3: dot!($right B),
            ) -> (A::Given, TangentOf<A::Given>, TangentOf<A::Given>, TangentOf<A::Given>) {
                A::__ad_jvp2(a, a_1, a_2, a_3, b, b_1, b_2, b_3)
            }

            /// Forward mode over the forward sweep and its pullback.
            #[inline(always)]
            pub fn __ad_split1<A: $second<$op, B>, B: Differentiable>(
                a: primal!($left A),
                a_dot: dot!($left A),
                b: primal!($right B),
                b_dot: dot!($right B),
            ) -> (
                A::Given,
                TangentOf<A::Given>,
                impl FnOnce(
                    TangentOf<A::Given>,
                    TangentOf<A::Given>,
                    pass_second!($left A),
                    pass_second!($right B),
                ) + Clone
                + use<A, B>,
            ) {
                A::__ad_split1(a, a_dot, b, b_dot)
            }
        }
    };
}

macro_rules! binary_form {
    ($rule:ident $second:ident $message:literal $second_message:literal [$($receiver:tt)+] $this:tt $left:tt $right:tt
        $(($function:ident $op:ident $symbol:tt $doc:literal))*) => {
        #[doc = concat!("The derivative of a binary operator `O` between ", $message, ".")]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "this operator is not differentiable",
            note = "write `#[differentiable]` on the `impl` of the operator, or wrap the operands in `no_diff(…)`"
        )]
        pub trait $rule<O, Rhs: Differentiable>: Differentiable + Sized {
            /// The type of the result.
            type Given: Differentiable;

            /// Forward mode.
            fn __ad_jvp(
                $($receiver)+,
                self_dot: dot!($left Self),
                rhs: primal!($right Rhs),
                rhs_dot: dot!($right Rhs),
            ) -> (Self::Given, TangentOf<Self::Given>);

            /// The forward sweep and its pullback.
            fn __ad_split(
                $($receiver)+,
                rhs: primal!($right Rhs),
            ) -> (
                Self::Given,
                impl FnOnce(TangentOf<Self::Given>, pass!($left Self), pass!($right Rhs))
                + Clone
                + use<Self, O, Rhs>,
            );
        }

        #[doc = concat!("The second derivatives of a binary operator `O` between ", $message, ".")]
        #[diagnostic::on_unimplemented(
            message = $second_message,
            label = "this operator is not differentiable twice",
            note = "write `#[differentiable(order = 2)]` on the `impl` of the operator"
        )]
        pub trait $second<O, Rhs: Differentiable>: $rule<O, Rhs> {
            /// Forward mode over forward mode: tangents of two directions, and of both.
            #[allow(clippy::too_many_arguments)]
            fn __ad_jvp2(
                $($receiver)+,
                self_1: dot!($left Self),
                self_2: dot!($left Self),
                self_3: dot!($left Self),
                rhs: primal!($right Rhs),
                rhs_1: dot!($right Rhs),
                rhs_2: dot!($right Rhs),
                rhs_3: dot!($right Rhs),
            ) -> (Self::Given, TangentOf<Self::Given>, TangentOf<Self::Given>, TangentOf<Self::Given>);

            /// Forward mode over the forward sweep and its pullback.
            fn __ad_split1(
                $($receiver)+,
                self_dot: dot!($left Self),
                rhs: primal!($right Rhs),
                rhs_dot: dot!($right Rhs),
            ) -> (
                Self::Given,
                TangentOf<Self::Given>,
                impl FnOnce(
                    TangentOf<Self::Given>,
                    TangentOf<Self::Given>,
                    pass_second!($left Self),
                    pass_second!($right Rhs),
                ) + Clone
                + use<Self, O, Rhs>,
            );
        }

        impl<O, S: Scalar + Binary<O, S, Given = S>> $rule<O, S> for S {
            type Given = S;

            #[inline(always)]
            fn __ad_jvp(
                $($receiver)+,
                self_dot: dot!($left S),
                rhs: primal!($right S),
                rhs_dot: dot!($right S),
            ) -> (S, S) {
                let (this, rhs) = (value!($left $this), value!($right rhs));
                Binary::<O, S>::__ad_jvp(this, value_dot!($left self_dot), rhs, value_dot!($right rhs_dot))
            }

            #[inline(always)]
            fn __ad_split(
                $($receiver)+,
                rhs: primal!($right S),
            ) -> (S, impl FnOnce(S, pass!($left S), pass!($right S)) + Clone + use<O, S>) {
                let (value, pullback) = Binary::<O, S>::__ad_split(value!($left $this), value!($right rhs));
                (value, move |bar: S, a: pass!($left S), b: pass!($right S)| {
                    pullback(bar, slot!($left a), slot!($right b));
                })
            }
        }

        impl<O, S: Scalar + BinarySecond<O, S, Given = S>> $second<O, S> for S {
            #[inline(always)]
            fn __ad_jvp2(
                $($receiver)+,
                self_1: dot!($left S),
                self_2: dot!($left S),
                self_3: dot!($left S),
                rhs: primal!($right S),
                rhs_1: dot!($right S),
                rhs_2: dot!($right S),
                rhs_3: dot!($right S),
            ) -> (S, S, S, S) {
                BinarySecond::<O, S>::__ad_jvp2(
                    value!($left $this),
                    value_dot!($left self_1),
                    value_dot!($left self_2),
                    value_dot!($left self_3),
                    value!($right rhs),
                    value_dot!($right rhs_1),
                    value_dot!($right rhs_2),
                    value_dot!($right rhs_3),
                )
            }

            #[inline(always)]
            fn __ad_split1(
                $($receiver)+,
                self_dot: dot!($left S),
                rhs: primal!($right S),
                rhs_dot: dot!($right S),
            ) -> (S, S, impl FnOnce(S, S, pass_second!($left S), pass_second!($right S)) + Clone + use<O, S>)
            {
                let (value, dot, pullback) = BinarySecond::<O, S>::__ad_split1(
                    value!($left $this),
                    value_dot!($left self_dot),
                    value!($right rhs),
                    value_dot!($right rhs_dot),
                );
                (
                    value,
                    dot,
                    move |bar: S, bar_dot: S, a: pass_second!($left S), b: pass_second!($right S)| {
                        pullback(bar, bar_dot, slot_second!($left a), slot_second!($right b));
                    },
                )
            }
        }

        $(
            #[doc = $doc]
            #[inline(always)]
            pub fn $function<'a, A, B, C>(a: primal!($left with 'a A), b: primal!($right with 'a B)) -> C
            where
                primal!($left with 'a A): core::ops::$op<primal!($right with 'a B), Output = C>,
            {
                a $symbol b
            }

            companions!($function $op $doc $rule $second $left $right);
        )*
    };
}

binary_form! {
    BothShared BothSharedSecond
    "the operator `{O}` between `&{Self}` and `&{Rhs}` has no derivative"
    "the operator `{O}` between `&{Self}` and `&{Rhs}` has no second derivative"
    [&self] self r r
    (add_rr Add + "`&a + &b`")
    (sub_rr Sub - "`&a - &b`")
    (mul_rr Mul * "`&a * &b`")
    (div_rr Div / "`&a / &b`")
}

binary_form! {
    LeftShared LeftSharedSecond
    "the operator `{O}` between `&{Self}` and `{Rhs}` has no derivative"
    "the operator `{O}` between `&{Self}` and `{Rhs}` has no second derivative"
    [&self] self r v
    (add_rv Add + "`&a + b`")
    (sub_rv Sub - "`&a - b`")
    (mul_rv Mul * "`&a * b`")
    (div_rv Div / "`&a / b`")
}

binary_form! {
    RightShared RightSharedSecond
    "the operator `{O}` between `{Self}` and `&{Rhs}` has no derivative"
    "the operator `{O}` between `{Self}` and `&{Rhs}` has no second derivative"
    [self] self v r
    (add_vr Add + "`a + &b`")
    (sub_vr Sub - "`a - &b`")
    (mul_vr Mul * "`a * &b`")
    (div_vr Div / "`a / &b`")
}

/// `a += &b` of users' types.
macro_rules! assigning {
    ($($function:ident $op:ident $symbol:tt $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline(always)]
        pub fn $function<'a, A: core::ops::$op<&'a B>, B>(mut a: A, b: &'a B) -> A {
            a $symbol b;
            a
        }

        companions!($function $op $doc RightShared RightSharedSecond v r);
    )*};
}

assigning! {
    add_assign_vr AddAssign += "`a += &b`";
    sub_assign_vr SubAssign -= "`a -= &b`";
    mul_assign_vr MulAssign *= "`a *= &b`";
    div_assign_vr DivAssign /= "`a /= &b`";
}

/// The derivative of a unary operator `O` on a reference.
#[diagnostic::on_unimplemented(
    message = "the operator `{O}` on `&{Self}` has no derivative",
    label = "this operator is not differentiable",
    note = "write `#[differentiable]` on the `impl` of the operator, or wrap the operand in `no_diff(…)`"
)]
pub trait UnaryShared<O>: Differentiable + Sized {
    /// The type of the result.
    type Given: Differentiable;

    /// Forward mode.
    fn __ad_jvp(&self, self_dot: dot!(r Self)) -> (Self::Given, TangentOf<Self::Given>);

    /// The forward sweep and its pullback.
    fn __ad_split(
        &self,
    ) -> (Self::Given, impl FnOnce(TangentOf<Self::Given>, pass!(r Self)) + Clone + use<Self, O>);
}

/// The second derivatives of a unary operator on a reference.
#[diagnostic::on_unimplemented(
    message = "the operator `{O}` on `&{Self}` has no second derivative",
    label = "this operator is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on the `impl` of the operator"
)]
pub trait UnarySharedSecond<O>: UnaryShared<O> {
    /// Forward mode over forward mode: tangents of two directions, and of both.
    fn __ad_jvp2(
        &self,
        self_1: dot!(r Self),
        self_2: dot!(r Self),
        self_3: dot!(r Self),
    ) -> (Self::Given, TangentOf<Self::Given>, TangentOf<Self::Given>, TangentOf<Self::Given>);

    /// Forward mode over the forward sweep and its pullback.
    fn __ad_split1(
        &self,
        self_dot: dot!(r Self),
    ) -> (
        Self::Given,
        TangentOf<Self::Given>,
        impl FnOnce(TangentOf<Self::Given>, TangentOf<Self::Given>, pass_second!(r Self)) + Clone + use<Self, O>,
    );
}

impl<O, S: Scalar + Unary<O, Given = S>> UnaryShared<O> for S {
    type Given = S;

    #[inline(always)]
    fn __ad_jvp(&self, self_dot: dot!(r S)) -> (S, S) {
        Unary::<O>::__ad_jvp(*self, self_dot.copied())
    }

    #[inline(always)]
    fn __ad_split(&self) -> (S, impl FnOnce(S, pass!(r S)) + Clone + use<O, S>) {
        let (value, pullback) = Unary::<O>::__ad_split(*self);
        (value, move |bar: S, a: pass!(r S)| pullback(bar, a.1))
    }
}

impl<O, S: Scalar + UnarySecond<O, Given = S>> UnarySharedSecond<O> for S {
    #[inline(always)]
    fn __ad_jvp2(&self, self_1: dot!(r S), self_2: dot!(r S), self_3: dot!(r S)) -> (S, S, S, S) {
        UnarySecond::<O>::__ad_jvp2(*self, self_1.copied(), self_2.copied(), self_3.copied())
    }

    #[inline(always)]
    fn __ad_split1(
        &self,
        self_dot: dot!(r S),
    ) -> (S, S, impl FnOnce(S, S, pass_second!(r S)) + Clone + use<O, S>) {
        let (value, dot, pullback) = UnarySecond::<O>::__ad_split1(*self, self_dot.copied());
        (value, dot, move |bar: S, bar_dot: S, a: pass_second!(r S)| pullback(bar, bar_dot, (a.2, a.3)))
    }
}

/// `-&a`
#[inline(always)]
pub fn neg_r<'a, A, C>(a: &'a A) -> C
where
    &'a A: core::ops::Neg<Output = C>,
{
    -a
}

/// `-&a`
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct neg_r {}

impl neg_r {
    /// Forward mode.
    #[inline(always)]
    pub fn __ad_jvp<A: UnaryShared<Neg>>(a: &A, a_dot: dot!(r A)) -> (A::Given, TangentOf<A::Given>) {
        A::__ad_jvp(a, a_dot)
    }

    /// The forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split<A: UnaryShared<Neg>>(
        a: &A,
    ) -> (A::Given, impl FnOnce(TangentOf<A::Given>, pass!(r A)) + Clone + use<A>) {
        A::__ad_split(a)
    }

    /// Forward mode over forward mode.
    #[inline(always)]
    pub fn __ad_jvp2<A: UnarySharedSecond<Neg>>(
        a: &A,
        a_1: dot!(r A),
        a_2: dot!(r A),
        a_3: dot!(r A),
    ) -> (A::Given, TangentOf<A::Given>, TangentOf<A::Given>, TangentOf<A::Given>) {
        A::__ad_jvp2(a, a_1, a_2, a_3)
    }

    /// Forward mode over the forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split1<A: UnarySharedSecond<Neg>>(
        a: &A,
        a_dot: dot!(r A),
    ) -> (
        A::Given,
        TangentOf<A::Given>,
        impl FnOnce(TangentOf<A::Given>, TangentOf<A::Given>, pass_second!(r A)) + Clone + use<A>,
    ) {
        A::__ad_split1(a, a_dot)
    }
}
