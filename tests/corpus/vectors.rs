//! `Vec`s that grow and shrink, and the methods of slices.

use differentiable::{Differentiable, differentiable};

#[differentiable]
fn pushed(x: f64, n: usize) -> Vec<f64> {
    let mut v = Vec::new();
    let mut p = x;
    for i in 0..n {
        v.push(p);
        p = p * x + i as f64;
    }
    v
}
row!(push_in_a_loop: pushed(val x, no n) -> many at (0.7, 4));

#[differentiable]
fn stack_machine(x: f64, y: f64) -> f64 {
    let mut stack = Vec::with_capacity(4);
    stack.push(x);
    stack.push(y);
    stack.push(x * y);
    let a = stack.pop().unwrap();
    let b = stack.pop().unwrap();
    stack.push(a / b + a);
    stack.push(2.0);
    while stack.len() > 1 {
        let p = stack.pop().unwrap();
        let q = stack.pop().unwrap();
        stack.push(p * q);
    }
    stack[0]
}
row!(push_and_pop: stack_machine(val x, val y) at (0.7, 1.5));

#[differentiable]
fn cleared(x: &[f64]) -> f64 {
    let mut buffer = Vec::new();
    let mut s = 0.0;
    for i in 0..x.len() {
        buffer.clear();
        for j in 0..=i {
            buffer.push(x[j] * x[i]);
        }
        let k = buffer.len() / 2;
        s += buffer[k] * buffer[0];
    }
    s
}
row!(clear_in_a_loop: cleared(ref x) at (vec![0.7, 1.5, -2.0]));

#[differentiable]
fn grown_parameter(v: &mut Vec<f64>, x: f64) {
    let s = v[0] * x;
    v.push(s);
    v.extend_from_slice(&[x, s * s]);
    v[1] *= s;
}
row!(vec_parameter_that_grows: grown_parameter(mut v, val x) -> unit at (vec![0.7, 1.5], 2.0));

#[differentiable]
fn shrunk(mut v: Vec<f64>) -> f64 {
    let last = v.pop().unwrap();
    v.truncate(2);
    v[0] *= last;
    let removed = v.remove(0);
    v.insert(0, removed * v[0]);
    v.resize(4, last);
    v.iter().sum::<f64>() * v[0]
}
row!(truncate_remove_insert_resize: shrunk(val v) at (vec![0.7, 1.5, 3.0, 0.25]));

#[differentiable]
fn divided_differences(x: &[f64], y: &[f64], t: f64) -> f64 {
    let n = x.len();
    let mut d = y.to_vec();
    for k in 1..n {
        for i in (k..n).rev() {
            d[i] = (d[i] - d[i - 1]) / (x[i] - x[i - k]);
        }
    }
    let mut s = d[n - 1];
    for i in (0..n - 1).rev() {
        s = s * (t - x[i]) + d[i];
    }
    s
}
row!(to_vec_overwritten_in_place: divided_differences(ref x, ref y, val t) at (vec![0.0, 1.0, 2.5], vec![1.0, 3.0, -1.0], 1.7));

#[differentiable]
fn cloned(v: &[f64], k: f64) -> f64 {
    let a = v.to_owned();
    let mut b = a.clone();
    for x in &mut b {
        *x *= k;
    }
    a[0] * b[1] + a[1] * b[0]
}
row!(clones_are_independent: cloned(ref v, val k) at (vec![0.7, 1.5], 2.0));

#[differentiable]
fn swapped_steps(x: &[f64], alpha: f64, steps: usize) -> Vec<f64> {
    let mut now = x.to_vec();
    let mut next = vec![0.0; x.len()];
    for _ in 0..steps {
        for i in 0..x.len() {
            let left = now[(i + x.len() - 1) % x.len()];
            next[i] = now[i] + alpha * left * now[i];
        }
        std::mem::swap(&mut now, &mut next);
    }
    now
}
row!(buffers_swapped_each_step: swapped_steps(ref x, val alpha, no steps) -> many at (vec![1.0, 2.0, 0.5], 0.1, 3));

#[differentiable]
fn moved_buffers(x: &[f64], k: f64) -> f64 {
    let mut state = x.to_vec();
    for _ in 0..3 {
        let mut new = vec![0.0; state.len()];
        for i in 0..state.len() {
            new[i] = state[i] * state[0] + k;
        }
        state = new;
    }
    state.iter().sum()
}
row!(buffer_replaced_each_step: moved_buffers(ref x, val k) at (vec![0.7, 0.5], 0.3));

#[differentiable]
fn halves(v: &mut [f64], k: f64) {
    let mid = v.len() / 2;
    let (left, right) = v.split_at_mut(mid);
    for (a, b) in left.iter_mut().zip(right.iter_mut()) {
        let (sum, difference) = (*a + *b, *a - *b);
        *a = sum * k;
        *b = difference * sum;
    }
    left[0] += right[0];
}
row!(split_at_mut: halves(mut v, val k) -> unit at (vec![0.7, 1.5, -2.0, 0.5], 0.3));

