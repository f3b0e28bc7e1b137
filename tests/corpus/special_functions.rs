//! Special functions and distributions in the style of published crates: series to a tolerance,
//! continued fractions, Lanczos sums, recurrences, rational approximations.

use differentiable::differentiable;
use std::f64::consts::{LN_2, PI};

/// Euler-Mascheroni constant.
const GAMMA: f64 = 0.577_215_664_901_532_9;

const LANCZOS_G: f64 = 7.0;
const LANCZOS: [f64; 9] = [
    0.999_999_999_999_809_9,
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

#[differentiable]
pub fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        return (PI / (PI * x).sin().abs()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + LANCZOS_G + 0.5;
    let series = LANCZOS.iter().enumerate().skip(1).fold(LANCZOS[0], |s, (i, &c)| s + c / (x + i as f64));
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + series.ln()
}
row!(log_gamma_by_lanczos: ln_gamma(val x) at (4.5), (0.7), (-1.3), (30.0));

#[differentiable]
pub fn gamma(x: f64) -> f64 {
    if x < 0.5 {
        PI / ((PI * x).sin() * gamma(1.0 - x))
    } else {
        let x = x - 1.0;
        let mut a = LANCZOS[0];
        let t = x + LANCZOS_G + 0.5;
        for (i, &c) in LANCZOS.iter().enumerate().skip(1) {
            a += c / (x + i as f64);
        }
        (2.0 * PI).sqrt() * t.powf(x + 0.5) * (-t).exp() * a
    }
}
row!(gamma_with_reflection: gamma(val x) at (4.5), (0.3), (-1.3));

#[differentiable]
pub fn digamma(x: f64) -> f64 {
    let mut x = x;
    let mut result = 0.0;
    while x < 8.0 {
        result -= 1.0 / x;
        x += 1.0;
    }
    let inv = 1.0 / x;
    let inv2 = inv * inv;
    result + x.ln()
        - 0.5 * inv
        - inv2
            * (1.0 / 12.0 - inv2 * (1.0 / 120.0 - inv2 * (1.0 / 252.0 - inv2 * (1.0 / 240.0 - inv2 / 132.0))))
}
row!(digamma_by_recurrence: digamma(val x) at (0.3), (2.5), (12.0));

#[test]
fn slope_of_log_gamma_is_digamma() {
    for x in [0.8, 1.0, 2.5, 17.0] {
        let (slope, expected) = (ln_gamma::grad(x), digamma(x));
        assert!((slope - expected).abs() < 1e-10, "{x}: {slope} is not {expected}");
    }
    assert!((ln_gamma::grad(1.0) + GAMMA).abs() < 1e-12);
}

#[differentiable]
fn erf_series(x: f64) -> f64 {
    let mut sum = x;
    let mut term = x;
    let mut n = 0;
    loop {
        n += 1;
        term *= -x * x / n as f64;
        let add = term / (2 * n + 1) as f64;
        sum += add;
        if add.abs() < 1e-17 * sum.abs() {
            break;
        }
    }
    2.0 / PI.sqrt() * sum
}
row!(erf_by_its_series: erf_series(val x) at (0.3), (1.8), (-0.9) => 2.0 / PI.sqrt() * (-x * x).exp(); closed_tolerance = 1e-10);

#[differentiable]
fn erfc_fraction(x: f64) -> f64 {
    let tiny = 1e-300;
    let mut f = x;
    let mut c = x;
    let mut d = 0.0;
    for n in 1..500 {
        let a = n as f64 / 2.0;
        d = x + a * d;
        if d == 0.0 {
            d = tiny;
        }
        c = x + a / c;
        if c == 0.0 {
            c = tiny;
        }
        d = 1.0 / d;
        let delta = c * d;
        f *= delta;
        if (delta - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (-x * x).exp() / (PI.sqrt() * f)
}
row!(erfc_by_lentz: erfc_fraction(val x) at (1.2), (3.0) => -2.0 / PI.sqrt() * (-x * x).exp(); closed_tolerance = 1e-9);

#[differentiable]
fn erf_rational(x: f64) -> f64 {
    let sign = if x < 0.0 { -1.0 } else { 1.0 };
    let x = x.abs();
    let t = 1.0 / (1.0 + 0.3275911 * x);
    let y = 1.0
        - (((((1.061405429 * t - 1.453152027) * t) + 1.421413741) * t - 0.284496736) * t + 0.254829592)
            * t
            * (-x * x).exp();
    sign * y
}
row!(erf_by_a_rational_approximation: erf_rational(val x) at (0.3), (-1.8));

#[differentiable]
pub fn regularized_gamma_p(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let mut ap = a;
        let mut del = 1.0 / a;
        let mut sum = del;
        for _ in 0..500 {
            ap += 1.0;
            del *= x / ap;
            sum += del;
            if del.abs() < sum.abs() * 1e-16 {
                break;
            }
        }
        sum * front
    } else {
        let mut b = x + 1.0 - a;
        let mut c = 1e300;
        let mut d = 1.0 / b;
        let mut h = d;
        let mut i = 1.0;
        while i < 500.0 {
            let an = -i * (i - a);
            b += 2.0;
            d = an * d + b;
            if d.abs() < 1e-300 {
                d = 1e-300;
            }
            c = b + an / c;
            if c.abs() < 1e-300 {
                c = 1e-300;
            }
            d = 1.0 / d;
            let delta = d * c;
            h *= delta;
            if (delta - 1.0).abs() < 1e-15 {
                break;
            }
            i += 1.0;
        }
        1.0 - front * h
    }
}
row!(incomplete_gamma: regularized_gamma_p(val a, val x) at (2.5, 1.2), (2.5, 6.0), (0.5, 0.3));

#[differentiable]
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const FPMIN: f64 = 1e-300;
    let qab = a + b;
    let qap = a + 1.0;
    let qam = a - 1.0;
    let mut c = 1.0;
    let mut d = 1.0 - qab * x / qap;
    if d.abs() < FPMIN {
        d = FPMIN;
    }
    d = 1.0 / d;
    let mut h = d;
    for m in 1..200 {
        let m = m as f64;
        let m2 = 2.0 * m;
        let aa = m * (b - m) * x / ((qam + m2) * (a + m2));
        d = 1.0 + aa * d;
        if d.abs() < FPMIN {
            d = FPMIN;
        }
        c = 1.0 + aa / c;
        if f64::abs(c) < FPMIN {
            c = FPMIN;
        }
        d = 1.0 / d;
        h *= d * c;
        let aa = -(a + m) * (qab + m) * x / ((a + m2) * (qap + m2));
        d = 1.0 + aa * d;
        if d.abs() < FPMIN {
            d = FPMIN;
        }
        c = 1.0 + aa / c;
        if f64::abs(c) < FPMIN {
            c = FPMIN;
        }
        d = 1.0 / d;
        let del = d * c;
        h *= del;
        if (del - 1.0).abs() <= 1e-15 {
            break;
        }
    }
    h
}

#[differentiable]
pub fn regularized_beta(x: f64, a: f64, b: f64) -> f64 {
    assert!((0.0..=1.0).contains(&x), "x = {x} is not in [0, 1]");
    if x == 0.0 || x == 1.0 {
        return x;
    }
    let bt = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        bt * beta_fraction(a, b, x) / a
    } else {
        1.0 - bt * beta_fraction(b, a, 1.0 - x) / b
    }
}
row!(incomplete_beta: regularized_beta(val x, val a, val b) at (0.2, 2.5, 1.5), (0.8, 2.5, 1.5));

