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
use std::collections::{BTreeMap, BTreeSet};
use syn::Member;

/// Turns such additions into definitions. Returns the primal variables whose cotangents an
/// adjoint now declares.
pub fn define_first(rules: &Rules, tree: &Tree, adjoints: &mut [Vec<Stmt>]) -> BTreeSet<Var> {
    let owners: BTreeMap<Var, Var> = tree
        .declared
        .keys()
        .filter(|var| !rules.is_binding(**var) && rules.f.info(**var).view_of.is_none())
        .filter(|var| !has_static_shape(&rules.f.info(**var).ty))
        .filter_map(|var| Some((rules.known_shadow(*var)?, *var)))
        .collect();
    // What a pattern binds of a variable has a cotangent that is a part of the variable's.
    let whole: BTreeMap<Var, Var> = (0..rules.f.vars.len())
        .map(Var)
        .filter_map(|var| {
            let mut wholes = rules.f.views_of(var).filter_map(|of| rules.known_shadow(of));
            Some((rules.known_shadow(var)?, wholes.find(|shadow| owners.contains_key(shadow))?))
        })
        .collect();
    // The last statement whose adjoint mentions the cotangent is the first that is reversed.
    let mut last: BTreeMap<Var, Pos> = BTreeMap::new();
    for (pos, adjoint) in adjoints.iter().enumerate() {
        for stmt in adjoint {
            walk::statement(stmt, &mut |inner| {
                walk::accesses_of_stmt(inner, &mut |place, _| {
                    last.extend(whole.get(&place.root).map(|whole| (*whole, pos)));
                });
            });
        }
    }
    let result = rules.result_root();
    let mut defined = BTreeSet::new();
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
pub fn split_tuples(rules: &mut Rules, tree: &Tree, adjoints: &mut [Vec<Stmt>]) -> BTreeSet<Var> {
    let mut split = BTreeSet::new();
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
        let ty = rules.f.info(var).ty.clone();
        let mut leaves = Vec::new();
        leaf_paths(&ty, &mut Vec::new(), &mut leaves);
        // The additions to its items; whatever else mentions it must be the call's.
        let mut parts: BTreeMap<Vec<u32>, Vec<(Pos, usize)>> = BTreeMap::new();
        let mut simple = true;
        for (pos, adjoint) in adjoints.iter().enumerate() {
            for (at, stmt) in adjoint.iter().enumerate().filter(|(_, stmt)| mentions(stmt, shadow)) {
                if pos == declared.pos && matches!(stmt, Stmt::Pull { .. }) {
                    continue;
                }
                let leaf = match stmt {
                    Stmt::Accumulate { place, value, .. } if place.root == shadow => {
                        let alone = !reads(value, shadow) && tree.nodes[pos].block == declared.block;
                        leaves.iter().find(|leaf| alone && starts_with(place, leaf))
                    }
                    _ => None,
                };
                match leaf {
                    Some(leaf) => parts.entry(leaf.clone()).or_default().push((pos, at)),
                    None => simple = false,
                }
            }
        }
        if !simple || parts.is_empty() {
            continue;
        }
        let name = rules.f.info(shadow).name.to_string();
        let mut bars: BTreeMap<Vec<u32>, Var> = BTreeMap::new();
        let mut zeros: Vec<(Pos, usize, Stmt)> = Vec::new();
        for (path, mut places) in parts {
            let leaf = path
                .iter()
                .fold(Place::var(var), |place, k| place.project(Proj::Field(Member::from(*k as usize))));
            let suffix: Vec<String> = path.iter().map(u32::to_string).collect();
            let ty = rules.f.place_ty(&leaf);
            let bar = rules.local(&format!("{name}_{}", suffix.join("_")), ty, true);
            rules.cotangents.insert(bar);
            // The last of the source is reversed first; within one adjoint they run in order.
            places.sort_by_key(|(pos, at)| (std::cmp::Reverse(*pos), *at));
            for (k, (pos, at)) in places.iter().enumerate() {
                let Stmt::Accumulate { place, value, negate } = &mut adjoints[*pos][*at] else { continue };
                let rest = place.proj.split_off(path.len());
                if k == 0 && rest.is_empty() && !*negate {
                    let value = owned(value.clone());
                    adjoints[*pos][*at] = Stmt::Let { var: bar, init: Some(value) };
                    continue;
                }
                *place = Place { root: bar, proj: rest, span: place.span };
                if k == 0 {
                    let zero = Stmt::Let { var: bar, init: Some(Expr::Zero { like: leaf.clone() }) };
                    zeros.push((*pos, *at, zero));
                }
            }
            bars.insert(path, bar);
        }
        // From the back, so that the places of those before stay what they are.
        zeros.sort_by_key(|(pos, at, _)| std::cmp::Reverse((*pos, *at)));
        for (pos, at, zero) in zeros {
            adjoints[pos].insert(at, zero);
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

/// Whether a place is the item at `path` of a tuple, or a part of it.
fn starts_with(place: &Place, path: &[u32]) -> bool {
    place.proj.len() >= path.len()
        && place.proj.iter().zip(path).all(|(step, item)| match step {
            Proj::Field(Member::Unnamed(index)) => index.index == *item,
            Proj::Field(Member::Named(_))
            | Proj::Index(_)
            | Proj::Range(..)
            | Proj::Deref
            | Proj::Payload => false,
        })
}

fn reads(value: &Expr, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_expr(value, &mut |place, _| found |= place.root == var);
    found
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
fn assembled(place: &Place, ty: &Ty, path: &mut Vec<u32>, bars: &BTreeMap<Vec<u32>, Var>) -> Expr {
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