#[differentiable]
fn split_shared(v: &[f64], k: usize) -> f64 {
    let (a, b) = v.split_at(k);
    a[0] * b[0] + a[a.len() - 1] * b[b.len() - 1]
}
row!(split_at: split_shared(ref v, no k) at (vec![0.7, 1.5, -2.0], 1), (vec![0.7, 1.5, -2.0], 2));

#[differentiable]
fn swapped_slots(v: &mut [f64]) {
    let n = v.len();
    v.swap(0, n - 1);
    v[0] *= v[1];
    for i in 0..n / 2 {
        v.swap(i, n - 1 - i);
    }
    v.reverse();
    v[n - 1] += v[0];
}
row!(swap_and_reverse: swapped_slots(mut v) -> unit at (vec![0.7, 1.5, -2.0, 0.25]));

#[differentiable]
fn copies(src: &[f64], dst: &mut [f64], k: f64) {
    let n = src.len();
    dst[..n].copy_from_slice(src);
    dst[n..].fill(k * k);
    dst[0] *= dst[n];
    let mut t = vec![0.0; n];
    t.copy_from_slice(&dst[1..n + 1]);
    dst[1] = t[0] * t[n - 1];
    dst[2..].fill(0.5);
}
row!(copy_from_slice_and_fill: copies(ref src, mut dst, val k) -> unit at (vec![0.7, 1.5], vec![9.0, 8.0, 7.0, 6.0], 1.2));

#[differentiable]
fn moved_window(v: &mut [f64]) {
    v.copy_within(1.., 0);
    v[0] *= v[1];
    v.rotate_left(1);
    v[0] += v[2];
}
row!(copy_within_and_rotate: moved_window(mut v) -> unit at (vec![0.7, 1.5, -2.0, 0.25]));

#[differentiable]
fn sorted(v: &mut [f64], w: &[f64]) -> f64 {
    v.sort_by(|a, b| a.total_cmp(b));
    let mut s = 0.0;
    for i in 0..v.len() {
        s += v[i] * v[i] * w[i];
    }
    s
}
row!(sort_by_total_cmp: sorted(mut v, ref w) at (vec![3.0, -1.0, 2.0], vec![0.2, 0.3, 0.5]));

#[differentiable]
fn quantile(data: &[f64], q: f64) -> f64 {
    let mut v = data.to_vec();
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let at = q * (v.len() - 1) as f64;
    let lo = at.floor() as usize;
    let hi = at.ceil() as usize;
    v[lo] + (at - lo as f64) * (v[hi] - v[lo])
}
row!(quantile_row: quantile(ref data, val q) at (vec![3.0, -1.0, 2.0, 5.5], 0.4));

#[differentiable]
fn mut_references_in_a_vec(rows: &mut Vec<Vec<f64>>, k: f64) -> f64 {
    for row in rows.iter_mut() {
        let first = row[0];
        for x in row.iter_mut() {
            *x = *x * first + k;
        }
        row.push(first * k);
    }
    rows[0][1] * rows[1][2]
}
row!(rows_of_a_vec_of_vecs: mut_references_in_a_vec(mut rows, val k) at (vec![vec![1.0, 2.0], vec![0.5, 3.0]], 0.7));

#[differentiable]
fn last_pushed(x: f64) -> f64 {
    let mut v = vec![x];
    while v[v.len() - 1] < 50.0 {
        let last = *v.last().unwrap();
        v.push(last * 1.5 + x);
    }
    if let Some(last) = v.last_mut() {
        *last *= x;
    }
    v[v.len() - 1] + v[v.len() / 2] * v[0]
}
row!(while_that_pushes: last_pushed(val x) at (1.3), (60.0));

#[differentiable]
fn boxed_slice(x: f64) -> f64 {
    let b = Box::new(x * x);
    let mut c = Box::new([x, 1.0]);
    c[1] *= *b;
    c[0] * c[1] + *b
}
row!(boxes: boxed_slice(val x) at (1.3) => 3.0 * x * x + 2.0 * x);

#[differentiable(order = 2)]
fn shared_table(a: f64, x: f64) -> f64 {
    let table = std::sync::Arc::new(vec![a, x, a * x]);
    let again = std::sync::Arc::clone(&table);
    let scale = std::rc::Rc::new(std::convert::identity(a * a));
    let other = scale.clone();
    table[0] * again[2] + *scale * *other * again[1]
}
row!(shared_values: shared_table(val a, val x) at (1.3, 0.7));

#[differentiable]
fn shrinking(v: &[f64], k: f64) -> f64 {
    let mut h = v.to_vec();
    while h.len() > 1 {
        let mut shorter = vec![0.0; h.len() - 1];
        for i in 0..shorter.len() {
            shorter[i] = h[i] * h[i + 1] * k;
        }
        h = shorter;
    }
    h[0]
}
row!(shrinking_buffer: shrinking(ref v, val k) at (vec![1.1, 0.9, 1.3, 0.7], 0.8));

