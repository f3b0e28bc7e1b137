//! What traits of this crate ask of types, and who has them.

use super::outline::{Block, Outline};
use super::{Around, Spot};
use std::sync::Arc;
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, GenericParam, Ident, ItemImpl, ItemTrait, PathArguments, Signature, TraitBound,
    TraitItem, Type, TypeParamBound,
};

/// Who implements a trait, as far as its file and this one tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Implementors {
    /// Floats, and nothing but numbers.
    Numbers,
    Others,
    Unknown,
}

impl Around {
    /// What bounds ask of a type, with what the traits of this crate among them ask for in turn: `T: Real` may ask
    /// for `T: Add<T>`.
    pub(crate) fn asked_by_bounds<'b>(
        &self,
        of: &Type,
        bounds: impl Iterator<Item = &'b TypeParamBound>,
    ) -> Vec<TraitBound> {
        let mut asked: Vec<TraitBound> = bounds.filter_map(trait_bound).collect();
        let mut next = 0;
        while let Some(bound) = asked.get(next).cloned() {
            for mut more in self.asked_by(&bound) {
                Substitution::new(of, &bound, self).visit_trait_bound_mut(&mut more);
                if !asked.contains(&more) {
                    asked.push(more);
                }
            }
            next += 1;
        }
        asked
    }

    /// What the trait of a bound asks for, in its own words.
    fn asked_by(&self, bound: &TraitBound) -> Vec<TraitBound> {
        let Some(last) = bound.path.segments.last() else { return Vec::new() };
        self.supertraits(&last.ident.to_string()).iter().filter_map(trait_bound).collect()
    }

    /// The signature of a method, as a trait of this crate has it.
    pub(crate) fn trait_method(&self, of_trait: &Ident, name: &Ident) -> Option<Signature> {
        let spot = self.spot()?;
        let of_trait = of_trait.to_string();
        let home = match spot.trait_head(&of_trait) {
            Some(_) => Some((spot.shared(), of_trait)),
            None => spot.home_of_trait(&of_trait),
        };
        let (home, of_trait) = home?;
        home.whole_trait(&of_trait)?.items.into_iter().find_map(|item| match item {
            TraitItem::Fn(method) if method.sig.ident == *name => Some(method.sig),
            _ => None,
        })
    }

    /// Who implements a trait of this crate.
    pub(crate) fn implementors(&self, name: &str) -> Implementors {
        let Some(spot) = self.spot() else { return Implementors::Unknown };
        let home = match spot.trait_head(name) {
            Some(_) => Some((spot.shared(), name.to_owned())),
            None => spot.home_of_trait(name),
        };
        let Some((home, original)) = home else { return Implementors::Unknown };
        let mut found = home.implementors(&original);
        if !Arc::ptr_eq(&home, &spot.shared()) {
            found.extend(spot.shared().implementors(name));
        }
        let number =
            |name: &String| ["f32", "f64"].contains(&&**name) || crate::lower::INTEGERS.contains(&&**name);
        match found.iter().all(number) {
            true if found.iter().any(|name| name.starts_with('f')) => Implementors::Numbers,
            true => Implementors::Unknown,
            false => Implementors::Others,
        }
    }
}

/// A bound that names a trait and asks for it.
fn trait_bound(bound: &TypeParamBound) -> Option<TraitBound> {
    match bound {
        TypeParamBound::Trait(bound) if bound.maybe.is_none() => Some(bound.clone()),
        _ => None,
    }
}

/// Says in a type's own words what a trait asks of `Self`.
struct Substitution<'a> {
    of: &'a Type,
    bound: &'a TraitBound,
    arguments: Vec<(Ident, Type)>,
}

impl<'a> Substitution<'a> {
    fn new(of: &'a Type, bound: &'a TraitBound, around: &Around) -> Substitution<'a> {
        let last = bound.path.segments.last();
        let given = last.map(|last| match &last.arguments {
            PathArguments::AngleBracketed(given) => given.args.iter().collect::<Vec<_>>(),
            PathArguments::None | PathArguments::Parenthesized(_) => Vec::new(),
        });
        let mut given = given.into_iter().flatten().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        });
        let head = last.and_then(|last| around.trait_named(&last.ident.to_string()));
        let params = head.into_iter().flat_map(|head| head.generics.params).filter_map(|param| match param {
            GenericParam::Type(param) => Some(param),
            GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
        });
        let arguments = params
            .filter_map(|param| Some((param.ident, given.next().or(param.default.map(|(_, ty)| ty))?)))
            .collect();
        Substitution { of, bound, arguments }
    }
}

