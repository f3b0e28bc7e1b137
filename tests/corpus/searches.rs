//! Functions without a derivative that give an index, an answer or an error, in this file and in another one.

use super::named_parts::{demand, interval, is_sorted, validate};
use differentiable::{Differentiable, differentiable};
use num_traits::Float;

#[differentiable]
fn between_knots(knots: &[f64], values: &[f64], x: f64) -> f64 {
    demand(&(0..2), knots);
    let k = interval(knots, x);
    let t = (x - knots[k]) / (knots[k + 1] - knots[k]);
    values[k] * (1.0 - t) + values[k + 1] * t
}
row!(index_by_a_search_elsewhere: between_knots(ref knots, ref values, val x) at
    (vec![0.0, 1.0, 2.5, 3.0], vec![1.0, 4.0, 2.0, 0.5], 1.7),
    (vec![0.0, 1.0, 2.5, 3.0], vec![1.0, 4.0, 2.0, 0.5], 0.2));

#[differentiable]
fn sum_of_found(knots: &[f64], x: f64) -> f64 {
    let mut sum = 0.0;
    for step in 0..3 {
        demand(&(step..3), knots);
        let k: usize = interval(&knots[step..], x + 0.5 * step as f64);
        sum += knots[k + step] * x + knots[interval(knots, x)] * x * x;
    }
    let sorted = is_sorted(knots);
    if sorted { sum } else { sum * x }
}
row!(searches_in_a_loop: sum_of_found(ref knots, val x) at
    (vec![0.1, 1.0, 2.5, 3.0], 1.7), (vec![0.1, 1.0, 0.5, 3.0], 0.4));

#[derive(Debug, Clone, PartialEq)]
enum Problem {
    Short,
    Unsorted,
}

impl From<String> for Problem {
    fn from(_: String) -> Self {
        Problem::Unsorted
    }
}

fn check_lengths<T: Float>(xs: &[T], ys: &[T]) -> Result<(), Problem> {
    if xs.len() < 2 || xs.len() != ys.len() { Err(Problem::Short) } else { Ok(()) }
}

fn nearest<T: Float>(xs: &[T], x: T) -> usize {
    let mut best = 0;
    for k in 1..xs.len() {
        if (xs[k] - x).abs() < (xs[best] - x).abs() {
            best = k;
        }
    }
    best
}

fn insist(xs: &[f64]) {
    assert!(!xs.is_empty());
}

#[differentiable]
fn nearest_value<T: Float>(xs: &[T], ys: &[T], x: T) -> Result<T, Problem> {
    check_lengths(xs, ys)?;
    let k = nearest(xs, x);
    Ok(ys[k] * x + xs[k] * xs[k])
}

#[differentiable]
fn checked_value(xs: &[f64], ys: &[f64], x: f64) -> Result<f64, Problem> {
    insist(xs);
    validate(xs)?;
    let value = nearest_value(xs, ys, x)?;
    Ok(value * x)
}

#[differentiable]
fn value_or_square(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    match checked_value(xs, ys, x) {
        Ok(value) => value,
        Err(_) => x * x,
    }
}
row!(checks_that_leave: value_or_square(ref xs, ref ys, val x) at
    (vec![0.1, 1.0, 2.5], vec![3.0, 0.7, 1.1], 1.2),
    (vec![0.1, 1.0, 0.5], vec![3.0, 0.7, 1.1], 1.2),
    (vec![0.1], vec![3.0], 1.2));

#[derive(Clone, Debug, Differentiable)]
struct Samples {
    xs: Vec<f64>,
}
value_struct!(Samples => SamplesTangent { xs });

#[differentiable]
impl Samples {
    fn check(&self) {
        assert!(self.xs.len() > 1);
    }
    fn fine(&self) -> Result<(), String> {
        if self.xs.is_empty() { Err("empty".to_owned()) } else { Ok(()) }
    }
    fn at(&self, x: f64) -> Result<f64, String> {
        self.fine()?;
        validate(&self.xs)?;
        self.check();
        let k = interval(&self.xs, x);
        Ok(self.xs[k] * x)
    }
}

#[differentiable]
fn sampled(samples: &Samples, x: f64) -> f64 {
    samples.check();
    samples.at(x).unwrap_or(0.0) + x
}
row!(methods_that_check: sampled(ref samples, val x) at (Samples { xs: vec![0.1, 0.7, 2.0] }, 0.9));

// ---- indices that may be missing, from functions without the attribute ----

fn middle(x: &[f64]) -> Result<usize, String> {
    if x.is_empty() { Err("nothing".into()) } else { Ok(x.len() / 2) }
}

fn ends(x: &[f64]) -> Option<(usize, usize)> {
    if x.is_empty() { None } else { Some((0, x.len() - 1)) }
}

#[differentiable]
fn at_the_middle(x: &[f64]) -> Result<f64, String> {
    let mut total = 0.0;
    for k in 0..2 {
        let i = middle(&x[k..])?;
        total += x[i + k] * x[0] * (i + 1) as f64;
    }
    Ok(total)
}

