//! Parts of one place that are lent mutably at once.

use super::Emitter;
use crate::ir::{Expr, Place, Proj, Stmt, Var};
use crate::reverse::same_place;
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The views at the start of `stmts` that are neighbouring ranges of one place, to be lent
    /// mutably at once.
    pub(super) fn run_of_parts(&self, stmts: &[Stmt]) -> Vec<Var> {
        let mut run: Vec<Var> = Vec::new();
        for stmt in stmts {
            let Stmt::View { var } = stmt else { break };
            let Some((base, _, _)) = self.part(*var) else { break };
            if let Some(last) = run.last().and_then(|last| self.part(*last)) {
                let (known, _, end) = last;
                let start = self.part(*var).and_then(|(_, start, _)| start);
                let text = |expr: &Expr| self.value(expr).to_string();
                let same = known.root == base.root
                    && self.receiver(&known).to_string() == self.receiver(&base).to_string();
                let (Some(end), Some(start)) = (end, start) else { break };
                if !same || text(end) != text(start) {
                    break;
                }
            }
            run.push(*var);
        }
        run
    }

    /// What a mutable view is a range of, and from where to where.
    fn part(&self, var: Var) -> Option<(Place, Option<&Expr>, Option<&Expr>)> {
        let info = self.function.info(var);
        let place = info.view_of.as_ref().filter(|_| info.by_ref == Some(true))?;
        let (last, prefix) = place.proj.split_last()?;
        let Proj::Range(lo, hi) = last else { return None };
        let base = Place { root: place.root, proj: prefix.to_vec(), span: place.span };
        Some((base, lo.as_ref(), hi.as_ref()))
    }

    /// Lends neighbouring ranges apart.
    pub(super) fn split_views(&self, parts: &[Var]) -> TokenStream {
        let mut out = TokenStream::new();
        let Some((base, lo, _)) = self.part(parts[0]) else { return out };
        let (base, mut start) = (self.receiver(&base), lo.map(|lo| self.value(lo)));
        if start.as_ref().is_some_and(|start| start.to_string() == "0") {
            start = None;
        }
        let mut whole = match &start {
            Some(start) => quote!(#base[#start..]),
            None => base,
        };
        for (k, var) in parts.iter().enumerate() {
            let name = self.name(*var);
            let end = self.part(*var).and_then(|(_, _, end)| end).map(|end| self.value(end));
            let last = k + 1 == parts.len();
            out.extend(match (end, &start) {
                (None, _) => quote!(let #name = #whole;),
                (Some(end), None) if last => quote!(let #name = &mut #whole[..#end];),
                (Some(end), Some(start)) if last => {
                    let length = distance(&end, start);
                    quote!(let #name = &mut #whole[..#length];)
                }
                (Some(end), start) => {
                    let length = start.as_ref().map_or_else(|| end.clone(), |start| distance(&end, start));
                    let rest = if k + 2 == parts.len() && self.is_open(parts[k + 1]) {
                        self.name(parts[k + 1])
                    } else {
                        proc_macro2::Ident::new("__rest", proc_macro2::Span::call_site())
                    };
                    let tokens = quote!(let (#name, #rest) = #whole.split_at_mut(#length););
                    whole = quote!(#rest);
                    tokens
                }
            });
            if k + 2 == parts.len() && self.is_open(parts[k + 1]) {
                return out;
            }
            start = self.part(*var).and_then(|(_, _, end)| end).map(|end| self.value(end));
        }
        out
    }

    /// Whether a part goes to the end.
    fn is_open(&self, var: Var) -> bool {
        matches!(self.part(var), Some((_, _, None)))
    }

    pub(super) fn swap(&self, a: &Place, b: &Place) -> TokenStream {
        if let (Some((Proj::Index(i), base_a)), Some((Proj::Index(j), base_b))) =
            (a.proj.split_last(), b.proj.split_last())
        {
            let base_a = Place { root: a.root, proj: base_a.to_vec(), span: a.span };
            let base_b = Place { root: b.root, proj: base_b.to_vec(), span: b.span };
            let (base, other) = (self.receiver(&base_a), self.receiver(&base_b));
            if base.to_string() == other.to_string() {
                let (i, j) = (self.value(i), self.value(j));
                return quote!(#base.swap(#i, #j););
            }
        }
        if !lent_apart(a, b) {
            // Elements of parts of one place, which rustc does not lend at once.
            let (read, first, second) = (self.borrow(a, false).0, self.place(a).0, self.borrow(b, true).0);
            return quote!({
                let __first = ::core::clone::Clone::clone(#read);
                #first = ::core::mem::replace(#second, __first);
            });
        }
        let (a, b) = (self.borrow(a, true).0, self.borrow(b, true).0);
        quote!(::core::mem::swap(#a, #b);)
    }
}

/// Whether rustc sees that two places are disjoint: other variables, or other fields of the same.
fn lent_apart(a: &Place, b: &Place) -> bool {
    let step = |step: &Proj| Place { proj: vec![step.clone()], ..Place::var(a.root) };
    let differ = a.proj.iter().zip(&b.proj).find(|(a, b)| !same_place(&step(a), &step(b)));
    a.root != b.root || matches!(differ, Some((Proj::Field(_), Proj::Field(_))))
}

/// `end - start`
fn distance(end: &TokenStream, start: &TokenStream) -> TokenStream {
    let atom = |tokens: &TokenStream| match tokens.clone().into_iter().count() {
        1 => tokens.clone(),
        _ => quote!((#tokens)),
    };
    let (end, start) = (atom(end), atom(start));
    quote!(#end - #start)
}
