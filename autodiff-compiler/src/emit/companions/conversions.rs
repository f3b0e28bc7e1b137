//! What companions ask of the conversions of generic types, as the bounds ask that they exist.

use super::operators::{bounded, without_reference};
use super::{Home, Target};
use crate::ir::{Callee, Function, Stmt};
use crate::lower::{first_type, is_inert};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{TraitBound, Type};

/// Whether a function calls the rule of a conversion.
pub(super) fn of(function: &Function) -> bool {
    let mut found = false;
    function.visit(&mut |stmt| {
        if let Stmt::Call(call) = stmt {
            found |= match &call.callee {
                Callee::Path(path) => path.segments.iter().any(|segment| segment.ident == "convert"),
                Callee::Assoc { name, .. } => name == "from",
                Callee::Method { .. } => false,
            };
        }
    });
    found
}

impl Target<'_> {
    /// `P: Convert<X>` for every bound `P: Into<X>`, and `X: Conversion<P>` for every bound `X: From<P>`, of what active
    /// parameters hold. A function that does not convert asks for those of its own bounds `P: Into<X>`
    /// alone, a trait's method, which may have no body to tell, for all of its own.
    pub(super) fn conversions(&self) -> Vec<TokenStream> {
        let own = (!self.home.is_bound()).then_some(&self.sig.generics);
        let mut rules: Vec<TokenStream> = Vec::new();
        let mut add = |ty: &Type, bound: &TraitBound| {
            let rule = self.rule_of_conversion(ty, bound);
            let new = |rule: &TokenStream| rules.iter().all(|known| known.to_string() != rule.to_string());
            let rule = rule.filter(new);
            rules.extend(rule);
        };
        for (ty, bounds) in own.into_iter().flat_map(bounded) {
            let stated = bounds.into_iter().filter_map(trait_bound);
            // What is made of an argument may be an error, which has no derivative.
            let stated = stated.filter(|bound| self.home == Home::Trait || is_of(bound, "Into"));
            stated.for_each(|bound| add(&ty, bound));
        }
        if self.converts {
            let of_trait =
                self.of_trait.iter().map(|bounds| (syn::parse_quote!(Self), bounds.iter().collect()));
            let around = self.outer.into_iter().chain(own).flat_map(bounded);
            for (ty, bounds) in of_trait.chain(around) {
                let asked = self.around.asked_by_bounds(&ty, bounds.into_iter());
                asked.iter().for_each(|bound| add(&ty, bound));
            }
        }
        rules
    }

    fn rule_of_conversion(&self, ty: &Type, bound: &TraitBound) -> Option<TokenStream> {
        let last = bound.path.segments.last()?;
        let other = first_type(&last.arguments)?;
        let (source, target, into) = match last.ident.to_string().as_str() {
            "Into" => (ty, other, true),
            "From" => (other, ty, false),
            _ => return None,
        };
        if is_inert(target, &self.sig.generics, self.around) {
            return None;
        }
        let (source, shared) = without_reference(source);
        let mentioned = crate::names::mentions(quote!(#source));
        let generics = self.outer.iter().copied().chain([&self.sig.generics]);
        let others = generics.flat_map(syn::Generics::type_params).map(|param| &param.ident);
        let mut others = others.filter(|name| !self.floats.contains(name)).map(ToString::to_string);
        let of_self = self.of_trait.is_some() && mentioned.contains("Self") && self.has_active("Self");
        if !of_self && !others.any(|name| mentioned.contains(&name) && self.has_active(&name)) {
            return None;
        }
        let (krate, second) = (self.krate, if self.order > 1 { "Second" } else { "" });
        Some(match (shared, into) {
            (false, true) => {
                let rule = quote::format_ident!("Convert{second}");
                quote!(#source: #krate::rt::convert::#rule<#target>)
            }
            (false, false) => {
                let rule = quote::format_ident!("Conversion{second}");
                quote!(#target: #krate::rt::convert::#rule<#source>)
            }
            (true, _) => {
                let rule = quote::format_ident!("RefConversion{second}");
                quote!(#target: #krate::rt::convert::#rule<#source>)
            }
        })
    }

    /// Whether something active may hold values of a generic, or of `Self`.
    pub(super) fn has_active(&self, name: &str) -> bool {
        self.active().any(|param| {
            let spelled = &param.ty;
            let mentioned = crate::names::mentions(quote!(#spelled));
            mentioned.contains(name) || mentioned.contains("Self") && name != "Self" && self.outer.is_some()
        })
    }
}

fn is_of(bound: &TraitBound, name: &str) -> bool {
    bound.path.segments.last().is_some_and(|last| last.ident == name)
}

fn trait_bound(bound: &syn::TypeParamBound) -> Option<&TraitBound> {
    match bound {
        syn::TypeParamBound::Trait(bound) => Some(bound),
        _ => None,
    }
}
