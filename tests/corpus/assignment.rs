//! Assignment: overwriting, compound assignment, shadowing, late and partial initialisation.

use differentiable::differentiable;

#[differentiable]
fn saturating_rate(mut rate: f64, km: f64) -> f64 {
    rate = rate / (km + rate);
    rate
}
row!(parameter_overwritten_then_returned: saturating_rate(val rate, val km) at (2.0, 0.5), (0.1, 3.0)
    => (km / (km + rate).powi(2), -rate / (km + rate).powi(2)));

#[differentiable]
fn compound(x: f64, y: f64) -> f64 {
    let mut acc = x;
    acc += y * x;
    acc *= y;
    acc -= x.sin();
    acc /= 1.0 + y * y;
    acc *= acc;
    acc
}
row!(compound_assignments: compound(val x, val y) at (0.7, 1.3), (-2.0, 0.4));

#[differentiable]
fn sixteenth_power(mut x: f64) -> f64 {
    x = x * x;
    x = x * x;
    x = x * x;
    x = x * x;
    x
}
row!(repeated_squaring_of_itself: sixteenth_power(val x) at (1.1), (-0.9) => 16.0 * x.powi(15));

#[differentiable]
fn horner_shadowed(x: f64, c: [f64; 4]) -> f64 {
    let y = c[3];
    let y = y * x + c[2];
    let y = y * x + c[1];
    let y = y * x + c[0];
    y
}
row!(shadowing: horner_shadowed(val x, val c) at (0.5, [1.0, -2.0, 3.0, -4.0])
    => (c[1] + 2.0 * c[2] * x + 3.0 * c[3] * x * x, [1.0, x, x * x, x * x * x]));

#[differentiable]
fn shadowed_in_a_block(x: f64) -> f64 {
    let y = x.exp();
    let z = {
        let y = y * 2.0;
        let x = y + x;
        x * y
    };
    y * z * x
}
row!(shadowing_in_an_inner_block: shadowed_in_a_block(val x) at (0.3), (-1.2));

#[differentiable]
fn late_initialised(speed: f64, area: f64) -> f64 {
    let drag;
    if speed > 10.0 {
        drag = 0.5 * speed * speed * area;
    } else {
        drag = 0.8 * speed * area;
    }
    drag + area
}
row!(let_without_value_assigned_in_branches: late_initialised(val speed, val area) at (12.0, 0.4), (3.0, 0.4));

#[differentiable]
fn late_pair(x: f64, flag: bool) -> f64 {
    let (lo, hi): (f64, f64);
    if flag {
        lo = x;
        hi = x * x;
    } else {
        lo = -x;
        hi = 3.0;
    }
    lo * hi + lo
}
row!(late_initialisation_of_a_pattern: late_pair(val x, no flag) at (1.7, true), (1.7, false));

#[differentiable]
fn tuple_fields(x: f64, y: f64, swap: bool) -> (f64, f64) {
    let mut p = (x, y);
    if swap {
        p.0 = p.1 * 2.0;
        p.1 += p.0 * x;
    } else {
        p.1 *= p.0;
    }
    p.0 -= p.1;
    p
}
row!(partial_writes_of_a_tuple: tuple_fields(val x, val y, no swap) -> many at (1.2, -0.7, true), (1.2, -0.7, false));

#[differentiable]
fn nested_tuple(p: ((f64, f64), f64)) -> f64 {
    let ((mut a, b), c) = p;
    let mut q = ((a, b * c), c);
    (q.0).0 *= c;
    q.0.1 += a;
    a = q.0.0 * q.0.1;
    a - q.1
}
row!(nested_tuple_patterns_and_fields: nested_tuple(val p) at (((0.4, 1.5), -2.0)), (((3.0, 0.1), 0.5)));

#[differentiable]
fn dead_store(x: f64, y: f64) -> f64 {
    let mut slot = [x * 100.0, y];
    slot[0] = y * y;
    slot[0] = x * y;
    slot[1] = slot[0] + slot[1];
    slot[0] * slot[1]
}
row!(the_same_slot_written_twice: dead_store(val x, val y) at (2.0, 3.0), (-1.0, 0.5)
    => (2.0 * x * y * y + y * y, 2.0 * x * x * y + 2.0 * x * y));

#[differentiable]
fn rotate_by_temporaries(x: f64, y: f64, z: f64) -> f64 {
    let (mut a, mut b, mut c) = (x, y, z);
    let t = a;
    a = b;
    b = c;
    c = t;
    a + 2.0 * b * b + 3.0 * c * c * c
}
row!(swap_of_values: rotate_by_temporaries(val x, val y, val z) at (0.5, 1.5, -2.5)
    => (9.0 * x * x, 1.0, 4.0 * z));

