//! Whether what a function calls leads back to it: such a one is not followed, since its text would stand in itself.

use super::Lowerer;
use super::stmt::unparen;
use proc_macro2::Ident;
use std::collections::BTreeSet;
use syn::Expr;
use syn::visit::{self, Visit};

/// A function of this module, or a method of a type's own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Called {
    Function(Ident),
    Method(Ident, Ident),
}

impl Lowerer<'_> {
    /// Whether a function calls itself, if only by way of others that are known by their names.
    pub(super) fn leads_back(&self, start: &Called) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![start.clone()];
        while let Some(called) = next.pop() {
            let mut calls = Calls { owner: None, found: Vec::new() };
            match &called {
                Called::Function(name) => {
                    let found = self.around.function(name).filter(|found| found.whole);
                    found.iter().for_each(|found| calls.visit_block(&found.item.block));
                }
                Called::Method(owner, name) => {
                    calls.owner = Some(owner);
                    let found = self.around.method(owner, name).filter(|(_, found)| found.whole);
                    found.iter().for_each(|(_, found)| calls.visit_block(&found.item.block));
                }
            }
            for called in calls.found {
                if called == *start {
                    return true;
                }
                if seen.insert(called.clone()) {
                    next.push(called);
                }
            }
        }
        false
    }
}

struct Calls<'a> {
    /// The type that `self` is of.
    owner: Option<&'a Ident>,
    found: Vec<Called>,
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if let (Some(owner), Expr::Path(path)) = (self.owner, unparen(&call.receiver))
            && path.path.is_ident("self")
        {
            self.found.push(Called::Method(owner.clone(), call.method.clone()));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = unparen(&call.func) {
            match &path.path.segments.iter().collect::<Vec<_>>()[..] {
                [name] => self.found.push(Called::Function(name.ident.clone())),
                [owner, name] => {
                    let owner = if owner.ident == "Self" { self.owner } else { Some(&owner.ident) };
                    self.found.extend(owner.map(|owner| Called::Method(owner.clone(), name.ident.clone())));
                }
                _ => {}
            }
        }
        visit::visit_expr_call(self, call);
    }
}
