//! Elements by users' own indices: `m[(i, j)]` is read and written like by a method, since only
//! `impl Index` knows what it names.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Arg, Call, CallMode, Callee, Expr, Op, Outcome, Place, Stmt, Ty, WideCompanions};
use proc_macro2::Span;
use syn::spanned::Spanned;

/// Up to which order the runtime makes boxes.
const ORDER_OF_BOXES: u8 = 4;

impl Lowerer<'_> {
    /// Whether an index is one that no sequence has: a tuple.
    pub(super) fn is_own_index(&self, index: &syn::ExprIndex) -> bool {
        match unparen(&index.index) {
            syn::Expr::Tuple(_) => true,
            key @ syn::Expr::Path(_) => matches!(self.type_of(key), Ty::Tuple(_)),
            _ => false,
        }
    }

    /// Whether what an expression names lies inside such an element, or is one.
    pub(super) fn is_part_of_own_element(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Index(index) => self.is_own_index(index) || self.is_part_of_own_element(&index.expr),
            syn::Expr::Field(field) => self.is_part_of_own_element(&field.base),
            syn::Expr::Unary(unary) => self.is_part_of_own_element(&unary.expr),
            _ => false,
        }
    }

    /// The value of an element.
    pub(super) fn own_element(&mut self, index: &syn::ExprIndex, hint: &Ty) -> Operand {
        let Some((place, key)) = self.place_and_key(index) else { return Operand::unit() };
        let args = vec![Arg::Ref(place), Arg::Value(key)];
        self.element_call("at", args, hint.clone(), index.span())
    }

    /// `m[(i, j)] = value`, `m[(i, j)] += value`
    pub(super) fn assign_own_element(
        &mut self,
        index: &syn::ExprIndex,
        op: Option<Op>,
        right: &syn::Expr,
        span: Span,
    ) {
        let hint = self.type_of(right);
        let operand = self.operand(right, &hint);
        let value = match op {
            Some(_) => self.value_of(operand),
            None => self.owned(operand),
        };
        let value = self.stored(value);
        let Some((place, key)) = self.place_and_key(index) else { return };
        let value = match op {
            None => value,
            Some(op) => {
                let args = vec![Arg::Ref(place.clone()), Arg::Value(key.clone())];
                let old = self.element_call("at", args, hint, span);
                let old = self.value_of(old);
                let new = self.prim(op, vec![old, value], span);
                let new = self.owned(new);
                self.stored(new)
            }
        };
        let args = vec![Arg::RefMut(place), Arg::Value(key), Arg::Value(value)];
        let result = self.element_call("put", args, Ty::UNIT, span);
        self.discard(result);
    }

    fn place_and_key(&mut self, index: &syn::ExprIndex) -> Option<(Place, Expr)> {
        let base = self.operand(&index.expr, &Ty::Unknown);
        let (Operand::Place(place) | Operand::Ref(place, _)) = self.located(base, "a") else {
            self.error(index, message::UNKNOWN_SYNTAX);
            return None;
        };
        let key = self.inactive(&index.index, &Ty::Inert);
        Some((place, self.temp(key)))
    }

    fn element_call(&mut self, name: &str, args: Vec<Arg>, ty: Ty, span: Span) -> Operand {
        if !self.overloads {
            self.diag.error(span, message::ORDER_OF_OWN_TYPES);
            return Operand::Value(Expr::Placeholder(ty));
        }
        let krate = self.krate.clone();
        let name = syn::Ident::new(name, span);
        self.runtime_call(syn::parse_quote!(#krate::rt::index::#name), args, ty, span)
    }

    /// The contents of a local box as what they are where they are kept or handed on: a box.
    pub(super) fn boxed(&mut self, operand: Operand) -> Operand {
        let place = match &operand {
            Operand::Place(place) if place.is_var() => place.clone(),
            Operand::Place(_)
            | Operand::Ref(..)
            | Operand::Value(_)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => return operand,
        };
        let krate = self.krate.clone();
        let callee: syn::Path = if self.boxes.contains(&place.root) {
            syn::parse_quote!(#krate::rt::boxed)
        } else if self.boxed_slices.contains(&place.root) {
            syn::parse_quote!(#krate::rt::boxed_slice)
        } else {
            return operand;
        };
        if self.tree {
            return operand;
        }
        if self.order > ORDER_OF_BOXES {
            self.diag.error(place.span, message::ORDER_OF_BOXES);
            return operand;
        }
        let (span, contents) = (place.span, Arg::Value(self.read_or_move(place)));
        let boxed = self.runtime_call(callee, vec![contents], Ty::Unknown, span);
        if let Operand::Place(place) = &boxed {
            self.f.vars[place.root.0].made = true;
        }
        boxed
    }

    fn runtime_call(&mut self, callee: syn::Path, args: Vec<Arg>, ty: Ty, span: Span) -> Operand {
        let result = self.local("r", ty);
        self.emit(Stmt::Call(Call {
            callee: Callee::Path(callee),
            args,
            result,
            question: false,
            map_err: None,
            spared: false,
            outcome: Outcome::Value,
            wide: WideCompanions::default(),
            mode: CallMode::Plain,
            span,
        }));
        Operand::var(result)
    }
}
