use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
pub struct Lexer<'a> {
    data: &'a str,
    last: f64,
}

impl Lexer<'_> {
    #[differentiable]
    fn step(&mut self, x: f64) {
        self.last *= x * self.data.len() as f64;
    }
}

fn main() {}
