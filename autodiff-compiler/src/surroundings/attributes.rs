//! Attributes of items that are looked at where they stand: whether one may change what its item is.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// What attributes of any item say about lints and in words, and hints for the compiler's back end.
const HARMLESS: [&str; 12] = [
    "doc",
    "allow",
    "expect",
    "warn",
    "deny",
    "forbid",
    "must_use",
    "deprecated",
    "inline",
    "cold",
    "track_caller",
    "derive",
];

/// What attributes say, in each configuration: `cfg_attr(c, a, b)` says `a` and `b`.
fn said(attrs: &[Attribute]) -> Vec<Meta> {
    attrs.iter().flat_map(|attr| configured(attr.meta.clone())).collect()
}

fn configured(meta: Meta) -> Vec<Meta> {
    let Meta::List(list) = &meta else { return vec![meta] };
    if !list.path.is_ident("cfg_attr") {
        return vec![meta];
    }
    match list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) {
        Ok(parts) => parts.into_iter().skip(1).flat_map(configured).collect(),
        Err(_) => vec![meta],
    }
}

/// Whether it is for a tool, or harmless whatever it stands on.
fn is_harmless(meta: &Meta) -> bool {
    let path = meta.path();
    let tool = path.segments.len() > 1
        && ["rustfmt", "clippy", "diagnostic"].iter().any(|tool| path.segments[0].ident == tool);
    tool || HARMLESS.iter().any(|name| path.is_ident(name))
}

/// Whether all attributes of a type are known, and none changes it.
pub fn is_known_type(attrs: &[Attribute]) -> bool {
    said(attrs).iter().all(is_of_types)
}

/// Whether a type is as it stands there: another attribute may change it, unless it is one of a derive's
/// own, which stand behind it.
pub fn is_plain_type(attrs: &[Attribute]) -> bool {
    let said = said(attrs);
    let derive = said.iter().position(|meta| meta.path().is_ident("derive")).unwrap_or(said.len());
    let of_derive = |k: usize, meta: &Meta| k > derive && !meta.path().is_ident("cfg");
    said.iter().enumerate().all(|(k, meta)| is_of_types(meta) || of_derive(k, meta))
}

fn is_of_types(meta: &Meta) -> bool {
    const TYPES: [&str; 4] = ["repr", "non_exhaustive", "default", "serde"];
    is_harmless(meta) || TYPES.iter().any(|name| meta.path().is_ident(name))
}

/// Whether our attribute stands there, however it is spelled.
pub fn is_annotated(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| is_ours(&attr.meta))
}

/// Whether our attribute says that a function is differentiated where it is called.
pub fn is_inlined(attrs: &[Attribute]) -> bool {
    let said = |meta: &Meta| match meta {
        Meta::List(list) => list.tokens.clone().into_iter().any(|token| token.to_string() == "inline"),
        Meta::Path(_) | Meta::NameValue(_) => false,
    };
    attrs.iter().any(|attr| is_ours(&attr.meta) && said(&attr.meta))
}

fn is_ours(meta: &Meta) -> bool {
    meta.path().segments.last().is_some_and(|last| last.ident == "differentiable")
}

/// Whether a function is as it stands there but for our attribute, and what that says, if it is there.
pub fn is_plain_function(attrs: &[Attribute]) -> (bool, Option<Meta>) {
    let ours = attrs.iter().find(|attr| is_ours(&attr.meta));
    let said = said(attrs);
    // In one configuration alone it is not known to be there.
    let certain = said.iter().filter(|meta| is_ours(meta)).count() == usize::from(ours.is_some());
    let plain = said.iter().all(|meta| is_harmless(meta) || is_ours(meta));
    (plain && certain, ours.map(|attr| attr.meta.clone()))
}
