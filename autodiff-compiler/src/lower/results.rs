//! `Result`s that are made in a body: `Ok(…)` and `Err(…)` that do not leave it.

use super::Lowerer;
use super::option::is_true;
use super::outcome::COMBINATORS;
use super::scope::{Maybe, Operand};
use super::stmt::unparen;
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Named, Place, Ty, Var};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use std::collections::BTreeSet;
use std::rc::Rc;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;

impl Lowerer<'_> {
    /// `Ok(value)`
    pub(super) fn ok_of(&mut self, path: &syn::ExprPath, value: &syn::Expr, hint: &Ty) -> Operand {
        let operand = self.operand(value, &Ty::Unknown);
        let value = self.owned(operand);
        let value = self.stored(value);
        let arguments = path.path.segments.last().map(|last| last.arguments.to_token_stream());
        Operand::Value(ok_value(arguments.unwrap_or_default(), value, hint))
    }

    /// `Err(error)`, which has no derivative.
    pub(super) fn err_of(&mut self, call: &syn::ExprCall, hint: &Ty) -> Operand {
        let whole = syn::Expr::Call(call.clone());
        let vars = self.error_vars(&whole);
        self.check(vars, call, message::ACTIVE_ERROR);
        let (tokens, args, _) = self.opaque_parts(&whole);
        Operand::Value(error_of(tokens, args, hint))
    }

    /// The type of what a call gives, where that is a `Result` which stays one.
    pub(super) fn kept_result(&mut self, value: &Expr) -> Option<Ty> {
        let (Expr::Read(Place { root: var, .. }) | Expr::Move(var)) = value else { return None };
        let var = *var;
        if matches!(value, Expr::Read(place) if !place.is_var()) {
            return None;
        }
        let undecided = self.wrapped.contains(&var) && !self.outcomes.contains_key(&var);
        if !undecided || matches!(self.f.info(var).ty, Ty::Option(_)) {
            return None;
        }
        self.keep_outcome(&Place::var(var));
        Some(result_ty(&Ty::Unknown))
    }

    /// What an error is made of, but for text.
    pub(super) fn error_vars(&mut self, error: &syn::Expr) -> Vec<Var> {
        let mut without_text = error.clone();
        TextLeftOut.visit_expr_mut(&mut without_text);
        self.opaque_parts(&without_text).2
    }

    /// A `Result` that was made here, as an `Option`: for a method that does not look at the error.
    pub(super) fn without_error(&mut self, name: &str, operand: &Operand) -> Option<Operand> {
        let (Operand::Place(place) | Operand::Ref(place, _)) = operand else { return None };
        if !types::is_result(&self.f.place_ty(place)) {
            return None;
        }
        if name == "err" {
            let body = quote_spanned!(place.span=> match result {
                Ok(_) => None,
                Err(error) => Some(error),
            });
            let params = vec![("result", operand.clone())];
            return Some(self.defined(params, body, &Ty::Option(Box::new(Ty::Unknown)), place.span));
        }
        if !COMBINATORS.contains(&name) {
            return None;
        }
        let body = quote!(match result {
            Ok(value) => Some(value),
            Err(_) => None,
        });
        let params = vec![("result", operand.clone())];
        Some(self.defined(params, body, &Ty::Option(Box::new(Ty::Unknown)), place.span))
    }

    /// `opt.ok_or(error)` that is kept: nobody asks it with `?`.
    pub(super) fn ok_or(&mut self, operand: Operand, error: &syn::Expr, lazy: bool, hint: &Ty) -> Operand {
        let slot = self.slot("r", result_ty(hint));
        self.if_some(
            operand,
            |this, payload| {
                let value = this.owned(payload);
                let value = this.stored(value);
                this.assign_slot(slot, ok_value(TokenStream::new(), value, hint));
            },
            |this| {
                let vars = this.error_vars(error);
                this.check(vars, error, message::ACTIVE_ERROR);
                let (tokens, args, _) = this.opaque_parts(error);
                let error = if lazy { quote!((#tokens)()) } else { tokens };
                let tokens = quote!(::core::result::Result::Err(#error));
                this.assign_slot(slot, error_of(tokens, args, hint));
            },
        );
        Operand::var(slot)
    }

    /// The payload of an `Option`; the function returns the error where there is none.
    pub(super) fn or_error(
        &mut self,
        operand: Operand,
        error: &syn::Expr,
        lazy: bool,
        converts: bool,
    ) -> Operand {
        let absent = |this: &mut Self| {
            this.check_error(error);
            let (tokens, args, _) = this.opaque_parts(error);
            let error = if lazy { quote!((#tokens)()) } else { tokens };
            let error = if converts { this.converted_error(error) } else { error };
            this.leave_with(quote!(::core::result::Result::Err(#error)), args);
        };
        let some = Expr::Lit(syn::parse_quote!(true));
        // What was taken apart may hold references.
        if let Operand::Maybe(maybe) = &operand {
            if !is_true(&maybe.some) {
                self.when(maybe.some.clone(), |_| {}, absent);
            }
            return Operand::Maybe(Rc::new(Maybe { some, payload: maybe.payload.clone() }));
        }
        let slot = self.slot("v", Ty::Unknown);
        self.if_some(
            operand,
            |this, payload| {
                let value = this.owned(payload);
                this.assign_slot(slot, value);
            },
            absent,
        );
        Operand::Maybe(Rc::new(Maybe { some, payload: Operand::var(slot) }))
    }
}

/// `Ok(value)`
pub(super) fn ok_value(arguments: TokenStream, value: Expr, hint: &Ty) -> Expr {
    // Nothing else may say of which type an error is that is never made.
    let arguments = match (arguments.is_empty(), error_ty(hint)) {
        (true, Some(error)) => quote!(::<_, #error>),
        _ => arguments,
    };
    Expr::Struct {
        path: quote!(::core::result::Result::Ok #arguments),
        fields: vec![(syn::Member::from(0), value)],
        rest: None,
        ty: result_ty(hint),
    }
}

/// `Err(…)`, of the type that is written down if one is.
pub(super) fn error_of(tokens: TokenStream, args: Vec<Expr>, hint: &Ty) -> Expr {
    let tokens = match hint {
        Ty::Named(written) => quote!({ let __error: #written = #tokens; __error }),
        _ => tokens,
    };
    Expr::Opaque { tokens, args, ty: result_ty(hint) }
}

/// The names of `Result`s whose errors a body asks for, or which it changes.
pub(super) fn asked_for_errors(block: &syn::Block) -> BTreeSet<String> {
    struct Asked(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Asked {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            const ASKING: [&str; 4] = ["err", "unwrap_err", "expect_err", "as_mut"];
            if ASKING.iter().any(|name| call.method == name)
                && let syn::Expr::Path(path) = unparen(&call.receiver)
                && let Some(name) = path.path.get_ident()
            {
                self.0.insert(name.to_string());
            }
            syn::visit::visit_expr_method_call(self, call);
        }
    }
    let mut asked = Asked(BTreeSet::new());
    asked.visit_block(block);
    asked.0
}

/// Text has no derivative, whatever it shows.
struct TextLeftOut;

impl VisitMut for TextLeftOut {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        match expr {
            syn::Expr::Macro(inner) if inner.mac.path.is_ident("format") => *expr = syn::parse_quote!(""),
            other => syn::visit_mut::visit_expr_mut(self, other),
        }
    }
}

/// `match call() { Ok(value) => body, Err(error) => return Err(x) }`, where `x` looks at the error, as
/// `let value = call().map_err(|error| x)?` and the body; as the tail of a function the `return` may be
/// left out.
pub(super) fn passed_on(inner: &syn::ExprMatch, tail: bool) -> Option<(syn::Stmt, &syn::Expr)> {
    let on = &inner.expr;
    if !matches!(unparen(on), syn::Expr::Call(_) | syn::Expr::MethodCall(_)) {
        return None;
    }
    let [first, second] = &inner.arms.iter().collect::<Vec<_>>()[..] else { return None };
    let (good, bad, value, error) = match (inside(&first.pat, "Ok"), inside(&second.pat, "Err")) {
        (Some(value), Some(error)) => (first, second, value, error),
        _ => (second, first, inside(&second.pat, "Ok")?, inside(&first.pat, "Err")?),
    };
    let syn::Pat::Ident(name) = error else { return None };
    let returned = match unparen(&bad.body) {
        syn::Expr::Return(inner) => inner.expr.as_deref()?,
        syn::Expr::Block(block) => match &block.block.stmts[..] {
            [syn::Stmt::Expr(syn::Expr::Return(inner), _)] => inner.expr.as_deref()?,
            _ => return None,
        },
        other if tail => other,
        _ => return None,
    };
    let syn::Expr::Call(made) = unparen(returned) else { return None };
    let syn::Expr::Path(made_by) = unparen(&made.func) else { return None };
    let (true, [x]) = (
        made_by.path.segments.last().is_some_and(|last| last.ident == "Err"),
        &made.args.iter().collect::<Vec<_>>()[..],
    ) else {
        return None;
    };
    let same = matches!(unparen(x), syn::Expr::Path(path) if path.path.is_ident(&name.ident));
    let payload: syn::Stmt = match same {
        true => syn::parse_quote!(let #value = #on?;),
        false => syn::parse_quote!(let #value = #on.map_err(|#error| #x)?;),
    };
    Some((payload, &good.body))
}

/// The pattern in `Ok(…)` or `Err(…)`.
fn inside<'a>(pat: &'a syn::Pat, variant: &str) -> Option<&'a syn::Pat> {
    match pat {
        syn::Pat::TupleStruct(inner)
            if inner.elems.len() == 1
                && inner.path.segments.last().is_some_and(|last| last.ident == variant) =>
        {
            inner.elems.first()
        }
        _ => None,
    }
}

/// The `E` of a type that is written `Result<T, E>`.
fn error_ty(hint: &Ty) -> Option<&syn::Type> {
    let Ty::Named(named) = hint else { return None };
    error_of_type(&named.written)
}

/// The same of a type as it is written.
pub(super) fn error_of_type(written: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = types::bare(written) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match &arguments.args.iter().collect::<Vec<_>>()[..] {
        [_, syn::GenericArgument::Type(error)] => Some(error),
        _ => None,
    }
}

/// The type of `Ok(…)` and `Err(…)`.
pub(super) fn result_ty(hint: &Ty) -> Ty {
    match hint {
        Ty::Named(_) => hint.clone(),
        _ => Named::opaque(syn::parse_quote!(::core::result::Result<_, _>)),
    }
}
