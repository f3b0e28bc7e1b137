//! What people know of PyTorch's gradients, one behaviour a line: expectation beside result.
//!
//! Where there a run-time error is raised, here the program does not compile: a second backward
//! pass over a freed graph (`pull` consumes the pullback), a seed of the wrong shape, a leaf
//! changed while a pullback borrows it, a gradient that nothing depends on.
//!
//! ```text
//! cargo run --release --example gradient_semantics
//! ```

use differentiable::Parameters;
use differentiable::optim::{Adam, Sgd};
use differentiable::prelude::*;
use std::fmt::Debug;
use std::process::ExitCode;

/// Counts what is not as expected.
struct Table {
    failures: usize,
}

impl Table {
    fn row<T: PartialEq + Debug>(&mut self, behaviour: &str, expected: T, result: T) {
        let mark = if expected == result { "ok" } else { "DIFFERS" };
        self.failures += usize::from(expected != result);
        println!("{behaviour:58} {:>24} {:>24}  {mark}", format!("{expected:?}"), format!("{result:?}"));
    }
}

#[differentiable(order = 2)]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn slope(x: f64) -> f64 {
    square::grad(x)
}

#[differentiable]
fn mse(y: f64, #[no_diff] target: f64) -> f64 {
    (y - target) * (y - target)
}

#[differentiable]
fn l1(y: f64, #[no_diff] target: f64) -> f64 {
    (y - target).abs()
}

#[differentiable]
fn line(w: f64) -> f64 {
    2.0 * w - 1.0
}

#[differentiable]
fn line_l1(w: f64) -> f64 {
    l1(2.0 * w - 1.0, 0.0)
}

#[differentiable]
fn line_mse(w: f64) -> f64 {
    mse(2.0 * w + 1.0, 1.0)
}

#[differentiable]
fn two_losses(w: f64) -> [f64; 2] {
    let y1 = 2.0 * w + 1.0;
    let y2 = 2.0 * y1;
    let y3 = -y1;
    [mse(y2, 0.0), mse(y3, 0.0)]
}

#[differentiable]
fn two_targets(w: f64) -> f64 {
    let y2 = 2.0 * (2.0 * w + 1.0);
    mse(y2, 0.0) + mse(y2, 1.0)
}

#[differentiable(wrt(w))]
fn product(w: f64, x: f64) -> f64 {
    (w + x) * (w + 1.0)
}

#[differentiable(wrt(w))]
fn product_and_sum(w: f64, x: f64) -> (f64, f64) {
    let (a, b) = (w + x, w + 1.0);
    (a * b, a + b)
}

#[differentiable]
fn square_and_self(x: f64) -> (f64, f64) {
    (x * x, x)
}

#[differentiable]
fn dot_of_sum(x: &[f64; 3], y: &[f64; 3], z: &[f64; 3]) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        sum += (x[i] + y[i]) * z[i];
    }
    sum
}

#[differentiable]
fn sum_of(x: &[f64; 3], y: &[f64; 3]) -> [f64; 3] {
    let mut t = [0.0; 3];
    for i in 0..3 {
        t[i] = x[i] + y[i];
    }
    t
}

#[differentiable]
fn mean(w: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in w.iter() {
        sum += x;
    }
    sum / w.len() as f64
}

#[differentiable]
fn mean_of_second_row(w: &[[f64; 3]; 2]) -> f64 {
    (w[1][0] + w[1][1] + w[1][2]) / 3.0
}

#[differentiable]
fn only_x(x: f64, _y: f64) -> f64 {
    x * x
}

#[differentiable(wrt(b))]
fn of_three(a: f64, b: f64, c: f64) -> f64 {
    a * b * c
}

#[differentiable]
fn detached(x: f64) -> f64 {
    x * no_diff(x)
}

