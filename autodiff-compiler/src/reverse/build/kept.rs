//! Where the sweeps keep what has to be kept: records of loops, variables in front of branches,
//! and the declarations both need.

use super::Builder;
use crate::ir::{Expr, Op, Place, Stmt, Ty, Var, VarInfo};
use crate::reverse::independent;
use crate::reverse::plan::Source;
use crate::reverse::rules::int;
use crate::reverse::tree::{BlockId, Pos};
use proc_macro2::Span;
use quote::format_ident;

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
                let boxed = !info.ty.can_be_made_up();
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
    fn capacity(&self, pos: Pos, outermost: Pos) -> Option<Expr> {
        let mut total: Option<Expr> = None;
        for pos in std::iter::once(pos).chain(self.tree.ancestors(pos)) {
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
                    let (lo, hi) = (self.known_before(lo, outermost)?, self.known_before(hi, outermost)?);
                    let trips = if independent::is_zero(&lo) { hi } else { saturating(Op::Sub, hi, lo) };
                    total = Some(match total {
                        Some(total) => saturating(Op::Mul, trips, total),
                        None => trips,
                    });
                }
                Stmt::If { .. } | Stmt::Match { .. } => {}
                _ => return None,
            }
        }
        total
    }

    /// An integer as it can be computed before the statement at `pos`, if it is the same then.
    fn known_before(&self, expr: &Expr, pos: Pos) -> Option<Expr> {
        match expr {
            Expr::Lit(_) => Some(expr.clone()),
            Expr::Read(place) if place.is_var() => {
                let info = self.rules.f.info(place.root);
                if info.mutable || info.view_of.is_some() {
                    return None;
                }
                match self.tree.declared.get(&place.root) {
                    Some(declared) if self.tree.contains(pos, declared.pos) => {
                        let Stmt::Let { init: Some(init), .. } = &self.tree.nodes[declared.pos].stmt else {
                            return None;
                        };
                        self.known_before(init, pos)
                    }
                    Some(_) | None => Some(expr.clone()),
                }
            }
            Expr::Prim { op: op @ (Op::Add | Op::Sub | Op::Mul), args, .. } => {
                let [a, b] = args.as_slice() else { return None };
                Some(saturating(*op, self.known_before(a, pos)?, self.known_before(b, pos)?))
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
            out.push(Stmt::RecordNew { record, capacity });
        }
        for var in self.hoists.remove(&pos).unwrap_or_default() {
            let ty = self.rules.f.info(var).ty.clone();
            out.push(Stmt::Let { var, init: Some(Expr::Placeholder(ty)) });
        }
        out
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
