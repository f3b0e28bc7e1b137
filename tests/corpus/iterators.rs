//! Iterator chains, with captured active values.

use differentiable::differentiable;
use num_traits::Float;
use std::iter::Sum;

#[differentiable]
fn sum_of_squares(x: &[f64], k: f64) -> f64 {
    x.iter().map(|v| k * v * v).sum()
}
row!(map_sum: sum_of_squares(ref x, val k) at (vec![1.0, -2.0, 3.0], 0.5));

#[differentiable]
fn turbofish(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let var = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean / var.sqrt()
}
row!(sums_in_larger_expressions: turbofish(ref x) at (vec![1.0, -2.0, 3.0, 0.5]));

#[differentiable]
fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b.iter()).map(|(x, y)| x * y).sum()
}
row!(zip_map_sum: inner(ref a, ref b) at (vec![1.0, 2.0, 3.0], vec![0.5, -1.0, 2.0]) => (b.clone(), a.clone()));

#[differentiable]
fn weighted_distance(a: &[f64], b: &[f64], w: &[f64], p: f64) -> f64 {
    a.iter().zip(b).zip(w).map(|((&x, &y), &w)| w * (x - y).abs().powf(p)).sum::<f64>().powf(1.0 / p)
}
row!(destructuring_closures: weighted_distance(ref a, ref b, ref w, val p) at (vec![1.0, 2.0], vec![0.5, -1.0], vec![0.3, 0.7], 2.5));

#[differentiable]
fn enumerated(c: &[f64], x: f64) -> f64 {
    c.iter().enumerate().map(|(i, &ci)| ci * x.powi(i as i32)).sum()
}
row!(enumerate_map: enumerated(ref c, val x) at (vec![1.0, 2.0, -0.5], 0.7));

#[differentiable]
fn total_variation(x: &[f64], eps: f64) -> f64 {
    x.windows(2).map(|w| ((w[1] - w[0]).powi(2) + eps).sqrt()).sum()
}
row!(windows: total_variation(ref x, val eps) at (vec![1.0, 3.0, 2.0, 5.0], 0.1));

#[differentiable]
fn horner_fold(c: &[f64], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |acc, &ci| acc * x + ci)
}
row!(fold_with_rev: horner_fold(ref c, val x) at (vec![1.0, -2.0, 3.0], 0.5));

#[differentiable]
fn tuple_state(x: &[f64]) -> f64 {
    let (mean, m2, _) = x.iter().fold((0.0, 0.0, 0.0), |(mean, m2, n), &v| {
        let n = n + 1.0;
        let d = v - mean;
        let mean = mean + d / n;
        (mean, m2 + d * (v - mean), n)
    });
    mean + m2.sqrt()
}
row!(fold_with_tuple_state: tuple_state(ref x) at (vec![1.0, 3.0, 2.0, 5.0]));

#[differentiable]
fn positive_logs(x: &[f64], t: f64) -> f64 {
    x.iter().filter(|&&v| v > t).map(|v| (v - t).ln()).sum()
}
row!(filter: positive_logs(ref x, val t) at (vec![1.0, -3.0, 2.0, 5.0], 0.5));

#[differentiable]
fn trimmed(x: &[f64], n: usize) -> f64 {
    let head: f64 = x.iter().take(n).sum();
    let tail: f64 = x.iter().skip(n).map(|v| v * v).sum();
    let every: f64 = x.iter().step_by(2).product();
    head * tail + every
}
row!(take_skip_step_by: trimmed(ref x, no n) at (vec![1.0, 3.0, 2.0, 5.0], 2), (vec![1.0, 3.0], 0));

#[differentiable]
fn chained(a: &[f64], b: &[f64], k: f64) -> f64 {
    a.iter().chain(b.iter()).map(|v| (k * v).sin()).sum()
}
row!(chain: chained(ref a, ref b, val k) at (vec![1.0, 3.0], vec![2.0], 0.5));

#[differentiable]
fn geometric_mean(x: &[f64]) -> f64 {
    x.iter().product::<f64>().powf(1.0 / x.len() as f64)
}
row!(product: geometric_mean(ref x) at (vec![1.0, 3.0, 2.0]), (vec![0.5]));

#[differentiable]
fn product_with_a_zero(x: &[f64], k: f64) -> f64 {
    x.iter().map(|v| v * k).product()
}
row!(product_with_a_zero_factor: product_with_a_zero(ref x, val k) at (vec![2.0, 0.0, 3.0], 0.5)
    => (vec![0.0, 6.0 * k * k * k, 0.0], 0.0));

