//! Makes derivative code read, and cost, like code written by hand. Every step keeps the values:
//! results are equal with this pass left out.
//!
//! * *First touch*: `let x_bar = 0; …; x_bar += e` becomes `let x_bar = e` where nothing touches
//!   `x_bar` in between.
//! * *Inlining*: a temporary that is read once, directly, becomes part of the expression that
//!   reads it, where nothing that it reads is written in between.
//! * *Copies* of immutable variables vanish.
//! * Empty branches and loops of the reverse sweep vanish.

use crate::ir::walk::{self, Operand, OperandMut};
use crate::ir::{Block, Expr, Function, Op, Outcome, Place, Stmt, Ty, Var};
use std::collections::{BTreeMap, BTreeSet};

/// How many nodes an expression may have to be written into another one.
const LARGEST: usize = 24;

/// How far a temporary is carried to its use.
const REACH: usize = 64;

/// Simplifies blocks that stand in one scope after another: the body of a function, or its
/// forward sweep and then its reverse sweep. `outside` are variables that something else uses.
pub fn simplify(f: &mut Function, blocks: &mut [&mut Block], outside: &[Var]) {
    know_scalars(f, blocks);
    let mut kept: BTreeSet<Var> = outside.iter().copied().collect();
    walk::accesses_of_expr(&f.result, &mut |place, _| _ = kept.insert(place.root));
    for block in blocks.iter_mut() {
        first_touch(f, block, &kept);
    }
    settle(f, blocks);
    unalias(f, blocks, &kept);
    let mut simplifier = Simplifier { uses: BTreeMap::new(), f };
    simplifier.count(blocks, outside);
    for block in blocks.iter_mut() {
        simplifier.block(block);
    }
    for block in blocks.iter_mut() {
        prune(block);
    }
}

/// The first touches alone, for what is differentiated again: a zero that is added to at once
/// would have a tangent and lend its shape to that.
pub fn begin_cotangents(f: &mut Function, blocks: &mut [&mut Block], outside: &[Var]) {
    let mut kept: BTreeSet<Var> = outside.iter().copied().collect();
    walk::accesses_of_expr(&f.result, &mut |place, _| _ = kept.insert(place.root));
    for block in blocks.iter_mut() {
        first_touch(f, block, &kept);
    }
    settle(f, blocks);
}

struct Simplifier<'a> {
    f: &'a mut Function,
    /// How often each variable is mentioned other than by its declaration.
    uses: BTreeMap<Var, usize>,
}

