//! Enums under `match`, `Option`, `Result`, `?`, `if let`, `let else`.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
enum Shape {
    Circle(f64),
    Rectangle { width: f64, height: f64 },
    Polygon(Vec<f64>),
    Tagged(u32, f64),
    Empty,
}

impl crate::harness::value::Value for Shape {
    const SINGLE: bool = false;
    fn scalars(&self, out: &mut Vec<f64>) {
        match self {
            Shape::Circle(r) | Shape::Tagged(_, r) => out.push(*r),
            Shape::Rectangle { width, height } => out.extend([*width, *height]),
            Shape::Polygon(sides) => out.extend(sides),
            Shape::Empty => {}
        }
    }
    fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
        match self {
            Shape::Circle(r) | Shape::Tagged(_, r) => *r += next(),
            Shape::Rectangle { width, height } => {
                *width += next();
                *height += next();
            }
            Shape::Polygon(sides) => sides.iter_mut().for_each(|s| *s += next()),
            Shape::Empty => {}
        }
    }
}

impl crate::harness::value::Seed for ShapeTangent {
    type Form<'a> = ShapeTangent;
    fn seed(&self) -> ShapeTangent {
        self.clone()
    }
}

#[differentiable]
fn area(s: &Shape) -> f64 {
    match s {
        Shape::Circle(r) => 3.0 * r * r,
        Shape::Rectangle { width, height } => width * height,
        Shape::Polygon(sides) => {
            let mut p = 1.0;
            for x in sides {
                p *= 1.0 + x;
            }
            p
        }
        Shape::Tagged(n, x) if *n > 2 => x.powi(3),
        Shape::Tagged(_, x) => *x,
        Shape::Empty => 0.0,
    }
}
row!(enum_by_reference: area(ref s) at (Shape::Circle(2.0)), (Shape::Rectangle { width: 2.0, height: 3.0 }),
    (Shape::Polygon(vec![1.0, 2.0, 3.0])), (Shape::Tagged(3, 1.5)), (Shape::Tagged(1, 1.5)));

#[differentiable]
fn grown(s: Shape, k: f64) -> Shape {
    match s {
        Shape::Circle(r) => Shape::Circle(r * k),
        Shape::Rectangle { width, height } => Shape::Polygon(vec![width * k, height, k]),
        other => other,
    }
}
row!(enum_by_value_and_returned: grown(val s, val k) -> value at
    (Shape::Circle(2.0), 1.5), (Shape::Rectangle { width: 2.0, height: 3.0 }, 1.5), (Shape::Tagged(3, 2.5), 1.5));

#[differentiable]
fn in_place(s: &mut Shape, k: f64) {
    match s {
        Shape::Circle(r) => *r *= k,
        Shape::Rectangle { width, .. } => *width = *width * *width + k,
        _ => {}
    }
}
row!(enum_in_place: in_place(mut s, val k) -> unit at (Shape::Circle(2.0), 1.5), (Shape::Rectangle { width: 2.0, height: 3.0 }, 1.5));

#[differentiable]
fn total(shapes: &[Shape], k: f64) -> f64 {
    let mut t = 0.0;
    for s in shapes {
        t += area(s) * k;
        if let Shape::Circle(r) = s {
            t *= r;
        }
    }
    t
}
row!(slice_of_enums: total(ref shapes, val k) at (vec![Shape::Circle(2.0), Shape::Empty, Shape::Rectangle { width: 2.0, height: 3.0 }, Shape::Circle(0.5)], 1.5));

#[derive(Clone, Copy, Debug, PartialEq)]
enum Easing {
    Linear,
    Quadratic,
    Exponential,
}

#[differentiable]
fn ease(#[no_diff] kind: Easing, t: f64) -> f64 {
    match kind {
        Easing::Linear => t,
        Easing::Quadratic if t > 0.5 => 1.0 - 2.0 * (1.0 - t) * (1.0 - t),
        Easing::Quadratic => 2.0 * t * t,
        Easing::Exponential => 2.0_f64.powf(10.0 * (t - 1.0)),
    }
}
row!(enum_that_selects: ease(no kind, val t) at (Easing::Linear, 0.3), (Easing::Quadratic, 0.3), (Easing::Quadratic, 0.7), (Easing::Exponential, 0.7));

