//! What people publish: test functions of optimisers, colour conversions, easing curves, option
//! pricing, orbital mechanics, coordinates.

use differentiable::{differentiable, no_diff};
use num_traits::{Float, FromPrimitive};
use std::f64::consts::PI;
use std::iter::Sum;

// Test functions of optimisers, generic as in optimiser crates.

#[differentiable]
pub fn rosenbrock<T>(param: &[T], a: T, b: T) -> T
where
    T: Float + FromPrimitive + Sum,
{
    param.windows(2).map(|xi| (a - xi[0]).powi(2) + b * (xi[1] - xi[0].powi(2)).powi(2)).sum()
}
row!(rosenbrock_by_windows: rosenbrock(ref p, val a, val b) at (vec![1.2, 0.8, 1.1], 1.0, 100.0));

#[differentiable]
pub fn ackley<T>(param: &[T]) -> T
where
    T: Float + FromPrimitive + Sum,
{
    let num1 = T::from_f64(20.0).unwrap();
    let num2 = T::from_f64(0.2).unwrap();
    let num3 = T::from_f64(2.0 * PI).unwrap();
    let n = T::from_usize(param.len()).unwrap();
    -num1 * (-num2 * ((param.iter().map(|x| x.powi(2)).sum::<T>()) / n).sqrt()).exp()
        - ((param.iter().map(|x| (num3 * *x).cos()).sum::<T>()) / n).exp()
        + num1
        + T::from_f64(1.0).unwrap().exp()
}
row!(ackley_by_chains: ackley(ref p) at (vec![0.5, -1.0, 0.3]), (vec![2.0_f64, 0.7]));

#[differentiable]
pub fn rastrigin<T>(param: &[T]) -> T
where
    T: Float + FromPrimitive + Sum,
{
    let a = T::from_f64(10.0).unwrap();
    let tau = T::from_f64(2.0 * PI).unwrap();
    a * T::from_usize(param.len()).unwrap() + param.iter().map(|&x| x.powi(2) - a * (tau * x).cos()).sum()
}
row!(rastrigin_row: rastrigin(ref p) at (vec![0.5, -1.3, 0.3_f64]));

#[differentiable]
pub fn beale<T: Float + FromPrimitive>(param: &[T; 2]) -> T {
    let [x1, x2] = *param;
    (T::from_f64(1.5).unwrap() - x1 + x1 * x2).powi(2)
        + (T::from_f64(2.25).unwrap() - x1 + x1 * x2.powi(2)).powi(2)
        + (T::from_f64(2.625).unwrap() - x1 + x1 * x2.powi(3)).powi(2)
}
row!(beale_row: beale(ref p) at ([1.0, 0.7]), ([-0.5, 1.3_f64]));

#[differentiable]
pub fn styblinski_tang<T>(param: &[T]) -> T
where
    T: Float + FromPrimitive + Sum,
{
    T::from_f64(0.5).unwrap()
        * param
            .iter()
            .map(|x| x.powi(4) - T::from_f64(16.0).unwrap() * x.powi(2) + T::from_f64(5.0).unwrap() * *x)
            .sum()
}
row!(styblinski_tang_row: styblinski_tang(ref p) at (vec![0.5, -2.9, 0.3_f64]));

#[differentiable]
pub fn eggholder<T: Float + FromPrimitive>(param: &[T; 2]) -> T {
    let x1 = param[0];
    let x2 = param[1];
    let n47 = T::from_f64(47.0).unwrap();
    -(x2 + n47) * (x2 + x1 / T::from_f64(2.0).unwrap() + n47).abs().sqrt().sin()
        - x1 * (x1 - (x2 + n47)).abs().sqrt().sin()
}
row!(eggholder_row: eggholder(ref p) at ([100.0, 20.0_f64]));

