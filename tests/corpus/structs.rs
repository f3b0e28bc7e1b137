//! Structs with `#[derive(Differentiable)]`: literals, updates, fields, nesting.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}
value_struct!(Vec3 => Vec3Tangent { x, y, z });

#[derive(Clone, Copy, Debug, Differentiable)]
struct Pair(f64, f64);
value_struct!(Pair => PairTangent { 0, 1 });

#[derive(Clone, Debug, Differentiable)]
struct Body {
    name: String,
    id: u32,
    mass: f64,
    position: Vec3,
    velocity: Vec3,
    #[no_diff]
    charge: f64,
    history: Vec<f64>,
}
value_struct!(Body => BodyTangent { mass, position, velocity, history });

fn body(mass: f64) -> Body {
    Body {
        name: "probe".to_string(),
        id: 7,
        mass,
        position: Vec3 { x: 0.5, y: -1.0, z: 2.0 },
        velocity: Vec3 { x: 0.1, y: 0.2, z: -0.3 },
        charge: 1.5,
        history: vec![1.0, 2.0],
    }
}

#[differentiable]
fn norm(v: &Vec3) -> f64 {
    (v.x * v.x + v.y * v.y + v.z * v.z).sqrt()
}
row!(struct_by_reference: norm(ref v) at (Vec3 { x: 1.0, y: 2.0, z: -2.0 }));

#[differentiable]
fn cross(a: Vec3, b: &Vec3) -> Vec3 {
    Vec3 { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x }
}
row!(struct_by_value_and_returned: cross(val a, ref b) -> value at
    (Vec3 { x: 1.0, y: 2.0, z: -2.0 }, Vec3 { x: 0.5, y: -1.0, z: 3.0 }));

#[differentiable]
fn triple(a: Vec3, b: Vec3, k: f64) -> f64 {
    let c = cross(a, &b);
    let Vec3 { x, y: middle, .. } = c;
    norm(&c) * k + x * middle
}
row!(struct_patterns_and_calls: triple(val a, val b, val k) at
    (Vec3 { x: 1.0, y: 2.0, z: -2.0 }, Vec3 { x: 0.5, y: -1.0, z: 3.0 }, 0.7));

#[differentiable]
fn scale(v: &mut Vec3, k: f64) {
    v.x *= k;
    v.y = v.x * v.y;
    v.z += k;
}
row!(struct_in_out: scale(mut v, val k) -> unit at (Vec3 { x: 1.0, y: 2.0, z: -2.0 }, 1.5));

#[differentiable]
fn tuple_struct(p: Pair, k: f64) -> Pair {
    let Pair(a, b) = p;
    let mut q = Pair(a * k, b);
    q.1 += q.0 * p.1;
    q
}
row!(tuple_struct_row: tuple_struct(val p, val k) -> value at (Pair(1.5, -0.5), 2.0));

#[differentiable]
fn kinetic(b: &Body) -> f64 {
    let v = b.velocity;
    0.5 * b.mass * (v.x * v.x + v.y * v.y + v.z * v.z) + b.charge * b.position.x * b.history[1] * b.id as f64
}
row!(nested_structs_with_inactive_fields: kinetic(ref b) at (body(2.0)));

#[differentiable]
fn drift(b: &mut Body, dt: f64) -> f64 {
    b.position.x += dt * b.velocity.x;
    b.position.y += dt * b.velocity.y;
    b.velocity.z *= 1.0 - dt * b.mass;
    b.id += 1;
    b.history[0] *= b.position.x;
    b.position.z * b.velocity.z
}
row!(nested_field_assignment: drift(mut b, val dt) at (body(2.0), 0.1));

#[differentiable]
fn updated(b: Body, m: f64) -> Body {
    let faster = Body { mass: b.mass * m, velocity: Vec3 { x: m, ..b.velocity }, ..b };
    faster
}
row!(struct_update_syntax: updated(val b, val m) -> value at (body(2.0), 0.6));

#[differentiable]
fn partial_writes(v: Vec3, flag: bool) -> f64 {
    let mut w = v;
    if flag {
        w.x = w.y * w.z;
    } else {
        w = Vec3 { x: 1.0, ..v };
        w.y *= v.x;
    }
    w.x * w.y + w.z
}
row!(partial_writes_in_branches: partial_writes(val v, no flag) at
    (Vec3 { x: 1.0, y: 2.0, z: -2.0 }, true), (Vec3 { x: 1.0, y: 2.0, z: -2.0 }, false));

#[differentiable]
fn if_struct(x: f64, y: f64) -> Pair {
    let p = if x < y { Pair(x, y) } else { Pair(y, x) };
    Pair(p.1 - p.0, p.0 * p.1)
}
row!(if_that_yields_a_struct: if_struct(val x, val y) -> value at (1.0, 2.0), (2.0, 1.0));

