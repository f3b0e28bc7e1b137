//! The blocks, structs and imports of a source file, and where a name in it leads.

use super::attributes::{is_inlined, is_known_type, is_plain_type};
use super::callers::Annotated;
use super::scan;
use quote::ToTokens;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use syn::parse::Parse;
use syn::{
    Fields, Ident, ImplItemFn, Item, ItemEnum, ItemFn, ItemImpl, ItemStruct, ItemTrait, ItemType, ItemUse,
    UseTree,
};

/// The crates whose `Float`, `Real` or `RealField` has all methods of floats.
const KNOWN_CRATES: [&str; 4] = ["num_traits", "num", "simba", "nalgebra"];

/// What a source file consists of, as far as it is looked at.
#[derive(Debug)]
pub struct Outline {
    /// Where it was read.
    pub(super) file: Option<PathBuf>,
    pub(super) chars: Vec<char>,
    pub(super) blocks: Vec<Block>,
    pub(super) structures: Vec<Named>,
    pub(super) aliases: Vec<Named>,
    pub(super) enums: Vec<Named>,
    /// The names of constants and statics, wherever they stand.
    pub(super) constants: BTreeSet<String>,
    /// The same with the places of their names.
    pub(super) declared: Vec<Named>,
    /// The macros by example; the text ends with the name.
    pub(super) macros: Vec<Named>,
    pub(super) imports: Vec<Import>,
    /// Its functions that have derivatives, once they are asked for.
    pub(super) annotated: OnceLock<Vec<Annotated>>,
    /// The text in one piece, once it is searched.
    pub(super) whole: OnceLock<String>,
}

/// What stands in braces.
#[derive(Debug)]
pub(super) struct Block {
    pub kind: Kind,
    pub parent: Option<usize>,
    /// Where the text before it begins.
    pub head: usize,
    pub open: usize,
    pub close: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An `impl` or a `trait`.
    Associated,
    Function(String),
    Module(String),
    Other,
}

/// A struct, an enum, an alias of a type, a constant or a macro.
#[derive(Debug)]
pub(super) struct Named {
    pub name: String,
    /// The block that it stands in; `None` at the file's own level.
    pub scope: Option<usize>,
    pub text: (usize, usize),
}

#[derive(Debug)]
pub(super) struct Import {
    pub scope: Option<usize>,
    pub text: (usize, usize),
    /// What it brings in, once it is asked for.
    pub leaves: OnceLock<Vec<Leaf>>,
}

/// A position in a file.
#[derive(Clone, Debug)]
pub struct Spot {
    pub(super) outline: Arc<Outline>,
    pub(super) at: usize,
}

impl Outline {
    /// Of the text of a file.
    pub fn new(source: &str) -> Outline {
        scan::outline(source)
    }

    pub(super) fn text(&self, (start, end): (usize, usize)) -> String {
        self.chars[start..end].iter().collect()
    }

    /// All of the text.
    pub(super) fn whole(&self) -> &str {
        self.whole.get_or_init(|| self.chars.iter().collect())
    }

    /// Whether a function of a name stands anywhere in it, with a body or without.
    pub(super) fn defines(&self, name: &str) -> bool {
        let text = self.whole();
        text.match_indices(&format!("fn {name}")).any(|(at, found)| {
            let next = text[at + found.len()..].chars().next();
            next.is_some_and(|c| !(c.is_alphanumeric() || c == '_'))
        })
    }

    /// The innermost block around a position.
    pub(super) fn block_at(&self, at: usize) -> Option<usize> {
        self.blocks.iter().rposition(|block| block.open < at && at <= block.close)
    }

    pub(super) fn is_module(&self, scope: Option<usize>) -> bool {
        scope.is_none_or(|block| matches!(self.blocks[block].kind, Kind::Module(_)))
    }

    pub(super) fn parent(&self, scope: Option<usize>) -> Option<usize> {
        scope.and_then(|block| self.blocks[block].parent)
    }

    /// The module that a scope is in: itself, or around it.
    pub(super) fn module(&self, mut scope: Option<usize>) -> Option<usize> {
        while !self.is_module(scope) {
            scope = self.parent(scope);
        }
        scope
    }

