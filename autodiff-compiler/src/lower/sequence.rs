//! Operands in the order of the source.
//!
//! Lowering an operand leaves an expression that is evaluated later, together with its
//! siblings. Where a sibling's evaluation changes what the expression reads, it is evaluated
//! into a temporary at its own place in the order.

use super::Lowerer;
use super::scope::Operand;
use crate::ir::{Expr, Place, Proj, Stmt, Ty, walk};

impl Lowerer<'_> {
    /// Lowers operands one after the other.
    pub(super) fn sequence(
        &mut self,
        count: usize,
        lower: &mut dyn FnMut(&mut Self, usize) -> Operand,
    ) -> Vec<Operand> {
        let mut operands = Vec::with_capacity(count);
        let mut marks = Vec::with_capacity(count);
        for k in 0..count {
            operands.push(lower(self, k));
            marks.push(self.mark());
        }
        // From the last to the first, so that the marks before stay where they are.
        for k in (0..count).rev() {
            let changed = self.changes[marks[k].changes..].to_vec();
            if !changed.is_empty() {
                let operand = std::mem::replace(&mut operands[k], Operand::unit());
                operands[k] = self.protect(operand, &changed, marks[k]);
            }
        }
        operands
    }

    fn protect(&mut self, operand: Operand, changed: &[Place], mark: super::frame::Mark) -> Operand {
        match operand {
            Operand::Value(value) if self.reads_any(&value, changed) => {
                let var = self.local("t", value.ty(&self.f));
                self.insert(mark, Stmt::Let { var, init: Some(value) });
                Operand::Value(Expr::read(var))
            }
            Operand::Place(place) if changed.iter().any(|changed| self.f.may_share(changed, &place)) => {
                let ty = self.f.place_ty(&place);
                if matches!(ty, Ty::Slice(_)) || matches!(place.proj.last(), Some(Proj::Range(..))) {
                    return Operand::Place(place);
                }
                let value = Expr::Read(place);
                let var = self.local("t", ty);
                self.insert(mark, Stmt::Let { var, init: Some(value) });
                Operand::Value(Expr::read(var))
            }
            Operand::Tuple(items) => {
                let items =
                    items.into_iter().rev().map(|item| self.protect(item, changed, mark)).collect::<Vec<_>>();
                Operand::Tuple(items.into_iter().rev().collect())
            }
            // A borrowed place cannot change while it is borrowed.
            operand @ (Operand::Value(_)
            | Operand::Place(_)
            | Operand::Ref(..)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_)) => operand,
        }
    }

    /// What is assigned is evaluated before the target: `a[next(&mut k)] = k as f64`.
    pub(super) fn before_target(&mut self, value: Operand, target: &syn::Expr) -> (Operand, Operand) {
        let mark = self.mark();
        let target = self.operand(target, &Ty::Unknown);
        let changed = self.changes[mark.changes..].to_vec();
        let value = match changed.is_empty() {
            true => value,
            false => self.protect(value, &changed, mark),
        };
        (value, target)
    }

    /// The value and the target of `left op= right`: of numbers the right side is evaluated first, of what has an
    /// operator of its own, and of references, the left.
    pub(super) fn compound_operands(&mut self, binary: &syn::ExprBinary, hint: &Ty) -> (Operand, Operand) {
        let place = self.place_by_names(&binary.left).map_or(Ty::Unknown, |place| self.f.place_ty(&place));
        let called = self.has_operator(hint)
            || self.has_operator(&place)
            || matches!(*binary.right, syn::Expr::Reference(_));
        let first = called && !(self.can_be_opaque(&binary.left) && self.can_be_opaque(&binary.right));
        if !first {
            let value = self.operand(&binary.right, hint);
            return self.before_target(value, &binary.left);
        }
        let target = self.operand(&binary.left, &Ty::Unknown);
        let mark = self.mark();
        let value = self.operand(&binary.right, hint);
        let changed = self.changes[mark.changes..].to_vec();
        let target = match target {
            Operand::Place(place) => Operand::Place(self.protect_indices(place, &changed, mark)),
            Operand::Ref(place, mutable) => {
                Operand::Ref(self.protect_indices(place, &changed, mark), mutable)
            }
            operand @ (Operand::Value(_)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_)) => operand,
        };
        (value, target)
    }

    /// The place that an expression names, for its type alone: its indices stand for any.
    pub(super) fn place_by_names(&self, expr: &syn::Expr) -> Option<Place> {
        match super::stmt::unparen(expr) {
            syn::Expr::Path(path) => match self.scopes.local(&path.path.get_ident()?.to_string())? {
                Operand::Place(place) | Operand::Ref(place, _) => Some(place.clone()),
                _ => None,
            },
            syn::Expr::Field(field) => {
                Some(self.place_by_names(&field.base)?.project(Proj::Field(field.member.clone())))
            }
            syn::Expr::Index(index) if !matches!(*index.index, syn::Expr::Range(_)) => {
                let any = super::pattern::usize_lit(0);
                Some(self.place_by_names(&index.expr)?.project(Proj::Index(any)))
            }
            syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                self.place_by_names(&unary.expr)
            }
            _ => None,
        }
    }

    /// Whether `+=` of a type is a call: of a generic number, too.
    fn has_operator(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Named(_) | Ty::Generic(_) => true,
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Int(_) | Ty::Bool | Ty::Inert | Ty::Unknown => false,
            Ty::Array(..)
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Option(_)
            | Ty::Tuple(_)
            | Ty::Wide(_) => false,
        }
    }

    /// A place whose indices are found before what comes next changes them.
    fn protect_indices(&mut self, mut place: Place, changed: &[Place], mark: super::frame::Mark) -> Place {
        for step in &mut place.proj {
            if let Proj::Index(index) = step
                && self.reads_any(index, changed)
            {
                let var = self.local("i", index.ty(&self.f));
                let init = std::mem::replace(index, Expr::read(var));
                self.insert(mark, Stmt::Let { var, init: Some(init) });
            }
        }
        place
    }

    /// Whether evaluating the expression reads of one of the places.
    pub(super) fn reads_any(&self, value: &Expr, places: &[Place]) -> bool {
        let mut reads = false;
        walk::accesses_of_expr(value, &mut |place, _| {
            reads |= places.iter().any(|changed| self.f.may_share(changed, place));
        });
        reads
    }

    /// The values of several expressions, as atoms.
    pub(super) fn atoms(&mut self, exprs: &[&syn::Expr], hint: &Ty) -> Vec<Expr> {
        let operands = self.sequence(exprs.len(), &mut |this, k| {
            let operand = this.operand(exprs[k], hint);
            this.atomic_operand(operand)
        });
        operands.into_iter().map(|operand| self.value_of(operand)).collect()
    }

    /// The operand as one that [`value_of`](Self::value_of) makes an atom of.
    pub(super) fn atomic_operand(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Place(place) | Operand::Ref(place, _) => Operand::Value(Expr::Read(place)),
            other @ (Operand::Value(_)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_)) => {
                let value = self.value_of(other);
                Operand::Value(self.atomic(value))
            }
        }
    }

    /// The value of a place: read where it is `Copy`, moved where it certainly is not.
    pub(super) fn read_or_move(&self, place: Place) -> Expr {
        let info = self.f.info(place.root);
        if place.is_var()
            && info.by_ref.is_none()
            && info.view_of.is_none()
            && super::types::is_owner(&info.ty)
        {
            return Expr::Move(place.root);
        }
        // Items that are given away by value are elements that stay, perhaps of a type that is no copy.
        let ty = self.f.place_ty(&place);
        let element = matches!(place.proj.last(), Some(Proj::Index(_)));
        if element && (ty.holds_users() || super::types::is_owner(&ty)) {
            return Expr::ToOwned(place);
        }
        Expr::Read(place)
    }
}
