//! Habits of numeric crates: iterators advanced by hand, code under `#[cfg]`, a float trait of
//! the crate's own, several floats in one function.

use differentiable::{Differentiable, differentiable};
use num_traits::{Float, FromPrimitive};
use std::ops::{Add, Div, Mul, Neg, Sub};

// Iterators that are advanced by hand.

const COEFFICIENTS: [f64; 4] = [1.5, -0.5, 2.0, 0.25];

#[differentiable]
fn polevl(x: f64, coef: &[f64], n: usize) -> f64 {
    let mut coef_iter = coef.iter().take(n + 1);

    let mut ans = *coef_iter.next().unwrap();

    for c in coef_iter {
        ans = ans * x + c;
    }

    ans
}
row!(horner_by_an_iterator: polevl(val x, ref coef, no n) at (0.7, vec![1.5, -0.5, 2.0, 0.25], 3), (0.7, vec![1.5, -0.5, 2.0, 0.25], 1));

#[differentiable]
fn rational(x: f64) -> f64 {
    polevl(x, &COEFFICIENTS, 3) / (x * x + 2.0)
}
row!(horner_over_a_constant: rational(val x) at (0.7));

#[differentiable]
fn from_the_end(x: f64, c: &[f64]) -> f64 {
    let mut it = c.iter().rev();
    let mut acc = match it.next() {
        Some(&c) => c,
        None => return 0.0,
    };
    while let Some(c) = it.next() {
        acc = acc * x + c * c;
    }
    acc
}
row!(while_let_over_next: from_the_end(val x, ref c) at (0.7, vec![1.5, -0.5, 2.0]), (0.7, vec![2.0]));

#[differentiable]
fn borrowed_iterator(x: f64, c: &[f64]) -> f64 {
    let mut it = c.iter().copied().peekable();
    let mut s = 0.0;
    for v in it.by_ref().take(2) {
        s += v * x;
    }
    if let Some(v) = it.peek() {
        s += v * v * 3.0;
    }
    for v in &mut it {
        s += v * x * x;
        if s > 4.0 {
            break;
        }
    }
    s + it.map(|v| v * v * v).sum::<f64>()
}
row!(iterator_used_in_parts: borrowed_iterator(val x, ref c) at (0.7, vec![1.5, -0.5, 2.0, 0.25, 1.75]), (1.7, vec![1.5, -0.5, 2.0, 0.25, 1.75]));

#[differentiable]
fn searched_in_parts(x: f64, c: &[f64]) -> f64 {
    let mut it = c.iter();
    let mut s = 0.0;
    if it.any(|v| *v < 0.0) {
        s += x;
    }
    if let Some(v) = it.find(|v| **v > 1.0) {
        s += v * x * x;
    }
    let again = it.clone();
    s += it.position(|v| *v > 1.7).unwrap_or(0) as f64 * x;
    s += it.by_ref().take_while(|v| **v > 0.0).map(|v| v * x).sum::<f64>();
    for v in it {
        s += v * v;
    }
    s + again.map(|v| v * 0.5).sum::<f64>()
}
row!(iterator_searched_in_parts: searched_in_parts(val x, ref c) at (0.7, vec![1.5, -0.5, 0.25, 2.0, 1.25, 1.75, 0.5, -0.75, 3.0]), (0.7, vec![1.5, 0.5]));

#[differentiable]
fn in_pairs(c: &mut [f64]) -> f64 {
    let mut it = c.iter_mut();
    let mut s = 0.0;
    loop {
        let Some(a) = it.next() else { break };
        let Some(b) = it.next() else {
            s += *a * 10.0;
            break;
        };
        s += *a * *b;
        *a = s.sin();
    }
    s
}
row!(mutable_iterator_in_pairs: in_pairs(mut c) at (vec![0.3, 0.5, 0.7, 0.9, 1.1]), (vec![0.3, 0.5]));

#[differentiable]
fn mapped_by_hand(x: f64, n: usize) -> f64 {
    let mut terms = (1..n).map(|k| x / k as f64);
    let mut t = terms.next().unwrap_or(x);
    let second = terms.nth(1).unwrap_or(1.0);
    for k in terms {
        t = t * k + second;
    }
    t
}
row!(mapped_range_by_hand: mapped_by_hand(val x, no n) at (0.7, 6), (0.7, 1), (0.7, 2));

// Code under `#[cfg]`.

#[inline]
#[differentiable]
fn mul_add(a: f64, b: f64, c: f64) -> f64 {
    #[cfg(target_feature = "fma")]
    {
        a.mul_add(b, c)
    }
    #[cfg(not(target_feature = "fma"))]
    {
        a * b + c
    }
}

