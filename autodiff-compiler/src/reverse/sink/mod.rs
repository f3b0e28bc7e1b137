//! What only some arms of a branch ask for is done in those arms.
//!
//! `let t = x / y; if y == 0.0 { 0.0 } else { t * t }`: the cotangent of `t` is zero unless the second arm
//! ran, and then what `t` came from gets nothing. The rules multiply that zero all the same, after the
//! branch, by a partial that may be infinite just where the first arm runs. Here such products move into the
//! arms that ask for them. Products that are finite whenever the inputs are stay where they are.

mod finite;

use super::Adjoint;
use crate::ir::walk;
use crate::ir::{Block, CallMode, Expr, Function, Place, Stmt, Ty, Var, VarInfo};
use finite::{may_be_infinite, unbounded, vanishes};
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet};

/// How many statements may be written for the arms of one branch.
const COPIES: usize = 24;

/// Moves what may be infinite into the arms that ask for it.
pub fn sink(adjoint: &mut Adjoint) {
    let unbounded = unbounded(adjoint);
    let mut sinking = Sinking { f: &mut adjoint.function, unbounded, looping: false };
    for block in [&mut adjoint.forward, &mut adjoint.backward] {
        sinking.block(block, BTreeSet::new());
    }
}

/// How a statement moves.
enum Way {
    /// It is done in the arms.
    Whole,
    /// What it declares begins as zero and is assigned in the arms.
    Definition(Var, Expr),
    /// Its value is computed in the arms and added where it was.
    Value,
}

struct Sinking<'a> {
    f: &'a mut Function,
    unbounded: BTreeSet<Var>,
    /// Inside a loop, where a sum that every iteration adds to is the faster one.
    looping: bool,
}

