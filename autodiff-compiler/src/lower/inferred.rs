//! What generic parameters of functions of this file stand for, where what a call is given says it:
//! `Vector3::new(x, y, z)` of floats gives a `Vector3<f64>`.

use super::Lowerer;
use crate::ir::{Arg, Ty};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::BTreeMap;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, GenericArgument, GenericParam, Generics, ItemImpl, PathArguments, Signature, Type};

/// The parameters, and what each stands for as far as it is known.
struct Inferred(BTreeMap<String, Option<Type>>);

impl Lowerer<'_> {
    /// A signature with what its generic parameters stand for, and with `Self` spelled out; those of which that is not
    /// known stay its own.
    pub(super) fn inferred(
        &self,
        block: Option<&ItemImpl>,
        sig: &Signature,
        args: &[Arg],
    ) -> Option<Signature> {
        let generics = || block.map(|block| &block.generics).into_iter().chain([&sig.generics]);
        let params = generics().flat_map(Generics::type_params).map(|param| (param.ident.to_string(), None));
        let mut inferred = Inferred(params.collect());
        let mut sig = sig.clone();
        if let Some(block) = block {
            Spelled(&block.self_ty).visit_signature_mut(&mut sig);
        }
        if sig.inputs.len() != args.len() {
            return None;
        }
        for (input, arg) in sig.inputs.iter().zip(args) {
            let (ty, lent) = match arg {
                Arg::Value(value) => (value.ty(&self.f), false),
                Arg::Ref(place) | Arg::RefMut(place) | Arg::Receiver { place, .. } => {
                    (self.f.place_ty(place), true)
                }
            };
            let expected = match (input, block) {
                (FnArg::Receiver(_), Some(block)) => &block.self_ty,
                (FnArg::Receiver(_), None) => continue,
                (FnArg::Typed(typed), _) => match (&*typed.ty, lent) {
                    (Type::Reference(reference), true) => &reference.elem,
                    (Type::Reference(_), false) | (_, true) => continue,
                    (_, false) => &typed.ty,
                },
            };
            inferred.told(expected, &ty)?;
        }
        visit_mut::visit_signature_mut(&mut inferred, &mut sig);
        let unknown = |param: &GenericParam| match param {
            GenericParam::Type(param) => inferred.0.get(&param.ident.to_string()).is_none_or(Option::is_none),
            GenericParam::Lifetime(_) | GenericParam::Const(_) => true,
        };
        let params = generics().flat_map(|generics| &generics.params).filter(|param| unknown(param)).cloned();
        sig.generics.params = params.collect();
        Some(sig)
    }
}

impl Inferred {
    fn told(&mut self, expected: &Type, given: &Ty) -> Option<()> {
        match (expected, given) {
            (Type::Slice(into), Ty::Slice(item) | Ty::Vec(item) | Ty::Array(item, _)) => {
                self.told(&into.elem, item)
            }
            (Type::Path(path), Ty::Vec(item)) if path.path.segments.last()?.ident == "Vec" => {
                let item_of = super::types::first_type(&path.path.segments.last()?.arguments);
                item_of.map_or(Some(()), |into| self.told(into, item))
            }
            (into, given) => spelled(given).map_or(Some(()), |given| self.unify(into, &given)),
        }
    }

    /// `None` where one parameter would stand for two types.
    fn unify(&mut self, expected: &Type, given: &Type) -> Option<()> {
        match (expected, given) {
            (Type::Path(path), given) if let Some(known) = self.named(path) => match known {
                Some(known) if known != given => return None,
                known => *known = Some(given.clone()),
            },
            (Type::Path(expected), Type::Path(given)) => {
                let (expected, given) = (expected.path.segments.last()?, given.path.segments.last()?);
                let (PathArguments::AngleBracketed(into), PathArguments::AngleBracketed(from)) =
                    (&expected.arguments, &given.arguments)
                else {
                    return Some(());
                };
                if expected.ident != given.ident || into.args.len() != from.args.len() {
                    return Some(());
                }
                for pair in into.args.iter().zip(&from.args) {
                    if let (GenericArgument::Type(into), GenericArgument::Type(from)) = pair {
                        self.unify(into, from)?;
                    }
                }
            }
            (Type::Array(into), Type::Array(from)) => self.unify(&into.elem, &from.elem)?,
            (Type::Tuple(into), Type::Tuple(from)) if into.elems.len() == from.elems.len() => {
                for (into, from) in into.elems.iter().zip(&from.elems) {
                    self.unify(into, from)?;
                }
            }
            _ => {}
        }
        Some(())
    }

    fn named(&mut self, path: &syn::TypePath) -> Option<&mut Option<Type>> {
        let name = path.path.get_ident().filter(|_| path.qself.is_none())?;
        self.0.get_mut(&name.to_string())
    }
}

impl VisitMut for Inferred {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = &*ty
            && let Some(Some(known)) = self.named(path)
        {
            *ty = known.clone();
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_generics_mut(&mut self, _: &mut Generics) {}
}

/// `Self` as the type that it is.
struct Spelled<'t>(&'t Type);

impl VisitMut for Spelled<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.path.is_ident("Self") => *ty = self.0.clone(),
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_receiver_mut(&mut self, _: &mut syn::Receiver) {}
}

/// A type that is known to its last part, as it is written.
fn spelled(ty: &Ty) -> Option<Type> {
    fn tokens(ty: &Ty) -> Option<TokenStream> {
        Some(match ty {
            Ty::F64 => quote!(f64),
            Ty::F32 => quote!(f32),
            Ty::Bool => quote!(bool),
            Ty::Generic(name) | Ty::Int(Some(name)) => name.to_token_stream(),
            Ty::Named(named) if named.fields.is_some() => named.written.to_token_stream(),
            Ty::Array(item, len) => {
                let item = tokens(item)?;
                quote!([#item; #len])
            }
            Ty::Tuple(items) => {
                let items = items.iter().map(tokens).collect::<Option<Vec<_>>>()?;
                quote!((#(#items,)*))
            }
            // The width of a literal is the others'.
            Ty::Float
            | Ty::Int(None)
            | Ty::Inert
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Option(_)
            | Ty::Wide(_)
            | Ty::Named(_)
            | Ty::Unknown => return None,
        })
    }
    syn::parse2(tokens(ty)?).ok()
}
