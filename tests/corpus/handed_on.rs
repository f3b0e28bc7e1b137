//! Methods that hand themselves on (`-> &mut Self`) and are no mere names of a part; methods that change an element or a
//! temporary, in conditions too.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Builder {
    v: f64,
    w: f64,
    items: Vec<f64>,
    best: Option<(usize, f64)>,
    n: usize,
}

#[differentiable(order = 2)]
impl Builder {
    fn new(v: f64, w: f64) -> Builder {
        Builder { v, w, items: Vec::new(), best: None, n: 0 }
    }

    fn value(&self) -> f64 {
        self.v * self.w
            + self.items.iter().sum::<f64>()
            + self.best.map_or(0.3, |best| best.1 * best.0 as f64)
    }

    fn add(&mut self, x: f64) -> &mut Self {
        if x > 0.6 {
            self.v += x;
        } else {
            self.w *= x;
        }
        self
    }

    fn push(&mut self, x: f64) -> &mut Self {
        self.items.push(x * self.w);
        for k in 0..self.items.len() {
            self.v += self.items[k];
        }
        self
    }

    fn set(&mut self, w: f64) -> &mut Self {
        self.w = w;
        self
    }

    fn see(&mut self, x: f64) -> &mut Builder {
        self.n += 1;
        if x < 0.1 {
            return self;
        }
        if self.best.map_or(true, |(_, best)| x > best) {
            self.best = Some((self.n, x * self.v));
        }
        self
    }

    #[differentiable(order = 2)]
    fn turn(&mut self, x: f64, times: usize) -> &mut Self {
        for _ in 0..times {
            self.v = (self.v * x).sin();
        }
        self
    }

    fn all(&mut self, xs: &[f64]) -> &mut Self {
        for x in xs {
            self.add(*x).push(*x);
            self.see(*x);
        }
        self
    }

    fn step(&mut self) -> Option<f64> {
        self.v *= 1.5;
        if self.v > 2.0 {
            return None;
        }
        Some(self.v)
    }
}

#[differentiable(order = 2)]
fn chained(p: &[f64]) -> f64 {
    let mut builder = Builder::new(p[0], p[1]);
    builder.add(p[0]).push(p[1]).set(p[2]).see(p[0]).see(p[1]);
    builder.all(p).turn(p[0], 2);
    let same = builder.push(p[1]);
    same.v *= 2.0;
    let value = same.value();
    value * builder.w
}
row!(a_chain_of_changes: chained(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.51, 0.03, 0.42]));
curved!(a_chain_of_changes_at_order_two: chained(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.51, 0.03, 0.42]));

#[differentiable(order = 2)]
fn of_temporaries(p: &[f64]) -> f64 {
    let first = Builder::new(p[0], p[1]).push(p[1]).turn(p[2], 3).see(p[0] * p[1]).value();
    first * Builder::new(p[1], p[2]).step().unwrap_or(p[0])
}
row!(a_chain_of_a_temporary: of_temporaries(ref p) at (vec![0.51, 1.23, 0.82]), (vec![0.51, 1.43, 0.82]));
curved!(a_chain_of_a_temporary_at_order_two: of_temporaries(ref p) at (vec![0.51, 1.23, 0.82]));

#[differentiable(order = 2)]
fn of_elements(p: &[f64]) -> f64 {
    let mut all = vec![Builder::new(p[0], p[1]), Builder::new(p[1], p[2])];
    let mut sum = 0.0;
    for k in 0..3 {
        all[k % 2].push(p[k]).see(p[k]);
        if p[k] > 0.6 {
            all[1].turn(p[0], k).add(p[1]).w *= p[2];
        }
        if all[k % 2].step().map_or(false, |v| v > 0.8) {
            sum += all[k % 2].v * p[1];
        }
    }
    let mut at = 0;
    while all[at].step().is_some() || at == 0 {
        sum += all[at].value();
        at = (at + 1) % 2;
        if sum > 30.0 {
            break;
        }
    }
    sum + all[0].value() * all[1].value()
}
row!(elements_that_change: of_elements(ref p) at (vec![0.51, 1.23, 0.82]), (vec![0.11, 0.23, 0.42]));
curved!(elements_that_change_at_order_two: of_elements(ref p) at (vec![0.51, 1.23, 0.82]));

#[derive(Clone, Copy, Differentiable)]
struct Scaled {
    re: f64,
    im: f64,
}
#[differentiable(order = 2)]
impl Scaled {
    const ONE: Scaled = Scaled { re: 1.0, im: 0.5 };
    fn scale(&mut self, k: f64) -> &mut Self {
        self.re *= k;
        self.im *= k * k;
        self
    }
}
#[differentiable(order = 2)]
fn chain_on_a_constant(x: f64, y: f64) -> f64 {
    let mut z = Scaled::ONE;
    z.scale(x).scale(y);
    let mut many = [Scaled::ONE, Scaled { re: x, im: y }];
    many[0].scale(y).scale(x);
    z.re * z.im + many[0].re * many[1].im
}
row!(a_chain_on_a_constant: chain_on_a_constant(val x, val y) at (0.7, 1.3), (-1.2, 0.4));
