use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Star {
    x: f64,
    mass: f64,
}

#[differentiable]
fn collected(stars: &[Star]) -> f64 {
    let heavy: Vec<&Star> = stars.iter().filter(|star| star.mass > 1.0).collect();
    heavy.iter().map(|star| star.x).sum()
}

/// What it refers to is no part of one place.
#[differentiable]
fn of_two_places(a: &[Star], b: &[Star]) -> f64 {
    let mut best: Option<&Star> = None;
    for star in a {
        best = Some(star);
    }
    if b[0].mass > 1.0 {
        best = Some(&b[0]);
    }
    best.map_or(0.0, |star| star.x)
}

/// What is kept goes out of scope.
#[differentiable]
fn as_a_result(stars: &[Star], k: usize) -> f64 {
    let star = stars.get(k).ok_or("none");
    match star {
        Ok(star) => star.x,
        Err(_) => stars[0].x,
    }
}

fn main() {}
