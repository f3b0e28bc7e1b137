//! References that are made to refer to something else: `rest = &rest[1..]`.
//!
//! Such a reference always refers to a part of one place, of one form; what changes are the indices
//! and bounds in it. These are variables, copied wherever the reference is used.

use super::Lowerer;
use super::pattern::usize_lit;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::quote;
use std::collections::BTreeSet;
use syn::Ident;
use syn::visit::{self, Visit};

/// What a reference that moves refers to.
#[derive(Clone)]
pub(super) struct Moving {
    root: Var,
    steps: Vec<Step>,
    mutable: bool,
}

/// A step to a part, with the variables that say which.
#[derive(Clone)]
enum Step {
    Fixed(Proj),
    Index(Var),
    Range(Var, Var),
}

impl Moving {
    /// A shared reference to a place in its normal form; `slot` declares a variable for an index.
    pub(super) fn of(root: Var, steps: Vec<Proj>, slot: &mut dyn FnMut(&str, Expr) -> Var) -> Moving {
        let steps = steps
            .into_iter()
            .map(|step| match step {
                Proj::Index(index) => Step::Index(slot("at", index)),
                Proj::Range(lo, hi) => {
                    let (lo, hi) = (lo.unwrap_or_else(|| usize_lit(0)), hi.unwrap_or_else(|| usize_lit(0)));
                    Step::Range(slot("start", lo), slot("end", hi))
                }
                fixed @ (Proj::Field(_) | Proj::Deref | Proj::Payload) => Step::Fixed(fixed),
            })
            .collect();
        Moving { root, steps, mutable: false }
    }

    pub(super) fn lent(self, mutable: bool) -> Moving {
        Moving { mutable, ..self }
    }
}

