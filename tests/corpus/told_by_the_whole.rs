//! Types that the whole tells of its parts, methods of the standard library called as functions, generators of
//! random numbers beside active values.

use differentiable::{Differentiable, differentiable};

#[derive(Clone)]
struct Generator {
    state: u64,
}

impl Generator {
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.state >> 33) as f64 + 0.5) / 2147483648.0
    }
}

#[differentiable]
fn paths(start: f64, seed: u64, n: usize) -> f64 {
    let mut generator = Generator { state: seed };
    let mut sum = 0.0;
    for _ in 0..n {
        let mut at = start;
        for _ in 0..3 {
            let z = generator.uniform();
            at *= (z * start * 0.1).exp();
        }
        sum += at * at;
    }
    sum
}
row!(random_numbers_in_a_loop: paths(val start, no seed, no n) at (0.7, 3, 0), (0.7, 3, 4));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Hit {
    t: f64,
    albedo: f64,
}

#[differentiable]
fn hit(x: f64, i: usize) -> Option<Hit> {
    if i % 2 == 0 { Some(Hit { t: x * (i as f64 + 1.0), albedo: x * x }) } else { None }
}

#[differentiable]
fn nearest(x: f64, n: usize) -> f64 {
    let mut closest: Option<Hit> = None;
    for i in 0..n {
        if let Some(found) = hit(x, i) {
            match closest {
                Some(c) if c.t <= found.t => {}
                _ => closest = Some(found),
            }
        }
    }
    match closest {
        Some(found) => found.albedo * found.t,
        None => 0.1 * x,
    }
}
row!(the_nearest_hit: nearest(val x, no n) at (0.7, 0), (0.7, 5));

#[differentiable]
fn nearest_by_a_closure(x: f64, n: usize) -> f64 {
    let mut closest: Option<Hit> = None;
    for i in 0..n {
        if let Some(found) = hit(x, i) {
            if closest.map_or(true, |c| found.t > c.t) {
                closest = Some(found);
            }
        }
    }
    closest.map_or(0.1 * x, |found| found.albedo * found.t)
}
row!(the_farthest_hit_by_a_closure: nearest_by_a_closure(val x, no n) at (0.7, 0), (0.7, 5));

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Square {
    rows: usize,
    data: Vec<f64>,
}

impl Square {
    fn zeros(rows: usize) -> Self {
        Square { rows, data: vec![0.0; rows * rows] }
    }
}

#[differentiable]
impl Square {
    fn get(&self, i: usize, j: usize) -> f64 {
        self.data[i * self.rows + j]
    }
    fn set(&mut self, i: usize, j: usize, v: f64) {
        self.data[i * self.rows + j] = v;
    }
}

#[derive(Debug)]
struct NotPositive(usize);

#[differentiable]
fn roots(a: &Square) -> Result<Square, NotPositive> {
    let n = a.rows;
    let mut l = Square::zeros(n);
    for i in 0..n {
        let sum = a.get(i, i);
        if sum <= 0.0 {
            return Err(NotPositive(i));
        }
        l.set(i, i, sum.sqrt());
    }
    Ok(l)
}

#[differentiable]
fn sum_of_roots(x: f64) -> f64 {
    let a = Square { rows: 2, data: vec![x, 0.0, 0.0, x * x] };
    match roots(&a) {
        Ok(l) => l.get(0, 0) * l.get(1, 1),
        Err(_) => 0.0,
    }
}
row!(a_matrix_made_elsewhere: sum_of_roots(val x) at (0.7));

#[differentiable]
fn regression(x: &[f64]) -> f64 {
    let width = x[0];
    let data: [(f64, f64); 4] = [(0.0, 1.0), (0.5, 2.0), (1.0, 1.5), (2.0, 0.0)];
    let mut loss = 0.0;
    for (i, &(xi, yi)) in data.iter().enumerate() {
        let (num, den) = data
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != i)
            .map(|(_, &(xj, yj))| {
                let w = (-(xi - xj).powi(2) / (2.0 * width * width)).exp();
                (w * yj, w)
            })
            .fold((0.0, 0.0), |(n, d), (a, b)| (n + a, d + b));
        loss += (yi - num / den - x[1]).powi(2);
    }
    loss
}
row!(pairs_of_a_written_type: regression(ref x) at (vec![0.8, 0.1]));

#[differentiable]
fn arrays_of_slices(x: &[f64]) -> f64 {
    let head: [f64; 2] = x[..2].try_into().unwrap();
    let tail = <[f64; 2]>::try_from(&x[2..4]).expect("four values");
    head[0] * tail[1] + head[1] * tail[0]
}
row!(slices_made_arrays: arrays_of_slices(ref x) at (vec![0.3, 0.5, 0.7, 1.1]));

#[differentiable]
fn by_path(x: &[f64]) -> f64 {
    let mut v = <[f64]>::to_vec(x);
    Vec::push(&mut v, x[0] * x[1]);
    <[f64]>::reverse(&mut v);
    let n = Vec::len(&v) as f64;
    Iterator::sum::<f64>(v.iter().map(|a| a * a)) / n
}
row!(methods_by_their_path: by_path(ref x) at (vec![0.3, 0.5, 0.7]));

/// A generator that has no derivative, and no need to say so.
#[derive(Clone)]
struct Lcg {
    state: u64,
    drawn: [u32; 2],
}

impl Lcg {
    fn new(seed: u64) -> Self {
        Lcg { state: seed, drawn: [0; 2] }
    }

    fn next(&mut self) -> f64 {
        self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.drawn[0] += 1;
        (self.state >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[differentiable]
fn walk(x: f64, #[no_diff] generator: &mut Lcg, n: usize) -> f64 {
    let mut at = x;
    for _ in 0..n {
        at += x * (generator.next() - 0.5);
    }
    at * at
}

#[differentiable]
fn walks_of_one_generator(x: f64, n: usize) -> f64 {
    let mut generator = Lcg::new(42);
    let mut total = 0.0;
    for k in 0..n {
        let u = generator.next();
        total += (x * u).sin() * walk(x * u, &mut generator, k);
    }
    if generator.drawn[0] > 3 { total * x } else { total }
}
row!(generator_made_here_and_lent: walks_of_one_generator(val x, no n) at (0.3, 1), (0.7, 4));

#[differentiable]
fn boxed_slices(xs: &[f64]) -> f64 {
    let squares: Box<[f64]> = xs.iter().map(|x| x * x).collect::<Vec<f64>>().into_boxed_slice();
    let cubes: Box<[f64]> = xs.iter().map(|x| x * x * x).collect();
    let ones: Box<[f64]> = vec![1.0; xs.len()].into();
    let mut sum = 0.0;
    for i in 0..squares.len() {
        sum += squares[i] * xs[i] + ones[i];
    }
    let cubes = cubes.into_vec();
    sum + cubes.iter().zip(squares.iter()).map(|(a, b)| a * b).sum::<f64>()
}
row!(slices_in_boxes: boxed_slices(ref xs) at (vec![0.3, -1.2, 2.0]));
