//! A 1-D heat equation, explicit steps in place, gradient with respect to the initial field and
//! the conductivity.

use super::{Kernel, Random, lanes};
use differentiable::differentiable;

#[differentiable]
pub fn heat(initial: &[f64], conductivity: f64, steps: usize) -> f64 {
    let n = initial.len();
    let mut u = initial.to_vec();
    for _ in 0..steps {
        let mut left = u[0];
        for i in 1..n - 1 {
            let here = u[i];
            u[i] = here + conductivity * (left - 2.0 * here + u[i + 1]);
            left = here;
        }
    }
    let mut energy = 0.0;
    for i in 0..n {
        energy += 0.5 * u[i] * u[i];
    }
    energy
}

/// Every eighth field is kept, those between are found again.
const KEPT: usize = 8;

/// One step into another buffer, where lanes can run.
#[inline]
fn step(from: &[f64], to: &mut [f64], conductivity: f64) {
    let inner = from.len() - 2;
    let (left, here, right) = (&from[..inner], &from[1..][..inner], &from[2..][..inner]);
    to[0] = from[0];
    to[inner + 1] = from[inner + 1];
    let to = &mut to[1..][..inner];
    for i in 0..inner {
        to[i] = here[i] + conductivity * (left[i] - 2.0 * here[i] + right[i]);
    }
}

/// The step's adjoint. The ends are kept as they are: what flows into them stays, and nothing
/// flows out of them.
#[inline]
fn step_bar(from: &[f64], to: &mut [f64], conductivity: f64) {
    let n = from.len();
    if n > 3 {
        step(&from[1..n - 1], &mut to[1..n - 1], conductivity);
        to[1] = from[1] + conductivity * (from[2] - 2.0 * from[1]);
        to[n - 2] = from[n - 2] + conductivity * (from[n - 3] - 2.0 * from[n - 2]);
    } else {
        to[1] = from[1] - 2.0 * conductivity * from[1];
    }
    to[0] = from[0] + conductivity * from[1];
    to[n - 1] = from[n - 1] + conductivity * from[n - 2];
}

fn heat_by_hand(initial: &[f64], k: f64, steps: usize, seed: f64, initial_bar: &mut [f64]) -> (f64, f64) {
    let n = initial.len();
    let mut kept = vec![0.0; steps.div_ceil(KEPT) * n];
    let mut fields = vec![0.0; (KEPT + 1) * n];
    fields[..n].copy_from_slice(initial);
    for t in 0..steps {
        let (even, odd) = fields[..2 * n].split_at_mut(n);
        let (from, to) = if t % 2 == 0 { (even, odd) } else { (odd, even) };
        if t % KEPT == 0 {
            kept[t / KEPT * n..][..n].copy_from_slice(from);
        }
        step(from, to, k);
    }
    let last = &fields[steps % 2 * n..][..n];
    let mut energy = 0.0;
    let mut u_bar = vec![0.0; n];
    for i in 0..n {
        energy += 0.5 * last[i] * last[i];
        u_bar[i] = seed * last[i];
    }

    let mut k_bar = 0.0;
    let mut next_bar = vec![0.0; n];
    let mut end = steps;
    while end > 0 {
        let start = (end - 1) / KEPT * KEPT;
        fields[..n].copy_from_slice(&kept[start / KEPT * n..][..n]);
        for t in start..end - 1 {
            let (from, to) = fields[(t - start) * n..(t - start + 2) * n].split_at_mut(n);
            step(from, to, k);
        }
        for t in (start..end).rev() {
            let u = &fields[(t - start) * n..][..n];
            k_bar += laplacian_dot(u, &u_bar);
            step_bar(&u_bar, &mut next_bar, k);
            std::mem::swap(&mut u_bar, &mut next_bar);
        }
        end = start;
    }
    for (bar, u_bar) in initial_bar.iter_mut().zip(&u_bar) {
        *bar += u_bar;
    }
    (energy, k_bar)
}

/// The inner cells' second differences of `u`, times `u_bar`.
#[inline]
fn laplacian_dot(u: &[f64], u_bar: &[f64]) -> f64 {
    let inner = u.len() - 2;
    let (left, here, right, bar) = (&u[..inner], &u[1..][..inner], &u[2..][..inner], &u_bar[1..][..inner]);
    let mut sums = [0.0; 8];
    let mut sum = 0.0;
    let (lefts, _) = left.as_chunks::<8>();
    let (heres, _) = here.as_chunks::<8>();
    let (rights, _) = right.as_chunks::<8>();
    let (bars, _) = bar.as_chunks::<8>();
    for (((left, here), right), bar) in lefts.iter().zip(heres).zip(rights).zip(bars) {
        sums = lanes(|l| sums[l] + (left[l] - 2.0 * here[l] + right[l]) * bar[l]);
    }
    for i in inner / 8 * 8..inner {
        sum += (left[i] - 2.0 * here[i] + right[i]) * bar[i];
    }
    sum + sums.iter().sum::<f64>()
}

pub struct Heat {
    initial: Vec<f64>,
    conductivity: f64,
    steps: usize,
}

impl Heat {
    pub fn new(cells: usize, steps: usize) -> Self {
        Heat { initial: Random::new(10).vec(cells, 0.0, 1.0), conductivity: 0.24, steps }
    }
}

impl Kernel for Heat {
    fn primal(&self) -> f64 {
        heat(&self.initial, self.conductivity, self.steps)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        let (initial_bar, k_bar) = gradient.split_at_mut(self.initial.len());
        let (energy, k) = heat_by_hand(&self.initial, self.conductivity, self.steps, 1.0, initial_bar);
        k_bar[0] += k;
        energy
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let (initial_bar, k_bar) = gradient.split_at_mut(self.initial.len());
        heat::accumulate(&self.initial, self.conductivity, self.steps, 1.0, (initial_bar, &mut k_bar[0]))
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.initial, std::slice::from_mut(&mut self.conductivity)]
    }
}
