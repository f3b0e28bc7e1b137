//! Which statements can run in lanes, and how they name places.

use crate::ir::walk::{self, Access, Operand, OperandMut};
use crate::ir::{Arg, Call, CallMode, Expr, Function, Op, Place, Stmt, Ty, Var};
use proc_macro2::TokenTree;
use std::collections::{BTreeMap, BTreeSet};

/// More statements than this are left alone: finding what depends on what is quadratic.
const LARGEST: usize = 256;

/// How statements use a place: as text, because equal places are one.
pub fn text(place: &Place) -> String {
    fn expr(out: &mut String, e: &Expr) {
        use std::fmt::Write;
        match e {
            Expr::Read(place) => place_text(out, place),
            Expr::Lit(syn::Lit::Int(lit)) => out.push_str(lit.base10_digits()),
            Expr::Prim { op, args, .. } => {
                let _ = write!(out, "{op:?}(");
                args.iter().for_each(|arg| {
                    expr(out, arg);
                    out.push(',');
                });
                out.push(')');
            }
            other => {
                let _ = write!(out, "{other:?}");
            }
        }
    }
    fn place_text(out: &mut String, place: &Place) {
        use crate::ir::Proj;
        out.push_str(&format!("v{}", place.root.0));
        for step in &place.proj {
            match step {
                Proj::Index(index) => {
                    out.push('[');
                    expr(out, index);
                    out.push(']');
                }
                Proj::Range(lo, hi) => {
                    out.push('[');
                    lo.iter().for_each(|lo| expr(out, lo));
                    out.push_str("..");
                    hi.iter().for_each(|hi| expr(out, hi));
                    out.push(']');
                }
                Proj::Field(syn::Member::Named(name)) => out.push_str(&format!(".{name}")),
                Proj::Field(syn::Member::Unnamed(index)) => out.push_str(&format!(".{}", index.index)),
                Proj::Deref => out.push('*'),
                Proj::Payload => out.push('?'),
            }
        }
    }
    let mut out = String::new();
    place_text(&mut out, place);
    out
}

/// Whether all statements are of the kinds that can run in lanes.
pub fn is_simple(f: &Function, stmts: &[Stmt]) -> bool {
    let scalar = |ty: &Ty| ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool);
    stmts.len() <= LARGEST
        && stmts.iter().all(|stmt| match stmt {
            Stmt::Let { var, init: Some(init) } => {
                let info = f.info(*var);
                scalar(&info.ty) && !info.boxed && !info.late && is_pure(f, init)
            }
            Stmt::Assign { place, value, .. } | Stmt::Accumulate { place, value, .. } => {
                scalar(&f.place_ty(place)) && is_pure(f, value)
            }
            Stmt::Let { init: None, .. }
            | Stmt::View { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::If { .. }
            | Stmt::Match { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::Vector { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_)
            | Stmt::RecordNew { .. }
            | Stmt::Replace { .. } => false,
            // Of functions of scalars, whose cotangents are scalars then.
            Stmt::Call(call) => match &call.mode {
                CallMode::Joint { seed, args, lanes: _ } => {
                    let shadows = args.iter().filter_map(|arg| arg.shadow.as_ref());
                    let seed_is_pure = match seed {
                        Expr::Move(var) => f.info(*var).ty.is_float(),
                        seed => is_pure(f, seed),
                    };
                    has_scalar_arguments(f, call)
                        && seed_is_pure
                        && shadows.into_iter().all(|place| f.place_ty(place).is_float())
                }
                CallMode::Plain
                | CallMode::Jvp { .. }
                | CallMode::Split { .. }
                | CallMode::Nested(_)
                | CallMode::WideJoint(_) => false,
            },
            Stmt::Pull { .. } => false,
            Stmt::RecordPush { values, .. } => values.iter().all(|value| match value {
                Expr::Move(var) => scalar(&f.info(*var).ty),
                Expr::Read(place) => place.is_var() && scalar(&f.info(place.root).ty),
                _ => false,
            }),
            Stmt::RecordPop { vars, .. } => vars.iter().all(|var| {
                let info = f.info(*var);
                scalar(&info.ty) && !info.boxed && !info.late
            }),
        })
}

/// Gives what is carried from one iteration to the next a name where it is read, so that only
/// the copy is in order, not what is computed with it.
pub fn name_carried(f: &mut Function, stmts: &[Stmt]) -> Vec<Stmt> {
    let mut carried = BTreeSet::new();
    for stmt in stmts {
        walk::places_written_by(stmt, &mut |place| {
            let info = f.info(place.root);
            if place.is_var() && info.ty.is_float() && !info.is_view() {
                carried.insert(place.root);
            }
        });
    }
    for stmt in stmts {
        walk::declared_by(stmt, &mut |var| _ = carried.remove(&var));
    }
    let mut out = Vec::with_capacity(stmts.len());
    for stmt in stmts {
        let mut stmt = stmt.clone();
        let mut used = BTreeMap::new();
        walk::accesses_of_stmt(&stmt, &mut |place, access| {
            if place.is_var() && carried.contains(&place.root) {
                *used.entry(place.root).or_insert(true) &= access == Access::Read;
            }
        });
        let copies = matches!(&stmt, Stmt::Let { init: Some(Expr::Read(_)), .. });
        for (var, _) in used.into_iter().filter(|(_, only_read)| *only_read && !copies) {
            let name = quote::format_ident!("{}_old", f.info(var).name);
            let ty = f.info(var).ty.clone();
            let old = f.add_var(crate::ir::VarInfo { name, ..crate::ir::VarInfo::local("old", ty, f.span) });
            out.push(Stmt::Let { var: old, init: Some(Expr::read(var)) });
            walk::rewrite_stmt(&mut stmt, &mut |expr| match expr {
                Expr::Read(place) if place.is_var() && place.root == var => Expr::read(old),
                other => other,
            });
        }
        out.push(stmt);
    }
    out
}

fn has_scalar_arguments(f: &Function, call: &Call) -> bool {
    call.args.iter().all(|arg| match arg {
        Arg::Value(value) => is_pure(f, value) && (value.ty(f).is_float() || value.ty(f).is_int()),
        Arg::Ref(_) | Arg::RefMut(_) | Arg::Receiver { .. } => false,
    })
}

fn is_pure(f: &Function, expr: &Expr) -> bool {
    let mut pure = true;
    walk::subexprs(expr, &mut |part| {
        pure &= match part {
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Read(_)
            | Expr::Len(_)
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. } => true,
            Expr::Opaque { args, .. } => args.is_empty(),
            Expr::Take { like, .. } | Expr::Zero { like } => f.place_ty(like).is_float(),
            Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Placeholder(_) => false,
        };
    });
    pure
}

