//! Corpus: calls, generics, numeric kernels, every row in every mode.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, unused)]

#[macro_use]
mod harness;

#[path = "corpus/chosen.rs"]
mod chosen;
#[path = "corpus/effects_in_text.rs"]
mod effects_in_text;
#[path = "corpus/functions.rs"]
mod functions;

#[path = "corpus/generic.rs"]
mod generic;

#[path = "corpus/followed_within.rs"]
mod followed_within;

#[path = "corpus/handed_on.rs"]
mod handed_on;

#[path = "corpus/leaving_changed.rs"]
mod leaving_changed;
#[path = "corpus/left_out.rs"]
mod left_out;
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

#[path = "corpus/text.rs"]
mod text;

#[path = "corpus/named_parts.rs"]
mod named_parts;

#[path = "corpus/searches.rs"]
mod searches;

#[path = "corpus/by_name.rs"]
mod by_name;

#[path = "corpus/by_example.rs"]
mod by_example;
