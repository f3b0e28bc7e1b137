//! Elements by users' own indices, `m[(i, j)]`: read and written through the rules that
//! `#[differentiable]` on `impl Index` and `impl IndexMut` makes. Not for use by hand.

// The pullbacks' types are spelled out so that they line up with those of generated code.
#![allow(clippy::type_complexity)]

use crate::Differentiable;
use crate::protocol::{Dot, DotRef, Inactive, Slot};
use core::ops::{Index, IndexMut};

mod sequences;

type TangentOf<X> = <X as Differentiable>::Tangent;

/// The derivative of reading an element.
#[diagnostic::on_unimplemented(
    message = "the elements of `{Self}` at `{I}` have no derivative",
    label = "this index is not differentiable",
    note = "write `#[differentiable]` on `impl Index<{I}> for {Self}`, or wrap the element in `no_diff(…)`"
)]
pub trait At<I>: Differentiable + Sized {
    /// The type of the element.
    type Output: Differentiable;

    /// Forward mode.
    fn __ad_jvp(
        &self,
        self_dot: DotRef<'_, Self::Tangent>,
        index: I,
        index_dot: Inactive,
    ) -> (Self::Output, TangentOf<Self::Output>);

    /// The forward sweep and its pullback.
    fn __ad_split(
        &self,
        index: I,
    ) -> (
        Self::Output,
        impl FnOnce(TangentOf<Self::Output>, (&Self, Slot<'_, Self::Tangent>), Inactive) + Clone + use<Self, I>,
    );
}

/// The second derivatives of reading an element.
#[diagnostic::on_unimplemented(
    message = "the elements of `{Self}` at `{I}` have no second derivative",
    label = "this index is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on `impl Index<{I}> for {Self}`"
)]
pub trait AtSecond<I>: At<I> {
    /// Forward mode over forward mode: tangents of two directions, and of both.
    #[allow(clippy::too_many_arguments)]
    fn __ad_jvp2(
        &self,
        self_1: DotRef<'_, Self::Tangent>,
        self_2: DotRef<'_, Self::Tangent>,
        self_3: DotRef<'_, Self::Tangent>,
        index: I,
        index_1: Inactive,
        index_2: Inactive,
        index_3: Inactive,
    ) -> (Self::Output, TangentOf<Self::Output>, TangentOf<Self::Output>, TangentOf<Self::Output>);

    /// Forward mode over the forward sweep and its pullback.
    fn __ad_split1(
        &self,
        self_dot: DotRef<'_, Self::Tangent>,
        index: I,
        index_dot: Inactive,
    ) -> (
        Self::Output,
        TangentOf<Self::Output>,
        impl FnOnce(
            TangentOf<Self::Output>,
            TangentOf<Self::Output>,
            (&Self, DotRef<'_, Self::Tangent>, Slot<'_, Self::Tangent>, Slot<'_, Self::Tangent>),
            (Inactive, Inactive),
        ) + Clone
        + use<Self, I>,
    );
}

/// The derivative of writing an element.
#[diagnostic::on_unimplemented(
    message = "changing the elements of `{Self}` at `{I}` has no derivative",
    label = "this index is not differentiable",
    note = "write `#[differentiable]` on `impl IndexMut<{I}> for {Self}` and on its `impl Index`"
)]
pub trait Put<I>: At<I> {
    /// Forward mode.
    fn __ad_jvp(
        &mut self,
        self_dot: Slot<'_, Self::Tangent>,
        index: I,
        index_dot: Inactive,
        value: Self::Output,
        value_dot: Dot<TangentOf<Self::Output>>,
    ) -> ((), ());

    /// The forward sweep and its pullback.
    fn __ad_split(
        &mut self,
        index: I,
        value: Self::Output,
    ) -> (
        (),
        impl FnOnce((), (&mut Self, Slot<'_, Self::Tangent>), Inactive, Slot<'_, TangentOf<Self::Output>>)
        + Clone
        + use<Self, I>,
    );
}

/// The second derivatives of writing an element.
#[diagnostic::on_unimplemented(
    message = "changing the elements of `{Self}` at `{I}` has no second derivative",
    label = "this index is not differentiable twice",
    note = "write `#[differentiable(order = 2)]` on `impl IndexMut<{I}> for {Self}`"
)]
pub trait PutSecond<I>: Put<I> {
    /// Forward mode over forward mode: tangents of two directions, and of both.
    #[allow(clippy::too_many_arguments)]
    fn __ad_jvp2(
        &mut self,
        self_1: Slot<'_, Self::Tangent>,
        self_2: Slot<'_, Self::Tangent>,
        self_3: Slot<'_, Self::Tangent>,
        index: I,
        index_1: Inactive,
        index_2: Inactive,
        index_3: Inactive,
        value: Self::Output,
        value_1: Dot<TangentOf<Self::Output>>,
        value_2: Dot<TangentOf<Self::Output>>,
        value_3: Dot<TangentOf<Self::Output>>,
    ) -> ((), (), (), ());

