//! The corpus of the workspace lowers, and what lowering leaves satisfies the IR's invariants.

use super::{Context, lower, names_a_part, without_itself};
use crate::by_example::expanded;
use crate::diagnostics::{Diagnostics, message};
#[cfg(feature = "interp")]
use crate::interp::{Passes, Program};
use crate::ir::Function;
use crate::ir::verify::verify_lowered;
use crate::options::Options;
use crate::surroundings::{Around, Outline, Spot};
use quote::ToTokens;
use std::sync::Arc;
use syn::visit::{self, Visit};

/// A function with the attribute, and where it stands.
struct Found {
    item: syn::ItemFn,
    options: proc_macro2::TokenStream,
    context: Context,
    around: Around,
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
            let around = Around::default();
            self.found.push(Found { item: item.clone(), options, context: Context::default(), around });
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.context = Context::of_block(item);
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
        let around = Around::default();
        self.found.push(Found { item: function, options, context: self.context.clone(), around });
    }

    fn visit_item_macro(&mut self, _: &'ast syn::ItemMacro) {}
}

fn lowered(found: &Found) -> (Option<Function>, Vec<String>) {
    let mut diag = Diagnostics::new();
    let options =
        Options { around: found.around.clone(), ..Options::parse(found.options.clone(), &mut diag) };
    let body = expanded(&found.item.sig, &found.item.block, &options.around);
    let function = lower(&found.item.sig, &body, &options, &found.context, &mut diag);
    (function, diag.messages())
}

fn one(text: &str) -> Found {
    let item: syn::ItemFn = syn::parse_str(text).unwrap();
    let options = proc_macro2::TokenStream::new();
    Found { item, options, context: Context::default(), around: Around::default() }
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
fn the_corpus_is_well_formed_at_every_stage() {
    let mut complaints = Vec::new();
    let mut count = 0;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let file = syn::parse_file(&text).unwrap();
        let mut finder = Finder::default();
        finder.visit_file(&file);
        let outline = Arc::new(Outline::new(&text));
        for mut found in finder.found {
            let (outline, start) = (outline.clone(), found.item.sig.fn_token.span.start());
            found.around = Around::new(false, move || Some(Spot::new(outline, start.line, start.column + 1)));
            if found.options.to_string().contains("partials") || found.options.to_string().contains("vjp") {
                continue;
            }
            count += 1;
            let name = format!("{} in {}", found.item.sig.ident, path.file_name().unwrap().to_string_lossy());
            let show = std::env::var("SHOW")
                .is_ok_and(|show| show.split(',').any(|show| found.item.sig.ident == show));
            // An index is no function of its own: its rule is made of what it names.
            if ["index", "index_mut"].iter().any(|name| found.item.sig.ident == name) {
                continue;
            }
            // Nor is what names a part, and what is marked to be inlined.
            let inlined = found.options.to_string().contains("inline");
            let body = expanded(&found.item.sig, &found.item.block, &found.around);
            if inlined || names_a_part(&found.item.sig, Some(&body)) {
                continue;
            }
            // Nor is the sum of a user's type, which is written out where it is asked for.
            if found.context.of_trait.as_ref().is_some_and(|name| name == "Sum" || name == "Product") {
                continue;
            }
            // What hands itself on has the derivatives of what it does.
            if let Some((sig, block)) = without_itself(&found.item.sig, &found.item.block) {
                (found.item.sig, *found.item.block) = (sig, block);
            }
            found.around.spell_out(&mut found.item.sig, None);
            let (function, errors) = lowered(&found);
            // The methods of a block need have nothing to differentiate.
            let nothing = [message::NO_ACTIVE_PARAMETER, message::NO_OUTPUT];
            if errors.iter().any(|error| nothing.contains(&error.as_str())) {
                continue;
            }
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
                    #[cfg(feature = "interp")]
                    for passes in [Passes::NONE, Passes::ALL] {
                        match Program::of(function.clone()).differentiate(passes) {
                            Ok(program) if program.complaints().is_empty() => {}
                            Ok(program) => complaints.push(format!("{name}: {:?}", program.complaints())),
                            Err(stop) => complaints.push(format!("{name}: {stop:?}")),
                        }
                    }
                }
            }
        }
    }
    assert!(count > 100, "only {count} functions found");
    assert!(complaints.is_empty(), "{} of {count}:\n{}", complaints.len(), complaints.join("\n"));
}

/// Checks the body of the IR, without the signature and indentation.
fn expect(text: &str, body: &str) {
    let shown = ir(text);
    let lines = |text: &str| {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect::<Vec<_>>()
    };
    let found = lines(&shown);
    assert_eq!(found[1..found.len() - 1], lines(body)[..], "\n{shown}");
}

