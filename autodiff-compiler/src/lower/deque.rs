//! What a `VecDeque` does that a `Vec` does not, or does otherwise.

use super::Lowerer;
use super::pattern::usize_lit;
use super::scope::{Maybe, Operand};
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Stmt, Ty, VecOp};
use proc_macro2::Span;
use quote::quote_spanned;
use std::rc::Rc;
use syn::spanned::Spanned;

/// Whether a method is one of `VecDeque`s alone.
pub(super) fn is_of_deques(name: &str) -> bool {
    matches!(name, "push_back" | "push_front" | "pop_back" | "pop_front")
}

impl Lowerer<'_> {
    /// A method of a place that is a `VecDeque`; `None` where it is what it is of a `Vec`.
    pub(super) fn deque_method(
        &mut self,
        name: &str,
        place: &Place,
        args: &[&syn::Expr],
        call: &syn::ExprMethodCall,
    ) -> Option<Operand> {
        let span = call.span();
        let item = self.f.place_ty(place).element();
        match (name, args) {
            ("push_front", [value]) => {
                let value = self.component(value, &item);
                if place.is_var() {
                    let ty = Ty::Deque(Box::new(value.ty(&self.f)));
                    self.refine(place.root, &ty);
                }
                let op = VecOp::Insert(usize_lit(0), value);
                self.emit(Stmt::Vector { vec: place.clone(), op, span });
                Some(Operand::unit())
            }
            ("pop_front", []) => Some(self.removed(place, usize_lit(0), span)),
            ("remove", [index]) => {
                let index = self.count_of(index);
                Some(self.removed(place, index, span))
            }
            ("make_contiguous", []) => Some(Operand::Ref(place.project(Proj::Range(None, None)), true)),
            // Where the first of the two ends is nobody's business.
            ("as_slices" | "as_mut_slices", []) => Some(self.refuse(call, message::DEQUE_SLICES)),
            ("split_off", [at]) => {
                let at = Operand::Value(self.count_of(at));
                let body = quote_spanned! {span=> {
                    let mut tail = VecDeque::new();
                    for index in at..v.len() {
                        tail.push_back(v[index].clone());
                    }
                    v.truncate(at);
                    tail
                }};
                let params = vec![("v", Operand::Ref(place.clone(), true)), ("at", at)];
                Some(self.defined(params, body, &Ty::Deque(Box::new(item)), span))
            }
            ("swap_remove_back" | "swap_remove_front", [at]) => {
                let at = Operand::Value(self.count_of(at));
                let body = match name {
                    "swap_remove_back" => quote_spanned! {span=> {
                        if at < v.len() { let last = v.len() - 1; v.swap(at, last); v.pop_back() } else { None }
                    }},
                    _ => quote_spanned! {span=> {
                        if at < v.len() { v.swap(at, 0usize); v.pop_front() } else { None }
                    }},
                };
                let params = vec![("v", Operand::Ref(place.clone(), true)), ("at", at)];
                Some(self.defined(params, body, &Ty::Option(Box::new(item)), span))
            }
            _ => None,
        }
    }

    /// `deque.remove(index)`: taken out where it is there, into a variable that is read only then.
    fn removed(&mut self, place: &Place, index: Expr, span: Span) -> Operand {
        let len = Expr::Len(place.clone());
        let some = Expr::read(self.temp_var("some", Expr::prim(Op::Lt, vec![index.clone(), len])));
        self.taken_if(place, some, VecOp::Remove(index, None), span)
    }

    /// What an operation takes out of a `Vec` where a condition holds.
    pub(super) fn taken_if(&mut self, place: &Place, some: Expr, op: VecOp, span: Span) -> Operand {
        let item = self.f.place_ty(place).element();
        let slot = self.slot("popped", item.clone());
        self.needs_init.insert(slot);
        let place = place.clone();
        self.when(
            some.clone(),
            |this| {
                let var = this.local("item", item);
                let op = match op {
                    VecOp::Remove(index, _) => VecOp::Remove(index, Some(var)),
                    VecOp::Pop(_)
                    | VecOp::Push(_)
                    | VecOp::Truncate(_)
                    | VecOp::Resize(..)
                    | VecOp::Clear
                    | VecOp::Extend(_)
                    | VecOp::Insert(..)
                    | VecOp::Reverse => VecOp::Pop(Some(var)),
                };
                this.emit(Stmt::Vector { vec: place, op, span });
                let value = this.read_or_move(Place::var(var));
                this.assign_slot(slot, value);
            },
            |_| {},
        );
        Operand::Maybe(Rc::new(Maybe { some, payload: Operand::var(slot) }))
    }

    /// A `VecDeque` of the elements of something, or a `Vec` of those of a `VecDeque`.
    pub(super) fn sequence_of(&mut self, operand: Operand, deque: bool) -> Operand {
        let ty = self.operand_ty(&operand);
        if deque == matches!(ty, Ty::Deque(_)) && !matches!(ty, Ty::Array(..)) {
            return self.owned_copy(operand);
        }
        let src = match self.located(operand, "t") {
            Operand::Place(src) | Operand::Ref(src, _) => src,
            other @ (Operand::Value(_)
            | Operand::Tuple(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_)) => return self.owned_copy(other),
        };
        let item = self.f.place_ty(&src).element();
        let ty = match deque {
            true => Ty::Deque(Box::new(item.clone())),
            false => Ty::Vec(Box::new(item.clone())),
        };
        let out = self.local("items", ty);
        self.f.vars[out.0].mutable = true;
        let capacity = Some(Box::new(self.length(&src)));
        self.emit(Stmt::Let { var: out, init: Some(Expr::VecNew { capacity, ty: item, deque }) });
        let span = src.span;
        self.emit(Stmt::Vector { vec: Place::var(out), op: VecOp::Extend(src), span });
        Operand::var(out)
    }
}
