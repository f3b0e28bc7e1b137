//! Arrays and slices: gather, scatter, stencils, in-place algorithms, views, `Vec`.

use differentiable::differentiable;

#[differentiable]
fn gather(table: &[f64], index: &[usize], k: f64) -> f64 {
    let mut s = 0.0;
    for &i in index {
        s += table[i] * table[i] * k;
    }
    s
}
row!(gather_with_repeated_indices: gather(ref table, noref index, val k) at (vec![1.0, 2.0, 3.0], vec![0, 2, 2, 1, 2], 0.5));

#[differentiable]
fn histogram(values: &[f64], bin: &[usize], out: &mut [f64]) {
    for i in 0..values.len() {
        out[bin[i]] += values[i] * values[i];
    }
}
row!(scatter_with_repeated_indices: histogram(ref values, noref bin, mut out) -> unit at
    (vec![1.0, 2.0, 3.0, 4.0], vec![0, 1, 0, 0], vec![0.5, 0.25]));

#[differentiable]
fn scatter_overwrite(values: &[f64], to: &[usize], out: &mut [f64]) {
    for i in 0..values.len() {
        out[to[i]] = values[i].sin() * out[0];
    }
}
row!(scatter_that_overwrites: scatter_overwrite(ref values, noref to, mut out) -> unit at
    (vec![1.0, 2.0, 3.0, 0.5], vec![1, 0, 1, 2], vec![0.5, 0.25, 3.0]));

#[differentiable]
fn self_update(a: &mut [f64]) {
    for i in 0..a.len() {
        a[i] = a[i].sin() * a[i];
    }
    for i in 0..a.len() {
        a[i] *= a[i];
    }
}
row!(slots_updated_from_themselves: self_update(mut a) -> unit at (vec![0.5, 1.5, -2.0]));

#[differentiable]
fn prefix_sums(a: &mut [f64]) {
    for i in 1..a.len() {
        a[i] += a[i - 1] * a[i];
    }
}
row!(recurrence_through_neighbouring_slots: prefix_sums(mut a) -> unit at (vec![0.5, 1.5, -2.0, 3.0]));

#[differentiable]
fn diffuse(u: &[f64], next: &mut [f64], alpha: f64) {
    let n = u.len();
    for i in 1..n - 1 {
        next[i] = u[i] + alpha * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
    }
    next[0] = u[0];
    next[n - 1] = u[n - 1];
}
row!(stencil_into_a_second_buffer: diffuse(ref u, mut next, val alpha) -> unit at (vec![1.0, 2.0, 4.0, 3.0, 0.5], vec![0.0; 5], 0.2));

#[differentiable]
fn diffuse_in_place(u: &mut [f64], alpha: f64, steps: usize) {
    let n = u.len();
    for _ in 0..steps {
        let mut left = u[0];
        for i in 1..n - 1 {
            let here = u[i];
            u[i] = here + alpha * (left - 2.0 * here + u[i + 1]) * here;
            left = here;
        }
    }
}
row!(stencil_in_place: diffuse_in_place(mut u, val alpha, no steps) -> unit at (vec![1.0, 2.0, 1.5, 3.0, 0.5], 0.2, 3));

#[differentiable]
fn gauss_seidel(b: &[f64], x: &mut [f64], sweeps: usize) {
    let n = x.len();
    for _ in 0..sweeps {
        for i in 0..n {
            let left = if i > 0 { x[i - 1] } else { 0.0 };
            let right = if i + 1 < n { x[i + 1] } else { 0.0 };
            x[i] = (b[i] + left + right) / 2.5;
        }
    }
}
row!(gauss_seidel_sweeps: gauss_seidel(ref b, mut x, no sweeps) -> unit at (vec![1.0, 2.0, 3.0], vec![0.1, 0.2, 0.3], 3));

