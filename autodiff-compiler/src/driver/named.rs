//! Names for the types of arguments, and for lifetimes of blocks, that have none.

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
                syn::Type::ImplTrait(bounds) => {
                    let name = match self.of_argument {
                        0 => quote::format_ident!("__Arg{}", self.argument),
                        again => quote::format_ident!("__Arg{}_{again}", self.argument),
                    };
                    // What is wrong with it is reported where it stands.
                    let name = syn::Ident::new(&name.to_string(), bounds.impl_token.span);
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

/// Names the lifetimes of a block, `impl Model<'_>`: the types of pullbacks mention them.
pub fn name_lifetimes(block: &mut syn::ItemImpl) {
    struct Elided(Vec<syn::Lifetime>);
    impl VisitMut for Elided {
        fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
            if lifetime.ident == "_" {
                *lifetime = syn::Lifetime::new(&format!("'ad_of_block{}", self.0.len()), lifetime.apostrophe);
                self.0.push(lifetime.clone());
            }
        }
    }
    let mut elided = Elided(Vec::new());
    elided.visit_type_mut(&mut block.self_ty);
    if let Some((path, _)) = &mut block.trait_ {
        elided.visit_path_mut(path);
    }
    let params = std::mem::take(&mut block.generics.params);
    let named = elided.0.into_iter().map(|name| -> syn::GenericParam { syn::parse_quote!(#name) });
    block.generics.params = named.chain(params).collect();
}
