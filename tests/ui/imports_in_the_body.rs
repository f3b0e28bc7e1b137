use differentiable::differentiable;

#[differentiable]
fn scale(x: f64) -> f64 {
    2.0 * x
}

// Nobody knows whether the other crate has one.
#[differentiable]
fn as_a_whole(x: f64) -> f64 {
    #[allow(unused_imports)]
    use std::f64::consts::*;
    #[allow(unused_imports)]
    use num_traits::*;
    PI * scale(x)
}

mod nearby {
    #[differentiable::differentiable]
    pub fn clamp(x: f64, low: f64, high: f64) -> f64 {
        x * x + low * high
    }
}
use nearby::clamp;

// The same of what the file imports; where nothing active goes in, nobody asks.
#[differentiable]
fn beside_an_import(x: f64) -> f64 {
    #[allow(unused_imports)]
    use num_traits::*;
    clamp(x, 0.0, 1.5) + clamp(2.0, 0.0, 1.5)
}

fn main() {}
