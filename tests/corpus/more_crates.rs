//! Functions in the style of published crates: statistics, geometry, control, finance.

use differentiable::{Differentiable, differentiable};
use std::iter::{once, repeat, successors, zip};
use std::ops::{Add, Index, IndexMut, Mul, Sub};

#[derive(Clone, Debug, Default, Differentiable)]
pub struct Moments {
    n: u64,
    mean: f64,
    m2: f64,
    m3: f64,
}
#[differentiable]
impl Moments {
    pub fn add(&mut self, x: f64) {
        let n1 = self.n as f64;
        self.n += 1;
        let n = self.n as f64;
        let delta = x - self.mean;
        let delta_n = delta / n;
        let term1 = delta * delta_n * n1;
        self.mean += delta_n;
        self.m3 += term1 * delta_n * (n - 2.0) - 3.0 * delta_n * self.m2;
        self.m2 += term1;
    }
    pub fn variance(&self) -> f64 {
        if self.n < 2 {
            return 0.0;
        }
        self.m2 / (self.n - 1) as f64
    }
    pub fn skewness(&self) -> f64 {
        (self.n as f64).sqrt() * self.m3 / self.m2.powf(1.5)
    }
}
#[differentiable]
pub fn merge(a: &[f64], b: &[f64]) -> f64 {
    let summarise = |xs: &[f64]| {
        xs.iter().fold(Moments::default(), |mut acc, &x| {
            acc.add(x);
            acc
        })
    };
    let (p, q) = (summarise(a), summarise(b));
    let n = (p.n + q.n) as f64;
    let delta = q.mean - p.mean;
    let mean = p.mean + delta * q.n as f64 / n;
    let m2 = p.m2 + q.m2 + delta.powi(2) * (p.n * q.n) as f64 / n;
    mean + m2
}

row!(moments_merged: merge(ref a, ref b) at (vec![1.0, 2.5, -0.3], vec![0.3, 1.9, -1.1, 2.2]));

#[differentiable]
pub fn reflected(simplex: &[[f64; 2]; 3], k: f64) -> f64 {
    let cost = |p: &[f64; 2]| (1.0 - p[0]).powi(2) + k * (p[1] - p[0] * p[0]).powi(2);
    let mut order: [usize; 3] = [0, 1, 2];
    order.sort_by(|&i, &j| cost(&simplex[i]).partial_cmp(&cost(&simplex[j])).unwrap());
    let [best, mid, worst] = order.map(|i| simplex[i]);
    let c = [(best[0] + mid[0]) / 2.0, (best[1] + mid[1]) / 2.0];
    let r = std::array::from_fn::<f64, 2, _>(|i| c[i] + (c[i] - worst[i]));
    cost(&r)
}

row!(simplex_reflected: reflected(ref simplex, val k) at ([[0.1, 0.3], [1.2, 0.8], [-0.5, 1.4]], 5.0));

#[derive(Clone, Copy, Debug, Differentiable, PartialEq)]
pub struct M2([[f64; 2]; 2]);
value_struct!(M2 => M2Tangent { 0 });

#[differentiable]
impl Index<(usize, usize)> for M2 {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.0[i][j]
    }
}
#[differentiable]
impl IndexMut<(usize, usize)> for M2 {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.0[i][j]
    }
}
#[differentiable]
impl Mul for M2 {
    type Output = M2;
    fn mul(self, o: M2) -> M2 {
        let mut r = M2([[0.0; 2]; 2]);
        for i in 0..2 {
            for j in 0..2 {
                for k in 0..2 {
                    r[(i, j)] += self[(i, k)] * o[(k, j)];
                }
            }
        }
        r
    }
}
#[differentiable]
impl Add for M2 {
    type Output = M2;
    fn add(self, o: M2) -> M2 {
        M2(std::array::from_fn(|i| std::array::from_fn(|j| self.0[i][j] + o.0[i][j])))
    }
}
#[differentiable]
impl Sub for M2 {
    type Output = M2;
    fn sub(mut self, o: M2) -> M2 {
        for (a, b) in self.0.iter_mut().zip(o.0.iter()) {
            for (p, q) in a.iter_mut().zip(b) {
                *p -= q;
            }
        }
        self
    }
}
#[differentiable]
impl M2 {
    fn t(&self) -> M2 {
        M2([[self.0[0][0], self.0[1][0]], [self.0[0][1], self.0[1][1]]])
    }
    fn inv(&self) -> M2 {
        let [[a, b], [c, d]] = self.0;
        let det = a * d - b * c;
        M2([[d / det, -b / det], [-c / det, a / det]])
    }
}
#[differentiable]
pub fn riccati(a: M2, q: M2, r: f64) -> f64 {
    let b = M2([[0.0, 0.1], [1.0, 0.0]]);
    let rr = M2([[r, 0.0], [0.0, r]]);
    let mut p = q;
    for _ in 0..4 {
        let k = (rr + b.t() * p * b).inv() * b.t() * p * a;
        p = a.t() * p * (a - b * k) + q;
    }
    p[(0, 0)] + p[(1, 1)]
}

row!(riccati_of_capitals: riccati(val a, val q, val r) at
    (M2([[1.0, 0.1], [-0.2, 0.9]]), M2([[1.0, 0.0], [0.0, 0.5]]), 0.3));

