//! What is asked of derivatives inside differentiable functions: the orders of methods, and derivatives
//! that have none of their own.

use super::strip;
use crate::analyze::activity::Activity;
use crate::diagnostics::{Diagnostics, message};
use crate::ir::{Arg, Call, Callee, Function, Stmt, Ty, names_derivative, walk};
use crate::names::mentions;
use crate::options::{MAX_ORDER, Options};
use quote::quote;
use std::collections::BTreeMap;
use syn::{FnArg, ImplItem, ItemImpl, Type};

/// How many orders a companion that is differentiated asks for beyond its caller's.
fn beyond(companion: &str) -> Option<u8> {
    match companion {
        "grad" | "value_and_grad" | "jvp" | "vjp" | "pullback" | "jacobian" => Some(1),
        "hvp" | "hessian" => Some(2),
        other => other.strip_prefix('d')?.parse().ok().filter(|order| (2..=MAX_ORDER).contains(order)),
    }
}

/// The orders of the methods of a block whose order is `order`: a method whose `m_grad` another one calls
/// has one more than that. A method's own attribute says its order.
pub fn orders(block: &ItemImpl, order: u8) -> BTreeMap<String, u8> {
    let methods = block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) if !method.attrs.iter().any(strip::is_no_diff) => Some(method),
        _ => None,
    });
    let mut orders: BTreeMap<String, u8> = BTreeMap::new();
    let mut calls: Vec<(String, String, u8)> = Vec::new();
    for method in methods.clone() {
        let name = method.sig.ident.to_string();
        if !method.attrs.iter().any(strip::is_differentiable) {
            orders.insert(name.clone(), order);
        }
        let body = &method.block;
        for mentioned in mentions(quote!(#body)) {
            let splits = mentioned.match_indices('_').map(|(at, _)| (&mentioned[..at], &mentioned[at + 1..]));
            for (called, companion) in splits {
                let is_method = methods.clone().any(|method| method.sig.ident == called);
                if let Some(beyond) = beyond(companion).filter(|_| is_method) {
                    calls.push((name.clone(), called.to_owned(), beyond));
                }
            }
        }
    }
    // Without a cycle, each round settles one more method.
    for _ in 0..=calls.len() {
        let mut changed = false;
        for (caller, called, beyond) in &calls {
            let needed = orders.get(caller).map_or(order, |order| *order) + beyond;
            if let Some(known) = orders.get_mut(called).filter(|known| **known < needed) {
                *known = needed.min(MAX_ORDER);
                changed |= needed <= MAX_ORDER;
            }
        }
        if !changed {
            break;
        }
    }
    orders
}

/// Refuses derivatives of functions of this file where these have no derivative of their own.
pub fn check(function: &Function, activity: &Activity, options: &Options, diag: &mut Diagnostics) {
    function.visit(&mut |stmt| {
        let Stmt::Call(call) = stmt else { return };
        let Callee::Path(path) = &call.callee else { return };
        let (2, Some(owner), Some(last)) = (path.segments.len(), path.segments.first(), path.segments.last())
        else {
            return;
        };
        // Of `accumulate` the runtime says what to call instead.
        let has_derivatives = names_derivative(&last.ident) && last.ident != "accumulate";
        if !has_derivatives || !is_differentiated(call, function, activity) {
            return;
        }
        let Some(found) = options.around.function(&owner.ident).map(|found| found.item) else { return };
        if !found.attrs.iter().any(strip::is_differentiable) {
            return;
        }
        let (owner, name) = (owner.ident.to_string(), last.ident.to_string());
        let is_struct = |arg: &Arg| holds_struct(&ty_of(arg, function));
        let changes = found.sig.inputs.iter().any(|input| match input {
            FnArg::Typed(typed) => {
                matches!(&*typed.ty, Type::Reference(reference) if reference.mutability.is_some())
            }
            FnArg::Receiver(_) => false,
        });
        if changes {
            diag.error(call.span, message::derivative_of_changing(&owner, &name));
        } else if name == "hessian" && active_arguments(call, function, activity).any(is_struct) {
            diag.error(call.span, message::hessian_of_struct(&owner));
        }
    });
}

/// Whether something active goes in and comes out.
fn is_differentiated(call: &Call, function: &Function, activity: &Activity) -> bool {
    let mut active = active_arguments(call, function, activity);
    let given = active_arguments(call, function, activity).next().is_some();
    given && (activity.is_active(call.result) || active.any(|arg| matches!(arg, Arg::RefMut(_))))
}

fn active_arguments<'c>(
    call: &'c Call,
    function: &'c Function,
    activity: &'c Activity,
) -> impl Iterator<Item = &'c Arg> {
    call.args.iter().filter(|arg| match arg {
        Arg::Value(value) => {
            let mut found = false;
            walk::accesses_of_expr(value, &mut |place, _| found |= activity.is_active(place.root));
            found
        }
        Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
            activity.is_active_place(function, place)
        }
    })
}

fn ty_of(arg: &Arg, function: &Function) -> Ty {
    match arg {
        Arg::Value(value) => value.ty(function),
        Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => function.place_ty(place),
    }
}

fn holds_struct(ty: &Ty) -> bool {
    match ty {
        Ty::Named(named) => named.inert.is_none(),
        Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
            holds_struct(item)
        }
        Ty::Tuple(items) => items.iter().any(holds_struct),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Wide(_)
        | Ty::Unknown => false,
    }
}
