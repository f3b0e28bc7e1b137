//! What rustc is asked where a name alone says what something is.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// What is made of integers, `bool`s, characters and the like: values that change in steps.
///
/// Generated code asks for it where a name alone says that something has no derivative, so that a
/// method of a user's with that name, which gives a float, does not lose its derivative.
#[diagnostic::on_unimplemented(
    message = "this gives a `{Self}`, which may have a derivative, where something locally constant was expected",
    label = "a method with a name like `len` or `cmp`, whose result would have no derivative",
    note = "call it as a function, `Type::method(&value, …)`, with `#[differentiable]` on the method, or give it another name"
)]
pub trait LocallyConstant {}

macro_rules! locally_constant {
    ($($t:ty)*) => {$(impl LocallyConstant for $t {})*};
}

locally_constant! {
    () bool char str String Ordering
    u8 u16 u32 u64 u128 usize
    i8 i16 i32 i64 i128 isize
}

macro_rules! locally_constant_tuples {
    ($(($($t:ident)*))*) => {$(impl<$($t: LocallyConstant),*> LocallyConstant for ($($t,)*) {})*};
}

locally_constant_tuples! { (A) (A B) (A B C) (A B C D) }

impl<T: LocallyConstant + ?Sized> LocallyConstant for &T {}
impl<T: LocallyConstant + ?Sized> LocallyConstant for &mut T {}
impl<T: LocallyConstant + ?Sized> LocallyConstant for Box<T> {}
impl<T: LocallyConstant> LocallyConstant for [T] {}
impl<T: LocallyConstant> LocallyConstant for Vec<T> {}
impl<T: LocallyConstant> LocallyConstant for Option<T> {}
impl<T: LocallyConstant, E> LocallyConstant for Result<T, E> {}
impl<T: LocallyConstant, const N: usize> LocallyConstant for [T; N] {}

/// The value itself.
#[inline(always)]
pub fn locally_constant<T: LocallyConstant>(value: T) -> T {
    value
}

/// The numbers of Rust, and references to them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number, but this method is taken for that of a number, which is locally constant",
    label = "a method with the name of one of `f64`, on a `{Self}`",
    note = "call it as a function, `Type::method(&value, …)`, with `#[differentiable]` on the method"
)]
pub trait Number {}

impl<T: Number + ?Sized> Number for &T {}
impl<T: Number + ?Sized> Number for &mut T {}

macro_rules! numbers {
    ($($t:ident)*) => {$(impl Number for $t {})*};
}

numbers! { f32 f64 u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }

/// The value itself.
#[inline(always)]
pub fn number<T: Number>(value: T) -> T {
    value
}

/// The pointers of the standard library that own what they point to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pointer of the standard library, but its name is that of one",
    label = "taken for `Box::new`, `Rc::new` or `Arc::new`, whose derivative is that of the value itself",
    note = "give the type another name in this function: `use path::Arc as CircularArc;`"
)]
pub trait PointerTo<T> {}

impl<T> PointerTo<T> for Box<T> {}
impl<T> PointerTo<T> for Rc<T> {}
impl<T> PointerTo<T> for Arc<T> {}

/// Checks what a function makes; calls nothing.
#[inline(always)]
pub fn makes_pointer<T, P: PointerTo<T>>(_: &T, _: fn(T) -> P) {}

/// Checks that a type is one of these pointers.
#[inline(always)]
pub fn points<P: PointerTo<()>>() {}

/// Functions of the standard library that generated code takes others for, by their names, and the checks
/// that they are those.
pub mod claims {
    pub use core::array::from_fn as array_from_fn;
    pub use core::convert::identity;
    pub use core::hint::black_box;
    pub use core::iter::{
        empty, from_fn as iter_from_fn, once, repeat, repeat_n, repeat_with, successors, zip,
    };
    pub use core::mem::{drop, forget, replace, swap, take};

