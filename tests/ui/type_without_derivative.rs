use differentiable::differentiable;

struct Spring {
    k: f64,
    x: f64,
}

#[differentiable]
fn f(s: &Spring) -> f64 {
    0.5 * s.k * s.x * s.x
}

fn main() {}
