//! Where names lead that come from other files of the crate.

use super::attributes::is_plain_type;
use super::outline::{Callee, Leaf, Outline, Spot};
use quote::{ToTokens, quote};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syn::{GenericParam, Ident, ImplItemFn, Item, ItemFn, ItemImpl, ItemStruct, ItemTrait, ItemType, Type};

/// How many imports of imports are followed.
const DEPTH: usize = 6;

/// The modules in which a name was looked for: modules that bring in one another as a whole lead in circles.
type Seen = BTreeSet<(Option<PathBuf>, Option<usize>, String)>;

/// A file and a part of its text.
type Home = (Option<PathBuf>, (usize, usize));

/// A module: a block of a file, or the file itself.
#[derive(Clone)]
pub(super) struct Module {
    pub outline: Arc<Outline>,
    pub scope: Option<usize>,
}

impl Spot {
    /// Where the definition of a name stands: its file, and its text there. Equal texts may mean different things.
    fn home(&self, name: &Ident) -> Option<Home> {
        let outline = self.outline();
        let here = |scope: Option<usize>, name: &str| outline.types(scope, name);
        match outline.find(&name.to_string(), self.scope(), &here) {
            Some(text) => Some((outline.file.clone(), text)),
            None => self.follow(&name.to_string(), &Module::home),
        }
    }

    /// The struct, enum or alias that a name stands for, wherever in the crate it is.
    pub(super) fn definition(&self, name: &Ident) -> Option<Item> {
        self.ty::<Item>(name).or_else(|| Some(self.follow(&name.to_string(), &Module::ty)?.1))
    }

    pub(super) fn is_module(&self, name: &str) -> bool {
        let outline = self.outline();
        let here = Module { scope: outline.module(self.scope()), outline: self.shared() };
        let imported = outline.leaves_of(here.scope).any(|leaf| leaf.name.as_deref() == Some(name));
        imported || here.at(&[name.to_owned()]).is_some()
    }

