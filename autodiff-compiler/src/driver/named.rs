//! Names for the types of arguments that have none.

use quote::ToTokens;
use syn::Signature;
use syn::visit_mut::{self, VisitMut};

/// A signature whose arguments of the form `impl Trait` have named types.
pub fn named(sig: &Signature) -> Signature {
    struct Named {
        argument: usize,
        /// How many of its types have names already.
        of_argument: usize,
        params: Vec<syn::GenericParam>,
    }
    impl VisitMut for Named {
        fn visit_type_mut(&mut self, ty: &mut syn::Type) {
            match ty {
                syn::Type::ImplTrait(bounds) if !bounds.to_token_stream().to_string().contains("Fn") => {
                    let name = match self.of_argument {
                        0 => quote::format_ident!("__Arg{}", self.argument),
                        again => quote::format_ident!("__Arg{}_{again}", self.argument),
                    };
                    self.of_argument += 1;
                    let bounds = &bounds.bounds;
                    self.params.push(syn::parse_quote!(#name: #bounds));
                    *ty = syn::parse_quote!(#name);
                }
                // `&(impl Trait + ?Sized)` needs none.
                syn::Type::Paren(inner) => {
                    self.visit_type_mut(&mut inner.elem);
                    *ty = (*inner.elem).clone();
                }
                ty => visit_mut::visit_type_mut(self, ty),
            }
        }
    }
    let mut sig = sig.clone();
    let mut named = Named { argument: 0, of_argument: 0, params: Vec::new() };
    for (k, input) in sig.inputs.iter_mut().enumerate() {
        if let syn::FnArg::Typed(typed) = input {
            (named.argument, named.of_argument) = (k, 0);
            named.visit_type_mut(&mut typed.ty);
        }
    }
    sig.generics.params.extend(named.params);
    sig
}
