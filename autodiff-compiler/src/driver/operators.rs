//! The `impl` of an operator or of a conversion: beside it stands the rule that makes `a + b` or
//! `x.into()` differentiable.

use super::blocks::{self, method_companions};
use super::strip;
use super::{Source, associated};
use crate::diagnostics::{Diagnostics, message};
use crate::emit::companions::{Home, NameLifetime, allows, carried};
use crate::lower::Context;
use crate::lower::first_type;
use crate::options::Options;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::BTreeSet;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, Type, Visibility};

/// The operator, or the conversion, whose trait an `impl` implements.
pub fn operator(block: &ItemImpl) -> Option<(Ident, usize)> {
    let name = &block.trait_.as_ref()?.0.segments.last()?.ident;
    match name.to_string().as_str() {
        "Add" | "Sub" | "Mul" | "Div" => Some((name.clone(), 2)),
        "AddAssign" | "SubAssign" | "MulAssign" | "DivAssign" => Some((name.clone(), 2)),
        "Neg" | "From" => Some((name.clone(), 1)),
        _ => None,
    }
}

/// `impl Into<Y> for X` as the `impl From<X> for Y` that makes the same of the same.
pub fn as_from(block: &ItemImpl) -> Option<ItemImpl> {
    let last = block.trait_.as_ref()?.0.segments.last().filter(|last| last.ident == "Into")?;
    let (source, target) = (&block.self_ty, first_type(&last.arguments)?);
    let method = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == "into" => Some(method),
        _ => None,
    })?;
    let named = |tokens: TokenStream| {
        let this = Ident::new("__self", Span::call_site());
        let mut named = Named { this, source };
        syn::parse2::<syn::Block>(tokens).ok().map(|mut block| {
            named.visit_block_mut(&mut block);
            block
        })
    };
    let (body, attrs) = (named(method.block.to_token_stream())?, &method.attrs);
    let mutable = method.sig.receiver().and_then(|this| this.mutability);
    let (cfgs, (params, _, clause)) = (carried(&block.attrs), block.generics.split_for_impl());
    syn::parse2(quote! {
        #(#cfgs)*
        impl #params From<#source> for #target #clause {
            #(#attrs)*
            fn from(#mutable __self: #source) -> #target #body
        }
    })
    .ok()
}

/// `self` by another name, and `Self` spelled out.
struct Named<'t> {
    this: Ident,
    source: &'t Type,
}

impl VisitMut for Named<'_> {
    fn visit_ident_mut(&mut self, name: &mut Ident) {
        if name == "self" {
            *name = Ident::new(&self.this.to_string(), name.span());
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.path.is_ident("Self") => *ty = self.source.clone(),
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        fn renamed(tokens: TokenStream, this: &Ident) -> TokenStream {
            let tokens = tokens.into_iter().map(|token| match token {
                TokenTree::Ident(name) if name == "self" => Ident::new(&this.to_string(), name.span()).into(),
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), renamed(group.stream(), this));
                    inner.set_span(group.span());
                    inner.into()
                }
                token => token,
            });
            tokens.collect()
        }
        mac.tokens = renamed(mac.tokens.clone(), &self.this);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// The attribute on the `impl` of an operator or a conversion.