#[differentiable]
fn zeroed_inside(x: &[f64], n: usize) -> f64 {
    let mut buffer = [0.0; 3];
    let mut total = 0.0;
    for k in 0..n {
        for slot in 0..3 {
            buffer[slot] = 0.0;
        }
        for i in 0..x.len() {
            buffer[(i + k) % 3] += x[i] * x[i];
        }
        total += buffer[0] * buffer[1] - buffer[2];
    }
    total
}
row!(buffer_zeroed_inside_a_loop: zeroed_inside(ref x, no n) at (vec![1.0, 0.5, 2.0, -1.0], 4));

#[differentiable]
fn scratch_each_iteration(x: &[f64]) -> f64 {
    let n = x.len();
    let mut s = 0.0;
    for i in 0..n {
        let mut t = vec![0.0; n];
        for j in 0..n {
            t[j] = x[i] * x[j];
            if j > 0 {
                t[j] *= t[j - 1];
            }
        }
        s += t[n - 1] * x[i];
    }
    s
}
row!(scratch_allocated_in_each_iteration: scratch_each_iteration(ref x) at (vec![1.0, 0.5, -2.0]));

#[differentiable]
fn forward_substitution(l: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut x = vec![0.0; n];
    for i in 0..n {
        let mut s = b[i];
        for j in 0..i {
            s -= l[i * n + j] * x[j];
        }
        x[i] = s / l[i * n + i];
    }
    x
}
row!(triangular_solve: forward_substitution(ref l, ref b, no n) -> many at
    (vec![2.0, 0.0, 0.0, 1.0, 3.0, 0.0, -1.0, 0.5, 1.5], vec![1.0, 2.0, 3.0], 3));

#[differentiable]
fn back_substitution_in_place(u: &[f64], x: &mut [f64]) {
    let n = x.len();
    for i in (0..n).rev() {
        for j in i + 1..n {
            x[i] -= u[i * n + j] * x[j];
        }
        x[i] /= u[i * n + i];
    }
}
row!(triangular_solve_in_place: back_substitution_in_place(ref u, mut x) -> unit at
    (vec![2.0, 1.0, -0.5, 0.0, 3.0, 0.5, 0.0, 0.0, 1.5], vec![1.0, 2.0, 3.0]));

#[differentiable]
fn cholesky(a: &mut [f64], n: usize) {
    for j in 0..n {
        for k in 0..j {
            let f = a[j * n + k];
            for i in j..n {
                a[i * n + j] -= a[i * n + k] * f;
            }
        }
        let d = a[j * n + j].sqrt();
        for i in j..n {
            a[i * n + j] /= d;
        }
        for i in 0..j {
            a[i * n + j] = 0.0;
        }
    }
}
row!(cholesky_in_place: cholesky(mut a, no n) -> unit at (vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0], 3));

#[differentiable]
fn lu_in_place(a: &mut [[f64; 3]; 3]) -> f64 {
    let mut det = 1.0;
    for k in 0..3 {
        det *= a[k][k];
        for i in k + 1..3 {
            a[i][k] /= a[k][k];
            for j in k + 1..3 {
                a[i][j] -= a[i][k] * a[k][j];
            }
        }
    }
    det
}
row!(lu_in_place_row: lu_in_place(mut a) at ([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.3, 2.0]]));

#[differentiable]
fn gemm(a: &[f64], b: &[f64], c: &mut [f64], n: usize, alpha: f64, beta: f64) {
    for i in 0..n {
        for j in 0..n {
            let mut s = 0.0;
            for k in 0..n {
                s += a[i * n + k] * b[k * n + j];
            }
            c[i * n + j] = alpha * s + beta * c[i * n + j];
        }
    }
}
row!(matrix_product_into_a_nonzero_c: gemm(ref a, ref b, mut c, no n, val alpha, val beta) -> unit at
    (vec![1.0, 2.0, 3.0, 4.0], vec![0.5, -1.0, 1.5, 2.0], vec![0.1, 0.2, 0.3, 0.4], 2, 1.5, 0.5));

