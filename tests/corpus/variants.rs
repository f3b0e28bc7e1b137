//! Variants that `use` brings in, patterns of the only variant, values kept in boxes.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub enum Curve {
    Poly(f64),
    Exp { rate: f64 },
    Flat,
}

mod imported {
    use super::*;
    use Curve::*;

    #[differentiable]
    pub fn made(x: f64, n: usize) -> f64 {
        let curves = vec![Poly(x), Exp { rate: x * 0.1 }, Flat];
        let mut sum = 0.0;
        for curve in curves.iter().take(n) {
            if matches!(curve, Flat) {
                sum += sum * x;
            }
            sum += match curve {
                Poly(a) => a * a * x,
                Exp { rate } => rate.exp(),
                Flat => 0.0,
            };
        }
        sum
    }
}
row!(variants_of_a_glob: imported::made(val x, no n) at (0.7, 0), (0.7, 2), (0.7, 3));

#[differentiable]
fn imported_inside(x: f64, y: f64) -> f64 {
    use Curve::{Exp, Flat};
    let curve = if x > y { Exp { rate: x * y } } else { Flat };
    match curve {
        Exp { rate } => rate.exp() * y,
        Flat => x * y,
        Curve::Poly(a) => a,
    }
}
row!(variants_imported_inside: imported_inside(val x, val y) at (0.7, 0.2), (0.2, 0.7));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub enum Single {
    Only(f64, f64),
}

#[differentiable]
fn taken_apart(x: f64, n: usize) -> f64 {
    let mut s = x;
    for i in 0..n {
        let Single::Only(v, w) = Single::Only(s * 0.5 + i as f64, s * x);
        s = v.sin() * w;
        let y = {
            let Single::Only(a, _) = Single::Only(v * v, w);
            a * s
        };
        s += y;
    }
    s
}
row!(the_only_variant: taken_apart(val x, no n) at (0.7, 0), (0.7, 1), (0.7, 3));

#[differentiable]
fn only_by_reference(e: &Single, x: f64) -> f64 {
    let Single::Only(v, w) = e;
    v * w * x
}
#[differentiable]
fn lent(x: f64) -> f64 {
    only_by_reference(&Single::Only(x, x.sin()), x)
}
row!(the_only_variant_by_reference: lent(val x) at (0.7));

#[differentiable]
fn else_panics(given: Option<f64>, x: f64) -> f64 {
    let Some(v) = given else { panic!("no value") };
    let scaled = v * x;
    scaled * v
}
row!(an_else_that_panics: else_panics(val given, val x) at (Some(0.3), 0.7));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Twice {
    inner: Option<Option<f64>>,
    scale: f64,
}

#[differentiable]
fn option_of_an_option(twice: Twice, x: f64) -> f64 {
    if let Some(found) = twice.inner {
        let v = found.unwrap();
        v * x * twice.scale
    } else {
        x
    }
}
#[differentiable]
fn both_options(x: f64) -> f64 {
    let some = Twice { inner: Some(Some(x * x)), scale: x.cos() };
    option_of_an_option(some, x) * option_of_an_option(Twice { inner: None, scale: 2.0 }, x)
}
row!(an_option_of_an_option: both_options(val x) at (0.7));

#[differentiable]
fn first_matches(x: &[f64]) -> f64 {
    let first = x.first();
    if matches!(first, Some(v) if *v > 1.0) { x[0] * x[1] } else { x[1] }
}
row!(matches_of_a_lookup: first_matches(ref x) at (vec![2.0, 3.0]), (vec![0.5, 3.0]));

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Node {
    w: f64,
    kids: Vec<Box<Node>>,
}

#[differentiable]
fn summed(node: &Node) -> f64 {
    let mut sum = node.w * node.w;
    for kid in node.kids.iter() {
        sum += summed(kid) * 0.5;
    }
    sum
}

