//! Iterators that are held in a variable and advanced by hand.

use differentiable::differentiable;

#[differentiable]
fn while_some(v: &[f64], k: f64) -> f64 {
    let mut it = v.iter();
    let mut s = 0.0;
    while let Some(x) = it.next() {
        s = s * k + x * x;
    }
    s
}
row!(while_let_over_next: while_some(ref v, val k) at (vec![1.0, 2.0, 3.0], 0.7), (vec![], 0.7));

#[differentiable]
fn first_then_rest(v: &[f64]) -> f64 {
    let mut it = v.iter();
    let first = it.next().unwrap();
    let mut s = *first;
    for x in it {
        s = s * x + first;
    }
    s
}
row!(first_by_hand_then_for: first_then_rest(ref v) at (vec![1.0, 2.0, 3.0]), (vec![1.5]));

#[differentiable]
fn pairs(v: &[f64]) -> f64 {
    let mut it = v.iter().copied();
    let mut s = 0.0;
    while let Some(a) = it.next() {
        match it.next() {
            Some(b) => s += a * b,
            None => s += a * a,
        }
    }
    s
}
row!(two_at_a_time: pairs(ref v) at (vec![1.0, 2.0, 3.0, 4.0, 5.0]), (vec![1.0, 2.0]));

#[differentiable]
fn endless(v: &[f64], #[no_diff] limit: f64) -> f64 {
    let mut it = v.iter().zip(v.iter().skip(1)).enumerate();
    let mut s: f64 = 1.0;
    loop {
        match it.next() {
            Some((k, (a, b))) => {
                s += a * b * (k as f64) + s.sin();
                if s > limit {
                    break;
                }
            }
            None => break,
        }
    }
    s + it.map(|(_, (a, b))| a - b * b).sum::<f64>()
}
row!(loop_with_match_on_next: endless(ref v, no limit) at (vec![1.0, 2.0, 3.0, 4.0, 5.0], 6.0), (vec![1.0, 2.0, 3.0], 100.0));

#[differentiable(allow_unused)]
fn with_break(v: &[f64], limit: f64) -> f64 {
    let mut it = v.iter();
    let mut s = 0.0;
    while let Some(&x) = it.next() {
        s += x * x;
        if s > limit {
            break;
        }
    }
    let after = it.next().copied().unwrap_or(1.0);
    s * after + it.fold(0.0, |a, x| a * 0.5 + x)
}
row!(loop_left_early: with_break(ref v, val limit) at (vec![1.0, 2.0, 3.0, 4.0, 5.0], 6.0), (vec![1.0, 2.0], 100.0));

#[differentiable]
fn merged(a: &[f64], b: &[f64]) -> f64 {
    let mut left = a.iter().peekable();
    let mut right = b.iter().peekable();
    let mut weight = 1.0;
    let mut s = 0.0;
    loop {
        let x = match (left.peek(), right.peek()) {
            (Some(x), Some(y)) if x <= y => *left.next().unwrap(),
            (Some(_), None) => *left.next().unwrap(),
            (_, Some(_)) => *right.next().unwrap(),
            (None, None) => break,
        };
        s += weight * x * x;
        weight *= 0.9;
    }
    s
}
row!(peekable_merge: merged(ref a, ref b) at (vec![1.0, 3.0], vec![2.0, 2.5, 4.0]));

#[differentiable]
fn stack(v: &[f64], k: f64) -> f64 {
    let mut stack = vec![v[0]];
    let mut s = 0.0;
    let mut steps = 0;
    while let Some(x) = stack.pop() {
        s += x * k;
        steps += 1;
        if steps < v.len() {
            stack.push(v[steps] * x);
            stack.push(x.sin());
        }
    }
    s
}
row!(while_let_over_pop: stack(ref v, val k) at (vec![1.0, 2.0, 3.0], 0.7));

#[differentiable]
fn horner_rev(c: &[f64], x: f64) -> f64 {
    let mut it = c.iter().rev();
    let mut y = match it.next() {
        Some(c) => *c,
        None => return 0.0,
    };
    for c in it {
        y = y * x + c;
    }
    y
}
row!(held_reversed: horner_rev(ref c, val x) at (vec![1.0, 2.0, 3.0], 0.7), (vec![2.0], 0.7));

#[differentiable]
fn coordinates(v: &[f64; 4]) -> f64 {
    let mut it = v.into_iter();
    let (x, y) = (it.next().unwrap(), it.next().unwrap());
    let w = it.nth(1).unwrap();
    x * y - w * x
}
row!(elements_taken_one_by_one: coordinates(ref v) at ([1.0, 2.0, 3.0, 4.0]));

/// An iterator of one's own, over numbers without a derivative.
struct Strides {
    at: usize,
    end: usize,
    by: usize,
}

impl Iterator for Strides {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.at >= self.end {
            return None;
        }
        let at = self.at;
        self.at += self.by;
        Some(at)
    }
}

