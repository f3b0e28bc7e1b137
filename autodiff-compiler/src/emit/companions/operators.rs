//! What companions ask of the operators of generic types: that they have derivatives, as the bounds ask that they
//! exist.

use super::Target;
use crate::lower;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, Generics, PathArguments, TraitBound, Type, WherePredicate};

impl Target<'_> {
    /// `T: Binary<Mul, f64, Given = T>` for every bound `T: Mul<f64, Output = T>`, written or asked for by a trait, of a
    /// type that is no float. A function that calls nothing needs none.
    pub(super) fn rules_of_operators(&self) -> Vec<TokenStream> {
        if !self.calls {
            return Vec::new();
        }
        let mut rules: Vec<TokenStream> = Vec::new();
        // The generics of a method are its trait's, in an `impl`.
        let own = (!self.home.is_bound()).then_some(&self.sig.generics);
        let blocks = self.outer.into_iter().chain(own);
        let of_trait = self.of_trait.iter().map(|bounds| (syn::parse_quote!(Self), bounds.iter().collect()));
        let krate = self.krate;
        for (ty, bounds) in of_trait.chain(blocks.flat_map(bounded)) {
            let asked = self.around.asked_by_bounds(&ty, bounds.into_iter());
            let known = rules.len();
            rules.extend(self.rule_of_indices(&ty, &asked));
            for bound in asked {
                let clone = self.given_generic(&ty, &bound).map(|given| quote!(#given: ::core::clone::Clone));
                let rule = self.rule_of_operator(&ty, &bound).filter(|rule| !self.is_of_floats(rule));
                let new =
                    |rule: &TokenStream| rules.iter().all(|known| known.to_string() != rule.to_string());
                let rule = rule.filter(new);
                let clone = clone.filter(|clone| rule.is_some() && new(clone));
                rules.extend(clone);
                rules.extend(rule);
            }
            // What is changed while a reverse sweep needs it is copied.
            if rules.len() > known && !matches!(ty, Type::Reference(_)) {
                rules.push(quote!(#ty: #krate::rt::Duplicate));
            }
        }
        rules
    }

    /// The other generic, no float, that an operator of a generic gives: sums of it are kept.
    fn given_generic(&self, ty: &Type, bound: &TraitBound) -> Option<syn::Ident> {
        let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else {
            return None;
        };
        let given = arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ty != *ty => Some(&output.ty),
            _ => None,
        })?;
        let Type::Path(given) = given else { return None };
        let mut generics =
            self.outer.iter().copied().chain([&self.sig.generics]).flat_map(Generics::type_params);
        let found = generics.find(|param| given.path.is_ident(&param.ident))?;
        (!self.floats.contains(&found.ident)).then(|| found.ident.clone())
    }

    /// Whether a rule is one of nothing but floats.
    fn is_of_floats(&self, rule: &TokenStream) -> bool {
        let mentioned = crate::names::mentions(rule.clone());
        let generics = self.outer.iter().copied().chain([&self.sig.generics]).flat_map(Generics::type_params);
        let other = generics.map(|param| &param.ident).filter(|name| !self.floats.contains(name));
        !mentioned.contains("Self") && !other.map(ToString::to_string).any(|name| mentioned.contains(&name))
    }

    fn rule_of_operator(&self, ty: &Type, bound: &TraitBound) -> Option<TokenStream> {
        let last = bound.path.segments.last()?;
        let name = last.ident.to_string();
        if self.around.is_own_trait(&name) && !self.around.is_imported_from_std(&name) {
            return None;
        }
        let (krate, operator) = (self.krate, &last.ident);
        let argument = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty.clone()),
                    _ => None,
                })
            }
            PathArguments::None | PathArguments::Parenthesized(_) => None,
        };
        let output = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::AssocType(output) => Some(output.ty.clone()),
                    _ => None,
                })
            }
            PathArguments::None | PathArguments::Parenthesized(_) => None,
        };
        let assigned = name.strip_suffix("Assign");
        let (unary, operator) = match assigned.unwrap_or(&name) {
            "Add" | "Sub" | "Mul" | "Div" => {
                (false, syn::Ident::new(assigned.unwrap_or(&name), operator.span()))
            }
            "Neg" => (true, operator.clone()),
            _ => return None,
        };
        let (left, left_shared) = without_reference(ty);
        let right = argument.unwrap_or_else(|| ty.clone());
        let (right, right_shared) = without_reference(&right);
        let rule = match (unary, left_shared, right_shared) {
            (true, false, _) => "Unary",
            (true, true, _) => "UnaryShared",
            (false, false, false) => "Binary",
            (false, true, true) => "BothShared",
            (false, true, false) => "LeftShared",
            (false, false, true) => "RightShared",
        };
        let second = if self.order > 1 { "Second" } else { "" };
        let rule = quote::format_ident!("{rule}{second}");
        let given = match (assigned, output) {
            (Some(_), _) => quote!(#left),
            (None, Some(output)) => quote!(#output),
            (None, None) => {
                let of_trait = &bound.path;
                quote!(<#ty as #of_trait>::Output)
            }
        };
        let right = (!unary).then(|| quote!(, #right));
        Some(quote!(#left: #krate::rt::ops::#rule<#krate::rt::ops::#operator #right, Given = #given>))
    }

    /// `A: At<usize, Output = f64>` for a bound `A: Index<usize, Output = f64>` of a type whose values are active.
    fn rule_of_indices(&self, ty: &Type, bounds: &[TraitBound]) -> Option<TokenStream> {
        let (krate, output) = (self.krate, bounds.iter().find_map(lower::element_by_number)?);
        if !self.has_active(&quote!(#ty).to_string())
            || lower::is_inert(&output, &self.sig.generics, self.around)
        {
            return None;
        }
        let second = if self.order > 1 { "Second" } else { "" };
        let (at, put) = (quote::format_ident!("At{second}"), quote::format_ident!("Put{second}"));
        let changes = bounds
            .iter()
            .any(|bound| bound.path.segments.last().is_some_and(|last| last.ident == "IndexMut"));
        let put = changes.then(|| quote!(+ #krate::rt::index::#put<usize>));
        Some(quote!(#ty: #krate::rt::index::#at<usize, Output = #output> #put))
    }

    /// What an `impl` of a trait asks of its generics, whose methods cannot ask for more than the trait's.
    pub fn asked_of_block(&self) -> Vec<TokenStream> {
        let (krate, Some(outer)) = (self.krate, self.outer) else { return Vec::new() };
        let active = self.active().map(|param| &param.shape);
        let shapes: Vec<_> = active.chain(self.output.iter().map(|(_, shape)| shape)).collect();
        let held = self.held();
        let floats = outer.type_params().filter(|param| self.floats.contains(&param.ident));
        let mut asked: Vec<_> =
            floats.map(|param| &param.ident).map(|float| quote!(#float: #krate::Scalar)).collect();
        let others = outer.type_params().map(|param| &param.ident).filter(|name| !self.floats.contains(name));
        let values =
            others.filter(|name| held.contains(name) || shapes.iter().any(|shape| shape.holds(name)));
        asked.extend(values.map(|name| quote!(#name: #krate::Differentiable)));
        asked.extend(self.conversions());
        asked.extend(self.rules_of_operators());
        asked
    }
}

/// The types that generics bound, with their bounds.
pub(super) fn bounded(generics: &Generics) -> Vec<(Type, Vec<&syn::TypeParamBound>)> {
    let params = generics.type_params().map(|param| {
        let name = &param.ident;
        (syn::parse_quote!(#name), param.bounds.iter().collect())
    });
    let clauses = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let written = clauses.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => {
            Some((predicate.bounded_ty.clone(), predicate.bounds.iter().collect()))
        }
        _ => None,
    });
    params.chain(written).collect()
}

/// What a reference refers to, and whether it is one: its rule holds for every lifetime.
pub(super) fn without_reference(ty: &Type) -> (Type, bool) {
    match ty {
        Type::Reference(reference) => ((*reference.elem).clone(), true),
        Type::Paren(inner) => without_reference(&inner.elem),
        Type::Group(inner) => without_reference(&inner.elem),
        ty => (ty.clone(), false),
    }
}
