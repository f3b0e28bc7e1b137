//! `g::pullback(x)` inside a differentiable function: the call of `g`, and a closure that calls `g::vjp` with
//! the arguments and a seed. What is differentiated of it is the derivative of `vjp`.

use super::Lowerer;
use super::scope::Operand;
use crate::ir::{Expr, Ty};
use quote::format_ident;
use syn::Ident;

/// `m` of `m_pullback`, or nothing of `pullback`.
fn pulled_function(name: &str) -> Option<&str> {
    match name.strip_suffix("pullback") {
        Some("") => Some(""),
        Some(base) => base.strip_suffix('_').filter(|base| !base.is_empty()),
        None => None,
    }
}

impl Lowerer<'_> {
    /// `g::pullback(x, …)` or `Type::m_pullback(x, …)`.
    pub(super) fn pullback_call(&mut self, path: &syn::ExprPath, args: &[&syn::Expr]) -> Option<Operand> {
        let segments = &path.path.segments;
        let last = segments.last().filter(|_| segments.len() > 1)?;
        let name = last.ident.to_string();
        let base = pulled_function(&name)?;
        let operands = self.sequence(args.len(), &mut |this, k| this.operand(args[k], &Ty::Unknown));
        let names = self.argument_names(operands)?;
        let (mut primal, mut product) = (path.clone(), path.clone());
        if base.is_empty() {
            primal.path.segments.pop();
            primal.path.segments.pop_punct();
            primal.path.segments.last_mut()?.arguments = last.arguments.clone();
            product.path.segments.last_mut()?.ident = Ident::new("vjp", last.ident.span());
        } else {
            primal.path.segments.last_mut()?.ident = Ident::new(base, last.ident.span());
            product.path.segments.last_mut()?.ident = format_ident!("{base}_vjp", span = last.ident.span());
        }
        let args: Vec<syn::Expr> = names.iter().map(passed_again).collect();
        Some(self.value_and_pullback(
            &syn::parse_quote!(#primal(#(#args),*)),
            &syn::parse_quote!(|__seed| #product(#(#args,)* __seed).1),
        ))
    }

    /// `x.m_pullback(y, …)`
    pub(super) fn pullback_of_method(
        &mut self,
        method: &Ident,
        receiver: &Operand,
        args: &[&syn::Expr],
    ) -> Option<Operand> {
        let name = method.to_string();
        let base = pulled_function(&name).filter(|base| !base.is_empty())?;
        let mut operands = self.sequence(args.len(), &mut |this, k| this.operand(args[k], &Ty::Unknown));
        operands.insert(0, receiver.clone());
        let names = self.argument_names(operands)?;
        let (receiver, rest) = names.split_first()?;
        let args: Vec<syn::Expr> = rest.iter().map(passed_again).collect();
        let receiver = &receiver.0;
        let primal = Ident::new(base, method.span());
        let product = format_ident!("{base}_vjp", span = method.span());
        Some(self.value_and_pullback(
            &syn::parse_quote!(#receiver.#primal(#(#args),*)),
            &syn::parse_quote!(|__seed| #receiver.#product(#(#args,)* __seed).1),
        ))
    }

    fn value_and_pullback(&mut self, value: &syn::Expr, pullback: &syn::Expr) -> Operand {
        let value = self.operand(value, &Ty::Unknown);
        let value = self.located(value, "value");
        let pullback = self.operand(pullback, &Ty::Unknown);
        Operand::Tuple(vec![value, pullback])
    }

    /// Names for the arguments as they are now, and whether each is a reference; `None`: one is changed
    /// by the call.
    fn argument_names(&mut self, operands: Vec<Operand>) -> Option<Vec<(Ident, bool)>> {
        if operands.iter().any(|operand| matches!(operand, Operand::Ref(_, true))) {
            return None;
        }
        let mut names = Vec::new();
        for operand in operands {
            let reference = matches!(operand, Operand::Ref(..));
            let operand = match operand {
                Operand::Place(place) if self.f.place_ty(&place).is_copy() => {
                    Operand::var(self.temp_var("pulled", Expr::Read(place)))
                }
                other => self.located(other, "pulled"),
            };
            let name = format_ident!("__pulled_{}", self.f.vars.len() + names.len());
            self.scopes.bind(&name, operand);
            names.push((name, reference));
        }
        Some(names)
    }
}

/// An argument that is passed once more later.
fn passed_again((name, reference): &(Ident, bool)) -> syn::Expr {
    match reference {
        true => syn::parse_quote!(#name),
        false => syn::parse_quote!(#name.clone()),
    }
}
