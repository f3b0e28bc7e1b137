//! What is known of a function that derivatives have inlined: its parameters, its body, and what that calls.

use super::choosing::is_choice;
use super::inlinable::{Check, is_part, is_part_found};
use super::inlined::Generic;
use super::signatures::{Receiver, is_plain, renamed};
use super::stmt::unparen;
use super::types::INTEGERS;
use crate::ir;
use crate::surroundings::is_inlined;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{Expr, FnArg, Generics, ImplItemFn, ItemImpl, Pat, Signature, Stmt, Type};

/// The largest body, in expressions.
pub(super) const LARGEST: usize = 40;

/// The largest one of an operator: a product of quaternions.
pub(super) const LARGEST_OPERATOR: usize = 120;

/// The largest one that changes what it is lent and may then give `None` or `Err`.
const LARGEST_THAT_LEAVES: usize = 400;

/// A function that is inlined.
#[derive(Clone)]
pub(super) struct Small {
    pub(super) params: Vec<Pat>,
    /// Those marked `#[no_diff]`.
    pub(super) marked: Vec<bool>,
    pub(super) receiver: Option<Receiver>,
    pub(super) body: Expr,
    pub(super) output: Option<Type>,
    /// Of one that chooses which number it lends, to be read alone: what it is, where its signature tells.
    pub(super) read: Option<Option<Type>>,
    pub(super) chooses: bool,
    pub(super) name: Ident,
    /// The methods that it calls on `self`.
    pub(super) calls: Vec<Ident>,
    /// The functions that it calls by their names alone, and constants.
    pub(super) functions: Vec<Ident>,
    /// The associated functions that it calls.
    pub(super) made: Vec<(Ident, Ident)>,
    /// What one that is marked to be inlined may look up around it.
    pub(super) looked_up: BTreeSet<String>,
    /// What is generic in it.
    pub(super) generic: Generic,
    /// Whether it may give `None` or `Err` after a change.
    pub(super) leaves: bool,
}

/// Whether a function gives a reference to a part of what it is given, by a body that can be inlined: its calls
/// stand for the part, and it has no companions.
pub fn names_a_part(sig: &Signature, body: Option<&syn::Block>) -> bool {
    (gives_reference(sig) || gives_optional_reference(sig))
        && body.is_some_and(|body| Small::new(sig, body, (None, LARGEST)).is_some())
}

pub(super) fn gives_reference(sig: &Signature) -> bool {
    matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(**ty, Type::Reference(_)))
}

/// `-> Option<&mut f64>`
fn gives_optional_reference(sig: &Signature) -> bool {
    matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Option"
            && matches!(super::types::first_type(&last.arguments), Some(Type::Reference(_))))))
}

fn gives_outcome(sig: &Signature) -> bool {
    matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Option" || last.ident == "Result")))
}

fn lends(sig: &Signature) -> bool {
    sig.inputs.iter().any(|input| match input {
        FnArg::Receiver(this) => matches!(Receiver::of(this), Some(Receiver::RefMut)),
        FnArg::Typed(typed) => matches!(&*typed.ty, Type::Reference(ty) if ty.mutability.is_some()),
    })
}

/// Whether a function needs no attribute: the name of a part and an integer have no derivative of their own.
pub(super) fn is_known_without(sig: &Signature) -> bool {
    let integer = matches!(&sig.output, syn::ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path)
        if path.path.get_ident().is_some_and(|name| INTEGERS.iter().any(|known| name == known))));
    integer || gives_reference(sig) || gives_optional_reference(sig)
}

/// What a function lends to be read, where that is a number, or what is generic.
fn read_of(sig: &Signature, of: Option<&Generics>) -> Option<Option<Type>> {
    let syn::ReturnType::Type(_, output) = &sig.output else { return None };
    let Type::Reference(syn::TypeReference { mutability: None, elem, .. }) = &**output else { return None };
    let Type::Path(path) = &**elem else { return None };
    let name = path.path.get_ident()?;
    let mut params = of.into_iter().flat_map(Generics::type_params);
    match super::types::is_primitive(&name.to_string()) {
        true => Some(Some((**elem).clone())),
        false => params.any(|param| param.ident == *name).then_some(None),
    }
}

