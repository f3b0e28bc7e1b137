//! Functions that change what they are lent and may then give `None` or `Err`: filters while they warm up,
//! factorizations in place that stop.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Average {
    sum: f64,
    #[no_diff]
    count: usize,
}
value_struct!(Average => AverageTangent { sum });

#[differentiable]
impl Average {
    fn push(&mut self, x: f64) -> Option<f64> {
        self.sum += x * x;
        self.count += 1;
        if self.count < 3 {
            return None;
        }
        Some(self.sum / self.count as f64)
    }
}

#[differentiable]
fn smoothed(xs: &[f64], start: f64) -> f64 {
    let mut average = Average { sum: start, count: 0 };
    let mut total = 0.0;
    for x in xs {
        if let Some(v) = average.push(*x) {
            total += v * v;
        }
    }
    total + average.sum
}
row!(a_filter_that_warms_up: smoothed(ref xs, val start) at (vec![0.4, 1.7, 0.9, 1.1, 0.3], 0.7), (vec![0.4, 1.7], 0.7));

#[differentiable(order = 2)]
fn stepped(level: &mut f64, x: f64) -> Result<f64, String> {
    *level += x * x;
    if *level < 1.5 {
        return Err("too low".into());
    }
    Ok(*level * x)
}

#[differentiable(order = 2)]
fn levels(xs: &[f64]) -> f64 {
    let mut level = 0.2;
    let mut sum = 0.0;
    for x in xs {
        sum += match stepped(&mut level, *x) {
            Ok(v) => v,
            Err(_) => level * 0.5,
        };
    }
    sum + stepped(&mut level, xs[0]).unwrap_or(0.0) + level
}
row!(an_error_after_a_change: levels(ref xs) at (vec![0.4, 0.7, 0.9, 1.1]), (vec![0.1, 0.2]), (vec![1.6, 0.2]));
curved!(an_error_after_a_change_at_order_two: levels(ref xs) at (vec![0.4, 0.7, 0.9, 1.1]), (vec![0.1, 0.2]));

#[differentiable]
fn factored(a: &mut [f64], n: usize) -> Option<f64> {
    let mut log_det = 0.0;
    for j in 0..n {
        for k in 0..j {
            for i in j..n {
                a[i * n + j] -= a[i * n + k] * a[j * n + k];
            }
        }
        let pivot = a[j * n + j];
        if pivot <= 0.0 {
            return None;
        }
        let root = pivot.sqrt();
        log_det += root.ln();
        for i in j..n {
            a[i * n + j] /= root;
        }
    }
    Some(log_det)
}

#[differentiable]
fn factored_or_not(a: &[f64]) -> f64 {
    let mut l = a.to_vec();
    match factored(&mut l, 2) {
        Some(log_det) => log_det * l[2],
        None => l[0] * l[2] + l[3],
    }
}
row!(a_factorization_that_stops: factored_or_not(ref a) at
    (vec![2.0, 0.7, 0.7, 1.5]), (vec![2.0, 0.7, 1.7, 0.5]), (vec![-2.0, 0.7, 1.7, 0.5]));

#[differentiable]
fn checked(state: &mut f64, x: f64) -> Option<f64> {
    if x < 0.3 {
        return None;
    }
    *state *= x;
    Some(*state + x)
}

#[differentiable]
fn all_checked(xs: &[f64]) -> f64 {
    let mut state = xs[0];
    let mut sum = 0.0;
    for x in xs {
        sum += checked(&mut state, *x).unwrap_or(*x * 0.1);
    }
    sum * state
}
row!(what_is_checked_before_it_changes: all_checked(ref xs) at (vec![0.4, 0.2, 0.9, 0.1, 1.1]), (vec![0.1, 0.2]));

#[differentiable]
trait Filter {
    fn next(&mut self, x: f64) -> Option<f64>;
}

#[derive(Clone, Debug, Differentiable)]
struct Smoother {
    value: f64,
    rate: f64,
}

#[differentiable]
impl Filter for Smoother {
    fn next(&mut self, x: f64) -> Option<f64> {
        if x < 0.0 {
            return None;
        }
        self.value += self.rate * (x - self.value);
        Some(self.value)
    }
}

#[differentiable]
fn filtered(xs: &[f64], rate: f64) -> f64 {
    let mut smoother = Smoother { value: 0.1, rate };
    xs.iter().filter_map(|x| smoother.next(*x)).map(|v| v * v).sum()
}
row!(a_method_of_a_trait_in_a_filter_map: filtered(ref xs, val rate) at (vec![0.4, 1.7, 0.9, 1.1], 0.3));

// What is generic is not followed by the caller.
#[differentiable]
fn not_followed<const N: usize>(state: &mut f64, x: f64) -> Option<f64> {
    let twice = |v: f64| v + v;
    *state += twice(x);
    if x < 0.3 { None } else { Some(*state * x) }
}

