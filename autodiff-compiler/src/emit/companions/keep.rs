//! What pullbacks and companions keep or copy of values of users' types, which may not be `Clone`.

use super::{Param, Target};
use crate::emit::Emitter;
use crate::emit::types::Shape;
use crate::ir::{Arg, Block, Function, ParamMode, Stmt, Ty, Var, walk};
use proc_macro2::TokenStream;
use quote::quote;

impl Target<'_> {
    /// What the reverse sweep looks at of a user's type without `Clone` is shared: pullbacks can
    /// be cloned.
    pub(super) fn keeps(
        &self,
        emitter: &mut Emitter,
        function: &Function,
        forward: &Block,
        backward: &Block,
    ) -> TokenStream {
        let krate = self.krate;
        let mut candidates: Vec<Var> = Vec::new();
        let by_value = function.params.iter().filter(|param| param.mode == ParamMode::Value);
        candidates.extend(by_value.map(|param| param.var));
        walk::statements(forward, &mut |stmt| {
            walk::declared_by(stmt, &mut |var| candidates.push(var));
        });
        candidates.retain(|var| {
            let info = function.info(*var);
            matches!(info.ty, Ty::Named(_) | Ty::Unknown) && info.by_ref.is_none() && !info.boxed
        });
        // What else it reads are fields, which the closure captures one by one.
        let mut passed: Vec<Var> = Vec::new();
        walk::statements(backward, &mut |stmt| {
            if let Stmt::Pull { call, .. } = stmt {
                passed.extend(call.args.iter().filter_map(|arg| match arg {
                    Arg::Ref(place) | Arg::Receiver { place, mutable: false } => {
                        Some(function.storage(place.root))
                    }
                    Arg::Value(_) | Arg::RefMut(_) | Arg::Receiver { mutable: true, .. } => None,
                }));
            }
            walk::accesses_of_stmt(stmt, &mut |place, access| {
                let root = function.storage(place.root);
                candidates.retain(|var| !access.writes() || *var != root);
            });
            walk::declared_by(stmt, &mut |declared| candidates.retain(|var| *var != declared));
        });
        candidates.retain(|var| passed.contains(var));
        let mut keeps = TokenStream::new();
        for var in candidates {
            let (name, kept) = (emitter.name(var), emitter.name_in_closure(var));
            keeps.extend(quote!(let #kept = #krate::rt::keep!(#name);));
            emitter.names.rename(var, kept);
        }
        keeps
    }

    /// `Clone` of the types of some parameters, for companions that copy them.
    pub(super) fn clone_bounds(&self, copied: impl Fn(&Param) -> bool) -> Vec<TokenStream> {
        let bounds = self.params.iter().filter_map(|param| {
            let ty = behind_reference(&param.ty);
            // The lifetime makes the bound one that may fail.
            (copied(param) && holds_other(&param.shape)).then(|| {
                let ty = match &ty {
                    syn::Type::Slice(slice) => (*slice.elem).clone(),
                    ty => ty.clone(),
                };
                quote!(for<'__ad> #ty: ::core::clone::Clone)
            })
        });
        bounds.collect()
    }
}

/// Whether a type that the user defined has a part in a shape.
fn holds_other(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Inert => false,
        Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) | Shape::Option(item) => {
            holds_other(item)
        }
        Shape::Tuple(items) => items.iter().any(holds_other),
        Shape::Other(_) => true,
    }
}

/// The type that a reference refers to.
fn behind_reference(ty: &syn::Type) -> syn::Type {
    match ty {
        syn::Type::Reference(reference) => (*reference.elem).clone(),
        ty => ty.clone(),
    }
}
