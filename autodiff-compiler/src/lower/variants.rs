//! Variants that an import brings in (`use Shape::*; Circle(r)`) and those of `Self`: written out with their
//! enum, by whose name derivatives find their tangents; and patterns of the only variant of an enum.

use super::closure::is_camel;
use crate::surroundings::Around;
use proc_macro2::{Group, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, GenericArgument, Ident, Item, ItemUse, Local, Pat, Path, PathArguments, Stmt, Type, TypePath,
};

/// The body with them written out; `this` is what `Self` stands for.
pub(super) fn written_out(body: &Block, this: Option<&Type>, around: &Around) -> Block {
    let mut items = Items::default();
    items.visit_block(body);
    let mut out = body.clone();
    let this = this.and_then(name_of);
    Variants { items, this, around, known: BTreeMap::new() }.visit_block_mut(&mut out);
    out
}

/// The path of a type as expressions and patterns spell it: `Shape::<T>` for `Shape<'a, T>`.
fn name_of(ty: &Type) -> Option<Path> {
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return None };
    let mut path = path.clone();
    for segment in path.segments.iter_mut() {
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            let said = arguments.args.iter().filter(|arg| !matches!(arg, GenericArgument::Lifetime(_)));
            let said = said.collect::<Vec<_>>();
            segment.arguments = match said.is_empty() {
                true => PathArguments::None,
                false => PathArguments::AngleBracketed(syn::parse_quote!(::<#(#said),*>)),
            };
        }
    }
    Some(path)
}

/// What the body defines and imports.
#[derive(Default)]
struct Items {
    own: BTreeSet<String>,
    uses: Vec<ItemUse>,
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.own.insert(item.ident.to_string());
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.own.insert(item.sig.ident.to_string());
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.own.insert(item.ident.to_string());
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.uses.push(item.clone());
    }
}

struct Variants<'a> {
    items: Items,
    this: Option<Path>,
    around: &'a Around,
    known: BTreeMap<String, Option<Vec<String>>>,
}

impl Variants<'_> {
    /// The whole path of a variant that is written by its name alone.
    fn path(&mut self, name: &Ident) -> Option<Path> {
        const STANDARD: [&str; 9] = ["Some", "None", "Ok", "Err", "Self", "Vec", "Box", "String", "Option"];
        let text = name.to_string();
        if !is_camel(name) || STANDARD.contains(&text.as_str()) || self.items.own.contains(&text) {
            return None;
        }
        let (around, uses) = (self.around, &self.items.uses);
        let owner = self.known.entry(text).or_insert_with(|| around.variant_owner(name, uses)).as_ref()?;
        let segments = owner.iter().map(|segment| match segment.as_str() {
            "self" | "super" | "crate" => Ident::new(segment, name.span()),
            segment => syn::parse_str::<Ident>(segment).map_or_else(
                |_| Ident::new_raw(segment, name.span()),
                |mut ident| {
                    ident.set_span(name.span());
                    ident
                },
            ),
        });
        Some(syn::parse_quote!(#(#segments ::)* #name))
    }

    /// `Self::Circle`, where something is made or matched.
    fn of_self(&self, path: &mut Path) {
        if let Some(this) = &self.this
            && path.segments.len() == 2
            && path.segments[0].ident == "Self"
            && is_camel(&path.segments[1].ident)
        {
            let (own, variant) = (path.segments[0].ident.span(), &path.segments[1]);
            let mut whole: Path = syn::parse_quote!(#this::#variant);
            whole.segments.iter_mut().rev().skip(1).for_each(|segment| segment.ident.set_span(own));
            *path = whole;
        }
    }

    fn in_path(&mut self, path: &mut Path) {
        if let Some(name) = path.get_ident()
            && let Some(whole) = self.path(&name.clone())
        {
            *path = whole;
        }
    }

    /// In the arguments of a macro no more is known than the words.
    fn in_tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: Option<&TokenTree>, wanted: &str| matches!(at, Some(TokenTree::Punct(p)) if wanted.contains(p.as_char()));
        let alone =
            |at: Option<&TokenTree>| matches!(at, Some(TokenTree::Punct(p)) if p.spacing() == Spacing::Alone);
        let mut out = TokenStream::new();
        for (k, token) in tokens.iter().enumerate() {
            let (before, after) = (k.checked_sub(1).map(|k| &tokens[k]), tokens.get(k + 1));
            match token {
                TokenTree::Ident(name)
                    if *name == "Self"
                        && is(after, ":")
                        && matches!(tokens.get(k + 3), Some(TokenTree::Ident(name)) if is_camel(name))
                        && matches!(tokens.get(k + 4), Some(TokenTree::Group(_))) =>
                {
                    match &self.this {
                        Some(this) => this.to_tokens(&mut out),
                        None => out.extend([token.clone()]),
                    }
                }
                TokenTree::Ident(name)
                    if !is(before, ".:") && !is(after, "!") && (!is(after, ":") || alone(after)) =>
                {
                    match self.path(name) {
                        Some(path) => path.to_tokens(&mut out),
                        None => out.extend([token.clone()]),
                    }
                }
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.in_tokens(group.stream()));
                    inner.set_span(group.span());
                    out.extend([TokenTree::Group(inner)]);
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    out.extend([token.clone()])
                }
            }
        }
        out
    }
}

