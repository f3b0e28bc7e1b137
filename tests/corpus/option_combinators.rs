//! Combinators of `Option` and `Result`.

use super::enums_options::{Failure, checked_log, checked_sqrt};
use differentiable::{Differentiable, differentiable};

#[differentiable]
fn combinators(x: f64, y: f64) -> f64 {
    let a = Some(x).and_then(|v| if v > 0.0 { Some(v * v) } else { None });
    let b = a.map(|v| v * y);
    let c = checked_log(y).map_or(x, |l| l * 2.0);
    b.unwrap_or(-x) + c + a.map_or_else(|| y, |v| v.sqrt() * y)
}
row!(combinators_of_options: combinators(val x, val y) at (1.5, 2.0), (-1.5, 2.0), (-1.5, -2.0), (1.5, -0.5));

#[differentiable]
fn converted(x: f64, y: f64) -> Result<f64, Failure> {
    let l = checked_log(x).ok_or(Failure::TooMany)?;
    let r = checked_sqrt(y).map_err(|_| Failure::TooMany)?;
    let s = checked_sqrt(l + r).unwrap_or_else(|_| l * 3.0);
    Ok(s * r + l)
}
row!(options_to_results: converted(val x, val y) -> result at (1.5, 2.0), (0.01, 2.0));

#[derive(Debug)]
pub struct Wrapped(f64);
impl From<Failure> for Wrapped {
    fn from(failure: Failure) -> Wrapped {
        Wrapped(match failure {
            Failure::Negative(x) => x,
            Failure::TooMany => 0.0,
        })
    }
}
impl From<String> for Wrapped {
    fn from(text: String) -> Wrapped {
        Wrapped(text.len() as f64)
    }
}

#[differentiable]
fn error_conversion(x: f64, y: f64) -> Result<f64, Wrapped> {
    let a = checked_sqrt(x)?;
    let b = checked_sqrt(y).map_err(|failure| format!("{failure:?}"))?;
    let c = checked_sqrt(a * b + 1.0).map_err(Wrapped::from)?;
    Ok(a * b.sin() + c)
}
row!(errors_converted: error_conversion(val x, val y) -> result at (1.5, 2.0));

#[differentiable]
fn error_mapped_in_the_tail(x: f64, y: f64) -> Result<f64, String> {
    if y < 0.0 {
        return checked_sqrt(x * y).map_err(|failure| format!("{failure:?}"));
    }
    checked_sqrt(x + y * y).map(|r| r * y).map_err(|_| "no root".to_string())
}
row!(error_of_the_tail: error_mapped_in_the_tail(val x, val y) -> result at (1.5, 2.0), (-1.5, -2.0));

#[differentiable]
fn chained(x: f64, y: f64) -> f64 {
    let a = checked_log(x).and_then(|l| if l > 1.0 { None } else { Some(l * y) });
    let b = checked_log(y).filter(|l| *l > 0.0).map(|l| l * l);
    let c = a.zip(b).map(|(p, q)| p * q + x).unwrap_or_else(|| x * y);
    let d = checked_sqrt(x).and_then(|r| checked_sqrt(r - 1.0)).unwrap_or(x);
    let e = checked_log(x - 1.0).or_else(|| checked_log(y)).unwrap_or(0.5 * x);
    let g = checked_log(y - 1.0).or(Some(x * x)).unwrap_or_default();
    c * d + e * g + if checked_log(x).is_some_and(|l| l > 0.3) { x * x } else { y }
}
row!(chained_combinators: chained(val x, val y) at (1.5, 2.0), (3.5, 2.0), (1.2, 0.5), (0.7, 0.8));

#[differentiable]
fn borrowed_elements(v: &[f64], k: f64) -> f64 {
    let low = v.iter().min_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    let high = v.iter().copied().max_by(|a, b| a.total_cmp(b)).unwrap_or(k);
    let first = v.first().copied().unwrap_or(0.0);
    let mut total = first * k;
    if let Some(x) = v.get(1) {
        total += x * x * k;
    }
    if let Some(&x) = v.last() {
        total += x.sin();
    }
    match v.get(2) {
        Some(x) => total += x * first,
        None => total -= k,
    }
    let third = v.get(2).map(|x| x * k).unwrap_or(k * k);
    let range = v.get(1..3).map_or(0.0, |w| w[0] * w[1]);
    total + third + range + *low * high
}
row!(borrowed_options: borrowed_elements(ref v, val k) at (vec![0.5, -1.0, 2.0, 0.3], 1.3), (vec![0.5, 1.5], 0.7), (vec![0.4], 0.7));

