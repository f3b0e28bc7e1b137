//! What is assigned is evaluated before the place it goes to, unless `+=` is a call.

use differentiable::differentiable;

#[derive(differentiable::Differentiable)]
struct Count {
    v: f64,
    n: usize,
}

#[differentiable(order = 2)]
impl Count {
    fn index(&mut self) -> usize {
        self.v *= 0.5;
        self.n += 1;
        self.n - 1
    }

    fn bump(&mut self, x: f64) -> f64 {
        self.v += x * x;
        self.v
    }
}

#[differentiable(order = 2)]
fn added(x: f64, y: f64) -> f64 {
    let mut c = Count { v: x, n: 0 };
    let mut a = [x, y, x * y];
    a[c.index()] += c.v;
    a[c.index()] *= c.bump(a[0]);
    a[0] + a[1] * a[2] + c.v
}
row!(added_before_the_index: added(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(added_before_the_index_curved: added(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn assigned(x: f64, y: f64) -> f64 {
    let mut c = Count { v: x, n: 0 };
    let mut a = vec![x, y, x * y];
    a[c.index()] = c.v;
    a[c.index()] = c.n as f64 * c.v * y;
    a[0] + a[1] * a[2]
}
row!(assigned_before_the_index: assigned(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(assigned_before_the_index_curved: assigned(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn blocks(x: f64, y: f64) -> f64 {
    let mut k = y;
    let mut i = 0;
    let mut a = [x, y, x * y];
    a[{
        k *= 2.0;
        1
    }] -= k;
    a[{
        i += 1;
        i
    }] += x * i as f64;
    a[i] = {
        i += 1;
        k * a[i]
    };
    a[0] + a[1] * a[2] * k
}
row!(blocks_before_the_index: blocks(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(blocks_before_the_index_curved: blocks(val x, val y) at (1.3, 0.7));

#[derive(Clone, Copy, differentiable::Differentiable)]
struct P {
    x: f64,
}

#[differentiable(order = 2)]
impl std::ops::Add for P {
    type Output = P;
    fn add(self, other: P) -> P {
        P { x: self.x + other.x }
    }
}

impl std::ops::AddAssign for P {
    fn add_assign(&mut self, other: P) {
        *self = *self + other;
    }
}

/// Of what is no number, the place comes first.
#[differentiable(order = 2)]
fn own_operator(x: f64, y: f64) -> f64 {
    let mut i = 0;
    let mut k = P { x: y };
    let mut a = [P { x }, P { x: y }, P { x: x * y }];
    a[i] += {
        i += 1;
        P { x: x * x }
    };
    a[{
        k.x *= 3.0;
        i
    }] += k;
    a[0].x + a[1].x * a[2].x * i as f64
}
row!(own_operator_after_the_index: own_operator(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(own_operator_after_the_index_curved: own_operator(val x, val y) at (1.3, 0.7));

/// A temporary that its method changes.
#[differentiable(order = 2)]
fn of_a_temporary(x: f64, y: f64) -> f64 {
    let c = Count { v: x, n: 1 };
    Count { n: c.n, v: c.v * y }.bump(y) + c.v
}
row!(method_of_a_temporary: of_a_temporary(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(method_of_a_temporary_curved: of_a_temporary(val x, val y) at (1.3, 0.7));

/// The same of an element of a field.
#[derive(differentiable::Differentiable)]
struct Group {
    a: [P; 3],
    b: Vec<P>,
}

fn turn(k: &mut usize) -> usize {
    *k += 1;
    *k % 3
}

#[differentiable(order = 2)]
fn own_operator_in_a_field(x: f64, y: f64) -> f64 {
    let mut g = Group { a: [P { x }, P { x: y }, P { x: x * y }], b: vec![P { x }, P { x: y }, P { x }] };
    let mut i = 0;
    for _ in 0..3 {
        g.a[turn(&mut i)] += P { x: x * i as f64 };
        g.b[turn(&mut i)] += {
            i += 1;
            P { x: y * i as f64 }
        };
    }
    g.a[0].x * g.a[1].x + g.b[2].x * g.a[2].x + g.b[0].x * g.b[1].x
}
row!(own_operator_of_a_field: own_operator_in_a_field(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(own_operator_of_a_field_curved: own_operator_in_a_field(val x, val y) at (1.3, 0.7));
