//! Functions whose types and traits stand in other files of the crate.

mod deep;
mod points;
mod shapes;

use differentiable::{Differentiable, differentiable};
use points::{Hidden, Point};
use shapes::{Bend, Body, Gauge, Matrix, Order, Roots, Triple, middle};

/// `Bend` is `shapes::curves::Bend`, passed on; the tangents of neither are imported.
#[differentiable(order = 2)]
fn bent(x: f64, y: f64) -> f64 {
    let bend = if x > y { Bend::Arc { radius: x * y } } else { Bend::Line(x, y) };
    match bend {
        Bend::Arc { radius } => radius * radius * x,
        Bend::Line(a, b) => a * b * b,
        Bend::None => 0.0,
    }
}

#[differentiable(order = 2)]
fn total(x: f64) -> f64 {
    match deep::roots(x) {
        Roots::Two(a, b) => a * a * b,
        Roots::One([a]) => a,
        Roots::None => x,
    }
}

/// Not the `Tag` that a `Body` has.
#[derive(Clone, Debug, Differentiable)]
struct Tag {
    weight: usize,
    share: f64,
}

#[differentiable(order = 2)]
fn energy(bodies: &[Body], tag: &Tag) -> f64 {
    let mut sum = 0.0;
    for body in bodies {
        let [x, y, z] = body.at;
        sum +=
            body.mass * (x * x + y * y + z * z) * body.scale + body.tag.weight * tag.share * body.hits as f64;
    }
    sum / (tag.weight as f64)
}

#[test]
fn fields_of_other_files_mean_what_they_do_there() {
    let body = |k: usize| Body {
        at: [0.3, 0.7, k as f64],
        mass: 1.5,
        hits: k,
        tag: shapes::Tag { weight: 0.4 },
        scale: 2.0,
    };
    let bodies = [body(1), body(2)];
    let tag = Tag { weight: 2, share: 0.5 };
    energy::gradcheck(&bodies, &tag).unwrap();
    let (gradient, share) = energy::grad(&bodies, &tag);
    assert_eq!(gradient[1].tag.weight, 0.5);
    assert_eq!(gradient[0].mass, 0.09 + 0.49 + 1.0);
    assert!((share.share - 0.6).abs() < 1e-12);
}

/// Says the same as the alias that `Gauge` is made with.
pub type Unit = Inner;
type Inner = usize;

#[differentiable]
fn read(gauge: &Gauge, count: Unit) -> f64 {
    let mut sum = 0.0;
    for _ in 0..count {
        sum += gauge.level * gauge.level;
    }
    sum
}

#[test]
fn aliases_that_read_alike_are_told_apart() {
    assert_eq!(read::grad(&Gauge { level: 3.0 }, 2).level, 12.0);
}

#[test]
fn variants_of_other_files_have_tangents() {
    for (x, y) in [(0.7, 0.3), (0.3, 0.7)] {
        bent::gradcheck(x, y).unwrap();
    }
    assert_eq!(bent::hessian(0.5, 2.0), ((0.0, 4.0), (4.0, 1.0)));
    total::gradcheck(1.7).unwrap();
    total::gradcheck(-0.5).unwrap();
    assert_eq!(total::d2(-0.5), 0.0);
}

#[test]
fn supertraits_of_other_files_make_floats() {
    deep::scaled::gradcheck(0.7, 1.3).unwrap();
    assert_eq!(deep::scaled::grad(2.0_f32, 3.0), (3.0, 2.0));
}

/// Nothing here says what `corner` gives.
#[differentiable]
fn captured(x: f64, y: f64) -> f64 {
    let mut corner = shapes::corner(x, y);
    let before = move |k: f64| corner.x * k + corner.y;
    corner.x = y * 3.0;
    before(corner.x) * corner.x
}

#[test]
fn what_a_closure_captured_stays_whatever_its_type() {
    let (x, y): (f64, f64) = (1.3, 0.7);
    let (value, (dx, dy)) = captured::value_and_grad(x, y);
    assert_eq!(value, captured(x, y));
    // (3 x y + y) 3 y
    assert!((dx - 9.0 * y * y).abs() < 1e-12);
    assert!((dy - (18.0 * x * y + 6.0 * y)).abs() < 1e-12);
}

