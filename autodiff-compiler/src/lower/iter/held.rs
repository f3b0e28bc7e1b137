//! Iterators that are held in a variable and advanced by hand.

use super::source::{Indexed, int};
use super::{Source, Stage, Stream};
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Stmt, Var};
use crate::lower::Lowerer;
use crate::lower::loops::{Each, label_of};
use crate::lower::scope::Operand;
use crate::lower::stmt::unparen;
use proc_macro2::Span;
use std::rc::Rc;
use syn::Ident;

impl Lowerer<'_> {
    /// `let mut it = stream;`: a counter says how many items have been taken.
    pub(in crate::lower) fn held(&mut self, stream: &Stream, name: &Ident) -> Operand {
        match &stream.source {
            Source::Indexed(source) if counts(source) && stream.stages.iter().all(is_stateless) => {
                let source = Source::Indexed(self.hoist_lengths(source.clone()));
                let cursor = Some(self.counter("taken"));
                Operand::Stream(Rc::new(Stream { source, cursor, ..stream.clone() }))
            }
            _ => {
                self.diag.error(name.span(), message::ITERATOR_BY_HAND);
                Operand::Stream(Rc::new(stream.clone()))
            }
        }
    }

    /// The iterator that a name or a reference to it stands for, if it is one that is advanced by hand.
    pub(super) fn cursor_of(&self, expr: &syn::Expr) -> Option<(Rc<Stream>, Var)> {
        match unparen(expr) {
            syn::Expr::Path(path) => {
                let name = path.path.get_ident()?;
                match self.scopes.local(&name.to_string()) {
                    Some(Operand::Stream(stream)) => Some((Rc::clone(stream), stream.cursor?)),
                    _ => None,
                }
            }
            syn::Expr::Reference(reference) => self.cursor_of(&reference.expr),
            syn::Expr::MethodCall(call) if call.method == "by_ref" && call.args.is_empty() => {
                self.cursor_of(&call.receiver)
            }
            _ => None,
        }
    }

    /// `chunks.remainder()`: what pieces of one length leave over, however many of them have been taken.
    pub(in crate::lower) fn remainder(&mut self, call: &syn::ExprMethodCall) -> Option<Operand> {
        let mutable = call.method == "into_remainder";
        if !(mutable || call.method == "remainder") || !call.args.is_empty() {
            return None;
        }
        if !self.is_stream(&call.receiver) {
            return None;
        }
        let stream = match self.cursor_of(&call.receiver) {
            Some((stream, _)) => (*stream).clone(),
            None => self.build(&call.receiver),
        };
        let (Source::Indexed(Indexed::Chunks { place, size, exact: true, from_end, .. }), []) =
            (&stream.source, &stream.stages[..])
        else {
            return None;
        };
        let len = self.length(place);
        let left = self.index_atom(int(Op::Rem, len.clone(), size.clone()));
        let (lo, hi) = match from_end {
            true => (None, Some(left)),
            false => (Some(self.index_atom(int(Op::Sub, len, left))), None),
        };
        Some(Operand::Ref(place.project(Proj::Range(lo, hi)), mutable))
    }

    /// What is left of a stream.
    pub(super) fn rest_of(&mut self, stream: Stream) -> Stream {
        match (stream.cursor, stream.source) {
            (Some(cursor), Source::Indexed(source)) => {
                let taken = self.index_atom(Expr::read(cursor));
                let rest = Stream::of(Indexed::Skip(Box::new(source), taken), stream.tokens);
                Stream { stages: stream.stages, ..rest }
            }
            (_, source) => Stream { source, ..stream },
        }
    }

    /// `it.by_ref()`, `&mut it`: what is left of it can be used afterwards.
    pub(super) fn borrowed(&mut self, expr: &syn::Expr) -> Stream {
        match self.cursor_of(expr) {
            Some((stream, cursor)) => {
                let mut rest = self.rest_of((*stream).clone());
                // What a stage drops has been taken, too.
                rest.stages.insert(0, Stage::Advance(cursor));
                rest
            }
            None => self.build(expr),
        }
    }

    /// `it.next()`, `it.nth(k)`, `it.peek()`
    pub(super) fn advance(
        &mut self,
        stream: &Stream,
        cursor: Var,
        skipped: Option<&syn::Expr>,
        takes: bool,
        span: Span,
    ) -> Operand {
        let Source::Indexed(source) = &stream.source else { return Operand::unit() };
        if let Some(skipped) = skipped {
            if self.changes(source) {
                return self.refuse(&stream.tokens, message::EFFECTS);
            }
            let value = self.count_of(skipped);
            self.emit(Stmt::Assign { place: Place::var(cursor), op: Some(Op::Add), value, span });
        }
        let source = source.clone();
        let index = self.index_atom(Expr::read(cursor));
        let some = match self.indexed_len(&source) {
            Some(len) => {
                let some = Expr::prim(Op::Lt, vec![index.clone(), len]);
                Expr::read(self.temp_var("some", some))
            }
            None => Expr::Lit(syn::parse_quote!(true)),
        };
        if takes {
            self.when(some.clone(), |this| this.count(cursor), |_| {});
        }
        self.lazy_item(some, &source, index, span)
    }

    /// `while let Some(pat) = it.next() { body }`, where the body leaves the iterator alone, is a
    /// `for` over what is left: nothing, unless the loop is left early.
    pub(in crate::lower) fn while_next(
        &mut self,
        inner: &syn::ExprWhile,
        binding: &syn::ExprLet,
        payload: &syn::Pat,
    ) -> bool {
        let syn::Expr::MethodCall(call) = unparen(&binding.expr) else { return false };
        if call.method != "next" || !call.args.is_empty() {
            return false;
        }
        if self.cursor_of(&call.receiver).is_none() {
            return false;
        }
        let syn::Expr::Path(path) = unparen(&call.receiver) else { return false };
        let Some(name) = path.path.get_ident() else { return false };
        if crate::lower::closure::mentions(&inner.body, name) {
            return false;
        }
        let exit = self.declare_flag("done");
        let rest = self.borrowed(&call.receiver);
        let each = Each { pat: payload, body: &inner.body, label: label_of(&inner.label), exit };
        self.for_each_item(&rest, &each, inner.while_token.span);
        true
    }
}

