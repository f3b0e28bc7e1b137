//! Places, and what is taken from them whole.

use super::Emitter;
use super::precedence::{Prec, at_least};
use crate::ir::{Expr, Place, Proj, Ty, Var};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// The place as an expression that can be read, assigned or borrowed.
    pub(super) fn place(&self, place: &Place) -> (TokenStream, Prec) {
        let info = self.function.info(place.root);
        let name = self.name(place.root);
        if place.proj.is_empty() {
            return match (info.boxed, info.by_ref) {
                (true, _) => (quote!(*#name.as_mut().unwrap()), Prec::Unary),
                (false, Some(_)) => (quote!(*#name), Prec::Unary),
                (false, None) => (quote!(#name), Prec::Atom),
            };
        }
        let deref = matches!(place.proj.last(), Some(Proj::Deref));
        (self.projected(place, place.proj.len()), if deref { Prec::Unary } else { Prec::Atom })
    }

    /// The root and the first `count` projections.
    fn projected(&self, place: &Place, count: usize) -> TokenStream {
        let info = self.function.info(place.root);
        let name = self.name(place.root);
        let mut tokens = if info.boxed { quote!(#name.as_mut().unwrap()) } else { quote!(#name) };
        if info.by_ref.is_some() && matches!(place.proj.first(), Some(Proj::Deref)) {
            // The box behind the reference, and what is in it.
            tokens = quote!((*#tokens));
        }
        let mut deref = false;
        for (at, step) in place.proj[..count].iter().enumerate() {
            if deref {
                tokens = quote!((#tokens));
            }
            deref = false;
            tokens = match step {
                Proj::Field(member) => quote!(#tokens.#member),
                Proj::Index(index) => {
                    let index = self.value(index);
                    quote!(#tokens[#index])
                }
                Proj::Range(lo, hi) => {
                    let bound = |bound: &Option<Expr>| {
                        bound.as_ref().map(|bound| at_least(self.expr(bound), Prec::Or))
                    };
                    let (lo, hi) = (bound(lo), bound(hi));
                    let whole = Place { proj: place.proj[..at].to_vec(), ..place.clone() };
                    let deque = matches!(self.function.place_ty(&whole), Ty::Deque(_));
                    // An element is at the same index, wherever it lies.
                    let element = matches!(place.proj.get(at + 1), Some(Proj::Index(_)));
                    match deque {
                        true if lo.is_none() && hi.is_none() && element => tokens,
                        true => quote!(#tokens.make_contiguous()[#lo..#hi]),
                        false => quote!(#tokens[#lo..#hi]),
                    }
                }
                Proj::Deref => {
                    deref = true;
                    quote!(*#tokens)
                }
                // What a binding of a pattern aliases; the binding itself is what is printed.
                Proj::Payload => tokens,
            };
        }
        tokens
    }

    /// `&place` or `&mut place`; a variable that is a reference already stands for itself.
    pub(super) fn borrow(&self, place: &Place, mutable: bool) -> (TokenStream, Prec) {
        let info = self.function.info(place.root);
        let name = self.name(place.root);
        if place.proj.is_empty() && info.boxed {
            let method = if mutable { quote!(as_mut) } else { quote!(as_ref) };
            return (quote!(#name.#method().unwrap()), Prec::Atom);
        }
        if place.proj.is_empty() && info.by_ref.is_some() {
            return match (info.by_ref, mutable) {
                (Some(true), true) => (quote!(&mut *#name), Prec::Unary),
                (Some(true), false) => (quote!(&*#name), Prec::Unary),
                _ => (quote!(#name), Prec::Atom),
            };
        }
        let span = place.span;
        let inner = at_least(self.place(place), Prec::Unary);
        let borrow = if mutable { quote_spanned!(span=> &mut) } else { quote_spanned!(span=> &) };
        (quote!(#borrow #inner), Prec::Unary)
    }

    /// The place as the receiver of a method or of an index: auto-dereferenced by rustc.
    pub(super) fn receiver(&self, place: &Place) -> TokenStream {
        let info = self.function.info(place.root);
        let name = self.name(place.root);
        if place.proj.is_empty() {
            return if info.boxed { quote!(#name.as_mut().unwrap()) } else { quote!(#name) };
        }
        at_least(self.place(place), Prec::Atom)
    }

    /// Whether the place is a variable that may hold nothing yet.
    pub(super) fn is_boxed(&self, place: &Place) -> bool {
        place.is_var() && self.function.info(place.root).boxed
    }

    /// Whether the place is unsized: a slice.
    pub(super) fn is_slice(&self, place: &Place) -> bool {
        matches!(place.proj.last(), Some(Proj::Range(..)))
            || matches!(self.function.place_ty(place), Ty::Slice(_))
    }

    /// Whether a value has to stay when it is moved.
    pub(super) fn is_model(&self, var: Var) -> bool {
        let info = self.function.info(var);
        self.models[var.0] && !info.boxed && info.view_of.is_none() && !info.ty.is_copy()
    }

    /// Whether a place is what a reference of the pattern of a `match` refers to, of a type that may not
    /// be `Copy`: its value is not there to be moved.
    fn is_lent(&self, place: &Place) -> bool {
        let info = self.function.info(place.root);
        let payload = |of: &Place| matches!(of.proj.last(), Some(Proj::Payload));
        place.is_var()
            && info.by_ref.is_some()
            && info.view_of.as_ref().is_none_or(payload)
            && (matches!(info.ty, Ty::Unknown) || info.ty.holds_users())
    }

    /// An operand of an operator, or of an expression of the user's, which looks at it where it is.
    pub(super) fn operand(&self, arg: &Expr) -> (TokenStream, Prec) {
        match arg {
            Expr::Read(place) if self.is_lent(place) => self.place(place),
            arg => self.expr(arg),
        }
    }

    /// A value that is moved and stays: a zero is still to be made after it.
    pub(super) fn kept(&self, var: Var) -> (TokenStream, Prec) {
        let krate = self.krate;
        let value = self.borrow(&Place::var(var), false).0;
        let ty = &self.function.info(var).ty;
        let of_users = matches!(ty, Ty::Unknown) || ty.holds_users();
        let copy = if of_users { quote!(#krate::rt::own!(#value)) } else { quote!(#krate::rt::dup(#value)) };
        (copy, Prec::Atom)
    }

    /// A copy of the value of a place.
    pub(super) fn read(&self, place: &Place) -> (TokenStream, Prec) {
        if place.is_var() && self.is_model(place.root) || self.is_lent(place) {
            return self.kept(place.root);
        }
        if self.is_slice(place) || matches!(self.function.place_ty(place), Ty::Vec(_) | Ty::Deque(_)) {
            return self.to_owned(place);
        }
        let info = self.function.info(place.root);
        if info.boxed && place.proj.is_empty() && info.ty.is_copy() {
            let name = self.name(place.root);
            return (quote!(#name.unwrap()), Prec::Atom);
        }
        // What may be no copy cannot be moved out of what may hold nothing.
        let ty = self.function.place_ty(place);
        if info.boxed && (matches!(ty, Ty::Unknown) || ty.holds_users()) {
            let (krate, value) = (self.krate, self.borrow(place, false).0);
            return (quote!(#krate::rt::own!(#value)), Prec::Atom);
        }
        match self.field_tangent(place, &quote!(part)) {
            Some(part) => (part, Prec::Atom),
            None => self.place(place),
        }
    }

    /// The tangent of a field, read by one of the runtime's macros, where its type may be `()`.
    pub(super) fn field_tangent(&self, place: &Place, by: &TokenStream) -> Option<TokenStream> {
        let primal = self.primal_of(place).filter(|_| self.is_part(place))?;
        let krate = self.krate;
        let (primal, tangent) = (self.borrow(&primal, false).0, self.place(place).0);
        Some(quote!(#krate::rt::#by!(#primal, #tangent)))
    }

    /// Whether the place is a field of a type that only rustc knows: its derivative may be `()`,
    /// where the field is an integer or marked `#[no_diff]`.
    pub(super) fn is_part(&self, place: &Place) -> bool {
        matches!(place.proj.last(), Some(Proj::Field(_)))
            && matches!(self.function.place_ty(place), Ty::Unknown)
    }

    /// The place whose tangent a place is.
    fn primal_of(&self, place: &Place) -> Option<Place> {
        let mut root = self.function.info(place.root).tangent_of?;
        while let Some(next) = self.function.info(root).tangent_of {
            root = next;
        }
        Some(place.with_root(root))
    }

    /// An owned copy of an aggregate.
    pub(super) fn to_owned(&self, place: &Place) -> (TokenStream, Prec) {
        let receiver = self.receiver(place);
        if self.is_slice(place) {
            return (quote!(#receiver.to_vec()), Prec::Atom);
        }
        let info = self.function.info(place.root);
        // What belongs to a `&Vec` may be a slice.
        if place.is_var() && info.by_ref.is_some() && matches!(info.ty, Ty::Vec(_)) {
            return (quote!(#receiver.to_vec()), Prec::Atom);
        }
        let of_users = match self.function.place_ty(place) {
            Ty::Unknown => place.is_var() && info.by_ref.is_none() && info.tangent_of.is_none(),
            ty => ty.holds_users(),
        };
        if of_users {
            let (krate, borrowed) = (self.krate, self.borrow(place, false).0);
            let span = info.name.span();
            return (quote_spanned!(span=> #krate::rt::own!(#borrowed)), Prec::Atom);
        }
        (quote!(#receiver.clone()), Prec::Atom)
    }

    /// The zero tangent of a place.
    pub(super) fn zero(&self, like: &Place) -> (TokenStream, Prec) {
        if let Some(zero) = self.known_zero(&self.function.place_ty(like), Some(like)) {
            return (zero, Prec::Atom);
        }
        let krate = self.krate;
        let like = self.borrow(like, false).0;
        (quote!(#krate::rt::zero_like(#like)), Prec::Atom)
    }

    /// The zero tangent of a type whose shape is known; `like` gives the length of a slice.
    fn known_zero(&self, ty: &Ty, like: Option<&Place>) -> Option<TokenStream> {
        let krate = self.krate;
        Some(match ty {
            Ty::F64 | Ty::F32 | Ty::Float => quote!(0.0),
            Ty::Generic(name) => quote!(#name::lit(0.0)),
            Ty::Wide(_) => self.constant(0.0, ty).0,
            Ty::Int(_) | Ty::Bool | Ty::Inert => quote!(()),
            Ty::Named(named) if named.inert.is_some() => quote!(()),
            Ty::Array(item, len) => {
                if !has_constant_zero(item) {
                    return None;
                }
                let item = self.known_zero(item, None)?;
                quote!([#item; #len])
            }
            Ty::Slice(item) | Ty::Vec(item) => {
                if !has_constant_zero(item) {
                    return None;
                }
                let item = self.known_zero(item, None)?;
                let like = self.receiver(like?);
                quote!(#krate::rt::vec![#item; #like.len()])
            }
            Ty::Tuple(items) => {
                let items =
                    items.iter().map(|item| self.known_zero(item, None)).collect::<Option<Vec<_>>>()?;
                super::types::tuple(items)
            }
            // The runtime does not know the zero of what is inert by its definition.
            Ty::Option(item) if has_constant_zero(item) && holds_inert(item) => {
                let item = self.known_zero(item, None)?;
                let like = self.receiver(like?);
                quote!(#like.as_ref().map(|_| #item))
            }
            Ty::Deque(_) | Ty::Option(_) | Ty::Named(_) | Ty::Unknown => return None,
        })
    }

    /// Takes a cotangent out of its place, leaving zero.
    pub(super) fn take(&self, shadow: &Place, like: &Place) -> (TokenStream, Prec) {
        let krate = self.krate;
        let ty = match self.function.place_ty(shadow) {
            ty if ty.is_wide() => ty,
            _ => self.function.place_ty(like),
        };
        let place = self.borrow(shadow, true).0;
        let tokens = match &ty {
            Ty::F64 | Ty::F32 | Ty::Float | Ty::Wide(_) => quote!(::core::mem::take(#place)),
            Ty::Generic(_) | Ty::Array(..) | Ty::Tuple(_)
                if ty.is_wide() || crate::reverse::has_static_shape(&ty) =>
            {
                match self.known_zero(&ty, Some(like)) {
                    Some(zero) => quote!(::core::mem::replace(#place, #zero)),
                    None => quote!(#krate::rt::take(#place)),
                }
            }
            Ty::Slice(_) => quote!(#krate::rt::take_slice(#place)),
            Ty::Int(_)
            | Ty::Bool
            | Ty::Inert
            | Ty::Generic(_)
            | Ty::Array(..)
            | Ty::Tuple(_)
            | Ty::Vec(_)
            | Ty::Deque(_)
            | Ty::Option(_)
            | Ty::Named(_)
            | Ty::Unknown => {
                if self.is_slice(shadow) {
                    quote!(#krate::rt::take_slice(#place))
                } else {
                    // The value before may have another length than the one after.
                    if like.is_var() && self.function.info(like.root).boxed {
                        let name = self.name(like.root);
                        return (quote!(#krate::rt::take_before(#place, #name.as_ref())), Prec::Atom);
                    }
                    let zero = self.known_zero(&ty, Some(like)).unwrap_or_else(|| self.zero(like).0);
                    quote!(::core::mem::replace(#place, #zero))
                }
            }
        };
        if self.is_part(shadow) {
            let like = self.borrow(like, false).0;
            return (quote!(#krate::rt::part!(#like, #tokens)), Prec::Atom);
        }
        (tokens, Prec::Atom)
    }
}

/// Whether a type of the file that has no derivative by its definition is in it.
fn holds_inert(ty: &Ty) -> bool {
    match ty {
        Ty::Named(named) => named.inert.is_some(),
        Ty::Array(item, _) | Ty::Option(item) | Ty::Slice(item) | Ty::Vec(item) | Ty::Deque(item) => {
            holds_inert(item)
        }
        Ty::Tuple(items) => items.iter().any(holds_inert),
        Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) => false,
        Ty::Int(_) | Ty::Bool | Ty::Inert | Ty::Unknown => false,
    }
}

/// Whether the zero of a type's tangents is a constant that can be repeated.
fn has_constant_zero(ty: &Ty) -> bool {
    match ty {
        Ty::Named(named) => named.inert.is_some(),
        Ty::Array(item, _) => has_constant_zero(item),
        Ty::Tuple(items) => items.iter().all(has_constant_zero),
        Ty::F64 | Ty::F32 | Ty::Float | Ty::Generic(_) | Ty::Wide(_) | Ty::Int(_) | Ty::Bool => true,
        Ty::Inert | Ty::Option(_) | Ty::Slice(_) | Ty::Vec(_) | Ty::Deque(_) | Ty::Unknown => false,
    }
}
