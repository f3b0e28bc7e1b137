//! Derivatives of all kinds called inside functions that are differentiated again.

use super::*;

/// A net of one hidden layer, as physics-informed training uses it.
#[differentiable(order = 4)]
fn net_at(p: &[f64], w: &[f64]) -> f64 {
    let mut s = 0.0;
    for j in 0..w.len() / 3 {
        s += w[3 * j] * (w[3 * j + 1] * p[0] + w[3 * j + 2] * p[1]).tanh();
    }
    s
}

#[differentiable(order = 2)]
fn poisson_residual(w: &[f64], points: &[[f64; 2]]) -> f64 {
    let mut loss = 0.0;
    for p in points {
        let (h, _) = net_at::hessian(p, w);
        let r = h[0].0[0] + h[1].0[1] + p[0] * p[1];
        loss += r * r;
    }
    loss
}
row!(laplacian_of_a_hessian: poisson_residual(ref w, ref points) at
    (vec![0.5, 0.3, -0.8, -0.7, 0.9, 0.4], vec![[0.1, 0.4], [-0.3, 0.7]]));
curved!(laplacian_of_a_hessian_twice: poisson_residual(ref w, ref points) at
    (vec![0.5, 0.3, -0.8, -0.7, 0.9, 0.4], vec![[0.1, 0.4]]));

#[differentiable(order = 3)]
fn flow(z: &[f64; 2], a: f64, b: f64) -> [f64; 2] {
    [z[0] + a * (b * z[1]).tanh(), z[1] * (a * z[0]).exp()]
}

/// What a normalising flow adds to the log-likelihood.
#[differentiable(order = 2)]
fn flow_log_det(z: &[f64; 2], a: f64, b: f64) -> f64 {
    let j = flow::jacobian(z, a, b);
    let (first, second) = (j[0].0, j[1].0);
    (first[0] * second[1] - first[1] * second[0]).abs().ln()
}
row!(log_determinant_of_a_jacobian: flow_log_det(ref z, val a, val b) at ([0.3, -0.5], 0.8, 1.1));
curved!(log_determinant_of_a_jacobian_twice: flow_log_det(ref z, val a, val b) at ([0.3, -0.5], 0.8, 1.1));

#[differentiable(order = 2)]
fn misfits(x: &[f64], t: &[f64], y: &[f64]) -> Vec<f64> {
    let mut r = Vec::new();
    for i in 0..t.len() {
        r.push(x[0] * (x[1] * t[i]).exp() - y[i]);
    }
    r
}

#[differentiable]
fn gauss_newton_step(x: &[f64], t: &[f64], y: &[f64]) -> f64 {
    let r = misfits(x, t, y);
    let j = misfits::jacobian(x, t, y);
    let (mut a, mut g) = ([[0.0; 2]; 2], [0.0; 2]);
    for k in 0..r.len() {
        let row = &j[k].0;
        for i in 0..2 {
            g[i] += row[i] * r[k];
            for l in 0..2 {
                a[i][l] += row[i] * row[l];
            }
        }
    }
    let det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
    let dx = (a[1][1] * g[0] - a[0][1] * g[1]) / det;
    let dy = (a[0][0] * g[1] - a[1][0] * g[0]) / det;
    (x[0] - dx) * (x[1] - dy)
}
row!(jacobian_in_a_gauss_newton_step: gauss_newton_step(ref x, ref t, ref y) at
    (vec![1.2, 0.4], vec![0.1, 0.5, 0.9], vec![1.0, 1.5, 2.2]); tolerance = 1e-5);

#[differentiable(order = 2)]
fn pair_of_lists(x: f64, v: &[f64]) -> (f64, Vec<[f64; 2]>) {
    (x * v[0], v.iter().map(|a| [a * x, a * a]).collect())
}

#[differentiable]
fn jacobian_of_a_tuple(x: f64, v: &[f64]) -> f64 {
    let (of_first, of_list) = pair_of_lists::jacobian(x, v);
    let mut s = of_first.0 * of_first.1[0];
    for rows in of_list.iter() {
        s += rows[0].0 * rows[0].1[0] + rows[1].1[1] * x;
    }
    s
}
row!(jacobian_of_several_outputs: jacobian_of_a_tuple(val x, ref v) at (0.7, vec![0.4, -1.2]));

#[differentiable(order = 5)]
fn rail(x: f64, #[no_diff] k: i32) -> f64 {
    x.sin() * x.exp() + x.powi(k)
}

#[differentiable(order = 2)]
fn curvature_penalty(xs: &[f64]) -> f64 {
    let mut s = 0.0;
    for &x in xs {
        let (bend, twist) = (rail::d2(x, 4), rail::d3(x, 4));
        s += bend * bend / (1.0 + twist * twist) + bend;
    }
    s
}
row!(second_and_third_derivative: curvature_penalty(ref xs) at (vec![0.3, -0.7, 1.2]));
curved!(second_and_third_derivative_twice: curvature_penalty(ref xs) at (vec![0.3, -0.7, 1.2]));

#[derive(Clone, Debug, Differentiable)]
struct Field {
    k: f64,
    waves: Vec<f64>,
}

