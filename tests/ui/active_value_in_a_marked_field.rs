use differentiable::{Differentiable, differentiable, no_diff};

#[derive(Clone, Differentiable)]
struct State {
    x: f64,
    #[no_diff]
    last: f64,
    #[no_diff]
    history: Vec<f64>,
}

#[differentiable]
fn stored(state: &mut State, k: f64) {
    state.x *= k;
    state.last = state.x;
}

#[differentiable]
fn pushed(state: &mut State, k: f64) {
    state.x *= k;
    state.history.push(state.x);
}

#[differentiable]
fn made(x: f64) -> State {
    State { x, last: x * 2.0, history: Vec::new() }
}

// What is meant is said.
#[differentiable]
fn said(state: &mut State, k: f64) {
    state.x *= k;
    state.last = no_diff(state.x);
    state.history.push(1.0);
}

fn main() {
    let mut state = State { x: 1.0, last: 0.0, history: Vec::new() };
    said(&mut state, 2.0);
}
