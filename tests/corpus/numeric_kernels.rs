//! Small kernels of linear algebra, simulation and statistics, as one would write them.

use differentiable::differentiable;

#[differentiable]
fn misra(x: &[f64], y: &[f64], b1: f64, b2: f64) -> f64 {
    let mut ssr = 0.0;
    for i in 0..x.len() {
        let r = y[i] - b1 * (1.0 - (-b2 * x[i]).exp());
        ssr += r * r;
    }
    ssr
}
row!(least_squares: misra(ref x, ref y, val b1, val b2) at (vec![77.6, 114.9, 141.1], vec![10.07, 14.73, 17.94], 238.0, 5.5e-4));

#[differentiable]
fn residuals(#[no_diff] x: &[f64], #[no_diff] y: &[f64], b: &[f64; 2]) -> Vec<f64> {
    let mut r = vec![0.0; x.len()];
    for i in 0..x.len() {
        r[i] = y[i] - b[0] * (1.0 - (-b[1] * x[i]).exp());
    }
    r
}
row!(residual_vector: residuals(noref x, noref y, ref b) -> many at (vec![77.6, 114.9, 141.1], vec![10.07, 14.73, 17.94], [238.0, 5.5e-4]));

#[differentiable]
fn lorenz_rhs(s: [f64; 3], p: &[f64; 3]) -> [f64; 3] {
    [p[0] * (s[1] - s[0]), s[0] * (p[1] - s[2]) - s[1], s[0] * s[1] - p[2] * s[2]]
}

#[differentiable]
fn lorenz_rk4(start: [f64; 3], p: &[f64; 3], dt: f64, steps: usize) -> f64 {
    let mut s = start;
    for _ in 0..steps {
        let k1 = lorenz_rhs(s, p);
        let mut t = s;
        for i in 0..3 {
            t[i] = s[i] + 0.5 * dt * k1[i];
        }
        let k2 = lorenz_rhs(t, p);
        for i in 0..3 {
            t[i] = s[i] + 0.5 * dt * k2[i];
        }
        let k3 = lorenz_rhs(t, p);
        for i in 0..3 {
            t[i] = s[i] + dt * k3[i];
        }
        let k4 = lorenz_rhs(t, p);
        for i in 0..3 {
            s[i] += dt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    s[0] * s[0] + s[2]
}
row!(runge_kutta_4: lorenz_rk4(val start, ref p, val dt, no steps) at ([1.0, 1.1, 0.9], [10.0, 28.0, 2.67], 0.01, 10));

#[differentiable]
fn heat(u: &mut [f64], kappa: f64, steps: usize) -> f64 {
    let n = u.len();
    let mut flux = vec![0.0; n + 1];
    for _ in 0..steps {
        for i in 1..n {
            flux[i] = kappa * (u[i] - u[i - 1]);
        }
        for i in 0..n {
            u[i] += flux[i + 1] - flux[i];
        }
    }
    let mut e = 0.0;
    for v in u.iter() {
        e += v * v;
    }
    e
}
row!(heat_equation: heat(mut u, val kappa, no steps) at (vec![0.0, 1.0, 3.0, 1.0, 0.5], 0.2, 6));

#[differentiable]
fn energy_of_bodies(x: &[[f64; 3]], mass: &[f64]) -> f64 {
    let mut e = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            let mut r2 = 1e-4;
            for k in 0..3 {
                let d = x[i][k] - x[j][k];
                r2 += d * d;
            }
            e -= mass[i] * mass[j] / r2.sqrt();
        }
    }
    e
}
row!(n_body_energy: energy_of_bodies(ref x, ref mass) at
    (vec![[0.0, 0.1, 0.2], [1.0, 0.5, -0.5], [-1.0, 2.0, 0.3]], vec![1.0, 2.0, 0.5]));

#[differentiable]
fn leapfrog(q: &mut [f64], p: &mut [f64], dt: f64, steps: usize) {
    for _ in 0..steps {
        for i in 0..q.len() {
            p[i] -= 0.5 * dt * q[i] * (1.0 + q[i] * q[i]);
        }
        for i in 0..q.len() {
            q[i] += dt * p[i];
        }
        for i in 0..q.len() {
            p[i] -= 0.5 * dt * q[i] * (1.0 + q[i] * q[i]);
        }
    }
}
row!(leapfrog_row: leapfrog(mut q, mut p, val dt, no steps) -> unit at (vec![0.5, -0.3], vec![0.1, 0.7], 0.1, 5));

#[differentiable]
fn log_determinant(a: &[f64], n: usize) -> f64 {
    let mut l = vec![0.0; n * n];
    let mut log_det = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let mut s = a[i * n + j];
            for k in 0..j {
                s -= l[i * n + k] * l[j * n + k];
            }
            if i == j {
                l[i * n + i] = s.sqrt();
                log_det += 2.0 * l[i * n + i].ln();
            } else {
                l[i * n + j] = s / l[j * n + j];
            }
        }
    }
    log_det
}
row!(cholesky_log_determinant: log_determinant(ref a, no n) at (vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0], 3));

