//! The cores of a function whose derivative the user gives: `partials(…)`, or `jvp = …` and
//! `vjp = …`.

use super::{Param, Target};
use crate::diagnostics::{Diagnostics, message};
use crate::emit::precedence::{Prec, at_least, of_syn};
use crate::emit::types::{Shape, has_slice, one_or_tuple, tuple};
use crate::ir::{ParamMode, Wrap};
use crate::names::mentions;
use crate::options::Options;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;

impl Target<'_> {
    /// The hidden companions from own rules; `None` when they were refused.
    pub fn rule_cores(&self, options: &Options, diag: &mut Diagnostics) -> Option<TokenStream> {
        let before = diag.len();
        for param in self.params.iter().filter(|param| param.mode == ParamMode::RefMut) {
            diag.error(param.ty.span(), message::RULE_WITH_MUT);
        }
        let whole = options.jvp.is_some() || options.vjp.is_some();
        let cores = match &options.partials {
            Some(_) if whole => {
                diag.error(self.sig.ident.span(), message::ONE_KIND_OF_RULE);
                return None;
            }
            Some(partials) => self.partials(partials, diag)?,
            None => self.whole_rules(options.jvp.as_ref(), options.vjp.as_ref(), diag)?,
        };
        let (reverse, pull) = (self.reverse_by_split(), self.pull_forwarder());
        let (both, lanes) = (self.joint_forwarder(), self.joint_lanes(None));
        (diag.len() == before).then(|| quote!(#cores #reverse #pull #both #lanes))
    }

    fn scalar_output(&self) -> bool {
        matches!(&self.output, Some((_, Shape::Float(_) | Shape::Other(_))))
    }

    /// The call of the function itself; arguments that the rule needs afterwards are kept.
    fn primal_call(&self) -> TokenStream {
        let (name, generics, question) = (&self.sig.ident, self.turbofish(), self.question());
        let args = self.params.iter().map(|param| {
            let name = &param.name;
            if param.mode == ParamMode::Value && !is_copy(param) {
                quote!(#name.clone())
            } else {
                quote!(#name)
            }
        });
        match (self.is_method(), self.home) {
            (true, _) => {
                let args = args.skip(1);
                quote!(self.#name(#(#args),*)#question)
            }
            (false, super::Home::Function) => quote!(#name #generics(#(#args),*)#question),
            (false, _) => quote!(Self::#name #generics(#(#args),*)#question),
        }
    }

    /// The tangents of the active parameters, resolved.
    fn dots_prologue(&self) -> TokenStream {
        self.active()
            .map(|param| {
                let (dot, zero) = (&param.dot, self.zero(param));
                match param.mode {
                    ParamMode::Value => quote!(let #dot = #dot.or_zero(|| #zero);),
                    ParamMode::Ref | ParamMode::RefMut => {
                        let kept = self.fresh(&format!("{dot}_zero"));
                        quote! {
                            let mut #kept = ::core::option::Option::None;
                            let #dot = #dot.or_zero(&mut #kept, || #zero);
                        }
                    }
                }
            })
            .collect()
    }

    fn jvp_head(&self) -> TokenStream {
        let (head, (generics, clause)) = (self.hidden("__ad_jvp"), self.generics(None, Vec::new()));
        let params = self.params.iter().map(|param| {
            let (declaration, dot, ty) = (param.declaration(), &param.dot, self.dot_ty(param));
            let dot = if param.active { quote!(#dot) } else { quote!(_) };
            quote!(#declaration, #dot: #ty)
        });
        let (value, value_dot) = (self.value_ty(), self.value_bar_ty());
        let returned = self.wrapped_ty(&quote!((#value, #value_dot)));
        quote!(#head #generics(#(#params),*) -> #returned #clause)
    }

    fn split_head(&self) -> TokenStream {
        let (head, (generics, clause)) = (self.hidden("__ad_split"), self.generics(None, Vec::new()));
        let params = self.params.iter().map(Param::declaration);
        let returned = self.split_ty();
        quote!(#head #generics(#(#params),*) -> #returned #clause)
    }

    /// The parameters of the pullback's closure: what is not needed is ignored.
    fn pull_params(&self, seed: &Ident, primals: bool) -> Vec<TokenStream> {
        let types = self.pull_types();
        let seed_ty = &types[0];
        let mut params = vec![quote!(#seed: #seed_ty)];
        for (param, ty) in self.params.iter().zip(&types[1..]) {
            let (name, bar) = (&param.name, &param.bar);
            let slot = if param.active { quote!(#bar) } else { quote!(_) };
            let pattern = match param.mode {
                ParamMode::Value => slot,
                ParamMode::Ref | ParamMode::RefMut if primals && name != "self" => quote!((#name, #slot)),
                ParamMode::Ref | ParamMode::RefMut if primals => quote!((this, #slot)),
                ParamMode::Ref | ParamMode::RefMut => quote!((_, #slot)),
            };
            params.push(quote!(#pattern: #ty));
        }
        params
    }

    fn partials(&self, partials: &[(Ident, syn::Expr)], diag: &mut Diagnostics) -> Option<TokenStream> {
        let krate = self.krate;
        let before = diag.len();
        if !self.scalar_output() {
            diag.error(self.sig.ident.span(), message::PARTIALS_NEED_A_SCALAR);
        }
        for (name, _) in partials {
            if !self.active().any(|param| param.name == *name) {
                diag.error(name.span(), message::unknown_partial(&name.to_string()));
            }
        }
        let mut rules: Vec<(&Param, TokenStream, Ident)> = Vec::new();
        let mentioned = mentions(partials.iter().map(|(_, expr)| quote!(#expr)).collect());
        for param in self.active() {
            let Some((_, partial)) = partials.iter().find(|(name, _)| param.name == *name) else {
                diag.error(param.name.span(), message::missing_partial(&param.name.to_string()));
                continue;
            };
            let mut name = format!("{}_partial", param.name).replace("r#", "");
            while mentioned.contains(&name) {
                name.push('_');
            }
            let tokens = at_least((quote!(#partial), of_syn(partial)), Prec::Product);
            rules.push((param, tokens, Ident::new(&name, Span::call_site())));
        }
        if diag.len() != before {
            return None;
        }
        let result = Ident::new("result", Span::call_site());
        let primal = self.primal_call();

        let (head, dots) = (self.jvp_head(), self.dots_prologue());
        let float = self.value_bar_ty();
        let terms = rules.iter().map(|(param, partial, _)| {
            let dot = &param.dot;
            match (&param.shape, param.mode) {
                (Shape::Float(_), ParamMode::Value) => quote!(#partial * #dot),
                (Shape::Float(_), _) => quote!(#partial * *#dot),
                (Shape::Slice(_) | Shape::Vec(_), _) => quote!(#krate::rt::inner(&(#partial)[..], &#dot[..])),
                (Shape::Array(item, _), _) if matches!(**item, Shape::Float(_)) => {
                    quote!(#krate::rt::inner(&(#partial)[..], &#dot[..]))
                }
                (_, ParamMode::Value) => quote!(#krate::rt::inner_scalars::<_, #float>(&(#partial), &#dot)),
                (_, _) => quote!(#krate::rt::inner_scalars::<_, #float>(&(#partial), #dot)),
            }
        });
        let value = self.wrapped(&quote!((#result, #(#terms)+*)));
        let jvp = quote!(#head { let #result = #primal; #dots #value });

        let head = self.split_head();
        let seed = self.fresh("result_bar");
        let params = self.pull_params(&seed, false);
        let (mut kept, mut pulls) = (TokenStream::new(), TokenStream::new());
        for (param, partial, name) in &rules {
            let bar = &param.bar;
            match &param.shape {
                Shape::Float(_) => {
                    kept.extend(quote!(let #name = #partial;));
                    pulls.extend(quote!(#bar.add(#seed * #name);));
                }
                Shape::Slice(_) | Shape::Vec(_) => {
                    kept.extend(quote!(let #name = (#partial)[..].to_vec();));
                    pulls.extend(quote!(#bar.add_scaled(#seed, &#name);));
                }
                Shape::Inert | Shape::Array(..) | Shape::Tuple(_) | Shape::Option(_) | Shape::Other(_) => {
                    kept.extend(quote!(let #name = #partial;));
                    pulls.extend(quote!(#bar.add(#krate::rt::scaled(#seed, #name));));
                }
            }
        }
        let value = self.wrapped(&quote!((#result, move |#(#params),*| { #pulls })));
        let split = quote!(#head { let #result = #primal; #kept #value });
        Some(quote!(#jvp #split))
    }

    fn whole_rules(
        &self,
        jvp: Option<&syn::Path>,
        vjp: Option<&syn::Path>,
        diag: &mut Diagnostics,
    ) -> Option<TokenStream> {
        let Some(vjp) = vjp else {
            diag.error(self.sig.ident.span(), message::RULE_NEEDS_VJP);
            return None;
        };
        let forward = match jvp {
            Some(jvp) => self.jvp_rule(jvp),
            None if matches!(&self.output, Some((_, Shape::Float(_)))) => self.jvp_by_vjp(vjp),
            None => {
                diag.error(self.sig.ident.span(), message::RULE_NEEDS_JVP);
                return None;
            }
        };
        let reverse = self.vjp_rule(vjp);
        Some(quote!(#forward #reverse))
    }

    fn rule_args(&self) -> Vec<TokenStream> {
        self.params
            .iter()
            .map(|param| {
                let name = &param.name;
                quote!(#name)
            })
            .collect()
    }

    fn jvp_rule(&self, rule: &syn::Path) -> TokenStream {
        let (head, dots, args) = (self.jvp_head(), self.dots_prologue(), self.rule_args());
        let tangents = self.active().map(|param| {
            let dot = &param.dot;
            match (&param.shape, param.mode) {
                (_, ParamMode::Ref | ParamMode::RefMut) => quote!(#dot),
                (shape, ParamMode::Value) => self.lend(shape, &quote!(#dot)),
            }
        });
        let tangents = one_or_tuple(tangents.collect());
        quote!(#head { #dots #rule(#(#args,)* #tangents) })
    }

    /// An owned tangent as a seed.
    fn lend(&self, shape: &Shape, tangent: &TokenStream) -> TokenStream {
        match shape {
            Shape::Slice(_) | Shape::Vec(_) => quote!(&#tangent[..]),
            Shape::Tuple(items) if has_slice(shape) => tuple(
                items
                    .iter()
                    .enumerate()
                    .map(|(k, item)| {
                        let k = syn::Index::from(k);
                        self.lend(item, &quote!(#tangent.#k))
                    })
                    .collect(),
            ),
            Shape::Tuple(_)
            | Shape::Float(_)
            | Shape::Inert
            | Shape::Array(..)
            | Shape::Option(_)
            | Shape::Other(_) => tangent.clone(),
        }
    }

    /// Forward mode from the gradient, where there is one.
    fn jvp_by_vjp(&self, rule: &syn::Path) -> TokenStream {
        let krate = self.krate;
        let (head, dots, args, question) =
            (self.jvp_head(), self.dots_prologue(), self.rule_args(), self.question());
        let Some((_, Shape::Float(scalar))) = &self.output else { unreachable!("the output is a scalar") };
        let one = self.types().one(scalar);
        let value = self.fresh("value");
        let bars = one_or_tuple(
            self.active()
                .map(|param| {
                    let bar = &param.bar;
                    quote!(#bar)
                })
                .collect(),
        );
        let terms = self.active().map(|param| {
            let (bar, dot) = (&param.bar, &param.dot);
            match (&param.shape, param.mode) {
                (Shape::Float(_), ParamMode::Value) => quote!(#bar * #dot),
                (Shape::Float(_), _) => quote!(#bar * *#dot),
                (Shape::Slice(_) | Shape::Vec(_), _) => quote!(#krate::rt::inner(&#bar[..], &#dot[..])),
                (_, ParamMode::Value) => quote!(#krate::rt::inner_scalars::<_, #scalar>(&#bar, &#dot)),
                (_, _) => quote!(#krate::rt::inner_scalars::<_, #scalar>(&#bar, #dot)),
            }
        });
        let end = self.wrapped(&quote!((#value, #(#terms)+*)));
        quote!(#head { #dots let (#value, #bars) = #rule(#(#args,)* #one)#question; #end })
    }

    fn vjp_rule(&self, rule: &syn::Path) -> TokenStream {
        let head = self.split_head();
        let (seed, value) = (self.fresh("value_bar"), self.fresh("value"));
        let primal = self.primal_call();
        let params = self.pull_params(&seed, true);
        let args = self.params.iter().map(|param| {
            let name = &param.name;
            match param.mode {
                ParamMode::Value => quote!(#name),
                ParamMode::Ref | ParamMode::RefMut if name == "self" => quote!(this),
                ParamMode::Ref | ParamMode::RefMut => quote!(#name),
            }
        });
        let cotangent = match &self.output {
            Some((_, shape)) => self.lend(shape, &quote!(#seed)),
            None => quote!(()),
        };
        let bars: Vec<Ident> =
            self.active().map(|param| self.fresh(&format!("{}_part", param.bar))).collect();
        let names = one_or_tuple(bars.iter().map(|bar| quote!(#bar)).collect());
        let call = quote!(#rule(#(#args,)* #cotangent));
        let call = match self.wrap {
            Wrap::Plain => quote!(let (_, #names) = #call;),
            Wrap::Option => quote! {
                let ::core::option::Option::Some((_, #names)) = #call else {
                    ::core::panic!("the rule failed where the function did not")
                };
            },
            Wrap::Result => quote! {
                let ::core::result::Result::Ok((_, #names)) = #call else {
                    ::core::panic!("the rule failed where the function did not")
                };
            },
        };
        let pulls = self.active().zip(&bars).map(|(param, part)| {
            let bar = &param.bar;
            match param.is_sequence() {
                true => quote!(#bar.add_slice(&#part);),
                false => quote!(#bar.add(#part);),
            }
        });
        let end = self.wrapped(&quote!((#value, move |#(#params),*| { #call #(#pulls)* })));
        quote!(#head { let #value = #primal; #end })
    }
}

/// Whether an argument passed by value certainly stays usable.
fn is_copy(param: &Param) -> bool {
    fn copy(shape: &Shape) -> bool {
        match shape {
            Shape::Float(_) => true,
            Shape::Inert | Shape::Slice(_) | Shape::Vec(_) | Shape::Other(_) => false,
            Shape::Array(item, _) | Shape::Option(item) => copy(item),
            Shape::Tuple(items) => items.iter().all(copy),
        }
    }
    copy(&param.shape)
}