#[differentiable]
fn matvec(a: &[[f64; 3]; 2], x: &[f64; 3]) -> [f64; 2] {
    let mut y = [0.0; 2];
    for i in 0..2 {
        for j in 0..3 {
            y[i] += a[i][j] * x[j];
        }
    }
    y
}
row!(arrays_of_arrays: matvec(ref a, ref x) -> many at ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [0.5, -1.0, 2.0]));

#[differentiable]
fn transpose_times(a: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    let mut out = [[0.0; 2]; 2];
    for (i, row) in out.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            for k in 0..2 {
                *entry += a[k][i] * a[k][j];
            }
        }
    }
    out
}
row!(nested_iter_mut: transpose_times(val a) -> value at ([[1.0, 2.0], [-0.5, 3.0]]));

#[differentiable]
fn rows_as_slices(m: &[f64], cols: usize) -> f64 {
    let rows = m.len() / cols;
    let mut s = 0.0;
    for r in 0..rows {
        let row = &m[r * cols..(r + 1) * cols];
        let first = row[0];
        for j in 0..cols {
            s += row[j] * first;
        }
    }
    s
}
row!(borrowed_rows: rows_as_slices(ref m, no cols) at (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3));

#[differentiable]
fn slices_of_slices(v: &[f64]) -> f64 {
    let middle = &v[1..v.len() - 1];
    let tail = &middle[1..];
    let head = &middle[..2];
    let all = &tail[..];
    let last = &v[v.len() - 1];
    let mut s = *last;
    for i in 0..all.len() {
        s = s * all[i] + head[i % 2];
    }
    s
}
row!(slices_of_slices_row: slices_of_slices(ref v) at (vec![1.0, 2.0, 3.0, 4.0, 5.0]));

#[differentiable]
fn mutable_rows(m: &mut [f64], cols: usize, k: f64) {
    for r in 0..m.len() / cols {
        let row = &mut m[r * cols..][..cols];
        let norm = row[0] * row[0] + k;
        for x in row.iter_mut() {
            *x /= norm;
        }
        let first = &mut row[0];
        *first *= k;
        *first += 1.0;
    }
}
row!(mutable_borrows_of_rows_and_slots: mutable_rows(mut m, no cols, val k) -> unit at (vec![1.0, 2.0, 3.0, 4.0], 2, 0.5));

#[differentiable]
fn reference_to_element(v: &mut [f64], i: usize, x: f64) -> f64 {
    let slot = &mut v[i];
    *slot = *slot * x;
    let kept = *slot;
    *slot += kept * kept;
    let other = &v[0];
    kept * *other
}
row!(references_to_elements_in_locals: reference_to_element(mut v, no i, val x) at (vec![1.0, 2.0], 1, 0.5), (vec![1.0, 2.0], 0, 0.5));

#[differentiable]
fn bubble_sort(v: &mut [f64]) {
    let n = v.len();
    for i in 0..n {
        for j in 0..n - 1 - i {
            if v[j] > v[j + 1] {
                let t = v[j];
                v[j] = v[j + 1];
                v[j + 1] = t;
            }
        }
    }
    for i in 1..n {
        v[i] *= v[i - 1];
    }
}
row!(sort_by_comparison_in_place: bubble_sort(mut v) -> unit at (vec![3.0, 1.0, 2.0, -1.0]));

#[differentiable]
fn local_array(x: f64, y: f64) -> f64 {
    let mut a = [x, y, x * y, 1.0];
    for i in 0..4 {
        a[3 - i] += a[i] * 0.5;
    }
    a[0] * a[1] + a[2] * a[3]
}
row!(local_array_with_crossing_updates: local_array(val x, val y) at (1.5, -0.5));

#[differentiable]
fn vec_literal(x: f64, n: usize) -> Vec<f64> {
    let mut v = vec![x, x * x, 1.0];
    let mut w = vec![x; n];
    for i in 0..n {
        w[i] *= v[i % 3];
        v[i % 3] += w[i];
    }
    w
}
row!(vec_literals_and_a_vec_returned: vec_literal(val x, no n) -> many at (0.7, 5));

