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
        let holds = |block: &Block| (block.head..block.open).contains(&self.at());
        outline.annotated().iter().find(|found| {
            let block = &outline.blocks[found.block];
            let parent = block.parent.map(|parent| &outline.blocks[parent]);
            let parent = parent.filter(|parent| parent.kind == Kind::Associated);
            found.name == name && (holds(block) || parent.is_some_and(holds))
        })
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
