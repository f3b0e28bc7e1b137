//! The hidden cores that sweep in several directions at once, and what `jacobian` and `hessian`
//! make of them.

use super::{Home, Param, Target};
use crate::emit::Emitter;
use crate::emit::types::{Shape, Types, one_or_tuple, tuple};
use crate::forward::Tangent;
use crate::ir::{ParamMode, Ty};
use crate::names::Reserved;
use crate::nested::Nested;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Member;

/// The shape of wide tangents.
#[derive(Clone, Debug)]
pub enum Lanes {
    Float(Ident),
    Inert,
    Array(Box<Lanes>, TokenStream),
    /// A slice or a `Vec`.
    Sequence(Box<Lanes>),
    Tuple(Vec<Lanes>),
    /// The fields of a struct: its wide tangent is the tuple of theirs.
    Struct(Vec<(Member, Lanes)>),
}

impl Lanes {
    /// The shape as its spelling tells it; `None` where it does not.
    pub fn spelled(shape: &Shape) -> Option<Lanes> {
        Some(match shape {
            Shape::Float(name) => Lanes::Float(name.clone()),
            Shape::Inert => Lanes::Inert,
            Shape::Array(item, len) => Lanes::Array(Box::new(Lanes::spelled(item)?), len.clone()),
            Shape::Slice(item) | Shape::Vec(item) => Lanes::Sequence(Box::new(Lanes::spelled(item)?)),
            Shape::Tuple(items) => Lanes::Tuple(items.iter().map(Lanes::spelled).collect::<Option<_>>()?),
            Shape::Option(_) | Shape::Other(_) => return None,
        })
    }

    /// The shape where definitions of structs tell it too.
    pub fn known(shape: &Shape, ty: &Ty) -> Option<Lanes> {
        Lanes::spelled(shape).or_else(|| Lanes::of(ty))
    }

    /// `Some` where [`Ty::has_lanes`].
    fn of(ty: &Ty) -> Option<Lanes> {
        let float = |name| Lanes::Float(Ident::new(name, Span::call_site()));
        Some(match ty {
            Ty::F64 => float("f64"),
            Ty::F32 => float("f32"),
            Ty::Generic(name) => Lanes::Float(name.clone()),
            Ty::Int(_) | Ty::Bool | Ty::Inert => Lanes::Inert,
            Ty::Array(item, len) => Lanes::Array(Box::new(Lanes::of(item)?), len.clone()),
            Ty::Slice(item) | Ty::Vec(item) => Lanes::Sequence(Box::new(Lanes::of(item)?)),
            Ty::Tuple(items) => Lanes::Tuple(items.iter().map(Lanes::of).collect::<Option<_>>()?),
            Ty::Named(named) if named.inert.is_some() => Lanes::Inert,
            Ty::Named(named) => Lanes::Struct(
                named
                    .parts()?
                    .into_iter()
                    .map(|(member, ty)| Some((member, Lanes::of(&ty)?)))
                    .collect::<Option<_>>()?,
            ),
            Ty::Deque(_) | Ty::Option(_) | Ty::Wide(_) | Ty::Float | Ty::Unknown => return None,
        })
    }

    /// The items of a tuple or a struct, and how they are called in the value and in the wide tangent.
    fn parts(&self) -> Vec<(Member, Member, &Lanes)> {
        match self {
            Lanes::Tuple(items) => {
                items.iter().enumerate().map(|(k, item)| (Member::from(k), Member::from(k), item)).collect()
            }
            Lanes::Struct(fields) => fields
                .iter()
                .enumerate()
                .map(|(k, (member, item))| (member.clone(), Member::from(k), item))
                .collect(),
            Lanes::Float(_) | Lanes::Inert | Lanes::Array(..) | Lanes::Sequence(_) => Vec::new(),
        }
    }

    pub(super) fn holds_struct(&self) -> bool {
        match self {
            Lanes::Float(_) | Lanes::Inert => false,
            Lanes::Array(item, _) | Lanes::Sequence(item) => item.holds_struct(),
            Lanes::Tuple(items) => items.iter().any(Lanes::holds_struct),
            Lanes::Struct(_) => true,
        }
    }

    /// Whether wide tangents of the shape are `Copy`.
    pub(super) fn is_copy(&self) -> bool {
        match self {
            Lanes::Float(_) | Lanes::Inert => true,
            Lanes::Array(item, _) => item.is_copy(),
            Lanes::Tuple(items) => items.iter().all(Lanes::is_copy),
            Lanes::Struct(fields) => fields.iter().all(|(_, item)| item.is_copy()),
            Lanes::Sequence(_) => false,
        }
    }
}

