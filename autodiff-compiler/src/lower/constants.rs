//! The types of constants.

use super::Lowerer;
use super::closure::is_camel;
use crate::ir::{Inert, Ty};
use syn::spanned::Spanned;
use syn::{Ident, Type};

impl Lowerer<'_> {
    /// The type of a constant, as far as its path tells.
    pub(super) fn constant_ty(&self, path: &syn::ExprPath, hint: &Ty) -> Ty {
        if let Some(name) = path.path.get_ident()
            && let Some((_, ty)) = self.types.consts.iter().find(|(constant, _)| constant == name)
        {
            return ty.clone();
        }
        if let Some(name) = path.path.get_ident()
            && self.scopes.is_item(&name.to_string())
            && let Some(ty) = self.const_types.get(&name.to_string())
        {
            return ty.clone();
        }
        let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
        // What counts digits and bits is an integer whatever it is of.
        let count = match segments.last().map(String::as_str) {
            Some("DIGITS" | "MANTISSA_DIGITS" | "RADIX" | "BITS") => Some("u32"),
            Some("MAX_EXP" | "MIN_EXP" | "MAX_10_EXP" | "MIN_10_EXP") => Some("i32"),
            _ => None,
        };
        for segment in segments.iter().rev().skip(1) {
            match segment.as_str() {
                "f64" if count.is_none() => return Ty::F64,
                "f32" if count.is_none() => return Ty::F32,
                "f64" | "f32" | "usize" | "u8" | "u16" | "u32" | "u64" | "u128" | "isize" | "i8" | "i16"
                | "i32" | "i64" | "i128" => {
                    let name = count.unwrap_or(segment);
                    return Ty::Int(Some(syn::Ident::new(name, path.span())));
                }
                name => {
                    if let Some(float) = self.types.floats.iter().find(|float| *float == name) {
                        return Ty::Generic(float.clone());
                    }
                }
            }
        }
        let declared = self.declared_constant(path).or_else(|| self.enum_of(path));
        declared.unwrap_or_else(|| hint.clone())
    }

    /// The enum that a path names a variant of, if it has no derivative by its definition.
    fn enum_of(&self, path: &syn::ExprPath) -> Option<Ty> {
        let mut owner = path.path.clone();
        let variant = owner.segments.pop()?.ident;
        owner.segments.pop_punct();
        if path.qself.is_some() || owner.segments.is_empty() {
            return None;
        }
        let ty = self.types.ty(&Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path: owner }));
        let known = matches!(&ty, Ty::Named(named)
            if matches!(&named.inert, Some(Inert::Variants(variants)) if variants.contains(&variant)));
        known.then_some(ty)
    }

    /// The type of a constant that stands around the function, or beside its owner's methods, if that is a number
    /// or a user's type.
    fn declared_constant(&self, path: &syn::ExprPath) -> Option<Ty> {
        let segments: Vec<&Ident> = path.path.segments.iter().map(|segment| &segment.ident).collect();
        let ty = match (&path.qself, &segments[..]) {
            (None, [name]) => {
                let name = name.to_string();
                let ty = self.around.constant(&name).filter(|_| !self.is_own_name(&name))?;
                self.types.ty(&ty)
            }
            (None, [owner, name]) if is_camel(owner) => {
                let of = match &self.types.self_ty {
                    Some(Type::Path(own)) if *owner == "Self" => &own.path.segments.last()?.ident,
                    _ if *owner == "Self" || self.is_own_name(&owner.to_string()) => return None,
                    _ => owner,
                };
                let ty = self.around.associated_constant(of, &name.to_string())?;
                let Type::Path(written) = &ty else { return None };
                let last = &written.path.segments.last()?.ident;
                match last {
                    last if last == "Self" || last == of => {
                        let mut owner = path.path.clone();
                        owner.segments.pop();
                        owner.segments.pop_punct();
                        self.types.ty(&Type::Path(syn::TypePath {
                            attrs: Vec::new(),
                            qself: None,
                            path: owner,
                        }))
                    }
                    last if super::types::is_primitive(&last.to_string()) => self.types.ty(&ty),
                    // Elsewhere a name may mean another type.
                    _ => return None,
                }
            }
            _ => return None,
        };
        match ty {
            // A user's type with what is known of it: a local that begins as the constant has its methods.
            Ty::F64 | Ty::F32 | Ty::Generic(_) | Ty::Int(_) | Ty::Bool | Ty::Named(_) => Some(ty),
            Ty::Float
            | Ty::Wide(_)
            | Ty::Inert
            | Ty::Array(..)
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Unknown => None,
        }
    }
}
