//! `hessian` and `jacobian`, whose derivatives are those of one product after the other: along
//! each unit direction of the parameters, or with each unit weight of the outputs.

use super::{Inner, Kind};
use crate::emit::companions::{Param, Target};
use crate::emit::types::{Shape, one_or_tuple, tuple};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Kind {
    /// Whether it is made of products.
    pub(super) fn is_whole(self) -> bool {
        match self {
            Kind::Jacobian | Kind::Hessian => true,
            Kind::Grad | Kind::ValueAndGrad | Kind::Jvp | Kind::Vjp | Kind::Hvp | Kind::Nth(_) => false,
        }
    }
}

impl Target<'_> {
    /// Runs `body` once for each scalar of a shape, with that scalar of `unit` one and all others
    /// zero. It is given the parts of `values`, which have the shape, too.
    fn each(
        &self,
        shape: &Shape,
        unit: &TokenStream,
        values: &[TokenStream],
        body: &dyn Fn(&[TokenStream]) -> TokenStream,
        depth: usize,
    ) -> TokenStream {
        match shape {
            Shape::Float(name) => {
                let one = self.types().one(name);
                let zero = self.types().constant_zero(shape).expect("a scalar's zero is a constant");
                let body = body(values);
                quote!(#unit = #one; { #body } #unit = #zero;)
            }
            Shape::Inert => TokenStream::new(),
            Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) => {
                let index = self.fresh(&format!("unit_{depth}"));
                let values: Vec<TokenStream> = values.iter().map(|value| quote!(#value[#index])).collect();
                let inner = self.each(item, &quote!(#unit[#index]), &values, body, depth + 1);
                quote!(for #index in 0..#unit.len() { #inner })
            }
            Shape::Tuple(items) => items
                .iter()
                .enumerate()
                .map(|(k, item)| {
                    let k = syn::Index::from(k);
                    let values: Vec<TokenStream> = values.iter().map(|value| quote!(#value.#k)).collect();
                    self.each(item, &quote!(#unit.#k), &values, body, depth)
                })
                .collect(),
            Shape::Option(_) | Shape::Other(_) => unreachable!("has no rows by its spelling"),
        }
    }

    /// A zero of the shape of the outputs, with the lengths of the rows in `rows`.
    fn zero_like_rows(&self, shape: &Shape, rows: &TokenStream, depth: usize) -> TokenStream {
        let krate = self.krate;
        if let Some(zero) = self.types().constant_zero(shape) {
            return zero;
        }
        let index = self.fresh(&format!("row_{depth}"));
        match shape {
            Shape::Array(item, _) => {
                let item = self.zero_like_rows(item, &quote!(#rows[#index]), depth + 1);
                quote!(::core::array::from_fn(|#index| #item))
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.zero_like_rows(item, &quote!(#rows[#index]), depth + 1);
                quote!((0..#rows.len()).map(|#index| #item).collect::<#krate::rt::Vec<_>>())
            }
            Shape::Tuple(items) => {
                let items = items.iter().enumerate().map(|(k, item)| {
                    let k = syn::Index::from(k);
                    self.zero_like_rows(item, &quote!(#rows.#k), depth)
                });
                tuple(items.collect())
            }
            Shape::Float(_) | Shape::Inert | Shape::Option(_) | Shape::Other(_) => {
                unreachable!("has no rows by its spelling, or a constant zero")
            }
        }
    }
}

impl Inner<'_, '_> {
    /// The unit direction of a parameter.
    pub(super) fn unit(&self, param: &Param) -> Ident {
        self.target.fresh(&format!("{}_unit", param.bar))
    }

    /// The unit weight of the outputs.
    pub(super) fn output_unit(&self) -> Ident {
        self.target.fresh("output_unit")
    }

    pub(super) fn output_zero(&self) -> Ident {
        self.target.fresh("output_zero")
    }

    fn output_shape(&self) -> &Shape {
        let Some((_, shape)) = &self.target.output else { unreachable!("no rows without an output") };
        shape
    }

    /// The type of the Jacobian or the Hessian.
    pub(super) fn whole_ty(&self) -> TokenStream {
        let target = self.target;
        let gradient = target.gradient();
        let types: Option<Vec<TokenStream>> = match self.kind {
            Kind::Hessian => target.active().map(|param| target.of(&param.shape, &gradient)).collect(),
            Kind::Jacobian => Some(target.types().rows(self.output_shape(), &gradient).into_iter().collect()),
            Kind::Grad | Kind::ValueAndGrad | Kind::Jvp | Kind::Vjp | Kind::Hvp | Kind::Nth(_) => None,
        };
        one_or_tuple(types.unwrap_or_else(|| unreachable!("made of shapes that are spelled")))
    }

    /// `let mut x_unit = zero;`, or the like for the outputs, whose zero `zero` is.
    fn units(&self, zero: &TokenStream) -> TokenStream {
        let target = self.target;
        if self.kind == Kind::Jacobian {
            let (unit, kept, ty) = (self.output_unit(), self.output_zero(), target.value_bar_ty());
            return quote!(let #kept: #ty = #zero; let mut #unit: #ty = ::core::clone::Clone::clone(&#kept););
        }
        let units = target.active().map(|param| {
            let (unit, ty, zero) =
                (self.unit(param), target.types().tangent(&param.shape), target.zero(param));
            quote!(let mut #unit: #ty = #zero;)
        });
        units.collect()
    }

    /// Runs `body` for each row; it is given the rows of `wholes`.
    fn each_row(&self, wholes: &[TokenStream], body: &dyn Fn(&[TokenStream]) -> TokenStream) -> TokenStream {
        let target = self.target;
        if self.kind == Kind::Jacobian {
            let unit = self.output_unit();
            return target.each(self.output_shape(), &quote!(#unit), wholes, body, 0);
        }
        let single = target.active().count() == 1;
        let rows = target.active().enumerate().map(|(k, param)| {
            let (unit, k) = (self.unit(param), syn::Index::from(k));
            let wholes: Vec<TokenStream> =
                wholes.iter().map(|whole| if single { whole.clone() } else { quote!(#whole.#k) }).collect();
            target.each(&param.shape, &quote!(#unit), &wholes, body, 0)
        });
        rows.collect()
    }

    /// Runs a sweep for each row, and puts the rows of each component together.
    pub(super) fn collected(
        &self,
        sweep: &TokenStream,
        results: &[TokenStream],
    ) -> (TokenStream, Vec<TokenStream>) {
        let (target, krate) = (self.target, self.target.krate);
        let lists: Vec<Ident> = (0..results.len()).map(|b| target.fresh(&format!("list{b}"))).collect();
        let (mut before, zero) = match self.kind {
            Kind::Jacobian => self.zero_of_output(),
            _ => (TokenStream::new(), TokenStream::new()),
        };
        before.extend(self.units(&zero));
        let rows = self.each_row(&[], &|_| quote!(#sweep #(#lists.push(#results);)*));
        let wholes = lists.iter().map(|list| {
            let row = quote!(match #list.next() {
                ::core::option::Option::Some(row) => row,
                ::core::option::Option::None => ::core::unreachable!(),
            });
            if self.kind == Kind::Jacobian {
                let unit = self.output_unit();
                return target.assembled(self.output_shape(), &quote!(#unit), &row, 0);
            }
            let parts = target.active().map(|param| {
                let unit = self.unit(param);
                target.assembled(&param.shape, &quote!(#unit), &row, 0)
            });
            one_or_tuple(parts.collect())
        });
        let wholes: Vec<TokenStream> = wholes.collect();
        let names: Vec<Ident> = (0..results.len()).map(|b| target.fresh(&format!("result{b}"))).collect();
        let body = quote! {
            #before
            #(let mut #lists = #krate::rt::Vec::new();)*
            #rows
            #(let mut #lists = #lists.into_iter(); let #names = #wholes;)*
        };
        (body, names.iter().map(|name| quote!(#name)).collect())
    }

    /// The zero of the outputs: where its length is known at run time only, the function is run.
    fn zero_of_output(&self) -> (TokenStream, TokenStream) {
        let target = self.target;
        let shape = self.output_shape();
        if let Some(zero) = target.types().constant_zero(shape) {
            return (TokenStream::new(), zero);
        }
        let (value, pullback, question) = (target.fresh("value"), target.own("pullback"), target.question());
        let args = target.params.iter().map(|param| self.argument(param));
        let zero = target.types().zero(shape, &value, false);
        (quote!(let (#value, _) = #pullback(#(#args),*)#question;), zero)
    }

    /// The reverse sweep of each row, whose cotangents are the rows of `seeds`.
    pub(super) fn pulled_rows(&self, seeds: &[Ident], pull: &TokenStream) -> TokenStream {
        let target = self.target;
        let zero = match (self.kind, seeds) {
            (Kind::Jacobian, [first, ..]) => target.zero_like_rows(self.output_shape(), &quote!(#first), 0),
            _ => TokenStream::new(),
        };
        let units = self.units(&zero);
        let seeds: Vec<TokenStream> = seeds.iter().map(|seed| quote!(#seed)).collect();
        let rows = self.each_row(&seeds, &|rows| {
            let names = (0..rows.len()).map(|b| self.seed_names(b));
            quote!(#(let #names = ::core::clone::Clone::clone(&#rows);)* #pull)
        });
        quote!(#units #rows)
    }
}