    /// What an import brings in.
    fn leaves<'o>(&'o self, import: &'o Import) -> &'o [Leaf] {
        import.leaves.get_or_init(|| {
            let item = syn::parse_str::<ItemUse>(&self.text(import.text));
            item.map_or(Vec::new(), |item| leaves(&item.tree))
        })
    }

    /// What the imports of a scope bring in.
    pub(super) fn leaves_of(&self, scope: Option<usize>) -> impl Iterator<Item = &Leaf> {
        let here = self.imports.iter().filter(move |import| import.scope == scope);
        here.flat_map(|import| self.leaves(import))
    }

    /// The item that a name stands for in a scope, among those that `here` gives for one.
    pub(super) fn find<X>(
        &self,
        name: &str,
        mut scope: Option<usize>,
        here: &dyn Fn(Option<usize>, &str) -> Vec<X>,
    ) -> Option<X> {
        loop {
            let mut found = here(scope, name);
            if !found.is_empty() {
                return found.pop().filter(|_| found.is_empty());
            }
            let mut globs = Vec::new();
            for leaf in self.leaves_of(scope) {
                match leaf {
                    Leaf { name: Some(named), .. } if named != name => {}
                    Leaf { name: Some(_), original, path } => {
                        return self.find_in(path, original, scope, here);
                    }
                    Leaf { name: None, path, .. } => globs.push(path),
                }
            }
            let mut found: Vec<X> =
                globs.iter().filter_map(|path| self.find_in(path, name, scope, here)).collect();
            if let Some(only) = found.pop() {
                return found.is_empty().then_some(only);
            }
            if !globs.is_empty() || self.is_module(scope) {
                return None;
            }
            scope = self.parent(scope);
        }
    }

    /// The item at the end of a path that starts in a scope.
    pub(super) fn find_in<X>(
        &self,
        path: &[String],
        name: &str,
        scope: Option<usize>,
        here: &dyn Fn(Option<usize>, &str) -> Vec<X>,
    ) -> Option<X> {
        let mut found = here(self.module_at(path, scope)?, name);
        found.pop().filter(|_| found.is_empty())
    }

    /// The module at the end of a path that starts in a scope.
    pub(super) fn module_at(&self, path: &[String], scope: Option<usize>) -> Option<Option<usize>> {
        let mut module = self.module(scope);
        for (k, segment) in path.iter().enumerate() {
            match segment.as_str() {
                "self" if k == 0 => {}
                // Above the file's own level stands another file.
                "super" => module = self.module(self.parent(Some(module?))),
                segment => {
                    let mut inner = self.blocks.iter().enumerate().filter(|(_, block)| {
                        block.parent == module && block.kind == Kind::Module(segment.to_owned())
                    });
                    let (found, _) = inner.next()?;
                    if inner.next().is_some() {
                        return None;
                    }
                    module = Some(found);
                }
            }
        }
        Some(module)
    }

    /// The structs, enums and aliases of a name in a scope, by their text.
    pub(super) fn types(&self, scope: Option<usize>, name: &str) -> Vec<(usize, usize)> {
        let all = self.structures.iter().chain(&self.aliases).chain(&self.enums);
        all.filter(|found| found.scope == scope && found.name == name).map(|found| found.text).collect()
    }

    /// The enums alone.
    pub(super) fn enums(&self, scope: Option<usize>, name: &str) -> Vec<(usize, usize)> {
        let named = self.enums.iter().filter(|found| found.scope == scope && found.name == name);
        named.map(|found| found.text).collect()
    }

    /// The functions of a name in a scope.
    pub(super) fn functions(&self, scope: Option<usize>, name: &str) -> Vec<usize> {
        let named = |block: &Block| matches!(&block.kind, Kind::Function(found) if found == name);
        let here = self.blocks.iter().enumerate().filter(|(_, block)| block.parent == scope && named(block));
        here.map(|(id, _)| id).collect()
    }

    /// The first trait of a name whose block is asked for, without what it consists of.
    pub(super) fn trait_named(&self, name: &str, asked: impl Fn(&Block) -> bool) -> Option<ItemTrait> {
        let blocks = self.blocks.iter().enumerate();
        let heads = blocks
            .filter(|(_, block)| block.kind == Kind::Associated && asked(block))
            .map(|(id, _)| self.empty(id))
            .filter(|head| head.contains("trait") && head.contains(name));
        heads.filter_map(|head| syn::parse_str::<ItemTrait>(&head).ok()).find(|item| item.ident == name)
    }

