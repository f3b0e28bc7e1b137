//! Simulations and bookkeeping around structs, tables, blocks and tuples.

use differentiable::{Differentiable, differentiable, no_diff};

#[derive(Clone, Debug, Differentiable)]
struct Body {
    mass: f64,
    pos: [f64; 3],
    vel: [f64; 3],
    #[no_diff]
    name: String,
}
#[derive(Clone, Debug, Differentiable)]
struct System {
    bodies: Vec<Body>,
    g: f64,
    #[no_diff]
    steps: usize,
    time: f64,
}

#[differentiable(order = 2)]
impl System {
    fn energy(&self) -> f64 {
        let mut e = 0.0;
        for (i, b) in self.bodies.iter().enumerate() {
            e += 0.5 * b.mass * b.vel.iter().map(|v| v * v).sum::<f64>();
            for c in &self.bodies[i + 1..] {
                let mut r2 = 1e-4;
                for k in 0..3 {
                    let d = b.pos[k] - c.pos[k];
                    r2 += d * d;
                }
                e -= self.g * b.mass * c.mass / r2.sqrt();
            }
        }
        e
    }
    fn step(&mut self, dt: f64) {
        let n = self.bodies.len();
        let mut acc = vec![[0.0; 3]; n];
        for i in 0..n {
            for j in 0..n {
                if i == j {
                    continue;
                }
                let (a, b) = (&self.bodies[i], &self.bodies[j]);
                let d: [f64; 3] = std::array::from_fn(|k| b.pos[k] - a.pos[k]);
                let r2 = d.iter().map(|x| x * x).sum::<f64>() + 1e-4;
                let f = self.g * b.mass / (r2 * r2.sqrt());
                for k in 0..3 {
                    acc[i][k] += f * d[k];
                }
            }
        }
        for (b, a) in self.bodies.iter_mut().zip(&acc) {
            for k in 0..3 {
                b.vel[k] += dt * a[k];
                b.pos[k] += dt * b.vel[k];
            }
        }
        self.time += dt;
        self.steps += 1;
    }
    fn run(&mut self, dt: f64, #[no_diff] until: f64) -> f64 {
        while self.time < until {
            self.step(dt);
            if self.steps > 100 {
                return f64::NAN;
            }
        }
        self.energy()
    }
}
#[differentiable(order = 2)]
fn simulate(m: [f64; 3], x: &[f64], g: f64, dt: f64) -> f64 {
    let mut s = System { bodies: Vec::new(), g, steps: 0, time: 0.0 };
    for i in 0..3 {
        s.bodies.push(Body {
            mass: m[i],
            pos: [x[i], x[i + 1], 0.5 * x[i + 2]],
            vel: [0.1 * x[i], 0.0, -0.2],
            name: format!("body {i}"),
        });
    }
    s.run(dt, 0.35) + s.time
}
row!(simulate_row: simulate(val m, ref x, val g, val dt) at ([1.0, 0.5, 2.0], vec![0.3, -0.8, 1.2, 0.4, 0.9], 0.7, 0.1));
curved!(simulate_at_order_two: simulate(val m, ref x, val g, val dt) at ([1.0, 0.5, 2.0], vec![0.3, -0.8, 1.2, 0.4, 0.9], 0.7, 0.1));

