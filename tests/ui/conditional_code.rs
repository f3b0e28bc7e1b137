use differentiable::differentiable;

#[differentiable]
fn many(x: f64) -> f64 {
    #[cfg(debug_assertions)]
    let x = x * 2.0;
    #[cfg(target_os = "linux")]
    let x = x * 2.0;
    #[cfg(not(unix))]
    let x = x * 2.0;
    #[cfg(windows)]
    let x = x * 2.0;
    #[cfg(test)]
    let x = x * 2.0;
    x * x
}

#[differentiable]
fn one_configuration_fails(x: f64) -> f64 {
    #[cfg(not(any()))]
    let y = unknown!(x);
    #[cfg(any())]
    let y = other!(x);
    y
}

fn main() {}