    /// Forward mode over the forward sweep and its pullback.
    fn __ad_split1(
        &mut self,
        self_dot: Slot<'_, Self::Tangent>,
        index: I,
        index_dot: Inactive,
        value: Self::Output,
        value_dot: Dot<TangentOf<Self::Output>>,
    ) -> (
        (),
        (),
        impl FnOnce(
            (),
            (),
            (&mut Self, Slot<'_, Self::Tangent>, Slot<'_, Self::Tangent>, Slot<'_, Self::Tangent>),
            (Inactive, Inactive),
            (Slot<'_, TangentOf<Self::Output>>, Slot<'_, TangentOf<Self::Output>>),
        ) + Clone
        + use<Self, I>,
    );
}

/// `m[i]`
#[inline(always)]
pub fn at<M: Index<I>, I>(of: &M, index: I) -> M::Output
where
    M::Output: Clone,
{
    of[index].clone()
}

/// `m[i]`
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct at {}

impl at {
    /// Forward mode.
    #[inline(always)]
    pub fn __ad_jvp<M: At<I>, I>(
        of: &M,
        of_dot: DotRef<'_, M::Tangent>,
        index: I,
        index_dot: Inactive,
    ) -> (M::Output, TangentOf<M::Output>) {
        M::__ad_jvp(of, of_dot, index, index_dot)
    }

    /// The forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split<M: At<I>, I>(
        of: &M,
        index: I,
    ) -> (
        M::Output,
        impl FnOnce(TangentOf<M::Output>, (&M, Slot<'_, M::Tangent>), Inactive) + Clone + use<M, I>,
    ) {
        M::__ad_split(of, index)
    }

    /// Forward mode over forward mode.
    #[allow(clippy::too_many_arguments)]
    #[inline(always)]
    pub fn __ad_jvp2<M: AtSecond<I>, I>(
        of: &M,
        of_1: DotRef<'_, M::Tangent>,
        of_2: DotRef<'_, M::Tangent>,
        of_3: DotRef<'_, M::Tangent>,
        index: I,
        index_1: Inactive,
        index_2: Inactive,
        index_3: Inactive,
    ) -> (M::Output, TangentOf<M::Output>, TangentOf<M::Output>, TangentOf<M::Output>) {
        M::__ad_jvp2(of, of_1, of_2, of_3, index, index_1, index_2, index_3)
    }

    /// Forward mode over the forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split1<M: AtSecond<I>, I>(
        of: &M,
        of_dot: DotRef<'_, M::Tangent>,
        index: I,
        index_dot: Inactive,
    ) -> (
        M::Output,
        TangentOf<M::Output>,
        impl FnOnce(
            TangentOf<M::Output>,
            TangentOf<M::Output>,
            (&M, DotRef<'_, M::Tangent>, Slot<'_, M::Tangent>, Slot<'_, M::Tangent>),
            (Inactive, Inactive),
        ) + Clone
        + use<M, I>,
    ) {
        M::__ad_split1(of, of_dot, index, index_dot)
    }
}

/// `m[i] = value`
#[inline(always)]
pub fn put<M: IndexMut<I>, I>(of: &mut M, index: I, value: M::Output)
where
    M::Output: Sized,
{
    of[index] = value;
}

/// `m[i] = value`
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct put {}

impl put {
    /// Forward mode.
    #[inline(always)]
    pub fn __ad_jvp<M: Put<I>, I>(
        of: &mut M,
        of_dot: Slot<'_, M::Tangent>,
        index: I,
        index_dot: Inactive,
        value: M::Output,
        value_dot: Dot<TangentOf<M::Output>>,
    ) -> ((), ()) {
        <M as Put<I>>::__ad_jvp(of, of_dot, index, index_dot, value, value_dot)
    }

    /// The forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split<M: Put<I>, I>(
        of: &mut M,
        index: I,
        value: M::Output,
    ) -> (
        (),
        impl FnOnce((), (&mut M, Slot<'_, M::Tangent>), Inactive, Slot<'_, TangentOf<M::Output>>)
        + Clone
        + use<M, I>,
    ) {
        <M as Put<I>>::__ad_split(of, index, value)
    }

    /// Forward mode over forward mode.
    #[allow(clippy::too_many_arguments)]
    #[inline(always)]
    pub fn __ad_jvp2<M: PutSecond<I>, I>(
        of: &mut M,
        of_1: Slot<'_, M::Tangent>,
        of_2: Slot<'_, M::Tangent>,
        of_3: Slot<'_, M::Tangent>,
        index: I,
        index_1: Inactive,
        index_2: Inactive,
        index_3: Inactive,
        value: M::Output,
        value_1: Dot<TangentOf<M::Output>>,
        value_2: Dot<TangentOf<M::Output>>,
        value_3: Dot<TangentOf<M::Output>>,
    ) -> ((), (), (), ()) {
        M::__ad_jvp2(of, of_1, of_2, of_3, index, index_1, index_2, index_3, value, value_1, value_2, value_3)
    }

    /// Forward mode over the forward sweep and its pullback.
    #[inline(always)]
    pub fn __ad_split1<M: PutSecond<I>, I>(
        of: &mut M,
        of_dot: Slot<'_, M::Tangent>,
        index: I,
        index_dot: Inactive,
        value: M::Output,
        value_dot: Dot<TangentOf<M::Output>>,
    ) -> (
        (),
        (),
        impl FnOnce(
            (),
            (),
            (&mut M, Slot<'_, M::Tangent>, Slot<'_, M::Tangent>, Slot<'_, M::Tangent>),
            (Inactive, Inactive),
            (Slot<'_, TangentOf<M::Output>>, Slot<'_, TangentOf<M::Output>>),
        ) + Clone
        + use<M, I>,
    ) {
        M::__ad_split1(of, of_dot, index, index_dot, value, value_dot)
    }
}