impl Simplifier<'_> {
    fn count(&mut self, blocks: &mut [&mut Block], outside: &[Var]) {
        let mut uses: BTreeMap<Var, usize> = BTreeMap::new();
        for block in blocks.iter() {
            walk::statements(block, &mut |stmt| {
                walk::accesses_of_stmt(stmt, &mut |place, _| *uses.entry(place.root).or_default() += 1);
                if let Stmt::View { var } = stmt
                    && let Some(base) = &self.f.info(*var).view_of
                {
                    let mut count = |var: Var| *uses.entry(var).or_default() += 2;
                    count(base.root);
                    walk::accesses_of_place(base, &mut |index, _| count(index.root));
                }
            });
        }
        for info in &self.f.vars {
            if let Some(base) = &info.view_of {
                // A view may be named after its declaration: its indices stay variables.
                walk::accesses_of_place(base, &mut |index, _| *uses.entry(index.root).or_default() += 2);
            }
        }
        for var in outside {
            *uses.entry(*var).or_default() += 2;
        }
        walk::accesses_of_expr(&self.f.result, &mut |place, _| *uses.entry(place.root).or_default() += 2);
        self.uses = uses;
    }

    fn block(&mut self, block: &mut Block) {
        for stmt in &mut block.stmts {
            walk::blocks_of_mut(stmt, &mut |inner| self.block(inner));
        }
        let mut carried = BTreeSet::new();
        for index in 0..block.stmts.len() {
            let Some(target) = self.target(block, index, &carried) else { continue };
            let Stmt::Let { var, init: Some(init) } = &block.stmts[index] else {
                unreachable!("only definitions are carried")
            };
            let (var, init) = (*var, init.clone());
            substitute(&mut block.stmts[target], var, &init);
            carried.insert(index);
        }
        if !carried.is_empty() {
            let mut index = 0;
            block.stmts.retain(|_| {
                index += 1;
                !carried.contains(&(index - 1))
            });
        }
        for stmt in &mut block.stmts {
            fold(stmt);
        }
    }

    /// The statement into which the definition at `index` can be carried.
    fn target(&self, block: &Block, index: usize, carried: &BTreeSet<usize>) -> Option<usize> {
        let Stmt::Let { var, init: Some(init) } = &block.stmts[index] else { return None };
        let info = self.f.info(*var);
        if info.mutable || info.boxed || self.uses.get(var) != Some(&1) || !self.can_move(init) {
            return None;
        }
        let mut size = 0;
        walk::subexprs(init, &mut |_| size += 1);
        if size > LARGEST {
            return None;
        }
        let mut reads: BTreeSet<Var> = BTreeSet::new();
        let mut taken: BTreeSet<Var> = BTreeSet::new();
        // Views that are `&mut` have to live as long as what is read through them.
        let mut views: Vec<Place> = Vec::new();
        let mut through: BTreeSet<Var> = BTreeSet::new();
        walk::accesses_of_expr(init, &mut |place, access| {
            let resolved = self.f.resolve(place);
            if let info = self.f.info(place.root)
                && let (Some(base), Some(true)) = (&info.view_of, info.by_ref)
            {
                through.insert(place.root);
                views.push(self.f.resolve(base));
            }
            if access.writes() {
                taken.insert(resolved.root);
            }
            reads.insert(resolved.root);
            walk::accesses_of_place(&resolved, &mut |index, _| _ = reads.insert(self.f.origin(index.root)));
        });
        for (offset, stmt) in block.stmts[index + 1..].iter().take(REACH).enumerate() {
            if carried.contains(&(index + 1 + offset)) {
                continue;
            }
            let mut beside = false;
            if !views.is_empty() {
                walk::statement(stmt, &mut |inner| {
                    walk::accesses_of_stmt(inner, &mut |place, _| {
                        let at = self.f.resolve(place);
                        beside |= !through.contains(&place.root)
                            && views.iter().any(|base| self.f.may_share(base, &at));
                    });
                });
            }
            if beside {
                return None;
            }
            let mut mentions = 0;
            count_whole_reads(stmt, *var, &mut mentions);
            if mentions == 1 {
                // A length inside the index of what is written would lend the place twice.
                let bound = matches!(stmt, Stmt::For { .. }) || !mentions_len(init);
                let there = !gives_away(self.f, stmt, &reads);
                // What is taken is gone whatever a condition says.
                let always = taken.is_empty() || !is_conditional(stmt, *var);
                return (accepts(stmt) && bound && there && always).then_some(index + 1 + offset);
            }
            let mut blocked = false;
            walk::statement(stmt, &mut |inner| {
                blocked |= matches!(
                    inner,
                    Stmt::Effect { .. } | Stmt::Call(_) | Stmt::Pull { .. } | Stmt::Bail { .. }
                );
                blocked |= gives_away(self.f, inner, &reads);
                // What a view lends mutably cannot be read while it lives.
                if let Stmt::View { var: view } = inner {
                    let lent = self.f.info(*view).by_ref == Some(true);
                    blocked |= lent && reads.contains(&self.f.origin(*view));
                }
                walk::accesses_of_stmt(inner, &mut |place, access| {
                    blocked |= place.root == *var;
                    let storage = self.f.origin(place.root);
                    blocked |= access.writes() && reads.contains(&storage) || taken.contains(&storage);
                });
            });
            if blocked {
                return None;
            }
        }
        None
    }

    /// Whether the expression means the same at another place: it is not a bare constant, whose
    /// type may come from the variable's, and it is a scalar.
    fn can_move(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Read(place) => {
                let ty = self.f.place_ty(place);
                ty.is_float() || ty.is_int() || matches!(ty, crate::ir::Ty::Bool)
            }
            Expr::Prim { op, args, .. } => {
                // Two temporaries of unknown type may be aggregates whose operators take references.
                !matches!(op, Op::And | Op::Or) && args.iter().any(reads_something)
            }
            Expr::Select { .. } => true,
            Expr::Cast { arg, .. } => reads_something(arg),
            Expr::Len(_) => true,
            Expr::Take { like, .. } => self.f.place_ty(like).is_float(),
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Zero { .. }
            | Expr::Placeholder(_) => false,
        }
    }
}

/// Whether what a statement evaluates moves or takes one of some variables: what reads them after that,
/// in the same statement too, would find them gone.
fn gives_away(f: &Function, stmt: &Stmt, vars: &BTreeSet<Var>) -> bool {
    fn gone(f: &Function, operand: Operand, vars: &BTreeSet<Var>) -> bool {
        let Operand::Expr(expr) = operand else { return false };
        let moved = matches!(expr, Expr::Move(var) if vars.contains(&f.origin(*var)));
        let taken = matches!(expr, Expr::Take { shadow, .. } if vars.contains(&f.origin(shadow.root)));
        let mut found = moved || taken;
        walk::operands_of_expr(expr, &mut |inner| found |= gone(f, inner, vars));
        found
    }
    let mut found = false;
    walk::operands_of_stmt(stmt, &mut |operand| found |= gone(f, operand, vars));
    found
}