    /// The blocks of `impl`s and traits.
    pub(super) fn associated_blocks(&self) -> impl Iterator<Item = (usize, &Block)> {
        self.blocks.iter().enumerate().filter(|(_, block)| block.kind == Kind::Associated)
    }

    /// All of a block, with what stands before it, if that is not much.
    pub(super) fn short(&self, block: usize) -> Option<String> {
        const MUCH: usize = 2000;
        let Block { head, close, .. } = self.blocks[block];
        let end = (close + 1).min(self.chars.len());
        (end - head <= MUCH).then(|| self.text((head, end)))
    }

    /// The function whose body a block is, with that if it is short or marked to be inlined.
    pub(super) fn shown<X: Parse>(
        &self,
        block: usize,
        attrs: impl Fn(&X) -> &Vec<syn::Attribute>,
    ) -> Option<(X, bool)> {
        if let Some(short) = self.short(block) {
            return Some((syn::parse_str(&short).ok()?, true));
        }
        let empty: X = syn::parse_str(&self.empty(block)).ok()?;
        if !is_inlined(attrs(&empty)) {
            return Some((empty, false));
        }
        let Block { head, close, .. } = self.blocks[block];
        Some((syn::parse_str(&self.text((head, (close + 1).min(self.chars.len())))).ok()?, true))
    }

    /// What stands before a block, and nothing in it.
    pub(super) fn empty(&self, block: usize) -> String {
        let Block { head, open, .. } = self.blocks[block];
        self.text((head, open)) + "{}"
    }
}

/// One name that an import brings in; without one, all of a module.
#[derive(Debug)]
pub(super) struct Leaf {
    pub path: Vec<String>,
    pub original: String,
    pub name: Option<String>,
}

pub(super) fn leaves(tree: &UseTree) -> Vec<Leaf> {
    fn collect(tree: &UseTree, path: &mut Vec<String>, into: &mut Vec<Leaf>) {
        let leaf = |name: Option<String>, original: String| Leaf { path: path.clone(), original, name };
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                collect(&inner.tree, path, into);
                path.pop();
            }
            UseTree::Name(inner) => into.push(leaf(Some(inner.ident.to_string()), inner.ident.to_string())),
            UseTree::Rename(inner) => {
                into.push(leaf(Some(inner.rename.to_string()), inner.ident.to_string()));
            }
            UseTree::Glob(_) => into.push(leaf(None, String::new())),
            UseTree::Group(inner) => inner.items.iter().for_each(|tree| collect(tree, path, into)),
        }
    }
    let mut found = Vec::new();
    collect(tree, &mut Vec::new(), &mut found);
    found
}

impl Spot {
    pub(super) fn at(outline: Arc<Outline>, at: usize) -> Spot {
        Spot { outline, at }
    }

    /// A position by line and column, both counted from 1.
    pub fn new(outline: Arc<Outline>, line: usize, column: usize) -> Spot {
        let chars = &outline.chars;
        let lines = chars.iter().enumerate().filter(|(_, c)| **c == '\n').map(|(at, _)| at + 1);
        let start = std::iter::once(0).chain(lines).nth(line.saturating_sub(1)).unwrap_or(chars.len());
        let at = (start + column.saturating_sub(1)).min(chars.len());
        Spot { outline, at }
    }

    pub(super) fn outline(&self) -> &Outline {
        &self.outline
    }

