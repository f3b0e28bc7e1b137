use differentiable::differentiable;

#[differentiable(inline)]
fn adaptive(f: &dyn Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    let m = 0.5 * (a + b);
    if b - a < 0.1 { f(m) * (b - a) } else { adaptive(f, a, m) + adaptive(f, m, b) }
}

#[differentiable]
fn calls_itself(p: f64) -> f64 {
    adaptive(&|x| x * p, 0.0, 1.0)
}

mod elsewhere {
    use differentiable::differentiable;

    const SCALE: f64 = 2.0;

    #[differentiable(inline)]
    pub fn scaled(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        f(x) * SCALE
    }
}
use elsewhere::scaled;

#[differentiable]
fn of_another_module(p: f64) -> f64 {
    scaled(|x| x * p, p)
}

#[differentiable]
fn by_its_path(p: f64) -> f64 {
    elsewhere::scaled(|x| x * p, p)
}

#[differentiable(inline, wrt(x))]
fn with_a_rule(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x)
}

fn plain(x: f64) -> f64 {
    x
}

#[differentiable(inline)]
fn through(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    plain(f(x))
}

#[differentiable]
fn error_in_the_callee(p: f64) -> f64 {
    through(|x| x * p, p)
}

#[differentiable(inline)]
fn of_a_type<T: Default>(f: impl Fn(T) -> f64, x: f64) -> f64 {
    f(T::default()) * x
}

#[differentiable]
fn nothing_shows_the_type(p: f64) -> f64 {
    of_a_type(|x: f64| x * p, p)
}

#[differentiable]
fn takes_a_function(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x)
}

fn main() {}
