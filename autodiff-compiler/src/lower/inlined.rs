//! Functions marked `#[differentiable(inline)]`: they have no companions, their bodies are differentiated where they
//! are called. So they may take functions, which stand at the call.
//!
//! A body gets those that it calls as functions nested in it, and these are inlined like closures.

use super::Lowerer;
use super::bounds::traits_asked;
use super::closure::Closure;
use super::items;
use super::scope::Operand;
use super::stmt::unparen;
use super::types::{self, names_fn};
use crate::diagnostics::{Diagnostics, message};
use crate::ir::Ty;
use crate::names::{self, mentions, respan};
use crate::surroundings::Around;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use syn::visit::{self, Visit};
use syn::{Block, FnArg, GenericParam, Generics, Item, ItemFn, Stmt, Type};

/// Stands on a function that was brought in: its text stands elsewhere.
const BROUGHT_IN: &str = "__ad_brought_in";

/// The body with the functions marked to be inlined that it calls, and those that these call, callees first.
pub(super) fn brought_in(body: &Block, around: &Around, diag: &mut Diagnostics) -> Block {
    let mut called = Called::default();
    called.visit_block(body);
    let mut bringing =
        Bringing { around, diag, own: items::defined_in(body), within: Vec::new(), brought: Vec::new() };
    called.names.iter().for_each(|name| bringing.bring(name));
    let mut body = body.clone();
    body.stmts.splice(0..0, bringing.brought.into_iter().map(|item| Stmt::Item(Item::Fn(item))));
    body
}

struct Bringing<'a> {
    around: &'a Around,
    diag: &'a mut Diagnostics,
    /// The items that the body defines.
    own: BTreeSet<String>,
    /// Those that are being brought in.
    within: Vec<Ident>,
    brought: Vec<ItemFn>,
}

impl Bringing<'_> {
    fn bring(&mut self, name: &Ident) {
        if self.own.contains(&name.to_string()) || self.brought.iter().any(|item| item.sig.ident == *name) {
            return;
        }
        let Some(mut item) = self.around.inlined(name) else {
            if self.around.inlined_elsewhere(name).is_some() {
                self.diag.error(name.span(), message::INLINED_ELSEWHERE);
            }
            return;
        };
        if self.within.contains(name) {
            self.diag.error(name.span(), message::RECURSIVE_INLINED);
            return;
        }
        // What it looks up would be found in the body instead.
        if names::looked_up(item.block.to_token_stream()).iter().any(|name| self.own.contains(name)) {
            self.diag.error(name.span(), message::INLINED_HIDDEN);
            return;
        }
        let marker = Ident::new(BROUGHT_IN, name.span());
        item.attrs = vec![syn::parse_quote!(#[#marker])];
        // Errors in it are reported where it is called.
        if let Ok(at_call) = syn::parse2(respan(item.to_token_stream(), name.span())) {
            item = at_call;
        }
        let mut called = Called::default();
        called.visit_block(&item.block);
        self.within.push(name.clone());
        called.names.iter().for_each(|name| self.bring(name));
        self.within.pop();
        self.brought.push(item);
    }
}

/// Whether an item was brought in.
pub(super) fn is_brought_in(item: &Item) -> bool {
    matches!(item, Item::Fn(item) if item.attrs.iter().any(|attr| attr.path().is_ident(BROUGHT_IN)))
}

/// What is called by a name alone, or passed on by it.
#[derive(Default)]
struct Called {
    names: Vec<Ident>,
}

impl<'ast> Visit<'ast> for Called {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let (None, 1) = (&path.qself, path.path.segments.len()) {
            self.names.push(path.path.segments[0].ident.clone());
        }
        visit::visit_expr_path(self, path);
    }
}

/// What the parameters of a nested function are, beside their patterns.
#[derive(Clone, Default)]
pub(super) struct Generic {
    /// Which parameters take a function.
    pub functions: Vec<bool>,
    /// The generic parameters that stand for types and lengths.
    pub names: Vec<Ident>,
    /// All of them that a call may write down, in their order.
    written: Vec<Ident>,
    /// What a call writes down: `f::<f64>(x)`.
    told: BTreeMap<String, TokenStream>,
    /// The trait that has the associated functions of such a type, where one is asked for beside the usual ones.
    pub traits: BTreeMap<String, syn::Path>,
}

/// Traits of which generic code uses operators and methods alone.
const USUAL: [&str; 24] = [
    "Copy",
    "Clone",
    "Debug",
    "Display",
    "PartialEq",
    "PartialOrd",
    "Eq",
    "Ord",
    "Default",
    "Send",
    "Sync",
    "Sized",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Neg",
    "Rem",
    "AddAssign",
    "SubAssign",
    "MulAssign",
    "DivAssign",
    "Sum",
    "Product",
];

