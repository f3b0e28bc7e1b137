//! Rosenbrock's valley in n dimensions: neighbouring scatter-adds.

use super::{Kernel, Random, lanes};
use differentiable::differentiable;

#[differentiable(order = 2)]
pub fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let a = x[i + 1] - x[i] * x[i];
        let b = 1.0 - x[i];
        sum += 100.0 * a * a + b * b;
    }
    sum
}

/// Each slot is written once: what the term before owes to it is computed again. Blocks run in
/// lanes beside the strict sum.
pub fn rosenbrock_by_hand(x: &[f64], seed: f64, x_bar: &mut [f64]) -> f64 {
    let n = x.len();
    let term = |here: f64, next: f64| {
        let (a, b) = (next - here * here, 1.0 - here);
        (100.0 * a * a + b * b, -400.0 * a * here - 2.0 * b)
    };
    let owed = |before: f64, here: f64| 200.0 * (here - before * before);

    let (mut sum, own) = term(x[0], x[1]);
    x_bar[0] += seed * own;
    let inner = n - 2;
    let (befores, _) = x[..inner].as_chunks::<8>();
    let (heres, _) = x[1..n - 1].as_chunks::<8>();
    let (nexts, _) = x[2..].as_chunks::<8>();
    let (bars, _) = x_bar[1..n - 1].as_chunks_mut::<8>();
    for (((before, here), next), bar) in befores.iter().zip(heres).zip(nexts).zip(bars) {
        let values: [f64; 8] = lanes(|l| term(here[l], next[l]).0);
        *bar = lanes(|l| bar[l] + seed * (term(here[l], next[l]).1 + owed(before[l], here[l])));
        for value in values {
            sum += value;
        }
    }
    for i in 1 + inner / 8 * 8..n - 1 {
        let (value, own) = term(x[i], x[i + 1]);
        sum += value;
        x_bar[i] += seed * (own + owed(x[i - 1], x[i]));
    }
    x_bar[n - 1] += seed * owed(x[n - 2], x[n - 1]);
    sum
}

pub struct Rosenbrock {
    x: Vec<f64>,
}

impl Rosenbrock {
    pub fn new(n: usize) -> Self {
        Rosenbrock { x: Random::new(3).vec(n, -1.5, 1.5) }
    }
}

impl Kernel for Rosenbrock {
    fn primal(&self) -> f64 {
        rosenbrock(&self.x)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        rosenbrock_by_hand(&self.x, 1.0, gradient)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        rosenbrock::accumulate(&self.x, 1.0, gradient)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.x]
    }
}