fn mentions_len(expr: &Expr) -> bool {
    let mut found = false;
    walk::subexprs(expr, &mut |part| found |= matches!(part, Expr::Len(_)));
    found
}

fn reads_something(expr: &Expr) -> bool {
    let mut found = false;
    walk::accesses_of_expr(expr, &mut |_, _| found = true);
    found
}

/// Whether an expression may be written into the statement in place of a variable: a tree in
/// the holes of the user's own tokens would be harder to read, and could meet a reference.
fn accepts(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Let { .. }
        | Stmt::Assign { .. }
        | Stmt::Accumulate { .. }
        | Stmt::If { .. }
        | Stmt::For { .. }
        | Stmt::Fill { .. }
        | Stmt::Replace { .. } => true,
        Stmt::View { .. }
        | Stmt::Swap { .. }
        | Stmt::CopyFrom { .. }
        | Stmt::Match { .. }
        | Stmt::While { .. }
        | Stmt::Call(_)
        | Stmt::Vector { .. }
        | Stmt::Effect { .. }
        | Stmt::Bail { .. }
        | Stmt::Item(_)
        | Stmt::RecordNew { .. }
        | Stmt::RecordPush { .. }
        | Stmt::RecordPop { .. }
        | Stmt::Pull { .. } => false,
    }
}

/// Counts the reads of `var` as a whole value that stand in the statement itself, outside of
/// user tokens.
fn count_whole_reads(stmt: &Stmt, var: Var, count: &mut usize) {
    fn visit(operand: Operand, var: Var, count: &mut usize) {
        match operand {
            Operand::Expr(Expr::Read(place)) if place.is_var() && place.root == var => *count += 1,
            Operand::Expr(Expr::Opaque { .. }) => {}
            Operand::Expr(expr) => walk::operands_of_expr(expr, &mut |inner| visit(inner, var, count)),
            Operand::Place(place, _) => walk::operands_of_place(place, &mut |inner| visit(inner, var, count)),
            Operand::Use(..) | Operand::Declare(_) => {}
        }
    }
    walk::operands_of_stmt(stmt, &mut |operand| visit(operand, var, count));
}

/// Whether a variable is read where only a condition leads.
fn is_conditional(stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::operands_of_stmt(stmt, &mut |operand| {
        let Operand::Expr(expr) = operand else { return };
        walk::conditional_parts(expr, &mut |part| {
            walk::accesses_of_expr(part, &mut |place, _| found |= place.root == var);
        });
    });
    found
}

fn substitute(stmt: &mut Stmt, var: Var, value: &Expr) {
    walk::rewrite_stmt(stmt, &mut |expr| match expr {
        Expr::Read(place) if place.is_var() && place.root == var => value.clone(),
        other => other,
    });
}

/// `x += -e` is `x -= e`; `--e` is `e`.
fn fold(stmt: &mut Stmt) {
    if let Stmt::Accumulate { value, negate, .. } = stmt {
        while let Expr::Prim { op: Op::Neg, args, .. } = value {
            *value = args.remove(0);
            *negate = !*negate;
        }
    }
}

