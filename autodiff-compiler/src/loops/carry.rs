//! Carries cotangents in locals: a slot to which every iteration of a loop adds is added to once,
//! after the loop.
//!
//! `for i in … { y_bar[j] += e }` becomes `let mut sum = 0; for i in … { sum += e } y_bar[j] += sum`.
//! In memory each addition would wait for the store of the one before.

use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet};

/// Does so in every loop of the blocks.
pub fn carry(f: &mut Function, blocks: &mut [&mut Block]) {
    for block in blocks.iter_mut() {
        visit(f, block);
    }
}

fn visit(f: &mut Function, block: &mut Block) {
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| visit(f, inner));
    }
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        let sums = match &mut stmt {
            Stmt::For { var, lo, hi, body, exits, .. } if exits.is_empty() => {
                let ran = Expr::prim(Op::Lt, vec![lo.clone(), hi.clone()]);
                sums(f, *var, body).into_iter().map(|sum| (sum, ran.clone())).collect()
            }
            _ => Vec::new(),
        };
        let mut after = Vec::new();
        for (Sum { place, sum, always }, ran) in sums {
            let ty = f.info(sum).ty.clone();
            let zero = Expr::Const(0.0, ty);
            // Where nothing was added the slot may not exist.
            let cond = if always { ran } else { Expr::prim(Op::Ne, vec![Expr::read(sum), zero.clone()]) };
            let add = Stmt::Accumulate { place, value: Expr::read(sum), negate: false };
            let then = Block { stmts: vec![add] };
            after.push(Stmt::If { cond, then, els: Block::default() });
            out.push(Stmt::Let { var: sum, init: Some(zero) });
        }
        out.push(stmt);
        out.extend(after.into_iter().rev());
    }
    block.stmts = out;
}

/// A slot that is carried through a loop in a local.
struct Sum {
    place: Place,
    sum: Var,
    /// Every iteration adds to it.
    always: bool,
}

/// The slots that can be carried through a loop, each now a local in its body.
fn sums(f: &mut Function, counter: Var, body: &mut Block) -> Vec<Sum> {
    // What the loop declares or changes: a slot named by any of it is not one slot.
    let mut varying: BTreeSet<Var> = BTreeSet::from([counter]);
    // The slots of each variable that is only added to: additions may be made in any order, so
    // it does not matter whether two of them are the same.
    let mut slots: BTreeMap<Var, Option<Vec<Place>>> = BTreeMap::new();
    let mut order = Vec::new();
    walk::statements(body, &mut |stmt| {
        walk::declared_by(stmt, &mut |var| _ = varying.insert(var));
        walk::places_written_by(stmt, &mut |place| _ = varying.insert(place.root));
        let mut other = |place: &Place| {
            slots.insert(f.storage(place.root), None);
        };
        match stmt {
            Stmt::Accumulate { place, value, .. } => {
                walk::accesses_of_expr(value, &mut |place, _| other(place));
                walk::accesses_of_place(place, &mut |place, _| other(place));
                let root = f.storage(place.root);
                let known = slots.entry(root).or_insert_with(|| {
                    order.push(root);
                    Some(Vec::new())
                });
                if let Some(list) = known
                    && !list.iter().any(|known| crate::reverse::same_place(known, place))
                {
                    list.push(place.clone());
                }
            }
            other_stmt => {
                walk::accesses_of_stmt(other_stmt, &mut |place, _| other(place));
                walk::declared_by(other_stmt, &mut |var| _ = slots.insert(f.storage(var), None));
            }
        }
    });
    let mut found = Vec::new();
    let places = order.into_iter().filter_map(|root| slots.remove(&root).flatten()).flatten();
    for place in places {
        let ty = f.place_ty(&place);
        // A local is carried as it is.
        let in_memory = place.proj.iter().any(|step| matches!(step, Proj::Index(_) | Proj::Field(_)))
            || f.info(place.root).by_ref.is_some();
        let mut steady = !f.info(place.root).is_view() && is_scalar(&ty);
        walk::accesses_of_place(&place, &mut |index, _| steady &= !varying.contains(&index.root));
        if !in_memory || !steady {
            continue;
        }
        let name = format_ident!("{}_sum", f.info(place.root).name);
        let sum = f.add_var(VarInfo { name, mutable: true, ..VarInfo::local("sum", ty, Span::call_site()) });
        let always = body.stmts.iter().any(|stmt| {
            matches!(stmt, Stmt::Accumulate { place: target, .. } if crate::reverse::same_place(target, &place))
        });
        walk::statements_mut(body, &mut |stmt| {
            if let Stmt::Accumulate { place: target, .. } = stmt
                && crate::reverse::same_place(target, &place)
            {
                *target = Place::var(sum);
            }
        });
        found.push(Sum { place, sum, always });
    }
    found
}

fn is_scalar(ty: &Ty) -> bool {
    matches!(ty, Ty::F64 | Ty::F32 | Ty::Generic(_))
}
