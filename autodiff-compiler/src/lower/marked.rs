//! Active values in fields that are marked `#[no_diff]`: refused, since what is read from there has
//! no derivative.

use super::Lowerer;
use crate::analyze::activity::{Activity, carriers};
use crate::diagnostics::message;
use crate::ir::{Arg, Block, Expr, Function, Place, Stmt, Ty, VecOp, walk};
use proc_macro2::Span;

impl Lowerer<'_> {
    pub(super) fn refuse_stores(&mut self, body: &Block, varied: &Activity) {
        let mut found: Vec<Span> = Vec::new();
        walk::statements(body, &mut |stmt| {
            stores(stmt, &mut |place, sources, span| {
                if is_marked(&self.f, place) && sources.iter().any(|value| is_varied(&self.f, value, varied))
                {
                    found.push(span);
                }
            });
            walk::operands_of_stmt(stmt, &mut |operand| {
                if let walk::Operand::Expr(expr) = operand {
                    walk::subexprs(expr, &mut |part| {
                        if let Expr::Struct { fields, ty: Ty::Named(named), .. } = part {
                            let marked = |member| named.field(member).is_some_and(|field| field.passive);
                            let values = fields.iter().filter(|(member, _)| marked(member));
                            if values.into_iter().any(|(_, value)| is_varied(&self.f, value, varied)) {
                                let span = syn::spanned::Spanned::span(&named.written);
                                found.push(span);
                            }
                        }
                    });
                }
            });
        });
        for span in found {
            self.diag.error(span, message::MARKED_FIELD);
        }
    }

    /// What a `Vec` takes as a length or an index is an integer: of another type it would be a number whose
    /// derivative is lost.
    pub(super) fn refuse_lengths(&mut self, body: &Block, varied: &Activity) {
        let mut found: Vec<(Span, &str)> = Vec::new();
        walk::statements(body, &mut |stmt| {
            let Stmt::Vector { vec, op, .. } = stmt else { return };
            let (length, name) = match op {
                VecOp::Truncate(length) => (length, "truncate"),
                VecOp::Resize(length, _) => (length, "resize"),
                VecOp::Insert(index, _) => (index, "insert"),
                VecOp::Remove(index, _) => (index, "remove"),
                VecOp::Push(_) | VecOp::Pop(_) | VecOp::Extend(_) | VecOp::Clear | VecOp::Reverse => return,
            };
            if is_varied(&self.f, length, varied) {
                found.push((vec.span, name));
            }
        });
        for (span, name) in found {
            self.diag.error(span, message::unknown_method(name));
        }
    }
}

fn is_varied(f: &Function, value: &Expr, varied: &Activity) -> bool {
    let mut vars = Vec::new();
    carriers(f, value, &mut vars);
    vars.iter().any(|var| varied.is_varied(*var))
}

/// Whether a place could carry a derivative if no field on the way to it were marked.
fn is_marked(f: &Function, place: &Place) -> bool {
    !f.may_be_active(place) && f.place_ty(place).may_be_active()
}

/// What a statement stores where.
fn stores(stmt: &Stmt, visit: &mut dyn FnMut(&Place, &[&Expr], Span)) {
    match stmt {
        Stmt::Assign { place, value, span, .. } => visit(place, &[value], *span),
        Stmt::Fill { place, value } => visit(place, &[value], place.span),
        Stmt::CopyFrom { dst, src } => visit(dst, &[&Expr::Read(src.clone())], dst.span),
        Stmt::Swap { a, b } => {
            visit(a, &[&Expr::Read(b.clone())], a.span);
            visit(b, &[&Expr::Read(a.clone())], b.span);
        }
        Stmt::Replace { place, value, .. } => visit(place, &[value], place.span),
        Stmt::Vector { vec, op, .. } => match op {
            VecOp::Push(value) | VecOp::Resize(_, value) | VecOp::Insert(_, value) => {
                visit(vec, &[value], vec.span);
            }
            VecOp::Extend(src) => visit(vec, &[&Expr::Read(src.clone())], vec.span),
            VecOp::Pop(_) | VecOp::Remove(..) | VecOp::Truncate(_) | VecOp::Clear | VecOp::Reverse => {}
        },
        Stmt::Call(call) => {
            let read = |arg: &Arg| match arg {
                Arg::Value(value) => value.clone(),
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                    Expr::Read(place.clone())
                }
            };
            let sources: Vec<Expr> = call.args.iter().map(read).collect();
            for arg in &call.args {
                if let Arg::RefMut(place) | Arg::Receiver { place, mutable: true } = arg {
                    visit(place, &sources.iter().collect::<Vec<_>>(), place.span);
                }
            }
        }
        Stmt::Let { .. }
        | Stmt::View { .. }
        | Stmt::Accumulate { .. }
        | Stmt::If { .. }
        | Stmt::Match { .. }
        | Stmt::For { .. }
        | Stmt::While { .. }
        | Stmt::Effect { .. }
        | Stmt::Bail { .. }
        | Stmt::Item(_)
        | Stmt::RecordNew { .. }
        | Stmt::RecordPush { .. }
        | Stmt::RecordPop { .. }
        | Stmt::Pull { .. } => {}
    }
}
