//! Models and geometry as papers and applications write them.

use differentiable::differentiable;
use std::f64::consts::PI;

#[differentiable]
fn helmholtz(x: &[f64], b: &[f64], a: &[Vec<f64>]) -> f64 {
    let n = x.len();
    let r = 1.5;
    let bx: f64 = b.iter().zip(x.iter()).map(|(b, x)| b * x).sum();
    let mut xax = 0.0;
    for i in 0..n {
        for j in 0..n {
            xax += x[i] * a[i][j] * x[j];
        }
    }
    let s2 = 2.0f64.sqrt();
    let log_sum: f64 = x.iter().map(|&xi| xi * (xi / (1.0 - bx)).ln()).sum();
    r * log_sum - xax / (8.0f64.sqrt() * bx) * ((1.0 + (1.0 + s2) * bx) / (1.0 + (1.0 - s2) * bx)).ln()
}
row!(helmholtz_row: helmholtz(ref x, ref b, ref a) at (vec![0.1, 0.2, 0.3], vec![0.2, 0.1, 0.3], vec![vec![1.0, 0.2, 0.3], vec![0.2, 1.5, 0.1], vec![0.3, 0.1, 0.8]]));

#[differentiable]
fn speelpenning(x: &[f64]) -> f64 {
    x.iter().product()
}
row!(speelpenning_row: speelpenning(ref x) at (vec![0.5, 2.0, -1.5]), (vec![0.5, 0.0, -1.5]));

#[differentiable]
fn kmeans_cost(points: &[[f64; 2]], centers: &[[f64; 2]]) -> f64 {
    points
        .iter()
        .map(|p| {
            centers
                .iter()
                .map(|c| {
                    let dx = p[0] - c[0];
                    let dy = p[1] - c[1];
                    dx * dx + dy * dy
                })
                .fold(f64::INFINITY, |a, b| a.min(b))
        })
        .sum()
}
row!(kmeans_cost_row: kmeans_cost(ref points, ref centers) at (vec![[0.0, 1.0], [2.0, 2.1], [0.3, 0.4]], vec![[0.1, 0.8], [1.9, 2.5]]));

#[differentiable]
fn brusselator(u0: &[f64], v0: &[f64], a: f64, b: f64, dt: f64, steps: usize) -> f64 {
    let n = u0.len();
    let mut u = u0.to_vec();
    let mut v = v0.to_vec();
    let mut du = vec![0.0; n];
    let mut dv = vec![0.0; n];
    for _ in 0..steps {
        for i in 0..n {
            let l = if i == 0 { n - 1 } else { i - 1 };
            let r = if i == n - 1 { 0 } else { i + 1 };
            let lap_u = u[l] - 2.0 * u[i] + u[r];
            let lap_v = v[l] - 2.0 * v[i] + v[r];
            let uuv = u[i] * u[i] * v[i];
            du[i] = a + uuv - (b + 1.0) * u[i] + 0.02 * lap_u;
            dv[i] = b * u[i] - uuv + 0.02 * lap_v;
        }
        for i in 0..n {
            u[i] += dt * du[i];
            v[i] += dt * dv[i];
        }
    }
    u.iter().zip(v.iter()).map(|(x, y)| x * x + y).sum::<f64>()
}
row!(brusselator_row: brusselator(ref u0, ref v0, val a, val b, val dt, no steps) at (vec![1.0, 1.2, 0.8], vec![2.0, 1.8, 2.1], 1.0, 3.0, 0.05, 4));

#[differentiable]
fn kalman(z: &[f64], q: f64, r: f64) -> f64 {
    let (mut x, mut v) = (0.0f64, 0.0f64);
    let mut p = [[1.0, 0.0], [0.0, 1.0]];
    let mut ll = 0.0;
    let dt = 0.1;
    for &zk in z {
        x += v * dt;
        let p00 = p[0][0] + dt * (p[1][0] + p[0][1]) + dt * dt * p[1][1] + q;
        let p01 = p[0][1] + dt * p[1][1];
        let p10 = p[1][0] + dt * p[1][1];
        let p11 = p[1][1] + q;
        let s = p00 + r;
        let k = [p00 / s, p10 / s];
        let y = zk - x;
        x += k[0] * y;
        v += k[1] * y;
        p = [[(1.0 - k[0]) * p00, (1.0 - k[0]) * p01], [p10 - k[1] * p00, p11 - k[1] * p01]];
        ll -= 0.5 * (y * y / s + s.ln() + (2.0 * PI).ln());
    }
    ll + v
}
row!(kalman_row: kalman(ref z, val q, val r) at (vec![0.1, 0.3, 0.2, 0.6], 0.01, 0.1));

