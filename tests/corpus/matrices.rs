//! Matrices and complex numbers as users write them: structs with a `Vec`, constructors, operators,
//! methods that may fail.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, Mul, Neg};

#[derive(Clone, Debug, Differentiable)]
struct Matrix {
    rows: usize,
    columns: usize,
    data: Vec<f64>,
}

#[differentiable(order = 2)]
impl Matrix {
    fn zeros(rows: usize, columns: usize) -> Self {
        Matrix { rows, columns, data: vec![0.0; rows * columns] }
    }

    fn identity(n: usize) -> Self {
        let mut m = Self::zeros(n, n);
        for i in 0..n {
            m.data[i * n + i] = 1.0;
        }
        m
    }

    fn swap_rows(&mut self, a: usize, b: usize) {
        if a == b {
            return;
        }
        for j in 0..self.columns {
            self.data.swap(a * self.columns + j, b * self.columns + j);
        }
    }

    fn trace(&self) -> f64 {
        (0..self.rows.min(self.columns)).map(|i| self.data[i * self.columns + i]).sum()
    }

    fn scaled(&self, k: f64) -> Matrix {
        Matrix { rows: self.rows, columns: self.columns, data: self.data.iter().map(|x| k * x).collect() }
    }

    // What comes out of a constructor is changed, returned inside an `Option`, and needed on the
    // way back.
    fn inverse(&self) -> Option<Matrix> {
        let n = self.rows;
        let mut a = self.clone();
        let mut inverse = Matrix::identity(n);
        for c in 0..n {
            let mut pivot = c;
            for r in c..n {
                if a.data[r * n + c].abs() > a.data[pivot * n + c].abs() {
                    pivot = r;
                }
            }
            if a.data[pivot * n + c].abs() < 1e-12 {
                return None;
            }
            a.swap_rows(c, pivot);
            inverse.swap_rows(c, pivot);
            let d = a.data[c * n + c];
            for j in 0..n {
                a.data[c * n + j] /= d;
                inverse.data[c * n + j] /= d;
            }
            for r in 0..n {
                if r == c {
                    continue;
                }
                let f = a.data[r * n + c];
                for j in 0..n {
                    let (x, y) = (a.data[c * n + j], inverse.data[c * n + j]);
                    a.data[r * n + j] -= f * x;
                    inverse.data[r * n + j] -= f * y;
                }
            }
        }
        Some(inverse)
    }
}

#[differentiable(order = 2)]
impl Mul for Matrix {
    type Output = Matrix;

    // Products of integers stand in the rule of a product: it does not call itself.
    fn mul(self, other: Matrix) -> Matrix {
        let mut out = Matrix::zeros(self.rows, other.columns);
        for i in 0..self.rows {
            for k in 0..self.columns {
                let a = self.data[i * self.columns + k];
                for j in 0..other.columns {
                    out.data[i * other.columns + j] += a * other.data[k * other.columns + j];
                }
            }
        }
        out
    }
}

#[differentiable(order = 2)]
impl Add for Matrix {
    type Output = Matrix;

    fn add(self, other: Matrix) -> Matrix {
        let data = self.data.iter().zip(other.data.iter()).map(|(a, b)| a + b).collect();
        Matrix { rows: self.rows, columns: self.columns, data }
    }
}

#[differentiable(order = 2)]
impl Mul<f64> for Matrix {
    type Output = Matrix;

    fn mul(self, k: f64) -> Matrix {
        self.scaled(k)
    }
}

#[differentiable(order = 2)]
impl Neg for Matrix {
    type Output = Matrix;

    fn neg(self) -> Matrix {
        Matrix { data: self.data.iter().map(|x| -x).collect(), ..self }
    }
}

#[differentiable(order = 2)]
fn regularised(x: &[f64], k: f64) -> f64 {
    let a = Matrix { rows: 2, columns: 2, data: x.to_vec() };
    let h = a.clone() * a.scaled(k) + Matrix::identity(2) * 0.5;
    let inverse = h.inverse().unwrap();
    let m = -(inverse * k);
    m.trace() * a.trace()
}
row!(inverse_of_a_matrix: regularised(ref x, val k) at (vec![1.0, 0.3, -0.2, 2.5], 0.7));
curved!(inverse_of_a_matrix_at_order_two: regularised(ref x, val k) at (vec![1.0, 0.3, -0.2, 2.5], 0.7));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Pivots<const N: usize> {
    m: [[f64; N]; N],
}

