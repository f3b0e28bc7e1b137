use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Arc {
    radius: f64,
}

#[differentiable]
impl Arc {
    fn new(diameter: f64) -> Arc {
        Arc { radius: 0.5 * diameter }
    }

    fn abs(&self) -> f64 {
        3.0 * self.radius
    }
}

#[differentiable]
fn length(x: f64) -> f64 {
    let arc = Arc::new(x);
    arc.abs() + x
}

fn main() {}
