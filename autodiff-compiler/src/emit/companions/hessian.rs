//! `hessian` and `d2`, `d3`, …: higher derivatives as a whole.

use super::nested::core_name;
use super::pullback::{NameLifetime, OursAsBorrowed};
use super::wide::Lanes;
use super::{Param, Target};
use crate::emit::types::{Shape, one_or_tuple, tuple};
use crate::ir::{ParamMode, Wrap};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::visit_mut::VisitMut;

impl Target<'_> {
    pub(super) fn hessian(&self) -> TokenStream {
        let gradient = self.gradient();
        let mut types = Vec::new();
        let mut rows = Vec::new();
        let mut declared = TokenStream::new();
        let mut bounds = Vec::new();
        for param in self.active() {
            types.push(self.of(&param.shape, &gradient).unwrap_or_else(|| {
                let (rows, bound) = self.rows_of_parameter(param);
                bounds.push(bound);
                quote!(#rows::Of)
            }));
            let dot = &param.dot;
            let ty = self.types().tangent(&param.shape);
            let zero = self.zero(param);
            let bar = &param.bar;
            declared.extend(quote!(let mut #dot: #ty = #zero; let mut #bar: #ty = #zero;));
        }
        let call = self.row_of_hessian(&mut bounds);
        let question = self.question();
        for param in self.active() {
            let dot = &param.dot;
            rows.push(match self.of(&param.shape, &gradient) {
                Some(_) => self.rows(&param.shape, &quote!(#dot), &quote!(#call #question), 0),
                None => self.inferred_rows(param, &call),
            });
        }
        let lifetime = (!bounds.is_empty()).then(|| quote!('ad));
        let (generics, clause) = self.generics(lifetime, bounds);
        let head = self.public("hessian");
        let params: Vec<TokenStream> = self.params.iter().map(Param::declaration).collect();
        let returned = self.wrapped_ty(&one_or_tuple(types));
        let names: Vec<Ident> = (0..rows.len()).map(|k| self.fresh(&format!("row_{k}"))).collect();
        let end = self.wrapped(&one_or_tuple(names.iter().map(|name| quote!(#name)).collect()));
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #declared
                #(let #names = #rows;)*
                #end
            }
        }
    }

    /// A row, wrapped as the function's result is: the product with the directions that are there. What
    /// it allocates is the row; the gradient, which nobody asks for, goes to a place that is there.
    fn row_of_hessian(&self, bounds: &mut Vec<TokenStream>) -> TokenStream {
        let krate = self.krate;
        let (mut args, mut rows, mut places, mut products) =
            (Vec::new(), TokenStream::new(), Vec::new(), Vec::new());
        for param in &self.params {
            args.push(self.passed_if_clone(param, bounds));
            let (dot, bar, row) = (&param.dot, &param.bar, self.second(param));
            if !param.active {
                args.push(quote!(#krate::rt::Inactive));
                continue;
            }
            args.push(match param.mode {
                ParamMode::Value => quote!(#krate::rt::Dot::Active(::core::clone::Clone::clone(&#dot))),
                ParamMode::Ref | ParamMode::RefMut => quote!(#krate::rt::DotRef::Active(&#dot)),
            });
            let (ty, zero) = (self.types().tangent(&param.shape), self.zero(param));
            rows.extend(quote!(let mut #row: #ty = #zero;));
            places.extend([quote!(&mut #bar), quote!(&mut #row)]);
            products.push(quote!(#row));
        }
        args.extend(self.unit_seeds(1));
        args.extend(places);
        let (core, product) = (self.own(&core_name("__ad_reverse", 1)), one_or_tuple(products));
        match self.wrap {
            Wrap::Plain => quote!({ #rows let _ = #core(#(#args),*); #product }),
            Wrap::Option | Wrap::Result => quote!({ #rows #core(#(#args),*).map(|_| #product) }),
        }
    }

    /// An argument that is passed once more later; whether it can be copied is checked at the call.
    pub(super) fn passed_if_clone(&self, param: &Param, bounds: &mut Vec<TokenStream>) -> TokenStream {
        let spelled = Lanes::spelled(&param.shape).is_some();
        let (krate, name) = (self.krate, &param.name);
        if spelled || param.mode != ParamMode::Value || matches!(param.ty, syn::Type::ImplTrait(_)) {
            return self.passed_again(param);
        }
        let mut ty = param.ty.clone();
        NameLifetime::default().visit_type_mut(&mut ty);
        let marker = quote!(#krate::rt::Behind<'ad, #ty>);
        bounds.push(quote!(#marker: #krate::rt::Again<#ty>));
        quote!(<#marker as #krate::rt::Again<#ty>>::again(&#name))
    }

    /// The trait that knows the rows of a parameter of which rustc alone knows the type, and the
    /// bound to be checked at the call.
    pub(super) fn rows_of_parameter(&self, param: &Param) -> (TokenStream, TokenStream) {
        let krate = self.krate;
        let mut ty = match &param.ty {
            syn::Type::Reference(reference) => (*reference.elem).clone(),
            ty => ty.clone(),
        };
        NameLifetime::default().visit_type_mut(&mut ty);
        // Of two lifetimes there are two bounds, between which rustc does not choose.
        OursAsBorrowed.visit_type_mut(&mut ty);
        let (marker, direction) =
            (quote!(#krate::rt::ParameterOf<'ad, #ty>), self.types().tangent(&param.shape));
        let gradient = self.gradient();
        let bound = quote!(#marker: #krate::rt::RowsParameter<#gradient, Direction = #direction>);
        (quote!(<#marker as #krate::rt::RowsParameter<#gradient>>), bound)
    }

    /// The rows of such a parameter. `call` is the product with the directions of all.
    fn inferred_rows(&self, param: &Param, call: &TokenStream) -> TokenStream {
        let (rows, dot) = (self.rows_of_parameter(param).0, &param.dot);
        let product = self.fresh("product");
        let value = match self.wrap {
            Wrap::Plain => quote!(#call),
            // A closure cannot leave the function: whether the product exists is asked before.
            Wrap::Option => quote! {
                match #call {
                    ::core::option::Option::Some(#product) => #product,
                    ::core::option::Option::None => ::core::unreachable!(),
                }
            },
            Wrap::Result => quote! {
                match #call {
                    ::core::result::Result::Ok(#product) => #product,
                    ::core::result::Result::Err(_) => ::core::unreachable!(),
                }
            },
        };
        let asked = match self.wrap {
            Wrap::Plain => None,
            Wrap::Option | Wrap::Result => Some(quote!(let _ = #call?;)),
        };
        quote!({
            #asked
            #rows::rows(&#dot, &mut |#dot| #value)
        })
    }

    /// The type `shape` with `item` for each scalar.
    pub(super) fn of(&self, shape: &Shape, item: &TokenStream) -> Option<TokenStream> {
        let krate = self.krate;
        Some(match shape {
            Shape::Float(_) => item.clone(),
            Shape::Inert => quote!(()),
            Shape::Array(inner, len) => {
                let inner = self.of(inner, item)?;
                quote!([#inner; #len])
            }
            Shape::Slice(inner) | Shape::Vec(inner) => {
                let inner = self.of(inner, item)?;
                quote!(#krate::rt::Vec<#inner>)
            }
            Shape::Tuple(items) => {
                tuple(items.iter().map(|inner| self.of(inner, item)).collect::<Option<Vec<_>>>()?)
            }
            Shape::Option(_) | Shape::Other(_) => return None,
        })
    }

    /// A value of that type: for each scalar of the direction at `place`, `call` with that
    /// scalar one.
    fn rows(&self, shape: &Shape, place: &TokenStream, call: &TokenStream, depth: usize) -> TokenStream {
        let krate = self.krate;
        match shape {
            Shape::Float(name) => {
                let (one, zero) = match name.to_string().as_str() {
                    "f64" | "f32" => (quote!(1.0), quote!(0.0)),
                    _ => (
                        quote!(<#name as #krate::Scalar>::lit(1.0)),
                        quote!(<#name as #krate::Scalar>::lit(0.0)),
                    ),
                };
                let product = self.fresh("product");
                quote!({ #place = #one; let #product = #call; #place = #zero; #product })
            }
            Shape::Inert => quote!(()),
            Shape::Array(inner, len) => {
                let (list, index) = (self.fresh(&format!("rows_{depth}")), self.fresh(&format!("i{depth}")));
                let item = self.rows(inner, &quote!(#place[#index]), call, depth + 1);
                quote!({
                    let mut #list = #krate::rt::Vec::with_capacity(#len);
                    for #index in 0..#len { #list.push(#item); }
                    match <[_; #len]>::try_from(#list) {
                        ::core::result::Result::Ok(array) => array,
                        ::core::result::Result::Err(_) => ::core::unreachable!(),
                    }
                })
            }
            Shape::Slice(inner) | Shape::Vec(inner) => {
                let (list, index) = (self.fresh(&format!("rows_{depth}")), self.fresh(&format!("i{depth}")));
                let item = self.rows(inner, &quote!(#place[#index]), call, depth + 1);
                quote!({
                    let mut #list = #krate::rt::Vec::with_capacity(#place.len());
                    for #index in 0..#place.len() { #list.push(#item); }
                    #list
                })
            }
            Shape::Tuple(items) => {
                let items = items.iter().enumerate().map(|(k, inner)| {
                    let k = syn::Index::from(k);
                    self.rows(inner, &quote!(#place.#k), call, depth + 1)
                });
                tuple(items.collect())
            }
            Shape::Option(_) | Shape::Other(_) => unreachable!("has no Hessian by its spelling"),
        }
    }

    /// `d2`, `d3`, … of a function of one scalar.
    pub(super) fn derivatives(&self, order: u32) -> TokenStream {
        let krate = self.krate;
        let mut active = self.active();
        let (Some(param), None) = (active.next(), active.next()) else { return TokenStream::new() };
        let Shape::Float(scalar) = &param.shape else { return TokenStream::new() };
        let float = matches!(scalar.to_string().as_str(), "f64" | "f32");
        let number = |value: f64| match float {
            true => quote!(#value),
            false => quote!(<#scalar as #krate::Scalar>::lit(#value)),
        };
        let number = |value: f64| match (float, scalar == "f32") {
            (true, true) => {
                let value = value as f32;
                quote!(#value)
            }
            _ => number(value),
        };
        let (generics, clause) = self.generics(None, Vec::new());
        let params: Vec<TokenStream> = self.params.iter().map(Param::declaration).collect();
        // A derivative of any order is of the output's type.
        let returned = self.wrapped_ty(&self.value_bar_ty());
        let question = self.question();
        let mut out = TokenStream::new();
        for k in 2..=order {
            let head = self.public(&format!("d{k}"));
            let core = self.own(&core_name("__ad_jvp", k));
            let mut args = Vec::new();
            for other in &self.params {
                let name = &other.name;
                args.push(match other.mode {
                    ParamMode::RefMut => quote!(&mut *#name),
                    ParamMode::Value | ParamMode::Ref => quote!(#name),
                });
                for b in 1u32..1 << k {
                    if !other.active {
                        args.push(quote!(#krate::rt::Inactive));
                        continue;
                    }
                    let value = number(if b.is_power_of_two() { 1.0 } else { 0.0 });
                    args.push(match other.mode {
                        ParamMode::Value => quote!(#krate::rt::Dot::Active(#value)),
                        ParamMode::Ref | ParamMode::RefMut => quote!(#krate::rt::DotRef::Active(&#value)),
                    });
                }
            }
            let last = syn::Index::from((1usize << k) - 1);
            let end = self.wrapped(&quote!(#core(#(#args),*)#question.#last));
            out.extend(quote! {
                #head #generics(#(#params),*) -> #returned #clause { #end }
            });
        }
        out
    }
}
