//! Indicators over a stream of prices: state machines behind a trait with an associated output, windows in
//! boxed slices, machines that feed one another.

use differentiable::{Differentiable, differentiable};

#[differentiable]
trait Step<T> {
    type Output;

    fn step(&mut self, input: T) -> Self::Output;
}

/// The mean of a window that goes round.
#[derive(Differentiable, Clone, Debug)]
struct WindowMean {
    at: usize,
    filled: usize,
    sum: f64,
    window: Box<[f64]>,
}

impl WindowMean {
    fn new(period: usize) -> WindowMean {
        WindowMean { at: 0, filled: 0, sum: 0.0, window: vec![0.0; period].into_boxed_slice() }
    }
}

#[differentiable]
impl Step<f64> for WindowMean {
    type Output = f64;

    fn step(&mut self, input: f64) -> Self::Output {
        let gone = self.window[self.at];
        self.window[self.at] = input;
        self.at = if self.at + 1 < self.window.len() { self.at + 1 } else { 0 };
        if self.filled < self.window.len() {
            self.filled += 1;
        }
        self.sum = self.sum - gone + input;
        self.sum / self.filled as f64
    }
}

#[differentiable]
fn mean_of_means(prices: &[f64]) -> f64 {
    let mut mean = WindowMean::new(3);
    let mut total = 0.0;
    for price in prices {
        let m = mean.step(*price);
        total += m * m;
    }
    total
}
row!(window_in_a_boxed_slice: mean_of_means(ref prices) at (vec![1.0, 3.0, 2.5, 4.0, 3.7]));

/// The greatest of a window; where it stands is searched only when it leaves.
#[derive(Differentiable, Clone, Debug)]
struct Greatest {
    at: usize,
    best: usize,
    window: Box<[f64]>,
}

impl Greatest {
    fn new(period: usize) -> Greatest {
        Greatest { at: 0, best: 0, window: vec![f64::MIN; period].into_boxed_slice() }
    }

    fn search(&self) -> usize {
        let mut best = 0;
        for (i, &value) in self.window.iter().enumerate() {
            if value > self.window[best] {
                best = i;
            }
        }
        best
    }
}

#[differentiable]
impl Step<f64> for Greatest {
    type Output = f64;

    fn step(&mut self, input: f64) -> Self::Output {
        self.window[self.at] = input;
        if input > self.window[self.best] {
            self.best = self.at;
        } else if self.best == self.at {
            self.best = self.search();
        }
        self.at = (self.at + 1) % self.window.len();
        self.window[self.best]
    }
}

#[differentiable]
fn greatest_of_each(prices: &[f64]) -> f64 {
    let mut greatest = Greatest::new(2);
    let mut product = 1.0;
    for &price in prices {
        product *= greatest.step(price);
    }
    product
}
row!(position_by_a_plain_method: greatest_of_each(ref prices) at (vec![1.0, 3.0, 2.5, 0.4, 3.7, 1.1]));

/// How far a price moved.
#[derive(Differentiable, Clone, Copy, Debug)]
struct Move {
    last: Option<f64>,
}

#[differentiable]
impl Step<f64> for Move {
    type Output = f64;

    fn step(&mut self, input: f64) -> Self::Output {
        let distance = match self.last {
            Some(last) => (input - last).abs(),
            None => 0.5 * input,
        };
        self.last = Some(input);
        distance
    }
}

/// Exponential smoothing.
#[derive(Differentiable, Clone, Copy, Debug)]
struct Smooth {
    weight: f64,
    value: f64,
    fresh: bool,
}

#[differentiable]
impl Step<f64> for Smooth {
    type Output = f64;

    fn step(&mut self, input: f64) -> Self::Output {
        if self.fresh {
            self.fresh = false;
            self.value = input;
        } else {
            self.value = self.weight * input + (1.0 - self.weight) * self.value;
        }
        self.value
    }
}

#[derive(Differentiable, Clone, Copy, Debug)]
struct SmoothMove {
    moved: Move,
    smooth: Smooth,
}

#[differentiable]
impl Step<f64> for SmoothMove {
    type Output = f64;

    // One field's method gets what another field's method gave.
    fn step(&mut self, input: f64) -> f64 {
        self.smooth.step(self.moved.step(input))
    }
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Band {
    middle: f64,
    width: f64,
}

#[derive(Differentiable, Clone, Debug)]
struct Channel {
    mean: WindowMean,
    moved: SmoothMove,
    factor: f64,
}

#[differentiable]
impl Step<f64> for Channel {
    type Output = Band;

