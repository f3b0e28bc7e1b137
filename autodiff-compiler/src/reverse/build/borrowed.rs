//! What borrows from the caller's data in the forward sweep is made again in the reverse sweep, to
//! which that data is passed again: a pullback holds no borrow.

use crate::ir::walk;
use crate::ir::{Expr, Function, ParamMode, Stmt, Ty, Var};
use std::collections::BTreeSet;

/// The definitions to repeat at the start of the reverse sweep.
pub(super) fn borrowed(f: &Function, forward: &[Stmt], backward: &[Stmt]) -> Vec<Stmt> {
    let lent: BTreeSet<Var> =
        f.params.iter().filter(|param| param.mode == ParamMode::Ref).map(|param| param.var).collect();
    let mut needed = BTreeSet::new();
    for stmt in backward {
        walk::statement(stmt, &mut |inner| {
            walk::accesses_of_stmt(inner, &mut |place, _| _ = needed.insert(place.root));
        });
    }
    let mut again: Vec<Stmt> = Vec::new();
    for stmt in forward.iter().rev() {
        let Stmt::Let { var, init: Some(init @ Expr::Opaque { ty: Ty::Inert | Ty::Unknown, .. }) } = stmt
        else {
            continue;
        };
        let mut borrows = false;
        walk::accesses_of_expr(init, &mut |place, _| {
            borrows |= lent.contains(&place.root) && matches!(f.place_ty(place), Ty::Inert);
        });
        if borrows && needed.contains(var) && !f.info(*var).mutable {
            walk::accesses_of_expr(init, &mut |place, _| _ = needed.insert(place.root));
            again.push(stmt.clone());
        }
    }
    again.reverse();
    again
}
