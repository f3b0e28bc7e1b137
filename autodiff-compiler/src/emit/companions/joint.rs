//! `__ad_joint`: what a caller calls that knows the seed when it calls.

use super::{Home, ParamMode, Target, Wrap};
use crate::emit::types::tuple;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

impl Target<'_> {
    /// `__ad_joint(x, …, seed, slot of x, …) -> value`: both sweeps in one, so that nothing is
    /// kept between them. As in a pullback there is a slot for every parameter.
    pub fn joint_forwarder(&self) -> TokenStream {
        let in_out = self.params.iter().any(|param| param.mode == ParamMode::RefMut);
        let plain = matches!(self.wrap, Wrap::Plain) && matches!(self.home, Home::Function);
        let Some((value_ty, _)) = self.output.as_ref().filter(|_| plain && !in_out) else {
            return TokenStream::new();
        };
        let seed = self.fresh("seed");
        let (mut params, mut slots, mut prologue) = (Vec::new(), Vec::new(), TokenStream::new());
        let (mut args, mut lent, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        let mut epilogue = TokenStream::new();
        for (k, param) in self.params.iter().enumerate() {
            params.push(param.declaration());
            let (name, bar, slot_ty) = (&param.name, &param.bar, self.slot_ty(param));
            args.push(quote!(#name));
            if !param.active {
                slots.push(quote!(_: #slot_ty));
                continue;
            }
            slots.push(quote!(#bar: #slot_ty));
            if param.mode == ParamMode::Value {
                let cotangent = self.fresh(&format!("cotangent_{k}"));
                epilogue.extend(match param.is_sequence() {
                    true => quote!(#bar.add_slice(&#cotangent);),
                    false => quote!(#bar.add(#cotangent);),
                });
                owned.push(quote!(#cotangent));
            } else {
                let kept = format_ident!("{bar}_zero");
                let zero = self.zero(param);
                prologue.extend(quote! {
                    let mut #kept = ::core::option::Option::None;
                    let #bar = #bar.or_zero(&mut #kept, || #zero);
                });
                lent.push(quote!(#bar));
            }
        }
        let seed_ty = self.value_bar_ty();
        let head = self.hidden("__ad_joint");
        let (generics, clause) = self.generics(None, Vec::new());
        let owned = tuple(owned);
        let value = self.fresh("value");
        quote! {
            #head #generics(#(#params,)* #seed: #seed_ty, #(#slots),*) -> #value_ty #clause {
                #prologue
                let (#value, #owned) = Self::__ad_reverse(#(#args,)* #seed, #(#lent),*);
                #epilogue
                #value
            }
        }
    }
}
