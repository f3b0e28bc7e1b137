//! Finds values that leave the floats and come back: through bits, bytes or text.
//!
//! On the way they are integers or strings, which have no derivative, so that what comes back
//! would be a constant: a silent zero. Whether it is the same value that comes back cannot be
//! told, so that a function which does both is refused.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Ways out of the floats, and the ways back.
const WAYS: [(&[&str], &[&str]); 2] = [
    (
        &["to_bits", "to_ne_bytes", "to_le_bytes", "to_be_bytes", "integer_decode"],
        &["from_bits", "from_ne_bytes", "from_le_bytes", "from_be_bytes"],
    ),
    (&["to_string", "format"], &["parse", "from_str"]),
];

/// Where values come back that may have left.
pub fn through_bits_or_text(block: &syn::Block) -> Vec<Span> {
    let mut idents = Vec::new();
    collect(block.to_token_stream(), &mut idents);
    let mut found = Vec::new();
    for (out, back) in WAYS {
        if idents.iter().any(|(name, _)| out.contains(&name.as_str())) {
            found.extend(
                idents.iter().filter(|(name, _)| back.contains(&name.as_str())).map(|(_, span)| *span),
            );
        }
    }
    found
}

fn collect(tokens: TokenStream, into: &mut Vec<(String, Span)>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => into.push((ident.to_string(), ident.span())),
            TokenTree::Group(group) => collect(group.stream(), into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
