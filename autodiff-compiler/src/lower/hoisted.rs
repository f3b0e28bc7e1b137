//! Items of a body: what they define is known in the whole block.

use super::Lowerer;
use super::closure::Closure;
use super::inlined::is_brought_in;
use super::scope::Operand;
use crate::diagnostics::message;
use crate::ir::Stmt;
use crate::names::mentions;
use proc_macro2::Ident;
use quote::ToTokens;
use std::collections::BTreeSet;
use std::rc::Rc;
use syn::Item;

impl Lowerer<'_> {
    /// Items are visible in the whole block, before their definition too.
    pub(super) fn hoist_items(&mut self, stmts: &[syn::Stmt]) {
        for stmt in stmts {
            let syn::Stmt::Item(item) = stmt else { continue };
            let name = match item {
                Item::Fn(item) => &item.sig.ident,
                Item::Const(item) => &item.ident,
                Item::Static(item) => &item.ident,
                Item::Struct(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Type(item) => &item.ident,
                _ => continue,
            };
            self.scopes.bind_item(name);
            if let Item::Const(syn::ItemConst { ty, .. }) | Item::Static(syn::ItemStatic { ty, .. }) = item {
                let ty = self.types.ty(ty);
                self.const_types.insert(name.to_string(), ty);
            }
        }
        self.hoist_functions(stmts);
    }

    /// Nested functions know those that they call: these come first, wherever they stand.
    fn hoist_functions(&mut self, stmts: &[syn::Stmt]) {
        let functions = stmts.iter().filter_map(|stmt| match stmt {
            syn::Stmt::Item(Item::Fn(function)) => Some(function),
            syn::Stmt::Item(_) | syn::Stmt::Local(_) | syn::Stmt::Expr(..) | syn::Stmt::Macro(_) => None,
        });
        let words = |function: &syn::ItemFn| mentions(function.block.to_token_stream());
        let mut open: Vec<_> = functions.map(|function| (function, words(function))).collect();
        while !open.is_empty() {
            let waits = |name: &Ident, words: &BTreeSet<String>| {
                let others = open.iter().map(|(other, _)| &other.sig.ident).filter(|other| *other != name);
                others.into_iter().any(|other| words.contains(&other.to_string()))
            };
            // Those that call one another are not inlined.
            let next =
                open.iter().position(|(function, words)| !waits(&function.sig.ident, words)).unwrap_or(0);
            let (function, _) = open.remove(next);
            if let Some(closure) = Closure::of_function(&self.scopes, function) {
                self.scopes.bind(&function.sig.ident, Operand::Closure(Rc::new(closure)));
            }
        }
    }

    pub(super) fn item(&mut self, item: &Item) {
        if is_brought_in(item) || self.stands_already(item) {
            return;
        }
        match item {
            Item::Fn(_)
            | Item::Const(_)
            | Item::Static(_)
            | Item::Struct(_)
            | Item::Enum(_)
            | Item::Impl(_)
            | Item::Trait(_)
            | Item::Type(_)
            | Item::Union(_)
            | Item::Use(_) => self.emit(Stmt::Item(item.to_token_stream())),
            Item::Mod(_) | Item::Macro(_) | Item::ExternCrate(_) | Item::ForeignMod(_) => {
                self.emit(Stmt::Item(item.to_token_stream()));
            }
            _ => self.error(item, message::ITEM),
        }
    }

    /// Whether an item was made here or further out: a function that is inlined twice has it twice.
    fn stands_already(&self, item: &Item) -> bool {
        let text = item.to_token_stream().to_string();
        self.frames.iter().any(|frame| frame.has_item(&text))
    }
}
