//! Sizes that structs hold: integer fields and what counts them, passed on to functions and
//! constructors, beside the data that is differentiated.

use differentiable::{Differentiable, differentiable, no_diff};

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

// A table with a search for the interval: what it finds is an index.
#[derive(Clone, Debug, Differentiable)]
struct Table {
    xs: Vec<f64>,
    ys: Vec<f64>,
}

#[differentiable(order = 2)]
impl Table {
    fn at(&self, x: f64) -> Option<f64> {
        if self.xs.is_empty() || x < self.xs[0] {
            return None;
        }
        let last = self.xs.len() - 2;
        let i = match self.xs.binary_search_by(|p| p.partial_cmp(&x).unwrap()) {
            Ok(i) => i.min(last),
            Err(i) => i.clamp(1, last + 1) - 1,
        };
        let t = (x - self.xs[i]) / (self.xs[i + 1] - self.xs[i]);
        Some(self.ys[i] + t * (self.ys[i + 1] - self.ys[i]))
    }
}

#[differentiable(order = 2)]
fn looked_up(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let table = Table { xs: xs.to_vec(), ys: ys.to_vec() };
    let next = table.xs.partition_point(|v| *v < x);
    table.at(x).unwrap() * table.at(x * x).unwrap_or(0.5) + table.ys[next] * x
}
row!(tables_by_binary_search: looked_up(ref xs, ref ys, val x) at (vec![0.0, 1.0, 2.0, 4.0], vec![0.5, 1.5, 1.0, 3.0], 1.4));
curved!(tables_by_binary_search_at_order_two: looked_up(ref xs, ref ys, val x) at (vec![0.0, 1.0, 2.0, 4.0], vec![0.5, 1.5, 1.0, 3.0], 1.4));

/// Sorts points into cells; not differentiable.
fn cells(x: &[[f64; 2]], size: f64) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new(); 4];
    for (i, p) in x.iter().enumerate() {
        found[(p[1] / size) as usize * 2 + (p[0] / size) as usize].push(i);
    }
    found
}

#[differentiable]
fn near(x: &[[f64; 2]], size: f64) -> f64 {
    let cells = no_diff(cells(x, size));
    let mut energy = 0.0;
    for cell in &cells {
        for &i in cell {
            for &j in cell {
                if j > i {
                    let (dx, dy) = (x[i][0] - x[j][0], x[i][1] - x[j][1]);
                    energy += size / (dx * dx + dy * dy);
                }
            }
        }
    }
    energy
}
row!(cells_of_active_points: near(ref x, val size) at (vec![[0.2, 0.3], [0.9, 0.5], [1.6, 0.4], [1.9, 0.8]], 1.1));

// A user's type has a `get` and a `len` like those of a slice.
#[derive(Clone, Debug, Differentiable)]
struct Grid {
    cells: Vec<f64>,
}

#[differentiable(order = 2)]
impl Grid {
    fn new(n: usize) -> Self {
        Grid { cells: vec![0.5; n] }
    }

    fn len(&self) -> usize {
        self.cells.len()
    }

    fn get(&self, i: usize) -> f64 {
        self.cells[i]
    }

    fn bump(&mut self, i: usize, by: f64) {
        self.cells[i] += by * by;
    }
}

#[differentiable(order = 2)]
fn bumped(x: &[f64]) -> f64 {
    let mut grid = Grid::new(x.len());
    for i in 0..grid.len() {
        grid.bump(i, x[i]);
        if i > 0 {
            let before = grid.get(i - 1);
            grid.bump(i, before);
        }
    }
    grid.cells.iter().sum()
}
row!(methods_named_like_those_of_slices: bumped(ref x) at (vec![0.3, -0.7, 1.1]));
curved!(methods_named_like_those_of_slices_twice: bumped(ref x) at (vec![0.3, -0.7, 1.1]));
