//! Recursion: direct, mutual, over trees and over slices.

use differentiable::{Differentiable, differentiable};

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}
row!(direct_recursion: power(val x, no n) at (1.5, 4), (-0.5, 1) => f64::from(n) * x.powi(n as i32 - 1));

#[differentiable]
fn fast_power(x: f64, n: u32) -> f64 {
    if n == 0 {
        return 1.0;
    }
    let half = fast_power(x, n / 2);
    if n % 2 == 0 { half * half } else { half * half * x }
}
row!(result_used_twice: fast_power(val x, no n) at (1.5, 5), (-0.5, 8) => f64::from(n) * x.powi(n as i32 - 1));

#[differentiable]
fn tree_recursion(x: f64, depth: u32) -> f64 {
    if depth == 0 {
        return x.sin();
    }
    tree_recursion(x * 0.9, depth - 1) + x * tree_recursion(x * x, depth - 1)
}
row!(two_recursive_calls: tree_recursion(val x, no depth) at (0.8, 3));

#[differentiable]
fn ackermann_like(n: u32, x: f64) -> f64 {
    if n == 0 { x + 1.0 } else { ackermann_like(n - 1, ackermann_like(n - 1, x) * 0.5) }
}
row!(call_as_an_argument_of_itself: ackermann_like(no n, val x) at (3, 0.8));

#[differentiable(recursive)]
fn even(x: f64, n: u32) -> f64 {
    if n == 0 { x } else { odd(x * x + 0.1, n - 1) }
}

#[differentiable]
fn odd(x: f64, n: u32) -> f64 {
    if n == 0 { x.sin() } else { x * even(0.5 * x, n - 1) }
}
row!(mutual_recursion: even(val x, no n) at (0.8, 4), (0.8, 3));
row!(mutual_recursion_from_the_other: odd(val x, no n) at (0.8, 4), (0.8, 3));

#[differentiable]
fn pairwise_sum(v: &[f64]) -> f64 {
    if v.len() <= 2 {
        let mut s = 0.0;
        for x in v {
            s += x * x;
        }
        return s;
    }
    let mid = v.len() / 2;
    pairwise_sum(&v[..mid]) + pairwise_sum(&v[mid..])
}
row!(recursion_over_halves_of_a_slice: pairwise_sum(ref v) at (vec![1.0, 2.0, -3.0, 0.5, 4.0])
    => v.iter().map(|x| 2.0 * x).collect::<Vec<f64>>());

#[differentiable]
fn haar(v: &mut [f64], k: f64) {
    let n = v.len();
    if n < 2 {
        return;
    }
    for i in 0..n / 2 {
        let (a, b) = (v[i], v[n / 2 + i]);
        v[i] = k * (a + b);
        v[n / 2 + i] = a * b;
    }
    haar(&mut v[..n / 2], k);
}
row!(recursion_in_place: haar(mut v, val k) -> unit at (vec![1.0, 2.0, -3.0, 0.5], 0.7));

#[differentiable]
fn adaptive(a: f64, b: f64, k: f64, depth: u32) -> f64 {
    let m = 0.5 * (a + b);
    let h = b - a;
    let coarse = h * (-k * m * m).exp();
    let (l, r) = (0.5 * (a + m), 0.5 * (m + b));
    let fine = 0.5 * h * ((-k * l * l).exp() + (-k * r * r).exp());
    if (fine - coarse).abs() < 1e-4 || depth == 0 {
        fine + (fine - coarse) / 3.0
    } else {
        adaptive(a, m, k, depth - 1) + adaptive(m, b, k, depth - 1)
    }
}
row!(adaptive_quadrature: adaptive(val a, val b, val k, no depth) at (0.1, 1.9, 1.3, 12));

#[derive(Clone, Debug, Differentiable)]
enum Term {
    Leaf(f64),
    Sum(Box<Term>, Box<Term>),
    Product(Box<Term>, Box<Term>),
}

impl crate::harness::value::Value for Term {
    const SINGLE: bool = false;
    fn scalars(&self, out: &mut Vec<f64>) {
        match self {
            Term::Leaf(x) => out.push(*x),
            Term::Sum(a, b) | Term::Product(a, b) => {
                a.scalars(out);
                b.scalars(out);
            }
        }
    }
    fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
        match self {
            Term::Leaf(x) => *x += next(),
            Term::Sum(a, b) | Term::Product(a, b) => {
                a.nudge(next);
                b.nudge(next);
            }
        }
    }
}

#[differentiable]
fn evaluate(t: &Term, k: f64) -> f64 {
    match t {
        Term::Leaf(x) => x * k,
        Term::Sum(a, b) => evaluate(a, k) + evaluate(b, k),
        Term::Product(a, b) => evaluate(a, k) * evaluate(b, k * k),
    }
}

fn leaf(x: f64) -> Box<Term> {
    Box::new(Term::Leaf(x))
}
row!(recursive_enum: evaluate(ref t, val k) at (Term::Product(Box::new(Term::Sum(leaf(1.0), leaf(2.0))), leaf(3.0)), 0.7));

