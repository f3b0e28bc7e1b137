use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
pub struct Vector {
    x: f64,
    y: f64,
}

// What a variant of another module holds is not known.
mod parts {
    #[derive(Clone, Copy, differentiable::Differentiable)]
    pub enum Segment {
        Along(super::Vector),
        None,
    }
}
use parts::Segment;

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
    match segment {
        Segment::Along(along) => along.x + x * along.len(),
        Segment::None => x,
    }
}

#[differentiable]
fn lowest(segment: &Segment, x: f64) -> f64 {
    match segment {
        Segment::Along(along) => along.x + x * along.floor(),
        Segment::None => x,
    }
}

// As functions they are found.
#[differentiable]
fn both(segment: &Segment, x: f64) -> f64 {
    match segment {
        Segment::Along(along) => x * Vector::len(along) + Vector::floor(along),
        Segment::None => x,
    }
}

fn main() {}
