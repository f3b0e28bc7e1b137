//! Loops.

use super::Lowerer;
use super::control::has_let;
use super::frame::{Frame, Target, TargetKind};
use super::iter::Stream;
use super::scope::Operand;
use crate::diagnostics::message;
use crate::ir::{Block, Expr, Op, Place, Stmt, Ty, Var, Wrap};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::spanned::Spanned;

/// What a loop does with each item.
pub(super) struct Each<'b> {
    pub pat: &'b syn::Pat,
    pub body: &'b syn::Block,
    pub label: Option<String>,
    pub exit: Var,
}

impl Lowerer<'_> {
    pub(super) fn for_loop(&mut self, inner: &syn::ExprForLoop) {
        let operand = match self.is_stream(&inner.expr) {
            true => None,
            false => Some(self.operand(&inner.expr, &Ty::Unknown)),
        };
        if let Some(operand) = &operand
            && self.steps_by_hand(inner, operand)
        {
            return;
        }
        let exit = self.declare_flag("done");
        let stream = match operand {
            Some(operand) => self.elements_of(operand, inner.expr.to_token_stream()),
            None => self.iterable(&inner.expr),
        };
        let each = Each { pat: &inner.pat, body: &inner.body, label: label_of(&inner.label), exit };
        self.for_each_item(&stream, &each, inner.span());
    }

    /// A `for` over an iterator of the user's own, as `while let Some(item) = iterator.next()`.
    fn steps_by_hand(&mut self, inner: &syn::ExprForLoop, operand: &Operand) -> bool {
        let ty = match operand {
            Operand::Place(place) | Operand::Ref(place, true) => self.f.place_ty(place),
            Operand::Value(value) => value.ty(&self.f),
            Operand::Ref(_, false)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Maybe(_)
            | Operand::Stream(_) => return false,
        };
        if !self.is_own_iterator(&ty) {
            return false;
        }
        let operand = if matches!(operand, Operand::Ref(..)) {
            operand.clone()
        } else {
            let value = self.owned(operand.clone());
            let var = self.temp_var("iterator", value);
            self.f.vars[var.0].mutable = true;
            Operand::var(var)
        };
        if let Operand::Place(place) | Operand::Ref(place, _) = &operand {
            let held = self.f.storage(place.root);
            self.check(vec![held], &inner.expr, message::ITERATOR_VALUE);
        }
        let name = syn::Ident::new("__iterator", inner.expr.span());
        let (label, pat, body) = (&inner.label, &inner.pat, &inner.body);
        self.scopes.push();
        self.scopes.bind(&name, operand);
        let stepped: syn::ExprWhile =
            syn::parse_quote!(#label while let ::core::option::Option::Some(#pat) = #name.next() #body);
        self.while_let(&stepped);
        self.scopes.pop();
        true
    }

    /// Runs the body of a loop for every item.
    pub(super) fn for_each_item(&mut self, stream: &Stream, each: &Each<'_>, span: proc_macro2::Span) {
        self.drive(stream, &[each.exit], span, &mut |this, item| {
            this.iteration(&each.label, each.exit, None, |this| {
                this.scopes.push();
                this.bind_pattern(each.pat, item, &Ty::Unknown);
                let tail = this.block_operand(each.body, &Ty::Unknown, false);
                this.discard(tail);
                this.scopes.pop();
            });
        });
    }

    /// One iteration: `continue` leaves it, `break` sets `exit`.
    pub(super) fn iteration(
        &mut self,
        label: &Option<String>,
        exit: Var,
        slot: Option<Var>,
        lower: impl FnOnce(&mut Self),
    ) {
        let next = self.declare_flag("skipped");
        let since = self.changes.len();
        self.targets.push(Target {
            kind: TargetKind::Loop,
            label: label.clone(),
            exit,
            next: Some(next),
            slot,
            wrap: Wrap::Plain,
        });
        let frame = self.framed(lower);
        self.targets.pop();
        self.inline(frame, &[next], since);
    }

    /// Lowers the body of a loop.
    pub(super) fn looped(&mut self, lower: impl FnOnce(&mut Self)) -> Frame {
        self.loop_depth += 1;
        let frame = self.framed(lower);
        self.loop_depth -= 1;
        frame
    }

    /// Emits a loop and goes on after it. `own`: the flags that mean nothing after it; `endless`:
    /// it ends by its exits only.
    pub(super) fn emit_loop(
        &mut self,
        body: Frame,
        own: &[Var],
        endless: bool,
        since: usize,
        make: impl FnOnce(Block, Vec<Var>) -> Stmt,
    ) {
        let mut escapes: BTreeSet<Var> = body.escapes.clone();
        let exits: Vec<Var> = escapes.iter().copied().collect();
        self.read_flags.extend(exits.iter().copied());
        let before = escapes.len();
        escapes.retain(|flag| !own.contains(flag));
        let left = escapes.len() < before;
        let stmt = make(body.close(), exits);
        self.push_logged(stmt);
        if endless && !left {
            self.take_escapes(&escapes);
            self.diverge();
        } else {
            self.escape(escapes, since);
        }
    }

    pub(super) fn while_loop(&mut self, inner: &syn::ExprWhile) {
        if has_let(&inner.cond) {
            return self.while_let(inner);
        }
        let exit = self.declare_flag("done");
        let label = label_of(&inner.label);
        let since = self.changes.len();
        let known = self.f.vars.len();
        let mut cond = None;
        let pre = self.looped(|this| cond = Some(this.condition(&inner.cond)));
        let cond = cond.unwrap_or_else(|| Expr::Placeholder(Ty::Bool));
        let span = inner.span();
        let quiet = pre.escapes.is_empty()
            && !pre.dead
            && self.changes[since..].iter().all(|place| place.root.0 >= known)
            && pre.is_quiet();
        if quiet {
            let body = self.looped(|this| {
                this.iteration(&label, exit, None, |this| {
                    let tail = this.block_operand(&inner.body, &Ty::Unknown, false);
                    this.discard(tail);
                });
            });
            let pre = pre.close();
            self.emit_loop(body, &[exit], false, since, |body, exits| Stmt::While {
                pre,
                cond: Some(cond),
                body,
                exits,
                span,
            });
            return;
        }
        // The condition has effects: it becomes part of the body.
        let body = self.looped_in(pre, |this| {
            let inner_since = this.changes.len();
            let stop = this.framed(|this| this.exit(exit));
            let go_on = this.framed(|_| {});
            this.branch(super::frame::Fork::If(cond), vec![go_on, stop], inner_since);
            this.iteration(&label, exit, None, |this| {
                let tail = this.block_operand(&inner.body, &Ty::Unknown, false);
                this.discard(tail);
            });
        });
        self.endless(body, exit, since, span);
    }

    fn looped_in(&mut self, frame: Frame, lower: impl FnOnce(&mut Self)) -> Frame {
        self.loop_depth += 1;
        let frame = self.framed_in(frame, lower);
        self.loop_depth -= 1;
        frame
    }

    pub(super) fn endless(&mut self, body: Frame, exit: Var, since: usize, span: proc_macro2::Span) {
        self.emit_loop(body, &[exit], true, since, |body, exits| Stmt::While {
            pre: Block::default(),
            cond: None,
            body,
            exits,
            span,
        });
    }

    pub(super) fn endless_loop(&mut self, inner: &syn::ExprLoop, hint: &Ty) -> Operand {
        let slot = self.slot("t", hint.clone());
        let exit = self.declare_flag("done");
        let label = label_of(&inner.label);
        let since = self.changes.len();
        let body = self.looped(|this| {
            this.iteration(&label, exit, Some(slot), |this| {
                let tail = this.block_operand(&inner.body, &Ty::Unknown, false);
                this.discard(tail);
            });
        });
        self.endless(body, exit, since, inner.span());
        if !self.needs_init.contains(&slot) {
            self.needless.insert(slot);
            return Operand::unit();
        }
        self.slot_operand(slot)
    }

    /// `let mut name = 0;`
    pub(super) fn counter(&mut self, name: &str) -> Var {
        let var = self.local(name, super::types::usize_ty());
        self.f.vars[var.0].mutable = true;
        self.emit(Stmt::Let { var, init: Some(super::pattern::usize_lit(0)) });
        var
    }

    /// `counter += 1;`
    pub(super) fn count(&mut self, counter: Var) {
        self.emit(Stmt::Assign {
            place: Place::var(counter),
            op: Some(Op::Add),
            value: super::pattern::usize_lit(1),
            span: proc_macro2::Span::call_site(),
        });
    }
}

pub(super) fn label_of(label: &Option<syn::Label>) -> Option<String> {
    label.as_ref().map(|label| label.name.ident.to_string())
}
