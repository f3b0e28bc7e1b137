//! Calls of other differentiable functions: by value, by reference, in place, in loops.

use differentiable::{differentiable, no_diff};

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Helpers in a module, called by path.
mod geometry {
    use differentiable::differentiable;

    #[differentiable]
    pub fn norm(v: &[f64]) -> f64 {
        let mut s = 0.0;
        for x in v {
            s += x * x;
        }
        s.sqrt()
    }

    pub mod planar {
        use differentiable::differentiable;

        #[differentiable]
        pub fn rotate(p: [f64; 2], angle: f64) -> [f64; 2] {
            let (s, c) = angle.sin_cos();
            [c * p[0] - s * p[1], s * p[0] + c * p[1]]
        }
    }
}

#[differentiable]
fn composed(x: f64, y: f64) -> f64 {
    square(x) * sigmoid(x * y) + square(square(y))
}
row!(calls_in_an_expression: composed(val x, val y) at (0.7, -1.2), (2.0, 0.3));

#[differentiable]
fn call_by_path(v: &[f64], angle: f64) -> f64 {
    let n = geometry::norm(v);
    let p = geometry::planar::rotate([n, v[0]], angle);
    p[0] * p[1]
}
row!(calls_by_module_path: call_by_path(ref v, val angle) at (vec![1.0, 2.0, -0.5], 0.6));
row!(function_of_a_module: geometry::norm(ref v) at (vec![3.0, 4.0]) => vec![0.6, 0.8]);
row!(function_of_a_nested_module: geometry::planar::rotate(val p, val angle) -> many at ([1.0, 2.0], 0.3));

#[differentiable]
fn step(state: f64, input: f64) -> f64 {
    (state + input).tanh() * state
}

#[differentiable]
fn unroll(start: f64, inputs: &[f64]) -> f64 {
    let mut s = start;
    for &u in inputs {
        s = step(s, u) + 0.5;
    }
    s * s
}
row!(callee_in_a_loop_used_nonlinearly: unroll(val start, ref inputs) at (0.7, vec![0.1, -0.4, 0.9]), (0.7, vec![0.0; 0]));

#[differentiable]
fn sum_of_calls(v: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        let y = sigmoid(k * v[i]);
        s += y * y;
    }
    s
}
row!(callee_in_an_independent_loop: sum_of_calls(ref v, val k) at (vec![0.1, 2.0, -1.0], 1.5));

#[differentiable]
fn bump(x: &mut f64, by: f64) {
    *x = *x * *x + by;
}

#[differentiable]
fn bumped_twice(start: f64, by: f64) -> f64 {
    let mut t = start;
    bump(&mut t, by);
    let between = t;
    bump(&mut t, between * by);
    t * between
}
row!(scalar_in_out: bump(mut x, val by) -> unit at (1.5, 0.5) => (2.0 * x, 1.0));
row!(scalar_in_out_argument: bumped_twice(val start, val by) at (1.5, 0.5), (-0.3, 2.0));

#[differentiable]
fn bump_slots(v: &mut [f64], n: usize) {
    for k in 0..n {
        let i = k % v.len();
        let by = v[(i + 1) % v.len()];
        bump(&mut v[i], by);
    }
}
row!(slot_as_in_out_argument: bump_slots(mut v, no n) -> unit at (vec![0.5, -0.4, 0.3], 5));

#[differentiable]
fn smooth(u: &mut [f64], k: f64) {
    for i in 1..u.len() {
        u[i] = u[i] * k + u[i - 1] * u[i];
    }
}

#[differentiable]
fn smooth_repeatedly(u: &mut [f64], k: f64, times: usize) -> f64 {
    let mut energy = 0.0;
    for _ in 0..times {
        smooth(u, k);
        for i in 0..u.len() {
            energy += u[i] * u[i];
        }
    }
    energy
}
row!(callee_overwrites_the_callers_buffer_in_a_loop: smooth_repeatedly(mut u, val k, no times) at (vec![1.0, 0.5, 0.8], 0.4, 4));