/// A method that is inlined, with `Self` spelled out.
pub(super) fn method(
    owner: &Ident,
    block: &ItemImpl,
    method: &ImplItemFn,
    (order, largest): (u8, usize),
) -> Option<Small> {
    let (on_block, on_method) = (&block.attrs, &method.attrs);
    let order = if is_known_without(&method.sig) { 0 } else { order };
    let annotated = is_inlined(on_method)
        || is_plain(on_block, Some(order)) && is_plain(on_method, None)
        || is_plain(on_block, None) && is_plain(on_method, Some(order))
        || is_known_without(&method.sig) && is_plain(on_block, None) && is_plain(on_method, None);
    if !annotated {
        return None;
    }
    let spelled = |tokens: TokenStream| renamed(tokens, owner);
    let sig = syn::parse2::<Signature>(spelled(method.sig.to_token_stream())).ok()?;
    let body = syn::parse2::<syn::Block>(spelled(method.block.to_token_stream())).ok()?;
    match is_inlined(on_method) {
        true => Small::inlined(&sig, body, &block.generics),
        false => Small::new(&sig, &body, (Some(&block.generics), largest)),
    }
}

/// `(usize, usize)`
fn is_integers(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.iter().all(|elem| {
        matches!(elem, Type::Path(path) if path.path.get_ident().is_some_and(|name| {
            INTEGERS.iter().any(|known| name == known)
        }))
    }))
}

