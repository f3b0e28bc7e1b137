use differentiable::{Differentiable, differentiable};

#[derive(Differentiable)]
struct Model<'a> {
    data: &'a [f64],
    k: f64,
}

#[differentiable]
impl<'a> Model<'a> {
    fn scaled(&self, t: f64) -> f64 {
        let mut sum = 0.0;
        for d in self.data {
            sum += d * t * self.k;
        }
        sum
    }

    fn grow(&mut self, by: f64) {
        for d in self.data {
            self.k += d * by;
        }
    }
}

#[differentiable]
fn many(x: &[f64]) -> f64 {
    let models: Vec<Model> = vec![Model { data: x, k: x[0] }, Model { data: &x[1..], k: 1.0 }];
    models[0].scaled(1.0)
}

#[differentiable]
fn chosen(x: &[f64]) -> f64 {
    let m = if x[0] > 0.0 { Model { data: x, k: 1.0 } } else { Model { data: &x[1..], k: 2.0 } };
    m.scaled(x[0])
}

#[differentiable]
fn moved_on(x: &[f64]) -> f64 {
    let mut m = Model { data: x, k: 1.0 };
    m.data = &m.data[1..];
    m.scaled(x[0])
}

#[differentiable]
fn changed(x: &[f64]) -> f64 {
    let mut m = Model { data: x, k: 1.0 };
    m.grow(x[0]);
    m.k
}

#[differentiable]
fn made<'a>(x: &'a [f64]) -> Model<'a> {
    let mut k = 1.0;
    for v in x {
        k *= v * v + 1.0;
    }
    Model { data: x, k }
}

#[differentiable]
fn of_made(x: &[f64]) -> f64 {
    made(x).scaled(2.0)
}

#[derive(Differentiable)]
struct Marked<'a> {
    #[no_diff]
    data: &'a [f64],
    k: f64,
}

#[differentiable]
fn marked(x: &[f64]) -> f64 {
    let m = Marked { data: x, k: x[0] };
    m.data[0] * m.k
}

#[differentiable]
fn taken(m: Model, n: usize) -> f64 {
    let mut sum = 0.0;
    for k in 0..n {
        sum += m.data[k] * m.k;
    }
    sum
}

#[differentiable]
fn by_value(x: &[f64]) -> f64 {
    let m = Model { data: x, k: x[0] };
    taken(m, 2)
}

fn main() {}
