//! Points with operators of their own: structs that are taken apart, put together and indexed.

use super::{Gen, Local, T};

/// What programs that use points begin with.
pub const POINTS: &str = "
#[derive(Clone, Copy, Debug, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
#[derive(Clone, Copy, Debug, Differentiable)]
struct Ray {
    o: V2,
    d: V2,
    w: f64,
}

impl V2 {
    fn level(w: f64) -> V2 {
        V2 { x: w, y: 0.0 }
    }
    fn new(x: f64, y: f64) -> V2 {
        V2 { x, y }
    }
    fn dot(self, o: V2) -> f64 {
        self.x * o.x + self.y * o.y
    }
    fn tame(self) -> V2 {
        V2::new(self.x.sin(), self.y.tanh())
    }
    fn turn(&mut self, a: f64) -> f64 {
        let (s, c) = a.sin_cos();
        *self = V2 { x: self.x * c - self.y * s, y: self.y * c + self.x * s };
        self.x
    }
    fn flip(mut self) -> V2 {
        std::mem::swap(&mut self.x, &mut self.y);
        self.x = -self.x;
        self
    }
}
impl Ray {
    fn at(&self, t: f64) -> V2 {
        self.o + self.d * t
    }
    fn push(&mut self, v: V2) {
        self.o += v;
        self.d = (self.d + self.o * 0.5).tame();
        self.w = 0.5 * self.w + v.x;
    }
}
impl std::ops::Add for V2 {
    type Output = V2;
    fn add(self, o: V2) -> V2 {
        V2::new(self.x + o.x, self.y + o.y)
    }
}
impl std::ops::Sub for V2 {
    type Output = V2;
    fn sub(self, o: V2) -> V2 {
        V2 { x: self.x - o.x, y: self.y - o.y }
    }
}
impl std::ops::Mul<f64> for V2 {
    type Output = V2;
    fn mul(self, k: f64) -> V2 {
        V2 { x: self.x * k, y: self.y * k }
    }
}
impl std::ops::Mul<V2> for f64 {
    type Output = V2;
    fn mul(self, v: V2) -> V2 {
        v * self
    }
}
impl std::ops::Neg for V2 {
    type Output = V2;
    fn neg(self) -> V2 {
        V2 { x: -self.x, y: -self.y }
    }
}
impl std::ops::AddAssign for V2 {
    fn add_assign(&mut self, o: V2) {
        self.x += o.x;
        self.y += o.y;
    }
}
impl std::ops::SubAssign for V2 {
    fn sub_assign(&mut self, o: V2) {
        *self = *self - o;
    }
}
impl std::ops::MulAssign<f64> for V2 {
    fn mul_assign(&mut self, k: f64) {
        self.x *= k;
        self.y *= k;
    }
}
impl std::ops::Index<usize> for V2 {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        match i {
            0 => &self.x,
            _ => &self.y,
        }
    }
}
impl std::ops::IndexMut<usize> for V2 {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            _ => &mut self.y,
        }
    }
}

fn h_mid(a: V2, b: V2, r: &Ray) -> V2 {
    (a + b) * 0.5 - r.at(0.3)
}
";

