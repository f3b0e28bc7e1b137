//! What `Vec`s and slices do besides being indexed.

use super::Lowerer;
use super::deque::is_of_deques;
use super::scope::{Maybe, Operand};
use super::shapes;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Stmt, Ty, VecOp};
use quote::quote;
use std::rc::Rc;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// The methods of slices and `Vec`s on a place; `None` where the method is none of them.
    pub(super) fn sequence_method(
        &mut self,
        name: &str,
        place: &Place,
        args: &[&syn::Expr],
        call: &syn::ExprMethodCall,
    ) -> Option<Operand> {
        let span = call.span();
        // Nothing else has a front and a back.
        if place.is_var() && is_of_deques(name) {
            self.refine(place.root, &Ty::Deque(Box::new(Ty::Unknown)));
        }
        let ty = self.f.place_ty(place);
        if let Ty::Deque(_) = ty
            && let Some(found) = self.deque_method(name, place, args, call)
        {
            return Some(found);
        }
        let known = matches!(ty, Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_));
        if !known && !matches!(ty, Ty::Unknown) {
            return None;
        }
        let known = known || shapes::key_of(&call.receiver).is_some_and(|key| self.sequences.contains(&key));
        let item = ty.element();
        let vector = |this: &mut Self, op: VecOp| {
            this.emit(Stmt::Vector { vec: place.clone(), op, span });
            Some(Operand::unit())
        };
        const OF_LISTS: [&str; 14] = [
            "len",
            "is_empty",
            "swap",
            "push",
            "clear",
            "reverse",
            "truncate",
            "first",
            "last",
            "get",
            "reserve",
            "retain",
            "iter",
            "with_capacity",
        ];
        if self.is_list(place) && !OF_LISTS.contains(&name) {
            return self.refuse_list(place, call);
        }
        match (name, args) {
            ("len", []) => Some(Operand::Value(self.length(place))),
            ("is_empty", []) => {
                let len = self.length(place);
                Some(Operand::Value(Expr::prim(Op::Eq, vec![len, super::pattern::usize_lit(0)])))
            }
            ("as_slice" | "as_ref", []) => Some(Operand::Ref(place.clone(), false)),
            ("as_mut_slice" | "as_mut", []) => Some(Operand::Ref(place.clone(), true)),
            ("to_vec" | "into_vec" | "to_owned", []) if known => {
                Some(Operand::Value(Expr::ToOwned(place.clone())))
            }
            ("into_boxed_slice", []) if known => {
                let items = match self.read_or_move(place.clone()) {
                    Expr::Read(place) => Expr::ToOwned(place),
                    moved => moved,
                };
                let var = self.temp_var("items", items);
                self.boxed_slices.insert(var);
                Some(Operand::var(var))
            }
            ("swap", [i, j]) => {
                let indices = [i, j].map(|index| self.count_of(index));
                let [a, b] = indices.map(|index| place.project(Proj::Index(index)));
                self.emit(Stmt::Swap { a, b });
                Some(Operand::unit())
            }
            ("fill", [value]) => {
                let value = self.value(value, &item);
                let value = self.atomic(value);
                self.emit(Stmt::Fill { place: place.clone(), value });
                Some(Operand::unit())
            }
            ("copy_from_slice" | "clone_from_slice", [source]) => {
                let operand = self.operand(source, &Ty::Unknown);
                let (Operand::Ref(src, _) | Operand::Place(src)) = self.located(operand, "t") else {
                    return Some(self.refuse(*source, message::UNKNOWN_SYNTAX));
                };
                self.emit(Stmt::CopyFrom { dst: place.clone(), src });
                Some(Operand::unit())
            }
            ("copy_within", [range, to]) => {
                let syn::Expr::Range(range) = unparen(range) else {
                    return Some(self.refuse(*range, message::UNKNOWN_SYNTAX));
                };
                let (lo, hi) = self.range_bounds(range);
                let source = place.project(Proj::Range(lo, hi));
                let copy = Place::var(self.temp_var("moved", Expr::ToOwned(source)));
                let lo = self.count_of(to);
                let len = self.length(&copy);
                let hi = self.index_atom(Expr::prim(Op::Add, vec![lo.clone(), len]));
                let dst = place.project(Proj::Range(Some(lo), Some(hi)));
                self.emit(Stmt::CopyFrom { dst, src: copy });
                Some(Operand::unit())
            }
            ("swap_with_slice", [other]) => {
                let operand = self.operand(other, &Ty::Unknown);
                let (Operand::Ref(other, _) | Operand::Place(other)) = self.located(operand, "t") else {
                    return Some(self.refuse(*other, message::UNKNOWN_SYNTAX));
                };
                self.swap_elements(place, &other, span);
                Some(Operand::unit())
            }
            ("push" | "push_back", [value]) => {
                if self.is_reference(value) || self.is_list(place) {
                    let item = self.operand(value, &item);
                    if self.push_reference(place, &item, span) {
                        return Some(Operand::unit());
                    }
                }
                let value = self.component(value, &item);
                if place.is_var() {
                    let item = Box::new(value.ty(&self.f));
                    let ty = if matches!(ty, Ty::Deque(_)) { Ty::Deque(item) } else { Ty::Vec(item) };
                    self.refine(place.root, &ty);
                }
                vector(self, VecOp::Push(value))
            }
            ("pop" | "pop_back", []) => Some(self.pop(place, span)),
            ("clear", []) => vector(self, VecOp::Clear),
            ("reverse", []) => vector(self, VecOp::Reverse),
            ("truncate", [len]) => {
                let len = self.count_of(len);
                vector(self, VecOp::Truncate(len))
            }
            ("resize", [len, value]) => {
                let len = self.count_of(len);
                let value = self.component(value, &item);
                vector(self, VecOp::Resize(len, value))
            }
            ("insert", [index, value]) if known => {
                let index = self.count_of(index);
                let value = self.component(value, &item);
                vector(self, VecOp::Insert(index, value))
            }
            ("remove", [index]) if known => {
                let index = self.count_of(index);
                let var = self.local("removed", item);
                vector(self, VecOp::Remove(index, Some(var)));
                Some(Operand::var(var))
            }
            ("extend_from_slice", [source]) => self.extend(place, source, span),
            ("extend", [source]) => {
                let stream = self.iterable(source);
                let place = place.clone();
                let exit: [crate::ir::Var; 0] = [];
                self.drive(&stream, &exit, span, &mut |this, item| {
                    let value = match item {
                        Operand::Ref(item, _) => this.read_or_move(item),
                        item => this.owned(item),
                    };
                    let value = this.stored(value);
                    this.emit(Stmt::Vector { vec: place.clone(), op: VecOp::Push(value), span });
                });
                Some(Operand::unit())
            }
            ("append", [other]) => {
                let Operand::Ref(src, _) = self.operand(other, &Ty::Unknown) else {
                    return Some(self.refuse(*other, message::UNKNOWN_SYNTAX));
                };
                self.emit(Stmt::Vector { vec: place.clone(), op: VecOp::Extend(src.clone()), span });
                self.emit(Stmt::Vector { vec: src, op: VecOp::Clear, span });
                Some(Operand::unit())
            }
            ("reserve" | "shrink_to_fit" | "reserve_exact", _) => {
                for arg in args {
                    self.effect(arg);
                }
                Some(Operand::unit())
            }
            ("push_front", [value]) => {
                let value = self.component(value, &item);
                if place.is_var() {
                    let ty = Ty::Vec(Box::new(value.ty(&self.f)));
                    self.refine(place.root, &ty);
                }
                vector(self, VecOp::Insert(super::pattern::usize_lit(0), value))
            }
            ("first" | "first_mut" | "front" | "front_mut", []) => {
                Some(self.element(place, super::pattern::usize_lit(0), name.ends_with("mut")))
            }
            ("last" | "last_mut" | "back" | "back_mut", []) => {
                let len = self.length(place);
                let some = Expr::prim(Op::Ne, vec![len.clone(), super::pattern::usize_lit(0)]);
                // Computed where it is read, since the `Vec` may be empty.
                let last = Expr::prim(Op::Sub, vec![self.at_least_one(len), super::pattern::usize_lit(1)]);
                let index = self.index_atom(last);
                if self.is_list(place) {
                    return Some(self.listed_if(place, some, index));
                }
                let payload = Operand::Ref(place.project(Proj::Index(index)), name.ends_with("mut"));
                Some(Operand::Maybe(Rc::new(Maybe { some, payload })))
            }
            ("get" | "get_mut", [index]) => {
                if let syn::Expr::Range(range) = unparen(index) {
                    return self.part(place, range, name.ends_with("mut"));
                }
                let index = self.count_of(index);
                Some(self.element(place, index, name.ends_with("mut")))
            }
            ("split_at" | "split_at_mut", [at]) => {
                let at = self.count_of(at);
                let mutable = name.ends_with("mut");
                let zero = super::pattern::usize_lit(0);
                let left = Operand::Ref(place.project(Proj::Range(Some(zero), Some(at.clone()))), mutable);
                let right = Operand::Ref(place.project(Proj::Range(Some(at), None)), mutable);
                Some(Operand::Tuple(vec![left, right]))
            }
            ("split_first" | "split_last" | "split_first_mut" | "split_last_mut", []) => {
                Some(self.split_end(place, name))
            }
            ("rotate_left" | "rotate_right", [count]) if known => {
                let count = self.count_of(count);
                self.rotate(place, count, name == "rotate_left", span);
                Some(Operand::unit())
            }
            ("sort_by_key" | "sort_unstable_by_key" | "sort_by_cached_key", [key])
                if let Some(compare) = by_key(key) =>
            {
                self.sort(place, &compare, call.span());
                Some(Operand::unit())
            }
            ("sort_by" | "sort_unstable_by", [compare]) => {
                self.sort(place, compare, span);
                Some(Operand::unit())
            }
            // In full order, which puts the one asked for in its place too.
            ("select_nth_unstable_by", [at, compare]) => {
                let at = self.count_of(at);
                self.sort(place, compare, span);
                let after = self.index_atom(super::expr::plus_one(at.clone()));
                let parts = [
                    Proj::Range(Some(super::pattern::usize_lit(0)), Some(at.clone())),
                    Proj::Index(at),
                    Proj::Range(Some(after), None),
                ];
                let parts = parts.map(|part| Operand::Ref(place.project(part), true));
                Some(Operand::Tuple(parts.into()))
            }
            _ => self.defined_on_sequence(name, place, args, known, span),
        }
    }

    /// Whether an expression names or makes a reference to something active that is not copied.
    fn is_reference(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Reference(reference) => {
                reference.mutability.is_none() && !self.type_of(&reference.expr).is_copy()
            }
            syn::Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.scopes.local(&name.to_string()))
                .is_some_and(|local| matches!(local, Operand::Ref(_, false)) && self.is_elsewhere(local)),
            _ => false,
        }
    }

    /// `len.max(1)`
    fn at_least_one(&mut self, len: Expr) -> Expr {
        self.at_least(len, super::pattern::usize_lit(1))
    }

    /// `len.max(least)`
    pub(super) fn at_least(&mut self, len: Expr, least: Expr) -> Expr {
        match crate::primitives::Primitive::from_method("max") {
            Some(max) if !matches!(len, Expr::Lit(_)) => Expr::prim(Op::Fn(max), vec![len, least]),
            _ => len,
        }
    }

    /// `slice.get(a..b)`
    fn part(&mut self, place: &Place, range: &syn::ExprRange, mutable: bool) -> Option<Operand> {
        let len = self.length(place);
        let lo = match &range.start {
            Some(start) => self.count_of(start),
            None => super::pattern::usize_lit(0),
        };
        let hi = match (&range.end, &range.limits) {
            (None, _) => len.clone(),
            (Some(end), syn::RangeLimits::HalfOpen(_)) => self.count_of(end),
            (Some(end), syn::RangeLimits::Closed(_)) => {
                let last = self.count_of(end);
                self.index_atom(super::expr::plus_one(last))
            }
        };
        let below = Expr::prim(Op::Le, vec![lo.clone(), hi.clone()]);
        let within = Expr::prim(Op::Le, vec![hi.clone(), len]);
        let some = Expr::prim(Op::And, vec![below, within]);
        let payload = Operand::Ref(place.project(Proj::Range(Some(lo), Some(hi))), mutable);
        Some(Operand::Maybe(Rc::new(Maybe { some, payload })))
    }

    fn element(&mut self, place: &Place, index: Expr, mutable: bool) -> Operand {
        let len = self.length(place);
        let some = Expr::prim(Op::Lt, vec![index.clone(), len]);
        if self.is_list(place) {
            return self.listed_if(place, some, index);
        }
        let payload = Operand::Ref(place.project(Proj::Index(index)), mutable);
        Operand::Maybe(Rc::new(Maybe { some, payload }))
    }

    fn split_end(&mut self, place: &Place, name: &str) -> Operand {
        let mutable = name.ends_with("mut");
        let len = self.length(place);
        let some = Expr::prim(Op::Ne, vec![len.clone(), super::pattern::usize_lit(0)]);
        let part = |proj: Proj| Operand::Ref(place.project(proj), mutable);
        let (end, rest) = if name.starts_with("split_first") {
            let one = super::pattern::usize_lit(1);
            (part(Proj::Index(super::pattern::usize_lit(0))), part(Proj::Range(Some(one), None)))
        } else {
            let last = Expr::prim(Op::Sub, vec![self.at_least_one(len), super::pattern::usize_lit(1)]);
            let last = self.index_atom(last);
            let zero = super::pattern::usize_lit(0);
            (part(Proj::Index(last.clone())), part(Proj::Range(Some(zero), Some(last))))
        };
        Operand::Maybe(Rc::new(Maybe { some, payload: Operand::Tuple(vec![end, rest]) }))
    }

    /// `vec.pop()`: taken off where it is there, into a variable that is read only then.
    fn pop(&mut self, place: &Place, span: proc_macro2::Span) -> Operand {
        let len = Expr::Len(place.clone());
        let some =
            Expr::read(self.temp_var("some", Expr::prim(Op::Ne, vec![len, super::pattern::usize_lit(0)])));
        self.taken_if(place, some, VecOp::Pop(None), span)
    }

    fn extend(&mut self, place: &Place, source: &syn::Expr, span: proc_macro2::Span) -> Option<Operand> {
        let operand = self.operand(source, &Ty::Unknown);
        let (Operand::Ref(src, _) | Operand::Place(src)) = self.located(operand, "t") else {
            return Some(self.refuse(source, message::UNKNOWN_SYNTAX));
        };
        self.emit(Stmt::Vector { vec: place.clone(), op: VecOp::Extend(src), span });
        Some(Operand::unit())
    }

    /// Two slices swapped element by element.
    fn swap_elements(&mut self, a: &Place, b: &Place, span: proc_macro2::Span) {
        let hi = self.length(a);
        let var = self.local("i", super::types::usize_ty());
        let since = self.changes.len();
        let body = self.looped(|this| {
            let index = Proj::Index(Expr::read(var));
            this.emit(Stmt::Swap { a: a.project(index.clone()), b: b.project(index) });
        });
        let lo = super::pattern::usize_lit(0);
        self.emit_loop(body, &[], false, since, |body, exits| Stmt::For {
            var,
            lo,
            hi,
            rev: false,
            body,
            exits,
            span,
        });
    }

    /// `rotate_left(k)`: a copy, written back shifted.
    fn rotate(&mut self, place: &Place, count: Expr, left: bool, span: proc_macro2::Span) {
        let copy = self.temp_var("rotated", Expr::ToOwned(place.clone()));
        let len = self.length(place);
        let var = self.local("i", super::types::usize_ty());
        let since = self.changes.len();
        let hi = len.clone();
        let body = self.looped(|this| {
            let shift = match left {
                true => count,
                false => Expr::prim(Op::Sub, vec![len.clone(), count]),
            };
            let from = Expr::prim(Op::Rem, vec![Expr::prim(Op::Add, vec![Expr::read(var), shift]), len]);
            let from = this.index_atom(from);
            let value = this.read_or_move(Place::var(copy).project(Proj::Index(from)));
            this.emit(Stmt::Assign {
                place: place.project(Proj::Index(Expr::read(var))),
                op: None,
                value,
                span,
            });
        });
        let lo = super::pattern::usize_lit(0);
        self.emit_loop(body, &[], false, since, |body, exits| Stmt::For {
            var,
            lo,
            hi,
            rev: false,
            body,
            exits,
            span,
        });
    }

    /// A stable sort by comparison: the order is found on the values, which has no derivative;
    /// then the elements are moved, which has.
    fn sort(&mut self, place: &Place, compare: &syn::Expr, span: proc_macro2::Span) {
        if !matches!(unparen(compare), syn::Expr::Closure(_) | syn::Expr::Path(_)) {
            return self.error(compare, message::SORT);
        }
        let closure = match unparen(compare) {
            syn::Expr::Closure(closure) => closure.clone(),
            path => match syn::parse2(quote!(|__a, __b| #path(__a, __b))) {
                Ok(syn::Expr::Closure(closure)) => closure,
                _ => return self.error(compare, message::SORT),
            },
        };
        if closure.inputs.len() != 2 {
            return self.error(compare, message::SORT);
        }
        let whole = syn::Expr::Closure(closure);
        let (tokens, mut args, _) = self.opaque_parts(&whole);
        let slice = args.len();
        args.push(Expr::Borrow { place: place.clone(), mutable: false });
        let hole = quote::format_ident!("__hole_{slice}");
        let krate = &self.krate;
        let order = Expr::Opaque {
            tokens: quote!(#krate::rt::sorted_order(#hole, #tokens)),
            args,
            ty: Ty::Vec(Box::new(super::types::usize_ty())),
        };
        let order = self.temp_var("order", order);
        let copy = self.temp_var("unsorted", Expr::ToOwned(place.clone()));
        let hi = self.length(place);
        let var = self.local("i", super::types::usize_ty());
        let since = self.changes.len();
        let frame = self.looped(|this| {
            let from = Expr::Read(Place::var(order).project(Proj::Index(Expr::read(var))));
            let from = this.index_atom(from);
            let value = this.read_or_move(Place::var(copy).project(Proj::Index(from)));
            this.emit(Stmt::Assign {
                place: place.project(Proj::Index(Expr::read(var))),
                op: None,
                value,
                span,
            });
        });
        let lo = super::pattern::usize_lit(0);
        self.emit_loop(frame, &[], false, since, |body, exits| Stmt::For {
            var,
            lo,
            hi,
            rev: false,
            body,
            exits,
            span,
        });
    }
}

/// The comparison by a key, which can be ordered and so has no derivative.
fn by_key(key: &syn::Expr) -> Option<syn::Expr> {
    let side = |of: syn::Ident| -> Option<syn::Expr> {
        match unparen(key) {
            syn::Expr::Closure(closure) if closure.inputs.len() == 1 => {
                let (pat, body) = (&closure.inputs[0], &closure.body);
                Some(syn::parse_quote!({ let #pat = #of; #body }))
            }
            syn::Expr::Path(path) => Some(syn::parse_quote!(#path(#of))),
            _ => None,
        }
    };
    let (one, other) = (side(quote::format_ident!("__a"))?, side(quote::format_ident!("__b"))?);
    Some(syn::parse_quote!(|__a, __b| ::core::cmp::Ord::cmp(&#one, &#other)))
}
