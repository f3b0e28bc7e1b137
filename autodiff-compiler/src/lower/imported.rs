//! Functions that imports bring in. A function and its companions have one name in two namespaces, and an import may
//! bring in one of them alone: `use other::halved as scale;` beside an annotated `scale` of the module. What an
//! import names is asked for by the import's path, so that companions are never those of another function.

use super::Lowerer;
use super::scope::Operand;
use crate::diagnostics::message;
use crate::ir::{Var, walk};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident};
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprPath, UseTree};

/// What the imports in a body bring in.
#[derive(Default)]
pub(super) struct Imports {
    /// The path of each name; none where there are several.
    paths: BTreeMap<String, Option<Vec<Ident>>>,
    /// The modules that are brought in as a whole.
    globs: Vec<Vec<Ident>>,
}

impl Imports {
    pub(super) fn of(body: &Block) -> Imports {
        let mut imports = Imports::default();
        imports.visit_block(body);
        imports
    }

    fn collect(&mut self, tree: &UseTree, path: &mut Vec<Ident>) {
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.clone());
                self.collect(&inner.tree, path);
                path.pop();
            }
            UseTree::Group(inner) => inner.items.iter().for_each(|tree| self.collect(tree, path)),
            UseTree::Glob(_) => self.globs.push(path.clone()),
            UseTree::Name(inner) => self.name(&inner.ident, &inner.ident, path),
            UseTree::Rename(inner) => self.name(&inner.rename, &inner.ident, path),
        }
    }

    fn name(&mut self, name: &Ident, original: &Ident, path: &[Ident]) {
        let whole: Vec<Ident> = match original == "self" {
            true => path.to_vec(),
            false => path.iter().chain([original]).cloned().collect(),
        };
        let known = self.paths.entry(name.to_string()).or_insert_with(|| Some(whole.clone()));
        if known.as_ref().is_some_and(|known| *known != whole) {
            *known = None;
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.collect(&item.tree, &mut Vec::new());
    }

    // Those of other items are their own matter.
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !crate::surroundings::is_annotated(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}
}

impl Lowerer<'_> {
    /// The call of a function that an import brings in, by the import's path.
    pub(super) fn call_by_import(&mut self, call: &ExprCall, path: &ExprPath) -> Option<ExprCall> {
        let only = path.path.segments.first().filter(|_| path.path.segments.len() == 1)?;
        let plain = path.qself.is_none() && path.path.leading_colon.is_none();
        let name = only.ident.to_string();
        if !plain || crate::ir::outcome_variant(&path.path).is_some() {
            return None;
        }
        let found = match self.imports.paths.get(&name) {
            Some(found) => found.clone()?,
            None => match self.brought_in(&only.ident, call) {
                Some(found) => found,
                None => self.around.foreign_import(&only.ident)?,
            },
        };
        let mut whole = path.clone();
        let span = only.ident.span();
        whole.path.segments = found
            .iter()
            .map(|segment| syn::PathSegment::from(format_ident!("{segment}", span = span)))
            .collect();
        whole.path.segments.last_mut()?.arguments = only.arguments.clone();
        Some(ExprCall { func: Box::new(Expr::Path(whole)), ..call.clone() })
    }

    /// The path of a function that a module has which the body brings in as a whole. Where nobody knows whether
    /// it has one, what else the name may stand for is refused.
    fn brought_in(&mut self, name: &Ident, call: &ExprCall) -> Option<Vec<Ident>> {
        if !self.types.structures.hides(&name.to_string()) || self.hidden_by_items(name) {
            return None;
        }
        let mut unknown = false;
        for glob in self.imports.globs.clone() {
            let std =
                ["std", "core", "alloc"].iter().any(|name| glob.first().is_some_and(|first| first == name));
            let variants = glob.last().is_some_and(|last| last.to_string().starts_with(char::is_uppercase));
            match self.around.has_function(&glob, name) {
                Some(true) => return Some(glob.into_iter().chain([name.clone()]).collect()),
                Some(false) => {}
                None => unknown |= !std && !variants,
            }
        }
        if unknown && self.around.may_bring_in(name) {
            let vars = self.locals_in(call.args.to_token_stream());
            self.check(vars, name, message::function_or_import(&name.to_string()));
        }
        None
    }

    /// The variables that may be behind the local names in tokens.
    fn locals_in(&self, tokens: TokenStream) -> Vec<Var> {
        let mut vars = Vec::new();
        for name in crate::names::mentions(tokens) {
            if let Some(operand) = self.scopes.local(&name) {
                self.behind(operand, &mut vars);
            }
        }
        vars
    }

    fn behind(&self, operand: &Operand, vars: &mut Vec<Var>) {
        match operand {
            Operand::Place(place) | Operand::Ref(place, _) => vars.push(self.f.storage(place.root)),
            Operand::Value(value) => {
                walk::accesses_of_expr(value, &mut |place, _| vars.push(self.f.storage(place.root)));
            }
            Operand::Tuple(items) => items.iter().for_each(|item| self.behind(item, vars)),
            // What goes into one may be anything.
            Operand::Closure(_) | Operand::Stream(_) | Operand::Maybe(_) => {
                vars.extend(self.f.params.iter().map(|param| param.var));
            }
        }
    }

    /// Whether an item of the body has the name.
    fn hidden_by_items(&self, name: &Ident) -> bool {
        self.types.structures.defines(&name.to_string())
    }
}
