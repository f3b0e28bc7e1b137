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
fn question(v: &[f64]) -> f64 {
    let f = |x: f64| roots(root(x)?);
    f(v[0]).unwrap_or(v[1])
}

#[differentiable]
fn roots(x: f64) -> Option<f64> {
    root(x)
}

#[differentiable]
fn error_of_a_closure(x: f64) -> f64 {
    let f = |x: f64| -> Result<f64, f64> {
        let y = root(x).ok_or(x)?;
        Ok(y * y)
    };
    f(x).unwrap_or_else(|e| e)
}

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

fn main() {}