#[differentiable]
pub fn checked_log(x: f64) -> Option<f64> {
    if x <= 0.0 {
        return None;
    }
    Some(x.ln())
}
row!(option_returned: checked_log(val x) -> option at (2.0) => 1.0 / x);

#[test]
fn none_is_none_in_every_mode() {
    assert_eq!(checked_log::grad(-1.0), None);
    assert_eq!(checked_log::value_and_grad(-1.0), None);
    assert_eq!(checked_log::jvp(-1.0, 1.0), None);
    assert_eq!(checked_log::vjp(-1.0, 1.0), None);
    assert!(checked_log::pullback(-1.0).is_none());
    let mut x_bar = 7.0;
    assert_eq!(checked_log::accumulate(-1.0, 1.0, &mut x_bar), None);
    assert_eq!(x_bar, 7.0);
}

#[differentiable]
fn sum_of_logs(x: &[f64], k: f64) -> Option<f64> {
    let mut s = k;
    for &v in x {
        s += checked_log(v * k)? * s;
    }
    let last = checked_log(s)?;
    Some(s * last)
}
row!(question_mark_on_an_option: sum_of_logs(ref x, val k) -> option at (vec![1.0, 2.0], 1.5));

#[derive(Debug, PartialEq)]
pub enum Failure {
    Negative(f64),
    TooMany,
}

#[differentiable]
pub fn checked_sqrt(x: f64) -> Result<f64, Failure> {
    if x < 0.0 { Err(Failure::Negative(x)) } else { Ok(x.sqrt()) }
}
row!(result_returned: checked_sqrt(val x) -> result at (4.0) => 0.25);

#[differentiable]
fn newton_checked(a: f64, start: f64) -> Result<f64, Failure> {
    let mut x = start;
    for _ in 0..50 {
        let r = checked_sqrt(x * x + 1.0)?;
        let step = (x * r - a) / (r + x * x / r);
        x -= step;
        if step.abs() < 1e-14 {
            return Ok(x);
        }
    }
    Err(Failure::TooMany)
}
row!(question_mark_in_a_loop: newton_checked(val a, val start) -> result at (2.0, 1.0));

#[test]
fn errors_are_the_functions_own() {
    assert_eq!(checked_sqrt::grad(-2.0), Err(Failure::Negative(-2.0)));
    assert_eq!(checked_sqrt::vjp(-2.0, 1.0), Err(Failure::Negative(-2.0)));
    let y: Result<(f64, f64), Failure> = checked_sqrt::vjp(4.0, 2.0);
    assert_eq!(y, Ok((2.0, 0.5)));
}

#[differentiable]
fn handled(x: f64, y: f64) -> f64 {
    let a = match checked_sqrt(x) {
        Ok(v) => v * y,
        Err(_) => -x,
    };
    let b = checked_log(y).unwrap_or(0.0);
    let c = checked_log(x * y).unwrap();
    a * b + c
}
row!(match_on_a_result: handled(val x, val y) at (2.0, 3.0), (-2.0, -3.0));

#[differentiable]
fn if_let_else(x: f64, #[no_diff] weight: Option<f64>) -> f64 {
    let Some(l) = checked_log(x) else {
        return x * x;
    };
    let w = if let Some(w) = weight { w } else { 1.0 };
    if let Some(m) = checked_log(l) { m * w * x } else { l * w }
}
row!(if_let_and_let_else: if_let_else(val x, no weight) at (5.0, Some(2.0)), (2.0, None), (-2.0, Some(2.0)));

#[differentiable]
fn active_option(x: f64, scale: Option<f64>) -> f64 {
    match scale {
        Some(s) if s > 0.0 => x * s.ln(),
        Some(s) => x - s,
        None => x,
    }
}
row!(active_option_parameter: active_option(val x, val scale) at (5.0, Some(2.0)), (5.0, Some(-2.0)));

