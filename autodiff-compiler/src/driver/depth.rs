//! Refuses nesting that would overflow the stack of a parser.

use proc_macro2::{Span, TokenStream, TokenTree};

/// How deep groups may nest, and how many prefix operators may follow each other.
const DEEPEST: usize = 160;

/// Where tokens nest too deeply, if they do. Walks without recursion.
pub fn too_deep(tokens: &TokenStream) -> Option<Span> {
    let mut stack = vec![(tokens.clone().into_iter(), 0usize)];
    while let Some((tokens, prefixes)) = stack.last_mut() {
        let Some(token) = tokens.next() else {
            stack.pop();
            continue;
        };
        match &token {
            TokenTree::Punct(_) => *prefixes += 1,
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => *prefixes = 0,
        }
        if *prefixes > DEEPEST {
            return Some(token.span());
        }
        if let TokenTree::Group(group) = &token {
            if stack.len() > DEEPEST {
                return Some(group.span());
            }
            stack.push((group.stream().into_iter(), 0));
        }
    }
    None
}
