//! Signatures with aliases of numbers spelled out: `fn f(x: Real) -> Real` has the companions of a function of
//! `f64`.

use super::Around;
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, Generics, Ident, ReturnType, Signature, Type};

impl Around {
    /// Does so in a signature; `of` are the generics of the block that it stands in.
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
        for ty in inputs.chain(output) {
            if let Some(spelled) = self.spelled(ty.to_token_stream(), &own)
                && let Ok(parsed) = syn::parse2::<Type>(spelled)
            {
                *ty = parsed;
            }
        }
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
