//! What is to be recorded: which primal values the reverse sweep needs, and where it gets them.
//!
//! The adjoints say what they read. A variable that is declared in a scope which the reverse
//! sweep shares is simply there. In other scopes (a branch, the body of a loop) a value is
//! computed again from what is there, when that is cheap, and else *kept*: in a variable of the
//! enclosing scope, and for loops in one record an iteration. What is read from mutable
//! storage is there because every write that comes between is undone: its old value is kept.

mod cheap;
mod restore;

use super::Sweep;
use super::rules::{Rules, int};
use super::tree::{BlockId, Pos, Tree};
use crate::ir::walk::{self, Access};
use crate::ir::{Expr, ParamMode, Place, Proj, Stmt, Ty, Var};
use cheap::is_cheap;
use std::collections::{BTreeMap, BTreeSet};

/// Where a reverse scope gets a needed variable from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is still in scope.
    Scope,
    /// Its definition is repeated.
    Recompute,
    /// It is kept: in the record of a loop, or in a variable of an enclosing scope.
    Keep,
}

/// The old value of a place that a statement overwrites.
#[derive(Clone, Debug)]
pub struct Restore {
    /// As the reverse sweep names it.
    pub place: Place,
    /// As the statement names it, perhaps through a view.
    pub source: Place,
    pub old: Var,
}

pub struct Plan {
    /// Statements whose adjoint stands in the same place as they do.
    pub merged: BTreeSet<Pos>,
    /// Statements that the reverse sweep has something to do for.
    pub reversed: Vec<bool>,
    /// Blocks whose variables are in scope in their reverse.
    pub in_scope: Vec<bool>,
    /// What each needed variable comes from.
    pub needed: BTreeMap<Var, Source>,
    /// Recomputed variables whose definition reads something that its block overwrites later:
    /// they are computed again once the reverse sweep has passed this statement.
    pub delayed: BTreeMap<Var, Pos>,
    /// The block of variables that planning introduced.
    pub home: BTreeMap<Var, BlockId>,
    pub restores: BTreeMap<Pos, Vec<Restore>>,
    /// Statements that undo their own effect on primal storage (swaps, calls, vectors).
    pub undone: BTreeSet<Pos>,
    /// The end (or start) of what a loop with exits covered, or the trip count of a `while`.
    pub trips: BTreeMap<Pos, Var>,
    /// Which arm of a match with guards was taken.
    pub arms: BTreeMap<Pos, Var>,
    /// Those of them whose scrutinee an arm assigns: the number alone decides on the way back.
    pub overwritten: BTreeSet<Pos>,
    /// Storage whose contents are restored somewhere.
    pub restored: BTreeSet<Var>,
    /// Merged statements inside which something outside would have to be restored.
    pub spoiled: BTreeSet<Pos>,
}

/// A part of a variable, by the fields that lead to it; none: all of it. An element whose index is
/// written down counts as a field.
type Fields = Vec<syn::Member>;

/// The analysis under way.
struct Planner<'a> {
    rules: &'a mut Rules,
    tree: &'a Tree,
    adjoints: &'a [Vec<Stmt>],
    plan: Plan,
    memory: BTreeSet<Var>,
    /// Where each storage variable is written, in order.
    writes: BTreeMap<Var, Vec<Pos>>,
    /// Where its contents are read by the reverse sweep, and which of its fields.
    reads: BTreeMap<Var, Vec<(Fields, Reads)>>,
    /// `&mut` parameters that the reverse sweep gives back as they were.
    entry: BTreeSet<Var>,
    /// What is kept even if it could be computed again.
    kept: &'a BTreeSet<Var>,
    work: Vec<Need>,
}

/// Where something is read: by innermost merged statement.
type Reads = BTreeMap<Option<Pos>, BTreeSet<Pos>>;

/// Something the reverse sweep reads.
struct Need {
    root: Var,
    fields: Fields,
    /// `None` asks for the shape only.
    access: Option<Access>,
    /// The statement at which the primal has the value.
    pos: Pos,
    /// The statement whose reverse reads it.
    user: Pos,
}

impl Need {
    fn shape(root: Var, pos: Pos) -> Need {
        Need { root, fields: Fields::new(), access: None, pos, user: pos }
    }

    /// All of a variable.
    fn whole(root: Var, pos: Pos) -> Need {
        Need { access: Some(Access::Read), ..Need::shape(root, pos) }
    }
}

