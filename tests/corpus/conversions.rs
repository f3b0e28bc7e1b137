//! Conversions between `f32`, `f64` and generic floats.

use differentiable::differentiable;
use num_traits::{AsPrimitive, Float, FromPrimitive, NumCast, clamp, pow};

#[differentiable]
fn qualified_into(x: f32, y: f64) -> f64 {
    <f32 as Into<f64>>::into(x) * y + <f64 as From<f32>>::from(x)
}
row!(qualified_into_and_from: qualified_into(val x, val y) at (0.5_f32, 1.25));

#[differentiable]
fn into_by_annotation(x: f32, y: f64) -> f64 {
    let a: f64 = x.into();
    a * y
}
row!(into_annotated: into_by_annotation(val x, val y) at (0.5_f32, 1.25));

#[differentiable]
fn generic_into<T: Copy + Into<f64>>(x: T, y: f64) -> f64 {
    let a: f64 = x.into();
    a * y + <T as Into<f64>>::into(x)
}
row!(bound_by_into: generic_into(val x, val y) at (0.5_f64, 1.25));

#[differentiable]
fn as_primitive<T: AsPrimitive<f64>>(x: &[T], y: f64) -> f64 {
    x.iter().map(|x| x.as_() * y).sum()
}
row!(bound_by_as_primitive: as_primitive(ref x, val y) at (vec![0.5_f64, 2.0], 1.25));

#[differentiable]
fn cast_to_generic<T: Float>(x: f64, y: T) -> T {
    let a = T::from(x).unwrap();
    let b: T = NumCast::from(x * 2.0).unwrap();
    a * y + b * num_traits::cast(x).unwrap()
}
row!(casts_to_a_generic: cast_to_generic(val x, val y) at (0.5, 1.25_f64));

#[differentiable]
fn casts_that_may_fail<T: Float + FromPrimitive>(x: f64, y: T, n: usize) -> Option<T> {
    let a = T::from_f64(x)?;
    let n = T::from_usize(n)?;
    Some(a * y / n)
}
row!(question_mark_on_a_cast: casts_that_may_fail(val x, val y, no n) -> option at (0.5, 1.25_f64, 3));

#[differentiable]
fn or_an_error<T: Float>(x: T) -> Result<f64, String> {
    let a = x.to_f64().ok_or("no number")?;
    let b = x.to_f64().ok_or_else(|| "no number".to_string())?;
    Ok(a * b.sin())
}
row!(cast_or_error: or_an_error(val x) -> result at (0.5_f64));

#[differentiable]
fn double_inside(x: f32, y: f32) -> f32 {
    let z = x as f64 * y as f64 + <f64 as From<u8>>::from(3u8) * f64::exp(x as f64);
    (z.sin() as f32) * x
}
row!(double_precision_inside: double_inside(val x, val y) at (0.5_f32, 1.25_f32));

#[differentiable]
fn chosen_target(x: f64, #[no_diff] steps: usize) -> f64 {
    let mut a = x;
    let mut b = 2.0 * x;
    let mut c = 3.0;
    for i in 0..steps {
        let target = match i % 3 {
            0 => &mut a,
            1 => &mut b,
            _ => &mut c,
        };
        *target = target.sin() * x;
        *target += x * x;
    }
    a * b * c
}
row!(reference_chosen_in_a_loop: chosen_target(val x, no steps) at (0.8, 5), (0.8, 0));

// Functions of `num_traits` that are no methods.

#[differentiable]
fn bounded_freely(x: f64) -> f64 {
    let mut t = x * x;
    t = clamp(t, 0.5, 5.0);
    t = num_traits::clamp_max(t, 3.0 * x);
    num_traits::clamp_min(t * x, 0.6) + num_traits::abs(t - 2.0) * num_traits::sign::signum(x)
}
row!(bounds_by_free_functions: bounded_freely(val x) at (0.3), (0.8), (1.3), (2.5), (-1.3));

#[differentiable]
fn powers_freely(x: f64, n: usize) -> f64 {
    let mut s = pow(x.sin(), 10) * num_traits::pow(x, 3) + pow(x, 0);
    for i in 0..n {
        s += num_traits::pow::pow(x, i) / (i as f64 + 1.0);
    }
    s * pow(2usize, clamp(n, 1, 3)) as f64
}
row!(powers_by_a_free_function: powers_freely(val x, no n) at (0.7, 8), (-1.2, 5), (0.7, 0));

#[differentiable]
fn free_generic<T: Float>(x: T, n: usize) -> T {
    pow(x, n) * clamp(x, T::zero(), T::one()) + pow(x, 4)
}

#[differentiable]
fn free_at_floats(x: f64) -> f64 {
    free_generic(x, 5) + free_generic(x * 2.0, 0)
}
row!(free_functions_of_a_generic: free_at_floats(val x) at (0.3), (0.7));

// Lists of what slices and arrays hold.

#[differentiable]
fn listed(g: &[f64]) -> Vec<f64> {
    g.into()
}

#[differentiable]
fn listed_and_changed(g: &mut [f64]) -> Vec<f64> {
    g[0] *= 2.0;
    g.into()
}

#[differentiable]
fn into_lists(x: f64) -> f64 {
    let mut a = [x, x * x, 2.0];
    let mut v: Vec<f64> = a.into();
    a[0] = 7.0 * x;
    v[1] *= a[0];
    let mut all = listed(&v);
    all[0] += 1.0;
    let changed = listed_and_changed(&mut a);
    let mut longer: Vec<f64> = [x; 2].into();
    longer.push(3.0);
    longer[1] = longer[0] * x;
    let mut from = Vec::from([x, 2.0]);
    from.push(x * x);
    from[0] *= from[2];
    let part: Vec<f64> = v[1..].into();
    all[0] * v[0] * changed[0] + changed[1] * longer[1] + from[0] * part[0]
}
row!(lists_of_arrays_and_slices: into_lists(val x) at (0.7), (1.2));
