//! Statements.

use super::eval::{apply, in_range};
use super::value::{Look, LookMut, Step, look_mut};
use super::{Fault, Frame, Interp, Loc, Outcome, Real, Value};
use crate::ir::{Arm, Block, Expr, Pattern, Place, Stmt, Var, VecOp};
use proc_macro2::TokenStream;
use syn::parse::Parser;

impl<'p, F: Real> Interp<'p, F> {
    /// Runs a block; what it declares goes out of scope at its end.
    pub(super) fn scope(&mut self, frame: &mut Frame<'p>, block: &'p Block) -> Outcome<()> {
        self.block(frame, block)?;
        self.leave(frame, block)
    }

    /// Runs a block whose declarations stay in scope.
    pub(super) fn block(&mut self, frame: &mut Frame<'p>, block: &'p Block) -> Outcome<()> {
        block.stmts.iter().try_for_each(|stmt| self.stmt(frame, stmt))
    }

    /// Takes what a block declares out of scope.
    fn leave(&mut self, frame: &mut Frame<'p>, block: &'p Block) -> Outcome<()> {
        for stmt in &block.stmts {
            let var = match stmt {
                Stmt::Let { var, .. } | Stmt::View { var } | Stmt::Replace { var, .. } => *var,
                Stmt::RecordNew { record, .. } => *record,
                Stmt::Call(call) => {
                    match &call.mode {
                        crate::ir::CallMode::Plain | crate::ir::CallMode::Joint { .. } => {}
                        crate::ir::CallMode::Jvp { result_dot, .. } => frame.bind[result_dot.0] = None,
                        crate::ir::CallMode::WideJoint(joint) => frame.bind[joint.result_dot.0] = None,
                        crate::ir::CallMode::Split { rev } => frame.bind[rev.0] = None,
                        crate::ir::CallMode::Nested(nested) => {
                            nested
                                .rev
                                .iter()
                                .chain(&nested.result_dots)
                                .for_each(|var| frame.bind[var.0] = None);
                        }
                    }
                    call.result
                }
                Stmt::RecordPop { vars, .. } => {
                    vars.iter().for_each(|var| frame.bind[var.0] = None);
                    continue;
                }
                Stmt::Vector { op: VecOp::Pop(Some(var)) | VecOp::Remove(_, Some(var)), .. } => *var,
                Stmt::Assign { .. }
                | Stmt::Swap { .. }
                | Stmt::CopyFrom { .. }
                | Stmt::Fill { .. }
                | Stmt::If { .. }
                | Stmt::Match { .. }
                | Stmt::For { .. }
                | Stmt::While { .. }
                | Stmt::Vector { .. }
                | Stmt::Effect { .. }
                | Stmt::Bail { .. }
                | Stmt::Item(_)
                | Stmt::Accumulate { .. }
                | Stmt::RecordPush { .. }
                | Stmt::Pull { .. } => continue,
            };
            self.check_drained(frame, var)?;
            frame.bind[var.0] = None;
        }
        Ok(())
    }

    /// A record must be empty when it goes out of scope.
    pub(super) fn check_drained(&self, frame: &Frame<'p>, var: Var) -> Outcome<()> {
        if let Some(loc) = &frame.bind[var.0]
            && let Value::Record { entries, .. } = &self.cells[loc.cell]
            && loc.path.is_empty()
            && !entries.is_empty()
        {
            return Err(Fault::Bug(format!("{} entries are left in `{}`", entries.len(), frame.name(var))));
        }
        Ok(())
    }

    /// Gives a variable its storage and value.
    pub(super) fn declare(&mut self, frame: &mut Frame<'p>, var: Var, value: Value<F>) {
        let cell = match frame.own[var.0] {
            Some(cell) => {
                self.cells[cell] = value;
                cell
            }
            None => {
                self.cells.push(value);
                self.cells.len() - 1
            }
        };
        frame.own[var.0] = Some(cell);
        frame.bind[var.0] = Some(Loc::cell(cell));
    }

