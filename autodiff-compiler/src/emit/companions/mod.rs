//! The companions of a function: what users call (`grad`, `vjp`, …) and what other
//! differentiable functions call (`__ad_jvp`, `__ad_split`).
//!
//! [`cores`] prints what differentiation made of the function; [`wrappers`] are the public
//! signatures on top, the same for every function; [`docs`] says what each takes and returns.

mod called;
pub mod check;
mod columns;
mod conversions;
mod cores;
mod docs;
mod generics;
mod hessian;
mod inner;
mod items;
mod jacobian;
mod joint;
mod keep;
mod memory;
pub mod namesake;
pub mod nested;
mod operators;
mod pullback;
mod rules;
mod wide;
mod wrappers;

pub use columns::is_repeatable;
pub use memory::{Kept, kept};
pub use pullback::NameLifetime;

use super::types::{Shape, Types, one_or_tuple};
use crate::ir::{Function, ParamMode, Wrap};
use crate::lower::{self, Supertraits};
use crate::names::{Fresh, Reserved};
use crate::options::Options;
use crate::surroundings::Around;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{Attribute, ReceiverKind, Signature, Type, Visibility};

/// A parameter, as companions see it.
pub struct Param {
    pub name: Ident,
    /// The type as written.
    pub ty: Type,
    pub shape: Shape,
    /// The shape of its tangents in several directions, if they have such.
    pub lanes: Option<wide::Lanes>,
    pub mode: ParamMode,
    pub active: bool,
    /// `self`, `&self`, `&mut self` as written.
    pub receiver: Option<TokenStream>,
    /// Names for its cotangent and its tangent.
    pub bar: Ident,
    pub dot: Ident,
}

/// One output of the function.
pub enum Output<'a> {
    Return(&'a Shape),
    /// The final contents of a `&mut` parameter.
    InOut(&'a Param),
}

/// Where companions stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// On `struct f {}`.
    Function,
    /// Beside the method.
    Method,
    /// In a trait.
    Trait,
    /// In the `impl` of a trait.
    TraitImpl,
    /// In the `impl` of our trait for an operator.
    Operator,
    /// In the `impl` of our trait for `Index` or `IndexMut`.
    Element,
    /// In the `impl` of our trait for `From`.
    Conversion,
}

impl Home {
    /// Whether the companions are those that a trait asks for.
    pub fn is_bound(self) -> bool {
        matches!(self, Home::TraitImpl | Home::Operator | Home::Element | Home::Conversion)
    }
}

/// The function whose companions are made.
pub struct Target<'a> {
    pub krate: &'a syn::Path,
    pub attrs: &'a [Attribute],
    pub vis: &'a Visibility,
    pub sig: &'a Signature,
    /// The generics of the `impl` around a method.
    pub outer: Option<&'a syn::Generics>,
    /// The type that the `impl` around a method is of.
    pub owner: Option<&'a Type>,
    pub floats: Vec<Ident>,
    /// The types in the result that have no derivative by their definition.
    inert: Vec<Ident>,
    pub home: Home,
    pub params: Vec<Param>,
    /// Payload of the return type; `None` for `()`.
    pub output: Option<(Type, Shape)>,
    pub wrap: Wrap,
    /// Whether the function calls itself, so that its pullback needs a box.
    pub boxed: bool,
    /// Whether there is a core that gives the columns of the Jacobian.
    pub columns: bool,
    /// Whether the body may run several times for one result.
    pub repeatable: bool,
    /// What the loops keep where the seed comes later, and where it is there from the start.
    pub kept: (Kept, Kept),
    /// What a trait that the function is a method of asks for.
    pub of_trait: Option<&'a Supertraits>,
    /// Whether the function calls anything.
    pub calls: bool,
    /// Whether it calls the rules of conversions.
    converts: bool,
    /// Derivatives up to this order are made.
    pub order: u32,
    /// What stands around the function in its file.
    pub around: &'a Around,
    fresh: Fresh,
}

