//! What a pattern bound is no part of the state that replaced it.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
pub enum State {
    Up { level: f64 },
    Down { level: f64 },
}

#[differentiable]
fn advance(state: &mut State, by: f64) -> f64 {
    match state {
        State::Up { level } => {
            *level += by;
            let next = State::Down { level: *level };
            *state = next;
            level_of(state)
        }
        State::Down { level } => *level * by,
    }
}

#[differentiable]
fn level_of(state: &State) -> f64 {
    match state {
        State::Up { level } => *level,
        State::Down { level } => -*level,
    }
}

fn main() {}
