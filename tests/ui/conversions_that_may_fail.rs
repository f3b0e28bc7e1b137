use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Length {
    meters: f64,
}

// What may fail has no rule.
#[differentiable]
impl TryFrom<f64> for Length {
    type Error = String;

    fn try_from(meters: f64) -> Result<Length, String> {
        if meters < 0.0 { Err("negative".to_string()) } else { Ok(Length { meters }) }
    }
}

fn main() {}
