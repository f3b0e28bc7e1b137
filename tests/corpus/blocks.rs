//! What runs in blocks beyond plain loops: branches in their bodies, calls of the mathematical
//! library and of functions of scalars, rows beside one another.

use differentiable::differentiable;
use num_traits::Float;

/// `n` values without a pattern.
fn wave(n: usize, phase: f64) -> Vec<f64> {
    (0..n).map(|i| (1.7 * i as f64 + phase).sin() + 0.1 * phase).collect()
}

// Branches.

#[differentiable]
fn huber(slope: f64, offset: f64, x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let r = slope * x[i] + offset - y[i];
        if r.abs() <= 0.4 {
            sum += 0.5 * r * r;
        } else {
            sum += 0.4 * (r.abs() - 0.2);
        }
    }
    sum
}
row!(both_arms_add: huber(val a, val b, ref x, ref y) at
    (0.7, 0.1, wave(21, 0.1), wave(21, 0.9)), (0.7, 0.1, wave(7, 0.1), wave(7, 0.9)));

#[differentiable]
fn leaky(x: &[f64], y: &mut [f64]) {
    for i in 0..x.len() {
        y[i] = if x[i] > 0.0 { x[i].ln() } else { 0.01 * x[i] };
    }
}
row!(library_call_in_one_arm: leaky(ref x, mut y) -> unit at (wave(19, 0.3), vec![0.0; 19]));

#[differentiable]
fn leaky_sum(x: &[f64], y: &mut [f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        y[i] = if x[i] > 0.0 { x[i].ln() } else { y[i] * x[i] };
        if y[i] < -0.3 {
            s -= y[i] * y[i];
        }
    }
    s
}
row!(arms_of_elements: leaky_sum(ref x, mut y) at (wave(19, 0.3), wave(19, 2.0)));

#[differentiable]
fn largest_and_where(x: &[f64], w: &[f64]) -> f64 {
    let mut m = x[0];
    let mut at = 0;
    for i in 1..x.len() {
        if x[i] * w[i] > m {
            m = x[i] * w[i];
            at = i;
        }
    }
    m * w[at]
}
row!(carried_in_an_arm: largest_and_where(ref x, ref w) at (wave(20, 0.2), wave(20, 0.8)));

#[differentiable]
fn guarded_neighbour(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        if i > 0 {
            s += x[i] * x[i - 1];
        }
        if i + 2 < x.len() {
            s -= x[i + 2].exp() * x[i];
        }
    }
    s
}
row!(elements_that_are_not_there: guarded_neighbour(ref x) at (wave(20, 0.2)), (wave(9, 0.2)), (wave(1, 0.2)));

#[differentiable]
fn nested_choice(x: &[f64], a: f64) -> f64 {
    let mut s = 0.0;
    let mut t = 1.0;
    for i in 0..x.len() {
        let v;
        if x[i] > 0.0 {
            if x[i] > 0.5 {
                v = a * x[i];
                t += x[i];
            } else {
                v = (a + x[i]).sqrt();
            }
        } else {
            v = x[i] * x[i];
            t *= 1.0 + 0.01 * x[i];
        }
        s += v * a;
    }
    s * t
}
row!(branches_in_branches: nested_choice(ref x, val a) at (wave(21, 0.2), 1.3));

#[differentiable]
fn nothing_poisons(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        if x[i] > 0.0 {
            s += x[i].sqrt() / x[i];
        } else {
            s += x[i];
        }
    }
    s
}
row!(untaken_arm_is_infinite: nothing_poisons(ref x) at
    (vec![0.0, 1.0, -1.0, 0.0, 4.0, 0.0, -2.0, 1.0, 0.0, 3.0, 0.0, -1.0, 0.0, 2.0, 0.5, 0.0, 1.0])
    => x.iter().map(|x: &f64| if *x > 0.0 { -0.5 * x.powf(-1.5) } else { 1.0 }).collect::<Vec<_>>();
    differences = false);

#[differentiable]
fn strict_negative_zero(x: &[f64], out: &mut [f64]) {
    let mut s = -0.0;
    for i in 0..x.len() {
        if x[i] > 10.0 {
            s += x[i];
        }
        out[i] = s * x[i];
    }
}
row!(sum_of_nothing_keeps_its_sign: strict_negative_zero(ref x, mut out) -> unit at (wave(18, 0.2), wave(18, 0.1)));

// Calls of functions of scalars.

const A: [f64; 3] = [0.3, -0.2, 0.7];

