use differentiable::differentiable;

#[differentiable]
fn error_with_a_value(x: f64) -> f64 {
    let outcome = if x > 1.0 { Ok(x * x) } else { Err(2.0 * x) };
    match outcome {
        Ok(value) => value,
        Err(excess) => excess * 3.0,
    }
}

fn main() {}
