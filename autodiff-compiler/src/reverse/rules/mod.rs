//! The adjoint of each simple statement, local to it: what the reverse sweep does when it
//! passes the statement, in terms of cotangents and primal values. Where those values come from
//! is decided in `plan`.

mod call;
mod propagate;
mod vector;

use crate::analyze::activity::{self, Activity};
use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet};

/// A prepared function with its shadows.
pub struct Rules {
    pub f: Function,
    pub activity: Activity,
    /// The cotangent of each storage variable or pattern binding that has one.
    shadows: Vec<Option<Var>>,
    /// How many variables the function had before the transform added its own.
    pub primal_vars: usize,
    /// The variables that are cotangents.
    pub cotangents: BTreeSet<Var>,
    /// The primal variables whose cotangent an adjoint declares.
    pub defined: BTreeSet<Var>,
    /// What immutable integers are defined by.
    definitions: BTreeMap<Var, Expr>,
    lenders: BTreeMap<Var, Expr>,
    /// Loops, and the variables from outside that each of their iterations overwrites first.
    pub private: BTreeSet<(usize, Var)>,
}

/// The variables as they were before something was tried.
#[derive(Clone)]
pub struct Variables {
    vars: Vec<VarInfo>,
    shadows: Vec<Option<Var>>,
    cotangents: BTreeSet<Var>,
}

/// The definitions of integers by integers, none of which changes.
fn integers(f: &Function) -> BTreeMap<Var, Expr> {
    let mut found = BTreeMap::new();
    walk::statements(&f.body, &mut |stmt| {
        if let Stmt::Let { var, init: Some(init @ Expr::Prim { .. }) } = stmt
            && f.info(*var).ty.is_int()
            && !f.info(*var).mutable
        {
            let mut steady = true;
            walk::accesses_of_expr(init, &mut |place, _| {
                steady &= place.is_var() && !f.info(place.root).mutable;
            });
            if steady {
                found.insert(*var, init.clone());
            }
        }
    });
    found
}

/// Structs that are made for a call, out of references: the reverse sweep makes them again.
fn lenders(f: &Function, activity: &Activity) -> BTreeMap<Var, Expr> {
    let mut found = BTreeMap::new();
    let result = if let Expr::Move(var) = &f.result { Some(*var) } else { None };
    walk::statements(&f.body, &mut |stmt| {
        if let Stmt::Let { var, init: Some(init @ Expr::Struct { fields, .. }) } = stmt
            && activity.is_varied(*var)
            && fields.iter().any(|(_, value)| lends(&found, value))
            && !f.info(*var).mutable
            && result != Some(*var)
        {
            found.insert(*var, init.clone());
        }
    });
    found
}

fn lends(lenders: &BTreeMap<Var, Expr>, value: &Expr) -> bool {
    match value {
        Expr::Borrow { .. } => true,
        Expr::Read(Place { root: var, .. }) | Expr::Move(var) => lenders.contains_key(var),
        Expr::Struct { fields, .. } => fields.iter().any(|(_, value)| lends(lenders, value)),
        // A copy of what a reference refers to borrows nothing; nothing else of a lender is a field of one.
        Expr::ToOwned(_)
        | Expr::Lit(_)
        | Expr::Const(..)
        | Expr::Opaque { .. }
        | Expr::Prim { .. }
        | Expr::Select { .. }
        | Expr::Cast { .. }
        | Expr::Len(_)
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Some(_)
        | Expr::Zero { .. }
        | Expr::Take { .. }
        | Expr::Placeholder(_) => false,
    }
}

/// An increment of a cotangent: `value`, or `-value`.
struct Term {
    value: Expr,
    negate: bool,
}

impl Rules {
    pub fn new(f: Function, activity: Activity) -> Rules {
        let shadows = vec![None; f.vars.len()];
        let primal_vars = f.vars.len();
        let definitions = integers(&f);
        Rules {
            definitions,
            lenders: lenders(&f, &activity),
            f,
            activity,
            shadows,
            primal_vars,
            cotangents: BTreeSet::new(),
            defined: BTreeSet::new(),
            private: BTreeSet::new(),
        }
    }

    pub fn variables(&self) -> Variables {
        Variables {
            vars: self.f.vars.clone(),
            shadows: self.shadows.clone(),
            cotangents: self.cotangents.clone(),
        }
    }

