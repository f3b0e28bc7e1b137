//! Blocks under construction, and how `break`, `continue` and `return` become nesting and flags.
//!
//! Everything emitted goes to the innermost [`Frame`]. After a branch in which every arm but
//! one leaves, the frame goes on *inside* that arm: the rest of the source block, whatever of
//! an expression was still to be evaluated included, lands in it by itself. Where several arms
//! go on, the leaving ones have set a flag, and the frame goes on inside `if !flag`. Every exit
//! sets its flag; flags that nothing reads are swept out in the end.

use super::Lowerer;
use crate::ir::walk;
use crate::ir::{Arm, Block, Expr, Op, Pattern, Place, Stmt, Ty, Var, Wrap};
use proc_macro2::Span;
use std::collections::BTreeSet;

/// A block under construction.
#[derive(Default)]
pub(super) struct Frame {
    out: Vec<Stmt>,
    /// Branches that the frame went on inside of, outermost first.
    open: Vec<Open>,
    /// Whether nothing emitted from here on would be reached.
    pub dead: bool,
    /// The flags of the exits that some path in here took.
    pub escapes: BTreeSet<Var>,
}

struct Open {
    outer: Vec<Stmt>,
    fork: Fork,
    /// The other arms; the one that is open is empty.
    blocks: Vec<Block>,
    arm: usize,
}

/// A branch without its blocks.
pub(super) enum Fork {
    If(Expr),
    Match { on: Place, mutable: bool, heads: Vec<(Pattern, Option<Expr>)>, span: Span },
}

impl Fork {
    fn build(self, blocks: Vec<Block>) -> Stmt {
        let mut blocks = blocks.into_iter();
        match self {
            Fork::If(cond) => {
                let then = blocks.next().unwrap_or_default();
                let els = blocks.next().unwrap_or_default();
                Stmt::If { cond, then, els }
            }
            Fork::Match { on, mutable, heads, span } => {
                let arms = heads
                    .into_iter()
                    .map(|(pattern, guard)| Arm { pattern, guard, body: blocks.next().unwrap_or_default() })
                    .collect();
                Stmt::Match { on, mutable, arms, span }
            }
        }
    }
}

impl Frame {
    /// The finished block.
    pub(super) fn close(mut self) -> Block {
        while let Some(mut open) = self.open.pop() {
            let inner = std::mem::replace(&mut self.out, open.outer);
            open.blocks[open.arm] = Block { stmts: inner };
            self.out.push(open.fork.build(open.blocks));
        }
        Block { stmts: self.out }
    }

    /// Whether an item stands in the frame, where it is visible to what follows.
    pub(super) fn has_item(&self, text: &str) -> bool {
        let outer = self.open.iter().flat_map(|open| &open.outer);
        outer.chain(&self.out).any(|stmt| matches!(stmt, Stmt::Item(tokens) if tokens.to_string() == text))
    }

    /// Whether the frame computes without effect: temporaries and branches between them only.
    pub(super) fn is_quiet(&self) -> bool {
        fn quiet(stmt: &Stmt) -> bool {
            match stmt {
                Stmt::Let { .. } | Stmt::View { .. } | Stmt::Assign { .. } => true,
                Stmt::If { then, els, .. } => then.stmts.iter().chain(&els.stmts).all(quiet),
                Stmt::Swap { .. }
                | Stmt::CopyFrom { .. }
                | Stmt::Fill { .. }
                | Stmt::Match { .. }
                | Stmt::For { .. }
                | Stmt::While { .. }
                | Stmt::Call(_)
                | Stmt::Vector { .. }
                | Stmt::Effect { .. }
                | Stmt::Bail { .. }
                | Stmt::Item(_)
                | Stmt::Accumulate { .. }
                | Stmt::RecordNew { .. }
                | Stmt::RecordPush { .. }
                | Stmt::RecordPop { .. }
                | Stmt::Replace { .. }
                | Stmt::Pull { .. } => false,
            }
        }
        self.open.is_empty() && self.out.iter().all(quiet)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.out.is_empty() && self.open.is_empty()
    }
}

/// A position in the innermost frame, to insert at later.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    open: usize,
    position: usize,
    /// The number of changes so far.
    pub changes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Loop,
    Block,
    Closure,
    Function,
}

