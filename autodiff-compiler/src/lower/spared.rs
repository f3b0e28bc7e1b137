//! Whether a function leaves what it is lent as it was wherever it gives `None` or `Err`: its text tells.
//!
//! A forward sweep that gave no result has no pullback. What it changed before would have one.

use super::Lowerer;
use super::signatures::Receiver;
use super::stmt::unparen;
use super::types::is_primitive;
use crate::ir::{Arg, Callee, Ty, outcome_variant};
use proc_macro2::TokenTree;
use std::collections::BTreeSet;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Signature, Stmt, Token, Type};

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
        shared && alone || block.is_some_and(|block| changes_last(&sig, &block, true))
    }

    /// The signature of what is called, and its body where that is known.
    pub(super) fn text_of(&self, callee: &Callee, args: &[Arg]) -> Option<(Signature, Option<Block>)> {
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

/// Whether a body changes nothing before it leaves without a result: by its statements one after the other, or by the
/// branches in them as well.
pub(super) fn changes_last(sig: &Signature, block: &Block, branches: bool) -> bool {
    let mut numbers = BTreeSet::new();
    for input in &sig.inputs {
        if let syn::FnArg::Typed(typed) = input
            && let syn::Pat::Ident(name) = &*typed.pat
            && holds_numbers(&typed.ty)
        {
            numbers.insert(name.ident.to_string());
        }
    }
    let mut flow = Flow { numbers, branches, fits: true };
    flow.block(block, false, true);
    flow.fits
}

/// What may have changed on the way to each place where a body may leave without a result.
struct Flow {
    /// The names of numbers.
    numbers: BTreeSet<String>,
    /// Whether branches are gone through one by one.
    branches: bool,
    /// Whether nothing has, so far.
    fits: bool,
}

impl Flow {
    /// Whether something may have changed behind a block, if it had before.
    fn block(&mut self, block: &Block, mut changed: bool, tail: bool) -> bool {
        let outside = self.numbers.clone();
        let count = block.stmts.len();
        for (k, stmt) in block.stmts.iter().enumerate() {
            changed = match stmt {
                Stmt::Expr(last, None) if tail && k + 1 == count => self.expr(last, changed, true),
                Stmt::Expr(expr, _) => self.expr(expr, changed, false),
                stmt => self.seen(changed, |seen| seen.visit_stmt(stmt)),
            };
            if let Stmt::Local(syn::Local { pat: syn::Pat::Ident(name), init: Some(init), .. }) = stmt {
                match is_number(&init.expr, &self.numbers) {
                    true => self.numbers.insert(name.ident.to_string()),
                    false => self.numbers.remove(&name.ident.to_string()),
                };
            }
        }
        self.numbers = outside;
        changed
    }

    /// The same of an expression; as the tail it gives what the body gives.
    fn expr(&mut self, expr: &Expr, changed: bool, tail: bool) -> bool {
        match unparen(expr) {
            Expr::Block(inner) if self.branches && inner.label.is_none() => {
                self.block(&inner.block, changed, tail)
            }
            Expr::If(inner) if self.branches && !matches!(unparen(&inner.cond), Expr::Let(_)) => {
                let changed = self.seen(changed, |seen| seen.visit_expr(&inner.cond));
                let then = self.block(&inner.then_branch, changed, tail);
                match &inner.else_branch {
                    Some((_, els)) => self.expr(els, changed, tail) || then,
                    None => then || changed,
                }
            }
            Expr::Return(inner) if self.branches => match &inner.expr {
                Some(value) => self.expr(value, changed, true),
                None => changed,
            },
            value if tail => self.seen(changed, |seen| seen.tail(value)),
            other => self.seen(changed, |seen| seen.visit_expr(other)),
        }
    }

    /// What stands in no order that is looked into: all of it may come before any of it.
    fn seen(&mut self, changed: bool, look: impl FnOnce(&mut Seen)) -> bool {
        let mut seen = Seen { leaves: false, changes: false, numbers: &self.numbers };
        look(&mut seen);
        let changed = changed || seen.changes;
        self.fits &= !(seen.leaves && changed);
        changed
    }
}

/// Whether a type is made of primitive numbers, so that all methods of its items are the standard library's.
fn holds_numbers(ty: &Type) -> bool {
    match ty {
        Type::Reference(inner) => holds_numbers(&inner.elem),
        Type::Slice(inner) => holds_numbers(&inner.elem),
        Type::Array(inner) => holds_numbers(&inner.elem),
        Type::Path(path) => path.path.get_ident().is_some_and(|name| is_primitive(&name.to_string())),
        _ => false,
    }
}

/// Whether an expression is a number of which nothing else is known to be a name: `(x[i] - 1.0).abs()`.
fn is_number(expr: &Expr, numbers: &BTreeSet<String>) -> bool {
    match unparen(expr) {
        Expr::Lit(_) | Expr::Cast(_) => true,
        Expr::Path(path) => path.path.get_ident().is_some_and(|name| numbers.contains(&name.to_string())),
        Expr::Binary(inner) => is_number(&inner.left, numbers) || is_number(&inner.right, numbers),
        Expr::Unary(inner) => is_number(&inner.expr, numbers),
        Expr::Index(inner) => is_number(&inner.expr, numbers),
        Expr::MethodCall(inner) => inner.method == "len" || is_number(&inner.receiver, numbers),
        _ => false,
    }
}

struct Seen<'n> {
    leaves: bool,
    /// Whether anything may change, if only a local.
    changes: bool,
    /// The names of numbers.
    numbers: &'n BTreeSet<String>,
}

