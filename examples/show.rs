//! Prints what `#[differentiable]` generates for a function with a loop and a branch.
//!
//! ```text
//! cargo run --release --example show
//! ```

use autodiff_compiler::expand;
use proc_macro2::TokenStream;

/// Huber's loss of a line through points: a loop, and a branch in it.
const SOURCE: &str = "
pub fn robust(slope: f64, offset: f64, #[no_diff] points: &[[f64; 2]]) -> f64 {
    let mut loss = 0.0;
    for point in points.iter() {
        let r = point[1] - (slope * point[0] + offset);
        if r.abs() <= 1.0 {
            loss += 0.5 * r * r;
        } else {
            loss += r.abs() - 0.5;
        }
    }
    loss
}
";

fn main() -> Result<(), syn::Error> {
    let function: TokenStream = SOURCE.parse()?;
    let generated: syn::File = syn::parse2(expand(TokenStream::new(), function))?;
    println!("{}", prettyplease::unparse(&generated));
    Ok(())
}