#[differentiable]
pub fn levy<T>(param: &[T]) -> T
where
    T: Float + FromPrimitive + Sum,
{
    let plen = param.len();
    assert!(plen >= 2);
    let pi = T::from_f64(PI).unwrap();
    let w = |x: T| T::one() + (x - T::one()) / T::from_f64(4.0).unwrap();
    (pi * w(param[0])).sin().powi(2)
        + param[..plen - 1]
            .iter()
            .map(|&x| {
                let wi = w(x);
                (wi - T::one()).powi(2)
                    * (T::one() + T::from_f64(10.0).unwrap() * (pi * wi + T::one()).sin().powi(2))
            })
            .sum()
        + (w(param[plen - 1]) - T::one()).powi(2)
            * (T::one() + (T::from_f64(2.0).unwrap() * pi * w(param[plen - 1])).sin().powi(2))
}
row!(levy_row: levy(ref p) at (vec![0.5, -1.3, 0.3_f64]));

// Colours.

#[differentiable]
fn srgb_to_linear(u: f64) -> f64 {
    if u <= 0.04045 { u / 12.92 } else { ((u + 0.055) / 1.055).powf(2.4) }
}
row!(srgb_transfer: srgb_to_linear(val u) at (0.02), (0.5));

#[differentiable]
fn rgb_to_lab(rgb: [f64; 3]) -> [f64; 3] {
    const M: [[f64; 3]; 3] = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ];
    const WHITE: [f64; 3] = [0.95047, 1.0, 1.08883];
    let linear = rgb.map(srgb_to_linear);
    let mut f = [0.0; 3];
    for (i, row) in M.iter().enumerate() {
        let t = row.iter().zip(&linear).map(|(m, c)| m * c).sum::<f64>() / WHITE[i];
        let delta: f64 = 6.0 / 29.0;
        f[i] = if t > delta.powi(3) { t.cbrt() } else { t / (3.0 * delta * delta) + 4.0 / 29.0 };
    }
    [116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])]
}
row!(colour_to_lab: rgb_to_lab(val rgb) -> many at ([0.8, 0.2, 0.5]), ([0.03, 0.02, 0.01]));

#[differentiable]
fn rgb_to_hsv(r: f64, g: f64, b: f64) -> (f64, f64, f64) {
    let max = r.max(g).max(b);
    let min = r.min(g).min(b);
    let delta = max - min;
    let h = if delta == 0.0 {
        0.0
    } else if max == r {
        60.0 * (((g - b) / delta) % 6.0)
    } else if max == g {
        60.0 * ((b - r) / delta + 2.0)
    } else {
        60.0 * ((r - g) / delta + 4.0)
    };
    let s = if max == 0.0 { 0.0 } else { delta / max };
    (if h < 0.0 { h + 360.0 } else { h }, s, max)
}
row!(colour_to_hsv: rgb_to_hsv(val r, val g, val b) -> many at (0.8, 0.2, 0.5), (0.1, 0.9, 0.4), (0.3, 0.4, 0.7));

#[differentiable]
fn hsl_to_rgb(h: f64, s: f64, l: f64) -> [f64; 3] {
    let c = (1.0 - (2.0 * l - 1.0).abs()) * s;
    let hp = h / 60.0;
    let x = c * (1.0 - (hp % 2.0 - 1.0).abs());
    let (r, g, b) = match hp as u32 {
        0 => (c, x, 0.0),
        1 => (x, c, 0.0),
        2 => (0.0, c, x),
        3 => (0.0, x, c),
        4 => (x, 0.0, c),
        _ => (c, 0.0, x),
    };
    let m = l - 0.5 * c;
    [r + m, g + m, b + m]
}
row!(colour_from_hsl: hsl_to_rgb(val h, val s, val l) -> many at (20.0, 0.6, 0.4), (200.0, 0.5, 0.7), (330.0, 0.5, 0.3));

// Easing.

