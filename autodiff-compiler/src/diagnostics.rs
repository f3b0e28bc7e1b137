//! The collector of spanned errors, and every message of the crate.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// The errors found in one item, reported all at once.
#[derive(Debug, Default)]
pub struct Diagnostics {
    errors: Vec<syn::Error>,
    /// `#[cfg(…)]` of an error in code of one configuration, by its number.
    conditions: BTreeMap<usize, syn::Attribute>,
    seen: BTreeSet<String>,
}

impl Diagnostics {
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Reports an error at a token.
    pub fn error(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message), span);
    }

    /// Reports an error that underlines everything from the first to the last of the tokens.
    pub fn error_at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        let span = tokens.to_token_stream().into_iter().next().map_or_else(Span::call_site, |t| t.span());
        self.push(syn::Error::new_spanned(tokens, message), span);
    }

    /// Reports the errors of a parser of `syn`'s.
    pub fn syntax(&mut self, error: &syn::Error) {
        for error in error.clone() {
            let span = error.span();
            self.push(error, span);
        }
    }

    /// Takes over the errors of another collector.
    pub fn absorb(&mut self, other: Diagnostics) {
        self.absorb_under(other, None);
    }

    /// Takes over the errors in code that stands under a `#[cfg]`.
    pub fn absorb_under(&mut self, other: Diagnostics, condition: Option<&syn::Attribute>) {
        for (index, error) in other.errors.into_iter().enumerate() {
            let span = error.span();
            let own = other.conditions.get(&index).or(condition);
            let text = own.map(|attr| attr.to_token_stream().to_string()).unwrap_or_default();
            if self.seen.insert(format!("{text}{span:?} {error}")) {
                own.cloned().into_iter().for_each(|attr| {
                    self.conditions.insert(self.errors.len(), attr);
                });
                self.errors.push(error);
            }
        }
    }

    /// The number of errors so far.
    pub fn len(&self) -> usize {
        self.errors.len()
    }

    /// The texts of the errors, in the order they were found.
    pub fn messages(&self) -> Vec<String> {
        self.errors.iter().map(ToString::to_string).collect()
    }

    /// The `compile_error!`s.
    pub fn into_tokens(self) -> TokenStream {
        let tokens = self.errors.iter().enumerate().map(|(index, error)| {
            let (condition, error) = (self.conditions.get(&index), error.to_compile_error());
            quote!(#condition #error)
        });
        tokens.collect()
    }

    // A construct that lowering meets twice (the body of a chained loop, an inlined closure) is
    // reported once. Spans cannot be compared on stable, but printed.
    fn push(&mut self, error: syn::Error, span: Span) {
        if self.seen.insert(format!("{span:?} {error}")) {
            self.errors.push(error);
        }
    }
}

