//! `VecDeque`s where they stay what they are: fields, parameters, results, elements of other lists. What moves
//! the elements of lists about.

use differentiable::{Differentiable, differentiable};
use num_traits::Float;
use std::collections::VecDeque;

/// A mean over a window, as crates of indicators have it.
#[derive(Differentiable, Clone, Debug)]
struct Sma {
    period: usize,
    window: VecDeque<f64>,
    sum: f64,
}

#[differentiable]
impl Sma {
    fn new(period: usize) -> Self {
        Sma { period, window: VecDeque::with_capacity(period), sum: 0.0 }
    }

    fn next(&mut self, input: f64) -> f64 {
        self.window.push_back(input);
        self.sum += input;
        if self.window.len() > self.period {
            if let Some(old) = self.window.pop_front() {
                self.sum -= old;
            }
        }
        self.sum / self.window.len() as f64
    }

    fn deviation(&self) -> f64 {
        let n = self.window.len() as f64;
        let mean = self.window.iter().sum::<f64>() / n;
        (self.window.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n + 0.1).sqrt()
    }

    fn maximum(&self) -> f64 {
        self.window.iter().fold(f64::MIN, |a, &b| a.max(b))
    }

    fn ends(&self) -> f64 {
        match (self.window.front(), self.window.back()) {
            (Some(first), Some(last)) => first * last,
            _ => 0.0,
        }
    }

    fn reset(&mut self) {
        self.window.clear();
        self.sum = 0.0;
    }

    fn refill(&mut self, v: f64) {
        self.window = std::iter::repeat(v).take(self.period).collect();
        self.sum = v * self.period as f64;
    }
}

#[differentiable]
fn indicators(prices: &[f64]) -> f64 {
    let mut sma = Sma::new(3);
    let mut out = 0.0;
    for (i, &price) in prices.iter().enumerate() {
        let mean = sma.next(price * price);
        out += mean * (i as f64 + 1.0) * sma.deviation() + sma.ends() + sma.maximum();
        if i == 3 {
            sma.reset();
        }
        if i == 4 {
            sma.refill(price * mean);
        }
    }
    out
}
row!(a_window_as_a_field: indicators(ref prices) at (vec![0.3, -0.5, 0.9, 1.3, 0.2, -0.8]));

/// Numbers and floats side by side in it: those that are still the greatest of something.
#[derive(Differentiable, Clone, Debug, Default)]
struct Greatest {
    width: usize,
    at: usize,
    candidates: VecDeque<(usize, f64)>,
}

#[differentiable]
impl Greatest {
    fn next(&mut self, v: f64) -> f64 {
        while let Some(&(_, last)) = self.candidates.back() {
            if last <= v {
                self.candidates.pop_back();
            } else {
                break;
            }
        }
        self.candidates.push_back((self.at, v));
        while let Some((i, _)) = self.candidates.front() {
            if *i + self.width <= self.at {
                self.candidates.pop_front();
            } else {
                break;
            }
        }
        self.at += 1;
        self.candidates.front().unwrap().1
    }
}

#[differentiable]
fn greatest_of_windows(x: &[f64]) -> f64 {
    let mut greatest = Greatest { width: 3, ..Default::default() };
    let mut s = 0.0;
    for (i, v) in x.iter().enumerate() {
        s += greatest.next(v.sin() * 2.0) * (i + 1) as f64;
    }
    s * s
}
row!(a_deque_of_pairs_as_a_field: greatest_of_windows(ref x) at (vec![0.3, -0.5, 0.9, 1.3, 0.2, -0.8, 0.7]));

