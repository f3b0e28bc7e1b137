//! Containers, early exits, recursion and overwriting, several of them at once.

use differentiable::{Differentiable, differentiable, no_diff};

#[differentiable(order = 2)]
fn tree_sum(values: &[f64], children: &[Vec<usize>], k: f64) -> f64 {
    let mut stack = vec![(0usize, 1.0)];
    let mut total = 0.0;
    while let Some((node, weight)) = stack.pop() {
        total += weight * values[node] * values[node];
        for &c in &children[node] {
            stack.push((c, weight * k * values[node]));
        }
    }
    total
}
row!(tree_sum_row: tree_sum(ref values, noref children, val k) at (vec![1.0, 0.5, 2.0, -1.0], vec![vec![1, 2], vec![3], vec![], vec![]], 0.6));
curved!(tree_sum_at_order_two: tree_sum(ref values, noref children, val k) at (vec![1.0, 0.5, 2.0, -1.0], vec![vec![1, 2], vec![3], vec![], vec![]], 0.6));

#[differentiable(order = 2)]
fn previous(x: &[f64], k: f64) -> f64 {
    let mut prev: Option<f64> = None;
    let mut sum = 0.0;
    for &v in x {
        if let Some(p) = prev {
            sum += (v - p).powi(2) * k;
        }
        prev = if v > 0.0 { Some(v * k) } else { None };
    }
    sum + prev.unwrap_or(k)
}
row!(previous_row: previous(ref x, val k) at (vec![1.0, 0.5, -0.3, 2.0], 0.7), (vec![1.0, -0.3], 0.7));
curved!(previous_at_order_two: previous(ref x, val k) at (vec![1.0, 0.5, -0.3, 2.0], 0.7), (vec![1.0, -0.3], 0.7));

#[derive(Clone, Debug, Differentiable)]
struct Pair {
    a: Vec<f64>,
    b: Vec<f64>,
    k: f64,
}
#[differentiable(order = 2)]
fn swap_fields(x: &[f64], y: &[f64], n: usize) -> f64 {
    let mut p = Pair { a: x.to_vec(), b: y.to_vec(), k: 1.5 };
    for i in 0..n {
        for j in 0..p.a.len() {
            p.a[j] += p.b[j] * p.k;
        }
        std::mem::swap(&mut p.a, &mut p.b);
        p.k *= p.a[0];
        if i == 1 {
            let old = std::mem::replace(&mut p.k, 0.5);
            p.b[0] += old;
        }
    }
    p.a[0] * p.b[1] + p.k
}
row!(swap_fields_row: swap_fields(ref x, ref y, no n) at (vec![0.5, 1.2], vec![0.3, -0.8], 4), (vec![0.5, 1.2], vec![0.3, -0.8], 0));
curved!(swap_fields_at_order_two: swap_fields(ref x, ref y, no n) at (vec![0.5, 1.2], vec![0.3, -0.8], 4), (vec![0.5, 1.2], vec![0.3, -0.8], 0));

#[differentiable(order = 2)]
fn take_rows(m: &[Vec<f64>], k: f64) -> f64 {
    let mut m = m.to_vec();
    let mut sum = 0.0;
    for i in 0..m.len() {
        let mut row = std::mem::take(&mut m[i]);
        for v in row.iter_mut() {
            *v *= k + i as f64;
        }
        sum += row.iter().sum::<f64>();
        row.push(sum);
        m[i] = row;
    }
    m.iter().map(|r| r.last().unwrap() * r[0]).sum()
}
row!(take_rows_row: take_rows(ref m, val k) at (vec![vec![0.5, 1.0], vec![0.3], vec![-0.8, 0.1, 0.9]], 1.3));
curved!(takes_at_order_two: take_rows(ref m, val k) at (vec![vec![0.5, 1.0], vec![0.3], vec![-0.8, 0.1, 0.9]], 1.3));

#[differentiable(recursive, order = 2)]
fn fft_rec(x: &[f64], k: f64) -> Vec<f64> {
    if x.len() <= 1 {
        return x.iter().map(|v| v * k).collect();
    }
    let even: Vec<f64> = x.iter().step_by(2).copied().collect();
    let odd: Vec<f64> = x.iter().skip(1).step_by(2).copied().collect();
    let e = fft_rec(&even, k);
    let o = fft_rec(&odd, k * 0.9);
    let mut out = vec![0.0; x.len()];
    for i in 0..e.len() {
        out[i] = e[i] + o[i] * k;
        out[i + e.len()] = e[i] - o[i];
    }
    out
}
row!(fft_rec_row: fft_rec(ref x, val k) -> many at (vec![1.0, 2.0, -0.5, 0.7], 0.8));

#[differentiable(recursive, order = 2)]
fn quick(a: &mut [f64], k: f64) {
    if a.len() < 2 {
        return;
    }
    let p = a[a.len() / 2] * no_diff(1.0);
    let (mut i, mut j) = (0usize, a.len() - 1);
    loop {
        while a[i] < p {
            i += 1;
        }
        while a[j] > p {
            j -= 1;
        }
        if i >= j {
            break;
        }
        a.swap(i, j);
        a[i] *= k;
        i += 1;
        j -= 1;
    }
    let (l, r) = a.split_at_mut(i);
    quick(l, k);
    quick(r, k);
}
row!(quick_row: quick(mut a, val k) -> unit at (vec![3.0, 1.0, 2.5, 0.5], 1.0));

