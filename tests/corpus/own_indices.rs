//! Elements by users' own `Index` and `IndexMut`.

use differentiable::{Differentiable, differentiable};
use std::ops::{Index, IndexMut};

/// Indexed by what the type alone knows: the number of columns.
#[derive(Clone, Debug, Differentiable)]
struct Matrix {
    items: Vec<f64>,
    #[no_diff]
    columns: usize,
}
#[differentiable(order = 2)]
impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        &self.items[row * self.columns + column]
    }
}
#[differentiable(order = 2)]
impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        &mut self.items[row * self.columns + column]
    }
}
#[differentiable(order = 2)]
impl Matrix {
    fn product(&self, other: &Matrix) -> Matrix {
        let n = self.columns;
        let mut out = Matrix { items: vec![0.0; n * n], columns: n };
        for i in 0..n {
            for j in 0..n {
                let mut sum = 0.0;
                for k in 0..n {
                    sum += self[(i, k)] * other[(k, j)];
                }
                out[(i, j)] = sum;
            }
        }
        out
    }
    fn determinant(mut self) -> f64 {
        let n = self.columns;
        let mut product = 1.0;
        for k in 0..n {
            product *= self[(k, k)];
            for i in k + 1..n {
                let factor = self[(i, k)] / self[(k, k)];
                for j in k..n {
                    let above = self[(k, j)];
                    self[(i, j)] -= factor * above;
                }
            }
        }
        product
    }
}
#[differentiable(order = 2)]
fn elements(x: &[f64]) -> f64 {
    let mut m = Matrix { items: x.to_vec(), columns: 2 };
    m[(0, 1)] = m[(1, 0)].sin() * m[(0, 0)];
    let corner = (1, 1);
    m[corner] -= m[(0, 1)] * 2.0;
    let squared = m.product(&m);
    squared[(0, 0)] * squared[(1, 1)] + squared.determinant()
}
row!(elements_of_a_matrix: elements(ref x) at (vec![1.5, -0.4, 0.7, 2.0]));
curved!(elements_of_a_matrix_at_order_two: elements(ref x) at (vec![1.5, -0.4, 0.7, 2.0]));

/// Indexed by what tangents have too.
#[derive(Clone, Copy, Debug, Differentiable)]
struct Triple {
    x: f64,
    y: f64,
    z: f64,
}
#[differentiable(order = 2)]
impl Index<usize> for Triple {
    type Output = f64;
    fn index(&self, k: usize) -> &f64 {
        match k {
            0 => &self.x,
            1 => &self.y,
            2 => &self.z,
            _ => panic!("a triple has three parts"),
        }
    }
}
#[differentiable(order = 2)]
impl IndexMut<usize> for Triple {
    fn index_mut(&mut self, k: usize) -> &mut f64 {
        match k {
            0 => &mut self.x,
            1 => &mut self.y,
            _ => &mut self.z,
        }
    }
}
#[differentiable(order = 2)]
fn cyclic(mut v: Triple, n: usize) -> f64 {
    for k in 0..n {
        let (a, b) = (k % 3, (k + 1) % 3);
        v[a] = v[b] * v[a].cos();
        v[b] += 0.5 * v[a] * v[a];
    }
    let mut sum = 0.0;
    for k in 0..3 {
        sum += v[k] * v[(k + 1) % 3];
    }
    sum
}
#[differentiable(order = 2)]
fn parts(x: f64, y: f64, z: f64, n: usize) -> f64 {
    cyclic(Triple { x, y, z }, n)
}
row!(parts_by_number: parts(val x, val y, val z, no n) at (0.3, -0.7, 1.2, 5));
curved!(parts_by_number_at_order_two: parts(val x, val y, val z, no n) at (0.3, -0.7, 1.2, 5));

/// Generic, and never changed by its index.
#[derive(Clone, Copy, Debug, Differentiable)]
struct Weights<T> {
    items: [T; 3],
}
#[differentiable]
impl<T: num_traits::Float> Index<usize> for Weights<T> {
    type Output = T;
    fn index(&self, k: usize) -> &T {
        &self.items[k]
    }
}
#[differentiable]
impl<T: num_traits::Float> Weights<T> {
    fn inner(&self, other: &Weights<T>) -> T {
        let mut sum = T::zero();
        for k in 0..3 {
            sum = sum + self[k] * other[k];
        }
        sum
    }
}
#[differentiable]
fn weighted(items: [f64; 3], x: f64) -> f64 {
    let w = Weights { items };
    w[1] * x + w.inner(&w).sqrt()
}
row!(generic_weights_by_number: weighted(val items, val x) at ([0.3, -0.7, 1.2], 2.0));

/// What `as_slice` and `as_ref` give is not what an index of the type gives: that counts from the end.
#[derive(Clone, Debug, Differentiable)]
pub struct Backwards {
    data: Vec<f64>,
}

#[differentiable]
impl Index<(usize, usize)> for Backwards {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[self.data.len() - 1 - i - j]
    }
}

impl AsRef<[f64]> for Backwards {
    fn as_ref(&self) -> &[f64] {
        &self.data
    }
}

impl Backwards {
    fn as_slice(&self) -> &[f64] {
        &self.data
    }

    fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.data
    }
}

#[differentiable]
fn seen_both_ways(x: &[f64], by: f64) -> f64 {
    let b = Backwards { data: x.to_vec() };
    let mut turned = b.clone();
    turned.as_mut_slice()[0] *= by;
    for v in turned.as_mut_slice() {
        *v *= by;
    }
    let (slice, whole) = (b.as_slice(), b.as_ref());
    let squares: f64 = turned.as_ref().iter().map(|v| v * v).sum();
    squares * slice[0] + whole[1] * turned.as_slice()[2] * b[(0, 1)] * b[(0, 0)]
}
row!(slices_of_a_type_with_an_index: seen_both_ways(ref x, val by) at (vec![0.3, 0.5, 0.9], 0.7));

/// What `Index` shows needs no attribute, and its elements are lent, and differentiated, like any others.
#[derive(Clone, Debug, Differentiable)]
struct Shown {
    items: Vec<f64>,
    columns: usize,
}

impl std::ops::Index<(usize, usize)> for Shown {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        assert!(j < self.columns);
        &self.items[i * self.columns + j]
    }
}

impl std::ops::IndexMut<(usize, usize)> for Shown {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        assert!(j < self.columns);
        &mut self.items[i * self.columns + j]
    }
}

#[differentiable(order = 3)]
fn shown(xs: &[f64], k: f64) -> f64 {
    let mut grid = Shown { items: xs.to_vec(), columns: 2 };
    for i in 0..2 {
        for j in 0..2 {
            grid[(i, j)] += k * grid[(j, i)];
        }
        grid[(i, i)] *= k;
    }
    {
        let corner = &mut grid[(0, 0)];
        *corner *= *corner;
    }
    grid.items.swap(1, 2);
    grid[(0, 0)].powi(3) + grid[(0, 1)] * grid[(1, 1)]
}
row!(elements_that_index_shows: shown(ref xs, val k) at (vec![0.3, 0.7, -0.4, 1.1], 0.6));
curved!(elements_that_index_shows_at_order_two: shown(ref xs, val k) at (vec![0.3, 0.7, -0.4, 1.1], 0.6));

/// An index that names its part by the number alone.
#[derive(Clone, Copy, Debug, Differentiable)]
pub struct ByNumber {
    x: f64,
    y: f64,
}
#[differentiable]
impl std::ops::Index<usize> for ByNumber {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        match i {
            0 => &self.x,
            _ => &self.y,
        }
    }
}
#[differentiable]
impl std::ops::IndexMut<usize> for ByNumber {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            _ => &mut self.y,
        }
    }
}

/// What is read by a number is overwritten by its field's name.
#[differentiable]
fn by_number_and_name(a: f64, b: f64) -> f64 {
    let mut z = ByNumber { x: a * b, y: a };
    for i in 0..2 {
        let t = z[i % 2] * a;
        z.x += t;
    }
    z[1] *= z.y * b;
    z.x * z.y * a
}
row!(a_number_and_a_field_are_one_part: by_number_and_name(val a, val b) at (0.4, 0.9), (-1.2, 0.7));

/// An index that names the same parts again: what is written by one number is read by another.
#[derive(Clone, Copy, Debug, Differentiable)]
pub struct InTurn {
    x: f64,
    y: f64,
}
#[differentiable(order = 2)]
impl std::ops::Index<usize> for InTurn {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        match i % 2 {
            0 => &self.x,
            _ => &self.y,
        }
    }
}
#[differentiable(order = 2)]
impl std::ops::IndexMut<usize> for InTurn {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        match i % 2 {
            0 => &mut self.x,
            _ => &mut self.y,
        }
    }
}

#[differentiable(order = 2)]
fn squared_in_turn(a: f64, b: f64, n: usize) -> f64 {
    let mut z = InTurn { x: a, y: b };
    let mut v = vec![0.0; n];
    for i in 0..n {
        v[i] = z[i] * a;
        z[i] = v[i] * v[i] + 0.3 * b;
    }
    z[2] = z[0] * z[4] + z.x;
    v.iter().sum::<f64>() + z.x * z[3]
}
row!(numbers_that_name_a_part_again: squared_in_turn(val a, val b, no n) at (0.4, 0.9, 7), (-0.7, 0.3, 1));
curved!(numbers_that_name_a_part_again_curved: squared_in_turn(val a, val b, no n) at (0.4, 0.9, 7));

#[differentiable(order = 2)]
fn two_in_turn(a: f64, b: f64) -> f64 {
    let mut z = InTurn { x: a, y: b };
    let mut w = InTurn { x: b, y: a };
    for i in 0..12 {
        let t = z[i] * w[i + 1];
        z[i + 2] = t;
        w[i] = t * 0.5 + w[i + 2] * a;
        if z[i] > 2.0 {
            break;
        }
        z.x *= 1.0 + 0.1 * z[i + 1];
    }
    z.x * w.y + z[1] * w[0]
}
row!(parts_in_turn_and_by_name: two_in_turn(val a, val b) at (1.4, 0.9), (-0.7, 1.3));
curved!(parts_in_turn_and_by_name_curved: two_in_turn(val a, val b) at (1.4, 0.9));
