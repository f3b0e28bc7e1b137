//! Corpus: special functions and what people publish, every row in every mode.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, nonstandard_style, unused)]

#[macro_use]
mod harness;

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
