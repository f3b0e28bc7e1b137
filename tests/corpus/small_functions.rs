//! Functions and methods that are small enough to be inlined, names that mislead, results whose types
//! stand in a signature; loops of a handful of iterations.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Matrix {
    data: Vec<f64>,
    columns: usize,
}
value_struct!(Matrix => MatrixTangent { data });

#[differentiable]
impl Matrix {
    fn get(&self, row: usize, column: usize) -> f64 {
        self.data[row * self.columns + column]
    }

    fn set(&mut self, row: usize, column: usize, value: f64) {
        self.data[row * self.columns + column] = value;
    }

    fn add_at(&mut self, row: usize, column: usize, value: f64) {
        let old = self.get(row, column);
        self.set(row, column, old + value);
    }

    fn scale(&mut self, by: f64) {
        for x in self.data.iter_mut() {
            *x *= by;
        }
    }

    fn zeros(rows: usize, columns: usize) -> Self {
        Matrix { data: vec![0.0; rows * columns], columns }
    }

    fn rows(&self) -> usize {
        self.data.len() / self.columns
    }

    fn times(&self, other: &Matrix) -> Matrix {
        let mut product = Matrix::zeros(self.rows(), other.columns);
        for i in 0..self.rows() {
            for j in 0..other.columns {
                for k in 0..self.columns {
                    product.add_at(i, j, self.get(i, k) * other.get(k, j));
                }
            }
        }
        product
    }

    fn logarithm_of_determinant(&self) -> f64 {
        let mut a = self.clone();
        let mut sum = 0.0;
        for k in 0..a.columns {
            let pivot = a.get(k, k);
            sum += pivot.abs().ln();
            for i in k + 1..a.columns {
                let factor = a.get(i, k) / pivot;
                for j in k + 1..a.columns {
                    let value = a.get(i, j) - factor * a.get(k, j);
                    a.set(i, j, value);
                }
            }
        }
        sum
    }
}

fn matrix(n: usize) -> Matrix {
    let data = (0..n * n).map(|k| (k as f64 * 1.3).sin() + if k % (n + 1) == 0 { 3.0 } else { 0.0 });
    Matrix { data: data.collect(), columns: n }
}

#[differentiable]
fn determinants(a: &Matrix, k: f64) -> f64 {
    let mut square = a.times(a);
    square.scale(k);
    square.add_at(0, 0, square.get(1, 1) * k);
    square.logarithm_of_determinant() + a.logarithm_of_determinant()
}
row!(accessors_of_a_matrix: determinants(ref a, val k) at (matrix(4), 0.7));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Pair {
    a: f64,
    b: f64,
}
value_struct!(Pair => PairTangent { a, b });

trait Named {
    fn product(self) -> f64;
}

impl Named for &Pair {
    fn product(self) -> f64 {
        1e9
    }
}

#[differentiable]
impl Pair {
    /// What is passed may lie in what is overwritten before it is read.
    fn both(&mut self, x: f64) {
        self.a = 2.0 * x;
        self.b = x * x;
    }

    fn product(&self) -> f64 {
        self.a * self.b
    }

    fn turned(self, by: f64) -> Pair {
        let (sine, cosine) = (by.sin(), by.cos());
        Pair { a: self.a * cosine - self.b * sine, b: self.a * sine + self.b * cosine }
    }

    fn larger(&self) -> f64 {
        if self.a > self.b { self.a } else { self.b * self.b }
    }
}

#[differentiable]
fn paired(pair: &mut Pair, t: f64) -> f64 {
    pair.both(pair.a);
    let x = pair.product();
    pair.both(pair.b * t);
    let turned = pair.turned(t).turned(x * 0.1);
    // Names of what is inlined are not those here.
    let sine = turned.a * x;
    let cosine = turned.larger();
    sine * cosine + turned.product()
}
row!(methods_of_a_pair: paired(mut pair, val t) -> value at (Pair { a: 0.6, b: 1.1 }, 0.8));

#[differentiable]
fn twice(x: f64) -> f64 {
    2.0 * x
}

