//! Generated code grows linearly in the source, at every order.
//!
//! `GROWTH=4000 cargo test --release -p autodiff-compiler --test growth -- --nocapture` prints tokens a
//! statement up to functions of that size.

use proc_macro2::{TokenStream, TokenTree};
use std::fmt::Write;

/// A function of so many statements: products, quotients, library calls, branches, a loop in between.
fn function(statements: usize) -> TokenStream {
    let mut text = String::from("fn f(x: &[f64], k: f64) -> f64 { let v0 = x[0] * k;");
    for i in 1..statements {
        let (last, other) = (i - 1, i.saturating_sub(3));
        let value = match i % 5 {
            0 => format!("v{last} * x[{}]", i % 8),
            1 => format!("v{last}.sin() + k * v{other}"),
            2 => format!("v{last} / (2.0 + v{last} * v{other})"),
            3 => format!("if v{last} > 0.3 {{ v{last} * k }} else {{ v{other} + 1.0 }}"),
            _ => format!("{{ let mut s = v{last}; for a in x {{ s += a * v{other}; }} s }}"),
        };
        write!(text, "let v{i} = {value};").expect("text can be written");
    }
    write!(text, "v{} }}", statements - 1).expect("text can be written");
    text.parse().expect("the function has tokens")
}

fn count(tokens: TokenStream) -> usize {
    let each = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => 2 + count(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => 1,
    });
    each.sum()
}

#[test]
fn tokens_a_statement_stay() {
    let largest = std::env::var("GROWTH").ok().and_then(|text| text.parse().ok()).unwrap_or(80);
    for order in 1..=3 {
        let mut before: Option<f64> = None;
        let mut statements = 20;
        while statements <= largest {
            let args = format!("order = {order}").parse().expect("an option");
            let tokens = count(autodiff_compiler::expand(args, function(statements)));
            let each = tokens as f64 / statements as f64;
            println!("order {order}, {statements:5} statements: {tokens:9} tokens, {each:6.0} a statement");
            if let Some(before) = before {
                assert!(each < 1.1 * before, "order {order}: {each} tokens a statement after {before}");
            }
            before = Some(each);
            statements *= 4;
        }
    }
}
