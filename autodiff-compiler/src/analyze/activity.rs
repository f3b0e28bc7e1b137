//! Activity: which variables are *varied* (depend on an active input through something
//! differentiable) and *useful* (influence an output); only what is both gets a derivative.
//!
//! Flow-insensitive, one bit a storage variable: a view has the activity of what it names, an
//! aggregate that of any of its parts.

use crate::ir::{Arg, Call, CallMode, Expr, Function, Op, ParamMode, Place, Stmt, Var, VecOp, walk};
use std::collections::{BTreeMap, BTreeSet};

/// The result of the analysis.
#[derive(Clone, Debug)]
pub struct Activity {
    varied: Vec<bool>,
    useful: Vec<bool>,
    storage: Vec<Var>,
}

/// `targets` get values made from `sources`.
struct Flow {
    targets: Vec<Var>,
    sources: Vec<Var>,
}

impl Activity {
    /// Whether a variable depends on an active input.
    pub fn is_varied(&self, var: Var) -> bool {
        self.storage.get(var.0).is_some_and(|s| self.varied[s.0])
    }

    /// Whether a variable influences an output.
    pub fn is_useful(&self, var: Var) -> bool {
        self.storage.get(var.0).is_some_and(|s| self.useful[s.0])
    }

    /// Whether a variable has a derivative that matters.
    pub fn is_active(&self, var: Var) -> bool {
        self.is_varied(var) && self.is_useful(var)
    }

    /// Whether something active goes into a call, or comes out of it by an argument.
    pub fn reaches(&self, f: &Function, call: &Call) -> bool {
        call.args.iter().any(|arg| match arg {
            Arg::Value(Expr::Read(place) | Expr::ToOwned(place)) => self.is_active_place(f, place),
            Arg::Value(Expr::Move(var)) => self.is_active(*var),
            Arg::Value(value) => self.is_in(f, value),
            Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                self.is_active_place(f, place)
            }
        })
    }

    /// Whether something active carries its derivative into a value.
    pub fn is_in(&self, f: &Function, value: &Expr) -> bool {
        let mut sources = Vec::new();
        carriers(f, value, &mut sources);
        sources.into_iter().any(|var| self.is_active(var))
    }

    pub fn is_active_place(&self, f: &Function, place: &Place) -> bool {
        self.is_active(place.root) && f.may_be_active(place)
    }
}

/// Analyses a primal function.
pub fn activity(f: &Function) -> Activity {
    let mut popped: BTreeMap<Var, Vec<Vec<Var>>> = BTreeMap::new();
    f.visit(&mut |stmt| {
        if let Stmt::RecordPop { record, vars } = stmt {
            popped.entry(*record).or_default().push(vars.clone());
        }
    });
    let mut read = BTreeSet::new();
    f.visit(&mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            if access.reads() {
                read.insert(place.root);
            }
        });
    });
    let mut flows = Vec::new();
    f.visit(&mut |stmt| {
        flows_of(f, stmt, &popped, &mut flows);
        kept_by(f, stmt, &read, &mut flows);
    });
    let storage: Vec<Var> = (0..f.vars.len()).map(|i| f.storage(Var(i))).collect();

    let mut varied = vec![false; f.vars.len()];
    for param in &f.params {
        varied[param.var.0] = param.active;
    }
    spread(&mut varied, flows.iter().map(|flow| (&flow.sources[..], &flow.targets[..])));

    let mut useful = vec![false; f.vars.len()];
    let mut outputs = Vec::new();
    carriers(f, &f.result, &mut outputs);
    for var in outputs {
        useful[var.0] = true;
    }
    for param in &f.params {
        if param.mode == ParamMode::RefMut && param.active {
            useful[param.var.0] = true;
        }
    }
    spread(&mut useful, flows.iter().rev().map(|flow| (&flow.targets[..], &flow.sources[..])));
    Activity { varied, useful, storage }
}

/// A call that gives nothing back may leave what goes into it in a cell of an argument: `cell.set(x)`.
fn kept_by(f: &Function, stmt: &Stmt, read: &BTreeSet<Var>, flows: &mut Vec<Flow>) {
    let Stmt::Call(call) = stmt else { return };
    if f.info(call.result).ty.may_be_active() && read.contains(&call.result) {
        return;
    }
    let mut sources = Vec::new();
    let mut targets = Vec::new();
    for arg in &call.args {
        match arg {
            Arg::Value(value) => carriers(f, value, &mut sources),
            Arg::Ref(place) | Arg::Receiver { place, mutable: false } => {
                carriers(f, &Expr::Read(place.clone()), &mut sources);
                if f.may_be_active(place) && f.place_ty(place).may_hold_a_cell() {
                    targets.push(f.storage(place.root));
                }
            }
            Arg::RefMut(place) | Arg::Receiver { place, mutable: true } => {
                carriers(f, &Expr::Read(place.clone()), &mut sources);
            }
        }
    }
    if !sources.is_empty() && !targets.is_empty() {
        flows.push(Flow { targets, sources });
    }
}

