//! `f::gradcheck(…)`: one call that says whether a gradient is right, and if not, where it is not.

use differentiable::{Differentiable, differentiable};

#[differentiable]
fn weighted(x: &[f64], w: f64, #[no_diff] n: usize) -> f64 {
    x.iter().take(n).map(|x| (x * w).sin()).sum()
}

#[differentiable(partials(x = x, y = -y))]
fn wrong_rule(x: f64, y: f64) -> f64 {
    0.5 * x * x + 0.5 * y * y
}

#[derive(Clone, Debug, Differentiable)]
struct Spring {
    stiffness: f64,
    rest: [f64; 2],
    #[no_diff]
    name: String,
}

#[differentiable]
impl Spring {
    fn energy(&self, at: [f64; 2]) -> f64 {
        let (dx, dy) = (at[0] - self.rest[0], at[1] - self.rest[1]);
        assert!(!self.name.is_empty());
        0.5 * self.stiffness * (dx * dx + dy * dy)
    }
}

#[derive(Debug, Differentiable)]
struct NotClone(f64);

#[differentiable]
fn of_not_clone(x: &NotClone, y: f64) -> f64 {
    x.0 * y
}

#[differentiable]
fn generic<T: num_traits::Float>(x: T, y: &[T; 2]) -> T {
    (x * y[0]).exp() + y[1]
}

#[differentiable]
fn scratched(x: f64, #[no_diff] scratch: &mut [f64]) -> f64 {
    scratch[0] = 1.0;
    x * x
}

#[test]
fn right_gradients_pass() {
    weighted::gradcheck(&[0.3, 0.7, 2.0], 1.5, 2).unwrap();
    Spring { stiffness: 2.0, rest: [0.1, 0.2], name: "s".into() }.energy_gradcheck([1.0, 2.0]).unwrap();
    generic::gradcheck(0.4, &[0.3, 0.7]).unwrap();
    generic::gradcheck(0.4_f32, &[0.3, 0.7]).unwrap();
    scratched::gradcheck(3.0, &mut [0.0]).unwrap();
    assert_eq!(of_not_clone::grad(&NotClone(2.0), 3.0).1, 2.0);
}

#[test]
fn wrong_rules_are_found() {
    let error = wrong_rule::gradcheck(3.0, 2.0).unwrap_err();
    assert_eq!((error.parameter(), error.index(), error.gradient()), ("y", 0, -2.0));
    assert!((error.difference() - 2.0).abs() < 1e-6);
    assert!(error.to_string().contains("`y`"));
}

#[differentiable]
fn root(x: f64, y: f64) -> Option<f64> {
    (x > 0.0).then(|| x.sqrt() * y)
}

#[differentiable]
fn quotient(x: &[f64; 2]) -> Result<f64, String> {
    if x[1] == 0.0 {
        return Err("division by zero".to_string());
    }
    Ok(x[0] / x[1])
}

#[test]
fn functions_that_may_have_no_value() {
    root::gradcheck(2.0, 3.0).unwrap().unwrap();
    assert!(root::gradcheck(-2.0, 3.0).is_none());
    quotient::gradcheck(&[1.0, 2.0]).unwrap().unwrap();
    assert_eq!(quotient::gradcheck(&[1.0, 0.0]).unwrap_err(), "division by zero");
}
