//! How the time of `expand` and the number of emitted tokens grow with the source, by order.
//!
//! ```text
//! cargo run --release -p autodiff-compiler --example growth
//! cargo run --release -p autodiff-compiler --example growth -- loops 1 1000
//! ```
//!
//! The second form expands one source once, for a profiler.

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::time::Instant;

/// `count` assignments in a row.
fn straight(count: usize) -> TokenStream {
    let lines = (0..count).map(|k| match k % 3 {
        0 => quote!(a = a * b + 0.5;),
        1 => quote!(b = (a - b).sin();),
        _ => quote!(a += b * x;),
    });
    quote!(fn f(x: f64, y: f64) -> f64 { let mut a = x; let mut b = y; #(#lines)* a + b })
}

/// As many in loops of four.
fn loops(count: usize) -> TokenStream {
    let lines = (0..count / 4).map(|k| {
        quote! {
            for i in 0..n {
                let t = v[i] * x;
                s += t.sin() * y;
                v[i] = t + #k as f64;
            }
        }
    });
    quote!(fn f(v: &mut [f64], x: f64, y: f64, n: usize) -> f64 { let mut s = 0.0; #(#lines)* s })
}

/// Choices between two values.
fn branches(count: usize) -> TokenStream {
    let lines = (0..count).map(|k| match k % 2 {
        0 => quote!(let c = if a > b { a * x } else { b.sin() };),
        _ => quote!(if c > y {
            a = c * b;
        } else {
            b += c;
        }),
    });
    quote!(fn f(x: f64, y: f64) -> f64 { let mut a = x; let mut b = y; #(#lines)* a + b })
}

/// Calls of other functions.
fn calls(count: usize) -> TokenStream {
    let lines = (0..count).map(|k| {
        let g = format_ident!("g{}", k % 7);
        quote!(a = #g(a, x);)
    });
    quote!(fn f(x: f64, y: f64) -> f64 { let mut a = y; #(#lines)* a })
}

fn count(tokens: TokenStream) -> usize {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => 2 + count(group.stream()),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => 1,
        })
        .sum()
}

type Source = fn(usize) -> TokenStream;

const SOURCES: [(&str, Source); 4] =
    [("straight", straight), ("loops", loops), ("branches", branches), ("calls", calls)];

/// The time of one expansion, in milliseconds, and the tokens that came out.
fn expand(item: TokenStream, order: u8) -> (f64, usize) {
    let start = Instant::now();
    let out = autodiff_compiler::expand(quote!(order = #order, allow_unused), item);
    (start.elapsed().as_secs_f64() * 1e3, count(out))
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [name, order, statements] = &args[..] {
        let (_, make) =
            SOURCES.iter().find(|(known, _)| known == name).expect("straight, loops, branches or calls");
        let statements = statements.parse().expect("a number of statements");
        let (ms, tokens) = expand(make(statements), order.parse().expect("an order"));
        println!("{ms:.1} ms, {tokens} tokens");
        return;
    }
    println!(
        "{:10} {:>5} {:>10} {:>10} {:>12} {:>10}",
        "source", "order", "statements", "ms", "tokens", "exponent"
    );
    for (name, make) in SOURCES {
        for order in 1..=3_u8 {
            let mut before: Option<(usize, usize)> = None;
            for statements in [10, 100, 1_000, 4_000] {
                let (ms, tokens) = expand(make(statements), order);
                // Between this size and the one before.
                let exponent = before.map_or(String::new(), |(size, less)| {
                    let growth = (tokens as f64 / less as f64).ln() / (statements as f64 / size as f64).ln();
                    format!("{growth:.2}")
                });
                println!("{name:10} {order:>5} {statements:>10} {ms:>10.1} {tokens:>12} {exponent:>10}");
                before = Some((statements, tokens));
            }
        }
    }
}