/// Sets the bit of every `to` of a pair one of whose `from`s has it, until nothing changes.
/// A worklist over the variables keeps it linear in the number of uses.
fn spread<'a>(bits: &mut [bool], pairs: impl Iterator<Item = (&'a [Var], &'a [Var])>) {
    let pairs: Vec<_> = pairs.collect();
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); bits.len()];
    for (index, (from, _)) in pairs.iter().enumerate() {
        for var in *from {
            readers[var.0].push(index);
        }
    }
    let mut work: Vec<Var> = (0..bits.len()).filter(|&i| bits[i]).map(Var).collect();
    while let Some(var) = work.pop() {
        for &index in &readers[var.0] {
            for to in pairs[index].1 {
                if !bits[to.0] {
                    bits[to.0] = true;
                    work.push(*to);
                }
            }
        }
    }
}

/// The storage variables through which the value of `expr` has a derivative.
pub fn carriers(f: &Function, expr: &Expr, into: &mut Vec<Var>) {
    match expr {
        Expr::Lit(_)
        | Expr::Const(..)
        | Expr::Opaque { .. }
        | Expr::Len(_)
        | Expr::VecNew { .. }
        | Expr::Zero { .. }
        | Expr::Placeholder(_) => {}
        Expr::Read(place) | Expr::ToOwned(place) | Expr::Borrow { place, .. } => {
            let root = f.storage(place.root);
            if f.may_be_active(place) && f.info(root).ty.may_be_active() {
                into.push(root);
            }
        }
        Expr::Move(var) => {
            if f.info(*var).ty.may_be_active() {
                into.push(f.storage(*var));
            }
        }
        Expr::Take { shadow, .. } => into.push(f.storage(shadow.root)),
        Expr::Prim { op, args, .. } => {
            if op_has_derivative(*op) {
                args.iter().for_each(|arg| carriers(f, arg, into));
            }
        }
        Expr::Select { then, els, .. } => {
            carriers(f, then, into);
            carriers(f, els, into);
        }
        Expr::Cast { arg, ty, .. } => {
            if ty.may_be_active() {
                carriers(f, arg, into);
            }
        }
        Expr::Tuple(items) | Expr::Array(items) | Expr::VecOf(items) => {
            items.iter().for_each(|item| carriers(f, item, into));
        }
        Expr::Repeat { elem, .. } | Expr::VecRepeat { elem, .. } | Expr::Some(elem) => {
            carriers(f, elem, into);
        }
        Expr::Struct { fields, rest, ty, .. } => {
            let fields = fields.iter().filter(|(member, _)| !ty.field(member).1);
            fields.for_each(|(_, value)| carriers(f, value, into));
            if let Some(rest) = rest {
                carriers(f, rest, into);
            }
        }
    }
}

/// The variable of a place that is lent.
fn root_of(lent: &Expr) -> Option<Var> {
    if let Expr::Read(place) = lent { Some(place.root) } else { None }
}

/// Whether an operator can have a non-zero derivative.
pub fn op_has_derivative(op: Op) -> bool {
    match op {
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::Neg => true,
        Op::Eq
        | Op::Ne
        | Op::Lt
        | Op::Le
        | Op::Gt
        | Op::Ge
        | Op::And
        | Op::Or
        | Op::Not
        | Op::BitAnd
        | Op::BitOr
        | Op::BitXor
        | Op::Shl
        | Op::Shr => false,
        Op::Fn(primitive) => !primitive.is_locally_constant(),
    }
}

