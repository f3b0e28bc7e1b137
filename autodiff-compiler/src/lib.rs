//! Automatic differentiation of Rust functions, source to source: tokens in, tokens out.
//!
//! ```text
//! tokens → lower → analyze → forward / reverse → simplify → emit → tokens
//! ```
//!
//! The procedural macros of the `differentiable` crate call [`expand`] and [`expand_derive`].
//! Being a plain library, the transform can be tested, fuzzed and run over any source.

mod aggregates;
mod analyze;
mod by_example;
mod diagnostics;
mod driver;
mod emit;
mod forbidden;
mod forward;
mod hand_over;
mod index;
#[cfg(feature = "interp")]
pub mod interp;
mod ir;
mod loops;
mod lower;
mod names;
mod nested;
mod options;
mod primitives;
mod reverse;
mod simplify;
mod surroundings;
mod updates;
mod views;

pub use surroundings::{Around, Outline, Spot};

use diagnostics::Diagnostics;
use options::Options;
use proc_macro2::TokenStream;

/// `#[differentiable(args)] item`: the item as written, and its companions.
///
/// On any error the item comes back without helper attributes, beside one `compile_error!` for
/// each thing that cannot be differentiated.
pub fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    expand_at(args, item, Around::default())
}

/// [`expand`] for an item of which it is known what stands around it.
pub fn expand_at(args: TokenStream, item: TokenStream, around: Around) -> TokenStream {
    let mut diag = Diagnostics::new();
    let options = Options { around, ..Options::parse(args, &mut diag) };
    let mut tokens = driver::item(item, &options, &mut diag);
    tokens.extend(diag.into_tokens());
    allowed(tokens, &options.around)
}

/// `#[derive(Differentiable)] item`: the tangent type of a struct or an enum.
pub fn expand_derive(item: TokenStream) -> TokenStream {
    expand_derive_at(item, &Around::default())
}

/// [`expand_derive`] for an item of which it is known what stands around it.
pub fn expand_derive_at(item: TokenStream, around: &Around) -> TokenStream {
    match syn::parse2(item) {
        Ok(input) => allowed(emit::derive::derive(&input, around), around),
        Err(error) => error.to_compile_error(),
    }
}

/// Generated code without lint levels that the crate forbids.
fn allowed(tokens: TokenStream, around: &Around) -> TokenStream {
    let forbidden = around.forbidden();
    if forbidden.is_empty() { tokens } else { forbidden::without(tokens, &forbidden) }
}
