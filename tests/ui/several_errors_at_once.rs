use differentiable::differentiable;

fn opaque(x: f64) -> f64 {
    x
}

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let a = unsafe { std::mem::transmute::<f64, f64>(x) };
    let b = x.bogus();
    let c = y.frobnicate();
    a + b + c + opaque(x)
}

fn main() {
    // The function stays: no second error here.
    f(1.0, 2.0);
}