impl Generic {
    pub(super) fn of(sig: &syn::Signature) -> Generic {
        let functions = function_parameters(&sig.generics);
        let names = sig.generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.clone()),
            GenericParam::Const(param) => Some(param.ident.clone()),
            GenericParam::Lifetime(_) => None,
        });
        let mut asked: BTreeMap<String, Vec<syn::Path>> = BTreeMap::new();
        for (name, bound) in traits_asked(&sig.generics) {
            let last = bound.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            if !USUAL.contains(&last.as_str()) {
                asked.entry(name.to_string()).or_default().push(bound.clone());
            }
        }
        let only = |(name, paths): (String, Vec<syn::Path>)| match <[syn::Path; 1]>::try_from(paths) {
            Ok([path]) => Some((name, path)),
            Err(_) => None,
        };
        Generic {
            traits: asked.into_iter().filter_map(only).collect(),
            functions: sig
                .inputs
                .iter()
                .map(|input| matches!(input, FnArg::Typed(typed) if takes_function(&typed.ty, &functions)))
                .collect(),
            names: names.clone().filter(|name| !functions.contains(name)).collect(),
            written: names.collect(),
            told: BTreeMap::new(),
        }
    }
}

/// The generic parameters that stand for functions.
fn function_parameters(generics: &Generics) -> Vec<Ident> {
    let is_one = |bound: &syn::Path| {
        bound
            .segments
            .last()
            .is_some_and(|last| ["Fn", "FnMut", "FnOnce"].iter().any(|name| last.ident == name))
    };
    traits_asked(generics)
        .into_iter()
        .filter(|(_, bound)| is_one(bound))
        .map(|(name, _)| name.clone())
        .collect()
}

fn takes_function(ty: &Type, functions: &[Ident]) -> bool {
    match ty {
        Type::FnPtr(_) => true,
        Type::Paren(inner) => takes_function(&inner.elem, functions),
        Type::Group(inner) => takes_function(&inner.elem, functions),
        Type::Reference(inner) => takes_function(&inner.elem, functions),
        Type::ImplTrait(inner) => names_fn(inner.bounds.iter()),
        Type::TraitObject(inner) => names_fn(inner.bounds.iter()),
        Type::Path(path) => {
            path.path.get_ident().is_some_and(|name| functions.contains(name))
                || super::function_values::is_function(ty)
        }
        _ => false,
    }
}

impl Lowerer<'_> {
    /// The nested function that a call names by `f::<f64>`, with what is written there.
    pub(super) fn told_generics(&self, path: &syn::ExprPath) -> Option<Rc<Closure>> {
        let (None, [only]) = (&path.qself, &path.path.segments.iter().collect::<Vec<_>>()[..]) else {
            return None;
        };
        let syn::PathArguments::AngleBracketed(written) = &only.arguments else { return None };
        let Some(Operand::Closure(closure)) = self.scopes.local(&only.ident.to_string()) else { return None };
        let mut told = closure.with(closure.params.clone(), closure.body.clone(), closure.output.clone());
        told.generic.names.clone_from(&closure.generic.names);
        let args = written.args.iter().filter(|arg| !matches!(arg, syn::GenericArgument::Lifetime(_)));
        for (name, arg) in closure.generic.written.iter().zip(args) {
            if !matches!(arg, syn::GenericArgument::Type(Type::Infer(_))) {
                told.generic.told.insert(name.to_string(), arg.to_token_stream());
            }
        }
        Some(Rc::new(told))
    }

    /// The arguments of a closure, or of a nested function, which may take functions.
    pub(super) fn closure_arguments(&mut self, closure: &Closure, args: &[&syn::Expr]) -> Vec<Operand> {
        self.sequence(args.len(), &mut |this, k| match closure.generic.functions.get(k) {
            Some(true) => this.function_argument(args[k]),
            _ => this.operand(args[k], &Ty::Unknown),
        })
    }

    pub(super) fn function_argument(&mut self, arg: &syn::Expr) -> Operand {
        let bare = match unparen(arg) {
            syn::Expr::Reference(reference) => unparen(&reference.expr),
            bare => bare,
        };
        if let syn::Expr::Path(path) = bare {
            let local =
                path.path.get_ident().is_some_and(|name| self.scopes.local(&name.to_string()).is_some());
            return match local {
                true => self.operand(bare, &Ty::Unknown),
                false => Operand::Closure(Rc::new(Closure::of_path(self, bare))),
            };
        }
        if let syn::Expr::Closure(_) = bare {
            return self.operand(bare, &Ty::Unknown);
        }
        match self.chosen_function(bare, true) {
            Some(chosen) => chosen,
            None => self.operand(arg, &Ty::Unknown),
        }
    }

    /// A generic function as it is for the arguments at hand; `None` where they do not tell its types.
    pub(super) fn for_arguments(&self, closure: &Closure, args: &[Operand]) -> Option<Closure> {
        let mut answers = closure.generic.told.clone();
        for (pat, arg) in closure.params.iter().zip(args) {
            if let syn::Pat::Type(typed) = pat {
                answer(&typed.ty, &self.operand_ty(arg), &closure.generic.names, &mut answers);
            }
        }
        let unknown = |tokens: TokenStream| {
            let mentioned = mentions(tokens);
            let mut names = closure.generic.names.iter().map(ToString::to_string);
            names.any(|name| !answers.contains_key(&name) && mentioned.contains(&name))
        };
        if unknown(closure.body.to_token_stream()) {
            return None;
        }
        let replaced = |tokens: TokenStream| replaced(tokens, &answers, &closure.generic.traits);
        let typed = |ty: &Type| match unknown(ty.to_token_stream()) {
            true => None,
            false => syn::parse2::<Type>(replaced(ty.to_token_stream())).ok(),
        };
        let params = closure.params.iter().map(|pat| match pat {
            syn::Pat::Type(of) => match typed(&of.ty) {
                Some(ty) => syn::Pat::Type(syn::PatType { ty: Box::new(ty), ..of.clone() }),
                None => (*of.pat).clone(),
            },
            pat => pat.clone(),
        });
        let output = closure.output.as_ref().and_then(typed);
        let body = syn::parse2(replaced(closure.body.to_token_stream())).ok()?;
        Some(closure.with(params.collect(), body, output))
    }
}

