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
        /// The companions of higher orders, and the derivatives of derivatives, found only where a
        /// function has none of its own.
        #[allow(missing_docs, non_upper_case_globals)]
        pub trait HigherOrders {
            $(const $name: () = ();)*
        }
    };
}
companions! {
    __ad_jvp1 __ad_jvp2 __ad_jvp3 __ad_jvp4 __ad_jvp5 __ad_jvp6 __ad_jvp7 __ad_jvp8
    __ad_split1 __ad_split2 __ad_split3 __ad_split4 __ad_split5 __ad_split6 __ad_split7 __ad_split8
    __ad_grad_jvp __ad_grad_jvp2 __ad_grad_jvp3 __ad_grad_jvp4 __ad_grad_jvp5 __ad_grad_jvp6 __ad_grad_jvp7
    __ad_grad_split __ad_grad_split1 __ad_grad_split2 __ad_grad_split3 __ad_grad_split4 __ad_grad_split5
    __ad_grad_split6 __ad_grad_split7
    __ad_value_and_grad_jvp __ad_value_and_grad_jvp2 __ad_value_and_grad_jvp3 __ad_value_and_grad_jvp4
    __ad_value_and_grad_jvp5 __ad_value_and_grad_jvp6 __ad_value_and_grad_jvp7 __ad_value_and_grad_split
    __ad_value_and_grad_split1 __ad_value_and_grad_split2 __ad_value_and_grad_split3
    __ad_value_and_grad_split4 __ad_value_and_grad_split5 __ad_value_and_grad_split6
    __ad_value_and_grad_split7
    __ad_jvp_jvp __ad_jvp_jvp2 __ad_jvp_jvp3 __ad_jvp_jvp4 __ad_jvp_jvp5 __ad_jvp_jvp6 __ad_jvp_jvp7
    __ad_jvp_split __ad_jvp_split1 __ad_jvp_split2 __ad_jvp_split3 __ad_jvp_split4 __ad_jvp_split5
    __ad_jvp_split6 __ad_jvp_split7
    __ad_vjp_jvp __ad_vjp_jvp2 __ad_vjp_jvp3 __ad_vjp_jvp4 __ad_vjp_jvp5 __ad_vjp_jvp6 __ad_vjp_jvp7
    __ad_vjp_split __ad_vjp_split1 __ad_vjp_split2 __ad_vjp_split3 __ad_vjp_split4 __ad_vjp_split5
    __ad_vjp_split6 __ad_vjp_split7
    __ad_hvp_jvp __ad_hvp_jvp2 __ad_hvp_jvp3 __ad_hvp_jvp4 __ad_hvp_jvp5 __ad_hvp_jvp6 __ad_hvp_jvp7
    __ad_hvp_split __ad_hvp_split1 __ad_hvp_split2 __ad_hvp_split3 __ad_hvp_split4 __ad_hvp_split5
    __ad_hvp_split6 __ad_hvp_split7
    __ad_jacobian_jvp __ad_jacobian_jvp2 __ad_jacobian_jvp3 __ad_jacobian_jvp4 __ad_jacobian_jvp5
    __ad_jacobian_jvp6 __ad_jacobian_jvp7 __ad_jacobian_split __ad_jacobian_split1 __ad_jacobian_split2
    __ad_jacobian_split3 __ad_jacobian_split4 __ad_jacobian_split5 __ad_jacobian_split6 __ad_jacobian_split7
    __ad_hessian_jvp __ad_hessian_jvp2 __ad_hessian_jvp3 __ad_hessian_jvp4 __ad_hessian_jvp5
    __ad_hessian_jvp6 __ad_hessian_jvp7 __ad_hessian_split __ad_hessian_split1 __ad_hessian_split2
    __ad_hessian_split3 __ad_hessian_split4 __ad_hessian_split5 __ad_hessian_split6 __ad_hessian_split7
    __ad_d2_jvp __ad_d2_jvp2 __ad_d2_jvp3 __ad_d2_jvp4 __ad_d2_jvp5 __ad_d2_jvp6 __ad_d2_jvp7 __ad_d2_split
    __ad_d2_split1 __ad_d2_split2 __ad_d2_split3 __ad_d2_split4 __ad_d2_split5 __ad_d2_split6 __ad_d2_split7
    __ad_d3_jvp __ad_d3_jvp2 __ad_d3_jvp3 __ad_d3_jvp4 __ad_d3_jvp5 __ad_d3_jvp6 __ad_d3_jvp7 __ad_d3_split
    __ad_d3_split1 __ad_d3_split2 __ad_d3_split3 __ad_d3_split4 __ad_d3_split5 __ad_d3_split6 __ad_d3_split7
    __ad_d4_jvp __ad_d4_jvp2 __ad_d4_jvp3 __ad_d4_jvp4 __ad_d4_jvp5 __ad_d4_jvp6 __ad_d4_jvp7 __ad_d4_split
    __ad_d4_split1 __ad_d4_split2 __ad_d4_split3 __ad_d4_split4 __ad_d4_split5 __ad_d4_split6 __ad_d4_split7
    __ad_d5_jvp __ad_d5_jvp2 __ad_d5_jvp3 __ad_d5_jvp4 __ad_d5_jvp5 __ad_d5_jvp6 __ad_d5_jvp7 __ad_d5_split
    __ad_d5_split1 __ad_d5_split2 __ad_d5_split3 __ad_d5_split4 __ad_d5_split5 __ad_d5_split6 __ad_d5_split7
    __ad_d6_jvp __ad_d6_jvp2 __ad_d6_jvp3 __ad_d6_jvp4 __ad_d6_jvp5 __ad_d6_jvp6 __ad_d6_jvp7 __ad_d6_split
    __ad_d6_split1 __ad_d6_split2 __ad_d6_split3 __ad_d6_split4 __ad_d6_split5 __ad_d6_split6 __ad_d6_split7
    __ad_d7_jvp __ad_d7_jvp2 __ad_d7_jvp3 __ad_d7_jvp4 __ad_d7_jvp5 __ad_d7_jvp6 __ad_d7_jvp7 __ad_d7_split
    __ad_d7_split1 __ad_d7_split2 __ad_d7_split3 __ad_d7_split4 __ad_d7_split5 __ad_d7_split6 __ad_d7_split7
}

impl<F: OfThatOrder> HigherOrders for F {}

/// Implemented by nothing: see [`NoDerivatives`].
#[diagnostic::on_unimplemented(
    message = "`pullback`, `accumulate` and `gradcheck` are not differentiated themselves",
    label = "called inside a differentiable function",
    note = "write `{Self}::vjp(…)`, which can be differentiated, or wrap the call in `no_diff(…)`"
)]
pub trait Pulled {}

/// What companions without derivatives would have for them.
#[allow(missing_docs, non_upper_case_globals)]
pub trait NoDerivatives {
    const __ad_pullback_jvp: () = ();
    const __ad_pullback_split: () = ();
    const __ad_accumulate_jvp: () = ();
    const __ad_accumulate_split: () = ();
    const __ad_gradcheck_jvp: () = ();
    const __ad_gradcheck_split: () = ();
}

impl<F: Pulled> NoDerivatives for F {}
