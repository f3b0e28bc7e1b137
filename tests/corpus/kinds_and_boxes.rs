//! What cannot hold a float is told by its definition, and boxed slices are made, kept and returned.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Activation {
    #[default]
    Linear,
    Tanh,
    Square = 7,
}

/// Made of integers and of such an enum: inactive as well.
#[derive(Clone, Debug, PartialEq)]
struct Wiring {
    width: usize,
    kind: Activation,
    others: [Activation; 2],
    last: Option<(Activation, u8)>,
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weight: f64,
    kind: Activation,
    more: Vec<Activation>,
    wiring: Wiring,
}

#[differentiable]
fn activated(kind: Activation, x: f64) -> f64 {
    match kind {
        Activation::Linear => x * 1.5,
        Activation::Tanh => x.tanh(),
        Activation::Square => x * x,
    }
}
row!(enum_without_fields_by_value: activated(no kind, val x) at
    (Activation::Linear, 0.4), (Activation::Tanh, 0.4), (Activation::Square, 0.4));

#[differentiable]
fn by_reference(kind: &Activation, scale: f64, x: f64) -> f64 {
    if *kind == Activation::Tanh { (scale * x).tanh() } else { activated(*kind, x) * scale }
}
row!(enum_without_fields_by_reference: by_reference(noref kind, val scale, val x) at
    (Activation::Tanh, 0.7, 0.4), (Activation::Square, 0.7, 0.4));

#[differentiable]
fn chained(kinds: &[Activation], x: f64) -> f64 {
    let mut y = x;
    for &kind in kinds {
        y = activated(kind, y) * y + x;
    }
    y
}
row!(list_of_an_enum_without_fields: chained(noref kinds, val x) at
    (vec![Activation::Tanh, Activation::Square], 0.4), (vec![], 0.4));

#[differentiable]
fn wired(wiring: &Wiring, x: f64) -> f64 {
    let kinds = wiring.others;
    let last = match wiring.last {
        Some((kind, times)) => activated(kind, x) * times as f64,
        None => x,
    };
    activated(wiring.kind, x) * wiring.width as f64 + activated(kinds[1], last)
}
row!(struct_of_integers_and_such_an_enum: wired(noref wiring, val x) at
    (Wiring { width: 3, kind: Activation::Tanh, others: [Activation::Square; 2], last: None }, 0.4),
    (Wiring { width: 3, kind: Activation::Linear, others: [Activation::Square; 2], last: Some((Activation::Tanh, 2)) }, 0.4));

#[differentiable]
fn layered(weights: &[f64; 2], x: f64) -> f64 {
    let wiring = Wiring { width: 2, kind: Activation::Tanh, others: [Activation::Linear; 2], last: None };
    let layers = [
        Layer {
            weight: weights[0],
            kind: Activation::Tanh,
            more: vec![Activation::Square],
            wiring: wiring.clone(),
        },
        Layer {
            weight: weights[1],
            kind: Activation::Linear,
            more: vec![Activation::Tanh, Activation::Linear],
            wiring,
        },
    ];
    let mut y = x;
    for layer in &layers {
        y = activated(layer.kind, layer.weight * y);
        for &kind in &layer.more {
            y += activated(kind, y * layer.weight);
        }
        if layer.wiring.kind == Activation::Tanh {
            y *= layer.wiring.width as f64;
        }
    }
    y
}
row!(fields_that_hold_no_float: layered(ref weights, val x) at ([0.7, -0.3], 0.4));

#[differentiable]
fn machine(x: f64, n: usize) -> f64 {
    let mut kind = Activation::Linear;
    let mut y = x;
    for _ in 0..n {
        y = activated(kind, y) + 0.3 * x;
        kind = match kind {
            Activation::Linear => Activation::Tanh,
            Activation::Tanh if y > 0.9 => Activation::Square,
            _ => Activation::Linear,
        };
    }
    y
}
row!(state_that_is_such_an_enum: machine(val x, no n) at (0.4, 5), (1.9, 6));

#[differentiable]
fn squares(x: &[f64]) -> Box<[f64]> {
    x.iter().map(|v| v * v).collect()
}
row!(boxed_slice_returned: squares(ref x) -> many at (vec![0.3, 0.9]));

