//! Branches: statements and expressions, early exits, locally constant and untaken arms.

use differentiable::differentiable;

#[differentiable]
fn clip(x: f64, limit: f64) -> f64 {
    let mut y = x * x;
    if y > limit {
        y = limit + (y - limit).ln_1p();
    }
    y
}
row!(if_without_else_that_mutates: clip(val x, val limit) at (3.0, 4.0), (1.0, 4.5), (-2.5, 1.0));

#[differentiable]
fn empty_branch(x: f64, y: f64) -> f64 {
    let mut r = x;
    if y > 0.0 {
    } else {
        r *= y;
    }
    r + y
}
row!(branch_that_does_nothing: empty_branch(val x, val y) at (2.0, 1.0), (2.0, -1.0));

#[differentiable]
fn huber(residual: f64, delta: f64) -> f64 {
    if residual.abs() <= delta { 0.5 * residual * residual } else { delta * (residual.abs() - 0.5 * delta) }
}
row!(if_as_the_result: huber(val r, val d) at (0.3, 1.0), (2.5, 1.0), (-2.5, 1.0));

#[differentiable]
fn ordered(x: f64, y: f64) -> f64 {
    let (lo, hi) = if x < y { (x, y) } else { (y, x) };
    (hi - lo) * lo
}
row!(if_as_an_expression_that_yields_a_tuple: ordered(val x, val y) at (1.0, 3.0), (4.0, -1.5));

#[differentiable]
fn piecewise(t: f64) -> f64 {
    let e = if t < 0.5 {
        4.0 * t * t * t
    } else if t < 1.0 {
        let f = 2.0 * t - 2.0;
        0.5 * f * f * f + 1.0
    } else if t < 2.0 {
        t.sqrt()
    } else {
        2.0 * t
    };
    e * t
}
row!(else_if_chain: piecewise(val t) at (0.2), (0.7), (1.5), (3.0));

#[differentiable]
fn coordinate(kind: u32, x: f64, y: f64) -> f64 {
    match kind {
        0 => x,
        1 | 2 => y * x,
        3..=5 => x.hypot(y),
        n if n % 2 == 0 => x - y,
        _ => x * x + y,
    }
}
row!(match_on_integers: coordinate(no kind, val x, val y) at
    (1, 3.0, 4.0), (2, 3.0, 4.0), (4, 3.0, 4.0), (8, 3.0, 4.0), (9, 3.0, 4.0));

#[differentiable]
fn match_statement(mode: i32, x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    match mode {
        -1 => a = -a,
        0 => {
            b += a;
            a *= b;
        }
        1 => {}
        other => b *= other as f64,
    }
    a * b
}
row!(match_as_a_statement: match_statement(no mode, val x, val y) at (-1, 1.5, 2.0), (0, 1.5, 2.0), (1, 1.5, 2.0), (7, 1.5, 2.0));

#[differentiable]
fn match_bool(positive: bool, wide: bool, x: f64) -> f64 {
    let s = match positive {
        true => x,
        false => -x,
    };
    match (positive, wide) {
        (true, true) => s * s,
        (true, false) => s.sqrt(),
        (false, _) => s.exp(),
    }
}
row!(match_on_booleans: match_bool(no positive, no wide, val x) at (true, true, 2.0), (true, false, 2.0), (false, false, 2.0));

#[differentiable]
fn early_returns(x: f64, k: f64) -> f64 {
    if x < -1.0 {
        return k * x;
    }
    let y = x * x * k;
    if y > 4.0 {
        return y.ln() + x;
    }
    let z = y + k;
    if z > 2.0 {
        return z * z;
    }
    z
}
row!(several_early_returns: early_returns(val x, val k) at (-2.0, 0.5), (3.0, 1.0), (1.0, 1.5), (0.5, 0.25));

#[differentiable]
fn return_before_declarations(x: f64, n: usize) -> f64 {
    if n == 0 {
        return x;
    }
    let scale = n as f64;
    let y = x * scale;
    let z = y.sin();
    z * y
}
row!(return_before_later_declarations: return_before_declarations(val x, no n) at (0.7, 0), (0.7, 3));

#[differentiable]
fn return_in_else(x: f64) -> f64 {
    let y = if x > 0.0 { x.ln() } else { return -x * x };
    y * y
}
row!(return_in_an_arm_of_an_expression: return_in_else(val x) at (2.0), (-2.0));

