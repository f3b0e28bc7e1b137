//! The first and the last touch of the elements of a local cotangent.
//!
//! A loop that is the first to add to the elements of a zero, each iteration to its own, gives
//! them their values: `x_bar[i] += e` becomes `x_bar[i] = e`. A loop that is the last to take them
//! need not leave zeros: `take(&mut x_bar[i])` becomes `x_bar[i]`.

use crate::ir::walk::{self, Access};
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var};

/// Does so in every block.
pub fn touch(f: &Function, blocks: &mut [&mut Block]) {
    for block in blocks.iter_mut() {
        visit(f, block);
    }
}

fn visit(f: &Function, block: &mut Block) {
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| visit(f, inner));
    }
    for index in 0..block.stmts.len() {
        let Stmt::Let { var, init: Some(Expr::Zero { .. }) } = &block.stmts[index] else { continue };
        let var = *var;
        let info = f.info(var);
        if !matches!(info.ty, Ty::Vec(_) | Ty::Array(..)) || info.by_ref.is_some() || info.boxed {
            continue;
        }
        // Views may name it anywhere.
        if f.vars.iter().any(|other| other.view_of.as_ref().is_some_and(|base| base.root == var)) {
            continue;
        }
        let rest = index + 1..block.stmts.len();
        let touching = |at: &usize| mentions(&block.stmts[*at], var);
        let (Some(first), Some(last)) = (rest.clone().find(touching), rest.rev().find(touching)) else {
            continue;
        };
        first_touch(f, &mut block.stmts[first], var);
        let mut read = false;
        walk::accesses_of_expr(&f.result, &mut |place, _| read |= place.root == var);
        if !read {
            last_touch(f, &mut block.stmts[last], var);
        }
    }
}

/// The body of a loop each of whose iterations touches no element but its own.
fn own_elements<'s>(f: &Function, stmt: &'s mut Stmt, var: Var) -> Option<(&'s mut Vec<Stmt>, Var)> {
    let Stmt::For { var: counter, lo, hi, body, exits, .. } = stmt else { return None };
    let counter = *counter;
    let mut own = exits.is_empty();
    for bound in [lo, hi] {
        walk::accesses_of_expr(bound, &mut |place, access| {
            own &= place.root != var || access == Access::Shape;
        });
    }
    walk::statements(body, &mut |inner| {
        walk::accesses_of_stmt(inner, &mut |place, access| {
            own &= place.root != var || access == Access::Shape || is_element(f, place, counter);
        });
    });
    own.then_some((&mut body.stmts, counter))
}

/// Whether a place is `x[counter]`, a float.
fn is_element(f: &Function, place: &Place, counter: Var) -> bool {
    let [Proj::Index(Expr::Read(index))] = place.proj.as_slice() else { return false };
    index.is_var() && index.root == counter && f.place_ty(place).is_float()
}

fn first_touch(f: &Function, stmt: &mut Stmt, var: Var) {
    let Some((body, _)) = own_elements(f, stmt, var) else { return };
    let Some(first) = body.iter_mut().find(|inner| mentions(inner, var)) else { return };
    if let Stmt::Accumulate { place, value, .. } = first
        && place.root == var
        && !reads(value, var)
    {
        assign(first);
    }
}

/// An addition to a zero assigns.
pub fn assign(stmt: &mut Stmt) {
    let Stmt::Accumulate { place, value, negate } = stmt else { unreachable!("called for an addition") };
    let value = std::mem::replace(value, Expr::Tuple(Vec::new()));
    let value = if *negate { Expr::prim(Op::Neg, vec![value]) } else { value };
    let (place, span) = (place.clone(), place.span);
    *stmt = Stmt::Assign { place, op: None, value, span };
}

fn last_touch(f: &Function, stmt: &mut Stmt, var: Var) {
    let Some((body, _)) = own_elements(f, stmt, var) else { return };
    let Some(last) = body.iter_mut().rev().find(|inner| mentions(inner, var)) else { return };
    if !matches!(last, Stmt::Let { .. } | Stmt::Assign { .. } | Stmt::Accumulate { .. }) {
        return;
    }
    let mut touches = 0;
    walk::accesses_of_stmt(last, &mut |place, access| {
        touches += usize::from(place.root == var && access != Access::Shape);
    });
    if touches == 1 {
        walk::rewrite_stmt(last, &mut |expr| match expr {
            Expr::Take { shadow, .. } if shadow.root == var => Expr::Read(shadow),
            other => other,
        });
    }
}

fn reads(expr: &Expr, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_expr(expr, &mut |place, _| found |= place.root == var);
    found
}

/// Whether a statement touches the contents of a variable.
fn mentions(stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::statement(stmt, &mut |inner| {
        walk::accesses_of_stmt(inner, &mut |place, access| {
            found |= place.root == var && access != Access::Shape;
        });
        walk::declared_by(inner, &mut |declared| found |= declared == var);
    });
    found
}
