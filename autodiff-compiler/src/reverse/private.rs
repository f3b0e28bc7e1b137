//! Scratch: a variable from outside of a loop that every iteration overwrites before it reads it.
//!
//! Nothing passes from one iteration to the next through such a variable, and no cotangent does:
//! the overwriting takes all of it.

use super::independent::{Indices, is_zero};
use super::rules::Rules;
use super::tree::{BlockId, Pos, Tree};
use crate::ir::walk::{self, Access};
use crate::ir::{Arg, Expr, Place, Proj, Stmt, Ty, Var};

/// Whether `var` is scratch of the loop at `pos`.
pub fn is_private(rules: &Rules, tree: &Tree, indices: &Indices, pos: Pos, var: Var) -> bool {
    let Some(declared) = tree.declared.get(&var) else { return false };
    let result = rules.result_root() == Some(var);
    // A length is known only while nothing replaces the value or changes it.
    let aggregate = !rules.f.info(var).ty.is_float();
    let reshaped = tree.nodes[pos..tree.nodes[pos].end].iter().any(|node| {
        let whole = |place: &Place| rules.f.storage(place.root) == var && rules.resolve(place).is_var();
        match &node.stmt {
            Stmt::Vector { vec, .. } => rules.f.storage(vec.root) == var,
            Stmt::Swap { a, b } => whole(a) || whole(b),
            Stmt::Assign { place, op: None, .. } => aggregate && whole(place),
            Stmt::Call(call) => call.args.iter().any(|arg| match arg {
                Arg::RefMut(place) | Arg::Receiver { place, mutable: true } => aggregate && whole(place),
                Arg::Value(_) | Arg::Ref(_) | Arg::Receiver { mutable: false, .. } => false,
            }),
            Stmt::Replace { place, .. } => aggregate && whole(place),
            // Lowering lends nothing active to tokens of the user's.
            Stmt::Effect { .. } | Stmt::Bail { .. } | Stmt::Item(_) => false,
            Stmt::Let { .. }
            | Stmt::View { .. }
            | Stmt::Assign { op: Some(_), .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::If { .. }
            | Stmt::Match { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::Accumulate { .. }
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Pull { .. } => false,
        }
    });
    if reshaped {
        return false;
    }
    let elsewhere = tree.nodes.iter().enumerate().any(|(other, node)| {
        other != declared.pos && !tree.contains(pos, other) && accesses(rules, &node.stmt, var)
    });
    if result || elsewhere {
        return false;
    }
    let search = Search { rules, tree, indices, var, len: length(rules, tree, declared.pos, var) };
    search.covered(tree.nodes[pos].blocks[0])
}

/// The expression that made a local of a known length.
fn length(rules: &Rules, tree: &Tree, declared: Pos, var: Var) -> Option<Expr> {
    match (&tree.nodes[declared].stmt, &rules.f.info(var).ty) {
        (_, Ty::Array(_, len)) => {
            let lit: syn::LitInt = syn::parse2(len.clone()).ok()?;
            Some(Expr::Lit(syn::Lit::Int(lit)))
        }
        (Stmt::Let { init: Some(Expr::VecRepeat { len, .. }), .. }, _) => Some((**len).clone()),
        _ => None,
    }
}

struct Search<'a> {
    rules: &'a Rules,
    tree: &'a Tree,
    indices: &'a Indices<'a>,
    var: Var,
    len: Option<Expr>,
}

impl Search<'_> {
    /// Whether the block overwrites the variable before it reads it, or does not read it.
    fn covered(&self, block: BlockId) -> bool {
        let nodes = &self.tree.blocks[block].nodes;
        let Some(first) = nodes.iter().position(|&node| self.touches(node)) else { return true };
        let node = nodes[first];
        if self.overwrites(node) {
            return true;
        }
        // A statement that may overwrite nothing: then nothing behind it may read.
        let inner = &self.tree.nodes[node].blocks;
        !inner.is_empty()
            && !accesses(self.rules, &self.tree.nodes[node].stmt, self.var)
            && !nodes[first + 1..].iter().any(|&later| self.touches(later))
            && inner.iter().all(|&block| self.covered(block))
    }

    fn touches(&self, pos: Pos) -> bool {
        (pos..self.tree.nodes[pos].end)
            .any(|inner| accesses(self.rules, &self.tree.nodes[inner].stmt, self.var))
    }

    /// Whether a statement certainly overwrites all of the variable, reading none of it.
    fn overwrites(&self, pos: Pos) -> bool {
        let node = &self.tree.nodes[pos];
        let whole = |place: &Place| place.is_var() && place.root == self.var;
        match &node.stmt {
            Stmt::Assign { place, op: None, value, .. } => whole(place) && !self.reads(value),
            Stmt::Fill { place, value } => whole(place) && !self.reads(value),
            Stmt::CopyFrom { dst, src } => whole(dst) && self.rules.f.storage(src.root) != self.var,
            Stmt::For { var: counter, lo, hi, exits, .. } => {
                if !is_zero(lo) || !exits.is_empty() || !self.is_length(hi) {
                    return false;
                }
                let body = &self.tree.blocks[node.blocks[0]].nodes;
                let Some(&first) = body.iter().find(|&&inner| self.touches(inner)) else { return false };
                match &self.tree.nodes[first].stmt {
                    Stmt::Assign { place, op: None, value, .. } => {
                        let place = self.rules.resolve(place);
                        let slot = matches!(
                            &place.proj[..],
                            [Proj::Index(Expr::Read(index))] if index.is_var() && index.root == *counter
                        );
                        place.root == self.var && slot && !self.reads(value)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn is_length(&self, end: &Expr) -> bool {
        if let Expr::Len(place) = end {
            return place.is_var() && place.root == self.var;
        }
        if let Expr::Read(place) = end
            && let Some(declared) = self.tree.declared.get(&place.root)
            && let Stmt::Let { init: Some(Expr::Len(of)), .. } = &self.tree.nodes[declared.pos].stmt
            && of.is_var()
            && of.root == self.var
        {
            return true;
        }
        let Some(len) = &self.len else { return false };
        match (self.indices.poly(end), self.indices.poly(len)) {
            (Some(end), Some(len)) => end == len,
            _ => false,
        }
    }

    fn reads(&self, value: &Expr) -> bool {
        let mut found = false;
        walk::accesses_of_expr(value, &mut |place, access| {
            found |= access != Access::Shape && self.rules.f.storage(place.root) == self.var;
        });
        found
    }
}

/// Whether a statement itself reads or writes the contents of a variable.
fn accesses(rules: &Rules, stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_stmt(stmt, &mut |place, access| {
        found |= access != Access::Shape && rules.f.storage(place.root) == var;
    });
    found
}
