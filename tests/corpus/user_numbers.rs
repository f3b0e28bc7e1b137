//! Numbers and vectors of users' own types: operators, and methods that have a primitive's name.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct C {
    re: f64,
    im: f64,
}
#[differentiable(order = 2)]
impl std::ops::Mul for C {
    type Output = C;
    fn mul(self, o: C) -> C {
        C { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
}
#[differentiable(order = 2)]
impl std::ops::Add for C {
    type Output = C;
    fn add(self, o: C) -> C {
        C { re: self.re + o.re, im: self.im + o.im }
    }
}
#[differentiable(order = 2)]
impl C {
    fn norm_sqr(&self) -> f64 {
        self.re * self.re + self.im * self.im
    }
    fn exp(self) -> C {
        let r = self.re.exp();
        C { re: r * self.im.cos(), im: r * self.im.sin() }
    }
}
#[differentiable(order = 2)]
fn julia(re: f64, im: f64, n: usize) -> f64 {
    let c = C { re, im };
    let mut z = C { re: 0.1, im: 0.2 };
    for _ in 0..n {
        z = z * z + c;
        if z.norm_sqr() > 4.0 {
            break;
        }
    }
    z.exp().norm_sqr()
}
row!(iterated_map: julia(val re, val im, no n) at (0.3, -0.4, 5), (1.3, 0.8, 9));
curved!(iterated_map_at_order_two: julia(val re, val im, no n) at (0.3, -0.4, 5), (1.3, 0.8, 9));

#[differentiable(order = 2)]
fn dft(x: &[f64]) -> f64 {
    let n = x.len();
    let mut power = 0.0;
    for k in 0..n {
        let mut sum = C { re: 0.0, im: 0.0 };
        for (t, &v) in x.iter().enumerate() {
            let angle = -2.0 * std::f64::consts::PI * (t * k) as f64 / n as f64;
            sum = sum + C { re: v * angle.cos(), im: v * angle.sin() };
        }
        power += sum.norm_sqr() * k as f64;
    }
    power
}
row!(transform_of_reals: dft(ref x) at (vec![1.0, 0.5, -0.3, 0.8]));
curved!(transform_of_reals_at_order_two: dft(ref x) at (vec![1.0, 0.5, -0.3, 0.8]));

#[derive(Clone, Copy, Debug, Differentiable)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}
#[differentiable(order = 2)]
impl Vec3 {
    fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }
    fn dot(self, o: Self) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }
    fn cross(&self, o: &Vec3) -> Vec3 {
        Vec3::new(self.y * o.z - self.z * o.y, self.z * o.x - self.x * o.z, self.x * o.y - self.y * o.x)
    }
    fn length(&self) -> f64 {
        self.dot(*self).sqrt()
    }
    fn normalize(self) -> Self {
        let l = self.length();
        Self::new(self.x / l, self.y / l, self.z / l)
    }
    fn scale(self, k: f64) -> Self {
        Vec3 { x: self.x * k, y: self.y * k, z: self.z * k }
    }
    fn min(self, o: Self) -> Self {
        Vec3 { x: self.x.min(o.x), y: self.y.min(o.y), z: self.z.min(o.z) }
    }
    fn abs(self) -> Self {
        Vec3 { x: self.x.abs(), y: self.y.abs(), z: self.z.abs() }
    }
}
#[differentiable(order = 2)]
impl std::ops::Add for Vec3 {
    type Output = Vec3;
    fn add(self, o: Vec3) -> Vec3 {
        Vec3::new(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}
#[differentiable(order = 2)]
impl std::ops::Sub for Vec3 {
    type Output = Vec3;
    fn sub(self, o: Vec3) -> Vec3 {
        Vec3::new(self.x - o.x, self.y - o.y, self.z - o.z)
    }
}
#[differentiable(order = 2)]
impl std::ops::Mul<f64> for Vec3 {
    type Output = Vec3;
    fn mul(self, k: f64) -> Vec3 {
        self.scale(k)
    }
}
#[differentiable(order = 2)]
impl std::ops::Mul<Vec3> for f64 {
    type Output = Vec3;
    fn mul(self, v: Vec3) -> Vec3 {
        v.scale(self)
    }
}
#[differentiable(order = 2)]
impl std::ops::Neg for Vec3 {
    type Output = Vec3;
    fn neg(self) -> Vec3 {
        Vec3::new(-self.x, -self.y, -self.z)
    }
}

#[differentiable(order = 2)]
fn reflect(v: Vec3, n: Vec3) -> Vec3 {
    v - 2.0 * v.dot(n) * n
}
#[differentiable(order = 2)]
fn sphere_hit(o: Vec3, d: Vec3, c: Vec3, r: f64) -> Option<f64> {
    let oc = o - c;
    let b = oc.dot(d);
    let disc = b * b - (oc.dot(oc) - r * r);
    if disc < 0.0 {
        return None;
    }
    let t = -b - disc.sqrt();
    if t > 1e-6 { Some(t) } else { None }
}
#[differentiable(order = 2)]
fn shade(px: f64, py: f64, r: f64, n: usize) -> f64 {
    let mut o = Vec3::new(0.0, 0.0, -3.0);
    let mut d = Vec3::new(px, py, 1.0).normalize();
    let c = Vec3::new(0.1, 0.2, 0.0);
    let light = Vec3 { x: 1.0, y: 1.0, z: -1.0 }.normalize();
    let mut color = 0.0;
    let mut weight = 1.0;
    for _ in 0..n {
        match sphere_hit(o, d, c, r) {
            Some(t) => {
                let p = o + d * t;
                let normal = (p - c).normalize();
                color += weight * normal.dot(light).max(0.0);
                weight *= 0.5;
                d = reflect(d, normal);
                o = p + d * 1e-3;
            }
            None => {
                color += weight * (0.5 * (d.y + 1.0));
                break;
            }
        }
    }
    color
}
row!(rays_reflected_by_a_sphere: shade(val px, val py, val r, no n) at (0.05, 0.1, 1.0, 3), (0.9, 0.4, 0.5, 3));
curved!(rays_reflected_by_a_sphere_at_order_two: shade(val px, val py, val r, no n) at (0.05, 0.1, 1.0, 3), (0.9, 0.4, 0.5, 3));

#[differentiable(order = 2)]
fn box_sdf(x: f64, y: f64, z: f64, b: f64) -> f64 {
    let p = Vec3::new(x, y, z);
    let q = p.abs() - Vec3::new(b, b, b);
    let m = q.min(Vec3::new(1.0, 2.0, 3.0));
    let inside = q.x.max(q.y.max(q.z)).min(0.0);
    let outside = Vec3::new(q.x.max(0.0), q.y.max(0.0), q.z.max(0.0)).length();
    inside + outside + m.dot(-p)
}
row!(distance_to_a_box: box_sdf(val x, val y, val z, val b) at (1.6, -0.7, 2.2, 0.5));
curved!(distance_to_a_box_at_order_two: box_sdf(val x, val y, val z, val b) at (1.6, -0.7, 2.2, 0.5));

impl Vec3 {
    const UP: Vec3 = Vec3 { x: 0.0, y: 0.0, z: 1.0 };
}
#[differentiable(order = 2)]
fn banked(theta: f64, r: f64) -> f64 {
    let p = Vec3::new(r * theta.cos(), r * theta.sin(), 0.1);
    let side = Vec3::UP.cross(&p).normalize();
    (side + Vec3::UP * theta - p).dot(Vec3::UP.scale(r) - side)
}
row!(methods_of_a_constant: banked(val theta, val r) at (0.7, 1.3));

#[derive(Clone, Copy, Differentiable)]
struct Segment {
    from: Vec3,
    to: Vec3,
}
#[differentiable]
fn manhattan(a: f64, b: f64) -> f64 {
    let s = Segment { from: Vec3::new(a, 1.0, 0.2), to: Vec3 { x: b, y: 0.5, z: a * b } };
    let extent = (s.to - s.from).abs();
    extent.x + extent.y * extent.z
}
row!(method_of_the_difference_of_fields: manhattan(val a, val b) at (0.3, 1.7), (1.9, 0.4));

// ---- constants of users' types ----

#[differentiable(order = 2)]
impl std::ops::Mul<f64> for C {
    type Output = C;
    fn mul(self, s: f64) -> C {
        C { re: self.re * s, im: self.im * s }
    }
}
impl C {
    const ONE: C = C { re: 1.0, im: 0.0 };
    const I: Self = Self { re: 0.0, im: 1.0 };
    const HALF: f64 = 0.5;
}
const DIAGONAL: C = C { re: 0.6, im: 0.8 };
#[differentiable(order = 2)]
impl C {
    fn turned(&self) -> C {
        (Self::ONE * self.im.cos() + Self::I * self.im.sin()) * (self.re * Self::HALF).exp()
    }
}
#[differentiable(order = 2)]
fn by_axes(t: f64, z: f64) -> f64 {
    let along = DIAGONAL * t;
    let across = C::I * z + C::ONE * (t * C::HALF);
    let turned = (along * C::I + DIAGONAL).turned();
    along.re * across.im + across.re * turned.norm_sqr() + turned.im
}
row!(constants_of_a_users_type: by_axes(val t, val z) at (0.7, -1.3));
curved!(constants_of_a_users_type_at_order_two: by_axes(val t, val z) at (0.7, -1.3));

/// `sum` and `product` of a user's type go by its own `impl`.
#[derive(Clone, Copy, Debug, Differentiable)]
struct Pair {
    x: f64,
    y: f64,
}

#[differentiable(order = 2)]
impl std::ops::Add for Pair {
    type Output = Pair;
    fn add(self, other: Pair) -> Pair {
        Pair { x: self.x + other.x, y: self.y + other.y }
    }
}

impl std::iter::Sum for Pair {
    fn sum<I: Iterator<Item = Pair>>(items: I) -> Pair {
        items.fold(Pair { x: 0.0, y: 0.0 }, |a, b| a + b)
    }
}

impl<'a> std::iter::Sum<&'a Pair> for Pair {
    fn sum<I: Iterator<Item = &'a Pair>>(items: I) -> Pair {
        items.copied().sum()
    }
}

#[differentiable]
impl std::iter::Product for Pair {
    fn product<I: Iterator<Item = Self>>(items: I) -> Self {
        let mut all = Self { x: 1.0, y: 1.0 };
        for p in items {
            all = Self { x: all.x * p.x, y: all.y + p.y * all.x };
        }
        all
    }
}

#[differentiable(order = 2)]
fn of_pairs(xs: &[f64]) -> f64 {
    let pairs: Vec<Pair> = xs.iter().map(|&x| Pair { x, y: x * x }).collect();
    let all: Pair = pairs.iter().copied().sum();
    let some = xs.windows(2).map(|w| Pair { x: w[0] * w[1], y: w[1] }).sum::<Pair>();
    let product: Pair = pairs.into_iter().filter(|p| p.x != 0.0).product();
    all.x * some.y + product.x * all.y + product.y * some.x
}
row!(sums_of_pairs: of_pairs(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]), (vec![0.5]));
curved!(sums_of_pairs_curved: of_pairs(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));

