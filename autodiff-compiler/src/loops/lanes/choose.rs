//! Branches as selections, so that lanes on either side of a condition run beside each other.
//!
//! `if c { s += e } else { y = f }` becomes `s += if c { e } else { -0.0 }; y = if c { y } else { f }`.
//! What is cheap and cannot fail is computed on both sides; everything else stays behind its
//! condition.

use super::simple::{conditional, rename, text};
use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Cotangents and the variables whose shape they have.
pub type Shapes = BTreeMap<Var, Var>;

/// The statements without branches; `None` where a branch has more in it than scalars.
pub fn branchless(f: &mut Function, stmts: &[Stmt], shapes: &Shapes) -> Option<Vec<Stmt>> {
    let mut choosing = Choosing {
        f,
        shapes,
        sure: BTreeSet::new(),
        named: BTreeSet::new(),
        renamed: BTreeMap::new(),
        out: Vec::new(),
    };
    for stmt in stmts {
        choosing.note_sure(stmt);
    }
    choosing.stmts(stmts, None, &[])?;
    choosing.compute_arms();
    Some(choosing.out)
}

struct Choosing<'a> {
    f: &'a mut Function,
    shapes: &'a Shapes,
    /// Elements that every iteration touches, so that touching them cannot fail elsewhere.
    sure: BTreeSet<String>,
    /// Variables that have been declared.
    named: BTreeSet<Var>,
    /// Variables declared without a value, which have one from the start here, and those that a branch before
    /// declares too.
    renamed: BTreeMap<Var, Var>,
    out: Vec<Stmt>,
}

