//! What differentiation made of the function, as the hidden companions `__ad_jvp`,
//! `__ad_split` and `__ad_reverse`.

use super::Target;
use crate::emit::Emitter;
use crate::emit::types::{Shape, tuple};
use crate::forward::Tangent;
use crate::ir::{Expr, ParamMode, Var};
use crate::names::Reserved;
use crate::reverse::Adjoint;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

impl Target<'_> {
    /// `x: &[f64]` under the name that the function's body uses.
    pub(super) fn core_param(&self, emitter: &Emitter, k: usize) -> TokenStream {
        let param = &self.params[k];
        let var = emitter.function.params[k].var;
        let info = emitter.function.info(var);
        let (name, ty) = (emitter.name(var), &param.ty);
        let mutable = (info.mutable && param.mode == ParamMode::Value).then(|| quote!(mut));
        match &param.receiver {
            Some(receiver) => quote!(#mutable #receiver),
            None => quote!(#mutable #name: #ty),
        }
    }

    /// `pub fn __ad_…` with its attributes.
    pub(super) fn hidden(&self, name: &str) -> TokenStream {
        let (vis, name) = (self.visibility(), self.companion(name));
        let inline = self.inline();
        quote!(#[doc(hidden)] #inline #vis fn #name)
    }

    /// `__ad_jvp`: primal and tangent together.
    pub fn jvp_core(&self, tangent: &Tangent, reserved: Reserved) -> TokenStream {
        let krate = self.krate;
        let function = &tangent.function;
        let mut emitter = Emitter::new(function, krate, reserved);
        let mut params = Vec::new();
        let mut prologue = TokenStream::new();
        for (k, param) in self.params.iter().enumerate() {
            params.push(self.core_param(&emitter, k));
            let ty = self.dot_ty(param);
            let Some(dot) = tangent.dots[k].filter(|_| param.active) else {
                params.push(quote!(_: #ty));
                continue;
            };
            let name = emitter.names.declare(function, dot);
            params.push(quote!(#name: #ty));
            let zero = self.zero_of(&emitter, k);
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
        emitter.declare(&function.body);
        tangent.result_dot.iter().for_each(|dot| emitter.returns(dot));
        let body = emitter.block(&function.body);
        let result = self.dressed(emitter.value(&function.result));
        let end = match (&self.output, &tangent.result_dot) {
            (None, _) => self.wrapped(&quote!(((), ()))),
            (Some(_), Some(dot)) => {
                let part = matches!(dot, Expr::Read(place) if !place.is_var());
                let computed = (part || !(dot.is_atom() || matches!(dot, Expr::Move(_))))
                    && !function.result.ty(function).is_copy();
                let dot = emitter.value(dot);
                if computed {
                    // What is returned may be moved, and be what its derivative is shaped like.
                    let value_dot = emitter.names.fresh("value_dot");
                    let end = self.wrapped(&quote!((#result, #value_dot)));
                    quote!(let #value_dot = #dot; #end)
                } else {
                    self.wrapped(&quote!((#result, #dot)))
                }
            }
            (Some((_, shape)), None) => match self.types().constant_zero(shape) {
                Some(zero) => self.wrapped(&quote!((#result, #zero))),
                None => {
                    let value = emitter.names.fresh("value");
                    let zero = emitter.names.fresh("value_dot");
                    let end = self.wrapped(&quote!((#value, #zero)));
                    quote! {
                        let #value = #result;
                        let #zero = #krate::rt::zero_like(&#value);
                        #end
                    }
                }
            },
        };
        let head = self.hidden("__ad_jvp");
        let (generics, clause) = self.generics(None, Vec::new());
        let (value, dot) = (self.value_ty(), self.value_bar_ty());
        let returned = self.wrapped_ty(&quote!((#value, #dot)));
        let items = self.items_for(&[&body, &end]);
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #prologue
                #body
                #end
            }
        }
    }

    /// The zero tangent of a parameter under the name that the body uses.
    pub(super) fn zero_of(&self, emitter: &Emitter, k: usize) -> TokenStream {
        let param = &self.params[k];
        let name = emitter.name(emitter.function.params[k].var);
        self.types().zero(&param.shape, &name, param.mode != ParamMode::Value)
    }

    /// `__ad_reverse`: both sweeps in one, the seed known from the start.
    pub fn reverse_core(&self, adjoint: &Adjoint, reserved: Reserved) -> TokenStream {
        let krate = self.krate;
        let function = &adjoint.function;
        let mut emitter = Emitter::new(function, krate, reserved);
        let mut params: Vec<TokenStream> =
            (0..self.params.len()).map(|k| self.core_param(&emitter, k)).collect();
        if self.output.is_some() {
            params.push(self.seed_param(&mut emitter, adjoint.seed));
        }
        let mut prologue = TokenStream::new();
        let mut cotangents = Vec::new();
        for (k, param) in self.params.iter().enumerate().filter(|(_, param)| param.active) {
            let zero = self.zero_of(&emitter, k);
            let name = adjoint.shadows[k].map(|shadow| emitter.names.declare(function, shadow));
            if param.mode == ParamMode::Value {
                match name {
                    Some(name) => {
                        prologue.extend(self.zero_local(&name, param, &zero));
                        cotangents.push(quote!(#name));
                    }
                    None => cotangents.push(zero),
                }
            } else {
                let place = self.shadow_place(param);
                if let (Some(name), Shape::Slice(_)) = (&name, &param.shape) {
                    // Of one length with the primal, bounds checks of the one serve the other.
                    let primal = emitter.name(function.params[k].var);
                    prologue.extend(quote!(let #name = &mut #name[..#primal.len()];));
                }
                params.push(match name {
                    Some(name) => quote!(#name: &mut #place),
                    None => quote!(_: &mut #place),
                });
            }
        }
        emitter.declare(&adjoint.forward);
        emitter.declare_models(&[&adjoint.forward, &adjoint.backward]);
        let body = emitter.block(&adjoint.forward);
        if self.params.iter().zip(&adjoint.shadows).all(|(param, shadow)| !param.active || shadow.is_some()) {
            emitter.forget_models();
        }
        let result = self.dressed(emitter.value(&function.result));
        let end = self.wrapped(&{
            let cotangents = tuple(cotangents);
            quote!((#result, #cotangents))
        });
        let head = self.hidden("__ad_reverse");
        let (generics, clause) = self.generics(None, Vec::new());
        let returned = self.reverse_ty();
        let items = self.items_for(&[&body, &end]);
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #prologue
                #body
                #end
            }
        }
    }

    fn reverse_ty(&self) -> TokenStream {
        let value = self.value_ty();
        let cotangents = tuple(self.by_value().map(|param| self.types().tangent(&param.shape)).collect());
        self.wrapped_ty(&quote!((#value, #cotangents)))
    }

    /// The function's result as it is returned: what derivatives have as a `Vec` may be a `Box<[T]>`.
    pub(super) fn dressed(&self, value: TokenStream) -> TokenStream {
        match &self.output {
            Some((ty, _)) if crate::lower::is_boxed_slice(ty) => {
                quote!(::core::convert::Into::<#ty>::into(#value))
            }
            Some(_) | None => value,
        }
    }

    /// `y_bar: f64`
    fn seed_param(&self, emitter: &mut Emitter, seed: Option<Var>) -> TokenStream {
        let ty = self.value_bar_ty();
        match seed {
            Some(seed) => {
                let name = emitter.names.declare(emitter.function, seed);
                let mutable = emitter.function.info(seed).mutable.then(|| quote!(mut));
                quote!(#mutable #name: #ty)
            }
            None => quote!(_: #ty),
        }
    }

    /// The local in which the cotangent of a parameter passed by value adds up.
    fn zero_local(&self, name: &Ident, param: &super::Param, zero: &TokenStream) -> TokenStream {
        let ty = self.types().tangent(&param.shape);
        quote!(let mut #name: #ty = #zero;)
    }

    /// `__ad_reverse` on top of `__ad_split`, for rules that give only the latter.
    pub fn reverse_by_split(&self) -> TokenStream {
        let mut params: Vec<TokenStream> = self.params.iter().map(super::Param::declaration).collect();
        let value_bar = self.fresh("value_bar");
        if self.output.is_some() {
            let ty = self.value_bar_ty();
            params.push(quote!(#value_bar: #ty));
        }
        for param in self.by_reference() {
            let (bar, place) = (&param.bar, self.shadow_place(param));
            params.push(quote!(#bar: &mut #place));
        }
        let sweep = self.split_and_pull(&value_bar, false);
        let head = self.hidden("__ad_reverse");
        let (generics, clause) = self.generics(None, Vec::new());
        let returned = self.reverse_ty();
        let value = self.fresh("value");
        let cotangents = tuple(
            self.by_value()
                .map(|param| {
                    let bar = &param.bar;
                    quote!(#bar)
                })
                .collect(),
        );
        let end = self.wrapped(&quote!((#value, #cotangents)));
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #sweep
                #end
            }
        }
    }

    /// `__ad_split`: the forward sweep, and the reverse sweep as a closure over it.
    pub fn split_core(&self, adjoint: &Adjoint, reserved: Reserved) -> TokenStream {
        let krate = self.krate;
        let function = &adjoint.function;
        let mut emitter = Emitter::new(function, krate, reserved);
        let params: Vec<TokenStream> = (0..self.params.len()).map(|k| self.core_param(&emitter, k)).collect();
        emitter.declare_all(&[&adjoint.forward, &adjoint.backward]);

        let mut zeros = TokenStream::new();
        let mut prologue = TokenStream::new();
        let mut epilogue = TokenStream::new();
        let seed = self.seed_param(&mut emitter, adjoint.seed);
        let mut arguments = vec![seed];
        for (k, param) in self.params.iter().enumerate() {
            let pass = self.pass_ty(param);
            let shadow = if param.active { adjoint.shadows[k] } else { None };
            let shadow = shadow.map(|shadow| emitter.names.declare(function, shadow));
            if param.mode == ParamMode::Value {
                let Some(shadow) = shadow else {
                    arguments.push(quote!(_: #pass));
                    continue;
                };
                let zero = self.zero_of(&emitter, k);
                let local = self.zero_local(&shadow, param, &zero);
                // A zero that takes its shape from the argument is made while there is one.
                match self.types().constant_zero(&param.shape) {
                    Some(_) => prologue.extend(local),
                    None => zeros.extend(local),
                }
                let slot = emitter.names.fresh(&format!("{shadow}_slot"));
                arguments.push(quote!(#slot: #pass));
                epilogue.extend(match param.is_sequence() {
                    true => quote!(#slot.add_slice(&#shadow);),
                    false => quote!(#slot.add(#shadow);),
                });
                continue;
            }
            let var = function.params[k].var;
            let name = emitter.name_in_closure(var);
            match shadow {
                Some(shadow) => {
                    arguments.push(quote!((#name, #shadow): #pass));
                    let kept = emitter.names.fresh(&format!("{shadow}_zero"));
                    let zero = self.types().zero(&param.shape, &name, true);
                    prologue.extend(quote! {
                        let mut #kept = ::core::option::Option::None;
                        let #shadow = #shadow.or_zero(&mut #kept, || #zero);
                    });
                }
                None => arguments.push(quote!((#name, _): #pass)),
            }
        }
        let forward = emitter.block(&adjoint.forward);
        let result = self.dressed(emitter.value(&function.result));
        emitter.enter_closure();
        let backward = emitter.block(&adjoint.backward);
        let closure = quote! {
            move |#(#arguments),*| {
                #prologue
                #backward
                #epilogue
            }
        };
        let head = self.hidden("__ad_split");
        let (generics, clause) = self.generics(None, Vec::new());
        let closure = if self.boxed { self.boxed_closure(&closure) } else { closure };
        let returned = self.split_ty();
        let end = self.wrapped(&quote!((#result, #closure)));
        let items = self.items_for(&[&forward, &end]);
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #zeros
                #forward
                #end
            }
        }
    }

    /// The pullback of a function that calls itself: its type must not contain itself.
    fn boxed_closure(&self, closure: &TokenStream) -> TokenStream {
        self.boxed_closure_of(closure, &self.pull_types())
    }

    pub(super) fn boxed_closure_of(&self, closure: &TokenStream, types: &[TokenStream]) -> TokenStream {
        let krate = self.krate;
        let names: Vec<Ident> = (0..types.len()).map(|k| format_ident!("a{k}")).collect();
        quote! {{
            let pullback = #closure;
            let pullback: #krate::rt::Arc<
                dyn ::core::ops::Fn() -> #krate::rt::Box<dyn ::core::ops::FnOnce(#(#types),*)>
                    + ::core::marker::Send + ::core::marker::Sync
            > = #krate::rt::Arc::new(move || #krate::rt::Box::new(pullback.clone()));
            move |#(#names: #types),*| pullback()(#(#names),*)
        }}
    }

    /// What a caller passes to the pullback for a parameter: the place of its cotangent.
    pub(super) fn slot_ty(&self, param: &super::Param) -> TokenStream {
        let krate = self.krate;
        if !param.active {
            // The trait of an operator knows no inactive operand, but one without scalars.
            return match self.home {
                super::Home::Operator => quote!(#krate::rt::Slot<'_, ()>),
                _ => quote!(#krate::rt::Inactive),
            };
        }
        let place = self.shadow_place(param);
        quote!(#krate::rt::Slot<'_, #place>)
    }

    /// The same, with the argument itself when it is a reference.
    pub(super) fn pass_ty(&self, param: &super::Param) -> TokenStream {
        let slot = self.slot_ty(param);
        match param.mode {
            ParamMode::Value => slot,
            ParamMode::Ref | ParamMode::RefMut => {
                let ty = self.any_lifetime(param);
                quote!((#ty, #slot))
            }
        }
    }

    /// The types of the arguments of a pullback.
    pub(super) fn pull_types(&self) -> Vec<TokenStream> {
        let passes = self.params.iter().map(|param| self.pass_ty(param));
        self.for_any_lifetime(std::iter::once(self.value_bar_ty()).chain(passes).collect())
    }

    /// What `__ad_split` returns.
    pub(super) fn split_ty(&self) -> TokenStream {
        let (value, types, captures) = (self.value_ty(), self.pull_types(), self.captures(&[]));
        let bounds = self.boxed.then(|| quote!(+ ::core::marker::Send + ::core::marker::Sync));
        self.wrapped_ty(&quote! {
            (#value, impl ::core::ops::FnOnce(#(#types),*) + ::core::clone::Clone #bounds + #captures)
        })
    }

    /// What `__ad_jvp` takes for the tangent of a parameter.
    pub(super) fn dot_ty(&self, param: &super::Param) -> TokenStream {
        let krate = self.krate;
        if !param.active {
            return match (self.home, param.mode) {
                (super::Home::Operator, ParamMode::Value) => quote!(#krate::rt::Dot<()>),
                (super::Home::Operator, ParamMode::Ref) => quote!(#krate::rt::DotRef<'_, ()>),
                _ => quote!(#krate::rt::Inactive),
            };
        }
        let place = self.shadow_place(param);
        match param.mode {
            ParamMode::Value => {
                let owned = self.types().tangent(&param.shape);
                quote!(#krate::rt::Dot<#owned>)
            }
            ParamMode::Ref => quote!(#krate::rt::DotRef<'_, #place>),
            ParamMode::RefMut => quote!(#krate::rt::Slot<'_, #place>),
        }
    }

    /// The hidden companions of a method that a trait requires.
    pub fn declarations_of_cores(&self) -> TokenStream {
        let (generics, clause) = self.generics(None, Vec::new());
        let params: Vec<TokenStream> = self.params.iter().map(super::Param::declaration).collect();

        let with_dots = self.params.iter().map(|param| {
            let (declaration, dot, ty) = (param.declaration(), &param.dot, self.dot_ty(param));
            quote!(#declaration, #dot: #ty)
        });
        let (value, value_dot) = (self.value_ty(), self.value_bar_ty());
        let returned = self.wrapped_ty(&quote!((#value, #value_dot)));
        let head = self.hidden("__ad_jvp");
        let jvp = quote!(#head #generics(#(#with_dots),*) -> #returned #clause;);

        let seed = self.output.is_some().then(|| {
            let (name, ty) = (self.fresh("value_bar"), self.value_bar_ty());
            quote!(#name: #ty)
        });
        let places = self.by_reference().map(|param| {
            let (bar, place) = (&param.bar, self.shadow_place(param));
            quote!(#bar: &mut #place)
        });
        let all = params.iter().cloned().chain(seed).chain(places);
        let (head, returned) = (self.hidden("__ad_reverse"), self.reverse_ty());
        let reverse = quote!(#head #generics(#(#all),*) -> #returned #clause;);

        let (head, returned) = (self.hidden("__ad_split"), self.split_ty());
        let split = quote!(#head #generics(#(#params),*) -> #returned #clause;);
        let pull = self.pull_forwarder();
        quote!(#jvp #reverse #split #pull)
    }

    /// `m__ad_pull(self, pullback, seed, …)`: passes the receiver to a pullback the way the
    /// method takes it, which a caller cannot see.
    pub fn pull_forwarder(&self) -> TokenStream {
        if !self.is_method() || self.home.is_bound() {
            return TokenStream::new();
        }
        let (receiver, rest) = self.params.split_first().expect("a method has a receiver");
        let taken = match receiver.mode {
            // It may have been moved into the call; its value is not needed.
            ParamMode::Value => quote!(&self),
            ParamMode::Ref | ParamMode::RefMut => receiver.declaration(),
        };
        let (pullback, seed) = (self.fresh("pullback"), self.fresh("seed"));
        let (generics, clause, types) = self.passing(self.pull_types(), 1);
        let (seed_ty, slot_ty) = (&types[0], self.slot_ty(receiver));
        let slot = &receiver.bar;
        let first = match receiver.mode {
            ParamMode::Value => quote!(#slot),
            ParamMode::Ref | ParamMode::RefMut => quote!((self, #slot)),
        };
        let others = rest.iter().zip(&types[2..]).map(|(param, ty)| {
            let name = &param.name;
            quote!(#name: #ty)
        });
        let names = rest.iter().map(|param| &param.name);
        let receiver = self.receiver_forwarder("__ad_differentiable", receiver.mode);
        let head = self.hidden("__ad_pull");
        quote! {
            #receiver
            #head #generics(
                #taken,
                #pullback: impl ::core::ops::FnOnce(#(#types),*),
                #seed: #seed_ty,
                #slot: #slot_ty,
                #(#others),*
            ) #clause {
                #pullback(#seed, #first, #(#names),*)
            }
        }
    }

    /// `m__ad_differentiable(self)`: the receiver as the method takes it, which a caller cannot see. What is
    /// taken by value is needed once more on the way back.
    pub(super) fn receiver_forwarder(&self, name: &str, mode: ParamMode) -> TokenStream {
        let (krate, head) = (self.krate, self.hidden(name));
        let sized = (self.home == super::Home::Trait).then(|| quote!(Self: Sized,));
        let clause = sized.clone().map(|sized| quote!(where #sized));
        match mode {
            ParamMode::Value => quote! {
                #head<'ad>(&self) -> Self
                where
                    #sized
                    #krate::rt::Behind<'ad, Self>: #krate::rt::Consumed<Self>,
                {
                    <#krate::rt::Behind<'ad, Self> as #krate::rt::Consumed<Self>>::again(self)
                }
            },
            ParamMode::Ref => quote!(#head(&self) -> &Self #clause { self }),
            ParamMode::RefMut => quote!(#head(&mut self) -> &mut Self #clause { self }),
        }
    }
}
