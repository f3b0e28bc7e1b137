//! `for` loops: bounds, directions, nesting, carried state, exits, iteration over slices.

use differentiable::differentiable;

#[differentiable]
fn sum_of_sines(x: f64) -> f64 {
    let mut s = 0.0;
    for k in 1..=5 {
        s += (k as f64 * x).sin() / k as f64;
    }
    s
}
row!(static_bounds: sum_of_sines(val x) at (0.7) => (1..=5).map(|k| (f64::from(k) * x).cos()).sum::<f64>());

#[differentiable]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i];
    }
    s
}
row!(run_time_bounds: dot(ref a, ref b) at (vec![1.0, 2.0, 3.0], vec![0.5, -1.0, 4.0]) => (b.clone(), a.clone()));

row!(zero_trips: with_prior(ref a, val p) at (vec![0.0; 0], 2.0), (vec![3.0], 2.0));
#[differentiable]
fn with_prior(a: &[f64], p: f64) -> f64 {
    let mut s = p * p;
    for i in 0..a.len() {
        s *= a[i] + s;
    }
    s
}

#[differentiable]
fn partial_sum(v: &[f64], start: usize, step: usize, scale: f64) -> f64 {
    let mut s = 0.0;
    let last = v.len() - 1;
    for i in (start..=last).step_by(step) {
        s += scale * v[i].powi(2);
    }
    s
}
row!(start_step_and_bound_from_variables: partial_sum(ref v, no start, no step, val scale) at
    (vec![1.0, 2.0, 3.0, 4.0, 5.0], 1, 2, 0.5), (vec![1.0, 2.0, 3.0], 0, 3, 2.0));

#[differentiable]
fn horner(x: f64, c: &[f64]) -> f64 {
    let mut y = 0.0;
    for i in (0..c.len()).rev() {
        y = y * x + c[i];
    }
    y
}
row!(negative_direction: horner(val x, ref c) at (0.5, vec![1.0, -2.0, 3.0, 0.25]), (-2.0, vec![1.0]));

#[differentiable]
fn reversed_strided(v: &[f64]) -> f64 {
    let mut acc = 1.0;
    for i in (0..v.len()).rev().step_by(2) {
        acc = acc * v[i] + 0.5;
    }
    for i in (0..v.len()).step_by(2).rev() {
        acc += v[i] * acc;
    }
    acc
}
row!(rev_and_step_by: reversed_strided(ref v) at (vec![1.0, 2.0, 3.0, 4.0]), (vec![0.5, -1.5, 0.75, 2.0, 1.0]));

#[differentiable]
fn triangular(a: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        for j in 0..=i {
            s += a[i] * a[j] * (i + j) as f64;
        }
        for j in i + 1..n {
            s -= a[j] / a[i];
        }
    }
    s
}
row!(nested_triangular: triangular(ref a, no n) at (vec![1.0, 2.0, -3.0, 0.5], 4));

#[differentiable]
fn varying_inner(x: f64, counts: &[usize]) -> f64 {
    let mut y = x;
    for &c in counts {
        let mut z = y;
        for _ in 0..c {
            z = z * z * 0.5 + x;
        }
        y += 0.1 * z;
    }
    y
}
row!(inner_count_that_varies: varying_inner(val x, noref counts) at (0.6, vec![2, 0, 3, 1]));

#[differentiable]
fn bound_changed_after(x: f64, n: usize) -> f64 {
    let mut n = n;
    let mut y = x;
    for i in 0..n {
        y = y.sin() + i as f64 * x;
    }
    n = 1;
    for _ in 0..n {
        y *= x;
    }
    n += 4;
    y + n as f64 * x
}
row!(bound_changed_after_the_loop: bound_changed_after(val x, no n) at (0.4, 3), (0.4, 0));

#[differentiable]
fn skip_negative(v: &[f64]) -> f64 {
    let mut p = 1.0;
    for i in 0..v.len() {
        if v[i] < 0.0 {
            continue;
        }
        p *= 1.0 + v[i];
        if v[i] > 5.0 {
            continue;
        }
        p += v[i];
    }
    p
}
row!(continue_in_for: skip_negative(ref v) at (vec![1.0, -2.0, 6.0, 3.0, -1.0]));

#[differentiable]
fn break_in_mid_body(v: &[f64], budget: f64) -> f64 {
    let mut left = budget;
    let mut gain = 0.0;
    for i in 0..v.len() {
        let cost = v[i] * v[i];
        left -= cost;
        if left < 0.0 {
            break;
        }
        gain += cost * left;
    }
    gain + left
}
row!(break_in_mid_body_row: break_in_mid_body(ref v, val budget) at (vec![1.0, 2.0, 3.0], 6.0), (vec![1.0, 2.0, 3.0], 0.5), (vec![1.0, 2.0], 20.0));

