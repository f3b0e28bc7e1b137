//! Which overwritten values the reverse sweep brings back.

use super::{Need, Planner, Reads, Restore, replaces_aggregate};
use crate::ir::walk;
use crate::ir::{Op, Stmt, Var, VarInfo, VecOp};
use crate::reverse::rules::owned;
use crate::reverse::tree::Pos;
use std::collections::BTreeSet;

impl Planner<'_> {
    /// Whether something that was read may be overwritten by the write at `pos`.
    pub(super) fn destroys(&self, root: Var, pos: Pos) -> bool {
        if self.entry.contains(&root) {
            return true;
        }
        let Some(reads) = self.reads.get(&root) else { return false };
        let reads: Vec<&Reads> = reads
            .iter()
            .filter(|(fields, _)| self.writes_to(pos, root, fields))
            .map(|(_, reads)| reads)
            .collect();
        let before = |merged: Option<Pos>| {
            let first = |reads: &&Reads| reads.get(&merged).and_then(BTreeSet::first).copied();
            reads.iter().filter_map(first).any(|first| first <= pos)
        };
        if before(None) {
            return true;
        }
        let declared = self.tree.declared.get(&root).map(|d| d.pos);
        let chain: Vec<Pos> = std::iter::once(pos).chain(self.tree.ancestors(pos)).collect();
        chain.into_iter().any(|outer| {
            if self.plan.merged.contains(&outer) {
                // Statements of `outer` that are not merged themselves are reversed after this.
                return before(Some(outer));
            }
            let carried = declared.is_none_or(|d| !self.tree.contains(outer, d));
            self.tree.is_loop(outer)
                && carried
                && reads
                    .iter()
                    .flat_map(|reads| reads.values())
                    .any(|set| set.range(outer..self.tree.nodes[outer].end).next().is_some())
        })
    }

    /// Adds the restores that the reads found so far ask for; whether there were new ones.
    pub(super) fn find_restores(&mut self) -> bool {
        let mut changed = false;
        let writes: Vec<(Var, Vec<Pos>)> =
            self.writes.iter().map(|(var, list)| (*var, list.clone())).collect();
        for (root, list) in writes {
            for pos in list {
                let stmt = &self.tree.nodes[pos].stmt;
                let shape_changes = matches!(stmt, Stmt::Vector { .. });
                let needed = self.plan.needed.contains_key(&root) || self.reads.contains_key(&root);
                let active = self.rules.is_active(root);
                let reshaped =
                    (shape_changes || replaces_aggregate(&self.rules.f, stmt)) && (needed || active);
                if !reshaped && !self.destroys(root, pos) {
                    continue;
                }
                self.plan.restored.insert(root);
                changed |= self.restore(root, pos);
            }
        }
        changed
    }

    pub(super) fn restore(&mut self, root: Var, pos: Pos) -> bool {
        let stmt = self.tree.nodes[pos].stmt.clone();
        let block = self.tree.nodes[pos].block;
        let mut kept = Vec::new();
        match &stmt {
            Stmt::Swap { a, b } => {
                let fresh = self.plan.undone.insert(pos);
                if fresh {
                    for place in [a, b] {
                        self.need_place(place, pos);
                        // What comes back into the one place is what the other holds: it must
                        // still be there.
                        let root = self.rules.resolve(place).root;
                        self.work.push(Need::whole(root, pos));
                    }
                    self.mark_reversed(pos);
                }
                return fresh;
            }
            Stmt::Vector { vec, op, .. } => match op {
                VecOp::Push(_) | VecOp::Insert(..) | VecOp::Pop(_) | VecOp::Remove(..) | VecOp::Reverse => {
                    let fresh = self.plan.undone.insert(pos);
                    if fresh {
                        self.need_place(vec, pos);
                        if let VecOp::Pop(Some(var)) | VecOp::Remove(_, Some(var)) = op {
                            self.work.push(Need::whole(*var, pos));
                        }
                        if let VecOp::Insert(index, _) | VecOp::Remove(index, _) = op {
                            self.need_operands(&index.clone(), pos, pos);
                        }
                        self.mark_reversed(pos);
                    }
                    return fresh;
                }
                VecOp::Truncate(_) | VecOp::Resize(..) | VecOp::Clear | VecOp::Extend(_) => {
                    kept.push(vec.clone())
                }
            },
            // What an integer was counted up by, it is counted down by.
            Stmt::Assign { place, op: Some(Op::Add | Op::Sub), value, .. }
                if self.rules.f.place_ty(place).is_int() && self.is_steady(value) =>
            {
                let fresh = self.plan.undone.insert(pos);
                if fresh {
                    self.need_place(place, pos);
                    self.need_operands(&value.clone(), pos, pos);
                    self.mark_reversed(pos);
                }
                return fresh;
            }
            Stmt::Call(call) if matches!(call.mode, crate::ir::CallMode::Split { .. }) => {
                // The pullback restores what the call changed.
                let fresh = self.plan.undone.insert(pos);
                if fresh {
                    self.mark_reversed(pos);
                }
                return fresh;
            }
            other => walk::places_written_by(other, &mut |place| {
                if self.rules.f.storage(place.root) == root {
                    kept.push(place.clone());
                }
            }),
        }
        if self
            .plan
            .restores
            .get(&pos)
            .is_some_and(|list| list.iter().any(|r| self.rules.f.storage(r.place.root) == root))
        {
            return false;
        }
        for place in kept {
            let resolved = self.rules.resolve(&place);
            let ty = owned(self.rules.f.place_ty(&place));
            let name = quote::format_ident!("{}_old", self.rules.f.info(resolved.root).name);
            // Before its first assignment a variable may hold nothing, and so does what is kept of it.
            let boxed = resolved.is_var() && self.rules.f.info(resolved.root).boxed;
            let old =
                self.rules.f.add_var(VarInfo { name, boxed, ..VarInfo::local("old", ty, resolved.span) });
            self.keep(old, block);
            self.need_place(&resolved, pos);
            self.plan.restores.entry(pos).or_default().push(Restore { place: resolved, source: place, old });
        }
        self.mark_reversed(pos);
        true
    }
}