    /// Takes back what was added since; cotangents that were given since are gone, too.
    pub fn restore(&mut self, before: &Variables) {
        self.f.vars.clone_from(&before.vars);
        self.shadows.clone_from(&before.shadows);
        self.cotangents.clone_from(&before.cotangents);
    }

    pub fn is_active(&self, var: Var) -> bool {
        self.activity.is_active(var)
    }

    /// The cotangent of a storage variable or pattern binding.
    pub fn shadow(&mut self, var: Var) -> Var {
        if let Some(Some(shadow)) = self.shadows.get(var.0) {
            return *shadow;
        }
        let info = self.f.info(var).clone();
        let shadow = self.f.add_var(VarInfo {
            name: format_ident!("{}_bar", info.name, span = info.name.span()),
            ty: info.ty,
            mutable: true,
            by_ref: info.by_ref.map(|_| true),
            view_of: None,
            apart: false,
            late: false,
            boxed: false,
            near: false,
            tangent_of: None,
            made: false,
        });
        if self.shadows.len() <= var.0 {
            self.shadows.resize(var.0 + 1, None);
        }
        self.shadows[var.0] = Some(shadow);
        self.cotangents.insert(shadow);
        shadow
    }

    /// The shadow that a variable has been given, if any.
    pub fn known_shadow(&self, var: Var) -> Option<Var> {
        self.shadows.get(var.0).copied().flatten()
    }

    /// Whether a variable stands for the payload of a matched value.
    pub fn is_binding(&self, var: Var) -> bool {
        self.f
            .info(var)
            .view_of
            .as_ref()
            .is_some_and(|base| base.proj.iter().any(|step| matches!(step, Proj::Payload)))
    }

    /// A place with its views resolved, down to storage or to a pattern binding.
    pub fn resolve(&self, place: &Place) -> Place {
        let mut place = place.clone();
        while !self.is_binding(place.root) {
            let Some(base) = &self.f.info(place.root).view_of else { break };
            let mut proj = base.proj.clone();
            proj.extend(place.proj);
            place = Place { root: base.root, proj, span: place.span };
        }
        place
    }

    pub fn shadow_place(&mut self, place: &Place) -> Place {
        let place = self.resolve(place);
        let root = self.shadow(place.root);
        place.with_root(root)
    }

    pub fn local(&mut self, name: &str, ty: Ty, mutable: bool) -> Var {
        self.f.add_var(VarInfo { mutable, ..VarInfo::local(name, ty, Span::call_site()) })
    }

    /// The storage that the function's result reads.
    pub fn result_root(&self) -> Option<Var> {
        match &self.f.result {
            Expr::Read(place) | Expr::ToOwned(place) => Some(self.f.storage(place.root)),
            Expr::Move(var) => Some(self.f.storage(*var)),
            _ => None,
        }
    }

    pub fn is_cotangent(&self, var: Var) -> bool {
        self.cotangents.contains(&var)
    }

    pub fn is_active_place(&self, place: &Place) -> bool {
        self.activity.is_active_place(&self.f, place)
    }

    fn is_active_expr(&self, expr: &Expr) -> bool {
        let mut carriers = Vec::new();
        activity::carriers(&self.f, expr, &mut carriers);
        carriers.into_iter().any(|var| self.is_active(var))
    }

