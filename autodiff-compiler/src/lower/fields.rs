//! The fields of structs that are defined in the source file.

use super::Lowerer;
use super::types::Types;
use crate::ir::{FieldTy, Inert, Lent, Ty};
use crate::names::mentions;
use crate::surroundings::Around;
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use syn::visit::Visit;
use syn::{
    GenericArgument, GenericParam, Generics, Ident, ItemStruct, Path, PathArguments, PathSegment, Type,
};

/// The structs that are known by their definitions.
#[derive(Default)]
pub(super) struct Structures {
    around: Around,
    /// Names that stand for something else in the body.
    hidden: BTreeSet<String>,
    /// Whether the body may define any name.
    all_hidden: bool,
    known: RefCell<BTreeMap<String, Known>>,
}

#[derive(Clone)]
enum Known {
    Fields(Option<Rc<Vec<FieldTy>>>),
    Alias(Option<Ty>),
    /// A struct inside itself has no end.
    BeingRead,
}

impl Structures {
    pub(super) fn new(around: Around) -> Structures {
        Structures { around, ..Structures::default() }
    }

    /// The items of a body hide those around it.
    pub(super) fn hide_items_of(&mut self, body: &syn::Block) {
        self.hidden.extend(super::items::defined_in(body));
        self.all_hidden = super::items::brings_in_all(body);
    }

    /// So do those of a body around it.
    pub(super) fn hide(&mut self, names: &[Ident]) {
        self.hidden.extend(names.iter().map(ToString::to_string));
    }

    /// Whether a name stands for something in the body.
    pub(super) fn hides(&self, name: &str) -> bool {
        self.all_hidden || self.hidden.contains(name)
    }

    /// Whether an item of the body has a name.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.hidden.contains(name)
    }

    /// Whether a name is that of what an import brings in from the standard library.
    pub(super) fn is_imported_from_std(&self, name: &Ident) -> bool {
        !self.hides(&name.to_string()) && self.around.is_imported_from_std(&name.to_string())
    }

    /// The name of a type that may stand in the file.
    fn name<'p>(&self, path: &'p Path, types: &Types) -> Option<&'p PathSegment> {
        let segment = path.segments.first().filter(|_| path.segments.len() == 1)?;
        let own = self.hides(&segment.ident.to_string()) || types.parameters.contains(&segment.ident);
        (path.leading_colon.is_none() && !own).then_some(segment)
    }

    /// What the alias of a type that a path names stands for.
    pub(super) fn alias(&self, path: &Path, types: &Types) -> Option<Ty> {
        let segment = self.name(path, types)?;
        let key = format!("type {}", path.to_token_stream());
        match self.known.borrow().get(&key) {
            Some(Known::Alias(ty)) => return ty.clone(),
            Some(Known::Fields(_) | Known::BeingRead) => return None,
            None => {}
        }
        self.known.borrow_mut().insert(key.clone(), Known::BeingRead);
        let ty = self.around.alias(&segment.ident).map(|item| {
            let meant = meant(&item.generics, &segment.arguments);
            ty_of(&item.ty, &meant, types)
        });
        let ty = ty.filter(|ty| !matches!(ty, Ty::Unknown));
        self.known.borrow_mut().insert(key, Known::Alias(ty.clone()));
        ty
    }

    /// The fields of the struct that a path names, if it is known.
    pub(super) fn fields(&self, path: &Path, types: &Types) -> Option<Rc<Vec<FieldTy>>> {
        let segment = self.name(path, types)?;
        let key = path.to_token_stream().to_string();
        match self.known.borrow().get(&key) {
            Some(Known::Fields(fields)) => return fields.clone(),
            Some(Known::Alias(_) | Known::BeingRead) => return None,
            None => {}
        }
        self.known.borrow_mut().insert(key.clone(), Known::BeingRead);
        let item = self.around.structure(&segment.ident);
        let fields = item.map(|item| {
            let beside = self.around.sibling(&segment.ident).is_some();
            Rc::new(of(&item, &segment.arguments, types, beside))
        });
        self.known.borrow_mut().insert(key, Known::Fields(fields.clone()));
        fields
    }

    /// Why a type has no derivative: a struct of the same module made of integers alone, or an enum whose
    /// variants hold nothing, neither of them said to be `Differentiable`.
    pub(super) fn inert(&self, path: &Path, types: &Types) -> Option<Inert> {
        let name = &self.name(path, types)?.ident;
        if let Some(variants) = self.around.unit_variants(name) {
            return Some(Inert::Variants(Rc::new(variants)));
        }
        let item = self.around.sibling(name)?;
        let of_integers = self.fields(path, types)?.iter().all(|field| is_of_integers(&field.ty));
        let inert = item.generics.params.is_empty()
            && !item.fields.is_empty()
            && of_integers
            && self.around.lacks_derivative(name);
        inert.then_some(Inert::Integers)
    }
}

