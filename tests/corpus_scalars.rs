//! Corpus: assignment, branches, primitives, every row in every mode.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, unused)]

#[macro_use]
mod harness;

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

#[path = "corpus/before_the_target.rs"]
mod before_the_target;

#[path = "corpus/options_within.rs"]
mod options_within;

#[path = "corpus/branches.rs"]
mod branches;

#[path = "corpus/guards.rs"]
mod guards;

#[path = "corpus/primitives.rs"]
mod primitives;