#[derive(Clone, Debug, Differentiable)]
struct Node {
    weight: f64,
    children: Vec<Node>,
}
impl crate::harness::value::Value for Node {
    const SINGLE: bool = false;
    fn scalars(&self, out: &mut Vec<f64>) {
        out.push(self.weight);
        self.children.scalars(out);
    }
    fn nudge(&mut self, next: &mut dyn FnMut() -> f64) {
        self.weight += next();
        self.children.nudge(next);
    }
}

#[differentiable]
fn total_weight(node: &Node) -> f64 {
    let mut s = node.weight;
    for child in &node.children {
        s += node.weight * total_weight(child);
    }
    s
}
row!(tree_of_structs: total_weight(ref node) at (Node {
    weight: 1.5,
    children: vec![
        Node { weight: 0.5, children: vec![] },
        Node { weight: -1.0, children: vec![Node { weight: 2.0, children: vec![] }] },
    ],
}));

/// Found without being told: each leads back to itself by the others.
#[differentiable(order = 2)]
fn first_of_three(x: f64, n: u32) -> f64 {
    if n == 0 {
        return x;
    }
    x * second_of_three(x.sin(), n - 1)
}

#[differentiable(order = 2)]
fn second_of_three(x: f64, n: u32) -> f64 {
    let y = third_of_three(x, n);
    if n == 0 { y } else { y + third_of_three(x * 0.5, n - 1) }
}

#[differentiable(order = 2)]
fn third_of_three(x: f64, n: u32) -> f64 {
    if n == 0 { x.cos() } else { x + first_of_three(x.cos(), n - 1) }
}
row!(three_in_a_circle: first_of_three(val x, no n) at (0.8, 4), (0.8, 3), (0.8, 0));
row!(three_in_a_circle_from_the_last: third_of_three(val x, no n) at (0.8, 4), (0.8, 0));
curved!(three_in_a_circle_curved: first_of_three(val x, no n) at (0.8, 4));

#[derive(Clone, differentiable::Differentiable)]
enum Formula {
    Number(f64),
    Sum(Vec<Formula>),
    Product(Vec<Formula>),
}

#[differentiable]
impl Formula {
    fn value(&self, x: f64) -> f64 {
        match self {
            Formula::Number(v) => v * x,
            Formula::Sum(parts) => Formula::sum(parts, x),
            Formula::Product(parts) => Formula::product(parts, x),
        }
    }

    fn sum(parts: &[Formula], x: f64) -> f64 {
        let mut total = 0.0;
        for part in parts.iter() {
            total += part.value(x);
        }
        total
    }

    fn product(parts: &[Formula], x: f64) -> f64 {
        let mut total = 1.0;
        for part in parts {
            total *= part.value(x + 0.1);
        }
        total
    }
}

#[differentiable]
fn value_of_formula(x: f64, y: f64) -> f64 {
    let product = Formula::Product(vec![
        Formula::Number(1.5 * y),
        Formula::Sum(vec![Formula::Number(0.5), Formula::Number(x)]),
    ]);
    Formula::Sum(vec![Formula::Number(2.0), product]).value(x)
}
row!(methods_that_lead_back: value_of_formula(val x, val y) at (0.8, 1.2));

// Generic, with lists that are kept of what was given.

#[derive(Differentiable, Clone, Copy)]
struct Corner<T> {
    x: T,
    y: T,
}

#[differentiable]
fn off_the_line<T: num_traits::NumCast + Copy>(a: Corner<T>, b: Corner<T>, p: Corner<T>) -> f64 {
    let (ax, ay) = (a.x.to_f64().unwrap(), a.y.to_f64().unwrap());
    let (bx, by) = (b.x.to_f64().unwrap(), b.y.to_f64().unwrap());
    let (px, py) = (p.x.to_f64().unwrap(), p.y.to_f64().unwrap());
    ((by - ay) * px - (bx - ax) * py + bx * ay - by * ax).abs()
}

#[differentiable]
fn simplified<T: num_traits::NumCast + Copy>(curve: &[Corner<T>], epsilon: f64) -> Vec<Corner<T>> {
    if curve.len() < 3 {
        return curve.to_vec();
    }
    let mut largest = 0.0;
    let mut index = 0;
    let end = curve.len() - 1;
    for (i, point) in curve.iter().enumerate().skip(1) {
        let d = off_the_line(curve[0], curve[end], *point);
        if d > largest {
            index = i;
            largest = d;
        }
    }
    let mut simple = if largest > epsilon {
        let mut first = simplified(&curve[0..=index], epsilon);
        let mut second = simplified(&curve[index..=end], epsilon);
        first.pop();
        first.append(&mut second);
        first
    } else {
        vec![curve[0], curve[end]]
    };
    simple
}

#[differentiable]
fn of_a_simplified_curve(x: f64) -> f64 {
    let curve = [
        Corner { x: 0.0_f64, y: x },
        Corner { x: 1.0, y: x * x },
        Corner { x: 2.0, y: 0.1 },
        Corner { x: 3.0, y: 5.0 * x },
        Corner { x: 4.0, y: 6.0 },
    ];
    let mut s = 0.0;
    for (i, p) in simplified(&curve, 0.5).iter().enumerate() {
        s += p.y * p.y * (i as f64 + 1.0) + p.x;
    }
    s
}
row!(generic_lists_of_parts: of_a_simplified_curve(val x) at (0.3), (1.2));