#[differentiable(order = 2)]
impl<const N: usize> Mul for Pivots<N> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let mut m = [[0.0; N]; N];
        for i in 0..N {
            for j in 0..N {
                for k in 0..N {
                    m[i][j] += self.m[i][k] * other.m[k][j];
                }
            }
        }
        Pivots { m }
    }
}

#[differentiable(order = 2)]
impl Pivots<2> {
    // By its name it might be num-traits' `Inv` of a float.
    fn inv(&self) -> Pivots<2> {
        let k = 1.0 / (self.m[0][0] * self.m[1][1] - self.m[0][1] * self.m[1][0]);
        Pivots { m: [[self.m[1][1] * k, -self.m[0][1] * k], [-self.m[1][0] * k, self.m[0][0] * k]] }
    }
}

#[differentiable(order = 2)]
fn rotated<const N: usize>(x: [f64; N], a: Pivots<N>) -> Pivots<N> {
    let mut m = a.m;
    for i in 0..N {
        m[i][i] += x[i];
    }
    Pivots { m }
}

#[differentiable(order = 2)]
fn inverse_of_a_product(x: f64, y: f64) -> f64 {
    let a = Pivots { m: [[1.5, x], [y, 2.0]] };
    let p = rotated([y, x], a);
    let s = a * p * a;
    let q = s.inv() * p;
    q.m[0][0] * q.m[1][0]
}
row!(a_method_called_inv: inverse_of_a_product(val x, val y) at (0.3, -0.4));
curved!(a_method_called_inv_at_order_two: inverse_of_a_product(val x, val y) at (0.3, -0.4));

/// Fourier's transform on separate parts, with buffers of its own at each level.
#[differentiable(order = 2)]
fn transform(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    if n == 1 {
        return;
    }
    let half = n / 2;
    let mut even = vec![vec![0.0; half], vec![0.0; half]];
    let mut odd_re = vec![0.0; half];
    let mut odd_im = vec![0.0; half];
    for i in 0..half {
        even[0][i] = re[2 * i];
        even[1][i] = im[2 * i];
        odd_re[i] = re[2 * i + 1];
        odd_im[i] = im[2 * i + 1];
    }
    let (first, second) = even.split_at_mut(1);
    transform(&mut first[0], &mut second[0]);
    transform(&mut odd_re, &mut odd_im);
    for k in 0..half {
        let (s, c) = (-std::f64::consts::TAU * k as f64 / n as f64).sin_cos();
        let (a, b) = (c * odd_re[k] - s * odd_im[k], c * odd_im[k] + s * odd_re[k]);
        re[k] = even[0][k] + a;
        im[k] = even[1][k] + b;
        re[k + half] = even[0][k] - a;
        im[k + half] = even[1][k] - b;
    }
}

#[differentiable(order = 2)]
fn spectrum(x: &[f64], alpha: f64) -> f64 {
    let n = x.len() as f64;
    let window = |i: usize| alpha - (1.0 - alpha) * (std::f64::consts::TAU * i as f64 / n).cos();
    let mut re: Vec<f64> = x.iter().enumerate().map(|(i, v)| v * window(i)).collect();
    let mut im = vec![0.0; x.len()];
    transform(&mut re, &mut im);
    re.iter().zip(&im).take(x.len() / 2 + 1).map(|(a, b)| (0.1 + a * a + b * b).ln()).sum()
}
row!(recursive_transform_in_place: spectrum(ref x, val alpha) at (vec![0.5, -0.3, 0.8, 0.1], 0.54));
curved!(recursive_transform_at_order_two: spectrum(ref x, val alpha) at (vec![0.5, -0.3, 0.8, 0.1], 0.54));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable(order = 2)]
impl Point {
    fn max(self, other: Point) -> Point {
        Point { x: self.x.max(other.x), y: self.y.max(other.y) }
    }

    fn norm(self) -> f64 {
        self.x.hypot(self.y)
    }
}

/// Points and numbers both have a `max`.
#[differentiable(order = 2)]
fn distance_to_a_box(p: Point, size: f64) -> f64 {
    let q = Point { x: p.x.abs() - size, y: p.y.abs() - 2.0 * size };
    q.max(Point { x: 0.0, y: 0.0 }).norm() + q.x.max(q.y).min(0.0)
}

#[differentiable(order = 2)]
fn distances(x: f64, y: f64, size: f64) -> f64 {
    distance_to_a_box(Point { x, y }, size) * distance_to_a_box(Point { x: 0.1 * x, y: 0.2 * y }, size)
}
row!(methods_that_points_and_numbers_have: distances(val x, val y, val size) at (1.3, -2.2, 0.5));
curved!(methods_that_points_and_numbers_have_twice: distances(val x, val y, val size) at (1.3, -2.2, 0.5));
