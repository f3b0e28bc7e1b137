//! The rules of a macro: what they match, and what that binds.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Lit, Pat, Path, Type, Visibility};

/// `(pattern) => { template }`.
pub struct Rule {
    pattern: Vec<Matcher>,
    pub template: TokenStream,
}

enum Matcher {
    Token(TokenTree),
    Group(Delimiter, Vec<Matcher>),
    /// `$name:kind`.
    Fragment(String, String),
    /// `$(…)separator op`.
    Repeat {
        inner: Vec<Matcher>,
        separator: Vec<TokenTree>,
        op: char,
    },
}

/// What a name in a pattern stands for.
#[derive(Clone)]
pub enum Bound {
    One(TokenStream),
    /// One for each turn of a repetition.
    Many(Vec<Bound>),
}

pub type Bindings = BTreeMap<String, Bound>;

/// The rules of a macro; none if one of them is not understood.
pub fn parse(tokens: TokenStream) -> Option<Vec<Rule>> {
    let mut rules = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Group(pattern) = token else { return None };
        for expected in ['=', '>'] {
            if punct(&tokens.next()?) != Some(expected) {
                return None;
            }
        }
        let TokenTree::Group(template) = tokens.next()? else { return None };
        rules.push(Rule { pattern: matchers(pattern.stream())?, template: template.stream() });
        if tokens.peek().and_then(punct) == Some(';') {
            tokens.next();
        }
    }
    Some(rules)
}

pub fn punct(token: &TokenTree) -> Option<char> {
    match token {
        TokenTree::Punct(punct) => Some(punct.as_char()),
        TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => None,
    }
}

/// What follows a repetition's parentheses: its separator and its operator, and how many tokens these are.
pub fn repetition(after: &[TokenTree]) -> Option<(Vec<TokenTree>, char, usize)> {
    let is_op = |token: &TokenTree| punct(token).filter(|c| matches!(c, '*' | '+' | '?'));
    for k in 0..3 {
        let op = after.get(k).and_then(is_op);
        // `$(…)+*` and the like are separated by what looks like an operator.
        let separates = k == 0 && after.get(1).and_then(is_op).is_some() && op != Some('?');
        if let Some(op) = op.filter(|_| !separates) {
            return Some((after[..k].to_vec(), op, k + 1));
        }
    }
    None
}

fn matchers(tokens: TokenStream) -> Option<Vec<Matcher>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        match &tokens[at..] {
            [dollar, TokenTree::Ident(name), colon, TokenTree::Ident(kind), ..]
                if punct(dollar) == Some('$') && punct(colon) == Some(':') =>
            {
                out.push(Matcher::Fragment(name.to_string(), kind.to_string()));
                at += 4;
            }
            [dollar, TokenTree::Group(inner), after @ ..] if punct(dollar) == Some('$') => {
                let (separator, op, count) = repetition(after)?;
                out.push(Matcher::Repeat { inner: matchers(inner.stream())?, separator, op });
                at += 2 + count;
            }
            [dollar, ..] if punct(dollar) == Some('$') => return None,
            [TokenTree::Group(group), ..] => {
                out.push(Matcher::Group(group.delimiter(), matchers(group.stream())?));
                at += 1;
            }
            [token, ..] => {
                out.push(Matcher::Token(token.clone()));
                at += 1;
            }
            [] => break,
        }
    }
    Some(out)
}

impl Rule {
    /// What the names stand for, if the rule fits what a macro is given.
    pub fn fit(&self, tokens: TokenStream) -> Option<Bindings> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut bindings = Bindings::new();
        let rest = fit(&self.pattern, &tokens, &mut bindings)?;
        rest.is_empty().then_some(bindings)
    }
}

/// Matches the beginning of tokens; gives the rest.
fn fit<'t>(
    pattern: &[Matcher],
    mut tokens: &'t [TokenTree],
    bindings: &mut Bindings,
) -> Option<&'t [TokenTree]> {
    for matcher in pattern {
        tokens = match matcher {
            Matcher::Token(expected) => {
                let (first, rest) = tokens.split_first()?;
                same(expected, first).then_some(rest)?
            }
            Matcher::Group(delimiter, inner) => {
                let (TokenTree::Group(group), rest) = tokens.split_first()? else { return None };
                let content: Vec<TokenTree> = group.stream().into_iter().collect();
                let all = group.delimiter() == *delimiter && fit(inner, &content, bindings)?.is_empty();
                all.then_some(rest)?
            }
            Matcher::Fragment(name, kind) => {
                let (found, rest) = fragment(kind, tokens)?;
                bindings.insert(name.clone(), Bound::One(found));
                rest
            }
            Matcher::Repeat { inner, separator, op } => repeated(inner, separator, *op, tokens, bindings)?,
        };
    }
    Some(tokens)
}

