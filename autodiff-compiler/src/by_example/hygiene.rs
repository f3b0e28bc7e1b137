//! Names that a macro's rules have for their own: a local that is bound there is none of the invocation's.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Macro, Pat, PatIdent, Signature, Stmt};

/// What an identifier of a template begins with until it is known what it is.
const MARK: &str = "__ad_by_example_";

/// Words that are none everywhere.
const WORDS: [&str; 6] = ["macro_rules", "union", "auto", "default", "raw", "safe"];

/// An identifier of a template.
pub fn marked(name: &Ident) -> Ident {
    let text = name.to_string();
    let is_word = WORDS.contains(&text.as_str()) || syn::parse_str::<Ident>(&text).is_err();
    if is_word || text.starts_with("r#") { name.clone() } else { format_ident!("{MARK}{text}") }
}

fn unmarked(name: &Ident) -> Option<Ident> {
    let text = name.to_string();
    text.strip_prefix(MARK).map(|text| Ident::new(text, name.span()))
}

/// Whether a template and what it is given both have a label, which rustc would tell apart.
pub fn shares_a_label(template: &TokenStream, given: TokenStream) -> bool {
    let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
    labels(template.clone(), &mut own);
    labels(given, &mut others);
    !own.is_disjoint(&others)
}

fn labels(tokens: TokenStream, into: &mut BTreeSet<String>) {
    let mut quote = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(name) if quote => {
                into.insert(name.to_string());
            }
            TokenTree::Group(group) => labels(group.stream(), into),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
    }
}

/// The names of a body.
pub struct Locals {
    /// How often each is bound.
    bound: BTreeMap<String, usize>,
    taken: BTreeSet<String>,
}

impl Locals {
    pub fn new(sig: &Signature, block: &Block) -> Locals {
        let mut found = Bindings::default();
        found.visit_signature(sig);
        found.visit_block(block);
        let mut taken = crate::names::mentions(block.to_token_stream());
        taken.extend(crate::names::mentions(sig.to_token_stream()));
        let mut bound = BTreeMap::new();
        for name in found.0 {
            *bound.entry(name.to_string()).or_insert(0) += 1;
        }
        Locals { bound, taken }
    }

    /// Gives what a template binds names of their own, and takes the marks off the rest. None if a name could
    /// mean something else here than where the macro is defined; `local`: that is in the same body.
    pub fn settle(&mut self, of: &str, local: bool, stmts: &mut [Stmt]) -> Option<()> {
        let mut found = Bindings::default();
        stmts.iter().for_each(|stmt| found.visit_stmt(stmt));
        let own: Vec<Ident> = found.0.iter().filter_map(unmarked).collect();
        let mut names = BTreeMap::new();
        for name in own.iter().map(ToString::to_string).filter(|name| is_of_a_variable(name)) {
            names.entry(name.clone()).or_insert_with(|| self.fresh(&name, of));
        }
        let mut settle = Settle { names, free: BTreeSet::new(), captured: false };
        stmts.iter_mut().for_each(|stmt| settle.visit_stmt_mut(stmt));
        let most = usize::from(local);
        let elsewhere = |name: &String| self.bound.get(name).is_some_and(|count| *count > most);
        let left = stmts.iter().any(|stmt| {
            crate::names::mentions(stmt.to_token_stream()).iter().any(|name| name.starts_with(MARK))
        });
        let sure = !settle.captured && !left && !settle.free.iter().any(elsewhere);
        if sure {
            // What a macro is given may be bound by what it stands for.
            let mut found = Bindings::default();
            stmts.iter().for_each(|stmt| found.visit_stmt(stmt));
            for name in found.0 {
                self.bound.entry(name.to_string()).or_insert(1);
            }
        }
        sure.then_some(())
    }

    fn fresh(&mut self, name: &str, of: &str) -> String {
        let base = format!("{name}_of_{of}");
        let numbered = (2..).map(|k| format!("{base}_{k}"));
        let mut candidates = std::iter::once(base.clone()).chain(numbered);
        let new = candidates.find(|new| !self.taken.contains(new)).unwrap_or(base);
        self.taken.insert(new.clone());
        new
    }
}

