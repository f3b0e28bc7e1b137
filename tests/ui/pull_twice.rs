use differentiable::differentiable;

#[differentiable]
fn product(w: f64, x: f64) -> f64 {
    (w + x) * (w + 1.0)
}

fn main() {
    let (_, pullback) = product::pullback(1.0, 2.0);
    pullback.pull(1.0);
    pullback.pull(1.0);
}