#[differentiable]
fn owned_vec(mut v: Vec<f64>, k: f64) -> Vec<f64> {
    for i in 0..v.len() {
        v[i] = k * v[i] * v[i];
    }
    v
}
row!(vec_by_value_in_and_out: owned_vec(val v, val k) -> many at (vec![1.0, 2.0, 3.0], 0.5));

#[differentiable]
fn vec_of_vec(m: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; m.len()];
    for i in 0..m.len() {
        for j in 0..x.len() {
            y[i] += m[i][j] * x[j];
        }
    }
    y
}
row!(vec_of_vecs: vec_of_vec(ref m, ref x) -> many at (vec![vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]], vec![0.5, -1.0]));

#[differentiable]
fn tuple_of_arrays(p: ([f64; 2], f64), q: (f64, [f64; 2])) -> ([f64; 2], f64) {
    let (a, s) = p;
    let mut out = [0.0; 2];
    for i in 0..2 {
        out[i] = a[i] * q.1[1 - i] + s * q.0;
    }
    (out, s * out[0])
}
row!(tuples_of_arrays: tuple_of_arrays(val p, val q) -> value at (([1.0, 2.0], 3.0), (0.5, [-1.0, 0.25])));

#[differentiable]
fn flat_computed(grid: &[f64], nx: usize, ny: usize) -> f64 {
    let idx_last = nx * ny - 1;
    let mut e = 0.0;
    for j in 0..ny - 1 {
        for i in 0..nx - 1 {
            let p = j * nx + i;
            let dx = grid[p + 1] - grid[p];
            let dy = grid[p + nx] - grid[p];
            e += (dx * dx + dy * dy).sqrt();
        }
    }
    e * grid[idx_last]
}
row!(flat_storage_with_computed_indices: flat_computed(ref grid, no nx, no ny) at (vec![1.0, 2.5, 4.0, 0.5, 3.0, -1.0, 2.0, 0.1, 6.0], 3, 3));

#[differentiable]
fn convolution(signal: &[f64], kernel: &[f64]) -> Vec<f64> {
    let n = signal.len() - kernel.len() + 1;
    let mut out = vec![0.0; n];
    for i in 0..n {
        for (j, k) in kernel.iter().enumerate() {
            out[i] += signal[i + j] * k;
        }
    }
    out
}
row!(convolution_row: convolution(ref signal, ref kernel) -> many at (vec![1.0, 2.0, 3.0, 4.0], vec![0.5, -0.25]));

#[differentiable]
fn ping_pong(x: &mut [f64], steps: usize) {
    let n = x.len();
    let mut other = vec![0.0; n];
    for step in 0..steps {
        if step % 2 == 0 {
            for i in 0..n {
                other[i] = x[i] * x[(i + 1) % n];
            }
        } else {
            for i in 0..n {
                x[i] = other[i] + 0.1 * other[(i + n - 1) % n];
            }
        }
    }
}
row!(alternating_buffers: ping_pong(mut x, no steps) -> unit at (vec![0.9, 1.1, 0.8], 4));

#[differentiable]
fn out_only(x: f64, out: &mut [f64; 3]) {
    out[0] = x;
    out[1] = x * x;
    out[2] = out[0] * out[1];
}
row!(array_behind_mut_reference: out_only(val x, mut out) -> unit at (0.5, [7.0, 8.0, 9.0]));

#[differentiable]
fn index_from_float(table: &[f64], x: f64) -> f64 {
    let t = x * (table.len() - 1) as f64;
    let i = t.floor() as usize;
    let f = t - i as f64;
    table[i] * (1.0 - f) + table[i + 1] * f
}
row!(linear_interpolation_in_a_table: index_from_float(ref table, val x) at (vec![1.0, 3.0, 2.0, 5.0], 0.45), (vec![1.0, 3.0, 2.0, 5.0], 0.9));