#[differentiable]
fn configured(x: f64) -> Result<f64, String> {
    #[cfg(target_os = "none")]
    return Err(no_such_function(x));
    #[cfg(not(target_os = "none"))]
    let y = mul_add(x, x, 1.0);
    #[cfg(all(target_os = "none", debug_assertions))]
    let y = no_such_function(x);
    Ok(match 1 {
        #[cfg(target_os = "none")]
        1 => no_such_function(y),
        _ => y * x,
    })
}
row!(code_under_cfg: configured(val x) -> result at (0.7) => 3.0 * x * x + 1.0);

// A float trait of the crate's own.

pub trait FloatType:
    Sized
    + Copy
    + From<i16>
    + PartialOrd
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    fn zero() -> Self;
    fn sqrt(self) -> Self;
}

impl FloatType for f64 {
    fn zero() -> Self {
        0.0
    }
    fn sqrt(self) -> Self {
        self.sqrt()
    }
}

#[differentiable]
fn larger_root<F: FloatType>(a2: F, a1: F, a0: F) -> F {
    let _2 = F::from(2i16);
    let _4 = F::from(4i16);
    let discriminant = a1 * a1 - _4 * a2 * a0;
    if discriminant < F::zero() {
        a2 * F::zero()
    } else {
        let sq = discriminant.sqrt();
        let same_sign = if a1 < F::zero() { -a1 + sq } else { -a1 - sq };
        _2 * a0 / same_sign
    }
}
row!(own_float_trait: larger_root(val a2, val a1, val a0) at (1.0, 3.0, 1.2), (1.0, -3.0, 1.2));

#[derive(Differentiable, Clone, Copy, Debug)]
struct Normal<F>
where
    F: Float,
{
    mean: F,
    precision: F,
}

#[differentiable]
fn normal<F: Float>(mean: F, deviation: F) -> Result<Normal<F>, String> {
    if !(deviation > F::zero()) {
        return Err("no".into());
    }
    Ok(Normal { mean, precision: deviation.recip() })
}

#[differentiable]
fn z_score(x: f64, mean: f64, deviation: f64) -> Result<f64, String> {
    let normal = normal(mean, deviation)?;
    Ok((x - normal.mean) * normal.precision)
}
row!(generic_struct_made_in_a_generic_function: z_score(val x, val mean, val deviation) -> result at (1.5, 0.5, 2.0)
    => (1.0 / deviation, -1.0 / deviation, -(x - mean) / (deviation * deviation)));

// Several floats in one function.

#[differentiable]
fn cross_in_tray<T>(param: &[T; 2]) -> T
where
    T: Float + Into<f64> + FromPrimitive,
{
    let x1: f64 = param[0].into();
    let x2: f64 = param[1].into();
    T::from_f64(
        -0.0001
            * ((x1.sin() * x2.sin() * (10.0 - (x1.powi(2) + x2.powi(2)).sqrt() / 3.0).abs().exp()).abs()
                + 1.0)
                .powf(0.1),
    )
    .unwrap()
}
row!(computed_in_double_precision: cross_in_tray(ref param) at ([1.2, 0.7_f64]));

#[differentiable]
fn payoff(spot: f32, strike: f32) -> f32 {
    f32::max(0.0, spot - strike) + f32::powf(2., strike) * f32::max(-1.0, strike)
}
row!(single_precision_by_path: payoff(val spot, val strike) at (1.5, 1.0), (0.5, 1.0));

#[differentiable]
fn asymptotic(a: f64, z: f64) -> f64 {
    let m = z.powf(-1.0 / 3.0);
    let maxiter = std::cmp::min(m as isize, 50);
    let mut term: f64 = 1.0;
    let mut sum = term;
    for i in 0..maxiter {
        term *= a * z / (1.0 + i as f64);
        sum += term;
    }
    sum
}
row!(count_from_an_active_value: asymptotic(val a, val z) at (0.7, 0.01));

// Types without `Clone`.

#[derive(Differentiable, Debug)]
struct Table {
    data: Vec<f64>,
    scale: f64,
    name: String,
}

#[differentiable]
impl Table {
    fn new(first: f64, scale: f64) -> Table {
        Table { data: vec![first, first * scale, scale], scale: scale * scale, name: String::new() }
    }

    fn square(&mut self, k: f64) {
        for v in self.data.iter_mut() {
            *v = *v * *v * k;
        }
        self.scale += k;
    }

    fn total(&self) -> f64 {
        self.data.iter().sum::<f64>() * self.scale
    }
}