#[differentiable]
fn tail(x: f64) -> f64 {
    let k = 1.0 / (1.0 + 0.2 * x.abs());
    let t = (-0.5 * x * x).exp() * k * (A[0] + k * (A[1] + k * A[2]));
    if x >= 0.0 { 1.0 - t } else { t }
}

#[differentiable]
fn price(spot: f64, strike: f64, years: f64, volatility: f64) -> f64 {
    let spread = volatility * years.sqrt();
    let d = (spot / strike).ln() / spread;
    spot * tail(d) - strike * tail(d - spread)
}

#[differentiable]
fn book(spots: &[f64], strike: f64, years: &[f64], volatility: f64) -> f64 {
    let mut value = 0.0;
    for i in 0..spots.len() {
        value += price(2.0 + spots[i], strike, 2.0 + years[i], volatility);
    }
    value
}
row!(calls_in_calls: book(ref s, val k, ref y, val v) at
    (wave(21, 0.2), 1.5, wave(21, 0.7), 0.4), (wave(5, 0.2), 1.5, wave(5, 0.7), 0.4));

type Real = f64;

#[differentiable]
fn by_alias(x: Real, n: i32, #[no_diff] shift: f64) -> Real {
    (x + shift).powi(n) + x.sin()
}

#[differentiable(partials(x = (1.0 - result * result) * scale, scale = (1.0 - result * result) * x))]
fn saturated(x: f64, scale: f64) -> f64 {
    (x * scale).tanh()
}

#[differentiable]
fn checked(x: f64, steps: usize) -> f64 {
    assert!(x.is_finite());
    let mut y = x;
    for _ in 0..steps {
        y = y * (1.0 + 0.1 * y.cos());
    }
    y
}

#[differentiable]
fn generic<T: Float>(x: T, y: T) -> T {
    if x > y { (x - y).exp() } else { (y - x).ln_1p() * x }
}

#[differentiable]
fn calls_of_all_kinds(x: &[f64], scale: f64, out: &mut [f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let a = by_alias(x[i], 3, 0.25);
        let b = saturated(x[i], scale);
        let c = checked(a * b, i % 3);
        out[i] = generic(a, b) * c;
        s += tail(c) * generic(scale, x[i]);
    }
    s
}
row!(functions_that_lanes_call: calls_of_all_kinds(ref x, val scale, mut out) at
    (wave(20, 0.2), 0.7, wave(20, 0.0)));

#[differentiable]
fn single(x: f32, k: f32) -> f32 {
    if x > 0.1 { (k * x).exp() } else { k + x }
}

#[differentiable]
fn singles(x: &[f32], k: f32) -> f32 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += single(x[i], k) * x[i];
    }
    s
}
row!(lanes_of_f32: singles(ref x, val k) at
    (wave(19, 0.2).into_iter().map(|x| x as f32).collect::<Vec<f32>>(), 0.7_f32));

#[differentiable]
fn same_element_twice(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 1..x.len() {
        s += generic(x[i], x[i]) + generic(x[i - 1], x[i]);
    }
    s
}
row!(one_element_for_two_parameters: same_element_twice(ref x) at (wave(20, 0.2)); differences = false);

#[differentiable]
fn pow_and_rem(x: &[f64], p: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let y = (2.0 + x[i]).powf(p) % 0.7;
        s += y.atan2(x[i]) * (1.0 + y).hypot(x[i]).ln();
    }
    s
}
row!(library_calls_by_turns: pow_and_rem(ref x, val p) at (wave(19, 0.2), 1.7));

// Rows beside one another.

#[differentiable]
fn half_square(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let mut total = 0.0;
    for row in a.chunks_exact(n) {
        let mut sum = 0.0;
        for j in 0..n {
            sum += row[j] * x[j];
        }
        total += 0.5 * sum * sum;
    }
    total
}
row!(rows_share_a_vector: half_square(ref a, ref x) at
    (wave(11 * 19, 0.2), wave(19, 0.5)), (wave(3 * 4, 0.2), wave(4, 0.5)), (wave(8, 0.2), wave(1, 0.5)));

#[differentiable]
fn times(a: &[Vec<f64>], x: &[f64], y: &mut [f64]) {
    for i in 0..a.len() {
        let mut sum = y[i];
        for (a, x) in a[i].iter().zip(x) {
            sum += a * x;
        }
        y[i] = sum.tanh();
    }
}
row!(rows_of_their_own_lengths: times(ref a, ref x, mut y) -> unit at
    ((0..10).map(|i| wave(9, i as f64)).collect::<Vec<_>>(), wave(9, 0.5), wave(10, 1.0)),
    ((0..9).map(|i| wave(1 + i % 4, i as f64)).collect::<Vec<_>>(), wave(9, 0.5), wave(9, 1.0)));

