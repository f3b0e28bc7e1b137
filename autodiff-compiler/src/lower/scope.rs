//! Names and what they stand for.

use super::closure::Closure;
use super::iter::Stream;
use crate::ir::{Expr, Place, Var};
use std::collections::BTreeMap;
use std::rc::Rc;
use syn::Ident;

/// What an expression of the source comes to before it is known whether its value, its place or
/// a part of it is wanted.
#[derive(Clone)]
pub(super) enum Operand {
    /// A value not yet stored.
    Value(Expr),
    /// A place: reading it copies, borrowing it names it.
    Place(Place),
    /// A reference to a place; whether it is mutable.
    Ref(Place, bool),
    /// A tuple that was taken apart, so that references can stand in it.
    Tuple(Vec<Operand>),
    Closure(Rc<Closure>),
    /// An iterator held in a variable, not yet driven.
    Stream(Rc<Stream>),
    /// An `Option` that was taken apart: whether it is `Some`, and its payload, which is there
    /// only then.
    Maybe(Rc<Maybe>),
}

pub(super) struct Maybe {
    pub some: Expr,
    pub payload: Operand,
}

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Binding {
    Local(Operand),
    /// An item nested in the body: not ours to rename.
    Item,
}

#[derive(Clone, Default)]
pub(super) struct Scopes {
    stack: Vec<BTreeMap<String, Binding>>,
}

impl Operand {
    pub(super) fn var(var: Var) -> Operand {
        Operand::Place(Place::var(var))
    }

    pub(super) fn unit() -> Operand {
        Operand::Value(Expr::Tuple(Vec::new()))
    }
}

impl Scopes {
    pub(super) fn push(&mut self) {
        self.stack.push(BTreeMap::new());
    }

    pub(super) fn pop(&mut self) {
        self.stack.pop();
    }

    pub(super) fn bind(&mut self, name: &Ident, operand: Operand) {
        self.bind_as(name, Binding::Local(operand));
    }

    pub(super) fn bind_item(&mut self, name: &Ident) {
        self.bind_as(name, Binding::Item);
    }

    fn bind_as(&mut self, name: &Ident, binding: Binding) {
        if self.stack.is_empty() {
            self.push();
        }
        if let Some(scope) = self.stack.last_mut() {
            scope.insert(name.to_string(), binding);
        }
    }

    /// The local that a name stands for, if it is one.
    /// Whether a name was given to something in the body.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.stack.iter().any(|scope| scope.contains_key(name))
    }

    pub(super) fn local(&self, name: &str) -> Option<&Operand> {
        match self.stack.iter().rev().find_map(|scope| scope.get(name)) {
            Some(Binding::Local(operand)) => Some(operand),
            Some(Binding::Item) | None => None,
        }
    }

    /// What `name.0.1` stands for, where the parts of a tuple have names of their own.
    pub(super) fn part(&self, field: &syn::ExprField) -> Option<&Operand> {
        let syn::Member::Unnamed(index) = &field.member else { return None };
        let base = match super::stmt::unparen(&field.base) {
            syn::Expr::Path(path) => self.local(&path.path.get_ident()?.to_string())?,
            syn::Expr::Field(inner) => self.part(inner)?,
            _ => return None,
        };
        match base {
            Operand::Tuple(items) => items.get(index.index as usize),
            Operand::Place(_)
            | Operand::Ref(..)
            | Operand::Value(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => None,
        }
    }

    /// The items among the names: what a nested function sees.
    pub(super) fn items(&self) -> Scopes {
        let mut items = BTreeMap::new();
        for scope in &self.stack {
            for (name, binding) in scope {
                let item = match binding {
                    Binding::Item => true,
                    Binding::Local(Operand::Closure(closure)) => closure.function,
                    Binding::Local(_) => false,
                };
                if item {
                    items.insert(name.clone(), binding.clone());
                }
            }
        }
        Scopes { stack: vec![items] }
    }

    /// Whether a function of this name is nested in the body.
    pub(super) fn is_item(&self, name: &str) -> bool {
        matches!(self.stack.iter().rev().find_map(|scope| scope.get(name)), Some(Binding::Item))
    }
}