#[differentiable]
fn without_clone(first: f64, scale: f64, k: f64) -> f64 {
    let table = Table::new(first, scale);
    table.total() * k
}
row!(types_without_clone: without_clone(val first, val scale, val k) at (0.7, 1.3, 0.9));

#[test]
fn only_the_fields_that_are_written_are_copied() {
    let mut table = Table::new(0.7, 1.3);
    let seed = TableTangent { data: vec![1.0, 0.5, 2.0], scale: 3.0, name: () };
    let ((), (gradient, k_bar)) = table.square_vjp(0.9, &seed);
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(near(&table.data, &[0.7 * 0.7 * 0.9, 0.91 * 0.91 * 0.9, 1.3 * 1.3 * 0.9]));
    assert!(near(&gradient.data, &[2.0 * 0.7 * 0.9, 0.91 * 0.9, 4.0 * 1.3 * 0.9]));
    assert!(near(&[gradient.scale, k_bar], &[3.0, 0.7 * 0.7 + 0.5 * 0.91 * 0.91 + 2.0 * 1.3 * 1.3 + 3.0]));
}

// Structs with counts beside floats, results mapped as the tail, values moved into calls.

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Output {
    evaluations: u32,
    error: f64,
    integral: f64,
}
value_struct!(Output => OutputTangent { evaluations, error, integral });

impl Output {
    #[differentiable]
    fn scale(self, c: f64) -> Self {
        Output { evaluations: self.evaluations, error: c * self.error, integral: c * self.integral }
    }
}

#[differentiable]
fn scaled_twice(output: Output, c: f64) -> f64 {
    let twice = output.scale(c).scale(c);
    twice.error * twice.integral
}
row!(counts_beside_floats: scaled_twice(val output, val c) at (Output { evaluations: 3, error: 0.5, integral: 2.0 }, 1.5));

#[derive(Differentiable, Clone, Debug)]
struct Binomial {
    p: f64,
    n: u64,
}

#[derive(Differentiable, Clone, Debug)]
struct Bernoulli {
    b: Binomial,
}

#[differentiable]
fn regularized(a: f64, b: f64, x: f64) -> f64 {
    x.powf(a) * (1.0 - x).powf(b)
}

#[differentiable]
impl Binomial {
    fn new(p: f64, n: u64) -> Result<Binomial, String> {
        if p.is_nan() || !(0.0..=1.0).contains(&p) { Err("no".to_string()) } else { Ok(Binomial { p, n }) }
    }

    fn cdf(&self, x: u64) -> f64 {
        if x >= self.n {
            1.0
        } else {
            let k = x;
            regularized((self.n - k) as f64, k as f64 + 1.0, 1.0 - self.p)
        }
    }
}

#[differentiable]
impl Bernoulli {
    fn new(p: f64) -> Result<Bernoulli, String> {
        Binomial::new(p, 1).map(|b| Bernoulli { b })
    }
}

#[differentiable]
fn bernoulli_cdf(p: f64, k: f64) -> Result<f64, String> {
    let bernoulli = Bernoulli::new(p * k)?;
    Ok(bernoulli.b.cdf(0) * p)
}
row!(result_mapped_as_the_tail: bernoulli_cdf(val p, val k) -> result at (0.3, 1.2));

#[differentiable]
fn richardson(v: Vec<f64>) -> Option<Vec<f64>> {
    if v.len() < 2 {
        return None;
    }
    Some(v.windows(2).map(|w| w[1] * w[1] - w[0]).collect())
}

#[differentiable]
fn smallest(mut v: Vec<f64>) -> Option<f64> {
    v[0] *= 2.0;
    Some(v[0] * v[1])
}

#[differentiable]
fn extrapolate(evaluations: Vec<f64>) -> Option<f64> {
    let estimates = richardson(evaluations)?;
    let num = estimates.len();
    if num <= 1 {
        return estimates.last().copied();
    }
    let derivatives = richardson(estimates)?;
    smallest(derivatives)
}
row!(results_moved_into_calls: extrapolate(val evaluations) -> option at (vec![1.0, 2.5, 3.0, 0.7]), (vec![1.0, 2.5]));

// Tables that are constants, passed as they are.

const NUMERATOR: &[f64] = &[1.0, 2.0, -0.5];
static DENOMINATOR: &[f64; 2] = &[0.3, 1.5];
const WEIGHTS: [f64; 3] = [1.0, 2.0, 3.0];
const STEP: f64 = 2.5;

#[differentiable]
fn polynomial(z: f64, coeff: &[f64]) -> f64 {
    let n = coeff.len();
    if n == 0 {
        return 0.0;
    }
    let mut sum = *coeff.last().unwrap();
    for c in coeff[0..n - 1].iter().rev() {
        sum = *c + z * sum;
    }
    sum
}

