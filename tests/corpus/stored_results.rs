//! `Result`s that are kept in a variable: asked whether they are there, for their error, changed and assigned.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Error {
    Low,
    High,
}

/// An error that is no copy.
#[derive(Debug)]
struct Text(String);

#[differentiable(order = 2)]
fn square(q: f64) -> Result<f64, Error> {
    if q < -10.0 {
        return Err(Error::Low);
    }
    if q > 10.0 { Err(Error::High) } else { Ok(q * q) }
}

#[differentiable(order = 2)]
fn said(q: f64) -> Result<f64, Text> {
    if q < -10.0 {
        return Err(Text("low".into()));
    }
    Ok(q * q)
}

#[differentiable(order = 2)]
fn scaled(q: &[f64]) -> Result<Vec<f64>, Error> {
    if q[0] < -10.0 {
        return Err(Error::Low);
    }
    let mut out = Vec::new();
    for x in q {
        out.push(x * q[0]);
    }
    Ok(out)
}

#[differentiable(order = 2)]
fn asked(p: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in p {
        let r = square(*v);
        if r.is_err() {
            sum += v;
            continue;
        }
        sum += r.unwrap() * v;
    }
    let r = said(p[0]);
    if r.is_err() {
        return p[1] * sum;
    }
    let t = said(p[1]);
    let w = match &t {
        Ok(w) => *w,
        Err(_) => 0.0,
    };
    r.unwrap() * w * sum
}
row!(results_asked_whether_they_are_there: asked(ref p) at (vec![0.7, 1.3, -0.4]), (vec![12.7, 1.3, 0.4]),
    (vec![-12.7, 1.3, 0.4]));
curved!(results_asked_at_order_two: asked(ref p) at (vec![0.7, 1.3, -0.4]), (vec![12.7, 1.3, 0.4]));

#[differentiable(order = 2)]
fn asked_for_errors(p: &[f64]) -> f64 {
    let first = square(p[1]);
    let k = if first.is_ok() && p[1] > 0.0 { 2.0 } else { 0.5 };
    let weight = match first {
        Ok(v) => v * k * p[1],
        Err(Error::Low) => p[2],
        Err(_) => p[1],
    };
    let r = square(p[0]);
    if let Some(error) = r.err() {
        return weight * if error == Error::High { p[1] } else { p[2] * p[1] };
    }
    r.unwrap() * p[1] * weight
}
row!(errors_of_stored_results: asked_for_errors(ref p) at (vec![0.7, 1.3, -0.4]), (vec![12.7, 1.3, 0.4]),
    (vec![-12.7, -1.3, 0.4]));
curved!(errors_of_stored_results_at_order_two: asked_for_errors(ref p) at (vec![0.7, 1.3, -0.4]), (vec![12.7, 1.3, 0.4]));

#[differentiable(order = 2)]
fn changed(p: &[f64]) -> f64 {
    let mut r = scaled(p);
    if let Ok(v) = r.as_mut() {
        v[0] *= p[1];
    }
    if let Ok(v) = &mut r {
        v.push(p[0]);
    }
    let mut s = square(p[0]);
    if p[1] > 0.0 {
        s = square(p[1] * p[2]);
    }
    if s.is_err() {
        s = square(0.5 * p[2]);
    }
    let looked_at = scaled(p);
    let product = if let Ok(v) = &looked_at { v[0] * v[1] } else { p[0] };
    let sum = match r {
        Ok(v) => v.iter().sum::<f64>() * v[0],
        Err(_) => p[2],
    };
    sum * s.unwrap_or(1.0) + product
}
row!(results_that_are_changed: changed(ref p) at (vec![0.7, 1.3, -0.4]), (vec![12.7, 1.3, 14.0]), (vec![-12.7, 1.3, 0.4]));
curved!(results_that_are_changed_at_order_two: changed(ref p) at (vec![0.7, 1.3, -0.4]), (vec![-12.7, 1.3, 0.4]));

#[derive(Clone, Debug, Differentiable)]
struct Section<T: num_traits::Float> {
    a: T,
}

#[differentiable]
impl<T: num_traits::Float> Section<T> {
    fn normal(q: T) -> Result<Section<T>, Error> {
        if q < T::zero() {
            return Err(Error::Low);
        }
        Ok(Section { a: q * q })
    }
}

#[differentiable]
fn made_by_its_type(x: f64) -> f64 {
    let r = Section::<f64>::normal(x);
    if let Ok(section) = &r { section.a * x } else { x }
}
row!(results_of_associated_functions: made_by_its_type(val x) at (0.7), (-0.7));
