//! Fresh identifiers: the one place where variables get their names in the generated code.
//!
//! The first variable of a name keeps it; one that would shadow it gets a suffix (`x_1`). Names
//! that differentiation introduces (`x_bar`) give way to every identifier of the user's
//! function, so that none of theirs is captured and no `let` of ours becomes a pattern.

use crate::ir::walk::{self, Operand};
use crate::ir::{Block, Function, Pattern, Stmt, Var};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use std::collections::HashSet;
use syn::visit::Visit;

/// The identifiers of a user's function.
#[derive(Clone, Debug, Default)]
pub struct Reserved {
    /// Every identifier that is mentioned.
    mentioned: HashSet<String>,
    /// Those that the function binds itself: its variables may have them.
    bound: HashSet<String>,
}

impl Reserved {
    pub fn new(sig: &syn::Signature, block: Option<&syn::Block>) -> Reserved {
        let mut reserved = Reserved::default();
        collect(quote::quote!(#sig #block), &mut reserved.mentioned);
        let mut bound = Bound(&mut reserved.bound);
        bound.visit_signature(sig);
        if let Some(block) = block {
            bound.visit_block(block);
        }
        reserved
    }

    /// Whether a variable may not have this name.
    fn forbids(&self, name: &str) -> bool {
        KEYWORDS.contains(&name) || self.mentioned.contains(name) && !self.bound.contains(name)
    }
}

/// Every identifier in some tokens.
pub fn mentions(tokens: TokenStream) -> HashSet<String> {
    let mut found = HashSet::new();
    collect(tokens, &mut found);
    found
}

fn collect(tokens: TokenStream, into: &mut HashSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                into.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

struct Bound<'a>(&'a mut HashSet<String>);

impl Visit<'_> for Bound<'_> {
    fn visit_pat_ident(&mut self, pat: &syn::PatIdent) {
        self.0.insert(pat.ident.to_string());
        syn::visit::visit_pat_ident(self, pat);
    }

    fn visit_receiver(&mut self, _: &syn::Receiver) {
        self.0.insert("self".to_string());
    }
}

/// What a base name made of pieces may accidentally be.
const KEYWORDS: [&str; 12] =
    ["self", "Self", "super", "crate", "_", "move", "ref", "mut", "in", "as", "loop", "f64"];

/// The names of a function's variables.
#[derive(Clone, Debug)]
pub struct Names {
    names: Vec<Option<Ident>>,
    scope: Vec<String>,
    reserved: Reserved,
}

impl Names {
    pub fn new(function: &Function, reserved: Reserved) -> Names {
        let mut names = Names { names: vec![None; function.vars.len()], scope: Vec::new(), reserved };
        for param in &function.params {
            names.declare(function, param.var);
        }
        names
    }

    pub fn get(&self, function: &Function, var: Var) -> Ident {
        match &self.names[var.0] {
            Some(name) => name.clone(),
            None => function.info(var).name.clone(),
        }
    }

    /// Gives a variable that no statement declares its name.
    pub fn declare(&mut self, function: &Function, var: Var) -> Ident {
        let base = &function.info(var).name;
        let name = self.unique(&base.to_string(), base.span());
        self.names[var.0] = Some(name.clone());
        name
    }

    /// Gives a variable another name, from now on.
    pub fn rename(&mut self, var: Var, name: Ident) {
        self.names[var.0] = Some(name);
    }

    /// A name that no variable in scope has.
    pub fn fresh(&mut self, base: &str) -> Ident {
        self.unique(base, Span::call_site())
    }

    fn unique(&mut self, base: &str, span: Span) -> Ident {
        let is_self = base == "self" && self.reserved.bound.contains("self");
        let mut name = base.to_string();
        let mut suffix = 0;
        while self.scope.contains(&name) || self.reserved.forbids(&name) && !is_self {
            suffix += 1;
            name = format!("{}_{suffix}", base.trim_start_matches("r#"));
        }
        self.scope.push(name.clone());
        match name.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, span),
            None => Ident::new(&name, span),
        }
    }

    /// Names what a block declares, each variable distinct from those visible with it. What
    /// stands at the top of the block stays visible afterwards.
    pub fn declare_block(&mut self, function: &Function, block: &Block) {
        for stmt in &block.stmts {
            self.declare_stmt(function, stmt);
        }
    }

    fn nested(&mut self, function: &Function, declared: &[Var], blocks: &[&Block]) {
        let depth = self.scope.len();
        for &var in declared {
            if self.names[var.0].is_none() {
                self.declare(function, var);
            }
        }
        for block in blocks {
            self.declare_block(function, block);
        }
        self.scope.truncate(depth);
    }

    fn declare_stmt(&mut self, function: &Function, stmt: &Stmt) {
        match stmt {
            Stmt::For { var, body, .. } => self.nested(function, &[*var], &[body]),
            Stmt::While { pre, body, .. } => self.nested(function, &[], &[pre, body]),
            Stmt::If { then, els, .. } => {
                self.nested(function, &[], &[then]);
                self.nested(function, &[], &[els]);
            }
            Stmt::Match { arms, .. } => {
                for arm in arms {
                    let mut bindings = Vec::new();
                    pattern_vars(&arm.pattern, &mut bindings);
                    self.nested(function, &bindings, &[&arm.body]);
                }
            }
            Stmt::Let { .. }
            | Stmt::View { .. }
            | Stmt::Assign { .. }
            | Stmt::Swap { .. }
            | Stmt::CopyFrom { .. }
            | Stmt::Fill { .. }
            | Stmt::Call(_)
            | Stmt::Vector { .. }
            | Stmt::Effect { .. }
            | Stmt::Bail { .. }
            | Stmt::Item(_)
            | Stmt::Accumulate { .. }
            | Stmt::RecordNew { .. }
            | Stmt::RecordPush { .. }
            | Stmt::RecordPop { .. }
            | Stmt::Replace { .. }
            | Stmt::Pull { .. } => {
                let mut declared = Vec::new();
                walk::operands_of_stmt(stmt, &mut |operand| {
                    if let Operand::Declare(var) = operand {
                        declared.push(*var);
                    }
                });
                for var in declared {
                    self.declare(function, var);
                }
            }
        }
    }
}

/// The variables that a pattern binds, each once.
pub fn pattern_vars(pattern: &Pattern, into: &mut Vec<Var>) {
    match pattern {
        Pattern::Wild | Pattern::Rest | Pattern::Tokens(_) => {}
        Pattern::Bind(var) => {
            if !into.contains(var) {
                into.push(*var);
            }
        }
        Pattern::Tuple(items)
        | Pattern::TupleStruct(_, items)
        | Pattern::Or(items)
        | Pattern::Slice(items) => items.iter().for_each(|item| pattern_vars(item, into)),
        Pattern::Struct { fields, .. } => fields.iter().for_each(|(_, item)| pattern_vars(item, into)),
    }
}

/// Names for the parameters of a wrapper: distinct from one another and from the user's.
#[derive(Clone, Debug)]
pub struct Fresh(HashSet<String>);

impl Fresh {
    pub fn new<'a>(taken: impl IntoIterator<Item = &'a Ident>) -> Fresh {
        Fresh(taken.into_iter().map(Ident::to_string).collect())
    }

    pub fn name(&mut self, base: &str) -> Ident {
        let mut name = base.trim_start_matches("r#").to_string();
        let mut suffix = 0;
        while !self.0.insert(name.clone()) {
            suffix += 1;
            name = format!("{base}_{suffix}");
        }
        Ident::new(&name, Span::call_site())
    }
}
