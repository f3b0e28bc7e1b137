//! Compound assignments of users' types: alone, with a meaning of their own, and with early returns.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, AddAssign, DivAssign, Mul, MulAssign, SubAssign};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Sum {
    a: [f64; 2],
}
value_struct!(Sum => SumTangent { a });

#[differentiable(order = 2)]
impl Sum {
    fn of(a: f64, b: f64) -> Sum {
        Sum { a: [a, b] }
    }
}

#[differentiable(order = 2)]
impl AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        for k in 0..2 {
            self.a[k] += other.a[k];
        }
    }
}

#[differentiable(order = 2)]
impl Mul<f64> for Sum {
    type Output = Sum;
    fn mul(self, k: f64) -> Sum {
        Sum { a: self.a.map(|x| x * k) }
    }
}

#[differentiable(order = 2)]
impl Mul<Sum> for f64 {
    type Output = Sum;
    fn mul(self, sum: Sum) -> Sum {
        sum * self
    }
}

#[differentiable(order = 2)]
impl MulAssign<f64> for Sum {
    fn mul_assign(&mut self, k: f64) {
        if k < 0.0 {
            return;
        }
        self.a[0] *= k;
        self.a[1] *= k * k;
    }
}

#[differentiable(order = 2)]
impl<'a> SubAssign<&'a Sum> for Sum {
    fn sub_assign(&mut self, other: &'a Sum) {
        self.a.iter_mut().zip(&other.a).for_each(|(a, b)| *a -= b);
    }
}

#[differentiable(order = 2)]
fn no_sum_of_its_own(start: Sum, x: f64) -> f64 {
    let mut sum = start;
    sum += x * Sum::of(x, 1.0);
    for k in 0..3 {
        sum += Sum::of(x, x * k as f64) * x;
        sum -= &start;
    }
    sum *= x;
    sum *= -1.0;
    let unused = 2.0 * Sum::of(x, x);
    sum.a[0] * sum.a[1]
}
row!(compound_assignment_alone: no_sum_of_its_own(val start, val x) at (Sum { a: [0.4, 1.3] }, 0.7), (Sum { a: [0.4, 1.3] }, -0.7));

/// A running mean, to which assigning adds otherwise than the operator does.
#[derive(Clone, Debug, Differentiable)]
struct Mean {
    of: Vec<f64>,
    mean: f64,
}

#[differentiable]
impl Add<f64> for Mean {
    type Output = Mean;
    fn add(self, x: f64) -> Mean {
        Mean { mean: self.mean + x, of: self.of }
    }
}

#[differentiable]
impl AddAssign<f64> for Mean {
    fn add_assign(&mut self, x: f64) {
        self.of.push(x);
        self.mean = self.of.iter().sum::<f64>() / self.of.len() as f64;
    }
}

#[differentiable]
impl DivAssign<f64> for Mean {
    fn div_assign(&mut self, k: f64) {
        self.mean /= k * k;
    }
}

#[differentiable]
fn two_means(xs: &[f64]) -> f64 {
    let mut means = vec![Mean { of: Vec::new(), mean: 0.0 }, Mean { of: vec![xs[0]], mean: xs[0] }];
    for (k, x) in xs.iter().enumerate() {
        means[k % 2] += *x;
        if let Some(last) = means.last_mut() {
            *last += x * x;
        }
    }
    let [first, second] = &mut means[..] else { return 0.0 };
    *first /= xs[1];
    second.add_assign(first.mean);
    let third = second.clone() + xs[0];
    third.mean * second.mean
}
row!(an_assignment_that_is_not_the_operator: two_means(ref xs) at (vec![0.4, 0.7, 0.9, 1.1]));

mod affine {
    use super::{Differentiable, differentiable};
    use std::ops::{Add, AddAssign, Mul};

    #[derive(Clone, Copy, Differentiable)]
    pub struct Point {
        pub x: f64,
        pub y: f64,
    }
    #[derive(Clone, Copy, Differentiable)]
    pub struct Step {
        pub x: f64,
        pub y: f64,
    }
    #[differentiable]
    impl Add<Step> for Point {
        type Output = Point;
        fn add(self, v: Step) -> Point {
            Point { x: self.x + v.x, y: self.y + v.y }
        }
    }
    #[differentiable]
    impl AddAssign<Step> for Point {
        fn add_assign(&mut self, v: Step) {
            self.x += v.x;
            self.y += v.y;
        }
    }
    #[differentiable]
    impl Mul<Step> for f64 {
        type Output = Step;
        fn mul(self, v: Step) -> Step {
            Step { x: self * v.x, y: self * v.y }
        }
    }
    #[differentiable]
    impl Mul<f64> for Step {
        type Output = Step;
        fn mul(self, k: f64) -> Step {
            Step { x: self.x * k, y: self.y * k }
        }
    }
    #[differentiable]
    impl Point {
        pub fn turned(&self, by: f64) -> Point {
            Point { x: self.x - by * self.y, y: self.y + by * self.x }
        }
    }
}
use affine::{Point, Step};
#[differentiable]
fn steps(x: f64, y: f64, l: f64) -> f64 {
    let p = Point { x, y };
    let v = Step { x: y, y: 0.5 * x };
    from_there(&p, v, l)
}
#[differentiable]
fn from_there(p: &Point, v: Step, l: f64) -> f64 {
    let p0 = p.turned(0.3) + v * l;
    let mut p1 = p0;
    if l > 0.0 {
        p1 += l * v;
    }
    p1.x * p1.y * p0.x
}
row!(a_point_and_a_step_of_another_module: steps(val x, val y, val l) at (0.7, 1.3, 0.4), (0.7, 1.3, -0.4));
