//! Corpus: iterator chains, closures, `Vec`s and slices, every row in every mode.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, unused)]

#[macro_use]
mod harness;

#[path = "corpus/items_in_turn.rs"]
mod items_in_turn;

#[path = "corpus/iterators.rs"]
mod iterators;

#[path = "corpus/closures.rs"]
mod closures;

#[path = "corpus/inlined.rs"]
mod inlined;

#[path = "corpus/searched.rs"]
mod searched;
#[path = "corpus/vectors.rs"]
mod vectors;

#[path = "corpus/captured.rs"]
mod captured;

#[path = "corpus/held_iterators.rs"]
mod held_iterators;

#[path = "corpus/idioms.rs"]
mod idioms;

#[path = "corpus/moving_references.rs"]
mod moving_references;

#[path = "corpus/left_early.rs"]
mod left_early;

#[path = "corpus/chosen_items.rs"]
mod chosen_items;

#[path = "corpus/absent.rs"]
mod absent;

#[path = "corpus/given_away.rs"]
mod given_away;
#[path = "corpus/questions.rs"]
mod questions;

#[path = "corpus/deques.rs"]
mod deques;
