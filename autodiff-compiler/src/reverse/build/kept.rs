//! Where the sweeps keep what has to be kept: records of loops, variables in front of branches,
//! and the declarations both need.

use super::Builder;
use crate::ir::walk;
use crate::ir::{Block, Expr, Op, Place, Stmt, Ty, Var, VarInfo};
use crate::reverse::independent;
use crate::reverse::plan::Source;
use crate::reverse::rules::int;
use crate::reverse::tree::{BlockId, Pos};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::{BTreeMap, BTreeSet};

/// How many iterations loops have in all.
pub(super) struct Trips {
    /// What counts them.
    counting: Vec<Stmt>,
    number: Expr,
}

impl Builder<'_> {
    /// Finds a home for everything that is kept: the record of the loop whose body declares it,
    /// or for what a branch declares a variable in front of the branch.
    pub(super) fn place_kept(&mut self) {
        let kept: Vec<(Var, BlockId)> = self
            .plan
            .needed
            .iter()
            .filter(|(_, source)| **source == Source::Keep)
            .map(|(var, _)| {
                (*var, self.plan.home.get(var).copied().unwrap_or_else(|| self.tree.declared[var].block))
            })
            .collect();
        // The variables in front of branches, each with the branches that keep something in it.
        let mut shared: Vec<(Pos, Var, BTreeSet<BlockId>)> = Vec::new();
        for (var, block) in kept {
            self.kept.entry(block).or_default().push(var);
            let mut home = block;
            let mut before = None;
            while !self.plan.in_scope[home] && !self.is_loop_body(home) {
                let parent = self.tree.blocks[home].parent.expect("the function's body is in scope");
                before = Some((parent, home));
                home = self.tree.nodes[parent].block;
            }
            if let Some((before, branch)) = before {
                let info = self.rules.f.info(var).clone();
                let boxed = !info.ty.can_be_made_up();
                // One branch runs, so what others keep of the same type needs no variable of its own.
                let free = shared.iter_mut().find(|(pos, outer, branches)| {
                    *pos == before
                        && !branches.contains(&branch)
                        && is_same_scalar(&self.rules.f.info(*outer).ty, &info.ty)
                });
                if let Some((_, outer, branches)) = free {
                    branches.insert(branch);
                    self.hoisted.insert(var, *outer);
                    let name = &mut self.rules.f.vars[outer.0].name;
                    if *name != format_ident!("{}_kept", info.name) {
                        *name = format_ident!("kept");
                    }
                    continue;
                }
                let name = format_ident!("{}_kept", info.name);
                let outer = self.rules.f.add_var(VarInfo {
                    name,
                    ty: info.ty,
                    mutable: true,
                    by_ref: None,
                    view_of: None,
                    apart: false,
                    late: false,
                    boxed,
                    near: false,
                    tangent_of: None,
                    made: false,
                });
                self.hoisted.insert(var, outer);
                shared.push((before, outer, BTreeSet::from([branch])));
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
            let capacity = self.capacity(pos, outermost);
            self.new_records.entry(outermost).or_default().push((record, capacity));
        }
    }

    /// How many iterations of a loop there are in all, where that is known before the outermost of
    /// the loops around it.
    fn capacity(&mut self, pos: Pos, outermost: Pos) -> Option<Trips> {
        let mut around: Vec<Pos> = std::iter::once(pos).chain(self.tree.ancestors(pos)).collect();
        around.reverse();
        // From the outside in: the counter's copy, and the bounds.
        let mut loops: Vec<(Var, Expr, Expr)> = Vec::new();
        let mut counters = BTreeMap::new();
        for pos in around {
            match &self.tree.nodes[pos].stmt {
                Stmt::For { var, lo, hi, exits, .. } => {
                    let literal = |bound: &Expr| matches!(bound, Expr::Lit(_));
                    let is_usize = match &self.rules.f.info(*var).ty {
                        Ty::Int(Some(name)) => name == "usize",
                        // Literals fit anywhere.
                        Ty::Int(None) => literal(lo) && literal(hi),
                        _ => false,
                    };
                    if !is_usize || !exits.is_empty() {
                        return None;
                    }
                    // In a merged loop every iteration takes back what it has kept.
                    if self.plan.merged.contains(&pos) {
                        continue;
                    }
                    let var = *var;
                    let lo = self.known_before(lo, outermost, &counters)?;
                    let hi = self.known_before(hi, outermost, &counters)?;
                    let counter = self.rules.local("k", int("usize"), false);
                    counters.insert(var, counter);
                    loops.push((counter, lo, hi));
                }
                Stmt::If { .. } | Stmt::Match { .. } => {}
                _ => return None,
            }
        }
        let (_, lo, hi) = loops.pop()?;
        let (mut counting, mut total) = (Vec::new(), trips(lo, hi));
        for (counter, lo, hi) in loops.into_iter().rev() {
            let mut varies = false;
            let mut note = |place: &Place, _| varies |= place.root == counter;
            walk::accesses_of_expr(&total, &mut note);
            for stmt in &counting {
                walk::statement(stmt, &mut |stmt| walk::accesses_of_stmt(stmt, &mut note));
            }
            if varies {
                (counting, total) = self.sum_of(counter, (lo, hi), counting, total);
            } else {
                total = saturating(Op::Mul, trips(lo, hi), total);
            }
        }
        Some(Trips { counting, number: total })
    }

    /// The sum of a number over the iterations of a loop.
    fn sum_of(
        &mut self,
        counter: Var,
        (lo, hi): (Expr, Expr),
        mut counting: Vec<Stmt>,
        number: Expr,
    ) -> (Vec<Stmt>, Expr) {
        let sum = self.rules.local("count", int("usize"), true);
        counting.push(Stmt::Assign {
            place: Place::var(sum),
            op: None,
            value: saturating(Op::Add, Expr::read(sum), number),
            span: Span::call_site(),
        });
        let zero = Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", Span::call_site())));
        let over = Stmt::For {
            var: counter,
            lo,
            hi,
            rev: false,
            body: Block { stmts: counting },
            exits: Vec::new(),
            span: Span::call_site(),
        };
        (vec![Stmt::Let { var: sum, init: Some(zero) }, over], Expr::read(sum))
    }

    /// An integer as it can be computed before the statement at `pos`, if it is the same then.
    /// `counters` are what counters of loops are called there.
    fn known_before(&self, expr: &Expr, pos: Pos, counters: &BTreeMap<Var, Var>) -> Option<Expr> {
        match expr {
            Expr::Lit(_) => Some(expr.clone()),
            Expr::Read(place) if place.is_var() => {
                if let Some(counter) = counters.get(&place.root) {
                    return Some(Expr::read(*counter));
                }
                let info = self.rules.f.info(place.root);
                if info.mutable || info.view_of.is_some() {
                    return None;
                }
                match self.tree.declared.get(&place.root) {
                    Some(declared) if self.tree.contains(pos, declared.pos) => {
                        let Stmt::Let { init: Some(init), .. } = &self.tree.nodes[declared.pos].stmt else {
                            return None;
                        };
                        self.known_before(init, pos, counters)
                    }
                    Some(_) | None => Some(expr.clone()),
                }
            }
            Expr::Prim { op: op @ (Op::Add | Op::Sub | Op::Mul), args, .. } => {
                let [a, b] = args.as_slice() else { return None };
                let (a, b) = (self.known_before(a, pos, counters)?, self.known_before(b, pos, counters)?);
                Some(saturating(*op, a, b))
            }
            Expr::Len(place) => {
                let info = self.rules.f.info(place.root);
                let outside =
                    self.tree.declared.get(&place.root).is_none_or(|d| !self.tree.contains(pos, d.pos));
                let fixed = matches!(info.ty, Ty::Slice(_) | Ty::Array(..));
                (place.is_var() && info.view_of.is_none() && outside && fixed).then(|| expr.clone())
            }
            _ => None,
        }
    }

    /// Adds to the end of a block's forward sweep what keeps its variables, and to the beginning
    /// of its reverse what brings them back.
    pub(super) fn keep(&mut self, block: BlockId, forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>) {
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
    pub(super) fn shadow_declarations(&mut self, block: BlockId) -> Vec<Stmt> {
        let mut out = Vec::new();
        for (_, var) in self.declared.get(&block).cloned().unwrap_or_default() {
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

    pub(super) fn declarations_before(&mut self, pos: Pos) -> Vec<Stmt> {
        let mut out = Vec::new();
        for (record, capacity) in self.new_records.remove(&pos).unwrap_or_default() {
            let capacity = capacity.map(|Trips { counting, number }| {
                out.extend(counting);
                number
            });
            out.push(Stmt::RecordNew { record, capacity });
        }
        for var in self.hoists.remove(&pos).unwrap_or_default() {
            let ty = self.rules.f.info(var).ty.clone();
            out.push(Stmt::Let { var, init: Some(Expr::Placeholder(ty)) });
        }
        out
    }
}

/// How many iterations a loop has.
fn trips(lo: Expr, hi: Expr) -> Expr {
    if independent::is_zero(&lo) { hi } else { saturating(Op::Sub, hi, lo) }
}

/// Whether two types are certainly the same scalar.
fn is_same_scalar(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::F64, Ty::F64) | (Ty::F32, Ty::F32) | (Ty::Bool, Ty::Bool) => true,
        (Ty::Generic(a), Ty::Generic(b)) | (Ty::Int(Some(a)), Ty::Int(Some(b))) => a == b,
        _ => false,
    }
}

/// Arithmetic of `usize` that ends at its bounds: a capacity must not panic.
fn saturating(op: Op, a: Expr, b: Expr) -> Expr {
    let tokens = match op {
        Op::Add => quote::quote!(usize::saturating_add(__hole_0, __hole_1)),
        Op::Sub => quote::quote!(usize::saturating_sub(__hole_0, __hole_1)),
        _ => quote::quote!(usize::saturating_mul(__hole_0, __hole_1)),
    };
    Expr::Opaque { tokens, args: vec![a, b], ty: int("usize") }
}
