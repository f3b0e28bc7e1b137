//! A user's `Ordering` that holds a float is not the standard library's.

mod mine {
    pub enum Ordering {
        Less(f64),
        Greater,
    }
}
use differentiable::differentiable;
use mine::Ordering;

fn compared(a: f64, b: f64) -> Ordering {
    if a < b { Ordering::Less(a * a) } else { Ordering::Greater }
}

#[differentiable]
fn least(a: f64, b: f64) -> f64 {
    match compared(a, b) {
        Ordering::Less(v) => v * 3.0 + b,
        Ordering::Greater => b,
    }
}

fn main() {}