/// The rule is what counts, whatever the body says.
#[differentiable(partials(x = 7.0))]
fn ruled(x: f64) -> f64 {
    3.0 * x
}

#[differentiable]
fn held(x: f64, #[no_diff] weight: f64) -> f64 {
    weight * x
}

mod elsewhere {
    use differentiable::differentiable;

    const FACTOR: f64 = 5.0;

    #[differentiable]
    pub fn twice(x: f64) -> f64 {
        FACTOR * x * x
    }

    #[differentiable]
    pub fn squared(x: f64) -> f64 {
        x * x
    }

    #[differentiable]
    pub fn halved(x: f64) -> Vec<f64> {
        vec![x * 0.5, x * x]
    }
}

#[differentiable]
fn shadowed(x: f64) -> f64 {
    let outer = twice(x);
    let inner = elsewhere::squared(x);
    let called = elsewhere::twice(x) * outer;
    let halves = elsewhere::halved(x);
    let closure = {
        let twice = |y: f64| y * y * y;
        twice(x)
    };
    let weight = 3.0;
    let constant = held(x, weight);
    outer * inner + called + closure + constant + halves[0] * halves[1]
}
row!(functions_of_one_name: shadowed(val x) at (0.7));

/// The rule's derivative, not that of the body.
#[differentiable]
fn by_rule(x: f64) -> f64 {
    ruled(x) - 3.0 * x
}

#[test]
fn rules_are_not_inlined() {
    assert_eq!(by_rule::grad(0.3), 4.0);
}

#[differentiable]
fn steps_of(state: &[f64], k: f64) -> Vec<f64> {
    let mut next = state.to_vec();
    for i in 1..state.len() {
        next[i] = state[i] + k * (state[i - 1] - state[i]) * state[i];
    }
    next
}

#[differentiable]
fn moments(state: &[f64]) -> (f64, f64) {
    let mean = state.iter().sum::<f64>() / state.len() as f64;
    (mean, state.iter().map(|x| (x - mean) * (x - mean)).sum())
}

#[differentiable]
fn marched(start: &[f64], k: f64) -> f64 {
    let mut state = start.to_vec();
    for _ in 0..3 {
        let next = steps_of(&state, k);
        for i in 0..next.len() {
            state[i] += next[i] * next[i];
        }
    }
    let (mean, spread) = moments(&state);
    let last = steps_of(&state, mean);
    spread * mean + last.iter().map(|x| x * k).sum::<f64>()
}
row!(results_of_known_types: marched(ref start, val k) at ((0..19).map(|i| (i as f64 * 0.4).sin()).collect::<Vec<_>>(), 0.2));

// ---- at order two ----

#[derive(Clone, Copy, Debug, Differentiable)]
struct Spring {
    stiffness: f64,
    rest: f64,
}
value_struct!(Spring => SpringTangent { stiffness, rest });

#[differentiable(order = 2)]
impl Spring {
    fn stretch(&self, at: f64) -> f64 {
        at - self.rest
    }

    fn energy(&self, at: f64) -> f64 {
        0.5 * self.stiffness * self.stretch(at) * self.stretch(at)
    }

    fn stiffen(&mut self, by: f64) {
        self.stiffness *= by * self.rest;
    }
}

#[differentiable(order = 2)]
fn chained(spring: &mut Spring, at: &[f64]) -> f64 {
    let mut total = 0.0;
    for &x in at {
        total += spring.energy(x);
        spring.stiffen(x);
    }
    total * spring.stretch(total)
}
row!(small_methods_of_order_two: chained(mut spring, ref at) -> value at
    (Spring { stiffness: 1.3, rest: 0.4 }, vec![0.9, 1.1, 0.7]));

// ---- a handful of iterations ----

