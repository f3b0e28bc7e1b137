//! Tangents of scalar expressions, and the choice by kind of expression.

use super::Forward;
use super::matching::is_variant;
use super::sum::sum;
use crate::ir::walk;
use crate::ir::{Block, Expr, Op, Place, Stmt, Ty, Var, VarInfo, join};
use crate::primitives::{self, literal_value, partial_of_op, product};
use proc_macro2::Span;

impl Forward<'_> {
    /// Whether the value of an expression has a tangent that may not be zero.
    pub(super) fn carries(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Len(_)
            | Expr::VecNew { .. }
            | Expr::Zero { .. }
            | Expr::Placeholder(_) => false,
            Expr::Read(place) | Expr::ToOwned(place) | Expr::Borrow { place, .. } => {
                self.dot_place(place).is_some()
            }
            Expr::Move(var) => self.dot_place(&Place::var(*var)).is_some(),
            Expr::Take { shadow, .. } => self.dot_place(shadow).is_some(),
            Expr::Prim { op, args, .. } => {
                !primitives::is_locally_constant(*op) && args.iter().any(|arg| self.carries(arg))
            }
            Expr::Select { then, els, .. } => self.carries(then) || self.carries(els),
            Expr::Cast { arg, ty, .. } => ty.may_be_active() && self.carries(arg),
            Expr::Tuple(items) | Expr::Array(items) | Expr::VecOf(items) => {
                items.iter().any(|item| self.carries(item))
            }
            Expr::Repeat { elem, .. } | Expr::VecRepeat { elem, .. } | Expr::Some(elem) => self.carries(elem),
            Expr::Struct { fields, rest, .. } => {
                fields.iter().any(|(_, value)| self.carries(value))
                    || rest.as_ref().is_some_and(|rest| self.carries(rest))
            }
        }
    }

    /// The expression with its active operands named where their tangents need it, and its
    /// tangent, to be evaluated after it; `None`: zero. Where `result` is given, the tangent may
    /// read the value there.
    pub(super) fn differentiate(
        &mut self,
        expr: Expr,
        result: Option<Var>,
        out: &mut Vec<Stmt>,
    ) -> (Expr, Option<Expr>) {
        if !self.carries(&expr) {
            return (expr, None);
        }
        match expr {
            Expr::Read(_) | Expr::ToOwned(_) | Expr::Borrow { .. } | Expr::Move(_) | Expr::Take { .. } => {
                let dot = self.dot_of_atom(&expr);
                (expr, dot)
            }
            Expr::Prim { op, args, span } => self.prim(op, args, span, result, out),
            Expr::Select { cond, then, els } => {
                if self.is_simple(&then) && self.is_simple(&els) {
                    let ty = then.ty(&self.f);
                    let arms = [&then, &els].map(|arm| Box::new(self.inline_or_zero(arm, &ty)));
                    let [dot_then, dot_els] = arms;
                    let dot = Expr::Select { cond: cond.clone(), then: dot_then, els: dot_els };
                    (Expr::Select { cond, then, els }, Some(dot))
                } else {
                    self.branch(*cond, [*then, *els], out)
                }
            }
            Expr::Cast { arg, ty, tokens } => {
                let (arg, dot) = self.differentiate(*arg, None, out);
                let cast = |arg, ty, tokens| Expr::Cast { arg: Box::new(arg), ty, tokens };
                let dot = dot.map(|dot| cast(dot, self.tangent_ty(&ty), tokens.clone()));
                (cast(arg, ty, tokens), dot)
            }
            Expr::Tuple(items) => {
                let (items, dots) = self.parts(items, out);
                (Expr::Tuple(items), Some(Expr::Tuple(dots)))
            }
            Expr::Array(items) => {
                let (items, dots) = self.parts(items, out);
                (Expr::Array(items), Some(Expr::Array(dots)))
            }
            Expr::VecOf(items) => {
                let (items, dots) = self.parts(items, out);
                (Expr::VecOf(items), Some(Expr::VecOf(dots)))
            }
            Expr::Repeat { elem, len } => {
                let (elem, dot) = self.with_zero(*elem, out);
                let repeat = |elem| Expr::Repeat { elem: Box::new(elem), len: len.clone() };
                (repeat(elem), Some(repeat(dot)))
            }
            Expr::VecRepeat { elem, len } => {
                let (elem, dot) = self.with_zero(*elem, out);
                let len = self.shared(*len, out);
                let repeat = |elem| Expr::VecRepeat { elem: Box::new(elem), len: Box::new(len.clone()) };
                (repeat(elem), Some(repeat(dot)))
            }
            Expr::Some(value) => {
                let (value, dot) = self.with_zero(*value, out);
                (Expr::Some(Box::new(value)), Some(Expr::Some(Box::new(dot))))
            }
            Expr::Struct { path, fields, rest, ty } => {
                let variant = syn::parse2::<syn::Path>(path.clone()).is_ok_and(|p| is_variant(&p));
                if variant {
                    self.variant(path, fields, ty, out)
                } else {
                    self.structure(path, fields, rest, ty, out)
                }
            }
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Len(_)
            | Expr::VecNew { .. }
            | Expr::Zero { .. }
            | Expr::Placeholder(_) => (expr, None),
        }
    }

    /// The expression and its tangent, zero spelled out.
    pub(super) fn with_zero(&mut self, expr: Expr, out: &mut Vec<Stmt>) -> (Expr, Expr) {
        let (mut expr, dot) = self.differentiate(expr, None, out);
        let dot = match dot {
            Some(dot) => dot,
            None => self.zero_of(&mut expr, out),
        };
        (expr, dot)
    }

    fn parts(&mut self, items: Vec<Expr>, out: &mut Vec<Stmt>) -> (Vec<Expr>, Vec<Expr>) {
        items.into_iter().map(|item| self.with_zero(item, out)).unzip()
    }

    /// The tangent of something that is read, moved or taken.
    pub(super) fn dot_of_atom(&self, expr: &Expr) -> Option<Expr> {
        match expr {
            // A part that is read is `Copy`, which its tangent need not be, where only rustc knows its type.
            Expr::Read(place) if !place.proj.is_empty() && !self.f.place_ty(place).has_copied_tangent() => {
                self.dot_place(place).map(Expr::ToOwned)
            }
            Expr::Read(place) if self.f.is_generic(&self.f.place_ty(place)) => {
                self.dot_place(place).map(Expr::ToOwned)
            }
            Expr::Read(place) => self.dot_place(place).map(Expr::Read),
            // A tangent borrows nothing.
            Expr::ToOwned(place) | Expr::Borrow { place, .. } => self.dot_place(place).map(Expr::ToOwned),
            Expr::Move(var) => self.dot_place(&Place::var(*var)).map(|dot| Expr::Move(dot.root)),
            Expr::Take { shadow, like } => {
                let shadow = self.dot_place(shadow)?;
                // The zero that stays is made like a value.
                if matches!(self.f.place_ty(&shadow), Ty::Unknown) {
                    self.one_direction();
                }
                Some(Expr::Take { shadow, like: like.clone() })
            }
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Len(_)
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Zero { .. }
            | Expr::Placeholder(_) => None,
        }
    }

    // ---- operators and primitives ----

    fn prim(
        &mut self,
        op: Op,
        args: Vec<Expr>,
        span: Span,
        result: Option<Var>,
        out: &mut Vec<Stmt>,
    ) -> (Expr, Option<Expr>) {
        let args: Vec<Expr> = args.into_iter().map(|arg| self.operand(arg, out)).collect();
        let expr = Expr::Prim { op, args, span };
        let ty = expr.ty(&self.f);
        let temporary = match result {
            Some(_) => None,
            None => Some(self.local("value", ty)),
        };
        let value = result.or(temporary).map(Expr::read);
        let Some(value) = value else { unreachable!("one of the two") };
        let dot = self.dot_of_prim(&expr, &value);
        let Some(temporary) = temporary else { return (expr, dot) };
        if dot.as_ref().is_some_and(|dot| mentions(dot, temporary)) {
            out.push(Stmt::Let { var: temporary, init: Some(expr) });
            (Expr::read(temporary), dot)
        } else {
            self.f.vars.pop();
            (expr, dot)
        }
    }

    /// The tangent of an operator on atoms: the sum of the partials times the tangents.
    fn dot_of_prim(&self, expr: &Expr, result: &Expr) -> Option<Expr> {
        let Expr::Prim { op, args, .. } = expr else { unreachable!("only of operators") };
        let ty = expr.ty(&self.f);
        let mut terms = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let Some(seed) = self.dot_of_atom(arg) else { continue };
            let partial = partial_of_op(*op, args, result, index, &ty);
            match product(&seed, partial) {
                // `a * b_dot` reads better than `b_dot * a`.
                Some(Expr::Prim { op: Op::Mul, mut args, span }) if *op == Op::Mul && index == 1 => {
                    args.swap(0, 1);
                    terms.push(Expr::Prim { op: Op::Mul, args, span });
                }
                Some(term) => terms.push(term),
                None => {}
            }
        }
        sum(terms).map(|dot| self.widened(dot))
    }

    /// An operand of an active operator, as something that can be read again: named unless it is
    /// an atom or cheap and inactive.
    fn operand(&mut self, arg: Expr, out: &mut Vec<Stmt>) -> Expr {
        match arg {
            Expr::Move(var) => Expr::read(var),
            arg if arg.is_atom() || literal_value(&arg).is_some() => arg,
            arg if self.carries(&arg) => self.name(arg, out),
            arg => self.shared(arg, out),
        }
    }

    /// An inactive expression that is evaluated twice: named if that costs something.
    pub(super) fn shared(&mut self, expr: Expr, out: &mut Vec<Stmt>) -> Expr {
        let mut dear = false;
        walk::subexprs(&expr, &mut |part| match part {
            Expr::Opaque { .. } => dear = true,
            Expr::Prim { op, .. } => dear |= !primitives::is_cheap(*op),
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Read(_)
            | Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Len(_)
            | Expr::Select { .. }
            | Expr::Cast { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Zero { .. }
            | Expr::Take { .. }
            | Expr::Placeholder(_) => {}
        });
        if dear { self.name(expr, out) } else { expr }
    }

    /// Gives the value of an expression a variable, with its tangent.
    fn name(&mut self, expr: Expr, out: &mut Vec<Stmt>) -> Expr {
        let ty = expr.ty(&self.f);
        let var = self.local("value", ty);
        let (init, dot) = self.differentiate(expr, Some(var), out);
        out.push(Stmt::Let { var, init: Some(init) });
        if dot.is_some() {
            let dot_var = self.new_dot(var);
            out.push(Stmt::Let { var: dot_var, init: dot });
        }
        Expr::read(var)
    }

    // ---- selections ----

    /// Whether the tangent of a selection's arm is an expression over atoms.
    fn is_simple(&self, arm: &Expr) -> bool {
        if !self.carries(arm) {
            return matches!(arm, Expr::Read(_) | Expr::ToOwned(_)) || arm.ty(&self.f).is_float();
        }
        if let Expr::Prim { args, .. } = arm {
            args.iter().all(|arg| arg.is_atom() || !self.carries(arg))
        } else if let Expr::Select { then, els, .. } = arm {
            self.is_simple(then) && self.is_simple(els)
        } else {
            self.dot_of_atom(arm).is_some()
        }
    }

    fn inline_or_zero(&self, arm: &Expr, ty: &Ty) -> Expr {
        if let Some(dot) = self.inline(arm) {
            return dot;
        }
        if let (Expr::Read(place) | Expr::ToOwned(place), false) = (arm, ty.is_float()) {
            return self.zero_at(ty, place.clone());
        }
        self.scalar_zero(ty)
    }

    /// The tangent of a simple arm, which computes the arm's value again where it needs it.
    fn inline(&self, arm: &Expr) -> Option<Expr> {
        if !self.carries(arm) {
            return None;
        }
        if let Expr::Prim { .. } = arm {
            return self.dot_of_prim(arm, arm);
        }
        let Expr::Select { cond, then, els } = arm else { return self.dot_of_atom(arm) };
        let ty = arm.ty(&self.f);
        let [then, els] = [then, els].map(|arm| Box::new(self.inline_or_zero(arm, &ty)));
        Some(Expr::Select { cond: cond.clone(), then, els })
    }

    /// A selection as a branch, so that what its arms need is computed in them only.
    fn branch(&mut self, cond: Expr, arms: [Expr; 2], out: &mut Vec<Stmt>) -> (Expr, Option<Expr>) {
        let [then, els] = &arms;
        let ty = join(then.ty(&self.f), els.ty(&self.f));
        let copy = ty.is_copy();
        let var = self.f.add_var(VarInfo { late: true, ..VarInfo::local("chosen", ty, Span::call_site()) });
        let dot = self.new_dot(var);
        out.push(Stmt::Let { var, init: None });
        out.push(Stmt::Let { var: dot, init: None });
        let [then, els] = arms.map(|arm| {
            let mut stmts = Vec::new();
            let (value, value_dot) = self.with_zero(arm, &mut stmts);
            for (target, value) in [(var, value), (dot, value_dot)] {
                let (place, span) = (Place::var(target), Span::call_site());
                stmts.push(Stmt::Assign { place, op: None, value, span });
            }
            Block { stmts }
        });
        out.push(Stmt::If { cond, then, els });
        if copy { (Expr::read(var), Some(Expr::read(dot))) } else { (Expr::Move(var), Some(Expr::Move(dot))) }
    }
}

/// Whether an expression reads a variable.
fn mentions(expr: &Expr, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_expr(expr, &mut |place, _| found |= place.root == var);
    found
}
