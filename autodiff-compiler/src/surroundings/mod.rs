//! What stands around an item in its source file.
//!
//! An attribute sees nothing but its item. Two things it needs stand elsewhere: whether an
//! associated function without `self` is one, and what the fields of a struct are. Names are looked up
//! as rustc does, in the blocks and modules around the item; where that leads out of the file, or
//! to more than one answer, there is none.

mod asked;
mod attributes;
mod by_example;
mod callers;
mod constants;
mod elsewhere;
mod files;
mod operators;
mod outline;
mod scan;
mod spelled;
mod tangents;
mod variants;

pub use attributes::is_plain_function;
pub(crate) use attributes::{is_annotated, is_inlined};

pub(crate) use asked::Implementors;
pub(crate) use callers::Asked;
pub(crate) use outline::Callee;
pub use outline::{Outline, Spot};

use crate::by_example::expanded;
use proc_macro2::TokenStream;
use std::cell::{LazyCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use syn::{
    GenericArgument, Ident, ImplItemFn, ItemFn, ItemImpl, ItemStruct, ItemTrait, ItemType, PathArguments,
    Type, TypeParamBound, WherePredicate,
};

/// What stands around an item; by default nothing is known of it. Read when it is asked for.
#[derive(Clone, Default)]
pub struct Around {
    at_margin: bool,
    spot: Option<Rc<Read>>,
    /// Traits that were asked for, by name: to find one may take a search of the whole crate.
    traits: Rc<RefCell<BTreeMap<String, Option<ItemTrait>>>>,
}

type Read = LazyCell<Option<Spot>, Box<dyn FnOnce() -> Option<Spot>>>;

impl Around {
    /// `at_margin`: the item begins in the first column, where what stands in no block does.
    pub fn new(at_margin: bool, read: impl FnOnce() -> Option<Spot> + 'static) -> Around {
        Around { at_margin, spot: Some(Rc::new(LazyCell::new(Box::new(read)))), traits: Rc::default() }
    }

    fn spot(&self) -> Option<&Spot> {
        self.spot.as_deref().and_then(|spot| LazyCell::force(spot).as_ref())
    }

    /// What stands around another place of the file: macros by example may mean something else there.
    pub(crate) fn at(&self, at: usize) -> Around {
        let spot = self.spot().map(|spot| Spot { outline: spot.shared(), at });
        Around::new(self.at_margin, move || spot)
    }

    /// Whether the item stands in an `impl` or `trait` block.
    pub(crate) fn in_block(&self) -> bool {
        !self.at_margin && self.spot().is_some_and(Spot::in_block)
    }

    /// The head of the `impl` block that the item stands in.
    pub(crate) fn head(&self) -> Option<ItemImpl> {
        self.spot()?.head().filter(|_| !self.at_margin)
    }

    /// The struct that a name stands for.
    pub(crate) fn structure(&self, name: &Ident) -> Option<ItemStruct> {
        let spot = self.spot()?;
        spot.structure(name).or_else(|| spot.imported_structure(name))
    }

    /// The generics of the struct or the enum that a name stands for.
    pub(crate) fn generics_of(&self, name: &Ident) -> Option<syn::Generics> {
        match self.spot()?.definition(name)? {
            syn::Item::Struct(item) => Some(item.generics),
            syn::Item::Enum(item) => Some(item.generics),
            _ => None,
        }
    }

    /// The struct that a name stands for, if it stands in the same module.
    pub(crate) fn sibling(&self, name: &Ident) -> Option<ItemStruct> {
        self.spot()?.sibling(name)
    }

    /// The variants of the enum that a name stands for, if none holds anything and none has a derivative.
    pub(crate) fn unit_variants(&self, name: &Ident) -> Option<Vec<Ident>> {
        let spot = self.spot()?;
        spot.unit_variants(name).or_else(|| spot.imported_unit_variants(name))
    }

    /// Whether a name stands for a type of this file that has no derivative.
    pub(crate) fn lacks_derivative(&self, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.lacks_derivative(name))
    }

    /// Whether a type holds a struct or an enum of this file which has no derivative, as far as this file tells.
    pub(crate) fn holds_underived(&self, ty: &Type) -> bool {
        self.spot().is_some_and(|spot| held_by(ty).iter().any(|name| spot.lacks_derivative(name)))
    }

    /// The first type held by another that is a struct or an enum of this file which has no derivative.
    pub(crate) fn underived(&self, ty: &Type) -> Option<Ident> {
        let spot = self.spot()?;
        held_by(ty).into_iter().find(|name| spot.lacks_derivative(name) && !spot.by_hand_elsewhere(name))
    }

    /// The alias of a type that a name is.
    pub(crate) fn alias(&self, name: &Ident) -> Option<ItemType> {
        let spot = self.spot()?;
        spot.alias(name).or_else(|| spot.imported_alias(name))
    }

    /// The lints that the crate forbids.
    pub(crate) fn forbidden(&self) -> BTreeSet<String> {
        let root = self.spot().and_then(|spot| spot.shared().root());
        root.map_or(BTreeSet::new(), |root| crate::forbidden::forbidden_in(root.whole()))
    }

    /// The function that a name stands for, if it stands in the same module.
    pub(crate) fn function(&self, name: &Ident) -> Option<Callee<ItemFn>> {
        self.spot()?.function(name)
    }

    /// The function that a name stands for, if it is marked to be inlined and means the same here, with its body.
    pub(crate) fn inlined(&self, name: &Ident) -> Option<ItemFn> {
        let spot = self.spot()?;
        spot.function(name)
            .filter(|found| is_inlined(&found.item.attrs))
            .map(|Callee { item, at, .. }| {
                let block = Box::new(expanded(&item.sig, &item.block, &self.at(at)));
                ItemFn { block, ..item }
            })
            .or_else(|| self.inlined_elsewhere(name).filter(crate::names::is_self_contained))
    }

    /// The function of another module that is marked to be inlined.
    pub(crate) fn inlined_elsewhere(&self, name: &Ident) -> Option<ItemFn> {
        self.spot()?.imported_function(name).filter(|item| is_inlined(&item.attrs))
    }

    /// The path by which a function is imported here from another crate beside a whole module, which may bring in
    /// companions of that name.
    pub(crate) fn foreign_import(&self, name: &Ident) -> Option<Vec<Ident>> {
        self.spot()?.foreign_import(name)
    }

    /// Whether this module has a function of a name, or imports one, or all of another crate's module.
    pub(crate) fn may_bring_in(&self, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.may_bring_in(name))
    }

    /// Whether a module of this crate has, or brings in, a function of a name.
    pub(crate) fn has_function(&self, module: &[Ident], name: &Ident) -> Option<bool> {
        self.spot()?.has_function(module, name)
    }

    /// The same of another module, for its signature alone.
    pub(crate) fn function_elsewhere(&self, name: &Ident) -> Option<ItemFn> {
        self.spot()?.imported_function(name)
    }

    /// The only method of a name that a type of another module has there, for its signature alone.
    pub(crate) fn method_elsewhere(&self, of: &Ident, name: &Ident) -> Option<(ItemImpl, ImplItemFn)> {
        self.spot()?.imported_method(of, name)
    }

    /// The same with its body, where that can be read here.
    pub(crate) fn body_elsewhere(&self, of: &Ident, name: &Ident) -> Option<(ItemImpl, Callee<ImplItemFn>)> {
        self.spot()?.imported_body(of, name)
    }

    /// The annotated function that a name stands for, and what those of this file ask of it, if that is known to
    /// the function itself.
    pub(crate) fn asked_of(&self, name: &Ident) -> Option<(ItemFn, Asked)> {
        self.spot()?.asked_of(name)
    }

    /// What the annotated functions of this file ask of the one that stands here.
    pub(crate) fn asked(&self, name: &Ident) -> Asked {
        self.spot().map_or(Asked::default(), |spot| spot.asked(name))
    }

    /// Whether what the annotated function that stands here calls leads back to it.
    pub(crate) fn calls_back(&self, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.calls_back(name))
    }

    /// Whether the file defines a function of a name, in whatever block or trait.
    pub(crate) fn defines(&self, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.outline().defines(&name.to_string()))
    }

    /// The rules of the macro by example that a path stands for.
    pub(crate) fn rules(&self, path: &syn::Path) -> Option<TokenStream> {
        self.spot()?.rules(path)
    }

    /// The names of this file's constants, which no variable in their scope may have.
    pub(crate) fn constants(&self) -> &BTreeSet<String> {
        const NONE: &BTreeSet<String> = &BTreeSet::new();
        self.spot().map_or(NONE, |spot| &spot.outline().constants)
    }

    /// The type of a constant of this module.
    pub(crate) fn constant(&self, name: &str) -> Option<Type> {
        self.spot()?.constant(name)
    }

    /// The type of an associated constant, as it is written beside the type.
    pub(crate) fn associated_constant(&self, of: &Ident, name: &str) -> Option<Type> {
        self.spot()?.associated_constant(of, name)
    }

    /// Whether a trait of this file lacks the attribute that its `impl`s have.
    pub(crate) fn is_unannotated_trait(&self, path: &syn::Path) -> bool {
        let name = path.segments.first().filter(|_| path.segments.len() == 1);
        let head = name.and_then(|name| self.spot()?.trait_head(&name.ident.to_string()));
        head.is_some_and(|item| attributes::is_known_type(&item.attrs))
    }

    /// A trait of this crate, without what it consists of.
    fn trait_named(&self, name: &str) -> Option<ItemTrait> {
        if let Some(known) = self.traits.borrow().get(name) {
            return known.clone();
        }
        let spot = self.spot()?;
        let found = spot.trait_head(name).or_else(|| spot.imported_trait(name));
        self.traits.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    /// What a trait of this crate asks of its implementors.
    pub(crate) fn supertraits(&self, name: &str) -> Vec<TypeParamBound> {
        let Some(head) = self.trait_named(name) else { return Vec::new() };
        let mut bounds: Vec<TypeParamBound> = head.supertraits.into_iter().collect();
        for predicate in head.generics.where_clause.into_iter().flat_map(|clause| clause.predicates) {
            if let WherePredicate::Type(predicate) = predicate
                && matches!(&predicate.bounded_ty, Type::Path(path) if path.path.is_ident("Self"))
            {
                bounds.extend(predicate.bounds);
            }
        }
        bounds
    }

    /// Whether a name stands for a module of the crate's own.
    pub(crate) fn is_module(&self, name: &str) -> bool {
        self.spot().is_some_and(|spot| spot.is_module(name))
    }

    /// What a module calls what an import brings in under a name.
    pub(crate) fn imported_from(&self, of: &[&str], name: &str) -> Option<String> {
        self.spot()?.imported_from(of, name)
    }

    /// Whether an import brings in what the standard library calls by a name.
    pub(crate) fn is_imported_from_std(&self, name: &str) -> bool {
        self.spot().is_some_and(|spot| spot.is_imported_from_std(name))
    }

    /// Whether a name stands for an enum whose variants have no fields.
    pub(crate) fn is_fieldless(&self, name: &Ident) -> bool {
        let found = self.spot().and_then(|spot| spot.definition(name));
        matches!(found, Some(syn::Item::Enum(item))
            if item.variants.iter().all(|variant| matches!(variant.fields, syn::Fields::Unit)))
    }

    /// The same of an operator between references.
    pub(crate) fn is_operator_of_references(&self, of: &Ident, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.is_operator_of_references(of, name))
    }

    /// How a type of this file is made of items by its `impl`s of `Sum` or `Product`, and whether of references.
    pub(crate) fn summing(&self, of: &Ident, name: &Ident) -> Vec<(bool, Option<syn::ImplItemFn>)> {
        self.spot().map_or(Vec::new(), |spot| spot.summing(of, name))
    }

    /// The functions of the annotated `impl`s of `Index` that a type of this module has.
    pub(crate) fn indices(&self, of: &Ident) -> Vec<syn::ImplItemFn> {
        self.spot().map_or(Vec::new(), |spot| spot.indices(of))
    }

    /// The functions by which elements of a type are found (`index`), or changed (`index_mut`), and the heads of their
    /// blocks: those of this module, or of the type's.
    pub(crate) fn indexing(&self, of: &Ident, name: &Ident) -> Vec<(ItemImpl, Callee<ImplItemFn>)> {
        let Some(spot) = self.spot() else { return Vec::new() };
        let here = spot.indexing(of, name);
        if here.is_empty() { spot.imported_indexing(of, name) } else { here }
    }

    /// Whether a type of a name stands in this module.
    pub(crate) fn is_of_module(&self, of: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.is_of_module(of))
    }

    /// What the operator between two types gives, where this file tells.
    pub(crate) fn operator_gives(&self, name: &Ident, left: &str, right: &str) -> Option<Type> {
        self.spot()?.operator_gives(name, left, right)
    }

    /// Whether a trait of this name is the crate's own, as far as this file tells.
    pub(crate) fn is_own_trait(&self, name: &str) -> bool {
        self.spot().is_some_and(|spot| spot.is_own_trait(name))
    }

    /// Whether a type of this file has an `impl` of `Iterator`, or of `IntoIterator`.
    pub(crate) fn iterates(&self, name: &Ident, by: &str) -> bool {
        self.spot().is_some_and(|spot| spot.implements(name, by))
    }

    /// Whether a trait of this file gives floats a method of a name.
    pub(crate) fn is_method_of_floats(&self, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.is_method_of_floats(name))
    }

    /// Whether a method of floats is one of traits of this file none of whose `impl`s for them has our attribute.
    pub(crate) fn is_unannotated_method_of_floats(&self, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.is_unannotated_method_of_floats(name))
    }

    /// Whether a type has a method of a name in this module, of its own or of a trait.
    pub(crate) fn has_method(&self, of: &Ident, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.has_method(of, name))
    }

    /// The one operator of a name between two types that this module has, or theirs, and the head of its block.
    pub(crate) fn operator_between(
        &self,
        name: &Ident,
        left: (&str, bool),
        right: Option<(&str, bool)>,
    ) -> Option<(ItemImpl, Callee<ImplItemFn>)> {
        let spot = self.spot()?;
        spot.operator_between(name, left, right).or_else(|| spot.imported_operator(name, left, right))
    }

    /// Whether a method of a type of this module is that of an operator by value, and of nothing else.
    pub(crate) fn is_operator(&self, of: &Ident, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.is_operator(of, name))
    }

    /// What a variant of an enum of this module holds.
    pub(crate) fn held_by_variant(&self, of: &Ident, variant: &Ident) -> Option<syn::Fields> {
        self.spot()?.held_by_variant(of, variant)
    }

    /// Whether a type of this module has an annotated `impl` of a compound assignment, `add_assign`.
    pub(crate) fn assigns(&self, of: &Ident, name: &Ident) -> bool {
        self.spot().is_some_and(|spot| spot.assigns(of, name))
    }

    /// The only method of a name that a type has in this module, and the head of its block.
    pub(crate) fn method(&self, of: &Ident, name: &Ident) -> Option<(ItemImpl, Callee<ImplItemFn>)> {
        self.spot()?.method(of, name)
    }
}

