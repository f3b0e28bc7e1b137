//! What the reverse sweep needs and the program has overwritten since: integers that drive
//! indices and trip counts, permutations, views, values taken out of places.

use differentiable::differentiable;

#[differentiable]
fn moving_index(v: &mut [f64], n: usize) -> f64 {
    let mut i = 0;
    let mut s = 1.0;
    for _ in 0..n {
        i = (i * 2 + 1) % v.len();
        s *= v[i];
        v[i] += s;
        i += 1;
        if i >= v.len() {
            i = 0;
        }
        v[i] *= 0.9;
    }
    s
}
row!(index_carried_by_the_loop: moving_index(mut v, no n) at (vec![1.0, 0.5, 1.5], 6));

#[differentiable]
fn permuted(v: &[f64], n: usize) -> f64 {
    let mut perm = vec![0; v.len()];
    for i in 0..v.len() {
        perm[i] = i;
    }
    let mut s = 0.5;
    for k in 0..n {
        let t = perm[0];
        for i in 1..perm.len() {
            perm[i - 1] = perm[i];
        }
        let last = perm.len() - 1;
        perm[last] = t;
        s = s * v[perm[0]] + v[perm[k % v.len()]].sin();
    }
    s
}
row!(permutation_overwritten_each_trip: permuted(ref v, no n) at (vec![1.0, 0.5, 1.5, -0.7], 7));

#[differentiable]
fn pivoted_lu(a: &mut [f64], n: usize) -> f64 {
    let mut rows = vec![0usize; n];
    for i in 0..n {
        rows[i] = i;
    }
    let mut det = 1.0;
    for k in 0..n {
        let mut p = k;
        let mut best = a[rows[k] * n + k].abs();
        for i in k + 1..n {
            let c = a[rows[i] * n + k].abs();
            if c > best {
                best = c;
                p = i;
            }
        }
        if p != k {
            let t = rows[k];
            rows[k] = rows[p];
            rows[p] = t;
            det = -det;
        }
        let r = rows[k] * n;
        det *= a[r + k];
        for i in k + 1..n {
            let q = rows[i] * n;
            a[q + k] /= a[r + k];
            for j in k + 1..n {
                a[q + j] -= a[q + k] * a[r + j];
            }
        }
    }
    det
}
row!(pivoting_by_an_index_array: pivoted_lu(mut a, no n) at (vec![1.0, 2.0, 3.0, 4.0, 1.5, -1.0, 2.0, 5.0, 0.5], 3));

#[differentiable]
fn count_depends_on_state(x: f64) -> f64 {
    let mut y = x;
    let mut n = 2;
    for k in 0..4 {
        for _ in 0..n {
            y = y * 1.2 - 0.1 * y * y;
        }
        n = if y > 1.5 { 1 } else { n + k };
    }
    y
}
row!(trip_count_overwritten_after_use: count_depends_on_state(val x) at (0.4), (2.5));

#[differentiable]
fn bound_in_a_variable(v: &[f64]) -> f64 {
    let mut hi = v.len();
    let mut lo = 0;
    let mut s = 1.0;
    while lo < hi {
        for i in lo..hi {
            s = s * 0.5 + v[i] * s;
        }
        lo += 1;
        hi -= 1;
    }
    s
}
row!(bounds_that_move: bound_in_a_variable(ref v) at (vec![1.0, 0.5, 1.5, -0.7, 0.2]));

#[differentiable]
fn flag_overwritten(v: &[f64]) -> f64 {
    let mut up = true;
    let mut s = 0.3;
    for i in 0..v.len() {
        if up {
            s = s * v[i];
        } else {
            s = s + v[i] * v[i];
        }
        up = s < 0.5;
    }
    s
}
row!(flag_overwritten_each_trip: flag_overwritten(ref v) at (vec![1.0, 2.5, 1.5, -0.7, 0.2]));