#[differentiable]
fn for_each_sum(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    x.iter().for_each(|v| s += v * s);
    s
}
row!(for_each_that_mutates_a_captured_variable: for_each_sum(ref x, val k) at (vec![0.5, 0.25, -1.5], 2.0));

#[differentiable]
fn for_each_in_place(x: &mut [f64], k: f64) {
    x.iter_mut().for_each(|v| *v = (*v * k).tanh());
    x.iter_mut().enumerate().for_each(|(i, v)| *v *= i as f64 + k);
    x.iter_mut().rev().skip(1).for_each(|v| *v += 1.0 / k);
}
row!(iter_mut_for_each: for_each_in_place(mut x, val k) -> unit at (vec![0.5, 0.25, -1.5], 2.0));

#[differentiable]
fn collected(x: &[f64], k: f64) -> Vec<f64> {
    let y: Vec<f64> = x.iter().map(|v| v * k).collect();
    let z = y.iter().zip(x).map(|(a, b)| a * b.exp()).collect::<Vec<_>>();
    z.into_iter().map(|v| v + k).collect()
}
row!(collect_into_vecs: collected(ref x, val k) -> many at (vec![0.5, 0.25, -1.5], 2.0));

#[differentiable]
fn maximum(x: &[f64]) -> f64 {
    let m = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    m + x.iter().map(|v| (v - m).exp()).sum::<f64>().ln()
}
row!(fold_with_a_path: maximum(ref x) at (vec![0.5, 2.25, -1.5]));

#[differentiable]
fn minimum(x: &[f64], y: &[f64]) -> f64 {
    let lo = x.iter().cloned().fold(f64::INFINITY, |a, b| a.min(b));
    let hi = y.iter().fold(f64::NAN, |m, v| v.max(m));
    hi / lo
}
row!(fold_min_and_max: minimum(ref x, ref y) at (vec![0.5, 2.25], vec![1.0, 3.0, 2.0]));

#[differentiable]
fn array_map(v: [f64; 3], k: f64) -> [f64; 3] {
    let u = v.map(|x| x * k);
    let n = u.iter().map(|x| x * x).sum::<f64>().sqrt();
    u.map(|x| x / n)
}
row!(array_map_row: array_map(val v, val k) -> many at ([1.0, 2.0, -0.5], 0.7));

#[differentiable]
fn range_chain(a: &[f64], b: &[f64], k: f64) -> f64 {
    (0..a.len()).map(|i| a[i] * b[i] * k).sum::<f64>() + (1..=3).map(|n| k / n as f64).product::<f64>()
}
row!(ranges: range_chain(ref a, ref b, val k) at (vec![1.0, 2.0], vec![0.5, -1.0], 1.5));

#[differentiable]
fn range_filter(x: &[f64]) -> f64 {
    (0..x.len()).filter(|i| i % 2 == 0).map(|i| x[i] * (i + 1) as f64).sum::<f64>()
        * (0..x.len()).rev().step_by(2).map(|i| x[i]).fold(1.0, |a, b| a * b + 0.5)
}
row!(ranges_with_filter_and_rev: range_filter(ref x) at (vec![1.0, 2.0, 0.5, 3.0]));

#[differentiable]
fn double_sum(x: &[f64], y: &[f64]) -> f64 {
    x.iter().map(|a| y.iter().map(|b| (a - b).powi(2)).sum::<f64>().sqrt()).sum()
}
row!(chains_in_chains: double_sum(ref x, ref y) at (vec![1.0, 2.0], vec![0.5, -1.0, 3.0]));

#[differentiable]
fn matrix_rows(m: &[f64], v: &[f64]) -> Vec<f64> {
    m.chunks(v.len()).map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
}
row!(chunks: matrix_rows(ref m, ref v) -> many at (vec![1.0, 2.0, 3.0, 4.0], vec![0.5, -1.0]));

#[differentiable]
fn chunk_products(m: &[f64]) -> f64 {
    let exact: f64 = m.chunks_exact(2).map(|p| p[0] * p[1]).sum();
    let mut all = 0.0;
    for c in m.chunks(2) {
        all += c.iter().product::<f64>() * c[0];
    }
    exact * all
}
row!(chunks_exact: chunk_products(ref m) at (vec![1.0, 2.0, 3.0, 4.0, 5.0]));

#[differentiable]
fn chunks_in_place(m: &mut [f64], k: f64) {
    for row in m.chunks_mut(2) {
        let s: f64 = row.iter().sum();
        for x in row.iter_mut() {
            *x /= s + k;
        }
    }
    m.chunks_exact_mut(2).for_each(|row| row[1] *= row[0]);
}
row!(chunks_mut: chunks_in_place(mut m, val k) -> unit at (vec![1.0, 2.0, 3.0, 4.0], 0.5));

