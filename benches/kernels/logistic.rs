//! Logistic regression: a dot product, a library call and an update for each row.

use super::{Kernel, Random};
use differentiable::differentiable;

/// The loss `ln(1 + exp(z)) - y z`, without overflow.
#[differentiable]
fn loss(z: f64, #[no_diff] label: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p() - label * z
}

#[differentiable]
pub fn logistic(weights: &[f64], bias: f64, #[no_diff] rows: &[f64], #[no_diff] labels: &[f64]) -> f64 {
    let n = weights.len();
    let mut total = 0.0;
    for (i, &label) in labels.iter().enumerate() {
        let row = &rows[i * n..(i + 1) * n];
        let mut z = bias;
        for j in 0..n {
            z += weights[j] * row[j];
        }
        total += loss(z, label);
    }
    total / labels.len() as f64
}

/// Eight rows at a time: their strict sums run beside each other.
fn logistic_by_hand(regression: &Logistic, seed: f64, gradient: &mut [f64]) -> f64 {
    let Logistic { weights, bias, rows, labels } = regression;
    let n = weights.len();
    let (weights_bar, bias_bar) = gradient.split_at_mut(n);
    let scale = seed / labels.len() as f64;
    let mut total = 0.0;
    let mut own = 0.0;
    let mut blocks = rows.chunks_exact(8 * n);
    let (label_blocks, label_rest) = labels.as_chunks::<8>();
    for (block, labels) in (&mut blocks).zip(label_blocks) {
        let rows: [&[f64]; 8] = std::array::from_fn(|l| &block[l * n..(l + 1) * n]);
        let mut z = [*bias; 8];
        for j in 0..n {
            for l in 0..8 {
                z[l] += weights[j] * rows[l][j];
            }
        }
        let e = z.map(|z| (-z.abs()).exp());
        for l in 0..8 {
            total += z[l].max(0.0) + e[l].ln_1p() - labels[l] * z[l];
        }
        let mut z_bar = [0.0; 8];
        for l in 0..8 {
            let sigmoid = if z[l] >= 0.0 { 1.0 / (1.0 + e[l]) } else { e[l] / (1.0 + e[l]) };
            z_bar[l] = scale * (sigmoid - labels[l]);
            own += z_bar[l];
        }
        for j in 0..n {
            let mut sum = 0.0;
            for l in 0..8 {
                sum += z_bar[l] * rows[l][j];
            }
            weights_bar[j] += sum;
        }
    }
    for (row, label) in blocks.remainder().chunks_exact(n).zip(label_rest) {
        let mut z = *bias;
        for (w, x) in weights.iter().zip(row) {
            z += w * x;
        }
        let e = (-z.abs()).exp();
        total += z.max(0.0) + e.ln_1p() - label * z;
        let sigmoid = if z >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) };
        let z_bar = scale * (sigmoid - label);
        own += z_bar;
        for (bar, x) in weights_bar.iter_mut().zip(row) {
            *bar += z_bar * x;
        }
    }
    bias_bar[0] += own;
    total / labels.len() as f64
}

pub struct Logistic {
    weights: Vec<f64>,
    bias: f64,
    rows: Vec<f64>,
    labels: Vec<f64>,
}

impl Logistic {
    pub fn new(rows: usize, columns: usize) -> Self {
        let mut random = Random::new(13);
        Logistic {
            weights: random.vec(columns, -0.5, 0.5),
            bias: 0.1,
            rows: random.vec(rows * columns, -1.0, 1.0),
            labels: (0..rows).map(|_| random.below(2) as f64).collect(),
        }
    }
}

impl Kernel for Logistic {
    fn primal(&self) -> f64 {
        logistic(&self.weights, self.bias, &self.rows, &self.labels)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        logistic_by_hand(self, 1.0, gradient)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let Logistic { weights, bias, rows, labels } = self;
        let (weights_bar, bias_bar) = gradient.split_at_mut(weights.len());
        logistic::accumulate(weights, *bias, rows, labels, 1.0, (weights_bar, &mut bias_bar[0]))
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.weights, std::slice::from_mut(&mut self.bias)]
    }
}