#[differentiable]
fn attention(q: &[f64], k: &[f64], v: &[f64], n: usize, d: usize) -> Vec<f64> {
    let scale = 1.0 / (d as f64).sqrt();
    let mut out = vec![0.0; n * d];
    let mut scores = vec![0.0; n];
    for i in 0..n {
        let mut max = f64::MIN;
        for j in 0..=i {
            let mut s = 0.0;
            for c in 0..d {
                s += q[i * d + c] * k[j * d + c];
            }
            scores[j] = s * scale;
            if scores[j] > max {
                max = scores[j];
            }
        }
        let mut denom = 0.0;
        for s in scores[..=i].iter_mut() {
            *s = (*s - max).exp();
            denom += *s;
        }
        for (j, s) in scores.iter().enumerate().take(i + 1) {
            let w = s / denom;
            for c in 0..d {
                out[i * d + c] += w * v[j * d + c];
            }
        }
    }
    out
}
row!(attention_row: attention(ref q, ref k, ref v, no n, no d) -> many at (vec![0.1, 0.5, -0.3, 0.8, 0.2, 0.1], vec![0.4, 0.2, 0.9, -0.5, 0.3, 0.6], vec![1.0, 0.3, -0.2, 0.7, 0.5, 0.1], 3, 2));

#[differentiable]
fn layer_norm(x: &mut [f64], gamma: &[f64], beta: &[f64], eps: f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let var = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    let inv = (var + eps).sqrt().recip();
    for ((v, g), b) in x.iter_mut().zip(gamma).zip(beta) {
        *v = (*v - mean) * inv * g + b;
    }
}
row!(layer_norm_row: layer_norm(mut x, ref gamma, ref beta, val eps) -> unit at (vec![1.0, 2.0, -0.5], vec![1.0, 0.9, 1.1], vec![0.1, 0.0, -0.1], 1e-3));

#[differentiable]
fn gp_nll(x: &[f64], y: &[f64], ell: f64, sf: f64, sn: f64) -> f64 {
    let n = x.len();
    let mut k = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..n {
            let d = (x[i] - x[j]) / ell;
            k[i][j] = sf * sf * (-0.5 * d * d).exp() + if i == j { sn * sn } else { 0.0 };
        }
    }
    let mut l = vec![vec![0.0f64; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let s: f64 = (0..j).map(|p| l[i][p] * l[j][p]).sum();
            if i == j {
                l[i][i] = (k[i][i] - s).sqrt();
            } else {
                l[i][j] = (k[i][j] - s) / l[j][j];
            }
        }
    }
    let mut z = y.to_vec();
    for i in 0..n {
        for j in 0..i {
            z[i] = z[i] - l[i][j] * z[j];
        }
        z[i] /= l[i][i];
    }
    let quad: f64 = z.iter().map(|v| v * v).sum();
    let logdet: f64 = (0..n).map(|i| l[i][i].ln()).sum();
    0.5 * quad + logdet + 0.5 * n as f64 * (2.0 * PI).ln()
}
row!(gp_nll_row: gp_nll(ref x, ref y, val ell, val sf, val sn) at (vec![0.0, 0.7, 1.5], vec![0.2, -0.5, 0.9], 0.8, 1.2, 0.3));

#[differentiable]
fn de_casteljau(points: &[[f64; 3]], t: f64) -> [f64; 3] {
    let mut p = points.to_vec();
    let n = p.len();
    for k in 1..n {
        for i in 0..n - k {
            for d in 0..3 {
                p[i][d] = (1.0 - t) * p[i][d] + t * p[i + 1][d];
            }
        }
    }
    p[0]
}
row!(de_casteljau_row: de_casteljau(ref points, val t) -> many at (vec![[0.0, 0.0, 0.0], [1.0, 2.0, 0.5], [2.0, -1.0, 1.0], [3.0, 1.0, 0.0]], 0.3));

#[differentiable]
fn bspline_basis(i: usize, k: usize, t: f64, knots: &[f64]) -> f64 {
    if k == 0 {
        return if knots[i] <= t && t < knots[i + 1] { 1.0 } else { 0.0 };
    }
    let mut left = 0.0;
    let d1 = knots[i + k] - knots[i];
    if d1 != 0.0 {
        left = (t - knots[i]) / d1 * bspline_basis(i, k - 1, t, knots);
    }
    let mut right = 0.0;
    let d2 = knots[i + k + 1] - knots[i + 1];
    if d2 != 0.0 {
        right = (knots[i + k + 1] - t) / d2 * bspline_basis(i + 1, k - 1, t, knots);
    }
    left + right
}
row!(bspline_basis_row: bspline_basis(no i, no k, val t, ref knots) at (1, 2, 2.3, vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));

