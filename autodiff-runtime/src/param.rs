//! Parameters: leaves that hold a value and, once there has been a backward pass, its gradient.

use crate::tangent::scalar_count;
use crate::{Differentiable, Tangent};
use core::fmt;

/// A value to be trained and its gradient, `None` until something has been added to it.
///
/// The value may be anything that is [`Differentiable`]: a float, an array, a `Vec`, a tuple, a
/// struct with `#[derive(Differentiable)]`.
///
/// ```
/// use autodiff_runtime::Param;
///
/// let mut w = Param::new([1.0, 2.0]);
/// assert_eq!(w.grad(), None);
/// w.accumulate(&[0.5, 0.0]);
/// w.accumulate(&[0.25, 1.0]);
/// assert_eq!(w.grad(), Some(&[0.75, 1.0]));
/// w.zero_grad();
/// assert_eq!(w.grad(), None);
/// ```
pub struct Param<T: Differentiable> {
    value: T,
    grad: Option<T::Tangent>,
}

impl<T: Differentiable> Param<T> {
    /// A parameter without a gradient.
    pub fn new(value: T) -> Self {
        Param { value, grad: None }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, to be changed. A gradient that is there stays as it is: it belongs to the
    /// value at which it was computed.
    pub fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// The value, without its gradient.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The sum of what has been [accumulated](Param::accumulate) since the gradient was last
    /// [zeroed](Param::zero_grad); `None` if nothing has.
    pub fn grad(&self) -> Option<&T::Tangent> {
        self.grad.as_ref()
    }

    /// The value, and the place to add its gradient to, zeros if there was none: what
    /// `f::accumulate` wants.
    ///
    /// ```
    /// # use autodiff_runtime::Param;
    /// let mut w = Param::new(vec![3.0, 4.0]);
    /// let (value, grad) = w.value_and_grad_mut();
    /// for (g, v) in grad.iter_mut().zip(value) {
    ///     *g += 2.0 * v;
    /// }
    /// assert_eq!(w.grad(), Some(&vec![6.0, 8.0]));
    /// ```
    pub fn value_and_grad_mut(&mut self) -> (&T, &mut T::Tangent) {
        let Param { value, grad } = self;
        (value, grad.get_or_insert_with(|| value.zero_tangent()))
    }

    /// Adds `gradient` to the gradient; the first one is copied.
    ///
    /// # Panics
    ///
    /// When the gradients hold `Vec`s of different lengths.
    pub fn accumulate(&mut self, gradient: &T::Tangent) {
        match &mut self.grad {
            Some(sum) => sum.accumulate(gradient),
            None => self.grad = Some(gradient.clone()),
        }
    }

    /// Forgets the gradient: [`grad`](Param::grad) is `None` again.
    pub fn zero_grad(&mut self) {
        self.grad = None;
    }
}

impl<T: Differentiable + Clone> Clone for Param<T> {
    fn clone(&self) -> Self {
        Param { value: self.value.clone(), grad: self.grad.clone() }
    }
}

impl<T: Differentiable + Default> Default for Param<T> {
    fn default() -> Self {
        Param::new(T::default())
    }
}

impl<T: Differentiable> From<T> for Param<T> {
    fn from(value: T) -> Self {
        Param::new(value)
    }
}

impl<T> fmt::Debug for Param<T>
where
    T: Differentiable + fmt::Debug,
    T::Tangent: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Param").field("value", &self.value).field("grad", &self.grad).finish()
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T: crate::Differentiable> Sealed for super::Param<T> {}
}

/// A [`Param`] of whatever type, as an optimiser sees it: so many scalars, each with its
/// gradient.
pub trait Leaf: sealed::Sealed {
    /// How many scalars the gradient holds; `None` where there is no gradient.
    fn scalars(&self) -> Option<usize>;

    /// Replaces each scalar `v` of the value by `map(v, g)`, `g` its gradient. Without a
    /// gradient the value stays as it is.
    fn update(&mut self, map: &mut dyn FnMut(f64, f64) -> f64);

    /// Forgets the gradient.
    fn zero_grad(&mut self);
}

impl<T: Differentiable> Leaf for Param<T> {
    fn scalars(&self) -> Option<usize> {
        self.grad.as_ref().map(scalar_count)
    }

    fn update(&mut self, map: &mut dyn FnMut(f64, f64) -> f64) {
        if let Some(grad) = &self.grad {
            self.value.update_scalars(grad, map);
        }
    }

    fn zero_grad(&mut self) {
        Param::zero_grad(self);
    }
}

