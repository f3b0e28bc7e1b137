//! Replacing the locals in tokens by holes.

use super::scope::{Operand, Scopes};
use super::{macros, pattern};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Pat, Token};

/// The name that `name.0.1` begins with.
fn root(field: &syn::ExprField) -> Option<&Ident> {
    match super::stmt::unparen(&field.base) {
        syn::Expr::Path(path) => path.path.get_ident(),
        syn::Expr::Field(inner) => root(inner),
        _ => None,
    }
}

/// Rewrites an expression: `x + f(y)` with locals `x` and `y` becomes `__hole_0 + f(__hole_1)`.
pub(super) struct Holes {
    scopes: Scopes,
    /// The names that go into the holes.
    names: Vec<String>,
    /// What they stand for, and whether a use may change it.
    pub args: Vec<(Operand, bool)>,
    /// Those that are asked for their length alone.
    pub lengths: BTreeSet<usize>,
    /// Those that stand for what a reference to a reference refers to in the end, and how many there are.
    pub pointees: BTreeMap<usize, usize>,
    /// Names that the expression itself binds.
    bound: Vec<BTreeSet<String>>,
}

impl Holes {
    pub(super) fn new(scopes: Scopes) -> Holes {
        Holes {
            scopes,
            names: Vec::new(),
            args: Vec::new(),
            lengths: BTreeSet::new(),
            pointees: BTreeMap::new(),
            bound: Vec::new(),
        }
    }

    /// The hole of a name, if it is a local's.
    fn hole(&mut self, name: &Ident) -> Option<Ident> {
        let text = name.to_string();
        if self.bound.iter().any(|bound| bound.contains(&text)) {
            return None;
        }
        let operand = self.scopes.local(&text)?.clone();
        Some(self.hole_for(text, operand, name.span()))
    }

    /// The hole of a part of a tuple whose parts have names of their own.
    fn hole_of_part(&mut self, field: &syn::ExprField) -> Option<Ident> {
        let root = root(field)?.to_string();
        if self.bound.iter().any(|bound| bound.contains(&root)) {
            return None;
        }
        let operand = self.scopes.part(field)?.clone();
        Some(self.hole_for(field.to_token_stream().to_string(), operand, field.span()))
    }

    /// The hole of a name whose length is asked for.
    fn hole_of_length(&mut self, receiver: &syn::Expr) -> Option<Ident> {
        let syn::Expr::Path(path) = super::stmt::unparen(receiver) else { return None };
        let name = path.path.get_ident()?;
        let text = name.to_string();
        if self.bound.iter().any(|bound| bound.contains(&text)) {
            return None;
        }
        let operand = self.scopes.local(&text)?.clone();
        let hole = self.hole_for(format!("{text}.len()"), operand, name.span());
        let known = self.names.iter().position(|known| *known == format!("{text}.len()"));
        self.lengths.extend(known);
        Some(hole)
    }

