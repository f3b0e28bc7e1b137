//! `let v;` followed by the `if` or `match` that assigns it, printed as one: `let v = if …`.

use super::Emitter;
use super::stmt::binds_by_value;
use crate::ir::walk;
use crate::ir::{Block, Expr, Function, Stmt, Var};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The declaration and the statements it swallows, when the list begins with late variables
    /// and the branch that assigns them.
    pub(super) fn late(&self, stmts: &[Stmt]) -> Option<(TokenStream, usize)> {
        let count = stmts.iter().take_while(|stmt| matches!(stmt, Stmt::Let { init: None, .. })).count();
        let branch = stmts.get(count)?;
        let candidates: Vec<Var> = stmts[..count]
            .iter()
            .filter_map(|stmt| {
                let Stmt::Let { var, init: None } = stmt else { return None };
                (!self.function.info(*var).boxed).then_some(*var)
            })
            .collect();
        let vars = assigned_together(self.function, branch, &candidates)?;
        let mut out = TokenStream::new();
        for stmt in &stmts[..count] {
            if let Stmt::Let { var, .. } = stmt
                && !vars.contains(var)
            {
                out.extend(self.stmts(std::slice::from_ref(stmt)));
            }
        }
        let value = self.branch_value(branch, &vars);
        let bindings: Vec<TokenStream> = vars.iter().map(|var| self.late_binding(*var)).collect();
        let binding = match bindings.as_slice() {
            [binding] => quote!(#binding),
            _ => super::types::tuple(bindings),
        };
        out.extend(quote!(let #binding = #value;));
        Some((out, count + 1))
    }

    fn late_binding(&self, var: Var) -> TokenStream {
        let name = self.name(var);
        let info = self.function.info(var);
        if info.mutable && info.by_ref.is_none() && !info.late { quote!(mut #name) } else { quote!(#name) }
    }

    /// The branch as an expression.
    fn branch_value(&self, branch: &Stmt, vars: &[Var]) -> TokenStream {
        if let Stmt::If { cond, then, els } = branch {
            let cond = self.condition(cond);
            let then = self.arm_value(then, vars);
            if let [next @ Stmt::If { .. }] = els.stmts.as_slice() {
                let next = self.branch_value(next, vars);
                return quote!(if #cond { #then } else #next);
            }
            let els = self.arm_value(els, vars);
            return quote!(if #cond { #then } else { #els });
        }
        let Stmt::Match { on, mutable, arms, .. } = branch else {
            unreachable!("only a branch assigns in its arms")
        };
        let on = self.scrutinee(on, *mutable, arms);
        let by_value = binds_by_value(self.function, arms);
        let arms = arms.iter().map(|arm| {
            let head = self.arm_head(arm, by_value);
            let body = self.arm_value(&arm.body, vars);
            quote!(#head => { #body })
        });
        quote!(match #on { #(#arms)* })
    }

    fn arm_value(&self, block: &Block, vars: &[Var]) -> TokenStream {
        match ending(self.function, block, vars) {
            Ending::Never | Ending::Nothing => self.block(block),
            Ending::Value => {
                if let Some((last, init)) = block.stmts.split_last()
                    && matches!(last, Stmt::If { .. } | Stmt::Match { .. })
                {
                    let init = self.stmts(init);
                    let value = self.branch_value(last, vars);
                    return quote!(#init #value);
                }
                let (init, tail) = block.stmts.split_at(block.stmts.len() - vars.len());
                let init = self.stmts(init);
                let values: Vec<TokenStream> = vars
                    .iter()
                    .filter_map(|var| tail.iter().find_map(|stmt| assigns(stmt, *var)))
                    .map(|value| self.value(value))
                    .collect();
                match values.as_slice() {
                    [value] => quote!(#init #value),
                    _ => {
                        let values = super::types::tuple(values);
                        quote!(#init #values)
                    }
                }
            }
        }
    }
}

/// How a block ends, with regard to some late variables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// With their assignments.
    Value,
    /// It does not end: it panics or returns.
    Never,
    /// Otherwise.
    Nothing,
}

/// The candidates that every arm assigns at its end, none reading another, in an order in which what is moved
/// is read no more.
fn assigned_together(f: &Function, branch: &Stmt, candidates: &[Var]) -> Option<Vec<Var>> {
    let mut vars = candidates.to_vec();
    for block in arms(branch)? {
        tail_vars(block, &mut vars);
    }
    let alone = |var: &Var| assigned_last(f, branch, &[*var]) == Ending::Value;
    let last: Vec<Var> = candidates.iter().copied().filter(alone).collect();
    let backwards = vars.iter().rev().copied().collect();
    let mut orders = [vars, backwards, last].into_iter();
    orders.find(|vars| !vars.is_empty() && assigned_last(f, branch, vars) == Ending::Value)
}

/// Keeps the variables that a block assigns in its last statements, unless it does not end.
fn tail_vars(block: &Block, vars: &mut Vec<Var>) {
    if !ends(block) {
        return;
    }
    if let Some(arms) = block.stmts.last().and_then(arms) {
        arms.into_iter().for_each(|block| tail_vars(block, vars));
        return;
    }
    let tail: Vec<Var> = block
        .stmts
        .iter()
        .rev()
        .map_while(|stmt| vars.iter().copied().find(|var| assigns(stmt, *var).is_some()))
        .collect();
    vars.retain(|var| tail.contains(var));
}

/// Whether control comes to the end of a block, as far as its last statement tells.
fn ends(block: &Block) -> bool {
    !matches!(block.stmts.last(), Some(Stmt::Effect { diverges: true, .. } | Stmt::Bail { .. }))
}

/// The arms of a branch.
fn arms(stmt: &Stmt) -> Option<Vec<&Block>> {
    if let Stmt::If { then, els, .. } = stmt {
        return Some(vec![then, els]);
    }
    let Stmt::Match { arms, .. } = stmt else { return None };
    Some(arms.iter().map(|arm| &arm.body).collect())
}

fn assigned_last(f: &Function, branch: &Stmt, vars: &[Var]) -> Ending {
    let Some(blocks) = arms(branch) else { return Ending::Nothing };
    let endings: Vec<Ending> = blocks.into_iter().map(|block| ending(f, block, vars)).collect();
    if endings.contains(&Ending::Nothing) {
        Ending::Nothing
    } else if endings.contains(&Ending::Value) {
        Ending::Value
    } else {
        Ending::Never
    }
}

fn ending(f: &Function, block: &Block, vars: &[Var]) -> Ending {
    if !ends(block) {
        return Ending::Never;
    }
    if let Some(branch @ (Stmt::If { .. } | Stmt::Match { .. })) = block.stmts.last() {
        // `vars` are not assigned before it: they are assigned once.
        let value = assigned_last(f, branch, vars) == Ending::Value;
        return if value { Ending::Value } else { Ending::Nothing };
    }
    let Some(start) = block.stmts.len().checked_sub(vars.len()) else { return Ending::Nothing };
    let tail = &block.stmts[start..];
    let all = vars.iter().all(|var| tail.iter().any(|stmt| assigns(stmt, *var).is_some()));
    let independent =
        tail.iter().all(|stmt| matches!(stmt, Stmt::Assign { value, .. } if !reads_any(value, vars)));
    let values: Vec<&Expr> =
        vars.iter().filter_map(|var| tail.iter().find_map(|stmt| assigns(stmt, *var))).collect();
    let ordered = values.iter().enumerate().all(|(k, value)| {
        let moved = moved(f, value);
        values[k + 1..].iter().all(|later| !reads_any(later, &moved))
    });
    if all && independent && ordered { Ending::Value } else { Ending::Nothing }
}

/// What the evaluation of a value moves out of its variable.
fn moved(f: &Function, value: &Expr) -> Vec<Var> {
    let mut found = Vec::new();
    walk::subexprs(value, &mut |part| {
        if let Expr::Move(var) = part
            && !f.info(*var).ty.is_copy()
        {
            found.push(*var);
        } else if let Expr::Read(place) = part
            && !f.place_ty(place).is_copy()
        {
            found.push(place.root);
        }
    });
    found
}

fn assigns(stmt: &Stmt, var: Var) -> Option<&Expr> {
    let Stmt::Assign { place, op: None, value, .. } = stmt else { return None };
    (place.is_var() && place.root == var).then_some(value)
}

fn reads_any(expr: &Expr, vars: &[Var]) -> bool {
    let mut found = false;
    walk::accesses_of_expr(expr, &mut |place, _| found |= vars.contains(&place.root));
    found
}
