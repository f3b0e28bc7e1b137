//! Fuzzing that needs no nightly: whatever tokens come in, the compiler neither panics nor hangs,
//! and what it writes parses whenever what it was given does.
//!
//! `FUZZ_CASES=1000000` runs longer, `FUZZ_SEED` starts elsewhere.

#[path = "random/generate/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of random programs")]
mod generate;
#[path = "random/rng.rs"]
#[allow(dead_code, reason = "shared with the tests of random programs")]
mod rng;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use rng::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Functions to start from, of every kind that the language has.
const SEEDS: [&str; 14] = [
    "fn f(x: f64) -> f64 { x.sin() * x }",
    "pub fn f(x: &[f64], n: usize) -> f64 { let mut s = 0.0; for i in 0..n { s += x[i] * x[i]; } s.sqrt() }",
    "fn f<T: Float + Sum>(x: &[T]) -> T { x.iter().map(|&v| v * v).sum::<T>().sqrt() }",
    "fn f(a: &mut [f64], b: f64) { for v in a.iter_mut() { if *v > b { *v = b; } else { continue; } } }",
    "fn f(x: f64) -> Option<f64> { if x < 0.0 { return None; } let y = g(x)?; Some(y.ln()) }",
    "fn f(&self, x: [f64; 3]) -> [f64; 3] { let [a, b, c] = x; [a * self.k, b + c, c.powi(2)] }",
    "fn f(x: f64, k: u8) -> f64 { match k { 0 => x, 1 | 2 => x * x, n if n > 9 => 1.0, _ => x.exp() } }",
    "fn f(mut x: f64) -> f64 { let r = loop { x = x.cos(); if x < 0.8 { break x; } }; 'a: while x > 0.1 { x *= 0.5; if x < 0.2 { break 'a; } } r * x }",
    "fn f(p: &Point, t: (f64, f64)) -> Point { Point { x: p.x * t.0, ..p.clone() } }",
    "fn f(x: Vec<f64>) -> Vec<f64> { let g = |a: f64| a * 2.0; x.iter().zip(x.iter().skip(1)).map(|(a, b)| g(a - b)).collect() }",
    "#[inline] fn f(x: f64, #[no_diff] t: &Table) -> Result<f64, Error> { let Some(k) = t.get(0) else { return Err(Error::Empty) }; Ok(x / k.value as f64) }",
    "const fn f<const N: usize>(m: [[f64; N]; N]) -> f64 where [f64; N]: Sized { let mut t = 0.0; let mut i = 0; while i < N { t += m[i][i]; i += 1; } t }",
    "fn f(x: f64) -> f64 { let mut a = [0.0; 4]; { let (l, r) = a.split_at_mut(2); l[0] = x; r.swap(0, 1); } assert!(x > 0.0, \"{x}\"); a.iter().copied().fold(f64::NEG_INFINITY, f64::max) }",
    "impl Foo for Bar { type T = f64; fn m(&self, x: f64) -> f64 { Self::K * x } }",
];

/// Words and signs that mutations put in.
const WORDS: [&str; 40] = [
    "x", "self", "Self", "f64", "mut", "ref", "let", "if", "else", "match", "loop", "while", "for", "in",
    "return", "break", "continue", "unsafe", "async", "await", "move", "fn", "impl", "dyn", "as", "const",
    "static", "struct", "where", "_", "sin", "grad", "no_diff", "x_bar", "__hole_0", "r#type", "usize",
    "Vec", "Some", "None",
];

const ARGUMENTS: [&str; 24] = [
    "",
    "order = 2",
    "order = 0",
    "order = 99",
    "order = -1",
    "order",
    "order = x",
    "wrt(x)",
    "wrt(y)",
    "wrt()",
    "wrt",
    "wrt(x, x)",
    "allow_unused",
    "allow_unused, allow_unused",
    "recursive",
    "crate = a::b",
    "crate = 3",
    "partials(x = 2.0)",
    "partials(x = )",
    "jvp = a, vjp = b",
    "jvp = ",
    "nonsense",
    "= = =",
    "wrt(x) order = 2",
];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs `work` with the stack that rustc gives to a macro.
fn on_a_thread(work: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(8 << 20)
            .spawn_scoped(scope, work)
            .expect("a thread starts");
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    });
}

