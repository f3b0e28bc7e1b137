use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Flat {
    x: f64,
    y: f64,
}

#[differentiable]
impl Flat {
    fn at(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            _ => &mut self.y,
        }
    }
}

// What is kept would be a reference that branches choose.
#[differentiable]
fn held(x: f64, y: f64) -> f64 {
    let mut p = Flat { x, y };
    let part = p.at(0);
    *part += y;
    p.x * p.y
}

#[differentiable]
fn lent(x: f64, y: f64) -> f64 {
    let mut p = Flat { x, y };
    let mut other = y * y;
    std::mem::swap(p.at(0), &mut other);
    p.x * p.y * other
}

fn main() {}