struct Curve {
    knots: Vec<f64>,
    scale: Option<f64>,
}

#[differentiable]
fn option_fields(x: f64, #[no_diff] curve: &Curve) -> f64 {
    let scale = curve.scale.unwrap_or(1.0);
    let last = curve.knots.last().copied().unwrap_or(0.0);
    let first = curve.knots[0];
    let bias = curve.knots.get(1).map_or(0.5, |k| k * 2.0);
    (x - first) * scale + last * x * x + bias * x
}
row!(options_in_data: option_fields(val x, no curve) at (0.7, &Curve { knots: vec![0.5, 1.5], scale: None }), (0.7, &Curve { knots: vec![0.5], scale: Some(2.0) }));

#[differentiable]
fn ratio(a: f64, b: f64) -> Result<f64, String> {
    if b == 0.0 {
        return Err(format!("nothing to divide by, {}", 0));
    }
    Ok(a / b)
}

#[differentiable]
fn mapped_and_chained(a: f64, b: f64) -> Result<f64, String> {
    let x = ratio(a, b)?;
    let y = ratio(x, a).map(|v| v * v * b)?;
    let z = ratio(y, x).and_then(|v| ratio(v, a))?;
    Ok(x * y + z)
}
row!(results_mapped_before_the_question_mark: mapped_and_chained(val a, val b) -> result at (2.0, 3.0));

// Options in fields, whose types the attribute does not see.

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Inputs {
    spot: f64,
    volatility: Option<f64>,
}
value_struct!(Inputs => InputsTangent { spot, volatility });

#[differentiable]
fn unwrapped_field(i: &Inputs) -> f64 {
    i.spot * i.volatility.unwrap() + i.volatility.expect("a volatility") * i.volatility.unwrap_or(0.2)
}
row!(field_unwrapped: unwrapped_field(ref i) at (Inputs { spot: 2.0, volatility: Some(0.3) }));

#[differentiable]
fn field_or_error(i: &Inputs, k: f64) -> Result<f64, String> {
    let v = i.volatility.ok_or("Expected Some(f64) for volatility, received None")?;
    let w = i.volatility.ok_or_else(|| format!("no volatility {}", 3))?;
    Ok(i.spot * v * w * k)
}
row!(field_or_an_error: field_or_error(ref i, val k) -> result at (Inputs { spot: 2.0, volatility: Some(0.3) }, 1.5));

#[differentiable]
fn combined_field(i: &Inputs) -> f64 {
    i.volatility.as_ref().map(|v| v * i.spot).filter(|v| *v > 0.1).unwrap_or(i.spot * i.spot)
        + i.volatility.map_or(i.spot, |v| v * v)
        + i.volatility.unwrap_or_default()
}
row!(field_combined: combined_field(ref i) at (Inputs { spot: 2.0, volatility: Some(0.3) }), (Inputs { spot: 2.0, volatility: Some(0.01) }), (Inputs { spot: 2.0, volatility: None }));

#[differentiable]
fn mapped_field(i: &Inputs) -> Option<f64> {
    let v = i.volatility.map(|v| v * v)?;
    i.volatility.map(|w| w * i.spot + v)
}
row!(field_mapped: mapped_field(ref i) -> option at (Inputs { spot: 2.0, volatility: Some(0.3) }));

#[differentiable]
fn question_behind_a_match(x: f64, y: f64, #[no_diff] kind: u8) -> Result<(f64, f64), Failure> {
    let (a, b) = match kind {
        0 => pair_of(x, y),
        1 => {
            let z = x * y;
            pair_of(z, y)
        }
        _ => return Err(Failure::TooMany),
    }?;
    let c = if kind == 0 { checked_sqrt(a) } else { checked_sqrt(b) }?;
    Ok((a * c, b))
}

#[differentiable]
fn pair_of(x: f64, y: f64) -> Result<(f64, f64), Failure> {
    if y < 0.0 { Err(Failure::Negative(y)) } else { Ok((x * y, x.sin())) }
}

