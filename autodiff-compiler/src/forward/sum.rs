//! Sums of the terms of a tangent.

use crate::ir::{Expr, Op};

/// The sum of terms; negated ones are subtracted, quotients by the same divisor share it:
/// `(a_dot - b_dot * y) / b` for `y = a / b`.
pub(super) fn sum(terms: Vec<Expr>) -> Option<Expr> {
    let mut parts: Vec<(bool, Expr)> = Vec::new();
    for term in terms {
        let (negate, term) = match term {
            Expr::Prim { op: Op::Neg, mut args, .. } => (true, args.remove(0)),
            other => (false, other),
        };
        let Some((numerator, divisor)) = quotient(&term) else {
            parts.push((negate, term));
            continue;
        };
        let shared = parts.iter().enumerate().find_map(|(index, (_, part))| {
            let (first, other) = quotient(part)?;
            (other.to_string() == divisor.to_string()).then_some((index, first))
        });
        match shared {
            Some((index, first)) => {
                let both = add(vec![(parts[index].0, first), (negate, numerator)]);
                parts[index] = (false, Expr::prim(Op::Div, vec![both, divisor]));
            }
            None => parts.push((negate, term)),
        }
    }
    if parts.is_empty() { None } else { Some(add(parts)) }
}

/// `n` and `d` of `n / d`, and of `n / d * m` as `(n * m) / d`.
fn quotient(term: &Expr) -> Option<(Expr, Expr)> {
    let Expr::Prim { op, args, .. } = term else { return None };
    if *op == Op::Div {
        return Some((args[0].clone(), args[1].clone()));
    }
    if *op != Op::Mul {
        return None;
    }
    let Expr::Prim { op: Op::Div, args: inner, .. } = &args[0] else { return None };
    let numerator = Expr::prim(Op::Mul, vec![inner[0].clone(), args[1].clone()]);
    Some((numerator, inner[1].clone()))
}

fn add(mut parts: Vec<(bool, Expr)>) -> Expr {
    if parts.len() > 1 && parts[0].0 && !parts[1].0 {
        parts.swap(0, 1);
    }
    let mut parts = parts.into_iter();
    let Some((negate, first)) = parts.next() else { unreachable!("no terms") };
    let first = if negate { Expr::prim(Op::Neg, vec![first]) } else { first };
    parts.fold(first, |sum, (negate, term)| {
        Expr::prim(if negate { Op::Sub } else { Op::Add }, vec![sum, term])
    })
}
