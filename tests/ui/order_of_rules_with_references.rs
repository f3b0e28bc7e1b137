use differentiable::differentiable;

fn push(x: &[f64], k: f64, (x_dot, _): (&[f64], f64)) -> (Vec<f64>, Vec<f64>) {
    (x.iter().map(|v| v * k).collect(), x_dot.to_vec())
}

fn pull(x: &[f64], k: f64, y_bar: &[f64]) -> (Vec<f64>, (Vec<f64>, f64)) {
    (x.to_vec(), (y_bar.to_vec(), k))
}

#[differentiable(jvp = push, vjp = pull, order = 2)]
fn ruled(x: &[f64], k: f64) -> Vec<f64> {
    x.iter().map(|v| v * k).collect()
}

fn main() {}