#[differentiable]
fn smooth_local(x: &[f64], k: f64) -> f64 {
    let mut u = vec![0.0; x.len()];
    for i in 0..x.len() {
        u[i] = x[i] * x[i];
    }
    let mut total = 1.0;
    for t in 0..3 {
        smooth(&mut u, k * total);
        total += u[t % u.len()] * 0.1;
        u[0] *= total;
    }
    total
}
row!(callee_overwrites_a_local_buffer: smooth_local(ref x, val k) at (vec![1.0, 0.5, 0.8], 0.4));

#[differentiable]
fn advance(state: &mut [f64; 2], dt: f64) {
    state[1] -= dt * state[0].sin();
    state[0] += dt * state[1];
}

#[differentiable]
fn pendulum(angle: f64, speed: f64, dt: f64, n: usize) -> f64 {
    let mut state = [angle, speed];
    for _ in 0..n {
        advance(&mut state, dt);
    }
    0.5 * state[1] * state[1] - state[0].cos()
}
row!(array_in_out_argument: pendulum(val angle, val speed, val dt, no n) at (0.5, 0.1, 0.05, 20));

#[differentiable]
fn rows_in_place(m: &mut [f64], cols: usize, k: f64) {
    let rows = m.len() / cols;
    for r in 0..rows {
        smooth(&mut m[r * cols..(r + 1) * cols], k);
    }
}
row!(subslice_as_in_out_argument: rows_in_place(mut m, no cols, val k) -> unit at (vec![1.0, 2.0, 0.5, -1.0, 0.3, 0.7], 3, 0.4));

#[differentiable]
fn row_norms(m: &[f64], cols: usize) -> f64 {
    let mut s = 0.0;
    for r in 0..m.len() / cols {
        let row = &m[r * cols..(r + 1) * cols];
        s += geometry::norm(row) * row[0];
    }
    s
}
row!(borrowed_view_as_argument: row_norms(ref m, no cols) at (vec![1.0, 2.0, 3.0, 4.0], 2));

#[differentiable]
fn fill_powers(x: f64, out: &mut [f64]) {
    let mut p = 1.0;
    for i in 0..out.len() {
        out[i] = p;
        p *= x;
    }
}

#[differentiable]
fn polynomial(c: &[f64], x: f64) -> f64 {
    let mut powers = vec![0.0; c.len()];
    fill_powers(x, &mut powers);
    let mut s = 0.0;
    for i in 0..c.len() {
        s += c[i] * powers[i];
    }
    s
}
row!(out_only_parameter: fill_powers(val x, mut out) -> unit at (0.7, vec![5.0, 6.0, 7.0]));
row!(out_only_argument: polynomial(ref c, val x) at (vec![1.0, -2.0, 0.5, 3.0], 0.7));

#[differentiable]
fn with_scratch(x: &[f64], #[no_diff] scratch: &mut [usize], #[no_diff] offset: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        scratch[i] = (x[i] * 10.0 + offset) as usize;
        s += x[i] * scratch[i] as f64;
    }
    s
}
row!(scratch_that_is_not_differentiated: with_scratch(ref x, scratch s, no offset) at (vec![0.55, 1.23], vec![0usize; 2], 3.0));

#[differentiable]
fn caller_of_inactive(x: &[f64], n: usize) -> f64 {
    let mut counts = vec![0; x.len()];
    let a = with_scratch(x, &mut counts, 2.0);
    a * counts[0] as f64 + square(n as f64) * x[0]
}
row!(inactive_arguments: caller_of_inactive(ref x, no n) at (vec![0.55, 1.23], 3));

#[differentiable(wrt(b))]
fn only_b(a: f64, b: f64, c: &[f64]) -> f64 {
    a * b * b + c[0] * b
}
row!(wrt: only_b(no a, val b, noref c) at (2.0, 3.0, vec![0.5]) => 2.0 * a * b + c[0]);

#[differentiable]
fn detached(x: f64, y: f64) -> f64 {
    let weight = no_diff(x.exp());
    weight * x * y + no_diff(y) * x
}
row!(no_diff_calls: detached(val x, val y) at (0.5, 2.0) => (x.exp() * y + y, x.exp() * x); differences = false);

