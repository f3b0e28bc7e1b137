//! Whether a function leaves what it is lent as it was wherever it gives `None` or `Err`: its text tells.
//!
//! A forward sweep that gave no result has no pullback. What it changed before would have one.

use super::Lowerer;
use super::signatures::Receiver;
use super::stmt::unparen;
use crate::ir::{Arg, Callee, Ty, outcome_variant};
use proc_macro2::TokenTree;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Signature, Stmt, Type};

impl Lowerer<'_> {
    /// Whether a call leaves its arguments as they were where it gives no result, as far as its text is known.
    pub(super) fn spares_arguments(&self, callee: &Callee, args: &[Arg]) -> bool {
        let lends = |arg: &Arg| matches!(arg, Arg::RefMut(_) | Arg::Receiver { mutable: true, .. });
        if !args.iter().any(lends) {
            return true;
        }
        let Some((sig, block)) = self.text_of(callee, args) else { return false };
        let shared = match sig.inputs.first() {
            Some(syn::FnArg::Receiver(this)) => matches!(Receiver::of(this), Some(Receiver::Ref)),
            Some(syn::FnArg::Typed(_)) | None => false,
        };
        let alone = !args.iter().any(|arg| matches!(arg, Arg::RefMut(_)));
        shared && alone || block.is_some_and(|block| changes_last(&block))
    }

    /// The signature of what is called, and its body where that is known.
    fn text_of(&self, callee: &Callee, args: &[Arg]) -> Option<(Signature, Option<Block>)> {
        let method = |owner, name| match self.around.method(owner, name) {
            Some((_, found)) => Some((found.item.sig, found.whole.then_some(found.item.block))),
            None => self.around.method_elsewhere(owner, name).map(|(_, item)| (item.sig, None)),
        };
        match callee {
            Callee::Path(path) => match &path.segments.iter().collect::<Vec<_>>()[..] {
                [name] if self.is_own_name(&name.ident.to_string()) => None,
                [name] => match self.around.function(&name.ident) {
                    Some(found) => Some((found.item.sig, found.whole.then_some(*found.item.block))),
                    None => self.around.function_elsewhere(&name.ident).map(|item| (item.sig, None)),
                },
                [owner, name] => method(&owner.ident, &name.ident),
                _ => None,
            },
            Callee::Method { name, .. } => {
                let Some(Arg::Receiver { place, .. }) = args.first() else { return None };
                let Ty::Named(named) = self.f.place_ty(place) else { return None };
                let Type::Path(path) = &named.written else { return None };
                method(&path.path.segments.last()?.ident, name)
            }
            Callee::Assoc { prefix, name, .. } => match &prefix.clone().into_iter().collect::<Vec<_>>()[..] {
                [TokenTree::Ident(owner), ..] => method(owner, name),
                _ => None,
            },
        }
    }
}

/// Whether a body changes nothing before the last place where it may leave without a result.
pub(super) fn changes_last(block: &Block) -> bool {
    let mut changed = false;
    let count = block.stmts.len();
    for (k, stmt) in block.stmts.iter().enumerate() {
        let mut seen = Seen { leaves: false, changes: false };
        match stmt {
            Stmt::Expr(tail, None) if k + 1 == count => seen.tail(tail),
            stmt => seen.visit_stmt(stmt),
        }
        if seen.leaves && (changed || seen.changes) {
            return false;
        }
        changed |= seen.changes;
    }
    true
}

struct Seen {
    leaves: bool,
    /// Whether anything may change, if only a local.
    changes: bool,
}

impl Seen {
    fn tail(&mut self, tail: &Expr) {
        match unparen(tail) {
            Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if matches!(outcome_variant(&path.path), Some("Some" | "Ok"))) =>
            {
                call.args.iter().for_each(|arg| self.visit_expr(arg));
            }
            other => {
                self.leaves = true;
                self.visit_expr(other);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Seen {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Return(_) | Expr::Try(_) => self.leaves = true,
            Expr::Assign(_) | Expr::MethodCall(_) | Expr::Call(_) => self.changes |= may_change(expr),
            Expr::Binary(inner) => self.changes |= is_assigning(&inner.op),
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        // A macro may leave with an error of its own, and change what it is given.
        let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let known = [
            "assert",
            "debug_assert",
            "assert_eq",
            "debug_assert_eq",
            "panic",
            "format",
            "unreachable",
            "vec",
        ];
        if !known.contains(&name.as_str()) {
            self.leaves = true;
            self.changes = true;
        }
    }
}

fn may_change(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            let arity = call.args.len() + 1;
            let looks = [
                "len",
                "is_empty",
                "is_nan",
                "is_finite",
                "iter",
                "get",
                "first",
                "last",
                "into",
                "to_string",
                "clone",
                "is_some",
                "is_none",
            ];
            !looks.contains(&name.as_str()) && !crate::primitives::is_method(&name, arity)
        }
        // What it is given is changed by `&mut` alone, or handed on by its name.
        Expr::Call(call) => !matches!(&*call.func, Expr::Path(path) if outcome_variant(&path.path).is_some()),
        _ => true,
    }
}

fn is_assigning(op: &syn::BinOp) -> bool {
    use syn::BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign,
        ShrAssign, SubAssign,
    };
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | BitXorAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}
