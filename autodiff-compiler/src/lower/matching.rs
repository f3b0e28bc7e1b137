//! `match`, `if let`, `while let`, `let else`.

use super::Lowerer;
use super::closure::is_camel;
use super::frame::Fork;
use super::refutable::{Scrutinee, names_result};
use super::results::passed_on;
use super::scope::{Maybe, Operand};
use crate::diagnostics::message;
use crate::ir::{Expr, Place, Proj, Ty, Var, Wrap, outcome_variant};
use std::rc::Rc;
use syn::Pat;

/// The body of an arm.
pub(super) enum Body<'b> {
    Block(&'b syn::Block),
    Expr(&'b syn::Expr),
}

impl Lowerer<'_> {
    pub(super) fn match_stmt(&mut self, inner: &syn::ExprMatch) {
        self.match_with(inner, &mut |this, body| this.arm(body, None, &Ty::Unknown));
    }

    /// A `match` that passes the error on, as `?` does.
    pub(super) fn match_passed_on(
        &mut self,
        payload: &syn::Stmt,
        body: &syn::Expr,
        arm: &mut dyn FnMut(&mut Self, &syn::Expr),
    ) {
        self.scopes.push();
        self.stmt(payload);
        if !self.dead() {
            arm(self, body);
        }
        self.scopes.pop();
    }

    pub(super) fn match_value(&mut self, inner: &syn::ExprMatch, hint: &Ty) -> Operand {
        let slot = self.slot("t", hint.clone());
        let nesting = self.nesting();
        self.begin_choice(slot);
        self.match_into(inner, Some(slot), hint);
        self.settle_slot(slot, nesting);
        self.slot_operand(slot)
    }

    /// A `match` whose arms give their value to a slot.
    pub(super) fn match_into(&mut self, inner: &syn::ExprMatch, slot: Option<Var>, hint: &Ty) {
        self.match_with(inner, &mut |this, body| this.arm(body, slot, hint));
    }

    /// Lowers a `match`; `arm` lowers the body of an arm.
    pub(super) fn match_with(&mut self, inner: &syn::ExprMatch, arm: &mut dyn FnMut(&mut Self, &syn::Expr)) {
        if matches!(self.wrap(), Wrap::Result)
            && let Some((payload, body)) = passed_on(inner, false)
        {
            return self.match_passed_on(&payload, body, arm);
        }
        let inner = &with_constants(inner);
        let operand = self.operand(&inner.expr, &Ty::Unknown);
        if self.dead() {
            return;
        }
        if let Operand::Maybe(maybe) = &operand
            && let Some(arms) = option_arms(inner)
        {
            let since = self.changes.len();
            let then = self.framed(|this| this.first_arm(&arms, true, maybe, arm));
            let els = self.framed(|this| this.first_arm(&arms, false, maybe, arm));
            return self.branch(Fork::If(maybe.some.clone()), vec![then, els], since);
        }
        if let Operand::Tuple(items) = &operand {
            self.scopes.push();
            let nested = self.beside(inner, items);
            let found = nested.is_some();
            if let Some(nested) = nested {
                self.match_with(&nested, arm);
            }
            self.scopes.pop();
            if found {
                return;
            }
        }
        let pats: Vec<&Pat> = inner.arms.iter().map(|arm| &arm.pat).collect();
        self.look_at_outcomes(&operand, &pats);
        let Some((mut on, by_ref)) = self.scrutinee(operand, &inner.expr, &pats) else { return };
        let ty = self.f.place_ty(&on);
        let scalar = ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool);
        let named = |arm: &syn::Arm| matches!(&arm.pat, Pat::Ident(_) | Pat::Guard(_));
        if scalar && by_ref.is_none() && inner.arms.iter().any(named) {
            // A name for the whole is one for a copy.
            on = Place::var(self.temp_var("on", Expr::Read(on)));
        }
        let mut heads = Vec::new();
        let mut frames = Vec::new();
        let since = self.changes.len();
        for source in &inner.arms {
            let (pat, guard) = match &source.pat {
                Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
                pat => (pat, None),
            };
            self.scopes.push();
            let mut scrutinee = Scrutinee::new(on.clone(), by_ref);
            let pattern = self.pattern(pat, Some(&on.clone()), &mut scrutinee);
            let guard = guard.map(|guard| self.guard_of(guard));
            heads.push((pattern, guard));
            frames.push(self.framed(|this| {
                this.copy_bound(&scrutinee);
                arm(this, &source.body);
            }));
            self.scopes.pop();
        }
        let mutable = by_ref == Some(true) || pats.iter().any(|pat| binds(pat, true));
        self.branch(Fork::Match { on, mutable, heads, span: inner.match_token.span }, frames, since);
    }

    /// The first of the arms for what is there, or is not, whose guard holds.
    fn first_arm(
        &mut self,
        arms: &[OptionArm<'_>],
        there: bool,
        maybe: &Rc<Maybe>,
        lower: &mut dyn FnMut(&mut Self, &syn::Expr),
    ) {
        let fits = |arm: &OptionArm<'_>| match arm.of {
            Of::Some(_) => there,
            Of::None => !there,
            Of::Either(_) => true,
        };
        let Some(at) = arms.iter().position(fits) else { return };
        let OptionArm { of, guard, body } = &arms[at];
        self.scopes.push();
        match of {
            Of::Some(payload) => self.bind_pattern(payload, maybe.payload.clone(), &Ty::Unknown),
            Of::Either(Some(name)) => self.scopes.bind(name, Operand::Maybe(Rc::clone(maybe))),
            Of::None | Of::Either(None) => {}
        }
        match guard {
            None => lower(self, body),
            Some(guard) => {
                let cond = self.condition(guard);
                let since = self.changes.len();
                let then = self.framed(|this| lower(this, body));
                let els = self.framed(|this| this.first_arm(&arms[at + 1..], there, maybe, lower));
                self.branch(Fork::If(cond), vec![then, els], since);
            }
        }
        self.scopes.pop();
    }

    /// Results of calls that are matched keep what they are wrapped in.
    pub(super) fn look_at_outcomes(&mut self, operand: &Operand, pats: &[&Pat]) {
        match operand {
            Operand::Place(place) | Operand::Ref(place, _) if pats.iter().any(|pat| names_outcome(pat)) => {
                // Where nobody looks at the error, it is not kept: it may not be `Clone`.
                let errors = pats.iter().any(|pat| binds_error(pat));
                let results = pats.iter().any(|pat| names_result(pat));
                if results && !errors {
                    self.take_result(place)
                } else {
                    self.keep_outcome(place)
                }
                if let Some(pat) = pats.iter().find(|pat| binds_error(pat))
                    && self.is_optional(place)
                {
                    self.error(pat, message::ERROR_LOST);
                }
            }
            Operand::Tuple(items) => {
                for (k, item) in items.iter().enumerate() {
                    if let Operand::Place(place) = item
                        && pats.iter().filter_map(|pat| part_of(pat, k)).any(names_outcome)
                    {
                        self.keep_outcome(place);
                    }
                }
            }
            _ => {}
        }
    }

    /// The place that is matched.
    pub(super) fn scrutinee(
        &mut self,
        operand: Operand,
        expr: &syn::Expr,
        pats: &[&Pat],
    ) -> Option<(Place, Option<bool>)> {
        match operand {
            // References to a `Vec` and to its elements have become one: patterns tell them apart.
            Operand::Ref(place, mutable)
                if matches!(self.f.place_ty(&place), Ty::Vec(_)) && pats.iter().any(|pat| is_slice(pat)) =>
            {
                Some((place.project(Proj::Range(None, None)), Some(mutable)))
            }
            // Its parts are bound by value.
            Operand::Place(place)
                if self.is_taken_apart(&place) && !pats.iter().any(|pat| binds(pat, false)) =>
            {
                Some((self.as_it_was(place), None))
            }
            Operand::Place(place) => Some((place, None)),
            // An item by value: so are its parts.
            Operand::Ref(place, _) if self.is_given_away(&place) => Some((place, None)),
            Operand::Ref(place, mutable) => {
                let param = place.is_var() && self.f.info(place.root).by_ref == Some(false);
                // A parameter is passed to the reverse sweep again; a copy of it would not be.
                if matches!(self.f.place_ty(&place), Ty::Inert) && !param {
                    // A string slice is matched as the reference it is.
                    let borrow = Expr::Borrow { place, mutable: false };
                    let value =
                        Expr::Opaque { tokens: quote::quote!(__hole_0), args: vec![borrow], ty: Ty::Inert };
                    return Some((Place::var(self.temp_var("on", value)), None));
                }
                Some((place, Some(mutable)))
            }
            Operand::Tuple(items) => {
                for item in &items {
                    if let Operand::Ref(place, _) = item
                        && !self.f.place_ty(place).is_copy()
                    {
                        let vars = vec![self.f.storage(place.root)];
                        self.check(vars, expr, message::MATCH_REFERENCES);
                    }
                }
                let value = self.owned(Operand::Tuple(items));
                Some((Place::var(self.temp_var("on", value)), None))
            }
            Operand::Closure(_) | Operand::Stream(_) => {
                self.error(expr, message::PATTERN);
                None
            }
            other @ (Operand::Value(_) | Operand::Maybe(_)) => {
                let value = match self.owned(other) {
                    // Of a map: what it lends is copied, so that a record can keep it.
                    Expr::Opaque { tokens, args, .. } if self.lends_of_inert(expr) => {
                        let tokens = quote::quote!((#tokens).cloned());
                        Expr::Opaque { tokens, args, ty: Ty::Option(Box::new(Ty::Inert)) }
                    }
                    value => value,
                };
                let place = match value {
                    Expr::Read(place) => place,
                    value => Place::var(self.temp_var("on", value)),
                };
                Some((place, None))
            }
        }
    }

    /// `map.get(&key)` of what has no derivative: a reference in an `Option`.
    pub(super) fn lends_of_inert(&self, expr: &syn::Expr) -> bool {
        match super::stmt::unparen(expr) {
            syn::Expr::MethodCall(call) => {
                let names: &[&str] = if call.args.is_empty() { &["first", "last", "peek"] } else { &["get"] };
                names.iter().any(|name| call.method == name)
                    && call.args.len() < 2
                    && self.stems_from_inert(&call.receiver)
            }
            _ => false,
        }
    }

    /// Whether a place is of a type whose parts patterns name as places of their own.
    fn is_taken_apart(&self, place: &Place) -> bool {
        let ty = self.f.place_ty(place);
        matches!(ty, Ty::Tuple(_) | Ty::Array(..)) && ty.is_copy()
    }

    /// The condition of an arm: it stands inside the pattern, so it takes no temporaries.
    fn guard_of(&mut self, guard: &syn::Expr) -> Expr {
        let mut value = None;
        let frame = self.framed(|this| value = Some(this.condition(guard)));
        let quiet = frame.is_empty();
        match value {
            Some(value) if quiet => value,
            _ if self.can_be_opaque(guard) => self.opaque(guard, Ty::Bool, None),
            _ => {
                self.error(guard, message::GUARD);
                Expr::Placeholder(Ty::Bool)
            }
        }
    }
}

/// An arm of a `match` over an `Option`: what it is for, its guard and its body.
struct OptionArm<'s> {
    of: Of<'s>,
    guard: Option<&'s syn::Expr>,
    body: &'s syn::Expr,
}

