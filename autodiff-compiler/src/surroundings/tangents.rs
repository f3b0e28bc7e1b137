//! Tangents of types that come from other modules.
//!
//! The derive of `Shape` puts `ShapeTangent` beside it. Where `Shape` is imported by its name, its tangent is
//! not, and derivatives that take variants apart need it.

use super::Around;
use super::outline::{Leaf, Spot};
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{AngleBracketedGenericArguments, GenericArgument, GenericParam, Generics, Ident, Item};

impl Around {
    /// The item that gives the tangent of an imported type its name; none where it has it already. `used` is
    /// where the type may be written with its arguments, which tell how many it has if it is of another file.
    pub(crate) fn tangent_of_import(
        &self,
        tangent: &Ident,
        krate: &syn::Path,
        used: TokenStream,
    ) -> Option<TokenStream> {
        let name = tangent.to_string();
        let name = name.strip_suffix("Tangent").filter(|name| !name.is_empty())?;
        let name = Ident::new(name, tangent.span());
        if !self.spot()?.imports_alone(&name.to_string(), &tangent.to_string()) {
            return None;
        }
        let (params, args) = match self.spot()?.definition(&name) {
            Some(Item::Struct(item)) => declared(&item.generics),
            Some(Item::Enum(item)) => declared(&item.generics),
            Some(_) | None => seen(&name, used).unwrap_or_default(),
        };
        let alias = quote!(type #tangent<#params> = <#name<#args> as #krate::Differentiable>::Tangent;);
        let plain = quote!(type #tangent = <#name as #krate::Differentiable>::Tangent;);
        Some(if params.is_empty() { plain } else { alias })
    }
}

/// The parameters of an alias of a generic type, and what it passes on.
fn declared(generics: &Generics) -> (TokenStream, TokenStream) {
    let (mut params, mut args) = (TokenStream::new(), TokenStream::new());
    for param in &generics.params {
        let (declared, passed) = match param {
            GenericParam::Type(param) => {
                let name = &param.ident;
                (quote!(#name,), quote!(#name,))
            }
            GenericParam::Const(param) => {
                let (name, ty) = (&param.ident, &param.ty);
                (quote!(const #name: #ty,), quote!(#name,))
            }
            GenericParam::Lifetime(param) => {
                let name = &param.lifetime;
                (quote!(#name,), quote!(#name,))
            }
        };
        params.extend(declared);
        args.extend(passed);
    }
    (params, args)
}

/// The same of a type that is written with its arguments somewhere in some tokens.
fn seen(name: &Ident, tokens: TokenStream) -> Option<(TokenStream, TokenStream)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(found) if found == name => {
                let Some(arguments) = arguments_at(&tokens[at + 1..]) else { continue };
                let (mut params, mut args) = (TokenStream::new(), TokenStream::new());
                for (k, argument) in arguments.args.iter().enumerate() {
                    match argument {
                        GenericArgument::Lifetime(_) => {
                            let lifetime = syn::Lifetime::new(&format!("'a{k}"), name.span());
                            params.extend(quote!(#lifetime,));
                            args.extend(quote!(#lifetime,));
                        }
                        GenericArgument::Type(_) => {
                            let param = format_ident!("A{k}");
                            params.extend(quote!(#param,));
                            args.extend(quote!(#param,));
                        }
                        // The type of a constant is not seen.
                        _ => return None,
                    }
                }
                return Some((params, args));
            }
            TokenTree::Group(group) => {
                if let Some(found) = seen(name, group.stream()) {
                    return Some(found);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    None
}

/// The generic arguments that some tokens begin with.
fn arguments_at(tokens: &[TokenTree]) -> Option<AngleBracketedGenericArguments> {
    let TokenTree::Punct(first) = tokens.first()? else { return None };
    if first.as_char() != '<' {
        return None;
    }
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Punct(punct) = token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth -= 1,
                _ => {}
            }
        }
        if depth == 0 {
            return syn::parse2(tokens[..=at].iter().cloned().collect()).ok();
        }
    }
    None
}

impl Spot {
    pub(super) fn imported_from(&self, of: &[&str], name: &str) -> Option<String> {
        self.import_of(name).filter(|leaf| leaf.path == of).map(|leaf| leaf.original.clone())
    }

    /// Whether an import brings in what the standard library calls by a name.
    pub(super) fn is_imported_from_std(&self, name: &str) -> bool {
        match self.import_of(name) {
            Some(leaf) => {
                let from =
                    leaf.path.first().is_some_and(|root| ["std", "core", "alloc"].contains(&root.as_str()));
                from && leaf.original == name
            }
            None => self.is_of_std_glob(name),
        }
    }

    /// Whether `use std::collections::*` brings in a name, and nothing here has it.
    fn is_of_std_glob(&self, name: &str) -> bool {
        const COLLECTIONS: [&str; 6] =
            ["HashMap", "HashSet", "BTreeMap", "BTreeSet", "BinaryHeap", "VecDeque"];
        let module = match name {
            "Duration" | "Instant" => "time",
            name if COLLECTIONS.contains(&name) => "collections",
            _ => return false,
        };
        let outline = self.outline();
        let mut scope = self.scope();
        loop {
            let glob = outline.leaves_of(scope).any(|leaf| {
                leaf.name.is_none()
                    && matches!(&leaf.path[..], [root, last] if root == "std" && last == module)
            });
            if glob || outline.is_module(scope) {
                let own = self.definition(&Ident::new(name, proc_macro2::Span::call_site()));
                return glob && own.is_none();
            }
            scope = outline.parent(scope);
        }
    }

    /// The import that brings in a name by itself.
    fn import_of(&self, name: &str) -> Option<&Leaf> {
        let outline = self.outline();
        let mut scope = self.scope();
        loop {
            let found = outline.leaves_of(scope).find(|leaf| leaf.name.as_deref() == Some(name));
            if found.is_some() || outline.is_module(scope) {
                return found;
            }
            scope = outline.parent(scope);
        }
    }

    /// Whether an import brings in a name by itself, and none its tangent.
    fn imports_alone(&self, name: &str, tangent: &str) -> bool {
        let outline = self.outline();
        let mut scope = self.scope();
        loop {
            if !outline.types(scope, name).is_empty() {
                return false;
            }
            let imports =
                |name: &str| outline.leaves_of(scope).any(|leaf| leaf.name.as_deref() == Some(name));
            if imports(name) {
                return !imports(tangent);
            }
            if outline.is_module(scope) {
                return false;
            }
            scope = outline.parent(scope);
        }
    }
}
