use differentiable::differentiable;

fn scale(x: f64) -> f64 {
    x * 2.0
}

macro_rules! scaled {
    ($x:expr) => {
        scale($x)
    };
}

// What the macro means by `scale` is the function.
#[differentiable]
fn a_name_that_means_another_thing_here(x: f64) -> f64 {
    let scale = |y: f64| y * 3.0;
    scaled!(x) + scale(x)
}

#[differentiable]
fn defined_between(x: f64) -> f64 {
    let k = x;
    macro_rules! by_k {
        ($y:expr) => {
            $y * k
        };
    }
    let k = 5.0;
    by_k!(x) + k
}

macro_rules! repeated {
    ($body:expr) => {
        'turns: loop {
            $body;
            break 'turns;
        }
    };
}

#[differentiable]
fn a_label_of_its_own(x: f64) -> f64 {
    let mut sum = x;
    'turns: for k in 0..3 {
        repeated!({
            sum *= x;
            if k == 1 {
                break 'turns;
            }
        });
    }
    sum
}

/// It is another one where the function stands that is inlined.
macro_rules! weighed {
    ($x:expr) => {
        2.0 * $x
    };
}

#[differentiable]
fn by_another(x: f64) -> f64 {
    weighed!(x) * inlined(x)
}

macro_rules! weighed {
    ($x:expr) => {
        3.0 * $x * $x
    };
}

#[differentiable(inline)]
fn inlined(x: f64) -> f64 {
    weighed!(x)
}

fn main() {}