#[differentiable]
fn in_place(x: &[f64], k: f64) -> Box<[f64]> {
    if k > 2.0 {
        return x.to_vec().into_boxed_slice();
    }
    let mut items: Box<[f64]> = x.iter().map(|v| v * k).collect();
    items[0] *= x[1];
    items
}
row!(boxed_slice_returned_early: in_place(ref x, val k) -> many at (vec![0.3, 0.9], 1.5), (vec![0.3, 0.9], 2.5));

#[differentiable]
fn first_cubes(x: &[f64], n: usize) -> Option<Box<[f64]>> {
    if n > x.len() {
        return None;
    }
    let cubes: Box<[f64]> = x.iter().take(n).map(|v| v * v * v).collect();
    Some(cubes)
}

#[derive(Clone, Debug, Differentiable)]
struct Held {
    items: Box<[f64]>,
    pairs: Box<[[f64; 2]]>,
    inner: Box<Inner>,
}

#[derive(Clone, Debug, Differentiable)]
struct Inner {
    weight: f64,
}

#[derive(Clone, Debug, Differentiable)]
enum Tree {
    Leaf(f64),
    Pair(Box<Tree>, Box<Tree>),
    Many(Box<[f64]>),
}

#[differentiable]
fn held(x: &[f64]) -> Held {
    let items: Box<[f64]> = squares(x);
    let pairs = vec![[x[0], x[1]]; 2].into_boxed_slice();
    Held { items, pairs, inner: Box::new(Inner { weight: x[0] * x[1] }) }
}

#[differentiable]
fn cubes_of(items: Box<[f64]>, x: f64) -> f64 {
    items.iter().map(|v| v * v * v * x).sum()
}

#[differentiable]
fn boxed_fields(x: f64) -> f64 {
    let held = held(&[x, 2.0 * x]);
    let most = first_cubes(&[x, x], 2).unwrap();
    let sum: f64 = held.items.iter().sum();
    sum * held.pairs[1][0] * held.inner.weight + most[1] + cubes_of(squares(&[x, x.sin()]), x)
}
row!(boxed_slices_in_structs_and_calls: boxed_fields(val x) at (0.4));

#[differentiable(order = 3)]
fn evaluated(tree: &Tree, x: f64) -> f64 {
    match tree {
        Tree::Leaf(c) => c * x * x,
        Tree::Pair(a, b) => evaluated(a, x) * evaluated(b, x),
        Tree::Many(items) => items.iter().map(|w| w * w * x).sum(),
    }
}

#[differentiable(order = 3)]
fn planted(x: f64) -> f64 {
    let many = Tree::Many(vec![x, x * x].into_boxed_slice());
    let right = Tree::Pair(Box::new(Tree::Leaf(x * x)), Box::new(many));
    evaluated(&Tree::Pair(Box::new(Tree::Leaf(x)), Box::new(right)), x)
}
row!(boxes_in_a_tree: planted(val x) at (0.4));

/// x³ · x⁴ · (x³ + x⁵) = x¹⁰ + x¹²
#[test]
fn boxes_at_order_three() {
    let x: f64 = 0.8;
    assert!((planted::d2(x) - (90.0 * x.powi(8) + 132.0 * x.powi(10))).abs() < 1e-9);
    assert!((planted::d3(x) - (720.0 * x.powi(7) + 1320.0 * x.powi(9))).abs() < 1e-9);
}

/// An enum without fields in front of an active parameter.
#[derive(Clone, Copy, Debug, Differentiable)]
pub enum Law {
    Square,
    Linear,
}

#[differentiable]
impl Law {
    fn of(self, x: f64) -> f64 {
        match self {
            Law::Square => x * x,
            Law::Linear => x,
        }
    }

    fn weight(&self) -> f64 {
        match self {
            Law::Square => 2.0,
            Law::Linear => 3.0,
        }
    }
}

#[differentiable]
fn by_law(x: f64) -> f64 {
    Law::Square.of(x) * Law::Linear.weight() + Law::Linear.of(x)
}
row!(an_enum_before_what_counts: by_law(val x) at (0.7));

#[test]
fn methods_of_enums_have_derivatives_to_call() {
    assert_eq!(Law::Square.of_value_and_grad(3.0).1.1, 6.0);
}

