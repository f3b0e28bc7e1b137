//! Finds values that leave the floats and come back: through bits, bytes or text.
//!
//! On the way they are integers or strings, which have no derivative, so that what comes back
//! would be a constant: a silent zero. Whether it is the same value that comes back cannot be
//! told, so that a function which does both is refused, unless what leaves is text as it stands in
//! the source: a parameter, or the error that a closure is given.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::visit::{self, Visit};

/// Ways out of the floats, and the ways back.
const WAYS: [(&[&str], &[&str]); 2] = [
    (
        &["to_bits", "to_ne_bytes", "to_le_bytes", "to_be_bytes", "integer_decode"],
        &["from_bits", "from_ne_bytes", "from_le_bytes", "from_be_bytes"],
    ),
    (&["to_string", "format"], &["parse", "from_str"]),
];

/// Methods whose closures are given an error.
const OF_ERRORS: [&str; 5] = ["map_err", "unwrap_or_else", "or_else", "map_or_else", "inspect_err"];

/// Where values come back that may have left; `inert` are the parameters without a derivative.
pub fn through_bits_or_text(block: &syn::Block, inert: BTreeSet<String>) -> Vec<Span> {
    let mut idents = Vec::new();
    collect(block.to_token_stream(), &mut idents);
    let mut bound = Bound(BTreeSet::new());
    bound.visit_block(block);
    let inert = inert.difference(&bound.0).cloned().collect();
    let mut texts = Texts { inert, harmless: Vec::new() };
    texts.visit_block(block);
    let mut found = Vec::new();
    for (out, back) in WAYS {
        let harmless = texts.harmless.iter().filter(|name| out.contains(&name.as_str())).count();
        if idents.iter().filter(|(name, _)| out.contains(&name.as_str())).count() > harmless {
            found.extend(
                idents.iter().filter(|(name, _)| back.contains(&name.as_str())).map(|(_, span)| *span),
            );
        }
    }
    found
}

fn collect(tokens: TokenStream, into: &mut Vec<(String, Span)>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => into.push((ident.to_string(), ident.span())),
            TokenTree::Group(group) => collect(group.stream(), into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The names that a body binds.
struct Bound(BTreeSet<String>);

impl Visit<'_> for Bound {
    fn visit_pat_ident(&mut self, pat: &syn::PatIdent) {
        self.0.insert(pat.ident.to_string());
        visit::visit_pat_ident(self, pat);
    }

    // Those of errors are inert where they are seen.
    fn visit_expr_closure(&mut self, closure: &syn::ExprClosure) {
        self.visit_expr(&closure.body);
    }
}

/// What turns text into text.
struct Texts {
    inert: BTreeSet<String>,
    harmless: Vec<String>,
}

impl Texts {
    fn is_inert(&self, expr: &syn::Expr) -> bool {
        match super::stmt::unparen(expr) {
            syn::Expr::Lit(_) => true,
            syn::Expr::Reference(inner) => self.is_inert(&inner.expr),
            syn::Expr::Path(path) => {
                path.path.get_ident().is_some_and(|name| self.inert.contains(&name.to_string()))
            }
            syn::Expr::MethodCall(call) => {
                ["trim", "as_str", "as_ref"].iter().any(|name| call.method == name)
                    && call.args.is_empty()
                    && self.is_inert(&call.receiver)
            }
            _ => false,
        }
    }

    /// Whether everything that a `format!` names is inert.
    fn formats_inert(&self, tokens: TokenStream) -> bool {
        let mut named = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => named.push(ident.to_string()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let inline = text.split('{').skip(1).filter_map(|rest| {
                        rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().map(str::to_string)
                    });
                    named.extend(inline.filter(|name| !name.is_empty()));
                }
                TokenTree::Punct(punct) if punct.as_char() == ',' => {}
                TokenTree::Punct(_) | TokenTree::Group(_) => return false,
            }
        }
        named.iter().all(|name| self.inert.contains(name) || name.chars().all(|c| c.is_ascii_digit()))
    }
}

impl Visit<'_> for Texts {
    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        if call.method == "to_string" && self.is_inert(&call.receiver) {
            self.harmless.push(call.method.to_string());
        }
        self.visit_expr(&call.receiver);
        let outer = self.inert.clone();
        for arg in &call.args {
            if let syn::Expr::Closure(closure) = arg {
                for input in &closure.inputs {
                    if let syn::Pat::Ident(ident) = input {
                        let name = ident.ident.to_string();
                        match OF_ERRORS.iter().any(|method| call.method == method) {
                            true => _ = self.inert.insert(name),
                            false => _ = self.inert.remove(&name),
                        }
                    }
                }
            }
            self.visit_expr(arg);
        }
        self.inert = outer;
    }

    fn visit_macro(&mut self, mac: &syn::Macro) {
        if mac.path.is_ident("format") && self.formats_inert(mac.tokens.clone()) {
            self.harmless.push("format".to_string());
        }
    }
}