#[differentiable]
fn student_t_cdf(t: f64, nu: f64) -> f64 {
    let p = 0.5 * regularized_beta(nu / (nu + t * t), 0.5 * nu, 0.5);
    if t > 0.0 { 1.0 - p } else { p }
}
row!(student_t: student_t_cdf(val t, val nu) at (1.3, 5.0), (-0.7, 3.5));

#[differentiable]
fn bessel_j(n: i32, x: f64) -> f64 {
    let half = 0.5 * x;
    let mut term = 1.0;
    for k in 1..=n {
        term *= half / k as f64;
    }
    let mut sum = term;
    let mut k = 1;
    while term.abs() > 1e-17 * sum.abs() {
        term *= -half * half / (k * (k + n)) as f64;
        sum += term;
        k += 1;
    }
    sum
}
row!(bessel_j_by_its_series: bessel_j(no n, val x) at (0, 1.3), (2, 3.1));

#[test]
fn slope_of_j0_is_minus_j1() {
    for x in [0.4, 1.7, 3.9] {
        assert!((bessel_j::grad(0, x) + bessel_j(1, x)).abs() < 1e-14);
    }
}

#[differentiable]
fn bessel_i0(x: f64) -> f64 {
    let ax = x.abs();
    if ax < 3.75 {
        let t = (x / 3.75).powi(2);
        1.0 + t
            * (3.5156229
                + t * (3.0899424 + t * (1.2067492 + t * (0.2659732 + t * (0.360768e-1 + t * 0.45813e-2)))))
    } else {
        let t = 3.75 / ax;
        (ax.exp() / ax.sqrt())
            * (0.39894228 + t * (0.1328592e-1 + t * (0.225319e-2 + t * (-0.157565e-2 + t * 0.916281e-2))))
    }
}
row!(bessel_i0_by_polynomials: bessel_i0(val x) at (1.2), (-5.0));

