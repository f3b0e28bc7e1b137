//! What is known of a type: what is written, spread locally; the rest is left to rustc.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::ops::Deref;
use std::rc::Rc;
use syn::{Ident, Member, Type};

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
    /// A `VecDeque`: a `Vec` of which no range is a slice.
    Deque(Box<Ty>),
    /// `()` is the empty tuple.
    Tuple(Vec<Ty>),
    Option(Box<Ty>),
    /// The tangents of a float in several directions at once.
    Wide(Box<Ty>),
    /// A user's type.
    Named(Box<Named>),
    /// Known to rustc only.
    Unknown,
}

/// A user's type: as written, and its fields if it is a struct whose definition is known.
#[derive(Clone, Debug)]
pub struct Named {
    pub written: Type,
    pub fields: Option<Rc<Vec<FieldTy>>>,
    /// Why it has no derivative, if its definition shows that.
    pub inert: Option<Inert>,
}

/// What a type without a derivative is made of.
#[derive(Clone, Debug)]
pub enum Inert {
    Integers,
    /// An enum of nothing but these.
    Variants(Rc<Vec<Ident>>),
}

/// A field of a struct.
#[derive(Clone, Debug)]
pub struct FieldTy {
    pub member: Member,
    pub ty: Ty,
    /// Whether it is marked as having no derivative.
    pub passive: bool,
    pub lent: Option<Lent>,
    /// Whether it can be named where the function stands, in the value and in its tangent, whatever is
    /// configured.
    pub open: bool,
}

/// What is known of a field that is a reference.
#[derive(Clone, Copy, Debug)]
pub struct Lent {
    /// Whether what it refers to may be changed by it.
    pub mutable: bool,
    /// Whether that is a slice.
    pub slice: bool,
    /// Whether something with a derivative may be behind it.
    pub active: bool,
}

impl Named {
    /// A type of which no more is known than how it is written.
    pub fn opaque(written: Type) -> Ty {
        Ty::Named(Box::new(Named { written, fields: None, inert: None }))
    }

    pub fn field(&self, member: &Member) -> Option<&FieldTy> {
        self.fields.as_deref()?.iter().find(|field| field.member == *member)
    }

    /// Whether a field is a reference.
    pub fn lends(&self, member: &Member) -> bool {
        self.field(member).is_some_and(|field| field.lent.is_some())
    }

    /// The fields of a struct that can be taken apart, each with its type, which is inert where it has no
    /// derivative. Tuples of more have no traits.
    pub fn parts(&self) -> Option<Vec<(Member, Ty)>> {
        let fields = self.fields.as_deref().filter(|fields| (1..=12).contains(&fields.len()))?;
        fields
            .iter()
            .map(|field| {
                let inert = field.passive || !field.ty.may_be_active();
                let ty = if inert { Ty::Inert } else { field.ty.clone() };
                (field.open && ty.is_known()).then(|| (field.member.clone(), ty))
            })
            .collect()
    }
}

impl ToTokens for Named {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.written.to_tokens(tokens);
    }
}

impl Deref for Named {
    type Target = Type;

    fn deref(&self) -> &Type {
        &self.written
    }
}

impl Ty {
    pub const UNIT: Ty = Ty::Tuple(Vec::new());

