//! The higher orders of a function whose partial derivatives the user gives: the rule, written
//! as an ordinary function, is differentiated like any other.
//!
//! Forward mode of `f` is `result = f(x); result_dot = partial * x_dot`, reverse mode
//! `result = f(x); x_bar += result_bar * partial`; forward mode over these, as often as an order
//! asks for, calls the companions of `f` of the orders below.

use crate::diagnostics::{Diagnostics, message};
use crate::emit::companions::Target;
use crate::emit::types::Shape;
use crate::ir::{Block, Expr, Function, ParamMode, Place, Proj, Stmt, Var};
use crate::lower::{Context, lower};
use crate::names::Reserved;
use crate::nested::Nested;
use crate::options::Options;
use crate::reverse::Adjoint;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{FnArg, Signature};

/// What order two and above add to a function with `partials(…)`.
pub fn higher(
    target: &Target,
    sig: &Signature,
    options: &Options,
    context: &Context,
    diag: &mut Diagnostics,
) -> Option<TokenStream> {
    let Some(partials) = &options.partials else {
        diag.error(sig.ident.span(), message::ORDER_OF_A_RULE);
        return None;
    };
    let plain = Options {
        allow_unused: true,
        krate: options.krate.clone(),
        order: options.order,
        ..Options::default()
    };
    let rule = Rule { target, sig, partials };
    let mut lowered = |(sig, block): (Signature, syn::Block)| {
        let function = lower(&sig, &block, &plain, context, diag)?;
        Some((function, Reserved::new(&sig, Some(&block))))
    };
    let (forward, forward_names) = lowered(rule.forward())?;
    let (reverse, reverse_names) = lowered(rule.reverse())?;
    let order = u32::from(options.order);
    let mut out = target.higher(order, None);
    let tangent = rule.tangent(forward);
    for level in 2..=order {
        let nested = tangent.clone().raised(level - 1);
        out.extend(target.nested_jvp(&nested, forward_names.clone()));
    }
    let split = rule.adjoint(reverse);
    let mut joint = split.clone();
    joint.forward.stmts.append(&mut joint.backward.stmts);
    for level in 1..order {
        let nested = Nested::adjoint(joint.clone()).raised(level);
        out.extend(target.nested_reverse(&nested, reverse_names.clone()));
        let nested = Nested::adjoint(split.clone()).raised(level);
        out.extend(target.nested_split(&nested, reverse_names.clone()));
        out.extend(target.nested_pull_forwarder(level));
    }
    Some(out)
}

struct Rule<'a> {
    target: &'a Target<'a>,
    sig: &'a Signature,
    partials: &'a [(Ident, syn::Expr)],
}

