use differentiable::{Differentiable, differentiable};

#[derive(Differentiable)]
struct Table {
    data: Vec<f64>,
}

#[differentiable]
fn square(table: &mut Table, k: f64) {
    for v in table.data.iter_mut() {
        *v = *v * k;
    }
}

fn main() {
    let mut table = Table { data: vec![1.0, 2.0] };
    let _ = square::vjp(&mut table, 2.0, &TableTangent { data: vec![1.0, 1.0] });
    let _ = square::pullback(&mut table, 2.0);
}
