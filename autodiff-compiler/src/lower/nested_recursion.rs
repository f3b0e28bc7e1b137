//! Nested functions without an attribute are inlined; those that call themselves cannot be, and are given one.

use super::items;
use crate::names::mentions;
use crate::options::Options;
use crate::surroundings::is_annotated;
use proc_macro2::Ident;
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Item, ItemFn, Stmt};

/// The body with an attribute on its nested functions of floats that call themselves, by way of one another too,
/// and on those that they call.
pub(super) fn annotated(body: &Block, options: &Options) -> Block {
    let mut out = body.clone();
    // What all of a module may bring in is not known.
    if !items::brings_in_all(body) {
        let within = items::defined_in(body).into_iter();
        let within =
            within.filter_map(|name| syn::parse_str(&name).ok()).chain(options.within.clone()).collect();
        Nested { options, within }.visit_block_mut(&mut out);
    }
    out
}

struct Nested<'a> {
    options: &'a Options,
    /// What the body and those around it define.
    within: Vec<Ident>,
}

impl VisitMut for Nested<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        visit_mut::visit_block_mut(self, block);
        let calls: BTreeMap<String, BTreeSet<String>> = block
            .stmts
            .iter()
            .filter_map(candidate)
            .map(|item| (item.sig.ident.to_string(), mentions(item.block.to_token_stream())))
            .collect();
        let mut wanted: BTreeSet<&String> =
            calls.keys().filter(|name| reached(&calls, name).contains(name)).collect();
        let called: Vec<&String> = wanted.iter().flat_map(|name| reached(&calls, name)).collect();
        wanted.extend(called);
        let within = &self.within;
        let (krate, order) = (&self.options.krate, syn::Index::from(usize::from(self.options.order)));
        for stmt in &mut block.stmts {
            let wanted = candidate(stmt).is_some_and(|item| wanted.contains(&item.sig.ident.to_string()));
            if let (true, Stmt::Item(Item::Fn(item))) = (wanted, stmt) {
                item.attrs.push(syn::parse_quote!(
                    #[#krate::differentiable(order = #order, recursive, allow_unused, within(#(#within),*), crate = #krate)]
                ));
            }
        }
    }
}

/// A nested function that may have derivatives.
fn candidate(stmt: &Stmt) -> Option<&ItemFn> {
    let Stmt::Item(Item::Fn(item)) = stmt else { return None };
    let words = mentions(item.sig.to_token_stream());
    let floats = words.contains("f64") || words.contains("f32");
    let functions = ["Fn", "FnMut", "FnOnce", "fn"].iter().filter(|word| words.contains(**word)).count();
    // Its own `fn` is one of them.
    (floats && functions == 1 && !is_annotated(&item.attrs)).then_some(item)
}

/// What a function calls, by way of others too.
fn reached<'c>(calls: &'c BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'c String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        for (next, _) in calls.iter().filter(|(next, _)| calls[name].contains(*next)) {
            if found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}
