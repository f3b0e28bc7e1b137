//! References that are reassigned: to another part of what they refer to.

use differentiable::{Differentiable, differentiable};

#[differentiable]
fn reassigned_ref(seq: &[f64], t: usize) -> f64 {
    let mut input = seq;
    let mut s = 0.0;
    for k in 0..t {
        input = &seq[k..];
        s += input[0] * input[1];
    }
    s + input.len() as f64 * input[0]
}
row!(slice_from_a_counter: reassigned_ref(ref seq, no t) at (vec![0.5, 0.2, 1.0, 3.0], 3));

#[differentiable]
fn reassigned_nodiff(x: f64, #[no_diff] seq: &[f64]) -> f64 {
    let mut rest = seq;
    let mut s = 0.0;
    while rest.len() > 1 {
        s = s * x + rest[0];
        rest = &rest[1..];
    }
    s
}
row!(the_rest_of_constants: reassigned_nodiff(val x, noref seq) at (0.5, vec![0.5, 0.2, 1.0, 3.0]));

#[differentiable]
fn reassigned_shrink(mut rest: &[f64]) -> f64 {
    let mut s = 0.0;
    while !rest.is_empty() {
        s = s * 0.3 + rest[0] * rest[0];
        rest = &rest[1..];
    }
    s
}
row!(parameter_that_shrinks: reassigned_shrink(ref rest) at (vec![0.5, 0.2, 1.0, 3.0]));

#[differentiable]
fn split_first_loop(x: &[f64], y: f64) -> f64 {
    let mut rest = x;
    let mut s = y;
    while let Some((first, tail)) = rest.split_first() {
        s = s * first.sin() + tail.iter().sum::<f64>();
        rest = tail;
    }
    s
}
row!(split_first_in_while_let: split_first_loop(ref x, val y) at (vec![0.5, 0.2, 1.0, 3.0], 0.7));

#[differentiable]
fn slice_pattern_loop(x: &[f64]) -> f64 {
    let mut rest = x;
    let mut s = 0.0;
    while let [a, b, tail @ ..] = rest {
        s += a * b;
        rest = if s > 1.0 && !tail.is_empty() { &tail[1..] } else { tail };
    }
    s
}
row!(slice_pattern_in_while_let: slice_pattern_loop(ref x) at (vec![0.5, 0.2, 1.0, 3.0, 2.0, 0.4, 0.3]));

#[differentiable]
fn best_ref(x: &[f64]) -> f64 {
    let mut best = &x[0];
    for v in x {
        if *v > *best {
            best = v;
        }
    }
    best * best + x[0]
}
row!(the_largest_by_reference: best_ref(ref x) at (vec![0.5, 0.2, 1.0, 3.0, 2.0, 0.4, 0.3]));

#[derive(Clone, Differentiable)]
struct Item {
    w: f64,
    v: Vec<f64>,
}
#[differentiable]
fn best_item(items: &[Item], k: f64) -> f64 {
    let mut best = &items[0];
    for item in items.iter().skip(1) {
        if item.w * k > best.w * k {
            best = item;
        }
    }
    best.v[0] * best.w * k
}
#[test]
fn best_item_grad() {
    let items = vec![Item { w: 0.3, v: vec![1.0] }, Item { w: 0.7, v: vec![2.0, 3.0] }];
    let (g, k) = best_item::grad(&items, 1.5);
    assert_eq!((g[1].w, g[1].v[0], g[0].w, k), (3.0, 0.7 * 1.5, 0.0, 1.4));
}

#[differentiable]
fn row_moves(m: &[Vec<f64>], order: &[usize]) -> f64 {
    let mut row = &m[0];
    let mut s = 0.0;
    for &k in order {
        s += row[k % row.len()] * row[0];
        row = &m[k];
    }
    s * row[1]
}
row!(rows_by_reference: row_moves(ref m, noref order) at (vec![vec![0.5, 0.2, 1.0], vec![3.0, 2.0], vec![0.4, 0.3]], vec![2, 0, 1]));

#[differentiable]
fn split_at_mut_moves(x: &mut [f64], k: usize) -> f64 {
    let mut rest = &mut x[..];
    let mut s = 0.0;
    while rest.len() >= k {
        let (head, tail) = std::mem::take(&mut rest).split_at_mut(k);
        for v in head.iter_mut() {
            *v *= *v;
            s += *v;
        }
        head[0] += s;
        rest = tail;
    }
    s
}
row!(parts_taken_off_a_mutable_slice: split_at_mut_moves(mut x, no k) at (vec![0.5, 0.2, 1.0, 3.0, 2.0, 0.4, 0.3], 2));

#[differentiable]
fn trim(x: &[f64]) -> f64 {
    let mut v = x;
    while v.len() > 1 && v[0] < 0.0 {
        v = &v[1..];
    }
    while let Some((last, head)) = v.split_last() {
        if *last >= 0.0 {
            break;
        }
        v = head;
    }
    v.iter().map(|a| a * a * a).sum()
}
row!(trimmed_at_both_ends: trim(ref x) at (vec![-0.5, -0.2, 1.0, 3.0, 2.0, -0.4, -0.3]));

#[differentiable]
fn bsearch(xs: &[f64], t: f64) -> f64 {
    let mut s = xs;
    while s.len() > 2 {
        let mid = s.len() / 2;
        let (lo, hi) = s.split_at(mid);
        s = if t < hi[0] { &s[..mid + 1] } else { hi };
        let _ = lo;
    }
    (t - s[0]) / (s[s.len() - 1] - s[0])
}
row!(halved_until_two_are_left: bsearch(ref xs, val t) at (vec![0.0, 0.2, 1.0, 3.0, 5.0], 0.7));
