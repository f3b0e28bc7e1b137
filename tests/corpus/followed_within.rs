//! Methods that change what they are lent and give nothing after they asked others that do: all of them are followed.

use differentiable::{Differentiable, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Cell {
    x: f64,
    #[no_diff]
    n: usize,
}

#[derive(Clone, Debug, Differentiable)]
struct Pair {
    i: Cell,
    j: Cell,
    y: f64,
}

const MOST: usize = 2;

#[differentiable(order = 2)]
impl Cell {
    fn step(&mut self, k: f64) -> Option<f64> {
        self.x *= k;
        self.n += 1;
        if self.n > MOST {
            return None;
        }
        Some(self.x + k)
    }

    fn run(&mut self, k: f64) -> Option<f64> {
        let mut s = 0.0;
        for _ in 0..3 {
            s += self.step(k)?;
        }
        Some(s)
    }

    fn again(&mut self, k: f64) -> Option<f64> {
        self.step(k).or_else(|| self.step(k * 2.0)).map(|a| a * self.x)
    }

    fn twice(&mut self, k: f64) -> Result<f64, i32> {
        let a = self.step(k).ok_or(3)?;
        self.x -= a * k;
        self.step(a).ok_or_else(|| self.n as i32)
    }

    fn until(&mut self, k: f64) -> Result<f64, String> {
        let mut sum = 0.0;
        let last = 'all: loop {
            let v;
            match self.step(k) {
                Some(given) => v = given,
                None => return Err(format!("stopped at {}, {n}", self.n, n = sum as i32)),
            }
            for w in [0.4, 1.5] {
                sum += v * w;
                if sum > 2.5 {
                    break 'all v;
                }
            }
        };
        Ok(last * sum)
    }
}

#[differentiable(order = 2)]
impl Pair {
    fn new(p: &[f64]) -> Pair {
        Pair { i: Cell { x: p[0], n: 0 }, j: Cell { x: p[1], n: 0 }, y: p[2] }
    }

    fn value(&self) -> f64 {
        self.i.x * 1.3 + self.j.x * self.i.x + self.y.sin()
    }

    fn both(&mut self, k: f64) -> Option<f64> {
        let a = self.i.run(k);
        let b = self.j.step(k);
        self.y += self.i.x;
        match (a, b) {
            (Some(a), Some(b)) => Some(a * b),
            (None, Some(b)) => {
                self.y *= b;
                None
            }
            _ => None,
        }
    }

    fn one(&mut self, k: f64) -> Option<f64> {
        let a = self.i.step(k)?;
        self.j.x *= a;
        let b = self.j.step(a)?;
        self.y += b;
        if self.y > 1000.0 {
            return None;
        }
        Some(self.y * k)
    }

    fn all(&mut self, k: f64) -> Result<f64, String> {
        let mut s = 0.0;
        while let Some(a) = self.i.step(k) {
            s += a;
            self.y += s;
        }
        for q in 0..4 {
            let Some(b) = self.j.step(s) else {
                self.y *= 0.5;
                return Err("x".to_string());
            };
            s += b * q as f64;
        }
        Ok(s)
    }

    fn outer(&mut self, k: f64) -> Result<f64, String> {
        let r = self.all(k);
        self.y *= 1.5;
        let v = match r {
            Ok(v) => v,
            Err(_) => self.one(k).ok_or("none")?,
        };
        self.y += v;
        Ok(v * self.y)
    }
}