impl Choosing<'_> {
    fn note_sure(&mut self, stmt: &Stmt) {
        let mut lazily = BTreeSet::new();
        conditional(stmt, &mut lazily);
        walk::accesses_of_stmt(stmt, &mut |place, _| {
            if !lazily.contains(&text(place)) {
                self.sure.insert(text(&self.primal(place)));
            }
        });
    }

    /// An element of a cotangent is there if that of the value is.
    fn primal(&self, place: &Place) -> Place {
        match (place.proj.as_slice(), self.shapes.get(&place.root)) {
            ([Proj::Index(_)], Some(primal)) => place.with_root(*primal),
            _ => place.clone(),
        }
    }

    fn is_sure(&self, place: &Place) -> bool {
        let indexed = place.proj.iter().any(|step| !matches!(step, Proj::Field(_)));
        !indexed || self.sure.contains(&text(&self.primal(place)))
    }

    /// The statements as they are where `cond` holds, a variable. Of what both sides of a branch do,
    /// the values have names instead, in the order of `shared`.
    fn stmts(&mut self, stmts: &[Stmt], cond: Option<Var>, shared: &[usize]) -> Option<Vec<Var>> {
        let mut values: Vec<(usize, Var)> = Vec::new();
        for (pos, stmt) in stmts.iter().enumerate() {
            let mut stmt = stmt.clone();
            if let Stmt::If { cond: inner, then, els } = stmt {
                self.branch(inner, &then, &els, cond)?;
                continue;
            }
            walk::operands_of_stmt_mut(&mut stmt, &mut |operand| rename(operand, &self.renamed));
            if let Stmt::Let { var, init: None } = stmt {
                self.late(var)?;
                continue;
            }
            // What one branch computes and another computes again are two variables beside each other.
            if let Stmt::Let { var, .. } = &mut stmt
                && !self.named.insert(*var)
            {
                let again = self.f.add_var(self.f.info(*var).clone());
                self.renamed.insert(*var, again);
                *var = again;
            }
            let Some(cond) = cond else {
                self.out.push(stmt);
                continue;
            };
            if let Some(place) = shared.iter().position(|shared| *shared == pos) {
                values.push((place, self.value_of(stmt, cond)?));
                continue;
            }
            let stmt = self.chosen(stmt, cond)?;
            self.out.push(stmt);
        }
        values.sort_unstable();
        Some(values.into_iter().map(|(_, value)| value).collect())
    }

    /// A name for what a statement assigns or adds.
    fn value_of(&mut self, stmt: Stmt, cond: Var) -> Option<Var> {
        let (Stmt::Assign { place, value, .. } | Stmt::Accumulate { place, value, .. }) = stmt else {
            return None;
        };
        let ty = self.f.place_ty(&place);
        let nothing = zero(&ty)?;
        let value = if self.is_free(&value) { value } else { if_holds(cond, value, nothing) };
        let var = self.f.add_var(VarInfo::local("t", ty, Span::call_site()));
        self.out.push(Stmt::Let { var, init: Some(value) });
        Some(var)
    }

    fn branch(&mut self, mut on: Expr, then: &Block, els: &Block, outer: Option<Var>) -> Option<()> {
        if contains_take(&on) {
            return None;
        }
        rename(OperandMut::Expr(&mut on), &self.renamed);
        let both = |cond: Expr| match outer {
            Some(outer) => Expr::prim(Op::And, vec![Expr::read(outer), cond]),
            None => cond,
        };
        let holds = self.name(both(on));
        let fails =
            (!els.stmts.is_empty()).then(|| self.name(both(Expr::prim(Op::Not, vec![Expr::read(holds)]))));
        let (mut in_then, mut in_els) = (Vec::new(), Vec::new());
        for (pos, stmt) in then.stmts.iter().enumerate() {
            if let Some(partner) = partner(self.f, (stmt, &then.stmts), &els.stmts) {
                in_then.push(pos);
                in_els.push(partner);
            }
        }
        let left = self.stmts(&then.stmts, Some(holds), &in_then)?;
        let Some(fails) = fails else { return Some(()) };
        let right = self.stmts(&els.stmts, Some(fails), &in_els)?;
        for ((pos, left), right) in in_then.into_iter().zip(left).zip(right) {
            let mut stmt = then.stmts[pos].clone();
            walk::operands_of_stmt_mut(&mut stmt, &mut |operand| rename(operand, &self.renamed));
            let (Stmt::Assign { place, value, .. } | Stmt::Accumulate { place, value, .. }) = &mut stmt
            else {
                unreachable!("partners assign or add")
            };
            if !self.is_sure(place) {
                return None;
            }
            *value = if_holds(holds, Expr::read(left), Expr::read(right));
            let stmt = match outer {
                Some(outer) => self.chosen(stmt, outer)?,
                None => stmt,
            };
            self.out.push(stmt);
        }
        Some(())
    }

    fn name(&mut self, cond: Expr) -> Var {
        let var = self.f.add_var(VarInfo::local("cond", Ty::Bool, Span::call_site()));
        self.out.push(Stmt::Let { var, init: Some(cond) });
        var
    }

    /// A variable that the branches give its value.
    fn late(&mut self, var: Var) -> Option<()> {
        let info = self.f.info(var);
        let zero = zero(&info.ty)?;
        let info = VarInfo { late: false, boxed: false, mutable: true, ..info.clone() };
        let fresh = self.f.add_var(info);
        self.renamed.insert(var, fresh);
        self.out.push(Stmt::Let { var: fresh, init: Some(zero) });
        Some(())
    }

    /// What a statement is to an iteration in which `cond` may hold.
    fn chosen(&self, stmt: Stmt, cond: Var) -> Option<Stmt> {
        match stmt {
            Stmt::Let { var, init: Some(init) } => {
                let init = if self.is_free(&init) { init } else { if_holds(cond, init, self.zero_of(var)?) };
                Some(Stmt::Let { var, init: Some(init) })
            }
            Stmt::Assign { place, op, value, span } => {
                if !self.is_sure(&place) {
                    return None;
                }
                let ty = self.f.place_ty(&place);
                let old = Expr::Read(place.clone());
                let (op, value) = match op {
                    // What adds nothing, not even the sign of a zero.
                    Some(op @ (Op::Add | Op::Sub)) => {
                        let nothing = match (op, ty.is_float()) {
                            (Op::Add, true) => Expr::prim(Op::Neg, vec![Expr::Const(0.0, ty)]),
                            _ => zero(&ty)?,
                        };
                        (Some(op), if_holds(cond, value, nothing))
                    }
                    Some(op) => (None, if_holds(cond, Expr::prim(op, vec![old.clone(), value]), old)),
                    None => (None, if_holds(cond, value, old)),
                };
                Some(Stmt::Assign { place, op, value, span })
            }
            Stmt::Accumulate { place, value, negate } => {
                if !self.is_sure(&place) {
                    return None;
                }
                let nothing = zero(&self.f.place_ty(&place))?;
                Some(Stmt::Accumulate { place, value: if_holds(cond, value, nothing), negate })
            }
            Stmt::Let { init: None, .. }
            | Stmt::View { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::If { .. }
            | Stmt::Match { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::Call(_)
            | Stmt::Vector { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_)
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Replace { .. }
            | Stmt::Pull { .. } => None,
        }
    }

    /// Gives the arms of selections names where both may be computed: LLVM takes a selection between
    /// values for what it is, one between computations for a branch.
    fn compute_arms(&mut self) {
        for mut stmt in std::mem::take(&mut self.out) {
            match &mut stmt {
                Stmt::Let { init: Some(value), .. }
                | Stmt::Assign { value, .. }
                | Stmt::Accumulate { value, .. } => self.compute_arms_of(value),
                _ => {}
            }
            self.out.push(stmt);
        }
    }

    fn compute_arms_of(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Prim { op: Op::And | Op::Or, args, .. } => self.compute_arms_of(&mut args[0]),
            Expr::Prim { args, .. } => args.iter_mut().for_each(|arg| self.compute_arms_of(arg)),
            Expr::Cast { arg, .. } => self.compute_arms_of(arg),
            Expr::Select { cond, then, els } => {
                self.compute_arms_of(cond);
                for arm in [then, els] {
                    let ty = arm.ty(self.f);
                    if arm.is_atom() || !ty.is_float() || !self.is_free(arm) {
                        continue;
                    }
                    self.compute_arms_of(arm);
                    let var = self.f.add_var(VarInfo::local("t", ty, Span::call_site()));
                    let init = std::mem::replace(&mut **arm, Expr::read(var));
                    self.out.push(Stmt::Let { var, init: Some(init) });
                }
            }
            _ => {}
        }
    }

    fn zero_of(&self, var: Var) -> Option<Expr> {
        zero(&self.f.info(var).ty)
    }

    /// Whether an expression may be computed where its value is not used: it is cheap and cannot
    /// fail.
    fn is_free(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Lit(_) | Expr::Const(..) => true,
            Expr::Read(place) => self.is_sure(place),
            Expr::Prim { op, args, .. } => {
                let cheap = match op {
                    Op::Fn(primitive) => !primitive.is_library_call(),
                    Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Neg => expr.ty(self.f).is_float(),
                    Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::And | Op::Or | Op::Not => true,
                    Op::Rem | Op::BitAnd | Op::BitOr | Op::BitXor | Op::Shl | Op::Shr => false,
                };
                cheap && args.iter().all(|arg| self.is_free(arg))
            }
            Expr::Select { cond, then, els } => [cond, then, els].iter().all(|part| self.is_free(part)),
            Expr::Cast { arg, .. } => self.is_free(arg),
            Expr::Zero { like } => self.f.place_ty(like).is_float(),
            Expr::Opaque { .. }
            | Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Len(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat { .. }
            | Expr::VecOf(_)
            | Expr::VecRepeat { .. }
            | Expr::VecNew { .. }
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Take { .. }
            | Expr::Placeholder(_) => false,
        }
    }
}

