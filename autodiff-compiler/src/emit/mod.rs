//! IR to tokens: the only stage that makes tokens.
//!
//! [`Emitter`] prints the nodes of one function; [`companions`] wraps what differentiation made
//! of a function into the items that users and other differentiable functions call; [`derive`]
//! makes tangent types.

mod call;
pub mod companions;
mod counted;
mod declare;
pub mod derive;
mod expr;
mod late;
mod parts;
mod place;
pub(crate) mod precedence;
mod record;
mod stmt;
#[cfg(test)]
mod tests;
pub mod types;

use crate::ir::{Block, Expr, Function, Ty, Var, walk};
use crate::names::{Names, Reserved};
use proc_macro2::{Ident, TokenStream};
use std::collections::{BTreeMap, BTreeSet};

/// Prints one function's nodes.
pub struct Emitter<'a> {
    pub function: &'a Function,
    pub names: Names,
    /// Path of the `differentiable` crate.
    pub krate: &'a syn::Path,
    /// Variables that are read somewhere.
    used: Vec<bool>,
    /// Records that begin in place, and some entry of each.
    records: BTreeMap<Var, TokenStream>,
    /// Records that most calls of a function that calls itself leave empty.
    seldom: BTreeSet<Var>,
    /// Variables after whose value a zero is made.
    models: Vec<bool>,
    /// What `self` is called in the closure that is the reverse sweep.
    this: Option<Ident>,
}

impl<'a> Emitter<'a> {
    /// `blocks` are all that will be printed, in order of visibility.
    pub fn new(function: &'a Function, krate: &'a syn::Path, reserved: Reserved) -> Emitter<'a> {
        let mut names = Names::new(function, reserved);
        let receiver = function.params.iter().any(|param| names.get(function, param.var) == "self");
        let this = receiver.then(|| names.fresh("this"));
        Emitter {
            function,
            names,
            krate,
            used: vec![false; function.vars.len()],
            models: vec![false; function.vars.len()],
            records: BTreeMap::new(),
            seldom: BTreeSet::new(),
            this,
        }
    }

    /// Declares what a block declares, before it is printed.
    pub fn declare(&mut self, block: &Block) {
        self.declare_all(&[block]);
    }

    /// Declares what blocks declare that stand one after another.
    pub fn declare_all(&mut self, blocks: &[&Block]) {
        self.names.declare_blocks(self.function, blocks);
        for block in blocks {
            stmt::mark_used(block, self.function, &mut self.used);
            record::mark_records(block, self.function, &mut self.records);
            if record::calls_itself(block, self.function) {
                record::mark_seldom(block, &mut self.seldom);
            }
        }
        self.declare_models(blocks);
        self.returns(&self.function.result);
    }

    /// Notes what a value reads that is returned beside the function's result.
    pub fn returns(&mut self, value: &Expr) {
        walk::accesses_of_expr(value, &mut |place, _| self.used[place.root.0] = true);
    }

    /// Notes of which variables zeros are made after they were moved.
    pub fn declare_models(&mut self, sweeps: &[&Block]) {
        stmt::mark_models(self.function, sweeps, &mut self.models);
    }

    /// No zero is made any more of what is printed from now on.
    pub fn forget_models(&mut self) {
        self.models.fill(false);
    }

    /// The identifier of a variable.
    pub fn name(&self, var: Var) -> Ident {
        self.names.get(self.function, var)
    }

    /// The name of a parameter in the closure that is the reverse sweep, where it is passed
    /// again: `self` is no name there.
    pub fn name_in_closure(&self, param: Var) -> Ident {
        let name = self.name(param);
        match &self.this {
            Some(this) if name == "self" => this.clone(),
            _ => name,
        }
    }

    /// What is printed from now on stands in the reverse sweep's closure.
    pub fn enter_closure(&mut self) {
        for param in &self.function.params {
            if self.function.info(param.var).by_ref.is_some() {
                let name = self.name_in_closure(param.var);
                self.names.rename(param.var, name);
            }
        }
    }

    /// Whether constants must be lifted to a generic float.
    fn is_generic(&self) -> bool {
        !self.function.float_generics.is_empty()
    }

    /// The type of a place, with what `Unknown` is in a function without generic floats.
    fn ty(&self, expr: &Expr) -> Ty {
        expr.ty(self.function)
    }

    /// An expression on its own, as in `let x = …;`.
    pub fn value(&self, expr: &Expr) -> TokenStream {
        self.expr(expr).0
    }
}
