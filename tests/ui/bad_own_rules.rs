use differentiable::differentiable;

#[differentiable(partials(y = 1.0))]
fn no_such_parameter(x: f64) -> f64 {
    x
}

#[differentiable(partials(x = 1.0))]
fn one_missing(x: f64, y: f64) -> f64 {
    x + y
}

#[differentiable(partials(x = 1.0), jvp = other)]
fn two_rules(x: f64) -> f64 {
    x
}

fn main() {}
