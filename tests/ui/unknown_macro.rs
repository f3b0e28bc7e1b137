use differentiable::differentiable;

#[cfg(all())]
macro_rules! twice {
    ($x:expr) => {
        2.0 * $x
    };
}

#[differentiable]
fn f(x: f64) -> f64 {
    let y = twice!(x * x);
    y + x
}

fn main() {}