/// What is in a box is no box where it becomes a part of something else.
#[differentiable(order = 2)]
fn parts_out_of_boxes(x: f64, y: f64) -> f64 {
    let mut c = Box::new(x * y);
    let r = &mut *c;
    *r *= 2.0;
    let a = [*c, x];
    let t = (*c, Some(*c));
    *c = a[0] * a[1];
    t.0 * t.1.unwrap() + *c
}
row!(parts_taken_out_of_boxes: parts_out_of_boxes(val x, val y) at (1.3, 0.4));
curved!(parts_taken_out_of_boxes_at_order_two: parts_out_of_boxes(val x, val y) at (1.3, 0.4));

// Enums without fields and without the derive, beside floats in what functions give: steps, like integers.

#[derive(Clone, Copy, PartialEq, Debug)]
enum Outcome {
    Won,
    Lost,
    Drawn,
}

fn judged(x: f64) -> Outcome {
    if x > 1.0 { Outcome::Won } else { Outcome::Lost }
}

#[differentiable]
fn judged_score(x: f64) -> (f64, Outcome) {
    if x > 1.0 { (x * x, Outcome::Won) } else { (x.sin(), Outcome::Lost) }
}

#[differentiable]
fn judged_late(x: f64) -> Option<(f64, Outcome)> {
    if x > 0.5 { Some((x * x, Outcome::Won)) } else { None }
}

#[differentiable]
fn judged_often(x: f64, n: usize) -> Vec<(f64, Outcome)> {
    let mut all = vec![];
    for i in 0..n {
        all.push((x * i as f64 * x, if i % 2 == 0 { Outcome::Won } else { Outcome::Drawn }));
    }
    all
}

#[differentiable]
fn by_outcomes(x: f64) -> f64 {
    let (a, outcome) = judged_score(x);
    let mut s = if outcome == Outcome::Won { a * a } else { a };
    if let Some((b, late)) = judged_late(x) {
        s += match late {
            Outcome::Won => b * a,
            _ => 3.0,
        };
    }
    for (y, outcome) in &judged_often(x, 4) {
        if *outcome == Outcome::Drawn {
            s += y * y;
        }
    }
    let pair = [Outcome::Drawn, judged(x)];
    match (pair[0], pair[1]) {
        (Outcome::Drawn, Outcome::Won) => s * x,
        (_, Outcome::Lost) => s * x.sin(),
        _ => s,
    }
}
row!(outcomes_beside_floats: by_outcomes(val x) at (0.3), (0.7), (1.2));

#[derive(Differentiable, Clone)]
struct Contest {
    gain: f64,
    last: Option<Outcome>,
    this: Outcome,
    history: [f64; 2],
}

#[differentiable]
impl Contest {
    fn new(gain: f64, this: Outcome) -> Self {
        Self { gain, last: Some(Outcome::Won), this, history: [gain, gain * gain] }
    }

    fn last(&self) -> Outcome {
        self.last.unwrap_or(Outcome::Lost)
    }

    fn last_if_any(&self) -> Option<Outcome> {
        self.last
    }

    fn followed_by(&mut self, next: Outcome) -> Outcome {
        let before = self.this;
        self.this = next;
        self.gain *= 2.0;
        before
    }

    fn class(&self, x: f64) -> Outcome {
        if x * self.gain > 1.0 { Outcome::Won } else { Outcome::Drawn }
    }

    fn applied(&self, x: f64) -> f64 {
        let stake = match self.class(x) {
            Outcome::Won => x * x * self.gain,
            Outcome::Drawn => x * self.gain.sin(),
            Outcome::Lost => 0.0,
        };
        match self.last() {
            Outcome::Won => x * self.gain + stake,
            Outcome::Lost => x + self.gain,
            Outcome::Drawn => self.history[1],
        }
    }

    fn tried(&mut self, x: f64) -> Result<f64, Outcome> {
        let before = self.followed_by(Outcome::Drawn);
        if before == Outcome::Lost {
            return Err(before);
        }
        Ok(x * self.gain * self.history[0])
    }
}

#[differentiable]
fn through_a_contest(x: f64, first: i32) -> f64 {
    let mut contest = Contest::new(x, if first > 0 { Outcome::Won } else { Outcome::Lost });
    let applied = contest.applied(x);
    let tried = match contest.tried(x) {
        Ok(v) => v,
        Err(_) => x,
    };
    let by =
        if let Some(last) = contest.last_if_any() { if last == Outcome::Won { x } else { 2.0 } } else { 3.0 };
    applied + tried * by + contest.tried(x).unwrap_or(7.0)
}
row!(methods_that_give_outcomes: through_a_contest(val x, no first) at (0.3, 1), (1.2, 1));
