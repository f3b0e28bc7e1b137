//! The procedural macros of the [`differentiable`](https://docs.rs/differentiable) crate, which
//! re-exports and documents them.

use autodiff_compiler::{Around, Spot};
use proc_macro::{Span, TokenStream};

/// Adds derivatives to a function, a method, an `impl` block or a trait.
///
/// The item stays as it is. Beside a function `f` stands a type `f` whose associated functions
/// take the parameters of `f` and return derivatives: `f::grad`, `f::value_and_grad`, `f::jvp`,
/// `f::vjp`, `f::pullback`, `f::accumulate`, `f::jacobian`; with `order = 2` also `f::hvp`,
/// `f::hessian` and `f::d2`. Beside a method `m` stand `m_grad`, `m_vjp` and so on.
///
/// # Options
///
/// * `wrt(a, b)`: the parameters to differentiate with respect to; without it all floats and
///   what is made of them, except those marked `#[no_diff]`.
/// * `order = N`: derivatives up to this order (default 1).
/// * `allow_unused`: parameters may be without influence; their gradients are zeros.
/// * `recursive`: on one function of those that call each other in a cycle.
/// * `inline`: no derivatives of its own; the function is differentiated where differentiable functions call it
///   by its name, and may take closures and other functions (`impl Fn(f64) -> f64`) there.
/// * `partials(x = …)`, `jvp = path`, `vjp = path`: own rules, for functions whose body is not
///   to be differentiated.
/// * `crate = path`: where the `differentiable` crate is.
#[proc_macro_attribute]
pub fn differentiable(args: TokenStream, item: TokenStream) -> TokenStream {
    autodiff_compiler::expand_at(args.into(), item.into(), around()).into()
}

/// Makes a struct or an enum differentiable.
///
/// The derivative of a struct `Name` is a struct `NameTangent` with the same fields: the
/// tangents of active fields, `()` for fields that have none or are marked `#[no_diff]`.
#[proc_macro_derive(Differentiable, attributes(no_diff))]
pub fn derive_differentiable(item: TokenStream) -> TokenStream {
    autodiff_compiler::expand_derive_at(item.into(), &around()).into()
}

/// What stands around the item that the macro is on.
fn around() -> Around {
    let span = Span::call_site();
    let read = move || Spot::read(&span.local_file()?, span.line(), span.column());
    Around::new(span.column() == 1, read)
}
