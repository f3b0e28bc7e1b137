//! Copies of values of users' types, which may not be `Clone`. Which way there is only rustc knows:
//! method resolution chooses (see `choose`). Not for use by hand.

use crate::{Differentiable, Tangent};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut, Range};

/// Types whose values can be copied part by part. `#[derive(Differentiable)]` gives it to types all
/// of whose fields have it, and whose fields without a derivative are `Clone`: the type itself need
/// not be.
pub trait Duplicate {
    /// The copy.
    fn __ad_copy(&self) -> Self;
}

macro_rules! cloned {
    ($(<$($x:ident),*> $t:ty),*) => {$(
        impl<$($x),*> Duplicate for $t {
            #[inline(always)]
            fn __ad_copy(&self) -> Self { self.clone() }
        }
    )*};
}
cloned!(<> f32, <> f64, <> u8, <> u16, <> u32, <> u64, <> u128, <> usize, <> i8, <> i16, <> i32, <> i64);
cloned!(<> i128, <> isize, <> bool, <> char, <> (), <> String, <> core::cmp::Ordering);
cloned!(<> core::time::Duration);

impl<X: ?Sized> Duplicate for &X {
    #[inline(always)]
    fn __ad_copy(&self) -> Self {
        self
    }
}

impl<X: ?Sized> Duplicate for core::marker::PhantomData<X> {
    #[inline(always)]
    fn __ad_copy(&self) -> Self {
        *self
    }
}

impl<X: Duplicate> Duplicate for Box<X> {
    #[inline]
    fn __ad_copy(&self) -> Self {
        Box::new((**self).__ad_copy())
    }
}

impl<X: Duplicate> Duplicate for Box<[X]> {
    #[inline]
    fn __ad_copy(&self) -> Self {
        self.iter().map(X::__ad_copy).collect()
    }
}

impl<X: Duplicate> Duplicate for Vec<X> {
    #[inline]
    fn __ad_copy(&self) -> Self {
        self.iter().map(X::__ad_copy).collect()
    }
}

impl<X: Duplicate, const N: usize> Duplicate for [X; N] {
    #[inline]
    fn __ad_copy(&self) -> Self {
        core::array::from_fn(|k| self[k].__ad_copy())
    }
}

impl<X: Duplicate> Duplicate for Option<X> {
    #[inline]
    fn __ad_copy(&self) -> Self {
        self.as_ref().map(X::__ad_copy)
    }
}

impl<X: Duplicate, E: Duplicate> Duplicate for Result<X, E> {
    #[inline]
    fn __ad_copy(&self) -> Self {
        self.as_ref().map(X::__ad_copy).map_err(E::__ad_copy)
    }
}

impl<X: Duplicate> Duplicate for Range<X> {
    #[inline]
    fn __ad_copy(&self) -> Self {
        self.start.__ad_copy()..self.end.__ad_copy()
    }
}

macro_rules! tuples {
    ($x:ident $($rest:ident)*) => {
        impl<$x: Duplicate, $($rest: Duplicate),*> Duplicate for ($x, $($rest,)*) {
            #[inline]
            #[allow(non_snake_case)]
            fn __ad_copy(&self) -> Self {
                let ($x, $($rest,)*) = self;
                ($x.__ad_copy(), $($rest.__ad_copy(),)*)
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}
tuples!(A B C D E F G H I J K);

/// A value of which a copy is made. How, the method resolution decides.
#[derive(Debug)]
pub struct Original<'a, X>(&'a X);

impl<'a, X> Original<'a, X> {
    /// Wraps a value.
    #[inline(always)]
    pub fn new(value: &'a X) -> Self {
        Original(value)
    }
}

/// Found first, where the value can be cloned.
pub trait OwnClone<X> {
    /// The copy.
    fn own(self) -> X;
}

impl<X: Clone> OwnClone<X> for Original<'_, X> {
    #[inline(always)]
    fn own(self) -> X {
        self.0.clone()
    }
}

/// Found next, where it can be copied part by part.
pub trait OwnParts<X> {
    /// The copy.
    fn own(&self) -> X;
}

impl<X: Duplicate> OwnParts<X> for Original<'_, X> {
    #[inline(always)]
    fn own(&self) -> X {
        self.0.__ad_copy()
    }
}

/// Found else: says what is missing.
pub trait OwnElse<X> {
    /// The copy.
    fn own(&mut self) -> X
    where
        X: Copied;
}

impl<X> OwnElse<X> for Original<'_, X> {
    #[inline(always)]
    fn own(&mut self) -> X
    where
        X: Copied,
    {
        self.0.copied()
    }
}

/// Types whose values can be copied.
#[diagnostic::on_unimplemented(
    message = "the reverse sweep keeps a copy of a `{Self}`, which is not `Clone`",
    label = "is changed while the reverse sweep needs it",
    note = "write `#[derive(Clone)]` on the type"
)]
pub trait Copied {
    /// The copy.
    fn copied(&self) -> Self;
}