fn flows_of(f: &Function, stmt: &Stmt, popped: &BTreeMap<Var, Vec<Vec<Var>>>, flows: &mut Vec<Flow>) {
    let mut flow = |targets: Vec<Var>, exprs: &[&Expr]| {
        let mut sources = Vec::new();
        exprs.iter().for_each(|expr| carriers(f, expr, &mut sources));
        let targets: Vec<Var> =
            targets.into_iter().map(|t| f.storage(t)).filter(|t| f.info(*t).ty.may_be_active()).collect();
        if !sources.is_empty() && !targets.is_empty() {
            flows.push(Flow { targets, sources });
        }
    };
    match stmt {
        Stmt::Let { var, init: Some(init) } => flow(vec![*var], &[init]),
        Stmt::Assign { place, value, .. } | Stmt::Fill { place, value } => {
            if f.may_be_active(place) {
                flow(vec![place.root], &[value]);
            }
        }
        Stmt::Accumulate { place, value, .. } => flow(vec![place.root], &[value]),
        Stmt::Replace { var, place, value } => {
            flow(vec![*var], &[&Expr::Read(place.clone())]);
            flow(vec![place.root], &[value]);
        }
        Stmt::Swap { a, b } => {
            flow(vec![a.root], &[&Expr::Read(b.clone())]);
            flow(vec![b.root], &[&Expr::Read(a.clone())]);
        }
        Stmt::CopyFrom { dst, src } => flow(vec![dst.root], &[&Expr::Read(src.clone())]),
        Stmt::Vector { vec, op, .. } => match op {
            VecOp::Push(value) | VecOp::Resize(_, value) | VecOp::Insert(_, value) => {
                flow(vec![vec.root], &[value]);
            }
            VecOp::Pop(Some(var)) | VecOp::Remove(_, Some(var)) => {
                flow(vec![*var], &[&Expr::Read(vec.clone())]);
            }
            VecOp::Extend(src) => flow(vec![vec.root], &[&Expr::Read(src.clone())]),
            VecOp::Pop(None)
            | VecOp::Remove(_, None)
            | VecOp::Truncate(_)
            | VecOp::Clear
            | VecOp::Reverse => {}
        },
        Stmt::Call(call) => {
            let mut targets = vec![call.result];
            let mut sources = Vec::new();
            match &call.mode {
                CallMode::Plain => {}
                CallMode::Jvp { result_dot, dots, wide: _ } => {
                    targets.push(*result_dot);
                    sources.extend(dots.iter().flatten().cloned());
                }
                CallMode::Split { .. } | CallMode::Joint { .. } => {}
                CallMode::WideJoint(_) => unreachable!("calls are joined after all modes have run"),
                CallMode::Nested(nested) => {
                    targets.extend(&nested.result_dots);
                    sources.extend(nested.dots.iter().flatten().flatten().cloned());
                }
            }
            for (k, arg) in call.args.iter().enumerate() {
                let (place, written) = match arg {
                    Arg::Value(value) => {
                        sources.push(value.clone());
                        continue;
                    }
                    Arg::Ref(place) => (place, false),
                    Arg::RefMut(place) => (place, true),
                    Arg::Receiver { place, mutable } => (place, *mutable),
                };
                sources.push(Expr::Read(place.clone()));
                if !written {
                    continue;
                }
                targets.push(place.root);
                // Its tangents change with it.
                let dots: Vec<&Expr> = match &call.mode {
                    CallMode::Plain
                    | CallMode::Split { .. }
                    | CallMode::Joint { .. }
                    | CallMode::WideJoint(_) => Vec::new(),
                    CallMode::Jvp { dots, .. } => dots[k].iter().collect(),
                    CallMode::Nested(nested) => nested.dots[k].iter().flatten().collect(),
                };
                targets.extend(dots.into_iter().filter_map(root_of));
            }
            flow(targets, &sources.iter().collect::<Vec<_>>());
        }
        // One value of a record has nothing to do with the next.
        Stmt::RecordPush { record, values } => {
            for (k, value) in values.iter().enumerate() {
                let vars = popped.get(record).into_iter().flatten().filter_map(|vars| vars.get(k).copied());
                flow(vars.collect(), &[value]);
            }
        }
        Stmt::Pull { seed, args, call, tangents, .. } => {
            let mut shadows: Vec<Var> =
                args.iter().filter_map(|arg| arg.shadow.as_ref().map(|place| place.root)).collect();
            let mut sources = vec![seed.clone()];
            for (arg, pull) in call.args.iter().zip(args) {
                // What is left of the cotangent of an in-out argument goes into those of the others.
                if let (Arg::RefMut(_) | Arg::Receiver { mutable: true, .. }, Some(shadow)) =
                    (arg, &pull.shadow)
                {
                    sources.push(Expr::Read(shadow.clone()));
                }
                // Passed again, or held by the pullback; in-out arguments are restored.
                match arg {
                    Arg::Value(value) => sources.push(value.clone()),
                    Arg::Ref(place) | Arg::Receiver { place, mutable: false } => {
                        sources.push(Expr::Read(place.clone()));
                    }
                    Arg::RefMut(place) | Arg::Receiver { place, mutable: true } => {
                        sources.push(Expr::Read(place.clone()));
                        shadows.push(place.root);
                    }
                }
            }
            if let Some(tangents) = tangents {
                sources.extend(tangents.seeds.iter().cloned());
                sources.extend(tangents.dots.iter().flatten().flatten().cloned());
                shadows.extend(tangents.shadows.iter().flatten().flatten().map(|place| place.root));
                for (k, arg) in call.args.iter().enumerate() {
                    if let Arg::RefMut(_) | Arg::Receiver { mutable: true, .. } = arg {
                        let bars = tangents.shadows[k].iter().flatten();
                        sources.extend(bars.map(|place| Expr::Read(place.clone())));
                        shadows.extend(tangents.dots[k].iter().flatten().filter_map(root_of));
                    }
                }
            }
            flow(shadows, &sources.iter().collect::<Vec<_>>());
        }
        Stmt::Let { init: None, .. }
        | Stmt::View { .. }
        | Stmt::If { .. }
        | Stmt::Match { .. }
        | Stmt::For { .. }
        | Stmt::While { .. }
        | Stmt::Effect { .. }
        | Stmt::Bail { .. }
        | Stmt::Item(_)
        | Stmt::RecordNew { .. }
        | Stmt::RecordPop { .. } => {}
    }
}
