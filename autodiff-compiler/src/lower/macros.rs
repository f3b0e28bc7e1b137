//! Macro invocations.

use super::Lowerer;
use super::expr::element_hint;
use super::scope::Operand;
use crate::diagnostics::message;
use crate::ir::{Expr, Ty};
use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident, quote};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Token, Type};

impl Lowerer<'_> {
    pub(super) fn macro_operand(&mut self, mac: &syn::Macro, hint: &Ty, whole: &impl ToTokens) -> Operand {
        if self.dead() {
            return Operand::unit();
        }
        let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if let Some(stated) = self.effects_stated(mac, &name) {
            return self.operand(&stated, hint);
        }
        match name.as_str() {
            "vec" => self.vec_macro(mac, hint, whole),
            "panic" | "unreachable" | "todo" | "unimplemented" => {
                let (tokens, args, _) = self.opaque_macro(mac);
                self.effect_of(tokens, args, true);
                Operand::unit()
            }
            "println" | "print" | "eprintln" | "eprint" | "trace" | "debug" | "info" | "warn" | "error"
            | "log" => {
                let (tokens, args, _) = self.opaque_macro(mac);
                self.effect_of(tokens, args, false);
                Operand::unit()
            }
            name if name.starts_with("assert") || name.starts_with("debug_assert") => {
                let (tokens, args, _) = self.opaque_macro(mac);
                self.effect_of(tokens, args, false);
                Operand::unit()
            }
            "write" | "writeln" => {
                let (tokens, args, _) = self.opaque_macro(mac);
                self.effect_of(quote!(let _ = #tokens), args, false);
                Operand::Value(Expr::Opaque {
                    tokens: quote!(::core::result::Result::<(), ::core::fmt::Error>::Ok(())),
                    args: Vec::new(),
                    ty: Ty::Inert,
                })
            }
            "dbg" => match mac.parse_body::<syn::Expr>() {
                Ok(inner) => {
                    let operand = self.operand(&inner, hint);
                    let operand = self.located(operand, "t");
                    if let Operand::Place(place) | Operand::Ref(place, _) = &operand {
                        let borrow = Expr::Borrow { place: place.clone(), mutable: false };
                        self.effect_of(quote!(::std::dbg!(__hole_0)), vec![borrow], false);
                    }
                    operand
                }
                Err(_) => self.opaque_whole(mac, Ty::Unknown, whole, Some(message::unknown_macro("dbg"))),
            },
            // What evaluating the scrutinee changes has a derivative.
            "matches"
                if let Ok((value, rest)) = matched.parse2(mac.tokens.clone())
                    && !self.can_be_opaque(&value) =>
            {
                let arms = quote!(match #value { #rest => true, _ => false });
                match syn::parse2(arms) {
                    Ok(arms) => self.operand(&syn::Expr::Match(arms), &Ty::Bool),
                    Err(_) => {
                        self.opaque_whole(mac, Ty::Bool, whole, Some(message::unknown_macro("matches")))
                    }
                }
            }
            "matches" | "cfg" => self.opaque_whole(mac, Ty::Bool, whole, None),
            // The comparisons of `approx`; rustc checks that a macro of this name is one.
            "ulps_eq" | "ulps_ne" | "relative_eq" | "relative_ne" | "abs_diff_eq" | "abs_diff_ne" => {
                let (tokens, args, _) = self.opaque_macro(mac);
                let tokens = quote!(::core::convert::identity::<bool>(#tokens));
                Operand::Value(Expr::Opaque { tokens, args, ty: Ty::Bool })
            }
            "format" | "concat" | "stringify" | "env" | "include_str" | "file" | "module_path" => {
                self.opaque_whole(mac, Ty::Inert, whole, None)
            }
            "line" | "column" => {
                self.opaque_whole(mac, Ty::Int(Some(Ident::new("u32", Span::call_site()))), whole, None)
            }
            name => {
                let message = message::unknown_macro(name);
                self.opaque_whole(mac, hint.clone(), whole, Some(message))
            }
        }
    }

    /// A macro with what its arguments change in statements before: `let c = change(&mut s); assert!(c)`.
    fn effects_stated(&mut self, mac: &syn::Macro, name: &str) -> Option<syn::Expr> {
        // How many of the arguments are always evaluated, and once.
        let (checked, count) = match name {
            "assert" | "debug_assert" => (true, 1),
            name if name.starts_with("assert_") || name.starts_with("debug_assert_") => (true, 2),
            "print" | "println" | "eprint" | "eprintln" | "format" | "write" | "writeln" => {
                (false, usize::MAX)
            }
            _ => return None,
        };
        let args = mac.parse_body_with(Punctuated::<syn::Expr, Token![,]>::parse_terminated).ok()?;
        let values: Vec<syn::Expr> = args.iter().map(|arg| value_of(arg, checked).clone()).collect();
        let changing = (0..values.len().min(count)).filter(|k| {
            let (tokens, holes, _) = self.opaque_parts(&values[*k]);
            self.changes_holes(&tokens, &holes)
        });
        // What is computed before the last of them keeps its value.
        let last = changing.last()?;
        let mut lets = Vec::new();
        let mut out: Vec<syn::Expr> = Vec::new();
        let (given, first) = (args.len(), args.first().map(|arg| arg.to_token_stream().to_string()));
        for (k, (arg, value)) in args.into_iter().zip(values).enumerate() {
            let named = match arg {
                syn::Expr::Assign(named) if !checked => Some(*named.left),
                _ => None,
            };
            let stays = k > last || matches!(&value, syn::Expr::Lit(_) | syn::Expr::Path(_));
            let value = if stays {
                value
            } else {
                let name = format_ident!("__arg_{k}", span = value.span());
                lets.push(quote!(let #name = #value;));
                syn::parse_quote!(#name)
            };
            out.push(match named {
                Some(named) => syn::parse_quote!(#named = #value),
                None => value,
            });
        }
        if let Some(text) = first.filter(|_| name.ends_with("assert") && given == 1) {
            out.extend([syn::parse_quote!("assertion failed: {}"), syn::parse_quote!(#text)]);
        }
        let mut path = mac.path.clone();
        let debug = name.strip_prefix("debug_");
        if let Some(last) = path.segments.last_mut()
            && let Some(plain) = debug
        {
            last.ident = Ident::new(plain, last.ident.span());
        }
        let whole = quote!({ #(#lets)* #path!(#(#out),*) });
        Some(match debug {
            Some(_) => syn::parse_quote!(if ::core::cfg!(debug_assertions) #whole),
            None => syn::parse_quote!(#whole),
        })
    }

    fn opaque_whole(
        &mut self,
        mac: &syn::Macro,
        ty: Ty,
        whole: &impl ToTokens,
        refusal: Option<String>,
    ) -> Operand {
        let (tokens, args, vars) = self.opaque_macro(mac);
        if let Some(message) = refusal {
            self.check(vars, whole, message);
        }
        Operand::Value(Expr::Opaque { tokens, args, ty })
    }

    fn vec_macro(&mut self, mac: &syn::Macro, hint: &Ty, whole: &impl ToTokens) -> Operand {
        let (item_hint, _) = element_hint(hint);
        let repeat = |input: ParseStream| {
            let elem: syn::Expr = input.parse()?;
            input.parse::<Token![;]>()?;
            let len: syn::Expr = input.parse()?;
            Ok((elem, len))
        };
        if let Ok((elem, len)) = repeat.parse2(mac.tokens.clone()) {
            let parts = [&elem, &len];
            let operands = self.sequence(2, &mut |this, k| match k {
                0 => Operand::Value(this.component(parts[0], &item_hint)),
                _ => {
                    let value = this.inactive(parts[1], &super::types::usize_ty());
                    Operand::Value(this.index_atom(value))
                }
            });
            let mut values = operands.into_iter().map(|operand| self.value_of(operand)).collect::<Vec<_>>();
            let (Some(len), Some(elem)) = (values.pop(), values.pop()) else { return Operand::unit() };
            return Operand::Value(Expr::VecRepeat { elem: Box::new(elem), len: Box::new(len) });
        }
        match mac.parse_body_with(Punctuated::<syn::Expr, Token![,]>::parse_terminated) {
            Ok(elems) if elems.is_empty() => {
                Operand::Value(Expr::VecNew { capacity: None, ty: item_hint, deque: false })
            }
            Ok(elems) => {
                let elems: Vec<&syn::Expr> = elems.iter().collect();
                Operand::Value(Expr::VecOf(self.elements(&elems, &item_hint)))
            }
            Err(_) => self.refuse(whole, message::UNKNOWN_SYNTAX),
        }
    }

    /// A written type, where one follows a `::<`.
    pub(super) fn turbofish_ty(&self, turbofish: &Option<syn::AngleBracketedGenericArguments>) -> Ty {
        turbofish
            .as_ref()
            .and_then(|arguments| {
                arguments.args.iter().find_map(|argument| match argument {
                    syn::GenericArgument::Type(ty) => Some(self.types.ty(ty as &Type)),
                    _ => None,
                })
            })
            .unwrap_or(Ty::Unknown)
    }
}

/// `value` of `name = value`.
fn value_of(arg: &syn::Expr, checked: bool) -> &syn::Expr {
    match arg {
        syn::Expr::Assign(named) if !checked => &named.right,
        arg => arg,
    }
}

/// Whether a macro takes a format string.
pub(super) fn is_format(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.starts_with("assert")
            || name.starts_with("debug_assert")
            || [
                "format",
                "format_args",
                "print",
                "println",
                "eprint",
                "eprintln",
                "write",
                "writeln",
                "panic",
                "unreachable",
                "todo",
                "unimplemented",
                "trace",
                "debug",
                "info",
                "warn",
                "error",
                "log",
            ]
            .contains(&name.as_str())
    })
}

/// The names that a format string captures: `{x}`, `{x:.3}`, `{:width$}`.
pub(super) fn captures(text: &str, span: Span) -> Vec<Ident> {
    let mut names = Vec::new();
    let mut push = |name: &str| {
        let starts = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if starts && let Ok(mut ident) = syn::parse_str::<Ident>(name) {
            ident.set_span(span);
            names.push(ident);
        }
    };
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let inside = &rest[..close];
        rest = &rest[close + 1..];
        let (name, spec) = inside.split_once(':').unwrap_or((inside, ""));
        push(name.trim());
        for part in spec.split(['.', '<', '>', '^', '+', '#']) {
            if let Some((name, _)) = part.split_once('$') {
                push(name.trim_start_matches(|c: char| !c.is_alphabetic() && c != '_'));
            }
        }
    }
    names
}

/// What a `matches!` looks at.
pub(super) fn scrutinee(mac: &syn::Macro) -> Option<syn::Expr> {
    let known = mac.path.segments.last().is_some_and(|last| last.ident == "matches");
    known.then(|| matched.parse2(mac.tokens.clone()).ok()).flatten().map(|(value, _)| value)
}

/// What `matches!` looks at, and the pattern with its guard.
fn matched(input: ParseStream) -> syn::Result<(syn::Expr, proc_macro2::TokenStream)> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    let mut pattern = proc_macro2::TokenStream::new();
    while !(input.is_empty() || input.peek(Token![,]) && input.peek2(syn::parse::End)) {
        pattern.extend([input.parse::<proc_macro2::TokenTree>()?]);
    }
    input.parse::<Option<Token![,]>>()?;
    Ok((value, pattern))
}