/// Whether one field is, holds or lies in another.
fn overlap(a: &Fields, b: &Fields) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// Plans the sweeps of a function with a given set of merged statements. The variables in `kept`
/// are not computed again.
pub fn plan(
    rules: &mut Rules,
    tree: &Tree,
    adjoints: &[Vec<Stmt>],
    sweep: Sweep,
    merged: &BTreeSet<Pos>,
    kept: &BTreeSet<Var>,
) -> Plan {
    let mut in_scope = vec![false; tree.blocks.len()];
    in_scope[0] = true;
    for (id, block) in tree.blocks.iter().enumerate().skip(1) {
        let parent = block.parent.expect("only the body of the function has no parent");
        in_scope[id] = merged.contains(&parent) && in_scope[tree.nodes[parent].block];
    }
    let mut planner = Planner {
        tree,
        adjoints,
        plan: Plan {
            merged: merged.clone(),
            reversed: vec![false; tree.nodes.len()],
            in_scope,
            needed: BTreeMap::new(),
            delayed: BTreeMap::new(),
            home: BTreeMap::new(),
            restores: BTreeMap::new(),
            undone: BTreeSet::new(),
            trips: BTreeMap::new(),
            arms: BTreeMap::new(),
            overwritten: BTreeSet::new(),
            restored: BTreeSet::new(),
            spoiled: BTreeSet::new(),
        },
        memory: BTreeSet::new(),
        writes: BTreeMap::new(),
        reads: BTreeMap::new(),
        entry: BTreeSet::new(),
        kept,
        work: Vec::new(),
        rules,
    };
    planner.find_memory(sweep);
    planner.run();
    planner.plan
}

