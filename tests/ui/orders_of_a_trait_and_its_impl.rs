use differentiable::{Differentiable, differentiable};

#[differentiable(order = 2)]
trait Energy {
    fn energy(&self, x: f64) -> f64;
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Spring {
    k: f64,
}

#[differentiable]
impl Energy for Spring {
    fn energy(&self, x: f64) -> f64 {
        self.k * x * x
    }
}

fn main() {}
