//! Structs whose fields are references: models over data, views, cursors; made, copied, changed and lent.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Model<'a> {
    data: &'a [f64],
    k: f64,
}

#[differentiable]
impl<'a> Model<'a> {
    fn new(data: &'a [f64], k: f64) -> Self {
        Model { data, k: k * k }
    }

    fn eval(&self, t: f64) -> f64 {
        let mut sum = 0.0;
        for d in self.data {
            sum += (d - t) * (d - t) * self.k;
        }
        sum
    }

    fn tail(&self, n: usize) -> Model<'a> {
        Model { data: &self.data[n..], k: self.k * 2.0 }
    }

    fn of_parts(&self, t: f64) -> f64 {
        let all = self.data;
        let Model { data, k } = *self;
        let rest = &all[1..];
        let mut s = 1.0;
        for i in 0..rest.len() {
            s += rest[i] * data[i] * k * t;
        }
        while s > 2.0 {
            s *= 0.5;
        }
        s * all[0]
    }

    fn nested(&self) -> f64 {
        if self.data.is_empty() {
            return self.k;
        }
        let rest = Model { data: &self.data[1..], k: self.k * self.data[0] };
        rest.nested() + self.data[0] * self.k
    }
}

#[differentiable]
fn at(m: &Model, t: f64) -> f64 {
    m.data.iter().map(|d| d * t * m.k).sum()
}

/// Small, so that it is no call: one would keep the references.
#[differentiable(order = 2)]
fn by_value(m: Model<'_>, t: f64) -> f64 {
    m.data[0] * m.k * t * t
}

#[differentiable]
fn lent(x: &[f64]) -> f64 {
    let m = Model { data: x, k: x[0] };
    let n = Model { data: &x[1..], k: 2.0 };
    let literal = Model { data: &[x[0] * x[1], x[2]], k: x[0] };
    let f = |t: f64| m.eval(t) * t;
    m.eval(x[1]) * n.data[0] + at(&m, x[2]) * at(&n, 2.0) + by_value(m, x[1]) + f(x[0]) + literal.eval(m.k)
}
row!(data_borrowed_by_a_struct: lent(ref x) at (vec![0.7, 1.3, -0.4]));

#[differentiable]
fn made_by_methods(x: &[f64]) -> f64 {
    let m = Model::new(x, x[0]);
    if m.k > 10.0 {
        return m.eval(0.0);
    }
    let t = m.tail(1);
    let u = t.tail(1);
    let s = if x[1] > 0.0 { t.eval(x[0]) * u.eval(x[1]) } else { m.eval(2.0) };
    s + m.of_parts(x[1]) + m.of_parts(0.3) + m.nested()
}
row!(structs_of_references_from_methods: made_by_methods(ref x) at (vec![0.7, 1.3, -0.4]), (vec![0.7, -1.3, 0.4]),
    (vec![3.7, -1.3, 0.4]));

#[differentiable]
fn overwritten_after(x: &[f64]) -> f64 {
    let mut v: Vec<f64> = x.to_vec();
    let m = Model { data: &v, k: x[0] };
    let r = (m.eval(x[1]) * m.data[1]).sin();
    v[1] = r * v[1];
    v[0] *= r;
    let m = Model { data: &v[..2], k: r.sin() };
    let mut s = m.eval(x[2]).cos() + v[0] * r;
    for i in 0..3 {
        let m = Model { data: &v[i..], k: v[i] };
        let r = m.eval(s);
        s = (s * 0.1 + r * 0.01).sin();
        v[i] *= s;
    }
    s + v[0] * v[1]
}
row!(data_changed_after_the_borrow: overwritten_after(ref x) at (vec![0.7, 1.3, -0.4]));

