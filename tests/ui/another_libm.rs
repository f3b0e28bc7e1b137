//! A module that a macro makes has the name of the crate whose functions are primitives.

use differentiable::differentiable;

macro_rules! approximations {
    ($name:ident) => {
        mod $name {
            pub fn sin(x: f64) -> f64 {
                x * x
            }
        }
    };
}

approximations!(libm);

#[differentiable]
fn taken_for_the_crate(x: f64) -> f64 {
    libm::sin(x)
}

fn main() {}
