use differentiable::{Differentiable, differentiable};

#[derive(Differentiable)]
struct Spring {
    k: f64,
}

fn measured(x: f64) -> f64 {
    x
}

#[differentiable]
trait Force {
    fn at(&self, x: f64) -> f64;
    fn twice(&self, x: f64) -> f64 {
        measured(x) * self.at(x)
    }
}

/// Rustc says nothing of the companions that the trait asks for.
#[differentiable]
impl Force for Spring {
    fn at(&self, x: f64) -> f64 {
        measured(x) * self.k
    }
}

#[differentiable]
fn used<F: Force>(force: &F, x: f64) -> f64 {
    force.at(x) * force.twice(x)
}

fn main() {}
