//! Idioms of the standard library: what is defined in terms of other methods, options made of
//! conditions, slice patterns.

use differentiable::{Differentiable, differentiable};
use std::collections::VecDeque;

#[differentiable]
fn if_let_slice(a: &[f64]) -> f64 {
    if let [first, middle @ .., last] = a { first * last + middle.iter().sum::<f64>() } else { 0.0 }
}
row!(slice_pattern_in_if_let: if_let_slice(ref a) at (vec![0.5, 0.2, 1.0, 3.0]));

#[differentiable]
fn match_slice(a: &[f64]) -> f64 {
    match a {
        [] => 0.0,
        [x] => x * x,
        [x, y] => x * y,
        [x, rest @ ..] => x * rest.iter().product::<f64>(),
    }
}
row!(slice_patterns_in_match: match_slice(ref a) at (vec![0.5, 0.2, 1.0, 3.0]), (vec![0.5]), (vec![2.0, 3.0]));

#[differentiable]
fn match_slice_rec(a: &[f64]) -> f64 {
    match a {
        [] => 0.0,
        [x, rest @ ..] => x.sin() + 0.5 * match_slice_rec(rest),
    }
}
row!(recursion_over_a_slice_pattern: match_slice_rec(ref a) at (vec![0.5, 0.2, 1.0, 3.0]));

#[differentiable]
fn match_array(a: [f64; 3]) -> f64 {
    match a {
        [x, y, z] if x > 0.0 => x * y + z,
        [x, .., z] => x - z * z,
    }
}
row!(array_patterns_with_guard: match_array(val a) at ([0.5, 0.2, 1.0]), ([-0.5, 0.2, 1.0]));

#[differentiable]
fn then_opt(x: f64, y: f64) -> f64 {
    let a = (x > 0.0).then(|| x.sqrt()).unwrap_or(y);
    let b = (y > 0.0).then_some(x * y).unwrap_or_default();
    if let Some(c) = (x < 1.0).then(|| y * y) { a * b + c } else { a }
}
row!(options_of_conditions: then_opt(val x, val y) at (0.5, 0.2), (-1.0, 3.0), (2.0, -0.5));

#[differentiable]
fn then_ret(x: f64) -> Option<f64> {
    (x > 0.0).then(|| x.ln() * x)
}
row!(option_of_a_condition_returned: then_ret(val x) -> option at (0.5));

#[differentiable]
fn cycle_take(w: &[f64], x: &[f64]) -> f64 {
    x.iter().zip(w.iter().cycle()).map(|(a, b)| a * b).sum::<f64>()
        + w.iter().cycle().take(7).map(|v| v * v).sum::<f64>()
        + w.iter().cycle().skip(1).take(4).enumerate().map(|(i, v)| v * i as f64).sum::<f64>()
}
row!(round_and_round: cycle_take(ref w, ref x) at (vec![0.5, 0.2], vec![1.0, 2.0, 3.0]));

