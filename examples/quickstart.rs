//! Fits NIST's "Misra1a" data by the Levenberg-Marquardt method, on a generated Jacobian.
//!
//! The data, 14 observations of the volume `y` adsorbed at pressure `x`, the model and the
//! certified values are those of the Statistical Reference Datasets,
//! <https://www.itl.nist.gov/div898/strd/nls/data/misra1a.shtml>. Ends with a failure unless
//! every fitted figure has at least eight digits in common with the certified one.
//!
//! ```text
//! cargo run --release --example quickstart
//! ```

use differentiable::differentiable;
use std::process::ExitCode;

/// Volumes and pressures.
const DATA: [[f64; 2]; 14] = [
    [10.07, 77.6],
    [14.73, 114.9],
    [17.94, 141.1],
    [23.93, 190.8],
    [29.61, 239.9],
    [35.18, 289.0],
    [40.02, 332.8],
    [44.82, 378.4],
    [50.76, 434.8],
    [55.05, 477.3],
    [61.01, 536.8],
    [66.40, 593.1],
    [75.47, 689.1],
    [81.78, 760.0],
];

/// The certified `b1`, `b2` and residual sum of squares.
const CERTIFIED: [f64; 3] = [2.3894212918E+02, 5.5015643181E-04, 1.2455138894E-01];

/// The starts that come with the data.
const STARTS: [[f64; 2]; 2] = [[500.0, 0.0001], [250.0, 0.0005]];

/// What the model `y = b1 (1 - exp(-b2 x))` leaves of each observation.
///
/// An ordinary function: the attribute leaves it as it is and puts `residuals::jacobian`,
/// `residuals::vjp` and the others beside it.
#[differentiable]
fn residuals(b: &[f64; 2], #[no_diff] data: &[[f64; 2]]) -> Vec<f64> {
    let mut r = vec![0.0; data.len()];
    for (i, row) in data.iter().enumerate() {
        r[i] = row[0] - b[0] * (1.0 - (-b[1] * row[1]).exp());
    }
    r
}

fn sum_of_squares(b: &[f64; 2]) -> f64 {
    residuals(b, &DATA).iter().map(|r| r * r).sum()
}

/// Minimises the sum of squares from `b`; returns the minimum's place and the iterations used.
fn fit(mut b: [f64; 2]) -> ([f64; 2], usize) {
    let (mut cost, mut damping) = (sum_of_squares(&b), 1e-3);
    for iteration in 1..=200 {
        // One row of the Jacobian for each residual: its gradient with respect to `b`.
        let jacobian: Vec<[f64; 2]> = residuals::jacobian(&b, &DATA);
        let r = residuals(&b, &DATA);

        // The normal equations JᵀJ s = -Jᵀr.
        let (mut a, mut g) = ([[0.0; 2]; 2], [0.0; 2]);
        for (row, r) in jacobian.iter().zip(&r) {
            for i in 0..2 {
                g[i] += row[i] * r;
                for j in 0..2 {
                    a[i][j] += row[i] * row[j];
                }
            }
        }

        // Raise the damping until the step does not climb, lower it when it does not.
        loop {
            let (p, q) = (a[0][0] * (1.0 + damping), a[1][1] * (1.0 + damping));
            let determinant = p * q - a[0][1] * a[1][0];
            let step = [(a[0][1] * g[1] - q * g[0]) / determinant, (a[1][0] * g[0] - p * g[1]) / determinant];
            let next = [b[0] + step[0], b[1] + step[1]];
            let next_cost = sum_of_squares(&next);
            // Near the minimum the cost is flat to its last digits, which must not stop a step.
            if next_cost <= cost * (1.0 + 1e-13) {
                let small = step.iter().zip(&b).all(|(s, b)| s.abs() <= 1e-10 * b.abs());
                (b, cost) = (next, next_cost);
                if small {
                    return (b, iteration);
                }
                damping *= 0.1;
                break;
            }
            damping *= 10.0;
        }
    }
    (b, 200)
}

/// How many decimal digits two values share.
fn digits(value: f64, certified: f64) -> f64 {
    -((value - certified) / certified).abs().max(1e-11).log10()
}

fn main() -> ExitCode {
    let mut fewest = f64::INFINITY;
    for start in STARTS {
        let (b, iterations) = fit(start);
        println!("start b1 = {}, b2 = {}: {iterations} iterations", start[0], start[1]);
        println!("  {:24} {:>18} {:>18} {:>7}", "", "fitted", "certified", "digits");
        let fitted = [b[0], b[1], sum_of_squares(&b)];
        for ((name, value), certified) in
            ["b1", "b2", "residual sum of squares"].iter().zip(fitted).zip(CERTIFIED)
        {
            let digits = digits(value, certified);
            fewest = fewest.min(digits);
            println!("  {name:24} {value:>18.10e} {certified:>18.10e} {digits:>7.1}");
        }
    }
    if fewest >= 8.0 {
        println!("all figures agree with the certified ones to 8 digits or more");
        ExitCode::SUCCESS
    } else {
        println!("a figure agrees with the certified one to {fewest:.1} digits only");
        ExitCode::FAILURE
    }
}
