//! Calls of other differentiable functions, and of their pullbacks.

use super::Emitter;
use super::types::at;
use crate::ir::{
    Arg, Call, CallMode, Callee, Expr, Nested, Outcome, Place, PullArg, PullTangents, Var, is_constant,
    names_derivative, walk,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

impl Emitter<'_> {
    pub(super) fn call(&self, call: &Call) -> TokenStream {
        let mut args: Vec<TokenStream> = Vec::new();
        for (k, arg) in call.args.iter().enumerate() {
            args.push(self.argument(arg));
            match &call.mode {
                CallMode::Plain | CallMode::Split { .. } | CallMode::Joint { .. } => {}
                CallMode::WideJoint(joint) => args.push(self.tangent_argument(arg, joint.dots[k].as_ref())),
                CallMode::Jvp { dots, .. } => args.push(self.tangent_argument(arg, dots[k].as_ref())),
                CallMode::Nested(nested) => {
                    args.extend(nested.dots[k].iter().map(|dot| self.tangent_argument(arg, dot.as_ref())));
                }
            }
        }
        if let CallMode::Joint { seed, args: slots, .. } = &call.mode {
            args.push(self.value(seed));
            let slots = call.args.iter().zip(slots);
            args.extend(slots.map(|(arg, slot)| self.slot(arg, slot.shadow.as_ref())));
        }
        if let CallMode::WideJoint(joint) = &call.mode {
            args.extend([self.value(&joint.seed), self.value(&joint.seed_dot)]);
            for ((arg, pull), shadow) in call.args.iter().zip(&joint.args).zip(&joint.shadows) {
                let slots = [&pull.shadow, shadow].map(|shadow| self.slot(arg, shadow.as_ref()));
                args.push(quote!((#(#slots),*)));
            }
        }
        let question = call.question.then(|| match &call.map_err {
            Some(map) => quote_spanned!(call.span=> .map_err(#map)?),
            None => quote_spanned!(call.span=> ?),
        });
        let value = self.outcome(call, self.callee(call, &args));
        let result = self.binding(call.result);
        match &call.mode {
            CallMode::Plain if !self.used[call.result.0] => quote!(#value #question;),
            CallMode::Plain | CallMode::Joint { .. } => quote!(let #result = #value #question;),
            CallMode::WideJoint(joint) => {
                let dot = self.binding(joint.result_dot);
                quote!(let (#result, #dot) = #value #question;)
            }
            CallMode::Jvp { result_dot, .. } => {
                let dot = self.binding(*result_dot);
                quote!(let (#result, #dot) = #value #question;)
            }
            CallMode::Split { rev } => {
                let rev = self.binding(*rev);
                quote!(let (#result, #rev) = #value #question;)
            }
            CallMode::Nested(nested) => {
                let declared = nested.result_dots.iter().chain(&nested.rev).map(|var| self.binding(*var));
                quote!(let (#result, #(#declared),*) = #value #question;)
            }
        }
    }

    /// The value of a call whose `Option` or `Result` is kept: what stands beside the result is
    /// there only where the result is.
    fn outcome(&self, call: &Call, value: TokenStream) -> TokenStream {
        let krate = self.krate;
        let value = match call.outcome {
            Outcome::Value => return value,
            Outcome::Kept => value,
            Outcome::Optional => quote!(#krate::rt::optional(#value)),
        };
        match &call.mode {
            CallMode::Plain => value,
            CallMode::Jvp { .. }
            | CallMode::Split { .. }
            | CallMode::Joint { .. }
            | CallMode::Nested(_)
            | CallMode::WideJoint(_) => quote!(#krate::rt::transposed(#value)),
        }
    }

    fn argument(&self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Value(value) => self.value(value),
            Arg::Ref(place) => self.borrow(place, false).0,
            Arg::RefMut(place) => self.borrow(place, true).0,
            Arg::Receiver { place, mutable: _ } => self.receiver(place),
        }
    }

    /// The tangent of an argument: borrowed the way the argument is.
    fn tangent_argument(&self, arg: &Arg, dot: Option<&Expr>) -> TokenStream {
        let krate = self.krate;
        let span = self.span_of_arg(arg);
        let Some(dot) = dot else { return at(quote!(#krate::rt::inactive()), span) };
        let dot = match (arg, dot) {
            (Arg::RefMut(_) | Arg::Receiver { mutable: true, .. }, Expr::Read(place)) => {
                self.borrow(place, true).0
            }
            (Arg::Ref(_) | Arg::Receiver { .. }, dot) => self.by_reference(dot),
            // Of a field without a derivative the callee makes zero.
            (Arg::Value(_), Expr::Read(place)) if self.is_part(place) => self.place(place).0,
            (Arg::Value(_) | Arg::RefMut(_), dot) => self.value(dot),
        };
        let active = at(quote!(#krate::rt::active), span);
        quote_spanned!(span=> #active(#dot))
    }

    /// Where a pullback adds a cotangent, or its tangent. An argument that the callee does not
    /// differentiate is an error at the argument.
    fn slot(&self, arg: &Arg, shadow: Option<&Place>) -> TokenStream {
        let krate = self.krate;
        let span = self.span_of_arg(arg);
        match shadow {
            Some(shadow) => {
                let shadow = self.borrow(shadow, true).0;
                let active = at(quote!(#krate::rt::active), span);
                quote_spanned!(span=> #active(#shadow))
            }
            None => at(quote!(#krate::rt::inactive()), span),
        }
    }

    /// An argument that is a constant or an element of one: it may be a reference, which is passed again.
    fn constant_argument(&self, arg: &Arg) -> Option<TokenStream> {
        match arg {
            Arg::Value(value @ Expr::Opaque { tokens, .. }) if is_constant(tokens) => Some(self.value(value)),
            Arg::Value(_) | Arg::Ref(_) | Arg::RefMut(_) | Arg::Receiver { .. } => None,
        }
    }

    /// Where an argument stands in the source.
    fn span_of_arg(&self, arg: &Arg) -> Span {
        match arg {
            Arg::Value(Expr::Read(place) | Expr::ToOwned(place))
            | Arg::Ref(place)
            | Arg::RefMut(place)
            | Arg::Receiver { place, .. } => place.span,
            Arg::Value(Expr::Move(var)) => self.function.info(*var).name.span(),
            Arg::Value(value) => value_span(self.value(value)),
        }
    }

    /// The call of a function or of one of its companions.
    fn callee(&self, call: &Call, args: &[TokenStream]) -> TokenStream {
        let companion = match &call.mode {
            CallMode::Plain => None,
            CallMode::Jvp { wide: false, .. } => Some("__ad_jvp".to_string()),
            CallMode::Jvp { wide: true, .. } => Some("__ad_wide_jvp".to_string()),
            CallMode::Split { .. } => Some("__ad_split".to_string()),
            CallMode::Joint { lanes: true, .. } => Some("__ad_joint_lanes".to_string()),
            CallMode::Joint { .. } => Some("__ad_joint".to_string()),
            CallMode::WideJoint(_) => Some("__ad_wide_joint".to_string()),
            CallMode::Nested(Nested { wide: true, .. }) => Some("__ad_wide_split".to_string()),
            CallMode::Nested(Nested { level, rev: None, .. }) => Some(format!("__ad_jvp{level}")),
            CallMode::Nested(Nested { level, rev: Some(_), .. }) => Some(format!("__ad_split{level}")),
        };
        match (&call.callee, companion.as_deref()) {
            (Callee::Path(path), None) => quote!(#path(#(#args),*)),
            (Callee::Path(path), Some(companion)) => {
                // `g::<f64>` becomes `g::__ad_jvp::<f64>`.
                let mut path = path.clone();
                // What follows `super` is a module's.
                let owner = path.segments.iter().rev().nth(1);
                let qualified = owner.is_some_and(|owner| {
                    ["self", "super", "crate"].iter().all(|module| owner.ident != module)
                });
                let last = path.segments.last_mut().expect("a path has segments");
                let turbofish = std::mem::take(&mut last.arguments);
                if qualified && names_derivative(&last.ident) {
                    // `g::grad` is a companion itself; its derivatives stand beside it.
                    let suffix = companion.trim_start_matches("__ad");
                    last.ident = format_ident!("__ad_{}{suffix}", last.ident, span = last.ident.span());
                    return quote!(#path #turbofish(#(#args),*));
                }
                let name = Ident::new(companion, last.ident.span());
                quote!(#path::#name #turbofish(#(#args),*))
            }
            (Callee::Assoc { prefix, name, turbofish }, companion) => {
                let name = match (&call.args[..], companion) {
                    // The rule of a conversion from a reference is another trait's.
                    ([Arg::Ref(_)], Some(_)) if name == "from" => &Ident::new("from_ref", name.span()),
                    _ => name,
                };
                let name = sibling(name, companion);
                quote!(#prefix #name #turbofish(#(#args),*))
            }
            (Callee::Method { name, turbofish }, companion) => {
                let (receiver, rest) = args.split_first().expect("a method has a receiver");
                let lent = companion.and_then(|_| self.lent(call, name));
                let name = sibling(name, companion);
                quote!(#receiver #lent.#name #turbofish(#(#rest),*))
            }
        }
    }

    pub(super) fn pull(
        &self,
        rev: Var,
        seed: &Expr,
        pulls: &[PullArg],
        call: &Call,
        tangents: Option<&PullTangents>,
    ) -> TokenStream {
        let rev = self.name(rev);
        let mut seeds = vec![self.value(seed)];
        seeds.extend(tangents.iter().flat_map(|tangents| &tangents.seeds).map(|seed| self.value(seed)));
        let kept = call.outcome != Outcome::Value;
        let names: Vec<Ident> = (0..seeds.len()).map(|k| format_ident!("seed_{k}")).collect();
        let mut args = match kept {
            true => names.iter().map(|name| quote!(#name)).collect(),
            false => seeds.clone(),
        };
        for (k, (arg, pull)) in call.args.iter().zip(pulls).enumerate() {
            let mut passed = match arg {
                Arg::Value(_) | Arg::Receiver { .. } => Vec::new(),
                Arg::Ref(place) => vec![self.borrow(place, false).0],
                Arg::RefMut(place) => vec![self.borrow(place, true).0],
            };
            if let Some(tangents) = tangents
                && !matches!(arg, Arg::Value(_))
            {
                passed.extend(tangents.dots[k].iter().map(|dot| self.tangent_argument(arg, dot.as_ref())));
            }
            passed.push(match arg {
                // A constant may be a slice, which the callee takes by reference.
                Arg::Value(value @ Expr::Opaque { args, .. })
                    if args.is_empty() && pull.shadow.is_none() && tangents.is_none() =>
                {
                    let (value, krate) = (self.value(value), self.krate);
                    match syn::parse2::<syn::Expr>(value.clone()) {
                        Ok(syn::Expr::Path(_)) => quote!(#krate::rt::inactive_value(#value)),
                        _ => self.slot(arg, None),
                    }
                }
                _ => self.slot(arg, pull.shadow.as_ref()),
            });
            if let Some(tangents) = tangents {
                passed.extend(tangents.shadows[k].iter().map(|shadow| self.slot(arg, shadow.as_ref())));
            }
            args.push(match self.constant_argument(arg) {
                Some(value) if pull.shadow.is_none() => {
                    let (krate, again) = (self.krate, at(quote!(again), self.span_of_arg(arg)));
                    quote!(#krate::rt::#again(#value))
                }
                _ => super::types::one_or_tuple(passed),
            });
        }
        let level = tangents.map(|tangents| (tangents.seeds.len() + 1).ilog2());
        let pulled = match (&call.callee, call.args.first()) {
            // Only the method knows how it takes its receiver, so it passes it on.
            (Callee::Method { name, .. }, Some(Arg::Receiver { place, .. })) => {
                let (receiver, lent) = (self.receiver(place), self.lent(call, name));
                let level = level.map_or(String::new(), |level| level.to_string());
                let name = sibling(name, Some(&format!("__ad_pull{level}")));
                quote!(#receiver #lent.#name(#rev, #(#args),*);)
            }
            (Callee::Path(_) | Callee::Assoc { .. } | Callee::Method { .. }, _) => {
                quote!(#rev(#(#args),*);)
            }
        };
        if !kept {
            return pulled;
        }
        // A call that gave no result has nothing to pull, unless it changed what it was lent before.
        let lost = self.lost(call, pulls, tangents);
        let els = (!lost.is_empty()).then(|| quote!(else { #(#lost)* }));
        quote! {
            if let (::core::option::Option::Some(#rev), #(::core::option::Option::Some(#names)),*) = (#rev, #(#seeds),*) {
                #pulled
            } #els
        }
    }
}

impl Emitter<'_> {
    /// The checks that nothing is lost of what a call changed before it gave no result.
    fn lost(&self, call: &Call, pulls: &[PullArg], tangents: Option<&PullTangents>) -> Vec<TokenStream> {
        let krate = self.krate;
        let name = match &call.callee {
            Callee::Path(path) => path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
            Callee::Assoc { name, .. } | Callee::Method { name, .. } => name.to_string(),
        };
        let changed = call.args.iter().enumerate().filter(|(_, arg)| match arg {
            Arg::RefMut(_) | Arg::Receiver { mutable: true, .. } => !call.spared,
            Arg::Value(_) | Arg::Ref(_) | Arg::Receiver { mutable: false, .. } => false,
        });
        // A cotangent may be zero where its tangent is not.
        let shadows = changed.flat_map(|(k, _)| {
            let of_tangents = tangents.into_iter().flat_map(move |tangents| &tangents.shadows[k]);
            std::iter::once(&pulls[k].shadow).chain(of_tangents).flatten()
        });
        shadows
            .map(|shadow| {
                let shadow = self.borrow(shadow, false).0;
                quote!(#krate::rt::nothing_lost(#name, #shadow);)
            })
            .collect()
    }

    /// `.m__ad_differentiable()`: the receiver as the method takes it, which is needed again by the
    /// reverse sweep. That it comes first in every mode makes a method without the attribute one error.
    fn lent(&self, call: &Call, name: &Ident) -> Option<TokenStream> {
        let (Arg::Receiver { place, mutable }, rest) = call.args.split_first()? else { return None };
        let root = self.function.storage(place.root);
        let mut shared = false;
        for arg in rest {
            let mut look = |place: &Place| shared |= self.function.storage(place.root) == root;
            match arg {
                Arg::Value(value) => walk::accesses_of_expr(value, &mut |place, _| look(place)),
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => look(place),
            }
        }
        // It could not be borrowed while such arguments are evaluated.
        (!(*mutable && shared)).then(|| {
            let name = sibling(name, Some("__ad_differentiable"));
            quote!(.#name())
        })
    }
}

fn value_span(tokens: TokenStream) -> Span {
    tokens.into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

/// `m` or `m__ad_split`, at the place of `m`.
fn sibling(name: &Ident, companion: Option<&str>) -> Ident {
    match companion {
        Some(companion) => format_ident!("{name}{companion}", span = name.span()),
        None => name.clone(),
    }
}