#[differentiable]
fn generic_chain<T: Float + Sum>(x: &[T]) -> T {
    let n = T::from(x.len()).unwrap();
    let mean = x.iter().copied().sum::<T>() / n;
    x.iter().map(|&v| (v - mean) * (v - mean)).sum::<T>() / n
}
row!(generic_sum: generic_chain(ref x) at (vec![1.0, 2.0, 4.0]), (vec![1.0_f64, -2.0]));

#[differentiable]
fn generic_by_reference<'a, T: Float + Sum<&'a T> + 'a>(x: &'a [T]) -> T {
    x.iter().sum::<T>() * x.iter().fold(T::one(), |a, &b| a * b)
}
row!(generic_sum_of_references: generic_by_reference(ref x) at (vec![1.0_f64, 2.0, 4.0]));

#[differentiable]
fn block_closures(x: &[f64], k: f64) -> f64 {
    x.iter()
        .map(|&v| {
            let t = v * k;
            if t > 1.0 { t.ln() } else { t - 1.0 }
        })
        .map(|u| u * u)
        .sum()
}
row!(closures_with_blocks: block_closures(ref x, val k) at (vec![0.5, 2.0, 4.0], 1.5));

#[differentiable]
fn take_while_chain(x: &[f64], limit: f64) -> f64 {
    let a: f64 = x.iter().take_while(|v| **v < limit).map(|v| v * limit).sum();
    let b: f64 = x.iter().skip_while(|v| **v < limit).map(|v| v / limit).sum();
    a + b
}
row!(take_while_skip_while: take_while_chain(ref x, val limit) at (vec![0.5, 2.0, 4.0, 1.0], 3.0));

#[differentiable]
fn filter_map_chain(x: &[f64]) -> f64 {
    x.iter().filter_map(|&v| if v > 0.0 { Some(v.ln()) } else { None }).sum()
}
row!(filter_map: filter_map_chain(ref x) at (vec![0.5, -2.0, 4.0]));

#[differentiable]
fn flat_mapped(x: &[f64], y: &[f64]) -> f64 {
    x.iter().flat_map(|a| y.iter().map(move |b| a * b)).map(|p| p.sin()).sum()
}
row!(flat_map: flat_mapped(ref x, ref y) at (vec![0.5, -2.0], vec![1.0, 3.0]));

#[differentiable]
fn extremes_by_comparison(x: &[f64]) -> f64 {
    let hi = x.iter().copied().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    let lo = *x.iter().min_by(|a, b| a.total_cmp(b)).unwrap();
    hi * hi - lo
}
row!(max_by_and_min_by: extremes_by_comparison(ref x) at (vec![0.5, -2.0, 4.0]));

#[differentiable]
fn ends(x: &[f64]) -> f64 {
    let first = x.first().unwrap();
    let last = *x.last().unwrap();
    let (head, tail) = x.split_first().unwrap();
    first * last + head * tail.iter().sum::<f64>()
}
row!(first_and_last: ends(ref x) at (vec![0.5, -2.0, 4.0]));

#[differentiable]
fn points(p: &[[f64; 2]], center: &(f64, f64)) -> f64 {
    p.iter().map(|&[x, y]| (x - center.0).hypot(y - center.1)).sum::<f64>()
        + p.iter().map(|q| q.iter().map(|c| c * c).sum::<f64>()).fold(0.0, f64::max)
}
row!(arrays_in_chains: points(ref p, ref center) at (vec![[1.0, 2.0], [3.0, -1.0]], (0.5, 0.25)));

#[differentiable]
fn loop_over_chain(x: &[f64], y: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for (i, (a, b)) in x.iter().skip(1).zip(y.iter().rev()).enumerate() {
        s += a * b * k + s * i as f64;
    }
    for v in x.iter().map(|v| v * k).filter(|v| *v > 0.0) {
        s *= v;
    }
    s
}
row!(for_over_a_chain: loop_over_chain(ref x, ref y, val k) at (vec![0.5, 2.0, 4.0], vec![1.0, 3.0], 0.5));

#[differentiable]
fn counted(x: &[f64], t: f64) -> f64 {
    let n = x.iter().filter(|v| **v > t).count();
    let any = x.iter().any(|v| *v < 0.0);
    let at = x.iter().position(|v| *v > t).unwrap_or(0);
    let s: f64 = x.iter().sum();
    s / (1 + n) as f64 + if any && x.iter().all(|v| v.is_finite()) { x[at] * t } else { 0.0 }
}
row!(counting_and_searching: counted(ref x, val t) at (vec![0.5, -2.0, 4.0], 1.0));

