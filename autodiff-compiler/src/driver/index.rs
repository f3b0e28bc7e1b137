//! `impl Index` and `impl IndexMut`: beside them stand the rules by which `m[(i, j)]` is read and
//! written like by a method. Where the body names a part of `self` by nothing but the index, the
//! type's tangents are indexed likewise.

use super::blocks::{self, method_companions};
use super::{Source, strip};
use crate::diagnostics::{Diagnostics, message};
use crate::emit::companions::{Home, allows, carried};
use crate::lower::Context;
use crate::options::Options;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{Expr, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Stmt, Type, Visibility};

/// Whether an `impl` is one of indices; if so, whether of those that change what they name.
pub fn index(block: &ItemImpl) -> Option<bool> {
    let name = &block.trait_.as_ref()?.0.segments.last()?.ident;
    match name.to_string().as_str() {
        "Index" => Some(false),
        "IndexMut" => Some(true),
        _ => None,
    }
}

/// The attribute on such an `impl`.
pub fn rule(block: &ItemImpl, mutable: bool, options: &Options, diag: &mut Diagnostics) -> TokenStream {
    let Some(method) = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    }) else {
        return TokenStream::new();
    };
    let Some(FnArg::Typed(index)) = method.sig.inputs.get(1) else { return TokenStream::new() };
    let projection = is_projection(method);
    // Those of `impl Index` serve both.
    let of_tangent = if projection { tangents(block, method, options) } else { None };
    let mut found = Diagnostics::new();
    let rule = match &*index.ty {
        Type::Reference(_) => None,
        _ => element(block, method, index, mutable, options, &mut found),
    };
    if rule.is_none() && !projection {
        if found.messages().is_empty() {
            found.error_at(&block.self_ty, message::INDEX);
        }
        diag.absorb(found);
    }
    quote!(#rule #of_tangent)
}

fn output(block: &ItemImpl) -> Option<&Type> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Type(output) => Some(&output.ty),
        _ => None,
    })
}

