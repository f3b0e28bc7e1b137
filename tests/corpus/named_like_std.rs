//! Types of users that are called as ones of the standard library which hold no floats.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Duration {
    secs: f64,
}
value_struct!(Duration => DurationTangent { secs });

#[derive(Clone, Copy, Debug, Differentiable)]
struct Instant {
    at: f64,
}

#[derive(Clone, Debug, Differentiable)]
struct Range {
    lo: f64,
    hi: f64,
}
value_struct!(Range => RangeTangent { lo, hi });

#[differentiable]
fn moved(x: f64, by: Duration, within: &Range) -> f64 {
    let begin: Instant = Instant { at: x * x };
    let end: Instant = Instant { at: begin.at + by.secs * by.secs };
    let span: Range = Range { lo: within.lo * x, hi: within.hi };
    x + end.at * (span.hi - span.lo)
}
row!(users_types_of_standard_names: moved(val x, val by, ref within) at
    (1.5, Duration { secs: 0.7 }, Range { lo: 0.3, hi: 2.0 }));

mod elsewhere {
    use differentiable::Differentiable;

    #[derive(Clone, Copy, Debug, Differentiable)]
    pub enum Ordering {
        Less(f64),
        Greater,
    }
}

mod imported {
    use super::elsewhere::*;
    use differentiable::differentiable;

    #[differentiable]
    fn compared(a: f64, b: f64) -> Ordering {
        if a < b { Ordering::Less(a * a * b) } else { Ordering::Greater }
    }

    #[differentiable]
    pub fn least(a: f64, b: f64) -> f64 {
        let order: Ordering = compared(a, b);
        match order {
            Ordering::Less(v) => v * 3.0 + b,
            Ordering::Greater => b * a,
        }
    }
}
use imported::least;
row!(an_order_that_holds_a_float: least(val a, val b) at (1.5, 2.0), (2.0, 1.5));