#[differentiable]
fn halved<T: num_traits::Float>(v: &[T], n: usize) -> Vec<T> {
    if n == 0 {
        return v.to_vec();
    }
    let mut a = halved(v, n - 1);
    let b = halved(&v[1..], n - 1);
    for (x, y) in a.iter_mut().zip(b.iter()) {
        *x = *x * *y;
    }
    a.pop();
    a
}

#[differentiable]
fn of_halves(x: f64) -> f64 {
    let v = halved(&[x, x * x, 2.0, x.sin(), 1.0], 2);
    let mut s = 0.0;
    for y in &v {
        s += *y * *y;
    }
    let mut rest = if x > 1.0 {
        let mut longer = halved(&v, 1);
        longer.push(x);
        longer
    } else {
        halved(&v, 0)
    };
    rest[0] *= x;
    s + rest[0] * rest[1]
}
row!(generic_lists_in_branches: of_halves(val x) at (0.7), (1.2));

#[differentiable]
fn nested_with_memory(x: f64, y: f64) -> f64 {
    fn step(n: usize, known: &mut Vec<Option<f64>>, x: f64) -> f64 {
        if n < 2 {
            return x;
        }
        if let Some(value) = known[n] {
            return value;
        }
        let value = step(n - 1, known, x) * 0.5 + step(n - 2, known, x) * x;
        known[n] = Some(value);
        value
    }
    let mut known = vec![None; 12];
    step(9, &mut known, x) * y
}
row!(nested_recursion_with_memory: nested_with_memory(val x, val y) at (0.7, 1.3));

#[differentiable]
fn adaptive_within(b: f64, p: f64) -> f64 {
    fn integrand(t: f64, p: f64) -> f64 {
        (t * p).sin() * square(t)
    }
    fn square(t: f64) -> f64 {
        t * t
    }
    fn between(a: f64, b: f64, p: f64, depth: u32) -> f64 {
        let m = 0.5 * (a + b);
        let whole = (b - a) * integrand(m, p);
        let halves = 0.5 * (b - a) * (integrand(0.5 * (a + m), p) + integrand(0.5 * (m + b), p));
        if depth == 0 || (whole - halves).abs() < 1e-3 {
            halves
        } else {
            between(a, m, p, depth - 1) + between(m, b, p, depth - 1)
        }
    }
    between(0.0, b, p, 6) * square(b)
}
row!(nested_recursion_and_what_it_calls: adaptive_within(val b, val p) at (0.7, 1.3), (1.5, 2.0));

#[differentiable]
fn by_turns(x: f64, y: f64) -> f64 {
    fn even(n: usize, v: f64) -> f64 {
        if n == 0 { v } else { odd(n - 1, v * v) + v }
    }
    fn odd(n: usize, v: f64) -> f64 {
        if n == 0 { 1.0 } else { even(n - 1, v.sin()) * v }
    }
    fn divisor(a: usize, b: usize) -> usize {
        if b == 0 { a } else { divisor(b, a % b) }
    }
    even(4, x) + odd(3, y) * divisor(12, 18) as f64
}
row!(nested_mutual_recursion: by_turns(val x, val y) at (0.7, 0.9));

// Nested functions of the same name come before this one, wherever they stand.
#[differentiable]
fn comb(n: usize, t: f64) -> f64 {
    t * 100.0 * n as f64
}

mod combs {
    use differentiable::differentiable;

    #[differentiable]
    pub fn comb(n: usize, t: f64) -> f64 {
        t.sin() * n as f64
    }
}

#[differentiable]
fn nested_like_others(x: f64) -> f64 {
    fn other(t: f64) -> f64 {
        comb(2, t) * t
    }
    fn turns(n: usize, t: f64) -> f64 {
        if n == 0 { t } else { comb(2, t) * turns(n - 1, t) }
    }
    fn comb(n: usize, t: f64) -> f64 {
        t * t * n as f64
    }
    other(x) + turns(2, x)
}
row!(nested_functions_named_like_others: nested_like_others(val x) at (0.7));

#[differentiable]
fn itself_like_another(x: f64) -> f64 {
    fn comb(n: usize, t: f64) -> f64 {
        if n == 0 { t } else { comb(n - 1, t).sin() }
    }
    comb(3, x)
}
row!(nested_recursion_named_like_another: itself_like_another(val x) at (0.7));

#[differentiable]
fn imported_like_another(x: f64) -> f64 {
    use combs::comb;
    fn turns(n: usize, t: f64) -> f64 {
        use combs::comb;
        if n == 0 { t } else { comb(n, 0.1 * t) + turns(n - 1, t) }
    }
    comb(1, turns(2, x))
}
row!(import_in_a_body_named_like_another: imported_like_another(val x) at (0.7));

#[differentiable]
fn through_the_file(x: f64) -> f64 {
    comb(2, x) * combs::comb(1, x)
}
row!(functions_of_one_name: through_the_file(val x) at (0.7));
