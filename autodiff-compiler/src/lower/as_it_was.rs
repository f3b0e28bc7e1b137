//! Values that are copied before they change: `for v in a { a[0] += v; }` goes over the array as it
//! was, `p.dot({ p.x = 1.0; p })` has the receiver that there was, a `move` closure what it captured, and
//! a `match` on a tuple goes on with the parts that it took.
//!
//! Each is copied where Rust copies it. Whether it is changed while the copy is still read shows when
//! everything is lowered; where it is not, it is read in place and the copy goes.

use super::Lowerer;
use super::option::is_true;
use super::scope::{Maybe, Operand};
use super::stmt::compound_op;
use super::types;
use crate::ir::{Block, Expr, Function, Place, Stmt, Var, VarInfo, walk};
use proc_macro2::Span;
use quote::ToTokens;
use std::rc::Rc;
use syn::visit::{self, Visit};

impl Lowerer<'_> {
    /// A copy of a place, for as long as it may be needed.
    pub(super) fn as_it_was(&mut self, place: Place) -> Place {
        let ty = self.f.place_ty(&place);
        let var = self.f.add_var(VarInfo { mutable: true, ..VarInfo::local("was", ty, Span::call_site()) });
        let span = place.span;
        self.emit(Stmt::Let { var, init: Some(Expr::Read(place)) });
        self.as_they_were.insert(var);
        Place { span, ..Place::var(var) }
    }

    /// The receiver of a method, whose arguments are evaluated after it. One that they assign is taken
    /// by value: it could not be borrowed.
    pub(super) fn receiver_as_it_was(
        &mut self,
        operand: Operand,
        receiver: &syn::Expr,
        args: &[&syn::Expr],
    ) -> Operand {
        let assigned = parts(receiver).is_some_and(|of| args.iter().any(|arg| self.assigns(arg, &of)));
        match operand {
            Operand::Place(place) | Operand::Ref(place, _) | Operand::Value(Expr::Read(place))
                if assigned =>
            {
                Operand::Place(self.as_it_was(place))
            }
            operand => operand,
        }
    }

    /// What a name for something that may be absent stands for: whether it is there, and what it is, are
    /// found now where what they are read from may change.
    pub(super) fn maybe_as_it_was(&mut self, maybe: &Rc<Maybe>) -> Operand {
        let some = match self.may_change(&Operand::Value(maybe.some.clone())) {
            true => Expr::read(self.temp_var("some", maybe.some.clone())),
            false => maybe.some.clone(),
        };
        let payload = maybe.payload.clone();
        if !self.may_change(&payload) {
            return Operand::Maybe(Rc::new(Maybe { some, payload }));
        }
        if is_true(&some) {
            let payload = self.fixed(payload);
            return Operand::Maybe(Rc::new(Maybe { some, payload }));
        }
        let ty = self.operand_ty(&payload);
        if !types::has_placeholder(&ty) {
            return Operand::Value(self.value_of(Operand::Maybe(Rc::new(Maybe { some, payload }))));
        }
        let value = self.local("v", ty.clone());
        self.f.vars[value.0].mutable = true;
        self.emit(Stmt::Let { var: value, init: Some(Expr::Placeholder(ty)) });
        let payload = std::cell::Cell::new(Some(payload));
        self.when(
            some.clone(),
            |this| {
                let Some(payload) = payload.take() else { return };
                let payload = this.owned(payload);
                this.assign_value(Place::var(value), None, payload, Span::call_site());
            },
            |_| {},
        );
        Operand::Maybe(Rc::new(Maybe { some, payload: Operand::var(value) }))
    }

    /// Whether a value is read from what may be assigned later. What is borrowed may not.
    fn may_change(&self, operand: &Operand) -> bool {
        let changes = |place: &Place| {
            self.f.views_of(place.root).any(|var| {
                let info = self.f.info(var);
                info.mutable || info.by_ref == Some(true)
            })
        };
        match operand {
            Operand::Place(place) => changes(place),
            Operand::Value(value) => {
                let mut found = false;
                walk::accesses_of_expr(value, &mut |place, _| found |= changes(place));
                found
            }
            Operand::Tuple(items) => items.iter().any(|item| self.may_change(item)),
            Operand::Maybe(maybe) => {
                self.may_change(&maybe.payload) || self.may_change(&Operand::Value(maybe.some.clone()))
            }
            Operand::Ref(..) | Operand::Closure(_) | Operand::Stream(_) => false,
        }
    }

    /// Removes the copies that nothing changes.
    pub(super) fn spare_copies(&mut self, block: &mut Block) {
        if self.as_they_were.is_empty() {
            return;
        }
        let mut at = 0;
        while at < block.stmts.len() {
            if let Some((var, place)) = self.spared(&block.stmts[at..]) {
                block.stmts.remove(at);
                self.read_in_place(var, &place, block);
                continue;
            }
            walk::blocks_of_mut(&mut block.stmts[at], &mut |inner| self.spare_copies(inner));
            at += 1;
        }
    }

    /// The copy that the first of some statements makes, if no other changes what it is a copy of
    /// before the copy is read for the last time.
    fn spared(&self, stmts: &[Stmt]) -> Option<(Var, Place)> {
        let (first, rest) = stmts.split_first()?;
        let Stmt::Let { var, init: Some(Expr::Read(place)) } = first else { return None };
        if !self.as_they_were.contains(var) {
            return None;
        }
        let mut on = vec![place.clone(), Place::var(*var)];
        walk::accesses_of_place(place, &mut |index, _| on.push(index.clone()));
        let last = rest.iter().rposition(|stmt| mentions(&self.f, stmt, *var));
        let until = last.map_or(0, |last| last + 1);
        let changed = rest[..until].iter().any(|stmt| on.iter().any(|on| changes(&self.f, stmt, on)));
        (!changed).then(|| (*var, place.clone()))
    }

    fn read_in_place(&mut self, var: Var, place: &Place, block: &mut Block) {
        let replaced = |at: &mut Place| {
            if at.root == var {
                let mut proj = place.proj.clone();
                proj.append(&mut at.proj);
                (at.root, at.proj) = (place.root, proj);
            }
        };
        walk::statements_mut(block, &mut |stmt| {
            walk::rewrite_stmt(stmt, &mut |expr| match expr {
                Expr::Move(moved) if moved == var => Expr::Read(place.clone()),
                expr => expr,
            });
        });
        walk::places_mut(block, &mut |at| replaced(at));
        for info in &mut self.f.vars {
            info.view_of.iter_mut().for_each(replaced);
        }
        if self.part_aliases.remove(&var) {
            self.part_aliases.insert(self.f.storage(place.root));
        }
        for check in &mut self.checks {
            check.vars.iter_mut().filter(|of| **of == var).for_each(|of| *of = place.root);
        }
    }
}

