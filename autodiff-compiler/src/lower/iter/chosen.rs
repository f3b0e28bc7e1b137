//! The item that a search has found: a value, or where it is.
//!
//! A reference to something that is not copied is kept as the indices of the place it refers to, which
//! are variables; so `items.iter().find(…)` refers to an element of `items`, and its derivative goes there.

use crate::ir::{Expr, Place, Proj, Stmt, Var};
use crate::lower::Lowerer;
use crate::lower::frame::Mark;
use crate::lower::moving::Moving;
use crate::lower::scope::Operand;
use proc_macro2::Span;

/// What a search keeps, from before its loop on.
pub(super) struct Chosen {
    /// Where the loop begins, and how many variables there were.
    mark: Mark,
    depth: usize,
    outside: usize,
    /// For a value.
    slot: Var,
    form: Option<Form>,
    lets: Vec<Stmt>,
    span: Span,
}

/// What is kept of an item, or of a part of it.
#[derive(Clone)]
pub(in crate::lower) enum Form {
    Value(Var),
    /// The value that a reference refers to, of a type that is a copy.
    Lent(Var),
    /// A reference that moves.
    Reference(Var),
    Parts(Vec<Form>),
}

impl Lowerer<'_> {
    /// Before the loop.
    pub(super) fn choice(&mut self, slot: Var, span: Span) -> Chosen {
        self.needs_init.insert(slot);
        self.carried.insert(slot);
        let mark = self.mark();
        Chosen {
            mark,
            depth: self.loop_depth,
            outside: self.f.vars.len(),
            slot,
            form: None,
            lets: Vec::new(),
            span,
        }
    }

    /// The item as something that can be chosen: what a reference refers to is known after the loop, too.
    pub(super) fn candidate(&mut self, chosen: &mut Chosen, item: Operand) -> Operand {
        let item = self.where_it_is(item);
        if chosen.form.is_none() {
            let form = match self.is_elsewhere(&item) || lends_parts(&item) {
                true => {
                    self.needless.insert(chosen.slot);
                    self.form_of(chosen, &item)
                }
                false if matches!(item, Operand::Ref(..)) => Form::Lent(chosen.slot),
                false => Form::Value(chosen.slot),
            };
            chosen.form = Some(form);
        }
        item
    }

    /// The same with a name for a value, which is looked at more than once.
    pub(super) fn named_candidate(&mut self, chosen: &mut Chosen, item: Operand) -> Operand {
        let item = self.candidate(chosen, item);
        if !matches!(chosen.form, Some(Form::Value(_) | Form::Lent(_))) {
            return self.named_parts(item);
        }
        let value = self.owned(item);
        let value = self.atomic(value);
        let ty = value.ty(&self.f);
        self.refine(chosen.slot, &ty);
        match (value, &chosen.form) {
            (Expr::Read(place), Some(Form::Lent(_))) => Operand::Ref(place, false),
            (Expr::Read(place), _) => Operand::Place(place),
            (value, _) => Operand::Value(value),
        }
    }

    fn named_parts(&mut self, item: Operand) -> Operand {
        match item {
            Operand::Tuple(items) => {
                Operand::Tuple(items.into_iter().map(|item| self.named_parts(item)).collect())
            }
            Operand::Value(value) => match self.atomic(value) {
                Expr::Read(place) => Operand::Place(place),
                value => Operand::Value(value),
            },
            Operand::Place(_)
            | Operand::Ref(..)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => item,
        }
    }

    /// Whether some part of an item is a reference to what is not copied.
    pub(in crate::lower) fn is_elsewhere(&self, item: &Operand) -> bool {
        match item {
            Operand::Ref(place, mutable) => {
                *mutable || !self.f.place_ty(place).is_copy() && self.f.may_be_active(place)
            }
            Operand::Tuple(items) => items.iter().any(|item| self.is_elsewhere(item)),
            Operand::Place(_)
            | Operand::Value(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => false,
        }
    }

    fn form_of(&mut self, chosen: &mut Chosen, item: &Operand) -> Form {
        match item {
            Operand::Tuple(items) => {
                Form::Parts(items.iter().map(|item| self.form_of(chosen, item)).collect())
            }
            Operand::Ref(place, mutable) if self.is_elsewhere(item) => {
                let (root, steps) = self.normal_form(place);
                if root.0 < chosen.outside {
                    let ty = self.f.place_ty(place);
                    let name = syn::Ident::new("best", chosen.span);
                    let lets = &mut chosen.lets;
                    let moving = Moving::of(root, steps, &mut |name, _| {
                        let var = self.local(name, crate::lower::types::usize_ty());
                        self.f.vars[var.0].mutable = true;
                        lets.push(Stmt::Let { var, init: Some(crate::lower::pattern::usize_lit(0)) });
                        var
                    });
                    let moving = moving.lent(*mutable);
                    let var = self.moving_reference(&name, ty, moving);
                    if self.is_given_away(place) {
                        self.given_away.insert(var);
                    }
                    return Form::Reference(var);
                }
                Form::Value(self.value_kept(chosen, item))
            }
            Operand::Ref(..) => Form::Lent(self.value_kept(chosen, item)),
            Operand::Place(_)
            | Operand::Value(_)
            | Operand::Closure(_)
            | Operand::Stream(_)
            | Operand::Maybe(_) => Form::Value(self.value_kept(chosen, item)),
        }
    }

    fn value_kept(&mut self, chosen: &mut Chosen, item: &Operand) -> Var {
        let ty = self.operand_ty(item);
        let var = self.local("best", ty);
        self.f.vars[var.0].late = true;
        self.f.vars[var.0].mutable = true;
        self.declared_at.insert(var, chosen.depth);
        self.needs_init.insert(var);
        self.carried.insert(var);
        chosen.lets.push(Stmt::Let { var, init: None });
        var
    }

    /// Keeps an item.
    pub(super) fn choose(&mut self, chosen: &Chosen, item: Operand) {
        if let Some(form) = chosen.form.clone() {
            self.keep_as(&form, item, chosen.span);
        }
    }

    pub(in crate::lower) fn keep_as(&mut self, form: &Form, item: Operand, span: Span) {
        match (form, item) {
            (Form::Value(var) | Form::Lent(var), item) => {
                let value = self.owned(item);
                let ty = value.ty(&self.f);
                self.refine(*var, &ty);
                self.assign_value(Place::var(*var), None, value, span);
            }
            (Form::Reference(var), item) => {
                let mut tokens = self.f.info(*var).name.clone();
                tokens.set_span(span);
                self.move_to(*var, item, &tokens);
            }
            (Form::Parts(forms), Operand::Tuple(items)) => {
                for (form, item) in forms.iter().zip(items) {
                    self.keep_as(form, item, span);
                }
            }
            (Form::Parts(forms), item) => {
                let item = self.located(item, "v");
                for (k, form) in forms.iter().enumerate() {
                    let part = self.field(item.clone(), &syn::Member::from(k));
                    self.keep_as(form, part, span);
                }
            }
        }
    }

    /// What is kept now.
    pub(super) fn kept_now(&mut self, chosen: &Chosen) -> Operand {
        match chosen.form.clone() {
            Some(form) => self.now_of(&form),
            None => Operand::var(chosen.slot),
        }
    }

    pub(in crate::lower) fn now_of(&mut self, form: &Form) -> Operand {
        match form {
            Form::Value(var) => Operand::var(*var),
            Form::Lent(var) => Operand::Ref(Place::var(*var), false),
            Form::Reference(var) => {
                let item = self.where_it_is(Operand::Ref(Place::var(*var), false));
                if let Operand::Ref(place, false) = &item
                    && self.given_away.contains(var)
                    && let Some(Proj::Index(Expr::Read(index))) = place.proj.last()
                {
                    self.given_away.insert(index.root);
                }
                item
            }
            Form::Parts(forms) => Operand::Tuple(forms.iter().map(|form| self.now_of(form)).collect()),
        }
    }

    /// What was kept, after the loop.
    pub(super) fn outcome(&mut self, mut chosen: Chosen) -> Operand {
        for stmt in std::mem::take(&mut chosen.lets) {
            self.insert(chosen.mark, stmt);
        }
        self.kept_now(&chosen)
    }
}

/// Whether an item is a tuple with references in it.
fn lends_parts(item: &Operand) -> bool {
    match item {
        Operand::Tuple(items) => {
            items.iter().any(|item| matches!(item, Operand::Ref(..)) || lends_parts(item))
        }
        Operand::Place(_)
        | Operand::Ref(..)
        | Operand::Value(_)
        | Operand::Closure(_)
        | Operand::Stream(_)
        | Operand::Maybe(_) => false,
    }
}
