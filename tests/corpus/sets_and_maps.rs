//! Sets and maps of integers, whose changes decide what happens, and typed parts of enums.

use differentiable::{Differentiable, differentiable};
use std::collections::{BTreeMap, HashMap, HashSet};

#[differentiable]
fn first_seen(x: &[f64], idx: &[usize]) -> f64 {
    let mut seen = HashSet::new();
    let mut s: f64 = 0.0;
    for i in 0..x.len() {
        let fresh = seen.insert(idx[i]);
        if fresh {
            s += x[i] * x[i] * s.cos();
        }
    }
    s * seen.len() as f64
}
#[differentiable]
fn skips_seen(x: &[f64], idx: &[usize]) -> f64 {
    let mut seen: HashSet<usize> = HashSet::new();
    let mut s: f64 = 0.0;
    for i in 0..x.len() {
        if !seen.insert(idx[i]) {
            continue;
        }
        s += x[i] * x[i] * seen.len() as f64;
    }
    s * seen.len() as f64
}
#[differentiable]
fn numbered(x: &[f64], idx: &[usize]) -> f64 {
    let mut m: HashMap<usize, usize> = HashMap::new();
    let mut s: f64 = 0.0;
    for i in 0..x.len() {
        let k = m.len();
        let e = *m.entry(idx[i]).or_insert(k);
        s += x[i] * x[i] * e as f64 * s.cos() + x[i];
    }
    s
}
#[differentiable]
fn kept_in_order(x: &[f64], idx: &[usize]) -> f64 {
    let mut m = BTreeMap::new();
    let mut s: f64 = 0.0;
    for i in 0..x.len() {
        if m.contains_key(&idx[i]) {
            s += x[i] * s.sin() + x[i];
        } else {
            m.insert(idx[i], i);
            s *= x[i] + 1.0;
        }
        s += x[m.len() % 2] * x[i];
    }
    s
}
#[differentiable]
fn counted(x: &[f64], idx: &[usize]) -> f64 {
    let mut m: BTreeMap<usize, usize> = BTreeMap::new();
    let mut s: f64 = 0.0;
    for i in 0..x.len() {
        *m.entry(idx[i]).or_insert(0) += 1;
        s += x[i] * x[i] * m[&idx[i]] as f64 * s.cos() + x[i];
    }
    s + x[*m.get(&1).unwrap_or(&0)]
}
row!(a_set_of_numbers: first_seen(ref x, noref idx) at (vec![0.4, 1.2, 0.9, 2.0], vec![1, 2, 1, 3]), (vec![0.4, 1.2], vec![1, 1]));
row!(a_set_and_continue: skips_seen(ref x, noref idx) at (vec![0.4, 1.2, 0.9, 2.0], vec![1, 2, 1, 3]), (vec![0.4, 1.2], vec![1, 1]));
row!(numbers_by_a_map: numbered(ref x, noref idx) at (vec![0.4, 1.2, 0.9, 2.0], vec![1, 2, 1, 3]), (vec![0.4, 1.2], vec![1, 1]));
row!(an_ordered_map: kept_in_order(ref x, noref idx) at (vec![0.4, 1.2, 0.9, 2.0], vec![1, 2, 1, 3]), (vec![0.4, 1.2], vec![1, 1]));
row!(counts_in_a_map: counted(ref x, noref idx) at (vec![0.4, 1.2, 0.9, 2.0], vec![1, 2, 1, 3]), (vec![0.4, 1.2, 0.3], vec![1, 1, 2]));

#[differentiable]
fn emptied(x: &[f64], idx: &[usize]) -> f64 {
    let mut seen = HashSet::new();
    let mut sum = 0.0;
    for round in 0..2 {
        for (i, x) in x.iter().enumerate() {
            assert!(seen.insert(i + 10 * round));
            if seen.contains(&idx[i]) {
                sum += x * x;
            }
        }
        sum *= seen.len() as f64;
        seen = HashSet::new();
    }
    sum
}
row!(a_set_that_begins_anew: emptied(ref x, noref idx) at (vec![0.4, 1.2, 0.9, 2.0], vec![1, 2, 1, 3]), (vec![0.4, 1.2], vec![1, 1]));

#[derive(Clone, Copy, Debug, Differentiable)]
enum Shape {
    Circle { r: f64 },
    Rect(f64, f64),
    Triangle([f64; 3]),
}

#[differentiable]
impl Shape {
    fn area(self) -> f64 {
        match self {
            Shape::Circle { r } => std::f64::consts::PI * r * r,
            Self::Rect(a, b) => a * b,
            Shape::Triangle([a, b, c]) => {
                let s = 0.5 * (a + b + c);
                (s * (s - a) * (s - b) * (s - c)).sqrt()
            }
        }
    }

    fn scaled(self, k: f64) -> Self {
        match self {
            Shape::Circle { r } => Shape::Circle { r: r * k },
            Shape::Rect(.., b) if b > 5.0 => Shape::Rect(k, b),
            Shape::Rect(a, b) => Shape::Rect(a * k, b * k),
            Shape::Triangle(sides) => Shape::Triangle(sides.map(|side| side * k)),
        }
    }
}

