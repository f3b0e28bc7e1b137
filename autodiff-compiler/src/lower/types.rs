//! Types as written, and what they say.

use super::Context;
use super::bounds::trait_name;
use super::fields::Structures;
use crate::ir::{Named, Ty};
use crate::options::Options;
use crate::surroundings::Around;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{GenericArgument, Ident, PathArguments, Type, TypeParamBound};

/// What the signature says of type names.
pub(super) struct Types {
    /// Generic parameters that stand for floats.
    pub floats: Vec<Ident>,
    /// Whether one of them has no trait that is known to have the methods of floats.
    pub own_float: bool,
    pub around: Around,
    /// Generic parameters that stand for types.
    pub parameters: Vec<Ident>,
    /// Generic parameters that stand for functions.
    pub functions: Vec<Ident>,
    /// Const generics, with their types.
    pub consts: Vec<(Ident, Ty)>,
    /// What generic parameters convert into.
    pub into: Vec<(Ident, Type)>,
    /// What generic parameters lend: `D: AsRef<X>`.
    pub lends: Vec<(Ident, Type)>,
    /// Generic parameters that are iterators, or become such.
    pub iterated: Vec<Ident>,
    /// What numbers are elements of generic parameters: `A: Index<usize, Output = X>`.
    pub elements: Vec<(Ident, Type)>,
    pub self_ty: Option<Type>,
    /// The trait whose definition this is.
    pub in_trait: Option<Ident>,
    pub allow_unused: bool,
    pub structures: Structures,
}

pub const INTEGERS: [&str; 12] =
    ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];

impl Types {
    pub(super) fn new(sig: &syn::Signature, options: &Options, context: &Context) -> Types {
        let mut types = Types {
            floats: Vec::new(),
            own_float: false,
            parameters: Vec::new(),
            functions: Vec::new(),
            consts: Vec::new(),
            into: Vec::new(),
            lends: Vec::new(),
            iterated: Vec::new(),
            elements: Vec::new(),
            self_ty: context.self_ty.clone(),
            in_trait: context.of_trait.clone().filter(|_| context.supertraits.is_some()),
            allow_unused: options.allow_unused,
            around: options.around.clone(),
            structures: Structures::new(options.around.clone()),
        };
        for generics in context.generics.iter().chain([&sig.generics]) {
            types.generics(generics, sig);
        }
        if let Some(bounds) = &context.supertraits {
            let asked = types.around.asked_by_bounds(&syn::parse_quote!(Self), bounds.iter());
            let this = Ident::new("Self", proc_macro2::Span::call_site());
            let found = asked.iter().find_map(super::element_by_number);
            types.elements.extend(found.map(|ty| (this.clone(), ty)));
            let last = asked.iter().filter_map(|bound| bound.path.segments.last());
            let into = last.filter(|last| last.ident == "Into");
            let into = into.filter_map(|last| first_type(&last.arguments));
            types.into.extend(into.map(|ty| (this.clone(), ty.clone())));
        }
        types
    }

    /// The type of the place that a type as written denotes: references vanish.
    pub(super) fn ty(&self, ty: &Type) -> Ty {
        match ty {
            Type::Paren(inner) => self.ty(&inner.elem),
            Type::Group(inner) => self.ty(&inner.elem),
            Type::Reference(inner) => self.ty(&inner.elem),
            Type::Array(array) => Ty::Array(Box::new(self.ty(&array.elem)), array.len.to_token_stream()),
            Type::Slice(slice) => Ty::Slice(Box::new(self.ty(&slice.elem))),
            Type::Tuple(tuple) => Ty::Tuple(tuple.elems.iter().map(|elem| self.ty(elem)).collect()),
            Type::Path(path) if path.qself.is_none() => self.path(path, ty),
            Type::Infer(_) => Ty::Unknown,
            Type::FnPtr(_) | Type::Never(_) => Ty::Inert,
            _ => Named::opaque(ty.clone()),
        }
    }

    /// The type of a variable of the body. In derivatives a `Box<[T]>` is a `Vec`, which is what it is made of.
    pub(super) fn of_local(&self, ty: &Type) -> Ty {
        let item = match ty {
            Type::Path(path) if is_boxed_slice(ty) => path.path.segments.last(),
            _ => None,
        };
        match item.and_then(|last| first_type(&last.arguments)) {
            Some(Type::Slice(slice)) => Ty::Vec(Box::new(self.ty(&slice.elem))),
            _ => self.ty(ty),
        }
    }

