use differentiable::differentiable;

fn pull(x: f64, y_bar: f64) -> (f64, f64) {
    (x, y_bar)
}

// The second derivative is that of the rule.
#[differentiable(vjp = pull, order = 2)]
fn ruled(x: f64) -> f64 {
    x
}

fn main() {}
