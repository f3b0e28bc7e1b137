use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

// What an alias stands for is not known.
type Direction = Vector;

#[derive(Clone, Copy, Differentiable)]
struct Segment {
    along: Direction,
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
    segment.along.x + x * segment.along.len()
}

#[differentiable]
fn lowest(segment: &Segment, x: f64) -> f64 {
    segment.along.x + x * segment.along.floor()
}

// As functions they are found.
#[differentiable]
fn both(segment: &Segment, x: f64) -> f64 {
    x * Vector::len(&segment.along) + Vector::floor(&segment.along)
}

fn main() {}
