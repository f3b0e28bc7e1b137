//! `Result`s that are made in a body: `Ok(…)` and `Err(…)` that do not leave it.

use super::Lowerer;
use super::outcome::COMBINATORS;
use super::scope::Operand;
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Ty};
use quote::quote;

impl Lowerer<'_> {
    /// `Ok(value)`
    pub(super) fn ok_of(&mut self, path: &syn::ExprPath, value: &syn::Expr, hint: &Ty) -> Operand {
        let operand = self.operand(value, &Ty::Unknown);
        let value = self.owned(operand);
        let value = self.stored(value);
        let arguments = path.path.segments.last().map(|last| &last.arguments);
        Operand::Value(Expr::Struct {
            path: quote!(::core::result::Result::Ok #arguments),
            fields: vec![(syn::Member::from(0), value)],
            rest: None,
            ty: result_ty(hint),
        })
    }

    /// `Err(error)`, which has no derivative.
    pub(super) fn err_of(&mut self, call: &syn::ExprCall, hint: &Ty) -> Operand {
        let (tokens, args, vars) = self.opaque_parts(&syn::Expr::Call(call.clone()));
        self.check(vars, call, message::ACTIVE_ERROR);
        let tokens = match hint {
            Ty::Named(written) => quote!({ let __error: #written = #tokens; __error }),
            _ => tokens,
        };
        Operand::Value(Expr::Opaque { tokens, args, ty: result_ty(hint) })
    }

    /// A `Result` that was made here, as an `Option`: for a method that does not look at the error.
    pub(super) fn without_error(&mut self, name: &str, operand: &Operand) -> Option<Operand> {
        let (Operand::Place(place) | Operand::Ref(place, _)) = operand else { return None };
        if !COMBINATORS.contains(&name) || !types::is_result(&self.f.place_ty(place)) {
            return None;
        }
        let body = quote!(match result {
            Ok(value) => Some(value),
            Err(_) => None,
        });
        let params = vec![("result", operand.clone())];
        Some(self.defined(params, body, &Ty::Option(Box::new(Ty::Unknown)), place.span))
    }
}

/// The type of `Ok(…)` and `Err(…)`.
fn result_ty(hint: &Ty) -> Ty {
    match hint {
        Ty::Named(_) => hint.clone(),
        _ => Ty::Named(Box::new(syn::parse_quote!(::core::result::Result<_, _>))),
    }
}
