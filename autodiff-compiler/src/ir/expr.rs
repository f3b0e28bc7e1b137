//! Expressions and places.

use super::{Function, Ty, Var};
use proc_macro2::{Span, TokenStream};
use syn::Member;

/// A variable and projections into it.
#[derive(Clone, Debug)]
pub struct Place {
    pub root: Var,
    pub proj: Vec<Proj>,
    pub span: Span,
}

/// One step from a place to a part of it.
#[derive(Clone, Debug)]
pub enum Proj {
    /// `.x` or `.0`
    Field(Member),
    /// `[i]`; the index is an atom, immutable since it was computed.
    Index(Expr),
    /// `[lo..hi]`; absent bounds are the ends. Half-open: lowering adds one to `..=`.
    Range(Option<Expr>, Option<Expr>),
    /// An explicit `*` through something that is no plain reference (a `Box`, say).
    Deref,
    /// Something inside the enum value that a `Match` binds; only ever in `VarInfo::view_of`,
    /// where it says that the binding aliases the matched place.
    Payload,
}

/// A pure expression.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A literal the user wrote.
    Lit(syn::Lit),
    /// A constant that a derivative introduces; its type is that of the operand it meets
    /// (lifted to `T` in generic code).
    Const(f64, Ty),
    /// An inactive expression of the user's, with holes: `tokens` contains the identifiers
    /// `__hole_0`, `__hole_1`, … where the `args` go. Constants, statics, calls of unknown
    /// functions with inactive arguments, comparisons of integers, …
    Opaque {
        tokens: TokenStream,
        args: Vec<Expr>,
        ty: Ty,
    },
    /// The value of a place: a copy of it.
    Read(Place),
    /// The value of a variable that is not used again: a move.
    Move(Var),
    /// `place.clone()` / `to_vec()`: an owned copy of an aggregate.
    ToOwned(Place),
    /// `&place` or `&mut place`, only as an argument of `Opaque` or, of a place that stays as it is, as a field
    /// of a `Struct`. What has a derivative of such a field is a copy: tangents and cotangents borrow nothing.
    Borrow {
        place: Place,
        mutable: bool,
    },
    /// `place.len()`
    Len(Place),
    /// A primitive applied to its arguments.
    Prim {
        op: Op,
        args: Vec<Expr>,
        span: Span,
    },
    /// `if cond { then } else { els }`, both arms pure.
    Select {
        cond: Box<Expr>,
        then: Box<Expr>,
        els: Box<Expr>,
    },
    /// `arg as ty`. Differentiable only from float to float.
    Cast {
        arg: Box<Expr>,
        ty: Ty,
        tokens: TokenStream,
    },
    Tuple(Vec<Expr>),
    /// `[a, b, c]`
    Array(Vec<Expr>),
    /// `[elem; len]`, `len` a constant expression.
    Repeat {
        elem: Box<Expr>,
        len: TokenStream,
    },
    /// `vec![a, b, c]`
    VecOf(Vec<Expr>),
    /// `vec![elem; len]`
    VecRepeat {
        elem: Box<Expr>,
        len: Box<Expr>,
    },
    /// `Vec::new()` or, with a capacity, `Vec::with_capacity(n)`; `ty` is that of the element. `deque`: of a
    /// `VecDeque`.
    VecNew {
        capacity: Option<Box<Expr>>,
        ty: Ty,
        deque: bool,
    },
    /// `path { field: value, …, ..rest }`; also tuple structs (`path(a, b)`, with `Member`s
    /// `0`, `1`) and enum variants. `ty` is the type of the value.
    Struct {
        path: TokenStream,
        fields: Vec<(Member, Expr)>,
        rest: Option<Box<Expr>>,
        ty: Ty,
    },
    /// `Some(value)`
    Some(Box<Expr>),
    /// The zero tangent of a primal place: its shape from the type where that is known, else
    /// from the value.
    Zero {
        like: Place,
    },
    /// Takes a cotangent out of its place and leaves zero of the same shape there.
    /// `like` is the primal place.
    Take {
        shadow: Place,
        like: Place,
    },
    /// Any value of the type, to be overwritten before it is read.
    Placeholder(Ty),
}

/// The operator of a `Prim`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
    /// `%`
    Rem,
    Neg,
    // comparisons: never active
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    // logic and bits: never active. `And`, `Or` are the lazy ones; both sides are pure.
    And,
    Or,
    Not,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    /// A function of the table in `primitives`.
    Fn(crate::primitives::Primitive),
}

impl Place {
    pub fn var(root: Var) -> Place {
        Place { root, proj: Vec::new(), span: Span::call_site() }
    }

    pub fn is_var(&self) -> bool {
        self.proj.is_empty()
    }

    /// This place with one more projection.
    pub fn project(&self, step: Proj) -> Place {
        let mut place = self.clone();
        place.proj.push(step);
        place
    }

    /// The same place with another root: how a primal place becomes its shadow's.
    pub fn with_root(&self, root: Var) -> Place {
        Place { root, ..self.clone() }
    }
}

impl Expr {
    pub fn read(var: Var) -> Expr {
        Expr::Read(Place::var(var))
    }

    pub fn prim(op: Op, args: Vec<Expr>) -> Expr {
        Expr::Prim { op, args, span: Span::call_site() }
    }

    /// A copy of a place of whatever type, that holds nothing with a derivative.
    pub fn clone_of(place: Place, ty: Ty) -> Expr {
        Expr::Opaque { tokens: clone_tokens(), args: vec![Expr::Read(place)], ty }
    }

