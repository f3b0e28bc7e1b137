//! Copies of what `&mut` arguments hold, which a pullback undoes later.

use core::marker::PhantomData;

/// Stands for the type `X` behind a `&mut` parameter, in a bound that is to be checked where
/// `pullback` or `jacobian` is called: the lifetime keeps rustc from checking it before.
#[derive(Debug)]
pub struct Behind<'ad, X: ?Sized>(PhantomData<(&'ad (), *const X)>);

/// Types of arguments that can be passed to one sweep after another.
#[diagnostic::on_unimplemented(
    message = "`hessian` passes its arguments to one product after another, and `{X}` is not `Clone`",
    label = "`hessian` needs `Clone` here",
    note = "write `#[derive(Clone)]` on the type, or use `hvp`"
)]
pub trait Again<X> {
    /// Copies the argument.
    fn again(argument: &X) -> X;
}

impl<X: Clone> Again<X> for Behind<'_, X> {
    #[inline(always)]
    fn again(argument: &X) -> X {
        argument.clone()
    }
}

/// Types behind `&mut` parameters of which a pullback can keep a copy.
#[diagnostic::on_unimplemented(
    message = "a pullback keeps a copy of what a `&mut` argument holds, and `{X}` is not `Clone`",
    label = "`pullback` and `jacobian` need `Clone` here",
    note = "write `#[derive(Clone)]` on the type, or use `grad`, `vjp`, `jvp` or `accumulate`"
)]
pub trait Contents<X: ?Sized> {
    /// What is kept.
    type Copy: Clone;

    /// Copies the contents.
    fn copy(contents: &X) -> Self::Copy;

    /// The copy as what the function takes.
    fn place(copy: &mut Self::Copy) -> &mut X;
}

impl<X: Clone> Contents<X> for Behind<'_, X> {
    type Copy = X;

    #[inline(always)]
    fn copy(contents: &X) -> X {
        contents.clone()
    }

    #[inline(always)]
    fn place(copy: &mut X) -> &mut X {
        copy
    }
}

/// Types whose methods take `self` by value: a caller needs the receiver again on the way back.
#[diagnostic::on_unimplemented(
    message = "a method that takes `self` by value is called in a differentiable function, and `{X}` is not `Clone`",
    label = "the receiver is needed again by the reverse sweep",
    note = "write `#[derive(Clone)]` on the type, or let the method take `&self`"
)]
pub trait Consumed<X> {
    /// The receiver once more.
    fn again(receiver: &X) -> X;
}

impl<X: Clone> Consumed<X> for Behind<'_, X> {
    #[inline(always)]
    fn again(receiver: &X) -> X {
        receiver.clone()
    }
}