#[differentiable]
fn passes_inactive(x: f64, y: f64) -> f64 {
    only_b(no_diff(x), y * x, &[1.0])
}
row!(no_diff_argument_for_an_inactive_parameter: passes_inactive(val x, val y) at (2.0, 3.0)
    => ((2.0 * x * y * x + 1.0) * y, (2.0 * x * y * x + 1.0) * x); differences = false);

#[differentiable(allow_unused)]
fn second_unused(x: f64, y: f64) -> f64 {
    x * x
}
row!(allow_unused: second_unused(val x, val y) at (3.0, 1.0) => (6.0, 0.0));

#[differentiable]
fn underscore_unused(x: f64, _y: &[f64]) -> f64 {
    x.sin()
}
row!(unused_by_name: underscore_unused(val x, ref y) at (3.0, vec![1.0, 2.0]) => (x.cos(), vec![0.0, 0.0]));

#[differentiable]
fn pair(x: f64, y: f64) -> (f64, f64) {
    (x * y, x / y)
}

#[differentiable]
fn uses_pair(x: f64, y: f64) -> f64 {
    let (a, b) = pair(x, y);
    let c = pair(a, b).0;
    let (_, d) = pair(b, c);
    a * b + c * d
}
row!(tuple_results: uses_pair(val x, val y) at (1.5, 2.5));

#[differentiable]
fn affine(w: &[[f64; 2]; 2], b: [f64; 2], x: &[f64; 2]) -> [f64; 2] {
    let mut y = b;
    for i in 0..2 {
        for j in 0..2 {
            y[i] += w[i][j] * x[j];
        }
    }
    y
}

#[differentiable]
fn network(w1: &[[f64; 2]; 2], w2: &[[f64; 2]; 2], x: &[f64; 2]) -> f64 {
    let mut h = affine(w1, [0.1, 0.2], x);
    for v in &mut h {
        *v = sigmoid(*v);
    }
    let y = affine(w2, h, &h);
    y[0] * y[1]
}
row!(array_results: network(ref w1, ref w2, ref x) at ([[1.0, 2.0], [-0.5, 0.3]], [[0.2, 0.1], [1.0, -1.0]], [0.5, -0.7]));

#[differentiable]
fn normalised(v: &[f64]) -> Vec<f64> {
    let n = geometry::norm(v);
    let mut out = vec![0.0; v.len()];
    for i in 0..v.len() {
        out[i] = v[i] / n;
    }
    out
}

#[differentiable]
fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let u = normalised(a);
    let v = normalised(b);
    let mut s = 0.0;
    for i in 0..u.len() {
        s += u[i] * v[i];
    }
    s
}
row!(vec_results: cosine(ref a, ref b) at (vec![1.0, 2.0, 3.0], vec![-1.0, 0.5, 2.0]));

#[differentiable]
fn call_in_branch(x: f64, y: f64) -> f64 {
    let mut r = if x > y { square(x) } else { sigmoid(y) * x };
    if r > 1.0 {
        bump(&mut r, y);
    } else {
        r += y;
    }
    r
}
row!(calls_in_branches: call_in_branch(val x, val y) at (2.0, 1.0), (0.5, 1.0));

#[differentiable]
fn call_in_while(x: f64) -> f64 {
    let mut y = x;
    let mut n = 0;
    while square(y) < 50.0 && n < 20 {
        y = step(y, 0.5) + 1.0;
        bump(&mut y, 0.25);
        n += 1;
    }
    y
}
row!(calls_in_a_while: call_in_while(val x) at (0.8), (9.0));

#[differentiable]
fn many_parameters(a: f64, b: f64, c: f64, d: [f64; 2], e: &[f64], f: f64) -> f64 {
    a * b + c * d[0] * d[1] - e[0] / f
}
row!(many_active_parameters: many_parameters(val a, val b, val c, val d, ref e, val f) at (1.0, 2.0, 3.0, [4.0, 5.0], vec![6.0], 7.0));