#[differentiable]
fn greatest_by_indices(x: &[f64], width: usize) -> f64 {
    let mut candidates: VecDeque<usize> = VecDeque::new();
    let mut out = 0.0;
    for i in 0..x.len() {
        while let Some(&last) = candidates.back() {
            if x[last] <= x[i] {
                candidates.pop_back();
            } else {
                break;
            }
        }
        candidates.push_back(i);
        if let Some(&first) = candidates.front() {
            if first + width <= i {
                candidates.pop_front();
            }
        }
        if i + 1 >= width {
            out += x[candidates[0]] * x[candidates[0]];
        }
    }
    out
}
row!(a_deque_of_indices: greatest_by_indices(ref x, no width) at (vec![0.3, -0.5, 0.9, 1.3, 0.2, -0.8, 0.7], 3));

#[differentiable]
fn delayed(line: &mut VecDeque<f64>, x: f64, feedback: f64) -> f64 {
    let y = line.pop_front().unwrap_or(0.0);
    line.push_back(x + feedback * y);
    y * y + x
}
row!(a_delay_line_is_lent: delayed(mut line, val x, val feedback) at
    (VecDeque::from(vec![0.5, 0.2, -1.0]), 0.7, 0.3), (VecDeque::new(), 0.7, 0.3));

#[differentiable]
fn mean_square(window: &VecDeque<f64>) -> f64 {
    let mut s = 0.0;
    for v in window {
        s += v * v;
    }
    s / window.len() as f64
}
row!(a_deque_is_looked_at: mean_square(ref window) at (VecDeque::from(vec![0.5, 0.2, -1.0])));

#[differentiable]
fn turned(mut window: VecDeque<f64>) -> f64 {
    window.rotate_left(1);
    window[0] * window[1] + window[2].exp()
}
row!(a_deque_by_value: turned(val window) at (VecDeque::from(vec![0.5, 0.2, -1.0])));

#[differentiable]
fn sorted_to_ends(x: &[f64]) -> VecDeque<f64> {
    let mut out = VecDeque::new();
    for v in x {
        if *v > 0.0 {
            out.push_back(v * v);
        } else {
            out.push_front(v.exp());
        }
    }
    out
}
row!(a_deque_is_returned: sorted_to_ends(ref x) -> value at (vec![0.5, -0.2, 1.0]));

#[differentiable]
fn of_calls(x: &[f64]) -> f64 {
    let ends = sorted_to_ends(x);
    let mut line: VecDeque<f64> = VecDeque::from(vec![0.0; 2]);
    let mut s = mean_square(&ends);
    for &v in &ends {
        s += delayed(&mut line, v.sin(), 0.5 * x[0]);
    }
    let own: VecDeque<f64> = x.iter().copied().collect();
    s + turned(own) + line.iter().sum::<f64>()
}
row!(deques_between_calls: of_calls(ref x) at (vec![0.5, -0.2, 1.0]));

#[differentiable]
fn parts((mut line, k): (VecDeque<f64>, f64), other: Option<VecDeque<f64>>) -> f64 {
    line.push_back(k * k);
    let factor = match other {
        Some(other) => other.iter().product::<f64>(),
        None => 1.0,
    };
    line.iter().map(|v| v.sin()).sum::<f64>() * factor
}
row!(in_tuples_and_options: parts(val line, val other) at
    ((VecDeque::from(vec![0.5, 0.2]), 0.3), Some(VecDeque::from(vec![1.5, 0.7]))),
    ((VecDeque::from(vec![0.5, 0.2]), 0.3), None::<VecDeque<f64>>));

#[differentiable]
fn first_in(line: &mut VecDeque<f64>, v: f64) -> Option<f64> {
    line.push_back(v);
    let first = line.pop_front()?;
    if first < 0.0 {
        return None;
    }
    Some(first * v)
}

#[differentiable]
fn left_early(x: &[f64]) -> f64 {
    let mut line = VecDeque::with_capacity(4);
    line.push_back(x[0] * x[1]);
    let mut s = 0.0;
    for &v in x {
        s += first_in(&mut line, v * v * v).unwrap_or(v * 2.0) + line.len() as f64 * v;
    }
    s
}
row!(changed_by_what_leaves_early: left_early(ref x) at (vec![0.5, 0.2, 1.0, 0.7]));

