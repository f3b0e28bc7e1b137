//! Functions that choose which part they lend: `match i { 0 => &mut self.x, _ => &mut self.y }`. A statement that
//! assigns to the part stands in each of the branches, and so does a copy of what is read.

use super::Lowerer;
use super::inlinable::is_part;
use super::payloads::spine;
use super::scope::Operand;
use super::signatures::is_plain;
use super::small_functions::Small;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Named, Ty};
use proc_macro2::Ident;
use quote::ToTokens;
use std::rc::Rc;
use syn::{Expr, Pat, Stmt, Type};

/// What is assigned, as a parameter of the function.
const VALUE: &str = "__value";

impl Lowerer<'_> {
    /// `*item.at(k) += x`; whether it is one of these.
    pub(super) fn assigned_to_choice(&mut self, expr: &Expr) -> bool {
        let (target, right) = match expr {
            Expr::Assign(assign) => (&assign.left, &assign.right),
            Expr::Binary(binary) if super::stmt::compound_op(&binary.op).is_some() => {
                (&binary.left, &binary.right)
            }
            _ => return false,
        };
        let mut left = (**target).clone();
        let Some(Expr::MethodCall(call)) = spine(&mut left).cloned() else { return false };
        // What is assigned comes first for numbers, and last for others.
        if names_in_indices(target) || self.has_effects(right) {
            return false;
        }
        let Ty::Named(of) = self.type_of(&call.receiver) else { return false };
        let Some(choice) = self.small_of(&of, &call.method).filter(|small| small.chooses()) else {
            return false;
        };
        let taken = |tokens| crate::names::mentions(tokens).contains(VALUE);
        if taken(expr.to_token_stream()) || taken(choice.body.to_token_stream()) {
            return false;
        }
        let value = Ident::new(VALUE, proc_macro2::Span::call_site());
        let assigned = |part: &Expr| {
            let mut left = (**target).clone();
            *spine(&mut left)? = syn::parse_quote!((#part));
            Some(match expr {
                Expr::Binary(binary) => {
                    let op = &binary.op;
                    syn::parse_quote!({ #left #op #value; })
                }
                _ => syn::parse_quote!({ #left = #value; }),
            })
        };
        let Some(body) = with_parts(&choice.body, &assigned) else { return false };
        let assigning = Rc::new(choice.with(body, Some(syn::parse_quote!(#value)), None));
        let hint = Ty::Unknown;
        let right = self.operand(right, &hint);
        let right = self.fixed(right);
        self.scopes.push();
        self.scopes.bind(&value, right);
        let this = self.operand(&call.receiver, &hint);
        let args: Vec<Expr> = call.args.iter().cloned().chain([syn::parse_quote!(#value)]).collect();
        let args: Vec<&Expr> = args.iter().collect();
        let done = self.inline_small(&assigning, Some(&this), &args, &hint);
        self.scopes.pop();
        match done {
            Some(done) => self.discard(done),
            None => {
                self.refuse(expr, message::REFERENCE_BRANCHES);
            }
        }
        true
    }
}

impl Lowerer<'_> {
    /// The call of one that chooses what it lends to be changed, where it has the attribute: it has no companions.
    pub(super) fn refused_choice(&mut self, of: &Named, small: &Small, name: &Ident) -> Option<Operand> {
        let Type::Path(path) = &of.written else { return None };
        let (block, found) = self.around.method(&path.path.segments.last()?.ident, name)?;
        let bare = is_plain(&block.attrs, None) && is_plain(&found.item.attrs, None);
        let refused = small.chooses() && small.read.is_none() && !bare;
        refused.then(|| self.refuse(name, message::REFERENCE_BRANCHES))
    }
}

/// The function as one that gives a copy of the part, where that is a number which nobody can change.
pub(super) fn reading(choice: &Small) -> Option<Small> {
    let read = choice.read.clone()?;
    let copied = |part: &Expr| match unparen(part) {
        Expr::Reference(reference) => Some((*reference.expr).clone()),
        _ => None,
    };
    let body = with_parts(&choice.body, &copied)?;
    Some(choice.with(body, None, read))
}

/// Whether the branches of a body end in parts, or in nothing.
pub(super) fn is_choice(expr: &Expr) -> bool {
    matches!(unparen(expr), Expr::If(_) | Expr::Match(_))
        && with_parts(expr, &|part| Some(part.clone())).is_some()
}

/// A body with something else in the place of each part that its branches give.
fn with_parts(expr: &Expr, other: &dyn Fn(&Expr) -> Option<Expr>) -> Option<Expr> {
    let tail = |block: &syn::Block| {
        let mut block = block.clone();
        let Some(Stmt::Expr(last, None)) = block.stmts.last_mut() else { return None };
        *last = with_parts(last, other)?;
        Some(block)
    };
    Some(match unparen(expr) {
        Expr::If(inner) => {
            let (token, els) = inner.else_branch.as_ref()?;
            let then_branch = tail(&inner.then_branch)?;
            let els = (*token, Box::new(with_parts(els, other)?));
            Expr::If(syn::ExprIf { then_branch, else_branch: Some(els), ..inner.clone() })
        }
        Expr::Match(inner) => {
            let mut inner = inner.clone();
            for arm in &mut inner.arms {
                *arm.body = with_parts(&arm.body, other)?;
            }
            Expr::Match(inner)
        }
        Expr::Block(inner) if inner.label.is_none() => {
            Expr::Block(syn::ExprBlock { block: tail(&inner.block)?, ..inner.clone() })
        }
        Expr::Macro(inner) if diverges(&inner.mac) => expr.clone(),
        part if is_part(part) => other(part)?,
        _ => return None,
    })
}

pub(super) fn diverges(mac: &syn::Macro) -> bool {
    ["panic", "unreachable", "unimplemented", "todo"].iter().any(|name| mac.path.is_ident(name))
}

/// Whether a pattern means the same wherever it stands in a module, and takes nothing apart.
pub(super) fn is_flat(pat: &Pat) -> bool {
    match pat {
        Pat::Lit(_) | Pat::Range(_) | Pat::Wild(_) | Pat::Path(_) => true,
        Pat::Ident(name) => name.subpat.is_none() && name.by_ref.is_none(),
        Pat::Or(or) => or.cases.iter().all(is_flat),
        Pat::Paren(inner) => is_flat(&inner.pat),
        _ => false,
    }
}

/// Whether an index on the way to what a target is a part of is more than a literal: it would be read in
/// the function.
fn names_in_indices(target: &Expr) -> bool {
    match target {
        Expr::Field(field) => names_in_indices(&field.base),
        Expr::Index(index) => !matches!(unparen(&index.index), Expr::Lit(_)) || names_in_indices(&index.expr),
        Expr::Paren(paren) => names_in_indices(&paren.expr),
        Expr::Unary(unary) => names_in_indices(&unary.expr),
        _ => false,
    }
}
