//! Functions of scalars for eight arguments at once, for callers whose loops run in lanes.

use super::LANES;
use super::choose::{Shapes, branchless};
use super::groups::{Lanes, tokens};
use super::simple::{copy_scalars, is_simple, rename, take_constants};
use super::split::{around_calls, name_calls};
use crate::ir::walk::{self, OperandMut};
use crate::ir::{Block, Expr, ParamMode, Stmt, Ty, Var, VarInfo};
use crate::reverse::Adjoint;
use std::collections::BTreeMap;

/// The adjoint with an array in place of each parameter, the seed, the result and each cotangent;
/// `None` where that is not possible, or gains nothing over calling it in a loop.
pub fn in_lanes(adjoint: &Adjoint) -> Option<Adjoint> {
    let mut adjoint = adjoint.clone();
    let seed = adjoint.seed?;
    let f = &mut adjoint.function;
    let scalar = |ty: &Ty| ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool);
    let by_value =
        f.params.iter().all(|param| param.mode == ParamMode::Value && scalar(&f.info(param.var).ty));
    let result_ty = f.result.ty(f);
    if !by_value || !result_ty.is_float() || !f.info(seed).ty.is_float() {
        return None;
    }
    let inputs: Vec<Var> = f.params.iter().map(|param| param.var).chain([seed]).collect();
    let shadows: Vec<Var> = adjoint.shadows.iter().copied().flatten().collect();

    // One lane: its arguments, the function, its results.
    let mut own = BTreeMap::new();
    let mut stmts = Vec::new();
    for &var in inputs.iter().chain(&shadows) {
        let fresh = f.add_var(f.info(var).clone());
        own.insert(var, fresh);
    }
    for &shadow in &shadows {
        let zero = Expr::Const(0.0, f.info(shadow).ty.clone());
        stmts.push(Stmt::Let { var: own[&shadow], init: Some(zero) });
    }
    let mut body = adjoint.forward.clone();
    walk::statements_mut(&mut body, &mut |stmt| {
        walk::operands_of_stmt_mut(stmt, &mut |operand| rename(operand, &own));
    });
    stmts.append(&mut body.stmts);
    let mut result = match f.result.clone() {
        Expr::Move(var) => Expr::read(var),
        result => result,
    };
    rename(OperandMut::Expr(&mut result), &own);
    let value = f.add_var(VarInfo::local("value", result_ty.clone(), f.span));
    stmts.push(Stmt::Let { var: value, init: Some(result) });
    let constants = take_constants(f, &mut stmts);
    copy_scalars(f, &mut stmts);
    let stmts = branchless(f, &stmts, &Shapes::new())?;
    if !is_simple(f, &stmts) {
        return None;
    }
    let stmts = name_calls(f, stmts);

    let span = f.span;
    let values = f.add_var(VarInfo {
        mutable: true,
        ..VarInfo::local("values", Ty::Array(Box::new(result_ty), tokens(LANES)), span)
    });
    let mut lanes = Lanes::new(f, LANES, span);
    let mut all: Vec<Stmt> =
        inputs.iter().map(|var| Stmt::Let { var: own[var], init: Some(lanes.read(*var)) }).collect();
    all.extend(stmts);
    for (array, var) in shadows.iter().map(|shadow| (*shadow, own[shadow])).chain([(values, value)]) {
        all.push(Stmt::Assign { place: lanes.at_lane(array), op: None, value: Expr::read(var), span });
    }
    let mut groups = around_calls(all);
    if groups.len() == 1 {
        return None;
    }
    lanes.pass_on(&mut groups)?;
    let has_order = vec![false; groups.len()];
    let loops = lanes.loops(groups, &has_order, false);
    for &var in inputs.iter().chain(&shadows) {
        let info = &mut lanes.f.vars[var.0];
        info.ty = Ty::Array(Box::new(info.ty.clone()), tokens(LANES));
    }
    let mut forward = constants;
    forward.push(lanes.zeros(values));
    forward.extend(lanes.scalars.values().map(|array| lanes.zeros(*array)));
    forward.extend(loops);
    adjoint.function.result = Expr::Move(values);
    adjoint.forward = Block { stmts: forward };
    Some(adjoint)
}
