//! Small programs: linear algebra, networks, dynamic programming, integrators.

use differentiable::{Differentiable, differentiable, no_diff};

#[differentiable(order = 2)]
fn qr_step(a: &[f64], n: usize) -> (f64, Vec<f64>) {
    let mut norm = 0.0;
    for v in a {
        norm += v * v;
    }
    let norm = norm.sqrt();
    let q: Vec<f64> = a.iter().map(|v| v / norm).collect();
    (norm, q)
}
#[differentiable(order = 2)]
fn power_iteration(m: &[f64], x0: &[f64], n: usize, steps: usize) -> f64 {
    let mut x = x0.to_vec();
    let mut lambda = 0.0;
    for _ in 0..steps {
        let mut y = vec![0.0; n];
        for i in 0..n {
            for j in 0..n {
                y[i] += m[i * n + j] * x[j];
            }
        }
        let (norm, q) = qr_step(&y, n);
        lambda = norm;
        x = q;
    }
    lambda + x[0]
}
row!(power_iteration_row: power_iteration(ref m, ref x0, no n, no steps) at (vec![2.0, 0.3, 0.1, 1.5], vec![1.0, 0.7], 2, 4));
curved!(power_iteration_at_order_two: power_iteration(ref m, ref x0, no n, no steps) at (vec![2.0, 0.3, 0.1, 1.5], vec![1.0, 0.7], 2, 4));

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    w: Vec<f64>,
    b: Vec<f64>,
    #[no_diff]
    inputs: usize,
}
#[differentiable(order = 2)]
impl Layer {
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let mut out = self.b.clone();
        for (i, o) in out.iter_mut().enumerate() {
            let row = &self.w[i * self.inputs..(i + 1) * self.inputs];
            *o += row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>();
        }
        out
    }
    fn scale(&mut self, k: f64) {
        for w in self.w.iter_mut() {
            *w *= k;
        }
    }
}
#[differentiable(order = 2)]
fn network(w: &[f64], x: &[f64], k: f64) -> f64 {
    let mut layer = Layer { w: w.to_vec(), b: vec![0.1, k], inputs: 2 };
    layer.scale(k);
    let mut h = layer.forward(x);
    for v in &mut h {
        *v = v.tanh();
    }
    let out = layer.forward(&h);
    out.iter().map(|o| o * o).sum()
}
row!(network_row: network(ref w, ref x, val k) at (vec![0.5, -0.3, 0.8, 0.2], vec![1.0, -0.5], 0.7));
curved!(network_at_order_two: network(ref w, ref x, val k) at (vec![0.5, -0.3, 0.8, 0.2], vec![1.0, -0.5], 0.7));

#[differentiable(order = 2)]
fn deep(layers: &[Layer], x: &[f64]) -> f64 {
    let mut h = x.to_vec();
    for layer in layers {
        h = layer.forward(&h);
        h.iter_mut().for_each(|v| *v = v.max(0.0));
    }
    h.iter().sum()
}
#[differentiable(order = 2)]
fn determinant(m: Vec<Vec<f64>>) -> f64 {
    let n = m.len();
    let mut a = m.clone();
    let mut det = 1.0;
    for i in 0..n {
        let mut pivot = i;
        for r in i + 1..n {
            if a[r][i].abs() > a[pivot][i].abs() {
                pivot = r;
            }
        }
        if pivot != i {
            a.swap(i, pivot);
            det = -det;
        }
        if a[i][i] == 0.0 {
            return 0.0;
        }
        det *= a[i][i];
        for r in i + 1..n {
            let f = a[r][i] / a[i][i];
            for c in i..n {
                let t = a[i][c];
                a[r][c] -= f * t;
            }
        }
    }
    det
}
row!(determinant_row: determinant(val m) at (vec![vec![1.0, 2.0, 0.5], vec![3.0, -1.0, 0.3], vec![0.2, 0.7, 2.0]]));
curved!(determinant_at_order_two: determinant(val m) at (vec![vec![1.0, 2.0, 0.5], vec![3.0, -1.0, 0.3], vec![0.2, 0.7, 2.0]]));

#[differentiable(order = 2)]
fn solve(a: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut a: Vec<Vec<f64>> = a.to_vec();
    let mut x = b.to_vec();
    for k in 0..n {
        for i in (k + 1)..n {
            let factor = a[i][k] / a[k][k];
            for j in k..n {
                a[i][j] -= factor * a[k][j];
            }
            x[i] -= factor * x[k];
        }
    }
    for i in (0..n).rev() {
        let mut sum = x[i];
        for j in i + 1..n {
            sum -= a[i][j] * x[j];
        }
        x[i] = sum / a[i][i];
    }
    x
}
row!(solve_row: solve(ref a, ref b) -> many at (vec![vec![3.0, 1.0], vec![0.5, 2.0]], vec![1.0, -2.0]));

