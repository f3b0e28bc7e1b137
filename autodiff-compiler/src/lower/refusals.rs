//! What is reported: at once, or once it is known what is active.

use super::Lowerer;
use super::scope::Operand;
use crate::analyze::activity::{Activity, activity};
use crate::ir::{Expr, Ty, Var};
use proc_macro2::TokenStream;
use quote::ToTokens;

/// A use of variables that is fine unless they turn out to be active.
pub(super) struct Check {
    pub vars: Vec<Var>,
    /// Whether it is fine as well if no output depends on them.
    pub if_useful: bool,
    pub tokens: TokenStream,
    pub message: String,
}

impl Lowerer<'_> {
    pub(super) fn error(&mut self, tokens: &impl ToTokens, message: impl std::fmt::Display) {
        if !self.dead() {
            self.diag.error_at(tokens, message);
        }
    }

    /// Reports an error and goes on with a stand-in.
    pub(super) fn refuse(&mut self, tokens: &impl ToTokens, message: impl std::fmt::Display) -> Operand {
        self.error(tokens, message);
        Operand::Value(Expr::Placeholder(Ty::Unknown))
    }

    /// Refuses the tokens later if any of the variables is active.
    pub(super) fn check(&mut self, vars: Vec<Var>, tokens: &impl ToTokens, message: impl Into<String>) {
        self.check_later(vars, false, tokens, message);
    }

    /// The same where an output depends on it, too.
    pub(super) fn check_useful(
        &mut self,
        vars: Vec<Var>,
        tokens: &impl ToTokens,
        message: impl Into<String>,
    ) {
        self.check_later(vars, true, tokens, message);
    }

    fn check_later(
        &mut self,
        vars: Vec<Var>,
        if_useful: bool,
        tokens: &impl ToTokens,
        message: impl Into<String>,
    ) {
        if !self.dead() && !vars.is_empty() {
            let (tokens, message) = (tokens.to_token_stream(), message.into());
            self.checks.push(Check { vars, if_useful, tokens, message });
        }
    }

    /// The checks whose variables are active.
    pub(super) fn checks_that_fail(&mut self, whole: &Activity) -> Vec<Check> {
        let mut checks = std::mem::take(&mut self.checks);
        checks.retain(|check| check.vars.iter().any(|var| whole.is_varied(*var)));
        let mut parts: Vec<Var> = Vec::new();
        checks.iter().filter(|check| check.if_useful).for_each(|check| parts.extend(&check.vars));
        if !parts.is_empty() {
            // A part by itself: what is made of the rest of the matched value says nothing of it.
            let mut apart = self.f.clone();
            parts.iter().for_each(|part| apart.vars[part.0].view_of = None);
            let apart = activity(&apart);
            // What is refused where it is made is no second error where it is used.
            let made = checks.iter().filter(|check| !check.if_useful).map(|check| check.message.clone());
            let made: Vec<String> = made.collect();
            let used = |check: &Check| check.vars.iter().any(|var| apart.is_useful(*var));
            checks.retain(|check| !check.if_useful || used(check) && !made.contains(&check.message));
        }
        checks
    }
}
