use differentiable::differentiable;

mod other {
    pub fn halved(x: f64) -> f64 {
        0.5 * x * x
    }
}

#[differentiable]
fn scale(x: f64) -> f64 {
    2.0 * x
}

// What is imported has no companions: those of the module's function are not taken for them.
#[differentiable]
fn renamed(x: f64) -> f64 {
    use other::halved as scale;
    3.0 * scale(x)
}

fn main() {}
