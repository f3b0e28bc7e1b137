//! Operators by the names of their methods, functions of the crate `libm`, `match`es on references side by
//! side, boxes of numbers, and items of what a function of another file gave.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Arrow {
    x: f64,
    y: f64,
}
value_struct!(Arrow => ArrowTangent { x, y });

#[differentiable]
impl Add for Arrow {
    type Output = Arrow;
    fn add(self, other: Arrow) -> Arrow {
        Arrow { x: self.x + other.x, y: self.y + other.y }
    }
}

#[differentiable]
impl Sub for Arrow {
    type Output = Arrow;
    fn sub(self, other: Arrow) -> Arrow {
        Arrow { x: self.x - other.x, y: self.y - other.y }
    }
}

#[differentiable]
impl Neg for Arrow {
    type Output = Arrow;
    fn neg(self) -> Arrow {
        Arrow { x: -self.x, y: -self.y }
    }
}

#[differentiable]
impl Mul<f64> for Arrow {
    type Output = Arrow;
    fn mul(self, k: f64) -> Arrow {
        Arrow { x: self.x * k, y: self.y * k }
    }
}

#[differentiable]
impl AddAssign for Arrow {
    fn add_assign(&mut self, other: Arrow) {
        self.x += other.x;
        self.y += other.y;
    }
}

#[differentiable]
fn methods_of_operators(a: Arrow, b: Arrow, k: f64) -> f64 {
    let c = a.add(b).mul(k);
    let mut d = a.sub(b).neg();
    d.add_assign(c);
    c.x * d.y
}
row!(operators_as_methods: methods_of_operators(val a, val b, val k) at
    (Arrow { x: 1.0, y: 2.0 }, Arrow { x: 0.5, y: -2.5 }, 1.5));

#[differentiable]
fn paths_of_operators(arrows: &[Arrow], xs: &[f64]) -> f64 {
    let sum = arrows.iter().copied().fold(Arrow { x: 0.0, y: 0.0 }, Arrow::add);
    let again = arrows.iter().copied().reduce(Add::add).unwrap();
    let product = xs.iter().copied().fold(1.0, f64::mul);
    sum.x * again.y + product.sub(1.0).div(2.0) * xs.iter().copied().fold(0.0, f64::add)
}
row!(operators_as_paths: paths_of_operators(ref arrows, ref xs) at
    (vec![Arrow { x: 1.0, y: 2.0 }, Arrow { x: 0.5, y: -2.5 }], vec![1.5, 0.7, -2.0]));

mod around_libm {
    use differentiable::differentiable;
    use libm::{exp, tanh};

    #[differentiable]
    pub fn elementary(x: f64) -> f64 {
        let (s, c) = libm::sincos(x);
        exp(-x) * tanh(x) + libm::pow(x, 2.5) + libm::log(x) * libm::log1p(x) + libm::fabs(s - c) * s
            - libm::expm1(x) * libm::hypot(x, 1.0)
            + libm::fmax(x, 2.0) * libm::fmin(x, 0.5)
            + libm::cbrt(x) * libm::fmod(x, 0.7)
            + libm::floor(x) * libm::atan2(x, 2.0)
            + libm::fma(x, x, 1.0) * libm::sqrt(x)
    }

    #[differentiable]
    pub fn single(x: f32) -> f32 {
        libm::sinf(x) * libm::expf(-x) + libm::sqrtf(x)
    }

    #[differentiable]
    pub fn mapped(xs: &[f64], k: f64) -> f64 {
        let mut s = 0.0;
        for x in xs {
            s += libm::exp(-k * x) * libm::sin(*x);
        }
        s * xs.iter().copied().map(libm::cos).sum::<f64>()
    }
}
row!(functions_of_libm: around_libm::elementary(val x) at (0.3), (1.7), (2.9));
row!(functions_of_libm_mapped: around_libm::mapped(ref xs, val k) at
    ((0..21).map(|k| 0.1 * k as f64).collect::<Vec<f64>>(), 0.3));

