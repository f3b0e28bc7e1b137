//! Calls whose pullback is called in the same scope, with a seed that is known at the call:
//! both sweeps of the callee become one call, and nothing is kept between them.

use crate::ir::walk::{self, Access};
use crate::ir::{
    Arg, Block, Call, CallMode, Callee, Expr, Function, Outcome, PullArg, PullTangents, Stmt, Var, WideJoint,
    names_derivative,
};
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
    let mut uses: Vec<Uses> = Vec::new();
    let mut index = 0;
    while index < block.stmts.len() {
        let Some(rev) = kept_of(&block.stmts[index]) else {
            index += 1;
            continue;
        };
        if uses.is_empty() {
            uses = block.stmts.iter().map(|stmt| Uses::of(stmt, f)).collect();
        }
        if let Some((at, moved)) = partner(f, &block.stmts, &uses, (index, rev)) {
            let Stmt::Pull { seed, args, tangents, .. } = block.stmts.remove(at) else {
                unreachable!("the partner of a call is its pull")
            };
            uses.remove(at);
            let Stmt::Call(call) = &mut block.stmts[index] else { unreachable!("found at a call") };
            call.mode = joint(&call.mode, seed, args, tangents);
            // What the pullback needs comes before the call.
            let mut to = index;
            for from in moved {
                block.stmts[to..=from].rotate_right(1);
                uses[to..=from].rotate_right(1);
                to += 1;
            }
            uses[to] = Uses::of(&block.stmts[to], f);
            index = to;
        }
        index += 1;
    }
}

/// The mode of a call that is joined with its pull.
fn joint(mode: &CallMode, seed: Expr, args: Vec<PullArg>, tangents: Option<Box<PullTangents>>) -> CallMode {
    let (CallMode::Nested(nested), Some(tangents)) = (mode, tangents) else {
        return CallMode::Joint { seed, args, lanes: false };
    };
    // Level 1 has one tangent of everything.
    let PullTangents { mut seeds, shadows, .. } = *tangents;
    CallMode::WideJoint(Box::new(WideJoint {
        result_dot: nested.result_dots[0],
        dots: nested.dots.iter().map(|dots| dots[0].clone()).collect(),
        seed,
        seed_dot: seeds.remove(0),
        args,
        shadows: shadows.into_iter().map(|mut shadows| shadows.remove(0)).collect(),
    }))
}

/// What one statement does, looked up once however many calls it stands behind.
struct Uses {
    declared: Vec<Var>,
    /// The variables as they are written, to find who mentions one.
    mentioned: BTreeSet<Var>,
    /// Their storage, how it is used, and whether it is only added to.
    accesses: BTreeSet<(Var, Access, bool)>,
}

impl Uses {
    fn of(stmt: &Stmt, f: &Function) -> Uses {
        let mut uses = Uses { declared: Vec::new(), mentioned: BTreeSet::new(), accesses: BTreeSet::new() };
        walk::declared_by(stmt, &mut |var| uses.declared.push(var));
        walk::statement(stmt, &mut |inner| {
            let added = match inner {
                Stmt::Accumulate { place, .. } => Some(f.storage(place.root)),
                _ => None,
            };
            walk::accesses_of_stmt(inner, &mut |place, access| {
                let root = f.storage(place.root);
                uses.mentioned.insert(place.root);
                uses.accesses.insert((root, access, access == Access::Update && added == Some(root)));
            });
        });
        uses
    }
}

/// The pullback that a call keeps for later, where it is one that could be called at once.
fn kept_of(stmt: &Stmt) -> Option<Var> {
    let Stmt::Call(call) = stmt else { return None };
    let rev = match &call.mode {
        CallMode::Split { rev } => *rev,
        CallMode::Nested(nested) if nested.wide => nested.rev?,
        CallMode::Plain
        | CallMode::Jvp { .. }
        | CallMode::Joint { .. }
        | CallMode::WideJoint(_)
        | CallMode::Nested(_) => return None,
    };
    let by_value_or_shared = |arg: &Arg| matches!(arg, Arg::Value(_) | Arg::Ref(_));
    let plain = !call.question
        && call.outcome == Outcome::Value
        && is_function(call)
        && call.args.iter().all(by_value_or_shared);
    plain.then_some(rev)
}

/// The pull that belongs to the call at `index`, and the definitions between them that have to
/// move in front of the call.
fn partner(
    f: &Function,
    stmts: &[Stmt],
    uses: &[Uses],
    (index, rev): (usize, Var),
) -> Option<(usize, Vec<usize>)> {
    let Stmt::Call(call) = &stmts[index] else { return None };
    let mut users = (index + 1..stmts.len()).filter(|&at| uses[at].mentioned.contains(&rev));
    let (at, None) = (users.next()?, users.next()) else { return None };
    let Stmt::Pull { rev: pulled, seed, args, call: again, tangents } = &stmts[at] else { return None };
    if *pulled != rev || !matches!(seed, Expr::Read(_) | Expr::Move(_) | Expr::Prim { .. }) {
        return None;
    }
    let results: Vec<Var> = match &call.mode {
        CallMode::Nested(nested) => nested.result_dots.iter().copied().chain([call.result]).collect(),
        CallMode::Plain
        | CallMode::Jvp { .. }
        | CallMode::Split { .. }
        | CallMode::Joint { .. }
        | CallMode::WideJoint(_) => vec![call.result],
    };
    // What has to be there when the call is made: the seed and where the cotangents go.
    let mut wanted: BTreeSet<Var> = BTreeSet::new();
    let mut targets: BTreeSet<Var> = BTreeSet::new();
    walk::accesses_of_expr(seed, &mut |place, _| reads(f, place, &mut wanted));
    for shadow in args.iter().filter_map(|arg| arg.shadow.as_ref()) {
        reads(f, shadow, &mut wanted);
        targets.insert(f.storage(shadow.root));
    }
    if let Some(PullTangents { seeds, dots, shadows }) = tangents.as_deref() {
        for value in seeds.iter().chain(dots.iter().flatten().flatten()) {
            walk::accesses_of_expr(value, &mut |place, _| reads(f, place, &mut wanted));
        }
        for shadow in shadows.iter().flatten().flatten() {
            reads(f, shadow, &mut wanted);
            targets.insert(f.storage(shadow.root));
        }
    }
    for arg in &again.args {
        if let Arg::Ref(place) = arg {
            reads(f, place, &mut wanted);
        }
    }
    let mut moved = Vec::new();
    for between in (index + 1..at).rev() {
        if uses[between].declared.iter().any(|var| wanted.contains(var)) {
            // Scalars, zeros and views, which have no effect.
            match &stmts[between] {
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
    if results.iter().any(|result| wanted.contains(result)) {
        return None;
    }
    // Nothing that stays between changes what has moved in front of it, or uses what the pullback
    // now adds to, other than by adding.
    for between in (index + 1..at).filter(|between| moved.binary_search(between).is_err()) {
        let free = uses[between].accesses.iter().all(|(root, access, added)| {
            if targets.contains(root) {
                *added || *access == Access::Shape
            } else {
                !(access.writes() && wanted.contains(root))
            }
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
