//! Floats that programs run on: `f64`, and dual numbers as the independent oracle.
//!
//! The derivatives here are written by hand on purpose: what is checked against them is the
//! table of `primitives`.

use std::cmp::Ordering;
use std::f64::consts::{LN_2, LN_10};
use std::fmt::Debug;

/// A float that the interpreter computes with.
pub trait Real: Copy + Debug + 'static {
    /// A constant.
    fn lit(value: f64) -> Self;
    /// The value without its derivative.
    fn value(self) -> f64;
    /// Applies a function of one argument: its value and its slope there.
    fn chain1(self, value: f64, slope: f64) -> Self;
    /// Applies a function of two arguments.
    fn chain2(self, other: Self, value: f64, slopes: (f64, f64)) -> Self;

    /// `+`
    fn add(self, other: Self) -> Self {
        self.chain2(other, self.value() + other.value(), (1.0, 1.0))
    }
    /// `-`
    fn sub(self, other: Self) -> Self {
        self.chain2(other, self.value() - other.value(), (1.0, -1.0))
    }
    /// `*`
    fn mul(self, other: Self) -> Self {
        self.chain2(other, self.value() * other.value(), (other.value(), self.value()))
    }
    /// `/`
    fn div(self, other: Self) -> Self {
        let (a, b) = (self.value(), other.value());
        self.chain2(other, a / b, (1.0 / b, -a / (b * b)))
    }
    /// `%`
    fn rem(self, other: Self) -> Self {
        let (a, b) = (self.value(), other.value());
        self.chain2(other, a % b, (1.0, -(a / b).trunc()))
    }
    /// Unary `-`
    fn neg(self) -> Self {
        self.chain1(-self.value(), -1.0)
    }
    /// Order of the values.
    fn compare(self, other: Self) -> Option<Ordering> {
        self.value().partial_cmp(&other.value())
    }
}

impl Real for f64 {
    fn lit(value: f64) -> f64 {
        value
    }
    fn value(self) -> f64 {
        self
    }
    fn chain1(self, value: f64, _: f64) -> f64 {
        value
    }
    fn chain2(self, _: f64, value: f64, _: (f64, f64)) -> f64 {
        value
    }
}

/// A value and its derivative in one direction.
#[derive(Clone, Copy, Debug)]
pub struct Dual {
    /// The primal.
    pub value: f64,
    /// The tangent.
    pub dot: f64,
}

/// A zero tangent stays zero whatever the slope is: what does not vary poisons nothing.
fn weigh(slope: f64, dot: f64) -> f64 {
    if dot == 0.0 { 0.0 } else { slope * dot }
}

impl Real for Dual {
    fn lit(value: f64) -> Dual {
        Dual { value, dot: 0.0 }
    }
    fn value(self) -> f64 {
        self.value
    }
    fn chain1(self, value: f64, slope: f64) -> Dual {
        Dual { value, dot: weigh(slope, self.dot) }
    }
    fn chain2(self, other: Dual, value: f64, (left, right): (f64, f64)) -> Dual {
        Dual { value, dot: weigh(left, self.dot) + weigh(right, other.dot) }
    }
}

