//! ADBench's log-likelihood of a Gaussian mixture with a Wishart prior.

use super::adbench::Reader;
use super::{Kernel, Random};
use differentiable::differentiable;
use std::f64::consts::{LN_2, PI};
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Sub, SubAssign};

#[differentiable(order = 2)]
fn log_sum_exp(x: &[f64]) -> f64 {
    let mut max = x[0];
    for i in 1..x.len() {
        max = max.max(x[i]);
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += (x[i] - max).exp();
    }
    sum.ln() + max
}

/// `½ |Q y|²`, `Q` lower triangular with `diagonal` and the entries `lower` by column.
#[differentiable(order = 2)]
fn half_norm(diagonal: &[f64], lower: &[f64], y: &[f64]) -> f64 {
    let d = y.len();
    let mut q = vec![0.0; d];
    for i in 0..d {
        q[i] = diagonal[i] * y[i];
    }
    let mut at = 0;
    for j in 0..d {
        for i in j + 1..d {
            q[i] += lower[at] * y[j];
            at += 1;
        }
    }
    let mut sum = 0.0;
    for i in 0..d {
        sum += q[i] * q[i];
    }
    0.5 * sum
}

/// The logarithm of the multivariate gamma function, by Lanczos' formula.
fn log_gamma_distribution(a: f64, p: usize) -> f64 {
    let dimension = p as f64;
    let mut sum = 0.25 * dimension * (dimension - 1.0) * PI.ln();
    for j in 0..p {
        sum += log_gamma(a - 0.5 * j as f64);
    }
    sum
}

fn log_gamma(x: f64) -> f64 {
    const C: [f64; 6] = [
        76.180_091_729_471_46,
        -86.505_320_329_416_77,
        24.014_098_240_830_91,
        -1.231_739_572_450_155,
        0.001_208_650_973_866_179,
        -0.000_005_395_239_384_953,
    ];
    let t = x + 5.5;
    let mut series = 1.000_000_000_190_015;
    for (i, c) in C.iter().enumerate() {
        series += c / (x + 1.0 + i as f64);
    }
    (x + 0.5) * t.ln() - t + (2.506_628_274_631_000_5 * series / x).ln()
}

/// `alphas` (K), `means` (K × D), `icf` (K × D(D+1)/2): of each component D logarithms of the
/// diagonal, then the strictly lower entries by column.
#[differentiable(order = 2)]
pub fn log_likelihood(
    alphas: &[f64],
    means: &[f64],
    icf: &[f64],
    #[no_diff] points: &[f64],
    d: usize,
    #[no_diff] gamma: f64,
    m: i32,
) -> f64 {
    let k = alphas.len();
    let n = points.len() / d;
    let stride = d * (d + 1) / 2;

    let mut diagonals = vec![0.0; k * d];
    let mut log_determinants = vec![0.0; k];
    for c in 0..k {
        for i in 0..d {
            let q = icf[c * stride + i];
            log_determinants[c] += q;
            diagonals[c * d + i] = q.exp();
        }
    }

    let mut total = 0.0;
    let mut terms = vec![0.0; k];
    let mut y = vec![0.0; d];
    for p in 0..n {
        for c in 0..k {
            for i in 0..d {
                y[i] = points[p * d + i] - means[c * d + i];
            }
            let diagonal = &diagonals[c * d..(c + 1) * d];
            let lower = &icf[c * stride + d..(c + 1) * stride];
            terms[c] = alphas[c] + log_determinants[c] - half_norm(diagonal, lower, &y);
        }
        total += log_sum_exp(&terms);
    }

    let mut prior = 0.0;
    for c in 0..k {
        let mut squares = 0.0;
        for i in 0..d {
            squares += diagonals[c * d + i] * diagonals[c * d + i];
        }
        for i in c * stride + d..(c + 1) * stride {
            squares += icf[i] * icf[i];
        }
        prior += 0.5 * gamma * gamma * squares - m as f64 * log_determinants[c];
    }
    let freedom = d as f64 + m as f64 + 1.0;
    let constant = freedom * d as f64 * (gamma.ln() - 0.5 * LN_2) - log_gamma_distribution(0.5 * freedom, d);

    -0.5 * (n * d) as f64 * (2.0 * PI).ln() + total - n as f64 * log_sum_exp(alphas) + prior
        - k as f64 * constant
}

/// What the adjoint by hand computes with: floats, or floats with tangents for its own
/// derivative.
pub trait Real:
    Copy
    + PartialOrd
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Mul<f64, Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    fn lift(x: f64) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
}

impl Real for f64 {
    fn lift(x: f64) -> f64 {
        x
    }
    fn exp(self) -> f64 {
        f64::exp(self)
    }
    fn ln(self) -> f64 {
        f64::ln(self)
    }
}

/// A mixture's parameters, or the places of their gradient.
pub struct Parameters<S> {
    pub alphas: S,
    pub means: S,
    pub icf: S,
}

