//! Macros by example, expanded where a differentiated body invokes them.
//!
//! An attribute sees `square!(x)`, not what it stands for. What `macro_rules!` says of it is found in the body
//! itself or around it (`surroundings/by_example.rs`), and applied here: the rules are matched (`rules.rs`), the
//! first that fits is written out (`transcribe.rs`), and the locals of its own get names that no other has
//! (`hygiene.rs`). Where any of that is not sure, the invocation stays, and is refused as one of a macro that is
//! not known.

mod hygiene;
mod rules;
mod transcribe;

use crate::emit::precedence::{self, Prec};
use crate::surroundings::Around;
use hygiene::Locals;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use rules::Rule;
use std::collections::BTreeMap;
use std::rc::Rc;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Macro, Pat, Signature, Stmt, Token, Type};

/// How deep expansions may stand in expansions; rustc's own limit.
const DEPTH: usize = 128;

/// How many invocations one body may have: each may hold others.
const MOST: usize = 10_000;

/// Of the standard library and of crates whose macros are known: their arguments are expressions, and may hold
/// invocations.
const PLAIN: [&str; 23] = [
    "vec",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "panic",
    "unreachable",
    "todo",
    "unimplemented",
    "print",
    "println",
    "eprint",
    "eprintln",
    "format",
    "write",
    "writeln",
    "dbg",
    "matches",
    "concat",
    "stringify",
    "cfg",
];

/// The body of a function with its macros by example expanded.
pub fn expanded(sig: &Signature, block: &Block, around: &Around) -> Block {
    let mut block = block.clone();
    let mut any = Invocations(false);
    any.visit_block_mut(&mut block);
    if any.0 {
        let mut expander = Expander {
            around,
            locals: Locals::new(sig, &block),
            scopes: vec![BTreeMap::new()],
            known: BTreeMap::new(),
            depth: 0,
            count: 0,
        };
        expander.visit_block_mut(&mut block);
    }
    block
}

/// Whether a body invokes anything that may be defined by example.
struct Invocations(bool);

impl VisitMut for Invocations {
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        self.0 |= !is_plain(mac) || holds_an_invocation(mac.tokens.clone());
    }
}

fn is_plain(mac: &Macro) -> bool {
    PLAIN.iter().any(|name| mac.path.is_ident(name))
}