/// Constants and variants look like bindings in patterns.
fn is_of_a_variable(name: &str) -> bool {
    !name.starts_with(char::is_uppercase)
}

#[derive(Default)]
struct Bindings(Vec<Ident>);

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        self.0.push(pat.ident.clone());
        visit::visit_pat_ident(self, pat);
    }
}

struct Settle {
    /// The new names of what is bound.
    names: BTreeMap<String, String>,
    /// What is not bound, but used like a variable.
    free: BTreeSet<String>,
    /// Whether a string may name a variable: `"{x}"`.
    captured: bool,
}

impl Settle {
    /// A marked name where one stands that may be a variable's.
    fn variable(&mut self, name: &mut Ident) {
        let Some(plain) = unmarked(name) else { return };
        let text = plain.to_string();
        match self.names.get(&text) {
            Some(new) => *name = Ident::new(new, name.span()),
            None => {
                *name = plain;
                self.free.insert(text);
            }
        }
    }

    fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let mut after_dot = false;
        let mut out = TokenStream::new();
        for token in tokens {
            let dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
            out.extend([match token {
                TokenTree::Ident(mut name) => {
                    match after_dot {
                        true => self.visit_ident_mut(&mut name),
                        false => self.variable(&mut name),
                    }
                    TokenTree::Ident(name)
                }
                TokenTree::Group(group) => {
                    let inner = self.tokens(group.stream());
                    let delimiter = match group.delimiter() {
                        Delimiter::None => Delimiter::Parenthesis,
                        delimiter => delimiter,
                    };
                    let mut whole = Group::new(delimiter, inner);
                    whole.set_span(group.span());
                    TokenTree::Group(whole)
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    self.captured |= self.names.keys().any(|name| text.contains(&format!("{{{name}")));
                    TokenTree::Literal(literal)
                }
                TokenTree::Punct(punct) => TokenTree::Punct(punct),
            }]);
            after_dot = dot;
        }
        out
    }
}

impl VisitMut for Settle {
    fn visit_ident_mut(&mut self, name: &mut Ident) {
        if let Some(plain) = unmarked(name) {
            *name = plain;
        }
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        match unmarked(&pat.ident) {
            Some(plain) if is_of_a_variable(&plain.to_string()) => self.variable(&mut pat.ident),
            _ => self.visit_ident_mut(&mut pat.ident),
        }
        visit_mut::visit_pat_ident_mut(self, pat);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Group(group) = expr {
            let inner = std::mem::replace(&mut *group.expr, Expr::Verbatim(TokenStream::new()));
            *expr = super::in_parentheses(inner);
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        // A path binds as tightly as the group that stands for `$t`.
        while let syn::Type::Group(group) = ty
            && matches!(*group.elem, syn::Type::Path(_) | syn::Type::Group(_))
        {
            *ty = (*group.elem).clone();
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        if path.qself.is_none()
            && path.path.leading_colon.is_none()
            && path.path.segments.len() == 1
            && path.path.segments[0].arguments.is_none()
        {
            self.variable(&mut path.path.segments[0].ident);
        }
        visit_mut::visit_expr_path_mut(self, path);
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        field.colon_token.get_or_insert_default();
        visit_mut::visit_field_value_mut(self, field);
    }

    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        // `ref x` by itself names the field too.
        if matches!(&*field.pat, Pat::Ident(_)) {
            field.colon_token.get_or_insert_default();
        }
        visit_mut::visit_field_pat_mut(self, field);
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        self.visit_path_mut(&mut mac.path);
        mac.tokens = self.tokens(std::mem::take(&mut mac.tokens));
    }

    fn visit_meta_list_mut(&mut self, list: &mut syn::MetaList) {
        self.visit_path_mut(&mut list.path);
        list.tokens = self.tokens(std::mem::take(&mut list.tokens));
    }
}