#[differentiable]
fn components(p: &[f64; 3], q: &mut [f64; 3], k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        let next = (i + 1) % 3;
        q[i] += k * p[next] * q[next];
        sum += q[i] * (i as f64 + 0.5);
    }
    for i in (0..2).rev() {
        for j in 0..2 {
            q[i + j] *= p[i] - sum * p[j];
        }
    }
    for (i, x) in q.iter_mut().enumerate() {
        *x += p[i] * sum;
    }
    for axis in 1..=2usize {
        match axis {
            1 => sum *= q[0],
            _ => sum += q[axis].powi(axis as i32),
        }
    }
    sum
}
row!(loops_of_three: components(ref p, mut q, val k) -> value at ([0.3, -0.7, 1.1], [0.9, 0.4, -0.2], 0.6));

#[differentiable]
fn of_four(m: [[f64; 4]; 4], v: [f64; 4]) -> f64 {
    let mut sum = 0.0;
    for _ in 0..4 {
        sum = sum * 0.5 + v[1];
    }
    for row in &m {
        let mut dot = 0.0;
        for k in 0..4 {
            if k == 2 {
                continue;
            }
            dot += row[k] * v[k];
        }
        sum += dot * dot;
    }
    for k in 0..4 {
        let part = &m[k][1..];
        sum += part[0] * part[2] * v[k];
        if sum > 1e3 {
            break;
        }
    }
    sum
}
row!(loops_of_four: of_four(val m, val v) at
    ([[0.1, 0.2, 0.3, 0.4], [0.5, -0.6, 0.7, 0.8], [0.9, 1.0, -1.1, 1.2], [0.2, 0.1, 0.4, 0.3]], [0.5, -0.2, 0.8, 0.1]));

/// Named like its formula.
#[allow(non_snake_case)]
#[differentiable]
fn H(x: f64) -> f64 {
    let mut sum = 0.0;
    for k in 1..6 {
        sum += (x * k as f64).sin() / k as f64;
    }
    sum
}

#[differentiable]
fn of_one_letter(x: f64) -> f64 {
    H(x) * H(x * x)
}
row!(a_function_of_one_capital_letter: of_one_letter(val x) at (0.7));

/// Without the attribute: which interval is no matter of derivatives.
fn interval(knots: &[f64], t: f64) -> usize {
    let mut at = 0;
    while at + 2 < knots.len() && knots[at + 1] <= t {
        at += 1;
    }
    at
}

impl Pair {
    fn is_larger(&self, than: f64) -> bool {
        self.a * self.b > than
    }
}

const KNOTS: [f64; 4] = [0.0, 1.0, 2.5, 3.0];

#[differentiable]
fn interpolated(values: &[f64], t: f64, pair: &Pair) -> f64 {
    let at = interval(&KNOTS, t);
    let along = (t - KNOTS[at]) / (KNOTS[at + 1] - KNOTS[at]);
    let value = values[at] * (1.0 - along) + values[at + 1] * along;
    if pair.is_larger(t) { value * pair.a } else { value + pair.b }
}
row!(helpers_that_give_integers: interpolated(ref values, val t, ref pair) at
    (vec![1.0, 3.0, 2.0, 0.5], 1.3, Pair { a: 2.0, b: 1.5 }),
    (vec![1.0, 3.0, 2.0, 0.5], 2.7, Pair { a: 0.2, b: 1.5 }));

#[differentiable]
fn chosen_by_a_constant(x: f64, y: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..3usize {
        let kind = (k + 2) % 3;
        match kind {
            0 => sum += x * y,
            1 => sum *= y,
            _ => sum += x.sin(),
        }
    }
    sum
}
row!(loops_of_three_with_a_match: chosen_by_a_constant(val x, val y) at (0.3, 1.7));

#[differentiable]
fn scaled_by(x: f64, #[no_diff] k: f64) -> f64 {
    (x * k).ln_1p()
}

#[differentiable]
fn marked_arguments(x: f64, #[no_diff] y: f64) -> f64 {
    scaled_by(x, y * 2.0) + scaled_by(x * x, differentiable::no_diff(3.0)) * scaled_by(x, 0.5)
}
row!(marked_parameters_of_small_functions: marked_arguments(val x, no y) at (0.7, 0.3));
