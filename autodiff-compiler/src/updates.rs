//! `let t = s + e; …; s = t;` is `s += e`: a sum, whose cotangent passes through, and not a value that is replaced.
//!
//! Values of users' types are made before they are assigned, so that is what their sums look like.

use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Op, Place, Stmt, Var};
use crate::reverse::same_place;
use std::collections::BTreeMap;

/// How far the value may stand before its assignment.
const REACH: usize = 64;

/// Rewrites such assignments.
pub fn updates(f: &mut Function) {
    let mut uses: BTreeMap<Var, usize> = BTreeMap::new();
    f.visit(&mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, _| *uses.entry(place.root).or_default() += 1)
    });
    walk::accesses_of_expr(&f.result, &mut |place, _| *uses.entry(place.root).or_default() += 2);
    for info in &f.vars {
        if let Some(base) = &info.view_of {
            *uses.entry(base.root).or_default() += 2;
            walk::accesses_of_place(base, &mut |index, _| *uses.entry(index.root).or_default() += 2);
        }
    }
    let mut body = std::mem::take(&mut f.body);
    rewrite(f, &mut body, &uses);
    f.body = body;
}

fn rewrite(f: &Function, block: &mut Block, uses: &BTreeMap<Var, usize>) {
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| rewrite(f, inner, uses));
    }
    let mut at = 0;
    while at < block.stmts.len() {
        match made_at(f, block, at, uses) {
            Some(made) => {
                let Stmt::Let { init: Some(init), .. } = block.stmts.remove(made) else {
                    unreachable!("a value that was found")
                };
                let Stmt::Assign { place, op, value, .. } = &mut block.stmts[at - 1] else {
                    unreachable!("the assignment of it")
                };
                let (by, rest) = update(place, init).expect("it was just found");
                (*op, *value) = (Some(by), rest);
            }
            None => at += 1,
        }
    }
}

/// Where the value of the assignment at `at` is made, if it is an update of what it is assigned to.
fn made_at(f: &Function, block: &Block, at: usize, uses: &BTreeMap<Var, usize>) -> Option<usize> {
    let Stmt::Assign { place, op: None, value: Expr::Read(value), .. } = &block.stmts[at] else {
        return None;
    };
    let ty = f.place_ty(place);
    let info = f.info(value.root);
    let once = value.is_var() && !info.mutable && !info.boxed && uses.get(&value.root) == Some(&1);
    if !once || !(ty.is_float() || ty.is_int()) {
        return None;
    }
    let first = at.saturating_sub(REACH);
    let made = (first..at)
        .rev()
        .find(|k| matches!(&block.stmts[*k], Stmt::Let { var, .. } if *var == value.root))?;
    let Stmt::Let { init: Some(init), .. } = &block.stmts[made] else { return None };
    let (_, rest) = update(place, init.clone())?;
    let mut reads = vec![place.clone()];
    walk::accesses_of_expr(&rest, &mut |read, _| reads.push(read.clone()));
    let stays = block.stmts[made + 1..at].iter().all(|stmt| {
        let mut apart = matches!(stmt, Stmt::Let { .. } | Stmt::Assign { .. });
        walk::places_written_by(stmt, &mut |written| {
            apart &= reads.iter().all(|read| !f.may_share(written, read));
        });
        apart
    });
    stays.then_some(made)
}

/// The update that a new value of a place is.
fn update(place: &Place, value: Expr) -> Option<(Op, Expr)> {
    let Expr::Prim { op: op @ (Op::Add | Op::Sub | Op::Mul | Op::Div), mut args, .. } = value else {
        return None;
    };
    let same = |expr: &Expr| matches!(expr, Expr::Read(other) if same_place(place, other));
    if same(&args[0]) {
        return Some((op, args.swap_remove(1)));
    }
    // Commuting keeps the value to the last bit.
    (matches!(op, Op::Add | Op::Mul) && same(&args[1])).then(|| (op, args.swap_remove(0)))
}