#[differentiable]
fn tuple_swap(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    (a, b) = (b, a * b);
    (b, a) = (a, b);
    a * 3.0 + b.sin()
}
row!(destructuring_assignment: tuple_swap(val x, val y) at (0.5, 1.5), (-2.0, 0.25) => (3.0 * y, 3.0 * x + y.cos()));

#[differentiable]
fn swap_of_slots(v: [f64; 3]) -> f64 {
    let mut w = v;
    let t = w[0];
    w[0] = w[2];
    w[2] = t;
    w[0] * w[0] + w[1] * w[2]
}
row!(swap_of_slots_by_hand: swap_of_slots(val v) at ([1.0, 2.0, 3.0]) => [v[1], v[0], 2.0 * v[2]]);

#[differentiable]
fn unused_intermediate(x: f64, y: f64) -> f64 {
    let dead = x.ln() * y;
    let mut keep = x * y;
    let _also_dead = dead * keep;
    keep += y;
    keep
}
row!(values_that_nobody_reads: unused_intermediate(val x, val y) at (2.0, 3.0) => (y, x + 1.0));

#[differentiable]
fn copies_are_independent(x: f64, v: [f64; 2]) -> f64 {
    let mut a = v;
    let b = a;
    a[0] = x;
    a[1] *= b[0];
    a[0] * b[0] + a[1] * b[1]
}
row!(copies_of_arrays: copies_are_independent(val x, val v) at (0.3, [2.0, 5.0]));

#[differentiable]
fn array_patterns([x, y, z]: [f64; 3], (s, t): (f64, f64)) -> f64 {
    let [a, b] = [x * s, y * t];
    let (p, _, q) = (a, b, z);
    p * q + b
}
row!(array_and_tuple_patterns_in_parameters: array_patterns(val v, val w) at ([1.0, 2.0, 3.0], (0.5, -0.5)));

#[differentiable]
fn block_value(x: f64) -> f64 {
    let energy = {
        let v = x * x;
        0.5 * v
    };
    let barrier = {
        let mut r = energy;
        r += 1.0;
        1.0 / r
    };
    energy * barrier
}
row!(blocks_as_values: block_value(val x) at (0.5), (3.0) => x / (1.0 + 0.5 * x * x).powi(2));

#[differentiable]
fn chained(mut a: f64, mut b: f64) -> f64 {
    a += b;
    b -= a;
    a *= b;
    b /= a;
    a -= b * b;
    a
}
row!(variables_that_feed_each_other: chained(val a, val b) at (1.0, 2.5), (-0.5, 0.2));

#[differentiable]
fn overwritten_by_a_constant(x: f64, y: f64) -> f64 {
    let mut t = x * y;
    let u = t * t;
    t = 2.0;
    t * u + x
}
row!(overwritten_by_a_constant_after_use: overwritten_by_a_constant(val x, val y) at (1.5, -0.5)
    => (4.0 * x * y * y + 1.0, 4.0 * x * x * y));

#[differentiable]
fn single_precision(x: f32, y: f32) -> f32 {
    let mut r = x * y;
    r += 0.5 * x;
    r * y
}
row!(f32_throughout: single_precision(val x, val y) at (1.5, -0.5), (0.25, 2.0) => (y * y + 0.5 * y, 2.0 * x * y + 0.5 * x));

#[differentiable]
fn mixed_precision(x: f32, y: f64) -> f64 {
    let wide = x as f64 * y;
    let narrow = (wide * y) as f32;
    f64::from(narrow * x) + wide
}
row!(f32_and_f64_with_casts: mixed_precision(val x, val y) at (1.5, -0.5), (0.25, 2.0));

const GRAVITY: f64 = 9.80665;
static SCALE: f64 = 1.5;

#[differentiable]
fn with_constants(height: f64, mass: f64) -> f64 {
    const HALF: f64 = 0.5;
    let potential = mass * GRAVITY * height;
    let v = (2.0 * GRAVITY * height).sqrt();
    potential + HALF * mass * v * v * SCALE + std::f64::consts::PI * height
}
row!(constants_and_statics: with_constants(val height, val mass) at (2.0, 3.0));

#[differentiable]
fn quantised(x: f64, y: f64) -> f64 {
    let n = (x * 10.0) as i32;
    let frac = x * 10.0 - n as f64;
    let k = y as usize;
    frac * y + (k as f64) * x
}
row!(casts_to_integers_are_locally_constant: quantised(val x, val y) at (0.537, 2.4), (1.111, 7.9)
    => (10.0 * y + y.trunc(), (x * 10.0).fract()));

#[differentiable]
fn converted(x: f32, y: f64) -> f64 {
    let a: f64 = x.into();
    let b = f64::from(x) * y;
    let c = (a * b) as f32 + x;
    f64::from(c) * y + x as f64
}
row!(f32_to_f64_by_into: converted(val x, val y) at (0.4_f32, 1.2), (-1.5_f32, 0.3));
