//! Who of a file's annotated functions calls whom: what only callers in the same file ask for is
//! made where there is such a caller.
//!
//! A caller asks here what its callee finds here, so that both agree; what is found may be more than callers
//! need.

use super::outline::{Block, Kind, Outline, Spot};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{FnArg, Ident, ItemFn, PathArguments, ReturnType, Signature, Type};

/// A function that has derivatives, as far as its text tells.
#[derive(Debug)]
pub(super) struct Annotated {
    block: usize,
    name: String,
    /// The words of its body that may be the name of a call.
    calls: BTreeSet<String>,
    /// Whether it may have a Jacobian by columns.
    columns: bool,
    /// Whether it may have a Hessian.
    hessian: bool,
}

/// What callers ask of a function for sweeps in several directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Its tangents.
    pub tangents: bool,
    /// Its adjoint.
    pub adjoint: bool,
}

impl Outline {
    fn annotated(&self) -> &[Annotated] {
        self.annotated.get_or_init(|| {
            let blocks = self.blocks.iter().enumerate();
            blocks.filter_map(|(id, block)| self.annotated_function(id, block)).collect()
        })
    }

    fn annotated_function(&self, id: usize, block: &Block) -> Option<Annotated> {
        let Kind::Function(name) = &block.kind else { return None };
        let says_so = |block: &Block| self.text((block.head, block.open)).contains("differentiable");
        let of_block = block.parent.map(|parent| &self.blocks[parent]);
        let of_block = of_block.filter(|parent| parent.kind == Kind::Associated);
        if !says_so(block) && !of_block.is_some_and(says_so) {
            return None;
        }
        let end = block.close.min(self.chars.len());
        let signature = signature(&self.text((block.head, block.open)));
        let (columns, hessian) = signature.map_or((true, true), |signature| outputs(&signature));
        let calls = called(&self.chars[block.open..end]);
        Some(Annotated { block: id, name: name.clone(), calls, columns, hessian })
    }
}

impl Spot {
    /// The annotated function of a name whose attribute, or that of whose block, stands here.
    fn own(&self, name: &Ident) -> Option<&Annotated> {
        let outline = self.outline();
        let name = name.to_string();
        let holds = |block: &Block| (block.head..block.open).contains(&self.position());
        outline.annotated().iter().find(|found| {
            let block = &outline.blocks[found.block];
            let parent = block.parent.map(|parent| &outline.blocks[parent]);
            let parent = parent.filter(|parent| parent.kind == Kind::Associated);
            found.name == name && (holds(block) || parent.is_some_and(holds))
        })
    }

    /// Whether the function of a name that stands here is called again by what it calls, as far as the names in
    /// this file tell.
    pub(super) fn calls_back(&self, name: &Ident) -> bool {
        let outline = self.outline();
        let Some(own) = self.own(name) else { return false };
        let block_of = |found: &Annotated| outline.blocks[found.block].parent;
        let method = |found: &Annotated| !outline.is_module(block_of(found));
        // Of a method: by methods of its block alone. Those of other types have the same names.
        let counts = |found: &&Annotated| {
            found.block != own.block && (!method(found) || !method(own) || block_of(found) == block_of(own))
        };
        let mut reached: Vec<&Annotated> = vec![own];
        let mut next = 0;
        while let Some(&caller) = reached.get(next) {
            next += 1;
            let called = |found: &&Annotated| caller.calls.contains(&found.name);
            for found in outline.annotated().iter().filter(counts).filter(called) {
                if found.calls.contains(&own.name) {
                    return true;
                }
                if reached.iter().all(|known| known.block != found.block) {
                    reached.push(found);
                }
            }
        }
        false
    }

    /// The block of the function that a name stands for.
    pub(super) fn function_block(&self, name: &Ident) -> Option<usize> {
        let outline = self.outline();
        let here = |scope: Option<usize>, name: &str| outline.functions(scope, name);
        outline.find(&name.to_string(), self.scope(), &here)
    }

    /// The annotated function that a name stands for, and what is asked of it.
    pub(super) fn asked_of(&self, name: &Ident) -> Option<(ItemFn, Asked)> {
        let outline = self.outline();
        let block = self.function_block(name)?;
        let found = outline.annotated().iter().find(|found| found.block == block)?;
        // It looks for callers by its own name.
        let known = *name == found.name && outline.is_module(outline.blocks[block].parent);
        let item = self.function(name).filter(|_| known)?.item;
        Some((item, outline.asked_by_callers(&found.name)))
    }

    pub(super) fn asked(&self, name: &Ident) -> Asked {
        self.own(name).map_or(Asked::default(), |own| self.outline().asked_by_callers(&own.name))
    }
}

impl Outline {
    /// What is asked of all functions of a name.
    fn asked_by_callers(&self, name: &str) -> Asked {
        let mut asked = Asked::default();
        let mut reached: Vec<&str> = vec![name];
        let mut next = 0;
        while let Some(&name) = reached.get(next) {
            next += 1;
            for caller in self.annotated().iter().filter(|caller| caller.calls.contains(name)) {
                asked.tangents |= caller.columns;
                asked.adjoint |= caller.hessian;
                if !reached.contains(&&*caller.name) {
                    reached.push(&caller.name);
                }
            }
        }
        asked
    }
}