    /// A struct of another file, with the types of its fields that mean the same here.
    pub(super) fn imported_structure(&self, name: &Ident) -> Option<ItemStruct> {
        let (module, item) = self.follow(&name.to_string(), &Module::ty)?;
        let Item::Struct(mut item) = item else { return None };
        let own: Vec<String> = item.generics.params.iter().map(name_of).collect();
        for field in &mut item.fields {
            let ty = &field.ty;
            let names = crate::names::mentions(quote!(#ty));
            let same = names.iter().filter(|name| !own.contains(name)).all(|name| {
                syn::parse_str::<Ident>(name).is_ok_and(|name| module.home_of(&name) == self.home(&name))
            });
            if !same {
                field.ty = syn::parse_quote!(_);
            }
        }
        is_plain_type(&item.attrs).then_some(item)
    }

    /// The variants of an enum of another file that holds nothing in any of them.
    pub(super) fn imported_unit_variants(&self, name: &Ident) -> Option<Vec<Ident>> {
        let (module, item) = self.follow(&name.to_string(), &Module::ty)?;
        let Item::Enum(item) = item else { return None };
        let variants = module.spot().unit_variants(&item.ident)?;
        (item.ident == *name && !module.spot().by_hand_elsewhere(name)).then_some(variants)
    }

    /// An alias of another file, of a type whose parts mean the same here.
    pub(super) fn imported_alias(&self, name: &Ident) -> Option<ItemType> {
        let (module, item) = self.follow(&name.to_string(), &Module::ty)?;
        let Item::Type(item) = item else { return None };
        let own: Vec<String> = item.generics.params.iter().map(name_of).collect();
        let names = crate::names::mentions(item.ty.to_token_stream());
        let same = names.iter().filter(|name| !own.contains(name)).all(|name| {
            syn::parse_str::<Ident>(name).is_ok_and(|name| module.home_of(&name) == self.home(&name))
        });
        (same && is_plain_type(&item.attrs)).then_some(item)
    }

    /// The only method of a name that a type of another module has there, without its body, and the head of
    /// its block.
    pub(super) fn imported_method(&self, of: &Ident, name: &Ident) -> Option<(ItemImpl, ImplItemFn)> {
        let (module, item) = self.follow(&of.to_string(), &Module::ty)?;
        let of = match item {
            Item::Struct(item) => item.ident,
            Item::Enum(item) => item.ident,
            _ => return None,
        };
        let (head, found) = module.spot().method(&of, name)?;
        Some((head, found.item))
    }

    /// The same with its body, if what types that mentions are the same here.
    pub(super) fn imported_body(&self, of: &Ident, name: &Ident) -> Option<(ItemImpl, Callee<ImplItemFn>)> {
        let module = self.home_of_structure(of)?;
        let found = module.spot().method(of, name)?;
        self.reads_alike(&module, &found.1).then_some(found)
    }

    /// The one operator of a name between two types, of which one comes from another module, that stands there.
    pub(super) fn imported_operator(
        &self,
        name: &Ident,
        left: (&str, bool),
        right: Option<(&str, bool)>,
    ) -> Option<(ItemImpl, Callee<ImplItemFn>)> {
        let names = [Some(left), right].into_iter().flatten().map(|(name, _)| name);
        let of = names.clone().find(|name| !matches!(*name, "f64" | "f32"))?;
        let module = self.home_of_structure(&Ident::new(of, name.span()))?;
        let same = names.filter(|name| !matches!(*name, "f64" | "f32")).all(|other| {
            let other = Ident::new(other, name.span());
            module.home_of(&other) == self.home(&other)
        });
        let found = module.spot().operator_between(name, left, right).filter(|_| same)?;
        self.reads_alike(&module, &found.1).then_some(found)
    }

    /// The functions of the `impl`s of `Index` or `IndexMut` that a struct of another module has there.
    pub(super) fn imported_indexing(&self, of: &Ident, name: &Ident) -> Vec<(ItemImpl, Callee<ImplItemFn>)> {
        let Some(module) = self.home_of_structure(of) else { return Vec::new() };
        let found = module.spot().indexing(of, name).into_iter();
        found.filter(|(_, found)| self.reads_alike(&module, found)).collect()
    }

    /// The module of a struct that has the same name here and there.
    fn home_of_structure(&self, of: &Ident) -> Option<Module> {
        let (module, item) = self.follow(&of.to_string(), &Module::ty)?;
        matches!(item, Item::Struct(item) if item.ident == *of).then_some(module)
    }

    /// Whether the types that the text of a function mentions are the same here as in its module.
    fn reads_alike(&self, module: &Module, found: &Callee<ImplItemFn>) -> bool {
        let names = crate::names::mentions(found.item.to_token_stream());
        names.iter().all(|name| {
            let Ok(name) = syn::parse_str::<Ident>(name) else { return true };
            let there = module.home_of(&name);
            there.is_none() || there == self.home(&name)
        })
    }

    /// The function that a name stands for where it comes from another module.
    pub(super) fn imported_function(&self, name: &Ident) -> Option<ItemFn> {
        let here = |module: &Module, name: &str| {
            let found = module.outline.functions(module.scope, name);
            let [only] = found[..] else { return None };
            module.outline.shown::<ItemFn>(only, |item| &item.attrs).map(|(item, _)| item)
        };
        self.follow(&name.to_string(), &here)
    }

    /// The path by which a function is imported from another crate beside a module that is imported as a whole.
    pub(super) fn foreign_import(&self, name: &Ident) -> Option<Vec<Ident>> {
        let outline = self.outline();
        let here = Module { scope: outline.module(self.scope()), outline: self.shared() };
        let mut leaves = outline.leaves_of(here.scope);
        let name = name.to_string();
        if !outline.functions(here.scope, &name).is_empty()
            || !outline.leaves_of(here.scope).any(|leaf| leaf.name.is_none())
        {
            return None;
        }
        let leaf = leaves.find(|leaf| leaf.name.as_deref() == Some(&*name))?;
        let alone = leaves.all(|leaf| leaf.name.as_deref() != Some(&*name));
        let foreign = here.at(&leaf.path).is_none() && !leaf.path.is_empty();
        let path =
            leaf.path.iter().chain([&leaf.original]).map(|segment| syn::parse_str::<Ident>(segment).ok());
        path.collect::<Option<Vec<Ident>>>().filter(|_| alone && foreign)
    }

    /// Whether this module has a function of a name, imports one, or all of a module that nobody knows.
    pub(super) fn may_bring_in(&self, name: &Ident) -> bool {
        let here = Module { scope: self.outline().module(self.scope()), outline: self.shared() };
        let text = name.to_string();
        let imported = here.outline.leaves_of(here.scope).any(|leaf| match &leaf.name {
            Some(named) => *named == text,
            None => here.at(&leaf.path).is_none_or(|module| {
                let is = |module: &Module, name: &str| {
                    (!module.outline.functions(module.scope, name).is_empty()).then_some(())
                };
                module.item(&text, &is, DEPTH, &mut Seen::new()).is_some()
            }),
        });
        imported || !here.outline.functions(here.scope, &text).is_empty()
    }

    /// Whether a module of this crate has, or brings in, a function of a name; `None`: nobody knows.
    pub(super) fn has_function(&self, module: &[Ident], name: &Ident) -> Option<bool> {
        let here = Module { scope: self.outline().module(self.scope()), outline: self.shared() };
        let path: Vec<String> = module.iter().map(ToString::to_string).collect();
        let found = here.at(&path)?;
        let is = |module: &Module, name: &str| {
            (!module.outline.functions(module.scope, name).is_empty()).then_some(())
        };
        if found.item(&name.to_string(), &is, DEPTH, &mut Seen::new()).is_some() {
            return Some(true);
        }
        // What it brings in as a whole may be another crate's.
        let whole = found.outline.leaves_of(found.scope).any(|leaf| leaf.name.is_none());
        (!whole).then_some(false)
    }

    /// The type of an associated constant of a type, where it has one of that name in its own module or in this.
    pub(super) fn associated_constant(&self, of: &Ident, name: &str) -> Option<Type> {
        let here = self.outline();
        here.associated_constant(here.module(self.scope()), of, name).or_else(|| {
            let (home, _) = self.follow(&of.to_string(), &Module::ty)?;
            home.outline.associated_constant(home.scope, of, name)
        })
    }

    /// The trait that a name stands for where it comes from another module, without what it consists of.
    pub(super) fn imported_trait(&self, name: &str) -> Option<ItemTrait> {
        let here = |module: &Module, name: &str| {
            module.outline.trait_named(name, |block| block.parent == module.scope)
        };
        self.follow(name, &here)
    }

    /// What `here` gives for a name that imports bring in.
    pub(super) fn follow<X>(&self, name: &str, here: &dyn Fn(&Module, &str) -> Option<X>) -> Option<X> {
        let mut scope = self.scope();
        loop {
            let module = Module { outline: self.shared(), scope };
            if let Some(found) = module.imported(name, here, DEPTH, &mut Seen::new()) {
                return Some(found);
            }
            if self.outline().is_module(scope) {
                return None;
            }
            scope = self.outline().parent(scope);
        }
    }
}

impl Module {
    fn spot(&self) -> Spot {
        let at = self.scope.map_or(0, |block| self.outline.blocks[block].open + 1);
        Spot::at(Arc::clone(&self.outline), at)
    }

    /// The type of a name that stands in the module.
    fn ty(&self, name: &str) -> Option<(Module, Item)> {
        let found = self.outline.types(self.scope, name);
        let [only] = found[..] else { return None };
        Some((self.clone(), syn::parse_str(&self.outline.text(only)).ok()?))
    }

    fn home(&self, name: &str) -> Option<Home> {
        let found = self.outline.types(self.scope, name);
        let [only] = found[..] else { return None };
        Some((self.outline.file.clone(), only))
    }

    /// Where the type that a name stands for in the module is defined.
    fn home_of(&self, name: &Ident) -> Option<Home> {
        self.item(&name.to_string(), &Module::home, DEPTH, &mut Seen::new())
    }

    /// What stands at the end of a path that is written in the module.
    pub(super) fn lookup<X>(
        &self,
        path: &[String],
        name: &str,
        here: &dyn Fn(&Module, &str) -> Option<X>,
    ) -> Option<X> {
        self.at(path)?.item(name, here, DEPTH, &mut Seen::new())
    }

    fn item<X>(
        &self,
        name: &str,
        here: &dyn Fn(&Module, &str) -> Option<X>,
        depth: usize,
        seen: &mut Seen,
    ) -> Option<X> {
        here(self, name).or_else(|| self.imported(name, here, depth.checked_sub(1)?, seen))
    }

    fn imported<X>(
        &self,
        name: &str,
        here: &dyn Fn(&Module, &str) -> Option<X>,
        depth: usize,
        seen: &mut Seen,
    ) -> Option<X> {
        if !seen.insert((self.outline.file.clone(), self.scope, name.to_owned())) {
            return None;
        }
        let mut globs = Vec::new();
        for leaf in self.outline.leaves_of(self.scope) {
            match leaf {
                Leaf { name: Some(named), original, path } if named == name => {
                    return self.at(path)?.item(original, here, depth, seen);
                }
                Leaf { name: Some(_), .. } => {}
                Leaf { name: None, path, .. } => globs.push(path),
            }
        }
        let mut found = Vec::new();
        for path in globs {
            found.extend(self.at(path).and_then(|module| module.item(name, here, depth, seen)));
        }
        found.pop().filter(|_| found.is_empty())
    }

    /// The module at the end of a path.
    fn at(&self, path: &[String]) -> Option<Module> {
        let mut module = Module { scope: self.outline.module(self.scope), ..self.clone() };
        for (k, segment) in path.iter().enumerate() {
            module = match (segment.as_str(), module.scope) {
                ("self", _) if k == 0 => module,
                ("crate", _) if k == 0 => Module { outline: module.outline.root()?, scope: None },
                ("super", None) => Module { outline: module.outline.above()?, scope: None },
                ("super", scope) => {
                    let scope = module.outline.module(module.outline.parent(scope));
                    Module { scope, ..module }
                }
                (segment, scope) => match module.outline.module_at(&[segment.to_owned()], scope) {
                    Some(scope) => Module { scope, ..module },
                    None if scope.is_none() => {
                        Module { outline: module.outline.below(segment)?, scope: None }
                    }
                    None => return None,
                },
            };
        }
        Some(module)
    }
}

impl Outline {
    /// Whether the file is a crate's first, as far as its place tells.
    fn is_root(file: &Path) -> Option<bool> {
        let (folder, stem) = (file.parent()?, file.file_stem()?.to_str()?);
        let package = |folder: &Path| folder.parent().is_some_and(|above| above.join("Cargo.toml").exists());
        let of_targets = |folder: &Path| match folder.file_name().and_then(|name| name.to_str()) {
            Some("tests" | "examples" | "benches") => package(folder),
            Some("bin") => folder.parent().is_some_and(package),
            _ => false,
        };
        let library = folder.file_name()? == "src" && package(folder) && (stem == "lib" || stem == "main");
        let whole = stem == "main" && folder.parent().is_some_and(of_targets);
        Some(library || of_targets(folder) || whole)
    }

    /// The folder that the file's modules are in.
    fn folder(file: &Path) -> Option<PathBuf> {
        let folder = file.parent()?;
        let holds_its_own = file.file_stem()? == "mod" || Self::is_root(file)?;
        Some(if holds_its_own { folder.to_owned() } else { folder.join(file.file_stem()?) })
    }

    /// The file of a module that stands in one of its own.
    pub(super) fn below(&self, name: &str) -> Option<Arc<Outline>> {
        let folder = Self::folder(self.file.as_deref()?)?;
        let declared = self.whole().contains(&format!("mod {name};"));
        let files = [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
        files.iter().filter(|_| declared).find_map(|file| Outline::read(file))
    }

    /// The file of the module that this one's is in.
    pub(super) fn above(&self) -> Option<Arc<Outline>> {
        let file = self.file.as_deref()?;
        let folder = file.parent()?;
        let (name, folder) = match file.file_stem()?.to_str()? {
            "mod" => (folder.file_name()?.to_str()?, folder.parent()?),
            name => (name, folder),
        };
        let beside = folder.parent()?.join(format!("{}.rs", folder.file_name()?.to_str()?));
        let files = ["mod.rs", "lib.rs", "main.rs"].map(|name| folder.join(name));
        let declares = |outline: &Arc<Outline>| outline.whole().contains(&format!("mod {name};"));
        files.iter().chain([&beside]).filter_map(|file| Outline::read(file)).find(declares)
    }

    pub(super) fn root(self: &Arc<Self>) -> Option<Arc<Outline>> {
        let mut outline = self.clone();
        while !Self::is_root(outline.file.as_deref()?)? {
            outline = outline.above()?;
        }
        Some(outline)
    }
}

fn name_of(param: &GenericParam) -> String {
    match param {
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
        GenericParam::Lifetime(param) => param.lifetime.ident.to_string(),
    }
}
