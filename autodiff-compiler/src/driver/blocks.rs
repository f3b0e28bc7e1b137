//! Methods, `impl` blocks and traits: companions stand beside the methods.

use super::configurations::for_each;
use super::{Companions, Source, companions, strip};
use crate::diagnostics::{Diagnostics, message};
use crate::emit::companions::{Home, NameLifetime, allows, carried};
use crate::lower::Context;
use crate::names::mentions;
use crate::options::Options;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, FnArg, Ident, ImplItem, ImplItemFn, ItemFn, ItemImpl, ItemTrait, Signature, TraitItem,
    TraitItemFn, Visibility,
};

/// Whether a function that the attribute stands on is a method or an associated function: by
/// its receiver, or because it mentions `Self`.
pub fn is_method(sig: &Signature, block: Option<&syn::Block>) -> bool {
    matches!(sig.inputs.first(), Some(FnArg::Receiver(_))) || mentions(quote!(#sig #block)).contains("Self")
}

/// The attribute on one method of an `impl` block: its siblings.
pub fn lone_method(mut written: ItemFn, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    let original = written.clone();
    strip::parameters(&mut written.sig);
    let siblings = for_each(&written.attrs, Some(&original.block), diag, &mut |configuration, diag| {
        let source = Source {
            attrs: &configuration.attrs,
            vis: &written.vis,
            original: &original.sig,
            written: &written.sig,
            block: configuration.block.as_ref(),
            home: Home::Method,
            context: &Context::default(),
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

/// The operator, or the conversion, whose trait an `impl` implements.
fn operator(block: &ItemImpl) -> Option<(Ident, usize)> {
    let name = &block.trait_.as_ref()?.0.segments.last()?.ident;
    match name.to_string().as_str() {
        "Add" | "Sub" | "Mul" | "Div" => Some((name.clone(), 2)),
        "AddAssign" | "SubAssign" | "MulAssign" | "DivAssign" => Some((name.clone(), 2)),
        "Neg" | "From" => Some((name.clone(), 1)),
        _ => None,
    }
}

/// The attribute on the `impl` of an operator: beside it stands the rule that makes `a + b`
/// differentiable.
fn operator_rule(
    block: &ItemImpl,
    (name, arity): (Ident, usize),
    options: &Options,
    diag: &mut Diagnostics,
) -> TokenStream {
    let krate = &options.krate;
    let mut block = block.clone();
    if name == "From" {
        // The rule holds for every lifetime.
        let inputs = block.items.iter_mut().filter_map(|item| match item {
            ImplItem::Fn(method) => method.sig.inputs.first_mut(),
            _ => None,
        });
        for input in inputs {
            if let FnArg::Typed(typed) = input
                && let syn::Type::Reference(reference) = &mut *typed.ty
            {
                reference.lifetime = None;
                let (this, clause) = (&block.self_ty, &block.generics.where_clause);
                let used = quote!(#this #clause).to_string();
                block.generics.params = std::mem::take(&mut block.generics.params)
                    .into_iter()
                    .filter(|param| match param {
                        syn::GenericParam::Lifetime(param) => used.contains(&param.lifetime.to_string()),
                        syn::GenericParam::Type(_) | syn::GenericParam::Const(_) => true,
                    })
                    .collect();
            }
        }
    }
    let mut lifetimes = NameLifetime::default();
    lifetimes.visit_type_mut(&mut block.self_ty);
    if let Some((path, _)) = &mut block.trait_
        && name != "From"
    {
        lifetimes.visit_path_mut(path);
    }
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item
            && name != "From"
        {
            method.sig.inputs.iter_mut().for_each(|input| lifetimes.visit_fn_arg_mut(input));
        }
    }
    if lifetimes.named {
        block.generics.params.insert(0, syn::parse_quote!('ad));
    }
    let context = Context { self_ty: Some((*block.self_ty).clone()), generics: Some(block.generics.clone()) };
    let Some(method) = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    }) else {
        return TokenStream::new();
    };
    // Operands that are references are passed on like values: their places outlive the operator.
    let mut original = method.sig.clone();
    for input in &mut original.inputs {
        if let FnArg::Typed(typed) = input
            && let syn::Type::Reference(_) = &*typed.ty
            && name != "From"
        {
            let ty = &typed.ty;
            *typed.ty = syn::parse_quote!(#krate::rt::ops::Same<#ty>);
        }
    }
    let mut written = original.clone();
    strip::parameters(&mut written);
    let source = Source {
        attrs: &method.attrs,
        vis: &Visibility::Inherited,
        original: &original,
        written: &written,
        block: Some(&method.block),
        home: if name == "From" { Home::Conversion } else { Home::Operator },
        context: &context,
    };
    // A conversion of integers or strings has nothing to differentiate.
    let Some(companions) = method_companions(&source, options, name != "From", diag) else {
        return TokenStream::new();
    };
    let (cores, second) = (companions.cores, companions.second);
    let (floats, allows) = (companions.floats, allows());
    let mut generics = block.generics.clone();
    for float in floats {
        generics.make_where_clause().predicates.push(syn::parse_quote!(#float: #krate::Scalar));
    }
    let (params, _, clause) = generics.split_for_impl();
    let (this, cfgs) = (&block.self_ty, carried(&block.attrs).collect::<Vec<_>>());
    let trait_ = &block.trait_.as_ref().expect("an operator or a conversion is a trait's").0;
    let conversion = name == "From";
    let (rule, second_rule) = match (arity, method.sig.inputs.first(), method.sig.inputs.get(1)) {
        (_, Some(FnArg::Typed(typed)), _) if conversion => match &*typed.ty {
            syn::Type::Reference(source) => {
                let source = &source.elem;
                (quote!(convert::RefConversion<#source>), quote!(convert::RefConversionSecond<#source>))
            }
            _ => {
                let arguments = trait_.segments.last().map(|last| &last.arguments);
                (quote!(convert::Conversion #arguments), quote!(convert::ConversionSecond #arguments))
            }
        },
        (2, _, Some(FnArg::Typed(rhs))) => {
            let rhs = &rhs.ty;
            let arguments = quote!(<#krate::rt::ops::#name, #rhs>);
            (quote!(ops::Binary #arguments), quote!(ops::BinarySecond #arguments))
        }
        _ => {
            let arguments = quote!(<#krate::rt::ops::#name>);
            (quote!(ops::Unary #arguments), quote!(ops::UnarySecond #arguments))
        }
    };
    let second = (!second.is_empty()).then(|| {
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            #allows
            impl #params #krate::rt::#second_rule for #this #clause {
                #second
            }
        }
    });
    let output = (!conversion).then(|| quote!(type Output = <#this as #trait_>::Output;));
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        #allows
        impl #params #krate::rt::#rule for #this #clause {
            #output
            #cores
        }
        #second
    }
}

/// The attribute on an `impl` block: every method that has a derivative.
pub fn implementation(mut block: ItemImpl, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    if let Some((name, arity)) = operator(&block) {
        // `a += b` is `a = a + b`: the rule of the one serves the other.
        let assigns = name.to_string().ends_with("Assign");
        let rule =
            if assigns { TokenStream::new() } else { operator_rule(&block, (name, arity), options, diag) };
        for item in &mut block.items {
            if let ImplItem::Fn(method) = item {
                *method = stripped(method);
            }
        }
        return quote!(#block #rule);
    }
    let context = Context { self_ty: Some((*block.self_ty).clone()), generics: Some(block.generics.clone()) };
    let home = if block.trait_.is_some() { Home::TraitImpl } else { Home::Method };
    let mut items = Vec::new();
    let mut floats = Vec::new();
    for item in std::mem::take(&mut block.items) {
        let ImplItem::Fn(method) = item else {
            items.push(item);
            continue;
        };
        let (options, own) = method_options(&method.attrs, options, diag);
        let written = stripped(&method);
        let mut known = false;
        let generated = for_each(&written.attrs, Some(&method.block), diag, &mut |configuration, diag| {
            let source = Source {
                attrs: &configuration.attrs,
                vis: &written.vis,
                original: &method.sig,
                written: &written.sig,
                block: configuration.block.as_ref(),
                home,
                context: &context,
            };
            let Some(companions) = method_companions(&source, &options, own, diag) else {
                return TokenStream::new();
            };
            known = true;
            floats.extend(companions.floats.clone());
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
    if home == Home::TraitImpl {
        // The methods of the `impl` of a trait cannot ask for more than the trait does.
        for float in block.generics.type_params().map(|param| param.ident.clone()).collect::<Vec<_>>() {
            if floats.contains(&float) {
                let krate = &options.krate;
                block.generics.make_where_clause().predicates.push(syn::parse_quote!(#float: #krate::Scalar));
            }
        }
    }
    quote!(#block)
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
fn method_companions(
    source: &Source,
    options: &Options,
    asked: bool,
    diag: &mut Diagnostics,
) -> Option<Companions> {
    if source.attrs.iter().any(strip::is_no_diff) {
        return None;
    }
    let mut found = Diagnostics::new();
    let companions = companions(source, options, &mut found);
    let nothing = |text: &String| text == message::NO_OUTPUT || text == message::NO_ACTIVE_PARAMETER;
    let messages = found.messages();
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
    let context = Context { self_ty: None, generics: Some(block.generics.clone()) };
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
        let generated =
            for_each(&written.attrs, method.default.as_ref(), diag, &mut |configuration, diag| {
                let source = Source {
                    attrs: &configuration.attrs,
                    vis: &Visibility::Inherited,
                    original: &method.sig,
                    written: &written.sig,
                    block: configuration.block.as_ref(),
                    home: Home::Trait,
                    context: &context,
                };
                match method_companions(&source, &options, own, diag) {
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
