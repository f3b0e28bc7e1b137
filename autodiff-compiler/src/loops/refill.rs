//! Places that are emptied and then added to again.
//!
//! An assignment takes the cotangent of what it overwrites, and often gives some of it back to the same
//! place: `let b = take(&mut x_bar[i]); …; x_bar[i] += e` becomes `let b = x_bar[i]; …; x_bar[i] = e`, one
//! store and no addition to zero.

use super::touch::assign;
use crate::index::{Poly, Symbol};
use crate::ir::walk::{self, Access};
use crate::ir::{Block, Expr, Function, Place, Proj, Stmt, Var};
use std::collections::BTreeMap;

/// Does so in every block.
pub fn refill(f: &Function, blocks: &mut [&mut Block]) {
    for block in blocks.iter_mut() {
        visit(f, block);
    }
}

fn visit(f: &Function, block: &mut Block) {
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| visit(f, inner));
    }
    for at in 0..block.stmts.len() {
        let Some(taken) = taken(f, &block.stmts[at]).cloned() else { continue };
        let Some(filled) = refilled(f, block, at, &taken) else { continue };
        walk::rewrite_stmt(&mut block.stmts[at], &mut |expr| match expr {
            Expr::Take { shadow, .. } => Expr::Read(shadow),
            other => other,
        });
        assign(&mut block.stmts[filled]);
    }
}

/// The place of a float that a statement empties, for the value that it declares, assigns or adds.
fn taken<'s>(f: &Function, stmt: &'s Stmt) -> Option<&'s Place> {
    let (Stmt::Let { init: Some(value), .. } | Stmt::Assign { value, .. } | Stmt::Accumulate { value, .. }) =
        stmt
    else {
        return None;
    };
    let Expr::Take { shadow, .. } = value else { return None };
    f.place_ty(shadow).is_float().then_some(shadow)
}

/// The statement that adds to what the one at `at` has emptied, if nobody sees it empty before.
fn refilled(f: &Function, block: &Block, at: usize, taken: &Place) -> Option<usize> {
    let places = Places::new(f, block);
    // Where the value goes is named after the place is empty.
    if let Stmt::Assign { place, .. } | Stmt::Accumulate { place, .. } = &block.stmts[at]
        && !(places.are_apart_within(place, taken) && places.are_apart(place, taken))
    {
        return None;
    }
    for (pos, stmt) in block.stmts.iter().enumerate().skip(at + 1) {
        if let Stmt::Accumulate { place, value, .. } = stmt
            && places.are_same(place, taken)
        {
            let mut fits = places.are_apart_within(place, taken);
            walk::accesses_of_expr(value, &mut |read, access| {
                fits &= access == Access::Shape || places.are_apart(read, taken);
            });
            return fits.then_some(pos);
        }
        let mut passes = true;
        walk::statement(stmt, &mut |inner| {
            passes &= !leaves(inner);
            walk::accesses_of_stmt(inner, &mut |place, access| {
                passes &= access == Access::Shape || places.are_apart(place, taken);
            });
            walk::declared_by(inner, &mut |var| passes &= f.storage(var) != f.storage(taken.root));
        });
        if !passes {
            return None;
        }
    }
    None
}

/// Whether what follows a statement may not run.
fn leaves(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Bail { .. } => true,
        Stmt::Effect { diverges, .. } => *diverges,
        Stmt::For { exits, .. } | Stmt::While { exits, .. } => !exits.is_empty(),
        Stmt::Let { .. }
        | Stmt::View { .. }
        | Stmt::Assign { .. }
        | Stmt::Swap { .. }
        | Stmt::CopyFrom { .. }
        | Stmt::Fill { .. }
        | Stmt::If { .. }
        | Stmt::Match { .. }
        | Stmt::Call(_)
        | Stmt::Vector { .. }
        | Stmt::Item(_)
        | Stmt::Accumulate { .. }
        | Stmt::RecordNew { .. }
        | Stmt::RecordPush { .. }
        | Stmt::RecordPop { .. }
        | Stmt::Replace { .. }
        | Stmt::Pull { .. } => false,
    }
}

/// Which places of a block are the same.
struct Places<'a> {
    f: &'a Function,
    /// What its integers are.
    definitions: BTreeMap<Var, &'a Expr>,
}

impl<'a> Places<'a> {
    fn new(f: &'a Function, block: &'a Block) -> Places<'a> {
        let definitions = block.stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Let { var, init: Some(init) } if !f.info(*var).mutable => Some((*var, init)),
            _ => None,
        });
        Places { f, definitions: definitions.collect() }
    }

    /// An index, in terms of what never changes.
    fn index(&self, expr: &Expr) -> Option<Poly> {
        Poly::of(expr, &|leaf| {
            let Expr::Read(place) = leaf else { return None };
            let info = self.f.info(place.root);
            if !place.is_var() || info.mutable || info.is_view() {
                return None;
            }
            let defined = self.definitions.get(&place.root).and_then(|init| self.index(init));
            defined.or_else(|| Some(Poly::symbol(Symbol::Var(place.root))))
        })
    }

    /// How far apart two steps are: `None` where nothing is known.
    fn distance(&self, a: &Proj, b: &Proj) -> Option<i64> {
        match (a, b) {
            (Proj::Field(a), Proj::Field(b)) => Some(i64::from(a != b)),
            (Proj::Deref, Proj::Deref) => Some(0),
            (Proj::Index(a), Proj::Index(b)) => self.index(a)?.minus(&self.index(b)?)?.as_number(),
            _ => None,
        }
    }

    /// Whether two places have nothing in common.
    fn are_apart(&self, a: &Place, b: &Place) -> bool {
        let (a, b) = (self.f.resolve(a), self.f.resolve(b));
        if self.f.origin(a.root) != self.f.origin(b.root) {
            return true;
        }
        if a.root != b.root {
            return false;
        }
        for (x, y) in a.proj.iter().zip(&b.proj) {
            match self.distance(x, y) {
                Some(0) => {}
                Some(_) => return true,
                None => return false,
            }
        }
        false
    }

    fn are_same(&self, a: &Place, b: &Place) -> bool {
        let (a, b) = (self.f.resolve(a), self.f.resolve(b));
        let steps = || a.proj.iter().zip(&b.proj).all(|(x, y)| self.distance(x, y) == Some(0));
        a.root == b.root && a.proj.len() == b.proj.len() && steps()
    }

    /// Whether naming a place reads nothing of another.
    fn are_apart_within(&self, place: &Place, other: &Place) -> bool {
        let mut apart = true;
        walk::accesses_of_place(place, &mut |read, _| apart &= self.are_apart(read, other));
        apart
    }
}
