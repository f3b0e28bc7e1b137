//! Functions that are chosen where they are named.

use differentiable::{Differentiable, differentiable};

#[differentiable(order = 2)]
fn relu(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.01 * x }
}

#[derive(Clone, Copy, Debug, Differentiable)]
enum Activation {
    Tanh,
    Relu,
    Scaled(f64),
}

#[differentiable(order = 2)]
fn layer(xs: &[f64], w: f64, #[no_diff] kind: usize) -> f64 {
    let act: fn(f64) -> f64 = match kind {
        0 => f64::tanh,
        1 => relu,
        2 => |x| x * x,
        _ => unreachable!("no such activation"),
    };
    let mut sum = 0.0;
    for x in xs {
        sum += act(w * x) + act(*x);
    }
    sum * act(w)
}
row!(activation_by_number: layer(ref xs, val w, no kind) at
    (vec![0.4, -1.3, 0.8], 0.7, 0), (vec![0.4, -1.3, 0.8], 0.7, 1), (vec![0.4, -1.3, 0.8], 0.7, 2));

#[differentiable]
fn by_condition(x: f64, y: f64) -> f64 {
    let steep = x > 1.0;
    let f: Box<dyn Fn(f64) -> f64> = if steep {
        Box::new(|v| v * y)
    } else if y > 2.0 {
        Box::new(move |v| v + y * y)
    } else {
        Box::new(f64::sin)
    };
    let g = if steep { f64::max } else { f64::min };
    let one: &dyn Fn(f64, f64) -> f64 = &|a, b| a * b + x;
    f(f(x)) * g(x, y * y) + one(x, y)
}
row!(boxed_closures: by_condition(val x, val y) at (0.4, 1.7), (1.4, 1.7), (0.4, 2.7));

#[differentiable]
fn by_place(xs: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, x) in xs.iter().enumerate() {
        sum += [f64::sin, f64::cos, f64::exp][i % 3](*x) * (if i > 1 { f64::tanh } else { f64::atan })(x * x);
    }
    sum + xs.iter().copied().map(if sum > 1.0 { f64::sqrt } else { f64::cbrt }).sum::<f64>()
}
row!(functions_by_place: by_place(ref xs) at (vec![0.4, 1.3, 0.8, 2.0]), (vec![0.1]));

#[differentiable]
fn changing(x: f64, n: usize) -> f64 {
    let mut y = x;
    for k in 0..n {
        let step = if y > 1.0 { |v: f64| v.sqrt() } else { |v: f64| v * 3.0 };
        y = step(y) + 0.1 * k as f64;
    }
    y
}
row!(chosen_in_a_loop: changing(val x, no n) at (0.4, 4), (1.4, 3));

#[differentiable]
fn of_an_enum(x: f64, scale: f64) -> f64 {
    let mut sum = 0.0;
    for kind in [Activation::Tanh, Activation::Relu, Activation::Scaled(scale)] {
        let act: fn(f64) -> f64 = match kind {
            Activation::Tanh => f64::tanh,
            Activation::Relu | Activation::Scaled(_) => relu,
        };
        let by = if let Activation::Scaled(s) = kind { s } else { 1.0 };
        sum += by * act(x);
    }
    sum
}
row!(activation_of_an_enum: of_an_enum(val x, val scale) at (0.4, 1.7), (-0.4, 1.7));

#[differentiable]
fn with_copies(x: f64) -> f64 {
    let mut y = x;
    let f: Box<dyn Fn(f64) -> f64> = if x > 0.0 { Box::new(move |v| v * y) } else { Box::new(f64::sin) };
    y *= 5.0;
    f(x) * y
}
row!(what_a_chosen_closure_copied: with_copies(val x) at (0.9), (-0.9));

#[differentiable]
fn of_macros(x: f64, n: usize) -> f64 {
    let v = match n {
        0 => vec![x, 1.0],
        1 => vec![x * x],
        _ => unreachable!(),
    };
    v.iter().sum()
}
row!(macros_are_no_functions: of_macros(val x, no n) at (0.9, 0), (0.9, 1));

#[test]
#[should_panic(expected = "index out of bounds")]
fn a_function_that_is_not_there() {
    let xs = [0.1; 4];
    #[differentiable]
    fn outside(xs: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (i, x) in xs.iter().enumerate() {
            sum += [f64::sin, f64::cos][i](*x);
        }
        sum
    }
    outside::grad(&xs);
}
