//! Calls of `g::jvp`, `g::vjp` and `g::hvp`, whose last argument holds a direction for each parameter,
//! or a weight for each output.

use super::Lowerer;
use super::stmt::unparen;
use crate::ir::{Callee, Ty};
use syn::spanned::Spanned;

const DIRECTED: [&str; 3] = ["jvp", "vjp", "hvp"];

/// Whether a callee is named like such a companion.
fn is_directed(callee: &Callee) -> bool {
    match callee {
        Callee::Path(path) => {
            path.segments.len() > 1
                && path.segments.last().is_some_and(|last| DIRECTED.iter().any(|name| last.ident == name))
        }
        Callee::Assoc { name, .. } | Callee::Method { name, .. } => {
            let name = name.to_string();
            name.rsplit_once('_').is_some_and(|(_, last)| DIRECTED.contains(&last))
        }
    }
}

impl Lowerer<'_> {
    /// The tangents (or weights) that a companion takes as one tuple, the last argument. It has one
    /// parameter for each when it is differentiated: a tuple of references is no value of the IR.
    pub(super) fn directions(&self, callee: &Callee, args: &[&syn::Expr]) -> Option<Vec<syn::Expr>> {
        let tuple = args.last().filter(|_| is_directed(callee))?;
        if let syn::Expr::Tuple(tuple) = unparen(tuple) {
            return Some(tuple.elems.iter().cloned().collect());
        }
        let Ty::Tuple(items) = self.type_of(tuple) else { return None };
        let fields = (0..items.len()).map(|k| {
            let member = syn::Index { index: k as u32, span: tuple.span() };
            syn::parse_quote_spanned!(tuple.span()=> (#tuple).#member)
        });
        Some(fields.collect())
    }
}