/// Whether something in a statement reads a variable, a view of it included.
fn mentions(f: &Function, stmt: &Stmt, var: Var) -> bool {
    let mut found = false;
    walk::statement(stmt, &mut |inner| {
        walk::accesses_of_stmt(inner, &mut |place, _| {
            found |= f.views_of(place.root).any(|of| of == var);
        });
    });
    found
}

/// Whether something in a statement writes a part of a place.
fn changes(f: &Function, stmt: &Stmt, on: &Place) -> bool {
    let mut found = false;
    walk::statement(stmt, &mut |inner| {
        walk::places_written_by(inner, &mut |place| found |= f.may_share(place, on));
    });
    found
}

/// The variable that an expression is a part of.
pub(super) fn root(expr: &syn::Expr) -> Option<&syn::Ident> {
    match expr {
        syn::Expr::Path(path) => path.path.get_ident(),
        syn::Expr::Field(field) => root(&field.base),
        syn::Expr::Index(index) => root(&index.expr),
        syn::Expr::Paren(paren) => root(&paren.expr),
        syn::Expr::Group(group) => root(&group.expr),
        syn::Expr::Unary(unary) => root(&unary.expr),
        _ => None,
    }
}

/// A variable and the fields that lead to a part of it, as far as they are written; what comes after an index
/// is not told apart.
fn parts(expr: &syn::Expr) -> Option<Vec<String>> {
    match expr {
        syn::Expr::Path(path) => path.path.get_ident().map(|name| vec![name.to_string()]),
        syn::Expr::Field(field) => {
            let mut found = parts(&field.base)?;
            if !indexed(&field.base) {
                found.push(field.member.to_token_stream().to_string());
            }
            Some(found)
        }
        syn::Expr::Index(index) => parts(&index.expr),
        syn::Expr::Paren(paren) => parts(&paren.expr),
        syn::Expr::Group(group) => parts(&group.expr),
        syn::Expr::Unary(unary) => parts(&unary.expr),
        _ => None,
    }
}

fn indexed(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Index(_) => true,
        syn::Expr::Field(field) => indexed(&field.base),
        syn::Expr::Paren(paren) => indexed(&paren.expr),
        syn::Expr::Group(group) => indexed(&group.expr),
        syn::Expr::Unary(unary) => indexed(&unary.expr),
        _ => false,
    }
}

impl Lowerer<'_> {
    /// Whether an expression assigns a part of a variable, borrows it to be changed, or calls a method that is
    /// known to change it.
    fn assigns(&self, expr: &syn::Expr, of: &[String]) -> bool {
        struct Assigns<'n> {
            lowerer: &'n Lowerer<'n>,
            of: &'n [String],
            found: bool,
        }
        impl<'ast> Visit<'ast> for Assigns<'_> {
            fn visit_expr(&mut self, expr: &'ast syn::Expr) {
                // A parameter of a closure that is called like the variable is another one.
                if let syn::Expr::Closure(closure) = expr
                    && closure.inputs.iter().any(|pat| self.is_bound_by(pat))
                {
                    return;
                }
                let target = match expr {
                    syn::Expr::Assign(assign) => parts(&assign.left),
                    syn::Expr::Binary(binary) if compound_op(&binary.op).is_some() => parts(&binary.left),
                    syn::Expr::Reference(reference) if reference.mutability.is_some() => {
                        parts(&reference.expr)
                    }
                    syn::Expr::MethodCall(call) if self.lowerer.is_known_to_change(call) => {
                        parts(&call.receiver)
                    }
                    _ => None,
                };
                let shares =
                    |target: Vec<String>| target.iter().zip(self.of).all(|(one, other)| one == other);
                self.found |= target.is_some_and(shares);
                visit::visit_expr(self, expr);
            }
        }
        impl Assigns<'_> {
            fn is_bound_by(&self, pat: &syn::Pat) -> bool {
                let mut names = Vec::new();
                super::pattern::names(pat, &mut names);
                names.iter().any(|name| self.of.first().is_some_and(|of| name == of))
            }
        }
        let mut found = Assigns { lowerer: self, of, found: false };
        found.visit_expr(expr);
        found.found
    }
}
