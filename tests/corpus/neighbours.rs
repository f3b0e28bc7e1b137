//! Calls that are lent several parts of one array: neighbours, with gaps between them,
//! overlapping, in any order.

use differentiable::differentiable;

fn wave(n: usize, phase: f64) -> Vec<f64> {
    (0..n).map(|i| (1.7 * i as f64 + phase).sin() + 0.1 * phase).collect()
}

#[differentiable(order = 2)]
fn dense(w: &[f64], b: &[f64], x: &[f64], out: &mut [f64]) {
    for i in 0..b.len() {
        let mut sum = b[i];
        for j in 0..x.len() {
            sum += w[i * x.len() + j] * x[j];
        }
        out[i] = sum.tanh();
    }
}

#[differentiable(order = 2)]
fn network(p: &[f64], x: &[f64]) -> f64 {
    let (n, h) = (x.len(), 3);
    let mut hidden = vec![0.0; h];
    let mut out = vec![0.0; 2];
    dense(&p[0..n * h], &p[n * h..(n + 1) * h], x, &mut hidden);
    let at = (n + 1) * h;
    dense(&p[at..at + 2 * h], &p[at + 2 * h..], &hidden, &mut out);
    out[0] * out[1]
}
row!(parameters_in_one_slice: network(ref p, ref x) at (wave(3 * 2 + 3 + 6 + 2, 0.3), wave(2, 0.8)));
curved!(parameters_in_one_slice_twice: network(ref p, ref x) at (wave(3 * 2 + 3 + 6 + 2, 0.3), wave(2, 0.8)));

#[differentiable]
fn weighted(a: &[f64], b: &[f64], c: &[f64], k: f64) -> f64 {
    let mut s = k;
    for i in 0..a.len() {
        s += a[i] * b[i % b.len()].exp() - k * c[i % c.len()] * a[i];
    }
    s
}

#[differentiable]
fn three_parts(p: &[f64], k: f64, n: usize) -> f64 {
    let t = weighted(&p[2..n], &p[n..n + 3], &p[n + 3..], k);
    t * weighted(&p[n + 3..n + 5], &p[2..n], &p[n..n + 3], t)
}
row!(parts_in_any_order: three_parts(ref p, val k, no n) at (wave(12, 0.3), 0.7, 5));

#[differentiable]
fn with_a_gap(p: &[f64], k: f64) -> f64 {
    weighted(&p[0..3], &p[4..6], &p[6..9], k)
}
row!(parts_with_a_gap: with_a_gap(ref p, val k) at (wave(12, 0.3), 0.7));

#[differentiable]
fn overlapping(p: &[f64], k: f64) -> f64 {
    weighted(&p[0..4], &p[2..6], &p[0..4], k) * weighted(p, p, &p[1..], k)
}
row!(parts_that_overlap: overlapping(ref p, val k) at (wave(8, 0.3), 0.7));

#[differentiable]
fn in_a_loop(p: &[f64], layers: usize) -> f64 {
    let mut s = 0.0;
    for l in 0..layers {
        let first = &p[8 * l..8 * l + 4];
        let second = &p[8 * l + 4..8 * (l + 1)];
        s = weighted(first, second, &p[0..2], s) / (2.0 + s * s);
    }
    s
}
row!(parts_by_layer: in_a_loop(ref p, no layers) at (wave(24, 0.3), 3));

#[differentiable]
fn of_an_array(p: [f64; 9], k: f64) -> f64 {
    let v = p.to_vec();
    weighted(&p[..3], &p[3..6], &p[6..], k) - weighted(&v[..4], &v[4..5], &v[5..], k)
}
row!(parts_of_arrays_and_vecs: of_an_array(val p, val k) at ([0.1, 0.4, -0.3, 0.6, 0.2, -0.5, 0.9, 0.3, 0.8], 0.7));
