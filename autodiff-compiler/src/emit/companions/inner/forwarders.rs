//! What callers of a method's companion call to pass the receiver the way the method takes it.

use super::Inner;
use crate::emit::companions::nested::core_name;
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Inner<'_, '_> {
    /// `m_grad__ad_differentiable` and `m_grad__ad_pull`, … as `m` has them.
    pub(super) fn forwarders(&self) -> TokenStream {
        let target = self.target;
        if !target.is_method() || target.home.is_bound() {
            return TokenStream::new();
        }
        let count = 1usize << self.level;
        let (receiver, rest) = target.params.split_first().expect("a method has a receiver");
        let taken = match receiver.mode {
            ParamMode::Value => quote!(&self),
            ParamMode::Ref | ParamMode::RefMut => receiver.declaration(),
        };
        let lent = (self.level == 0).then(|| {
            let name = target.inner_name(self.kind, "__ad_differentiable");
            target.receiver_forwarder(&name, receiver.mode)
        });
        let (dot_ty, slot_ty) = (target.dot_ty(receiver), target.slot_ty(receiver));
        let (generics, clause, types) = target.passing(self.pull_types(), count);
        let seed_tys = &types[..count];
        let pullback = target.fresh("pullback");
        let seeds: Vec<Ident> = (0..count).map(|b| target.fresh(&format!("seed_{b}"))).collect();
        let dots: Vec<Ident> = (1..count).map(|b| target.fresh(&format!("{}_{b}", receiver.dot))).collect();
        let slots: Vec<Ident> = (0..count).map(|b| target.fresh(&format!("{}_{b}", receiver.bar))).collect();
        let first = match (self.level, receiver.mode) {
            (0, ParamMode::Value) => quote!(#(#slots)*),
            (_, ParamMode::Value) => quote!((#(#slots,)*)),
            (_, ParamMode::Ref | ParamMode::RefMut) => quote!((self, #(#dots,)* #(#slots),*)),
        };
        let (dot_tys, slot_tys) = (vec![dot_ty; count - 1], vec![slot_ty; count]);
        let place = match self.level {
            0 => quote!(#(#slots)*: #(#slot_tys)*),
            _ => quote!((#(#dots,)* #(#slots,)*): (#(#dot_tys,)* #(#slot_tys,)*)),
        };
        let others: Vec<_> = rest.iter().chain(&self.extras).map(|param| &param.name).collect();
        let other_types = &types[count + 1..];
        let head = target.hidden(&target.inner_name(self.kind, &core_name("__ad_pull", self.level)));
        quote! {
            #lent
            #head #generics(
                #taken,
                #pullback: impl ::core::ops::FnOnce(#(#types),*),
                #(#seeds: #seed_tys,)*
                #place,
                #(#others: #other_types),*
            ) #clause {
                #pullback(#(#seeds,)* #first, #(#others),*)
            }
        }
    }
}
