//! Orders the statements of a block in which primal and adjoint share a scope.
//!
//! The reference order is the primal forwards, then the adjoint backwards. A merged statement
//! stands for both its primal and its adjoint part; the order has to respect what either part
//! needs. Cotangents that are only added to may be added to in any order.

use super::plan::has_static_shape;
use crate::ir::walk::{self, Access};
use crate::ir::{Arg, Function, Place, Stmt, Var};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Some statements that stay together.
#[derive(Debug)]
pub struct Unit {
    pub stmts: Vec<Stmt>,
    /// Its places in the reference order: one, or for a merged statement two.
    pub first: usize,
    pub second: Option<usize>,
    /// Has an effect that must keep its place among effects.
    pub effect: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Use {
    Read,
    Add,
    Write,
}

/// The units' statements in an order that respects all dependences, or the merged units that
/// make that impossible.
pub fn schedule(
    units: Vec<Unit>,
    f: &Function,
    is_shadow: &dyn Fn(Var) -> bool,
) -> Result<Vec<Stmt>, Vec<usize>> {
    if units.iter().all(|unit| unit.second.is_none()) {
        let mut units = units;
        units.sort_by_key(|unit| unit.first);
        return Ok(units.into_iter().flat_map(|unit| unit.stmts).collect());
    }
    let edges = dependences(&units, f, is_shadow);
    let lost = cyclic(&units, &edges);
    order(units, &edges, lost)
}

/// The parts of the units in reference order, and for each part the parts that must come later.
struct Parts {
    /// `(unit, is the adjoint part of a merged unit)`, in reference order.
    parts: Vec<(usize, bool)>,
    later: Vec<Vec<usize>>,
}

fn dependences(units: &[Unit], f: &Function, is_shadow: &dyn Fn(Var) -> bool) -> Parts {
    let mut keyed: Vec<(usize, usize, bool)> = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        keyed.push((unit.first, index, false));
        if let Some(second) = unit.second {
            keyed.push((second, index, true));
        }
    }
    keyed.sort_unstable();
    let parts: Vec<(usize, bool)> = keyed.iter().map(|(_, unit, adjoint)| (*unit, *adjoint)).collect();
    let mut later = vec![Vec::new(); parts.len()];

    #[derive(Default)]
    struct History {
        write: Option<usize>,
        adds: Vec<usize>,
        reads: Vec<usize>,
    }
    let mut histories: BTreeMap<Resource, History> = BTreeMap::new();
    let mut last_effect: Option<usize> = None;
    for (part, &(index, adjoint)) in parts.iter().enumerate() {
        let unit = &units[index];
        if unit.effect
            && !adjoint
            && let Some(previous) = last_effect.replace(part)
        {
            later[previous].push(part);
        }
        for (resource, kind) in uses(&unit.stmts, f) {
            // The adjoint part of a merged unit reads primal values when its primal part does.
            if unit.second.is_some() && is_shadow(resource.0) != adjoint {
                continue;
            }
            let history = histories.entry(resource).or_default();
            let mut after = |earlier: &usize| {
                if *earlier != part {
                    later[*earlier].push(part);
                }
            };
            match kind {
                Use::Read => {
                    history.write.iter().for_each(&mut after);
                    history.adds.iter().for_each(&mut after);
                    history.reads.push(part);
                }
                Use::Add => {
                    history.write.iter().for_each(&mut after);
                    history.reads.iter().for_each(&mut after);
                    history.adds.push(part);
                }
                Use::Write => {
                    history.write.iter().for_each(&mut after);
                    history.adds.iter().for_each(&mut after);
                    history.reads.iter().for_each(&mut after);
                    *history = History { write: Some(part), ..History::default() };
                }
            }
        }
    }
    for targets in &mut later {
        targets.sort_unstable();
        targets.dedup();
    }
    Parts { parts, later }
}

/// A variable's contents (`false`) or shape (`true`): assigning an element leaves the shape alone.
type Resource = (Var, bool);

