//! `cargo +nightly fuzz run expand`: any text that is tokens is expanded. The first line is the
//! attribute's arguments, the rest the item.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proc_macro2::TokenStream;

fuzz_target!(|text: &str| {
    let (args, item) = text.split_once('\n').unwrap_or(("", text));
    let (Ok(args), Ok(item)) = (args.parse::<TokenStream>(), item.parse::<TokenStream>()) else { return };
    let parses = syn::parse2::<syn::File>(item.clone()).is_ok();
    let output = autodiff_compiler::expand(args, item);
    if parses {
        assert!(syn::parse2::<syn::File>(output).is_ok(), "the expansion does not parse");
    }
});
