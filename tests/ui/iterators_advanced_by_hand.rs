use differentiable::differentiable;

#[differentiable]
fn while_let(v: &[f64]) -> f64 {
    let mut it = v.iter();
    let mut s = 0.0;
    while let Some(x) = it.next() {
        s += x * x;
    }
    s
}

#[differentiable]
fn first_two(v: &[f64]) -> f64 {
    let mut it = v.iter();
    let first = it.next().unwrap();
    let second = it.next().unwrap();
    first * second
}

fn main() {}