#[differentiable]
fn solve(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> [f64; 3] {
    for k in 0..3 {
        let mut pivot = k;
        for i in k + 1..3 {
            if a[i][k].abs() > a[pivot][k].abs() {
                pivot = i;
            }
        }
        if pivot != k {
            let row = a[k];
            a[k] = a[pivot];
            a[pivot] = row;
            let t = b[k];
            b[k] = b[pivot];
            b[pivot] = t;
        }
        for i in k + 1..3 {
            let f = a[i][k] / a[k][k];
            for j in k..3 {
                a[i][j] -= f * a[k][j];
            }
            b[i] -= f * b[k];
        }
    }
    let mut x = [0.0; 3];
    for i in (0..3).rev() {
        let mut s = b[i];
        for j in i + 1..3 {
            s -= a[i][j] * x[j];
        }
        x[i] = s / a[i][i];
    }
    x
}
row!(elimination_with_pivoting: solve(val a, val b) -> many at
    ([[1.0, 2.0, 3.0], [4.0, 1.0, -1.0], [2.0, 5.0, 0.5]], [1.0, 2.0, 3.0]));

#[differentiable]
fn thomas(lower: &[f64], diagonal: &[f64], upper: &[f64], rhs: &mut [f64]) {
    let n = rhs.len();
    let mut c = vec![0.0; n];
    c[0] = upper[0] / diagonal[0];
    rhs[0] /= diagonal[0];
    for i in 1..n {
        let m = diagonal[i] - lower[i] * c[i - 1];
        if i < n - 1 {
            c[i] = upper[i] / m;
        }
        rhs[i] = (rhs[i] - lower[i] * rhs[i - 1]) / m;
    }
    for i in (0..n - 1).rev() {
        rhs[i] -= c[i] * rhs[i + 1];
    }
}
row!(tridiagonal_solve: thomas(ref lower, ref diagonal, ref upper, mut rhs) -> unit at
    (vec![0.0, 1.0, 0.5, -1.0], vec![4.0, 5.0, 3.0, 6.0], vec![1.0, -1.0, 0.5, 0.0], vec![1.0, 2.0, 3.0, 4.0]));

#[differentiable]
fn power_iteration(a: &[f64], x: &mut [f64], iterations: usize) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    let mut lambda = 0.0;
    for _ in 0..iterations {
        let mut norm = 0.0;
        for i in 0..n {
            y[i] = 0.0;
            for j in 0..n {
                y[i] += a[i * n + j] * x[j];
            }
            norm += y[i] * y[i];
        }
        lambda = norm.sqrt();
        for i in 0..n {
            x[i] = y[i] / lambda;
        }
    }
    lambda
}
row!(power_iteration_row: power_iteration(ref a, mut x, no iterations) at (vec![2.0, 1.0, 0.5, 3.0], vec![1.0, 0.3], 4));

#[differentiable]
fn softmax_cross_entropy(logits: &[f64], label: usize) -> f64 {
    let mut top = logits[0];
    for &l in logits {
        if l > top {
            top = l;
        }
    }
    let mut z = 0.0;
    for &l in logits {
        z += (l - top).exp();
    }
    z.ln() + top - logits[label]
}
row!(softmax_cross_entropy_row: softmax_cross_entropy(ref logits, no label) at (vec![1.0, 3.0, 0.5], 0), (vec![1.0, 3.0, 0.5], 1));

#[differentiable]
fn softmax_in_place(v: &mut [f64]) {
    let mut top = f64::NEG_INFINITY;
    for x in v.iter() {
        top = top.max(*x);
    }
    let mut z = 0.0;
    for x in v.iter_mut() {
        *x = (*x - top).exp();
        z += *x;
    }
    for x in v.iter_mut() {
        *x /= z;
    }
}
row!(softmax_in_place_row: softmax_in_place(mut v) -> unit at (vec![1.0, 3.0, 0.5]));

#[differentiable]
fn dense_layer(w: &[f64], b: &[f64], x: &[f64], out: &mut [f64]) {
    let n = x.len();
    for i in 0..out.len() {
        let mut s = b[i];
        for j in 0..n {
            s += w[i * n + j] * x[j];
        }
        out[i] = s.tanh();
    }
}

#[differentiable]
fn perceptron(w1: &[f64], b1: &[f64], w2: &[f64], b2: &[f64], #[no_diff] x: &[f64], label: usize) -> f64 {
    let mut hidden = vec![0.0; b1.len()];
    let mut logits = vec![0.0; b2.len()];
    dense_layer(w1, b1, x, &mut hidden);
    dense_layer(w2, b2, &hidden, &mut logits);
    softmax_cross_entropy(&logits, label)
}
row!(two_layer_perceptron: perceptron(ref w1, ref b1, ref w2, ref b2, noref x, no label) at
    (vec![0.1, -0.2, 0.3, 0.4, 0.5, -0.6], vec![0.05, -0.1, 0.2], vec![0.7, -0.8, 0.9, 1.0, -1.1, 0.2], vec![0.3, -0.3], vec![1.5, -0.5], 1));

