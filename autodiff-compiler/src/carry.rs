//! Carries cotangents in locals: a slot to which every iteration of a loop adds is added to once,
//! after the loop.
//!
//! `for i in … { y_bar[j] += e }` becomes `let mut sum = 0; for i in … { sum += e } y_bar[j] += sum`.
//! In memory each addition would wait for the store of the one before.

use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::{HashMap, HashSet};

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
    let mut index = 0;
    while index < block.stmts.len() {
        let sums = match &mut block.stmts[index] {
            Stmt::For { var, lo, hi, body, exits, .. } if exits.is_empty() => {
                let ran = Expr::prim(Op::Lt, vec![lo.clone(), hi.clone()]);
                sums(f, *var, body).into_iter().map(|(place, sum)| (place, sum, ran.clone())).collect()
            }
            _ => Vec::new(),
        };
        for (place, sum, ran) in sums {
            let ty = f.info(sum).ty.clone();
            let add = Stmt::Accumulate { place, value: Expr::read(sum), negate: false };
            // Without an iteration the slot may not exist.
            let then = Block { stmts: vec![add] };
            block.stmts.insert(index + 1, Stmt::If { cond: ran, then, els: Block::default() });
            block.stmts.insert(index, Stmt::Let { var: sum, init: Some(Expr::Const(0.0, ty)) });
            index += 1;
        }
        index += 1;
    }
}

/// The slots that can be carried through a loop, each now a local in its body.
fn sums(f: &mut Function, counter: Var, body: &mut Block) -> Vec<(Place, Var)> {
    // What the loop declares or changes: a slot named by any of it is not one slot.
    let mut varying: HashSet<Var> = HashSet::from([counter]);
    let mut slots: HashMap<Var, Option<Place>> = HashMap::new();
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
                match slots.get(&root) {
                    None => {
                        order.push(root);
                        slots.insert(root, Some(place.clone()));
                    }
                    Some(Some(known)) if crate::reverse::same_place(known, place) => {}
                    Some(_) => _ = slots.insert(root, None),
                }
            }
            other_stmt => {
                walk::accesses_of_stmt(other_stmt, &mut |place, _| other(place));
                walk::declared_by(other_stmt, &mut |var| _ = slots.insert(f.storage(var), None));
            }
        }
    });
    let mut found = Vec::new();
    for root in order {
        let Some(Some(place)) = slots.get(&root).cloned() else { continue };
        let ty = f.place_ty(&place);
        // A local is carried as it is.
        let in_memory = place.proj.iter().any(|step| matches!(step, Proj::Index(_) | Proj::Field(_)))
            || f.info(place.root).by_ref.is_some();
        let mut steady = f.info(place.root).view_of.is_none() && is_scalar(&ty);
        walk::accesses_of_place(&place, &mut |index, _| steady &= !varying.contains(&index.root));
        if !in_memory || !steady {
            continue;
        }
        let name = format_ident!("{}_sum", f.info(place.root).name);
        let sum = f.add_var(VarInfo { name, mutable: true, ..VarInfo::local("sum", ty, Span::call_site()) });
        walk::statements_mut(body, &mut |stmt| {
            walk::operands_of_stmt_mut(stmt, &mut |operand| {
                if let OperandMut::Place(target, _) = operand
                    && target.root == place.root
                {
                    *target = Place::var(sum);
                }
            });
        });
        found.push((place, sum));
    }
    found
}

fn is_scalar(ty: &Ty) -> bool {
    matches!(ty, Ty::F64 | Ty::F32 | Ty::Generic(_))
}
