//! Signatures with aliases of numbers spelled out: `fn f(x: Real) -> Real` has the companions of a function of
//! `f64`; and with names for the lifetimes that structs have.

use super::Around;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericArgument, GenericParam, Generics, Ident, Lifetime, PathArguments, PathSegment, ReturnType,
    Signature, Type,
};

struct Naming<'a> {
    around: &'a Around,
    added: Vec<Lifetime>,
}

impl Naming<'_> {
    fn fresh(&mut self, span: Span) -> Lifetime {
        let name = Lifetime::new(&format!("'__ad_{}", self.added.len()), span);
        self.added.push(name.clone());
        name
    }

    /// Writes the lifetimes of a struct or an enum that are left out: `Data`, `Data<T>`.
    fn name_left_out(&mut self, segment: &mut PathSegment) {
        let written: Vec<GenericArgument> = match &segment.arguments {
            PathArguments::None => Vec::new(),
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().cloned().collect(),
            PathArguments::Parenthesized(_) => return,
        };
        if written.iter().any(|argument| matches!(argument, GenericArgument::Lifetime(_))) {
            return;
        }
        let Some(generics) = self.around.generics_of(&segment.ident) else { return };
        let span = segment.ident.span();
        let named: Vec<Lifetime> = generics.lifetimes().map(|_| self.fresh(span)).collect();
        if !named.is_empty() {
            segment.arguments = PathArguments::AngleBracketed(syn::parse_quote!(<#(#named,)* #(#written),*>));
        }
    }
}

impl VisitMut for Naming<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.qself.is_none() => {
                if path.path.segments.len() == 1 {
                    self.name_left_out(&mut path.path.segments[0]);
                }
                for segment in &mut path.path.segments {
                    if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                        for argument in &mut arguments.args {
                            match argument {
                                GenericArgument::Lifetime(lifetime) if lifetime.ident == "_" => {
                                    *lifetime = self.fresh(lifetime.span());
                                }
                                argument => self.visit_generic_argument_mut(argument),
                            }
                        }
                    }
                }
            }
            // What these elide is theirs.
            Type::ImplTrait(_) | Type::TraitObject(_) | Type::FnPtr(_) => {}
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// Spells out aliases of references, `type Part<'a> = &'a [f64]`, whose lifetimes need not be written where they are
/// used.
struct References<'a> {
    around: &'a Around,
    own: &'a [Ident],
}

impl References<'_> {
    fn meant(&self, ty: &Type) -> Option<Type> {
        let Type::Path(path) = ty else { return None };
        let only =
            path.path.segments.first().filter(|_| path.qself.is_none() && path.path.segments.len() == 1)?;
        let item = self.around.alias(&only.ident).filter(|_| !self.own.contains(&only.ident))?;
        if item.generics.lifetimes().count() != item.generics.params.len()
            || !matches!(*item.ty, Type::Reference(_))
        {
            return None;
        }
        let written: Vec<Lifetime> = match &only.arguments {
            PathArguments::AngleBracketed(arguments) => arguments
                .args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Lifetime(lifetime) => Some(lifetime.clone()),
                    _ => None,
                })
                .collect(),
            PathArguments::None | PathArguments::Parenthesized(_) => Vec::new(),
        };
        let elided = Lifetime::new("'_", only.ident.span());
        let given = written.into_iter().chain(std::iter::repeat(elided));
        let names = item.generics.lifetimes().map(|param| param.lifetime.clone()).zip(given).collect();
        let mut meant = (*item.ty).clone();
        Renamed(names).visit_type_mut(&mut meant);
        Some(meant)
    }
}

impl VisitMut for References<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Some(meant) = self.meant(ty) {
            *ty = meant;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// Lifetimes by other names.
struct Renamed(Vec<(Lifetime, Lifetime)>);

impl VisitMut for Renamed {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if let Some((_, name)) = self.0.iter().find(|(of, _)| of.ident == lifetime.ident) {
            *lifetime = name.clone();
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        visit_mut::visit_type_reference_mut(self, reference);
        if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "_") {
            reference.lifetime = None;
        }
    }
}

