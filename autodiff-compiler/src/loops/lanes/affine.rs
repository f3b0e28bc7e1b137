//! Indices that move by one element an iteration.

use super::body::Body;
use crate::index::{Poly, Step, Symbol};
use crate::ir::{Expr, Op, Place, Proj, Ty};

/// An index, as a function of the counter and of integers counted along with it.
#[derive(Clone, Debug)]
pub struct Affine {
    pub poly: Poly,
    /// Its value at the lowest counter, in terms of that counter, and of the lowest values of
    /// what is counted along with it.
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
    pub key: Vec<Step>,
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
        self.index.behind(&other.index)
    }
}

impl Affine {
    /// By how much this index is higher than another, if that is a constant.
    pub fn behind(&self, other: &Affine) -> Option<i64> {
        self.poly.minus(&other.poly)?.as_number()
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
    fn affine(&self, expr: &Expr, pos: usize) -> Option<Affine> {
        Some(Affine { poly: self.poly(expr, pos)?, first: self.first(expr, pos)? })
    }

    fn poly(&self, expr: &Expr, pos: usize) -> Option<Poly> {
        Poly::of(expr, &|leaf| self.leaf(leaf, pos))
    }

    /// Integers that are counted along stand for their value at the start of an iteration.
    fn leaf(&self, expr: &Expr, pos: usize) -> Option<Poly> {
        match expr {
            Expr::Read(place) if place.is_var() => {
                let var = place.root;
                let itself = Poly::symbol(Symbol::Var(var));
                if var == self.counter {
                    return Some(itself);
                }
                if let Some(&at) = self.declared.get(&var) {
                    return self.poly(self.definition(var)?, at);
                }
                if let Some(step) = self.counted.get(&var) {
                    let by = Poly::number(if pos > step.at { -step.by } else { 0 })?;
                    return itself.minus(&by);
                }
                let steady = !self.is_written(var) && !self.f.info(var).is_view();
                steady.then_some(itself)
            }
            Expr::Len(place) if place.is_var() && !self.declared.contains_key(&place.root) => {
                Some(Poly::symbol(Symbol::Len(place.root)))
            }
            Expr::Opaque { tokens, .. } => Some(Poly::symbol(Symbol::Constant(tokens.to_string()))),
            _ => None,
        }
    }

    /// The value of an index at the lowest counter, in terms of that counter and of the lowest values
    /// of what is counted along with it.
    fn first(&self, expr: &Expr, pos: usize) -> Option<Expr> {
        match expr {
            Expr::Read(place) if place.root == self.counter => Some(Expr::read(self.start)),
            Expr::Read(place) => {
                if let Some(&at) = self.declared.get(&place.root) {
                    return self.first(self.definition(place.root)?, at);
                }
                let Some(step) = self.counted.get(&place.root) else { return Some(expr.clone()) };
                // Counted down, it is where it ends before the blocks begin.
                let end = if self.rev { 1 } else { 0 };
                let counted = if pos > step.at { step.by } else { 0 };
                Some(offset_by(expr.clone(), counted + end))
            }
            Expr::Prim { op, args, .. } => {
                let args: Option<Vec<Expr>> = args.iter().map(|arg| self.first(arg, pos)).collect();
                Some(Expr::prim(*op, args?))
            }
            Expr::Lit(_) | Expr::Len(_) => Some(expr.clone()),
            Expr::Opaque { args, .. } => args.is_empty().then(|| expr.clone()),
            Expr::Const(..)
            | Expr::Move(_)
            | Expr::ToOwned(_)
            | Expr::Borrow { .. }
            | Expr::Select { .. }
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
            | Expr::Placeholder(_) => None,
        }
    }

    fn stride(&self, index: &Affine) -> Stride {
        let moves = |symbol: &&Symbol| match symbol {
            Symbol::Var(var) => *var == self.counter || self.counted.contains_key(var),
            Symbol::Len(_) | Symbol::Constant(_) => false,
        };
        let Some(moving) = index.poly.symbols().find(moves) else { return Stride::Fixed };
        let Some((stride, rest)) = index.poly.along(moving) else { return Stride::Other };
        if stride.as_number() != Some(1) || rest.symbols().any(|symbol| moves(&symbol)) {
            return Stride::Other;
        }
        let along = if self.rev { -1 } else { 1 };
        match moving {
            Symbol::Var(var) if *var == self.counter => Stride::Unit,
            Symbol::Var(var) if self.counted[var].by == along => Stride::Unit,
            Symbol::Var(_) | Symbol::Len(_) | Symbol::Constant(_) => Stride::Other,
        }
    }

    /// Whether what the first projections of a place lead to is a `VecDeque`.
    fn is_deque(&self, place: &Place, count: usize) -> bool {
        let whole = Place { proj: place.proj[..count].to_vec(), ..place.clone() };
        matches!(self.f.place_ty(&whole), Ty::Deque(_))
    }

    /// How a place of an array moves, as the statement at `pos` names it.
    pub fn kind(&self, place: &Place, pos: usize) -> Kind {
        let mut key = Vec::new();
        let mut found: Option<(usize, Affine)> = None;
        let mut steps = Vec::new();
        for (at, step) in place.proj.iter().enumerate() {
            let step = match step {
                Proj::Index(index) => {
                    let Some(index) = self.affine(index, pos) else { return Kind::Other };
                    match self.stride(&index) {
                        Stride::Fixed => key.push(Step::At(index.poly.clone())),
                        // Elements of a `VecDeque` do not lie one behind the other.
                        Stride::Unit if self.is_deque(place, at) => return Kind::Other,
                        Stride::Unit if found.is_none() => {
                            key.push(Step::Moving);
                            found = Some((at, index.clone()));
                        }
                        Stride::Unit | Stride::Other => return Kind::Other,
                    }
                    Proj::Index(index.first)
                }
                Proj::Range(lo, hi) => {
                    let mut bounds = [None, None];
                    let mut within = [None, None];
                    for (at, bound) in [lo, hi].into_iter().enumerate() {
                        let Some(bound) = bound else { continue };
                        let Some(bound) = self.affine(bound, pos) else { return Kind::Other };
                        if self.stride(&bound) != Stride::Fixed {
                            return Kind::Other;
                        }
                        within[at] = Some(bound.poly);
                        bounds[at] = Some(bound.first);
                    }
                    let [from, to] = within;
                    key.push(Step::Within(from, to));
                    let [lo, hi] = bounds;
                    Proj::Range(lo, hi)
                }
                Proj::Field(member) => {
                    key.push(Step::Field(member.clone()));
                    step.clone()
                }
                Proj::Deref => {
                    key.push(Step::Deref);
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
