//! The adjoint of what changes the length of a `Vec`.

use super::{Rules, Term, int};
use crate::ir::{Block, Expr, Op, Place, Proj, Stmt, VecOp};

impl Rules {
    pub(super) fn vector(&mut self, vec: &Place, op: &VecOp, out: &mut Vec<Stmt>) {
        let shadow = self.shadow_place(vec);
        let span = vec.span;
        let on_shadow = |op| Stmt::Vector { vec: shadow.clone(), op, span };
        match op {
            VecOp::Push(value) => {
                let ty = value.ty(&self.f);
                let popped = self.local("popped_bar", ty, true);
                out.push(on_shadow(VecOp::Pop(Some(popped))));
                let result = self.primal(value);
                self.propagate(value, &Place::var(popped), &result, out);
            }
            VecOp::Insert(index, value) => {
                let ty = value.ty(&self.f);
                let popped = self.local("removed_bar", ty, true);
                out.push(on_shadow(VecOp::Remove(self.primal(index), Some(popped))));
                let result = self.primal(value);
                self.propagate(value, &Place::var(popped), &result, out);
            }
            VecOp::Pop(slot) | VecOp::Remove(_, slot) => {
                let var = slot.expect("`prepare` names what is dropped");
                let value = if self.is_active(var) {
                    Expr::Move(self.shadow(var))
                } else {
                    Expr::Zero { like: Place::var(var) }
                };
                out.push(on_shadow(match op {
                    VecOp::Remove(index, _) => VecOp::Insert(self.primal(index), value),
                    VecOp::Pop(_)
                    | VecOp::Push(_)
                    | VecOp::Truncate(_)
                    | VecOp::Resize(..)
                    | VecOp::Clear
                    | VecOp::Extend(_)
                    | VecOp::Insert(..)
                    | VecOp::Reverse => VecOp::Push(value),
                }));
            }
            VecOp::Extend(src) => {
                // The primal is as before the statement: its length is where the new part began.
                let src = src.clone();
                let ty = int("usize");
                let start = self.local("start", ty.clone(), false);
                out.push(Stmt::Let { var: start, init: Some(Expr::Len(self.resolve(vec))) });
                if self.is_active_place(&src) {
                    let index = self.local("k", ty.clone(), false);
                    let at = self.local("at", ty, false);
                    let sum = Expr::prim(Op::Add, vec![Expr::read(start), Expr::read(index)]);
                    let mut body = vec![Stmt::Let { var: at, init: Some(sum) }];
                    let value = Expr::Read(shadow.project(Proj::Index(Expr::read(at))));
                    let src_k = src.project(Proj::Index(Expr::read(index)));
                    self.accumulate(&src_k, Term { value, negate: false }, &mut body);
                    // Counted by the cotangent: what was appended may be gone.
                    let added = vec![Expr::Len(shadow.clone()), Expr::read(start)];
                    out.push(self.count(index, Expr::prim(Op::Sub, added), body));
                }
                out.push(on_shadow(VecOp::Truncate(Expr::read(start))));
            }
            VecOp::Resize(_, value) => {
                // The primal is as before the statement. Where it grew, the new slots came from
                // `value`; where it shrank, the dropped ones have no cotangent.
                let ty = int("usize");
                let start = self.local("start", ty, false);
                out.push(Stmt::Let { var: start, init: Some(Expr::Len(self.resolve(vec))) });
                if self.is_active_expr(value) {
                    let index = self.local("k", int("usize"), false);
                    let mut body = Vec::new();
                    let part = shadow.project(Proj::Index(Expr::read(index)));
                    let result = self.primal(value);
                    self.propagate(value, &part, &result, &mut body);
                    out.push(Stmt::For {
                        var: index,
                        lo: Expr::read(start),
                        hi: Expr::Len(shadow.clone()),
                        rev: false,
                        body: Block { stmts: body },
                        exits: Vec::new(),
                        span,
                    });
                }
                self.fit(vec, &shadow, out);
            }
            VecOp::Truncate(_) | VecOp::Clear => self.fit(vec, &shadow, out),
            VecOp::Reverse => out.push(on_shadow(VecOp::Reverse)),
        }
    }

    /// Gives a shadow the length of its primal again: what is new is zero.
    pub(super) fn fit(&mut self, vec: &Place, shadow: &Place, out: &mut Vec<Stmt>) {
        let ty = self.f.place_ty(vec);
        let fitted = self.local("fitted_bar", ty, true);
        out.push(Stmt::Let { var: fitted, init: Some(Expr::Zero { like: self.resolve(vec) }) });
        let index = self.local("k", int("usize"), false);
        let at = Proj::Index(Expr::read(index));
        let len = Expr::Opaque {
            tokens: quote::quote!(::core::cmp::min(__hole_0, __hole_1)),
            args: vec![Expr::Len(Place::var(fitted)), Expr::Len(shadow.clone())],
            ty: int("usize"),
        };
        let copy = Stmt::Swap { a: Place::var(fitted).project(at.clone()), b: shadow.project(at) };
        out.push(self.count(index, len, vec![copy]));
        let span = vec.span;
        out.push(Stmt::Assign { place: shadow.clone(), op: None, value: Expr::Move(fitted), span });
    }
}
