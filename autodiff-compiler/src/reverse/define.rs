//! Cotangents that begin as a whole value.
//!
//! Where the first thing that the reverse sweep adds to a cotangent is a value of its shape, that
//! value is where the cotangent begins: no zero has to be made, and the primal need not be kept
//! for the sake of its shape.

use super::plan::has_static_shape;
use super::rules::Rules;
use super::tree::{Pos, Tree};
use crate::ir::walk;
use crate::ir::{Expr, Place, Proj, Stmt, Ty, Var};
use std::collections::{HashMap, HashSet};
use syn::Member;

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
                match local && once == 2 {
                    true => Expr::Move(source.root),
                    false => owned(value.clone()),
                }
            }
            Expr::Read(_) => owned(value.clone()),
            Expr::Move(_) | Expr::Take { .. } | Expr::ToOwned(_) | Expr::Prim { .. } => value.clone(),
            _ => continue,
        };
        adjoint[index] = Stmt::Let { var: shadow, init: Some(value) };
        defined.insert(var);
    }
    defined
}

/// Gives each item of a tuple a cotangent of its own, where the tuple is made by one call and
/// taken apart at once: `let (y, (v, w)) = g(x)`. No zero of its shape is made then, so that its
/// items may move out of it. Returns the tuples.
pub fn split_tuples(rules: &mut Rules, tree: &Tree, adjoints: &mut [Vec<Stmt>]) -> HashSet<Var> {
    let mut split = HashSet::new();
    let mut tuples: Vec<Var> = tree
        .declared
        .keys()
        .copied()
        .filter(|var| !rules.is_binding(*var) && rules.f.info(*var).view_of.is_none())
        .filter(|var| {
            let ty = &rules.f.info(*var).ty;
            matches!(ty, Ty::Tuple(_)) && !has_static_shape(ty)
        })
        .collect();
    tuples.sort();
    for var in tuples {
        let Some(shadow) = rules.known_shadow(var) else { continue };
        if rules.result_root() == Some(var) {
            continue;
        }
        let declared = tree.declared[&var];
        // The additions to its items; whatever else mentions it must be the call's.
        let mut parts: HashMap<Vec<u32>, (Pos, usize)> = HashMap::new();
        let mut simple = true;
        for (pos, adjoint) in adjoints.iter().enumerate() {
            for (at, stmt) in adjoint.iter().enumerate().filter(|(_, stmt)| mentions(stmt, shadow)) {
                if pos == declared.pos && matches!(stmt, Stmt::Pull { .. }) {
                    continue;
                }
                let path = match stmt {
                    Stmt::Accumulate { place, negate: false, .. } if place.root == shadow => item_path(place),
                    _ => None,
                };
                let inside = tree.nodes[pos].block == declared.block;
                match path.filter(|path| inside && !path.is_empty()) {
                    Some(path) => simple &= parts.insert(path, (pos, at)).is_none(),
                    None => simple = false,
                }
            }
        }
        let ty = rules.f.info(var).ty.clone();
        let mut leaves = Vec::new();
        leaf_paths(&ty, &mut Vec::new(), &mut leaves);
        if !simple || parts.is_empty() || parts.keys().any(|path| !leaves.contains(path)) {
            continue;
        }
        let name = rules.f.info(shadow).name.to_string();
        let mut bars: HashMap<Vec<u32>, Var> = HashMap::new();
        for path in leaves {
            let Some((pos, at)) = parts.get(&path).copied() else { continue };
            let Stmt::Accumulate { place, value, .. } = &adjoints[pos][at] else { continue };
            let (value, ty) = (value.clone(), rules.f.place_ty(place));
            let suffix: Vec<String> = path.iter().map(u32::to_string).collect();
            let bar = rules.local(&format!("{name}_{}", suffix.join("_")), ty, false);
            rules.cotangents.insert(bar);
            adjoints[pos][at] = Stmt::Let { var: bar, init: Some(owned(value)) };
            bars.insert(path, bar);
        }
        let whole = assembled(&Place::var(var), &ty, &mut Vec::new(), &bars);
        for stmt in &mut adjoints[declared.pos] {
            walk::rewrite_stmt(stmt, &mut |expr| match &expr {
                Expr::Take { shadow: place, .. } | Expr::Read(place)
                    if place.is_var() && place.root == shadow =>
                {
                    whole.clone()
                }
                Expr::Move(var) if *var == shadow => whole.clone(),
                _ => expr,
            });
        }
        split.insert(var);
    }
    split
}

/// `.1.0` as numbers.
fn item_path(place: &Place) -> Option<Vec<u32>> {
    place
        .proj
        .iter()
        .map(|step| match step {
            Proj::Field(Member::Unnamed(index)) => Some(index.index),
            Proj::Field(Member::Named(_))
            | Proj::Index(_)
            | Proj::Range(..)
            | Proj::Deref
            | Proj::Payload => None,
        })
        .collect()
}

/// The items of a tuple of tuples that are no tuples.
fn leaf_paths(ty: &Ty, path: &mut Vec<u32>, leaves: &mut Vec<Vec<u32>>) {
    let Ty::Tuple(items) = ty else {
        leaves.push(path.clone());
        return;
    };
    for (k, item) in items.iter().enumerate() {
        path.push(k as u32);
        leaf_paths(item, path, leaves);
        path.pop();
    }
}

/// The cotangent of a tuple from those of its items.
fn assembled(place: &Place, ty: &Ty, path: &mut Vec<u32>, bars: &HashMap<Vec<u32>, Var>) -> Expr {
    if let Ty::Tuple(items) = ty {
        let items = items.iter().enumerate().map(|(k, item)| {
            path.push(k as u32);
            let place = place.project(Proj::Field(Member::from(k)));
            let item = assembled(&place, item, path, bars);
            path.pop();
            item
        });
        return Expr::Tuple(items.collect());
    }
    match bars.get(path) {
        Some(bar) => Expr::Move(*bar),
        None => Expr::Zero { like: place.clone() },
    }
}

/// A value that is stored while what it is read from lives on.
fn owned(value: Expr) -> Expr {
    match value {
        Expr::Read(place) => Expr::ToOwned(place),
        value => value,
    }
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