#[differentiable(recursive, order = 2)]
fn memo(n: usize, x: f64, table: &mut Vec<f64>, done: &mut [bool]) -> f64 {
    if n < 2 {
        return x * n as f64 + 1.0;
    }
    if done[n] {
        return table[n];
    }
    let v = memo(n - 1, x, table, done) * x + memo(n - 2, x, table, done);
    table[n] = v;
    done[n] = true;
    v
}
#[differentiable(order = 2)]
fn fib_like(x: f64, n: usize) -> f64 {
    let mut table = vec![0.0; n + 1];
    let mut done = vec![false; n + 1];
    memo(n, x, &mut table, &mut done)
}
row!(fib_like_row: fib_like(val x, no n) at (0.7, 6));
curved!(fib_like_at_order_two: fib_like(val x, no n) at (0.7, 6));

#[differentiable(order = 2)]
fn loop_match(x: &[f64], kinds: &[i32]) -> f64 {
    let mut i = 0;
    let mut acc = 1.0;
    let r = loop {
        if i >= x.len() {
            break acc;
        }
        let v = x[i];
        i += 1;
        match kinds[i - 1] {
            0 => continue,
            1 => acc *= v,
            2 if v > 1.0 => {
                acc += v * v;
                i += 1;
            }
            2 => {
                acc -= v;
            }
            3 => break acc * v,
            _ => return acc.sin(),
        }
        acc += 0.1 * v;
    };
    r * x[0]
}
row!(loop_match_row: loop_match(ref x, noref kinds) at (vec![0.5, 1.5, -0.7, 0.2, 2.0], vec![1, 2, 0, 1, 3]), (vec![0.5, 0.5, -0.7, 0.2, 2.0], vec![1, 2, 0, 1, 4]), (vec![0.5, 0.5], vec![1, 2]));
curved!(loop_match_at_order_two: loop_match(ref x, noref kinds) at (vec![0.5, 1.5, -0.7, 0.2, 2.0], vec![1, 2, 0, 1, 3]), (vec![0.5, 0.5, -0.7, 0.2, 2.0], vec![1, 2, 0, 1, 4]), (vec![0.5, 0.5], vec![1, 2]));

#[differentiable(order = 2)]
fn side_effects(x: &[f64]) -> f64 {
    let mut acc = 0.0;
    let cum: Vec<f64> = x
        .iter()
        .map(|v| {
            acc += v * v;
            acc
        })
        .collect();
    let mut count = 0;
    let big: f64 = cum
        .iter()
        .filter(|v| {
            count += 1;
            **v > 1.0
        })
        .sum();
    big * count as f64 + acc
}
row!(side_effects_row: side_effects(ref x) at (vec![0.5, 1.5, -0.7, 0.2]));
curved!(side_effects_at_order_two: side_effects(ref x) at (vec![0.5, 1.5, -0.7, 0.2]));

#[differentiable(order = 2)]
fn shadowing(x: f64, n: usize) -> f64 {
    let y = x;
    let y = {
        let y = y * 2.0;
        let x = y + 1.0;
        x * y
    };
    let mut s = 0.0;
    for i in 0..n {
        let x = x * i as f64 + y;
        let y = x.sin();
        s += y;
        {
            let s = s * 2.0;
            let _ = s;
        }
    }
    s * y
}
row!(shadowing_row: shadowing(val x, no n) at (0.7, 3));
curved!(shadowing_at_order_two: shadowing(val x, no n) at (0.7, 3));

#[differentiable(order = 2)]
fn vec_of_options(x: &[f64], k: f64) -> f64 {
    let mut slots: Vec<Option<f64>> = vec![None; x.len()];
    for (i, v) in x.iter().enumerate() {
        if *v > 0.0 {
            slots[(i * 2) % x.len()] = Some(v * k);
        }
    }
    slots.iter().map(|s| s.unwrap_or(k)).sum()
}
row!(vec_of_options_row: vec_of_options(ref x, val k) at (vec![0.5, -1.0, 0.7], 0.8));
curved!(vec_of_options_at_order_two: vec_of_options(ref x, val k) at (vec![0.5, -1.0, 0.7], 0.8));

#[differentiable(order = 2)]
fn pairs(x: &[f64], k: f64) -> f64 {
    let mut v: Vec<(f64, usize)> = x.iter().enumerate().map(|(i, a)| (a * k, i)).collect();
    v.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap());
    let mut s = 0.0;
    for (rank, (value, index)) in v.iter().enumerate() {
        s += value * (rank + 1) as f64 + x[*index] * k;
    }
    let (best, at) = v[0];
    s + best * at as f64
}
row!(pairs_row: pairs(ref x, val k) at (vec![0.5, 2.0, -1.0, 0.7], 0.8));
curved!(pairs_at_order_two: pairs(ref x, val k) at (vec![0.5, 2.0, -1.0, 0.7], 0.8));

