//! Both sweeps with `__ad_split`, as `pullback` and the other companions need them.

use super::{Output, Param, Target};
use crate::emit::types::{Shape, has_slice, one_or_tuple, tuple};
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Type;
use syn::visit_mut::VisitMut;

impl Target<'_> {
    /// A copy of the final contents of a `&mut` argument, for the reverse sweep to undo.
    fn contents(&self, param: &Param) -> (Ident, TokenStream) {
        let (copy, name) = (self.contents_name(param), &param.name);
        let value = match (&param.shape, self.behind(param)) {
            (_, Some((behind, ty))) => {
                let krate = self.krate;
                quote!(<#behind as #krate::rt::Contents<#ty>>::copy(&*#name))
            }
            (Shape::Slice(_) | Shape::Vec(_), None) => quote!(#name.to_vec()),
            (Shape::Float(_) | Shape::Inert, None) => quote!(*#name),
            (Shape::Array(..) | Shape::Tuple(_) | Shape::Option(_) | Shape::Other(_), None) => {
                quote!(#name.clone())
            }
        };
        (copy, value)
    }

    /// `Behind<'ad, X>` and `X`, for a `&mut X` of which rustc alone knows whether it is `Clone`.
    fn behind(&self, param: &Param) -> Option<(TokenStream, Type)> {
        let Shape::Other(_) = &param.shape else { return None };
        let Type::Reference(reference) = &param.ty else { return None };
        let mut ty = (*reference.elem).clone();
        let mut lifetimes = NameLifetime::default();
        lifetimes.visit_type_mut(&mut ty);
        let krate = self.krate;
        (!lifetimes.named).then(|| (quote!(#krate::rt::Behind<'ad, #ty>), ty))
    }

    /// The bounds under which the contents of `&mut` arguments can be copied, and the lifetime
    /// that they mention.
    pub(super) fn copied_contents(&self) -> (Option<TokenStream>, Vec<TokenStream>) {
        let krate = self.krate;
        let behind = self.in_outs().filter_map(|param| self.behind(param));
        let bounds: Vec<_> = behind.map(|(behind, ty)| quote!(#behind: #krate::rt::Contents<#ty>)).collect();
        ((!bounds.is_empty()).then(|| quote!('ad)), bounds)
    }

    fn contents_name(&self, param: &Param) -> Ident {
        self.fresh(&format!("{}_contents", param.name).replace("r#", ""))
    }

    fn in_outs(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.mode == ParamMode::RefMut)
    }

    /// `let (value, backward) = Self::__ad_split(…);`, the contents of `&mut` arguments, and the
    /// locals for cotangents that take their shape from an argument that is moved.
    fn forward_sweep(&self, deferred: bool) -> TokenStream {
        let split = self.own("__ad_split");
        let question = self.question();
        let (value, backward) = (self.fresh("value"), self.fresh("backward"));
        let zeros = self.by_value().map(|param| {
            let (bar, zero, ty) = (&param.bar, self.zero(param), self.types().tangent(&param.shape));
            let now = !deferred || self.types().constant_zero(&param.shape).is_none();
            now.then(|| quote!(let mut #bar: #ty = #zero;))
        });
        let args = self.params.iter().map(|param| {
            let name = &param.name;
            if param.mode == ParamMode::RefMut { quote!(&mut *#name) } else { quote!(#name) }
        });
        let copies = self.in_outs().map(|param| {
            let (copy, contents) = self.contents(param);
            quote!(let mut #copy = #contents;)
        });
        quote! {
            #(#zeros)*
            let (#value, #backward) = #split(#(#args),*)#question;
            #(#copies)*
        }
    }

    /// `backward(value_bar, (x, Slot::Into(&mut x_bar)), …);`; `owned`: the `_bar`s are locals.
    fn backward_sweep(&self, value_bar: &Ident, owned: bool) -> TokenStream {
        let krate = self.krate;
        let backward = self.fresh("backward");
        let seed = if self.output.is_some() { quote!(#value_bar) } else { quote!(()) };
        let checks = self.in_outs().filter(|param| param.active && param.is_sequence()).map(|param| {
            let (copy, bar) = (self.contents_name(param), &param.bar);
            quote!(#krate::rt::same_length(#copy.len(), #bar.len());)
        });
        let passes = self.params.iter().map(|param| {
            let (name, bar) = (&param.name, &param.bar);
            let slot = match (param.active, param.mode) {
                (false, _) => quote!(#krate::rt::Inactive),
                (true, ParamMode::Ref | ParamMode::RefMut) if !owned => quote!(#krate::rt::Slot::Into(#bar)),
                (true, _) => quote!(#krate::rt::Slot::Into(&mut #bar)),
            };
            match param.mode {
                ParamMode::Value => slot,
                ParamMode::Ref => quote!((#name, #slot)),
                ParamMode::RefMut => {
                    let copy = self.contents_name(param);
                    match self.behind(param) {
                        Some((behind, ty)) => {
                            quote!((<#behind as #krate::rt::Contents<#ty>>::place(&mut #copy), #slot))
                        }
                        None => quote!((&mut #copy, #slot)),
                    }
                }
            }
        });
        quote! {
            #(#checks)*
            #backward(#seed, #(#passes),*);
        }
    }

    /// Both sweeps, one after the other.
    pub(super) fn split_and_pull(&self, value_bar: &Ident, owned: bool) -> TokenStream {
        let forward = self.forward_sweep(false);
        let value = self.fresh("value");
        let check = self
            .output
            .as_ref()
            .map(|(_, shape)| self.length_check(shape, &quote!(#value), &quote!(#value_bar)));
        let backward = self.backward_sweep(value_bar, owned);
        quote!(#forward #check #backward)
    }

    /// Compares the lengths of a value and of its seed.
    fn length_check(&self, shape: &Shape, value: &TokenStream, seed: &TokenStream) -> TokenStream {
        let krate = self.krate;
        match shape {
            Shape::Slice(_) | Shape::Vec(_) => quote!(#krate::rt::same_length(#value.len(), #seed.len());),
            Shape::Tuple(items) if has_slice(shape) => items
                .iter()
                .enumerate()
                .map(|(k, item)| {
                    let k = syn::Index::from(k);
                    self.length_check(item, &quote!(#value.#k), &quote!(#seed.#k))
                })
                .collect(),
            Shape::Tuple(_)
            | Shape::Float(_)
            | Shape::Inert
            | Shape::Array(..)
            | Shape::Option(_)
            | Shape::Other(_) => TokenStream::new(),
        }
    }

    /// The owned cotangents of the outputs.
    pub(super) fn outputs_bar_ty(&self) -> TokenStream {
        let outputs = self.outputs();
        one_or_tuple(
            outputs
                .iter()
                .map(|output| match output {
                    Output::Return(shape) => self.types().tangent(shape),
                    Output::InOut(param) => self.types().tangent(&param.shape),
                })
                .collect(),
        )
    }

    /// The lengths of a return value's parts, for a check when the seed comes.
    fn kept_lengths(&self, shape: &Shape, value: &TokenStream) -> TokenStream {
        match shape {
            Shape::Slice(_) | Shape::Vec(_) => quote!(#value.len()),
            Shape::Tuple(items) => tuple(
                items
                    .iter()
                    .enumerate()
                    .map(|(k, item)| {
                        let k = syn::Index::from(k);
                        self.kept_lengths(item, &quote!(#value.#k))
                    })
                    .collect(),
            ),
            Shape::Float(_) | Shape::Inert | Shape::Array(..) | Shape::Option(_) | Shape::Other(_) => {
                quote!(())
            }
        }
    }

    fn check_kept(&self, shape: &Shape, lengths: &TokenStream, seed: &TokenStream) -> TokenStream {
        let krate = self.krate;
        match shape {
            Shape::Slice(_) | Shape::Vec(_) => quote!(#krate::rt::same_length(#lengths, #seed.len());),
            Shape::Tuple(items) => items
                .iter()
                .enumerate()
                .map(|(k, item)| {
                    let k = syn::Index::from(k);
                    self.check_kept(item, &quote!(#lengths.#k), &quote!(#seed.#k))
                })
                .collect(),
            Shape::Float(_) | Shape::Inert | Shape::Array(..) | Shape::Option(_) | Shape::Other(_) => {
                TokenStream::new()
            }
        }
    }

    /// `pullback`
    pub fn pullback(&self) -> TokenStream {
        let krate = self.krate;
        let (forward, value) = (self.forward_sweep(true), self.fresh("value"));
        let (value_bar, cotangent) = (self.fresh("value_bar"), self.fresh("cotangent"));
        let lengths = self.fresh("lengths");
        let outputs = self.outputs();
        let names: Vec<TokenStream> = outputs
            .iter()
            .map(|output| match output {
                Output::Return(_) => quote!(#value_bar),
                Output::InOut(param) => {
                    let bar = &param.bar;
                    quote!(mut #bar)
                }
            })
            .collect();
        let names = one_or_tuple(names);
        let owned_ty = self.outputs_bar_ty();
        let kept = self.output.as_ref().filter(|(_, shape)| has_slice(shape));
        let keep = kept.map(|(_, shape)| {
            let kept = self.kept_lengths(shape, &quote!(#value));
            quote!(let #lengths = #kept;)
        });
        let check = kept.map(|(_, shape)| self.check_kept(shape, &quote!(#lengths), &quote!(#value_bar)));
        let zeros = self.active().filter_map(|param| {
            let (bar, zero, ty) = (&param.bar, self.zero(param), self.types().tangent(&param.shape));
            let here = match param.mode {
                ParamMode::Value => self.types().constant_zero(&param.shape).is_some(),
                ParamMode::Ref => true,
                ParamMode::RefMut => false,
            };
            here.then(|| quote!(let mut #bar: #ty = #zero;))
        });
        let backward = self.backward_sweep(&value_bar, true);
        let gradient = self.gradient();
        let bars = one_or_tuple(
            self.active()
                .map(|param| {
                    let bar = &param.bar;
                    quote!(#bar)
                })
                .collect(),
        );
        let kind = self.seed_marker();

        let (declarations, lifetimes) = self.with_lifetime();
        let borrowed = lifetimes.iter().any(|lifetime| lifetime.to_string() == "'ad").then(|| quote!('ad));
        let (copied, bounds) = self.copied_contents();
        let mut lifetimes = lifetimes;
        if copied.is_some() && borrowed.is_none() {
            // A bound mentions it, so that the closure's type does.
            lifetimes.insert(0, quote!('ad));
        }
        let (generics, clause) = self.generics(borrowed.or(copied), bounds);
        let captures = self.captures(&lifetimes);
        let value_ty = self.value_ty();
        let returned = self.wrapped_ty(&quote! {
            (
                #value_ty,
                #krate::Pullback<
                    #kind,
                    impl ::core::ops::FnOnce(#owned_ty) -> #gradient + ::core::clone::Clone + #captures
                >
            )
        });
        let end = self.wrapped(&quote! {
            (#value, #krate::Pullback::new(move |#cotangent: #owned_ty| {
                let #names = #cotangent;
                #check
                #(#zeros)*
                #backward
                #bars
            }))
        });
        let head = self.public("pullback");
        quote! {
            #head #generics(#(#declarations),*) -> #returned #clause {
                #forward
                #keep
                #end
            }
        }
    }

    fn seed_marker(&self) -> TokenStream {
        let krate = self.krate;
        one_or_tuple(
            self.outputs()
                .iter()
                .map(|output| match output {
                    Output::Return(shape) => self.types().seed_marker(shape),
                    Output::InOut(param) if param.is_sequence() => self.types().seed_marker(&param.shape),
                    Output::InOut(param) => {
                        let tangent = self.types().tangent(&param.shape);
                        quote!(#krate::rt::Either<#tangent>)
                    }
                })
                .collect(),
        )
    }

    /// The parameters, with a name for the lifetime that the pullback borrows shared references
    /// for; and the lifetimes that it captures.
    pub(super) fn with_lifetime(&self) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let mut lifetimes: Vec<TokenStream> = Vec::new();
        let outer = self.outer.iter().flat_map(|generics| generics.lifetimes());
        for written in outer.chain(self.sig.generics.lifetimes()) {
            let lifetime = &written.lifetime;
            lifetimes.push(quote!(#lifetime));
        }
        let mut borrows = false;
        let declarations = self
            .params
            .iter()
            .map(|param| {
                let mut name = NameLifetime { named: false };
                let tokens = match (&param.receiver, param.mode) {
                    (Some(_), ParamMode::Ref) => {
                        let Type::Reference(reference) = &param.ty else { return param.declaration() };
                        match &reference.lifetime {
                            Some(lifetime) => quote!(&#lifetime self),
                            None => {
                                name.named = true;
                                quote!(&'ad self)
                            }
                        }
                    }
                    (Some(_), _) => param.declaration(),
                    // What a `&mut` argument holds is copied.
                    (None, ParamMode::RefMut) => param.declaration(),
                    (None, ParamMode::Value | ParamMode::Ref) => {
                        let (ident, mut ty) = (&param.name, param.ty.clone());
                        name.visit_type_mut(&mut ty);
                        quote!(#ident: #ty)
                    }
                };
                borrows |= name.named;
                tokens
            })
            .collect();
        if borrows {
            lifetimes.insert(0, quote!('ad));
        }
        (declarations, lifetimes)
    }
}

/// Gives elided lifetimes the name `'ad`.
#[derive(Debug, Default)]
pub struct NameLifetime {
    /// Whether there was one.
    pub named: bool,
}

impl VisitMut for NameLifetime {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(syn::parse_quote!('ad));
            self.named = true;
        }
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        if lifetime.ident == "_" {
            lifetime.ident = format_ident!("ad");
            self.named = true;
        }
    }

    // What functions elide are lifetimes of each of their calls.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
}

/// Writes the type out that `Self` stands for.
pub(super) struct SpellOwner<'a>(pub &'a Type);

impl VisitMut for SpellOwner<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self") => *ty = self.0.clone(),
            _ => syn::visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// Lifetimes that had no name in the source as the one that the pullback borrows for.
pub(super) struct OursAsBorrowed;

impl VisitMut for OursAsBorrowed {
    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        if lifetime.ident.to_string().starts_with("__ad_") {
            lifetime.ident = format_ident!("ad");
        }
    }
}

/// Whether a lifetime in a type has no name.
pub(super) fn has_elided(ty: &Type) -> bool {
    struct Elided(bool);
    impl<'ast> syn::visit::Visit<'ast> for Elided {
        fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
            self.0 |= lifetime.ident == "_";
        }
    }
    let mut found = Elided(false);
    syn::visit::Visit::visit_type(&mut found, ty);
    found.0
}

/// Takes names off lifetimes.
pub(super) struct ElideLifetimes;

impl VisitMut for ElideLifetimes {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident != "static") {
            reference.lifetime = None;
        }
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        if lifetime.ident != "static" {
            lifetime.ident = format_ident!("_");
        }
    }
}
