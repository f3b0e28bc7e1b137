//! Losses, differentiable like functions of your own: `mse::grad(…)`, `huber::vjp(…)`, or
//! called from a differentiable function.
//!
//! Predictions are active, targets are data. Means are taken over the elements.
//!
//! ```
//! use differentiable::losses::mse;
//!
//! let (loss, gradient) = mse::value_and_grad(&[1.0, 4.0], &[1.0, 2.0]);
//! assert_eq!(loss, 2.0);
//! assert_eq!(gradient, [0.0, 2.0]);
//! ```

use crate::differentiable;
use num_traits::Float;

/// Mean square error: the mean of `(y - t)²`.
///
/// # Panics
///
/// When the lengths differ.
#[differentiable]
pub fn mse<T: Float>(predictions: &[T], #[no_diff] targets: &[T]) -> T {
    assert_eq!(predictions.len(), targets.len(), "as many predictions as targets");
    let mut sum = T::zero();
    for i in 0..predictions.len() {
        let r = predictions[i] - targets[i];
        sum = sum + r * r;
    }
    sum / T::from(predictions.len()).unwrap()
}

/// Mean absolute error: the mean of `|y - t|`. Where both are equal the derivative is 0.
///
/// # Panics
///
/// When the lengths differ.
#[differentiable]
pub fn l1<T: Float>(predictions: &[T], #[no_diff] targets: &[T]) -> T {
    assert_eq!(predictions.len(), targets.len(), "as many predictions as targets");
    let mut sum = T::zero();
    for i in 0..predictions.len() {
        sum = sum + (predictions[i] - targets[i]).abs();
    }
    sum / T::from(predictions.len()).unwrap()
}

/// Huber's loss: with `r = y - t`, the mean of `½ r²` where `|r| ≤ δ` and of `δ (|r| - ½ δ)`
/// elsewhere.
///
/// # Panics
///
/// When the lengths differ.
#[differentiable]
pub fn huber<T: Float>(predictions: &[T], #[no_diff] targets: &[T], #[no_diff] delta: T) -> T {
    assert_eq!(predictions.len(), targets.len(), "as many predictions as targets");
    let half = T::from(0.5).unwrap();
    let mut sum = T::zero();
    for i in 0..predictions.len() {
        let r = predictions[i] - targets[i];
        if r.abs() <= delta {
            sum = sum + half * r * r;
        } else {
            sum = sum + delta * (r.abs() - half * delta);
        }
    }
    sum / T::from(predictions.len()).unwrap()
}

/// Cross-entropy of the softmax of `logits` against a class: `ln Σ exp(zᵢ) - z_class`, without
/// overflow.
///
/// # Panics
///
/// When there is no such class.
#[differentiable]
pub fn cross_entropy<T: Float>(logits: &[T], class: usize) -> T {
    let mut max = logits[0];
    for &z in logits.iter() {
        max = max.max(z);
    }
    let mut sum = T::zero();
    for &z in logits.iter() {
        sum = sum + (z - max).exp();
    }
    sum.ln() + max - logits[class]
}

/// Binary cross-entropy of the logistic function of `logits`: the mean of
/// `ln(1 + exp(z)) - t z`, without overflow. Targets are probabilities.
///
/// # Panics
///
/// When the lengths differ.
#[differentiable]
pub fn binary_cross_entropy<T: Float>(logits: &[T], #[no_diff] targets: &[T]) -> T {
    assert_eq!(logits.len(), targets.len(), "as many logits as targets");
    let mut sum = T::zero();
    for i in 0..logits.len() {
        let z = logits[i];
        sum = sum + z.max(T::zero()) + (-z.abs()).exp().ln_1p() - targets[i] * z;
    }
    sum / T::from(logits.len()).unwrap()
}
