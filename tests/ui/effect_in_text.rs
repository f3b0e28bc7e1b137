use differentiable::differentiable;

#[cfg(all())]
macro_rules! log {
    ($($args:tt)*) => { println!($($args)*) };
}

#[differentiable]
fn bump(s: &mut f64, x: f64) -> f64 {
    *s += x * x;
    *s
}

#[differentiable]
fn logged(x: f64) -> f64 {
    let mut s = x;
    s *= 2.0;
    log!("{}", bump(&mut s, x));
    log!("{}", {
        s += x;
        s
    });
    s * x
}

trait Bumps {
    fn bumped(&mut self) -> bool;
}

impl Bumps for f64 {
    fn bumped(&mut self) -> bool {
        *self *= 2.0;
        true
    }
}

#[differentiable]
fn asked(x: f64) -> f64 {
    let mut s = x;
    s *= 2.0;
    assert!(s.bumped());
    s * x
}

#[differentiable]
fn checked(x: f64) -> Result<f64, String> {
    if x < 1.0 { Err("low".into()) } else { Ok(x * x) }
}

// Nobody asks for the error, so that it is not made.
#[differentiable]
fn of_errors(x: f64) -> f64 {
    let (mut k, mut n) = (1.0, 1);
    let first = checked(x)
        .map_err(|error| {
            k = 3.0;
            error
        })
        .unwrap_or(x);
    let second = checked(x).ok().ok_or_else(|| {
        n += 1;
        "none"
    });
    first * second.unwrap_or(x) * k * n as f64
}

fn main() {}
