//! Corpus: assignment, branches, primitives, calls, recursion, every row in every mode, raised to order three.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, unused)]

extern crate differentiable as primal;
extern crate self as differentiable;
pub use autodiff_raised::thrice as differentiable;
pub use primal::{Differentiable, Tangent, no_diff, rt, *};

#[macro_use]
mod harness;

/// Every row has second and third derivatives.
macro_rules! second {
    ($($row:tt)*) => {
        raised_second!($($row)*)
    };
}
macro_rules! third {
    ($($row:tt)*) => {
        raised_third!($($row)*)
    };
}

#[path = "corpus/assignment.rs"]
mod assignment;

#[path = "corpus/state_machines.rs"]
mod state_machines;

#[path = "corpus/tuples_within.rs"]
mod tuples_within;

#[path = "corpus/unwrapped_parts.rs"]
mod unwrapped_parts;

#[path = "corpus/other_fields.rs"]
mod other_fields;

#[path = "corpus/options_within.rs"]
mod options_within;

#[path = "corpus/branches.rs"]
mod branches;

#[path = "corpus/primitives.rs"]
mod primitives;

#[path = "corpus/functions.rs"]
mod functions;

#[path = "corpus/recursion.rs"]
mod recursion;
