use differentiable::differentiable;

#[differentiable]
fn refutable(x: Option<f64>, y: f64) -> f64 {
    let Some(v) = x;
    v * y
}

#[differentiable]
fn mutable_binding(p: (f64, f64), n: usize) -> f64 {
    match (p, n) {
        ((mut a, b), 0) => {
            a *= b;
            a
        }
        ((a, _), _) => a,
    }
}

fn main() {}
