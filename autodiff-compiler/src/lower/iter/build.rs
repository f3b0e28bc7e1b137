//! Reading iterator chains.

use super::source::{By, Indexed};
use super::{Source, Stage, Stream};
use crate::diagnostics::message;
use crate::ir::{Expr, Stmt, Ty};
use crate::lower::Lowerer;
use crate::lower::closure::Closure;
use crate::lower::pattern::usize_lit;
use crate::lower::scope::Operand;
use crate::lower::stmt::unparen;
use crate::lower::types::usize_ty;
use quote::ToTokens;
use std::rc::Rc;

impl Lowerer<'_> {
    /// The stream that an expression is; `None`, without having emitted anything, if it is none.
    pub(in crate::lower) fn stream_of(&mut self, expr: &syn::Expr) -> Option<Stream> {
        self.is_stream(expr).then(|| self.build(expr))
    }

    /// Whether an expression is an iterator that lowering knows.
    pub(in crate::lower) fn is_stream(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Range(range) => range.start.is_some() && !self.is_interval(range),
            syn::Expr::Path(path) => {
                let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
                matches!(local, Some(Operand::Stream(_)))
            }
            syn::Expr::Reference(reference) => self.is_stream(&reference.expr),
            syn::Expr::Call(call) => self.iter_function(&call.func).is_some_and(|(name, arity)| {
                call.args.len() == arity
                    && (name != "zip" || call.args.iter().all(|arg| self.is_collection(arg)))
            }),
            syn::Expr::MethodCall(call) => {
                let name = call.method.to_string();
                match (name.as_str(), call.args.len()) {
                    ("iter" | "keys" | "values", 0) if self.is_lending(call) => true,
                    ("iter" | "iter_mut" | "into_iter", 0) => {
                        self.is_stream(&call.receiver)
                            || self.is_indexable(&call.receiver)
                            || name == "into_iter" && self.is_gathered(&call.receiver)
                    }
                    ("drain", 1) => {
                        matches!(call.args[0], syn::Expr::Range(_)) && self.is_indexable(&call.receiver)
                    }
                    ("splice", 2) => {
                        matches!(call.args[0], syn::Expr::Range(_)) && self.is_indexable(&call.receiver)
                    }
                    ("chunk_by", 1) => self.is_indexable(&call.receiver),
                    ("range" | "range_mut", 1) => {
                        matches!(call.args[0], syn::Expr::Range(_))
                            && matches!(self.type_of(&call.receiver), Ty::Deque(_))
                    }
                    (name, 1) if name == "windows" || is_chunks(name) => self.is_indexable(&call.receiver),
                    (
                        "copied" | "cloned" | "rev" | "enumerate" | "by_ref" | "flatten" | "fuse"
                        | "peekable" | "clone" | "cycle",
                        0,
                    ) => self.is_stream(&call.receiver),
                    ("zip" | "chain", 1) => {
                        self.is_stream(&call.receiver) && self.is_collection(&call.args[0])
                    }
                    (
                        "map" | "filter" | "filter_map" | "take_while" | "map_while" | "skip_while"
                        | "flat_map" | "inspect" | "take" | "skip" | "step_by",
                        1,
                    ) => self.is_stream(&call.receiver),
                    ("scan", 2) => self.is_stream(&call.receiver),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a call gives references to what a map or a set without a derivative holds.
    fn is_lending(&self, call: &syn::ExprMethodCall) -> bool {
        let place = self.place_by_names(&call.receiver);
        let ty = place.map_or(Ty::Unknown, |place| self.f.place_ty(&place));
        matches!(ty, Ty::Inert) || crate::lower::maps::is_of_std(&ty)
    }

    /// Whether an argument of `zip` or `chain` is something we can iterate over.
    fn is_collection(&self, expr: &syn::Expr) -> bool {
        self.is_stream(expr) || self.is_indexable(expr)
    }

    /// Whether a local is a collection whose items are gathered.
    fn is_gathered(&self, expr: &syn::Expr) -> bool {
        let syn::Expr::Path(path) = unparen(expr) else { return false };
        match path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string())) {
            Some(Operand::Place(place)) => self.is_foreign(&self.f.place_ty(place)),
            _ => false,
        }
    }

    fn is_indexable(&self, expr: &syn::Expr) -> bool {
        match unparen(expr) {
            syn::Expr::Path(path) => {
                match path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string())) {
                    Some(Operand::Place(place) | Operand::Ref(place, _)) => {
                        !self.is_foreign(&self.f.place_ty(place))
                    }
                    Some(Operand::Value(value)) => !self.is_foreign(&value.ty(&self.f)),
                    Some(Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_)) => false,
                    Some(Operand::Maybe(_)) => true,
                    // A constant array.
                    None => true,
                }
            }
            syn::Expr::Field(field) => self.is_indexable_base(&field.base),
            syn::Expr::Index(_) | syn::Expr::Array(_) | syn::Expr::Macro(_) | syn::Expr::Call(_) => true,
            syn::Expr::Repeat(_) => true,
            syn::Expr::Reference(reference) => self.is_indexable(&reference.expr),
            syn::Expr::Unary(unary) => {
                matches!(unary.op, syn::UnOp::Deref(_)) && self.is_indexable(&unary.expr)
            }
            syn::Expr::MethodCall(call) => !matches!(
                call.method.to_string().as_str(),
                "chars"
                    | "bytes"
                    | "lines"
                    | "split"
                    | "split_whitespace"
                    | "keys"
                    | "values"
                    | "iter"
                    | "into_iter"
            ),
            syn::Expr::If(_) | syn::Expr::Match(_) | syn::Expr::Block(_) => true,
            _ => false,
        }
    }

    fn is_indexable_base(&self, expr: &syn::Expr) -> bool {
        !matches!(unparen(expr), syn::Expr::Closure(_))
    }

    pub(super) fn build(&mut self, expr: &syn::Expr) -> Stream {
        let tokens = expr.to_token_stream();
        match unparen(expr) {
            syn::Expr::Range(range) => {
                let source = self.range_source(range);
                Stream::of(source, tokens)
            }
            syn::Expr::Path(path) => {
                let local = path.path.get_ident().and_then(|name| self.scopes.local(&name.to_string()));
                match local {
                    Some(Operand::Stream(stream)) => {
                        let stream = (**stream).clone();
                        self.rest_of(stream)
                    }
                    _ => Stream::of(Indexed::Empty, tokens),
                }
            }
            syn::Expr::Reference(reference) => self.borrowed(&reference.expr),
            syn::Expr::Call(call) => self.build_function(call),
            syn::Expr::MethodCall(call) => self.build_method(call),
            _ => Stream::of(Indexed::Empty, tokens),
        }
    }

    /// A function of `std::iter`, by its path or by an import, with its arity.
    fn iter_function(&self, func: &syn::Expr) -> Option<(&'static str, usize)> {
        let syn::Expr::Path(path) = unparen(func) else { return None };
        let mut segments = path.path.segments.iter().rev();
        let name = &segments.next()?.ident;
        let is_of_iter = match segments.next() {
            Some(module) => module.ident == "iter",
            None => {
                let text = name.to_string();
                let of = |of: &str| self.around.imported_from(&[of, "iter"], &text).as_ref() == Some(&text);
                !self.is_own_name(&text) && (of("std") || of("core"))
            }
        };
        FUNCTIONS.into_iter().find(|(known, _)| is_of_iter && name == known)
    }

    fn build_function(&mut self, call: &syn::ExprCall) -> Stream {
        let tokens = call.to_token_stream();
        let name = self.iter_function(&call.func).map_or("", |(name, _)| name);
        let args: Vec<&syn::Expr> = call.args.iter().collect();
        if let syn::Expr::Path(path) = unparen(&call.func) {
            self.claim_function(path, None);
        }
        match (name, &args[..]) {
            ("repeat" | "once", [item]) => {
                let operand = self.held_item(item);
                match name {
                    "repeat" => Stream::of(Indexed::Repeat(operand), tokens),
                    _ => Stream::of(Indexed::Once(operand), tokens),
                }
            }
            ("repeat_n", [item, count]) => {
                let operand = self.held_item(item);
                let count = self.count_of(count);
                Stream::of(Indexed::Take(Box::new(Indexed::Repeat(operand)), count), tokens)
            }
            ("zip", [a, b]) => {
                let (a, b) = (self.iterable(a), self.iterable(b));
                self.zipped(a, b, tokens)
            }
            ("repeat_with" | "from_fn", [next]) => {
                let next = self.callable(next);
                let source = Indexed::Map(Box::new(Indexed::Repeat(Operand::unit())), next);
                let mut stream = Stream::of(source, tokens);
                if name == "from_fn" {
                    let whole: syn::ExprClosure = syn::parse_quote!(|item| item);
                    stream.stages.push(Stage::MapWhile(Rc::new(Closure::new(self, &whole))));
                }
                stream
            }
            ("successors", [first, next]) => {
                let first = self.operand(first, &Ty::Unknown);
                let next = self.callable(next);
                Stream {
                    source: Source::Successors { first, next },
                    stages: Vec::new(),
                    cursor: None,
                    tokens,
                }
            }
            _ => Stream::of(Indexed::Empty, tokens),
        }
    }

    fn build_method(&mut self, call: &syn::ExprMethodCall) -> Stream {
        let tokens = call.to_token_stream();
        let name = call.method.to_string();
        let receiver = &call.receiver;
        match name.as_str() {
            "keys" | "values" => {
                let (text, args, vars) = self.opaque_parts(&syn::Expr::MethodCall(call.clone()));
                return self.gathered_references(text, args, vars, tokens);
            }
            "iter" | "iter_mut" | "into_iter" if !self.is_stream(receiver) => {
                let operand = self.operand(receiver, &Ty::Unknown);
                let temporary = matches!(operand, Operand::Value(_));
                let operand = self.place_operand(operand);
                if let Operand::Place(place) = &operand
                    && temporary
                    && name == "iter_mut"
                    && place.is_var()
                {
                    self.f.vars[place.root.0].mutable = true;
                }
                let operand = match (name.as_str(), operand) {
                    ("iter", Operand::Place(place) | Operand::Ref(place, _)) => Operand::Ref(place, false),
                    ("iter_mut", Operand::Place(place) | Operand::Ref(place, _)) => Operand::Ref(place, true),
                    (_, operand) => operand,
                };
                return self.elements_of(operand, tokens);
            }
            name if name == "windows" || is_chunks(name) => {
                let operand = self.operand(receiver, &Ty::Unknown);
                let operand = self.place_operand(operand);
                let size = self.count_of(&call.args[0]);
                let (Operand::Place(place) | Operand::Ref(place, _)) = operand else {
                    self.error(receiver, message::UNKNOWN_SYNTAX);
                    return Stream::of(Indexed::Empty, tokens);
                };
                let source = match name {
                    "windows" => Indexed::Windows { place, size },
                    name => Indexed::Chunks {
                        place,
                        size,
                        exact: name.contains("exact"),
                        mutable: name.ends_with("mut"),
                        from_end: name.starts_with('r'),
                    },
                };
                return Stream::of(source, tokens);
            }
            "chunk_by" => {
                let operand = self.operand(receiver, &Ty::Unknown);
                let slice = match self.place_operand(operand) {
                    Operand::Place(place) => Operand::Ref(place, false),
                    other => other,
                };
                let pieces = self.chunks_by(slice, &call.args[0], call.method.span());
                return self.elements_of(pieces, tokens);
            }
            "splice" => {
                let operand = self.operand(receiver, &Ty::Unknown);
                let operand = self.place_operand(operand);
                let (Operand::Place(place) | Operand::Ref(place, _), syn::Expr::Range(range)) =
                    (operand, &call.args[0])
                else {
                    self.error(receiver, message::UNKNOWN_SYNTAX);
                    return Stream::of(Indexed::Empty, tokens);
                };
                let items = self.iterable(&call.args[1]);
                let taken = self.spliced(&place, range, Operand::Stream(Rc::new(items)));
                return self.elements_of(taken, tokens);
            }
            "range" | "range_mut" => {
                let operand = self.operand(receiver, &Ty::Unknown);
                let operand = self.place_operand(operand);
                let (Operand::Place(place) | Operand::Ref(place, _), syn::Expr::Range(range)) =
                    (operand, &call.args[0])
                else {
                    self.error(receiver, message::UNKNOWN_SYNTAX);
                    return Stream::of(Indexed::Empty, tokens);
                };
                let (lo, hi) = self.range_bounds(range);
                let by = if name == "range" { By::Ref } else { By::RefMut };
                let whole = place.clone();
                let mut source = Indexed::Elements { place, by };
                if let Some(hi) = hi {
                    let len = self.length(&whole);
                    let tokens =
                        quote::quote!(::core::assert!(__hole_0 <= __hole_1, "a range beyond the end"));
                    self.emit(Stmt::Effect { tokens, args: vec![hi.clone(), len], diverges: false });
                    source = Indexed::Take(Box::new(source), hi);
                }
                if let Some(lo) = lo {
                    source = Indexed::Skip(Box::new(source), lo);
                }
                return Stream::of(source, tokens);
            }
            "drain" => {
                let operand = self.operand(receiver, &Ty::Unknown);
                let operand = self.place_operand(operand);
                let (Operand::Place(place) | Operand::Ref(place, _), syn::Expr::Range(range)) =
                    (operand, &call.args[0])
                else {
                    self.error(receiver, message::UNKNOWN_SYNTAX);
                    return Stream::of(Indexed::Empty, tokens);
                };
                let taken = self.drained(&place, range);
                return self.elements_of(taken, tokens);
            }
            _ => {}
        }
        let mut stream = if name == "by_ref" { self.borrowed(receiver) } else { self.build(receiver) };
        stream.tokens = tokens;
        match name.as_str() {
            "iter" | "iter_mut" | "into_iter" | "by_ref" | "fuse" | "peekable" | "clone" => stream,
            "copied" | "cloned" => {
                self.adapt(stream, |source| Indexed::Copied(Box::new(source)), Stage::Copied)
            }
            "rev" => self.reverse(stream, call),
            "cycle" => match (&stream.source, stream.stages.is_empty()) {
                (Source::Indexed(source), true) => {
                    let source = Indexed::Cycle(Box::new(source.clone()));
                    Stream { source: Source::Indexed(source), ..stream }
                }
                _ => {
                    self.error(call, message::CYCLE);
                    stream
                }
            },
            "enumerate" => {
                self.adapt(stream, |source| Indexed::Enumerate(Box::new(source)), Stage::Enumerate)
            }
            "zip" => {
                let other = self.iterable(&call.args[0]);
                let tokens = stream.tokens.clone();
                self.zipped(stream, other, tokens)
            }
            "chain" => {
                let other = self.iterable(&call.args[0]);
                let tokens = stream.tokens.clone();
                let mut parts = match (stream.source, stream.stages.is_empty()) {
                    (Source::Chain(parts), true) => parts,
                    (source, _) => {
                        vec![Stream { source, stages: stream.stages, cursor: None, tokens: stream.tokens }]
                    }
                };
                parts.push(other);
                Stream { source: Source::Chain(parts), stages: Vec::new(), cursor: None, tokens }
            }
            "take" | "skip" | "step_by" => {
                let count = self.count_of(&call.args[0]);
                let stream = if name == "take" { stream } else { self.in_turn(stream) };
                let stage = match name.as_str() {
                    "take" => Stage::Take(count.clone()),
                    "skip" => Stage::Skip(count.clone()),
                    _ => Stage::StepBy(count.clone()),
                };
                self.adapt(
                    stream,
                    |source| match name.as_str() {
                        "take" => Indexed::Take(Box::new(source), count),
                        "skip" => Indexed::Skip(Box::new(source), count),
                        _ => Indexed::StepBy(Box::new(source), count),
                    },
                    stage,
                )
            }
            "map" => {
                let closure = self.callable(&call.args[0]);
                let stage = Stage::Map(Rc::clone(&closure));
                self.adapt(stream, |source| Indexed::Map(Box::new(source), closure), stage)
            }
            "scan" => {
                let operand = self.operand(&call.args[0], &Ty::Unknown);
                let value = self.owned(operand);
                let state = self.temp_var("state", value);
                self.f.vars[state.0].mutable = true;
                let closure = self.callable(&call.args[1]);
                stream.stages.push(Stage::Scan(state, closure));
                stream
            }
            "flatten" => {
                stream.stages.push(Stage::Flatten);
                stream
            }
            name => {
                let closure = self.callable(&call.args[0]);
                stream.stages.push(match name {
                    "filter" => Stage::Filter(closure),
                    "filter_map" => Stage::FilterMap(closure),
                    "take_while" => Stage::TakeWhile(closure),
                    "map_while" => Stage::MapWhile(closure),
                    "skip_while" => Stage::SkipWhile(closure),
                    "flat_map" => Stage::FlatMap(closure),
                    _ => Stage::Inspect(closure),
                });
                stream
            }
        }
    }

    /// An item that is given later, as it is now.
    fn held_item(&mut self, item: &syn::Expr) -> Operand {
        let operand = self.operand(item, &Ty::Unknown);
        match self.located(operand, "item") {
            Operand::Place(place) => Operand::Place(self.as_it_was(place)),
            other => other,
        }
    }

    /// Adds an adaptor: to what is indexed where it still is, else as a stage.
    fn adapt(
        &mut self,
        mut stream: Stream,
        indexed: impl FnOnce(Indexed) -> Indexed,
        stage: Stage,
    ) -> Stream {
        match (stream.source, stream.stages.is_empty()) {
            (Source::Indexed(source), true) => Stream {
                source: Source::Indexed(indexed(source)),
                ..Stream::of(Indexed::Empty, stream.tokens)
            },
            (source, _) => {
                stream.stages.push(stage);
                Stream { source, stages: stream.stages, cursor: None, tokens: stream.tokens }
            }
        }
    }

    fn reverse(&mut self, stream: Stream, call: &syn::ExprMethodCall) -> Stream {
        // Stages that look at one item each do not mind the direction.
        let free = stream.stages.iter().all(|stage| {
            matches!(
                stage,
                Stage::Map(_) | Stage::Filter(_) | Stage::FilterMap(_) | Stage::Copied | Stage::Inspect(_)
            )
        });
        match stream.source {
            Source::Indexed(source) if free => Stream {
                source: Source::Indexed(source.reversed()),
                stages: stream.stages,
                cursor: None,
                tokens: stream.tokens,
            },
            Source::Chain(parts) if free && parts.iter().all(Stream::is_reversible) => {
                let parts = parts.into_iter().rev().map(Stream::reversed).collect();
                Stream {
                    source: Source::Chain(parts),
                    stages: stream.stages,
                    cursor: None,
                    tokens: stream.tokens,
                }
            }
            source @ (Source::Indexed(_) | Source::Chain(_) | Source::Successors { .. }) => {
                self.error(call, message::REV);
                Stream { source, stages: stream.stages, cursor: None, tokens: stream.tokens }
            }
        }
    }

    fn zipped(&mut self, a: Stream, b: Stream, tokens: proc_macro2::TokenStream) -> Stream {
        // Its item is asked for before the other's.
        let mut a = self.in_turn(a);
        match (a.source, a.stages.is_empty(), b.source, b.stages.is_empty()) {
            (Source::Indexed(a), true, Source::Indexed(b), true) => {
                Stream::of(Indexed::Zip(Box::new(a), Box::new(b)), tokens)
            }
            (source, _, Source::Indexed(b), true) => {
                let b = self.hoist_lengths(b);
                a.stages.push(Stage::Zip(b));
                Stream { source, stages: a.stages, cursor: None, tokens }
            }
            // What cannot be indexed is driven, no further than the other goes.
            (Source::Indexed(a), true, source, _) => {
                let a = self.hoist_lengths(a);
                let mut stages = b.stages;
                stages.extend(self.indexed_len(&a).map(Stage::Take));
                stages.push(Stage::Zip(a));
                let turned: syn::ExprClosure = syn::parse_quote!(|(second, first)| (first, second));
                stages.push(Stage::Map(Rc::new(Closure::new(self, &turned))));
                Stream { source, stages, cursor: b.cursor, tokens }
            }
            _ => {
                self.error(&tokens, message::unknown_adaptor("zip"));
                Stream::of(Indexed::Empty, tokens)
            }
        }
    }

    /// A count of items, an atom.
    pub(in crate::lower) fn count_of(&mut self, expr: &syn::Expr) -> Expr {
        let value = self.inactive(expr, &usize_ty());
        self.index_atom(value)
    }

    /// An argument that is called: a closure, or the path of a function.
    pub(in crate::lower) fn callable(&mut self, expr: &syn::Expr) -> Rc<Closure> {
        let inner = match unparen(expr) {
            syn::Expr::Reference(reference) => unparen(&reference.expr),
            other => other,
        };
        if let syn::Expr::Path(path) = inner
            && let Some(name) = path.path.get_ident()
            && let Some(Operand::Closure(closure)) = self.scopes.local(&name.to_string())
        {
            return Rc::clone(closure);
        }
        match inner {
            syn::Expr::Closure(closure) => Rc::new(Closure::new(self, closure)),
            other => Rc::new(Closure::of_path(self, other)),
        }
    }

    /// `Some`'s payload as a stream of one, if it is there.
    pub(super) fn optional_items(&mut self, maybe: &crate::lower::scope::Maybe) -> Stream {
        let cond = Expr::Select {
            cond: Box::new(maybe.some.clone()),
            then: Box::new(usize_lit(1)),
            els: Box::new(usize_lit(0)),
        };
        let count = self.index_atom(cond);
        let source = Indexed::Take(Box::new(Indexed::Repeat(maybe.payload.clone())), count);
        Stream::of(source, proc_macro2::TokenStream::new())
    }

    /// The place that an operand is, where it is a value a temporary.
    pub(in crate::lower) fn place_operand(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Value(value @ Expr::Opaque { .. })
                if matches!(value.ty(&self.f), Ty::Unknown) && !super::drive::is_constant(&value) =>
            {
                Operand::Value(value)
            }
            other => self.located(other, "items"),
        }
    }
}

