//! Forward mode in several directions at once: every tangent of a float is a [`Ty::Wide`].
//!
//! The statements are those of one direction. What needs a tangent whose shape or whose rule is
//! another function's or another type's, which know of one direction only, has no wide form.

use super::{Forward, Tangent, run};
use crate::analyze::activity::Activity;
use crate::ir::{Expr, FieldTy, Function, Named, Op, Pattern, Place, Proj, Ty};
use std::rc::Rc;
use syn::Member;

/// Transforms a function as [`forward`](super::forward) does, for several directions; `None`:
/// there is no wide form of it.
pub fn forward_wide(f: &Function, activity: &Activity) -> Option<Tangent> {
    let (tangent, narrow) = run(f, activity, true);
    (!narrow).then_some(tangent)
}

impl Forward<'_> {
    /// Notes that something has a tangent in one direction only.
    pub(super) fn one_direction(&self) {
        self.narrow.set(self.narrow.get() || self.wide);
    }

    /// The type of a tangent: that of the primal with `()` for what has no derivative.
    pub(super) fn tangent_ty(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) if self.wide => Ty::Wide(Box::new(ty.clone())),
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => ty.clone(),
            Ty::Int(_) | Ty::Bool | Ty::Inert => Ty::UNIT,
            Ty::Named(named) if self.wide && named.inert.is_some() => Ty::UNIT,
            Ty::Array(item, len) => Ty::Array(Box::new(self.tangent_ty(item)), len.clone()),
            Ty::Slice(item) => Ty::Slice(Box::new(self.tangent_ty(item))),
            Ty::Vec(item) => Ty::Vec(Box::new(self.tangent_ty(item))),
            Ty::Deque(item) => {
                self.one_direction();
                Ty::Deque(Box::new(self.tangent_ty(item)))
            }
            Ty::Tuple(items) => Ty::Tuple(items.iter().map(|item| self.tangent_ty(item)).collect()),
            Ty::Option(item) => Ty::Option(Box::new(self.tangent_ty(item))),
            // The fields in their order: no type of the user's has wide tangents.
            Ty::Named(named) if self.wide && named.parts().is_some() => {
                let parts = named.parts().unwrap_or_default();
                Ty::Tuple(parts.iter().map(|(_, ty)| self.tangent_ty(ty)).collect())
            }
            // `NameTangent`, but written nowhere.
            Ty::Named(named) => {
                self.one_direction();
                let Some(fields) = &named.fields else { return Ty::Unknown };
                let fields = fields.iter().map(|field| FieldTy {
                    ty: if field.passive { Ty::UNIT } else { self.tangent_ty(&field.ty) },
                    ..field.clone()
                });
                let fields = Some(Rc::new(fields.collect()));
                Ty::Named(Box::new(Named { written: syn::parse_quote!(_), fields, inert: None }))
            }
            Ty::Unknown => {
                // A product with it has the generic float on the left.
                if !self.f.float_generics.is_empty() {
                    self.one_direction();
                }
                Ty::Unknown
            }
        }
    }

    /// The zero tangent of a float of type `ty`.
    pub(super) fn scalar_zero(&self, ty: &Ty) -> Expr {
        Expr::Const(0.0, self.tangent_ty(ty))
    }

    /// The zero tangent of a place of type `ty`.
    pub(super) fn zero_at(&self, ty: &Ty, like: Place) -> Expr {
        if ty.is_float() {
            return self.scalar_zero(ty);
        }
        if self.wide
            && let Some(zero) = self.wide_zero(ty, Some(&like))
        {
            return zero;
        }
        self.one_direction();
        Expr::Zero { like }
    }

    /// A zero whose shape is known; `like` gives the length of a slice.
    fn wide_zero(&self, ty: &Ty, like: Option<&Place>) -> Option<Expr> {
        Some(match ty {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => self.scalar_zero(ty),
            Ty::Int(_) | Ty::Bool | Ty::Inert => Expr::Tuple(Vec::new()),
            Ty::Array(item, len) if self.tangent_ty(item).is_copy() => {
                Expr::Repeat { elem: Box::new(self.wide_zero(item, None)?), len: len.clone() }
            }
            Ty::Slice(item) | Ty::Vec(item) if self.tangent_ty(item).is_copy() => Expr::VecRepeat {
                elem: Box::new(self.wide_zero(item, None)?),
                len: Box::new(Expr::Len(like?.clone())),
            },
            Ty::Tuple(items) => {
                let zero = |(k, item)| {
                    let place = like.map(|like| like.project(Proj::Field(syn::Member::from(k))));
                    self.wide_zero(item, place.as_ref())
                };
                Expr::Tuple(items.iter().enumerate().map(zero).collect::<Option<_>>()?)
            }
            Ty::Named(named) if named.inert.is_some() => Expr::Tuple(Vec::new()),
            Ty::Named(named) => {
                let zero = |(member, ty): (_, Ty)| {
                    let place = like.map(|like| like.project(Proj::Field(member)));
                    self.wide_zero(&ty, place.as_ref())
                };
                Expr::Tuple(named.parts()?.into_iter().map(zero).collect::<Option<_>>()?)
            }
            Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Option(_) | Ty::Unknown => {
                return None;
            }
        })
    }

    /// The tangent of a place with the fields of structs by their numbers.
    pub(super) fn numbered(&self, place: &Place, mut dot: Place) -> Place {
        for (k, step) in dot.proj.iter_mut().enumerate() {
            let whole = Place { proj: place.proj[..k].to_vec(), ..place.clone() };
            let whole = self.f.place_ty(&whole);
            // A type's own index is one of its tangents, and of no tuple.
            if let (Proj::Index(_) | Proj::Range(..), Ty::Named(_)) = (&*step, &whole) {
                self.one_direction();
            }
            let Proj::Field(member) = step else { continue };
            match self.number(&whole, member) {
                Some(number) => *member = number,
                None => self.one_direction(),
            }
        }
        dot
    }

    /// The number of a field in the tuple that is the wide tangent of a struct.
    pub(super) fn number(&self, of: &Ty, member: &Member) -> Option<Member> {
        let Ty::Named(named) = of else {
            return matches!(member, Member::Unnamed(_)).then(|| member.clone());
        };
        let parts = named.parts()?;
        parts.iter().position(|(known, _)| known == member).map(Member::from)
    }

    /// A product of a tangent and a partial: the arms of selections that are zero are wide zeros.
    pub(super) fn widened(&self, dot: Expr) -> Expr {
        if !self.wide {
            return dot;
        }
        match dot {
            Expr::Const(0.0, Ty::Unknown) => {
                self.one_direction();
                dot
            }
            Expr::Const(0.0, ty) => self.scalar_zero(&ty),
            Expr::Select { cond, then, els } => {
                let [then, els] = [then, els].map(|arm| Box::new(self.widened(*arm)));
                Expr::Select { cond, then, els }
            }
            Expr::Prim { op: op @ (Op::Add | Op::Sub | Op::Neg), args, span } => {
                let args = args.into_iter().map(|arg| self.widened(arg)).collect();
                Expr::Prim { op, args, span }
            }
            // The tangent is the factor that is no partial.
            Expr::Prim { op: op @ (Op::Mul | Op::Div), mut args, span } => {
                let first = std::mem::replace(&mut args[0], Expr::Tuple(Vec::new()));
                args[0] = self.widened(first);
                Expr::Prim { op, args, span }
            }
            // The tangent itself.
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Opaque { .. }
            | Expr::Read(_)
            | Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Len(_)
            | Expr::Prim { .. }
            | Expr::Cast { .. }
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
            | Expr::Placeholder(_) => dot,
        }
    }

    /// Whether the tangent of what a pattern matches has a wide form: not a user's type.
    pub(super) fn check_pattern(&self, pattern: &Pattern) {
        match pattern {
            Pattern::Wild | Pattern::Rest | Pattern::Bind(_) | Pattern::At(..) | Pattern::Tokens(_) => {}
            Pattern::Tuple(items) | Pattern::Or(items) | Pattern::Slice(items) => {
                items.iter().for_each(|item| self.check_pattern(item));
            }
            Pattern::TupleStruct(..) | Pattern::Struct { .. } => self.one_direction(),
        }
    }
}
