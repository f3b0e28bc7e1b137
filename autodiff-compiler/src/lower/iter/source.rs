//! Iterators whose items can be had by index.

use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Ty};
use crate::lower::Lowerer;
use crate::lower::closure::Closure;
use crate::lower::expr::plus_one;
use crate::lower::pattern::usize_lit;
use crate::lower::scope::Operand;
use crate::primitives::Primitive;
use std::rc::Rc;

/// An iterator with a length and an item for each index below it.
#[derive(Clone)]
pub(in crate::lower) enum Indexed {
    /// The elements of a slice, array or `Vec`.
    Elements {
        place: Place,
        by: By,
    },
    /// `lo..hi`, both atoms.
    Range {
        lo: Expr,
        hi: Expr,
    },
    /// `lo..`
    From {
        lo: Expr,
    },
    /// The index itself.
    Counter,
    Repeat(Operand),
    Once(Operand),
    Empty,
    Chunks {
        place: Place,
        size: Expr,
        exact: bool,
        /// Counted from the end of the slice.
        from_end: bool,
        mutable: bool,
    },
    Windows {
        place: Place,
        size: Expr,
    },
    Zip(Box<Indexed>, Box<Indexed>),
    Enumerate(Box<Indexed>),
    Map(Box<Indexed>, Rc<Closure>),
    Copied(Box<Indexed>),
    Rev(Box<Indexed>),
    Skip(Box<Indexed>, Expr),
    Take(Box<Indexed>, Expr),
    StepBy(Box<Indexed>, Expr),
    /// Over and over: endless, if there is anything in it.
    Cycle(Box<Indexed>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::lower) enum By {
    Value,
    Ref,
    RefMut,
    /// Inactive items of a collection that was gathered first.
    Clone,
}

impl Indexed {
    /// Whether the items are references, where that is known.
    pub(super) fn gives_references(&self) -> Option<bool> {
        match self {
            Indexed::Elements { by, .. } => match by {
                By::Ref | By::RefMut => Some(true),
                By::Value => Some(false),
                By::Clone => None,
            },
            Indexed::Copied(_) => Some(false),
            Indexed::Map(_, closure) => closure.gives_reference(),
            Indexed::Rev(inner)
            | Indexed::Skip(inner, _)
            | Indexed::Take(inner, _)
            | Indexed::StepBy(inner, _)
            | Indexed::Cycle(inner) => inner.gives_references(),
            Indexed::Range { .. }
            | Indexed::From { .. }
            | Indexed::Counter
            | Indexed::Repeat(_)
            | Indexed::Once(_)
            | Indexed::Empty
            | Indexed::Chunks { .. }
            | Indexed::Windows { .. }
            | Indexed::Zip(..)
            | Indexed::Enumerate(_) => None,
        }
    }

    /// The iterator from its end; `map` and `copied` do not mind.
    pub(super) fn reversed(self) -> Indexed {
        match self {
            Indexed::Map(inner, closure) => Indexed::Map(Box::new(inner.reversed()), closure),
            Indexed::Copied(inner) => Indexed::Copied(Box::new(inner.reversed())),
            Indexed::Rev(inner) => *inner,
            other => Indexed::Rev(Box::new(other)),
        }
    }

    /// The iterator without a `rev` around all of it, and whether there was one.
    pub(super) fn direction(&self) -> (Indexed, bool) {
        match self {
            Indexed::Rev(inner) => ((**inner).clone(), true),
            Indexed::Map(inner, closure) => {
                let (inner, rev) = inner.direction();
                (Indexed::Map(Box::new(inner), Rc::clone(closure)), rev)
            }
            Indexed::Copied(inner) => {
                let (inner, rev) = inner.direction();
                (Indexed::Copied(Box::new(inner)), rev)
            }
            other => (other.clone(), false),
        }
    }