#[differentiable]
fn whole_array_assignment(x: f64, y: f64) -> [f64; 3] {
    let mut state = [x, y, 1.0];
    for k in 0..3 {
        let next = [state[1], state[2] * state[0], state[0] + k as f64];
        state = next;
    }
    state
}
row!(whole_arrays_assigned_in_a_loop: whole_array_assignment(val x, val y) -> many at (0.5, 1.5));

#[differentiable]
fn slot_read_after_overwrite(v: &mut [f64], n: usize) -> f64 {
    let mut s = 0.0;
    for k in 0..n {
        let i = (k * 2) % v.len();
        s += v[i] * v[i];
        v[i] = s * 0.1;
        s -= v[i].exp();
    }
    s
}
row!(slots_read_overwritten_and_read_again: slot_read_after_overwrite(mut v, no n) at (vec![1.0, 2.0, 3.0], 5));

#[differentiable]
fn owned_copy_of_an_array(a: [f64; 3], x: f64) -> f64 {
    let mut c: Vec<f64> = a.to_vec();
    c[1] *= x;
    c.push(x);
    c[0] * c[1] * c[3]
}
row!(to_vec_of_an_array: owned_copy_of_an_array(val a, val x) at ([0.5, 1.5, -2.0], 0.7));

#[differentiable]
fn constants_only(x: f64) -> f64 {
    let p = 0.0;
    let q: f64 = -0.7;
    let pair: [f64; 2] = [0.5, 0.3];
    let both: (f64, f64) = (0.5, 1.0);
    let grid: Vec<f64> = vec![0.25; 2];
    let late: f64;
    late = 2.0;
    let mut total = 0.0;
    for k in 0..2 {
        total += (x * pair[k] + q).max(p) * both.1.powi(2) + grid[k].sin() * x + late.sqrt() * p.abs();
    }
    total + q.abs() * x * both.0.exp()
}
row!(locals_that_are_literals: constants_only(val x) at (2.5));

/// Found by a random program: a view that nothing uses.
#[differentiable]
fn view_for_nothing(a: f64, s: &mut f64) -> [f64; 2] {
    let mut pair: [f64; 2] = [2.0, 3.0];
    let first = &mut pair[0..1];
    pair[1] *= a;
    [pair[1], *s]
}
row!(unused_view: view_for_nothing(val a, mut s) -> value at (1.3, 0.4));

/// Found by a random program: a view that nothing uses, of what comes after a branch.
#[differentiable]
fn view_after_a_branch(mut a: f64, q: f64) -> [f64; 2] {
    let t: f64 = if q < 0.0 {
        a /= 2.0;
        a
    } else {
        q
    };
    let mut both: Vec<f64> = vec![(a + a).sin(); 2];
    let last = &mut both[1..];
    [t, a]
}
row!(unused_view_of_what_comes_later: view_after_a_branch(val a, val q) -> value at (1.3, -0.4), (1.3, 0.4));

#[differentiable]
fn parts_of_new_arrays(x: &[f64]) -> f64 {
    let n = x.len();
    let kept = &mut [0.0; 8][..n];
    let mut sum = 0.0;
    for round in 0..3 {
        (0..n).for_each(|j| kept[j] = x[j] * (kept[j] + 1.0));
        let longer = &mut vec![0.0; n + 1][1..];
        longer[0] = kept[n - 1] * x[0];
        longer.iter_mut().for_each(|item| *item *= 2.0);
        sum += longer.iter().sum::<f64>() * kept[0] * round as f64;
    }
    let row = &mut [[0.0; 3]; 2][1];
    row[0] = sum * x[0];
    row[1] += row[0];
    let second = &mut (1.0, x[0]).1;
    *second *= row[1];
    *second * x[0]
}
row!(parts_of_what_is_made_here: parts_of_new_arrays(ref x) at (vec![0.7, 1.3]), (vec![1.3, 0.4, -0.8]));