    fn step(&mut self, input: f64) -> Self::Output {
        Self::Output { middle: self.mean.step(input), width: self.factor * self.moved.step(input) }
    }
}

#[differentiable]
fn channel(prices: &[f64], weight: f64, factor: f64) -> f64 {
    let moved = SmoothMove { moved: Move { last: None }, smooth: Smooth { weight, value: 0.0, fresh: true } };
    let mut channel = Channel { mean: WindowMean::new(2), moved, factor };
    let mut total = 0.0;
    for &price in prices {
        let band = channel.step(price);
        total += band.middle * band.width;
    }
    total
}
row!(machines_that_feed_one_another: channel(ref prices, val weight, val factor) at
    (vec![1.0, 3.0, 2.5, 4.0], 0.3, 1.5));

#[differentiable]
fn last_of<S: Step<f64, Output = f64> + Clone>(machine: &mut S, prices: &[f64]) -> f64 {
    let mut last = 0.0;
    for &price in prices {
        last = machine.step(price);
    }
    last
}

#[differentiable]
fn smoothed(prices: &[f64], weight: f64) -> f64 {
    let mut smooth = Smooth { weight, value: 0.0, fresh: true };
    last_of(&mut smooth, prices)
}
row!(associated_output_through_a_bound: smoothed(ref prices, val weight) at (vec![1.0, 3.0, 2.5, 4.0], 0.3));

// A `bool` is a float by `From` alone.

#[derive(Differentiable, Clone)]
struct Switched {
    on: bool,
    gain: f64,
}

#[differentiable]
impl Switched {
    fn applied(&self, x: f64) -> f64 {
        self.gain * x * f64::from(self.on) + x * f64::from(!self.on)
    }
}

#[differentiable]
fn by_switches(x: f64, k: u32) -> f64 {
    let many = f64::from(k > 1);
    let large: f64 = (x > 0.5).into();
    let single: f32 = f32::from(many > 0.5);
    let switched = Switched { on: k > 2, gain: x };
    x * x * (many + large) + f64::from(single) * x + switched.applied(x)
}
row!(a_bool_as_a_float: by_switches(val x, no k) at (0.7, 1), (0.3, 2), (0.7, 3));

#[differentiable]
fn switched_generic<T: num_traits::Float + From<bool>>(x: T, k: i32) -> T {
    x * x * <T as From<bool>>::from(k > 1) + x
}

#[differentiable]
fn switched_by_a_generic(x: f64) -> f64 {
    switched_generic(x, 2) * switched_generic(x, 0)
}
row!(a_bool_as_a_generic_float: switched_by_a_generic(val x) at (0.7));

#[differentiable]
pub trait Method {
    type Input;
    type Output;
    fn next(&mut self, value: &Self::Input) -> Self::Output;
    fn over(&mut self, sequence: &[Self::Input]) -> Vec<Self::Output>;
}

#[derive(Clone, Debug, Differentiable)]
pub struct Smoothed {
    alpha: f64,
    value: f64,
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Extremes {
    high: f64,
    low: f64,
}

#[derive(Clone, Debug, Differentiable)]
pub struct TrueRange {
    before: f64,
}

#[differentiable]
impl Method for Smoothed {
    type Input = f64;
    type Output = Self::Input;

    fn next(&mut self, value: &Self::Input) -> Self::Output {
        self.value = (value - self.value).mul_add(self.alpha, self.value);
        self.value
    }

    fn over(&mut self, sequence: &[Self::Input]) -> Vec<Self::Output> {
        let mut out = Vec::with_capacity(sequence.len());
        for value in sequence {
            out.push(self.next(value));
        }
        out
    }
}

#[differentiable]
impl Method for TrueRange {
    type Input = Extremes;
    type Output = (f64, f64);

    fn next(&mut self, of: &Self::Input) -> Self::Output {
        let range = (of.high - of.low).max((of.high - self.before).abs());
        self.before = of.low.mul_add(0.5, of.high);
        (range, self.before)
    }

    fn over(&mut self, sequence: &[Self::Input]) -> Vec<Self::Output> {
        sequence.iter().map(|of| self.next(of)).collect()
    }
}

#[differentiable]
fn by_associated_types(alpha: f64, x: f64) -> f64 {
    let mut smoothed = Smoothed { alpha, value: 0.5 };
    let mut ranges = TrueRange { before: x };
    let first =
        smoothed.next(&x) * smoothed.next(&alpha) + smoothed.over(&[x, alpha, 0.3]).iter().sum::<f64>();
    let second = ranges.next(&Extremes { high: x * 2.0, low: alpha });
    let rest = ranges.over(&[Extremes { high: x, low: alpha * x }, Extremes { high: alpha, low: 0.1 }]);
    first + second.0 * second.1 + rest.iter().map(|(range, at)| range * at).sum::<f64>()
}
row!(values_of_associated_types: by_associated_types(val alpha, val x) at (0.7, 1.3), (0.2, -0.4));