impl Planner<'_> {
    fn find_memory(&mut self, sweep: Sweep) {
        for (pos, node) in self.tree.nodes.iter().enumerate() {
            let mut written = Vec::new();
            walk::places_written_by(&node.stmt, &mut |place| written.push(place.clone()));
            for place in written {
                let root = self.rules.f.storage(place.root);
                if place.is_var() && self.rules.f.info(root).late && place.root == root {
                    continue;
                }
                self.memory.insert(root);
                self.writes.entry(root).or_default().push(pos);
            }
        }
        for param in &self.rules.f.params {
            if param.mode == ParamMode::RefMut {
                self.memory.insert(param.var);
                if sweep == Sweep::Split {
                    self.entry.insert(param.var);
                }
            }
        }
    }

    fn run(&mut self) {
        for (pos, adjoint) in self.adjoints.iter().enumerate() {
            let mut local = BTreeSet::new();
            for stmt in adjoint {
                walk::statement(stmt, &mut |inner| {
                    walk::declared_by(inner, &mut |var| _ = local.insert(var))
                });
            }
            for stmt in adjoint {
                let mut found = Vec::new();
                walk::statement(stmt, &mut |inner| {
                    walk::accesses_of_stmt(inner, &mut |place, access| {
                        if access == Access::Shape && has_static_shape(&self.rules.f.place_ty(place)) {
                            return;
                        }
                        found.push((place.root, self.fields(place), access));
                        if self.rules.f.info(place.root).view_of.is_some() && local.contains(&place.root) {
                            // A view that the adjoint makes for itself.
                            let resolved = self.rules.f.resolve(place);
                            walk::accesses_of_place(&resolved, &mut |index, kind| {
                                found.push((index.root, self.fields(index), kind))
                            });
                            found.push((resolved.root, self.fields(&resolved), access));
                        }
                    });
                });
                for (root, fields, access) in found {
                    if !local.contains(&root) && !self.is_shadow(root) {
                        self.work.push(Need { root, fields, access: Some(access), pos, user: pos });
                    }
                }
            }
            if !adjoint.is_empty() {
                self.mark_reversed(pos);
            }
        }
        // The shape of a local's cotangent comes from the local.
        let locals: Vec<(Var, Pos)> = self.tree.declared.iter().map(|(var, d)| (*var, d.pos)).collect();
        for (var, pos) in locals {
            if self.rules.known_shadow(var).is_some()
                && !self.rules.is_binding(var)
                && !self.rules.defined.contains(&var)
                && !has_static_shape(&self.rules.f.info(var).ty)
            {
                self.work.push(Need { user: Pos::MAX, ..Need::shape(var, pos) });
            }
        }
        loop {
            while let Some(Need { root, fields, access, pos, user }) = self.work.pop() {
                self.need(root, fields, access, pos, user);
            }
            if !self.find_restores() {
                break;
            }
        }
        let merged: Vec<Pos> = self.plan.merged.iter().copied().collect();
        for pos in merged {
            let outside = |var: &Var| {
                // What every iteration overwrites first may be left in any state.
                !self.rules.private.contains(&(pos, *var))
                    && self
                        .tree
                        .declared
                        .get(var)
                        .is_none_or(|d| d.pos == pos || !self.tree.contains(pos, d.pos))
            };
            let range = pos..self.tree.nodes[pos].end;
            let spoiled = range.into_iter().any(|inner| {
                let restores = self.plan.restores.get(&inner).into_iter().flatten();
                restores.map(|r| self.rules.f.storage(r.place.root)).any(|root| outside(&root))
                    || (self.plan.undone.contains(&inner)
                        && written_storage(&self.rules.f, &self.tree.nodes[inner].stmt).iter().any(outside))
            });
            if spoiled {
                self.plan.spoiled.insert(pos);
            }
        }
    }

    fn is_shadow(&self, var: Var) -> bool {
        // Shadows are made after the function was numbered and are declared by no statement of it.
        var.0 >= self.rules.primal_vars && !self.tree.declared.contains_key(&var)
    }

    /// The reverse sweep passes `pos`: so it passes what encloses it.
    fn mark_reversed(&mut self, pos: Pos) {
        let chain: Vec<Pos> = std::iter::once(pos).chain(self.tree.ancestors(pos)).collect();
        for pos in chain {
            if std::mem::replace(&mut self.plan.reversed[pos], true) {
                return;
            }
            if self.plan.merged.contains(&pos) {
                if let Stmt::Match { on, .. } = &self.tree.nodes[pos].stmt {
                    let root = self.rules.f.storage(on.root);
                    self.work.push(Need::shape(root, pos));
                }
                continue;
            }
            let mut exprs = Vec::new();
            let mut label = None;
            match &self.tree.nodes[pos].stmt {
                Stmt::If { cond, .. } => exprs.push(cond.clone()),
                Stmt::For { lo, hi, rev, exits, var, .. } => {
                    if exits.is_empty() {
                        exprs.extend([lo.clone(), hi.clone()]);
                    } else {
                        exprs.push(if *rev { hi.clone() } else { lo.clone() });
                        let ty = self.rules.f.info(*var).ty.clone();
                        label = Some((if *rev { "start" } else { "end" }, ty));
                    }
                }
                Stmt::While { .. } => label = Some(("trips", int("usize"))),
                Stmt::Match { on, arms, .. } => {
                    let overwritten = self.overwrites_scrutinee(pos, on);
                    if overwritten {
                        self.plan.overwritten.insert(pos);
                    } else {
                        exprs.push(Expr::Read(on.clone()));
                    }
                    if overwritten || arms.iter().any(|arm| arm.guard.is_some()) {
                        let arm = self.rules.local("arm", int("usize"), true);
                        self.plan.arms.insert(pos, arm);
                        self.keep(arm, self.tree.nodes[pos].block);
                    }
                }
                Stmt::Let { .. }
                | Stmt::View { .. }
                | Stmt::Assign { .. }
                | Stmt::Swap { .. }
                | Stmt::CopyFrom { .. }
                | Stmt::Fill { .. }
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
                | Stmt::Pull { .. } => {}
            }
            if let Some((label, ty)) = label {
                let trips = self.rules.local(label, ty, true);
                self.plan.trips.insert(pos, trips);
                self.keep(trips, self.tree.nodes[pos].block);
            }
            for expr in exprs {
                self.need_operands(&expr, pos, pos);
            }
        }
    }

    /// Whether an arm of a match assigns what is matched, which then no longer tells which arm it
    /// was.
    fn overwrites_scrutinee(&self, pos: Pos, on: &Place) -> bool {
        let f = &self.rules.f;
        let on = f.resolve(on);
        let inside = pos + 1..self.tree.nodes[pos].end;
        inside.into_iter().any(|inner| f.overwrites(&self.tree.nodes[inner].stmt, &on))
    }

    fn need_operands(&mut self, expr: &Expr, pos: Pos, user: Pos) {
        let mut found = Vec::new();
        walk::accesses_of_expr(expr, &mut |place, access| found.push((place.clone(), access)));
        for (place, access) in found {
            let resolved = self.rules.resolve(&place);
            walk::accesses_of_place(&resolved, &mut |index, kind| {
                let fields = self.fields(index);
                self.work.push(Need { root: index.root, fields, access: Some(kind), pos, user });
            });
            let fields = self.fields(&resolved);
            self.work.push(Need { root: resolved.root, fields, access: Some(access), pos, user });
        }
    }

    /// A variable that planning itself introduced, to be kept where its block is not in scope.
    fn keep(&mut self, var: Var, block: BlockId) {
        let source = if self.plan.in_scope[block] { Source::Scope } else { Source::Keep };
        self.plan.needed.insert(var, source);
        self.plan.home.insert(var, block);
    }

    fn need(&mut self, root: Var, fields: Fields, access: Option<Access>, pos: Pos, user: Pos) {
        let storage = self.rules.f.storage(root);
        let contents = !matches!(access, None | Some(Access::Shape));
        if contents {
            let merged = self.innermost_merged(pos);
            let reads = self.reads.entry(storage).or_default();
            let at = reads.iter().position(|(known, _)| *known == fields).unwrap_or_else(|| {
                reads.push((fields.clone(), Reads::new()));
                reads.len() - 1
            });
            reads[at].1.entry(merged).or_default().insert(pos);
        }
        let binding = self.rules.is_binding(root);
        if binding {
            // The reverse match binds it again.
            self.need(storage, fields, access, pos, user);
            return;
        }
        debug_assert_eq!(root, storage, "adjoints name storage, not views");
        if self.plan.needed.contains_key(&root) {
            // Read before it can be computed again: it has to be kept after all.
            if self.plan.delayed.get(&root).is_some_and(|&after| user >= after) {
                self.plan.delayed.remove(&root);
                self.plan.needed.insert(root, Source::Keep);
            }
            return;
        }
        let Some(declared) = self.tree.declared.get(&root).copied() else {
            // A parameter: it is there as long as nothing moves it away.
            self.plan.needed.insert(root, Source::Scope);
            return;
        };
        if let Stmt::For { var, .. } = &self.tree.nodes[declared.pos].stmt
            && *var == root
        {
            return;
        }
        let mut source = if self.plan.in_scope[declared.block] { Source::Scope } else { Source::Keep };
        if source == Source::Keep
            && !self.kept.contains(&root)
            && let Some(overwritten) = self.can_recompute(root, declared.pos, declared.block)
            && user < overwritten
        {
            source = Source::Recompute;
            if overwritten < Pos::MAX {
                self.plan.delayed.insert(root, overwritten);
            }
            if let Stmt::Let { init: Some(init), .. } = &self.tree.nodes[declared.pos].stmt {
                let init = init.clone();
                // Where it is computed again, what it reads has to be there.
                let user = if overwritten < Pos::MAX { overwritten - 1 } else { Pos::MAX - 1 };
                self.need_operands(&init, declared.pos, user);
            }
        }
        self.plan.needed.insert(root, source);
        // Its scope is reversed even if nothing else in it is.
        if let Some(parent) = self.tree.blocks[declared.block].parent {
            self.mark_reversed(parent);
        }
    }

    /// The fields that lead to a place.
    fn fields(&self, place: &Place) -> Fields {
        let place = self.rules.f.resolve(place);
        let mut fields = Fields::new();
        for (k, step) in place.proj.iter().enumerate() {
            match step {
                Proj::Field(member) => fields.push(member.clone()),
                Proj::Index(Expr::Lit(syn::Lit::Int(lit))) => {
                    let of = Place { proj: place.proj[..k].to_vec(), ..place.clone() };
                    // What an index of a user's type names may be any of its fields.
                    let elements = matches!(
                        self.rules.f.place_ty(&of),
                        Ty::Array(..) | Ty::Vec(_) | Ty::Slice(_) | Ty::Deque(_)
                    );
                    match lit.base10_parse::<usize>() {
                        Ok(index) if elements => fields.push(index.into()),
                        Ok(_) | Err(_) => break,
                    }
                }
                Proj::Index(_) | Proj::Range(..) | Proj::Deref | Proj::Payload => break,
            }
        }
        fields
    }

    /// Whether a statement itself writes a field of a variable, what holds it or what is in it.
    fn writes_to(&self, pos: Pos, root: Var, fields: &Fields) -> bool {
        let mut found = false;
        walk::places_written_by(&self.tree.nodes[pos].stmt, &mut |place| {
            found |= self.rules.f.storage(place.root) == root && overlap(&self.fields(place), fields);
        });
        found
    }

    fn innermost_merged(&self, pos: Pos) -> Option<Pos> {
        std::iter::once(pos).chain(self.tree.ancestors(pos)).find(|pos| self.plan.merged.contains(pos))
    }

    /// Whether a definition may be repeated, and before which statement of its block the reverse
    /// sweep has to be for that: the first that overwrites what it reads (`MAX`: none does).
    fn can_recompute(&self, var: Var, pos: Pos, block: BlockId) -> Option<Pos> {
        if self.memory.contains(&var) {
            return None;
        }
        let Stmt::Let { init: Some(init), .. } = &self.tree.nodes[pos].stmt else { return None };
        if !is_cheap(init) && !self.is_given(init) {
            return None;
        }
        let end = self.tree.block_end(block);
        let mut possible = true;
        let mut overwritten = Pos::MAX;
        walk::accesses_of_expr(init, &mut |place, _| {
            let resolved = self.rules.resolve(place);
            let root = self.rules.f.storage(resolved.root);
            if !self.memory.contains(&root) {
                return;
            }
            let lost = self.tree.declared.get(&root).is_some_and(|d| !self.plan.in_scope[d.block]);
            let read = self.fields(&resolved);
            let writes = self.writes.get(&root).map_or(&[][..], Vec::as_slice);
            let mut after = writes[writes.partition_point(|&w| w <= pos)..].iter().take_while(|&&w| w < end);
            if let Some(&write) = after.find(|&&w| self.writes_to(w, root, &read)) {
                overwritten = overwritten.min(write);
            }
            possible &= !lost;
        });
        if overwritten < Pos::MAX {
            let nodes = &self.tree.blocks[block].nodes;
            let index = nodes.partition_point(|&node| node <= overwritten) - 1;
            overwritten = nodes[index];
        }
        (possible && overwritten > pos).then_some(overwritten)
    }

    /// A copy of what an iterator without a derivative gave: it may borrow from the caller's data, as
    /// the words of a text do, and a record that kept it would hold that borrow.
    fn is_given(&self, init: &Expr) -> bool {
        let Some(place) = init.cloned() else { return false };
        let declared =
            self.tree.declared.get(&place.root).map(|declared| &self.tree.nodes[declared.pos].stmt);
        matches!(place.proj[..], [Proj::Index(_)])
            && matches!(declared, Some(Stmt::Let { init: Some(Expr::Opaque { .. }), .. }))
            && !self.memory.contains(&place.root)
    }

    /// The reverse sweep names a place: it needs its indices, and the variable itself.
    fn need_place(&mut self, place: &Place, pos: Pos) {
        let resolved = self.rules.resolve(place);
        walk::accesses_of_place(&resolved, &mut |index, kind| {
            let fields = self.fields(index);
            self.work.push(Need { root: index.root, fields, access: Some(kind), pos, user: pos });
        });
        self.work.push(Need::shape(resolved.root, pos));
    }

    /// A literal or an immutable variable.
    fn is_steady(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Lit(_) => true,
            Expr::Read(place) => place.is_var() && !self.memory.contains(&self.rules.f.storage(place.root)),
            _ => false,
        }
    }
}

/// All storage that a statement writes.
fn written_storage(f: &crate::ir::Function, stmt: &Stmt) -> Vec<Var> {
    let mut written = Vec::new();
    walk::places_written_by(stmt, &mut |place| written.push(f.storage(place.root)));
    written
}

/// Whether a zero of the type can be written down without a value at hand.
pub fn has_static_shape(ty: &Ty) -> bool {
    match ty {
        Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Int(_) | Ty::Bool => true,
        Ty::Array(item, _) => has_static_shape(item),
        Ty::Tuple(items) => items.iter().all(has_static_shape),
        Ty::Inert | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Option(_) | Ty::Named(_) | Ty::Unknown => {
            false
        }
    }
}

/// Whether a statement replaces a whole value whose shape is not in its type.
fn replaces_aggregate(f: &crate::ir::Function, stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Assign { place, op: None, .. } => {
            let late = place.is_var() && f.info(place.root).late;
            let ty = f.place_ty(place);
            let unknown = matches!(ty, Ty::Unknown | Ty::Slice(_) | Ty::Inert);
            !late && (!unknown && !has_static_shape(&ty) || place.is_var() && matches!(ty, Ty::Unknown))
        }
        _ => false,
    }
}
