//! Simple statements: their forward sweep, what undoes them, and their adjoints.

use super::Builder;
use crate::ir::walk;
use crate::ir::{Arg, Expr, Op, Place, Stmt, Ty, Var, VecOp};
use crate::reverse::tree::Pos;

impl Builder<'_> {
    pub(super) fn simple(&mut self, pos: Pos, stmt: &Stmt, forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>) {
        let restores = self.plan.restores.get(&pos).cloned().unwrap_or_default();
        let mut kept = false;
        for restore in &restores {
            let ty = self.rules.f.place_ty(&restore.place);
            if !ty.is_copy()
                && let Stmt::Assign { op: None, .. } = stmt
                && let Stmt::Assign { place, value, .. } = self.forward_stmt(stmt)
            {
                forward.push(Stmt::Replace { var: restore.old, place, value });
                kept = true;
            } else {
                let init = if ty.is_copy() {
                    Expr::Read(restore.source.clone())
                } else {
                    Expr::ToOwned(restore.source.clone())
                };
                forward.push(Stmt::Let { var: restore.old, init: Some(init) });
            }
            reverse.push(if matches!(ty, Ty::Slice(_)) {
                Stmt::CopyFrom { dst: restore.place.clone(), src: Place::var(restore.old) }
            } else {
                Stmt::Assign {
                    place: restore.place.clone(),
                    op: None,
                    value: Expr::Move(restore.old),
                    span: restore.place.span,
                }
            });
        }
        if !kept {
            forward.push(match stmt {
                Stmt::Let { var, init: None } if self.may_be_unassigned(*var, pos) => {
                    // The reverse sweep reads it on the paths that assign it, which rustc cannot see.
                    let ty = self.rules.f.info(*var).ty.clone();
                    let boxed = !ty.can_be_made_up();
                    let shadow = self.rules.known_shadow(*var);
                    let info = &mut self.rules.f.vars[var.0];
                    info.late = false;
                    info.mutable = true;
                    info.boxed = boxed;
                    // There is no zero of the shape of what was never assigned.
                    if let Some(shadow) = shadow {
                        self.rules.f.vars[shadow.0].boxed = boxed;
                    }
                    let init = (!boxed).then_some(Expr::Placeholder(ty));
                    Stmt::Let { var: *var, init }
                }
                stmt => self.forward_stmt(stmt),
            });
        }
        if self.plan.undone.contains(&pos) {
            self.undo(stmt, reverse);
        }
        reverse.extend(self.adjoints[pos].iter().cloned());
    }

    /// Whether a variable that the reverse sweep needs, declared without a value at `pos`, is
    /// assigned on some of the paths through its block only.
    pub(super) fn may_be_unassigned(&self, var: Var, pos: Pos) -> bool {
        let block = &self.tree.blocks[self.tree.nodes[pos].block].nodes;
        let mut after = block.iter().copied().filter(|&other| other > pos);
        self.plan.needed.contains_key(&var) && !after.any(|other| self.assigns(other, var))
    }

    /// Whether every path through a statement assigns a variable or never ends.
    pub(super) fn assigns(&self, pos: Pos, var: Var) -> bool {
        let node = &self.tree.nodes[pos];
        let all = || {
            node.blocks
                .iter()
                .all(|&block| self.tree.blocks[block].nodes.iter().any(|&inner| self.assigns(inner, var)))
        };
        match &node.stmt {
            Stmt::Assign { place, op: None, .. } => place.is_var() && place.root == var,
            Stmt::If { .. } | Stmt::Match { .. } => all(),
            Stmt::Effect { diverges, .. } => *diverges,
            Stmt::Bail { .. } => true,
            _ => false,
        }
    }

    /// What takes back the effect of a statement on primal storage.
    pub(super) fn undo(&mut self, stmt: &Stmt, reverse: &mut Vec<Stmt>) {
        match stmt {
            Stmt::Swap { a, b } => {
                reverse.push(Stmt::Swap { a: self.rules.resolve(a), b: self.rules.resolve(b) });
            }
            Stmt::Vector { vec, op, span } => {
                let inverse = match op {
                    VecOp::Push(_) => VecOp::Pop(None),
                    VecOp::Insert(index, _) => VecOp::Remove(self.rules.primal(index), None),
                    VecOp::Pop(Some(var)) => VecOp::Push(self.copy_of(*var)),
                    VecOp::Remove(index, Some(var)) => {
                        VecOp::Insert(self.rules.primal(index), self.copy_of(*var))
                    }
                    VecOp::Reverse => VecOp::Reverse,
                    VecOp::Pop(None)
                    | VecOp::Remove(_, None)
                    | VecOp::Truncate(_)
                    | VecOp::Resize(..)
                    | VecOp::Clear
                    | VecOp::Extend(_) => return,
                };
                reverse.push(Stmt::Vector { vec: self.rules.resolve(vec), op: inverse, span: *span });
            }
            Stmt::Assign { place, op: Some(op @ (Op::Add | Op::Sub)), value, span } => {
                let inverse = if *op == Op::Add { Op::Sub } else { Op::Add };
                let value = self.rules.primal(value);
                reverse.push(Stmt::Assign {
                    place: self.rules.resolve(place),
                    op: Some(inverse),
                    value,
                    span: *span,
                });
            }
            // The pullback does it.
            _ => {}
        }
    }

    pub(super) fn copy_of(&self, var: Var) -> Expr {
        if self.rules.f.info(var).ty.is_copy() { Expr::read(var) } else { Expr::ToOwned(Place::var(var)) }
    }

    /// A statement of the forward sweep: what the reverse sweep needs is not moved away.
    pub(super) fn forward_stmt(&self, stmt: &Stmt) -> Stmt {
        let mut stmt = stmt.clone();
        walk::rewrite_stmt(&mut stmt, &mut |expr| self.unmoved(expr));
        if let Stmt::Let { init: Some(value), .. } | Stmt::Assign { value, .. } = &mut stmt
            && let Expr::Read(place) = value
            && self.plan.needed.contains_key(&self.rules.f.storage(place.root))
            && (matches!(self.rules.f.place_ty(place), Ty::Vec(_) | Ty::Deque(_) | Ty::Option(_))
                || self.rules.f.place_ty(place).holds_users()
                || self.has_parts(place))
        {
            // Of a type that may not be `Copy`.
            *value = Expr::ToOwned(place.clone());
        }
        if let Stmt::Call(call) = &mut stmt {
            for arg in &mut call.args {
                if let Arg::Value(value) = arg {
                    self.copy_moved(value);
                }
            }
        }
        if let Stmt::Vector { op: VecOp::Push(value) | VecOp::Insert(_, value), .. } = &mut stmt {
            self.copy_moved(value);
            self.copy_moved_into(value);
        }
        if let Stmt::Let { init: Some(value), .. } | Stmt::Assign { value, .. } = &mut stmt {
            self.copy_moved_into(value);
        }
        stmt
    }

    /// What goes into an aggregate.
    fn copy_moved_into(&self, value: &mut Expr) {
        let part = |part: &mut Expr| {
            self.copy_moved(part);
            self.copy_moved_into(part);
        };
        if let Expr::Struct { fields, .. } = value {
            fields.iter_mut().for_each(|(_, value)| part(value));
        } else if let Expr::Tuple(items) | Expr::Array(items) | Expr::VecOf(items) = value {
            items.iter_mut().for_each(part);
        } else if let Expr::Some(payload) = value {
            part(payload);
        }
    }

    /// Whether a place is a variable of a type that only rustc knows, with parts that something
    /// names, or lent to a call: perhaps not `Copy`.
    fn has_parts(&self, place: &Place) -> bool {
        place.is_var()
            && matches!(self.rules.f.place_ty(place), Ty::Unknown)
            && self.with_parts.contains(&place.root)
    }

    /// What goes into a call or an aggregate by value and is needed later is copied, where it may
    /// not be `Copy`.
    fn copy_moved(&self, value: &mut Expr) {
        if let Expr::Read(place) = value
            && place.is_var()
            && self.plan.needed.contains_key(&self.rules.f.storage(place.root))
            && (matches!(
                self.rules.f.place_ty(place),
                Ty::Unknown | Ty::Vec(_) | Ty::Deque(_) | Ty::Option(_)
            ) || self.rules.f.place_ty(place).holds_users())
            && !self.rules.f.place_ty(place).is_copy()
        {
            *value = Expr::ToOwned(place.clone());
        }
    }

    pub(super) fn unmoved(&self, expr: Expr) -> Expr {
        match expr {
            Expr::Move(var) if self.plan.needed.contains_key(&var) => self.copy_of(var),
            other => other,
        }
    }
}