#[differentiable]
fn bounce_out(t: f64) -> f64 {
    let n1 = 7.5625;
    let d1 = 2.75;
    if t < 1.0 / d1 {
        n1 * t * t
    } else if t < 2.0 / d1 {
        let t = t - 1.5 / d1;
        n1 * t * t + 0.75
    } else if t < 2.5 / d1 {
        let t = t - 2.25 / d1;
        n1 * t * t + 0.9375
    } else {
        let t = t - 2.625 / d1;
        n1 * t * t + 0.984375
    }
}
row!(bounce: bounce_out(val t) at (0.2), (0.5), (0.85), (0.95));

#[differentiable]
pub fn elastic_in_out(mut t: f32) -> f32 {
    let tau = 2.0 * std::f32::consts::PI;
    t = t * 2.0;
    if t < 1.0 {
        t -= 1.0;
        -0.5 * (10.0 * t).exp2() * ((t - 0.1) * tau / 0.45).sin()
    } else {
        t -= 1.0;
        0.5 * (-10.0 * t).exp2() * ((t - 0.1) * tau / 0.45).sin() + 1.0
    }
}
row!(elastic: elastic_in_out(val t) at (0.3_f32), (0.6_f32); step = 2e-5);

#[differentiable]
fn cubic_bezier_ease(x: f64, x1: f64, y1: f64, x2: f64, y2: f64) -> f64 {
    let curve = |t: f64, a: f64, b: f64| {
        let u = 1.0 - t;
        3.0 * u * u * t * a + 3.0 * u * t * t * b + t * t * t
    };
    let slope = |t: f64, a: f64, b: f64| {
        3.0 * (1.0 - t) * (1.0 - t) * a + 6.0 * (1.0 - t) * t * (b - a) + 3.0 * t * t * (1.0 - b)
    };
    let mut t = x;
    for _ in 0..16 {
        let error = curve(t, x1, x2) - x;
        if error.abs() < 1e-15 {
            break;
        }
        t -= error / slope(t, x1, x2);
    }
    curve(t, y1, y2)
}
row!(cubic_bezier: cubic_bezier_ease(val x, val x1, val y1, val x2, val y2) at (0.3, 0.25, 0.1, 0.3, 0.9); tolerance = 1e-6);

#[differentiable]
fn de_casteljau(points: &[[f64; 2]], t: f64) -> [f64; 2] {
    let mut p = points.to_vec();
    let n = p.len();
    for k in 1..n {
        for i in 0..n - k {
            for d in 0..2 {
                p[i][d] = (1.0 - t) * p[i][d] + t * p[i + 1][d];
            }
        }
    }
    p[0]
}
row!(de_casteljau_row: de_casteljau(ref points, val t) -> many at (vec![[0.0, 1.0], [1.0, 3.0], [2.0, -1.0], [4.0, 0.5]], 0.35));

#[differentiable]
fn smoothstep(edge0: f64, edge1: f64, x: f64) -> f64 {
    let t = ((x - edge0) / (edge1 - edge0)).clamp(0.0, 1.0);
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}
row!(smoothstep_row: smoothstep(val a, val b, val x) at (0.1, 1.2, 0.5), (0.1, 1.2, 1.5));

// Options.

#[differentiable]
fn norm_cdf(x: f64) -> f64 {
    let k = 1.0 / (1.0 + 0.2316419 * x.abs());
    let poly =
        k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
    let tail = (-0.5 * x * x).exp() / (2.0 * PI).sqrt() * poly;
    if x >= 0.0 { 1.0 - tail } else { tail }
}

#[differentiable]
fn black_scholes(is_call: bool, spot: f64, strike: f64, rate: f64, vol: f64, time: f64) -> f64 {
    let sqrt_t = time.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * vol.powi(2)) * time) / (vol * sqrt_t);
    let d2 = d1 - vol * sqrt_t;
    let df = (-rate * time).exp();
    if is_call {
        spot * norm_cdf(d1) - strike * df * norm_cdf(d2)
    } else {
        strike * df * norm_cdf(-d2) - spot * norm_cdf(-d1)
    }
}
row!(black_scholes_row: black_scholes(no c, val s, val k, val r, val v, val t) at
    (true, 105.0, 100.0, 0.02, 0.25, 0.75), (false, 95.0, 100.0, 0.02, 0.25, 0.75));