pub fn rule(
    block: &ItemImpl,
    (name, arity): (Ident, usize),
    options: &Options,
    diag: &mut Diagnostics,
) -> TokenStream {
    let krate = &options.krate;
    let conversion = name == "From";
    let mut block = block.clone();
    let assigning = name.to_string().ends_with("Assign");
    if assigning && !gives_itself(&mut block) {
        return TokenStream::new();
    }
    let left = !conversion && by_reference_left(&mut block);
    let given = output_of(&block).cloned();
    let Some(method) = method_of(&mut block) else { return TokenStream::new() };
    // `Self::Output` means nothing in the `impl` of another trait.
    if let Some(given) = given.filter(|_| !conversion) {
        method.sig.output = syn::parse_quote!(-> #given);
    }
    let operand = method.sig.inputs.get_mut(arity - 1).filter(|_| conversion || arity == 2);
    let right = match operand {
        Some(FnArg::Typed(typed)) => match &mut *typed.ty {
            Type::Reference(reference) if reference.mutability.is_some() => {
                diag.error_at(&*typed.ty, message::MUTABLE_OPERAND);
                return TokenStream::new();
            }
            Type::Reference(reference) => {
                // The rule holds for every lifetime.
                reference.lifetime = None;
                true
            }
            _ => false,
        },
        _ => false,
    };
    if left || right {
        forget_lifetimes(&mut block);
    }
    let mut lifetimes = NameLifetime::default();
    lifetimes.visit_type_mut(&mut block.self_ty);
    if !conversion && !left && !right {
        if let Some((path, _)) = &mut block.trait_ {
            lifetimes.visit_path_mut(path);
        }
        if let Some(method) = method_of(&mut block) {
            method.sig.inputs.iter_mut().for_each(|input| lifetimes.visit_fn_arg_mut(input));
        }
    }
    if lifetimes.named {
        block.generics.params.insert(0, syn::parse_quote!('ad));
    }
    let context = Context::of_block(&block);
    let Some(method) = method_of(&mut block).cloned() else { return TokenStream::new() };
    let (_, body) = associated::spelled_out(&block, &method.sig, &method.block);
    let mut written = method.sig.clone();
    strip::parameters(&mut written);
    let source = Source {
        attrs: &method.attrs,
        vis: &Visibility::Inherited,
        original: &method.sig,
        written: &written,
        block: Some(&body),
        home: if conversion { Home::Conversion } else { Home::Operator },
        context: &context,
    };
    // A conversion of integers or strings has nothing to differentiate.
    let Some(companions) = method_companions(&source, options, !conversion, diag) else {
        return TokenStream::new();
    };
    let (cores, second, allows) = (companions.cores, companions.second, allows());
    let mut generics = block.generics.clone();
    blocks::ask(&mut generics, companions.asked);
    let (params, _, clause) = generics.split_for_impl();
    let (this, cfgs) = (&block.self_ty, carried(&block.attrs).collect::<Vec<_>>());
    let operand = match method.sig.inputs.get(arity - 1) {
        Some(FnArg::Typed(typed)) => match &*typed.ty {
            Type::Reference(reference) if right => {
                let referent = &reference.elem;
                quote!(#referent)
            }
            ty => quote!(#ty),
        },
        _ => TokenStream::new(),
    };
    let implementation = |rule: TokenStream, output: Option<TokenStream>, body: TokenStream| {
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            #allows
            impl #params #krate::rt::#rule for #this #clause {
                #output
                #body
            }
        }
    };
    if conversion {
        let (first, twice) = match right {
            true => (quote!(RefConversion), quote!(RefConversionSecond)),
            false => (quote!(Conversion), quote!(ConversionSecond)),
        };
        let rule = implementation(quote!(convert::#first<#operand>), None, cores);
        let second =
            (!second.is_empty()).then(|| implementation(quote!(convert::#twice<#operand>), None, second));
        return quote!(#rule #second);
    }
    let (first, twice) = match (arity, left, right) {
        (2, false, false) => (quote!(Binary), quote!(BinarySecond)),
        (2, true, true) => (quote!(BothShared), quote!(BothSharedSecond)),
        (2, true, false) => (quote!(LeftShared), quote!(LeftSharedSecond)),
        (2, false, true) => (quote!(RightShared), quote!(RightSharedSecond)),
        (_, true, _) => (quote!(UnaryShared), quote!(UnarySharedSecond)),
        (_, false, _) => (quote!(Unary), quote!(UnarySecond)),
    };
    let operand = (arity == 2).then(|| quote!(, #operand));
    let output = match output_of(&block).filter(|_| left || right) {
        Some(output) => quote!(type Given = #output;),
        None if assigning => quote!(type Given = #this;),
        None => {
            let trait_ = &block.trait_.as_ref().expect("an operator is a trait's").0;
            quote!(type Given = <#this as #trait_>::Output;)
        }
    };
    let rule = implementation(quote!(ops::#first<#krate::rt::ops::#name #operand>), Some(output), cores);
    let second = (!second.is_empty())
        .then(|| implementation(quote!(ops::#twice<#krate::rt::ops::#name #operand>), None, second));
    quote!(#rule #second)
}

/// What an operator gives, as its `impl` says it.
fn output_of(block: &ItemImpl) -> Option<&Type> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Type(output) if output.ident == "Output" => Some(&output.ty),
        _ => None,
    })
}

/// Makes `fn add_assign(&mut self, b: B)` one that takes `self` and gives what becomes of it; whether it could.
fn gives_itself(block: &mut ItemImpl) -> bool {
    if !matches!(&*block.self_ty, Type::Path(_)) {
        return false;
    }
    let Some(method) = method_of(block) else { return false };
    let Some(receiver @ FnArg::Receiver(_)) = method.sig.inputs.first_mut() else { return false };
    *receiver = syn::parse_quote!(mut self);
    method.sig.output = syn::parse_quote!(-> Self);
    ReturnSelf.visit_block_mut(&mut method.block);
    let body = &method.block;
    method.block = syn::parse_quote!({ #body self });
    true
}

/// `return` becomes `return self`, and `*self`, which is a value now, `self`.
struct ReturnSelf;

impl VisitMut for ReturnSelf {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        if let syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr: inner, .. }) = expr
            && matches!(&**inner, syn::Expr::Path(path) if path.path.is_ident("self"))
        {
            *expr = (**inner).clone();
        }
        syn::visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_expr_return_mut(&mut self, inner: &mut syn::ExprReturn) {
        inner.expr = Some(Box::new(syn::parse_quote!(self)));
    }

    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn method_of(block: &mut ItemImpl) -> Option<&mut ImplItemFn> {
    block.items.iter_mut().find_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}

/// Makes `impl Mul<X> for &M` an `impl` of `M` whose method takes `&self`; whether it was one.
fn by_reference_left(block: &mut ItemImpl) -> bool {
    let Type::Reference(reference) = &*block.self_ty else { return false };
    if reference.mutability.is_some() {
        return false;
    }
    let mut itself = reference.clone();
    itself.lifetime = None;
    let referent = reference.elem.clone();
    let mut spelled = SpellSelf(Type::Reference(itself));
    for item in &mut block.items {
        match item {
            ImplItem::Fn(method) => {
                spelled.visit_signature_mut(&mut method.sig);
                spelled.visit_block_mut(&mut method.block);
                if let Some(receiver @ FnArg::Receiver(_)) = method.sig.inputs.first_mut() {
                    *receiver = syn::parse_quote!(&self);
                }
            }
            ImplItem::Type(output) => spelled.visit_type_mut(&mut output.ty),
            _ => {}
        }
    }
    block.self_ty = referent;
    true
}

/// Spells out what `Self` was before the `impl` became one of another type.
struct SpellSelf(Type);

impl VisitMut for SpellSelf {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self") => *ty = self.0.clone(),
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// The lifetimes that are mentioned.
struct Lifetimes(BTreeSet<syn::Lifetime>);

impl Visit<'_> for Lifetimes {
    fn visit_lifetime(&mut self, lifetime: &syn::Lifetime) {
        self.0.insert(lifetime.clone());
    }
}

/// Leaves out the lifetimes of the `impl` that belonged to references only.
fn forget_lifetimes(block: &mut ItemImpl) {
    let mut used = Lifetimes(BTreeSet::new());
    used.visit_type(&block.self_ty);
    block.items.iter().for_each(|item| used.visit_impl_item(item));
    block.generics.where_clause.iter().for_each(|clause| used.visit_where_clause(clause));
    block.generics.params = std::mem::take(&mut block.generics.params)
        .into_iter()
        .filter(|param| match param {
            syn::GenericParam::Lifetime(param) => used.0.contains(&param.lifetime),
            syn::GenericParam::Type(_) | syn::GenericParam::Const(_) => true,
        })
        .collect();
}