/// The rule of reading or writing one element.
fn element(
    block: &ItemImpl,
    method: &ImplItemFn,
    index: &syn::PatType,
    mutable: bool,
    options: &Options,
    diag: &mut Diagnostics,
) -> Option<TokenStream> {
    let krate = &options.krate;
    let (pat, ty, this) = (&index.pat, &index.ty, &block.self_ty);
    if matches!(output(block), Some(Type::Slice(_))) {
        return None;
    }
    let value = Ident::new("__value", Span::mixed_site());
    let mut body = method.block.clone();
    let original: syn::Signature = match output(block) {
        Some(output) => syn::parse_quote!(fn at(&self, #[no_diff] #pat: #ty) -> #output),
        None => syn::parse_quote! {
            fn put(&mut self, #[no_diff] #pat: #ty, #value: <#this as ::core::ops::Index<#ty>>::Output)
        },
    };
    tails_of(&mut body, &mut |tail| {
        let place: Expr = match &*tail {
            Expr::Reference(reference) => (*reference.expr).clone(),
            tail => syn::parse_quote!(*#tail),
        };
        *tail = if mutable { syn::parse_quote!({ #place = #value; }) } else { place };
    });
    let mut written = original.clone();
    strip::parameters(&mut written);
    let context = Context { self_ty: Some((**this).clone()), ..Context::of_block(block) };
    let source = Source {
        attrs: &method.attrs,
        vis: &Visibility::Inherited,
        original: &original,
        written: &written,
        block: Some(&body),
        home: Home::Element,
        context: &context,
    };
    let companions = method_companions(&source, options, true, diag)?;
    let (cores, second, allows) = (companions.cores, companions.second, allows());
    let mut generics = block.generics.clone();
    // An element is read by value, whatever the `impl` asks of it; those of `impl Index` are not written here.
    let read = output(block).map(|output| crate::names::mentions(output.to_token_stream()));
    let elements = block.generics.type_params().map(|param| &param.ident);
    let elements = elements.filter(|name| read.as_ref().is_none_or(|read| read.contains(&name.to_string())));
    let copied = elements.map(|name| quote!(#name: ::core::clone::Clone)).collect();
    blocks::ask(&mut generics, companions.asked);
    blocks::ask(&mut generics, copied);
    let (params, _, clause) = generics.split_for_impl();
    let cfgs: Vec<_> = carried(&block.attrs).collect();
    let (first, twice) =
        if mutable { (quote!(Put), quote!(PutSecond)) } else { (quote!(At), quote!(AtSecond)) };
    let output = output(block).map(|output| quote!(type Output = #output;));
    let second = (!second.is_empty()).then(|| {
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            #allows
            impl #params #krate::rt::index::#twice<#ty> for #this #clause { #second }
        }
    });
    Some(quote! {
        #(#cfgs)*
        #[automatically_derived]
        #allows
        impl #params #krate::rt::index::#first<#ty> for #this #clause { #output #cores }
        #second
    })
}

/// Indices of the tangents of the type, where the body makes sense for them: those that change what
/// they name too, since a tangent is added to.
fn tangents(block: &ItemImpl, method: &ImplItemFn, options: &Options) -> Option<TokenStream> {
    let (krate, this) = (&options.krate, &block.self_ty);
    let output = output(block).filter(|output| !matches!(output, Type::Slice(_)))?;
    let tangent = match block.generics.params.is_empty() {
        true => quote!(<#this as #krate::Differentiable>::Tangent),
        false => {
            let Type::Path(path) = &**this else { return None };
            let mut path = path.clone();
            let last = path.path.segments.last_mut()?;
            last.ident = quote::format_ident!("{}Tangent", last.ident);
            path.to_token_stream()
        }
    };
    let mut generics = block.generics.clone();
    for float in block.generics.type_params().map(|param| &param.ident) {
        generics.make_where_clause().predicates.push(syn::parse_quote!(#float: #krate::Scalar));
    }
    let (params, _, clause) = generics.split_for_impl();
    let (cfgs, allows) = (carried(&block.attrs).collect::<Vec<_>>(), allows());
    let FnArg::Typed(index) = method.sig.inputs.get(1)? else { return None };
    let (ty, body) = (&index.ty, &method.block);
    let mut changing = method.block.clone();
    tails_of(&mut changing, &mut |tail| {
        if let Expr::Reference(reference) = tail {
            let place = &reference.expr;
            *tail = syn::parse_quote!(&mut #place);
        }
    });
    Some(quote! {
        #(#cfgs)*
        #[automatically_derived]
        #allows
        impl #params ::core::ops::Index<#ty> for #tangent #clause {
            type Output = <#output as #krate::Differentiable>::Tangent;
            fn index(&self, #index) -> &Self::Output #body
        }
        #(#cfgs)*
        #[automatically_derived]
        #allows
        impl #params ::core::ops::IndexMut<#ty> for #tangent #clause {
            fn index_mut(&mut self, #index) -> &mut Self::Output #changing
        }
    })
}

/// Whether the body names a part of `self` by nothing but the index.
pub(crate) fn is_projection(method: &ImplItemFn) -> bool {
    let mut body = method.block.clone();
    let mut parts = true;
    tails_of(&mut body, &mut |tail| {
        parts &= is_part_of_self(tail);
        *tail = syn::parse_quote!(());
    });
    let mut rest = LooksAtSelf(false);
    rest.visit_block(&body);
    parts && !rest.0
}

/// `&self.x`, `&mut self.0[i]`
fn is_part_of_self(expr: &Expr) -> bool {
    fn is_place(expr: &Expr) -> bool {
        match expr {
            Expr::Field(field) => is_self(&field.base) || is_place(&field.base),
            Expr::Index(index) => {
                let mut looks = LooksAtSelf(false);
                looks.visit_expr(&index.index);
                is_place(&index.expr) && !looks.0
            }
            Expr::Paren(inner) => is_place(&inner.expr),
            _ => false,
        }
    }
    matches!(expr, Expr::Reference(reference) if is_place(&reference.expr))
}

fn is_self(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident("self"))
}

struct LooksAtSelf(bool);

impl Visit<'_> for LooksAtSelf {
    fn visit_ident(&mut self, ident: &Ident) {
        self.0 |= ident == "self" || ident == "Self";
    }

    fn visit_macro(&mut self, mac: &syn::Macro) {
        self.0 |= crate::names::mentions(mac.tokens.clone()).contains("self");
        visit::visit_macro(self, mac);
    }
}

/// Visits the expressions whose value a block gives.
fn tails_of(block: &mut syn::Block, visit: &mut dyn FnMut(&mut Expr)) {
    if let Some(Stmt::Expr(tail, None)) = block.stmts.last_mut() {
        tails(tail, visit);
    }
}

fn tails(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    match expr {
        Expr::Block(inner) if inner.label.is_none() => tails_of(&mut inner.block, visit),
        Expr::Paren(inner) => tails(&mut inner.expr, visit),
        Expr::If(inner) => {
            tails_of(&mut inner.then_branch, visit);
            if let Some((_, els)) = &mut inner.else_branch {
                tails(els, visit);
            }
        }
        Expr::Match(inner) => inner.arms.iter_mut().for_each(|arm| tails(&mut arm.body, visit)),
        Expr::Macro(_) => {}
        tail => visit(tail),
    }
}