    /// A scalar on which plain arithmetic (`+`, `*`, `+=`) may be emitted.
    pub fn is_float(&self) -> bool {
        matches!(self, Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_))
    }

    /// Whether it is known, to the last part, what shape its tangents in several directions have.
    pub fn has_lanes(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Generic(_) | Ty::Int(_) | Ty::Bool | Ty::Inert => true,
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) => item.has_lanes(),
            Ty::Tuple(items) => items.iter().all(Ty::has_lanes),
            Ty::Named(named) if named.inert.is_some() => true,
            Ty::Named(named) => named.parts().is_some_and(|parts| parts.iter().all(|(_, ty)| ty.has_lanes())),
            Ty::Deque(_) | Ty::Option(_) | Ty::Wide(_) | Ty::Float | Ty::Unknown => false,
        }
    }

    /// Whether a value of a user's type is in it where it stands: one that may be no copy.
    pub fn holds_users(&self) -> bool {
        match self {
            Ty::Named(_) => true,
            Ty::Array(item, _) | Ty::Option(item) => item.holds_users(),
            Ty::Tuple(items) => items.iter().any(Ty::holds_users),
            Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Generic(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Slice(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Wide(_)
            | Ty::Unknown => false,
        }
    }

    /// Whether it is a struct that refers to what has a derivative.
    pub fn holds_references(&self) -> bool {
        let Ty::Named(named) = self else { return false };
        let lends = |field: &FieldTy| {
            !field.passive && (field.lent.is_some_and(|lent| lent.active) || field.ty.holds_references())
        };
        named.fields.iter().any(|fields| fields.iter().any(lends))
    }

    /// Whether it is, or is made of, tangents in several directions.
    pub fn is_wide(&self) -> bool {
        match self {
            Ty::Wide(_) => true,
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
                item.is_wide()
            }
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
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Unknown => true,
            Ty::Named(named) => named.inert.is_none(),
            Ty::Int(_) | Ty::Bool | Ty::Inert => false,
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
                item.may_be_active()
            }
            Ty::Tuple(items) => items.iter().any(Ty::may_be_active),
        }
    }

    /// Whether a value may hold something that changes behind a shared reference.
    pub fn may_hold_a_cell(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => false,
            Ty::Int(_) | Ty::Bool | Ty::Inert => false,
            Ty::Unknown => true,
            Ty::Named(named) => match &named.fields {
                Some(fields) => fields.iter().any(|field| field.ty.may_hold_a_cell()),
                None => named.inert.is_none(),
            },
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
                item.may_hold_a_cell()
            }
            Ty::Tuple(items) => items.iter().any(Ty::may_hold_a_cell),
        }
    }

    /// Whether a value holds something that changes behind a shared reference, by the name of its type or of
    /// those of its fields.
    pub fn holds_a_cell(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => false,
            Ty::Int(_) | Ty::Bool | Ty::Inert | Ty::Unknown => false,
            Ty::Named(named) => match &named.fields {
                Some(fields) => fields.iter().any(|field| field.ty.holds_a_cell()),
                None => names_a_cell(named.written.to_token_stream()),
            },
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
                item.holds_a_cell()
            }
            Ty::Tuple(items) => items.iter().any(Ty::holds_a_cell),
        }
    }

    /// Whether the tangent of what is `Copy` is, as far as that matters: of a user's type, that its fields show it.
    pub fn has_copied_tangent(&self) -> bool {
        match self {
            Ty::Named(named) => {
                named.fields.as_deref().is_some_and(|fields| fields.iter().all(|field| field.ty.is_copy()))
            }
            Ty::Array(item, _) | Ty::Option(item) => item.has_copied_tangent(),
            Ty::Tuple(items) => items.iter().all(Ty::has_copied_tangent),
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Int(_) | Ty::Bool => true,
            Ty::Inert | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Unknown => true,
        }
    }

    /// Whether some value of the type can be written down.
    pub fn can_be_made_up(&self) -> bool {
        match self {
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
            Ty::Array(item, _) => item.can_be_made_up(),
            Ty::Tuple(items) => items.iter().all(Ty::can_be_made_up),
            Ty::Inert | Ty::Slice(_) | Ty::Named(_) | Ty::Unknown => false,
        }
    }

    /// Whether a value is certainly `Copy`.
    pub fn is_copy(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Int(_) | Ty::Bool => true,
            Ty::Array(item, _) | Ty::Option(item) => item.is_copy(),
            Ty::Tuple(items) => items.iter().all(Ty::is_copy),
            Ty::Inert | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Named(_) | Ty::Unknown => false,
        }
    }

    /// Whether it is a struct whose fields, and theirs, are numbers and arrays of them.
    pub fn is_made_of_scalars(&self) -> bool {
        fn fits(ty: &Ty) -> bool {
            match ty {
                Ty::Array(item, _) => fits(item),
                Ty::Tuple(items) => items.iter().all(fits),
                ty => ty.is_copy() && !matches!(ty, Ty::Option(_)) || ty.is_made_of_scalars(),
            }
        }
        match self {
            Ty::Named(named) => {
                named.fields.as_ref().is_some_and(|fields| fields.iter().all(|field| fits(&field.ty)))
            }
            Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Generic(_)
            | Ty::Wide(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert => false,
            Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Tuple(_) | Ty::Option(_) => false,
            Ty::Unknown => false,
        }
    }

    /// Whether all fields of a struct, and theirs, can be named where the function stands.
    pub fn is_open(&self) -> bool {
        match self {
            Ty::Named(named) => named
                .fields
                .as_ref()
                .is_some_and(|fields| fields.iter().all(|field| field.open && field.ty.is_open())),
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
                item.is_open()
            }
            Ty::Tuple(items) => items.iter().all(Ty::is_open),
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Int(_) | Ty::Bool => true,
            Ty::Inert | Ty::Unknown => false,
        }
    }

    /// Whether all that it is made of is known.
    pub fn is_known(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => true,
            Ty::Int(_) | Ty::Bool | Ty::Inert => true,
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => {
                item.is_known()
            }
            Ty::Tuple(items) => items.iter().all(Ty::is_known),
            Ty::Named(named) => named.inert.is_some() || named.parts().is_some(),
            Ty::Unknown => false,
        }
    }

    /// Whether the zero tangent is known from the type: it holds no lengths.
    pub fn has_known_shape(&self) -> bool {
        match self {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => true,
            Ty::Int(_) | Ty::Bool | Ty::Inert => true,
            Ty::Array(item, _) => item.is_copy() && item.has_known_shape(),
            Ty::Tuple(items) => items.iter().all(Ty::has_known_shape),
            Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Option(_) | Ty::Named(_) | Ty::Unknown => false,
        }
    }

    /// The type with others in the place of the users' types in it.
    pub fn with_named(self, other: &dyn Fn(Box<Named>) -> Ty) -> Ty {
        let inside = |ty: Box<Ty>| Box::new(ty.with_named(other));
        match self {
            Ty::Named(named) => other(named),
            Ty::Array(item, len) => Ty::Array(inside(item), len),
            Ty::Slice(item) => Ty::Slice(inside(item)),
            Ty::Vec(item) => Ty::Vec(inside(item)),
            Ty::Deque(item) => Ty::Deque(inside(item)),
            Ty::Option(item) => Ty::Option(inside(item)),
            Ty::Tuple(items) => Ty::Tuple(items.into_iter().map(|item| item.with_named(other)).collect()),
            ty @ (Ty::F64
            | Ty::F32
            | Ty::Float
            | Ty::Generic(_)
            | Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Wide(_)
            | Ty::Unknown) => ty,
        }
    }

    /// A guess: the name may be right, but nothing is concluded from it.
    pub fn guessed(&self) -> Ty {
        match self {
            Ty::Named(named) => Named::opaque(named.written.clone()),
            other => other.clone(),
        }
    }

    /// The type of `value.member`, and whether it is marked as having no derivative.
    pub fn field(&self, member: &Member) -> (Ty, bool) {
        match (self, member) {
            (Ty::Tuple(items), Member::Unnamed(index)) => {
                (items.get(index.index as usize).cloned().unwrap_or(Ty::Unknown), false)
            }
            (Ty::Named(named), member) => match named.field(member) {
                Some(field) => (field.ty.clone(), field.passive),
                None => (Ty::Unknown, false),
            },
            (
                Ty::F64
                | Ty::F32
                | Ty::Float
                | Ty::Generic(_)
                | Ty::Wide(_)
                | Ty::Int(_)
                | Ty::Bool
                | Ty::Inert
                | Ty::Array(..)
                | Ty::Slice(_)
                | Ty::Vec(_)
                | Ty::Deque(_)
                | Ty::Tuple(_)
                | Ty::Option(_)
                | Ty::Unknown,
                _,
            ) => (Ty::Unknown, false),
        }
    }

    /// The type of `value[i]`.
    pub fn element(&self) -> Ty {
        match self {
            Ty::Array(item, _) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) => (**item).clone(),
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
        | Ty::Deque(_)
        | Ty::Tuple(_)
        | Ty::Option(_)
        | Ty::Wide(_)
        | Ty::Named(_)
        | Ty::Unknown => quote::quote!(_),
    }
}

/// Whether a type as written names one of the standard library's with interior mutability.
pub fn names_a_cell(written: TokenStream) -> bool {
    const CELLS: [&str; 7] = ["Cell", "RefCell", "OnceCell", "UnsafeCell", "Mutex", "RwLock", "OnceLock"];
    let names = crate::names::mentions(written);
    CELLS.iter().any(|cell| names.contains(*cell))
}
