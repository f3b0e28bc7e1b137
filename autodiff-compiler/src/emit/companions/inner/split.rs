//! `__ad_grad_split`, …: companions and their pullbacks.

use super::{Inner, Kind, Source};
use crate::emit::companions::Param;
use crate::emit::companions::nested::core_name;
use crate::emit::types::{Shape, has_slice, one_or_tuple, tuple};
use crate::ir::{ParamMode, Wrap};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

impl Inner<'_, '_> {
    /// The call of the companion itself, under the passes around it.
    fn forward(&self, dots: &[Vec<Ident>], results: &[Ident]) -> TokenStream {
        let target = self.target;
        let question = target.question();
        if self.level == 0 {
            let mut args: Vec<TokenStream> = target.params.iter().map(|param| self.argument(param)).collect();
            if self.kind.has_directions() {
                args.push(one_or_tuple(self.extras.iter().map(|extra| self.argument(extra)).collect()));
            }
            let (core, result) = (target.own(&self.kind.name()), &results[0]);
            return quote!(let #result = #core(#(#args),*)#question;);
        }
        let mut args = Vec::new();
        for (param, dots) in target.params.iter().chain(&self.extras).zip(dots) {
            args.push(self.argument(param));
            args.extend(dots.iter().map(|dot| quote!(::core::clone::Clone::clone(&#dot))));
        }
        let core = target.own(&target.inner_name(self.kind, &core_name("__ad_jvp", self.level)));
        quote!(let (#(#results,)*) = #core(#(#args),*)#question;)
    }

    /// What component `c` of a parameter is in the reverse sweep.
    fn source(&self, c: usize) -> Source {
        let passes = self.kind.passes().1;
        let (b, along) = (c >> passes, c & ((1 << passes) - 1));
        match (self.kind, along) {
            (_, 0) => Source::Own(b),
            (Kind::Grad | Kind::ValueAndGrad | Kind::Vjp | Kind::Jacobian, _) => Source::Seed(b),
            (Kind::Jvp, _) => Source::Direction(b),
            (Kind::Hvp | Kind::Hessian, 1) => Source::Direction(b),
            (Kind::Hvp | Kind::Hessian, 2) => Source::Seed(b),
            (Kind::Hvp | Kind::Hessian, _) => Source::Nothing,
            (Kind::Nth(_), along) => match b == 0 && along.is_power_of_two() {
                true => Source::One,
                false => Source::Nothing,
            },
        }
    }

    /// Where component `c` of the cotangent of a parameter goes.
    fn destination(&self, c: usize) -> Source {
        let passes = self.kind.passes().1;
        let (b, along) = (c >> passes, c & ((1 << passes) - 1));
        match (self.kind, along) {
            (Kind::Grad | Kind::ValueAndGrad | Kind::Vjp | Kind::Jacobian | Kind::Jvp, 1)
            | (Kind::Hvp | Kind::Hessian, 3) => Source::Own(b),
            (Kind::Jvp, 0) | (Kind::Hvp, 2) => Source::Direction(b),
            (Kind::Nth(k), along) if along == (1 << k) - 1 => Source::Own(b),
            (
                Kind::Grad
                | Kind::ValueAndGrad
                | Kind::Vjp
                | Kind::Jacobian
                | Kind::Jvp
                | Kind::Hvp
                | Kind::Hessian
                | Kind::Nth(_),
                _,
            ) => Source::Nothing,
        }
    }

    /// The names of the parts of a seed, or of a row of one.
    pub(super) fn seed_names(&self, b: usize) -> TokenStream {
        let names = self.target.active().map(|param| {
            let name = self.target.seed_name(param, b);
            quote!(#name)
        });
        one_or_tuple(names.collect())
    }

    /// What the pullback is passed for a parameter or an extra.
    fn pass(&self, param: &Param) -> TokenStream {
        match (self.level, param.mode) {
            (0, ParamMode::Value) => self.target.slot_ty(param),
            (_, ParamMode::Value | ParamMode::Ref | ParamMode::RefMut) => {
                self.target.nested_pass_ty(param, self.level)
            }
        }
    }

    /// The types of the arguments of the pullback.
    pub(super) fn pull_types(&self) -> Vec<TokenStream> {
        let seeds = vec![self.returned(1); 1 << self.level];
        let passes = self.target.params.iter().chain(&self.extras).map(|param| self.pass(param));
        self.target.for_any_lifetime(seeds.into_iter().chain(passes).collect())
    }

    /// The seeds of the raised core, and what takes the cotangents of the companion's results
    /// apart, one name each.
    fn opened(&self, seeds: &[Ident], dots: &[Vec<Ident>]) -> (TokenStream, Vec<TokenStream>) {
        let (target, count) = (self.target, 1usize << self.level);
        let level = self.level + self.kind.passes().1;
        let mut open = TokenStream::new();
        let mut values = match self.kind {
            Kind::Vjp | Kind::Jacobian => (0..2 * count).map(|c| self.weight(c / 2, dots)).collect(),
            Kind::Grad | Kind::ValueAndGrad | Kind::Jvp | Kind::Hvp | Kind::Hessian | Kind::Nth(_) => {
                target.unit_seeds(level)
            }
        };
        for (b, seed) in seeds.iter().enumerate() {
            // No parameter's cotangent is called so: `value_bar0` is that of a parameter `value`.
            let (names, value) = (self.seed_names(b), target.fresh(&format!("of_value{b}")));
            match self.kind {
                Kind::Grad | Kind::Hvp => open.extend(quote!(let #names = #seed;)),
                Kind::ValueAndGrad | Kind::Vjp => {
                    open.extend(quote!(let (#value, #names) = #seed;));
                    values[2 * b + 1] = quote!(#value);
                }
                Kind::Jvp => {
                    let along = target.fresh(&format!("of_tangent{b}"));
                    open.extend(quote!(let (#value, #along) = #seed;));
                    values[2 * b] = quote!(#along);
                    values[2 * b + 1] = quote!(#value);
                }
                // A row is taken apart when it is its turn.
                Kind::Jacobian => {
                    let zero = self.output_zero();
                    values[2 * b + 1] = quote!(::core::clone::Clone::clone(&#zero));
                }
                Kind::Hessian => {}
                Kind::Nth(k) => values[b << k] = quote!(#seed),
            }
        }
        (open, values)
    }

    /// The companion and its pullback.
    pub(super) fn split(&self) -> TokenStream {
        let target = self.target;
        let count = 1usize << self.level;
        let level = self.level + self.kind.passes().1;
        let (params, dots) = self.params();
        let results: Vec<Ident> = (0..count).map(|b| target.fresh(&format!("result{b}"))).collect();
        let forward = self.forward(&dots, &results);
        let seeds: Vec<Ident> = (0..count).map(|b| target.fresh(&format!("seed{b}"))).collect();
        let (open, value_seeds) = self.opened(&seeds, &dots);
        let types = self.pull_types();
        // The arguments again, with the places of their cotangents.
        let mut patterns: Vec<TokenStream> = seeds.iter().map(|seed| quote!(#seed)).collect();
        let mut slots: Vec<Vec<Ident>> = Vec::new();
        for (param, dots) in target.params.iter().chain(&self.extras).zip(&dots) {
            let names: Vec<Ident> = (0..count).map(|b| format_ident!("{}_slot{b}", param.bar)).collect();
            let slot_names: Vec<TokenStream> = names.iter().map(|slot| quote!(#slot)).collect();
            let name = self.name_in_closure(param);
            patterns.push(match (self.level, param.mode) {
                (0, ParamMode::Value) => quote!(#(#slot_names)*),
                (_, ParamMode::Value) => tuple(slot_names),
                (_, ParamMode::Ref | ParamMode::RefMut) => quote!((#name, #(#dots,)* #(#slot_names),*)),
            });
            slots.push(names);
        }
        let mut args = Vec::new();
        let mut places = Vec::new();
        let mut scratch = TokenStream::new();
        let mut after = TokenStream::new();
        for (k, param) in target.params.iter().enumerate() {
            let name = self.name_in_closure(param);
            args.push(match (self.kind.is_whole(), param.mode) {
                (true, ParamMode::Value) => quote!(::core::clone::Clone::clone(&#name)),
                (_, ParamMode::Value | ParamMode::Ref | ParamMode::RefMut) => quote!(#name),
            });
            args.extend((1..1usize << level).map(|c| self.tangent(k, &self.source(c), &dots)));
            if !param.active {
                continue;
            }
            let ty = target.types().tangent(&param.shape);
            let zero = target.types().zero(&param.shape, &name, param.mode != ParamMode::Value);
            for c in 0..1usize << level {
                let place = self.bar(param, c);
                let slot = match self.destination(c) {
                    Source::Own(b) => Some(&slots[k][b]),
                    Source::Direction(b) => {
                        let (at, extra) = self.extra_of(k);
                        let slot = &slots[at][b];
                        if extra.mode != param.mode {
                            // The direction of a `Vec` is a slice.
                            after.extend(quote!(#slot.add_slice(&#place);));
                            None
                        } else {
                            Some(slot)
                        }
                    }
                    Source::Seed(_) | Source::One | Source::Nothing => None,
                };
                let Some(slot) = slot else {
                    scratch.extend(quote!(let mut #place: #ty = #zero;));
                    places.push(quote!(&mut #place));
                    continue;
                };
                let kept = target.fresh(&format!("kept_{place}"));
                scratch.extend(quote! {
                    let mut #kept: ::core::option::Option<#ty> = ::core::option::Option::None;
                    let #place = #slot.or_zero(&mut #kept, || #zero);
                });
                places.push(quote!(&mut *#place));
            }
        }
        args.extend(value_seeds);
        args.extend(places);
        let core = target.own(&core_name("__ad_reverse", level));
        let call = quote!(#core(#(#args),*));
        let pull = match self.kind {
            // It cannot fail where the forward sweep did not.
            Kind::Grad | Kind::ValueAndGrad | Kind::Jvp | Kind::Hvp | Kind::Nth(_) => {
                quote!(let _ = #call;)
            }
            Kind::Jacobian | Kind::Hessian => self.pulled_rows(&seeds, &quote!(let _ = #call;)),
            Kind::Vjp => self.pull_weights(&call, count, &slots[target.params.len()..]),
        };
        let closure = quote!(move |#(#patterns: #types),*| { #open #scratch #pull #after });
        let mut returned: Vec<TokenStream> = (0..count).map(|b| self.returned(b)).collect();
        let captures = target.captures(&[]);
        returned.push(quote!(impl ::core::ops::FnOnce(#(#types),*) + ::core::clone::Clone + #captures));
        let returned = target.wrapped_ty(&tuple(returned));
        let mut values: Vec<TokenStream> = results.iter().map(|result| quote!(#result)).collect();
        values.push(closure);
        let end = target.wrapped(&tuple(values));
        let head = target.hidden(&target.inner_name(self.kind, &core_name("__ad_split", self.level)));
        let (generics, clause) =
            target.generics(None, target.clone_bounds(|param| param.mode == ParamMode::Value));
        // The pullback holds nothing of the caller's.
        let owned = self.extras.iter().filter(|extra| {
            extra.mode == ParamMode::Value
                && matches!(extra.shape, Shape::Tuple(_))
                && has_slice(&extra.shape)
        });
        let owned = owned.map(|extra| {
            let name = &extra.name;
            let value = target.types().own_seed(&extra.shape, &quote!(#name));
            quote!(let #name = #value;)
        });
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #forward
                #(#owned)*
                #end
            }
        }
    }

    /// `Js`, the tangents of the value along the seeds, into the places of the weights'
    /// cotangents.
    fn pull_weights(&self, call: &TokenStream, count: usize, slots: &[Vec<Ident>]) -> TokenStream {
        let target = self.target;
        let names: Vec<Ident> = (0..2 * count).map(|c| target.fresh(&format!("value{c}"))).collect();
        let mut added = TokenStream::new();
        for b in 0..count {
            let value = &names[2 * b + 1];
            for (k, extra) in self.extras.iter().enumerate() {
                let slot = &slots[k][b];
                let part = match &target.output {
                    Some((_, Shape::Tuple(_))) => {
                        let k = syn::Index::from(k);
                        quote!(#value.#k)
                    }
                    _ => quote!(#value),
                };
                added.extend(match extra.mode {
                    ParamMode::Value => quote!(#slot.add(#part);),
                    ParamMode::Ref | ParamMode::RefMut => quote!(#slot.add_slice(&#part);),
                });
            }
        }
        match target.wrap {
            Wrap::Plain => quote!(let (#(#names,)*) = #call; #added),
            Wrap::Option => quote!(if let ::core::option::Option::Some((#(#names,)*)) = #call { #added }),
            Wrap::Result => quote!(if let ::core::result::Result::Ok((#(#names,)*)) = #call { #added }),
        }
    }
}