#[differentiable]
fn shapes(r: f64, a: f64) -> f64 {
    let shapes = [Shape::Circle { r }, Shape::Rect(a, r), Shape::Triangle([a, a, r])];
    let biggest = shapes.iter().copied().max_by(|p, q| p.area().total_cmp(&q.area())).unwrap();
    let scaled: Vec<f64> = shapes.iter().map(|shape| shape.scaled(a).area()).collect();
    let (first, rest) = scaled.split_first().unwrap();
    let mut sum = biggest.area() * first;
    for (shape, weight) in shapes.into_iter().zip(rest) {
        sum += shape.area() * weight;
        if let Shape::Rect(x, _) | Shape::Circle { r: x } = shape {
            sum -= x;
        }
    }
    sum
}
row!(parts_of_enums_have_types: shapes(val r, val a) at (0.7, 0.9), (1.3, 0.8));

#[differentiable]
fn of_text(x: f64, text: &str) -> f64 {
    let mut line = String::from(text);
    line.push_str(" 2");
    let parts: Vec<&str> = line.split(' ').collect();
    let (n, trimmed) = (line.len(), line.trim());
    x * x * parts.len() as f64 * n as f64 + x * trimmed.len() as f64
}

#[test]
fn text_that_is_looked_at_is_not_lent() {
    assert_eq!(of_text::grad(1.0, "a b"), 35.0);
}

/// What a map lends is copied where it is matched: a record keeps it.
#[differentiable(order = 2)]
fn looked_up(p: &[f64], #[no_diff] keys: &[u32]) -> f64 {
    let places: HashMap<u32, usize> = HashMap::from([(5, 1), (7, 2)]);
    let mut s = 0.0;
    for k in keys {
        if let Some(&i) = places.get(k) {
            s += p[i] * p[0];
        } else if let Some(i) = places.get(&(k + 1)) {
            s += p[*i] * p[*i];
        }
        match places.get(k) {
            Some(&i) if i > 1 => s *= p[i],
            Some(i) => s += p[*i] * *i as f64,
            None => {}
        }
    }
    s * p[places[&7]]
}
row!(looked_up_in_a_map: looked_up(ref p, noref keys) at (vec![0.5, 1.2, 0.8], vec![5, 7, 6, 9]));
curved!(looked_up_in_a_map_curved: looked_up(ref p, noref keys) at (vec![0.5, 1.2, 0.8], vec![5, 7, 6, 9]));

/// The items of maps: by reference, by pattern, through adaptors.
#[differentiable]
fn items_of_maps(p: &[f64]) -> f64 {
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    places.insert(3, 0);
    places.insert(5, 2);
    let mut s = 0.0;
    for (k, &v) in &places {
        s += *k as f64 * p[v] * p[v];
    }
    for (_, v) in places.iter() {
        s += p[*v].sin();
    }
    for v in places.values() {
        s += p[*v] * p[1];
    }
    let by_key: f64 = places.keys().map(|k| p[1] * p[places[k]] * *k as f64).sum();
    let by_value: f64 = places.iter().map(|(k, v)| p[*v] * *k as f64).sum();
    s + by_key * by_value
}
row!(items_of_maps_without_derivatives: items_of_maps(ref p) at (vec![0.5, 1.2, 0.8]));

#[differentiable]
fn neighbours(p: &[f64]) -> f64 {
    let mut edges: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    edges.entry(0).or_default().push((1, 2));
    edges.entry(1).or_default().push((2, 0));
    let mut d = vec![0.0; 3];
    for (from, to) in &edges {
        for &(to, by) in to {
            d[to] = d[*from] + p[by] * p[by];
        }
    }
    let mut s = d[2] * d[1];
    for from in 0..3 {
        if let Some(to) = edges.get(&from) {
            for &(to, _) in to {
                s += p[from] * p[to];
            }
        }
        s += edges.get(&from).map_or(p[0], |to| p[to[0].0] * p[1]);
    }
    s
}
row!(lists_in_maps: neighbours(ref p) at (vec![0.5, 1.2, 0.8]));

/// Keys made of active values: integers, found before the text that they stand in.
#[differentiable]
fn counted_by_value(x: &[f64]) -> f64 {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    for &v in x {
        *counts.entry((v * 2.1) as i32).or_insert(0) += 1;
    }
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    let mut s = 0.0;
    for &v in x {
        let n = seen.entry((v * 20.1).floor() as i64 / 7).or_insert(0);
        *n += 1;
        s = s * 0.9 + v * v * *n as f64 * counts[&((v * 2.1) as i32)] as f64;
    }
    s * counts.len() as f64
}
row!(keys_made_of_values: counted_by_value(ref x) at (vec![0.3, 0.31, 0.9, 1.3, 0.2]));

/// A map of floats that is not differentiated.
#[differentiable]
fn weighted(p: &[f64], #[no_diff] weights: &BTreeMap<usize, f64>) -> f64 {
    let mut s = 0.0;
    for (k, w) in weights {
        s += p[*k] * p[*k] * w;
    }
    for (k, &w) in weights.iter() {
        s += p[*k] * w;
    }
    let all: f64 = weights.values().sum();
    let one = weights[&0] * weights.get(&2).copied().unwrap_or(1.0) * *weights.get(&9).unwrap_or(&3.0);
    s * all + p[1] * one + weights.iter().map(|(k, w)| p[*k].sin() * w).sum::<f64>()
}
row!(a_map_of_floats_without_derivative: weighted(ref p, noref weights) at
    (vec![0.5, 1.2, 0.8], BTreeMap::from([(0, 2.0), (2, 0.5)])));
