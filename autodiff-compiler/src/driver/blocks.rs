//! Methods, `impl` blocks and traits: companions stand beside the methods. What is made of the
//! `impl` of an operator is in [`operators`](super::operators).

use super::configurations::for_each;
use super::named::name_lifetimes;
use super::{Companions, Source, associated, companions, derivatives, index, operators, strip};
use crate::by_example::expanded;
use crate::diagnostics::{Diagnostics, message};
use crate::emit::companions::{Home, allows, carried};
use crate::lower::{Context, names_a_part, without_itself};
use crate::names::mentions;
use crate::options::Options;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};
use syn::{
    Attribute, FnArg, Generics, ImplItem, ImplItemFn, ItemFn, ItemImpl, ItemTrait, Signature, TraitItem,
    TraitItemFn, Type, Visibility,
};

/// Whether a function that the attribute stands on is a method or an associated function: by
/// its receiver, or because it mentions `Self`.
pub fn is_method(sig: &Signature, block: Option<&syn::Block>) -> bool {
    matches!(sig.inputs.first(), Some(FnArg::Receiver(_))) || mentions(quote!(#sig #block)).contains("Self")
}

/// `Lexer<'_>`: what a pullback captures has to be named.
fn has_nameless_lifetime(ty: &syn::Type) -> bool {
    fn found(tokens: TokenStream) -> bool {
        let mut quote_before = false;
        tokens.into_iter().any(|token| {
            let nameless =
                matches!(&token, proc_macro2::TokenTree::Ident(name) if quote_before && name == "_");
            quote_before = matches!(&token, proc_macro2::TokenTree::Punct(punct) if punct.as_char() == '\'');
            nameless || matches!(token, proc_macro2::TokenTree::Group(group) if found(group.stream()))
        })
    }
    found(quote!(#ty))
}

/// The attribute on one method of an `impl` block: its siblings.
pub fn lone_method(mut written: ItemFn, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    let original = written.clone();
    strip::parameters(&mut written.sig);
    let head = options.around.head();
    let body = expanded(&original.sig, &original.block, &options.around);
    // A part that such a method names is one at its calls.
    if head.as_ref().is_some_and(|head| head.trait_.is_none()) && names_a_part(&original.sig, Some(&body)) {
        return quote!(#written);
    }
    let nameless = head.as_ref().is_some_and(|head| has_nameless_lifetime(&head.self_ty));
    if nameless && original.sig.receiver().is_some() {
        diag.error(original.sig.ident.span(), message::NAMELESS_LIFETIME);
        return quote!(#written);
    }
    let context = match head {
        Some(head) => Context::of_block(&head),
        None => Context::default(),
    };
    let (itself, body) = given_apart(Home::Method, &original.sig, body);
    let derived = itself.as_ref().unwrap_or(&original.sig);
    let mut called = derived.clone();
    strip::parameters(&mut called);
    let siblings = for_each(&written.attrs, Some(&body), diag, &mut |configuration, diag| {
        let source = Source {
            attrs: &configuration.attrs,
            vis: &written.vis,
            original: derived,
            written: &called,
            block: configuration.block.as_ref(),
            home: Home::Method,
            context: &context,
        };
        match companions(&source, options, diag) {
            Some(companions) => siblings(&configuration.attrs, companions),
            None => TokenStream::new(),
        }
    });
    let called = strip::may_be_called_by_companions_only();
    quote!(#called #written #siblings)
}

/// The companions of a method, each with the attributes that concern it.
fn siblings(attrs: &[Attribute], companions: Companions) -> TokenStream {
    let Companions { wrappers, cores, .. } = companions;
    let (cfgs, allows) = (carried(attrs).collect::<Vec<_>>(), allows());
    // Each is a function of its own; an attribute belongs to one.
    let mut out = TokenStream::new();
    for function in split_functions(quote!(#wrappers #cores)) {
        out.extend(quote!(#(#cfgs)* #allows #function));
    }
    out
}

/// The functions in a list of associated functions.
fn split_functions(tokens: TokenStream) -> Vec<TokenStream> {
    match syn::parse2::<ItemImpl>(quote!(impl Companions { #tokens })) {
        Ok(block) => block.items.iter().map(|item| quote!(#item)).collect(),
        Err(_) => vec![tokens],
    }
}

/// The attribute on an `impl` block: every method that has a derivative.
pub fn implementation(mut block: ItemImpl, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    if let Some((name, arity)) = operators::operator(&block) {
        let rule = operators::rule(&block, (name, arity), options, diag);
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item {
                *method = stripped(method);
            }
        }
        return quote!(#block #rule);
    }
    if let Some(from) = operators::as_from(&block) {
        let rule = operators::rule(&from, (Ident::new("From", Span::call_site()), 1), options, diag);
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item {
                *method = stripped(method);
            }
        }
        return quote!(#block #rule);
    }
    if let Some(path) = may_fail(&block) {
        diag.error_at(path, message::CONVERSION_THAT_MAY_FAIL);
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item {
                *method = stripped(method);
            }
        }
        return quote!(#block);
    }
    if let Some(mutable) = index::index(&block) {
        let rule = index::rule(&block, mutable, options, diag);
        return quote!(#block #rule);
    }
    name_lifetimes(&mut block);
    let context = Context::of_block(&block);
    let home = if block.trait_.is_some() { Home::TraitImpl } else { Home::Method };
    if let Some((path, _)) = &block.trait_
        && options.around.is_unannotated_trait(path)
    {
        let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        diag.error_at(path, message::unannotated_trait(&name));
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item {
                *method = stripped(method);
            }
        }
        return quote!(#block);
    }
    // What sums up is lowered where it is called, over the items that it is given there; copies, comparisons and
    // text have no derivatives of their own.
    if sums_up(&block) || is_passive(&block) {
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item {
                *method = stripped(method);
            }
        }
        return quote!(#block);
    }
    if let Some(ty) = reference_for_a_generic(&block).filter(|_| !is_of_std(&block)) {
        diag.error_at(&ty, message::REFERENCE_FOR_A_GENERIC);
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item {
                *method = stripped(method);
            }
        }
        return quote!(#block);
    }
    let mut items = Vec::new();
    let mut asked = Vec::new();
    let whole = block.clone();
    let orders = match home {
        Home::Method => derivatives::orders(&whole, options.order),
        _ => BTreeMap::new(),
    };
    for item in std::mem::take(&mut block.items) {
        let ImplItem::Fn(method) = item else {
            items.push(item);
            continue;
        };
        let (mut options, own) = method_options(&method.attrs, options, diag);
        if let Some(order) = orders.get(&method.sig.ident.to_string()) {
            options.order = *order;
        }
        let written = stripped(&method);
        if options.inline {
            let called = strip::may_be_called_by_companions_only();
            items.push(ImplItem::Verbatim(quote!(#called #written)));
            continue;
        }
        let body = expanded(&method.sig, &method.block, &options.around);
        let (sig, body) = associated::spelled_out(&whole, &method.sig, &body);
        let (itself, body) = given_apart(home, &sig, body);
        let derived = itself.as_ref().unwrap_or(&sig);
        let mut called = derived.clone();
        strip::parameters(&mut called);
        let mut known = false;
        let generated = for_each(&written.attrs, Some(&body), diag, &mut |configuration, diag| {
            let source = Source {
                attrs: &configuration.attrs,
                vis: &written.vis,
                original: derived,
                written: &called,
                block: configuration.block.as_ref(),
                home,
                context: &context,
            };
            let before = diag.len();
            let made = method_companions(&source, &options, own, diag);
            let refused = diag.len() > before && home == Home::TraitImpl && !is_of_std(&whole);
            let made = made.or_else(|| if refused { never_run(&source, &options) } else { None });
            // The trait has no place for companions.
            let Some(companions) = made.filter(|_| !is_of_std(&whole)) else {
                return TokenStream::new();
            };
            known = true;
            asked.extend(companions.asked.clone());
            siblings(&configuration.attrs, companions)
        });
        let mut item = written.clone();
        if home == Home::Method && known {
            item.attrs.push(strip::may_be_called_by_companions_only());
        }
        items.push(ImplItem::Fn(item));
        if !generated.is_empty() {
            items.push(ImplItem::Verbatim(generated));
        }
    }
    block.items = items;
    // The methods of the `impl` of a trait cannot ask for more than the trait does.
    ask(&mut block.generics, asked);
    quote!(#block)
}

/// Adds what companions ask for to the `where` clause of a block, each once.
pub(super) fn ask(generics: &mut Generics, asked: Vec<TokenStream>) {
    let mut known = BTreeSet::new();
    for predicate in asked {
        if known.insert(predicate.to_string()) {
            generics.make_where_clause().predicates.push(syn::parse_quote!(#predicate));
        }
    }
}

/// The signature of a method that hands itself on as one that gives nothing, and the body that belongs to it. One
/// that is small is inlined as it is.
fn given_apart(home: Home, sig: &Signature, body: syn::Block) -> (Option<Signature>, syn::Block) {
    if home != Home::Method || names_a_part(sig, Some(&body)) {
        return (None, body);
    }
    match without_itself(sig, &body) {
        Some((sig, body)) => (Some(sig), body),
        None => (None, body),
    }
}

/// Whether a block is of `Sum` or `Product`.
fn sums_up(block: &ItemImpl) -> bool {
    let last = block.trait_.as_ref().and_then(|found| found.0.segments.last());
    last.is_some_and(|last| last.ident == "Sum" || last.ident == "Product")
}

/// The trait of a block of conversions that may fail: it has no place for companions.
fn may_fail(block: &ItemImpl) -> Option<&syn::Path> {
    let (path, _) = block.trait_.as_ref()?;
    let last = path.segments.last()?;
    (last.ident == "TryFrom" || last.ident == "TryInto").then_some(path)
}

/// Whether a block is of a trait of copies, comparisons or text.
fn is_passive(block: &ItemImpl) -> bool {
    const TRAITS: [&str; 9] =
        ["Clone", "Copy", "Debug", "Display", "Drop", "PartialEq", "Eq", "PartialOrd", "Ord"];
    let last = block.trait_.as_ref().and_then(|found| found.0.segments.last());
    last.is_some_and(|last| TRAITS.iter().any(|name| last.ident == name))
}

/// Whether a block is by its name of a trait of the standard library that has no companions.
fn is_of_std(block: &ItemImpl) -> bool {
    const TRAITS: [&str; 19] = [
        "Iterator",
        "DoubleEndedIterator",
        "ExactSizeIterator",
        "IntoIterator",
        "FromIterator",
        "Extend",
        "Rem",
        "BitXor",
        "BitAnd",
        "BitOr",
        "Shl",
        "Shr",
        "Not",
        "RemAssign",
        "BitXorAssign",
        "BitAndAssign",
        "BitOrAssign",
        "ShlAssign",
        "ShrAssign",
    ];
    let last = block.trait_.as_ref().and_then(|found| found.0.segments.last());
    last.is_some_and(|last| TRAITS.iter().any(|name| last.ident == name))
}

/// The companions that the trait asks for of a method that was refused: without them rustc would report each.
fn never_run(source: &Source, options: &Options) -> Option<Companions> {
    let block: syn::Block = syn::parse_quote!({ ::core::panic!() });
    let options = Options { allow_unused: true, ..options.clone() };
    companions(&Source { block: Some(&block), ..*source }, &options, &mut Diagnostics::new())
}

/// A reference that stands for a generic of a trait and is what a method takes: the trait's companions take a
/// value there.
fn reference_for_a_generic(block: &ItemImpl) -> Option<syn::Type> {
    let last = block.trait_.as_ref()?.0.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let taken = |ty: &syn::Type| {
        let signatures = block.items.iter().filter_map(|item| match item {
            ImplItem::Fn(method) => Some(&method.sig),
            _ => None,
        });
        let mut inputs = signatures.flat_map(|sig| &sig.inputs);
        inputs.any(|input| matches!(input, FnArg::Typed(typed) if *typed.ty == *ty))
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(ty @ syn::Type::Reference(_)) => Some(ty),
        _ => None,
    });
    types.into_iter().find(|ty| taken(ty)).cloned()
}

/// The options of a method in a block: its own attribute's, or the block's.
fn method_options(attrs: &[Attribute], options: &Options, diag: &mut Diagnostics) -> (Options, bool) {
    let Some(attr) = attrs.iter().find(|attr| strip::is_differentiable(attr)) else {
        return (options.clone(), false);
    };
    let args = match &attr.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        syn::Meta::Path(_) | syn::Meta::NameValue(_) => TokenStream::new(),
    };
    let mut own = Options::parse(args, diag);
    own.krate = options.krate.clone();
    (own, true)
}

/// A method of a block without our attributes.
fn stripped(method: &ImplItemFn) -> ImplItemFn {
    let mut written = method.clone();
    written.attrs.retain(|attr| !strip::is_differentiable(attr) && !strip::is_no_diff(attr));
    strip::parameters(&mut written.sig);
    written
}

/// The companions of a method. One that has nothing to differentiate and does not ask for it (a
/// constructor from integers, a method that returns a count) has those that callers need.
pub(super) fn method_companions(
    source: &Source,
    options: &Options,
    asked: bool,
    diag: &mut Diagnostics,
) -> Option<Companions> {
    if source.attrs.iter().any(strip::is_no_diff) {
        return None;
    }
    // A part that such a method names is one at its calls.
    if !asked && source.home == Home::Method && names_a_part(source.original, source.block) {
        return None;
    }
    let mut found = Diagnostics::new();
    let companions = companions(source, options, &mut found);
    // An enum without fields changes in steps, whatever is derived for it.
    let unused = message::unused_parameter("self");
    let stepwise = match &source.context.self_ty {
        Some(Type::Path(path)) => path.path.get_ident().is_some_and(|name| options.around.is_fieldless(name)),
        _ => false,
    };
    let nothing = |text: &String| text == message::NO_OUTPUT || text == message::NO_ACTIVE_PARAMETER;
    let messages = found.messages();
    if !asked && stepwise && !messages.is_empty() && messages.iter().all(|text| *text == unused) {
        // Its other parameters count.
        let options = Options { allow_unused: true, ..options.clone() };
        return super::companions(source, &options, diag);
    }
    if !asked && !messages.is_empty() && messages.iter().any(nothing) {
        return constant_companions(source, options);
    }
    diag.absorb(found);
    companions
}

/// What a caller passes active values to that have no derivative: `Matrix::zeros(self.rows)`,
/// `self.rows()`. Nobody asked for these, so what stands in their way is no error.
fn constant_companions(source: &Source, options: &Options) -> Option<Companions> {
    let returns = matches!(source.original.output, syn::ReturnType::Type(..));
    if source.home != Home::Method || !returns || source.original.inputs.is_empty() {
        return None;
    }
    let options = Options { constant: true, allow_unused: true, ..options.clone() };
    let companions = companions(source, &options, &mut Diagnostics::new())?;
    Some(Companions { wrappers: TokenStream::new(), ..companions })
}

/// The attribute on a trait: companions are methods of the trait.
pub fn trait_definition(mut block: ItemTrait, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    let context = Context {
        self_ty: None,
        generics: Some(block.generics.clone()),
        supertraits: Some(block.supertraits.clone()),
        of_trait: Some(block.ident.clone()),
    };
    let mut items = Vec::new();
    for item in std::mem::take(&mut block.items) {
        let TraitItem::Fn(method) = item else {
            items.push(item);
            continue;
        };
        let (options, own) = method_options(&method.attrs, options, diag);
        let mut written: TraitItemFn = method.clone();
        written.attrs.retain(|attr| !strip::is_differentiable(attr) && !strip::is_no_diff(attr));
        strip::parameters(&mut written.sig);
        let body = method.default.as_ref().map(|body| expanded(&method.sig, body, &options.around));
        let generated = for_each(&written.attrs, body.as_ref(), diag, &mut |configuration, diag| {
            let source = Source {
                attrs: &configuration.attrs,
                vis: &Visibility::Inherited,
                original: &method.sig,
                written: &written.sig,
                block: configuration.block.as_ref(),
                home: Home::Trait,
                context: &context,
            };
            let before = diag.len();
            let made = method_companions(&source, &options, own, diag);
            let refused = diag.len() > before;
            match made.or_else(|| if refused { never_run(&source, &options) } else { None }) {
                Some(companions) => siblings(&configuration.attrs, companions),
                None => TokenStream::new(),
            }
        });
        items.push(TraitItem::Fn(written.clone()));
        if !generated.is_empty() {
            items.push(TraitItem::Verbatim(generated));
        }
    }
    block.items = items;
    quote!(#block)
}
