//! What generated code calls: the protocol between a differentiable function and its
//! differentiable callers. Not for use by hand.
//!
//! A caller cannot see which of a callee's parameters are active. It passes [`active`] for an
//! active argument and [`inactive`] for any other; the types of the callee's hidden companions
//! decide what that becomes. For a parameter that the callee does not differentiate the type is
//! [`Inactive`], for which there is no conversion from an active argument: a compile error
//! instead of a silent zero.

use alloc::vec::Vec;

/// Where a callee's pullback adds the cotangent of a parameter: a place of the caller's, or
/// nowhere.
#[derive(Debug)]
pub enum Slot<'a, X: ?Sized> {
    /// Add it here.
    Into(&'a mut X),
    /// The caller has no use for it.
    Ignore,
}

/// The tangent of a parameter passed by value.
#[derive(Clone, Copy, Debug)]
pub enum Dot<X> {
    /// A tangent.
    Active(X),
    /// Zero, of whatever shape.
    Zero,
}

/// The tangent of a parameter passed by shared reference.
#[derive(Debug)]
pub enum DotRef<'a, X: ?Sized> {
    /// A tangent.
    Active(&'a X),
    /// Zero, of whatever shape.
    Zero,
}

impl<X: ?Sized> Copy for DotRef<'_, X> {}

impl<X: ?Sized> Clone for DotRef<'_, X> {
    fn clone(&self) -> Self {
        *self
    }
}

/// The derivative of a parameter that the callee does not differentiate.
#[derive(Clone, Copy, Debug)]
pub struct Inactive;

/// A parameter's derivative that an active argument can take part in.
#[diagnostic::on_unimplemented(
    message = "an active value is passed to a parameter that the called function does not differentiate",
    label = "the derivative of this argument would be lost",
    note = "wrap the argument in `no_diff(…)` if that is what you mean, or remove `#[no_diff]` (or extend `wrt(…)`) at the called function"
)]
pub trait FromActive<S> {
    /// Wraps the derivative of an active argument.
    fn from_active(derivative: S) -> Self;
}

/// A parameter's derivative that an inactive argument can leave out.
pub trait FromInactive {
    /// Stands for zero, or for nowhere.
    fn from_inactive() -> Self;
}

/// The derivative of an active argument.
#[inline(always)]
pub fn active<S, D: FromActive<S>>(derivative: S) -> D {
    D::from_active(derivative)
}

/// The derivative of an inactive argument.
#[inline(always)]
pub fn inactive<D: FromInactive>() -> D {
    D::from_inactive()
}

/// What a pullback takes for a parameter that a constant was passed for: where the parameter is a
/// reference, so is the constant.
pub trait FromConstant<A>: Sized {
    /// Passes the constant again, or ignores it.
    fn from_constant(constant: A) -> Self;
}

/// See [`FromConstant`].
#[inline(always)]
pub fn again<A, D: FromConstant<A>>(constant: A) -> D {
    D::from_constant(constant)
}

impl<A, X: ?Sized> FromConstant<A> for Slot<'_, X> {
    #[inline(always)]
    fn from_constant(_: A) -> Self {
        Slot::Ignore
    }
}

impl<A> FromConstant<A> for Inactive {
    #[inline(always)]
    fn from_constant(_: A) -> Self {
        Inactive
    }
}

macro_rules! constants {
    ($($d:ident)+) => {
        impl<'a, A: ?Sized, $($d: FromInactive),+> FromConstant<&'a A> for (&'a A, $($d),+) {
            #[inline(always)]
            fn from_constant(constant: &'a A) -> Self {
                (constant, $($d::from_inactive()),+)
            }
        }

        impl<'a, A, const N: usize, $($d: FromInactive),+> FromConstant<&'a [A; N]> for (&'a [A], $($d),+) {
            #[inline(always)]
            fn from_constant(constant: &'a [A; N]) -> Self {
                (constant, $($d::from_inactive()),+)
            }
        }

        impl<A, X: ?Sized, $($d: FromInactive),+> FromConstant<A> for (Slot<'_, X>, $($d),+) {
            #[inline(always)]
            fn from_constant(_: A) -> Self {
                (Slot::Ignore, $($d::from_inactive()),+)
            }
        }

        impl<A, $($d: FromInactive),+> FromConstant<A> for (Inactive, $($d),+) {
            #[inline(always)]
            fn from_constant(_: A) -> Self {
                (Inactive, $($d::from_inactive()),+)
            }
        }
    };
}
constants!(D1);
constants!(D1 D2 D3);
constants!(D1 D2 D3 D4 D5 D6 D7);

