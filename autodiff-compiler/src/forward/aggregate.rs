//! Tangents of structs and variants, and zeros.

use super::{Forward, tangent_path};
use crate::ir::{Expr, Place, Proj, Stmt, Ty, Var, join};
use proc_macro2::TokenStream;
use syn::Member;

impl Forward<'_> {
    // ---- structs ----

    /// A struct: which fields its tangent has is known to rustc only, so that the tangent starts
    /// as zero (or as that of `rest`), and the active fields are assigned.
    pub(super) fn structure(
        &mut self,
        path: TokenStream,
        fields: Vec<(Member, Expr)>,
        rest: Option<Box<Expr>>,
        ty: Ty,
        out: &mut Vec<Stmt>,
    ) -> (Expr, Option<Expr>) {
        let mut dots = Vec::new();
        let mut primal = Vec::new();
        for (member, value) in fields {
            let (_, passive) = ty.field(&member);
            let inert = passive || !value.ty(&self.f).may_be_active();
            let (value, dot) = self.differentiate(value, None, out);
            let dot = dot.filter(|_| !passive);
            // What moves in the primal is moved after the tangent has been computed.
            let dot = dot.map(|dot| self.keep(dot, out));
            primal.push((member.clone(), value));
            dots.push((member, dot, inert));
        }
        let (rest, rest_dot) = match rest {
            Some(rest) => {
                let (rest, dot) = self.differentiate(*rest, None, out);
                let dot = dot.map(|dot| if let Expr::Read(place) = dot { Expr::ToOwned(place) } else { dot });
                (Some(Box::new(rest)), dot)
            }
            None => (None, None),
        };
        let updates = rest_dot.is_some();
        let rest_dot = rest_dot.map(|dot| self.keep(dot, out));
        let var = self.local("value", ty.clone());
        let init = Expr::Struct { path, fields: primal, rest, ty };
        out.push(Stmt::Let { var, init: Some(init) });

        let dot = self.new_dot(var);
        self.f.vars[dot.0].mutable = true;
        let zero = || self.zero_like(var);
        let init = rest_dot.unwrap_or_else(zero);
        out.push(Stmt::Let { var: dot, init: Some(init) });
        for (member, value, inert) in dots {
            let part = Place::var(var).project(Proj::Field(member));
            let value = match value {
                Some(value) => value,
                // The field of `rest` is overwritten.
                None if updates && !inert => self.zero_at(&self.f.place_ty(&part), part.clone()),
                None => continue,
            };
            let place = self.tangent_of(&part, dot);
            let span = place.span;
            out.push(Stmt::Assign { place, op: None, value, span });
        }
        (Expr::Move(var), Some(Expr::Move(dot)))
    }

    /// A variant of an enum: the same variant of its tangent.
    pub(super) fn variant(
        &mut self,
        path: TokenStream,
        fields: Vec<(Member, Expr)>,
        ty: Ty,
        out: &mut Vec<Stmt>,
    ) -> (Expr, Option<Expr>) {
        self.one_direction();
        let mut dots = Vec::new();
        let mut primal = Vec::new();
        for (member, value) in fields {
            let (value, dot) = self.with_zero(value, out);
            primal.push((member.clone(), value));
            dots.push((member, dot));
        }
        let tangent = tangent_path(&path);
        let dot = Expr::Struct { path: tangent, fields: dots, rest: None, ty: Ty::Unknown };
        (Expr::Struct { path, fields: primal, rest: None, ty }, Some(dot))
    }

    /// Evaluates a tangent now.
    pub(super) fn keep(&mut self, dot: Expr, out: &mut Vec<Stmt>) -> Expr {
        let ty = dot.ty(&self.f);
        let copy = ty.is_copy();
        let var = self.local("part_dot", ty);
        out.push(Stmt::Let { var, init: Some(dot) });
        if copy { Expr::read(var) } else { Expr::Move(var) }
    }

    // ---- zeros ----

    /// The zero tangent of an inactive expression; `expr` is named where that takes its value.
    pub(super) fn zero_of(&mut self, expr: &mut Expr, out: &mut Vec<Stmt>) -> Expr {
        let ty = expr.ty(&self.f);
        if ty.is_float() {
            return self.scalar_zero(&ty);
        }
        // Of several integers the tangent has as many parts.
        let several = matches!(ty, Ty::Tuple(_) | Ty::Array(..) | Ty::Vec(_) | Ty::Deque(_) | Ty::Option(_));
        if !ty.may_be_active() && !several {
            return Expr::Tuple(Vec::new());
        }
        match expr {
            Expr::Tuple(items) => Expr::Tuple(self.zeros_of(items, out)),
            Expr::Array(items) => Expr::Array(self.zeros_of(items, out)),
            Expr::VecOf(items) => Expr::VecOf(self.zeros_of(items, out)),
            Expr::Repeat { elem, len } => {
                let elem = Box::new(self.zero_of(elem, out));
                Expr::Repeat { elem, len: len.clone() }
            }
            Expr::VecRepeat { elem, len } => {
                let taken = std::mem::replace(&mut **len, Expr::Tuple(Vec::new()));
                **len = self.shared(taken, out);
                let elem = Box::new(self.zero_of(elem, out));
                Expr::VecRepeat { elem, len: len.clone() }
            }
            Expr::VecNew { capacity, ty, deque } => {
                Expr::VecNew { capacity: capacity.clone(), ty: self.tangent_ty(ty), deque: *deque }
            }
            Expr::Some(value) => Expr::Some(Box::new(self.zero_of(value, out))),
            // A zero has the shape of its own tangents.
            Expr::Zero { like } if self.wide => self.zero_at(&ty, like.clone()),
            Expr::Zero { like } => Expr::Zero { like: like.clone() },
            Expr::Read(place) | Expr::ToOwned(place) => self.zero_at(&ty, place.clone()),
            // What is moved is gone when the tangent is evaluated.
            Expr::Move(var) => {
                let zero = self.zero_at(&ty, Place::var(*var));
                self.keep(zero, out)
            }
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Borrow { .. }
            | Expr::Len(_)
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. }
            | Expr::Struct { .. }
            | Expr::Take { .. }
            | Expr::Placeholder(_) => {
                let var = self.local("value", ty.clone());
                let init = std::mem::replace(expr, Expr::Move(var));
                out.push(Stmt::Let { var, init: Some(init) });
                let zero = self.zero_at(&ty, Place::var(var));
                self.keep(zero, out)
            }
        }
    }

    fn zeros_of(&mut self, items: &mut [Expr], out: &mut Vec<Stmt>) -> Vec<Expr> {
        items.iter_mut().map(|item| self.zero_of(item, out)).collect()
    }

    /// The zero tangent of `var`, just declared with the value `init`: made like `init` where it
    /// says its shape, else from the variable.
    pub(super) fn zero_beside(&self, init: &Expr, var: Var) -> Expr {
        let ty = join(self.f.info(var).ty.clone(), init.ty(&self.f));
        // Parts of a cotangent may be lent by now: what that has its shape from is there.
        let shape = if let Expr::Zero { like } = init { like.clone() } else { Place::var(var) };
        let like = || self.zero_at(&ty, shape.clone());
        if ty.is_float() {
            return like();
        }
        let zero = |elem: &Expr| {
            let ty = elem.ty(&self.f);
            ty.is_float().then(|| self.scalar_zero(&ty))
        };
        match init {
            Expr::Repeat { elem, len } => match zero(elem) {
                Some(elem) => Expr::Repeat { elem: Box::new(elem), len: len.clone() },
                None => like(),
            },
            Expr::VecRepeat { elem, .. } => match zero(elem) {
                Some(elem) => {
                    let len = Box::new(Expr::Len(Place::var(var)));
                    Expr::VecRepeat { elem: Box::new(elem), len }
                }
                None => like(),
            },
            // Only the value tells the type of such tangents, and an element may be looked at before one is there.
            Expr::VecNew { ty: Ty::Named(_), .. } if !self.wide => like(),
            Expr::VecNew { capacity, ty, deque } => {
                Expr::VecNew { capacity: capacity.clone(), ty: self.tangent_ty(ty), deque: *deque }
            }
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Read(_)
            | Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Len(_)
            | Expr::Prim { .. }
            | Expr::Select { .. }
            | Expr::Cast { .. }
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::VecOf(_)
            | Expr::Struct { .. }
            | Expr::Some(_)
            | Expr::Zero { .. }
            | Expr::Take { .. }
            | Expr::Placeholder(_) => like(),
        }
    }
}
