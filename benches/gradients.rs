//! The suite: every kernel's function, its adjoint by hand and its generated adjoint, in one
//! run. Times are those of value and gradient, added into places that are there.
//!
//! ```text
//! cargo bench --bench gradients [-- FILTER]
//! ```
//!
//! Ends with a table of the shortest times and a plot of it, `gradients.svg` in the target
//! folder's `criterion`. `RUSTFLAGS="-C target-cpu=native"` lets LLVM use all of the machine.

// The checks of the kernels are used by the tests.
#[allow(dead_code, missing_docs)]
mod kernels;

use criterion::{Bencher, Criterion};
use kernels::{Kernel, SUITE};
use plotters::prelude::*;
use std::error::Error;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The shortest times of a kernel, in seconds a call.
struct Times {
    name: &'static str,
    primal: f64,
    hand: f64,
    ours: f64,
}

/// Runs a benchmark and keeps its shortest sample.
fn shortest(b: &mut Bencher<'_>, shortest: &mut f64, mut call: impl FnMut() -> f64) {
    b.iter_custom(|iterations| {
        let start = Instant::now();
        for _ in 0..iterations {
            black_box(call());
        }
        let elapsed = start.elapsed();
        *shortest = shortest.min(elapsed.as_secs_f64() / iterations as f64);
        elapsed
    });
}

fn measure(criterion: &mut Criterion, name: &'static str, kernel: &mut dyn Kernel) -> Option<Times> {
    let mut gradient = vec![0.0; kernel.gradient_len()];
    let mut times = Times { name, primal: f64::INFINITY, hand: f64::INFINITY, ours: f64::INFINITY };
    let kernel = &*kernel;
    let mut group = criterion.benchmark_group(name);
    group.bench_function("primal", |b| shortest(b, &mut times.primal, || black_box(kernel).primal()));
    group.bench_function("by hand", |b| {
        shortest(b, &mut times.hand, || black_box(kernel).hand(black_box(&mut gradient)));
    });
    group.bench_function("generated", |b| {
        shortest(b, &mut times.ours, || black_box(kernel).ours(black_box(&mut gradient)));
    });
    group.finish();
    (times.primal.is_finite() && times.hand.is_finite() && times.ours.is_finite()).then_some(times)
}

fn print(rows: &[Times]) {
    println!("\n| kernel | primal | by hand / primal | generated / primal | generated / by hand |");
    println!("|---|---:|---:|---:|---:|");
    for Times { name, primal, hand, ours } in rows {
        println!(
            "| {name} | {:.1} µs | {:.2} | {:.2} | {:.2} |",
            primal * 1e6,
            hand / primal,
            ours / primal,
            ours / hand
        );
    }
    let mean = rows.iter().map(|t| (t.ours / t.hand).ln()).sum::<f64>() / rows.len() as f64;
    println!("| geometric mean | | | | {:.2} |", mean.exp());
}

/// Bars of time over primal, by hand and generated, on a logarithmic scale.
fn plot(rows: &[Times]) -> Result<PathBuf, Box<dyn Error>> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = target.join("criterion");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("gradients.svg");
    const LEFT: f64 = 0.25;
    let highest = rows.iter().map(|t| t.hand.max(t.ours) / t.primal).fold(1.0, f64::max);
    let root = SVGBackend::new(&file, (900, 60 + 36 * rows.len() as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("time over primal: by hand (grey), generated (blue)", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(220)
        .build_cartesian_2d((LEFT..highest * 1.1).log_scale(), (rows.len() as f64)..0.0)?;
    chart
        .configure_mesh()
        .label_style(("sans-serif", 12))
        .disable_y_mesh()
        .y_labels(2 * rows.len() + 1)
        .y_label_formatter(&|y| {
            let row = y.floor();
            if y - row == 0.5 {
                rows.get(row as usize).map_or(String::new(), |t| t.name.into())
            } else {
                String::new()
            }
        })
        .draw()?;
    for (i, t) in rows.iter().enumerate() {
        let bar = |top: f64, time: f64, colour: RGBColor| {
            let y = i as f64 + top;
            Rectangle::new([(LEFT, y), (time / t.primal, y + 0.35)], colour.filled())
        };
        chart.draw_series([
            bar(0.15, t.hand, RGBColor(160, 160, 160)),
            bar(0.5, t.ours, RGBColor(40, 90, 200)),
        ])?;
    }
    root.present()?;
    Ok(file.clone())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args();
    let rows: Vec<Times> =
        SUITE.iter().filter_map(|(name, make)| measure(&mut criterion, name, &mut *make())).collect();
    criterion.final_summary();
    if !rows.is_empty() {
        print(&rows);
        println!("plot: {}", plot(&rows)?.display());
    }
    Ok(())
}