#[differentiable]
fn copied_and_changed(x: &[f64]) -> f64 {
    let mut m = Model { data: x, k: x[0] };
    let n = m;
    m.k *= x[1];
    let a = m.eval(1.0);
    m.k += a;
    let c = m.clone();
    m.k = 3.0;
    a * n.eval(x[2]) + c.eval(0.5) + m.k * n.k
}
row!(copies_of_structs_of_references: copied_and_changed(ref x) at (vec![0.7, 1.3, -0.4]));

#[derive(Debug, Differentiable)]
struct Kernel {
    a: f64,
    b: f64,
}

#[differentiable]
impl Kernel {
    fn value(&self, x: f64, y: f64) -> f64 {
        self.a * (-(x - y) * (x - y) * self.b).exp()
    }
}

#[derive(Debug, Differentiable)]
struct Process<'a> {
    model: Model<'a>,
    points: &'a Vec<[f64; 2]>,
    kernel: &'a Kernel,
    weights: Vec<f64>,
    name: &'a str,
    order: &'a [usize],
    #[no_diff]
    offsets: &'a [f64],
}

#[differentiable]
impl Process<'_> {
    fn row(&self, t: f64) -> Vec<f64> {
        self.points.iter().map(|p| self.kernel.value(p[0], t) * p[1]).collect()
    }

    fn sum(&self, t: f64) -> f64 {
        let row = self.row(t);
        let mut sum = self.name.len() as f64;
        for &i in self.order {
            sum += row[i] * self.weights[i] * self.model.data[i] + self.offsets[i];
        }
        sum * self.model.eval(t)
    }
}

#[differentiable]
fn several_references(x: &[f64], #[no_diff] offsets: &[f64]) -> f64 {
    let kernel = Kernel { a: x[0], b: x[1] };
    let points: Vec<[f64; 2]> = x.iter().map(|v| [*v, v * v]).collect();
    let order = vec![0, 2];
    let weights = x.to_vec();
    let model = Model { data: x, k: x[2] };
    let p = Process { model, points: &points, kernel: &kernel, weights, name: "ab", order: &order, offsets };
    let (a, b) = (p.sum(x[2]), p.sum(0.5));
    a * b + p.kernel.a * p.weights[1] * p.points[0][1] + p.model.k
}
row!(references_of_several_kinds: several_references(ref x, noref offsets) at
    (vec![0.7, 1.3, -0.4], vec![0.1, 0.2, 0.3]));

#[derive(Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Debug, Differentiable)]
struct Segment<'a> {
    a: &'a Point,
    b: &'a Point,
}

#[differentiable]
impl<'a> Segment<'a> {
    fn new(a: &'a Point, b: &'a Point) -> Self {
        Self { a, b }
    }

    fn len(&self) -> f64 {
        ((self.a.x - self.b.x).powi(2) + (self.a.y - self.b.y).powi(2)).sqrt()
    }
}

#[differentiable]
fn turned<'a>(s: &Segment<'a>, other: &Segment<'a>) -> f64 {
    let t = Segment { a: s.b, b: s.a };
    t.len() * t.a.x + other.len()
}

#[differentiable]
fn segments(x: &[f64]) -> f64 {
    let ps = vec![Point { x: x[0], y: x[1] }, Point { x: x[2], y: x[0] * x[1] }, Point { x: 3.0, y: x[2] }];
    let mut sum = 0.0;
    for i in 0..2 {
        let s = Segment::new(&ps[i], &ps[i + 1]);
        sum += s.len() * s.a.x;
    }
    let path: f64 = ps.windows(2).map(|w| Segment { a: &w[0], b: &w[1] }.len()).sum();
    let s = Segment::new(&ps[0], &ps[1]);
    let t = Segment { b: &ps[2], ..s };
    sum + path + t.len() * t.a.y + turned(&s, &t) + x[0] * s.b.y
}
row!(references_to_structs: segments(ref x) at (vec![0.7, 1.3, -0.4]));

#[derive(Debug, Differentiable)]
struct Cursor<'a> {
    items: &'a [f64],
    at: usize,
    sum: f64,
}

#[differentiable]
impl<'a> Cursor<'a> {
    fn peek(&self) -> f64 {
        self.items[self.at]
    }

