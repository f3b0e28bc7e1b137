//! Taking our helper attributes off what the user wrote.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Signature};

/// Takes `#[no_diff]` off parameters.
pub fn parameters(sig: &mut Signature) {
    for input in &mut sig.inputs {
        let attrs = match input {
            FnArg::Receiver(receiver) => &mut receiver.attrs,
            FnArg::Typed(typed) => &mut typed.attrs,
        };
        attrs.retain(|attr| !is_no_diff(attr));
    }
}

/// Of a function whose derivatives alone are used, rustc would say that it is never used.
pub fn may_be_called_by_companions_only() -> Attribute {
    syn::parse_quote!(#[allow(dead_code)])
}

/// Whether an attribute is `#[no_diff]`.
pub fn is_no_diff(attr: &Attribute) -> bool {
    attr.path().is_ident("no_diff")
}

/// Whether an attribute is `#[differentiable]`, however it is spelled.
pub fn is_differentiable(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "differentiable")
}

/// Takes every helper attribute off an item, as far as it parses.
pub fn helpers(tokens: TokenStream) -> TokenStream {
    let Ok(mut item) = syn::parse2::<syn::Item>(tokens.clone()) else { return tokens };
    Strip.visit_item_mut(&mut item);
    item.into_token_stream()
}

struct Strip;

impl VisitMut for Strip {
    fn visit_signature_mut(&mut self, sig: &mut Signature) {
        parameters(sig);
        visit_mut::visit_signature_mut(self, sig);
    }
}