#[differentiable]
fn centre(points: &[Vec3], masses: &[f64]) -> Vec3 {
    let mut c = Vec3 { x: 0.0, y: 0.0, z: 0.0 };
    let mut total = 0.0;
    for (p, m) in points.iter().zip(masses) {
        c.x += m * p.x;
        c.y += m * p.y;
        c.z += m * p.z;
        total += m;
    }
    c.x /= total;
    c.y /= total;
    c.z /= total;
    c
}
row!(slices_of_structs: centre(ref points, ref masses) -> value at
    (vec![Vec3 { x: 1.0, y: 2.0, z: -2.0 }, Vec3 { x: 0.5, y: -1.0, z: 3.0 }], vec![1.0, 3.0]));

#[differentiable]
fn spread(points: [Vec3; 2], k: f64) -> [Vec3; 2] {
    let mut out = points;
    for p in out.iter_mut() {
        p.x *= k;
        p.z = p.x * p.y;
    }
    out[1].y = out[0].z;
    out
}
row!(arrays_of_structs: spread(val points, val k) -> value at
    ([Vec3 { x: 1.0, y: 2.0, z: -2.0 }, Vec3 { x: 0.5, y: -1.0, z: 3.0 }], 1.5));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Dual<T> {
    re: T,
    im: T,
}

#[differentiable]
fn complex_square(re: f64, im: f64) -> f64 {
    let z = Dual { re, im };
    let w = Dual { re: z.re * z.re - z.im * z.im, im: 2.0 * z.re * z.im };
    w.re.hypot(w.im) + w.re
}
row!(generic_struct_local: complex_square(val re, val im) at (1.5, -0.5));

#[derive(Clone, Copy, Debug, Differentiable)]
struct State<const N: usize> {
    q: [f64; N],
    p: [f64; N],
    t: f64,
}

#[differentiable]
fn symplectic(q: [f64; 2], p: [f64; 2], dt: f64) -> f64 {
    let mut s = State { q, p, t: 0.0 };
    for _ in 0..3 {
        for i in 0..2 {
            s.p[i] -= dt * s.q[i];
            s.q[i] += dt * s.p[i];
        }
        s.t += dt;
    }
    s.q[0] * s.p[1] + s.t
}
row!(const_generic_struct: symplectic(val q, val p, val dt) at ([1.0, 0.5], [-0.3, 0.2], 0.1));

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
    activation: bool,
}
value_struct!(Layer => LayerTangent { w, b });

#[differentiable]
fn forward(layer: &Layer, x: &[f64]) -> Vec<f64> {
    let mut y = layer.b.clone();
    for i in 0..y.len() {
        for j in 0..x.len() {
            y[i] += layer.w[i][j] * x[j];
        }
        if layer.activation {
            y[i] = y[i].tanh();
        }
    }
    y
}

#[differentiable]
fn loss(layers: &[Layer], x: &[f64], #[no_diff] target: f64) -> f64 {
    let mut h = x.to_vec();
    for layer in layers {
        h = forward(layer, &h);
    }
    (h[0] - target).powi(2)
}
row!(struct_of_vecs: forward(ref layer, ref x) -> many at
    (Layer { w: vec![vec![0.5, -0.2], vec![0.1, 0.7]], b: vec![0.1, -0.3], activation: true }, vec![1.0, 2.0]));
row!(slice_of_layers: loss(ref layers, ref x, no target) at
    (vec![
        Layer { w: vec![vec![0.5, -0.2], vec![0.1, 0.7]], b: vec![0.1, -0.3], activation: true },
        Layer { w: vec![vec![1.5, -0.4]], b: vec![0.2], activation: false },
    ], vec![1.0, 2.0], 0.7));

#[differentiable]
fn unused_fields(b: &Body) -> f64 {
    b.mass * b.mass
}
row!(fields_that_are_not_used: unused_fields(ref b) at (body(3.0)));

#[derive(Clone, Debug, Differentiable)]
struct Filter {
    weights: [f64; 2],
    state: [f64; 2],
    count: usize,
}
value_struct!(Filter => FilterTangent { weights, state });

#[differentiable]
impl Filter {
    fn push(&mut self, x: f64) -> f64 {
        let y = self.weights[0] * x + self.state[0];
        self.state[0] = self.weights[1] * x - 0.5 * y + self.state[1];
        self.state[1] = 0.1 * x * y;
        self.count += 1;
        y
    }

    fn reset(&mut self) {
        self.state = [0.0; 2];
    }
}