#[differentiable]
fn local_option(v: &[f64]) -> f64 {
    let mut best: Option<f64> = None;
    for &x in v {
        best = match best {
            None => Some(x),
            Some(b) if x > b => Some(x * 1.5),
            Some(b) => Some(b),
        };
    }
    best.map(|b| b * b).unwrap_or(0.0) + best.unwrap()
}
row!(option_carried_by_a_loop: local_option(ref v) at (vec![1.0, 3.0, 2.0, 9.0]));

#[differentiable]
fn result_with_outputs(x: &mut [f64], k: f64) -> Result<(), String> {
    for v in x.iter_mut() {
        if *v == 0.0 {
            return Err("zero".to_string());
        }
        *v = k / *v;
    }
    Ok(())
}

#[test]
fn results_beside_mutable_outputs() {
    let mut x = [2.0, 4.0];
    let (_, (x_bar, k_bar)) = result_with_outputs::vjp(&mut x, 8.0, &[1.0, 1.0]).unwrap();
    assert_eq!((x, x_bar, k_bar), ([4.0, 2.0], vec![-2.0, -0.5], 0.75));
    assert!(result_with_outputs::vjp(&mut [0.0], 8.0, &[1.0]).is_err());
}

#[differentiable]
fn matches_macro(s: &Shape, x: f64) -> f64 {
    if matches!(s, Shape::Circle(r) if *r > 1.0) { area(s) * x } else { x }
}
row!(matches: matches_macro(ref s, val x) at (Shape::Circle(2.0), 3.0), (Shape::Circle(0.5), 3.0));

#[differentiable]
fn tuple_match(x: f64, y: f64) -> f64 {
    match (x > 0.0, checked_log(y)) {
        (true, Some(l)) => x * l,
        (false, Some(l)) => l - x,
        (_, None) => x + y,
    }
}
row!(match_on_a_tuple: tuple_match(val x, val y) at (1.5, 2.0), (-1.5, 2.0), (1.5, -2.0));

#[differentiable]
fn bounded_root(a: f64) -> Option<f64> {
    if a > 0.6 {
        return None;
    }
    Some(a.sin() + 0.5)
}

#[differentiable]
fn best_of_several(a: f64, b: f64) -> f64 {
    let mut best: Option<f64> = None;
    for k in 0..4 {
        let c = bounded_root(a * 0.3 * k as f64);
        if let Some(v) = c {
            best = match best {
                Some(w) => Some(w + v * b),
                None => Some(v),
            };
        }
        if k == 2 {
            best = bounded_root(b * 0.1);
        }
    }
    best.unwrap_or(b * b)
}
row!(option_of_a_call_assigned: best_of_several(val a, val b) at (0.3, 2.0), (0.3, 7.0), (0.9, 1.0));

#[differentiable]
fn replaced_option(a: f64, b: f64) -> f64 {
    let mut held: Option<f64> = Some(b * b);
    let found = bounded_root(a);
    if b > 1.0 {
        held = found;
    }
    match held {
        Some(v) => v * b,
        None => b,
    }
}
row!(option_of_a_call_assigned_later: replaced_option(val a, val b) at (0.3, 2.0), (0.9, 2.0), (0.3, 0.5));

const SINE: &str = "sin";

#[differentiable]
fn by_name(x: f64, #[no_diff] mode: &str, #[no_diff] unit: &String) -> Result<f64, String> {
    let y = match mode {
        "sin" => x.sin(),
        "square" | "sq" => x * x,
        other => return Err(format!("unknown mode {other}")),
    };
    match unit.as_str() {
        "deg" => Ok(y.to_degrees() * x),
        _ if mode == SINE => Ok(y),
        _ => Ok(if "sin" != mode && unit != "none" { y } else { y * 2.0 }),
    }
}
row!(chosen_by_a_string: by_name(val x, noref mode, noref unit) -> result at
    (0.5, "sin".to_string(), "deg".to_string()), (0.5, "sq".to_string(), "rad".to_string()));

