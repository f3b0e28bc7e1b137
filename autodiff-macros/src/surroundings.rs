//! Whether an item stands in an `impl` or `trait` block.
//!
//! An attribute sees nothing but its item, and an associated function without `self` looks like
//! a free one. What is generated beside the two differs, so the source file is looked at.

use proc_macro::Span;

/// Whether the source around a span is the body of an `impl` or a `trait`.
///
/// Where the source cannot be read, the answer is no: a free function is what people write.
pub fn in_block(span: Span) -> bool {
    // What stands at the margin stands in no block.
    if span.column() == 1 {
        return false;
    }
    let Some(source) = span.local_file().and_then(|path| std::fs::read_to_string(path).ok()) else {
        return false;
    };
    autodiff_compiler::is_in_block(&source, span.line(), span.column())
}
