//! Kepler's equation by Newton's iteration to a tolerance, inside a sum.

use super::{Kernel, Random};
use differentiable::differentiable;

/// `E` with `E - e sin E = M`.
#[differentiable]
fn eccentric_anomaly(e: f64, mean: f64) -> f64 {
    let mut anomaly = mean;
    loop {
        let step = (anomaly - e * anomaly.sin() - mean) / (1.0 - e * anomaly.cos());
        anomaly -= step;
        if step.abs() < 1e-12 {
            break;
        }
    }
    anomaly
}

#[differentiable]
pub fn anomalies(eccentricities: &[f64], means: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (&e, &mean) in eccentricities.iter().zip(means) {
        sum += eccentric_anomaly(e, mean);
    }
    sum
}

/// The adjoint of the iteration as it stands: sine, cosine, slope and step of each round are kept in
/// a list. (The implicit function theorem would do with the last round alone; a derivative
/// of the program does not know that it converges.)
fn anomalies_by_hand(es: &[f64], means: &[f64], seed: f64, es_bar: &mut [f64], means_bar: &mut [f64]) -> f64 {
    let mut sum = 0.0;
    let mut rounds: Vec<[f64; 4]> = Vec::with_capacity(16);
    for (((&e, &mean), e_bar), mean_bar) in es.iter().zip(means).zip(es_bar).zip(means_bar) {
        rounds.clear();
        let mut anomaly = mean;
        loop {
            let (sin, cos) = (anomaly.sin(), anomaly.cos());
            let slope = 1.0 - e * cos;
            let step = (anomaly - e * sin - mean) / slope;
            rounds.push([sin, cos, slope, step]);
            anomaly -= step;
            if step.abs() < 1e-12 {
                break;
            }
        }
        sum += anomaly;
        // step = f / s: f's cotangent is -a/s, s's is a step / s.
        let (mut bar, mut own_e, mut own_mean) = (seed, 0.0, 0.0);
        for [sin, cos, slope, step] in rounds.iter().rev() {
            let over = bar / slope;
            own_e += over * (sin - step * cos);
            own_mean += over;
            // 1 - (s² - f e sin) / s²
            bar = over * step * e * sin;
        }
        *e_bar += own_e;
        *mean_bar += own_mean + bar;
    }
    sum
}

pub struct Kepler {
    eccentricities: Vec<f64>,
    means: Vec<f64>,
}

impl Kepler {
    pub fn new(n: usize) -> Self {
        let mut random = Random::new(14);
        Kepler { eccentricities: random.vec(n, 0.05, 0.6), means: random.vec(n, 0.0, 6.0) }
    }
}

impl Kernel for Kepler {
    fn primal(&self) -> f64 {
        anomalies(&self.eccentricities, &self.means)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        let (es_bar, means_bar) = gradient.split_at_mut(self.means.len());
        anomalies_by_hand(&self.eccentricities, &self.means, 1.0, es_bar, means_bar)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let places = gradient.split_at_mut(self.means.len());
        anomalies::accumulate(&self.eccentricities, &self.means, 1.0, places)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![&mut self.eccentricities, &mut self.means]
    }
}
