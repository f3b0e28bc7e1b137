//! Lints that the crate forbids: to allow those again is an error, so generated code does not.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use std::collections::BTreeSet;
use syn::punctuated::Punctuated;
use syn::{Path, Token};

/// Members of the group `unused` that generated code allows by name.
const UNUSED: [&str; 2] = ["dead_code", "unreachable_code"];

/// The lints in the `#![forbid(…)]` of a text.
pub fn forbidden_in(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in text.split("#![forbid(").skip(1) {
        let Some((lints, _)) = part.split_once(")]") else { continue };
        found.extend(lints.split(',').map(|lint| lint.split_whitespace().collect()));
    }
    found
}

/// Generated code that allows none of them.
pub fn without(tokens: TokenStream, forbidden: &BTreeSet<String>) -> TokenStream {
    let mut out = TokenStream::new();
    let mut after_hash = false;
    for token in tokens {
        let hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        out.extend([match token {
            TokenTree::Group(group) => {
                let inner = match after_hash {
                    true => attribute(group.stream(), forbidden),
                    false => without(group.stream(), forbidden),
                };
                let mut changed = Group::new(group.delimiter(), inner);
                changed.set_span(group.span());
                TokenTree::Group(changed)
            }
            token => token,
        }]);
        after_hash = hash;
    }
    out
}

fn attribute(tokens: TokenStream, forbidden: &BTreeSet<String>) -> TokenStream {
    match &tokens.clone().into_iter().collect::<Vec<_>>()[..] {
        [TokenTree::Ident(name), TokenTree::Group(listed)] if name == "allow" => {
            let lints = lints(listed.stream(), forbidden);
            quote!(#name(#lints))
        }
        _ => tokens,
    }
}

/// The lints of an `allow` that are not forbidden.
fn lints(tokens: TokenStream, forbidden: &BTreeSet<String>) -> TokenStream {
    let parse = syn::parse::Parser::parse2(Punctuated::<Path, Token![,]>::parse_terminated, tokens.clone());
    let Ok(listed) = parse else { return tokens };
    let is_forbidden = |path: &Path| {
        let name: String = quote!(#path).to_string().split_whitespace().collect();
        forbidden.contains(&name) || forbidden.contains("unused") && UNUSED.contains(&name.as_str())
    };
    let kept = listed.iter().filter(|path| !is_forbidden(path));
    quote!(#(#kept),*)
}

#[cfg(test)]
mod tests {
    use super::{forbidden_in, without};
    use quote::quote;

    #[test]
    fn what_is_forbidden_is_not_allowed() {
        let forbidden =
            forbidden_in("#![forbid(trivial_casts,\n    clippy::all, unused)]\n#![deny(deprecated)]");
        let code = quote!(
            #[allow(clippy::all, dead_code, deprecated, trivial_casts, unused)]
            fn f() {}
        );
        assert_eq!(
            without(code, &forbidden).to_string(),
            quote!(
                #[allow(deprecated)]
                fn f() {}
            )
            .to_string()
        );
    }
}
