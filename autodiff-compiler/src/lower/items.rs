//! Items in blocks inside the body: derivatives have such blocks dissolved, so that what they define is
//! visible in all of the function. Where that would change the meaning of a name it is refused.

use crate::diagnostics::{Diagnostics, message};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{Block, Item, Stmt, UseTree};

/// Reports names that an inner block defines and that something outside of it uses.
pub(super) fn check(body: &Block, diag: &mut Diagnostics) {
    let mut inner = Inner { found: Vec::new(), depth: 0 };
    inner.visit_block(body);
    if inner.found.is_empty() {
        return;
    }
    let all = counts(body.to_token_stream());
    for (block, item, name) in inner.found {
        let within = counts(block.to_token_stream());
        if all.get(&name) > within.get(&name) {
            diag.error_at(item, message::inner_item(&name));
        }
    }
}

/// The items of blocks inside the body, by the names that they define.
struct Inner<'a> {
    found: Vec<(&'a Block, &'a Item, String)>,
    depth: usize,
}

impl<'ast> Visit<'ast> for Inner<'ast> {
    fn visit_block(&mut self, block: &'ast Block) {
        for stmt in block.stmts.iter().filter(|_| self.depth > 0) {
            if let Stmt::Item(item) = stmt {
                self.found.extend(names(item).into_iter().map(|name| (block, item, name)));
            }
        }
        self.depth += 1;
        visit::visit_block(self, block);
        self.depth -= 1;
    }
}

fn names(item: &Item) -> Vec<String> {
    fn leaves(tree: &UseTree, into: &mut Vec<String>) {
        match tree {
            UseTree::Path(inner) => leaves(&inner.tree, into),
            UseTree::Name(inner) => into.push(inner.ident.to_string()),
            UseTree::Rename(inner) => into.push(inner.rename.to_string()),
            UseTree::Group(inner) => inner.items.iter().for_each(|tree| leaves(tree, into)),
            UseTree::Glob(_) => {}
        }
    }
    let mut found = Vec::new();
    match item {
        Item::Fn(item) => found.push(item.sig.ident.to_string()),
        Item::Const(item) => found.push(item.ident.to_string()),
        Item::Static(item) => found.push(item.ident.to_string()),
        Item::Struct(item) => found.push(item.ident.to_string()),
        Item::Enum(item) => found.push(item.ident.to_string()),
        Item::Type(item) => found.push(item.ident.to_string()),
        Item::Use(item) => leaves(&item.tree, &mut found),
        _ => {}
    }
    found
}

/// How often each word stands in tokens.
fn counts(tokens: TokenStream) -> BTreeMap<String, usize> {
    fn collect(tokens: TokenStream, into: &mut BTreeMap<String, usize>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => *into.entry(ident.to_string()).or_default() += 1,
                TokenTree::Group(group) => collect(group.stream(), into),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(tokens, &mut found);
    found
}