fn repeated<'t>(
    inner: &[Matcher],
    separator: &[TokenTree],
    op: char,
    mut tokens: &'t [TokenTree],
    bindings: &mut Bindings,
) -> Option<&'t [TokenTree]> {
    let mut turns: Vec<Bindings> = Vec::new();
    loop {
        let mut from = Some(tokens);
        if !turns.is_empty() && !separator.is_empty() {
            let separated = tokens.len() >= separator.len()
                && separator.iter().zip(tokens).all(|(expected, token)| same(expected, token));
            from = separated.then(|| &tokens[separator.len()..]);
        }
        let mut turn = Bindings::new();
        let Some(rest) = from.and_then(|from| fit(inner, from, &mut turn)) else { break };
        // What matches nothing would do so for ever.
        if rest.len() == tokens.len() {
            break;
        }
        tokens = rest;
        turns.push(turn);
        if op == '?' {
            break;
        }
    }
    if op == '+' && turns.is_empty() {
        return None;
    }
    let mut names = Vec::new();
    collect(inner, &mut names);
    for name in names {
        let each = turns.iter().map(|turn| turn.get(&name).cloned()).collect::<Option<Vec<Bound>>>()?;
        bindings.insert(name, Bound::Many(each));
    }
    Some(tokens)
}

/// The names that a pattern binds.
fn collect(pattern: &[Matcher], into: &mut Vec<String>) {
    for matcher in pattern {
        match matcher {
            Matcher::Token(_) => {}
            Matcher::Fragment(name, _) => into.push(name.clone()),
            Matcher::Group(_, inner) | Matcher::Repeat { inner, .. } => collect(inner, into),
        }
    }
}

fn same(expected: &TokenTree, token: &TokenTree) -> bool {
    match (expected, token) {
        (TokenTree::Punct(expected), TokenTree::Punct(token)) => expected.as_char() == token.as_char(),
        (TokenTree::Ident(expected), TokenTree::Ident(token)) => expected == token,
        (TokenTree::Literal(expected), TokenTree::Literal(token)) => {
            expected.to_string() == token.to_string()
        }
        (TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Group(_), _) => false,
    }
}

/// A fragment at the beginning of tokens, and the rest.
fn fragment<'t>(kind: &str, tokens: &'t [TokenTree]) -> Option<(TokenStream, &'t [TokenTree])> {
    let read = |parse: &dyn Fn(ParseStream) -> syn::Result<TokenStream>| {
        let whole = |input: ParseStream| {
            let found = parse(input)?;
            let rest: TokenStream = input.parse()?;
            Ok((found, rest.into_iter().count()))
        };
        let (found, rest) = whole.parse2(tokens.iter().cloned().collect()).ok()?;
        Some((found, &tokens[tokens.len() - rest..]))
    };
    match kind {
        "expr" | "expr_2021" => {
            // Nothing is no expression, and a semicolon begins none.
            tokens.first()?;
            let (found, rest) = read(&|input| input.parse::<Expr>().map(ToTokens::into_token_stream))?;
            Some((super::transcribe::whole(found), rest))
        }
        "ident" => {
            let (first, rest) = tokens.split_first()?;
            matches!(first, TokenTree::Ident(name) if name != "_").then(|| (first.clone().into(), rest))
        }
        "tt" => {
            let count = tree(tokens)?;
            Some((tokens[..count].iter().cloned().collect(), &tokens[count..]))
        }
        "literal" => read(&|input| {
            let minus: Option<syn::Token![-]> = input.parse()?;
            let literal: Lit = input.parse()?;
            Ok(quote::quote!(#minus #literal))
        }),
        "lifetime" => read(&|input| input.parse::<syn::Lifetime>().map(ToTokens::into_token_stream)),
        "ty" => read(&|input| input.parse::<Type>().map(ToTokens::into_token_stream)),
        "path" => read(&|input| input.parse::<Path>().map(ToTokens::into_token_stream)),
        "block" => read(&|input| input.parse::<syn::Block>().map(ToTokens::into_token_stream)),
        "vis" => read(&|input| input.parse::<Visibility>().map(ToTokens::into_token_stream)),
        "pat" => read(&|input| Pat::parse_multi_with_leading_vert(input).map(ToTokens::into_token_stream)),
        "pat_param" => read(&|input| Pat::parse_single(input).map(ToTokens::into_token_stream)),
        _ => None,
    }
}

/// How many tokens of ours the first token tree of rustc's is: `=>` is one.
fn tree(tokens: &[TokenTree]) -> Option<usize> {
    const JOINT: [&str; 24] = [
        "<<=", ">>=", "...", "..=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=",
        "/=", "%=", "^=", "&=", "|=", "<<", ">>", "..",
    ];
    let first = tokens.first()?;
    if punct(first) == Some('\'') {
        return Some(2);
    }
    let text: String = tokens.iter().take(3).map_while(punct).collect();
    Some(JOINT.iter().find(|joint| text.starts_with(**joint)).map_or(1, |joint| joint.len()))
}
