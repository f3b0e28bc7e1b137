//! `#[derive(Differentiable)]`: the tangent type of a struct or an enum.

mod copies;
mod rows;

use super::companions::allows;
use super::types::{Shape, Types};
use crate::diagnostics::{Diagnostics, message};
use crate::lower;
use crate::names::mentions;
use crate::surroundings::Around;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{Data, DeriveInput, Field, Fields, GenericParam, Generics, Member, Visibility};

/// The tangent type and its traits.
pub fn derive(input: &DeriveInput, around: &Around) -> TokenStream {
    let mut variants = match &input.data {
        Data::Struct(data) => vec![Variant::new(None, &data.fields, &input.generics)],
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| Variant::new(Some(&variant.ident), &variant.fields, &input.generics))
            .collect(),
        Data::Union(data) => {
            let message = "a union has no derivative; use an enum, or mark the parameter `#[no_diff]`";
            return syn::Error::new(data.union_token.span, message).to_compile_error();
        }
    };
    let mut diag = Diagnostics::new();
    for part in variants.iter_mut().flat_map(|variant| &mut variant.parts).filter(|part| part.active) {
        let own = |name: &Ident| {
            *name == input.ident || input.generics.type_params().any(|param| param.ident == *name)
        };
        if around.holds_underived(&part.field.ty) && lower::is_inert(&part.field.ty, &input.generics, around)
        {
            part.active = false;
        } else if let Some(name) = around.underived(&part.field.ty).filter(|name| !own(name)) {
            // One error is enough: without it each mention of the tangent would be one.
            diag.error(name.span(), message::underived(&name.to_string()));
            part.active = false;
        }
    }
    let krate: syn::Path = syn::parse_quote!(::differentiable);
    let mut tokens = Derive::new(input, &krate, variants).items();
    tokens.extend(diag.into_tokens());
    tokens
}

