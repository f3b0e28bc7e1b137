//! Methods of `Option` on locals, fields and `&mut` parameters, and names of what is in one while the option is used
//! again behind their last use.

use differentiable::{Differentiable, differentiable};

#[differentiable(order = 2)]
fn combined(p: &[f64]) -> f64 {
    let mut o = Some(p[0] * p[1]);
    let none: Option<f64> = if p[0] > 50.0 { Some(p[2]) } else { None };
    let both = o.and(Some(p[1] * p[2])).unwrap_or(p[0]) + none.and(Some(p[1])).unwrap_or(p[2]);
    let either = o.xor(none).unwrap_or(0.0) * none.xor(o).unwrap_or(0.0) + o.xor(o).unwrap_or(p[1]);
    let flat = Some(o).flatten().unwrap_or(0.0) + Some(none).flatten().unwrap_or(p[2] * p[2]);
    let seen = o.inspect(|v| assert!(*v > -90.0)).map_or(p[1], |v| v * p[2]);
    o = o.map(|v| v * p[0]);
    both * either + flat * seen + o.unwrap()
}
row!(methods_of_options: combined(ref p) at (vec![0.5, 1.2, 0.8]));
curved!(methods_of_options_at_order_two: combined(ref p) at (vec![0.5, 1.2, 0.8]));

#[derive(Clone, Debug, Differentiable)]
struct Slot {
    held: Option<f64>,
    sum: f64,
}

#[differentiable(order = 2)]
fn taken_if(p: &[f64]) -> f64 {
    let mut slot = Slot { held: None, sum: p[1] };
    for x in p {
        slot.held = Some(slot.held.map_or(*x, |v| v + x));
        let large = slot.held.take_if(|v| {
            *v *= p[0];
            *v > 1.0
        });
        slot.sum += large.unwrap_or(p[2]) * x;
    }
    slot.sum * slot.held.unwrap_or(p[1])
}
row!(taken_if_it_is_large: taken_if(ref p) at (vec![0.5, 1.2, 0.8]), (vec![1.5, 1.2, 2.8]));
curved!(taken_if_it_is_large_at_order_two: taken_if(ref p) at (vec![0.5, 1.2, 0.8]), (vec![1.5, 1.2, 2.8]));

#[differentiable(order = 2)]
fn of_a_parameter(o: &mut Option<f64>, x: f64) -> f64 {
    let first = o.unwrap_or(x) + o.filter(|v| *v > 0.4).unwrap_or(x * x);
    let second = o.ok_or("none").map(|v| v * x).unwrap_or(x) + o.unwrap_or_default();
    let z = o.get_or_insert(x * 2.0);
    *z *= x;
    let third = o.expect("it was put there");
    let fourth = o.or(Some(x)).unwrap() * o.zip(Some(x)).map_or(0.0, |(a, b)| a * b);
    first * second + third * fourth
}

#[differentiable(order = 2)]
fn parameters(p: &[f64]) -> f64 {
    let mut some = Some(p[0] * p[1]);
    let mut none = None;
    let sum = of_a_parameter(&mut some, p[1]) + of_a_parameter(&mut none, p[2]);
    sum * some.unwrap_or(0.0) + none.unwrap_or(0.0)
}
row!(methods_by_value_of_a_parameter: parameters(ref p) at (vec![0.5, 1.2, 0.8]), (vec![0.1, 1.2, 0.8]));
curved!(methods_by_value_of_a_parameter_at_order_two: parameters(ref p) at (vec![0.5, 1.2, 0.8]));

#[derive(Clone, Debug, Differentiable)]
struct Node {
    v: f64,
    w: f64,
    h: Vec<f64>,
}

#[derive(Clone, Debug, Differentiable)]
struct Tree {
    left: Option<Box<Node>>,
    best: Option<Node>,
    sum: f64,
}

#[differentiable(order = 2)]
impl Node {
    fn go(&mut self, x: f64) -> f64 {
        self.v *= x;
        self.h.push(x);
        self.v + self.w
    }
}

#[differentiable(order = 2)]
impl Tree {
    fn new(p: &[f64]) -> Tree {
        let node = Node { v: p[0], w: p[1], h: vec![p[2]] };
        Tree { left: Some(Box::new(node.clone())), best: Some(node), sum: p[0] * p[1] }
    }

    /// What is named ends before the option is used again.
    fn twice(&mut self, x: f64) -> f64 {
        let node = self.best.as_mut().unwrap();
        node.v += x;
        let mut a = node.v;
        let t = node.go(a);
        a += t;
        let Some(best) = self.best.as_ref() else { return x };
        self.sum += best.v * a;
        let left = self.left.as_mut().expect("there is one");
        let w = &mut left.w;
        *w *= x;
        left.h.push(*w);
        let items = left.h.clone();
        if x > 1.0 {
            self.left = None;
        }
        a = self.left.as_ref().map_or(a, |left| left.h[1] * a);
        items.iter().sum::<f64>() * a
    }

    fn asked(&mut self, x: f64) -> Option<f64> {
        let node = self.best.as_mut()?;
        node.v *= x;
        let (a, b) = (node.v, node.w);
        self.best.as_ref().map(|node| node.v * a + b)
    }
}

#[differentiable(order = 2)]
fn used_again(p: &[f64]) -> f64 {
    let mut tree = Tree::new(p);
    let mut sum = 0.0;
    for x in p {
        if tree.left.is_some() {
            sum += tree.twice(*x);
        }
        let Some(node) = tree.best.as_mut() else { break };
        node.h.push(sum);
        let n = node.h.len();
        tree.best.as_mut().unwrap().w += sum * n as f64;
    }
    sum += tree.asked(p[1]).unwrap_or(0.0);
    let z = tree.best.insert(Node { v: sum, w: p[0], h: vec![] });
    z.v *= p[2];
    let w = z.w;
    sum * tree.sum + tree.best.map_or(p[0], |node| node.v * w)
}
row!(an_option_behind_the_last_use: used_again(ref p) at (vec![0.5, 1.2, 0.8]), (vec![0.5, 0.2, 0.8]));
curved!(an_option_behind_the_last_use_at_order_two: used_again(ref p) at (vec![0.5, 1.2, 0.8]), (vec![0.5, 0.2, 0.8]));
