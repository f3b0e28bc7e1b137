//! The passes that make loops fast, in their order.

mod carry;
mod copies;
mod fields;
mod jam;
mod join;
mod lanes;
mod near;
mod records;
mod refill;
mod touch;
mod unroll;

use crate::ir::{Block, Function, Var};
use carry::carry;
use fields::fields;
use jam::{ROWS, jam};
pub use join::join;
use lanes::lanes;
pub use lanes::{LANES, scalar_in_lanes};
pub use near::near;
use records::records;
use refill::refill;
use touch::touch;
pub use unroll::unroll;

/// Which of the passes run, and how much of a loop runs at once.
#[derive(Clone, Copy, Debug)]
pub struct Blocking {
    /// Loops that follow each other become one.
    pub join: bool,
    /// First and last touches of cotangents, and those of emptied places, are told from the others.
    pub touch: bool,
    /// Fields have names of their own.
    pub fields: bool,
    /// Sums are carried in locals.
    pub carry: bool,
    /// Rows of a loop over rows that run at once; 0: as written.
    pub rows: usize,
    /// Short vectors stand in the frame.
    pub near: bool,
    /// Iterations of an innermost loop that run at once; 0: as written.
    pub lanes: usize,
}

impl Blocking {
    /// What emitted code has.
    pub const USUAL: Blocking =
        Blocking { join: true, touch: true, fields: true, carry: true, near: true, rows: ROWS, lanes: LANES };
}

/// Loops that were joined touch each element once, carry sums in locals, and run in blocks.
/// `shadows` are the cotangents of the parameters.
pub fn blocked(f: &mut Function, shadows: &[Option<Var>], blocks: &mut [&mut Block], blocking: Blocking) {
    if blocking.touch {
        touch(f, blocks);
        refill(f, blocks);
    }
    if blocking.fields {
        fields(f, blocks);
    }
    if blocking.carry {
        carry(f, blocks);
    }
    if blocking.rows > 0 {
        jam(f, blocks, blocking.rows);
    }
    if blocking.lanes > 0 {
        lanes(f, shadows, blocks, blocking.lanes);
        records(f, blocks, blocking.lanes);
    }
}