    /// The adjoint of a simple statement, in the order in which the reverse sweep runs it.
    /// Primal values it reads are those at the statement, its own writes undone.
    pub fn adjoint(&mut self, stmt: &Stmt) -> Vec<Stmt> {
        let mut out = Vec::new();
        match stmt {
            Stmt::Let { var, init: Some(init) } => {
                // Who calls with it gives it a cotangent of its own.
                if self.is_active(*var) && !self.lenders.contains_key(var) {
                    let seed = Place::var(self.shadow(*var));
                    let result = Expr::read(*var);
                    self.propagate(init, &seed, &result, &mut out);
                }
            }
            Stmt::Assign { place, op, value, .. } => self.assign(place, *op, value, &mut out),
            Stmt::Swap { a, b } => {
                if self.is_active_place(a) {
                    let (a, b) = (self.shadow_place(a), self.shadow_place(b));
                    out.push(Stmt::Swap { a, b });
                }
            }
            Stmt::CopyFrom { dst, src } => {
                if self.is_active_place(dst) {
                    let index = self.local("k", int("usize"), false);
                    let step = Proj::Index(Expr::read(index));
                    let (dst_k, src_k) = (dst.project(step.clone()), src.project(step));
                    let mut body = Vec::new();
                    if self.is_active_place(src) {
                        let value = self.take(&dst_k);
                        self.accumulate(&src_k, Term { value, negate: false }, &mut body);
                    } else {
                        self.clear(&dst_k, &mut body);
                    }
                    let len = self.length_of(dst);
                    out.push(self.count(index, len, body));
                }
            }
            Stmt::Fill { place, value } => {
                if self.is_active_place(place) {
                    let index = self.local("k", int("usize"), false);
                    let slot = place.project(Proj::Index(Expr::read(index)));
                    let mut body = Vec::new();
                    self.overwrite(&slot, value, &mut body);
                    let len = self.length_of(place);
                    out.push(self.count(index, len, body));
                }
            }
            Stmt::Call(call) => self.call(call, &mut out),
            Stmt::Vector { vec, op, .. } => {
                if self.is_active_place(vec) {
                    self.vector(vec, op, &mut out);
                }
            }
            Stmt::Let { init: None, .. }
            | Stmt::View { .. }
            | Stmt::If { .. }
            | Stmt::Match { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_) => {}
            Stmt::Accumulate { .. }
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Replace { .. }
            | Stmt::Pull { .. } => {
                unreachable!("the reverse transform runs on primal functions only")
            }
        }
        out
    }

    /// `for index in 0..len { body }`
    fn count(&self, index: Var, len: Expr, body: Vec<Stmt>) -> Stmt {
        Stmt::For {
            var: index,
            lo: Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", Span::call_site()))),
            hi: len,
            rev: false,
            body: Block { stmts: body },
            exits: Vec::new(),
            span: Span::call_site(),
        }
    }

    fn assign(&mut self, place: &Place, op: Option<Op>, value: &Expr, out: &mut Vec<Stmt>) {
        if !self.is_active_place(place) {
            return;
        }
        match op {
            None if place.is_var() && self.f.info(place.root).late => {
                let seed = self.shadow_place(place);
                let result = Expr::Read(self.resolve(place));
                match value {
                    Expr::Read(_) | Expr::Move(_) if self.is_active_expr(value) => {
                        // Assigned once: its cotangent is not needed again.
                        let value_bar = match self.f.place_ty(place).is_float() {
                            true => Expr::Read(seed),
                            false => Expr::Move(seed.root),
                        };
                        self.accumulate_into(value, Term { value: value_bar, negate: false }, out);
                    }
                    _ => self.propagate(value, &seed, &result, out),
                }
            }
            None => self.overwrite(place, value, out),
            Some(Op::Add | Op::Sub) => {
                if self.is_active_expr(value) {
                    let seed = Expr::Read(self.shadow_place(place));
                    let term = Term { value: seed, negate: op == Some(Op::Sub) };
                    self.accumulate_into(value, term, out);
                }
            }
            Some(Op::Mul) => {
                let shadow = self.shadow_place(place);
                if self.is_active_expr(value) {
                    let old = Expr::Read(self.resolve(place));
                    let term = Expr::prim(Op::Mul, vec![Expr::Read(shadow.clone()), old]);
                    self.accumulate_into(value, Term { value: term, negate: false }, out);
                }
                out.push(self.scale(shadow, Op::Mul, value));
            }
            Some(Op::Div) => {
                let shadow = self.shadow_place(place);
                out.push(self.scale(shadow.clone(), Op::Div, value));
                if self.is_active_expr(value) {
                    let old = Expr::Read(self.resolve(place));
                    let ratio = Expr::prim(Op::Div, vec![old, self.primal(value)]);
                    let term = Expr::prim(Op::Mul, vec![Expr::Read(shadow), ratio]);
                    self.accumulate_into(value, Term { value: term, negate: true }, out);
                }
            }
            Some(_) => unreachable!("`prepare` spells out other compound assignments"),
        }
    }

