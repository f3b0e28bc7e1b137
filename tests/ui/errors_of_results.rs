use differentiable::differentiable;

#[derive(Debug)]
enum Why {
    Low { by: f64 },
    None,
}

impl Why {
    fn by(&self) -> f64 {
        match self {
            Why::Low { by } => *by,
            Why::None => 0.0,
        }
    }
}

#[differentiable]
fn checked(x: f64) -> Result<f64, Why> {
    if x < 1.0 { Err(Why::Low { by: 1.0 - x }) } else { Ok(x * x) }
}

#[differentiable]
fn number(x: f64) -> Result<f64, f64> {
    if x < 1.0 { Err(x * 3.0) } else { Ok(x * x) }
}

#[differentiable]
fn of_err(x: f64, y: f64) -> f64 {
    let result = number(x);
    if let Some(error) = result.err() { error * y } else { y }
}

#[differentiable]
fn in_an_arm(x: f64, y: f64) -> f64 {
    match checked(x) {
        Ok(value) => value,
        Err(Why::Low { by }) => by * y,
        Err(_) => y,
    }
}

#[differentiable]
fn by_a_method(x: f64, y: f64) -> f64 {
    let result = checked(x);
    if let Err(error) = &result {
        return error.by() * y;
    }
    result.unwrap()
}

// What is said of an error needs no derivative.
#[differentiable]
fn told(x: f64, y: f64) -> f64 {
    match checked(x) {
        Ok(value) => value * y,
        Err(error) => {
            println!("{error:?}");
            y
        }
    }
}

#[differentiable]
fn limited(x: f64) -> Result<f64, f64> {
    if x > 1.0 { Err(x) } else { Ok(x) }
}

#[differentiable]
fn by_a_closure(x: f64, y: f64) -> f64 {
    limited(x).unwrap_or_else(|error| error * y)
}

#[differentiable]
fn by_one_of_two(x: f64, y: f64) -> f64 {
    limited(x).map_or_else(|error| error * y, |value| value * y)
}

#[differentiable]
fn by_a_result(x: f64, y: f64) -> f64 {
    limited(x).or_else(|error| if error > 2.0 { Err(error) } else { Ok(error * y) }).unwrap_or(y)
}

#[differentiable]
fn behind_another(x: f64, y: f64) -> f64 {
    limited(x).map(|value| value * y).map_err(|error| error + 1.0).unwrap_or_else(|error| error)
}

#[differentiable]
fn left(x: f64, y: f64) -> Option<f64> {
    Some(limited(x).unwrap_or_else(|error| if error > 2.0 { return y } else { 2.0 }))
}

fn main() {}
