use differentiable::differentiable;

#[differentiable]
fn while_let(v: &[f64]) -> f64 {
    let mut it = v.iter().take_while(|x| **x > 0.0);
    let mut s = 0.0;
    while let Some(x) = it.next() {
        s += x * x;
    }
    s
}

#[differentiable]
fn root(x: f64) -> Result<f64, f64> {
    if x < 0.0 { Err(x) } else { Ok(x.sqrt()) }
}

#[differentiable]
fn error_after_a_combinator(x: f64) -> f64 {
    let r = root(x).map(|r| r * x);
    match r {
        Ok(v) => v,
        Err(e) => e * x,
    }
}

fn main() {}