/// What generic parameters are where a parameter of a type gets a value of another.
fn answer(ty: &Type, is: &Ty, names: &[Ident], answers: &mut BTreeMap<String, TokenStream>) {
    match (ty, is) {
        (Type::Paren(inner), _) => answer(&inner.elem, is, names, answers),
        (Type::Group(inner), _) => answer(&inner.elem, is, names, answers),
        (Type::Reference(inner), _) => answer(&inner.elem, is, names, answers),
        (Type::Slice(inner), Ty::Slice(item) | Ty::Vec(item) | Ty::Array(item, _)) => {
            answer(&inner.elem, item, names, answers);
        }
        (Type::Array(inner), Ty::Array(item, len)) => {
            answer(&inner.elem, item, names, answers);
            if let syn::Expr::Path(path) = &inner.len
                && let Some(name) = path.path.get_ident().filter(|name| names.contains(name))
            {
                // One token stands in every place that a name can stand in.
                let single = len.clone().into_iter().count() == 1;
                let len = if single { len.clone() } else { quote!((#len)) };
                answers.entry(name.to_string()).or_insert(len);
            }
        }
        (Type::Tuple(inner), Ty::Tuple(items)) => {
            for (ty, item) in inner.elems.iter().zip(items) {
                answer(ty, item, names, answers);
            }
        }
        (Type::Path(path), _) => match path.path.get_ident() {
            Some(name) if names.contains(name) => {
                let written = match is {
                    Ty::Float => Some(quote!(f64)),
                    Ty::Int(Some(name)) => Some(name.to_token_stream()),
                    Ty::Bool => Some(quote!(bool)),
                    is => types::written(is),
                };
                if let Some(written) = written {
                    answers.entry(name.to_string()).or_insert(written);
                }
            }
            Some(_) => {}
            None => {
                let last = path.path.segments.last();
                if let (Some(last), Ty::Vec(item) | Ty::Option(item)) = (last, is)
                    && let Some(first) = types::first_type(&last.arguments)
                {
                    answer(first, item, names, answers);
                }
            }
        },
        _ => {}
    }
}

/// Text with what generic parameters stand for in their place; what such a type has of a trait is asked of that.
fn replaced(
    tokens: TokenStream,
    answers: &BTreeMap<String, TokenStream>,
    traits: &BTreeMap<String, syn::Path>,
) -> TokenStream {
    let mut dots = 0;
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        // `x.N` is a field, `0..N` a range.
        let is_part = dots == 1;
        dots = match &token {
            TokenTree::Punct(punct) if punct.as_char() == '.' => dots + 1,
            _ => 0,
        };
        match token {
            TokenTree::Ident(name) => match answers.get(&name.to_string()).filter(|_| !is_part) {
                Some(answer) => {
                    let owner = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':'
                        && next.spacing() == proc_macro2::Spacing::Joint);
                    let answer = match traits.get(&name.to_string()) {
                        Some(of) if owner => quote!(<#answer as #of>),
                        None if owner && answer.clone().into_iter().count() > 1 => quote!(<#answer>),
                        _ => answer.clone(),
                    };
                    out.extend(respan(answer, name.span()));
                }
                None => out.extend([TokenTree::Ident(name)]),
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replaced(group.stream(), answers, traits));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            token => out.extend([token]),
        }
    }
    out
}
