//! Items by value of types that are no copies, `Option`s stored in collections, and references that a search gives.

use differentiable::{Differentiable, differentiable};
use std::cmp::Ordering;
use std::ops::Sub;

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}
value_struct!(Point => PointTangent { x, y });

#[differentiable]
impl Point {
    fn cross(&self, other: &Point) -> f64 {
        self.x * other.y - self.y * other.x
    }

    fn distance(&self, other: &Point) -> f64 {
        ((self.x - other.x).powi(2) + (self.y - other.y).powi(2)).sqrt()
    }
}

#[differentiable]
impl Sub for &Point {
    type Output = Point;

    fn sub(self, other: Self) -> Point {
        Point { x: self.x - other.x, y: self.y - other.y }
    }
}

fn path() -> Vec<Point> {
    let at = [(0.3, 0.1), (1.2, 1.4), (2.1, -0.7), (3.4, 0.9), (4.6, 0.2), (2.6, 2.9)];
    at.into_iter().map(|(x, y)| Point { x, y }).collect()
}

#[differentiable]
fn off_the_line(p: &Point, a: &Point, b: &Point) -> f64 {
    let num = (b.y - a.y) * p.x - (b.x - a.x) * p.y + b.x * a.y - b.y * a.x;
    num.abs() / a.distance(b)
}

#[differentiable]
fn simplified(points: &[Point], tolerance: f64) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut largest = 0.0;
    let mut index = 0;
    let end = points.len() - 1;
    for i in 1..end {
        let d = off_the_line(&points[i], &points[0], &points[end]);
        if d > largest {
            index = i;
            largest = d;
        }
    }
    if largest > tolerance {
        let mut results = simplified(&points[..=index], tolerance);
        results.pop();
        results.extend(simplified(&points[index..], tolerance));
        results
    } else {
        vec![points[0].clone(), points[end].clone()]
    }
}

#[differentiable]
fn length_of_the_simplified(points: &[Point], _tolerance: f64) -> f64 {
    let kept = simplified(points, _tolerance);
    kept.windows(2).map(|pair| pair[0].distance(&pair[1])).sum()
}
row!(extended_by_what_a_call_gives: length_of_the_simplified(ref points, val tolerance) at (path(), 0.8), (path(), 0.1));

fn by_place(a: &Point, b: &Point) -> Ordering {
    match a.x.partial_cmp(&b.x).unwrap() {
        Ordering::Equal => a.y.partial_cmp(&b.y).unwrap(),
        other => other,
    }
}

#[differentiable]
fn closest(points: &[Point]) -> Option<(Point, Point)> {
    let mut sorted: Vec<Point> = points.to_vec();
    sorted.sort_by(by_place);
    if sorted.len() < 2 {
        return None;
    }
    let mut least = sorted[0].distance(&sorted[1]);
    let mut pair = (sorted[0].clone(), sorted[1].clone());
    for i in 1..sorted.len() {
        for j in (i + 1)..sorted.len() {
            let new = sorted[i].distance(&sorted[j]);
            if new < least {
                least = new;
                pair = (sorted[i].clone(), sorted[j].clone());
            }
        }
    }
    Some(pair)
}

#[differentiable]
fn between_the_closest(points: &[Point]) -> Option<f64> {
    let (a, b) = closest(points)?;
    Some(a.distance(&b) * 2.0 + a.x * b.y)
}
row!(pairs_of_what_is_no_copy: between_the_closest(ref points) -> option at (path()));

#[differentiable]
fn those_to_the_right(points: Vec<Point>, at: f64) -> f64 {
    let mut kept = Vec::new();
    for p in points {
        if p.x > 1.0 {
            kept.push(p);
        }
    }
    let (high, low): (Vec<Point>, Vec<Point>) = kept.into_iter().partition(|p| p.y > 0.5);
    let with_lengths: Vec<(Point, f64)> = high
        .into_iter()
        .map(|p| {
            let l = p.x * p.y * at;
            (p, l)
        })
        .collect();
    let mut s = 0.0;
    for (p, l) in &with_lengths {
        s += p.x * l;
    }
    s + low.iter().map(|p| p.y * at).sum::<f64>()
}
row!(items_that_are_given_away: those_to_the_right(val points, val at) at (path(), 0.7));