impl<X: Clone> Copied for X {
    #[inline(always)]
    fn copied(&self) -> X {
        self.clone()
    }
}

/// [`Original`] and the traits that choose.
#[doc(hidden)]
#[macro_export]
macro_rules! __own {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{OwnClone as _, OwnElse as _, OwnParts as _};
        $crate::rt::Original::new($place).own()
    }};
}

/// A value that is not `Clone`, behind a pointer that is.
#[derive(Debug)]
pub struct Shared<X>(Arc<X>);

impl<X> Clone for Shared<X> {
    #[inline]
    fn clone(&self) -> Self {
        Shared(Arc::clone(&self.0))
    }
}

impl<X> Deref for Shared<X> {
    type Target = X;

    #[inline(always)]
    fn deref(&self) -> &X {
        &self.0
    }
}

impl<X: Differentiable> Differentiable for Shared<X> {
    type Tangent = X::Tangent;

    #[inline]
    fn zero_tangent(&self) -> X::Tangent {
        self.0.zero_tangent()
    }

    fn update_scalars(&mut self, tangent: &X::Tangent, _: &mut dyn FnMut(f64, f64) -> f64) {
        tangent.for_each_scalar(&mut |_| panic!("a value that is shared cannot be updated"));
    }
}

/// A value that is `Clone`.
#[derive(Clone, Debug)]
pub struct Own<X>(X);

impl<X> Own<X> {
    /// The value.
    #[inline(always)]
    pub fn into_inner(self) -> X {
        self.0
    }
}

impl<X> Deref for Own<X> {
    type Target = X;

    #[inline(always)]
    fn deref(&self) -> &X {
        &self.0
    }
}

impl<X> DerefMut for Own<X> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut X {
        &mut self.0
    }
}

/// A value that is copied part by part.
#[derive(Debug)]
pub struct Parts<X>(X);

impl<X> Parts<X> {
    /// The value.
    #[inline(always)]
    pub fn into_inner(self) -> X {
        self.0
    }
}

impl<X: Duplicate> Clone for Parts<X> {
    #[inline]
    fn clone(&self) -> Self {
        Parts(self.0.__ad_copy())
    }
}

impl<X> Deref for Parts<X> {
    type Target = X;

    #[inline(always)]
    fn deref(&self) -> &X {
        &self.0
    }
}

impl<X> DerefMut for Parts<X> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut X {
        &mut self.0
    }
}

/// What a pullback keeps of a value of the user's: pullbacks can be cloned, whether the value can be
/// or not. How, the method resolution decides.
#[derive(Debug)]
pub struct Lend<X>(Option<X>);

impl<X> Lend<X> {
    /// Wraps a value.
    #[inline(always)]
    pub fn new(value: X) -> Self {
        Lend(Some(value))
    }

    #[inline(always)]
    fn value(&mut self) -> X {
        match self.0.take() {
            Some(value) => value,
            None => unreachable!("a value is lent once"),
        }
    }
}

/// Found first, where the value can be cloned.
pub trait LendOwn<X> {
    /// Wraps the value for good.
    fn lend(&mut self) -> Own<X>;
}

impl<X: Clone> LendOwn<X> for &mut &mut Lend<X> {
    #[inline(always)]
    fn lend(&mut self) -> Own<X> {
        Own(self.value())
    }
}

/// Found next, where it can be copied part by part.
pub trait LendParts<X> {
    /// Wraps the value for good.
    fn lend(&mut self) -> Parts<X>;
}

impl<X: Duplicate> LendParts<X> for &mut Lend<X> {
    #[inline(always)]
    fn lend(&mut self) -> Parts<X> {
        Parts(self.value())
    }
}

/// Found else of what is only looked at.
pub trait LendShared<X> {
    /// Shares the value.
    fn lend(&mut self) -> Shared<X>;
}

impl<X> LendShared<X> for Lend<X> {
    #[inline]
    fn lend(&mut self) -> Shared<X> {
        Shared(Arc::new(self.value()))
    }
}

/// Found else of what the reverse sweep changes: says what is missing.
pub trait KeepElse<X> {
    /// Wraps the value for good.
    fn lend(&mut self) -> Own<X>
    where
        X: Copied;
}

impl<X> KeepElse<X> for Lend<X> {
    #[inline]
    fn lend(&mut self) -> Own<X>
    where
        X: Copied,
    {
        Own(self.value())
    }
}

/// [`Lend`] and the traits that choose, for a value that the reverse sweep only looks at.
#[doc(hidden)]
#[macro_export]
macro_rules! __lend {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{LendOwn as _, LendParts as _, LendShared as _};
        (&mut &mut &mut $crate::rt::Lend::new($value)).lend()
    }};
}

/// [`Lend`] and the traits that choose, for a value that the reverse sweep changes.
#[doc(hidden)]
#[macro_export]
macro_rules! __keep {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::rt::{KeepElse as _, LendOwn as _, LendParts as _};
        (&mut &mut &mut $crate::rt::Lend::new($value)).lend()
    }};
}
