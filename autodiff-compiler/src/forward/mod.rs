//! Forward mode: IR to IR. Beside every statement stands the same statement on tangents.
//!
//! The primal's statements, their operations and their order stay as they are; what a tangent
//! needs of an operand before it is overwritten is computed before. A variable whose tangent is
//! zero throughout gets none.

mod aggregate;
mod call;
mod expr;
mod matching;
mod sum;
#[cfg(test)]
mod tests;
mod wide;

pub use matching::{is_variant, tangent_path, tangent_pattern};
pub use wide::forward_wide;

use crate::analyze::activity::Activity;
use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Op, Param, Place, Proj, Stmt, Ty, Var, VarInfo, VecOp};
use proc_macro2::Span;
use quote::format_ident;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A function that computes its primal and its tangent together.
#[derive(Clone, Debug)]
pub struct Tangent {
    /// `result` is the primal result still.
    pub function: Function,
    /// The tangent of each parameter; `None` for parameters that are not differentiated.
    pub dots: Vec<Option<Var>>,
    /// The tangent of the result, to be evaluated before the result; `None` where the result has
    /// no derivative by its type.
    pub result_dot: Option<Expr>,
}

/// Transforms a function: a primal, or a sweep of a reverse transform.
pub fn forward(f: &Function, activity: &Activity) -> Tangent {
    run(f, activity, false).0
}

/// The pass in one direction or in several, and whether something in it has one direction only.
fn run(f: &Function, activity: &Activity, wide: bool) -> (Tangent, bool) {
    let mut function = f.clone();
    let body = std::mem::take(&mut function.body);
    let backward = function.backward.take();
    let mut pass = Forward {
        f: function,
        activity,
        dots: vec![None; f.vars.len()],
        records: BTreeMap::new(),
        wide,
        narrow: Cell::new(false),
    };
    pass.find_records(&body);
    if let Some(backward) = &backward {
        pass.find_records(&backward.body);
    }

    let mut stmts = Vec::new();
    let mut dots = Vec::new();
    for param in &f.params {
        dots.push(pass.param(param, &mut stmts));
    }
    pass.stmts(body, &mut stmts);
    let result_dot = pass.result(&mut stmts);
    pass.f.body = Block { stmts };
    pass.f.backward = backward.map(|mut backward| {
        backward.body = pass.block(backward.body);
        backward
    });
    let narrow = pass.narrow.get();
    (Tangent { function: pass.f, dots, result_dot }, narrow)
}

/// The pass: the function so far, and the tangent variables declared so far.
struct Forward<'a> {
    f: Function,
    activity: &'a Activity,
    dots: Vec<Option<Var>>,
    /// For each record, which of its values have a tangent.
    records: BTreeMap<Var, Vec<bool>>,
    /// Whether tangents have several directions.
    wide: bool,
    /// Whether something was met that has a tangent in one direction only.
    narrow: Cell<bool>,
}