/// The names of the types that a type holds values of: a marker among the arguments of a user's type is none.
fn held_by(ty: &Type) -> Vec<Ident> {
    match ty {
        Type::Reference(inner) => held_by(&inner.elem),
        Type::Paren(inner) => held_by(&inner.elem),
        Type::Group(inner) => held_by(&inner.elem),
        Type::Slice(inner) => held_by(&inner.elem),
        Type::Array(inner) => held_by(&inner.elem),
        Type::Tuple(inner) => inner.elems.iter().flat_map(held_by).collect(),
        Type::Path(path) if path.qself.is_none() && path.path.segments.len() == 1 => {
            let only = &path.path.segments[0];
            match &only.arguments {
                PathArguments::AngleBracketed(arguments)
                    if ["Vec", "VecDeque", "Option", "Box"].iter().any(|name| only.ident == name) =>
                {
                    let types = arguments.args.iter().filter_map(|argument| match argument {
                        GenericArgument::Type(ty) => Some(ty),
                        _ => None,
                    });
                    types.flat_map(held_by).collect()
                }
                PathArguments::None | PathArguments::AngleBracketed(_) | PathArguments::Parenthesized(_) => {
                    vec![only.ident.clone()]
                }
            }
        }
        _ => Vec::new(),
    }
}

