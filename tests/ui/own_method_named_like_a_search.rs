use differentiable::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Table {
    slope: f64,
}

#[differentiable]
impl Table {
    fn binary_search(&self, x: f64) -> f64 {
        self.slope * x
    }
}

#[differentiable]
fn f(table: &Table, x: f64) -> f64 {
    let mut sum = table.slope * x;
    let found = table.binary_search(x);
    if found > 1.0 {
        sum *= 2.0;
    }
    sum
}

fn main() {}