impl Forward<'_> {
    // ---- variables and places ----

    fn dot(&self, var: Var) -> Option<Var> {
        self.dots.get(var.0).copied().flatten()
    }

    /// Whether a variable of the function is to have a tangent.
    fn is_active(&self, var: Var) -> bool {
        self.activity.is_active(var)
    }

    /// Makes the tangent variable of a variable, for the caller to declare.
    fn new_dot(&mut self, var: Var) -> Var {
        let info = self.f.info(var);
        let dot = VarInfo {
            name: format_ident!("{}_dot", info.name),
            ty: self.tangent_ty(&info.ty),
            mutable: info.mutable,
            by_ref: info.by_ref,
            view_of: None,
            apart: false,
            late: info.late,
            boxed: info.boxed,
            near: false,
            tangent_of: Some(var),
            made: false,
        };
        let dot = self.f.add_var(dot);
        if self.dots.len() <= var.0 {
            self.dots.resize(var.0 + 1, None);
        }
        self.dots[var.0] = Some(dot);
        dot
    }

    fn local(&mut self, name: &str, ty: Ty) -> Var {
        self.f.add_var(VarInfo::local(name, ty, Span::call_site()))
    }

    /// The tangent of a place, if it has one.
    fn dot_place(&self, place: &Place) -> Option<Place> {
        let root = self.dot(place.root)?;
        if !self.f.may_be_active(place) {
            return None;
        }
        Some(self.tangent_of(place, root))
    }

    /// The tangent of a place where that of its variable is `dot`.
    fn tangent_of(&self, place: &Place, dot: Var) -> Place {
        let dot = place.with_root(dot);
        if self.wide { self.numbered(place, dot) } else { dot }
    }

    /// The tangent of a parameter. One that is not differentiated but holds active values on the
    /// way (scratch) gets a tangent of its own, zero at first.
    fn param(&mut self, param: &Param, out: &mut Vec<Stmt>) -> Option<Var> {
        if param.active {
            return Some(self.new_dot(param.var));
        }
        if self.is_active(param.var) {
            let dot = self.new_dot(param.var);
            let info = &mut self.f.vars[dot.0];
            info.by_ref = None;
            info.mutable = true;
            if let Ty::Slice(item) = &info.ty {
                info.ty = Ty::Vec(item.clone());
            }
            let zero = self.zero_like(param.var);
            out.push(Stmt::Let { var: dot, init: Some(zero) });
        }
        None
    }

    fn result(&mut self, out: &mut Vec<Stmt>) -> Option<Expr> {
        if !self.f.result.ty(&self.f).may_be_active() {
            return None;
        }
        let result = std::mem::replace(&mut self.f.result, Expr::Tuple(Vec::new()));
        let (mut result, dot) = self.differentiate(result, None, out);
        let dot = match dot {
            Some(dot) => dot,
            None => self.zero_of(&mut result, out),
        };
        self.f.result = result;
        Some(dot)
    }

    fn find_records(&mut self, block: &Block) {
        walk::statements(block, &mut |stmt| {
            if let Stmt::RecordPop { record, vars } = stmt {
                let active = vars.iter().map(|var| self.activity.is_active(*var));
                let known = self.records.entry(*record).or_insert_with(|| vec![false; vars.len()]);
                for (known, active) in known.iter_mut().zip(active) {
                    *known |= active;
                }
            }
        });
    }

    // ---- statements ----

    fn block(&mut self, block: Block) -> Block {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        self.stmts(block, &mut stmts);
        Block { stmts }
    }

    fn stmts(&mut self, block: Block, out: &mut Vec<Stmt>) {
        // Parts of one place are lent together: their tangents come behind all of them.
        let mut views = Vec::new();
        for stmt in block.stmts {
            let mut declared = Vec::new();
            // The tangents of what a record keeps are kept in it.
            if !matches!(stmt, Stmt::RecordNew { .. }) {
                walk::declared_by(&stmt, &mut |var| declared.push(var));
            }
            if let Stmt::View { var } = stmt {
                out.push(stmt);
                views.extend(self.view_dot(var));
            } else {
                out.append(&mut views);
                self.stmt(stmt, out);
            }
            for var in declared {
                self.zero_for_later(var, out);
            }
        }
        out.append(&mut views);
    }

    /// The same view of the tangent, if it has one.
    fn view_dot(&mut self, var: Var) -> Option<Stmt> {
        let base = self.f.info(var).view_of.clone()?;
        let base = self.dot_place(&base)?;
        let dot = self.new_dot(var);
        self.f.vars[dot.0].view_of = Some(base);
        Some(Stmt::View { var: dot })
    }

    /// A variable that was declared with an inactive value but may be given an active one gets a
    /// tangent of zero.
    fn zero_for_later(&mut self, var: Var, out: &mut Vec<Stmt>) {
        let info = self.f.info(var);
        if info.mutable && info.view_of.is_none() && self.is_active(var) && self.dot(var).is_none() {
            let zero = self.zero_like(var);
            let dot = self.new_dot(var);
            out.push(Stmt::Let { var: dot, init: Some(zero) });
        }
    }

    fn zero_like(&self, var: Var) -> Expr {
        self.zero_at(&self.f.info(var).ty, Place::var(var))
    }

    /// Nothing active is ever stored where there is no tangent.
    fn assert_inactive(&self, place: &Place, value: &Expr) {
        assert!(
            !(self.activity.is_active_place(&self.f, place) && self.carries(value)),
            "forward mode: `{place} = {value}` would lose a tangent: a bug in the compiler",
        );
    }

    fn stmt(&mut self, stmt: Stmt, out: &mut Vec<Stmt>) {
        match stmt {
            Stmt::Let { var, init } => self.declare(var, init, out),
            Stmt::View { var } => {
                out.push(stmt);
                out.extend(self.view_dot(var));
            }
            Stmt::Assign { place, op, value, span } => self.assign(place, op, value, span, out),
            Stmt::Swap { a, b } => {
                let dots = self.dot_place(&a).zip(self.dot_place(&b));
                out.push(Stmt::Swap { a, b });
                if let Some((a, b)) = dots {
                    out.push(Stmt::Swap { a, b });
                }
            }
            Stmt::CopyFrom { dst, src } => {
                let dots = (self.dot_place(&dst), self.dot_place(&src));
                out.push(Stmt::CopyFrom { dst: dst.clone(), src });
                match dots {
                    (Some(dst), Some(src)) => out.push(Stmt::CopyFrom { dst, src }),
                    (Some(dot), None) => self.clear(&dot, &dst, out),
                    (None, _) => {}
                }
            }
            Stmt::Fill { place, value } => {
                let Some(dot_place) = self.dot_place(&place) else {
                    self.assert_inactive(&place, &value);
                    out.push(Stmt::Fill { place, value });
                    return;
                };
                // The tangent first: its zero may be made like the value.
                let (value, dot) = self.with_zero(value, out);
                out.push(Stmt::Fill { place: dot_place, value: dot });
                out.push(Stmt::Fill { place, value });
            }
            Stmt::If { cond, then, els } => {
                let (then, els) = (self.block(then), self.block(els));
                out.push(Stmt::If { cond, then, els });
            }
            Stmt::Match { on, mutable, arms, span } => self.matching(on, mutable, arms, span, out),
            Stmt::For { var, lo, hi, rev, body, exits, span } => {
                let body = self.block(body);
                out.push(Stmt::For { var, lo, hi, rev, body, exits, span });
            }
            Stmt::While { pre, cond, body, exits, span } => {
                let (pre, body) = (self.block(pre), self.block(body));
                out.push(Stmt::While { pre, cond, body, exits, span });
            }
            Stmt::Call(call) => self.call(call, out),
            Stmt::Vector { vec, op, span } => self.vector(vec, op, span, out),
            Stmt::Effect { .. } | Stmt::Bail { .. } | Stmt::Item(_) | Stmt::RecordNew { .. } => {
                out.push(stmt);
            }
            Stmt::Accumulate { place, value, negate } => {
                let Some(dot_place) = self.dot_place(&place) else {
                    self.assert_inactive(&place, &value);
                    out.push(Stmt::Accumulate { place, value, negate });
                    return;
                };
                let (value, dot) = self.differentiate(value, None, out);
                if let Some(value) = dot {
                    out.push(Stmt::Accumulate { place: dot_place, value, negate });
                }
                out.push(Stmt::Accumulate { place, value, negate });
            }
            Stmt::RecordPush { record, values } => {
                let active = self.records.get(&record).cloned().unwrap_or_default();
                let mut dots = Vec::new();
                let mut primal = Vec::new();
                for (index, value) in values.into_iter().enumerate() {
                    if active.get(index).copied().unwrap_or(false) {
                        let (value, dot) = self.with_zero(value, out);
                        primal.push(value);
                        dots.push(dot);
                    } else {
                        primal.push(value);
                    }
                }
                primal.append(&mut dots);
                out.push(Stmt::RecordPush { record, values: primal });
            }
            Stmt::RecordPop { record, mut vars } => {
                let active = self.records.get(&record).cloned().unwrap_or_default();
                let primal = vars.clone();
                for (var, active) in primal.into_iter().zip(active) {
                    if active {
                        vars.push(self.new_dot(var));
                    }
                }
                out.push(Stmt::RecordPop { record, vars });
            }
            Stmt::Replace { var, place, value } => {
                let Some(dot_place) = self.dot_place(&place) else {
                    self.assert_inactive(&place, &value);
                    out.push(Stmt::Replace { var, place, value });
                    return;
                };
                let (value, dot) = self.with_zero(value, out);
                let var_dot = self.new_dot(var);
                out.push(Stmt::Replace { var: var_dot, place: dot_place, value: dot });
                out.push(Stmt::Replace { var, place, value });
            }
            Stmt::Pull { rev, seed, args, call, tangents } => self.pull(rev, seed, args, call, tangents, out),
        }
    }

    fn declare(&mut self, var: Var, init: Option<Expr>, out: &mut Vec<Stmt>) {
        if !self.is_active(var) {
            out.push(Stmt::Let { var, init });
            return;
        }
        let Some(init) = init else {
            out.push(Stmt::Let { var, init: None });
            let dot = self.new_dot(var);
            out.push(Stmt::Let { var: dot, init: None });
            return;
        };
        // Nobody has assigned it yet, so there is no shape to make a zero of.
        let absent = matches!(init, Expr::Placeholder(_)) && self.f.info(var).boxed;
        let (init, dot) = self.differentiate(init, Some(var), out);
        let dot = match dot {
            Some(dot) => Some(dot),
            None if absent => Some(init.clone()),
            // Zero for good, unless it may be changed later.
            None if !self.f.info(var).mutable => None,
            None => Some(self.zero_beside(&init, var)),
        };
        // A read may move the value out of its place, at which the tangent's type is looked up, and a
        // struct may take what its tangent has a zero of.
        let moves = match (&init, &dot) {
            (Expr::Read(place), _) => !place.is_var(),
            (Expr::Struct { .. }, Some(Expr::Struct { fields, .. })) => {
                fields.iter().any(|(_, dot)| matches!(dot, Expr::Zero { like } if like.root != var))
            }
            _ => false,
        };
        let primal = Stmt::Let { var, init: Some(init) };
        let tangent = dot.map(|init| Stmt::Let { var: self.new_dot(var), init: Some(init) });
        match moves {
            true => out.extend(tangent.into_iter().chain([primal])),
            false => out.extend([primal].into_iter().chain(tangent)),
        }
    }

    fn assign(&mut self, place: Place, op: Option<Op>, value: Expr, span: Span, out: &mut Vec<Stmt>) {
        let Some(dot_place) = self.dot_place(&place) else {
            self.assert_inactive(&place, &value);
            out.push(Stmt::Assign { place, op, value, span });
            return;
        };
        match op {
            // `s = e`: the tangent first, for `e` may read `s`.
            None => {
                let (value, dot) = self.with_zero(value, out);
                out.push(Stmt::Assign { place: dot_place, op: None, value: dot, span });
                out.push(Stmt::Assign { place, op: None, value, span });
            }
            // `s += c` leaves the tangent alone.
            Some(Op::Add | Op::Sub | Op::Rem) if !self.carries(&value) => {
                out.push(Stmt::Assign { place, op, value, span });
            }
            Some(Op::Mul | Op::Div) if !self.carries(&value) => {
                let value = self.shared(value, out);
                out.push(Stmt::Assign { place: dot_place, op, value: value.clone(), span });
                out.push(Stmt::Assign { place, op, value, span });
            }
            Some(op @ (Op::Add | Op::Sub)) => {
                let (value, dot) = self.differentiate(value, None, out);
                if let Some(dot) = dot {
                    out.push(Stmt::Assign { place: dot_place, op: Some(op), value: dot, span });
                }
                out.push(Stmt::Assign { place, op: Some(op), value, span });
            }
            // `s *= e` as `s = s * e`, which is the same operation.
            Some(op) => {
                let value = Expr::Prim { op, args: vec![Expr::Read(place.clone()), value], span };
                let (value, dot) = self.with_zero(value, out);
                out.push(Stmt::Assign { place: dot_place, op: None, value: dot, span });
                out.push(Stmt::Assign { place, op: None, value, span });
            }
        }
    }

    /// Sets the elements of a tangent to zero. `like` is the primal place.
    fn clear(&mut self, dot: &Place, like: &Place, out: &mut Vec<Stmt>) {
        let item = self.f.place_ty(like).element();
        if item.is_float() {
            out.push(Stmt::Fill { place: dot.clone(), value: self.scalar_zero(&item) });
            return;
        }
        let index = self.local("k", usize_ty());
        let step = Proj::Index(Expr::read(index));
        let slot = Stmt::Assign {
            place: dot.project(step.clone()),
            op: None,
            value: self.zero_at(&item, like.project(step)),
            span: dot.span,
        };
        out.push(count(index, Expr::Len(like.clone()), slot));
    }

    fn vector(&mut self, vec: Place, op: VecOp, span: Span, out: &mut Vec<Stmt>) {
        let Some(dot_vec) = self.dot_place(&vec) else {
            out.push(Stmt::Vector { vec, op, span });
            return;
        };
        let (op, dot_op) = match op {
            VecOp::Push(value) => {
                let (value, dot) = self.with_zero(value, out);
                (VecOp::Push(value), VecOp::Push(dot))
            }
            VecOp::Insert(index, value) => {
                let (value, dot) = self.with_zero(value, out);
                (VecOp::Insert(index.clone(), value), VecOp::Insert(index, dot))
            }
            VecOp::Resize(len, value) => {
                let (value, dot) = self.with_zero(value, out);
                (VecOp::Resize(len.clone(), value), VecOp::Resize(len, dot))
            }
            VecOp::Pop(var) => (VecOp::Pop(var), VecOp::Pop(self.dot_of_popped(var))),
            VecOp::Remove(index, var) => {
                let dot = self.dot_of_popped(var);
                (VecOp::Remove(index.clone(), var), VecOp::Remove(index, dot))
            }
            VecOp::Extend(src) => match self.dot_place(&src) {
                Some(dot) => (VecOp::Extend(src), VecOp::Extend(dot)),
                None => {
                    self.extend_with_zeros(&dot_vec, &src, span, out);
                    out.push(Stmt::Vector { vec, op: VecOp::Extend(src), span });
                    return;
                }
            },
            VecOp::Truncate(_) | VecOp::Clear | VecOp::Reverse => (op.clone(), op),
        };
        // The tangent first: its zero may be made like the value.
        out.push(Stmt::Vector { vec: dot_vec, op: dot_op, span });
        out.push(Stmt::Vector { vec, op, span });
    }

    fn dot_of_popped(&mut self, var: Option<Var>) -> Option<Var> {
        match var {
            Some(var) if self.is_active(var) => Some(self.new_dot(var)),
            Some(_) | None => None,
        }
    }

    fn extend_with_zeros(&mut self, dot: &Place, src: &Place, span: Span, out: &mut Vec<Stmt>) {
        let index = self.local("k", usize_ty());
        let item = self.f.place_ty(src).element();
        let zero = self.zero_at(&item, src.project(Proj::Index(Expr::read(index))));
        let push = Stmt::Vector { vec: dot.clone(), op: VecOp::Push(zero), span };
        out.push(count(index, Expr::Len(src.clone()), push));
    }
}

/// `for index in 0..len { stmt }`
fn count(index: Var, len: Expr, stmt: Stmt) -> Stmt {
    Stmt::For {
        var: index,
        lo: Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", Span::call_site()))),
        hi: len,
        rev: false,
        body: Block { stmts: vec![stmt] },
        exits: Vec::new(),
        span: Span::call_site(),
    }
}

fn usize_ty() -> Ty {
    Ty::Int(Some(format_ident!("usize")))
}