#[differentiable]
fn exponential_integral(x: f64) -> f64 {
    let mut sum = 0.0;
    let mut term = 1.0;
    for k in 1..=100 {
        term *= -x / k as f64;
        let next: f64 = -term / k as f64;
        sum += next;
        if next.abs() < f64::EPSILON * sum.abs() {
            break;
        }
    }
    -GAMMA - x.ln() + sum
}
row!(exponential_integral_row: exponential_integral(val x) at (0.4), (2.0) => -(-x).exp() / x; closed_tolerance = 1e-10);

#[differentiable]
fn zeta(s: f64) -> f64 {
    let n = 12;
    let head: f64 = (1..n).map(|k| (k as f64).powf(-s)).sum();
    let nf = n as f64;
    let tail = nf.powf(1.0 - s) / (s - 1.0) + 0.5 * nf.powf(-s) + s * nf.powf(-s - 1.0) / 12.0
        - s * (s + 1.0) * (s + 2.0) * nf.powf(-s - 3.0) / 720.0;
    head + tail
}
row!(zeta_by_euler_maclaurin: zeta(val s) at (2.0), (3.5));

#[differentiable]
fn lambert_w(x: f64) -> f64 {
    let mut w = if x < 1.0 { x } else { x.ln() };
    for _ in 0..100 {
        let e = w.exp();
        let f = w * e - x;
        let step = f / (e * (w + 1.0) - (w + 2.0) * f / (2.0 * w + 2.0));
        w -= step;
        if step.abs() <= 1e-15 * w.abs() {
            break;
        }
    }
    w
}
row!(lambert_w_by_halley: lambert_w(val x) at (0.5), (3.0) => lambert_w(x) / (x * (1.0 + lambert_w(x))); closed_tolerance = 1e-9);

#[differentiable]
fn agm(a: f64, b: f64) -> f64 {
    let (mut a, mut b) = (a, b);
    while (a - b).abs() > 1e-15 * a {
        let mean = 0.5 * (a + b);
        b = (a * b).sqrt();
        a = mean;
    }
    a
}

#[differentiable]
fn elliptic_k(m: f64) -> f64 {
    PI / (2.0 * agm(1.0, (1.0 - m).sqrt()))
}
row!(elliptic_integral_by_agm: elliptic_k(val m) at (0.3), (0.8));

#[differentiable]
fn legendre(n: usize, x: f64) -> f64 {
    match n {
        0 => 1.0,
        1 => x,
        _ => {
            let (mut p0, mut p1) = (1.0, x);
            for k in 2..=n {
                let kf = k as f64;
                let p2 = ((2.0 * kf - 1.0) * x * p1 - (kf - 1.0) * p0) / kf;
                p0 = p1;
                p1 = p2;
            }
            p1
        }
    }
}
row!(legendre_by_recurrence: legendre(no n, val x) at (1, 0.3), (2, 0.3), (7, -0.6));

