//! Points, vectors and curves as geometry crates write them: operators between users' types whose
//! fields' types no function shows.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, Div, Mul, MulAssign, Neg, Range, Sub};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Vec2 {
    pub x: f64,
    pub y: f64,
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}
#[differentiable]
impl Vec2 {
    pub const fn new(x: f64, y: f64) -> Vec2 {
        Vec2 { x, y }
    }
    pub const fn to_point(self) -> Point {
        Point::new(self.x, self.y)
    }
    pub fn lerp(self, other: Vec2, t: f64) -> Vec2 {
        self + t * (other - self)
    }
    pub fn hypot(self) -> f64 {
        self.x.hypot(self.y)
    }
    pub fn normalize(self) -> Vec2 {
        self / self.hypot()
    }
    pub const fn dot(self, o: Vec2) -> f64 {
        self.x * o.x + self.y * o.y
    }
    pub const fn cross(self, o: Vec2) -> f64 {
        self.x * o.y - self.y * o.x
    }
}
#[differentiable]
impl Point {
    pub const fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }
    pub const fn to_vec2(self) -> Vec2 {
        Vec2::new(self.x, self.y)
    }
    pub fn lerp(self, other: Point, t: f64) -> Point {
        self.to_vec2().lerp(other.to_vec2(), t).to_point()
    }
    pub fn midpoint(self, other: Point) -> Point {
        Point::new(0.5 * (self.x + other.x), 0.5 * (self.y + other.y))
    }
}
#[differentiable]
impl Add for Vec2 {
    type Output = Vec2;
    fn add(self, o: Vec2) -> Vec2 {
        Vec2 { x: self.x + o.x, y: self.y + o.y }
    }
}
#[differentiable]
impl Sub for Vec2 {
    type Output = Vec2;
    fn sub(self, o: Vec2) -> Vec2 {
        Vec2 { x: self.x - o.x, y: self.y - o.y }
    }
}
#[differentiable]
impl Mul<f64> for Vec2 {
    type Output = Vec2;
    fn mul(self, o: f64) -> Vec2 {
        Vec2 { x: self.x * o, y: self.y * o }
    }
}
#[differentiable]
impl Mul<Vec2> for f64 {
    type Output = Vec2;
    fn mul(self, o: Vec2) -> Vec2 {
        o * self
    }
}
#[differentiable]
impl Div<f64> for Vec2 {
    type Output = Vec2;
    fn div(self, o: f64) -> Vec2 {
        self * o.recip()
    }
}
#[differentiable]
impl Neg for Vec2 {
    type Output = Vec2;
    fn neg(self) -> Vec2 {
        Vec2 { x: -self.x, y: -self.y }
    }
}
#[differentiable]
impl Add<Vec2> for Point {
    type Output = Point;
    fn add(self, o: Vec2) -> Point {
        Point { x: self.x + o.x, y: self.y + o.y }
    }
}
#[differentiable]
impl Sub<Vec2> for Point {
    type Output = Point;
    fn sub(self, o: Vec2) -> Point {
        Point { x: self.x - o.x, y: self.y - o.y }
    }
}
#[differentiable]
impl Sub<Point> for Point {
    type Output = Vec2;
    fn sub(self, o: Point) -> Vec2 {
        Vec2 { x: self.x - o.x, y: self.y - o.y }
    }
}
impl MulAssign<f64> for Vec2 {
    fn mul_assign(&mut self, o: f64) {
        *self = *self * o;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct QuadBez {
    p0: Point,
    p1: Point,
    p2: Point,
}
#[differentiable]
impl QuadBez {
    fn eval(&self, t: f64) -> Point {
        let mt = 1.0 - t;
        (self.p0.to_vec2() * (mt * mt) + (self.p1.to_vec2() * (mt * 2.0) + self.p2.to_vec2() * t) * t)
            .to_point()
    }
    fn subsegment(&self, range: Range<f64>) -> QuadBez {
        let (t0, t1) = (range.start, range.end);
        let p0 = self.eval(t0);
        let p2 = self.eval(t1);
        let p1 = p0 + (self.p1 - self.p0).lerp(self.p2 - self.p1, t0) * (t1 - t0);
        QuadBez { p0, p1, p2 }
    }
    fn arclen(&self) -> f64 {
        let d2 = self.p0.to_vec2() - 2.0 * self.p1.to_vec2() + self.p2.to_vec2();
        let a = d2.hypot();
        let d1 = self.p1 - self.p0;
        let c = d1.hypot();
        let b = 2.0 * d2.dot(d1);
        a * c + b
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Triangle {
    a: Point,
    b: Point,
    c: Point,
}
#[differentiable]
impl Triangle {
    pub fn centroid(&self) -> Point {
        (1.0 / 3.0 * (self.a.to_vec2() + self.b.to_vec2() + self.c.to_vec2())).to_point()
    }
    pub fn offsets(&self) -> [Vec2; 3] {
        let centroid = self.centroid().to_vec2();
        [(self.a.to_vec2() - centroid), (self.b.to_vec2() - centroid), (self.c.to_vec2() - centroid)]
    }
    pub fn area(&self) -> f64 {
        0.5 * (self.b - self.a).cross(self.c - self.a)
    }
    pub fn as_triangle(&self) -> Option<Triangle> {
        Some(*self)
    }
    pub fn inflate(&self, scalar: f64) -> Self {
        let centroid = self.centroid();
        Triangle {
            a: centroid + (self.a - centroid) * scalar,
            b: centroid + scalar * (self.b - centroid),
            c: self.c,
        }
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct TS {
    translation: Vec2,
    scale: f64,
}
#[differentiable]
impl TS {
    pub const fn new(translation: Vec2, scale: f64) -> TS {
        TS { translation, scale }
    }
    pub fn inverse(self) -> TS {
        let scale_recip = self.scale.recip();
        TS { translation: self.translation * -scale_recip, scale: scale_recip }
    }
}
#[differentiable]
impl Mul for TS {
    type Output = TS;
    fn mul(self, other: TS) -> TS {
        TS { translation: self.translation + self.scale * other.translation, scale: self.scale * other.scale }
    }
}
#[differentiable]
impl Mul<QuadBez> for TS {
    type Output = QuadBez;
    fn mul(self, other: QuadBez) -> QuadBez {
        QuadBez { p0: self * other.p0, p1: self * other.p1, p2: self * other.p2 }
    }
}
#[differentiable]
impl Mul<Point> for TS {
    type Output = Point;
    fn mul(self, other: Point) -> Point {
        (self.scale * other.to_vec2()).to_point() + self.translation
    }
}

#[derive(Debug, Clone, PartialEq, Differentiable)]
pub struct Rec {
    a: f64,
    v: Vec2,
}
impl Rec {
    #[differentiable]
    fn make(a: f64, c: Point) -> Self {
        let mut r = Rec { a, v: c.to_vec2() };
        if a > 1.0 {
            r.a = 2.0 * a;
            r.v *= a;
        }
        r
    }
}
#[differentiable]
fn use_rec(a: f64, b: f64) -> f64 {
    let r = Rec::make(a, Point::new(b, a));
    r.a * r.v.x
}
row!(struct_without_copy: use_rec(val a, val b) at (2.0, 3.0), (0.5, 3.0));

#[differentiable]
fn curve(c: &[f64], t: f64) -> f64 {
    let quad = QuadBez { p0: Point::new(c[0], c[1]), p1: Point::new(c[2], c[3]), p2: Point::new(c[4], c[5]) };
    let p = quad.eval(t);
    let part = quad.subsegment(0.2..t);
    p.x * p.y + part.arclen() - quad.arclen()
}
row!(quadratic_curve: curve(ref c, val t) at (vec![0.0, 1.0, 1.0, 0.3, 2.0, 2.0], 0.7));

#[differentiable]
fn triangle(c: &[f64], s: f64) -> f64 {
    let t = Triangle { a: Point::new(c[0], c[1]), b: Point::new(c[2], c[3]), c: Point::new(c[4], c[5]) };
    let bigger = t.inflate(s).as_triangle().unwrap();
    let [p, q, r] = t.offsets();
    bigger.area() + p.dot(q) * r.hypot()
}
row!(triangle_in_the_plane: triangle(ref c, val s) at (vec![0.0, 1.0, 1.0, 0.3, 2.0, 2.0], 1.7));

#[differentiable]
fn transformed(x: f64, y: f64, s: f64) -> f64 {
    let ts = TS::new(Vec2::new(x, y), s);
    let product = ts.inverse() * ts * ts;
    let p = product * Point::new(y, s);
    let q = product * QuadBez { p0: p, p1: Point::new(x, x), p2: p.lerp(Point::new(1.0, s), 0.3) };
    let n = (q.p1 - q.p0).normalize();
    p.x + p.y * s + q.arclen() + n.x - (-n).y
}
row!(scaled_and_moved: transformed(val x, val y, val s) at (0.3, -0.4, 1.7));

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Spline {
    knots: Vec<f64>,
    scale: f64,
}

#[differentiable]
impl Spline {
    fn new(a: f64, scale: f64) -> Self {
        Self { knots: vec![a, a * scale, 1.0], scale }
    }

    fn scaled(mut spline: Spline, k: f64) -> Self {
        spline.scale *= k;
        spline.knots[1] += k;
        spline
    }

    fn total(spline: Spline) -> f64 {
        spline.scale * spline.knots.iter().map(|x| x * x).sum::<f64>()
    }
}

#[differentiable]
fn moved_values(a: f64, k: f64) -> f64 {
    let s = Spline::new(a, k);
    let before = s.knots[1] * s.scale;
    let t = Spline::scaled(Spline::scaled(s, k), a);
    before * Spline::total(t) + Spline::total(Spline { knots: vec![a], scale: k })
}
row!(values_moved_into_calls: moved_values(val a, val k) at (0.7, 1.3));