#[differentiable]
fn least_of_all(points: Vec<Point>, c: f64) -> Option<(Point, f64)> {
    let mut best = None;
    let mut least = f64::INFINITY;
    for p in points {
        let l = (p.x - 2.0).powi(2) + c * p.y;
        if l < least {
            least = l;
            best = Some((p, l));
        }
    }
    best
}

#[differentiable]
fn the_least(points: Vec<Point>, c: f64) -> f64 {
    match least_of_all(points, c) {
        Some((p, l)) => p.x * l + p.y,
        None => c,
    }
}
row!(an_option_of_what_was_given_away: the_least(val points, val c) at (path(), 0.7), (vec![], 0.7));

type Row = (Vec<f64>, f64);

#[differentiable]
fn rows_by_label(rows: Vec<(Vec<f64>, f64)>, c: f64) -> f64 {
    let mut all: Vec<Row> = vec![];
    all.extend(rows.into_iter().filter(|row| row.1 > 0.0));
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.iter().enumerate().map(|(k, (xs, label))| xs.iter().sum::<f64>() * label * c * (k + 1) as f64).sum()
}
row!(rows_that_are_sorted: rows_by_label(val rows, val c) at
    (vec![(vec![0.4, 0.2], 0.5), (vec![1.0], -1.0), (vec![0.3], 1.5)], 0.8));

#[differentiable]
fn leaky(vector: &Vec<f64>, alpha: f64) -> Vec<f64> {
    let mut out = vector.to_owned();
    for value in &mut out {
        if value < &mut 0. {
            *value *= alpha;
        }
    }
    let again = vector.clone();
    out.push(again[0] * alpha);
    out
}

#[differentiable]
fn sum_of_leaky(vector: &Vec<f64>, alpha: f64) -> f64 {
    leaky(vector, alpha).iter().map(|v| v * v).sum()
}
row!(copies_of_a_vector_behind_a_reference: sum_of_leaky(ref vector, val alpha) at (vec![1.0, -2.0, 0.5, -0.3], 0.1));

// ---- `Option`s and `Result`s of calls, stored ----

#[derive(Clone, Debug, Differentiable)]
struct Model {
    gain: f64,
}
value_struct!(Model => ModelTangent { gain });

#[differentiable]
impl Model {
    fn predict(&self, point: &[f64]) -> Option<f64> {
        if point.is_empty() {
            return None;
        }
        Some(self.gain * point[0] * point[0])
    }

    fn predict_all(&self, points: &[Vec<f64>]) -> Vec<Option<f64>> {
        points.iter().map(|point| self.predict(point)).collect()
    }
}

#[differentiable]
fn first_of(k: f64, point: &[f64]) -> Option<f64> {
    if point.is_empty() {
        return None;
    }
    Some(k * point[0])
}

#[differentiable]
fn first_or(k: f64, point: &[f64]) -> Result<f64, String> {
    if point.is_empty() {
        return Err("nothing".to_string());
    }
    Ok(k * k * point[0])
}

#[differentiable]
fn predicted(model: &Model, points: &[Vec<f64>]) -> f64 {
    let all = model.predict_all(points);
    let mut s = 0.0;
    for p in &all {
        if let Some(p) = p {
            s += p * p;
        }
    }
    s
}
fn points() -> Vec<Vec<f64>> {
    vec![vec![0.7, 0.1], vec![], vec![1.3]]
}
row!(options_collected_from_a_method: predicted(ref model, ref points) at (Model { gain: 1.2 }, points()));

#[differentiable]
fn options_pushed(k: f64, points: &[Vec<f64>]) -> f64 {
    let mut out = Vec::new();
    for p in points {
        out.push(first_of(k, p));
    }
    let pair = (first_of(k, &points[0]), first_of(k * 2.0, &points[1]));
    let held = [first_of(k, &points[2]), None];
    let mut s = pair.0.unwrap_or(1.0) * k + pair.1.unwrap_or(k);
    for x in out {
        s += x.map_or(k, |x| x * x);
    }
    for x in held {
        s += x.unwrap_or(0.5) * k;
    }
    s
}
row!(options_of_calls_in_collections: options_pushed(val k, ref points) at (0.9, points()));