/// Every text that a user may read. Each says what cannot be done and what to write instead.
pub mod message {
    pub const RULE_WITH_MUT: &str =
        "an own rule cannot speak of a `&mut` parameter; return the result, and wrap the call";
    pub const PARTIALS_NEED_A_SCALAR: &str =
        "`partials(…)` is for one scalar result; give whole rules with `jvp = …` and `vjp = …`";
    pub const ONE_KIND_OF_RULE: &str = "give either `partials(…)` or `jvp = …` and `vjp = …`";
    pub const RULE_NEEDS_VJP: &str =
        "a rule for forward mode alone leaves reverse mode without one; give `vjp = …` too";
    pub const RULE_NEEDS_JVP: &str = "a rule for reverse mode alone gives forward mode only where the result is one scalar; give `jvp = …` too";
    pub const NOT_A_FUNCTION: &str = "`#[differentiable]` goes on a function, a method, an `impl` block or a trait; for a type write `#[derive(Differentiable)]`";
    pub const NO_ACTIVE_PARAMETER: &str = "there is no parameter to differentiate with respect to: every parameter is an integer, a bool or a string, or marked `#[no_diff]`; make one a float, or drop a `#[no_diff]`";
    pub const MARKED_FIELD: &str = "an active value goes into a field that is marked `#[no_diff]`, from where it comes back without a derivative; drop the `#[no_diff]`, or write `no_diff(…)` around the value if that is meant";
    pub const NO_OUTPUT: &str = "the function has no output to differentiate; return a value, or take the place of the result as a `&mut` parameter without `#[no_diff]`";
    pub const TOO_DEEP: &str =
        "expressions nested this deeply cannot be differentiated; name intermediate values with `let`";
    pub const ASYNC: &str = "an `async` function cannot be differentiated; move the arithmetic into a plain function and annotate that";
    pub const UNSAFE_FN: &str = "an `unsafe` function cannot be differentiated; give its derivative with `partials(…)` on a safe wrapper";
    pub const VARIADIC: &str = "a variadic function cannot be differentiated; take a slice";
    pub const RETURNS_REFERENCE: &str = "a returned reference cannot be differentiated; return the value, or take the place of the result as a `&mut` parameter";
    pub const RETURNS_IMPL: &str = "a returned `impl Trait` cannot be differentiated; return a concrete type";
    pub const FUNCTION_PARAMETER: &str = "a function passed as a parameter cannot be differentiated; write `#[differentiable(inline)]`, so that the function is differentiated where it is called, or mark the parameter `#[no_diff]`";
    pub const REFERENCE_TO_REFERENCE: &str =
        "a parameter that is a reference to a reference cannot be differentiated; take the inner reference";
    pub const LIST_OF_REFERENCES: &str = "this method of a `Vec` of references to active data cannot be differentiated; use their indices, or the data itself";
    pub const LENDER: &str = "nothing shows where in a value of a type that is `AsRef<[…]>` the slice is; take the slice itself, `&[f64]`, and pass `x.as_ref()`";
    pub const DYN: &str = "a trait object cannot be differentiated; take the concrete type or a generic parameter, or mark the parameter `#[no_diff]`";
    pub const ORDER: &str = "`order` is a number from 1 to 8";

