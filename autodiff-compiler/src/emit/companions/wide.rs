//! The hidden cores that sweep in several directions at once, and what `jacobian` and `hessian`
//! make of them.

use super::{Home, Param, Target};
use crate::emit::Emitter;
use crate::emit::types::{Shape, Types, one_or_tuple, tuple};
use crate::forward::Tangent;
use crate::ir::ParamMode;
use crate::names::Reserved;
use crate::nested::Nested;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// Which functions can be swept in several directions, by their signatures.
impl Types<'_> {
    /// The type of wide tangents; `None` where rustc alone knows the shape.
    pub fn wide(self, shape: &Shape) -> Option<TokenStream> {
        let krate = self.krate;
        Some(match shape {
            Shape::Float(name) => quote!(#krate::rt::Wide<#name>),
            Shape::Inert => quote!(()),
            Shape::Array(item, len) => {
                let item = self.wide(item)?;
                quote!([#item; #len])
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.wide(item)?;
                quote!(#krate::rt::Vec<#item>)
            }
            Shape::Tuple(items) => {
                tuple(items.iter().map(|item| self.wide(item)).collect::<Option<Vec<_>>>()?)
            }
            Shape::Option(_) | Shape::Other(_) => return None,
        })
    }

    /// The place behind a reference to a wide tangent.
    fn wide_place(self, shape: &Shape) -> Option<TokenStream> {
        match shape {
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.wide(item)?;
                Some(quote!([#item]))
            }
            Shape::Float(_)
            | Shape::Inert
            | Shape::Array(..)
            | Shape::Tuple(_)
            | Shape::Option(_)
            | Shape::Other(_) => self.wide(shape),
        }
    }
}

/// Whether wide tangents of the shape are `Copy`.
fn is_copy(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Inert => true,
        Shape::Array(item, _) => is_copy(item),
        Shape::Tuple(items) => items.iter().all(is_copy),
        Shape::Slice(_) | Shape::Vec(_) | Shape::Option(_) | Shape::Other(_) => false,
    }
}

impl Target<'_> {
    /// Whether every active parameter has wide tangents, and every argument can be passed to one
    /// sweep after another.
    pub fn may_be_wide(&self) -> bool {
        let types = self.types();
        // The body that a trait gives is not that of every implementation.
        let known = matches!(self.home, Home::Function | Home::Method);
        known
            && self.params.iter().all(|param| match (param.active, param.mode) {
                (true, ParamMode::RefMut) => {
                    types.wide(&param.shape).is_some() && !matches!(param.shape, Shape::Vec(_))
                }
                (true, _) | (false, ParamMode::Value) => types.wide(&param.shape).is_some(),
                (false, ParamMode::Ref | ParamMode::RefMut) => true,
            })
    }

    /// The parameters of a wide core with their tangents; what is bound before its body.
    fn wide_params(
        &self,
        emitter: &mut Emitter,
        dots: &[Option<crate::ir::Var>],
    ) -> Option<Vec<TokenStream>> {
        let function = emitter.function;
        let mut params = Vec::new();
        for (k, param) in self.params.iter().enumerate() {
            params.push(self.core_param(emitter, k));
            if !param.active {
                continue;
            }
            let ty = match param.mode {
                ParamMode::Value => self.types().wide(&param.shape)?,
                ParamMode::Ref => {
                    let place = self.types().wide_place(&param.shape)?;
                    quote!(&#place)
                }
                ParamMode::RefMut => {
                    let place = self.types().wide_place(&param.shape)?;
                    quote!(&mut #place)
                }
            };
            params.push(match dots[k] {
                Some(dot) => {
                    let name = emitter.names.declare(function, dot);
                    let mutable =
                        (function.info(dot).mutable && param.mode == ParamMode::Value).then(|| quote!(mut));
                    quote!(#mutable #name: #ty)
                }
                None => quote!(_: #ty),
            });
        }
        Some(params)
    }

    /// `__ad_jvp_wide`: the tangents of the output in several directions.
    pub fn wide_jvp(&self, tangent: &Tangent, reserved: Reserved) -> Option<TokenStream> {
        let function = &tangent.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let params = self.wide_params(&mut emitter, &tangent.dots)?;
        emitter.declare(&function.body);
        let body = emitter.block(&function.body);
        let (end, returned) = match &self.output {
            Some((_, shape)) => (emitter.value(tangent.result_dot.as_ref()?), self.types().wide(shape)?),
            None => (quote!(()), quote!(())),
        };
        let (end, returned) = (self.wrapped(&end), self.wrapped_ty(&returned));
        let head = self.hidden("__ad_jvp_wide");
        let (generics, clause) = self.generics(None, Vec::new());
        let items = self.items_for(&[&body, &end]);
        Some(quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #body
                #end
            }
        })
    }

    /// `__ad_reverse_wide`: the tangents of the gradient in several directions.
    pub fn wide_reverse(&self, nested: &Nested, reserved: Reserved) -> Option<TokenStream> {
        let function = &nested.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let dots: Vec<_> =
            nested.primal.iter().map(|components| components.get(1).copied().flatten()).collect();
        let mut params = self.wide_params(&mut emitter, &dots)?;
        let mut prologue = TokenStream::new();
        if let Some(seed) = nested.seeds[0] {
            let (name, ty) = (emitter.names.declare(function, seed), self.value_bar_ty());
            let one = &self.unit_seeds(0)[0];
            prologue.extend(quote!(let #name: #ty = #one;));
        }
        for (k, param) in self.params.iter().enumerate().filter(|(_, param)| param.active) {
            let components = &nested.shadows[k];
            if let Some(shadow) = components[0] {
                let (name, place) = (emitter.names.declare(function, shadow), self.shadow_place(param));
                params.push(quote!(#name: &mut #place));
            }
            let place = self.types().wide_place(&param.shape)?;
            params.push(match components.get(1).copied().flatten() {
                Some(shadow) => {
                    let name = emitter.names.declare(function, shadow);
                    quote!(#name: &mut #place)
                }
                None => quote!(_: &mut #place),
            });
        }
        emitter.declare(&function.body);
        let body = emitter.block(&function.body);
        let end = self.wrapped(&quote!(()));
        let head = self.hidden("__ad_reverse_wide");
        let (generics, clause) = self.generics(None, Vec::new());
        let returned = self.wrapped_ty(&quote!(()));
        let items = self.items_for(&[&body]);
        Some(quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #items
                #prologue
                #body
                #end
            }
        })
    }

    /// The arguments of one sweep of several, each with its wide tangent.
    pub(super) fn wide_args(&self) -> Vec<TokenStream> {
        let mut args = Vec::new();
        for param in &self.params {
            args.push(self.passed_again(param));
            if param.active {
                let dot = &param.dot;
                args.push(match param.mode {
                    ParamMode::Value if is_copy(&param.shape) => quote!(#dot),
                    ParamMode::Value => quote!(::core::clone::Clone::clone(&#dot)),
                    ParamMode::Ref => quote!(&#dot),
                    ParamMode::RefMut => quote!(&mut #dot),
                });
            }
        }
        args
    }

    /// An argument that is passed once more later.
    pub(super) fn passed_again(&self, param: &Param) -> TokenStream {
        let name = &param.name;
        match (param.mode, &param.shape) {
            (ParamMode::RefMut, _) => quote!(&mut *#name),
            (ParamMode::Value, Shape::Float(_)) | (ParamMode::Ref, _) => quote!(#name),
            (ParamMode::Value, _) => quote!(::core::clone::Clone::clone(&#name)),
        }
    }

    /// The wide zero of the shape of `value`.
    fn wide_zero(&self, shape: &Shape, value: &TokenStream, depth: usize) -> Option<TokenStream> {
        let krate = self.krate;
        let index = self.fresh(&format!("index_{depth}"));
        let zero = |item: &Shape, value: &TokenStream| self.wide_zero(item, value, depth + 1);
        Some(match shape {
            Shape::Float(name) => quote!(#krate::rt::Wide::<#name>::zero()),
            Shape::Inert => quote!(()),
            Shape::Array(item, len) if is_copy(item) => {
                let item = zero(item, value)?;
                quote!([#item; #len])
            }
            Shape::Array(item, len) => {
                let item = zero(item, &quote!(#value[#index]))?;
                quote!(::core::array::from_fn::<_, { #len }, _>(|#index| #item))
            }
            Shape::Slice(item) | Shape::Vec(item) if is_copy(item) => {
                let item = zero(item, value)?;
                quote!(#krate::rt::vec![#item; #value.len()])
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = zero(item, &quote!(#value[#index]))?;
                quote!((0..#value.len()).map(|#index| #item).collect::<#krate::rt::Vec<_>>())
            }
            Shape::Tuple(items) => {
                let item = |(k, item)| {
                    let k = syn::Index::from(k);
                    zero(item, &quote!(#value.#k))
                };
                tuple(items.iter().enumerate().map(item).collect::<Option<Vec<_>>>()?)
            }
            Shape::Option(_) | Shape::Other(_) => return None,
        })
    }

    /// `let mut x_dot = zero;` for each active parameter.
    pub(super) fn wide_dots(&self) -> Option<TokenStream> {
        let mut declared = TokenStream::new();
        for param in self.active() {
            let (name, dot) = (&param.name, &param.dot);
            let (ty, zero) =
                (self.types().wide(&param.shape)?, self.wide_zero(&param.shape, &quote!(#name), 0)?);
            declared.extend(quote!(let mut #dot: #ty = #zero;));
        }
        Some(declared)
    }

    /// Makes the lanes of the tangents the unit directions from `first` on.
    pub(super) fn pointed(&self, first: &Ident) -> TokenStream {
        let krate = self.krate;
        let dots = self.active().map(|param| &param.dot);
        let at = self.fresh("at");
        quote! {
            let mut #at = 0;
            #(#krate::rt::Directions::point(&mut #dots, #first, &mut #at);)*
        }
    }

    /// `hessian` by sweeps in several directions, each of which gives as many rows.
    pub(super) fn wide_hessian(&self, nested: &Nested) -> Option<TokenStream> {
        let krate = self.krate;
        let gradient = self.gradient();
        let mut declared = self.wide_dots()?;
        let (mut types, mut rows) = (Vec::new(), Vec::new());
        let (mut cleared, mut places, mut bars) = (TokenStream::new(), Vec::new(), Vec::new());
        let (first, lane, row) = (self.fresh("first"), self.fresh("lane"), self.fresh("next_row"));
        let question = self.question();
        for (k, param) in self.params.iter().enumerate().filter(|(_, param)| param.active) {
            types.push(self.of(&param.shape, &gradient)?);
            let (name, bar_dot) = (&param.name, self.second(param));
            let (ty, zero) =
                (self.types().wide(&param.shape)?, self.wide_zero(&param.shape, &quote!(#name), 0)?);
            declared.extend(quote!(let mut #bar_dot: #ty = #zero;));
            if nested.shadows[k][0].is_some() {
                let (bar, ty, zero) = (&param.bar, self.types().tangent(&param.shape), self.zero(param));
                declared.extend(quote!(let mut #bar: #ty = #zero;));
                cleared.extend(quote!(#krate::Tangent::set_zero(&mut #bar);));
                places.push(quote!(&mut #bar));
            }
            cleared.extend(quote!(#krate::Tangent::set_zero(&mut #bar_dot);));
            places.push(quote!(&mut #bar_dot));
            bars.push(quote!(#krate::rt::Directions::one(&#bar_dot, #lane)));
            rows.push(self.assembled(&param.shape, &quote!(#name), &quote!(#row()#question), 0));
        }
        let (args, pointed) = (self.wide_args(), self.pointed(&first));
        let core = self.own("__ad_reverse_wide");
        let one = self.wrapped(&one_or_tuple(bars));
        let row_ty = self.wrapped_ty(&gradient);
        let (generics, clause) = self.generics(None, Vec::new());
        let head = self.public("hessian");
        let params: Vec<TokenStream> = self.params.iter().map(Param::declaration).collect();
        let returned = self.wrapped_ty(&one_or_tuple(types));
        let names: Vec<Ident> = (0..rows.len()).map(|k| self.fresh(&format!("row_{k}"))).collect();
        let end = self.wrapped(&one_or_tuple(names.iter().map(|name| quote!(#name)).collect()));
        let next = self.fresh("next");
        Some(quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #declared
                let mut #next = 0;
                let mut #row = || -> #row_ty {
                    let #lane = #next % #krate::rt::LANES;
                    if #lane == 0 {
                        let #first = #next;
                        #pointed
                        #cleared
                        #core(#(#args,)* #(#places),*)#question;
                    }
                    #next += 1;
                    #one
                };
                #(let #names = #rows;)*
                #end
            }
        })
    }

    /// A value of `shape` with `row` for each scalar; `value` has the lengths.
    pub(super) fn assembled(
        &self,
        shape: &Shape,
        value: &TokenStream,
        row: &TokenStream,
        depth: usize,
    ) -> TokenStream {
        let krate = self.krate;
        let (list, index) = (self.fresh(&format!("rows_{depth}")), self.fresh(&format!("i{depth}")));
        match shape {
            Shape::Float(_) => row.clone(),
            Shape::Inert => quote!(()),
            Shape::Array(item, len) => {
                let item = self.assembled(item, &quote!(#value[#index]), row, depth + 1);
                match self.question() {
                    None => quote!(::core::array::from_fn::<_, { #len }, _>(|#index| #item)),
                    Some(_) => quote!({
                        let mut #list = #krate::rt::Vec::with_capacity(#len);
                        for #index in 0..#len { #list.push(#item); }
                        match <[_; #len]>::try_from(#list) {
                            ::core::result::Result::Ok(array) => array,
                            ::core::result::Result::Err(_) => ::core::unreachable!(),
                        }
                    }),
                }
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.assembled(item, &quote!(#value[#index]), row, depth + 1);
                quote!({
                    let mut #list = #krate::rt::Vec::with_capacity(#value.len());
                    for #index in 0..#value.len() { #list.push(#item); }
                    #list
                })
            }
            Shape::Tuple(items) => {
                let items = items.iter().enumerate().map(|(k, item)| {
                    let k = syn::Index::from(k);
                    self.assembled(item, &quote!(#value.#k), row, depth + 1)
                });
                tuple(items.collect())
            }
            Shape::Option(_) | Shape::Other(_) => unreachable!("has no wide tangent"),
        }
    }
}
