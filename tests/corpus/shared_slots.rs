//! Slots that look like an iteration's own and are not: the order in which adjoints run matters.

use differentiable::differentiable;

#[differentiable]
fn sliding(x: &[f64], w: &mut [f64]) {
    for i in 0..3 {
        for j in 0..3 {
            w[i + j] = 0.5 * w[i + j] + x[j].sin();
        }
    }
}
row!(sum_of_two_counters: sliding(ref x, mut w) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0, 4.0, 5.0]));

#[differentiable]
fn strided(x: &[f64], w: &mut [f64], n: usize) {
    for i in 0..3 {
        w[i * n] = 0.5 * w[i * n] + x[i].sin();
    }
}
row!(stride_that_may_be_zero: strided(ref x, mut w, no n) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0], 0), (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0], 1));

#[differentiable]
fn offset_by_table(x: &[f64], w: &mut [f64], table: &[usize]) {
    for i in 0..3 {
        let k = table[i];
        w[i + k] = 0.5 * w[i + k] + x[i].sin();
    }
}
row!(counter_plus_a_value_of_the_iteration: offset_by_table(ref x, mut w, noref table) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0, 4.0], vec![2, 1, 0]));

#[differentiable]
fn ragged(x: &[f64], w: &mut [f64]) {
    for i in 0..3 {
        let row = &x[i..];
        for j in 0..row.len() {
            w[i * row.len() + j] = 0.5 * w[i * row.len() + j] + row[j].sin();
        }
    }
}
row!(stride_is_the_length_of_a_view_that_shrinks: ragged(ref x, mut w) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0, 4.0]));

#[differentiable]
fn ragged_by_table(x: &[f64], w: &mut [f64], widths: &[usize]) {
    for i in 0..3 {
        let n = widths[i];
        for j in 0..n {
            w[i * n + j] = 0.5 * w[i * n + j] + x[j].sin();
        }
    }
}
row!(stride_of_the_iteration: ragged_by_table(ref x, mut w, noref widths) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0, 4.0], vec![3, 2, 1]));

#[differentiable]
fn popped_stride(x: &[f64], w: &mut [f64]) {
    let mut open = vec![1_usize, 2, 3];
    for i in 0..3 {
        for j in 0..open.len() {
            w[i * open.len() + j] = 0.5 * w[i * open.len() + j] + x[j].sin();
        }
        open.pop();
    }
}
row!(stride_is_the_length_of_a_vec_that_shrinks: popped_stride(ref x, mut w) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0, 4.0]));

#[differentiable]
fn pushed_stride(x: &[f64], w: &mut [f64]) {
    let mut open = vec![1_usize];
    let n = open.len();
    open.push(2);
    for i in 0..3 {
        for j in 0..open.len() {
            w[i * n + j] = 0.5 * w[i * n + j] + x[j].sin();
        }
    }
}
row!(stride_is_a_length_from_before: pushed_stride(ref x, mut w) -> unit
    at (vec![0.3, 0.8], vec![1.0, 2.0, 3.0, 4.0]));

#[differentiable]
fn overlapping_parts(x: &[f64], w: &mut [f64], n: usize) {
    for i in 0..2 {
        for j in 0..n {
            let part = &mut w[i * n + j..i * n + j + n];
            for q in 0..n {
                part[q] = 0.5 * part[q] + x[j].sin();
            }
        }
    }
}
row!(parts_that_overlap: overlapping_parts(ref x, mut w, no n) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0, 4.0, 5.0], 2));

#[differentiable]
fn triangle(x: &[f64], w: &mut [f64]) {
    for i in 0..4 {
        for j in 0..i {
            w[i - j] = 0.5 * w[i - j] + x[j].sin();
        }
    }
}
row!(difference_of_two_counters: triangle(ref x, mut w) -> unit
    at (vec![0.3, 0.8, -0.4], vec![1.0, 2.0, 3.0, 4.0]));

#[differentiable]
fn triples(x: &[f64], w: &mut [f64]) {
    for i in 0..2 {
        w[3 * i] = 0.5 * w[3 * i + 1] + x[i].sin();
        w[3 * i + 2] = w[3 * i] - 2.0 * w[3 * i + 2];
        for j in 0..3 {
            w[3 * i + j] *= 0.5;
        }
    }
}
row!(triples_of_an_iteration: triples(ref x, mut w) -> unit
    at (vec![0.3, 0.8], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));

#[differentiable]
fn read_before_a_view(v: [f64; 3], n: usize) -> f64 {
    let mut d = [v[0] * v[1]; 24];
    for i in (0..n.min(3)).rev() {
        d[i] += d[i * 3] * 0.5;
        let c = d[i].sin();
        let r = &mut d[i + i..];
        r[0] = 0.5 * r[1] + c;
    }
    d[5] + d[0] * v[2]
}
row!(reads_before_views: read_before_a_view(val v, no n) at ([0.4, 1.2, -0.7], 3));

#[differentiable]
fn counter_and_a_call_of_it(x: &[f64]) -> f64 {
    let mut w = vec![0.3; 40];
    let mut s = 0.0;
    for i in 0..x.len() {
        let k = i + usize::saturating_sub(6, i);
        w[k] = w[k] * x[i] + x[i];
        s += w[k] * w[k];
    }
    s + w[6]
}
row!(index_that_calls_with_the_counter: counter_and_a_call_of_it(ref x) at
    ((0..20).map(|i| 0.5 + 0.3 * f64::from(i).sin()).collect::<Vec<f64>>()));

#[differentiable]
fn relaxed(u: &mut [f64], rounds: usize) {
    let n = u.len();
    for _ in 0..rounds {
        let mut left = u[0];
        for i in 1..n - 1 {
            let here = u[i];
            u[i] = here * here * 0.3 + left * u[i + 1];
            left = here + 0.1 * left;
        }
    }
}
row!(emptied_and_added_to_again_between_neighbours: relaxed(mut u, no rounds) -> unit
    at (vec![0.3, 0.8, -0.4, 1.1], 2),
    ((0..21).map(|i| 0.2 + 0.03 * i as f64).collect::<Vec<f64>>(), 3));

#[differentiable]
fn mixed_by_table(u: &mut [f64], table: &[usize]) {
    for i in 0..u.len() {
        let k = table[i];
        u[i] = u[i].sin() * u[k];
        u[k] += 0.5 * u[i] * u[k];
    }
}
row!(emptied_and_added_to_while_another_index_may_be_the_same: mixed_by_table(mut u, noref table) -> unit
    at (vec![0.3, 0.8, -0.4], vec![0, 2, 1]), (vec![0.3, 0.8, -0.4], vec![2, 1, 0]));

#[differentiable]
fn corners(a: &mut [f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        for j in 0..=i {
            for k in j + 1..i {
                let s = a[i * n + j] * a[j * n + k] + 1.5;
                if k % 2 == 0 {
                    let root = s.sqrt();
                    a[i * n + k] = root * root * a[i * n + k];
                    sum += root;
                } else {
                    let power = s.exp();
                    let sine = power.sin();
                    a[i * n + j] = power * 0.1 + sine;
                    sum += sine * power;
                }
            }
        }
    }
    sum
}
row!(branches_keep_by_turns_in_a_corner_of_loops: corners(mut a, no n) -> f64
    at (vec![0.3; 1], 1),
    ((0..16).map(|i| 0.1 + 0.05 * i as f64).collect::<Vec<f64>>(), 4),
    ((0..25).map(|i| 0.4 - 0.02 * i as f64).collect::<Vec<f64>>(), 5));