#[differentiable]
fn trace(m: &Matrix, x: f64) -> f64 {
    let mut trace = 0.0;
    if !m.is_square() {
        return x;
    }
    for i in 0..m.rows() {
        trace += m.at(i, i) * x;
    }
    trace * m.data[middle(m.rows())]
}

#[test]
fn numbers_that_functions_of_other_files_give_need_no_attribute() {
    let m = Matrix::square(vec![1.0, 2.0, 3.0, 4.0], 2);
    let (value, (of_m, of_x)) = trace::value_and_grad(&m, 0.5);
    assert_eq!(value, 5.0);
    assert_eq!(of_m.data, [1.0, 2.5, 0.0, 1.0]);
    assert_eq!(of_x, 10.0);
}

/// What operators and methods of another file do with points, inlined where all can be named here.
#[differentiable(order = 2)]
fn path(x: f64, y: f64, n: usize) -> f64 {
    let mut p = Point::zero();
    let v = Point::new(x, y, x * y);
    for i in 0..n {
        let a = v.cross(&p) - p * 0.3;
        p += (v + a) * (0.1 + i as f64);
        p = 0.9 * p;
    }
    p.dot(&v) + p.norm() + v.opened() + p.tilted().z
}

#[differentiable(order = 2)]
fn hidden(x: f64, y: f64) -> f64 {
    let sum = Hidden::new(x, y) + Hidden::new(y, x * x);
    sum.value() + sum.b
}

/// Not that of `points`.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Tilt {
    by: f64,
    times: f64,
}

#[differentiable(order = 2)]
impl Tilt {
    fn of(self, v: Point) -> Point {
        v * (self.by * self.times)
    }
}

#[differentiable(order = 2)]
fn tilted(x: f64, y: f64) -> f64 {
    let v = Point::new(x, y, 1.0);
    let w = v.tilted() + Tilt { by: x, times: 2.0 }.of(v);
    w.dot(&v)
}

#[test]
fn operators_of_other_files_mean_what_they_do_there() {
    let (x, y) = (0.3, 0.7);
    path::gradcheck(x, y, 3).unwrap();
    hidden::gradcheck(x, y).unwrap();
    tilted::gradcheck(x, y).unwrap();
    assert_eq!(path::value_and_grad(x, y, 3).0, path(x, y, 3));
    let h = 1e-5;
    let (of_x, of_y) = path::hvp(x, y, 3, (1.0, 0.5));
    let (ahead, behind) = (path::grad(x + h, y + 0.5 * h, 3), path::grad(x - h, y - 0.5 * h, 3));
    assert!((of_x - (ahead.0 - behind.0) / (2.0 * h)).abs() < 1e-6 * of_x.abs());
    assert!((of_y - (ahead.1 - behind.1) / (2.0 * h)).abs() < 1e-6 * of_y.abs());
}

const THRESHOLD: f64 = 0.5;

/// An alias and an enum of another file, and a constant of this one beside what the enum brings in.
#[differentiable(order = 2)]
fn ordered<T: num_traits::Float>(order: Order, m: Triple<T>) -> T {
    use Order::*;
    let far = m.map(|x| x * x.sin());
    match order {
        Forth if m[0] > T::from(THRESHOLD).unwrap() => far[0] * m[1],
        Forth => far[2],
        Back => far[1] * far[2] * m[0],
    }
}

#[test]
fn aliases_and_variants_of_other_files() {
    for order in [Order::Forth, Order::Back] {
        ordered::gradcheck(order, [0.7, 1.2, -0.4]).unwrap();
        ordered::gradcheck(order, [0.3, 1.2, -0.4]).unwrap();
    }
    assert_eq!(ordered::grad(Order::Forth, [0.3_f64, 1.0, 0.0]), [0.0; 3]);
}
