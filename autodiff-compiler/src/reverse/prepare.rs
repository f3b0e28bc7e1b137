//! Brings a primal function into the form the reverse rules expect.

use crate::analyze::activity::{Activity, carriers};
use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo, VecOp};
use proc_macro2::Span;

/// A copy of `f` in which
/// * what an `If` branches on and what bounds a `For` are literals or immutable variables;
/// * what is assigned, accumulated or pushed is an atom, an aggregate of atoms or inactive;
/// * compound assignment is `+=`, `-=`, `*=` or `/=` by something that does not read the place;
/// * elements that are dropped from a `Vec` have a name.
pub fn prepare(f: &Function, activity: &Activity) -> Function {
    let mut f = f.clone();
    let mut body = std::mem::take(&mut f.body);
    block(&mut f, activity, &mut body);
    f.body = body;
    if !matches!(f.result, Expr::Read(_) | Expr::Move(_) | Expr::Lit(_)) && !f.result.ty(&f).is_unit() {
        let ty = f.result.ty(&f);
        let mut result = f.result.clone();
        let mut stmts = Vec::new();
        atoms_of_aggregate(&mut f, &mut result, &mut stmts, false);
        let var = f.add_var(VarInfo::local("y", ty, Span::call_site()));
        stmts.push(Stmt::Let { var, init: Some(result) });
        f.body.stmts.extend(stmts);
        f.result = Expr::Move(var);
    }
    f
}

fn block(f: &mut Function, activity: &Activity, body: &mut Block) {
    let mut out = Vec::with_capacity(body.stmts.len());
    for mut stmt in std::mem::take(&mut body.stmts) {
        walk::blocks_of_mut(&mut stmt, &mut |inner| block(f, activity, inner));
        prepare_stmt(f, activity, stmt, &mut out);
    }
    body.stmts = out;
    name_overwritten(f, body);
}

/// Names what is read from a place and then overwritten in the same block: `x = f(x)` becomes
/// `let x_old = x; x = f(x_old)`. The adjoint then reads the name, and the place need not be
/// restored for it.
fn name_overwritten(f: &mut Function, body: &mut Block) {
    // What is inserted stands close to the end of what has been gone through.
    let mut out: Vec<Stmt> = Vec::with_capacity(body.stmts.len());
    for stmt in std::mem::take(&mut body.stmts) {
        if let Stmt::Assign { place, .. } = &stmt
            && f.place_ty(place).is_float()
            && !f.info(place.root).late
        {
            let place = f.resolve(place);
            if let Some((first, reader)) = first_reader(f, &out, &place) {
                let name = quote::format_ident!("{}_old", f.info(place.root).name);
                let ty = f.place_ty(&place);
                let old = f.add_var(VarInfo { name, ..VarInfo::local("old", ty, place.span) });
                for stmt in &mut out[first..] {
                    if let Stmt::Let { init: Some(init), .. } = stmt {
                        walk::rewrite(init, &mut |expr| match expr {
                            Expr::Read(read) if same_place(&f.resolve(&read), &place) => Expr::read(old),
                            other => other,
                        });
                    }
                }
                // Through the view that the statement reads through: the place behind it is lent.
                out.insert(first, Stmt::Let { var: old, init: Some(Expr::Read(reader)) });
            }
        }
        out.push(stmt);
    }
    body.stmts = out;
}

/// The first of the definitions since the last write that compute with the value of `place`.
fn first_reader(f: &Function, before: &[Stmt], place: &Place) -> Option<(usize, Place)> {
    const REACH: usize = 64;
    let mut found = None;
    for (index, stmt) in before.iter().enumerate().rev().take(REACH) {
        let mut written = false;
        walk::statement(stmt, &mut |inner| {
            walk::places_written_by(inner, &mut |target| {
                written |= f.storage(target.root) == place.root;
            });
            walk::declared_by(inner, &mut |var| {
                written |= var == place.root
                    || place
                        .proj
                        .iter()
                        .any(|step| matches!(step, Proj::Index(Expr::Read(i)) if i.root == var));
            });
        });
        if written {
            break;
        }
        if let Stmt::Let { init: Some(init @ Expr::Prim { .. }), .. } = stmt {
            walk::accesses_of_expr(init, &mut |read, access| {
                if access == walk::Access::Read && same_place(&f.resolve(read), place) {
                    found = Some((index, read.clone()));
                }
            });
        }
    }
    found
}

