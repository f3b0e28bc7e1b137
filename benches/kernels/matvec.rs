//! `½ |A x|²`: a reduction over rows, each a reduction.

use super::{Kernel, Random, lanes};
use differentiable::differentiable;

#[differentiable]
pub fn half_square(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let mut total = 0.0;
    for row in a.chunks_exact(n) {
        let mut sum = 0.0;
        for j in 0..n {
            sum += row[j] * x[j];
        }
        total += 0.5 * sum * sum;
    }
    total
}

/// Row by row, while the row is in cache; four rows' strict sums run beside each other.
fn half_square_by_hand(a: &[f64], x: &[f64], seed: f64, a_bar: &mut [f64], x_bar: &mut [f64]) -> f64 {
    let n = x.len();
    let x_bar = &mut x_bar[..n];
    let mut total = 0.0;
    let mut rows = a.chunks_exact(4 * n);
    let mut rows_bar = a_bar.chunks_exact_mut(4 * n);
    for (rows, rows_bar) in (&mut rows).zip(&mut rows_bar) {
        let (r0, r1, r2, r3) = (&rows[..n], &rows[n..2 * n], &rows[2 * n..3 * n], &rows[3 * n..4 * n]);
        let mut sums = [0.0; 4];
        for j in 0..n {
            let xj = x[j];
            let row = [r0[j], r1[j], r2[j], r3[j]];
            sums = lanes(|k| sums[k] + row[k] * xj);
        }
        for sum in sums {
            total += 0.5 * sum * sum;
        }
        let [s0, s1, s2, s3] = sums.map(|sum| seed * sum);
        for j in 0..n {
            x_bar[j] += (s0 * r0[j] + s1 * r1[j]) + (s2 * r2[j] + s3 * r3[j]);
        }
        for (row_bar, s) in rows_bar.chunks_exact_mut(n).zip([s0, s1, s2, s3]) {
            for (a_bar, x) in row_bar.iter_mut().zip(x) {
                *a_bar += s * x;
            }
        }
    }
    for (row, row_bar) in rows.remainder().chunks_exact(n).zip(rows_bar.into_remainder().chunks_exact_mut(n))
    {
        let mut sum = 0.0;
        for j in 0..n {
            sum += row[j] * x[j];
        }
        total += 0.5 * sum * sum;
        let s = seed * sum;
        for j in 0..n {
            x_bar[j] += s * row[j];
            row_bar[j] += s * x[j];
        }
    }
    total
}

pub struct MatVec {
    a: Vec<f64>,
    x: Vec<f64>,
}

impl MatVec {
    pub fn new(rows: usize, columns: usize) -> Self {
        let mut random = Random::new(2);
        MatVec { a: random.vec(rows * columns, -1.0, 1.0), x: random.vec(columns, -1.0, 1.0) }
    }
}

impl Kernel for MatVec {
    fn primal(&self) -> f64 {
        half_square(&self.a, &self.x)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        let (a_bar, x_bar) = gradient.split_at_mut(self.a.len());
        half_square_by_hand(&self.a, &self.x, 1.0, a_bar, x_bar)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let (a_bar, x_bar) = gradient.split_at_mut(self.a.len());
        half_square::accumulate(&self.a, &self.x, 1.0, (a_bar, x_bar))
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.a, &mut self.x]
    }
}
