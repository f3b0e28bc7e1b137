//! The derivatives of derivatives: what makes `g::grad(x)`, `g::jvp(x, v)`, `g::vjp(x, w)` and
//! `g::hvp(x, v)` inside a differentiable function differentiable.
//!
//! All of them are passes over the cores that nested differentiation made. With `J` the Jacobian
//! of `g` and `s` the cotangent of what the companion returns:
//!
//! * `vjp` gives `Jᵀw`. `s · Jᵀw = w · Js`, so forward mode along `s` over the reverse sweep that
//!   `w` seeds gives the cotangent of `x`, and `Js`, that of `w`. A gradient is the case `w = 1`.
//! * `jvp` gives `Jv`. The reverse sweep that `s` seeds gives `Jᵀs`, the cotangent of `v`; its
//!   tangent along `v` is the cotangent of `x`.
//! * `hvp` gives `Hv`. `s · Hv = v · Hs`: the reverse sweep under two passes, along `v` and `s`.
//!
//! The directions become the innermost passes: component `2 b` of the raised core is component
//! `b` of the call, component `2 b + 1` what belongs to component `b` of the direction.

use super::nested::core_name;
use super::{Param, Target};
use crate::emit::types::{Shape, has_slice, one_or_tuple, tuple};
use crate::ir::{ParamMode, Wrap};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// A companion that has derivatives of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Grad,
    ValueAndGrad,
    Jvp,
    Vjp,
    Hvp,
}

const KINDS: [Kind; 5] = [Kind::Grad, Kind::ValueAndGrad, Kind::Jvp, Kind::Vjp, Kind::Hvp];

/// Whether a path that ends in `name` may name such a companion.
pub fn is_inner(name: &Ident) -> bool {
    KINDS.iter().any(|kind| name == kind.name())
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Grad => "grad",
            Kind::ValueAndGrad => "value_and_grad",
            Kind::Jvp => "jvp",
            Kind::Vjp => "vjp",
            Kind::Hvp => "hvp",
        }
    }

    fn has_directions(self) -> bool {
        match self {
            Kind::Grad | Kind::ValueAndGrad => false,
            Kind::Jvp | Kind::Vjp | Kind::Hvp => true,
        }
    }

    /// How many passes its tangents and its reverse sweep need beyond those around the call.
    fn passes(self) -> (u32, u32) {
        match self {
            Kind::Grad | Kind::ValueAndGrad | Kind::Vjp => (0, 1),
            Kind::Jvp => (1, 1),
            Kind::Hvp => (1, 2),
        }
    }
}

/// What component `c` of a parameter is in a reverse sweep.
enum Source {
    /// Component of the call's own argument.
    Own(usize),
    /// Component of the direction the user passes.
    Direction(usize),
    /// Component of the cotangent that the sweep is seeded with.
    Seed(usize),
    Nothing,
}

/// One companion being made at one level.
struct Inner<'t, 'a> {
    target: &'t Target<'a>,
    kind: Kind,
    level: u32,
    /// The direction of each active parameter, or the weights of the outputs.
    extras: Vec<Param>,
}

