//! Calls whose pullback is called in the same scope, with a seed that is known at the call:
//! both sweeps of the callee become one call, and nothing is kept between them.

use crate::ir::walk::{self, Access};
use crate::ir::{Arg, Block, Call, CallMode, Callee, Expr, Function, Outcome, Stmt, Var, names_derivative};
use std::collections::BTreeSet;

/// Does so wherever it is possible.
pub fn join(f: &Function, blocks: &mut [&mut Block]) {
    for block in blocks.iter_mut() {
        visit(f, block);
    }
}

fn visit(f: &Function, block: &mut Block) {
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| visit(f, inner));
    }
    let mut index = 0;
    while index < block.stmts.len() {
        if let Some((at, moved)) = partner(f, &block.stmts, index) {
            let Stmt::Pull { seed, args, .. } = block.stmts.remove(at) else {
                unreachable!("the partner of a call is its pull")
            };
            let Stmt::Call(call) = &mut block.stmts[index] else { unreachable!("found at a call") };
            call.mode = CallMode::Joint { seed, args, lanes: false };
            let call = block.stmts.remove(index);
            // What the pullback needs comes before the call.
            let mut before = Vec::new();
            for at in moved.into_iter().rev() {
                before.push(block.stmts.remove(at - 1));
            }
            before.reverse();
            before.push(call);
            let count = before.len();
            block.stmts.splice(index..index, before);
            index += count;
            continue;
        }
        index += 1;
    }
}

/// The pull that belongs to the call at `index`, and the definitions between them that have to
/// move in front of the call.
fn partner(f: &Function, stmts: &[Stmt], index: usize) -> Option<(usize, Vec<usize>)> {
    let Stmt::Call(call) = &stmts[index] else { return None };
    let CallMode::Split { rev } = call.mode else { return None };
    if call.question || call.outcome != Outcome::Value || !is_function(call) {
        return None;
    }
    let by_value_or_shared = |arg: &Arg| matches!(arg, Arg::Value(_) | Arg::Ref(_));
    if !call.args.iter().all(by_value_or_shared) {
        return None;
    }
    let at = (index + 1..stmts.len()).find(|&at| mentions(&stmts[at], rev))?;
    let Stmt::Pull { rev: pulled, seed, args, call: again, tangents: None } = &stmts[at] else { return None };
    if *pulled != rev || stmts[at + 1..].iter().any(|stmt| mentions(stmt, rev)) {
        return None;
    }
    if !matches!(seed, Expr::Read(_) | Expr::Move(_) | Expr::Prim { .. }) {
        return None;
    }
    // What has to be there when the call is made: the seed and where the cotangents go.
    let mut wanted: BTreeSet<Var> = BTreeSet::new();
    let mut targets: BTreeSet<Var> = BTreeSet::new();
    walk::accesses_of_expr(seed, &mut |place, _| reads(f, place, &mut wanted));
    for shadow in args.iter().filter_map(|arg| arg.shadow.as_ref()) {
        reads(f, shadow, &mut wanted);
        targets.insert(f.storage(shadow.root));
    }
    for arg in &again.args {
        if let Arg::Ref(place) = arg {
            reads(f, place, &mut wanted);
        }
    }
    let mut moved = Vec::new();
    for between in (index + 1..at).rev() {
        let stmt = &stmts[between];
        let mut declares = false;
        walk::declared_by(stmt, &mut |var| declares |= wanted.contains(&var));
        if declares {
            // Scalars, zeros and views, which have no effect.
            match stmt {
                Stmt::Let { init: Some(init), .. } if is_movable(f, init) => {
                    walk::accesses_of_expr(init, &mut |place, _| reads(f, place, &mut wanted));
                }
                Stmt::View { var } => {
                    let base = f.info(*var).view_of.as_ref()?;
                    walk::accesses_of_place(base, &mut |index, _| _ = wanted.insert(index.root));
                }
                _ => return None,
            }
            moved.push(between);
        }
    }
    moved.reverse();
    if wanted.contains(&call.result) {
        return None;
    }
    // Nothing that stays between changes what has moved in front of it, or uses what the pullback
    // now adds to, other than by adding.
    for between in (index + 1..at).filter(|between| !moved.contains(between)) {
        let mut free = true;
        walk::statement(&stmts[between], &mut |inner| {
            let added = match inner {
                Stmt::Accumulate { place, .. } => Some(f.storage(place.root)),
                _ => None,
            };
            walk::accesses_of_stmt(inner, &mut |place, access| {
                let root = f.storage(place.root);
                if targets.contains(&root) {
                    free &= access == Access::Update && added == Some(root) || access == Access::Shape;
                } else {
                    free &= !(access.writes() && wanted.contains(&root));
                }
            });
        });
        if !free {
            return None;
        }
    }
    Some((at, moved))
}

/// A function of the user's: a derivative (`g::grad`) has no such companion, nor has what the
/// runtime provides for operators and casts.
fn is_function(call: &Call) -> bool {
    let Callee::Path(path) = &call.callee else { return false };
    let derivative = path.segments.len() > 1
        && path.segments.last().is_some_and(|segment| names_derivative(&segment.ident));
    !derivative && !path.segments.iter().any(|segment| segment.ident == "rt")
}

/// Whether a definition may be made earlier: it has no effect, and moves nothing away.
fn is_movable(f: &Function, expr: &Expr) -> bool {
    let mut movable = true;
    walk::subexprs(expr, &mut |part| {
        movable &= match part {
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Read(_)
            | Expr::Prim { .. }
            | Expr::Zero { .. }
            | Expr::ToOwned(_)
            | Expr::Len(_) => true,
            Expr::Move(var) => f.info(*var).ty.is_float(),
            Expr::Opaque { .. }
            | Expr::Borrow { .. }
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
            | Expr::Take { .. }
            | Expr::Placeholder(_) => false,
        };
    });
    movable
}

fn reads(f: &Function, place: &crate::ir::Place, into: &mut BTreeSet<Var>) {
    let resolved = f.resolve(place);
    into.insert(place.root);
    into.insert(resolved.root);
    walk::accesses_of_place(&resolved, &mut |index, _| _ = into.insert(index.root));
}

fn mentions(stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::statement(stmt, &mut |inner| {
        walk::accesses_of_stmt(inner, &mut |place, _| found |= place.root == var);
    });
    found
}
