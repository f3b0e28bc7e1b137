//! `let` in conditions: `if let`, `let else`, `while let`.

use super::Lowerer;
use super::frame::Fork;
use super::loops::label_of;
use super::matching::{Body, payload_of};
use super::refutable::Scrutinee;
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Pattern, Place, Stmt, Ty, Var};
use syn::Pat;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    pub(super) fn if_let(&mut self, inner: &syn::ExprIf, slot: Option<Var>, hint: &Ty) {
        self.if_let_with(inner, &mut |this, body| match body {
            Body::Block(block) => this.arm_block(block, slot, hint),
            Body::Expr(expr) => this.arm(expr, slot, hint),
        });
    }

    /// `if let … && … { then } else { els }`
    pub(super) fn if_let_with(&mut self, inner: &syn::ExprIf, arm: &mut dyn FnMut(&mut Self, Body<'_>)) {
        let mut conds = Vec::new();
        conjuncts(&inner.cond, &mut conds);
        let arm = std::cell::RefCell::new(arm);
        if let [syn::Expr::Let(binding)] = conds[..] {
            self.let_branch(
                &binding.pat,
                &binding.expr,
                |this| (arm.borrow_mut())(this, Body::Block(&inner.then_branch)),
                |this| {
                    if let Some((_, els)) = &inner.else_branch {
                        (arm.borrow_mut())(this, Body::Expr(els));
                    }
                },
            );
            return;
        }
        let Some((_, els)) = &inner.else_branch else {
            return self
                .conjunction(&conds, &mut |this| (arm.borrow_mut())(this, Body::Block(&inner.then_branch)));
        };
        // With several conditions the `else` has several ways in: a flag tells.
        let matched = self.local("matched", Ty::Bool);
        self.f.vars[matched.0].mutable = true;
        self.emit(Stmt::Let { var: matched, init: Some(Expr::Lit(syn::parse_quote!(false))) });
        let since = self.changes.len();
        self.conjunction(&conds, &mut |this| {
            let value = Expr::Lit(syn::parse_quote!(true));
            this.emit(Stmt::Assign {
                place: Place::var(matched),
                op: None,
                value,
                span: inner.if_token.span,
            });
            (arm.borrow_mut())(this, Body::Block(&inner.then_branch));
        });
        let assigned: Vec<Var> = self.changes[since..].iter().map(|place| place.root).collect();
        self.needs_init.extend(assigned.into_iter().filter(|var| self.f.info(*var).late));
        let otherwise = Expr::prim(crate::ir::Op::Not, vec![Expr::read(matched)]);
        self.when(otherwise, |this| (arm.borrow_mut())(this, Body::Expr(els)), |_| {});
    }

    fn conjunction(&mut self, conds: &[&syn::Expr], then: &mut dyn FnMut(&mut Self)) {
        match conds.split_first() {
            None => then(self),
            Some((syn::Expr::Let(binding), rest)) => {
                self.let_branch(&binding.pat, &binding.expr, |this| this.conjunction(rest, then), |_| {});
            }
            Some((cond, rest)) => {
                let cond = self.condition(cond);
                self.when(cond, |this| this.conjunction(rest, then), |_| {});
            }
        }
    }

    /// `if let pat = expr { then } else { els }`
    fn let_branch(
        &mut self,
        pat: &Pat,
        expr: &syn::Expr,
        then: impl FnOnce(&mut Self),
        els: impl FnOnce(&mut Self),
    ) {
        let operand = self.operand(expr, &Ty::Unknown);
        if self.dead() {
            return;
        }
        if let (Operand::Maybe(maybe), Some(payload)) = (&operand, payload_of(pat)) {
            let (cond, item) = (maybe.some.clone(), maybe.payload.clone());
            return self.when(
                cond,
                |this| {
                    this.scopes.push();
                    this.bind_pattern(payload, item, &Ty::Unknown);
                    then(this);
                    this.scopes.pop();
                },
                els,
            );
        }
        self.look_at_outcomes(&operand, &[pat]);
        let Some((on, by_ref)) = self.scrutinee(operand, expr, &[pat]) else { return };
        self.scopes.push();
        let mut scrutinee = Scrutinee::new(on.clone(), by_ref);
        let pattern = self.pattern(pat, Some(&on.clone()), &mut scrutinee);
        let since = self.changes.len();
        let then = self.framed(|this| {
            this.copy_bound(&scrutinee);
            then(this);
        });
        self.scopes.pop();
        let els = self.framed(els);
        let heads = vec![(pattern, None), (Pattern::Wild, None)];
        let mutable = by_ref == Some(true);
        self.branch(Fork::Match { on, mutable, heads, span: pat.span() }, vec![then, els], since);
    }

    /// `let pat = expr else { diverge };`: the rest of the block goes on inside the arm.
    pub(super) fn let_else(&mut self, pat: &Pat, expr: &syn::Expr, diverge: &syn::Expr) {
        let operand = self.operand(expr, &Ty::Unknown);
        if self.dead() {
            return;
        }
        if let (Operand::Maybe(maybe), Some(payload)) = (&operand, payload_of(pat)) {
            let (cond, item) = (maybe.some.clone(), maybe.payload.clone());
            self.when(cond, |_| {}, |this| this.effect(diverge));
            return self.bind_pattern(payload, item, &Ty::Unknown);
        }
        self.look_at_outcomes(&operand, &[pat]);
        let Some((on, by_ref)) = self.scrutinee(operand, expr, &[pat]) else { return };
        let els = self.framed(|this| this.effect(diverge));
        let mut scrutinee = Scrutinee::new(on.clone(), by_ref);
        let pattern = self.pattern(pat, Some(&on.clone()), &mut scrutinee);
        let heads = vec![(pattern, None), (Pattern::Wild, None)];
        let fork = Fork::Match { on, mutable: by_ref == Some(true), heads, span: pat.span() };
        self.go_on_inside(fork, els);
        self.copy_bound(&scrutinee);
    }

    /// `while let pat = expr { body }`
    pub(super) fn while_let(&mut self, inner: &syn::ExprWhile) {
        let mut conds = Vec::new();
        conjuncts(&inner.cond, &mut conds);
        if let [syn::Expr::Let(binding)] = conds[..]
            && let Some(payload) = payload_of(&binding.pat)
            && self.while_next(inner, binding, payload)
        {
            return;
        }
        let exit = self.declare_flag("done");
        let label = label_of(&inner.label);
        let since = self.changes.len();
        let body = self.looped(|this| {
            let [syn::Expr::Let(binding)] = conds[..] else {
                return this.error(&inner.cond, message::WHILE_LET);
            };
            this.let_branch(
                &binding.pat,
                &binding.expr,
                |this| {
                    this.iteration(&label, exit, None, |this| {
                        let tail = this.block_operand(&inner.body, &Ty::Unknown, false);
                        this.discard(tail);
                    });
                },
                |this| this.exit(exit),
            );
        });
        self.endless(body, exit, since, inner.span());
    }
}

/// The conditions of a chain of `&&`.
fn conjuncts<'c>(cond: &'c syn::Expr, into: &mut Vec<&'c syn::Expr>) {
    match unparen(cond) {
        syn::Expr::Binary(binary) if matches!(binary.op, syn::BinOp::And(_)) => {
            conjuncts(&binary.left, into);
            conjuncts(&binary.right, into);
        }
        other => into.push(other),
    }
}