#[differentiable]
fn asks_for_the_change(xs: &[f64]) -> f64 {
    let mut state = 0.0;
    let mut sum = 0.0;
    for x in xs {
        sum += not_followed::<1>(&mut state, *x).unwrap_or(0.0);
    }
    sum
}

#[differentiable]
fn leaves_too(xs: &[f64]) -> Option<f64> {
    let mut state = 0.0;
    let mut sum = 0.0;
    for x in xs {
        sum += not_followed::<1>(&mut state, *x)?;
    }
    Some(sum)
}

#[test]
fn a_change_that_cannot_be_followed_is_no_zero() {
    assert_eq!(asks_for_the_change::grad(&[0.5, 1.0]), [4.0, 5.0]);
    assert_eq!(leaves_too::grad(&[0.5, 1.0]), Some(vec![4.0, 5.0]));
    assert_eq!(leaves_too::grad(&[0.1, 1.0]), None);
    let refused = std::panic::catch_unwind(|| asks_for_the_change::grad(&[0.1, 1.0]));
    let text = *refused.unwrap_err().downcast::<String>().unwrap();
    assert!(text.starts_with("`not_followed` gave no result"), "{text}");
}

#[derive(Clone, Debug, Differentiable)]
struct Recorder {
    sum: f64,
    items: Vec<f64>,
}

#[differentiable]
impl Recorder {
    fn put(&mut self, x: f64) -> &mut Self {
        self.sum += x * x;
        self.items.push(x);
        self
    }
}

#[differentiable]
fn recorded(a: f64, b: f64) -> f64 {
    let mut recorder = Recorder { sum: a, items: Vec::new() };
    recorder.put(a).put(b).put(a * b);
    recorder.sum * recorder.items[2] + recorder.items[0]
}
row!(a_builder_that_pushes: recorded(val a, val b) at (0.4, 1.7));

/// A name that a method of numbers has, too.
#[derive(Clone, Debug, Differentiable)]
struct High {
    sum: f64,
}