impl Target<'_> {
    /// The hidden companions of companions that a function of this order has.
    pub(super) fn inner(&self, order: u32, scalar: bool) -> TokenStream {
        // Pullbacks are passed arguments of any lifetime, of which such a bound says nothing.
        let pinned = super::nested::bounds_name_a_lifetime(&self.sig.generics);
        let in_out = self.params.iter().any(|param| param.mode == ParamMode::RefMut);
        if pinned || in_out || self.output.is_none() {
            return TokenStream::new();
        }
        let mut out = TokenStream::new();
        for kind in KINDS.into_iter().filter(|kind| scalar || matches!(kind, Kind::Jvp | Kind::Vjp)) {
            let (tangent, reverse) = kind.passes();
            // Forward mode counts one more pass than forward over reverse.
            let highest = if kind == Kind::Jvp { order } else { order - 1 };
            for level in 1..order {
                if level + tangent <= highest {
                    out.extend(self.inner_at(kind, level).tangents());
                }
            }
            for level in 0..order {
                if level + reverse < order {
                    out.extend(self.inner_at(kind, level).split());
                }
            }
        }
        out
    }

    fn inner_at(&self, kind: Kind, level: u32) -> Inner<'_, '_> {
        Inner { target: self, kind, level, extras: self.extras(kind) }
    }

    fn extras(&self, kind: Kind) -> Vec<Param> {
        let extra = |base: &str, ty: TokenStream, shape: &Shape| {
            let ty: syn::Type = syn::parse2(ty).expect("a seed's type");
            let name = self.fresh(&format!("{base}_along"));
            Param {
                mode: match ty {
                    syn::Type::Reference(_) => ParamMode::Ref,
                    _ => ParamMode::Value,
                },
                ty,
                shape: shape.clone(),
                active: true,
                receiver: None,
                bar: self.fresh(&format!("{name}_bar")),
                dot: self.fresh(&format!("{name}_dot")),
                name,
            }
        };
        match kind {
            Kind::Grad | Kind::ValueAndGrad => Vec::new(),
            Kind::Jvp | Kind::Hvp => self
                .active()
                .map(|param| {
                    let base = param.name.to_string();
                    extra(base.trim_start_matches("r#"), self.tangent_seed(param), &param.shape)
                })
                .collect(),
            Kind::Vjp => self
                .outputs_of_weights()
                .iter()
                .enumerate()
                .map(|(k, shape)| extra(&format!("output{k}"), self.types().seed(shape), shape))
                .collect(),
        }
    }

    /// What the weights of `vjp` are for: the items of a tuple one by one.
    fn outputs_of_weights(&self) -> Vec<&Shape> {
        match &self.output {
            Some((_, Shape::Tuple(items))) => items.iter().collect(),
            Some((_, shape)) => vec![shape],
            None => Vec::new(),
        }
    }

    /// The name of a hidden companion of a companion.
    fn inner_name(&self, kind: Kind, suffix: &str) -> String {
        format!("__ad_{}{}", kind.name(), suffix.trim_start_matches("__ad"))
    }
}

