//! Generics bounded by `Index` and `IndexMut`, and users' own indices that look at more than the part that they name.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, Index, IndexMut, Mul};

#[derive(Clone, Copy, Differentiable)]
struct Direction {
    x: f64,
    y: f64,
    z: f64,
}

#[differentiable]
impl Index<usize> for Direction {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        match i {
            0 => &self.x,
            1 => &self.y,
            2 => &self.z,
            _ => panic!("a direction has three parts"),
        }
    }
}

#[differentiable]
impl IndexMut<usize> for Direction {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            1 => &mut self.y,
            2 => &mut self.z,
            _ => panic!("a direction has three parts"),
        }
    }
}

/// Where its elements are the type alone knows.
#[derive(Clone, Differentiable)]
struct Strided {
    items: Vec<f64>,
    #[no_diff]
    stride: usize,
    #[no_diff]
    offset: usize,
}

#[differentiable]
impl Index<usize> for Strided {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        &self.items[self.offset + i * self.stride]
    }
}

#[differentiable]
impl IndexMut<usize> for Strided {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        let at = self.offset + i * self.stride;
        &mut self.items[at]
    }
}

#[differentiable]
fn every_second(x: f64) -> f64 {
    let mut s = Strided { items: vec![x, 1.0, x * x, 2.0, x.sin(), 3.0], stride: 2, offset: 1 };
    s[0] = x * s[1];
    for i in 0..2 {
        s[i + 1] += s[i] * x;
        s[i] *= s[i + 1];
    }
    let last = s[2];
    let lent = &s;
    last * lent[0] + s.items[3]
}
row!(elements_that_look_at_a_stride: every_second(val x) at (0.7), (1.2));

#[differentiable]
fn dot<A: Index<usize, Output = f64>>(a: &A, b: &A) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[differentiable]
fn cross<A, B>(a: &A, b: &B) -> Direction
where
    A: Index<usize, Output = f64>,
    B: Index<usize, Output = f64>,
{
    Direction { x: a[1] * b[2] - a[2] * b[1], y: a[2] * b[0] - a[0] * b[2], z: a[0] * b[1] - a[1] * b[0] }
}

#[differentiable]
fn products(x: f64) -> f64 {
    let a = vec![x, x * x, 1.0];
    let b = vec![x.cos(), 2.0, x];
    let v = Direction { x, y: 2.0 * x, z: 0.5 };
    let c = cross(&a, &v);
    dot(&a, &b) + c.x * c.y + dot(&[x, x, 1.0], &[2.0, x * x, x.exp()]) * dot(&v, &c)
}
row!(elements_of_what_is_indexed: products(val x) at (0.7), (1.2));

#[differentiable]
fn scanned<A: IndexMut<usize, Output = f64>>(a: &mut A, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 1..n {
        a[i] += a[i - 1] * 0.5;
        a[i] = a[i].sin() * a[i];
        if a[i] > 0.3 {
            s += a[i];
        }
        let j = n - 1 - i;
        s -= a[j] * a[i];
    }
    s
}

#[differentiable]
fn scans(x: f64) -> f64 {
    let mut v = Direction { x, y: 0.3, z: x * x };
    let of_fields = scanned(&mut v, 3);
    let mut list = vec![x, 0.7, x.cos(), 0.2];
    let of_a_list = scanned(&mut list, 4);
    let mut array = [0.1, x, 2.0];
    let of_an_array = scanned(&mut array, 3);
    let mut s = Strided { items: vec![x, 1.0, x * x, 2.0, x.sin(), 3.0], stride: 2, offset: 0 };
    let of_a_stride = scanned(&mut s, 3);
    of_fields + of_a_list * v.z + list[3] * list[1] + of_an_array * array[2] + of_a_stride + s[2] * s.items[5]
}
row!(elements_that_are_changed: scans(val x) at (0.3), (0.7), (1.2));

#[derive(Clone, Differentiable)]
struct Holder<A> {
    held: A,
    k: f64,
}

