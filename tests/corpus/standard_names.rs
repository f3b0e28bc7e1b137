//! Functions of the standard library under the names that imports give them.

use differentiable::differentiable;
use std::mem::swap;
use std::{array, hint, iter, mem};

#[differentiable]
fn exchanged(x: &[f64], a: f64) -> f64 {
    let mut cur = vec![a; x.len()];
    let mut next: Vec<f64> = x.to_vec();
    let (mut low, mut high) = (a, x[0]);
    for k in 0..3 {
        for i in 0..x.len() {
            next[i] = 0.5 * next[i] + cur[x.len() - 1 - i].sin() * low;
        }
        mem::swap(&mut cur, &mut next);
        if k > 0 {
            swap(&mut low, &mut high);
        }
        let old = mem::replace(&mut next[0], high);
        low += old * cur[0];
    }
    let last = mem::take(&mut cur);
    drop(next);
    last[0] * last[1] + low - high * cur.len() as f64
}
row!(buffers_by_imported_names: exchanged(ref x, val a) at (vec![0.5, 2.0, 0.3], 0.7));

#[differentiable]
fn elements(w: &mut [f64], x: f64) -> f64 {
    let mut pair = [x, w[0]];
    {
        let [first, second] = &mut pair;
        mem::swap(first, second);
    }
    mem::swap::<f64>(&mut w[1], &mut pair[0]);
    mem::take(&mut w[0]) * pair[0] + pair[1]
}
row!(elements_by_imported_names: elements(mut w, val x) at (vec![0.5, 2.0, 0.3], 0.7));

#[differentiable]
fn made(x: f64, y: f64) -> f64 {
    let powers: [f64; 4] = array::from_fn(|k| x.powi(k as i32) * y);
    let mut s = 0.0;
    for (a, b) in iter::zip(&powers, &powers[1..]) {
        s += hint::black_box(a * b);
    }
    for v in iter::once(x).chain(iter::repeat_n(y, 2)) {
        s += v * hint::black_box(v);
    }
    for v in iter::successors(Some(x), |v| (*v > 0.1).then_some(v * 0.5)) {
        s += v * v;
    }
    s + std_again::convert::identity(x) * y
}
row!(made_by_imported_names: made(val x, val y) at (0.7, 1.3));

mod std_again {
    pub use std::convert;
}

/// What counts digits and bits is an integer, though its path begins with a float.
#[differentiable]
fn counted(x: f64, n: u32) -> f64 {
    let half = f64::MAX_EXP / 2;
    let digits = f64::DIGITS + f32::MANTISSA_DIGITS;
    let mut s = 0.0;
    for k in 0..n % u32::BITS {
        s += (x / (k as f64 + 1.0)).powi(half - 510) * digits as f64;
    }
    s * (2 * half) as f64
}
row!(digits_and_bits_are_integers: counted(val x, no n) at (0.7, 3));

mod by_methods {
    use super::*;
    use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

    #[differentiable]
    pub fn operators(x: f64, y: f64) -> f64 {
        let mut s = x.neg().mul(y).add(x.sub(y)).div(y.add(2.0));
        s.add_assign(x.rem(0.4));
        s.mul_assign(y);
        s.sub_assign(x * x);
        s.div_assign(y.sqrt().recip().neg());
        s.rem_assign(100.0);
        s.neg()
    }
}
/// What an assignment by a method changes is found once, as its receiver may do something.
mod found_once {
    use super::*;
    use std::ops::{AddAssign, MulAssign};

    #[differentiable]
    pub fn assigned(v: &[f64], x: f64) -> f64 {
        let mut w = v.to_vec();
        let mut k = 0;
        w[{
            k += 1;
            k
        }]
        .add_assign(x * x);
        let mut rest = w.iter_mut();
        rest.next().unwrap().mul_assign(x);
        rest.next().unwrap().add_assign(x);
        w.iter().map(|a| a * a).sum::<f64>() + k as f64 * x
    }
}
row!(assigned_where_it_is_found: found_once::assigned(ref v, val x) at (vec![0.3, 0.4, 0.5], 0.7));
row!(operators_by_methods: by_methods::operators(val x, val y) at (0.3, 0.7));
