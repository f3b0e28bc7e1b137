//! Tangents of types that come from other modules.
//!
//! The derive of `Shape` puts `ShapeTangent` beside it. Where `Shape` is imported by its name, its tangent is
//! not, and derivatives that take variants apart need it.

use super::Around;
use super::outline::{Leaf, Outline, Spot, leaves};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Item, ItemUse};

impl Around {
    /// The item that gives the tangent of an imported type its name; none where it has it already.
    pub(crate) fn tangent_of_import(&self, tangent: &Ident, krate: &syn::Path) -> Option<TokenStream> {
        let name = tangent.to_string();
        let name = name.strip_suffix("Tangent").filter(|name| !name.is_empty())?;
        let name = Ident::new(name, tangent.span());
        let import = self.spot()?.import_of(&name.to_string(), &tangent.to_string())?;
        let plain = match self.spot()?.ty::<Item>(&name) {
            Some(Item::Struct(item)) => item.generics.params.is_empty(),
            Some(Item::Enum(item)) => item.generics.params.is_empty(),
            // Of another file, or an alias, which has no arguments where it is used for a variant.
            Some(_) | None => true,
        };
        Some(if plain {
            quote!(type #tangent = <#name as #krate::Differentiable>::Tangent;)
        } else {
            let path = import.path.join("::").parse::<TokenStream>().ok()?;
            let original = quote::format_ident!("{}Tangent", import.original);
            if original == *tangent {
                quote!(use #path::#original;)
            } else {
                quote!(use #path::#original as #tangent;)
            }
        })
    }
}

impl Spot {
    /// The import that brings in a name alone, and not its tangent.
    fn import_of(&self, name: &str, tangent: &str) -> Option<Leaf> {
        let outline = self.outline();
        let mut scope = self.scope();
        loop {
            if !outline.types(scope, name).is_empty() {
                return None;
            }
            let mut leaves = outline.leaves_of(scope);
            if let Some(at) = leaves.iter().position(|leaf| leaf.name.as_deref() == Some(name)) {
                let beside = leaves.iter().any(|leaf| leaf.name.as_deref() == Some(tangent));
                return (!beside).then(|| leaves.swap_remove(at));
            }
            if outline.is_module(scope) {
                return None;
            }
            scope = outline.parent(scope);
        }
    }
}

impl Outline {
    fn leaves_of(&self, scope: Option<usize>) -> Vec<Leaf> {
        let imports = self.imports.iter().filter(|import| import.scope == scope);
        let trees = imports.filter_map(|import| syn::parse_str::<ItemUse>(&self.text(import.text)).ok());
        trees.flat_map(|item| leaves(&item.tree)).collect()
    }
}
