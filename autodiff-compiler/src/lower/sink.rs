//! `let y;` moves to where `y` is assigned.
//!
//! A variable without a value that is assigned in the iterations of a loop holds nothing from one
//! iteration to the next: rustc has seen to it that each assigns before it reads. Declared where
//! it is assigned, it needs no value that nobody reads, and the reverse sweep has nothing to restore.
//! What lowering itself hands on from one iteration to the next, under a flag, stays where it is (`carried`).

use super::Lowerer;
use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Expr, Place, Stmt, Var};
use std::collections::BTreeSet;

/// What statements do first with a variable, on the path that says most.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    /// Perhaps nothing.
    Open,
    /// All paths assign it before they read it.
    Assigned,
    /// A path may read it before it is assigned.
    Read,
}

impl Lowerer<'_> {
    /// Sinks every late variable of a body that would need a made-up value.
    pub(super) fn sink_late(&mut self, body: &mut Block) {
        let mut fixed: BTreeSet<Var> = self.inits.keys().copied().collect();
        fixed.extend(self.moved.iter().chain(&self.needless).chain(&self.flags).chain(&self.carried));
        fixed.extend(self.f.vars.iter().filter_map(|info| info.view_of.as_ref()).map(|place| place.root));
        walk::accesses_of_expr(&self.f.result, &mut |place, _| {
            fixed.insert(place.root);
        });
        self.sink_in(body, &fixed);
    }

    fn sink_in(&mut self, block: &mut Block, fixed: &BTreeSet<Var>) {
        let mut at = 0;
        while at < block.stmts.len() {
            if let Stmt::Let { var, init: None } = block.stmts[at]
                && self.needs_init.contains(&var)
                && !fixed.contains(&var)
                && self.sink(var, at, block)
            {
                continue;
            }
            match &mut block.stmts[at] {
                Stmt::While { pre, cond, body, exits, .. } => {
                    // What is declared before the condition is read by it, and by the body.
                    let mut later = fixed.clone();
                    later.extend(exits.iter().copied());
                    cond.iter().for_each(|cond| {
                        walk::accesses_of_expr(cond, &mut |place, _| {
                            later.insert(place.root);
                        });
                    });
                    walk::statements(body, &mut |stmt| {
                        walk::accesses_of_stmt(stmt, &mut |place, _| {
                            later.insert(place.root);
                        });
                    });
                    self.sink_in(pre, &later);
                    self.sink_in(body, fixed);
                }
                stmt => walk::blocks_of_mut(stmt, &mut |inner| self.sink_in(inner, fixed)),
            }
            at += 1;
        }
    }

    /// Moves the declaration at `at`; whether it is gone.
    fn sink(&mut self, var: Var, at: usize, block: &mut Block) -> bool {
        let mut assigned = false;
        for index in at + 1..block.stmts.len() {
            if !mentions(&block.stmts[index], var) {
                continue;
            }
            let (head, rest) = block.stmts.split_at_mut(index + 1);
            let stmt = &mut head[index];
            let private = own_accesses(stmt, var) == 0
                && (!assigned || first_inside(stmt, var) != First::Read)
                && first_of(rest, var) != First::Read;
            if !private {
                assigned = true;
                continue;
            }
            walk::blocks_of_mut(stmt, &mut |inner| {
                if inner.stmts.iter().any(|stmt| mentions(stmt, var)) {
                    let fresh = self.copy_of(var);
                    rename(inner, var, fresh);
                    inner.stmts.insert(0, Stmt::Let { var: fresh, init: None });
                }
            });
        }
        let uses: Vec<usize> =
            (at + 1..block.stmts.len()).filter(|&index| mentions(&block.stmts[index], var)).collect();
        let Some(&first) = uses.first() else {
            block.stmts.remove(at);
            return true;
        };
        let rest = &block.stmts[first + 1..];
        if assigned_once(&block.stmts[first], var) && !rest.iter().any(|stmt| writes(stmt, var)) {
            // As rustc wants a variable that it sees to be assigned.
            self.needs_init.remove(&var);
            self.f.vars[var.0].mutable = false;
        }
        let Stmt::Assign { place, op: None, value, .. } = &block.stmts[first] else { return false };
        if !is(place, var) {
            return false;
        }
        let value = value.clone();
        block.stmts[first] = Stmt::Let { var, init: Some(value) };
        block.stmts.remove(at);
        self.needs_init.remove(&var);
        let again = block.stmts[first..].iter().any(|stmt| writes(stmt, var));
        let info = &mut self.f.vars[var.0];
        (info.late, info.mutable) = (false, again);
        true
    }

    /// Another variable of the kind, for one of several places.
    fn copy_of(&mut self, var: Var) -> Var {
        let fresh = self.f.add_var(self.f.info(var).clone());
        self.needs_init.insert(fresh);
        let kinds = [
            &mut self.results,
            &mut self.unboxed,
            &mut self.boxes,
            &mut self.boxed_slices,
            &mut self.users,
            &mut self.structures,
            &mut self.given,
        ];
        for set in kinds {
            if set.contains(&var) {
                set.insert(fresh);
            }
        }
        for check in self.checks.iter_mut().filter(|check| check.vars.contains(&var)) {
            check.vars.push(fresh);
        }
        fresh
    }
}

