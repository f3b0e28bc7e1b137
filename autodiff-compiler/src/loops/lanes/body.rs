//! The body of a loop: what its statements touch, and which of them can run lane by lane.

use super::affine::Slot;
use super::simple::text;
use crate::ir::walk::{self, Access};
use crate::ir::{Expr, Function, Op, Place, Stmt, Ty, Var};
use std::collections::{BTreeMap, BTreeSet};

/// How many operations a call counts for.
const CALL: usize = 8;

/// An integer counted up or down once an iteration.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// The statement that counts.
    pub at: usize,
    pub by: i64,
}

pub struct Body<'a> {
    pub f: &'a Function,
    pub counter: Var,
    /// The lowest counter of a block.
    pub start: Var,
    pub rev: bool,
    /// How many iterations a block has.
    pub width: usize,
    pub stmts: &'a [Stmt],
    /// The variables that the body declares, and where.
    pub declared: BTreeMap<Var, usize>,
    pub counted: BTreeMap<Var, Count>,
    /// The storage that the body writes.
    pub written: BTreeSet<Var>,
}

/// Which element a place is, by the number of its statement and its text.
pub type Places = BTreeMap<(usize, String), usize>;

/// What a loop becomes.
#[derive(Debug)]
pub struct Plan {
    pub start: Var,
    pub width: usize,
    pub counted: BTreeMap<Var, Count>,
    /// The elements that a block touches.
    pub slots: Vec<Element>,
    /// Sums of cotangents.
    pub sums: BTreeSet<Var>,
    /// The statements in three groups: those that run before, with and after what is carried.
    pub phases: [Vec<usize>; 3],
    /// Sums whose order is kept, in source order.
    pub strict: Vec<usize>,
    /// What is taken from records, and what is put into them.
    pub pops: Vec<usize>,
    pub pushes: Vec<usize>,
    /// Which slot a place is, by the number of its statement and its text.
    pub places: Places,
}

impl Plan {
    /// Whether nothing keeps the blocks apart: no sum, whose order counts, nothing carried, and no call.
    pub fn could_be_vectorised(&self, stmts: &[Stmt]) -> bool {
        let sums = self.sums.len() + self.strict.len() + self.phases[1].len();
        sums == 0 && !stmts.iter().any(|stmt| matches!(stmt, Stmt::Call(_)))
    }
}

/// An element that every iteration touches.
#[derive(Debug)]
pub struct Element {
    pub slot: Slot,
    pub ty: Ty,
    /// Its value at the start of the block matters.
    pub loaded: bool,
    pub written: bool,
    /// Only added to, behind what else happens to the array: the block collects what is added.
    pub added: bool,
    /// The element of the same array whose lanes take most of what is added, and how many lanes
    /// higher.
    pub into: Option<(usize, i64)>,
}

/// Something that statements share, and whether a statement changes it.
type Use = (Resource, bool);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Resource {
    Scalar(Var),
    Slot(usize),
}

