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

// The fast exponential: the number is written into the bits of another.
#[differentiable]
fn cast_to_bits(x: f64) -> f64 {
    let bits = (6497320848556798.1 * x + 4607182418800017408.0) as i64;
    x * f64::from_bits(bits as u64)
}

const SLOPE: f32 = 12102203.2;

#[differentiable]
fn cast_to_bits_by_names(x: f32, y: f32) -> f32 {
    let scaled = SLOPE * x;
    let mut bits = scaled as i32;
    bits += 1065353216;
    f32::from_bits((bits as u32).max(3)) + y * x
}

fn main() {}
