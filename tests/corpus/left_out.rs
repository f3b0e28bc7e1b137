//! What signatures and types leave out, and what helpers give.

use differentiable::{Differentiable, differentiable};

#[differentiable(order = 2)]
fn weighed<T: num_traits::Float>(x: T, #[no_diff] weight: impl Fn(T) -> T) -> T {
    x * x * weight(T::one())
}

#[differentiable(order = 2)]
fn sampled<const N: usize>(
    x: [f64; N],
    #[no_diff] weight: &dyn Fn(&[f64]) -> f64,
    #[no_diff] at: fn(&f64) -> f64,
) -> f64 {
    x[0] * x[N - 1] * weight(&[1.0, 2.0]) + at(&2.0) * x[0].sin()
}

fn twice(x: &f64) -> f64 {
    2.0 * x
}

fn doubled(x: f64) -> f64 {
    x + x
}

fn total(row: &[f64]) -> f64 {
    row.iter().sum()
}

#[differentiable(order = 2)]
fn by_functions(x: f64, y: f64) -> f64 {
    weighed(x * y, doubled) + sampled([x, y], &total, twice)
}
row!(functions_beside_generic_parameters: by_functions(val x, val y) at (0.7, 1.3));
curved!(functions_beside_generic_parameters_curved: by_functions(val x, val y) at (0.7, 1.3));

#[derive(Clone, Copy, Debug, Differentiable)]
pub enum Data<'a, T> {
    All(&'a [T]),
    Mean(T),
}

#[differentiable(order = 2)]
fn level<T: num_traits::Float>(data: &Data<T>, k: T) -> T {
    match data {
        Data::All(x) => x[0] * k,
        Data::Mean(m) => *m * k * k,
    }
}

#[differentiable(order = 2)]
fn of_borrowed(x: f64, k: f64) -> f64 {
    level(&Data::Mean(x * k), k) * x
}
row!(lifetimes_left_out_of_an_enum: of_borrowed(val x, val k) at (0.7, 1.3));

fn region(p: f64) -> char {
    if p > 1.0 { 'a' } else { 'b' }
}

#[differentiable(order = 2)]
fn by_region(p: f64, t: f64) -> f64 {
    let r: char = region(p * t);
    match r {
        'a' => p * t * t,
        _ => p + t,
    }
}
row!(characters_choose: by_region(val p, val t) at (0.7, 1.3), (2.0, 1.1));
