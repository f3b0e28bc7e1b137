//! What the bounds of generic parameters say: which of them stand for floats.

use super::types::{Types, first_type};
use crate::surroundings::Implementors;
use quote::ToTokens;
use syn::{
    GenericArgument, GenericParam, Generics, Ident, PathArguments, TraitBound, Type, TypeParamBound,
    WherePredicate,
};

/// Traits whose implementors are floats.
const FLOAT_TRAITS: [&str; 20] = [
    "Float",
    "FloatCore",
    "Real",
    "RealField",
    "FloatConst",
    "NumCast",
    "Num",
    "NumOps",
    "NumRef",
    "NumAssign",
    "NumAssignOps",
    "FromPrimitive",
    "ToPrimitive",
    "Signed",
    "Scalar",
    "Pow",
    "Into<f64>",
    "Into<f32>",
    "AsPrimitive<f64>",
    "AsPrimitive<f32>",
];

/// Those of them that have all methods of floats, or at least those in the derivatives of what they have.
const WHOLE_TRAITS: [&str; 5] = ["Float", "FloatCore", "Real", "RealField", "ComplexField"];

/// Traits that a generic scalar has among its bounds if it has no float trait.
const OPERATORS: [&str; 9] = ["Add", "Sub", "Mul", "Div", "Neg", "Rem", "AddAssign", "MulAssign", "Sum"];

impl Types {
    /// The generics that stand for other types than floats, `Self` of a trait among them.
    pub(super) fn others(&self, in_trait: bool) -> Vec<Ident> {
        let others = self.parameters.iter().filter(|name| !self.floats.contains(name));
        let this = in_trait.then(|| Ident::new("Self", proc_macro2::Span::call_site()));
        others.filter(|name| !self.functions.contains(name)).cloned().chain(this).collect()
    }

