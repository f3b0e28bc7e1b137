//! Methods that lend a part of `self`, and builders: inlined, so that a part that is lent is a place.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Matrix {
    items: Vec<f64>,
    columns: usize,
    scale: f64,
}
value_struct!(Matrix => MatrixTangent { items, scale });

fn matrix() -> Matrix {
    Matrix { items: vec![0.1, 0.2, 0.3, 0.4], columns: 2, scale: 1.5 }
}

#[differentiable]
impl Matrix {
    fn at(&mut self, i: usize, j: usize) -> &mut f64 {
        &mut self.items[i * self.columns + j]
    }

    fn get(&self, i: usize, j: usize) -> &f64 {
        let k = i * self.columns + j;
        &self.items[k]
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.items[i * self.columns..(i + 1) * self.columns]
    }

    fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.items[i * self.columns..(i + 1) * self.columns]
    }

    fn spread(&mut self, x: f64) {
        for i in 0..self.columns {
            for j in 0..self.columns {
                *self.at(i, j) += x * (i + j) as f64;
                *self.at(j, i) *= x;
            }
        }
    }

    fn trace(&self) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.columns {
            sum += self.get(i, i) * self.scale;
        }
        sum
    }

    fn squares_of(&self, i: usize) -> f64 {
        self.row(i).iter().map(|v| v * v).sum()
    }

    fn stretch(&mut self, i: usize, by: f64) {
        for v in self.row_mut(i) {
            *v *= by;
        }
    }
}

#[differentiable]
fn elements_lent(m: &Matrix, x: f64) -> f64 {
    let mut m = m.clone();
    for i in 0..2 {
        for j in 0..2 {
            *m.at(i, j) += x * (i + j) as f64;
            *m.at(j, i) *= x.sin();
        }
    }
    m.spread(x);
    m.stretch(1, x * x);
    let corner = m.at(1, 1);
    *corner *= 2.0 * x;
    *corner += 1.0;
    m.items[0] * m.items[3] + m.trace() + *m.get(0, 1) * m.squares_of(1)
}
row!(elements_and_rows_lent: elements_lent(ref m, val x) at (matrix(), 0.7));

#[derive(Clone, Debug, Differentiable)]
struct Settings {
    rate: f64,
    momentum: f64,
}

#[differentiable]
impl Settings {
    fn with_rate(&mut self, rate: f64) -> &mut Self {
        self.rate = rate * rate;
        self
    }

    fn with_momentum(&mut self, momentum: f64) -> &mut Self {
        self.momentum = momentum + self.rate;
        self
    }

    fn energy(&self) -> f64 {
        self.rate * self.momentum
    }
}

impl Settings {
    #[differentiable]
    fn rate(&self) -> &f64 {
        &self.rate
    }

    #[differentiable]
    fn faster(&mut self, by: f64) -> &mut Settings {
        self.rate += by;
        self
    }
}

#[differentiable]
fn built(x: f64, y: f64) -> f64 {
    let mut settings = Settings { rate: 0.0, momentum: 1.0 };
    settings.with_rate(x).with_momentum(y);
    let energy = settings.with_rate(x * y).energy();
    settings.faster(x.sin()).faster(y);
    *settings.rate() * settings.momentum * energy
}
row!(builders_that_lend_themselves: built(val x, val y) at (0.3, 0.4));

// Aliases of references, whose lifetimes nobody writes.

type Attributes<'l> = &'l [f64];
type Places<'l> = &'l mut [f64];

#[derive(Clone, Differentiable)]
struct Weights {
    x: f64,
    y: f64,
}

type Weighed<'a> = &'a Weights;

#[differentiable]
fn by_alias(a: Attributes, k: f64) -> f64 {
    a[0] * k * a[1]
}

#[differentiable]
fn into_places<'b>(a: Attributes<'b>, b: Attributes<'_>, out: Places, weights: Weighed) -> f64 {
    for i in 0..out.len() {
        out[i] += a[i] * b[i] * weights.x;
    }
    out[0] * weights.y
}

#[differentiable]
trait Weighing {
    fn weigh(&self, a: Attributes, k: f64) -> f64;
}

#[differentiable]
impl Weighing for Weights {
    fn weigh(&self, a: Attributes, k: f64) -> f64 {
        a[0] * self.y * k
    }
}

#[differentiable]
impl Weights {
    fn second(&self, a: Attributes) -> f64 {
        a[1] * self.x
    }
}

#[differentiable]
fn weighed_by<W: Weighing>(by: &W, a: Attributes) -> f64 {
    by.weigh(a, a[1])
}

#[differentiable]
fn through_aliases(x: f64) -> f64 {
    let weights = Weights { x, y: x * x };
    let mut out = [x, 1.0];
    let first = into_places(&[x, x.sin()], &[1.0, x], &mut out, &weights);
    by_alias(&[x, x], x) + first * out[1] + weighed_by(&weights, &[x, x * 2.0]) * weights.second(&out)
}
row!(references_by_aliases: through_aliases(val x) at (0.7), (1.2));
