//! The tangent type with something else in the place of each scalar: the rows of a Hessian with
//! respect to the type, and of a Jacobian whose output it is.

use super::{Derive, Part, Variant};
use crate::emit::companions::allows;
use crate::emit::types::{Shape, tuple};
use crate::names::mentions;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::{Data, Fields, Visibility};

impl Derive<'_> {
    /// `NameTangentOf<G>` and its traits, `()` for types without a scalar; not of types with parameters of
    /// their own, nor of those that may contain themselves, whose bounds would have no end.
    pub(super) fn rows(&self) -> TokenStream {
        let mut parts = self.variants.iter().flat_map(|variant| &variant.parts);
        let scalars = parts.any(|part| part.active && holds_scalars(&self.types().shape(&part.ty)));
        if !self.input.generics.params.is_empty() || self.may_contain_itself() {
            return TokenStream::new();
        }
        if !scalars {
            let (krate, tangent, allows) = (self.krate, &self.tangent, allows());
            return quote! {
                #[automatically_derived]
                #allows
                impl<G> #krate::rt::Rows<G> for #tangent {
                    type Of = ();

                    fn rows(&self, _: &mut dyn FnMut(Self) -> G) {}
                }
            };
        }
        let (declaration, rows, common) = (self.rows_declaration(), self.rows_impl(), self.rows_traits());
        quote!(#declaration #rows #common)
    }

    /// Whether a part is behind a pointer or mentions the type.
    pub(super) fn may_contain_itself(&self) -> bool {
        let own = self.input.ident.to_string();
        self.variants.iter().flat_map(|variant| &variant.parts).any(|part| {
            let ty = &part.ty;
            let mentioned = mentions(quote!(#ty));
            let pointer = !crate::lower::is_boxed_slice(ty)
                && ["Box", "Rc", "Arc"].iter().any(|name| mentioned.contains(*name));
            part.active && (pointer || mentioned.contains("Self") || mentioned.contains(&own))
        })
    }

    /// The trait that knows the rows of a part whose type is not spelled out here.
    fn rows_of(&self, part: &Part) -> Option<TokenStream> {
        let (krate, ty) = (self.krate, &part.ty);
        let unknown = part.active && holds_others(&self.types().shape(ty));
        unknown.then(|| quote!(<#ty as #krate::rt::RowsOf<G>>))
    }

    /// The type of a part with `G` in the place of each scalar.
    fn of_part(&self, part: &Part) -> TokenStream {
        match self.rows_of(part) {
            Some(rows) => quote!(#rows::Of),
            None if part.active => self.of_ty(&self.types().shape(&part.ty)),
            None => quote!(()),
        }
    }

    fn of_ty(&self, shape: &Shape) -> TokenStream {
        let krate = self.krate;
        match shape {
            Shape::Float(_) => quote!(G),
            Shape::Inert => quote!(()),
            Shape::Array(item, len) => {
                let item = self.of_ty(item);
                quote!([#item; #len])
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.of_ty(item);
                quote!(#krate::rt::Vec<#item>)
            }
            Shape::Tuple(items) => tuple(items.iter().map(|item| self.of_ty(item)).collect()),
            Shape::Option(item) => {
                let item = self.of_ty(item);
                quote!(::core::option::Option<#item>)
            }
            Shape::Other(_) => unreachable!("its rows are those of the part"),
        }
    }

    /// What must hold: parts of which only rustc knows the types have rows, and `trait_` for what stands
    /// in them.
    fn rows_clause(&self, trait_: Option<&TokenStream>) -> TokenStream {
        let krate = self.krate;
        let parts = self.variants.iter().flat_map(|variant| &variant.parts);
        let mut known = BTreeSet::new();
        let predicates = parts.filter_map(|part| {
            let (ty, rows) = (&part.ty, self.rows_of(part)?);
            let further = trait_.map(|trait_| quote!(#rows::Of: #trait_,));
            known.insert(quote!(#ty).to_string()).then(|| quote!(#ty: #krate::rt::RowsOf<G>, #further))
        });
        let own = trait_.map(|trait_| quote!(G: #trait_,));
        quote!(where #(#predicates)* #own)
    }

    fn rows_declaration(&self) -> TokenStream {
        let (vis, name, allows) = (&self.input.vis, self.rows_name(), allows());
        let clause = self.rows_clause(None);
        let doc = format!(
            " A [`{}`] with a `G` in the place of each scalar: rows of a Hessian or a Jacobian.",
            self.tangent
        );
        let head = quote!(#[doc = #doc] #allows);
        let fields = |variant: &Variant, visible: bool| {
            let fields = variant.parts.iter().map(|part| {
                let ty = self.of_part(part);
                let vis = visible.then_some(&part.field.vis);
                let vis = vis.filter(|vis| !matches!(vis, Visibility::Inherited));
                let name = part.field.ident.as_ref().map(|name| quote!(#name:));
                quote!(#[doc = " What belongs to this field."] #vis #name #ty)
            });
            match variant.fields {
                Fields::Named(_) => quote!({ #(#fields),* }),
                Fields::Unnamed(_) => quote!((#(#fields),*)),
                Fields::Unit => TokenStream::new(),
            }
        };
        match &self.input.data {
            Data::Struct(data) => {
                let fields = fields(&self.variants[0], true);
                match data.fields {
                    Fields::Named(_) => quote!(#head #vis struct #name<G> #clause #fields),
                    Fields::Unnamed(_) | Fields::Unit => quote!(#head #vis struct #name<G> #fields #clause;),
                }
            }
            Data::Enum(_) | Data::Union(_) => {
                let variants = self.variants.iter().map(|variant| {
                    let (name, fields) = (variant.name, fields(variant, false));
                    quote!(#[doc = " Of this variant."] #name #fields)
                });
                quote!(#head #vis enum #name<G> #clause { #(#variants),* })
            }
        }
    }

    fn rows_name(&self) -> proc_macro2::Ident {
        format_ident!("{}Of", self.tangent)
    }

    fn rows_impl(&self) -> TokenStream {
        let (krate, name, allows) = (self.krate, self.rows_name(), allows());
        let (tangent, clause) = (&self.tangent, self.rows_clause(None));
        let arms = self.variants.iter().map(|variant| {
            let pattern = variant.pattern(&quote!(Self), "a");
            let value = variant.value(&quote!(#name), |part| {
                let own = part.prefixed("a");
                // The tangent whose other parts are zero.
                let seed = variant.value(&quote!(Self), |other| {
                    let binding = other.prefixed("a");
                    match other.member == part.member {
                        true => quote!(item),
                        false => quote!(::core::clone::Clone::clone(#binding)),
                    }
                });
                let rows = self.rows_of(part).unwrap_or_else(|| quote!(#krate::rt::Rows));
                quote!(#rows::rows(#own, &mut |item| pull(#seed)))
            });
            quote!(#pattern => #value,)
        });
        let body = self.matched(arms.collect());
        quote! {
            #[automatically_derived]
            #allows
            impl<G> #krate::rt::Rows<G> for #tangent #clause {
                type Of = #name<G>;

                fn rows(&self, pull: &mut dyn FnMut(Self) -> G) -> #name<G> {
                    #body
                }
            }
        }
    }

    fn rows_traits(&self) -> TokenStream {
        let (name, allows) = (self.rows_name(), allows());
        let header = |trait_: TokenStream| {
            let clause = self.rows_clause(Some(&trait_));
            quote!(#[automatically_derived] #allows impl<G> #trait_ for #name<G> #clause)
        };
        let (clone_header, clone) = (header(quote!(::core::clone::Clone)), self.clone_body());
        let (eq_header, equal) = (header(quote!(::core::cmp::PartialEq)), self.eq_body());
        let (debug_header, debug) = (header(quote!(::core::fmt::Debug)), self.debug_body(&name));
        quote! {
            #clone_header { fn clone(&self) -> Self { #clone } }
            #eq_header { fn eq(&self, other: &Self) -> bool { #equal } }
            #debug_header {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { #debug }
            }
        }
    }
}

fn holds_scalars(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Other(_) => true,
        Shape::Inert => false,
        Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) | Shape::Option(item) => {
            holds_scalars(item)
        }
        Shape::Tuple(items) => items.iter().any(holds_scalars),
    }
}

/// Whether rustc alone knows some type in it.
fn holds_others(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Inert => false,
        Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) | Shape::Option(item) => {
            holds_others(item)
        }
        Shape::Tuple(items) => items.iter().any(holds_others),
        Shape::Other(_) => true,
    }
}