impl Small {
    /// A method that is marked to be inlined.
    fn inlined(sig: &Signature, body: syn::Block, of: &Generics) -> Option<Small> {
        let typed = |input: &FnArg| match input {
            FnArg::Typed(typed) => Some(typed.clone()),
            FnArg::Receiver(_) => None,
        };
        let receiver = sig.receiver().and_then(Receiver::of);
        let params: Vec<_> = sig.inputs.iter().filter_map(typed).collect();
        let is_marked = |typed: &syn::PatType| typed.attrs.iter().any(|attr| attr.path().is_ident("no_diff"));
        let looked_up = crate::names::looked_up(body.to_token_stream());
        let mut generic = Generic::of(sig);
        generic.names.extend(of.type_params().map(|param| param.ident.clone()));
        Some(Small {
            marked: params.iter().map(is_marked).collect(),
            params: params
                .into_iter()
                .map(|typed| Pat::Type(syn::PatType { attrs: Vec::new(), ..typed }))
                .collect(),
            receiver,
            body: Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: body }),
            output: match &sig.output {
                syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
                syn::ReturnType::Default => None,
            },
            read: None,
            chooses: false,
            name: sig.ident.clone(),
            calls: Vec::new(),
            functions: Vec::new(),
            made: Vec::new(),
            looked_up,
            leaves: false,
            generic,
        })
    }

    /// `None` where it is large, or has in it what means another thing elsewhere.
    pub(super) fn new(
        sig: &Signature,
        body: &syn::Block,
        (of, largest): (Option<&Generics>, usize),
    ) -> Option<Small> {
        let generics = [Some(&sig.generics), of].into_iter().flatten();
        let mut types = generics.flat_map(|generics| &generics.params);
        let plain = sig.asyncness.is_none() && matches!(sig.safety, syn::Safety::Default);
        // The name of a part mentions no types.
        let found = gives_optional_reference(sig);
        let part = gives_reference(sig) || found;
        if types.any(|param| !part && !matches!(param, syn::GenericParam::Lifetime(_)))
            || !plain
            || sig.variadic.is_some()
        {
            return None;
        }
        let (mut params, mut marked, mut receiver) = (Vec::new(), Vec::new(), None);
        // What changes what it is lent and then gives nothing has no pullback for the change.
        let leaves =
            !found && gives_outcome(sig) && lends(sig) && !super::spared::changes_last(sig, body, false);
        let left = if leaves { LARGEST_THAT_LEAVES } else { largest };
        let mut check = Check {
            names: vec!["self".to_owned()],
            inert: Vec::new(),
            left,
            leaves,
            builds: leaves || part,
            chooses: part,
            calls: Vec::new(),
            functions: Vec::new(),
            made: Vec::new(),
        };
        for input in &sig.inputs {
            match input {
                FnArg::Receiver(this) => {
                    receiver = Some(Receiver::of(this)?);
                    let changed = matches!(receiver, Some(Receiver::Value)) && this.mutability.is_some();
                    if !this.attrs.is_empty() || changed {
                        return None;
                    }
                }
                FnArg::Typed(typed) => {
                    // An integer has no derivative, marked or not.
                    let is_marked = typed.attrs.iter().any(|attr| attr.path().is_ident("no_diff"));
                    let named = match &*typed.ty {
                        Type::Path(path) => {
                            path.path.get_ident().map(ToString::to_string).unwrap_or_default()
                        }
                        _ => String::new(),
                    };
                    let integer = INTEGERS.contains(&named.as_str());
                    marked.push(is_marked && !integer);
                    if let Pat::Tuple(tuple) = &*typed.pat
                        && !is_marked
                        && is_integers(&typed.ty)
                        && tuple
                            .elems
                            .iter()
                            .all(|elem| matches!(elem, Pat::Ident(name) if name.mutability.is_none()))
                    {
                        let mut names = Vec::new();
                        super::pattern::names(&typed.pat, &mut names);
                        check.names.extend(names.iter().map(ToString::to_string));
                        check.inert.extend(names.iter().map(ToString::to_string));
                        params.push(Pat::Type(syn::PatType { attrs: Vec::new(), ..typed.clone() }));
                        continue;
                    }
                    let Pat::Ident(name) = &*typed.pat else { return None };
                    if is_marked && !integer && !matches!(named.as_str(), "f64" | "f32")
                        || matches!(&*typed.ty, Type::ImplTrait(_))
                        || name.mutability.is_some()
                    {
                        return None;
                    }
                    check.names.push(name.ident.to_string());
                    let text = matches!(named.as_str(), "bool" | "char" | "String");
                    let lent = matches!(&*typed.ty, Type::Reference(ty) if ty.elem.to_token_stream().to_string() == "str");
                    if integer || text || lent {
                        check.inert.push(name.ident.to_string());
                    }
                    params.push(Pat::Type(syn::PatType { attrs: Vec::new(), ..typed.clone() }));
                }
            }
        }
        if !check.block(body) {
            return None;
        }
        let (names, chooses) = match body.stmts.as_slice() {
            [.., Stmt::Expr(last, None)] if found => (is_part_found(last), false),
            [.., Stmt::Expr(last, None)] => (is_part(last), part && is_choice(last)),
            _ => (false, false),
        };
        if part && !names && !chooses {
            return None;
        }
        let block = syn::ExprBlock { attrs: Vec::new(), label: None, block: body.clone() };
        let body = match body.stmts.as_slice() {
            [Stmt::Expr(only, None)] => only.clone(),
            // What is made bit by bit is handed over, which only a call does.
            [.., Stmt::Expr(last, None)]
                if !part
                    && !leaves
                    && matches!(unparen(last), Expr::Path(path) if ir::outcome_variant(&path.path).is_none()) =>
            {
                return None;
            }
            _ => Expr::Block(block),
        };
        let output = match &sig.output {
            syn::ReturnType::Type(..) if part => None,
            syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
            syn::ReturnType::Default => None,
        };
        Some(Small {
            params,
            marked,
            receiver,
            body,
            output,
            read: read_of(sig, of).filter(|_| chooses),
            chooses,
            name: sig.ident.clone(),
            calls: check.calls,
            functions: check.functions,
            made: check.made,
            looked_up: BTreeSet::new(),
            generic: Generic::default(),
            leaves,
        })
    }

    /// Whether it calls nothing of its file.
    pub(super) fn is_free_of_calls(&self) -> bool {
        self.calls.is_empty() && self.made.is_empty() && self.functions.is_empty() && !self.leaves
    }

    pub(super) fn chooses(&self) -> bool {
        self.chooses
    }

    /// The same with another body, and with a parameter more.
    pub(super) fn with(&self, body: Expr, param: Option<Pat>, output: Option<Type>) -> Small {
        let mut other = Small { body, output, read: None, chooses: false, ..self.clone() };
        other.marked.extend(param.iter().map(|_| false));
        other.params.extend(param);
        other
    }

    pub(super) fn gives_number(&self) -> bool {
        matches!(&self.output, Some(Type::Path(path))
            if path.path.get_ident().is_some_and(|name| super::types::is_primitive(&name.to_string())))
            || self.output.is_none()
    }
}
