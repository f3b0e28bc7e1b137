//! The stretches of arrays that a loop runs along, as slices.
//!
//! All that the blocks of a loop touch of an array is borrowed once before them, and all that the
//! iterations left over touch before those: rustc then proves the bounds of every block by one
//! check of each slice, which short loops inside others feel.

use super::body::{Element, Plan};
use super::groups::{is_zero, literal};
use super::simple::text;
use crate::ir::walk::{self, Access};
use crate::ir::{Expr, Function, Op, Place, Proj, Stmt, Ty, Var, VarInfo};
use proc_macro2::Span;
use quote::format_ident;
use std::collections::BTreeMap;

/// A part of an array that every iteration touches some neighbouring elements of.
#[derive(Debug)]
struct Stretch {
    /// The array.
    array: Place,
    mutable: bool,
    /// The elements, and how far each lies behind the first of them.
    elements: Vec<(usize, i64)>,
}

impl Stretch {
    /// The element with the lowest index, and by how much others are behind it.
    fn lowest(&self) -> (usize, i64) {
        self.elements.iter().copied().min_by_key(|(_, by)| *by).expect("a stretch has an element")
    }

    /// By how many elements it is longer than the loop.
    fn reach(&self) -> u64 {
        let highest = self.elements.iter().map(|(_, by)| *by).max();
        highest.map_or(0, |highest| highest.abs_diff(self.lowest().1))
    }
}

/// The stretches of a loop.
#[derive(Debug)]
pub struct Stretches<'p> {
    elements: &'p [Element],
    all: Vec<Stretch>,
}

impl<'p> Stretches<'p> {
    pub fn new(f: &Function, plan: &'p Plan, stmts: &[Stmt]) -> Stretches<'p> {
        let mut all: Vec<Stretch> = Vec::new();
        for (at, element) in plan.slots.iter().enumerate() {
            let array = &element.slot.prefix;
            let storage = f.storage(array.root);
            let same_array =
                || plan.slots.iter().filter(|other| f.storage(other.slot.prefix.root) == storage);
            let mutable = same_array().any(|other| other.written);
            // What is written can be borrowed once, and nothing else of it be read meanwhile.
            let alone = || {
                same_array().all(|other| behind(other, element).is_some())
                    && stmts.iter().enumerate().all(|(pos, stmt)| {
                        let mut fits = true;
                        walk::accesses_of_stmt(stmt, &mut |place, access| {
                            let unseen = access == Access::Shape && f.place_ty(place).has_known_shape();
                            fits &= f.storage(place.root) != storage
                                || unseen
                                || plan.places.contains_key(&(pos, text(place)));
                        });
                        fits
                    })
            };
            if mutable && !alone() {
                continue;
            }
            let known = all.iter_mut().find_map(|stretch| {
                let by = behind(element, &plan.slots[stretch.elements[0].0])?;
                Some((stretch, by))
            });
            match known {
                Some((stretch, by)) => stretch.elements.push((at, by)),
                None => all.push(Stretch { array: array.clone(), mutable, elements: vec![(at, 0)] }),
            }
        }
        Stretches { elements: &plan.slots, all }
    }

    /// Whether all elements are parts of stretches.
    pub fn are_complete(&self) -> bool {
        self.all.iter().map(|stretch| stretch.elements.len()).sum::<usize>() == self.elements.len()
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
        let mut of = BTreeMap::new();
        for stretch in &self.all {
            let mut place = stretch.array.clone();
            let item = f.place_ty(&place).element();
            let (first, by) = stretch.lowest();
            let first = at_counter(self.elements[first].slot.index.first.clone(), start, lowest);
            if !is_zero(&first) {
                place.proj.push(Proj::Range(Some(first), None));
            }
            let len = plus(count.clone(), literal(stretch.reach()));
            place.proj.push(Proj::Range(None, Some(len)));
            let view = f.add_var(VarInfo {
                name: format_ident!("{}_part", f.info(place.root).name),
                by_ref: Some(stretch.mutable),
                view_of: Some(place),
                ..VarInfo::local("part", Ty::Slice(Box::new(item)), Span::call_site())
            });
            stmts.push(Stmt::View { var: view });
            of.extend(stretch.elements.iter().map(|(at, ahead)| (*at, (view, ahead.abs_diff(by)))));
        }
        (stmts, Views { of })
    }
}

/// What the stretches are called in one of the loops.
#[derive(Debug)]
pub struct Views {
    of: BTreeMap<usize, (Var, u64)>,
}

impl Views {
    /// The slice that holds an element, and its index there `passed` iterations behind the first.
    pub fn of(&self, element: usize, passed: Expr) -> Option<(Place, Expr)> {
        let (view, by) = self.of.get(&element)?;
        Some((Place::var(*view), plus(passed, literal(*by))))
    }
}

/// By how many elements one element lies behind another of the same array.
fn behind(element: &Element, other: &Element) -> Option<i64> {
    let (slot, other) = (&element.slot, &other.slot);
    if text(&slot.prefix) != text(&other.prefix) {
        return None;
    }
    slot.index.behind(&other.index)
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
    match (is_zero(&a), is_zero(&b)) {
        (true, _) => b,
        (_, true) => a,
        (false, false) => Expr::prim(Op::Add, vec![a, b]),
    }
}
