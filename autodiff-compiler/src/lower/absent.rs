//! Options of references: `let mut best: Option<&P> = None;`, which a loop assigns.
//!
//! Such a variable is a flag and a reference that moves (`moving.rs`). What the reference refers to a part of
//! shows where it is assigned, and its first use may stand before that: the function is lowered once more with
//! what was found out.

use super::Lowerer;
use super::iter::Form;
use super::moving::{Moving, assigned_in_arms};
use super::option::is_true;
use super::pattern::usize_lit;
use super::scope::{Maybe, Operand};
use super::stmt::unparen;
use super::types::is_owner;
use crate::diagnostics::message;
use crate::ir::{Expr, Place, Proj, Stmt, Ty, Var};
use proc_macro2::Span;
use std::collections::BTreeMap;
use std::rc::Rc;
use syn::Ident;

/// What is known of the payloads of such variables, by the number of their declaration.
pub(super) type Known = BTreeMap<usize, Shape>;

/// What a payload is, or a part of it.
#[derive(Clone)]
pub(super) enum Shape {
    Value(Ty),
    /// A reference to a part of a variable.
    Reference {
        root: Var,
        steps: Vec<Proj>,
        ty: Ty,
        mutable: bool,
    },
    Parts(Vec<Shape>),
}

#[derive(Default)]
pub(super) struct Options {
    pub known: Known,
    /// The declarations so far.
    declared: usize,
    /// Variables that began as `None`: their number, and how many variables there were.
    undecided: BTreeMap<Var, (usize, usize)>,
    /// What was found out now: the earliest declaration, since the variables before it keep their numbers.
    pub learnt: Option<(usize, Shape)>,
    /// The flags of options of references.
    flags: BTreeMap<Var, Form>,
}

impl Options {
    /// Counts a declaration, and gives what is known of it.
    pub(super) fn declare(&mut self) -> Option<Shape> {
        self.declared += 1;
        self.known.get(&self.declared).cloned()
    }

    /// Notes the variable of the last declaration.
    pub(super) fn note(&mut self, var: Var, outside: usize) {
        self.undecided.insert(var, (self.declared, outside));
    }
}

