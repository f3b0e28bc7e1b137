//! What the companions of companions take, pass on and return.

use super::{Inner, Kind, Source};
use crate::emit::companions::{Param, Target};
use crate::emit::types::{Shape, one_or_tuple, tuple};
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Target<'_> {
    pub(super) fn extras(&self, kind: Kind) -> Vec<Param> {
        let extra = |base: &str, ty: TokenStream, shape: &Shape| {
            let ty: syn::Type = syn::parse2(ty).expect("a seed's type");
            let name = self.fresh(&format!("{base}_along"));
            Param {
                lanes: None,
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
            Kind::Grad | Kind::ValueAndGrad | Kind::Jacobian | Kind::Hessian | Kind::Nth(_) => Vec::new(),
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
}

impl Inner<'_, '_> {
    /// Declarations of all parameters with their tangents, and the names of the tangents.
    pub(super) fn params(&self) -> (Vec<TokenStream>, Vec<Vec<Ident>>) {
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

    pub(super) fn bar(&self, param: &Param, c: usize) -> Ident {
        self.target.fresh(&format!("{}{c}", param.bar))
    }

    /// The type of what the companion returns, for one component.
    pub(super) fn returned(&self, b: usize) -> TokenStream {
        let target = self.target;
        let value = if b == 0 { target.value_ty() } else { target.value_bar_ty() };
        let (gradient, value_bar) = (target.gradient(), target.value_bar_ty());
        match self.kind {
            Kind::Grad | Kind::Hvp => gradient,
            Kind::ValueAndGrad | Kind::Vjp => quote!((#value, #gradient)),
            Kind::Jvp => quote!((#value, #value_bar)),
            Kind::Nth(_) => value_bar,
            Kind::Hessian | Kind::Jacobian => self.whole_ty(),
        }
    }

    /// The extra of an active parameter.
    pub(super) fn extra_of(&self, k: usize) -> (usize, &Param) {
        let target = self.target;
        let at = target.params[..k].iter().filter(|param| param.active).count();
        (target.params.len() + at, &self.extras[at])
    }

    /// The argument of the companion, which may be needed again.
    pub(super) fn argument(&self, param: &Param) -> TokenStream {
        let name = &param.name;
        match param.mode {
            ParamMode::Value => quote!(::core::clone::Clone::clone(&#name)),
            ParamMode::Ref | ParamMode::RefMut => quote!(#name),
        }
    }

    /// A tangent that a raised core takes for a parameter.
    pub(super) fn tangent(&self, k: usize, source: &Source, dots: &[Vec<Ident>]) -> TokenStream {
        let (target, krate) = (self.target, self.target.krate);
        let param = &target.params[k];
        if !param.active {
            return quote!(#krate::rt::Inactive);
        }
        match (source, param.mode) {
            (Source::Own(b), _) => {
                let dot = &dots[k][b - 1];
                quote!(::core::clone::Clone::clone(&#dot))
            }
            (Source::Direction(b), _) => self.direction(k, *b, dots),
            (Source::Seed(b), ParamMode::Value) => {
                let seed = target.seed_name(param, *b);
                quote!(#krate::rt::Dot::Active(::core::clone::Clone::clone(&#seed)))
            }
            (Source::Seed(b), ParamMode::Ref | ParamMode::RefMut) => {
                let seed = target.seed_name(param, *b);
                quote!(#krate::rt::DotRef::Active(&#seed))
            }
            (Source::One, mode) => {
                let Shape::Float(scalar) = &param.shape else { unreachable!("a derivative by a scalar") };
                let one = target.types().one(scalar);
                match mode {
                    ParamMode::Value => quote!(#krate::rt::Dot::Active(#one)),
                    ParamMode::Ref | ParamMode::RefMut => quote!(#krate::rt::DotRef::Active(&#one)),
                }
            }
            (Source::Nothing, ParamMode::Value) => quote!(#krate::rt::Dot::Zero),
            (Source::Nothing, ParamMode::Ref | ParamMode::RefMut) => quote!(#krate::rt::DotRef::Zero),
        }
    }

    /// A direction as a tangent of a parameter: component 0 is the user's argument, the others
    /// are tangents of that. One of the units is what it is.
    fn direction(&self, k: usize, b: usize, dots: &[Vec<Ident>]) -> TokenStream {
        let krate = self.target.krate;
        let param = &self.target.params[k];
        if self.kind == Kind::Hessian {
            let unit = self.unit(param);
            return match (b, param.mode) {
                (0, ParamMode::Value) => {
                    quote!(#krate::rt::Dot::Active(::core::clone::Clone::clone(&#unit)))
                }
                (0, ParamMode::Ref | ParamMode::RefMut) => quote!(#krate::rt::DotRef::Active(&#unit)),
                (_, ParamMode::Value) => quote!(#krate::rt::Dot::Zero),
                (_, ParamMode::Ref | ParamMode::RefMut) => quote!(#krate::rt::DotRef::Zero),
            };
        }
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
    pub(super) fn weight(&self, b: usize, dots: &[Vec<Ident>]) -> TokenStream {
        let target = self.target;
        if self.kind == Kind::Jacobian {
            let weight = if b == 0 { self.output_unit() } else { self.output_zero() };
            return quote!(::core::clone::Clone::clone(&#weight));
        }
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

    /// `self` is no name of a closure's parameter.
    pub(super) fn name_in_closure(&self, param: &Param) -> Ident {
        match param.mode != ParamMode::Value && param.name == "self" {
            true => self.target.fresh("this"),
            false => param.name.clone(),
        }
    }
}
