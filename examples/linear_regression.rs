//! A line through 20 points by gradient descent, with the loss of every step in an SVG.
//!
//! The loss is half the mean square, gradients are zeroed at each step. With a learning rate of
//! 0.1 the loss grows without bound, as it should: the step is longer than the parabola's
//! curvature admits. With 0.01 slope and intercept converge to those of the data.
//!
//! ```text
//! cargo run --release --example linear_regression [FILE.svg]
//! ```

use differentiable::optim::Sgd;
use differentiable::{Param, Parameters, differentiable};
use plotters::prelude::*;
use std::error::Error;
use std::path::Path;

const POINTS: usize = 20;
const SLOPE: f64 = 2.0;
const INTERCEPT: f64 = 5.0;

/// Half the mean square of `y - (w x + b)`.
#[differentiable]
fn half_mean_square(w: f64, b: f64, #[no_diff] xs: &[f64], #[no_diff] ys: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (&x, &y) in xs.iter().zip(ys) {
        let r = y - (w * x + b);
        sum += 0.5 * r * r;
    }
    sum / xs.len() as f64
}

/// The losses of `steps` steps from zero, and where they lead.
fn train(rate: f64, steps: usize, xs: &[f64], ys: &[f64]) -> (Vec<f64>, f64, f64) {
    let (mut w, mut b) = (Param::new(0.0), Param::new(0.0));
    let mut optimiser = Sgd::new(rate);
    let losses = (0..steps)
        .map(|_| {
            (&mut w, &mut b).zero_grad();
            let (loss, (w_bar, b_bar)) = half_mean_square::value_and_grad(*w.value(), *b.value(), xs, ys);
            w.accumulate(&w_bar);
            b.accumulate(&b_bar);
            optimiser.step((&mut w, &mut b));
            loss
        })
        .collect();
    (losses, w.into_value(), b.into_value())
}

/// The same by formulas: the mean's gradient is that of a quadratic in `w` and `b`.
fn reference(rate: f64, steps: usize, xs: &[f64], ys: &[f64]) -> (f64, f64) {
    let mean = |f: &dyn Fn(f64, f64) -> f64| {
        xs.iter().zip(ys).map(|(&x, &y)| f(x, y)).sum::<f64>() / xs.len() as f64
    };
    let (x, y, xx, xy) = (mean(&|x, _| x), mean(&|_, y| y), mean(&|x, _| x * x), mean(&|x, y| x * y));
    (0..steps).fold((0.0, 0.0), |(w, b), _| (w - rate * (w * xx + b * x - xy), b - rate * (w * x + b - y)))
}

fn main() -> Result<(), Box<dyn Error>> {
    let xs: Vec<f64> = (0..POINTS).map(|i| 10.0 * i as f64 / (POINTS - 1) as f64).collect();
    let ys: Vec<f64> = xs.iter().map(|x| SLOPE * x + INTERCEPT).collect();

    let (long, ..) = train(0.1, 30, &xs, &ys);
    println!("rate 0.1:  loss {:.3e} at first, {:.3e} after 30 steps: it grows", long[0], long[29]);

    let steps = 3000;
    let (losses, w, b) = train(0.01, steps, &xs, &ys);
    println!("rate 0.01: loss {:.3e} at first, {:.3e} after {steps} steps", losses[0], losses[steps - 1]);
    println!("           slope {w:.6}, intercept {b:.6}");

    let (w_reference, b_reference) = reference(0.01, steps, &xs, &ys);
    let agrees = (w - w_reference).abs() < 1e-9 && (b - b_reference).abs() < 1e-9;
    let converged = (w - SLOPE).abs() < 1e-3 && (b - INTERCEPT).abs() < 1e-2;
    if long[29] <= long[0] || !agrees || !converged {
        return Err(format!("expected slope {w_reference}, intercept {b_reference}").into());
    }

    let file = std::env::args().nth(1).unwrap_or_else(|| "target/linear_regression.svg".into());
    if let Some(folder) = Path::new(&file).parent() {
        std::fs::create_dir_all(folder)?;
    }
    plot(&file, &losses[..600])?;
    println!("loss curve: {file}");
    Ok(())
}

fn plot(file: &str, losses: &[f64]) -> Result<(), Box<dyn Error>> {
    let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let root = SVGBackend::new(file, (800, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Half mean square, learning rate 0.01", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d(0..losses.len(), (lowest..losses[0]).log_scale())?;
    chart.configure_mesh().x_desc("step").y_desc("loss").draw()?;
    chart.draw_series(LineSeries::new(losses.iter().copied().enumerate(), BLUE.stroke_width(2)))?;
    root.present()?;
    Ok(())
}
