//! Writes a loop down in blocks of lanes.

use super::super::touch::assign;
use super::body::{Element, Plan};
use super::groups::{Lanes, is_zero, literal, usize_ty};
use super::simple::text;
use super::split::around_calls;
use super::stretch::{Stretches, Views, plus};
use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Var};
use std::collections::BTreeMap;

/// The loop `stmt`, whose body for lanes is `stmts`, in blocks and the loop over what is left, or
/// `None` when a statement turns out to need something that a block does not have.
pub fn write(f: &mut Function, stmt: &Stmt, stmts: &[Stmt], plan: &Plan) -> Option<Vec<Stmt>> {
    let Stmt::For { var, lo, hi, rev, body, span, .. } = stmt else { return None };
    let stretches = Stretches::new(f, plan, stmts);
    let mut writer = Writer {
        lanes: Lanes::new(f, plan.width, *span),
        plan,
        counter: *var,
        arrays: Vec::new(),
        sums: BTreeMap::new(),
    };
    let phases = writer.phases(stmts, *rev)?;
    let (count, block) = (writer.lanes.local("blocks", usize_ty()), writer.lanes.local("block", usize_ty()));
    let covered = Expr::prim(Op::Mul, vec![Expr::read(count), literal(plan.width)]);
    // In a triangle of loops one end stays: blocks lie against it, so that they touch the same
    // elements every time. A load that straddles two recent stores would wait for both.
    let from_below = matches!(lo, Expr::Lit(_));
    let edge = writer.lanes.local("edge", usize_ty());
    let edge_value = match (from_below, is_zero(lo)) {
        (true, true) => covered.clone(),
        (true, false) => Expr::prim(Op::Add, vec![lo.clone(), covered.clone()]),
        (false, _) => Expr::prim(Op::Sub, vec![hi.clone(), covered.clone()]),
    };
    let (rest_lo, rest_hi) = match from_below {
        true => (Expr::read(edge), hi.clone()),
        false => (lo.clone(), Expr::read(edge)),
    };
    let lowest = if from_below { lo.clone() } else { Expr::read(edge) };

    // How far a block is behind the first one.
    let passed = Expr::prim(Op::Mul, vec![Expr::read(block), literal(plan.width)]);
    let (borrows, views) = stretches.borrow(writer.lanes.f, (plan.start, &lowest), &covered);
    let same = from_below && is_zero(lo);
    let behind = if same { plan.start } else { writer.lanes.local("at", usize_ty()) };
    let parts = Parts { views, behind, counted: plan.counted.keys().copied().collect() };
    let mut block_body = writer.loads(&parts);
    block_body.extend(phases);
    block_body.extend(writer.stores(&parts));
    if plan.could_be_vectorised(stmts) {
        block_body.push(fence());
    }
    let mut inner = Vec::new();
    let uses = |stmts: &[Stmt], var: Var| stmts.iter().any(|stmt| mentions(stmt, var));
    if same || uses(&block_body, behind) || uses(&block_body, plan.start) {
        inner.push(Stmt::Let { var: behind, init: Some(passed) });
    }
    if !same && uses(&block_body, plan.start) {
        let at = plus(lowest, Expr::read(behind));
        inner.push(Stmt::Let { var: plan.start, init: Some(at) });
    }
    inner.extend(block_body);

    let mut blocks = borrows;
    for (_, lanes) in writer.sums.values() {
        blocks.push(writer.lanes.zeros(*lanes));
    }
    blocks.push(Stmt::For {
        var: block,
        lo: literal(0),
        hi: Expr::read(count),
        rev: *rev,
        body: Block { stmts: inner },
        exits: Vec::new(),
        span: *span,
    });
    for (place, lanes) in writer.sums.values() {
        let value = writer.lanes.read(*lanes);
        let add = vec![Stmt::Accumulate { place: place.clone(), value, negate: false }];
        blocks.push(writer.lanes.each_lane(add, false));
    }
    let blocks = counting(plan, blocks, &covered, *rev);

    let trips = if is_zero(lo) {
        hi.clone()
    } else {
        Expr::Opaque {
            tokens: quote::quote!(usize::saturating_sub(__hole_0, __hole_1)),
            args: vec![hi.clone(), lo.clone()],
            ty: usize_ty(),
        }
    };
    let some = |count: Var| Expr::prim(Op::Gt, vec![Expr::read(count), literal(0)]);
    let in_blocks = Stmt::If { cond: some(count), then: Block { stmts: blocks }, els: Block::default() };
    let block_count = Expr::prim(Op::Div, vec![trips.clone(), literal(plan.width)]);
    let mut out = vec![
        Stmt::Let { var: count, init: Some(block_count) },
        Stmt::Let { var: edge, init: Some(edge_value) },
    ];
    let rest = if stretches.are_complete() {
        // Fewer than a block: rustc knows it of a remainder.
        let left = writer.lanes.local("rest", usize_ty());
        let left_over = Expr::prim(Op::Rem, vec![trips, literal(plan.width)]);
        out.push(Stmt::Let { var: left, init: Some(left_over) });
        let (mut rest, views) = stretches.borrow(writer.lanes.f, (plan.start, &rest_lo), &Expr::read(left));
        rest.push(writer.left_over(stmts, &views, &rest_lo, left, (from_below, *rev)));
        let rest = counting(plan, rest, &Expr::read(left), *rev);
        Stmt::If { cond: some(left), then: Block { stmts: rest }, els: Block::default() }
    } else {
        Stmt::For {
            var: *var,
            lo: rest_lo,
            hi: rest_hi,
            rev: *rev,
            body: body.clone(),
            exits: Vec::new(),
            span: *span,
        }
    };
    if from_below == *rev {
        out.extend([rest, in_blocks]);
    } else {
        out.extend([in_blocks, rest]);
    }
    Some(out)
}

