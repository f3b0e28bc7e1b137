//! The reverse transform: IR to IR.
//!
//! 1. [`prepare`] brings a function into the form the rules expect: active operands are atoms,
//!    conditions and bounds that a reverse sweep repeats have names.
//! 2. [`rules`] says for each simple statement what its adjoint is.
//! 3. [`tree`] numbers the statements, so that "may be executed before" is a comparison.
//! 4. [`plan`] decides, from what the adjoints read, which statements *merge* (primal and adjoint
//!    in one place, nothing is stored), which values are recomputed and which are recorded
//!    (to-be-recorded), and which overwritten values must be restored.
//! 5. [`build`] writes the two sweeps down; [`schedule`] orders the statements of a block whose
//!    primal and adjoint share a scope.
//! 6. [`sink`] moves what only some arms of a branch ask for into them.
//! 7. Where the two sweeps meet, [`views`] are dissolved beside which the reverse sweep needs the place.

mod build;
mod cut;
mod define;
mod independent;
mod plan;
mod prepare;
mod private;
mod rules;
mod schedule;
mod share;
mod sink;
mod tree;

pub use plan::has_static_shape;
pub use prepare::{same_index, same_place};

use crate::analyze::activity::{self, Activity};
use crate::ir::{Block, Function, Var};
use crate::views;

/// Which form of the reverse transform is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// The seed is known from the start: one function does both sweeps.
    Joint,
    /// The seed comes later: the reverse sweep is a closure over the forward sweep.
    Split,
}

/// What may be switched off to test that results do not depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Merge primal and adjoint of independent loops and of branches; read in adjoints what the
    /// primal has computed.
    pub fuse: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { fuse: true }
    }
}

/// The two sweeps of a function.
#[derive(Clone, Debug)]
pub struct Adjoint {
    /// Variables, parameters and result; its `body` is empty.
    pub function: Function,
    /// The forward sweep; in a `Joint` adjoint the reverse sweep too.
    pub forward: Block,
    /// The reverse sweep of a `Split` adjoint.
    pub backward: Block,
    /// The cotangent of each parameter; `None` for inactive ones.
    pub shadows: Vec<Option<Var>>,
    /// The cotangent of the return value, by value.
    pub seed: Option<Var>,
}

/// Transforms a primal function.
pub fn reverse(f: &Function, activity: &Activity, sweep: Sweep, settings: Settings) -> Adjoint {
    let f = prepare::prepare(f, activity);
    let activity = activity::activity(&f);
    let rules = rules::Rules::new(f, activity);
    let mut adjoint = build::build(rules, sweep, settings);
    sink::sink(&mut adjoint);
    views::dissolve(&mut adjoint.function, &mut [&mut adjoint.forward, &mut adjoint.backward]);
    adjoint
}
