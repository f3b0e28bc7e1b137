//! What companions copy of values of users' types, which may not be `Clone`.

use super::{Param, Target};
use crate::emit::types::Shape;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};

impl Target<'_> {
    /// `Clone` of the types of some parameters, for companions that copy them.
    pub(super) fn clone_bounds(&self, copied: impl Fn(&Param) -> bool) -> Vec<TokenStream> {
        let bounds = self.params.iter().filter_map(|param| {
            let ty = behind_reference(&param.ty);
            // The lifetime makes the bound one that may fail.
            (copied(param) && holds_other(&param.shape)).then(|| {
                let mut ty = match &ty {
                    syn::Type::Slice(slice) => (*slice.elem).clone(),
                    ty => ty.clone(),
                };
                NameIt.visit_type_mut(&mut ty);
                quote!(for<'__ad> #ty: ::core::clone::Clone)
            })
        });
        bounds.collect()
    }
}

/// Names the lifetimes that are left out, as a bound asks for.
struct NameIt;

impl VisitMut for NameIt {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime.get_or_insert_with(|| syn::parse_quote!('__ad));
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        if lifetime.ident == "_" {
            lifetime.ident = syn::Ident::new("__ad", lifetime.ident.span());
        }
    }
}

/// Whether a type that the user defined has a part in a shape.
fn holds_other(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Inert => false,
        Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) | Shape::Option(item) => {
            holds_other(item)
        }
        Shape::Tuple(items) => items.iter().any(holds_other),
        Shape::Other(_) => true,
    }
}

/// The type that a reference refers to.
fn behind_reference(ty: &syn::Type) -> syn::Type {
    match ty {
        syn::Type::Reference(reference) => (*reference.elem).clone(),
        ty => ty.clone(),
    }
}