impl Lowerer<'_> {
    /// Binds a variable to an option of references that will be assigned; `None` where it is something else.
    pub(super) fn bind_optional(&mut self, name: &Ident, operand: &Operand) -> Option<()> {
        if !self.reassigned.contains(&name.to_string()) {
            return None;
        }
        let shape = match operand {
            Operand::Maybe(maybe) if self.is_elsewhere(&maybe.payload) => {
                self.shape_of(&maybe.payload.clone(), self.f.vars.len())?
            }
            operand if is_none(operand) => self.optional.declare()?,
            _ => return None,
        };
        let form = self.form_of_shape(shape, name);
        let flag = self.local("some", Ty::Bool);
        self.f.vars[flag.0].mutable = true;
        self.emit(Stmt::Let { var: flag, init: Some(Expr::Lit(syn::parse_quote!(false))) });
        let payload = self.kept_payload(&form);
        self.optional.flags.insert(flag, form);
        let maybe = Maybe { some: Expr::read(flag), payload };
        self.scopes.bind(name, Operand::Maybe(Rc::new(maybe)));
        self.set_optional(flag, operand.clone(), name.span());
        Some(())
    }

    /// Notes that a variable began as `None`, and may turn out to be an option of references.
    pub(super) fn note_undecided(&mut self, name: &Ident, outside: usize) {
        if let Some(Operand::Place(place)) = self.scopes.local(&name.to_string())
            && place.is_var()
        {
            let var = place.root;
            self.optional.note(var, outside);
        }
    }

    /// `name = right` for an option of references, or for one that may turn out to be one.
    pub(super) fn assigns_optional(&mut self, left: &syn::Expr, right: &syn::Expr, span: Span) -> bool {
        let syn::Expr::Path(path) = unparen(left) else { return false };
        let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
        let (flag, undecided) = match local {
            Some(Operand::Maybe(maybe)) => match self.flag_of(maybe) {
                Some(flag) => (flag, false),
                None => return false,
            },
            Some(Operand::Place(place)) if self.optional.undecided.contains_key(&place.root) => {
                (place.root, true)
            }
            _ => return false,
        };
        // Where no type is written, a `match` on what is assigned is taken to give a value, unless its arms hold
        // references: they could not assign what they took apart.
        let untyped = undecided && matches!(self.f.info(flag).ty, Ty::Unknown);
        let a_value = untyped
            && matches!(unparen(right), syn::Expr::Match(inner)
                if unparen(&inner.expr) == unparen(left) && !self.holds_references(inner));
        if !a_value && let Some(arms) = assigned_in_arms(left, right) {
            self.effect(&arms);
            return true;
        }
        if undecided {
            return false;
        }
        let operand = self.operand(right, &Ty::Unknown);
        self.set_optional(flag, operand, span);
        true
    }

    /// Whether an arm gives `Some` of a reference, as far as names tell.
    fn holds_references(&self, arms: &syn::ExprMatch) -> bool {
        struct Payloads(Vec<syn::Expr>);
        impl<'ast> syn::visit::Visit<'ast> for Payloads {
            fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
                match unparen(&call.func) {
                    syn::Expr::Path(path) if path.path.is_ident("Some") => {
                        self.0.extend(call.args.first().cloned())
                    }
                    _ => syn::visit::visit_expr_call(self, call),
                }
            }
        }
        let mut payloads = Payloads(Vec::new());
        arms.arms.iter().for_each(|arm| syn::visit::Visit::visit_expr(&mut payloads, &arm.body));
        payloads.0.iter().any(|payload| self.gives_reference(payload))
    }

    fn gives_reference(&self, payload: &syn::Expr) -> bool {
        match unparen(payload) {
            syn::Expr::Tuple(tuple) => tuple.elems.iter().any(|part| self.gives_reference(part)),
            syn::Expr::Reference(_) => true,
            syn::Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.scopes.local(&name.to_string()))
                .is_some_and(|operand| self.is_elsewhere(operand)),
            _ => false,
        }
    }

    /// What an assignment shows of a variable that began as `None`: everything is then lowered again.
    pub(super) fn learn_optional(&mut self, left: &syn::Expr, operand: &Operand) {
        let Operand::Maybe(maybe) = operand else { return };
        let syn::Expr::Path(path) = unparen(left) else { return };
        let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
        if let Some(Operand::Place(place)) = local
            && let Some((_, outside)) = self.optional.undecided.get(&place.root).copied()
            && place.is_var()
            && self.is_elsewhere(&maybe.payload)
        {
            let var = place.root;
            if let Some(shape) = self.shape_of(&maybe.payload.clone(), outside) {
                self.learn(var, shape);
            }
        }
    }

    /// What was found out of a variable.
    pub(super) fn learn(&mut self, var: Var, shape: Shape) {
        if let Some((number, _)) = self.optional.undecided.get(&var).copied()
            && self.optional.learnt.as_ref().is_none_or(|(least, _)| number < *least)
        {
            self.optional.learnt = Some((number, shape));
        }
    }

    /// What an option of references is now.
    pub(super) fn optional_now(&mut self, maybe: &Rc<Maybe>) -> Operand {
        let Some(form) = self.flag_of(maybe).and_then(|flag| self.optional.flags.get(&flag)).cloned() else {
            return Operand::Maybe(Rc::clone(maybe));
        };
        let some = Expr::read(self.temp_var("some", maybe.some.clone()));
        let payload = self.now_of(&form);
        let payload = self.fixed_where(&some, payload);
        Operand::Maybe(Rc::new(Maybe { some, payload }))
    }

    /// A payload as it is now, which is there only under a condition.
    fn fixed_where(&mut self, some: &Expr, payload: Operand) -> Operand {
        match payload {
            Operand::Tuple(items) => {
                Operand::Tuple(items.into_iter().map(|item| self.fixed_where(some, item)).collect())
            }
            Operand::Place(place) if !self.f.place_ty(&place).can_be_made_up() => {
                let var = self.slot("t", self.f.place_ty(&place));
                self.f.vars[var.0].mutable = true;
                self.needs_init.insert(var);
                self.when(
                    some.clone(),
                    |this| {
                        let value = this.read_or_move(place);
                        this.assign_slot(var, value);
                    },
                    |_| {},
                );
                Operand::var(var)
            }
            // The variable stays.
            Operand::Place(place) if is_owner(&self.f.place_ty(&place)) => {
                self.fixed(Operand::Value(Expr::ToOwned(place)))
            }
            Operand::Place(_)
            | Operand::Value(_)
            | Operand::Ref(..)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => self.fixed(payload),
        }
    }

    fn flag_of(&self, maybe: &Maybe) -> Option<Var> {
        match &maybe.some {
            Expr::Read(place) if place.is_var() && self.optional.flags.contains_key(&place.root) => {
                Some(place.root)
            }
            _ => None,
        }
    }

    fn set_optional(&mut self, flag: Var, operand: Operand, span: Span) {
        let set = |this: &mut Self, value: Expr| {
            this.emit(Stmt::Assign { place: Place::var(flag), op: None, value, span });
        };
        let Some(form) = self.optional.flags.get(&flag).cloned() else { return };
        match operand {
            Operand::Maybe(maybe) if is_true(&maybe.some) => {
                self.keep_as(&form, maybe.payload.clone(), span);
                set(self, Expr::Lit(syn::parse_quote!(true)));
            }
            Operand::Maybe(maybe) => {
                let some = Expr::read(self.temp_var("some", maybe.some.clone()));
                let payload = maybe.payload.clone();
                set(self, some.clone());
                self.when(some, |this| this.keep_as(&form, payload, span), |_| {});
            }
            operand if is_none(&operand) => set(self, Expr::Lit(syn::parse_quote!(false))),
            _ => self.diag.error(span, message::REASSIGNED_REFERENCE),
        }
    }

    fn shape_of(&mut self, item: &Operand, outside: usize) -> Option<Shape> {
        match item {
            Operand::Tuple(items) => {
                let parts = items.iter().map(|item| self.shape_of(item, outside));
                parts.collect::<Option<Vec<_>>>().map(Shape::Parts)
            }
            Operand::Ref(place, mutable) if self.is_elsewhere(item) => {
                let ty = self.f.place_ty(place);
                let (root, steps) = self.normal_form(place);
                (root.0 < outside).then_some(Shape::Reference { root, steps, ty, mutable: *mutable })
            }
            Operand::Ref(..)
            | Operand::Place(_)
            | Operand::Value(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => Some(Shape::Value(self.operand_ty(item))),
        }
    }

    fn form_of_shape(&mut self, shape: Shape, name: &Ident) -> Form {
        match shape {
            Shape::Parts(parts) => {
                Form::Parts(parts.into_iter().map(|part| self.form_of_shape(part, name)).collect())
            }
            Shape::Value(ty) => {
                let var = self.slot("v", ty);
                self.f.vars[var.0].mutable = true;
                self.needs_init.insert(var);
                self.carried.insert(var);
                Form::Value(var)
            }
            Shape::Reference { root, steps, ty, mutable } => {
                let moving = Moving::of(root, steps, &mut |slot, _| self.slot_of(slot, usize_lit(0)));
                Form::Reference(self.moving_reference(name, ty, moving.lent(mutable)))
            }
        }
    }

    fn kept_payload(&self, form: &Form) -> Operand {
        match form {
            Form::Value(var) => Operand::var(*var),
            Form::Reference(var) | Form::Lent(var) => Operand::Ref(Place::var(*var), false),
            Form::Parts(parts) => Operand::Tuple(parts.iter().map(|part| self.kept_payload(part)).collect()),
        }
    }
}

/// Whether a variable that begins as `None` may come to hold a reference, as far as its type is written down.
pub(super) fn may_hold_reference(pat: &syn::Pat) -> bool {
    struct Finds(bool);
    impl<'ast> syn::visit::Visit<'ast> for Finds {
        fn visit_type_reference(&mut self, _: &'ast syn::TypeReference) {
            self.0 = true;
        }
        fn visit_type_infer(&mut self, _: &'ast syn::TypeInfer) {
            self.0 = true;
        }
    }
    match pat {
        syn::Pat::Type(typed) => {
            let mut finds = Finds(false);
            syn::visit::Visit::visit_type(&mut finds, &typed.ty);
            finds.0
        }
        _ => true,
    }
}

/// Whether an operand is `None` itself.
pub(super) fn is_none(operand: &Operand) -> bool {
    match operand {
        Operand::Value(Expr::Opaque { tokens, args, .. }) if args.is_empty() => {
            syn::parse2::<syn::Path>(tokens.clone())
                .is_ok_and(|path| crate::ir::outcome_variant(&path) == Some("None"))
        }
        _ => false,
    }
}