    /// The same function: each has a type of its own.
    #[diagnostic::on_unimplemented(
        message = "this function has the name of one of the standard library, but is another",
        label = "taken for the standard library's, by its name",
        note = "give it another name in this function: `use path::swap as exchange;`"
    )]
    pub trait Same<F> {}

    impl<F> Same<F> for F {}

    /// Checks that two functions are the same; calls nothing.
    #[inline(always)]
    pub fn is<F, G>(_: F, _: G)
    where
        F: Same<G>,
    {
    }

    /// The same function as one of `libm`.
    #[diagnostic::on_unimplemented(
        message = "this function has the path of one of the crate `libm`, but is another",
        label = "taken for that of the crate, by its name",
        note = "a macro makes a module of that name: call the crate's as `::libm::sin`, give another module another name"
    )]
    pub trait OfLibm<F> {}

    impl<F> OfLibm<F> for F {}
    // With one alone rustc would infer the function, and report two types that read alike.
    impl<F> OfLibm<(F,)> for F {}

    /// Checks that a function is one of the crate `libm`; calls nothing.
    #[inline(always)]
    pub fn is_of_libm<F, G>(_: F, _: G)
    where
        F: OfLibm<G>,
    {
    }

    /// The same function as one of `num_traits`.
    #[diagnostic::on_unimplemented(
        message = "this function has the path of one of the crate `num_traits`, but is another",
        label = "taken for that of the crate, by its name",
        note = "a macro makes a module of that name: call the crate's as `::num_traits::clamp`, give another module another name"
    )]
    pub trait OfNumTraits<F> {}

    impl<F> OfNumTraits<F> for F {}
    impl<F> OfNumTraits<(F,)> for F {}

    /// Checks that a function is one of the crate `num_traits`; calls nothing.
    #[inline(always)]
    pub fn is_of_num_traits<F, G>(_: F, _: G)
    where
        F: OfNumTraits<G>,
    {
    }

    /// The tangent of what has no derivative.
    #[diagnostic::on_unimplemented(
        message = "this field has a derivative, but the source file shows a struct of that name where it has none",
        label = "a tangent that is not `()`",
        note = "another struct of the name is made by a macro: give one of the two another name"
    )]
    pub trait Nothing {}

    impl Nothing for () {}
    impl<T: Nothing> Nothing for [T] {}
    impl<T: Nothing, const N: usize> Nothing for [T; N] {}
    impl<T: Nothing> Nothing for crate::rt::Vec<T> {}
    impl<T: Nothing> Nothing for Option<T> {}
    impl<A: Nothing> Nothing for (A,) {}
    impl<A: Nothing, B: Nothing> Nothing for (A, B) {}
    impl<A: Nothing, B: Nothing, C: Nothing> Nothing for (A, B, C) {}
    impl<A: Nothing, B: Nothing, C: Nothing, D: Nothing> Nothing for (A, B, C, D) {}

    /// A value that is stored where it stands: no reference to what is elsewhere, no guard, no cell.
    #[diagnostic::on_unimplemented(
        message = "what is stored through a `{Self}` would have no derivative",
        label = "may lead to what is kept elsewhere",
        note = "where this is a value of its own, write `#[derive(Differentiable)]` on its type; else assign to a variable, a field or an element by its name"
    )]
    pub trait Owned {}

    #[diagnostic::do_not_recommend]
    impl<T: crate::Differentiable + crate::copies::Duplicate> Owned for T {}

    /// Checks that what is written to a value goes nowhere else.
    #[inline(always)]
    pub fn is_owned<T: Owned>(_: &T) {}

    /// What `borrow`, `as_ref`, `as_slice` and `deref` lend as it is, or all of what it holds.
    #[diagnostic::on_unimplemented(
        message = "what this method of `{Self}` lends cannot be followed",
        label = "may be another value than `{Self}` itself",
        note = "name the field that is meant, or write the type of the receiver if the method stands in the same file"
    )]
    pub trait Lender {}

    impl Lender for f64 {}
    impl Lender for f32 {}
    impl<T> Lender for [T] {}
    impl<T, const N: usize> Lender for [T; N] {}
    impl<T> Lender for crate::rt::Vec<T> {}
    impl<T> Lender for crate::rt::VecDeque<T> {}
    impl<T> Lender for Option<T> {}
    impl<T, E> Lender for Result<T, E> {}
    impl<T: ?Sized> Lender for core::cell::RefCell<T> {}
    impl<T: ?Sized> Lender for alloc::boxed::Box<T> {}
    impl<T: ?Sized> Lender for alloc::rc::Rc<T> {}
    impl<T: ?Sized> Lender for alloc::sync::Arc<T> {}
    impl<T: Lender + ?Sized> Lender for &T {}
    impl<T: Lender + ?Sized> Lender for &mut T {}

    /// Checks that a method which lends gives what the receiver is.
    #[inline(always)]
    pub fn lends_itself<T: Lender + ?Sized>(_: &T) {}

    /// What is made of integers.
    #[diagnostic::on_unimplemented(
        message = "this field has a derivative, but the source file shows a struct of that name where it is an integer",
        note = "another struct of the name is made by a macro: give one of the two another name"
    )]
    pub trait Integers {}

    macro_rules! integers {
        ($($int:ident)*) => {$(impl Integers for $int {})*};
    }
    integers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool }
    impl<T: Integers, const N: usize> Integers for [T; N] {}
    impl<T: Integers> Integers for crate::rt::Vec<T> {}
    impl<T: Integers> Integers for Option<T> {}
    impl<A: Integers> Integers for (A,) {}
    impl<A: Integers, B: Integers> Integers for (A, B) {}
    impl<A: Integers, B: Integers, C: Integers> Integers for (A, B, C) {}
    impl<A: Integers, B: Integers, C: Integers, D: Integers> Integers for (A, B, C, D) {}

    /// Checks that a part of a value is made of integers.
    #[inline(always)]
    pub fn integers<T: Integers>(_: &T) {}

    /// Takes what looks at the parts of a value; calls nothing.
    #[inline(always)]
    pub fn is_made_of<S>(_: fn(&S)) {}

    /// Checks that a part of a tangent is nothing; calls nothing.
    #[inline(always)]
    pub fn nothing<S, T: Nothing + ?Sized>(_: fn(&S) -> &T) {}

    /// Checks that a function is `mem::swap`.
    #[inline(always)]
    pub fn is_swap<T, F, G>(_: &T, _: F, _: G)
    where
        F: FnOnce(&mut T, &mut T) + Same<G>,
        G: FnOnce(&mut T, &mut T),
    {
    }

    /// Checks that a function is `mem::replace`.
    #[inline(always)]
    pub fn is_replace<T, F, G>(_: &T, _: F, _: G)
    where
        F: FnOnce(&mut T, T) -> T + Same<G>,
        G: FnOnce(&mut T, T) -> T,
    {
    }

    /// Checks that a function is `mem::take`.
    #[inline(always)]
    pub fn is_take<T, F, G>(_: &T, _: F, _: G)
    where
        F: FnOnce(&mut T) -> T + Same<G>,
        G: FnOnce(&mut T) -> T,
    {
    }
}