/// The value stays the one that `libm` computes, to the last bit.
#[test]
fn libm_computes_the_value() {
    for x in [0.3, 1.7, 2.9, 700.0, f64::INFINITY] {
        let (value, _) = around_libm::elementary::value_and_grad(x);
        assert_eq!(value.to_bits(), around_libm::elementary(x).to_bits());
    }
    let (value, slope) = around_libm::single::value_and_grad(1.3);
    let (s, c, e) = (1.3_f32.sin(), 1.3_f32.cos(), (-1.3_f32).exp());
    assert_eq!(value.to_bits(), around_libm::single(1.3).to_bits());
    assert!((slope - (c * e - s * e + 0.5 / 1.3_f32.sqrt())).abs() < 1e-5);
}

#[derive(Clone, Debug, Differentiable)]
enum Part {
    Ball(f64),
    Slab { wide: f64, high: f64 },
    Many(Vec<f64>),
}

fn parts() -> Vec<Part> {
    vec![Part::Ball(0.7), Part::Slab { wide: 0.5, high: 2.0 }, Part::Many(vec![0.4, 1.1])]
}

#[differentiable]
fn beside_a_flag(parts: &[Part], #[no_diff] flags: &[bool], x: f64) -> f64 {
    let mut s = 0.0;
    for (part, flag) in parts.iter().zip(flags) {
        s += match (part, *flag) {
            (Part::Ball(r), true) => r * r * x,
            (Part::Ball(r), false) => -r * x,
            (Part::Slab { wide, .. }, true) if *wide > 1.0 => wide * x,
            (Part::Slab { wide, high }, _) => wide * high * x * x,
            (Part::Many(all), f) => all.iter().sum::<f64>() * if f { x } else { 2.0 },
        };
    }
    s
}
fn slope_beside_a_flag(parts: &[Part], flags: &[bool], x: f64) -> f64 {
    let h = 1e-6;
    (beside_a_flag(parts, flags, x + h) - beside_a_flag(parts, flags, x - h)) / (2.0 * h)
}

#[differentiable]
fn two_beside(a: &Part, b: &Part, x: f64) -> f64 {
    match (a, b) {
        (Part::Ball(r), Part::Ball(q)) => r * q * x,
        (Part::Ball(r), Part::Slab { high, .. }) | (Part::Slab { high, .. }, Part::Ball(r)) => r + high * x,
        (Part::Many(all), _) | (_, Part::Many(all)) => all[1] * x,
        _ => x * x,
    }
}

#[test]
fn references_matched_side_by_side() {
    let all = parts();
    for flags in [[true, false, true], [false, true, false]] {
        let (bars, x_bar) = beside_a_flag::grad(&all, &flags, 1.3);
        assert!((x_bar - slope_beside_a_flag(&all, &flags, 1.3)).abs() < 1e-7);
        beside_a_flag::gradcheck(&all, &flags, 1.3).unwrap();
        assert!(matches!(bars[2], PartTangent::Many(_)));
    }
    for a in &all {
        for b in &all {
            two_beside::gradcheck(a, b, 1.3).unwrap();
        }
    }
}

#[differentiable]
fn boxes_of_numbers(a: &Box<f64>, b: Box<f64>, all: &[Box<f64>], out: &mut Box<f64>) -> f64 {
    **out *= **a;
    let whole = *Box::new([*b, **a]);
    whole[0] * whole[1] * all.iter().map(|v| **v * **v).sum::<f64>()
}

#[test]
fn numbers_in_boxes() {
    let (a, b, all) = (Box::new(1.5), Box::new(0.5), [Box::new(2.0), Box::new(-1.0)]);
    let mut out = Box::new(3.0);
    let (value, (a_bar, b_bar, all_bar, out_bar)) =
        boxes_of_numbers::vjp(&a, b.clone(), &all, &mut out, (1.0, &Box::new(1.0)));
    assert_eq!((value, *out), (3.75, 4.5));
    assert_eq!((*a_bar, *b_bar, *out_bar), (0.5 * 5.0 + 3.0, 1.5 * 5.0, 1.5));
    assert_eq!((*all_bar[0], *all_bar[1]), (0.75 * 4.0, 0.75 * -2.0));
}

#[differentiable]
fn never_returns(_x: f64) -> f64 {
    panic!("nothing yet")
}

#[differentiable]
fn only_then(x: f64, y: f64) -> f64 {
    if x > 10.0 { never_returns(x) } else { x * y }
}
row!(a_function_that_never_returns: only_then(val x, val y) at (1.5, 2.0));
