//! Fresh identifiers: the one place where variables get their names in the generated code.
//!
//! The first variable of a name keeps it; one that would shadow it gets a suffix (`x_1`). Names
//! that differentiation introduces (`x_bar`) give way to every identifier of the user's
//! function, so that none of theirs is captured and no `let` of ours becomes a pattern.

use crate::ir::walk::{self, Operand};
use crate::ir::{Block, Function, Pattern, Stmt, Var};
use crate::surroundings::Around;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;

/// The identifiers of a user's function.
#[derive(Clone, Debug, Default)]
pub struct Reserved {
    /// Every identifier that is mentioned.
    mentioned: BTreeSet<String>,
    /// Those that the function binds itself: its variables may have them.
    bound: BTreeSet<String>,
    /// What stands around the function: a constant's name in a `let` is a pattern.
    around: Around,
}

impl Reserved {
    pub fn new(sig: &syn::Signature, block: Option<&syn::Block>, around: &Around) -> Reserved {
        let mut reserved = Reserved { around: around.clone(), ..Reserved::default() };
        collect(quote::quote!(#sig #block), &|_| true, &mut reserved.mentioned);
        let mut bound = Bound(&mut reserved.bound);
        bound.visit_signature(sig);
        if let Some(block) = block {
            bound.visit_block(block);
        }
        reserved
    }

    /// Names for what stands outside the function's body: none that the body takes from
    /// elsewhere, a constant, say.
    pub fn fresh<'a>(&self, taken: impl IntoIterator<Item = &'a Ident>) -> Fresh {
        let mut fresh = Fresh::new(taken);
        fresh.0.extend(self.mentioned.iter().filter(|name| self.forbids(name)).cloned());
        fresh.0.extend(self.around.constants().iter().filter(|name| self.forbids(name)).cloned());
        fresh
    }

    /// Whether a variable may not have this name.
    fn forbids(&self, name: &str) -> bool {
        KEYWORDS.contains(&name)
            || !self.bound.contains(name)
                && (self.mentioned.contains(name) || self.around.constants().contains(name))
    }
}

/// An identifier of text that names were put together to: raw where the first of them is.
pub fn identifier(text: &str, span: Span) -> Ident {
    match text.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(&raw.replace("r#", ""), span),
        None => Ident::new(&text.replace("r#", ""), span),
    }
}

/// Every identifier in some tokens.
pub fn mentions(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(tokens, &|_| true, &mut found);
    found
}

/// Tokens at another place of the source.
pub fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), respan(group.stream(), span));
                inner.set_span(span);
                TokenTree::Group(inner)
            }
            mut token => {
                token.set_span(span);
                token
            }
        })
        .collect()
}

