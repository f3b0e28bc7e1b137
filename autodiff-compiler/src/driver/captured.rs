//! What the pullback of a split function captures: it can be cloned, whether or not the types of
//! the user's in it can.

use crate::ir::walk::Access;
use crate::ir::{Arg, Block, Expr, Function, ParamMode, Place, Proj, Stmt, Ty, Var, VarInfo, walk};
use crate::nested::Nested;
use crate::reverse::Adjoint;
use proc_macro2::Span;
use quote::{quote, quote_spanned};
use std::collections::BTreeSet;
use syn::Member;

/// Two sweeps: what one declares the other captures. The results leave between the two.
struct Sweeps<'a> {
    function: &'a mut Function,
    forward: &'a mut Block,
    backward: &'a mut Block,
    results: Vec<&'a mut Expr>,
}

impl Adjoint {
    fn with_sweeps(&mut self, pass: impl FnOnce(&mut Sweeps)) {
        let Adjoint { function, forward, backward, .. } = self;
        let mut result = std::mem::replace(&mut function.result, Expr::Tuple(Vec::new()));
        pass(&mut Sweeps { function, forward, backward, results: vec![&mut result] });
        self.function.result = result;
    }
}

impl Nested {
    fn with_sweeps(&mut self, pass: impl FnOnce(&mut Sweeps)) {
        let Nested { function, results, .. } = self;
        let mut forward = std::mem::take(&mut function.body);
        let mut backward = function.backward.take();
        if let Some(backward) = &mut backward {
            let (forward, backward) = (&mut forward, &mut backward.body);
            // Tangents leave before what they belong to.
            let results = results.iter_mut().rev().flatten().collect();
            pass(&mut Sweeps { function, forward, backward, results });
        }
        function.body = forward;
        function.backward = backward;
    }
}

/// Both for the two sweeps of a raised function.
pub fn in_raised(nested: &mut Nested, krate: &syn::Path) {
    nested.with_sweeps(|sweeps| {
        hand_over(sweeps);
        share_in(sweeps, krate);
    });
}

/// A pullback that does not look at the result leaves it to the caller, and one that looks at
/// fields of it keeps those: no copy is made of the whole, and none is asked of a type that is not
/// `Clone`.
pub fn hand_over_result(adjoint: &mut Adjoint) {
    adjoint.with_sweeps(hand_over);
}

fn hand_over(sweeps: &mut Sweeps) {
    for k in 0..sweeps.results.len() {
        let Expr::ToOwned(result) = &*sweeps.results[k] else { continue };
        let info = sweeps.function.info(result.root);
        if !result.is_var() || info.by_ref.is_some() || info.view_of.is_some() {
            continue;
        }
        let root = result.root;
        let mut declared = false;
        walk::statements(sweeps.forward, &mut |stmt| {
            walk::declared_by(stmt, &mut |var| declared |= var == root)
        });
        if declared {
            keep_length(sweeps, root);
        }
        let Some(parts) = fields_read(sweeps, root).filter(|_| declared) else { continue };
        for part in parts {
            let ty = sweeps.function.place_ty(&part);
            let Some(Proj::Field(member)) = part.proj.last() else { unreachable!("a part is a field") };
            let name = match member {
                Member::Named(name) => name.to_string(),
                Member::Unnamed(_) => "part".to_string(),
            };
            let kept = sweeps.function.add_var(VarInfo::local(&name, ty.clone(), part.span));
            let value = if ty.is_copy() { Expr::Read(part.clone()) } else { Expr::ToOwned(part.clone()) };
            sweeps.forward.stmts.push(Stmt::Let { var: kept, init: Some(value) });
            walk::places_mut(sweeps.backward, &mut |place| {
                if place.root == root && same_fields(&place.proj, &part.proj) {
                    place.root = kept;
                    place.proj.drain(..part.proj.len());
                }
            });
        }
        *sweeps.results[k] = Expr::Move(root);
    }
}