#[differentiable]
fn logistic_regression(w: &[f64], bias: f64, #[no_diff] x: &[f64], #[no_diff] labels: &[f64]) -> f64 {
    let n = w.len();
    let mut loss = 0.0;
    for (i, &label) in labels.iter().enumerate() {
        let row = &x[i * n..(i + 1) * n];
        let mut z = bias;
        for (wj, xj) in w.iter().zip(row) {
            z += wj * xj;
        }
        let m = if label > 0.5 { z } else { -z };
        loss += if m > 0.0 { (-m).exp().ln_1p() } else { m.exp().ln_1p() - m };
    }
    loss / labels.len() as f64
}
row!(logistic_regression_row: logistic_regression(ref w, val bias, noref x, noref labels) at
    (vec![0.5, -0.25], 0.1, vec![1.0, 2.0, -0.5, 0.3, 2.0, -1.0], vec![1.0, 0.0, 1.0]));

#[differentiable]
fn gaussian_log_likelihood(data: &[f64], mean: f64, log_sd: f64) -> f64 {
    let precision = (-2.0 * log_sd).exp();
    let mut s = 0.0;
    for &x in data {
        let d = x - mean;
        s -= 0.5 * d * d * precision + log_sd + 0.5 * (2.0 * std::f64::consts::PI).ln();
    }
    s
}
row!(gaussian_log_likelihood_row: gaussian_log_likelihood(ref data, val mean, val log_sd) at (vec![1.0, 2.0, 0.5], 0.8, -0.3));

#[differentiable]
fn mixture(data: &[f64], weights: &[f64], means: &[f64], sds: &[f64]) -> f64 {
    let mut total = 0.0;
    for &x in data {
        let mut p = 0.0;
        for k in 0..weights.len() {
            let z = (x - means[k]) / sds[k];
            p += weights[k] * (-0.5 * z * z).exp() / sds[k];
        }
        total += p.ln();
    }
    total
}
row!(mixture_log_likelihood: mixture(ref data, ref weights, ref means, ref sds) at
    (vec![0.1, 1.9, 3.0], vec![0.4, 0.6], vec![0.0, 2.5], vec![1.0, 0.7]));

#[differentiable]
fn autoregression(series: &[f64], phi: &[f64], sigma: f64) -> f64 {
    let p = phi.len();
    let mut log_l = 0.0;
    for t in p..series.len() {
        let mut predicted = 0.0;
        for k in 0..p {
            predicted += phi[k] * series[t - 1 - k];
        }
        let e = (series[t] - predicted) / sigma;
        log_l -= 0.5 * e * e + sigma.ln();
    }
    log_l
}
row!(autoregression_row: autoregression(ref series, ref phi, val sigma) at (vec![1.0, 1.5, 0.7, 2.0, 1.1], vec![0.5, -0.2], 0.8));

#[differentiable]
fn simpson(a: f64, b: f64, k: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let mut s = 0.0;
    for i in 0..=n {
        let x = a + i as f64 * h;
        let w = if i == 0 || i == n {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        };
        s += w * (-k * x * x).exp();
    }
    s * h / 3.0
}
row!(simpsons_rule: simpson(val a, val b, val k, no n) at (0.1, 1.2, 0.8, 8));

#[differentiable]
fn bisect(target: f64, lo: f64, hi: f64) -> f64 {
    let mut a = lo;
    let mut b = hi;
    while b - a > 1e-3 {
        let mid = 0.5 * (a + b);
        if mid * mid * mid < target {
            a = mid;
        } else {
            b = mid;
        }
    }
    a + (target - a * a * a) / (3.0 * a * a)
}
row!(bisection_then_a_newton_step: bisect(val target, val lo, val hi) at (2.0, 0.0, 3.0); step = 5e-6);

#[differentiable]
fn kalman(z: &[f64], q: f64, r: f64) -> f64 {
    let mut x = z[0];
    let mut p = 1.0;
    let mut log_l = 0.0;
    for &m in z {
        p += q;
        let s = p + r;
        let k = p / s;
        let e = m - x;
        x += k * e;
        p *= 1.0 - k;
        log_l -= 0.5 * (e * e / s + s.ln());
    }
    log_l + x
}
row!(kalman_filter: kalman(ref z, val q, val r) at (vec![1.0, 1.2, 0.9, 1.4], 0.1, 0.5));

#[differentiable]
fn lagrange(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..xs.len() {
        let mut l = 1.0;
        for j in 0..xs.len() {
            if i != j {
                l *= (x - xs[j]) / (xs[i] - xs[j]);
            }
        }
        s += ys[i] * l;
    }
    s
}
row!(lagrange_interpolation: lagrange(ref xs, ref ys, val x) at (vec![0.0, 1.0, 2.5], vec![1.0, 3.0, -1.0], 1.7));
