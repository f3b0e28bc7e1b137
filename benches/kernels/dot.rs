//! Dot product: two accumulating slices, bound by the strict sum.

use super::{Kernel, Random, lanes};
use differentiable::differentiable;

#[differentiable]
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in x.iter().zip(y) {
        sum += a * b;
    }
    sum
}

/// In blocks: the updates run in lanes beside the strict sum.
fn dot_by_hand(x: &[f64], y: &[f64], seed: f64, x_bar: &mut [f64], y_bar: &mut [f64]) -> f64 {
    let n = x.len().min(y.len());
    let (x, y, x_bar, y_bar) = (&x[..n], &y[..n], &mut x_bar[..n], &mut y_bar[..n]);
    let mut sum = 0.0;
    let (xs, x_rest) = x.as_chunks::<8>();
    let (ys, y_rest) = y.as_chunks::<8>();
    let (x_bars, x_bar_rest) = x_bar.as_chunks_mut::<8>();
    let (y_bars, y_bar_rest) = y_bar.as_chunks_mut::<8>();
    for (((x, y), x_bar), y_bar) in xs.iter().zip(ys).zip(x_bars).zip(y_bars) {
        let products: [f64; 8] = lanes(|i| x[i] * y[i]);
        *x_bar = lanes(|i| x_bar[i] + seed * y[i]);
        *y_bar = lanes(|i| y_bar[i] + seed * x[i]);
        for product in products {
            sum += product;
        }
    }
    for (((x, y), x_bar), y_bar) in x_rest.iter().zip(y_rest).zip(x_bar_rest).zip(y_bar_rest) {
        *x_bar += seed * y;
        *y_bar += seed * x;
        sum += x * y;
    }
    sum
}

pub struct Dot {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Dot {
    pub fn new(n: usize) -> Self {
        let mut random = Random::new(1);
        Dot { x: random.vec(n, -1.0, 1.0), y: random.vec(n, -1.0, 1.0) }
    }
}

impl Kernel for Dot {
    fn primal(&self) -> f64 {
        dot(&self.x, &self.y)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        let (x_bar, y_bar) = gradient.split_at_mut(self.x.len());
        dot_by_hand(&self.x, &self.y, 1.0, x_bar, y_bar)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let (x_bar, y_bar) = gradient.split_at_mut(self.x.len());
        dot::accumulate(&self.x, &self.y, 1.0, (x_bar, y_bar))
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.x, &mut self.y]
    }
}
