//! What an index is, for every value of the variables in it: a polynomial over integers.
//!
//! `i * n + j` and `j + n * i` are the same polynomial. Two indices whose polynomials are equal are equal;
//! two whose difference is a number other than zero never are. Who asks says what a variable stands
//! for (its definition, itself, nothing that can be said), because only they know what changes
//! meanwhile.

use crate::ir::{Expr, Op, Var};
use std::collections::BTreeMap;

/// An integer that is not computed from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    Var(Var),
    /// How many elements a variable has.
    Len(Var),
    /// A constant of the user's, by its tokens.
    Constant(String),
}

/// A sum of products of symbols, each with a number before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Poly {
    /// The symbols in order, the number never zero.
    terms: BTreeMap<Vec<Symbol>, i64>,
}

/// A step of a place, for comparing places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Field(syn::Member),
    Deref,
    At(Poly),
    Within(Option<Poly>, Option<Poly>),
    /// The index that moves with a loop, of which more is known elsewhere.
    Moving,
}

/// Numbers beyond this are in no index: it keeps sums and products of numbers exact, and `i * number`
/// from coming round to where it was.
const LARGEST: i64 = 1 << 31;

impl Poly {
    /// What a number is; `None` where it is too large.
    pub fn number(value: i64) -> Option<Poly> {
        Poly::default().with(Vec::new(), value)
    }

    pub fn symbol(symbol: Symbol) -> Poly {
        Poly { terms: BTreeMap::from([(vec![symbol], 1)]) }
    }

