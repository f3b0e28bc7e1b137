//! Types as the user wrote them, and the types of their derivatives.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::visit::Visit;
use syn::{GenericArgument, PathArguments, Type};

/// The shape of a type as far as its spelling tells it.
#[derive(Clone, Debug)]
pub enum Shape {
    /// `f64`, `f32` or a generic float, with its name.
    Float(Ident),
    /// Integers, `bool`, strings: the tangent is `()`.
    Inert,
    Array(Box<Shape>, TokenStream),
    Slice(Box<Shape>),
    Vec(Box<Shape>),
    Tuple(Vec<Shape>),
    Option(Box<Shape>),
    /// Known to rustc only.
    Other(Box<Type>),
}

impl Shape {
    /// Makes one that is a sequence no more than a type.
    pub fn forget(&mut self, ty: &Type) {
        let mut ty = ty;
        while let Type::Reference(reference) = ty {
            ty = &reference.elem;
        }
        if let Shape::Slice(_) | Shape::Vec(_) = self {
            *self = Shape::Other(Box::new(ty.clone()));
        }
    }

    /// Shows the types in it that only rustc knows.
    pub fn others(&self, show: &mut dyn FnMut(&Type)) {
        match self {
            Shape::Float(_) | Shape::Inert => {}
            Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) | Shape::Option(item) => {
                item.others(show);
            }
            Shape::Tuple(items) => items.iter().for_each(|item| item.others(show)),
            Shape::Other(ty) => show(ty),
        }
    }

    /// Whether a value of a type parameter is in it, beside types that are made of it.
    pub fn holds(&self, parameter: &Ident) -> bool {
        match self {
            Shape::Float(_) | Shape::Inert => false,
            Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) | Shape::Option(item) => {
                item.holds(parameter)
            }
            Shape::Tuple(items) => items.iter().any(|item| item.holds(parameter)),
            Shape::Other(ty) => matches!(&**ty, Type::Path(path) if path.path.is_ident(parameter)),
        }
    }
}

/// What types are written with: the path of the crate, the generic floats, and the types of the file that have no
/// derivative by their definition.
#[derive(Clone, Copy)]
pub struct Types<'a> {
    pub krate: &'a syn::Path,
    pub floats: &'a [Ident],
    pub inert: &'a [Ident],
}

const INERT: [&str; 16] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "bool", "char",
    "str", "String",
];

