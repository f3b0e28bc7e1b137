//! References to what is in an `Option`, unwrapped where they are used.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Tree {
    k: f64,
    n: usize,
    left: Option<Box<Tree>>,
    values: Option<Vec<f64>>,
    best: Option<f64>,
}

#[differentiable(order = 2)]
impl Tree {
    fn bump(&mut self, v: f64) {
        *self.best.as_mut().unwrap() += v * self.k;
    }

    fn get(&self) -> f64 {
        *self.best.as_ref().unwrap() * 2.0
    }

    fn below(&self) -> f64 {
        self.left.as_ref().unwrap().left.as_ref().expect("two levels").k * self.left.as_ref().unwrap().k
    }

    fn sum(&self) -> f64 {
        let mut s = 0.0;
        for v in self.values.as_ref().unwrap().iter() {
            s += v * self.k;
        }
        s + self.values.as_deref().unwrap().iter().map(|v| v * v).sum::<f64>()
    }
}

#[differentiable(order = 2)]
fn planted(x: f64, y: f64) -> f64 {
    let deep = Tree { k: x * y, n: 1, left: None, values: None, best: Some(y) };
    let inner = Tree { k: y, n: 0, left: Some(Box::new(deep)), values: Some(vec![y, x]), best: None };
    let mut t =
        Tree { k: x, n: 3, left: Some(Box::new(inner)), values: Some(vec![x, y, x * x]), best: Some(x * y) };
    t.bump(y);
    t.values.as_mut().unwrap()[1] *= t.k;
    t.values.as_mut().unwrap().push(y * y);
    t.left.as_mut().unwrap().k += x * 0.5;
    t.left.as_mut().unwrap().left.as_mut().unwrap().bump(x);
    let below = t.below() + t.left.as_ref().unwrap().left.as_ref().unwrap().get();
    let n = t.left.as_ref().unwrap().n + t.values.as_ref().unwrap().len();
    let row = t.values.as_ref().unwrap();
    let first = row[0] * row[n - 2];
    t.left.as_mut().unwrap().values.as_mut().unwrap()[0] += first * t.left.as_ref().unwrap().k;
    if t.best.is_some() && *t.best.as_ref().unwrap() > -100.0 {
        t.k += below;
    }
    t.sum() * t.get() + t.left.as_ref().unwrap().values.as_ref().unwrap()[0]
}
row!(parts_of_a_tree: planted(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(parts_of_a_tree_curved: planted(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn in_a_loop(xs: &[f64]) -> f64 {
    let mut last: Option<(f64, Vec<f64>)> = None;
    let mut s = 0.0;
    for &x in xs {
        if last.is_none() {
            last = Some((x, vec![x]));
        } else {
            last.as_mut().unwrap().0 *= x;
            last.as_mut().unwrap().1.push(x * x);
        }
        s += match last.as_ref().unwrap().1.len() {
            0 | 1 => last.as_ref().unwrap().0,
            n => last.as_ref().unwrap().1[n - 2] * x,
        };
        let scaled = |k: f64| k * last.as_ref().unwrap().0;
        s += scaled(0.1) + scaled(x);
    }
    s
}
row!(parts_in_a_loop: in_a_loop(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]), (vec![0.5]));
curved!(parts_in_a_loop_curved: in_a_loop(ref xs) at (vec![0.7, 1.3, 2.1, 0.4]));

// ---- what the rest of a statement changes before the part is named ----

#[derive(Clone, Debug, Differentiable)]
struct Held {
    v: f64,
    w: f64,
}

#[derive(Clone, Debug, Differentiable)]
struct Holder {
    o: Option<Held>,
    k: f64,
}

#[differentiable(order = 2)]
fn scaled(a: f64, b: &f64) -> f64 {
    a * *b
}

#[differentiable(order = 2)]
impl Holder {
    fn step(&mut self, x: f64) -> f64 {
        self.k *= x;
        self.o = Some(Held { v: self.k * x, w: x });
        self.k
    }

    fn add(&mut self, x: f64) {
        self.o.as_mut().unwrap().v += self.step(x);
    }

    fn set(&mut self, x: f64) {
        self.o.as_mut().unwrap().w = self.step(x) * self.k;
    }
}

#[differentiable(order = 2)]
fn changed_before(x: f64, y: f64) -> f64 {
    let mut s = Holder { o: Some(Held { v: x, w: y }), k: y };
    s.add(x);
    s.set(y * x);
    let mut o = Some(x);
    let r = scaled(
        {
            o = Some(y * y);
            x
        },
        o.as_ref().unwrap(),
    );
    let mut p = Some(Held { v: x, w: y });
    p.as_mut().unwrap().v += {
        p = Some(Held { v: y, w: x });
        x * x
    };
    let i = s.o.as_ref().unwrap();
    i.v * i.w + s.k + r * o.unwrap() + p.as_ref().unwrap().v * p.as_ref().unwrap().w
}
row!(parts_changed_before: changed_before(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(parts_changed_before_curved: changed_before(val x, val y) at (1.3, 0.7));

#[derive(Clone, Debug, differentiable::Differentiable)]
struct Weighed {
    v: f64,
    w: f64,
}

#[differentiable]
fn lent_on(x: f64) -> f64 {
    let mut held = (Some(Weighed { v: x, w: x * x }), x);
    let n = held.0.as_mut().unwrap();
    n.w += 2.0 * n.v;
    let m = &mut n.w;
    *m *= held.1;
    let r = m;
    *r += x;
    let k = if x > 1.0 { &mut n.v } else { &mut n.w };
    *k += x * 3.0;
    let l = {
        n.w *= 2.0;
        &mut n.v
    };
    *l += x.sin();
    let after = held.0.clone().unwrap();
    after.v * after.w * held.1
}
row!(what_refers_to_a_payload_by_way_of_others: lent_on(val x) at (1.7), (0.4));
