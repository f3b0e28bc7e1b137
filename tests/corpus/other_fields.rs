//! Methods of a field whose arguments change other fields, and of values that are copied before their
//! arguments change them.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Editor {
    path: Vec<f64>,
    done: Vec<Vec<f64>>,
    log: Vec<f64>,
    x: f64,
    lost: f64,
    o: Option<f64>,
}

#[differentiable(order = 2)]
impl Editor {
    fn finish(&mut self) {
        self.done.push(std::mem::take(&mut self.path));
    }

    fn set(&mut self, path: Vec<f64>) {
        self.done.push(std::mem::replace(&mut self.path, path));
    }

    fn note(&mut self) {
        self.log.push({
            self.x *= 2.0;
            self.x
        });
        self.log.extend_from_slice(&std::mem::take(&mut self.path));
    }
}

fn editor() -> Editor {
    Editor { path: vec![], done: vec![], log: vec![], x: 0.0, lost: 0.0, o: None }
}

#[differentiable(order = 2)]
fn edited(x: f64, y: f64) -> f64 {
    let mut e = editor();
    e.x = x;
    e.path.push(x * y);
    e.finish();
    e.path.push(y * y);
    e.set(vec![x, y]);
    e.note();
    e.note();
    let mut s = e.log.iter().map(|v| v * v).sum::<f64>();
    for part in &e.done {
        s += part.iter().sum::<f64>() * e.x;
    }
    s
}
row!(fields_taken_into_others: edited(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(fields_taken_into_others_curved: edited(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn appended(x: f64, y: f64) -> f64 {
    let mut e = editor();
    e.path = vec![x, y];
    e.log = vec![y * x];
    e.log.append(&mut e.path);
    let o = e.o.replace({
        e.x += x;
        e.x
    });
    e.log.retain(|v| {
        e.lost += v * v;
        *v > 0.0
    });
    let mut t = (vec![x], vec![y, x]);
    t.0.append(&mut t.1);
    let mut moved = 0.0;
    while let Some(v) = t.0.pop() {
        e.log.push(std::mem::replace(&mut e.x, v));
        moved += v * e.log[0];
    }
    e.log.iter().sum::<f64>() * e.lost + moved + e.o.unwrap_or(1.0) + o.unwrap_or(0.0)
}
row!(fields_appended_to_others: appended(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(fields_appended_to_others_curved: appended(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn moved_over(to: &mut Vec<f64>, from: &mut Vec<f64>) {
    to.push(from.pop().unwrap());
    from.push(1.0);
    to.push(from[0]);
}

#[differentiable(order = 2)]
fn lent_side_by_side(x: f64, y: f64) -> f64 {
    let mut e = editor();
    e.path = vec![x, y];
    e.log = vec![y * x];
    moved_over(&mut e.log, &mut e.path);
    moved_over(&mut e.path, &mut e.log);
    e.path[1] * e.path[2] + e.log.iter().sum::<f64>() * e.path[0]
}
row!(fields_lent_side_by_side: lent_side_by_side(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(fields_lent_side_by_side_curved: lent_side_by_side(val x, val y) at (1.3, 0.7));

#[differentiable(order = 2)]
fn dot(a: [f64; 2], b: f64) -> f64 {
    a[0] * b + a[1]
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Ball {
    p: [f64; 2],
    v: f64,
}

#[differentiable(order = 2)]
impl Ball {
    fn kick(&mut self, k: f64) -> f64 {
        self.p[1] += k;
        self.v *= k;
        self.v
    }

    fn energy(self, k: f64) -> f64 {
        self.v * k + self.p[1]
    }

    fn work(&mut self, k: f64) -> f64 {
        dot(self.p, self.kick(k)) + self.energy(self.kick(0.5))
    }
}

#[differentiable(order = 2)]
fn copied_before(x: f64, y: f64) -> f64 {
    let mut b = Ball { p: [x, y], v: y };
    let mut s = 0.0;
    for k in 1..4 {
        s += b.work(x * k as f64);
    }
    s + b.energy(b.kick(y)) * b.v
}
row!(receivers_copied_before: copied_before(val x, val y) at (1.3, 0.7), (-0.4, 2.1));
curved!(receivers_copied_before_curved: copied_before(val x, val y) at (1.3, 0.7));