    pub(super) fn shared(&self) -> Arc<Outline> {
        self.outline.clone()
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The innermost block around.
    pub(super) fn scope(&self) -> Option<usize> {
        self.outline.block_at(self.at)
    }

    pub(super) fn in_block(&self) -> bool {
        let block = self.outline.block_at(self.at);
        block.is_some_and(|block| self.outline.blocks[block].kind == Kind::Associated)
    }

    /// The head of the `impl` block around.
    pub(super) fn head(&self) -> Option<ItemImpl> {
        let block = self.outline.block_at(self.at).filter(|_| self.in_block())?;
        syn::parse_str(&self.outline.empty(block)).ok()
    }

    pub(super) fn structure(&self, name: &Ident) -> Option<ItemStruct> {
        let item = self.ty::<ItemStruct>(name)?;
        is_plain_type(&item.attrs).then_some(item)
    }

    pub(super) fn sibling(&self, name: &Ident) -> Option<ItemStruct> {
        let outline = &self.outline;
        let module = outline.module(self.scope());
        let here = outline.types(module, &name.to_string());
        let found = self.structure(name)?;
        (here.len() == 1 && syn::parse_str::<ItemStruct>(&outline.text(here[0])).ok()? == found)
            .then_some(found)
    }

    /// Whether a type stands in this module.
    pub(super) fn is_of_module(&self, name: &Ident) -> bool {
        let module = self.outline.module(self.scope());
        self.outline.types(module, &name.to_string()).len() == 1
    }

    /// Whether a name stands for a struct or an enum whose derives do not make it `Differentiable`, in a
    /// file that does so by hand for no type.
    pub(super) fn lacks_derivative(&self, name: &Ident) -> bool {
        let attrs = match self.ty::<Item>(name) {
            Some(Item::Struct(item)) => item.attrs,
            Some(Item::Enum(item)) => item.attrs,
            Some(_) | None => return false,
        };
        let derived = attrs.iter().any(|attr| attr.to_token_stream().to_string().contains("Differentiable"));
        let by_hand = || self.outline.whole().contains("Differentiable for ");
        is_known_type(&attrs) && !derived && !by_hand()
    }

    /// The variants of an enum that holds nothing in any of them.
    pub(super) fn unit_variants(&self, name: &Ident) -> Option<Vec<Ident>> {
        let item = self.ty::<ItemEnum>(name)?;
        let unit =
            |variant: &syn::Variant| matches!(variant.fields, Fields::Unit) && is_plain_type(&variant.attrs);
        let plain = item.generics.params.is_empty() && item.variants.iter().all(unit);
        let variants = || item.variants.into_iter().map(|variant| variant.ident).collect();
        (plain && self.lacks_derivative(name)).then(variants)
    }

    pub(super) fn alias(&self, name: &Ident) -> Option<ItemType> {
        let item = self.ty::<ItemType>(name)?;
        is_plain_type(&item.attrs).then_some(item)
    }

    /// The type that a name stands for, if it is an item of that kind.
    pub(super) fn ty<X: Parse>(&self, name: &Ident) -> Option<X> {
        let outline = &self.outline;
        let here = |scope: Option<usize>, name: &str| outline.types(scope, name);
        let text = outline.find(&name.to_string(), outline.block_at(self.at), &here)?;
        syn::parse_str(&outline.text(text)).ok()
    }

    /// A function by its name, with its body if that is short.
    pub(super) fn function(&self, name: &Ident) -> Option<Callee<ItemFn>> {
        let outline = &self.outline;
        let block = self.function_block(name)?;
        // Names mean the same there and here.
        let module = outline.module(outline.blocks[block].parent);
        let same = module == outline.module(outline.block_at(self.at));
        let (item, whole) = outline.shown::<ItemFn>(block, |item| &item.attrs).filter(|_| same)?;
        Some(Callee { item, whole, at: outline.blocks[block].head })
    }

    /// The only method of a name that a type has in this module, with its body if that is short,
    /// and the head of its block.
    pub(super) fn method(&self, of: &Ident, name: &Ident) -> Option<(ItemImpl, Callee<ImplItemFn>)> {
        let outline = &self.outline;
        let here = outline.module(outline.block_at(self.at));
        let mut found: Option<(ItemImpl, Callee<ImplItemFn>)> = None;
        let mut of_traits: Vec<(ItemImpl, Callee<ImplItemFn>)> = Vec::new();
        for (head, method) in self.associated(name, here) {
            let is_its = matches!(&*head.self_ty, syn::Type::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident == *of));
            if !is_its {
                continue;
            }
            let (item, whole) = outline.shown::<ImplItemFn>(method, |item| &item.attrs)?;
            let at = outline.blocks[method].head;
            if head.trait_.is_some() {
                of_traits.push((head, Callee { item, whole, at }));
            } else if found.is_some() {
                return None;
            } else {
                found = Some((head, Callee { item, whole, at }));
            }
        }
        // Those of a type itself come first where all take the receiver alike.
        let taken = |item: &ImplItemFn| {
            item.sig.receiver().map(|receiver| quote::ToTokens::to_token_stream(receiver).to_string())
        };
        match (found, &of_traits[..]) {
            (Some((head, own)), others) => {
                let alike = others.iter().all(|(_, other)| taken(&other.item) == taken(&own.item));
                alike.then_some((head, own))
            }
            // A type's own method of the name, in another module, would be the one that is called.
            (None, [(head, _)]) if is_conversion(head) && self.is_of_module(of) => of_traits.pop(),
            (None, _) => None,
        }
    }

