use differentiable::differentiable;

macro_rules! log {
    ($($args:tt)*) => { println!($($args)*) };
}

#[differentiable]
fn bump(s: &mut f64, x: f64) -> f64 {
    *s += x * x;
    *s
}

#[differentiable]
fn logged(x: f64) -> f64 {
    let mut s = x;
    s *= 2.0;
    log!("{}", bump(&mut s, x));
    log!("{}", {
        s += x;
        s
    });
    s * x
}

trait Bumps {
    fn bumped(&mut self) -> bool;
}

impl Bumps for f64 {
    fn bumped(&mut self) -> bool {
        *self *= 2.0;
        true
    }
}

#[differentiable]
fn asked(x: f64) -> f64 {
    let mut s = x;
    s *= 2.0;
    assert!(s.bumped());
    s * x
}

fn main() {}