    /// The bounds of the range at the bottom, if only `map`s stand on it, with the range replaced
    /// by its counter.
    pub(super) fn over_range(&self) -> Option<(Expr, Expr, Indexed)> {
        match self {
            Indexed::Range { lo, hi } => Some((lo.clone(), hi.clone(), Indexed::Counter)),
            Indexed::Map(inner, closure) => {
                let (lo, hi, inner) = inner.over_range()?;
                Some((lo, hi, Indexed::Map(Box::new(inner), Rc::clone(closure))))
            }
            Indexed::Copied(inner) => inner.over_range(),
            _ => None,
        }
    }
}

impl Lowerer<'_> {
    /// The number of items, an atom; `None` if they never end.
    pub(super) fn indexed_len(&mut self, source: &Indexed) -> Option<Expr> {
        Some(match source {
            Indexed::Elements { place, .. } => self.length(place),
            Indexed::Range { lo, hi } => {
                let value = match is_zero(lo) {
                    true => hi.clone(),
                    // An empty range may be written backwards.
                    false => excess(hi.clone(), lo.clone()),
                };
                self.index_atom(value)
            }
            Indexed::From { .. } | Indexed::Counter | Indexed::Repeat(_) | Indexed::Cycle(_) => return None,
            Indexed::Once(_) => usize_lit(1),
            Indexed::Empty => usize_lit(0),
            Indexed::Chunks { place, size, exact, .. } => {
                let len = self.length(place);
                let value = match exact {
                    true => int(Op::Div, len, size.clone()),
                    false => rounded_up(len, size.clone()),
                };
                self.index_atom(value)
            }
            Indexed::Windows { place, size } => {
                let len = self.length(place);
                let more = self.index_atom(plus_one(len));
                self.index_atom(excess(more, size.clone()))
            }
            Indexed::Zip(a, b) => match (self.indexed_len(a), self.indexed_len(b)) {
                (Some(a), Some(b)) => self.shorter(a, b),
                (Some(len), None) => self.unless_empty(b, len),
                (None, Some(len)) => self.unless_empty(a, len),
                (None, None) => return None,
            },
            Indexed::Enumerate(inner) | Indexed::Map(inner, _) | Indexed::Copied(inner) => {
                return self.indexed_len(inner);
            }
            Indexed::Rev(inner) => return self.indexed_len(inner),
            Indexed::Skip(inner, count) => {
                let len = self.indexed_len(inner)?;
                self.index_atom(excess(len, count.clone()))
            }
            Indexed::Take(inner, count) => match self.indexed_len(inner) {
                Some(len) => self.shorter(len, count.clone()),
                None => self.unless_empty(inner, count.clone()),
            },
            Indexed::StepBy(inner, step) => {
                let len = self.indexed_len(inner)?;
                self.index_atom(rounded_up(len, step.clone()))
            }
        })
    }

