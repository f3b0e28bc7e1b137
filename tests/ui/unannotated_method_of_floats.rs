use differentiable::differentiable;

trait Powers {
    fn squared(self) -> f64;
}

impl Powers for f64 {
    fn squared(self) -> f64 {
        self * self
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    x.squared() + x
}

fn main() {}
