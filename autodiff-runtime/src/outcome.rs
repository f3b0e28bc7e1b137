//! Calls of functions that return `Option` or `Result`, where the caller looks at which it is: what
//! a companion returns beside the result moves out of the wrapping.

use crate::Tangent;

/// `Some((a, b))` becomes `(Some(a), Some(b))`, `Err(e)` becomes `(Err(e), None)`.
#[inline(always)]
pub fn transposed<W: Transpose>(wrapped: W) -> W::Parts {
    wrapped.transpose()
}

/// The payload as an `Option`.
#[inline(always)]
pub fn optional<W: Optional>(wrapped: W) -> Option<W::Payload> {
    wrapped.optional()
}

/// Whether there is a payload.
#[inline(always)]
pub fn is_given<W: Optional>(wrapped: &W) -> bool {
    wrapped.is_given()
}

/// What a call changed before it gave `None` or `Err` has a derivative, which went with the result.
///
/// # Panics
///
/// If something asks for it: `cotangent`, that of what was lent to the call, is not zero.
pub fn nothing_lost<X: Lent + ?Sized>(call: &str, cotangent: &X) {
    assert!(
        !cotangent.is_asked_for(),
        "`{call}` gave no result, and what it may have changed before is used afterwards: the derivative of that \
         change is not known. Leave the caller too (`?`), or let `{call}` return a plain value"
    );
}

/// See [`nothing_lost`].
pub trait Lent {
    /// Whether some part is not zero.
    fn is_asked_for(&self) -> bool;
}

impl<X: Tangent> Lent for X {
    fn is_asked_for(&self) -> bool {
        let mut asked = false;
        self.for_each_scalar(&mut |part| asked |= part != 0.0);
        asked
    }
}

impl<X: Tangent> Lent for [X] {
    fn is_asked_for(&self) -> bool {
        self.iter().any(Lent::is_asked_for)
    }
}

/// See [`transposed`].
#[diagnostic::on_unimplemented(
    message = "a value is matched like an `Option` or a `Result`, but `{Self}` is neither",
    note = "only `Option` and `Result` are taken apart inside differentiable functions"
)]
pub trait Transpose {
    /// The result, and what stands beside it.
    type Parts;
    /// See [`transposed`].
    fn transpose(self) -> Self::Parts;
}

/// See [`optional`].
#[diagnostic::on_unimplemented(message = "`{Self}` is neither an `Option` nor a `Result`")]
pub trait Optional {
    /// What is inside.
    type Payload;
    /// See [`optional`].
    fn optional(self) -> Option<Self::Payload>;
    /// See [`is_given`].
    fn is_given(&self) -> bool;
}

impl<X> Optional for Option<X> {
    type Payload = X;
    #[inline(always)]
    fn optional(self) -> Option<X> {
        self
    }
    #[inline(always)]
    fn is_given(&self) -> bool {
        self.is_some()
    }
}

impl<X, E> Optional for Result<X, E> {
    type Payload = X;
    #[inline(always)]
    fn optional(self) -> Option<X> {
        self.ok()
    }
    #[inline(always)]
    fn is_given(&self) -> bool {
        self.is_ok()
    }
}

macro_rules! transpose {
    ($(($($more:ident)*))*) => {$(
        impl<Y, $($more),*> Transpose for Option<(Y, $($more),*)> {
            type Parts = (Option<Y>, $(Option<$more>),*);
            #[inline(always)]
            #[allow(non_snake_case)]
            fn transpose(self) -> Self::Parts {
                match self {
                    Some((y, $($more),*)) => (Some(y), $(Some($more)),*),
                    None => (None, $(None::<$more>),*),
                }
            }
        }

        impl<Y, $($more,)* Failure> Transpose for Result<(Y, $($more),*), Failure> {
            type Parts = (Result<Y, Failure>, $(Option<$more>),*);
            #[inline(always)]
            #[allow(non_snake_case)]
            fn transpose(self) -> Self::Parts {
                match self {
                    Ok((y, $($more),*)) => (Ok(y), $(Some($more)),*),
                    Err(error) => (Err(error), $(None::<$more>),*),
                }
            }
        }
    )*};
}
transpose! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
}