    /// Overwrites what stands at a location.
    pub(super) fn store(&mut self, loc: &Loc, value: Value<F>) -> Outcome<()> {
        match look_mut(&mut self.cells[loc.cell], &loc.path)? {
            LookMut::One(slot) => *slot = value,
            LookMut::Many(slots) => match value {
                Value::Array(items) | Value::Vec(items) if items.len() == slots.len() => {
                    slots.clone_from_slice(&items)
                }
                other => return Err(Fault::Bug(format!("assigns {} to a slice", other.kind()))),
            },
        }
        Ok(())
    }

    fn vec_at(&mut self, frame: &Frame<'p>, place: &'p Place) -> Outcome<&mut Vec<Value<F>>> {
        let loc = self.locate(frame, place)?;
        match look_mut(&mut self.cells[loc.cell], &loc.path)? {
            LookMut::One(value) => {
                let kind = value.kind();
                value.items_mut().ok_or_else(|| Fault::Bug(format!("{kind} where a Vec is needed")))
            }
            LookMut::Many(_) => Err(Fault::Bug("a slice where a Vec is needed".into())),
        }
    }

    fn stmt(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt) -> Outcome<()> {
        self.step()?;
        match stmt {
            Stmt::Let { var, init } => {
                let value = init.as_ref().map_or(Ok(Value::Unset), |init| self.eval(frame, init))?;
                self.check_drained(frame, *var)?;
                self.declare(frame, *var, value);
                Ok(())
            }
            Stmt::View { var } => {
                let Some(place) = &frame.f.info(*var).view_of else {
                    return Err(Fault::Bug(format!("the view `{}` has no place", frame.name(*var))));
                };
                let loc = self.locate(frame, place)?;
                self.look(&loc)?;
                frame.bind[var.0] = Some(loc);
                Ok(())
            }
            Stmt::Assign { place, op, value, .. } => {
                let mut value = self.eval(frame, value)?;
                let loc = self.locate(frame, place)?;
                if let Some(op) = op {
                    value = apply(*op, &[self.copy(&loc)?, value])?;
                    self.watch(&value);
                    in_range(&value, &frame.f.place_ty(place))?;
                }
                self.store(&loc, value)
            }
            Stmt::Swap { a, b } => {
                let (a, b) = (self.locate(frame, a)?, self.locate(frame, b)?);
                let (left, right) = (self.copy(&a)?, self.copy(&b)?);
                self.store(&a, right)?;
                self.store(&b, left)
            }
            Stmt::CopyFrom { dst, src } => {
                let (dst, src) = (self.locate(frame, dst)?, self.locate(frame, src)?);
                if self.len(&dst)? != self.len(&src)? {
                    return Err(Fault::Panic("copy_from_slice of different lengths".into()));
                }
                let items = self.items(&src)?;
                self.write_items(&dst, items)
            }
            Stmt::Fill { place, value } => {
                let value = self.eval(frame, value)?;
                let loc = self.locate(frame, place)?;
                let len = self.len(&loc)?;
                self.write_items(&loc, vec![value; len])
            }
            Stmt::If { cond, then, els } => {
                let branch = if self.eval(frame, cond)?.bool()? { then } else { els };
                self.scope(frame, branch)
            }
            Stmt::Match { on, arms, .. } => {
                let loc = self.locate(frame, on)?;
                self.arms(frame, arms, &loc)
            }
            Stmt::For { var, lo, hi, rev, body, exits, .. } => {
                let (lo, hi) = (self.eval(frame, lo)?.int()?, self.eval(frame, hi)?.int()?);
                let mut next = if *rev { hi - 1 } else { lo };
                while next >= lo && next < hi {
                    self.step()?;
                    self.declare(frame, *var, Value::Int(next));
                    self.scope(frame, body)?;
                    if self.leaves(frame, exits)? {
                        break;
                    }
                    next += if *rev { -1 } else { 1 };
                }
                frame.bind[var.0] = None;
                Ok(())
            }
            Stmt::While { pre, cond, body, exits, .. } => loop {
                self.step()?;
                self.block(frame, pre)?;
                if let Some(cond) = cond
                    && !self.eval(frame, cond)?.bool()?
                {
                    return self.leave(frame, pre);
                }
                self.scope(frame, body)?;
                self.leave(frame, pre)?;
                if self.leaves(frame, exits)? {
                    return Ok(());
                }
            },
            Stmt::Call(call) => self.call(frame, call),
            Stmt::Vector { vec, op, .. } => self.vector(frame, vec, op),
            Stmt::Effect { tokens, args, diverges } => {
                for arg in args {
                    self.eval(frame, arg)?;
                }
                if *diverges { Err(Fault::Panic(tokens.to_string())) } else { Ok(()) }
            }
            Stmt::Bail { .. } => Err(Fault::Bail),
            Stmt::Item(_) => Ok(()),
            Stmt::Accumulate { place, value, negate } => {
                let value = self.eval(frame, value)?;
                self.watch(&value);
                let loc = self.locate(frame, place)?;
                self.accumulate(&loc, &value, if *negate { -1.0 } else { 1.0 }).map_err(|fault| match fault {
                    Fault::Bug(what) => Fault::Bug(format!("`{}`: {what}", frame.name(place.root))),
                    other => other,
                })
            }
            Stmt::RecordNew { record, capacity } => {
                let capacity = match capacity {
                    Some(capacity) => Some(self.eval(frame, capacity)?.int()?.max(0) as usize),
                    None => None,
                };
                self.check_drained(frame, *record)?;
                self.declare(frame, *record, Value::Record { entries: Vec::new(), capacity });
                Ok(())
            }
            Stmt::RecordPush { record, values } => {
                let values: Vec<_> =
                    values.iter().map(|value| self.eval(frame, value)).collect::<Outcome<_>>()?;
                match self.record(frame, *record)? {
                    (_, entries, Some(capacity)) if entries.len() >= capacity => Err(Fault::Bug(format!(
                        "`{}` outgrows its capacity of {capacity}",
                        frame.name(*record)
                    ))),
                    (_, entries, _) => {
                        entries.push(values);
                        Ok(())
                    }
                }
            }
            Stmt::RecordPop { record, vars } => {
                let (name, entries, _) = self.record(frame, *record)?;
                let entry = entries
                    .pop()
                    .ok_or_else(|| Fault::Bug(format!("`{name}` is popped when it is empty")))?;
                if entry.len() != vars.len() {
                    return Err(Fault::Bug(format!(
                        "`{name}` holds {} values, not {}",
                        entry.len(),
                        vars.len()
                    )));
                }
                for (var, value) in vars.iter().zip(entry) {
                    self.declare(frame, *var, value);
                }
                Ok(())
            }
            Stmt::Replace { var, place, value } => {
                let value = self.eval(frame, value)?;
                let loc = self.locate(frame, place)?;
                let old = self.copy(&loc)?;
                self.store(&loc, value)?;
                self.declare(frame, *var, old);
                Ok(())
            }
            Stmt::Pull { rev, seed, args, call, .. } => self.pull_stmt(frame, *rev, seed, args, call),
        }
    }

