//! Functions, parameters and variables.

use super::{Block, Expr, Place, Proj, Stmt, Ty};
use proc_macro2::Span;
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::Ident;

/// An index into `Function::vars`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Var(pub usize);

/// What is known of a variable.
#[derive(Clone, Debug)]
pub struct VarInfo {
    /// The name to start from; `names` makes it unique. Carries the user's span.
    pub name: Ident,
    /// The type of the *place*: for a `&[f64]` parameter `Slice(F64)`, for `&mut f64` `F64`.
    pub ty: Ty,
    /// Whether it is assigned after its declaration (or is behind `&mut`).
    pub mutable: bool,
    /// `Some(mutable)` when the Rust variable is a reference to the place.
    pub by_ref: Option<bool>,
    /// The place that a `View` or a pattern binding names; its indices never change.
    pub view_of: Option<Place>,
    /// While the view lives, all that happens to its place happens through it: it is storage of its
    /// own.
    pub apart: bool,
    /// Declared without a value and assigned exactly once on every path that reads it.
    pub late: bool,
    /// The Rust variable is an `Option` of the type, `None` until assigned: used where
    /// rustc could not see that it is assigned before it is read, and no value of the type
    /// can be made up.
    pub boxed: bool,
    /// A `Vec` of floats that is used by its elements alone: it stands in the frame while it is short.
    pub near: bool,
    /// The variable whose tangent it is.
    pub tangent_of: Option<Var>,
    /// Of unknown type, but made by a user's type: perhaps not `Copy`.
    pub made: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamMode {
    /// `x: f64`, `x: Vec<f64>`, `x: [f64; 3]`
    Value,
    /// `x: &[f64]`, `x: &f64`
    Ref,
    /// `x: &mut [f64]`: input and output
    RefMut,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub var: Var,
    pub mode: ParamMode,
    /// Whether the derivative with respect to it is asked for.
    pub active: bool,
    /// The type as written, references included.
    pub ty: syn::Type,
    /// Whether it may be without influence on the outputs (its name starts with `_`, or
    /// `allow_unused`).
    pub may_be_unused: bool,
    pub span: Span,
}

/// How the payload is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    Plain,
    Option,
    /// With the return type's error.
    Result,
}

/// A function, or one of its derivatives.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: Ident,
    pub vars: Vec<VarInfo>,
    pub params: Vec<Param>,
    pub body: Block,
    /// The value returned: an atom or a `Move`, `Tuple(vec![])` for `()`.
    pub result: Expr,
    /// The type of the result as written, without the wrapper; `None` for `()`.
    pub result_ty: Option<syn::Type>,
    pub wrap: Wrap,
    /// Set when the function is a forward sweep: what its pullback does.
    pub backward: Option<Box<Backward>>,
    /// The generic parameters that stand for floats.
    pub float_generics: Vec<Ident>,
    /// The others that stand for types, `Self` of a trait among them: values may be `Copy` where tangents are not.
    pub other_generics: Vec<Ident>,
    /// Where the traits of generic floats are not known to have the methods of floats: the names in the
    /// body, which are all that a float is known to have.
    pub named: Option<BTreeSet<String>>,
    pub span: Span,
}

/// The reverse sweep of a split function: a closure over the forward sweep's variables.
#[derive(Clone, Debug)]
pub struct Backward {
    /// The closure's parameters after the seed, in the order of the function's parameters.
    pub body: Block,
}

impl Function {
    /// Declares a variable.
    pub fn add_var(&mut self, info: VarInfo) -> Var {
        self.vars.push(info);
        Var(self.vars.len() - 1)
    }

    pub fn info(&self, var: Var) -> &VarInfo {
        &self.vars[var.0]
    }