#[derive(Differentiable, Clone, Debug)]
struct Point {
    a: f64,
    b: f64,
}

#[differentiable]
fn of_structs(x: &[f64]) -> f64 {
    let mut queue: VecDeque<Point> = VecDeque::new();
    let mut s = 0.0;
    for w in x.windows(2) {
        queue.push_back(Point { a: w[0] * w[1], b: w[1].exp() });
        if queue.len() > 2 {
            let point = queue.pop_front().unwrap();
            s += point.a * point.b;
        }
        for point in queue.iter_mut() {
            point.a *= 0.5;
        }
        if let Some(point) = queue.back_mut() {
            point.b += x[0];
        }
    }
    for point in &queue {
        s += point.a - point.b * point.b;
    }
    s
}
row!(a_deque_of_structs: of_structs(ref x) at (vec![0.3, -0.5, 0.9, 1.3, 0.2]));

#[differentiable]
fn of_arrays(x: &[f64]) -> f64 {
    let mut history: VecDeque<[f64; 2]> = VecDeque::from(vec![[0.0; 2]; 2]);
    let mut s = 0.0;
    for &v in x {
        history.rotate_right(1);
        history[0] = [v, v * v];
        s += history[0][0] * history[1][1];
    }
    let mut lines: Vec<VecDeque<f64>> = vec![VecDeque::new(); 2];
    for (i, &v) in x.iter().enumerate() {
        lines[i % 2].push_front(v.sin());
    }
    s + lines[0].iter().zip(lines[1].iter()).map(|(a, b)| a * b).sum::<f64>()
}
row!(deques_of_arrays_and_lists_of_deques: of_arrays(ref x) at (vec![0.3, -0.5, 0.9, 1.3]));

#[derive(Differentiable, Clone, Debug)]
struct Biquad {
    a: [f64; 2],
    b: [f64; 3],
    xs: VecDeque<f64>,
    ys: VecDeque<f64>,
}

#[differentiable]
impl Biquad {
    fn process(&mut self, x: f64) -> f64 {
        self.xs.push_front(x);
        self.xs.truncate(3);
        let mut y = 0.0;
        for (b, x) in self.b.iter().zip(self.xs.iter()) {
            y += b * x;
        }
        for (a, earlier) in self.a.iter().zip(&self.ys) {
            y -= a * earlier;
        }
        self.ys.push_front(y);
        self.ys.truncate(2);
        y
    }
}

#[differentiable]
fn filtered(x: &[f64]) -> f64 {
    let mut filter = Biquad { a: [x[0], 0.1], b: [0.2, x[1], 0.3], xs: VecDeque::new(), ys: VecDeque::new() };
    let out: Vec<f64> = x.iter().map(|&v| filter.process(v)).collect();
    out.iter().map(|v| v * v).sum()
}
row!(a_filter_with_histories: filtered(ref x) at (vec![0.3, -0.5, 0.9, 1.3, 0.2]));

/// Generic over the float.
#[derive(Differentiable, Clone, Debug)]
struct Comb<T> {
    line: VecDeque<T>,
    feedback: T,
}

#[differentiable]
impl<T: Float> Comb<T> {
    fn new(n: usize, feedback: T) -> Self {
        Comb { line: VecDeque::from(vec![T::zero(); n]), feedback }
    }

    fn tick(&mut self, x: T) -> T {
        let y = self.line.pop_front().unwrap();
        self.line.push_back(x + y * self.feedback);
        y
    }

    fn energy(&self) -> T {
        self.line.iter().fold(T::zero(), |a, &b| a + b * b)
    }
}

#[differentiable]
fn combed(x: &[f64]) -> f64 {
    let mut comb = Comb::new(2, x[0]);
    let mut s = 0.0;
    for &v in x {
        s += comb.tick(v) * v;
    }
    s + comb.energy()
}
row!(a_generic_deque: combed(ref x) at (vec![0.3, -0.5, 0.9, 1.3]));