/// Something that can be left early.
pub(super) struct Target {
    pub kind: TargetKind,
    pub label: Option<String>,
    /// Set when it is left.
    pub exit: Var,
    /// Set when the iteration is left.
    pub next: Option<Var>,
    /// What `break` with a value assigns.
    pub slot: Option<Var>,
    /// What `?` leaves with, where that is a closure.
    pub wrap: Wrap,
}

impl Target {
    pub(super) fn function(exit: Var) -> Target {
        Target { kind: TargetKind::Function, label: None, exit, next: None, slot: None, wrap: Wrap::Plain }
    }
}

impl Lowerer<'_> {
    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Whether what is lowered now is never reached.
    pub(super) fn dead(&self) -> bool {
        self.frames.iter().any(|frame| frame.dead)
    }

    pub(super) fn emit(&mut self, stmt: Stmt) {
        if self.dead() {
            return;
        }
        self.log(&stmt);
        self.note_user_value(&stmt);
        self.frame().out.push(stmt);
    }

    /// The number of statements in the innermost block, and the last of them.
    pub(super) fn frame_len(&mut self) -> usize {
        self.frame().out.len()
    }

    pub(super) fn last_stmt(&mut self) -> Option<&mut Stmt> {
        self.frame().out.last_mut()
    }

    /// Notes what a statement changes.
    fn log(&mut self, stmt: &Stmt) {
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            if access.writes() {
                self.changes.push(self.f.resolve(place));
            }
        });
    }

    pub(super) fn mark(&mut self) -> Mark {
        let changes = self.changes.len();
        let frame = self.frame();
        Mark { open: frame.open.len(), position: frame.out.len(), changes }
    }

    /// Inserts a statement where the innermost frame stood at the mark.
    pub(super) fn insert(&mut self, mark: Mark, stmt: Stmt) {
        let frame = self.frame();
        let out = match frame.open.get_mut(mark.open) {
            Some(open) => &mut open.outer,
            None => &mut frame.out,
        };
        let position = mark.position.min(out.len());
        out.insert(position, stmt);
    }

    /// Lowers something into a frame of its own.
    pub(super) fn framed(&mut self, lower: impl FnOnce(&mut Self)) -> Frame {
        self.frames.push(Frame::default());
        lower(self);
        self.frames.pop().unwrap_or_default()
    }

    /// Goes on lowering into a frame.
    pub(super) fn framed_in(&mut self, frame: Frame, lower: impl FnOnce(&mut Self)) -> Frame {
        self.frames.push(frame);
        lower(self);
        self.frames.pop().unwrap_or_default()
    }

    /// Emits a branch, and goes on where it goes on. `since`: the changes before its arms.
    pub(super) fn branch(&mut self, fork: Fork, mut arms: Vec<Frame>, since: usize) {
        if self.dead() {
            return;
        }
        let escapes: BTreeSet<Var> = arms.iter().flat_map(|arm| arm.escapes.iter().copied()).collect();
        let alive: Vec<usize> = (0..arms.len()).filter(|&k| !arms[k].dead).collect();
        self.frame().escapes.extend(escapes.iter().copied());
        match alive[..] {
            [] if !arms.is_empty() => {
                let blocks = arms.into_iter().map(Frame::close).collect();
                self.frame().out.push(fork.build(blocks));
                self.frame().dead = true;
            }
            [arm] if !escapes.is_empty() => {
                let survivor = std::mem::take(&mut arms[arm]);
                let blocks = arms.into_iter().map(Frame::close).collect();
                let frame = self.frame();
                let outer = std::mem::replace(&mut frame.out, survivor.out);
                // The survivor's own open branches hold its earlier statements.
                frame.open.push(Open { outer, fork, blocks, arm });
                frame.open.extend(survivor.open);
            }
            _ => {
                let blocks = arms.into_iter().map(Frame::close).collect();
                self.frame().out.push(fork.build(blocks));
                self.guard(&escapes, since);
            }
        }
    }

    /// The number of branches that the innermost frame went on inside of.
    pub(super) fn nesting(&mut self) -> usize {
        self.frame().open.len()
    }

    /// Where the frame went on inside the only arm that gives a value, the slot becomes a plain
    /// `let` there, or the reference itself that the arm gives.
    pub(super) fn settle_slot(&mut self, slot: Var, nesting: usize) {
        if self.dead() || self.frame().open.len() == nesting {
            return;
        }
        let lent = self.lent.contains_key(&slot);
        let frame = self.frame();
        match frame.out.pop() {
            Some(Stmt::Assign { place, op: None, .. }) if place.is_var() && place.root == slot && lent => {
                self.needless.insert(slot);
                if let Some((_, checks)) = self.lent.get(&slot) {
                    self.checks[checks.clone()].iter_mut().for_each(|check| check.vars.clear());
                }
            }
            Some(Stmt::Assign { place, op: None, value, .. }) if place.is_var() && place.root == slot => {
                frame.out.push(Stmt::Let { var: slot, init: Some(value) });
                self.f.vars[slot.0].late = false;
                self.moved.insert(slot);
            }
            last => frame.out.extend(last),
        }
    }

    /// Emits a branch whose second arm never completes, and goes on inside the first.
    pub(super) fn go_on_inside(&mut self, fork: Fork, other: Frame) {
        if self.dead() {
            return;
        }
        let escapes: Vec<Var> = other.escapes.iter().copied().collect();
        let frame = self.frame();
        frame.escapes.extend(escapes);
        let outer = std::mem::take(&mut frame.out);
        frame.open.push(Open { outer, fork, blocks: vec![Block::default(), other.close()], arm: 0 });
    }

    /// Goes on inside `if !(any of the flags)`.
    pub(super) fn guard(&mut self, flags: &BTreeSet<Var>, since: usize) {
        if flags.is_empty() || self.dead() {
            return;
        }
        // rustc no longer sees that what the branch assigned is assigned.
        let assigned: Vec<Var> = self.changes[since..].iter().map(|place| place.root).collect();
        self.needs_init.extend(assigned.into_iter().filter(|var| self.f.info(*var).late));
        self.read_flags.extend(flags.iter().copied());
        let any = flags
            .iter()
            .map(|flag| Expr::read(*flag))
            .reduce(|a, b| Expr::prim(Op::Or, vec![a, b]))
            .unwrap_or_else(|| Expr::Tuple(Vec::new()));
        let fork = Fork::If(Expr::prim(Op::Not, vec![any]));
        let frame = self.frame();
        let outer = std::mem::take(&mut frame.out);
        frame.open.push(Open { outer, fork, blocks: vec![Block::default(), Block::default()], arm: 0 });
    }

    /// A flag; its declaration is the caller's.
    pub(super) fn flag(&mut self, name: &str) -> Var {
        let var = self.local(name, Ty::Bool);
        self.f.vars[var.0].mutable = true;
        self.flags.insert(var);
        var
    }

    /// `let mut flag = false;`
    pub(super) fn declare_flag(&mut self, name: &str) -> Var {
        let var = self.flag(name);
        self.emit(Stmt::Let { var, init: Some(Expr::Lit(syn::parse_quote!(false))) });
        var
    }

    /// Leaves: nothing after this in the frame is reached.
    pub(super) fn exit(&mut self, flag: Var) {
        if self.dead() {
            return;
        }
        let value = Expr::Lit(syn::parse_quote!(true));
        self.emit(Stmt::Assign { place: Place::var(flag), op: None, value, span: Span::call_site() });
        let frame = self.frame();
        frame.escapes.insert(flag);
        frame.dead = true;
    }

    /// Emits a statement whose changes were noted before.
    pub(super) fn push_logged(&mut self, stmt: Stmt) {
        if !self.dead() {
            self.frame().out.push(stmt);
        }
    }

    /// Notes exits without going on.
    pub(super) fn take_escapes(&mut self, escapes: &BTreeSet<Var>) {
        self.frame().escapes.extend(escapes.iter().copied());
    }

    /// What was emitted last never completes.
    pub(super) fn diverge(&mut self) {
        self.frame().dead = true;
    }

    /// Splices the exits of a loop's or block's body into the current frame, after its statement.
    pub(super) fn escape(&mut self, flags: BTreeSet<Var>, since: usize) {
        self.frame().escapes.extend(flags.iter().copied());
        self.guard(&flags, since);
    }
}
