//! What makes a method that a user's type or a float may have differentiable where only rustc
//! knows which it is. Not for use by hand.
//!
//! Generated: `autodiff-compiler/src/primitives/methods.rs` says how.

#![allow(clippy::all, clippy::pedantic, non_snake_case, missing_docs, unused)]
use crate::Scalar;
use crate::rt::{Dot, Slot, zero_like};
use num_traits::Float;
/// What methods of floats would have beside them if they were annotated.
pub trait Methods: Scalar + Float {
    fn abs__ad_differentiable(&self) -> Self {
        *self
    }
    fn abs__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn abs__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn atan2__ad_differentiable(&self) -> Self {
        *self
    }
    fn atan2__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
        a: Slot<'_, Self>,
    ) {
        pullback(seed, slot, a);
    }
    fn atan2__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a);
    }
    fn ceil__ad_differentiable(&self) -> Self {
        *self
    }
    fn ceil__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn ceil__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn clamp__ad_differentiable(&self) -> Self {
        *self
    }
    fn clamp__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, Slot<'_, Self>, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
        a: Slot<'_, Self>,
        b: Slot<'_, Self>,
    ) {
        pullback(seed, slot, a, b);
    }
    fn clamp__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (Slot<'_, Self>, Slot<'_, Self>),
        b: (Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a, b);
    }
    fn cos__ad_differentiable(&self) -> Self {
        *self
    }
    fn cos__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn cos__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn cosh__ad_differentiable(&self) -> Self {
        *self
    }
    fn cosh__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn cosh__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn exp__ad_differentiable(&self) -> Self {
        *self
    }
    fn exp__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn exp__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn floor__ad_differentiable(&self) -> Self {
        *self
    }
    fn floor__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn floor__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn fract__ad_differentiable(&self) -> Self {
        *self
    }
    fn fract__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn fract__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn hypot__ad_differentiable(&self) -> Self {
        *self
    }
    fn hypot__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
        a: Slot<'_, Self>,
    ) {
        pullback(seed, slot, a);
    }
    fn hypot__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a);
    }
    fn ln__ad_differentiable(&self) -> Self {
        *self
    }
    fn ln__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn ln__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn log__ad_differentiable(&self) -> Self {
        *self
    }
    fn log__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
        a: Slot<'_, Self>,
    ) {
        pullback(seed, slot, a);
    }
    fn log__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a);
    }
    fn max__ad_differentiable(&self) -> Self {
        *self
    }
    fn max__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
        a: Slot<'_, Self>,
    ) {
        pullback(seed, slot, a);
    }
    fn max__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a);
    }
    fn min__ad_differentiable(&self) -> Self {
        *self
    }
    fn min__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
        a: Slot<'_, Self>,
    ) {
        pullback(seed, slot, a);
    }
    fn min__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a);
    }
    fn powf__ad_differentiable(&self) -> Self {
        *self
    }
    fn powf__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
        a: Slot<'_, Self>,
    ) {
        pullback(seed, slot, a);
    }
    fn powf__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a);
    }
    fn powi__ad_differentiable(&self) -> Self {
        *self
    }
    fn powi__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>, crate::rt::Inactive),
        seed: Self,
        slot: Slot<'_, Self>,
        a: crate::rt::Inactive,
    ) {
        pullback(seed, slot, a);
    }
    fn powi__ad_pull1(
        &self,
        pullback: impl FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (crate::rt::Inactive, crate::rt::Inactive),
        ),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
        a: (crate::rt::Inactive, crate::rt::Inactive),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot), a);
    }
    fn recip__ad_differentiable(&self) -> Self {
        *self
    }
    fn recip__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn recip__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn round__ad_differentiable(&self) -> Self {
        *self
    }
    fn round__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn round__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn signum__ad_differentiable(&self) -> Self {
        *self
    }
    fn signum__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn signum__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn sin__ad_differentiable(&self) -> Self {
        *self
    }
    fn sin__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn sin__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn sinh__ad_differentiable(&self) -> Self {
        *self
    }
    fn sinh__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn sinh__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn sqrt__ad_differentiable(&self) -> Self {
        *self
    }
    fn sqrt__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn sqrt__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn tan__ad_differentiable(&self) -> Self {
        *self
    }
    fn tan__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn tan__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn tanh__ad_differentiable(&self) -> Self {
        *self
    }
    fn tanh__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn tanh__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn trunc__ad_differentiable(&self) -> Self {
        *self
    }
    fn trunc__ad_pull(
        &self,
        pullback: impl FnOnce(Self, Slot<'_, Self>),
        seed: Self,
        slot: Slot<'_, Self>,
    ) {
        pullback(seed, slot);
    }
    fn trunc__ad_pull1(
        &self,
        pullback: impl FnOnce(Self, Self, (Slot<'_, Self>, Slot<'_, Self>)),
        seed: Self,
        seed_dot: Self,
        (_, slot, slot_dot): (Dot<Self>, Slot<'_, Self>, Slot<'_, Self>),
    ) {
        pullback(seed, seed_dot, (slot, slot_dot));
    }
    fn abs__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.abs();
        let result_dot = if self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot * self.signum()
        };
        (result, result_dot)
    }
    fn abs__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.abs();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar
                    += if self == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        result_bar * self.signum()
                    };
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn abs__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.abs();
        let result_dot = if self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot_1 * self.signum()
        };
        let result_dot_1 = if self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot * self.signum()
        };
        let result_dot_dot = if self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot_dot * self.signum()
        };
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn abs__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.abs();
        let result_dot = if self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot * self.signum()
        };
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                *self_bar_dot
                    += if self == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        result_bar_dot * self.signum()
                    };
                *self_bar
                    += if self == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        result_bar * self.signum()
                    };
            },
        )
    }
    fn atan2__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let result = self.atan2(a);
        let result_dot = (if self == Self::lit(0.0) && a == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot / (self * self + a * a) * a
        })
            + (if self == Self::lit(0.0) && a == Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                -(a_dot / (self * self + a * a) * self)
            });
        (result, result_dot)
    }
    fn atan2__ad_split(
        self,
        a: Self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            Slot<'_, Self>,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.atan2(a);
        (
            result,
            move |
                y_bar: Self,
                self_bar_slot: Slot<'_, Self>,
                a_bar_slot: Slot<'_, Self>|
            {
                let mut a_bar: Self = Self::lit(0.0);
                let result_bar = y_bar;
                self_bar
                    += if self == Self::lit(0.0) && a == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        result_bar / (self * self + a * a) * a
                    };
                a_bar
                    += if self == Self::lit(0.0) && a == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        -(result_bar / (self * self + a * a) * self)
                    };
                self_bar_slot.add(self_bar);
                a_bar_slot.add(a_bar);
            },
        )
    }
    fn atan2__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        a_dot_1: Dot<Self>,
        a_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let a_dot_1 = a_dot_1.or_zero(|| Self::lit(0.0));
        let a_dot_dot = a_dot_dot.or_zero(|| Self::lit(0.0));
        let result = self.atan2(a);
        let result_dot = (if self == Self::lit(0.0) && a == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot_1 / (self * self + a * a) * a
        })
            + (if self == Self::lit(0.0) && a == Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                -(a_dot_1 / (self * self + a * a) * self)
            });
        let (chosen, chosen_dot) = if self == Self::lit(0.0) && a == Self::lit(0.0) {
            (Self::lit(0.0), Self::lit(0.0))
        } else {
            let value = self * self + a * a;
            let value_1 = self_dot / value;
            (
                value_1 * a,
                (self_dot_dot
                    - (self_dot_1 * self + self * self_dot_1
                        + (a_dot_1 * a + a * a_dot_1)) * value_1) / value * a
                    + value_1 * a_dot_1,
            )
        };
        let (chosen_1, chosen_dot_1) = if self == Self::lit(0.0) && a == Self::lit(0.0) {
            (Self::lit(0.0), Self::lit(0.0))
        } else {
            let value = self * self + a * a;
            let value_1 = a_dot / value;
            let value_dot = (a_dot_dot
                - (self_dot_1 * self + self * self_dot_1 + (a_dot_1 * a + a * a_dot_1))
                    * value_1) / value * self + value_1 * self_dot_1;
            (-(value_1 * self), -value_dot)
        };
        let result_dot_1 = chosen + chosen_1;
        let result_dot_dot = chosen_dot + chosen_dot_1;
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn atan2__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let this_zero = zero_like(&self);
        let result = self.atan2(a);
        let result_dot = (if self == Self::lit(0.0) && a == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot / (self * self + a * a) * a
        })
            + (if self == Self::lit(0.0) && a == Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                -(a_dot / (self * self + a * a) * self)
            });
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (a_bar, a_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut a_bar_zero = ::core::option::Option::None;
                let a_bar = a_bar.or_zero(&mut a_bar_zero, || Self::lit(0.0));
                let mut a_bar_dot_zero = ::core::option::Option::None;
                let a_bar_dot = a_bar_dot
                    .or_zero(&mut a_bar_dot_zero, || Self::lit(0.0));
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let (chosen, chosen_dot) = if self == Self::lit(0.0)
                    && a == Self::lit(0.0)
                {
                    (Self::lit(0.0), Self::lit(0.0))
                } else {
                    let value = self * self + a * a;
                    let value_1 = result_bar / value;
                    (
                        value_1 * a,
                        (result_bar_dot
                            - (self_dot * self + self * self_dot
                                + (a_dot * a + a * a_dot)) * value_1) / value * a
                            + value_1 * a_dot,
                    )
                };
                *self_bar_dot += chosen_dot;
                *self_bar += chosen;
                let (chosen_1, chosen_dot_1) = if self == Self::lit(0.0)
                    && a == Self::lit(0.0)
                {
                    (Self::lit(0.0), Self::lit(0.0))
                } else {
                    let value = self * self + a * a;
                    let value_1 = result_bar / value;
                    let value_dot = (result_bar_dot
                        - (self_dot * self + self * self_dot + (a_dot * a + a * a_dot))
                            * value_1) / value * self + value_1 * self_dot;
                    (-(value_1 * self), -value_dot)
                };
                *a_bar_dot += chosen_dot_1;
                *a_bar += chosen_1;
            },
        )
    }
    fn ceil__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.ceil();
        (result, Self::lit(0.0))
    }
    fn ceil__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.ceil();
        (
            result,
            move |_: Self, self_bar_slot: Slot<'_, Self>| {
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn ceil__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.ceil();
        let result_3 = Self::lit(0.0);
        let result_2 = Self::lit(0.0);
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn ceil__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.ceil();
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                _: Self,
                _: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
            },
        )
    }
    fn clamp__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        b: Self,
        b_dot: Dot<Self>,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let b_dot = b_dot.or_zero(|| Self::lit(0.0));
        let result = self.clamp(a, b);
        let result_dot = (if a <= self && self <= b { self_dot } else { Self::lit(0.0) })
            + (if self < a { a_dot } else { Self::lit(0.0) })
            + (if self > b { b_dot } else { Self::lit(0.0) });
        (result, result_dot)
    }
    fn clamp__ad_split(
        self,
        a: Self,
        b: Self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            Slot<'_, Self>,
            Slot<'_, Self>,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.clamp(a, b);
        (
            result,
            move |
                y_bar: Self,
                self_bar_slot: Slot<'_, Self>,
                a_bar_slot: Slot<'_, Self>,
                b_bar_slot: Slot<'_, Self>|
            {
                let mut a_bar: Self = Self::lit(0.0);
                let mut b_bar: Self = Self::lit(0.0);
                let result_bar = y_bar;
                self_bar
                    += if a <= self && self <= b { result_bar } else { Self::lit(0.0) };
                a_bar += if self < a { result_bar } else { Self::lit(0.0) };
                b_bar += if self > b { result_bar } else { Self::lit(0.0) };
                self_bar_slot.add(self_bar);
                a_bar_slot.add(a_bar);
                b_bar_slot.add(b_bar);
            },
        )
    }
    fn clamp__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        a_dot_1: Dot<Self>,
        a_dot_dot: Dot<Self>,
        b: Self,
        b_dot: Dot<Self>,
        b_dot_1: Dot<Self>,
        b_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let a_dot_1 = a_dot_1.or_zero(|| Self::lit(0.0));
        let a_dot_dot = a_dot_dot.or_zero(|| Self::lit(0.0));
        let b_dot = b_dot.or_zero(|| Self::lit(0.0));
        let b_dot_1 = b_dot_1.or_zero(|| Self::lit(0.0));
        let b_dot_dot = b_dot_dot.or_zero(|| Self::lit(0.0));
        let result = self.clamp(a, b);
        let result_dot = (if a <= self && self <= b {
            self_dot_1
        } else {
            Self::lit(0.0)
        }) + (if self < a { a_dot_1 } else { Self::lit(0.0) })
            + (if self > b { b_dot_1 } else { Self::lit(0.0) });
        let result_dot_1 = (if a <= self && self <= b {
            self_dot
        } else {
            Self::lit(0.0)
        }) + (if self < a { a_dot } else { Self::lit(0.0) })
            + (if self > b { b_dot } else { Self::lit(0.0) });
        let result_dot_dot = (if a <= self && self <= b {
            self_dot_dot
        } else {
            Self::lit(0.0)
        }) + (if self < a { a_dot_dot } else { Self::lit(0.0) })
            + (if self > b { b_dot_dot } else { Self::lit(0.0) });
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn clamp__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        b: Self,
        b_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let b_dot = b_dot.or_zero(|| Self::lit(0.0));
        let this_zero = zero_like(&self);
        let result = self.clamp(a, b);
        let result_dot = (if a <= self && self <= b { self_dot } else { Self::lit(0.0) })
            + (if self < a { a_dot } else { Self::lit(0.0) })
            + (if self > b { b_dot } else { Self::lit(0.0) });
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (a_bar, a_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (b_bar, b_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut a_bar_zero = ::core::option::Option::None;
                let a_bar = a_bar.or_zero(&mut a_bar_zero, || Self::lit(0.0));
                let mut a_bar_dot_zero = ::core::option::Option::None;
                let a_bar_dot = a_bar_dot
                    .or_zero(&mut a_bar_dot_zero, || Self::lit(0.0));
                let mut b_bar_zero = ::core::option::Option::None;
                let b_bar = b_bar.or_zero(&mut b_bar_zero, || Self::lit(0.0));
                let mut b_bar_dot_zero = ::core::option::Option::None;
                let b_bar_dot = b_bar_dot
                    .or_zero(&mut b_bar_dot_zero, || Self::lit(0.0));
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                *self_bar_dot
                    += if a <= self && self <= b {
                        result_bar_dot
                    } else {
                        Self::lit(0.0)
                    };
                *self_bar
                    += if a <= self && self <= b { result_bar } else { Self::lit(0.0) };
                *a_bar_dot += if self < a { result_bar_dot } else { Self::lit(0.0) };
                *a_bar += if self < a { result_bar } else { Self::lit(0.0) };
                *b_bar_dot += if self > b { result_bar_dot } else { Self::lit(0.0) };
                *b_bar += if self > b { result_bar } else { Self::lit(0.0) };
            },
        )
    }
    fn cos__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.cos();
        let result_dot = -(self_dot * self.sin());
        (result, result_dot)
    }
    fn cos__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.cos();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar -= result_bar * self.sin();
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn cos__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.cos();
        let result_dot = -(self_dot_1 * self.sin());
        let value = self.sin();
        let result_dot_1 = -(self_dot * value);
        let result_dot_dot = -(self_dot_dot * value
            + self_dot * (self_dot_1 * self.cos()));
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn cos__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.cos();
        let result_dot = -(self_dot * self.sin());
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = self.sin();
                *self_bar_dot
                    -= result_bar_dot * value + result_bar * (self_dot * self.cos());
                *self_bar -= result_bar * value;
            },
        )
    }
    fn cosh__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.cosh();
        let result_dot = self_dot * self.sinh();
        (result, result_dot)
    }
    fn cosh__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.cosh();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += result_bar * self.sinh();
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn cosh__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.cosh();
        let result_dot = self_dot_1 * self.sinh();
        let value = self.sinh();
        let result_dot_1 = self_dot * value;
        let result_dot_dot = self_dot_dot * value
            + self_dot * (self_dot_1 * self.cosh());
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn cosh__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.cosh();
        let result_dot = self_dot * self.sinh();
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = self.sinh();
                *self_bar_dot
                    += result_bar_dot * value + result_bar * (self_dot * self.cosh());
                *self_bar += result_bar * value;
            },
        )
    }
    fn exp__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.exp();
        let result_dot = self_dot * result;
        (result, result_dot)
    }
    fn exp__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.exp();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += result_bar * result;
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn exp__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.exp();
        let result_dot = self_dot_1 * result;
        let result_dot_1 = self_dot * result;
        let result_dot_dot = self_dot_dot * result + self_dot * result_dot;
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn exp__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.exp();
        let result_dot = self_dot * result;
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                *self_bar_dot += result_bar_dot * result + result_bar * result_dot;
                *self_bar += result_bar * result;
            },
        )
    }
    fn floor__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.floor();
        (result, Self::lit(0.0))
    }
    fn floor__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.floor();
        (
            result,
            move |_: Self, self_bar_slot: Slot<'_, Self>| {
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn floor__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.floor();
        let result_3 = Self::lit(0.0);
        let result_2 = Self::lit(0.0);
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn floor__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.floor();
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                _: Self,
                _: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
            },
        )
    }
    fn fract__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.fract();
        let result_dot = self_dot;
        (result, result_dot)
    }
    fn fract__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.fract();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += result_bar;
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn fract__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.fract();
        let result_dot = self_dot_1;
        let result_dot_1 = self_dot;
        let result_dot_dot = self_dot_dot;
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn fract__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.fract();
        let result_dot = self_dot;
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                *self_bar_dot += result_bar_dot;
                *self_bar += result_bar;
            },
        )
    }
    fn hypot__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let result = self.hypot(a);
        let result_dot = (if result == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot / result * self
        })
            + (if result == Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                a_dot / result * a
            });
        (result, result_dot)
    }
    fn hypot__ad_split(
        self,
        a: Self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            Slot<'_, Self>,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.hypot(a);
        (
            result,
            move |
                y_bar: Self,
                self_bar_slot: Slot<'_, Self>,
                a_bar_slot: Slot<'_, Self>|
            {
                let mut a_bar: Self = Self::lit(0.0);
                let result_bar = y_bar;
                self_bar
                    += if result == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        result_bar / result * self
                    };
                a_bar
                    += if result == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        result_bar / result * a
                    };
                self_bar_slot.add(self_bar);
                a_bar_slot.add(a_bar);
            },
        )
    }
    fn hypot__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        a_dot_1: Dot<Self>,
        a_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let a_dot_1 = a_dot_1.or_zero(|| Self::lit(0.0));
        let a_dot_dot = a_dot_dot.or_zero(|| Self::lit(0.0));
        let result = self.hypot(a);
        let result_dot = (if result == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot_1 / result * self
        })
            + (if result == Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                a_dot_1 / result * a
            });
        let (chosen, chosen_dot) = if result == Self::lit(0.0) {
            (Self::lit(0.0), Self::lit(0.0))
        } else {
            let value = self_dot / result;
            (
                value * self,
                (self_dot_dot - result_dot * value) / result * self + value * self_dot_1,
            )
        };
        let (chosen_1, chosen_dot_1) = if result == Self::lit(0.0) {
            (Self::lit(0.0), Self::lit(0.0))
        } else {
            let value = a_dot / result;
            (value * a, (a_dot_dot - result_dot * value) / result * a + value * a_dot_1)
        };
        let result_dot_1 = chosen + chosen_1;
        let result_dot_dot = chosen_dot + chosen_dot_1;
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn hypot__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let this_zero = zero_like(&self);
        let result = self.hypot(a);
        let result_dot = (if result == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            self_dot / result * self
        })
            + (if result == Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                a_dot / result * a
            });
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (a_bar, a_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut a_bar_zero = ::core::option::Option::None;
                let a_bar = a_bar.or_zero(&mut a_bar_zero, || Self::lit(0.0));
                let mut a_bar_dot_zero = ::core::option::Option::None;
                let a_bar_dot = a_bar_dot
                    .or_zero(&mut a_bar_dot_zero, || Self::lit(0.0));
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let (chosen, chosen_dot) = if result == Self::lit(0.0) {
                    (Self::lit(0.0), Self::lit(0.0))
                } else {
                    let value = result_bar / result;
                    (
                        value * self,
                        (result_bar_dot - result_dot * value) / result * self
                            + value * self_dot,
                    )
                };
                *self_bar_dot += chosen_dot;
                *self_bar += chosen;
                let (chosen_1, chosen_dot_1) = if result == Self::lit(0.0) {
                    (Self::lit(0.0), Self::lit(0.0))
                } else {
                    let value = result_bar / result;
                    (
                        value * a,
                        (result_bar_dot - result_dot * value) / result * a
                            + value * a_dot,
                    )
                };
                *a_bar_dot += chosen_dot_1;
                *a_bar += chosen_1;
            },
        )
    }
    fn ln__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.ln();
        let result_dot = crate::rt::weigh(self_dot, Self::lit(1.0) / self);
        (result, result_dot)
    }
    fn ln__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.ln();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += crate::rt::weigh(result_bar, Self::lit(1.0) / self);
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn ln__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.ln();
        let result_dot = crate::rt::weigh(self_dot_1, Self::lit(1.0) / self);
        let value = Self::lit(1.0) / self;
        let result_dot_1 = crate::rt::weigh(self_dot, value);
        let result_dot_dot = crate::rt::weigh(self_dot_dot, value)
            + crate::rt::weigh(self_dot, -(self_dot_1 * value * value));
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn ln__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.ln();
        let result_dot = crate::rt::weigh(self_dot, Self::lit(1.0) / self);
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = Self::lit(1.0) / self;
                *self_bar_dot
                    += crate::rt::weigh(result_bar_dot, value)
                        + crate::rt::weigh(result_bar, -(self_dot * value * value));
                *self_bar += crate::rt::weigh(result_bar, value);
            },
        )
    }
    fn log__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let result = self.log(a);
        let result_dot = self_dot / (self * a.ln()) - a_dot / (a * a.ln()) * result;
        (result, result_dot)
    }
    fn log__ad_split(
        self,
        a: Self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            Slot<'_, Self>,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.log(a);
        (
            result,
            move |
                y_bar: Self,
                self_bar_slot: Slot<'_, Self>,
                a_bar_slot: Slot<'_, Self>|
            {
                let mut a_bar: Self = Self::lit(0.0);
                let result_bar = y_bar;
                self_bar += result_bar / (self * a.ln());
                a_bar -= result_bar / (a * a.ln()) * result;
                self_bar_slot.add(self_bar);
                a_bar_slot.add(a_bar);
            },
        )
    }
    fn log__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        a_dot_1: Dot<Self>,
        a_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let a_dot_1 = a_dot_1.or_zero(|| Self::lit(0.0));
        let a_dot_dot = a_dot_dot.or_zero(|| Self::lit(0.0));
        let result = self.log(a);
        let result_dot = self_dot_1 / (self * a.ln()) - a_dot_1 / (a * a.ln()) * result;
        let value = a.ln();
        let value_1 = self * value;
        let value_2 = self_dot / value_1;
        let value_3 = a.ln();
        let value_4 = a * value_3;
        let value_5 = a_dot / value_4;
        let result_dot_1 = value_2 - value_5 * result;
        let result_dot_dot = (self_dot_dot
            - (self_dot_1 * value + self * crate::rt::weigh(a_dot_1, Self::lit(1.0) / a))
                * value_2) / value_1
            - ((a_dot_dot
                - (a_dot_1 * value_3 + a * crate::rt::weigh(a_dot_1, Self::lit(1.0) / a))
                    * value_5) / value_4 * result + value_5 * result_dot);
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn log__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let this_zero = zero_like(&self);
        let result = self.log(a);
        let result_dot = self_dot / (self * a.ln()) - a_dot / (a * a.ln()) * result;
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (a_bar, a_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut a_bar_zero = ::core::option::Option::None;
                let a_bar = a_bar.or_zero(&mut a_bar_zero, || Self::lit(0.0));
                let mut a_bar_dot_zero = ::core::option::Option::None;
                let a_bar_dot = a_bar_dot
                    .or_zero(&mut a_bar_dot_zero, || Self::lit(0.0));
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = a.ln();
                let value_1 = self * value;
                let value_2 = result_bar / value_1;
                *self_bar_dot
                    += (result_bar_dot
                        - (self_dot * value
                            + self * crate::rt::weigh(a_dot, Self::lit(1.0) / a))
                            * value_2) / value_1;
                *self_bar += value_2;
                let value_3 = a.ln();
                let value_4 = a * value_3;
                let value_5 = result_bar / value_4;
                *a_bar_dot
                    -= (result_bar_dot
                        - (a_dot * value_3
                            + a * crate::rt::weigh(a_dot, Self::lit(1.0) / a)) * value_5)
                        / value_4 * result + value_5 * result_dot;
                *a_bar -= value_5 * result;
            },
        )
    }
    fn max__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let result = self.max(a);
        let result_dot = (if self == result {
            if a == result { self_dot * Self::lit(0.5) } else { self_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot * Self::lit(0.5) } else { a_dot }
            } else {
                Self::lit(0.0)
            });
        (result, result_dot)
    }
    fn max__ad_split(
        self,
        a: Self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            Slot<'_, Self>,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.max(a);
        (
            result,
            move |
                y_bar: Self,
                self_bar_slot: Slot<'_, Self>,
                a_bar_slot: Slot<'_, Self>|
            {
                let mut a_bar: Self = Self::lit(0.0);
                let result_bar = y_bar;
                self_bar
                    += if self == result {
                        if a == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
                a_bar
                    += if a == result {
                        if self == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
                self_bar_slot.add(self_bar);
                a_bar_slot.add(a_bar);
            },
        )
    }
    fn max__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        a_dot_1: Dot<Self>,
        a_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let a_dot_1 = a_dot_1.or_zero(|| Self::lit(0.0));
        let a_dot_dot = a_dot_dot.or_zero(|| Self::lit(0.0));
        let result = self.max(a);
        let result_dot = (if self == result {
            if a == result { self_dot_1 * Self::lit(0.5) } else { self_dot_1 }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot_1 * Self::lit(0.5) } else { a_dot_1 }
            } else {
                Self::lit(0.0)
            });
        let result_dot_1 = (if self == result {
            if a == result { self_dot * Self::lit(0.5) } else { self_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot * Self::lit(0.5) } else { a_dot }
            } else {
                Self::lit(0.0)
            });
        let result_dot_dot = (if self == result {
            if a == result { self_dot_dot * Self::lit(0.5) } else { self_dot_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot_dot * Self::lit(0.5) } else { a_dot_dot }
            } else {
                Self::lit(0.0)
            });
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn max__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let this_zero = zero_like(&self);
        let result = self.max(a);
        let result_dot = (if self == result {
            if a == result { self_dot * Self::lit(0.5) } else { self_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot * Self::lit(0.5) } else { a_dot }
            } else {
                Self::lit(0.0)
            });
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (a_bar, a_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut a_bar_zero = ::core::option::Option::None;
                let a_bar = a_bar.or_zero(&mut a_bar_zero, || Self::lit(0.0));
                let mut a_bar_dot_zero = ::core::option::Option::None;
                let a_bar_dot = a_bar_dot
                    .or_zero(&mut a_bar_dot_zero, || Self::lit(0.0));
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                *self_bar_dot
                    += if self == result {
                        if a == result {
                            result_bar_dot * Self::lit(0.5)
                        } else {
                            result_bar_dot
                        }
                    } else {
                        Self::lit(0.0)
                    };
                *self_bar
                    += if self == result {
                        if a == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
                *a_bar_dot
                    += if a == result {
                        if self == result {
                            result_bar_dot * Self::lit(0.5)
                        } else {
                            result_bar_dot
                        }
                    } else {
                        Self::lit(0.0)
                    };
                *a_bar
                    += if a == result {
                        if self == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
            },
        )
    }
    fn min__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let result = self.min(a);
        let result_dot = (if self == result {
            if a == result { self_dot * Self::lit(0.5) } else { self_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot * Self::lit(0.5) } else { a_dot }
            } else {
                Self::lit(0.0)
            });
        (result, result_dot)
    }
    fn min__ad_split(
        self,
        a: Self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            Slot<'_, Self>,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.min(a);
        (
            result,
            move |
                y_bar: Self,
                self_bar_slot: Slot<'_, Self>,
                a_bar_slot: Slot<'_, Self>|
            {
                let mut a_bar: Self = Self::lit(0.0);
                let result_bar = y_bar;
                self_bar
                    += if self == result {
                        if a == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
                a_bar
                    += if a == result {
                        if self == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
                self_bar_slot.add(self_bar);
                a_bar_slot.add(a_bar);
            },
        )
    }
    fn min__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        a_dot_1: Dot<Self>,
        a_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let a_dot_1 = a_dot_1.or_zero(|| Self::lit(0.0));
        let a_dot_dot = a_dot_dot.or_zero(|| Self::lit(0.0));
        let result = self.min(a);
        let result_dot = (if self == result {
            if a == result { self_dot_1 * Self::lit(0.5) } else { self_dot_1 }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot_1 * Self::lit(0.5) } else { a_dot_1 }
            } else {
                Self::lit(0.0)
            });
        let result_dot_1 = (if self == result {
            if a == result { self_dot * Self::lit(0.5) } else { self_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot * Self::lit(0.5) } else { a_dot }
            } else {
                Self::lit(0.0)
            });
        let result_dot_dot = (if self == result {
            if a == result { self_dot_dot * Self::lit(0.5) } else { self_dot_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot_dot * Self::lit(0.5) } else { a_dot_dot }
            } else {
                Self::lit(0.0)
            });
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn min__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let this_zero = zero_like(&self);
        let result = self.min(a);
        let result_dot = (if self == result {
            if a == result { self_dot * Self::lit(0.5) } else { self_dot }
        } else {
            Self::lit(0.0)
        })
            + (if a == result {
                if self == result { a_dot * Self::lit(0.5) } else { a_dot }
            } else {
                Self::lit(0.0)
            });
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (a_bar, a_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut a_bar_zero = ::core::option::Option::None;
                let a_bar = a_bar.or_zero(&mut a_bar_zero, || Self::lit(0.0));
                let mut a_bar_dot_zero = ::core::option::Option::None;
                let a_bar_dot = a_bar_dot
                    .or_zero(&mut a_bar_dot_zero, || Self::lit(0.0));
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                *self_bar_dot
                    += if self == result {
                        if a == result {
                            result_bar_dot * Self::lit(0.5)
                        } else {
                            result_bar_dot
                        }
                    } else {
                        Self::lit(0.0)
                    };
                *self_bar
                    += if self == result {
                        if a == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
                *a_bar_dot
                    += if a == result {
                        if self == result {
                            result_bar_dot * Self::lit(0.5)
                        } else {
                            result_bar_dot
                        }
                    } else {
                        Self::lit(0.0)
                    };
                *a_bar
                    += if a == result {
                        if self == result {
                            result_bar * Self::lit(0.5)
                        } else {
                            result_bar
                        }
                    } else {
                        Self::lit(0.0)
                    };
            },
        )
    }
    fn powf__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let result = self.powf(a);
        let result_dot = (if a == Self::lit(0.0) && self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            crate::rt::weigh(self_dot, a * self.powf(a - Self::lit(1.0)))
        })
            + (if self == Self::lit(0.0) && a >= Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                crate::rt::weigh(a_dot, result * self.ln())
            });
        (result, result_dot)
    }
    fn powf__ad_split(
        self,
        a: Self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            Slot<'_, Self>,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.powf(a);
        (
            result,
            move |
                y_bar: Self,
                self_bar_slot: Slot<'_, Self>,
                a_bar_slot: Slot<'_, Self>|
            {
                let mut a_bar: Self = Self::lit(0.0);
                let result_bar = y_bar;
                self_bar
                    += if a == Self::lit(0.0) && self == Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        crate::rt::weigh(result_bar, a * self.powf(a - Self::lit(1.0)))
                    };
                a_bar
                    += if self == Self::lit(0.0) && a >= Self::lit(0.0) {
                        Self::lit(0.0)
                    } else {
                        crate::rt::weigh(result_bar, result * self.ln())
                    };
                self_bar_slot.add(self_bar);
                a_bar_slot.add(a_bar);
            },
        )
    }
    fn powf__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
        a_dot_1: Dot<Self>,
        a_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let a_dot_1 = a_dot_1.or_zero(|| Self::lit(0.0));
        let a_dot_dot = a_dot_dot.or_zero(|| Self::lit(0.0));
        let result = self.powf(a);
        let result_dot = (if a == Self::lit(0.0) && self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            crate::rt::weigh(self_dot_1, a * self.powf(a - Self::lit(1.0)))
        })
            + (if self == Self::lit(0.0) && a >= Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                crate::rt::weigh(a_dot_1, result * self.ln())
            });
        let (chosen, chosen_dot) = if a == Self::lit(0.0) && self == Self::lit(0.0) {
            (Self::lit(0.0), Self::lit(0.0))
        } else {
            let value = a - Self::lit(1.0);
            let value_1 = self.powf(value);
            let value_dot = (if value == Self::lit(0.0) && self == Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                crate::rt::weigh(self_dot_1, value * self.powf(value - Self::lit(1.0)))
            })
                + (if self == Self::lit(0.0) && value >= Self::lit(0.0) {
                    Self::lit(0.0)
                } else {
                    crate::rt::weigh(a_dot_1, value_1 * self.ln())
                });
            let value_2 = a * value_1;
            (
                crate::rt::weigh(self_dot, value_2),
                crate::rt::weigh(self_dot_dot, value_2)
                    + crate::rt::weigh(self_dot, a_dot_1 * value_1 + a * value_dot),
            )
        };
        let (chosen_1, chosen_dot_1) = if self == Self::lit(0.0) && a >= Self::lit(0.0) {
            (Self::lit(0.0), Self::lit(0.0))
        } else {
            let value = self.ln();
            let value_1 = result * value;
            (
                crate::rt::weigh(a_dot, value_1),
                crate::rt::weigh(a_dot_dot, value_1)
                    + crate::rt::weigh(
                        a_dot,
                        result_dot * value
                            + result
                                * crate::rt::weigh(self_dot_1, Self::lit(1.0) / self),
                    ),
            )
        };
        let result_dot_1 = chosen + chosen_1;
        let result_dot_dot = chosen_dot + chosen_dot_1;
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn powf__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: Self,
        a_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let a_dot = a_dot.or_zero(|| Self::lit(0.0));
        let this_zero = zero_like(&self);
        let result = self.powf(a);
        let result_dot = (if a == Self::lit(0.0) && self == Self::lit(0.0) {
            Self::lit(0.0)
        } else {
            crate::rt::weigh(self_dot, a * self.powf(a - Self::lit(1.0)))
        })
            + (if self == Self::lit(0.0) && a >= Self::lit(0.0) {
                Self::lit(0.0)
            } else {
                crate::rt::weigh(a_dot, result * self.ln())
            });
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                (a_bar, a_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut a_bar_zero = ::core::option::Option::None;
                let a_bar = a_bar.or_zero(&mut a_bar_zero, || Self::lit(0.0));
                let mut a_bar_dot_zero = ::core::option::Option::None;
                let a_bar_dot = a_bar_dot
                    .or_zero(&mut a_bar_dot_zero, || Self::lit(0.0));
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let (chosen, chosen_dot) = if a == Self::lit(0.0)
                    && self == Self::lit(0.0)
                {
                    (Self::lit(0.0), Self::lit(0.0))
                } else {
                    let value = a - Self::lit(1.0);
                    let value_1 = self.powf(value);
                    let value_dot = (if value == Self::lit(0.0) && self == Self::lit(0.0)
                    {
                        Self::lit(0.0)
                    } else {
                        crate::rt::weigh(
                            self_dot,
                            value * self.powf(value - Self::lit(1.0)),
                        )
                    })
                        + (if self == Self::lit(0.0) && value >= Self::lit(0.0) {
                            Self::lit(0.0)
                        } else {
                            crate::rt::weigh(a_dot, value_1 * self.ln())
                        });
                    let value_2 = a * value_1;
                    (
                        crate::rt::weigh(result_bar, value_2),
                        crate::rt::weigh(result_bar_dot, value_2)
                            + crate::rt::weigh(
                                result_bar,
                                a_dot * value_1 + a * value_dot,
                            ),
                    )
                };
                *self_bar_dot += chosen_dot;
                *self_bar += chosen;
                let (chosen_1, chosen_dot_1) = if self == Self::lit(0.0)
                    && a >= Self::lit(0.0)
                {
                    (Self::lit(0.0), Self::lit(0.0))
                } else {
                    let value = self.ln();
                    let value_1 = result * value;
                    (
                        crate::rt::weigh(result_bar, value_1),
                        crate::rt::weigh(result_bar_dot, value_1)
                            + crate::rt::weigh(
                                result_bar,
                                result_dot * value
                                    + result * crate::rt::weigh(self_dot, Self::lit(1.0) / self),
                            ),
                    )
                };
                *a_bar_dot += chosen_dot_1;
                *a_bar += chosen_1;
            },
        )
    }
    fn powi__ad_jvp(
        self,
        self_dot: Dot<Self>,
        a: i32,
        _: crate::rt::Inactive,
    ) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.powi(a);
        let result_dot = if a == 0 {
            Self::lit(0.0)
        } else {
            self_dot * (Self::lit(f64::from(a)) * self.powi(a - 1))
        };
        (result, result_dot)
    }
    fn powi__ad_split(
        self,
        a: i32,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Slot<'_, Self>,
            crate::rt::Inactive,
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.powi(a);
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>, _: crate::rt::Inactive| {
                let result_bar = y_bar;
                self_bar
                    += if a == 0 {
                        Self::lit(0.0)
                    } else {
                        result_bar * (Self::lit(f64::from(a)) * self.powi(a - 1))
                    };
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn powi__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
        a: i32,
        _: crate::rt::Inactive,
        _: crate::rt::Inactive,
        _: crate::rt::Inactive,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.powi(a);
        let result_dot = if a == 0 {
            Self::lit(0.0)
        } else {
            self_dot_1 * (Self::lit(f64::from(a)) * self.powi(a - 1))
        };
        let (chosen, chosen_dot) = if a == 0 {
            (Self::lit(0.0), Self::lit(0.0))
        } else {
            let value = Self::lit(f64::from(a));
            let value_1 = value * self.powi(a - 1);
            (
                self_dot * value_1,
                self_dot_dot * value_1
                    + self_dot
                        * (value
                            * (if a - 1 == 0 {
                                Self::lit(0.0)
                            } else {
                                self_dot_1
                                    * (Self::lit(f64::from((a - 1))) * self.powi(a - 1 - 1))
                            })),
            )
        };
        let result_dot_1 = chosen;
        let result_dot_dot = chosen_dot;
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn powi__ad_split1(
        self,
        self_dot: Dot<Self>,
        a: i32,
        _: crate::rt::Inactive,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
            (crate::rt::Inactive, crate::rt::Inactive),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.powi(a);
        let result_dot = if a == 0 {
            Self::lit(0.0)
        } else {
            self_dot * (Self::lit(f64::from(a)) * self.powi(a - 1))
        };
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>),
                _: (crate::rt::Inactive, crate::rt::Inactive)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let (chosen, chosen_dot) = if a == 0 {
                    (Self::lit(0.0), Self::lit(0.0))
                } else {
                    let value = Self::lit(f64::from(a));
                    let value_1 = value * self.powi(a - 1);
                    (
                        result_bar * value_1,
                        result_bar_dot * value_1
                            + result_bar
                                * (value
                                    * (if a - 1 == 0 {
                                        Self::lit(0.0)
                                    } else {
                                        self_dot
                                            * (Self::lit(f64::from((a - 1))) * self.powi(a - 1 - 1))
                                    })),
                    )
                };
                *self_bar_dot += chosen_dot;
                *self_bar += chosen;
            },
        )
    }
    fn recip__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.recip();
        let result_dot = -(self_dot * result * result);
        (result, result_dot)
    }
    fn recip__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.recip();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar -= result_bar * result * result;
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn recip__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.recip();
        let result_dot = -(self_dot_1 * result * result);
        let value = self_dot * result;
        let result_dot_1 = -(value * result);
        let result_dot_dot = -((self_dot_dot * result + self_dot * result_dot) * result
            + value * result_dot);
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn recip__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.recip();
        let result_dot = -(self_dot * result * result);
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = result_bar * result;
                *self_bar_dot
                    -= (result_bar_dot * result + result_bar * result_dot) * result
                        + value * result_dot;
                *self_bar -= value * result;
            },
        )
    }
    fn round__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.round();
        (result, Self::lit(0.0))
    }
    fn round__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.round();
        (
            result,
            move |_: Self, self_bar_slot: Slot<'_, Self>| {
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn round__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.round();
        let result_3 = Self::lit(0.0);
        let result_2 = Self::lit(0.0);
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn round__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.round();
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                _: Self,
                _: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
            },
        )
    }
    fn signum__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.signum();
        (result, Self::lit(0.0))
    }
    fn signum__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.signum();
        (
            result,
            move |_: Self, self_bar_slot: Slot<'_, Self>| {
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn signum__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.signum();
        let result_3 = Self::lit(0.0);
        let result_2 = Self::lit(0.0);
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn signum__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.signum();
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                _: Self,
                _: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
            },
        )
    }
    fn sin__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.sin();
        let result_dot = self_dot * self.cos();
        (result, result_dot)
    }
    fn sin__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.sin();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += result_bar * self.cos();
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn sin__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.sin();
        let result_dot = self_dot_1 * self.cos();
        let value = self.cos();
        let result_dot_1 = self_dot * value;
        let result_dot_dot = self_dot_dot * value
            + self_dot * -(self_dot_1 * self.sin());
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn sin__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.sin();
        let result_dot = self_dot * self.cos();
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = self.cos();
                *self_bar_dot
                    += result_bar_dot * value + result_bar * -(self_dot * self.sin());
                *self_bar += result_bar * value;
            },
        )
    }
    fn sinh__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.sinh();
        let result_dot = self_dot * self.cosh();
        (result, result_dot)
    }
    fn sinh__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.sinh();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += result_bar * self.cosh();
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn sinh__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.sinh();
        let result_dot = self_dot_1 * self.cosh();
        let value = self.cosh();
        let result_dot_1 = self_dot * value;
        let result_dot_dot = self_dot_dot * value
            + self_dot * (self_dot_1 * self.sinh());
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn sinh__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.sinh();
        let result_dot = self_dot * self.cosh();
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = self.cosh();
                *self_bar_dot
                    += result_bar_dot * value + result_bar * (self_dot * self.sinh());
                *self_bar += result_bar * value;
            },
        )
    }
    fn sqrt__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.sqrt();
        let result_dot = crate::rt::weigh(self_dot, Self::lit(0.5) / result);
        (result, result_dot)
    }
    fn sqrt__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.sqrt();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += crate::rt::weigh(result_bar, Self::lit(0.5) / result);
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn sqrt__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.sqrt();
        let result_dot = crate::rt::weigh(self_dot_1, Self::lit(0.5) / result);
        let value = Self::lit(0.5) / result;
        let result_dot_1 = crate::rt::weigh(self_dot, value);
        let result_dot_dot = crate::rt::weigh(self_dot_dot, value)
            + crate::rt::weigh(self_dot, -(result_dot / result * value));
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn sqrt__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.sqrt();
        let result_dot = crate::rt::weigh(self_dot, Self::lit(0.5) / result);
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = Self::lit(0.5) / result;
                *self_bar_dot
                    += crate::rt::weigh(result_bar_dot, value)
                        + crate::rt::weigh(result_bar, -(result_dot / result * value));
                *self_bar += crate::rt::weigh(result_bar, value);
            },
        )
    }
    fn tan__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.tan();
        let result_dot = self_dot * (Self::lit(1.0) + result * result);
        (result, result_dot)
    }
    fn tan__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.tan();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += result_bar * (Self::lit(1.0) + result * result);
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn tan__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.tan();
        let result_dot = self_dot_1 * (Self::lit(1.0) + result * result);
        let value = Self::lit(1.0) + result * result;
        let result_dot_1 = self_dot * value;
        let result_dot_dot = self_dot_dot * value
            + self_dot * (result_dot * result + result * result_dot);
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn tan__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.tan();
        let result_dot = self_dot * (Self::lit(1.0) + result * result);
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = Self::lit(1.0) + result * result;
                *self_bar_dot
                    += result_bar_dot * value
                        + result_bar * (result_dot * result + result * result_dot);
                *self_bar += result_bar * value;
            },
        )
    }
    fn tanh__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.tanh();
        let result_dot = self_dot * (Self::lit(1.0) - result * result);
        (result, result_dot)
    }
    fn tanh__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.tanh();
        (
            result,
            move |y_bar: Self, self_bar_slot: Slot<'_, Self>| {
                let result_bar = y_bar;
                self_bar += result_bar * (Self::lit(1.0) - result * result);
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn tanh__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.tanh();
        let result_dot = self_dot_1 * (Self::lit(1.0) - result * result);
        let value = Self::lit(1.0) - result * result;
        let result_dot_1 = self_dot * value;
        let result_dot_dot = self_dot_dot * value
            + self_dot * -(result_dot * result + result * result_dot);
        let result_3 = result_dot_dot;
        let result_2 = result_dot;
        let result_1 = result_dot_1;
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn tanh__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.tanh();
        let result_dot = self_dot * (Self::lit(1.0) - result * result);
        let result_1 = result_dot;
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                y_bar: Self,
                y_bar_dot: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let result_bar = y_bar;
                let result_bar_dot = y_bar_dot;
                let value = Self::lit(1.0) - result * result;
                *self_bar_dot
                    += result_bar_dot * value
                        + result_bar * -(result_dot * result + result * result_dot);
                *self_bar += result_bar * value;
            },
        )
    }
    fn trunc__ad_jvp(self, self_dot: Dot<Self>) -> (Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let result = self.trunc();
        (result, Self::lit(0.0))
    }
    fn trunc__ad_split(
        self,
    ) -> (
        Self,
        impl ::core::ops::FnOnce(Self, Slot<'_, Self>) + ::core::clone::Clone + use<Self>,
    ) {
        let mut self_bar: Self = zero_like(&self);
        let result = self.trunc();
        (
            result,
            move |_: Self, self_bar_slot: Slot<'_, Self>| {
                self_bar_slot.add(self_bar);
            },
        )
    }
    fn trunc__ad_jvp2(
        self,
        self_dot: Dot<Self>,
        self_dot_1: Dot<Self>,
        self_dot_dot: Dot<Self>,
    ) -> (Self, Self, Self, Self) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let self_dot_1 = self_dot_1.or_zero(|| zero_like(&self));
        let self_dot_dot = self_dot_dot.or_zero(|| zero_like(&self));
        let result = self.trunc();
        let result_3 = Self::lit(0.0);
        let result_2 = Self::lit(0.0);
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (result_0, result_1, result_2, result_3)
    }
    fn trunc__ad_split1(
        self,
        self_dot: Dot<Self>,
    ) -> (
        Self,
        Self,
        impl ::core::ops::FnOnce(
            Self,
            Self,
            (Slot<'_, Self>, Slot<'_, Self>),
        ) + ::core::clone::Clone + use<Self>,
    ) {
        let self_dot = self_dot.or_zero(|| zero_like(&self));
        let this_zero = zero_like(&self);
        let result = self.trunc();
        let result_1 = Self::lit(0.0);
        let result_0 = result;
        (
            result_0,
            result_1,
            move |
                _: Self,
                _: Self,
                (self_bar, self_bar_dot): (Slot<'_, Self>, Slot<'_, Self>)|
            {
                let mut self_bar_zero = ::core::option::Option::None;
                let self_bar = self_bar
                    .or_zero(
                        &mut self_bar_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
                let mut self_bar_dot_zero = ::core::option::Option::None;
                let self_bar_dot = self_bar_dot
                    .or_zero(
                        &mut self_bar_dot_zero,
                        || ::core::clone::Clone::clone(&this_zero),
                    );
            },
        )
    }
}
impl<S: Scalar + Float> Methods for S {}
