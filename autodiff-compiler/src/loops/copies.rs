//! Copies of statements with variables of their own.

use crate::ir::walk::{self, Access, OperandMut};
use crate::ir::{Function, Stmt, Var};
use std::collections::BTreeMap;

/// Variables of their own for a copy of statements, by those that they stand for: views look at what
/// the copy has.
pub fn copy_vars<'v>(
    f: &mut Function,
    vars: impl IntoIterator<Item = &'v Var>,
    names: &mut BTreeMap<Var, Var>,
) {
    let mut fresh = Vec::new();
    for &var in vars {
        let info = f.info(var).clone();
        fresh.push(f.add_var(info));
        names.insert(var, fresh[fresh.len() - 1]);
    }
    for var in fresh {
        if let Some(mut place) = f.info(var).view_of.clone() {
            rename(OperandMut::Place(&mut place, Access::Read), names);
            f.vars[var.0].view_of = Some(place);
        }
    }
}

pub fn renamed(stmt: &Stmt, names: &BTreeMap<Var, Var>) -> Stmt {
    let mut stmt = stmt.clone();
    walk::statement_mut(&mut stmt, &mut |inner| {
        walk::operands_of_stmt_mut(inner, &mut |operand| rename(operand, names));
    });
    stmt
}

fn rename(operand: OperandMut, names: &BTreeMap<Var, Var>) {
    let fresh = |var: &mut Var| {
        if let Some(fresh) = names.get(var) {
            *var = *fresh;
        }
    };
    match operand {
        OperandMut::Expr(expr) => walk::operands_of_expr_mut(expr, &mut |inner| rename(inner, names)),
        OperandMut::Place(place, _) => {
            fresh(&mut place.root);
            walk::operands_of_place_mut(place, &mut |inner| rename(inner, names));
        }
        OperandMut::Use(var, _) | OperandMut::Declare(var) => fresh(var),
    }
}
