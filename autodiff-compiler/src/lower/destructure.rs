//! Assignments that take a value apart: `(a, b) = (b, a + b)`.

use super::scope::Operand;
use super::stmt::unparen;
use super::{Lowerer, closure, pattern};
use crate::diagnostics::message;
use crate::ir::{Expr, Ty};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// The operand with every part that would be read later evaluated now.
    pub(super) fn evaluated(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Tuple(items) => {
                Operand::Tuple(items.into_iter().map(|item| self.evaluated(item)).collect())
            }
            Operand::Place(place) => {
                let value = self.read_or_move(place);
                Operand::var(self.temp_var("t", value))
            }
            Operand::Value(value) => match value {
                Expr::Lit(_) => Operand::Value(value),
                value => Operand::var(self.temp_var("t", value)),
            },
            other @ (Operand::Ref(..) | Operand::Closure(_) | Operand::Stream(_) | Operand::Maybe(_)) => {
                other
            }
        }
    }

    pub(super) fn destructure(&mut self, left: &syn::Expr, operand: Operand) {
        match unparen(left) {
            syn::Expr::Tuple(tuple) => {
                if let Some(rest) = tuple.elems.iter().find(|elem| matches!(elem, syn::Expr::Range(_))) {
                    return self.error(rest, message::UNKNOWN_LENGTH_PATTERN);
                }
                for (k, elem) in tuple.elems.iter().enumerate() {
                    let part = self.field(operand.clone(), &syn::Member::from(k));
                    self.destructure(elem, part);
                }
            }
            syn::Expr::Call(call) if closure::is_constructor(&call.func) => {
                for (k, elem) in call.args.iter().enumerate() {
                    let part = self.field(operand.clone(), &syn::Member::from(k));
                    self.destructure(elem, part);
                }
            }
            syn::Expr::Struct(inner) => {
                for field in &inner.fields {
                    let part = self.field(operand.clone(), &field.member);
                    self.destructure(&field.expr, part);
                }
            }
            syn::Expr::Array(array) => {
                let Operand::Place(place) = self.located(operand, "a") else {
                    return self.error(left, message::ASSIGN_TARGET);
                };
                for (k, elem) in array.elems.iter().enumerate() {
                    let index = pattern::usize_lit(k);
                    let part = Operand::Place(place.project(crate::ir::Proj::Index(index)));
                    self.destructure(elem, part);
                }
            }
            syn::Expr::Infer(_) => {}
            target if let Some(var) = self.moving_name(target) => self.move_to(var, operand, target),
            target => match self.operand(target, &Ty::Unknown) {
                Operand::Place(place) => {
                    let value = self.owned(operand);
                    self.assign_value(place, None, value, target.span());
                }
                Operand::Ref(..)
                | Operand::Tuple(_)
                | Operand::Closure(_)
                | Operand::Stream(_)
                | Operand::Value(_)
                | Operand::Maybe(_) => {
                    self.not_assignable(target);
                }
            },
        }
    }
}
