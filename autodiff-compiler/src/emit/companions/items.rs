//! What the bodies of companions need beside their statements.

use super::Target;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

impl Target<'_> {
    /// The items that some parts of a body need: what makes an error of its own of a callee that lacks the
    /// order, and the names of tangents of imported types.
    pub(super) fn items_for(&self, parts: &[&TokenStream]) -> TokenStream {
        let krate = self.krate;
        let companion = |name: &String| {
            let Some(name) = name.strip_prefix("__ad_") else { return false };
            let level = name.strip_prefix("jvp").or_else(|| name.strip_prefix("split"));
            let raised = level.is_some_and(|level| level.starts_with(|c: char| c.is_ascii_digit()));
            raised || name.contains("_jvp") || name.contains("_split")
        };
        let wanted = |name: &String| companion(name) || name.ends_with("Tangent");
        let mut mentioned = BTreeSet::new();
        parts.iter().for_each(|part| crate::names::collect((*part).clone(), &wanted, &mut mentioned));
        let mut items = TokenStream::new();
        if mentioned.iter().any(companion) {
            items.extend(quote!(use #krate::rt::{HigherOrders as _, NoDerivatives as _};));
        }
        for name in mentioned.iter().filter(|name| name.ends_with("Tangent")) {
            let name = Ident::new(name, self.sig.ident.span());
            let (sig, of) = (self.sig, self.outer.map(|generics| &generics.params));
            items.extend(self.around.tangent_of_import(&name, krate, quote!(#sig #of)));
        }
        items
    }
}
