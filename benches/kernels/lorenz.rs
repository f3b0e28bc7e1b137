//! The Lorenz system by Runge and Kutta's method: a long recurrence with a small state.

use super::Kernel;
use differentiable::differentiable;

#[differentiable]
fn lorenz(u: &[f64; 3], p: &[f64; 3]) -> [f64; 3] {
    [p[0] * (u[1] - u[0]), u[0] * (p[1] - u[2]) - u[1], u[0] * u[1] - p[2] * u[2]]
}

#[differentiable]
fn along(u: &[f64; 3], k: &[f64; 3], h: f64) -> [f64; 3] {
    [u[0] + h * k[0], u[1] + h * k[1], u[2] + h * k[2]]
}

#[differentiable]
pub fn trajectory(start: &[f64; 3], p: &[f64; 3], #[no_diff] dt: f64, steps: usize) -> f64 {
    let mut u = *start;
    for _ in 0..steps {
        let k1 = lorenz(&u, p);
        let k2 = lorenz(&along(&u, &k1, 0.5 * dt), p);
        let k3 = lorenz(&along(&u, &k2, 0.5 * dt), p);
        let k4 = lorenz(&along(&u, &k3, dt), p);
        for i in 0..3 {
            u[i] += dt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    u[0] + 0.5 * u[1] - 0.25 * u[2]
}

/// What `seed` on the right-hand side's value owes to the state; adds what it owes to the
/// parameters.
#[inline]
fn lorenz_bar(u: &[f64; 3], p: &[f64; 3], seed: &[f64; 3], p_bar: &mut [f64; 3]) -> [f64; 3] {
    let [s0, s1, s2] = *seed;
    p_bar[0] += s0 * (u[1] - u[0]);
    p_bar[1] += s1 * u[0];
    p_bar[2] -= s2 * u[2];
    [s1 * (p[1] - u[2]) + (s2 * u[1] - s0 * p[0]), s0 * p[0] + (s2 * u[0] - s1), -s1 * u[0] - s2 * p[2]]
}

/// Keeps the four states at which each step evaluates the right-hand side.
fn trajectory_by_hand(
    start: &[f64; 3],
    p: &[f64; 3],
    dt: f64,
    steps: usize,
    seed: f64,
    start_bar: &mut [f64],
    parameters_bar: &mut [f64],
) -> f64 {
    let mut states = Vec::with_capacity(steps);
    let mut u = *start;
    for _ in 0..steps {
        let k1 = lorenz(&u, p);
        let u2 = along(&u, &k1, 0.5 * dt);
        let k2 = lorenz(&u2, p);
        let u3 = along(&u, &k2, 0.5 * dt);
        let k3 = lorenz(&u3, p);
        let u4 = along(&u, &k3, dt);
        let k4 = lorenz(&u4, p);
        states.push([u, u2, u3, u4]);
        for i in 0..3 {
            u[i] += dt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    let mut u_bar = [seed, 0.5 * seed, -0.25 * seed];
    let mut p_bar = [0.0; 3];
    for [u, u2, u3, u4] in states.iter().rev() {
        let k4_bar = u_bar.map(|b| dt / 6.0 * b);
        let u4_bar = lorenz_bar(u4, p, &k4_bar, &mut p_bar);
        let k3_bar = std::array::from_fn(|i| 2.0 * k4_bar[i] + dt * u4_bar[i]);
        let u3_bar = lorenz_bar(u3, p, &k3_bar, &mut p_bar);
        let k2_bar = std::array::from_fn(|i| 2.0 * k4_bar[i] + 0.5 * dt * u3_bar[i]);
        let u2_bar = lorenz_bar(u2, p, &k2_bar, &mut p_bar);
        let k1_bar = std::array::from_fn(|i| k4_bar[i] + 0.5 * dt * u2_bar[i]);
        let u1_bar = lorenz_bar(u, p, &k1_bar, &mut p_bar);
        for i in 0..3 {
            u_bar[i] = (u_bar[i] + u4_bar[i] + u3_bar[i] + u2_bar[i]) + u1_bar[i];
        }
    }
    for i in 0..3 {
        start_bar[i] += u_bar[i];
        parameters_bar[i] += p_bar[i];
    }
    u[0] + 0.5 * u[1] - 0.25 * u[2]
}

pub struct Lorenz {
    start: [f64; 3],
    parameters: [f64; 3],
    steps: usize,
}

impl Lorenz {
    pub const DT: f64 = 0.002;

    pub fn new(steps: usize) -> Self {
        Lorenz { start: [1.0, 1.5, 20.0], parameters: [10.0, 28.0, 8.0 / 3.0], steps }
    }
}

impl Kernel for Lorenz {
    fn primal(&self) -> f64 {
        trajectory(&self.start, &self.parameters, Self::DT, self.steps)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        let (start_bar, p_bar) = gradient.split_at_mut(3);
        trajectory_by_hand(&self.start, &self.parameters, Self::DT, self.steps, 1.0, start_bar, p_bar)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let (triples, _) = gradient.as_chunks_mut::<3>();
        let [start_bar, p_bar] = triples else { unreachable!("six places") };
        trajectory::accumulate(&self.start, &self.parameters, Self::DT, self.steps, 1.0, (start_bar, p_bar))
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.start, &mut self.parameters]
    }
}