#[derive(Clone, Debug, Differentiable)]
struct Lotka {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

#[differentiable(order = 2)]
fn lotka_rhs(p: &Lotka, y: &[f64], dy: &mut [f64]) {
    dy[0] = p.a * y[0] - p.b * y[0] * y[1];
    dy[1] = -p.c * y[1] + p.d * y[0] * y[1];
}
#[differentiable(order = 2)]
fn rk4(p: &Lotka, y0: &[f64], h: f64, n: usize) -> Vec<f64> {
    let dim = y0.len();
    let mut y = y0.to_vec();
    let (mut k1, mut k2, mut k3, mut k4) = (vec![0.0; dim], vec![0.0; dim], vec![0.0; dim], vec![0.0; dim]);
    let mut tmp = vec![0.0; dim];
    for _ in 0..n {
        lotka_rhs(p, &y, &mut k1);
        for i in 0..dim {
            tmp[i] = y[i] + 0.5 * h * k1[i];
        }
        lotka_rhs(p, &tmp, &mut k2);
        for i in 0..dim {
            tmp[i] = y[i] + 0.5 * h * k2[i];
        }
        lotka_rhs(p, &tmp, &mut k3);
        for i in 0..dim {
            tmp[i] = y[i] + h * k3[i];
        }
        lotka_rhs(p, &tmp, &mut k4);
        for i in 0..dim {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y
}
#[differentiable(order = 2)]
fn fit(a: f64, b: f64, c: f64, d: f64, y0: &[f64], data: &[Vec<f64>]) -> f64 {
    let p = Lotka { a, b, c, d };
    let mut y = y0.to_vec();
    let mut loss = 0.0;
    for obs in data {
        y = rk4(&p, &y, 0.1, 3);
        loss += y.iter().zip(obs).map(|(u, v)| (u - v) * (u - v)).sum::<f64>();
    }
    loss
}
row!(fit_row: fit(val a, val b, val c, val d, ref y0, ref data) at (1.1, 0.4, 0.4, 0.1, vec![2.0, 1.0], vec![vec![2.2, 0.9], vec![2.5, 0.8]]));
curved!(fit_at_order_two: fit(val a, val b, val c, val d, ref y0, ref data) at (1.1, 0.4, 0.4, 0.1, vec![2.0, 1.0], vec![vec![2.2, 0.9], vec![2.5, 0.8]]));

#[differentiable(order = 2)]
fn ragged(x: &[f64], lens: &[usize]) -> f64 {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut at = 0;
    for &l in lens {
        rows.push(x[at..at + l].to_vec());
        at += l;
    }
    rows.reverse();
    let mut acc = 1.0;
    for row in &rows {
        let m = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        acc *= row.iter().map(|v| (v - m).exp()).sum::<f64>();
    }
    let flat: Vec<f64> = rows.into_iter().flatten().collect();
    acc + flat[0] * flat[flat.len() - 1]
}
row!(ragged_row: ragged(ref x, noref lens) at (vec![0.5, 1.5, -0.7, 0.2, 0.9], vec![2, 1, 2]));
curved!(ragged_at_order_two: ragged(ref x, noref lens) at (vec![0.5, 1.5, -0.7, 0.2, 0.9], vec![2, 1, 2]));

#[differentiable(order = 2)]
fn bits(x: f64, n: u32) -> f64 {
    let mut result = 1.0;
    let mut base = x;
    let mut e = n;
    while e > 0 {
        if e & 1 == 1 {
            result *= base;
        }
        e >>= 1;
        if e > 0 {
            base *= base;
        }
    }
    result
}
row!(bits_row: bits(val x, no n) at (1.3, 13), (1.3, 0));
curved!(bits_at_order_two: bits(val x, no n) at (1.3, 13), (1.3, 0));

#[differentiable(order = 2)]
fn in_out_alias(a: &mut [f64], k: f64) {
    let n = a.len();
    scale_into(&mut a[1..], k);
    let (l, r) = a.split_at_mut(n / 2);
    for (u, v) in l.iter_mut().zip(r.iter()) {
        *u *= *v;
    }
    scale_into(l, k * r[0]);
    let copy = a.to_vec();
    for i in 0..n {
        a[i] = copy[n - 1 - i] * copy[i];
    }
}
#[differentiable(order = 2)]
fn scale_into(v: &mut [f64], k: f64) {
    for x in v {
        *x = *x * k + 1.0;
    }
}
row!(in_out_alias_row: in_out_alias(mut a, val k) -> unit at (vec![0.5, 1.5, -0.7, 0.2], 0.8));

#[differentiable(order = 2)]
fn multi(x: &[f64], k: f64) -> (Vec<f64>, f64, [f64; 2]) {
    let v: Vec<f64> = x.iter().map(|a| a.sin() * k).collect();
    let s = v.iter().sum::<f64>();
    let ends = [v[0], v[v.len() - 1] * s];
    (v, s, ends)
}
row!(multi_row: multi(ref x, val k) -> many at (vec![0.5, 1.5], 0.7));

#[differentiable(order = 2)]
fn uses_multi(x: &[f64], k: f64) -> f64 {
    let (v, s, [a, b]) = multi(x, k);
    let (w, ..) = multi(&v, s);
    w.iter().zip(&v).map(|(p, q)| p * q).sum::<f64>() + a * b
}
row!(uses_multi_row: uses_multi(ref x, val k) at (vec![0.5, 1.5], 0.7));
curved!(uses_multi_at_order_two: uses_multi(ref x, val k) at (vec![0.5, 1.5], 0.7));

#[differentiable(order = 2)]
fn early_none(x: &[f64], limit: f64) -> Option<f64> {
    let mut acc = 0.0;
    for (i, v) in x.iter().enumerate() {
        if *v < 0.0 {
            return None;
        }
        acc += v.sqrt() * limit;
        if acc > no_diff(10.0) {
            return Some(acc * i as f64);
        }
    }
    if x.is_empty() { None } else { Some(acc) }
}
row!(early_none_row: early_none(ref x, val limit) -> option at (vec![0.5, 1.5], 0.7), (vec![0.5, 1.5, 400.0, 3.0], 0.7));

#[differentiable(order = 2)]
fn const_tables(x: f64) -> f64 {
    const W: [[f64; 2]; 3] = [[0.5, 0.2], [0.3, 0.8], [0.1, 0.9]];
    static NODES: [f64; 3] = [-0.7745966692414834, 0.0, 0.7745966692414834];
    let mut s = 0.0;
    for (node, [w0, w1]) in NODES.iter().zip(W.iter()) {
        s += w0 * (node * x).cos() + w1 * x;
    }
    for row in &W {
        s *= row[0] + x;
    }
    s
}
row!(const_tables_row: const_tables(val x) at (0.7));
curved!(const_tables_at_order_two: const_tables(val x) at (0.7));

#[differentiable(order = 2)]
fn labeled_block(x: f64, y: f64) -> f64 {
    let r = 'a: {
        if x > 1.0 {
            break 'a x * y;
        }
        if y > 1.0 {
            break 'a x + y;
        }
        x / y
    };
    let z = if let true = r > 2.0 { r * r } else { r };
    z + match (x > 0.5, y > 0.5) {
        (true, true) => x,
        (true, false) => y,
        _ => x * y,
    }
}
row!(labeled_block_row: labeled_block(val x, val y) at (1.5, 2.0), (0.7, 1.5), (0.3, 0.4), (0.8, 0.2));
curved!(labeled_block_at_order_two: labeled_block(val x, val y) at (1.5, 2.0), (0.7, 1.5), (0.3, 0.4), (0.8, 0.2));

#[differentiable(order = 2)]
fn compound(x: &mut [f64; 4], k: f64) {
    x[0] += x[1] * k;
    x[1] -= x[0];
    x[2] *= x[0] + x[2];
    x[3] /= x[2];
    x[0] %= 3.0;
    x[1] *= x[1];
    x[2] = -x[2];
    x.swap(0, 3);
    let [a, b, ..] = x;
    *a += *b * k;
    std::mem::swap(a, b);
}
row!(compound_row: compound(mut x, val k) -> unit at ([0.5, 1.5, -0.7, 0.2], 0.8));

#[differentiable(order = 2)]
fn golden(a0: f64, b0: f64, p: f64) -> f64 {
    let f = |x: f64| (x - p).powi(2) + 0.1 * (3.0 * x).sin();
    let inv = (5f64.sqrt() - 1.0) / 2.0;
    let (mut a, mut b) = (a0, b0);
    let mut c = b - inv * (b - a);
    let mut d = a + inv * (b - a);
    let (mut fc, mut fd) = (f(c), f(d));
    for _ in 0..10 {
        if fc < fd {
            b = d;
            d = c;
            fd = fc;
            c = b - inv * (b - a);
            fc = f(c);
        } else {
            a = c;
            c = d;
            fc = fd;
            d = a + inv * (b - a);
            fd = f(d);
        }
    }
    (a + b) / 2.0 + fc.min(fd)
}
row!(golden_row: golden(val a0, val b0, val p) at (0.0, 2.0, 0.8));
curved!(golden_at_order_two: golden(val a0, val b0, val p) at (0.0, 2.0, 0.8));
