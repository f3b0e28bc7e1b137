//! Runs innermost loops in blocks of lanes.
//!
//! `for i in lo..hi { body }` becomes a loop over blocks of so many iterations and a loop over
//! the rest. A block copies the elements that its iterations touch into arrays, so that bounds are
//! checked once a block, runs the body lane by lane over these arrays, which LLVM turns into
//! vector instructions, and copies back. Sums of cotangents get an accumulator a lane. Sums of
//! the primal keep their order: their terms are collected and added up one after another. What
//! else is carried from one iteration to the next runs in a loop of its own between what it
//! depends on and what depends on it. Branches over scalars become selections.

mod affine;
mod body;
mod choose;
mod groups;
mod scalar;
mod simple;
mod slots;
mod split;
mod stretch;
mod write;

use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Stmt, Ty, Var, VarInfo};
use body::Body;
use choose::Shapes;
pub use groups::{is_zero, literal, usize_ty};
pub use scalar::in_lanes as scalar_in_lanes;

/// How many iterations a block has: the lanes of the widest vectors of `f64`.
pub const LANES: usize = 8;

/// Does so, with `width` iterations a block, in every loop of `blocks` for which it is possible
/// and worth while.
///
/// `shadows` are the cotangents of the parameters.
pub fn lanes(f: &mut Function, shadows: &[Option<Var>], blocks: &mut [&mut Block], width: usize) {
    let mut shapes = Shapes::new();
    for (param, shadow) in f.params.iter().zip(shadows) {
        shapes.extend(shadow.map(|shadow| (shadow, param.var)));
    }
    for block in blocks.iter() {
        walk::statements(block, &mut |stmt| {
            if let Stmt::Let { var, init: Some(Expr::Zero { like }) } = stmt
                && like.is_var()
            {
                shapes.insert(*var, like.root);
            }
        });
    }
    for block in blocks.iter_mut() {
        visit(f, &shapes, block, width);
    }
}

fn visit(f: &mut Function, shapes: &Shapes, block: &mut Block, width: usize) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        walk::blocks_of_mut(&mut stmt, &mut |inner| visit(f, shapes, inner, width));
        match in_lanes(f, shapes, &stmt, width) {
            Some(stmts) => out.extend(stmts),
            None => out.push(stmt),
        }
    }
    block.stmts = out;
}

fn in_lanes(f: &mut Function, shapes: &Shapes, stmt: &Stmt, width: usize) -> Option<Vec<Stmt>> {
    let Stmt::For { var, lo, hi, rev, body, exits, span } = stmt else { return None };
    if !exits.is_empty() {
        return None;
    }
    let is_usize = matches!(&f.info(*var).ty, Ty::Int(Some(name)) if name == "usize");
    if !is_usize || is_short(lo, hi, width) {
        return None;
    }
    let mut stmts = body.stmts.clone();
    let mut out = simple::take_constants(f, &mut stmts);
    simple::copy_scalars(f, &mut stmts);
    let stmts = choose::branchless(f, &stmts, shapes)?;
    if !simple::is_simple(f, &stmts) {
        return None;
    }
    let ty = f.info(*var).ty.clone();
    let start = f.add_var(VarInfo::local("at", ty, *span));
    let stmts = simple::name_carried(f, &stmts);
    let stmts = split::name_calls(f, stmts);
    let plan = Body::new(f, (*var, start), *rev, width, &stmts).plan()?;
    out.extend(write::write(f, stmt, &stmts, &plan)?);
    Some(out)
}

/// Whether a loop certainly has fewer iterations than two blocks.
fn is_short(lo: &Expr, hi: &Expr, width: usize) -> bool {
    let value = |expr: &Expr| match expr {
        Expr::Lit(syn::Lit::Int(lit)) => lit.base10_parse::<usize>().ok(),
        _ => None,
    };
    matches!((value(lo), value(hi)), (Some(lo), Some(hi)) if hi < lo.saturating_add(2 * width))
}