/// Moves the zero of a cotangent into the first thing that is added to it.
fn first_touch(f: &mut Function, block: &mut Block, kept: &BTreeSet<Var>) {
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| first_touch(f, inner, kept));
    }
    // The first statement of this list that mentions each variable declared zero in it.
    let mut zeros: BTreeMap<Var, usize> = BTreeMap::new();
    let mut first: BTreeMap<Var, usize> = BTreeMap::new();
    for (index, stmt) in block.stmts.iter().enumerate() {
        let mut note = |var: Var| {
            if zeros.contains_key(&var) {
                first.entry(var).or_insert(index);
            }
        };
        walk::statement(stmt, &mut |inner| {
            walk::accesses_of_stmt(inner, &mut |place, _| note(place.root));
            if let Stmt::View { var } = inner
                && let Some(base) = &f.info(*var).view_of
            {
                note(base.root);
            }
        });
        if let Stmt::Let { var, init: Some(init) } = stmt
            && is_zero(init)
        {
            zeros.insert(*var, index);
        }
    }
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    let mut sunk: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut order: Vec<(&Var, &usize)> = zeros.iter().collect();
    order.sort();
    for (var, &at) in order {
        let Some(&target) = first.get(var) else {
            if !kept.contains(var) {
                dropped.insert(at);
            }
            continue;
        };
        let defines = match &block.stmts[target] {
            Stmt::Accumulate { place, value, .. } if place.is_var() && place.root == *var => {
                !mentions(value, *var) && (f.info(*var).ty.is_float() || !matches!(value, Expr::Read(_)))
            }
            _ => false,
        };
        if defines {
            let Stmt::Accumulate { value, negate, .. } = &block.stmts[target] else { unreachable!() };
            let mut value = value.clone();
            if *negate {
                value = Expr::prim(Op::Neg, vec![value]);
            }
            block.stmts[target] = Stmt::Let { var: *var, init: Some(value) };
            dropped.insert(at);
        } else if let Stmt::Let { init: Some(init), .. } = &block.stmts[at]
            && is_steady(f, init, &block.stmts[at + 1..target])
        {
            // Declared where it is used, if its shape is the same there.
            sunk.entry(target).or_default().push(at);
        }
    }
    let moved: BTreeSet<usize> = sunk.values().flatten().copied().collect();
    let old = std::mem::take(&mut block.stmts);
    let mut slots: Vec<Option<Stmt>> = old.into_iter().map(Some).collect();
    for index in 0..slots.len() {
        for &at in sunk.get(&index).into_iter().flatten() {
            block.stmts.extend(slots[at].take());
        }
        if !moved.contains(&index) && !dropped.contains(&index) {
            block.stmts.extend(slots[index].take());
        }
    }
}

/// A zero that a derivative introduced.
fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Zero { .. }) || matches!(expr, Expr::Const(value, _) if *value == 0.0)
}

/// Whether a zero has the same shape after statements as before: what it is like is neither changed nor moved.
fn is_steady(f: &Function, zero: &Expr, stmts: &[Stmt]) -> bool {
    let Expr::Zero { like } = zero else { return true };
    let shape = f.origin(like.root);
    crate::reverse::has_static_shape(&f.place_ty(like))
        || stmts.iter().all(|stmt| {
            let mut same = true;
            walk::statement(stmt, &mut |inner| {
                walk::places_written_by(inner, &mut |place| same &= f.origin(place.root) != shape);
                walk::declared_by(inner, &mut |declared| same &= declared != shape);
                walk::operands_of_stmt(inner, &mut |operand| {
                    if let Operand::Expr(expr) = operand {
                        walk::subexprs(expr, &mut |part| same &= !is_move_of(part, shape));
                    }
                });
            });
            same
        })
}

fn is_move_of(expr: &Expr, var: Var) -> bool {
    matches!(expr, Expr::Move(moved) if *moved == var)
}

/// A scalar that is another name for an immutable one becomes that one.
fn unalias(f: &Function, blocks: &mut [&mut Block], kept: &BTreeSet<Var>) {
    let mut aliases: BTreeMap<Var, Option<Var>> = BTreeMap::new();
    for block in blocks.iter() {
        walk::statements(block, &mut |stmt| {
            let original = match stmt {
                Stmt::Let { var, init: Some(Expr::Read(place)) } if place.is_var() => {
                    let (alias, original) = (f.info(*var), f.info(place.root));
                    let scalar = original.ty.is_float() || original.ty.is_int();
                    let plain = |info: &crate::ir::VarInfo| {
                        !info.mutable
                            && !info.late
                            && !info.boxed
                            && info.by_ref.is_none()
                            && info.view_of.is_none()
                    };
                    let same = std::mem::discriminant(&alias.ty) == std::mem::discriminant(&original.ty);
                    (scalar && same && plain(alias) && plain(original) && !kept.contains(var))
                        .then_some(place.root)
                }
                _ => None,
            };
            walk::declared_by(stmt, &mut |var| {
                aliases
                    .entry(var)
                    .and_modify(|known| {
                        if *known != original {
                            *known = None;
                        }
                    })
                    .or_insert(original);
            });
        });
    }
    // Views and patterns name variables outside of statements.
    for info in &f.vars {
        if let Some(base) = &info.view_of {
            walk::accesses_of_place(base, &mut |index, _| _ = aliases.insert(index.root, None));
        }
    }
    let aliases: BTreeMap<Var, Var> =
        aliases.into_iter().filter_map(|(var, original)| Some((var, original?))).collect();
    if aliases.is_empty() {
        return;
    }
    let original = |var: Var| {
        let mut var = var;
        while let Some(next) = aliases.get(&var) {
            var = *next;
        }
        var
    };
    for block in blocks.iter_mut() {
        drop_aliases(block, &aliases);
        walk::statements_mut(block, &mut |stmt| {
            walk::operands_of_stmt_mut(stmt, &mut |operand| rename(operand, &original));
        });
    }
}

