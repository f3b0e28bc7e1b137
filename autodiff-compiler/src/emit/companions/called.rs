//! The hidden companions that a caller in the same file calls in a sweep in several directions:
//! `__ad_wide_jvp` is `__ad_jvp`, and `__ad_wide_split` is `__ad_split1`, with wide tangents; `__ad_wide_joint` is
//! the latter and its pullback in one.
//!
//! A caller cannot see what a body is made of, so that they exist for every function that is asked for them:
//! where the body has no wide form they run over one direction after the other.

use super::wide::Lanes;
use super::{Param, Target};
use crate::emit::Emitter;
use crate::emit::types::tuple;
use crate::forward::Tangent;
use crate::ir::{ParamMode, Var};
use crate::names::Reserved;
use crate::nested::Nested;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

impl Target<'_> {
    /// Whether the shapes of all tangents are known: nothing that is passed is changed.
    pub fn may_be_called_wide(&self) -> bool {
        self.lanes_of_value().is_some()
            && self.params.iter().all(|param| match (param.active, param.mode) {
                (_, ParamMode::RefMut) => false,
                (true, ParamMode::Ref) => param.lanes.is_some(),
                (false, ParamMode::Ref) => true,
                // It is passed once a direction.
                (_, ParamMode::Value) => Lanes::spelled(&param.shape).is_some(),
            })
    }

    fn lanes_of_value(&self) -> Option<Lanes> {
        self.output.as_ref().and_then(|(_, shape)| Lanes::spelled(shape))
    }

    /// What is passed for the wide tangent of a parameter.
    fn wide_dot_ty(&self, param: &Param) -> TokenStream {
        let krate = self.krate;
        let Some(lanes) = param.lanes.as_ref().filter(|_| param.active) else { return self.dot_ty(param) };
        match param.mode {
            ParamMode::Value => {
                let owned = self.types().wide(lanes);
                quote!(#krate::rt::Dot<#owned>)
            }
            ParamMode::Ref | ParamMode::RefMut => {
                let place = self.types().wide_place(lanes);
                quote!(#krate::rt::DotRef<'_, #place>)
            }
        }
    }

    /// What a wide pullback is passed for the tangent of a parameter's cotangent.
    fn wide_slot_ty(&self, param: &Param) -> TokenStream {
        let krate = self.krate;
        let Some(lanes) = param.lanes.as_ref().filter(|_| param.active) else { return self.slot_ty(param) };
        let place = self.types().wide_place(lanes);
        quote!(#krate::rt::Slot<'_, #place>)
    }

    /// What a wide pullback is passed for a parameter.
    fn wide_pass_ty(&self, param: &Param) -> TokenStream {
        let (slot, wide) = (self.slot_ty(param), self.wide_slot_ty(param));
        match param.mode {
            ParamMode::Value => quote!((#slot, #wide)),
            ParamMode::Ref | ParamMode::RefMut => {
                let (ty, dot) = (self.any_lifetime(param), self.wide_dot_ty(param));
                quote!((#ty, #dot, #slot, #wide))
            }
        }
    }

    /// `let x_dot = …;`: the tangent, or a zero of the shape of the parameter `value`.
    fn wide_or_zero(&self, param: &Param, name: &Ident, mutable: bool, value: &Ident) -> TokenStream {
        let Some(lanes) = &param.lanes else { return TokenStream::new() };
        let zero = self.wide_zero(lanes, &quote!(#value), 0);
        let mutable = mutable.then(|| quote!(mut));
        match param.mode {
            ParamMode::Value => quote!(let #mutable #name = #name.or_zero(|| #zero);),
            ParamMode::Ref | ParamMode::RefMut => {
                let kept = format_ident!("{name}_zero");
                quote! {
                    let mut #kept = ::core::option::Option::None;
                    let #name = #name.or_zero(&mut #kept, || #zero);
                }
            }
        }
    }

    fn wide_jvp_around(&self, params: &[TokenStream], body: &TokenStream) -> Option<TokenStream> {
        let head = self.hidden("__ad_wide_jvp");
        let (generics, clause) = self.generics(None, Vec::new());
        let (value, dot) = (self.value_ty(), self.types().wide(&self.lanes_of_value()?));
        Some(quote!(#head #generics(#(#params),*) -> (#value, #dot) #clause { #body }))
    }

    /// `__ad_wide_jvp`: primal and tangents together.
    pub fn called_jvp(&self, tangent: &Tangent, reserved: Reserved) -> Option<TokenStream> {
        let function = &tangent.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let (mut params, mut prologue) = (Vec::new(), TokenStream::new());
        for (k, param) in self.params.iter().enumerate() {
            params.push(self.core_param(&emitter, k));
            let ty = self.wide_dot_ty(param);
            let Some(dot) = tangent.dots[k].filter(|_| param.active) else {
                params.push(quote!(_: #ty));
                continue;
            };
            let name = emitter.names.declare(function, dot);
            let value = emitter.name(function.params[k].var);
            params.push(quote!(#name: #ty));
            prologue.extend(self.wide_or_zero(param, &name, function.info(dot).mutable, &value));
        }
        emitter.declare(&function.body);
        let result_dot = tangent.result_dot.as_ref()?;
        emitter.returns(result_dot);
        let body = emitter.block(&function.body);
        let dot = emitter.value(result_dot);
        let result = self.dressed(emitter.value(&function.result));
        let kept = emitter.names.fresh("value_dot");
        let items = self.items_for(&[&body, &dot, &result]);
        let body = quote! {
            #items
            #prologue
            #body
            let #kept = #dot;
            (#result, #kept)
        };
        self.wide_jvp_around(&params, &body)
    }

    /// `__ad_wide_jvp` as one `__ad_jvp` a direction.
    pub fn called_jvp_by_lane(&self) -> Option<TokenStream> {
        let krate = self.krate;
        let (mut params, mut prologue, mut args) = (Vec::new(), TokenStream::new(), Vec::new());
        let (lane, value, value_dot) = (self.fresh("lane"), self.fresh("value"), self.fresh("value_dot"));
        for param in &self.params {
            self.lane_param(param, &lane, &mut params, &mut prologue, &mut args);
        }
        let (first, one) = (self.fresh("first"), self.fresh("one"));
        let ty = self.types().wide(&self.lanes_of_value()?);
        let zero = self.wide_zero(&self.lanes_of_value()?, &quote!(#first), 0);
        let core = self.own("__ad_jvp");
        let body = quote! {
            #prologue
            let mut #value = ::core::option::Option::None;
            for #lane in 0..#krate::rt::LANES {
                let (#first, #one) = #core(#(#args),*);
                let (_, #value_dot): &mut (_, #ty) = #value.get_or_insert_with(|| {
                    let #value_dot = #zero;
                    (#first, #value_dot)
                });
                #krate::rt::Directions::add_lane(#value_dot, #lane, &#one);
            }
            #value.unwrap()
        };
        self.wide_jvp_around(&params, &body)
    }

    /// A parameter and its wide tangent, and what is passed of both for one direction.
    fn lane_param(
        &self,
        param: &Param,
        lane: &Ident,
        params: &mut Vec<TokenStream>,
        prologue: &mut TokenStream,
        args: &mut Vec<TokenStream>,
    ) {
        let krate = self.krate;
        let (name, dot, ty) = (&param.name, &param.dot, self.wide_dot_ty(param));
        params.push(param.declaration());
        args.push(self.passed_again(param));
        if !param.active {
            params.push(quote!(_: #ty));
            args.push(quote!(#krate::rt::inactive()));
            return;
        }
        params.push(quote!(#dot: #ty));
        prologue.extend(self.wide_or_zero(param, dot, false, name));
        args.push(match param.mode {
            ParamMode::Value => quote!(#krate::rt::active(#krate::rt::Directions::one(&#dot, #lane))),
            ParamMode::Ref | ParamMode::RefMut => {
                let one = self.one_of(param, lane);
                quote!(#krate::rt::active(&#one))
            }
        });
    }

    /// The tangent of a parameter passed by reference in the direction of a lane.
    fn one_of(&self, param: &Param, lane: &Ident) -> TokenStream {
        let (krate, dot) = (self.krate, &param.dot);
        match &param.lanes {
            Some(lanes) if lanes.holds_struct() => {
                let (one, ty, zero) =
                    (self.fresh("along"), self.types().tangent(&param.shape), self.zero(param));
                let assigned = self.narrowed(lanes, &quote!(#one), &quote!(#dot), lane, 0);
                quote!({ let mut #one: #ty = #zero; #assigned #one })
            }
            Some(_) | None => quote!(#krate::rt::Directions::one(#dot, #lane)),
        }
    }

    fn wide_split_around(
        &self,
        params: &[TokenStream],
        body: &TokenStream,
        end: &[TokenStream],
        closure: &TokenStream,
    ) -> Option<TokenStream> {
        let (value, lanes) = (self.value_ty(), self.lanes_of_value()?);
        let dot = self.types().wide(&lanes);
        let seeds = [self.value_bar_ty(), dot.clone()];
        let types: Vec<TokenStream> =
            seeds.into_iter().chain(self.params.iter().map(|param| self.wide_pass_ty(param))).collect();
        let types = self.for_any_lifetime(types);
        let closure = if self.boxed { self.boxed_closure_of(closure, &types) } else { closure.clone() };
        let bounds = self.boxed.then(|| quote!(+ ::core::marker::Send + ::core::marker::Sync));
        let captures = self.captures(&[]);
        let head = self.hidden("__ad_wide_split");
        let (generics, clause) = self.generics(None, Vec::new());
        let pullback = quote! {
            impl ::core::ops::FnOnce(#(#types),*) + ::core::clone::Clone #bounds + #captures
        };
        Some(quote! {
            #head #generics(#(#params),*) -> (#value, #dot, #pullback) #clause {
                #body
                (#(#end,)* #closure)
            }
        })
    }

    /// The parameters of a nested core, each with its wide tangent.
    fn wide_dots_of(
        &self,
        emitter: &mut Emitter,
        nested: &Nested,
        params: &mut Vec<TokenStream>,
        prologue: &mut TokenStream,
    ) {
        let function = &nested.function;
        for (k, param) in self.params.iter().enumerate() {
            params.push(self.core_param(emitter, k));
            let ty = self.wide_dot_ty(param);
            let Some(dot) = nested.primal[k].get(1).copied().flatten().filter(|_| param.active) else {
                params.push(quote!(_: #ty));
                continue;
            };
            let name = emitter.names.declare(function, dot);
            let value = emitter.name(function.params[k].var);
            params.push(quote!(#name: #ty));
            prologue.extend(self.wide_or_zero(param, &name, function.info(dot).mutable, &value));
        }
    }

    /// `__ad_wide_split`: the tangents of the forward sweep, and those of the reverse sweep as a closure.
    pub fn called_split(&self, nested: &Nested, reserved: Reserved) -> Option<TokenStream> {
        let function = &nested.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let (mut params, mut prologue) = (Vec::new(), TokenStream::new());
        self.wide_dots_of(&mut emitter, nested, &mut params, &mut prologue);
        let backward = &function.backward.as_ref()?.body;
        emitter.declare_all(&[&function.body, backward]);
        emitter.declare_models(&[&function.body, backward]);
        nested.results.iter().flatten().for_each(|result| emitter.returns(result));
        let (mut zeros, mut opening, mut arguments) = (TokenStream::new(), TokenStream::new(), Vec::new());
        let seed_tys = [self.value_bar_ty(), self.types().wide(&self.lanes_of_value()?)];
        arguments.extend(seeds_of(&mut emitter, nested, seed_tys));
        for (k, param) in self.params.iter().enumerate() {
            let pass = self.wide_pass_ty(param);
            let primal = emitter.name_in_closure(function.params[k].var);
            let by_ref = param.mode != ParamMode::Value;
            let Some(lanes) = param.lanes.as_ref().filter(|_| param.active) else {
                arguments.push(match by_ref {
                    true => quote!((#primal, _, _, _): #pass),
                    false => quote!(_: #pass),
                });
                continue;
            };
            let mut names = Vec::new();
            if by_ref {
                names.push(quote!(#primal));
                names.push(match nested.primal[k].get(1).copied().flatten() {
                    Some(dot) => {
                        let name = emitter.name(dot);
                        opening.extend(self.wide_or_zero(param, &name, false, &primal));
                        quote!(#name)
                    }
                    None => quote!(_),
                });
            }
            let plain = match by_ref {
                true => self.types().zero(&param.shape, &primal, true),
                false => self.zero_of(&emitter, k),
            };
            let zeros_of = [plain, self.wide_zero(lanes, &quote!(#primal), 0)];
            // A zero that takes its shape from an argument passed by value is made while there is one.
            let mut made = (!by_ref && !lanes.is_copy()).then_some(&mut zeros);
            for (b, zero) in zeros_of.into_iter().enumerate() {
                let shadow = nested.shadows[k].get(b).copied().flatten();
                names.push(opened(&mut emitter, shadow, zero, &mut opening, made.as_deref_mut()));
            }
            let names = tuple(names);
            arguments.push(quote!(#names: #pass));
        }
        let forward = emitter.block(&function.body);
        let [value, dot] = [0, 1].map(|b| nested.results.get(b).and_then(Option::as_ref));
        let (dot, value) = (emitter.value(dot?), self.dressed(emitter.value(value?)));
        let kept = emitter.names.fresh("value_dot");
        emitter.enter_closure();
        let backward = emitter.block(backward);
        let items = self.items_for(&[&forward, &dot, &value, &backward]);
        let result = emitter.names.fresh("value");
        let body = quote! {
            #items
            #prologue
            #zeros
            #forward
            let #kept = #dot;
            let #result = #value;
        };
        let closure = quote!(move |#(#arguments),*| { #opening #backward });
        self.wide_split_around(&params, &body, &[quote!(#result), quote!(#kept)], &closure)
    }

    /// `__ad_wide_joint`: both sweeps in one, where the seed is known at the call.
    pub fn called_joint(&self, nested: &Nested, reserved: Reserved) -> Option<TokenStream> {
        let function = &nested.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let (mut params, mut prologue) = (Vec::new(), TokenStream::new());
        self.wide_dots_of(&mut emitter, nested, &mut params, &mut prologue);
        let seed_tys = [self.value_bar_ty(), self.types().wide(&self.lanes_of_value()?)];
        params.extend(seeds_of(&mut emitter, nested, seed_tys));
        for (k, param) in self.params.iter().enumerate() {
            let (slot, wide) = (self.slot_ty(param), self.wide_slot_ty(param));
            let Some(lanes) = param.lanes.as_ref().filter(|_| param.active) else {
                params.push(quote!(_: (#slot, #wide)));
                continue;
            };
            let primal = emitter.name(function.params[k].var);
            let zeros = [self.zero_of(&emitter, k), self.wide_zero(lanes, &quote!(#primal), 0)];
            let mut names = Vec::new();
            for (b, zero) in zeros.into_iter().enumerate() {
                let shadow = nested.shadows[k].get(b).copied().flatten();
                names.push(opened(&mut emitter, shadow, zero, &mut prologue, None));
            }
            params.push(quote!((#(#names),*): (#slot, #wide)));
        }
        emitter.declare(&function.body);
        emitter.declare_models(&[&function.body]);
        nested.results.iter().flatten().for_each(|result| emitter.returns(result));
        let body = emitter.block(&function.body);
        let [value, dot] = [0, 1].map(|b| nested.results.get(b).and_then(Option::as_ref));
        let (dot, value) = (emitter.value(dot?), self.dressed(emitter.value(value?)));
        let kept = emitter.names.fresh("value_dot");
        let items = self.items_for(&[&body, &dot, &value]);
        let body = quote! {
            #items
            #prologue
            #body
            let #kept = #dot;
            (#value, #kept)
        };
        self.wide_joint_around(&params, &body)
    }

    /// `__ad_wide_joint` on top of `__ad_wide_split`.
    pub fn called_joint_by_split(&self) -> Option<TokenStream> {
        let [value, value_dot, rev] = ["value", "value_dot", "rev"].map(|name| self.fresh(name));
        let [seed, seed_dot] = ["seed", "seed_dot"].map(|name| self.fresh(name));
        let (mut params, mut slots) = (Vec::new(), Vec::new());
        let (mut args, mut passes) = (Vec::new(), vec![quote!(#seed), quote!(#seed_dot)]);
        for param in &self.params {
            let (name, dot, bar, bar_dot) = (&param.name, &param.dot, &param.bar, self.second(param));
            let (dot_ty, slot, wide) =
                (self.wide_dot_ty(param), self.slot_ty(param), self.wide_slot_ty(param));
            params.extend([param.declaration(), quote!(#dot: #dot_ty)]);
            args.extend([quote!(#name), quote!(#dot)]);
            slots.push(quote!((#bar, #bar_dot): (#slot, #wide)));
            passes.push(match param.mode {
                ParamMode::Value => quote!((#bar, #bar_dot)),
                ParamMode::Ref | ParamMode::RefMut => quote!((#name, #dot, #bar, #bar_dot)),
            });
        }
        let (seed_ty, dot_ty) = (self.value_bar_ty(), self.types().wide(&self.lanes_of_value()?));
        params.extend([quote!(#seed: #seed_ty), quote!(#seed_dot: #dot_ty)]);
        params.extend(slots);
        let core = self.own("__ad_wide_split");
        let body = quote! {
            let (#value, #value_dot, #rev) = #core(#(#args),*);
            #rev(#(#passes),*);
            (#value, #value_dot)
        };
        self.wide_joint_around(&params, &body)
    }

    fn wide_joint_around(&self, params: &[TokenStream], body: &TokenStream) -> Option<TokenStream> {
        let head = self.hidden("__ad_wide_joint");
        let (generics, clause) = self.generics(None, Vec::new());
        let (value, dot) = (self.value_ty(), self.types().wide(&self.lanes_of_value()?));
        Some(quote!(#head #generics(#(#params),*) -> (#value, #dot) #clause { #body }))
    }

    /// `__ad_wide_split` as one `__ad_split1` a direction.
    pub fn called_split_by_lane(&self) -> Option<TokenStream> {
        let krate = self.krate;
        let (mut params, mut prologue, mut args) = (Vec::new(), TokenStream::new(), Vec::new());
        let [lane, value, value_dot] = ["lane", "value", "value_dot"].map(|name| self.fresh(name));
        let [first, one, runs, run] = ["first", "one", "runs", "run"].map(|name| self.fresh(name));
        let [seed, seed_dot] = ["seed", "seed_dot"].map(|name| self.fresh(name));
        let output = self.lanes_of_value()?;
        let (seed_ty, ty) = (self.value_bar_ty(), self.types().wide(&output));
        let mut arguments = vec![quote!(#seed: #seed_ty), quote!(#seed_dot: #ty)];
        let mut passes = vec![quote!(#seed.clone()), quote!(#krate::rt::Directions::one(&#seed_dot, #lane))];
        let (mut opening, mut before, mut after) =
            (TokenStream::new(), TokenStream::new(), TokenStream::new());
        for (k, param) in self.params.iter().enumerate() {
            self.lane_param(param, &lane, &mut params, &mut prologue, &mut args);
            let (pass, name, dot) = (self.wide_pass_ty(param), &param.name, &param.dot);
            let by_ref = param.mode != ParamMode::Value;
            let inactive = quote!(#krate::rt::inactive());
            let Some(lanes) = param.lanes.as_ref().filter(|_| param.active) else {
                arguments.push(if by_ref { quote!((#name, _, _, _): #pass) } else { quote!(_: #pass) });
                passes.push(match by_ref {
                    true => quote!((#name, #inactive, #inactive, #inactive)),
                    false => quote!((#inactive, #inactive)),
                });
                continue;
            };
            let (bar, bar_dot) = (&param.bar, self.second(param));
            let [scratch, one_bar, target] =
                ["scratch", "one_bar", "target"].map(|name| self.fresh(&format!("{name}_{k}")));
            let mut zeros = [self.zero(param), self.wide_zero(lanes, &quote!(#name), 0)];
            if !by_ref {
                // What was passed by value is gone when the pullback is called.
                for (zero, name) in zeros.iter_mut().zip(["zero", "wide_zero"]) {
                    let made = self.fresh(&format!("{name}_{k}"));
                    prologue.extend(quote!(let #made = #zero;));
                    *zero = quote!(::core::clone::Clone::clone(&#made));
                }
            }
            for (name, zero) in [bar, &bar_dot].into_iter().zip(&zeros) {
                let kept = format_ident!("{name}_zero");
                opening.extend(quote! {
                    let mut #kept = ::core::option::Option::None;
                    let #name = #name.or_zero(&mut #kept, || #zero);
                });
            }
            // The cotangent itself is the same in every direction.
            let (zero, ty, place) =
                (&zeros[0], self.types().tangent(&param.shape), self.types().place(&param.shape));
            opening.extend(quote!(let mut #scratch: #ty = #zero;));
            before.extend(quote! {
                let mut #one_bar: #ty = #zero;
                let #target: &mut #place = if #lane == 0 { &mut *#bar } else { &mut #scratch };
            });
            after.extend(self.added_lane(lanes, &quote!(#one_bar), &quote!(#bar_dot), &lane, 0));
            let slots = quote!(#krate::rt::active(#target), #krate::rt::active(&mut #one_bar));
            if by_ref {
                arguments.push(quote!((#name, #dot, #bar, #bar_dot): #pass));
                opening.extend(self.wide_or_zero(param, dot, false, name));
                let one = self.one_of(param, &lane);
                passes.push(quote!((#name, #krate::rt::active(&#one), #slots)));
            } else {
                arguments.push(quote!((#bar, #bar_dot): #pass));
                passes.push(quote!((#slots)));
            }
        }
        let zero = self.wide_zero(&output, &quote!(#first), 0);
        let core = self.own(&super::nested::core_name("__ad_split", 1));
        let body = quote! {
            #prologue
            let mut #value = ::core::option::Option::None;
            let #runs: [_; #krate::rt::LANES] = ::core::array::from_fn(|#lane| {
                let (#first, #one, #run) = #core(#(#args),*);
                let (_, #value_dot): &mut (_, #ty) = #value.get_or_insert_with(|| {
                    let #value_dot = #zero;
                    (#first, #value_dot)
                });
                #krate::rt::Directions::add_lane(#value_dot, #lane, &#one);
                #run
            });
            let (#value, #value_dot) = #value.unwrap();
        };
        let closure = quote! {
            move |#(#arguments),*| {
                #opening
                for (#lane, #run) in #runs.into_iter().enumerate() {
                    #before
                    #run(#(#passes),*);
                    #after
                }
            }
        };
        self.wide_split_around(&params, &body, &[quote!(#value), quote!(#value_dot)], &closure)
    }
}

/// The seed and its wide tangent, as parameters.
fn seeds_of(emitter: &mut Emitter, nested: &Nested, types: [TokenStream; 2]) -> Vec<TokenStream> {
    let seeds = nested.seeds.iter().zip(types);
    let params = seeds.map(|(seed, ty)| match seed {
        Some(seed) => {
            let name = emitter.names.declare(&nested.function, *seed);
            quote!(#name: #ty)
        }
        None => quote!(_: #ty),
    });
    params.collect()
}

/// The name of a cotangent's place, which is a zero of its own where the caller has none. `made`: where zeros
/// are made that cannot be made there.
fn opened(
    emitter: &mut Emitter,
    shadow: Option<Var>,
    zero: TokenStream,
    opening: &mut TokenStream,
    made: Option<&mut TokenStream>,
) -> TokenStream {
    let Some(shadow) = shadow else { return quote!(_) };
    let name = emitter.names.declare(emitter.function, shadow);
    let kept = emitter.names.fresh(&format!("{name}_zero"));
    let zero = match made {
        Some(made) => {
            let before = emitter.names.fresh(&format!("{name}_made"));
            made.extend(quote!(let #before = #zero;));
            quote!(::core::clone::Clone::clone(&#before))
        }
        None => zero,
    };
    opening.extend(quote! {
        let mut #kept = ::core::option::Option::None;
        let #name = #name.or_zero(&mut #kept, || #zero);
    });
    quote!(#name)
}