    /// The item at an index, an atom.
    pub(super) fn indexed_item(&mut self, source: &Indexed, index: &Expr) -> Operand {
        match source {
            Indexed::Elements { place, .. } if self.is_list(place) => self.listed(place, index.clone()),
            Indexed::Elements { place, by } => {
                let item = place.project(Proj::Index(index.clone()));
                match by {
                    By::Ref => Operand::Ref(item, false),
                    By::RefMut => Operand::Ref(item, true),
                    By::Value => match self.f.place_ty(&item) {
                        ty if ty.is_copy() || crate::lower::types::is_owner(&ty) => Operand::Place(item),
                        // Perhaps a moved element: the collection is not used again.
                        _ => {
                            let owned = match self.f.place_ty(place) {
                                Ty::Array(..) | Ty::Vec(_) => true,
                                // What a function gave holds no references.
                                Ty::Unknown => self.f.info(self.f.origin(place.root)).by_ref.is_none(),
                                _ => false,
                            };
                            if let (Expr::Read(index), true) = (index, owned) {
                                self.given_away.insert(index.root);
                            }
                            Operand::Ref(item, false)
                        }
                    },
                    By::Clone => {
                        let ty = self.f.place_ty(&item);
                        Operand::Value(Expr::clone_of(item, ty))
                    }
                }
            }
            Indexed::Range { lo, .. } | Indexed::From { lo } => {
                if is_zero(lo) {
                    // The zero may be all that has a type.
                    if let (Ty::Int(Some(name)), Expr::Read(at)) = (lo.ty(&self.f), index)
                        && at.is_var()
                        && matches!(self.f.info(at.root).ty, Ty::Int(None))
                    {
                        self.f.vars[at.root.0].ty = Ty::Int(Some(name));
                    }
                    return Operand::Value(index.clone());
                }
                let value = int(Op::Add, lo.clone(), index.clone());
                Operand::Value(self.index_atom(value))
            }
            Indexed::Counter => Operand::Value(index.clone()),
            Indexed::Repeat(item) | Indexed::Once(item) => item.clone(),
            Indexed::Empty => Operand::Value(Expr::Placeholder(Ty::Unknown)),
            Indexed::Chunks { place, size, exact, mutable, from_end: true } => {
                let len = self.length(place);
                let after = self.index_atom(int(Op::Mul, index.clone(), size.clone()));
                let hi = self.index_atom(int(Op::Sub, len, after));
                let lo = match exact {
                    true => int(Op::Sub, hi.clone(), size.clone()),
                    false => excess(hi.clone(), size.clone()),
                };
                let lo = self.index_atom(lo);
                Operand::Ref(place.project(Proj::Range(Some(lo), Some(hi))), *mutable)
            }
            Indexed::Chunks { place, size, exact, mutable, from_end: false } => {
                let lo = self.index_atom(int(Op::Mul, index.clone(), size.clone()));
                let hi = self.index_atom(int(Op::Add, lo.clone(), size.clone()));
                let hi = match exact {
                    true => hi,
                    false => {
                        let len = self.length(place);
                        self.shorter(hi, len)
                    }
                };
                Operand::Ref(place.project(Proj::Range(Some(lo), Some(hi))), *mutable)
            }
            Indexed::Windows { place, size } => {
                let hi = self.index_atom(int(Op::Add, index.clone(), size.clone()));
                Operand::Ref(place.project(Proj::Range(Some(index.clone()), Some(hi))), false)
            }
            Indexed::Zip(a, b) => {
                let first = self.indexed_item(a, index);
                let second = self.indexed_item(b, index);
                Operand::Tuple(vec![first, second])
            }
            Indexed::Enumerate(inner) => {
                let item = self.indexed_item(inner, index);
                Operand::Tuple(vec![Operand::Value(index.clone()), item])
            }
            Indexed::Map(inner, closure) => {
                let item = self.indexed_item(inner, index);
                self.inline_closure(closure, vec![item], &Ty::Unknown)
            }
            Indexed::Copied(inner) => {
                let item = self.indexed_item(inner, index);
                self.pointee(item)
            }
            Indexed::Rev(inner) => {
                let Some(len) = self.indexed_len(inner) else {
                    return Operand::Value(Expr::Placeholder(Ty::Unknown));
                };
                let value = int(Op::Sub, int(Op::Sub, len, usize_lit(1)), index.clone());
                let index = self.index_atom(value);
                self.indexed_item(inner, &index)
            }
            Indexed::Skip(inner, count) => {
                let index = self.index_atom(int(Op::Add, index.clone(), count.clone()));
                self.indexed_item(inner, &index)
            }
            Indexed::Take(inner, _) => self.indexed_item(inner, index),
            Indexed::Cycle(inner) => {
                let Some(len) = self.indexed_len(inner) else { return self.indexed_item(inner, index) };
                let index = self.index_atom(int(Op::Rem, index.clone(), len));
                self.indexed_item(inner, &index)
            }
            Indexed::StepBy(inner, step) => {
                let index = self.index_atom(int(Op::Mul, index.clone(), step.clone()));
                self.indexed_item(inner, &index)
            }
        }
    }

    /// The length of an endless iterator that is cut off: none, if it goes round in nothing.
    fn unless_empty(&mut self, source: &Indexed, len: Expr) -> Expr {
        let Some(round) = self.round(source) else { return len };
        let value = Expr::Select {
            cond: Box::new(Expr::prim(Op::Eq, vec![round, usize_lit(0)])),
            then: Box::new(usize_lit(0)),
            els: Box::new(len),
        };
        self.index_atom(value)
    }

    /// The number of items that an endless iterator goes round in; `None` where it does not.
    pub(super) fn round(&mut self, source: &Indexed) -> Option<Expr> {
        match source {
            Indexed::Cycle(inner) => match self.indexed_len(inner) {
                Some(len) => Some(len),
                None => self.round(inner),
            },
            Indexed::Zip(a, b) => match (self.round(a), self.round(b)) {
                (Some(a), Some(b)) => Some(self.shorter(a, b)),
                (a, b) => a.or(b),
            },
            Indexed::Enumerate(inner)
            | Indexed::Map(inner, _)
            | Indexed::Copied(inner)
            | Indexed::Rev(inner)
            | Indexed::Skip(inner, _)
            | Indexed::Take(inner, _)
            | Indexed::StepBy(inner, _) => self.round(inner),
            Indexed::Elements { .. }
            | Indexed::Range { .. }
            | Indexed::From { .. }
            | Indexed::Counter
            | Indexed::Repeat(_)
            | Indexed::Once(_)
            | Indexed::Empty
            | Indexed::Chunks { .. }
            | Indexed::Windows { .. } => None,
        }
    }

