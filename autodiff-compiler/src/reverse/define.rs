//! Cotangents that begin as a whole value.
//!
//! Where the first thing that the reverse sweep adds to a cotangent is a value of its shape, that
//! value is where the cotangent begins: no zero has to be made, and the primal need not be kept
//! for the sake of its shape.

use super::plan::has_static_shape;
use super::rules::Rules;
use super::tree::{Pos, Tree};
use crate::ir::walk;
use crate::ir::{Expr, Place, Stmt, Var};
use std::collections::{HashMap, HashSet};

/// Turns such additions into definitions. Returns the primal variables whose cotangents an
/// adjoint now declares.
pub fn define_first(rules: &Rules, tree: &Tree, adjoints: &mut [Vec<Stmt>]) -> HashSet<Var> {
    let owners: HashMap<Var, Var> = tree
        .declared
        .keys()
        .filter(|var| !rules.is_binding(**var) && rules.f.info(**var).view_of.is_none())
        .filter(|var| !has_static_shape(&rules.f.info(**var).ty))
        .filter_map(|var| Some((rules.known_shadow(*var)?, *var)))
        .collect();
    // The last statement whose adjoint mentions the cotangent is the first that is reversed.
    let mut last: HashMap<Var, Pos> = HashMap::new();
    for (pos, adjoint) in adjoints.iter().enumerate() {
        for stmt in adjoint {
            walk::statement(stmt, &mut |inner| {
                walk::accesses_of_stmt(inner, &mut |place, _| {
                    if owners.contains_key(&place.root) {
                        last.insert(place.root, pos);
                    }
                });
            });
        }
    }
    let result = rules.result_root();
    let mut defined = HashSet::new();
    for (shadow, pos) in last {
        let var = owners[&shadow];
        // The seed comes before everything.
        if result == Some(var) || tree.declared[&var].block != tree.nodes[pos].block {
            continue;
        }
        let adjoint = &mut adjoints[pos];
        let Some(index) = adjoint.iter().position(|stmt| mentions(stmt, shadow)) else { continue };
        let Stmt::Accumulate { place, value, negate: false } = &adjoint[index] else { continue };
        if !place.is_var() || place.root != shadow {
            continue;
        }
        let value = match value {
            // A local of the adjoint that nothing else uses, or the cotangent of a variable that
            // has none any more: it moves.
            Expr::Read(source) if source.is_var() => {
                let once = adjoint.iter().filter(|stmt| mentions(stmt, source.root)).count();
                let local = adjoint[..index].iter().any(|stmt| declares(stmt, source.root));
                if !(local && once == 2) {
                    continue;
                }
                Expr::Move(source.root)
            }
            Expr::Move(_) | Expr::Take { .. } => value.clone(),
            _ => continue,
        };
        adjoint[index] = Stmt::Let { var: shadow, init: Some(value) };
        defined.insert(var);
    }
    defined
}

fn mentions(stmt: &Stmt, var: Var) -> bool {
    let mut found = declares(stmt, var);
    walk::statement(stmt, &mut |inner| {
        walk::accesses_of_stmt(inner, &mut |place: &Place, _| found |= place.root == var);
    });
    found
}

fn declares(stmt: &Stmt, var: Var) -> bool {
    matches!(stmt, Stmt::Let { var: declared, .. } if *declared == var)
}
