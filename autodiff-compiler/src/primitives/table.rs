//! The rows.

use super::term::{IntoTerm, Term, recip, select, steep};
use super::{powf_partial, powi_partial};
use std::f64::consts::{LN_2, LOG2_E, LOG10_E, PI};

/// A partial derivative, of the arguments and the result.
pub type Partial = fn(args: &[Term], result: &Term) -> Term;

pub enum Kind {
    /// With one partial for each argument.
    Smooth(&'static [Partial]),
    /// A float, constant wherever it has a derivative.
    Constant,
    /// A `bool`.
    Predicate,
    /// No function of floats but a product that derivatives are made of: [`super::steep`].
    Product,
}

/// What computing a primitive costs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Less than keeping the result.
    Cheap,
    /// An instruction, or a few, that take long.
    Dear,
    /// A call of the mathematical library, which runs one lane at a time.
    Call,
}

pub struct Row {
    pub name: &'static str,
    pub arity: u8,
    pub kind: Kind,
    pub cost: Cost,
    /// The convention at kinks and edges, where there is one.
    pub doc: &'static str,
}

macro_rules! table {
    ($( $(#[doc = $doc:literal])* $cost:ident $name:ident ( $($arg:ident),+ ) $( -> $y:ident => [ $($partial:expr),+ $(,)? ] )? $( = $kind:ident )? ; )*) => {
        pub static TABLE: &[Row] = &[$(
            Row {
                name: stringify!($name),
                arity: [$(stringify!($arg)),+].len() as u8,
                kind: table!(@kind ($($arg),+) $( -> $y => [ $($partial),+ ] )? $( = $kind )?),
                cost: table!(@cost $cost),
                doc: concat!($($doc, "\n"),*),
            }
        ),*];
    };
    (@kind $args:tt -> $y:ident => [ $($partial:expr),+ ]) => {
        Kind::Smooth(&[$( table!(@partial $args $y $partial) ),+])
    };
    (@kind $args:tt = $kind:ident) => { Kind::$kind };
    (@partial ( $($arg:ident),+ ) $y:ident $partial:expr) => {{
        #[allow(unused_variables)]
        fn partial(args: &[Term], $y: &Term) -> Term {
            let [$($arg),+] = args else { unreachable!("wrong number of arguments of a primitive") };
            IntoTerm::into_term($partial, $y.ty())
        }
        partial
    }};
    (@cost cheap) => { Cost::Cheap };
    (@cost dear) => { Cost::Dear };
    (@cost call) => { Cost::Call };
}

/// The part of a selection that is the result: 1, or a half where `other` is it too.
fn share(x: &Term, other: &Term, y: &Term) -> Term {
    select(x.eq(y), select(other.eq(y), 0.5, 1.0), 0.0)
}

table! {
    // ---- trigonometric ----
    call sin(x) -> y => [x.cos()];
    call cos(x) -> y => [-x.sin()];
    call tan(x) -> y => [1.0 + y * y];
    /// `1 / sqrt(1 - x²)`, infinite at ±1.
    call asin(x) -> y => [steep(1.0 / ((1.0 - x) * (1.0 + x)).sqrt())];
    /// `-1 / sqrt(1 - x²)`, infinite at ±1.
    call acos(x) -> y => [-steep(1.0 / ((1.0 - x) * (1.0 + x)).sqrt())];
    call atan(x) -> y => [1.0 / (1.0 + x * x)];
    /// The angle of the point `(b, a)`: `b / (a² + b²)` and `-a / (a² + b²)`, both 0 at the origin.
    call atan2(a, b) -> y => [
        select(a.eq(0.0).and(b.eq(0.0)), 0.0, b / (a * a + b * b)),
        select(a.eq(0.0).and(b.eq(0.0)), 0.0, -(a / (a * a + b * b))),
    ];

    // ---- hyperbolic ----
    call sinh(x) -> y => [x.cosh()];
    call cosh(x) -> y => [x.sinh()];
    call tanh(x) -> y => [1.0 - y * y];
    call asinh(x) -> y => [1.0 / (x * x + 1.0).sqrt()];
    /// `1 / sqrt(x² - 1)`, infinite at 1.
    call acosh(x) -> y => [steep(1.0 / ((x - 1.0) * (x + 1.0)).sqrt())];
    /// `1 / (1 - x²)`, infinite at ±1.
    call atanh(x) -> y => [1.0 / ((1.0 - x) * (1.0 + x))];

    // ---- exponentials and logarithms ----
    call exp(x) -> y => [y];
    call exp2(x) -> y => [LN_2 * y];
    call exp_m1(x) -> y => [y + 1.0];
    /// `1 / x`, infinite at 0.
    call ln(x) -> y => [steep(recip(x))];
    /// `1 / (1 + x)`, infinite at -1.
    call ln_1p(x) -> y => [steep(1.0 / (1.0 + x))];
    /// `ln(x) / ln(b)`: `1 / (x ln b)` and `-y / (b ln b)`.
    call log(x, b) -> y => [1.0 / (x * b.ln()), -(y / (b * b.ln()))];
    call log2(x) -> y => [steep(LOG2_E / x)];
    call log10(x) -> y => [steep(LOG10_E / x)];

    // ---- roots and powers ----
    /// `0.5 / y`, infinite at 0.
    dear sqrt(x) -> y => [steep(0.5 / y)];
    /// `1 / (3 y²)`, infinite at 0.
    call cbrt(x) -> y => [steep(1.0 / (3.0 * (y * y)))];
    /// `n x^(n - 1)`, 0 for `n = 0` everywhere.
    dear powi(x, n) -> y => [powi_partial(x, n, y), 0.0];
    /// `p x^(p - 1)`, 0 for `p = 0`; and `y ln x`, 0 at `x = 0` for `p >= 0`, NaN for negative `x`.
    call powf(x, p) -> y => [
        powf_partial(x, p),
        select(x.eq(0.0).and(p.ge(0.0)), 0.0, steep(y * x.ln())),
    ];
    /// `a / y` and `b / y`, both 0 at the origin.
    call hypot(a, b) -> y => [
        select(y.eq(0.0), 0.0, a / y),
        select(y.eq(0.0), 0.0, b / y),
    ];
    /// `-1 / x²`.
    cheap recip(x) -> y => [-(y * y)];
    /// `-1 / x²`; num-traits' `Inv`.
    cheap inv(x) -> y => [-(y * y)];

    // ---- sums and products ----
    /// `seed * partial`, 0 where `seed` is 0.
    cheap weigh(seed, partial) = Product;
    dear mul_add(a, b, c) -> y => [b, a, 1.0];
    cheap to_radians(x) -> y => [PI / 180.0];
    cheap to_degrees(x) -> y => [180.0 / PI];
    cheap midpoint(a, b) -> y => [0.5, 0.5];

    // ---- with kinks ----
    /// The sign of `x`, 0 at 0, NaN at NaN.
    cheap abs(x) -> y => [select(x.eq(0.0), 0.0, x.signum())];
    /// `max(a - b, 0)`: 1 and -1 where `a > b`, else 0.
    cheap abs_sub(a, b) -> y => [select(a.gt(b), 1.0, 0.0), select(a.gt(b), -1.0, 0.0)];
    /// 1 for the operand that is the result, a half each at a tie. An operand that is NaN is not
    /// the result, and gets 0.
    cheap min(a, b) -> y => [share(a, b, y), share(b, a, y)];
    /// As `min`.
    cheap max(a, b) -> y => [share(a, b, y), share(b, a, y)];
    /// 1 for `x` inside the bounds and on them; 1 for a bound that `x` is beyond.
    cheap clamp(x, lo, hi) -> y => [
        select(lo.le(x).and(x.le(hi)), 1.0, 0.0),
        select(x.lt(lo), 1.0, 0.0),
        select(x.gt(hi), 1.0, 0.0),
    ];
    /// 1 or -1, whether the sign changes; 0 at `x = 0`. The sign of `sign` counts only, so that it
    /// gets 0.
    cheap copysign(x, sign) -> y => [
        select(x.eq(0.0), 0.0, select(x.eq(y), 1.0, -1.0)),
        0.0,
    ];
    /// `x - b n` with `n` locally constant: 1 and `-n`.
    call rem_euclid(x, b) -> y => [1.0, ((y - x) / b).round()];
    /// `x` less an integer: 1.
    cheap fract(x) -> y => [1.0];
    cheap next_up(x) -> y => [1.0];
    cheap next_down(x) -> y => [1.0];

    // ---- locally constant ----
    call div_euclid(a, b) = Constant;
    cheap signum(x) = Constant;
    cheap floor(x) = Constant;
    cheap ceil(x) = Constant;
    cheap round(x) = Constant;
    cheap round_ties_even(x) = Constant;
    cheap trunc(x) = Constant;

    // ---- predicates ----
    cheap is_nan(x) = Predicate;
    cheap is_infinite(x) = Predicate;
    cheap is_finite(x) = Predicate;
    cheap is_normal(x) = Predicate;
    cheap is_subnormal(x) = Predicate;
    cheap is_sign_positive(x) = Predicate;
    cheap is_sign_negative(x) = Predicate;
    cheap is_positive(x) = Predicate;
    cheap is_negative(x) = Predicate;
    cheap is_zero(x) = Predicate;
    cheap is_one(x) = Predicate;
}