    fn done(&self) -> bool {
        self.at >= self.items.len()
    }

    fn step(&mut self) {
        self.sum += self.items[self.at] * self.sum;
        self.at += 1;
    }

    fn next(&mut self) -> Option<f64> {
        if self.at < self.items.len() {
            let item = self.items[self.at];
            self.at += 1;
            Some(item)
        } else {
            None
        }
    }
}

#[differentiable]
fn cursors(x: &[f64]) -> f64 {
    let mut c = Cursor { items: x, at: 0, sum: 1.0 };
    let mut sum = 0.0;
    while !c.done() {
        sum += c.peek() * c.sum;
        c.step();
    }
    let mut d = Cursor { items: &x[1..], at: 0, sum: x[0] };
    while let Some(item) = d.next() {
        sum *= item * item + 1.0;
    }
    sum * c.sum * d.sum
}
row!(cursors_over_slices: cursors(ref x) at (vec![0.7, 1.3, -0.4]), (vec![0.5]));

#[derive(Debug, Differentiable)]
struct Buffer<'a> {
    out: &'a mut [f64],
    k: f64,
}

#[differentiable]
impl<'a> Buffer<'a> {
    fn put(&mut self, i: usize, v: f64) {
        self.out[i] += v * self.k;
    }
}

#[differentiable]
fn written_through(x: &[f64]) -> f64 {
    let mut out = vec![x[1]; 3];
    {
        let mut b = Buffer { out: &mut out, k: x[0] };
        b.put(0, x[1]);
        b.put(1, x[2] * b.out[0]);
        b.out[2] *= x[0];
        b.k = 2.0;
        b.put(0, x[0]);
    }
    out[0] * out[1] * out[2]
}
row!(fields_that_are_written_through: written_through(ref x) at (vec![0.7, 1.3, -0.4]));

#[derive(Debug, Differentiable)]
struct View<'a, T> {
    items: &'a [T],
    columns: usize,
}

#[differentiable]
impl<'a, T: num_traits::Float> View<'a, T> {
    fn get(&self, i: usize, j: usize) -> T {
        self.items[i * self.columns + j]
    }

    fn trace(&self) -> T {
        let mut sum = T::zero();
        for i in 0..self.columns {
            sum = sum + self.get(i, i) * self.get(i, 0);
        }
        sum
    }
}

#[differentiable]
fn viewed(x: &[f64]) -> f64 {
    let items: Vec<f64> = (0..4).map(|i| x[i % 3] * x[0]).collect();
    let v = View { items: &items, columns: 2 };
    v.trace() * v.get(1, 0)
}
row!(generic_views: viewed(ref x) at (vec![0.7, 1.3, -0.4]));

#[derive(Clone, Debug, Differentiable)]
struct Holder<'a> {
    model: Model<'a>,
    weights: Vec<f64>,
}

#[differentiable]
impl<'a> Holder<'a> {
    fn energy(&self, t: f64) -> f64 {
        let m = self.model;
        let copy = self.clone();
        let mut changed = self.model;
        let mut sum = 1.0_f64;
        for w in &self.weights {
            changed.k *= t;
            sum += m.eval(*w) * copy.weights[0] * copy.model.k * sum.sin() + changed.eval(t);
        }
        let f = |q: f64| copy.model.eval(q) * m.data[0];
        sum + f(t) + self.products(t)
    }

    fn products(&self, t: f64) -> f64 {
        let d = self.model.data;
        let mut sum = 0.0;
        for i in 1..d.len() {
            sum += d[i] * d[i - 1] * t;
        }
        sum
    }
}

#[differentiable]
fn held(x: &[f64]) -> f64 {
    let holder = Holder { model: Model { data: x, k: x[0] }, weights: x.to_vec() };
    holder.energy(0.3 * x[1])
}
row!(copies_out_of_what_is_lent: held(ref x) at (vec![0.7, 1.3, -0.4]));
