//! Gradients by other crates beside those of this one, in one run.
//!
//! ```text
//! RUSTFLAGS="-C target-cpu=native" cargo run --release --manifest-path benches/rivals/Cargo.toml
//! ```
//!
//! Each kernel of the suite that can be written over a number type is: `reverse` and `echidna` (tapes), and
//! `num-dual` (forward mode) where the inputs are few. Their gradients are checked against ours. Times
//! are the shortest of many calls, over the primal's.

// The checks of the kernels are used by the tests.
#[allow(dead_code, missing_docs)]
#[path = "../../kernels/mod.rs"]
mod kernels;
mod number;
mod programs;

use kernels::{Kernel, SUITE};
use nalgebra::SVector;
use num_dual::DualSVec64;
use number::Dual6;
use programs::Program;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The shortest time of a call, in seconds.
fn shortest(mut call: impl FnMut()) -> f64 {
    let (start, mut best, mut calls) = (Instant::now(), f64::INFINITY, 0);
    while calls < 5 || start.elapsed() < Duration::from_millis(500) {
        let before = Instant::now();
        call();
        best = best.min(before.elapsed().as_secs_f64());
        calls += 1;
    }
    best
}

fn by_reverse(program: &dyn Program, x: &[f64]) -> Vec<f64> {
    let tape = reverse::Tape::new();
    let vars = tape.add_vars(x);
    let gradient = program.reverse(&vars).grad();
    vars.iter().map(|var| reverse::Gradient::wrt(&gradient, var)).collect()
}

fn by_echidna(program: &dyn Program, x: &[f64]) -> Vec<f64> {
    echidna::grad(|x| program.echidna(x), x)
}

/// In forward mode, six inputs at once.
fn by_num_dual(program: &dyn Program, x: &[f64]) -> Vec<f64> {
    let x = SVector::<f64, 6>::from_column_slice(x);
    let (_, gradient) = num_dual::gradient(
        |x: SVector<DualSVec64<6>, 6>| {
            let x: Vec<Dual6> = x.iter().map(|x| Dual6(x.clone())).collect();
            program.dual(&x).0
        },
        &x,
    );
    gradient.as_slice().to_vec()
}

fn check(name: &str, rival: &str, expected: &[f64], got: &[f64]) {
    let size = expected.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
    for (k, (expected, got)) in expected.iter().zip(got).enumerate() {
        let difference = (expected - got).abs();
        assert!(difference <= 1e-9 * size, "{name}, {rival}, input {k}: {got:e} instead of {expected:e}");
    }
}

fn main() {
    println!("| kernel | primal | by hand | this crate | reverse | echidna | num-dual |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for (name, make) in SUITE {
        let Some(program) = programs::of(name) else { continue };
        let mut kernel = make();
        let x: Vec<f64> = kernel.variables().into_iter().flat_map(|part| part.to_vec()).collect();
        let kernel: &dyn Kernel = &*kernel;
        let mut ours = vec![0.0; x.len()];
        let value = kernel.ours(&mut ours);
        assert!((program.plain(&x) - value).abs() <= 1e-9 * value.abs(), "{name}: another function");
        check(name, "reverse", &ours, &by_reverse(&*program, &x));
        check(name, "echidna", &ours, &by_echidna(&*program, &x));
        let few = x.len() == 6;
        if few {
            check(name, "num-dual", &ours, &by_num_dual(&*program, &x));
        }
        let primal = shortest(|| _ = black_box(black_box(kernel).primal()));
        let mut gradient = vec![0.0; x.len()];
        let hand = shortest(|| _ = black_box(black_box(kernel).hand(black_box(&mut gradient))));
        let generated = shortest(|| _ = black_box(black_box(kernel).ours(black_box(&mut gradient))));
        let reverse = shortest(|| _ = black_box(by_reverse(&*program, black_box(&x))));
        let echidna = shortest(|| _ = black_box(by_echidna(&*program, black_box(&x))));
        let dual = few.then(|| shortest(|| _ = black_box(by_num_dual(&*program, black_box(&x)))));
        let dual = dual.map_or(String::new(), |time| format!("{:.1}", time / primal));
        println!(
            "| {name} | {:.1} µs | {:.2} | {:.2} | {:.1} | {:.1} | {dual} |",
            primal * 1e6,
            hand / primal,
            generated / primal,
            reverse / primal,
            echidna / primal,
        );
    }
}
