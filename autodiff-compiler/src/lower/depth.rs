//! A bound on nesting, so that no recursion of later stages runs out of stack.

use syn::visit::{self, Visit};

const LIMIT: usize = 200;

/// Whether anything in the function is nested beyond the limit.
pub(super) fn too_deep(sig: &syn::Signature, block: &syn::Block) -> bool {
    let mut depth = Depth { now: 0, exceeded: false };
    depth.visit_signature(sig);
    depth.visit_block(block);
    depth.exceeded
}

struct Depth {
    now: usize,
    exceeded: bool,
}

impl Depth {
    fn nested(&mut self, visit: impl FnOnce(&mut Self)) {
        self.now += 1;
        if self.now > LIMIT {
            self.exceeded = true;
        } else if !self.exceeded {
            visit(self);
        }
        self.now -= 1;
    }
}

impl<'ast> Visit<'ast> for Depth {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        self.nested(|this| visit::visit_expr(this, expr));
    }

    fn visit_pat(&mut self, pat: &'ast syn::Pat) {
        self.nested(|this| visit::visit_pat(this, pat));
    }

    fn visit_type(&mut self, ty: &'ast syn::Type) {
        self.nested(|this| visit::visit_type(this, ty));
    }

    // Items of their own are not lowered.
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
