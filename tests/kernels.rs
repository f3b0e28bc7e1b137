//! The suite's adjoints against differences of its functions.

#[path = "../benches/kernels/mod.rs"]
#[allow(dead_code, missing_docs)]
mod kernels;

use kernels::{Kernel, SMALL};

/// Central differences, extrapolated, in each variable.
fn differences(kernel: &mut dyn Kernel) -> Vec<f64> {
    let lengths: Vec<usize> = kernel.variables().iter().map(|v| v.len()).collect();
    let mut all = Vec::new();
    for (v, length) in lengths.into_iter().enumerate() {
        for i in 0..length {
            let here = kernel.variables()[v][i];
            let mut quotient = |h: f64| {
                kernel.variables()[v][i] = here + h;
                let above = kernel.checked();
                kernel.variables()[v][i] = here - h;
                let below = kernel.checked();
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
        if kernel.is_first_order() {
            assert_eq!(value, kernel.primal(), "{name}: the value by hand");
        }
        let gradient = kernel.gradient_of_checked(&result);
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
        if kernel.is_first_order() {
            assert_eq!(value, kernel.primal(), "{name}: the generated adjoint's value");
        }
        assert_close(name, "generated, against by hand: place", &generated, &by_hand, 1e-12);
    }
}
