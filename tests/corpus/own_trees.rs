//! Enums that hold boxes of themselves, payloads that are not `Copy`, and states that a `match`
//! replaces.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
enum Tree {
    Number(f64),
    Argument,
    Minus(Box<Tree>),
    Sum(Box<Tree>, Box<Tree>),
    Product(Box<Tree>, Box<Tree>),
}
#[differentiable(order = 2)]
impl Tree {
    fn value(&self, x: f64) -> f64 {
        match self {
            Tree::Number(c) => *c,
            Tree::Argument => x,
            Tree::Minus(inner) => -inner.value(x),
            Tree::Sum(a, b) => a.value(x) + b.value(x),
            Tree::Product(a, b) => a.value(x) * b.value(x),
        }
    }
}
#[differentiable(order = 2)]
fn negated(tree: Tree) -> Tree {
    Tree::Minus(Box::new(tree))
}
#[differentiable(order = 2)]
fn built(c: f64, x: f64) -> f64 {
    let scaled = Tree::Product(Box::new(Tree::Number(c)), Box::new(Tree::Argument));
    let sum = Tree::Sum(Box::new(scaled), Box::new(Tree::Minus(Box::new(Tree::Number(c * c)))));
    let square = Tree::Product(Box::new(sum.clone()), Box::new(sum));
    negated(square).value(x)
}
row!(trees_of_boxes: built(val c, val x) at (0.7, 2.5));
curved!(trees_of_boxes_at_order_two: built(val c, val x) at (0.7, 2.5));

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weights: Vec<f64>,
}
#[differentiable]
impl Layer {
    fn apply(&self, x: f64) -> f64 {
        self.weights.iter().fold(0.0, |sum, w| sum * x + w)
    }
}
#[differentiable]
fn layer(x: f64) -> Option<Layer> {
    if x > 0.0 { Some(Layer { weights: vec![x, x * x] }) } else { None }
}
#[differentiable]
fn payload_that_owns(x: f64) -> f64 {
    layer(x).map_or(1.0, |layer| layer.apply(x)) + layer(-x).map_or(2.0 * x, |layer| layer.apply(x))
}
row!(payload_of_an_option_that_owns: payload_that_owns(val x) at (0.7), (-1.3));

#[derive(Clone, Debug, PartialEq, Differentiable)]
enum State {
    Idle,
    Moving(f64),
    Done(f64),
}
#[differentiable]
fn step(state: &mut State, a: f64) {
    match state {
        State::Moving(speed) => *speed *= a.sin(),
        State::Idle => *state = State::Moving(a * a),
        State::Done(_) => {}
    }
}
#[differentiable]
fn replaced(a: f64, n: usize) -> f64 {
    let mut state = State::Idle;
    for _ in 0..n {
        step(&mut state, a);
    }
    match state {
        State::Moving(speed) | State::Done(speed) => speed * a,
        State::Idle => a,
    }
}
row!(state_replaced_by_an_arm: replaced(val a, no n) at (0.8, 0), (0.8, 1), (0.8, 4));
