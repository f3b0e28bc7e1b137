//! Methods that choose which part of a value they lend.

use differentiable::{Differentiable, differentiable};
use num_traits::Float;
use std::ops::{Index, IndexMut};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    X,
    Y,
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Flat {
    x: f64,
    y: f64,
}

value_struct!(Flat => FlatTangent { x, y });

#[differentiable]
impl Flat {
    fn at(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            1 => &mut self.y,
            _ => panic!("no coordinate {i}"),
        }
    }

    fn first_or_other(&mut self, i: usize) -> &mut f64 {
        assert!(i < 2);
        let first = i == 0;
        if first { &mut self.x } else { &mut self.y }
    }

    fn along(&mut self, axis: Axis) -> &mut f64 {
        match axis {
            Axis::X => &mut self.x,
            Axis::Y => &mut self.y,
        }
    }

    fn get(&self, i: usize) -> &f64 {
        match i {
            0 => &self.x,
            1 => &self.y,
            _ => unreachable!(),
        }
    }
}

#[differentiable]
impl Index<usize> for Flat {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        match i {
            0 => &self.x,
            _ => &self.y,
        }
    }
}

#[differentiable]
impl IndexMut<usize> for Flat {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            _ => &mut self.y,
        }
    }
}

#[differentiable]
fn assigned(x: f64, y: f64) -> f64 {
    let mut p = Flat { x, y };
    *p.at(0) += y * y;
    *p.at(1) *= p.x;
    *p.along(Axis::X) = p.x * p.y;
    for i in 0..2 {
        *p.first_or_other(i) *= y;
        *p.first_or_other(1 - i) = p.x * p.y;
    }
    p.x * p.y
}
row!(parts_chosen_to_be_changed: assigned(val x, val y) at (0.7, 1.3));

#[differentiable]
fn read(p: Flat, y: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..2 {
        s += p.get(i) * p.get(1 - i);
        let held = *p.get(i);
        s += held.sin() * y + p.get(0).cos();
    }
    s
}
row!(parts_chosen_to_be_read: read(val p, val y) at (Flat { x: 0.7, y: 0.4 }, 1.3));

#[differentiable]
fn lent(p: &mut Flat, k: f64) {
    *p.at(0) *= k;
    for i in [1, 0, 1] {
        // A copy is of the value as it was.
        let before = *p.get(i);
        *p.at(i) += k * k;
        *p.along(Axis::Y) *= before;
    }
}
row!(parts_of_what_is_lent: lent(mut p, val k) -> unit at (Flat { x: 0.7, y: 0.4 }, 1.3));

#[differentiable]
fn among(items: &mut [Flat], k: f64) -> f64 {
    for item in items.iter_mut() {
        *item.at(0) *= k;
    }
    *items[0].at(1) += k * k;
    let last = items.len() - 1;
    *items[last].first_or_other(0) = k * items[0].x;
    items[0].get(1) * items[last].get(0)
}
row!(parts_of_items: among(mut items, val k) at (vec![Flat { x: 0.7, y: 0.4 }, Flat { x: 0.2, y: 0.9 }], 1.3));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Both<T> {
    a: T,
    b: T,
}

#[differentiable]
impl<T: Float> Both<T> {
    fn new(a: T, b: T) -> Self {
        Both { a, b }
    }

    fn at(&mut self, i: usize) -> &mut T {
        match i {
            0 => &mut self.a,
            _ => &mut self.b,
        }
    }

    fn get(&self, i: usize) -> &T {
        if i == 0 { &self.a } else { &self.b }
    }
}

#[differentiable]
fn of_a_generic<T: Float>(x: T, y: T) -> T {
    let mut p = Both::new(x, y);
    for i in 0..2 {
        *p.at(i) = *p.get(i) * y;
        let other = p.get(i);
        *p.at(1 - i) = *other * x + *p.get(1 - i);
    }
    p.a * p.b
}
row!(parts_of_generics_that_are_chosen: of_a_generic(val x, val y) at (0.7, 1.3));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Segment {
    from: Flat,
    to: Flat,
}

