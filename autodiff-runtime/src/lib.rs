//! Runtime of the `differentiable` crate: what generated derivative code calls, and what people
//! expect of gradients around it.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod boxed;
pub mod casts;
mod choose;
mod constant;
mod contents;
#[doc(hidden)]
pub mod convert;
mod copies;
mod deque;
#[doc(hidden)]
pub mod elementary;
mod gradcheck;
#[doc(hidden)]
pub mod index;
mod items;
#[rustfmt::skip]
mod methods;
mod near;
#[doc(hidden)]
pub mod ops;
pub mod optim;
mod order;
mod outcome;
#[doc(hidden)]
mod pair;
mod param;
pub mod protocol;
mod pullback;
mod record;
mod support;
mod tangent;
mod wide;

pub use gradcheck::{GradCheck, GradientMismatch, gradcheck};
pub use param::{Leaf, Param, Parameters};
pub use pullback::Pullback;
pub use tangent::{Differentiable, Scalar, Tangent, no_diff, zero_like};

/// What generated code is written with.
#[doc(hidden)]
pub mod rt {
    pub use crate::__cast_part as cast_part;
    pub use crate::__keep as keep;
    pub use crate::__lend as lend;
    pub use crate::__own as own;
    pub use crate::__part as part;
    pub use crate::__place as place;
    pub use crate::boxed::*;
    pub use crate::choose::*;
    pub use crate::constant::*;
    pub use crate::contents::*;
    pub use crate::copies::*;
    pub use crate::gradcheck::{checked, checked_where_defined};
    pub use crate::items::{Item, LentItem, OwnItem};
    pub use crate::methods::Methods;
    pub use crate::near::near;
    pub use crate::order::{HigherOrders, NoDerivatives};
    pub use crate::outcome::{is_given, nothing_lost, optional, transposed};
    pub use crate::protocol::*;
    pub use crate::pullback::{Either, Elements, Owned, Seed, SeedKind};
    pub use crate::record::Record;
    pub use crate::support::*;
    pub use crate::wide::*;
    pub use crate::{casts, convert, elementary, index, ops, zero_like};
    pub use alloc::boxed::Box;
    pub use alloc::collections::VecDeque;
    pub use alloc::sync::Arc;
    pub use alloc::vec;
    pub use alloc::vec::Vec;
}