    fn path(&self, path: &syn::TypePath, written: &Type) -> Ty {
        let Some(last) = path.path.segments.last() else { return Ty::Unknown };
        let name = last.ident.to_string();
        let std = path.path.segments.len() == 1
            || path
                .path
                .segments
                .first()
                .is_some_and(|s| ["std", "core", "alloc"].iter().any(|c| s.ident == c));
        let argument = || first_type(&last.arguments).map_or(Ty::Unknown, |ty| self.ty(ty));
        if path.path.segments.len() == 1 && self.floats.contains(&last.ident) {
            return Ty::Generic(last.ident.clone());
        }
        if let Some(ty) = self.structures.alias(&path.path, self) {
            return ty;
        }
        match name.as_str() {
            "f64" if std => Ty::F64,
            "f32" if std => Ty::F32,
            "bool" if std => Ty::Bool,
            "char" | "str" | "String" if std => Ty::Inert,
            // Users have types of these names, which hold floats.
            "Ordering" | "Duration" | "Instant" if self.is_of_std(&path.path) => Ty::Inert,
            // Of integers and the like.
            "HashMap" | "HashSet" | "BTreeMap" | "BTreeSet" | "BinaryHeap"
                if self.is_of_std(&path.path) && self.holds_nothing_active(&last.arguments) =>
            {
                Ty::Inert
            }
            // A pair of floats, where it is one.
            "Range" if last.ident == "Range" && argument().is_float() => Named::opaque(written.clone()),
            "PhantomData" if std => Ty::Inert,
            "RangeInclusive" | "Range" if self.is_of_std(&path.path) => Ty::Inert,
            name if std && INTEGERS.contains(&name) => Ty::Int(Some(last.ident.clone())),
            "Vec" if std => Ty::Vec(Box::new(argument())),
            "VecDeque" if std => Ty::Deque(Box::new(argument())),
            "Option" if std => Ty::Option(Box::new(argument())),
            "Self" => match &self.self_ty {
                Some(ty) if !matches!(ty, Type::Path(p) if p.path.is_ident("Self")) => self.ty(ty),
                _ => Named::opaque(written.clone()),
            },
            // By its name an alias of a float.
            "Real" | "Float" | "Scalar" | "Number" | "Num" | "F" | "Fp" | "Precision"
                if path.path.segments.len() == 1 =>
            {
                Ty::Unknown
            }
            _ => self.named(path, written),
        }
    }

    /// Whether a type that no prelude has is the standard library's: by its path, or by an import.
    pub(super) fn is_of_std(&self, path: &syn::Path) -> bool {
        let Some(first) = path.segments.first() else { return false };
        match path.segments.len() {
            1 => self.structures.is_imported_from_std(&first.ident),
            _ => {
                ["std", "core", "alloc"].iter().any(|root| first.ident == root)
                    || self.structures.is_imported_from_std(&first.ident)
            }
        }
    }

    fn holds_nothing_active(&self, arguments: &syn::PathArguments) -> bool {
        let syn::PathArguments::AngleBracketed(arguments) = arguments else { return false };
        arguments.args.iter().all(|argument| match argument {
            syn::GenericArgument::Type(ty) => !self.ty(ty).may_be_active(),
            _ => false,
        })
    }

    fn named(&self, path: &syn::TypePath, written: &Type) -> Ty {
        let fields = self.structures.fields(&path.path, self);
        let inert = self.structures.inert(&path.path, self);
        Ty::Named(Box::new(Named { written: written.clone(), fields, inert }))
    }

    /// Whether the type is a function's: its values can only be called.
    pub(super) fn is_function(&self, ty: &Type) -> bool {
        match ty {
            Type::FnPtr(_) => true,
            Type::Paren(inner) => self.is_function(&inner.elem),
            Type::Group(inner) => self.is_function(&inner.elem),
            Type::Reference(inner) => self.is_function(&inner.elem),
            Type::ImplTrait(inner) => names_fn(inner.bounds.iter()),
            Type::TraitObject(inner) => names_fn(inner.bounds.iter()),
            Type::Path(path) => path.path.get_ident().is_some_and(|name| self.functions.contains(name)),
            _ => false,
        }
    }

    /// What a generic parameter lends, if a type is one that does: `D: AsRef<X>`.
    pub(super) fn lent_by(&self, ty: &Ty) -> Option<&Type> {
        let Ty::Named(named) = ty else { return None };
        let Type::Path(path) = &named.written else { return None };
        self.lends.iter().find(|(name, _)| path.path.is_ident(name)).map(|(_, lent)| lent)
    }

    /// Whether a type is a generic parameter that is iterated over.
    pub(super) fn is_iterated(&self, ty: &Type) -> bool {
        matches!(ty, Type::Path(path) if self.iterated.iter().any(|name| path.path.is_ident(name)))
    }

    /// Whether a type as written names a float, other than by an alias.
    pub(super) fn is_float_name(&self, name: &Ident) -> bool {
        name == "f64" || name == "f32" || self.floats.contains(name)
    }
}

pub(super) fn names_fn<'b>(mut bounds: impl Iterator<Item = &'b TypeParamBound>) -> bool {
    bounds.any(|bound| matches!(trait_name(bound).as_deref(), Some("Fn" | "FnMut" | "FnOnce")))
}

