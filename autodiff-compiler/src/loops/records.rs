//! A record of several values that blocks of lanes fill keeps a block's lanes as they are, in an entry
//! of arrays: to take tuples of single lanes apart costs more than what is done with them.
//!
//! The iterations left over keep theirs in the old record.

use super::lanes::literal;
use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use std::collections::BTreeMap;

/// Does so with every record of several values that one loop over `lanes` lanes fills, and one empties.
pub fn records(f: &mut Function, blocks: &mut [&mut Block], lanes: usize) {
    let mut uses: BTreeMap<Var, Uses> = BTreeMap::new();
    for block in blocks.iter() {
        note(block, &mut uses);
    }
    let of_blocks: BTreeMap<Var, Var> = uses
        .into_iter()
        .filter(|(_, uses)| {
            uses.has_capacity && uses.values > 1 && uses.all == [2; 2] && uses.in_lanes == [1; 2]
        })
        .map(|(var, _)| {
            let info = f.info(var).clone();
            (var, f.add_var(info))
        })
        .collect();
    if !of_blocks.is_empty() {
        for block in blocks.iter_mut() {
            rewrite(f, block, &of_blocks, lanes);
        }
    }
}

/// What is done with a record: where it is filled and emptied, and where of that by loops over lanes.
#[derive(Default)]
struct Uses {
    values: usize,
    has_capacity: bool,
    all: [usize; 2],
    in_lanes: [usize; 2],
}

fn note(block: &Block, uses: &mut BTreeMap<Var, Uses>) {
    for stmt in &block.stmts {
        match stmt {
            Stmt::RecordNew { record, capacity } => {
                uses.entry(*record).or_default().has_capacity = capacity.is_some();
            }
            Stmt::RecordPush { record, values } => {
                let uses = uses.entry(*record).or_default();
                uses.all[0] += 1;
                uses.values = values.len();
            }
            Stmt::RecordPop { record, .. } => uses.entry(*record).or_default().all[1] += 1,
            stmt => {
                if let Some((record, pushed)) = moved_in_lanes(stmt) {
                    uses.entry(record).or_default().in_lanes[usize::from(!pushed)] += 1;
                }
                walk::blocks_of(stmt, &mut |inner| note(inner, uses));
            }
        }
    }
}

/// The record of which a loop over lanes does nothing but fill it from arrays (`true`), or empty it into
/// arrays.
fn moved_in_lanes(stmt: &Stmt) -> Option<(Var, bool)> {
    let Stmt::For { var: lane, lo: Expr::Lit(_), hi: Expr::Lit(_), body, exits, .. } = stmt else {
        return None;
    };
    let at_lane = |place: &Place| matches!(place.proj.as_slice(), [Proj::Index(Expr::Read(index))] if index.is_var() && index.root == *lane);
    match body.stmts.as_slice() {
        [Stmt::RecordPush { record, values }] => {
            let arrays = values.iter().all(|value| matches!(value, Expr::Read(place) if at_lane(place)));
            (exits.is_empty() && arrays).then_some((*record, true))
        }
        [Stmt::RecordPop { record, vars }, rest @ ..] => {
            let into_arrays = rest.iter().all(|stmt| {
                matches!(stmt, Stmt::Assign { place, op: None, value: Expr::Read(taken), .. }
                    if at_lane(place) && taken.is_var() && vars.contains(&taken.root))
            });
            (exits.is_empty() && into_arrays).then_some((*record, false))
        }
        _ => None,
    }
}

fn rewrite(f: &mut Function, block: &mut Block, of_blocks: &BTreeMap<Var, Var>, lanes: usize) {
    let mut out = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        if let Stmt::RecordNew { record, capacity: Some(capacity) } = &stmt
            && let Some(&own) = of_blocks.get(record)
        {
            let blocks = Expr::prim(Op::Div, vec![capacity.clone(), literal(lanes)]);
            out.push(Stmt::RecordNew { record: own, capacity: Some(blocks) });
        }
        if let Some((record, _)) = moved_in_lanes(&stmt)
            && let Some(&own) = of_blocks.get(&record)
        {
            let Stmt::For { hi, body, .. } = stmt else { unreachable!("a loop over lanes") };
            out.extend(whole(f, body, own, &hi));
            continue;
        }
        walk::blocks_of_mut(&mut stmt, &mut |inner| rewrite(f, inner, of_blocks, lanes));
        out.push(stmt);
    }
    block.stmts = out;
}

/// All lanes at once.
fn whole(f: &mut Function, body: Block, record: Var, width: &Expr) -> Vec<Stmt> {
    let Expr::Lit(width) = width else { unreachable!("there are so many lanes") };
    let mut stmts = body.stmts.into_iter();
    match stmts.next() {
        Some(Stmt::RecordPush { values, .. }) => {
            let arrays = values.into_iter().map(|value| match value {
                Expr::Read(place) => Expr::read(place.root),
                value => value,
            });
            vec![Stmt::RecordPush { record, values: arrays.collect() }]
        }
        Some(Stmt::RecordPop { vars, .. }) => {
            let mut arrays = BTreeMap::new();
            for &var in &vars {
                let info = f.info(var).clone();
                let ty = Ty::Array(Box::new(info.ty.clone()), quote::quote!(#width));
                arrays.insert(var, f.add_var(VarInfo { ty, ..info }));
            }
            let pop = Stmt::RecordPop { record, vars: vars.iter().map(|var| arrays[var]).collect() };
            let moves = stmts.map(|stmt| match stmt {
                Stmt::Assign { mut place, op, value: Expr::Read(taken), span } => {
                    place.proj.clear();
                    Stmt::Assign { place, op, value: Expr::read(arrays[&taken.root]), span }
                }
                stmt => stmt,
            });
            std::iter::once(pop).chain(moves).collect()
        }
        _ => unreachable!("a push or a pop comes first"),
    }
}