/// Derivatives without a scalar, those of integers and of what holds nothing else: where they are
/// dropped nothing is lost.
#[diagnostic::on_unimplemented(
    message = "an active value is passed to a parameter that the called function does not differentiate",
    label = "the derivative of this argument would be lost",
    note = "wrap the argument in `no_diff(…)` if that is what you mean, or remove `#[no_diff]` (or extend `wrt(…)`) at the called function"
)]
pub trait NoScalars {}

impl NoScalars for () {}
impl<X: NoScalars + ?Sized> NoScalars for &X {}
impl<X: NoScalars + ?Sized> NoScalars for &mut X {}
impl<X: NoScalars> NoScalars for [X] {}
impl<X: NoScalars> NoScalars for Vec<X> {}
impl<X: NoScalars> NoScalars for Option<X> {}
impl<X: NoScalars, const N: usize> NoScalars for [X; N] {}
impl<A: NoScalars, B: NoScalars> NoScalars for (A, B) {}
impl<A: NoScalars, B: NoScalars, C: NoScalars> NoScalars for (A, B, C) {}
impl<A: NoScalars, B: NoScalars, C: NoScalars, D: NoScalars> NoScalars for (A, B, C, D) {}

impl<S: NoScalars> FromActive<S> for Inactive {
    #[inline(always)]
    fn from_active(_: S) -> Self {
        Inactive
    }
}

impl<'a, X: ?Sized> FromActive<&'a mut X> for Slot<'a, X> {
    #[inline(always)]
    fn from_active(derivative: &'a mut X) -> Self {
        Slot::Into(derivative)
    }
}

impl<'a, X> FromActive<&'a mut Vec<X>> for Slot<'a, [X]> {
    #[inline(always)]
    fn from_active(derivative: &'a mut Vec<X>) -> Self {
        Slot::Into(derivative)
    }
}

impl<'a, X, const N: usize> FromActive<&'a mut [X; N]> for Slot<'a, [X]> {
    #[inline(always)]
    fn from_active(derivative: &'a mut [X; N]) -> Self {
        Slot::Into(derivative)
    }
}

impl<X: ?Sized> FromInactive for Slot<'_, X> {
    #[inline(always)]
    fn from_inactive() -> Self {
        Slot::Ignore
    }
}

impl<X> FromActive<X> for Dot<X> {
    #[inline(always)]
    fn from_active(derivative: X) -> Self {
        Dot::Active(derivative)
    }
}

impl<X> FromInactive for Dot<X> {
    #[inline(always)]
    fn from_inactive() -> Self {
        Dot::Zero
    }
}

impl<'a, X: ?Sized> FromActive<&'a X> for DotRef<'a, X> {
    #[inline(always)]
    fn from_active(derivative: &'a X) -> Self {
        DotRef::Active(derivative)
    }
}

impl<'a, X> FromActive<&'a Vec<X>> for DotRef<'a, [X]> {
    #[inline(always)]
    fn from_active(derivative: &'a Vec<X>) -> Self {
        DotRef::Active(derivative)
    }
}

impl<'a, X, const N: usize> FromActive<&'a [X; N]> for DotRef<'a, [X]> {
    #[inline(always)]
    fn from_active(derivative: &'a [X; N]) -> Self {
        DotRef::Active(derivative)
    }
}

impl<X: ?Sized> FromInactive for DotRef<'_, X> {
    #[inline(always)]
    fn from_inactive() -> Self {
        DotRef::Zero
    }
}

impl FromInactive for Inactive {
    #[inline(always)]
    fn from_inactive() -> Self {
        Inactive
    }
}

/// What a pullback is passed for an inactive constant: whether the parameter takes it by value or
/// by reference (a constant may be a slice), only the parameter's type knows.
pub trait FromInactiveValue<V> {
    /// Passes the constant again where it is a reference.
    fn from_inactive_value(value: V) -> Self;
}

/// The argument of a pullback for an inactive constant.
#[inline(always)]
pub fn inactive_value<V, D: FromInactiveValue<V>>(value: V) -> D {
    D::from_inactive_value(value)
}

impl<V> FromInactiveValue<V> for Inactive {
    #[inline(always)]
    fn from_inactive_value(_: V) -> Self {
        Inactive
    }
}

impl<V, X: ?Sized> FromInactiveValue<V> for Slot<'_, X> {
    #[inline(always)]
    fn from_inactive_value(_: V) -> Self {
        Slot::Ignore
    }
}

impl<'a, X: ?Sized, S: FromInactive> FromInactiveValue<&'a X> for (&'a X, S) {
    #[inline(always)]
    fn from_inactive_value(value: &'a X) -> Self {
        (value, S::from_inactive())
    }
}

impl<'a, X, const N: usize, S: FromInactive> FromInactiveValue<&'a [X; N]> for (&'a [X], S) {
    #[inline(always)]
    fn from_inactive_value(value: &'a [X; N]) -> Self {
        (value, S::from_inactive())
    }
}
