//! Types without `Clone` that methods change: filters, controllers, generators, integrators.

use differentiable::{Differentiable, differentiable};

#[derive(Differentiable)]
struct Controller {
    gain: f64,
    reset: f64,
    sum: f64,
    last: f64,
}
#[differentiable(order = 2)]
impl Controller {
    fn update(&mut self, error: f64, dt: f64) -> f64 {
        self.sum += error * dt;
        let out = self.gain * error + self.reset * self.sum * self.last;
        self.last = error * error;
        out
    }
}
#[differentiable(order = 2)]
fn controlled(errors: &[f64], gain: f64) -> f64 {
    let mut controller = Controller { gain, reset: 0.3, sum: 0.0, last: 1.0 };
    let mut sum = 0.0;
    for &error in errors {
        sum += controller.update(error, 0.1);
    }
    sum * controller.last
}
row!(controllers_that_are_not_clone: controlled(ref errors, val gain)
    at (vec![1.0, 2.0, 0.5], 0.7), (vec![], 0.7));
curved!(controllers_that_are_not_clone_at_order_two: controlled(ref errors, val gain)
    at (vec![1.0, 2.0, 0.5], 0.7));

/// A place that is found, after the controller changed, in what the caller passed.
#[differentiable(order = 2)]
fn lent(controller: &mut Controller, error: f64) -> f64 {
    controller.sum *= error;
    controller.update(error, 0.1) * controller.last
}
#[differentiable(order = 2)]
fn lends(x: f64) -> f64 {
    let mut controller = Controller { gain: x, reset: 0.3 * x, sum: 0.5, last: 1.0 };
    let first = lent(&mut controller, x * x);
    first * lent(&mut controller, first) + controller.sum
}
row!(a_controller_that_is_lent: lends(val x) at (0.7), (-1.1));
curved!(a_controller_that_is_lent_at_order_two: lends(val x) at (0.7), (-1.1));

#[derive(Debug, Differentiable)]
struct Comb {
    buffer: Vec<f64>,
    feedback: f64,
    index: usize,
    #[no_diff]
    label: String,
}
#[differentiable(order = 2)]
impl Comb {
    fn new(length: usize, feedback: f64) -> Self {
        Comb { buffer: vec![0.0; length], feedback, index: 0, label: "comb".to_string() }
    }

    fn tick(&mut self, x: f64) -> f64 {
        let out = self.buffer[self.index];
        self.buffer[self.index] = x + out * self.feedback;
        self.index = (self.index + 1) % self.buffer.len();
        out
    }
}
#[derive(Differentiable)]
struct Reverb {
    combs: Vec<Comb>,
    front: [Comb; 2],
    pair: (Comb, f64),
    spare: Option<Comb>,
}
#[differentiable(order = 2)]
impl Reverb {
    fn tick(&mut self, x: f64) -> f64 {
        let mut sum = 0.0;
        for comb in self.combs.iter_mut() {
            sum += comb.tick(x);
        }
        for comb in &mut self.front {
            sum = comb.tick(sum);
        }
        if let Some(spare) = &mut self.spare {
            sum += spare.tick(sum * sum);
        }
        self.pair.0.tick(sum) * self.pair.1
    }
}
#[differentiable(order = 2)]
fn reverberated(signal: &[f64], feedback: f64) -> f64 {
    let mut reverb = Reverb {
        combs: vec![Comb::new(2, feedback), Comb::new(3, feedback * feedback)],
        front: [Comb::new(1, 0.5), Comb::new(2, feedback)],
        pair: (Comb::new(1, feedback), feedback + 1.0),
        spare: if signal.len() > 3 { Some(Comb::new(1, 0.2)) } else { None },
    };
    let mut energy = 0.0;
    for &x in signal {
        let y = reverb.tick(x);
        energy += y * y;
    }
    energy
}
row!(filters_in_filters: reverberated(ref signal, val feedback)
    at (vec![1.0, 0.5, -0.3, 0.8, 0.9, 0.1, 0.4, -0.7, 0.2, 0.3], 0.7));
