//! Calls of functions without a derivative in places that tell so: what a search gives is an index, and what a
//! check gives is looked at by nobody (`validate(&xs)?;`). The functions may stand in other files.

use super::Lowerer;
use super::closure::{is_camel, is_constructor};
use super::scope::Operand;
use super::stmt::unparen;
use super::types::usize_ty;
use crate::ir::{Place, Stmt, Ty};
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Pat};

/// Names bound once in a body that are indices or conditions there.
#[derive(Default)]
pub(super) struct Told {
    bound: BTreeMap<String, usize>,
    uses: BTreeMap<String, Ty>,
}

impl Told {
    pub(super) fn of(block: &syn::Block) -> Told {
        let mut told = Told::default();
        told.visit_block(block);
        told
    }

    fn of_name(&self, pat: &Pat) -> Option<&Ty> {
        let Pat::Ident(ident) = pat else { return None };
        let name = ident.ident.to_string();
        self.uses.get(&name).filter(|_| self.bound.get(&name) == Some(&1))
    }

    fn name(&mut self, expr: &Expr, ty: Ty) {
        if let Expr::Path(path) = unparen(expr)
            && let Some(name) = path.path.get_ident()
        {
            self.uses.insert(name.to_string(), ty);
        }
    }

    /// `k`, `k + 1`, `k..n`
    fn index(&mut self, expr: &Expr) {
        match unparen(expr) {
            Expr::Binary(binary) => {
                self.index(&binary.left);
                self.index(&binary.right);
            }
            Expr::Range(range) => {
                [&range.start, &range.end].into_iter().flatten().for_each(|end| self.index(end));
            }
            path => self.name(path, usize_ty()),
        }
    }
}

impl<'ast> Visit<'ast> for Told {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        *self.bound.entry(pat.ident.to_string()).or_default() += 1;
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr_index(&mut self, index: &'ast syn::ExprIndex) {
        self.index(&index.index);
        visit::visit_expr_index(self, index);
    }

    fn visit_expr_if(&mut self, inner: &'ast syn::ExprIf) {
        self.name(&inner.cond, Ty::Bool);
        visit::visit_expr_if(self, inner);
    }
}

impl Lowerer<'_> {
    /// `let k = search(&xs, x);` where `k` is an index: rustc checks that it is.
    pub(super) fn told_by_use(&mut self, pat: &Pat, init: &Expr) -> Option<Operand> {
        let Expr::Call(call) = unparen(init) else { return None };
        let ty = self.told.of_name(pat)?.clone();
        self.constant_call(call, &ty)
    }

    /// The call of a function of another file where an integer or a `bool` is wanted.
    pub(super) fn constant_call(&mut self, call: &syn::ExprCall, ty: &Ty) -> Option<Operand> {
        if !(ty.is_int() || matches!(ty, Ty::Bool)) || !self.is_of_elsewhere(call) {
            return None;
        }
        Some(self.locally_constant(&Expr::Call(call.clone()), ty.clone(), call.func.span()))
    }

    /// What is wanted of `search(&xs, x)` in `xs[search(&xs, x)]`.
    pub(super) fn searched(&self, place: &Place, index: &Expr) -> Ty {
        let call = matches!(unparen(index), Expr::Call(_));
        let sequence =
            matches!(self.f.place_ty(place), Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_));
        if call && sequence { usize_ty() } else { Ty::Unknown }
    }

    /// `validate(&xs)?;`: nothing is given, and nothing that is lent is changed.
    pub(super) fn check_call(&mut self, expr: &Expr) -> bool {
        let (call, question) = match unparen(expr) {
            Expr::Try(inner) => (unparen(&inner.expr), true),
            other => (other, false),
        };
        let Expr::Call(call) = call else { return false };
        if !self.is_of_elsewhere(call) || question && !self.may_leave() {
            return false;
        }
        let (tokens, args, _) = self.opaque_parts(expr);
        self.emit(Stmt::Effect { tokens, args, diverges: false });
        true
    }

    /// Whether a function of which nothing is known is called, that can change none of its arguments.
    fn is_of_elsewhere(&self, call: &syn::ExprCall) -> bool {
        let Expr::Path(path) = unparen(&call.func) else { return false };
        let of_type = path.path.segments.iter().nth_back(1).is_some_and(|owner| {
            let name = owner.ident.to_string();
            is_camel(&owner.ident) || super::types::is_primitive(&name)
        });
        let here = path
            .path
            .get_ident()
            .is_some_and(|name| self.is_own_name(&name.to_string()) || self.around.function(name).is_some());
        let lends = |arg: &Expr| {
            matches!(unparen(arg), Expr::Path(path) if path.path.get_ident().is_some_and(|name| {
                matches!(self.scopes.local(&name.to_string()), Some(Operand::Place(place))
                    if self.f.info(place.root).by_ref == Some(true))
            }))
        };
        path.qself.is_none() && !of_type && !here && self.is_plain_call(call) && !call.args.iter().any(lends)
    }

    /// Whether a call is one of a function that can change none of its arguments.
    pub(super) fn is_plain_call(&self, call: &syn::ExprCall) -> bool {
        let Expr::Path(path) = unparen(&call.func) else { return false };
        let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
        let unchanged = |arg: &Expr| match unparen(arg) {
            Expr::Lit(_) => true,
            Expr::Reference(reference) => reference.mutability.is_none(),
            Expr::Path(path) => {
                let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
                matches!(local, None | Some(Operand::Place(_) | Operand::Ref(_, false)))
            }
            arg => self.type_of(arg).is_float() || self.type_of(arg).is_int(),
        };
        local.is_none() && !is_constructor(&call.func) && call.args.iter().all(unchanged)
    }
}