#[differentiable(order = 4)]
impl Field {
    fn energy(&self, x: f64, y: f64) -> f64 {
        let mut e = self.k * x * x * y;
        for w in self.waves.iter() {
            e += (w * x * y).sin();
        }
        e
    }

    fn consumed(self, x: f64) -> f64 {
        self.k * x.powi(4) + self.waves[0] * x.sin()
    }

    fn forces(&self, x: &[f64]) -> Vec<f64> {
        x.iter().map(|v| self.k * v * v + self.waves[0]).collect()
    }

    fn of(k: f64, x: f64) -> f64 {
        (k * x).sin() * k
    }
}

#[differentiable]
fn companions_of_methods(k: f64, w: f64, x: f64, y: f64) -> f64 {
    let field = Field { k, waves: vec![w, w * k] };
    let (g, gx, gy) = field.energy_grad(x, y);
    let (e, (_, ax, ay)) = field.energy_value_and_grad(x, y);
    let consumed = field.clone().consumed_grad(x).1;
    let of = Field::of_grad(k, x);
    let ((a, b), (c, d)) = Field::of_hessian(k, x);
    let (h, i) = Field::of_hvp(k, x, (y, 1.0));
    let (_, (_, forces)) = field.forces_vjp(&[x, y], &[k, w]);
    gx * gy
        + g.k * g.waves[1]
        + e * ax * ay
        + consumed * consumed
        + of.0 * of.1
        + a * b
        + c * d
        + h * i
        + forces[0] * forces[1]
}
row!(derivatives_of_methods: companions_of_methods(val k, val w, val x, val y) at (0.8, 1.3, 0.4, -0.6));

// A forward sweep first, seeds later.

#[differentiable(order = 3)]
fn squared_sum(x: f64, v: &[f64]) -> f64 {
    let mut s = x;
    for a in v {
        s += (a * x).sin() * a;
    }
    s * s
}

#[differentiable(order = 2)]
fn seeds_later(x: f64, v: &[f64]) -> f64 {
    let mut z = x * x;
    let (y, back) = squared_sum::pullback(z, v);
    z += 1.0;
    let (a, b) = back.pull_retain(1.0);
    let (c, d) = back.pull(y);
    let mut s = a * c * z;
    for i in 0..b.len() {
        s += b[i] * d[i];
    }
    s
}
row!(pullback_inside: seeds_later(val x, ref v) at (0.7, vec![0.3, -1.1]));
curved!(pullback_inside_twice: seeds_later(val x, ref v) at (0.7, vec![0.3, -1.1]));

#[differentiable]
fn pullback_of_a_method(k: f64, x: f64, v: &[f64]) -> f64 {
    let field = Field { k, waves: v.to_vec() };
    let (e, back) = field.energy_pullback(x, k);
    let (of_field, of_x, _) = back.pull(k);
    let (_, back) = Field::of_pullback(k, x);
    let (a, b) = back.pull(of_x);
    e * of_x + of_field.k * of_field.waves[0] + a * b
}
row!(pullback_of_a_method_inside: pullback_of_a_method(val k, val x, ref v) at (0.7, 0.3, vec![-1.1, 0.4]));

// Functions that are named like derivatives, in modules.

mod arm {
    use super::*;

    #[differentiable(order = 2)]
    pub fn jacobian(q: f64, l: f64) -> f64 {
        q.sin() * l * q
    }

    #[differentiable(order = 2)]
    pub fn hessian<const N: usize>(q: &[f64; N]) -> [f64; N] {
        let mut r = [0.0; N];
        for i in 0..N {
            r[i] = q[i] * q[0];
        }
        r
    }

    #[differentiable(order = 2)]
    pub fn grad(q: f64) -> f64 {
        q * q * q
    }
}

#[differentiable(order = 2)]
fn namesakes(q: f64, l: f64) -> f64 {
    let h = arm::hessian(&[q, l, q * l]);
    arm::jacobian(q, l) * arm::grad(l) + h[1] * h[2] + h[0]
}
row!(functions_named_like_derivatives: namesakes(val q, val l) at (0.7, 0.3));

// The methods of a block have the orders that others ask of them.
#[derive(Clone, Debug, Differentiable)]
struct Curve {
    a: f64,
    b: [f64; 2],
}

#[differentiable]
impl Curve {
    fn height_at(&self, x: f64) -> f64 {
        let mut y = self.a;
        for b in self.b {
            y = y * x + b * y * y;
        }
        y
    }

    fn slope(&self, x: f64) -> f64 {
        self.height_at_grad(x).1 * x
    }

    fn bend(&self, x: f64) -> f64 {
        let (of_curve, of_x) = Self::slope_grad(self, x);
        of_curve.a * of_x + self.height_at_hvp(x, (&of_curve, 1.0)).1
    }
}

#[differentiable]
fn bent(a: f64, b: [f64; 2], x: f64) -> f64 {
    let curve = Curve { a, b };
    curve.slope(x) * curve.bend(a)
}
row!(orders_of_the_methods_of_a_block: bent(val a, val b, val x) at (0.7, [0.4, -0.3], 1.1));
