use differentiable::differentiable;

#[differentiable]
fn bucket(x: f64, width: f64) -> f64 {
    let i = (x / width) as usize;
    i as f64
}

#[differentiable]
fn only_in_conditions(x: f64, y: f64) -> f64 {
    if y > 0.0 { x } else { 2.0 * x }
}

#[differentiable]
fn bits(x: f64) -> f64 {
    f64::from_bits(x.to_bits() ^ 1)
}

fn main() {}
