//! Optimisers over any number of [`Param`](crate::Param)s of any types.
//!
//! ```
//! use autodiff_runtime::optim::Sgd;
//! use autodiff_runtime::{Param, Parameters};
//!
//! let (mut w, mut b) = (Param::new([1.0, 2.0]), Param::new(0.5));
//! let mut optimiser = Sgd::new(0.1).momentum(0.9);
//! for _ in 0..10 {
//!     (&mut w, &mut b).zero_grad();
//!     // … a backward pass: here the gradients of Σ w² and of b².
//!     let [w0, w1] = *w.value();
//!     w.accumulate(&[2.0 * w0, 2.0 * w1]);
//!     b.accumulate(&(2.0 * *b.value()));
//!     optimiser.step((&mut w, &mut b));
//! }
//! ```
//!
//! An optimiser knows a parameter by its position in what it is given: hand it the same
//! parameters in the same order at every step. A parameter without a gradient is passed over,
//! its value and its state unchanged. The formulas, signs and defaults are those of PyTorch's
//! `torch.optim`; state and arithmetic are `f64`, also for `f32` parameters, whose new value
//! is rounded once.

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::Sgd;

use crate::{Leaf, Parameters};
use alloc::vec::Vec;

/// What an optimiser remembers of each parameter, by position.
#[derive(Clone, Debug)]
struct States<S> {
    states: Vec<Option<S>>,
}

impl<S> States<S> {
    const fn new() -> Self {
        States { states: Vec::new() }
    }

    /// Steps every parameter that has a gradient; `new` makes the state of one of so many
    /// scalars.
    ///
    /// # Panics
    ///
    /// When the parameter at a position no longer has the number of scalars it had before.
    fn step<P: Parameters>(
        &mut self,
        params: P,
        new: impl Fn(usize) -> S,
        len: impl Fn(&S) -> usize,
        mut step: impl FnMut(&mut S, &mut dyn Leaf),
    ) {
        let mut position = 0;
        params.for_each(&mut |leaf| {
            if self.states.len() == position {
                self.states.push(None);
            }
            if let Some(scalars) = leaf.scalars() {
                let state = self.states[position].get_or_insert_with(|| new(scalars));
                let known = len(state);
                assert_eq!(
                    known, scalars,
                    "parameter {position} had {known} scalars at an earlier step and has {scalars} now: \
                     an optimiser must be given the same parameters in the same order at every step"
                );
                step(state, leaf);
            }
            position += 1;
        });
    }
}

/// A rate or coefficient: finite and not negative.
#[track_caller]
fn not_negative(name: &str, value: f64) -> f64 {
    assert!(value.is_finite() && value >= 0.0, "{name} must be finite and not negative, not {value}");
    value
}

/// A decay of running means: in `[0, 1)`.
#[track_caller]
fn decay(name: &str, value: f64) -> f64 {
    assert!((0.0..1.0).contains(&value), "{name} must be at least 0 and below 1, not {value}");
    value
}
