//! Options of references that loops assign, `Vec`s of references, and options that something is put into.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Star {
    x: f64,
    y: f64,
    mass: f64,
    id: usize,
}
value_struct!(Star => StarTangent { x, y, mass, id });

fn star(x: f64, y: f64, mass: f64) -> Star {
    Star { x, y, mass, id: 0 }
}

fn four() -> Vec<Star> {
    vec![star(1.0, 2.0, 3.0), star(0.5, 1.0, 2.5), star(4.0, -1.0, 0.5), star(2.0, 0.1, 1.7)]
}

#[differentiable]
fn nearest(stars: &[Star], x: f64) -> f64 {
    let mut best: Option<&Star> = None;
    let mut least = f64::INFINITY;
    for star in stars {
        let d = (star.x - x) * (star.x - x) + star.y * star.y;
        if d < least {
            least = d;
            best = Some(star);
        }
    }
    match best {
        Some(star) => star.mass * star.x * x,
        None => x * x,
    }
}
row!(nearest_by_a_loop: nearest(ref stars, val x) at (four(), 0.7), (four(), 3.1), (vec![], 0.7));

#[differentiable]
fn lightest(stars: &[Star], x: f64) -> f64 {
    let mut best: Option<&Star> = None;
    for star in stars {
        if best.map_or(true, |b| star.mass < b.mass) {
            best = Some(star);
        }
    }
    let best = best.unwrap();
    best.x * x
}
row!(asked_before_it_is_assigned: lightest(ref stars, val x) at (four(), 0.7));

#[differentiable]
fn with_its_distance(stars: &[Star], x: f64) -> Option<f64> {
    let mut best: Option<(f64, &Star)> = None;
    for star in stars {
        let d = (star.x - x).powi(2);
        match best {
            Some((least, _)) if least <= d => {}
            _ => best = Some((d, star)),
        }
    }
    let (d, star) = best?;
    Some(d * star.mass)
}
row!(option_of_a_pair_with_a_reference: with_its_distance(ref stars, val x) -> option at (four(), 0.7));

#[differentiable]
fn two_lightest(stars: &[Star], x: f64) -> f64 {
    let mut best = stars.first();
    let mut second: Option<&Star> = None;
    for star in &stars[1..] {
        if let Some(b) = best {
            if star.mass < b.mass {
                second = best;
                best = Some(star);
            } else if second.is_none() || star.mass < second.unwrap().mass {
                second = Some(star);
            }
        }
    }
    assert!(best.is_some());
    best.unwrap().x * x + second.map(|s| s.y * s.x).unwrap_or(0.0)
}
row!(best_and_second_best: two_lightest(ref stars, val x) at (four(), 0.7), (vec![star(1.0, 2.0, 3.0)], 0.7));

#[differentiable]
fn neighbour_of_each(stars: &[Star], x: f64) -> f64 {
    let mut s = 0.0;
    for star in stars {
        let mut near: Option<(usize, &Star)> = None;
        for (k, other) in stars.iter().enumerate() {
            if other.x == star.x {
                continue;
            }
            near = match near {
                Some((_, n)) if (n.x - star.x).abs() <= (other.x - star.x).abs() => near,
                _ => Some((k, other)),
            };
        }
        if let Some((k, n)) = near {
            s += n.mass * star.y * k as f64;
        }
    }
    s * x
}
row!(nearest_neighbour_of_each: neighbour_of_each(ref stars, val x) at (four(), 0.7));

#[differentiable]
fn first_beyond(stars: &[Star], x: f64) -> Result<f64, String> {
    let mut hit = None;
    for star in stars.iter().rev() {
        if star.x > x {
            hit = Some(star);
            break;
        }
    }
    let star = hit.ok_or_else(|| "none".to_string())?;
    Ok(star.mass * star.mass * x)
}
row!(first_that_is_found: first_beyond(ref stars, val x) -> result at (four(), 0.7), (four(), 3.0));

#[differentiable]
fn longest_row(rows: &[Vec<f64>], x: f64) -> f64 {
    let mut longest: Option<&Vec<f64>> = None;
    for row in rows {
        match longest {
            None => longest = Some(row),
            Some(l) => {
                if row.len() > l.len() {
                    longest = Some(row)
                }
            }
        }
    }
    let Some(longest) = longest else { return x };
    longest.iter().map(|v| v * v * x).sum()
}
row!(longest_of_the_rows: longest_row(ref rows, val x) at
    (vec![vec![1.0, 2.0], vec![3.0, 4.0, 5.0], vec![1.0]], 0.7), (vec![], 0.7));