#[differentiable]
fn early_exit_in_nest(m: &[f64], n: usize, limit: f64) -> f64 {
    let mut s = 1.0;
    let mut t = limit;
    for i in 0..n {
        s *= 1.1;
        for j in 0..n {
            t = t * 0.9 + m[i * n + j] * s;
            if t > limit * 2.0 {
                s = s / t;
                break;
            }
            if m[i * n + j] < -5.0 {
                return t * s;
            }
            s += t * 0.01;
        }
        if s < 0.2 {
            continue;
        }
        t *= s;
    }
    s * t
}
row!(exits_at_several_depths: early_exit_in_nest(ref m, no n, val limit) at
    (vec![1.0, 0.5, 1.5, -0.7, 0.2, 3.0, 0.1, 0.4, 2.0], 3, 1.3), (vec![1.0, 0.5, 1.5, -0.7, -6.0, 3.0, 0.1, 0.4, 2.0], 3, 9.0));

#[differentiable]
fn replaced(x: f64, y: f64) -> f64 {
    let mut a = x;
    let old = std::mem::replace(&mut a, y * x);
    let mut v = [a, old];
    let taken = std::mem::replace(&mut v[0], old * old);
    std::mem::swap(&mut a, &mut v[1]);
    a * taken + v[0] * v[1]
}
row!(mem_replace_and_swap: replaced(val x, val y) at (1.5, -0.6));

#[differentiable]
fn swapped_rows(m: &mut [[f64; 2]; 3], k: f64) -> f64 {
    m.swap(0, 2);
    m[0][1] *= k;
    m.swap(1, 0);
    let row = m[1];
    m[2] = [row[0] * m[2][1], k];
    m[0][0] + m[1][1] * m[2][0]
}
row!(rows_swapped: swapped_rows(mut m, val k) at ([[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]], 0.7));

#[differentiable]
fn view_of_a_view(v: &mut [f64], k: f64) {
    let n = v.len();
    let tail = &mut v[1..];
    let inner = &mut tail[..n - 2];
    for i in 0..inner.len() {
        inner[i] = inner[i] * k + 1.0;
        let slot = &mut inner[i];
        *slot *= *slot;
    }
    tail[0] += tail[1] * k;
    v[0] *= v[1];
}
row!(views_of_views: view_of_a_view(mut v, val k) -> unit at (vec![1.0, 0.5, 1.5, -0.7], 0.6));

#[differentiable]
fn view_by_moving_bounds(v: &mut [f64], k: f64) -> f64 {
    let mut start = 0;
    let mut s = 0.0;
    while start + 1 < v.len() {
        let window = &mut v[start..start + 2];
        start += 1;
        window[1] = window[0] * window[1] + k;
        s += window[1] * window[0];
    }
    s
}
row!(view_whose_bound_is_overwritten: view_by_moving_bounds(mut v, val k) at (vec![1.0, 0.5, 1.5, -0.7], 0.6));

#[differentiable]
fn aliases_by_branches(v: &mut [f64], first: bool, k: f64) -> f64 {
    let n = v.len();
    let (a, b) = v.split_at_mut(n / 2);
    let chosen = if first { &mut a[0] } else { &mut b[0] };
    *chosen = *chosen * k + *chosen * *chosen;
    a[0] * b[0]
}
row!(reference_chosen_by_a_branch: aliases_by_branches(mut v, no first, val k) at
    (vec![1.0, 0.5, 1.5, -0.7], true, 0.6), (vec![1.0, 0.5, 1.5, -0.7], false, 0.6));

#[differentiable]
fn evaluation_order(x: f64) -> f64 {
    let mut a = x;
    let b = a + {
        a *= 2.0;
        a
    } * a;
    let mut v = [b, a, x];
    let mut i = 0;
    v[{
        i += 1;
        i
    }] *= {
        i += 1;
        v[i]
    };
    v[1] * b + v[i]
}
row!(order_of_evaluation: evaluation_order(val x) at (0.7));

#[differentiable]
fn add_to(x: &mut f64, by: f64) -> f64 {
    let before = *x;
    *x += by * before;
    before
}

#[differentiable]
fn effects_in_order(x: f64, y: f64) -> f64 {
    let mut a = x;
    let p = add_to(&mut a, y);
    let by = a * y;
    let q = add_to(&mut a, by);
    p * q + a
}
row!(effects_of_arguments_in_order: effects_in_order(val x, val y) at (0.7, 0.4));

