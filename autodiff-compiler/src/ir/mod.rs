//! The intermediate representation: structured, in administrative normal form, closed under
//! differentiation.
//!
//! # Grammar
//!
//! ```text
//! Function = params, vars, Block, result Expr [, Backward]
//! Block    = Stmt*
//! Stmt     = Let var = Expr            declares `var`; without a value: assigned later, once on
//!                                      every path that reads it (`late` in its `VarInfo`)
//!          | View var = &[mut] Place   `var` names the place; it is no storage of its own
//!          | Assign Place [op]= Expr   overwrites
//!          | Swap Place, Place
//!          | If / Match / For / While
//!          | Call                      a call of another differentiable function
//!          | Vector                    `push`, `pop`, `truncate`, … of a `Vec`
//!          | Effect                    logging, assertions, panics: never differentiated
//!          | Bail                      leaves the function with `Err` or `None`
//!          | Accumulate, Record…, Backward calls: what the reverse transform adds
//! Place    = var Proj*                 `a[i]`, `a[lo..hi]`, `p.x`, payload of a variant
//! ```
//!
//! # Invariants
//!
//! * Every variable is declared once (`Let`, `View`, loop counter, parameter, call result or
//!   pattern) and is visible to the end of the block that declares it. Shadowing in the source
//!   became distinct variables; names are made distinct again by `names`.
//! * There is no `break`, `continue` or `return`: lowering turned them into flags (`exits` of a
//!   loop) and nesting. A loop leaves after the iteration in which one of its `exits` is set.
//! * After lowering, the operands of an `Expr` that may be active are *atoms* (a literal or
//!   the read of a place); index operands inside places are immutable variables or literals.
//!   Expressions that cannot be active may be trees. `simplify` makes trees again.
//! * Evaluating an `Expr` has no side effect except a panic.
//! * References have vanished: a variable whose type is a reference *is* the place behind it
//!   (`VarInfo::by_ref`), so that `*r` and `r` in the source are both `Read(r)`.

mod display;
mod expr;
mod function;
mod stmt;
mod types;
#[cfg(any(test, feature = "interp"))]
pub mod verify;
pub mod walk;

pub use expr::{Expr, Op, Place, Proj, is_constant, join};
pub use function::{Backward, Function, Param, ParamMode, Var, VarInfo, Wrap};
pub use stmt::{
    Arg, Arm, Block, Call, CallMode, Callee, Nested, Outcome, Pattern, PullArg, PullTangents, Stmt, VecOp,
    WideCompanions, WideJoint, names_derivative, outcome_variant,
};
pub use types::{FieldTy, Inert, Lent, Named, Ty, cast_tokens, names_a_cell};
