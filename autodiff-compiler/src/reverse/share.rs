//! Results that the primal has already: where a partial derivative computes what the primal
//! computes too (the derivative of `sin` a `cos`), the adjoint reads the primal's value.

use super::rules::Rules;
use super::tree::{BlockId, Pos, Tree};
use crate::ir::walk;
use crate::ir::{Expr, Op, Stmt, Var};
use crate::primitives;
use std::collections::{BTreeMap, BTreeSet};

/// What is computed: the function, and its arguments as immutable variables.
type Key = (Op, Vec<Var>);

/// Replaces such computations in the adjoints.
pub fn share(rules: &Rules, tree: &Tree, adjoints: &mut [Vec<Stmt>]) {
    let mut memory: BTreeSet<Var> = BTreeSet::new();
    for node in &tree.nodes {
        walk::places_written_by(&node.stmt, &mut |place| _ = memory.insert(rules.f.storage(place.root)));
    }
    let mut known: BTreeMap<Key, Vec<(Pos, Var)>> = BTreeMap::new();
    for (pos, node) in tree.nodes.iter().enumerate() {
        if let Stmt::Let { var, init: Some(init) } = &node.stmt
            && !memory.contains(var)
            && let Some(key) = key(rules, &memory, init)
        {
            known.entry(key).or_default().push((pos, *var));
        }
    }
    if known.is_empty() {
        return;
    }
    for (pos, adjoint) in adjoints.iter_mut().enumerate() {
        for stmt in adjoint {
            walk::statement_mut(stmt, &mut |inner| {
                walk::rewrite_stmt(inner, &mut |expr| {
                    let shared = key(rules, &memory, &expr)
                        .and_then(|key| known.get(&key)?.iter().find(|(at, _)| is_there(tree, *at, pos)));
                    shared.map_or(expr, |(_, var)| Expr::read(*var))
                });
            });
        }
    }
}

fn key(rules: &Rules, memory: &BTreeSet<Var>, expr: &Expr) -> Option<Key> {
    let Expr::Prim { op, args, .. } = expr else { return None };
    if primitives::is_cheap(*op) || !matches!(op, Op::Fn(_)) {
        return None;
    }
    let vars = args.iter().map(|arg| match arg {
        Expr::Read(place) if place.is_var() => {
            let plain = rules.f.info(place.root).view_of.is_none() && !memory.contains(&place.root);
            plain.then_some(place.root)
        }
        _ => None,
    });
    Some((*op, vars.collect::<Option<_>>()?))
}

/// Whether the variable defined at `at` has its value wherever the statement at `pos` runs.
fn is_there(tree: &Tree, at: Pos, pos: Pos) -> bool {
    let block: BlockId = tree.nodes[at].block;
    let mut inner = pos;
    loop {
        if tree.nodes[inner].block == block {
            // In its own block the reverse sweep begins when all of the block has run.
            return inner == pos || at < inner;
        }
        match tree.blocks[tree.nodes[inner].block].parent {
            Some(parent) => inner = parent,
            None => return false,
        }
    }
}
