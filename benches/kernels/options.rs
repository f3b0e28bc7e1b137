//! Black and Scholes' prices of calls: element-wise work with library calls, a strict sum.

use super::{Kernel, Random, lanes};
use differentiable::differentiable;

const A: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
const INV_SQRT_TAU: f64 = 0.398_942_280_401_432_7;

/// The normal distribution function, by formula 26.2.17 of Abramowitz and Stegun.
#[differentiable]
fn normal_cdf(x: f64) -> f64 {
    let k = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let poly = k * (A[0] + k * (A[1] + k * (A[2] + k * (A[3] + k * A[4]))));
    let tail = INV_SQRT_TAU * (-0.5 * x * x).exp() * poly;
    if x >= 0.0 { 1.0 - tail } else { tail }
}

#[differentiable]
fn call_price(spot: f64, strike: f64, rate: f64, volatility: f64, years: f64) -> f64 {
    let spread = volatility * years.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * years) / spread;
    let d2 = d1 - spread;
    spot * normal_cdf(d1) - strike * (-rate * years).exp() * normal_cdf(d2)
}

/// The value of one call of each kind.
#[differentiable]
pub fn book(spots: &[f64], strikes: &[f64], rate: f64, volatilities: &[f64], years: &[f64]) -> f64 {
    let mut value = 0.0;
    for i in 0..spots.len() {
        value += call_price(spots[i], strikes[i], rate, volatilities[i], years[i]);
    }
    value
}

/// The distribution function and its slope.
#[inline]
fn normal_cdf_and_slope<const B: usize>(x: &[f64; B]) -> ([f64; B], [f64; B]) {
    let gauss = x.map(|x| INV_SQRT_TAU * (-0.5 * x * x).exp());
    let (mut value, mut slope) = ([0.0; B], [0.0; B]);
    for l in 0..B {
        let distance = x[l].abs();
        let k = 1.0 / (1.0 + 0.231_641_9 * distance);
        let poly = k * (A[0] + k * (A[1] + k * (A[2] + k * (A[3] + k * A[4]))));
        let poly_slope = A[0] + k * (2.0 * A[1] + k * (3.0 * A[2] + k * (4.0 * A[3] + k * 5.0 * A[4])));
        let tail = gauss[l] * poly;
        value[l] = if x[l] >= 0.0 { 1.0 - tail } else { tail };
        slope[l] = distance * tail + gauss[l] * poly_slope * 0.231_641_9 * k * k;
    }
    (value, slope)
}

/// Prices and sensitivities of `B` options: spot, strike, rate, volatility, years.
#[inline]
fn block<const B: usize>(
    spot: &[f64; B],
    strike: &[f64; B],
    rate: f64,
    volatility: &[f64; B],
    years: &[f64; B],
) -> ([f64; B], [[f64; B]; 5]) {
    let root: [f64; B] = lanes(|l| years[l].sqrt());
    let spread: [f64; B] = lanes(|l| volatility[l] * root[l]);
    let log: [f64; B] = lanes(|l| (spot[l] / strike[l]).ln());
    let drift: [f64; B] = lanes(|l| rate + 0.5 * volatility[l] * volatility[l]);
    let d1: [f64; B] = lanes(|l| (log[l] + drift[l] * years[l]) / spread[l]);
    let d2: [f64; B] = lanes(|l| d1[l] - spread[l]);
    let discount: [f64; B] = lanes(|l| (-rate * years[l]).exp());
    let (n1, slope1) = normal_cdf_and_slope(&d1);
    let (n2, slope2) = normal_cdf_and_slope(&d2);
    let (mut price, mut bars) = ([0.0; B], [[0.0; B]; 5]);
    for l in 0..B {
        let debt = strike[l] * discount[l];
        price[l] = spot[l] * n1[l] - debt * n2[l];
        let d2_bar = -debt * slope2[l];
        let d1_bar = spot[l] * slope1[l] + d2_bar;
        let u_bar = d1_bar / spread[l];
        let spread_bar = -u_bar * d1[l] - d2_bar;
        let owed = debt * n2[l];
        bars[0][l] = n1[l] + u_bar / spot[l];
        bars[1][l] = -discount[l] * n2[l] - u_bar / strike[l];
        bars[2][l] = u_bar * years[l] + owed * years[l];
        bars[3][l] = spread_bar * root[l] + u_bar * volatility[l] * years[l];
        bars[4][l] = u_bar * drift[l] + spread_bar * volatility[l] / (2.0 * root[l]) + owed * rate;
    }
    (price, bars)
}

