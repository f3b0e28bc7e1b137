//! The suite's adjoints against differences of its functions.

#[path = "../benches/kernels/mod.rs"]
#[allow(dead_code, missing_docs)]
mod kernels;

use kernels::second_order::{direction, gmm_hessian_vector, rosenbrock_hessian};
use kernels::{Kernel, SMALL, gmm, rosenbrock};

/// Central differences, extrapolated, in each variable.
fn differences(kernel: &mut dyn Kernel) -> Vec<f64> {
    let lengths: Vec<usize> = kernel.variables().iter().map(|v| v.len()).collect();
    let mut all = Vec::new();
    for (v, length) in lengths.into_iter().enumerate() {
        for i in 0..length {
            let here = kernel.variables()[v][i];
            let mut quotient = |h: f64| {
                kernel.variables()[v][i] = here + h;
                let above = kernel.primal();
                kernel.variables()[v][i] = here - h;
                let below = kernel.primal();
                kernel.variables()[v][i] = here;
                (above - below) / (2.0 * h)
            };
            let h = 1e-4 * here.abs().max(1.0);
            all.push((4.0 * quotient(0.5 * h) - quotient(h)) / 3.0);
        }
    }
    all
}

fn assert_close(name: &str, what: &str, got: &[f64], expected: &[f64], error: f64) {
    assert_eq!(got.len(), expected.len(), "{name}: {what}");
    let scale = expected.iter().fold(1.0, |m: f64, e| m.max(e.abs()));
    for (i, (g, e)) in got.iter().zip(expected).enumerate() {
        assert!((g - e).abs() <= error * scale, "{name}: {what} {i} is {g:e}, differences give {e:e}");
    }
}

#[test]
fn by_hand() {
    for (name, make) in SMALL {
        let mut kernel = make();
        let mut result = vec![0.0; kernel.gradient_len()];
        let value = kernel.hand(&mut result);
        assert_eq!(value, kernel.primal(), "{name}: the value by hand");
        let gradient = kernel.gradient_of_primal(&result);
        let expected = differences(&mut *kernel);
        assert_close(name, "by hand: gradient", &gradient, &expected, 1e-7);
    }
}

#[test]
fn generated() {
    for (name, make) in SMALL {
        let mut kernel = make();
        let (mut by_hand, mut generated) =
            (vec![0.0; kernel.gradient_len()], vec![0.0; kernel.gradient_len()]);
        kernel.hand(&mut by_hand);
        let value = kernel.ours(&mut generated);
        assert_eq!(value, kernel.primal(), "{name}: the generated adjoint's value");
        assert_close(name, "generated, against by hand: place", &generated, &by_hand, 1e-12);
    }
}

/// Differences of the gradient by hand along a direction.
fn gradient_difference(kernel: &mut dyn Kernel, direction: &[f64]) -> Vec<f64> {
    let mut gradient_at = |h: f64| {
        let mut tangents = direction.iter();
        for variable in kernel.variables() {
            for (x, t) in variable.iter_mut().zip(&mut tangents) {
                *x += h * t;
            }
        }
        let mut gradient = vec![0.0; direction.len()];
        kernel.hand(&mut gradient);
        let mut tangents = direction.iter();
        for variable in kernel.variables() {
            for (x, t) in variable.iter_mut().zip(&mut tangents) {
                *x -= h * t;
            }
        }
        gradient
    };
    let (above, below) = (gradient_at(1e-5), gradient_at(-1e-5));
    above.iter().zip(&below).map(|(a, b)| (a - b) / 2e-5).collect()
}

#[test]
fn second_order_by_hand() {
    let mut mixture = gmm::Gmm::new(3, 3, 7);
    let along = direction(mixture.gradient_len());
    let product = gmm_hessian_vector(&mut mixture, &along);
    assert_close("GMM", "Hessian-vector product", &product, &gradient_difference(&mut mixture, &along), 1e-7);

    let mut valley = rosenbrock::Rosenbrock::new(9);
    let hessian = rosenbrock_hessian(&valley.variables().concat());
    for (i, row) in hessian.chunks_exact(9).enumerate() {
        let mut unit = [0.0; 9];
        unit[i] = 1.0;
        assert_close("Rosenbrock", "row of the Hessian", row, &gradient_difference(&mut valley, &unit), 1e-7);
    }
}
