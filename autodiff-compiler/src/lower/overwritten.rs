//! A `match` on a place that one of its arms assigns: `match state { … => state = next, … }`.
//!
//! What stands after a branch that leaves is inside an arm by then, so this is looked for when
//! everything is lowered.

use super::Lowerer;
use crate::diagnostics::message;
use crate::ir::{Arm, Block, Expr, Function, Op, Pattern, Place, Proj, Stmt, Ty, Var, VarInfo, walk};
use proc_macro2::Span;

impl Lowerer<'_> {
    /// Gives such a `match` a copy of its scrutinee, so that what its patterns bind stays. Without
    /// bindings the arm that was taken is all there is to know, and the reverse sweep keeps that.
    pub(super) fn copy_overwritten(&mut self, block: &mut Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            walk::blocks_of_mut(&mut stmt, &mut |inner| self.copy_overwritten(inner));
            if let Stmt::Match { on, mutable, .. } = &stmt
                && assigns_scrutinee(&self.f, &stmt)
            {
                let bound = bound_by(&stmt);
                if *mutable && !bound.is_empty() && binds_apart(&self.f, &stmt) {
                    self.by_number(stmt, block);
                    continue;
                }
                if *mutable && !bound.is_empty() && assigns_last(&self.f, &stmt) {
                    self.assigned_after(stmt, block);
                    continue;
                }
                if self.part_aliases.contains(&self.f.storage(on.root)) || *mutable && !bound.is_empty() {
                    self.diag.error(on.span, message::ASSIGNED_WHILE_MATCHED);
                } else if !bound.is_empty() {
                    block.stmts.push(self.copy_scrutinee(&mut stmt, &bound));
                }
            } else if self.is_looked_at_again(&stmt) {
                let bound = bound_by(&stmt);
                block.stmts.push(self.copy_scrutinee(&mut stmt, &bound));
            }
            block.stmts.push(stmt);
        }
    }

    /// Where the arms that assign the scrutinee bind nothing, the arm is found first; then those that
    /// bind match again.
    fn by_number(&mut self, stmt: Stmt, block: &mut Block) {
        let Stmt::Match { on, mutable, arms, span } = stmt else { unreachable!("called for a match") };
        let number = |k: usize| Expr::Lit(syn::parse_str(&k.to_string()).expect("a number is a literal"));
        let integer = Ty::Int(Some(syn::Ident::new("usize", Span::call_site())));
        let info = VarInfo { mutable: true, ..VarInfo::local("arm", integer, Span::call_site()) };
        let taken = self.f.add_var(info);
        block.stmts.push(Stmt::Let { var: taken, init: Some(number(0)) });
        let numbered = arms.iter().enumerate().map(|(k, arm)| {
            let (place, value) = (Place::var(taken), number(k));
            let assign = Stmt::Assign { place, op: None, value, span: Span::call_site() };
            Arm { pattern: unbound(&arm.pattern), guard: None, body: Block { stmts: vec![assign] } }
        });
        let numbered = numbered.collect();
        block.stmts.push(Stmt::Match { on: on.clone(), mutable: false, arms: numbered, span });
        let mut rest: Option<Block> = None;
        for (k, arm) in arms.into_iter().enumerate().rev() {
            let mut binds = false;
            walk::bound_by(&arm.pattern, &mut |_| binds = true);
            let then = match binds {
                false => arm.body,
                true => {
                    let never = Stmt::Effect {
                        tokens: quote::quote!(::core::unreachable!()),
                        args: Vec::new(),
                        diverges: true,
                    };
                    let other =
                        Arm { pattern: Pattern::Wild, guard: None, body: Block { stmts: vec![never] } };
                    Block {
                        stmts: vec![Stmt::Match { on: on.clone(), mutable, arms: vec![arm, other], span }],
                    }
                }
            };
            // The last arm is what is left.
            rest = Some(match rest {
                None => then,
                Some(els) => {
                    let cond = Expr::prim(Op::Eq, vec![Expr::read(taken), number(k)]);
                    Block { stmts: vec![Stmt::If { cond, then, els }] }
                }
            });
        }
        block.stmts.extend(rest.into_iter().flat_map(|rest| rest.stmts));
    }

    /// `match state { A { t } => { *t += dt; if *t > 1.0 { *state = B; } } … }`: what an arm assigns last
    /// is kept until the `match` is done with the place.
    fn assigned_after(&mut self, mut stmt: Stmt, block: &mut Block) {
        let Stmt::Match { on, arms, .. } = &mut stmt else { unreachable!("called for a match") };
        let (on, span) = (on.clone(), on.span);
        let ty = self.f.place_ty(&on);
        let option = Ty::Option(Box::new(ty.clone()));
        let info = VarInfo { mutable: true, ..VarInfo::local("next", option.clone(), Span::call_site()) };
        let next = self.f.add_var(info);
        let none = Expr::Opaque {
            tokens: quote::quote!(::core::option::Option::None),
            args: Vec::new(),
            ty: option,
        };
        block.stmts.push(Stmt::Let { var: next, init: Some(none) });
        let resolved = self.f.resolve(&on);
        for arm in arms {
            self.keep_assigned(&mut arm.body, &resolved, next);
        }
        block.stmts.push(stmt);
        let payload = self.f.add_var(VarInfo {
            by_ref: Some(false),
            view_of: Some(Place::var(next).project(Proj::Payload)),
            ..VarInfo::local("state", ty.clone(), Span::call_site())
        });
        let value = if ty.is_copy() { Expr::read(payload) } else { Expr::ToOwned(Place::var(payload)) };
        let assign = Stmt::Assign { place: on, op: None, value, span };
        let some =
            Pattern::TupleStruct(quote::quote!(::core::option::Option::Some), vec![Pattern::Bind(payload)]);
        let arms = [(some, vec![assign]), (Pattern::Wild, Vec::new())];
        let arm = |(pattern, stmts)| Arm { pattern, guard: None, body: Block { stmts } };
        let arms = arms.into_iter().map(arm).collect();
        block.stmts.push(Stmt::Match { on: Place::var(next), mutable: false, arms, span });
    }

    fn keep_assigned(&mut self, block: &mut Block, on: &Place, next: Var) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            walk::blocks_of_mut(&mut stmt, &mut |inner| self.keep_assigned(inner, on, next));
            match stmt {
                Stmt::Assign { place, op: None, value, span } if is_whole(&self.f, &place, on) => {
                    let ty = self.f.place_ty(on);
                    let var = self.f.add_var(VarInfo::local("state", ty, Span::call_site()));
                    block.stmts.push(Stmt::Let { var, init: Some(value) });
                    let (place, value) = (Place::var(next), Expr::Some(Box::new(Expr::Move(var))));
                    block.stmts.push(Stmt::Assign { place, op: None, value, span });
                }
                stmt => block.stmts.push(stmt),
            }
        }
    }

    /// Whether an arm that binds parts of an `Option` looks at it in another way, too: in the reverse sweep
    /// what is bound lends the cotangent, and it cannot be lent twice.
    fn is_looked_at_again(&self, stmt: &Stmt) -> bool {
        let Stmt::Match { on, mutable: false, arms, .. } = stmt else { return false };
        let known = matches!(self.f.place_ty(on), Ty::Option(item) if !matches!(*item, Ty::Unknown));
        if !known || !self.f.may_be_active(on) || self.part_aliases.contains(&self.f.storage(on.root)) {
            return false;
        }
        let on = self.f.resolve(on);
        arms.iter().any(|arm| {
            let mut bound = Vec::new();
            walk::bound_by(&arm.pattern, &mut |var| bound.push(var));
            let mut again = false;
            walk::statements(&arm.body, &mut |inner| {
                walk::accesses_of_stmt(inner, &mut |place, _| {
                    let own = self.f.views_of(place.root).any(|view| bound.contains(&view));
                    again |= !own && self.f.may_be_active(place) && self.f.may_share(place, &on);
                });
            });
            again && bound.iter().any(|var| self.f.may_be_active(&Place::var(*var)))
        })
    }

    fn copy_scrutinee(&mut self, stmt: &mut Stmt, bound: &[Var]) -> Stmt {
        let Stmt::Match { on, .. } = stmt else { unreachable!("called for a match") };
        let ty = self.f.place_ty(on);
        let init = if ty.is_copy() { Expr::Read(on.clone()) } else { Expr::ToOwned(on.clone()) };
        let var = self.f.add_var(VarInfo::local("on", ty, Span::call_site()));
        for binding in bound {
            self.f.vars[binding.0].view_of = Some(Place::var(var).project(Proj::Payload));
        }
        *on = Place { span: on.span, ..Place::var(var) };
        Stmt::Let { var, init: Some(init) }
    }
}