/// Whether two resolved places are certainly the same.
pub fn same_place(a: &Place, b: &Place) -> bool {
    a.root == b.root
        && a.proj.len() == b.proj.len()
        && a.proj.iter().zip(&b.proj).all(|(a, b)| match (a, b) {
            (Proj::Field(a), Proj::Field(b)) => a == b,
            (Proj::Index(a), Proj::Index(b)) => same_index(a, b),
            (Proj::Range(lo_a, hi_a), Proj::Range(lo_b, hi_b)) => {
                let same = |a: &Option<Expr>, b: &Option<Expr>| match (a, b) {
                    (Some(a), Some(b)) => same_index(a, b),
                    (None, None) => true,
                    _ => false,
                };
                same(lo_a, lo_b) && same(hi_a, hi_b)
            }
            (Proj::Deref, Proj::Deref) => true,
            _ => false,
        })
}

pub fn same_index(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Lit(syn::Lit::Int(a)), Expr::Lit(syn::Lit::Int(b))) => a.base10_digits() == b.base10_digits(),
        // Index operands never change.
        (Expr::Read(a), Expr::Read(b)) => a.is_var() && b.is_var() && a.root == b.root,
        _ => false,
    }
}

fn prepare_stmt(f: &mut Function, activity: &Activity, mut stmt: Stmt, out: &mut Vec<Stmt>) {
    match &mut stmt {
        Stmt::If { cond, .. } => {
            if !is_fixed(f, cond) {
                name(f, "cond", Ty::Bool, cond, out);
            }
        }
        Stmt::For { lo, hi, .. } => {
            for (bound, label) in [(lo, "start"), (hi, "end")] {
                if !is_fixed(f, bound) {
                    let ty = bound.ty(f);
                    name(f, label, ty, bound, out);
                }
            }
        }
        Stmt::Let { init: Some(init), .. } => atoms_of_aggregate(f, init, out, false),
        Stmt::Fill { value, .. } => atoms_of_aggregate(f, value, out, true),
        Stmt::Vector { op, .. } => match op {
            VecOp::Push(value) | VecOp::Resize(_, value) | VecOp::Insert(_, value) => {
                atoms_of_aggregate(f, value, out, true);
            }
            VecOp::Pop(slot @ None) | VecOp::Remove(_, slot @ None) => {
                *slot = Some(f.add_var(VarInfo::local("popped", Ty::Unknown, Span::call_site())));
            }
            VecOp::Pop(Some(_))
            | VecOp::Remove(_, Some(_))
            | VecOp::Truncate(_)
            | VecOp::Clear
            | VecOp::Extend(_)
            | VecOp::Reverse => {}
        },
        Stmt::Assign { place, op, value, span } => {
            if f.may_be_active(place) {
                let spelled_out = match op {
                    None | Some(Op::Add | Op::Sub | Op::Mul | Op::Div) => {
                        let scales = matches!(op, Some(Op::Mul | Op::Div));
                        op.is_some() && reads(f, value, f.storage(place.root))
                            || scales && has_active_carrier(f, activity, value)
                    }
                    Some(_) => true,
                };
                if spelled_out {
                    let op = op.take().expect("only compound assignments are spelled out");
                    let operand = std::mem::replace(value, Expr::Tuple(Vec::new()));
                    let mut operand = operand;
                    atoms_of_aggregate(f, &mut operand, out, true);
                    *value = Expr::Prim { op, args: vec![Expr::Read(place.clone()), operand], span: *span };
                }
                atoms_of_aggregate(f, value, out, true);
            }
        }
        Stmt::View { .. }
        | Stmt::Let { init: None, .. }
        | Stmt::Swap { .. }
        | Stmt::CopyFrom { .. }
        | Stmt::Match { .. }
        | Stmt::While { .. }
        | Stmt::Call(_)
        | Stmt::Effect { .. }
        | Stmt::Bail { .. }
        | Stmt::Item(_)
        | Stmt::Accumulate { .. }
        | Stmt::RecordNew { .. }
        | Stmt::RecordPush { .. }
        | Stmt::RecordPop { .. }
        | Stmt::Replace { .. }
        | Stmt::Pull { .. } => {}
    }
    out.push(stmt);
}

