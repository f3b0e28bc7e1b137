//! What borrows from the caller's data in the forward sweep is made again in the reverse sweep, to
//! which that data is passed again: a pullback holds no borrow.

use crate::ir::walk;
use crate::ir::{Expr, Function, ParamMode, Stmt, Ty, Var, Wrap};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use std::collections::BTreeSet;

/// The definitions to repeat at the start of the reverse sweep.
pub(super) fn borrowed(f: &Function, forward: &[Stmt], backward: &[Stmt]) -> Vec<Stmt> {
    let params = f.params.iter().filter(|param| param.mode == ParamMode::Ref).map(|param| param.var);
    let (mut lent, others): (BTreeSet<Var>, BTreeSet<Var>) =
        params.partition(|var| matches!(f.info(*var).ty, Ty::Inert));
    let mut borrowers = Vec::new();
    for stmt in forward {
        let Stmt::Let { var, init: Some(init @ Expr::Opaque { tokens, args, ty }) } = stmt else { continue };
        let mut borrows = false;
        // Of what has a derivative, a text is lent, a number is not.
        let text = matches!(f.info(*var).ty, Ty::Inert);
        walk::accesses_of_expr(init, &mut |place, _| {
            borrows |= lent.contains(&place.root) || text && others.contains(&place.root);
        });
        if !borrows || !may_borrow(&f.info(*var).ty) || f.info(*var).mutable {
            continue;
        }
        // Made before, it is there: what it asks with `?` is not asked again.
        let tokens = match f.wrap {
            _ if !asks(tokens.clone()) => tokens.clone(),
            Wrap::Option => quote!((|| ::core::option::Option::Some(#tokens))().unwrap()),
            Wrap::Result | Wrap::Plain => continue,
        };
        lent.insert(*var);
        borrowers.push((*var, Expr::Opaque { tokens, args: args.clone(), ty: ty.clone() }));
    }
    let mut needed = BTreeSet::new();
    for stmt in backward {
        walk::statement(stmt, &mut |inner| {
            walk::accesses_of_stmt(inner, &mut |place, _| _ = needed.insert(place.root));
        });
    }
    let mut again: Vec<Stmt> = Vec::new();
    for (var, init) in borrowers.into_iter().rev() {
        if needed.contains(&var) {
            walk::accesses_of_expr(&init, &mut |place, _| _ = needed.insert(place.root));
            again.push(Stmt::Let { var, init: Some(init) });
        }
    }
    again.reverse();
    again
}

/// Whether a value that has no derivative may be one that borrows: a part of a text, a `Vec` of such.
fn may_borrow(ty: &Ty) -> bool {
    match ty {
        Ty::Inert | Ty::Unknown => true,
        Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => may_borrow(item),
        _ => false,
    }
}

/// Whether there is a `?` in some tokens.
fn asks(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => asks(group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}