impl Sinking<'_> {
    /// `zero` are the cotangents of enclosing scopes that nothing has been added to.
    fn block(&mut self, block: &mut Block, mut zero: BTreeSet<Var>) {
        let mut index = 0;
        while index < block.stmts.len() {
            let stmt = &block.stmts[index];
            match stmt {
                Stmt::Let { var, init: Some(Expr::Zero { .. } | Expr::Const(0.0, _)) } => {
                    zero.insert(*var);
                }
                Stmt::If { .. } | Stmt::Match { .. } => {
                    // What moves in may make others asked for by more arms.
                    while let Some(added) = asked_for(&block.stmts[index], &zero)
                        .into_iter()
                        .find_map(|(arms, wanted)| self.move_to_arms(block, index, &arms, wanted, &mut zero))
                    {
                        index += added;
                    }
                    let mut inside = self.mentioned(&block.stmts[index]);
                    inside.retain(|var| zero.contains(var));
                    let mut arms = Vec::new();
                    walk::blocks_of_mut(&mut block.stmts[index], &mut |arm| arms.push(std::mem::take(arm)));
                    arms.iter_mut().for_each(|arm| self.block(arm, inside.clone()));
                    let mut arms = arms.into_iter();
                    walk::blocks_of_mut(&mut block.stmts[index], &mut |arm| {
                        *arm = arms.next().unwrap_or_default();
                    });
                }
                Stmt::For { .. } | Stmt::While { .. } => {
                    let mut bodies = Vec::new();
                    walk::blocks_of_mut(&mut block.stmts[index], &mut |body| {
                        bodies.push(std::mem::take(body))
                    });
                    let outer = std::mem::replace(&mut self.looping, true);
                    bodies.iter_mut().for_each(|body| self.block(body, BTreeSet::new()));
                    self.looping = outer;
                    let mut bodies = bodies.into_iter();
                    walk::blocks_of_mut(&mut block.stmts[index], &mut |body| {
                        *body = bodies.next().unwrap_or_default();
                    });
                }
                Stmt::Let { .. }
                | Stmt::View { .. }
                | Stmt::Assign { .. }
                | Stmt::Swap { .. }
                | Stmt::CopyFrom { .. }
                | Stmt::Fill { .. }
                | Stmt::Call(_)
                | Stmt::Vector { .. }
                | Stmt::Effect { .. }
                | Stmt::Bail { .. }
                | Stmt::Item(_)
                | Stmt::Accumulate { .. }
                | Stmt::RecordNew { .. }
                | Stmt::RecordPush { .. }
                | Stmt::RecordPop { .. }
                | Stmt::Replace { .. }
                | Stmt::Pull { .. } => {}
            }
            let stmt = &block.stmts[index];
            if !matches!(stmt, Stmt::Let { .. }) {
                for var in self.mentioned(stmt) {
                    zero.remove(&var);
                }
            }
            index += 1;
        }
    }

    /// What a statement and those in it name, views and what they are views of.
    fn mentioned(&self, stmt: &Stmt) -> BTreeSet<Var> {
        let mut mentioned = BTreeSet::new();
        walk::statement(stmt, &mut |inner| {
            walk::accesses_of_stmt(inner, &mut |place, _| {
                mentioned.insert(place.root);
                mentioned.insert(self.f.storage(place.root));
            });
            if let Stmt::View { var } = inner {
                mentioned.insert(self.f.storage(*var));
            }
        });
        mentioned
    }

    /// Moves what follows the branch at `at`, and is zero where `wanted` are, to the end of `arms`. Returns
    /// how many declarations now stand before the branch; `None`: nothing moved.
    fn move_to_arms(
        &mut self,
        block: &mut Block,
        at: usize,
        arms: &BTreeSet<usize>,
        wanted: BTreeSet<Var>,
        zero: &mut BTreeSet<Var>,
    ) -> Option<usize> {
        let asked: BTreeMap<Var, BTreeSet<usize>> = asked_for_by(&block.stmts[at], zero).0;
        let mut carried = wanted;
        // The statements that could move, what each of them defines, and whether it may be infinite.
        let mut ways: BTreeMap<usize, (Way, bool)> = BTreeMap::new();
        let mut feeds: BTreeMap<Var, Vec<usize>> = BTreeMap::new();
        let mut passed = BTreeSet::new();
        for (index, stmt) in block.stmts.iter().enumerate().skip(at + 1) {
            if carried.is_empty() {
                break;
            }
            let mentioned = self.mentioned(stmt);
            let here: BTreeSet<Var> = carried.intersection(&mentioned).copied().collect();
            let way = match stmt {
                Stmt::Let { var, init: Some(Expr::Zero { .. } | Expr::Const(0.0, _)) } => {
                    carried.insert(*var);
                    feeds.entry(*var).or_default().push(index);
                    Some((Way::Whole, false))
                }
                _ if here.is_empty() => None,
                Stmt::Accumulate { place, value, .. } if vanishes(value, &carried) => {
                    let risky = may_be_infinite(value, self.f, &self.unbounded);
                    let root = place.root;
                    let fresh = zero.contains(&root) && !passed.contains(&root) || feeds.contains_key(&root);
                    if place.is_var() && (fresh || carried.contains(&root)) {
                        if asked.get(&root).is_none_or(|others| others.is_subset(arms)) {
                            carried.insert(root);
                        }
                        feeds.entry(root).or_default().push(index);
                        Some((Way::Whole, risky))
                    } else if here.contains(&root) {
                        None
                    } else if place.is_var() && !self.looping && self.f.info(root).ty.is_float() {
                        Some((Way::Whole, risky))
                    } else if value.ty(self.f).is_float() {
                        Some((Way::Value, risky))
                    } else {
                        None
                    }
                }
                Stmt::Let { var, init: Some(value) } if vanishes(value, &carried) => {
                    carried.insert(*var);
                    feeds.entry(*var).or_default().push(index);
                    Some((Way::Whole, may_be_infinite(value, self.f, &self.unbounded)))
                }
                Stmt::Pull { seed, args, call, tangents: None, .. } if vanishes(seed, &carried) => {
                    let local = args
                        .iter()
                        .filter_map(|arg| arg.shadow.as_ref())
                        .all(|place| !here.contains(&place.root) && !passed.contains(&place.root));
                    let in_out = call.args.iter().any(|arg| {
                        matches!(
                            arg,
                            crate::ir::Arg::RefMut(_) | crate::ir::Arg::Receiver { mutable: true, .. }
                        )
                    });
                    (local && !in_out && matches!(call.mode, CallMode::Split { .. }))
                        .then_some((Way::Whole, true))
                }
                Stmt::Let { .. }
                | Stmt::View { .. }
                | Stmt::Assign { .. }
                | Stmt::Swap { .. }
                | Stmt::CopyFrom { .. }
                | Stmt::Fill { .. }
                | Stmt::If { .. }
                | Stmt::Match { .. }
                | Stmt::For { .. }
                | Stmt::While { .. }
                | Stmt::Call(_)
                | Stmt::Vector { .. }
                | Stmt::Effect { .. }
                | Stmt::Bail { .. }
                | Stmt::Item(_)
                | Stmt::Accumulate { .. }
                | Stmt::RecordNew { .. }
                | Stmt::RecordPush { .. }
                | Stmt::RecordPop { .. }
                | Stmt::Replace { .. }
                | Stmt::Pull { .. } => None,
            };
            match way {
                Some(way) => {
                    ways.insert(index, way);
                }
                None => {
                    // Something else happens to it here.
                    mentioned.iter().for_each(|var| _ = carried.remove(var));
                    passed.extend(mentioned);
                }
            }
        }
        let moved = self.needed(block, &ways, &feeds);
        if moved.is_empty() || moved.len() * arms.len() > COPIES {
            return None;
        }
        self.keep_declared(block, at, &moved, &mut ways)?;
        self.may_pass(block, at, &moved, &ways).then(|| self.write(block, at, arms, &moved, ways, zero))
    }

    /// What may be infinite, and what it is made of.
    fn needed(
        &self,
        block: &Block,
        ways: &BTreeMap<usize, (Way, bool)>,
        feeds: &BTreeMap<Var, Vec<usize>>,
    ) -> BTreeSet<usize> {
        let mut needed = BTreeSet::new();
        let mut open: Vec<usize> = ways.iter().filter(|(_, (_, risky))| *risky).map(|(at, _)| *at).collect();
        while let Some(index) = open.pop() {
            if needed.insert(index) {
                walk::accesses_of_stmt(&block.stmts[index], &mut |place, _| {
                    open.extend(feeds.get(&place.root).into_iter().flatten().filter(|at| **at < index));
                });
                // No zero can be made up for it: what uses it comes along.
                if let Stmt::Let { var, .. } = &block.stmts[index]
                    && !self.f.info(*var).ty.is_float()
                {
                    open.extend(
                        ways.keys().filter(|user| self.mentioned(&block.stmts[**user]).contains(var)),
                    );
                }
            }
        }
        needed
    }

    /// What is declared in the arms must be used there only; what is a float and used elsewhere is declared
    /// before the branch.
    fn keep_declared(
        &self,
        block: &Block,
        at: usize,
        moved: &BTreeSet<usize>,
        ways: &mut BTreeMap<usize, (Way, bool)>,
    ) -> Option<()> {
        let staying: BTreeSet<Var> = block
            .stmts
            .iter()
            .enumerate()
            .skip(at + 1)
            .filter(|(index, _)| !moved.contains(index))
            .flat_map(|(_, stmt)| self.mentioned(stmt))
            .collect();
        for index in moved {
            if let Stmt::Let { var, init: Some(value) } = &block.stmts[*index]
                && staying.contains(var)
            {
                if !self.f.info(*var).ty.is_float() {
                    return None;
                }
                ways.insert(*index, (Way::Definition(*var, value.clone()), true));
            }
        }
        Some(())
    }

    /// Whether the statements may be done as soon as the branch is: nothing that stays between changes or
    /// declares what they read, or reads what they change.
    fn may_pass(
        &self,
        block: &Block,
        at: usize,
        moved: &BTreeSet<usize>,
        ways: &BTreeMap<usize, (Way, bool)>,
    ) -> bool {
        let (mut changed, mut seen, mut declared) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let last = moved.last().copied().unwrap_or(at);
        for (index, stmt) in block.stmts.iter().enumerate().take(last + 1).skip(at + 1) {
            if moved.contains(&index) {
                let (mut reads, mut adds) = (BTreeSet::new(), BTreeSet::new());
                let adding = matches!(ways[&index].0, Way::Whole);
                walk::accesses_of_stmt(stmt, &mut |place, access| match access.writes() {
                    true => {
                        adds.insert(self.f.storage(place.root));
                    }
                    false => {
                        reads.insert(place.root);
                        reads.insert(self.f.storage(place.root));
                    }
                });
                if reads.iter().any(|var| changed.contains(var))
                    || adding && adds.iter().any(|var| seen.contains(var) || declared.contains(var))
                {
                    return false;
                }
                continue;
            }
            let mut leaves = false;
            walk::statement(stmt, &mut |inner| {
                leaves |=
                    matches!(inner, Stmt::Bail { .. }) || matches!(inner, Stmt::Call(call) if call.question);
                walk::places_written_by(inner, &mut |place| {
                    changed.insert(self.f.storage(place.root));
                });
                walk::declared_by(inner, &mut |var| {
                    changed.insert(var);
                    declared.insert(self.f.storage(var));
                });
                // Sums of cotangents have no order.
                let sum = match inner {
                    Stmt::Accumulate { place, .. } if place.is_var() => Some(place.root),
                    _ => None,
                };
                walk::accesses_of_stmt(inner, &mut |place, _| {
                    if sum != Some(place.root) {
                        seen.insert(self.f.storage(place.root));
                    }
                });
            });
            if leaves {
                return false;
            }
        }
        true
    }

    fn write(
        &mut self,
        block: &mut Block,
        at: usize,
        arms: &BTreeSet<usize>,
        moved: &BTreeSet<usize>,
        mut ways: BTreeMap<usize, (Way, bool)>,
        zero: &mut BTreeSet<Var>,
    ) -> usize {
        let (mut before, mut inside) = (Vec::new(), Vec::new());
        let mut after = Vec::new();
        let rest = block.stmts.split_off(at + 1);
        for (index, stmt) in rest.into_iter().enumerate().map(|(k, stmt)| (at + 1 + k, stmt)) {
            let way = if moved.contains(&index) { ways.remove(&index) } else { None };
            match (way, stmt) {
                (None, stmt) => after.push(stmt),
                (Some((Way::Whole, _)), stmt) => inside.push(stmt),
                (Some((Way::Definition(var, value), _)), _) => {
                    self.f.vars[var.0].mutable = true;
                    before.push(begun(var, self.f.info(var).ty.clone()));
                    inside.push(assigned(var, value));
                    zero.insert(var);
                }
                (Some((Way::Value, _)), Stmt::Accumulate { place, value, negate }) => {
                    let ty = value.ty(self.f);
                    let name = format_ident!("{}_part", self.f.info(place.root).name);
                    let info = VarInfo::local("part", ty.clone(), place.span);
                    let var = self.f.add_var(VarInfo { name, mutable: true, ..info });
                    before.push(begun(var, ty));
                    inside.push(assigned(var, value));
                    after.push(Stmt::Accumulate { place, value: Expr::read(var), negate });
                }
                (Some((Way::Value, _)), stmt) => after.push(stmt),
            }
        }
        let mut number = 0;
        walk::blocks_of_mut(&mut block.stmts[at], &mut |arm| {
            if arms.contains(&number) {
                arm.stmts.extend(inside.iter().cloned());
            }
            number += 1;
        });
        let added = before.len();
        block.stmts.splice(at..at, before);
        block.stmts.extend(after);
        added
    }
}