/// Any number of [`Param`]s, of any types: `&mut` of one, of an array, slice or `Vec` of them,
/// a slice of `&mut dyn Leaf`, tuples of all these.
///
/// For a model of your own:
///
/// ```
/// use autodiff_runtime::optim::Sgd;
/// use autodiff_runtime::{Leaf, Param, Parameters};
///
/// struct Line {
///     slope: Param<f64>,
///     offsets: Vec<Param<[f64; 2]>>,
/// }
///
/// impl Parameters for &mut Line {
///     fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf)) {
///         (&mut self.slope, &mut self.offsets).for_each(visit);
///     }
/// }
///
/// let mut line = Line { slope: Param::new(1.0), offsets: vec![Param::new([0.0; 2])] };
/// line.slope.accumulate(&2.0);
/// Sgd::new(0.5).step(&mut line);
/// assert_eq!(*line.slope.value(), 0.0);
/// ```
pub trait Parameters: Sized {
    /// Visits every parameter, always in the same order: an optimiser knows a parameter by its
    /// position.
    fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf));

    /// Forgets all gradients.
    fn zero_grad(self) {
        self.for_each(&mut |leaf| leaf.zero_grad());
    }
}

impl<T: Differentiable> Parameters for &mut Param<T> {
    fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf)) {
        visit(self);
    }
}

impl<'a, P> Parameters for &'a mut [P]
where
    &'a mut P: Parameters,
{
    fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf)) {
        self.iter_mut().for_each(|p| p.for_each(visit));
    }
}

impl<'a, P, const N: usize> Parameters for &'a mut [P; N]
where
    &'a mut P: Parameters,
{
    fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf)) {
        self.iter_mut().for_each(|p| p.for_each(visit));
    }
}

impl<'a, P> Parameters for &'a mut alloc::vec::Vec<P>
where
    &'a mut P: Parameters,
{
    fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf)) {
        self.iter_mut().for_each(|p| p.for_each(visit));
    }
}

impl Parameters for &mut &mut dyn Leaf {
    fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf)) {
        visit(&mut **self);
    }
}

macro_rules! tuples {
    ($($p:ident)+) => {
        impl<$($p: Parameters),+> Parameters for ($($p,)+) {
            #[allow(non_snake_case)]
            fn for_each(self, visit: &mut dyn FnMut(&mut dyn Leaf)) {
                let ($($p,)+) = self;
                $($p.for_each(visit);)+
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn gradients_add_up_until_zeroed() {
        let mut w = Param::new(1.0);
        assert_eq!(w.grad(), None);
        let seen: Vec<f64> = (0..4)
            .map(|_| {
                w.accumulate(&5.0);
                *w.grad().unwrap()
            })
            .collect();
        assert_eq!(seen, [5.0, 10.0, 15.0, 20.0]);
        w.zero_grad();
        assert_eq!(w.grad(), None);
        w.accumulate(&5.0);
        assert_eq!(w.grad(), Some(&5.0));
    }

    #[test]
    fn every_shape() {
        let mut p = Param::new((1.0f32, vec![[1.0, 2.0]], 3usize));
        p.accumulate(&(1.0, vec![[1.0, 1.0]], ()));
        p.accumulate(&(1.0, vec![[0.0, 3.0]], ()));
        assert_eq!(p.grad(), Some(&(2.0, vec![[1.0, 4.0]], ())));
        assert_eq!(Leaf::scalars(&p), Some(3));
        p.update(&mut |v, g| v - g);
        assert_eq!(p.value(), &(-1.0, vec![[0.0, -2.0]], 3));
    }

    #[test]
    fn in_place() {
        let mut p = Param::new(vec![3.0, 4.0]);
        let (value, grad) = p.value_and_grad_mut();
        grad[1] += value[0];
        assert_eq!(p.grad(), Some(&vec![0.0, 3.0]));
    }

    #[test]
    #[should_panic(expected = "different lengths")]
    fn lengths_must_agree() {
        let mut p = Param::new(vec![1.0]);
        p.accumulate(&vec![1.0]);
        p.accumulate(&vec![1.0, 2.0]);
    }

    #[test]
    fn a_list_of_mixed_parameters() {
        let (mut a, mut b) = (Param::new(1.0), Param::new([1.0f32; 2]));
        a.accumulate(&1.0);
        b.accumulate(&[1.0; 2]);
        let list: &mut [&mut dyn Leaf] = &mut [&mut a, &mut b];
        let mut scalars = Vec::new();
        list.for_each(&mut |leaf| scalars.push(leaf.scalars()));
        assert_eq!(scalars, [Some(1), Some(2)]);
        (&mut a, &mut b).zero_grad();
        assert!(a.grad().is_none() && b.grad().is_none());
    }
}
