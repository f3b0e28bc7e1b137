use differentiable::differentiable;

mod parts {
    pub struct Spring {
        pub k: f64,
    }
}

#[differentiable]
fn f(s: &parts::Spring, x: f64) -> f64 {
    0.5 * s.k * x * x
}

fn main() {}
