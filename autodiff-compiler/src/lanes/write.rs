//! Writes a loop down in blocks of lanes.

use super::body::{Element, Plan};
use super::simple::text;
use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The loop `stmt`, whose body for lanes is `stmts`, in blocks and the loop over what is left, or `None` when a statement turns out to
/// need something that a block does not have.
pub fn write(f: &mut Function, stmt: &Stmt, stmts: &[Stmt], plan: &Plan) -> Option<Vec<Stmt>> {
    let Stmt::For { var, lo, hi, rev, body, span, .. } = stmt else { return None };
    let mut writer = Writer {
        lane: f.add_var(VarInfo::local("lane", usize_ty(), *span)),
        f,
        plan,
        counter: *var,
        arrays: Vec::new(),
        scalars: BTreeMap::new(),
        sums: BTreeMap::new(),
    };
    let phases = writer.phases(stmts, *rev)?;
    let (count, block) = (writer.local("blocks", usize_ty()), writer.local("block", usize_ty()));
    let covered = Expr::prim(Op::Mul, vec![Expr::read(count), literal(plan.width)]);
    // In a triangle of loops one end stays: blocks lie against it, so that they touch the same
    // elements every time. A load that straddles two recent stores would wait for both.
    let from_below = matches!(lo, Expr::Lit(_));
    let edge = writer.local("edge", usize_ty());
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
        then.push(writer.zeros(*lanes));
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
        let value = writer.read(*lanes);
        then.push(
            writer.each_lane(vec![Stmt::Accumulate { place: place.clone(), value, negate: false }], false),
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
    f: &'a mut Function,
    plan: &'a Plan,
    counter: Var,
    lane: Var,
    /// The array of each slot.
    arrays: Vec<Var>,
    /// The arrays of locals that one group of statements passes to another.
    scalars: BTreeMap<Var, Var>,
    /// Sums of cotangents: the place, and the accumulators.
    sums: BTreeMap<Var, (Place, Var)>,
}

impl Writer<'_> {
    fn local(&mut self, name: &str, ty: Ty) -> Var {
        self.f.add_var(VarInfo::local(name, ty, Span::call_site()))
    }

    fn array(&mut self, of: Var, ty: Ty) -> Var {
        let name = format_ident!("{}_lanes", self.f.info(of).name);
        let ty = Ty::Array(Box::new(ty), tokens(self.plan.width));
        self.f.add_var(VarInfo { name, mutable: true, ..VarInfo::local("lanes", ty, Span::call_site()) })
    }

    fn at_lane(&self, array: Var) -> Place {
        Place::var(array).project(Proj::Index(Expr::read(self.lane)))
    }

    fn read(&self, array: Var) -> Expr {
        Expr::Read(self.at_lane(array))
    }

    fn zeros(&self, array: Var) -> Stmt {
        let Ty::Array(item, _) = &self.f.info(array).ty else { unreachable!("lanes are an array") };
        let elem = match &**item {
            Ty::Bool => Expr::Lit(syn::Lit::Bool(syn::LitBool::new(false, Span::call_site()))),
            Ty::Int(_) => literal(0),
            ty => Expr::Const(0.0, ty.clone()),
        };
        Stmt::Let {
            var: array,
            init: Some(Expr::Repeat { elem: Box::new(elem), len: tokens(self.plan.width) }),
        }
    }

    fn each_lane(&self, stmts: Vec<Stmt>, rev: bool) -> Stmt {
        self.some_lanes(0, self.plan.width, stmts, rev)
    }

    fn some_lanes(&self, lo: usize, hi: usize, stmts: Vec<Stmt>, rev: bool) -> Stmt {
        Stmt::For {
            var: self.lane,
            lo: literal(lo),
            hi: literal(hi),
            rev,
            body: Block { stmts },
            exits: Vec::new(),
            span: Span::call_site(),
        }
    }

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
        for array in self.scalars.values() {
            out.push(self.zeros(*array));
        }
        for (element, array) in self.plan.slots.iter().zip(&self.arrays) {
            out.push(self.zeros(*array));
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
            let lane = Expr::prim(op, vec![Expr::read(self.lane), literal(by_lanes)]);
            let place = Place::var(self.arrays[owner]).project(Proj::Index(lane));
            let value = self.read(*array);
            out.push(self.some_lanes(lo, hi, vec![Stmt::Accumulate { place, value, negate: false }], false));
        }
        let both = || self.plan.slots.iter().zip(&self.arrays);
        for (element, array) in both().filter(|(element, _)| element.written && !element.added) {
            out.push(self.copy(element, *array, false));
        }
        for (element, array) in both().filter(|(element, _)| element.added) {
            let place = self.element(element, Expr::read(self.lane));
            let value = self.read(*array);
            let add = vec![Stmt::Accumulate { place, value, negate: false }];
            let (Some((_, by)), width) = (element.into, self.plan.width) else {
                out.push(self.each_lane(add, false));
                continue;
            };
            // The rest went into the lanes of the neighbour.
            let by_lanes = usize::try_from(by.unsigned_abs()).unwrap_or(width);
            let (lo, hi) = if by > 0 { (width - by_lanes, width) } else { (0, by_lanes) };
            out.push(self.some_lanes(lo, hi, add, false));
        }
        out
    }

    fn copy(&self, element: &Element, array: Var, load: bool) -> Stmt {
        if element.slot.suffix.is_empty() {
            let (dst, src) = (Place::var(array), self.stretch(element));
            let (dst, src) = if load { (dst, src) } else { (src, dst) };
            return Stmt::CopyFrom { dst, src };
        }
        let (array, slot) = (self.at_lane(array), self.element(element, Expr::read(self.lane)));
        let (place, value) = if load { (array, slot) } else { (slot, array) };
        let span = place.span;
        self.each_lane(vec![Stmt::Assign { place, op: None, value: Expr::Read(value), span }], false)
    }

    /// The loops over lanes.
    fn phases(&mut self, stmts: &[Stmt], rev: bool) -> Option<Vec<Stmt>> {
        for element in &self.plan.slots {
            let array = self.array(element.slot.prefix.root, element.ty.clone());
            self.arrays.push(array);
        }
        for &var in &self.plan.sums {
            let lanes = self.array(var, self.f.info(var).ty.clone());
            self.sums.insert(var, (Place::var(var), lanes));
        }
        // The statements as a lane sees them.
        let mut terms = Vec::new();
        let taken = self.plan.pops.iter().map(|&pos| stmts[pos].clone()).collect();
        let mut groups: Vec<Vec<Stmt>> = vec![taken];
        for phase in &self.plan.phases {
            let mut group = Vec::new();
            for &pos in phase {
                let mut stmt = stmts[pos].clone();
                self.place_elements(&mut stmt, pos);
                if let (true, Stmt::Assign { place, op, value, span }) =
                    (self.plan.strict.contains(&pos), &mut stmt)
                {
                    let lanes = self.array(place.root, self.f.place_ty(place));
                    self.scalars.insert(lanes, lanes);
                    let sum =
                        Stmt::Assign { place: place.clone(), op: *op, value: self.read(lanes), span: *span };
                    terms.push((pos, sum));
                    let value = std::mem::replace(value, Expr::Tuple(Vec::new()));
                    stmt = Stmt::Assign { place: self.at_lane(lanes), op: None, value, span: *span };
                }
                group.push(stmt);
            }
            groups.push(group);
        }
        let put = self.plan.pushes.iter().map(|&pos| stmts[pos].clone());
        groups.push(put.map(reading).collect());
        self.drop_unused(&mut groups);
        let mentioned = |var: Var| groups.iter().flatten().any(|stmt| mentions(stmt, var));
        if self.plan.counted.keys().any(|var| mentioned(*var)) {
            return None;
        }
        self.pass_on(&mut groups)?;
        let mut out = Vec::new();
        for (index, group) in groups.into_iter().enumerate() {
            if !group.is_empty() {
                // What is carried and what comes from a record have an order.
                out.push(self.each_lane(group, rev && (index == 0 || index == 2)));
            }
        }
        terms.sort_by_key(|(pos, _)| *pos);
        if !terms.is_empty() {
            out.push(self.each_lane(terms.into_iter().map(|(_, sum)| sum).collect(), rev));
        }
        Some(out)
    }

    /// Elements, sums and the counter become what they are in a block.
    fn place_elements(&self, stmt: &mut Stmt, pos: usize) {
        walk::operands_of_stmt_mut(stmt, &mut |operand| self.replace(operand, pos));
        let counter = Expr::prim(Op::Add, vec![Expr::read(self.plan.start), Expr::read(self.lane)]);
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
                    *place = self.at_lane(self.arrays[*slot]);
                } else if let (true, Some((_, lanes))) = (place.is_var(), self.sums.get(&place.root)) {
                    *place = self.at_lane(*lanes);
                } else {
                    walk::operands_of_place_mut(place, &mut |inner| self.replace(inner, pos));
                }
            }
            OperandMut::Use(..) | OperandMut::Declare(_) => {}
        }
    }

    /// Index arithmetic that the blocks do for all lanes at once is dead.
    fn drop_unused(&self, groups: &mut [Vec<Stmt>]) {
        loop {
            let mut used = BTreeSet::new();
            for stmt in groups.iter().flatten() {
                walk::accesses_of_stmt(stmt, &mut |place, _| _ = used.insert(place.root));
            }
            let mut changed = false;
            for group in groups.iter_mut() {
                group.retain(|stmt| {
                    let dead = matches!(stmt, Stmt::Let { var, .. }
                        if self.f.info(*var).ty.is_int() && !used.contains(var));
                    changed |= dead;
                    !dead
                });
            }
            if !changed {
                return;
            }
        }
    }

    /// Locals that several groups use become arrays.
    fn pass_on(&mut self, groups: &mut [Vec<Stmt>]) -> Option<()> {
        let mut home: HashMap<Var, usize> = HashMap::new();
        for (index, group) in groups.iter().enumerate() {
            for stmt in group {
                walk::declared_by(stmt, &mut |var| _ = home.insert(var, index));
            }
        }
        let mut passed = BTreeSet::new();
        for (index, group) in groups.iter().enumerate() {
            for stmt in group {
                walk::accesses_of_stmt(stmt, &mut |place, _| {
                    if home.get(&place.root).is_some_and(|home| *home != index) {
                        passed.insert(place.root);
                    }
                });
            }
        }
        for &var in &passed {
            let ty = &self.f.info(var).ty;
            if !(ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool)) {
                return None;
            }
            let array = self.array(var, self.f.info(var).ty.clone());
            self.scalars.insert(var, array);
        }
        for group in groups.iter_mut() {
            let mut stored = Vec::new();
            for stmt in group.iter() {
                let Stmt::RecordPop { vars, .. } = stmt else { continue };
                for var in vars.iter().filter(|var| passed.contains(var)) {
                    let place = self.at_lane(self.scalars[var]);
                    let value = Expr::Read(Place::var(*var));
                    stored.push((place, value));
                }
            }
            for stmt in group.iter_mut() {
                self.pass_stmt(stmt, &passed);
            }
            group.extend(stored.into_iter().map(|(place, value)| Stmt::Assign {
                place,
                op: None,
                value,
                span: Span::call_site(),
            }));
        }
        Some(())
    }

    fn pass_stmt(&self, stmt: &mut Stmt, passed: &BTreeSet<Var>) {
        if let Stmt::Let { var, init: Some(init) } = stmt
            && passed.contains(var)
        {
            let place = self.at_lane(self.scalars[var]);
            let value = std::mem::replace(init, Expr::Tuple(Vec::new()));
            *stmt = Stmt::Assign { place, op: None, value, span: Span::call_site() };
        }
        walk::operands_of_stmt_mut(stmt, &mut |operand| self.replace_passed(operand, passed));
    }

    fn replace_passed(&self, operand: OperandMut, passed: &BTreeSet<Var>) {
        match operand {
            OperandMut::Expr(expr) => {
                walk::operands_of_expr_mut(expr, &mut |inner| self.replace_passed(inner, passed))
            }
            OperandMut::Place(place, _) => {
                if passed.contains(&place.root) {
                    *place = self.at_lane(self.scalars[&place.root]);
                }
                walk::operands_of_place_mut(place, &mut |inner| self.replace_passed(inner, passed));
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

fn usize_ty() -> Ty {
    Ty::Int(Some(syn::Ident::new("usize", Span::call_site())))
}

fn tokens(width: usize) -> proc_macro2::TokenStream {
    let width = proc_macro2::Literal::usize_unsuffixed(width);
    quote::quote!(#width)
}

fn literal(value: usize) -> Expr {
    Expr::Lit(syn::Lit::Int(syn::LitInt::new(&value.to_string(), Span::call_site())))
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(syn::Lit::Int(lit)) if lit.base10_digits() == "0")
}