fn signature(head: &str) -> Option<Signature> {
    syn::parse_str::<ItemFn>(&format!("{head}{{}}")).ok().map(|item| item.sig)
}

/// Whether a function may have a Jacobian by columns, and a Hessian, by its outputs.
fn outputs(signature: &Signature) -> (bool, bool) {
    let in_out = signature.inputs.iter().any(|input| match input {
        FnArg::Receiver(receiver) => receiver.to_token_stream().to_string().contains("mut"),
        FnArg::Typed(typed) => typed.ty.to_token_stream().to_string().contains("mut"),
    });
    let ReturnType::Type(_, output) = &signature.output else { return (true, false) };
    let plain = match &**output {
        Type::Path(path) => {
            path.path.segments.iter().all(|part| matches!(part.arguments, PathArguments::None))
        }
        _ => false,
    };
    let sequence = match &**output {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| last.ident == "Vec" || last.ident == "Box")
        }
        Type::Array(_) | Type::Tuple(_) => true,
        _ => false,
    };
    (in_out || !plain, !sequence)
}

/// The words before parentheses: calls, and what looks like one.
fn called(body: &[char]) -> BTreeSet<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < body.len() {
        if !is_word(body[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < body.len() && is_word(body[at]) {
            at += 1;
        }
        let after = body[at..].iter().find(|c| !c.is_whitespace());
        // A comment may stand between.
        if matches!(after, Some('(' | '/')) {
            found.insert(body[start..at].iter().collect());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Asked, Spot};
    use crate::surroundings::{Around, Outline};
    use std::sync::Arc;
    use syn::{Ident, ItemFn};

    const SOURCE: &str = "
#[differentiable(order = 2)]
fn looped(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..2 { y *= x; }
    y
}
#[differentiable(order = 2)]
fn energy(x: &[f64]) -> f64 {
    let mut e = 0.0;
    for i in 0..x.len() { e += between(x[i]); }
    e
}
#[differentiable(order = 2)]
fn between(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..2 { y *= looped(y); }
    y
}
#[differentiable]
fn field(x: &[f64], to: &mut [f64]) {
    for i in 0..x.len() { to[i] = first(x[i]); }
}
#[differentiable]
fn first(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..2 { y *= x; }
    y
}
#[differentiable(order = 2)]
fn alone(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..2 { y *= x; }
    y
}
fn plain() -> f64 { alone(1.0) }
";

    /// Where the attribute of a function stands.
    fn spot(name: &str) -> Spot {
        let at = SOURCE.lines().position(|line| line.contains(&format!("fn {name}("))).unwrap();
        Spot::new(Arc::new(Outline::new(SOURCE)), at, 1)
    }

    fn ident(name: &str) -> Ident {
        Ident::new(name, proc_macro2::Span::call_site())
    }

    #[test]
    fn callers_and_callees_agree() {
        let asked = [
            ("looped", Asked { tangents: false, adjoint: true }),
            ("between", Asked { tangents: false, adjoint: true }),
            ("energy", Asked::default()),
            ("field", Asked::default()),
            ("first", Asked { tangents: true, adjoint: false }),
            ("alone", Asked::default()),
        ];
        for (name, expected) in asked {
            assert_eq!(spot(name).asked(&ident(name)), expected, "{name}");
            for caller in ["energy", "field", "alone"] {
                let (_, known) = spot(caller).asked_of(&ident(name)).expect("it is annotated");
                assert_eq!(known, expected, "{name} called by {caller}");
            }
        }
        assert!(spot("energy").asked_of(&ident("plain")).is_none());
    }

    #[test]
    fn only_what_is_asked_for_is_made() {
        let wide = |name: &str| -> Vec<String> {
            let file = syn::parse_file(SOURCE).unwrap();
            let mut functions = file.items.into_iter().filter_map(|item| match item {
                syn::Item::Fn(function) => Some(function),
                _ => None,
            });
            let mut function: ItemFn = functions.find(|function| function.sig.ident == name).unwrap();
            let args = match function.attrs.remove(0).meta {
                syn::Meta::List(list) => list.tokens,
                _ => proc_macro2::TokenStream::new(),
            };
            let at = spot(name);
            let around = Around::new(true, move || Some(at));
            let made = crate::expand_at(args, quote::quote!(#function), around).to_string();
            let names = made.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let mut names: Vec<String> =
                names.filter(|word| word.starts_with("__ad_wide")).map(str::to_owned).collect();
            names.sort();
            names.dedup();
            names
        };
        assert_eq!(wide("looped"), ["__ad_wide_joint", "__ad_wide_split"]);
        assert_eq!(wide("between"), ["__ad_wide_joint", "__ad_wide_split"]);
        // The one of its callee alone.
        assert_eq!(wide("energy"), ["__ad_wide_joint"]);
        assert_eq!(wide("first"), ["__ad_wide_jvp"]);
        assert_eq!(wide("field"), ["__ad_wide_jvp"]);
        assert!(wide("alone").is_empty());
    }
}