/// An operator that gives a number, in a function that leaves early.
#[derive(Clone, Copy, Debug, Differentiable)]
struct Rate {
    k: f64,
}

#[differentiable(order = 2)]
impl std::ops::Mul<f64> for Rate {
    type Output = f64;
    fn mul(self, x: f64) -> f64 {
        self.k * x
    }
}

#[differentiable(order = 2)]
impl std::ops::Mul<Rate> for f64 {
    type Output = f64;
    fn mul(self, rate: Rate) -> f64 {
        self * rate.k
    }
}

#[differentiable(order = 2)]
impl<'a> std::ops::Sub<&'a Rate> for &Rate {
    type Output = Rate;
    fn sub(self, other: &'a Rate) -> Rate {
        Rate { k: self.k - other.k }
    }
}

#[differentiable(order = 2)]
fn rated(x: f64, k: f64) -> f64 {
    use std::ops::Sub;
    let (rate, other) = (Rate { k }, Rate { k: k * x });
    if x > 0.5 {
        return rate * x * 0.5 + (x * other).max(0.0);
    }
    let (near, far) = (&rate, &other);
    let apart = near.sub(far);
    (apart * x).max(0.0) + x
}
row!(operators_that_give_numbers: rated(val x, val k) at (1.3, 0.7), (0.3, 2.1));
curved!(operators_that_give_numbers_curved: rated(val x, val k) at (1.3, 0.7));

/// A number of another name, by its `Deref`.
#[derive(Clone, Copy, Debug, Differentiable)]
struct LogProb(f64);

impl std::ops::Deref for LogProb {
    type Target = f64;
    fn deref(&self) -> &f64 {
        &self.0
    }
}

#[differentiable(order = 2)]
impl std::ops::Add for LogProb {
    type Output = LogProb;
    fn add(self, other: LogProb) -> LogProb {
        LogProb(self.0 + (*other).sin())
    }
}

#[differentiable(order = 2)]
impl std::ops::AddAssign for LogProb {
    fn add_assign(&mut self, other: LogProb) {
        *self = *self + other;
    }
}

#[differentiable(order = 2)]
fn by_deref(x: f64, y: f64) -> f64 {
    let (mut a, b) = (LogProb(x), LogProb(x * y));
    a += b;
    let parts = [a, b, LogProb(y)];
    let s: f64 = parts.iter().map(|p| p.exp() * **p).sum();
    (*a - *b).exp() * s + a.cos()
}
row!(numbers_by_deref: by_deref(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(numbers_by_deref_curved: by_deref(val x, val y) at (1.3, 0.7));