#[differentiable]
fn triangle(a: &[f64], x: &[f64], y: &mut [f64]) {
    let n = x.len();
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..=i {
            sum += a[i * n + j] * x[j] * x[i];
        }
        y[i] = sum;
    }
}
row!(rows_of_a_triangle: triangle(ref a, ref x, mut y) -> unit at (wave(11 * 11, 0.2), wave(11, 0.5), wave(11, 0.5)));

#[differentiable]
fn regression(w: &[f64], bias: f64, #[no_diff] rows: &[f64], #[no_diff] labels: &[f64]) -> f64 {
    let n = w.len();
    let mut total = 0.0;
    for (i, &label) in labels.iter().enumerate() {
        let row = &rows[i * n..(i + 1) * n];
        let mut z = bias;
        for j in 0..n {
            z += w[j] * row[j];
        }
        total += if label > 0.0 { (-z).exp().ln_1p() } else { z.exp().ln_1p() };
    }
    total / labels.len() as f64
}
row!(rows_with_a_loss: regression(ref w, val b, noref rows, noref labels) at
    (wave(9, 0.1), 0.3, wave(9 * 14, 0.2), wave(14, 0.5)), (wave(9, 0.1), 0.3, wave(9 * 2, 0.2), wave(2, 0.5)));

#[differentiable]
fn substitution(l: &[f64], b: &[f64], x: &mut [f64]) {
    let n = b.len();
    for i in 0..n {
        let mut sum = b[i];
        for j in 0..n {
            if j < i {
                sum -= l[i * n + j] * x[j];
            }
        }
        x[i] = sum / (3.0 + l[i * n + i]);
    }
}
row!(rows_that_depend_on_rows: substitution(ref l, ref b, mut x) -> unit at
    (wave(9 * 9, 0.2), wave(9, 0.5), wave(9, 0.7)));

#[differentiable]
fn upwards(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let mut worst = 0.0;
    for i in (0..a.len() / n).rev() {
        let mut sum = 0.0;
        for j in (0..n).rev() {
            sum += a[i * n + j] * x[j];
        }
        worst += sum.sin();
    }
    worst
}
row!(rows_from_the_last: upwards(ref a, ref x) at (wave(10 * 9, 0.2), wave(9, 0.5)), (wave(6, 0.2), wave(3, 0.5)));

// Neighbours across the ends of blocks.

#[differentiable]
fn ahead_and_behind(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 2..x.len() - 3 {
        let d = x[i + 3] * x[i] - k * x[i + 1] + x[i - 2] * x[i - 1];
        s += d * d;
    }
    s
}
row!(scattered_both_ways: ahead_and_behind(ref x, val k) at
    (wave(38, 0.2), 0.7), (wave(21, 0.2), 0.7), (wave(13, 0.2), 0.7), (wave(6, 0.2), 0.7));

#[differentiable]
fn downward_neighbours(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in (1..x.len()).rev() {
        s += x[i - 1] * y[i] * x[i] + (x[i] - x[i - 1]).sin();
    }
    s
}
row!(scattered_downwards: downward_neighbours(ref x, ref y) at
    (wave(26, 0.2), wave(26, 0.7)), (wave(17, 0.2), wave(17, 0.7)));

#[differentiable]
fn from_a_bound(x: &[f64], lo: usize) -> f64 {
    let mut s = 0.0;
    for i in lo..x.len() - 1 {
        s += x[i] * x[i + 1] * x[i + 1];
    }
    s
}
row!(scattered_from_a_bound: from_a_bound(ref x, no lo) at (wave(29, 0.2), 3), (wave(12, 0.2), 3), (wave(5, 0.2), 3));

#[differentiable]
fn pairs(p: &[[f64; 2]]) -> f64 {
    let mut s = 0.0;
    for i in 0..p.len() - 1 {
        s += (p[i + 1][0] - p[i][0]).hypot(p[i + 1][1] - p[i][1]);
    }
    s
}
row!(scattered_into_parts: pairs(ref p) at
    ((0..20).map(|i| [(1.7 * i as f64).sin(), (0.9 * i as f64).cos()]).collect::<Vec<_>>()));

// What is generated by macros, and what has unusual types.

