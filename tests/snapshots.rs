//! What a user would read: the adjoint generated for a few functions, as it was when somebody
//! last read it. `UPDATE_SNAPSHOTS=1 cargo test --test snapshots` writes the files anew.

use quote::ToTokens;
use std::path::Path;

const FUNCTIONS: [(&str, &str); 3] = [
    (
        "least_squares",
        "fn least_squares(w: f64, b: f64, #[no_diff] x: &[f64], #[no_diff] y: &[f64]) -> f64 {
            let mut sum = 0.0;
            for i in 0..x.len() {
                let residual = w * x[i] + b - y[i];
                sum += residual * residual;
            }
            sum / x.len() as f64
        }",
    ),
    (
        "recurrence",
        "fn recurrence(x: f64, steps: usize) -> f64 {
            let mut y = x;
            for _ in 0..steps {
                y = y * y + x;
            }
            y
        }",
    ),
    (
        "scaled",
        "fn scaled(values: &mut [f64], factor: f64) {
            for value in values.iter_mut() {
                *value *= factor;
            }
        }",
    ),
];

/// The joint core of a function, formatted.
fn adjoint(text: &str) -> String {
    let function: syn::ItemFn = syn::parse_str(text).expect("a function");
    let tokens = autodiff_compiler::expand(Default::default(), function.to_token_stream());
    let mut file: syn::File = syn::parse2(tokens).expect("what is generated parses");
    for item in &mut file.items {
        if let syn::Item::Impl(block) = item {
            block.attrs.clear();
            block.items.retain(|item| matches!(item, syn::ImplItem::Fn(f) if f.sig.ident == "__ad_reverse"));
        }
    }
    file.items.retain(|item| matches!(item, syn::Item::Impl(_)));
    prettyplease::unparse(&file)
}

#[test]
fn adjoints_read_as_they_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    for (name, text) in FUNCTIONS {
        let file = folder.join(format!("{name}.txt"));
        let now = adjoint(text);
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&file, &now).expect("the snapshot is written");
        }
        let then = std::fs::read_to_string(&file).expect("the snapshot is there");
        assert_eq!(now, then, "the adjoint of `{name}` reads differently");
    }
}
