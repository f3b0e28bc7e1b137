//! `if`, blocks with labels, and the exits: `break`, `continue`, `return`.

use super::frame::{Fork, Frame, Target, TargetKind};
use super::scope::Operand;
use super::stmt::unparen;
use super::Lowerer;
use crate::diagnostics::message;
use crate::ir::{Ty, Var, Wrap};
use syn::visit::Visit;

impl Lowerer<'_> {
    pub(super) fn if_stmt(&mut self, inner: &syn::ExprIf) {
        self.if_lowered(inner, None, &Ty::Unknown);
    }

    pub(super) fn if_value(&mut self, inner: &syn::ExprIf, hint: &Ty) -> Operand {
        if inner.else_branch.is_none() {
            self.if_stmt(inner);
            return Operand::unit();
        }
        let slot = self.slot("t", hint.clone());
        let nesting = self.nesting();
        self.if_lowered(inner, Some(slot), hint);
        self.settle_slot(slot, nesting);
        self.slot_operand(slot)
    }

    /// What a slot holds after a branch: nothing, where every arm left or gave `()`.
    pub(super) fn slot_operand(&mut self, slot: Var) -> Operand {
        if self.dead() || self.f.info(slot).ty.is_unit() {
            self.needless.insert(slot);
            return Operand::unit();
        }
        Operand::var(slot)
    }

    fn if_lowered(&mut self, inner: &syn::ExprIf, slot: Option<Var>, hint: &Ty) {
        if has_let(&inner.cond) {
            return self.if_let(inner, slot, hint);
        }
        let cond = self.condition(&inner.cond);
        let since = self.changes.len();
        let then = self.framed(|this| this.arm_block(&inner.then_branch, slot, hint));
        let els = self.framed(|this| {
            if let Some((_, els)) = &inner.else_branch {
                this.arm(els, slot, hint);
            }
        });
        self.branch(Fork::If(cond), vec![then, els], since);
    }

    pub(super) fn arm_block(&mut self, block: &syn::Block, slot: Option<Var>, hint: &Ty) {
        self.scopes.push();
        match (block.stmts.split_last(), slot) {
            (Some((syn::Stmt::Expr(tail, None), init)), Some(_)) => {
                self.hoist_items(&block.stmts);
                for stmt in init {
                    self.stmt(stmt);
                }
                self.arm(tail, slot, hint);
            }
            _ => {
                let operand = self.stmts_operand(&block.stmts, hint, slot.is_some());
                self.yield_to(slot, operand);
            }
        }
        self.scopes.pop();
    }

    /// One arm of a branch: its value goes to the slot.
    pub(super) fn arm(&mut self, body: &syn::Expr, slot: Option<Var>, hint: &Ty) {
        match slot {
            None => self.effect(body),
            Some(slot) => match unparen(body) {
                // `else if` assigns the same variable.
                syn::Expr::If(inner) if inner.else_branch.is_some() => self.if_lowered(inner, Some(slot), hint),
                syn::Expr::Match(inner) => self.match_into(inner, Some(slot), hint),
                syn::Expr::Block(block) if block.label.is_none() => self.arm_block(&block.block, Some(slot), hint),
                body => {
                    let operand = self.operand(body, hint);
                    self.yield_to(Some(slot), operand);
                }
            },
        }
    }

    /// Puts the value of an arm or a body where it belongs.
    pub(super) fn yield_to(&mut self, slot: Option<Var>, operand: Operand) {
        if self.dead() {
            return;
        }
        let Some(slot) = slot else { return self.discard(operand) };
        if let Operand::Ref(place, _) = &operand {
            let ty = self.f.place_ty(place);
            if !ty.is_copy() {
                let vars = vec![self.f.storage(place.root)];
                let tokens = self.f.info(place.root).name.clone();
                self.check(vars, &tokens, message::REFERENCE_BRANCHES);
            }
        }
        let value = self.owned(operand);
        self.assign_slot(slot, value);
    }

    // ---- blocks ----

    pub(super) fn block(&mut self, block: &syn::ExprBlock, hint: &Ty) -> Operand {
        let Some(label) = &block.label else {
            return self.block_operand(&block.block, hint, true);
        };
        let slot = self.slot("t", hint.clone());
        let exit = self.declare_flag("left");
        let label = Some(label.name.ident.to_string());
        let since = self.changes.len();
        self.targets.push(Target { kind: TargetKind::Block, label, exit, next: None, slot: Some(slot) });
        let frame = self.framed(|this| this.arm_block(&block.block, Some(slot), hint));
        self.targets.pop();
        self.inline(frame, &[exit], since);
        self.slot_operand(slot)
    }

    /// Puts a body that can be left early, by its `own` flags, into the current frame, and goes on
    /// after it.
    pub(super) fn inline(&mut self, mut body: Frame, own: &[Var], since: usize) {
        let before = body.escapes.len();
        let mut escapes = std::mem::take(&mut body.escapes);
        escapes.retain(|flag| !own.contains(flag));
        let left = escapes.len() < before;
        let dead = body.dead;
        for stmt in body.close().stmts {
            // What it changes was noted when it was emitted first.
            self.push_logged(stmt);
        }
        if dead && !left {
            self.take_escapes(&escapes);
            self.diverge();
        } else {
            self.escape(escapes, since);
        }
    }

    // ---- exits ----

    fn target(&self, label: &Option<syn::Lifetime>) -> Option<usize> {
        for (k, target) in self.targets.iter().enumerate().rev() {
            let found = match (label, target.kind) {
                (_, TargetKind::Function | TargetKind::Closure) => return None,
                (None, kind) => kind == TargetKind::Loop,
                (Some(label), _) => target.label.as_ref().is_some_and(|name| label.ident == name.as_str()),
            };
            if found {
                return Some(k);
            }
        }
        None
    }

    pub(super) fn break_out(&mut self, inner: &syn::ExprBreak) {
        let Some(k) = self.target(&inner.label) else {
            return self.error(inner, message::BREAK_OUTSIDE);
        };
        let (exit, slot) = (self.targets[k].exit, self.targets[k].slot);
        match (&inner.expr, slot) {
            (Some(value), Some(slot)) => {
                let hint = self.f.info(slot).ty.clone();
                let operand = self.operand(value, &hint);
                self.yield_to(Some(slot), operand);
            }
            (Some(value), None) => self.effect(value),
            (None, Some(slot)) => self.refine(slot, &Ty::UNIT),
            (None, None) => {}
        }
        self.exit(exit);
    }

    pub(super) fn continue_on(&mut self, inner: &syn::ExprContinue) {
        match self.target(&inner.label).and_then(|k| self.targets[k].next) {
            Some(next) => self.exit(next),
            None => self.error(inner, message::BREAK_OUTSIDE),
        }
    }

    pub(super) fn return_value(&mut self, inner: &syn::ExprReturn) {
        let found = self
            .targets
            .iter()
            .rposition(|target| matches!(target.kind, TargetKind::Function | TargetKind::Closure));
        let Some(k) = found else { return };
        let exit = self.targets[k].exit;
        if self.targets[k].kind == TargetKind::Closure {
            let slot = self.targets[k].slot;
            let hint = slot.map_or(Ty::Unknown, |slot| self.f.info(slot).ty.clone());
            if let Some(value) = &inner.expr {
                let operand = self.operand(value, &hint);
                self.yield_to(slot, operand);
            } else if let Some(slot) = slot {
                self.refine(slot, &Ty::UNIT);
            }
            return self.exit(exit);
        }
        match (&inner.expr, &self.f.wrap) {
            (Some(value), Wrap::Option | Wrap::Result) => self.wrapped_tail(value),
            (Some(value), Wrap::Plain) => {
                let hint = self.result_hint.clone();
                let operand = self.operand(value, &hint);
                if !self.dead() {
                    match self.result {
                        Some(result) => self.yield_to(Some(result), operand),
                        None => self.discard(operand),
                    }
                }
            }
            (None, _) => {}
        }
        self.exit(exit);
    }
}

/// Whether a condition binds with `let`.
pub(super) fn has_let(cond: &syn::Expr) -> bool {
    match unparen(cond) {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) if matches!(binary.op, syn::BinOp::And(_)) => {
            has_let(&binary.left) || has_let(&binary.right)
        }
        _ => false,
    }
}

/// Whether a `return` of this function stands in the block.
pub(super) fn returns(block: &syn::Block) -> bool {
    struct Returns(bool);
    impl<'ast> Visit<'ast> for Returns {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut found = Returns(false);
    found.visit_block(block);
    found.0
}

/// Whether a `return` of the closure stands in its body.
pub(super) fn body_returns(body: &syn::Expr) -> bool {
    let stmts = vec![syn::Stmt::Expr(body.clone(), None)];
    returns(&syn::Block { brace_token: syn::token::Brace::default(), stmts })
}
