//! `jacobian` by columns: forward mode in several directions, where that takes fewer sweeps than
//! there are rows.

use super::wide::Lanes;
use super::{Output, Param, Target};
use crate::emit::types::{Shape, has_slice, one_or_tuple};
use crate::ir::walk::{self, Operand};
use crate::ir::{Call, Callee, Expr, Function, ParamMode, Stmt};
use crate::primitives::Primitive;
use crate::surroundings::Around;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

/// How many scalars a value of the shape has, where its type says so.
fn static_count(shape: &Shape) -> Option<TokenStream> {
    Some(match shape {
        Shape::Float(_) => quote!(1usize),
        Shape::Inert => quote!(0usize),
        Shape::Array(item, len) => {
            let item = static_count(item)?;
            quote!((#len) * #item)
        }
        Shape::Tuple(items) => {
            let items = items.iter().map(static_count).collect::<Option<Vec<_>>>()?;
            quote!((0usize #(+ #items)*))
        }
        Shape::Slice(_) | Shape::Vec(_) | Shape::Option(_) | Shape::Other(_) => return None,
    })
}

fn is_single(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) | Shape::Inert => true,
        Shape::Tuple(items) => items.len() < 2 && items.iter().all(is_single),
        Shape::Array(..) | Shape::Slice(_) | Shape::Vec(_) | Shape::Option(_) | Shape::Other(_) => false,
    }
}

/// Whether running the body again does the same again: it prints nothing, and draws no random
/// numbers, as far as is seen.
pub fn is_repeatable(function: &Function, around: &Around) -> bool {
    let mut repeatable = true;
    function.visit(&mut |stmt| {
        if let Stmt::Effect { tokens, diverges: false, .. } = stmt {
            let text = tokens.to_string();
            repeatable &= text.starts_with("assert") || text.starts_with("debug_assert");
        }
        if let Stmt::Call(call) = stmt {
            repeatable &= is_called_repeatable(call, around);
        }
        walk::operands_of_stmt(stmt, &mut |operand| {
            if let Operand::Expr(expr) = operand {
                walk::subexprs(expr, &mut |part| {
                    if let Expr::Opaque { tokens, .. } = part {
                        repeatable &= calls_nothing_unknown(tokens);
                    }
                });
            }
        });
    });
    repeatable
}

/// Whether a call is of an annotated function of this file whose body, as it is written, does nothing else
/// than compute.
fn is_called_repeatable(call: &Call, around: &Around) -> bool {
    let Callee::Path(path) = &call.callee else { return false };
    let Some(name) = path.get_ident().filter(|_| call.wide.tangent) else { return false };
    around.function(name).filter(|found| found.whole).is_some_and(|found| {
        let body = found.item.block;
        only_computes(quote!(#body))
    })
}

/// Whether a body consists of what is known to have no effect outside.
fn only_computes(body: TokenStream) -> bool {
    const WORDS: [&str; 14] = [
        "let", "mut", "ref", "if", "else", "match", "for", "in", "while", "loop", "return", "break", "move",
        "as",
    ];
    // None of a cell, as `take` is.
    const OF_SEQUENCES: [&str; 14] = [
        "iter",
        "into_iter",
        "zip",
        "map",
        "sum",
        "product",
        "enumerate",
        "fold",
        "rev",
        "collect",
        "windows",
        "chunks",
        "to_vec",
        "clone",
    ];
    let (mut before, mut owned) = (None, false);
    body.into_iter().all(|token| {
        let (called, method) = (before.take(), owned);
        owned = false;
        match token {
            TokenTree::Ident(name) if WORDS.iter().any(|word| name == word) => true,
            TokenTree::Ident(name) => {
                owned = method;
                before = Some(name.to_string());
                !["unsafe", "static", "fn", "impl", "use", "extern"].iter().any(|word| name == word)
            }
            TokenTree::Group(group) => {
                let call = called.filter(|_| group.delimiter() == Delimiter::Parenthesis);
                let known = call.is_none_or(|name| {
                    method
                        && (PURE.contains(&name.as_str())
                            || OF_SEQUENCES.contains(&name.as_str())
                            || Primitive::from_method(&name).is_some())
                });
                known && only_computes(group.stream())
            }
            // A macro may be anything.
            TokenTree::Punct(punct) if punct.as_char() == '!' => called.is_none_or(|name| name == "vec"),
            TokenTree::Punct(punct) => {
                owned = matches!(punct.as_char(), '.' | ':');
                // `sum::<f64>()`
                if matches!(punct.as_char(), '<' | '>' | ':') {
                    before = called;
                }
                true
            }
            TokenTree::Literal(_) => true,
        }
    })
}

/// What is called under these names has no effect, whoever has it.
const PURE: [&str; 24] = [
    "from",
    "into",
    "unwrap",
    "lit",
    "widen",
    "len",
    "is_empty",
    "is_some",
    "is_none",
    "pow",
    "zero",
    "one",
    "epsilon",
    "infinity",
    "from_f64",
    "from_f32",
    "from_usize",
    "from_u32",
    "from_i32",
    "to_f64",
    "unwrap_or",
    "saturating_sub",
    "wrapping_add",
    "div_ceil",
];

/// Whether the user's tokens call only functions that are known to have no effect.
fn calls_nothing_unknown(tokens: &TokenStream) -> bool {
    let (mut last, mut owned) = (None, false);
    tokens.clone().into_iter().all(|token| {
        let called = last.take();
        match token {
            TokenTree::Ident(name) => {
                // Bare names are the user's functions.
                last = Some(if owned { name.to_string() } else { String::new() });
                owned = false;
                true
            }
            TokenTree::Group(group) => {
                let known = match called {
                    Some(name) if group.delimiter() == Delimiter::Parenthesis => {
                        PURE.contains(&name.as_str()) || Primitive::from_method(&name).is_some()
                    }
                    _ => true,
                };
                known && calls_nothing_unknown(&group.stream())
            }
            // `name::<T>(…)`, and `name!(…)`, which is not known either.
            TokenTree::Punct(punct) => {
                owned = matches!(punct.as_char(), '.' | ':');
                last = called.filter(|_| matches!(punct.as_char(), '!' | '<' | '>' | ':'));
                true
            }
            TokenTree::Literal(_) => true,
        }
    })
}

/// How the contents of a `&mut` argument are copied, and how `copy` is put back.
fn restored(param: &Param, copy: &Ident) -> Option<(TokenStream, TokenStream)> {
    let name = &param.name;
    match &param.shape {
        Shape::Slice(_) => Some((quote!(#name.to_vec()), quote!(#name.clone_from_slice(#copy);))),
        Shape::Float(_) | Shape::Array(..) | Shape::Tuple(_) if !has_slice(&param.shape) => {
            Some((quote!(#name.clone()), quote!(#name.clone_from(#copy);)))
        }
        Shape::Float(_)
        | Shape::Inert
        | Shape::Array(..)
        | Shape::Vec(_)
        | Shape::Tuple(_)
        | Shape::Option(_)
        | Shape::Other(_) => None,
    }
}

impl Target<'_> {
    /// Whether `jacobian` may run over a function several times, and profits from doing so.
    pub fn may_have_columns(&self) -> bool {
        let outputs = self.outputs();
        let few = match outputs.as_slice() {
            [Output::Return(shape)] => is_single(shape),
            [Output::InOut(param)] => is_single(&param.shape),
            _ => false,
        };
        let spelled = outputs.iter().all(|output| match output {
            Output::Return(shape) => Lanes::spelled(shape).is_some(),
            Output::InOut(_) => true,
        });
        // What is behind `&mut` is restored before the next sweep.
        let mut in_outs = self.params.iter().filter(|param| param.mode == ParamMode::RefMut).peekable();
        let counted_late = matches!(&self.output, Some((_, shape)) if static_count(shape).is_none());
        let restored = !(counted_late && in_outs.peek().is_some())
            && in_outs.all(|param| restored(param, &param.name).is_some());
        spelled && !few && restored && self.is_spelled() && self.may_be_wide()
    }

    /// `jacobian` by columns where they are fewer sweeps than rows. `by_rows` is its value else, after
    /// `forward`, which makes `zero` of the outputs.
    pub(super) fn columns(
        &self,
        by_rows: &TokenStream,
        forward: &TokenStream,
        zero: &Ident,
    ) -> Option<TokenStream> {
        let krate = self.krate;
        let declared = self.wide_dots()?;
        let (first, count, rows) = (self.fresh("first"), self.fresh("count"), self.fresh("rows"));
        let dots = self.active().map(|param| &param.dot);
        let counts = quote!(0 #(+ #krate::rt::Directions::count(&#dots))*);
        let outputs = self.outputs();
        let known: Option<Vec<TokenStream>> = outputs
            .iter()
            .map(|output| match output {
                Output::Return(shape) => static_count(shape),
                Output::InOut(param) => {
                    let dot = &param.dot;
                    Some(quote!(#krate::rt::Directions::count(&#dot)))
                }
            })
            .collect();
        let once = (!self.repeatable).then(|| quote!(#count > #krate::rt::LANES ||));
        let choice = match known {
            Some(known) => quote! {
                if #once !#krate::rt::columns_pay(#count, 0 #(+ #known)*) {
                    #forward
                    return #by_rows;
                }
            },
            None if !self.repeatable => quote! {
                if #count > #krate::rt::LANES {
                    #forward
                    return #by_rows;
                }
            },
            // One sweep is few whatever the number of outputs; before several, the outputs are
            // counted.
            None => quote! {
                if #count > #krate::rt::LANES {
                    #forward
                    if !#krate::rt::columns_pay(#count, #krate::rt::scalars(&#zero)) {
                        return #by_rows;
                    }
                }
            },
        };
        let (mut copies, mut restoring) = (TokenStream::new(), TokenStream::new());
        for param in self.params.iter().filter(|param| param.mode == ParamMode::RefMut) {
            let kept = self.fresh(&format!("{}_contents", param.name).replace("r#", ""));
            let (contents, restore) = restored(param, &kept)?;
            copies.extend(quote!(let #kept = (#count > #krate::rt::LANES).then(|| #contents);));
            restoring.extend(quote!(if let ::core::option::Option::Some(#kept) = &#kept { #restore }));
        }
        let value_dot = self.fresh("value_dot");
        let tangents = outputs.iter().map(|output| match output {
            Output::Return(_) => quote!(#value_dot),
            Output::InOut(param) => {
                let dot = &param.dot;
                quote!(#dot)
            }
        });
        let tangents: Vec<TokenStream> = tangents.collect();
        let names: Vec<Ident> = (0..tangents.len()).map(|k| self.fresh(&format!("{rows}_{k}"))).collect();
        let gradient = one_or_tuple(self.active().map(|param| self.zero(param)).collect());
        // What is spelled out is `Clone`.
        let args = self.wide_args(&mut Vec::new());
        let (pointed, question) = (self.pointed(&first), self.question());
        let core = self.own("__ad_jvp_wide");
        let sweep = quote!(#pointed let #value_dot = #core(#(#args),*)#question;);
        let end = self.wrapped(&one_or_tuple(names.iter().map(|name| quote!(#name)).collect()));
        Some(quote! {
            #declared
            let #count = #counts;
            #choice
            #copies
            let #first = 0;
            #sweep
            #(
                let mut #names = #krate::rt::Outputs::rows(&#tangents, &mut || #gradient);
                #krate::rt::Outputs::spread(&#tangents, &mut #names, #first);
            )*
            for #first in (#krate::rt::LANES..#count).step_by(#krate::rt::LANES) {
                #restoring
                #sweep
                #(#krate::rt::Outputs::spread(&#tangents, &mut #names, #first);)*
            }
            #end
        })
    }
}
