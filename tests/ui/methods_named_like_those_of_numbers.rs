use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

// What a variant holds is not known.
#[derive(Clone, Copy, Differentiable)]
enum Segment {
    Along(Vector),
}

#[differentiable]
impl Vector {
    // A norm.
    fn len(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    fn floor(&self) -> f64 {
        self.x.min(self.y)
    }
}

#[differentiable]
fn norm(segment: &Segment, x: f64) -> f64 {
    let Segment::Along(along) = segment;
    along.x + x * along.len()
}

#[differentiable]
fn lowest(segment: &Segment, x: f64) -> f64 {
    let Segment::Along(along) = segment;
    along.x + x * along.floor()
}

// As functions they are found.
#[differentiable]
fn both(segment: &Segment, x: f64) -> f64 {
    let Segment::Along(along) = segment;
    x * Vector::len(along) + Vector::floor(along)
}

fn main() {}
