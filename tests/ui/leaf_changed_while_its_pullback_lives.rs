use differentiable::differentiable;

#[differentiable]
fn norm(w: &[f64]) -> f64 {
    let mut s = 0.0;
    for x in w {
        s += x * x;
    }
    s
}

fn main() {
    let mut w = vec![1.0, 2.0];
    let (_, pullback) = norm::pullback(&w);
    w[0] += 1.0;
    pullback.pull(1.0);
}
