//! Iterator chains: a stream of items, driven by one loop with the consumer inside.
//!
//! What can be indexed stays indexed (`source`): slices, ranges, chunks, and what `zip`,
//! `enumerate`, `rev`, `skip`, `take`, `step_by` and `map` make of them. The adaptors that drop
//! items or stop become stages of the loop's body (`drive`).

mod build;
mod chosen;
pub(super) use chosen::Form;
pub(super) use consume::written_array;
mod consume;
mod drive;
mod effects;
mod held;
mod search;
mod source;

use super::closure::Closure;
use super::scope::Operand;
use crate::ir::{Expr, Var};
use proc_macro2::TokenStream;
use source::Indexed;
use std::rc::Rc;

/// An iterator that has not been driven yet.
#[derive(Clone)]
pub(super) struct Stream {
    source: Source,
    stages: Vec<Stage>,
    /// Where it stands, if it is advanced by hand: how many items have been taken.
    cursor: Option<Var>,
    /// For errors.
    pub tokens: TokenStream,
}

#[derive(Clone)]
enum Source {
    Indexed(Indexed),
    /// One after the other.
    Chain(Vec<Stream>),
    /// `successors(first, next)`, `from_fn(next)`: the state, and the closure that gives the next.
    Successors {
        first: Operand,
        next: Rc<Closure>,
    },
}

/// What happens to an item on its way to the consumer.
#[derive(Clone)]
enum Stage {
    Map(Rc<Closure>),
    Filter(Rc<Closure>),
    FilterMap(Rc<Closure>),
    TakeWhile(Rc<Closure>),
    MapWhile(Rc<Closure>),
    SkipWhile(Rc<Closure>),
    Scan(Var, Rc<Closure>),
    FlatMap(Rc<Closure>),
    Flatten,
    Inspect(Rc<Closure>),
    Copied,
    Enumerate,
    Take(Expr),
    Skip(Expr),
    StepBy(Expr),
    Zip(Indexed),
    /// Counts the items of an iterator that is used again afterwards.
    Advance(Var),
}

impl Stream {
    fn of(source: Indexed, tokens: TokenStream) -> Stream {
        Stream { source: Source::Indexed(source), stages: Vec::new(), cursor: None, tokens }
    }

    /// Whether the items are references, where that is known.
    fn gives_references(&self) -> Option<bool> {
        for stage in self.stages.iter().rev() {
            match stage {
                Stage::Copied => return Some(false),
                Stage::Map(closure) => return closure.gives_reference(),
                Stage::Filter(_)
                | Stage::TakeWhile(_)
                | Stage::SkipWhile(_)
                | Stage::Inspect(_)
                | Stage::Take(_)
                | Stage::Skip(_)
                | Stage::StepBy(_)
                | Stage::Advance(_) => {}
                Stage::FilterMap(_)
                | Stage::MapWhile(_)
                | Stage::Scan(..)
                | Stage::FlatMap(_)
                | Stage::Flatten
                | Stage::Enumerate
                | Stage::Zip(_) => return None,
            }
        }
        match &self.source {
            Source::Indexed(source) => source.gives_references(),
            Source::Chain(parts) => {
                let first = parts.first()?.gives_references()?;
                parts.iter().all(|part| part.gives_references() == Some(first)).then_some(first)
            }
            Source::Successors { .. } => None,
        }
    }

    /// The bounds of a plain range.
    pub(super) fn as_range(&self) -> Option<(Expr, Expr)> {
        match (&self.source, &self.stages[..]) {
            (Source::Indexed(Indexed::Range { lo, hi }), []) if self.cursor.is_none() => {
                Some((lo.clone(), hi.clone()))
            }
            _ => None,
        }
    }
}