#[differentiable(order = 2)]
fn rodrigues(r: [f64; 3], p: [f64; 3]) -> [f64; 3] {
    let theta2: f64 = r.iter().map(|x| x * x).sum();
    if theta2 > 1e-12 {
        let theta = theta2.sqrt();
        let k = [r[0] / theta, r[1] / theta, r[2] / theta];
        let (s, c) = theta.sin_cos();
        let cross = [k[1] * p[2] - k[2] * p[1], k[2] * p[0] - k[0] * p[2], k[0] * p[1] - k[1] * p[0]];
        let dot = k[0] * p[0] + k[1] * p[1] + k[2] * p[2];
        let mut out = [0.0; 3];
        for i in 0..3 {
            out[i] = p[i] * c + cross[i] * s + k[i] * dot * (1.0 - c);
        }
        out
    } else {
        [p[0] + r[1] * p[2] - r[2] * p[1], p[1] + r[2] * p[0] - r[0] * p[2], p[2] + r[0] * p[1] - r[1] * p[0]]
    }
}
row!(rodrigues_row: rodrigues(val r, val p) -> many at ([0.1, -0.4, 0.7], [1.0, 2.0, 3.0]), ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]); curvature = false);

#[differentiable(order = 2)]
fn matmul(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let mut c = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in 0..3 {
            for k in 0..3 {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}
#[differentiable(order = 2)]
fn euler(angles: &[f64; 3]) -> f64 {
    let [a, b, c] = *angles;
    let rx = [[1.0, 0.0, 0.0], [0.0, a.cos(), -a.sin()], [0.0, a.sin(), a.cos()]];
    let ry = [[b.cos(), 0.0, b.sin()], [0.0, 1.0, 0.0], [-b.sin(), 0.0, b.cos()]];
    let rz = [[c.cos(), -c.sin(), 0.0], [c.sin(), c.cos(), 0.0], [0.0, 0.0, 1.0]];
    let m = matmul(&matmul(&rz, &ry), &rx);
    m[0][1] + m[1][2] * m[2][0]
}
row!(euler_row: euler(ref angles) at ([0.3, -0.5, 1.1]));
curved!(euler_at_order_two: euler(ref angles) at ([0.3, -0.5, 1.1]));

#[differentiable(order = 2)]
fn pendulum(theta0: f64, l: f64, dt: f64, n: usize) -> f64 {
    let g = 9.81;
    let f = |y: [f64; 2]| [y[1], -g / l * y[0].sin()];
    let mut y = [theta0, 0.0];
    for _ in 0..n {
        let k1 = f(y);
        let k2 = f([y[0] + 0.5 * dt * k1[0], y[1] + 0.5 * dt * k1[1]]);
        let k3 = f([y[0] + 0.5 * dt * k2[0], y[1] + 0.5 * dt * k2[1]]);
        let k4 = f([y[0] + dt * k3[0], y[1] + dt * k3[1]]);
        for i in 0..2 {
            y[i] += dt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y[0]
}
row!(pendulum_row: pendulum(val theta0, val l, val dt, no n) at (0.5, 1.2, 0.05, 6));
curved!(pendulum_at_order_two: pendulum(val theta0, val l, val dt, no n) at (0.5, 1.2, 0.05, 6));

#[differentiable(order = 2)]
fn adaptive(lambda: f64, y0: f64, #[no_diff] tol: f64) -> f64 {
    let mut t = 0.0;
    let mut y = y0;
    let mut h = 0.1;
    while t < 1.0 {
        if t + h > 1.0 {
            h = 1.0 - t;
        }
        let k1 = -lambda * y;
        let k2 = -lambda * (y + h * k1);
        let err = (h * (k2 - k1) / 2.0).abs();
        if err < tol {
            t += h;
            y += h * 0.5 * (k1 + k2);
            h *= 1.3;
        } else {
            h *= 0.5;
        }
        if h < 1e-6 {
            break;
        }
    }
    y
}
row!(adaptive_row: adaptive(val lambda, val y0, no tol) at (1.5, 2.0, 1e-3) ; step = 1e-7 ; tolerance = 1e-4);
curved!(adaptive_at_order_two: adaptive(val lambda, val y0, no tol) at (1.5, 2.0, 1e-3));

#[differentiable(order = 2)]
fn labelled(x: &[f64], grid: &[Vec<f64>], #[no_diff] limit: f64) -> f64 {
    let mut total = 0.0;
    'outer: for (i, row) in grid.iter().enumerate() {
        for (j, g) in row.iter().enumerate() {
            if *g < 0.0 {
                continue 'outer;
            }
            if total > limit {
                break 'outer;
            }
            total += x[(i + j) % x.len()] * g * g;
        }
        total *= 1.1;
    }
    total
}
row!(labelled_row: labelled(ref x, ref grid, no limit) at (vec![0.5, 1.5], vec![vec![1.0, 2.0], vec![0.5, -1.0, 3.0], vec![1.0]], 100.0), (vec![0.5, 1.5], vec![vec![1.0, 2.0], vec![0.5, 1.0, 3.0], vec![1.0]], 8.0));
curved!(labelled_at_order_two: labelled(ref x, ref grid, no limit) at (vec![0.5, 1.5], vec![vec![1.0, 2.0], vec![0.5, -1.0, 3.0], vec![1.0]], 100.0), (vec![0.5, 1.5], vec![vec![1.0, 2.0], vec![0.5, 1.0, 3.0], vec![1.0]], 8.0));

#[differentiable(order = 2)]
fn kahan(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut c = 0.0;
    for &v in x {
        let y = v - c;
        let t = sum + y;
        c = (t - sum) - y;
        sum = t;
    }
    sum
}
row!(kahan_row: kahan(ref x) at (vec![1.0, 2.0, 3.0]));
curved!(kahan_at_order_two: kahan(ref x) at (vec![1.0, 2.0, 3.0]));
#[differentiable(order = 2)]
fn welford(x: &[f64]) -> (f64, f64) {
    let (mut mean, mut m2) = (0.0, 0.0);
    for (k, &v) in x.iter().enumerate() {
        let delta = v - mean;
        mean += delta / (k + 1) as f64;
        m2 += delta * (v - mean);
    }
    (mean, m2 / (x.len() - 1) as f64)
}
row!(welford_row: welford(ref x) -> many at (vec![1.0, 2.5, 3.0, -1.0]));

#[differentiable(order = 2)]
fn logsumexp(x: &[f64]) -> f64 {
    let m = x.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    m + x.iter().map(|v| (v - m).exp()).sum::<f64>().ln()
}
#[differentiable(order = 2)]
fn nll(logits: &[Vec<f64>], labels: &[usize]) -> f64 {
    logits.iter().zip(labels).map(|(row, &l)| logsumexp(row) - row[l]).sum::<f64>() / labels.len() as f64
}
row!(nll_row: nll(ref logits, noref labels) at (vec![vec![0.1, 0.5, -1.0], vec![2.0, 0.0, 0.3]], vec![1, 2]));
curved!(nll_at_order_two: nll(ref logits, noref labels) at (vec![vec![0.1, 0.5, -1.0], vec![2.0, 0.0, 0.3]], vec![1, 2]));

#[differentiable(order = 2)]
fn conv(x: &[f64], k: &[f64], stride: usize, out: &mut Vec<f64>) {
    out.clear();
    let mut i = 0;
    while i + k.len() <= x.len() {
        let mut s = 0.0;
        for (a, b) in x[i..i + k.len()].iter().zip(k.iter()) {
            s += a * b;
        }
        out.push(s);
        i += stride;
    }
}
#[differentiable(order = 2)]
fn conv_loss(x: &[f64], k: &[f64]) -> f64 {
    let mut out = Vec::new();
    conv(x, k, 2, &mut out);
    conv(x, k, 1, &mut out);
    out.iter().enumerate().map(|(i, v)| v * v * i as f64).sum()
}
row!(conv_loss_row: conv_loss(ref x, ref k) at (vec![1.0, 0.5, -0.3, 0.8, 2.0], vec![0.4, -0.6]));
curved!(conv_loss_at_order_two: conv_loss(ref x, ref k) at (vec![1.0, 0.5, -0.3, 0.8, 2.0], vec![0.4, -0.6]));

#[differentiable(order = 2)]
fn interp(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let (mut lo, mut hi) = (0, xs.len() - 1);
    while hi - lo > 1 {
        let mid = (lo + hi) / 2;
        if xs[mid] > x {
            hi = mid;
        } else {
            lo = mid;
        }
    }
    let t = (x - xs[lo]) / (xs[hi] - xs[lo]);
    ys[lo] * (1.0 - t) + ys[hi] * t
}
row!(interp_row: interp(ref xs, ref ys, val x) at (vec![0.0, 1.0, 2.5, 4.0], vec![1.0, 3.0, 2.0, 5.0], 2.2));
curved!(interp_at_order_two: interp(ref xs, ref ys, val x) at (vec![0.0, 1.0, 2.5, 4.0], vec![1.0, 3.0, 2.0, 5.0], 2.2));

#[differentiable(order = 2)]
fn thomas(a: &[f64], b: &[f64], c: &[f64], d: &[f64]) -> Vec<f64> {
    let n = d.len();
    let mut cp = vec![0.0; n];
    let mut dp = vec![0.0; n];
    cp[0] = c[0] / b[0];
    dp[0] = d[0] / b[0];
    for i in 1..n {
        let m = b[i] - a[i] * cp[i - 1];
        cp[i] = c[i] / m;
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m;
    }
    let mut x = dp.clone();
    for i in (0..n - 1).rev() {
        x[i] = dp[i] - cp[i] * x[i + 1];
    }
    x
}
row!(thomas_row: thomas(ref a, ref b, ref c, ref d) -> many at (vec![0.0, 0.5, 0.3], vec![2.0, 3.0, 2.5], vec![0.4, 0.2, 0.0], vec![1.0, 2.0, -1.0]));