    fn scale(&mut self, place: Place, op: Op, factor: &Expr) -> Stmt {
        let span = place.span;
        Stmt::Assign { place, op: Some(op), value: self.primal(factor), span }
    }

    /// `place = value` where the place had a value before.
    fn overwrite(&mut self, place: &Place, value: &Expr, out: &mut Vec<Stmt>) {
        if !self.is_active_expr(value) {
            self.clear(place, out);
            return;
        }
        let ty = self.f.place_ty(place);
        if let (Expr::Read(source) | Expr::ToOwned(source), true) = (value, ty.is_float()) {
            let value = self.take(place);
            self.accumulate(&source.clone(), Term { value, negate: false }, out);
            return;
        }
        let taken = self.local("taken", ty, true);
        let init = self.take(place);
        out.push(Stmt::Let { var: taken, init: Some(init) });
        let result = Expr::Read(self.resolve(place));
        self.propagate(value, &Place::var(taken), &result, out);
    }

    fn take(&mut self, place: &Place) -> Expr {
        Expr::Take { shadow: self.shadow_place(place), like: self.resolve(place) }
    }

    fn clear(&mut self, place: &Place, out: &mut Vec<Stmt>) {
        let shadow = self.shadow_place(place);
        let value = Expr::Zero { like: self.resolve(place) };
        let span = place.span;
        out.push(Stmt::Assign { place: shadow, op: None, value, span });
    }

    /// An expression of the primal with its views resolved.
    pub fn primal(&self, expr: &Expr) -> Expr {
        walk::map_expr(expr.clone(), &mut |expr| self.resolved(expr))
    }

    /// The length of a sequence whose cotangent exists. That of an array is not kept for its
    /// shape, so that the cotangent tells it.
    fn length_of(&mut self, place: &Place) -> Expr {
        match self.f.place_ty(place) {
            Ty::Array(..) => Expr::Len(self.shadow_place(place)),
            _ => Expr::Len(self.resolve(place)),
        }
    }

    fn resolved(&self, expr: Expr) -> Expr {
        match expr {
            Expr::Read(place) => Expr::Read(self.resolve(&place)),
            Expr::ToOwned(place) => Expr::ToOwned(self.resolve(&place)),
            Expr::Len(place) => Expr::Len(self.resolve(&place)),
            Expr::Borrow { place, mutable } => Expr::Borrow { place: self.resolve(&place), mutable },
            Expr::Zero { like } => Expr::Zero { like: self.resolve(&like) },
            // A move in the primal; where the adjoint mentions the value it must not move it.
            Expr::Move(var) => Expr::Read(self.resolve(&Place::var(var))),
            expr @ (Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
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
            | Expr::Take { .. }
            | Expr::Placeholder(_)) => expr,
        }
    }

    /// Adds a term to the cotangent of an active operand: of a place, or of what a conversion
    /// reads.
    fn accumulate_into(&mut self, operand: &Expr, term: Term, out: &mut Vec<Stmt>) {
        match operand {
            Expr::Read(place) | Expr::ToOwned(place) | Expr::Borrow { place, .. } => {
                self.accumulate(&place.clone(), term, out)
            }
            Expr::Move(var) => self.accumulate(&Place::var(*var), term, out),
            other => {
                let ty = other.ty(&self.f);
                let seed = self.local("t_bar", ty, false);
                let value = if term.negate { Expr::prim(Op::Neg, vec![term.value]) } else { term.value };
                out.push(Stmt::Let { var: seed, init: Some(value) });
                let result = self.primal(other);
                self.propagate(other, &Place::var(seed), &result, out);
            }
        }
    }

    fn accumulate(&mut self, place: &Place, term: Term, out: &mut Vec<Stmt>) {
        if self.is_active_place(place) {
            let place = self.shadow_place(place);
            out.push(Stmt::Accumulate { place, value: term.value, negate: term.negate });
        }
    }
}

/// What a borrowed value of type `ty` is when owned.
pub fn owned(ty: Ty) -> Ty {
    match ty {
        Ty::Slice(item) => Ty::Vec(item),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Array(..)
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Wide(_)
        | Ty::Named(_)
        | Ty::Unknown => ty,
    }
}

pub fn int(name: &str) -> Ty {
    Ty::Int(Some(syn::Ident::new(name, Span::call_site())))
}