/// What is counted along with the loop moves past `count` iterations: down before them, so that
/// it is what the lowest index is reckoned from, or up after them.
fn counting(plan: &Plan, mut stmts: Vec<Stmt>, count: &Expr, rev: bool) -> Vec<Stmt> {
    let moves = plan.counted.iter().map(|(var, step)| Stmt::Assign {
        place: Place::var(*var),
        op: Some(if step.by > 0 { Op::Add } else { Op::Sub }),
        value: count.clone(),
        span: proc_macro2::Span::call_site(),
    });
    if rev {
        return moves.chain(stmts).collect();
    }
    stmts.extend(moves);
    stmts
}

/// Keeps LLVM from making vectors of iterations: a block is one already, and the elements of
/// several would have to be gathered. It costs nothing but what could be known from one block to the next.
fn fence() -> Stmt {
    let tokens = quote::quote!(::core::sync::atomic::compiler_fence(::core::sync::atomic::Ordering::SeqCst));
    Stmt::Effect { tokens, args: Vec::new(), diverges: false }
}

/// Where the elements of a block are.
struct Parts {
    views: Views,
    /// How far the block is behind the first one.
    behind: Var,
    counted: Vec<Var>,
}

struct Writer<'a> {
    lanes: Lanes<'a>,
    plan: &'a Plan,
    counter: Var,
    /// The array of each slot.
    arrays: Vec<Var>,
    /// Sums of cotangents: the place, and the accumulators.
    sums: BTreeMap<Var, (Place, Var)>,
}

