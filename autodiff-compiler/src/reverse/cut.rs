//! Which values are kept so that few are.
//!
//! What the adjoints read can be kept itself, or computed again from other values, which are then
//! kept or restored. Planning prefers to compute again; here values between the two ends are
//! tried: `k * (left - 2.0 * here + right)` needs one value an iteration for the cotangent of `k`,
//! the bracket, not the three that it is made of.

use super::Sweep;
use super::plan::{self, Plan, Source};
use super::rules::{Rules, Variables};
use super::tree::{BlockId, Pos, Tree};
use crate::ir::walk;
use crate::ir::{Stmt, Ty, Var};
use std::collections::BTreeSet;

/// Larger functions are planned once: every trial costs a plan.
const LARGEST: usize = 600;

/// So many values are tried.
const TRIALS: usize = 24;

/// The variables to keep in place of computing them again. `vars` are those there were before
/// the first plan.
pub fn cut(
    rules: &mut Rules,
    tree: &Tree,
    adjoints: &[Vec<Stmt>],
    sweep: Sweep,
    merged: &BTreeSet<Pos>,
    plan: &Plan,
    before: &Variables,
) -> BTreeSet<Var> {
    let mut chosen = BTreeSet::new();
    let mut least = cost(rules, tree, plan);
    if least == 0 || tree.nodes.len() > LARGEST {
        return chosen;
    }
    let mut direct = BTreeSet::new();
    for stmt in adjoints.iter().flatten() {
        walk::statement(stmt, &mut |inner| {
            walk::accesses_of_stmt(inner, &mut |place, _| _ = direct.insert(place.root));
        });
    }
    let candidates: Vec<Var> = plan
        .needed
        .iter()
        .filter(|(var, source)| {
            **source == Source::Recompute
                && rules.f.info(**var).ty.is_float()
                && tree.declared.get(var).is_some_and(|d| depth(tree, plan, d.block) > 0)
        })
        .map(|(var, _)| *var)
        .collect();
    rules.restore(before);
    let costs = |rules: &mut Rules, kept: &BTreeSet<Var>| {
        let trial = plan::plan(rules, tree, adjoints, sweep, merged, kept);
        let cost = if trial.spoiled.is_empty() { cost(rules, tree, &trial) } else { usize::MAX };
        rules.restore(before);
        cost
    };
    // All that adjoints read, as long as leaving one out again does not cost more.
    let mut all: BTreeSet<Var> = candidates.iter().copied().filter(|var| direct.contains(var)).collect();
    if !all.is_empty() && all.len() <= TRIALS {
        let mut together = costs(rules, &all);
        for var in all.clone() {
            let mut fewer = all.clone();
            fewer.remove(&var);
            let without = costs(rules, &fewer);
            if without <= together {
                (all, together) = (fewer, without);
            }
        }
        if together < least {
            (chosen, least) = (all, together);
        }
    }
    for &var in candidates.iter().take(TRIALS) {
        if chosen.contains(&var) {
            continue;
        }
        let mut more = chosen.clone();
        more.insert(var);
        let with = costs(rules, &more);
        if with < least {
            (chosen, least) = (more, with);
        }
    }
    chosen
}

/// What a plan keeps, weighted by how often: loops count as eight iterations.
fn cost(rules: &Rules, tree: &Tree, plan: &Plan) -> usize {
    let often = |block: BlockId| 8usize.saturating_pow(depth(tree, plan, block));
    let kept = plan.needed.iter().filter(|(_, source)| **source == Source::Keep).map(|(var, _)| {
        let block = plan.home.get(var).copied().unwrap_or_else(|| tree.declared[var].block);
        if depth(tree, plan, block) == 0 { 0 } else { 4 * size(&rules.f.info(*var).ty) * often(block) }
    });
    let restored = plan.restores.iter().map(|(pos, list)| {
        let block = tree.nodes[*pos].block;
        if depth(tree, plan, block) == 0 { 0 } else { list.len() * often(block) }
    });
    kept.chain(restored).fold(0, usize::saturating_add)
}

/// In how many loops a block stands whose iterations are reversed elsewhere.
fn depth(tree: &Tree, plan: &Plan, block: BlockId) -> u32 {
    let mut depth = 0;
    let mut next = Some(block);
    while let Some(block) = next {
        let parent = tree.blocks[block].parent;
        depth += u32::from(parent.is_some_and(|pos| tree.is_loop(pos)) && !plan.in_scope[block]);
        next = parent.map(|pos| tree.nodes[pos].block);
    }
    depth
}

fn size(ty: &Ty) -> usize {
    match ty {
        Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Int(_) | Ty::Bool => 1,
        Ty::Tuple(items) => items.iter().map(size).sum(),
        Ty::Inert
        | Ty::Array(..)
        | Ty::Slice(_)
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Option(_)
        | Ty::Wide(_)
        | Ty::Named(_)
        | Ty::Unknown => 8,
    }
}