/// A type in tokens, if it is known, up to the items of a tuple.
pub(super) fn written(ty: &Ty) -> Option<TokenStream> {
    Some(match ty {
        Ty::F64 => quote::quote!(f64),
        Ty::F32 => quote::quote!(f32),
        Ty::Generic(name) => name.to_token_stream(),
        Ty::Named(ty) => ty.to_token_stream(),
        Ty::Array(item, len) => {
            let item = written(item)?;
            quote::quote!([#item; #len])
        }
        Ty::Tuple(items) => {
            let items = items.iter().map(|item| written(item).unwrap_or_else(|| quote::quote!(_)));
            quote::quote!((#(#items,)*))
        }
        _ => return None,
    })
}

/// Whether a type is `Box<[T]>`, a `Vec` in another dress.
pub(crate) fn is_boxed_slice(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.ident == "Box" && matches!(first_type(&last.arguments), Some(Type::Slice(_)))
        }),
        _ => false,
    }
}

/// The first type argument of a path segment.
pub fn first_type(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    }
}

/// A type with the parentheses around it taken off.
pub(super) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        _ => ty,
    }
}

/// `usize`.
pub(super) fn usize_ty() -> Ty {
    Ty::Int(Some(Ident::new("usize", Span::call_site())))
}

/// The better known of two types that are the same type.
pub(super) fn refined(old: &Ty, new: &Ty) -> Ty {
    match (old, new) {
        (Ty::Unknown, new) => new.clone(),
        (Ty::Float, Ty::F64 | Ty::F32 | Ty::Generic(_)) => new.clone(),
        (Ty::Int(None), Ty::Int(Some(_))) => new.clone(),
        (Ty::Array(a, len), Ty::Array(b, _)) => Ty::Array(Box::new(refined(a, b)), len.clone()),
        (Ty::Slice(a), Ty::Slice(b) | Ty::Vec(b) | Ty::Array(b, _)) => Ty::Slice(Box::new(refined(a, b))),
        (Ty::Vec(a), Ty::Vec(b) | Ty::Slice(b)) => Ty::Vec(Box::new(refined(a, b))),
        (Ty::Deque(a), Ty::Deque(b)) => Ty::Deque(Box::new(refined(a, b))),
        (Ty::Option(a), Ty::Option(b)) => Ty::Option(Box::new(refined(a, b))),
        (Ty::Tuple(a), Ty::Tuple(b)) if a.len() == b.len() => {
            Ty::Tuple(a.iter().zip(b).map(|(a, b)| refined(a, b)).collect())
        }
        (old, _) => old.clone(),
    }
}

/// Whether any value of the type can be written down.
pub(super) fn has_placeholder(ty: &Ty) -> bool {
    match ty {
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Wide(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Vec(_)
        | Ty::Deque(_)
        | Ty::Option(_) => true,
        Ty::Array(item, _) => item.is_copy() && has_placeholder(item),
        Ty::Tuple(items) => items.iter().all(has_placeholder),
        Ty::Inert | Ty::Slice(_) | Ty::Named(_) | Ty::Unknown => false,
    }
}

/// The length of an array as a literal, where it is one.
pub(super) fn literal_len(len: &TokenStream) -> Option<usize> {
    syn::parse2::<syn::LitInt>(len.clone()).ok()?.base10_parse().ok()
}

/// Whether a value of the type certainly owns memory: reading it whole moves it.
pub(super) fn is_owner(ty: &Ty) -> bool {
    match ty {
        Ty::Vec(_) | Ty::Deque(_) => true,
        Ty::Array(item, _) | Ty::Option(item) => is_owner(item),
        Ty::Tuple(items) => items.iter().any(is_owner),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Int(_)
        | Ty::Bool
        | Ty::Inert
        | Ty::Slice(_)
        | Ty::Wide(_)
        | Ty::Named(_)
        | Ty::Unknown => false,
    }
}

/// Whether a name is that of a primitive type.
pub(super) fn is_primitive(name: &str) -> bool {
    INTEGERS.contains(&name) || matches!(name, "f64" | "f32" | "bool" | "char" | "str")
}

/// Whether a type is written `Result<…>`.
pub(super) fn is_result(ty: &Ty) -> bool {
    match ty {
        Ty::Named(ty) => match &ty.written {
            Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Result"),
            _ => false,
        },
        _ => false,
    }
}

pub(super) fn payload(ty: &Ty) -> Ty {
    match ty {
        Ty::Option(item) => (**item).clone(),
        _ => Ty::Unknown,
    }
}

/// Whether a primitive is one of floats only, so that its argument and result are floats.
pub(super) fn is_float_only(name: &str) -> bool {
    !matches!(
        name,
        "min"
            | "max"
            | "abs"
            | "clamp"
            | "signum"
            | "rem_euclid"
            | "div_euclid"
            | "midpoint"
            | "abs_sub"
            | "inv"
    )
}
