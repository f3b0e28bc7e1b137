//! Irrefutable patterns.

use super::Lowerer;
use super::scope::{Maybe, Operand};
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Stmt, Ty, VarInfo, outcome_variant};
use proc_macro2::Span;
use std::rc::Rc;
use syn::{Ident, Member, Pat};

impl Lowerer<'_> {
    /// Binds the names of a pattern to an operand and its parts.
    pub(super) fn bind_pattern(&mut self, pat: &Pat, operand: Operand, hint: &Ty) {
        match pat {
            Pat::Paren(inner) => self.bind_pattern(&inner.pat, operand, hint),
            Pat::Type(typed) => {
                let ty = self.types.of_local(&typed.ty);
                self.bind_pattern(&typed.pat, operand, &ty);
                if let Pat::Ident(name) = bare(&typed.pat)
                    && super::types::is_boxed_slice(&typed.ty)
                    && let Some(Operand::Place(place)) = self.scopes.local(&name.ident.to_string())
                    && place.is_var()
                {
                    self.boxed_slices.insert(place.root);
                }
            }
            Pat::Ident(ident) => self.bind_ident(ident, operand, hint),
            Pat::Wild(_) => self.discard_bound(operand),
            Pat::Reference(reference) => {
                let inner = self.pointee(operand);
                self.bind_pattern(&reference.pat, inner, hint);
            }
            Pat::Tuple(tuple) => self.bind_tuple(tuple, operand, hint),
            Pat::Slice(slice) => self.bind_slice(slice, operand),
            Pat::Struct(pattern) => {
                let operand = self.located(operand, "s");
                for field in &pattern.fields {
                    let part = self.field(operand.clone(), &field.member);
                    self.bind_pattern(&field.pat, part, &Ty::Unknown);
                }
            }
            Pat::TupleStruct(pattern) => {
                if outcome_variant(&pattern.path).is_some() {
                    self.error(pat, message::REFUTABLE);
                    return;
                }
                let operand = self.located(operand, "s");
                let count = pattern.elems.len();
                for (k, elem) in pattern.elems.iter().enumerate() {
                    if matches!(elem, Pat::Rest(_)) {
                        if k + 1 < count {
                            self.error(pat, message::UNKNOWN_LENGTH_PATTERN);
                        }
                        break;
                    }
                    let part = self.field(operand.clone(), &Member::from(k));
                    self.bind_pattern(elem, part, &Ty::Unknown);
                }
            }
            Pat::Path(_) => {}
            _ => self.error(pat, message::REFUTABLE),
        }
    }

    fn bind_ident(&mut self, pat: &syn::PatIdent, operand: Operand, hint: &Ty) {
        if let Some((_, sub)) = &pat.subpat {
            let operand = self.located(operand, "v");
            let whole = match &operand {
                Operand::Place(place) if pat.by_ref.is_none() => Operand::Value(Expr::Read(place.clone())),
                other => other.clone(),
            };
            self.bind_pattern(sub, operand, hint);
            self.bind_name(pat, whole, hint);
        } else {
            self.bind_name(pat, operand, hint);
        }
    }

    fn bind_name(&mut self, pat: &syn::PatIdent, operand: Operand, hint: &Ty) {
        let name = &pat.ident;
        if pat.by_ref.is_some() {
            let place = match self.located(operand, "v") {
                Operand::Place(place) | Operand::Ref(place, _) => place,
                other => return self.scopes.bind(name, other),
            };
            self.scopes.bind(name, Operand::Ref(place, pat.mutability.is_some()));
            return;
        }
        match operand {
            Operand::Value(value) => self.bind_value(name, value, pat.mutability.is_some(), hint),
            // An element that is moved out of its collection: it is not used there again, unless another
            // takes its place.
            Operand::Place(place)
                if pat.mutability.is_none()
                    && !place.is_var()
                    && types::is_owner(&self.f.place_ty(&place)) =>
            {
                let moved = self.as_it_was(place);
                self.scopes.bind(name, Operand::Place(moved));
            }
            // The payload that a `match` names: another name for it, since it may not be `Copy`.
            Operand::Place(place) if pat.mutability.is_none() && self.is_payload(&place) => {
                self.scopes.bind(name, Operand::Place(place));
            }
            Operand::Place(place) => {
                let value = self.read_or_move(place);
                self.bind_value(name, value, pat.mutability.is_some(), hint);
            }
            Operand::Tuple(items) => {
                let mutable = pat.mutability.is_some();
                let items: Vec<Operand> = match mutable {
                    true => items.into_iter().map(|item| self.assignable(item)).collect(),
                    false => items,
                };
                if items.iter().all(is_plain) {
                    let value = self.owned(Operand::Tuple(items));
                    self.bind_value(name, value, mutable, hint);
                } else {
                    let item = |item| if mutable { self.variable(item) } else { self.fixed(item) };
                    let items = items.into_iter().map(item).collect();
                    self.scopes.bind(name, Operand::Tuple(items));
                }
            }
            Operand::Maybe(maybe) if pat.mutability.is_some() => {
                let value = self.value_of(Operand::Maybe(maybe));
                self.bind_value(name, value, true, hint);
            }
            Operand::Maybe(maybe) => match self.maybe_as_it_was(&maybe) {
                Operand::Value(value) => self.bind_value(name, value, false, hint),
                other => self.scopes.bind(name, other),
            },
            // A shared part of a slice is sliced once, not at every use.
            Operand::Ref(place, false)
                if matches!(place.proj.last(), Some(Proj::Range(..))) && !self.tree =>
            {
                self.bind_view(name, place, false);
            }
            other @ (Operand::Ref(..) | Operand::Closure(_) | Operand::Stream(_)) => {
                // Only a `mut` iterator can be advanced by hand.
                let other = match other {
                    Operand::Stream(stream) if pat.mutability.is_some() => self.held(&stream, name),
                    other => other,
                };
                self.scopes.bind(name, other);
            }
        }
    }

    /// Whether a place is what a pattern binds of a value that is matched, of a type that may own.
    fn is_payload(&self, place: &Place) -> bool {
        let info = self.f.info(place.root);
        place.is_var()
            && !info.mutable
            && matches!(info.ty, Ty::Named(_) | Ty::Unknown | Ty::Vec(_) | Ty::Deque(_))
            && info.view_of.as_ref().is_some_and(|of| matches!(of.proj.last(), Some(Proj::Payload)))
    }

    fn bind_value(&mut self, name: &Ident, value: Expr, mutable: bool, hint: &Ty) {
        if !mutable && let Some(var) = self.adopted(name, &value, hint) {
            self.scopes.bind(name, Operand::var(var));
            return;
        }
        let ty = types::refined(hint, &self.value_ty(&value));
        let ty = self.kept_result(&value).unwrap_or(ty);
        let var = self.declare(name, ty, mutable);
        self.pass_on_box(&value, var);
        self.emit(Stmt::Let { var, init: Some(value) });
        self.scopes.bind(name, Operand::var(var));
    }

    /// A variable that takes over what a box holds is one as well.
    fn pass_on_box(&mut self, value: &Expr, var: crate::ir::Var) {
        let root = match value {
            Expr::Read(place) if place.is_var() => place.root,
            Expr::Move(root) => *root,
            _ => return,
        };
        for set in [&mut self.unboxed, &mut self.boxes, &mut self.boxed_slices] {
            if set.contains(&root) {
                set.insert(var);
            }
        }
    }

    /// A temporary of ours that the user's name is for: it takes the name.
    fn adopted(&mut self, name: &Ident, value: &Expr, hint: &Ty) -> Option<crate::ir::Var> {
        let var = match value {
            Expr::Read(place) if place.is_var() => place.root,
            Expr::Move(var) => *var,
            _ => return None,
        };
        let info = self.f.info(var);
        if info.mutable || info.by_ref.is_some() || !self.generated.remove(&var) {
            return None;
        }
        self.f.vars[var.0].name = name.clone();
        self.refine(var, hint);
        if self.errors.contains(&name.to_string())
            && let Some(ty) = self.kept_result(value)
        {
            self.f.vars[var.0].ty = ty;
        }
        Some(var)
    }

    /// The operand with its value, if it has none of its own place yet, in a variable: so that it
    /// can be named twice or later.
    pub(super) fn fixed(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Value(value) => Operand::var(self.temp_var("t", value)),
            Operand::Place(place) => {
                let value = self.read_or_move(place);
                let var = self.temp_var("t", value.clone());
                self.pass_on_box(&value, var);
                Operand::var(var)
            }
            Operand::Tuple(items) => Operand::Tuple(items.into_iter().map(|item| self.fixed(item)).collect()),
            Operand::Maybe(maybe) => match self.maybe_as_it_was(&maybe) {
                Operand::Value(value) => Operand::var(self.temp_var("t", value)),
                other => other,
            },
            other @ (Operand::Ref(..) | Operand::Closure(_) | Operand::Stream(_)) => other,
        }
    }

    /// The operand with what may be absent in it as a value that can be assigned.
    fn assignable(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Maybe(maybe) => Operand::Value(self.value_of(Operand::Maybe(maybe))),
            Operand::Tuple(items) => {
                Operand::Tuple(items.into_iter().map(|item| self.assignable(item)).collect())
            }
            other @ (Operand::Value(_)
            | Operand::Place(_)
            | Operand::Ref(..)
            | Operand::Closure(_)
            | Operand::Stream(_)) => other,
        }
    }

    /// The operand with its values in variables of their own that can be assigned.
    fn variable(&mut self, operand: Operand) -> Operand {
        let value = match operand {
            Operand::Value(value) => value,
            Operand::Place(place) => self.read_or_move(place),
            Operand::Tuple(items) => {
                return Operand::Tuple(items.into_iter().map(|item| self.variable(item)).collect());
            }
            other @ (Operand::Ref(..) | Operand::Closure(_) | Operand::Stream(_) | Operand::Maybe(_)) => {
                return other;
            }
        };
        let ty = self.value_ty(&value);
        let var = self.f.add_var(VarInfo { mutable: true, ..VarInfo::local("t", ty, Span::call_site()) });
        self.pass_on_box(&value, var);
        self.emit(Stmt::Let { var, init: Some(value) });
        Operand::var(var)
    }

    /// The operand as something that has parts: a value is stored first.
    pub(super) fn located(&mut self, operand: Operand, name: &str) -> Operand {
        match operand {
            Operand::Value(Expr::Read(place)) => Operand::Place(place),
            Operand::Value(Expr::Move(var)) => Operand::var(var),
            Operand::Value(value) => Operand::var(self.temp_var(name, value)),
            other @ (Operand::Place(_)
            | Operand::Ref(..)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_)) => other,
        }
    }

    /// What a reference refers to.
    pub(super) fn pointee(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Ref(place, _) => Operand::Place(place),
            Operand::Value(Expr::Opaque { tokens, args, ty }) => {
                Operand::Value(Expr::Opaque { tokens: quote::quote!(*(#tokens)), args, ty })
            }
            Operand::Tuple(items) => Operand::Tuple(items),
            // `Option::copied`, where the payload is a reference.
            Operand::Maybe(maybe) => {
                let payload = self.pointee(maybe.payload.clone());
                Operand::Maybe(Rc::new(Maybe { some: maybe.some.clone(), payload }))
            }
            other @ (Operand::Value(_) | Operand::Place(_) | Operand::Closure(_) | Operand::Stream(_)) => {
                other
            }
        }
    }

    /// Evaluates an operand for nothing but its effects.
    pub(super) fn discard(&mut self, operand: Operand) {
        if let Operand::Value(Expr::Opaque { tokens, args, .. }) = operand {
            self.emit(Stmt::Effect { tokens, args, diverges: false });
        }
    }

    fn discard_bound(&mut self, operand: Operand) {
        if let Operand::Value(Expr::Opaque { tokens, args, .. }) = operand {
            self.emit(Stmt::Effect { tokens: quote::quote!(let _ = #tokens), args, diverges: false });
        }
    }

    /// A field of an operand.
    pub(super) fn field(&mut self, operand: Operand, member: &Member) -> Operand {
        match (self.located(operand, "s"), member) {
            (Operand::Tuple(mut items), Member::Unnamed(index)) if (index.index as usize) < items.len() => {
                items.swap_remove(index.index as usize)
            }
            (Operand::Place(place), member) => {
                let place = place.project(Proj::Field(member.clone()));
                match self.lent_by_field(&place) {
                    Some(mutable) => Operand::Ref(place, mutable),
                    None => Operand::Place(place),
                }
            }
            // What is given away is taken apart by value.
            (Operand::Ref(place, false), member) if self.is_given_away(&place) => {
                Operand::Place(place.project(Proj::Field(member.clone())))
            }
            (Operand::Ref(place, mutable), member) => {
                Operand::Ref(place.project(Proj::Field(member.clone())), mutable)
            }
            (other, _) => other,
        }
    }

    fn bind_tuple(&mut self, pat: &syn::PatTuple, operand: Operand, hint: &Ty) {
        let operand = self.located(operand, "t");
        let rest = pat.elems.iter().position(|elem| matches!(elem, Pat::Rest(_)));
        let len = match (&operand, rest) {
            (Operand::Tuple(items), _) => items.len(),
            (_, None) => pat.elems.len(),
            (Operand::Place(place) | Operand::Ref(place, _), Some(at)) => match self.f.place_ty(place) {
                Ty::Tuple(items) => items.len(),
                _ if at + 1 == pat.elems.len() => pat.elems.len(),
                _ => {
                    self.error(pat, message::UNKNOWN_LENGTH_PATTERN);
                    return;
                }
            },
            _ => pat.elems.len(),
        };
        if let (Operand::Place(place), None) = (&operand, rest)
            && let Some(ty @ Ty::Unknown) = tuple_item(&mut self.f.vars[place.root.0].ty, &place.proj)
        {
            *ty = Ty::Tuple(vec![Ty::Unknown; len]);
        }
        let hints = match hint {
            Ty::Tuple(hints) => hints.clone(),
            _ => Vec::new(),
        };
        let tail = rest.map_or(0, |at| pat.elems.len() - at - 1);
        for (k, elem) in pat.elems.iter().enumerate() {
            let index = match rest {
                Some(at) if k == at => continue,
                Some(_) if k + tail >= pat.elems.len() => (len + k).saturating_sub(pat.elems.len()),
                _ => k,
            };
            let part = self.field(operand.clone(), &Member::from(index));
            let hint = hints.get(index).cloned().unwrap_or(Ty::Unknown);
            self.bind_pattern(elem, part, &hint);
        }
    }

    fn bind_slice(&mut self, pat: &syn::PatSlice, operand: Operand) {
        let (place, by_ref) = match self.located(operand, "a") {
            Operand::Place(place) => (place, None),
            Operand::Ref(place, mutable) => (place, Some(mutable)),
            Operand::Value(_)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => {
                self.error(pat, message::PATTERN);
                return;
            }
        };
        let is_rest = |pat: &Pat| match bare(pat) {
            Pat::Rest(_) => true,
            Pat::Ident(ident) => {
                ident.subpat.as_ref().is_some_and(|(_, sub)| matches!(bare(sub), Pat::Rest(_)))
            }
            _ => false,
        };
        let rest = pat.elems.iter().position(is_rest);
        let after = rest.map_or(0, |at| pat.elems.len() - at - 1);
        let total = if after > 0 { Some(self.length(&place)) } else { None };
        let part = |place: Place| match by_ref {
            None => Operand::Place(place),
            Some(mutable) => Operand::Ref(place, mutable),
        };
        for (k, elem) in pat.elems.iter().enumerate() {
            match rest {
                Some(at) if k == at => {
                    let Pat::Ident(ident) = bare(elem) else { continue };
                    let hi = total.as_ref().map(|total| self.minus(total.clone(), after));
                    let place = place.project(Proj::Range(Some(usize_lit(at)), hi));
                    let operand = part(place);
                    self.bind_view_of(&ident.ident, operand);
                }
                Some(at) if k > at => {
                    let from_end = pat.elems.len() - k;
                    let total = total.clone().unwrap_or_else(|| usize_lit(0));
                    let index = self.minus(total, from_end);
                    self.bind_pattern(elem, part(place.project(Proj::Index(index))), &Ty::Unknown);
                }
                _ => self.bind_pattern(elem, part(place.project(Proj::Index(usize_lit(k)))), &Ty::Unknown),
            }
        }
    }

    fn minus(&mut self, total: Expr, count: usize) -> Expr {
        if let Expr::Lit(syn::Lit::Int(lit)) = &total
            && let Ok(total) = lit.base10_parse::<usize>()
        {
            return usize_lit(total.saturating_sub(count));
        }
        self.index_atom(Expr::prim(Op::Sub, vec![total, usize_lit(count)]))
    }

    /// Binds a name to part of a place: a view, as `let name = &place[..]` makes it.
    pub(super) fn bind_view_of(&mut self, name: &Ident, operand: Operand) {
        match operand {
            Operand::Ref(place, mutable) => self.bind_view(name, place, mutable),
            Operand::Place(place) => self.bind_view(name, place, false),
            other => self.scopes.bind(name, other),
        }
    }

    /// `let name = &place;`, where the place is more than a variable.
    pub(super) fn bind_view(&mut self, name: &Ident, place: Place, mutable: bool) {
        if place.is_var() {
            self.scopes.bind(name, Operand::Ref(place, mutable));
            return;
        }
        let info = VarInfo {
            name: name.clone(),
            mutable,
            by_ref: Some(mutable),
            ..VarInfo::local("x", self.f.place_ty(&place), name.span())
        };
        let var = self.f.add_var(VarInfo { view_of: Some(place), ..info });
        self.emit(Stmt::View { var });
        self.scopes.bind(name, Operand::Ref(Place::var(var), mutable));
    }
}

/// A pattern with the parentheses and type around it taken off.
pub(super) fn bare(pat: &Pat) -> &Pat {
    match pat {
        Pat::Paren(inner) => bare(&inner.pat),
        Pat::Type(inner) => bare(&inner.pat),
        _ => pat,
    }
}

/// Whether the operand is a value, all through.
pub(super) fn is_plain(operand: &Operand) -> bool {
    match operand {
        Operand::Value(_) | Operand::Place(_) => true,
        Operand::Tuple(items) => items.iter().all(is_plain),
        Operand::Ref(..) | Operand::Closure(_) | Operand::Stream(_) | Operand::Maybe(_) => false,
    }
}

/// An unsuffixed integer literal.
pub(super) fn usize_lit(value: usize) -> Expr {
    Expr::Lit(syn::Lit::Int(syn::LitInt::new(&value.to_string(), proc_macro2::Span::call_site())))
}

/// The names that a pattern binds.
pub(super) fn names(pat: &Pat, into: &mut Vec<Ident>) {
    struct Names<'n>(&'n mut Vec<Ident>);
    impl<'ast> syn::visit::Visit<'ast> for Names<'_> {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            self.0.push(pat.ident.clone());
            syn::visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'ast syn::Expr) {}
    }
    syn::visit::Visit::visit_pat(&mut Names(into), pat);
}

/// The type of an item of a tuple of tuples.
fn tuple_item<'t>(ty: &'t mut Ty, proj: &[Proj]) -> Option<&'t mut Ty> {
    let Some((first, rest)) = proj.split_first() else { return Some(ty) };
    match (first, ty) {
        (Proj::Field(Member::Unnamed(index)), Ty::Tuple(items)) => {
            tuple_item(items.get_mut(index.index as usize)?, rest)
        }
        _ => None,
    }
}