#[differentiable]
fn first_above(v: &[f64], threshold: f64) -> f64 {
    for i in 0..v.len() {
        let e = v[i] * v[i];
        if e > threshold {
            return e - threshold * i as f64;
        }
    }
    threshold
}
row!(return_inside_a_loop: first_above(ref v, val threshold) at
    (vec![1.0, 2.0, 3.0], 3.0), (vec![1.0, 2.0, 3.0], 8.0), (vec![1.0, 2.0, 3.0], 10.0));

#[differentiable]
fn diverging_arm(kind: u8, x: f64) -> f64 {
    let y = match kind {
        0 => x * x,
        1 => x.exp(),
        _ => panic!("unknown kind {kind}"),
    };
    if y.is_nan() {
        unreachable!();
    }
    y + x
}
row!(arms_that_panic: diverging_arm(no kind, val x) at (0, 1.5), (1, 1.5));

#[differentiable]
fn short_circuit(x: f64, v: &[f64]) -> f64 {
    let mut r = x;
    if !v.is_empty() && v[0] > 0.0 {
        r *= v[0];
    }
    if v.is_empty() || v[0] < 1.0 {
        r += x * x;
    }
    r
}
row!(short_circuit_conditions: short_circuit(val x, ref v) at (1.5, vec![0.5]), (1.5, vec![2.0]), (1.5, vec![-2.0]));

#[differentiable]
fn side_effect_in_condition(x: f64, y: f64) -> f64 {
    let mut a = x;
    let hit = x > 0.0 && {
        a *= y;
        a > 1.0
    };
    let again = hit || {
        a += y;
        false
    };
    if again { a * a } else { a }
}
row!(short_circuit_with_side_effects: side_effect_in_condition(val x, val y) at (2.0, 3.0), (0.5, 0.5), (-1.0, 3.0));

#[differentiable]
fn guarded_sqrt(x: f64) -> f64 {
    if x > 0.0 { x.sqrt() } else { 2.0 * x }
}
row!(untaken_arm_would_be_nan: guarded_sqrt(val x) at (-1.0), (4.0), (0.0)
    => if x > 0.0 { 0.5 / x.sqrt() } else { 2.0 }; differences = false);

#[differentiable]
fn safe_divide(a: f64, b: f64) -> f64 {
    let q = if b != 0.0 { a / b } else { a };
    let l = if a > 0.0 { a.ln() } else { 0.0 };
    q + l
}
row!(untaken_arm_would_be_infinite: safe_divide(val a, val b) at (2.0, 0.0), (3.0, 4.0), (0.0, 2.0), (-1.0, 0.0)
    => ((if b != 0.0 { 1.0 / b } else { 1.0 }) + if a > 0.0 { 1.0 / a } else { 0.0 }, if b != 0.0 { -a / (b * b) } else { 0.0 })
    ; differences = false);

#[differentiable]
fn untaken_in_loop(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        let x = v[i];
        if x > 0.0 {
            s += x.sqrt() / x;
        } else if x < 0.0 {
            s -= (-x).ln();
        }
    }
    s * s
}
row!(untaken_arm_in_a_loop: untaken_in_loop(ref v) at (vec![1.0, 0.0, -2.0, 0.0, 3.0]) => {
    let mut s = 0.0;
    for x in &v {
        s += if *x > 0.0 { 1.0 / x.sqrt() } else if *x < 0.0 { -(-x).ln() } else { 0.0 };
    }
    let d = |x: f64| if x > 0.0 { -0.5 / (x * x.sqrt()) } else if x < 0.0 { -1.0 / x } else { 0.0 };
    v.iter().map(|x| 2.0 * s * d(*x)).collect::<Vec<f64>>()
}; differences = false);

#[differentiable]
fn infinite_branch(x: f64, bound: f64) -> f64 {
    if x > bound { f64::INFINITY } else { x * bound }
}
row!(infinite_constant_branch: infinite_branch(val x, val bound) at (1.0, 2.0), (3.0, 2.0)
    => if x > bound { (0.0, 0.0) } else { (bound, x) }; differences = false);

#[differentiable]
fn constant_branch(x: f64) -> f64 {
    if x < 0.0 {
        0.0
    } else if x < 1.0 {
        x * x
    } else {
        1.0
    }
}
row!(constant_branches: constant_branch(val x) at (-0.5), (0.5), (2.0));

