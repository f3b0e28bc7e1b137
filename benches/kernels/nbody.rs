//! The potential energy of bodies: every pair once, scatters into both.

use super::{Kernel, Random, lanes};
use differentiable::differentiable;

const SOFTENING: f64 = 1e-4;

#[differentiable]
pub fn energy(positions: &[[f64; 3]], #[no_diff] masses: &[f64]) -> f64 {
    let mut energy = 0.0;
    for i in 0..positions.len() {
        for j in 0..i {
            let dx = positions[i][0] - positions[j][0];
            let dy = positions[i][1] - positions[j][1];
            let dz = positions[i][2] - positions[j][2];
            let distance = (dx * dx + dy * dy + dz * dz + SOFTENING).sqrt();
            energy -= masses[i] * masses[j] / distance;
        }
    }
    energy
}

/// Coordinates apart, eight partners at a time: roots and quotients in lanes, the energy summed
/// in order.
fn energy_by_hand(positions: &[[f64; 3]], masses: &[f64], seed: f64, bar: &mut [[f64; 3]]) -> f64 {
    let n = positions.len();
    let apart: [Vec<f64>; 3] = std::array::from_fn(|k| positions.iter().map(|p| p[k]).collect());
    let mut apart_bar = [vec![0.0; n], vec![0.0; n], vec![0.0; n]];
    let mut energy = 0.0;
    for i in 0..n {
        let ([x, y, z], mass) = (positions[i], masses[i]);
        let mut own = [[0.0; 8]; 3];
        let [xs, ys, zs] = apart.each_ref().map(|c| c[..i].as_chunks::<8>());
        let (mass_blocks, mass_rest) = masses[..i].as_chunks::<8>();
        let [x_bars, y_bars, z_bars] = apart_bar.each_mut().map(|c| c[..i].as_chunks_mut::<8>());
        let others = xs.0.iter().zip(ys.0).zip(zs.0).zip(mass_blocks);
        let bars = x_bars.0.iter_mut().zip(y_bars.0).zip(z_bars.0);
        for ((((xs, ys), zs), masses), ((x_bar, y_bar), z_bar)) in others.zip(bars) {
            let dx: [f64; 8] = lanes(|l| x - xs[l]);
            let dy: [f64; 8] = lanes(|l| y - ys[l]);
            let dz: [f64; 8] = lanes(|l| z - zs[l]);
            let square: [f64; 8] = lanes(|l| dx[l] * dx[l] + dy[l] * dy[l] + dz[l] * dz[l] + SOFTENING);
            let term: [f64; 8] = lanes(|l| mass * masses[l] / square[l].sqrt());
            let pull: [f64; 8] = lanes(|l| seed * term[l] / square[l]);
            for term in term {
                energy -= term;
            }
            own[0] = lanes(|l| own[0][l] + pull[l] * dx[l]);
            own[1] = lanes(|l| own[1][l] + pull[l] * dy[l]);
            own[2] = lanes(|l| own[2][l] + pull[l] * dz[l]);
            *x_bar = lanes(|l| x_bar[l] - pull[l] * dx[l]);
            *y_bar = lanes(|l| y_bar[l] - pull[l] * dy[l]);
            *z_bar = lanes(|l| z_bar[l] - pull[l] * dz[l]);
        }
        for (l, m) in mass_rest.iter().enumerate() {
            let d = [x - xs.1[l], y - ys.1[l], z - zs.1[l]];
            let square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + SOFTENING;
            let term = mass * m / square.sqrt();
            energy -= term;
            let pull = seed * term / square;
            for k in 0..3 {
                own[k][0] += pull * d[k];
            }
            x_bars.1[l] -= pull * d[0];
            y_bars.1[l] -= pull * d[1];
            z_bars.1[l] -= pull * d[2];
        }
        for k in 0..3 {
            apart_bar[k][i] += own[k].iter().sum::<f64>();
        }
    }
    for (i, bar) in bar.iter_mut().enumerate() {
        for k in 0..3 {
            bar[k] += apart_bar[k][i];
        }
    }
    energy
}

pub struct Bodies {
    positions: Vec<[f64; 3]>,
    masses: Vec<f64>,
}

impl Bodies {
    pub fn new(n: usize) -> Self {
        let mut random = Random::new(12);
        Bodies {
            positions: (0..n).map(|_| lanes(|_| random.uniform(-1.0, 1.0))).collect(),
            masses: random.vec(n, 0.5, 2.0),
        }
    }
}

impl Kernel for Bodies {
    fn primal(&self) -> f64 {
        energy(&self.positions, &self.masses)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        energy_by_hand(&self.positions, &self.masses, 1.0, gradient.as_chunks_mut::<3>().0)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        energy::accumulate(&self.positions, &self.masses, 1.0, gradient.as_chunks_mut::<3>().0)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![self.positions.as_flattened_mut()]
    }
}