    pub const UNSAFE: &str = "an `unsafe` block that reads an active value cannot be differentiated; use safe indexing, or move it into a function with `partials(…)`";
    pub const AWAIT: &str =
        "`async` and `.await` on active values cannot be differentiated; compute first, then await";
    pub const YIELD: &str =
        "`yield` of an active value cannot be differentiated; collect the values in a `Vec`";
    pub const TRY_BLOCK: &str =
        "a `try` block cannot be differentiated; move it into a function that returns `Result`";
    pub const INDEX: &str = "this index has no derivative: it must name one sized part of `self`, as `&self.items[k]` does; write a method that returns the element";
    pub const ORDER_OF_OWN_TYPES: &str = "users' own indices are differentiated up to `order = 2`; keep the items in a `Vec`, or call an annotated function of lower order";
    pub const ORDER_OF_BOXES: &str = "boxes inside values are differentiated up to `order = 4`; keep the items in a `Vec`, or call an annotated function of lower order";
    pub const PART_OF_AN_ELEMENT: &str = "an element by a user's `IndexMut` can be changed as a whole only; take it out with `let`, change it, and put it back";
    pub const MUTABLE_OPERAND: &str = "an operator or a conversion that takes a `&mut` has no derivative of its own; write a method or a function that takes it";
    pub const RAW_POINTER: &str =
        "a raw pointer to an active value cannot be differentiated; use a reference or an index";
    pub const UNKNOWN_SYNTAX: &str = "this syntax cannot be differentiated; write it with plain expressions";
    pub const CLOSURE_VALUE: &str = "a closure over active values can be called or passed to an iterator adaptor, but not stored or returned; write a `fn`, or call it where it is defined";
    pub const CLOSURE_ARGUMENT: &str = "a closure over active values, passed to a function, cannot be differentiated; mark that function `#[differentiable(inline)]` and call it by its name alone, or write its loop here";
    pub const GENERIC_INLINED: &str = "nothing shows what the generic parameters of this inlined function are here; give the arguments types, with `let x: f64 = …`";
    pub const RECURSIVE_INLINED: &str = "a function that calls itself cannot be inlined; give it an attribute without `inline`, and no function as a parameter";
    pub const INLINED_HIDDEN: &str = "this inlined function uses a name that means an item of this body here; give one of the two another name";
    pub const INLINED_ELSEWHERE: &str = "this inlined function stands in another module and uses names of that one; move it here, or give what it uses its full path of the standard library";
    pub const INLINED_OPTIONS: &str = "`inline` stands beside `order = N` at most: such a function has no derivatives of its own, and no rules";
    pub const FUNCTION_VALUE: &str = "a call through a function pointer or a closure parameter cannot be differentiated; call an annotated function by name";
    pub const RECURSIVE_CLOSURE: &str = "closures nested this deeply cannot be differentiated; write a `fn`";
    pub const ITERATOR_PARAMETER: &str = "an iterator passed as a parameter cannot be differentiated; take a slice, `&[f64]`, or a `Vec`, or mark the parameter `#[no_diff]`";
    pub const ITERATOR_VALUE: &str = "an iterator over active values cannot be stored or passed on; consume it where it is made, or `collect` it into a `Vec`";
    pub const REASSIGNED_REFERENCE: &str = "a reference to active data that is reassigned cannot be differentiated; index the data instead, or use a new `let`";
    pub const SWAPPED_REFERENCES: &str = "swapping two references to active data cannot be differentiated; swap the data: `a.swap_with_slice(b)` or two `Vec`s";
    pub const REFERENCE_BRANCHES: &str = "a branch that chooses between references to active data cannot be differentiated; choose the value, or an index";
    pub const REFERENCE_IN_VALUE: &str =
        "a reference to active data inside a value cannot be differentiated; use the data itself";
    pub const REFERENCES_IN_STRUCT: &str = "a struct that holds references to active data has a derivative where its fields are used, where it is passed to a function by `&`, and where it is returned; use the data itself here";
    pub const REFERENCES_BY_VALUE: &str = "what takes a struct that holds references to active data by value keeps them for its pullback; take it by `&`";
    pub const CHANGED_REFERENCES: &str = "a call that may change a struct which holds references to active data cannot be differentiated; pass the data and what changes as parameters of their own, or write what it does here";
    pub const GIVES_REFERENCES: &str = "what this function gives refers to active data, which is known where it is made; mark the function `#[differentiable(inline)]`, or make the struct here";
    pub const CFG: &str =
        "`#[cfg_attr]` inside a differentiated body is not evaluated; put it on the function";
    pub const TOO_MANY_CFGS: &str = "more than four `#[cfg]` predicates in one differentiated body; move the code under them into functions";
    pub const ORDER_OF_A_RULE: &str = "a rule of a function that returns `Option` or `Result` is a first derivative; leave out `order`, or return the value and check before the call";
    pub const ORDER_OF_PARTIALS: &str = "`partials` have further derivatives with respect to floats, and arrays, slices and `Vec`s of floats; leave out `order`, or take the floats one by one or in an array";
    pub const ORDER_OF_A_RULE_WITH_REFERENCES: &str = "a rule of a function of several parameters with references among them has second derivatives only where the function returns one float; leave out `order`, or take one reference to a struct";
    pub const REMAINDER: &str =
        "`%` of a type of your own has no derivative; write a method that computes it, and call that";
    pub const REFERENCE_FOR_A_GENERIC: &str = "a generic of a trait that stands for a reference has no derivative; write `&` in the trait's method, and name here what is behind it";
    pub const ORDER_OF_AN_OPERATOR: &str = "operators and conversions have first and second derivatives only; write `order = 2`, or a function in their place";
    pub const REFUTABLE: &str = "a pattern that may not match needs `let … else`, `if let` or `match`";
    pub const PATTERN: &str = "this pattern over active data cannot be differentiated; bind the value and take it apart with fields and indices";
    pub const ASSIGNED_WHILE_MATCHED: &str = "an arm that binds parts of the matched place assigns the place and goes on with it; assign it last in the arm, or `match` on a copy of it";
    pub const ROUND_TRIP: &str = "a value that went through bits or text has lost its derivative; keep the float, or give the function's partials with `partials(…)`";
    pub const ITERATOR_BY_HAND: &str = "this iterator cannot be differentiated when it is advanced by hand; write `for`, or index what it iterates over";
    pub const MAP_VALUES: &str = "what a map or a set holds has no derivative; keep the values in a `Vec`, and in the map which of them is meant";
    pub const DEQUE_SLICES: &str = "where the two slices of a `VecDeque` meet is not known; use `make_contiguous()`, `iter()` or indices";
    pub const OWN_ITERATOR: &str = "an adaptor over a user's iterator cannot be differentiated beside active values; write a `for` over it";
    pub const ERROR_LOST: &str = "the error of this result is looked at after a combinator that drops it; `match` on the result itself";
    pub const ACTIVE_ERROR: &str = "an error has no derivative, and this one holds an active value; return the value in `Ok`, or write `no_diff(…)` around it";
    pub const ERROR_LEFT: &str =
        "a closure that looks at an error and is left early cannot be differentiated; `match` on the result";
    pub const CONVERSION_THAT_MAY_FAIL: &str = "the trait of a conversion that may fail has no place for derivatives; put what it does in an associated function with the attribute, which this and differentiable functions call";
    pub const WHILE_LET: &str =
        "`while let` over this expression cannot be differentiated; write `for`, or `loop` with `break`";
    pub const BREAK_OUTSIDE: &str = "there is no loop with this label around here";
    pub const EFFECT_IN_TEXT: &str =
        "this changes a variable in code that is not differentiated; do it in a statement of its own before";
    pub const ASSIGN_TARGET: &str =
        "this cannot be assigned to in differentiated code; assign to a variable, a field or an element";
    pub const UNKNOWN_LENGTH_PATTERN: &str =
        "the length of this tuple is not known here; name its elements from the front";
    pub const ITEM: &str = "this item cannot stand in a differentiated body; move it out of the function";
    pub const MATCH_REFERENCES: &str = "a `match` on a tuple of references to active data cannot be differentiated; match on the values, or nest two `match`es";
    pub const ARRAY_LENGTH: &str =
        "the type of this array is not known here; annotate it with `let a: [f64; N] = …`";
    pub const GUARD: &str = "this guard cannot be lowered; compute it with `let` before the `match`, or write an `if` inside the arm";
    pub const CHAINED_LET: &str =
        "this combination of `let` conditions cannot be differentiated; nest `if let`s";
    pub const ENDLESS: &str = "this iterator never ends; bound it with `take` or `zip`";
    pub const EFFECTS: &str = "this leaves out items for which a closure changes what it captured, and cannot be differentiated; write a `for` loop";
    pub const CYCLE: &str = "`cycle` after an adaptor that drops or adds items cannot be differentiated; `collect` into a `Vec` first, and go round in that";
    pub const REV: &str =
        "`rev` after this adaptor cannot be differentiated; put `rev` first, or write a loop";
    pub const BOXED: &str =
        "a pointer type around active data cannot be differentiated here; use the value, a slice or a `Vec`";
    pub const SORT: &str = "a sort with this comparison cannot be differentiated; sort by `partial_cmp` or `total_cmp` of the elements, or of a field";
    pub const NAMELESS_LIFETIME: &str = "derivatives of one method cannot name the lifetime `'_` of its block; put the attribute on the block, or write `impl<'a> Type<'a>`";
    pub const LOST_ERROR: &str = "the error of this `Result` is not kept once a method is called on it; write `?` behind the call that gives it, or `match` on it";
    pub const QUESTION_OUTSIDE: &str = "`?` needs a function that returns `Option` or `Result`";
    pub const QUESTION_IN_CLOSURE: &str = "nothing shows whether this closure gives an `Option` or a `Result`; write its type, as in `|x| -> Option<f64> { … }`";

