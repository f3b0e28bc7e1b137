//! Functions and methods that give references to parts of what they are given: their calls stand for the parts.

use differentiable::{Differentiable, differentiable};
use std::ops::Range;

#[derive(Clone, Debug, Differentiable)]
struct Grid {
    columns: usize,
    cells: Vec<f64>,
}
value_struct!(Grid => GridTangent { cells });

#[differentiable]
impl Grid {
    fn start(&self, row: usize) -> usize {
        row * self.columns
    }
    fn row(&self, row: usize) -> &[f64] {
        &self.cells[self.start(row)..self.start(row) + self.columns]
    }
    fn row_mut(&mut self, row: usize) -> &mut [f64] {
        let first = row * self.columns;
        &mut self.cells[first..first + self.columns]
    }
    fn cell(&self, row: usize, column: usize) -> &f64 {
        debug_assert!(column < self.columns, "no column {}", column);
        &self.cells[row * self.columns + column]
    }
    fn cell_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        assert!(column < self.columns);
        &mut self.cells[row * self.columns + column]
    }
    fn as_slice(&self) -> &[f64] {
        self.cells.as_slice()
    }
    fn all(&mut self) -> &mut Vec<f64> {
        &mut self.cells
    }
    fn scale_row(&mut self, row: usize, by: f64) {
        for x in self.row_mut(row) {
            *x *= by;
        }
    }
    fn diagonal(&self) -> f64 {
        let mut product = 1.0;
        for k in 0..self.columns {
            product *= *self.cell(k, k);
        }
        product
    }
}

#[differentiable]
fn rows_of_a_grid(grid: &Grid, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in grid.row(1).iter().zip(x) {
        sum += a * b;
    }
    let first = grid.row(0);
    sum + grid.cell(0, 1) * grid.as_slice()[2] + first[1] * first[0] + grid.diagonal() * grid.diagonal()
}
row!(parts_that_are_read: rows_of_a_grid(ref grid, ref x) at
    (Grid { columns: 2, cells: vec![1.0, 0.5, -0.25, 2.0] }, vec![0.3, 1.5]));

#[differentiable]
fn changed_rows(grid: &mut Grid, x: &[f64]) {
    for (a, b) in grid.row_mut(1).iter_mut().zip(x) {
        *a *= b;
    }
    *grid.cell_mut(0, 1) += grid.cell(0, 0) * x[0];
    let first = grid.row_mut(0);
    first[1] *= first[0] * first[0];
    first[0] = first[1].sin();
    grid.scale_row(1, x[1]);
    for i in 0..2 {
        for j in 0..2 {
            *grid.cell_mut(i, j) = grid.cell(i, j) * grid.cell(j, i) + x[j];
        }
    }
    grid.all()[3] *= x[0];
}
row!(parts_that_are_changed: changed_rows(mut grid, ref x) -> unit at
    (Grid { columns: 2, cells: vec![1.0, 0.5, -0.25, 2.0] }, vec![0.3, 1.5]));

fn middle(xs: &[f64]) -> &[f64] {
    &xs[1..xs.len() - 1]
}

fn last_of(xs: &mut [f64]) -> &mut f64 {
    let end = xs.len() - 1;
    &mut xs[end]
}

#[differentiable]
fn between_the_ends(xs: &mut [f64]) -> f64 {
    *last_of(xs) *= xs[0];
    let inner = middle(xs);
    let mut sum = 0.0;
    for x in middle(xs) {
        sum += x * x * x;
    }
    sum + inner[0]
}
row!(parts_of_arguments: between_the_ends(mut xs) at (vec![0.5, 1.5, -0.7, 2.0]));

#[derive(Clone, Debug, Differentiable)]
struct Line {
    points: Vec<[f64; 2]>,
}
value_struct!(Line => LineTangent { points });

impl Line {
    fn last(&self) -> usize {
        self.points.len() - 1
    }
    fn end(&self) -> &[f64; 2] {
        &self.points[self.last()]
    }
    fn end_mut(&mut self) -> &mut [f64; 2] {
        let k = self.points.len() - 1;
        &mut self.points[k]
    }
}

#[differentiable]
fn moved_end(line: &mut Line, by: f64) -> f64 {
    line.end_mut()[0] *= by;
    let end = line.end_mut();
    end[1] += end[0] * by;
    line.end()[0] * line.end()[1]
}
row!(parts_without_an_attribute: moved_end(mut line, val by) at
    (Line { points: vec![[0.3, 0.2], [1.5, -0.7]] }, 1.2));

#[derive(Clone, Debug, Differentiable)]
struct Table<T, const N: usize> {
    rows: [[T; N]; 2],
}

#[differentiable]
impl<T: num_traits::Float, const N: usize> Table<T, N> {
    fn row(&self, k: usize) -> &[T; N] {
        &self.rows[k]
    }
    fn at_mut(&mut self, k: usize, j: usize) -> &mut T {
        &mut self.rows[k][j]
    }
    fn dot(&self) -> T {
        self.row(0).iter().zip(self.row(1)).fold(T::zero(), |sum, (&a, &b)| sum + a * b)
    }
    fn doubled(&self, k: usize) -> T {
        let mut copy = self.clone();
        *copy.at_mut(k, 0) = copy.rows[k][1] * self.rows[k][0];
        copy.dot()
    }
}

#[differentiable]
fn parts_of_a_generic_table(a: f64, b: f64) -> f64 {
    let table = Table { rows: [[a, b, a * b], [b, a + b, a]] };
    table.doubled(1) * table.dot() + table.row(0)[2]
}
row!(parts_of_generic_structs: parts_of_a_generic_table(val a, val b) at (0.7, 1.3));

// What other files are asked for.

pub fn interval(xs: &[f64], x: f64) -> usize {
    let mut k = 0;
    while k + 2 < xs.len() && xs[k + 1] < x {
        k += 1;
    }
    k
}

pub fn is_sorted(xs: &[f64]) -> bool {
    xs.windows(2).all(|pair| pair[0] < pair[1])
}

pub fn validate(xs: &[f64]) -> Result<(), String> {
    if is_sorted(xs) { Ok(()) } else { Err("not sorted".to_owned()) }
}

pub fn demand(range: &Range<usize>, xs: &[f64]) {
    assert!(range.end <= xs.len());
}
