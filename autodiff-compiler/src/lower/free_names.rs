//! Which names statements use that were bound before them.

use crate::names::mentions;
use std::collections::BTreeSet;
use syn::visit::{self, Visit};
use syn::{Block, Pat, Stmt};

/// Whether a statement uses one of the names as it is bound before.
pub(super) fn uses(stmt: &Stmt, names: &BTreeSet<String>) -> bool {
    let mut free = Free { names, hidden: Vec::new(), found: false };
    match stmt {
        // What it names is not seen by itself.
        Stmt::Local(local) => local.init.iter().for_each(|init| free.visit_local_init(init)),
        other => free.visit_stmt(other),
    }
    free.found
}

/// Removes from some names those that a `let` binds again.
pub(super) fn rebound(stmt: &Stmt, names: &mut BTreeSet<String>) {
    if let Stmt::Local(local) = stmt {
        let mut bound = Vec::new();
        super::pattern::names(&local.pat, &mut bound);
        bound.iter().for_each(|name| {
            names.remove(&name.to_string());
        });
    }
}

/// Those of some names that statements use.
pub(super) fn used_of(stmts: &[Stmt], names: &BTreeSet<String>) -> BTreeSet<String> {
    let used = |name: &&String| {
        let mut left = BTreeSet::from([(*name).clone()]);
        stmts.iter().any(|stmt| {
            let used = uses(stmt, &left);
            rebound(stmt, &mut left);
            used
        })
    };
    names.iter().filter(used).cloned().collect()
}

struct Free<'n> {
    names: &'n BTreeSet<String>,
    /// What is bound again around where the visit is.
    hidden: Vec<String>,
    found: bool,
}

impl Free<'_> {
    fn hide(&mut self, pat: &Pat) {
        let mut bound = Vec::new();
        super::pattern::names(pat, &mut bound);
        self.hidden.extend(bound.iter().map(ToString::to_string));
    }

    fn scoped(&mut self, visit: impl FnOnce(&mut Self)) {
        let outside = self.hidden.len();
        visit(self);
        self.hidden.truncate(outside);
    }

    fn see(&mut self, name: &str) {
        self.found |= self.names.contains(name) && !self.hidden.iter().any(|hidden| hidden == name);
    }
}

impl<'ast> Visit<'ast> for Free<'_> {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(name) = path.path.get_ident() {
            self.see(&name.to_string());
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.scoped(|this| visit::visit_block(this, block));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        local.init.iter().for_each(|init| self.visit_local_init(init));
        self.hide(&local.pat);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scoped(|this| {
            this.hide(&arm.pat);
            visit::visit_arm(this, arm);
        });
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.scoped(|this| {
            closure.inputs.iter().for_each(|input| this.hide(input));
            this.visit_expr(&closure.body);
        });
    }

    fn visit_expr_for_loop(&mut self, inner: &'ast syn::ExprForLoop) {
        self.visit_expr(&inner.expr);
        self.scoped(|this| {
            this.hide(&inner.pat);
            this.visit_block(&inner.body);
        });
    }

    // What a condition binds is seen in the branch.
    fn visit_expr_let(&mut self, binding: &'ast syn::ExprLet) {
        self.visit_expr(&binding.expr);
        self.hide(&binding.pat);
    }

    fn visit_expr_if(&mut self, inner: &'ast syn::ExprIf) {
        self.scoped(|this| {
            this.visit_expr(&inner.cond);
            this.visit_block(&inner.then_branch);
        });
        if let Some((_, els)) = &inner.else_branch {
            self.visit_expr(els);
        }
    }

    fn visit_expr_while(&mut self, inner: &'ast syn::ExprWhile) {
        self.scoped(|this| visit::visit_expr_while(this, inner));
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let text = mac.tokens.to_string();
        mentions(mac.tokens.clone()).iter().for_each(|name| self.see(name));
        for name in
            self.names.iter().filter(|name| text.contains(&format!("{{{name}"))).cloned().collect::<Vec<_>>()
        {
            self.see(&name);
        }
    }
}
