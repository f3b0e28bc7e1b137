//! Runs the compiler over every function of the sources it is pointed at and reports what became
//! of them.
//!
//! ```text
//! cargo run --release -p autodiff-compiler --example survey -- [--top N] [--args "allow_unused"] DIR…
//! ```
//!
//! Without directories it takes the sources in the local cargo registry. The exit code is 1 if
//! the compiler panicked or wrote something that does not parse.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use syn::visit::{self, Visit};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    // Published sources nest deeper than a main thread's stack takes in debug builds.
    let worker = std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(|| survey().map_err(|error| error.to_string()))?;
    let clean = worker.join().map_err(|_| "the survey itself panicked")??;
    std::process::exit(i32::from(!clean));
}

fn survey() -> Result<bool> {
    let mut top = 40;
    let mut attribute = TokenStream::new();
    let mut roots = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--top" => top = words.next().ok_or("--top needs a number")?.parse()?,
            "--args" => attribute = words.next().ok_or("--args needs tokens")?.parse()?,
            _ => roots.push(PathBuf::from(word)),
        }
    }
    if roots.is_empty() {
        let home = std::env::var("CARGO_HOME")
            .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")))?;
        roots.push(Path::new(&home).join("registry").join("src"));
    }
    let mut files = Vec::new();
    for root in &roots {
        collect(root, &mut files)?;
    }
    files.sort();
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        LAST_PANIC.with_borrow_mut(|last| *last = place);
    }));
    let mut report = Report { attribute, ..Report::default() };
    for file in &files {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        let Ok(parsed) = syn::parse_file(&text) else {
            report.unreadable += 1;
            continue;
        };
        report.files += 1;
        report.file = file.clone();
        report.visit_file(&parsed);
    }
    report.print(top);
    Ok(report.panicked.is_empty() && report.unparsable.is_empty())
}

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        files.push(path.to_path_buf());
    }
    Ok(())
}

/// A refusal: how often, how often in numeric functions, examples of those.
#[derive(Default)]
struct Reason {
    count: usize,
    numeric: usize,
    examples: Vec<String>,
}

#[derive(Default)]
struct Report {
    attribute: TokenStream,
    file: PathBuf,
    /// The bounds of the generics of the `impl` or `trait` around.
    generics: Vec<syn::Generics>,
    files: usize,
    unreadable: usize,
    functions: usize,
    numeric: usize,
    differentiated: usize,
    numeric_differentiated: usize,
    reasons: BTreeMap<String, Reason>,
    panicked: BTreeMap<String, Vec<String>>,
    unparsable: Vec<String>,
    slowest: Vec<(Duration, String)>,
}

impl<'ast> Visit<'ast> for Report {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, item.to_token_stream(), false);
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.generics.push(item.generics.clone());
        for inner in &item.items {
            if let syn::ImplItem::Fn(method) = inner {
                self.function(&method.sig, method.to_token_stream(), true);
            }
        }
        visit::visit_item_impl(self, item);
        self.generics.pop();
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.generics.push(item.generics.clone());
        for inner in &item.items {
            if let syn::TraitItem::Fn(method) = inner
                && method.default.is_some()
            {
                self.function(&method.sig, method.to_token_stream(), true);
            }
        }
        visit::visit_item_trait(self, item);
        self.generics.pop();
    }
}

