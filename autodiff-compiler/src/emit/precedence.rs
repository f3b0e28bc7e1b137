//! Operator precedence, so that no needless parenthesis is printed and none is missing.

use crate::ir::Op;
use proc_macro2::TokenStream;
use quote::quote;

/// How tightly a printed expression holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Prec {
    /// `if`, `match`, closures, ranges
    Lowest,
    Or,
    And,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Cast,
    Unary,
    /// literals, paths, calls, anything in brackets
    Atom,
}

impl Prec {
    /// The level above: what the right operand of a left-associative operator needs.
    pub fn tighter(self) -> Prec {
        match self {
            Prec::Lowest => Prec::Or,
            Prec::Or => Prec::And,
            Prec::And => Prec::Compare,
            Prec::Compare => Prec::BitOr,
            Prec::BitOr => Prec::BitXor,
            Prec::BitXor => Prec::BitAnd,
            Prec::BitAnd => Prec::Shift,
            Prec::Shift => Prec::Sum,
            Prec::Sum => Prec::Product,
            Prec::Product => Prec::Cast,
            Prec::Cast => Prec::Unary,
            Prec::Unary | Prec::Atom => Prec::Atom,
        }
    }
}

/// The expression, in parentheses if it holds together less than `need`.
pub fn at_least((tokens, prec): (TokenStream, Prec), need: Prec) -> TokenStream {
    if prec < need { quote!((#tokens)) } else { tokens }
}

/// The level of a binary operator and its token; `None` for others.
pub fn binary(op: Op) -> Option<(Prec, TokenStream)> {
    Some(match op {
        Op::Add => (Prec::Sum, quote!(+)),
        Op::Sub => (Prec::Sum, quote!(-)),
        Op::Mul => (Prec::Product, quote!(*)),
        Op::Div => (Prec::Product, quote!(/)),
        Op::Rem => (Prec::Product, quote!(%)),
        Op::Eq => (Prec::Compare, quote!(==)),
        Op::Ne => (Prec::Compare, quote!(!=)),
        Op::Lt => (Prec::Compare, quote!(<)),
        Op::Le => (Prec::Compare, quote!(<=)),
        Op::Gt => (Prec::Compare, quote!(>)),
        Op::Ge => (Prec::Compare, quote!(>=)),
        Op::And => (Prec::And, quote!(&&)),
        Op::Or => (Prec::Or, quote!(||)),
        Op::BitAnd => (Prec::BitAnd, quote!(&)),
        Op::BitOr => (Prec::BitOr, quote!(|)),
        Op::BitXor => (Prec::BitXor, quote!(^)),
        Op::Shl => (Prec::Shift, quote!(<<)),
        Op::Shr => (Prec::Shift, quote!(>>)),
        Op::Neg | Op::Not | Op::Fn(_) => return None,
    })
}

/// The assignment operator (`+=`) of a binary operator.
pub fn assign(op: Op) -> TokenStream {
    match op {
        Op::Add => quote!(+=),
        Op::Sub => quote!(-=),
        Op::Mul => quote!(*=),
        Op::Div => quote!(/=),
        Op::Rem => quote!(%=),
        Op::BitAnd => quote!(&=),
        Op::BitOr => quote!(|=),
        Op::BitXor => quote!(^=),
        Op::Shl => quote!(<<=),
        Op::Shr => quote!(>>=),
        Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::And | Op::Or => {
            unreachable!("lowering makes no compound assignment of a comparison")
        }
        Op::Neg | Op::Not | Op::Fn(_) => unreachable!("not a binary operator"),
    }
}

/// How tightly an expression of the user's holds together.
pub fn of_syn(expr: &syn::Expr) -> Prec {
    use syn::{BinOp, Expr};
    match expr {
        Expr::Array(_)
        | Expr::Call(_)
        | Expr::Field(_)
        | Expr::Group(_)
        | Expr::Index(_)
        | Expr::Lit(_)
        | Expr::Macro(_)
        | Expr::MethodCall(_)
        | Expr::Paren(_)
        | Expr::Path(_)
        | Expr::Repeat(_)
        | Expr::Try(_)
        | Expr::Tuple(_) => Prec::Atom,
        Expr::Unary(_) | Expr::Reference(_) => Prec::Unary,
        Expr::Cast(_) => Prec::Cast,
        Expr::Binary(binary) => match binary.op {
            BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_) => Prec::Product,
            BinOp::Add(_) | BinOp::Sub(_) => Prec::Sum,
            BinOp::Shl(_) | BinOp::Shr(_) => Prec::Shift,
            BinOp::BitAnd(_) => Prec::BitAnd,
            BinOp::BitXor(_) => Prec::BitXor,
            BinOp::BitOr(_) => Prec::BitOr,
            BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                Prec::Compare
            }
            BinOp::And(_) => Prec::And,
            BinOp::Or(_) => Prec::Or,
            _ => Prec::Lowest,
        },
        _ => Prec::Lowest,
    }
}
