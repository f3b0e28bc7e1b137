//! The type of what an associated function of a generic type gives, where the call or its context says with which
//! arguments: `Filter::<4>::new()`, `let f: Filter<4> = Filter::new()`; and of what a trait's own methods give it.

use super::Lowerer;
use crate::ir::{Arg, Callee, Named, Ty};
use proc_macro2::Ident;
use quote::{ToTokens, quote};
use syn::{GenericArgument, ItemImpl, PathArguments, Signature, Type};

impl Lowerer<'_> {
    /// What `Owner::<4>::new()` gives, if that is its owner.
    pub(super) fn owner_told(&self, callee: &Callee) -> Option<Ty> {
        let Callee::Assoc { prefix, name, .. } = callee else { return None };
        let mut path: syn::Path = syn::parse2(quote!(#prefix #name)).ok()?;
        path.segments.pop();
        path.segments.pop_punct();
        let last = path.segments.last_mut()?;
        let PathArguments::AngleBracketed(arguments) = &mut last.arguments else { return None };
        arguments.colon2_token = None;
        let told =
            arguments.args.iter().all(|argument| !matches!(argument, GenericArgument::Type(Type::Infer(_))));
        if !told || !self.gives_its_owner(&last.ident, name) {
            return None;
        }
        let ty = self.types.ty(&Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path }));
        matches!(&ty, Ty::Named(named) if named.fields.is_some()).then_some(ty)
    }

    /// `Owner::new` with the arguments of the type that the context asks for: of a forward sweep that gives a pullback
    /// beside the value the type cannot be written down.
    pub(super) fn told_by_context(&self, callee: Callee, hint: &Ty) -> Callee {
        let arguments = self.arguments_of(&callee, hint);
        match (callee, arguments) {
            (Callee::Assoc { name, turbofish, .. }, Some((owner, arguments))) => {
                Callee::Assoc { prefix: quote!(#owner::#arguments::), name, turbofish }
            }
            (callee, _) => callee,
        }
    }

    fn arguments_of(&self, callee: &Callee, hint: &Ty) -> Option<(Ident, proc_macro2::TokenStream)> {
        let (Callee::Assoc { prefix, name, .. }, Ty::Named(named)) = (callee, hint) else { return None };
        let path: syn::Path = syn::parse2(quote!(#prefix #name)).ok()?;
        let [owner, _] = path.segments.iter().collect::<Vec<_>>()[..] else { return None };
        let Named { written: Type::Path(written), .. } = &**named else { return None };
        let last = written.path.segments.last()?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        let mut arguments = arguments.clone();
        arguments.colon2_token = None;
        let fits = written.path.segments.len() == 1 && last.ident == owner.ident && owner.arguments.is_none();
        (fits && self.gives_its_owner(&owner.ident, name))
            .then(|| (owner.ident.clone(), arguments.to_token_stream()))
    }

    /// The signature of a method of the trait that this is the definition of, called on `self` or as `Self::name`.
    pub(super) fn signature_of_this_trait(
        &self,
        callee: &Callee,
        args: &[Arg],
    ) -> Option<(Signature, Option<Ident>)> {
        let of_trait = self.types.in_trait.as_ref()?;
        let (name, own) = match (callee, args.first()) {
            (Callee::Method { name, .. }, Some(Arg::Receiver { place, .. })) => {
                let is_self = |var| self.f.params.iter().any(|param| param.var == var);
                let own = place.is_var() && is_self(place.root) && self.f.info(place.root).name == "self";
                (name, own)
            }
            (Callee::Assoc { prefix, name, .. }, _) => {
                (name, prefix.to_string() == quote!(Self::).to_string())
            }
            (Callee::Method { .. } | Callee::Path(_), _) => return None,
        };
        own.then(|| self.around.trait_method(of_trait, name)).flatten().map(|sig| (sig, None))
    }

    /// Whether an associated function of this file gives a value of the type whose it is, with its arguments.
    fn gives_its_owner(&self, owner: &Ident, name: &Ident) -> bool {
        let found =
            (!self.is_own_name(&owner.to_string())).then(|| self.around.method(owner, name)).flatten();
        found.is_some_and(|(block, function)| is_of_owner(&block, &function.item.sig))
    }
}

/// Whether a function gives `Self`, by that name or spelled out, of a type whose arguments are the generics of its
/// block in their order.
fn is_of_owner(block: &ItemImpl, sig: &Signature) -> bool {
    let syn::ReturnType::Type(_, output) = &sig.output else { return false };
    let own = &block.self_ty;
    let itself = matches!(&**output, Type::Path(path) if path.path.is_ident("Self")) || output == own;
    let Type::Path(owner) = &**own else { return false };
    let Some(last) = owner.path.segments.last() else { return false };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let params = block.generics.params.iter().filter_map(|param| match param {
        syn::GenericParam::Type(param) => Some(param.ident.to_string()),
        syn::GenericParam::Const(param) => Some(param.ident.to_string()),
        syn::GenericParam::Lifetime(_) => None,
    });
    let given = arguments.args.iter().map(|argument| argument.to_token_stream().to_string());
    itself && params.eq(given)
}