fn is_of_integers(ty: &Ty) -> bool {
    match ty {
        Ty::Int(_) | Ty::Bool => true,
        Ty::Named(named) => named.inert.is_some(),
        Ty::Array(item, _) | Ty::Vec(item) | Ty::Deque(item) | Ty::Option(item) => is_of_integers(item),
        Ty::Tuple(items) => items.iter().all(is_of_integers),
        Ty::F64
        | Ty::F32
        | Ty::Float
        | Ty::Generic(_)
        | Ty::Inert
        | Ty::Slice(_)
        | Ty::Wide(_)
        | Ty::Unknown => false,
    }
}

impl Lowerer<'_> {
    /// A literal names no parameters, the type has them.
    pub(super) fn with_parameters(&self, path: &mut syn::Path) {
        let Some(name) = path.get_ident().filter(|name| !self.types.structures.hides(&name.to_string()))
        else {
            return;
        };
        let Some(generics) = self.around.generics_of(name) else { return };
        let params = generics.params.iter();
        let inferred = params.filter(|param| !matches!(param, syn::GenericParam::Lifetime(_)));
        let inferred: Vec<_> = inferred.map(|_| quote!(_)).collect();
        if !inferred.is_empty() {
            *path = syn::parse_quote!(#name<#(#inferred),*>);
        }
    }
}

/// `beside`: it stands in the function's module.
fn of(item: &ItemStruct, arguments: &PathArguments, types: &Types, beside: bool) -> Vec<FieldTy> {
    let meant = meant(&item.generics, arguments);
    // Whose tangent has the same fields.
    let derived = item.attrs.iter().any(|attr| {
        attr.path().is_ident("derive") && attr.to_token_stream().to_string().contains("Differentiable")
    });
    let fields = item.fields.iter().zip(item.fields.members()).map(|(field, member)| FieldTy {
        member,
        ty: ty_of(&field.ty, &meant, types),
        passive: field.attrs.iter().any(|attr| attr.path().is_ident("no_diff")),
        lent: lent(&field.ty, &meant, types),
        open: derived
            && (beside || matches!(field.vis, syn::Visibility::Public(_)) && means_the_same(&field.ty))
            && field.attrs.iter().all(|attr| !attr.path().is_ident("cfg")),
    });
    fields.collect()
}

/// What is known of a field that is a reference.
fn lent(written: &Type, meant: &BTreeMap<String, TokenStream>, types: &Types) -> Option<Lent> {
    let Type::Reference(reference) = written else { return None };
    let ty = ty_of(&reference.elem, meant, types);
    Some(Lent {
        mutable: reference.mutability.is_some(),
        slice: matches!(*reference.elem, Type::Slice(_)),
        active: ty.may_be_active() && !matches!(*reference.elem, Type::TraitObject(_)),
    })
}

