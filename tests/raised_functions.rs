//! Corpus: calls, generics, numeric kernels, every row in every mode, raised to order two.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, unused)]

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

#[path = "corpus/functions.rs"]
mod functions;

#[path = "corpus/generic.rs"]
mod generic;

#[path = "corpus/numeric_kernels.rs"]
mod numeric_kernels;

#[path = "corpus/programs.rs"]
mod programs;

#[path = "corpus/simulations.rs"]
mod simulations;

#[path = "corpus/neighbours.rs"]
mod neighbours;

#[path = "corpus/standard_names.rs"]
mod standard_names;

#[path = "corpus/named_parts.rs"]
mod named_parts;

#[path = "corpus/searches.rs"]
mod searches;

#[path = "corpus/by_name.rs"]
mod by_name;

#[path = "corpus/by_example.rs"]
mod by_example;
