//! Points, with operators and methods that functions of other files have inlined.

use differentiable::{Differentiable, differentiable};
use std::ops::{Add, AddAssign, Mul, Sub};
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}
#[differentiable(order = 2)]
impl Point {
    pub fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }
    pub fn zero() -> Self {
        Point::new(0.0, 0.0, 0.0)
    }
    pub fn dot(&self, o: &Point) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }
    pub fn norm(&self) -> f64 {
        self.dot(self).sqrt()
    }
    pub fn cross(&self, o: &Point) -> Point {
        Point::new(self.y * o.z - self.z * o.y, self.z * o.x - self.x * o.z, self.x * o.y - self.y * o.x)
    }
    fn secret(&self) -> f64 {
        self.x * 2.0
    }
    pub fn opened(&self) -> f64 {
        self.secret() + self.y
    }
    pub fn tilted(&self) -> Point {
        Tilt { by: 0.5 }.of(*self)
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Tilt {
    pub by: f64,
}
#[differentiable(order = 2)]
impl Tilt {
    pub fn of(self, v: Point) -> Point {
        v * self.by
    }
}
#[differentiable(order = 2)]
impl Add for Point {
    type Output = Point;
    fn add(self, o: Point) -> Point {
        Point::new(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}
#[differentiable(order = 2)]
impl Sub for Point {
    type Output = Point;
    fn sub(self, o: Point) -> Point {
        Point { x: self.x - o.x, y: self.y - o.y, z: self.z - o.z }
    }
}
#[differentiable(order = 2)]
impl Mul<f64> for Point {
    type Output = Point;
    fn mul(self, k: f64) -> Point {
        Point { x: self.x * k, y: self.y * k, z: self.z * k }
    }
}
#[differentiable(order = 2)]
impl Mul<Point> for f64 {
    type Output = Point;
    fn mul(self, v: Point) -> Point {
        v * self
    }
}
#[differentiable(order = 2)]
impl AddAssign for Point {
    fn add_assign(&mut self, o: Point) {
        self.x += o.x;
        self.y += o.y;
        self.z += o.z;
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Hidden {
    a: f64,
    pub b: f64,
}
#[differentiable(order = 2)]
impl Hidden {
    pub fn new(a: f64, b: f64) -> Self {
        Self { a, b }
    }
    pub fn value(&self) -> f64 {
        self.a * self.b
    }
}
#[differentiable(order = 2)]
impl Add for Hidden {
    type Output = Hidden;
    fn add(self, o: Hidden) -> Hidden {
        Hidden { a: self.a + o.a, b: self.b * o.b }
    }
}