fn mentions(stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::statement(stmt, &mut |stmt| found |= own_accesses(stmt, var) > 0);
    found
}

/// How often the variable stands in a statement, outside of the blocks in it.
fn own_accesses(stmt: &Stmt, var: Var) -> usize {
    let mut count = 0;
    walk::accesses_of_stmt(stmt, &mut |place, _| count += usize::from(place.root == var));
    walk::declared_by(stmt, &mut |declared| count += usize::from(declared == var));
    count
}

fn writes(stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::statement(stmt, &mut |stmt| {
        walk::places_written_by(stmt, &mut |place| found |= place.root == var);
    });
    found
}

fn first_of(stmts: &[Stmt], var: Var) -> First {
    for stmt in stmts {
        match first(stmt, var) {
            First::Open => {}
            known => return known,
        }
    }
    First::Open
}

fn first(stmt: &Stmt, var: Var) -> First {
    if let Stmt::Assign { place, op: None, value, .. } = stmt
        && is(place, var)
        && !reads(value, var)
    {
        return First::Assigned;
    }
    if own_accesses(stmt, var) > 0 { First::Read } else { first_inside(stmt, var) }
}

/// What the blocks of a statement do first.
fn first_inside(stmt: &Stmt, var: Var) -> First {
    let mut ways = Vec::new();
    walk::blocks_of(stmt, &mut |block| ways.push(first_of(&block.stmts, var)));
    let branches = matches!(stmt, Stmt::If { .. } | Stmt::Match { .. });
    if ways.contains(&First::Read) {
        First::Read
    } else if branches && ways.iter().all(|way| *way == First::Assigned) {
        First::Assigned
    } else {
        First::Open
    }
}

/// Whether a statement, on every path through it, assigns a variable once and before it is read.
fn assigned_once(stmt: &Stmt, var: Var) -> bool {
    if let Stmt::Assign { place, op: None, value, .. } = stmt {
        return is(place, var) && !reads(value, var);
    }
    if !matches!(stmt, Stmt::If { .. } | Stmt::Match { .. }) || own_accesses(stmt, var) > 0 {
        return false;
    }
    let mut once = true;
    walk::blocks_of(stmt, &mut |block| {
        let mut written = block.stmts.iter().filter(|stmt| mentions(stmt, var));
        once &= written.next().is_some_and(|first| assigned_once(first, var));
        once &= !written.any(|stmt| writes(stmt, var));
    });
    once
}

fn is(place: &Place, var: Var) -> bool {
    place.is_var() && place.root == var
}

fn reads(value: &Expr, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_expr(value, &mut |place, _| found |= place.root == var);
    found
}

fn rename(block: &mut Block, from: Var, to: Var) {
    walk::statements_mut(block, &mut |stmt| {
        walk::operands_of_stmt_mut(stmt, &mut |operand| rename_in(operand, from, to));
    });
}

fn rename_in(operand: OperandMut, from: Var, to: Var) {
    match operand {
        OperandMut::Expr(expr) => walk::operands_of_expr_mut(expr, &mut |inner| rename_in(inner, from, to)),
        OperandMut::Place(place, _) => {
            walk::operands_of_place_mut(place, &mut |inner| rename_in(inner, from, to));
            if place.root == from {
                place.root = to;
            }
        }
        OperandMut::Use(var, _) | OperandMut::Declare(var) => {
            if *var == from {
                *var = to;
            }
        }
    }
}
