//! What the standard library says in terms of what lowering knows: definitions in Rust, lowered
//! where they are used, like a closure that is called.
//!
//! A definition sees its parameters and nothing else of the user's.

use super::Lowerer;
use super::scope::{Maybe, Operand};
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Place, Ty};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use std::rc::Rc;
use syn::Ident;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// Lowers a definition with its parameters.
    pub(super) fn defined(
        &mut self,
        params: Vec<(&str, Operand)>,
        body: TokenStream,
        hint: &Ty,
        span: Span,
    ) -> Operand {
        self.inlined += 1;
        if self.inlined > 2000 {
            self.diag.error(span, message::RECURSIVE_CLOSURE);
            return Operand::unit();
        }
        let Ok(body) = syn::parse2::<syn::Expr>(body) else { return Operand::unit() };
        let outside = std::mem::take(&mut self.scopes);
        self.scopes.push();
        for (name, operand) in params {
            self.scopes.bind(&Ident::new(name, span), operand);
        }
        let operand = self.operand(&body, hint);
        self.scopes = outside;
        operand
    }

    /// Methods of `Vec`s that move their elements about.
    pub(super) fn defined_on_sequence(
        &mut self,
        name: &str,
        place: &Place,
        args: &[&syn::Expr],
        known: bool,
        span: Span,
    ) -> Option<Operand> {
        let body = match (name, args) {
            ("retain" | "retain_mut", [_]) => quote_spanned! {span=> {
                let mut kept = 0usize;
                for at in 0..v.len() {
                    if argument(&mut v[at]) {
                        v.swap(kept, at);
                        kept += 1;
                    }
                }
                v.truncate(kept);
            }},
            ("dedup", []) => quote_spanned! {span=> {
                let mut kept = v.len().min(1);
                for at in 1..v.len() {
                    if v[at] != v[kept - 1] {
                        v.swap(kept, at);
                        kept += 1;
                    }
                }
                v.truncate(kept);
            }},
            ("dedup_by", [_]) => quote_spanned! {span=> {
                let mut kept = v.len().min(1);
                for at in 1..v.len() {
                    if !argument(&mut v[at], &mut v[kept - 1]) {
                        v.swap(kept, at);
                        kept += 1;
                    }
                }
                v.truncate(kept);
            }},
            ("dedup_by_key", [_]) => quote_spanned! {span=> {
                let mut kept = v.len().min(1);
                for at in 1..v.len() {
                    if argument(&mut v[at]) != argument(&mut v[kept - 1]) {
                        v.swap(kept, at);
                        kept += 1;
                    }
                }
                v.truncate(kept);
            }},
            ("pop_front", []) => quote_spanned! {span=> {
                if v.is_empty() { None } else { Some(v.remove(0usize)) }
            }},
            ("make_contiguous", []) => quote_spanned!(span=> v),
            ("split_off", [_]) => quote_spanned! {span=> {
                let tail = v[argument..].to_vec();
                v.truncate(argument);
                tail
            }},
            ("resize_with", [_, _]) => quote_spanned! {span=> {
                if len > v.len() {
                    for _ in v.len()..len {
                        v.push(argument());
                    }
                } else {
                    v.truncate(len);
                }
            }},
            ("extend_from_within", [_]) => quote_spanned! {span=> {
                let part = v[lo..hi].to_vec();
                v.extend_from_slice(&part);
            }},
            ("swap_remove", [_]) => quote_spanned! {span=> {
                let last = v.len() - 1;
                v.swap(argument, last);
                v.pop().unwrap()
            }},
            ("concat", []) if known => quote_spanned! {span=> {
                let mut all = Vec::new();
                for part in v.iter() {
                    all.extend_from_slice(part);
                }
                all
            }},
            ("repeat", [_]) if known => quote_spanned! {span=> {
                let mut all = Vec::new();
                for _ in 0..argument {
                    all.extend_from_slice(v);
                }
                all
            }},
            _ => return None,
        };
        let mut params = vec![("v", Operand::Ref(place.clone(), true))];
        if name == "extend_from_within" {
            let [syn::Expr::Range(range)] = args else {
                return Some(self.refuse(args[0], message::UNKNOWN_SYNTAX));
            };
            let whole = self.length(place);
            let (lo, hi) = self.range_bounds(range);
            params.push(("lo", Operand::Value(lo.unwrap_or_else(|| super::pattern::usize_lit(0)))));
            params.push(("hi", Operand::Value(hi.unwrap_or(whole))));
            return Some(self.defined(params, body, &Ty::Unknown, span));
        }
        if let [first @ .., argument] = args {
            if let [len] = first {
                params.push(("len", Operand::Value(self.count_of(len))));
            }
            let operand = match name {
                "split_off" | "swap_remove" | "repeat" => Operand::Value(self.count_of(argument)),
                _ => Operand::Closure(self.callable(argument)),
            };
            params.push(("argument", operand));
        }
        Some(self.defined(params, body, &Ty::Unknown, span))
    }

    /// `v.drain(range)`: what it takes out.
    pub(super) fn drained(&mut self, place: &Place, range: &syn::ExprRange) -> Operand {
        let span = range.span();
        let whole = self.length(place);
        let (lo, hi) = self.range_bounds(range);
        let lo = lo.unwrap_or_else(|| super::pattern::usize_lit(0));
        let hi = hi.unwrap_or(whole);
        let body = quote_spanned! {span=> {
            let taken = v[lo..hi].to_vec();
            for at in hi..v.len() {
                v.swap(at - (hi - lo), at);
            }
            v.truncate(v.len() - (hi - lo));
            taken
        }};
        let params = vec![
            ("v", Operand::Ref(place.clone(), true)),
            ("lo", Operand::Value(lo)),
            ("hi", Operand::Value(hi)),
        ];
        self.defined(params, body, &Ty::Unknown, span)
    }

    /// The array in `<[f64; 3]>::try_from(slice)`, unwrapped.
    pub(super) fn array_from_slice(&mut self, slice: Operand, ty: &Ty, span: Span) -> Operand {
        let Ty::Array(_, len) = ty else { return Operand::unit() };
        let body = quote_spanned! {span=> {
            assert!(slice.len() == #len, "a slice of another length than the array");
            ::core::array::from_fn(|at| slice[at].clone())
        }};
        self.defined(vec![("slice", slice)], body, ty, span)
    }

    /// `stream.partition(keep)`
    pub(super) fn partition(&mut self, items: Operand, keep: &syn::Expr, span: Span) -> Operand {
        let keep = Operand::Closure(self.callable(keep));
        let body = quote_spanned! {span=> {
            let mut kept = Vec::new();
            let mut others = Vec::new();
            for item in items {
                if keep(&item) {
                    kept.push(item);
                } else {
                    others.push(item);
                }
            }
            (kept, others)
        }};
        self.defined(vec![("items", items), ("keep", keep)], body, &Ty::Unknown, span)
    }

    /// `stream.try_fold(start, step)`, of which only the payload is looked at.
    pub(super) fn try_fold(
        &mut self,
        items: Operand,
        start: &syn::Expr,
        step: &syn::Expr,
        span: Span,
    ) -> Operand {
        let start = self.operand(start, &Ty::Unknown);
        let (good, bad) = outcome_patterns(names_result(step), span);
        let body = quote_spanned! {span=> {
            let mut acc = start;
            let mut complete = true;
            for item in items {
                match step(acc, item) {
                    #good(next) => acc = next,
                    #bad => {
                        complete = false;
                        break;
                    }
                }
            }
            (complete, acc)
        }};
        let step = Operand::Closure(self.callable(step));
        let params = vec![("items", items), ("start", start), ("step", step)];
        let pair = self.defined(params, body, &Ty::Unknown, span);
        maybe(pair)
    }

    /// `stream.try_for_each(step)`: whether no step left it.
    pub(super) fn try_for_each(&mut self, items: Operand, step: &syn::Expr, span: Span) -> Operand {
        let (good, bad) = outcome_patterns(names_result(step), span);
        let body = quote_spanned! {span=> {
            let mut complete = true;
            for item in items {
                match step(item) {
                    #good(_) => {}
                    #bad => {
                        complete = false;
                        break;
                    }
                }
            }
            (complete, ())
        }};
        let step = Operand::Closure(self.callable(step));
        let pair = self.defined(vec![("items", items), ("step", step)], body, &Ty::Unknown, span);
        maybe(pair)
    }

    /// Whether an expression is a list or a reference to a part of one: no text.
    pub(super) fn is_part_of_sequence(&self, expr: &syn::Expr) -> bool {
        let sequence = |ty: Ty| matches!(ty, Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_));
        match unparen(expr) {
            syn::Expr::Reference(reference) => self.is_part_of_sequence(&reference.expr),
            syn::Expr::Index(index) => sequence(self.type_of(&index.expr)),
            expr => sequence(self.type_of(expr)),
        }
    }

    /// `[a, &b[1..]].concat()`: the parts one after the other.
    pub(super) fn concatenated(&mut self, parts: &syn::ExprArray, span: Span) -> Operand {
        let names: Vec<String> = (0..parts.elems.len()).map(|k| format!("part_{k}")).collect();
        let operands = self.sequence(names.len(), &mut |this, k| this.operand(&parts.elems[k], &Ty::Unknown));
        let idents = names.iter().map(|name| Ident::new(name, span));
        let body = quote_spanned! {span=> {
            let mut all = Vec::new();
            #(all.extend_from_slice(#idents);)*
            all
        }};
        let params = names.iter().map(String::as_str).zip(operands).collect();
        self.defined(params, body, &Ty::Unknown, span)
    }

    /// `v.splice(range, items)`: what it takes out, with the items in its place.
    pub(super) fn spliced(&mut self, place: &Place, range: &syn::ExprRange, items: Operand) -> Operand {
        let span = range.span();
        let whole = self.length(place);
        let (lo, hi) = self.range_bounds(range);
        let body = quote_spanned! {span=> {
            let taken = v[lo..hi].to_vec();
            let tail = v[hi..].to_vec();
            v.truncate(lo);
            v.extend(items);
            v.extend_from_slice(&tail);
            taken
        }};
        let params = vec![
            ("v", Operand::Ref(place.clone(), true)),
            ("lo", Operand::Value(lo.unwrap_or_else(|| super::pattern::usize_lit(0)))),
            ("hi", Operand::Value(hi.unwrap_or(whole))),
            ("items", items),
        ];
        self.defined(params, body, &Ty::Unknown, span)
    }

    /// `v.chunk_by(same)`: where each piece ends is an integer.
    pub(super) fn chunks_by(&mut self, slice: Operand, same: &syn::Expr, span: Span) -> Operand {
        let same = Operand::Closure(self.callable(same));
        let body = quote_spanned! {span=> {
            let mut ends: Vec<usize> = Vec::new();
            for at in 1..v.len() {
                if !same(&v[at - 1], &v[at]) {
                    ends.push(at);
                }
            }
            if !v.is_empty() {
                ends.push(v.len());
            }
            (0..ends.len()).map(|k| &v[if k == 0 { 0usize } else { ends[k - 1] }..ends[k]])
        }};
        self.defined(vec![("v", slice), ("same", same)], body, &Ty::Unknown, span)
    }

    /// `stream.collect::<Option<Vec<_>>>()` and the like: the items, if none is missing.
    pub(super) fn all_or_none(&mut self, items: Operand, what: &str, result: bool, span: Span) -> Operand {
        let (good, bad) = outcome_patterns(result, span);
        let finish = finish(what, span);
        let body = quote_spanned! {span=> {
            let mut all = Vec::new();
            let mut complete = true;
            for item in items {
                match item {
                    #good(value) => all.push(value),
                    #bad => {
                        complete = false;
                        break;
                    }
                }
            }
            (complete, all #finish)
        }};
        let pair = self.defined(vec![("items", items)], body, &Ty::Unknown, span);
        maybe(pair)
    }

    /// `stream.collect()`, `sum()`, `try_fold(…)`, … of `Option`s or `Result`s, followed by `?` or as
    /// the tail: every item is asked with `?`.
    pub(super) fn each_questioned(&mut self, expr: &syn::Expr, tail: bool, hint: &Ty) -> Option<Operand> {
        let syn::Expr::MethodCall(call) = unparen(expr) else { return None };
        let span = call.method.span();
        let name = call.method.to_string();
        let args: Vec<&syn::Expr> = call.args.iter().collect();
        let body = match (name.as_str(), args.len()) {
            ("collect" | "sum" | "product", 0) if tail || call.turbofish.is_some() => {
                let finish = finish(&name, span);
                quote_spanned! {span=> {
                    let mut all = Vec::new();
                    for item in items {
                        all.push(item?);
                    }
                    all #finish
                }}
            }
            ("try_fold", 2) => quote_spanned! {span=> {
                let mut acc = start;
                for item in items {
                    acc = step(acc, item)?;
                }
                acc
            }},
            ("try_for_each", 1) => quote_spanned! {span=> {
                for item in items {
                    step(item)?;
                }
            }},
            _ => return None,
        };
        let stream = self.stream_of(&call.receiver)?;
        let mut params = vec![("items", Operand::Stream(Rc::new(stream)))];
        if let [start, _] = args[..] {
            params.push(("start", self.operand(start, hint)));
        }
        if let Some(step) = args.last() {
            params.push(("step", Operand::Closure(self.callable(step))));
        }
        Some(self.defined(params, body, hint, span))
    }
}