impl Stream {
    fn is_reversible(&self) -> bool {
        matches!(self.source, Source::Indexed(_))
            && self
                .stages
                .iter()
                .all(|stage| matches!(stage, Stage::Map(_) | Stage::Filter(_) | Stage::Copied))
    }

    fn reversed(self) -> Stream {
        match self.source {
            Source::Indexed(source) => Stream {
                source: Source::Indexed(source.reversed()),
                stages: self.stages,
                cursor: None,
                tokens: self.tokens,
            },
            source @ (Source::Chain(_) | Source::Successors { .. }) => {
                Stream { source, stages: self.stages, cursor: None, tokens: self.tokens }
            }
        }
    }
}

/// The functions of `std::iter` that are followed, with their arity.
const FUNCTIONS: [(&str, usize); 8] = [
    ("repeat", 1),
    ("once", 1),
    ("repeat_n", 2),
    ("empty", 0),
    ("zip", 2),
    ("successors", 2),
    ("repeat_with", 1),
    ("from_fn", 1),
];

/// Whether a method cuts a slice into pieces of one length.
fn is_chunks(name: &str) -> bool {
    let name = name.strip_suffix("_mut").unwrap_or(name);
    let name = name.strip_suffix("_exact").unwrap_or(name);
    name.strip_prefix('r').unwrap_or(name) == "chunks"
}