/// Whether something in tokens looks like an invocation: `name!(…)`.
fn holds_an_invocation(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let here = tokens.windows(3).any(|three| match three {
        [TokenTree::Ident(_), TokenTree::Punct(mark), TokenTree::Group(_)] => mark.as_char() == '!',
        _ => false,
    });
    here || tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => holds_an_invocation(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// A macro: its rules, and whether they stand in the body itself.
#[derive(Clone)]
struct Definition {
    rules: Rc<Vec<Rule>>,
    local: bool,
}

struct Expander<'a> {
    around: &'a Around,
    locals: Locals,
    /// The definitions of the blocks around, innermost last.
    scopes: Vec<BTreeMap<String, Definition>>,
    /// Those found outside of the body.
    known: BTreeMap<String, Option<Definition>>,
    depth: usize,
    count: usize,
}

impl Expander<'_> {
    fn definition(&mut self, path: &syn::Path) -> Option<Definition> {
        if let Some(name) = path.get_ident() {
            let name = name.to_string();
            if let Some(found) = self.scopes.iter().rev().find_map(|scope| scope.get(&name)) {
                return Some(found.clone());
            }
        }
        let text = path.to_token_stream().to_string();
        if let Some(known) = self.known.get(&text) {
            return known.clone();
        }
        let rules = self.around.rules(path).and_then(rules::parse);
        let found = rules.map(|rules| Definition { rules: Rc::new(rules), local: false });
        self.known.insert(text, found.clone());
        found
    }

    /// What an invocation stands for, as `parse` reads it.
    fn expand(
        &mut self,
        mac: &Macro,
        parse: &dyn Fn(ParseStream) -> syn::Result<Vec<Stmt>>,
    ) -> Option<Vec<Stmt>> {
        if self.depth >= DEPTH || self.count >= MOST || is_plain(mac) {
            return None;
        }
        let definition = self.definition(&mac.path)?;
        let name = &mac.path.segments.last()?.ident;
        let fit = |rule| Some((rule, Rule::fit(rule, mac.tokens.clone())?));
        let (rule, bindings) = definition.rules.iter().find_map(fit)?;
        if hygiene::shares_a_label(&rule.template, mac.tokens.clone()) {
            return None;
        }
        let written = transcribe::written(&rule.template, &bindings, name.span())?;
        let mut stmts = parse.parse2(written).ok()?;
        self.locals.settle(&name.to_string(), definition.local, &mut stmts)?;
        self.count += 1;
        Some(stmts)
    }

    /// Expands in what an expansion gave.
    fn deeper(&mut self, expand: impl FnOnce(&mut Self)) {
        self.depth += 1;
        expand(self);
        self.depth -= 1;
    }

    fn expression(&mut self, mac: &Macro) -> Option<Expr> {
        let stmts = self.expand(mac, &|input| {
            let inner: Expr = input.parse()?;
            let _: Option<Token![;]> = input.parse()?;
            Ok(vec![Stmt::Expr(inner, None)])
        })?;
        let Some(Stmt::Expr(mut inner, None)) = stmts.into_iter().next() else { return None };
        self.deeper(|this| this.visit_expr_mut(&mut inner));
        Some(in_parentheses(inner))
    }

    fn statements(&mut self, mac: &Macro) -> Option<Vec<Stmt>> {
        let mut stmts = self.expand(mac, &Block::parse_within)?;
        self.deeper(|this| this.list(&mut stmts));
        Some(stmts)
    }

    fn pattern(&mut self, mac: &Macro) -> Option<Pat> {
        let stmts = self.expand(mac, &|input| {
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            Ok(vec![syn::parse_quote!(let (#pat) = ();)])
        })?;
        let Some(Stmt::Local(local)) = stmts.into_iter().next() else { return None };
        let mut pat = local.pat;
        self.deeper(|this| this.visit_pat_mut(&mut pat));
        Some(pat)
    }

    fn ty(&mut self, mac: &Macro) -> Option<Type> {
        let stmts = self.expand(mac, &|input| {
            let ty: Type = input.parse()?;
            Ok(vec![syn::parse_quote!(let _: #ty;)])
        })?;
        let Some(Stmt::Local(syn::Local { pat: Pat::Type(typed), .. })) = stmts.into_iter().next() else {
            return None;
        };
        let mut ty = *typed.ty;
        self.deeper(|this| this.visit_type_mut(&mut ty));
        Some(ty)
    }

    /// Expands the statements of a block, and what they define is known to those that follow.
    fn list(&mut self, stmts: &mut Vec<Stmt>) {
        let mut out = Vec::new();
        for mut stmt in stmts.drain(..) {
            match &mut stmt {
                Stmt::Item(Item::Macro(item)) => {
                    if let (Some(name), true) = (&item.ident, item.mac.path.is_ident("macro_rules"))
                        && let Some(scope) = self.scopes.last_mut()
                    {
                        // One of a configuration may be none; without rules, nothing is expanded.
                        let plain = !item.attrs.iter().any(|attr| attr.path().is_ident("cfg"));
                        let rules =
                            rules::parse(item.mac.tokens.clone()).filter(|_| plain).unwrap_or_default();
                        scope.insert(name.to_string(), Definition { rules: Rc::new(rules), local: true });
                    }
                }
                Stmt::Macro(mac) => {
                    self.arguments(&mut mac.mac);
                    if let Some(mut inner) = self.statements(&mac.mac) {
                        if mac.semi_token.is_some()
                            && let Some(Stmt::Expr(_, semi @ None)) = inner.last_mut()
                        {
                            *semi = mac.semi_token;
                        }
                        out.append(&mut inner);
                        continue;
                    }
                }
                Stmt::Expr(Expr::Macro(mac), None) => {
                    self.arguments(&mut mac.mac);
                    if let Some(mut inner) = self.statements(&mac.mac) {
                        out.append(&mut inner);
                        continue;
                    }
                }
                Stmt::Local(_) | Stmt::Item(_) | Stmt::Expr(..) => visit_mut::visit_stmt_mut(self, &mut stmt),
            }
            out.push(stmt);
        }
        *stmts = out;
    }

    /// The invocations in the arguments of a macro that is known to take expressions.
    fn arguments(&mut self, mac: &mut Macro) {
        if !is_plain(mac) || !holds_an_invocation(mac.tokens.clone()) {
            return;
        }
        if let Ok(mut args) = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            mac.tokens = args.to_token_stream();
            return;
        }
        let repeat = |input: ParseStream| Ok((input.parse()?, input.parse::<Token![;]>()?, input.parse()?));
        if let Ok((mut elem, semi, mut len)) = repeat.parse2(mac.tokens.clone()) {
            let parts: [&mut Expr; 2] = [&mut elem, &mut len];
            parts.into_iter().for_each(|part| self.visit_expr_mut(part));
            mac.tokens = quote!(#elem #semi #len);
        }
    }
}

impl VisitMut for Expander<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scopes.push(BTreeMap::new());
        self.list(&mut block.stmts);
        self.scopes.pop();
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(mac) = expr {
            self.arguments(&mut mac.mac);
            if let Some(expanded) = self.expression(&mac.mac) {
                *expr = expanded;
            }
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Macro(mac) => {
                if let Some(expanded) = self.pattern(&mac.mac) {
                    *pat = expanded;
                }
            }
            pat => visit_mut::visit_pat_mut(self, pat),
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Macro(mac) => {
                if let Some(expanded) = self.ty(&mac.mac) {
                    *ty = expanded;
                }
            }
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// An expression as an operand of any other.
fn in_parentheses(inner: Expr) -> Expr {
    if precedence::of_syn(&inner) == Prec::Atom { inner } else { syn::parse_quote!((#inner)) }
}