impl Writer<'_> {
    /// The element of a lane.
    fn element(&self, at: usize, parts: &Parts, lane: Expr) -> Place {
        let mut place = self.stretch(at, parts);
        place.proj.push(Proj::Index(lane));
        place.proj.extend(self.plan.slots[at].slot.suffix.iter().cloned());
        place
    }

    /// The part of the array that a block touches.
    fn stretch(&self, at: usize, parts: &Parts) -> Place {
        let slot = &self.plan.slots[at].slot;
        let behind = Expr::read(parts.behind);
        let (mut place, first) = match parts.views.of(at, behind.clone()) {
            Some(found) => found,
            None => {
                let first = slot.index.first.clone();
                let mut counted = false;
                walk::accesses_of_expr(&first, &mut |place, _| {
                    counted |= parts.counted.contains(&place.root)
                });
                let first = if counted { Expr::prim(Op::Add, vec![first, behind]) } else { first };
                (slot.prefix.clone(), first)
            }
        };
        place.proj.push(Proj::Range(Some(first), None));
        place.proj.push(Proj::Range(None, Some(literal(self.plan.width))));
        place
    }

    /// The iterations left over, one after another.
    fn left_over(
        &self,
        stmts: &[Stmt],
        views: &Views,
        lowest: &Expr,
        count: Var,
        (from_below, rev): (bool, bool),
    ) -> Stmt {
        let lane = self.lanes.lane;
        let counter = plus(lowest.clone(), Expr::read(lane));
        let counts = |pos: usize| self.plan.counted.values().any(|count| count.at == pos);
        let mut body = Vec::new();
        for (pos, stmt) in stmts.iter().enumerate().filter(|(pos, _)| !counts(*pos)) {
            let mut stmt = stmt.clone();
            self.place_elements(&mut stmt, &counter, &|place| {
                let at = *self.plan.places.get(&(pos, text(place)))?;
                let (view, index) = views.of(at, Expr::read(lane))?;
                let mut place = view.project(Proj::Index(index));
                place.proj.extend(self.plan.slots[at].slot.suffix.iter().cloned());
                Some(place)
            });
            body.push(stmt);
        }
        let mut groups = [body];
        self.lanes.drop_unused(&mut groups);
        let [mut stmts] = groups;
        // Where blocks lie against the upper end, these are elements that recent stores overlap: a load of
        // several would wait for them, and LLVM makes one of a loop that it knows to be short.
        let changes = |slot: &Element| slot.written && slot.loaded;
        if !from_below && self.plan.could_be_vectorised(&stmts) && self.plan.slots.iter().any(changes) {
            stmts.push(fence());
        }
        Stmt::For {
            var: lane,
            lo: literal(0),
            hi: Expr::read(count),
            rev,
            body: Block { stmts },
            exits: Vec::new(),
            span: proc_macro2::Span::call_site(),
        }
    }

    fn loads(&self, parts: &Parts) -> Vec<Stmt> {
        let mut out = Vec::new();
        for array in self.lanes.scalars.values() {
            out.push(self.lanes.zeros(*array));
        }
        for (at, (element, array)) in self.plan.slots.iter().zip(&self.arrays).enumerate() {
            out.push(self.lanes.zeros(*array));
            if element.loaded && !element.added {
                out.push(self.copy(at, parts, *array, true));
            }
        }
        out
    }

    fn stores(&mut self, parts: &Parts) -> Vec<Stmt> {
        let mut out = Vec::new();
        for (element, array) in self.plan.slots.iter().zip(&self.arrays) {
            let Some((owner, by)) = element.into else { continue };
            // All lanes take something, zero at the end, so that the addition is one of vectors.
            let moved = self.moved(*array, by);
            let shifted = self.lanes.array(*array, self.lanes.f.info(*array).ty.element());
            out.push(Stmt::Let { var: shifted, init: Some(moved) });
            let (place, value) = (self.lanes.at_lane(self.arrays[owner]), self.lanes.read(shifted));
            out.push(self.lanes.each_lane(vec![Stmt::Accumulate { place, value, negate: false }], false));
        }
        let both = || self.plan.slots.iter().zip(&self.arrays).enumerate();
        for (at, (_, array)) in both().filter(|(_, (element, _))| element.written && !element.added) {
            out.push(self.copy(at, parts, *array, false));
        }
        for (at, (element, array)) in both().filter(|(_, (element, _))| element.added) {
            let place = self.element(at, parts, Expr::read(self.lanes.lane));
            let value = self.lanes.read(*array);
            let add = vec![Stmt::Accumulate { place, value, negate: false }];
            let (Some((_, by)), width) = (element.into, self.plan.width) else {
                out.push(self.lanes.each_lane(add, false));
                continue;
            };
            // The rest went into the lanes of the neighbour.
            let by_lanes = usize::try_from(by.unsigned_abs()).unwrap_or(width);
            let (lo, hi) = if by > 0 { (width - by_lanes, width) } else { (0, by_lanes) };
            out.push(self.lanes.some_lanes(lo, hi, add, false));
        }
        out
    }

    /// The lanes of an array, each `by` lanes higher, with zeros where there is none.
    fn moved(&self, array: Var, by: i64) -> Expr {
        let ty = self.lanes.f.info(array).ty.element();
        let width = i64::try_from(self.plan.width).unwrap_or(i64::MAX);
        let lanes = (0..width).map(|lane| match usize::try_from(lane - by) {
            Ok(from) if from < self.plan.width => {
                Expr::Read(Place::var(array).project(Proj::Index(literal(from))))
            }
            _ => Expr::Const(0.0, ty.clone()),
        });
        Expr::Array(lanes.collect())
    }

    fn copy(&self, at: usize, parts: &Parts, array: Var, load: bool) -> Stmt {
        if self.plan.slots[at].slot.suffix.is_empty() {
            let (dst, src) = (Place::var(array), self.stretch(at, parts));
            let (dst, src) = if load { (dst, src) } else { (src, dst) };
            return Stmt::CopyFrom { dst, src };
        }
        let (array, slot) = (self.lanes.at_lane(array), self.element(at, parts, Expr::read(self.lanes.lane)));
        let (place, value) = if load { (array, slot) } else { (slot, array) };
        let span = place.span;
        self.lanes.each_lane(vec![Stmt::Assign { place, op: None, value: Expr::Read(value), span }], false)
    }

    /// The loops over lanes.
    fn phases(&mut self, stmts: &[Stmt], rev: bool) -> Option<Vec<Stmt>> {
        for element in &self.plan.slots {
            let array = self.lanes.array(element.slot.prefix.root, element.ty.clone());
            self.arrays.push(array);
        }
        for &var in &self.plan.sums {
            let lanes = self.lanes.array(var, self.lanes.f.info(var).ty.clone());
            self.sums.insert(var, (Place::var(var), lanes));
        }
        let counter = Expr::prim(Op::Add, vec![Expr::read(self.plan.start), Expr::read(self.lanes.lane)]);
        // The statements as a lane sees them.
        let mut terms = Vec::new();
        let taken = self.plan.pops.iter().map(|&pos| stmts[pos].clone()).collect();
        // What is carried and what comes from a record have an order.
        let mut groups: Vec<Vec<Stmt>> = vec![taken];
        let mut has_order = vec![true];
        for (index, phase) in self.plan.phases.iter().enumerate() {
            let mut group = Vec::new();
            for &pos in phase {
                let mut stmt = stmts[pos].clone();
                self.place_elements(&mut stmt, &counter, &|place| match (
                    self.plan.places.get(&(pos, text(place))),
                    self.sums.get(&place.root),
                ) {
                    (Some(slot), _) => Some(self.lanes.at_lane(self.arrays[*slot])),
                    (None, Some((_, lanes))) if place.is_var() => Some(self.lanes.at_lane(*lanes)),
                    (None, _) => None,
                });
                if let (true, Stmt::Assign { place, op, value, span }) =
                    (self.plan.strict.contains(&pos), &mut stmt)
                {
                    let lanes = self.lanes.array(place.root, self.lanes.f.place_ty(place));
                    self.lanes.scalars.insert(lanes, lanes);
                    let sum = Stmt::Assign {
                        place: place.clone(),
                        op: *op,
                        value: self.lanes.read(lanes),
                        span: *span,
                    };
                    terms.push((pos, sum));
                    let value = std::mem::replace(value, Expr::Tuple(Vec::new()));
                    stmt = Stmt::Assign { place: self.lanes.at_lane(lanes), op: None, value, span: *span };
                }
                group.push(stmt);
            }
            let carried = index == 1;
            let split = if carried { vec![group] } else { around_calls(group) };
            has_order.resize(has_order.len() + split.len(), carried);
            groups.extend(split);
        }
        let put = self.plan.pushes.iter().map(|&pos| stmts[pos].clone());
        groups.push(put.map(reading).collect());
        has_order.push(false);
        self.lanes.drop_unused(&mut groups);
        for (_, &array) in self.plan.slots.iter().zip(&self.arrays).filter(|(element, _)| element.added) {
            assign_first(&mut groups, array);
        }
        let mentioned = |var: Var| groups.iter().flatten().any(|stmt| mentions(stmt, var));
        if self.plan.counted.keys().any(|var| mentioned(*var)) {
            return None;
        }
        self.lanes.pass_on(&mut groups)?;
        let mut out = self.lanes.loops(groups, &has_order, rev);
        terms.sort_by_key(|(pos, _)| *pos);
        if !terms.is_empty() {
            out.push(self.lanes.each_lane(terms.into_iter().map(|(_, sum)| sum).collect(), rev));
        }
        Some(out)
    }

    /// Elements and the counter become what they are in a block or behind the blocks.
    fn place_elements(&self, stmt: &mut Stmt, counter: &Expr, element: &dyn Fn(&Place) -> Option<Place>) {
        walk::operands_of_stmt_mut(stmt, &mut |operand| replace(operand, element));
        walk::rewrite_stmt(stmt, &mut |expr| match expr {
            Expr::Read(place) if place.is_var() && place.root == self.counter => counter.clone(),
            other => other,
        });
    }
}