#[differentiable]
fn options_in_chains(k: f64, points: &[Vec<f64>]) -> f64 {
    let kept: Vec<Option<f64>> = points.iter().map(|p| first_of(k, p)).collect();
    let flat: f64 = points.iter().map(|p| first_of(k, p)).flatten().sum();
    let mapped: Vec<f64> = points.iter().flat_map(|p| first_of(k * k, p)).collect();
    let all: Option<f64> = points.iter().map(|p| first_of(k, p)).sum();
    kept.iter().map(|x| x.unwrap_or(1.0)).sum::<f64>() * flat + mapped[1] + all.unwrap_or(k * 3.0)
}
row!(options_of_calls_in_chains: options_in_chains(val k, ref points) at
    (0.9, points()), (0.9, vec![vec![0.7], vec![0.2, 0.3]]));

#[differentiable]
fn results_pushed(k: f64, points: &[Vec<f64>]) -> f64 {
    let mut out = Vec::new();
    for p in points {
        out.push(first_or(k, p));
    }
    let mut s = 0.0;
    for x in &out {
        match x {
            Ok(x) => s += x * k,
            Err(_) => s += k,
        }
    }
    s
}
row!(results_of_calls_in_a_collection: results_pushed(val k, ref points) at (0.9, points()));

// ---- references that a search gives ----

#[differentiable]
fn half(x: &f64) -> f64 {
    0.5 * x * x
}

#[differentiable]
fn around(points: &[(f64, f64)], least: &(f64, f64)) -> f64 {
    points.iter().map(|p| (p.0 - least.0) * (p.1 - least.1)).sum()
}

#[differentiable]
fn about_the_lowest(points: &[(f64, f64)]) -> f64 {
    let least = points
        .iter()
        .min_by(|a, b| {
            let order = a.1.partial_cmp(&b.1).unwrap_or(Ordering::Equal);
            match order {
                Ordering::Equal => a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal),
                other => other,
            }
        })
        .unwrap();
    around(points, least) + least.0 * least.1
}
row!(the_least_is_a_reference: about_the_lowest(ref points) at (vec![(0.3, 0.8), (1.1, -0.4), (2.0, 0.9)]));

fn compared(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b).unwrap()
}

#[differentiable]
fn found_and_passed(xs: &[f64], t: f64) -> f64 {
    let near = xs.iter().min_by(|a, b| (*a - t).abs().partial_cmp(&(*b - t).abs()).unwrap()).unwrap();
    let most = xs.iter().max_by(|a, b| compared(a, b)).unwrap();
    let least = xs.iter().min_by(|a, b| a.partial_cmp(b).unwrap()).copied().unwrap_or(0.0);
    let last = xs.iter().last().unwrap();
    let fold = xs.iter().reduce(|a, b| if a > b { a } else { b }).unwrap();
    half(near) * t + half(most) * least + half(last) * fold
}
row!(found_references_are_passed_on: found_and_passed(ref xs, val t) at (vec![0.4, 1.7, 0.9, 1.1], 0.8));

#[differentiable]
fn second(a: f64, b: &f64) -> f64 {
    let mut s = 0.0;
    for _ in 0..2 {
        s += a * b;
    }
    s
}

#[differentiable]
fn found_in_pairs(xs: &[f64], ws: &[f64], t: f64) -> f64 {
    let (i, near) =
        xs.iter().enumerate().min_by(|a, b| (a.1 - t).abs().partial_cmp(&(b.1 - t).abs()).unwrap()).unwrap();
    let (x, w) = xs.iter().zip(ws).max_by(|a, b| (a.0 * a.1).total_cmp(&(b.0 * b.1))).unwrap();
    let (y, z) = xs.iter().map(|x| (x, x * t)).find(|(x, y)| *x * y > 0.5).unwrap();
    second(*x, w) * second(t, near) * (i + 1) as f64 + second(z, y)
}
row!(found_references_in_pairs: found_in_pairs(ref xs, ref ws, val t) at
    (vec![0.4, 1.7, 0.9, 1.1], vec![0.6, 0.3, 1.2, 0.8], 0.8));

#[differentiable]
fn ordered(a: f64, b: f64) -> f64 {
    match compared(&a, &b) {
        Ordering::Less => a * a,
        Ordering::Equal => a * b,
        Ordering::Greater => b * b * b,
    }
}
row!(an_order_from_a_function: ordered(val a, val b) at (1.2, 2.0), (2.0, 1.3));

#[differentiable]
fn best_by_a_match(xs: &[f64], k: f64) -> f64 {
    let mut best = None;
    for (i, v) in xs.iter().enumerate() {
        best = match best {
            None => Some((i, v * v)),
            Some((_, b)) if v * v < b => Some((i, v * v)),
            other => other,
        };
    }
    best.map_or(0.0, |(i, v)| k * v * (i + 1) as f64)
}
row!(an_option_that_a_match_on_itself_gives: best_by_a_match(ref xs, val k) at (vec![0.9, -0.4, 1.1], 0.7));