/// What is wrong with the expansion, if anything is.
fn wrong(args: &TokenStream, item: &TokenStream) -> Option<String> {
    let start = Instant::now();
    let (args, input) = (args.clone(), item.clone());
    let Ok(output) = catch_unwind(AssertUnwindSafe(|| autodiff_compiler::expand(args, input))) else {
        return Some("panics".into());
    };
    if start.elapsed() > Duration::from_secs(10) {
        return Some("takes too long".into());
    }
    let method =
        |tokens: &TokenStream| syn::parse2::<syn::ItemImpl>(quote::quote!(impl T { #tokens })).is_ok();
    if syn::parse2::<syn::File>(item.clone()).is_ok()
        && syn::parse2::<syn::File>(output.clone()).is_err()
        && !method(&output)
    {
        return Some(format!("writes what does not parse: {output}"));
    }
    if output.is_empty() && !item.is_empty() { Some("loses the function".into()) } else { None }
}

fn mutate(rng: &mut Rng, tokens: TokenStream, depth: usize) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    let groups: Vec<usize> = (0..trees.len()).filter(|&k| matches!(trees[k], TokenTree::Group(_))).collect();
    if !groups.is_empty() && depth < 8 && rng.chance(75) {
        let at = groups[rng.below(groups.len())];
        if let TokenTree::Group(group) = &trees[at] {
            trees[at] = Group::new(group.delimiter(), mutate(rng, group.stream(), depth + 1)).into();
        }
        return trees.into_iter().collect();
    }
    let at = rng.below(trees.len() + 1);
    let word = || TokenTree::from(Ident::new("w", Span::call_site()));
    let picked = trees.get(at).cloned().unwrap_or_else(word);
    match rng.below(9) {
        0 if at < trees.len() => _ = trees.remove(at),
        1 => trees.insert(at, picked),
        2 if trees.len() > 1 => {
            let (one, other) = (at.min(trees.len() - 1), rng.below(trees.len()));
            trees.swap(one, other);
        }
        3 | 4 => {
            let text = WORDS[rng.below(WORDS.len())];
            let new: TokenStream = text.parse().expect("a word is a token");
            let new: Vec<TokenTree> = new.into_iter().collect();
            if rng.chance(60) && at < trees.len() {
                trees.splice(at..=at, new);
            } else {
                trees.splice(at..at, new);
            }
        }
        5 => {
            let sign =
                ['+', '-', '*', '&', '.', ';', ',', '?', '=', '<', '>', '!', '|', ':', '#'][rng.below(15)];
            trees.insert(
                at,
                Punct::new(sign, if rng.chance(50) { Spacing::Joint } else { Spacing::Alone }).into(),
            );
        }
        6 => {
            let literal = match rng.below(6) {
                0 => Literal::f64_unsuffixed(1.5),
                1 => Literal::usize_unsuffixed(usize::MAX),
                2 => Literal::string("text"),
                3 => Literal::f32_suffixed(0.25),
                4 => Literal::character('c'),
                _ => Literal::i8_suffixed(3),
            };
            trees.insert(at, literal.into());
        }
        7 => {
            let delimiter =
                [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None][rng.below(4)];
            let end = (at + rng.below(4)).min(trees.len());
            let inner: TokenStream = trees.drain(at.min(end)..end).collect();
            trees.insert(at.min(trees.len()), Group::new(delimiter, inner).into());
        }
        _ => {
            // A stretch of tokens, again.
            let end = (at + 1 + rng.below(6)).min(trees.len());
            let copy: Vec<TokenTree> = trees[at.min(end)..end].to_vec();
            trees.splice(at..at, copy);
        }
    }
    trees.into_iter().collect()
}

#[test]
fn mutated_functions() {
    on_a_thread(|| {
        let (cases, start) = (number("FUZZ_CASES", 6000), number("FUZZ_SEED", 0));
        let mut found = Vec::new();
        std::panic::set_hook(Box::new(|_| {}));
        for seed in start..start + cases {
            let mut rng = Rng::new(seed);
            let text = if rng.chance(60) {
                SEEDS[rng.below(SEEDS.len())].to_string()
            } else {
                let source = generate::program(&mut rng).text;
                source[source.rfind("fn f(").unwrap_or(0)..].to_string()
            };
            let mut item: TokenStream = text.parse().expect("seeds are tokens");
            for _ in 0..1 + rng.below(3) {
                item = mutate(&mut rng, item, 0);
            }
            let mut args: TokenStream =
                ARGUMENTS[rng.below(ARGUMENTS.len())].parse().expect("arguments are tokens");
            if rng.chance(10) {
                args = mutate(&mut rng, args, 0);
            }
            if let Some(what) = wrong(&args, &item) {
                found.push(format!("seed {seed} {what}\n#[differentiable({args})] {item}"));
                if found.len() >= 10 {
                    break;
                }
            }
        }
        let _ = std::panic::take_hook();
        assert!(found.is_empty(), "{}", found.join("\n\n"));
    });
}

#[test]
fn every_argument_on_every_seed() {
    on_a_thread(|| {
        for args in ARGUMENTS {
            for seed in SEEDS {
                let what = wrong(&args.parse().expect("tokens"), &seed.parse().expect("tokens"));
                assert_eq!(what, None, "#[differentiable({args})] {seed}");
            }
        }
    });
}

#[test]
fn the_same_every_time() {
    on_a_thread(|| {
        for seed in 0..40 {
            let source = generate::program(&mut Rng::new(seed)).text;
            let main = &source[source.rfind("fn f(").unwrap_or(0)..];
            let expand = || {
                let item: TokenStream = main.parse().expect("programs are tokens");
                autodiff_compiler::expand(quote::quote!(allow_unused, order = 2), item).to_string()
            };
            assert_eq!(expand(), expand(), "{main}");
        }
    });
}

fn survives(body: &str) {
    let text = format!("fn f(x: f64) -> f64 {{ {body} }}");
    on_a_thread(|| {
        let item: TokenStream = text.parse().expect("tokens");
        let output = autodiff_compiler::expand(TokenStream::new(), item);
        assert!(!output.is_empty());
    });
}

#[test]
fn deep_nesting_is_no_stack_overflow() {
    let n = 10_000;
    survives(&format!("{}x{}", "(".repeat(n), ")".repeat(n)));
    survives(&format!("{}x{}", "{".repeat(n), "}".repeat(n)));
    survives(&format!("{}x", "-".repeat(n)));
    survives(&format!("{}x{}", "if x > 0.0 { ".repeat(n), " } else { x }".repeat(n)));
    survives(&format!("{}x{}", "f64::sin(".repeat(n), ")".repeat(n)));
    survives(&format!("{}x{}", "[".repeat(n), "][0]".repeat(n)));
}

#[test]
fn long_chains_are_no_stack_overflow() {
    let n = 10_000;
    survives(&format!("x{}", " + x".repeat(n)));
    survives(&format!("x{}", ".sin()".repeat(n)));
    survives(&format!("{} {{ x }}", "if x > 0.0 { x } else ".repeat(n)));
    survives(&format!("match 1 {{ {} _ => x }}", "0 => x, ".repeat(n)));
}

#[test]
fn ten_thousand_statements() {
    let lines: String = (0..10_000).map(|k| format!("let y{} = y{}.sin() * x;\n", k + 1, k)).collect();
    survives(&format!("let y0 = x; {lines} y10000"));
}
