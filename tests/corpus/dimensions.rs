//! Sizes that structs hold: integer fields and what counts them, passed on to functions and
//! constructors, beside the data that is differentiated.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Square {
    n: usize,
    order: Vec<usize>,
    data: Vec<f64>,
}
value_struct!(Square => SquareTangent { n, order, data });

fn square() -> Square {
    Square { n: 2, order: vec![1, 0, 1], data: vec![1.0, 2.0, 3.0, 4.0] }
}

#[differentiable(order = 2)]
fn pick(x: &[f64], i: usize) -> f64 {
    x[i] * x[i]
}

#[differentiable(order = 2)]
fn gather(x: &[f64], order: &[usize]) -> f64 {
    order.iter().map(|&i| x[i]).product()
}

#[differentiable(order = 2)]
fn fields_as_arguments(m: &Square) -> f64 {
    pick(&m.data, m.n) + gather(&m.data, &m.order)
}
row!(integer_fields_as_arguments: fields_as_arguments(ref m) at (square()));

#[differentiable(order = 2)]
impl Square {
    // No parameter is differentiated, but fields of what is are passed.
    fn zeros(n: usize) -> Self {
        Square { n, order: vec![], data: vec![0.0; n * n] }
    }

    fn identity(n: usize) -> Square {
        let mut m = Self::zeros(n);
        for i in 0..n {
            m.data[i * n + i] = 1.0;
        }
        m
    }

    // Nothing that has a derivative is returned.
    fn dim(&self) -> usize {
        self.n
    }

    fn shape(&self) -> (usize, usize) {
        (self.n, self.n)
    }

    fn start(&self, row: usize) -> usize {
        row * self.n
    }

    fn is_positive(&self) -> bool {
        self.data.iter().all(|x| *x > 0.0)
    }

    fn last(&self) -> Option<usize> {
        if self.n > 0 { Some(self.n - 1) } else { None }
    }

    // The index is computed in the result.
    fn at(&self, i: usize, j: usize) -> f64 {
        self.data[i * self.n + j]
    }

    fn times(&self, other: &Square) -> Square {
        let (rows, columns) = self.shape();
        let mut out = Square::zeros(other.n);
        for i in 0..rows {
            for j in 0..columns {
                let mut sum = 0.0;
                for k in 0..other.dim() {
                    sum += self.at(i, k) * other.at(k, j);
                }
                out.data[i * rows + j] += sum;
            }
        }
        out
    }

    fn trace(&self) -> f64 {
        let d = self.dim();
        let twice = d * 2;
        let mut sum = 0.0;
        for i in 0..d {
            sum += self.at(i, i) * self.data[self.start(i)] * twice as f64;
        }
        sum / self.dim() as f64 + (twice + d) as f64 * sum
    }
}

#[differentiable(order = 2)]
fn products(m: &Square) -> f64 {
    let n = m.dim();
    let last = if m.is_positive() { n * n - 1 } else { 0 };
    let p = m.times(m).times(&Square::identity(m.n));
    p.trace() * m.data[last] * n as f64 * m.data[m.last().unwrap()]
}
row!(sizes_from_methods: products(ref m) at (square()));

#[differentiable(order = 2)]
fn products_of_a_slice(x: &[f64]) -> f64 {
    products(&Square { n: 2, order: vec![], data: x.to_vec() })
}
curved!(sizes_from_methods_at_order_two: products_of_a_slice(ref x) at (vec![1.0, 2.0, 3.0, 4.0]));

#[differentiable]
fn counted(m: &Square, x: f64) -> f64 {
    let n = m.n;
    let count = n as f64;
    m.data[n] * x / count
}
row!(integers_of_fields_that_become_floats: counted(ref m, val x) at (square(), 0.7));

#[differentiable]
fn sized(m: &Square) -> (f64, usize) {
    (m.data[0] * m.data[1], m.n)
}
row!(a_size_beside_a_value: sized(ref m) -> value at (square()));