#[differentiable]
fn labelled(a: &[f64], n: usize, limit: f64) -> f64 {
    let mut s = limit;
    'rows: for i in 0..n {
        let mut row = 1.0;
        for j in 0..n {
            let x = a[i * n + j];
            if x == 0.0 {
                continue 'rows;
            }
            row *= x;
            if row > limit {
                s += row;
                break 'rows;
            }
            if row < -limit {
                break;
            }
        }
        s += row * row;
    }
    s
}
row!(labelled_break_and_continue: labelled(ref a, no n, val limit) at
    (vec![1.0, 2.0, 0.5, 3.0, -4.0, 2.0, -1.0, 0.5, 2.0], 3, 5.0),
    (vec![1.0, 2.0, 0.5, 3.0, 4.0, 2.0, -1.0, 0.5, 2.0], 3, 5.0));

#[differentiable]
fn ratio_of_running(v: &[f64]) -> f64 {
    let mut r = 1.0;
    let mut s = 0.0;
    for i in 0..v.len() {
        r = v[i] / (1.0 + r);
        s += r / v[i].abs();
    }
    s / r
}
row!(division_in_a_loop: ratio_of_running(ref v) at (vec![1.0, 2.0, -3.0, 0.5]));

#[differentiable]
fn normalise_each(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    for _ in 0..4 {
        let n = (a * a + b * b).sqrt();
        a /= n;
        b /= n;
        a += 0.5 * b;
    }
    a / b
}
row!(division_of_carried_state: normalise_each(val x, val y) at (1.0, 2.0), (-0.3, 0.8));

#[differentiable]
fn three_deep(t: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        for j in 0..n {
            for k in 0..n {
                s += t[i] * t[j] * t[k] * (1 + i + 2 * j + 3 * k) as f64;
            }
        }
    }
    s
}
row!(three_deep_accumulation: three_deep(ref t, no n) at (vec![0.5, -1.0, 2.0], 3));

#[differentiable]
fn logistic_map(r: f64, x0: f64, n: usize) -> f64 {
    let mut x = x0;
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}
row!(long_recurrence: logistic_map(val r, val x0, no n) at (2.9, 0.3, 200), (3.2, 0.4, 20));

#[differentiable]
fn fibonacci_like(a: f64, b: f64, n: usize) -> f64 {
    let (mut p, mut q) = (a, b);
    for _ in 0..n {
        let t = p + q * 0.5;
        p = q;
        q = t * t.recip().exp();
    }
    p * q
}
row!(two_values_carried: fibonacci_like(val a, val b, no n) at (1.0, 2.0, 5), (1.0, 2.0, 0));

#[differentiable]
fn golden(x: f64) -> f64 {
    let mut f = 1.0;
    for k in (1..40).rev() {
        f = 1.0 + k as f64 * x / f;
    }
    f
}
row!(continued_fraction_backwards: golden(val x) at (0.1), (0.4));

#[differentiable]
fn running_max(v: &[f64]) -> f64 {
    let mut m = f64::NEG_INFINITY;
    for i in 0..v.len() {
        m = m.max(v[i]);
    }
    let mut s = 0.0;
    for i in 0..v.len() {
        s += (v[i] - m).exp();
    }
    m + s.ln()
}
row!(log_sum_exp: running_max(ref v) at (vec![1.0, 3.0, 2.0]), (vec![-700.0, 800.0, 799.0]); step = 1e-6);

#[differentiable]
fn mean_and_variance(v: &[f64]) -> (f64, f64) {
    let n = v.len() as f64;
    let mut mean = 0.0;
    for &x in v {
        mean += x;
    }
    mean /= n;
    let mut var = 0.0;
    for x in v.iter() {
        let d = x - mean;
        var += d * d;
    }
    (mean, var / (n - 1.0))
}
row!(two_passes: mean_and_variance(ref v) -> many at (vec![1.0, 2.0, 4.5, -1.0]));

#[differentiable]
fn welford(v: &[f64]) -> (f64, f64) {
    let mut mean = 0.0;
    let mut m2 = 0.0;
    for (i, &x) in v.iter().enumerate() {
        let delta = x - mean;
        mean += delta / (i + 1) as f64;
        m2 += delta * (x - mean);
    }
    (mean, m2 / v.len() as f64)
}
row!(enumerate_over_a_slice: welford(ref v) -> many at (vec![1.0, 2.0, 4.5, -1.0]));

#[differentiable]
fn weighted(v: &[f64], w: &[f64], bias: f64) -> f64 {
    let mut s = bias;
    for (x, y) in v.iter().zip(w.iter()) {
        s += x * y;
    }
    for (i, (x, &y)) in v.iter().zip(w).enumerate() {
        s *= 1.0 + 0.01 * x / y * i as f64;
    }
    s
}
row!(zip_of_slices: weighted(ref v, ref w, val bias) at (vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0], 0.5));

#[differentiable]
fn scale_in_place(v: &mut [f64], k: f64) {
    for x in v.iter_mut() {
        *x *= k;
    }
    for (i, x) in v.iter_mut().enumerate() {
        *x = x.sin() + i as f64 * k;
    }
}
row!(iter_mut: scale_in_place(mut v, val k) -> unit at (vec![1.0, 2.0, 3.0], 0.5));

