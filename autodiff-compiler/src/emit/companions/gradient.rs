//! The derivatives of a gradient: what makes `g::grad(x)` inside a differentiable function
//! differentiable.
//!
//! The Jacobian of a gradient is symmetric, so its pullback is a Hessian-vector product: forward
//! mode over the reverse sweep, seeded with the cotangent. At level `L` the cotangent's direction
//! becomes the innermost pass: component `2 b` of the raised sweep is component `b` of the call,
//! component `2 b + 1` the product that component `b` of the cotangent asks for.

use super::nested::core_name;
use super::{Param, Target};
use crate::emit::types::{one_or_tuple, tuple};
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The two companions that have derivatives of their own.
const GRADIENTS: [(&str, bool); 2] = [("grad", false), ("value_and_grad", true)];

fn gradient_jvp_name(base: &str, level: u32) -> String {
    match level {
        1 => format!("__ad_{base}_jvp"),
        _ => format!("__ad_{base}_jvp{level}"),
    }
}

impl Target<'_> {
    /// Declarations and names of the parameters of a hidden companion with tangents.
    fn raised_params(&self, level: u32) -> (Vec<TokenStream>, Vec<Vec<Ident>>) {
        let mut params = Vec::new();
        let mut names = Vec::new();
        for param in &self.params {
            params.push(param.declaration());
            let ty = self.dot_ty(param);
            let dots: Vec<Ident> =
                (1..1u32 << level).map(|b| self.fresh(&format!("{}{b}", param.dot))).collect();
            params.extend(dots.iter().map(|dot| quote!(#dot: #ty)));
            names.push(dots);
        }
        (params, names)
    }

    fn component(&self, param: &Param, b: u32) -> Ident {
        self.fresh(&format!("{}{b}", param.bar))
    }

    /// The type of what the companion returns, for one component.
    fn gradient_value_ty(&self, with_value: bool, b: u32) -> TokenStream {
        let gradient = self.gradient();
        let value = if b == 0 { self.value_ty() } else { self.value_bar_ty() };
        if with_value { quote!((#value, #gradient)) } else { gradient }
    }

    /// `__ad_grad_jvp`, …: tangents of gradients.
    pub(super) fn gradient_jvp(&self, level: u32) -> TokenStream {
        let count = 1u32 << level;
        GRADIENTS
            .iter()
            .map(|(base, with_value)| {
                let head = self.hidden(&gradient_jvp_name(base, level));
                let core = self.companion(&core_name("__ad_reverse", level));
                let (params, dots) = self.raised_params(level);
                let mut args = Vec::new();
                let mut zeros = TokenStream::new();
                let mut places = Vec::new();
                for (param, dots) in self.params.iter().zip(&dots) {
                    args.push(self.lent(param));
                    args.extend(dots.iter().map(|dot| quote!(#dot)));
                    if !param.active {
                        continue;
                    }
                    let (ty, zero) = (self.types().tangent(&param.shape), self.zero(param));
                    for b in 0..count {
                        let bar = self.component(param, b);
                        zeros.extend(quote!(let mut #bar: #ty = #zero;));
                        places.push(quote!(&mut #bar));
                    }
                }
                args.extend(self.unit_seeds(level));
                args.extend(places);
                let values: Vec<Ident> = (0..count).map(|b| self.fresh(&format!("value{b}"))).collect();
                let question = self.question();
                let results = (0..count).map(|b| {
                    let gradient = one_or_tuple(
                        self.active()
                            .map(|param| {
                                let bar = self.component(param, b);
                                quote!(#bar)
                            })
                            .collect(),
                    );
                    let value = &values[b as usize];
                    if *with_value { quote!((#value, #gradient)) } else { gradient }
                });
                let end = self.wrapped(&tuple(results.collect()));
                let returned = self
                    .wrapped_ty(&tuple((0..count).map(|b| self.gradient_value_ty(*with_value, b)).collect()));
                let (generics, clause) = self.generics(None, Vec::new());
                quote! {
                    #head #generics(#(#params),*) -> #returned #clause {
                        #zeros
                        let (#(#values,)*) = Self::#core(#(#args),*)#question;
                        #end
                    }
                }
            })
            .collect()
    }

    /// An argument passed on.
    fn lent(&self, param: &Param) -> TokenStream {
        let name = &param.name;
        match param.mode {
            ParamMode::RefMut => quote!(&mut *#name),
            ParamMode::Value | ParamMode::Ref => quote!(#name),
        }
    }

    /// `__ad_grad_split`, …: gradients and their pullbacks.
    pub(super) fn gradient_split(&self, level: u32) -> TokenStream {
        let krate = self.krate;
        let count = 1u32 << level;
        if self.params.iter().any(|param| param.mode == ParamMode::RefMut) {
            return TokenStream::new();
        }
        GRADIENTS
            .iter()
            .map(|(base, with_value)| {
                let head = self.hidden(&core_name(&format!("__ad_{base}_split"), level));
                let (params, dots) = self.raised_params(level);
                // The forward sweep.
                let mut args = Vec::new();
                let clone = |name: &TokenStream| quote!(::core::clone::Clone::clone(&#name));
                for (param, dots) in self.params.iter().zip(&dots) {
                    let name = &param.name;
                    args.push(match param.mode {
                        ParamMode::Value => clone(&quote!(#name)),
                        ParamMode::Ref | ParamMode::RefMut => quote!(#name),
                    });
                    args.extend(dots.iter().map(|dot| clone(&quote!(#dot))));
                }
                let question = self.question();
                let results: Vec<Ident> = (0..count).map(|b| self.fresh(&format!("result{b}"))).collect();
                let forward = if level == 0 {
                    let core = self.companion(base);
                    let result = &results[0];
                    quote!(let #result = Self::#core(#(#args),*)#question;)
                } else {
                    let core = self.companion(&gradient_jvp_name(base, level));
                    quote!(let (#(#results,)*) = Self::#core(#(#args),*)#question;)
                };
                // The reverse sweep.
                let seeds: Vec<Ident> = (0..count).map(|b| self.fresh(&format!("seed{b}"))).collect();
                let mut arguments: Vec<TokenStream> = Vec::new();
                let mut types = Vec::new();
                let mut open = TokenStream::new();
                let mut value_seeds = self.unit_seeds(level + 1);
                for (b, seed) in seeds.iter().enumerate() {
                    let ty = self.gradient_value_ty(*with_value, 1);
                    arguments.push(quote!(#seed: #ty));
                    types.push(ty);
                    let names = one_or_tuple(
                        self.active()
                            .map(|param| {
                                let name = self.direction(param, b);
                                quote!(#name)
                            })
                            .collect(),
                    );
                    if *with_value {
                        let value = self.fresh(&format!("value_bar{b}"));
                        open.extend(quote!(let (#value, #names) = #seed;));
                        value_seeds[2 * b + 1] = quote!(#value);
                    } else {
                        open.extend(quote!(let #names = #seed;));
                    }
                }
                let core = self.companion(&core_name("__ad_reverse", level + 1));
                let mut args = Vec::new();
                let mut places = Vec::new();
                let mut scratch = TokenStream::new();
                for (param, dots) in self.params.iter().zip(&dots) {
                    let by_ref = param.mode != ParamMode::Value;
                    // `self` is no name of a closure's parameter.
                    let name = match by_ref && param.name == "self" {
                        true => &self.fresh("this"),
                        false => &param.name,
                    };
                    let slots: Vec<Ident> =
                        (0..count).map(|b| format_ident!("{}_slot{b}", param.bar)).collect();
                    let pass = match (level, by_ref) {
                        (0, false) => self.slot_ty(param),
                        _ => self.nested_pass_ty(param, level),
                    };
                    let slot_names: Vec<TokenStream> = slots.iter().map(|slot| quote!(#slot)).collect();
                    let pattern = match (level, by_ref) {
                        (0, false) => quote!(#(#slot_names)*),
                        (_, false) => tuple(slot_names),
                        (_, true) => quote!((#name, #(#dots,)* #(#slot_names),*)),
                    };
                    arguments.push(quote!(#pattern: #pass));
                    types.push(pass);
                    args.push(quote!(#name));
                    for c in 1..2 * count {
                        args.push(match (param.active, c % 2) {
                            (false, _) => quote!(#krate::rt::Inactive),
                            (true, 0) => {
                                let dot = &dots[c as usize / 2 - 1];
                                quote!(#dot)
                            }
                            (true, _) => {
                                let direction = self.direction(param, c as usize / 2);
                                match param.mode {
                                    ParamMode::Value => quote!(#krate::rt::Dot::Active(#direction)),
                                    ParamMode::Ref | ParamMode::RefMut => {
                                        quote!(#krate::rt::DotRef::Active(&#direction))
                                    }
                                }
                            }
                        });
                    }
                    if !param.active {
                        continue;
                    }
                    let ty = self.types().tangent(&param.shape);
                    let zero = self.types().zero(&param.shape, name, by_ref);
                    for c in 0..2 * count {
                        let place = self.component(param, c);
                        if c % 2 == 0 {
                            scratch.extend(quote!(let mut #place: #ty = #zero;));
                            places.push(quote!(&mut #place));
                        } else {
                            let kept = self.fresh(&format!("kept_{place}"));
                            let slot = &slots[c as usize / 2];
                            scratch.extend(quote! {
                                let mut #kept: ::core::option::Option<#ty> = ::core::option::Option::None;
                                let #place = #slot.or_zero(&mut #kept, || #zero);
                            });
                            places.push(quote!(#place));
                        }
                    }
                }
                args.extend(value_seeds);
                args.extend(places);
                // It cannot fail where the forward sweep did not.
                let outcome = quote!(let _ = Self::#core(#(#args),*););
                let closure = quote!(move |#(#arguments),*| { #open #scratch #outcome });
                let mut returned: Vec<TokenStream> =
                    (0..count).map(|b| self.gradient_value_ty(*with_value, b)).collect();
                let captures = self.captures(&[]);
                returned
                    .push(quote!(impl ::core::ops::FnOnce(#(#types),*) + ::core::clone::Clone + #captures));
                let returned = self.wrapped_ty(&tuple(returned));
                let mut values: Vec<TokenStream> = results.iter().map(|result| quote!(#result)).collect();
                values.push(closure);
                let end = self.wrapped(&tuple(values));
                let (generics, clause) = self.generics(None, Vec::new());
                quote! {
                    #head #generics(#(#params),*) -> #returned #clause {
                        #forward
                        #end
                    }
                }
            })
            .collect()
    }

    fn direction(&self, param: &Param, b: usize) -> Ident {
        self.fresh(&format!("{}_direction{b}", param.name).replace("r#", ""))
    }
}
