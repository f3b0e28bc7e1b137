//! Second and higher orders of methods, traits, rules, operators and generic functions.

use super::*;

/// Central differences of a gradient along a direction.
fn along(gradient: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let h = 1e-4;
    let (near, far) = ((gradient(h), gradient(-h)), (gradient(2.0 * h), gradient(-2.0 * h)));
    (0..near.0.len()).map(|i| (8.0 * (near.0[i] - near.1[i]) - (far.0[i] - far.1[i])) / (12.0 * h)).collect()
}

fn assert_close(got: &[f64], expected: &[f64]) {
    assert_eq!(got.len(), expected.len());
    for (g, e) in got.iter().zip(expected) {
        assert!((g - e).abs() <= 1e-7 * e.abs().max(1.0), "{got:?} is not {expected:?}");
    }
}

// Traits, called through a bound.

#[differentiable(order = 2)]
trait Potential {
    fn energy(&self, r: f64) -> f64;

    /// Of two distances; given by the trait.
    fn pair(&self, a: f64, b: f64) -> f64 {
        self.energy(a) * self.energy(b) + a
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Morse {
    depth: f64,
    width: f64,
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Harmonic {
    k: f64,
}

#[differentiable(order = 2)]
impl Potential for Morse {
    fn energy(&self, r: f64) -> f64 {
        let e = 1.0 - (-self.width * (r - 1.0)).exp();
        self.depth * e * e
    }
}

#[differentiable(order = 2)]
impl Potential for Harmonic {
    fn energy(&self, r: f64) -> f64 {
        0.5 * self.k * r * r
    }

    fn pair(&self, a: f64, b: f64) -> f64 {
        self.k * a * b * b
    }
}

#[differentiable(order = 2)]
fn total<P: Potential + Differentiable>(potential: &P, x: &[f64]) -> f64 {
    let mut e = 0.0;
    for i in 1..x.len() {
        e += potential.energy(x[i] - x[i - 1]);
    }
    e + potential.pair(x[0], x[1])
}

fn morse_case(depth: f64, width: f64, x: &[f64]) -> Vec<f64> {
    let (p, x) = total::grad(&Morse { depth, width }, x);
    [p.depth, p.width].into_iter().chain(x).collect()
}

#[test]
fn traits_through_a_bound() {
    let x = [0.3, 1.4, 2.9];
    let d = [0.7, -0.2, 0.5];
    let product =
        total::hvp(&Morse { depth: 1.3, width: 0.8 }, &x, (&MorseTangent { depth: 0.4, width: -0.6 }, &d));
    let got: Vec<f64> = [product.0.depth, product.0.width].into_iter().chain(product.1).collect();
    let expected = along(|t| {
        let x: Vec<f64> = x.iter().zip(d).map(|(x, d)| x + t * d).collect();
        morse_case(1.3 + 0.4 * t, 0.8 - 0.6 * t, &x)
    });
    assert_close(&got, &expected);
    let product = total::hvp(&Harmonic { k: 2.0 }, &x, (&HarmonicTangent { k: 0.5 }, &d));
    let expected = along(|t| {
        let x: Vec<f64> = x.iter().zip(d).map(|(x, d)| x + t * d).collect();
        let (p, x) = total::grad(&Harmonic { k: 2.0 + 0.5 * t }, &x);
        [p.k].into_iter().chain(x).collect()
    });
    assert_close(&[product.0.k].into_iter().chain(product.1).collect::<Vec<_>>(), &expected);
}

#[test]
fn companions_of_a_trait() {
    let morse = Morse { depth: 1.3, width: 0.8 };
    let (p, r) = morse.energy_hvp(1.4, (&MorseTangent { depth: 0.0, width: 0.0 }, 1.0));
    let expected = along(|t| vec![morse.energy_grad(1.4 + t).1]);
    assert_close(&[r], &expected);
    let expected = along(|t| {
        let p = morse.energy_grad(1.4 + t).0;
        vec![p.depth, p.width]
    });
    assert_close(&[p.depth, p.width], &expected);
}

/// Associated functions of a trait, and a generic float.
#[differentiable(order = 2)]
trait Activation {
    fn apply(x: f64) -> f64;
}

struct Swish;

#[differentiable(order = 2)]
impl Activation for Swish {
    fn apply(x: f64) -> f64 {
        x / (1.0 + (-x).exp())
    }
}

#[differentiable(order = 2)]
fn layer<A: Activation>(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    for v in x.iter() {
        s += A::apply(*v * w) * *v;
    }
    s
}

#[differentiable(order = 2)]
fn swish_layer(x: &[f64], w: f64) -> f64 {
    layer::<Swish>(x, w)
}
curved!(associated_functions_of_a_trait: swish_layer(ref x, val w) at (vec![0.3, -0.8, 1.1], 0.7));
