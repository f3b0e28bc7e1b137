//! Expressions as one writes them: `1.0 - y * y` builds the IR of it.

use super::{Primitive, named, product_of_zeros};
use crate::ir::{Expr, Op, Ty};
use proc_macro2::Span;
use quote::quote;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// An expression inside a partial, and the type of the floats it is made of (which the constants
/// it meets get too).
#[derive(Clone, Debug)]
pub struct Term {
    pub expr: Expr,
    ty: Ty,
}

/// A term, or a constant that becomes one beside a term.
pub trait IntoTerm {
    fn into_term(self, ty: &Ty) -> Term;
}

impl IntoTerm for f64 {
    fn into_term(self, ty: &Ty) -> Term {
        Term::new(Expr::Const(self, ty.clone()), ty)
    }
}

impl IntoTerm for Term {
    fn into_term(self, _: &Ty) -> Term {
        self
    }
}

impl IntoTerm for &Term {
    fn into_term(self, _: &Ty) -> Term {
        self.clone()
    }
}

/// `if cond { then } else { els }`
pub fn select(cond: Term, then: impl IntoTerm, els: impl IntoTerm) -> Term {
    let (then, els) = (then.into_term(&cond.ty).expr, els.into_term(&cond.ty).expr);
    let expr = Expr::Select { cond: Box::new(cond.expr), then: Box::new(then), els: Box::new(els) };
    Term::new(expr, &cond.ty)
}

/// A partial that is infinite, or NaN, where its function has an edge: a seed of zero stays zero there,
/// whether what comes after the function clips it (`x.ln().max(lo)`) or what comes before
/// (`x.max(0.0).sqrt()`).
pub fn steep(partial: Term) -> Term {
    partial.constant(1.0).call(product_of_zeros(), vec![partial.expr])
}

/// `1 / x`
pub fn recip(x: &Term) -> Term {
    1.0 / x
}

impl Term {
    pub fn new(expr: Expr, ty: &Ty) -> Term {
        Term { expr, ty: ty.clone() }
    }

    pub fn ty(&self) -> &Ty {
        &self.ty
    }

    /// A constant of this term's type.
    pub fn constant(&self, value: f64) -> Term {
        value.into_term(&self.ty)
    }

    /// An integer literal: the exponent of `powi`.
    pub fn integer(&self, value: f64) -> Term {
        let literal = |text: String| Expr::Lit(syn::Lit::Int(syn::LitInt::new(&text, Span::call_site())));
        let magnitude = literal(format!("{}", value.abs()));
        let expr = if value < 0.0 { Expr::prim(Op::Neg, vec![magnitude]) } else { magnitude };
        Term::new(expr, &self.ty)
    }

    /// `n - 1` of an integer.
    pub fn minus_one(&self) -> Term {
        self.op(Op::Sub, self.integer(1.0))
    }

    /// `n == 0` of an integer.
    pub fn is_integer_zero(&self) -> Term {
        self.op(Op::Eq, self.integer(0.0))
    }

    /// An integer as a float of the type of `like`.
    pub fn to_float(&self, like: &Term) -> Term {
        let arg = self.expr.clone();
        let cast = |tokens| Expr::Cast { arg: Box::new(arg.clone()), ty: like.ty.clone(), tokens };
        let opaque = |tokens, args| Expr::Opaque { tokens, args, ty: like.ty.clone() };
        let expr = match &like.ty {
            Ty::F64 => cast(quote!(f64)),
            Ty::F32 => cast(quote!(f32)),
            Ty::Generic(name) => opaque(quote!(#name::lit(f64::from(__hole_0))), vec![arg]),
            // A float whose type rustc knows: that of `like`.
            Ty::Float
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Array(..)
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Wide(_)
            | Ty::Named(_)
            | Ty::Unknown => opaque(
                quote!(::differentiable::rt::lit_like(__hole_0, f64::from(__hole_1))),
                vec![like.expr.clone(), arg],
            ),
        };
        Term::new(expr, &like.ty)
    }

    pub fn eq(&self, other: impl IntoTerm) -> Term {
        self.op(Op::Eq, other)
    }

    pub fn lt(&self, other: impl IntoTerm) -> Term {
        self.op(Op::Lt, other)
    }

    pub fn le(&self, other: impl IntoTerm) -> Term {
        self.op(Op::Le, other)
    }

    pub fn gt(&self, other: impl IntoTerm) -> Term {
        self.op(Op::Gt, other)
    }

    pub fn ge(&self, other: impl IntoTerm) -> Term {
        self.op(Op::Ge, other)
    }

    pub fn and(&self, other: Term) -> Term {
        self.op(Op::And, other)
    }

    fn op(&self, op: Op, other: impl IntoTerm) -> Term {
        let other = other.into_term(&self.ty);
        Term::new(Expr::prim(op, vec![self.expr.clone(), other.expr]), &self.ty)
    }

    fn call(&self, primitive: Primitive, args: Vec<Expr>) -> Term {
        let args = std::iter::once(self.expr.clone()).chain(args).collect();
        Term::new(Expr::prim(Op::Fn(primitive), args), &self.ty)
    }

    pub fn powi(&self, n: Term) -> Term {
        self.call(named("powi"), vec![n.expr])
    }

    pub fn powf(&self, p: Term) -> Term {
        self.call(named("powf"), vec![p.expr])
    }
}

macro_rules! functions {
    ($($name:ident)*) => {
        impl Term {
            $(pub fn $name(&self) -> Term {
                self.call(named(stringify!($name)), Vec::new())
            })*
        }
    };
}
functions!(sin cos sinh cosh sqrt ln round signum);

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        operator!(@ $trait, $method, Term, Term);
        operator!(@ $trait, $method, Term, &Term);
        operator!(@ $trait, $method, &Term, Term);
        operator!(@ $trait, $method, &Term, &Term);
        operator!(@ $trait, $method, Term, f64);
        operator!(@ $trait, $method, &Term, f64);
        impl $trait<Term> for f64 {
            type Output = Term;
            fn $method(self, other: Term) -> Term {
                other.constant(self).op(Op::$trait, other)
            }
        }
        impl $trait<&Term> for f64 {
            type Output = Term;
            fn $method(self, other: &Term) -> Term {
                other.constant(self).op(Op::$trait, other)
            }
        }
    };
    (@ $trait:ident, $method:ident, $left:ty, $right:ty) => {
        impl $trait<$right> for $left {
            type Output = Term;
            fn $method(self, other: $right) -> Term {
                self.op(Op::$trait, other)
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl Neg for Term {
    type Output = Term;
    fn neg(self) -> Term {
        Term::new(Expr::prim(Op::Neg, vec![self.expr]), &self.ty)
    }
}

impl Neg for &Term {
    type Output = Term;
    fn neg(self) -> Term {
        -self.clone()
    }
}

/// The value of a number that stands in the source, or of a constant: `2`, `-0.5`.
pub fn literal_value(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(syn::Lit::Int(lit)) => lit.base10_parse::<f64>().ok(),
        Expr::Lit(syn::Lit::Float(lit)) => lit.base10_parse::<f64>().ok(),
        Expr::Const(value, _) => Some(*value),
        Expr::Prim { op: Op::Neg, args, .. } => literal_value(&args[0]).map(|value| -value),
        Expr::Lit(_)
        | Expr::Opaque { .. }
        | Expr::Read(_)
        | Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Prim { .. }
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
