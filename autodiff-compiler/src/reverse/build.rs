//! Writes the two sweeps down as planned.

use super::plan::{self, Plan, Source};
use super::rules::{Rules, int, owned};
use super::schedule::{self, Unit};
use super::tree::{BlockId, Pos, Tree};
use super::{Adjoint, Settings, Sweep};
use super::{define, independent};
use crate::ir::walk;
use crate::ir::{Arg, Arm, Block, CallMode, Expr, Op, ParamMode, Place, Stmt, Ty, Var, VarInfo, VecOp};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    rules.defined = define::split_tuples(&mut rules, &tree, &mut adjoints);
    rules.defined.extend(define::define_first(&rules, &tree, &mut adjoints));
    let mut merged = if sweep == Sweep::Joint && settings.fuse {
        independent::candidates(&mut rules, &tree, &adjoints)
    } else {
        BTreeSet::new()
    };
    let vars = rules.f.vars.clone();
    let result = rules.f.result.clone();
    loop {
        let plan = plan::plan(&mut rules, &tree, &adjoints, sweep, &merged);
        let failed = if plan.spoiled.is_empty() {
            match Builder::new(&mut rules, &tree, &adjoints, plan, sweep).run() {
                Ok(adjoint) => return adjoint,
                Err(failed) => failed,
            }
        } else {
            plan.spoiled
        };
        debug_assert!(!failed.is_empty());
        rules.f.vars.clone_from(&vars);
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

/// Calls with active arguments become forward sweeps of the callee.
fn split_calls(rules: &mut Rules) {
    let mut body = std::mem::take(&mut rules.f.body);
    let mut vars = Vec::new();
    let first = rules.f.vars.len();
    walk::statements_mut(&mut body, &mut |stmt| {
        let Stmt::Call(call) = stmt else { return };
        let active = call.args.iter().any(|arg| match arg {
            Arg::Value(Expr::Read(place) | Expr::ToOwned(place)) => {
                rules.activity.is_active_place(&rules.f, place)
            }
            Arg::Value(Expr::Move(var)) => rules.is_active(*var),
            Arg::Value(_) => false,
            Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                rules.activity.is_active_place(&rules.f, place)
            }
        });
        if active {
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
    hoisted: HashMap<Var, Var>,
    /// The hoisted variables, by the statement before which they are declared.
    hoists: HashMap<Pos, Vec<Var>>,
    records: HashMap<Pos, Var>,
    /// The records, by the statement of the function's body before which they are made.
    new_records: HashMap<Pos, Vec<(Var, Option<Expr>)>>,
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
        let mut builder = Builder {
            rules,
            tree,
            adjoints,
            plan,
            sweep,
            kept: BTreeMap::new(),
            hoisted: HashMap::new(),
            hoists: HashMap::new(),
            records: HashMap::new(),
            new_records: HashMap::new(),
        };
        builder.place_kept();
        builder
    }

    /// Finds a home for everything that is kept: the record of the loop whose body declares it,
    /// or for what a branch declares a variable in front of the branch.
    fn place_kept(&mut self) {
        let kept: Vec<(Var, BlockId)> = self
            .plan
            .needed
            .iter()
            .filter(|(_, source)| **source == Source::Keep)
            .map(|(var, _)| {
                (*var, self.plan.home.get(var).copied().unwrap_or_else(|| self.tree.declared[var].block))
            })
            .collect();
        for (var, block) in kept {
            self.kept.entry(block).or_default().push(var);
            let mut home = block;
            let mut before = None;
            while !self.plan.in_scope[home] && !self.is_loop_body(home) {
                let parent = self.tree.blocks[home].parent.expect("the function's body is in scope");
                before = Some(parent);
                home = self.tree.nodes[parent].block;
            }
            if let Some(before) = before {
                let info = self.rules.f.info(var).clone();
                let boxed = !can_be_made_up(&info.ty);
                let name = format_ident!("{}_kept", info.name);
                let outer = self.rules.f.add_var(VarInfo {
                    name,
                    ty: info.ty,
                    mutable: true,
                    by_ref: None,
                    view_of: None,
                    late: false,
                    boxed,
                    tangent_of: None,
                });
                self.hoisted.insert(var, outer);
                self.hoists.entry(before).or_default().push(outer);
                if !self.plan.in_scope[home] {
                    self.kept.entry(home).or_default().push(outer);
                }
            }
        }
        let bodies: Vec<BlockId> =
            self.kept.keys().copied().filter(|&block| self.is_loop_body(block)).collect();
        for block in bodies {
            let pos = self.tree.blocks[block].parent.expect("a loop's body");
            let record = self.rules.local("record", Ty::Unknown, true);
            self.records.insert(pos, record);
            let outermost = std::iter::once(pos).chain(self.tree.ancestors(pos)).last().unwrap_or(pos);
            let capacity = (outermost == pos).then(|| self.capacity(pos)).flatten();
            self.new_records.entry(outermost).or_default().push((record, capacity));
        }
    }

    /// The number of iterations of a loop, where it is known before.
    fn capacity(&self, pos: Pos) -> Option<Expr> {
        let Stmt::For { var, lo, hi, exits, .. } = &self.tree.nodes[pos].stmt else { return None };
        let is_usize = matches!(&self.rules.f.info(*var).ty, Ty::Int(Some(name)) if name == "usize");
        if !is_usize || !exits.is_empty() {
            return None;
        }
        if matches!(lo, Expr::Lit(syn::Lit::Int(lit)) if lit.base10_digits() == "0") {
            return Some(hi.clone());
        }
        Some(Expr::Opaque {
            tokens: quote::quote!(usize::saturating_sub(__hole_0, __hole_1)),
            args: vec![hi.clone(), lo.clone()],
            ty: int("usize"),
        })
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

    /// The cotangent of the return value, and what it starts the reverse sweep with.
    fn seed(&mut self) -> (Option<Var>, Vec<Stmt>) {
        let place = match &self.rules.f.result {
            Expr::Read(place) | Expr::ToOwned(place) => place.clone(),
            Expr::Move(var) => Place::var(*var),
            _ => return (None, Vec::new()),
        };
        if !self.rules.activity.is_active_place(&self.rules.f, &place) {
            return (None, Vec::new());
        }
        let ty = owned(self.rules.f.place_ty(&place));
        let seed = self.rules.local("y_bar", ty, false);
        self.rules.cotangents.insert(seed);
        let mut stmts = self.length_check(&Place::var(seed), &self.rules.resolve(&place));
        let place = self.rules.shadow_place(&place);
        stmts.push(Stmt::Accumulate { place, value: Expr::Move(seed), negate: false });
        (Some(seed), stmts)
    }

    /// A clear panic for a cotangent whose length is not that of its output.
    fn length_check(&self, cotangent: &Place, output: &Place) -> Vec<Stmt> {
        match self.rules.f.place_ty(output) {
            Ty::Vec(_) | Ty::Slice(_) => vec![Stmt::Effect {
                tokens: quote::quote!(::core::assert_eq!(
                    __hole_0,
                    __hole_1,
                    "a cotangent and the output it weights differ in length"
                )),
                args: vec![Expr::Len(cotangent.clone()), Expr::Len(output.clone())],
                diverges: false,
            }],
            _ => Vec::new(),
        }
    }

    /// Statements that save outputs which the reverse sweep restores to earlier values, and
    /// those that bring them back at the end.
    fn preserve_outputs(&mut self) -> (Vec<Stmt>, Vec<Stmt>) {
        let (mut middle, mut end) = (Vec::new(), Vec::new());
        let touched: BTreeSet<Var> = self.plan.restored.clone();
        for index in 0..self.rules.f.params.len() {
            let param = self.rules.f.params[index].clone();
            if param.mode != ParamMode::RefMut || !touched.contains(&param.var) {
                continue;
            }
            let info = self.rules.f.info(param.var).clone();
            let name = format_ident!("{}_final", info.name);
            let slice = matches!(info.ty, Ty::Slice(_));
            let copy = self
                .rules
                .f
                .add_var(VarInfo { name, ..VarInfo::local("final", owned(info.ty), Span::call_site()) });
            let place = Place::var(param.var);
            middle.push(Stmt::Let { var: copy, init: Some(Expr::ToOwned(place.clone())) });
            end.push(if slice {
                Stmt::CopyFrom { dst: place, src: Place::var(copy) }
            } else {
                let span = place.span;
                Stmt::Assign { place, op: None, value: Expr::Move(copy), span }
            });
        }
        if let Some(storage) = self.rules.result_root()
            && touched.contains(&storage)
        {
            let result = self.rules.f.result.clone();
            let ty = owned(result.ty(&self.rules.f));
            let copy = self.rules.local("y", ty, false);
            let init = match result {
                Expr::Move(var) => Expr::ToOwned(Place::var(var)),
                other => other,
            };
            middle.push(Stmt::Let { var: copy, init: Some(init) });
            self.rules.f.result = Expr::Move(copy);
        }
        (middle, end)
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
        let mut positions = HashMap::new();
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

    /// Adds to the end of a block's forward sweep what keeps its variables, and to the beginning
    /// of its reverse what brings them back.
    fn keep(&mut self, block: BlockId, forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>) {
        let Some(vars) = self.kept.get(&block).cloned() else { return };
        if self.is_loop_body(block) {
            let pos = self.tree.blocks[block].parent.expect("a loop's body");
            let record = self.records[&pos];
            let values = vars.iter().map(|var| Expr::Move(*var)).collect();
            forward.push(Stmt::RecordPush { record, values });
            reverse.push(Stmt::RecordPop { record, vars });
        } else {
            for var in vars {
                let outer = self.hoisted[&var];
                forward.push(Stmt::Assign {
                    place: Place::var(outer),
                    op: None,
                    value: Expr::Move(var),
                    span: Span::call_site(),
                });
                reverse.push(Stmt::Let { var, init: Some(Expr::Move(outer)) });
            }
        }
    }

    /// The cotangents of a block's variables, zero.
    fn shadow_declarations(&mut self, block: BlockId) -> Vec<Stmt> {
        let mut out = Vec::new();
        let mut vars: Vec<(Pos, Var)> = self
            .tree
            .declared
            .iter()
            .filter(|(_, declared)| declared.block == block)
            .map(|(var, declared)| (declared.pos, *var))
            .collect();
        vars.sort_unstable();
        for (_, var) in vars {
            if self.rules.is_binding(var) || self.rules.f.info(var).view_of.is_some() {
                continue;
            }
            if self.rules.defined.contains(&var) {
                continue;
            }
            if let Some(shadow) = self.rules.known_shadow(var) {
                out.push(Stmt::Let { var: shadow, init: Some(Expr::Zero { like: Place::var(var) }) });
            }
        }
        out
    }

    fn declarations_before(&mut self, pos: Pos) -> Vec<Stmt> {
        let mut out = Vec::new();
        for (record, capacity) in self.new_records.remove(&pos).unwrap_or_default() {
            out.push(Stmt::RecordNew { record, capacity });
        }
        for var in self.hoists.remove(&pos).unwrap_or_default() {
            let ty = self.rules.f.info(var).ty.clone();
            out.push(Stmt::Let { var, init: Some(Expr::Placeholder(ty)) });
        }
        out
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
                (Some(_), Some(taken)) => Some(Expr::prim(Op::Eq, vec![Expr::read(taken), number])),
                _ => None,
            };
            let inner = self.with_shadow_bindings(&on, &arm, inner);
            back.push(Arm { pattern: arm.pattern.clone(), guard, body: Block { stmts: inner } });
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
        let shadows: HashMap<Var, Option<Var>> =
            bound.iter().map(|var| (*var, self.rules.known_shadow(*var))).collect();
        if body.is_empty() || shadows.values().all(Option::is_none) {
            return body;
        }
        for shadow in shadows.values().flatten() {
            self.rules.f.vars[shadow.0].by_ref = Some(true);
        }
        let on = self.rules.shadow_place(on);
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

    fn simple(&mut self, pos: Pos, stmt: &Stmt, forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>) {
        let restores = self.plan.restores.get(&pos).cloned().unwrap_or_default();
        let mut kept = false;
        for restore in &restores {
            let ty = self.rules.f.place_ty(&restore.place);
            if let (Stmt::Assign { place, op: None, value, .. }, false) = (stmt, ty.is_copy()) {
                let value = self.forward_expr(value.clone());
                forward.push(Stmt::Replace { var: restore.old, place: place.clone(), value });
                kept = true;
            } else {
                let init = if ty.is_copy() {
                    Expr::Read(restore.source.clone())
                } else {
                    Expr::ToOwned(restore.source.clone())
                };
                forward.push(Stmt::Let { var: restore.old, init: Some(init) });
            }
            reverse.push(if matches!(ty, Ty::Slice(_)) {
                Stmt::CopyFrom { dst: restore.place.clone(), src: Place::var(restore.old) }
            } else {
                Stmt::Assign {
                    place: restore.place.clone(),
                    op: None,
                    value: Expr::Move(restore.old),
                    span: restore.place.span,
                }
            });
        }
        if !kept {
            forward.push(match stmt {
                Stmt::Let { var, init: None } if self.may_be_unassigned(*var, pos) => {
                    // The reverse sweep reads it on the paths that assign it, which rustc cannot see.
                    let ty = self.rules.f.info(*var).ty.clone();
                    let info = &mut self.rules.f.vars[var.0];
                    info.late = false;
                    info.mutable = true;
                    info.boxed = !can_be_made_up(&ty);
                    let init = (!info.boxed).then_some(Expr::Placeholder(ty));
                    Stmt::Let { var: *var, init }
                }
                stmt => self.forward_stmt(stmt),
            });
        }
        if self.plan.undone.contains(&pos) {
            self.undo(stmt, reverse);
        }
        reverse.extend(self.adjoints[pos].iter().cloned());
    }

    /// Whether a variable that the reverse sweep needs, declared without a value at `pos`, is
    /// assigned on some of the paths through its block only.
    fn may_be_unassigned(&self, var: Var, pos: Pos) -> bool {
        let block = &self.tree.blocks[self.tree.nodes[pos].block].nodes;
        let mut after = block.iter().copied().filter(|&other| other > pos);
        self.plan.needed.contains_key(&var) && !after.any(|other| self.assigns(other, var))
    }

    /// Whether every path through a statement assigns a variable or never ends.
    fn assigns(&self, pos: Pos, var: Var) -> bool {
        let node = &self.tree.nodes[pos];
        let all = || {
            node.blocks
                .iter()
                .all(|&block| self.tree.blocks[block].nodes.iter().any(|&inner| self.assigns(inner, var)))
        };
        match &node.stmt {
            Stmt::Assign { place, op: None, .. } => place.is_var() && place.root == var,
            Stmt::If { .. } | Stmt::Match { .. } => all(),
            Stmt::Effect { diverges, .. } => *diverges,
            Stmt::Bail { .. } => true,
            _ => false,
        }
    }

    /// What takes back the effect of a statement on primal storage.
    fn undo(&mut self, stmt: &Stmt, reverse: &mut Vec<Stmt>) {
        match stmt {
            Stmt::Swap { a, b } => {
                reverse.push(Stmt::Swap { a: self.rules.resolve(a), b: self.rules.resolve(b) });
            }
            Stmt::Vector { vec, op, span } => {
                let inverse = match op {
                    VecOp::Push(_) => VecOp::Pop(None),
                    VecOp::Insert(index, _) => VecOp::Remove(self.rules.primal(index), None),
                    VecOp::Pop(Some(var)) => VecOp::Push(self.copy_of(*var)),
                    VecOp::Remove(index, Some(var)) => {
                        VecOp::Insert(self.rules.primal(index), self.copy_of(*var))
                    }
                    VecOp::Reverse => VecOp::Reverse,
                    VecOp::Pop(None)
                    | VecOp::Remove(_, None)
                    | VecOp::Truncate(_)
                    | VecOp::Resize(..)
                    | VecOp::Clear
                    | VecOp::Extend(_) => return,
                };
                reverse.push(Stmt::Vector { vec: self.rules.resolve(vec), op: inverse, span: *span });
            }
            Stmt::Assign { place, op: Some(op @ (Op::Add | Op::Sub)), value, span } => {
                let inverse = if *op == Op::Add { Op::Sub } else { Op::Add };
                let value = self.rules.primal(value);
                reverse.push(Stmt::Assign {
                    place: self.rules.resolve(place),
                    op: Some(inverse),
                    value,
                    span: *span,
                });
            }
            // The pullback does it.
            _ => {}
        }
    }

    fn copy_of(&self, var: Var) -> Expr {
        if self.rules.f.info(var).ty.is_copy() { Expr::read(var) } else { Expr::ToOwned(Place::var(var)) }
    }

    /// A statement of the forward sweep: what the reverse sweep needs is not moved away.
    fn forward_stmt(&self, stmt: &Stmt) -> Stmt {
        let mut stmt = stmt.clone();
        walk::rewrite_stmt(&mut stmt, &mut |expr| self.unmoved(expr));
        if let Stmt::Let { init: Some(value), .. } | Stmt::Assign { value, .. } = &mut stmt
            && let Expr::Read(place) = value
            && self.plan.needed.contains_key(&self.rules.f.storage(place.root))
            && matches!(self.rules.f.place_ty(place), Ty::Named(_) | Ty::Vec(_) | Ty::Option(_))
        {
            // Of a type that may not be `Copy`.
            *value = Expr::ToOwned(place.clone());
        }
        stmt
    }

    fn forward_expr(&self, expr: Expr) -> Expr {
        walk::map_expr(expr, &mut |expr| self.unmoved(expr))
    }

    fn unmoved(&self, expr: Expr) -> Expr {
        match expr {
            Expr::Move(var) if self.plan.needed.contains_key(&var) => self.copy_of(var),
            other => other,
        }
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

/// Whether some value of the type can be written down.
pub fn can_be_made_up(ty: &Ty) -> bool {
    match ty {
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Vec(_)
        | Ty::Option(_) => true,
        Ty::Array(item, _) => can_be_made_up(item),
        Ty::Tuple(items) => items.iter().all(can_be_made_up),
        Ty::Inert | Ty::Slice(_) | Ty::Named(_) | Ty::Unknown => false,
    }
}
