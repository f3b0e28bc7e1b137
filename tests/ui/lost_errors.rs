//! A combinator on a result gives an option in derivatives: its error is gone where it would be returned.

use differentiable::differentiable;

#[differentiable]
fn checked(x: f64) -> Result<f64, String> {
    if x > 0.0 { Ok(x.ln()) } else { Err("not positive".to_string()) }
}

#[differentiable]
fn squared(x: f64) -> Result<f64, String> {
    let first = checked(x).map(|y| y * y);
    first.map(|y| y + 1.0)
}

fn main() {}
