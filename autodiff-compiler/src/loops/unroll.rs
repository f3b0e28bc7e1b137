//! Loops of a handful of iterations are written out: `for k in 0..3` over the components of a vector
//! needs no record of its iterations, and its indices are known.

use super::copies::{copy_vars, renamed};
use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The most iterations that are written out.
const TRIPS: u64 = 4;

/// The most statements that a loop may become.
const LARGEST: usize = 48;

/// Does so in a function that is not differentiated yet.
pub fn unroll(f: &mut Function) {
    let mut body = std::mem::take(&mut f.body);
    visit(f, &mut body);
    f.body = body;
}

fn visit(f: &mut Function, block: &mut Block) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        walk::blocks_of_mut(&mut stmt, &mut |inner| visit(f, inner));
        match written_out(f, &stmt) {
            Some(stmts) => out.extend(stmts),
            None => out.push(stmt),
        }
    }
    block.stmts = out;
}

fn written_out(f: &mut Function, stmt: &Stmt) -> Option<Vec<Stmt>> {
    let Stmt::For { var, lo, hi, rev, body, exits, .. } = stmt else { return None };
    let Ty::Int(ty) = f.info(*var).ty.clone() else { return None };
    let (lo, hi) = (bound(f, lo)?, bound(f, hi)?);
    let trips = hi.checked_sub(lo)?;
    let mut size = 0;
    let mut plain = true;
    walk::statements(body, &mut |inner| {
        size += 1;
        plain &= !matches!(
            inner,
            Stmt::For { .. } | Stmt::While { .. } | Stmt::Item(_) | Stmt::Bail { .. } | Stmt::Effect { .. }
        );
        // In tokens of the user's own a number may need its type.
        plain &= ty.is_some() || !mentioned_in_tokens(inner, *var);
    });
    let large = trips > TRIPS || size * usize::try_from(trips).ok()? > LARGEST;
    if !exits.is_empty() || !plain || large {
        return None;
    }
    let mut declared = BTreeSet::new();
    walk::statements(body, &mut |stmt| walk::declared_by(stmt, &mut |var| _ = declared.insert(var)));
    let mut out = Vec::new();
    let mut gone = BTreeSet::from([*var]);
    let mut counts: Vec<u64> = (lo..hi).collect();
    if *rev {
        counts.reverse();
    }
    for count in counts {
        let mut names = BTreeMap::new();
        copy_vars(f, &declared, &mut names);
        let mut known = BTreeMap::from([(*var, count)]);
        for stmt in &body.stmts {
            let mut stmt = renamed(stmt, &names);
            substitute(&mut stmt, &known, ty.as_ref());
            if let Stmt::Let { var, init: Some(init) } = &stmt
                && !f.info(*var).mutable
                && matches!(&f.info(*var).ty, Ty::Int(name) if *name == ty)
                && let Some(value) = value(init)
            {
                known.insert(*var, value);
                gone.insert(*var);
                continue;
            }
            out.push(stmt);
        }
        for var in names.values() {
            if let Some(mut place) = f.info(*var).view_of.clone() {
                in_place(&mut place, &known, ty.as_ref());
                f.vars[var.0].view_of = Some(place);
            }
        }
    }
    // What is matched is a place, which no number can stand for.
    let mentioned = |stmt: &Stmt| {
        let mut found = false;
        walk::statement(stmt, &mut |inner| {
            walk::accesses_of_stmt(inner, &mut |place, _| found |= gone.contains(&place.root));
        });
        found
    };
    (!out.iter().any(mentioned)).then_some(out)
}

fn mentioned_in_tokens(stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::operands_of_stmt(stmt, &mut |operand| {
        if let walk::Operand::Expr(expr) = operand {
            walk::subexprs(expr, &mut |part| {
                if let Expr::Opaque { .. } = part {
                    walk::accesses_of_expr(part, &mut |place, _| found |= place.root == var);
                }
            });
        }
    });
    found
}

/// A bound that is written down, or the length of an array that is.
fn bound(f: &Function, expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Len(place) => match f.place_ty(place) {
            Ty::Array(_, len) => syn::parse2::<syn::LitInt>(len).ok()?.base10_parse().ok(),
            _ => None,
        },
        expr => value(expr),
    }
}

/// The value of an expression of integers that are written down.
fn value(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Lit(syn::Lit::Int(lit)) => lit.base10_parse().ok(),
        Expr::Prim { op, args, .. } => {
            let [a, b] = args.as_slice() else { return None };
            let (a, b) = (value(a)?, value(b)?);
            match op {
                Op::Add => a.checked_add(b),
                Op::Sub => a.checked_sub(b),
                Op::Mul => a.checked_mul(b),
                Op::Rem => a.checked_rem(b),
                _ => None,
            }
        }
        _ => None,
    }
}

fn literal(value: u64, ty: Option<&syn::Ident>) -> Expr {
    let suffix = ty.map(ToString::to_string).unwrap_or_default();
    Expr::Lit(syn::Lit::Int(syn::LitInt::new(&format!("{value}{suffix}"), Span::call_site())))
}

/// Puts the values of integers in their place. An index needs no suffix.
fn substitute(stmt: &mut Stmt, known: &BTreeMap<Var, u64>, ty: Option<&syn::Ident>) {
    walk::statement_mut(stmt, &mut |inner| {
        walk::places_of_stmt_mut(inner, &mut |place| in_place(place, known, ty));
        walk::rewrite_stmt(inner, &mut |expr| known_value(expr, known, ty));
    });
}

fn in_place(place: &mut Place, known: &BTreeMap<Var, u64>, ty: Option<&syn::Ident>) {
    for step in &mut place.proj {
        match step {
            Proj::Index(index) => {
                let taken = std::mem::replace(index, Expr::Tuple(Vec::new()));
                *index = known_value(taken, known, None);
            }
            Proj::Range(lo, hi) => {
                for end in [lo, hi].into_iter().flatten() {
                    let taken = std::mem::replace(end, Expr::Tuple(Vec::new()));
                    *end = known_value(taken, known, ty);
                }
            }
            Proj::Field(_) | Proj::Deref | Proj::Payload => {}
        }
    }
}

fn known_value(expr: Expr, known: &BTreeMap<Var, u64>, ty: Option<&syn::Ident>) -> Expr {
    match &expr {
        Expr::Read(place) if place.is_var() => match known.get(&place.root) {
            Some(value) => literal(*value, ty),
            None => expr,
        },
        _ => expr,
    }
}