/// The type of a field, with lifetimes that are no matter: tangents borrow nothing, so those of one lifetime are those
/// of any. What generic types must outlive is not known.
fn without_lifetimes(ty: &syn::Type, generics: &Generics) -> syn::Type {
    let mentioned = mentions(quote!(#ty));
    let mut ty = ty.clone();
    if generics.type_params().all(|param| !mentioned.contains(&param.ident.to_string())) {
        Forever.visit_type_mut(&mut ty);
    }
    ty
}

/// A variant of an enum, or a struct (`name: None`).
struct Variant<'a> {
    name: Option<&'a Ident>,
    fields: &'a Fields,
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    field: &'a Field,
    /// Its type, for what is made of its tangent.
    ty: syn::Type,
    member: Member,
    /// Whether it has a tangent; else `()` stands in its place.
    active: bool,
    /// What a pattern binds it to.
    binding: Ident,
}

impl<'a> Variant<'a> {
    fn new(name: Option<&'a Ident>, fields: &'a Fields, generics: &Generics) -> Variant<'a> {
        let parts = fields
            .iter()
            .zip(fields.members())
            .enumerate()
            .map(|(k, (field, member))| Part {
                field,
                ty: without_lifetimes(&field.ty, generics),
                member,
                active: !field.attrs.iter().any(|attr| attr.path().is_ident("no_diff")),
                binding: format_ident!("field_{k}"),
            })
            .collect();
        Variant { name, fields, parts }
    }

    /// `path { x: a_0, y: a_1 }` with the bindings of the active parts, prefixed; the others
    /// are ignored in patterns.
    fn pattern(&self, owner: &TokenStream, prefix: &str) -> TokenStream {
        let path = self.path(owner);
        let parts = self.parts.iter().filter(|part| part.active).map(|part| {
            let (member, binding) = (&part.member, part.prefixed(prefix));
            quote!(#member: #binding)
        });
        let rest = self.parts.iter().any(|part| !part.active).then(|| quote!(..));
        quote!(#path { #(#parts,)* #rest })
    }

    /// `path { x: value, label: () }`
    fn value(&self, owner: &TokenStream, value: impl Fn(&Part) -> TokenStream) -> TokenStream {
        let path = self.path(owner);
        let parts = self.parts.iter().map(|part| {
            let member = &part.member;
            let value = if part.active { value(part) } else { quote!(()) };
            quote!(#member: #value)
        });
        quote!(#path { #(#parts),* })
    }

    fn path(&self, owner: &TokenStream) -> TokenStream {
        match self.name {
            Some(name) => quote!(#owner::#name),
            None => owner.clone(),
        }
    }
}

impl Part<'_> {
    fn prefixed(&self, prefix: &str) -> Ident {
        format_ident!("{prefix}_{}", self.binding)
    }
}

/// Lifetimes as `'static`.
struct Forever;

impl VisitMut for Forever {
    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        *lifetime = syn::Lifetime::new("'static", lifetime.apostrophe);
    }
}

struct Derive<'a> {
    input: &'a DeriveInput,
    krate: &'a syn::Path,
    variants: Vec<Variant<'a>>,
    tangent: Ident,
    /// The generics that the tangent's fields mention.
    generics: Generics,
}

impl<'a> Derive<'a> {
    fn new(input: &'a DeriveInput, krate: &'a syn::Path, variants: Vec<Variant<'a>>) -> Derive<'a> {
        let tangent = format_ident!("{}Tangent", input.ident, span = input.ident.span());
        let mut derive = Derive { input, krate, variants, tangent, generics: Generics::default() };
        derive.generics = derive.tangent_generics();
        derive
    }

    fn types(&self) -> Types<'_> {
        Types { krate: self.krate, floats: &[], inert: &[] }
    }

    fn part_ty(&self, part: &Part) -> TokenStream {
        match part.active {
            true => self.types().tangent(&self.types().shape(&part.ty)),
            false => quote!(()),
        }
    }

    fn tangent_generics(&self) -> Generics {
        let fields: TokenStream =
            self.variants.iter().flat_map(|variant| &variant.parts).map(|part| self.part_ty(part)).collect();
        let mentioned = mentions(fields);
        let name = |param: &GenericParam| match param {
            GenericParam::Lifetime(param) => param.lifetime.ident.to_string(),
            GenericParam::Type(param) => param.ident.to_string(),
            GenericParam::Const(param) => param.ident.to_string(),
        };
        let mut generics = self.input.generics.clone();
        let all: Vec<String> = generics.params.iter().map(name).collect();
        let kept: Vec<String> = all.iter().filter(|param| mentioned.contains(*param)).cloned().collect();
        generics.params = generics.params.into_iter().filter(|param| kept.contains(&name(param))).collect();
        if let Some(clause) = &mut generics.where_clause {
            let predicates = std::mem::take(&mut clause.predicates);
            clause.predicates = predicates
                .into_iter()
                .filter(|predicate| {
                    let mentioned = mentions(quote!(#predicate));
                    all.iter().all(|param| kept.contains(param) || !mentioned.contains(param))
                })
                .collect();
        }
        self.bounded(generics, &kept)
    }

    /// Type parameters that the tangent mentions are differentiable.
    fn bounded(&self, mut generics: Generics, kept: &[String]) -> Generics {
        let krate = self.krate;
        for param in generics.type_params_mut() {
            if kept.iter().any(|kept| param.ident == kept) {
                param.bounds.push(syn::parse_quote!(#krate::Differentiable));
            }
            param.default = None;
        }
        generics
    }

    fn items(&self) -> TokenStream {
        let declaration = self.declaration();
        let differentiable = self.differentiable();
        let tangent = self.tangent_impl();
        let own = self.tangent_differentiable();
        let (common, rows, copies) = (self.common_traits(), self.rows(), self.copies());
        quote!(#declaration #differentiable #tangent #own #common #rows #copies)
    }

    fn fields(&self, variant: &Variant, visible: bool) -> TokenStream {
        let fields = variant.parts.iter().map(|part| {
            let ty = self.part_ty(part);
            let vis = visible.then_some(&part.field.vis).filter(|vis| !matches!(vis, Visibility::Inherited));
            match &part.field.ident {
                Some(name) => {
                    let doc = match part.active {
                        true => format!(" Derivative of `{name}`."),
                        false => format!(" `{name}` has no derivative."),
                    };
                    quote!(#[doc = #doc] #vis #name: #ty)
                }
                None => quote!(#[doc = " Derivative of this field."] #vis #ty),
            }
        });
        match variant.fields {
            Fields::Named(_) => quote!({ #(#fields),* }),
            Fields::Unnamed(_) => quote!((#(#fields),*)),
            Fields::Unit => TokenStream::new(),
        }
    }

    fn declaration(&self) -> TokenStream {
        let (vis, name, allows) = (&self.input.vis, &self.tangent, allows());
        let (params, clause) = (&self.generics.params, &self.generics.where_clause);
        let doc = format!(" Derivatives with respect to a `{}`, and its tangents.", self.input.ident);
        let head = quote!(#[doc = #doc] #allows);
        match &self.input.data {
            Data::Struct(data) => {
                let fields = self.fields(&self.variants[0], true);
                match data.fields {
                    Fields::Named(_) => quote!(#head #vis struct #name<#params> #clause #fields),
                    Fields::Unnamed(_) | Fields::Unit => {
                        quote!(#head #vis struct #name<#params> #fields #clause;)
                    }
                }
            }
            Data::Enum(_) | Data::Union(_) => {
                let variants = self.variants.iter().map(|variant| {
                    let (name, fields) = (variant.name, self.fields(variant, false));
                    let doc = name.map(|name| format!(" Derivative of a `{name}`."));
                    quote!(#[doc = #doc] #name #fields)
                });
                quote!(#head #vis enum #name<#params> #clause { #(#variants),* })
            }
        }
    }

    /// `impl<…> Trait for Type<…> where …`
    fn header(&self, trait_: &TokenStream, of_tangent: bool) -> TokenStream {
        let allows = allows();
        let kept: Vec<String> = self.generics.type_params().map(|param| param.ident.to_string()).collect();
        let bounded = self.bounded(self.input.generics.clone(), &kept);
        let (generics, name) =
            if of_tangent { (&self.generics, &self.tangent) } else { (&bounded, &self.input.ident) };
        let (impl_generics, ty_generics, clause) = generics.split_for_impl();
        quote!(#[automatically_derived] #allows impl #impl_generics #trait_ for #name #ty_generics #clause)
    }

    fn differentiable(&self) -> TokenStream {
        let krate = self.krate;
        let header = self.header(&quote!(#krate::Differentiable), false);
        let tangent = &self.tangent;
        let (_, ty_generics, _) = self.generics.split_for_impl();
        let (this, path) = (quote!(Self), quote!(#tangent));
        let zeros = self.variants.iter().map(|variant| {
            let pattern = variant.pattern(&this, "a");
            let value = variant.value(&path, |part| {
                let binding = part.prefixed("a");
                quote!(#krate::Differentiable::zero_tangent(#binding))
            });
            quote!(#pattern => #value,)
        });
        let updates =
            self.pairs(&this, &path, |a, b| quote!(#krate::Differentiable::update_scalars(#a, #b, map);));
        let body = self.matched(zeros.collect());
        quote! {
            #header {
                type Tangent = #tangent #ty_generics;

                fn zero_tangent(&self) -> Self::Tangent {
                    #body
                }

                fn update_scalars(&mut self, tangent: &Self::Tangent, map: &mut dyn FnMut(f64, f64) -> f64) {
                    let other = tangent;
                    #updates
                }
            }
        }
    }

    /// `match self { … }`; of an enum without variants there is no value.
    fn matched(&self, arms: TokenStream) -> TokenStream {
        if self.variants.is_empty() { quote!(match *self {}) } else { quote!(match self { #arms }) }
    }

    /// A statement for every active part of `self` and of `other`, which must have the same
    /// variant.
    fn pairs(
        &self,
        left: &TokenStream,
        right: &TokenStream,
        each: impl Fn(&Ident, &Ident) -> TokenStream,
    ) -> TokenStream {
        if self.variants.is_empty() {
            return quote!(match *self {});
        }
        let arms = self.variants.iter().map(|variant| {
            let (a, b) = (variant.pattern(left, "a"), variant.pattern(right, "b"));
            let statements = variant
                .parts
                .iter()
                .filter(|part| part.active)
                .map(|part| each(&part.prefixed("a"), &part.prefixed("b")));
            quote!((#a, #b) => { #(#statements)* })
        });
        let mismatch = (self.variants.len() > 1)
            .then(|| quote!(_ => ::core::panic!("a derivative of another variant than the value's"),));
        quote!(match (self, other) { #(#arms)* #mismatch })
    }

    /// A statement for every active part of `self`.
    fn each(&self, each: impl Fn(&Ident) -> TokenStream) -> TokenStream {
        let arms = self.variants.iter().map(|variant| {
            let pattern = variant.pattern(&quote!(Self), "a");
            let statements =
                variant.parts.iter().filter(|part| part.active).map(|part| each(&part.prefixed("a")));
            quote!(#pattern => { #(#statements)* })
        });
        self.matched(arms.collect())
    }

    fn tangent_impl(&self) -> TokenStream {
        let krate = self.krate;
        let header = self.header(&quote!(#krate::Tangent), true);
        let this = quote!(Self);
        let accumulate = self.pairs(&this, &this, |a, b| quote!(#krate::Tangent::accumulate(#a, #b);));
        let deduct = self.pairs(&this, &this, |a, b| quote!(#krate::Tangent::deduct(#a, #b);));
        let set_zero = self.each(|a| quote!(#krate::Tangent::set_zero(#a);));
        let visit = self.each(|a| quote!(#krate::Tangent::for_each_scalar(#a, visit);));
        let map = self.each(|a| quote!(#krate::Tangent::map_scalars(#a, map);));
        quote! {
            #header {

                fn accumulate(&mut self, other: &Self) { #accumulate }
                fn deduct(&mut self, other: &Self) { #deduct }
                fn set_zero(&mut self) { #set_zero }
                fn for_each_scalar(&self, visit: &mut dyn FnMut(f64)) { #visit }
                fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) { #map }
            }
        }
    }

    /// The tangent space is its own tangent space: what higher orders differentiate.
    fn tangent_differentiable(&self) -> TokenStream {
        let krate = self.krate;
        let header = self.header(&quote!(#krate::Differentiable), true);
        let this = quote!(Self);
        let updates =
            self.pairs(&this, &this, |a, b| quote!(#krate::Differentiable::update_scalars(#a, #b, map);));
        quote! {
            #header {
                type Tangent = Self;

                fn zero_tangent(&self) -> Self {
                    let mut zero = ::core::clone::Clone::clone(self);
                    #krate::Tangent::set_zero(&mut zero);
                    zero
                }

                fn update_scalars(&mut self, other: &Self, map: &mut dyn FnMut(f64, f64) -> f64) {
                    #updates
                }
            }
        }
    }

    fn common_traits(&self) -> TokenStream {
        let (clone_header, clone) = (self.header(&quote!(::core::clone::Clone), true), self.clone_body());
        let (eq_header, equal) = (self.header(&quote!(::core::cmp::PartialEq), true), self.eq_body());
        let debug_header = self.header(&quote!(::core::fmt::Debug), true);
        let debug = self.debug_body(&self.tangent);
        let default = self.default();
        let copy = self.copy();
        quote! {
            #clone_header { fn clone(&self) -> Self { #clone } }
            #eq_header { fn eq(&self, other: &Self) -> bool { #equal } }
            #debug_header {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { #debug }
            }
            #copy
            #default
        }
    }

    fn clone_body(&self) -> TokenStream {
        let clones = self.variants.iter().map(|variant| {
            let pattern = variant.pattern(&quote!(Self), "a");
            let value = variant.value(&quote!(Self), |part| {
                let binding = part.prefixed("a");
                quote!(::core::clone::Clone::clone(#binding))
            });
            quote!(#pattern => #value,)
        });
        self.matched(clones.collect())
    }

    fn eq_body(&self) -> TokenStream {
        let equals = self.variants.iter().map(|variant| {
            let (a, b) = (variant.pattern(&quote!(Self), "a"), variant.pattern(&quote!(Self), "b"));
            let parts = variant.parts.iter().filter(|part| part.active).map(|part| {
                let (a, b) = (part.prefixed("a"), part.prefixed("b"));
                quote!(&& *#a == *#b)
            });
            quote!((#a, #b) => true #(#parts)*,)
        });
        let unequal = (self.variants.len() > 1).then(|| quote!(_ => false,));
        match self.variants.is_empty() {
            true => quote!(match *self {}),
            false => quote!(match (self, other) { #(#equals)* #unequal }),
        }
    }

    fn debug_body(&self, of: &Ident) -> TokenStream {
        let debugs = self.variants.iter().map(|variant| self.debug(variant, of));
        self.matched(debugs.collect())
    }

    fn debug(&self, variant: &Variant, of: &Ident) -> TokenStream {
        let name = variant.name.unwrap_or(of).to_string();
        let pattern = variant.pattern(&quote!(Self), "a");
        let active = variant.parts.iter().filter(|part| part.active);
        match variant.fields {
            Fields::Named(_) => {
                let fields = active.map(|part| {
                    let Member::Named(field) = &part.member else { return TokenStream::new() };
                    let (field, binding) = (field.to_string(), part.prefixed("a"));
                    quote!(.field(#field, #binding))
                });
                quote!(#pattern => f.debug_struct(#name) #(#fields)* .finish(),)
            }
            Fields::Unnamed(_) | Fields::Unit => {
                let fields = active.map(|part| {
                    let binding = part.prefixed("a");
                    quote!(.field(#binding))
                });
                quote!(#pattern => f.debug_tuple(#name) #(#fields)* .finish(),)
            }
        }
    }

    /// `Copy`, where every part is.
    fn copy(&self) -> Option<TokenStream> {
        let header = self.conditional(&quote!(::core::marker::Copy), is_copy, copied_with)?;
        Some(quote!(#header {}))
    }

    /// The `impl` of a trait that holds where it holds for every part: for those whose type shows
    /// it there is nothing to ask, a `Vec` or a reference has no part in it.
    /// `deciding` says of which types inside a part it is one more question.
    fn conditional(
        &self,
        trait_: &TokenStream,
        certain: fn(&Shape) -> bool,
        deciding: fn(&Shape) -> Option<Vec<&Shape>>,
    ) -> Option<TokenStream> {
        let mut generics = self.generics.clone();
        for part in self.variants.iter().flat_map(|variant| &variant.parts).filter(|part| part.active) {
            let shape = self.types().shape(&part.ty);
            if certain(&shape) {
                continue;
            }
            for open in deciding(&shape)? {
                let ty = self.types().tangent(open);
                // The lifetime makes the bound one that may fail.
                let predicate = quote!(for<'__ad> #ty: #trait_);
                generics.make_where_clause().predicates.push(syn::parse_quote!(#predicate));
            }
        }
        let (allows, name) = (allows(), &self.tangent);
        let (impl_generics, ty_generics, clause) = generics.split_for_impl();
        Some(
            quote!(#[automatically_derived] #allows impl #impl_generics #trait_ for #name #ty_generics #clause),
        )
    }

    /// `Default`, zero, for structs whose parts certainly have one.
    fn default(&self) -> Option<TokenStream> {
        let [variant @ Variant { name: None, .. }] = self.variants.as_slice() else { return None };
        let header = self.conditional(&quote!(::core::default::Default), has_default, itself)?;
        let value = variant.value(&quote!(Self), |part| {
            match self.types().constant_zero(&self.types().shape(&part.ty)) {
                Some(zero) => zero,
                None => quote!(::core::default::Default::default()),
            }
        });
        Some(quote!(#header { fn default() -> Self { #value } }))
    }
}

/// The type itself, if only rustc knows it.
fn itself(shape: &Shape) -> Option<Vec<&Shape>> {
    matches!(shape, Shape::Other(_)).then(|| vec![shape])
}

/// The types that must be `Copy` for the whole to be.
fn copied_with(shape: &Shape) -> Option<Vec<&Shape>> {
    match shape {
        Shape::Float(_) | Shape::Inert => Some(Vec::new()),
        Shape::Other(_) => Some(vec![shape]),
        Shape::Array(item, _) | Shape::Option(item) => copied_with(item),
        Shape::Tuple(items) => {
            let inside: Option<Vec<_>> = items.iter().map(copied_with).collect();
            inside.map(|inside| inside.concat())
        }
        Shape::Slice(_) | Shape::Vec(_) => None,
    }
}

fn is_copy(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Inert => true,
        Shape::Array(item, _) | Shape::Option(item) => is_copy(item),
        Shape::Tuple(items) => items.iter().all(is_copy),
        Shape::Slice(_) | Shape::Vec(_) | Shape::Other(_) => false,
    }
}

fn has_default(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Inert | Shape::Vec(_) | Shape::Slice(_) | Shape::Option(_) => true,
        // A constant zero needs `Copy` elements, and no bound on the length.
        Shape::Array(item, _) => is_copy(item) && has_default(item),
        Shape::Tuple(items) => items.iter().all(has_default),
        Shape::Other(_) => false,
    }
}
