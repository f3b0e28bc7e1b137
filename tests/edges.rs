//! The table of edges in `docs/trust.md`, row by row, in both modes.

use differentiable::differentiable;

/// The gradient in reverse mode and in forward mode, at a point.
type Derivatives = fn(f64, f64) -> ([f64; 2], [f64; 2]);

/// What the document calls an expression, with that expression's derivatives.
macro_rules! expressions {
    ($($one:ident $text:literal $x:ident => $body:expr;)* --- $($two:ident $text2:literal $a:ident $b:ident => $body2:expr;)*) => {
        $(
            #[differentiable(allow_unused)]
            fn $one($x: f64) -> f64 {
                $body
            }
        )*
        $(
            #[differentiable(allow_unused)]
            fn $two($a: f64, $b: f64) -> f64 {
                $body2
            }
        )*
        const EXPRESSIONS: &[(&str, Derivatives)] = &[
            $(($text, |x, _| ([$one::grad(x), 0.0], [$one::jvp(x, 1.0).1, 0.0])),)*
            $(($text2, |x, y| {
                let reverse = $two::grad(x, y);
                ([reverse.0, reverse.1], [$two::jvp(x, y, (1.0, 0.0)).1, $two::jvp(x, y, (0.0, 1.0)).1])
            }),)*
        ];
    };
}

expressions! {
    abs "x.abs()" x => x.abs();
    signum "x.signum()" x => x.signum();
    floor "x.floor()" x => x.floor();
    fract "x.fract()" x => x.fract();
    clamp "x.clamp(-1.0, 1.0)" x => x.clamp(-1.0, 1.0);
    sqrt "x.sqrt()" x => x.sqrt();
    cbrt "x.cbrt()" x => x.cbrt();
    ln "x.ln()" x => x.ln();
    exp "x.exp()" x => x.exp();
    recip "x.recip()" x => x.recip();
    powi_0 "x.powi(0)" x => x.powi(0);
    powi_1 "x.powi(1)" x => x.powi(1);
    powi_2 "x.powi(2)" x => x.powi(2);
    powi_less "x.powi(-1)" x => x.powi(-1);
    powi_3 "x.powi(3)" x => x.powi(3);
    asin "x.asin()" x => x.asin();
    acos "x.acos()" x => x.acos();
    atanh "x.atanh()" x => x.atanh();
    tanh "x.tanh()" x => x.tanh();
    sin "x.sin()" x => x.sin();
    branch "if x > 0.0 { x.ln() } else { x }" x => if x > 0.0 { x.ln() } else { x };
    sinc "if x.abs() < 1e-8 { 1.0 } else { x.sin() / x }" x => if x.abs() < 1e-8 { 1.0 } else { x.sin() / x };
    ---
    min "x.min(y)" x y => x.min(y);
    max "x.max(y)" x y => x.max(y);
    powf "x.powf(y)" x y => x.powf(y);
    hypot "x.hypot(y)" x y => x.hypot(y);
    atan2 "x.atan2(y)" x y => x.atan2(y);
    rem "x % y" x y => x % y;
    div "x / y" x y => x / y;
    mul "x * y" x y => x * y;
}

fn number(text: &str) -> Option<f64> {
    match text {
        "" => None,
        text => Some(text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))),
    }
}

fn same(a: f64, b: f64) -> bool {
    a.is_nan() && b.is_nan() || a == b || (a - b).abs() <= 1e-15 * b.abs()
}

#[test]
fn every_row_of_the_document_holds() {
    let document = include_str!("../docs/trust.md");
    let mut rows = 0;
    let mut used = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for line in document.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let expression = cells[0].trim_matches('`');
        let (name, derivatives) = EXPRESSIONS
            .iter()
            .find(|(name, _)| *name == expression)
            .unwrap_or_else(|| panic!("no function for `{expression}`"));
        used.insert(*name);
        let (x, y) = (number(cells[1]).expect("a point"), number(cells[2]));
        let (reverse, forward) = derivatives(x, y.unwrap_or(0.0));
        for (k, cell) in [cells[3], cells[4]].into_iter().enumerate() {
            let Some(expected) = number(cell) else { continue };
            // A tangent of zero along the other operand meets its partial derivative.
            let met = number(cells[4 - k]).is_none_or(f64::is_finite);
            for (mode, got) in [("reverse", reverse[k]), ("forward", forward[k])] {
                if !same(got, expected) && (mode == "reverse" || met) {
                    wrong.push(format!("{line}: {mode} gives {got}"));
                }
            }
        }
        rows += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows > 50, "{rows} rows");
    assert_eq!(used.len(), EXPRESSIONS.len(), "every expression has a row");
}

#[differentiable::differentiable]
fn own_power(x: f64, p: f64) -> f64 {
    x.powf(p)
}

#[differentiable::differentiable]
fn of_own_power(x: f64) -> f64 {
    own_power(x, 2.0) * x
}

/// The exponent's derivative has no value at a negative number, and is not asked for: 3 x².
#[test]
fn an_exponent_without_a_tangent() {
    assert_eq!(of_own_power::jvp(-2.0, 1.0).1, 12.0);
    assert_eq!(of_own_power::grad(-2.0), 12.0);
    assert_eq!(own_power::jvp(-2.0, 2.0, (1.0, 0.0)).1, -4.0);
}
