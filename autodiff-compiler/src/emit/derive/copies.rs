//! Copies part by part of types that need not be `Clone`, for pullbacks that run more than once.

use super::{Derive, Variant};
use crate::emit::companions::allows;
use crate::emit::types::Shape;
use proc_macro2::TokenStream;
use quote::quote;

impl Derive<'_> {
    /// `rt::Duplicate`, where every part has it, and `Clone` those that have no derivative; not of
    /// types that may contain themselves, whose bounds would have no end.
    pub(super) fn copies(&self) -> TokenStream {
        if self.may_contain_itself() {
            return TokenStream::new();
        }
        let (krate, name, allows) = (self.krate, &self.input.ident, allows());
        let mut generics = self.input.generics.clone();
        for param in generics.type_params_mut() {
            param.default = None;
        }
        for part in self.variants.iter().flat_map(|variant| &variant.parts) {
            if part.active && matches!(self.types().shape(&part.field.ty), Shape::Float(_)) {
                continue;
            }
            let ty = &part.field.ty;
            let trait_ = match part.active {
                true => quote!(#krate::rt::Duplicate),
                false => quote!(::core::clone::Clone),
            };
            // The lifetime makes the bound one that may fail.
            let predicate = quote!(for<'__ad> #ty: #trait_);
            generics.make_where_clause().predicates.push(syn::parse_quote!(#predicate));
        }
        let (impl_generics, ty_generics, clause) = generics.split_for_impl();
        let arms = self.variants.iter().map(|variant| self.copy_of(variant));
        let body = self.matched(arms.collect());
        quote! {
            #[automatically_derived]
            #allows
            impl #impl_generics #krate::rt::Duplicate for #name #ty_generics #clause {
                fn __ad_copy(&self) -> Self { #body }
            }
        }
    }

    fn copy_of(&self, variant: &Variant) -> TokenStream {
        let krate = self.krate;
        let path = variant.path(&quote!(Self));
        let bound = variant.parts.iter().map(|part| {
            let (member, binding) = (&part.member, part.prefixed("a"));
            quote!(#member: #binding)
        });
        let copied = variant.parts.iter().map(|part| {
            let (member, binding) = (&part.member, part.prefixed("a"));
            match part.active {
                true => quote!(#member: #krate::rt::Duplicate::__ad_copy(#binding)),
                false => quote!(#member: ::core::clone::Clone::clone(#binding)),
            }
        });
        quote!(#path { #(#bound),* } => #path { #(#copied),* },)
    }
}