#[differentiable]
fn weighted(z: f64, c: [f64; 3], k: f64) -> f64 {
    z * c[0] + z * z * c[1] * k
}

#[differentiable]
fn piecewise(z: f64) -> f64 {
    let r = if z < 0.5 {
        polynomial(z, NUMERATOR) / polynomial(z, DENOMINATOR)
    } else {
        let (r, b) = if z < 0.75 {
            (polynomial(z - 0.5, NUMERATOR) / polynomial(z, DENOMINATOR), 0.3)
        } else {
            (z, 0.1)
        };
        r * b
    };
    r + weighted(z, WEIGHTS, STEP)
}
row!(tables_by_name: piecewise(val z) at (0.2), (0.6), (0.9));

#[differentiable]
fn cumulated(mass: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    mass.iter()
        .map(|m| {
            sum += m * m;
            sum
        })
        .collect()
}

#[differentiable]
fn reflected(cdf: &[f64]) -> Vec<f64> {
    cdf.iter().map(|c| c * c * 0.5).collect()
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Categorical {
    cdf: Vec<f64>,
    sf: Vec<f64>,
}

#[differentiable]
fn categorical(mass: &[f64]) -> f64 {
    let cdf = cumulated(mass);
    let sf = reflected(&cdf);
    let both = Categorical { cdf, sf };
    both.cdf[0] * both.sf[1] + both.cdf[1]
}
row!(results_moved_into_a_struct: categorical(ref mass) at (vec![0.2, 0.5, 0.3]));

// Comparisons by the macros of `approx`.

macro_rules! ulps_eq {
    ($a:expr, $b:expr) => {
        (($a) - ($b)).abs() < 1e-12
    };
    ($a:expr, $b:expr, epsilon = $e:expr) => {
        (($a) - ($b)).abs() < $e
    };
}

#[differentiable]
fn beta_density(a: f64, b: f64, x: f64) -> f64 {
    if x < 0.0 || x > 1.0 {
        0.0
    } else if ulps_eq!(a, 1.0) && ulps_eq!(b, 1.0, epsilon = 1e-9) {
        a * b * x
    } else {
        let close = ulps_eq!(x, 0.5);
        let density = x.powf(a - 1.0) * (1.0 - x).powf(b - 1.0);
        if close { density } else { density * 2.0 }
    }
}
row!(comparisons_of_approx: beta_density(val a, val b, val x) at (1.5, 2.0, 0.3), (1.0, 2.5, 0.4));

// Variants under a `use`, searches in sorted slices, attributes inside.

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Kernel {
    Gaussian,
    Power(f64),
    Matern { nu: f64 },
}
use Kernel::{Gaussian, Matern, Power};

#[differentiable]
fn correlation(kernel: Kernel, d: f64) -> f64 {
    #![allow(clippy::many_single_char_names)]
    match kernel {
        Gaussian => (-d * d).exp(),
        Power(p) => (1.0 + d).powf(p),
        Matern { nu } if nu < 1.0 => (-d * nu).exp(),
        Matern { nu } => (1.0 + nu * d) * (-nu * d).exp(),
    }
}

#[differentiable]
fn of_kernels(p: f64, d: f64) -> f64 {
    let kernels =
        [Kernel::Gaussian, Kernel::Power(p), Kernel::Matern { nu: p }, Kernel::Matern { nu: 2.0 * p }];
    let mut sum = 0.0;
    for kernel in kernels {
        sum += correlation(kernel, d);
    }
    sum
}
row!(variants_under_a_use: of_kernels(val p, val d) at (0.75, 0.6));

#[differentiable]
fn interpolated(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let i = match xs.binary_search_by(|p| p.partial_cmp(&x).unwrap()) {
        Ok(i) => return ys[i],
        Err(0) => return ys[0],
        Err(i) if i == xs.len() => return ys[i - 1],
        Err(i) => i,
    };
    let j = xs.partition_point(|&p| p < x);
    let t = (x - xs[i - 1]) / (xs[j] - xs[j - 1]);
    ys[i - 1] * (1.0 - t) + ys[i] * t
}
row!(searches_in_sorted_slices: interpolated(ref xs, ref ys, val x) at
    (vec![0.0, 1.0, 2.5], vec![0.3, 0.8, 1.2], 1.7), (vec![0.0, 1.0, 2.5], vec![0.3, 0.8, 1.2], -1.0),
    (vec![0.0, 1.0, 2.5], vec![0.3, 0.8, 1.2], 3.0));