/// Puts other places in the place of some.
fn replace(operand: OperandMut, by: &dyn Fn(&Place) -> Option<Place>) {
    match operand {
        OperandMut::Expr(expr) => walk::operands_of_expr_mut(expr, &mut |inner| replace(inner, by)),
        OperandMut::Place(place, _) => match by(place) {
            Some(other) => *place = other,
            None => walk::operands_of_place_mut(place, &mut |inner| replace(inner, by)),
        },
        OperandMut::Use(..) | OperandMut::Declare(_) => {}
    }
}

/// The first addition to an array that holds zeros gives it its values.
fn assign_first(groups: &mut [Vec<Stmt>], array: Var) {
    let first = groups.iter_mut().flatten().find(|stmt| mentions(stmt, array));
    if let Some(stmt @ Stmt::Accumulate { .. }) = first {
        assign(stmt);
    }
}

/// A push that copies what it puts into the record.
fn reading(mut stmt: Stmt) -> Stmt {
    if let Stmt::RecordPush { values, .. } = &mut stmt {
        for value in values {
            if let Expr::Move(var) = value {
                *value = Expr::read(*var);
            }
        }
    }
    stmt
}

fn mentions(stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::statement(stmt, &mut |inner| {
        walk::accesses_of_stmt(inner, &mut |place, _| found |= place.root == var);
    });
    found
}