#[differentiable]
fn nested(x: f64, y: f64, z: f64) -> f64 {
    let mut r = 0.0;
    if x > y {
        if y > z {
            r += x * y;
        } else {
            r -= x * z;
            if x > z {
                r *= r;
            }
        }
        r += 1.0;
    } else if z > 0.0 {
        r = x + y * z;
    }
    r * (x + z)
}
row!(nested_branches: nested(val x, val y, val z) at (3.0, 2.0, 1.0), (3.0, 1.0, 2.0), (3.0, 1.0, 4.0), (1.0, 2.0, 3.0), (1.0, 2.0, -3.0));

#[differentiable]
fn branch_on_overwritten(x: f64) -> f64 {
    let mut y = x;
    if y > 1.0 {
        y = 1.0 / y;
        if y > 0.25 {
            y *= x;
        }
    }
    if y > 0.5 {
        y *= y;
    }
    y
}
row!(conditions_on_what_the_branch_overwrites: branch_on_overwritten(val x) at (0.25), (0.75), (5.0));

#[differentiable]
fn different_variables(flag: bool, x: f64, y: f64) -> (f64, f64) {
    let mut a = x;
    let mut b = y;
    if flag {
        a = b * b;
    } else {
        b = a * a;
    }
    (a * b, a + b)
}
row!(arms_that_write_different_variables: different_variables(no flag, val x, val y) -> many at (true, 2.0, 3.0), (false, 2.0, 3.0));

#[differentiable]
fn kahan_neumaier(v: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut c = 0.0;
    for &x in v {
        let t = sum + x;
        if sum.abs() >= x.abs() {
            c += (sum - t) + x;
        } else {
            c += (x - t) + sum;
        }
        sum = t;
    }
    sum + c
}
row!(branch_per_iteration: kahan_neumaier(ref v) at (vec![1.0, 3.5, -2.0, 10.0]) => vec![1.0; v.len()]);

#[differentiable]
fn array_valued_if(x: f64, upper: bool) -> [f64; 2] {
    if upper { [x.cos(), x.sin()] } else { [-x.sin(), x.cos()] }
}
row!(if_that_yields_an_array: array_valued_if(val x, no upper) -> many at (0.4, true), (0.4, false));

#[differentiable]
fn assertions(x: f64, n: usize) -> f64 {
    assert!(n > 0, "n must be positive, is {n}");
    debug_assert!(x.is_finite());
    assert_eq!(n % 2, 1);
    let y = x.powi(n as i32);
    assert_ne!(y, 17.0, "y = {}", y);
    y * x
}
row!(assertions_in_the_body: assertions(val x, no n) at (1.5, 3), (-0.5, 1) => (n as f64 + 1.0) * x.powi(n as i32));

#[differentiable]
fn labelled_block(x: f64, y: f64) -> f64 {
    let r = 'search: {
        if x > 2.0 {
            break 'search x * y;
        }
        let t = y * y;
        if t > 3.0 {
            break 'search t;
        }
        x + t
    };
    r * x
}
row!(labelled_block_with_a_value: labelled_block(val x, val y) at (3.0, 1.0), (1.0, 2.0), (1.0, 0.5));

#[differentiable]
fn looked_at_and_changed(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    if matches!(
        {
            s *= 2.0;
            s > 0.5
        },
        true
    ) {
        s += x;
    }
    s * y
}
row!(a_match_whose_scrutinee_assigns: looked_at_and_changed(val x, val y) at (1.5, 0.7), (0.3, 0.7));

#[allow(non_upper_case_globals)]
const seven: usize = 7;

#[allow(non_camel_case_types)]
#[derive(Clone, Copy)]
enum Side {
    left,
    right,
}
use Side::{left, right};

#[differentiable]
#[allow(non_upper_case_globals)]
fn lower_case(x: f64, y: f64, n: usize) -> f64 {
    let side = if n > 7 { left } else { right };
    let turned = match side {
        left => x * x,
        right => x * y,
    };
    let known = match n {
        seven | 9 => x,
        0 => y,
        many => x * y * many as f64,
    };
    turned * known
}
row!(constants_and_variants_in_lower_case: lower_case(val x, val y, no n) at
    (1.5, 0.7, 7), (1.5, 0.7, 8), (1.5, 0.7, 9), (1.5, 0.7, 0), (1.5, 0.7, 1));
