//! Companions of order two and above: the hidden cores that nested differentiation made, and
//! `hvp`, `hessian`, `d2`, … on top of them.

use super::{Param, Target};
use crate::emit::Emitter;
use crate::emit::types::{Shape, one_or_tuple, tuple};
use crate::ir::ParamMode;
use crate::names::Reserved;
use crate::nested::Nested;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::Visit;

/// The name of a core: `__ad_split`, `__ad_split1`; forward mode counts from one.
pub fn core_name(base: &str, level: u32) -> String {
    match (base, level) {
        ("__ad_jvp", 1) | (_, 0) => base.to_string(),
        _ => format!("{base}{level}"),
    }
}

impl Target<'_> {
    /// The parameters of a nested core: each of the primal's, then its tangents.
    fn nested_params(
        &self,
        emitter: &mut Emitter,
        nested: &Nested,
        prologue: &mut TokenStream,
    ) -> Vec<TokenStream> {
        let function = emitter.function;
        let mut params = Vec::new();
        for (k, param) in self.params.iter().enumerate() {
            params.push(self.core_param(emitter, k));
            let ty = self.dot_ty(param);
            for dot in &nested.primal[k][1..] {
                let Some(dot) = dot.filter(|_| param.active) else {
                    params.push(quote!(_: #ty));
                    continue;
                };
                let name = emitter.names.declare(function, dot);
                params.push(quote!(#name: #ty));
                let zero = self.zero_of(emitter, k);
                if param.mode == ParamMode::Value {
                    let mutable = function.info(dot).mutable.then(|| quote!(mut));
                    prologue.extend(quote!(let #mutable #name = #name.or_zero(|| #zero);));
                } else {
                    let kept = emitter.names.fresh(&format!("{name}_zero"));
                    prologue.extend(quote! {
                        let mut #kept = ::core::option::Option::None;
                        let #name = #name.or_zero(&mut #kept, || #zero);
                    });
                }
            }
            // A level below has fewer tangents than a parameter without any is given.
            for _ in nested.primal[k].len()..1 << nested.level {
                params.push(quote!(_: #ty));
            }
        }
        params
    }

    /// `let result_dot = …;` for each component, the tangents before what they belong to.
    fn nested_results(&self, emitter: &mut Emitter, nested: &Nested) -> (TokenStream, Vec<TokenStream>) {
        let krate = self.krate;
        let names: Vec<Ident> =
            (0..1usize << nested.level).map(|b| emitter.names.fresh(&format!("result_{b}"))).collect();
        let Some((_, shape)) = &self.output else {
            return (TokenStream::new(), names.iter().map(|_| quote!(())).collect());
        };
        let mut lets = TokenStream::new();
        let mut late = TokenStream::new();
        for (b, name) in names.iter().enumerate().rev() {
            match nested.results.get(b).and_then(Option::as_ref) {
                Some(result) => {
                    let value = emitter.value(result);
                    let value = if b == 0 { self.dressed(value) } else { value };
                    lets.extend(quote!(let #name = #value;));
                }
                None => {
                    let zero = self.types().constant_zero(shape);
                    let value = &names[0];
                    let zero = zero.unwrap_or_else(|| quote!(#krate::rt::zero_like(&#value)));
                    late.extend(quote!(let #name = #zero;));
                }
            }
        }
        lets.extend(late);
        (lets, names.iter().map(|name| quote!(#name)).collect())
    }

    fn nested_value_ty(&self, level: u32) -> Vec<TokenStream> {
        let (value, dot) = (self.value_ty(), self.value_bar_ty());
        (0..1u32 << level).map(|b| if b == 0 { value.clone() } else { dot.clone() }).collect()
    }

    /// `__ad_jvp2`, …: forward mode over forward mode.
    pub fn nested_jvp(&self, nested: &Nested, reserved: Reserved) -> TokenStream {
        let function = &nested.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let mut prologue = TokenStream::new();
        let params = self.nested_params(&mut emitter, nested, &mut prologue);
        emitter.declare(&function.body);
        emitter.declare_models(&[&function.body]);
        nested.results.iter().flatten().for_each(|result| emitter.returns(result));
        let body = emitter.block(&function.body);
        let (results, names) = self.nested_results(&mut emitter, nested);
        let end = self.wrapped(&tuple(names));
        let head = self.hidden(&core_name("__ad_jvp", nested.level));
        let (generics, clause) = self.generics(None, Vec::new());
        let returned = self.wrapped_ty(&tuple(self.nested_value_ty(nested.level)));
        let items = self.items_for(&[&body, &results]);
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #prologue
                #body
                #results
                #end
            }
        }
    }

    /// `__ad_reverse1`, …: forward mode over both sweeps in one. Returns the components of the
    /// value; all cotangents are places that are added to.
    pub fn nested_reverse(&self, nested: &Nested, reserved: Reserved) -> TokenStream {
        let function = &nested.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let mut prologue = TokenStream::new();
        let mut params = self.nested_params(&mut emitter, nested, &mut prologue);
        if self.output.is_some() {
            let ty = self.value_bar_ty();
            for b in 0..1usize << nested.level {
                params.push(match nested.seeds.get(b).copied().flatten() {
                    Some(seed) => {
                        let name = emitter.names.declare(function, seed);
                        quote!(#name: #ty)
                    }
                    None => quote!(_: #ty),
                });
            }
        }
        for (k, param) in self.params.iter().enumerate().filter(|(_, param)| param.active) {
            let place = self.shadow_place(param);
            for b in 0..1usize << nested.level {
                params.push(match nested.shadows[k].get(b).copied().flatten() {
                    Some(shadow) => {
                        let name = emitter.names.declare(function, shadow);
                        quote!(#name: &mut #place)
                    }
                    None => quote!(_: &mut #place),
                });
            }
        }
        emitter.declare(&function.body);
        emitter.declare_models(&[&function.body]);
        nested.results.iter().flatten().for_each(|result| emitter.returns(result));
        let body = emitter.block(&function.body);
        let (results, names) = self.nested_results(&mut emitter, nested);
        let end = self.wrapped(&tuple(names));
        let head = self.hidden(&core_name("__ad_reverse", nested.level));
        let (generics, clause) = self.generics(None, Vec::new());
        let returned = self.wrapped_ty(&tuple(self.nested_value_ty(nested.level)));
        let items = self.items_for(&[&body, &results]);
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #prologue
                #body
                #results
                #end
            }
        }
    }

    /// What a nested pullback is passed for a parameter.
    pub(super) fn nested_pass_ty(&self, param: &Param, level: u32) -> TokenStream {
        let count = 1usize << level;
        let slots = vec![self.slot_ty(param); count];
        match param.mode {
            ParamMode::Value => tuple(slots),
            ParamMode::Ref | ParamMode::RefMut => {
                let ty = self.any_lifetime(param);
                let dots = vec![self.dot_ty(param); count - 1];
                quote!((#ty, #(#dots,)* #(#slots),*))
            }
        }
    }

    /// `__ad_split1`, …: forward mode over the forward sweep, and over the reverse sweep as a
    /// closure.
    pub fn nested_split(&self, nested: &Nested, reserved: Reserved) -> TokenStream {
        let function = &nested.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let count = 1usize << nested.level;
        let mut head_prologue = TokenStream::new();
        let params = self.nested_params(&mut emitter, nested, &mut head_prologue);
        match &function.backward {
            Some(backward) => {
                emitter.declare_all(&[&function.body, &backward.body]);
                emitter.declare_models(&[&function.body, &backward.body]);
            }
            None => emitter.declare(&function.body),
        }
        nested.results.iter().flatten().for_each(|result| emitter.returns(result));
        let mut zeros = TokenStream::new();
        let mut prologue = TokenStream::new();
        let mut arguments = Vec::new();
        for b in 0..count {
            let ty = self.value_bar_ty();
            arguments.push(match nested.seeds.get(b).copied().flatten() {
                Some(seed) => {
                    let name = emitter.names.declare(function, seed);
                    quote!(#name: #ty)
                }
                None => quote!(_: #ty),
            });
        }
        for (k, param) in self.params.iter().enumerate() {
            let pass = self.nested_pass_ty(param, nested.level);
            if !param.active {
                let name = emitter.name_in_closure(function.params[k].var);
                let blanks = vec![quote!(_); 2 * count - 1];
                arguments.push(match param.mode {
                    ParamMode::Value => quote!(_: #pass),
                    ParamMode::Ref | ParamMode::RefMut => quote!((#name, #(#blanks),*): #pass),
                });
                continue;
            }
            let mut names = Vec::new();
            let by_ref = param.mode != ParamMode::Value;
            let primal = emitter.name_in_closure(function.params[k].var);
            let mut after = TokenStream::new();
            let zero = if by_ref {
                self.types().zero(&param.shape, &primal, true)
            } else {
                match self.types().constant_zero(&param.shape) {
                    Some(zero) => zero,
                    None => {
                        let kept = emitter.names.fresh(&format!("{primal}_zero"));
                        let zero = self.zero_of(&emitter, k);
                        zeros.extend(quote!(let #kept = #zero;));
                        quote!(::core::clone::Clone::clone(&#kept))
                    }
                }
            };
            if by_ref {
                names.push(quote!(#primal));
                for b in 1..count {
                    let Some(dot) = nested.primal[k].get(b).copied().flatten() else {
                        names.push(quote!(_));
                        continue;
                    };
                    let name = emitter.name(dot);
                    let kept = emitter.names.fresh(&format!("{name}_zero"));
                    names.push(quote!(#name));
                    after.extend(quote! {
                        let mut #kept = ::core::option::Option::None;
                        let #name = #name.or_zero(&mut #kept, || #zero);
                    });
                }
            }
            for b in 0..count {
                let Some(shadow) = nested.shadows[k].get(b).copied().flatten() else {
                    names.push(quote!(_));
                    continue;
                };
                let name = emitter.names.declare(function, shadow);
                let kept = emitter.names.fresh(&format!("{name}_zero"));
                names.push(quote!(#name));
                after.extend(quote! {
                    let mut #kept = ::core::option::Option::None;
                    let #name = #name.or_zero(&mut #kept, || #zero);
                });
            }
            let names = tuple(names);
            arguments.push(quote!(#names: #pass));
            prologue.extend(after);
        }
        let forward = emitter.block(&function.body);
        let (results, mut names) = self.nested_results(&mut emitter, nested);
        emitter.enter_closure();
        let body = function.backward.as_ref().map(|backward| emitter.block(&backward.body));
        let closure = quote!(move |#(#arguments),*| { #prologue #body });
        let closure = if self.boxed {
            self.boxed_closure_of(&closure, &self.nested_pull_types(nested.level))
        } else {
            closure
        };
        names.push(closure);
        let end = self.wrapped(&tuple(names));
        let head = self.hidden(&core_name("__ad_split", nested.level));
        let (generics, clause) = self.generics(None, Vec::new());
        let returned = self.nested_split_ty(nested.level);
        let items = self.items_for(&[&end, &forward, &results]);
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #head_prologue
                #zeros
                #forward
                #results
                #end
            }
        }
    }

    /// `m__ad_pull1(self, pullback, seeds…, …)`, …: what `m__ad_pull` is for the pullbacks above.
    pub fn nested_pull_forwarder(&self, level: u32) -> TokenStream {
        if !self.is_method() || self.home.is_bound() {
            return TokenStream::new();
        }
        let count = 1usize << level;
        let (receiver, rest) = self.params.split_first().expect("a method has a receiver");
        let taken = match receiver.mode {
            ParamMode::Value => quote!(&self),
            ParamMode::Ref | ParamMode::RefMut => receiver.declaration(),
        };
        let (dot_ty, slot_ty) = (self.dot_ty(receiver), self.slot_ty(receiver));
        let (generics, clause, types) = self.passing(self.nested_pull_types(level), count);
        let (seed_tys, rest_tys) = (&types[..count], &types[count + 1..]);
        let pullback = self.fresh("pullback");
        let seeds: Vec<Ident> = (0..count).map(|b| self.fresh(&format!("seed_{b}"))).collect();
        let dots: Vec<Ident> = (1..count).map(|b| self.fresh(&format!("{}_{b}", receiver.dot))).collect();
        let slots: Vec<Ident> = (0..count).map(|b| self.fresh(&format!("{}_{b}", receiver.bar))).collect();
        let first = match receiver.mode {
            ParamMode::Value => quote!((#(#slots,)*)),
            ParamMode::Ref | ParamMode::RefMut => quote!((self, #(#dots,)* #(#slots),*)),
        };
        let (dot_tys, slot_tys) = (vec![dot_ty; count - 1], vec![slot_ty; count]);
        let others = rest.iter().zip(rest_tys).map(|(param, ty)| {
            let name = &param.name;
            quote!(#name: #ty)
        });
        let names = rest.iter().map(|param| &param.name);
        let head = self.hidden(&core_name("__ad_pull", level));
        quote! {
            #head #generics(
                #taken,
                #pullback: impl ::core::ops::FnOnce(#(#types),*),
                #(#seeds: #seed_tys,)*
                (#(#dots,)* #(#slots,)*): (#(#dot_tys,)* #(#slot_tys,)*),
                #(#others),*
            ) #clause {
                #pullback(#(#seeds,)* #first, #(#names),*)
            }
        }
    }

    /// What a trait asks of its implementations for order two and above, and what it gives.
    pub fn declarations_of_higher(&self, order: u32) -> TokenStream {
        if order < 2 {
            return TokenStream::new();
        }
        let (generics, clause) = self.generics(None, Vec::new());
        let with_dots = |level: u32| -> Vec<TokenStream> {
            let dots = (1u32 << level) - 1;
            let mut params = Vec::new();
            for param in &self.params {
                params.push(param.declaration());
                let ty = self.dot_ty(param);
                params.extend((0..dots).map(|b| {
                    let name = self.fresh(&format!("{}_{b}", param.dot));
                    quote!(#name: #ty)
                }));
            }
            params
        };
        let mut out = self.higher(order, None);
        for level in 2..=order {
            let (head, params) = (self.hidden(&core_name("__ad_jvp", level)), with_dots(level));
            let returned = self.wrapped_ty(&tuple(self.nested_value_ty(level)));
            out.extend(quote!(#head #generics(#(#params),*) -> #returned #clause;));
        }
        for level in 1..order {
            let (count, mut params) = (1u32 << level, with_dots(level));
            let (head, returned) =
                (self.hidden(&core_name("__ad_split", level)), self.nested_split_ty(level));
            out.extend(quote!(#head #generics(#(#params),*) -> #returned #clause;));
            if self.output.is_some() {
                let ty = self.value_bar_ty();
                params.extend((0..count).map(|b| {
                    let name = self.fresh(&format!("value_bar_{b}"));
                    quote!(#name: #ty)
                }));
            }
            for param in self.active() {
                let place = self.shadow_place(param);
                params.extend((0..count).map(|b| {
                    let name = self.fresh(&format!("{}_{b}", param.bar));
                    quote!(#name: &mut #place)
                }));
            }
            let head = self.hidden(&core_name("__ad_reverse", level));
            let returned = self.wrapped_ty(&tuple(self.nested_value_ty(level)));
            out.extend(quote!(#head #generics(#(#params),*) -> #returned #clause;));
            out.extend(self.nested_pull_forwarder(level));
        }
        out
    }

    /// What the arguments of a nested pullback are: the seeds, then what belongs to each parameter.
    fn nested_pull_types(&self, level: u32) -> Vec<TokenStream> {
        let seeds = vec![self.value_bar_ty(); 1usize << level];
        let passes = self.params.iter().map(|param| self.nested_pass_ty(param, level));
        self.for_any_lifetime(seeds.into_iter().chain(passes).collect())
    }

    /// What `__ad_split1`, … return.
    fn nested_split_ty(&self, level: u32) -> TokenStream {
        let (types, captures) = (self.nested_pull_types(level), self.captures(&[]));
        let bounds = self.boxed.then(|| quote!(+ ::core::marker::Send + ::core::marker::Sync));
        let mut returned = self.nested_value_ty(level);
        returned
            .push(quote!(impl ::core::ops::FnOnce(#(#types),*) + ::core::clone::Clone #bounds + #captures));
        self.wrapped_ty(&tuple(returned))
    }

    /// Whether the function has one scalar output, returned, as far as its spelling tells.
    pub fn may_have_hessian(&self) -> bool {
        let in_out = self.active().any(|param| param.mode == ParamMode::RefMut);
        let scalar = match &self.output {
            Some((_, Shape::Float(_))) => true,
            Some((ty, Shape::Other(_))) => names_a_float(ty),
            _ => false,
        };
        scalar && !in_out && !self.params.is_empty()
    }

    /// The public companions of order two and above.
    pub fn higher(&self, order: u32, wide: Option<&Nested>) -> TokenStream {
        let scalar = self.may_have_hessian();
        let inner = self.inner(order, scalar);
        if !scalar {
            return inner;
        }
        let hessian = wide.and_then(|wide| self.wide_hessian(wide)).unwrap_or_else(|| self.hessian());
        let hvp = self.hvp();
        let derivatives = self.derivatives(order);
        quote!(#hvp #hessian #derivatives #inner)
    }

    /// The seeds of a gradient at a level: one, and no tangents.
    pub(super) fn unit_seeds(&self, level: u32) -> Vec<TokenStream> {
        let krate = self.krate;
        let ty = self.value_bar_ty();
        (0..1u32 << level)
            .map(|b| {
                let value = if b == 0 { quote!(1.0) } else { quote!(0.0) };
                match &self.output {
                    Some((_, Shape::Float(name))) if name == "f64" || name == "f32" => value,
                    _ => quote!(<#ty as #krate::Scalar>::lit(#value)),
                }
            })
            .collect()
    }

    fn hvp(&self) -> TokenStream {
        let krate = self.krate;
        let (generics, clause) = self.generics(None, Vec::new());
        let head = self.public("hvp");
        let core = self.own(&core_name("__ad_reverse", 1));
        let params: Vec<TokenStream> = self.params.iter().map(Param::declaration).collect();
        let direction = self.fresh("direction");
        let direction_ty = one_or_tuple(self.active().map(|param| self.tangent_seed(param)).collect());
        let dots = one_or_tuple(
            self.active()
                .map(|param| {
                    let dot = &param.dot;
                    quote!(#dot)
                })
                .collect(),
        );
        let checks = self.active().filter(|param| param.is_sequence()).map(|param| {
            let (name, dot) = (&param.name, &param.dot);
            quote!(#krate::rt::same_length(#name.len(), #dot.len());)
        });
        let mut zeros = TokenStream::new();
        let mut args = Vec::new();
        let mut places = Vec::new();
        for param in &self.params {
            let (name, dot) = (&param.name, &param.dot);
            args.push(match param.mode {
                ParamMode::RefMut => quote!(&mut *#name),
                ParamMode::Value | ParamMode::Ref => quote!(#name),
            });
            args.push(match (param.active, param.mode) {
                (false, _) => quote!(#krate::rt::Inactive),
                (true, ParamMode::Value) => {
                    let dot = self.types().own_seed(&param.shape, &quote!(#dot));
                    quote!(#krate::rt::Dot::Active(#dot))
                }
                (true, ParamMode::Ref | ParamMode::RefMut) => quote!(#krate::rt::DotRef::Active(#dot)),
            });
            if param.active {
                let (bar, bar_dot) = (&param.bar, self.second(param));
                let zero = self.zero(param);
                let ty = self.types().tangent(&param.shape);
                zeros.extend(quote!(let mut #bar: #ty = #zero; let mut #bar_dot: #ty = #zero;));
                places.extend([quote!(&mut #bar), quote!(&mut #bar_dot)]);
            }
        }
        args.extend(self.unit_seeds(1));
        args.extend(places);
        let returned = self.wrapped_ty(&self.gradient());
        let question = self.question();
        let products = one_or_tuple(
            self.active()
                .map(|param| {
                    let bar = self.second(param);
                    quote!(#bar)
                })
                .collect(),
        );
        let end = self.wrapped(&products);
        quote! {
            #head #generics(#(#params,)* #direction: #direction_ty) -> #returned #clause {
                let #dots = #direction;
                #(#checks)*
                #zeros
                let _ = #core(#(#args),*)#question;
                #end
            }
        }
    }

    /// The name of the tangent of a parameter's cotangent.
    pub(super) fn second(&self, param: &Param) -> Ident {
        self.fresh(&format!("{}_dot", param.bar))
    }
}

/// Whether a type that is spelled as no float is likely another name of one: `Real`, `Float`.
fn names_a_float(ty: &syn::Type) -> bool {
    let syn::Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string().to_lowercase();
    last.arguments.is_empty()
        && (["float", "real", "scalar", "double", "number"].iter().any(|alias| name.contains(alias))
            || ["f32", "f64"].contains(&name.as_str()))
}

/// Whether a bound speaks of a type with a lifetime, as `T: Sum<&'a T>`.
pub(super) fn bounds_name_a_lifetime(generics: &syn::Generics) -> bool {
    struct Lifetimes(bool);
    impl<'ast> Visit<'ast> for Lifetimes {
        fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
            let text = bound.to_token_stream().to_string();
            self.0 |= bound.lifetimes.is_none() && text.contains('\'');
        }
    }
    let mut lifetimes = Lifetimes(false);
    lifetimes.visit_generics(generics);
    lifetimes.0
}