/// A tuple: `()`, `(a,)`, `(a, b)`.
pub fn tuple(items: Vec<TokenStream>) -> TokenStream {
    match items.as_slice() {
        [item] => quote!((#item,)),
        items => quote!((#(#items),*)),
    }
}

/// One as itself, several as a tuple: how `G`, seeds and outputs are written.
pub fn one_or_tuple(items: Vec<TokenStream>) -> TokenStream {
    match items.as_slice() {
        [item] => item.clone(),
        _ => tuple(items),
    }
}

impl Types<'_> {
    /// The shape of a type; references are looked through.
    pub fn shape(self, ty: &Type) -> Shape {
        match ty {
            Type::Reference(reference) => self.shape(&reference.elem),
            Type::Paren(inner) => self.shape(&inner.elem),
            Type::Group(inner) => self.shape(&inner.elem),
            Type::Array(array) => {
                let len = &array.len;
                Shape::Array(Box::new(self.shape(&array.elem)), quote!(#len))
            }
            Type::Slice(slice) => Shape::Slice(Box::new(self.shape(&slice.elem))),
            Type::Tuple(tuple) => Shape::Tuple(tuple.elems.iter().map(|ty| self.shape(ty)).collect()),
            Type::Path(path) if path.qself.is_none() => self.path_shape(ty, &path.path),
            _ => Shape::Other(Box::new(ty.clone())),
        }
    }

    fn path_shape(self, ty: &Type, path: &syn::Path) -> Shape {
        let other = || Shape::Other(Box::new(ty.clone()));
        let Some(last) = path.segments.last() else { return other() };
        let name = &last.ident;
        match &last.arguments {
            PathArguments::None if path.segments.len() == 1 => {
                if name == "f64" || name == "f32" || self.floats.contains(name) {
                    Shape::Float(name.clone())
                } else if INERT.iter().any(|inert| name == inert) || self.inert.contains(name) {
                    Shape::Inert
                } else {
                    other()
                }
            }
            PathArguments::AngleBracketed(args) if args.args.len() == 1 => {
                let Some(GenericArgument::Type(item)) = args.args.first() else { return other() };
                if name == "PhantomData" {
                    Shape::Inert
                } else if name == "Vec" {
                    Shape::Vec(Box::new(self.shape(item)))
                } else if let (true, Type::Slice(items)) = (name == "Box", item) {
                    Shape::Vec(Box::new(self.shape(&items.elem)))
                } else if name == "Option" {
                    Shape::Option(Box::new(self.shape(item)))
                } else {
                    other()
                }
            }
            PathArguments::None | PathArguments::AngleBracketed(_) | PathArguments::Parenthesized(_) => {
                other()
            }
        }
    }

    /// The type of tangents and cotangents.
    pub fn tangent(self, shape: &Shape) -> TokenStream {
        let krate = self.krate;
        match shape {
            Shape::Float(name) => quote!(#name),
            Shape::Inert => quote!(()),
            Shape::Array(item, len) => {
                let item = self.tangent(item);
                quote!([#item; #len])
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.tangent(item);
                quote!(#krate::rt::Vec<#item>)
            }
            Shape::Tuple(items) => tuple(items.iter().map(|item| self.tangent(item)).collect()),
            Shape::Option(item) => {
                let item = self.tangent(item);
                quote!(::core::option::Option<#item>)
            }
            // Where the type has no derivative, the error is one, and at the type.
            Shape::Other(ty) => at(quote!(<#ty as #krate::Differentiable>::Tangent), span_of(ty)),
        }
    }

    /// The place behind a reference to a tangent: unsized for slices and `Vec`s.
    pub fn place(self, shape: &Shape) -> TokenStream {
        match shape {
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.tangent(item);
                quote!([#item])
            }
            Shape::Float(_)
            | Shape::Inert
            | Shape::Array(..)
            | Shape::Tuple(_)
            | Shape::Option(_)
            | Shape::Other(_) => self.tangent(shape),
        }
    }

    /// How a seed for a value passed or returned by value is written.
    pub fn seed(self, shape: &Shape) -> TokenStream {
        match shape {
            Shape::Slice(_) | Shape::Vec(_) => {
                let place = self.place(shape);
                quote!(&#place)
            }
            Shape::Tuple(items) => tuple(items.iter().map(|item| self.seed(item)).collect()),
            Shape::Float(_) | Shape::Inert | Shape::Array(..) | Shape::Option(_) | Shape::Other(_) => {
                self.tangent(shape)
            }
        }
    }

    /// The marker type of a seed that is written so, for `Pullback`.
    pub fn seed_marker(self, shape: &Shape) -> TokenStream {
        let krate = self.krate;
        match shape {
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.tangent(item);
                quote!(#krate::rt::Elements<#item>)
            }
            Shape::Tuple(items) => tuple(items.iter().map(|item| self.seed_marker(item)).collect()),
            Shape::Float(_) | Shape::Inert | Shape::Array(..) | Shape::Option(_) | Shape::Other(_) => {
                let tangent = self.tangent(shape);
                quote!(#krate::rt::Owned<#tangent>)
            }
        }
    }

    /// A seed made into an owned tangent.
    pub fn own_seed(self, shape: &Shape, seed: &TokenStream) -> TokenStream {
        match shape {
            Shape::Slice(_) | Shape::Vec(_) => quote!(#seed.to_vec()),
            Shape::Tuple(items) if has_slice(shape) => tuple(
                items
                    .iter()
                    .enumerate()
                    .map(|(k, item)| {
                        let index = syn::Index::from(k);
                        self.own_seed(item, &quote!(#seed.#index))
                    })
                    .collect(),
            ),
            Shape::Tuple(_)
            | Shape::Float(_)
            | Shape::Inert
            | Shape::Array(..)
            | Shape::Option(_)
            | Shape::Other(_) => seed.clone(),
        }
    }

    /// The zero tangent of a parameter; `value` is the parameter, `reference` says whether it is
    /// a reference.
    pub fn zero(self, shape: &Shape, value: &Ident, reference: bool) -> TokenStream {
        let krate = self.krate;
        if let Some(zero) = self.constant_zero(shape) {
            return zero;
        }
        match shape {
            Shape::Slice(item) | Shape::Vec(item) => {
                if let Some(item) = self.constant_zero(item) {
                    return quote!(#krate::rt::vec![#item; #value.len()]);
                }
            }
            Shape::Float(_)
            | Shape::Inert
            | Shape::Array(..)
            | Shape::Tuple(_)
            | Shape::Option(_)
            | Shape::Other(_) => {}
        }
        let zero = if reference {
            quote!(#krate::rt::zero_like(&*#value))
        } else {
            quote!(#krate::rt::zero_like(&#value))
        };
        match shape {
            Shape::Other(ty) => at(zero, span_of(ty)),
            Shape::Float(_)
            | Shape::Inert
            | Shape::Array(..)
            | Shape::Slice(_)
            | Shape::Vec(_)
            | Shape::Tuple(_)
            | Shape::Option(_) => zero,
        }
    }

    /// A zero that needs no value to take its shape from.
    pub fn constant_zero(self, shape: &Shape) -> Option<TokenStream> {
        Some(match shape {
            Shape::Float(name) if name == "f64" || name == "f32" => quote!(0.0),
            Shape::Float(name) => quote!(#name::lit(0.0)),
            Shape::Inert => quote!(()),
            Shape::Array(item, len) => {
                let item = self.constant_zero(item)?;
                quote!([#item; #len])
            }
            Shape::Tuple(items) => {
                tuple(items.iter().map(|item| self.constant_zero(item)).collect::<Option<Vec<_>>>()?)
            }
            Shape::Slice(_) | Shape::Vec(_) | Shape::Option(_) | Shape::Other(_) => return None,
        })
    }

    /// The Jacobian's rows for an output of this shape, one `gradient` each; `None` when the
    /// spelling does not tell.
    pub fn rows(self, shape: &Shape, gradient: &TokenStream) -> Option<TokenStream> {
        let krate = self.krate;
        Some(match shape {
            Shape::Float(_) => gradient.clone(),
            Shape::Array(item, len) => {
                let item = self.rows(item, gradient)?;
                quote!([#item; #len])
            }
            Shape::Slice(item) | Shape::Vec(item) => {
                let item = self.rows(item, gradient)?;
                quote!(#krate::rt::Vec<#item>)
            }
            Shape::Tuple(items) => {
                tuple(items.iter().map(|item| self.rows(item, gradient)).collect::<Option<Vec<_>>>()?)
            }
            Shape::Inert => quote!(()),
            Shape::Option(_) | Shape::Other(_) => return None,
        })
    }
}

impl Types<'_> {
    /// `X: Differentiable` for the types of which rustc alone knows whether they are. As bounds,
    /// they make one error of many where one is not.
    ///
    /// A type that is made of floats, lengths or others (`parts`) by its parameters gets none: rustc would take the bound for all
    /// that is known of the type, and no longer see the fields of its tangent.
    pub fn bounds(self, shape: &Shape, parts: &[&Ident], into: &mut Vec<TokenStream>) {
        match shape {
            Shape::Float(_) | Shape::Inert => {}
            Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) | Shape::Option(item) => {
                self.bounds(item, parts, into);
            }
            Shape::Tuple(items) => items.iter().for_each(|item| self.bounds(item, parts, into)),
            Shape::Other(ty) => {
                let (krate, tokens) = (self.krate, quote!(#ty));
                // An elided lifetime cannot stand in a bound; a bound on `Data<'a>` would hide its tangent, too.
                let mut elided = Elided(false);
                elided.visit_type(ty);
                let bound = at(quote!(#ty: #krate::Differentiable), span_of(ty));
                let known = into.iter().any(|known| known.to_string() == bound.to_string());
                let mentions = crate::names::mentions(tokens);
                let mentioned = |name: &Ident| mentions.contains(&name.to_string());
                // A bound on `Poly<N>` or `Vec3<T>` would hide what its tangent is.
                // The other parameters may be units of measure, which have no derivative.
                let itself = |name: &&&Ident| matches!(&**ty, Type::Path(path) if path.path.is_ident(**name));
                let of_parts = parts.iter().filter(|name| !itself(name)).any(|name| mentioned(name));
                let of_floats = self.floats.iter().any(mentioned);
                let of_self = mentions.contains("Self") && !is_associated(ty, "Self");
                let of_parts = of_parts && !parts.iter().any(|name| is_associated(ty, &name.to_string()));
                if !elided.0 && !known && !of_floats && !of_parts && !of_self {
                    into.push(bound);
                }
            }
        }
    }
}

/// Whether a type is `Self::Output`, or `T::Scalar`: what an `impl` of the trait says it is.
fn is_associated(ty: &Type, of: &str) -> bool {
    match ty {
        Type::Path(syn::TypePath { qself: None, path, .. }) => {
            path.segments.len() == 2 && path.segments[0].ident == of && path.segments[1].arguments.is_none()
        }
        _ => false,
    }
}

struct Elided(bool);

impl Visit<'_> for Elided {
    fn visit_type_reference(&mut self, _: &syn::TypeReference) {
        self.0 = true;
    }

    fn visit_lifetime(&mut self, _: &syn::Lifetime) {
        self.0 = true;
    }

    fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
        self.0 = true;
    }

    fn visit_type_infer(&mut self, _: &syn::TypeInfer) {
        self.0 = true;
    }

    fn visit_type_macro(&mut self, _: &syn::TypeMacro) {
        self.0 = true;
    }
}

/// Tokens as if they stood at a span, each resolved as it was.
pub fn at(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| {
            let located = span.resolved_at(token.span());
            match token {
                TokenTree::Group(group) => {
                    let mut group = Group::new(group.delimiter(), at(group.stream(), span));
                    group.set_span(located);
                    TokenTree::Group(group)
                }
                mut token => {
                    token.set_span(located);
                    token
                }
            }
        })
        .collect()
}

fn span_of(ty: &Type) -> Span {
    span_of_tokens(&quote!(#ty))
}

/// The last identifier outside brackets: what of `module::Type<T>` an error points at.
fn span_of_tokens(tokens: &TokenStream) -> Span {
    let mut first = None;
    for token in tokens.clone() {
        if let TokenTree::Punct(punct) = &token
            && punct.as_char() == '<'
            && first.is_some()
        {
            break;
        }
        if let TokenTree::Ident(ident) = &token {
            first = Some(ident.span());
        }
    }
    first.unwrap_or_else(Span::call_site)
}

/// Whether the length of some part is known at run time only, as far as the spelling tells.
pub fn has_slice(shape: &Shape) -> bool {
    match shape {
        Shape::Slice(_) | Shape::Vec(_) => true,
        Shape::Tuple(items) => items.iter().any(has_slice),
        Shape::Float(_) | Shape::Inert | Shape::Array(..) | Shape::Option(_) | Shape::Other(_) => false,
    }
}

impl Types<'_> {
    /// `1` in a scalar's type.
    pub fn one(self, scalar: &Ident) -> TokenStream {
        if scalar == "f64" || scalar == "f32" { quote!(1.0) } else { quote!(#scalar::lit(1.0)) }
    }
}
