//! Writes the two sweeps down as planned.

mod borrowed;
mod ends;
mod kept;
mod simple;

use super::plan::{self, Plan, Source};
use super::rules::{Rules, int, owned};
use super::schedule::{self, Unit};
use super::tree::{BlockId, Pos, Tree};
use super::{Adjoint, Settings, Sweep};
use super::{cut, define, independent, share};
use crate::ir::walk;
use crate::ir::{Arg, Arm, Block, CallMode, Expr, Op, ParamMode, Place, Proj, Stmt, Ty, Var, VarInfo};
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet};

/// Builds the adjoint of a prepared function. Statements are merged with their adjoints as far
/// as possible: first all candidates, then fewer, until an order exists.
pub fn build(mut rules: Rules, sweep: Sweep, settings: Settings) -> Adjoint {
    split_calls(&mut rules);
    for index in 0..rules.f.params.len() {
        if rules.f.params[index].active {
            rules.shadow(rules.f.params[index].var);
        }
    }
    let mut function = rules.f;
    let tree = Tree::new(&mut function);
    rules.f = function;
    let mut adjoints: Vec<Vec<Stmt>> = tree.nodes.iter().map(|node| rules.adjoint(&node.stmt)).collect();
    if settings.fuse {
        share::share(&rules, &tree, &mut adjoints);
    }
    rules.defined = define::split_tuples(&mut rules, &tree, &mut adjoints);
    rules.defined.extend(define::define_first(&rules, &tree, &mut adjoints));
    let mut merged = if sweep == Sweep::Joint && settings.fuse {
        independent::candidates(&mut rules, &tree, &adjoints)
    } else {
        BTreeSet::new()
    };
    let before = rules.variables();
    let result = rules.f.result.clone();
    loop {
        let mut plan = plan::plan(&mut rules, &tree, &adjoints, sweep, &merged, &BTreeSet::new());
        if plan.spoiled.is_empty() && settings.fuse {
            let planned = rules.variables();
            let kept = cut::cut(&mut rules, &tree, &adjoints, sweep, &merged, &plan, &before);
            if kept.is_empty() {
                rules.restore(&planned);
            } else {
                rules.restore(&before);
                plan = plan::plan(&mut rules, &tree, &adjoints, sweep, &merged, &kept);
            }
        }
        let failed = if plan.spoiled.is_empty() {
            match Builder::new(&mut rules, &tree, &adjoints, plan, sweep).run() {
                Ok(adjoint) => return adjoint,
                Err(failed) => failed,
            }
        } else {
            plan.spoiled
        };
        debug_assert!(!failed.is_empty());
        rules.restore(&before);
        rules.f.result = result.clone();
        merged.retain(|pos| !failed.contains(pos));
        let nested: BTreeSet<Pos> = merged
            .iter()
            .copied()
            .filter(|&pos| tree.ancestors(pos).all(|outer| merged.contains(&outer)))
            .collect();
        merged = nested;
    }
}

/// Calls with active arguments become forward sweeps of the callee, where something that they give or change
/// has a cotangent.
fn split_calls(rules: &mut Rules) {
    let mut body = std::mem::take(&mut rules.f.body);
    let mut vars = Vec::new();
    let first = rules.f.vars.len();
    walk::statements_mut(&mut body, &mut |stmt| {
        let Stmt::Call(call) = stmt else { return };
        let changes = call.args.iter().any(|arg| match arg {
            Arg::RefMut(place) | Arg::Receiver { place, mutable: true, .. } => rules.is_active_place(place),
            Arg::Value(_) | Arg::Ref(_) | Arg::Receiver { mutable: false, .. } => false,
        });
        if rules.activity.reaches(&rules.f, call) && (rules.is_active(call.result) || changes) {
            let name = format_ident!("{}_rev", rules.f.info(call.result).name);
            vars.push(VarInfo { name, ..VarInfo::local("rev", Ty::Inert, call.span) });
            call.mode = CallMode::Split { rev: Var(first + vars.len() - 1) };
        }
    });
    rules.f.vars.extend(vars);
    rules.f.body = body;
    rules.primal_vars = rules.f.vars.len();
}

