//! Elements by users' own indices: `m[(i, j)]` is read and written like by a method, since only
//! `impl Index` knows what it names.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Arg, Call, CallMode, Callee, Expr, Op, Outcome, Place, Stmt, Ty, WideCompanions};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;

/// Up to which order the runtime makes boxes.
const ORDER_OF_BOXES: u8 = 4;

impl Lowerer<'_> {
    /// Whether an index is one that no sequence has: a tuple or an array, or a number of something that only its
    /// type knows how to find.
    pub(super) fn is_own_index(&self, index: &syn::ExprIndex) -> bool {
        self.has_own_index(index) && self.followed_index(index).is_none()
    }

    fn has_own_index(&self, index: &syn::ExprIndex) -> bool {
        match unparen(&index.index) {
            syn::Expr::Tuple(_) | syn::Expr::Array(_) | syn::Expr::Repeat(_) => true,
            syn::Expr::Range(_) => false,
            key @ syn::Expr::Path(_) if matches!(self.type_of(key), Ty::Tuple(_) | Ty::Array(..)) => true,
            _ => self.is_numbered(&index.expr),
        }
    }

    /// Whether elements are found by numbers in a way that tangents do not share: those of a generic, and those of a
    /// type of this module whose index looks at more of it than the part that it names.
    fn is_numbered(&self, base: &syn::Expr) -> bool {
        let Ty::Named(named) = self.holder(base) else { return false };
        let syn::Type::Path(path) = &named.written else { return false };
        let Some(last) = path.path.segments.last() else { return false };
        if let Some((_, element)) = self.types.elements.iter().find(|(name, _)| path.path.is_ident(name)) {
            return self.types.ty(element).may_be_active() && !self.is_marked(base);
        }
        let by_number = |function: &syn::ImplItemFn| {
            matches!(function.sig.inputs.get(1), Some(syn::FnArg::Typed(typed))
                if matches!(&*typed.ty, syn::Type::Path(key) if key.path.is_ident("usize")))
        };
        let given =
            |function: &syn::ImplItemFn| !function.sig.output.to_token_stream().to_string().contains('[');
        let own = self.around.indices(&last.ident);
        let mut own = own.iter().filter(|function| by_number(function) && given(function));
        named.fields.is_some()
            && own.any(|function| !crate::driver::is_projection(function))
            && !self.is_marked(base)
    }

    /// The type of a variable, or of a field of a struct that is known.
    pub(super) fn holder(&self, base: &syn::Expr) -> Ty {
        match unparen(base) {
            syn::Expr::Field(field) => match self.holder(&field.base) {
                Ty::Named(named) => named.field(&field.member).map_or(Ty::Unknown, |field| field.ty.clone()),
                _ => self.type_of(base),
            },
            base => self.type_of(base),
        }
    }

    /// Whether a place is a parameter that has no derivative, or a part of one.
    pub(super) fn is_marked(&self, base: &syn::Expr) -> bool {
        match unparen(base) {
            syn::Expr::Field(field) => self.is_marked(&field.base),
            syn::Expr::Unary(unary) => self.is_marked(&unary.expr),
            syn::Expr::Path(path) => {
                match path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string())) {
                    Some(Operand::Place(place) | Operand::Ref(place, _)) => {
                        self.f.params.iter().any(|param| param.var == place.root && !param.active)
                    }
                    _ => false,
                }
            }
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
        let element = match self.f.place_ty(&place) {
            Ty::Named(named) => {
                self.types.elements.iter().find(|(name, _)| named.written == syn::parse_quote!(#name))
            }
            _ => None,
        };
        let hint = element.map_or_else(|| hint.clone(), |(_, ty)| self.types.ty(ty));
        let args = vec![Arg::Ref(place), Arg::Value(key)];
        self.element_call("at", args, hint, index.span())
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
        if let syn::Expr::Tuple(_) | syn::Expr::Array(_) | syn::Expr::Repeat(_) = unparen(&index.index) {
            let key = self.inactive(&index.index, &Ty::Inert);
            return Some((place, self.temp(key)));
        }
        let numbered = self.is_numbered(&index.expr);
        let key = self.inactive(&index.index, &if numbered { super::types::usize_ty() } else { Ty::Inert });
        Some((place, if numbered { self.index_atom(key) } else { self.temp(key) }))
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
