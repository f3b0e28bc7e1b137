//! Runs one corpus row in every mode.
//!
//! A row names a differentiable function, how each of its parameters is passed, and some points:
//!
//! ```text
//! row!(in_place_axpy: axpy(val a, ref x, mut y) -> unit at (2.0, vec![1.0, 2.0], vec![0.5, 3.0]));
//! ```
//!
//! Parameters are `val` (by value), `ref`, `mut`; those that are not differentiated `no`, `noref`
//! and `scratch` (`&mut`). The result is one scalar unless `->` says otherwise: `many` (an array,
//! a `Vec` or a tuple of scalars, so that there is a `jacobian`), `value` (anything else),
//! `unit`, `inert` (an integer or `bool`), `option` or `result` (with one scalar inside).
//! `=> expression` gives the gradient in closed form (of `many`: the gradients of all outputs),
//! in terms of the parameters. `; step = 1e-6` and the like set [`engine::Options`].

#[macro_use]
pub mod curvature;
pub mod engine;
#[macro_use]
pub mod second;
#[macro_use]
pub mod row;
#[macro_use]
pub mod value;