#[differentiable(order = 2)]
fn both_of_two(p: &[f64]) -> f64 {
    let mut o = Pair::new(p);
    let r = o.both(p[0]);
    let q = o.both(p[1]);
    r.unwrap_or(0.3) + q.unwrap_or(0.7) * o.value()
}
row!(both_of_two_in_all_modes: both_of_two(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(both_of_two_at_order_two: both_of_two(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn a_question_in_a_method_that_is_followed(p: &[f64]) -> f64 {
    let mut o = Pair::new(p);
    let mut s = 0.0;
    for k in 0..4 {
        s += o.one(p[k % 3]).unwrap_or(0.2) * p[2];
    }
    s * o.value()
}
row!(a_question_in_a_method_that_is_followed_in_all_modes: a_question_in_a_method_that_is_followed(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(a_question_in_a_method_that_is_followed_at_order_two: a_question_in_a_method_that_is_followed(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn an_error_after_loops(p: &[f64]) -> f64 {
    let mut o = Pair::new(p);
    let s = match o.all(p[0]) {
        Ok(v) => v,
        Err(e) => e.len() as f64 * o.y,
    };
    s * o.value()
}
row!(an_error_after_loops_in_all_modes: an_error_after_loops(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(an_error_after_loops_at_order_two: an_error_after_loops(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn three_deep(p: &[f64]) -> f64 {
    let mut o = Pair::new(p);
    let s = o.outer(p[0]).unwrap_or(0.1);
    s + o.value()
}
row!(three_deep_in_all_modes: three_deep(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(three_deep_at_order_two: three_deep(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn tried_again(p: &[f64]) -> f64 {
    let mut o = Pair::new(p);
    let mut s = 0.0;
    for k in 0..3 {
        s += o.i.again(p[k]).unwrap_or(p[k]);
    }
    s + o.value()
}
row!(tried_again_in_all_modes: tried_again(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(tried_again_at_order_two: tried_again(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn errors_of_options(p: &[f64]) -> f64 {
    let mut o = Pair::new(p);
    let s = o.i.twice(p[0]);
    let t = o.i.twice(p[1]);
    s.unwrap_or(0.1) + t.unwrap_or(0.2) + o.value()
}
row!(errors_of_options_in_all_modes: errors_of_options(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(errors_of_options_at_order_two: errors_of_options(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn a_loop_with_a_label(p: &[f64]) -> f64 {
    let mut o = Pair::new(p);
    let s = o.i.until(p[0]).unwrap_or(0.4);
    let t = o.j.until(p[2] * 2.0).unwrap_or(0.3);
    s * t + o.value()
}
row!(a_loop_with_a_label_in_all_modes: a_loop_with_a_label(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(a_loop_with_a_label_at_order_two: a_loop_with_a_label(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn elements_in_turn(p: &[f64]) -> f64 {
    let mut v = vec![Pair::new(p), Pair::new(p)];
    let mut s = 0.0;
    for k in 0..5 {
        if let Some(a) = v[k % 2].one(p[k % 3]) {
            s += a;
        } else if let Some(b) = v[1 - k % 2].both(p[0]) {
            s *= b;
        }
    }
    s + v[0].value() * v[1].value()
}
row!(elements_in_turn_in_all_modes: elements_in_turn(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(elements_in_turn_at_order_two: elements_in_turn(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

#[differentiable(order = 2)]
fn in_closures(p: &[f64]) -> f64 {
    let mut v = vec![Pair::new(p), Pair::new(p)];
    let s: f64 = v.iter_mut().filter_map(|o| o.one(p[0])).sum();
    let t: Vec<f64> = v.iter_mut().map(|o| o.both(p[1]).unwrap_or(p[2])).collect();
    s + t[0] * t[1] + v[0].value() * v[1].value()
}
row!(in_closures_in_all_modes: in_closures(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));
curved!(in_closures_at_order_two: in_closures(ref p) at (vec![0.51, 1.23, 0.82]), (vec![1.3, 0.4, 0.2]));

/// What calls itself cannot be followed.
#[derive(Clone, Debug, Differentiable)]
struct Deep {
    x: f64,
}

#[differentiable]
impl Deep {
    fn down(&mut self, n: usize, k: f64) -> Option<f64> {
        self.x *= k;
        if n == 0 {
            return (self.x > 1.0).then_some(self.x);
        }
        let a = self.down(n - 1, k * 0.9)?;
        self.x += a;
        Some(self.x)
    }
}

#[differentiable]
fn deep(x: f64, k: f64) -> f64 {
    let mut deep = Deep { x };
    let r = deep.down(2, k);
    r.unwrap_or(0.0) + deep.x
}

#[test]
fn what_calls_itself_is_no_zero() {
    assert!(deep::gradcheck(2.0, 1.5).is_ok());
    assert!(std::panic::catch_unwind(|| deep::grad(0.1, 1.5)).is_err());
}
