//! What searches look at by reference and keep: comparisons of references to references, items of users' types
//! by value, options of pairs with references in them.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Spot {
    x: f64,
    y: f64,
}
value_struct!(Spot => SpotTangent { x, y });

#[differentiable]
impl Spot {
    fn scaled(self, k: f64) -> Spot {
        Spot { x: self.x * k, y: self.y * k }
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Trace {
    v: f64,
    w: Vec<f64>,
}
value_struct!(Trace => TraceTangent { v, w });

fn spots() -> Vec<Spot> {
    vec![Spot { x: 0.7, y: 1.9 }, Spot { x: 1.3, y: 0.4 }, Spot { x: 0.2, y: 1.1 }]
}

fn traces() -> Vec<Trace> {
    [0.9, 0.3, 1.6].iter().map(|v| Trace { v: *v, w: vec![*v * 0.5, 1.2] }).collect()
}

#[differentiable]
fn nearest(xs: &[f64], t: f64) -> f64 {
    let x = xs.iter().min_by(|a, b| (**a - t).abs().partial_cmp(&(**b - t).abs()).unwrap()).unwrap();
    let (i, y) =
        xs.iter().enumerate().max_by(|(_, a), (_, b)| (**a - t).abs().total_cmp(&(**b - t).abs())).unwrap();
    let z = xs.iter().reduce(|a, b| if (**&a - t).abs() > (*b - t).abs() { a } else { b }).unwrap();
    x * t + y * y * i as f64 + z * t * t
}
row!(items_compared_through_two_references: nearest(ref xs, val t) at
    (vec![0.4, 1.7, 0.9, 1.1], 0.8), (vec![2.4, 0.1, 0.9], 1.8));

#[differentiable]
fn fields_of_items(ps: &[Spot], t: f64) -> f64 {
    let least = ps.iter().min_by(|a, b| (**a).x.partial_cmp(&(**b).x).unwrap()).unwrap();
    let some = ps.iter().filter(|p| (**p).x * t > 0.3).map(|p| p.y * t).sum::<f64>();
    let one = ps.iter().find(|p| (*p).y < t).map_or(0.0, |p| p.x * p.x);
    least.y * t + some * one
}
row!(fields_through_two_references: fields_of_items(ref spots, val t) at (spots(), 1.2), (spots(), 2.0));

#[differentiable]
fn by_value(ss: &[Trace], t: f64) -> f64 {
    let near = ss.iter().cloned().max_by(|a, b| (a.v - t).abs().total_cmp(&(b.v - t).abs())).unwrap();
    let (k, far) =
        ss.iter().cloned().enumerate().min_by(|a, b| (a.1.v).partial_cmp(&b.1.v).unwrap()).unwrap();
    near.v * near.w[0] * t + far.v * far.w[1] * (k + 1) as f64
}
row!(items_by_value_that_are_no_copies: by_value(ref traces, val t) at (traces(), 0.8), (traces(), 0.1));

#[differentiable]
fn made_and_chosen(ps: &[Spot], t: f64) -> f64 {
    let least = ps.iter().map(|p| p.scaled(t)).min_by(|a, b| (*a).x.partial_cmp(&(*b).x).unwrap()).unwrap();
    let pair = ps.iter().map(|p| (p.x * t, p.y)).max_by(|a, b| (*a).0.total_cmp(&(*b).0)).unwrap();
    least.y * least.x + pair.0 * pair.1
}
row!(items_made_in_the_chain: made_and_chosen(ref spots, val t) at (spots(), 1.2), (spots(), -0.7));

#[differentiable]
fn pairs_by_value(ss: &[Trace], t: f64) -> f64 {
    let (a, b) = ss
        .iter()
        .map(|s| Trace { v: s.v * t, w: s.w.clone() })
        .zip(ss)
        .min_by(|a, b| (a.1.v - t).abs().partial_cmp(&(b.1.v - t).abs()).unwrap())
        .unwrap();
    a.v * a.w[0] + b.v * b.w[1]
}
row!(pairs_of_a_value_and_a_reference: pairs_by_value(ref traces, val t) at (traces(), 0.8), (traces(), 0.1));

#[differentiable]
fn best_so_far(ps: Vec<Spot>, t: f64) -> f64 {
    let mut best: Option<(Spot, f64)> = None;
    for p in ps.iter().cloned() {
        let score = t * p.x;
        if best.as_ref().map_or(true, |q| score < q.1) {
            best = Some((p, score));
        }
    }
    let mut last = None;
    for p in ps {
        let score = t * p.y;
        if last.as_ref().map_or(true, |q: &(Spot, f64)| score < q.1) {
            last = Some((p, score));
        }
    }
    best.unwrap().0.y * t + last.map_or(0.0, |q| q.0.x * q.1)
}
row!(the_best_so_far_as_a_pair: best_so_far(val spots, val t) at (spots(), 1.2), (spots(), -0.7));

#[differentiable]
fn best_of_windows(xs: &[f64], ps: &[Spot], t: f64) -> f64 {
    let mut best: Option<((&[f64], Spot), f64)> = None;
    for it in xs.windows(2).zip(ps.iter().cloned()) {
        let score = it.0[1] * t;
        best = match best {
            Some((g, old)) if old > score => Some((g, old)),
            _ => Some((it, score)),
        };
    }
    let ((w, p), score) = best.unwrap();
    w[0] * p.x + score * p.y
}
row!(the_best_so_far_of_a_reference_and_a_value: best_of_windows(ref xs, ref spots, val t) at
    (vec![0.4, 1.7, 0.9, 1.1], spots(), 1.2), (vec![0.4, 0.7, 0.9, 1.1], spots(), -0.7));

#[differentiable]
fn weight(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum()
}

#[differentiable]
fn parts_of_lent_items(m: &[Vec<f64>], ws: &[f64], t: f64) -> f64 {
    let heavy = m.iter().cloned().zip(ws).filter(|(row, w)| weight(row) > **w * t).map(|(row, w)| row[0] * w);
    let while_small =
        ws.iter().zip(1..).take_while(|(w, k)| **w < t * *k as f64).map(|(w, _)| w * w).sum::<f64>();
    heavy.fold(0.5, f64::max) * t + while_small
}
row!(parts_of_an_item_that_a_predicate_looks_at: parts_of_lent_items(ref m, ref ws, val t) at
    (vec![vec![0.4, 1.7], vec![0.9], vec![1.1, 0.2]], vec![1.3, 0.4, 0.9], 1.2),
    (vec![vec![1.4, 1.7], vec![0.9], vec![1.1, 0.2]], vec![0.3, 1.4, 0.9], 0.8));

#[differentiable]
fn absent(xs: &[f64], t: f64) -> Option<f64> {
    if xs.is_empty() || t > 3.0 {
        return None::<f64>;
    }
    Some(xs[0] * t)
}

#[differentiable]
fn perhaps(xs: &[f64], t: f64) -> f64 {
    absent(xs, t).unwrap_or(t * t)
}
row!(nothing_of_a_written_type: perhaps(ref xs, val t) at (vec![0.4, 1.7], 1.2), (vec![0.4], 3.5));

#[differentiable]
fn conditions_in_a_while(xs: &[f64], a: [f64; 3], t: f64) -> f64 {
    let mut a = a;
    let mut n = 0usize;
    let found = loop {
        n += 1;
        for x in xs.iter().rev() {
            let mut k = 0;
            while k < 3 && (*x * xs[0]) > (xs[1] * a[n % a.len()]) {
                a[0] += xs[1] + t;
                k += 1;
            }
            if n % 2 == 1 {
                break;
            }
        }
        if n > 3 {
            break a[0] * t;
        }
    };
    found + a[1]
}
row!(a_condition_that_is_made_in_branches: conditions_in_a_while(ref xs, val a, val t) at
    (vec![1.4, 0.7, 0.9, 1.1], [0.3, 0.8, 0.1], 1.2), (vec![0.4, 0.7], [0.3, -0.8, 0.1], 0.2));