/// Whether no arm that assigns the matched place binds parts of it, and none has a guard.
fn binds_apart(f: &Function, stmt: &Stmt) -> bool {
    let Stmt::Match { on, arms, .. } = stmt else { return false };
    let on = f.resolve(on);
    arms.iter().all(|arm| {
        let (mut binds, mut assigns) = (false, false);
        walk::bound_by(&arm.pattern, &mut |_| binds = true);
        walk::statements(&arm.body, &mut |inner| assigns |= f.overwrites(inner, &on));
        arm.guard.is_none() && !(binds && assigns)
    })
}

/// Whether all that the arms of a `Match` write to the place as a whole is the last that they do with
/// it and its parts.
fn assigns_last(f: &Function, stmt: &Stmt) -> bool {
    fn last(f: &Function, block: &Block, on: &Place) -> bool {
        block.stmts.iter().enumerate().all(|(k, stmt)| {
            let (mut writes, mut after) = (false, false);
            walk::statement(stmt, &mut |inner| writes |= f.overwrites(inner, on));
            if !writes {
                return true;
            }
            for stmt in &block.stmts[k + 1..] {
                walk::statement(stmt, &mut |inner| {
                    walk::accesses_of_stmt(inner, &mut |place, _| after |= f.origin(place.root) == on.root);
                });
            }
            !after
                && match stmt {
                    Stmt::Assign { place, op: None, .. } => is_whole(f, place, on),
                    Stmt::If { then, els, .. } => last(f, then, on) && last(f, els, on),
                    Stmt::Match { arms, .. } => arms.iter().all(|arm| last(f, &arm.body, on)),
                    Stmt::Let { .. }
                    | Stmt::View { .. }
                    | Stmt::Assign { .. }
                    | Stmt::Swap { .. }
                    | Stmt::CopyFrom { .. }
                    | Stmt::Fill { .. }
                    | Stmt::Replace { .. }
                    | Stmt::For { .. }
                    | Stmt::While { .. }
                    | Stmt::Call(_)
                    | Stmt::Vector { .. }
                    | Stmt::Effect { .. }
                    | Stmt::Bail { .. }
                    | Stmt::Item(_)
                    | Stmt::Accumulate { .. }
                    | Stmt::RecordNew { .. }
                    | Stmt::RecordPush { .. }
                    | Stmt::RecordPop { .. }
                    | Stmt::Pull { .. } => false,
                }
        })
    }
    let Stmt::Match { on, arms, .. } = stmt else { return false };
    let on = f.resolve(on);
    arms.iter().all(|arm| last(f, &arm.body, &on))
}