/// What statements do to variables; writes last, so that a part that reads and writes is one
/// of each.
fn uses(stmts: &[Stmt], f: &Function) -> Vec<(Resource, Use)> {
    let mut found: BTreeSet<(Resource, Use)> = BTreeSet::new();
    for stmt in stmts {
        walk::statement(stmt, &mut |inner| {
            walk::declared_by(inner, &mut |var| {
                found.insert(((var, false), Use::Write));
                found.insert(((var, true), Use::Write));
            });
            // A view is made of what it views.
            if let Stmt::View { var } = inner
                && let Some(base) = &f.info(*var).view_of
            {
                found.insert(((base.root, true), Use::Read));
                found.insert(((f.resolve(base).root, true), Use::Read));
                walk::accesses_of_place(base, &mut |index, _| {
                    found.insert(((index.root, false), Use::Read));
                });
            }
            let reshapes = match inner {
                Stmt::CopyFrom { .. } | Stmt::Fill { .. } => false,
                Stmt::Assign { op, .. } => op.is_none(),
                _ => true,
            };
            let mut note = |place: &Place, access: Access, added: bool| {
                // A shape that is in the type depends on nothing.
                if access == Access::Shape && has_static_shape(&f.place_ty(place)) {
                    return;
                }
                let resolved = f.resolve(place);
                let root = resolved.root;
                if root != place.root {
                    // The view itself has to be there.
                    found.insert(((place.root, false), Use::Read));
                    walk::accesses_of_place(&resolved, &mut |index, _| {
                        found.insert(((index.root, false), Use::Read));
                    });
                }
                let kinds: &[Use] = match access {
                    Access::Update if added => &[Use::Add],
                    Access::Read => &[Use::Read],
                    Access::Shape => &[],
                    Access::Write => &[Use::Write],
                    Access::Update => &[Use::Read, Use::Write],
                };
                found.extend(kinds.iter().map(|kind| ((root, false), *kind)));
                let shape = if access.writes() && reshapes && !added && resolved.is_var() {
                    Use::Write
                } else {
                    Use::Read
                };
                found.insert(((root, true), shape));
            };
            // A pullback adds to the cotangents of what the call only read.
            let mut lent = Vec::new();
            if let Stmt::Pull { args, call, .. } = inner {
                let only_read = |arg: &Arg| match arg {
                    Arg::Value(_) | Arg::Ref(_) | Arg::Receiver { mutable: false, .. } => true,
                    Arg::RefMut(_) | Arg::Receiver { mutable: true, .. } => false,
                };
                let pairs = args.iter().zip(&call.args).filter(|(_, arg)| only_read(arg));
                lent.extend(pairs.filter_map(|(arg, _)| Some(arg.shadow.as_ref()?.root)));
            }
            if let Stmt::Accumulate { place, value, .. } = inner {
                walk::accesses_of_expr(value, &mut |place, access| note(place, access, false));
                walk::accesses_of_place(place, &mut |place, access| note(place, access, false));
                note(place, Access::Update, true);
            } else {
                walk::accesses_of_stmt(inner, &mut |place, access| {
                    note(place, access, access == Access::Update && lent.contains(&place.root));
                });
            }
        });
    }
    let rank = |kind: Use| match kind {
        Use::Read => 0,
        Use::Add => 1,
        Use::Write => 2,
    };
    let mut list: Vec<(Resource, Use)> = found.into_iter().collect();
    list.sort_by_key(|(resource, kind)| (*resource, rank(*kind)));
    list
}

/// The merged units whose adjoint part depends on their primal part through something else.
fn cyclic(units: &[Unit], graph: &Parts) -> Vec<usize> {
    let mut place = vec![[usize::MAX; 2]; units.len()];
    for (part, (unit, adjoint)) in graph.parts.iter().enumerate() {
        place[*unit][usize::from(*adjoint)] = part;
    }
    let mut lost = Vec::new();
    // The unit for which a part was last reached.
    let mut reached = vec![usize::MAX; graph.parts.len()];
    for (index, unit) in units.iter().enumerate() {
        if unit.second.is_none() {
            continue;
        }
        let [primal, adjoint] = place[index];
        let mut work: Vec<usize> =
            graph.later[primal].iter().copied().filter(|&next| next != adjoint).collect();
        while let Some(part) = work.pop() {
            if part == adjoint {
                lost.push(index);
                break;
            }
            if part < adjoint && std::mem::replace(&mut reached[part], index) != index {
                work.extend(&graph.later[part]);
            }
        }
    }
    lost
}

