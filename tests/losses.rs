//! The losses against differences and known values.

use differentiable::losses::{binary_cross_entropy, cross_entropy, huber, l1, mse};
use differentiable::{GradCheck, gradcheck};

const Y: [f64; 4] = [0.5, -1.25, 3.0, 0.75];
const T: [f64; 4] = [0.0, 1.0, 0.5, 1.0];

#[test]
fn gradients_agree_with_differences() {
    let y = Y.to_vec();
    gradcheck(&["predictions"], &y, &mse::grad(&Y, &T), |y| mse(y, &T)).unwrap();
    gradcheck(&["predictions"], &y, &l1::grad(&Y, &T), |y| l1(y, &T)).unwrap();
    gradcheck(&["predictions"], &y, &huber::grad(&Y, &T, 1.0), |y| huber(y, &T, 1.0)).unwrap();
    gradcheck(&["logits"], &y, &cross_entropy::grad(&Y, 2), |y| cross_entropy(y, 2)).unwrap();
    gradcheck(&["logits"], &y, &binary_cross_entropy::grad(&Y, &T), |y| binary_cross_entropy(y, &T)).unwrap();
}

#[test]
fn single_precision() {
    let y: Vec<f32> = Y.iter().map(|&y| y as f32).collect();
    let gradient = cross_entropy::grad(&y, 1);
    GradCheck::SINGLE.check(&["logits"], &y, &gradient, |y| f64::from(cross_entropy(y, 1))).unwrap();
}

#[test]
fn values() {
    assert_eq!(mse(&[1.0, 4.0], &[1.0, 2.0]), 2.0);
    assert_eq!(l1(&[1.0, 4.0], &[1.0, 2.0]), 1.0);
    assert_eq!(huber(&[0.5, 3.0], &[0.0, 0.0], 1.0), 0.5 * (0.125 + 2.5));
    assert_eq!(cross_entropy(&[0.0, 0.0], 0), std::f64::consts::LN_2);
}

#[test]
fn no_overflow() {
    let (loss, gradient) = cross_entropy::value_and_grad(&[1e4, -1e4], 1);
    assert_eq!((loss, gradient), (2e4, vec![1.0, -1.0]));
    let (loss, gradient) = binary_cross_entropy::value_and_grad(&[1e4, -1e4], &[1.0, 0.0]);
    assert_eq!((loss, gradient), (0.0, vec![0.0, 0.0]));
}

#[test]
fn at_the_kink() {
    assert_eq!(l1::grad(&[2.0, 3.0], &[2.0, 1.0]), vec![0.0, 0.5]);
}