    /// Whether a trait is none of the known ones, as far as this file tells: it stands here, or is imported from
    /// elsewhere than the crates that have them.
    pub(super) fn is_own_trait(&self, name: &str) -> bool {
        let outline = &self.outline;
        self.trait_head(name).is_some()
            || outline.imports.iter().flat_map(|import| outline.leaves(import)).any(|leaf| {
                leaf.name.as_deref() == Some(name)
                    && !leaf.path.iter().any(|part| KNOWN_CRATES.contains(&&**part))
            })
    }

    /// The trait of a name that stands in this file, without what it consists of.
    pub(super) fn trait_head(&self, name: &str) -> Option<ItemTrait> {
        self.outline.trait_named(name, |_| true)
    }

    /// Whether a type has an `impl` of a trait in this file.
    pub(super) fn implements(&self, name: &Ident, of_trait: &str) -> bool {
        let outline = &self.outline;
        let of = |path: &syn::Path, name: &dyn Fn(&Ident) -> bool| {
            path.segments.last().is_some_and(|last| name(&last.ident))
        };
        let blocks = outline.blocks.iter().enumerate();
        let mut heads = blocks
            .filter(|(_, block)| block.kind == Kind::Associated)
            .map(|(id, _)| outline.empty(id))
            .filter(|head| head.contains(of_trait))
            .filter_map(|head| syn::parse_str::<ItemImpl>(&head).ok());
        heads.any(|head| {
            head.trait_.is_some_and(|(path, _)| of(&path, &|last| last == of_trait))
                && matches!(&*head.self_ty, syn::Type::Path(path) if of(&path.path, &|last| last == name))
        })
    }

    pub(super) fn has_method(&self, of: &Ident, name: &Ident) -> bool {
        let here = self.outline.module(self.scope());
        self.associated(name, here).iter().any(|(head, _)| {
            matches!(&*head.self_ty, syn::Type::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident == *of))
        })
    }

    /// The functions of a name in `impl` blocks of a module, with the heads of those.
    pub(super) fn associated(&self, name: &Ident, module: Option<usize>) -> Vec<(ItemImpl, usize)> {
        let outline = &self.outline;
        let blocks =
            outline.blocks.iter().enumerate().filter(|(_, block)| {
                block.kind == Kind::Associated && outline.module(block.parent) == module
            });
        let mut found = Vec::new();
        for (id, _) in blocks {
            let functions = outline.functions(Some(id), &name.to_string());
            if functions.is_empty() {
                continue;
            }
            if let Ok(head) = syn::parse_str::<ItemImpl>(&outline.empty(id)) {
                found.extend(functions.into_iter().map(|function| (head.clone(), function)));
            }
        }
        found
    }
}

/// Whether a block is of a trait whose methods give a value in another dress, which types have no others for.
fn is_conversion(block: &ItemImpl) -> bool {
    const CONVERSIONS: [&str; 6] = ["AsRef", "AsMut", "Borrow", "BorrowMut", "Deref", "DerefMut"];
    block
        .trait_
        .as_ref()
        .and_then(|found| found.0.segments.last())
        .is_some_and(|last| CONVERSIONS.iter().any(|name| last.ident == name))
}

/// A function that is called.
#[derive(Debug)]
pub struct Callee<X> {
    pub item: X,
    /// Whether the body is there.
    pub whole: bool,
    /// Where it stands.
    pub at: usize,
}