/// Whether a type means the same in every module: what it names is the standard library's.
fn means_the_same(ty: &Type) -> bool {
    const KNOWN: [&str; 19] = [
        "f64", "f32", "Vec", "Option", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
        "i128", "isize", "bool", "char", "String",
    ];
    mentions(quote!(#ty)).iter().all(|name| KNOWN.contains(&name.as_str()))
}

/// What generic parameters stand for; `_` where that is not said.
fn meant(generics: &Generics, arguments: &PathArguments) -> BTreeMap<String, TokenStream> {
    let given: Vec<TokenStream> = match arguments {
        PathArguments::AngleBracketed(arguments) => {
            let said = arguments.args.iter().filter(|arg| !matches!(arg, GenericArgument::Lifetime(_)));
            said.map(ToTokens::to_token_stream).collect()
        }
        PathArguments::None | PathArguments::Parenthesized(_) => Vec::new(),
    };
    let mut given = given.into_iter();
    let mut meant = BTreeMap::new();
    for param in &generics.params {
        let (name, default) = match param {
            GenericParam::Type(param) => {
                (&param.ident, param.default.as_ref().map(|(_, ty)| ty.to_token_stream()))
            }
            GenericParam::Const(param) => {
                (&param.ident, param.default.as_ref().map(|(_, value)| value.to_token_stream()))
            }
            GenericParam::Lifetime(_) => continue,
        };
        meant.insert(name.to_string(), given.next().or(default).unwrap_or_else(|| quote!(_)));
    }
    meant
}

/// The type of a field, where the names in it mean the same as around the function.
fn ty_of(written: &Type, meant: &BTreeMap<String, TokenStream>, types: &Types) -> Ty {
    let mut strange = false;
    let tokens = replaced(written.to_token_stream(), meant, &mut |name| {
        // What the primal holds is not what its derivatives do, or it is another thing there.
        strange |= types.parameters.iter().any(|parameter| *parameter == name)
            || types.consts.iter().any(|(constant, _)| *constant == name);
    });
    let Ok(ty) = syn::parse2::<Type>(tokens) else { return Ty::Unknown };
    if strange || holds_reference(&ty) || is_of_open_length(&ty) {
        return Ty::Unknown;
    }
    known(types.ty(&ty), types)
}

/// A name that leads nowhere may be an alias of anything, other than a generic's or the standard library's.
fn known(ty: Ty, types: &Types) -> Ty {
    ty.with_named(&|named| {
        let generic = matches!(&named.written, Type::Path(path)
            if path.path.get_ident().is_some_and(|name| types.parameters.contains(name)));
        let told = generic || types.is_map(&named.written);
        match named.fields.is_none() && named.inert.is_none() && !told {
            true => Ty::Unknown,
            false => Ty::Named(named),
        }
    })
}

/// Whether there is an array in a type whose length is for rustc to infer.
fn is_of_open_length(ty: &Type) -> bool {
    struct Found(bool);
    impl<'ast> Visit<'ast> for Found {
        fn visit_type_array(&mut self, array: &'ast syn::TypeArray) {
            self.0 |= matches!(array.len, syn::Expr::Infer(_));
            syn::visit::visit_type_array(self, array);
        }
    }
    let mut found = Found(false);
    found.visit_type(ty);
    found.0
}

fn holds_reference(ty: &Type) -> bool {
    struct Found(bool);
    impl<'ast> Visit<'ast> for Found {
        fn visit_type_reference(&mut self, _: &'ast syn::TypeReference) {
            self.0 = true;
        }
    }
    let mut found = Found(false);
    found.visit_type(ty);
    found.0
}

/// Tokens with generic parameters replaced; the other names are shown.
fn replaced(
    tokens: TokenStream,
    meant: &BTreeMap<String, TokenStream>,
    name: &mut dyn FnMut(&str),
) -> TokenStream {
    let mut out = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => match meant.get(&ident.to_string()) {
                Some(tokens) => out.extend(tokens.clone()),
                None => {
                    name(&ident.to_string());
                    out.extend([TokenTree::Ident(ident)]);
                }
            },
            TokenTree::Group(group) => {
                let inner = replaced(group.stream(), meant, name);
                let mut replaced = Group::new(group.delimiter(), inner);
                replaced.set_span(group.span());
                out.extend([TokenTree::Group(replaced)]);
            }
            token @ (TokenTree::Punct(_) | TokenTree::Literal(_)) => out.extend([token]),
        }
    }
    out
}
