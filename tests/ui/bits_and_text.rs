use differentiable::differentiable;

#[differentiable]
fn bits(x: f64) -> f64 {
    let bits = x.to_bits();
    f64::from_bits(bits) + x
}

#[differentiable]
fn text(x: f64) -> f64 {
    let text: String = x.to_string();
    let y: f64 = text.parse().unwrap();
    y * x
}

fn main() {}