impl<'a> Target<'a> {
    pub fn new(
        function: &Function,
        options: &'a Options,
        attrs: &'a [Attribute],
        vis: &'a Visibility,
        sig: &'a Signature,
        home: Home,
        reserved: &Reserved,
    ) -> Target<'a> {
        let (krate, around) = (&options.krate, &options.around);
        let floats = function.float_generics.clone();
        let inert = lower::inert_names(sig, around);
        let types = Types { krate, floats: &floats, inert: &inert };
        // A parameter that is inert may be no copy.
        let of_params = Types { inert: &[], ..types };
        let names: Vec<Ident> =
            function.params.iter().map(|param| function.info(param.var).name.clone()).collect();
        let mut fresh = reserved.fresh(&names);
        let mut distinct = Fresh::new([]);
        let params = function
            .params
            .iter()
            .zip(&sig.inputs)
            .zip(names)
            .map(|((param, input), name)| {
                let receiver = match input {
                    syn::FnArg::Receiver(receiver) => match &receiver.kind {
                        ReceiverKind::Reference(and, lifetime, mutability) => {
                            Some(quote!(#and #lifetime #mutability self))
                        }
                        ReceiverKind::Typed(_, ty) => Some(quote!(self: #ty)),
                        _ => Some(quote!(self)),
                    },
                    syn::FnArg::Typed(_) => None,
                };
                let base = name.to_string();
                let name = match base.as_str() {
                    "self" => name,
                    _ => respan(distinct.name(&base), name.span()),
                };
                let base = base.trim_start_matches("r#");
                let shape = of_params.shape(&param.ty);
                Param {
                    lanes: wide::Lanes::known(&shape, &function.info(param.var).ty),
                    bar: fresh.name(&format!("{base}_bar")),
                    dot: fresh.name(&format!("{base}_dot")),
                    shape,
                    ty: param.ty.clone(),
                    mode: param.mode,
                    active: param.active,
                    receiver,
                    name,
                }
            })
            .collect();
        let output = function.result_ty.clone().map(|ty| {
            let shape = types.shape(&ty);
            (ty, shape)
        });
        Target {
            krate,
            attrs,
            vis,
            sig,
            outer: None,
            of_trait: None,
            calls: function.calls(),
            converts: conversions::of(function),
            owner: None,
            home,
            params,
            output,
            wrap: function.wrap,
            boxed: false,
            columns: false,
            repeatable: true,
            kept: (None, None),
            order: 1,
            around,
            fresh,
            floats,
            inert,
        }
    }

    /// Gives the parameters and the result the shapes that they have in the trait: what it calls `Self` or `T` is no
    /// slice there, whatever it is in an `impl`.
    pub fn as_spelled(&mut self, of_trait: &Signature) {
        let is_name = |ty: &Type| {
            let mut ty = ty;
            while let Type::Reference(reference) = ty {
                ty = &reference.elem;
            }
            matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.arguments.is_none()))
        };
        for (param, input) in self.params.iter_mut().zip(&of_trait.inputs) {
            if let syn::FnArg::Typed(typed) = input
                && is_name(&typed.ty)
            {
                param.shape.forget(&param.ty);
            }
        }
        if let (Some((ty, shape)), syn::ReturnType::Type(_, spelled)) = (&mut self.output, &of_trait.output)
            && is_name(spelled)
        {
            shape.forget(ty);
        }
    }

    pub fn types(&self) -> Types<'_> {
        Types { krate: self.krate, floats: &self.floats, inert: &self.inert }
    }

    /// A name that is no parameter's.
    pub fn fresh(&self, base: &str) -> Ident {
        self.fresh.clone().name(base)
    }

