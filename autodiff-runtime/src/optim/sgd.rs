//! Stochastic gradient descent.

use super::{States, decay, not_negative};
use crate::Parameters;
use alloc::vec;
use alloc::vec::Vec;

/// Stochastic gradient descent, with momentum, Nesterov's momentum and weight decay.
///
/// For every scalar `p` with gradient `g`, learning rate `lr`, weight decay `λ` and momentum
/// `μ`, one step is
///
/// ```text
/// g ← g + λ p
/// b ← g at the parameter's first step, else μ b + g        (with momentum)
/// g ← b                    (momentum)     or   g + μ b     (Nesterov)
/// p ← p - lr g
/// ```
#[derive(Clone, Debug)]
pub struct Sgd {
    learning_rate: f64,
    momentum: f64,
    nesterov: bool,
    weight_decay: f64,
    states: States<Vec<Velocity>>,
}

/// `b` of the formulas; `None` before the first step.
type Velocity = Option<f64>;

impl Sgd {
    /// Plain gradient descent: `p ← p - lr g`.
    ///
    /// # Panics
    ///
    /// When the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Self {
        Sgd {
            learning_rate: not_negative("the learning rate", learning_rate),
            momentum: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            states: States::new(),
        }
    }

    /// With momentum `μ` (a usual one is 0.9).
    ///
    /// # Panics
    ///
    /// When it is negative or not finite.
    #[track_caller]
    #[must_use]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.momentum = not_negative("the momentum", momentum);
        self.nesterov = false;
        self
    }

    /// With Nesterov's momentum `μ`.
    ///
    /// # Panics
    ///
    /// When it is not above 0 and below 1.
    #[track_caller]
    #[must_use]
    pub fn nesterov(mut self, momentum: f64) -> Self {
        assert!(momentum > 0.0, "Nesterov's momentum must be above 0, not {momentum}");
        self.momentum = decay("Nesterov's momentum", momentum);
        self.nesterov = true;
        self
    }

    /// With weight decay `λ`: adds the gradient of `½ λ p²`.
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

    /// Changes the learning rate, for schedules; the momentum stays.
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
        let &mut Sgd { learning_rate, momentum, nesterov, weight_decay, .. } = self;
        self.states.step(
            params,
            |scalars| vec![None; scalars],
            Vec::len,
            |velocities, leaf| {
                let mut velocities = velocities.iter_mut();
                leaf.update(&mut |p, grad| {
                    let mut g = grad;
                    if weight_decay != 0.0 {
                        g += weight_decay * p;
                    }
                    let velocity = velocities.next().expect("one velocity a scalar");
                    if momentum != 0.0 {
                        let b = velocity.map_or(g, |b| momentum * b + g);
                        *velocity = Some(b);
                        g = if nesterov { g + momentum * b } else { b };
                    }
                    p - learning_rate * g
                });
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Param;

    /// Steps on the gradient of `½ p²`, from `p = 1`.
    fn run(mut sgd: Sgd, steps: usize) -> Vec<f64> {
        let mut p = Param::new(1.0);
        (0..steps)
            .map(|_| {
                p.zero_grad();
                p.accumulate(&p.value().clone());
                sgd.step(&mut p);
                *p.value()
            })
            .collect()
    }

    fn close(a: &[f64], b: &[f64]) {
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() <= 1e-14 * b.abs().max(1.0), "{a} is not {b}");
        }
    }

    #[test]
    fn plain() {
        close(&run(Sgd::new(0.1), 3), &[0.9, 0.81, 0.729]);
    }

    #[test]
    fn momentum() {
        // b: 1, 0.9 + 0.9 = 1.8, 1.62 + 0.72 = 2.34
        close(&run(Sgd::new(0.1).momentum(0.9), 3), &[0.9, 0.72, 0.486]);
    }

    #[test]
    fn nesterov() {
        // p = 1: b = 1, g = 1.9; p = 0.81: b = 1.71, g = 2.349; p = 0.5751: b = 2.1141, …
        close(&run(Sgd::new(0.1).nesterov(0.9), 3), &[0.81, 0.5751, 0.327_321]);
    }

    #[test]
    fn weight_decay() {
        close(&run(Sgd::new(0.1).weight_decay(0.5), 2), &[0.85, 0.7225]);
    }

    #[test]
    fn the_numbers_of_the_losses() {
        // L1 of 2w - 1 against 0 at w = 1: gradient 2, then w = -1.
        let mut w = Param::new(1.0);
        w.accumulate(&2.0);
        Sgd::new(1.0).step(&mut w);
        assert_eq!(*w.value(), -1.0);
    }

    #[test]
    fn without_a_gradient_nothing_moves() {
        let (mut a, mut b) = (Param::new(1.0), Param::new(vec![1.0, 2.0]));
        let mut sgd = Sgd::new(0.5).momentum(0.9).weight_decay(0.1);
        b.accumulate(&vec![1.0, 1.0]);
        sgd.step((&mut a, &mut b));
        assert_eq!(*a.value(), 1.0);
        a.accumulate(&1.0);
        b.zero_grad();
        sgd.step((&mut a, &mut b));
        assert_eq!(b.value(), &vec![1.0 - 0.5 * 1.1, 2.0 - 0.5 * 1.2]);
        assert_eq!(*a.value(), 1.0 - 0.5 * 1.1);
    }

    #[test]
    #[should_panic(expected = "parameter 0 had 2 scalars")]
    fn another_parameter_at_a_position() {
        let mut sgd = Sgd::new(0.5);
        let (mut a, mut b) = (Param::new([1.0, 2.0]), Param::new(1.0));
        a.accumulate(&[1.0, 1.0]);
        b.accumulate(&1.0);
        sgd.step(&mut a);
        sgd.step(&mut b);
    }

    #[test]
    #[should_panic(expected = "learning rate must be finite")]
    fn a_negative_rate() {
        let _ = Sgd::new(-1.0);
    }
}
