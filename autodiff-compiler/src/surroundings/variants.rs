//! Variants that imports bring in.

use super::Around;
use super::outline::{Leaf, Outline, Spot, leaves};
use syn::{Ident, ItemEnum, ItemUse};

/// Where a lookup of a variant ends.
enum Lookup {
    /// In an enum, at this path.
    Found(Vec<String>),
    /// At something else, or nowhere to be seen.
    Other,
    /// Further out.
    Unknown,
}

impl Around {
    /// The path of the enum whose variant a name is, as the item's module has it. `inner` are the imports
    /// of the item itself.
    pub(crate) fn variant_owner(&self, name: &Ident, inner: &[ItemUse]) -> Option<Vec<String>> {
        let name = name.to_string();
        let nowhere = Outline::new("");
        let (outline, scope) = match self.spot() {
            Some(spot) => (spot.outline(), spot.scope()),
            None => (&nowhere, None),
        };
        let trees: Vec<ItemUse> = inner.to_vec();
        match outline.imported_variant(&name, scope, &trees) {
            Lookup::Found(path) => Some(path),
            Lookup::Other => None,
            Lookup::Unknown => self.spot()?.variant(&name),
        }
    }
}

impl Spot {
    /// What a variant of an enum without parameters holds, where its types mean here what they mean there.
    pub(super) fn held_by_variant(&self, of: &Ident, variant: &Ident) -> Option<syn::Fields> {
        let item = self.ty::<ItemEnum>(of).filter(|_| self.is_of_module(of))?;
        let found = item.variants.into_iter().find(|found| found.ident == *variant)?;
        let plain = item.generics.params.is_empty() && super::attributes::is_plain_type(&found.attrs);
        plain.then_some(found.fields)
    }

    fn variant(&self, name: &str) -> Option<Vec<String>> {
        let outline = self.outline();
        let mut scope = self.scope();
        loop {
            match outline.variant_here(name, scope, DEPTH) {
                Lookup::Found(path) => return Some(path),
                Lookup::Other => return None,
                Lookup::Unknown if outline.is_module(scope) => return None,
                Lookup::Unknown => scope = outline.parent(scope),
            }
        }
    }
}

/// How many imports of imports are followed.
const DEPTH: usize = 4;

impl Outline {
    fn variant_here(&self, name: &str, scope: Option<usize>, depth: usize) -> Lookup {
        let here = !self.types(scope, name).is_empty() || !self.functions(scope, name).is_empty();
        if here || depth == 0 {
            return Lookup::Other;
        }
        let imports = self.imports.iter().filter(|import| import.scope == scope);
        let trees: Vec<ItemUse> =
            imports.filter_map(|import| syn::parse_str(&self.text(import.text)).ok()).collect();
        match self.imported_variant(name, scope, &trees) {
            Lookup::Unknown => self.variant_of_modules(name, scope, &trees, depth),
            found => found,
        }
    }

    /// By imports of the name itself, and of all that an enum has.
    fn imported_variant(&self, name: &str, scope: Option<usize>, trees: &[ItemUse]) -> Lookup {
        let mut found = Vec::new();
        for leaf in trees.iter().flat_map(|tree| leaves(&tree.tree)) {
            let Leaf { path, original, name: given } = leaf;
            let of_enum = path.last().is_some_and(|last| last.starts_with(char::is_uppercase));
            match given {
                // Renamed, its tangent would be called by its own name.
                Some(given) if given == name && of_enum && original == name => return Lookup::Found(path),
                Some(given) if given == name => return Lookup::Other,
                Some(_) => {}
                None if of_enum && self.may_have_variant(&path, name, scope) => found.push(path),
                None => {}
            }
        }
        match (found.pop(), found.is_empty()) {
            (Some(path), true) => Lookup::Found(path),
            (Some(_), false) => Lookup::Other,
            (None, _) => Lookup::Unknown,
        }
    }

    /// By what modules of this file import, that are imported whole.
    fn variant_of_modules(
        &self,
        name: &str,
        scope: Option<usize>,
        trees: &[ItemUse],
        depth: usize,
    ) -> Lookup {
        let mut found = Vec::new();
        for Leaf { path, .. } in
            trees.iter().flat_map(|tree| leaves(&tree.tree)).filter(|leaf| leaf.name.is_none())
        {
            let Some(module) = self.module_at(&path, scope) else { continue };
            match self.variant_here(name, module, depth - 1) {
                Lookup::Found(inner) if inner.first().is_some_and(|first| first == "crate") => {
                    found.push(inner);
                }
                Lookup::Found(inner) => {
                    found.push([path, inner].concat().into_iter().filter(|name| name != "self").collect());
                }
                Lookup::Other => return Lookup::Other,
                Lookup::Unknown => {}
            }
        }
        match (found.pop(), found.is_empty()) {
            (Some(path), true) => Lookup::Found(path),
            (Some(_), false) => Lookup::Other,
            (None, _) => Lookup::Unknown,
        }
    }

    /// Whether an enum has a variant of the name; one of another file may.
    fn may_have_variant(&self, path: &[String], name: &str, scope: Option<usize>) -> bool {
        let Some((last, modules)) = path.split_last() else { return false };
        let here = |scope: Option<usize>, name: &str| self.enums(scope, name);
        let found = match modules {
            [] => self.find(last, scope, &here),
            modules => self.find_in(modules, last, scope, &here),
        };
        // What is called like a constant of this file is that.
        let Some(text) = found else { return !self.constants.contains(name) };
        let Ok(item) = syn::parse_str::<ItemEnum>(&self.text(text)) else { return false };
        item.variants.iter().any(|variant| variant.ident == name)
    }
}