    pub fn missing_partial(name: &str) -> String {
        format!(
            "`partials(…)` does not give the derivative with respect to `{name}`; add `{name} = …`, or mark the parameter `#[no_diff]`"
        )
    }
    pub fn unknown_partial(name: &str) -> String {
        format!("`{name}` is no active parameter of this function")
    }
    pub fn unknown_option(name: &str) -> String {
        format!(
            "unknown option `{name}`; the options are `wrt(…)`, `order = N`, `allow_unused`, `recursive`, `inline`, `partials(…)`, `jvp = …`, `vjp = …` and `crate = …`"
        )
    }
    pub fn repeated_option(name: &str) -> String {
        format!("the option `{name}` is given twice")
    }
    pub fn not_a_parameter(name: &str) -> String {
        format!("`{name}` is no parameter of this function; `wrt` names parameters only")
    }
    pub fn repeated_wrt(name: &str) -> String {
        format!("`wrt` names `{name}` twice; name each parameter once")
    }
    pub fn inactive_wrt(name: &str) -> String {
        format!("`{name}` has no derivative: its type is an integer, a bool or a string")
    }
    pub fn function_or_import(name: &str) -> String {
        format!(
            "`{name}` may be the function of this file, or one that a `use …::*` in the body brings in; call it by its path"
        )
    }
    pub fn inner_item(name: &str) -> String {
        format!(
            "this item would be visible in all of the derivative, where `{name}` is used outside of this block too; move it to the start of the function, or give it another name"
        )
    }