#[differentiable]
fn names_that_clash(dx: f64, x_bar: f64, grad: f64, s: f64) -> f64 {
    let y_bar = dx * x_bar;
    let tangent = grad * s;
    let cotangent = y_bar + tangent;
    let x_dot = cotangent * dx;
    let seed = x_dot * s;
    seed + y_bar
}
row!(locals_named_like_derivatives: names_that_clash(val dx, val x_bar, val grad, val s) at (1.0, 2.0, 3.0, 4.0));

#[differentiable]
fn by_shared_reference(x: &f64, p: &(f64, f64)) -> f64 {
    *x * p.0 + x.sin() * p.1
}

#[differentiable]
fn passes_references(x: f64, p: (f64, f64)) -> f64 {
    let t = x * p.0;
    by_shared_reference(&t, &p) + by_shared_reference(&x, &(t, 2.0))
}
row!(scalar_by_shared_reference: by_shared_reference(ref x, ref p) at (0.5, (1.5, 2.5)));
row!(references_to_locals_as_arguments: passes_references(val x, val p) at (0.5, (1.5, 2.5)));

#[differentiable]
fn disjoint_halves(x: &[f64], y: &mut [f64], z: &mut [f64], k: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        y[i] += k * x[i];
        z[i] *= y[i];
        total += z[i];
    }
    total
}
row!(result_and_two_buffers: disjoint_halves(ref x, mut y, mut z, val k) at (vec![1.0, 2.0], vec![0.5, 0.25], vec![3.0, -1.0], 0.3));

#[differentiable]
fn call_in_branch_in_loop(v: &[f64], k: f64) -> f64 {
    let mut s = k;
    for i in 0..v.len() {
        if v[i] > 0.0 {
            s = step(s, v[i]) + sigmoid(s);
        } else if i % 2 == 0 {
            bump(&mut s, v[i]);
        }
    }
    s
}
row!(calls_in_branches_in_a_loop: call_in_branch_in_loop(ref v, val k) at (vec![0.5, -0.3, -1.2, 0.4, 0.9], 0.7));

#[differentiable]
fn call_in_loop_in_branch(v: &[f64], k: f64, rounds: usize) -> f64 {
    let mut u = v.to_vec();
    let mut s = k;
    for round in 0..rounds {
        if round > 0 {
            for i in 0..u.len() {
                let by = s;
                bump(&mut u[i], by * 0.1);
                s += step(u[i], k);
            }
            smooth(&mut u, s * 0.1);
        }
        s += u[0] * u[round % u.len()];
    }
    s
}
row!(calls_in_a_loop_in_a_branch_in_a_loop: call_in_loop_in_branch(ref v, val k, no rounds) at (vec![0.5, -0.3, 0.2], 0.7, 3));

// ---- rows of constant tables as arguments ----

const ROWS: &[&[f64]] = &[&[1.0, -2.0], &[0.5, 3.0, -1.0], &[2.0]];
static FACTORS: [[f64; 3]; 2] = [[1.0, 2.0, 0.5], [-1.0, 0.25, 3.0]];
const CENTRES: [f64; 3] = [0.5, -1.0, 2.0];

#[differentiable]
fn series(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

#[differentiable]
fn weighted(factors: [f64; 3], x: f64, centre: f64) -> f64 {
    factors[0] + factors[1] * x + factors[2] * (x - centre) * x
}

#[differentiable]
fn by_rows(x: f64, last: usize) -> f64 {
    let mut total = 0.0;
    for k in 0..=last {
        let y = series(ROWS[k], x);
        total += y * weighted(FACTORS[k % 2], x, CENTRES[k]) + series(&FACTORS[1], y);
    }
    total + series(ROWS[last], total)
}
row!(rows_of_constant_tables: by_rows(val x, no last) at (0.7, 2), (-1.3, 1));

mod marked {
    use super::differentiable;

    /// Has the name of the facade's.
    #[differentiable]
    pub fn no_diff(x: f64) -> f64 {
        x * x
    }
}

#[differentiable]
fn own_no_diff(x: f64, y: f64) -> f64 {
    marked::no_diff(x) * y * x
}
row!(another_function_named_no_diff: own_no_diff(val x, val y) at (1.5, 0.7));