impl Seen<'_> {
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

    /// What has a name that a user's type may have too is known by its receiver.
    fn may_change(&self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        let looks = ["len", "is_empty", "is_nan", "is_finite", "iter", "is_some", "is_none"];
        let of_numbers = is_number(&call.receiver, self.numbers)
            && (crate::primitives::is_method(&name, call.args.len() + 1)
                || name == "into"
                || name == "to_string");
        !(looks.contains(&name.as_str()) || of_numbers)
    }
}

impl<'ast> Visit<'ast> for Seen<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Return(_) | Expr::Try(_) => self.leaves = true,
            Expr::Assign(_) => self.changes = true,
            Expr::MethodCall(call) => self.changes |= self.may_change(call),
            // What it is given is changed by `&mut` alone, or handed on by its name; of numbers alone nothing is.
            Expr::Call(call) => {
                let outcome =
                    matches!(&*call.func, Expr::Path(path) if outcome_variant(&path.path).is_some());
                let numbers = matches!(&*call.func, Expr::Path(_))
                    && call.args.iter().all(|arg| is_number(arg, self.numbers));
                self.changes |= !outcome && !numbers;
            }
            Expr::Binary(inner) => self.changes |= is_assigning(&inner.op),
            // An iterator of a user's may change with each item.
            Expr::ForLoop(inner) => {
                self.changes |= match unparen(&inner.expr) {
                    Expr::Range(_) => false,
                    Expr::Reference(items) => items.mutability.is_some(),
                    Expr::MethodCall(call) => call.method != "iter",
                    _ => true,
                };
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_pat_ident(&mut self, name: &'ast syn::PatIdent) {
        // What the name stands for from here on is not looked into.
        self.changes |= self.numbers.contains(&name.ident.to_string());
        visit::visit_pat_ident(self, name);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        // A macro may leave with an error of its own, and change what it is given.
        let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let known =
            ["assert", "debug_assert", "assert_eq", "debug_assert_eq", "panic", "format", "unreachable"];
        let args = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        match args {
            Ok(args) if known.contains(&name.as_str()) => {
                let mut seen = Seen { leaves: false, changes: false, numbers: self.numbers };
                args.iter().for_each(|arg| seen.visit_expr(arg));
                self.leaves |= seen.leaves;
                self.changes |= seen.changes;
            }
            Ok(_) | Err(_) => {
                self.leaves = true;
                self.changes = true;
            }
        }
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
