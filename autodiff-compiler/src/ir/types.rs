//! What is known of a type: what is written, spread locally; the rest is left to rustc.

use proc_macro2::TokenStream;
use syn::Ident;

/// A type as far as lowering knows it.
#[derive(Clone, Debug)]
pub enum Ty {
    /// `f64`.
    F64,
    /// `f32`.
    F32,
    /// A float whose width is inferred by rustc: an unsuffixed literal, or what was computed
    /// from such literals only.
    Float,
    /// A generic float parameter, `T`.
    Generic(Ident),
    /// An integer type, `usize`; `None` for an unsuffixed literal.
    Int(Option<Ident>),
    Bool,
    /// `char`, strings and other types without a derivative (ranges, orderings, …).
    Inert,
    Array(Box<Ty>, TokenStream),
    Slice(Box<Ty>),
    Vec(Box<Ty>),
    /// `()` is the empty tuple.
    Tuple(Vec<Ty>),
    Option(Box<Ty>),
    /// The tangents of a float in several directions at once.
    Wide(Box<Ty>),
    /// A user's type, as written.
    Named(Box<syn::Type>),
    /// Known to rustc only.
    Unknown,
}

impl Ty {
    pub const UNIT: Ty = Ty::Tuple(Vec::new());

    /// A scalar on which plain arithmetic (`+`, `*`, `+=`) may be emitted.
    pub fn is_float(&self) -> bool {
        matches!(self, Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_))
    }

    /// Whether it is, or is made of, tangents in several directions.
    pub fn is_wide(&self) -> bool {
        match self {
            Ty::Wide(_) => true,
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Option(item) => item.is_wide(),
            Ty::Tuple(items) => items.iter().any(Ty::is_wide),
            Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Generic(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Named(_)
            | Ty::Unknown => false,
        }
    }

    pub fn is_int(&self) -> bool {
        matches!(self, Ty::Int(_))
    }

    pub fn is_unit(&self) -> bool {
        matches!(self, Ty::Tuple(items) if items.is_empty())
    }

    /// Whether a value of this type can carry a derivative as far as is known.
    pub fn may_be_active(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Named(_) | Ty::Unknown => true,
            Ty::Int(_) | Ty::Bool | Ty::Inert => false,
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Option(item) => item.may_be_active(),
            Ty::Tuple(items) => items.iter().any(Ty::may_be_active),
        }
    }

    /// Whether a value is certainly `Copy`.
    pub fn is_copy(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Int(_) | Ty::Bool => true,
            Ty::Array(item, _) | Ty::Option(item) => item.is_copy(),
            Ty::Tuple(items) => items.iter().all(Ty::is_copy),
            Ty::Inert | Ty::Slice(_) | Ty::Vec(_) | Ty::Named(_) | Ty::Unknown => false,
        }
    }

    /// Whether the zero tangent is known from the type: it holds no lengths.
    pub fn has_known_shape(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => true,
            Ty::Int(_) | Ty::Bool | Ty::Inert => true,
            Ty::Array(item, _) => item.is_copy() && item.has_known_shape(),
            Ty::Tuple(items) => items.iter().all(Ty::has_known_shape),
            Ty::Slice(_) | Ty::Vec(_) | Ty::Option(_) | Ty::Named(_) | Ty::Unknown => false,
        }
    }

    /// The type of `value[i]`.
    pub fn element(&self) -> Ty {
        match self {
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) => (**item).clone(),
            Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Generic(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Tuple(_)
            | Ty::Option(_)
            | Ty::Wide(_)
            | Ty::Named(_)
            | Ty::Unknown => Ty::Unknown,
        }
    }
}

/// The tokens after `as` for a conversion to a type; `_` where only rustc knows it.
pub fn cast_tokens(ty: &Ty) -> TokenStream {
    match ty {
        Ty::F64 => quote::quote!(f64),
        Ty::F32 => quote::quote!(f32),
        Ty::Generic(name) => quote::quote!(#name),
        Ty::Int(Some(name)) => quote::quote!(#name),
        Ty::Float
        | Ty::Int(None)
        | Ty::Bool
        | Ty::Inert
        | Ty::Array(..)
        | Ty::Slice(_)
        | Ty::Vec(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Wide(_)
        | Ty::Named(_)
        | Ty::Unknown => quote::quote!(_),
    }
}