#[differentiable]
fn chebyshev_series(c: &[f64], x: f64) -> f64 {
    let (mut b1, mut b2) = (0.0, 0.0);
    for &ck in c.iter().skip(1).rev() {
        let t = 2.0 * x * b1 - b2 + ck;
        b2 = b1;
        b1 = t;
    }
    x * b1 - b2 + c[0]
}
row!(clenshaw: chebyshev_series(ref c, val x) at (vec![1.0, -0.5, 0.25, 0.125], 0.4));

#[differentiable]
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 4] = [2.50662823884, -18.61500062529, 41.39119773534, -25.44106049637];
    const B: [f64; 4] = [-8.47351093090, 23.08336743743, -21.06224101826, 3.13082909833];
    const C: [f64; 9] = [
        0.3374754822726147,
        0.9761690190917186,
        0.1607979714918209,
        0.0276438810333863,
        0.0038405729373609,
        0.0003951896511919,
        0.0000321767881768,
        0.0000002888167364,
        0.0000003960315187,
    ];
    let y = p - 0.5;
    if y.abs() < 0.42 {
        let r = y * y;
        let num = y * (((A[3] * r + A[2]) * r + A[1]) * r + A[0]);
        let den = (((B[3] * r + B[2]) * r + B[1]) * r + B[0]) * r + 1.0;
        return num / den;
    }
    let r = if y > 0.0 { 1.0 - p } else { p };
    let s = (-r.ln()).ln();
    let mut t = C[8];
    for &c in C[..8].iter().rev() {
        t = c + s * t;
    }
    if y < 0.0 { -t } else { t }
}
row!(normal_quantile_row: normal_quantile(val p) at (0.4), (0.97), (0.01));

#[differentiable]
fn poisson_ln_pmf(k: u64, lambda: f64) -> f64 {
    k as f64 * lambda.ln() - lambda - ln_gamma(k as f64 + 1.0)
}
row!(poisson: poisson_ln_pmf(no k, val lambda) at (3, 2.5) => k as f64 / lambda - 1.0);

#[differentiable]
fn weibull_ln_pdf(x: f64, shape: f64, scale: f64) -> f64 {
    match x {
        x if x < 0.0 => f64::NEG_INFINITY,
        _ => {
            let z = x / scale;
            shape.ln() - scale.ln() + (shape - 1.0) * z.ln() - z.powf(shape)
        }
    }
}
row!(weibull: weibull_ln_pdf(val x, val shape, val scale) at (1.3, 1.7, 0.9));

#[differentiable]
fn log1pexp(x: f64) -> f64 {
    if x <= -37.0 {
        x.exp()
    } else if x <= 18.0 {
        x.exp().ln_1p()
    } else if x <= 33.3 {
        x + (-x).exp()
    } else {
        x
    }
}
row!(log1pexp_row: log1pexp(val x) at (-40.0), (0.3), (20.0), (50.0) => 1.0 / (1.0 + (-x).exp()); differences = false);

#[differentiable]
fn entropy(p: &[f64]) -> f64 {
    let total: f64 = p.iter().sum();
    -p.iter().map(|&q| q / total).filter(|&q| q > 0.0).map(|q| q * q.ln()).sum::<f64>() / LN_2
}
row!(entropy_row: entropy(ref p) at (vec![0.2, 0.5, 0.1]));

// An exponential by its own reduction: a power of two is made of its exponent's bits.

#[differentiable]
fn exponential(x: f64) -> f64 {
    const LN_2: f64 = std::f64::consts::LN_2;
    let k = (x / LN_2 + if x < 0.0 { -0.5 } else { 0.5 }) as i32;
    let r = x - k as f64 * LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..18 {
        term *= r / n as f64;
        sum += term;
    }
    let power = f64::from_bits(((k + 1023) as u64) << 52);
    sum * power
}
row!(power_of_two_by_its_bits: exponential(val x) at (0.3), (2.9), (-4.1) => x.exp());
