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

// Rules.

#[differentiable(order = 2, jvp = softplus_jvp, vjp = softplus_vjp)]
fn softplus(x: f64) -> f64 {
    if x > 30.0 { x } else { x.exp().ln_1p() }
}

#[differentiable]
fn sigmoid_of(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[differentiable]
fn softplus_jvp(x: f64, x_dot: f64) -> (f64, f64) {
    (softplus(x), x_dot * sigmoid_of(x))
}

#[differentiable]
fn softplus_vjp(x: f64, y_bar: f64) -> (f64, f64) {
    (softplus(x), y_bar * sigmoid_of(x))
}

#[differentiable(order = 2)]
fn through_a_whole_rule(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for v in x.iter() {
        s += softplus(k * *v) * *v;
    }
    s
}
curved!(whole_rule: through_a_whole_rule(ref x, val k) at (vec![0.3, -0.8, 1.1], 0.7));
curved!(whole_rule_alone: softplus(val x) at (0.4), (-1.3) => {
    let s = 1.0 / (1.0 + (-x).exp());
    s * (1.0 - s)
});

/// Reverse mode only; forward mode follows for one output.
#[differentiable(order = 2, vjp = weighted_vjp)]
fn weighted(x: &[f64], w: f64) -> f64 {
    x.iter().map(|v| v * v * v * w).sum()
}

#[differentiable]
fn weighted_vjp(x: &[f64], w: f64, bar: f64) -> (f64, (Vec<f64>, f64)) {
    let mut x_bar = vec![0.0; x.len()];
    let mut s = 0.0;
    for i in 0..x.len() {
        x_bar[i] = 3.0 * x[i] * x[i] * w * bar;
        s += x[i] * x[i] * x[i];
    }
    (s * w, (x_bar, s * bar))
}
curved!(whole_rule_for_reverse_mode_only: weighted(ref x, val w) at (vec![0.3, -0.8, 1.1], 0.7));

/// Third order by a rule that has the second.
#[differentiable(order = 3, partials(x = sigmoid_twice(x)))]
fn softplus_by_partials(x: f64) -> f64 {
    x.exp().ln_1p()
}

#[differentiable(order = 2)]
fn sigmoid_twice(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[test]
fn third_order_of_a_rule() {
    for x in [0.4_f64, -1.1] {
        let s = 1.0 / (1.0 + (-x).exp());
        assert!((softplus_by_partials::d2(x) - s * (1.0 - s)).abs() < 1e-14);
        assert!((softplus_by_partials::d3(x) - s * (1.0 - s) * (1.0 - 2.0 * s)).abs() < 1e-14);
    }
}

// Methods, recursion, enums, options, results, at higher orders.

#[derive(Clone, Copy, Debug, Differentiable)]
struct Spring2 {
    k: f64,
    rest: f64,
}

#[differentiable(order = 3)]
impl Spring2 {
    fn energy(&self, x: f64) -> f64 {
        let d = x - self.rest;
        self.k * d * d * d
    }

    fn scaled(self, by: f64) -> Spring2 {
        Spring2 { k: self.k * by * by, rest: self.rest }
    }

    fn of(x: f64) -> f64 {
        Spring2 { k: x, rest: x * x }.scaled(x).energy(2.0 * x)
    }
}

#[differentiable(order = 3)]
fn springs(x: f64, k: f64) -> f64 {
    let spring = Spring2 { k, rest: k * x };
    spring.scaled(x).energy(x * x) + Spring2::of(x)
}
curved!(methods: springs(val x, val k) at (1.4, 0.7));

#[differentiable(order = 3)]
fn of_methods(x: f64) -> f64 {
    Spring2::of(x)
}

#[test]
fn third_order_of_methods() {
    // x³ (2x - x²)³ = x⁶ (2 - x)³
    let f = |x: f64| x.powi(6) * (2.0 - x).powi(3);
    let x = 0.7;
    let h = 1e-2;
    let d3 = (f(x + 2.0 * h) - 2.0 * f(x + h) + 2.0 * f(x - h) - f(x - 2.0 * h)) / (2.0 * h * h * h);
    assert!((of_methods(x) - f(x)).abs() < 1e-14);
    assert!((of_methods::d3(x) - d3).abs() < 2e-2 * d3.abs(), "{} {d3}", of_methods::d3(x));
    assert_eq!(of_methods::d3(x), Spring2::of_d3(x));
}

#[differentiable(order = 2)]
fn fast_power(x: f64, n: u32) -> f64 {
    if n == 0 {
        return 1.0;
    }
    let half = fast_power(x, n / 2);
    if n % 2 == 0 { half * half } else { half * half * x }
}
curved!(recursion_on_halves: fast_power(val x, no n) at (1.3, 7), (0.6, 0), (-1.2, 4) => {
    f64::from(n * n.saturating_sub(1)) * x.powi(n as i32 - 2)
});

#[derive(Clone, Debug, Differentiable)]
enum Shape2 {
    Disc { r: f64 },
    Box3(f64, f64, f64),
    Nothing,
}

#[differentiable(order = 2)]
fn volume(shape: &Shape2, scale: f64) -> f64 {
    match shape {
        Shape2::Disc { r } => r * r * scale,
        Shape2::Box3(a, b, c) => a * b * c * scale * scale,
        Shape2::Nothing => scale,
    }
}

#[differentiable(order = 2)]
fn made_shapes(x: f64, n: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..n {
        let shape = match i % 3 {
            0 => Shape2::Disc { r: x * x },
            1 => Shape2::Box3(x, x + 1.0, x * x),
            _ => Shape2::Nothing,
        };
        total += volume(&shape, x) * total.cos() + x;
    }
    total
}
curved!(enums: made_shapes(val x, no n) at (0.4, 4), (0.4, 0); differences = false);
curved!(enums_by_differences: made_shapes(val x, no n) at (0.4, 4));

#[differentiable(order = 2)]
fn root_of(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

#[differentiable(order = 2)]
fn ratio_of(a: f64, b: f64) -> Result<f64, String> {
    if b == 0.0 {
        return Err("zero".into());
    }
    Ok(a * a / b)
}

#[differentiable(order = 2)]
fn options_and_results(x: f64, y: f64) -> Result<f64, String> {
    let root = match root_of(x * y) {
        Some(root) => root * y,
        None => x * x * x,
    };
    let extra = root_of(x).unwrap_or(y * y);
    Ok(ratio_of(root, y)? + extra * y)
}

#[test]
fn second_order_of_options_and_results() {
    for (x, y) in [(0.7, 1.3), (-0.7, 1.3), (0.7, -0.4)] {
        let ((xx, xy), (yx, yy)) = options_and_results::hessian(x, y).unwrap();
        let of_x = along(|t| {
            let (a, b) = options_and_results::grad(x + t, y).unwrap();
            vec![a, b]
        });
        let of_y = along(|t| {
            let (a, b) = options_and_results::grad(x, y + t).unwrap();
            vec![a, b]
        });
        assert_close(&[xx, xy, yx, yy], &[of_x[0], of_x[1], of_y[0], of_y[1]]);
    }
    assert!(options_and_results::hessian(0.0, 0.0).is_err());
}

// Generic functions.

#[differentiable(order = 3)]
fn generic_polynomial<T: Float>(x: T, c: [T; 3]) -> T {
    let mut s = T::zero();
    for i in 0..3 {
        s = s * x + c[i];
    }
    s * s
}

#[differentiable(order = 2)]
fn uses_generic(x: f64, k: f64) -> f64 {
    generic_polynomial(x * k, [k, x, 1.0]) + generic_polynomial::<f64>(k, [1.0, x, 0.5])
}
curved!(generic_functions: uses_generic(val x, val k) at (0.7, 1.2));
curved!(generic_hessian: generic_polynomial(val x, val c) at (0.7, [0.3, -0.4, 1.1]));

// Hessians with respect to structs: a gradient in the place of each scalar.

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weights: [f64; 2],
    bias: f64,
    #[no_diff]
    width: usize,
}

#[derive(Clone, Debug, Differentiable)]
struct Net {
    first: Layer,
    scale: Option<f64>,
    rates: Vec<f64>,
    name: String,
}

#[differentiable(order = 2)]
fn net_loss(net: &Net, x: f64) -> f64 {
    let mut y = net.first.bias;
    for i in 0..net.first.width {
        y += net.first.weights[i] * x;
    }
    let s = match net.scale {
        Some(s) => s * s,
        None => 1.0,
    };
    let mut loss = y * y * s;
    for r in net.rates.iter() {
        loss += r * r * r * x;
    }
    loss
}

#[test]
fn hessian_of_a_struct() {
    let net = Net {
        first: Layer { weights: [0.5, -0.25], bias: 0.75, width: 2 },
        scale: Some(2.0),
        rates: vec![1.0, 3.0],
        name: "net".into(),
    };
    let x = 2.0;
    let (of_net, of_x) = net_loss::hessian(&net, x);
    // y = 0.5 + … = 1.25, d²/dw₀dw₁ = 2 x² s².
    assert_eq!(of_net.first.weights[0].0.first.weights, [32.0, 32.0]);
    assert_eq!(of_net.first.weights[1].0.first.bias, 16.0);
    assert_eq!(of_net.first.bias.0.first.weights, [16.0, 16.0]);
    assert_eq!(of_net.rates[1].0.rates, [0.0, 36.0]);
    assert_eq!(of_net.rates[1].1, 27.0);
    assert_eq!(of_x.0.rates, [3.0, 27.0]);
    assert_eq!(of_net.scale.as_ref().unwrap().0.first.bias, of_net.first.bias.0.scale.unwrap());
    assert_eq!(of_net.first.width, ());
    let again = of_net.clone();
    assert_eq!(again, of_net);
    assert!(format!("{of_net:?}").starts_with("NetTangentOf"));
}

#[derive(Clone, Debug, Differentiable)]
enum Law {
    Power(f64, f64),
    Constant,
}

#[differentiable(order = 2)]
fn by_law(law: Law, x: f64) -> Result<f64, String> {
    match law {
        Law::Power(k, p) => Ok(k * x.powf(p)),
        Law::Constant => Err("no power".to_string()),
    }
}

#[test]
fn hessian_of_an_enum_that_may_fail() {
    assert!(by_law::hessian(Law::Constant, 2.0).is_err());
    let (of_law, of_x) = by_law::hessian(Law::Power(3.0, 2.0), 2.0).unwrap();
    let LawTangentOf::Power(of_k, of_p) = of_law else { panic!("another variant") };
    let LawTangent::Power(kk, kp) = of_k.0 else { panic!("another variant") };
    assert_eq!((kk, of_k.1), (0.0, 4.0));
    assert!((kp - 4.0 * 2.0_f64.ln()).abs() < 1e-14);
    let LawTangent::Power(pk, _) = of_p.0 else { panic!("another variant") };
    assert!((pk - kp).abs() < 1e-14);
    assert_eq!(of_x.1, 6.0);
}

#[differentiable(order = 2)]
impl Net {
    fn weight(&self, x: f64) -> f64 {
        self.first.bias * self.first.bias * x
    }
}

#[test]
fn hessian_of_a_receiver() {
    let net = Net {
        first: Layer { weights: [0.5, -0.25], bias: 0.75, width: 2 },
        scale: None,
        rates: vec![],
        name: String::new(),
    };
    let (of_net, of_x) = net.weight_hessian(2.0);
    assert_eq!(of_net.first.bias.0.first.bias, 4.0);
    assert_eq!(of_x.0.first.bias, 1.5);
}

/// A struct as an output has rows, too.
#[differentiable]
fn made_layer(x: f64, y: f64) -> Layer {
    Layer { weights: [x * y, y * y], bias: x, width: 1 }
}

#[test]
fn jacobian_of_a_struct() {
    let rows = made_layer::jacobian(3.0, 2.0);
    assert_eq!(rows.weights, [(2.0, 3.0), (0.0, 4.0)]);
    assert_eq!(rows.bias, (1.0, 0.0));
}

/// A type without `Clone`, by value: no Hessian, but the rest.
#[derive(Debug, Differentiable)]
struct Unique {
    k: f64,
}

#[differentiable(order = 2)]
fn consumed(unique: Unique, x: f64, #[no_diff] buffer: &mut [f64]) -> f64 {
    buffer[0] = unique.k * x;
    buffer[0] * x
}

#[test]
fn product_without_clone() {
    assert_eq!(consumed::hvp(Unique { k: 2.0 }, 3.0, &mut [0.0], (UniqueTangent { k: 0.0 }, 1.0)).1, 4.0);
}

/// A value of another float than the argument's.
#[differentiable(order = 2)]
fn in_double_precision(x: f32) -> f64 {
    let y = f64::from(x);
    y * y * y
}

#[test]
fn second_derivative_of_another_float() {
    let d2: f64 = in_double_precision::d2(2.0);
    assert_eq!(d2, 12.0);
}

#[derive(Clone, Debug, Differentiable)]
enum Outline {
    Side { w: f64, h: f64 },
    Dot,
}

#[differentiable(order = 2)]
fn extent(outline: &Outline) -> f64 {
    match outline {
        Outline::Side { w, h } => w * h + h * h,
        Outline::Dot => 0.5,
    }
}

/// A constant takes the place of a value that was needed.
#[differentiable(order = 2)]
fn replaced_by_a_constant(x: f64) -> f64 {
    let mut outline = Outline::Side { w: x, h: x * x };
    let first = extent(&outline);
    let unit = 1usize;
    outline = Outline::Side { w: unit as f64, h: 2.0 };
    let mut kept = vec![Outline::Dot];
    kept.push(Outline::Side { w: 3.0, h: unit as f64 });
    first * extent(&outline) + extent(&kept[1])
}

#[test]
fn a_value_replaced_by_a_constant() {
    // f = 6 (x^3 + x^4) + 4
    let x = 0.7;
    assert!((replaced_by_a_constant::grad(x) - 6.0 * (3.0 * x * x + 4.0 * x * x * x)).abs() < 1e-12);
    assert!((replaced_by_a_constant::d2(x) - 6.0 * (6.0 * x + 12.0 * x * x)).abs() < 1e-12);
}
