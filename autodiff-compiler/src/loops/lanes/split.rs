//! Loops over lanes split around calls of the mathematical library.
//!
//! A call keeps LLVM from running what stands around it in vectors. `y = (a * x).exp() * b` in
//! each lane becomes three loops: the products that go into the calls, the calls, what is made of
//! their results.

use crate::ir::walk::{self, Operand};
use crate::ir::{Arg, Call, CallMode, Expr, Function, Op, Stmt, Var, VarInfo};

/// Gives the operands and the results of library calls names, so that each call is a statement of
/// its own. Calls that are made only if some condition holds stay where they are.
pub fn name_calls(f: &mut Function, stmts: Vec<Stmt>) -> Vec<Stmt> {
    let mut out = Vec::with_capacity(stmts.len());
    for mut stmt in stmts {
        if let Stmt::Call(call) = &mut stmt {
            name_operands(f, call, &mut out);
        } else if has_library_call(&stmt) {
            let mut naming = Naming { f, before: Vec::new() };
            match &mut stmt {
                Stmt::Let { init: Some(init), .. } => naming.operands(init),
                Stmt::Assign { value, .. } | Stmt::Accumulate { value, .. } => naming.whole(value),
                _ => {}
            }
            out.append(&mut naming.before);
        }
        out.push(stmt);
    }
    out
}

/// The operands of a call of a function of scalars, each with a name.
fn name_operands(f: &mut Function, call: &mut Call, out: &mut Vec<Stmt>) {
    let CallMode::Joint { seed, .. } = &mut call.mode else { return };
    let args = call.args.iter_mut().filter_map(|arg| match arg {
        Arg::Value(value) => Some(value),
        Arg::Ref(_) | Arg::RefMut(_) | Arg::Receiver { .. } => None,
    });
    for operand in args.chain([seed]) {
        let ty = operand.ty(f);
        if !(ty.is_float() || ty.is_int()) {
            continue;
        }
        let var = f.add_var(VarInfo::local("arg", ty, f.span));
        let init = match std::mem::replace(operand, Expr::read(var)) {
            Expr::Move(var) => Expr::read(var),
            init => init,
        };
        out.push(Stmt::Let { var, init: Some(init) });
    }
}

struct Naming<'a> {
    f: &'a mut Function,
    before: Vec<Stmt>,
}

impl Naming<'_> {
    /// Names what has a call in it, the call included.
    fn whole(&mut self, expr: &mut Expr) {
        self.operands(expr);
        if is_library_call(expr) {
            self.name(expr);
        }
    }

    /// Names what has a call in it, but for the outermost operation.
    fn operands(&mut self, expr: &mut Expr) {
        let is_call = is_library_call(expr);
        match expr {
            // The right side of these is not always computed.
            Expr::Prim { op: Op::And | Op::Or, args, .. } => self.whole(&mut args[0]),
            Expr::Prim { args, .. } => {
                for arg in args {
                    self.whole(arg);
                    if is_call && !arg.is_atom() {
                        self.name(arg);
                    }
                }
            }
            Expr::Select { cond, .. } => self.whole(cond),
            Expr::Cast { arg, .. } => self.whole(arg),
            _ => {}
        }
    }

    fn name(&mut self, expr: &mut Expr) {
        let ty = expr.ty(self.f);
        if !ty.is_float() {
            return;
        }
        let var = self.f.add_var(VarInfo::local("t", ty, self.f.span));
        let init = std::mem::replace(expr, Expr::read(var));
        self.before.push(Stmt::Let { var, init: Some(init) });
    }
}

/// The statements of one loop in several: what can run in vectors and the calls, by turns.
/// The order of statements that depend on one another is kept. Each call of a user's function
/// stands alone.
pub fn around_calls(stmts: Vec<Stmt>) -> Vec<Vec<Stmt>> {
    let calls: Vec<bool> =
        stmts.iter().map(|stmt| matches!(stmt, Stmt::Call(_)) || has_library_call(stmt)).collect();
    if !calls.iter().any(|call| *call) {
        return vec![stmts];
    }
    let uses: Vec<Vec<(Var, bool)>> = stmts.iter().map(uses).collect();
    // Level `2 n` are vectors, level `2 n + 1` the calls that depend on them.
    let mut levels: Vec<usize> = Vec::with_capacity(stmts.len());
    for later in 0..stmts.len() {
        let mut level = usize::from(calls[later]);
        for earlier in 0..later {
            if depend(&uses[later], &uses[earlier]) {
                let at_least = levels[earlier] + usize::from(calls[later] != calls[earlier]);
                level = level.max(at_least);
            }
        }
        levels.push(level);
    }
    let mut groups = vec![Vec::new(); levels.iter().max().map_or(0, |last| last + 1)];
    for (stmt, level) in stmts.into_iter().zip(levels) {
        groups[level].push(stmt);
    }
    let mut out: Vec<Vec<Stmt>> = Vec::new();
    for group in groups {
        let mut alone = true;
        for stmt in group {
            let is_call = matches!(stmt, Stmt::Call(_));
            match out.last_mut() {
                Some(last) if !alone && !is_call => last.push(stmt),
                _ => out.push(vec![stmt]),
            }
            alone = is_call;
        }
    }
    out
}

/// The variables that a statement uses, and whether it changes them.
fn uses(stmt: &Stmt) -> Vec<(Var, bool)> {
    let mut uses = Vec::new();
    walk::accesses_of_stmt(stmt, &mut |place, access| uses.push((place.root, access.writes())));
    walk::declared_by(stmt, &mut |var| uses.push((var, true)));
    uses
}

fn depend(later: &[(Var, bool)], earlier: &[(Var, bool)]) -> bool {
    later.iter().any(|(var, writes)| earlier.iter().any(|(other, wrote)| other == var && (*writes || *wrote)))
}

fn has_library_call(stmt: &Stmt) -> bool {
    let mut found = false;
    walk::operands_of_stmt(stmt, &mut |operand| {
        if let Operand::Expr(expr) = operand {
            walk::subexprs(expr, &mut |part| found |= is_library_call(part));
        }
    });
    found
}

fn is_library_call(expr: &Expr) -> bool {
    match expr {
        Expr::Prim { op: Op::Fn(primitive), .. } => primitive.is_library_call(),
        _ => false,
    }
}