/// Point by point: the centred point and `Q y` of each component are kept, everything else is
/// at hand. The determinants' and diagonals' cotangents are turned into the logarithms' once.
pub fn log_likelihood_by_hand<R: Real>(
    parameters: &Parameters<&[R]>,
    points: &[f64],
    d: usize,
    gamma: f64,
    m: i32,
    bar: Parameters<&mut [R]>,
) -> R {
    let Parameters { alphas, means, icf } = *parameters;
    let Parameters { alphas: alphas_bar, means: means_bar, icf: icf_bar } = bar;
    let m = f64::from(m);
    let k = alphas.len();
    let n = points.len() / d;
    let stride = d * (d + 1) / 2;
    let zero = R::default();

    let mut diagonals = vec![zero; k * d];
    let mut log_determinants = vec![zero; k];
    for c in 0..k {
        for i in 0..d {
            let q = icf[c * stride + i];
            log_determinants[c] += q;
            diagonals[c * d + i] = q.exp();
        }
    }
    let mut diagonals_bar = vec![zero; k * d];
    let mut weights = vec![zero; k];

    let mut total = zero;
    let mut terms = vec![zero; k];
    let (mut ys, mut qs) = (vec![zero; k * d], vec![zero; k * d]);
    for point in points.chunks_exact(d) {
        for c in 0..k {
            let (y, q) = (&mut ys[c * d..(c + 1) * d], &mut qs[c * d..(c + 1) * d]);
            let (mean, diagonal) = (&means[c * d..(c + 1) * d], &diagonals[c * d..(c + 1) * d]);
            for i in 0..d {
                y[i] = R::lift(point[i]) - mean[i];
                q[i] = diagonal[i] * y[i];
            }
            let mut lower = &icf[c * stride + d..(c + 1) * stride];
            for j in 0..d {
                let (column, rest) = lower.split_at(d - j - 1);
                for (q, l) in q[j + 1..].iter_mut().zip(column) {
                    *q += *l * y[j];
                }
                lower = rest;
            }
            let mut sum = zero;
            for q in q.iter() {
                sum += *q * *q;
            }
            terms[c] = alphas[c] + log_determinants[c] - sum * 0.5;
        }
        let max = largest(&terms);
        let mut sum = zero;
        for term in &mut terms {
            *term = (*term - max).exp();
            sum += *term;
        }
        total += sum.ln() + max;

        let scale = R::lift(1.0) / sum;
        for c in 0..k {
            let weight = terms[c] * scale;
            weights[c] += weight;
            let (y, q) = (&ys[c * d..(c + 1) * d], &mut qs[c * d..(c + 1) * d]);
            let diagonal = &diagonals[c * d..(c + 1) * d];
            let diagonal_bar = &mut diagonals_bar[c * d..(c + 1) * d];
            let mean_bar = &mut means_bar[c * d..(c + 1) * d];
            for q in q.iter_mut() {
                *q *= zero - weight;
            }
            for i in 0..d {
                diagonal_bar[i] += q[i] * y[i];
                mean_bar[i] -= q[i] * diagonal[i];
            }
            let mut lower = &icf[c * stride + d..(c + 1) * stride];
            let mut lower_bar = &mut icf_bar[c * stride + d..(c + 1) * stride];
            for j in 0..d {
                let (column, rest) = lower.split_at(d - j - 1);
                let (column_bar, rest_bar) = lower_bar.split_at_mut(d - j - 1);
                mean_bar[j] -= add_outer(column_bar, column, &q[j + 1..], y[j]);
                lower = rest;
                lower_bar = rest_bar;
            }
        }
    }

    let mut prior = zero;
    for c in 0..k {
        let mut squares = zero;
        for q in &diagonals[c * d..(c + 1) * d] {
            squares += *q * *q;
        }
        let lower = c * stride + d..(c + 1) * stride;
        for (l, bar) in icf[lower.clone()].iter().zip(&mut icf_bar[lower]) {
            squares += *l * *l;
            *bar += *l * (gamma * gamma);
        }
        prior += squares * (0.5 * gamma * gamma) - log_determinants[c] * m;
        let log_determinant_bar = weights[c] - R::lift(m);
        for i in 0..d {
            let q = diagonals[c * d + i];
            let q_bar = diagonals_bar[c * d + i] + q * (gamma * gamma);
            icf_bar[c * stride + i] += q_bar * q + log_determinant_bar;
        }
    }
    let mut sum = zero;
    let max = largest(alphas);
    for (term, alpha) in terms.iter_mut().zip(alphas) {
        *term = (*alpha - max).exp();
        sum += *term;
    }
    for c in 0..k {
        alphas_bar[c] += weights[c] - terms[c] / sum * n as f64;
    }
    let freedom = d as f64 + m + 1.0;
    let constant = freedom * d as f64 * (gamma.ln() - 0.5 * LN_2) - log_gamma_distribution(0.5 * freedom, d);
    R::lift(-0.5 * (n * d) as f64 * (2.0 * PI).ln()) + total - (sum.ln() + max) * n as f64 + prior
        - R::lift(k as f64 * constant)
}

