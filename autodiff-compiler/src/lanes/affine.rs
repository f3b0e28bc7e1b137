//! Indices that move by one element an iteration.

use super::body::Body;
use crate::ir::{Expr, Op, Place, Proj};
use std::collections::BTreeMap;

/// An integer polynomial: products of named values with coefficients.
pub type Poly = BTreeMap<Vec<String>, i64>;

/// The name of the loop's counter in a polynomial.
const COUNTER: &str = "i";

/// An index, as a function of the counter and of integers counted along with it.
#[derive(Clone, Debug)]
pub struct Affine {
    pub poly: Poly,
    /// Its value in the lane of the lowest counter, in terms of what is there at the start of a
    /// block.
    pub first: Expr,
}

/// How an index moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stride {
    Fixed,
    Unit,
    Other,
}

/// A part of a place that moves by one element an iteration.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What stands before the index.
    pub prefix: Place,
    pub index: Affine,
    /// What stands behind it.
    pub suffix: Vec<Proj>,
    /// Tells slots of one root apart, but for the index.
    pub key: String,
}

impl Slot {
    pub fn is(&self, other: &Slot) -> bool {
        self.prefix.root == other.prefix.root && self.key == other.key && self.index.poly == other.index.poly
    }

    /// By how many elements this slot lies behind another of the same array.
    pub fn ahead_of(&self, other: &Slot) -> Option<i64> {
        if self.prefix.root != other.prefix.root || self.key != other.key {
            return None;
        }
        let difference = sum(self.index.poly.clone(), &other.index.poly, -1);
        match difference.len() {
            0 => Some(0),
            1 => difference.get(&Vec::new()).copied(),
            _ => None,
        }
    }
}

/// What a place of an array is to the loop.
#[derive(Debug)]
pub enum Kind {
    /// The same in all iterations.
    Fixed,
    Unit(Box<Slot>),
    Other,
}