#[derive(Differentiable, Clone, Debug)]
struct State {
    q: VecDeque<f64>,
    r: VecDeque<f64>,
    #[no_diff]
    sizes: VecDeque<usize>,
    last: Option<VecDeque<f64>>,
}

#[differentiable]
impl State {
    fn step(&mut self, v: f64) -> f64 {
        for x in &mut self.q {
            *x *= v;
        }
        for x in self.q.iter_mut().skip(1) {
            *x += v * v;
        }
        self.sizes.push_back(self.q.len());
        if self.sizes.len() > 2 {
            self.sizes.pop_front();
        }
        if self.q.len() >= 3 {
            std::mem::swap(&mut self.q, &mut self.r);
        }
        self.q.resize(4, v.sin());
        self.q[1] = self.q[0] * self.q[2];
        self.q[1] = self.q[1] * self.q[1];
        if let Some(x) = self.r.get_mut(1) {
            *x = x.exp() * v;
        }
        self.q.insert(1, v);
        let removed = self.q.remove(2).unwrap();
        let steps: f64 = self.q.iter().zip(self.q.iter().skip(1)).map(|(a, b)| (b - a) * (b - a)).sum();
        let most = self.q.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        let other = self.r.iter().max_by(|a, b| a.partial_cmp(b).unwrap()).copied().unwrap_or(0.0);
        let tail = self.q.split_off(2);
        self.r.extend(tail.iter());
        self.r.truncate(5);
        if let Some(last) = &mut self.last {
            last.push_back(v);
            if last.len() > 2 {
                last.pop_front();
            }
        }
        removed + steps + most + other + self.sizes.len() as f64 * v
    }
}

#[differentiable]
fn stepped(x: &[f64]) -> f64 {
    let mut state = State {
        q: x.iter().copied().collect(),
        r: VecDeque::new(),
        sizes: VecDeque::new(),
        last: Some(VecDeque::new()),
    };
    let mut s = 0.0;
    for &v in x {
        s += state.step(v);
    }
    let last = state.last.unwrap();
    s + state.q.iter().sum::<f64>() * state.r.iter().sum::<f64>() + last[0] * last[1]
}
row!(methods_of_deques_in_fields: stepped(ref x) at (vec![0.3, -0.5, 0.9]));

#[differentiable]
fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[differentiable]
fn scale(x: &mut [f64], k: f64) {
    for v in x {
        *v *= k;
    }
}

#[differentiable]
fn in_one_piece(x: &[f64]) -> f64 {
    let mut q: VecDeque<f64> = VecDeque::new();
    for &v in x {
        if v > 0.0 {
            q.push_front(v);
        } else {
            q.push_back(v * v);
        }
    }
    let length = norm(q.make_contiguous());
    scale(q.make_contiguous(), x[0]);
    let products: f64 = q.make_contiguous().windows(2).map(|w| w[0] * w[1]).sum();
    let all = q.make_contiguous();
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let least = all[0] * all[1];
    let mut r = q.clone();
    let mut other: VecDeque<f64> = q.iter().map(|v| v.cos()).collect();
    r.append(&mut other);
    r.rotate_left(2);
    let old = std::mem::take(&mut q);
    q.extend(old.into_iter().map(|v| v * 2.0));
    let vec: Vec<f64> = Vec::from(r);
    let deque: VecDeque<_> = vec.clone().into();
    let weighted: f64 = vec.iter().enumerate().map(|(i, v)| v * i as f64).sum();
    length + products + least + weighted + q[0] + deque[1] * deque[2]
}
row!(slices_of_deques: in_one_piece(ref x) at (vec![0.3, -0.5, 0.9, 1.3]));

