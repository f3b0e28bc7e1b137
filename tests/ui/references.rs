use differentiable::differentiable;

#[differentiable]
fn reassigned(v: &[f64], w: &[f64], n: usize) -> f64 {
    let mut x = v;
    let mut s = 0.0;
    for i in 0..n {
        s += x[i];
        x = w;
    }
    s
}

#[differentiable]
fn chosen(v: &mut [f64], first: bool, k: f64) {
    let (a, b) = v.split_at_mut(1);
    let target = if first { &mut a[0] } else { &mut b[0] };
    *target *= k;
}

#[differentiable]
fn returned(v: &[f64]) -> &f64 {
    &v[0]
}

#[differentiable]
fn swapped(v: &mut [f64], w: &mut [f64]) {
    let (mut a, mut b) = (v, w);
    std::mem::swap(&mut a, &mut b);
    a[0] *= b[0];
}

#[differentiable]
fn double(v: &&f64) -> f64 {
    **v * 2.0
}

#[differentiable]
fn between(limits: (&f64, &f64), x: f64) -> f64 {
    if x < *limits.0 { *limits.0 } else { x * *limits.1 }
}

#[differentiable]
fn weighted(weights: Option<&[f64]>, x: f64) -> f64 {
    match weights {
        Some(weights) => weights[0] * x,
        None => x,
    }
}

#[differentiable]
fn of_borrowed(v: &[&f64]) -> f64 {
    *v[0] * *v[1]
}

fn main() {}