fn main() -> ExitCode {
    let mut table = Table { failures: 0 };
    println!("{:58} {:>24} {:>24}", "behaviour", "expected", "result");

    let mut w = Param::new(1.0);
    table.row("no gradient before a backward pass", None, w.grad().copied());
    table.row("gradient of 2w - 1", 2.0, line::grad(1.0));

    w.accumulate(&line_l1::grad(1.0));
    table.row("L1 loss of 2w - 1", Some(2.0), w.grad().copied());
    Sgd::new(1.0).step(&mut w);
    table.row("… a step of rate 1", -1.0, *w.value());

    let mut w = Param::new(1.0);
    let (loss, w_bar) = line_mse::value_and_grad(*w.value());
    table.row("MSE of 2w + 1, loss and gradient", (4.0, 8.0), (loss, w_bar));
    w.accumulate(&w_bar);
    Sgd::new(1.0).step(&mut w);
    table.row("… a step of rate 1", -7.0, *w.value());

    let mut w = Param::new(1.0);
    let (_, pullback) = two_losses::pullback(*w.value());
    w.accumulate(&pullback.pull_retain([1.0, 0.0]));
    table.row("two losses of one branch point, first pass", Some(48.0), w.grad().copied());
    w.accumulate(&pullback.pull([0.0, 1.0]));
    table.row("… second pass", Some(60.0), w.grad().copied());
    Sgd::new(1.0).step(&mut w);
    table.row("… a step of rate 1", -59.0, *w.value());
    table.row("… the same as one weighted sum", 60.0, two_losses::vjp(1.0, [1.0, 1.0]).1);
    table.row("two losses of one output", 88.0, two_targets::grad(1.0));
    let mut w = Param::new(1.0);
    w.accumulate(&two_targets::grad(1.0));
    Sgd::new(1.0).step(&mut w);
    table.row("… a step of rate 1", -87.0, *w.value());

    table.row("product graph", 5.0, product::grad(1.0, 2.0));
    let mut w = Param::new(1.0);
    let (_, pullback) = product::pullback(1.0, 2.0);
    w.accumulate(&pullback.pull_retain(1.0));
    w.accumulate(&pullback.pull_retain(1.0));
    table.row("… retained, two passes", Some(10.0), w.grad().copied());
    let mut w = Param::new(1.0);
    let seen: Vec<f64> = (0..4)
        .map(|_| {
            w.accumulate(&product::grad(1.0, 2.0));
            w.grad().copied().unwrap_or(0.0)
        })
        .collect();
    table.row("gradients add up", vec![5.0, 10.0, 15.0, 20.0], seen);
    w.zero_grad();
    w.accumulate(&product::grad(1.0, 2.0));
    table.row("… until zeroed", Some(5.0), w.grad().copied());
    table.row("two outputs weighted (1, 2)", 9.0, product_and_sum::vjp(1.0, 2.0, (1.0, 2.0)).1);

    let mut x = Param::new(2.0);
    let (_, pullback) = square_and_self::pullback(2.0);
    x.accumulate(&pullback.pull_retain((1.0, 0.0)));
    table.row("passes from two outputs, the first", Some(4.0), x.grad().copied());
    x.accumulate(&pullback.pull((0.0, 1.0)));
    table.row("… the second", Some(5.0), x.grad().copied());

    table.row("gradient, and gradient of the gradient", (6.0, 2.0), (square::grad(3.0), square::d2(3.0)));
    table.row("… inside a differentiated function", (6.0, 2.0), slope::value_and_grad(3.0));

    let mut leaf = 1.0;
    let (_, pullback) = product::pullback(leaf, 2.0);
    leaf += 1.0;
    table.row("a copied leaf changed before its pass", (2.0, 5.0), (leaf, pullback.pull(1.0)));

    let (a, b, c) = ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]);
    let (a_bar, b_bar, c_bar) = dot_of_sum::grad(&a, &b, &c);
    table.row("(x + y) · z, with respect to x", c, a_bar);
    table.row("… to y", c, b_bar);
    table.row("… to z", [5.0, 7.0, 9.0], c_bar);
    table.row("a non-scalar output takes a seed", (c, c), sum_of::vjp(&a, &b, c).1);

    let third = 1.0 / 3.0;
    table.row("mean of three", vec![third; 3], mean::grad(&[1.0, 2.0, 3.0]));
    let rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    table.row("part of an array", [[0.0; 3], [third; 3]], mean_of_second_row::grad(&rows));
    table.row("an unused input, allowed", (6.0, 0.0), only_x::grad(3.0, 1.0));
    table.row("with respect to one of three", 10.0, of_three::grad(2.0, 3.0, 5.0));
    table.row("stopped at an intermediate value", 3.0, detached::grad(3.0));

    let (mut p, mut q) = (Param::new(1.0), Param::new([0.0, 2.0]));
    let mut adam = Adam::new(0.1);
    for _ in 0..500 {
        (&mut p, &mut q).zero_grad();
        p.accumulate(&mse::grad(*p.value(), 3.0));
        let [q0, q1] = *q.value();
        q.accumulate(&[mse::grad(q0, 1.0), mse::grad(q1, -1.0)]);
        adam.step((&mut p, &mut q));
    }
    let rounded = |x: f64| (x * 100.0).round() / 100.0;
    table.row(
        "an optimiser over parameters of several types",
        (3.0, [1.0, -1.0]),
        (rounded(*p.value()), q.value().map(rounded)),
    );

    if table.failures == 0 {
        println!("all as expected");
        ExitCode::SUCCESS
    } else {
        println!("{} differ", table.failures);
        ExitCode::FAILURE
    }
}
