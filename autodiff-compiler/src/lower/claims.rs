//! What lowering takes for the standard library's by its name, for rustc to check.
//!
//! A user may have a module `mem` with a `swap` of its own, or an `Arc` of a circle. Generated code
//! says what it takes a name for, in a statement that does nothing and does not compile where that is wrong.

use super::Lowerer;
use crate::ir::{Expr, Place, Var};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// Rustc checks that a function makes a pointer to its argument.
    pub(super) fn claim_pointer(&mut self, function: &syn::Expr, value: Var) {
        let krate = &self.krate;
        let tokens = quote_spanned!(function.span()=> #krate::rt::makes_pointer(__hole_0, #function));
        let args = vec![Expr::Borrow { place: Place::var(value), mutable: false }];
        self.effect_of(tokens, args, false);
    }

    /// Rustc checks that a path's owner (`Rc` in `Rc::clone`) is a pointer.
    pub(super) fn claim_pointer_type(&mut self, path: &syn::ExprPath) {
        if is_absolute(path) {
            return;
        }
        let krate = &self.krate;
        let mut owner = path.path.clone();
        owner.segments.pop();
        owner.segments.pop_punct();
        if let Some(last) = owner.segments.last_mut() {
            last.arguments = syn::PathArguments::AngleBracketed(syn::parse_quote!(<()>));
        }
        let tokens = quote_spanned!(path.span()=> #krate::rt::points::<#owner>());
        self.effect_of(tokens, Vec::new(), false);
    }

    /// Rustc checks that a path is the standard library's function of that name. `changed`: the place
    /// that it changes, whose type tells which instance of a generic function is meant.
    pub(super) fn claim_function(&mut self, path: &syn::ExprPath, changed: Option<&Place>) {
        let Some(last) = path.path.segments.last() else { return };
        if is_absolute(path) {
            return;
        }
        let (krate, name) = (&self.krate, &last.ident);
        let mut path = path.clone();
        if let Some(last) = path.path.segments.last_mut() {
            last.arguments = syn::PathArguments::None;
        }
        if let Some(place) = changed {
            let check = quote::format_ident!("is_{}", name);
            let tokens = quote_spanned! {path.span()=>
                #krate::rt::claims::#check(__hole_0, #path, #krate::rt::claims::#name)
            };
            let args = vec![Expr::Borrow { place: place.clone(), mutable: false }];
            return self.effect_of(tokens, args, false);
        }
        let Some((named, arguments)) = instance(&name.to_string(), &path) else { return };
        let named = syn::Ident::new(named, name.span());
        let tokens = quote_spanned! {path.span()=>
            #krate::rt::claims::is(#path::<#arguments>, #krate::rt::claims::#named::<#arguments>)
        };
        self.effect_of(tokens, Vec::new(), false);
    }
}

/// What a function of the standard library is called in the runtime, and the arguments of an
/// instance of it.
fn instance(name: &str, path: &syn::ExprPath) -> Option<(&'static str, TokenStream)> {
    let in_array = path.path.segments.iter().any(|segment| segment.ident == "array");
    Some(match name {
        "drop" => ("drop", quote!(())),
        "forget" => ("forget", quote!(())),
        "take" => ("take", quote!(())),
        "identity" => ("identity", quote!(())),
        "black_box" => ("black_box", quote!(())),
        "from_fn" if in_array => ("array_from_fn", quote!((), 0, fn(usize))),
        "from_fn" => ("iter_from_fn", quote!((), fn() -> ::core::option::Option<()>)),
        "repeat" => ("repeat", quote!(())),
        "once" => ("once", quote!(())),
        "empty" => ("empty", quote!(())),
        "repeat_n" => ("repeat_n", quote!(())),
        "zip" => ("zip", quote!([(); 0], [(); 0])),
        "repeat_with" => ("repeat_with", quote!((), fn())),
        "successors" => ("successors", quote!((), fn(&()) -> ::core::option::Option<()>)),
        _ => return None,
    })
}

/// Whether a path names a crate of the standard library.
fn is_absolute(path: &syn::ExprPath) -> bool {
    path.path.segments.len() > 1
        && path
            .path
            .segments
            .first()
            .is_some_and(|first| ["std", "core", "alloc"].iter().any(|name| first.ident == name))
}
