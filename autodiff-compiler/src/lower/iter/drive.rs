//! Driving a stream: the loop, and what happens to the items in its body.

use super::source::{By, Indexed};
use super::{Source, Stage, Stream};
use crate::diagnostics::message;
use crate::ir::{Block, Expr, Op, Place, Stmt, Ty, Var};
use crate::lower::Lowerer;
use crate::lower::expr::plus_one;
use crate::lower::frame::Fork;
use crate::lower::pattern::usize_lit;
use crate::lower::scope::{Maybe, Operand};
use proc_macro2::Span;
use quote::{ToTokens, quote};

/// What a consumer does with an item.
pub(in crate::lower) type Body<'b> = &'b mut dyn FnMut(&mut Lowerer<'_>, Operand);

/// The variables that a stage keeps between iterations.
#[derive(Clone)]
struct State {
    counter: Option<Var>,
    done: Option<Var>,
    /// The length of what is zipped.
    len: Option<Expr>,
}

impl Lowerer<'_> {
    /// What `for` iterates over.
    pub(in crate::lower) fn iterable(&mut self, expr: &syn::Expr) -> Stream {
        let tokens = expr.to_token_stream();
        if let Some(stream) = self.stream_of(expr) {
            return stream;
        }
        let operand = self.operand(expr, &Ty::Unknown);
        self.elements_of(operand, tokens)
    }

    /// A collection as a stream of its elements.
    pub(in crate::lower) fn elements_of(
        &mut self,
        operand: Operand,
        tokens: proc_macro2::TokenStream,
    ) -> Stream {
        let ty = match &operand {
            Operand::Place(place) | Operand::Ref(place, _) => self.f.place_ty(place),
            Operand::Value(value) => value.ty(&self.f),
            Operand::Maybe(_) | Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_) => Ty::Unknown,
        };
        if self.is_own_iterator(&ty) {
            self.error(&tokens, message::OWN_ITERATOR);
            return Stream::of(Indexed::Empty, tokens);
        }
        if self.is_option(&operand) && !matches!(operand, Operand::Maybe(_)) {
            let shared = !matches!(operand, Operand::Ref(_, true));
            if shared && let Some((some, payload)) = self.option_payload(operand.clone()) {
                let items = self.optional_items(&Maybe { some, payload });
                return Stream { tokens, ..items };
            }
            let mut items = Stream::of(Indexed::Once(operand), tokens);
            items.stages.push(Stage::Flatten);
            return items;
        }
        match operand {
            Operand::Stream(stream) => self.rest_of((*stream).clone()),
            Operand::Ref(place, mutable) => {
                if self.is_foreign(&self.f.place_ty(&place)) {
                    let borrow = Expr::Borrow { place: place.clone(), mutable: false };
                    if mutable {
                        return self.gathered(quote!(__hole_0), vec![borrow], vec![place.root], tokens);
                    }
                    return self.gathered_references(
                        quote!(__hole_0),
                        vec![borrow],
                        vec![place.root],
                        tokens,
                    );
                }
                let by = if mutable { By::RefMut } else { By::Ref };
                Stream::of(Indexed::Elements { place, by }, tokens)
            }
            Operand::Place(place) => {
                if self.is_foreign(&self.f.place_ty(&place)) && self.f.info(place.root).by_ref.is_some() {
                    let (root, borrow) = (place.root, Expr::Borrow { place, mutable: false });
                    return self.gathered_references(quote!(__hole_0), vec![borrow], vec![root], tokens);
                }
                if self.is_foreign(&self.f.place_ty(&place)) {
                    let root = place.root;
                    return self.gathered(quote!(__hole_0), vec![Expr::Read(place)], vec![root], tokens);
                }
                let place = if matches!(ty, Ty::Slice(_)) { place } else { self.as_it_was(place) };
                Stream::of(Indexed::Elements { place, by: By::Value }, tokens)
            }
            // A constant array, or slice: its elements are read in place.
            Operand::Value(value @ Expr::Opaque { .. }) if is_constant(&value) => {
                let var = self.temp_var("items", value);
                Stream::of(Indexed::Elements { place: Place::var(var), by: By::Ref }, tokens)
            }
            Operand::Value(Expr::Opaque { tokens: opaque, args, ty })
                if self.is_foreign(&ty) || matches!(ty, Ty::Unknown) =>
            {
                let mut vars = Vec::new();
                for arg in &args {
                    crate::ir::walk::accesses_of_expr(arg, &mut |place, _| vars.push(place.root));
                }
                self.gathered(opaque, args, vars, tokens)
            }
            Operand::Value(value) if self.is_foreign(&value.ty(&self.f)) => {
                let var = self.temp_var("items", value);
                self.gathered(quote!(__hole_0), vec![Expr::read(var)], vec![var], tokens)
            }
            Operand::Value(value) => {
                let var = self.temp_var("items", value);
                Stream::of(Indexed::Elements { place: Place::var(var), by: By::Value }, tokens)
            }
            Operand::Maybe(maybe) => {
                let items = self.optional_items(&maybe);
                Stream { tokens, ..items }
            }
            Operand::Tuple(_) | Operand::Closure(_) => {
                self.error(&tokens, message::UNKNOWN_SYNTAX);
                Stream::of(Indexed::Empty, tokens)
            }
        }
    }

    /// Whether it is an iterator of the user's own.
    pub(in crate::lower) fn is_own_iterator(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Named(ty) if matches!(&ty.written, syn::Type::Path(path)
            if path.path.segments.last().is_some_and(|last| self.around.iterates(&last.ident, "Iterator"))))
    }

    /// Whether a collection of this type cannot be indexed.
    pub(super) fn is_foreign(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Inert => true,
            Ty::Named(ty) if self.types.is_iterated(&ty.written) => true,
            Ty::Named(ty) => match &ty.written {
                syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| {
                    ["HashMap", "BTreeMap", "HashSet", "BTreeSet", "BinaryHeap", "LinkedList"]
                        .iter()
                        .any(|name| last.ident == name)
                        || self.around.iterates(&last.ident, "IntoIterator")
                }),
                _ => false,
            },
            _ => false,
        }
    }

    /// The items of an inactive iterator, gathered in a `Vec` first.
    fn gathered(
        &mut self,
        tokens: proc_macro2::TokenStream,
        args: Vec<Expr>,
        vars: Vec<Var>,
        written: proc_macro2::TokenStream,
    ) -> Stream {
        let vars = vars
            .into_iter()
            .map(|var| self.f.storage(var))
            .filter(|var| self.f.info(*var).ty.may_be_active());
        let vars = vars.collect();
        self.check(vars, &written, message::ITERATOR_VALUE);
        let krate = &self.krate;
        let tokens = quote! {
            ::core::iter::Iterator::collect::<#krate::rt::Vec<_>>(::core::iter::IntoIterator::into_iter(#tokens))
        };
        let value = Expr::Opaque { tokens, args, ty: Ty::Vec(Box::new(Ty::Unknown)) };
        let var = self.temp_var("items", value);
        Stream::of(Indexed::Elements { place: Place::var(var), by: By::Clone }, written)
    }

    /// As [`gathered`](Self::gathered), of an iterator that gives references: what they refer to is copied,
    /// as references are places here.
    pub(super) fn gathered_references(
        &mut self,
        tokens: proc_macro2::TokenStream,
        args: Vec<Expr>,
        vars: Vec<Var>,
        written: proc_macro2::TokenStream,
    ) -> Stream {
        let krate = &self.krate;
        let tokens = quote! {{
            #[allow(unused_imports)]
            use #krate::rt::{LentItem as _, OwnItem as _};
            ::core::iter::Iterator::map(
                ::core::iter::IntoIterator::into_iter(#tokens),
                |__item| #krate::rt::Item(__item).__ad_item(),
            )
        }};
        let stream = self.gathered(tokens, args, vars, written);
        match stream.source {
            Source::Indexed(Indexed::Elements { place, .. }) => {
                let source = Source::Indexed(Indexed::Elements { place, by: By::Ref });
                Stream { source, ..stream }
            }
            _ => stream,
        }
    }

    /// Drives a stream to its end, or until one of the `own` flags is set, which mean nothing
    /// afterwards.
    pub(in crate::lower) fn drive(&mut self, stream: &Stream, own: &[Var], span: Span, body: Body<'_>) {
        let states: Vec<State> = stream.stages.iter().map(|stage| self.state(stage)).collect();
        let mut own = own.to_vec();
        own.extend(states.iter().filter_map(|state| state.done));
        self.inlined += 1;
        if self.inlined > 2000 {
            return self.error(&stream.tokens, message::TOO_DEEP);
        }
        let stages = &stream.stages[..];
        match &stream.source {
            Source::Indexed(source) => {
                self.drive_indexed(source, &own, span, &mut |this, item| {
                    this.stage(stages, &states, item, body)
                });
            }
            Source::Successors { first, next } => {
                self.drive_successors(first.clone(), next, &own, span, &mut |this, item| {
                    this.stage(stages, &states, item, body);
                });
            }
            Source::Chain(parts) => {
                let since = self.changes.len();
                let whole = self.framed(|this| {
                    for part in parts {
                        // After the first part, the rest runs only if nothing left the loop.
                        this.drive(part, &[], span, &mut |this, item| {
                            this.stage(stages, &states, item, body)
                        });
                    }
                });
                self.inline(whole, &own, since);
            }
        }
    }

    fn drive_indexed(&mut self, source: &Indexed, own: &[Var], span: Span, body: Body<'_>) {
        let (source, rev) = source.direction();
        if let Some((lo, hi, items)) = source.over_range() {
            return self.counted(lo, hi, rev, &items, own, span, body);
        }
        let source = self.hoist_lengths(source);
        match self.indexed_len(&source) {
            Some(hi) => {
                let (lo, source) = match source {
                    // `skip` of the whole moves the start.
                    Indexed::Skip(inner, count) => match self.indexed_len(&inner) {
                        Some(len) => return self.counted(count, len, rev, &inner, own, span, body),
                        None => (usize_lit(0), Indexed::Skip(inner, count)),
                    },
                    other => (usize_lit(0), other),
                };
                self.counted(lo, hi, rev, &source, own, span, body);
            }
            None if rev => self.diag.error(span, message::ENDLESS),
            None => match self.round(&source) {
                Some(round) => {
                    let any = Expr::prim(Op::Ne, vec![round, usize_lit(0)]);
                    self.when(any, |this| this.endless_items(&source, own, span, body), |_| {});
                }
                None => self.endless_items(&source, own, span, body),
            },
        }
    }

    fn endless_items(&mut self, source: &Indexed, own: &[Var], span: Span, body: Body<'_>) {
        let counter = self.counter("k");
        let since = self.changes.len();
        let frame = self.looped(|this| {
            let index = this.temp_var("i", Expr::read(counter));
            this.count(counter);
            let item = this.indexed_item(source, &Expr::read(index));
            body(this, item);
        });
        self.emit_loop(frame, own, true, since, |body, exits| Stmt::While {
            pre: Block::default(),
            cond: None,
            body,
            exits,
            span,
        });
    }

    #[allow(clippy::too_many_arguments)]
    fn counted(
        &mut self,
        lo: Expr,
        hi: Expr,
        rev: bool,
        items: &Indexed,
        own: &[Var],
        span: Span,
        body: Body<'_>,
    ) {
        let since = self.changes.len();
        let ty = match (lo.ty(&self.f), hi.ty(&self.f)) {
            (Ty::Int(None) | Ty::Unknown, ty) => ty,
            (ty, _) => ty,
        };
        let var = self.local("i", ty);
        let frame = self.looped(|this| {
            let item = this.indexed_item(items, &Expr::read(var));
            body(this, item);
        });
        self.emit_loop(frame, own, false, since, |body, exits| Stmt::For {
            var,
            lo,
            hi,
            rev,
            body,
            exits,
            span,
        });
    }

    fn state(&mut self, stage: &Stage) -> State {
        let mut state = State { counter: None, done: None, len: None };
        match stage {
            Stage::TakeWhile(_) | Stage::MapWhile(_) | Stage::Scan(..) => {
                state.done = Some(self.declare_flag("done"))
            }
            Stage::Take(_) => {
                state.counter = Some(self.counter("taken"));
                state.done = Some(self.declare_flag("done"));
            }
            Stage::Zip(source) => {
                state.len = self.indexed_len(source);
                state.counter = Some(self.counter("k"));
                state.done = Some(self.declare_flag("done"));
            }
            Stage::Enumerate | Stage::StepBy(_) => state.counter = Some(self.counter("k")),
            Stage::Skip(_) => state.counter = Some(self.counter("skipped")),
            Stage::SkipWhile(_) => {
                let var = self.local("skipping", Ty::Bool);
                self.f.vars[var.0].mutable = true;
                self.emit(Stmt::Let { var, init: Some(Expr::Lit(syn::parse_quote!(true))) });
                state.counter = Some(var);
            }
            Stage::Map(_)
            | Stage::Filter(_)
            | Stage::FilterMap(_)
            | Stage::FlatMap(_)
            | Stage::Flatten
            | Stage::Inspect(_)
            | Stage::Copied
            | Stage::Advance(_) => {}
        }
        state
    }

    /// The items of an item: of an `Option` what is in it.
    fn each_of(&mut self, items: Operand, tokens: proc_macro2::TokenStream, body: Body<'_>) {
        if self.is_option(&items) {
            return self.if_some(items, |this, item| body(this, item), |_| {});
        }
        let inner = self.elements_of(items, tokens);
        self.drive(&inner, &[], Span::call_site(), body);
    }

    /// Passes an item through the stages to the consumer.
    fn stage(&mut self, stages: &[Stage], states: &[State], item: Operand, body: Body<'_>) {
        let (Some((stage, stages)), Some((state, states))) = (stages.split_first(), states.split_first())
        else {
            return body(self, item);
        };
        let done = state.done;
        let counter = state.counter;
        match stage {
            Stage::Map(closure) => {
                let item = self.inline_closure(closure, vec![item], &Ty::Unknown);
                self.stage(stages, states, item, body);
            }
            Stage::Advance(cursor) => {
                self.count(*cursor);
                self.stage(stages, states, item, body);
            }
            Stage::Copied => {
                let item = self.pointee(item);
                self.stage(stages, states, item, body);
            }
            Stage::Inspect(closure) => {
                let item = self.located(item, "v");
                let operand = self.inline_by_ref(closure, vec![item.clone()], &Ty::Unknown);
                self.discard(operand);
                self.stage(stages, states, item, body);
            }
            Stage::Filter(closure) => {
                let item = self.located(item, "v");
                let cond = self.inline_condition(closure, item.clone());
                self.when(cond, |this| this.stage(stages, states, item, body), |_| {});
            }
            Stage::TakeWhile(closure) => {
                let item = self.located(item, "v");
                let cond = self.inline_condition(closure, item.clone());
                self.when(cond, |this| this.stage(stages, states, item, body), |this| this.leave(done));
            }
            Stage::SkipWhile(closure) => {
                let item = self.located(item, "v");
                let Some(skipping) = counter else { return };
                self.when(
                    Expr::read(skipping),
                    |this| {
                        let cond = this.inline_condition(closure, item.clone());
                        let value = Expr::Lit(syn::parse_quote!(false));
                        let place = Place::var(skipping);
                        this.when(
                            cond,
                            |_| {},
                            |this| {
                                this.emit(Stmt::Assign { place, op: None, value, span: Span::call_site() });
                            },
                        );
                    },
                    |_| {},
                );
                let go_on = Expr::prim(Op::Not, vec![Expr::read(skipping)]);
                self.when(go_on, |this| this.stage(stages, states, item, body), |_| {});
            }
            Stage::FilterMap(closure) => {
                let item = self.inline_closure(closure, vec![item], &Ty::Unknown);
                self.if_some(item, |this, item| this.stage(stages, states, item, body), |_| {});
            }
            Stage::MapWhile(closure) => {
                let item = self.inline_closure(closure, vec![item], &Ty::Unknown);
                self.if_some(
                    item,
                    |this, item| this.stage(stages, states, item, body),
                    |this| this.leave(done),
                );
            }
            Stage::Scan(state, closure) => {
                let state = Operand::Ref(Place::var(*state), true);
                let item = self.inline_closure(closure, vec![state, item], &Ty::Unknown);
                self.if_some(
                    item,
                    |this, item| this.stage(stages, states, item, body),
                    |this| this.leave(done),
                );
            }
            Stage::FlatMap(closure) => {
                let tokens = closure.tokens();
                let inner = self.inline_closure(closure, vec![item], &Ty::Unknown);
                self.each_of(inner, tokens, &mut |this, item| this.stage(stages, states, item, body));
            }
            Stage::Flatten => {
                self.each_of(item, quote!(flatten), &mut |this, item| this.stage(stages, states, item, body));
            }
            Stage::Enumerate => {
                let Some(counter) = counter else { return };
                let index = self.temp_var("i", Expr::read(counter));
                self.count(counter);
                let item = Operand::Tuple(vec![Operand::Value(Expr::read(index)), item]);
                self.stage(stages, states, item, body);
            }
            Stage::Take(limit) => {
                let Some(counter) = counter else { return };
                let more = Expr::prim(Op::Lt, vec![Expr::read(counter), limit.clone()]);
                self.when(
                    more,
                    |this| {
                        this.count(counter);
                        this.stage(stages, states, item, body);
                        // The item after the last is not asked for.
                        let full = Expr::prim(Op::Ge, vec![Expr::read(counter), limit.clone()]);
                        this.when(full, |this| this.leave(done), |_| {});
                    },
                    |this| this.leave(done),
                );
            }
            Stage::Skip(count) => {
                let Some(counter) = counter else { return };
                let fewer = Expr::prim(Op::Lt, vec![Expr::read(counter), count.clone()]);
                self.when(fewer, |this| this.count(counter), |this| this.stage(stages, states, item, body));
            }
            Stage::StepBy(step) => {
                let Some(counter) = counter else { return };
                let rest = Expr::prim(Op::Rem, vec![Expr::read(counter), step.clone()]);
                let hit = self.temp_var("hit", Expr::prim(Op::Eq, vec![rest, usize_lit(0)]));
                self.count(counter);
                self.when(Expr::read(hit), |this| this.stage(stages, states, item, body), |_| {});
            }
            Stage::Zip(source) => {
                let Some(counter) = counter else { return };
                let pair = |this: &mut Self, body: Body<'_>| {
                    let index = this.temp_var("i", Expr::read(counter));
                    this.count(counter);
                    let other = this.indexed_item(source, &Expr::read(index));
                    this.stage(stages, states, Operand::Tuple(vec![item.clone(), other]), body);
                };
                match &state.len {
                    Some(len) => {
                        let more = Expr::prim(Op::Lt, vec![Expr::read(counter), len.clone()]);
                        self.when(more, |this| pair(this, body), |this| this.leave(done));
                    }
                    None => pair(self, body),
                }
            }
        }
    }

    fn leave(&mut self, flag: Option<Var>) {
        if let Some(flag) = flag {
            self.exit(flag);
        }
    }

    /// `if cond { then } else { els }`
    pub(in crate::lower) fn when(
        &mut self,
        cond: Expr,
        then: impl FnOnce(&mut Self),
        els: impl FnOnce(&mut Self),
    ) {
        let since = self.changes.len();
        let then = self.framed(then);
        let els = self.framed(els);
        self.branch(Fork::If(cond), vec![then, els], since);
    }

    fn drive_successors(
        &mut self,
        first: Operand,
        next: &std::rc::Rc<crate::lower::closure::Closure>,
        own: &[Var],
        span: Span,
        body: Body<'_>,
    ) {
        let ended = self.declare_flag("ended");
        let mut own = own.to_vec();
        own.push(ended);
        // The current item, overwritten by the next.
        let first_value = self.option_payload(first);
        let Some((cond, value)) = first_value else {
            return self.diag.error(span, message::unknown_adaptor("successors"));
        };
        self.when(
            cond,
            |this| {
                let value = this.owned(value);
                let var = this.temp_var("item", value);
                this.f.vars[var.0].mutable = true;
                let since = this.changes.len();
                let frame = this.looped(|this| {
                    let copy = this.temp_var("v", Expr::read(var));
                    body(this, Operand::var(copy));
                    let current = Operand::Ref(Place::var(copy), false);
                    let following = this.inline_closure(next, vec![current], &Ty::Unknown);
                    this.if_some(
                        following,
                        |this, item| {
                            let value = this.owned(item);
                            this.assign_value(Place::var(var), None, value, span);
                        },
                        |this| this.exit(ended),
                    );
                });
                this.emit_loop(frame, &own, true, since, |body, exits| Stmt::While {
                    pre: Block::default(),
                    cond: None,
                    body,
                    exits,
                    span,
                });
            },
            |_| {},
        );
    }

    /// The bounds of a range, with the end of `..=` made exclusive.
    pub(super) fn range_source(&mut self, range: &syn::ExprRange) -> Indexed {
        let start = range.start.as_deref();
        let end = range.end.as_deref();
        let hint = match (start, end) {
            (Some(start), Some(end)) => match self.type_of(start) {
                Ty::Unknown | Ty::Int(None) => self.type_of(end),
                ty => ty,
            },
            _ => Ty::Unknown,
        };
        let lo = match start {
            Some(start) => {
                let value = self.inactive(start, &hint);
                self.index_atom(value)
            }
            None => usize_lit(0),
        };
        let Some(end) = end else { return Indexed::From { lo } };
        let value = self.inactive(end, &hint);
        let value = match range.limits {
            syn::RangeLimits::HalfOpen(_) => value,
            syn::RangeLimits::Closed(_) => plus_one(value),
        };
        let hi = self.index_atom(value);
        Indexed::Range { lo, hi }
    }
}

/// Whether an opaque value is the path of a constant.
pub(super) fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Opaque { tokens, args, .. } => {
            args.is_empty() && syn::parse2::<syn::Path>(tokens.clone()).is_ok()
        }
        _ => false,
    }
}
