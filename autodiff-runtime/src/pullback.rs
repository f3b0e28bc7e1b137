//! One forward sweep, seeds later.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

/// What remains of a forward sweep: give it a seed, the weights of the outputs, for the gradient
/// of the weighted outputs.
///
/// It borrows the arguments that were passed by reference, so that none can change before the
/// reverse sweep. `K` says how the seed is written: scalars, arrays and structs by value, slices
/// and `Vec`s as `&[X]`, several outputs as a tuple.
#[derive(Clone)]
pub struct Pullback<K, F> {
    backward: F,
    kind: PhantomData<fn(K)>,
}

impl<K, F> Pullback<K, F> {
    #[doc(hidden)]
    #[inline]
    pub fn new(backward: F) -> Self {
        Pullback { backward, kind: PhantomData }
    }

    /// [`pull_retain`](Pullback::pull_retain) with an owned seed.
    #[doc(hidden)]
    #[inline]
    pub fn again<G>(&self, seed: K::Owned) -> G
    where
        K: SeedKind,
        F: FnOnce(K::Owned) -> G + Clone,
    {
        (self.backward.clone())(seed)
    }

    /// The gradient of the outputs weighted by `seed`. Consumes the pullback: what the forward
    /// sweep kept is used up.
    #[inline]
    pub fn pull<S, G>(self, seed: S) -> G
    where
        K: SeedKind,
        S: Seed<K>,
        F: FnOnce(K::Owned) -> G,
    {
        (self.backward)(seed.own())
    }

    /// The gradient of the outputs weighted by `seed`. Keeps what the forward sweep kept, at the
    /// price of copying it, so that further seeds can follow.
    #[inline]
    pub fn pull_retain<S, G>(&self, seed: S) -> G
    where
        K: SeedKind,
        S: Seed<K>,
        F: FnOnce(K::Owned) -> G + Clone,
    {
        (self.backward.clone())(seed.own())
    }
}

impl<K, F> fmt::Debug for Pullback<K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pullback").finish_non_exhaustive()
    }
}

/// How a seed is written.
#[doc(hidden)]
pub trait SeedKind {
    /// The cotangent itself.
    type Owned;
}

/// By value.
#[doc(hidden)]
#[derive(Debug)]
pub struct Owned<X>(PhantomData<X>);

/// As a slice.
#[doc(hidden)]
#[derive(Debug)]
pub struct Elements<X>(PhantomData<X>);

/// By reference or by value: that of a `&mut` parameter of a sized type.
#[doc(hidden)]
#[derive(Debug)]
pub struct Either<X>(PhantomData<X>);

impl<X> SeedKind for Owned<X> {
    type Owned = X;
}

impl<X> SeedKind for Elements<X> {
    type Owned = Vec<X>;
}

impl<X> SeedKind for Either<X> {
    type Owned = X;
}

/// A seed as it may be written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no seed for these outputs",
    label = "a seed is written like the outputs: scalars, arrays and structs by value, slices and `Vec`s as `&[X]`, several outputs as one tuple"
)]
#[doc(hidden)]
pub trait Seed<K: SeedKind> {
    /// The cotangent itself.
    fn own(self) -> K::Owned;
}

impl<X> Seed<Owned<X>> for X {
    #[inline(always)]
    fn own(self) -> X {
        self
    }
}

impl<X: Clone> Seed<Elements<X>> for &[X] {
    #[inline]
    fn own(self) -> Vec<X> {
        self.to_vec()
    }
}

impl<X: Clone> Seed<Elements<X>> for &mut [X] {
    #[inline]
    fn own(self) -> Vec<X> {
        self.to_vec()
    }
}

impl<X: Clone, const N: usize> Seed<Elements<X>> for &[X; N] {
    #[inline]
    fn own(self) -> Vec<X> {
        self.to_vec()
    }
}

impl<X: Clone> Seed<Elements<X>> for &Vec<X> {
    #[inline]
    fn own(self) -> Vec<X> {
        self.clone()
    }
}

impl<X> Seed<Either<X>> for X {
    #[inline(always)]
    fn own(self) -> X {
        self
    }
}

impl<X: Clone> Seed<Either<X>> for &X {
    #[inline(always)]
    fn own(self) -> X {
        self.clone()
    }
}

impl<X: Clone> Seed<Either<X>> for &mut X {
    #[inline(always)]
    fn own(self) -> X {
        self.clone()
    }
}

macro_rules! tuples {
    ($($k:ident $s:ident $i:tt),+) => {
        impl<$($k: SeedKind),+> SeedKind for ($($k,)+) {
            type Owned = ($($k::Owned,)+);
        }

        impl<$($k: SeedKind, $s: Seed<$k>),+> Seed<($($k,)+)> for ($($s,)+) {
            #[inline(always)]
            fn own(self) -> ($($k::Owned,)+) { ($(self.$i.own(),)+) }
        }
    };
}
tuples!(K0 S0 0);
tuples!(K0 S0 0, K1 S1 1);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4, K5 S5 5);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4, K5 S5 5, K6 S6 6);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4, K5 S5 5, K6 S6 6, K7 S7 7);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4, K5 S5 5, K6 S6 6, K7 S7 7, K8 S8 8);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4, K5 S5 5, K6 S6 6, K7 S7 7, K8 S8 8, K9 S9 9);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4, K5 S5 5, K6 S6 6, K7 S7 7, K8 S8 8, K9 S9 9, K10 S10 10);
tuples!(K0 S0 0, K1 S1 1, K2 S2 2, K3 S3 3, K4 S4 4, K5 S5 5, K6 S6 6, K7 S7 7, K8 S8 8, K9 S9 9, K10 S10 10, K11 S11 11);