    fn active(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.active)
    }

    /// Active parameters passed by reference: the caller of a core supplies the place of their
    /// cotangent.
    fn by_reference(&self) -> impl Iterator<Item = &Param> {
        self.active().filter(|param| param.mode != ParamMode::Value)
    }

    /// Active parameters passed by value: a core returns their cotangent.
    fn by_value(&self) -> impl Iterator<Item = &Param> {
        self.active().filter(|param| param.mode == ParamMode::Value)
    }

    fn outputs(&self) -> Vec<Output<'_>> {
        let result = self.output.iter().map(|(_, shape)| Output::Return(shape));
        let in_out = self.active().filter(|param| param.mode == ParamMode::RefMut).map(Output::InOut);
        result.chain(in_out).collect()
    }

    /// The name of a companion: `grad` on `struct f {}`, `m_grad` beside a method `m`.
    pub fn companion(&self, name: &str) -> Ident {
        match self.home {
            Home::Function | Home::Operator | Home::Element => Ident::new(name, self.sig.ident.span()),
            Home::Method | Home::Trait | Home::TraitImpl | Home::Conversion => {
                let base = self.sig.ident.to_string();
                let base = match base.trim_start_matches("r#") {
                    // The rule of a conversion from a reference is another trait's. A caller does not see
                    // whether it calls such a rule or the function of a type's own.
                    "from" if name.starts_with("__") && self.takes_one_reference() => "from_ref",
                    base => base,
                };
                match name.starts_with("__") {
                    true => format_ident!("{base}{name}", span = self.sig.ident.span()),
                    false => format_ident!("{base}_{name}", span = self.sig.ident.span()),
                }
            }
        }
    }

    fn takes_one_reference(&self) -> bool {
        matches!(&self.params[..], [param] if param.mode == ParamMode::Ref && param.receiver.is_none())
    }

    /// The companion as the others call it.
    fn own(&self, name: &str) -> TokenStream {
        let (name, generics) = (self.companion(name), self.turbofish());
        let mut owner: Type = syn::parse_quote!(Self);
        if self.spell_owner(&mut owner) {
            pullback::ElideLifetimes.visit_type_mut(&mut owner);
            return quote!(<#owner>::#name #generics);
        }
        quote!(Self::#name #generics)
    }

    /// Writes out what `Self` stands for where that has lifetimes, which it would fix; whether it does.
    fn spell_owner(&self, ty: &mut Type) -> bool {
        let owner = self.owner.filter(|_| {
            self.home == Home::Method
                && (self.outer.is_some_and(|generics| generics.lifetimes().next().is_some())
                    || self.owner.is_some_and(pullback::has_elided))
        });
        if let Some(owner) = owner {
            pullback::SpellOwner(owner).visit_type_mut(ty);
        }
        owner.is_some()
    }

    /// Types that a pullback takes, whatever the lifetimes in them: it keeps none of them, so that it can be kept
    /// beside what its arguments borrow.
    fn for_any_lifetime(&self, types: Vec<TokenStream>) -> Vec<TokenStream> {
        if !matches!(self.home, Home::Function | Home::Method) {
            return types;
        }
        let elided = |tokens: TokenStream| match syn::parse2::<Type>(tokens.clone()) {
            Ok(mut ty) => {
                self.spell_owner(&mut ty);
                pullback::ElideLifetimes.visit_type_mut(&mut ty);
                quote!(#ty)
            }
            Err(_) => tokens,
        };
        types.into_iter().map(elided).collect()
    }

    /// `::<A, N>` where the arguments do not tell the function's generic parameters.
    fn turbofish(&self) -> TokenStream {
        let params = &self.sig.generics.params;
        let names: Vec<&Ident> = params
            .iter()
            .filter_map(|param| match param {
                syn::GenericParam::Type(param) => Some(&param.ident),
                syn::GenericParam::Const(param) => Some(&param.ident),
                syn::GenericParam::Lifetime(_) => None,
            })
            .collect();
        let types = self.params.iter().map(|param| &param.ty);
        let told = crate::names::mentions(quote!(#(#types),*));
        match names.iter().all(|name| told.contains(&name.to_string())) {
            true => TokenStream::new(),
            false => quote!(::<#(#names),*>),
        }
    }

    /// `G`: the tangents of the active parameters.
    fn gradient(&self) -> TokenStream {
        one_or_tuple(self.active().map(|param| self.types().tangent(&param.shape)).collect())
    }

    /// `Y`
    fn value_ty(&self) -> TokenStream {
        match &self.output {
            Some((ty, _)) => quote!(#ty),
            None => quote!(()),
        }
    }

    /// The owned cotangent of the return value.
    fn value_bar_ty(&self) -> TokenStream {
        match &self.output {
            Some((_, shape)) => self.types().tangent(shape),
            None => quote!(()),
        }
    }

    /// What a companion returns, wrapped as the function's own return value is.
    fn wrapped_ty(&self, payload: &TokenStream) -> TokenStream {
        match self.wrap {
            Wrap::Plain => payload.clone(),
            Wrap::Option | Wrap::Result => match &self.sig.output {
                syn::ReturnType::Type(_, ty) => replace_payload(ty, payload),
                syn::ReturnType::Default => payload.clone(),
            },
        }
    }

    /// A companion's value, wrapped likewise.
    fn wrapped(&self, value: &TokenStream) -> TokenStream {
        match self.wrap {
            Wrap::Plain => value.clone(),
            Wrap::Option => quote!(::core::option::Option::Some(#value)),
            Wrap::Result => quote!(::core::result::Result::Ok(#value)),
        }
    }

    fn question(&self) -> Option<TokenStream> {
        match self.wrap {
            Wrap::Plain => None,
            Wrap::Option | Wrap::Result => Some(quote!(?)),
        }
    }

    fn visibility(&self) -> TokenStream {
        let vis = self.vis;
        match self.home {
            Home::Function | Home::Method => quote!(#vis),
            Home::Trait | Home::TraitImpl | Home::Operator | Home::Element | Home::Conversion => {
                TokenStream::new()
            }
        }
    }

    /// The type of a parameter with every lifetime elided: what a pullback is passed again later, which need
    /// not live as long. `Self` hides those of the type that a method belongs to.
    fn any_lifetime(&self, param: &Param) -> Type {
        let mut ty = param.ty.clone();
        self.spell_owner(&mut ty);
        pullback::ElideLifetimes.visit_type_mut(&mut ty);
        ty
    }

    /// The type of the place of a parameter's tangent or cotangent behind a reference.
    fn shadow_place(&self, param: &Param) -> TokenStream {
        match (&param.shape, param.mode) {
            // It grows and shrinks with the `Vec`.
            (Shape::Vec(_), ParamMode::RefMut) => self.types().tangent(&param.shape),
            // The traits of operators and conversions know the type by its name.
            (Shape::Vec(_), ParamMode::Value | ParamMode::Ref)
                if matches!(self.home, Home::Operator | Home::Conversion) =>
            {
                self.types().tangent(&param.shape)
            }
            _ => self.types().place(&param.shape),
        }
    }

    /// The zero tangent of a parameter.
    fn zero(&self, param: &Param) -> TokenStream {
        self.types().zero(&param.shape, &param.name, param.mode != ParamMode::Value)
    }

    /// The user's `#[inline]`, or a plain one: companions that nobody calls then cost no code, and
    /// those that are called from another crate are as fast there.
    fn inline(&self) -> TokenStream {
        match self.attrs.iter().find(|attr| attr.path().is_ident("inline")) {
            Some(attr) => quote!(#attr),
            None => quote!(#[inline]),
        }
    }
}

impl Param {
    /// `x: &[f64]`, `&self`
    fn declaration(&self) -> TokenStream {
        let (name, ty) = (&self.name, &self.ty);
        self.receiver.clone().unwrap_or_else(|| quote!(#name: #ty))
    }

    fn is_sequence(&self) -> bool {
        matches!(self.shape, Shape::Slice(_) | Shape::Vec(_))
    }
}

fn respan(ident: Ident, span: Span) -> Ident {
    let mut ident = ident;
    ident.set_span(span);
    ident
}

/// `Result<Y, E>` with another payload; the first type argument is it.
fn replace_payload(ty: &Type, payload: &TokenStream) -> TokenStream {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty
        && let Some(last) = path.path.segments.last_mut()
        && let syn::PathArguments::AngleBracketed(args) = &mut last.arguments
        && let Some(syn::GenericArgument::Type(first)) =
            args.args.iter_mut().find(|arg| matches!(arg, syn::GenericArgument::Type(_)))
    {
        *first = Type::Verbatim(payload.clone());
    }
    quote!(#ty)
}

/// The lints that generated code may trigger whatever the user's function looks like.
pub fn allows() -> TokenStream {
    quote! {
        #[allow(
            clippy::all,
            clippy::cargo,
            clippy::nursery,
            clippy::pedantic,
            clippy::restriction,
            dead_code,
            deprecated,
            elided_lifetimes_in_paths,
            impl_trait_redundant_captures,
            irrefutable_let_patterns,
            missing_copy_implementations,
            missing_debug_implementations,
            non_camel_case_types,
            non_shorthand_field_patterns,
            non_snake_case,
            private_bounds,
            private_interfaces,
            refining_impl_trait,
            single_use_lifetimes,
            trivial_bounds,
            trivial_casts,
            trivial_numeric_casts,
            unreachable_code,
            unreachable_pub,
            unused,
            unused_lifetimes,
            unused_qualifications,
            unused_results
        )]
    }
}

/// `#[cfg]` and lint levels, which hold for what is generated too.
pub fn carried(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs
        .iter()
        .filter(|attr| matches!(attr.style, syn::AttrStyle::Outer))
        .filter(|attr| ["cfg", "allow", "target_feature"].iter().any(|name| attr.path().is_ident(name)))
}

impl Target<'_> {
    /// Every public companion of order 1. The `impl` of a trait has those of the trait.
    pub fn wrappers(&self) -> TokenStream {
        if self.home.is_bound() {
            return TokenStream::new();
        }
        let companions = [
            self.grad(),
            self.value_and_grad(),
            self.jvp(),
            self.vjp(),
            self.pullback(),
            self.accumulate(),
            self.jacobian(),
            self.gradcheck(),
        ];
        quote!(#(#companions)*)
    }
}

impl Target<'_> {
    /// Whether the function takes a receiver.
    pub fn is_method(&self) -> bool {
        self.params.first().is_some_and(|param| param.receiver.is_some())
    }
}
