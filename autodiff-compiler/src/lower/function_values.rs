//! Functions that are chosen where they are named: `if steep { f64::tanh } else { relu }`, an activation that a
//! `match` picks, `[f64::sin, f64::cos][k]`. Which one it is is a number; a call branches on it.

use super::Lowerer;
use super::closure::{Closure, mentions};
use super::pattern;
use super::scope::Operand;
use super::stmt::unparen;
use crate::primitives::Primitive;
use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident, quote};
use std::rc::Rc;
use syn::{Pat, Type};

/// The name of the number, which no source has.
const WHICH: &str = "__which";

impl Lowerer<'_> {
    /// The function that an expression chooses, with the choice made here. `typed`: it is one by its type, so that
    /// paths in it are functions.
    pub(super) fn chosen_function(&mut self, expr: &syn::Expr, typed: bool) -> Option<Operand> {
        let mut found = Vec::new();
        let number = self.number_of(expr, typed, &mut found)?;
        // Macros and `return` alone choose nothing.
        if found.is_empty() {
            return None;
        }
        if let [only] = &found[..] {
            let bare = matches!(unparen(expr), syn::Expr::Closure(_) | syn::Expr::Path(_));
            return (!bare).then(|| self.function_of(only));
        }
        let usize_ty = super::types::usize_ty();
        let number = self.operand(&number, &usize_ty);
        let number = self.located(number, "which");
        self.scopes.push();
        // A `move` closure has copies of what it captures as it is here.
        let names: Vec<syn::Expr> = found
            .iter()
            .enumerate()
            .map(|(k, function)| match function {
                syn::Expr::Closure(_) => {
                    let name = format_ident!("__function_{k}");
                    let made = self.function_of(function);
                    self.scopes.bind(&name, made);
                    syn::parse_quote!(#name)
                }
                path => path.clone(),
            })
            .collect();
        let count = names.len();
        let arms = names.iter().enumerate().map(|(k, function)| match k + 1 == count {
            true => quote!(_ => #function),
            false => quote!(#k => #function),
        });
        let which = Ident::new(WHICH, Span::call_site());
        let Ok(body) = syn::parse2(quote!((match #which { #(#arms),* }))) else {
            self.scopes.pop();
            return None;
        };
        self.scopes.bind(&which, number);
        let closure = Closure::of_path(self, &body);
        self.scopes.pop();
        Some(Operand::Closure(Rc::new(closure)))
    }

    fn function_of(&mut self, function: &syn::Expr) -> Operand {
        match function {
            syn::Expr::Closure(closure) => Operand::Closure(Rc::new(Closure::new(self, closure))),
            path => Operand::Closure(Rc::new(Closure::of_path(self, path))),
        }
    }

    /// The expression with each function in it replaced by its number; `None` if there is something else in it.
    fn number_of(&self, expr: &syn::Expr, typed: bool, found: &mut Vec<syn::Expr>) -> Option<syn::Expr> {
        match expr {
            syn::Expr::Paren(inner) => self.number_of(&inner.expr, typed, found),
            syn::Expr::Group(inner) => self.number_of(&inner.expr, typed, found),
            syn::Expr::If(inner) => {
                let within = found.len();
                let then = self.number_of_block(&inner.then_branch, typed, found)?;
                let mut inner = inner.clone();
                inner.then_branch = then;
                if let syn::Expr::Let(binding) = &*inner.cond
                    && captures(&binding.pat, &found[within..])
                {
                    return None;
                }
                let (_, els) = inner.else_branch.as_mut()?;
                **els = self.number_of(els, typed, found)?;
                Some(syn::Expr::If(inner))
            }
            syn::Expr::Match(inner) => {
                let mut bodies = Vec::new();
                for arm in &inner.arms {
                    let within = found.len();
                    bodies.push(match &*arm.body {
                        // What never ends chooses nothing.
                        body @ (syn::Expr::Macro(_) | syn::Expr::Return(_)) => body.clone(),
                        body => self.number_of(body, typed, found)?,
                    });
                    if captures(&arm.pat, &found[within..]) {
                        return None;
                    }
                }
                let mut inner = inner.clone();
                for (arm, body) in inner.arms.iter_mut().zip(bodies) {
                    *arm.body = body;
                }
                Some(syn::Expr::Match(inner))
            }
            syn::Expr::Block(inner) if inner.label.is_none() => {
                let block = self.number_of_block(&inner.block, typed, found)?;
                Some(syn::Expr::Block(syn::ExprBlock { block, ..inner.clone() }))
            }
            syn::Expr::Index(index) => {
                let syn::Expr::Array(array) = unparen(&index.expr) else { return None };
                let first = found.len();
                for elem in &array.elems {
                    found.push(self.function_in(elem, typed)?.clone());
                }
                let (at, count) = (&index.index, array.elems.len());
                syn::parse2(quote!({
                    let k: usize = #at;
                    ::core::assert!(k < #count, "index out of bounds");
                    #first + k
                }))
                .ok()
            }
            expr => {
                let number = found.len();
                found.push(self.function_in(expr, typed)?.clone());
                syn::parse2(quote!(#number)).ok()
            }
        }
    }

    fn number_of_block(
        &self,
        block: &syn::Block,
        typed: bool,
        found: &mut Vec<syn::Expr>,
    ) -> Option<syn::Block> {
        let [syn::Stmt::Expr(tail, None)] = &block.stmts[..] else { return None };
        let tail = self.number_of(tail, typed, found)?;
        syn::parse2(quote!({ #tail })).ok()
    }

    /// A closure, or what names a function: bare, in a box, behind `&`, cast.
    fn function_in<'e>(&self, expr: &'e syn::Expr, typed: bool) -> Option<&'e syn::Expr> {
        match expr {
            syn::Expr::Paren(inner) => self.function_in(&inner.expr, typed),
            syn::Expr::Group(inner) => self.function_in(&inner.expr, typed),
            syn::Expr::Reference(inner) if inner.mutability.is_none() => self.function_in(&inner.expr, typed),
            syn::Expr::Cast(cast) => self.function_in(&cast.expr, typed || is_function(&cast.ty)),
            syn::Expr::Call(call) if call.args.len() == 1 => {
                let text = call.func.to_token_stream().to_string();
                matches!(text.as_str(), "Box :: new" | "Rc :: new" | "Arc :: new")
                    .then(|| self.function_in(&call.args[0], typed))
                    .flatten()
            }
            syn::Expr::Closure(_) => Some(expr),
            syn::Expr::Path(path) if path.qself.is_none() => {
                let known = match path.path.get_ident() {
                    Some(name) => match self.scopes.local(&name.to_string()) {
                        Some(operand) => matches!(operand, Operand::Closure(_)),
                        None => typed || self.around.function(name).is_some(),
                    },
                    None => typed || Primitive::from_path(&path.path, &self.types.floats).is_some(),
                };
                known.then_some(expr)
            }
            _ => None,
        }
    }

    /// `match __which { 0 => f, _ => g }(x)`, as a `match` of calls.
    pub(super) fn call_of_chosen(&self, func: &syn::Expr, args: &[&syn::Expr]) -> Option<syn::Expr> {
        let syn::Expr::Match(inner) = unparen(func) else { return None };
        let syn::Expr::Path(path) = &*inner.expr else { return None };
        if !path.path.is_ident(WHICH) {
            return None;
        }
        let mut inner = inner.clone();
        for arm in &mut inner.arms {
            let function = &arm.body;
            *arm.body = match &**function {
                syn::Expr::Closure(_) => syn::parse2(quote!((#function)(#(#args),*))).ok()?,
                _ => syn::parse2(quote!(#function(#(#args),*))).ok()?,
            };
        }
        Some(syn::Expr::Match(inner))
    }
}

/// Whether closures mention what a pattern binds, which is gone where they are called.
fn captures(pat: &Pat, functions: &[syn::Expr]) -> bool {
    let mut names = Vec::new();
    pattern::names(pat, &mut names);
    names.iter().any(|name| {
        functions.iter().any(|function| {
            syn::parse2::<syn::Block>(quote!({ #function })).is_ok_and(|block| mentions(&block, name))
        })
    })
}

/// Whether a type is that of a function: `fn(f64) -> f64`, `Box<dyn Fn(f64) -> f64>`, `&dyn Fn(f64) -> f64`.
pub(super) fn is_function(ty: &Type) -> bool {
    let dynamic = |ty: &Type| match ty {
        Type::TraitObject(object) => object.bounds.iter().any(|bound| match bound {
            syn::TypeParamBound::Trait(bound) => bound
                .path
                .segments
                .last()
                .is_some_and(|last| ["Fn", "FnMut", "FnOnce"].iter().any(|name| last.ident == name)),
            _ => false,
        }),
        _ => false,
    };
    match ty {
        Type::FnPtr(_) => true,
        Type::Paren(inner) => is_function(&inner.elem),
        Type::Reference(inner) => dynamic(&inner.elem) || is_function(&inner.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            ["Box", "Rc", "Arc"].iter().any(|name| last.ident == name)
                && super::types::first_type(&last.arguments).is_some_and(dynamic)
        }),
        _ => false,
    }
}
