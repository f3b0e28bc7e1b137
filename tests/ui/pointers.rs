use differentiable::differentiable;

use std::rc::Rc;

#[differentiable]
fn shared(x: f64) -> f64 {
    let p = Rc::new(x);
    *p * *p
}

fn main() {}
