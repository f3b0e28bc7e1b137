//! The corpus of the workspace lowers, and what lowering leaves satisfies the IR's invariants.

use super::{Context, lower};
use crate::diagnostics::Diagnostics;
use crate::ir::Function;
use crate::ir::verify::verify_lowered;
use crate::options::Options;
use quote::ToTokens;
use syn::visit::{self, Visit};

/// A function with the attribute, and where it stands.
struct Found {
    item: syn::ItemFn,
    options: proc_macro2::TokenStream,
    context: Context,
}

#[derive(Default)]
struct Finder {
    found: Vec<Found>,
    context: Context,
    whole: bool,
}

fn options_of(attrs: &[syn::Attribute]) -> Option<proc_macro2::TokenStream> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("differentiable"))?;
    match &attr.meta {
        syn::Meta::List(list) => Some(list.tokens.clone()),
        syn::Meta::Path(_) | syn::Meta::NameValue(_) => Some(proc_macro2::TokenStream::new()),
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if let Some(options) = options_of(&item.attrs) {
            self.found.push(Found { item: item.clone(), options, context: Context::default() });
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.context = Context { self_ty: Some((*item.self_ty).clone()), generics: Some(item.generics.clone()) };
        self.whole = options_of(&item.attrs).is_some();
        visit::visit_item_impl(self, item);
        self.context = Context::default();
        self.whole = false;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let options = match options_of(&item.attrs) {
            Some(options) => options,
            None if self.whole => proc_macro2::TokenStream::new(),
            None => return,
        };
        let function = syn::ItemFn {
            attrs: item.attrs.clone(),
            vis: item.vis.clone(),
            modifiers: Default::default(),
            sig: item.sig.clone(),
            block: Box::new(item.block.clone()),
        };
        self.found.push(Found { item: function, options, context: self.context.clone() });
    }

    fn visit_item_macro(&mut self, _: &'ast syn::ItemMacro) {}
}

fn lowered(found: &Found) -> (Option<Function>, Vec<String>) {
    let mut diag = Diagnostics::new();
    let options = Options::parse(found.options.clone(), &mut diag);
    let function = lower(&found.item.sig, &found.item.block, &options, &found.context, &mut diag);
    (function, diag.messages())
}

fn one(text: &str) -> Found {
    let item: syn::ItemFn = syn::parse_str(text).unwrap();
    Found { item, options: proc_macro2::TokenStream::new(), context: Context::default() }
}

/// The IR of a function, after its invariants were checked.
fn ir(text: &str) -> String {
    let (function, errors) = lowered(&one(text));
    let function = function.unwrap_or_else(|| panic!("{errors:#?}"));
    let complaints = verify_lowered(&function);
    assert!(complaints.is_empty(), "{complaints:#?}\n{function}");
    function.to_string()
}

fn errors(text: &str) -> Vec<String> {
    lowered(&one(text)).1
}

#[test]
fn the_corpus_lowers() {
    let mut complaints = Vec::new();
    let mut count = 0;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let file = syn::parse_file(&text).unwrap();
        let mut finder = Finder::default();
        finder.visit_file(&file);
        for found in finder.found {
            if found.options.to_string().contains("partials") || found.options.to_string().contains("vjp") {
                continue;
            }
            count += 1;
            let name = format!("{} in {}", found.item.sig.ident, path.file_name().unwrap().to_string_lossy());
            let show = std::env::var("SHOW").is_ok_and(|show| show.split(',').any(|show| found.item.sig.ident == show));
            let (function, errors) = lowered(&found);
            match function {
                None => complaints.push(format!("{name}: {errors:?}")),
                Some(function) => {
                    if show {
                        println!("{}\n{function}", found.item.to_token_stream());
                    }
                    let wrong = verify_lowered(&function);
                    if !wrong.is_empty() {
                        complaints.push(format!("{name}: {wrong:?}"));
                    }
                }
            }
        }
    }
    assert!(count > 100, "only {count} functions found");
    assert!(complaints.is_empty(), "{} of {count}:\n{}", complaints.len(), complaints.join("\n"));
}
