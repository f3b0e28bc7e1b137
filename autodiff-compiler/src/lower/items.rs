//! Items in blocks inside the body: what they define stands at the start of derivatives and is visible in all
//! of them. Where that would change the meaning of a name, a constant gets another one; the rest is refused.

use crate::diagnostics::{Diagnostics, message};
use crate::names::{Fresh, mentions};
use crate::surroundings::is_annotated;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Item, Stmt, UseTree};

/// The body with the items of inner blocks at its start, where they are visible in all of the derivative.
pub(super) fn at_start(body: &Block) -> Block {
    let mut inner = Inner { found: Vec::new(), depth: 0, functions: true };
    inner.visit_block(body);
    let all = counts(body.to_token_stream());
    let mut defined: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for (block, item, name) in &inner.found {
        let count = counts(block.to_token_stream()).get(name).copied().unwrap_or(0);
        let (within, items) = defined.entry(name).or_default();
        *within += count;
        items.insert(item.to_token_stream().to_string());
        if all.get(name).is_some_and(|all| *all > count) {
            shared.insert(name.clone());
        }
    }
    // Nothing but blocks with the same import mention the name.
    shared.retain(|name| {
        let (within, items) = &defined[name.as_str()];
        let import = inner.found.iter().all(|(_, item, of)| of != name || matches!(item, Item::Use(_)));
        !(import && items.len() == 1 && all.get(name) == Some(within))
    });
    let mut names = Fresh::default();
    names.take(mentions(body.to_token_stream()));
    let mut out = body.clone();
    let mut moving = Moving { shared, moved: Vec::new(), names, depth: 0 };
    moving.visit_block_mut(&mut out);
    out.stmts.splice(0..0, moving.moved);
    out
}

struct Moving {
    /// Names that are used outside of an inner block that defines them, too.
    shared: BTreeSet<String>,
    moved: Vec<Stmt>,
    names: Fresh,
    depth: usize,
}

impl VisitMut for Moving {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.depth += 1;
        visit_mut::visit_block_mut(self, block);
        self.depth -= 1;
        if self.depth == 0 {
            return;
        }
        let constants = block.stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Item(Item::Const(item)) => Some(item.ident.to_string()),
            Stmt::Item(Item::Static(item)) => Some(item.ident.to_string()),
            _ => None,
        });
        let renamed: BTreeSet<String> = constants.filter(|name| self.shared.contains(name)).collect();
        for name in renamed {
            let to = self.names.name(&format!("{name}_INNER"));
            Renamed { name, to }.visit_block_mut(block);
        }
        for stmt in std::mem::take(&mut block.stmts) {
            let names = match &stmt {
                Stmt::Item(item) => names(item),
                Stmt::Local(_) | Stmt::Expr(..) | Stmt::Macro(_) => Vec::new(),
            };
            if names.is_empty() || names.iter().any(|name| self.shared.contains(name)) {
                block.stmts.push(stmt);
            } else if !self.moved.contains(&stmt) {
                self.moved.push(stmt);
            }
        }
    }

    // Names in other items are their own matter.
    fn visit_item_mut(&mut self, item: &mut Item) {
        if let Item::Fn(function) = item
            && !is_annotated(&function.attrs)
        {
            self.depth += 1;
            self.visit_block_mut(&mut function.block);
            self.depth -= 1;
        }
    }
}

/// Gives a constant another name.
struct Renamed {
    name: String,
    to: Ident,
}

impl Renamed {
    fn rename(&self, ident: &mut Ident) {
        if *ident == self.name {
            *ident = Ident::new(&self.to.to_string(), ident.span());
        }
    }

    /// In the arguments of a macro no more is known than the words.
    fn in_tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut before = None;
        let mut out = TokenStream::new();
        for token in tokens {
            let part = matches!(before, Some('.' | ':'));
            before = match &token {
                TokenTree::Punct(punct) => Some(punct.as_char()),
                TokenTree::Ident(_) | TokenTree::Group(_) | TokenTree::Literal(_) => None,
            };
            out.extend([match token {
                TokenTree::Ident(mut ident) => {
                    if !part {
                        self.rename(&mut ident);
                    }
                    TokenTree::Ident(ident)
                }
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.in_tokens(group.stream()));
                    inner.set_span(group.span());
                    TokenTree::Group(inner)
                }
                token @ (TokenTree::Punct(_) | TokenTree::Literal(_)) => token,
            }]);
        }
        out
    }
}

impl VisitMut for Renamed {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.get_ident().is_some() {
            self.rename(&mut path.segments[0].ident);
        }
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
        self.rename(&mut pat.ident);
        visit_mut::visit_pat_ident_mut(self, pat);
    }

    fn visit_item_const_mut(&mut self, item: &mut syn::ItemConst) {
        self.rename(&mut item.ident);
        visit_mut::visit_item_const_mut(self, item);
    }

    fn visit_item_static_mut(&mut self, item: &mut syn::ItemStatic) {
        self.rename(&mut item.ident);
        visit_mut::visit_item_static_mut(self, item);
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        mac.tokens = self.in_tokens(std::mem::take(&mut mac.tokens));
    }
}

/// Reports names that an inner block defines and that something outside of it uses.
pub(super) fn check(body: &Block, diag: &mut Diagnostics) {
    let mut inner = Inner { found: Vec::new(), depth: 0, functions: false };
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
    /// Whether those of nested functions, which are inlined, are among them.
    functions: bool,
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

    fn visit_item(&mut self, item: &'ast Item) {
        if let Item::Fn(function) = item
            && self.functions
            && !is_annotated(&function.attrs)
        {
            self.depth += 1;
            self.visit_block(&function.block);
            self.depth -= 1;
        }
    }
}

/// The names of all items that a body defines, wherever in it; not those of functions that were brought in.
pub(super) fn defined_in(body: &Block) -> BTreeSet<String> {
    struct Defined(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Defined {
        fn visit_item(&mut self, item: &'ast Item) {
            if !super::inlined::is_brought_in(item) {
                self.0.extend(names(item));
            }
            visit::visit_item(self, item);
        }
    }
    let mut defined = Defined(BTreeSet::new());
    defined.visit_block(body);
    defined.0
}

/// Whether a body imports all of a module: its functions hide those of the file, and are not known. What the
/// standard library has so, and the variants of an enum, have other names.
pub(super) fn brings_in_all(body: &Block) -> bool {
    fn leads_to_all(tree: &UseTree, before: Option<&Ident>) -> bool {
        match tree {
            UseTree::Path(inner) => {
                let std = before.is_none() && ["std", "core", "alloc"].iter().any(|name| inner.ident == name);
                !std && leads_to_all(&inner.tree, Some(&inner.ident))
            }
            UseTree::Group(inner) => inner.items.iter().any(|tree| leads_to_all(tree, before)),
            UseTree::Glob(_) => before.is_none_or(|name| !name.to_string().starts_with(char::is_uppercase)),
            UseTree::Name(_) | UseTree::Rename(_) => false,
        }
    }
    struct Imports(bool);
    impl<'ast> Visit<'ast> for Imports {
        fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
            self.0 |= leads_to_all(&item.tree, None);
        }
    }
    let mut found = Imports(false);
    found.visit_block(body);
    found.0
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
        Item::Trait(item) => found.push(item.ident.to_string()),
        Item::Mod(item) => found.push(item.ident.to_string()),
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