/// What makes one.
#[derive(Clone)]
struct Picked {
    at: Vec<usize>,
}

impl IntoIterator for Picked {
    type Item = usize;
    type IntoIter = std::vec::IntoIter<usize>;

    fn into_iter(self) -> Self::IntoIter {
        self.at.into_iter()
    }
}

#[differentiable]
fn strided(x: &[f64]) -> f64 {
    let mut total = 1.0;
    'outer: for i in (Strides { at: 0, end: x.len(), by: 2 }) {
        let mut inner = Strides { at: 1, end: usize::MAX, by: 2 };
        for j in &mut inner {
            if j >= x.len() {
                continue 'outer;
            }
            total += x[i] * x[j].sin() * total;
            if total > 50.0 {
                break 'outer;
            }
        }
    }
    let picked = Picked { at: vec![0, 2, 0] };
    for i in picked.clone() {
        total *= 1.0 + x[i];
    }
    total + picked.into_iter().map(|i| x[i] * x[i]).sum::<f64>()
}
row!(iterators_of_ones_own: strided(ref x) at (vec![0.3, 0.5, -0.2, 0.8, 0.1]), (vec![3.0, 1.5, 2.0, 0.4, 0.1]));

#[differentiable(order = 2)]
fn pieces_and_what_they_leave(x: &[f64]) -> f64 {
    let pieces = x.chunks_exact(3);
    let left = pieces.remainder();
    let mut total = 0.0;
    for piece in pieces {
        total += piece[0] * piece[1] - piece[2] * total;
    }
    for v in left {
        total += v * v * total;
    }
    total + x.rchunks_exact(2).remainder().iter().product::<f64>()
}
row!(remainder_of_pieces: pieces_and_what_they_leave(ref x) at (vec![0.5, 1.3, 0.8, 2.0, 0.3]), (vec![0.5, 1.3, 0.8]));
curved!(remainder_of_pieces_curved: pieces_and_what_they_leave(ref x) at (vec![0.5, 1.3, 0.8, 2.0, 0.3]));

#[differentiable(order = 2)]
fn pieces_that_change(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let mut pieces = v.chunks_exact_mut(2);
    for piece in pieces.by_ref() {
        piece[0] *= piece[1];
    }
    for last in pieces.into_remainder() {
        *last = *last * *last * x[0];
    }
    v.iter().map(|a| a.sin()).sum()
}
row!(remainder_that_changes: pieces_that_change(ref x) at (vec![0.5, 1.3, 0.8, 2.0, 0.3]), (vec![0.5, 1.3]));
curved!(remainder_that_changes_curved: pieces_that_change(ref x) at (vec![0.5, 1.3, 0.8, 2.0, 0.3]));

#[differentiable(order = 2)]
fn of_those_above(xs: &[f64], level: f64) -> f64 {
    let mut it = xs.iter().filter(|x| **x > level).map(|x| x * x);
    let first = it.next().unwrap_or(1.0);
    let mut sum = first;
    while let Some(x) = it.next() {
        sum = sum * 0.5 + x * level;
        if sum > 2.0 {
            break;
        }
    }
    sum + it.sum::<f64>() * first
}
row!(filtered_and_advanced: of_those_above(ref xs, val level) at
    (vec![0.4, 1.2, 0.9, 2.0, 0.7], 0.5), (vec![0.4, 0.6, 0.7], 0.5), (vec![0.1], 0.5));

#[differentiable]
fn in_pairs(xs: &[f64]) -> f64 {
    let mut it = xs.iter().filter_map(|x| if *x > 0.5 { Some(x.sin()) } else { None });
    let mut sum = 0.0;
    loop {
        let Some(x) = it.next() else { break };
        let y = it.nth(1).unwrap_or(0.3);
        sum += x * y;
    }
    let mut rest = xs.iter().copied().inspect(|x| assert!(x.is_finite()));
    let below = rest.by_ref().find(|x| *x < 1.0);
    for x in rest {
        sum *= x + below.unwrap_or(0.1);
    }
    sum
}
row!(filtered_by_pairs: in_pairs(ref xs) at (vec![0.4, 1.2, 0.9, 2.0, 0.7, 1.5]), (vec![0.6]), (vec![1.6, 1.7, 0.2, 3.0]));

#[differentiable]
fn by_two(x: f64) -> f64 {
    let xs = [x, 2.0 * x, 0.1, 3.0 * x, 0.2, 5.0 * x, 7.0 * x];
    let mut it = xs.iter().filter(|v| **v > 0.5);
    let pair: f64 = it.by_ref().take(2).map(|v| v * v).sum();
    let next = it.next().unwrap_or(&1.0);
    let mut sum = pair * next;
    for (v, w) in it.by_ref().zip([x, x * x]) {
        sum += v * w;
    }
    sum + it.sum::<f64>()
}
row!(no_more_is_taken_than_asked_for: by_two(val x) at (0.9), (1.3));