#[differentiable]
fn two_buffers(a: &mut [f64], b: &mut [f64], k: f64) {
    for i in 0..a.len() {
        let t = a[i] * k;
        a[i] = b[i] * b[i] - t;
        b[i] = t * a[i];
    }
    for i in (0..a.len()).rev() {
        a[i] += b[(i + 1) % b.len()] * a[(i + 1) % a.len()];
    }
}

#[differentiable]
fn calls_with_two_buffers(x: &[f64], k: f64) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![k; x.len()];
    let mut s = 0.0;
    for step in 0..3 {
        if step % 2 == 0 {
            two_buffers(&mut a, &mut b, k);
        } else {
            two_buffers(&mut b, &mut a, a_of(k, step));
        }
        s += a[0] * b[1];
        a[1] = s;
    }
    s
}

#[differentiable]
fn a_of(k: f64, step: usize) -> f64 {
    k * step as f64 * 0.5
}
row!(buffers_exchanged_between_calls: calls_with_two_buffers(ref x, val k) at (vec![0.9, 0.5, 1.1], 0.6));

#[differentiable]
fn halves_by_callee(v: &mut [f64], k: f64) -> f64 {
    let mut s = 0.0;
    for cut in 1..v.len() {
        let (left, right) = v.split_at_mut(cut);
        s += mix(left, right, k);
    }
    s
}

#[differentiable]
fn mix(a: &mut [f64], b: &mut [f64], k: f64) -> f64 {
    let t = a[0];
    a[0] = b[0] * k + t;
    b[0] *= t;
    a[0] * b[0]
}
row!(disjoint_halves_lent_to_a_callee: halves_by_callee(mut v, val k) at (vec![0.9, 0.5, 1.1, -0.3], 0.6));

#[differentiable]
fn captured_then_changed(x: f64) -> f64 {
    let mut c = x;
    let first = {
        let f = |t: f64| t * c;
        f(2.0)
    };
    c = c * c;
    let f = |t: f64| t * c + first;
    let second = f(x);
    c = 1.0 / c;
    first * second * c
}
row!(captured_values_changed_between_closures: captured_then_changed(val x) at (1.3));

#[differentiable]
fn tuple_state(x: f64, n: usize) -> (f64, f64) {
    let mut s = (x, 1.0, 0usize);
    for _ in 0..n {
        s = (s.0 * s.1, s.1 + s.0, s.2 + 1);
        if s.2 % 2 == 0 {
            s.1 *= 0.5;
        }
    }
    (s.0, s.1 * s.2 as f64)
}
row!(tuple_state_replaced_as_a_whole: tuple_state(val x, no n) -> many at (0.8, 4), (0.8, 1));

#[differentiable]
fn array_state(x: [f64; 3], n: usize) -> [f64; 3] {
    let mut s = x;
    let mut history = [[0.0; 3]; 2];
    for k in 0..n {
        history[k % 2] = s;
        let old = history[(k + 1) % 2];
        s = [s[1] * 0.9 + old[0], s[2] * s[0], old[2] - s[1]];
    }
    s
}
row!(ring_of_whole_arrays: array_state(val x, no n) -> many at ([0.8, 1.2, -0.5], 5));

#[differentiable]
fn conditional_overwrite(v: &mut [f64], t: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        let before = v[i];
        if before > t {
            v[i] = t * before.sqrt();
        }
        s += v[i] * before;
        if i > 0 && v[i - 1] < v[i] {
            v[i - 1] = v[i] * v[i - 1];
        }
    }
    s
}
row!(slots_overwritten_under_conditions: conditional_overwrite(mut v, val t) at (vec![0.9, 2.5, 1.1, 3.3], 1.0));

#[differentiable]
fn nan_in_unused_slots(v: &[f64]) -> f64 {
    let mut logs = [0.0; 3];
    for i in 0..3 {
        logs[i] = if v[i] > 0.0 { v[i].ln() } else { f64::NAN };
    }
    let mut s = 0.0;
    for i in 0..3 {
        if v[i] > 0.0 {
            s += logs[i] * v[i];
        }
    }
    s
}
row!(nan_stored_but_not_used: nan_in_unused_slots(ref v) at (vec![0.9, -2.5, 1.1]));

