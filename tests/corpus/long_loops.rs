//! Loops of many iterations, which run in blocks: what is shifted, counted, carried, scattered,
//! reversed or left over.

use differentiable::differentiable;

/// `n` values without a pattern.
fn wave(n: usize, phase: f64) -> Vec<f64> {
    (0..n).map(|i| (1.7 * i as f64 + phase).sin() + 0.1 * phase).collect()
}

#[differentiable]
fn products(a: &[f64], b: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i].exp();
        s -= a[i] / (2.0 + b[i] * b[i]);
    }
    s
}
row!(blocks_and_rest: products(ref a, ref b) at
    (wave(21, 0.1), wave(21, 0.4)), (wave(16, 0.1), wave(16, 0.4)), (wave(3, 0.1), wave(3, 0.4)));

#[differentiable]
fn differences(x: &[f64], scale: f64) -> f64 {
    let mut s = 0.0;
    for i in 1..x.len() - 2 {
        let d = x[i + 2] - scale * x[i - 1] * x[i];
        s += d * d;
    }
    s
}
row!(shifted: differences(ref x, val scale) at (wave(23, 0.2), 0.7), (wave(4, 0.2), 0.7));

#[differentiable]
fn diffused(u: &mut [f64], k: f64, steps: usize) {
    for _ in 0..steps {
        let mut left = u[0];
        for i in 1..u.len() - 1 {
            let here = u[i];
            u[i] = here + k * (left - 2.0 * here + u[i + 1] * here);
            left = here;
        }
    }
}
row!(stencil_in_place: diffused(mut u, val k, no steps) -> unit at (wave(22, 0.3), 0.2, 3));

#[differentiable]
fn swept_down(u: &mut [f64], k: f64) {
    for i in (0..u.len() - 1).rev() {
        u[i] = u[i] + k * u[i + 1] * u[i];
    }
}
row!(downwards: swept_down(mut u, val k) -> unit at (wave(20, 0.3), 0.4));

#[differentiable]
fn running(x: &[f64], decay: f64, out: &mut [f64]) {
    let mut level = 0.5;
    for i in 0..x.len() {
        let drive = x[i].sin() * (1.0 + x[i] * x[i]);
        level = decay * level + drive;
        out[i] += level * level + x[i].cos();
    }
}
row!(carried_between: running(ref x, val decay, mut out) -> unit at (wave(19, 0.7), 0.8, wave(19, 0.2)));

#[differentiable]
fn packed(lower: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let mut at = 0;
    let mut s = 0.0;
    for j in 0..n {
        for i in j + 1..n {
            s += lower[at] * x[i] * x[j];
            at += 1;
        }
    }
    s
}
row!(counted_along: packed(ref lower, ref x) at (wave(171, 0.1), wave(19, 0.6)));

#[differentiable]
fn gathered(x: &[f64], index: &[usize]) -> f64 {
    let mut s = 0.0;
    for i in 0..index.len() {
        s += x[index[i]] * x[i] * i as f64;
    }
    s
}
row!(gathers: gathered(ref x, noref index) at
    (wave(20, 0.3), (0..18).map(|i| (7 * i) % 20).collect::<Vec<usize>>()));

#[differentiable]
fn pairs(points: &[[f64; 2]], weight: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..points.len() {
        for j in 0..i {
            let dx = points[i][0] - points[j][0];
            let dy = points[i][1] - points[j][1];
            s += weight / (1.0 + dx * dx + dy * dy);
        }
    }
    s
}
row!(parts_of_elements: pairs(ref points, val weight) at
    (wave(20, 0.4).into_iter().zip(wave(20, 0.9)).map(|(a, b)| [a, b]).collect::<Vec<_>>(), 1.3));

#[differentiable]
fn product(a: &[f64], b: &[f64], c: &mut [f64], n: usize) {
    for i in 0..n {
        for k in 0..n {
            for j in 0..n {
                c[i * n + j] += a[i * n + k] * b[k * n + j];
            }
        }
    }
}
row!(flat_matrices: product(ref a, ref b, mut c, no n) -> unit at
    (wave(81, 0.1), wave(81, 0.2), wave(81, 0.3), 9));

#[differentiable]
fn clipped(x: &[f64], low: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += if x[i] > low { x[i] * x[i] } else { low * x[i] };
    }
    s
}
row!(choices: clipped(ref x, val low) at (wave(27, 0.5), 0.1));