#[differentiable]
fn binomial_american_put(spot: f64, strike: f64, rate: f64, vol: f64, time: f64, steps: usize) -> f64 {
    let dt = time / steps as f64;
    let u = (vol * dt.sqrt()).exp();
    let d = 1.0 / u;
    let p = ((rate * dt).exp() - d) / (u - d);
    let discount = (-rate * dt).exp();
    let mut values: Vec<f64> = (0..=steps)
        .map(|i| (strike - spot * u.powi(i as i32) * d.powi((steps - i) as i32)).max(0.0))
        .collect();
    for step in (0..steps).rev() {
        for i in 0..=step {
            let hold = discount * (p * values[i + 1] + (1.0 - p) * values[i]);
            let price = spot * u.powi(i as i32) * d.powi((step - i) as i32);
            values[i] = hold.max(strike - price);
        }
    }
    values[0]
}
row!(american_put_on_a_tree: binomial_american_put(val s, val k, val r, val v, val t, no n) at (98.3, 100.0, 0.03, 0.3, 0.7, 7));

#[differentiable]
fn asian_path(normals: &[f64], spot: f64, rate: f64, vol: f64, dt: f64, strike: f64) -> f64 {
    let drift = (rate - 0.5 * vol * vol) * dt;
    let mut s = spot;
    let mut mean = 0.0;
    for z in normals {
        s *= (drift + vol * dt.sqrt() * z).exp();
        mean += s / normals.len() as f64;
    }
    (mean - strike).max(0.0) * (-rate * dt * normals.len() as f64).exp()
}
row!(asian_option_path: asian_path(ref z, val s, val r, val v, val dt, val k) at (vec![0.3, -0.2, 1.1], 100.0, 0.02, 0.3, 0.25, 98.0));

#[differentiable]
fn net_present_value(flows: &[f64], rate: f64) -> f64 {
    flows.iter().enumerate().map(|(i, f)| f / (1.0 + rate).powi(i as i32)).sum()
}

#[differentiable]
fn internal_rate_of_return(flows: &[f64]) -> f64 {
    let mut r = 0.1;
    for _ in 0..50 {
        let f = net_present_value(flows, r);
        let slope: f64 =
            flows.iter().enumerate().map(|(i, c)| -(i as f64) * c / (1.0 + r).powi(i as i32 + 1)).sum();
        let next = r - f / slope;
        if (next - r).abs() < 1e-14 {
            return next;
        }
        r = next;
    }
    r
}
row!(internal_rate: internal_rate_of_return(ref flows) at (vec![-100.0, 30.0, 50.0, 60.0]); tolerance = 1e-6);

// Orbits.

#[differentiable]
fn eccentric_anomaly(mean: f64, e: f64) -> f64 {
    let mut anomaly = if e < 0.8 { mean } else { PI };
    loop {
        let step = (anomaly - e * anomaly.sin() - mean) / (1.0 - e * anomaly.cos());
        anomaly -= step;
        if step.abs() < 1e-14 {
            return anomaly;
        }
    }
}
row!(keplers_equation: eccentric_anomaly(val mean, val e) at (1.0, 0.3), (2.5, 0.9) => {
    let a = eccentric_anomaly(mean, e);
    let d = 1.0 - e * a.cos();
    (1.0 / d, a.sin() / d)
}; closed_tolerance = 1e-9);

