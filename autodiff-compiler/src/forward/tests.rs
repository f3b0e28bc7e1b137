//! What forward mode makes of small functions, as text.

use super::forward;
use crate::analyze::activity::activity;
use crate::diagnostics::Diagnostics;
use crate::ir::verify::verify;
use crate::lower::{Context, lower};
use crate::options::Options;

/// The statements of the tangent of a function, without the numbers of its variables.
fn tangent(text: &str) -> String {
    let item: syn::ItemFn = syn::parse_str(text).expect("a function");
    let mut diag = Diagnostics::new();
    let f = lower(&item.sig, &item.block, &Options::default(), &Context::default(), &mut diag);
    let f = f.unwrap_or_else(|| panic!("{:?}", diag.messages()));
    let tangent = forward(&f, &activity(&f));
    let given: Vec<_> = tangent.dots.iter().copied().flatten().collect();
    assert_eq!(verify(&tangent.function, &given), Vec::<String>::new(), "{}", tangent.function);
    let mut shown = tangent.function.display_block(&tangent.function.body);
    if let Some(dot) = &tangent.result_dot {
        shown += &tangent.function.display_expr(dot);
    }
    shown
}

#[test]
fn debug_print() {
    for text in [
        "fn f(x: f64, y: f64) -> f64 { x * y + x.sin() / y }",
        "fn f(x: f64) -> f64 { let mut s = 0.0; for i in 0..3 { s *= x; s += 2.0; s /= x; } s }",
        "fn f(x: &[f64]) -> Vec<f64> { let mut v = vec![0.0; x.len()]; for i in 0..x.len() { v[i] = x[i].tanh().max(0.0); } v }",
        "fn f(x: f64, n: i32) -> f64 { if x > 1.0 { x.powi(n) } else { x.powi(3) } }",
        "fn f(a: &mut [f64], b: f64) { for v in a.iter_mut() { *v *= b; } a.swap(0, 1); }",
        "fn f(x: f64, #[no_diff] t: &mut [f64]) -> f64 { t[0] = x; t[0] * 2.0 }",
        "fn f(x: f64) -> f64 { let (a, b) = (x, 2.0); a * b }",
        "fn f(x: f64) -> f64 { g(x, 2) + h(3) }",
    ] {
        println!("{text}\n{}\n", tangent(text));
    }
}