curved!(filters_in_filters_at_order_two: reverberated(ref signal, val feedback)
    at (vec![1.0, 0.5, -0.3, 0.8, 0.9, 0.1, 0.4, -0.7, 0.2, 0.3], 0.7));

#[derive(Differentiable)]
struct Smoother<T> {
    alpha: T,
    level: T,
    history: Vec<T>,
}
#[differentiable]
impl<T: num_traits::Float> Smoother<T> {
    fn push(&mut self, x: T) -> T {
        self.history.push(self.level);
        self.level = self.level + self.alpha * (x - self.level) * self.level;
        self.level
    }
}
#[differentiable]
fn smoothed<T: num_traits::Float>(xs: &[T], alpha: T) -> T {
    let mut smoother = Smoother { alpha, level: T::one(), history: Vec::new() };
    let mut sum = T::zero();
    for &x in xs {
        sum = sum + smoother.push(x) * x;
    }
    sum + smoother.history[0] * smoother.history[smoother.history.len() - 1]
}
row!(generic_smoothers_that_are_not_clone: smoothed(ref xs, val alpha)
    at (vec![1.0, 0.5, -0.3, 0.8], 0.7));

#[derive(Differentiable)]
enum Stage {
    Attack { level: f64, rate: f64 },
    Decay(f64),
    Off,
}
#[differentiable]
impl Stage {
    fn advance(&mut self, dt: f64) -> f64 {
        match self {
            Stage::Attack { level, rate } => {
                *level += *rate * dt;
                *level * *level
            }
            Stage::Decay(level) => {
                *level *= 1.0 - dt;
                *level
            }
            Stage::Off => 0.0,
        }
    }
}
#[differentiable]
fn staged(rate: f64, dt: f64) -> f64 {
    let mut stages = [Stage::Attack { level: 0.1, rate }, Stage::Decay(rate * rate), Stage::Off];
    let mut sum = 0.0;
    for step in 0..6 {
        sum += stages[step % 3].advance(dt) * (step as f64 + dt);
    }
    sum
}
row!(stages_that_are_not_clone: staged(val rate, val dt) at (0.7, 0.2));

/// What a method gives back whole, and one that is replaced.
#[derive(Differentiable)]
struct Orbit {
    at: [f64; 2],
    speed: [f64; 2],
}
#[differentiable(order = 2)]
impl Orbit {
    fn step(self, dt: f64) -> Orbit {
        let r2 = self.at[0] * self.at[0] + self.at[1] * self.at[1];
        let pull = 1.0 / (r2 * r2.sqrt());
        let speed = [self.speed[0] - dt * pull * self.at[0], self.speed[1] - dt * pull * self.at[1]];
        Orbit { at: [self.at[0] + dt * speed[0], self.at[1] + dt * speed[1]], speed }
    }

    fn kick(&mut self, by: f64) {
        self.speed[0] += by * self.at[1];
        self.speed[1] -= by * self.at[0];
    }
}
#[differentiable(order = 2)]
fn orbited(speed: f64, dt: f64, steps: usize) -> f64 {
    let mut orbit = Orbit { at: [1.0, 0.0], speed: [0.0, speed] };
    for _ in 0..steps {
        orbit.kick(dt * speed);
    }
    let next = Orbit { at: orbit.speed, speed: orbit.at };
    orbit = next;
    orbit.kick(orbit.speed[0]);
    orbit.at[0] * orbit.speed[1] + orbit.at[1]
}
row!(states_that_are_replaced: orbited(val speed, val dt, no steps) at (1.1, 0.1, 4), (1.1, 0.1, 0));
curved!(states_that_are_replaced_at_order_two: orbited(val speed, val dt, no steps) at (1.1, 0.1, 4));
