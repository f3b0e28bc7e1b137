//! What maps hold has no derivative; where the slices of a deque meet is nobody's business.

use differentiable::differentiable;
use std::collections::{BTreeMap, HashMap, VecDeque};

#[differentiable]
fn summed(x: &[f64]) -> f64 {
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (i, v) in x.iter().enumerate() {
        *sums.entry(i % 3).or_insert(0.0) += v * v;
    }
    sums[&0] + x[0]
}

#[differentiable]
fn remembered(x: &[f64]) -> f64 {
    let mut known: HashMap<usize, f64> = HashMap::new();
    known.insert(0, x[0] * x[1]);
    known[&0] + known.get(&1).copied().unwrap_or(x[0])
}

#[differentiable]
fn halves(line: &VecDeque<f64>) -> f64 {
    let (first, second) = line.as_slices();
    first.iter().sum::<f64>() * second.iter().sum::<f64>()
}

fn main() {}
