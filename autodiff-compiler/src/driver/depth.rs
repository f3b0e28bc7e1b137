//! Refuses nesting that would overflow the stack of a parser.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// How deep groups may nest, and how many prefix operators may follow each other.
const DEEPEST: usize = 160;

/// How many signs one expression may hold between separators: a chain of operators or of method
/// calls is a tree as deep as the chain is long.
const LONGEST: usize = 500;

/// Where tokens nest too deeply, if they do. Walks without recursion.
pub fn too_deep(tokens: &TokenStream) -> Option<Span> {
    let mut stack = vec![(tokens.clone().into_iter(), 0usize, 0usize, 0usize)];
    while let Some((tokens, prefixes, signs, elses)) = stack.last_mut() {
        let Some(token) = tokens.next() else {
            stack.pop();
            continue;
        };
        match &token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => {
                (*prefixes, *signs, *elses) = (0, 0, 0)
            }
            TokenTree::Punct(_) => {
                *prefixes += 1;
                *signs += 1;
            }
            // `if … {} else if … {} else …` is one expression.
            TokenTree::Ident(ident) if ident == "else" => *elses += 1,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => (*prefixes, *signs) = (0, 0),
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => *prefixes = 0,
        }
        if *prefixes > DEEPEST || *signs > LONGEST || *elses > LONGEST {
            return Some(token.span());
        }
        if let TokenTree::Group(group) = &token {
            if stack.len() > DEEPEST {
                return Some(group.span());
            }
            stack.push((group.stream().into_iter(), 0, 0, 0));
        }
    }
    None
}