impl VisitMut for Variants<'_> {
    // Names in items are their own matter.
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(inner) if inner.qself.is_none() => self.in_path(&mut inner.path),
            Expr::Struct(inner) if inner.qself.is_none() => {
                self.of_self(&mut inner.path);
                self.in_path(&mut inner.path);
            }
            Expr::Call(inner) => {
                if let Expr::Path(callee) = &mut *inner.func
                    && callee.qself.is_none()
                {
                    self.of_self(&mut callee.path);
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        match pat {
            Pat::TupleStruct(inner) if inner.qself.is_none() => {
                self.of_self(&mut inner.path);
                self.in_path(&mut inner.path);
            }
            Pat::Struct(inner) if inner.qself.is_none() => {
                self.of_self(&mut inner.path);
                self.in_path(&mut inner.path);
            }
            Pat::Path(inner) if inner.qself.is_none() => self.in_path(&mut inner.path),
            Pat::Ident(inner)
                if inner.by_ref.is_none() && inner.mutability.is_none() && inner.subpat.is_none() =>
            {
                if let Some(path) = self.path(&inner.ident) {
                    *pat = Pat::Path(syn::parse_quote!(#path));
                }
            }
            _ => {}
        }
        visit_mut::visit_pat_mut(self, pat);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        visit_mut::visit_block_mut(self, block);
        in_match(block);
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        mac.tokens = self.in_tokens(std::mem::take(&mut mac.tokens));
    }
}

/// `let Shape::Circle(r) = shape;` of an enum of one variant, and what follows, as a `match`.
fn in_match(block: &mut Block) {
    let is_let = |stmt: &Stmt| match stmt {
        Stmt::Local(Local { pat, init: Some(init), attrs, .. }) => {
            init.diverge.is_none() && attrs.is_empty() && is_variant(pat)
        }
        _ => false,
    };
    let Some(at) = block.stmts.iter().position(is_let) else { return };
    let rest = block.stmts.split_off(at + 1);
    let Some(Stmt::Local(Local { pat, init: Some(init), .. })) = block.stmts.pop() else { return };
    let (value, mut rest) = (init.expr, Block { brace_token: block.brace_token, stmts: rest });
    in_match(&mut rest);
    block.stmts.push(Stmt::Expr(syn::parse_quote!(match #value { #pat => #rest }), None));
}

/// Whether a pattern is that of a variant by its path: `Shape::Circle(r)`, not `geometry::Circle(r)`.
fn is_variant(pat: &Pat) -> bool {
    let of_enum = |path: &Path| path.segments.iter().nth_back(1).is_some_and(|owner| is_camel(&owner.ident));
    match pat {
        Pat::Paren(inner) => is_variant(&inner.pat),
        Pat::Reference(inner) => is_variant(&inner.pat),
        Pat::TupleStruct(inner) => of_enum(&inner.path),
        Pat::Struct(inner) => of_enum(&inner.path),
        _ => false,
    }
}