enum Of<'s> {
    Some(&'s Pat),
    None,
    Either(Option<&'s syn::Ident>),
}

/// The arms of a `match` over an `Option`, where the patterns of payloads always match.
fn option_arms(inner: &syn::ExprMatch) -> Option<Vec<OptionArm<'_>>> {
    inner.arms.iter().map(option_arm).collect()
}

fn option_arm(arm: &syn::Arm) -> Option<OptionArm<'_>> {
    let (pat, guard) = match &arm.pat {
        Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
        pat => (pat, None),
    };
    let of = match pat {
        Pat::Wild(_) => Of::Either(None),
        Pat::Path(path) if outcome_variant(&path.path) == Some("None") => Of::None,
        Pat::Ident(ident) if ident.ident == "None" => Of::None,
        Pat::Ident(ident)
            if ident.by_ref.is_none() && ident.mutability.is_none() && ident.subpat.is_none() =>
        {
            Of::Either(Some(&ident.ident))
        }
        pat => Of::Some(payload_of(pat)?),
    };
    Some(OptionArm { of, guard, body: &arm.body })
}

/// The pattern in `Some(…)`, if it always matches.
pub(super) fn payload_of(pat: &Pat) -> Option<&Pat> {
    match pat {
        Pat::Paren(inner) => payload_of(&inner.pat),
        Pat::TupleStruct(inner) if inner.elems.len() == 1 && outcome_variant(&inner.path) == Some("Some") => {
            inner.elems.first().filter(|inner| always_matches(inner))
        }
        _ => None,
    }
}