#[test]
fn accumulations_are_recognised() {
    expect(
        "fn f(x: &[f64], k: f64) -> f64 { let mut s = 0.0; for i in 0..x.len() { s = k * x[i] + s; } s }",
        "let mut s_3 = 0.0;
         let k_5 = x_0.len();
         for i_6 in 0..k_5 {
             let t_8 = k_1 * x_0[i_6];
             s_3 += t_8;
         }
         s_3",
    );
}

#[test]
fn an_early_return_nests_the_rest() {
    expect(
        "fn f(x: f64) -> f64 { if x < 0.0 { return 0.0; } let y = x * x; y + 1.0 }",
        "let result_2;
         if x_0 < 0.0 {
             result_2 = 0.0;
         }
         else {
             let y_3 = x_0 * x_0;
             result_2 = y_3 + 1.0;
         }
         result_2",
    );
}

#[test]
fn a_break_is_an_exit_flag() {
    let shown =
        ir("fn f(x: f64) -> f64 { let mut y = x; loop { y *= 0.5; if y < 1.0 { break; } y -= 0.1; } y }");
    assert!(shown.contains("until done"), "{shown}");
    assert!(shown.contains("else {"), "the rest of the body stands in the branch that goes on\n{shown}");
}

#[test]
fn a_return_inside_a_loop_guards_what_follows() {
    let shown = ir("fn f(x: &[f64]) -> f64 { for v in x { if *v > 1.0 { return *v; } } x[0] * 2.0 }");
    assert!(shown.contains("returned"), "{shown}");
    assert!(shown.contains("if !returned"), "{shown}");
}

#[test]
fn chains_become_one_loop() {
    expect(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().zip(y).map(|(a, &b)| a * b).sum::<f64>() }",
        "let mut sum_3 = 0.0;
         let n_4 = x_0.len();
         let n_5 = y_1.len();
         let k_6 = n_4.min(n_5);
         for i_7 in 0..k_6 {
             let b_8 = y_1[i_7];
             sum_3 += x_0[i_7] * b_8;
         }
         sum_3",
    );
}

#[test]
fn operands_keep_their_order() {
    let shown = ir("fn f(x: f64) -> f64 { let mut a = x; let b = a + { a *= 2.0; a }; b }");
    let copy = shown.find("= a_").expect("a copy of `a`");
    let change = shown.find("*= 2.0").expect("the change of `a`");
    assert!(copy < change, "{shown}");
}

#[test]
fn conditions_that_take_statements_stay_lazy() {
    let shown = ir("fn f(x: &[f64], i: usize) -> f64 { if i > 0 && x[i - 1] > 0.0 { x[i] } else { 0.0 } }");
    let test = shown.find("i_1 > 0").expect("the left side");
    let index = shown.find("i_1 - 1").expect("the index");
    assert!(test < index, "{shown}");
}

#[test]
fn only_active_uses_are_refused() {
    assert!(errors("fn f(x: f64, #[no_diff] s: &str) -> f64 { let n = s.chars().filter(|c| c.is_numeric()).count(); x * n as f64 }").is_empty());
    assert!(errors("fn f(x: f64) -> f64 { let t = unsafe { 1.0 }; x * t }").is_empty());
    assert_eq!(errors("fn f(x: f64) -> f64 { unsafe { x * 2.0 } }").len(), 1);
    assert_eq!(errors("fn f(x: f64) -> f64 { magic!(x) }").len(), 1);
    assert_eq!(errors("fn f(x: f64, #[no_diff] g: fn(f64) -> f64) -> f64 { g(x) }").len(), 1);
    assert!(errors("fn f(x: f64, #[no_diff] g: fn(f64) -> f64) -> f64 { x * g(1.0) }").is_empty());
}

#[test]
fn writes_are_never_lost() {
    assert!(!errors("fn f(a: &mut f64, b: &mut f64) { for r in [a, b] { *r *= 2.0; } }").is_empty());
    let swapped = "fn f(x: &[f64], y: &[f64]) -> f64 { let (mut a, mut b) = (x, y); std::mem::swap(&mut a, &mut b); a[0] }";
    assert!(!errors(swapped).is_empty());
}

#[test]
fn every_error_is_reported() {
    let found = errors("fn f(x: f64) -> f64 { let a = unsafe { x }; let b = magic!(x); a + b }");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(errors("fn f(n: usize) -> usize { n }").len(), 1);
    assert_eq!(errors("fn f(x: f64) {}").len(), 1);
    assert_eq!(errors("async fn f(x: f64) -> f64 { x }").len(), 1);
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("fn f(x: f64) -> f64 {{ x {} }}", "+ x".repeat(300));
    assert_eq!(errors(&deep).len(), 1);
}

#[test]
fn references_chosen_by_a_branch_are_followed() {
    let shown = ir(
        "fn f(v: &mut [f64], c: bool) -> f64 { let r = if c { &mut v[0] } else { &mut v[1] }; *r *= 2.0; v[0] }",
    );
    assert!(shown.contains("v_0[0] *= 2.0") && shown.contains("v_0[1] *= 2.0"), "{shown}");
}