struct Builder<'a> {
    rules: &'a mut Rules,
    tree: &'a Tree,
    adjoints: &'a [Vec<Stmt>],
    plan: Plan,
    sweep: Sweep,
    /// What each block that is not in scope keeps, in order.
    kept: BTreeMap<BlockId, Vec<Var>>,
    /// The variable of an enclosing scope that keeps a variable of a branch.
    hoisted: BTreeMap<Var, Var>,
    /// The hoisted variables, by the statement before which they are declared.
    hoists: BTreeMap<Pos, Vec<Var>>,
    records: BTreeMap<Pos, Var>,
    /// What each block declares, in order.
    declared: BTreeMap<BlockId, BTreeSet<(Pos, Var)>>,
    /// The records, by the statement of the function's body before which they are made.
    new_records: BTreeMap<Pos, Vec<(Var, Option<kept::Trips>)>>,
    /// Variables of which the primal names parts, or which it lends to calls.
    with_parts: BTreeSet<Var>,
}

type Sweeps = (Vec<Stmt>, Vec<Stmt>);

impl<'a> Builder<'a> {
    fn new(
        rules: &'a mut Rules,
        tree: &'a Tree,
        adjoints: &'a [Vec<Stmt>],
        plan: Plan,
        sweep: Sweep,
    ) -> Builder<'a> {
        let mut declared: BTreeMap<BlockId, BTreeSet<(Pos, Var)>> = BTreeMap::new();
        for (var, place) in &tree.declared {
            declared.entry(place.block).or_default().insert((place.pos, *var));
        }
        let mut builder = Builder {
            declared,
            rules,
            tree,
            adjoints,
            plan,
            sweep,
            kept: BTreeMap::new(),
            hoisted: BTreeMap::new(),
            hoists: BTreeMap::new(),
            records: BTreeMap::new(),
            new_records: BTreeMap::new(),
            with_parts: BTreeSet::new(),
        };
        for node in &tree.nodes {
            walk::accesses_of_stmt(&node.stmt, &mut |place, _| {
                if !place.is_var() {
                    builder.with_parts.insert(place.root);
                }
            });
            if let Stmt::Call(call) = &node.stmt {
                builder.with_parts.extend(call.args.iter().filter_map(|arg| match arg {
                    Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => Some(place.root),
                    Arg::Value(_) => None,
                }));
            }
        }
        builder.place_kept();
        builder
    }

    fn is_loop_body(&self, block: BlockId) -> bool {
        self.tree.blocks[block].parent.is_some_and(|pos| self.tree.is_loop(pos))
    }

    fn run(mut self) -> Result<Adjoint, BTreeSet<Pos>> {
        let mut seed = self.seed();
        for param in self.rules.f.params.clone() {
            if let (ParamMode::RefMut, true, Some(shadow)) =
                (param.mode, param.active, self.rules.known_shadow(param.var))
            {
                let check = self.length_check(&Place::var(shadow), &Place::var(param.var));
                seed.1.splice(0..0, check);
            }
        }
        let mut before_reverse = self.shadow_declarations(0);
        for index in 0..self.rules.f.params.len() {
            let param = self.rules.f.params[index].clone();
            if param.active {
                continue;
            }
            if let Some(shadow) = self.rules.known_shadow(param.var) {
                // Scratch: active inside the function, no input and no output.
                let info = &mut self.rules.f.vars[shadow.0];
                info.by_ref = None;
                info.ty = owned(info.ty.clone());
                let like = Place::var(param.var);
                before_reverse.push(Stmt::Let { var: shadow, init: Some(Expr::Zero { like }) });
            }
        }
        let (forward, backward) = match self.sweep {
            Sweep::Joint => {
                let (middle, end) = self.preserve_outputs();
                let mut units = Vec::new();
                let last = 2 * self.tree.blocks[0].nodes.len() + 8;
                push_units(&mut units, middle, self.tree.blocks[0].nodes.len());
                push_units(&mut units, end, last);
                (self.shared(0, seed.1, before_reverse, units)?, Vec::new())
            }
            Sweep::Split => {
                let (forward, mut reverse) = self.apart(0);
                if let Some(storage) = self.rules.result_root()
                    && matches!(self.rules.f.result, Expr::Move(_))
                    && !self.rules.f.info(storage).ty.is_copy()
                {
                    // The pullback may need the variable; the caller gets a copy.
                    self.rules.f.result = Expr::ToOwned(Place::var(storage));
                }
                let mut backward = before_reverse;
                backward.extend(seed.1);
                backward.append(&mut reverse);
                backward.splice(0..0, borrowed::borrowed(&self.rules.f, &forward, &backward));
                (forward, backward)
            }
        };
        let shadows = self
            .rules
            .f
            .params
            .iter()
            .map(|param| if param.active { self.rules.known_shadow(param.var) } else { None })
            .collect();
        Ok(Adjoint {
            function: self.rules.f.clone(),
            forward: Block { stmts: forward },
            backward: Block { stmts: backward },
            shadows,
            seed: seed.0,
        })
    }

    /// A block whose reverse shares its scope: primal and adjoint in one list.
    fn shared(
        &mut self,
        block: BlockId,
        seed: Vec<Stmt>,
        declarations: Vec<Stmt>,
        mut units: Vec<Unit>,
    ) -> Result<Vec<Stmt>, BTreeSet<Pos>> {
        let nodes = self.tree.blocks[block].nodes.clone();
        let skipped = self.tree.blocks[block].parent.map_or(0, |parent| self.tree.nodes[parent].pre);
        let count = nodes.len();
        push_units(&mut units, declarations, count);
        push_units(&mut units, seed, count + 1);
        let mut failed = BTreeSet::new();
        let mut positions = BTreeMap::new();
        for (index, &pos) in nodes.iter().enumerate().skip(skipped) {
            let second = 2 * count + 2 - index;
            let effect = self.has_effect(pos);
            if self.plan.merged.contains(&pos) {
                match self.merged(pos) {
                    Ok(stmts) => {
                        positions.insert(units.len(), pos);
                        units.push(Unit { stmts, first: index, second: Some(second), effect });
                    }
                    Err(inner) => failed.extend(inner),
                }
            } else {
                let (forward, reverse) = self.node(pos);
                units.push(Unit { stmts: forward, first: index, second: None, effect });
                if !reverse.is_empty() {
                    units.push(Unit { stmts: reverse, first: second, second: None, effect: false });
                }
            }
        }
        if !failed.is_empty() {
            return Err(failed);
        }
        schedule::schedule(units, &self.rules.f, &|var| self.rules.is_cotangent(var))
            .map_err(|lost| lost.into_iter().map(|unit| positions[&unit]).collect())
    }

    fn has_effect(&self, pos: Pos) -> bool {
        self.tree.nodes[pos..self.tree.nodes[pos].end].iter().any(|node| {
            matches!(node.stmt, Stmt::Effect { .. } | Stmt::Call(_) | Stmt::Bail { .. } | Stmt::Item(_))
        })
    }

    /// A statement and its adjoint in one.
    fn merged(&mut self, pos: Pos) -> Result<Vec<Stmt>, BTreeSet<Pos>> {
        let mut out = self.declarations_before(pos);
        let blocks = self.tree.nodes[pos].blocks.clone();
        let mut bodies = Vec::new();
        for &block in &blocks {
            let declarations = self.shadow_declarations(block);
            bodies.push(self.shared(block, Vec::new(), declarations, Vec::new())?);
        }
        let mut stmt = self.forward_stmt(&self.tree.nodes[pos].stmt);
        let pre = self.tree.nodes[pos].pre;
        if let Stmt::Match { on, arms, .. } = &stmt {
            let (on, arms) = (on.clone(), arms.clone());
            for (body, arm) in bodies.iter_mut().zip(&arms) {
                let inner = std::mem::take(body);
                *body = self.with_shadow_bindings(&on, arm, inner);
            }
        }
        let mut pre_stmts = Vec::new();
        if let Stmt::While { .. } = stmt {
            let nodes = self.tree.blocks[blocks[0]].nodes[..pre].to_vec();
            for inner in nodes {
                pre_stmts.extend(self.node(inner).0);
            }
            bodies.insert(0, pre_stmts);
        }
        let mut bodies = bodies.into_iter();
        walk::blocks_of_mut(&mut stmt, &mut |block| block.stmts = bodies.next().unwrap_or_default());
        out.push(stmt);
        Ok(out)
    }

    /// A block whose reverse is elsewhere: the forward sweep through it and the reverse one.
    fn apart(&mut self, block: BlockId) -> Sweeps {
        let (_, forward, reverse) = self.apart_after(block, 0);
        (forward, reverse)
    }

    /// The same; the forward sweep of the first `pre` statements apart from the rest.
    fn apart_after(&mut self, block: BlockId, pre: usize) -> (Vec<Stmt>, Vec<Stmt>, Vec<Stmt>) {
        let nodes = self.tree.blocks[block].nodes.clone();
        let (mut first, mut forward) = (Vec::new(), Vec::new());
        let mut reverse = Vec::new();
        for (index, &pos) in nodes.iter().enumerate() {
            let (there, back) = self.node(pos);
            (if index < pre { &mut first } else { &mut forward }).extend(there);
            reverse.push(back);
        }
        let mut out = Vec::new();
        if !self.plan.in_scope[block] {
            out.extend(nodes.iter().filter_map(|&pos| items_again(&self.tree.nodes[pos].stmt)));
            self.keep(block, &mut forward, &mut out);
            for &pos in &nodes {
                if let Stmt::Let { var, init: Some(init) } = &self.tree.nodes[pos].stmt
                    && self.plan.needed.get(var) == Some(&Source::Recompute)
                {
                    let init = self.rules.primal(init);
                    let again = Stmt::Let { var: *var, init: Some(init) };
                    match self.plan.delayed.get(var) {
                        Some(after) => {
                            let index = nodes.partition_point(|node| node < after);
                            reverse[index].push(again);
                        }
                        None => out.push(again),
                    }
                }
            }
            out.extend(self.shadow_declarations(block));
        }
        let anything = reverse.iter().any(|stmts| !stmts.is_empty());
        if !anything {
            return (first, forward, Vec::new());
        }
        out.extend(reverse.into_iter().rev().flatten());
        (first, forward, out)
    }

    /// The forward and reverse sweep of one statement.
    fn node(&mut self, pos: Pos) -> Sweeps {
        let mut forward = self.declarations_before(pos);
        let stmt = self.tree.nodes[pos].stmt.clone();
        let blocks = self.tree.nodes[pos].blocks.clone();
        let mut reverse = Vec::new();
        match stmt {
            Stmt::If { cond, .. } => {
                let (then, then_back) = self.apart(blocks[0]);
                let (els, els_back) = self.apart(blocks[1]);
                let back = self.rules.primal(&cond);
                forward.push(Stmt::If { cond, then: Block { stmts: then }, els: Block { stmts: els } });
                if self.plan.reversed[pos] && !(then_back.is_empty() && els_back.is_empty()) {
                    reverse.push(Stmt::If {
                        cond: back,
                        then: Block { stmts: then_back },
                        els: Block { stmts: els_back },
                    });
                }
            }
            stmt @ Stmt::Match { .. } => {
                let (there, back) = self.matching(pos, &blocks, stmt);
                forward.extend(there);
                reverse.extend(back);
            }
            Stmt::For { var, lo, hi, rev, exits, span, .. } => {
                let (mut body, back) = self.apart(blocks[0]);
                let (mut from, mut to) = (self.rules.primal(&lo), self.rules.primal(&hi));
                if let Some(&reached) = self.plan.trips.get(&pos) {
                    // The counter of the last iteration bounds the way back.
                    let (start, value) = if rev {
                        (hi.clone(), Expr::read(var))
                    } else {
                        let one = Expr::Lit(syn::Lit::Int(syn::LitInt::new("1", span)));
                        (lo.clone(), Expr::prim(Op::Add, vec![Expr::read(var), one]))
                    };
                    forward.push(Stmt::Let { var: reached, init: Some(start) });
                    body.insert(0, Stmt::Assign { place: Place::var(reached), op: None, value, span });
                    *(if rev { &mut from } else { &mut to }) = Expr::read(reached);
                }
                let body = Block { stmts: body };
                forward.push(Stmt::For { var, lo, hi, rev, body, exits, span });
                if self.plan.reversed[pos] && !back.is_empty() {
                    let body = Block { stmts: back };
                    reverse.push(Stmt::For {
                        var,
                        lo: from,
                        hi: to,
                        rev: !rev,
                        body,
                        exits: Vec::new(),
                        span,
                    });
                }
            }
            Stmt::While { cond, exits, span, .. } => {
                let (pre, body, back) = self.apart_after(blocks[0], self.tree.nodes[pos].pre);
                let mut inner = Block { stmts: body };
                if let Some(&trips) = self.plan.trips.get(&pos) {
                    let zero = Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", span)));
                    let one = Expr::Lit(syn::Lit::Int(syn::LitInt::new("1", span)));
                    forward.push(Stmt::Let { var: trips, init: Some(zero) });
                    inner.stmts.insert(
                        0,
                        Stmt::Assign { place: Place::var(trips), op: Some(Op::Add), value: one, span },
                    );
                }
                forward.push(Stmt::While { pre: Block { stmts: pre }, cond, body: inner, exits, span });
                if self.plan.reversed[pos] && !back.is_empty() {
                    let trips = self.plan.trips[&pos];
                    let var = self.rules.local("trip", int("usize"), false);
                    reverse.push(Stmt::For {
                        var,
                        lo: Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", span))),
                        hi: Expr::read(trips),
                        rev: false,
                        body: Block { stmts: back },
                        exits: Vec::new(),
                        span,
                    });
                }
            }
            stmt => self.simple(pos, &stmt, &mut forward, &mut reverse),
        }
        (forward, reverse)
    }

    fn matching(&mut self, pos: Pos, blocks: &[BlockId], stmt: Stmt) -> Sweeps {
        let Stmt::Match { on, mutable, arms, span } = stmt else { unreachable!("called for a match") };
        let (mut forward, mut reverse) = (Vec::new(), Vec::new());
        let taken = self.plan.arms.get(&pos).copied();
        let back_on = self.rules.resolve(&on);
        let (mut there, mut back) = (Vec::new(), Vec::new());
        let mut anything = false;
        let (overwritten, last) = (self.plan.overwritten.contains(&pos), arms.len());
        for (index, (arm, &block)) in arms.into_iter().zip(blocks).enumerate() {
            let (mut body, inner) = self.apart(block);
            anything |= !inner.is_empty();
            let number = Expr::Lit(syn::Lit::Int(syn::LitInt::new(&index.to_string(), span)));
            if let Some(taken) = taken {
                body.insert(
                    0,
                    Stmt::Assign { place: Place::var(taken), op: None, value: number.clone(), span },
                );
            }
            let guard = match (&arm.guard, taken) {
                (_, Some(_)) if overwritten && index + 1 == last => None,
                (Some(_), Some(taken)) => Some(Expr::prim(Op::Eq, vec![Expr::read(taken), number])),
                (None, Some(taken)) if overwritten => {
                    Some(Expr::prim(Op::Eq, vec![Expr::read(taken), number]))
                }
                _ => None,
            };
            let inner = self.with_shadow_bindings(&on, &arm, inner);
            let pattern = if overwritten { crate::ir::Pattern::Wild } else { arm.pattern.clone() };
            back.push(Arm { pattern, guard, body: Block { stmts: inner } });
            there.push(Arm { body: Block { stmts: body }, ..arm });
        }
        if let Some(taken) = taken {
            let zero = Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", span)));
            forward.push(Stmt::Let { var: taken, init: Some(zero) });
        }
        forward.push(Stmt::Match { on, mutable, arms: there, span });
        if self.plan.reversed[pos] && anything {
            reverse.push(Stmt::Match { on: back_on, mutable: false, arms: back, span });
        }
        (forward, reverse)
    }

    /// Binds the cotangents of an arm's bindings around statements that use them.
    fn with_shadow_bindings(&mut self, on: &Place, arm: &Arm, body: Vec<Stmt>) -> Vec<Stmt> {
        let mut bound = Vec::new();
        walk::bound_by(&arm.pattern, &mut |var| bound.push(var));
        let shadows: BTreeMap<Var, Option<Var>> =
            bound.iter().map(|var| (*var, self.rules.known_shadow(*var))).collect();
        if body.is_empty() || shadows.values().all(Option::is_none) {
            return body;
        }
        let on = self.rules.shadow_place(on);
        for shadow in shadows.values().flatten() {
            let info = &mut self.rules.f.vars[shadow.0];
            info.by_ref = Some(true);
            info.view_of = Some(on.project(Proj::Payload));
        }
        let pattern =
            crate::forward::tangent_pattern(&arm.pattern, &|var| shadows.get(&var).copied().flatten());
        let unreachable = Stmt::Effect {
            tokens: quote::quote!(::core::unreachable!("a cotangent has the variant of its value")),
            args: Vec::new(),
            diverges: true,
        };
        let arms = vec![
            Arm { pattern, guard: None, body: Block { stmts: body } },
            Arm { pattern: crate::ir::Pattern::Wild, guard: None, body: Block { stmts: vec![unreachable] } },
        ];
        let span = on.span;
        vec![Stmt::Match { on, mutable: true, arms, span }]
    }
}

fn push_units(units: &mut Vec<Unit>, stmts: Vec<Stmt>, key: usize) {
    units.extend(stmts.into_iter().map(|stmt| Unit {
        stmts: vec![stmt],
        first: key,
        second: None,
        effect: false,
    }));
}

/// What a block defines for its expressions, for the same expressions in the reverse sweep. Types
/// are not made twice: they would be different ones.
fn items_again(stmt: &Stmt) -> Option<Stmt> {
    let Stmt::Item(tokens) = stmt else { return None };
    match syn::parse2(tokens.clone()) {
        Ok(
            syn::Item::Const(_)
            | syn::Item::Static(_)
            | syn::Item::Fn(_)
            | syn::Item::Use(_)
            | syn::Item::Type(_)
            | syn::Item::Macro(_),
        ) => Some(stmt.clone()),
        _ => None,
    }
}