/// Whether a place is all of another, resolved one.
fn is_whole(f: &Function, place: &Place, on: &Place) -> bool {
    super::stmt::same_place(&f.resolve(place), on)
}

/// A pattern without its names.
fn unbound(pattern: &Pattern) -> Pattern {
    let all = |patterns: &[Pattern]| patterns.iter().map(unbound).collect();
    match pattern {
        Pattern::Wild | Pattern::Bind(_) => Pattern::Wild,
        Pattern::Rest => Pattern::Rest,
        Pattern::Tokens(tokens) | Pattern::At(_, tokens) => Pattern::Tokens(tokens.clone()),
        Pattern::Tuple(items) => Pattern::Tuple(all(items)),
        Pattern::TupleStruct(path, items) => Pattern::TupleStruct(path.clone(), all(items)),
        Pattern::Struct { path, fields, rest } => Pattern::Struct {
            path: path.clone(),
            fields: fields.iter().map(|(member, part)| (member.clone(), unbound(part))).collect(),
            rest: *rest,
        },
        Pattern::Or(items) => Pattern::Or(all(items)),
        Pattern::Slice(items) => Pattern::Slice(all(items)),
    }
}

fn bound_by(stmt: &Stmt) -> Vec<Var> {
    let Stmt::Match { arms, .. } = stmt else { return Vec::new() };
    let mut bound = Vec::new();
    for arm in arms {
        walk::bound_by(&arm.pattern, &mut |var| bound.push(var));
    }
    bound.sort();
    bound.dedup();
    bound
}

/// Whether an arm of a `Match` writes the matched place, other than through what a pattern binds: of a
/// `match` that binds values, also through what another one inside binds.
fn assigns_scrutinee(f: &Function, stmt: &Stmt) -> bool {
    let Stmt::Match { on, mutable, .. } = stmt else { return false };
    let on = f.resolve(on);
    let bound = bound_by(stmt);
    let through_another = |place: &Place| {
        let own = f.views_of(place.root).any(|view| bound.contains(&view));
        !mutable && !bound.is_empty() && !own && f.may_share(place, &on)
    };
    let mut found = false;
    walk::blocks_of(stmt, &mut |block| {
        walk::statements(block, &mut |inner| {
            found |= f.overwrites(inner, &on);
            walk::places_written_by(inner, &mut |place| found |= through_another(place));
        });
    });
    found
}
