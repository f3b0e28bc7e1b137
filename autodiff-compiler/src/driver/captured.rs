//! What the pullback of a split function captures: it can be cloned, whether or not the types of
//! the user's in it can.

use crate::ir::{Arg, Expr, ParamMode, Place, Proj, Stmt, Ty, Var, VarInfo, walk};
use crate::reverse::Adjoint;
use proc_macro2::Span;
use quote::quote;
use std::collections::BTreeSet;
use syn::Member;

/// A pullback that does not look at the result leaves it to the caller, and one that looks at
/// fields of it keeps those: no copy is made of the whole, and none is asked of a type that is not
/// `Clone`.
pub fn hand_over_result(adjoint: &mut Adjoint) {
    let Expr::ToOwned(result) = &adjoint.function.result else { return };
    let info = adjoint.function.info(result.root);
    if !result.is_var() || info.by_ref.is_some() || info.view_of.is_some() {
        return;
    }
    let root = result.root;
    let mut declared = false;
    walk::statements(&adjoint.forward, &mut |stmt| {
        walk::declared_by(stmt, &mut |var| declared |= var == root)
    });
    let Some(parts) = fields_read(adjoint, root).filter(|_| declared) else { return };
    for part in parts {
        let ty = adjoint.function.place_ty(&part);
        let Some(Proj::Field(member)) = part.proj.last() else { unreachable!("a part is a field") };
        let name = match member {
            Member::Named(name) => name.to_string(),
            Member::Unnamed(_) => "part".to_string(),
        };
        let kept = adjoint.function.add_var(VarInfo::local(&name, ty.clone(), part.span));
        let value = if ty.is_copy() { Expr::Read(part.clone()) } else { Expr::ToOwned(part.clone()) };
        adjoint.forward.stmts.push(Stmt::Let { var: kept, init: Some(value) });
        walk::places_mut(&mut adjoint.backward, &mut |place| {
            if place.root == root && same_fields(&place.proj, &part.proj) {
                place.root = kept;
                place.proj.drain(..part.proj.len());
            }
        });
    }
    adjoint.function.result = Expr::Move(root);
}

/// The fields of a variable that a pullback reads; `None` when it does anything else with it.
fn fields_read(adjoint: &Adjoint, root: Var) -> Option<Vec<Place>> {
    let function = &adjoint.function;
    let mut parts: Option<Vec<Place>> = Some(Vec::new());
    walk::statements(&adjoint.backward, &mut |stmt| {
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            if function.storage(place.root) != root {
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

/// Whether projections begin with the given fields.
fn same_fields(proj: &[Proj], fields: &[Proj]) -> bool {
    proj.len() >= fields.len()
        && proj.iter().zip(fields).all(|pair| matches!(pair, (Proj::Field(a), Proj::Field(b)) if a == b))
}

/// What the reverse sweep looks at as a whole of a user's type without `Clone` is shared.
pub fn share(adjoint: &mut Adjoint, krate: &syn::Path) {
    let mut mentioned = BTreeSet::new();
    walk::accesses_of_expr(&adjoint.function.result, &mut |place, _| {
        mentioned.insert(place.root);
    });
    for var in looked_at(adjoint) {
        // The value leaves before what it is read from is shared.
        if mentioned.contains(&var) {
            let function = &mut adjoint.function;
            let value = function.add_var(VarInfo::local("value", Ty::Unknown, Span::call_site()));
            let result = std::mem::replace(&mut function.result, Expr::Move(value));
            adjoint.forward.stmts.push(Stmt::Let { var: value, init: Some(result) });
            mentioned.clear();
        }
        let info = adjoint.function.info(var).clone();
        let kept = adjoint.function.add_var(VarInfo {
            ty: Ty::Unknown,
            mutable: false,
            view_of: None,
            ..info.clone()
        });
        let init = Expr::Opaque {
            tokens: quote!(#krate::rt::lend!(__hole_0)),
            args: vec![Expr::Move(var)],
            ty: Ty::Unknown,
        };
        adjoint.forward.stmts.push(Stmt::Let { var: kept, init: Some(init) });
        let inside = Place { root: kept, proj: vec![Proj::Deref], span: Span::call_site() };
        let view = adjoint.function.add_var(VarInfo {
            by_ref: Some(false),
            view_of: Some(inside),
            mutable: false,
            late: false,
            ..info
        });
        walk::places_mut(&mut adjoint.backward, &mut |place| {
            if place.root == var {
                place.root = view;
            }
        });
        adjoint.backward.stmts.insert(0, Stmt::View { var: view });
    }
}

/// Variables of users' types, arguments or made by the forward sweep, that the pullback would
/// capture whole, and only reads.
fn looked_at(adjoint: &Adjoint) -> Vec<Var> {
    let function = &adjoint.function;
    let mut candidates: Vec<Var> = Vec::new();
    let by_value = function.params.iter().filter(|param| param.mode == ParamMode::Value);
    candidates.extend(by_value.map(|param| param.var));
    for stmt in &adjoint.forward.stmts {
        walk::declared_by(stmt, &mut |var| candidates.push(var));
    }
    candidates.retain(|var| {
        let info = function.info(*var);
        info.by_ref.is_none() && info.view_of.is_none() && !info.boxed
    });
    let (mut passed, mut whole, mut shaped) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    walk::statements(&adjoint.backward, &mut |stmt| {
        if let Stmt::Pull { call, .. } = stmt {
            passed.extend(call.args.iter().filter_map(|arg| match arg {
                Arg::Ref(place) | Arg::Receiver { place, mutable: false } => {
                    Some(function.storage(place.root))
                }
                Arg::Value(_) | Arg::RefMut(_) | Arg::Receiver { mutable: true, .. } => None,
            }));
        }
        walk::operands_of_stmt(stmt, &mut |operand| moved(operand, &mut candidates));
        walk::accesses_of_stmt(stmt, &mut |place, access| {
            let root = function.storage(place.root);
            candidates.retain(|var| !access.writes() || *var != root);
            // A closure captures fields one by one.
            if !matches!(place.proj.first(), Some(Proj::Field(_))) {
                whole.insert(root);
                if access == walk::Access::Shape {
                    shaped.insert(root);
                }
            }
        });
        walk::declared_by(stmt, &mut |declared| candidates.retain(|var| *var != declared));
    });
    candidates.retain(|var| {
        let ty = &function.info(*var).ty;
        (holds_users(ty) && whole.contains(var))
            || (matches!(ty, Ty::Named(_)) && passed.contains(var))
            || (matches!(ty, Ty::Unknown) && (passed.contains(var) || shaped.contains(var)))
    });
    candidates
}

/// Takes away what is moved.
fn moved(operand: walk::Operand, candidates: &mut Vec<Var>) {
    match operand {
        walk::Operand::Use(used, _) => candidates.retain(|var| var != used),
        walk::Operand::Expr(expr) => {
            walk::operands_of_expr(expr, &mut |operand| moved(operand, candidates));
        }
        walk::Operand::Place(..) | walk::Operand::Declare(_) => {}
    }
}

/// Whether a value of a user's type is of this type, or stands in an aggregate that is.
fn holds_users(ty: &Ty) -> bool {
    let item = |item: &Ty| matches!(item, Ty::Unknown) || holds_users(item);
    match ty {
        Ty::Named(_) => true,
        Ty::Array(of, _) | Ty::Slice(of) | Ty::Vec(of) | Ty::Option(of) => item(of),
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
