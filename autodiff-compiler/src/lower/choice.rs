//! References that the arms of a branch give: `if a.w < b.w { a } else { b }`.
//!
//! Where all of them refer to parts of one place, of one form, what the branch gives is a reference that moves
//! (`moving.rs`): each arm says which part. Elsewhere it is a copy, which nothing active may be.

use super::Lowerer;
use super::frame::Mark;
use super::moving::Moving;
use super::pattern::usize_lit;
use super::scope::Operand;
use crate::ir::{Place, Stmt, Var};
use std::ops::Range;

/// What the arms of a branch have given so far.
pub(super) struct Choice {
    /// Where the branch begins, and how many variables there were.
    mark: Mark,
    outside: usize,
    /// The reference, and the declarations of its indices.
    reference: Option<Var>,
    lets: Vec<Stmt>,
    /// Whether some arm gave something else.
    failed: bool,
    /// What is checked in case that it is a copy.
    checks: Vec<Range<usize>>,
}

impl Lowerer<'_> {
    /// Before a branch whose arms give their values to a slot.
    pub(super) fn begin_choice(&mut self, slot: Var) {
        let choice = Choice {
            mark: self.mark(),
            outside: self.f.vars.len(),
            reference: None,
            lets: Vec::new(),
            failed: false,
            checks: Vec::new(),
        };
        self.choices.insert(slot, choice);
    }

    /// An arm gives no reference.
    pub(super) fn no_choice(&mut self, slot: Var) {
        if let Some(choice) = self.choices.get_mut(&slot) {
            choice.failed = true;
        }
    }

    /// An arm gives a reference; `checks` are made in case that it is a copy.
    pub(super) fn choose_reference(&mut self, slot: Var, given: &Operand, checks: Range<usize>) {
        let Some(mut choice) = self.choices.remove(&slot) else { return };
        choice.checks.push(checks);
        choice.failed = choice.failed || !self.moves_to_given(&mut choice, given);
        self.choices.insert(slot, choice);
    }

    fn moves_to_given(&mut self, choice: &mut Choice, given: &Operand) -> bool {
        let given = self.where_it_is(given.clone());
        let Operand::Ref(place, false) = &given else { return false };
        if !self.f.may_be_active(place) {
            return false;
        }
        let (root, steps) = self.normal_form(place);
        if root.0 >= choice.outside {
            return false;
        }
        let var = match choice.reference {
            Some(var) => var,
            None => {
                let ty = self.f.place_ty(place);
                let name = syn::Ident::new("chosen", place.span);
                let lets = &mut choice.lets;
                let moving = Moving::of(root, steps.clone(), &mut |name, _| {
                    let var = self.local(name, super::types::usize_ty());
                    self.f.vars[var.0].mutable = true;
                    lets.push(Stmt::Let { var, init: Some(usize_lit(0)) });
                    var
                });
                let var = self.moving_reference(&name, ty, moving);
                choice.reference = Some(var);
                var
            }
        };
        self.moved_to(var, root, steps)
    }

    /// After the branch: the reference, if that is what its arms gave.
    pub(super) fn end_choice(&mut self, slot: Var) -> Option<Operand> {
        let choice = self.choices.remove(&slot)?;
        for stmt in choice.lets {
            self.insert(choice.mark, stmt);
        }
        let reference = choice.reference.filter(|_| !choice.failed && !self.dead())?;
        if self.needless.contains(&slot) {
            return None;
        }
        self.needless.insert(slot);
        for checks in choice.checks {
            self.checks[checks].iter_mut().for_each(|check| check.vars.clear());
        }
        self.lent.remove(&slot);
        Some(self.where_it_is(Operand::Ref(Place::var(reference), false)))
    }
}
