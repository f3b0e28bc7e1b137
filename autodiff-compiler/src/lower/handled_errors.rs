//! Errors without a derivative, and combinators whose closures look at them: `r.unwrap_or_else(|e| …)` is the `match`
//! that it stands for.

use super::Lowerer;
use super::outcome::only_value;
use super::pattern::names;
use super::scope::Operand;
use super::signatures::renamed;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Arg, Callee, Ty};
use crate::names::mentions;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Type};

impl Lowerer<'_> {
    /// What the error of the `Result` is that a call gives, where its signature shows a type without a derivative.
    pub(super) fn known_error(&self, callee: &Callee, args: &[Arg]) -> Option<Ty> {
        let (sig, owner) = self.known_signature(callee, args)?;
        let syn::ReturnType::Type(_, output) = &sig.output else { return None };
        let output =
            owner.map_or(output.to_token_stream(), |owner| renamed(output.to_token_stream(), &owner));
        self.inert_error(&syn::parse2(output).ok()?)
    }

    /// The `E` of a `Result<T, E>` that has no derivative.
    pub(super) fn inert_error(&self, result: &Type) -> Option<Ty> {
        let error = self.types.ty(super::results::error_of_type(result)?);
        (!error.may_be_active()).then_some(error)
    }

    /// `None` where no closure looks at an error.
    pub(super) fn error_handled(&mut self, call: &ExprMethodCall, hint: &Ty) -> Option<Operand> {
        let args: Vec<&Expr> = call.args.iter().collect();
        let span = call.method.span();
        let names = Names::apart_from(call);
        let (value, caught) = (&names.value, &names.error);
        let good: Expr = match (call.method.to_string().as_str(), &args[..]) {
            ("unwrap_or_else", [_]) => syn::parse_quote_spanned!(span=> #value),
            ("or_else", [_]) => syn::parse_quote_spanned!(span=> Ok(#value)),
            ("map_or_else", [_, f]) => syn::parse_quote_spanned!(span=> (#f)(#value)),
            _ => return None,
        };
        if self.has_method(&self.type_of(&call.receiver), &call.method) {
            return None;
        }
        let (error, bad) = match unparen(args[0]) {
            Expr::Closure(closure) if looks_at_error(closure) => match only_value(args[0]) {
                Some((pat, body)) => (pat.to_token_stream(), body.clone()),
                None => return Some(self.refuse(args[0], message::ERROR_LEFT)),
            },
            // Those of an `Option` take nothing.
            Expr::Path(path) if self.takes_one(path) => {
                let error = quote_spanned!(path.span()=> #caught);
                (error.clone(), syn::parse_quote_spanned!(span=> (#path)(#error)))
            }
            _ => return None,
        };
        Some(self.operand(&names.handled(&call.receiver, &good, &error, &bad), hint))
    }

    /// Whether a path names a closure, or a function of this file, that takes one argument.
    fn takes_one(&self, path: &syn::ExprPath) -> bool {
        let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
        if let Some(Operand::Closure(closure)) = local {
            return closure.params.len() == 1;
        }
        let name = path.path.get_ident().filter(|name| !self.is_own_name(&name.to_string()));
        let found = name.and_then(|name| self.around.function(name));
        found.is_some_and(|found| found.item.sig.inputs.len() == 1)
    }
}

/// What stands for the value and for the error: names that nothing in the call has.
struct Names {
    value: Ident,
    error: Ident,
}

impl Names {
    fn apart_from(call: &ExprMethodCall) -> Names {
        let mentioned = mentions(call.to_token_stream());
        let apart = |name: &str| {
            let mut name = name.to_owned();
            while mentioned.contains(&name) {
                name.push('_');
            }
            Ident::new(&name, call.method.span())
        };
        Names { value: apart("__value"), error: apart("__error") }
    }

    /// The `match` over a result, and over those that combinators make of it.
    fn handled(&self, result: &Expr, good: &Expr, error: &TokenStream, bad: &Expr) -> Expr {
        let (span, value) = (result.span(), &self.value);
        if let Expr::MethodCall(call) = unparen(result)
            && let (Some(f), 1) = (call.args.first(), call.args.len())
        {
            let on = &call.receiver;
            if call.method == "map" {
                let good = syn::parse_quote_spanned!(span=> { let #value = (#f)(#value); #good });
                return self.handled(on, &good, error, bad);
            }
            if call.method == "map_err" {
                let mut caught = self.error.clone();
                caught.set_span(f.span());
                let bad = syn::parse_quote_spanned!(span=> { let #error = (#f)(#caught); #bad });
                return self.handled(on, good, &caught.to_token_stream(), &bad);
            }
            if call.method == "and_then" {
                let next = syn::parse_quote_spanned!(span=> (#f)(#value));
                return self.handled(on, &self.handled(&next, good, error, bad), error, bad);
            }
        }
        syn::parse_quote_spanned!(span=> match #result {
            Ok(#value) => #good,
            Err(#error) => #bad,
        })
    }
}

fn looks_at_error(closure: &syn::ExprClosure) -> bool {
    let mut bound = Vec::new();
    closure.inputs.iter().for_each(|pat| names(pat, &mut bound));
    let mentioned = mentions(closure.body.to_token_stream());
    bound.iter().any(|name| mentioned.contains(&name.to_string()))
}