fn largest<R: Real>(x: &[R]) -> R {
    x.iter().fold(x[0], |max, x| if *x > max { *x } else { max })
}

/// `bar += q · y`, and the dot product of `column` and `q`, in lanes.
#[inline]
fn add_outer<R: Real>(bar: &mut [R], column: &[R], q: &[R], y: R) -> R {
    let (bars, bar_rest) = bar.as_chunks_mut::<8>();
    let (columns, column_rest) = column.as_chunks::<8>();
    let (qs, q_rest) = q.as_chunks::<8>();
    let mut sums = [R::default(); 8];
    for ((bar, column), q) in bars.iter_mut().zip(columns).zip(qs) {
        for l in 0..8 {
            bar[l] += q[l] * y;
            sums[l] += q[l] * column[l];
        }
    }
    let mut sum = R::default();
    for ((bar, column), q) in bar_rest.iter_mut().zip(column_rest).zip(q_rest) {
        *bar += *q * y;
        sum += *q * *column;
    }
    for lane in sums {
        sum += lane;
    }
    sum
}

pub struct Gmm {
    alphas: Vec<f64>,
    means: Vec<f64>,
    icf: Vec<f64>,
    points: Vec<f64>,
    d: usize,
    gamma: f64,
    m: i32,
}

impl Gmm {
    /// ADBench's input of these dimensions with its 1000 points, or a seeded one.
    pub fn adbench(d: usize, k: usize) -> Self {
        Self::read(d, k).unwrap_or_else(|| Self::new(d, k, 1000))
    }

    fn read(d: usize, k: usize) -> Option<Self> {
        let mut reader = Reader::open(&format!("gmm_d{d}_K{k}.txt"))?;
        let (d, k, n) = (reader.size(), reader.size(), reader.size());
        Some(Gmm {
            alphas: reader.take(k),
            means: reader.take(k * d),
            icf: reader.take(k * d * (d + 1) / 2),
            points: reader.take(n * d),
            d,
            gamma: reader.take(1)[0],
            m: reader.take(1)[0] as i32,
        })
    }

    pub fn new(d: usize, k: usize, n: usize) -> Self {
        let mut random = Random::new(6);
        Gmm {
            alphas: random.vec(k, -1.2, 1.2),
            means: random.vec(k * d, 0.0, 1.0),
            icf: random.vec(k * d * (d + 1) / 2, -1.0, 1.0),
            points: random.vec(n * d, -1.0, 2.0),
            d,
            gamma: 1.0,
            m: 0,
        }
    }
}

impl Gmm {
    /// The adjoint by hand with other parameters than its own, one after another.
    pub fn hand_at<R: Real>(&self, parameters: &[R], gradient: &mut [R]) -> R {
        let (alphas, rest) = parameters.split_at(self.alphas.len());
        let (means, icf) = rest.split_at(self.means.len());
        let parameters = Parameters { alphas, means, icf };
        log_likelihood_by_hand(&parameters, &self.points, self.d, self.gamma, self.m, self.split(gradient))
    }

    /// Every parameter, in the order of the gradient.
    pub fn all_parameters(&self) -> impl Iterator<Item = &f64> {
        self.alphas.iter().chain(&self.means).chain(&self.icf)
    }

    /// The Hessian times a direction, by the generated derivatives.
    pub fn hessian_vector(&self, direction: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let Gmm { alphas, means, icf, points, d, gamma, m } = self;
        let (along_alphas, rest) = direction.split_at(alphas.len());
        let along = (along_alphas, &rest[..means.len()], &rest[means.len()..]);
        log_likelihood::hvp(alphas, means, icf, points, *d, *gamma, *m, along)
    }

    fn split<'a, R>(&self, gradient: &'a mut [R]) -> Parameters<&'a mut [R]> {
        let (alphas, rest) = gradient.split_at_mut(self.alphas.len());
        let (means, icf) = rest.split_at_mut(self.means.len());
        Parameters { alphas, means, icf }
    }
}

impl Kernel for Gmm {
    fn primal(&self) -> f64 {
        log_likelihood(&self.alphas, &self.means, &self.icf, &self.points, self.d, self.gamma, self.m)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        log_likelihood_by_hand(
            &Parameters { alphas: &self.alphas, means: &self.means, icf: &self.icf },
            &self.points,
            self.d,
            self.gamma,
            self.m,
            self.split(gradient),
        )
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let Gmm { alphas, means, icf, points, d, gamma, m } = self;
        let bar = self.split(gradient);
        let places = (bar.alphas, bar.means, bar.icf);
        log_likelihood::accumulate(alphas, means, icf, points, *d, *gamma, *m, 1.0, places)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.alphas, &mut self.means, &mut self.icf]
    }
}