#[differentiable(order = 2)]
fn callee_overwrites(buf: &mut [f64], k: f64) -> f64 {
    let s: f64 = buf.iter().sum();
    for b in buf.iter_mut() {
        *b = k * s;
    }
    s * s
}
#[differentiable(order = 2)]
fn uses_callee(x: &[f64], k: f64, n: usize) -> f64 {
    let mut buf = x.to_vec();
    let mut out = 0.0;
    for i in 0..n {
        let before = buf[0];
        let r = callee_overwrites(&mut buf, k);
        if r > 100.0 {
            break;
        }
        buf[i % 2] += before * r;
        out += r * buf[1];
    }
    out
}
row!(uses_callee_row: uses_callee(ref x, val k, no n) at (vec![0.5, 0.7], 0.6, 4), (vec![5.5, 9.7], 0.6, 4));
curved!(uses_callee_at_order_two: uses_callee(ref x, val k, no n) at (vec![0.5, 0.7], 0.6, 4), (vec![5.5, 9.7], 0.6, 4));

#[differentiable(order = 2)]
fn index_in_body(x: &[f64], n: usize) -> f64 {
    let mut i = 0;
    let mut j = x.len() - 1;
    let mut a = x.to_vec();
    while i < j {
        a[i] = a[i] * a[j];
        a[j] = a[i] + a[j];
        i += 1 + (n % 2);
        j -= 1;
        a.swap(i, j);
    }
    a[i] * a[0]
}
row!(index_in_body_row: index_in_body(ref x, no n) at (vec![0.5, 1.5, -0.7, 0.9, 1.1], 0), (vec![0.5, 1.5, -0.7, 0.9, 1.1], 1));
curved!(index_in_body_at_order_two: index_in_body(ref x, no n) at (vec![0.5, 1.5, -0.7, 0.9, 1.1], 0), (vec![0.5, 1.5, -0.7, 0.9, 1.1], 1));

#[differentiable(order = 2)]
fn out_params(x: f64, s: &mut f64, c: &mut f64) -> bool {
    *s = x.sin() * *c;
    *c = x.cos() + *s;
    *s > 0.0
}
#[differentiable(order = 2)]
fn caller_out(x: f64, n: usize) -> f64 {
    let (mut s, mut c) = (0.3, 0.8);
    let mut hits = 0;
    for i in 0..n {
        if out_params(x + i as f64, &mut s, &mut c) {
            hits += 1;
            c *= 1.1;
        }
    }
    s * c + hits as f64 * s
}
row!(caller_out_row: caller_out(val x, no n) at (0.4, 5));
curved!(caller_out_at_order_two: caller_out(val x, no n) at (0.4, 5));

#[differentiable(order = 2)]
fn zip_mut(a: &mut [f64], b: &mut [f64], k: f64) {
    for (x, y) in a.iter_mut().zip(b.iter_mut()) {
        let t = *x;
        *x = *y * k;
        *y = t + *x;
    }
    for w in a.chunks_mut(2) {
        w[0] *= w[w.len() - 1];
    }
    if let Some(l) = b.last_mut() {
        *l *= 3.0;
    }
    if let [first, .., last] = a {
        std::mem::swap(first, last);
        *first += 1.0 * *last;
    }
}
row!(zip_mut_row: zip_mut(mut a, mut b, val k) -> unit at (vec![0.5, 1.5, -0.7], vec![0.2, 0.9, 1.1], 0.6));

#[differentiable]
fn eliminated(a: &mut [f64], n: usize) {
    for k in 0..n - 1 {
        let (above, below) = a.split_at_mut((k + 1) * n);
        let pivot = &above[k * n..];
        for row in below.chunks_mut(n) {
            let f = row[k] / pivot[k];
            for (r, p) in row.iter_mut().zip(pivot.iter()) {
                *r -= f * *p;
            }
        }
    }
}
row!(part_of_one_half_while_the_other_changes: eliminated(mut a, no n) -> unit at
    (vec![2.0, 0.5, 0.1, 0.3, 1.5, -0.4, 0.7, 0.2, 1.1], 3));

#[differentiable]
fn ends_by_the_middle(a: &mut [f64; 6], k: f64) {
    let [first, middle @ .., last] = a;
    let inner = &middle[1..];
    for i in 0..3 {
        *first += inner[i] * *last * k;
        *last *= 1.0 + 0.1 * inner[(i + 1) % 3];
    }
}
row!(part_of_the_middle_while_the_ends_change: ends_by_the_middle(mut a, val k) -> unit at
    ([0.3, 0.2, 0.9, -0.4, 0.6, 1.1], 0.8));

#[differentiable]
fn halves_folded(x: &mut [f64]) {
    let (low, high) = x.split_at_mut(x.len() / 2);
    low.iter_mut().zip(high.iter_mut().rev()).for_each(|(a, b)| {
        std::mem::swap(a, b);
        *a *= *b;
    });
}
row!(elements_of_two_halves_swapped: halves_folded(mut x) -> unit at (vec![0.4, 0.9, -0.3, 1.3, 0.2]));
