//! Which type integers have whose type nobody wrote: `i` in `for i in 0..300` is a `usize` where it is
//! an index or compared to one.
//!
//! A reverse sweep computes such integers again, but does not do all with them that told rustc the
//! type: alone they would be `i32`, and overflow where the function's do not.

use crate::ir::walk::{self, Operand};
use crate::ir::{Expr, Function, Op, Place, Proj, Stmt, Ty, Var};
use syn::Ident;

/// Gives integers the type that rustc will find for them.
pub fn settle_integers(f: &mut Function) {
    let mut classes = Classes { f, parents: (0..f.vars.len()).collect(), types: Vec::new() };
    classes.types = f.vars.iter().map(|info| named(&info.ty)).collect();
    walk::statements(&f.body, &mut |stmt| classes.stmt(stmt));
    for info in &f.vars {
        if let Some(place) = &info.view_of {
            classes.place(place);
        }
    }
    let found: Vec<Option<Ident>> = (0..f.vars.len()).map(|var| classes.type_of(var)).collect();
    for (info, found) in f.vars.iter_mut().zip(found) {
        if let (Ty::Int(None), Some(name)) = (&info.ty, found) {
            info.ty = Ty::Int(Some(name));
        }
    }
}

fn named(ty: &Ty) -> Option<Ident> {
    match ty {
        Ty::Int(name) => name.clone(),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Wide(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Array(..)
        | Ty::Slice(_)
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Named(_)
        | Ty::Unknown => None,
    }
}

/// Integers of the same type: the variables first, then what has a type by itself.
struct Classes<'f> {
    f: &'f Function,
    parents: Vec<usize>,
    types: Vec<Option<Ident>>,
}

impl Classes<'_> {
    fn root(&self, mut at: usize) -> usize {
        while self.parents[at] != at {
            at = self.parents[at];
        }
        at
    }

    fn type_of(&self, at: usize) -> Option<Ident> {
        self.types[self.root(at)].clone()
    }

    fn typed(&mut self, ty: Option<Ident>) -> Option<usize> {
        let ty = ty?;
        self.parents.push(self.parents.len());
        self.types.push(Some(ty));
        Some(self.parents.len() - 1)
    }

    fn unify(&mut self, a: Option<usize>, b: Option<usize>) {
        let (Some(a), Some(b)) = (a, b) else { return };
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.types[b] = self.types[b].take().or(self.types[a].take());
            self.parents[a] = b;
        }
    }

    fn var(&self, var: Var) -> Option<usize> {
        matches!(self.f.info(var).ty, Ty::Int(_)).then_some(var.0)
    }

    fn stmt(&mut self, stmt: &Stmt) {
        walk::operands_of_stmt(stmt, &mut |operand| match operand {
            Operand::Expr(expr) => _ = self.expr(expr),
            Operand::Place(place, _) => self.place(place),
            Operand::Use(..) | Operand::Declare(_) => {}
        });
        match stmt {
            Stmt::Let { var, init: Some(init) } => {
                let init = self.expr(init);
                self.unify(self.var(*var), init);
            }
            // What a shift is by may have another type.
            Stmt::Assign { op: Some(Op::Shl | Op::Shr), .. } => {}
            Stmt::Assign { place, value, .. } if place.is_var() => {
                let value = self.expr(value);
                self.unify(self.var(place.root), value);
            }
            Stmt::For { var, lo, hi, .. } => {
                for end in [lo, hi] {
                    let end = self.expr(end);
                    self.unify(self.var(*var), end);
                }
            }
            Stmt::Let { init: None, .. }
            | Stmt::View { .. }
            | Stmt::Assign { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::If { .. }
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
            | Stmt::Pull { .. } => {}
        }
    }

    /// Indices are `usize`.
    fn place(&mut self, place: &Place) {
        // What a user's type is indexed by may be anything.
        let mut ty = self.f.info(place.root).ty.clone();
        for step in &place.proj {
            let sequence = matches!(ty, Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_));
            let indices: Vec<&Expr> = match step {
                Proj::Index(index) => vec![index],
                Proj::Range(lo, hi) => lo.iter().chain(hi).collect(),
                Proj::Field(_) | Proj::Deref | Proj::Payload => Vec::new(),
            };
            for index in indices {
                let index = self.expr(index);
                if sequence {
                    let usize_ = self.typed(named(&super::types::usize_ty()));
                    self.unify(index, usize_);
                }
            }
            ty = match (step, ty) {
                (Proj::Index(_), Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item)) => {
                    *item
                }
                (Proj::Range(..), ty) => ty,
                _ => Ty::Unknown,
            };
        }
    }

    /// The class of an integer.
    fn expr(&mut self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Read(place) => {
                self.place(place);
                match place.is_var() {
                    true => self.var(place.root),
                    false => self.typed(named(&self.f.place_ty(place))),
                }
            }
            Expr::Prim { op, args, .. } => {
                let classes: Vec<Option<usize>> = args.iter().map(|arg| self.expr(arg)).collect();
                match op {
                    Op::Shl | Op::Shr => classes[0],
                    Op::Add
                    | Op::Sub
                    | Op::Mul
                    | Op::Div
                    | Op::Rem
                    | Op::BitAnd
                    | Op::BitOr
                    | Op::BitXor
                    | Op::Neg
                    | Op::Not => {
                        let found = classes.iter().copied().flatten().next();
                        classes.into_iter().for_each(|class| self.unify(class, found));
                        found
                    }
                    Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                        self.unify(classes[0], classes[1]);
                        None
                    }
                    Op::And | Op::Or | Op::Fn(_) => None,
                }
            }
            Expr::Select { cond, then, els } => {
                self.expr(cond);
                let (then, els) = (self.expr(then), self.expr(els));
                self.unify(then, els);
                then.or(els)
            }
            Expr::Lit(_) | Expr::Len(_) | Expr::Cast { .. } | Expr::Opaque { .. } => {
                walk::operands_of_expr(expr, &mut |operand| {
                    if let Operand::Expr(part) = operand {
                        self.expr(part);
                    }
                });
                self.typed(named(&expr.ty(self.f)))
            }
            Expr::Const(..)
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
            | Expr::Take { .. }
            | Expr::Placeholder(_) => {
                walk::operands_of_expr(expr, &mut |operand| {
                    if let Operand::Expr(part) = operand {
                        self.expr(part);
                    }
                });
                None
            }
        }
    }
}