/// Whether what a stage does with an item depends on that item alone.
fn is_stateless(stage: &Stage) -> bool {
    match stage {
        Stage::Map(_) | Stage::Filter(_) | Stage::FilterMap(_) | Stage::Inspect(_) | Stage::Copied => true,
        Stage::TakeWhile(_)
        | Stage::MapWhile(_)
        | Stage::SkipWhile(_)
        | Stage::Scan(..)
        | Stage::FlatMap(_)
        | Stage::Flatten
        | Stage::Enumerate
        | Stage::Take(_)
        | Stage::Skip(_)
        | Stage::StepBy(_)
        | Stage::Zip(_)
        | Stage::Advance(_) => false,
    }
}

/// Whether the items are had by a `usize`.
fn counts(source: &Indexed) -> bool {
    match source {
        Indexed::Range { lo, hi } => [lo, hi].iter().all(|bound| match bound {
            Expr::Lit(syn::Lit::Int(lit)) => matches!(lit.suffix(), "" | "usize"),
            _ => true,
        }),
        Indexed::Zip(a, b) => counts(a) && counts(b),
        Indexed::Enumerate(inner)
        | Indexed::Map(inner, _)
        | Indexed::Copied(inner)
        | Indexed::Rev(inner)
        | Indexed::Skip(inner, _)
        | Indexed::Take(inner, _)
        | Indexed::StepBy(inner, _)
        | Indexed::Cycle(inner) => counts(inner),
        Indexed::Elements { .. }
        | Indexed::From { .. }
        | Indexed::Counter
        | Indexed::Repeat(_)
        | Indexed::Once(_)
        | Indexed::Empty
        | Indexed::Chunks { .. }
        | Indexed::Windows { .. } => true,
    }
}
