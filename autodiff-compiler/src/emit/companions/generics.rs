//! The generics of companions: what is written, and what derivatives ask for beside it.

use super::{Home, Target};
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeSet;
use syn::visit::Visit;
use syn::{GenericParam, Generics, TypeParamBound, WherePredicate};

impl Target<'_> {
    /// `<'a, T: Bound>` and the `where` clause of a companion; `extra` lifetimes and predicates
    /// are added.
    pub(super) fn generics(
        &self,
        lifetime: Option<TokenStream>,
        predicates: Vec<TokenStream>,
    ) -> (TokenStream, TokenStream) {
        let params: Vec<_> = self.sig.generics.params.iter().map(sized).collect();
        let params = match lifetime {
            Some(lifetime) => quote!(<#lifetime, #(#params),*>),
            None if params.is_empty() => TokenStream::new(),
            None => quote!(<#(#params),*>),
        };
        let predicates = self.predicates(predicates);
        if predicates.is_empty() {
            return (params, TokenStream::new());
        }
        (params, quote!(where #(#predicates,)*))
    }

    /// The predicates of a companion's `where` clause.
    pub(super) fn predicates(&self, added: Vec<TokenStream>) -> Vec<TokenStream> {
        let krate = self.krate;
        let mut predicates = Vec::new();
        // Trait objects of a trait stay possible; their companions do not.
        if self.home == Home::Trait {
            predicates.push(match self.mentions_self() {
                true => quote!(Self: Sized + #krate::Differentiable),
                false => quote!(Self: Sized),
            });
        }
        let written = self.sig.generics.where_clause.iter().flat_map(|clause| clause.predicates.iter());
        let written = written.filter(|predicate| match predicate {
            WherePredicate::Type(predicate) => !predicate.bounds.iter().all(is_relaxed),
            _ => true,
        });
        predicates.extend(written.map(|predicate| quote!(#predicate)));
        if !self.home.is_bound() {
            predicates.extend(self.floats.iter().map(|float| quote!(#float: #krate::Scalar)));
        }
        predicates.extend(added);
        if !self.home.is_bound() {
            let active = self.active().map(|param| &param.shape);
            let shapes: Vec<_> = active.chain(self.output.iter().map(|(_, shape)| shape)).collect();
            let generics = self.outer.iter().copied().chain([&self.sig.generics]);
            let lengths = generics.clone().flat_map(|generics| generics.const_params());
            let lengths = lengths.map(|param| &param.ident);
            // What is a value itself has a bound of its own, which says all of the types made of it.
            let values = generics.flat_map(|generics| generics.type_params()).map(|param| &param.ident);
            let held = self.held();
            let values =
                values.filter(|name| held.contains(name) || shapes.iter().any(|shape| shape.holds(name)));
            let parts: Vec<_> = lengths.chain(values).collect();
            predicates.extend(held.iter().map(|name| quote!(#name: #krate::Differentiable)));
            shapes.iter().for_each(|shape| self.types().bounds(shape, &parts, &mut predicates));
            predicates.extend(self.conversions());
            predicates.extend(self.rules_of_operators());
        }
        predicates
    }

    /// The parameters, floats apart, of which structs that the signature names, and the one that a method is of, hold
    /// values: not those that only mark them.
    pub(super) fn held(&self) -> Vec<Ident> {
        let generics = self.outer.iter().copied().chain([&self.sig.generics]).flat_map(Generics::type_params);
        let asked = generics.map(|param| &param.ident).filter(|name| !self.floats.contains(name));
        let asked: Vec<&Ident> = asked.collect();
        if asked.is_empty() {
            return Vec::new();
        }
        let mut held = BTreeSet::new();
        let of_owner = !matches!(self.home, Home::Function | Home::Trait) && self.mentions_self();
        if let Some(owner) = self.owner.filter(|_| of_owner) {
            held.extend(self.held_by(owner, false));
        }
        let active = self.active().map(|param| &param.shape);
        for shape in active.chain(self.output.iter().map(|(_, shape)| shape)) {
            shape.others(&mut |ty| held.extend(self.held_by(ty, true)));
        }
        asked.into_iter().filter(|name| held.contains(&name.to_string())).cloned().collect()
    }

    /// The names in those arguments of a type of which the struct holds values.
    fn held_by(&self, ty: &syn::Type, derived: bool) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let syn::Type::Path(path) = ty else { return names };
        let Some(last) = path.path.segments.last() else { return names };
        let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return names };
        let given = arguments.args.iter().filter(|given| matches!(given, syn::GenericArgument::Type(_)));
        if let Some(alias) = self.around.alias(&last.ident) {
            let meant = &alias.ty;
            let own = crate::names::mentions(quote!(#meant));
            let held = alias
                .generics
                .type_params()
                .zip(given)
                .filter(|(param, _)| own.contains(&param.ident.to_string()));
            names.extend(held.flat_map(|(_, given)| crate::names::mentions(quote!(#given))));
            return names;
        }
        let Some(structure) = self.around.structure(&last.ident) else { return names };
        let derives = structure.attrs.iter().any(|attr| {
            attr.path().is_ident("derive") && crate::names::mentions(quote!(#attr)).contains("Differentiable")
        });
        if derived && !derives {
            return names;
        }
        let own = structure
            .fields
            .iter()
            .filter(|field| !field.attrs.iter().any(|attr| attr.path().is_ident("no_diff")))
            .map(|field| {
                let ty = &field.ty;
                crate::names::mentions(quote!(#ty))
            })
            .filter(|names| !names.contains("PhantomData"));
        let own: BTreeSet<String> = own.flatten().collect();
        for (param, given) in structure.generics.type_params().zip(given) {
            if own.contains(&param.ident.to_string()) {
                names.extend(crate::names::mentions(quote!(#given)));
            }
        }
        names
    }

    /// The generics of a forwarder to a pullback, its clause and the types of what it passes on, of which the one
    /// `at` a place is the receiver's. What a method's own generics are cannot be told from tangents: the types
    /// are then those of whatever is passed.
    pub(super) fn passing(
        &self,
        mut types: Vec<TokenStream>,
        at: usize,
    ) -> (TokenStream, TokenStream, Vec<TokenStream>) {
        let own: Vec<String> = self.sig.generics.type_params().map(|param| param.ident.to_string()).collect();
        if own.is_empty() {
            let (generics, clause) = self.generics(None, Vec::new());
            return (generics, clause, types);
        }
        let mut passed = Vec::new();
        for (k, ty) in types.iter_mut().enumerate().filter(|(k, _)| *k != at) {
            let name = self.fresh(&format!("Passed{k}"));
            *ty = quote!(#name);
            passed.push(name);
        }
        let predicates = self.predicates(Vec::new());
        let kept = predicates.into_iter().filter(|predicate| {
            let mentioned = crate::names::mentions(predicate.clone());
            own.iter().all(|name| !mentioned.contains(name))
        });
        let lifetimes = self.sig.generics.lifetimes().map(|param| &param.lifetime);
        (quote!(<#(#lifetimes,)* #(#passed),*>), quote!(where #(#kept,)*), types)
    }

    /// Whether a companion needs the tangent of `Self`.
    pub(super) fn mentions_self(&self) -> bool {
        let active = self.active().map(|param| &param.ty);
        let types = active.chain(self.output.iter().map(|(ty, _)| ty));
        types.into_iter().any(|ty| crate::names::mentions(quote!(#ty)).contains("Self"))
    }

    /// `use<T, N>`: the pullback holds nothing of the arguments.
    pub(super) fn captures(&self, lifetimes: &[TokenStream]) -> TokenStream {
        let own = self.sig.generics.params.iter();
        let outer = self.outer.iter().flat_map(|generics| generics.params.iter());
        let names = outer.chain(own).filter_map(|param| match param {
            syn::GenericParam::Type(param) => Some(&param.ident),
            syn::GenericParam::Const(param) => Some(&param.ident),
            syn::GenericParam::Lifetime(_) => None,
        });
        let this = (self.home == Home::Trait).then(|| quote!(Self,));
        let outer = self.lifetimes_kept().into_iter();
        let outer =
            outer.filter(|lifetime| lifetimes.iter().all(|known| known.to_string() != lifetime.to_string()));
        quote!(use<#(#lifetimes,)* #(#outer,)* #this #(#names),*>)
    }

    /// The lifetimes that a pullback keeps: those of parameters by value. Other arguments it is passed again, for any
    /// lifetime; only traits say which, and what is behind a type that is not known may be copied out of it.
    fn lifetimes_kept(&self) -> Vec<TokenStream> {
        struct Named(BTreeSet<syn::Lifetime>);
        impl Visit<'_> for Named {
            fn visit_lifetime(&mut self, lifetime: &syn::Lifetime) {
                self.0.insert(lifetime.clone());
            }
        }
        let outer = self.outer.iter().flat_map(|generics| generics.lifetimes()).map(|param| &param.lifetime);
        let own = self.sig.generics.lifetimes().map(|param| &param.lifetime);
        let any = matches!(self.home, Home::Function | Home::Method);
        let mut kept = Named(BTreeSet::new());
        for param in &self.params {
            let mut ty = match &param.ty {
                syn::Type::Reference(reference) => (*reference.elem).clone(),
                ty => ty.clone(),
            };
            self.spell_owner(&mut ty);
            let known = matches!(&ty, syn::Type::Path(path)
            if path.path.get_ident().is_some() || path.path.segments.last().is_some_and(|last| {
                self.around.structure(&last.ident).is_some()
            }));
            if !(any && known && param.mode == ParamMode::Ref) {
                kept.visit_type(&ty);
            }
        }
        // `Self` may mention the lifetimes of the block.
        let outer = outer.filter(|lifetime| !any || kept.0.contains(lifetime));
        let own = own.filter(|lifetime| kept.0.contains(lifetime));
        outer.chain(own).map(|lifetime| quote!(#lifetime)).collect()
    }
}

/// A generic parameter of a companion: it calls companions of traits, which trait objects do not have.
fn sized(param: &GenericParam) -> GenericParam {
    let mut param = param.clone();
    if let GenericParam::Type(param) = &mut param {
        param.bounds =
            std::mem::take(&mut param.bounds).into_iter().filter(|bound| !is_relaxed(bound)).collect();
    }
    param
}

/// `?Sized`
fn is_relaxed(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if bound.maybe.is_some())
}
