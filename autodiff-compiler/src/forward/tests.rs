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
    without_numbers(&shown)
}

/// `x_dot_7` as `x_dot`: the numbers say nothing here.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('_') {
        let digits = rest[at + 1..].chars().take_while(char::is_ascii_digit).count();
        let ends = !rest[at + 1 + digits..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let (kept, skipped) = if digits > 0 && ends { (at, at + 1 + digits) } else { (at + 1, at + 1) };
        out += &rest[..kept];
        rest = &rest[skipped..];
    }
    out + rest
}

fn shows(text: &str, expected: &[&str]) {
    let actual = tangent(text);
    let actual: Vec<&str> = actual.lines().map(str::trim).collect();
    assert_eq!(actual, expected, "{text}");
}

#[test]
fn each_operation_has_its_tangent_beside_it() {
    shows(
        "fn f(x: f64, y: f64) -> f64 { x * y + x.sin() / y }",
        &[
            "let t = x * y;",
            "let t_dot = (x_dot * y) + (x * y_dot);",
            "let t = x.sin();",
            "let t_dot = x_dot * x.cos();",
            "let t = t / y;",
            "let t_dot = (t_dot - (y_dot * t)) / y;",
            "let result = t + t;",
            "let result_dot = t_dot + t_dot;",
            "result_dot",
        ],
    );
}

#[test]
fn a_tangent_is_updated_before_what_it_reads_is_overwritten() {
    shows(
        "fn f(x: f64) -> f64 { let mut s = 1.0; s *= x; s += 2.0; s *= 3.0; s = s.exp(); s }",
        &[
            "let mut s = 1.0;",
            "let mut s_dot = 0.0;",
            "s_dot = (s_dot * x) + (s * x_dot);",
            "s = s * x;",
            "s += 2.0;",
            "s_dot *= 3.0;",
            "s *= 3.0;",
            "let value = s.exp();",
            "s_dot = s_dot * value;",
            "s = value;",
            "s_dot",
        ],
    );
}

#[test]
fn what_is_inactive_has_no_tangent() {
    shows(
        "fn f(x: f64, #[no_diff] y: f64) -> f64 { let c = y * 2.0; let (a, b) = (x, c); a * b }",
        &[
            "let c = y * 2.0;",
            "let a = x;",
            "let a_dot = x_dot;",
            "let b = c;",
            "let result = a * b;",
            "let result_dot = a_dot * b;",
            "result_dot",
        ],
    );
}

#[test]
fn scratch_that_is_not_differentiated_has_a_tangent_of_its_own() {
    shows(
        "fn f(x: f64, #[no_diff] t: &mut [f64]) -> f64 { t[0] = x; t[0] * 2.0 }",
        &[
            "let mut t_dot = zero(t);",
            "t_dot[0] = x_dot;",
            "t[0] = x;",
            "let result = t[0] * 2.0;",
            "let result_dot = t_dot[0] * 2.0;",
            "result_dot",
        ],
    );
}

#[test]
fn slices_are_swapped_with_their_tangents() {
    shows(
        "fn f(a: &mut [f64], b: f64) { a[0] /= b; a.swap(0, 1); a.fill(b); }",
        &[
            "let value = a[0] / b;",
            "a_dot[0] = (a_dot[0] - (b_dot * value)) / b;",
            "a[0] = value;",
            "swap(a[0], a[1]);",
            "swap(a_dot[0], a_dot[1]);",
            "a_dot.fill(b_dot);",
            "a.fill(b);",
        ],
    );
}

#[test]
fn calls_with_active_arguments_call_the_companion() {
    shows(
        "fn f(x: f64, y: &mut [f64]) -> f64 { g(x, 2) + h(3.0, &mut *y) }",
        &[
            "let (r, r_dot) = call jvp g(x, 2; x_dot, _);",
            "let (r, r_dot) = call jvp h(3.0, &mut y; _, y_dot);",
            "let result = r + r;",
            "let result_dot = r_dot + r_dot;",
            "result_dot",
        ],
    );
}

#[test]
fn branches_assign_values_and_tangents() {
    shows(
        "fn f(x: f64, n: i32) -> f64 { if x > 1.0 { x.powi(n) } else { 2.0 } }",
        &[
            "let t;",
            "let t_dot;",
            "if x > 1.0 {",
            "t_dot = if n == 0 { 0.0 } else { x_dot * ((n as f64) * x.powi(n - 1)) };",
            "t = x.powi(n);",
            "}",
            "else {",
            "t_dot = 0.0;",
            "t = 2.0;",
            "}",
            "t_dot",
        ],
    );
}
