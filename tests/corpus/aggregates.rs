//! Local structs that are taken apart into their fields, and small operators: whatever happens to one, as a whole
//! or by its parts.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct V {
    x: f64,
    y: f64,
}
#[differentiable(order = 2)]
impl Add for V {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { x: self.x + o.x, y: self.y + o.y }
    }
}
#[differentiable(order = 2)]
impl Sub for V {
    type Output = V;
    fn sub(self, o: V) -> V {
        V { x: self.x - o.x, y: self.y - o.y }
    }
}
#[differentiable(order = 2)]
impl Mul<f64> for V {
    type Output = V;
    fn mul(self, k: f64) -> V {
        V::new(self.x * k, self.y * k)
    }
}
#[differentiable(order = 2)]
impl Mul<V> for f64 {
    type Output = V;
    fn mul(self, v: V) -> V {
        v * self
    }
}
#[differentiable(order = 2)]
impl Div<f64> for V {
    type Output = V;
    fn div(self, k: f64) -> V {
        let i = 1.0 / k;
        self * i
    }
}
/// Complex product: components are mixed.
#[differentiable(order = 2)]
impl Mul for V {
    type Output = V;
    fn mul(self, o: V) -> V {
        V { x: self.x * o.x - self.y * o.y, y: self.x * o.y + self.y * o.x }
    }
}
#[differentiable(order = 2)]
impl Neg for V {
    type Output = V;
    fn neg(self) -> V {
        V { x: -self.x, y: -self.y }
    }
}
#[differentiable(order = 2)]
impl AddAssign for V {
    fn add_assign(&mut self, o: V) {
        self.x += o.x;
        self.y += o.y;
    }
}
#[differentiable(order = 2)]
impl MulAssign for V {
    fn mul_assign(&mut self, o: V) {
        *self = *self * o;
    }
}
#[differentiable(order = 2)]
impl SubAssign<f64> for V {
    fn sub_assign(&mut self, k: f64) {
        self.x -= k;
        self.y -= k * self.x;
    }
}
#[differentiable(order = 2)]
impl<'a> Add<&'a V> for &'a V {
    type Output = V;
    fn add(self, o: &V) -> V {
        V { x: self.x + o.x, y: self.y + 2.0 * o.y }
    }
}
#[differentiable(order = 2)]
impl V {
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
    pub fn dot(self, o: V) -> f64 {
        self.x * o.x + self.y * o.y
    }
    pub fn turn(&mut self, k: f64) {
        let x = self.x;
        self.x = x * k - self.y;
        self.y += x * k;
    }
    pub fn swapped(&self) -> V {
        V { x: self.y, y: self.x }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct R {
    pos: V,
    vel: V,
    m: f64,
    n: usize,
    on: bool,
}

#[differentiable(order = 2)]
fn big(a: &V, b: V, n: usize) -> V {
    let mut s = V::new(0.0, 1.0);
    for i in 0..n {
        s = s * *a + b * (i as f64 * 0.1);
    }
    s
}

#[differentiable(order = 2)]
fn swap_parts(x: f64, y: f64) -> f64 {
    let mut p = V { x, y };
    for _ in 0..3 {
        p = V { x: p.y * 1.1, y: p.x * p.y };
    }
    p.x * p.x + p.y
}
row!(swap_parts_row: swap_parts(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(swap_parts_curved: swap_parts(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn complex(x: f64, y: f64) -> f64 {
    let mut z = V { x: 0.1, y: 0.2 };
    let c = V { x, y };
    for _ in 0..5 {
        z = z * z + c;
    }
    z.dot(z)
}
row!(complex_row: complex(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(complex_curved: complex(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn complex_assign(x: f64, y: f64) -> f64 {
    let mut z = V { x, y: 0.2 };
    let c = V { x: y, y: x };
    for _ in 0..4 {
        z *= c;
        z += c;
        z -= x;
    }
    z.dot(c)
}
row!(complex_assign_row: complex_assign(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(complex_assign_curved: complex_assign(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn nested(x: f64, y: f64) -> f64 {
    let mut r = R { pos: V::new(x, y), vel: V::new(y, x * y), m: x + 1.0, n: 3, on: true };
    for i in 0..r.n {
        r.pos = r.pos + r.vel * (0.1 * i as f64);
        r.vel = r.vel - r.pos * r.m;
        if r.on {
            r.m *= y;
        }
        r.on = !r.on;
    }
    r.pos.dot(r.vel) + r.m
}
row!(nested_row: nested(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(nested_curved: nested(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn nested_whole(x: f64, y: f64) -> f64 {
    let v = V::new(x * y, y);
    let mut r = R { pos: v, vel: v, m: x, n: 2, on: false };
    let q = r;
    r.pos = q.vel + q.pos;
    r.vel = r.pos;
    let w = r.vel;
    r = R { m: y, ..r };
    r.pos.dot(w) * r.m + q.m
}
row!(nested_whole_row: nested_whole(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(nested_whole_curved: nested_whole(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn branches(x: f64, y: f64) -> f64 {
    let p;
    if x > 0.2 {
        p = V::new(x, y) * y;
    } else {
        p = V::new(y, 1.0);
    }
    let mut q = p;
    if y > 0.5 {
        q = -q;
        q.x += p.y;
    }
    p.dot(q)
}
row!(branches_row: branches(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(branches_curved: branches(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn break_value(x: f64, y: f64) -> f64 {
    let mut s = V::new(x, y);
    let mut k = 0;
    let p = loop {
        s = s * V::new(0.9, x);
        k += 1;
        if k > 3 {
            break s + V::new(1.0, y);
        }
    };
    p.dot(s)
}
row!(break_value_row: break_value(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(break_value_curved: break_value(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn destructured(x: f64, y: f64) -> f64 {
    let p = V::new(x, y) * x;
    let V { x: a, y: b } = p;
    let V { x: ref c, .. } = p;
    a * b + c
}
row!(destructured_row: destructured(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(destructured_curved: destructured(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn update_syntax(x: f64, y: f64) -> f64 {
    let p = V::new(x, y);
    let q = V { x: p.y * y, ..p };
    q.x * q.y + p.x
}
row!(update_syntax_row: update_syntax(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(update_syntax_curved: update_syntax(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn views(x: f64, y: f64) -> f64 {
    let mut p = V::new(x, y);
    {
        let r = &mut p.x;
        *r *= 2.0;
        *r += y;
    }
    let s = &p;
    s.x * s.y + p.x
}
row!(views_row: views(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(views_curved: views(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn views_whole(x: f64, y: f64) -> f64 {
    let mut p = V::new(x, y);
    {
        let r = &mut p;
        r.x *= 2.0;
        r.y = r.x * x;
    }
    p.turn(y);
    p.dot(p.swapped())
}
row!(views_whole_row: views_whole(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(views_whole_curved: views_whole(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn in_vec(x: f64, y: f64) -> f64 {
    let mut v = vec![V::new(x, y); 3];
    let p = V::new(y, x * x);
    v[1] += p;
    v[2] = v[1] * v[0];
    v.push(p * x);
    let w = v[2];
    v[0] *= w;
    let mut s = V::new(0.0, 0.0);
    for q in &v {
        s += *q;
    }
    s.dot(p)
}
row!(in_vec_row: in_vec(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(in_vec_curved: in_vec(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn in_array(x: f64, y: f64) -> f64 {
    let mut a = [V::new(x, y), V::new(y, 1.0)];
    for i in 0..2 {
        a[i] = a[1 - i] * a[i];
    }
    a.swap(0, 1);
    let b = a;
    (b[0] - a[1] * x).dot(b[1])
}
row!(in_array_row: in_array(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(in_array_curved: in_array(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn shared(x: f64, y: f64) -> f64 {
    let p = V::new(x, y);
    let q = V::new(y, x * y);
    let r = &p + &q;
    let s = &r + &p;
    s.dot(r)
}
row!(shared_row: shared(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(shared_curved: shared(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn tuples(x: f64, y: f64) -> f64 {
    let t = (V::new(x, y), x);
    let (p, k) = t;
    let (a, b) = (p * k, p + t.0);
    a.dot(b)
}
row!(tuples_row: tuples(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(tuples_curved: tuples(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn options(x: f64, y: f64) -> f64 {
    let o = if x > 0.1 { Some(V::new(x, y) * y) } else { None };
    match o {
        Some(p) => p.dot(p) * x,
        None => y,
    }
}
row!(options_row: options(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(options_curved: options(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn mem_swap(x: f64, y: f64) -> f64 {
    let mut p = V::new(x, y);
    let mut q = V::new(y * y, x);
    std::mem::swap(&mut p, &mut q);
    let o = std::mem::replace(&mut p, q + q);
    p.dot(q) + o.x * o.y
}
row!(mem_swap_row: mem_swap(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(mem_swap_curved: mem_swap(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn closures(x: f64, y: f64) -> f64 {
    let p = V::new(x, y);
    let f = |q: V| q * p.x + p;
    let r = f(f(p));
    r.dot(p)
}
row!(closures_row: closures(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(closures_curved: closures(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn calls(x: f64, y: f64) -> f64 {
    let p = V::new(x, y * x);
    let q = big(&p, p * 0.5, 3);
    let r = big(&q, p, 2);
    r.dot(q)
}
row!(calls_row: calls(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(calls_curved: calls(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn compare(x: f64, y: f64) -> f64 {
    let p = V::new(x, y);
    let q = p * 2.0;
    assert!(p != q, "{p:?}");
    if p == q { 1.0 } else { p.dot(q) }
}
row!(compare_row: compare(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(compare_curved: compare(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn early(x: f64, y: f64) -> f64 {
    let mut p = V::new(x, y);
    for i in 0..5 {
        p = p * V::new(1.2, y);
        if p.x * p.x > 0.5 {
            return p.dot(p) * i as f64 + p.y;
        }
    }
    p.x
}
row!(early_row: early(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(early_curved: early(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn sum_iter(x: f64, y: f64) -> f64 {
    let ps: Vec<V> = (0..4).map(|i| V::new(x * i as f64, y)).collect();
    let s = ps.iter().fold(V::new(0.0, 0.0), |a, b| a + *b * b.x);
    let m: f64 = ps.iter().map(|p| (*p * x - s).dot(s)).sum();
    m
}
row!(sum_iter_row: sum_iter(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(sum_iter_curved: sum_iter(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn scalar_left(x: f64, y: f64) -> f64 {
    let p = V::new(x, y);
    let q = x * p - p / y;
    q.dot(2.0 * q)
}
row!(scalar_left_row: scalar_left(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(scalar_left_curved: scalar_left(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn while_state(x: f64, y: f64) -> f64 {
    let mut a = V::new(x, y);
    let mut b = a;
    let mut n = 0;
    while n < 4 {
        let t = a;
        a = b * a + t * 0.1;
        b = t - b;
        n += 1;
    }
    a.dot(b)
}
row!(while_state_row: while_state(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(while_state_curved: while_state(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn labelled(x: f64, y: f64) -> f64 {
    let mut s = V::new(x, y);
    'o: for i in 0..4 {
        for j in 0..3 {
            if i * j > 3 {
                break 'o;
            }
            if j == 2 {
                continue 'o;
            }
            s = s * V::new(1.0, 0.3 * y) + V::new(0.0, x);
        }
    }
    s.dot(s)
}
row!(labelled_row: labelled(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(labelled_curved: labelled(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn shadowing(x: f64, y: f64) -> f64 {
    let p = V::new(x, y);
    let p = p * p;
    let p = p + V { x: p.y, y: p.x };
    p.dot(p)
}
row!(shadowing_row: shadowing(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(shadowing_curved: shadowing(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn temp_field(x: f64, y: f64) -> f64 {
    (V::new(x, y) * V::new(y, x)).x * (V::new(x, 1.0) + V::new(y, y)).y
}
row!(temp_field_row: temp_field(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(temp_field_curved: temp_field(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[differentiable(order = 2)]
fn self_mixed(x: f64, y: f64) -> f64 {
    let mut a = V::new(x, y);
    a = a - a * a.x;
    a = V { x: a.y, y: a.x } * a.y;
    a.x += a.y;
    a.y = a.x * a.y;
    a.dot(a)
}
row!(self_mixed_row: self_mixed(val x, val y) at (0.37, 0.81), (-0.6, 0.45));
curved!(self_mixed_curved: self_mixed(val x, val y) at (0.37, 0.81), (-0.6, 0.45));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Half {
    a: f64,
    b: f64,
}
#[differentiable(order = 2)]
impl Mul<f64> for Half {
    type Output = Half;
    fn mul(self, k: f64) -> Half {
        Half { a: self.a * k, b: self.b }
    }
}
#[differentiable(order = 2)]
impl Add for Half {
    type Output = Half;
    fn add(self, o: Half) -> Half {
        Half { a: self.a + o.a, b: o.b }
    }
}
#[differentiable(order = 2)]
impl Half {
    fn flip(&self) -> Half {
        Half { a: self.b, b: self.a }
    }
    fn make(a: f64, b: f64) -> Half {
        Half { a: b, b: a }
    }
}
// Values whose parts are reads of what changes before they are used.
#[differentiable(order = 2)]
fn held(x: f64, y: f64) -> f64 {
    let mut p = Half { a: x, b: y };
    let r = (p * 2.0) + {
        p.b = x * x;
        p.a = 3.0 * y;
        p
    };
    r.a * r.b + p.a
}
row!(held_row: held(val x, val y) at (0.7, 1.3), (2.1, 0.4));
curved!(held_curved: held(val x, val y) at (0.7, 1.3), (2.1, 0.4));

#[differentiable(order = 2)]
fn pair(x: f64, y: f64) -> f64 {
    let mut p = Half { a: x, b: y };
    let (q, z) = (p * x, {
        p.b *= x;
        p.b
    });
    let s = [p.flip(), {
        p.a += z;
        p
    }];
    q.a * q.b + z * s[0].a * s[1].a + s[0].b
}
row!(pair_row: pair(val x, val y) at (0.7, 1.3), (2.1, 0.4));
curved!(pair_curved: pair(val x, val y) at (0.7, 1.3), (2.1, 0.4));

#[differentiable(order = 2)]
fn made(x: f64, y: f64) -> f64 {
    let mut k = x;
    let p = Half::make(k, {
        k *= y;
        k
    });
    let q = Half {
        a: k,
        b: {
            k += 1.0;
            k * x
        },
    };
    p.a * q.b + p.b * q.a + k
}
row!(made_row: made(val x, val y) at (0.7, 1.3), (2.1, 0.4));
curved!(made_curved: made(val x, val y) at (0.7, 1.3), (2.1, 0.4));

#[differentiable(order = 2)]
fn looped(x: f64, y: f64) -> f64 {
    let mut p = Half { a: x, b: y };
    let mut q = p;
    for i in 0..3 {
        let r = p * (i as f64 + y);
        p = q + r;
        q = r.flip();
        if p.a > 10.0 {
            return p.b * q.a;
        }
        p.b += q.b;
    }
    p.a * p.b + q.a
}
row!(looped_row: looped(val x, val y) at (0.7, 1.3), (2.1, 0.4));
curved!(looped_curved: looped(val x, val y) at (0.7, 1.3), (2.1, 0.4));

#[differentiable(order = 2)]
fn assigned(x: f64, y: f64) -> f64 {
    let mut v = [Half { a: x, b: y }; 3];
    let mut i = 0;
    while i < 2 {
        v[i] = v[i + 1] * x;
        v[i + 1] = Half { b: v[i].a, a: v[i].b * v[i + 1].a };
        i += 1;
    }
    let w = v[0];
    v[0] = v[2];
    v[2] = w.flip();
    v[0].a * v[2].a + v[1].b
}
row!(assigned_row: assigned(val x, val y) at (0.7, 1.3), (2.1, 0.4));
curved!(assigned_curved: assigned(val x, val y) at (0.7, 1.3), (2.1, 0.4));

/// The base of a struct that stays whole is one that was taken apart.
#[differentiable(order = 2)]
fn based(x: f64, y: f64) -> f64 {
    let mut p = V { x: x * y, ..V::new(x, y * y) };
    let mut q = V { x: 0.5, ..p };
    std::mem::swap(&mut p, &mut q);
    p.y * q.x + q.y * p.x
}
row!(based_row: based(val x, val y) at (0.7, 1.3), (2.1, 0.4));
curved!(based_curved: based(val x, val y) at (0.7, 1.3), (2.1, 0.4));
