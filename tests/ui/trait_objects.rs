use differentiable::differentiable;

trait Model {
    fn value(&self, x: f64) -> f64;
}

#[differentiable]
fn f(x: f64, model: &dyn Model) -> f64 {
    model.value(x)
}

#[differentiable]
fn boxed(x: f64, f: Box<dyn Fn(f64) -> f64>) -> f64 {
    f(x)
}

fn main() {}
