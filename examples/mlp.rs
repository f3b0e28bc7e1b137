//! A small network of two hidden layers that tells two spirals apart, and its decision boundary
//! in an SVG.
//!
//! ```text
//! cargo run --release --example mlp [FILE.svg]
//! ```

use differentiable::optim::Adam;
use differentiable::{Param, Parameters, differentiable};
use plotters::prelude::*;
use std::error::Error;
use std::path::Path;

const POINTS: usize = 200;
const HIDDEN: usize = 16;

/// A layer: rows of weights, one for each output, with the bias last.
#[differentiable]
fn layer(weights: &[f64], input: &[f64], output: &mut [f64]) {
    let n = input.len();
    for i in 0..output.len() {
        let row = &weights[i * (n + 1)..(i + 1) * (n + 1)];
        let mut z = row[n];
        for j in 0..n {
            z += row[j] * input[j];
        }
        output[i] = z.tanh();
    }
}

/// How sure the network is that a point belongs to the second spiral: positive if so.
#[differentiable]
fn score(first: &[f64], second: &[f64], last: &[f64], #[no_diff] point: &[f64; 2]) -> f64 {
    let mut h1 = [0.0; HIDDEN];
    let mut h2 = [0.0; HIDDEN];
    layer(first, point, &mut h1);
    layer(second, &h1, &mut h2);
    let mut sum = last[HIDDEN];
    for i in 0..HIDDEN {
        sum += last[i] * h2[i];
    }
    sum
}

/// Mean logistic loss; the first half of the points belongs to the first spiral.
#[differentiable]
fn loss(first: &[f64], second: &[f64], last: &[f64], #[no_diff] points: &[[f64; 2]]) -> f64 {
    let mut sum = 0.0;
    for i in 0..points.len() {
        let z = score(first, second, last, &points[i]);
        let wrong = if i < points.len() / 2 { z } else { -z };
        sum += wrong.max(0.0) + (-wrong.abs()).exp().ln_1p();
    }
    sum / points.len() as f64
}

/// Two spirals of one and a half turns, one the other's mirror image.
fn spirals() -> Vec<[f64; 2]> {
    let half = POINTS / 2;
    let arm = |sign: f64| {
        (0..half).map(move |i| {
            let t = (i as f64 + 0.5) / half as f64;
            let (radius, angle) = (0.15 + 0.85 * t, 3.0 * std::f64::consts::PI * t);
            [sign * radius * angle.cos(), sign * radius * angle.sin()]
        })
    };
    arm(1.0).chain(arm(-1.0)).collect()
}

/// Weights of size about `1 / √inputs`, the same at every run.
fn weights(outputs: usize, inputs: usize, seed: u64) -> Param<Vec<f64>> {
    let mut state = seed;
    let scale = (3.0 / inputs as f64).sqrt();
    let numbers = (0..outputs * (inputs + 1)).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        scale * ((state >> 33) as f64 / (1u64 << 30) as f64 - 1.0)
    });
    Param::new(numbers.collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let points = spirals();
    let mut first = weights(HIDDEN, 2, 1);
    let mut second = weights(HIDDEN, HIDDEN, 2);
    let mut last = weights(1, HIDDEN, 3);
    let mut optimiser = Adam::new(0.01);
    for step in 0..=3000 {
        (&mut first, &mut second, &mut last).zero_grad();
        let (value, (first_bar, second_bar, last_bar)) =
            loss::value_and_grad(first.value(), second.value(), last.value(), &points);
        first.accumulate(&first_bar);
        second.accumulate(&second_bar);
        last.accumulate(&last_bar);
        optimiser.step((&mut first, &mut second, &mut last));
        if step % 500 == 0 {
            println!("step {step:4}: loss {value:.5}");
        }
    }

    let belongs_to_second =
        |point: &[f64; 2]| score(first.value(), second.value(), last.value(), point) > 0.0;
    let right = points.iter().enumerate().filter(|(i, p)| belongs_to_second(p) == (*i >= POINTS / 2)).count();
    println!("{right} of {POINTS} points on the right side");

    let file = std::env::args().nth(1).unwrap_or_else(|| "target/mlp.svg".into());
    if let Some(folder) = Path::new(&file).parent() {
        std::fs::create_dir_all(folder)?;
    }
    plot(&file, &points, &belongs_to_second)?;
    println!("decision boundary: {file}");
    if right < POINTS * 99 / 100 {
        return Err("the spirals were not told apart".into());
    }
    Ok(())
}

fn plot(file: &str, points: &[[f64; 2]], second: &dyn Fn(&[f64; 2]) -> bool) -> Result<(), Box<dyn Error>> {
    const CELLS: i32 = 120;
    let root = SVGBackend::new(file, (600, 600)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root).margin(10).build_cartesian_2d(-1.2..1.2, -1.2..1.2)?;
    let at = |i: i32| 2.4 * f64::from(i) / f64::from(CELLS) - 1.2;
    for row in 0..CELLS {
        // Runs of cells on the same side make one rectangle.
        let (mut start, mut side) = (0, second(&[at(0), at(row)]));
        for column in 1..=CELLS {
            let next = column < CELLS && second(&[at(column), at(row)]);
            if column == CELLS || next != side {
                let colour = if side { RGBColor(255, 224, 204) } else { RGBColor(208, 228, 255) };
                let corners = [(at(start), at(row)), (at(column), at(row + 1))];
                chart.draw_series([Rectangle::new(corners, colour.filled())])?;
                (start, side) = (column, next);
            }
        }
    }
    for (half, colour) in points.chunks(POINTS / 2).zip([BLUE, RED]) {
        chart.draw_series(half.iter().map(|&[x, y]| Circle::new((x, y), 3, colour.filled())))?;
    }
    root.present()?;
    Ok(())
}