impl VisitMut for Substitution<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && path.qself.is_none()
            && let Some(first) = path.path.segments.first()
        {
            let (of, of_trait) = (self.of, &self.bound.path);
            match path.path.segments.len() {
                1 if first.ident == "Self" => {
                    *ty = of.clone();
                    return;
                }
                1 => {
                    if let Some((_, given)) = self.arguments.iter().find(|(name, _)| *name == first.ident) {
                        *ty = given.clone();
                        return;
                    }
                }
                2 if first.ident == "Self" => {
                    let part = path.path.segments.last();
                    *ty = syn::parse_quote!(<#of as #of_trait>::#part);
                    return;
                }
                _ => {}
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

impl Spot {
    /// The file of a trait that comes from another module, and what it is called there.
    fn home_of_trait(&self, name: &str) -> Option<(Arc<Outline>, String)> {
        self.follow(name, &|module, name| {
            let found = module.outline.trait_named(name, |block| block.parent == module.scope);
            found.map(|_| (module.outline.clone(), name.to_owned()))
        })
    }
}

impl Outline {
    /// The trait of a name, with what it consists of.
    fn whole_trait(&self, name: &str) -> Option<ItemTrait> {
        let named = |id: &usize| {
            let head = syn::parse_str::<ItemTrait>(&self.empty(*id));
            head.is_ok_and(|head| head.ident == name)
        };
        let id = self.associated_blocks().map(|(id, _)| id).find(named)?;
        let Block { head, close, .. } = self.blocks[id];
        syn::parse_str(&self.text((head, (close + 1).min(self.chars.len())))).ok()
    }

    /// The types that implement a trait in a file, by their names; what is no name is `_`.
    fn implementors(&self, of_trait: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (id, _) in self.associated_blocks() {
            let head = self.empty(id);
            if !head.contains(of_trait) {
                continue;
            }
            if let Some((trait_, ty)) = head.split_once(" for $").filter(|_| head.contains("impl")) {
                if trait_.trim_end().ends_with(of_trait) && is_name(ty) {
                    found.extend(self.named_in_calls(id));
                }
                continue;
            }
            let Ok(head) = syn::parse_str::<ItemImpl>(&head) else { continue };
            let named = head.trait_.as_ref().and_then(|found| found.0.segments.last());
            if named.is_some_and(|last| last.ident == of_trait) {
                found.push(match &*head.self_ty {
                    Type::Path(path) => path.path.get_ident().map_or("_".to_owned(), Ident::to_string),
                    _ => "_".to_owned(),
                });
            }
        }
        found
    }

    /// The types that the calls of the macro around a block name: `impl_real!(f32 f64);`.
    fn named_in_calls(&self, mut block: usize) -> Vec<String> {
        let unknown = || vec!["_".to_owned()];
        let name = loop {
            let head = self.empty(block);
            if let Some((_, after)) = head.split_once("macro_rules!") {
                break after.trim().trim_end_matches("{}").trim().to_owned();
            }
            match self.blocks[block].parent {
                Some(parent) => block = parent,
                None => return unknown(),
            }
        };
        let text = self.whole();
        let mut found = Vec::new();
        for after in text.split(&format!("{name}!")).skip(1) {
            let after = after.trim_start();
            let close = match after.chars().next() {
                Some('(') => ')',
                Some('[') => ']',
                Some('{') => '}',
                _ => continue,
            };
            let Some((arguments, _)) = after[1..].split_once(close) else { return unknown() };
            let words = arguments.split(|c: char| !c.is_alphanumeric() && c != '_');
            // Other arguments than types are names of modules and functions.
            found.extend(words.filter(|word| is_type(word)).map(str::to_owned));
        }
        found
    }
}

fn is_type(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        || ["f32", "f64"].contains(&word)
        || crate::lower::INTEGERS.contains(&word)
}

/// Whether what stands before an empty block is one name.
fn is_name(text: &str) -> bool {
    text.trim_end_matches("{}").trim().chars().all(|c| c.is_alphanumeric() || c == '_')
}
