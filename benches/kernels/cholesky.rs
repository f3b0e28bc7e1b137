//! The logarithm of a determinant by Cholesky's factorisation in place.

use super::{Kernel, Random};
use differentiable::differentiable;

/// Of the symmetric matrix whose lower triangle `a` holds, row by row.
#[differentiable]
pub fn log_determinant(a: &[f64], n: usize) -> f64 {
    let mut l = a.to_vec();
    let mut sum = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let mut s = l[i * n + j];
            for k in 0..j {
                s -= l[i * n + k] * l[j * n + k];
            }
            if i == j {
                let root = s.sqrt();
                l[i * n + i] = root;
                sum += 2.0 * root.ln();
            } else {
                l[i * n + j] = s / l[j * n + j];
            }
        }
    }
    sum
}

/// Rows in reverse: the factor is all that is kept, and its cotangents turn into those of the
/// matrix in place.
fn log_determinant_by_hand(a: &[f64], n: usize, seed: f64, a_bar: &mut [f64]) -> f64 {
    let mut l = a.to_vec();
    let mut sum = 0.0;
    for i in 0..n {
        let (above, row) = l.split_at_mut(i * n);
        let row = &mut row[..i + 1];
        for j in 0..i {
            let other = &above[j * n..j * n + j + 1];
            let mut s = row[j];
            for (x, y) in row[..j].iter().zip(other) {
                s -= x * y;
            }
            row[j] = s / other[j];
        }
        let mut s = row[i];
        for x in &row[..i] {
            s -= x * x;
        }
        let root = s.sqrt();
        row[i] = root;
        sum += 2.0 * root.ln();
    }

    let mut l_bar = vec![0.0; n * n];
    for i in (0..n).rev() {
        let (above_bar, row_bar) = l_bar.split_at_mut(i * n);
        let row_bar = &mut row_bar[..i + 1];
        let row = &l[i * n..i * n + i + 1];
        let root = row[i];
        let s_bar = 0.5 * (row_bar[i] + 2.0 * seed / root) / root;
        row_bar[i] = s_bar;
        for (bar, x) in row_bar[..i].iter_mut().zip(row) {
            *bar -= 2.0 * s_bar * x;
        }
        for j in (0..i).rev() {
            let other = &l[j * n..j * n + j + 1];
            let other_bar = &mut above_bar[j * n..j * n + j + 1];
            let s_bar = row_bar[j] / other[j];
            row_bar[j] = s_bar;
            other_bar[j] -= s_bar * row[j];
            for (((bar, other_bar), x), y) in
                row_bar[..j].iter_mut().zip(&mut other_bar[..j]).zip(row).zip(other)
            {
                *bar -= s_bar * y;
                *other_bar -= s_bar * x;
            }
        }
        for (a_bar, bar) in a_bar[i * n..].iter_mut().zip(row_bar) {
            *a_bar += *bar;
        }
    }
    sum
}

pub struct Cholesky {
    a: Vec<f64>,
    n: usize,
}

impl Cholesky {
    pub fn new(n: usize) -> Self {
        let mut random = Random::new(15);
        let b = random.vec(n * n, -1.0, 1.0);
        let mut a = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                a[i * n + j] = (0..n).map(|k| b[i * n + k] * b[j * n + k]).sum();
            }
            a[i * n + i] += n as f64;
        }
        Cholesky { a, n }
    }
}

impl Kernel for Cholesky {
    fn primal(&self) -> f64 {
        log_determinant(&self.a, self.n)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        log_determinant_by_hand(&self.a, self.n, 1.0, gradient)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        log_determinant::accumulate(&self.a, self.n, 1.0, gradient)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.a]
    }
}
