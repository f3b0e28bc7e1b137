//! Runs innermost loops in blocks of lanes.
//!
//! `for i in lo..hi { body }` becomes a loop over blocks of so many iterations and a loop over
//! the rest. A block copies the elements that its iterations touch into arrays, so that bounds are
//! checked once a block, runs the body lane by lane over these arrays, which LLVM turns into
//! vector instructions, and copies back. Sums of cotangents get an accumulator a lane. Sums of
//! the primal keep their order: their terms are collected and added up one after another. What
//! else is carried from one iteration to the next runs in a loop of its own between what it
//! depends on and what depends on it.

mod affine;
mod body;
mod simple;
mod slots;
mod write;

use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Stmt, Ty, VarInfo};
use body::Body;

/// How many iterations a block has: the lanes of the widest vectors of `f64`.
pub const LANES: usize = 8;

/// Does so, with `width` iterations a block, in every loop of `blocks` for which it is possible
/// and worth while.
pub fn lanes(f: &mut Function, blocks: &mut [&mut Block], width: usize) {
    for block in blocks.iter_mut() {
        visit(f, block, width);
    }
}

fn visit(f: &mut Function, block: &mut Block, width: usize) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        walk::blocks_of_mut(&mut stmt, &mut |inner| visit(f, inner, width));
        match in_lanes(f, &stmt, width) {
            Some(stmts) => out.extend(stmts),
            None => out.push(stmt),
        }
    }
    block.stmts = out;
}

fn in_lanes(f: &mut Function, stmt: &Stmt, width: usize) -> Option<Vec<Stmt>> {
    let Stmt::For { var, lo, hi, rev, body, exits, span } = stmt else { return None };
    if !exits.is_empty() {
        return None;
    }
    let is_usize = matches!(&f.info(*var).ty, Ty::Int(Some(name)) if name == "usize");
    if !is_usize || !simple::is_simple(f, &body.stmts) || is_short(lo, hi, width) {
        return None;
    }
    let ty = f.info(*var).ty.clone();
    let start = f.add_var(VarInfo::local("at", ty, *span));
    let stmts = simple::name_carried(f, &body.stmts);
    let plan = Body::new(f, (*var, start), *rev, width, &stmts).plan()?;
    write::write(f, stmt, &stmts, &plan)
}

/// Whether a loop certainly has fewer iterations than two blocks.
fn is_short(lo: &Expr, hi: &Expr, width: usize) -> bool {
    let value = |expr: &Expr| match expr {
        Expr::Lit(syn::Lit::Int(lit)) => lit.base10_parse::<usize>().ok(),
        _ => None,
    };
    matches!((value(lo), value(hi)), (Some(lo), Some(hi)) if hi < lo.saturating_add(2 * width))
}