/// Which functions can be swept in several directions, by their signatures.
impl Types<'_> {
    /// The type of wide tangents.
    pub fn wide(self, lanes: &Lanes) -> TokenStream {
        let krate = self.krate;
        match lanes {
            Lanes::Float(name) => quote!(#krate::rt::Wide<#name>),
            Lanes::Inert => quote!(()),
            Lanes::Array(item, len) => {
                let item = self.wide(item);
                quote!([#item; #len])
            }
            Lanes::Sequence(item) => {
                let item = self.wide(item);
                quote!(#krate::rt::Vec<#item>)
            }
            Lanes::Tuple(_) | Lanes::Struct(_) => {
                tuple(lanes.parts().into_iter().map(|(_, _, item)| self.wide(item)).collect())
            }
        }
    }

    /// The place behind a reference to a wide tangent.
    pub(super) fn wide_place(self, lanes: &Lanes) -> TokenStream {
        match lanes {
            Lanes::Sequence(item) => {
                let item = self.wide(item);
                quote!([#item])
            }
            Lanes::Float(_) | Lanes::Inert | Lanes::Array(..) | Lanes::Tuple(_) | Lanes::Struct(_) => {
                self.wide(lanes)
            }
        }
    }
}

impl Target<'_> {
    /// Whether every active parameter has wide tangents, and every argument can be passed to one
    /// sweep after another.
    pub fn may_be_wide(&self) -> bool {
        // The body that a trait gives is not that of every implementation.
        let known = matches!(self.home, Home::Function | Home::Method);
        known
            && self.params.iter().all(|param| match (param.active, param.mode) {
                (true, ParamMode::RefMut) => param.lanes.is_some() && !matches!(param.shape, Shape::Vec(_)),
                (true, _) => param.lanes.is_some(),
                (false, ParamMode::Value) => Lanes::spelled(&param.shape).is_some(),
                (false, ParamMode::Ref | ParamMode::RefMut) => true,
            })
    }

    /// Whether the types of all active parameters are spelled out.
    pub(super) fn is_spelled(&self) -> bool {
        self.active().all(|param| Lanes::spelled(&param.shape).is_some())
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
                ParamMode::Value => self.types().wide(param.lanes.as_ref()?),
                ParamMode::Ref => {
                    let place = self.types().wide_place(param.lanes.as_ref()?);
                    quote!(&#place)
                }
                ParamMode::RefMut => {
                    let place = self.types().wide_place(param.lanes.as_ref()?);
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
            Some((_, shape)) => {
                (emitter.value(tangent.result_dot.as_ref()?), self.types().wide(&Lanes::spelled(shape)?))
            }
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
            let place = self.types().wide_place(param.lanes.as_ref()?);
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

    /// The arguments of one sweep of several, each with its wide tangent. Whether what is passed by value
    /// can be copied is checked by `bounds`.
    pub(super) fn wide_args(&self, bounds: &mut Vec<TokenStream>) -> Vec<TokenStream> {
        let mut args = Vec::new();
        for param in &self.params {
            args.push(self.passed_if_clone(param, bounds));
            if param.active {
                let dot = &param.dot;
                args.push(match param.mode {
                    ParamMode::Value if param.lanes.as_ref().is_some_and(Lanes::is_copy) => quote!(#dot),
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
    pub(super) fn wide_zero(&self, lanes: &Lanes, value: &TokenStream, depth: usize) -> TokenStream {
        let krate = self.krate;
        let index = self.fresh(&format!("index_{depth}"));
        let zero = |item: &Lanes, value: &TokenStream| self.wide_zero(item, value, depth + 1);
        match lanes {
            Lanes::Float(name) => quote!(#krate::rt::Wide::<#name>::zero()),
            Lanes::Inert => quote!(()),
            Lanes::Array(item, len) if item.is_copy() => {
                let item = zero(item, value);
                quote!([#item; #len])
            }
            Lanes::Array(item, len) => {
                let item = zero(item, &quote!(#value[#index]));
                quote!(::core::array::from_fn::<_, { #len }, _>(|#index| #item))
            }
            Lanes::Sequence(item) if item.is_copy() => {
                let item = zero(item, value);
                quote!(#krate::rt::vec![#item; #value.len()])
            }
            Lanes::Sequence(item) => {
                let item = zero(item, &quote!(#value[#index]));
                quote!((0..#value.len()).map(|#index| #item).collect::<#krate::rt::Vec<_>>())
            }
            Lanes::Tuple(_) | Lanes::Struct(_) => {
                let item = |(member, _, item)| zero(item, &quote!(#value.#member));
                tuple(lanes.parts().into_iter().map(item).collect())
            }
        }
    }

    /// Assigns one lane of the wide tangent `wide` to the tangent `one`, which has its shape.
    pub(super) fn narrowed(
        &self,
        lanes: &Lanes,
        one: &TokenStream,
        wide: &TokenStream,
        lane: &Ident,
        depth: usize,
    ) -> TokenStream {
        let krate = self.krate;
        // The tangent of a list of integers is a list.
        if matches!(lanes, Lanes::Inert) {
            return TokenStream::new();
        }
        if !lanes.holds_struct() {
            return quote!(#one = #krate::rt::Directions::one(&#wide, #lane););
        }
        match lanes {
            Lanes::Float(_) | Lanes::Inert => TokenStream::new(),
            Lanes::Array(item, _) | Lanes::Sequence(item) => {
                let index = self.fresh(&format!("index_{depth}"));
                let (one, wide_item) = (quote!(#one[#index]), quote!(#wide[#index]));
                let assigned = self.narrowed(item, &one, &wide_item, lane, depth + 1);
                quote!(for #index in 0..#wide.len() { #assigned })
            }
            Lanes::Tuple(_) | Lanes::Struct(_) => lanes
                .parts()
                .into_iter()
                .map(|(member, number, item)| {
                    let (one, wide) = (quote!(#one.#member), quote!(#wide.#number));
                    self.narrowed(item, &one, &wide, lane, depth + 1)
                })
                .collect(),
        }
    }

    /// Adds the tangent `one` to the wide tangent behind the reference `wide`, in the direction of a lane.
    pub(super) fn added_lane(
        &self,
        lanes: &Lanes,
        one: &TokenStream,
        wide: &TokenStream,
        lane: &Ident,
        depth: usize,
    ) -> TokenStream {
        let krate = self.krate;
        if matches!(lanes, Lanes::Inert) {
            return TokenStream::new();
        }
        if !lanes.holds_struct() {
            let wide = if depth == 0 { wide.clone() } else { quote!(&mut #wide) };
            return quote!(#krate::rt::Directions::add_lane(#wide, #lane, &#one););
        }
        match lanes {
            Lanes::Float(_) | Lanes::Inert => TokenStream::new(),
            Lanes::Array(item, _) | Lanes::Sequence(item) => {
                let index = self.fresh(&format!("index_{depth}"));
                let (one_item, wide_item) = (quote!(#one[#index]), quote!(#wide[#index]));
                let added = self.added_lane(item, &one_item, &wide_item, lane, depth + 1);
                quote!(for #index in 0..#wide.len() { #added })
            }
            Lanes::Tuple(_) | Lanes::Struct(_) => lanes
                .parts()
                .into_iter()
                .map(|(member, number, item)| {
                    let (one, wide) = (quote!(#one.#member), quote!(#wide.#number));
                    self.added_lane(item, &one, &wide, lane, depth + 1)
                })
                .collect(),
        }
    }

    /// `let mut x_dot = zero;` for each active parameter.
    pub(super) fn wide_dots(&self) -> Option<TokenStream> {
        let mut declared = TokenStream::new();
        for param in self.active() {
            let (name, dot) = (&param.name, &param.dot);
            let lanes = param.lanes.as_ref()?;
            let (ty, zero) = (self.types().wide(lanes), self.wide_zero(lanes, &quote!(#name), 0));
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
        let (mut types, mut rows, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
        let (mut cleared, mut places, mut bars) = (TokenStream::new(), Vec::new(), Vec::new());
        let (first, lane, row) = (self.fresh("first"), self.fresh("lane"), self.fresh("next_row"));
        let one = self.fresh("one");
        let question = self.question();
        for (k, param) in self.params.iter().enumerate().filter(|(_, param)| param.active) {
            let lanes = param.lanes.as_ref()?;
            let (name, bar_dot) = (&param.name, self.second(param));
            let (ty, zero) = (self.types().wide(lanes), self.wide_zero(lanes, &quote!(#name), 0));
            declared.extend(quote!(let mut #bar_dot: #ty = #zero;));
            if nested.shadows[k][0].is_some() {
                let (bar, ty, zero) = (&param.bar, self.types().tangent(&param.shape), self.zero(param));
                declared.extend(quote!(let mut #bar: #ty = #zero;));
                cleared.extend(quote!(#krate::Tangent::set_zero(&mut #bar);));
                places.push(quote!(&mut #bar));
            }
            cleared.extend(quote!(#krate::Tangent::set_zero(&mut #bar_dot);));
            places.push(quote!(&mut #bar_dot));
            if let Some(ty) = self.of(&param.shape, &gradient) {
                types.push(ty);
                bars.push(quote!(#krate::rt::Directions::one(&#bar_dot, #lane)));
                rows.push(self.assembled(&param.shape, &quote!(#name), &quote!(#row()#question), 0));
                continue;
            }
            // A closure that is called for each row cannot leave the function.
            if question.is_some() {
                return None;
            }
            let (of, bound) = self.rows_of_parameter(param);
            types.push(quote!(#of::Of));
            bounds.push(bound);
            let (ty, zero) = (self.types().tangent(&param.shape), self.zero(param));
            rows.push(quote!({
                let #one: #ty = #zero;
                #of::rows(&#one, &mut |_| #row())
            }));
            let assigned = self.narrowed(lanes, &quote!(#one), &quote!(#bar_dot), &lane, 0);
            bars.push(quote!({
                let mut #one: #ty = #zero;
                #assigned
                #one
            }));
        }
        let (args, pointed) = (self.wide_args(&mut bounds), self.pointed(&first));
        let core = self.own("__ad_reverse_wide");
        let product = self.wrapped(&one_or_tuple(bars));
        let row_ty = self.wrapped_ty(&gradient);
        let lifetime = (!bounds.is_empty()).then(|| quote!('ad));
        let (generics, clause) = self.generics(lifetime, bounds);
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
                    #product
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
