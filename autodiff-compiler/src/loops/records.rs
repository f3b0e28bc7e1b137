//! Records that are filled by whole blocks keep each of their values in a `Vec` of its own: a block's
//! lanes then go in and come out as they are, where tuples would have to be taken apart.

use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Place, Proj, Stmt, Ty, Var};
use std::collections::BTreeMap;

/// Does so with every record of several scalars that some loop over lanes fills.
pub fn records(f: &mut Function, blocks: &mut [&mut Block]) {
    let mut known: BTreeMap<Var, Record> = BTreeMap::new();
    for block in blocks.iter() {
        note(f, block, &mut known);
    }
    let split: BTreeMap<Var, Vec<Var>> = known
        .into_iter()
        .filter(|(_, record)| record.in_lanes && record.simple && record.values > 1)
        .map(|(var, record)| {
            let info = f.info(var).clone();
            (var, (0..record.values).map(|_| f.add_var(info.clone())).collect())
        })
        .collect();
    if !split.is_empty() {
        for block in blocks.iter_mut() {
            rewrite(block, &split);
        }
    }
}

/// What is done with a record.
struct Record {
    values: usize,
    /// A loop over lanes fills it.
    in_lanes: bool,
    /// All that happens to it is of the forms that [`rewrite`] knows, and it has a capacity.
    simple: bool,
}

fn note(f: &Function, block: &Block, known: &mut BTreeMap<Var, Record>) {
    for stmt in &block.stmts {
        match stmt {
            Stmt::RecordNew { record, capacity } => {
                known.insert(*record, Record { values: 0, in_lanes: false, simple: capacity.is_some() });
            }
            Stmt::For { body, .. } if let Some((record, values)) = moved_in_lanes(stmt) => {
                let push = matches!(body.stmts[0], Stmt::RecordPush { .. });
                if let Some(known) = known.get_mut(&record) {
                    known.in_lanes |= push;
                    known.values = values;
                }
            }
            Stmt::RecordPush { record, values } => {
                let scalars = values.iter().all(|value| is_scalar(&value.ty(f)));
                if let Some(known) = known.get_mut(record) {
                    known.simple &= scalars;
                    known.values = values.len();
                }
            }
            Stmt::RecordPop { .. } => {}
            _ => walk::blocks_of(stmt, &mut |inner| note(f, inner, known)),
        }
    }
}

/// The record of which a loop over lanes does nothing but fill it from arrays, or empty it into
/// arrays, and how many values an entry has.
fn moved_in_lanes(stmt: &Stmt) -> Option<(Var, usize)> {
    let Stmt::For { var: lane, lo: Expr::Lit(_), hi: Expr::Lit(_), body, exits, .. } = stmt else {
        return None;
    };
    let at_lane = |place: &Place| matches!(place.proj.as_slice(), [Proj::Index(Expr::Read(index))] if index.is_var() && index.root == *lane);
    match body.stmts.as_slice() {
        [Stmt::RecordPush { record, values }] => {
            let arrays = values.iter().all(|value| matches!(value, Expr::Read(place) if at_lane(place)));
            (exits.is_empty() && arrays).then_some((*record, values.len()))
        }
        [Stmt::RecordPop { record, vars }, rest @ ..] => {
            let into_arrays = rest.iter().all(|stmt| {
                matches!(stmt, Stmt::Assign { place, op: None, value: Expr::Read(taken), .. }
                    if at_lane(place) && taken.is_var() && vars.contains(&taken.root))
            });
            (exits.is_empty() && into_arrays).then_some((*record, vars.len()))
        }
        _ => None,
    }
}

fn is_scalar(ty: &Ty) -> bool {
    ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool)
}

fn rewrite(block: &mut Block, split: &BTreeMap<Var, Vec<Var>>) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        if let Some((record, _)) = moved_in_lanes(&stmt)
            && let Some(own) = split.get(&record)
        {
            let Stmt::For { body, .. } = &mut stmt else { unreachable!("a loop over lanes") };
            let moves = std::mem::take(&mut body.stmts);
            for stmts in apart(moves, own) {
                let mut copy = stmt.clone();
                if let Stmt::For { body, .. } = &mut copy {
                    body.stmts = stmts;
                }
                out.push(copy);
            }
            continue;
        }
        match stmt {
            Stmt::RecordNew { record, capacity } if let Some(own) = split.get(&record) => {
                out.extend(own.iter().map(|&record| Stmt::RecordNew { record, capacity: capacity.clone() }));
            }
            Stmt::RecordPush { record, .. } | Stmt::RecordPop { record, .. }
                if let Some(own) = split.get(&record) =>
            {
                out.extend(apart(vec![stmt], own).into_iter().flatten());
            }
            mut stmt => {
                walk::blocks_of_mut(&mut stmt, &mut |inner| rewrite(inner, split));
                out.push(stmt);
            }
        }
    }
    block.stmts = out;
}

/// A push or a pop, and where the values popped go, for each value by itself.
fn apart(mut stmts: Vec<Stmt>, own: &[Var]) -> Vec<Vec<Stmt>> {
    let rest = stmts.split_off(1);
    match stmts.pop() {
        Some(Stmt::RecordPush { values, .. }) => {
            let each = own.iter().zip(values);
            each.map(|(&record, value)| vec![Stmt::RecordPush { record, values: vec![value] }]).collect()
        }
        Some(Stmt::RecordPop { vars, .. }) => {
            let each = own.iter().zip(vars).map(|(&record, var)| {
                let takes = |stmt: &&Stmt| matches!(stmt, Stmt::Assign { value: Expr::Read(taken), .. } if taken.root == var);
                let pop = Stmt::RecordPop { record, vars: vec![var] };
                std::iter::once(pop).chain(rest.iter().filter(takes).cloned()).collect()
            });
            each.collect()
        }
        _ => unreachable!("a push or a pop comes first"),
    }
}
