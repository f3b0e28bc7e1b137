//! Consumers that pick one item: `min_by`, `reduce`, `last`, `nth`, `find`.

use super::chosen::Chosen;
use super::{Source, Stream};
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Stmt, Ty, Var};
use crate::lower::Lowerer;
use crate::lower::closure::Closure;
use crate::lower::scope::{Maybe, Operand};
use crate::lower::stmt::unparen;
use crate::lower::types::usize_ty;
use proc_macro2::Span;
use quote::quote;
use std::rc::Rc;

/// Under which condition what replaces the item that is kept.
type Replacement = (Option<Expr>, Operand);

impl Lowerer<'_> {
    /// `let mut found = false;`
    fn found(&mut self) -> Var {
        let var = self.local("found", Ty::Bool);
        self.f.vars[var.0].mutable = true;
        self.emit(Stmt::Let { var, init: Some(Expr::Lit(syn::parse_quote!(false))) });
        var
    }

    fn set(&mut self, var: Var, value: Expr, span: Span) {
        self.assign_value(Place::var(var), None, value, span);
    }

    /// Keeps items one at a time: `keep` says whether the new one replaces the kept one, or what
    /// does.
    fn kept(
        &mut self,
        stream: &Stream,
        span: Span,
        next: &mut dyn FnMut(&mut Lowerer<'_>, Operand, Operand) -> Replacement,
    ) -> Operand {
        let found = self.found();
        let slot = self.slot("best", Ty::Unknown);
        self.f.vars[slot.0].mutable = true;
        let mut chosen = self.choice(slot, span);
        self.drive(stream, &[], span, &mut |this, item| {
            let item = this.named_candidate(&mut chosen, item);
            let (chosen, first) = (&chosen, item.clone());
            // The first comes first in the text too: from it rustc knows the type of what is kept.
            this.when(
                Expr::prim(Op::Not, vec![Expr::read(found)]),
                |this| {
                    this.choose(chosen, first);
                    this.set(found, Expr::Lit(syn::parse_quote!(true)), span);
                },
                |this| {
                    let kept = this.kept_now(chosen);
                    match next(this, kept, item) {
                        (Some(cond), item) => this.when(cond, |this| this.choose(chosen, item), |_| {}),
                        (None, item) => this.choose(chosen, item),
                    }
                },
            );
        });
        let payload = self.outcome(chosen);
        Operand::Maybe(Rc::new(Maybe { some: Expr::read(found), payload }))
    }

    /// `min_by`, `max_by`: the comparison has no derivative, the items have.
    pub(super) fn extremum(
        &mut self,
        stream: &Stream,
        closure: &Rc<Closure>,
        min: bool,
        span: Span,
    ) -> Operand {
        let closure = Rc::clone(closure);
        self.kept(stream, span, &mut |this, kept, item| {
            let item = this.located(item, "v");
            let order = this.inline_by_ref(&closure, vec![kept, item.clone()], &Ty::Inert);
            let order = this.value_of(order);
            let order = Expr::read(this.temp_var("order", order));
            // Of equal items `min_by` keeps the first, `max_by` the last.
            let tokens = match min {
                true => quote!(__hole_0 == ::core::cmp::Ordering::Greater),
                false => quote!(__hole_0 != ::core::cmp::Ordering::Greater),
            };
            let cond = Expr::Opaque { tokens, args: vec![order], ty: Ty::Bool };
            (Some(cond), item)
        })
    }

    /// `min_by_key`, `max_by_key`: the keys can be ordered, and so have no derivative.
    pub(super) fn extremum_by_key(
        &mut self,
        stream: &Stream,
        closure: &Rc<Closure>,
        min: bool,
        span: Span,
    ) -> Operand {
        let closure = Rc::clone(closure);
        self.kept(stream, span, &mut |this, kept, item| {
            let item = this.located(item, "v");
            let keys = [kept, item.clone()].map(|operand| {
                let key = this.inline_by_ref(&closure, vec![operand], &Ty::Unknown);
                this.value_of(key)
            });
            // Of equal items `min_by_key` keeps the first, `max_by_key` the last.
            let tokens = match min {
                true => {
                    quote!(::core::cmp::Ord::cmp(&(__hole_0), &(__hole_1)) == ::core::cmp::Ordering::Greater)
                }
                false => {
                    quote!(::core::cmp::Ord::cmp(&(__hole_0), &(__hole_1)) != ::core::cmp::Ordering::Greater)
                }
            };
            (Some(Expr::Opaque { tokens, args: keys.to_vec(), ty: Ty::Bool }), item)
        })
    }

    pub(super) fn reduce(&mut self, stream: &Stream, closure: &Rc<Closure>, span: Span) -> Operand {
        let closure = Rc::clone(closure);
        self.kept(stream, span, &mut |this, kept, item| {
            (None, this.inline_closure(&closure, vec![kept, item], &Ty::Unknown))
        })
    }

    pub(super) fn last_item(&mut self, stream: &Stream, span: Span) -> Operand {
        let stream = &self.in_turn(stream.clone());
        if let (Source::Indexed(source), true) = (&stream.source, stream.stages.is_empty()) {
            let source = source.clone().reversed();
            let source = self.hoist_lengths(source);
            if let Some(len) = self.indexed_len(&source) {
                let zero = crate::lower::pattern::usize_lit(0);
                let some = Expr::prim(Op::Ne, vec![len, zero.clone()]);
                return self.lazy_item(some, &source, zero, span);
            }
        }
        self.kept(stream, span, &mut |_, _, item| (None, item))
    }

    pub(super) fn nth(&mut self, stream: &Stream, index: Expr, call: &syn::ExprMethodCall) -> Operand {
        let stream = &self.in_turn(stream.clone());
        match (&stream.source, stream.stages.is_empty()) {
            (Source::Indexed(source), true) => {
                let source = self.hoist_lengths(source.clone());
                let some = match self.indexed_len(&source) {
                    Some(len) => Expr::prim(Op::Lt, vec![index.clone(), len]),
                    None => Expr::Lit(syn::parse_quote!(true)),
                };
                self.lazy_item(some, &source, index, call.method.span())
            }
            // What has a name is advanced, and may be asked again.
            _ if matches!(unparen(&call.receiver), syn::Expr::Path(_))
                && self.cursor_of(&call.receiver).is_none() =>
            {
                self.refuse(call, message::unknown_adaptor(&call.method.to_string()))
            }
            _ => self.nth_that_comes(stream, index, call.method.span()),
        }
    }

    /// `nth` of a stream whose items cannot be had by an index.
    fn nth_that_comes(&mut self, stream: &Stream, index: Expr, span: Span) -> Operand {
        let first = matches!(&index, Expr::Lit(syn::Lit::Int(zero)) if zero.base10_digits() == "0");
        let found = self.found();
        let exit = self.declare_flag("done");
        let counter = (!first).then(|| self.counter("k"));
        let slot = self.slot("hit", Ty::Unknown);
        let mut chosen = self.choice(slot, span);
        self.drive(stream, &[exit], span, &mut |this, item| {
            let item = this.candidate(&mut chosen, item);
            let hit = |this: &mut Lowerer<'_>| {
                this.choose(&chosen, item);
                this.set(found, Expr::Lit(syn::parse_quote!(true)), span);
                this.exit(exit);
            };
            match counter {
                None => hit(this),
                Some(counter) => {
                    this.when(Expr::prim(Op::Eq, vec![Expr::read(counter), index.clone()]), hit, |_| {});
                    this.count(counter);
                }
            }
        });
        let payload = self.outcome(chosen);
        Operand::Maybe(Rc::new(Maybe { some: Expr::read(found), payload }))
    }

    /// An item that is there only under a condition.
    pub(super) fn lazy_item(
        &mut self,
        some: Expr,
        source: &super::source::Indexed,
        index: Expr,
        span: Span,
    ) -> Operand {
        // An element is named, not read, so that nothing happens before it is asked for.
        if let super::source::Indexed::Elements { .. } = source {
            let payload = self.indexed_item(source, &index);
            return Operand::Maybe(Rc::new(Maybe { some, payload }));
        }
        let slot = self.slot("item", Ty::Unknown);
        let some = Expr::read(self.temp_var("some", some));
        let mut chosen = self.choice(slot, span);
        self.when(
            some.clone(),
            |this| {
                let item = this.indexed_item(source, &index);
                let item = this.candidate(&mut chosen, item);
                this.choose(&chosen, item);
            },
            |_| {},
        );
        let payload = self.outcome(chosen);
        Operand::Maybe(Rc::new(Maybe { some, payload }))
    }

    /// `any`, `all`, with closures that need lowering.
    pub(super) fn quantified(
        &mut self,
        stream: &Stream,
        predicate: &syn::Expr,
        any: bool,
        span: Span,
    ) -> Operand {
        let closure = self.callable(predicate);
        let found = self.found();
        let exit = self.declare_flag("done");
        self.drive(stream, &[exit], span, &mut |this, item| {
            let cond = this.inline_closure(&closure, vec![item], &Ty::Bool);
            let cond = this.value_of(cond);
            let cond = if any { cond } else { Expr::prim(Op::Not, vec![cond]) };
            this.when(
                cond,
                |this| {
                    this.set(found, Expr::Lit(syn::parse_quote!(true)), span);
                    this.exit(exit);
                },
                |_| {},
            );
        });
        let result = Expr::read(found);
        Operand::Value(if any { result } else { Expr::prim(Op::Not, vec![result]) })
    }

    /// `position`, `find`, `find_map`
    pub(super) fn search(
        &mut self,
        stream: &Stream,
        predicate: &syn::Expr,
        name: &str,
        span: Span,
    ) -> Operand {
        let closure = self.callable(predicate);
        let found = self.found();
        let exit = self.declare_flag("done");
        let position = (name == "position").then(|| self.counter("k"));
        let slot = self.slot("hit", if position.is_some() { usize_ty() } else { Ty::Unknown });
        let mut chosen = self.choice(slot, span);
        self.drive(stream, &[exit], span, &mut |this, item| {
            let hit = |this: &mut Lowerer<'_>, chosen: &Chosen, item: Operand| {
                this.choose(chosen, item);
                this.set(found, Expr::Lit(syn::parse_quote!(true)), span);
                this.exit(exit);
            };
            match (name, position) {
                ("position", Some(counter)) => {
                    let cond = this.inline_closure(&closure, vec![item], &Ty::Bool);
                    let cond = this.value_of(cond);
                    let here = this.candidate(&mut chosen, Operand::var(counter));
                    this.when(cond, |this| hit(this, &chosen, here), |_| {});
                    this.count(counter);
                }
                ("find", _) => {
                    let item = this.located(item, "v");
                    let cond = this.inline_condition(&closure, item.clone());
                    this.when(
                        cond,
                        |this| {
                            let item = this.candidate(&mut chosen, item);
                            hit(this, &chosen, item);
                        },
                        |_| {},
                    );
                }
                _ => {
                    let item = this.inline_closure(&closure, vec![item], &Ty::Unknown);
                    this.if_some(
                        item,
                        |this, item| {
                            let item = this.candidate(&mut chosen, item);
                            hit(this, &chosen, item);
                        },
                        |_| {},
                    );
                }
            }
        });
        let payload = self.outcome(chosen);
        Operand::Maybe(Rc::new(Maybe { some: Expr::read(found), payload }))
    }
}
