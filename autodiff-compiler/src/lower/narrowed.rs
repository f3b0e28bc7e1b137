//! `let n = self.best.as_mut().unwrap();`: what follows goes on inside the arm that names the payload, as far as the
//! name is used. Behind that the option may be used again, so the arm ends there.

use super::Lowerer;
use super::free_names::{rebound, used_of, uses};
use super::payloads::{inserting, root_of};
use super::stmt::unparen;
use crate::ir::Wrap;
use crate::names::mentions;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::BTreeSet;
use syn::visit::{self, Visit};
use syn::{Expr, Ident, Local, Pat, Stmt};

impl Lowerer<'_> {
    /// Lowers the first of some statements, with those that belong to it, and says how many these are. The last one
    /// is lowered here only if it is the first.
    pub(super) fn stmts_to_last_use(&mut self, stmts: &[Stmt]) -> usize {
        if let Some(asked) = self.asked_reference(&stmts[0]) {
            let mut stated = stmts.to_vec();
            stated[0] = asked;
            return self.stmts_to_last_use(&stated);
        }
        match self.narrowed(stmts) {
            Some((stated, count)) => {
                stated.iter().for_each(|stmt| self.stmt(stmt));
                count
            }
            None => {
                self.stmt(&stmts[0]);
                1
            }
        }
    }

    /// `let n = option.as_mut()?;`, `let n = option.as_mut().ok_or(e)?;` as `let Some(n) = … else { return … };`:
    /// what is lent has a name inside an arm.
    fn asked_reference(&self, stmt: &Stmt) -> Option<Stmt> {
        let Stmt::Local(Local { pat, init: Some(init), attrs, .. }) = stmt else { return None };
        let Expr::Try(asked) = unparen(&init.expr) else { return None };
        if !attrs.is_empty() || init.diverge.is_some() || !lends_mutably(&asked.expr) {
            return None;
        }
        let pat = super::pattern::bare(pat);
        let Expr::MethodCall(call) = unparen(&asked.expr) else { return None };
        match (self.wrap(), call.method.to_string().as_str(), call.args.first()) {
            (Wrap::Option, "as_mut" | "as_deref_mut", None) => {
                Some(syn::parse_quote!(let Some(#pat) = #call else { return None; };))
            }
            (Wrap::Result, "ok_or", Some(error)) => {
                let on = &call.receiver;
                let error = quote!(::core::convert::From::from(#error));
                Some(syn::parse_quote!(let Some(#pat) = #on else { return Err(#error); };))
            }
            (Wrap::Result, "ok_or_else", Some(error)) => {
                let on = &call.receiver;
                let error = quote!(::core::convert::From::from((#error)()));
                Some(syn::parse_quote!(let Some(#pat) = #on else { return Err(#error); };))
            }
            _ => None,
        }
    }

    /// The first statement and those up to the last use of what it names as a `match`.
    fn narrowed(&mut self, stmts: &[Stmt]) -> Option<(Vec<Stmt>, usize)> {
        let Stmt::Local(Local { pat, init: Some(init), attrs, .. }) = stmts.first()? else { return None };
        let (inserted, on) = match unparen(&init.expr) {
            Expr::MethodCall(call) if inserting(&init.expr).is_some() => {
                let option = &call.receiver;
                (Some(&init.expr), syn::parse_quote!(#option.as_mut().unwrap()))
            }
            _ => (None, (*init.expr).clone()),
        };
        if !attrs.is_empty() || !lends_mutably(&on) {
            return None;
        }
        let place = Part::of(lent_place(&on)?)?;
        let last = last_use(pat, stmts);
        let (inside, rest) = (&stmts[1..=last], &stmts[last + 1..]);
        if !place.is_used_in(rest) || inside.iter().any(|stmt| matches!(stmt, Stmt::Item(_))) {
            return None;
        }
        let (kept, patterns) = kept(inside, rest)?;
        let body = |first: TokenStream| -> Expr {
            match &kept[..] {
                [] => syn::parse_quote!({ #first #(#inside)* }),
                [only] => syn::parse_quote!({ #first #(#inside)* #only }),
                all => syn::parse_quote!({ #first #(#inside)* (#(#all),*) }),
            }
        };
        let mut first: Vec<Stmt> = inserted.iter().map(|call| syn::parse_quote!(#call;)).collect();
        let matched: Expr = match &init.diverge {
            Some((_, diverge)) => {
                // What follows a branch that leaves goes on inside the other arm: it leaves before.
                let option = asked_of(pat).then(|| lent_place(&on))??;
                first.push(syn::parse_quote!(if #option.is_none() #diverge));
                let body = body(TokenStream::new());
                syn::parse_quote!(match #on { #pat => #body, _ => ::core::panic!("{}", "it is there") })
            }
            None => {
                let (payload, named, variant) = self.payload_of_local(&on)?;
                payload.within(&variant, &body(quote!(let #pat = #named;)))
            }
        };
        first.push(match &patterns[..] {
            [] => Stmt::Expr(matched, Some(syn::token::Semi::default())),
            [only] => syn::parse_quote!(let #only = #matched;),
            all => syn::parse_quote!(let (#(#all),*) = #matched;),
        });
        Some((first, last + 1))
    }
}

/// `x.as_mut()`, `&mut x`, and what is unwrapped or a part of it.
fn lends_mutably(expr: &Expr) -> bool {
    match unparen(expr) {
        Expr::Reference(reference) => reference.mutability.is_some(),
        Expr::MethodCall(call) => match call.method.to_string().as_str() {
            "as_mut" | "as_deref_mut" => call.args.is_empty(),
            "unwrap" | "expect" | "ok_or" | "ok_or_else" => {
                matches!(unparen(&call.receiver), Expr::MethodCall(_)) && lends_mutably(&call.receiver)
            }
            _ => false,
        },
        _ => false,
    }
}

/// `Some(name)`
fn asked_of(pat: &Pat) -> bool {
    matches!(pat, Pat::TupleStruct(some) if some.path.is_ident("Some") && matches!(some.elems.first(), Some(Pat::Ident(_))))
}

/// The place that is lent in the end.
fn lent_place(expr: &Expr) -> Option<&Expr> {
    match unparen(expr) {
        Expr::Reference(inner) => lent_place(&inner.expr),
        Expr::MethodCall(call) => lent_place(&call.receiver),
        Expr::Field(field) if !is_place(expr) => lent_place(&field.base),
        Expr::Index(index) if !is_place(expr) => lent_place(&index.expr),
        place => Some(place),
    }
}

fn is_place(expr: &Expr) -> bool {
    match unparen(expr) {
        Expr::Path(path) => path.path.get_ident().is_some(),
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && is_place(&unary.expr),
        _ => false,
    }
}

/// The last of the statements that uses what a pattern names, or what refers to it.
fn last_use(pat: &Pat, stmts: &[Stmt]) -> usize {
    let mut names = BTreeSet::new();
    bound(pat, &mut |name| {
        names.insert(name.ident.to_string());
    });
    let mut last = 0;
    for (k, stmt) in stmts.iter().enumerate().skip(1) {
        let used = uses(stmt, &names);
        rebound(stmt, &mut names);
        if !used {
            continue;
        }
        last = k;
        if let Stmt::Local(Local { pat, init: Some(init), .. }) = stmt
            && hands_on(&init.expr)
        {
            bound(pat, &mut |name| {
                names.insert(name.ident.to_string());
            });
        }
    }
    last
}

/// Whether what an expression gives refers to what stands in it, as far as its text tells.
fn hands_on(expr: &Expr) -> bool {
    const LENDING: [&str; 22] = [
        "iter",
        "iter_mut",
        "as_slice",
        "as_mut_slice",
        "as_ref",
        "as_mut",
        "as_deref",
        "as_deref_mut",
        "first",
        "last",
        "get",
        "get_mut",
        "first_mut",
        "last_mut",
        "split_at",
        "split_at_mut",
        "chunks",
        "chunks_mut",
        "borrow",
        "borrow_mut",
        "deref",
        "deref_mut",
    ];
    match unparen(expr) {
        Expr::Path(_) | Expr::Reference(_) => true,
        Expr::MethodCall(call) => {
            let own = matches!(
                call.method.to_string().as_str(),
                "clone" | "to_vec" | "to_owned" | "len" | "sum" | "product"
            );
            !own && (LENDING.iter().any(|name| call.method == name) || {
                matches!(unparen(&call.receiver), Expr::MethodCall(_)) && hands_on(&call.receiver)
            })
        }
        Expr::Call(call) => call.args.iter().any(hands_on_reference),
        Expr::Tuple(tuple) => tuple.elems.iter().any(hands_on_reference),
        Expr::Struct(made) => made.fields.iter().any(|field| hands_on_reference(&field.expr)),
        Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Closure(_) => true,
        _ => false,
    }
}

/// `Some(&mut n.v)`, `(n, 1)`
fn hands_on_reference(expr: &Expr) -> bool {
    matches!(unparen(expr), Expr::Reference(_))
}

/// What statements name that others use: as it is handed on, and as it is named there.
fn kept(inside: &[Stmt], rest: &[Stmt]) -> Option<(Vec<Ident>, Vec<TokenStream>)> {
    let mut all = BTreeSet::new();
    for stmt in inside {
        if let Stmt::Local(local) = stmt {
            bound(&local.pat, &mut |name| {
                all.insert(name.ident.to_string());
            });
        }
    }
    let used = used_of(rest, &all);
    let (mut kept, mut patterns): (Vec<Ident>, Vec<TokenStream>) = (Vec::new(), Vec::new());
    for stmt in inside {
        let Stmt::Local(local) = stmt else { continue };
        let mut names = Vec::new();
        bound(&local.pat, &mut |name| names.push(name.clone()));
        for name in names.into_iter().filter(|name| used.contains(&name.ident.to_string())) {
            // What is assigned later, or is a reference, does not leave the arm.
            if local.init.is_none() || name.by_ref.is_some() {
                return None;
            }
            if let Some(at) = kept.iter().position(|known| *known == name.ident) {
                kept.remove(at);
                patterns.remove(at);
            }
            let mutable = &name.mutability;
            let ident = &name.ident;
            patterns.push(quote!(#mutable #ident));
            kept.push(name.ident);
        }
    }
    Some((kept, patterns))
}

/// The names that a pattern binds.
fn bound<'a>(pat: &'a Pat, each: &mut dyn FnMut(&'a syn::PatIdent)) {
    struct Bound<'f, 'a>(&'f mut dyn FnMut(&'a syn::PatIdent));
    impl<'a> Visit<'a> for Bound<'_, 'a> {
        fn visit_pat_ident(&mut self, name: &'a syn::PatIdent) {
            (self.0)(name);
            visit::visit_pat_ident(self, name);
        }
    }
    Bound(each).visit_pat(pat);
}

/// A variable, or a field of a field of it.
struct Part {
    root: Ident,
    fields: Vec<String>,
}

impl Part {
    fn of(expr: &Expr) -> Option<Part> {
        match unparen(expr) {
            Expr::Field(field) => {
                let mut part = Part::of(&field.base)?;
                part.fields.push(field.member.to_token_stream().to_string());
                Some(part)
            }
            // Of what is behind them all is meant.
            Expr::Index(_) | Expr::Unary(_) => {
                Some(Part { root: root_of(expr)?.clone(), fields: Vec::new() })
            }
            Expr::Path(path) => Some(Part { root: path.path.get_ident()?.clone(), fields: Vec::new() }),
            _ => None,
        }
    }

    /// Whether statements use the part, or something that it is in.
    fn is_used_in(&self, stmts: &[Stmt]) -> bool {
        let mut uses = Uses { part: self, found: false };
        stmts.iter().for_each(|stmt| uses.visit_stmt(stmt));
        uses.found
    }
}

struct Uses<'p> {
    part: &'p Part,
    found: bool,
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match Part::of(expr) {
            Some(other) if matches!(expr, Expr::Path(_) | Expr::Field(_)) => {
                let same = other.fields.iter().zip(&self.part.fields).all(|(a, b)| a == b);
                self.found |= other.root == self.part.root && same;
            }
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.found |= mentions(mac.tokens.clone()).contains(&self.part.root.to_string());
    }
}