/// A function of one float by its method name: its value and its slope.
pub fn unary(name: &str, x: f64) -> Option<(f64, f64)> {
    let sign = if x < 0.0 {
        -1.0
    } else if x > 0.0 {
        1.0
    } else {
        0.0
    };
    Some(match name {
        "sin" => (x.sin(), x.cos()),
        "cos" => (x.cos(), -x.sin()),
        "tan" => (x.tan(), 1.0 / x.cos().powi(2)),
        "asin" => (x.asin(), 1.0 / (1.0 - x * x).sqrt()),
        "acos" => (x.acos(), -1.0 / (1.0 - x * x).sqrt()),
        "atan" => (x.atan(), 1.0 / (1.0 + x * x)),
        "sinh" => (x.sinh(), x.cosh()),
        "cosh" => (x.cosh(), x.sinh()),
        "tanh" => (x.tanh(), 1.0 / x.cosh().powi(2)),
        "asinh" => (x.asinh(), 1.0 / (x * x + 1.0).sqrt()),
        "acosh" => (x.acosh(), 1.0 / (x * x - 1.0).sqrt()),
        "atanh" => (x.atanh(), 1.0 / (1.0 - x * x)),
        "exp" => (x.exp(), x.exp()),
        "exp2" => (x.exp2(), x.exp2() * LN_2),
        "exp_m1" => (x.exp_m1(), x.exp()),
        "ln" => (x.ln(), 1.0 / x),
        "ln_1p" => (x.ln_1p(), 1.0 / (1.0 + x)),
        "log2" => (x.log2(), 1.0 / (x * LN_2)),
        "log10" => (x.log10(), 1.0 / (x * LN_10)),
        "sqrt" => (x.sqrt(), 0.5 / x.sqrt()),
        "cbrt" => (x.cbrt(), 1.0 / (3.0 * x.cbrt().powi(2))),
        "abs" => (x.abs(), sign),
        "recip" => (x.recip(), -1.0 / (x * x)),
        "to_radians" => (x.to_radians(), std::f64::consts::PI / 180.0),
        "to_degrees" => (x.to_degrees(), 180.0 / std::f64::consts::PI),
        "fract" => (x.fract(), 1.0),
        "signum" => (x.signum(), 0.0),
        "floor" => (x.floor(), 0.0),
        "ceil" => (x.ceil(), 0.0),
        "round" => (x.round(), 0.0),
        "round_ties_even" => (x.round_ties_even(), 0.0),
        "trunc" => (x.trunc(), 0.0),
        _ => return None,
    })
}

/// A function of two floats by its method name: its value and its slopes.
pub fn binary(name: &str, a: f64, b: f64) -> Option<(f64, (f64, f64))> {
    Some(match name {
        "atan2" => (a.atan2(b), (b / (a * a + b * b), -a / (a * a + b * b))),
        "hypot" => (a.hypot(b), (a / a.hypot(b), b / a.hypot(b))),
        "powf" => (a.powf(b), (b * a.powf(b - 1.0), a.powf(b) * a.ln())),
        "log" => (a.log(b), (1.0 / (a * b.ln()), -a.ln() / (b * b.ln() * b.ln()))),
        "min" => (
            a.min(b),
            if a < b {
                (1.0, 0.0)
            } else if b < a {
                (0.0, 1.0)
            } else {
                (0.5, 0.5)
            },
        ),
        "max" => (
            a.max(b),
            if a > b {
                (1.0, 0.0)
            } else if b > a {
                (0.0, 1.0)
            } else {
                (0.5, 0.5)
            },
        ),
        "weigh" => (weigh(b, a), (b, a)),
        "rem_euclid" => (a.rem_euclid(b), (1.0, -a.div_euclid(b))),
        "div_euclid" => (a.div_euclid(b), (0.0, 0.0)),
        "copysign" => {
            (a.copysign(b), (if a.is_sign_negative() == b.is_sign_negative() { 1.0 } else { -1.0 }, 0.0))
        }
        "abs_sub" => ((a - b).max(0.0), if a > b { (1.0, -1.0) } else { (0.0, 0.0) }),
        _ => return None,
    })
}

/// A method of integers by its name.
pub fn integer(name: &str, args: &[i128]) -> Option<i128> {
    Some(match (name, args) {
        ("abs" | "unsigned_abs", [n]) => n.abs(),
        ("signum", [n]) => n.signum(),
        ("min", [a, b]) => *a.min(b),
        ("max", [a, b]) => *a.max(b),
        ("pow" | "powi", [a, b]) => a.checked_pow(u32::try_from(*b).ok()?)?,
        ("rem_euclid", [a, b]) => a.checked_rem_euclid(*b)?,
        ("div_euclid", [a, b]) => a.checked_div_euclid(*b)?,
        ("clamp", [n, lo, hi]) if lo <= hi => *n.clamp(lo, hi),
        ("abs_diff", [a, b]) => (a - b).abs(),
        ("saturating_sub", [a, b]) => (a - b).max(0),
        ("wrapping_add" | "saturating_add", [a, b]) => a + b,
        ("wrapping_sub", [a, b]) => a - b,
        ("wrapping_mul" | "saturating_mul", [a, b]) => a.checked_mul(*b)?,
        ("div_ceil", [a, b]) if *b > 0 => (a + b - 1).div_euclid(*b),
        _ => return None,
    })
}