#[differentiable]
fn fenced(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += if i < y.len() { x[i] * y[i] } else { x[i] };
    }
    s
}
row!(shorter_neighbour: fenced(ref x, ref y) at (wave(20, 0.5), wave(13, 0.1)));

#[differentiable]
fn optional_offset(x: &[f64], offsets: &[f64], at: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let mut t = x[i];
        if at < offsets.len() {
            t *= offsets[at];
        }
        s += t * t;
    }
    s
}
row!(slot_that_may_not_exist: optional_offset(ref x, ref offsets, no at) at
    (wave(18, 0.5), wave(2, 0.9), 1), (wave(18, 0.5), wave(2, 0.9), 2));

#[differentiable]
fn single(x: &[f32], w: f32) -> f32 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += (w * x[i]).tanh();
    }
    s
}
row!(single_precision: single(ref x, val w) at
    (wave(17, 0.2).into_iter().map(|v| v as f32).collect::<Vec<f32>>(), 0.6f32));

#[differentiable]
fn generic<T: num_traits::Float>(x: &[T], w: T) -> T {
    let mut s = T::zero();
    for i in 0..x.len() - 1 {
        s = s + w * x[i] * x[i + 1];
    }
    s
}
row!(generic_floats: generic(ref x, val w) at (wave(18, 0.2), 0.6));

#[differentiable]
fn largest_and_sum(x: &[f64]) -> f64 {
    let mut max = x[0];
    let mut sum = 0.0;
    for i in 1..x.len() {
        max = max.max(x[i] * x[i]);
        sum += x[i].exp();
    }
    max * sum
}
row!(largest_with_sum: largest_and_sum(ref x) at (wave(25, 0.2)));

#[differentiable(partials(x = 2.0 * x * k, k = x * x))]
fn ruled(x: f64, k: f64) -> f64 {
    k * x * x
}

#[differentiable]
fn scaled_by<T: num_traits::Float>(x: T, factor: T) -> T {
    x * factor + x.sin()
}

#[differentiable]
fn pair(x: f64, #[no_diff] shift: f64) -> (f64, f64) {
    (x * x + shift, x.exp() * shift)
}

#[differentiable]
fn inner(a: &[f64], b: &[f64; 3]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i % 3] * a[i];
    }
    s
}

#[differentiable]
fn calls_in_one_scope(x: &[f64], w: f64, b: [f64; 3]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        let y = ruled(x[i], w);
        total += y;
        let z = scaled_by::<f64>(x[i], w);
        total += 0.5 * z;
        let (first, second) = pair(x[i], 0.3);
        total += first * w + second;
    }
    let weights = [w, w * w, b[0]];
    total += inner(x, &weights);
    total += inner(&x[1..4], &b);
    total
}
row!(calls_with_seeds_known: calls_in_one_scope(ref x, val w, val b) at
    (wave(19, 0.4), 0.7, [0.2, -0.4, 1.1]));

#[differentiable]
fn chained(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        // The seed of the first depends on the second.
        let y = ruled(x[i], w);
        let z = ruled(y, x[i]);
        total += z * y;
    }
    total
}
row!(calls_that_feed_calls: chained(ref x, val w) at (wave(17, 0.4), 0.7));

/// Found by a random program: the cotangent of `a` is taken out of its place and put back scaled.
#[differentiable]
fn scaled_each_time(a: f64, w: &mut [f64], k: f64) -> f64 {
    let mut a = a;
    for i in 0..w.len() {
        w[i] = 0.5;
        a = 0.5 * a * k;
    }
    a
}
row!(scalar_scaled_beside_slots: scaled_each_time(val a, mut w, val k) -> value at (1.3, vec![0.7; 11], 1.9));

/// Found by a random program: the array is needed for its length alone.
#[differentiable]
fn filled_and_forgotten(a: f64, b: f64) -> f64 {
    let mut b = b;
    for i in 0..3 {
        let mut triple: [f64; 3] = [b, a, 1.5];
        if i != 2 {
            b *= 0.7 * triple[0];
        } else {
            triple.fill(0.0);
        }
        b += triple[1];
    }
    b
}
row!(array_filled_in_a_branch: filled_and_forgotten(val a, val b) at (1.3, 0.4));

