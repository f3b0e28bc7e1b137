//! The arguments of `#[differentiable(…)]`.

use crate::diagnostics::{Diagnostics, message};
use crate::surroundings::Around;
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, LitInt, Token, parenthesized};

/// The highest order of derivatives that can be asked for.
pub const MAX_ORDER: u8 = 8;

#[derive(Clone, Debug)]
pub struct Options {
    /// The parameters to differentiate with respect to; `None`: all that can be.
    pub wrt: Option<Vec<Ident>>,
    pub order: u8,
    /// Whether an active parameter may be without influence on the outputs.
    pub allow_unused: bool,
    /// Whether the function takes part in a cycle of calls.
    pub recursive: bool,
    /// What a body that the function is nested in defines: it stands for these names, whatever the file has.
    /// Lowering says so where it gives a nested function its attribute.
    pub within: Vec<Ident>,
    /// Whether the function has no companions, but is differentiated where it is called.
    pub inline: bool,
    /// The partial derivatives of an opaque function, by parameter.
    pub partials: Option<Vec<(Ident, syn::Expr)>>,
    pub jvp: Option<syn::Path>,
    pub vjp: Option<syn::Path>,
    /// Whether a function without an active parameter or without an output is taken too: its
    /// callers then need not know that there is nothing to differentiate. The driver sets it.
    pub constant: bool,
    /// The path of the facade crate in generated code.
    pub krate: syn::Path,
    /// What stands around the item. The driver sets it.
    pub around: Around,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            wrt: None,
            order: 1,
            allow_unused: false,
            recursive: false,
            within: Vec::new(),
            inline: false,
            partials: None,
            jvp: None,
            vjp: None,
            constant: false,
            krate: syn::parse_quote!(::differentiable),
            around: Around::default(),
        }
    }
}

impl Options {
    /// Reads the arguments; what is wrong is reported and left at its default.
    pub fn parse(args: TokenStream, diag: &mut Diagnostics) -> Options {
        let mut options = Options::default();
        let mut seen = Vec::new();
        let parser = |input: ParseStream| {
            while !input.is_empty() {
                options.option(input, &mut seen, diag)?;
                if input.is_empty() {
                    break;
                }
                input.parse::<Token![,]>()?;
            }
            Ok(())
        };
        let span = args.span();
        if let Err(error) = parser.parse2(args) {
            diag.syntax(&error);
        }
        let alone = |name: &String| ["inline", "order", "crate"].contains(&name.as_str());
        if options.inline && !seen.iter().all(alone) {
            diag.error(span, message::INLINED_OPTIONS);
        }
        options
    }

    fn option(
        &mut self,
        input: ParseStream,
        seen: &mut Vec<String>,
        diag: &mut Diagnostics,
    ) -> syn::Result<()> {
        let name = input.call(Ident::parse_any)?;
        let text = name.to_string();
        if seen.contains(&text) {
            diag.error(name.span(), message::repeated_option(&text));
        }
        match text.as_str() {
            "wrt" => {
                let names = form(list(input), "wrt(x, y)")?;
                for (at, name) in names.iter().enumerate() {
                    if names[..at].contains(name) {
                        diag.error(name.span(), message::repeated_wrt(&name.to_string()));
                    }
                }
                self.wrt = Some(names);
            }
            "order" => {
                let literal: LitInt = form(number(input), "order = 2")?;
                match literal.base10_parse::<u8>() {
                    Ok(order @ 1..=MAX_ORDER) => self.order = order,
                    _ => diag.error(literal.span(), message::ORDER),
                }
            }
            "allow_unused" => self.allow_unused = true,
            "recursive" => self.recursive = true,
            "within" => self.within = form(list(input), "within(f, g)")?,
            "inline" => self.inline = true,
            "partials" => self.partials = Some(form(partials(input), "partials(x = …, y = …)")?),
            "jvp" => self.jvp = Some(form(path(input), "jvp = path::to::rule")?),
            "vjp" => self.vjp = Some(form(path(input), "vjp = path::to::rule")?),
            "crate" => self.krate = form(path(input), "crate = path::to::differentiable")?,
            _ => {
                diag.error(name.span(), message::unknown_option(&text));
                skip_option(input)?;
            }
        }
        seen.push(text);
        Ok(())
    }
}

/// An error of the parser says how the option is written.
fn form<X>(parsed: syn::Result<X>, written: &str) -> syn::Result<X> {
    parsed.map_err(|error| syn::Error::new(error.span(), message::option_form(&error.to_string(), written)))
}

fn number(input: ParseStream) -> syn::Result<LitInt> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn list(input: ParseStream) -> syn::Result<Vec<Ident>> {
    let content;
    parenthesized!(content in input);
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, Ident::parse_any)?;
    Ok(names.into_iter().collect())
}

fn partials(input: ParseStream) -> syn::Result<Vec<(Ident, syn::Expr)>> {
    let content;
    parenthesized!(content in input);
    let one = |input: ParseStream| {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        Ok((name, input.parse()?))
    };
    Ok(Punctuated::<(Ident, syn::Expr), Token![,]>::parse_terminated_with(&content, one)?
        .into_iter()
        .collect())
}

fn path(input: ParseStream) -> syn::Result<syn::Path> {
    input.parse::<Token![=]>()?;
    input.call(syn::Path::parse_mod_style)
}

/// Skips the rest of an unknown option, so that those after it are still read.
fn skip_option(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn parse(args: TokenStream) -> (Options, Vec<String>) {
        let mut diag = Diagnostics::new();
        let options = Options::parse(args, &mut diag);
        (options, diag.messages())
    }

    #[test]
    fn every_option_is_read() {
        let (options, errors) = parse(quote!(
            wrt(a, b),
            order = 3,
            allow_unused,
            recursive,
            partials(x = 2.0 * x),
            crate = ::other
        ));
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(options.wrt.unwrap().len(), 2);
        assert_eq!(options.order, 3);
        assert!(options.allow_unused && options.recursive);
        assert_eq!(options.partials.unwrap().len(), 1);
        assert_eq!(quote::ToTokens::to_token_stream(&options.krate).to_string(), ":: other");
    }

    #[test]
    fn every_error_is_reported() {
        let (_, errors) = parse(quote!(ordr = 2, order = 9, wrt(a), wrt(b)));
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert_eq!(parse(quote!(order = "x")).1.len(), 1);
        assert_eq!(parse(quote!(wrt(1))).1.len(), 1);
    }
}
