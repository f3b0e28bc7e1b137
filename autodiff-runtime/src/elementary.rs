//! The functions that partial derivatives are made of, for a generic float whose own traits need not
//! have them: the derivative of `x.powf(p)` has a logarithm.

use crate::Scalar;
use num_traits::Float;

macro_rules! elementary {
    ($($name:ident)*) => {$(
        #[doc = concat!("`x.", stringify!($name), "()`")]
        #[inline]
        pub fn $name<T: Scalar>(x: T) -> T {
            T::lit(Float::$name(x.widen()))
        }
    )*};
}
elementary! { sin cos sinh cosh sqrt ln signum round }

/// `x.powf(p)`
#[inline]
pub fn powf<T: Scalar>(x: T, p: T) -> T {
    T::lit(Float::powf(x.widen(), p.widen()))
}

/// `x.powi(n)`
#[inline]
pub fn powi<T: Scalar>(x: T, n: i32) -> T {
    T::lit(Float::powi(x.widen(), n))
}
