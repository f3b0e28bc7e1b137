//! ADBench's LSTM: diagonal weights, a state carried through a sequence.

use super::adbench::Reader;
use super::{Kernel, Random};
use differentiable::differentiable;

#[differentiable]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// One layer's step: four gates of `h` weights and biases each; updates its hidden values and
/// its cell.
#[differentiable]
fn layer(weight: &[f64], bias: &[f64], hidden: &mut [f64], cell: &mut [f64], input: &[f64]) {
    let h = hidden.len();
    for i in 0..h {
        let forget = sigmoid(input[i] * weight[i] + bias[i]);
        let ingate = sigmoid(hidden[i] * weight[h + i] + bias[h + i]);
        let outgate = sigmoid(input[i] * weight[2 * h + i] + bias[2 * h + i]);
        let change = (hidden[i] * weight[3 * h + i] + bias[3 * h + i]).tanh();
        cell[i] = cell[i] * forget + ingate * change;
        hidden[i] = outgate * cell[i].tanh();
    }
}

/// Mean log-likelihood, negative: `main` holds weights and biases of each layer (2l × 4b),
/// `extra` those of input and output (3 × b), `state` hidden values and cells (2l × b).
#[differentiable]
pub fn objective(
    main: &[f64],
    extra: &[f64],
    #[no_diff] state: &[f64],
    #[no_diff] sequence: &[f64],
    layers: usize,
    b: usize,
) -> f64 {
    let steps = sequence.len() / b - 1;
    let mut s = state.to_vec();
    let mut x = vec![0.0; b];
    let mut y = vec![0.0; b];
    let mut total = 0.0;
    for t in 0..steps {
        for i in 0..b {
            x[i] = sequence[t * b + i] * extra[i];
        }
        for l in 0..layers {
            let weight = &main[8 * l * b..(8 * l + 4) * b];
            let bias = &main[(8 * l + 4) * b..(8 * l + 8) * b];
            let (hidden, cell) = s[2 * l * b..(2 * l + 2) * b].split_at_mut(b);
            layer(weight, bias, hidden, cell, &x);
            x.copy_from_slice(hidden);
        }
        let mut sum = 0.0;
        for i in 0..b {
            y[i] = x[i] * extra[b + i] + extra[2 * b + i];
            sum += y[i].exp();
        }
        let normaliser = (sum + 2.0).ln();
        for i in 0..b {
            total += sequence[(t + 1) * b + i] * (y[i] - normaliser);
        }
    }
    -total / (steps * b) as f64
}