/// Places that are read only if some condition holds.
pub fn conditional(stmt: &Stmt, found: &mut BTreeSet<String>) {
    fn visit(operand: Operand, within: bool, found: &mut BTreeSet<String>) {
        match operand {
            Operand::Expr(Expr::Select { cond, then, els }) => {
                visit(Operand::Expr(cond), within, found);
                visit(Operand::Expr(then), true, found);
                visit(Operand::Expr(els), true, found);
            }
            Operand::Expr(Expr::Prim { op: Op::And | Op::Or, args, .. }) => {
                visit(Operand::Expr(&args[0]), within, found);
                visit(Operand::Expr(&args[1]), true, found);
            }
            Operand::Expr(expr) => walk::operands_of_expr(expr, &mut |inner| visit(inner, within, found)),
            Operand::Place(place, _) => {
                if within {
                    found.insert(text(place));
                }
                walk::operands_of_place(place, &mut |inner| visit(inner, within, found));
            }
            Operand::Use(..) | Operand::Declare(_) => {}
        }
    }
    walk::operands_of_stmt(stmt, &mut |operand| visit(operand, false, found));
}

/// Puts other variables in the place of some.
pub fn rename(operand: OperandMut, renamed: &BTreeMap<Var, Var>) {
    let fresh = |var: &mut Var| {
        if let Some(fresh) = renamed.get(var) {
            *var = *fresh;
        }
    };
    match operand {
        OperandMut::Expr(expr) => walk::operands_of_expr_mut(expr, &mut |inner| rename(inner, renamed)),
        OperandMut::Place(place, _) => {
            fresh(&mut place.root);
            walk::operands_of_place_mut(place, &mut |inner| rename(inner, renamed));
        }
        OperandMut::Use(var, _) => fresh(var),
        OperandMut::Declare(_) => {}
    }
}

/// Moves of scalars are copies.
pub fn copy_scalars(f: &Function, stmts: &mut [Stmt]) {
    for stmt in stmts {
        walk::statement_mut(stmt, &mut |inner| {
            walk::rewrite_stmt(inner, &mut |expr| match expr {
                Expr::Move(var) if f.info(var).ty.is_float() || f.info(var).ty.is_int() => Expr::read(var),
                other => other,
            });
        });
    }
}

/// Takes out the constants of the user's that statements copy (`let a = TABLE;`): they are the
/// same in every lane.
pub fn take_constants(f: &Function, stmts: &mut Vec<Stmt>) -> Vec<Stmt> {
    let mut constants = Vec::new();
    stmts.retain(|stmt| {
        let constant = match stmt {
            Stmt::Let { var, init: Some(Expr::Opaque { tokens, args, .. }) } => {
                args.is_empty()
                    && !f.info(*var).mutable
                    && tokens.clone().into_iter().all(|token| !matches!(token, TokenTree::Group(_)))
            }
            _ => false,
        };
        if constant {
            constants.push(stmt.clone());
        }
        !constant
    });
    constants
}
