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