/// The statements in order, where no merged unit had to come apart for it; `lost` are those that
/// are known to. Where units are in each other's way the first of them comes apart, and the search
/// goes on as if it had been two, so that all that cannot stay merged are found in one search.
fn order(units: Vec<Unit>, graph: &Parts, mut lost: Vec<usize>) -> Result<Vec<Stmt>, Vec<usize>> {
    let mut search = Search::new(&units, graph);
    for &unit in &lost {
        search.split(unit);
    }
    search.start();
    let mut sequence = Vec::new();
    loop {
        while let Some(std::cmp::Reverse((_, part))) = search.ready.pop() {
            sequence.push(graph.parts[part].0);
            search.finish(part);
        }
        let Some(unit) = search.first_merged() else { break };
        lost.push(unit);
        search.split(unit);
    }
    if !lost.is_empty() {
        return Err(lost);
    }
    // Dependences lead from earlier to later parts, so that something can always come next.
    assert_eq!(sequence.len(), units.len(), "a statement depends on itself");
    let mut units: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    Ok(sequence.into_iter().filter_map(|i| units[i].take()).flat_map(|unit| unit.stmts).collect())
}

/// What is known of the parts while they are put in order.
struct Search<'a> {
    units: &'a [Unit],
    graph: &'a Parts,
    /// The parts of each unit: one, or two of a merged one.
    parts: Vec<Vec<usize>>,
    /// How many parts of other units each still waits for; the adjoint part of a unit that came
    /// apart waits for its primal part too.
    waiting: Vec<usize>,
    started: bool,
    /// Merged units that are neither done nor apart, by their place in the primal.
    merged: BTreeSet<(usize, usize)>,
    /// The first parts of units, and the parts of those that came apart, that can come next.
    ready: BinaryHeap<std::cmp::Reverse<(usize, usize)>>,
}

impl<'a> Search<'a> {
    fn new(units: &'a [Unit], graph: &'a Parts) -> Search<'a> {
        let mut parts = vec![Vec::new(); units.len()];
        for (part, (unit, _)) in graph.parts.iter().enumerate() {
            parts[*unit].push(part);
        }
        let mut waiting = vec![0; graph.parts.len()];
        for (part, later) in graph.later.iter().enumerate() {
            for &next in later {
                waiting[next] += usize::from(graph.parts[next].0 != graph.parts[part].0);
            }
        }
        let merged = units.iter().enumerate().filter(|(_, unit)| unit.second.is_some());
        let merged = merged.map(|(index, unit)| (unit.first, index)).collect();
        Search { units, graph, parts, waiting, started: false, merged, ready: BinaryHeap::new() }
    }

    fn is_whole(&self, unit: usize) -> bool {
        self.merged.contains(&(self.units[unit].first, unit))
    }

    fn start(&mut self) {
        self.started = true;
        for part in 0..self.graph.parts.len() {
            let (unit, adjoint) = self.graph.parts[part];
            if !(adjoint && self.is_whole(unit)) {
                self.offer(part);
            }
        }
    }

    /// Puts a part, or the merged unit that it is one of, among those that can come next.
    fn offer(&mut self, part: usize) {
        let unit = self.graph.parts[part].0;
        if self.is_whole(unit) {
            let [first, ..] = self.parts[unit][..] else { return };
            if self.parts[unit].iter().all(|&part| self.waiting[part] == 0) {
                self.ready.push(std::cmp::Reverse((self.units[unit].first, first)));
            }
        } else if self.waiting[part] == 0 {
            let (unit, adjoint) = self.graph.parts[part];
            let at = if adjoint { self.units[unit].second } else { None };
            self.ready.push(std::cmp::Reverse((at.unwrap_or(self.units[unit].first), part)));
        }
    }

    fn split(&mut self, unit: usize) {
        self.merged.remove(&(self.units[unit].first, unit));
        if let [primal, adjoint] = self.parts[unit][..] {
            self.waiting[adjoint] += 1;
            if self.started {
                self.offer(primal);
            }
        }
    }

    fn finish(&mut self, part: usize) {
        let (unit, adjoint) = self.graph.parts[part];
        let done = match (self.merged.remove(&(self.units[unit].first, unit)), &self.parts[unit][..]) {
            (true, parts) => parts.to_vec(),
            (false, &[primal, second]) if !adjoint && primal == part => {
                self.waiting[second] -= 1;
                if self.waiting[second] == 0 {
                    self.offer(second);
                }
                vec![part]
            }
            (false, _) => vec![part],
        };
        for part in done {
            let graph = self.graph;
            for &next in &graph.later[part] {
                if graph.parts[next].0 != unit {
                    self.waiting[next] -= 1;
                    if self.waiting[next] == 0 {
                        self.offer(next);
                    }
                }
            }
        }
    }

    /// The first merged unit that waits.
    fn first_merged(&self) -> Option<usize> {
        self.merged.first().map(|(_, unit)| *unit)
    }
}
