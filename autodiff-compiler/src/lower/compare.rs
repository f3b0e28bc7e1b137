//! Comparisons by name: `a.partial_cmp(b)`, `f64::total_cmp(a, b)`, `f64::total_cmp` for a closure.

use super::Lowerer;
use super::scope::Operand;
use super::stmt::unparen;
use crate::ir::{Expr, Ty};
use proc_macro2::TokenStream;
use quote::quote;

const COMPARISONS: [&str; 9] = ["partial_cmp", "total_cmp", "cmp", "eq", "ne", "lt", "le", "gt", "ge"];

impl Lowerer<'_> {
    /// `f64::total_cmp(a, b)` as `a.total_cmp(b)`: no companion of theirs belongs to a path.
    pub(super) fn comparison_by_path(&self, path: &syn::ExprPath, args: &[&syn::Expr]) -> Option<syn::Expr> {
        let [receiver, other] = args else { return None };
        let name = &path.path.segments.last()?.ident;
        let owner = &path.path.segments.iter().nth_back(1)?.ident;
        let known = self.types.is_float_name(owner)
            || ["PartialOrd", "PartialEq", "Ord"].iter().any(|of| owner == of);
        (known && COMPARISONS.iter().any(|of| name == of))
            .then(|| syn::parse_quote!((#receiver).#name(#other)))
    }

    /// The call of a comparison with the reference that it takes written down: references have vanished
    /// from what `other` names.
    pub(super) fn compared_by_reference(&self, call: &syn::ExprMethodCall) -> syn::ExprMethodCall {
        let mut call = call.clone();
        if COMPARISONS.iter().any(|name| call.method == name)
            && call.args.len() == 1
            && let Some(other) = call.args.first_mut()
            && !matches!(unparen(other), syn::Expr::Reference(_))
            // Types of users may have methods of these names that take a value.
            && is_number(&self.type_of(other))
        {
            // Where it is a reference all the same, rustc takes one away.
            *other = syn::parse_quote!(&#other);
        }
        call
    }

    /// What a sequence says by comparing its elements is an index or a `bool`: locally constant.
    ///
    /// The type is written down: a user's method of that name that gives a float must not lose its
    /// derivative, but fail to compile.
    pub(super) fn found_by_comparisons(&mut self, name: &str, call: &syn::ExprMethodCall) -> Option<Operand> {
        let index = quote!(::core::primitive::usize);
        let (ty, written) = match name {
            "partition_point" => (super::types::usize_ty(), index),
            "binary_search" | "binary_search_by" | "binary_search_by_key" => {
                (Ty::Inert, quote!(::core::result::Result<#index, #index>))
            }
            "is_sorted" | "is_sorted_by" | "is_sorted_by_key" => (Ty::Bool, quote!(::core::primitive::bool)),
            _ => return None,
        };
        let whole = syn::Expr::MethodCall(call.clone());
        self.can_be_opaque(&whole).then(|| self.written(&whole, ty, written))
    }

    /// An expression without a derivative, with its type written down.
    pub(super) fn written(&mut self, whole: &syn::Expr, ty: Ty, written: TokenStream) -> Operand {
        let (tokens, args, _) = self.opaque_parts(whole);
        let tokens = quote!({ let __found: #written = #tokens; __found });
        Operand::Value(Expr::Opaque { tokens, args, ty })
    }
}

fn is_number(ty: &Ty) -> bool {
    ty.is_float() || ty.is_int() || matches!(ty, Ty::Bool)
}
