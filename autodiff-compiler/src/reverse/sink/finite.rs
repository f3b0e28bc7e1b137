//! Which values may be infinite though the inputs are not, and which products are zero with their cotangent.

use crate::ir::walk::{self, Operand};
use crate::ir::{Expr, Function, Op, Stmt, Var};
use crate::primitives::literal_value;
use crate::reverse::Adjoint;
use std::collections::BTreeSet;

/// The variables that may be infinite or NaN though what the function was given is neither.
pub fn unbounded(adjoint: &Adjoint) -> BTreeSet<Var> {
    let f = &adjoint.function;
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for block in [&adjoint.forward, &adjoint.backward] {
            walk::statements(block, &mut |stmt| {
                // Cotangents are told by what defines them.
                if matches!(stmt, Stmt::Accumulate { .. } | Stmt::Pull { .. }) {
                    return;
                }
                let mut may = matches!(stmt, Stmt::Call(_));
                walk::operands_of_stmt(stmt, &mut |operand| match operand {
                    Operand::Expr(value) => may |= may_be_infinite(value, f, &found),
                    Operand::Place(place, access) => {
                        may |= access.reads() && found.contains(&f.storage(place.root));
                    }
                    Operand::Use(var, access) => may |= access.reads() && found.contains(var),
                    Operand::Declare(_) => {}
                });
                if may {
                    walk::places_written_by(stmt, &mut |place| {
                        found.insert(f.storage(place.root));
                    });
                    walk::declared_by(stmt, &mut |var| {
                        found.insert(f.storage(var));
                    });
                }
            });
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Whether an expression divides, calls a function that has an edge or grows fast, or reads what does.
pub fn may_be_infinite(value: &Expr, f: &Function, unbounded: &BTreeSet<Var>) -> bool {
    let mut may = false;
    walk::subexprs(value, &mut |part| {
        if let Expr::Prim { op, args, .. } = part {
            may |= match op {
                Op::Div | Op::Rem => literal_value(&args[1]).is_none_or(|divisor| divisor == 0.0),
                Op::Fn(primitive) if primitive.name() == "powi" => {
                    literal_value(&args[1]).is_none_or(|exponent| exponent < 0.0)
                }
                Op::Fn(primitive) => !primitive.is_total(),
                Op::Add
                | Op::Sub
                | Op::Mul
                | Op::Neg
                | Op::Eq
                | Op::Ne
                | Op::Lt
                | Op::Le
                | Op::Gt
                | Op::Ge
                | Op::And
                | Op::Or
                | Op::Not
                | Op::BitAnd
                | Op::BitOr
                | Op::BitXor
                | Op::Shl
                | Op::Shr => false,
            };
        }
    });
    walk::places_read_by_expr(value, &mut |place| may |= unbounded.contains(&f.storage(place.root)));
    may
}

/// Whether an expression is zero where `zero` are: cotangents occur in it linearly.
pub fn vanishes(value: &Expr, zero: &BTreeSet<Var>) -> bool {
    match value {
        Expr::Read(place) | Expr::ToOwned(place) => zero.contains(&place.root),
        Expr::Move(var) => zero.contains(var),
        Expr::Const(value, _) => *value == 0.0,
        Expr::Zero { .. } => true,
        Expr::Cast { arg, .. } => vanishes(arg, zero),
        Expr::Select { then, els, .. } => vanishes(then, zero) && vanishes(els, zero),
        Expr::Prim { op: Op::Neg, args, .. } => vanishes(&args[0], zero),
        Expr::Prim { op: Op::Add | Op::Sub, args, .. } => args.iter().all(|arg| vanishes(arg, zero)),
        Expr::Prim { op: Op::Mul, args, .. } => args.iter().any(|arg| vanishes(arg, zero)),
        Expr::Prim { op: Op::Div, args, .. } => vanishes(&args[0], zero),
        Expr::Prim { op: Op::Fn(primitive), args, .. } => {
            primitive.is_product() && args.iter().any(|arg| vanishes(arg, zero))
        }
        Expr::Prim { .. }
        | Expr::Lit(_)
        | Expr::Opaque { .. }
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Struct { .. }
        | Expr::Some(_)
        | Expr::Take { .. }
        | Expr::Placeholder(_) => false,
    }
}
