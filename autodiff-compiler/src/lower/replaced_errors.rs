//! Errors that are replaced on the way out: `result.map_err(f)?`, `opt.ok_or(error)?`.

use super::Lowerer;
use super::outcome::unknown_unless_inert;
use super::scope::Operand;
use super::stmt::unparen;
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Ty, Wrap};
use quote::quote;

impl Lowerer<'_> {
    /// `result.map_err(f)` followed by `?`, which converts what `f` gives, or as the function's own
    /// result, which does not: the payload.
    pub(super) fn mapped_error(&mut self, expr: &syn::Expr, converts: bool, hint: &Ty) -> Option<Operand> {
        let syn::Expr::MethodCall(call) = unparen(expr) else { return None };
        let (Some(map), 1) = (call.args.first(), call.args.len()) else { return None };
        if call.method != "map_err" || !matches!(self.wrap(), Wrap::Result) {
            return None;
        }
        // Where the error is replaced without being looked at, any absence will do.
        let blind = match unparen(map) {
            syn::Expr::Closure(closure) => {
                closure.inputs.iter().all(|input| matches!(input, syn::Pat::Wild(_))).then_some(&closure.body)
            }
            _ => None,
        };
        let before = self.frame_len();
        let operand = self.operand(&call.receiver, &Ty::Unknown);
        if self.dead() {
            return Some(Operand::unit());
        }
        let (tokens, args, _) = self.opaque_parts(map);
        if args.is_empty() && self.question_last(&operand, before, Some(&tokens), hint) {
            return Some(operand);
        }
        let place = match &operand {
            Operand::Place(place) if self.results.contains(&place.root) => Some(place.clone()),
            _ => None,
        };
        if let Some(error) = blind
            && (place.is_some() || self.is_option(&operand))
        {
            if let Some(place) = &place {
                self.take_result(place);
            }
            return match self.or_error(operand, error, false, converts) {
                Operand::Maybe(maybe) => Some(maybe.payload.clone()),
                other => Some(other),
            };
        }
        match (place, operand) {
            (Some(place), _) => {
                self.keep_outcome(&place);
                Some(self.result_payload(place, true, Some((map, converts))))
            }
            (None, Operand::Place(place) | Operand::Ref(place, _))
                if types::is_result(&self.f.place_ty(&place)) =>
            {
                Some(self.result_payload(place, true, Some((map, converts))))
            }
            (None, Operand::Value(Expr::Opaque { tokens, args, .. })) => {
                let (map, more, vars) = self.opaque_parts(map);
                self.check(vars, call, message::unknown_method("map_err"));
                let map = super::method::shifted(map, args.len());
                let tokens = quote!((#tokens).map_err(#map));
                let args = args.into_iter().chain(more).collect();
                if self.in_closure() {
                    let mapped = Operand::Value(Expr::Opaque { tokens, args, ty: Ty::Unknown });
                    return Some(self.unwrapped_or_bail(mapped, expr));
                }
                let ty = self.result_hint.clone();
                let tokens = quote!((#tokens)?);
                Some(Operand::Value(Expr::Opaque { tokens, args, ty: unknown_unless_inert(ty) }))
            }
            _ => Some(self.refuse(call, message::unknown_method("map_err"))),
        }
    }

    /// `opt.ok_or(error)`, followed by `?`, which converts the error on the way out, or as the result.
    pub(super) fn questioned_or(&mut self, expr: &syn::Expr, converts: bool, hint: &Ty) -> Option<Operand> {
        let syn::Expr::MethodCall(call) = unparen(expr) else { return None };
        let lazy = call.method == "ok_or_else";
        let (Some(error), 1) = (call.args.first(), call.args.len()) else { return None };
        if !(lazy || call.method == "ok_or") || !matches!(self.wrap(), Wrap::Result) {
            return None;
        }
        if let Some(payload) = self.optional_conversion(&call.receiver, hint) {
            return Some(payload);
        }
        let operand = self.operand(&call.receiver, &Ty::Option(Box::new(hint.clone())));
        if self.dead() {
            return Some(Operand::unit());
        }
        if let Operand::Value(Expr::Opaque { tokens, args, .. }) = &operand
            && !self.is_option(&operand)
        {
            // An inactive `Option`.
            let (error, more, _) = self.opaque_parts(error);
            let error = super::method::shifted(error, args.len());
            let name = &call.method;
            let tokens = quote!((#tokens).#name(#error));
            let args = args.iter().cloned().chain(more).collect();
            let asked = Operand::Value(Expr::Opaque { tokens, args, ty: Ty::Unknown });
            return Some(self.unwrapped_or_bail(asked, expr));
        }
        self.take_outcome("ok_or", &operand);
        match self.or_error(operand, error, lazy, converts) {
            Operand::Maybe(maybe) => Some(maybe.payload.clone()),
            other => Some(other),
        }
    }
}
