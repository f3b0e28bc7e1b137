//! `__ad_grad_jvp`, …: companions under forward mode.

use super::{Inner, Kind, Source};
use crate::emit::companions::nested::core_name;
use crate::emit::types::{one_or_tuple, tuple};
use crate::ir::ParamMode;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Inner<'_, '_> {
    /// The companion under forward mode.
    pub(super) fn tangents(&self) -> TokenStream {
        let target = self.target;
        let count = 1usize << self.level;
        let (params, dots) = self.params();
        let (sweep, results) = self.tangent_sweep(&dots);
        let (body, results) = match self.kind.is_whole() {
            true => self.collected(&sweep, &results),
            false => (sweep, results),
        };
        let end = target.wrapped(&tuple(results));
        let returned = target.wrapped_ty(&tuple((0..count).map(|b| self.returned(b)).collect()));
        let head = target.hidden(&target.inner_name(self.kind, &core_name("__ad_jvp", self.level)));
        let (generics, clause) =
            target.generics(None, target.clone_bounds(|param| param.mode == ParamMode::Value));
        quote! {
            #head #generics(#(#params),*) -> #returned #clause {
                #body
                #end
            }
        }
    }

    /// One call of a raised core, and what it makes of each component of the result.
    fn tangent_sweep(&self, dots: &[Vec<Ident>]) -> (TokenStream, Vec<TokenStream>) {
        let (target, count) = (self.target, 1usize << self.level);
        let level = self.level + self.kind.passes().0;
        let mut args = Vec::new();
        let mut zeros = TokenStream::new();
        let mut places = Vec::new();
        for (k, param) in target.params.iter().enumerate() {
            args.push(match self.kind.is_whole() {
                true => self.argument(param),
                false => {
                    let name = &param.name;
                    quote!(#name)
                }
            });
            args.extend((1..1usize << level).map(|c| self.tangent(k, &self.along(c), dots)));
            if !param.active || self.kind.is_forward() {
                continue;
            }
            let (ty, zero) = (target.types().tangent(&param.shape), target.zero(param));
            for c in 0..1usize << level {
                let bar = self.bar(param, c);
                zeros.extend(quote!(let mut #bar: #ty = #zero;));
                places.push(quote!(&mut #bar));
            }
        }
        let base = if self.kind.is_forward() { "__ad_jvp" } else { "__ad_reverse" };
        match self.kind {
            Kind::Grad | Kind::ValueAndGrad | Kind::Hvp | Kind::Hessian => {
                args.extend(target.unit_seeds(level));
            }
            Kind::Vjp | Kind::Jacobian => args.extend((0..count).map(|b| self.weight(b, dots))),
            Kind::Jvp | Kind::Nth(_) => {}
        }
        args.extend(places);
        let core = target.own(&core_name(base, level));
        let values: Vec<Ident> = (0..1usize << level).map(|c| target.fresh(&format!("value{c}"))).collect();
        let gradient = |c: usize| {
            let bars = target.active().map(|param| {
                let bar = self.bar(param, c);
                quote!(#bar)
            });
            one_or_tuple(bars.collect())
        };
        let results = (0..count).map(|b| match self.kind {
            Kind::Grad | Kind::Jacobian => gradient(b),
            Kind::ValueAndGrad | Kind::Vjp => {
                let (value, gradient) = (&values[b], gradient(b));
                quote!((#value, #gradient))
            }
            Kind::Jvp => {
                let (value, along) = (&values[2 * b], &values[2 * b + 1]);
                quote!((#value, #along))
            }
            Kind::Hvp | Kind::Hessian => gradient(2 * b + 1),
            Kind::Nth(k) => {
                let value = &values[(b << k) + (1 << k) - 1];
                quote!(#value)
            }
        });
        let question = target.question();
        let results = results.collect();
        (quote!(#zeros let (#(#values,)*) = #core(#(#args),*)#question;), results)
    }

    /// What component `c` of a parameter is in the core that gives the tangents.
    fn along(&self, c: usize) -> Source {
        let passes = self.kind.passes().0;
        let (b, along) = (c >> passes, c & ((1 << passes) - 1));
        match (self.kind, along) {
            (_, 0) => Source::Own(b),
            (Kind::Nth(_), along) => match b == 0 && along.is_power_of_two() {
                true => Source::One,
                false => Source::Nothing,
            },
            (
                Kind::Grad
                | Kind::ValueAndGrad
                | Kind::Jvp
                | Kind::Vjp
                | Kind::Hvp
                | Kind::Jacobian
                | Kind::Hessian,
                _,
            ) => Source::Direction(b),
        }
    }
}