/// Keeps the gates, the cells and their tanh of every step; a step's inputs are found again in
/// the record of the step before.
fn objective_by_hand(lstm: &Lstm, seed: f64, gradient: &mut [f64]) -> f64 {
    let Lstm { main, extra, state, sequence, layers, b } = lstm;
    let (layers, b) = (*layers, *b);
    let steps = sequence.len() / b - 1;
    let (main_bar, extra_bar) = gradient.split_at_mut(main.len());
    let (in_scale, rest) = extra.split_at(b);
    let (out_scale, out_bias) = rest.split_at(b);

    // Of each step and layer: forget, in, out, change, cell before, tanh of the cell after,
    // hidden before.
    let width = 7 * b;
    let mut record = vec![0.0; steps * layers * width];
    let mut softmax = vec![0.0; steps * b];
    let mut s = state.clone();
    let mut x = vec![0.0; b];
    let mut total = 0.0;
    for t in 0..steps {
        for i in 0..b {
            x[i] = sequence[t * b + i] * in_scale[i];
        }
        for l in 0..layers {
            let weight = &main[8 * l * b..(8 * l + 4) * b];
            let bias = &main[(8 * l + 4) * b..(8 * l + 8) * b];
            let (hidden, cell) = s[2 * l * b..(2 * l + 2) * b].split_at_mut(b);
            let at = (t * layers + l) * width;
            let kept = &mut record[at..at + width];
            for i in 0..b {
                let forget = sigmoid(x[i] * weight[i] + bias[i]);
                let ingate = sigmoid(hidden[i] * weight[b + i] + bias[b + i]);
                let outgate = sigmoid(x[i] * weight[2 * b + i] + bias[2 * b + i]);
                let change = (hidden[i] * weight[3 * b + i] + bias[3 * b + i]).tanh();
                kept[i] = forget;
                kept[b + i] = ingate;
                kept[2 * b + i] = outgate;
                kept[3 * b + i] = change;
                kept[4 * b + i] = cell[i];
                kept[6 * b + i] = hidden[i];
                cell[i] = cell[i] * forget + ingate * change;
                let tanh = cell[i].tanh();
                kept[5 * b + i] = tanh;
                hidden[i] = outgate * tanh;
                x[i] = hidden[i];
            }
        }
        let p = &mut softmax[t * b..(t + 1) * b];
        let next = &sequence[(t + 1) * b..(t + 2) * b];
        let mut sum = 0.0;
        for i in 0..b {
            x[i] = x[i] * out_scale[i] + out_bias[i];
            p[i] = x[i].exp();
            sum += p[i];
        }
        let normaliser = (sum + 2.0).ln();
        for i in 0..b {
            total += next[i] * (x[i] - normaliser);
            p[i] /= sum + 2.0;
        }
    }

    let scale = -seed / (steps * b) as f64;
    let mut s_bar = vec![0.0; s.len()];
    let mut x_bar = vec![0.0; b];
    for t in (0..steps).rev() {
        let next = &sequence[(t + 1) * b..(t + 2) * b];
        let mut weight_sum = 0.0;
        for g in next {
            weight_sum += g;
        }
        let p = &softmax[t * b..(t + 1) * b];
        let last = (t * layers + layers - 1) * width;
        let kept = &record[last..last + width];
        for i in 0..b {
            let y_bar = scale * (next[i] - weight_sum * p[i]);
            let hidden = kept[2 * b + i] * kept[5 * b + i];
            extra_bar[b + i] += y_bar * hidden;
            extra_bar[2 * b + i] += y_bar;
            x_bar[i] = y_bar * out_scale[i];
        }
        for l in (0..layers).rev() {
            let weight = &main[8 * l * b..(8 * l + 4) * b];
            let (weight_bar, bias_bar) = main_bar[8 * l * b..(8 * l + 8) * b].split_at_mut(4 * b);
            let (hidden_bar, cell_bar) = s_bar[2 * l * b..(2 * l + 2) * b].split_at_mut(b);
            let at = (t * layers + l) * width;
            let (kept, below) =
                (&record[at..at + width], if l > 0 { &record[at - width..at] } else { &[][..] });
            for i in 0..b {
                let input = if l > 0 {
                    below[2 * b + i] * below[5 * b + i]
                } else {
                    sequence[t * b + i] * in_scale[i]
                };
                let [forget, ingate, outgate, change] = std::array::from_fn(|k| kept[k * b + i]);
                let (cell, tanh, hidden) = (kept[4 * b + i], kept[5 * b + i], kept[6 * b + i]);

                let h_bar = hidden_bar[i] + x_bar[i];
                let c_bar = cell_bar[i] + h_bar * outgate * (1.0 - tanh * tanh);
                let out_bar = h_bar * tanh * outgate * (1.0 - outgate);
                let forget_bar = c_bar * cell * forget * (1.0 - forget);
                let in_bar = c_bar * change * ingate * (1.0 - ingate);
                let change_bar = c_bar * ingate * (1.0 - change * change);
                cell_bar[i] = c_bar * forget;
                hidden_bar[i] = in_bar * weight[b + i] + change_bar * weight[3 * b + i];
                x_bar[i] = forget_bar * weight[i] + out_bar * weight[2 * b + i];

                weight_bar[i] += forget_bar * input;
                weight_bar[b + i] += in_bar * hidden;
                weight_bar[2 * b + i] += out_bar * input;
                weight_bar[3 * b + i] += change_bar * hidden;
                bias_bar[i] += forget_bar;
                bias_bar[b + i] += in_bar;
                bias_bar[2 * b + i] += out_bar;
                bias_bar[3 * b + i] += change_bar;
            }
        }
        for i in 0..b {
            extra_bar[i] += x_bar[i] * sequence[t * b + i];
        }
    }
    -total / (steps * b) as f64
}

pub struct Lstm {
    main: Vec<f64>,
    extra: Vec<f64>,
    state: Vec<f64>,
    sequence: Vec<f64>,
    layers: usize,
    b: usize,
}

impl Lstm {
    /// ADBench's input of two layers and 1024 characters, or a seeded one.
    pub fn adbench() -> Self {
        Self::read().unwrap_or_else(|| Self::new(2, 1024, 14))
    }

    fn read() -> Option<Self> {
        let mut reader = Reader::open("lstm_l2_c1024.txt")?;
        let (layers, c, b) = (reader.size(), reader.size(), reader.size());
        Some(Lstm {
            main: reader.take(2 * layers * 4 * b),
            extra: reader.take(3 * b),
            state: reader.take(2 * layers * b),
            sequence: reader.take(c * b),
            layers,
            b,
        })
    }

    pub fn new(layers: usize, characters: usize, b: usize) -> Self {
        let mut random = Random::new(7);
        let mut sequence = vec![0.0; characters * b];
        for row in sequence.chunks_exact_mut(b) {
            row[random.below(b)] = 1.0;
        }
        Lstm {
            main: random.vec(2 * layers * 4 * b, 0.0, 1.0),
            extra: random.vec(3 * b, 0.0, 1.0),
            state: random.vec(2 * layers * b, 0.0, 1.0),
            sequence,
            layers,
            b,
        }
    }
}

impl Kernel for Lstm {
    fn primal(&self) -> f64 {
        objective(&self.main, &self.extra, &self.state, &self.sequence, self.layers, self.b)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        objective_by_hand(self, 1.0, gradient)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let Lstm { main, extra, state, sequence, layers, b } = self;
        let places = gradient.split_at_mut(main.len());
        objective::accumulate(main, extra, state, sequence, *layers, *b, 1.0, places)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.main, &mut self.extra]
    }
}