impl Rule<'_> {
    fn call(&self) -> TokenStream {
        let name = &self.sig.ident;
        let args = self.target.params.iter().map(|param| {
            let name = &param.name;
            quote!(#name)
        });
        quote!(#name(#(#args),*))
    }

    /// The active parameters, each with its partial derivative and whether it is a sequence.
    fn rules(&self) -> Vec<(usize, &syn::Expr, bool)> {
        let params = self.target.params.iter().enumerate().filter(|(_, param)| param.active);
        params
            .filter_map(|(k, param)| {
                let (_, partial) = self.partials.iter().find(|(name, _)| param.name == *name)?;
                Some((k, partial, !matches!(param.shape, Shape::Float(_) | Shape::Other(_))))
            })
            .collect()
    }

    /// The signature with further parameters.
    fn signature(&self, more: Vec<FnArg>, output: &TokenStream) -> Signature {
        let mut sig = self.sig.clone();
        sig.inputs.extend(more);
        sig.output = syn::parse_quote!(-> #output);
        sig
    }

    fn forward(&self) -> (Signature, syn::Block) {
        let types = self.target.types();
        let value = self.target.output.as_ref().map(|(ty, _)| quote!(#ty)).unwrap_or_default();
        let more = self.rules().into_iter().map(|(k, _, _)| {
            let param = &self.target.params[k];
            let dot = &param.dot;
            let ty = match param.mode {
                ParamMode::Value => types.tangent(&param.shape),
                ParamMode::Ref | ParamMode::RefMut => {
                    let place = types.place(&param.shape);
                    quote!(&#place)
                }
            };
            syn::parse_quote!(#dot: #ty)
        });
        let sig = self.signature(more.collect(), &quote!((#value, #value)));
        let (call, result) = (self.call(), Ident::new("result", Span::call_site()));
        let mut sums = TokenStream::new();
        let mut terms = Vec::new();
        for (k, partial, sequence) in self.rules() {
            let param = &self.target.params[k];
            let dot = &param.dot;
            if !sequence {
                let dot = if param.mode == ParamMode::Value { quote!(#dot) } else { quote!(*#dot) };
                terms.push(quote!((#partial) * #dot));
                continue;
            }
            let (term, part) = (self.target.fresh("term"), self.target.fresh("partial"));
            let zero = types.constant_zero(&self.target.output.as_ref().expect("a scalar").1);
            let zero = zero.unwrap_or_else(|| quote!(0.0));
            sums.extend(quote! {
                let #part = #partial;
                let mut #term = #zero;
                for i in 0..#dot.len() {
                    #term += #part[i] * #dot[i];
                }
            });
            terms.push(quote!(#term));
        }
        (sig, syn::parse_quote!({ let #result = #call; #sums (#result, #(#terms)+*) }))
    }

    fn reverse(&self) -> (Signature, syn::Block) {
        let types = self.target.types();
        let value = self.target.output.as_ref().map(|(ty, _)| quote!(#ty)).unwrap_or_default();
        let result_bar = self.target.fresh("result_bar");
        let mut more: Vec<FnArg> = vec![syn::parse_quote!(#result_bar: #value)];
        let mut sums = TokenStream::new();
        for (k, partial, sequence) in self.rules() {
            let param = &self.target.params[k];
            let bar = &param.bar;
            let place = types.place(&param.shape);
            more.push(syn::parse_quote!(#bar: &mut #place));
            if !sequence {
                sums.extend(quote!(*#bar += #result_bar * (#partial);));
                continue;
            }
            let part = self.target.fresh("partial");
            sums.extend(quote! {
                let #part = #partial;
                for i in 0..#bar.len() {
                    #bar[i] += #result_bar * #part[i];
                }
            });
        }
        let (call, result) = (self.call(), Ident::new("result", Span::call_site()));
        let sig = self.signature(more, &value);
        (sig, syn::parse_quote!({ let #result = #call; #sums #result }))
    }

    /// The rule of forward mode as forward mode over the function.
    fn tangent(&self, mut function: Function) -> Nested {
        let count = self.target.params.len();
        let mut dots = vec![None; count];
        for ((k, _, _), param) in self.rules().iter().zip(&function.params[count..]) {
            dots[*k] = Some(param.var);
        }
        let results = match std::mem::replace(&mut function.result, Expr::Tuple(Vec::new())) {
            Expr::Tuple(items) => items,
            Expr::Read(place) => parts(&place),
            Expr::Move(var) => parts(&Place::var(var)),
            other => unreachable!("the rule ends with a tuple, not {other:?}"),
        };
        Nested::tangent(function, dots, results)
    }

    /// The rule of reverse mode as an adjoint: what follows the call is the reverse sweep.
    fn adjoint(&self, mut function: Function) -> Adjoint {
        let count = self.target.params.len();
        let more = function.params.split_off(count);
        let mut shadows = vec![None; count];
        for ((k, _, _), param) in self.rules().iter().zip(&more[1..]) {
            shadows[*k] = Some(param.var);
        }
        let seed = Some(more[0].var);
        let mut body = std::mem::take(&mut function.body).stmts;
        let mut result = Vec::new();
        crate::ir::walk::accesses_of_expr(&function.result, &mut |place, _| result.push(place.root));
        let last = body.iter().rposition(|stmt| declares(stmt, &result)).map_or(0, |at| at + 1);
        let backward = body.split_off(last);
        Adjoint {
            function,
            forward: Block { stmts: body },
            backward: Block { stmts: backward },
            shadows,
            seed,
        }
    }
}

fn parts(tuple: &Place) -> Vec<Expr> {
    [0, 1].map(|k| Expr::Read(tuple.project(Proj::Field(syn::Member::from(k))))).into()
}

fn declares(stmt: &Stmt, vars: &[Var]) -> bool {
    let mut found = matches!(stmt, Stmt::Call(_));
    crate::ir::walk::declared_by(stmt, &mut |var| found |= vars.contains(&var));
    found
}