#[differentiable]
fn orbit_position(a: f64, e: f64, inclination: f64, node: f64, periapsis: f64, mean: f64) -> [f64; 3] {
    let ea = eccentric_anomaly(mean, e);
    let nu = 2.0 * ((1.0 + e).sqrt() * (ea / 2.0).sin()).atan2((1.0 - e).sqrt() * (ea / 2.0).cos());
    let r = a * (1.0 - e * ea.cos());
    let (su, cu) = (periapsis + nu).sin_cos();
    let (sn, cn) = node.sin_cos();
    let (si, ci) = inclination.sin_cos();
    [r * (cn * cu - sn * su * ci), r * (sn * cu + cn * su * ci), r * si * su]
}
row!(orbital_elements_to_position: orbit_position(val a, val e, val i, val node, val w, val m) -> many at
    (1.5, 0.2, 0.4, 1.1, 0.7, 2.0); tolerance = 1e-6);

#[differentiable]
fn j2_step(r: &mut [f64; 3], v: &mut [f64; 3], mu: f64, j2: f64, dt: f64) {
    let n2 = r.iter().map(|x| x * x).sum::<f64>();
    let n = n2.sqrt();
    let k = 1.5 * j2 / (n2 * n2 * n);
    let z2 = 5.0 * r[2] * r[2] / n2;
    let acc = [
        -mu * r[0] / (n2 * n) + k * r[0] * (z2 - 1.0),
        -mu * r[1] / (n2 * n) + k * r[1] * (z2 - 1.0),
        -mu * r[2] / (n2 * n) + k * r[2] * (z2 - 3.0),
    ];
    for i in 0..3 {
        v[i] += dt * acc[i];
        r[i] += dt * v[i];
    }
}

#[differentiable]
fn propagate(r0: [f64; 3], v0: [f64; 3], mu: f64, j2: f64, steps: usize) -> [f64; 3] {
    let (mut r, mut v) = (r0, v0);
    for _ in 0..steps {
        j2_step(&mut r, &mut v, mu, j2, 0.01);
    }
    r
}
row!(orbit_propagation: propagate(val r, val v, val mu, val j2, no n) -> many at ([1.0, 0.1, 0.2], [0.0, 0.9, 0.3], 1.0, 0.05, 6));

// Coordinates.

#[differentiable]
fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let (p1, p2) = (lat1.to_radians(), lat2.to_radians());
    let dp = (lat2 - lat1).to_radians();
    let dl = (lon2 - lon1).to_radians();
    let a = (dp / 2.0).sin().powi(2) + p1.cos() * p2.cos() * (dl / 2.0).sin().powi(2);
    2.0 * 6371.0 * a.sqrt().atan2((1.0 - a).sqrt())
}
row!(haversine_row: haversine(val a, val b, val c, val d) at (48.1, 11.6, 52.5, 13.4));

#[differentiable]
fn geodetic_to_ecef(lat: f64, lon: f64, h: f64) -> (f64, f64, f64) {
    let a = 6378137.0;
    let f = 1.0 / 298.257223563;
    let e2 = f * (2.0 - f);
    let n = a / (1.0 - e2 * lat.sin().powi(2)).sqrt();
    ((n + h) * lat.cos() * lon.cos(), (n + h) * lat.cos() * lon.sin(), (n * (1.0 - e2) + h) * lat.sin())
}
row!(geodetic_to_earth_centred: geodetic_to_ecef(val lat, val lon, val h) -> many at (0.8, 0.2, 500.0));

#[differentiable]
fn vincenty(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> Option<f64> {
    let (a, f) = (6378137.0, 1.0 / 298.257223563);
    let b = (1.0 - f) * a;
    let u1 = ((1.0 - f) * lat1.tan()).atan();
    let u2 = ((1.0 - f) * lat2.tan()).atan();
    let l = lon2 - lon1;
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
        let previous = lambda;
        lambda = l + (1.0 - c) * f * sa * (sigma + c * ss * (c2m + c * cs * (-1.0 + 2.0 * c2m * c2m)));
        if (lambda - previous).abs() <= 1e-14 {
            let u2 = c2a * (a * a - b * b) / (b * b);
            let k1 = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)));
            let k2 = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)));
            let ds = k2
                * ss
                * (c2m
                    + k2 / 4.0
                        * (cs * (-1.0 + 2.0 * c2m * c2m)
                            - k2 / 6.0 * c2m * (-3.0 + 4.0 * ss * ss) * (-3.0 + 4.0 * c2m * c2m)));
            return Some(b * k1 * (sigma - ds));
        }
    }
    None
}
row!(vincenty_distance: vincenty(val a, val b, val c, val d) -> option at (0.84, 0.20, 0.92, 0.23); tolerance = 1e-6);