#[differentiable]
fn last_of_several_loops(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = y.sin();
    }
    let z = y;
    for _ in 0..n {
        y = y * z + x;
    }
    let w = y;
    for _ in 0..n {
        y = y / w + z;
    }
    y * w * z
}
row!(several_loops_over_one_variable: last_of_several_loops(val x, no n) at (0.8, 3), (0.8, 0));

#[differentiable]
fn shadowed_buffers(x: &[f64]) -> f64 {
    let v = [x[0], x[1]];
    let mut s = 1.0;
    for k in 0..3 {
        let mut v = [v[0] * s, v[1]];
        v[0] += v[1] * k as f64;
        let v = [v[0] * v[1], v[0]];
        s = v[0] - v[1] * s;
    }
    s * v[1]
}
row!(buffers_shadowed_in_a_loop: shadowed_buffers(ref x) at (vec![0.8, 1.7]));

// What is written beside a view that lives on, of which both sweeps read: they meet in the branch.
#[differentiable]
fn view_before_a_branch(w: &mut [f64], x: f64, k: usize) -> f64 {
    w[k % 2] += x.sin();
    w[k % 2] += (w[1] * w[0]).sin();
    {
        let part = &mut w[0..];
        if x < (if part[0] > 0.0 { part[k % 2] } else { x.cos() }) {
            return x * (part[1] / (1.0 + part[1] * part[1]));
        }
    }
    w[(k + 1) % 2] * x
}
row!(views_beside_what_is_kept: view_before_a_branch(mut w, val x, no k) at
    (vec![0.5, 2.0, 3.0], 0.4, 1), (vec![0.5, 0.2, -3.0], 2.4, 2), (vec![0.5, -0.2, 0.3], 0.9, 3));

#[differentiable]
fn clamped_in_place(x: f64, y: f64) -> f64 {
    let mut t = x * x;
    t = t.clamp(0.0, 1.0);
    let mut list = [y * 3.0, x];
    for item in list.iter_mut() {
        *item = item.clamp(-1.0, 1.0);
    }
    let mut sum = y;
    for k in 0..3 {
        sum += x * k as f64;
        sum = f64::clamp(sum, -2.0, 2.5);
    }
    2.0 * t * y + list[0] * list[1] + sum
}
row!(clamped_between_constants: clamped_in_place(val x, val y) at (0.5, 0.2), (3.0, 0.2), (0.5, -3.0), (-3.0, 3.0));

#[differentiable]
fn anti_windup(gains: &[f64], errors: &[f64]) -> f64 {
    let mut integral = 0.0;
    let mut out = 0.0;
    for &e in errors {
        integral += e * gains[0];
        integral = integral.clamp(-1.0, 1.0);
        out += gains[1] * e + integral * integral;
        out = out.abs() - 0.1;
    }
    out
}
row!(integral_kept_within_bounds: anti_windup(ref gains, ref errors) at
    (vec![0.7, 0.3], vec![0.5, 2.0, -0.4, 0.3]), (vec![0.1, 0.3], vec![0.5, 2.0, -0.4]));

#[differentiable]
fn replaced_by_clones(x: &[f64]) -> f64 {
    let mut a = x[0];
    a *= 2.0;
    let b = x[0] * x[1];
    a.clone_from(&b);
    let mut list = vec![a, x[1]];
    list.clone_from(&vec![b * a, x[0], x[1] * x[1]]);
    let last = list.last_mut().unwrap();
    last.clone_from(&(a * b));
    let mut pair = (x[0], [x[1]; 2]);
    pair.1.clone_from(&[a, list[2]]);
    pair.0.clone_from(&pair.1[1]);
    a * a + list[0] * list[1] * list[2] + pair.0 * pair.1[0]
}
row!(clones_in_the_place_of_others: replaced_by_clones(ref x) at (vec![0.7, 0.3]));
