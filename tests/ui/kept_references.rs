use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Star {
    x: f64,
    mass: f64,
}

#[differentiable]
fn put_in_order(stars: &[Star]) -> f64 {
    let mut all: Vec<&Star> = stars.iter().collect();
    all.sort_by(|a, b| a.mass.total_cmp(&b.mass));
    all[0].x
}

#[differentiable]
fn cut(stars: &[Star]) -> f64 {
    let all: Vec<&Star> = stars.iter().collect();
    all[1..].iter().map(|star| star.x).sum()
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
