//! The stretches of arrays that a loop runs along, as slices.
//!
//! All that the blocks of a loop touch of an array is borrowed once before them, and all that the
//! iterations left over touch before those: rustc then proves the bounds of every block by one
//! check of each slice, which short loops inside others feel.

use super::body::{Element, Plan};
use super::groups::is_zero;
use super::simple::text;
use crate::ir::walk::{self, Access};
use crate::ir::{Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::format_ident;

/// A part of an array that every iteration touches one element of.
#[derive(Debug)]
struct Stretch {
    /// The array.
    array: Place,
    /// The index at the lowest counter; see [`Affine`](super::affine::Affine).
    first: Expr,
    mutable: bool,
}

/// The stretches of a loop.
#[derive(Debug)]
pub struct Stretches {
    all: Vec<Stretch>,
    /// The stretch of each element; `None` where it cannot be borrowed for the whole loop.
    of: Vec<Option<usize>>,
}

impl Stretches {
    pub fn new(f: &Function, plan: &Plan, stmts: &[Stmt]) -> Stretches {
        let mut all: Vec<Stretch> = Vec::new();
        let mut of = Vec::new();
        for element in &plan.slots {
            let slot = &element.slot;
            let storage = f.storage(slot.prefix.root);
            let same_array =
                || plan.slots.iter().filter(|other| f.storage(other.slot.prefix.root) == storage);
            let mutable = same_array().any(|other| other.written);
            // What is written can be borrowed once, and nothing else of it be read meanwhile.
            let alone = || {
                same_array().all(|other| is_along(element, other))
                    && stmts.iter().enumerate().all(|(pos, stmt)| {
                        let mut fits = true;
                        walk::accesses_of_stmt(stmt, &mut |place, access| {
                            // The zero of a scalar needs no look at it.
                            let unseen = access == Access::Shape && f.place_ty(place).is_float();
                            fits &= f.storage(place.root) != storage
                                || unseen
                                || plan.places.contains_key(&(pos, text(place)));
                        });
                        fits
                    })
            };
            if mutable && !alone() {
                of.push(None);
                continue;
            }
            let known = plan.slots[..of.len()]
                .iter()
                .zip(&of)
                .find(|(other, _)| is_along(element, other))
                .and_then(|(_, stretch)| *stretch);
            let index = known.unwrap_or_else(|| {
                let (array, first) = (slot.prefix.clone(), slot.index.first.clone());
                all.push(Stretch { array, first, mutable });
                all.len() - 1
            });
            of.push(Some(index));
        }
        Stretches { all, of }
    }

    /// Whether all elements are parts of stretches.
    pub fn are_complete(&self) -> bool {
        self.of.iter().all(Option::is_some)
    }

    /// Borrows the stretches over `count` iterations, the lowest counter of which is `lowest`.
    /// `start` is the counter's name in the indices.
    pub fn borrow(
        &self,
        f: &mut Function,
        (start, lowest): (Var, &Expr),
        count: &Expr,
    ) -> (Vec<Stmt>, Views) {
        let mut stmts = Vec::new();
        let mut views = Vec::new();
        for stretch in &self.all {
            let mut place = stretch.array.clone();
            let first = at_counter(stretch.first.clone(), start, lowest);
            let item = f.place_ty(&place).element();
            if !is_zero(&first) {
                place.proj.push(Proj::Range(Some(first), None));
            }
            place.proj.push(Proj::Range(None, Some(count.clone())));
            let view = f.add_var(VarInfo {
                name: format_ident!("{}_part", f.info(place.root).name),
                by_ref: Some(stretch.mutable),
                view_of: Some(place),
                ..VarInfo::local("part", Ty::Slice(Box::new(item)), Span::call_site())
            });
            stmts.push(Stmt::View { var: view });
            views.push(view);
        }
        let of = self.of.iter().map(|of| of.map(|at| views[at])).collect();
        (stmts, Views { of })
    }
}

/// What the stretches are called in one of the loops.
#[derive(Debug)]
pub struct Views {
    of: Vec<Option<Var>>,
}

impl Views {
    pub fn of(&self, element: usize) -> Option<Place> {
        self.of[element].map(Place::var)
    }
}

/// Whether two elements are parts of one stretch.
fn is_along(element: &Element, other: &Element) -> bool {
    let (slot, other) = (&element.slot, &other.slot);
    slot.index.poly == other.index.poly && text(&slot.prefix) == text(&other.prefix)
}

/// An index where the counter, named `start` in it, is `counter`.
fn at_counter(index: Expr, start: Var, counter: &Expr) -> Expr {
    walk::map_expr(index, &mut |expr| match expr {
        Expr::Read(place) if place.is_var() && place.root == start => counter.clone(),
        Expr::Prim { op: Op::Add, mut args, .. } if args.iter().any(is_zero) => {
            args.swap_remove(usize::from(is_zero(&args[0])))
        }
        other => other,
    })
}

/// `a + b`
pub fn plus(a: Expr, b: Expr) -> Expr {
    if is_zero(&a) { b } else { Expr::prim(Op::Add, vec![a, b]) }
}