impl Body<'_> {
    /// An index in the statement at `pos`.
    pub fn affine(&self, expr: &Expr, pos: usize) -> Option<Affine> {
        match expr {
            Expr::Lit(syn::Lit::Int(lit)) => {
                let value: i64 = lit.base10_parse().ok()?;
                let poly = if value == 0 { Poly::new() } else { Poly::from([(Vec::new(), value)]) };
                Some(Affine { poly, first: expr.clone() })
            }
            Expr::Read(place) if place.is_var() => {
                let var = place.root;
                let named = |name: String| Poly::from([(vec![name], 1)]);
                if var == self.counter {
                    return Some(Affine { poly: named(COUNTER.into()), first: Expr::read(self.start) });
                }
                if let Some(&at) = self.declared.get(&var) {
                    return self.affine(self.definition(var)?, at);
                }
                if let Some(step) = self.counted.get(&var) {
                    let after = pos > step.at;
                    let name = format!("c{}", var.0);
                    let mut poly = named(name);
                    if after {
                        poly.insert(Vec::new(), step.by);
                    }
                    let lanes = i64::try_from(self.width).ok()?;
                    let back = if self.rev { lanes - 1 } else { 0 };
                    let offset = if after { step.by } else { 0 } - back;
                    let first = offset_by(expr.clone(), offset);
                    return Some(Affine { poly, first });
                }
                if self.is_written(var) || self.f.info(var).view_of.is_some() {
                    return None;
                }
                Some(Affine { poly: named(format!("v{}", var.0)), first: expr.clone() })
            }
            Expr::Len(place) if place.is_var() && !self.declared.contains_key(&place.root) => {
                let poly = Poly::from([(vec![format!("len {}", place.root.0)], 1)]);
                Some(Affine { poly, first: expr.clone() })
            }
            Expr::Opaque { tokens, args, .. } if args.is_empty() => {
                Some(Affine { poly: Poly::from([(vec![tokens.to_string()], 1)]), first: expr.clone() })
            }
            Expr::Prim { op: op @ (Op::Add | Op::Sub | Op::Mul), args, .. } => {
                let (a, b) = (self.affine(&args[0], pos)?, self.affine(&args[1], pos)?);
                let first = Expr::prim(*op, vec![a.first, b.first]);
                let poly = match op {
                    Op::Add => sum(a.poly, &b.poly, 1),
                    Op::Sub => sum(a.poly, &b.poly, -1),
                    _ => product(&a.poly, &b.poly),
                };
                Some(Affine { poly, first })
            }
            _ => None,
        }
    }

    fn stride(&self, index: &Affine) -> Stride {
        let moves = |name: &String| name == COUNTER || name.starts_with('c');
        let mut moving = index.poly.iter().filter(|(names, _)| names.iter().any(moves));
        let Some((names, factor)) = moving.next() else { return Stride::Fixed };
        if moving.next().is_some() || names.len() != 1 || *factor != 1 {
            return Stride::Other;
        }
        if names[0] == COUNTER {
            return Stride::Unit;
        }
        let along = if self.rev { -1 } else { 1 };
        let counted = self.counted.iter().find(|(var, _)| format!("c{}", var.0) == names[0]);
        match counted {
            Some((_, step)) if step.by == along => Stride::Unit,
            _ => Stride::Other,
        }
    }

    /// How a place of an array moves, as the statement at `pos` names it.
    pub fn kind(&self, place: &Place, pos: usize) -> Kind {
        let mut key = String::new();
        let mut found: Option<(usize, Affine)> = None;
        let mut steps = Vec::new();
        for (at, step) in place.proj.iter().enumerate() {
            let step = match step {
                Proj::Index(index) => {
                    let Some(index) = self.affine(index, pos) else { return Kind::Other };
                    match self.stride(&index) {
                        Stride::Fixed => key.push_str(&format!("[{:?}]", index.poly)),
                        Stride::Unit if found.is_none() => {
                            key.push_str("[*]");
                            found = Some((at, index.clone()));
                        }
                        Stride::Unit | Stride::Other => return Kind::Other,
                    }
                    Proj::Index(index.first)
                }
                Proj::Range(lo, hi) => {
                    let mut bounds = [None, None];
                    for (bound, out) in [lo, hi].into_iter().zip(&mut bounds) {
                        let Some(bound) = bound else { continue };
                        let Some(bound) = self.affine(bound, pos) else { return Kind::Other };
                        if self.stride(&bound) != Stride::Fixed {
                            return Kind::Other;
                        }
                        key.push_str(&format!("{:?}..", bound.poly));
                        *out = Some(bound.first);
                    }
                    key.push(';');
                    let [lo, hi] = bounds;
                    Proj::Range(lo, hi)
                }
                Proj::Field(syn::Member::Named(name)) => {
                    key.push_str(&format!(".{name}"));
                    step.clone()
                }
                Proj::Field(syn::Member::Unnamed(index)) => {
                    key.push_str(&format!(".{}", index.index));
                    step.clone()
                }
                Proj::Deref => {
                    key.push('*');
                    step.clone()
                }
                Proj::Payload => return Kind::Other,
            };
            steps.push(step);
        }
        let Some((at, index)) = found else { return Kind::Fixed };
        let suffix = steps.split_off(at + 1);
        steps.pop();
        let prefix = Place { root: place.root, proj: steps, span: place.span };
        Kind::Unit(Box::new(Slot { prefix, index, suffix, key }))
    }
}

/// `expr + by`
fn offset_by(expr: Expr, by: i64) -> Expr {
    let literal = |value: u64| {
        Expr::Lit(syn::Lit::Int(syn::LitInt::new(&value.to_string(), proc_macro2::Span::call_site())))
    };
    match by {
        0 => expr,
        1.. => Expr::prim(Op::Add, vec![expr, literal(by.unsigned_abs())]),
        _ => Expr::prim(Op::Sub, vec![expr, literal(by.unsigned_abs())]),
    }
}

fn sum(mut a: Poly, b: &Poly, sign: i64) -> Poly {
    for (names, value) in b {
        *a.entry(names.clone()).or_insert(0) += sign * value;
    }
    a.retain(|_, value| *value != 0);
    a
}

fn product(a: &Poly, b: &Poly) -> Poly {
    let mut out = Poly::new();
    for (left, x) in a {
        for (right, y) in b {
            let mut names: Vec<String> = left.iter().chain(right).cloned().collect();
            names.sort();
            *out.entry(names).or_insert(0) += x * y;
        }
    }
    out.retain(|_, value| *value != 0);
    out
}