/// Names what is not an atom: the expression itself when `whole`, else its operands.
fn atoms_of_aggregate(f: &mut Function, expr: &mut Expr, out: &mut Vec<Stmt>, whole: bool) {
    match expr {
        Expr::Prim { args, .. } => {
            for arg in args {
                if arg.ty(f).may_be_active() && !arg.is_atom() {
                    atoms_of_aggregate(f, arg, out, true);
                }
            }
            if whole && expr.ty(f).may_be_active() {
                let ty = expr.ty(f);
                name(f, "value", ty, expr, out);
            }
        }
        Expr::Tuple(items) | Expr::Array(items) | Expr::VecOf(items) => {
            items.iter_mut().for_each(|item| atoms_of_aggregate(f, item, out, true));
        }
        Expr::Struct { fields, rest, .. } => {
            fields.iter_mut().for_each(|(_, value)| atoms_of_aggregate(f, value, out, true));
            if let Some(rest) = rest {
                atoms_of_aggregate(f, rest, out, true);
            }
        }
        Expr::Repeat { elem, .. } | Expr::VecRepeat { elem, .. } | Expr::Some(elem) => {
            atoms_of_aggregate(f, elem, out, true);
        }
        Expr::Cast { arg, ty, .. } => {
            let active = ty.may_be_active();
            if active && arg.ty(f).may_be_active() {
                atoms_of_aggregate(f, arg, out, true);
            }
            if whole && active {
                let ty = expr.ty(f);
                name(f, "value", ty, expr, out);
            }
        }
        Expr::Select { .. } => {
            if whole && expr.ty(f).may_be_active() {
                let ty = expr.ty(f);
                name(f, "value", ty, expr, out);
            }
        }
        Expr::Lit(_)
        | Expr::Const(..)
        | Expr::Opaque { .. }
        | Expr::Read(_)
        | Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::VecNew { .. }
        | Expr::Zero { .. }
        | Expr::Take { .. }
        | Expr::Placeholder(_) => {}
    }
}

/// Replaces `expr` by a variable that holds its value.
fn name(f: &mut Function, label: &str, ty: Ty, expr: &mut Expr, out: &mut Vec<Stmt>) {
    let var = f.add_var(VarInfo::local(label, ty, Span::call_site()));
    let init = std::mem::replace(expr, Expr::read(var));
    out.push(Stmt::Let { var, init: Some(init) });
}

/// A literal or an immutable variable: the same wherever it is read.
fn is_fixed(f: &Function, expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Const(..) => true,
        Expr::Read(Place { root, proj, .. }) => {
            proj.is_empty() && !f.info(*root).mutable && f.info(*root).view_of.is_none()
        }
        Expr::Opaque { .. }
        | Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Prim { .. }
        | Expr::Select { .. }
        | Expr::Cast { .. }
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Struct { .. }
        | Expr::Some(_)
        | Expr::Zero { .. }
        | Expr::Take { .. }
        | Expr::Placeholder(_) => false,
    }
}

fn has_active_carrier(f: &Function, activity: &Activity, expr: &Expr) -> bool {
    let mut found = Vec::new();
    carriers(f, expr, &mut found);
    found.into_iter().any(|var| activity.is_active(var))
}

fn reads(f: &Function, expr: &Expr, storage: Var) -> bool {
    let mut found = false;
    walk::places_read_by_expr(expr, &mut |place| found |= f.storage(place.root) == storage);
    found
}
