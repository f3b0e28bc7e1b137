//! Kinds of code whose second derivatives need more than floats: casts, types without `Clone`,
//! bounds with lifetimes, other output types than the inputs'.

use differentiable::{Differentiable, differentiable};
use num_traits::Float;
use std::iter::Sum;
use std::marker::PhantomData;

#[differentiable(order = 2)]
fn single(x: f32, y: f32) -> f32 {
    x * y + 0.5 * x
}

#[differentiable(order = 2)]
fn cast_of_a_result(x: f32, y: f32) -> f64 {
    let z = single(x, y);
    0.8 * z as f64 + 0.3 * (z * z) as f64 + (z.sin() * 2.0) as f64
}
row!(results_of_calls_cast: cast_of_a_result(val x, val y) at (1.5_f32, -0.5_f32));

#[test]
fn second_derivatives_of_results_of_calls_cast() {
    let (x, y) = (1.5_f32, -0.5_f32);
    let z = f64::from(x * y + 0.5 * x);
    let (first, second) = (0.8 + 0.6 * z + 2.0 * z.cos(), 0.6 - 2.0 * z.sin());
    let (z_x, z_y) = (f64::from(y) + 0.5, f64::from(x));
    let expected = [second * z_x * z_x, second * z_x * z_y + first, second * z_y * z_y];
    let ((xx, xy), (_, yy)) = cast_of_a_result::hessian(x, y);
    for (got, expected) in [xx, xy, yy].into_iter().zip(expected) {
        assert!((f64::from(got) - expected).abs() < 1e-5, "{got} is not {expected}");
    }
}

#[differentiable(order = 3)]
fn widened(x: f32) -> f64 {
    let y = x as f64;
    y * y * y
}

#[differentiable(order = 2)]
fn of_any_float<T: Float>(x: T) -> Result<f64, String> {
    let a = x.to_f64().ok_or("no number")?;
    Ok(a * a.sin())
}

#[test]
fn higher_derivatives_have_the_type_of_the_output() {
    let derivatives: (f64, f64) = (widened::d2(2.0), widened::d3(2.0));
    assert_eq!(derivatives, (12.0, 6.0));
    let second: Result<f64, String> = of_any_float::d2(0.5_f32);
    assert!((second.unwrap() - (2.0 * 0.5_f64.cos() - 0.5 * 0.5_f64.sin())).abs() < 1e-12);
}

#[derive(Differentiable, Debug)]
struct Table {
    data: Vec<f64>,
    scale: f64,
    name: String,
}

#[differentiable(order = 2)]
impl Table {
    fn new(first: f64, scale: f64) -> Table {
        Table { data: vec![first, first * scale, scale], scale: scale * scale, name: String::new() }
    }

    fn total(&self) -> f64 {
        self.data.iter().sum::<f64>() * self.scale
    }
}

#[differentiable(order = 2)]
fn without_clone(first: f64, scale: f64, k: f64) -> f64 {
    let table = Table::new(first, scale);
    table.total() * k + Table::new(k, first).total()
}

#[differentiable(order = 2)]
fn calls_without_clone(first: f64, scale: f64, k: f64) -> f64 {
    without_clone(first, scale, k).sin()
}
curved!(types_without_clone_curved: without_clone(val first, val scale, val k) at (0.5, 0.8, 0.7));
curved!(called_types_without_clone: calls_without_clone(val first, val scale, val k) at (0.5, 0.8, 0.7));

#[derive(Clone, Copy, Debug)]
struct Metres;

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Measured<T, U> {
    x: T,
    y: T,
    unit: PhantomData<U>,
}

#[differentiable(order = 2)]
impl<T: Float, U> Measured<T, U> {
    fn new(x: T, y: T) -> Self {
        Measured { x, y, unit: PhantomData }
    }

    fn scaled(self, k: T) -> Self {
        Measured { x: self.x * k, y: self.y * k, unit: PhantomData }
    }
}

#[differentiable(order = 2)]
fn cross<T: Float, U>(p: Measured<T, U>, q: &Measured<T, U>) -> T {
    p.x * q.y * q.y - p.y * q.x
}

#[differentiable(order = 2)]
fn measured(x: f64, y: f64) -> f64 {
    let p = Measured::<f64, Metres>::new(x, y);
    cross(p, &p.scaled(y))
}
curved!(units_of_measure_curved: measured(val x, val y) at (1.5, 0.5));

#[differentiable(order = 2)]
fn sum_of_references<'a, T: Float + Sum<&'a T> + 'a>(x: &'a [T]) -> T {
    x.iter().sum::<T>() * x.iter().fold(T::one(), |a, &b| a * b)
}
curved!(bound_with_a_lifetime: sum_of_references(ref x) at (vec![1.0, 2.0, -0.5]));

#[differentiable(order = 4)]
fn count_and_square(x: f64) -> (usize, f64) {
    (3, x * x)
}

/// What is cast may be an integer or a float, which only rustc sees.
#[differentiable(order = 4)]
fn casts_of_results(x: f64) -> f64 {
    let (count, square) = count_and_square(x);
    square as f64 * square * count as f64
}

#[test]
fn fourth_order_of_casts() {
    let x = 0.5;
    assert_eq!(casts_of_results::grad(x), 12.0 * x * x * x);
    assert_eq!(casts_of_results::d2(x), 36.0 * x * x);
    assert_eq!(casts_of_results::d3(x), 72.0 * x);
    assert_eq!(casts_of_results::d4(x), 72.0);
}
