//! Functions that are named like a derivative.
//!
//! Whether `a::grad(x)` is the gradient of `a` or the function `grad` of a module `a`, a caller cannot
//! see: it calls `a::__ad_grad_split`. The second case has that as a function of the module.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Ident};

/// For a function `grad`: `__ad_grad_jvp`, `__ad_grad_split`, … beside it, which call its `cores`.
pub fn beside(name: &Ident, cfgs: &[&Attribute], cores: &TokenStream) -> TokenStream {
    let Ok(cores) = syn::parse2::<syn::File>(cores.clone()) else { return TokenStream::new() };
    let forwards = cores.items.into_iter().filter_map(|item| {
        let syn::Item::Fn(mut core) = item else { return None };
        let callee = core.sig.ident.clone();
        let called = callee.to_string();
        let suffix = called.strip_prefix("__ad").filter(|suffix| {
            let level = suffix.strip_prefix("_jvp").or_else(|| suffix.strip_prefix("_split"));
            level.is_some_and(|level| level.chars().all(|c| c.is_ascii_digit()))
        })?;
        core.sig.ident = format_ident!("__ad_{name}{suffix}", span = name.span());
        let mut args = Vec::new();
        for (k, input) in core.sig.inputs.iter_mut().enumerate() {
            let syn::FnArg::Typed(typed) = input else { return None };
            let arg = format_ident!("a{k}");
            typed.pat = syn::parse_quote!(#arg);
            args.push(arg);
        }
        let params = core.sig.generics.params.iter().filter_map(|param| match param {
            syn::GenericParam::Type(param) => Some(param.ident.to_token_stream()),
            syn::GenericParam::Const(param) => Some(param.ident.to_token_stream()),
            syn::GenericParam::Lifetime(_) => None,
        });
        let params: Vec<TokenStream> = params.collect();
        let turbofish = (!params.is_empty()).then(|| quote!(::<#(#params),*>));
        core.block = syn::parse_quote!({ #name::#callee #turbofish(#(#args),*) });
        let allows = super::allows();
        Some(quote!(#(#cfgs)* #allows #core))
    });
    forwards.collect()
}