/// The statement on the other side of a branch that does the same to the same place with another
/// value, where neither side uses the place otherwise.
fn partner(f: &Function, (stmt, side): (&Stmt, &[Stmt]), other: &[Stmt]) -> Option<usize> {
    let of = |stmt: &Stmt| match stmt {
        Stmt::Assign { place, op: op @ (None | Some(Op::Add | Op::Sub)), .. } => {
            Some((place.clone(), *op, false))
        }
        Stmt::Accumulate { place, negate, .. } => Some((place.clone(), None, *negate)),
        _ => None,
    };
    let (place, op, negate) = of(stmt)?;
    let same_kind = |other: &Stmt| {
        std::mem::discriminant(other) == std::mem::discriminant(stmt)
            && of(other).is_some_and(|(target, other_op, negated)| {
                text(&target) == text(&place) && other_op == op && negated == negate
            })
    };
    let found = other.iter().position(same_kind)?;
    let root = f.storage(place.root);
    let uses = |stmts: &[Stmt]| {
        let mut count = 0;
        for stmt in stmts {
            walk::statement(stmt, &mut |inner| {
                walk::accesses_of_stmt(inner, &mut |place, _| {
                    count += usize::from(f.storage(place.root) == root)
                });
                walk::declared_by(inner, &mut |var| count += usize::from(f.storage(var) == root));
            });
        }
        count
    };
    (uses(side) == 1 && uses(other) == 1).then_some(found)
}

fn if_holds(cond: Var, then: Expr, els: Expr) -> Expr {
    Expr::Select { cond: Box::new(Expr::read(cond)), then: Box::new(then), els: Box::new(els) }
}

/// Zero, of the types that lanes are made of.
fn zero(ty: &Ty) -> Option<Expr> {
    match ty {
        Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) => Some(Expr::Const(0.0, ty.clone())),
        Ty::Int(_) => Some(Expr::Lit(syn::Lit::Int(syn::LitInt::new("0", Span::call_site())))),
        Ty::Bool => Some(Expr::Lit(syn::Lit::Bool(syn::LitBool::new(false, Span::call_site())))),
        Ty::Inert
        | Ty::Array(..)
        | Ty::Slice(_)
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Wide(_)
        | Ty::Named(_)
        | Ty::Unknown => None,
    }
}

fn contains_take(expr: &Expr) -> bool {
    let mut found = false;
    walk::subexprs(expr, &mut |part| found |= matches!(part, Expr::Take { .. }));
    found
}