#[differentiable]
pub fn var99(w: &[f64], returns: &[Vec<f64>]) -> Result<f64, &'static str> {
    let n = returns.len().checked_sub(1).filter(|n| *n > 0).ok_or("too few")?;
    let cols = returns.first().ok_or("empty")?.len();
    if returns.iter().any(|r| r.len() != cols) {
        return Err("ragged");
    }
    let means: Vec<f64> =
        (0..cols).map(|c| returns.iter().map(|r| r[c]).sum::<f64>() / returns.len() as f64).collect();
    let variance = (0..cols)
        .flat_map(|i| (0..cols).map(move |j| (i, j)))
        .map(|(i, j)| {
            w[i] * w[j] * returns.iter().map(|r| (r[i] - means[i]) * (r[j] - means[j])).sum::<f64>()
                / n as f64
        })
        .sum::<f64>();
    let mean: f64 = w.iter().zip(&means).map(|(a, b)| a * b).sum();
    Ok(2.326 * variance.sqrt() - mean)
}

row!(value_at_risk: var99(ref w, ref returns) -> result at
    (vec![0.4, 0.6], vec![vec![0.01, 0.02], vec![-0.02, 0.03], vec![0.015, -0.01]]));

#[differentiable]
fn tax(income: f64) -> f64 {
    const B: [(f64, f64); 4] = [(0.0, 0.1), (10.0, 0.2), (40.0, 0.3), (100.0, 0.4)];
    B.iter()
        .zip(B.iter().skip(1).map(|b| b.0).chain(std::iter::once(f64::INFINITY)))
        .take_while(|((lo, _), _)| income > *lo)
        .map(|(&(lo, rate), hi)| (income.min(hi) - lo) * rate)
        .sum()
}
row!(tax_by_brackets: tax(val income) at (5.0), (30.0), (250.0));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Ray {
    o: [f64; 3],
    d: [f64; 3],
}
value_struct!(Ray => RayTangent { o, d });

#[derive(Clone, Debug, Differentiable)]
pub struct Sphere {
    c: [f64; 3],
    r: f64,
    albedo: f64,
}
value_struct!(Sphere => SphereTangent { c, r, albedo });

#[differentiable]
impl Sphere {
    fn hit(&self, ray: &Ray) -> Option<f64> {
        let oc: [f64; 3] = std::array::from_fn(|i| ray.o[i] - self.c[i]);
        let dot = |a: &[f64; 3], b: &[f64; 3]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let (a, hb, c) = (dot(&ray.d, &ray.d), dot(&oc, &ray.d), dot(&oc, &oc) - self.r * self.r);
        let disc = hb * hb - a * c;
        if disc < 0.0 {
            return None;
        }
        let s = disc.sqrt();
        [(-hb - s) / a, (-hb + s) / a].into_iter().find(|t| *t > 1e-3)
    }
}
#[differentiable]
fn shaded(ss: &[Sphere], ray: &Ray) -> f64 {
    let mut closest: Option<(f64, &Sphere)> = None;
    for s in ss {
        if let Some(t) = s.hit(ray) {
            if closest.map_or(true, |(best, _)| t < best) {
                closest = Some((t, s));
            }
        }
    }
    closest.map(|(t, s)| s.albedo / t).unwrap_or_default()
}
#[differentiable]
fn shaded_by_a_chain(ss: &[Sphere], ray: &Ray) -> f64 {
    ss.iter()
        .filter_map(|s| s.hit(ray).map(|t| (t, s.albedo)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(0.0, |(t, a)| a * (-t).exp())
}
fn spheres() -> Vec<Sphere> {
    vec![
        Sphere { c: [2.0, 0.6, 0.3], r: 0.7, albedo: 0.4 },
        Sphere { c: [0.5, 0.7, 0.3], r: 0.5, albedo: 0.9 },
        Sphere { c: [0.5, 9.7, 0.3], r: 0.5, albedo: 0.9 },
    ]
}
fn ray() -> Ray {
    Ray { o: [-2.0, 0.5, 0.4], d: [1.0, 0.1, -0.05] }
}
row!(closest_sphere: shaded(ref ss, ref ray) at (spheres(), ray()));
row!(closest_sphere_by_a_chain: shaded_by_a_chain(ref ss, ref ray) at (spheres(), ray()), (vec![], ray()));

#[differentiable]
fn imported_from_iter(x: f64, a: f64) -> f64 {
    let weighted = zip([1.0, 2.0], repeat(a)).map(|(p, q)| p * q * q).sum::<f64>();
    let orbit = successors(Some(x), |&x| Some(a * x * (1.0 - x))).skip(2).step_by(3).take(4);
    weighted * orbit.map(|v| v * v).sum::<f64>()
}
row!(functions_of_iter_imported: imported_from_iter(val x, val a) at (0.3, 2.9));

#[differentiable]
fn chained_beside(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let ends = once(x).chain(xs.iter().filter(|v| **v > 0.0).copied());
    ys.iter().zip(ends).map(|(y, end)| y * end * end).sum()
}
row!(chains_beside_a_slice: chained_beside(ref xs, ref ys, val x) at
    (vec![0.5, -1.0, 2.0, 0.7], vec![1.5, 0.4], 0.3), (vec![0.5, -1.0, 2.0, 0.7], vec![1.5, 0.4, 2.0, 3.0, 4.0, 5.0], 0.3));