    /// The lengths that the items need are computed before the loop.
    pub(super) fn hoist_lengths(&mut self, source: Indexed) -> Indexed {
        match source {
            Indexed::Rev(inner) => match self.indexed_len(&inner) {
                // `take` of its own length only pins the length.
                Some(len) => {
                    let inner = self.hoist_lengths(*inner);
                    Indexed::Rev(Box::new(Indexed::Take(Box::new(inner), len)))
                }
                None => {
                    self.diag.error(proc_macro2::Span::call_site(), message::ENDLESS);
                    Indexed::Empty
                }
            },
            Indexed::Cycle(inner) => match self.indexed_len(&inner) {
                Some(len) => {
                    let inner = self.hoist_lengths(*inner);
                    Indexed::Cycle(Box::new(Indexed::Take(Box::new(inner), len)))
                }
                None => *inner,
            },
            Indexed::Zip(a, b) => {
                let (a, b) = (self.hoist_lengths(*a), self.hoist_lengths(*b));
                Indexed::Zip(Box::new(a), Box::new(b))
            }
            Indexed::Enumerate(inner) => Indexed::Enumerate(Box::new(self.hoist_lengths(*inner))),
            Indexed::Map(inner, closure) => Indexed::Map(Box::new(self.hoist_lengths(*inner)), closure),
            Indexed::Copied(inner) => Indexed::Copied(Box::new(self.hoist_lengths(*inner))),
            Indexed::Skip(inner, count) => Indexed::Skip(Box::new(self.hoist_lengths(*inner)), count),
            Indexed::Take(inner, count) => Indexed::Take(Box::new(self.hoist_lengths(*inner)), count),
            Indexed::StepBy(inner, step) => Indexed::StepBy(Box::new(self.hoist_lengths(*inner)), step),
            other @ (Indexed::Elements { .. }
            | Indexed::Range { .. }
            | Indexed::From { .. }
            | Indexed::Counter
            | Indexed::Repeat(_)
            | Indexed::Once(_)
            | Indexed::Empty
            | Indexed::Chunks { .. }
            | Indexed::Windows { .. }) => other,
        }
    }

    /// The smaller of two lengths.
    fn shorter(&mut self, a: Expr, b: Expr) -> Expr {
        if let (Expr::Lit(syn::Lit::Int(x)), Expr::Lit(syn::Lit::Int(y))) = (&a, &b)
            && let (Ok(x), Ok(y)) = (x.base10_parse::<u64>(), y.base10_parse::<u64>())
        {
            return if x <= y { a } else { b };
        }
        if let (Expr::Read(x), Expr::Read(y)) = (&a, &b)
            && super::super::stmt::same_place(x, y)
        {
            return a;
        }
        // A literal needs a type to be the receiver of a method.
        let (a, b) = if matches!(a, Expr::Lit(_)) { (b, a) } else { (a, b) };
        let value = match Primitive::from_method("min") {
            Some(min) => Expr::prim(Op::Fn(min), vec![a, b]),
            None => a,
        };
        self.index_atom(value)
    }
}

/// An integer operation, folded where both operands are literals.
pub(super) fn int(op: Op, a: Expr, b: Expr) -> Expr {
    if let (Some(x), Some(y)) = (literal(&a), literal(&b)) {
        let folded = match op {
            Op::Add => x.checked_add(y),
            Op::Sub => x.checked_sub(y),
            Op::Mul => x.checked_mul(y),
            Op::Div => x.checked_div(y),
            _ => None,
        };
        if let Some(value) = folded {
            return usize_lit(value);
        }
    }
    match (op, literal(&a), literal(&b)) {
        (Op::Add, Some(0), _) => b,
        (Op::Mul | Op::Div, _, Some(1)) | (Op::Add | Op::Sub, _, Some(0)) => a,
        _ => Expr::prim(op, vec![a, b]),
    }
}

/// `a - b`, but not below zero.
fn excess(a: Expr, b: Expr) -> Expr {
    if let (Some(x), Some(y)) = (literal(&a), literal(&b)) {
        return usize_lit(x.saturating_sub(y));
    }
    Expr::Select {
        cond: Box::new(Expr::prim(Op::Lt, vec![b.clone(), a.clone()])),
        then: Box::new(int(Op::Sub, a, b)),
        els: Box::new(usize_lit(0)),
    }
}

/// `a / b`, rounded up.
fn rounded_up(a: Expr, b: Expr) -> Expr {
    let more = int(Op::Sub, b.clone(), usize_lit(1));
    int(Op::Div, int(Op::Add, a, more), b)
}

fn literal(value: &Expr) -> Option<usize> {
    match value {
        Expr::Lit(syn::Lit::Int(lit)) if lit.suffix().is_empty() || lit.suffix() == "usize" => {
            lit.base10_parse().ok()
        }
        _ => None,
    }
}

fn is_zero(value: &Expr) -> bool {
    matches!(value, Expr::Lit(syn::Lit::Int(lit)) if lit.base10_digits() == "0")
}
