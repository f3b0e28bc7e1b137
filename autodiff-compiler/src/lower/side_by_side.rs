//! `match (a, b) { … }` where a part is a reference to active data, which cannot stand in a tuple.
//!
//! It is a `match` on that part alone: whether the patterns of the others match as well is a guard of each arm,
//! and what they bind is bound by a `match` in its body.

use super::Lowerer;
use super::matching::always_matches;
use super::scope::Operand;
use crate::diagnostics::message;
use quote::{format_ident, quote};
use syn::Pat;
use syn::visit::{self, Visit};

impl Lowerer<'_> {
    /// The `match` on one part, with names for all of them; `None` where none is such a reference, or the patterns
    /// are no tuples.
    pub(super) fn beside(&mut self, inner: &syn::ExprMatch, items: &[Operand]) -> Option<syn::ExprMatch> {
        let first = items.iter().position(|item| {
            matches!(item, Operand::Ref(place, _)
                if !self.f.place_ty(place).is_copy() && self.f.may_be_active(place))
        })?;
        let mut arms = Vec::new();
        for arm in &inner.arms {
            let (pat, guard) = match &arm.pat {
                Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
                pat => (pat, None),
            };
            let mut cases = Vec::new();
            cases_of(pat, &mut cases);
            for case in cases {
                arms.push(arm_beside(case, guard, &arm.body, first, items.len())?);
            }
        }
        self.inlined += arms.len();
        if self.inlined > 2000 {
            self.error(&inner.expr, message::MATCH_REFERENCES);
            return None;
        }
        for (k, item) in items.iter().enumerate() {
            let item = match item {
                Operand::Value(_) => self.located(item.clone(), "on"),
                item => item.clone(),
            };
            self.scopes.bind(&name_of(k), item);
        }
        let on = name_of(first);
        // rustc does not count arms with guards, and has seen that the user's are exhaustive.
        let last = inner.arms.last().is_some_and(|arm| matches!(arm.pat, Pat::Wild(_)));
        let rest = (!last).then(|| quote!(_ => ::core::unreachable!(),));
        syn::parse2(quote!(match #on { #(#arms)* #rest })).ok()
    }
}

fn name_of(part: usize) -> syn::Ident {
    format_ident!("__on_{part}")
}

fn cases_of<'p>(pat: &'p Pat, into: &mut Vec<&'p Pat>) {
    match pat {
        Pat::Or(or) => or.cases.iter().for_each(|case| cases_of(case, into)),
        Pat::Paren(inner) => cases_of(&inner.pat, into),
        pat => into.push(pat),
    }
}

/// An arm of the `match` on the first reference.
fn arm_beside(
    pat: &Pat,
    guard: Option<&syn::Expr>,
    body: &syn::Expr,
    first: usize,
    parts: usize,
) -> Option<proc_macro2::TokenStream> {
    let tuple = match pat {
        Pat::Wild(_) => {
            let guard = guard.map(|guard| quote!(if #guard));
            return Some(quote!(_ #guard => #body,));
        }
        Pat::Tuple(tuple) => tuple,
        _ => return None,
    };
    if tuple.elems.len() != parts || tuple.elems.iter().any(|elem| matches!(elem, Pat::Rest(_))) {
        return None;
    }
    let (mut names, mut pats) = (Vec::new(), Vec::new());
    let mut body = quote!(#body);
    for (k, elem) in tuple.elems.iter().enumerate() {
        let name = name_of(k);
        if k == first || matches!(elem, Pat::Wild(_)) {
            continue;
        }
        if binds(elem) {
            let otherwise = (!always_matches(elem)).then(|| quote!(_ => ::core::unreachable!(),));
            body = quote!(match #name { #elem => #body, #otherwise });
        }
        if !always_matches(elem) || guard.is_some() {
            names.push(name);
            pats.push(elem);
        }
    }
    let guard = match (guard, pats.is_empty()) {
        (guard, true) => guard.map(|guard| quote!(if #guard)),
        (None, false) => Some(quote!(if ::core::matches!((#(#names,)*), (#(#pats,)*)))),
        (Some(guard), false) => Some(quote!(if ::core::matches!((#(#names,)*), (#(#pats,)*) if #guard))),
    };
    let pat = &tuple.elems[first];
    Some(quote!(#pat #guard => #body,))
}

/// Whether a pattern binds a name.
fn binds(pat: &Pat) -> bool {
    struct Binds(bool);
    impl<'ast> Visit<'ast> for Binds {
        fn visit_pat_ident(&mut self, ident: &'ast syn::PatIdent) {
            self.0 |= !super::closure::is_camel(&ident.ident);
            visit::visit_pat_ident(self, ident);
        }
        fn visit_expr(&mut self, _: &'ast syn::Expr) {}
    }
    let mut found = Binds(false);
    found.visit_pat(pat);
    found.0
}
