//! Macros by example: those of the file, of its modules and of the function itself.

use differentiable::{Differentiable, differentiable};

#[macro_use]
mod marked {
    macro_rules! cubed {
        ($x:expr) => {{
            let t = $x;
            t * t * t
        }};
    }
    pub(super) use cubed as third_power;
}

macro_rules! squared {
    ($x:expr) => {
        $x * $x
    };
}

#[differentiable]
fn nested(x: f64) -> f64 {
    squared!(x + 1.0) + squared!(squared!(x)) - 2.0 * squared!(x - 3.0).sqrt()
}
row!(an_operand_stays_whole: nested(val x) at (0.7));

macro_rules! polynomial {
    ($x:expr, $first:expr $(, $c:expr)* $(,)?) => {{
        let x = $x;
        let mut sum = $first;
        $( sum = sum * x + $c; )*
        sum
    }};
}

#[differentiable]
fn of_repetitions(x: f64, r: f64) -> f64 {
    let sum = polynomial!(x * r, 1.0, r, 3.0);
    let x = r * 2.0;
    polynomial!(sum, x, sum,) + sum * x
}
row!(repetitions_and_names_of_its_own: of_repetitions(val x, val r) at (0.7, 0.3));

macro_rules! ordered {
    ($a:ident, $b:ident) => {
        if $a > $b {
            let kept = $a;
            $a = $b;
            $b = kept;
        }
    };
}

#[differentiable]
fn changes_what_it_is_given(a: f64, b: f64) -> f64 {
    let kept = 3.0 * b;
    let (mut p, mut q) = (a * kept, b);
    ordered!(p, q);
    p * p + 3.0 * q * kept
}
row!(statements_of_a_macro: changes_what_it_is_given(val a, val b) at (0.7, 0.9), (0.1, 0.9));

macro_rules! horner {
    ($x:ident; $c:expr) => { $c };
    ($x:ident; $c:expr, $($rest:expr),+) => { $c + $x * horner!($x; $($rest),+) };
}

macro_rules! greatest {
    ($x:expr) => { $x };
    ($x:expr, $($others:expr),+ $(,)?) => {{
        let a = $x;
        let b = greatest!($($others),+);
        if a > b { a } else { b }
    }};
}

#[differentiable]
fn by_way_of_itself(x: f64, b: f64, a: f64) -> f64 {
    horner!(x; 1.0, b, 3.0, x.sin()) * greatest!(a * b, b * x, x * a,)
}
row!(recursive: by_way_of_itself(val x, val b, val a) at (0.7, 0.3, 0.9), (0.2, 3.0, 0.9), (0.2, 0.3, -0.9));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Pair {
    x: f64,
    y: f64,
}

macro_rules! pair {
    ($x:expr, $y:expr) => {{
        let x = $x;
        let y = $y;
        Pair { x, y }
    }};
}

macro_rules! field {
    ($of:ident . $name:ident) => {
        $of.$name * 2.0
    };
}

#[differentiable]
fn of_fields(x: f64, y: f64) -> f64 {
    let p = pair!(y * x, x);
    let Pair { x, y: z } = pair!(p.y, p.x * p.y);
    field!(p.x) * p.y + cubed!(p.x) + marked::third_power!(x) * z * y
}
row!(fields_and_modules: of_fields(val x, val y) at (0.7, 0.4));

#[differentiable]
fn of_its_own(x: f64, v: &[f64]) -> f64 {
    let k = 3.0 * x;
    macro_rules! scaled {
        ($y:expr) => {{
            let t = $y;
            t * k
        }};
    }
    macro_rules! define {
        ($name:ident, $e:expr) => {
            let $name = scaled!($e);
        };
    }
    macro_rules! at {
        ($i:expr) => {
            v[$i % v.len()]
        };
    }
    let t = 2.0;
    define!(u, x * t);
    let both = vec![scaled!(u); 2];
    assert!(scaled!(both[0]) < 1e9, "{t}");
    let mut sum = both[0] * both[1] + t;
    for i in 0..v.len() {
        sum += at!(i) * at!(i + 1);
    }
    sum
}
row!(defined_in_the_function: of_its_own(val x, ref v) at (0.7, vec![0.3, 0.5, 0.9]));

macro_rules! rotated {
    ($s:expr, $i:expr, $j:expr, $by:expr) => {
        let g = $s[$i];
        let h = $s[$j];
        $s[$i] = g - $by * (h + g * 0.5);
        $s[$j] = h + $by * (g - h * 0.5);
    };
}