pub(super) fn always_matches(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => ident.subpat.is_none() && !is_camel(&ident.ident),
        Pat::Wild(_) => true,
        Pat::Paren(inner) => always_matches(&inner.pat),
        Pat::Reference(inner) => always_matches(&inner.pat),
        Pat::Tuple(inner) => inner.elems.iter().all(always_matches),
        _ => false,
    }
}

/// A name alone before other arms is a constant or a variant, however it is written: nothing would get
/// past a binding.
fn with_constants(inner: &syn::ExprMatch) -> syn::ExprMatch {
    let mut inner = inner.clone();
    let last = inner.arms.len().saturating_sub(1);
    for (k, arm) in inner.arms.iter_mut().enumerate() {
        match &mut arm.pat {
            Pat::Or(or) => or.cases.iter_mut().for_each(name_constant),
            pat if k < last => name_constant(pat),
            _ => {}
        }
    }
    inner
}

fn name_constant(pat: &mut Pat) {
    if let Pat::Ident(ident) = &*pat
        && ident.by_ref.is_none()
        && ident.mutability.is_none()
        && ident.subpat.is_none()
    {
        let ident = &ident.ident;
        *pat = Pat::Path(syn::parse_quote!(#ident));
    }
}

/// Whether a pattern is one of `Option`'s or `Result`'s.
fn names_outcome(pat: &Pat) -> bool {
    match pat {
        Pat::TupleStruct(inner) => outcome_variant(&inner.path).is_some(),
        Pat::Path(inner) => outcome_variant(&inner.path).is_some(),
        Pat::Ident(inner) => inner.ident == "None",
        Pat::Paren(inner) => names_outcome(&inner.pat),
        Pat::Guard(inner) => names_outcome(&inner.pat),
        Pat::Reference(inner) => names_outcome(&inner.pat),
        Pat::Or(inner) => inner.cases.iter().any(names_outcome),
        _ => false,
    }
}

/// Whether a pattern looks into an `Err`, or takes a `Result` whole.
fn binds_error(pat: &Pat) -> bool {
    match pat {
        Pat::TupleStruct(inner) if inner.path.segments.last().is_some_and(|last| last.ident == "Err") => {
            !inner.elems.iter().all(|elem| matches!(elem, Pat::Wild(_) | Pat::Rest(_)))
        }
        // `v @ Some(_)` takes no error.
        Pat::Ident(syn::PatIdent { subpat: Some((_, sub)), .. }) if names_outcome(sub) => names_result(sub),
        Pat::Ident(inner) => !is_camel(&inner.ident),
        Pat::Paren(inner) => binds_error(&inner.pat),
        Pat::Guard(inner) => binds_error(&inner.pat),
        Pat::Reference(inner) => binds_error(&inner.pat),
        Pat::Or(inner) => inner.cases.iter().any(binds_error),
        _ => false,
    }
}

/// The pattern of one element of a tuple.
fn part_of(pat: &Pat, index: usize) -> Option<&Pat> {
    match pat {
        Pat::Tuple(inner) if !inner.elems.iter().any(|elem| matches!(elem, Pat::Rest(_))) => {
            inner.elems.get(index)
        }
        Pat::Paren(inner) => part_of(&inner.pat, index),
        Pat::Guard(inner) => part_of(&inner.pat, index),
        Pat::Reference(inner) => part_of(&inner.pat, index),
        _ => None,
    }
}

fn is_slice(pat: &Pat) -> bool {
    match pat {
        Pat::Slice(_) => true,
        Pat::Paren(inner) => is_slice(&inner.pat),
        Pat::Guard(inner) => is_slice(&inner.pat),
        Pat::Reference(inner) => is_slice(&inner.pat),
        Pat::Or(inner) => inner.cases.iter().any(is_slice),
        _ => false,
    }
}

/// Whether a pattern has `ref` in it, or `ref mut`.
fn binds(pat: &Pat, mutable: bool) -> bool {
    struct Finds(bool, bool);
    impl<'ast> syn::visit::Visit<'ast> for Finds {
        fn visit_pat_ident(&mut self, ident: &'ast syn::PatIdent) {
            self.1 |= ident.by_ref.is_some() && (ident.mutability.is_some() || !self.0);
            syn::visit::visit_pat_ident(self, ident);
        }
        fn visit_expr(&mut self, _: &'ast syn::Expr) {}
    }
    let mut finds = Finds(mutable, false);
    syn::visit::Visit::visit_pat(&mut finds, pat);
    finds.1
}
