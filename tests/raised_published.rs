//! Corpus: special functions and what people publish, every row in every mode, raised to order two.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, nonstandard_style, unused)]

extern crate differentiable as primal;
extern crate self as differentiable;
pub use autodiff_raised::differentiable;
pub use primal::{Differentiable, Tangent, no_diff, rt, *};

#[macro_use]
mod harness;

/// Every row has second derivatives.
macro_rules! second {
    ($($row:tt)*) => {
        raised_second!($($row)*)
    };
}

#[path = "corpus/special_functions.rs"]
mod special_functions;

#[path = "corpus/published.rs"]
mod published;

#[path = "corpus/models.rs"]
mod models;

#[path = "corpus/crates.rs"]
mod crates;

#[path = "corpus/ownership.rs"]
mod ownership;

#[path = "corpus/indicators.rs"]
mod indicators;

#[path = "corpus/paper_kernels.rs"]
mod paper_kernels;

#[path = "corpus/more_crates.rs"]
mod more_crates;