#[differentiable]
fn boxes_pushed(x: f64) -> f64 {
    let mut node = Node { w: x, kids: Vec::new() };
    node.kids.push(Box::new(Node { w: x * x, kids: vec![] }));
    node.kids.push(Box::new(Node { w: x.sin(), kids: vec![Box::new(Node { w: x * 3.0, kids: vec![] })] }));
    summed(&node)
}
row!(boxes_in_a_vec: boxes_pushed(val x) at (0.7));

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct List {
    v: f64,
    next: Option<Box<List>>,
}

#[differentiable]
fn total(list: &List) -> f64 {
    match &list.next {
        Some(next) => list.v * list.v + total(next),
        None => list.v,
    }
}

#[differentiable]
fn boxes_linked(x: f64, n: usize) -> f64 {
    let mut list = List { v: x, next: None };
    list.next = Some(Box::new(List { v: x * 2.0, next: None }));
    for _ in 0..n {
        list = List { v: list.v.sin(), next: Some(Box::new(list)) };
    }
    total(&list)
}
row!(boxes_in_options: boxes_linked(val x, no n) at (0.7, 0), (0.7, 3));

// Variants of `Self`, with the attribute on the method alone and on the block.

impl Curve {
    #[differentiable]
    fn slope(&self, x: f64) -> f64 {
        match self {
            Self::Poly(a) => 2.0 * a * x,
            Self::Exp { rate } => rate * (rate * x).exp(),
            Self::Flat => 0.0,
        }
    }

    #[differentiable]
    fn steeper(self, by: f64) -> Self {
        match self {
            Self::Poly(a) => Self::Poly(a * by),
            Self::Exp { rate } if matches!(self, Self::Exp { .. }) => Self::Exp { rate: rate + by },
            _ => Self::Flat,
        }
    }
}

#[differentiable]
fn variants_of_self(kind: usize, a: f64, x: f64) -> f64 {
    let curve = [Curve::Poly(a), Curve::Exp { rate: a }, Curve::Flat][kind];
    let steep = curve.steeper(x);
    curve.slope(x) * steep.slope(a) + x
}
row!(variants_of_self_in_methods: variants_of_self(no kind, val a, val x) at (0, 0.7, 0.4), (1, 0.7, 0.4), (2, 0.7, 0.4));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub enum Number<T> {
    Real(T),
    Pair(T, T),
}

#[differentiable]
impl<T: num_traits::Float> Number<T> {
    fn size(&self) -> T {
        match self {
            Self::Real(a) => *a * *a,
            Self::Pair(a, b) => (*a * *a + *b * *b).sqrt(),
        }
    }

    fn turned(self, by: T) -> Self {
        match self {
            Self::Real(a) => Self::Pair(a * by, a),
            Self::Pair(a, b) => Self::Real(a * b),
        }
    }
}

#[differentiable]
fn sizes(a: f64, by: f64) -> f64 {
    let once = Number::Real(a).turned(by);
    once.size() * once.turned(by).size()
}
row!(variants_of_a_generic_self: sizes(val a, val by) at (0.7, 0.4));

/// Types whose tangents stand in another module, where their names alone are imported.
mod elsewhere {
    use differentiable::{Differentiable, differentiable};

    #[derive(Clone, Copy, Debug, Differentiable)]
    pub struct Point {
        pub x: f64,
        pub y: f64,
    }

    #[differentiable(order = 2)]
    impl Point {
        pub fn dot(self, other: Point) -> f64 {
            self.x * other.x + self.y * other.y
        }
    }

    #[derive(Clone, Debug, Differentiable)]
    pub enum Segment {
        Line(Point, Point),
        Spot(Point),
    }

    /// With a variant that is called like one of `Option`.
    #[derive(Clone, Debug, Differentiable)]
    pub enum Roots<T> {
        None,
        One([T; 1]),
        Two(T, T),
    }
}
use elsewhere::Roots as R;
use elsewhere::{Point, Segment};