#[differentiable]
fn comes_and_goes(stars: &[Star], x: f64) -> f64 {
    let mut best: Option<&Star> = None;
    let mut sum = 0.0;
    for star in stars {
        best = if star.mass > 1.0 { Some(star) } else { best };
        if star.y < 0.0 {
            best = None;
        }
        sum += best.map_or(star.x * x, |b| b.x * star.y);
    }
    sum
}
row!(comes_and_goes_again: comes_and_goes(ref stars, val x) at (four(), 0.7));

// ---- `Vec`s of references ----

#[differentiable]
fn heavy_ones(stars: &[Star]) -> f64 {
    let heavy: Vec<&Star> = stars[1..].iter().filter(|star| star.mass > 1.0).collect();
    assert!(heavy.iter().all(|star| star.mass > 0.5) && heavy.len() < 100, "{heavy:?}");
    let mut s = 0.0;
    for (i, a) in heavy.iter().enumerate() {
        for b in heavy.iter().skip(i + 1) {
            s += a.mass * b.mass / (a.x - b.x).abs();
        }
    }
    for i in 0..heavy.len() {
        let (a, b) = (heavy[i], heavy[(i + 1) % heavy.len()]);
        s -= a.y * b.x;
    }
    let first = 0;
    if first < heavy.len() && heavy[first].y > 0.5 {
        s *= heavy[first].y;
    }
    s / heavy.len() as f64
}
row!(references_collected: heavy_ones(ref stars) at (four()));

#[differentiable]
fn left_and_right(stars: &[Star], x: f64) -> f64 {
    let (mut left, mut right): (Vec<&Star>, Vec<&Star>) = (vec![], Vec::with_capacity(3));
    for star in stars.iter() {
        if star.x < x {
            left.push(star);
        } else {
            right.push(star);
        }
    }
    let l: f64 = left.iter().map(|star| star.mass * x).sum();
    let r = right.iter().fold(0.0, |s, star| s + star.mass * star.y);
    if let Some(first) = left.first() {
        return l * r + first.y * first.x;
    }
    l - r * x + right.last().map_or(0.0, |star| star.mass)
}
row!(references_sorted_into_two: left_and_right(ref stars, val x) at (four(), 1.7), (four(), 0.1));

#[differentiable]
fn rising(stars: &[Star]) -> f64 {
    let mut stack: Vec<&Star> = Vec::new();
    for star in stars {
        while !stack.is_empty() && stack.last().unwrap().mass > star.mass {
            stack.truncate(stack.len() - 1);
        }
        stack.push(star);
    }
    let steps = stack.iter().zip(stack.iter().skip(1)).map(|(a, b)| a.x * b.y).sum::<f64>();
    steps + stack.iter().rev().take(1).map(|star| star.mass).sum::<f64>()
}
row!(stack_of_references: rising(ref stars) at (four()));

// ---- options that something is put into ----

#[derive(Clone, Debug, Differentiable)]
struct Memory {
    last: Option<f64>,
    gain: f64,
}
value_struct!(Memory => MemoryTangent { last, gain });

#[differentiable]
fn since_the_first(xs: &[f64], memory: &mut Memory) -> f64 {
    let mut first: Option<f64> = None;
    let mut sum: Option<f64> = None;
    let mut all: Option<Vec<f64>> = None;
    let mut s = 0.0;
    for &x in xs {
        let f = *first.get_or_insert(x);
        s += (x - f) * (x - f);
        *sum.get_or_insert_with(|| x * 2.0) += x * x;
        all.get_or_insert_with(Vec::new).push(x * s);
    }
    let previous = *memory.last.get_or_insert(s);
    memory.last = Some(s * memory.gain);
    *first.insert(s * 2.0) += previous;
    s + sum.unwrap_or(0.0) + all.map_or(0.0, |all| all.iter().sum()) * first.unwrap()
}
row!(put_into_options: since_the_first(ref xs, mut memory) at
    (vec![1.0, 2.0, 4.0], Memory { last: None, gain: 2.0 }), (vec![1.0, 0.5], Memory { last: Some(0.3), gain: 2.0 }));