/// Whether a type is one of that name, with whatever arguments.
fn same_type(ty: &Type, name: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *name))
}

impl std::fmt::Debug for Around {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Around").field("at_margin", &self.at_margin).finish_non_exhaustive()
    }
}

/// The outlines of files that were read, as long as those do not change.
static OUTLINES: Mutex<BTreeMap<PathBuf, (SystemTime, Arc<Outline>)>> = Mutex::new(BTreeMap::new());

impl Spot {
    /// A position, both counted from 1, in a file; `None` where it cannot be read.
    pub fn read(path: &Path, line: usize, column: usize) -> Option<Spot> {
        Some(Spot::new(Outline::read(path)?, line, column))
    }
}

impl Outline {
    /// Of a file, `None` where it cannot be read.
    fn read(path: &Path) -> Option<Arc<Outline>> {
        let changed = std::fs::metadata(path).and_then(|data| data.modified()).ok()?;
        let mut outlines = OUTLINES.lock().unwrap_or_else(PoisonError::into_inner);
        let outline = match outlines.get(path) {
            Some((read, outline)) if *read == changed => outline.clone(),
            _ => {
                let mut outline = Outline::new(&std::fs::read_to_string(path).ok()?);
                outline.file = std::path::absolute(path).ok();
                let outline = Arc::new(outline);
                outlines.insert(path.to_owned(), (changed, outline.clone()));
                outline
            }
        };
        Some(outline)
    }
}