    pub(super) fn generics(&mut self, generics: &Generics, sig: &syn::Signature) {
        self.into.extend(conversions(generics));
        self.lends.extend(bounded_by("AsRef", generics));
        let iterators = ["Iterator", "IntoIterator", "DoubleEndedIterator", "ExactSizeIterator"];
        let of = |bound: &syn::Path| {
            bound.segments.last().is_some_and(|last| iterators.iter().any(|name| last.ident == name))
        };
        let asked = traits_asked(generics).into_iter();
        self.iterated.extend(asked.filter(|(_, bound)| of(bound)).map(|(param, _)| param.clone()));
        for param in generics.type_params() {
            let bounds = every_bound(&param.ident, &param.bounds, generics);
            let name = &param.ident;
            let asked = self.around.asked_by_bounds(&syn::parse_quote!(#name), bounds);
            let found = asked.iter().find_map(element_by_number);
            self.elements.extend(found.map(|ty| (name.clone(), ty)));
        }
        for param in &generics.params {
            match param {
                GenericParam::Type(param) => {
                    self.parameters.push(param.ident.clone());
                    let mut bounds = bounds_of(&param.ident, &param.bounds, generics);
                    self.with_supertraits(&mut bounds);
                    let has = |names: &[&str]| bounds.iter().any(|bound| names.contains(&bound.as_str()));
                    if has(&["Fn", "FnMut", "FnOnce"]) {
                        self.functions.push(param.ident.clone());
                    } else if has(&FLOAT_TRAITS)
                        || bounds.iter().any(|bound| is_own_float_trait(bound))
                        || (has(&OPERATORS)
                            && is_element(&param.ident, sig)
                            && are_scalars(&param.bounds, generics, param))
                        || (has(&OPERATORS)
                            && !has(&["Differentiable"])
                            && is_closed(&param.ident, &param.bounds, generics)
                            && self.is_argument(&param.ident, sig))
                        || (has(&["PartialOrd"])
                            && bounds.iter().all(|bound| bound == "PartialOrd")
                            && is_element(&param.ident, sig)
                            && gives(&param.ident, sig))
                        || self.is_number(&param.ident, every_bound(&param.ident, &param.bounds, generics))
                    {
                        self.floats.push(param.ident.clone());
                        let whole = |bound: &String| {
                            WHOLE_TRAITS.contains(&bound.as_str()) && !self.around.is_own_trait(bound)
                        };
                        self.own_float |= !bounds.iter().any(whole);
                    }
                }
                GenericParam::Const(param) => {
                    let ty = self.ty(&param.ty);
                    self.consts.push((param.ident.clone(), ty));
                }
                GenericParam::Lifetime(_) => {}
            }
        }
    }

    /// Whether a generic is a number by a trait of the crate's own: one whose operators are closed, and that numbers
    /// alone implement; where nobody is seen to, that its values are ordered has to do.
    fn is_number<'b>(&self, name: &Ident, bounds: impl Iterator<Item = &'b TypeParamBound> + Clone) -> bool {
        let asked = self.around.asked_by_bounds(&syn::parse_quote!(#name), bounds.clone());
        let named = |wanted: &[&str]| {
            asked
                .iter()
                .filter_map(|bound| bound.path.segments.last())
                .any(|last| wanted.iter().any(|name| last.ident == name))
        };
        if !named(&OPERATORS)
            || named(&["Differentiable"])
            || !asked.iter().all(|bound| is_closed_bound(name, bound))
        {
            return false;
        }
        let implementors: Vec<Implementors> = bounds
            .filter_map(trait_name)
            .filter(|name| !self.around.supertraits(name).is_empty())
            .map(|name| self.around.implementors(&name))
            .collect();
        !implementors.contains(&Implementors::Others)
            && (implementors.contains(&Implementors::Numbers)
                || !implementors.is_empty() && named(&["PartialOrd"]) && named(&["Mul"]))
    }

    /// Adds what the crate's own traits among some bounds ask for, other than operators, which vectors have too.
    fn with_supertraits(&self, bounds: &mut Vec<String>) {
        let mut next = 0;
        while let Some(bound) = bounds.get(next) {
            for asked in self.around.supertraits(bound).iter().filter_map(trait_name) {
                if !bounds.contains(&asked) && !OPERATORS.contains(&asked.as_str()) {
                    bounds.push(asked);
                }
            }
            next += 1;
        }
    }

    /// Whether a parameter's type, or the one that the function is a method of, is made with the generic:
    /// `Vector<T>`.
    fn is_argument(&self, name: &Ident, sig: &syn::Signature) -> bool {
        fn made_with(name: &Ident, ty: &Type) -> bool {
            match ty {
                Type::Path(path) => path.path.segments.last().is_some_and(|last| match &last.arguments {
                    PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(|argument| {
                        matches!(argument, GenericArgument::Type(Type::Path(path)) if path.path.is_ident(name))
                    }),
                    PathArguments::None | PathArguments::Parenthesized(_) => false,
                }),
                Type::Reference(inner) => made_with(name, &inner.elem),
                _ => false,
            }
        }
        let own = self.self_ty.as_ref().is_some_and(|ty| made_with(name, ty));
        own || sig.inputs.iter().any(|input| match input {
            syn::FnArg::Typed(typed) => made_with(name, &typed.ty),
            syn::FnArg::Receiver(_) => false,
        })
    }
}

/// Whether a trait is by its name a crate's own `Float`: `FloatType`, `BaseFloat`, `RealNumber`.
fn is_own_float_trait(name: &str) -> bool {
    (name.contains("Float") || name.starts_with("Real") || name.ends_with("Real"))
        && !name.contains("Complex")
}

pub(super) fn trait_name(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|segment| {
            let name = segment.ident.to_string();
            match first_type(&segment.arguments) {
                // A conversion says which type stands behind it.
                Some(to) if name == "Into" || name == "AsPrimitive" => {
                    format!("{name}<{}>", to.to_token_stream())
                }
                _ => name,
            }
        }),
        _ => None,
    }
}

fn bounds_of(
    name: &Ident,
    inline: &syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>,
    generics: &Generics,
) -> Vec<String> {
    let mut bounds: Vec<String> = inline.iter().filter_map(trait_name).collect();
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(predicate) = predicate
            && matches!(&predicate.bounded_ty, Type::Path(path) if path.path.is_ident(name))
        {
            bounds.extend(predicate.bounds.iter().filter_map(trait_name));
        }
    }
    bounds
}

/// The types that generic parameters convert into: `P: Into<X>`.
fn conversions(generics: &Generics) -> Vec<(Ident, Type)> {
    bounded_by("Into", generics)
}

/// The generic parameters bounded by a trait of one argument, with that.
fn bounded_by(name: &str, generics: &Generics) -> Vec<(Ident, Type)> {
    let of = |(param, bound): (&Ident, &syn::Path)| {
        let last = bound.segments.last().filter(|last| last.ident == name)?;
        first_type(&last.arguments).map(|ty| (param.clone(), ty.clone()))
    };
    traits_asked(generics).into_iter().filter_map(of).collect()
}

/// `X` where a bound is `Index<usize, Output = X>` or the same of `IndexMut`.
pub fn element_by_number(bound: &TraitBound) -> Option<Type> {
    let last = bound.path.segments.last().filter(|last| last.ident == "Index" || last.ident == "IndexMut")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let by_number = matches!(arguments.args.first(), Some(GenericArgument::Type(Type::Path(path)))
        if path.path.is_ident("usize"));
    arguments.args.iter().filter(|_| by_number).find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(output.ty.clone()),
        _ => None,
    })
}

/// The traits that are asked of generic parameters, in their list and behind `where`.
pub(super) fn traits_asked(generics: &Generics) -> Vec<(&Ident, &syn::Path)> {
    fn path(bound: &TypeParamBound) -> Option<&syn::Path> {
        match bound {
            TypeParamBound::Trait(bound) => Some(&bound.path),
            _ => None,
        }
    }
    let mut found = Vec::new();
    for param in generics.type_params() {
        found.extend(param.bounds.iter().filter_map(path).map(|path| (&param.ident, path)));
    }
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(predicate) = predicate
            && let Type::Path(of) = &predicate.bounded_ty
            && let Some(name) = of.path.get_ident()
        {
            found.extend(predicate.bounds.iter().filter_map(path).map(|path| (name, path)));
        }
    }
    found
}