/// A pullback that needs no more than the length of a `Vec` keeps that.
fn keep_length(sweeps: &mut Sweeps, root: Var) {
    let Ty::Vec(item) = sweeps.function.info(root).ty.clone() else { return };
    let of_root = |place: &Place| place.is_var() && place.root == root;
    let (mut lengths, mut uses) = (0, 0);
    walk::statements(sweeps.backward, &mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            let of_root = sweeps.function.origin(place.root) == root;
            uses += usize::from(of_root && !is_unseen(sweeps.function, place, access));
        });
        walk::operands_of_stmt(stmt, &mut |operand| {
            if let walk::Operand::Expr(expr) = operand {
                walk::subexprs(expr, &mut |part| {
                    lengths += usize::from(match part {
                        Expr::Len(place) => of_root(place),
                        Expr::Zero { like } => of_root(like) && item.is_float(),
                        _ => false,
                    });
                });
            }
        });
    });
    if lengths == 0 || lengths != uses {
        return;
    }
    let length = Expr::Len(Place::var(root));
    let var =
        sweeps.function.add_var(VarInfo::local("length", length.ty(sweeps.function), Span::call_site()));
    sweeps.forward.stmts.push(Stmt::Let { var, init: Some(length) });
    walk::statements_mut(sweeps.backward, &mut |stmt| {
        walk::rewrite_stmt(stmt, &mut |expr| match expr {
            Expr::Len(place) if of_root(&place) => Expr::read(var),
            Expr::Zero { like } if of_root(&like) => {
                let elem = Box::new(Expr::Const(0.0, (*item).clone()));
                Expr::VecRepeat { elem, len: Box::new(Expr::read(var)) }
            }
            other => other,
        });
    });
}

/// The fields of a variable that a pullback reads; `None` when it does anything else with it.
fn fields_read(sweeps: &Sweeps, root: Var) -> Option<Vec<Place>> {
    let function = &sweeps.function;
    let mut parts: Option<Vec<Place>> = Some(Vec::new());
    walk::statements(sweeps.backward, &mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            if function.origin(place.root) != root || is_unseen(function, place, access) {
                return;
            }
            let fields = place.proj.iter().take_while(|proj| matches!(proj, Proj::Field(_))).count();
            if place.root != root || access.writes() || fields == 0 {
                parts = None;
                return;
            }
            let Some(parts) = &mut parts else { return };
            let proj = place.proj[..fields].to_vec();
            // One that holds another serves both.
            if parts.iter().any(|part| same_fields(&proj, &part.proj)) {
                return;
            }
            parts.retain(|part| !same_fields(&part.proj, &proj));
            parts.push(Place { root, proj, span: place.span });
        });
    });
    parts
}

/// Whether nothing but the shape of a place is asked for, which its type says.
fn is_unseen(function: &Function, place: &Place, access: Access) -> bool {
    access == Access::Shape && function.place_ty(place).has_known_shape()
}

/// Whether projections begin with the given fields.
fn same_fields(proj: &[Proj], fields: &[Proj]) -> bool {
    proj.len() >= fields.len()
        && proj.iter().zip(fields).all(|pair| matches!(pair, (Proj::Field(a), Proj::Field(b)) if a == b))
}

/// What the reverse sweep looks at as a whole of a user's type without `Clone` is shared, and what it
/// changes is copied part by part.
pub fn share(adjoint: &mut Adjoint, krate: &syn::Path) {
    adjoint.with_sweeps(|sweeps| share_in(sweeps, krate));
}