#[differentiable]
impl<A: Index<usize, Output = f64> + IndexMut<usize, Output = f64>> Holder<A> {
    fn energy(&self, n: usize) -> f64 {
        let mut s = 0.0;
        for i in 0..n {
            s += self.held[i] * self.held[i] * self.k;
        }
        s
    }

    fn bump(&mut self, x: f64) {
        self.held[1] = self.held[0] * x;
        self.held[2] *= self.k;
    }
}

#[differentiable]
fn holders(x: f64) -> f64 {
    let mut h = Holder { held: Direction { x, y: 1.0, z: x * x }, k: x };
    h.bump(x);
    let mut g = Holder { held: vec![x, 0.5, 2.0], k: 3.0 };
    g.bump(x * x);
    h.energy(3) * g.energy(2) + h.held[1] + g.held[2]
}
row!(elements_of_a_generic_field: holders(val x) at (0.7), (1.2));

#[differentiable]
trait Coordinates: Index<usize, Output = f64> + IndexMut<usize> {
    fn dimension(&self) -> usize;

    fn squared(&self) -> f64 {
        let mut s = 0.0;
        for i in 0..self.dimension() {
            s += self[i] * self[i];
        }
        s
    }
}

#[differentiable]
impl Coordinates for Direction {
    fn dimension(&self) -> usize {
        3
    }
}

#[differentiable]
impl Coordinates for Strided {
    fn dimension(&self) -> usize {
        2
    }
}

#[differentiable]
fn scaled<C: Coordinates + Clone>(v: &C, k: f64) -> C {
    let mut out = v.clone();
    for i in 0..v.dimension() {
        out[i] *= k;
    }
    if k > 1.0 {
        out[0] = v[1];
    }
    out
}

#[differentiable]
fn left_early<C: Coordinates>(v: &mut C, k: f64) -> Option<f64> {
    if k < 0.5 {
        return None;
    }
    v[0] += k;
    if v[0] > 2.0 {
        return Some(v[1] * k);
    }
    v[1] = v[0].exp();
    Some(v[1])
}

#[differentiable]
fn by_a_trait(x: f64) -> f64 {
    let v = Direction { x, y: 2.0 * x, z: x * x };
    let s = Strided { items: vec![x, 1.0, x * x, 2.0, x.sin(), 3.0], stride: 2, offset: 0 };
    let (v, s) = (scaled(&v, x), scaled(&s, x * x));
    let mut changed = Direction { x, y: x, z: x };
    let early = left_early(&mut changed, x + 0.4).unwrap_or(3.0);
    v.squared() * s.squared().sqrt() + changed[0] * changed[1] * early
}
row!(elements_by_a_trait_of_the_crate: by_a_trait(val x) at (0.3), (0.7), (2.2));

#[derive(Clone, Differentiable)]
struct Grid {
    items: Vec<f64>,
    #[no_diff]
    columns: usize,
}

#[differentiable]
impl Index<[usize; 2]> for Grid {
    type Output = f64;

    fn index(&self, at: [usize; 2]) -> &Self::Output {
        let [i, j] = at;
        &self.items[self.columns * i + j]
    }
}

#[differentiable]
impl IndexMut<[usize; 2]> for Grid {
    fn index_mut(&mut self, at: [usize; 2]) -> &mut Self::Output {
        let [i, j] = at;
        &mut self.items[self.columns * i + j]
    }
}

#[differentiable]
fn of_a_grid(x: f64) -> f64 {
    let mut m = Grid { items: vec![x, x * x, 1.0, 2.0], columns: 2 };
    m[[1, 0]] = m[[0, 1]] * x;
    m[[1, 1]] += m[[1, 0]].sin();
    let corner = [1, 1];
    let mut s = 0.0;
    for i in 0..2 {
        for j in 0..2 {
            s += m[[i, j]] * m[[j, i]];
        }
    }
    s * m[corner]
}
row!(elements_by_arrays: of_a_grid(val x) at (0.7), (1.2));