#[differentiable]
fn retain_pos(x: &[f64]) -> f64 {
    let mut v: Vec<f64> = x.iter().map(|a| a * a - 1.0).collect();
    v.retain(|a| *a > 0.0);
    v.iter().map(|a| a.sqrt()).sum()
}
row!(retain: retain_pos(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn drain_all(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let mut s = 0.0;
    for a in v.drain(..) {
        s += a * a;
    }
    v.push(s);
    v.push(x[0]);
    v[0] * v[1]
}
row!(drain_of_everything: drain_all(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn drain_range(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let head: Vec<f64> = v.drain(..2).collect();
    head.iter().product::<f64>() + v.iter().map(|a| a * a).sum::<f64>() + v[0]
}
row!(drain_of_the_front: drain_range(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn dedup_it(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.dedup();
    v.iter().map(|a| a * a).sum()
}
row!(dedup: dedup_it(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn split_off_it(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let tail = v.split_off(2);
    v.iter().sum::<f64>() * tail.iter().map(|a| a * a).sum::<f64>()
}
row!(split_off: split_off_it(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn closures_of_closures(x: f64, y: f64) -> f64 {
    let twice = |f: &dyn Fn(f64) -> f64, v: f64| f(f(v));
    let sq = |v: f64| v * v + y;
    twice(&sq, x)
}
row!(closures_passed_to_closures: closures_of_closures(val x, val y) at (0.5, 0.2));

type Weights = Vec<f64>;

#[differentiable]
fn alias_collect(x: &[f64]) -> f64 {
    let w: Weights = x.iter().map(|v| v * v).collect();
    let u = x.iter().map(|v| v.sin()).collect::<Weights>();
    w.iter().zip(&u).map(|(a, b)| a * b).sum()
}
row!(collected_into_an_alias: alias_collect(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn successors(x: f64, r: f64) -> f64 {
    let s: f64 = std::iter::successors(Some(x), |v| Some(v * r)).take(5).sum();
    let t2: f64 = std::iter::successors(Some(x), |&v| (v < 10.0).then(|| v * v + 1.0)).sum();
    s + t2
}
row!(successors_with_then: successors(val x, val r) at (0.5, 0.2));

#[differentiable]
fn repeat_with(x: f64, r: f64) -> f64 {
    let mut state = x;
    let s: f64 = std::iter::repeat_with(|| {
        state *= r;
        state
    })
    .take(5)
    .sum();
    s + std::iter::repeat(r).take(3).map(|v| v * x).sum::<f64>()
        + std::iter::repeat_n(r, 3).product::<f64>()
        + std::iter::once(x).chain([r, x * r]).sum::<f64>()
}
row!(sources_without_end: repeat_with(val x, val r) at (0.5, 0.2));

#[differentiable]
fn scan_it(x: &[f64]) -> f64 {
    let c: Vec<f64> = x
        .iter()
        .scan(1.0, |acc, &v| {
            *acc *= v;
            Some(*acc)
        })
        .collect();
    let ema: Vec<f64> = x
        .iter()
        .scan(None, |st: &mut Option<f64>, &v| {
            let n = match *st {
                None => v,
                Some(p) => 0.7 * p + 0.3 * v,
            };
            *st = Some(n);
            Some(n)
        })
        .collect();
    let stop: f64 = x
        .iter()
        .scan(0.0, |s, v| {
            *s += v;
            if *s > 4.0 { None } else { Some(*s * *s) }
        })
        .sum();
    c.iter().sum::<f64>() + ema[2] * stop
}
row!(scans: scan_it(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn sum_option(x: &[f64]) -> Option<f64> {
    x.iter().map(|v| if *v > -1.0 { Some(v * v) } else { None }).sum()
}
row!(sum_of_options: sum_option(ref x) -> option at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn collect_option(x: &[f64]) -> Option<f64> {
    let v: Vec<f64> =
        x.iter().map(|v| if *v > -1.0 { Some(v.sqrt()) } else { None }).collect::<Option<Vec<_>>>()?;
    let w: Option<Vec<f64>> = x.iter().map(|v| (*v > -1.0).then(|| v * v)).collect();
    Some(v.iter().sum::<f64>() + w?[0])
}
row!(collect_into_an_option: collect_option(ref x) -> option at (vec![0.5, 2.0, 3.0]));

#[differentiable]
fn split_by_sign(x: &[f64]) -> f64 {
    let (up, down): (Vec<f64>, Vec<f64>) = x.iter().copied().partition(|v| *v > 0.0);
    up.iter().sum::<f64>() * down.iter().map(|v| v * v).sum::<f64>()
}
row!(partition: split_by_sign(ref x) at (vec![0.5, 2.0, 3.0, -0.1]));

#[differentiable]
fn moved_about(x: &[f64], every: usize) -> f64 {
    let mut v: Vec<f64> = x.iter().map(|a| a * a).collect();
    let mut seen = 0;
    v.retain(|_| {
        seen += 1;
        seen % every != 0
    });
    let last = v.swap_remove(0);
    v.dedup_by_key(|a| (*a * 2.0) as i64);
    v.dedup_by(|a, b| *a < *b + 0.3 && *a > *b);
    let parts = vec![v.clone(), vec![last, last * v[0]], v.repeat(2)];
    parts.concat().iter().enumerate().map(|(i, a)| a * (i as f64 + 0.5)).sum()
}
row!(elements_moved_about: moved_about(ref x, no every) at (vec![0.5, 2.0, 3.0, -0.1, 1.2, 1.25], 3));

#[differentiable]
fn try_fold_question(x: &[f64], limit: f64) -> Option<f64> {
    let total = x.iter().try_fold(0.0, |acc, v| if *v < limit { Some(acc + v * limit) } else { None })?;
    let roots: Vec<f64> = x.iter().map(|v| (*v >= 0.0).then(|| v.sqrt())).collect::<Option<Vec<_>>>()?;
    Some(total * roots.iter().sum::<f64>())
}
row!(try_fold_and_question_mark: try_fold_question(ref x, val limit) -> option at (vec![0.5, 2.0, 3.0], 4.0));

#[differentiable]
fn reciprocal(x: f64) -> Result<f64, String> {
    if x > 0.0 { Ok(1.0 / x) } else { Err(format!("{x} is not positive")) }
}

#[differentiable]
fn harmonic_mean(x: &[f64]) -> Result<f64, String> {
    let inverse = x.iter().map(|v| reciprocal(*v)).collect::<Result<Vec<f64>, String>>()?;
    Ok(x.len() as f64 / inverse.iter().sum::<f64>())
}
row!(results_collected: harmonic_mean(ref x) -> result at (vec![0.5, 2.0, 3.0]));

#[differentiable]
fn harmonic_sum(x: &[f64]) -> Result<f64, String> {
    x.iter().map(|v| reciprocal(*v)).sum()
}
row!(results_summed: harmonic_sum(ref x) -> result at (vec![0.5, 2.0, 3.0]));

#[differentiable]
fn local_result(x: f64) -> f64 {
    let clipped = |v: f64| -> Result<f64, String> { if v > 0.0 { Ok(v * v) } else { Err("below".into()) } };
    let first = match clipped(x) {
        Ok(v) => v * x,
        Err(_) => x,
    };
    let y: Result<f64, String> = if x < 1.0 { Ok(x.sin()) } else { Err("above".to_string()) };
    first + clipped(x - 1.0).unwrap_or(3.0 * x) * y.map_or(x, |v| v * x)
}
row!(results_made_here: local_result(val x) at (0.5), (-1.0), (2.0));

#[differentiable]
fn countdown(x: f64, n: usize) -> f64 {
    let mut left = n;
    let powers = std::iter::from_fn(|| {
        if left == 0 {
            return None;
        }
        left -= 1;
        Some(x.powi(left as i32))
    });
    powers.map(|p| p * p).sum()
}
row!(from_fn: countdown(val x, no n) at (1.3, 4), (1.3, 1));

#[differentiable]
fn nothing_to_cycle(x: &[f64], w: &[f64], n: usize) -> f64 {
    let mut s = x[0];
    for (k, v) in w.iter().cycle().enumerate() {
        if k >= n {
            break;
        }
        s = s * 0.5 + v * x[k % x.len()];
    }
    s
}
row!(cycle_until_a_break: nothing_to_cycle(ref x, ref w, no n) at
    (vec![0.5, 2.0], vec![1.0, 0.3, 0.7], 5), (vec![0.5, 2.0], vec![], 5));

#[differentiable]
fn moving_average(x: &[f64], width: usize) -> f64 {
    let mut window: VecDeque<f64> = VecDeque::with_capacity(width + 1);
    let mut s = 0.0;
    for &v in x {
        window.push_back(v * v);
        if window.len() > width {
            if let Some(old) = window.pop_front() {
                s -= 0.25 * old;
            }
        }
        s += window.iter().sum::<f64>() / window.len() as f64 * window[0];
    }
    window.push_front(s);
    s * window.back().unwrap() + window.front().unwrap()
}
row!(a_window_in_a_deque: moving_average(ref x, no width) at (vec![0.5, 2.0, 3.0, -0.1], 2));

#[differentiable]
fn both_ends(x: &[f64]) -> f64 {
    let mut queue: VecDeque<f64> = x.iter().map(|v| v.sin()).collect();
    let mut s = 1.0;
    while let Some(first) = queue.pop_front() {
        s = s * 0.5 + first;
        let Some(last) = queue.pop_back() else { break };
        if first < last {
            queue.push_back(first * last);
        }
    }
    s
}
row!(a_deque_taken_from_both_ends: both_ends(ref x) at (vec![0.5, 2.0, 3.0, -0.1]), (vec![0.1, 0.5, 0.2, 1.0, 1.2]));

#[differentiable]
fn farthest(points: &[[f64; 2]], x: f64) -> f64 {
    let (index, far) = points.iter().enumerate().max_by(|a, b| a.1[0].total_cmp(&b.1[0])).unwrap();
    far[1] * x * index as f64
}
row!(the_largest_with_its_index: farthest(ref points, val x) at (vec![[0.5, 0.2], [1.0, 3.0], [0.7, 0.9]], 0.6));

#[differentiable]
fn first_above(x: &[f64], a: f64) -> f64 {
    let found = x.iter().position(|v| *v > 1.0).map(|i| x[i] * a).unwrap_or(0.5 * a);
    found + x.iter().position(|v| *v > 9.0).map_or(a * a, |i| x[i])
}
row!(position_mapped: first_above(ref x, val a) at (vec![0.5, 2.0, 3.0], 0.7), (vec![0.5], 0.7));

#[differentiable]
fn pair_of_a_vec(v: &Vec<f64>) -> f64 {
    let w: &[f64] = v.as_slice();
    let [p, q] = w else { return 0.0 };
    p * q * q
}
row!(slice_of_a_vec_taken_apart: pair_of_a_vec(ref v) at (vec![1.3, 0.7]), (vec![1.3]));
#[differentiable]
fn ends_of_a_vec(v: Vec<f64>) -> f64 {
    match v.as_slice() {
        [] => 0.0,
        [a] => a * a,
        [a, mid @ .., b] => a * b + mid.iter().sum::<f64>(),
    }
}
row!(slice_of_a_vec_matched: ends_of_a_vec(val v) at (vec![1.3, 0.7]), (vec![2.0]), (vec![2.0, 0.3, 0.4, 0.5]));
#[differentiable]
fn ends_scaled(v: &mut Vec<f64>) {
    if let [a, .., b] = v.as_mut_slice() {
        *a *= *b;
        *b = a.sin();
    }
}
row!(slice_of_a_vec_changed: ends_scaled(mut v) -> unit at (vec![1.3, 0.7]), (vec![1.3, 0.7, 0.2]));
