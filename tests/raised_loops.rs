//! Corpus: loops and arrays, every row in every mode, raised to order two.
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

#[path = "corpus/loops.rs"]
mod loops;

#[path = "corpus/while_loops.rs"]
mod while_loops;

#[path = "corpus/arrays.rs"]
mod arrays;

#[path = "corpus/shared_slots.rs"]
mod shared_slots;

#[path = "corpus/held_values.rs"]
mod held_values;

#[path = "corpus/as_they_were.rs"]
mod as_they_were;

#[path = "corpus/overwritten.rs"]
mod overwritten;

#[path = "corpus/interplay.rs"]
mod interplay;

#[path = "corpus/long_loops.rs"]
mod long_loops;

#[path = "corpus/short_vectors.rs"]
mod short_vectors;

#[path = "corpus/blocks.rs"]
mod blocks;
