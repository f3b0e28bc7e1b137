//! Writes a loop down in blocks of lanes.

use super::body::{Element, Plan};
use super::groups::{Lanes, is_zero, literal, usize_ty};
use super::simple::text;
use super::split::around_calls;
use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Var};
use std::collections::BTreeMap;

/// The loop `stmt`, whose body for lanes is `stmts`, in blocks and the loop over what is left, or `None` when a statement turns out to
/// need something that a block does not have.
pub fn write(f: &mut Function, stmt: &Stmt, stmts: &[Stmt], plan: &Plan) -> Option<Vec<Stmt>> {
    let Stmt::For { var, lo, hi, rev, body, span, .. } = stmt else { return None };
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
        (true, true) => covered,
        (true, false) => Expr::prim(Op::Add, vec![lo.clone(), covered]),
        (false, _) => Expr::prim(Op::Sub, vec![hi.clone(), covered]),
    };

    let mut inner = Vec::new();
    let passed = Expr::prim(Op::Mul, vec![Expr::read(block), literal(plan.width)]);
    let at = match (from_below, is_zero(lo)) {
        (true, true) => passed,
        (true, false) => Expr::prim(Op::Add, vec![lo.clone(), passed]),
        (false, _) => Expr::prim(Op::Add, vec![Expr::read(edge), passed]),
    };
    inner.push(Stmt::Let { var: plan.start, init: Some(at) });
    inner.extend(writer.loads());
    inner.extend(phases);
    inner.extend(writer.stores());
    for (var, step) in &plan.counted {
        let op = if step.by > 0 { Op::Add } else { Op::Sub };
        let place = Place::var(*var);
        inner.push(Stmt::Assign { place, op: Some(op), value: literal(plan.width), span: *span });
    }

    let mut then = Vec::new();
    for (_, lanes) in writer.sums.values() {
        then.push(writer.lanes.zeros(*lanes));
    }
    then.push(Stmt::For {
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
        then.push(
            writer
                .lanes
                .each_lane(vec![Stmt::Accumulate { place: place.clone(), value, negate: false }], false),
        );
    }

    let trips = if is_zero(lo) {
        hi.clone()
    } else {
        Expr::Opaque {
            tokens: quote::quote!(usize::saturating_sub(__hole_0, __hole_1)),
            args: vec![hi.clone(), lo.clone()],
            ty: usize_ty(),
        }
    };
    let blocks = Expr::prim(Op::Div, vec![trips, literal(plan.width)]);
    let some = Expr::prim(Op::Gt, vec![Expr::read(count), literal(0)]);
    let (rest_lo, rest_hi) = match from_below {
        true => (Expr::read(edge), hi.clone()),
        false => (lo.clone(), Expr::read(edge)),
    };
    let in_blocks = Stmt::If { cond: some, then: Block { stmts: then }, els: Block::default() };
    let rest = Stmt::For {
        var: *var,
        lo: rest_lo,
        hi: rest_hi,
        rev: *rev,
        body: body.clone(),
        exits: Vec::new(),
        span: *span,
    };
    let mut out =
        vec![Stmt::Let { var: count, init: Some(blocks) }, Stmt::Let { var: edge, init: Some(edge_value) }];
    if from_below == *rev {
        out.extend([rest, in_blocks]);
    } else {
        out.extend([in_blocks, rest]);
    }
    Some(out)
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
    /// The elements of a slot that a block touches, one of them.
    fn element(&self, element: &Element, lane: Expr) -> Place {
        let mut place = self.stretch(element);
        place.proj.push(Proj::Index(lane));
        place.proj.extend(element.slot.suffix.iter().cloned());
        place
    }

    /// The part of the array that a block touches.
    fn stretch(&self, element: &Element) -> Place {
        let mut place = element.slot.prefix.clone();
        place.proj.push(Proj::Range(Some(element.slot.index.first.clone()), None));
        place.proj.push(Proj::Range(None, Some(literal(self.plan.width))));
        place
    }

    fn loads(&self) -> Vec<Stmt> {
        let mut out = Vec::new();
        for array in self.lanes.scalars.values() {
            out.push(self.lanes.zeros(*array));
        }
        for (element, array) in self.plan.slots.iter().zip(&self.arrays) {
            out.push(self.lanes.zeros(*array));
            if element.loaded && !element.added {
                out.push(self.copy(element, *array, true));
            }
        }
        out
    }

    fn stores(&self) -> Vec<Stmt> {
        let mut out = Vec::new();
        for (element, array) in self.plan.slots.iter().zip(&self.arrays) {
            let Some((owner, by)) = element.into else { continue };
            let width = self.plan.width;
            let by_lanes = usize::try_from(by.unsigned_abs()).unwrap_or(width);
            let (lo, hi) = if by > 0 { (0, width - by_lanes) } else { (by_lanes, width) };
            let op = if by > 0 { Op::Add } else { Op::Sub };
            let lane = Expr::prim(op, vec![Expr::read(self.lanes.lane), literal(by_lanes)]);
            let place = Place::var(self.arrays[owner]).project(Proj::Index(lane));
            let value = self.lanes.read(*array);
            out.push(self.lanes.some_lanes(
                lo,
                hi,
                vec![Stmt::Accumulate { place, value, negate: false }],
                false,
            ));
        }
        let both = || self.plan.slots.iter().zip(&self.arrays);
        for (element, array) in both().filter(|(element, _)| element.written && !element.added) {
            out.push(self.copy(element, *array, false));
        }
        for (element, array) in both().filter(|(element, _)| element.added) {
            let place = self.element(element, Expr::read(self.lanes.lane));
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

    fn copy(&self, element: &Element, array: Var, load: bool) -> Stmt {
        if element.slot.suffix.is_empty() {
            let (dst, src) = (Place::var(array), self.stretch(element));
            let (dst, src) = if load { (dst, src) } else { (src, dst) };
            return Stmt::CopyFrom { dst, src };
        }
        let (array, slot) = (self.lanes.at_lane(array), self.element(element, Expr::read(self.lanes.lane)));
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
                self.place_elements(&mut stmt, pos);
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

    /// Elements, sums and the counter become what they are in a block.
    fn place_elements(&self, stmt: &mut Stmt, pos: usize) {
        walk::operands_of_stmt_mut(stmt, &mut |operand| self.replace(operand, pos));
        let counter = Expr::prim(Op::Add, vec![Expr::read(self.plan.start), Expr::read(self.lanes.lane)]);
        walk::rewrite_stmt(stmt, &mut |expr| match expr {
            Expr::Read(place) if place.is_var() && place.root == self.counter => counter.clone(),
            other => other,
        });
    }

    fn replace(&self, operand: OperandMut, pos: usize) {
        match operand {
            OperandMut::Expr(expr) => walk::operands_of_expr_mut(expr, &mut |inner| self.replace(inner, pos)),
            OperandMut::Place(place, _) => {
                if let Some(slot) = self.plan.places.get(&(pos, text(place))) {
                    *place = self.lanes.at_lane(self.arrays[*slot]);
                } else if let (true, Some((_, lanes))) = (place.is_var(), self.sums.get(&place.root)) {
                    *place = self.lanes.at_lane(*lanes);
                } else {
                    walk::operands_of_place_mut(place, &mut |inner| self.replace(inner, pos));
                }
            }
            OperandMut::Use(..) | OperandMut::Declare(_) => {}
        }
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
    walk::accesses_of_stmt(stmt, &mut |place, _| found |= place.root == var);
    found
}
