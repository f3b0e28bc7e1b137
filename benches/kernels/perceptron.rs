//! A perceptron of two layers, tanh and softmax cross-entropy, over a batch.

use super::{Kernel, Random};
use differentiable::differentiable;

/// Weights of a layer are rows of `inputs` numbers, one for each output.
#[differentiable]
#[allow(clippy::too_many_arguments)]
pub fn cross_entropy(
    w1: &[f64],
    b1: &[f64],
    w2: &[f64],
    b2: &[f64],
    #[no_diff] batch: &[f64],
    #[no_diff] labels: &[usize],
) -> f64 {
    let hidden = b1.len();
    let classes = b2.len();
    let inputs = w1.len() / hidden;
    let mut h = vec![0.0; hidden];
    let mut logits = vec![0.0; classes];
    let mut loss = 0.0;
    for (s, &label) in labels.iter().enumerate() {
        let x = &batch[s * inputs..(s + 1) * inputs];
        for i in 0..hidden {
            let mut z = b1[i];
            for j in 0..inputs {
                z += w1[i * inputs + j] * x[j];
            }
            h[i] = z.tanh();
        }
        for i in 0..classes {
            let mut z = b2[i];
            for j in 0..hidden {
                z += w2[i * hidden + j] * h[j];
            }
            logits[i] = z;
        }
        let mut max = logits[0];
        for i in 1..classes {
            max = max.max(logits[i]);
        }
        let mut total = 0.0;
        for i in 0..classes {
            total += (logits[i] - max).exp();
        }
        loss += total.ln() + max - logits[label];
    }
    loss / labels.len() as f64
}

/// The places of the gradient.
struct Gradient<'a> {
    w1: &'a mut [f64],
    b1: &'a mut [f64],
    w2: &'a mut [f64],
    b2: &'a mut [f64],
}

/// Sample by sample: the hidden values and the softmax are all that is kept.
fn cross_entropy_by_hand(network: &Perceptron, seed: f64, bar: Gradient<'_>) -> f64 {
    let Perceptron { w1, b1, w2, b2, batch, labels } = network;
    let (hidden, classes) = (b1.len(), b2.len());
    let inputs = w1.len() / hidden;
    let mut h = vec![0.0; hidden];
    let mut h_bar = vec![0.0; hidden];
    let mut p = vec![0.0; classes];
    let mut loss = 0.0;
    let weight = seed / labels.len() as f64;
    for (x, &label) in batch.chunks_exact(inputs).zip(labels) {
        for ((h, row), b) in h.iter_mut().zip(w1.chunks_exact(inputs)).zip(b1) {
            let mut z = *b;
            for (w, x) in row.iter().zip(x) {
                z += w * x;
            }
            *h = z.tanh();
        }
        for ((p, row), b) in p.iter_mut().zip(w2.chunks_exact(hidden)).zip(b2) {
            let mut z = *b;
            for (w, h) in row.iter().zip(&h) {
                z += w * h;
            }
            *p = z;
        }
        let max = p.iter().copied().fold(p[0], f64::max);
        let at_label = p[label];
        let mut total = 0.0;
        for p in &mut p {
            *p = (*p - max).exp();
            total += *p;
        }
        loss += total.ln() + max - at_label;

        let scale = weight / total;
        h_bar.fill(0.0);
        for (i, e) in p.iter().enumerate() {
            let logit_bar = scale * e - if i == label { weight } else { 0.0 };
            bar.b2[i] += logit_bar;
            let row = &w2[i * hidden..(i + 1) * hidden];
            let row_bar = &mut bar.w2[i * hidden..(i + 1) * hidden];
            for (((h_bar, row_bar), w), h) in h_bar.iter_mut().zip(row_bar).zip(row).zip(&h) {
                *h_bar += logit_bar * w;
                *row_bar += logit_bar * h;
            }
        }
        for (((h_bar, h), row_bar), b_bar) in
            h_bar.iter().zip(&h).zip(bar.w1.chunks_exact_mut(inputs)).zip(bar.b1.iter_mut())
        {
            let z_bar = h_bar * (1.0 - h * h);
            *b_bar += z_bar;
            for (w_bar, x) in row_bar.iter_mut().zip(x) {
                *w_bar += z_bar * x;
            }
        }
    }
    loss / labels.len() as f64
}

pub struct Perceptron {
    w1: Vec<f64>,
    b1: Vec<f64>,
    w2: Vec<f64>,
    b2: Vec<f64>,
    batch: Vec<f64>,
    labels: Vec<usize>,
}

impl Perceptron {
    pub fn new(inputs: usize, hidden: usize, classes: usize, samples: usize) -> Self {
        let mut random = Random::new(4);
        Perceptron {
            w1: random.vec(inputs * hidden, -0.3, 0.3),
            b1: random.vec(hidden, -0.1, 0.1),
            w2: random.vec(hidden * classes, -0.3, 0.3),
            b2: random.vec(classes, -0.1, 0.1),
            batch: random.vec(samples * inputs, -1.0, 1.0),
            labels: (0..samples).map(|_| random.below(classes)).collect(),
        }
    }

    fn split<'a>(&self, gradient: &'a mut [f64]) -> Gradient<'a> {
        let (w1, rest) = gradient.split_at_mut(self.w1.len());
        let (b1, rest) = rest.split_at_mut(self.b1.len());
        let (w2, b2) = rest.split_at_mut(self.w2.len());
        Gradient { w1, b1, w2, b2 }
    }
}

impl Kernel for Perceptron {
    fn primal(&self) -> f64 {
        cross_entropy(&self.w1, &self.b1, &self.w2, &self.b2, &self.batch, &self.labels)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        cross_entropy_by_hand(self, 1.0, self.split(gradient))
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let bar = self.split(gradient);
        let places = (bar.w1, bar.b1, bar.w2, bar.b2);
        cross_entropy::accumulate(
            &self.w1,
            &self.b1,
            &self.w2,
            &self.b2,
            &self.batch,
            &self.labels,
            1.0,
            places,
        )
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.w1, &mut self.b1, &mut self.w2, &mut self.b2]
    }
}