value_struct!(Segment => SegmentTangent { from, to });

#[differentiable]
impl Segment {
    fn end(&mut self, first: bool) -> &mut Flat {
        if first { &mut self.from } else { &mut self.to }
    }
}

#[differentiable]
fn of_a_part(s: Segment, k: f64) -> f64 {
    let mut s = s;
    s.end(true).x *= k;
    s.end(k < 0.0).y += k * s.from.x;
    *s.end(false) = Flat { x: s.to.y * k, y: s.from.y };
    s.from.x * s.from.y * s.to.x * s.to.y
}
row!(parts_of_parts_that_are_chosen: of_a_part(val s, val k) at
    (Segment { from: Flat { x: 0.7, y: 0.4 }, to: Flat { x: 0.2, y: 0.9 } }, 1.3));

#[differentiable]
fn by_indices(x: f64, y: f64) -> f64 {
    let mut p = Flat { x, y };
    p[0] += y * y;
    for i in 0..2 {
        p[i] *= p[1 - i];
    }
    p[0] * p[1]
}
row!(indices_that_choose_a_part: by_indices(val x, val y) at (0.7, 1.3));

// Parts that may not be there.
#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Grid {
    cells: Vec<f64>,
    width: usize,
}

value_struct!(Grid => GridTangent { cells });

#[differentiable]
impl Grid {
    fn get(&self, i: usize, j: usize) -> Option<&f64> {
        self.cells.get(i * self.width + j)
    }

    fn get_mut(&mut self, i: usize) -> Option<&mut f64> {
        self.cells.get_mut(i)
    }

    fn row_mut(&mut self, i: usize) -> Option<&mut [f64]> {
        let width = self.width;
        self.cells.get_mut(i * width..(i + 1) * width)
    }

    fn first(&self) -> Option<&f64> {
        self.cells.first()
    }

    fn last(&mut self) -> Option<&mut f64> {
        self.cells.last_mut()
    }
}

#[differentiable]
fn found_to_be_changed(x: f64, y: f64) -> f64 {
    let mut grid = Grid { cells: vec![x, y, x * y, 1.0], width: 2 };
    if let Some(cell) = grid.get_mut(1) {
        *cell *= x;
    }
    if let Some(cell) = grid.get_mut(7) {
        *cell *= x;
    }
    *grid.last().unwrap() += y;
    for i in 0..3 {
        if let Some(row) = grid.row_mut(i) {
            row[0] *= y;
            row.iter_mut().for_each(|cell| *cell += y * x);
        }
    }
    grid.cells.iter().product()
}
row!(parts_found_to_be_changed: found_to_be_changed(val x, val y) at (0.7, 1.3));

#[differentiable]
fn found_to_be_read(grid: &Grid, y: f64) -> f64 {
    let mut i = 0;
    let held = grid.get(i, 1);
    i += 1;
    let mut s =
        held.unwrap() * y + grid.get(i, 0).copied().unwrap_or(y) + grid.get(9, 0).copied().unwrap_or(y * y);
    for i in 0..3 {
        for j in 0..2 {
            s += grid.get(i, j).map_or(y, |cell| cell * y);
        }
    }
    match grid.first() {
        Some(first) => s * first,
        None => y,
    }
}
row!(parts_found_to_be_read: found_to_be_read(ref grid, val y) at (Grid { cells: vec![0.7, 0.2, 0.4], width: 2 }, 1.3));

#[differentiable]
fn asked(grid: &Grid, y: f64) -> Option<f64> {
    let first = grid.get(0, 0)?;
    let other = grid.get(1, 0)?;
    Some(first * other * y)
}
row!(parts_that_are_asked_for: asked(ref grid, val y) -> option at (Grid { cells: vec![0.7, 0.2, 0.4], width: 2 }, 1.3));