    /// What a [copy](Self::clone_of) is one of.
    pub fn cloned(&self) -> Option<&Place> {
        match self {
            Expr::Opaque { tokens, args, .. } => match &args[..] {
                [Expr::Read(place)] if tokens.to_string() == clone_tokens().to_string() => Some(place),
                _ => None,
            },
            _ => None,
        }
    }

    /// A literal or the read of a place.
    pub fn is_atom(&self) -> bool {
        matches!(self, Expr::Lit(_) | Expr::Const(..) | Expr::Read(_))
    }

    /// The type of the expression, as far as known.
    pub fn ty(&self, f: &Function) -> Ty {
        match self {
            Expr::Lit(lit) => lit_ty(lit),
            Expr::Const(_, ty) => ty.clone(),
            Expr::Opaque { ty, .. } | Expr::Struct { ty, .. } | Expr::Cast { ty, .. } => ty.clone(),
            Expr::Read(place) | Expr::ToOwned(place) => match f.place_ty(place) {
                Ty::Slice(item) => Ty::Vec(item),
                ty => ty,
            },
            Expr::Move(var) => f.vars[var.0].ty.clone(),
            Expr::Borrow { place, .. } => f.place_ty(place),
            Expr::Len(_) => Ty::Int(Some(syn::Ident::new("usize", Span::call_site()))),
            Expr::Prim { op, args, .. } => op.result_ty(args, f),
            Expr::Select { then, els, .. } => join(then.ty(f), els.ty(f)),
            Expr::Tuple(items) => Ty::Tuple(items.iter().map(|item| item.ty(f)).collect()),
            Expr::Array(items) => {
                let len = items.len();
                Ty::Array(Box::new(common(items, f)), quote::quote!(#len))
            }
            Expr::Repeat { elem, len } => Ty::Array(Box::new(elem.ty(f)), len.clone()),
            Expr::VecOf(items) => Ty::Vec(Box::new(common(items, f))),
            Expr::VecRepeat { elem, .. } => Ty::Vec(Box::new(elem.ty(f))),
            Expr::VecNew { ty, deque: true, .. } => Ty::Deque(Box::new(ty.clone())),
            Expr::VecNew { ty, deque: false, .. } => Ty::Vec(Box::new(ty.clone())),
            Expr::Some(value) => Ty::Option(Box::new(value.ty(f))),
            // The tangent of a float or of an aggregate of floats has the same type.
            Expr::Zero { like } => f.place_ty(like),
            Expr::Take { shadow, like } => match f.place_ty(shadow) {
                ty if ty.is_wide() => ty,
                _ => f.place_ty(like),
            },
            Expr::Placeholder(ty) => ty.clone(),
        }
    }
}

impl Op {
    pub fn is_comparison(self) -> bool {
        matches!(self, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
    }

    fn result_ty(self, args: &[Expr], f: &Function) -> Ty {
        match self {
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::And | Op::Or => Ty::Bool,
            Op::Shl | Op::Shr | Op::Neg | Op::Not => args[0].ty(f),
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::BitAnd | Op::BitOr | Op::BitXor => {
                arithmetic(args[0].ty(f), args[1].ty(f))
            }
            Op::Fn(primitive) => primitive.result_ty(&args.iter().map(|a| a.ty(f)).collect::<Vec<_>>()),
        }
    }
}

/// The type of a literal.
pub fn lit_ty(lit: &syn::Lit) -> Ty {
    match lit {
        syn::Lit::Float(lit) => match lit.suffix() {
            "f32" => Ty::F32,
            "f64" => Ty::F64,
            _ => Ty::Float,
        },
        syn::Lit::Int(lit) => match lit.suffix() {
            "" => Ty::Int(None),
            "f32" => Ty::F32,
            "f64" => Ty::F64,
            other => Ty::Int(Some(syn::Ident::new(other, lit.span()))),
        },
        syn::Lit::Bool(_) => Ty::Bool,
        _ => Ty::Inert,
    }
}

fn common(items: &[Expr], f: &Function) -> Ty {
    items.iter().map(|item| item.ty(f)).reduce(join).unwrap_or(Ty::Unknown)
}

/// The type of two values that must have the same type.
pub fn join(a: Ty, b: Ty) -> Ty {
    match (a, b) {
        (Ty::Unknown | Ty::Float, b) => b,
        (Ty::Int(None), b @ Ty::Int(_)) => b,
        (a, _) => a,
    }
}

/// The type of `a + b` and its like: of a scalar and an unknown nothing is known (`f64 * Vec3`).
fn arithmetic(a: Ty, b: Ty) -> Ty {
    match (a, b) {
        (wide @ Ty::Wide(_), _) | (_, wide @ Ty::Wide(_)) => wide,
        (Ty::Unknown | Ty::Named(_), _) | (_, Ty::Unknown | Ty::Named(_)) => Ty::Unknown,
        // What has no derivative may be a number all the same, an error's say.
        (Ty::Inert, other) | (other, Ty::Inert) if other.may_be_active() => Ty::Unknown,
        (a, b) => join(a, b),
    }
}

/// Whether tokens of the user's name a constant, or an element of one: `TABLE`, `module::TABLE[i]`.
pub fn is_constant(tokens: &TokenStream) -> bool {
    use proc_macro2::{Delimiter, TokenTree};
    let (mut name, mut inside) = (None, false);
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) if !inside => name = Some(ident),
            TokenTree::Punct(punct) if !inside && punct.as_char() == ':' => name = None,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && name.is_some() => {
                inside = true
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Group(_) | TokenTree::Literal(_) => {
                return false;
            }
        }
    }
    name.is_some_and(|name| {
        let name = name.to_string();
        name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
    })
}

fn clone_tokens() -> TokenStream {
    quote::quote!(__hole_0.clone())
}
