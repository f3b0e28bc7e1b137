//! `From` and `Into` between users' types, arguments of the form `impl Trait`, and functions that
//! stand in an `impl` without mentioning it.

use differentiable::{Differentiable, differentiable};
use std::marker::PhantomData;

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Xyz {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Luv {
    pub l: f64,
    pub u: f64,
    pub v: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Lch<T> {
    pub l: T,
    pub c: T,
    pub h: T,
    space: PhantomData<fn() -> T>,
}

#[differentiable]
impl From<Xyz> for Luv {
    fn from(xyz: Xyz) -> Luv {
        let Xyz { x, y, z } = xyz;
        let sum = x + 15.0 * y + 3.0 * z;
        let l = 116.0 * y.cbrt() - 16.0;
        Luv { l, u: 13.0 * l * (4.0 * x / sum - 0.19), v: 13.0 * l * (9.0 * y / sum - 0.47) }
    }
}

#[differentiable]
impl From<&Luv> for Lch<f64> {
    fn from(luv: &Luv) -> Self {
        let c = luv.u.hypot(luv.v);
        Lch { l: luv.l, c, h: luv.v.atan2(luv.u), space: PhantomData }
    }
}

#[differentiable]
impl From<(f64, f64, f64)> for Xyz {
    fn from((x, y, z): (f64, f64, f64)) -> Self {
        Xyz { x, y, z }
    }
}

#[differentiable]
impl From<Xyz> for (f64, f64, f64) {
    fn from(xyz: Xyz) -> Self {
        (xyz.x, xyz.y, xyz.z)
    }
}

impl From<u8> for Xyz {
    fn from(grey: u8) -> Self {
        let grey = f64::from(grey) / 255.0;
        Xyz { x: grey, y: grey, z: grey }
    }
}

#[differentiable]
fn by_from(x: f64, y: f64, z: f64) -> f64 {
    let luv = Luv::from(Xyz { x, y, z });
    let lch = Lch::from(&luv);
    let dark = Xyz::from(12);
    lch.c * lch.h.cos() + lch.l * dark.y * x
}
row!(conversions_by_from: by_from(val x, val y, val z) at (0.3, 0.4, 0.2));

#[differentiable]
fn by_into(x: f64, y: f64, z: f64) -> f64 {
    let xyz: Xyz = (x, y * x, z).into();
    let luv: Luv = xyz.into();
    let lch = <Lch<f64> as From<&Luv>>::from(&luv);
    let (p, q, r): (f64, f64, f64) = xyz.into();
    lch.c + p * q * r + chroma(luv)
}
row!(conversions_by_into: by_into(val x, val y, val z) at (0.3, 0.4, 0.2));

#[differentiable]
fn chroma(luv: Luv) -> f64 {
    luv.u.hypot(luv.v)
}

#[differentiable]
fn to_luv(x: f64, y: f64, z: f64) -> Luv {
    Xyz { x, y, z }.into()
}

#[differentiable]
fn tail(x: f64, y: f64, z: f64) -> f64 {
    let luv = to_luv(x, y, z);
    luv.l * luv.u
}
row!(converted_in_the_tail: tail(val x, val y, val z) at (0.3, 0.4, 0.2));

#[differentiable]
fn luminance(colour: impl Into<Xyz>, gain: f64) -> f64 {
    let xyz = colour.into();
    let other: Xyz = xyz.into();
    gain * xyz.y + other.x * other.z
}

#[differentiable]
fn luminance_of<C: Into<Xyz> + Copy>(colour: C, gain: f64) -> f64 {
    let xyz: Xyz = colour.into();
    gain * xyz.y + luminance((xyz.x, gain, xyz.z), xyz.z)
}
#[differentiable]
fn passed_on(colour: impl Into<Xyz>, gain: f64) -> f64 {
    gain * luminance(colour, gain * gain)
}
row!(argument_that_is_passed_on: passed_on(val colour, val gain) at ((0.3, 0.4, 0.2), 1.5));

/// Methods whose own generics are told by nothing but their arguments.
#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Lamp {
    power: f64,
    warmth: f64,
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Room {
    width: f64,
    light: f64,
}

impl Lamp {
    #[differentiable]
    fn lit(&self, colour: impl Into<Xyz>) -> f64 {
        let xyz = colour.into();
        self.power * xyz.y + self.warmth * xyz.x * xyz.z
    }

    #[differentiable]
    fn dimmed<T: num_traits::Float>(&self, by: T, times: i32) -> T {
        by.powi(times) + by * T::from(self.power).unwrap()
    }
}

impl Room {
    #[differentiable]
    fn lamp(self) -> Lamp {
        Lamp { power: self.width * self.light, warmth: self.light }
    }

    #[differentiable]
    fn lit(self, colour: impl Into<Xyz>) -> f64 {
        self.lamp().lit(colour)
    }
}

#[differentiable]
fn lit(width: f64, light: f64) -> f64 {
    let room = Room { width, light };
    room.lit((light, width, width * light)) * room.lamp().dimmed(width * light, 2)
}
row!(methods_with_generics_of_their_own: lit(val width, val light) at (1.5, 0.7));

row!(argument_that_converts: luminance(val colour, val gain) at ((0.3, 0.4, 0.2), 1.5));
row!(generic_that_converts: luminance_of(val colour, val gain) at ((0.3, 0.4, 0.2), 1.5));

struct Curve;

impl Curve {
    #[differentiable]
    pub fn smooth(t: f64, steep: f64) -> f64 {
        let inner = |u: f64| u * u * (3.0 - 2.0 * u);
        inner(t).powf(steep)
    }

    #[differentiable]
    fn twice(t: f64) -> f64 {
        Curve::smooth(Curve::smooth(t, 1.5), t)
    }
}

#[differentiable]
fn uses_curve(t: f64) -> f64 {
    Curve::twice(t) * t
}
row!(associated_functions_alone: uses_curve(val t) at (0.3), (0.8));

#[test]
fn companions_beside_an_associated_function() {
    assert_eq!(Curve::smooth_grad(0.5, 1.0).0, 1.5);
}

#[differentiable]
fn taken_apart(x: f64, y: f64, z: f64) -> f64 {
    let colour = Xyz { x, y, z };
    let (p, q, r) = colour.into();
    p * q - r * x
}
row!(converted_by_the_pattern: taken_apart(val x, val y, val z) at (0.3, 0.4, 0.2));

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Celsius(pub f64);

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Kelvin(pub f64);

#[differentiable]
impl From<Celsius> for Kelvin {
    fn from(c: Celsius) -> Kelvin {
        Kelvin(c.0 * c.0 + 2.5)
    }
}

#[differentiable]
impl From<&Celsius> for Kelvin {
    fn from(c: &Celsius) -> Kelvin {
        Kelvin(c.0.exp())
    }
}

#[differentiable]
impl From<Celsius> for f64 {
    fn from(c: Celsius) -> f64 {
        c.0.sin()
    }
}

/// The bound is the other way round than `T: Into<Kelvin>`.
#[differentiable]
fn heated<T>(t: T, steps: usize, p: f64) -> f64
where
    T: Copy,
    Kelvin: From<T>,
{
    let mut s = 0.0;
    for step in 0..steps {
        if step % 2 == 0 {
            s += Kelvin::from(t).0 * p;
        } else {
            let k: Kelvin = t.into();
            s -= k.0.ln() * s;
        }
    }
    s
}

#[differentiable]
fn lent_heat<T>(t: &T, p: f64) -> f64
where
    for<'a> Kelvin: From<&'a T>,
{
    let Kelvin(k) = Kelvin::from(t);
    k * p * p
}

#[differentiable]
fn product_of<T>(all: &[T]) -> f64
where
    T: Copy,
    f64: From<T>,
{
    let mut product = 1.0;
    for t in all {
        product *= f64::from(*t);
    }
    product
}

#[differentiable]
fn generic_from(x: f64, y: f64) -> f64 {
    heated(Celsius(x), 3, y) + heated(Kelvin(x), 4, y * x) + lent_heat(&Celsius(x), y)
        - product_of(&[Celsius(x), Celsius(y)]) * product_of(&[x, y])
}
row!(conversions_asked_for_by_from: generic_from(val x, val y) at (1.2, 0.7), (0.4, 1.9));

#[differentiable]
impl<T> std::ops::Add<T> for Kelvin
where
    Kelvin: From<T>,
{
    type Output = Kelvin;
    fn add(self, rhs: T) -> Kelvin {
        let rhs = Kelvin::from(rhs);
        Kelvin(self.0 * 0.5 + rhs.0)
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Weighed<T> {
    of: T,
    weight: f64,
}

#[differentiable]
impl<T: Into<Kelvin> + Copy> Weighed<T> {
    fn total(&self, s: f64) -> f64 {
        self.of.into().0 * s + self.weight
    }
    fn square(&self) -> f64 {
        self.weight * self.weight
    }
}

#[differentiable]
fn of_blocks(x: f64, y: f64) -> f64 {
    let both = Kelvin(x) + Celsius(y);
    let weighed = Weighed { of: Celsius(x * y), weight: y };
    both.0 * weighed.total(x) * weighed.square()
}
row!(conversions_asked_for_by_a_block: of_blocks(val x, val y) at (1.2, 0.7), (-0.4, 1.9));

/// Who implements it converts into a `Kelvin`.
#[differentiable]
pub trait Warm: Into<Kelvin> + Copy {
    fn warmth(self) -> f64 {
        let k: Kelvin = self.into();
        k.0 * k.0.ln()
    }
    fn beyond<W: Warm>(self, other: W) -> f64 {
        let (this, other): (Kelvin, Kelvin) = (self.into(), other.into());
        (this.0 - other.0) * this.0
    }
    fn raw(&self) -> f64;
}

#[differentiable]
impl Warm for Celsius {
    fn raw(&self) -> f64 {
        self.0
    }
}

#[differentiable]
impl Warm for Kelvin {
    fn raw(&self) -> f64 {
        self.0 * 2.0
    }
    fn warmth(self) -> f64 {
        self.0
    }
}

#[differentiable]
fn raw_of<W: Warm>(w: W, k: f64) -> f64 {
    w.raw() * k
}

#[differentiable]
fn by_supertrait(x: f64, y: f64) -> f64 {
    Celsius(x).warmth() * Kelvin(y).warmth() + Celsius(y).beyond(Kelvin(x)) * raw_of(Celsius(x), y)
}
row!(conversions_asked_for_by_a_supertrait: by_supertrait(val x, val y) at (1.2, 0.7), (-0.4, 1.9));

// The other way round, of a type that is converted itself.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Polar {
    length: f64,
    angle: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Flat {
    x: f64,
    y: f64,
}

#[differentiable]
impl Into<Flat> for Polar {
    fn into(mut self) -> Flat {
        assert!(self.length > 0.0);
        self.length *= 2.0;
        Flat { x: self.length * self.angle.cos(), y: self.length * self.angle.sin() }
    }
}

#[differentiable]
impl Into<f64> for Flat {
    fn into(self) -> f64 {
        self.x * self.y * self.y
    }
}

#[differentiable]
fn into_each(length: f64, angle: f64) -> f64 {
    let flat: Flat = Polar { length, angle }.into();
    let area: f64 = flat.into();
    area * flat.x
}
row!(conversions_of_an_impl_of_into: into_each(val length, val angle) at (0.7, 0.4));