impl Inner<'_, '_> {
    /// Declarations of all parameters with their tangents, and the names of the tangents.
    fn params(&self) -> (Vec<TokenStream>, Vec<Vec<Ident>>) {
        let target = self.target;
        let mut params = Vec::new();
        let mut names = Vec::new();
        for param in target.params.iter().chain(&self.extras) {
            params.push(param.declaration());
            let ty = target.dot_ty(param);
            let dots: Vec<Ident> =
                (1..1u32 << self.level).map(|b| target.fresh(&format!("{}{b}", param.dot))).collect();
            params.extend(dots.iter().map(|dot| quote!(#dot: #ty)));
            names.push(dots);
        }
        (params, names)
    }

    fn bar(&self, param: &Param, c: usize) -> Ident {
        self.target.fresh(&format!("{}{c}", param.bar))
    }

    /// The type of what the companion returns, for one component.
    fn returned(&self, b: usize) -> TokenStream {
        let target = self.target;
        let value = if b == 0 { target.value_ty() } else { target.value_bar_ty() };
        let (gradient, value_bar) = (target.gradient(), target.value_bar_ty());
        match self.kind {
            Kind::Grad | Kind::Hvp => gradient,
            Kind::ValueAndGrad | Kind::Vjp => quote!((#value, #gradient)),
            Kind::Jvp => quote!((#value, #value_bar)),
        }
    }

    /// The extra of an active parameter.
    fn extra_of(&self, k: usize) -> (usize, &Param) {
        let target = self.target;
        let at = target.params[..k].iter().filter(|param| param.active).count();
        (target.params.len() + at, &self.extras[at])
    }

    /// A direction as a tangent of a parameter: component 0 is the user's argument, the others
    /// are tangents of that.
    fn direction(&self, k: usize, b: usize, dots: &[Vec<Ident>]) -> TokenStream {
        let krate = self.target.krate;
        let param = &self.target.params[k];
        let (at, extra) = self.extra_of(k);
        let name = &extra.name;
        match (b, param.mode, extra.mode) {
            (0, ParamMode::Value, _) => {
                let owned = self.target.types().own_seed(&param.shape, &quote!(#name));
                quote!(#krate::rt::Dot::Active(::core::clone::Clone::clone(&#owned)))
            }
            (0, ParamMode::Ref | ParamMode::RefMut, _) => quote!(#krate::rt::DotRef::Active(#name)),
            (_, ParamMode::Value, ParamMode::Ref) => {
                let dot = &dots[at][b - 1];
                quote!(#dot.to_vec())
            }
            (_, ParamMode::Value | ParamMode::Ref | ParamMode::RefMut, _) => {
                let dot = &dots[at][b - 1];
                quote!(::core::clone::Clone::clone(&#dot))
            }
        }
    }

    /// A component of the weights of the outputs, owned.
    fn weight(&self, b: usize, dots: &[Vec<Ident>]) -> TokenStream {
        let target = self.target;
        let parts = self.extras.iter().enumerate().map(|(k, extra)| {
            let name = &extra.name;
            if b == 0 {
                let owned = target.types().own_seed(&extra.shape, &quote!(#name));
                return quote!(::core::clone::Clone::clone(&#owned));
            }
            let dot = &dots[target.params.len() + k][b - 1];
            let zero = target.zero(extra);
            match extra.mode {
                ParamMode::Value => quote!(::core::clone::Clone::clone(&#dot).or_zero(|| #zero)),
                ParamMode::Ref | ParamMode::RefMut => quote!(#dot.to_vec().or_zero(|| #zero)),
            }
        });
        match &target.output {
            Some((_, Shape::Tuple(_))) => tuple(parts.collect()),
            _ => one_or_tuple(parts.collect()),
        }
    }

    /// `__ad_grad_jvp`, …: the companion under forward mode.
    fn tangents(&self) -> TokenStream {
        let (target, krate) = (self.target, self.target.krate);
        let count = 1usize << self.level;
        let extra_passes = self.kind.passes().0;
        let level = self.level + extra_passes;
        let (params, dots) = self.params();
        let mut args = Vec::new();
        let mut zeros = TokenStream::new();
        let mut places = Vec::new();
        for (k, param) in target.params.iter().enumerate() {
            let name = &param.name;
            args.push(quote!(#name));
            for c in 1..1usize << level {
                let along = extra_passes == 1 && c % 2 == 1;
                let b = c >> extra_passes;
                args.push(match (param.active, along) {
                    (false, _) => quote!(#krate::rt::Inactive),
                    (true, true) => self.direction(k, b, &dots),
                    (true, false) => {
                        let dot = &dots[k][b - 1];
                        quote!(::core::clone::Clone::clone(&#dot))
                    }
                });
            }
            if !param.active || self.kind == Kind::Jvp {
                continue;
            }
            let (ty, zero) = (target.types().tangent(&param.shape), target.zero(param));
            for c in 0..1usize << level {
                let bar = self.bar(param, c);
                zeros.extend(quote!(let mut #bar: #ty = #zero;));
                places.push(quote!(&mut #bar));
            }
        }
        let base = if self.kind == Kind::Jvp { "__ad_jvp" } else { "__ad_reverse" };
        match self.kind {
            Kind::Grad | Kind::ValueAndGrad | Kind::Hvp => args.extend(target.unit_seeds(level)),
            Kind::Vjp => args.extend((0..count).map(|b| self.weight(b, &dots))),
            Kind::Jvp => {}
        }
        args.extend(places);
        let core = target.own(&core_name(base, level));
        let values: Vec<Ident> = (0..1usize << level).map(|c| target.fresh(&format!("value{c}"))).collect();
        let gradient = |c: usize| {
            let bars = target.active().map(|param| {
                let bar = self.bar(param, c);
                quote!(#bar)
            });
            one_or_tuple(bars.collect())
        };
        let results = (0..count).map(|b| match self.kind {
            Kind::Grad => gradient(b),
            Kind::ValueAndGrad | Kind::Vjp => {
                let (value, gradient) = (&values[b], gradient(b));
                quote!((#value, #gradient))
            }
            Kind::Jvp => {
                let (value, along) = (&values[2 * b], &values[2 * b + 1]);
                quote!((#value, #along))
            }
            Kind::Hvp => gradient(2 * b + 1),
        });
        let question = target.question();
        let end = target.wrapped(&tuple(results.collect()));
        let returned = target.wrapped_ty(&tuple((0..count).map(|b| self.returned(b)).collect()));
        let head = target.hidden(&target.inner_name(self.kind, &core_name("__ad_jvp", self.level)));
        let (generics, clause) =
            target.generics(None, target.clone_bounds(|param| param.mode == ParamMode::Value));
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #zeros
                let (#(#values,)*) = #core(#(#args),*)#question;
                #end
            }
        }
    }

    /// The call of the companion itself, under the passes around it.
    fn forward(&self, dots: &[Vec<Ident>], results: &[Ident]) -> TokenStream {
        let target = self.target;
        let clone = |name: &Ident| quote!(::core::clone::Clone::clone(&#name));
        let argument = |param: &Param| {
            let name = &param.name;
            match param.mode {
                ParamMode::Value => clone(name),
                ParamMode::Ref | ParamMode::RefMut => quote!(#name),
            }
        };
        let question = target.question();
        if self.level == 0 {
            let mut args: Vec<TokenStream> = target.params.iter().map(argument).collect();
            if self.kind.has_directions() {
                args.push(one_or_tuple(self.extras.iter().map(argument).collect()));
            }
            let (core, result) = (target.own(self.kind.name()), &results[0]);
            return quote!(let #result = #core(#(#args),*)#question;);
        }
        let mut args = Vec::new();
        for (param, dots) in target.params.iter().chain(&self.extras).zip(dots) {
            args.push(argument(param));
            args.extend(dots.iter().map(clone));
        }
        let core = target.own(&target.inner_name(self.kind, &core_name("__ad_jvp", self.level)));
        quote!(let (#(#results,)*) = #core(#(#args),*)#question;)
    }

    /// What component `c` of a parameter is in the reverse sweep.
    fn source(&self, c: usize) -> Source {
        match (self.kind, c) {
            (Kind::Grad | Kind::ValueAndGrad | Kind::Vjp, c) if c % 2 == 1 => Source::Seed(c / 2),
            (Kind::Grad | Kind::ValueAndGrad | Kind::Vjp, c) => Source::Own(c / 2),
            (Kind::Jvp, c) if c % 2 == 1 => Source::Direction(c / 2),
            (Kind::Jvp, c) => Source::Own(c / 2),
            (Kind::Hvp, c) => match c % 4 {
                0 => Source::Own(c / 4),
                1 => Source::Direction(c / 4),
                2 => Source::Seed(c / 4),
                _ => Source::Nothing,
            },
        }
    }

    /// Where component `c` of the cotangent of a parameter goes.
    fn destination(&self, c: usize) -> Source {
        match (self.kind, c) {
            (Kind::Grad | Kind::ValueAndGrad | Kind::Vjp, c) if c % 2 == 1 => Source::Own(c / 2),
            (Kind::Grad | Kind::ValueAndGrad | Kind::Vjp, _) => Source::Nothing,
            (Kind::Jvp, c) if c % 2 == 1 => Source::Own(c / 2),
            (Kind::Jvp, c) => Source::Direction(c / 2),
            (Kind::Hvp, c) => match c % 4 {
                3 => Source::Own(c / 4),
                2 => Source::Direction(c / 4),
                _ => Source::Nothing,
            },
        }
    }

    /// `__ad_grad_split`, …: the companion and its pullback.
    fn split(&self) -> TokenStream {
        let (target, krate) = (self.target, self.target.krate);
        let count = 1usize << self.level;
        let level = self.level + self.kind.passes().1;
        let (params, dots) = self.params();
        let results: Vec<Ident> = (0..count).map(|b| target.fresh(&format!("result{b}"))).collect();
        let forward = self.forward(&dots, &results);
        // The seeds: cotangents of what the companion returns.
        let mut arguments: Vec<TokenStream> = Vec::new();
        let mut types = Vec::new();
        let mut open = TokenStream::new();
        let mut value_seeds = match self.kind {
            Kind::Vjp => (0..2 * count).map(|c| self.weight(c / 2, &dots)).collect(),
            Kind::Grad | Kind::ValueAndGrad | Kind::Jvp | Kind::Hvp => target.unit_seeds(level),
        };
        for b in 0..count {
            let (seed, ty) = (target.fresh(&format!("seed{b}")), self.returned(1));
            arguments.push(quote!(#seed: #ty));
            types.push(ty);
            let names = one_or_tuple(
                target
                    .active()
                    .map(|param| {
                        let name = target.seed_name(param, b);
                        quote!(#name)
                    })
                    .collect(),
            );
            let value = target.fresh(&format!("value_bar{b}"));
            match self.kind {
                Kind::Grad | Kind::Hvp => open.extend(quote!(let #names = #seed;)),
                Kind::ValueAndGrad | Kind::Vjp => {
                    open.extend(quote!(let (#value, #names) = #seed;));
                    value_seeds[2 * b + 1] = quote!(#value);
                }
                Kind::Jvp => {
                    let along = target.fresh(&format!("along_bar{b}"));
                    open.extend(quote!(let (#value, #along) = #seed;));
                    value_seeds[2 * b] = quote!(#along);
                    value_seeds[2 * b + 1] = quote!(#value);
                }
            }
        }
        // The arguments again, with the places of their cotangents.
        let all: Vec<&Param> = target.params.iter().chain(&self.extras).collect();
        let mut slots: Vec<Vec<Ident>> = Vec::new();
        for (k, param) in all.iter().enumerate() {
            let names: Vec<Ident> = (0..count).map(|b| format_ident!("{}_slot{b}", param.bar)).collect();
            let by_ref = param.mode != ParamMode::Value;
            let pass = match (self.level, by_ref) {
                (0, false) => target.slot_ty(param),
                _ => target.nested_pass_ty(param, self.level),
            };
            let slot_names: Vec<TokenStream> = names.iter().map(|slot| quote!(#slot)).collect();
            let (name, dots) = (self.name_in_closure(param), &dots[k]);
            let pattern = match (self.level, by_ref) {
                (0, false) => quote!(#(#slot_names)*),
                (_, false) => tuple(slot_names),
                (_, true) => quote!((#name, #(#dots,)* #(#slot_names),*)),
            };
            arguments.push(quote!(#pattern: #pass));
            types.push(pass);
            slots.push(names);
        }
        let mut args = Vec::new();
        let mut places = Vec::new();
        let mut scratch = TokenStream::new();
        let mut after = TokenStream::new();
        for (k, param) in target.params.iter().enumerate() {
            let name = self.name_in_closure(param);
            args.push(quote!(#name));
            for c in 1..1usize << level {
                args.push(match (param.active, self.source(c)) {
                    (false, _) => quote!(#krate::rt::Inactive),
                    (true, Source::Own(b)) => {
                        let dot = &dots[k][b - 1];
                        quote!(::core::clone::Clone::clone(&#dot))
                    }
                    (true, Source::Direction(b)) => self.direction(k, b, &dots),
                    (true, Source::Seed(b)) => {
                        let seed = target.seed_name(param, b);
                        match param.mode {
                            ParamMode::Value => {
                                quote!(#krate::rt::Dot::Active(::core::clone::Clone::clone(&#seed)))
                            }
                            ParamMode::Ref | ParamMode::RefMut => quote!(#krate::rt::DotRef::Active(&#seed)),
                        }
                    }
                    (true, Source::Nothing) => match param.mode {
                        ParamMode::Value => quote!(#krate::rt::Dot::Zero),
                        ParamMode::Ref | ParamMode::RefMut => quote!(#krate::rt::DotRef::Zero),
                    },
                });
            }
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
                    Source::Seed(_) | Source::Nothing => None,
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
                places.push(quote!(#place));
            }
        }
        args.extend(value_seeds);
        args.extend(places);
        let core = target.own(&core_name("__ad_reverse", level));
        let call = quote!(#core(#(#args),*));
        let pull = match self.kind {
            // It cannot fail where the forward sweep did not.
            Kind::Grad | Kind::ValueAndGrad | Kind::Jvp | Kind::Hvp => quote!(let _ = #call;),
            Kind::Vjp => self.pull_weights(&call, count, &slots[target.params.len()..]),
        };
        let closure = quote!(move |#(#arguments),*| { #open #scratch #pull #after });
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

    /// `self` is no name of a closure's parameter.
    fn name_in_closure(&self, param: &Param) -> Ident {
        match param.mode != ParamMode::Value && param.name == "self" {
            true => self.target.fresh("this"),
            false => param.name.clone(),
        }
    }
}

impl Target<'_> {
    /// The name of the seed of a parameter's gradient.
    fn seed_name(&self, param: &Param, b: usize) -> Ident {
        self.fresh(&format!("{}_direction{b}", param.name).replace("r#", ""))
    }
}
