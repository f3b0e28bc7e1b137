//! `match`, `if let`, `while let`, `let else`.

use super::Lowerer;
use super::closure::is_camel;
use super::frame::Fork;
use super::results::passed_on;
use super::scope::Operand;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Pattern, Place, Proj, Ty, Var, VarInfo, Wrap, outcome_variant};
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::Pat;

/// The body of an arm.
pub(super) enum Body<'b> {
    Block(&'b syn::Block),
    Expr(&'b syn::Expr),
}

/// What is matched, and how its parts are bound.
pub(super) struct Scrutinee {
    pub on: Place,
    /// Bound by reference; whether mutably.
    pub by_ref: Option<bool>,
    /// The variable of each name, for alternatives that bind the same names.
    pub vars: BTreeMap<String, Var>,
    /// The type of what the pattern at hand is of, as far as it is known.
    pub item: Ty,
    /// What is bound as `mut`: a copy that the arm changes, declared at its top.
    pub copied: BTreeMap<String, syn::Ident>,
}

impl Scrutinee {
    pub(super) fn new(on: Place, by_ref: Option<bool>) -> Scrutinee {
        Scrutinee { on, by_ref, vars: BTreeMap::new(), item: Ty::Unknown, copied: BTreeMap::new() }
    }
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
        if matches!(self.f.wrap, Wrap::Result)
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
            && let Some((payload, some, none)) = option_arms(inner)
        {
            let item = maybe.payload.clone();
            let cond = maybe.some.clone();
            let since = self.changes.len();
            let then = self.framed(|this| {
                this.scopes.push();
                if let Some(payload) = payload {
                    this.bind_pattern(payload, item, &Ty::Unknown);
                }
                arm(this, some);
                this.scopes.pop();
            });
            let els = self.framed(|this| arm(this, none));
            return self.branch(Fork::If(cond), vec![then, els], since);
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
        let mutable = by_ref == Some(true);
        self.branch(Fork::Match { on, mutable, heads, span: inner.match_token.span }, frames, since);
    }

    /// Results of calls that are matched keep what they are wrapped in.
    pub(super) fn look_at_outcomes(&mut self, operand: &Operand, pats: &[&Pat]) {
        match operand {
            Operand::Place(place) if pats.iter().any(|pat| names_outcome(pat)) => {
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
            Operand::Place(place) => Some((place, None)),
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
                let value = self.owned(other);
                let place = match value {
                    Expr::Read(place) => place,
                    value => Place::var(self.temp_var("on", value)),
                };
                Some((place, None))
            }
        }
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

    /// Lowers a pattern, and binds its names. `part`: the place matched, where it has a name of
    /// its own (`on`, or a field of a tuple in it).
    pub(super) fn pattern(&mut self, pat: &Pat, part: Option<&Place>, scrutinee: &mut Scrutinee) -> Pattern {
        match pat {
            Pat::Wild(_) => Pattern::Wild,
            Pat::Rest(_) => Pattern::Rest,
            Pat::Paren(inner) => self.pattern(&inner.pat, part, scrutinee),
            Pat::Type(inner) => self.pattern(&inner.pat, part, scrutinee),
            Pat::Reference(inner) => {
                let outer = scrutinee.by_ref.take();
                let pattern = self.pattern(&inner.pat, part, scrutinee);
                scrutinee.by_ref = outer;
                pattern
            }
            Pat::Ident(ident) => self.ident_pattern(ident, part, scrutinee),
            Pat::Lit(_) | Pat::Range(_) | Pat::Const(_) | Pat::Path(_) | Pat::Macro(_) => {
                Pattern::Tokens(pat.to_token_stream())
            }
            Pat::Or(or) => {
                let cases = or.cases.iter().map(|case| self.pattern(case, part, scrutinee)).collect();
                Pattern::Or(cases)
            }
            Pat::Tuple(tuple) => {
                let rest = tuple.elems.iter().position(|elem| matches!(elem, Pat::Rest(_)));
                let whole = std::mem::replace(&mut scrutinee.item, Ty::Unknown);
                let items = tuple
                    .elems
                    .iter()
                    .enumerate()
                    .map(|(k, elem)| {
                        let field = match (part, rest) {
                            (Some(part), rest) if rest.is_none_or(|rest| k < rest) => {
                                Some(part.project(Proj::Field(syn::Member::from(k))))
                            }
                            _ => None,
                        };
                        let item = match (&whole, rest) {
                            (Ty::Tuple(items), rest) if rest.is_none_or(|rest| k < rest) => items.get(k),
                            _ => None,
                        };
                        scrutinee.item = item.cloned().unwrap_or(Ty::Unknown);
                        self.pattern(elem, field.as_ref(), scrutinee)
                    })
                    .collect();
                Pattern::Tuple(items)
            }
            Pat::Slice(slice) => {
                let of_items = std::mem::replace(&mut scrutinee.item, Ty::Unknown).element();
                let rest = slice.elems.iter().position(is_rest);
                let items = slice
                    .elems
                    .iter()
                    .enumerate()
                    .map(|(k, elem)| match elem {
                        Pat::Ident(ident) if is_rest(elem) => {
                            self.rest_pattern(ident, part, k, slice.elems.len() - k - 1, scrutinee)
                        }
                        elem => {
                            scrutinee.item = of_items.clone();
                            let index = super::pattern::usize_lit(k);
                            let item = match (part, rest) {
                                (Some(part), rest) if rest.is_none_or(|rest| k < rest) => {
                                    Some(part.project(Proj::Index(index)))
                                }
                                // Computed before it is known to match, so never below zero.
                                (Some(part), Some(_)) => {
                                    let back = super::pattern::usize_lit(slice.elems.len() - k);
                                    let len = self.length(part);
                                    let len = self.at_least(len, back.clone());
                                    let index = self.index_atom(Expr::prim(Op::Sub, vec![len, back]));
                                    Some(part.project(Proj::Index(index)))
                                }
                                _ => None,
                            };
                            self.pattern(elem, item.as_ref(), scrutinee)
                        }
                    })
                    .collect();
                Pattern::Slice(items)
            }
            Pat::TupleStruct(inner)
                if part.is_some_and(|part| self.is_optional(part)) && names_result(pat) =>
            {
                // A result whose error is not looked at has become an option.
                scrutinee.item = self.payload_ty(&scrutinee.on);
                let items: Vec<Pattern> =
                    inner.elems.iter().map(|elem| self.pattern(elem, None, scrutinee)).collect();
                match outcome_variant(&inner.path) == Some("Ok") {
                    true => Pattern::TupleStruct(quote::quote!(::core::option::Option::Some), items),
                    false => Pattern::Tokens(quote::quote!(::core::option::Option::None)),
                }
            }
            Pat::TupleStruct(inner) => {
                let whole = std::mem::replace(&mut scrutinee.item, Ty::Unknown);
                let payload = match (outcome_variant(&inner.path), part, whole) {
                    (Some(_), Some(part), _) => self.payload_ty(part),
                    (Some(_), None, Ty::Option(item)) => *item,
                    _ => Ty::Unknown,
                };
                let items = inner.elems.iter().map(|elem| {
                    scrutinee.item = payload.clone();
                    self.pattern(elem, None, scrutinee)
                });
                let items = items.collect();
                let path = self.variant_path(&inner.path, part);
                let path = syn::ExprPath { attrs: Vec::new(), qself: inner.qself.clone(), path };
                Pattern::TupleStruct(path.to_token_stream(), items)
            }
            Pat::Struct(inner) => {
                let fields = inner
                    .fields
                    .iter()
                    .map(|field| {
                        scrutinee.item = Ty::Unknown;
                        (field.member.clone(), self.pattern(&field.pat, None, scrutinee))
                    })
                    .collect();
                let path = self.variant_path(&inner.path, part);
                let path = syn::ExprPath { attrs: Vec::new(), qself: inner.qself.clone(), path };
                Pattern::Struct { path: path.to_token_stream(), fields, rest: inner.rest.is_some() }
            }
            _ => {
                self.error(pat, message::PATTERN);
                Pattern::Wild
            }
        }
    }

    /// The path of a pattern. One segment that is not the matched type's name is a variant that
    /// stands under a `use`; its tangent is found through the type.
    fn variant_path(&self, path: &syn::Path, part: Option<&Place>) -> syn::Path {
        let Some(Ty::Named(ty)) = part.map(|part| self.f.place_ty(part)) else { return path.clone() };
        let syn::Type::Path(ty) = &ty.written else { return path.clone() };
        let (Some(variant), Some(owner)) = (path.segments.first(), ty.path.segments.last()) else {
            return path.clone();
        };
        let standard = outcome_variant(path).is_some();
        if path.segments.len() > 1 || ty.qself.is_some() || standard || variant.ident == owner.ident {
            return path.clone();
        }
        let mut whole = ty.path.clone();
        if let Some(owner) = whole.segments.last_mut() {
            owner.arguments = syn::PathArguments::None;
        }
        whole.segments.push(variant.clone());
        whole
    }

    fn rest_pattern(
        &mut self,
        ident: &syn::PatIdent,
        part: Option<&Place>,
        at: usize,
        after: usize,
        scrutinee: &Scrutinee,
    ) -> Pattern {
        let Some(part) = part else {
            self.error(ident, message::PATTERN);
            return Pattern::Rest;
        };
        // Computed before it is known to match, so never below where it begins.
        let end = (after > 0).then(|| {
            let len = self.length(part);
            let len = self.at_least(len, super::pattern::usize_lit(at + after));
            self.index_atom(Expr::prim(Op::Sub, vec![len, super::pattern::usize_lit(after)]))
        });
        let range = Proj::Range(Some(super::pattern::usize_lit(at)), end);
        let mutable = scrutinee.by_ref == Some(true);
        self.scopes.bind(&ident.ident, Operand::Ref(part.project(range), mutable));
        Pattern::Rest
    }

    /// Copies what a pattern binds as `mut`, at the top of its arm.
    pub(super) fn copy_bound(&mut self, scrutinee: &Scrutinee) {
        for name in scrutinee.copied.values() {
            self.stmt(&syn::parse_quote!(let mut #name = #name;));
        }
    }

    fn ident_pattern(
        &mut self,
        ident: &syn::PatIdent,
        part: Option<&Place>,
        scrutinee: &mut Scrutinee,
    ) -> Pattern {
        let plain = ident.by_ref.is_none() && ident.mutability.is_none() && ident.subpat.is_none();
        let name = ident.ident.to_string();
        let constant = plain && is_camel(&ident.ident) && name.len() > 1;
        if constant {
            return Pattern::Tokens(ident.to_token_stream());
        }
        let by_ref = match ident.by_ref {
            Some(_) => Some(ident.mutability.is_some()),
            // A value of its own, which the arm copies.
            None if ident.mutability.is_some() => None,
            None => scrutinee.by_ref,
        };
        if ident.mutability.is_some() && ident.by_ref.is_none() {
            scrutinee.copied.insert(name.clone(), ident.ident.clone());
        }
        let inner = ident.subpat.as_ref().map(|(_, sub)| self.pattern(sub, part, scrutinee));
        if let Some(part) = part {
            // The part has a name already.
            if by_ref.is_none() {
                self.part_aliases.insert(self.f.storage(part.root));
            }
            let operand = match by_ref {
                None => Operand::Place(part.clone()),
                Some(mutable) => Operand::Ref(part.clone(), mutable),
            };
            self.scopes.bind(&ident.ident, operand);
            return inner.unwrap_or(Pattern::Wild);
        }
        if inner.is_some() {
            self.error(ident, message::PATTERN);
        }
        let var = match scrutinee.vars.get(&name) {
            Some(var) => *var,
            None => {
                let mutable = by_ref == Some(true);
                let ty = scrutinee.item.clone();
                let var = self.f.add_var(VarInfo {
                    name: ident.ident.clone(),
                    by_ref: Some(mutable),
                    mutable,
                    view_of: Some(scrutinee.on.project(Proj::Payload)),
                    ..VarInfo::local("v", ty, ident.ident.span())
                });
                scrutinee.vars.insert(name, var);
                var
            }
        };
        let operand = match by_ref {
            None => Operand::var(var),
            Some(mutable) => Operand::Ref(Place::var(var), mutable),
        };
        self.scopes.bind(&ident.ident, operand);
        Pattern::Bind(var)
    }

    fn payload_ty(&self, on: &Place) -> Ty {
        match self.f.place_ty(on) {
            Ty::Option(item) => *item,
            _ => Ty::Unknown,
        }
    }
}

/// `Some(payload) => some, None => none`, in either order, with a payload that always matches.
fn option_arms(inner: &syn::ExprMatch) -> Option<(Option<&Pat>, &syn::Expr, &syn::Expr)> {
    let [first, second] = &inner.arms.iter().collect::<Vec<_>>()[..] else { return None };
    let is_none = |pat: &Pat| match pat {
        Pat::Ident(ident) => ident.ident == "None",
        Pat::Path(path) => outcome_variant(&path.path) == Some("None"),
        Pat::Wild(_) => true,
        _ => false,
    };
    match (payload_of(&first.pat), payload_of(&second.pat)) {
        (Some(payload), None) if is_none(&second.pat) => Some((Some(payload), &first.body, &second.body)),
        (None, Some(payload)) if is_none(&first.pat) && !matches!(first.pat, Pat::Wild(_)) => {
            Some((Some(payload), &second.body, &first.body))
        }
        (None, None)
            if is_none(&first.pat)
                && matches!(second.pat, Pat::Wild(_))
                && !matches!(first.pat, Pat::Wild(_)) =>
        {
            Some((None, &second.body, &first.body))
        }
        _ => None,
    }
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

fn always_matches(pat: &Pat) -> bool {
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

fn names_result(pat: &Pat) -> bool {
    match pat {
        Pat::TupleStruct(inner) => matches!(outcome_variant(&inner.path), Some("Ok" | "Err")),
        Pat::Paren(inner) => names_result(&inner.pat),
        Pat::Guard(inner) => names_result(&inner.pat),
        Pat::Reference(inner) => names_result(&inner.pat),
        Pat::Or(inner) => inner.cases.iter().any(names_result),
        _ => false,
    }
}

/// Whether a pattern looks into an `Err`, or takes a `Result` whole.
fn binds_error(pat: &Pat) -> bool {
    match pat {
        Pat::TupleStruct(inner) if inner.path.segments.last().is_some_and(|last| last.ident == "Err") => {
            !inner.elems.iter().all(|elem| matches!(elem, Pat::Wild(_) | Pat::Rest(_)))
        }
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

fn is_rest(pat: &Pat) -> bool {
    match pat {
        Pat::Rest(_) => true,
        Pat::Ident(ident) => ident.subpat.as_ref().is_some_and(|(_, sub)| matches!(**sub, Pat::Rest(_))),
        _ => false,
    }
}