    #[allow(clippy::type_complexity, reason = "used twice, here")]
    fn record(
        &mut self,
        frame: &Frame<'p>,
        record: Var,
    ) -> Outcome<(String, &mut Vec<Vec<Value<F>>>, Option<usize>)> {
        let name = frame.name(record);
        let Some(loc) = frame.bind[record.0].clone() else {
            return Err(Fault::Bug(format!("`{name}` is used where it is not declared")));
        };
        match &mut self.cells[loc.cell] {
            Value::Record { entries, capacity } => Ok((name, entries, *capacity)),
            other => Err(Fault::Bug(format!("`{name}` is {}, not a record", other.kind()))),
        }
    }

    fn leaves(&mut self, frame: &Frame<'p>, exits: &[Var]) -> Outcome<bool> {
        for exit in exits {
            let Some(loc) = frame.bind[exit.0].clone() else {
                return Err(Fault::Bug(format!("the exit `{}` is not declared", frame.name(*exit))));
            };
            if self.copy(&loc)?.bool()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn items(&self, loc: &Loc) -> Outcome<Vec<Value<F>>> {
        match self.copy(loc)? {
            Value::Array(items) | Value::Vec(items) => Ok(items),
            other => Err(Fault::Bug(format!("{} where a slice is needed", other.kind()))),
        }
    }

    fn write_items(&mut self, loc: &Loc, new: Vec<Value<F>>) -> Outcome<()> {
        // As many steps as the loop that a derivative takes back.
        for _ in &new {
            self.step()?;
        }
        match look_mut(&mut self.cells[loc.cell], &loc.path)? {
            LookMut::Many(slots) => slots.clone_from_slice(&new),
            LookMut::One(Value::Array(items) | Value::Vec(items)) => items.clone_from_slice(&new),
            LookMut::One(other) => {
                return Err(Fault::Bug(format!("{} where a slice is needed", other.kind())));
            }
        }
        Ok(())
    }

    /// `place += scale * value`
    pub(super) fn accumulate(&mut self, loc: &Loc, value: &Value<F>, scale: f64) -> Outcome<()> {
        match look_mut(&mut self.cells[loc.cell], &loc.path)? {
            LookMut::One(slot) => slot.accumulate(value, scale),
            LookMut::Many(slots) => match value.items() {
                Some(items) if items.len() == slots.len() => {
                    slots.iter_mut().zip(items).try_for_each(|(slot, item)| slot.accumulate(item, scale))
                }
                _ => Err(Fault::Bug(format!("accumulates {} into a slice of {}", value.kind(), slots.len()))),
            },
        }
    }

    fn vector(&mut self, frame: &mut Frame<'p>, vec: &'p Place, op: &'p VecOp) -> Outcome<()> {
        let length = |n: i128| usize::try_from(n).map_err(|_| Fault::Panic(format!("a length of {n}")));
        match op {
            VecOp::Push(value) => {
                let value = self.eval(frame, value)?;
                self.vec_at(frame, vec)?.push(value);
            }
            VecOp::Pop(var) => {
                let popped = self.vec_at(frame, vec)?.pop();
                let popped = popped.ok_or_else(|| Fault::Panic("pop of an empty Vec".into()))?;
                var.iter().for_each(|var| self.declare(frame, *var, popped.clone()));
            }
            VecOp::Truncate(len) => {
                let len = length(self.eval(frame, len)?.int()?)?;
                self.vec_at(frame, vec)?.truncate(len);
            }
            VecOp::Resize(len, value) => {
                let (len, value) = (length(self.eval(frame, len)?.int()?)?, self.eval(frame, value)?);
                self.vec_at(frame, vec)?.resize(len, value);
            }
            VecOp::Clear => self.vec_at(frame, vec)?.clear(),
            VecOp::Extend(from) => {
                let from = self.locate(frame, from)?;
                let items = self.items(&from)?;
                self.vec_at(frame, vec)?.extend(items);
            }
            VecOp::Insert(index, value) => {
                let (index, value) = (length(self.eval(frame, index)?.int()?)?, self.eval(frame, value)?);
                let vec = self.vec_at(frame, vec)?;
                if index > vec.len() {
                    return Err(Fault::Panic(format!("insert at {index} of {}", vec.len())));
                }
                vec.insert(index, value);
            }
            VecOp::Remove(index, var) => {
                let index = length(self.eval(frame, index)?.int()?)?;
                let vec = self.vec_at(frame, vec)?;
                if index >= vec.len() {
                    return Err(Fault::Panic(format!("remove at {index} of {}", vec.len())));
                }
                let removed = vec.remove(index);
                var.iter().for_each(|var| self.declare(frame, *var, removed.clone()));
            }
            VecOp::Reverse => {
                let loc = self.locate(frame, vec)?;
                let mut items = self.items(&loc)?;
                items.reverse();
                self.write_items(&loc, items)?;
            }
        }
        Ok(())
    }

    fn arms(&mut self, frame: &mut Frame<'p>, arms: &'p [Arm], loc: &Loc) -> Outcome<()> {
        for arm in arms {
            let mut bound = Vec::new();
            let mut taken = self.matches(frame, &arm.pattern, loc, &mut bound)?;
            for (var, loc) in bound.iter().cloned() {
                frame.bind[var.0] = Some(loc);
            }
            if taken && let Some(guard) = &arm.guard {
                taken = self.eval(frame, guard)?.bool()?;
            }
            if taken {
                self.scope(frame, &arm.body)?;
            }
            bound.iter().for_each(|(var, _)| frame.bind[var.0] = None);
            if taken {
                return Ok(());
            }
        }
        Err(Fault::Bug("no arm of a match is taken".into()))
    }

    /// Whether the value at `loc` matches, and where the bindings point to.
    fn matches(
        &mut self,
        frame: &Frame<'p>,
        pattern: &'p Pattern,
        loc: &Loc,
        bound: &mut Vec<(Var, Loc)>,
    ) -> Outcome<bool> {
        let under = |step: Step| {
            let mut part = loc.clone();
            part.step(step).map(|()| part)
        };
        match pattern {
            Pattern::Wild | Pattern::Rest => Ok(true),
            Pattern::Bind(var) => {
                bound.push((*var, loc.clone()));
                Ok(true)
            }
            Pattern::At(var, tokens) => {
                bound.push((*var, loc.clone()));
                let value = self.copy(loc)?;
                self.matches_tokens(frame, tokens, &value)
            }
            Pattern::Tokens(tokens) => {
                let value = self.copy(loc)?;
                self.matches_tokens(frame, tokens, &value)
            }
            Pattern::Tuple(parts) => {
                self.matches_all(frame, parts, bound, &|i| under(Step::Field(i.to_string())))
            }
            Pattern::TupleStruct(path, parts) => match self.copy(loc)? {
                Value::Option(None) => Ok(false),
                Value::Option(Some(_)) => Ok(last_segment(path) == "Some"
                    && self.matches(frame, &parts[0], &under(Step::Payload)?, bound)?),
                Value::Struct(name, _) if name != last_segment(path) => Ok(false),
                _ => self.matches_all(frame, parts, bound, &|i| under(Step::Field(i.to_string()))),
            },
            Pattern::Struct { path, fields, .. } => {
                if matches!(self.copy(loc)?, Value::Struct(name, _) if name != last_segment(path) && path.to_string() != "Self")
                {
                    return Ok(false);
                }
                for (member, part) in fields {
                    let name = quote::quote!(#member).to_string();
                    if !self.matches(frame, part, &under(Step::Field(name))?, bound)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Pattern::Or(choices) => {
                for choice in choices {
                    if self.matches(frame, choice, loc, bound)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Pattern::Slice(parts) => {
                let fits = match self.look(loc)? {
                    Look::Many(items) => items.len() == parts.len(),
                    Look::One(value) => value.items().is_some_and(|items| items.len() == parts.len()),
                };
                if parts.iter().any(|part| matches!(part, Pattern::Rest)) {
                    return Err(Fault::Unsupported("`..` in a slice pattern".into()));
                }
                Ok(fits && self.matches_all(frame, parts, bound, &|i| under(Step::Index(i)))?)
            }
        }
    }

    fn matches_all(
        &mut self,
        frame: &Frame<'p>,
        parts: &'p [Pattern],
        bound: &mut Vec<(Var, Loc)>,
        under: &dyn Fn(usize) -> Outcome<Loc>,
    ) -> Outcome<bool> {
        for (i, part) in parts.iter().enumerate() {
            if matches!(part, Pattern::Rest) && i + 1 < parts.len() {
                return Err(Fault::Unsupported("`..` before other patterns".into()));
            }
            if matches!(part, Pattern::Wild | Pattern::Rest) {
                continue;
            }
            if !self.matches(frame, part, &under(i)?, bound)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn matches_tokens(
        &mut self,
        frame: &Frame<'p>,
        tokens: &'p TokenStream,
        value: &Value<F>,
    ) -> Outcome<bool> {
        let pattern = syn::Pat::parse_multi.parse2(tokens.clone());
        let pattern = pattern.map_err(|_| Fault::Unsupported(format!("the pattern {tokens}")))?;
        self.matches_pat(frame, &pattern, value)
    }
}

impl<'p> Frame<'p> {
    /// The value of an atom that needs no evaluation, for messages.
    pub(super) fn describe(&self, expr: &Expr) -> String {
        match expr {
            Expr::Read(place) => self.name(place.root),
            other => format!("{other:?}"),
        }
    }
}

fn last_segment(path: &TokenStream) -> String {
    path.to_string().rsplit("::").next().unwrap_or("").trim().to_string()
}