/// What is made of the payloads of all items.
fn finish(what: &str, span: Span) -> TokenStream {
    match what {
        "sum" => quote_spanned!(span=> .into_iter().sum()),
        "product" => quote_spanned!(span=> .into_iter().product()),
        _ => TokenStream::new(),
    }
}

/// The patterns of what is there and of what is not.
fn outcome_patterns(result: bool, span: Span) -> (TokenStream, TokenStream) {
    match result {
        true => (quote_spanned!(span=> Ok), quote_spanned!(span=> Err(_))),
        false => (quote_spanned!(span=> Some), quote_spanned!(span=> None)),
    }
}

fn maybe(pair: Operand) -> Operand {
    match pair {
        Operand::Tuple(mut items) if items.len() == 2 => match (items.pop(), items.pop()) {
            (Some(payload), Some(Operand::Value(some))) => Operand::Maybe(Rc::new(Maybe { some, payload })),
            (Some(payload), Some(Operand::Place(some))) => {
                Operand::Maybe(Rc::new(Maybe { some: crate::ir::Expr::Read(some), payload }))
            }
            _ => Operand::unit(),
        },
        other => other,
    }
}

/// Whether a closure speaks of `Ok` and `Err`.
fn names_result(step: &syn::Expr) -> bool {
    let names = crate::names::mentions(quote::quote!(#step));
    names.contains("Ok") || names.contains("Err")
}