#[differentiable]
fn uses_pair(x: f64, y: f64, #[no_diff] kind: u8) -> Result<f64, Failure> {
    let (a, b) = question_behind_a_match(x, y, kind)?;
    Ok(a + b * b)
}
row!(question_mark_behind_branches: uses_pair(val x, val y, no kind) -> result at (1.5, 2.0, 0), (0.5, 2.0, 1));

// ---- errors that are passed on by hand ----

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Inverse {
    distance: f64,
    azimuths: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Trouble {
    steps: usize,
}

#[differentiable]
fn inverse(p: (f64, f64), q: (f64, f64)) -> Result<Inverse, Trouble> {
    if p.0 == q.0 {
        return Err(Trouble { steps: 3 });
    }
    Ok(Inverse { distance: (p.0 - q.0).hypot(p.1 - q.1), azimuths: vec![p.1 * q.0, q.1] })
}

#[differentiable]
fn distance_only(p: (f64, f64), q: (f64, f64)) -> Result<f64, Trouble> {
    match inverse(p, q) {
        Ok(res) => Ok(res.distance * res.azimuths[0]),
        Err(e) => Err(e),
    }
}

#[differentiable]
fn with_steps(p: (f64, f64), q: (f64, f64), extra: usize) -> Result<f64, usize> {
    let whole = match inverse(p, q) {
        Err(e) => return Err(e.steps + extra),
        Ok(whole) => whole,
    };
    let nearer = match distance_only(p, (q.0, 0.5 * q.1)) {
        Ok(d) => d * d,
        Err(trouble) => {
            return Err(trouble.steps);
        }
    };
    Ok(nearer + whole.azimuths.iter().sum::<f64>() * whole.distance)
}
row!(errors_passed_on_by_hand: with_steps(val p, val q, no extra) -> result at
    ((1.0, 2.0), (0.5, -1.0), 1), ((-1.0, 0.25), (2.0, 3.0), 0));
row!(errors_passed_on_as_the_tail: distance_only(val p, val q) -> result at ((1.0, 2.0), (0.5, -1.0)));

#[differentiable]
fn taken_in_turn(x: &[f64], a: f64) -> f64 {
    let mut waiting: Option<f64> = None;
    let mut s = 0.1 * a;
    for i in 0..x.len() {
        if let Some(first) = waiting.take() {
            s = s * 0.5 + first * x[i].sin();
            if i % 3 == 1 {
                waiting = Some(first + s);
            }
        } else {
            let before = waiting.replace(x[i] * a);
            s += before.unwrap_or(0.3 * a);
        }
    }
    s * waiting.take().unwrap_or(a) + waiting.unwrap_or(x[0])
}
row!(options_taken_and_replaced: taken_in_turn(ref x, val a) at
    (vec![0.5, 2.0, 0.3, 1.1, 0.7], 0.7), (vec![0.5, 2.0], 0.7), (vec![0.4], 1.7));

// ---- chains of results ----

#[derive(Debug, PartialEq)]
enum Fault {
    Low,
    High,
}
#[differentiable]
fn product(a: f64, b: f64) -> Result<f64, Fault> {
    if a > 0.0 { Ok(a * b) } else { Err(Fault::Low) }
}
#[differentiable]
fn logarithm(a: f64) -> Result<f64, Fault> {
    if a < 9.0 { Ok(a.ln()) } else { Err(Fault::High) }
}
#[differentiable]
fn results_chained(a: f64, b: f64) -> Result<f64, Fault> {
    product(a, b).and_then(|x| logarithm(a).map(|y| x * y))
}
row!(result_mapped_in_a_chain: results_chained(val a, val b) -> result at (2.0, 0.7));
#[differentiable]
fn results_chained_twice(a: f64, b: f64) -> Result<f64, Fault> {
    let c = product(a, b).and_then(|x| product(b, x)).and_then(|x: f64| {
        let y = x * x;
        logarithm(y).and_then(|z| product(z + 3.0, y)).map(|z| z - y)
    })?;
    if c > 0.0 { product(c, a).map(|x| x * b) } else { logarithm(c).and_then(|x| product(x, b)) }
}
row!(result_of_chains_in_a_chain: results_chained_twice(val a, val b) -> result at (2.0, 0.7));
#[test]
fn errors_of_chains_are_kept() {
    assert_eq!(results_chained::grad(-1.0, 2.0), Err(Fault::Low));
    assert_eq!(results_chained::grad(10.0, 2.0), Err(Fault::High));
}