#[derive(Clone, Debug, Differentiable)]
struct Site {
    v: f64,
    tags: Vec<f64>,
}
value_struct!(Site => SiteTangent { v, tags });

#[differentiable]
fn nearest_site(ps: &[Site], w: &[f64]) -> f64 {
    let (p, _) = ps.iter().zip(w.iter().copied()).min_by(|a, b| a.1.partial_cmp(&b.1).unwrap()).unwrap();
    p.v * p.v * w[0]
}
row!(the_key_of_a_pair_is_left: nearest_site(ref sites, ref xs) at
    (sites(), vec![0.9, 0.2, 0.5]), (sites(), vec![0.1, 0.2, 0.5]), (sites(), vec![0.4, 0.3, 0.2]));

fn sites() -> Vec<Site> {
    [2.0, 3.0, 0.5].iter().map(|v| Site { v: *v, tags: vec![*v, 1.0] }).collect()
}

#[differentiable]
fn nearest_by_key(ps: &[Site], t: f64) -> f64 {
    let (p, _) =
        ps.iter().map(|p| (p, (p.v - t).abs())).min_by(|a, b| a.1.partial_cmp(&b.1).unwrap()).unwrap();
    p.v * p.tags[0] * t
}
row!(a_key_made_in_the_chain_is_left: nearest_by_key(ref sites, val t) at
    (sites(), 2.7), (sites(), 0.2), (sites(), 2.1));

#[differentiable]
fn nearest_by_match(ps: &[Site], w: &[f64]) -> f64 {
    let mut best: Option<(&Site, f64)> = None;
    for (p, u) in ps.iter().zip(w) {
        best = match best {
            None => Some((p, *u)),
            Some((_, v)) if *u < v => Some((p, *u)),
            other => other,
        };
    }
    match best {
        Some((p, _)) => p.v * p.v * w[0],
        None => 0.0,
    }
}
row!(a_key_matched_in_a_loop_is_left: nearest_by_match(ref sites, ref xs) at
    (sites(), vec![0.9, 0.2, 0.5]), (sites(), vec![0.1, 0.2, 0.5]), (sites(), vec![0.4, 0.3, 0.2]));

#[derive(Clone, Debug, Differentiable)]
enum Piece {
    Values(Vec<f64>),
    Pair { p: [f64; 2], q: Option<f64> },
    Nothing,
}

#[derive(Clone, Copy, Debug, Differentiable)]
enum Factor {
    One,
    Of(f64),
}

#[differentiable]
fn pieces(x: f64, y: f64) -> f64 {
    let pieces = vec![
        Piece::Values(vec![x, y]),
        Piece::Pair { p: [x, y], q: Some(x * y) },
        Piece::Nothing,
        Piece::Pair { p: [y, 1.0], q: None },
    ];
    let mut sum = 0.0;
    let mut kept = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Values(v) => {
                sum += v[0] * v[1];
                kept = v;
            }
            Piece::Pair { p, q: Some(q) } => sum += p[0] * q,
            Piece::Pair { p: [a, b], .. } if a > 0.5 => sum += a * b,
            Piece::Pair { .. } | Piece::Nothing => sum *= x,
        }
    }
    for factor in [Factor::One, Factor::Of(y), Factor::Of(x)] {
        sum *= if let Factor::Of(k) = factor { k } else { 1.5 };
    }
    sum * kept.iter().sum::<f64>()
}
row!(enums_by_value_taken_apart: pieces(val x, val y) at (1.0, 2.0), (0.7, 0.3));

#[differentiable]
fn pieces_in_a_chain(x: f64, y: f64) -> f64 {
    let pieces = [Piece::Values(vec![x, y]), Piece::Pair { p: [x, y], q: Some(x * y) }, Piece::Nothing];
    pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Values(v) => v.into_iter().map(|q| q * q).sum::<f64>(),
            Piece::Pair { p, q } => p[1] * q.unwrap_or(1.0),
            Piece::Nothing => x,
        })
        .sum()
}
row!(enums_by_value_in_a_chain: pieces_in_a_chain(val x, val y) at (1.0, 2.0), (0.7, 0.3));
