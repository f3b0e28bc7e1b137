//! Users' own indices that have no rule.
use differentiable::{Differentiable, differentiable};
use std::ops::{Index, IndexMut};

#[derive(Clone, Debug, Differentiable)]
struct Grid {
    items: Vec<f64>,
    #[no_diff]
    columns: usize,
}

#[differentiable]
impl Index<(usize, usize)> for Grid {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        if i == 0 { &self.items[j] } else { &self.items[i * self.columns + j] }
    }
}

#[differentiable]
impl IndexMut<(usize, usize)> for Grid {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        if i == 0 { &mut self.items[j] } else { &mut self.items[i * self.columns + j] }
    }
}

#[differentiable]
impl Index<usize> for Grid {
    type Output = [f64];
    fn index(&self, row: usize) -> &[f64] {
        &self.items[row * self.columns..(row + 1) * self.columns]
    }
}

#[differentiable]
fn lent(grid: &mut Grid, x: f64) {
    let corner = &mut grid[(0, 0)];
    *corner *= x;
}

#[differentiable(order = 3)]
fn third_order(grid: &Grid) -> f64 {
    grid[(0, 1)].powi(3)
}

#[differentiable]
impl From<&mut Grid> for f64 {
    fn from(grid: &mut Grid) -> f64 {
        grid[(0, 0)]
    }
}

fn main() {}
