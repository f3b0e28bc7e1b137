//! `let v;` followed by the `if` or `match` that assigns it, printed as one: `let v = if …`.

use super::Emitter;
use super::stmt::binds_by_value;
use crate::ir::walk;
use crate::ir::{Block, Expr, Stmt, Var};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The declaration and the statements it swallows, when the list begins with late variables
    /// and the branch that assigns them.
    pub(super) fn late(&self, stmts: &[Stmt]) -> Option<(TokenStream, usize)> {
        let count = stmts
            .iter()
            .take_while(|stmt| matches!(stmt, Stmt::Let { init: None, .. }))
            .count();
        let branch = stmts.get(count)?;
        let candidates: Vec<Var> = stmts[..count]
            .iter()
            .filter_map(|stmt| match stmt {
                Stmt::Let { var, init: None } if !self.function.info(*var).boxed => Some(*var),
                _ => None,
            })
            .collect();
        let vars = assigned_together(branch, &candidates)?;
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
        match branch {
            Stmt::If { cond, then, els } => {
                let cond = self.condition(cond);
                let then = self.arm_value(then, vars);
                match els.stmts.as_slice() {
                    [next @ Stmt::If { .. }] => {
                        let next = self.branch_value(next, vars);
                        quote!(if #cond { #then } else #next)
                    }
                    _ => {
                        let els = self.arm_value(els, vars);
                        quote!(if #cond { #then } else { #els })
                    }
                }
            }
            Stmt::Match { on, mutable, arms, .. } => {
                let on = self.scrutinee(on, *mutable, arms);
                let by_value = binds_by_value(self.function, arms);
                let arms = arms.iter().map(|arm| {
                    let head = self.arm_head(arm, by_value);
                    let body = self.arm_value(&arm.body, vars);
                    quote!(#head => { #body })
                });
                quote!(match #on { #(#arms)* })
            }
            _ => unreachable!("only a branch assigns in its arms"),
        }
    }

    fn arm_value(&self, block: &Block, vars: &[Var]) -> TokenStream {
        match ending(block, vars) {
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

/// The candidates that every arm assigns at its end, none reading another.
fn assigned_together(branch: &Stmt, candidates: &[Var]) -> Option<Vec<Var>> {
    let mut vars = candidates.to_vec();
    for block in arms(branch)? {
        tail_vars(block, &mut vars);
    }
    let last: Vec<Var> = candidates.iter().copied().filter(|var| assigned_last(branch, &[*var]) == Ending::Value).collect();
    [vars, last].into_iter().find(|vars| !vars.is_empty() && assigned_last(branch, vars) == Ending::Value)
}

/// Keeps the variables that a block assigns in its last statements, unless it does not end.
fn tail_vars(block: &Block, vars: &mut Vec<Var>) {
    match block.stmts.last() {
        Some(Stmt::Effect { diverges: true, .. } | Stmt::Bail { .. }) => {}
        Some(branch @ (Stmt::If { .. } | Stmt::Match { .. })) => {
            for block in arms(branch).into_iter().flatten() {
                tail_vars(block, vars);
            }
        }
        _ => {
            let tail: Vec<Var> = block
                .stmts
                .iter()
                .rev()
                .map_while(|stmt| vars.iter().copied().find(|var| assigns(stmt, *var).is_some()))
                .collect();
            vars.retain(|var| tail.contains(var));
        }
    }
}

/// The arms of a branch.
fn arms(stmt: &Stmt) -> Option<Vec<&Block>> {
    match stmt {
        Stmt::If { then, els, .. } => Some(vec![then, els]),
        Stmt::Match { arms, .. } => Some(arms.iter().map(|arm| &arm.body).collect()),
        _ => None,
    }
}

fn assigned_last(branch: &Stmt, vars: &[Var]) -> Ending {
    let Some(blocks) = arms(branch) else { return Ending::Nothing };
    let endings: Vec<Ending> = blocks.into_iter().map(|block| ending(block, vars)).collect();
    if endings.contains(&Ending::Nothing) {
        Ending::Nothing
    } else if endings.contains(&Ending::Value) {
        Ending::Value
    } else {
        Ending::Never
    }
}

fn ending(block: &Block, vars: &[Var]) -> Ending {
    match block.stmts.last() {
        Some(Stmt::Effect { diverges: true, .. } | Stmt::Bail { .. }) => return Ending::Never,
        Some(branch @ (Stmt::If { .. } | Stmt::Match { .. })) => {
            return match assigned_last(branch, vars) {
                // `vars` are not assigned before it: they are assigned once.
                Ending::Value => Ending::Value,
                Ending::Never => Ending::Nothing,
                Ending::Nothing => Ending::Nothing,
            };
        }
        _ => {}
    }
    let Some(start) = block.stmts.len().checked_sub(vars.len()) else { return Ending::Nothing };
    let tail = &block.stmts[start..];
    let all = vars.iter().all(|var| tail.iter().any(|stmt| assigns(stmt, *var).is_some()));
    let independent = tail.iter().all(|stmt| match stmt {
        Stmt::Assign { value, .. } => !reads_any(value, vars),
        _ => false,
    });
    if all && independent { Ending::Value } else { Ending::Nothing }
}

fn assigns(stmt: &Stmt, var: Var) -> Option<&Expr> {
    match stmt {
        Stmt::Assign { place, op: None, value, .. } if place.is_var() && place.root == var => Some(value),
        _ => None,
    }
}

fn reads_any(expr: &Expr, vars: &[Var]) -> bool {
    let mut found = false;
    walk::accesses_of_expr(expr, &mut |place, _| found |= vars.contains(&place.root));
    found
}