#[differentiable]
fn quaternion_rotate(q: [f64; 4], v: [f64; 3]) -> [f64; 3] {
    let n = q.iter().map(|c| c * c).sum::<f64>().sqrt();
    let [w, x, y, z] = q.map(|c| c / n);
    let t = [2.0 * (y * v[2] - z * v[1]), 2.0 * (z * v[0] - x * v[2]), 2.0 * (x * v[1] - y * v[0])];
    [
        v[0] + w * t[0] + y * t[2] - z * t[1],
        v[1] + w * t[1] + z * t[0] - x * t[2],
        v[2] + w * t[2] + x * t[1] - y * t[0],
    ]
}
row!(quaternion_rotation: quaternion_rotate(val q, val v) -> many at ([0.9, 0.1, -0.3, 0.2], [1.0, 2.0, -0.5]));

#[differentiable]
fn forward_kinematics(angles: &[f64], lengths: &[f64]) -> (f64, f64, f64) {
    let mut heading = 0.0;
    let (mut x, mut y) = (0.0, 0.0);
    for (a, l) in angles.iter().zip(lengths.iter()) {
        heading += a;
        x += l * f64::cos(heading);
        y += l * f64::sin(heading);
    }
    (x, y, heading % (2.0 * PI))
}
row!(planar_arm: forward_kinematics(ref angles, ref lengths) -> many at (vec![0.3, -0.5, 0.9], vec![1.0, 0.8, 0.4]));

#[differentiable]
fn spherical_to_cartesian((r, theta, phi): (f64, f64, f64)) -> [f64; 3] {
    [r * theta.sin() * phi.cos(), r * theta.sin() * phi.sin(), r * theta.cos()]
}
row!(spherical: spherical_to_cartesian(val s) -> many at ((2.0, 0.7, 1.1)));

// Tables.

#[differentiable]
fn table_value(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    match xs.binary_search_by(|v| v.partial_cmp(&x).unwrap()) {
        Ok(i) => ys[i],
        Err(0) => ys[0],
        Err(i) if i == xs.len() => ys[i - 1],
        Err(i) => {
            let t = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
            ys[i - 1] + t * (ys[i] - ys[i - 1])
        }
    }
}
row!(table_by_bisection: table_value(ref xs, ref ys, val x) at
    (vec![0.0, 1.0, 2.5, 4.0], vec![1.0, 3.0, 2.0, 5.0], 1.7), (vec![0.0, 1.0, 2.5, 4.0], vec![1.0, 3.0, 2.0, 5.0], 5.0));

#[differentiable]
fn weight_above(xs: &[f64], x: f64) -> f64 {
    let from = xs.partition_point(|v| *v < x);
    let order = if xs.is_sorted() { 1.0 } else { -1.0 };
    order * xs[from..].iter().map(|v| v * x).sum::<f64>()
}
row!(part_above: weight_above(ref xs, val x) at (vec![0.5, 1.0, 2.5, 4.0], 1.7));

fn rounded_by_hand(x: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (x * scale).round() / scale
}

#[differentiable]
fn straight_through(x: f64) -> f64 {
    // Rounded forwards, the identity backwards.
    let y = x * x;
    y + no_diff(rounded_by_hand(y, 1) - y) + no_diff(rounded_by_hand(x, 0)) * x
}
row!(constant_of_an_unknown_function: straight_through(val x) at (1.234) => vec![2.0 * x + 1.0]; differences = false);
