//! `jacobian`: one gradient per scalar output.

use super::{Output, Target};
use crate::emit::types::{Shape, one_or_tuple, tuple};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

impl Target<'_> {
    /// `jacobian`, unless the output is a scalar.
    pub fn jacobian(&self) -> TokenStream {
        let outputs = self.outputs();
        let shapes: Vec<&Shape> = outputs
            .iter()
            .map(|output| match output {
                Output::Return(shape) => *shape,
                Output::InOut(param) => &param.shape,
            })
            .collect();
        if let [Shape::Float(_) | Shape::Inert] = shapes.as_slice() {
            return TokenStream::new();
        }
        let gradient = self.gradient();
        let types = self.types();
        let rows: Option<Vec<TokenStream>> =
            shapes.iter().map(|shape| types.rows(shape, &gradient)).collect();
        match rows {
            Some(rows) => self.spelled_jacobian(&one_or_tuple(rows), &shapes),
            None => self.inferred_jacobian(),
        }
    }

    fn forward(&self) -> TokenStream {
        let (pullback, value, retained) = (self.own("pullback"), self.fresh("value"), self.fresh("pullback"));
        let question = self.question();
        let args = self.params.iter().map(|param| {
            let name = &param.name;
            match param.mode {
                crate::ir::ParamMode::RefMut => quote!(&mut *#name),
                crate::ir::ParamMode::Value if self.columns => self.passed_again(param),
                crate::ir::ParamMode::Value | crate::ir::ParamMode::Ref => quote!(#name),
            }
        });
        quote!(let (#value, #retained) = #pullback(#(#args),*)#question;)
    }

    /// The zero cotangent of all outputs.
    fn outputs_zero(&self) -> TokenStream {
        let value = self.fresh("value");
        one_or_tuple(
            self.outputs()
                .iter()
                .map(|output| match output {
                    Output::Return(shape) => self.types().zero(shape, &value, false),
                    Output::InOut(param) => self.zero(param),
                })
                .collect(),
        )
    }

    fn spelled_jacobian(&self, returned: &TokenStream, shapes: &[&Shape]) -> TokenStream {
        let zero = self.fresh("zero");
        let value = match shapes {
            [shape] => self.rows_of(shape, &quote!(), 0),
            shapes => tuple(
                shapes
                    .iter()
                    .enumerate()
                    .map(|(k, shape)| {
                        let k = syn::Index::from(k);
                        self.rows_of(shape, &quote!(.#k), 0)
                    })
                    .collect(),
            ),
        };
        let (forward, zeros, ty) = (self.forward(), self.outputs_zero(), self.outputs_bar_ty());
        let head = self.public("jacobian");
        let (lifetime, bounds) = self.copied_contents();
        let params = self.parameters_of_pullback(lifetime.is_some());
        let (generics, clause) = self.generics(lifetime, bounds);
        let (returned, value) = (self.wrapped_ty(returned), self.wrapped(&value));
        let forward = quote!(#forward let #zero: #ty = #zeros;);
        let columns = self.columns.then(|| self.columns(&value, &forward, &zero)).flatten();
        let body = columns.unwrap_or_else(|| quote!(#forward #value));
        quote! {
            #head #generics(#(#params),*) -> #returned #clause { #body }
        }
    }

    /// The rows of the outputs at `path` of the cotangent.
    fn rows_of(&self, shape: &Shape, path: &TokenStream, depth: usize) -> TokenStream {
        let krate = self.krate;
        let (zero, seed, pullback) = (self.fresh("zero"), self.fresh("seed"), self.fresh("pullback"));
        let index: Ident = self.fresh(["i", "j", "k", "l"].get(depth).copied().unwrap_or("index"));
        let index = if depth > 3 { format_ident!("{index}_{depth}") } else { index };
        match shape {
            Shape::Float(scalar) => {
                let one = self.types().one(scalar);
                quote! {{
                    let mut #seed = #zero.clone();
                    #seed #path = #one;
                    #pullback.again(#seed)
                }}
            }
            Shape::Inert => quote!(()),
            Shape::Array(item, _) => {
                let row = self.rows_of(item, &quote!(#path[#index]), depth + 1);
                quote!(::core::array::from_fn(|#index| #row))
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let row = self.rows_of(item, &quote!(#path[#index]), depth + 1);
                quote!((0..#zero #path.len()).map(|#index| #row).collect::<#krate::rt::Vec<_>>())
            }
            Shape::Tuple(items) => tuple(
                items
                    .iter()
                    .enumerate()
                    .map(|(k, item)| {
                        let k = syn::Index::from(k);
                        self.rows_of(item, &quote!(#path.#k), depth)
                    })
                    .collect(),
            ),
            Shape::Option(_) | Shape::Other(_) => unreachable!("the rows of this shape are inferred"),
        }
    }

    /// The rows of outputs whose types rustc alone knows.
    fn inferred_jacobian(&self) -> TokenStream {
        let krate = self.krate;
        let output = self.output_marker();
        let (zero, pullback, seed) = (self.fresh("zero"), self.fresh("pullback"), self.fresh("seed"));
        let (forward, zeros, ty) = (self.forward(), self.outputs_zero(), self.outputs_bar_ty());
        let gradient = self.gradient();
        let head = self.public("jacobian");
        let (copied, mut bounds) = self.copied_contents();
        bounds.push(quote!(#output: #krate::rt::RowsOutput<#gradient, Seed = #ty>));
        let (generics, clause) = self.generics(Some(quote!('ad)), bounds);
        let params = self.parameters_of_pullback(copied.is_some());
        let returned = self.wrapped_ty(&quote!(<#output as #krate::rt::RowsOutput<#gradient>>::Of));
        let value = self.wrapped(&quote! {
            <#output as #krate::rt::RowsOutput<#gradient>>::rows(&#zero, &mut |#seed| #pullback.again(#seed))
        });
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #forward
                let #zero: #ty = #zeros;
                #value
            }
        }
    }

    /// The parameters. Where the bound of a pullback on what it copies mentions its lifetime, what
    /// it borrows is borrowed for that.
    fn parameters_of_pullback(&self, bound: bool) -> Vec<TokenStream> {
        match bound {
            true => self.with_lifetime().0,
            false => self.params.iter().map(super::Param::declaration).collect(),
        }
    }
}
