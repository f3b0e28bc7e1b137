//! Closures that change what they captured: they run for every item that is asked for, whether or not
//! anybody wants it: `xs.iter().map(|x| { sum += x; sum }).skip(3)` adds up from the start.
//!
//! What can be had by its index is had without the items before it, so these are passed on in turn
//! where an adaptor leaves items out.

use super::source::Indexed;
use super::{Source, Stage, Stream};
use crate::diagnostics::message;
use crate::lower::Lowerer;
use crate::lower::as_it_was::root;
use crate::lower::closure::Closure;
use crate::lower::scope::Operand;
use crate::lower::stmt::compound_op;
use syn::visit::{self, Visit};

impl Lowerer<'_> {
    /// The stream with closures that change something as stages.
    pub(super) fn in_turn(&mut self, stream: Stream) -> Stream {
        let Stream { source, mut stages, cursor, tokens } = stream;
        let source = match source {
            Source::Indexed(source) if stages.is_empty() && self.changes(&source) => source,
            source => return Stream { source, stages, cursor, tokens },
        };
        match self.peeled(source, &mut stages) {
            Some(source) => Stream { source: Source::Indexed(source), stages, cursor, tokens },
            None => {
                self.error(&tokens, message::EFFECTS);
                Stream::of(Indexed::Empty, tokens)
            }
        }
    }

    fn peeled(&self, source: Indexed, stages: &mut Vec<Stage>) -> Option<Indexed> {
        if !self.changes(&source) {
            return Some(source);
        }
        let (inner, stage) = match source {
            Indexed::Map(inner, closure) => (*inner, Stage::Map(closure)),
            Indexed::Copied(inner) => (*inner, Stage::Copied),
            Indexed::Enumerate(inner) => (*inner, Stage::Enumerate),
            Indexed::Take(inner, count) => (*inner, Stage::Take(count)),
            // The rest of an iterator: what was asked for before is not asked for again.
            Indexed::Skip(inner, count) => match *inner {
                Indexed::Map(inner, closure) => (Indexed::Skip(inner, count), Stage::Map(closure)),
                Indexed::Copied(inner) => (Indexed::Skip(inner, count), Stage::Copied),
                _ => return None,
            },
            Indexed::Elements { .. }
            | Indexed::Range { .. }
            | Indexed::From { .. }
            | Indexed::Counter
            | Indexed::Repeat(_)
            | Indexed::Once(_)
            | Indexed::Empty
            | Indexed::Chunks { .. }
            | Indexed::Windows { .. }
            | Indexed::Zip(..)
            | Indexed::Rev(_)
            | Indexed::StepBy(..)
            | Indexed::Cycle(_) => return None,
        };
        let base = self.peeled(inner, stages)?;
        stages.push(stage);
        Some(base)
    }

    /// Whether giving an item changes something.
    pub(super) fn changes(&self, source: &Indexed) -> bool {
        match source {
            Indexed::Map(inner, closure) => self.changes(inner) || self.is_stateful(closure),
            Indexed::Zip(a, b) => self.changes(a) || self.changes(b),
            Indexed::Enumerate(inner)
            | Indexed::Copied(inner)
            | Indexed::Rev(inner)
            | Indexed::Skip(inner, _)
            | Indexed::Take(inner, _)
            | Indexed::StepBy(inner, _)
            | Indexed::Cycle(inner) => self.changes(inner),
            Indexed::Elements { .. }
            | Indexed::Range { .. }
            | Indexed::From { .. }
            | Indexed::Counter
            | Indexed::Repeat(_)
            | Indexed::Once(_)
            | Indexed::Empty
            | Indexed::Chunks { .. }
            | Indexed::Windows { .. } => false,
        }
    }

    /// Whether a closure may change what it captured.
    fn is_stateful(&self, closure: &Closure) -> bool {
        struct Changed<'a> {
            names: Vec<&'a syn::Ident>,
            called: Vec<&'a syn::Ident>,
        }
        impl<'ast> Visit<'ast> for Changed<'ast> {
            fn visit_expr(&mut self, expr: &'ast syn::Expr) {
                let target = match expr {
                    syn::Expr::Assign(assign) => root(&assign.left),
                    syn::Expr::Binary(binary) if compound_op(&binary.op).is_some() => root(&binary.left),
                    syn::Expr::Reference(reference) if reference.mutability.is_some() => {
                        root(&reference.expr)
                    }
                    syn::Expr::MethodCall(call) => root(&call.receiver),
                    _ => None,
                };
                self.names.extend(target);
                if let syn::Expr::Call(call) = expr {
                    self.called.extend(root(&call.func));
                    // A reference that is passed on is lent again.
                    self.names.extend(call.args.iter().filter_map(root));
                }
                visit::visit_expr(self, expr);
            }
        }
        let mut changed = Changed { names: Vec::new(), called: Vec::new() };
        changed.visit_expr(&closure.body);
        let local = |name: &syn::Ident| closure.scopes.local(&name.to_string());
        let can_change = |name: &&syn::Ident| match local(name) {
            Some(Operand::Place(place)) => {
                let info = self.f.info(place.root);
                info.mutable || info.by_ref == Some(true)
            }
            Some(Operand::Ref(_, mutable)) => *mutable,
            Some(Operand::Stream(_) | Operand::Tuple(_)) => true,
            Some(Operand::Value(_) | Operand::Closure(_) | Operand::Maybe(_)) | None => false,
        };
        let calls_one = changed
            .called
            .iter()
            .any(|name| matches!(local(name), Some(Operand::Closure(inner)) if self.is_stateful(inner)));
        changed.names.iter().any(can_change) || calls_one
    }
}