impl<'a> Body<'a> {
    pub fn new(
        f: &'a Function,
        (counter, start): (Var, Var),
        rev: bool,
        width: usize,
        stmts: &'a [Stmt],
    ) -> Body<'a> {
        let mut body = Body {
            f,
            counter,
            start,
            rev,
            width,
            stmts,
            declared: BTreeMap::new(),
            counted: BTreeMap::new(),
            written: BTreeSet::new(),
        };
        let mut writes: BTreeMap<Var, usize> = BTreeMap::new();
        for (pos, stmt) in stmts.iter().enumerate() {
            walk::declared_by(stmt, &mut |var| _ = body.declared.insert(var, pos));
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                if access.writes() {
                    body.written.insert(f.storage(place.root));
                    *writes.entry(f.storage(place.root)).or_default() += 1;
                }
            });
        }
        for (pos, stmt) in stmts.iter().enumerate() {
            if let Stmt::Assign { place, op: Some(op @ (Op::Add | Op::Sub)), value, .. } = stmt
                && place.is_var()
                && f.place_ty(place).is_int()
                && writes.get(&place.root) == Some(&1)
                && !body.declared.contains_key(&place.root)
                && !f.info(place.root).is_view()
                && let Expr::Lit(syn::Lit::Int(lit)) = value
            {
                let by = if *op == Op::Add { 1 } else { -1 };
                if lit.base10_digits() == "1" {
                    body.counted.insert(place.root, Count { at: pos, by });
                }
            }
        }
        body
    }

    pub fn is_written(&self, var: Var) -> bool {
        self.written.contains(&self.f.storage(var))
    }

    pub fn definition(&self, var: Var) -> Option<&Expr> {
        match &self.stmts[*self.declared.get(&var)?] {
            Stmt::Let { init: Some(init), .. } if !self.is_written(var) => Some(init),
            _ => None,
        }
    }

    /// A plan, if the loop can run in lanes and gains by it.
    pub fn plan(&self) -> Option<Plan> {
        let (slots, places) = self.slots()?;
        if slots.is_empty() {
            return None;
        }
        let (sums, strict) = self.sums();
        let of_kind = |wanted: fn(&Stmt) -> bool| -> Vec<usize> {
            (0..self.stmts.len()).filter(|&pos| wanted(&self.stmts[pos])).collect()
        };
        let pops = of_kind(|stmt| matches!(stmt, Stmt::RecordPop { .. }));
        let pushes = of_kind(|stmt| matches!(stmt, Stmt::RecordPush { .. }));
        // Records are filled by counting up and emptied by counting down.
        if self.rev && !pushes.is_empty() || !self.rev && !pops.is_empty() {
            return None;
        }
        let recorded = |pos: usize| pops.contains(&pos) || pushes.contains(&pos);
        let skipped =
            |pos: usize| strict.contains(&pos) || self.counted.values().any(|count| count.at == pos);
        let mut uses: Vec<Vec<Use>> = Vec::new();
        let mut carried: Vec<bool> = Vec::new();
        for (pos, stmt) in self.stmts.iter().enumerate() {
            let mut list = Vec::new();
            if recorded(pos) {
                uses.push(list);
                carried.push(false);
                continue;
            }
            let mut is_carried = false;
            let mut note = |place: &Place, access: Access| {
                if access == Access::Shape {
                    return;
                }
                if let Some(slot) = places.get(&(pos, text(place))) {
                    list.push((Resource::Slot(*slot), access.writes()));
                } else if place.is_var() {
                    let var = self.f.storage(place.root);
                    if sums.contains(&var) {
                        return;
                    }
                    list.push((Resource::Scalar(var), access.writes()));
                    is_carried |= self.written.contains(&var)
                        && !self.declared.contains_key(&var)
                        && !self.counted.contains_key(&var);
                }
            };
            walk::accesses_of_stmt(stmt, &mut note);
            walk::declared_by(stmt, &mut |var| list.push((Resource::Scalar(var), true)));
            uses.push(list);
            carried.push(is_carried && !skipped(pos));
        }
        let count = self.stmts.len();
        let depends = |later: usize, earlier: usize| {
            uses[later].iter().any(|(resource, writes)| {
                uses[earlier].iter().any(|(other, wrote)| other == resource && (*writes || *wrote))
            })
        };
        // What carried statements lead to, and what leads to them.
        let mut after = carried.clone();
        let mut before = carried.clone();
        for pos in 0..count {
            after[pos] |= (0..pos).any(|earlier| after[earlier] && depends(pos, earlier));
        }
        for pos in (0..count).rev() {
            before[pos] |= (pos + 1..count).any(|later| before[later] && depends(later, pos));
        }
        let mut phases: [Vec<usize>; 3] = Default::default();
        let mut weights = [0usize; 3];
        for pos in 0..count {
            if recorded(pos) || self.counted.values().any(|count| count.at == pos) {
                continue;
            }
            let phase = match (after[pos], before[pos]) {
                (true, true) => 1,
                (true, false) => 2,
                (false, _) => 0,
            };
            weights[phase] += self.weight(pos) - usize::from(strict.contains(&pos));
            // The term of a strict sum is computed where the rest is.
            phases[phase].push(pos);
        }
        // Calls may have effects: they stay in order.
        let calls = |phase: &&Vec<usize>| phase.iter().any(|&pos| matches!(self.stmts[pos], Stmt::Call(_)));
        if phases.iter().filter(calls).count() > 1 {
            return None;
        }
        if weights[0] + weights[2] == 0 || weights[1] > 2 * (weights[0] + weights[2]) {
            return None;
        }
        let plan = Plan {
            start: self.start,
            width: self.width,
            counted: self.counted.clone(),
            slots,
            sums,
            phases,
            strict,
            pops,
            pushes,
            places,
        };
        Some(plan)
    }

    /// How many operations on floats a statement has.
    fn weight(&self, pos: usize) -> usize {
        let mut weight = 0;
        let mut count = |expr: &Expr| {
            walk::subexprs(expr, &mut |part| {
                weight += usize::from(matches!(part, Expr::Prim { .. }) && part.ty(self.f).is_float());
            });
        };
        match &self.stmts[pos] {
            Stmt::Let { init: Some(init), .. } => count(init),
            Stmt::Assign { value, op, .. } => {
                count(value);
                weight += usize::from(op.is_some());
            }
            Stmt::Accumulate { value, .. } => {
                count(value);
                weight += 1;
            }
            Stmt::Call(_) => weight += CALL,
            _ => {}
        }
        weight
    }

    /// Outside scalars that the body only adds to: sums of cotangents, and the statements of
    /// sums whose order must be kept.
    fn sums(&self) -> (BTreeSet<Var>, Vec<usize>) {
        // Whether each is summed freely; `None` for what is used otherwise.
        let mut found: BTreeMap<Var, Option<bool>> = BTreeMap::new();
        for stmt in self.stmts {
            let (target, free) = match stmt {
                Stmt::Accumulate { place, .. } => (Some(place), true),
                Stmt::Assign { place, op: Some(Op::Add | Op::Sub), .. } => (Some(place), false),
                _ => (None, false),
            };
            let pulled = matches!(stmt, Stmt::Call(_));
            // What takes the sum out of its place is no addition to it.
            if let Stmt::Accumulate { value, .. } | Stmt::Assign { value, .. } = stmt {
                walk::accesses_of_expr(value, &mut |place, _| {
                    found.insert(self.f.storage(place.root), None);
                });
            }
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                let var = self.f.storage(place.root);
                if !self.written.contains(&var) || self.declared.contains_key(&var) {
                    return;
                }
                let summed = access == Access::Update
                    && place.is_var()
                    && place.root == var
                    && self.f.info(var).ty.is_float()
                    && (pulled || target.is_some_and(|target| target.root == var));
                let free = free || pulled;
                let known = found.entry(var).or_insert(summed.then_some(free));
                if *known != summed.then_some(free) {
                    *known = None;
                }
            });
        }
        let free = found.iter().filter(|(_, free)| **free == Some(true)).map(|(var, _)| *var).collect();
        let strict = self.stmts.iter().enumerate().filter(|(_, stmt)| match stmt {
            Stmt::Assign { place, op: Some(Op::Add | Op::Sub), .. } => {
                found.get(&self.f.storage(place.root)) == Some(&Some(false))
            }
            _ => false,
        });
        let strict = strict.map(|(pos, _)| pos).collect();
        (free, strict)
    }
}
