//! Conditions, and other expressions that have no derivative as a whole.

use super::Lowerer;
use super::frame::Fork;
use super::scope::Operand;
use super::stmt::unparen;
use crate::ir::{Expr, Op, Ty};
use crate::primitives::Primitive;
use syn::spanned::Spanned;
use syn::{BinOp, UnOp};

/// How plain an expression is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    /// Lowered to one tree, without a statement.
    Tree,
    /// Known operations only, whose indices may take temporaries.
    Known,
}

impl Lowerer<'_> {
    /// Lowers a condition; its temporaries, if it takes any, are emitted before.
    pub(super) fn condition(&mut self, expr: &syn::Expr) -> Expr {
        match unparen(expr) {
            syn::Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
                self.condition_binary(binary, Op::And)
            }
            syn::Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) => {
                self.condition_binary(binary, Op::Or)
            }
            syn::Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let value = self.condition(&unary.expr);
                Expr::Prim { op: Op::Not, args: vec![value], span: unary.span() }
            }
            other => self.inactive(other, &Ty::Bool),
        }
    }

    /// Lowers an expression whose value has no derivative.
    pub(super) fn inactive(&mut self, expr: &syn::Expr, hint: &Ty) -> Expr {
        if self.is_plain(expr, Plain::Tree) {
            let before = std::mem::replace(&mut self.tree, true);
            let value = self.value(expr, hint);
            self.tree = before;
            return value;
        }
        if !self.is_plain(expr, Plain::Known) && self.can_be_opaque(expr) {
            return self.opaque(expr, hint.clone(), None);
        }
        self.value(expr, hint)
    }

    /// `left && right`, `left || right`.
    pub(super) fn condition_binary(&mut self, binary: &syn::ExprBinary, op: Op) -> Expr {
        let whole = syn::Expr::Binary(binary.clone());
        let plain = self.is_plain(&whole, Plain::Tree);
        if !plain && self.can_be_opaque(&whole) && !self.is_plain(&whole, Plain::Known) {
            return self.opaque(&whole, Ty::Bool, None);
        }
        let left = self.condition(&binary.left);
        let since = self.changes.len();
        let mut right = None;
        let frame = self.framed(|this| {
            let value = this.condition(&binary.right);
            right = Some(value);
        });
        let right = right.unwrap_or_else(|| Expr::Placeholder(Ty::Bool));
        if frame.is_empty() && !frame.dead {
            return Expr::Prim { op, args: vec![left, right], span: binary.op.span() };
        }
        // The right side takes statements, which run only where the left one lets them.
        let slot = self.slot("c", Ty::Bool);
        let decided: syn::Lit =
            if op == Op::And { syn::parse_quote!(false) } else { syn::parse_quote!(true) };
        let go_on = self.framed_in(frame, |this| this.assign_slot(slot, right));
        let stop = self.framed(|this| this.assign_slot(slot, Expr::Lit(decided)));
        let arms = if op == Op::And { vec![go_on, stop] } else { vec![stop, go_on] };
        self.branch(Fork::If(left), arms, since);
        Expr::read(slot)
    }

    /// Whether an expression is made of known operations only.
    fn is_plain(&self, expr: &syn::Expr, how: Plain) -> bool {
        match expr {
            syn::Expr::Paren(inner) => self.is_plain(&inner.expr, how),
            syn::Expr::Group(inner) => self.is_plain(&inner.expr, how),
            syn::Expr::Lit(_) => true,
            syn::Expr::Path(path) => {
                match path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string())) {
                    // Where it refers to now takes temporaries.
                    Some(operand @ Operand::Ref(..)) => how == Plain::Known || !self.is_moving(operand),
                    Some(Operand::Value(_) | Operand::Place(_)) | None => true,
                    Some(
                        Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_) | Operand::Maybe(_),
                    ) => false,
                }
            }
            syn::Expr::Unary(unary) => self.is_plain(&unary.expr, how),
            syn::Expr::Reference(reference) => {
                reference.mutability.is_none() && self.is_plain(&reference.expr, how)
            }
            syn::Expr::Binary(binary) => {
                super::stmt::compound_op(&binary.op).is_none()
                    && self.is_plain(&binary.left, how)
                    && self.is_plain(&binary.right, how)
            }
            syn::Expr::Cast(cast) => self.is_plain(&cast.expr, how),
            syn::Expr::Field(field) => self.is_tuple_part(field) || self.is_plain(&field.base, how),
            // The index in a `Vec` of references takes a temporary.
            syn::Expr::Index(index) if how != Plain::Known && self.names_list(&index.expr) => false,
            syn::Expr::Index(index) => {
                self.is_place_chain(&index.expr)
                    && self.is_plain(&index.expr, how)
                    && match how {
                        Plain::Tree => self.is_index_atom(&index.index),
                        Plain::Known => self.is_plain(&index.index, how),
                    }
            }
            syn::Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let known = match Primitive::from_method(&name) {
                    Some(primitive) => primitive.arity() == call.args.len() + 1,
                    None => {
                        matches!(name.as_str(), "len" | "is_empty") && self.is_place_chain(&call.receiver)
                    }
                };
                known
                    && !self.type_of(&call.receiver).is_int()
                    && self.is_plain(&call.receiver, how)
                    && call.args.iter().all(|arg| self.is_plain(arg, how))
            }
            _ => false,
        }
    }

    /// `p.0` of a name that stands for a tuple of references, such as a closure's parameter.
    fn is_tuple_part(&self, field: &syn::ExprField) -> bool {
        match unparen(&field.base) {
            syn::Expr::Path(path) => {
                match path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string())) {
                    Some(Operand::Tuple(items)) => match &field.member {
                        syn::Member::Unnamed(index) => matches!(
                            items.get(index.index as usize),
                            Some(Operand::Place(_) | Operand::Ref(..))
                        ),
                        syn::Member::Named(_) => false,
                    },
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn is_place_chain(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                matches!(self.scopes.local(&name.to_string()), Some(Operand::Place(_) | Operand::Ref(..)))
            }),
            syn::Expr::Field(field) => self.is_tuple_part(field) || self.is_place_chain(&field.base),
            syn::Expr::Index(index) => self.is_place_chain(&index.expr),
            syn::Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && self.is_place_chain(&unary.expr),
            _ => false,
        }
    }

    fn is_index_atom(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Lit(_) => true,
            syn::Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                matches!(
                    self.scopes.local(&name.to_string()),
                    Some(Operand::Place(place)) if place.is_var() && self.is_fixed(place.root)
                )
            }),
            _ => false,
        }
    }
}