    /// Whether a value may be copied although nobody knows whether its tangent may: one of a generic type.
    pub fn is_generic(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Named(named) if !self.other_generics.is_empty() => {
                let mentioned = crate::names::mentions(named.to_token_stream());
                self.other_generics.iter().any(|name| mentioned.contains(&name.to_string()))
            }
            Ty::Array(item, _) | Ty::Option(item) => self.is_generic(item),
            Ty::Tuple(items) => items.iter().any(|item| self.is_generic(item)),
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
            | Ty::Named(_)
            | Ty::Unknown => false,
        }
    }

    /// Whether it calls anything.
    pub fn calls(&self) -> bool {
        let mut found = false;
        self.visit(&mut |stmt| found |= matches!(stmt, Stmt::Call(_)));
        found
    }

    /// The place with every view replaced by what it names, down to storage.
    pub fn resolve(&self, place: &Place) -> Place {
        let mut place = place.clone();
        while let Some(base) = &self.info(place.root).view_of {
            let mut proj = base.proj.clone();
            proj.extend(place.proj);
            place = Place { root: base.root, proj, span: place.span };
        }
        place
    }

    /// Whether a statement by itself writes a resolved place as a whole or in part, other than the
    /// payload of a variant.
    pub fn overwrites(&self, stmt: &Stmt, on: &Place) -> bool {
        let mut found = false;
        super::walk::places_written_by(stmt, &mut |place| {
            let place = self.resolve(place);
            let payload = place
                .proj
                .get(on.proj.len()..)
                .is_some_and(|rest| rest.iter().any(|step| matches!(step, Proj::Payload)));
            let apart = place.proj.iter().zip(&on.proj).any(|(a, b)| match (a, b) {
                (Proj::Field(a), Proj::Field(b)) => a != b,
                (Proj::Field(_) | Proj::Index(_) | Proj::Range(..) | Proj::Deref | Proj::Payload, _) => false,
            });
            found |= place.root == on.root && !payload && !apart;
        });
        found
    }

    /// The variable that holds the storage of `var`: itself unless it is a view that others share.
    pub fn storage(&self, mut var: Var) -> Var {
        while let Some(base) = &self.info(var).view_of
            && !self.info(var).apart
        {
            var = base.root;
        }
        var
    }

    /// Whether two places can have a part in common: not where they go through different fields.
    pub fn may_share(&self, a: &Place, b: &Place) -> bool {
        let (a, b) = (self.resolve(a), self.resolve(b));
        let apart = a.proj.iter().zip(&b.proj).any(|steps| match steps {
            (Proj::Field(a), Proj::Field(b)) => a != b,
            (Proj::Field(_) | Proj::Index(_) | Proj::Range(..) | Proj::Deref | Proj::Payload, _) => false,
        });
        a.root == b.root && !apart
    }

    /// The variable at the end of all views.
    pub fn origin(&self, mut var: Var) -> Var {
        while let Some(base) = &self.info(var).view_of {
            var = base.root;
        }
        var
    }

    /// A variable, what it is a view of, and so on.
    pub fn views_of(&self, var: Var) -> impl Iterator<Item = Var> {
        std::iter::successors(Some(var), |var| Some(self.info(*var).view_of.as_ref()?.root))
    }

    /// The type of a place, as far as known.
    pub fn place_ty(&self, place: &Place) -> Ty {
        self.typed(place).0
    }

    /// Whether a place can carry a derivative: by its type, and as no field on the way to it, views
    /// seen through, is marked as having none.
    pub fn may_be_active(&self, place: &Place) -> bool {
        let (ty, passive) = self.typed(&self.resolve(place));
        !passive && (ty.may_be_active() && self.place_ty(place).may_be_active())
    }

    fn typed(&self, place: &Place) -> (Ty, bool) {
        let mut passive = false;
        let mut ty = self.info(place.root).ty.clone();
        for step in &place.proj {
            ty = match step {
                Proj::Index(_) => ty.element(),
                Proj::Range(..) => match ty.element() {
                    Ty::Unknown => Ty::Unknown,
                    item => Ty::Slice(Box::new(item)),
                },
                Proj::Field(member) => {
                    let (ty, marked) = ty.field(member);
                    passive |= marked;
                    ty
                }
                Proj::Deref | Proj::Payload => Ty::Unknown,
            };
        }
        (ty, passive)
    }

    /// Every statement of the function in source order, nested ones included.
    pub fn visit(&self, visit: &mut dyn FnMut(&Stmt)) {
        super::walk::statements(&self.body, visit);
        if let Some(backward) = &self.backward {
            super::walk::statements(&backward.body, visit);
        }
    }
}

impl VarInfo {
    /// Whether it names a part of another variable's storage.
    pub fn is_view(&self) -> bool {
        self.view_of.is_some() && !self.apart
    }

    /// An immutable local.
    pub fn local(name: &str, ty: Ty, span: Span) -> VarInfo {
        VarInfo {
            name: crate::names::identifier(name, span),
            ty,
            mutable: false,
            by_ref: None,
            view_of: None,
            apart: false,
            late: false,
            boxed: false,
            near: false,
            made: false,
            tangent_of: None,
        }
    }
}
