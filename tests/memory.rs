//! What reverse sweeps allocate: the figures of `docs/trust.md`, and nothing where nothing is kept.

use allocation_counter::measure;
use differentiable::differentiable;

#[differentiable]
fn logistic_map(x: f64, r: f64, n: usize) -> f64 {
    let mut x = x;
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}

#[test]
fn ten_million_iterations_keep_eight_bytes_each() {
    let n = 10_000_000;
    // Where the map settles, so that the derivatives are numbers.
    let mut swept = None;
    let held = measure(|| swept = Some(logistic_map::pullback(0.4, 2.5, n)));
    let (value, pullback) = swept.expect("it ran");
    assert!((value - 0.6).abs() < 1e-12);
    assert!(held.bytes_max <= 8 * n as u64 + 4096, "{} bytes", held.bytes_max);
    let (_, r_bar) = pullback.pull(1.0);
    assert!((r_bar - 0.16).abs() < 1e-9, "{r_bar}");
}

#[differentiable]
fn squares(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for v in x {
        s += (v * k).sin() * v;
    }
    s
}

#[differentiable]
fn product(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let mut s = 0.0;
    for i in 0..n {
        let mut row = 0.0;
        for j in 0..n {
            row += a[i * n + j] * x[j];
        }
        s += 0.5 * row * row;
    }
    s
}

#[test]
fn independent_iterations_keep_nothing() {
    let n = 64;
    let (x, a) = (vec![0.5; n], vec![0.1; n * n]);
    let (mut x_bar, mut a_bar, mut k_bar) = (vec![0.0; n], vec![0.0; n * n], 0.0);
    let held = measure(|| {
        squares::accumulate(&x, 0.7, 1.0, (&mut x_bar, &mut k_bar));
    });
    assert_eq!(held.count_total, 0);
    let held = measure(|| {
        product::accumulate(&a, &x, 1.0, (&mut a_bar, &mut x_bar));
    });
    assert_eq!(held.count_total, 0);
}

#[test]
fn pullbacks_can_be_sent() {
    fn sent<T: Send>(value: T) -> T {
        value
    }
    let (_, pullback) = sent(squares::pullback(&[0.5, 0.7], 0.3));
    let gradient = std::thread::spawn(move || pullback.pull(1.0)).join();
    assert_eq!(gradient.ok().map(|(x_bar, _)| x_bar.len()), Some(2));
}
