//! What costs less to compute again than to keep.

use crate::ir::Expr;
use crate::primitives;

/// Whether computing `expr` again costs less than keeping its value, and has no effect.
pub fn is_cheap(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Const(..) | Expr::Read(_) | Expr::Len(_) | Expr::Placeholder(_) => true,
        Expr::Prim { op, args, .. } => primitives::is_cheap(*op) && args.iter().all(is_cheap),
        Expr::Cast { arg, .. } => is_cheap(arg),
        Expr::Select { cond, then, els } => is_cheap(cond) && is_cheap(then) && is_cheap(els),
        Expr::Tuple(items) | Expr::Array(items) => items.len() <= 4 && items.iter().all(is_cheap),
        Expr::Opaque { tokens, args, .. } => args.is_empty() && is_constant(tokens.clone()),
        Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Struct { .. }
        | Expr::Some(_)
        | Expr::Zero { .. }
        | Expr::Take { .. } => false,
    }
}

/// Whether tokens are a constant: a path, or conversions of literals such as
/// `T::from(2.0).unwrap()`.
fn is_constant(tokens: proc_macro2::TokenStream) -> bool {
    use proc_macro2::TokenTree;
    let mut last = None;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let conversion = last.as_ref().is_none_or(|name: &String| {
                    name.starts_with("from")
                        || [
                            "zero",
                            "one",
                            "unwrap",
                            "expect",
                            "epsilon",
                            "infinity",
                            "neg_infinity",
                            "nan",
                            "max_value",
                            "min_value",
                            "min_positive_value",
                            "PI",
                            "TAU",
                            "E",
                            "into",
                        ]
                        .contains(&name.as_str())
                });
                if !conversion || !is_constant(group.stream()) {
                    return false;
                }
                last = None;
            }
            TokenTree::Ident(ident) => last = Some(ident.to_string()),
            TokenTree::Punct(punct) => {
                if punct.as_char() == '!' {
                    return false;
                }
                if punct.as_char() != ':' && punct.as_char() != '.' && punct.as_char() != '>' {
                    last = None;
                }
            }
            TokenTree::Literal(_) => last = None,
        }
    }
    true
}