#[differentiable]
fn scanned(x: &[f64], r: f64) -> Vec<f64> {
    let mut acc = 0.0;
    x.iter()
        .map(|v| {
            acc = acc * r + v;
            acc
        })
        .collect()
}
row!(scan_by_a_captured_accumulator: scanned(ref x, val r) -> many at (vec![0.5, -2.0, 4.0], 0.9));

#[differentiable]
fn scan_adaptor(x: &[f64], r: f64) -> f64 {
    x.iter()
        .scan(1.0, |state, &v| {
            *state = *state * r + v;
            Some(*state)
        })
        .map(|s| s * s)
        .sum()
}
row!(scan: scan_adaptor(ref x, val r) at (vec![0.5, -2.0, 4.0], 0.9));

#[differentiable]
fn unzipped(x: &[f64]) -> f64 {
    let last_two: Vec<f64> = x.iter().rev().take(2).copied().collect();
    let sorted = {
        let mut v = x.to_vec();
        v.sort_by(|a, b| a.partial_cmp(b).unwrap());
        v
    };
    let median = sorted[sorted.len() / 2];
    last_two[0] * last_two[1] + median * median
}
row!(to_vec_and_sort_by: unzipped(ref x) at (vec![0.5, -2.0, 4.0]), (vec![3.0, 1.0, 2.0, 5.0, 4.0]));

#[differentiable]
fn chunks_from_the_end(x: &mut [f64], size: usize) -> f64 {
    let mut sum = 0.0;
    for chunk in x.rchunks(size) {
        sum = sum * 0.5 + chunk[0] * chunk[chunk.len() - 1];
    }
    for (k, chunk) in x.rchunks_exact_mut(size).enumerate() {
        chunk[0] *= sum + k as f64;
    }
    sum + x.rchunks_exact(size).map(|c| c.iter().product::<f64>()).sum::<f64>()
}
row!(rchunks: chunks_from_the_end(mut x, no size) at
    (vec![1.0, 2.0, 0.5, 0.3, 0.7], 2), (vec![1.0, 2.0, 0.5, 0.3], 2), (vec![1.0], 3));

#[differentiable]
fn middle(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let n = v.len() / 2;
    let (below, middle, above) = v.select_nth_unstable_by(n, |a, b| a.partial_cmp(b).unwrap());
    *middle * 2.0 + below.iter().sum::<f64>() * above.iter().map(|a| a * a).sum::<f64>()
}
row!(median_by_selection: middle(ref x) at (vec![1.0, 5.0, 3.0]), (vec![0.3, 0.1]), (vec![4.0]));

#[differentiable]
fn from_the_back(xs: &[f64], y: f64) -> f64 {
    let folded = xs.iter().map(|x| x * y).rfold(0.0, |a, b| a * 0.5 + b * b);
    let falls = xs.windows(2).rposition(|w| w[0] * y > w[1]).unwrap_or(0);
    let highest = xs.iter().fold(f64::MIN, |a, &b| a.max(b));
    let at = xs.iter().rposition(|&x| x == highest).unwrap();
    let last_large = xs.iter().rfind(|x| **x > 0.35).copied().unwrap_or(y);
    let before_last = xs.iter().nth_back(1).unwrap();
    folded * last_large * before_last + xs[falls] * xs[at]
}
row!(searched_from_the_back: from_the_back(ref xs, val y) at (vec![0.3, 0.9, 0.4, 0.2], 1.2), (vec![0.1, 0.2], 0.7));

#[differentiable]
fn by_items<I>(x: f64, #[no_diff] coefficients: I) -> f64
where
    I: IntoIterator<Item = f64>,
{
    coefficients.into_iter().fold(0.0, |acc, c| acc * x + c)
}
#[differentiable]
fn each_item(x: f64, #[no_diff] items: impl IntoIterator<Item = f64>) -> f64 {
    let mut product = 1.0;
    for item in items {
        product *= x - item;
    }
    product
}
#[differentiable]
fn named_by<T: AsRef<str>>(x: f64, #[no_diff] name: T) -> f64 {
    let name = name.as_ref();
    if name == "plain" { x } else { x * x * name.len() as f64 }
}
#[differentiable]
fn of_inactive_generics(x: f64) -> f64 {
    by_items(x, [0.5, -1.0, 2.0]) * each_item(x, vec![0.3, 0.9])
        + named_by(x, "plain") * named_by(x, String::from("square"))
}
row!(inactive_generic_collections: of_inactive_generics(val x) at (0.7), (-1.3));