fn share_in(sweeps: &mut Sweeps, krate: &syn::Path) {
    let mut mentioned = BTreeSet::new();
    for result in &sweeps.results {
        walk::accesses_of_expr(result, &mut |place, _| {
            mentioned.insert(place.root);
        });
    }
    for (var, used) in captured_whole(sweeps) {
        // The values leave before what they are read from is shared.
        if mentioned.contains(&var) {
            for result in &mut sweeps.results {
                let value = VarInfo::local("value", Ty::Unknown, Span::call_site());
                let value = sweeps.function.add_var(value);
                let init = Some(std::mem::replace(*result, Expr::Move(value)));
                sweeps.forward.stmts.push(Stmt::Let { var: value, init });
            }
            mentioned.clear();
        }
        let info = sweeps.function.info(var).clone();
        let kept = sweeps.function.add_var(VarInfo {
            ty: Ty::Unknown,
            mutable: used == Used::Changed,
            view_of: None,
            apart: false,
            ..info.clone()
        });
        stays(sweeps.forward, var);
        let span = info.name.span();
        let init = Expr::Opaque {
            tokens: match used {
                Used::Looked => quote!(#krate::rt::lend!(__hole_0)),
                Used::Changed | Used::Moved => quote_spanned!(span=> #krate::rt::keep!(__hole_0)),
            },
            args: vec![Expr::Move(var)],
            ty: Ty::Unknown,
        };
        sweeps.forward.stmts.push(Stmt::Let { var: kept, init: Some(init) });
        let stands_for_it = sweeps.function.add_var(match used {
            Used::Looked | Used::Changed => VarInfo {
                by_ref: Some(used == Used::Changed),
                view_of: Some(Place { root: kept, proj: vec![Proj::Deref], span: Span::call_site() }),
                apart: false,
                mutable: false,
                late: false,
                ..info
            },
            Used::Moved => VarInfo { late: false, ..info },
        });
        walk::statements_mut(sweeps.backward, &mut |stmt| {
            walk::operands_of_stmt_mut(stmt, &mut |operand| rename(operand, var, stands_for_it, &mut true));
        });
        sweeps.rebase(var, stands_for_it);
        let mut first = vec![match used {
            Used::Looked | Used::Changed => Stmt::View { var: stands_for_it },
            Used::Moved => Stmt::Let {
                var: stands_for_it,
                init: Some(Expr::Opaque {
                    tokens: quote!(__hole_0.into_inner()),
                    args: vec![Expr::Move(kept)],
                    ty: Ty::Unknown,
                }),
            },
        }];
        sweeps.tangents_of(var, stands_for_it, &mut first);
        sweeps.backward.stmts.splice(0..0, first);
    }
}

/// What the reverse sweep does with a variable that it captures.
#[derive(Clone, Copy, PartialEq)]
enum Used {
    Looked,
    Changed,
    Moved,
}

/// What is shared is copied where the forward sweep would move it.
fn stays(forward: &mut Block, var: Var) {
    fn copied(operand: walk::OperandMut, var: Var) {
        if let walk::OperandMut::Expr(expr) = operand {
            // What is read of a user's type is moved where that is not `Copy`.
            let read = matches!(expr, Expr::Read(place) if place.is_var() && place.root == var);
            if read || matches!(expr, Expr::Move(moved) if *moved == var) {
                *expr = Expr::ToOwned(Place::var(var));
            }
            walk::operands_of_expr_mut(expr, &mut |operand| copied(operand, var));
        }
    }
    walk::statements_mut(forward, &mut |stmt| {
        walk::operands_of_stmt_mut(stmt, &mut |operand| copied(operand, var));
    });
}

impl Sweeps<'_> {
    /// In the reverse sweep the views of a variable are those of another; whether there are any.
    fn rebase(&mut self, var: Var, now: Var) -> bool {
        let views = |block: &Block| {
            let mut found = BTreeSet::new();
            walk::statements(block, &mut |stmt| {
                if let Stmt::View { var } = stmt {
                    found.insert(*var);
                }
            });
            found
        };
        let (before, after) = (views(self.forward), views(self.backward));
        let mut found = false;
        for view in after {
            let info = self.function.info(view);
            let Some(base) = info.view_of.clone().filter(|base| base.root == var) else { continue };
            let info = VarInfo { view_of: Some(base.with_root(now)), ..info.clone() };
            found = true;
            if before.contains(&view) {
                let own = self.function.add_var(info);
                let mut renamed = |operand: walk::OperandMut| rename(operand, view, own, &mut true);
                walk::statements_mut(self.backward, &mut |stmt| {
                    walk::operands_of_stmt_mut(stmt, &mut renamed);
                    if let Stmt::View { var } = stmt
                        && *var == view
                    {
                        *var = own;
                    }
                });
            } else {
                self.function.vars[view.0] = info;
            }
        }
        found
    }

    /// In the reverse sweep the tangents of a variable are those of what stands for it there.
    fn tangents_of(&mut self, var: Var, now: Var, first: &mut Vec<Stmt>) {
        for dot in (0..self.function.vars.len()).map(Var) {
            let info = self.function.info(dot).clone();
            if info.tangent_of != Some(var) || info.by_ref.is_some() || info.view_of.is_some() {
                continue;
            }
            let again = self.function.add_var(VarInfo { tangent_of: Some(now), ..info });
            let mut read = false;
            let mut renamed = |operand: walk::OperandMut| rename(operand, dot, again, &mut read);
            walk::statements_mut(self.backward, &mut |stmt| walk::operands_of_stmt_mut(stmt, &mut renamed));
            if self.rebase(dot, again) || read {
                first.push(Stmt::Let { var: again, init: Some(Expr::Move(dot)) });
            }
            self.tangents_of(dot, again, first);
        }
    }
}

fn rename(operand: walk::OperandMut, from: Var, to: Var, found: &mut bool) {
    let mut replace = |var: &mut Var| {
        if *var == from {
            *var = to;
            *found = true;
        }
    };
    match operand {
        walk::OperandMut::Use(var, _) => replace(var),
        walk::OperandMut::Place(place, _) => {
            replace(&mut place.root);
            walk::operands_of_place_mut(place, &mut |operand| rename(operand, from, to, found));
        }
        walk::OperandMut::Expr(expr) => {
            walk::operands_of_expr_mut(expr, &mut |operand| rename(operand, from, to, found));
        }
        walk::OperandMut::Declare(_) => {}
    }
}

/// Variables of users' types, arguments or made by the forward sweep, that the pullback would
/// capture whole.
fn captured_whole(sweeps: &Sweeps) -> Vec<(Var, Used)> {
    let function = &sweeps.function;
    let mut candidates: Vec<Var> = Vec::new();
    let by_value = function.params.iter().filter(|param| param.mode == ParamMode::Value);
    candidates.extend(by_value.map(|param| param.var));
    for stmt in &sweeps.forward.stmts {
        walk::declared_by(stmt, &mut |var| candidates.push(var));
    }
    // Tangents can be cloned.
    candidates.retain(|var| {
        let info = function.info(*var);
        info.by_ref.is_none() && info.view_of.is_none() && !info.boxed && info.tangent_of.is_none()
    });
    let (mut passed, mut whole, mut shaped) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut gone, mut changed, mut declared) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    walk::statements(sweeps.backward, &mut |stmt| {
        if let Stmt::Pull { call, .. } = stmt {
            passed.extend(call.args.iter().filter_map(|arg| match arg {
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                    Some(function.origin(place.root))
                }
                Arg::Value(_) => None,
            }));
        }
        walk::operands_of_stmt(stmt, &mut |operand| moved(operand, &mut gone));
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            let root = function.origin(place.root);
            if access.writes() {
                changed.insert(root);
            }
            // A closure captures fields one by one.
            if !matches!(place.proj.first(), Some(Proj::Field(_))) {
                whole.insert(root);
                if access == walk::Access::Shape {
                    shaped.insert(root);
                }
            }
        });
        walk::declared_by(stmt, &mut |var| _ = declared.insert(var));
    });
    let used = |var: Var| {
        let ty = &function.info(var).ty;
        if gone.contains(&var) {
            return holds_users(ty).then_some(Used::Moved);
        }
        let of_users = holds_users(ty) && whole.contains(&var);
        let handed_over = passed.contains(&var) && matches!(ty, Ty::Unknown);
        if changed.contains(&var) {
            return (of_users || handed_over).then_some(Used::Changed);
        }
        let shown = shaped.contains(&var) && matches!(ty, Ty::Unknown);
        let looked =
            of_users || handed_over || shown || (passed.contains(&var) && matches!(ty, Ty::Named(_)));
        looked.then_some(Used::Looked)
    };
    candidates.retain(|var| !declared.contains(var));
    candidates.into_iter().filter_map(|var| Some((var, used(var)?))).collect()
}

/// Notes what is moved.
fn moved(operand: walk::Operand, changed: &mut BTreeSet<Var>) {
    match operand {
        walk::Operand::Use(used, _) => _ = changed.insert(*used),
        walk::Operand::Expr(expr) => {
            walk::operands_of_expr(expr, &mut |operand| moved(operand, changed));
        }
        walk::Operand::Place(..) | walk::Operand::Declare(_) => {}
    }
}

/// Whether a value of a user's type is of this type, or stands in an aggregate that is.
fn holds_users(ty: &Ty) -> bool {
    let item = |item: &Ty| matches!(item, Ty::Unknown) || holds_users(item);
    match ty {
        Ty::Named(_) => true,
        Ty::Array(of, _) | Ty::Slice(of) | Ty::Vec(of) | Ty::Deque(of) | Ty::Option(of) => item(of),
        Ty::Tuple(items) => items.iter().any(item),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Wide(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Unknown => false,
    }
}