impl Lowerer<'_> {
    /// Binds a name to a reference that will be reassigned; `None` where it will not be.
    pub(super) fn bind_moving(&mut self, name: &Ident, operand: &Operand) -> Option<()> {
        let Operand::Ref(place, mutable) = operand else { return None };
        if !self.reassigned.contains(&name.to_string()) {
            return None;
        }
        let var = self.moving_from(name, place, *mutable);
        self.scopes.bind(name, Operand::Ref(Place::var(var), *mutable));
        Some(())
    }

    /// A variable for a reference that moves, and refers to a place at first.
    pub(super) fn moving_from(&mut self, name: &Ident, place: &Place, mutable: bool) -> Var {
        let ty = self.f.place_ty(place);
        let (root, steps) = self.normal_form(place);
        let moving = Moving::of(root, steps, &mut |slot, value| self.slot_of(slot, value));
        self.moving_reference(name, ty, moving.lent(mutable))
    }

    /// A variable for a reference that moves.
    pub(super) fn moving_reference(&mut self, name: &Ident, ty: Ty, moving: Moving) -> Var {
        let info = VarInfo { name: name.clone(), ..VarInfo::local("x", ty, name.span()) };
        let var = self.f.add_var(info);
        self.moving.insert(var, moving);
        var
    }

    pub(super) fn slot_of(&mut self, name: &str, value: Expr) -> Var {
        let var = self.local(name, super::types::usize_ty());
        self.f.vars[var.0].mutable = true;
        self.emit(Stmt::Let { var, init: Some(value) });
        var
    }

    /// Whether an operand is the name of a reference that moves.
    pub(super) fn is_moving(&self, operand: &Operand) -> bool {
        matches!(operand, Operand::Ref(place, _) if place.is_var() && self.moving.contains_key(&place.root))
    }

    /// What a reference refers to now.
    pub(super) fn where_it_is(&mut self, operand: Operand) -> Operand {
        if let Operand::Maybe(maybe) = &operand {
            return self.optional_now(maybe);
        }
        let Operand::Ref(place, _) = &operand else { return operand };
        let Some(moving) = self.moving.get(&place.root).cloned() else { return operand };
        let mut now = Place { span: place.span, ..Place::var(moving.root) };
        for step in &moving.steps {
            let step = match step {
                Step::Fixed(step) => step.clone(),
                Step::Index(at) => Proj::Index(self.index_atom(Expr::read(*at))),
                Step::Range(start, end) => {
                    let bounds = [*start, *end].map(|bound| self.index_atom(Expr::read(bound)));
                    let vars = bounds.iter().filter_map(variable);
                    self.checked_bounds.extend(vars);
                    let [start, end] = bounds;
                    Proj::Range(Some(start), Some(end))
                }
            };
            now = now.project(step);
        }
        Operand::Ref(now, moving.mutable)
    }

    /// `name = right` for a reference that moves; false where the name stands for something else.
    pub(super) fn moves(&mut self, left: &syn::Expr, right: &syn::Expr, whole: &syn::ExprAssign) -> bool {
        let Some(var) = self.moving_name(left) else { return false };
        if let Some(arms) = assigned_in_arms(left, right) {
            self.effect(&arms);
            return true;
        }
        let ty = self.f.info(var).ty.clone();
        let operand = self.operand(right, &ty);
        self.move_to(var, operand, whole);
        true
    }

    /// The variable of a name for a reference that moves.
    pub(super) fn moving_name(&self, expr: &syn::Expr) -> Option<Var> {
        let syn::Expr::Path(path) = unparen(expr) else { return None };
        match self.scopes.local(&path.path.get_ident()?.to_string()) {
            Some(Operand::Ref(place, _)) if place.is_var() && self.moving.contains_key(&place.root) => {
                Some(place.root)
            }
            _ => None,
        }
    }

    pub(super) fn move_to(&mut self, var: Var, operand: Operand, tokens: &impl quote::ToTokens) {
        if self.dead() {
            return;
        }
        let (Operand::Ref(place, _) | Operand::Place(place)) = operand else {
            return self.error(tokens, message::REASSIGNED_REFERENCE);
        };
        let (root, steps) = self.normal_form(&place);
        if !self.moved_to(var, root, steps) {
            self.error(tokens, message::REASSIGNED_REFERENCE);
        }
    }

    /// Moves a reference to a place in its normal form; false, and nothing done, where that is of another form.
    pub(super) fn moved_to(&mut self, var: Var, root: Var, steps: Vec<Proj>) -> bool {
        let Some(moving) = self.moving.get(&var).cloned() else { return false };
        if root != moving.root || steps.len() != moving.steps.len() {
            return false;
        }
        let mut values = Vec::new();
        for (step, new) in moving.steps.iter().zip(steps) {
            match (step, new) {
                (Step::Fixed(a), b) if same_step(a, &b) => {}
                (Step::Index(at), Proj::Index(index)) => values.push((*at, index)),
                (Step::Range(start, end), Proj::Range(Some(lo), Some(hi))) => {
                    values.extend([(*start, lo), (*end, hi)]);
                }
                (Step::Fixed(_) | Step::Index(_) | Step::Range(..), _) => return false,
            }
        }
        for (slot, value) in values {
            let place = Place::var(slot);
            self.emit(Stmt::Assign { place, op: None, value, span: Span::call_site() });
        }
        true
    }

    /// `mem::take(&mut name)`: the reference, which refers to nothing afterwards.
    pub(super) fn taken(&mut self, expr: &syn::Expr) -> Option<Operand> {
        let syn::Expr::Reference(reference) = unparen(expr) else { return None };
        let var = self.moving_name(&reference.expr)?;
        let Some(Step::Range(start, end)) = self.moving.get(&var)?.steps.last().cloned() else { return None };
        let now = self.operand(&reference.expr, &Ty::Unknown);
        let value = Expr::read(end);
        self.emit(Stmt::Assign { place: Place::var(start), op: None, value, span: Span::call_site() });
        Some(now)
    }

    /// A place from the variable that holds it, with one range at most in a row, both ends given.
    pub(super) fn normal_form(&mut self, place: &Place) -> (Var, Vec<Proj>) {
        let mut place = place.clone();
        while let Some(of) = self.f.info(place.root).view_of.clone()
            && !of.proj.iter().any(|step| matches!(step, Proj::Payload))
        {
            let proj = of.proj.iter().chain(&place.proj).cloned().collect();
            place = Place { proj, ..of };
        }
        let mut steps: Vec<Proj> = Vec::new();
        for step in &place.proj {
            let so_far = Place { proj: steps.clone(), ..place.clone() };
            let step = match (steps.last().cloned(), step) {
                (Some(Proj::Range(Some(lo), Some(_))), Proj::Index(index)) => {
                    steps.pop();
                    Proj::Index(self.sum(lo, index.clone()))
                }
                (Some(Proj::Range(Some(lo), Some(hi))), Proj::Range(from, to)) => {
                    steps.pop();
                    let start = from.clone().map_or(lo.clone(), |from| self.sum(lo.clone(), from));
                    let end = match to {
                        Some(to) => self.sum(lo, to.clone()),
                        None => hi.clone(),
                    };
                    self.within(&start, &end, &hi);
                    Proj::Range(Some(start), Some(end))
                }
                (_, Proj::Range(lo, hi)) => {
                    let len = self.length(&so_far);
                    let lo = lo.clone().unwrap_or_else(|| usize_lit(0));
                    let hi = match hi {
                        Some(hi) => {
                            self.within(&lo, hi, &len);
                            hi.clone()
                        }
                        None => len,
                    };
                    Proj::Range(Some(lo), Some(hi))
                }
                (_, step) => step.clone(),
            };
            steps.push(step);
        }
        let whole = Place { proj: steps.clone(), ..place.clone() };
        let sequence = matches!(self.f.place_ty(&whole), Ty::Slice(_) | Ty::Vec(_) | Ty::Array(..));
        if sequence && !matches!(steps.last(), Some(Proj::Range(..))) {
            let len = self.length(&whole);
            steps.push(Proj::Range(Some(usize_lit(0)), Some(len)));
        }
        (place.root, steps)
    }

    fn sum(&mut self, a: Expr, b: Expr) -> Expr {
        if matches!(&b, Expr::Lit(syn::Lit::Int(lit)) if lit.base10_digits() == "0") {
            return a;
        }
        self.index_atom(Expr::prim(Op::Add, vec![a, b]))
    }

    /// Bounds are checked where the reference is made, as indexing would.
    fn within(&mut self, start: &Expr, end: &Expr, len: &Expr) {
        if [start, end]
            .into_iter()
            .all(|bound| variable(bound).is_some_and(|var| self.checked_bounds.contains(&var)))
        {
            return;
        }
        let (tokens, args) = match variable(end).is_some() && variable(end) == variable(len) {
            true => (quote!(__hole_0 <= __hole_1), vec![start.clone(), end.clone()]),
            false => (
                quote!(__hole_0 <= __hole_1 && __hole_1 <= __hole_2),
                vec![start.clone(), end.clone(), len.clone()],
            ),
        };
        let tokens = quote!(::core::assert!(#tokens, "range out of bounds of a slice"));
        self.effect_of(tokens, args, false);
    }
}

fn variable(bound: &Expr) -> Option<Var> {
    match bound {
        Expr::Read(place) if place.is_var() => Some(place.root),
        _ => None,
    }
}

fn same_step(a: &Proj, b: &Proj) -> bool {
    match (a, b) {
        (Proj::Field(a), Proj::Field(b)) => a == b,
        (Proj::Deref, Proj::Deref) => true,
        (Proj::Field(_) | Proj::Deref | Proj::Payload | Proj::Index(_) | Proj::Range(..), _) => false,
    }
}

/// `left = if c { a } else { b }` as `if c { left = a } else { left = b }`.
pub(super) fn assigned_in_arms(left: &syn::Expr, right: &syn::Expr) -> Option<syn::Expr> {
    fn assign(left: &syn::Expr, expr: &mut syn::Expr) {
        match expr {
            syn::Expr::Paren(inner) => assign(left, &mut inner.expr),
            syn::Expr::Match(inner) => inner.arms.iter_mut().for_each(|arm| assign(left, &mut arm.body)),
            syn::Expr::If(inner) => {
                tail(left, &mut inner.then_branch);
                inner.else_branch.iter_mut().for_each(|(_, els)| assign(left, els));
            }
            syn::Expr::Block(inner) if inner.label.is_none() => tail(left, &mut inner.block),
            syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) | syn::Expr::Macro(_) => {}
            other => *other = syn::parse_quote!(#left = #other),
        }
    }
    fn tail(left: &syn::Expr, block: &mut syn::Block) {
        if let Some(syn::Stmt::Expr(expr, None)) = block.stmts.last_mut() {
            assign(left, expr);
        }
    }
    matches!(unparen(right), syn::Expr::Match(_) | syn::Expr::If(_)).then(|| {
        let mut arms = unparen(right).clone();
        assign(left, &mut arms);
        arms
    })
}

/// The names that a body assigns to.
pub(super) fn reassigned(block: &syn::Block) -> BTreeSet<String> {
    struct Assigned(BTreeSet<String>);
    impl Assigned {
        fn target(&mut self, left: &syn::Expr) {
            match unparen(left) {
                syn::Expr::Path(path) => self.0.extend(path.path.get_ident().map(ToString::to_string)),
                syn::Expr::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.target(elem)),
                _ => {}
            }
        }
    }
    impl<'ast> Visit<'ast> for Assigned {
        fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
            self.target(&assign.left);
            visit::visit_expr_assign(self, assign);
        }
    }
    let mut assigned = Assigned(BTreeSet::new());
    assigned.visit_block(block);
    assigned.0
}