// Rows with arrays of their own, which run beside one another, and sums that take several terms of a row.

/// `n` pairs without a pattern.
fn places(n: usize, phase: f64) -> Vec<[f64; 2]> {
    wave(2 * n, phase).chunks(2).map(|pair| [pair[0], pair[1]]).collect()
}

#[differentiable]
fn bumps(centres: &[[f64; 2]], heights: &[[f64; 2]], points: &[[f64; 2]]) -> f64 {
    let mut sum = 0.0;
    for p in 0..points.len() {
        let x = points[p];
        let mut out = [0.0; 2];
        for c in 0..centres.len() {
            let dx = x[0] - centres[c][0];
            let dy = x[1] - centres[c][1];
            let k = 1.0 / (1.0 + dx * dx + dy * dy);
            out[0] += heights[c][0] * k;
            out[1] -= heights[c][1] * k;
        }
        sum += out[0] * out[0];
        sum -= out[1] * out[1] * x[0];
    }
    sum
}
row!(rows_with_arrays: bumps(ref centres, ref heights, ref points) at
    (places(3, 0.2), places(3, 0.7), places(11, 0.4)), (places(9, 0.2), places(9, 0.7), places(4, 0.4)));

#[differentiable]
fn turned(rows: &[[[f64; 2]; 2]], offsets: &[f64], points: &[[f64; 2]]) -> (f64, f64) {
    let (mut along, mut across) = (0.0, 1.5);
    for p in 0..points.len() {
        let mut at = [[0.0; 2]; 2];
        let mut used = 0;
        for r in 0..rows.len() {
            for i in 0..2 {
                at[0][i] += offsets[r] * (rows[r][i][0] * points[p][0] + rows[r][i][1]);
                at[1][i] += rows[r][0][i] * points[p][1];
            }
            used += 1;
        }
        across -= at[0][0] * at[1][1];
        along += at[0][1] * used as f64;
        across += at[1][0];
        along += at[0][0] * at[1][0];
    }
    (along, across)
}
row!(rows_with_nested_arrays_and_two_sums: turned(ref rows, ref offsets, ref points) -> value at
    (vec![[[0.3, -0.6], [0.2, 0.9]], [[1.1, 0.4], [-0.5, 0.7]], [[-0.2, 0.8], [0.6, 0.1]]],
        wave(3, 0.3), places(6, 0.1)));

#[differentiable]
fn compounded(rates: &[f64], points: &[[f64; 2]]) -> f64 {
    let mut level = 1.0;
    for p in 0..points.len() {
        let mut change = [points[p][0], 0.5];
        for r in 0..rates.len() {
            change[0] += rates[r] * points[p][1];
            change[1] -= rates[r] * rates[r];
        }
        level += 0.01 * change[0];
        level += 0.1 * level * change[1];
    }
    level
}
row!(rows_whose_terms_read_the_sum: compounded(ref rates, ref points) at (wave(5, 0.3), places(9, 0.2)));

#[differentiable]
fn single_rows(weights: &[f32], points: &[[f32; 2]]) -> f32 {
    let mut sum = 0.25;
    for point in points {
        let mut out = [point[0]; 3];
        for w in weights {
            out[0] += w * point[1];
            out[2] += w * w * point[0];
        }
        for value in out {
            sum += value * value;
        }
    }
    sum
}
row!(rows_with_arrays_in_single_precision: single_rows(ref weights, ref points) at
    (wave(5, 0.2).iter().map(|x| *x as f32).collect::<Vec<f32>>(),
        places(7, 0.5).iter().map(|p| [p[0] as f32, p[1] as f32]).collect::<Vec<[f32; 2]>>()));

/// A helper whose branch computes again what the reverse sweep of it needs.
#[differentiable]
fn saturated(a: f64, b: f64) -> f64 {
    let u = a.max(b);
    if u > 0.9 { 0.9 } else { u * a.min(0.3) }
}

#[differentiable]
fn saturated_rows(x: &[f64], b: f64) -> f64 {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        let c = saturated(x[i] * 0.1 * i as f64, b);
        out[i] = c.abs() * x[i];
    }
    out.iter().sum()
}
row!(both_sweeps_compute_in_a_branch: saturated_rows(ref x, val b) at
    ((0..24).map(|i| 0.3 + 0.07 * f64::from(i)).collect::<Vec<_>>(), 0.41));
