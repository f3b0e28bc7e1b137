//! The public companions on top of the cores.

use super::{Output, Param, Target};
use crate::emit::types::{Shape, one_or_tuple, tuple};
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Target<'_> {
    /// `pub fn grad` with its documentation and attributes.
    pub(super) fn public(&self, name: &str) -> TokenStream {
        let (vis, docs, ident) = (self.visibility(), self.docs(name), self.companion(name));
        let inline = self.inline();
        quote!(#docs #inline #vis fn #ident)
    }

    pub(super) fn declarations(&self) -> Vec<TokenStream> {
        self.params.iter().map(Param::declaration).collect()
    }

    fn arguments(&self) -> Vec<TokenStream> {
        self.params
            .iter()
            .map(|param| {
                let name = &param.name;
                quote!(#name)
            })
            .collect()
    }

    /// How the seed of an output is written.
    fn output_seed(&self, output: &Output) -> TokenStream {
        match output {
            Output::Return(shape) => self.types().seed(shape),
            Output::InOut(param) => self.in_out_seed(param),
        }
    }

    /// That of a `&mut` parameter: a reference to its derivative, or the derivative itself.
    fn in_out_seed(&self, param: &Param) -> TokenStream {
        let krate = self.krate;
        if param.is_sequence() {
            return self.types().seed(&param.shape);
        }
        let tangent = self.types().tangent(&param.shape);
        quote!(impl #krate::rt::Seed<#krate::rt::Either<#tangent>>)
    }

    /// That seed made into an owned derivative.
    fn own_in_out(&self, param: &Param, seed: &TokenStream) -> TokenStream {
        let krate = self.krate;
        if param.is_sequence() {
            return quote!(#seed.to_vec());
        }
        let tangent = self.types().tangent(&param.shape);
        quote!(#krate::rt::Seed::<#krate::rt::Either<#tangent>>::own(#seed))
    }

    /// `let (value_bar, a_bar) = cotangent;` and what makes them owned.
    fn open_cotangent(&self, cotangent: &Ident, value_bar: &Ident) -> TokenStream {
        let krate = self.krate;
        let outputs = self.outputs();
        let names: Vec<TokenStream> = outputs
            .iter()
            .map(|output| match output {
                Output::Return(_) => quote!(#value_bar),
                Output::InOut(param) => {
                    let bar = &param.bar;
                    quote!(#bar)
                }
            })
            .collect();
        let names = one_or_tuple(names);
        let owned = outputs.iter().map(|output| match output {
            Output::Return(shape) => {
                let seed = quote!(#value_bar);
                let owned = self.types().own_seed(shape, &seed);
                if owned.to_string() == seed.to_string() {
                    return TokenStream::new();
                }
                quote!(let #value_bar = #owned;)
            }
            Output::InOut(param) => {
                let bar = &param.bar;
                let owned = self.own_in_out(param, &quote!(#bar));
                // The length of a slice is known before; that of a `Vec` is compared afterwards.
                let check = matches!(param.shape, Shape::Slice(_)).then(|| {
                    let name = &param.name;
                    quote!(#krate::rt::same_length(#name.len(), #bar.len());)
                });
                quote!(#check let mut #bar = #owned;)
            }
        });
        quote!(let #names = #cotangent; #(#owned)*)
    }

    /// `let (value, (k_bar,)) = Self::__ad_reverse(…);` where `place` says what is passed for
    /// the cotangent of a parameter that is a reference.
    fn reverse_call(&self, value_bar: &TokenStream, place: impl Fn(&Param) -> TokenStream) -> TokenStream {
        let core = self.own("__ad_reverse");
        let (value, question) = (self.fresh("value"), self.question());
        let mut args: Vec<TokenStream> = self
            .params
            .iter()
            .map(|param| {
                let name = &param.name;
                if param.mode == ParamMode::RefMut { quote!(&mut *#name) } else { quote!(#name) }
            })
            .collect();
        if self.output.is_some() {
            args.push(value_bar.clone());
        }
        args.extend(self.by_reference().map(place));
        let owned = tuple(
            self.by_value()
                .map(|param| {
                    let bar = &param.bar;
                    quote!(#bar)
                })
                .collect(),
        );
        quote!(let (#value, #owned) = #core(#(#args),*)#question;)
    }

    /// Zero cotangents for the parameters that are shared references.
    fn zeros(&self) -> TokenStream {
        self.active()
            .filter(|param| param.mode == ParamMode::Ref)
            .map(|param| {
                let (bar, zero) = (&param.bar, self.zero(param));
                let ty = match &param.shape {
                    Shape::Slice(_) | Shape::Vec(_) => None,
                    shape => Some(self.types().tangent(shape)),
                };
                let ty = ty.map(|ty| quote!(: #ty));
                quote!(let mut #bar #ty = #zero;)
            })
            .collect()
    }

    fn bars(&self) -> TokenStream {
        one_or_tuple(
            self.active()
                .map(|param| {
                    let bar = &param.bar;
                    quote!(#bar)
                })
                .collect(),
        )
    }

    /// `OutputOf<'ad, Y>` for bounds on the output.
    pub(super) fn output_marker(&self) -> TokenStream {
        let krate = self.krate;
        let outputs = self.outputs();
        let types = outputs.iter().map(|output| match output {
            Output::Return(_) => self.value_ty(),
            Output::InOut(param) => match &param.ty {
                syn::Type::Reference(reference) => {
                    let inner = &reference.elem;
                    // What has no size of its own can be no part of a tuple.
                    match (&**inner, outputs.len()) {
                        (syn::Type::Slice(_), 2..) => quote!(&'ad #inner),
                        _ => quote!(#inner),
                    }
                }
                ty => quote!(#ty),
            },
        });
        let types = one_or_tuple(types.collect());
        quote!(#krate::rt::OutputOf<'ad, #types>)
    }

    /// The lifetime, the bound and the seed of a gradient: none but `1.0` where the output is
    /// spelled as a scalar.
    fn unit_seed(&self) -> (Option<TokenStream>, Vec<TokenStream>, TokenStream) {
        let krate = self.krate;
        let outputs = self.outputs();
        let scalar = match outputs.as_slice() {
            [Output::Return(Shape::Float(scalar))] => Some(scalar),
            [Output::InOut(Param { shape: Shape::Float(scalar), .. })] => Some(scalar),
            _ => None,
        };
        if let Some(scalar) = scalar {
            return (None, Vec::new(), self.types().one(scalar));
        }
        let (output, ty) = (self.output_marker(), self.outputs_bar_ty());
        let bound = quote!(#output: #krate::rt::ScalarOutput<Seed = #ty>);
        (Some(quote!('ad)), vec![bound], quote!(<#output as #krate::rt::ScalarOutput>::one()))
    }

    /// `grad`
    pub fn grad(&self) -> TokenStream {
        let (lifetime, bounds, _) = self.unit_seed();
        let (generics, clause) = self.generics(lifetime, bounds);
        let (head, params, args) = (self.public("grad"), self.declarations(), self.arguments());
        let (core, question) = (self.own("value_and_grad"), self.question());
        let returned = self.wrapped_ty(&self.gradient());
        let value = self.wrapped(&quote!(#core(#(#args),*)#question.1));
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #value
            }
        }
    }

    /// `value_and_grad`
    pub fn value_and_grad(&self) -> TokenStream {
        let (lifetime, bounds, one) = self.unit_seed();
        let (generics, clause) = self.generics(lifetime, bounds);
        let (head, params) = (self.public("value_and_grad"), self.declarations());
        let (value_ty, gradient) = (self.value_ty(), self.gradient());
        let returned = self.wrapped_ty(&quote!((#value_ty, #gradient)));
        let (value, bars, zeros) = (self.fresh("value"), self.bars(), self.zeros());
        let outputs = self.outputs();
        // A bound that no output of several can meet needs no more than a body that type-checks.
        let (seeds, value_bar) = match outputs.as_slice() {
            [Output::Return(_)] => (TokenStream::new(), one),
            [Output::InOut(param)] => {
                let bar = &param.bar;
                (quote!(let mut #bar = #one;), TokenStream::new())
            }
            _ => {
                let (cotangent, value_bar) = (self.fresh("cotangent"), self.fresh("value_bar"));
                let names = outputs.iter().map(|output| match output {
                    Output::Return(_) => quote!(#value_bar),
                    Output::InOut(param) => {
                        let bar = &param.bar;
                        quote!(mut #bar)
                    }
                });
                let names = one_or_tuple(names.collect());
                (quote!(let #cotangent = #one; let #names = #cotangent;), quote!(#value_bar))
            }
        };
        let call = self.reverse_call(&value_bar, |param| {
            let bar = &param.bar;
            quote!(&mut #bar)
        });
        let end = self.wrapped(&quote!((#value, #bars)));
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #zeros
                #seeds
                #call
                #end
            }
        }
    }

    /// `vjp`
    pub fn vjp(&self) -> TokenStream {
        let (generics, clause) = self.generics(None, Vec::new());
        let (head, params) = (self.public("vjp"), self.declarations());
        let (value_ty, gradient) = (self.value_ty(), self.gradient());
        let returned = self.wrapped_ty(&quote!((#value_ty, #gradient)));
        let (value, bars, zeros) = (self.fresh("value"), self.bars(), self.zeros());
        let (cotangent, value_bar) = (self.fresh("cotangent"), self.fresh("value_bar"));
        let seed_ty = one_or_tuple(self.outputs().iter().map(|output| self.output_seed(output)).collect());
        let seeds = self.open_cotangent(&cotangent, &value_bar);
        let call = self.reverse_call(&quote!(#value_bar), |param| {
            let bar = &param.bar;
            quote!(&mut #bar)
        });
        let end = self.wrapped(&quote!((#value, #bars)));
        quote! {
            #head #generics(#(#params,)* #cotangent: #seed_ty) -> #returned #clause {
                #seeds
                #zeros
                #call
                #end
            }
        }
    }

    /// `accumulate`
    pub fn accumulate(&self) -> TokenStream {
        let krate = self.krate;
        let (generics, clause) = self.generics(None, Vec::new());
        let (head, params) = (self.public("accumulate"), self.declarations());
        let returned = self.wrapped_ty(&self.value_ty());
        let (value, grads) = (self.fresh("value"), self.fresh("grads"));
        let (cotangent, value_bar) = (self.fresh("cotangent"), self.fresh("value_bar"));
        let seed_ty = one_or_tuple(self.outputs().iter().map(|output| self.output_seed(output)).collect());
        let seeds = self.open_cotangent(&cotangent, &value_bar);
        let place_name = |param: &Param| self.fresh(&format!("{}_grad", param.name).replace("r#", ""));
        let places: Vec<TokenStream> = self
            .active()
            .map(|param| {
                let place = place_name(param);
                quote!(#place)
            })
            .collect();
        let places = one_or_tuple(places);
        let places_ty = one_or_tuple(
            self.active()
                .map(|param| {
                    let place = self.types().place(&param.shape);
                    quote!(&mut #place)
                })
                .collect(),
        );
        let checks = self.active().filter(|param| param.is_sequence()).map(|param| {
            let (name, place) = (&param.name, place_name(param));
            quote!(#krate::rt::same_length(#name.len(), #place.len());)
        });
        let call = self.reverse_call(&quote!(#value_bar), |param| match param.mode {
            ParamMode::RefMut => {
                let bar = &param.bar;
                quote!(&mut #bar)
            }
            ParamMode::Value | ParamMode::Ref => {
                let place = place_name(param);
                quote!(#place)
            }
        });
        let additions = self.active().filter(|param| param.mode != ParamMode::Ref).map(|param| {
            let (place, bar) = (place_name(param), &param.bar);
            match &param.shape {
                Shape::Float(_) => quote!(*#place += #bar;),
                Shape::Slice(_) | Shape::Vec(_) => quote!(#krate::rt::accumulate_slice(#place, &#bar);),
                Shape::Inert | Shape::Array(..) | Shape::Tuple(_) | Shape::Option(_) | Shape::Other(_) => {
                    quote!(#krate::rt::accumulate(#place, &#bar);)
                }
            }
        });
        let end = self.wrapped(&quote!(#value));
        quote! {
            #head #generics(#(#params,)* #cotangent: #seed_ty, #grads: #places_ty) -> #returned #clause {
                let #places = #grads;
                #(#checks)*
                #seeds
                #call
                #(#additions)*
                #end
            }
        }
    }

    /// How the tangent of a parameter is written.
    pub(super) fn tangent_seed(&self, param: &Param) -> TokenStream {
        match param.mode {
            ParamMode::Value => self.types().seed(&param.shape),
            ParamMode::Ref => {
                let place = self.types().place(&param.shape);
                quote!(&#place)
            }
            ParamMode::RefMut => self.in_out_seed(param),
        }
    }

    /// `jvp`
    pub fn jvp(&self) -> TokenStream {
        let krate = self.krate;
        let (generics, clause) = self.generics(None, Vec::new());
        let (head, params) = (self.public("jvp"), self.declarations());
        let (tangent, core) = (self.fresh("tangent"), self.own("__ad_jvp"));
        let tangent_ty = one_or_tuple(self.active().map(|param| self.tangent_seed(param)).collect());
        let dots = one_or_tuple(
            self.active()
                .map(|param| {
                    let dot = &param.dot;
                    quote!(#dot)
                })
                .collect(),
        );
        let (value, value_dot, question) = (self.fresh("value"), self.fresh("value_dot"), self.question());
        let outputs = self.outputs();
        let outputs_dot = one_or_tuple(
            outputs
                .iter()
                .map(|output| match output {
                    Output::Return(_) => quote!(#value_dot),
                    Output::InOut(param) => {
                        let dot = &param.dot;
                        quote!(#dot)
                    }
                })
                .collect(),
        );
        let (value_ty, dot_ty) = (self.value_ty(), self.outputs_bar_ty());
        let returned = self.wrapped_ty(&quote!((#value_ty, #dot_ty)));
        let checks = self.active().filter(|param| param.is_sequence()).map(|param| {
            let (name, dot) = (&param.name, &param.dot);
            quote!(#krate::rt::same_length(#name.len(), #dot.len());)
        });
        let owned = self.active().filter(|param| param.mode == ParamMode::RefMut).map(|param| {
            let dot = &param.dot;
            let owned = self.own_in_out(param, &quote!(#dot));
            quote!(let mut #dot = #owned;)
        });
        let args = self.params.iter().map(|param| {
            let (name, dot) = (&param.name, &param.dot);
            match (param.active, param.mode) {
                (false, ParamMode::RefMut) => quote!(&mut *#name, #krate::rt::Inactive),
                (false, ParamMode::Value | ParamMode::Ref) => quote!(#name, #krate::rt::Inactive),
                (true, ParamMode::Value) => {
                    let dot = self.types().own_seed(&param.shape, &quote!(#dot));
                    quote!(#name, #krate::rt::Dot::Active(#dot))
                }
                (true, ParamMode::Ref) => quote!(#name, #krate::rt::DotRef::Active(#dot)),
                (true, ParamMode::RefMut) => quote!(&mut *#name, #krate::rt::Slot::Into(&mut #dot)),
            }
        });
        let result = if self.output.is_some() { quote!((#value, #value_dot)) } else { quote!((#value, _)) };
        let end = self.wrapped(&quote!((#value, #outputs_dot)));
        quote! {
            #head #generics(#(#params,)* #tangent: #tangent_ty) -> #returned #clause {
                let #dots = #tangent;
                #(#checks)*
                #(#owned)*
                let #result = #core(#(#args),*)#question;
                #end
            }
        }
    }
}
