//! Derivatives of ordinary Rust functions, as source code at compile time, on stable Rust.
//!
//! ```
//! use differentiable::differentiable;
//!
//! #[differentiable]
//! fn misfit(w: f64, b: f64, #[no_diff] x: &[f64], #[no_diff] y: &[f64]) -> f64 {
//!     let mut sum = 0.0;
//!     for i in 0..x.len() {
//!         let residual = w * x[i] + b - y[i];
//!         sum += residual * residual;
//!     }
//!     sum
//! }
//!
//! let (x, y) = ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]);
//! let (dw, db) = misfit::grad(1.0, 0.0, &x, &y);
//! assert_eq!((dw, db), (-28.0, -12.0));
//! ```
//!
//! [`differentiable`](macro@differentiable) leaves a function as it is and adds a type of the
//! same name whose associated functions are its derivatives: `grad`, `value_and_grad`, `jvp`
//! (forward mode), `vjp`, `pullback`, `accumulate` (reverse mode) and `jacobian`.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

// Generated code says `::differentiable`, in this crate's own items too.
extern crate self as differentiable;

pub mod losses;

pub use autodiff_macros::{Differentiable, differentiable};
pub use autodiff_runtime::*;

/// What most users need: `use differentiable::prelude::*;`.
pub mod prelude {
    pub use crate::{Differentiable, Param, Pullback, differentiable, no_diff};
}

/// What generated code is written with. Not for use by hand: it may change with any version.
#[doc(hidden)]
pub mod rt {
    pub use autodiff_runtime::rt::*;
}

// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
