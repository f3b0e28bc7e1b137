//! Adam.

use super::{States, decay, not_negative};
use crate::Parameters;
use alloc::vec;
use alloc::vec::Vec;

/// Adam: steps scaled by running means of the gradient and of its square.
///
/// For every scalar `p` with gradient `g`, at the parameter's `t`-th step (from 1), with
/// learning rate `lr`, decays `β₁` and `β₂`, weight decay `λ`:
///
/// ```text
/// g ← g + λ p
/// m ← β₁ m + (1 - β₁) g
/// v ← β₂ v + (1 - β₂) g²
/// p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
/// ```
///
/// Defaults: `β₁ = 0.9`, `β₂ = 0.999`, `ε = 1e-8`, no weight decay.
#[derive(Clone, Debug)]
pub struct Adam {
    learning_rate: f64,
    betas: (f64, f64),
    epsilon: f64,
    weight_decay: f64,
    states: States<Moments>,
}

/// What Adam knows of one parameter.
#[derive(Clone, Debug)]
struct Moments {
    /// `β₁ᵗ` and `β₂ᵗ`.
    powers: (f64, f64),
    /// `m` and `v` of each scalar.
    means: Vec<(f64, f64)>,
}

impl Adam {
    /// With the usual decays.
    ///
    /// # Panics
    ///
    /// When the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Self {
        Adam {
            learning_rate: not_negative("the learning rate", learning_rate),
            betas: (0.9, 0.999),
            epsilon: 1e-8,
            weight_decay: 0.0,
            states: States::new(),
        }
    }

    /// With the decays `β₁` of the mean gradient and `β₂` of the mean square.
    ///
    /// # Panics
    ///
    /// When one of them is not at least 0 and below 1.
    #[track_caller]
    #[must_use]
    pub fn betas(mut self, beta1: f64, beta2: f64) -> Self {
        self.betas = (decay("β₁", beta1), decay("β₂", beta2));
        self
    }

    /// With `ε`, which bounds the step where gradients vanish.
    ///
    /// # Panics
    ///
    /// When it is negative or not finite.
    #[track_caller]
    #[must_use]
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = not_negative("ε", epsilon);
        self
    }

    /// With weight decay `λ`: adds the gradient of `½ λ p²`, before the means are taken.
    ///
    /// # Panics
    ///
    /// When it is negative or not finite.
    #[track_caller]
    #[must_use]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = not_negative("the weight decay", weight_decay);
        self
    }

    /// The learning rate.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// Changes the learning rate, for schedules; the means stay.
    ///
    /// # Panics
    ///
    /// When it is negative or not finite.
    #[track_caller]
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = not_negative("the learning rate", learning_rate);
    }

    /// One step of every parameter that has a gradient.
    ///
    /// # Panics
    ///
    /// When the parameter at some position has another number of scalars than at an earlier
    /// step.
    pub fn step(&mut self, params: impl Parameters) {
        let &mut Adam { learning_rate, betas: (beta1, beta2), epsilon, weight_decay, .. } = self;
        self.states.step(
            params,
            |scalars| Moments { powers: (1.0, 1.0), means: vec![(0.0, 0.0); scalars] },
            |state| state.means.len(),
            |state, leaf| {
                let (power1, power2) = &mut state.powers;
                *power1 *= beta1;
                *power2 *= beta2;
                let step = learning_rate / (1.0 - *power1);
                let root = sqrt(1.0 - *power2);
                let mut means = state.means.iter_mut();
                leaf.update(&mut |p, grad| {
                    let mut g = grad;
                    if weight_decay != 0.0 {
                        g += weight_decay * p;
                    }
                    let (m, v) = means.next().expect("two means a scalar");
                    *m += (1.0 - beta1) * (g - *m);
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    p - step * *m / (sqrt(*v) / root + epsilon)
                });
            },
        );
    }
}

/// `f64::sqrt` is not in `core`.
fn sqrt(x: f64) -> f64 {
    num_traits::Float::sqrt(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Param;

    fn step(adam: &mut Adam, p: &mut Param<f64>, gradient: f64) -> f64 {
        p.zero_grad();
        p.accumulate(&gradient);
        adam.step(&mut *p);
        *p.value()
    }

    #[test]
    fn the_first_step_is_the_learning_rate() {
        for gradient in [1e-3, 1.0, -250.0] {
            let mut p = Param::new(1.0);
            let new = step(&mut Adam::new(0.01), &mut p, gradient);
            let expected = 1.0 - 0.01 * gradient / (f64::abs(gradient) + 1e-8);
            assert!((new - expected).abs() < 1e-14, "{new} is not {expected}");
        }
    }

    #[test]
    fn as_the_formulas_say() {
        let (lr, b1, b2, eps, decay) = (0.1, 0.8, 0.95, 1e-4, 0.01);
        let mut adam = Adam::new(lr).betas(b1, b2).epsilon(eps).weight_decay(decay);
        let mut p = Param::new(2.0);
        let (mut x, mut m, mut v) = (2.0f64, 0.0f64, 0.0f64);
        for t in 1..=20 {
            let gradient = 3.0 * x * x - 1.0;
            let g = gradient + decay * x;
            m = b1 * m + (1.0 - b1) * g;
            v = b2 * v + (1.0 - b2) * g * g;
            let m_hat = m / (1.0 - b1.powi(t));
            let v_hat = v / (1.0 - b2.powi(t));
            x -= lr * m_hat / (v_hat.sqrt() + eps);
            let new = step(&mut adam, &mut p, gradient);
            assert!((new - x).abs() < 1e-12, "step {t}: {new} is not {x}");
        }
    }

    #[test]
    fn a_step_without_gradient_does_not_count() {
        let mut adam = Adam::new(0.1);
        let (mut a, mut b) = (Param::new(1.0f64), Param::new(1.0f32));
        b.accumulate(&1.0);
        adam.step((&mut a, &mut b));
        adam.step((&mut a, &mut b));
        assert_eq!(*a.value(), 1.0);
        a.accumulate(&1.0);
        adam.step((&mut a, &mut b));
        assert!((a.value() - 0.9).abs() < 1e-7, "the first step of `a`");
    }
}
