//! A `match` on a place that one of its arms assigns: `match state { … => state = next, … }`.
//!
//! What stands after a branch that leaves is inside an arm by then, so this is looked for when
//! everything is lowered.

use super::Lowerer;
use crate::diagnostics::message;
use crate::ir::{Block, Expr, Function, Place, Proj, Stmt, Var, VarInfo, walk};
use proc_macro2::Span;

impl Lowerer<'_> {
    /// Gives such a `match` a copy of its scrutinee, so that what its patterns bind stays. Without
    /// bindings the arm that was taken is all there is to know, and the reverse sweep keeps that.
    pub(super) fn copy_overwritten(&mut self, block: &mut Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            walk::blocks_of_mut(&mut stmt, &mut |inner| self.copy_overwritten(inner));
            if let Stmt::Match { on, mutable, .. } = &stmt
                && assigns_scrutinee(&self.f, &stmt)
            {
                let bound = bound_by(&stmt);
                if self.part_aliases.contains(&self.f.storage(on.root)) || *mutable && !bound.is_empty() {
                    self.diag.error(on.span, message::ASSIGNED_WHILE_MATCHED);
                } else if !bound.is_empty() {
                    block.stmts.push(self.copy_scrutinee(&mut stmt, &bound));
                }
            }
            block.stmts.push(stmt);
        }
    }

    fn copy_scrutinee(&mut self, stmt: &mut Stmt, bound: &[Var]) -> Stmt {
        let Stmt::Match { on, .. } = stmt else { unreachable!("called for a match") };
        let ty = self.f.place_ty(on);
        let init = if ty.is_copy() { Expr::Read(on.clone()) } else { Expr::ToOwned(on.clone()) };
        let var = self.f.add_var(VarInfo::local("on", ty, Span::call_site()));
        for binding in bound {
            self.f.vars[binding.0].view_of = Some(Place::var(var).project(Proj::Payload));
        }
        *on = Place { span: on.span, ..Place::var(var) };
        Stmt::Let { var, init: Some(init) }
    }
}

fn bound_by(stmt: &Stmt) -> Vec<Var> {
    let Stmt::Match { arms, .. } = stmt else { return Vec::new() };
    let mut bound = Vec::new();
    for arm in arms {
        walk::bound_by(&arm.pattern, &mut |var| bound.push(var));
    }
    bound.sort();
    bound.dedup();
    bound
}

/// Whether an arm of a `Match` writes the matched place, other than through what a pattern binds.
fn assigns_scrutinee(f: &Function, stmt: &Stmt) -> bool {
    let Stmt::Match { on, .. } = stmt else { return false };
    let on = f.resolve(on);
    let mut found = false;
    walk::blocks_of(stmt, &mut |block| {
        walk::statements(block, &mut |inner| found |= f.overwrites(inner, &on));
    });
    found
}
