//! Corpus: structs, methods, enums, recursion, own rules, every row in every mode.
//!
//! The functions are written as people write them, oddities included: lints are off.
#![allow(clippy::all, clippy::pedantic, unused)]

#[macro_use]
mod harness;

#[path = "corpus/aggregates.rs"]
mod aggregates;
#[path = "corpus/assigning.rs"]
mod assigning;
#[path = "corpus/indexed_generics.rs"]
mod indexed_generics;
#[path = "corpus/named_like_std.rs"]
mod named_like_std;
#[path = "corpus/sets_and_maps.rs"]
mod sets_and_maps;

#[path = "corpus/structs.rs"]
mod structs;

#[path = "corpus/fields.rs"]
mod fields;

#[path = "corpus/small_functions.rs"]
mod small_functions;

#[path = "corpus/methods.rs"]
mod methods;

#[path = "corpus/lent_fields.rs"]
mod lent_fields;
#[path = "corpus/lent_parts.rs"]
mod lent_parts;

#[path = "corpus/kinds_and_boxes.rs"]
mod kinds_and_boxes;

#[path = "corpus/enums_options.rs"]
mod enums_options;

#[path = "corpus/recursion.rs"]
mod recursion;

#[path = "corpus/own_rules.rs"]
mod own_rules;

#[path = "corpus/option_methods.rs"]
mod option_methods;
#[path = "corpus/stored_results.rs"]
mod stored_results;

#[path = "corpus/option_combinators.rs"]
mod option_combinators;

#[path = "corpus/unclonable.rs"]
mod unclonable;
#[path = "corpus/user_numbers.rs"]
mod user_numbers;

#[path = "corpus/conversions.rs"]
mod conversions;

#[path = "corpus/conversion_rules.rs"]
mod conversion_rules;

#[path = "corpus/geometry.rs"]
mod geometry;

#[path = "corpus/generic_types.rs"]
mod generic_types;

#[path = "corpus/at_order_two.rs"]
mod at_order_two;

#[path = "corpus/dimensions.rs"]
mod dimensions;

#[path = "corpus/reference_operators.rs"]
mod reference_operators;

#[path = "corpus/own_indices.rs"]
mod own_indices;

#[path = "corpus/own_trees.rs"]
mod own_trees;

#[path = "corpus/matrices.rs"]
mod matrices;

#[path = "corpus/variants.rs"]
mod variants;

#[path = "corpus/told_by_the_whole.rs"]
mod told_by_the_whole;

#[path = "corpus/bounds.rs"]
mod bounds;
#[path = "corpus/of_generics.rs"]
mod of_generics;

#[path = "corpus/checked_integers.rs"]
mod checked_integers;
#[path = "corpus/chosen_parts.rs"]
mod chosen_parts;
#[path = "corpus/handled_errors.rs"]
mod handled_errors;
#[path = "corpus/told_by_arguments.rs"]
mod told_by_arguments;
