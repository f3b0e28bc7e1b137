//! `__ad_joint`: what a caller calls that knows the seed when it calls.

use super::{Home, Param, ParamMode, Target, Wrap};
use crate::emit::Emitter;
use crate::emit::types::{Shape, tuple};
use crate::loops::LANES;
use crate::names::Reserved;
use crate::reverse::Adjoint;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// The body of a `__ad_joint_lanes`, and what it calls its parameters.
struct LaneBody {
    names: Vec<Ident>,
    seed: Ident,
    slots: Vec<Option<Ident>>,
    body: TokenStream,
}

impl Target<'_> {
    /// Whether there is a `__ad_joint`.
    fn joins(&self) -> bool {
        let in_out = self.params.iter().any(|param| param.mode == ParamMode::RefMut);
        matches!(self.wrap, Wrap::Plain)
            && matches!(self.home, Home::Function)
            && !in_out
            && self.output.is_some()
    }

    /// Whether there is a `__ad_joint_lanes`: a caller that passes scalars and gets one cannot
    /// tell what the types are called here.
    fn has_lanes(&self) -> bool {
        let may_be_scalar = |shape: &Shape| match shape {
            Shape::Float(_) | Shape::Inert => true,
            Shape::Other(ty) => match &**ty {
                syn::Type::Path(path) => path.path.segments.iter().all(|segment| segment.arguments.is_none()),
                syn::Type::Group(_) | syn::Type::Paren(_) | syn::Type::Macro(_) => true,
                _ => false,
            },
            Shape::Array(..) | Shape::Slice(_) | Shape::Vec(_) | Shape::Tuple(_) | Shape::Option(_) => false,
        };
        self.joins()
            && self.output.iter().all(|(_, shape)| may_be_scalar(shape) && !matches!(shape, Shape::Inert))
            && self.params.iter().all(|param| param.mode == ParamMode::Value && may_be_scalar(&param.shape))
    }

    /// `__ad_joint_lanes([x; 8], …, [seed; 8], slot of [x; 8], …) -> [value; 8]`: `__ad_joint` for
    /// the iterations of a caller's loop. `lanes`: its body, if there is one better than a loop.
    pub fn joint_lanes(&self, lanes: Option<(&Adjoint, Reserved)>) -> TokenStream {
        if !self.has_lanes() {
            return TokenStream::new();
        }
        let krate = self.krate;
        let width = Literal::usize_unsuffixed(LANES);
        let (value_ty, seed_ty) = (self.value_ty(), self.value_bar_ty());
        let head = self.hidden("__ad_joint_lanes");
        let (generics, clause) = self.generics(None, Vec::new());
        let floats = self.active().all(|param| matches!(param.shape, Shape::Float(_)));
        let LaneBody { names, seed, slots, body } = match lanes.filter(|_| floats) {
            Some((adjoint, reserved)) => self.body_in_lanes(adjoint, reserved),
            None => self.body_by_lane(),
        };
        let params = self.params.iter().zip(names).map(|(param, name)| {
            let ty = &param.ty;
            quote!(#name: [#ty; #width])
        });
        let slots = self.params.iter().zip(slots).map(|(param, slot)| {
            if !param.active {
                return quote!(_: #krate::rt::Inactive);
            }
            let (pattern, ty) =
                (slot.map_or(quote!(_), |slot| quote!(#slot)), self.types().tangent(&param.shape));
            quote!(#pattern: #krate::rt::Slot<'_, [#ty; #width]>)
        });
        quote! {
            #head #generics(#(#params,)* #seed: [#seed_ty; #width], #(#slots),*) -> [#value_ty; #width] #clause {
                #body
            }
        }
    }

    /// One lane after the other.
    fn body_by_lane(&self) -> LaneBody {
        let (seed, lane, value) = (self.fresh("seed"), self.fresh("lane"), self.fresh("value"));
        let names: Vec<&Ident> = self.params.iter().map(|param| &param.name).collect();
        let next = |name: &Ident| quote!(#name.next().unwrap());
        let args: Vec<TokenStream> = names.iter().map(|name| next(name)).collect();
        let next_seed = next(&seed);
        let active: Vec<&Param> = self.active().collect();
        let cotangents: Vec<Ident> =
            (0..active.len()).map(|k| self.fresh(&format!("cotangent_{k}"))).collect();
        let owned = tuple(cotangents.iter().map(|cotangent| quote!(#cotangent)).collect());
        let bars = active.iter().map(|param| &param.bar);
        let mutable = active.iter().map(|param| &param.bar);
        let core = self.own("__ad_reverse");
        let body = quote! {
            #(let mut #names = #names.into_iter();)*
            let mut #seed = #seed.into_iter();
            #(let mut #mutable = #mutable;)*
            ::core::array::from_fn(|#lane| {
                let (#value, #owned) = #core(#(#args,)* #next_seed);
                #(#bars.add_lane(#lane, #cotangents);)*
                #value
            })
        };
        LaneBody {
            slots: self.params.iter().map(|param| param.active.then(|| param.bar.clone())).collect(),
            names: names.into_iter().cloned().collect(),
            seed,
            body,
        }
    }

    /// Every operation in all lanes.
    fn body_in_lanes(&self, adjoint: &Adjoint, reserved: Reserved) -> LaneBody {
        let function = &adjoint.function;
        let mut emitter = Emitter::new(function, self.krate, reserved);
        let width = Literal::usize_unsuffixed(LANES);
        let names = function.params.iter().map(|param| emitter.name(param.var)).collect();
        let seed = adjoint.seed.expect("a function in lanes has a seed");
        let seed = emitter.names.declare(function, seed);
        let (mut prologue, mut epilogue) = (TokenStream::new(), TokenStream::new());
        let mut slots = Vec::new();
        for (param, shadow) in self.params.iter().zip(&adjoint.shadows) {
            let Some(shadow) = shadow.filter(|_| param.active) else {
                slots.push(None);
                continue;
            };
            let bar = emitter.names.declare(function, shadow);
            let ty = self.types().tangent(&param.shape);
            let zero = self.types().constant_zero(&param.shape);
            let slot = emitter.names.fresh(&format!("{bar}_slot"));
            prologue.extend(quote!(let mut #bar: [#ty; #width] = [#zero; #width];));
            epilogue.extend(quote!(#slot.add(#bar);));
            slots.push(Some(slot));
        }
        emitter.declare(&adjoint.forward);
        emitter.declare_models(&[&adjoint.forward, &adjoint.backward]);
        let body = emitter.block(&adjoint.forward);
        let result = emitter.value(&function.result);
        let items = self.items_for(&[&body, &result]);
        LaneBody { names, seed, slots, body: quote!(#items #prologue #body #epilogue #result) }
    }

    /// `__ad_joint(x, …, seed, slot of x, …) -> value`: both sweeps in one, so that nothing is
    /// kept between them. As in a pullback there is a slot for every parameter.
    pub fn joint_forwarder(&self) -> TokenStream {
        let Some((value_ty, _)) = self.output.as_ref().filter(|_| self.joins()) else {
            return TokenStream::new();
        };
        let seed = self.fresh("seed");
        let (mut params, mut slots, mut prologue) = (Vec::new(), Vec::new(), TokenStream::new());
        let (mut args, mut lent, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        let mut epilogue = TokenStream::new();
        for (k, param) in self.params.iter().enumerate() {
            params.push(param.declaration());
            let (name, bar, slot_ty) = (&param.name, &param.bar, self.slot_ty(param));
            args.push(quote!(#name));
            if !param.active {
                slots.push(quote!(_: #slot_ty));
                continue;
            }
            slots.push(quote!(#bar: #slot_ty));
            if param.mode == ParamMode::Value {
                let cotangent = self.fresh(&format!("cotangent_{k}"));
                epilogue.extend(match param.is_sequence() {
                    true => quote!(#bar.add_slice(&#cotangent);),
                    false => quote!(#bar.add(#cotangent);),
                });
                owned.push(quote!(#cotangent));
            } else {
                let kept = format_ident!("{bar}_zero");
                let zero = self.zero(param);
                prologue.extend(quote! {
                    let mut #kept = ::core::option::Option::None;
                    let #bar = #bar.or_zero(&mut #kept, || #zero);
                });
                lent.push(quote!(#bar));
            }
        }
        let seed_ty = self.value_bar_ty();
        let head = self.hidden("__ad_joint");
        let (generics, clause) = self.generics(None, Vec::new());
        let owned = tuple(owned);
        let value = self.fresh("value");
        let core = self.own("__ad_reverse");
        quote! {
            #head #generics(#(#params,)* #seed: #seed_ty, #(#slots),*) -> #value_ty #clause {
                #prologue
                let (#value, #owned) = #core(#(#args,)* #seed, #(#lent),*);
                #epilogue
                #value
            }
        }
    }
}
