//! Declarations: which are written with their type.

use super::Emitter;
use crate::ir::{Expr, Function, Op, Ty, Var};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    pub(super) fn declaration(&self, var: Var, init: Option<&Expr>) -> TokenStream {
        let binding = self.binding(var);
        let info = self.function.info(var);
        match init {
            // The text may read it before it assigns it.
            Some(Expr::Placeholder(_)) | None if info.boxed => match self.annotation(&info.ty) {
                Some(ty) => quote!(let #binding: ::core::option::Option<#ty> = ::core::option::Option::None;),
                None => quote!(let #binding = ::core::option::Option::None;),
            },
            Some(init) if info.boxed && self.perhaps_nothing(init).is_some() => {
                let other = self.perhaps_nothing(init);
                quote!(let #binding = #other;)
            }
            Some(Expr::Zero { like }) if info.boxed && self.is_boxed(like) => {
                let (krate, like) = (self.krate, self.name(like.root));
                quote!(let #binding = #like.as_ref().map(|__like| #krate::rt::zero_like(__like));)
            }
            Some(init) if info.near => self.nearby(var, init),
            Some(init) if info.boxed => {
                let value = self.value(init);
                quote!(let #binding = ::core::option::Option::Some(#value);)
            }
            Some(init) => {
                let value = self.value(init);
                // Literals alone leave the type open: `let x_bar = 0.0` before a method call, and so does
                // `half(1.0)` for any float.
                let made = matches!(info.ty, Ty::Generic(_)) && made_of_numbers(init, self.function);
                // A shadow does not begin as `None`.
                let plain = is_none(init) || literal(init, self.function) && same_for_shadows(&info.ty);
                let ty = if plain || made { self.annotation(&info.ty) } else { None };
                let ty = ty.map(|ty| quote!(: #ty));
                quote!(let #binding #ty = #value;)
            }
            None => {
                let aggregate = matches!(info.ty, Ty::Vec(_) | Ty::Deque(_) | Ty::Array(..))
                    && !same_for_shadows(&info.ty);
                let ty = if aggregate { None } else { self.annotation(&info.ty) };
                let ty = ty.map(|ty| quote!(: #ty));
                quote!(let #binding #ty;)
            }
        }
    }

    /// The declaration of a vector that stands in the frame while it is short.
    fn nearby(&self, var: Var, init: &Expr) -> TokenStream {
        let (krate, name) = (self.krate, self.name(var));
        let Ty::Vec(item) = &self.function.info(var).ty else { unreachable!("a row of floats is a `Vec`") };
        let (elem, len) = match init {
            Expr::VecRepeat { elem, len } => (self.value(elem), self.value(len)),
            Expr::Zero { like } => (self.constant(0.0, item).0, self.value(&Expr::Len(like.clone()))),
            init => unreachable!("a row of floats begins with equal elements, not with {init:?}"),
        };
        let ty = same_for_shadows(item).then(|| self.annotation(item)).flatten();
        let ty = ty.map(|ty| quote!(: &mut [#ty]));
        quote!(let #name #ty = &mut #krate::rt::near(#elem, #len)[..];)
    }
}

/// Whether the type of `expr` follows from nothing but literals, so that it is open without an
/// annotation.
fn literal(expr: &Expr, f: &Function) -> bool {
    let literal = |expr: &Expr| literal(expr, f);
    match expr {
        Expr::Lit(_) | Expr::Const(..) | Expr::Zero { .. } | Expr::Placeholder(_) => true,
        Expr::Prim { op, args, .. } => !matches!(op, Op::Fn(_)) && args.iter().all(literal),
        Expr::Tuple(args) => args.iter().any(literal),
        Expr::Array(args) | Expr::VecOf(args) => args.iter().all(literal),
        Expr::Repeat { elem, .. } | Expr::VecRepeat { elem, .. } => literal(elem),
        Expr::Some(inner) => literal(inner),
        Expr::Select { then, els, .. } => literal(then) && literal(els),
        Expr::VecNew { .. } => true,
        // Values of whatever type is asked for.
        Expr::Opaque { tokens, args, .. } => {
            let text = tokens.to_string();
            args.is_empty() && (text.ends_with("None") || text.ends_with("default ()"))
        }
        // One that was made of literals itself.
        Expr::Read(place) => place.is_var() && matches!(f.info(place.root).ty, Ty::Float),
        Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Cast { .. }
        | Expr::Struct { .. }
        | Expr::Take { .. } => false,
    }
}

/// Whether an expression is `None`, of no type in particular.
fn is_none(expr: &Expr) -> bool {
    match expr {
        Expr::Opaque { tokens, args, .. } => args.is_empty() && tokens.to_string() == "None",
        Expr::Lit(_)
        | Expr::Const(..)
        | Expr::Read(_)
        | Expr::Move(_)
        | Expr::ToOwned(_)
        | Expr::Borrow { .. }
        | Expr::Len(_)
        | Expr::Prim { .. }
        | Expr::Select { .. }
        | Expr::Cast { .. }
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat { .. }
        | Expr::VecOf(_)
        | Expr::VecRepeat { .. }
        | Expr::VecNew { .. }
        | Expr::Some(_)
        | Expr::Struct { .. }
        | Expr::Zero { .. }
        | Expr::Placeholder(_)
        | Expr::Take { .. } => false,
    }
}

/// Whether a variable and its tangent or cotangent have the type in common, as those of floats do.
fn same_for_shadows(ty: &Ty) -> bool {
    match ty {
        Ty::F64 | Ty::F32 | Ty::Wide(_) => true,
        // An integer has no tangent, so that the variable is no shadow.
        Ty::Int(name) => name.is_some(),
        Ty::Array(item, _) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
            !matches!(**item, Ty::Int(_)) && same_for_shadows(item)
        }
        Ty::Tuple(items) => items.iter().all(|item| !matches!(item, Ty::Int(_)) && same_for_shadows(item)),
        Ty::Bool | Ty::Generic(_) | Ty::Named(_) | Ty::Float | Ty::Inert | Ty::Slice(_) | Ty::Unknown => {
            false
        }
    }
}

/// Whether `expr` is a function of numbers that are no `T`: `half(1.0)`, `from_count(n as f64)`.
fn made_of_numbers(expr: &Expr, f: &Function) -> bool {
    let Expr::Opaque { tokens, args, .. } = expr else { return false };
    let number = |arg: &Expr| {
        matches!(arg, Expr::Lit(_)) || matches!(arg.ty(f), Ty::F64 | Ty::F32 | Ty::Int(_) | Ty::Bool)
    };
    args.iter().all(number)
        && matches!(
            syn::parse2(tokens.clone()),
            Ok(syn::Expr::Call(call)) if call.args.len() == args.len()
                && call.args.iter().all(|arg| matches!(arg, syn::Expr::Path(_)))
        )
}