#[differentiable]
fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (yi, xi) in y.iter_mut().zip(x) {
        *yi += a * xi;
    }
}
row!(iter_mut_zip: axpy(val a, ref x, mut y) -> unit at (0.5, vec![1.0, 2.0, 3.0], vec![-1.0, 0.5, 2.0]));

#[differentiable]
fn over_array(w: [f64; 4], x: f64) -> f64 {
    let mut s = 0.0;
    for c in w {
        s = s * x + c;
    }
    for c in &w {
        s -= c * c * x;
    }
    for (i, c) in w.iter().enumerate() {
        s *= 1.0 + c * 0.1 * i as f64;
    }
    s
}
row!(loops_over_an_array: over_array(val w, val x) at ([1.0, -2.0, 0.5, 3.0], 0.7));

#[differentiable]
fn over_points(points: &[[f64; 2]], weights: &[(f64, f64)]) -> f64 {
    let mut s = 0.0;
    for &[x, y] in points {
        s += x * y.exp();
    }
    for (p, &(a, b)) in points.iter().zip(weights) {
        s += a * p[0] + b * p[1] * s;
    }
    s
}
row!(patterns_in_for: over_points(ref points, ref weights) at (vec![[1.0, 0.5], [2.0, -0.5]], vec![(0.1, 0.2), (0.3, 0.4)]));

#[differentiable]
fn branch_in_loop_carried(x: f64, n: usize) -> f64 {
    let mut y = x;
    let mut z = 1.0;
    for i in 0..n {
        if y > 1.0 {
            z *= y;
            y -= 1.0 / z;
        } else if i % 2 == 0 {
            y += y * x;
        } else {
            y = y.exp() * z;
        }
    }
    y * z
}
row!(branches_that_carry_state: branch_in_loop_carried(val x, no n) at (0.45, 6), (1.3, 5));

#[differentiable]
fn independent_iterations(x: &[f64], y: &mut [f64], k: f64) {
    for i in 0..x.len() {
        let e = (-k * x[i]).exp();
        y[i] = e / (1.0 + e);
    }
}
row!(independent_writes: independent_iterations(ref x, mut y, val k) -> unit at (vec![0.1, 0.2, -0.5], vec![9.0, 9.0, 9.0], 2.0));

#[differentiable]
fn last_iteration_wins(v: &[f64], x: f64) -> f64 {
    let mut last = x;
    for i in 0..v.len() {
        last = v[i] * x;
    }
    last * last
}
row!(only_the_last_iteration_counts: last_iteration_wins(ref v, val x) at (vec![1.0, 2.0, 3.0], 0.5), (vec![0.0; 0], 0.5));

#[differentiable]
fn flag_in_loop(v: &[f64]) -> f64 {
    let mut found = false;
    let mut best = 1.0;
    let mut index = 0;
    for i in 0..v.len() {
        if !found || v[i] > best {
            best = v[i];
            index = i;
            found = true;
        }
    }
    best * best + v[(index + 1) % v.len()]
}
row!(index_found_by_a_loop: flag_in_loop(ref v) at (vec![1.0, 5.0, 3.0]), (vec![7.0, 5.0, 3.0]), (vec![1.0, 2.0, 9.0]));

#[differentiable]
fn shadow_in_loop(x: f64) -> f64 {
    let mut s = x;
    for i in 0..3 {
        let x = s * (i + 1) as f64;
        let s2 = x.tanh();
        let x = s2 * x;
        s = x + 0.5 * s2;
    }
    s * x
}
row!(shadowing_in_a_loop: shadow_in_loop(val x) at (0.4), (-1.3));

#[differentiable]
fn large_integers(a: f64, w: [i64; 300]) -> f64 {
    let mut s = a;
    let n = w.len();
    let square = n * n * n * n;
    for i in 0..300 {
        let k = i * 1_000_000_000;
        s = s.sin() * (k as f64 * 1e-11) + w[k % 7] as f64 * 0.1;
    }
    let k = 60_000;
    for i in 0..3 {
        s = s.cos() * ((k * k) as f64 * 1e-9) + w[(i + k) % n] as f64 * 0.1;
    }
    s * square as f64 * 1e-9
}
row!(integers_beyond_32_bits: large_integers(val a, no w) at (0.7, [3; 300]));

#[differentiable]
fn counter_with_methods(x: &[f64; 24], a: f64) -> f64 {
    let mut w = [a; 24];
    for i in (0..x.len()).rev() {
        if x[3] > 0.1 {
            w[i.pow(2) % 24] -= w[23 - i] * w[i.wrapping_add(5) % 24] * x[i];
        }
    }
    let pair: (f64, f64) = (0.3, a.sin());
    w[2] * pair.0.sin() + w[5] * pair.1
}
row!(counters_up_to_the_length_of_an_array: counter_with_methods(ref x, val a) at ([0.7; 24], 0.3));
