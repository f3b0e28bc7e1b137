//! Effects in what is not differentiated itself: the arguments of `assert!`, `println!` and their like.

use differentiable::{Differentiable, differentiable};

#[differentiable(order = 2)]
fn bump(s: &mut f64, x: f64) -> f64 {
    *s += x * x;
    *s
}

#[differentiable(order = 2)]
fn asserts_of_a_call(x: f64) -> f64 {
    let mut s = x * 2.0;
    s *= x;
    assert!(bump(&mut s, x) > -1.0);
    s * x
}
row!(assert_of_a_call: asserts_of_a_call(val x) at (1.0), (0.3));

#[differentiable(order = 2)]
fn asserts_of_a_block(x: f64) -> f64 {
    let mut s = x;
    s *= 2.0;
    assert!(
        {
            s += x * x;
            s > 0.0
        },
        "{s} is not positive"
    );
    s * x
}
row!(assert_of_a_block: asserts_of_a_block(val x) at (1.0), (0.3));

#[differentiable]
fn asserts_of_a_pop(x: f64) -> f64 {
    let mut s = vec![x, 1.0, x];
    s[0] *= 2.0;
    assert_eq!(s.pop(), Some(x));
    debug_assert_eq!(s.len(), 2);
    s[0] * x
}
row!(assert_of_a_pop: asserts_of_a_pop(val x) at (1.0), (0.3));

#[differentiable]
fn asserts_in_debug(x: f64) -> f64 {
    let mut s = x;
    debug_assert!(bump(&mut s, x) > 0.0, "x = {x}");
    debug_assert_ne!(bump(&mut s, x), bump(&mut s, 2.0 * x));
    s * x
}
row!(assert_in_debug: asserts_in_debug(val x) at (1.0), (0.3));

#[differentiable]
fn prints(x: f64) -> f64 {
    let mut s = x;
    let text = format!("{:.3} {at}", bump(&mut s, x), at = bump(&mut s, 3.0));
    println!("{text} {:.1}", {
        s *= x;
        s
    });
    s * x
}
row!(print_of_a_change: prints(val x) at (1.0), (0.3));

fn is_steep(level: &f64) -> bool {
    *level > 2.0
}

trait Looks {
    fn is_low(&self) -> bool;
}

impl Looks for f64 {
    fn is_low(&self) -> bool {
        *self < 1.0
    }
}

#[differentiable]
fn looks(x: f64) -> f64 {
    let mut s = x;
    s *= x;
    let mut rows = vec![x, s];
    rows.push(s * x);
    assert!(is_steep(&s) || s.is_low(), "{:?}", rows.iter().rev().collect::<Vec<_>>());
    println!("{:?} {:?} {}", rows.first(), rows.iter().copied().fold(0.0, f64::max), rows.is_sorted());
    s * rows[2]
}
row!(asserts_that_only_look: looks(val x) at (0.9), (0.3), (2.0));

#[differentiable]
fn in_order(x: f64) -> f64 {
    let mut s = x;
    s *= 2.0;
    assert_ne!(s + 0.0, bump(&mut s, x));
    assert_eq!(s * 1.0 + x * x, bump(&mut s, x));
    s * x
}
row!(arguments_keep_their_order: in_order(val x) at (1.0), (0.5));

#[derive(Clone, Debug, Differentiable)]
struct Sum {
    s: f64,
}

#[differentiable]
impl Sum {
    fn step(&mut self, x: f64) -> f64 {
        self.s += x * x;
        self.s
    }

    fn doubled(&mut self) -> bool {
        self.s *= 2.0;
        true
    }
}

#[differentiable]
fn asserts_of_methods(x: f64) -> f64 {
    let mut sum = Sum { s: x };
    sum.s *= 2.0;
    assert!(sum.step(x) > 0.0);
    assert!(sum.doubled());
    sum.s * x
}
row!(assert_of_methods: asserts_of_methods(val x) at (1.0), (0.3));

#[differentiable]
fn changes_constants(x: f64) -> f64 {
    let mut k = 1.0;
    let mut n = 1usize;
    assert!({
        k = 3.0;
        n += 1;
        true
    });
    let text = format!("{}", {
        k += 2.0;
        k
    });
    k *= 1.0;
    x * x * k * n as f64 * text.len() as f64
}
row!(constants_change_in_text: changes_constants(val x) at (1.0), (0.3));