#[differentiable]
fn as_in_jacobi(v: &[f64; 3], g: f64) -> f64 {
    let mut s = *v;
    for i in 0..2 {
        rotated!(s, i, i + 1, g);
    }
    s[0] * g + s[1] * s[2]
}
row!(lines_that_define: as_in_jacobi(ref v, val g) at ([0.7, 0.3, 0.9], 0.4));

macro_rules! impl_area {
    ($name:ident, $of:ident, $factor:expr) => {
        fn $name(of: &$of) -> f64 {
            $factor * of.x * of.y
        }
    };
}

macro_rules! unless {
    ($cond:expr => $otherwise:block) => {
        if !($cond) $otherwise
    };
}

macro_rules! quit_if {
    ($cond:expr, $value:expr) => {
        if $cond {
            return $value;
        }
    };
}

#[differentiable]
impl Pair {
    fn norm(&self, k: f64) -> f64 {
        impl_area!(area, Pair, 0.5);
        quit_if!(self.x < 0.0, self.y * squared!(k));
        let mut out = squared!(self.x) + squared!(self.y) * k;
        unless!(self.y > 1.0 => { out *= self.x; });
        'rounds: loop {
            out += squared!(k);
            if out > 2.0 {
                break 'rounds;
            }
        }
        out + area(self)
    }
}

#[differentiable]
fn in_methods(x: f64, y: f64, k: f64) -> f64 {
    Pair { x, y }.norm(k)
}
row!(methods: in_methods(val x, val y, val k) at (0.7, 0.4, 0.8), (-0.7, 0.4, 0.8), (0.7, 1.4, 0.8));

macro_rules! kind {
    (quick) => {
        0
    };
    (slow) => {
        1
    };
}
macro_rules! small {
    () => {
        0..=1
    };
}

#[differentiable]
fn chosen(x: f64, n: usize) -> f64 {
    match n {
        small!() => x * x,
        n if n % 2 == kind!(slow) => x.sin() * n as f64,
        _ => cubed!(x),
    }
}
row!(in_patterns: chosen(val x, no n) at (0.7, 1), (0.7, 3), (0.7, 4));

macro_rules! logged {
    ($($args:tt)*) => {
        println!($($args)*)
    };
}

#[differentiable]
fn changing(total: &mut f64, x: f64) -> f64 {
    *total += x * x;
    *total
}

#[differentiable]
fn changes_in_what_is_logged(x: f64) -> f64 {
    let mut total = x * 2.0;
    logged!("{}", changing(&mut total, x));
    logged!("{}", {
        total += x;
        total
    });
    total * x
}
row!(changes_in_arguments: changes_in_what_is_logged(val x) at (0.7));

macro_rules! weighted {
    ($name:ident { $($field:ident),* }) => {
        #[derive(Clone, Copy, Differentiable)]
        struct $name {
            $($field: f64,)*
        }
    };
}

#[differentiable]
fn of_a_struct_that_is_made_here(x: f64, y: f64) -> f64 {
    weighted!(Weighted { value, weight });
    let item = Weighted { value: x * y, weight: y };
    let twice = Weighted { value: item.value * 2.0, ..item };
    item.value * twice.weight + twice.value
}
row!(struct_of_a_macro: of_a_struct_that_is_made_here(val x, val y) at (0.7, 1.3));

macro_rules! product (
    // A `)` in text; and one in a comment: );
    ($x:expr) => ($x * $x);
    ($x:expr, $y:expr) => { assert!($x == $x, "no number);"); $x * $y };
);

macro_rules! summed [
    ($sum:ident, $($x:expr),*) => [ $( $sum += $x; )* ]
];

#[differentiable]
fn in_other_delimiters(x: f64, y: f64) -> f64 {
    let mut sum = product!(x + 1.0);
    summed![sum, x * y, product!(y)];
    sum * product! { x - y }
}
row!(rules_in_other_delimiters: in_other_delimiters(val x, val y) at (0.7, 1.3));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Moving {
    at: f64,
    speed: f64,
}

macro_rules! part_of {
    ($item:ident, $part:ident) => {
        &mut $item.$part
    };
}

#[differentiable]
impl Moving {
    fn energy(&self) -> f64 {
        product!(self.speed) / 2.0
    }

    fn hastened(&mut self, by: f64) -> &mut Self {
        self.speed += product!(by);
        self
    }

    fn place(&mut self) -> &mut f64 {
        part_of!(self, at)
    }
}

#[differentiable]
fn within_small_ones(x: f64, y: f64) -> f64 {
    let mut moving = Moving { at: x, speed: y };
    moving.hastened(x).hastened(y);
    *moving.place() *= moving.energy();
    moving.energy() * moving.at
}
row!(macros_within_small_functions: within_small_ones(val x, val y) at (0.7, 1.3));
