//! Whose operators a module has.

use super::Spot;
use super::outline::Callee;
use syn::{Ident, ImplItemFn, ItemImpl};

impl Spot {
    /// Whether a method of a type of this module is that of an operator by value, and of nothing else.
    pub(super) fn is_operator(&self, of: &Ident, name: &Ident) -> bool {
        let is = |ty: &syn::Type| matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *of));
        let here = self.outline.module(self.scope());
        let mut blocks = Vec::new();
        for (head, _) in self.associated(name, here) {
            let by_value = is(&head.self_ty);
            let by_reference = matches!(&*head.self_ty, syn::Type::Reference(inner) if is(&inner.elem));
            if by_value || by_reference {
                let of_std =
                    head.trait_.as_ref().and_then(|found| found.0.segments.last()).is_some_and(|last| {
                        last.ident.to_string().to_lowercase() == name.to_string().replace('_', "")
                    });
                blocks.push(by_value && of_std);
            }
        }
        self.is_of_module(of) && !blocks.is_empty() && blocks.into_iter().all(|fits| fits)
    }

    /// Whether a method of a type of this module is that of an operator between references, and of nothing else.
    pub(super) fn is_operator_of_references(&self, of: &Ident, name: &Ident) -> bool {
        let blocks = self.associated(name, self.outline.module(self.scope()));
        let mut of_type =
            blocks.iter().filter(|(head, _)| bare_name(&head.self_ty).is_some_and(|own| own == *of));
        let fits = |head: &syn::ItemImpl| {
            matches!(&*head.self_ty, syn::Type::Reference(_)) && is_of_operator(head, name)
        };
        self.is_of_module(of) && of_type.clone().next().is_some() && of_type.all(|(head, _)| fits(head))
    }

    /// What the operator between two types gives, by their names, where the `impl`s of this module agree.
    pub(super) fn operator_gives(&self, name: &Ident, left: &str, right: &str) -> Option<syn::Type> {
        let mut found: Option<syn::Type> = None;
        for (head, function) in self.associated(name, self.outline.module(self.scope())) {
            let own = bare_name(&head.self_ty).filter(|own| own == left);
            let Some(own) = own.filter(|_| is_of_operator(&head, name)) else { continue };
            let argument = head.trait_.as_ref().and_then(|found| found.0.segments.last()).and_then(argument);
            let other = match &argument {
                Some(ty) => bare_name(ty)?,
                None => own.clone(),
            };
            if other != right && !(other == "Self" && right == left) {
                continue;
            }
            let block = &self.outline.blocks[self.outline.blocks[function].parent?];
            let text = self.outline.text((block.open, block.close));
            let output = text.split("type Output").nth(1)?.split_once('=')?.1.split_once(';')?.0.to_owned();
            let output: syn::Type = syn::parse_str(&output).ok()?;
            let output = match &output {
                syn::Type::Path(path) if path.path.is_ident("Self") => syn::parse_quote!(#own),
                _ => output,
            };
            if found.as_ref().is_some_and(|found| *found != output) {
                return None;
            }
            found = Some(output);
        }
        found
    }

    /// The one operator of a name between two types, each a name and whether it is behind a reference, that this
    /// module has.
    pub(super) fn operator_between(
        &self,
        name: &Ident,
        left: (&str, bool),
        right: Option<(&str, bool)>,
    ) -> Option<(ItemImpl, Callee<ImplItemFn>)> {
        let mut fitting =
            self.associated(name, self.outline.module(self.scope())).into_iter().filter(|(head, _)| {
                let argument =
                    head.trait_.as_ref().and_then(|found| found.0.segments.last()).and_then(argument);
                let own = reference_or_value(&head.self_ty);
                let other = match &argument {
                    None => own.clone(),
                    Some(ty) => match (reference_or_value(ty), &own) {
                        (Some((name, lent)), Some((own, false))) if name == "Self" => {
                            Some((own.clone(), lent))
                        }
                        (other, _) => other,
                    },
                };
                let is = |found: &Option<(Ident, bool)>, (name, lent): (&str, bool)| {
                    found.as_ref().is_some_and(|(found, by_reference)| found == name && *by_reference == lent)
                };
                is_of_operator(head, name) && is(&own, left) && right.is_none_or(|right| is(&other, right))
            });
        let (head, function) = fitting.next()?;
        let (item, whole) = self.outline.shown::<ImplItemFn>(function, |item| &item.attrs)?;
        let at = self.outline.blocks[function].head;
        fitting.next().is_none().then_some((head, Callee { item, whole, at }))
    }

    /// The functions of the `impl`s of `Index` or `IndexMut` that a type has in this module.
    pub(super) fn indexing(&self, of: &Ident, name: &Ident) -> Vec<(ItemImpl, Callee<ImplItemFn>)> {
        let blocks = self.associated(name, self.outline.module(self.scope())).into_iter();
        let own = blocks.filter(|(head, _)| {
            matches!(&*head.self_ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *of))
                && is_of_operator(head, name)
        });
        own.filter_map(|(head, function)| {
            let (item, whole) = self.outline.shown::<ImplItemFn>(function, |item| &item.attrs)?;
            Some((head, Callee { item, whole, at: self.outline.blocks[function].head }))
        })
        .collect()
    }

    /// How a type of this module is made of items, `sum` or `product`: the functions of its `impl`s of that trait,
    /// and whether each is of references.
    pub(super) fn summing(&self, of: &Ident, name: &Ident) -> Vec<(bool, Option<syn::ImplItemFn>)> {
        let blocks = self.associated(name, self.outline.module(self.scope())).into_iter();
        let own = blocks.filter(|(head, _)| {
            bare_name(&head.self_ty).is_some_and(|own| own == *of) && is_of_operator(head, name)
        });
        own.map(|(head, function)| {
            let last = head.trait_.as_ref().and_then(|found| found.0.segments.last());
            let of_references = matches!(last.and_then(argument), Some(syn::Type::Reference(_)));
            let function = self.outline.short(function).and_then(|text| syn::parse_str(&text).ok());
            (of_references, function)
        })
        .collect()
    }

    /// The functions of the annotated `impl`s of `Index` that a type of this module has.
    pub(super) fn indices(&self, of: &Ident) -> Vec<syn::ImplItemFn> {
        let name = Ident::new("index", of.span());
        let blocks = self.associated(&name, self.outline.module(self.scope())).into_iter();
        let own = blocks.filter(|(head, _)| {
            bare_name(&head.self_ty).is_some_and(|own| own == *of)
                && is_of_operator(head, &name)
                && super::attributes::is_plain_function(&head.attrs).1.is_some()
        });
        own.filter_map(|(_, function)| syn::parse_str(&self.outline.short(function)?).ok()).collect()
    }

    /// Whether a type of this module has an annotated `impl` of a compound assignment, `add_assign`.
    pub(super) fn assigns(&self, of: &Ident, name: &Ident) -> bool {
        let here = self.outline.module(self.scope());
        self.is_operator(of, name)
            && self.associated(name, here).iter().any(|(head, _)| {
                matches!(&*head.self_ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == *of))
                    && super::attributes::is_plain_function(&head.attrs).1.is_some()
            })
    }

    /// Whether a method of floats is one of traits of this file none of whose `impl`s for them has our attribute.
    pub(super) fn is_unannotated_method_of_floats(&self, name: &Ident) -> bool {
        let outline = &self.outline;
        let found = self.associated(name, outline.module(outline.block_at(self.at)));
        let of_floats = found.iter().filter(|(head, _)| is_float(&head.self_ty));
        let plain = |function: usize| {
            let item = outline.short(function).and_then(|text| syn::parse_str::<syn::ImplItemFn>(&text).ok());
            item.is_some_and(|item| super::attributes::is_plain_function(&item.attrs) == (true, None))
        };
        let mut plain = of_floats.map(|(head, function)| {
            super::attributes::is_plain_function(&head.attrs) == (true, None) && plain(*function)
        });
        plain.next().is_some_and(|first| first) && plain.all(|plain| plain)
    }

    /// Whether some trait of this file, none of the standard library's, gives floats a method of a name.
    pub(super) fn is_method_of_floats(&self, name: &Ident) -> bool {
        const OPERATORS: [&str; 6] = ["Add", "Sub", "Mul", "Div", "Rem", "Neg"];
        let outline = &self.outline;
        self.associated(name, outline.module(outline.block_at(self.at))).iter().any(|(head, _)| {
            let float = is_float(&head.self_ty);
            let operator = head.trait_.as_ref().is_some_and(|found| {
                let last = found.0.segments.last();
                last.is_some_and(|last| OPERATORS.iter().any(|name| last.ident == name))
            });
            float && !operator
        })
    }
}

fn is_float(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident("f64") || path.path.is_ident("f32"))
}

/// The name of a type, references seen through.
fn bare_name(ty: &syn::Type) -> Option<Ident> {
    match ty {
        syn::Type::Reference(inner) => bare_name(&inner.elem),
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.clone()),
        _ => None,
    }
}

/// A type of one name, or a reference to it.
fn reference_or_value(ty: &syn::Type) -> Option<(Ident, bool)> {
    match ty {
        syn::Type::Reference(inner) => match &*inner.elem {
            syn::Type::Path(path) => path.path.get_ident().map(|name| (name.clone(), true)),
            _ => None,
        },
        syn::Type::Path(path) => path.path.get_ident().map(|name| (name.clone(), false)),
        _ => None,
    }
}

fn argument(trait_: &syn::PathSegment) -> Option<syn::Type> {
    let syn::PathArguments::AngleBracketed(arguments) = &trait_.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}

/// Whether a block is of the operator's trait.
fn is_of_operator(head: &syn::ItemImpl, name: &Ident) -> bool {
    let last = head.trait_.as_ref().and_then(|found| found.0.segments.last());
    last.is_some_and(|last| last.ident.to_string().to_lowercase() == name.to_string().replace('_', ""))
}