#[differentiable]
fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    const R: f64 = 6371.0;
    let (p1, p2) = (lat1.to_radians(), lat2.to_radians());
    let dphi = (lat2 - lat1).to_radians();
    let dl = (lon2 - lon1).to_radians();
    let a = (dphi / 2.0).sin().powi(2) + p1.cos() * p2.cos() * (dl / 2.0).sin().powi(2);
    2.0 * R * a.sqrt().atan2((1.0 - a).sqrt())
}
row!(haversine_row: haversine(val lat1, val lon1, val lat2, val lon2) at (48.85, 2.35, 40.71, -74.0));

#[differentiable]
fn vincenty(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> Option<f64> {
    let (a, f) = (6378137.0, 1.0 / 298.257223563);
    let b = (1.0 - f) * a;
    let u1 = ((1.0 - f) * lat1.to_radians().tan()).atan();
    let u2 = ((1.0 - f) * lat2.to_radians().tan()).atan();
    let l = (lon2 - lon1).to_radians();
    let (su1, cu1) = u1.sin_cos();
    let (su2, cu2) = u2.sin_cos();
    let mut lambda = l;
    for _ in 0..100 {
        let (sl, cl) = lambda.sin_cos();
        let ss = ((cu2 * sl).powi(2) + (cu1 * su2 - su1 * cu2 * cl).powi(2)).sqrt();
        if ss == 0.0 {
            return Some(0.0);
        }
        let cs = su1 * su2 + cu1 * cu2 * cl;
        let sigma = ss.atan2(cs);
        let sa = cu1 * cu2 * sl / ss;
        let c2a = 1.0 - sa * sa;
        let c2m = if c2a != 0.0 { cs - 2.0 * su1 * su2 / c2a } else { 0.0 };
        let c = f / 16.0 * c2a * (4.0 + f * (4.0 - 3.0 * c2a));
        let prev = lambda;
        lambda = l + (1.0 - c) * f * sa * (sigma + c * ss * (c2m + c * cs * (-1.0 + 2.0 * c2m * c2m)));
        if (lambda - prev).abs() < 1e-14 {
            let u_sq = c2a * (a * a - b * b) / (b * b);
            let aa = 1.0 + u_sq / 16384.0 * (4096.0 + u_sq * (-768.0 + u_sq * (320.0 - 175.0 * u_sq)));
            let bb = u_sq / 1024.0 * (256.0 + u_sq * (-128.0 + u_sq * (74.0 - 47.0 * u_sq)));
            let ds = bb
                * ss
                * (c2m
                    + bb / 4.0
                        * (cs * (-1.0 + 2.0 * c2m * c2m)
                            - bb / 6.0 * c2m * (-3.0 + 4.0 * ss * ss) * (-3.0 + 4.0 * c2m * c2m)));
            return Some(b * aa * (sigma - ds));
        }
    }
    None
}
row!(vincenty_row: vincenty(val lat1, val lon1, val lat2, val lon2) -> option at (48.85, 2.35, 40.71, -74.0) ; tolerance = 1e-4);

#[differentiable]
fn to_linear(c: f64) -> f64 {
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}
#[differentiable]
fn rgb_to_lab(rgb: [f64; 3]) -> [f64; 3] {
    let lin = rgb.map(to_linear);
    let m = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ];
    let mut xyz = [0.0; 3];
    for (row, out) in m.iter().zip(xyz.iter_mut()) {
        *out = row.iter().zip(lin.iter()).map(|(a, b)| a * b).sum();
    }
    let f = |t: f64| if t > 0.008856451679035631 { t.cbrt() } else { (903.2962962962963 * t + 16.0) / 116.0 };
    let [fx, fy, fz] = [f(xyz[0] / 0.95047), f(xyz[1]), f(xyz[2] / 1.08883)];
    [116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)]
}
row!(rgb_to_lab_row: rgb_to_lab(val rgb) -> many at ([0.2, 0.5, 0.9]), ([0.01, 0.5, 0.02]));

#[differentiable]
fn hsv(r: f64, g: f64, b: f64) -> (f64, f64, f64) {
    let max = r.max(g).max(b);
    let min = r.min(g).min(b);
    let delta = max - min;
    let h = if delta == 0.0 {
        0.0
    } else if max == r {
        60.0 * (((g - b) / delta) % 6.0)
    } else if max == g {
        60.0 * (((b - r) / delta) + 2.0)
    } else {
        60.0 * (((r - g) / delta) + 4.0)
    };
    let h = if h < 0.0 { h + 360.0 } else { h };
    let s = if max == 0.0 { 0.0 } else { delta / max };
    (h, s, max)
}
row!(hsv_row: hsv(val r, val g, val b) -> many at (0.2, 0.5, 0.9), (0.9, 0.5, 0.1), (0.9, 0.1, 0.5));