impl Report {
    fn function(&mut self, signature: &syn::Signature, item: TokenStream, method: bool) {
        self.functions += 1;
        let numeric = self.is_numeric(signature);
        self.numeric += usize::from(numeric);
        let file = self.file.iter().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect::<PathBuf>();
        let name = format!("{}::{}", file.display(), signature.ident);
        let start = Instant::now();
        let attribute = self.attribute.clone();
        let expanded = catch_unwind(AssertUnwindSafe(|| autodiff_compiler::expand(attribute, item)));
        self.slowest.push((start.elapsed(), name.clone()));
        self.slowest.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        self.slowest.truncate(5);
        let Ok(output) = expanded else {
            let place = LAST_PANIC.with_borrow(String::clone);
            self.panicked.entry(place).or_default().push(name);
            return;
        };
        let wrapped = if method { quote!(impl Wrapper { #output }) } else { output.clone() };
        // Without its file, an associated function without `self` and `Self` is taken for a free one.
        let parses =
            [wrapped, output.clone()].into_iter().any(|tokens| syn::parse2::<syn::File>(tokens).is_ok());
        if !parses {
            self.unparsable.push(name);
            return;
        }
        let mut messages = Vec::new();
        errors(output, &mut messages);
        if messages.is_empty() {
            self.differentiated += 1;
            self.numeric_differentiated += usize::from(numeric);
        }
        messages.iter_mut().for_each(|message| *message = stripped(message));
        messages.sort();
        messages.dedup();
        for message in messages {
            let reason = self.reasons.entry(message).or_default();
            reason.count += 1;
            if numeric {
                reason.numeric += 1;
                if reason.examples.len() < 3 {
                    reason.examples.push(name.clone());
                }
            }
        }
    }

    /// Whether a parameter is written with a float, or with a generic bounded like one.
    fn is_numeric(&self, signature: &syn::Signature) -> bool {
        const BOUNDS: [&str; 9] = [
            "Float",
            "Real",
            "RealField",
            "Num",
            "Scalar",
            "BaseFloat",
            "GeoFloat",
            "CoordFloat",
            "FloatCore",
        ];
        let mut floats = vec!["f64".to_string(), "f32".to_string()];
        for generics in self.generics.iter().chain([&signature.generics]) {
            for param in generics.type_params() {
                let bounds = param.bounds.to_token_stream();
                let clauses = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
                let more = clauses.filter_map(|clause| match clause {
                    syn::WherePredicate::Type(ty)
                        if mentions(ty.bounded_ty.to_token_stream(), &[param.ident.to_string()]) =>
                    {
                        Some(ty.bounds.to_token_stream())
                    }
                    _ => None,
                });
                if [bounds].into_iter().chain(more).any(|bounds| mentions(bounds, &BOUNDS)) {
                    floats.push(param.ident.to_string());
                }
            }
        }
        signature.inputs.iter().any(|input| match input {
            syn::FnArg::Typed(typed) => mentions(typed.ty.to_token_stream(), &floats),
            syn::FnArg::Receiver(_) => false,
        })
    }

    fn print(&self, top: usize) {
        let refused = self.functions - self.differentiated - self.unparsable.len() - self.panics();
        println!("files           {:6}  (and {} that do not parse)", self.files, self.unreadable);
        println!("functions       {:6}", self.functions);
        println!("  differentiated{:6}", self.differentiated);
        println!("  refused       {refused:6}");
        println!("  panicked      {:6}", self.panics());
        println!("  not parsable  {:6}", self.unparsable.len());
        println!("numeric         {:6}", self.numeric);
        println!("  differentiated{:6}", self.numeric_differentiated);
        for (place, names) in &self.panicked {
            println!("\npanicked {} x at {place}: {}", names.len(), names[..names.len().min(5)].join(", "));
        }
        if !self.unparsable.is_empty() {
            println!("\nnot parsable: {}", self.unparsable[..self.unparsable.len().min(20)].join(", "));
        }
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, reason)| std::cmp::Reverse((reason.numeric, reason.count)));
        println!("\nrefusals, by how many numeric functions they meet (all functions in brackets):");
        for (message, reason) in reasons.into_iter().take(top) {
            println!("{:6} ({:6})  {message}", reason.numeric, reason.count);
            for example in &reason.examples {
                println!("                   {example}");
            }
        }
        println!("\nslowest:");
        for (time, name) in &self.slowest {
            println!("  {time:>10.2?}  {name}");
        }
    }

    fn panics(&self) -> usize {
        self.panicked.values().map(Vec::len).sum()
    }
}

fn mentions(tokens: TokenStream, names: &[impl AsRef<str>]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.iter().any(|name| ident == name.as_ref()),
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The messages of every `compile_error!`.
fn errors(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (k, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if ident == "compile_error" => {
                if let Some(TokenTree::Group(group)) = tokens.get(k + 2)
                    && let Ok(text) = syn::parse2::<syn::LitStr>(group.stream())
                {
                    found.push(text.value());
                }
            }
            TokenTree::Group(group) => errors(group.stream(), found),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// A message without the user's names in it.
fn stripped(message: &str) -> String {
    let mut out = String::new();
    for (k, part) in message.split('`').enumerate() {
        let fixed = k % 2 == 0 || part.starts_with("#[") || part.contains('(') || part.contains(' ');
        out.push_str(if fixed { part } else { "_" });
        out.push('`');
    }
    out.pop();
    out
}
