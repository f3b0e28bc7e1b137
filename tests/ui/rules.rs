use differentiable::differentiable;

fn f_jvp(x: f64, x_dot: f64) -> (f64, f64) {
    (x, x_dot)
}

#[differentiable(jvp = f_jvp)]
fn only_forward(x: f64) -> f64 {
    x
}

#[differentiable(partials(x = 1.0))]
fn in_place(x: &mut f64) {
    *x += 1.0;
}

#[differentiable(partials(x = 1.0))]
fn several(x: f64) -> [f64; 2] {
    [x, x]
}

fn main() {}
