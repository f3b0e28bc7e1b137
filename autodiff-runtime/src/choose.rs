//! Where only rustc knows the type, method resolution chooses: of traits with a method of one
//! name, taken by value, by `&self` and by `&mut self`, the first that fits is called. Not for
//! use by hand.

use crate::{Scalar, Tangent};

/// A field and its derivative. What the derivative is, where the field may have none, method
/// resolution decides.
#[derive(Debug)]
pub struct FieldPart<'a, X: ?Sized, D>(&'a X, Option<D>);

impl<'a, X: ?Sized, D> FieldPart<'a, X, D> {
    /// Pairs them.
    #[inline(always)]
    pub fn new(field: &'a X, derivative: D) -> Self {
        FieldPart(field, Some(derivative))
    }
}

/// Found first: of a float without a derivative it is zero.
pub trait FloatPart {
    /// The type of the derivative.
    type Of;

    /// The derivative.
    fn part(self) -> Self::Of;
}

impl<X: Scalar> FloatPart for FieldPart<'_, X, ()> {
    type Of = X;

    #[inline(always)]
    fn part(self) -> X {
        X::lit(0.0)
    }
}

/// Found next: of an integer, which a cast makes a float, it is zero.
pub trait IntegerPart {
    /// The derivative.
    fn part(&self) -> f64;
}

macro_rules! integer_parts {
    ($($t:ty)*) => {$(
        impl IntegerPart for FieldPart<'_, $t, ()> {
            #[inline(always)]
            fn part(&self) -> f64 { 0.0 }
        }
    )*};
}
integer_parts!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// Found else: what is there.
pub trait WholePart {
    /// The type of the derivative.
    type Of;

    /// The derivative.
    fn part(&mut self) -> Self::Of;
}

impl<X: ?Sized, D> WholePart for FieldPart<'_, X, D> {
    type Of = D;

    #[inline(always)]
    fn part(&mut self) -> D {
        match self.1.take() {
            Some(derivative) => derivative,
            None => unreachable!("the derivative of a field is taken once"),
        }
    }
}

/// [`FieldPart`] and the traits that choose.
#[doc(hidden)]
#[macro_export]
macro_rules! __part {
    ($field:expr, $derivative:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{FloatPart as _, WholePart as _};
        $crate::rt::FieldPart::new($field, $derivative).part()
    }};
}

/// The same under a cast, where an integer has the derivative of the float that it becomes.
#[doc(hidden)]
#[macro_export]
macro_rules! __cast_part {
    ($field:expr, $derivative:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{FloatPart as _, IntegerPart as _, WholePart as _};
        $crate::rt::FieldPart::new($field, $derivative).part()
    }};
}

/// The derivative of a field as a place, and what is put there. Where the field is an integer or
/// marked `#[no_diff]`, its derivative is `()` and takes nothing.
#[derive(Debug)]
pub struct PartPlace<'a, P: ?Sized, V>(&'a mut P, Option<V>);

impl<'a, P: ?Sized, V> PartPlace<'a, P, V> {
    /// Pairs them.
    #[inline(always)]
    pub fn new(place: &'a mut P, value: V) -> Self {
        PartPlace(place, Some(value))
    }
}

/// Found first: of a field without a derivative.
pub trait NoPlace: Sized {
    /// Nothing.
    #[inline(always)]
    fn set(self) {}
    /// Nothing.
    #[inline(always)]
    fn add(self) {}
    /// Nothing.
    #[inline(always)]
    fn deduct(self) {}
}

impl<V> NoPlace for PartPlace<'_, (), V> {}

/// Found else: `place = value`.
pub trait SetPlace {
    /// `place = value`
    fn set(&mut self);
}

impl<X> SetPlace for PartPlace<'_, X, X> {
    #[inline(always)]
    fn set(&mut self) {
        if let Some(value) = self.1.take() {
            *self.0 = value;
        }
    }
}

/// Found else: sums.
pub trait AddPlace {
    /// `place += value`
    fn add(&mut self);
    /// `place -= value`
    fn deduct(&mut self);
}

impl<X: Tangent> AddPlace for PartPlace<'_, X, &X> {
    #[inline(always)]
    fn add(&mut self) {
        if let Some(value) = self.1 {
            self.0.accumulate(value);
        }
    }
    #[inline(always)]
    fn deduct(&mut self) {
        if let Some(value) = self.1 {
            self.0.deduct(value);
        }
    }
}

/// [`PartPlace`] and the traits that choose; the method is `set`, `add` or `deduct`.
#[doc(hidden)]
#[macro_export]
macro_rules! __place {
    ($method:ident, $place:expr, $value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{AddPlace as _, NoPlace as _, SetPlace as _};
        $crate::rt::PartPlace::new($place, $value).$method()
    }};
}
