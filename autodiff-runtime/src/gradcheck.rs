//! Gradients checked against central differences.

use crate::tangent::scalar_count;
use crate::{Differentiable, Scalar};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Compares gradients with central differences of the function itself.
///
/// At each scalar `x` of the arguments, the difference quotient `D(h) = (f(x + h) - f(x - h)) /
/// 2h` is taken for a step `h` and for `h / 2`, and extrapolated to `(4 D(h/2) - D(h)) / 3`,
/// whose truncation error is of fourth order in `h`. The step is `step · max(1, |x|)`. The
/// gradient `g` agrees with the difference `d` when
///
/// ```text
/// |g - d| ≤ absolute + relative · max(|g|, |d|)
/// ```
///
/// or when both are the same infinity or both not a number.
///
/// ```
/// use autodiff_runtime::GradCheck;
///
/// let f = |(x, w): &(f64, [f64; 2])| x * x * w[0] + w[1].sin();
/// let gradient = (12.0, [4.0, 0.5f64.cos()]);
/// GradCheck::default().check(&["x", "w"], &(2.0, [3.0, 0.5]), &gradient, f).unwrap();
///
/// let wrong = (12.0, [4.0, 0.5f64.sin()]);
/// let error = GradCheck::default().check(&["x", "w"], &(2.0, [3.0, 0.5]), &wrong, f).unwrap_err();
/// assert_eq!((error.parameter(), error.index()), ("w", 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradCheck {
    /// The step, relative to the scalar's magnitude where that is above one.
    pub step: f64,
    /// The admitted relative error.
    pub relative: f64,
    /// The admitted absolute error.
    pub absolute: f64,
}

impl Default for GradCheck {
    /// For functions computed in `f64`: steps of `1e-3`, relative error `1e-6`, absolute `1e-8`.
    fn default() -> Self {
        GradCheck { step: 1e-3, relative: 1e-6, absolute: 1e-8 }
    }
}

impl GradCheck {
    /// For functions computed in `f32`: steps of `0.03`, relative and absolute error `1e-3`.
    pub const SINGLE: GradCheck = GradCheck { step: 0.03, relative: 1e-3, absolute: 1e-3 };

    /// Checks `gradient` against differences of `f` around `at`.
    ///
    /// Arguments and gradients of several parameters are tuples, and `names` holds the name of
    /// each; with one name everything belongs to one parameter. The function is called four
    /// times for each scalar.
    ///
    /// # Errors
    ///
    /// The first scalar whose gradient disagrees.
    ///
    /// # Panics
    ///
    /// When the shapes of `at` and `gradient` differ.
    pub fn check<T: Differentiable + Clone>(
        &self,
        names: &[&str],
        at: &T,
        gradient: &T::Tangent,
        mut f: impl FnMut(&T) -> f64,
    ) -> Result<(), GradientMismatch> {
        use crate::Tangent;

        let mut parts = Vec::new();
        if names.len() > 1 {
            gradient.for_each_part(&mut |scalars| parts.push(scalars));
        } else {
            parts.push(scalar_count(gradient));
        }
        let mut given = Vec::new();
        gradient.for_each_scalar(&mut |g| given.push(g));

        let mut position = 0;
        for (number, scalars) in parts.into_iter().enumerate() {
            for index in 0..scalars {
                let (gradient_here, difference) =
                    (given[position], self.difference(at, gradient, position, &mut f));
                if !self.agree(gradient_here, difference) {
                    let parameter = match names.get(number) {
                        Some(&name) => name.to_owned(),
                        None => alloc::format!("argument {number}"),
                    };
                    return Err(GradientMismatch { parameter, index, gradient: gradient_here, difference });
                }
                position += 1;
            }
        }
        Ok(())
    }

    /// The extrapolated difference quotient in the scalar at `position`.
    fn difference<T: Differentiable + Clone>(
        &self,
        at: &T,
        shape: &T::Tangent,
        position: usize,
        f: &mut impl FnMut(&T) -> f64,
    ) -> f64 {
        let mut quotient = |scale: f64| {
            let mut shifted = |sign: f64| {
                let mut argument = at.clone();
                let (mut seen, mut moved_to) = (0, 0.0);
                argument.update_scalars(shape, &mut |x, _| {
                    seen += 1;
                    if seen - 1 != position {
                        return x;
                    }
                    moved_to = x + sign * scale * self.step * x.abs().max(1.0);
                    moved_to
                });
                // What an `f32` could hold of the step is what counts.
                let mut seen = 0;
                argument.update_scalars(shape, &mut |x, _| {
                    if seen == position {
                        moved_to = x;
                    }
                    seen += 1;
                    x
                });
                (moved_to, f(&argument))
            };
            let ((above, f_above), (below, f_below)) = (shifted(1.0), shifted(-1.0));
            (f_above - f_below) / (above - below)
        };
        let (coarse, fine) = (quotient(1.0), quotient(0.5));
        (4.0 * fine - coarse) / 3.0
    }