#[differentiable]
fn ranges(x: &[f64]) -> f64 {
    let mut d = VecDeque::new();
    for &v in x {
        d.push_front(v * 2.0);
    }
    if let Some(first) = d.front_mut() {
        *first *= 3.0;
    }
    *d.back_mut().unwrap() += x[1];
    for v in d.iter_mut() {
        *v = v.sin();
    }
    d[1] *= d[0];
    d.extend(x.iter().map(|v| v * v));
    d.truncate(6);
    let taken: f64 = d.drain(..2).sum();
    for v in d.range_mut(1..) {
        *v *= *v;
    }
    let some: f64 = d.range(1..3).map(|v| v * v).sum();
    d.retain(|v| *v > -10.0);
    d.swap(0, 1);
    let swapped = d.swap_remove_back(0).unwrap();
    let weighted: f64 = d.iter().rev().enumerate().map(|(i, v)| v * i as f64).sum();
    taken + some + weighted + swapped * swapped
}
row!(ranges_of_deques: ranges(ref x) at (vec![0.3, -0.5, 0.9, 1.1]));

/// A view that is `&mut` ends where it is last read, whatever reads its place afterwards.
#[differentiable]
fn read_before_the_whole(x: &[f64]) -> f64 {
    let mut d = vec![0.0; 2];
    for &v in x {
        d.push(v * 2.0);
    }
    let all = &mut d[..];
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let product = all[0] * all[1];
    let squares: Vec<f64> = d.into_iter().map(|v| v * v).collect();
    product + squares[0]
}
row!(a_part_read_before_the_whole: read_before_the_whole(ref x) at (vec![-0.3, -0.5, 0.9]));

// What else moves the elements of lists about.

#[differentiable]
fn retained_and_changed(x: &[f64]) -> f64 {
    // The parameter is called like the list.
    let mut v = x.to_vec();
    v.retain_mut(|v| {
        *v *= 2.0;
        *v > 0.0
    });
    v.iter().product()
}
row!(a_parameter_called_like_the_list: retained_and_changed(ref x) at (vec![0.3, -0.5, 0.9, 1.3]));

#[differentiable]
fn spliced(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let old: Vec<f64> = v.splice(1..3, [x[0] * x[1], x[2], x[0]]).collect();
    v.splice(..1, x.iter().map(|v| v.sin()));
    let mut k = 1.0;
    v.resize_with(10, || {
        k *= 2.0;
        k * x[0]
    });
    v.extend_from_within(1..3);
    v.extend_from_within(..1);
    let weighted: f64 = v.iter().enumerate().map(|(i, v)| v * v * i as f64).sum();
    old[0] * v[1] + weighted
}
row!(parts_of_lists_replaced: spliced(ref x) at (vec![0.3, -0.5, 0.9, 1.3]));

#[differentiable]
fn pieces(x: &[f64]) -> f64 {
    let mut s: f64 = x.chunk_by(|a, b| a <= b).map(|c| c.iter().product::<f64>()).sum();
    for (k, piece) in x.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)).enumerate() {
        s += piece.iter().sum::<f64>().powi(2) * (k + 1) as f64;
    }
    let joined = [&x[..2], &x[3..]].concat();
    s + joined[0] * joined[2]
}
row!(pieces_of_a_slice: pieces(ref x) at (vec![0.3, -0.5, 0.9, 1.3, 0.2]));

#[differentiable]
fn tried(x: &[f64], #[no_diff] limit: f64) -> f64 {
    let mut s = 0.0;
    let done: Result<(), String> = x.iter().try_for_each(|v| {
        if *v > limit {
            return Err("too great".to_string());
        }
        s += v * v;
        Ok(())
    });
    let order = [3usize, 1, 2];
    let least = order.iter().min().copied().unwrap();
    if done.is_err() { s * x[least] } else { s }
}
row!(tried_for_each: tried(ref x, no limit) at (vec![0.3, -0.5, 0.9, 1.3], 1.0), (vec![0.3, -0.5, 0.9, 1.3], 2.0));
