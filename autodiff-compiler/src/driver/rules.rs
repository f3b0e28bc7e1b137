//! The higher orders of a function whose derivative the user gives: the rule, written as an
//! ordinary function, is differentiated like any other.
//!
//! Forward mode of `f` is `result = f(x); result_dot = partial * x_dot`, reverse mode
//! `result = f(x); x_bar += result_bar * partial`; forward mode over these, as often as an order
//! asks for, calls the companions of `f` of the orders below. Of a whole rule (`jvp = …`,
//! `vjp = …`) it calls the companions, so that the rule is differentiable itself.

use crate::diagnostics::{Diagnostics, message};
use crate::emit::companions::{Param, Target};
use crate::emit::types::{Shape, has_slice, one_or_tuple};
use crate::ir::{Block, Expr, Function, ParamMode, Place, Proj, Stmt, Var, Wrap};
use crate::lower::{Context, lower};
use crate::names::Reserved;
use crate::nested::Nested;
use crate::options::Options;
use crate::reverse::Adjoint;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{FnArg, Signature};

/// What order two and above add to a function with rules of its own.
pub fn higher(
    target: &Target,
    sig: &Signature,
    options: &Options,
    context: &Context,
    diag: &mut Diagnostics,
) -> Option<TokenStream> {
    let given = match (&options.partials, &options.vjp) {
        (Some(partials), _) => Given::Partials(partials),
        (None, Some(vjp)) => {
            Given::Whole { jvp: options.jvp.as_ref().filter(|_| !lends_in_a_tuple(target)), vjp }
        }
        (None, None) => return None,
    };
    if !matches!(target.wrap, Wrap::Plain) {
        diag.error(sig.ident.span(), message::ORDER_OF_A_RULE);
        return None;
    }
    if let Given::Partials(partials) = given {
        let before = diag.len();
        for param in target.params.iter().filter(|param| param.active) {
            if let Some((name, partial)) = partials.iter().find(|(name, _)| param.name == *name)
                && !is_differentiated_again(param, partial)
            {
                diag.error(name.span(), message::ORDER_OF_PARTIALS);
            }
        }
        if diag.len() != before {
            return None;
        }
    }
    if lends_in_a_tuple(target)
        && options.partials.is_none()
        && !matches!(&target.output, Some((_, Shape::Float(_))))
    {
        diag.error(sig.ident.span(), message::ORDER_OF_A_RULE_WITH_REFERENCES);
        return None;
    }
    let plain = Options {
        allow_unused: true,
        krate: options.krate.clone(),
        order: options.order,
        ..Options::default()
    };
    let rule = Rule { target, sig, given };
    let mut lowered = |(sig, block): (Signature, syn::Block)| {
        let function = lower(&sig, &block, &plain, context, diag)?;
        Some((function, Reserved::new(&sig, Some(&block), &options.around)))
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

/// Whether products of a parameter's partial and its tangent can be written down as the body of a function: those
/// of floats, one or many. What another name stands for may be a float.
fn is_differentiated_again(param: &Param, partial: &syn::Expr) -> bool {
    match &param.shape {
        Shape::Float(_) => true,
        Shape::Array(item, _) | Shape::Slice(item) | Shape::Vec(item) => matches!(**item, Shape::Float(_)),
        Shape::Other(_) => param.lanes.is_none() && !matches!(partial, syn::Expr::Struct(_)),
        Shape::Inert | Shape::Tuple(_) | Shape::Option(_) => false,
    }
}

/// Whether the direction of a rule for forward mode is a tuple with references in it, which no
/// differentiable function takes. Where there is one output, the rule for reverse mode serves both.
fn lends_in_a_tuple(target: &Target) -> bool {
    let lent = |param: &&Param| param.mode != ParamMode::Value || has_slice(&param.shape);
    let active: Vec<&Param> = target.params.iter().filter(|param| param.active).collect();
    active.len() > 1 && active.iter().any(lent)
}

struct Rule<'a> {
    target: &'a Target<'a>,
    sig: &'a Signature,
    given: Given<'a>,
}

/// What the user gives.
enum Given<'a> {
    Partials(&'a [(Ident, syn::Expr)]),
    /// Functions with the signatures of the companions.
    Whole {
        jvp: Option<&'a syn::Path>,
        vjp: &'a syn::Path,
    },
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

    /// The active parameters.
    fn active(&self) -> Vec<usize> {
        (0..self.target.params.len()).filter(|k| self.target.params[*k].active).collect()
    }

    /// The active parameters, each with its partial derivative and whether it is a sequence.
    fn rules(&self) -> Vec<(usize, &syn::Expr, bool)> {
        let Given::Partials(partials) = self.given else { return Vec::new() };
        let params = self.target.params.iter().enumerate().filter(|(_, param)| param.active);
        params
            .filter_map(|(k, param)| {
                let (_, partial) = partials.iter().find(|(name, _)| param.name == *name)?;
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
        let more = self.active().into_iter().map(|k| {
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
        let value_dot =
            self.target.output.as_ref().map(|(_, shape)| types.tangent(shape)).unwrap_or_default();
        let sig = self.signature(more.collect(), &quote!((#value, #value_dot)));
        if let Given::Whole { jvp, vjp } = &self.given {
            return (sig, self.whole_forward(*jvp, vjp));
        }
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
        if let Given::Whole { vjp, .. } = &self.given {
            return self.whole_reverse(vjp);
        }
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

    /// The arguments of a rule before the seed.
    fn args(&self) -> Vec<TokenStream> {
        let names = self.target.params.iter().map(|param| &param.name);
        names.map(|name| quote!(#name)).collect()
    }

    /// A tangent, as a seed for the rule.
    fn lent(&self, shape: &Shape, name: &Ident) -> TokenStream {
        if has_slice(shape) { quote!(&#name) } else { quote!(#name) }
    }

    /// Forward mode by the rule for it, or by the one for reverse mode where there is one output.
    fn whole_forward(&self, jvp: Option<&syn::Path>, vjp: &syn::Path) -> syn::Block {
        let args = self.args();
        let params: Vec<&Param> = self.active().iter().map(|k| &self.target.params[*k]).collect();
        let (result, result_dot) = (self.target.fresh("value"), self.target.fresh("value_dot"));
        let Some(jvp) = jvp else {
            let bars = one_or_tuple(
                params
                    .iter()
                    .map(|param| {
                        let bar = &param.bar;
                        quote!(#bar)
                    })
                    .collect(),
            );
            let terms = params.iter().map(|param| {
                let (bar, dot) = (&param.bar, &param.dot);
                let term = self.target.fresh(&format!("{bar}_term"));
                let (sum, read) = match (&param.shape, param.mode) {
                    (Shape::Float(_), ParamMode::Value) => (quote!(#bar * #dot), None),
                    (Shape::Float(_), _) => (quote!(#bar * *#dot), None),
                    _ => {
                        let products = quote!(for i in 0..#dot.len() { #term += #bar[i] * #dot[i]; });
                        (quote!(#term), Some(products))
                    }
                };
                let declared = read.map(|products| quote!(let mut #term = 0.0; #products));
                (declared, sum)
            });
            let (declared, sums): (Vec<_>, Vec<_>) = terms.unzip();
            return syn::parse_quote!({
                let (#result, #bars) = #vjp(#(#args,)* 1.0);
                #(#declared)*
                (#result, #(#sums)+*)
            });
        };
        let seeds = params.iter().map(|param| match param.mode {
            ParamMode::Value => self.lent(&param.shape, &param.dot),
            ParamMode::Ref | ParamMode::RefMut => {
                let dot = &param.dot;
                quote!(#dot)
            }
        });
        let seeds = one_or_tuple(seeds.collect());
        syn::parse_quote!({
            let (#result, #result_dot) = #jvp(#(#args,)* #seeds);
            (#result, #result_dot)
        })
    }

    /// Reverse mode by the rule for it: the gradients beside the result.
    fn whole_reverse(&self, vjp: &syn::Path) -> (Signature, syn::Block) {
        let types = self.target.types();
        let (value, shape) = match &self.target.output {
            Some((ty, shape)) => (quote!(#ty), shape.clone()),
            None => (quote!(()), Shape::Tuple(Vec::new())),
        };
        let result_bar = self.target.fresh("result_bar");
        let tangent = types.tangent(&shape);
        let mut more: Vec<FnArg> = vec![syn::parse_quote!(#result_bar: #tangent)];
        let mut parts = Vec::new();
        for k in self.active() {
            let (bar, place) = (&self.target.params[k].bar, types.place(&self.target.params[k].shape));
            more.push(syn::parse_quote!(#bar: &mut #place));
            parts.push(self.target.fresh(&format!("{bar}_part")));
        }
        let (args, call, seed) = (self.args(), self.call(), self.lent(&shape, &result_bar));
        let names = one_or_tuple(parts.iter().map(|part| quote!(#part)).collect());
        let result = self.target.fresh("value");
        let gradients = parts.iter();
        let sig = self.signature(more, &value);
        let block = syn::parse_quote!({
            let #result = #call;
            let (_, #names) = #vjp(#(#args,)* #seed);
            (#result, #(#gradients),*)
        });
        (sig, block)
    }

    /// The rule of forward mode as forward mode over the function.
    fn tangent(&self, mut function: Function) -> Nested {
        let count = self.target.params.len();
        let mut dots = vec![None; count];
        for (k, param) in self.active().iter().zip(&function.params[count..]) {
            dots[*k] = Some(param.var);
        }
        let results = taken_apart(&mut function, 2);
        Nested::tangent(function, dots, results)
    }

    /// The rule of reverse mode as an adjoint: what follows the call is the reverse sweep.
    fn adjoint(&self, mut function: Function) -> Adjoint {
        let count = self.target.params.len();
        let more = function.params.split_off(count);
        let mut shadows = vec![None; count];
        for (k, param) in self.active().iter().zip(&more[1..]) {
            shadows[*k] = Some(param.var);
        }
        let seed = Some(more[0].var);
        let mut sums = Vec::new();
        if let Given::Whole { .. } = self.given {
            let mut items = taken_apart(&mut function, 1 + self.active().len());
            function.result = items.remove(0);
            let places = shadows.iter().flatten().map(|shadow| Place::var(*shadow));
            sums.extend(places.zip(items).map(|(place, value)| Stmt::Accumulate {
                place,
                value,
                negate: false,
            }));
        }
        let mut body = std::mem::take(&mut function.body).stmts;
        let mut result = Vec::new();
        crate::ir::walk::accesses_of_expr(&function.result, &mut |place, _| result.push(place.root));
        let last = match self.given {
            Given::Partials(_) => body.iter().rposition(|stmt| declares(stmt, &result)),
            // What follows the first call is the rule.
            Given::Whole { .. } => body.iter().position(|stmt| matches!(stmt, Stmt::Call(_))),
        };
        let mut backward = body.split_off(last.map_or(0, |at| at + 1));
        backward.append(&mut sums);
        Adjoint {
            function,
            forward: Block { stmts: body },
            backward: Block { stmts: backward },
            shadows,
            seed,
        }
    }
}

/// The items of the tuple that a rule ends with.
fn taken_apart(function: &mut Function, count: usize) -> Vec<Expr> {
    let parts = |tuple: &Place| {
        let part = |k| Expr::Read(tuple.project(Proj::Field(syn::Member::from(k))));
        (0..count).map(part).collect()
    };
    let place = match std::mem::replace(&mut function.result, Expr::Tuple(Vec::new())) {
        Expr::Tuple(items) => return items,
        Expr::Read(place) => place,
        Expr::Move(var) => Place::var(var),
        other => unreachable!("the rule ends with a tuple, not {other:?}"),
    };
    match function.body.stmts.pop() {
        Some(Stmt::Let { var, init: Some(Expr::Tuple(items)) }) if place.is_var() && var == place.root => {
            items
        }
        last => {
            function.body.stmts.extend(last);
            parts(&place)
        }
    }
}

fn declares(stmt: &Stmt, vars: &[Var]) -> bool {
    let mut found = matches!(stmt, Stmt::Call(_));
    crate::ir::walk::declared_by(stmt, &mut |var| found |= vars.contains(&var));
    found
}