/// Whether the operators among the bounds of a generic have operands of its own type: a scalar's, where
/// `Mul<f64, Output = P>` is a point's.
fn is_closed(
    name: &Ident,
    inline: &syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>,
    generics: &Generics,
) -> bool {
    every_bound(name, inline, generics).all(|bound| match bound {
        TypeParamBound::Trait(bound) => is_closed_bound(name, bound),
        _ => true,
    })
}

/// The same of one bound.
fn is_closed_bound(name: &Ident, bound: &TraitBound) -> bool {
    is_operator_of(bound, &|ty| ty.is_ident(name) || ty.is_ident("Self"))
}

/// Whether no operator among the bounds of a generic takes or gives what is certainly another type than a generic:
/// `Mul<f64>` is a vector's, whatever it stands for.
fn are_scalars(
    inline: &syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>,
    generics: &Generics,
    param: &syn::TypeParam,
) -> bool {
    // Another generic may be a vector's factor.
    let generic =
        |path: &syn::Path| path.is_ident("Self") || path.is_ident(&param.ident) || path.segments.len() > 1;
    let of_numbers = |predicate: &WherePredicate| match predicate {
        WherePredicate::Type(predicate) => match &predicate.bounded_ty {
            Type::Path(path) if !generic(&path.path) => {
                // `f64: Mul<T, Output = T>`
                let mentioned = crate::names::mentions(predicate.bounds.to_token_stream());
                !mentioned.contains(&param.ident.to_string())
            }
            _ => true,
        },
        _ => true,
    };
    generics.where_clause.iter().flat_map(|clause| &clause.predicates).all(of_numbers)
        && every_bound(&param.ident, inline, generics).all(|bound| match bound {
            TypeParamBound::Trait(bound) => is_operator_of(bound, &generic),
            _ => true,
        })
}

/// Whether a bound, if it is an operator, takes and gives certain types.
fn is_operator_of(bound: &TraitBound, certain: &dyn Fn(&syn::Path) -> bool) -> bool {
    fn is(ty: &Type, certain: &dyn Fn(&syn::Path) -> bool) -> bool {
        match ty {
            Type::Path(path) => path.qself.is_some() || certain(&path.path),
            Type::Reference(inner) => is(&inner.elem, certain),
            _ => false,
        }
    }
    let Some(last) = bound.path.segments.last() else { return true };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return true };
    !OPERATORS.iter().any(|operator| last.ident == operator)
        || arguments.args.iter().all(|argument| match argument {
            GenericArgument::Type(ty) => is(ty, certain),
            GenericArgument::AssocType(output) => is(&output.ty, certain),
            _ => true,
        })
}

/// The bounds of a generic, those of the `where` clause too.
fn every_bound<'g>(
    name: &'g Ident,
    inline: &'g syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>,
    generics: &'g Generics,
) -> impl Iterator<Item = &'g TypeParamBound> + Clone {
    let clauses = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let own = clauses.filter_map(move |predicate| match predicate {
        WherePredicate::Type(predicate)
            if matches!(&predicate.bounded_ty, Type::Path(path) if path.path.is_ident(name)) =>
        {
            Some(&predicate.bounds)
        }
        _ => None,
    });
    inline.iter().chain(own.flatten())
}

/// Whether what a function gives is made of a generic: one that is ordered and can only be passed on is a number.
fn gives(name: &Ident, sig: &syn::Signature) -> bool {
    crate::names::mentions(sig.output.to_token_stream()).contains(&name.to_string())
}

/// Whether a parameter's type is the generic or a slice, array, `Vec` or reference of it.
fn is_element(name: &Ident, sig: &syn::Signature) -> bool {
    fn holds(name: &Ident, ty: &Type) -> bool {
        match ty {
            Type::Paren(inner) => holds(name, &inner.elem),
            Type::Group(inner) => holds(name, &inner.elem),
            Type::Reference(inner) => holds(name, &inner.elem),
            Type::Slice(inner) => holds(name, &inner.elem),
            Type::Array(inner) => holds(name, &inner.elem),
            Type::Tuple(inner) => inner.elems.iter().any(|ty| holds(name, ty)),
            Type::Path(path) => {
                path.path.is_ident(name)
                    || path.path.segments.last().is_some_and(|last| {
                        last.ident == "Vec" && first_type(&last.arguments).is_some_and(|ty| holds(name, ty))
                    })
            }
            _ => false,
        }
    }
    sig.inputs.iter().any(|input| match input {
        syn::FnArg::Typed(typed) => holds(name, &typed.ty),
        syn::FnArg::Receiver(_) => false,
    })
}