    /// What an expression is, if sums and products make it of numbers and of what `leaf` knows.
    pub fn of(expr: &Expr, leaf: &dyn Fn(&Expr) -> Option<Poly>) -> Option<Poly> {
        match expr {
            Expr::Lit(syn::Lit::Int(lit)) => Poly::number(lit.base10_parse().ok()?),
            Expr::Prim { op: Op::Add, args, .. } => {
                Poly::of(&args[0], leaf)?.plus(&Poly::of(&args[1], leaf)?, 1)
            }
            Expr::Prim { op: Op::Sub, args, .. } => {
                Poly::of(&args[0], leaf)?.minus(&Poly::of(&args[1], leaf)?)
            }
            Expr::Prim { op: Op::Mul, args, .. } => {
                Poly::of(&args[0], leaf)?.times(&Poly::of(&args[1], leaf)?)
            }
            Expr::Opaque { tokens, args, .. } => {
                // Tokens that call nothing and read no local are the same whenever they are evaluated.
                let calls =
                    tokens.clone().into_iter().any(|token| matches!(token, proc_macro2::TokenTree::Group(_)));
                (!calls && args.is_empty()).then(|| leaf(expr)).flatten()
            }
            Expr::Read(_) | Expr::Len(_) => leaf(expr),
            Expr::Lit(_)
            | Expr::Const(..)
            | Expr::Prim { .. }
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

    pub fn minus(&self, other: &Poly) -> Option<Poly> {
        self.plus(other, -1)
    }

    /// `self + scale * other`
    fn plus(&self, other: &Poly, scale: i64) -> Option<Poly> {
        let mut out = self.clone();
        for (symbols, number) in &other.terms {
            out = out.with(symbols.clone(), scale * number)?;
        }
        Some(out)
    }

    fn times(&self, other: &Poly) -> Option<Poly> {
        let mut out = Poly::default();
        for (left, x) in &self.terms {
            for (right, y) in &other.terms {
                let mut symbols: Vec<Symbol> = left.iter().chain(right).cloned().collect();
                symbols.sort();
                out = out.with(symbols, x * y)?;
            }
        }
        Some(out)
    }

    /// With a term more.
    fn with(mut self, symbols: Vec<Symbol>, number: i64) -> Option<Poly> {
        let sum = self.terms.remove(&symbols).unwrap_or(0) + number;
        if sum.abs() > LARGEST {
            return None;
        }
        if sum != 0 {
            self.terms.insert(symbols, sum);
        }
        Some(self)
    }

    /// The number that this is.
    pub fn as_number(&self) -> Option<i64> {
        match self.terms.first_key_value() {
            None => Some(0),
            Some((symbols, number)) if symbols.is_empty() && self.terms.len() == 1 => Some(*number),
            Some(_) => None,
        }
    }

    /// The symbol that this is.
    pub fn as_symbol(&self) -> Option<&Symbol> {
        match self.terms.first_key_value() {
            Some((symbols, 1)) if self.terms.len() == 1 && symbols.len() == 1 => symbols.first(),
            _ => None,
        }
    }

    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.terms.keys().flatten()
    }

    /// The `stride` and the `rest` of `stride * symbol + rest`, neither of which has the symbol in
    /// it; `None` where there is no such form.
    pub fn along(&self, symbol: &Symbol) -> Option<(Poly, Poly)> {
        let (mut stride, mut rest) = (Poly::default(), Poly::default());
        for (symbols, number) in &self.terms {
            let mut symbols = symbols.clone();
            match symbols.iter().filter(|other| *other == symbol).count() {
                0 => _ = rest.terms.insert(symbols, *number),
                1 => {
                    symbols.retain(|other| other != symbol);
                    stride.terms.insert(symbols, *number);
                }
                _ => return None,
            }
        }
        Some((stride, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a` and `b` are variables, `N` is a constant.
    fn poly(text: &str) -> Option<Poly> {
        fn lower(expr: &syn::Expr) -> Expr {
            match expr {
                syn::Expr::Paren(inner) => lower(&inner.expr),
                syn::Expr::Lit(lit) => Expr::Lit(lit.lit.clone()),
                syn::Expr::Binary(binary) => {
                    let op = match binary.op {
                        syn::BinOp::Add(_) => Op::Add,
                        syn::BinOp::Sub(_) => Op::Sub,
                        syn::BinOp::Mul(_) => Op::Mul,
                        _ => Op::Rem,
                    };
                    Expr::prim(op, vec![lower(&binary.left), lower(&binary.right)])
                }
                syn::Expr::Path(path) if path.path.is_ident("a") => Expr::read(Var(0)),
                syn::Expr::Path(path) if path.path.is_ident("b") => Expr::read(Var(1)),
                other => Expr::Opaque {
                    tokens: quote::quote!(#other),
                    args: Vec::new(),
                    ty: crate::ir::Ty::Int(None),
                },
            }
        }
        let leaf = |expr: &Expr| match expr {
            Expr::Read(place) => Some(Poly::symbol(Symbol::Var(place.root))),
            Expr::Opaque { tokens, .. } => Some(Poly::symbol(Symbol::Constant(tokens.to_string()))),
            _ => None,
        };
        Poly::of(&lower(&syn::parse_str(text).expect("an expression")), &leaf)
    }

    #[test]
    fn equal_whatever_the_spelling() {
        for (one, other) in [
            ("a * b + 3", "3 + b * a"),
            ("(a + 1) * (a - 1)", "a * a - 1"),
            ("a * N + b - a * N", "b"),
            ("2 * a - a - a", "0"),
            ("N * (a + b)", "a * N + N * b"),
        ] {
            assert_eq!(poly(one), poly(other), "{one} = {other}");
            assert!(poly(one).is_some());
        }
        for (one, other) in [("a * 2", "a * 3"), ("a + b", "a"), ("a * N", "a * b"), ("a", "a + 1")] {
            assert_ne!(poly(one), poly(other), "{one} = {other}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_may_differ_or_overflow() {
        for text in [
            "a % 2",
            "next()",
            "a + next(3)",
            "a * 9223372036854775807",
            "a * 2147483648 * 2",
            "a * 2000000000 + a * 2000000000",
            "99999999999999999999",
        ] {
            assert_eq!(poly(text), None, "{text}");
        }
        assert_eq!(poly("7 - 4 * 2").and_then(|poly| poly.as_number()), Some(-1));
    }

    #[test]
    fn stride_and_rest() {
        let (a, b) = (Symbol::Var(Var(0)), Symbol::Var(Var(1)));
        let along = |text: &str| poly(text).expect("a polynomial").along(&a);
        assert_eq!(along("a * N + b"), Some((poly("N").unwrap(), poly("b").unwrap())));
        assert_eq!(along("N - 1 - a"), Some((poly("0 - 1").unwrap(), poly("N - 1").unwrap())));
        assert_eq!(along("a * a"), None);
        assert_eq!(along("b"), Some((Poly::default(), poly("b").unwrap())));
        assert_eq!(poly("b + a - a").unwrap().as_symbol(), Some(&b));
        assert_eq!(poly("b + 1").unwrap().as_symbol(), None);
        assert_eq!(poly("2 * b").unwrap().as_symbol(), None);
    }
}
