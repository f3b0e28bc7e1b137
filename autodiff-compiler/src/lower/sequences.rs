//! Which names and fields are sequences, by how the source uses them: a field's type is not seen,
//! but what is indexed by a number, pushed to or iterated over is no user's type with methods of the
//! same names.

use super::shapes::key_of;
use super::stmt::unparen;
use std::collections::BTreeSet;
use syn::visit::{self, Visit};

/// Methods that only sequences have.
const OWN: [&str; 20] = [
    "iter",
    "iter_mut",
    "push",
    "windows",
    "chunks",
    "chunks_exact",
    "chunks_mut",
    "chunks_exact_mut",
    "rchunks",
    "rchunks_exact",
    "rchunks_mut",
    "rchunks_exact_mut",
    "truncate",
    "extend_from_slice",
    "copy_from_slice",
    "split_at",
    "split_at_mut",
    "first",
    "last",
    "to_vec",
];

/// The sequences of a body, by name.
pub(super) fn sequences(block: &syn::Block) -> BTreeSet<String> {
    let mut found = Sequences(BTreeSet::new());
    found.visit_block(block);
    found.0
}

struct Sequences(BTreeSet<String>);

impl<'e> Visit<'e> for Sequences {
    fn visit_expr_index(&mut self, index: &'e syn::ExprIndex) {
        // A user's type may be indexed by a pair.
        if !matches!(unparen(&index.index), syn::Expr::Tuple(_)) {
            self.0.extend(key_of(&index.expr));
        }
        visit::visit_expr_index(self, index);
    }

    fn visit_expr_method_call(&mut self, call: &'e syn::ExprMethodCall) {
        if OWN.iter().any(|own| call.method == own) {
            self.0.extend(key_of(&call.receiver));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_item(&mut self, _: &'e syn::Item) {}
}