/// Those of the identifiers in some tokens that are wanted.
pub fn collect(tokens: TokenStream, wanted: &dyn Fn(&String) -> bool, into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                if wanted(&name) {
                    into.insert(name);
                }
            }
            TokenTree::Group(group) => collect(group.stream(), wanted, into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The identifiers in some tokens that are no fields, no methods, no lifetimes and no keywords: what may be looked up around.
pub fn looked_up(tokens: TokenStream) -> BTreeSet<String> {
    fn visit(tokens: TokenStream, into: &mut BTreeSet<String>) {
        let (mut dots, mut quote) = (0, false);
        for token in tokens {
            let (part, lifetime) = (dots == 1, quote);
            dots = match &token {
                TokenTree::Punct(punct) if punct.as_char() == '.' => dots + 1,
                _ => 0,
            };
            quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
            match token {
                TokenTree::Ident(ident)
                    if !part && !lifetime && syn::parse_str::<Ident>(&ident.to_string()).is_ok() =>
                {
                    into.insert(ident.to_string());
                }
                TokenTree::Group(group) => visit(group.stream(), into),
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    let mut found = BTreeSet::new();
    visit(tokens, &mut found);
    found
}

/// Whether a function mentions nothing but what it binds itself, what it is generic over, and the standard library:
/// it then means the same wherever it stands.
pub fn is_self_contained(function: &syn::ItemFn) -> bool {
    const KNOWN: &str = "f64 f32 usize u8 u16 u32 u64 u128 isize i8 i16 i32 i64 i128 bool char str Vec Option Some \
        None Result Ok Err String Box Default Clone Copy Iterator IntoIterator Fn FnMut FnOnce Into From Send Sync \
        PartialOrd PartialEq drop vec assert assert_eq assert_ne debug_assert debug_assert_eq debug_assert_ne panic \
        unreachable format println matches Output Item allow inline differentiable";
    struct Free<'a> {
        bound: BTreeSet<&'a str>,
        /// What may be called.
        called: BTreeSet<&'a str>,
        found: bool,
    }
    struct Closures(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Closures {
        fn visit_local(&mut self, local: &'ast syn::Local) {
            if let (syn::Pat::Ident(name), Some(init)) = (&local.pat, &local.init)
                && matches!(&*init.expr, syn::Expr::Closure(_))
            {
                self.0.insert(name.ident.to_string());
            }
            syn::visit::visit_local(self, local);
        }
    }
    impl Free<'_> {
        fn see(&mut self, name: &str) {
            self.found |= !self.bound.contains(name);
        }
    }
    impl<'ast> Visit<'ast> for Free<'_> {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            let first = path.segments.first().map(|first| first.ident.to_string()).unwrap_or_default();
            // `std::f64::consts::PI` is told to its end.
            if !(path.segments.len() > 1 && ["std", "core", "Self"].contains(&first.as_str())) {
                self.see(&first);
            }
            syn::visit::visit_path(self, path);
        }
        // A constant, or a variable of such a name.
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            if pat.ident.to_string().starts_with(char::is_uppercase) {
                self.found = true;
            }
            syn::visit::visit_pat_ident(self, pat);
        }
        // `let step = step(x)` calls what stands around: only parameters and closures are functions of its own.
        fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
            if let syn::Expr::Path(path) = &*call.func
                && let Some(name) = path.path.get_ident()
            {
                self.found |= !self.called.contains(name.to_string().as_str());
            }
            syn::visit::visit_expr_call(self, call);
        }
        // Its arguments are looked at as text.
        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            self.visit_path(&mac.path);
            looked_up(mac.tokens.clone()).iter().for_each(|name| self.see(name));
        }
        fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    }
    let mut bound = BTreeSet::new();
    Bound(&mut bound).visit_item_fn(function);
    for param in &function.sig.generics.params {
        match param {
            syn::GenericParam::Type(param) => bound.insert(param.ident.to_string()),
            syn::GenericParam::Const(param) => bound.insert(param.ident.to_string()),
            syn::GenericParam::Lifetime(_) => false,
        };
    }
    let mut closures = Closures(BTreeSet::new());
    closures.visit_block(&function.block);
    let mut params = BTreeSet::new();
    Bound(&mut params).visit_signature(&function.sig);
    let known = || KNOWN.split_whitespace();
    let called = params.union(&closures.0).map(String::as_str).chain(known()).collect();
    let bound = bound.iter().map(String::as_str).chain(known()).collect();
    let mut free = Free { bound, called, found: false };
    free.visit_item_fn(function);
    !free.found
}

struct Bound<'a>(&'a mut BTreeSet<String>);

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
///
/// Two variables share a name only where no part of the code sees both. A variable may be
/// declared in several places (in the forward sweep's loop and again in the reverse sweep's): it
/// has one name, which is free in all of them.
#[derive(Clone, Debug)]
pub struct Names {
    names: Vec<Option<Ident>>,
    /// For each name the stretches of code that see a variable of it.
    taken: BTreeMap<String, Stretches>,
    /// How much code has been numbered.
    clock: usize,
    /// Where the search for a free suffix of a name goes on.
    suffixes: BTreeMap<String, usize>,
    reserved: Reserved,
}

/// From a declaration to the end of its block.
type Stretch = (usize, usize);

const EVERYWHERE: Stretch = (0, usize::MAX);

/// Stretches that do not meet, by where they begin: thousands of blocks may have the same names.
#[derive(Clone, Debug, Default)]
struct Stretches(BTreeMap<usize, usize>);

impl Stretches {
    fn meets(&self, (start, end): Stretch) -> bool {
        self.0.range(..end).next_back().is_some_and(|(_, to)| start < *to)
    }

    fn add(&mut self, (mut start, mut end): Stretch) {
        while let Some((&from, &to)) = self.0.range(..=end).next_back()
            && to >= start
        {
            self.0.remove(&from);
            start = start.min(from);
            end = end.max(to);
        }
        self.0.insert(start, end);
    }
}

impl Names {
    pub fn new(function: &Function, reserved: Reserved) -> Names {
        let mut names = Names {
            names: vec![None; function.vars.len()],
            taken: BTreeMap::new(),
            clock: 0,
            suffixes: BTreeMap::new(),
            reserved,
        };
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
        let name = self.unique(&base.to_string(), base.span(), &[EVERYWHERE]);
        self.names[var.0] = Some(name.clone());
        name
    }

    /// Gives a variable another name, from now on.
    pub fn rename(&mut self, var: Var, name: Ident) {
        self.names[var.0] = Some(name);
    }

    /// A name that no variable has.
    pub fn fresh(&mut self, base: &str) -> Ident {
        self.unique(base, Span::call_site(), &[EVERYWHERE])
    }

