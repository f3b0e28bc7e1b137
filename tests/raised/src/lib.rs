//! The attribute of `differentiable`, raised: order two or three where no order is written. The corpus
//! is compiled with it once more.

use autodiff_compiler::{Around, Spot};
use proc_macro::{Span, TokenStream};
use proc_macro2::{Literal, TokenTree};
use quote::quote;

/// `#[differentiable]` of order two.
#[proc_macro_attribute]
pub fn differentiable(args: TokenStream, item: TokenStream) -> TokenStream {
    raised(2, args, item)
}

/// `#[differentiable]` of order three.
#[proc_macro_attribute]
pub fn thrice(args: TokenStream, item: TokenStream) -> TokenStream {
    raised(3, args, item)
}

/// Of order `least` where that which is written is lower.
fn raised(least: u8, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = proc_macro2::TokenStream::from(args).into_iter().collect();
    let order = tokens.iter().position(|token| matches!(token, TokenTree::Ident(name) if name == "order"));
    match order {
        Some(at) => {
            let written = tokens[at + 2].to_string().parse().unwrap_or(least);
            tokens[at + 2] = Literal::u8_unsuffixed(least.max(written)).into();
        }
        None => {
            let least = Literal::u8_unsuffixed(least);
            tokens.extend(quote!(, order = #least).into_iter().skip(usize::from(tokens.is_empty())));
        }
    }
    let span = Span::call_site();
    let read = move || Spot::read(&span.local_file()?, span.line(), span.column());
    let around = Around::new(span.column() == 1, read);
    autodiff_compiler::expand_at(tokens.into_iter().collect(), item.into(), around).into()
}
