use differentiable::differentiable;

use libm::{erf as error_function, log1p};

#[differentiable]
fn by_an_import(x: f64) -> f64 {
    log1p(x) * error_function(x)
}

#[differentiable]
fn by_its_path(x: f32) -> f32 {
    libm::expf(x) * libm::lgammaf(x)
}

#[differentiable]
fn without_a_method(x: f64) -> f64 {
    0.5 * libm::erf(x)
}

/// Nothing active goes in.
#[differentiable]
fn of_a_constant(x: f64) -> f64 {
    x * libm::erf(2.0)
}

fn main() {}