impl Gen<'_> {
    /// A statement with points.
    pub(super) fn pointed(&mut self) {
        let held = self.one(|local| local.mutable && matches!(local.ty, T::Spot | T::Ray | T::Spots(_)));
        match held {
            Some(local) if self.rng.chance(80) => match local.ty {
                T::Ray => self.rays(&local.name),
                T::Spots(n) => self.rows_of_points(&local.name, n),
                _ => self.spots(&local.name),
            },
            _ => self.let_points(),
        }
    }

    fn let_points(&mut self) {
        let name = self.fresh("z");
        let (ty, init) = match self.rng.below(6) {
            0 | 1 => {
                let (o, d, w) = (self.spot(1), self.spot(1), self.bounded(1));
                (T::Ray, format!("Ray {{ o: {o}, d: {d}, w: {w} }}"))
            }
            2 => {
                let (a, b) = (self.spot(1), self.spot(1));
                (T::Spots(3), format!("[{a}, V2::level(0.0), {b}]"))
            }
            _ => (T::Spot, self.spot(2)),
        };
        self.line(&format!("let mut {name} = {init};"));
        self.declare(&name, ty, true);
    }

    /// A point that is there.
    fn held_spot(&mut self) -> Option<String> {
        let local = self.one(|local| matches!(local.ty, T::Spot | T::Ray | T::Spots(_)))?;
        let name = &local.name;
        Some(match local.ty {
            T::Ray => format!("{name}.{}", self.rng.pick(&["o", "d"])),
            T::Spots(n) => {
                let index = self.shallow_index("", n);
                let index = if index.contains('.') { "0".into() } else { index };
                format!("{name}[{index}]")
            }
            _ => name.clone(),
        })
    }

    /// An expression of type `V2`.
    fn spot(&mut self, depth: usize) -> String {
        if depth == 0 || self.rng.chance(15) {
            return match self.held_spot() {
                Some(held) if self.rng.chance(80) => held,
                _ => {
                    let (a, b) = (self.bounded(1), self.bounded(1));
                    match self.rng.below(3) {
                        0 => format!("V2 {{ y: {b}, x: {a} }}"),
                        _ => format!("V2::new({a}, {b})"),
                    }
                }
            };
        }
        let a = self.spot(depth - 1);
        match self.rng.below(12) {
            0 | 1 => format!("({a} + {})", self.spot(depth - 1)),
            2 | 3 => format!("({a} - {})", self.spot(depth - 1)),
            4 => format!("({a} * {})", self.bounded(1)),
            5 => format!("({} * {a})", self.bounded(1)),
            6 => format!("(-{a})"),
            7 => format!("{a}.tame()"),
            8 => format!("{a}.flip()"),
            9 => {
                let c = self.condition();
                format!("(if {c} {{ {a} }} else {{ {} }})", self.spot(depth - 1))
            }
            10 => match self.one(|local| local.ty == T::Ray) {
                Some(ray) if self.rng.chance(50) => format!("{}.at({})", ray.name, self.bounded(1)),
                Some(ray) => format!("h_mid({a}, {}, &{})", self.spot(depth - 1), ray.name),
                None => format!("{a}.tame()"),
            },
            _ => {
                let x = self.bounded(1);
                format!("V2 {{ x: {x}, ..{a} }}")
            }
        }
    }

    fn spots(&mut self, p: &str) {
        let t = self.fresh("t");
        match self.rng.below(13) {
            0 => {
                let v = self.spot(2);
                self.line(&format!("{p} = {v}.tame();"));
            }
            1 => {
                let v = self.spot(1);
                let op = self.rng.pick(&["+=", "-="]);
                self.line(&format!("{p} {op} {v} * 0.5;"));
            }
            2 => {
                let a = self.bounded(1);
                self.line(&format!("{p} *= {a};"));
            }
            3 => {
                let a = self.bounded(1);
                self.line(&format!("let {t}: f64 = {p}.turn({a});"));
                self.declare(&t, T::F, false);
            }
            4 => {
                let v = self.spot(1);
                self.line(&format!("let mut {t}: f64 = {p}.dot({v}).sin();"));
                self.declare(&t, T::F, true);
            }
            5 => {
                let (v, u) = (self.spot(2), self.fresh("u"));
                self.line(&format!("let V2 {{ x: {t}, y: mut {u} }} = {v};"));
                self.declare(&t, T::F, false);
                self.declare(&u, T::F, true);
            }
            6 => {
                let (int, a) = (self.int(), self.bounded(1));
                let op = self.rng.pick(&["=", "+=", "*="]);
                self.line(&format!("{p}[({int}) % 2] {op} {a};"));
            }
            7 => {
                let int = self.int();
                self.line(&format!("let {t}: f64 = {p}[({int}) % 2] * {p}[1];"));
                self.declare(&t, T::F, false);
            }
            8 => {
                let (v, new) = (self.spot(1), self.fresh("new"));
                self.line(&format!("let {new} = {v};"));
                self.line(&format!("let {t} = std::mem::replace(&mut {p}, {new});"));
                self.declare(&t, T::Spot, false);
            }
            9 => match self.one(|local| local.mutable && local.ty == T::Spot && local.name != p) {
                Some(other) => self.line(&format!("std::mem::swap(&mut {p}, &mut {});", other.name)),
                None => self.line(&format!("{p} = V2 {{ y: {p}.x.cos(), ..{p} }};")),
            },
            10 => {
                // A copy keeps what the original loses.
                self.line(&format!("let mut {t} = {p};"));
                let (a, op) = (self.bounded(1), self.rng.pick(&["=", "+=", "-="]));
                self.line(&format!("{p}.x {op} {a};"));
                self.declare(&t, T::Spot, true);
            }
            11 => {
                let c = self.condition();
                let v = self.spot(1);
                self.open(&format!("if {c} {{"));
                self.line(&format!("{p} = {v}.tame();"));
                self.body(1);
                self.close("}");
            }
            _ => {
                self.open("{");
                self.line(&format!("let {t} = &mut {p};"));
                let saved = self.locals.clone();
                self.locals.retain(|local| local.name != p);
                let (v, a) = (self.spot(1), self.bounded(1));
                self.line(&format!("*{t} = ({v} + *{t}) * 0.5;"));
                self.line(&format!("{t}.y = 0.5 * {t}.y + {a} * {t}.x;"));
                self.locals = saved;
                self.close("}");
            }
        }
    }

    fn rays(&mut self, r: &str) {
        let v = self.spot(1);
        match self.rng.below(7) {
            0 => self.line(&format!("{r} = Ray {{ o: {v}, ..{r} }};")),
            1 => self.line(&format!("{r}.o = {v}.tame();")),
            2 => self.line(&format!("{r}.d += 0.3 * {v};")),
            3 => self.line(&format!("{r}.push({v});")),
            4 => {
                let t = self.fresh("t");
                self.line(&format!("let {t} = {r};"));
                self.line(&format!("{r}.w *= {t}.d.y;"));
                self.line(&format!("{r}.d = ({t}.o - {v}) * 0.5;"));
                self.declare(&t, T::Ray, false);
            }
            5 => {
                let (t, u) = (self.fresh("t"), self.fresh("u"));
                self.line(&format!("let Ray {{ o: mut {t}, d: V2 {{ x: {u}, .. }}, .. }} = {r};"));
                self.declare(&t, T::Spot, true);
                self.declare(&u, T::F, false);
            }
            _ => self.line(&format!("std::mem::swap(&mut {r}.o.x, &mut {r}.d.y);")),
        }
    }

    fn rows_of_points(&mut self, s: &str, n: usize) {
        let q = self.fresh("q");
        let int = self.int();
        match self.rng.below(7) {
            0 => {
                let v = self.spot(1);
                self.line(&format!("{s}[({int}) % {n}] = {v}.tame();"));
            }
            1 => {
                let a = self.bounded(1);
                self.line(&format!("{s}[({int}) % {n}] += {s}[0] * {a};"));
            }
            2 => {
                let other = self.rng.below(n);
                self.line(&format!("{s}.swap(({int}) % {n}, {other});"));
            }
            3 | 4 => {
                let (items, v, a) = (self.rng.chance(50), self.spot(0), self.bounded(1));
                let v = if v.starts_with(s) { "V2::new(0.2, 0.1)".into() } else { v };
                let a = if a.contains(s) { "0.5".into() } else { a };
                if items {
                    self.open(&format!("for {q} in {s}.iter_mut() {{"));
                    self.line(&format!("*{q} = (*{q} * {a} + {v}).tame();"));
                } else {
                    self.open(&format!("for {q} in 1..{n} {{"));
                    self.line(&format!("{s}[{q}] = ({s}[{q} - 1] - {v}) * 0.5;"));
                    self.line(&format!("{s}[{q}].x += {a};"));
                }
                self.close("}");
            }
            5 => {
                self.line(&format!("let mut {q} = V2::level(0.0);"));
                self.line(&format!("for item in &{s} {{ {q} += *item * 0.5; }}"));
                self.declare(&q, T::Spot, true);
            }
            _ => {
                self.line(&format!("let {q} = {s}.iter().fold(V2::level(0.0), |m, item| m + item.tame());"));
                self.declare(&q, T::Spot, false);
            }
        }
    }

    /// A number of a point, a ray or a row of points.
    pub(super) fn coordinate(&mut self, local: &Local) -> String {
        let (name, axis) = (&local.name, self.rng.pick(&["x", "y"]));
        match local.ty {
            T::Ray => match self.rng.below(3) {
                0 => format!("{name}.w"),
                1 => format!("{name}.o.{axis}"),
                _ => format!("{name}.d.{axis}"),
            },
            T::Spots(n) => {
                let index = self.shallow_index(name, n);
                format!("{name}[{index}].{axis}")
            }
            _ => format!("{name}.{axis}"),
        }
    }
}