#[differentiable(order = 2)]
fn segment(x: f64, y: f64) -> f64 {
    let s = if x > y {
        Segment::Spot(Point { x, y })
    } else {
        Segment::Line(Point { x: y, y: x }, Point { x: x * x, y })
    };
    match s {
        Segment::Line(Point { x: a, y: b }, q) => a * b * b + q.dot(q),
        Segment::Spot(p) => p.x * p.y,
    }
}
row!(variants_of_imported_types: segment(val x, val y) at (0.3, 0.6));

#[differentiable(order = 2)]
fn roots(b: f64, c: f64) -> R<f64> {
    let d = b * b - c;
    if d < 0.0 {
        R::None
    } else if d == 0.0 {
        R::One([b])
    } else {
        R::Two(b - d.sqrt(), b + d.sqrt())
    }
}

#[differentiable(order = 2)]
fn spread(b: f64, c: f64) -> f64 {
    let scale = match roots(b, c) {
        R::None => return b * c,
        R::One([x]) => x,
        R::Two(x, _) => x,
    };
    match roots(b, c) {
        R::Two(x, y) => x * x * y * scale,
        R::One(_) | R::None => scale,
    }
}
row!(a_variant_called_none: spread(val b, val c) at (2.0, 0.3));

#[differentiable]
fn copied_in_patterns(o: Option<f64>, p: Option<(f64, f64)>, x: f64) -> f64 {
    let mut s = match (x, 1usize) {
        (mut a, k) if k > 0 => {
            a *= a;
            a
        }
        (a, _) => a,
    };
    if let Some(mut w) = o {
        for _ in 0..2 {
            w += w * x;
        }
        s *= w;
    }
    let mut waiting = vec![x, s, x * s];
    while let Some(mut v) = waiting.pop() {
        v += s;
        s += v * x;
    }
    let curve = if s > 0.0 { Curve::Exp { rate: s } } else { Curve::Poly(s) };
    s += match curve {
        Curve::Poly(mut rate) | Curve::Exp { mut rate } => {
            rate += x;
            rate * rate
        }
        Curve::Flat => 0.0,
    };
    let Some((a, mut b)) = p else { return s };
    b *= a * s;
    b + o.unwrap_or(1.0)
}
row!(mut_in_patterns: copied_in_patterns(val o, val p, val x)
    at (Some(0.3), Some((0.4, 0.8)), 0.7), (Some(0.3), None, 0.7));

// An enum without fields: its methods give constants.

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
enum Outcome {
    Win,
    Draw,
    Loss,
}

#[differentiable]
impl Outcome {
    const fn points(self) -> f64 {
        match self {
            Self::Win => 1.0,
            Self::Draw => 0.5,
            Self::Loss => 0.0,
        }
    }
    fn turned(&self) -> Outcome {
        match self {
            Outcome::Win => Outcome::Loss,
            Outcome::Draw => Outcome::Draw,
            Outcome::Loss => Outcome::Win,
        }
    }
    fn weighed(&self, k: f64) -> f64 {
        k * self.points()
    }
}

#[differentiable(allow_unused)]
fn rated(a: f64, b: f64, outcome: &Outcome) -> (f64, f64) {
    let expected = 1.0 / (1.0 + ((b - a) / 400.0).exp());
    let (won, lost) = (outcome.points(), outcome.turned().points());
    (a + 32.0 * (won - expected), b + 32.0 * (lost - (1.0 - expected)) + outcome.weighed(b))
}

#[differentiable]
fn rated_twice(a: f64, b: f64) -> f64 {
    let (a, b) = rated(a, b, &Outcome::Win);
    let outcome = if a > 1500.0 { Outcome::Draw } else { Outcome::Loss };
    let (a, b) = rated(a, b, &outcome);
    a * 0.5 + b
}
row!(methods_of_enums_without_fields: rated_twice(val a, val b) at (1500.0, 1400.0), (1200.0, 1300.0));