fn rename(operand: OperandMut, map: &dyn Fn(Var) -> Var) {
    match operand {
        OperandMut::Expr(expr) => walk::operands_of_expr_mut(expr, &mut |inner| rename(inner, map)),
        OperandMut::Place(place, _) => {
            place.root = map(place.root);
            walk::operands_of_place_mut(place, &mut |inner| rename(inner, map));
        }
        OperandMut::Use(var, _) => *var = map(*var),
        OperandMut::Declare(_) => {}
    }
}

fn drop_aliases(block: &mut Block, aliases: &BTreeMap<Var, Var>) {
    block.stmts.retain(|stmt| !matches!(stmt, Stmt::Let { var, .. } if aliases.contains_key(var)));
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| drop_aliases(inner, aliases));
    }
}

/// What is defined by a scalar is one, and an owned copy of a scalar is a read.
fn know_scalars(f: &mut Function, blocks: &mut [&mut Block]) {
    let is_scalar = |ty: &Ty| ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool);
    for block in blocks.iter_mut() {
        walk::statements_mut(block, &mut |stmt| {
            walk::rewrite_stmt(stmt, &mut |expr| match expr {
                Expr::ToOwned(place) if is_scalar(&f.place_ty(&place)) => Expr::Read(place),
                other => other,
            });
            if let Stmt::Let { var, init: Some(init) } = stmt
                && matches!(f.info(*var).ty, Ty::Unknown)
                && f.info(*var).by_ref.is_none()
            {
                let ty = match init {
                    Expr::Read(place) | Expr::Zero { like: place } => f.place_ty(place),
                    Expr::Move(var) => f.info(*var).ty.clone(),
                    _ => Ty::Unknown,
                };
                if ty.is_float() {
                    f.vars[var.0].ty = ty;
                }
            }
            // The cotangent of a float is a float.
            if let Stmt::Pull { seed, call, .. } = stmt
                && call.outcome == Outcome::Value
                && matches!(f.info(call.result).ty, Ty::Unknown)
                && seed.ty(f).is_float()
            {
                f.vars[call.result.0].ty = seed.ty(f);
            }
        });
    }
}

/// A cotangent that is not changed after its definition is an immutable variable.
fn settle(f: &mut Function, blocks: &[&mut Block]) {
    let mut changed: BTreeSet<Var> = BTreeSet::new();
    let mut declared: BTreeSet<Var> = BTreeSet::new();
    for block in blocks {
        walk::statements(block, &mut |stmt| {
            walk::places_written_by(stmt, &mut |place| {
                changed.insert(place.root);
                changed.insert(f.origin(place.root));
            });
            match stmt {
                Stmt::Let { var, init: Some(init) } if !matches!(init, Expr::Zero { .. }) => {
                    declared.insert(*var);
                }
                // Through a view that is `&mut`, whether or not it is written through.
                Stmt::View { var } if f.info(*var).by_ref == Some(true) => {
                    changed.insert(f.origin(*var));
                }
                Stmt::Match { on, mutable: true, .. } => {
                    changed.insert(f.origin(on.root));
                }
                _ => {}
            }
        });
    }
    for var in declared.difference(&changed) {
        if f.info(*var).view_of.is_none() && f.info(*var).by_ref.is_none() {
            f.vars[var.0].mutable = false;
        }
    }
}

fn mentions(expr: &Expr, var: Var) -> bool {
    let mut found = false;
    walk::accesses_of_expr(expr, &mut |place, _| found |= place.root == var);
    found
}

/// Drops branches and loops in which nothing happens.
fn prune(block: &mut Block) {
    for stmt in &mut block.stmts {
        walk::blocks_of_mut(stmt, &mut |inner| prune(inner));
    }
    block.stmts.retain(|stmt| match stmt {
        Stmt::If { then, els, .. } => !(then.stmts.is_empty() && els.stmts.is_empty()),
        Stmt::For { body, exits, .. } => !(body.stmts.is_empty() && exits.is_empty()),
        Stmt::Let { .. }
        | Stmt::View { .. }
        | Stmt::Assign { .. }
        | Stmt::Swap { .. }
        | Stmt::CopyFrom { .. }
        | Stmt::Fill { .. }
        | Stmt::Match { .. }
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
        | Stmt::Pull { .. } => true,
    });
}