impl Around {
    /// Names the lifetimes of structs in parameters, those that are not written too: `data: &Data` of a
    /// `struct Data<'a>`.
    pub(crate) fn name_lifetimes(&self, sig: &mut Signature) {
        let mut naming = Naming { around: self, added: Vec::new() };
        for input in &mut sig.inputs {
            if let FnArg::Typed(typed) = input {
                naming.visit_type_mut(&mut typed.ty);
            }
        }
        let added = naming.added.into_iter().map(|name| syn::parse_quote!(#name));
        let others = std::mem::take(&mut sig.generics.params);
        sig.generics.params = added.chain(others).collect();
    }

    /// Spells aliases out in a signature; `of` are the generics of the block that it stands in.
    pub(crate) fn spell_out(&self, sig: &mut Signature, of: Option<&Generics>) {
        let generics = [Some(&sig.generics), of].into_iter().flatten().flat_map(|generics| &generics.params);
        let own: Vec<Ident> = generics
            .filter_map(|param| match param {
                GenericParam::Type(param) => Some(param.ident.clone()),
                GenericParam::Const(param) => Some(param.ident.clone()),
                GenericParam::Lifetime(_) => None,
            })
            .collect();
        let inputs = sig.inputs.iter_mut().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(&mut *typed.ty),
            FnArg::Receiver(_) => None,
        });
        let output = match &mut sig.output {
            ReturnType::Type(_, ty) => Some(&mut **ty),
            ReturnType::Default => None,
        };
        let mut output = output;
        if let Some(ty) = &mut output
            && let Some(outcome) = self.outcome(ty, &own)
        {
            **ty = outcome;
        }
        for ty in inputs.chain(output) {
            References { around: self, own: &own }.visit_type_mut(ty);
            if let Some(spelled) = self.spelled(ty.to_token_stream(), &own)
                && let Ok(parsed) = syn::parse2::<Type>(spelled)
            {
                *ty = parsed;
            }
        }
    }

    /// The `Result` or `Option` that a type is by its alias: `Fallible<f64>`.
    fn outcome(&self, ty: &Type, own: &[Ident]) -> Option<Type> {
        let Type::Path(path) = ty else { return None };
        let only = path.path.segments.first().filter(|_| path.path.segments.len() == 1)?;
        if own.contains(&only.ident) || only.ident == "Result" || only.ident == "Option" {
            return None;
        }
        let item = self.alias(&only.ident)?;
        let Type::Path(meant) = &*item.ty else { return None };
        let last = meant.path.segments.last()?;
        if last.ident != "Result" && last.ident != "Option" {
            return None;
        }
        let mut given = match &only.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().cloned().collect::<Vec<_>>(),
            PathArguments::None | PathArguments::Parenthesized(_) => Vec::new(),
        }
        .into_iter();
        let mut params = Vec::new();
        for param in &item.generics.params {
            let GenericParam::Type(param) = param else { return None };
            let default = param.default.as_ref().map(|(_, ty)| ty.to_token_stream());
            let meant = given.next().map(|argument| argument.to_token_stream()).or(default)?;
            params.push((param.ident.clone(), meant));
        }
        syn::parse2(substituted(item.ty.to_token_stream(), &params)).ok()
    }

    /// Tokens of a type in which some alias was replaced.
    fn spelled(&self, tokens: TokenStream, own: &[Ident]) -> Option<TokenStream> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_colon = |at: Option<&TokenTree>| matches!(at, Some(TokenTree::Punct(p)) if p.as_char() == ':');
        let mut out = TokenStream::new();
        let mut changed = false;
        for (at, token) in tokens.iter().enumerate() {
            let in_path = is_colon(tokens.get(at + 1)) || at > 0 && is_colon(tokens.get(at - 1));
            let replaced = match token {
                TokenTree::Ident(name) if !in_path && !own.contains(name) => self.number(name),
                TokenTree::Group(group) => self.spelled(group.stream(), own).map(|inner| {
                    let mut replaced = Group::new(group.delimiter(), inner);
                    replaced.set_span(group.span());
                    TokenTree::Group(replaced).into()
                }),
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
            };
            changed |= replaced.is_some();
            out.extend(replaced.unwrap_or_else(|| token.clone().into()));
        }
        changed.then_some(out)
    }

    /// The float that a name is an alias of.
    fn number(&self, name: &Ident) -> Option<TokenStream> {
        let first = name.to_string().chars().next()?;
        let item = first.is_uppercase().then(|| self.alias(name))??;
        let Type::Path(path) = &*item.ty else { return None };
        let float = path.path.is_ident("f64") || path.path.is_ident("f32");
        (float && item.generics.params.is_empty()).then(|| {
            let mut float: Ident = path.path.require_ident().ok()?.clone();
            float.set_span(name.span());
            Some(float.to_token_stream())
        })?
    }
}

fn substituted(tokens: TokenStream, params: &[(Ident, TokenStream)]) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(name) => match params.iter().find(|(param, _)| *param == name) {
                Some((_, meant)) => meant.clone(),
                None => TokenTree::Ident(name).into(),
            },
            TokenTree::Group(group) => {
                let inner = Group::new(group.delimiter(), substituted(group.stream(), params));
                TokenTree::Group(inner).into()
            }
            token => token.into(),
        })
        .collect()
}
