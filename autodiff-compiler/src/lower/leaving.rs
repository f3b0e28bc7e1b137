//! What `?` leaves, and with what: the function, or the closure that it stands in.
//!
//! A function is left by `Bail`. The body of a closure is inlined, so leaving it gives its slot a `None` or an
//! `Err`, as `return` would.

use super::Lowerer;
use super::frame::TargetKind;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Stmt, Ty, Var, Wrap, outcome_variant};
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};

impl Lowerer<'_> {
    /// What `?` leaves with here; `Plain` where it may not stand, or nothing shows what it gives.
    pub(super) fn wrap(&self) -> Wrap {
        let inner = self.targets.iter().rfind(|target| target.kind == TargetKind::Closure);
        inner.map_or(self.f.wrap, |closure| closure.wrap)
    }

    pub(super) fn in_closure(&self) -> bool {
        self.targets.iter().any(|target| target.kind == TargetKind::Closure)
    }

    /// An error as `?` passes it on: converted, where what is left says to what. A closure whose type is not
    /// written down passes on errors of one type.
    pub(super) fn converted_error(&self, error: TokenStream) -> TokenStream {
        let closure = self.targets.iter().rfind(|target| target.kind == TargetKind::Closure);
        let unknown = |slot: Var| !super::types::is_result(&self.f.info(slot).ty);
        match closure.is_some_and(|target| target.slot.is_none_or(unknown)) {
            true => error,
            false => quote!(::core::convert::From::from(#error)),
        }
    }

    /// What an error is made of must not be active where the body goes on and may look at it.
    pub(super) fn check_error(&mut self, error: &syn::Expr) {
        if self.in_closure() {
            let vars = self.error_vars(error);
            self.check(vars, error, message::ACTIVE_ERROR);
        }
    }

    /// Leaves with what the tokens give, `None` or `Err(…)`.
    pub(super) fn leave_with(&mut self, tokens: TokenStream, args: Vec<Expr>) {
        let closure = self.targets.iter().rfind(|target| target.kind == TargetKind::Closure);
        let Some((exit, slot)) = closure.map(|target| (target.exit, target.slot)) else {
            self.emit(Stmt::Bail { tokens, args });
            return self.diverge();
        };
        let value = match self.wrap() {
            Wrap::Option | Wrap::Plain => super::option::none(Ty::Unknown),
            Wrap::Result => {
                let hint = slot.map_or(Ty::Unknown, |slot| self.f.info(slot).ty.clone());
                super::results::error_of(tokens, args, &hint)
            }
        };
        self.yield_to(slot, Operand::Value(value));
        self.exit(exit);
    }
}

/// Whether a closure gives an `Option` or a `Result`: by its type, else by what it returns.
pub(super) fn wrap_of(output: Option<&syn::Type>, body: &syn::Expr) -> Wrap {
    match output {
        Some(syn::Type::Path(path)) => match path.path.segments.last().map(|last| last.ident.to_string()) {
            Some(name) if name == "Option" => Wrap::Option,
            Some(name) if name == "Result" => Wrap::Result,
            _ => Wrap::Plain,
        },
        Some(_) => Wrap::Plain,
        None => {
            let mut returned = Returned(Wrap::Plain);
            returned.tail(body);
            returned.visit_expr(body);
            returned.0
        }
    }
}

/// Whether a `?` of this body, not of a closure in it, stands in it.
pub(super) fn questions(body: &syn::Expr) -> bool {
    struct Questions(bool);
    impl<'ast> Visit<'ast> for Questions {
        fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut found = Questions(false);
    found.visit_expr(body);
    found.0
}

/// What the tail and the `return`s of a body are made by.
struct Returned(Wrap);

impl Returned {
    fn tail(&mut self, expr: &syn::Expr) {
        match unparen(expr) {
            syn::Expr::Call(call) => {
                if let syn::Expr::Path(path) = unparen(&call.func) {
                    self.named(&path.path);
                }
            }
            syn::Expr::Path(path) => self.named(&path.path),
            // `opt.ok_or(e)`, `result.map_err(f)` and `result.ok()` say it, too.
            syn::Expr::MethodCall(call) => match call.method.to_string().as_str() {
                "ok_or" | "ok_or_else" | "map_err" => self.0 = Wrap::Result,
                "ok" if call.args.is_empty() => self.0 = Wrap::Option,
                "map" | "and_then" | "filter" | "or_else" => self.tail(&call.receiver),
                "then" | "then_some" => self.0 = Wrap::Option,
                _ => {}
            },
            syn::Expr::If(inner) => {
                self.block(&inner.then_branch);
                if let Some((_, els)) = &inner.else_branch {
                    self.tail(els);
                }
            }
            syn::Expr::Match(inner) => inner.arms.iter().for_each(|arm| self.tail(&arm.body)),
            syn::Expr::Block(inner) => self.block(&inner.block),
            _ => {}
        }
    }

    fn block(&mut self, block: &syn::Block) {
        if let Some(syn::Stmt::Expr(tail, None)) = block.stmts.last() {
            self.tail(tail);
        }
    }

    fn named(&mut self, path: &syn::Path) {
        match outcome_variant(path) {
            Some("Some" | "None") => self.0 = Wrap::Option,
            Some("Ok" | "Err") => self.0 = Wrap::Result,
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Returned {
    fn visit_expr_return(&mut self, inner: &'ast syn::ExprReturn) {
        if let Some(value) = &inner.expr {
            self.tail(value);
        }
        visit::visit_expr_return(self, inner);
    }
    // `opt.ok_or(e)?` shows that errors are passed on.
    fn visit_expr_try(&mut self, inner: &'ast syn::ExprTry) {
        if let syn::Expr::MethodCall(call) = unparen(&inner.expr) {
            match call.method.to_string().as_str() {
                "ok_or" | "ok_or_else" | "map_err" => self.0 = Wrap::Result,
                "ok" if call.args.is_empty() => self.0 = Wrap::Option,
                _ => {}
            }
        }
        visit::visit_expr_try(self, inner);
    }
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
