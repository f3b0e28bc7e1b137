use differentiable::differentiable;

#[differentiable]
fn report(x: f64) {
    println!("{x}");
}

#[differentiable]
fn count(x: &[f64]) -> usize {
    x.len()
}

fn main() {}
