//! Finds values that leave the floats and come back: through bits, bytes or text.
//!
//! On the way they are integers or strings, which have no derivative, so that what comes back
//! would be a constant: a silent zero. Whether it is the same value that comes back cannot be
//! told, so that a function which does both is refused, unless what leaves is text as it stands in
//! the source: a parameter, or the error that a closure is given. So is a float that a cast made the bits of
//! another, a fast exponential: the steps of the cast are as fine as the floats.

use super::stmt::unparen;
use crate::names::mentions;
use crate::surroundings::{Around, is_annotated};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// Ways out of the floats, and the ways back.
const WAYS: [(&[&str], &[&str]); 2] = [
    (
        &["to_bits", "to_ne_bytes", "to_le_bytes", "to_be_bytes", "integer_decode"],
        &["from_bits", "from_ne_bytes", "from_le_bytes", "from_be_bytes"],
    ),
    (&["to_string", "format"], &["parse", "from_str"]),
];

/// Methods whose closures are given an error.
const OF_ERRORS: [&str; 5] = ["map_err", "unwrap_or_else", "or_else", "map_or_else", "inspect_err"];

/// Where values come back that may have left; of the parameters, `inert` have no derivative and `floats` are
/// known to be floats. Functions of this file without derivatives may lead out, by what they give.
pub fn through_bits_or_text(
    block: &syn::Block,
    inert: BTreeSet<String>,
    floats: BTreeSet<String>,
    around: &Around,
) -> Vec<Span> {
    let mut idents = Vec::new();
    collect(block.to_token_stream(), &mut idents);
    let mut bound = Bound(BTreeSet::new());
    bound.visit_block(block);
    let inert = inert.difference(&bound.0).cloned().collect();
    let mut texts = Texts { inert, harmless: Vec::new() };
    texts.visit_block(block);
    let mut found = Vec::new();
    for (out, back) in WAYS {
        let harmless = texts.harmless.iter().filter(|name| out.contains(&name.as_str())).count();
        let leaves = idents.iter().filter(|(name, _)| out.contains(&name.as_str())).count() > harmless;
        let returns = || idents.iter().any(|(name, _)| back.contains(&name.as_str()));
        if leaves || returns() && idents.iter().any(|(name, _)| leads_out(name, out, around)) {
            found.extend(
                idents.iter().filter(|(name, _)| back.contains(&name.as_str())).map(|(_, span)| *span),
            );
        }
    }
    let float: syn::Expr = syn::parse_quote!(0.0);
    let values = floats.into_iter().map(|name| (name, vec![float.clone()])).collect();
    let mut casts = Casts { bits: Vec::new(), values };
    casts.visit_block(block);
    found.extend(casts.made_of_casts());
    found
}

/// Whether a name is a function of this file that is given floats and gives what such a way out gives.
fn leads_out(name: &str, out: &[&str], around: &Around) -> bool {
    let Some(found) = syn::parse_str(name).ok().and_then(|name: Ident| around.function(&name)) else {
        return false;
    };
    let sig = &found.item.sig;
    let given = mentions(sig.inputs.to_token_stream());
    let given = given.contains("f64") || given.contains("f32") || !sig.generics.params.is_empty();
    let gives = mentions(sig.output.to_token_stream());
    let carriers: &[&str] = if out.contains(&"to_bits") { &["u64", "u32", "u8"] } else { &["String"] };
    given && !is_annotated(&found.item.attrs) && carriers.iter().any(|carrier| gives.contains(*carrier))
}

/// What becomes bits of a float, and what the names in it stand for.
struct Casts {
    bits: Vec<(syn::Expr, Span)>,
    values: BTreeMap<String, Vec<syn::Expr>>,
}

impl Casts {
    fn made_of_casts(&self) -> Vec<Span> {
        let made = self.bits.iter().filter(|(bits, _)| self.is_cast(bits, &mut BTreeSet::new()));
        made.map(|(_, span)| *span).collect()
    }

    /// Whether an integer grows as a float does, from step to step. One that is shifted to where the exponent
    /// stands is a power of two, and what bit operations make is a hash.
    fn is_cast(&self, expr: &syn::Expr, seen: &mut BTreeSet<String>) -> bool {
        use syn::BinOp::{Add, Shl, Sub};
        match unparen(expr) {
            syn::Expr::Cast(cast) => {
                is_float(&cast.expr, &self.values, &mut BTreeSet::new()) || self.is_cast(&cast.expr, seen)
            }
            syn::Expr::Binary(binary) => match &binary.op {
                Add(_) | Sub(_) => self.is_cast(&binary.left, seen) || self.is_cast(&binary.right, seen),
                Shl(_) => {
                    let by = binary.right.to_token_stream().to_string();
                    by == "32" && self.is_cast(&binary.left, seen)
                }
                _ => false,
            },
            syn::Expr::MethodCall(call)
                if ["max", "min", "clamp", "wrapping_add", "wrapping_sub"]
                    .iter()
                    .any(|name| call.method == name) =>
            {
                self.is_cast(&call.receiver, seen)
            }
            syn::Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                let name = name.to_string();
                let known = self.values.get(&name).filter(|_| seen.insert(name.clone()));
                known.is_some_and(|values| values.iter().any(|value| self.is_cast(value, seen)))
            }),
            _ => false,
        }
    }
}