/// What is not differentiated needs no rules.
#[differentiable]
fn looked_up<A: Index<usize, Output = f64>, I: Index<usize, Output = usize>>(
    #[no_diff] values: &A,
    #[no_diff] order: &I,
    x: f64,
) -> f64 {
    values[order[0]] * x * x + values[1]
}

struct Plain(f64, f64);

impl Index<usize> for Plain {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        if i == 0 { &self.0 } else { &self.1 }
    }
}

#[differentiable]
fn from_a_table(x: f64) -> f64 {
    looked_up(&Plain(2.0, 3.0), &[1_usize], x)
}
row!(elements_of_a_table: from_a_table(val x) at (0.7));

/// Its indices ask nothing of what they find.
#[derive(Clone, Differentiable)]
struct Table<T> {
    items: Vec<T>,
    rows: usize,
    columns: usize,
}

#[differentiable]
impl<T> Index<(usize, usize)> for Table<T> {
    type Output = T;

    fn index(&self, (i, j): (usize, usize)) -> &T {
        &self.items[i * self.columns + j]
    }
}

#[differentiable]
impl<T> IndexMut<(usize, usize)> for Table<T> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        &mut self.items[i * self.columns + j]
    }
}

#[differentiable]
impl<T: Copy + num_traits::Num> Table<T> {
    fn zeros(rows: usize, columns: usize) -> Self {
        Table { items: vec![T::zero(); rows * columns], rows, columns }
    }

    fn identity(n: usize) -> Self {
        let mut m = Self::zeros(n, n);
        for i in 0..n {
            m[(i, i)] = T::one();
        }
        m
    }

    fn transpose(&self) -> Self {
        let mut out = Self::zeros(self.columns, self.rows);
        for i in 0..self.rows {
            for j in 0..self.columns {
                out[(j, i)] = self[(i, j)];
            }
        }
        out
    }

    fn trace(&self) -> T {
        (0..self.rows).map(|i| self[(i, i)]).fold(T::zero(), |a, b| a + b)
    }
}

#[differentiable]
impl<T: Copy + num_traits::Num> Mul<&Table<T>> for &Table<T> {
    type Output = Table<T>;

    fn mul(self, other: &Table<T>) -> Table<T> {
        let mut out = Table::zeros(self.rows, other.columns);
        for i in 0..self.rows {
            for j in 0..other.columns {
                let mut s = T::zero();
                for k in 0..self.columns {
                    s = s + self[(i, k)] * other[(k, j)];
                }
                out[(i, j)] = s;
            }
        }
        out
    }
}

#[differentiable]
impl Add for Direction {
    type Output = Direction;

    fn add(self, other: Direction) -> Direction {
        Direction { x: self.x + other.x, y: self.y + other.y, z: self.z + other.z }
    }
}

#[differentiable]
impl Mul<f64> for Direction {
    type Output = Direction;

    fn mul(self, by: f64) -> Direction {
        Direction { x: self.x * by, y: self.y * by, z: self.z * by }
    }
}

#[differentiable]
fn doubled_diagonal<T: Copy + Add<Output = T> + Mul<f64, Output = T>>(m: &Table<T>, zero: T) -> T {
    let mut s = zero;
    for i in 0..m.rows {
        s = s + m[(i, i)] * 2.0;
    }
    s
}

#[differentiable]
fn of_tables(x: f64) -> f64 {
    let m = Table { items: vec![x, x * x, 1.0, x.sin()], rows: 2, columns: 2 };
    let mut p = &m * &m.transpose();
    p[(0, 0)] += Table::<f64>::identity(2).trace();
    let a = Direction { x, y: 1.0, z: x * x };
    let b = Direction { x: x * x, y: x, z: 2.0 };
    let mut directions = Table { items: vec![a, b, b, a], rows: 2, columns: 2 };
    directions[(0, 0)] = directions[(0, 1)];
    let d = doubled_diagonal(&directions, Direction { x: 0.0, y: 0.0, z: 0.0 });
    p.trace() * d.x * d.y + doubled_diagonal(&m, x) * d.z
}
row!(elements_of_unbounded_generics: of_tables(val x) at (0.7), (1.2));
