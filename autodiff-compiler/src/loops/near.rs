//! Vectors of floats that stand in the frame while they are short.
//!
//! A helper that works in a `Vec` of its own allocates in every call, and its adjoint does so once more
//! for the cotangent. Where such a vector is nothing but a row of elements (nobody moves it, lends it as a
//! whole or changes its length), it need not be a `Vec`.

use crate::ir::walk::{self, Access};
use crate::ir::{Block, Expr, Function, Place, Proj, Stmt, Ty, Var};
use std::collections::{BTreeMap, BTreeSet};

/// Marks them. `outside` are the variables that the signature and the result mention. The second of two
/// `blocks` is the body of a closure, which outlives what the first declares.
pub fn near(f: &mut Function, blocks: &[&mut Block], outside: &[Var]) {
    let mut homes: BTreeMap<Var, usize> = BTreeMap::new();
    for (home, block) in blocks.iter().enumerate() {
        walk::statements(block, &mut |stmt| {
            if let Stmt::Let { var, init: Some(Expr::VecRepeat { .. } | Expr::Zero { .. }) } = stmt
                && is_row(f, *var)
            {
                homes.insert(*var, home);
            }
        });
    }
    let mut as_wholes: BTreeSet<Var> = outside.iter().copied().collect();
    for (home, block) in blocks.iter().enumerate() {
        let mut note = |place: &Place, access: Access| {
            let by_elements = match place.proj.first() {
                Some(Proj::Index(_) | Proj::Range(..)) => true,
                Some(Proj::Field(_) | Proj::Deref | Proj::Payload) => false,
                None => access == Access::Shape,
            };
            let far = homes.get(&place.root) != Some(&home);
            if !by_elements || far {
                as_wholes.insert(place.root);
            }
        };
        walk::statements(block, &mut |stmt| {
            walk::accesses_of_stmt(stmt, &mut note);
            if let Stmt::View { var } = stmt
                && let Some(place) = &f.info(*var).view_of
            {
                walk::accesses_of_place(place, &mut note);
                note(place, Access::Read);
            }
        });
    }
    for var in homes.into_keys().filter(|var| !as_wholes.contains(var)) {
        f.vars[var.0].near = true;
    }
}

/// Whether a variable is a `Vec` of floats of a type that is known.
fn is_row(f: &Function, var: Var) -> bool {
    let info = f.info(var);
    let plain = info.by_ref.is_none() && info.view_of.is_none() && !info.late && !info.boxed;
    let floats = |item: &Ty| match item {
        Ty::F64 | Ty::F32 | Ty::Generic(_) => true,
        // Of what is not written down rustc finds the type by what is done with a `Vec`.
        Ty::Float
        | Ty::Wide(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Array(..)
        | Ty::Slice(_)
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Named(_)
        | Ty::Unknown => false,
    };
    plain && matches!(&info.ty, Ty::Vec(item) if floats(item))
}