#[derive(Clone, Debug)]
enum Bad {
    Negative,
    Large(f64, usize),
}

#[differentiable]
fn checked(x: f64) -> Result<f64, Bad> {
    if x < 0.0 {
        Err(Bad::Negative)
    } else if x > 9.0 {
        Err(Bad::Large(9.0, 1))
    } else {
        Ok(x.sqrt())
    }
}

#[differentiable]
fn errors(x: f64, y: f64) -> f64 {
    let mut out: Option<f64> = None;
    for k in 0..2 {
        match checked(x - k as f64) {
            Ok(v) => out = Some(v * y),
            Err(Bad::Large(_, n)) if n > 3 => {}
            Err(Bad::Large(_, n)) => {
                if n > 0 {
                    break;
                }
            }
            Err(_) => {
                if out.is_none() {
                    out = Some(y * y + x);
                }
            }
        }
    }
    out.unwrap_or(x * y)
}
row!(errors_taken_apart: errors(val x, val y) at (-1.0, 0.7), (0.5, 0.7), (1.7, 0.7), (20.0, 0.7));

/// What a pattern binds by value stays, though another pattern changes the payload it came from.
#[differentiable(order = 2)]
fn payload_changed_later(x: f64) -> f64 {
    let mut held: Option<f64> = Some(x * x);
    let Some(before) = held else { return 0.0 };
    if let Some(inside) = &mut held {
        *inside = 0.5 * x;
    }
    before * before + held.unwrap()
}
row!(payloads_bound_before_they_change: payload_changed_later(val x) at (1.5));
curved!(payloads_bound_before_they_change_at_order_two: payload_changed_later(val x) at (1.5));

#[differentiable(order = 2)]
fn payloads_changed_inside(x: f64, y: f64) -> (f64, f64) {
    let mut held = (Some(x * y), y);
    let mut sum = 0.0;
    for step in 0..3 {
        match held.0 {
            Some(now) => {
                if let Some(inside) = held.0.as_mut() {
                    *inside = now * x + *inside;
                }
                sum += now * now * held.1;
            }
            None => sum -= x,
        }
        if let Some(now) = held.0 {
            if step == 1 {
                if let Some(inside) = &mut held.0 {
                    *inside *= 2.0;
                }
            }
            held.1 += now;
        }
    }
    (sum, held.1)
}
row!(payloads_changed_inside_a_match: payloads_changed_inside(val x, val y) -> many at (1.5, 0.3));

/// A tuple that is changed has parts of its own, whatever it was made of.
#[differentiable(order = 2)]
fn tuples_of_options(x: f64, mut y: f64) -> f64 {
    y *= 2.0;
    let mut held = (Some(x * y), y);
    held.1 += x;
    if let Some(inside) = &mut held.0 {
        *inside *= held.1;
    }
    y += held.1;
    held.1 * y * held.0.unwrap()
}
row!(tuples_of_options_that_change: tuples_of_options(val x, val y) at (1.3, 0.4));
curved!(tuples_of_options_that_change_at_order_two: tuples_of_options(val x, val y) at (1.3, 0.4));

/// What is in options, among others and by themselves.
#[differentiable(order = 2)]
fn flattened(xs: &[Option<f64>], y: f64) -> f64 {
    let mut own = vec![Some(y), None, xs[0]];
    own[0] = own[2].map(|v| v * v);
    for v in own.iter_mut().flatten() {
        *v *= y;
    }
    let single = own[0];
    let mut sum = xs.iter().flatten().map(|v| v * y).sum::<f64>();
    for v in single.iter() {
        sum += v * v;
    }
    let mut kept = Some(sum);
    for v in kept.iter_mut() {
        *v *= y;
    }
    kept.into_iter().chain(single).chain(own.into_iter().flatten()).map(|v| v * v).sum()
}
row!(options_flattened: flattened(ref xs, val y) at (vec![Some(1.3), None, Some(0.2)], 0.4));