fn begun(var: Var, ty: Ty) -> Stmt {
    Stmt::Let { var, init: Some(Expr::Const(0.0, ty)) }
}

fn assigned(var: Var, value: Expr) -> Stmt {
    let place = Place::var(var);
    let span = place.span;
    Stmt::Assign { place, op: None, value, span }
}

/// The cotangents that some arms of a branch add to and others do not, by those arms.
fn asked_for(stmt: &Stmt, zero: &BTreeSet<Var>) -> BTreeMap<BTreeSet<usize>, BTreeSet<Var>> {
    let (by_var, count) = asked_for_by(stmt, zero);
    let mut out: BTreeMap<BTreeSet<usize>, BTreeSet<Var>> = BTreeMap::new();
    for (var, arms) in by_var {
        if arms.len() < count {
            out.entry(arms).or_default().insert(var);
        }
    }
    out
}

/// The arms that mention each cotangent, and how many arms there are.
fn asked_for_by(stmt: &Stmt, zero: &BTreeSet<Var>) -> (BTreeMap<Var, BTreeSet<usize>>, usize) {
    let mut by_var: BTreeMap<Var, BTreeSet<usize>> = BTreeMap::new();
    let mut count = 0;
    walk::blocks_of(stmt, &mut |arm| {
        walk::statements(arm, &mut |inner| {
            walk::accesses_of_stmt(inner, &mut |place, _| {
                if zero.contains(&place.root) {
                    by_var.entry(place.root).or_default().insert(count);
                }
            });
        });
        count += 1;
    });
    (by_var, count)
}
