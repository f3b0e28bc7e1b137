use differentiable::differentiable;

#[differentiable]
fn by_value<D: AsRef<[f64]>>(d: D) -> f64 {
    let d = d.as_ref();
    d[0] * d[1]
}

#[differentiable]
fn by_reference<D>(d: &D, k: f64) -> f64
where
    D: AsRef<[f64]>,
{
    d.as_ref().iter().map(|x| x * k).sum()
}

#[differentiable]
fn unnamed(d: impl AsRef<[f64]>) -> f64 {
    d.as_ref().iter().sum()
}

/// Nothing active is lent.
#[differentiable]
fn inactive<D: AsRef<[f64]>>(#[no_diff] d: &D, k: f64) -> f64 {
    d.as_ref().iter().map(|x| x * k).sum()
}

fn main() {}