    /// The hole of `**name`: a reference to a reference is one reference here, and what a pattern binds
    /// to a part may be no reference at all.
    fn hole_of_pointee(&mut self, unary: &syn::ExprUnary) -> Option<Ident> {
        let (mut inner, mut depth) = (super::stmt::unparen(&unary.expr), 1);
        while let syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) = inner {
            (inner, depth) = (super::stmt::unparen(expr), depth + 1);
        }
        let syn::Expr::Path(path) = inner else { return None };
        let name = path.path.get_ident()?;
        let text = name.to_string();
        if self.bound.iter().any(|bound| bound.contains(&text)) {
            return None;
        }
        let operand = self.scopes.local(&text)?.clone();
        if depth == 1 && !matches!(operand, Operand::Place(_)) {
            return None;
        }
        let text = format!("{}{text}", "*".repeat(depth));
        let hole = self.hole_for(text.clone(), operand, name.span());
        let known = self.names.iter().position(|known| *known == text)?;
        self.pointees.insert(known, depth);
        Some(hole)
    }

    fn hole_for(&mut self, text: String, operand: Operand, span: Span) -> Ident {
        let index = match self.names.iter().position(|known| *known == text) {
            Some(index) => index,
            None => {
                self.names.push(text);
                self.args.push((operand, false));
                self.names.len() - 1
            }
        };
        let mut hole = format_ident!("__hole_{index}");
        hole.set_span(span);
        hole
    }

    fn bind(&mut self, pat: &Pat) {
        let mut names = Vec::new();
        pattern::names(pat, &mut names);
        if self.bound.is_empty() {
            self.bound.push(BTreeSet::new());
        }
        if let Some(bound) = self.bound.last_mut() {
            bound.extend(names.iter().map(ToString::to_string));
        }
    }

    fn scoped(&mut self, visit: impl FnOnce(&mut Self)) {
        self.bound.push(BTreeSet::new());
        visit(self);
        self.bound.pop();
    }

    /// Replaces locals in tokens that do not parse as expressions.
    fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let mut after_dot = false;
        let mut out = TokenStream::new();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (k, token) in tokens.iter().enumerate() {
            let dot = matches!(token, TokenTree::Punct(p) if p.as_char() == '.');
            // `name: value`, `name::item` and `name!` name no local.
            let labels = matches!(tokens.get(k + 1), Some(TokenTree::Punct(p)) if p.as_char() == ':' || p.as_char() == '!');
            match token {
                TokenTree::Ident(name) if !after_dot && !labels => match self.hole(name) {
                    Some(hole) => hole.to_tokens(&mut out),
                    None => name.to_tokens(&mut out),
                },
                TokenTree::Group(group) => {
                    let mut replaced = Group::new(group.delimiter(), self.tokens(group.stream()));
                    replaced.set_span(group.span());
                    replaced.to_tokens(&mut out);
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    token.to_tokens(&mut out)
                }
            }
            after_dot = dot;
        }
        out
    }

    /// The arguments of a macro such as `format!`, with captured names made explicit.
    fn arguments(&mut self, mac: &mut syn::Macro, args: Punctuated<syn::Expr, Token![,]>) {
        let formats = macros::is_format(&mac.path);
        let mut captured: Vec<Ident> = Vec::new();
        let mut named: Vec<String> = Vec::new();
        let mut out: Vec<TokenStream> = Vec::new();
        for mut arg in args {
            if let syn::Expr::Lit(lit) = &arg
                && let syn::Lit::Str(text) = &lit.lit
                && formats
            {
                captured.extend(macros::captures(&text.value(), lit.lit.span()));
            }
            if let syn::Expr::Assign(assign) = &mut arg
                && let syn::Expr::Path(path) = &*assign.left
                && let Some(name) = path.path.get_ident()
            {
                named.push(name.to_string());
                self.visit_expr_mut(&mut assign.right);
            } else {
                self.visit_expr_mut(&mut arg);
            }
            out.push(arg.to_token_stream());
        }
        for name in captured {
            let text = name.to_string();
            if named.contains(&text) {
                continue;
            }
            if let Some(hole) = self.hole(&name) {
                let plain = crate::names::identifier(&text, Span::call_site());
                out.push(quote!(#plain = #hole));
                named.push(text);
            }
        }
        mac.tokens = quote!(#(#out),*);
    }
}

impl VisitMut for Holes {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        match expr {
            syn::Expr::Path(path) if path.qself.is_none() => {
                if let Some(hole) = path.path.get_ident().cloned().and_then(|name| self.hole(&name)) {
                    path.path = syn::Path::from(hole);
                }
            }
            syn::Expr::MethodCall(call)
                if (call.method == "len" || call.method == "is_empty") && call.args.is_empty() =>
            {
                match self.hole_of_length(&call.receiver) {
                    Some(hole) => call.receiver = syn::parse_quote!(#hole),
                    None => visit_mut::visit_expr_method_call_mut(self, call),
                }
            }
            syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                match self.hole_of_pointee(unary) {
                    Some(hole) => *expr = syn::parse_quote!(#hole),
                    None => visit_mut::visit_expr_unary_mut(self, unary),
                }
            }
            syn::Expr::Field(field) => match self.hole_of_part(field) {
                Some(hole) => *expr = syn::parse_quote!(#hole),
                None => visit_mut::visit_expr_field_mut(self, field),
            },
            syn::Expr::Closure(closure) => self.scoped(|this| {
                for input in &closure.inputs {
                    this.bind(input);
                }
                this.visit_expr_mut(&mut closure.body);
            }),
            syn::Expr::ForLoop(inner) => {
                self.visit_expr_mut(&mut inner.expr);
                self.scoped(|this| {
                    this.bind(&inner.pat);
                    this.visit_block_mut(&mut inner.body);
                });
            }
            syn::Expr::If(inner) => {
                self.scoped(|this| {
                    this.visit_expr_mut(&mut inner.cond);
                    this.visit_block_mut(&mut inner.then_branch);
                });
                if let Some((_, els)) = &mut inner.else_branch {
                    self.visit_expr_mut(els);
                }
            }
            syn::Expr::While(inner) => self.scoped(|this| {
                this.visit_expr_mut(&mut inner.cond);
                this.visit_block_mut(&mut inner.body);
            }),
            syn::Expr::Let(inner) => {
                self.visit_expr_mut(&mut inner.expr);
                self.bind(&inner.pat);
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        self.scoped(|this| {
            this.bind(&arm.pat);
            if let Pat::Guard(guard) = &mut arm.pat {
                this.visit_expr_mut(&mut guard.guard);
            }
            this.visit_expr_mut(&mut arm.body);
        });
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        self.scoped(|this| {
            for stmt in &mut block.stmts {
                if let syn::Stmt::Local(local) = stmt {
                    if let Some(init) = &mut local.init {
                        this.visit_expr_mut(&mut init.expr);
                        if let Some((_, diverge)) = &mut init.diverge {
                            this.visit_expr_mut(diverge);
                        }
                    }
                    this.bind(&local.pat);
                } else {
                    this.visit_stmt_mut(stmt);
                }
            }
        });
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        let before = field.expr.to_token_stream().to_string();
        self.visit_expr_mut(&mut field.expr);
        if field.colon_token.is_none() && field.expr.to_token_stream().to_string() != before {
            field.colon_token = Some(Token![:](Span::call_site()));
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        let parsed = mac.parse_body_with(Punctuated::<syn::Expr, Token![,]>::parse_terminated);
        match parsed {
            Ok(args) => self.arguments(mac, args),
            Err(_) => mac.tokens = self.tokens(std::mem::take(&mut mac.tokens)),
        }
    }
}