macro_rules! family {
    ($name:ident, $sum:ident, $t:ty) => {
        #[differentiable]
        fn $name(x: $t, k: ($t)) -> $t {
            (x * k).tanh() + k.exp()
        }

        #[differentiable]
        fn $sum(x: &[$t], k: $t) -> $t {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += $name(x[i], k);
            }
            s
        }
    };
}
family!(soft_double, sum_of_doubles, f64);
family!(soft_single, sum_of_singles, f32);
row!(types_from_a_macro: sum_of_doubles(ref x, val k) at (wave(19, 0.2), 0.7));
row!(singles_from_a_macro: sum_of_singles(ref x, val k) at
    (wave(19, 0.2).into_iter().map(|x| x as f32).collect::<Vec<f32>>(), 0.7_f32));

#[differentiable]
fn convert(x: impl Into<f64>, y: f64) -> f64 {
    let x: f64 = x.into();
    (x * y).exp()
}

#[differentiable]
fn converted(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += convert(x[i], k) + convert(k, x[i]);
    }
    s
}
row!(lanes_of_conversions: converted(ref x, val k) at (wave(19, 0.2), 0.7));

#[differentiable]
fn rows_in_place(a: &mut [f64], x: &[f64]) {
    let n = x.len();
    for row in a.chunks_exact_mut(n) {
        let mut sum = 0.0;
        for j in 0..n {
            sum += row[j] * x[j];
        }
        for j in 0..n {
            row[j] *= sum;
        }
    }
}
row!(rows_changed_in_place: rows_in_place(mut a, ref x) -> unit at (wave(9 * 10, 0.2), wave(9, 0.7)));

#[differentiable]
fn rows_of_pairs(a: &[[f64; 4]], x: &[f64; 4], out: &mut [[f64; 4]]) {
    for i in 0..a.len() {
        let mut sum = 0.0;
        for j in 0..4 {
            sum += a[i][j] * x[j];
        }
        for j in 0..4 {
            out[i][j] += sum * a[i][j] * x[j];
        }
    }
}
row!(rows_of_arrays: rows_of_pairs(ref a, ref x, mut out) -> unit at
    ((0..9).map(|i| [0.1 * i as f64, 0.4, -0.3, 0.2 + 0.05 * i as f64]).collect::<Vec<_>>(), [0.3, -0.5, 0.7, 0.2],
     (0..9).map(|i| [0.2 * i as f64, 0.1, 0.3, 0.4]).collect::<Vec<_>>()));

#[differentiable]
fn guarded_value_in_a_record(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let r = x[i].max(0.0);
        if r > 0.0 {
            let t = r.ln();
            s += t * t.sin();
        } else {
            s += x[i];
        }
    }
    s
}
row!(guards_of_recorded_values: guarded_value_in_a_record(ref x) at (wave(19, 0.3)));

#[differentiable]
fn rows_of_windows(w: &[f64]) -> f64 {
    let mut total = 0.0;
    for scale in w {
        let inner = w.windows(2).map(|pair| pair[1] * pair[0]).sum::<f64>();
        total += inner * scale;
    }
    total
}
row!(views_in_rows_that_run_together: rows_of_windows(ref w) at (wave(11, 0.3)));

// Items of blocks, as ports of older code have them: one name means several constants.

#[differentiable]
fn continued_fraction(x: f64) -> f64 {
    if x > 1.0 {
        const TERMS: usize = 3;
        const SCALE: f64 = 0.56;
        let mut weights = [SCALE; TERMS];
        for i in 0..TERMS {
            weights[i] *= x + i as f64;
        }
        weights[0] / (weights[1] - x / weights[2])
    } else {
        const SCALE: f64 = -0.56;
        assert!(SCALE < 0.0);
        let folded = {
            use std::f64::consts::FRAC_1_SQRT_2;
            FRAC_1_SQRT_2 * x
        };
        let turned = {
            use std::f64::consts::FRAC_1_SQRT_2;
            x - FRAC_1_SQRT_2
        };
        SCALE * x * folded * turned
    }
}
row!(constants_of_blocks: continued_fraction(val x) at (0.4), (2.3));

const SCALE: f64 = 2.0;

#[differentiable]
fn hides_a_constant(x: f64) -> f64 {
    let outer = SCALE * x;
    let inner = {
        const SCALE: f64 = 3.0;
        SCALE * x * x
    };
    outer * inner
}
row!(constant_of_a_block_hides_one: hides_a_constant(val x) at (0.4) => 18.0 * x * x);
