//! Calls of functions of the program, and of their derivatives.

use super::value::Step;
use super::{Fault, Frame, Interp, Loc, Outcome, Passed, Real, Residuals, Value};
use crate::ir::{
    Arg, Call, CallMode, Callee, Expr, Function, Outcome as CallOutcome, ParamMode, PullArg, Var, Wrap,
};
use crate::reverse::Adjoint;
use std::rc::Rc;

impl<'p, F: Real> Interp<'p, F> {
    /// A frame of `f` with its parameters bound.
    fn enter(&mut self, f: &'p Function, args: Vec<Passed<F>>) -> Outcome<Frame<'p>> {
        if f.params.len() != args.len() {
            return Err(Fault::Bug(format!(
                "`{}` has {} parameters, not {}",
                f.name,
                f.params.len(),
                args.len()
            )));
        }
        let mut frame = Frame::new(f);
        for (param, arg) in f.params.iter().zip(args) {
            let ty = &f.info(param.var).ty;
            match (param.mode, arg) {
                (ParamMode::Value, Passed::Place(loc)) => {
                    let value = self.copy(&loc)?;
                    frame.learn_consts(ty, &value);
                    self.declare(&mut frame, param.var, value);
                }
                (_, Passed::Value(value)) => {
                    frame.learn_consts(ty, &value);
                    self.declare(&mut frame, param.var, value);
                }
                (ParamMode::Ref | ParamMode::RefMut, Passed::Place(loc)) => {
                    frame.learn_consts(ty, &self.copy(&loc)?);
                    frame.bind[param.var.0] = Some(loc);
                }
            }
        }
        Ok(frame)
    }

    /// Runs a body, then reads the result; `None` when it bailed.
    fn finish<T>(ran: Outcome<T>) -> Outcome<Option<T>> {
        match ran {
            Ok(value) => Ok(Some(value)),
            Err(Fault::Bail) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    fn end(&mut self, frame: &Frame<'p>, base: usize) -> Outcome<()> {
        (0..frame.bind.len()).try_for_each(|var| self.check_drained(frame, Var(var)))?;
        self.cells.truncate(base);
        Ok(())
    }

    pub(super) fn call_primal(&mut self, entry: usize, args: Vec<Passed<F>>) -> Outcome<Option<Value<F>>> {
        let program = self.program;
        let f = &program.entries[entry].primal;
        let base = self.cells.len();
        let mut frame = self.enter(f, args)?;
        let ran = self.block(&mut frame, &f.body).and_then(|()| self.eval(&frame, &f.result));
        let result = Self::finish(ran)?;
        self.cells.truncate(base);
        Ok(result)
    }

    pub(super) fn call_tangent(
        &mut self,
        entry: usize,
        args: Vec<Passed<F>>,
        dots: Vec<Option<Passed<F>>>,
    ) -> Outcome<Option<(Value<F>, Value<F>)>> {
        let program = self.program;
        let tangent =
            program.entries[entry].tangent.as_ref().ok_or_else(|| missing("forward mode", entry))?;
        let f = &tangent.function;
        let base = self.cells.len();
        let mut frame = self.enter(f, args)?;
        for ((param, dot_var), dot) in f.params.iter().zip(&tangent.dots).zip(dots) {
            let Some(dot_var) = dot_var else {
                if dot.is_some() && param.active {
                    return Err(Fault::Bug(format!("the tangent of `{}` is dropped", frame.name(param.var))));
                }
                if dot.is_some() {
                    return Err(Fault::Panic("an active value for an inactive parameter".into()));
                }
                continue;
            };
            match dot {
                Some(Passed::Value(value)) => self.declare(&mut frame, *dot_var, value),
                Some(Passed::Place(loc)) => frame.bind[dot_var.0] = Some(loc),
                None => {
                    let zero = self.zero_of_param(&frame, param.var)?;
                    self.declare(&mut frame, *dot_var, zero);
                }
            }
        }
        let ran = self.block(&mut frame, &f.body).and_then(|()| {
            let dot = tangent.result_dot.as_ref().map(|dot| self.eval(&frame, dot)).transpose()?;
            let result = self.eval(&frame, &f.result)?;
            let dot = dot.unwrap_or_else(|| result.zero());
            Ok((result, dot))
        });
        let result = Self::finish(ran)?;
        self.end(&frame, base)?;
        Ok(result)
    }

    fn zero_of_param(&self, frame: &Frame<'p>, var: Var) -> Outcome<Value<F>> {
        match &frame.bind[var.0] {
            Some(loc) => self.zero_of(loc),
            None => Err(Fault::Bug(format!("the parameter `{}` is not bound", frame.name(var)))),
        }
    }

    /// One sweep: binds the seed and the shadows, runs, and adds the cotangents of by-value
    /// parameters to their shadows.
    pub(super) fn call_joint(
        &mut self,
        entry: usize,
        args: Vec<Passed<F>>,
        seed: Value<F>,
        shadows: &[Option<Loc>],
    ) -> Outcome<Option<Value<F>>> {
        let program = self.program;
        let adjoint = program.entries[entry].joint.as_ref().ok_or_else(|| missing("reverse mode", entry))?;
        let f = &adjoint.function;
        let base = self.cells.len();
        let mut frame = self.enter(f, args)?;
        let mut zeros = Vec::new();
        for param in &f.params {
            zeros.push(Some(self.zero_of_param(&frame, param.var)?));
        }
        self.bind_shadows(&mut frame, adjoint, &zeros, shadows)?;
        if let Some(var) = adjoint.seed {
            self.declare(&mut frame, var, seed);
        }
        let ran = self.block(&mut frame, &adjoint.forward).and_then(|()| self.eval(&frame, &f.result));
        let result = Self::finish(ran)?;
        if result.is_some() {
            self.deliver(&frame, adjoint, shadows)?;
            self.end(&frame, base)?;
        }
        self.cells.truncate(base);
        Ok(result)
    }

    /// A function of scalars for an array of each argument.
    fn call_in_lanes(
        &mut self,
        entry: usize,
        args: Vec<Passed<F>>,
        seed: Value<F>,
        shadows: &[Option<Loc>],
    ) -> Outcome<Value<F>> {
        let program = self.program;
        if let Some(adjoint) = &program.entries[entry].in_lanes {
            let f = &adjoint.function;
            let base = self.cells.len();
            let zeros: Vec<Value<F>> = args.iter().map(|_| seed.zero()).collect();
            let mut frame = self.enter(f, args)?;
            for ((shadow, given), zero) in adjoint.shadows.iter().zip(shadows).zip(zeros) {
                match (shadow, given) {
                    (Some(shadow), _) => self.declare(&mut frame, *shadow, zero),
                    (None, Some(_)) => {
                        return Err(Fault::Panic("an active value for an inactive parameter".into()));
                    }
                    (None, None) => {}
                }
            }
            if let Some(var) = adjoint.seed {
                self.declare(&mut frame, var, seed);
            }
            self.block(&mut frame, &adjoint.forward)?;
            let result = self.eval(&frame, &f.result)?;
            self.deliver(&frame, adjoint, shadows)?;
            self.end(&frame, base)?;
            return Ok(result);
        }
        // One lane after the other.
        let lane_of = |value: &Value<F>, lane: usize| {
            let item = value.items().and_then(|items| items.get(lane)).cloned();
            item.ok_or_else(|| Fault::Bug(format!("{} where lanes are expected", value.kind())))
        };
        let mut results = Vec::new();
        for lane in 0..seed.items().map_or(0, <[Value<F>]>::len) {
            let mut own = Vec::new();
            for arg in &args {
                let value = match arg {
                    Passed::Value(value) => lane_of(value, lane)?,
                    Passed::Place(loc) => lane_of(&self.copy(loc)?, lane)?,
                };
                own.push(Passed::Value(value));
            }
            let mut slots = shadows.to_vec();
            for slot in slots.iter_mut().flatten() {
                slot.step(Step::Index(lane))?;
            }
            let result = self.call_joint(entry, own, lane_of(&seed, lane)?, &slots)?;
            results.push(result.ok_or(Fault::Bail)?);
        }
        Ok(Value::Array(results))
    }

    fn bind_shadows(
        &mut self,
        frame: &mut Frame<'p>,
        adjoint: &'p Adjoint,
        zeros: &[Option<Value<F>>],
        given: &[Option<Loc>],
    ) -> Outcome<()> {
        for (k, param) in adjoint.function.params.iter().enumerate() {
            let given = given.get(k).cloned().flatten();
            let Some(Some(shadow)) = adjoint.shadows.get(k) else {
                if given.is_some() {
                    return Err(Fault::Panic("an active value for an inactive parameter".into()));
                }
                continue;
            };
            match (param.mode, given) {
                (ParamMode::Ref | ParamMode::RefMut, Some(loc)) => frame.bind[shadow.0] = Some(loc),
                _ => {
                    let zero = match zeros.get(k).cloned().flatten() {
                        Some(zero) => zero,
                        None => self.zero_of_param(frame, param.var)?,
                    };
                    self.declare(frame, *shadow, zero);
                }
            }
        }
        Ok(())
    }

    /// Adds the cotangents of by-value parameters to where the caller wants them.
    fn deliver(&mut self, frame: &Frame<'p>, adjoint: &'p Adjoint, given: &[Option<Loc>]) -> Outcome<()> {
        for ((param, shadow), given) in adjoint.function.params.iter().zip(&adjoint.shadows).zip(given) {
            if let (ParamMode::Value, Some(shadow), Some(given)) = (param.mode, shadow, given) {
                let Some(loc) = frame.bind[shadow.0].clone() else {
                    return Err(Fault::Bug(format!("the shadow `{}` is gone", frame.name(*shadow))));
                };
                let cotangent = self.copy(&loc)?;
                self.accumulate(given, &cotangent, 1.0)?;
            }
        }
        Ok(())
    }

    /// The forward sweep.
    #[allow(clippy::type_complexity, reason = "a result and what is kept")]
    pub(super) fn call_split(
        &mut self,
        entry: usize,
        args: Vec<Passed<F>>,
    ) -> Outcome<Option<(Value<F>, Rc<Residuals<F>>)>> {
        let program = self.program;
        let adjoint =
            program.entries[entry].split.as_ref().ok_or_else(|| missing("split reverse mode", entry))?;
        let f = &adjoint.function;
        let base = self.cells.len();
        let mut frame = self.enter(f, args)?;
        let mut zeros = Vec::new();
        for param in &f.params {
            zeros.push(match param.mode {
                ParamMode::Value => Some(self.zero_of_param(&frame, param.var)?),
                ParamMode::Ref | ParamMode::RefMut => None,
            });
        }
        let ran = self.block(&mut frame, &adjoint.forward).and_then(|()| self.eval(&frame, &f.result));
        let Some(result) = Self::finish(ran)? else {
            self.cells.truncate(base);
            return Ok(None);
        };
        // The closure owns its captures: references of any kind do not survive into it.
        let bind = frame.bind.iter().enumerate().map(|(var, loc)| match loc {
            Some(loc) if loc.cell >= base && f.vars[var].view_of.is_none() => {
                Some(Loc { cell: loc.cell - base, path: loc.path.clone() })
            }
            _ => None,
        });
        let bind = bind.collect();
        let cells = self.cells.split_off(base);
        let consts = frame.consts;
        Ok(Some((result, Rc::new(Residuals { entry, cells, bind, zeros, consts }))))
    }

    /// Runs a pullback on a copy of its captures. `primals` has the places of the parameters by
    /// reference.
    pub(super) fn pull(
        &mut self,
        residuals: &Residuals<F>,
        seed: Value<F>,
        primals: &[Option<Loc>],
        shadows: &[Option<Loc>],
    ) -> Outcome<()> {
        let program = self.program;
        let entry = residuals.entry;
        let adjoint =
            program.entries[entry].split.as_ref().ok_or_else(|| missing("split reverse mode", entry))?;
        let f = &adjoint.function;
        let base = self.cells.len();
        self.cells.extend(residuals.cells.iter().cloned());
        let mut frame = Frame::new(f);
        frame.consts = residuals.consts.clone();
        for (var, loc) in residuals.bind.iter().enumerate() {
            frame.bind[var] = loc.as_ref().map(|loc| Loc { cell: loc.cell + base, path: loc.path.clone() });
        }
        for (param, primal) in f.params.iter().zip(primals) {
            if let (ParamMode::Ref | ParamMode::RefMut, Some(loc)) = (param.mode, primal) {
                frame.bind[param.var.0] = Some(loc.clone());
            }
        }
        self.bind_shadows(&mut frame, adjoint, &residuals.zeros, shadows)?;
        if let Some(var) = adjoint.seed {
            self.declare(&mut frame, var, seed);
        }
        self.block(&mut frame, &adjoint.backward)?;
        self.deliver(&frame, adjoint, shadows)?;
        self.end(&frame, base)
    }

    fn callee(&self, callee: &Callee) -> Outcome<usize> {
        match callee {
            Callee::Path(path) => match path.segments.last() {
                Some(segment) => self.entry(&segment.ident.to_string()),
                None => Err(Fault::Bug("an empty path is called".into())),
            },
            Callee::Assoc { name, .. } | Callee::Method { name, .. } => self.entry(&name.to_string()),
        }
    }

    fn pass(&mut self, frame: &Frame<'p>, args: &'p [Arg]) -> Outcome<Vec<Passed<F>>> {
        let mut passed = Vec::new();
        for arg in args {
            passed.push(match arg {
                Arg::Value(value) => Passed::Value(self.eval(frame, value)?),
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                    Passed::Place(self.locate(frame, place)?)
                }
            });
        }
        Ok(passed)
    }

    /// A call statement.
    pub(super) fn call(&mut self, frame: &mut Frame<'p>, call: &'p Call) -> Outcome<()> {
        let entry = self.callee(&call.callee)?;
        let wrap = self.program.entries[entry].primal.wrap;
        let args = self.pass(frame, &call.args)?;
        // What does not bail is the bare payload after `?`, else wrapped as the callee says.
        let wrapped = |value: Option<Value<F>>| match (&wrap, call.question) {
            (Wrap::Plain, _) | (Wrap::Option | Wrap::Result, true) => value.ok_or(Fault::Bail),
            (Wrap::Option | Wrap::Result, false) => Ok(Value::Option(value.map(Box::new))),
        };
        match &call.mode {
            CallMode::Plain => {
                let result = wrapped(self.call_primal(entry, args)?)?;
                self.declare(frame, call.result, result);
            }
            CallMode::Jvp { wide: true, .. } | CallMode::WideJoint(_) => {
                return Err(Fault::Unsupported("a call in several directions".to_string()));
            }
            CallMode::Jvp { result_dot, dots, wide: false } => {
                let params = &self.program.entries[entry].primal.params;
                let mut passed = Vec::new();
                for (param, dot) in params.iter().zip(dots) {
                    passed.push(match dot {
                        None => None,
                        Some(dot) => Some(self.pass_dot(frame, dot, param.mode)?),
                    });
                }
                let (result, dot) = self.call_tangent(entry, args, passed)?.unzip();
                let (result, dot) = (wrapped(result)?, wrapped(dot)?);
                self.declare(frame, call.result, result);
                self.declare(frame, *result_dot, dot);
            }
            CallMode::Split { rev } => {
                let (result, residuals) = self.call_split(entry, args)?.unzip();
                let result = wrapped(result)?;
                self.declare(frame, call.result, result);
                let rest = residuals.map_or(Value::Option(None), Value::Pullback);
                self.declare(frame, *rev, rest);
            }
            CallMode::Joint { seed, args: slots, lanes } => {
                let seed = self.eval(frame, seed)?;
                let mut shadows = Vec::new();
                for slot in slots {
                    shadows.push(match &slot.shadow {
                        Some(place) => Some(self.locate(frame, place)?),
                        None => None,
                    });
                }
                let result = match lanes {
                    true => self.call_in_lanes(entry, args, seed, &shadows)?,
                    false => wrapped(self.call_joint(entry, args, seed, &shadows)?)?,
                };
                self.declare(frame, call.result, result);
            }
            CallMode::Nested(nested) => {
                return Err(Fault::Unsupported(format!("a call at level {}", nested.level)));
            }
        }
        Ok(())
    }

    fn pass_dot(&mut self, frame: &Frame<'p>, dot: &'p Expr, mode: ParamMode) -> Outcome<Passed<F>> {
        match (dot, mode) {
            (Expr::Read(place) | Expr::Borrow { place, .. }, ParamMode::Ref | ParamMode::RefMut) => {
                Ok(Passed::Place(self.locate(frame, place)?))
            }
            (_, ParamMode::RefMut) => {
                Err(Fault::Bug(format!("`{}` as the tangent of an in-out argument", frame.describe(dot))))
            }
            (_, ParamMode::Value | ParamMode::Ref) => Ok(Passed::Value(self.eval(frame, dot)?)),
        }
    }

    /// A pull statement: the primal places are passed again.
    pub(super) fn pull_stmt(
        &mut self,
        frame: &Frame<'p>,
        rev: Var,
        seed: &'p Expr,
        args: &'p [PullArg],
        call: &'p Call,
    ) -> Outcome<()> {
        let Some(loc) = frame.bind[rev.0].clone() else {
            return Err(Fault::Bug(format!("`{}` is used where it is not declared", frame.name(rev))));
        };
        let residuals = match &self.cells[loc.cell] {
            Value::Pullback(residuals) => Rc::clone(residuals),
            // There was no result, so nothing depends on the arguments.
            Value::Option(None) if call.outcome != CallOutcome::Value => return Ok(()),
            other => {
                return Err(Fault::Bug(format!("`{}` is {}, not a pullback", frame.name(rev), other.kind())));
            }
        };
        self.cells[loc.cell] = Value::Moved;
        let seed = match self.eval(frame, seed)? {
            Value::Option(Some(seed)) if call.outcome != CallOutcome::Value => *seed,
            Value::Option(None) if call.outcome != CallOutcome::Value => return Ok(()),
            seed => seed,
        };
        self.pull_into(frame, &residuals, seed, args, call)
    }

    fn pull_into(
        &mut self,
        frame: &Frame<'p>,
        residuals: &Rc<Residuals<F>>,
        seed: Value<F>,
        args: &'p [PullArg],
        call: &'p Call,
    ) -> Outcome<()> {
        let mut primals = Vec::new();
        let mut shadows = Vec::new();
        for (arg, pulled) in call.args.iter().zip(args) {
            primals.push(match arg {
                Arg::Value(_) => None,
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                    Some(self.locate(frame, place)?)
                }
            });
            shadows.push(match &pulled.shadow {
                Some(place) => Some(self.locate(frame, place)?),
                None => None,
            });
        }
        self.pull(residuals, seed, &primals, &shadows)
    }
}

fn missing(mode: &str, entry: usize) -> Fault {
    Fault::Unsupported(format!("{mode} of function {entry}"))
}
