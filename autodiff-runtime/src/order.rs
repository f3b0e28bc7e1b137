//! What says so where a function is called in a derivative of a higher order than it has.

/// Implemented by nothing: a function that has the companions has them itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no derivative of the order that is needed here",
    label = "called by a function of a higher order",
    note = "write `#[differentiable(order = …)]` on `{Self}`, with the order of its caller"
)]
pub trait OfThatOrder {}

macro_rules! companions {
    ($($name:ident)*) => {
        /// The companions of higher orders, found only where a function has none of its own.
        #[allow(missing_docs, non_upper_case_globals)]
        pub trait HigherOrders {
            $(const $name: () = ();)*
        }
    };
}
companions! {
    __ad_jvp1 __ad_jvp2 __ad_jvp3 __ad_jvp4 __ad_jvp5 __ad_jvp6 __ad_jvp7 __ad_jvp8
    __ad_split1 __ad_split2 __ad_split3 __ad_split4 __ad_split5 __ad_split6 __ad_split7 __ad_split8
}

impl<F: OfThatOrder> HigherOrders for F {}
