use differentiable::differentiable;

#[differentiable]
fn literal(x: f64) -> f64 {
    2 * x
}

#[differentiable]
fn count(x: f64, n: usize) -> f64 {
    x / n
}

#[differentiable]
fn sum(x: &[f64]) -> f64 {
    let mut s = 0;
    for i in 0..x.len() {
        s += x[i] * x[i];
    }
    s
}

fn main() {}
