use differentiable::differentiable;

#[cfg(all())]
macro_rules! twice {
    ($x:expr) => {
        2.0 * $x
    };
}

#[differentiable(wrt(x, y))]
fn f(x: f64, y: f64) -> f64 {
    let a = unsafe { std::mem::transmute::<f64, f64>(x) };
    let b = twice!(y);
    let c = f64::from_bits(x.to_bits());
    a + b + c
}

fn main() {
    // The function stays: no second error here.
    f(1.0, 2.0);
}