#[differentiable]
impl High {
    fn max(&mut self, x: f64) -> f64 {
        self.sum += x * x;
        if self.sum > x { self.sum } else { x }
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Track {
    high: High,
}

#[differentiable]
fn put<const N: usize>(track: &mut Track, x: f64) -> Option<f64> {
    let m = track.high.max(x);
    if m < 0.5 {
        return None;
    }
    Some(m * 2.0)
}

#[differentiable]
fn highs(xs: &[f64]) -> f64 {
    let mut track = Track { high: High { sum: 0.0 } };
    let mut sum = 0.0;
    for x in xs {
        sum += put::<1>(&mut track, *x).unwrap_or(0.0);
    }
    sum
}

#[test]
fn a_method_of_ones_own_is_not_taken_for_one_of_numbers() {
    assert!(std::panic::catch_unwind(|| highs::grad(&[0.2, 1.0])).is_err());
    assert_eq!(highs::grad(&[1.0, 2.0]), [6.0, 8.0]);
}

#[differentiable(order = 2)]
fn steps<const N: usize>(s: &mut f64, x: f64) -> Option<f64> {
    let twice = |v: f64| v + v;
    *s += twice(x);
    if x < 3.0 {
        return None;
    }
    Some(twice(*s))
}

#[differentiable(order = 2)]
fn distance(x: f64) -> f64 {
    let mut a = 0.0;
    let r = steps::<1>(&mut a, x).unwrap_or(0.0);
    (a - 2.0) * (a - 2.0) + r
}

#[test]
fn a_tangent_is_lost_where_the_cotangent_is_zero() {
    // `a` is 2 there, so that its cotangent is zero, but not the tangent of that.
    assert!(std::panic::catch_unwind(|| distance::hvp(1.0, 1.0)).is_err());
    assert_eq!(distance::hvp(4.0, 1.0), 8.0);
}

#[derive(Clone, Debug, Differentiable)]
struct Tracker {
    gain: f64,
    state: f64,
    last: Option<f64>,
    history: Vec<f64>,
    #[no_diff]
    count: usize,
}

#[differentiable]
fn squared(x: f64) -> f64 {
    x * x
}

#[differentiable]
impl Tracker {
    fn new(gain: f64) -> Tracker {
        Tracker { gain, state: 0.0, last: None, history: Vec::new(), count: 0 }
    }

    fn update(&mut self, z: f64) -> Option<f64> {
        self.count += 1;
        let innovation = z - self.state;
        self.state += self.gain * innovation;
        self.history.push(squared(innovation));
        (self.count > 2).then_some(self.state)
    }

    fn jump(&mut self, z: f64) -> Option<f64> {
        let (low, high) = (z * 0.5, z * 2.0);
        let previous = self.last.replace(z);
        self.state += low;
        let clamped = |v: f64| v.max(low).min(high);
        match previous {
            Some(p) if p > z => Some(clamped(p - z)),
            Some(p) => {
                self.history = vec![p, z];
                None
            }
            None => None,
        }
    }

    fn all(&mut self, zs: &[f64]) -> Result<f64, String> {
        for z in zs {
            let Some(first) = self.history.first().copied() else { return Err("empty".to_string()) };
            self.state += first * z;
            if let Some(last) = self.history.last_mut() {
                *last += z;
            }
            let root = checked_root(self.state)?;
            self.history.push(root);
        }
        Ok(self.history.iter().map(|v| v * v).sum::<f64>())
    }
}

#[differentiable]
fn checked_root(x: f64) -> Result<f64, String> {
    if x < 0.0 { Err("negative".to_string()) } else { Ok(x.sqrt()) }
}

#[differentiable]
fn tracked(zs: &[f64], gain: f64) -> f64 {
    let mut tracker = Tracker::new(gain);
    let mut out = 0.0;
    for (i, z) in zs.iter().enumerate() {
        let Some(estimate) = tracker.update(*z) else { continue };
        out += (estimate - zs[i]).powi(2);
    }
    for z in zs {
        out += tracker.jump(*z).unwrap_or(0.3 * tracker.state);
    }
    out += tracker.all(zs).unwrap_or_else(|_| tracker.state);
    out + tracker.state * tracker.history.iter().sum::<f64>() + tracker.last.unwrap_or(0.0)
}
row!(trackers_in_all_forms: tracked(ref zs, val gain) at
    (vec![0.3, 1.1, 0.7, 1.6, 0.9], 0.4), (vec![0.3, 1.1], 0.4), (vec![1.3, -3.1, 0.7, 0.2], 0.6));

#[differentiable]
fn left_by_a_question(zs: &[f64]) -> f64 {
    let mut s = 0.5;
    let mut go = || -> Result<f64, String> {
        for z in zs {
            s += z;
            let r = checked_root(s)?;
            s += r;
        }
        Ok(s)
    };
    let v = go().unwrap_or(0.3);
    v * s
}
row!(a_question_in_the_loop_of_a_closure: left_by_a_question(ref zs) at (vec![0.3, -3.1, 0.7]), (vec![0.3, 0.2, 0.7]));

/// What is given is held while the state changes.
#[derive(Clone, Debug, differentiable::Differentiable)]
struct Held {
    last: Option<f64>,
    x: f64,
}

#[differentiable(order = 2)]
impl Held {
    fn push(&mut self, v: f64) -> Option<f64> {
        let o = self.last;
        self.last = Some(v * self.x);
        o
    }

    fn feed(&mut self, v: f64) -> Option<f64> {
        let r = if self.x > 1.0 { Some(self.x) } else { None };
        self.x = self.x * 0.8 + v;
        r
    }
}

#[differentiable(order = 2)]
fn held_and_given(xs: &[f64]) -> f64 {
    let mut h = Held { last: None, x: 1.5 };
    let mut s = 0.0;
    for &x in xs {
        if let Some(o) = h.push(x) {
            s += o * x;
        }
        s += h.feed(x * 0.1).map_or(x, |k| k * x);
    }
    s * h.x
}
row!(held_and_given_after: held_and_given(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));
curved!(held_and_given_after_curved: held_and_given(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));

#[derive(Clone, Debug, Differentiable)]
enum Rejected {
    Low { scale: f64 },
    High(f64),
}

#[derive(Clone, Debug, Differentiable)]
struct Law {
    scale: f64,
    shape: f64,
}

/// Errors that hold what was rejected: such setters are calls, and leave what they are lent as it was.
#[differentiable(order = 2)]
impl Law {
    fn set(&mut self, scale: f64, shape: f64) -> Result<(), Rejected> {
        if scale <= 0.0 {
            return Err(Rejected::Low { scale });
        } else if shape > 5.0 {
            Err(Rejected::High(shape))
        } else {
            self.scale = scale * shape;
            if shape > 0.0 {
                self.shape = shape * shape;
            }
            Ok(())
        }
    }

    fn grow(&mut self, by: f64) -> Result<f64, Rejected> {
        if by > 3.1 {
            return Err(Rejected::High(by));
        }
        let before = self.scale;
        self.scale *= by;
        Ok(before * by)
    }
}

#[differentiable(order = 2)]
fn validated(p: &[f64]) -> f64 {
    let mut law = Law { scale: p[1], shape: 0.3 };
    let _ = law.set(p[0], p[2]);
    let grown = law.grow(p[1]);
    let mut sum = 0.0;
    if let Ok(v) = grown {
        sum = v * p[0];
    }
    for v in p {
        if law.set(*v, v * p[0]).is_err() {
            sum += law.scale * v;
        }
        let _ = law.grow(*v + 1.0);
    }
    sum + law.scale * law.scale + p[0] * law.shape
}
row!(setters_that_reject: validated(ref p) at (vec![0.7, 1.3, -0.4]), (vec![-0.7, 1.3, 0.4]), (vec![7.0, 4.0, 0.2]));
curved!(setters_that_reject_at_order_two: validated(ref p) at (vec![0.7, 1.3, -0.4]), (vec![7.0, 4.0, 0.2]));
