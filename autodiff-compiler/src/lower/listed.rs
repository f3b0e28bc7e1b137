//! `Vec`s of references: `let heavy: Vec<&P> = ps.iter().filter(…).collect();`
//!
//! Such a `Vec` holds the indices of what it refers to, all parts of one place, of one form. An element of it is
//! the part with that index.

use super::Lowerer;
use super::absent::Shape;
use super::pattern::usize_lit;
use super::scope::{Maybe, Operand};
use super::types::usize_ty;
use crate::diagnostics::message;
use crate::ir::{Expr, Place, Proj, Stmt, Ty, Var, VecOp};
use proc_macro2::Span;
use std::rc::Rc;

/// What the elements of such a `Vec` are parts of.
#[derive(Clone)]
pub(super) struct Listed {
    root: Var,
    /// With a stand-in for the index.
    steps: Vec<Proj>,
    at: usize,
}

impl Lowerer<'_> {
    /// Whether a place is a `Vec` of references.
    pub(super) fn is_list(&self, place: &Place) -> bool {
        place.proj.is_empty() && self.lists.contains_key(&self.list_of(place.root))
    }

    /// Whether an expression is the name of a `Vec` of references.
    pub(super) fn names_list(&self, expr: &syn::Expr) -> bool {
        let syn::Expr::Path(path) = super::stmt::unparen(expr) else { return false };
        let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
        matches!(local, Some(Operand::Place(place) | Operand::Ref(place, _)) if self.is_list(place))
    }

    /// The `Vec` that a name stands for, behind views of the whole.
    fn list_of(&self, mut var: Var) -> Var {
        while let Some(of) = &self.f.info(var).view_of
            && of.is_var()
        {
            var = of.root;
        }
        var
    }

    /// Puts a reference into a `Vec`; false where it is none that is kept so.
    pub(super) fn push_reference(&mut self, list: &Place, item: &Operand, span: Span) -> bool {
        if !list.proj.is_empty() || !matches!(item, Operand::Ref(_, false)) || !self.is_elsewhere(item) {
            return false;
        }
        let Operand::Ref(place, _) = self.where_it_is(item.clone()) else { return false };
        if self.is_given_away(&place) {
            return false;
        }
        let list = self.list_of(list.root);
        let (root, steps) = self.normal_form(&place);
        let indices: Vec<usize> =
            (0..steps.len()).filter(|k| matches!(steps[*k], Proj::Index(_) | Proj::Range(..))).collect();
        let ([at], true) = (&indices[..], root.0 < list.0) else { return false };
        let Proj::Index(index) = steps[*at].clone() else { return false };
        let listed = Listed { root, steps, at: *at };
        match self.lists.get(&list) {
            Some(known) if !known.is_like(&listed) => return false,
            Some(_) => {}
            None => {
                // What stands before this took it for a `Vec` of values.
                let (steps, ty) = (listed.steps.clone(), self.f.place_ty(&place));
                self.learn(list, Shape::Reference { root, steps, ty, mutable: false });
                self.begin_list(list, listed);
            }
        }
        self.emit(Stmt::Vector { vec: Place::var(list), op: VecOp::Push(index), span });
        true
    }

    fn begin_list(&mut self, list: Var, listed: Listed) {
        self.f.vars[list.0].ty = Ty::Vec(Box::new(usize_ty()));
        self.inits.insert(list, Expr::VecNew { capacity: None, ty: usize_ty(), deque: false });
        self.lists.insert(list, listed);
    }

    /// Notes that a variable began as an empty `Vec`, which references may be put into.
    pub(super) fn note_list(&mut self, name: &syn::Ident, outside: usize) {
        let Some(Operand::Place(place)) = self.scopes.local(&name.to_string()) else { return };
        let (list, is_var) = (place.root, place.is_var());
        match self.optional.declare() {
            Some(Shape::Reference { root, steps, .. }) if is_var => {
                let at = steps.iter().position(|step| matches!(step, Proj::Index(_)));
                self.begin_list(list, Listed { root, steps, at: at.unwrap_or(0) });
            }
            Some(_) => {}
            None => self.optional.note(list, outside),
        }
    }

    /// The element with an index, an atom, which is there.
    pub(super) fn listed(&mut self, list: &Place, index: Expr) -> Operand {
        let value = Expr::Read(Place::var(self.list_of(list.root)).project(Proj::Index(index)));
        let index = self.index_atom(value);
        self.part_listed(list, index)
    }

    fn part_listed(&mut self, list: &Place, index: Expr) -> Operand {
        let Some(listed) = self.lists.get(&self.list_of(list.root)).cloned() else {
            return Operand::Place(list.clone());
        };
        let mut steps = listed.steps;
        steps[listed.at] = Proj::Index(index);
        let part = Place { span: list.span, proj: steps, ..Place::var(listed.root) };
        Operand::Ref(part, false)
    }

    /// The element with an index where `some` holds.
    pub(super) fn listed_if(&mut self, list: &Place, some: Expr, index: Expr) -> Operand {
        let at = self.slot_of("at", usize_lit(0));
        let value = Expr::Read(Place::var(self.list_of(list.root)).project(Proj::Index(index)));
        let some = Expr::read(self.temp_var("some", some));
        self.when(
            some.clone(),
            |this| {
                let span = Span::call_site();
                this.emit(Stmt::Assign { place: Place::var(at), op: None, value, span });
            },
            |_| {},
        );
        let index = self.index_atom(Expr::read(at));
        let payload = self.part_listed(list, index);
        Operand::Maybe(Rc::new(Maybe { some, payload }))
    }

    /// The `Vec` of references that it is in the source, for what is written as it stands.
    pub(super) fn written_list(&self, list: &Place) -> Expr {
        let list = self.list_of(list.root);
        let indices = Expr::Borrow { place: Place::var(list), mutable: false };
        let Some(listed) = self.lists.get(&list).filter(|listed| listed.steps.len() == 1) else {
            return indices;
        };
        let of = Expr::Borrow { place: Place::var(listed.root), mutable: false };
        let krate = &self.krate;
        let tokens = quote::quote!(
            (__hole_0).iter().map(|__k| &(__hole_1)[*__k]).collect::<#krate::rt::Vec<_>>()
        );
        Expr::Opaque { tokens, args: vec![indices, of], ty: Ty::Inert }
    }

    /// Refuses what would take the indices for the elements.
    pub(super) fn refuse_list(&mut self, list: &Place, tokens: &impl quote::ToTokens) -> Option<Operand> {
        self.is_list(list).then(|| self.refuse(tokens, message::LIST_OF_REFERENCES))
    }
}

impl Listed {
    /// Whether two are of one form: what changes is the index alone.
    fn is_like(&self, other: &Listed) -> bool {
        let same = |(a, b): (&Proj, &Proj)| match (a, b) {
            (Proj::Field(a), Proj::Field(b)) => a == b,
            (Proj::Deref, Proj::Deref) | (Proj::Index(_), Proj::Index(_)) => true,
            (Proj::Field(_) | Proj::Deref | Proj::Payload | Proj::Index(_) | Proj::Range(..), _) => false,
        };
        self.root == other.root
            && self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(same)
    }
}