#[differentiable]
fn filtered(filter: &mut Filter, x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, &v) in x.iter().enumerate() {
        let y = filter.push(v);
        if i == 2 {
            filter.reset();
        }
        s += y * y * filter.count as f64;
    }
    s
}
row!(struct_in_out_beside_a_slice: filtered(mut filter, ref x) -> value at
    (Filter { weights: [0.5, 0.3], state: [0.1, -0.2], count: 0 }, vec![0.4, 0.9, -0.3, 1.3, 0.2]));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Counted {
    count: i32,
    weight: f64,
}

/// The field that is cast is an integer, which only rustc sees.
#[differentiable]
fn counted(x: f64, k: f64) -> f64 {
    let mut s = Counted { count: 3, weight: x * k };
    let first = s.count as f64 * s.weight - k;
    s.count += 1;
    s.weight *= first;
    first + s.weight * s.count as f64
}
row!(integer_field_cast: counted(val x, val k) at (0.7, 1.3));

// ---- enums without a scalar as parts ----

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum Style {
    Call,
    Put,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Contract {
    style: Style,
    others: Vec<Style>,
    strike: f64,
    spot: f64,
}

#[differentiable]
fn payoff(contract: &Contract) -> f64 {
    let difference = contract.spot - contract.strike;
    let all = contract.others.len() as f64;
    all * match contract.style {
        Style::Call => difference * difference,
        Style::Put => -difference * contract.spot,
    }
}

#[differentiable]
fn paid(call: bool, strike: f64, spot: f64) -> f64 {
    let style = if call { Style::Call } else { Style::Put };
    let contract = Contract { style, others: vec![Style::Put, Style::Call], strike, spot };
    payoff(&contract)
}
row!(style_is_a_part: paid(no call, val strike, val spot) at (true, 1.0, 3.0), (false, 1.0, 0.5)
    => if call { (-4.0 * (spot - strike), 4.0 * (spot - strike)) } else { (2.0 * spot, 2.0 * strike - 4.0 * spot) });

#[derive(Clone, Copy, Differentiable)]
struct Marked {
    a: f64,
    b: f64,
    n: usize,
}
#[derive(Clone, Differentiable)]
struct Listed {
    items: Vec<f64>,
    mark: Marked,
}
#[differentiable(order = 2)]
fn rest_of_the_whole(x: f64, y: f64, n: usize) -> f64 {
    let p = Marked { a: x, b: y, n };
    let q = match p {
        Marked { n: 0, a, .. } => Marked { a: a * a, ..p },
        Marked { n: 1, b, a } => Marked { b: a * b * p.b, ..p },
        other => other,
    };
    q.a * q.b * q.n as f64 + q.a * q.a
}
row!(the_whole_beside_its_fields: rest_of_the_whole(val x, val y, no n) at (0.7, 1.3, 0), (0.7, 1.3, 1), (0.7, 1.3, 2));
curved!(the_whole_beside_its_fields_at_order_two: rest_of_the_whole(val x, val y, no n) at (0.7, 1.3, 1));

#[differentiable]
fn fields_before_a_change(x: f64, y: f64, n: usize) -> f64 {
    let mut p = Marked { a: x, b: y, n };
    let mut s = match p {
        Marked { n: 0, a, mut b } => {
            p.a = a * b;
            b += a;
            p.b *= b;
            a * b * p.a
        }
        Marked { a, b, n } if n > 1 => {
            p.b += a * n as f64;
            b * p.b
        }
        Marked { a, .. } => a,
    };
    if let Marked { n: 0 | 1, a, b } = &mut p {
        *a *= *b;
        s += *a;
    }
    s * p.a + p.b
}
row!(fields_before_the_whole_changes: fields_before_a_change(val x, val y, no n) at (0.7, 1.3, 0), (0.7, 1.3, 1), (0.7, 1.3, 2));

#[differentiable]
fn fields_that_move(xs: &[f64], n: usize) -> f64 {
    let list = Listed { items: xs.to_vec(), mark: Marked { a: xs[0], b: xs[1], n } };
    let mut total = match &list {
        Listed { mark: Marked { n: 0, a, .. }, items } => a * items[1] + list.mark.b,
        Listed { mark, .. } => mark.b,
    };
    let rest = match list {
        Listed { mark: Marked { n: 2, .. }, items } => items,
        Listed { mark, items: _ } => vec![mark.a; 2],
    };
    for x in rest {
        total += x * x;
    }
    total
}
row!(fields_that_move_out: fields_that_move(ref xs, no n) at (vec![0.7, 1.3], 0), (vec![0.7, 1.3], 1), (vec![0.7, 1.3], 2));
