//! The derivatives of derivatives: what makes `g::grad(x)`, `g::jvp(x, v)`, `g::hessian(x)`, … inside a
//! differentiable function differentiable.
//!
//! All of them are passes over the cores that nested differentiation made. With `J` the Jacobian
//! of `g` and `s` the cotangent of what the companion returns:
//!
//! * `vjp` gives `Jᵀw`. `s · Jᵀw = w · Js`, so forward mode along `s` over the reverse sweep that
//!   `w` seeds gives the cotangent of `x`, and `Js`, that of `w`. A gradient is the case `w = 1`.
//! * `jvp` gives `Jv`. The reverse sweep that `s` seeds gives `Jᵀs`, the cotangent of `v`; its
//!   tangent along `v` is the cotangent of `x`.
//! * `hvp` gives `Hv`. `s · Hv = v · Hs`: the reverse sweep under two passes, along `v` and `s`.
//! * `jacobian` and `hessian` are `vjp` and `hvp` along one unit after the other ([`whole`]).
//! * `d2`, `d3`, … are passes of forward mode along one; the reverse sweep under as many gives the
//!   next derivative.
//!
//! The directions become the innermost passes: with `p` of them, component `b << p` of the raised
//! core is component `b` of the call, and the bits below say what it is a tangent along.

mod forwarders;
mod parts;
mod split;
mod tangents;
mod whole;

use super::{Param, Target};
use crate::emit::types::Shape;
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};

/// A companion that has derivatives of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Grad,
    ValueAndGrad,
    Jvp,
    Vjp,
    Hvp,
    Jacobian,
    Hessian,
    /// `d2`, `d3`, …
    Nth(u32),
}

impl Kind {
    fn name(self) -> String {
        match self {
            Kind::Grad => "grad".into(),
            Kind::ValueAndGrad => "value_and_grad".into(),
            Kind::Jvp => "jvp".into(),
            Kind::Vjp => "vjp".into(),
            Kind::Hvp => "hvp".into(),
            Kind::Jacobian => "jacobian".into(),
            Kind::Hessian => "hessian".into(),
            Kind::Nth(k) => format!("d{k}"),
        }
    }

    fn has_directions(self) -> bool {
        match self {
            Kind::Jvp | Kind::Vjp | Kind::Hvp => true,
            Kind::Grad | Kind::ValueAndGrad | Kind::Jacobian | Kind::Hessian | Kind::Nth(_) => false,
        }
    }

    /// Whether its tangents are passes over the function, and not over its adjoint.
    fn is_forward(self) -> bool {
        match self {
            Kind::Jvp | Kind::Nth(_) => true,
            Kind::Grad | Kind::ValueAndGrad | Kind::Vjp | Kind::Hvp | Kind::Jacobian | Kind::Hessian => false,
        }
    }

    /// How many passes its tangents and its reverse sweep need beyond those around the call.
    fn passes(self) -> (u32, u32) {
        match self {
            Kind::Grad | Kind::ValueAndGrad | Kind::Vjp | Kind::Jacobian => (0, 1),
            Kind::Jvp => (1, 1),
            Kind::Hvp | Kind::Hessian => (1, 2),
            Kind::Nth(k) => (k, k),
        }
    }
}

/// What component `c` of a parameter is in a sweep.
enum Source {
    /// Component of the call's own argument.
    Own(usize),
    /// Component of the direction the user passes.
    Direction(usize),
    /// Component of the cotangent that the sweep is seeded with.
    Seed(usize),
    One,
    Nothing,
}

/// One companion being made at one level.
struct Inner<'t, 'a> {
    target: &'t Target<'a>,
    kind: Kind,
    level: u32,
    /// The direction of each active parameter, or the weights of the outputs.
    extras: Vec<Param>,
}

impl Target<'_> {
    /// The hidden companions of companions that a function of this order has.
    pub(super) fn inner(&self, order: u32, scalar: bool) -> TokenStream {
        // Pullbacks are passed arguments of any lifetime, of which such a bound says nothing.
        let pinned = super::nested::bounds_name_a_lifetime(&self.sig.generics);
        let in_out = self.params.iter().any(|param| param.mode == ParamMode::RefMut);
        if pinned || in_out || self.output.is_none() {
            return TokenStream::new();
        }
        let mut out = TokenStream::new();
        for kind in self.inner_kinds(order, scalar) {
            let (tangent, reverse) = kind.passes();
            // Forward mode counts one more pass than forward over reverse.
            let highest = if kind.is_forward() { order } else { order - 1 };
            for level in 1..order {
                if level + tangent <= highest {
                    out.extend(self.inner_at(kind, level).tangents());
                }
            }
            for level in 0..order {
                if level + reverse < order {
                    let inner = self.inner_at(kind, level);
                    out.extend(inner.split());
                    out.extend(inner.forwarders());
                }
            }
        }
        out
    }

    /// The companions that the function has and that may have derivatives.
    fn inner_kinds(&self, order: u32, scalar: bool) -> Vec<Kind> {
        let mut kinds = vec![Kind::Jvp, Kind::Vjp];
        let gradient = self.gradient();
        if !scalar {
            let rows = self.output.as_ref().and_then(|(_, shape)| self.types().rows(shape, &gradient));
            kinds.extend(rows.map(|_| Kind::Jacobian));
            return kinds;
        }
        kinds.extend([Kind::Grad, Kind::ValueAndGrad, Kind::Hvp]);
        if self.active().all(|param| self.of(&param.shape, &gradient).is_some()) {
            kinds.push(Kind::Hessian);
        }
        if let [Param { shape: Shape::Float(_), .. }] = self.active().collect::<Vec<_>>()[..] {
            kinds.extend((2..order).map(Kind::Nth));
        }
        kinds
    }

    fn inner_at(&self, kind: Kind, level: u32) -> Inner<'_, '_> {
        Inner { target: self, kind, level, extras: self.extras(kind) }
    }

    /// The name of a hidden companion of a companion, as a caller makes it of the companion's.
    fn inner_name(&self, kind: Kind, suffix: &str) -> String {
        let (kind, suffix) = (kind.name(), suffix.trim_start_matches("__ad"));
        match self.home {
            super::Home::Function => format!("__ad_{kind}{suffix}"),
            super::Home::Method
            | super::Home::Trait
            | super::Home::TraitImpl
            | super::Home::Operator
            | super::Home::Element
            | super::Home::Conversion => format!("{kind}__ad{suffix}"),
        }
    }

    /// The name of the seed of a parameter's gradient.
    fn seed_name(&self, param: &Param, b: usize) -> Ident {
        self.fresh(&format!("{}_direction{b}", param.name).replace("r#", ""))
    }
}