    pub fn no_diff_wrt(name: &str) -> String {
        format!("`{name}` is named by `wrt` and marked `#[no_diff]`; drop one of them")
    }
    pub fn unused_parameter(name: &str) -> String {
        format!(
            "no output depends on `{name}` in a differentiable way: its gradient would be zero; mark it `#[no_diff]`, name it `_{name}`, or write `#[differentiable(allow_unused)]`"
        )
    }
    pub fn derivative_of_changing(owner: &str, name: &str) -> String {
        format!(
            "`{owner}::{name}` has no derivative, since `{owner}` changes what it is passed by `&mut`; let a function that returns the result instead be differentiated here"
        )
    }
    pub fn hessian_of_struct(owner: &str) -> String {
        format!(
            "`{owner}::hessian` has no derivative where a parameter is a struct; `{owner}::hvp` along the directions in question has one"
        )
    }
    pub fn option_form(problem: &str, written: &str) -> String {
        format!("{problem}; write `{written}`")
    }
    pub fn unknown_method(name: &str) -> String {
        format!(
            "`.{name}(…)` on active values cannot be differentiated; write it out with known operations, or call an annotated function"
        )
    }
    pub fn own_reference(name: &str) -> String {
        format!(
            "`.{name}()` is that of this file, and the reference to active data that it gives cannot be followed; `match` on the value or name its field instead, or write the receiver's type if it is another"
        )
    }
    pub fn unknown_function(name: &str) -> String {
        format!("`{name}(…)` on active values cannot be differentiated; call an annotated function")
    }
    pub fn underived(name: &str) -> String {
        format!(
            "`{name}` has no derivative; put `#[derive(Differentiable)]` on it, or `#[no_diff]` here if a constant is meant"
        )
    }
    pub fn unannotated_trait(name: &str) -> String {
        format!(
            "the trait `{name}` has no derivatives that this could be one of; put `#[differentiable]` on the trait too"
        )
    }
    pub fn unannotated(name: &str) -> String {
        format!(
            "`{name}` has no derivative, and something active goes into it; put `#[differentiable]` on it, or write `no_diff(…)` around the call if a constant is meant"
        )
    }
    pub fn of_libm(name: &str) -> String {
        format!(
            "`{name}` of the crate `libm` has no derivative, and something active goes into it; give a wrapper of it `partials(…)`"
        )
    }
    pub fn of_num_traits(name: &str) -> String {
        format!(
            "`{name}` of the crate `num_traits` has a derivative for floats alone; write down what it computes"
        )
    }
    pub fn constant_parameter(name: &str, function: &str) -> String {
        format!(
            "an active value goes into `{name}`, which `{function}` does not differentiate: its derivative would be lost; write `no_diff(…)` around the argument if a constant is meant, or remove the `#[no_diff]`"
        )
    }
    pub fn unknown_adaptor(name: &str) -> String {
        format!("the iterator method `{name}` on active values cannot be differentiated; write a `for` loop")
    }
    pub fn unknown_macro(name: &str) -> String {
        format!(
            "the macro `{name}!` with active arguments cannot be differentiated: its rules are in another crate, those of one configuration, or use names that mean something else here; write out what it expands to"
        )
    }
    pub fn arguments(name: &str, expected: usize) -> String {
        format!("`{name}` takes {expected} argument{}", if expected == 1 { "" } else { "s" })
    }
    pub fn integer_literal(digits: &str) -> String {
        format!("`{digits}` is an integer beside a float; write `{digits}.0`")
    }
    pub fn integer_variable(name: &str, float: &str) -> String {
        format!("`{name}` is an integer beside a float; write `{name} as {float}`")
    }
    pub fn integer_sum(name: &str) -> String {
        format!("`{name}` begins as an integer and is given a float; begin with `0.0` or `1.0`")
    }
    pub fn bit_operation(op: &str) -> String {
        format!("`{op}` has no derivative; its operands must be integers or bools")
    }
}