    /// Whether a derivative and a difference agree.
    fn agree(&self, gradient: f64, difference: f64) -> bool {
        let bound = self.absolute + self.relative * gradient.abs().max(difference.abs());
        if gradient.is_finite() && difference.is_finite() {
            (gradient - difference).abs() <= bound
        } else {
            gradient == difference || (gradient.is_nan() && difference.is_nan())
        }
    }
}

/// [`GradCheck::check`] with the default step and errors.
///
/// # Errors
///
/// The first scalar whose gradient disagrees.
///
/// # Panics
///
/// When the shapes of `at` and `gradient` differ.
pub fn gradcheck<T: Differentiable + Clone>(
    names: &[&str],
    at: &T,
    gradient: &T::Tangent,
    f: impl FnMut(&T) -> f64,
) -> Result<(), GradientMismatch> {
    GradCheck::default().check(names, at, gradient, f)
}

/// The check of a generated companion: functions of `f32` have coarser differences.
#[doc(hidden)]
pub fn checked<T: Differentiable + Clone, S: Scalar>(
    names: &[&str],
    at: &T,
    gradient: &T::Tangent,
    mut f: impl FnMut(&T) -> S,
) -> Result<(), GradientMismatch> {
    let check = if size_of::<S>() == 4 { GradCheck::SINGLE } else { GradCheck::default() };
    check.check(names, at, gradient, |at| f(at).widen())
}

/// As [`checked`], for a function that does not have a value everywhere.
#[doc(hidden)]
pub fn checked_where_defined<T: Differentiable + Clone, S: Scalar>(
    names: &[&str],
    at: &T,
    gradient: &T::Tangent,
    mut f: impl FnMut(&T) -> Option<S>,
) -> Result<(), GradientMismatch> {
    checked(names, at, gradient, |at| f(at).unwrap_or(S::lit(f64::NAN)))
}

/// A gradient and a difference that do not agree.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientMismatch {
    parameter: String,
    index: usize,
    gradient: f64,
    difference: f64,
}

impl GradientMismatch {
    /// The parameter's name.
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// Which of the parameter's scalars, counted from 0 through nested arrays and fields.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The gradient that was checked.
    pub fn gradient(&self) -> f64 {
        self.gradient
    }

    /// The difference quotient.
    pub fn difference(&self) -> f64 {
        self.difference
    }
}

impl fmt::Display for GradientMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the gradient with respect to `{}`, scalar {}, is {:e}; differences of the function give {:e}",
            self.parameter, self.index, self.gradient, self.difference
        )
    }
}

impl core::error::Error for GradientMismatch {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    #[test]
    fn a_right_gradient() {
        let f = |x: &Vec<f64>| x.iter().map(|x| num_traits::Float::exp(*x) * x).sum::<f64>();
        let at = vec![0.1, -2.0, 3.0, 11.0];
        let gradient = at.iter().map(|x| num_traits::Float::exp(*x) * (x + 1.0)).collect();
        gradcheck(&["x"], &at, &gradient, f).unwrap();
    }

    #[test]
    fn says_where() {
        let f = |(a, b): &(f64, [[f64; 2]; 2])| a * b[1][0];
        let error =
            gradcheck(&["a", "b"], &(2.0, [[1.0; 2]; 2]), &(1.0, [[0.0, 0.0], [2.5, 0.0]]), f).unwrap_err();
        assert_eq!((error.parameter(), error.index(), error.gradient()), ("b", 2, 2.5));
        assert!((error.difference() - 2.0).abs() < 1e-9);
        assert!(error.to_string().starts_with("the gradient with respect to `b`, scalar 2, is 2.5e0;"));
    }

    #[test]
    fn a_zero_that_should_not_be() {
        assert!(gradcheck(&["x"], &1.0, &0.0, |x| x * x).is_err());
    }

    #[test]
    fn not_a_number_is_no_agreement() {
        assert!(gradcheck(&["x"], &1.0, &f64::NAN, |x| x * x).is_err());
        assert!(gradcheck(&["x"], &1.0, &f64::INFINITY, |x| x * x).is_err());
    }

    #[test]
    fn single_precision() {
        let f = |x: &[f32; 2]| f64::from(x[0] * x[0] * x[1]);
        GradCheck::SINGLE.check(&["x"], &[1.5, 2.0], &[6.0, 2.25], f).unwrap();
    }

    #[test]
    fn one_name_is_one_parameter() {
        let error = gradcheck(&["p"], &(1.0, 2.0), &(2.0, 9.0), |(a, b)| a * b).unwrap_err();
        assert_eq!((error.parameter(), error.index()), ("p", 1));
    }
}
