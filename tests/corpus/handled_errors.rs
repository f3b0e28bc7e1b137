//! Errors without a derivative that closures look at.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, PartialEq)]
enum Fault {
    Low,
    At(i32),
}

#[differentiable]
fn counted(x: f64) -> Result<f64, i32> {
    if x > 0.5 { Ok(x * x) } else { Err(3) }
}

#[differentiable]
fn named(x: f64) -> Result<f64, Fault> {
    match x {
        x if x > 0.5 => Ok(x * x),
        x if x > 0.0 => Err(Fault::At(2)),
        _ => Err(Fault::Low),
    }
}

#[differentiable]
fn told(x: f64) -> Result<f64, String> {
    if x > 0.5 { Ok(x * x) } else { Err(format!("{x:.1} is low")) }
}

fn weight(fault: i32) -> f64 {
    fault as f64 / 2.0
}

#[differentiable]
fn instead(x: f64, y: f64) -> f64 {
    let first = counted(x).unwrap_or_else(|e| e as f64 * y);
    let second = told(x).unwrap_or_else(|e| e.len() as f64 * y * y);
    first * second + counted(x * y).unwrap_or_else(weight)
}
row!(values_instead_of_errors: instead(val x, val y) at (0.7, 1.3), (0.3, 1.3));

#[differentiable]
fn either(x: f64, y: f64) -> f64 {
    let of_fault = |fault: Fault| match fault {
        Fault::Low => y * y,
        Fault::At(k) => y * k as f64,
    };
    named(x).map_or_else(of_fault, |v| v * y)
        + counted(x).map_or_else(
            |e| {
                let scale = e as f64;
                scale * y
            },
            |v| v * x * y,
        )
}
row!(one_of_two_closures: either(val x, val y) at (0.7, 1.3), (0.3, 1.3), (-0.3, 1.3));

#[differentiable]
fn other(x: f64, y: f64) -> Result<f64, i32> {
    counted(x).or_else(|e| if e > 5 { Err(e) } else { Ok(y * e as f64) })
}
row!(results_instead_of_errors: other(val x, val y) -> result at (0.7, 1.3), (0.3, 1.3));

#[differentiable]
fn behind_others(x: f64, y: f64) -> f64 {
    let mapped = counted(x).map(|v| v * y).map_err(|e| e + 1).unwrap_or_else(|e| e as f64 * y);
    let chained = counted(x).and_then(|v| counted(v * 1.5)).unwrap_or_else(|e| e as f64 * x);
    mapped * chained
}
row!(errors_behind_other_combinators: behind_others(val x, val y) at (0.7, 1.3), (0.3, 1.3), (0.55, 1.3));

#[differentiable]
fn stored(x: f64, y: f64) -> f64 {
    let r = counted(x);
    if r.is_ok() {
        return x * y;
    }
    let made: Result<f64, usize> = if y > 1.0 { Err(4) } else { Ok(x) };
    r.unwrap_or_else(|e| e as f64 * y) * made.unwrap_or_else(|e| e as f64 * y)
}
row!(errors_of_what_is_stored: stored(val x, val y) at (0.7, 1.3), (0.3, 1.3), (0.3, 0.6));

#[differentiable]
fn in_turn(items: &[f64], y: f64) -> f64 {
    let mut s = 0.0;
    for x in items {
        s += named(*x).map_or_else(|e| if e == Fault::Low { y } else { y * y }, |v| v * y);
    }
    s + items.iter().map(|x| counted(*x).unwrap_or_else(|e| e as f64 * y * s)).sum::<f64>()
}
row!(errors_in_turn: in_turn(ref items, val y) at ([0.3, 0.7, -0.2], 1.3));

#[differentiable]
fn guarded(x: f64, y: f64) -> f64 {
    match counted(x) {
        Ok(v) => v * y,
        Err(e) if e > 2 => y * e as f64,
        Err(_) => 0.0,
    }
}
row!(errors_that_are_numbers: guarded(val x, val y) at (0.7, 1.3), (0.3, 1.3));

// A type with a method of the name.
#[derive(Clone, Copy, Debug, Differentiable)]
struct Measured {
    at: f64,
}

#[differentiable]
impl Measured {
    #[differentiable(inline)]
    fn unwrap_or_else(self, f: impl Fn(f64) -> f64) -> f64 {
        if self.at > 1.0 { f(self.at) } else { self.at * self.at }
    }
}

#[differentiable]
fn of_its_own(x: f64, y: f64) -> f64 {
    let m = Measured { at: x };
    m.unwrap_or_else(|e| e * y)
}
row!(methods_named_like_those_of_results: of_its_own(val x, val y) at (0.7, 1.3), (1.2, 1.3));