pub struct Book {
    spots: Vec<f64>,
    strikes: Vec<f64>,
    rate: f64,
    volatilities: Vec<f64>,
    years: Vec<f64>,
}

impl Book {
    pub fn new(options: usize) -> Self {
        let mut random = Random::new(11);
        Book {
            spots: random.vec(options, 50.0, 150.0),
            strikes: random.vec(options, 50.0, 150.0),
            rate: 0.03,
            volatilities: random.vec(options, 0.1, 0.6),
            years: random.vec(options, 0.1, 3.0),
        }
    }

    /// In blocks of eight: library calls one by one, everything else in lanes.
    fn by_hand(&self, seed: f64, gradient: &mut [f64]) -> f64 {
        let n = self.spots.len();
        let (spot_bar, rest) = gradient.split_at_mut(n);
        let (strike_bar, rest) = rest.split_at_mut(n);
        let (rate_bar, rest) = rest.split_at_mut(1);
        let (volatility_bar, years_bar) = rest.split_at_mut(n);
        let mut value = 0.0;
        let mut rate_sums = [0.0; 8];
        let whole = n / 8 * 8;
        for i in (0..whole).step_by(8) {
            let at = |x: &[f64]| -> [f64; 8] { x[i..i + 8].try_into().expect("eight") };
            let (price, bars) = block::<8>(
                &at(&self.spots),
                &at(&self.strikes),
                self.rate,
                &at(&self.volatilities),
                &at(&self.years),
            );
            for price in price {
                value += price;
            }
            let [spot, strike, rate, volatility, years] = &bars;
            for l in 0..8 {
                spot_bar[i..i + 8][l] += seed * spot[l];
                strike_bar[i..i + 8][l] += seed * strike[l];
                rate_sums[l] += seed * rate[l];
                volatility_bar[i..i + 8][l] += seed * volatility[l];
                years_bar[i..i + 8][l] += seed * years[l];
            }
        }
        for i in whole..n {
            let at = |x: &[f64]| [x[i]];
            let (price, bars) = block::<1>(
                &at(&self.spots),
                &at(&self.strikes),
                self.rate,
                &at(&self.volatilities),
                &at(&self.years),
            );
            value += price[0];
            spot_bar[i] += seed * bars[0][0];
            strike_bar[i] += seed * bars[1][0];
            rate_sums[0] += seed * bars[2][0];
            volatility_bar[i] += seed * bars[3][0];
            years_bar[i] += seed * bars[4][0];
        }
        rate_bar[0] += rate_sums.iter().sum::<f64>();
        value
    }
}

impl Kernel for Book {
    fn primal(&self) -> f64 {
        book(&self.spots, &self.strikes, self.rate, &self.volatilities, &self.years)
    }

    fn hand(&self, gradient: &mut [f64]) -> f64 {
        self.by_hand(1.0, gradient)
    }

    fn ours(&self, gradient: &mut [f64]) -> f64 {
        let n = self.spots.len();
        let (spots, rest) = gradient.split_at_mut(n);
        let (strikes, rest) = rest.split_at_mut(n);
        let (rate, rest) = rest.split_at_mut(1);
        let (volatilities, years) = rest.split_at_mut(n);
        let places = (spots, strikes, &mut rate[0], volatilities, years);
        book::accumulate(&self.spots, &self.strikes, self.rate, &self.volatilities, &self.years, 1.0, places)
    }

    fn variables(&mut self) -> Vec<&mut [f64]> {
        vec![
            &mut self.spots,
            &mut self.strikes,
            std::slice::from_mut(&mut self.rate),
            &mut self.volatilities,
            &mut self.years,
        ]
    }
}
