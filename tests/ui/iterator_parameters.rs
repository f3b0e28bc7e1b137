use differentiable::differentiable;

#[differentiable]
fn polynomial<I>(x: f64, coefficients: I) -> f64
where
    I: IntoIterator<Item = f64>,
{
    coefficients.into_iter().fold(0.0, |acc, c| acc * x + c)
}

#[differentiable]
fn sum(x: f64, items: impl Iterator<Item = f64>) -> f64 {
    let mut sum = x;
    for item in items {
        sum += item * x;
    }
    sum
}

fn main() {}
