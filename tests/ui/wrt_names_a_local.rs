use differentiable::differentiable;

#[differentiable(wrt(t))]
fn f(x: f64, y: f64) -> f64 {
    let t = x * y;
    t * t
}

fn main() {}