#[differentiable]
fn between_the_ends(x: &[f64]) -> f64 {
    let Some((first, last)) = ends(x) else { return 0.0 };
    let m = match middle(x) {
        Ok(m) if m > 0 => m,
        Ok(_) | Err(_) => last,
    };
    x[first] * x[last] * x[m].sin() + x[middle(x).unwrap()]
}
row!(items_between_the_ends: between_the_ends(ref x) at (vec![0.3, 0.7, 1.1]), (vec![0.4]));

#[test]
fn indices_that_may_be_errors() {
    let (value, gradient) = at_the_middle::value_and_grad(&[0.3, 0.7, 1.1]).unwrap();
    assert_eq!(value, 0.7 * 0.3 * 2.0 + 1.1 * 0.3 * 2.0);
    assert_eq!(gradient, [(0.7 + 1.1) * 2.0, 0.3 * 2.0, 0.3 * 2.0]);
    assert_eq!(at_the_middle::grad(&[]).unwrap_err(), "nothing");
}

/// Another name of a float, as far as the function can see.
mod numbers {
    #[cfg(debug_assertions)]
    pub type Number = f64;
    #[cfg(not(debug_assertions))]
    pub type Number = f64;
}
use numbers::Number;

#[differentiable]
fn largest_by_path(x: Number, y: Number) -> Number {
    Number::max(x, y) * Number::powi(x, 2) + Number::sin(y) * Number::abs(x)
}
row!(primitives_of_renamed_floats: largest_by_path(val x, val y) at (1.3, 0.7), (-0.4, 2.1));

fn first_where(size: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut first, mut len) = (0, size);
    while len > 0 {
        let half = len / 2;
        match holds(first + half) {
            true => {
                first += half + 1;
                len -= half + 1;
            }
            false => len = half,
        }
    }
    first.saturating_sub(1)
}

/// A function that gives an index is asked with a closure over active values.
#[differentiable(order = 2)]
fn by_a_predicate(nodes: &[f64], x: f64) -> f64 {
    let i = first_where(nodes.len() - 1, |k| nodes[k] <= x);
    let j = differentiable::no_diff(first_where(nodes.len(), |k| nodes[k] < x * 0.5));
    let t = (x - nodes[i]) / (nodes[i + 1] - nodes[i]);
    t * t * nodes[j] + x
}
row!(index_by_a_predicate: by_a_predicate(ref nodes, val x) at (vec![0.5, 1.2, 1.8, 2.4], 1.5), (vec![0.5, 1.2, 1.8, 2.4], 2.2));
curved!(index_by_a_predicate_curved: by_a_predicate(ref nodes, val x) at (vec![0.5, 1.2, 1.8, 2.4], 1.5));

/// The largest and smallest of what is ordered, and items in the order of a key.
#[differentiable(order = 2)]
fn ordered(xs: &[f64]) -> f64 {
    let rows: Vec<Vec<f64>> = (0..3).map(|k| xs[k..].to_vec()).collect();
    let longest = rows.iter().map(|r| r.len()).max().unwrap_or(0);
    let shortest = rows.iter().map(Vec::len).min().unwrap();
    let mut keyed: Vec<(usize, f64)> = xs.iter().enumerate().map(|(i, x)| (i * 5 % 3, x * x)).collect();
    keyed.sort_by_key(|s| s.0);
    let by_key: f64 = keyed.iter().enumerate().map(|(i, s)| s.1 * i as f64).sum();
    let mut s = 0.0;
    for x in rows.clone().iter_mut().flatten() {
        *x *= 3.0;
        s += *x * rows[0][shortest];
    }
    by_key * longest as f64 + s
}
row!(ordered_by_integers: ordered(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));
curved!(ordered_by_integers_curved: ordered(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));

fn bracket(data: &[f64], t: f64) -> (usize, usize) {
    let above = data.iter().position(|&item| item > t).unwrap_or(data.len() - 1).max(1);
    (above - 1, above)
}

fn ranks(data: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.sort_by(|&i, &j| data[i].total_cmp(&data[j]));
    order
}

fn corner(x: f64, y: f64) -> [usize; 2] {
    [usize::from(x > 0.5), usize::from(y > 0.5)]
}

fn verdict(x: f64) -> String {
    if x > 1.0 { "large".to_string() } else { "small".to_string() }
}

#[differentiable]
fn by_what_helpers_find(t: f64, x: &[f64], y: &[f64]) -> f64 {
    let (l, r) = bracket(x, t);
    let between = y[l] + (y[r] - y[l]) * (t - x[l]) / (x[r] - x[l]);
    let order = ranks(y);
    let [i, j] = corner(t, x[1]);
    let grid = [[t, t * x[0]], [y[0] * t, y[1]]];
    let by_rank: f64 = order.iter().enumerate().map(|(k, &at)| y[at] * (k as f64 + 0.5)).sum();
    let end = if verdict(t * y[2]) == "large" { y[2] * y[2] } else { t.sin() };
    between * by_rank + grid[i][j] * end
}
row!(places_that_helpers_find: by_what_helpers_find(val t, ref x, ref y) at
    (1.5, vec![0.2, 1.0, 2.0, 3.0], vec![0.3, 4.0, 1.0, 9.0]), (0.3, vec![0.2, 0.4, 2.0, 3.0], vec![3.0, -4.0, 1.0, 2.0]));
