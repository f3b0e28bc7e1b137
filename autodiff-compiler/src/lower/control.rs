//! `if`, blocks with labels, and the exits: `break`, `continue`, `return`.

use super::Lowerer;
use super::frame::{Fork, Frame, Target, TargetKind};
use super::scope::Operand;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Ty, Var, Wrap};
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
        self.begin_choice(slot);
        self.if_lowered(inner, Some(slot), hint);
        self.settle_slot(slot, nesting);
        self.slot_operand(slot)
    }

    /// What a slot holds after a branch: nothing, where every arm left or gave `()`.
    pub(super) fn slot_operand(&mut self, slot: Var) -> Operand {
        if let Some(reference) = self.end_choice(slot) {
            return reference;
        }
        let lent = self.lent.remove(&slot);
        if self.dead() || self.f.info(slot).ty.is_unit() {
            self.needless.insert(slot);
            return Operand::unit();
        }
        match lent {
            Some((reference, _)) if self.needless.contains(&slot) => reference,
            Some((Operand::Ref(place, true), _)) => {
                self.diag.error(place.span, message::REFERENCE_BRANCHES);
                Operand::var(slot)
            }
            _ => Operand::var(slot),
        }
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
                let mut rest = None;
                let mut k = 0;
                while k < init.len() {
                    if let syn::Stmt::Local(local) = &init[k]
                        && self.chooses_reference(local)
                    {
                        rest = Some((local, &block.stmts[k + 1..]));
                        break;
                    }
                    k += self.stmts_to_last_use(&block.stmts[k..]);
                }
                match rest {
                    Some((local, rest)) => {
                        let operand = self.rest_in_arms(local, rest, hint, true);
                        self.yield_to(slot, operand);
                    }
                    None => self.arm(tail, slot, hint),
                }
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
                syn::Expr::If(inner) if inner.else_branch.is_some() => {
                    self.if_lowered(inner, Some(slot), hint)
                }
                syn::Expr::Match(inner) => self.match_into(inner, Some(slot), hint),
                syn::Expr::Block(block) if block.label.is_none() => {
                    self.arm_block(&block.block, Some(slot), hint)
                }
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
        if let Operand::Ref(place, mutable) = &operand {
            let ty = self.f.place_ty(place);
            if *mutable {
                self.no_choice(slot);
                self.lent.insert(slot, (operand, 0..0));
                return self.assign_slot(slot, Expr::Placeholder(ty));
            }
            if !ty.is_copy() {
                let vars = vec![self.f.storage(place.root)];
                let tokens = self.f.info(place.root).name.clone();
                let first = self.checks.len();
                self.check(vars, &tokens, message::REFERENCE_BRANCHES);
                let value = self.owned(operand.clone());
                let checks = first..self.checks.len();
                self.choose_reference(slot, &operand, checks.clone());
                self.lent.insert(slot, (operand, checks));
                return self.assign_slot(slot, value);
            }
        }
        self.no_choice(slot);
        let value = self.owned(operand);
        self.assign_slot(slot, value);
    }

    // ---- references chosen by a branch ----

    /// Whether a `let` binds to a reference that a branch chooses: what follows is then lowered in
    /// every arm, with the reference that the arm gives.
    pub(super) fn chooses_reference(&self, local: &syn::Local) -> bool {
        let Some(init) = local.init.as_ref().filter(|init| init.diverge.is_none()) else { return false };
        let mut tails = Vec::new();
        arms_of(&init.expr, &mut tails);
        tails.len() > 1
            && (tails.iter().any(|tail| self.is_chosen_reference(tail)) || self.refer_apart(&tails))
    }

    fn is_chosen_reference(&self, tail: &syn::Expr) -> bool {
        match unparen(tail) {
            syn::Expr::Reference(reference) => {
                reference.mutability.is_some() || !self.type_of(&reference.expr).is_copy()
            }
            syn::Expr::Tuple(tuple) => tuple.elems.iter().any(|elem| self.is_chosen_reference(elem)),
            _ => false,
        }
    }

    /// Whether the arms name references to different places, alone or in tuples. Those to parts of one place
    /// are one reference that moves (`choice.rs`).
    fn refer_apart(&self, tails: &[&syn::Expr]) -> bool {
        let mut referred = Vec::new();
        tails.iter().for_each(|tail| self.referred(tail, false, &mut referred));
        let in_tuple = referred.iter().any(|(_, in_tuple)| *in_tuple);
        let apart = |(var, _): &(Var, bool)| *var != referred[0].0;
        referred.len() > 1 && (in_tuple || referred.iter().any(apart))
    }

    /// What the names of references in an arm's value refer to.
    fn referred(&self, tail: &syn::Expr, in_tuple: bool, into: &mut Vec<(Var, bool)>) {
        match unparen(tail) {
            syn::Expr::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.referred(elem, true, into)),
            syn::Expr::Path(path) => {
                let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
                if let Some(Operand::Ref(place, mutable)) = local
                    && (*mutable || !self.f.place_ty(place).is_copy())
                    && self.f.may_be_active(place)
                {
                    into.push((self.f.origin(place.root), in_tuple));
                }
            }
            _ => {}
        }
    }

    /// Lowers the statements after such a `let` in each of its arms.
    pub(super) fn rest_in_arms(
        &mut self,
        local: &syn::Local,
        rest: &[syn::Stmt],
        hint: &Ty,
        wanted: bool,
    ) -> Operand {
        let Some(init) = &local.init else { return Operand::unit() };
        self.inlined += 50;
        if self.inlined > 2000 {
            return self.refuse(&local.pat, message::REFERENCE_BRANCHES);
        }
        let slot = if wanted { Some(self.slot("t", hint.clone())) } else { None };
        let nesting = self.nesting();
        self.arm_with_rest(&init.expr, local, rest, hint, slot);
        match slot {
            Some(slot) => {
                self.settle_slot(slot, nesting);
                self.slot_operand(slot)
            }
            None => Operand::unit(),
        }
    }

    fn arm_with_rest(
        &mut self,
        arm: &syn::Expr,
        local: &syn::Local,
        rest: &[syn::Stmt],
        hint: &Ty,
        slot: Option<Var>,
    ) {
        match unparen(arm) {
            syn::Expr::If(inner) if inner.else_branch.is_some() && !has_let(&inner.cond) => {
                let cond = self.condition(&inner.cond);
                let since = self.changes.len();
                let then = self.framed(|this| {
                    let operand = this.block_operand(&inner.then_branch, &Ty::Unknown, true);
                    this.bind_rest(operand, local, rest, hint, slot);
                });
                let els = self.framed(|this| {
                    if let Some((_, els)) = &inner.else_branch {
                        this.arm_with_rest(els, local, rest, hint, slot);
                    }
                });
                self.branch(Fork::If(cond), vec![then, els], since);
            }
            syn::Expr::Match(inner) => {
                self.match_with(inner, &mut |this, body| this.arm_with_rest(body, local, rest, hint, slot));
            }
            other => {
                let operand = self.operand(other, &Ty::Unknown);
                self.bind_rest(operand, local, rest, hint, slot);
            }
        }
    }

    fn bind_rest(
        &mut self,
        operand: Operand,
        local: &syn::Local,
        rest: &[syn::Stmt],
        hint: &Ty,
        slot: Option<Var>,
    ) {
        if self.dead() {
            return;
        }
        self.scopes.push();
        self.bind_pattern(&local.pat, operand, &Ty::Unknown);
        let tail = self.stmts_operand(rest, hint, slot.is_some());
        self.yield_to(slot, tail);
        self.scopes.pop();
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
        self.targets.push(Target {
            kind: TargetKind::Block,
            label,
            exit,
            next: None,
            slot: Some(slot),
            wrap: Wrap::Plain,
        });
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

/// The expressions that a branch may come to; one, if it is no branch.
fn arms_of<'e>(expr: &'e syn::Expr, into: &mut Vec<&'e syn::Expr>) {
    match unparen(expr) {
        syn::Expr::If(inner) if !has_let(&inner.cond) => {
            if let (Some(syn::Stmt::Expr(tail, None)), Some((_, els))) =
                (inner.then_branch.stmts.last(), &inner.else_branch)
            {
                arms_of(tail, into);
                arms_of(els, into);
            }
        }
        syn::Expr::Match(inner) => inner.arms.iter().for_each(|arm| arms_of(&arm.body, into)),
        syn::Expr::Block(inner) if inner.label.is_none() => {
            if let Some(syn::Stmt::Expr(tail, None)) = inner.block.stmts.last() {
                arms_of(tail, into);
            }
        }
        other => into.push(other),
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
