use differentiable::differentiable;

#[differentiable]
fn f(v: &[f64]) -> f64 {
    let mut it = v.iter();
    let mut s = 0.0;
    while let Some(x) = it.next() {
        s += x * x;
    }
    s
}

fn main() {}
