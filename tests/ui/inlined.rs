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

const TURNS: usize = 3;

#[differentiable(inline)]
fn repeated(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    (0..TURNS).fold(x, |y, _| f(y))
}

#[derive(differentiable::Differentiable)]
struct Point {
    x: f64,
}

impl Point {
    #[differentiable(inline)]
    fn turned(&self, f: impl Fn(f64) -> f64) -> f64 {
        (0..TURNS).fold(self.x, |y, _| f(y))
    }
}

#[differentiable]
fn names_of_its_own(x: f64) -> f64 {
    const TURNS: usize = 5;
    let point = Point { x };
    repeated(|v| v * x, x) + point.turned(|v| v * x) * TURNS as f64
}

mod hidden_names {
    use differentiable::differentiable;

    fn half(x: f64) -> f64 {
        x / 2.0
    }

    #[differentiable(inline)]
    pub fn in_a_macro(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        let weights = vec![half(1.0); 3];
        f(x) * weights[0]
    }

    #[differentiable(inline)]
    pub fn named_like_its_value(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        let half = half(3.0);
        f(x) * half
    }
}
use hidden_names::{in_a_macro, named_like_its_value};

fn half(x: f64) -> f64 {
    x / 20.0
}

#[differentiable]
fn names_of_another_module(x: f64) -> f64 {
    in_a_macro(|v| v * x, half(2.0)) + named_like_its_value(|v| v * x, x)
}

fn main() {}