/// Whether an expression shows that it is a float.
fn is_float(
    expr: &syn::Expr,
    values: &BTreeMap<String, Vec<syn::Expr>>,
    seen: &mut BTreeSet<String>,
) -> bool {
    match unparen(expr) {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Float(_), .. }) => true,
        syn::Expr::Cast(cast) => {
            matches!(cast.ty.to_token_stream().to_string().as_str(), "f64" | "f32")
        }
        syn::Expr::Unary(unary) => is_float(&unary.expr, values, seen),
        syn::Expr::Binary(binary) => {
            is_float(&binary.left, values, seen) || is_float(&binary.right, values, seen)
        }
        syn::Expr::MethodCall(call) if call.method == "mul_add" => true,
        syn::Expr::MethodCall(call) => {
            is_float(&call.receiver, values, seen) || call.args.iter().any(|arg| is_float(arg, values, seen))
        }
        syn::Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
            let name = name.to_string();
            let known = values.get(&name).filter(|_| seen.insert(name.clone()));
            known.is_some_and(|known| known.iter().any(|value| is_float(value, values, seen)))
        }),
        _ => false,
    }
}

impl Visit<'_> for Casts {
    fn visit_expr_call(&mut self, call: &syn::ExprCall) {
        if let (syn::Expr::Path(path), Some(bits)) = (unparen(&call.func), call.args.first())
            && let Some(last) = path.path.segments.last()
            && last.ident == "from_bits"
        {
            self.bits.push((bits.clone(), last.ident.span()));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_local(&mut self, local: &syn::Local) {
        let pat = match &local.pat {
            syn::Pat::Type(typed) => &typed.pat,
            pat => pat,
        };
        if let (syn::Pat::Ident(pat), Some(init)) = (pat, &local.init) {
            self.values.entry(pat.ident.to_string()).or_default().push((*init.expr).clone());
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_assign(&mut self, assign: &syn::ExprAssign) {
        if let syn::Expr::Path(path) = &*assign.left
            && let Some(name) = path.path.get_ident()
        {
            self.values.entry(name.to_string()).or_default().push((*assign.right).clone());
        }
        visit::visit_expr_assign(self, assign);
    }
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

/// The names that a body binds.
struct Bound(BTreeSet<String>);

impl Visit<'_> for Bound {
    fn visit_pat_ident(&mut self, pat: &syn::PatIdent) {
        self.0.insert(pat.ident.to_string());
        visit::visit_pat_ident(self, pat);
    }

    // Those of errors are inert where they are seen.
    fn visit_expr_closure(&mut self, closure: &syn::ExprClosure) {
        self.visit_expr(&closure.body);
    }
}

/// What turns text into text.
struct Texts {
    inert: BTreeSet<String>,
    harmless: Vec<String>,
}

impl Texts {
    fn is_inert(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Lit(_) => true,
            syn::Expr::Reference(inner) => self.is_inert(&inner.expr),
            syn::Expr::Path(path) => {
                path.path.get_ident().is_some_and(|name| self.inert.contains(&name.to_string()))
            }
            syn::Expr::MethodCall(call) => {
                ["trim", "as_str", "as_ref"].iter().any(|name| call.method == name)
                    && call.args.is_empty()
                    && self.is_inert(&call.receiver)
            }
            _ => false,
        }
    }

    /// Whether everything that a `format!` names is inert.
    fn formats_inert(&self, tokens: TokenStream) -> bool {
        let mut named = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => named.push(ident.to_string()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let inline = text.split('{').skip(1).filter_map(|rest| {
                        rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().map(str::to_string)
                    });
                    named.extend(inline.filter(|name| !name.is_empty()));
                }
                TokenTree::Punct(punct) if punct.as_char() == ',' => {}
                TokenTree::Punct(_) | TokenTree::Group(_) => return false,
            }
        }
        named.iter().all(|name| self.inert.contains(name) || name.chars().all(|c| c.is_ascii_digit()))
    }
}

impl Visit<'_> for Texts {
    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        if call.method == "to_string" && self.is_inert(&call.receiver) {
            self.harmless.push(call.method.to_string());
        }
        self.visit_expr(&call.receiver);
        let outer = self.inert.clone();
        for arg in &call.args {
            if let syn::Expr::Closure(closure) = arg {
                for input in &closure.inputs {
                    if let syn::Pat::Ident(ident) = input {
                        let name = ident.ident.to_string();
                        match OF_ERRORS.iter().any(|method| call.method == method) {
                            true => _ = self.inert.insert(name),
                            false => _ = self.inert.remove(&name),
                        }
                    }
                }
            }
            self.visit_expr(arg);
        }
        self.inert = outer;
    }

    fn visit_macro(&mut self, mac: &syn::Macro) {
        if mac.path.is_ident("format") && self.formats_inert(mac.tokens.clone()) {
            self.harmless.push("format".to_string());
        }
    }
}