    fn unique(&mut self, base: &str, span: Span, stretches: &[Stretch]) -> Ident {
        let is_self = base == "self" && self.reserved.bound.contains("self");
        // A few names are tried for the sake of short ones, then the search goes on where it ended.
        const TRIED: usize = 8;
        let mut name = base.to_string();
        let mut suffix = 0;
        while self.is_taken(&name, stretches) || self.reserved.forbids(&name) && !is_self {
            suffix += 1;
            if suffix > TRIED {
                let next = self.suffixes.entry(base.to_string()).or_insert(TRIED);
                *next += 1;
                suffix = *next;
            }
            name = format!("{}_{suffix}", base.trim_start_matches("r#"));
        }
        let taken = self.taken.entry(name.clone()).or_default();
        stretches.iter().for_each(|stretch| taken.add(*stretch));
        identifier(&name, span)
    }

    fn is_taken(&self, name: &str, stretches: &[Stretch]) -> bool {
        self.taken.get(name).is_some_and(|taken| stretches.iter().any(|stretch| taken.meets(*stretch)))
    }

    /// Names what blocks declare that stand in one scope after another: what stands at the top
    /// of one is visible in the next. All blocks of a function have to be named at once; naming
    /// one of them again changes nothing.
    pub fn declare_blocks(&mut self, function: &Function, blocks: &[&Block]) {
        let mut stretches: BTreeMap<Var, Vec<Stretch>> = BTreeMap::new();
        let mut order = Vec::new();
        for block in blocks {
            self.scan(block, usize::MAX, &mut |var, stretch| {
                let known = stretches.entry(var).or_default();
                if known.is_empty() {
                    order.push(var);
                }
                known.push(stretch);
            });
        }
        for var in order {
            if self.names[var.0].is_none() {
                let base = &function.info(var).name;
                let name = self.unique(&base.to_string(), base.span(), &stretches[&var]);
                self.names[var.0] = Some(name);
            }
        }
    }

    /// Numbers a block; what it declares itself is visible until `end`, or until its own end.
    fn scan(&mut self, block: &Block, end: usize, visit: &mut dyn FnMut(Var, Stretch)) {
        let mut found: Vec<(Var, usize)> = Vec::new();
        for stmt in &block.stmts {
            self.clock += 1;
            let declare = |operand: Operand, found: &mut Vec<(Var, usize)>, clock: usize| {
                if let Operand::Declare(var) = operand {
                    found.push((*var, clock));
                }
            };
            match stmt {
                Stmt::For { var, body, .. } => {
                    let start = self.clock;
                    self.nested(&[body], &mut *visit);
                    visit(*var, (start, self.clock + 1));
                }
                // What the condition declares is visible in the body.
                Stmt::While { pre, body, .. } => self.nested(&[pre, body], visit),
                Stmt::If { then, els, .. } => {
                    self.nested(&[then], visit);
                    self.nested(&[els], visit);
                }
                Stmt::Match { arms, .. } => {
                    for arm in arms {
                        self.clock += 1;
                        let start = self.clock;
                        let mut bindings = Vec::new();
                        pattern_vars(&arm.pattern, &mut bindings);
                        self.nested(&[&arm.body], visit);
                        bindings.into_iter().for_each(|var| visit(var, (start, self.clock + 1)));
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
                    let clock = self.clock;
                    walk::operands_of_stmt(stmt, &mut |operand| declare(operand, &mut found, clock));
                }
            }
        }
        self.clock += 1;
        let end = end.max(self.clock);
        found.into_iter().for_each(|(var, start)| visit(var, (start, end)));
    }

    fn nested(&mut self, blocks: &[&Block], visit: &mut dyn FnMut(Var, Stretch)) {
        let mut all = Block::default();
        match blocks {
            [block] => self.scan(block, 0, visit),
            _ => {
                all.stmts = blocks.iter().flat_map(|block| block.stmts.iter().cloned()).collect();
                self.scan(&all, 0, visit);
            }
        }
    }
}

/// The variables that a pattern binds, each once.
pub fn pattern_vars(pattern: &Pattern, into: &mut Vec<Var>) {
    match pattern {
        Pattern::Wild | Pattern::Rest | Pattern::Tokens(_) => {}
        Pattern::Bind(var) | Pattern::At(var, _) => {
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
#[derive(Clone, Debug, Default)]
pub struct Fresh(BTreeSet<String>);

impl Fresh {
    /// Names that are none of these either.
    pub fn take(&mut self, taken: impl IntoIterator<Item = String>) {
        self.0.extend(taken);
    }

    pub fn new<'a>(taken: impl IntoIterator<Item = &'a Ident>) -> Fresh {
        Fresh(taken.into_iter().map(Ident::to_string).collect())
    }

    pub fn name(&mut self, base: &str) -> Ident {
        let mut name = base.to_string();
        let mut suffix = 0;
        while !self.0.insert(name.clone()) {
            suffix += 1;
            name = format!("{}_{suffix}", base.trim_start_matches("r#"));
        }
        identifier(&name, Span::call_site())
    }
}
