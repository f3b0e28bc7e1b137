use differentiable::differentiable;

fn apply(f: impl Fn(f64) -> f64) -> f64 {
    f(1.0)
}

#[differentiable]
fn passed_on(x: f64) -> f64 {
    apply(|t| t * x)
}

#[differentiable]
fn stored(x: f64) -> f64 {
    let fs = [|t: f64| t * x];
    fs[0](x)
}

#[differentiable]
fn question(v: &[f64]) -> Option<f64> {
    let f = |x: f64| -> Option<f64> {
        let y = root(x)?;
        Some(y * y)
    };
    f(v[0])
}

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

fn main() {}