#[differentiable]
fn growing(v: &[f64], k: f64) -> f64 {
    let mut h = v.to_vec();
    for _ in 0..2 {
        let mut longer = vec![k; h.len() + 1];
        for i in 0..h.len() {
            longer[i] *= h[i] * h[i];
        }
        h = longer;
    }
    h[0] * h[1] * h[h.len() - 1]
}
row!(growing_buffer: growing(ref v, val k) at (vec![1.1, 0.9], 0.8));

#[differentiable]
fn rows_from_rows(m: &mut [Vec<f64>], k: f64) {
    for i in 1..m.len() {
        let (top, bottom) = m.split_at_mut(i);
        let previous = &top[i - 1];
        for (j, v) in bottom[0].iter_mut().enumerate() {
            *v += previous[j] * k;
        }
    }
    for row in m.iter_mut() {
        let last = row.len() - 1;
        row[last] *= row[0];
    }
}
row!(rows_split_off_mutably: rows_from_rows(mut m, val k) -> unit at (vec![vec![0.5, 1.5], vec![0.7, 0.2], vec![1.1, -0.4]], 0.8));

/// What is appended is made inside a branch, and gone when the reverse sweep comes.
#[differentiable(order = 2)]
fn appended_in_a_branch(a: f64, b: f64) -> f64 {
    let mut ys = vec![b];
    if a > 0.5 {
        ys.extend_from_slice(&[a * b, b]);
        let more: Vec<f64> = (0..3).map(|i| a * i as f64).collect();
        ys.extend_from_slice(&more);
    }
    for k in 0..3 {
        let part: Vec<f64> = (0..k).map(|i| a * i as f64 + b).collect();
        ys.extend(part.iter());
        ys.extend_from_slice(&[a, b]);
    }
    ys.iter().map(|y| y * y).sum::<f64>() * ys[1]
}
row!(appended_in_a_branch_row: appended_in_a_branch(val a, val b) at (1.3, 0.7), (0.3, 0.7));
curved!(appended_in_a_branch_curved: appended_in_a_branch(val a, val b) at (1.3, 0.7));

#[derive(Clone, Copy, Debug, differentiable::Differentiable)]
struct Knot {
    at: f64,
    value: f64,
}

#[differentiable]
fn elements_before_the_first_push(x: f64, y: f64) -> f64 {
    let mut knots: Vec<Knot> = Vec::new();
    for k in 0..4 {
        if let Some(last) = knots.last_mut() {
            last.value += x * last.at;
        }
        if k > 1 {
            let value = knots[k - 1].value * knots[k - 2].at;
            knots.push(Knot { at: y, value });
        } else {
            knots.push(Knot { at: x + k as f64, value: y * y });
        }
    }
    knots[3].value * knots[2].at
}
row!(looked_at_before_anything_is_pushed: elements_before_the_first_push(val x, val y) at (0.5, 1.2));

#[derive(Clone, Debug, Differentiable)]
enum Roots<F> {
    None([F; 0]),
    One([F; 1]),
    Two([F; 2]),
    Many(Vec<F>),
}

#[differentiable]
impl Roots<f64> {
    fn all(&self) -> Vec<f64> {
        match self {
            Roots::None(x) => x.to_vec(),
            Roots::One(x) => x.to_vec(),
            Roots::Two(x) => x.to_vec(),
            Roots::Many(x) => x.to_vec(),
        }
    }
    fn squared(&self) -> Vec<f64> {
        let mut all = match *self {
            Roots::None(ref x) => x.to_vec(),
            Roots::One(ref x) => x.to_vec(),
            Roots::Two(ref x) => x.to_vec(),
            Roots::Many(ref x) => x.to_vec(),
        };
        for x in all.iter_mut() {
            *x *= *x;
        }
        all.push(2.0);
        all
    }
}

#[differentiable]
fn roots_of(a: f64, b: f64) -> Roots<f64> {
    if a > 3.0 {
        Roots::None([])
    } else if a > 2.0 {
        Roots::One([a * b])
    } else if a > 1.0 {
        Roots::Two([a * b, a + b])
    } else {
        Roots::Many(vec![a, b, a * b])
    }
}

#[differentiable]
fn sum_of_roots(a: f64, b: f64) -> f64 {
    let mut s = a;
    for x in roots_of(a, b).all() {
        s += x * x;
    }
    for x in roots_of(a, b).squared() {
        s += x.sin() * s;
    }
    s
}
row!(to_vec_of_arrays_of_several_lengths: sum_of_roots(val a, val b) at (3.5, 0.7), (2.5, 0.7), (1.5, 0.7), (0.5, 0.7));