#[cfg(test)]
mod tests {
    use super::{Outline, Spot};
    use std::sync::Arc;
    use syn::Ident;

    /// The position of each `@` of a source.
    fn marks(source: &str) -> Vec<Spot> {
        let outline = Arc::new(Outline::new(&source.replace('@', " ")));
        let mut found = Vec::new();
        for (line, text) in source.lines().enumerate() {
            for (column, _) in text.chars().enumerate().filter(|(_, c)| *c == '@') {
                found.push(Spot::new(outline.clone(), line + 1, column + 1));
            }
        }
        found
    }

    #[test]
    fn blocks_are_told_from_the_rest() {
        let source = "@ mod m { @ fn f(a: [f64; { 2 }]) -> impl Fn() { @ } \n\
            /// It's { a comment\n\
            pub(crate) unsafe impl<'a, T> Trait<[T; 3]> for &'a S where T: Fn([f64; 2]) { @ fn g() { @ }\n\
            const N: char = '{'; /* { /* { */ */ const S: &str = \"{\\\"\"; const R: &str = r#\"{\"#; @ }\n\
            @ #[doc = \"{\"] pub trait T { @ } fn h() { struct A; impl A { @ } @ } }\n @";
        let expected = [false, false, false, true, false, true, false, true, true, false, false];
        assert_eq!(marks(source).iter().map(Spot::in_block).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_said_of_a_file_is_no_part_of_its_first_item() {
        let sources = [
            "//! Of the file.\nuse m::A; mod m { pub struct A { x: f64 } } @",
            "/*! Of the file. */ use m::A; mod m { //! Of the module.\n pub struct A { x: f64 } } @",
            "#![allow(dead_code, reason = \"]\")]\n#![no_std] use m::A; mod m { #![allow(x)] pub struct A { x: f64 } } @",
        ];
        for source in sources {
            let name = Ident::new("A", proc_macro2::Span::call_site());
            assert!(marks(source)[0].structure(&name).is_some(), "{source}");
        }
    }

    #[test]
    fn names_are_looked_up_as_rustc_does() {
        let source = "@ #[derive(Clone)] /// {\n pub(crate) struct A<T> where T: Copy { x: [T; 2] } struct B(f64, Vec<f64>);\n\
            impl A<f64> { @ fn f() { @ struct B { inner: usize } { @ } } }\n\
            mod m { @ struct B; mod n { use super::super::*; @ mod o { use super::super::B as C; @ } } }\n\
            mod k { use super::{A, m::B}; @ } mod l { use crate::A; use super::*; @ } #[odd] struct D { x: f64 } @\n\
            fn two() { struct E { x: f64 } { use other::E; @ } } struct F {} #[cfg(no)] struct F { x: f64 } @";
        let shown = |spot: &Spot, name: &str| {
            let name = Ident::new(name, proc_macro2::Span::call_site());
            spot.structure(&name).map_or("-".to_owned(), |found| {
                let fields = found.fields.members().map(|member| match member {
                    syn::Member::Named(name) => name.to_string(),
                    syn::Member::Unnamed(index) => index.index.to_string(),
                });
                fields.collect::<Vec<_>>().join(" ")
            })
        };
        let found: Vec<Vec<String>> = marks(source)
            .iter()
            .map(|spot| ["A", "B", "C", "D", "E", "F"].iter().map(|name| shown(spot, name)).collect())
            .collect();
        let expected = [
            ["x", "0 1", "-", "-", "-", "-"],
            ["x", "0 1", "-", "-", "-", "-"],
            ["x", "inner", "-", "-", "-", "-"],
            ["x", "inner", "-", "-", "-", "-"],
            ["-", "", "-", "-", "-", "-"],
            ["x", "0 1", "-", "-", "-", "-"],
            ["-", "-", "", "-", "-", "-"],
            ["x", "", "-", "-", "-", "-"],
            ["-", "0 1", "-", "-", "-", "-"],
            ["x", "0 1", "-", "-", "-", "-"],
            ["x", "0 1", "-", "-", "-", "-"],
            ["x", "0 1", "-", "-", "-", "-"],
        ];
        assert_eq!(found, expected);
    }
}
