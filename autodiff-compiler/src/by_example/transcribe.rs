//! What a rule writes for what it has matched.

use super::hygiene::marked;
use super::rules::{Bindings, Bound, punct, repetition};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// What a template stands for. Its own identifiers are marked, and everything of its own is at `span`.
pub fn written(template: &TokenStream, bindings: &Bindings, span: Span) -> Option<TokenStream> {
    let mut out = TokenStream::new();
    write(template.clone(), bindings, span, &mut out)?;
    Some(out)
}

/// Tokens as one operand: more than one stand in a group without delimiters.
pub fn whole(tokens: TokenStream) -> TokenStream {
    let mut each = tokens.clone().into_iter();
    match (each.next(), each.next()) {
        (Some(_), Some(_)) => TokenTree::Group(Group::new(Delimiter::None, tokens)).into(),
        _ => tokens,
    }
}

fn write(template: TokenStream, bindings: &Bindings, span: Span, out: &mut TokenStream) -> Option<()> {
    let tokens: Vec<TokenTree> = template.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at..] {
            [dollar, TokenTree::Ident(name), ..] if punct(dollar) == Some('$') => {
                match bindings.get(&name.to_string()) {
                    Some(Bound::One(found)) => out.extend(found.clone()),
                    Some(Bound::Many(_)) => return None,
                    None if name == "crate" => out.extend([TokenTree::Ident(Ident::new("crate", span))]),
                    None => return None,
                }
                at += 2;
            }
            [dollar, TokenTree::Group(inner), after @ ..]
                if punct(dollar) == Some('$') && inner.delimiter() == Delimiter::Parenthesis =>
            {
                let (separator, _, count) = repetition(after)?;
                repeat(&inner.stream(), &separator, bindings, span, out)?;
                at += 2 + count;
            }
            [dollar, ..] if punct(dollar) == Some('$') => return None,
            [lifetime, TokenTree::Ident(name), ..] if punct(lifetime) == Some('\'') => {
                let mut name = name.clone();
                name.set_span(span);
                out.extend([lifetime.clone(), TokenTree::Ident(name)]);
                at += 2;
            }
            [token, ..] => {
                let mut token = match token {
                    TokenTree::Ident(name) => TokenTree::Ident(marked(name)),
                    TokenTree::Group(group) => {
                        let mut inner = TokenStream::new();
                        write(group.stream(), bindings, span, &mut inner)?;
                        TokenTree::Group(Group::new(group.delimiter(), inner))
                    }
                    TokenTree::Punct(_) | TokenTree::Literal(_) => token.clone(),
                };
                token.set_span(span);
                out.extend([token]);
                at += 1;
            }
            [] => break,
        }
    }
    Some(())
}

/// One turn for each of what the names in a repetition stand for.
fn repeat(
    template: &TokenStream,
    separator: &[TokenTree],
    bindings: &Bindings,
    span: Span,
    out: &mut TokenStream,
) -> Option<()> {
    let mut names = Vec::new();
    mentioned(template.clone(), &mut names);
    let repeated: Vec<(&String, &Vec<Bound>)> = names
        .iter()
        .filter_map(|name| match bindings.get(name) {
            Some(Bound::Many(each)) => Some((name, each)),
            Some(Bound::One(_)) | None => None,
        })
        .collect();
    let turns = repeated.first()?.1.len();
    if repeated.iter().any(|(_, each)| each.len() != turns) {
        return None;
    }
    for turn in 0..turns {
        let mut own = bindings.clone();
        own.extend(repeated.iter().map(|(name, each)| ((*name).clone(), each[turn].clone())));
        if turn > 0 {
            out.extend(separator.iter().cloned());
        }
        write(template.clone(), &own, span, out)?;
    }
    Some(())
}

/// The names behind a `$`.
fn mentioned(template: TokenStream, into: &mut Vec<String>) {
    let mut dollar = false;
    for token in template {
        match &token {
            TokenTree::Ident(name) if dollar => into.push(name.to_string()),
            TokenTree::Group(group) => mentioned(group.stream(), into),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        dollar = punct(&token) == Some('$');
    }
}
