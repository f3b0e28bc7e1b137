//! What ends an iterator chain: `sum`, `fold`, `collect`, ….

use super::{Source, Stream};
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Place, Proj, Stmt, Ty, Var, VecOp};
use crate::lower::Lowerer;
use crate::lower::closure::Closure;
use crate::lower::pattern::usize_lit;
use crate::lower::scope::{Operand, Scopes};
use crate::lower::signatures::renamed;
use crate::lower::types::{self, usize_ty};
use quote::ToTokens;
use std::rc::Rc;
use syn::spanned::Spanned;

impl Lowerer<'_> {
    /// A method that consumes an iterator; `None`, without having emitted anything, if the call
    /// is none.
    pub(in crate::lower) fn consumer(
        &mut self,
        call: &syn::ExprMethodCall,
        name: &str,
        args: &[&syn::Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        if let Some(forwards) = from_the_back(name, call)
            && self.is_stream(&call.receiver)
            && !(name == "rposition" && self.can_be_opaque(&syn::Expr::MethodCall(call.clone())))
        {
            return Some(self.operand(&forwards, hint));
        }
        let arity = match name {
            "sum" | "product" | "collect" | "last" | "count" | "unzip" | "min" | "max" | "next" | "peek" => 0,
            "for_each" | "try_for_each" | "any" | "all" | "position" | "rposition" | "find" | "min_by"
            | "max_by" | "reduce" | "nth" | "find_map" | "min_by_key" | "max_by_key" | "partition" => 1,
            "fold" | "try_fold" => 2,
            _ => return None,
        };
        if args.len() != arity || !self.is_stream(&call.receiver) {
            return None;
        }
        let span = call.span();
        if matches!(name, "next" | "nth" | "peek")
            && let Some((stream, cursor)) = self.cursor_of(&call.receiver)
            && (stream.stages.is_empty() || name == "peek")
        {
            if !stream.stages.is_empty() {
                return Some(self.refuse(call, message::ITERATOR_BY_HAND));
            }
            return Some(self.advance(&stream, cursor, args.first().copied(), name != "peek", span));
        }
        // What only counts or compares has no derivative: the source itself is clearest.
        let inert = matches!(name, "any" | "all" | "count" | "position" | "rposition" | "min" | "max");
        let whole = syn::Expr::MethodCall(call.clone());
        if inert && self.can_be_opaque(&whole) {
            let ty = match name {
                "any" | "all" => Ty::Bool,
                "count" => usize_ty(),
                "position" | "rposition" => Ty::Option(Box::new(usize_ty())),
                _ => hint.clone(),
            };
            let ordered = matches!(name, "min" | "max");
            let (tokens, args, vars) = self.opaque_parts(&whole);
            if !ordered || vars.is_empty() {
                return Some(Operand::Value(Expr::Opaque { tokens, args, ty }));
            }
        }
        // These take the iterator by reference: what they leave is there to go on with.
        let stream = match matches!(
            name,
            "any" | "all" | "position" | "find" | "find_map" | "next" | "nth" | "try_for_each"
        ) {
            true => self.borrowed(&call.receiver),
            false => self.stream_of(&call.receiver)?,
        };
        Some(match name {
            "sum" | "product" => {
                let written = self.turbofish_ty(&call.turbofish);
                let hint = if matches!(written, Ty::Unknown) { hint.clone() } else { written };
                if let Some(result) = outcome_of(&hint) {
                    let items = Operand::Stream(Rc::new(stream));
                    return Some(self.all_or_none(items, name, result, span));
                }
                match self.summed(&stream, &call.method, &hint) {
                    Some(summed) => summed,
                    None => self.reduce_with(&stream, name == "sum", &hint, span),
                }
            }
            "for_each" => {
                let closure = self.callable(args[0]);
                self.drive(&stream, &[], span, &mut |this, item| {
                    let operand = this.inline_closure(&closure, vec![item], &Ty::UNIT);
                    this.discard(operand);
                });
                Operand::unit()
            }
            "fold" => self.fold(&stream, args[0], args[1], hint, span),
            "collect" => self.collect(&stream, call, hint),
            "partition" => self.partition(Operand::Stream(Rc::new(stream)), args[0], span),
            "try_fold" => self.try_fold(Operand::Stream(Rc::new(stream)), args[0], args[1], span),
            "try_for_each" => self.try_for_each(Operand::Stream(Rc::new(stream)), args[0], span),
            "unzip" => self.unzip(&stream, span),
            "any" | "all" => self.quantified(&stream, args[0], name == "any", span),
            "count" => {
                let counter = self.counter("count");
                self.drive(&stream, &[], span, &mut |this, _| this.count(counter));
                Operand::var(counter)
            }
            "min_by_key" | "max_by_key" => {
                let closure = self.callable(args[0]);
                self.extremum_by_key(&stream, &closure, name == "min_by_key", span)
            }
            "min_by" | "max_by" => {
                let closure = self.callable(args[0]);
                self.extremum(&stream, &closure, name == "min_by", span)
            }
            "min" | "max" => {
                let closure = self.callable(&syn::parse_quote!(|__a, __b| __a.cmp(__b)));
                self.extremum(&stream, &closure, name == "min", span)
            }
            "reduce" => {
                let closure = self.callable(args[0]);
                self.reduce(&stream, &closure, span)
            }
            "last" => self.last_item(&stream, span),
            "nth" | "next" => {
                let index = match args {
                    [index] => self.count_of(index),
                    _ => usize_lit(0),
                };
                self.nth(&stream, index, call)
            }
            "position" | "find" | "find_map" => self.search(&stream, args[0], name, span),
            _ => self.opaque_operand(&whole, hint.clone(), Some(message::unknown_adaptor(name))),
        })
    }

    /// The sum of a user's type, by its own `impl Sum`.
    fn summed(&mut self, stream: &Stream, name: &syn::Ident, hint: &Ty) -> Option<Operand> {
        let Ty::Named(named) = hint else { return None };
        let syn::Type::Path(path) = &named.written else { return None };
        let owner = match &self.types.self_ty {
            Some(syn::Type::Path(own)) if path.path.is_ident("Self") => &own.path.segments.last()?.ident,
            // Of another module it has another `impl`.
            _ => &path.path.segments.first().filter(|_| path.path.segments.len() == 1)?.ident,
        };
        let owner = owner.clone();
        let mut found = self.around.summing(&owner, name);
        if found.len() > 1 {
            let references = stream.gives_references()?;
            found.retain(|(of_references, _)| *of_references == references);
        }
        let [(_, Some(function))] = &found[..] else { return None };
        let Some(syn::FnArg::Typed(items)) = function.sig.inputs.first() else { return None };
        let body: syn::Block = syn::parse2(renamed(function.block.to_token_stream(), &owner)).ok()?;
        let block = syn::Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: body });
        let mut scopes = Scopes::default();
        scopes.push();
        let params = vec![(*items.pat).clone()];
        let closure = Closure::of_small(scopes, params, block, &Some(syn::parse_quote!(#owner)), name);
        let items = Operand::Stream(Rc::new(stream.clone()));
        Some(self.inline_closure(&Rc::new(closure), vec![items], hint))
    }

    fn reduce_with(&mut self, stream: &Stream, sum: bool, hint: &Ty, span: proc_macro2::Span) -> Operand {
        let hint = if hint.is_float() || hint.is_int() { hint.clone() } else { Ty::Unknown };
        let acc = self.local(if sum { "sum" } else { "product" }, hint.clone());
        self.f.vars[acc.0].mutable = true;
        let unit = if sum { 0.0 } else { 1.0 };
        self.emit(Stmt::Let { var: acc, init: Some(Expr::Const(unit, Ty::Unknown)) });
        let op = if sum { Op::Add } else { Op::Mul };
        self.drive(stream, &[], span, &mut |this, item| {
            let value = this.value_of(item);
            this.assign_value(Place::var(acc), Some(op), value, span);
        });
        let ty = self.f.info(acc).ty.clone();
        let init = match &ty {
            Ty::Int(name) => {
                let suffix = name.as_ref().map(ToString::to_string).unwrap_or_default();
                let text = format!("{}{suffix}", if sum { 0 } else { 1 });
                Expr::Lit(syn::Lit::Int(syn::LitInt::new(&text, span)))
            }
            ty => Expr::Const(unit, ty.clone()),
        };
        self.inits.insert(acc, init);
        Operand::var(acc)
    }

    fn fold(
        &mut self,
        stream: &Stream,
        init: &syn::Expr,
        closure: &syn::Expr,
        hint: &Ty,
        span: proc_macro2::Span,
    ) -> Operand {
        // `fold(0.0, f64::max)`: the method tells the type of the literal.
        let of_method = float_of_method(closure);
        let hint = of_method.as_ref().unwrap_or(hint);
        let init = self.operand(init, hint);
        let closure = self.callable(closure);
        let acc = match &init {
            Operand::Ref(place, false) if self.is_elsewhere(&init) => {
                let name = syn::Ident::new("acc", span);
                Operand::Ref(Place::var(self.moving_from(&name, place, false)), false)
            }
            _ => self.accumulator(init, hint),
        };
        let state = acc.clone();
        self.drive(stream, &[], span, &mut |this, item| {
            let now = this.where_it_is(state.clone());
            let next = this.inline_closure(&closure, vec![now, item], &Ty::Unknown);
            if !this.dead() {
                this.update(&state, next, span);
            }
        });
        self.where_it_is(acc)
    }

    /// Mutable variables for the state of a `fold`, one for each part of a tuple.
    fn accumulator(&mut self, init: Operand, hint: &Ty) -> Operand {
        match init {
            Operand::Tuple(items) => {
                let hints = match hint {
                    Ty::Tuple(hints) => hints.clone(),
                    _ => Vec::new(),
                };
                let items = items
                    .into_iter()
                    .enumerate()
                    .map(|(k, item)| self.accumulator(item, hints.get(k).unwrap_or(&Ty::Unknown)))
                    .collect();
                Operand::Tuple(items)
            }
            init => {
                let value = self.owned(init);
                let ty = types::refined(hint, &value.ty(&self.f));
                let var = self.local("acc", ty);
                self.f.vars[var.0].mutable = true;
                self.emit(Stmt::Let { var, init: Some(value) });
                Operand::var(var)
            }
        }
    }

    /// `state = next`, all parts evaluated before any is assigned.
    fn update(&mut self, state: &Operand, next: Operand, span: proc_macro2::Span) {
        match (state, next) {
            (Operand::Place(place), Operand::Place(next)) if crate::lower::stmt::same_place(place, &next) => {
            }
            (Operand::Place(place), next) => {
                let value = self.owned(next);
                self.assign_value(place.clone(), None, value, span);
            }
            (Operand::Ref(place, _), next) => {
                let name = self.f.info(place.root).name.clone();
                self.move_to(place.root, next, &name);
            }
            (Operand::Tuple(states), Operand::Tuple(nexts)) if states.len() == nexts.len() => {
                // One part at a time may be read in place only if no earlier one was assigned.
                let mut nexts: Vec<Operand> = nexts;
                for k in 1..nexts.len() {
                    let next = std::mem::replace(&mut nexts[k], Operand::unit());
                    nexts[k] = self.settled(next, &states[k]);
                }
                for (state, next) in states.iter().zip(nexts) {
                    self.update(state, next, span);
                }
            }
            (Operand::Tuple(states), next) => {
                let next = self.located(next, "next");
                for (k, state) in states.iter().enumerate() {
                    let part = self.field(next.clone(), &syn::Member::from(k));
                    self.update(state, part, span);
                }
            }
            (Operand::Value(_) | Operand::Closure(_) | Operand::Stream(_) | Operand::Maybe(_), _) => {}
        }
    }

    /// The next value of a part, evaluated now unless it is the part itself.
    fn settled(&mut self, next: Operand, state: &Operand) -> Operand {
        match (&next, state) {
            (Operand::Place(next), Operand::Place(state)) if crate::lower::stmt::same_place(next, state) => {
                Operand::Place(next.clone())
            }
            (Operand::Tuple(_), Operand::Tuple(states)) => {
                let Operand::Tuple(items) = next else { return Operand::unit() };
                let items =
                    items.into_iter().zip(states).map(|(item, state)| self.settled(item, state)).collect();
                Operand::Tuple(items)
            }
            (Operand::Value(Expr::Lit(_)), _) => next,
            _ => {
                let value = self.owned(next);
                Operand::var(self.temp_var("next", value))
            }
        }
    }

    fn collect(&mut self, stream: &Stream, call: &syn::ExprMethodCall, hint: &Ty) -> Operand {
        let written = self.turbofish_ty(&call.turbofish);
        let target = if matches!(written, Ty::Unknown) { hint.clone() } else { written };
        let item = match &target {
            Ty::Vec(item) => (**item).clone(),
            Ty::Deque(item) => {
                return Operand::var(self.collected_into(stream, (**item).clone(), true, call.span()));
            }
            Ty::Unknown => Ty::Unknown,
            Ty::Named(ty) if types::is_boxed_slice(ty) => Ty::Unknown,
            target if let Some(result) = outcome_of(target) => {
                let items = Operand::Stream(Rc::new(stream.clone()));
                return self.all_or_none(items, "collect", result, call.span());
            }
            // By an alias perhaps: that it is a `Vec`'s, rustc is asked.
            Ty::Named(ty) if !self.is_foreign(&target) => {
                let out = self.collected(stream, Ty::Unknown, call.span());
                let new = Expr::VecNew { capacity: None, ty: Ty::Unknown, deque: false };
                let tokens = quote::quote_spanned!(ty.span()=> { let __items: #ty = __hole_0; __items });
                self.inits.insert(
                    out,
                    Expr::Opaque { tokens, args: vec![new], ty: Ty::Vec(Box::new(Ty::Unknown)) },
                );
                return Operand::var(out);
            }
            _ => {
                let whole = syn::Expr::MethodCall(call.clone());
                return self.opaque_operand(
                    &whole,
                    target.clone(),
                    Some(message::unknown_adaptor("collect")),
                );
            }
        };
        Operand::var(self.collected(stream, item, call.span()))
    }

    /// A `Vec` of the items of a stream.
    pub(in crate::lower) fn collected(&mut self, stream: &Stream, item: Ty, span: proc_macro2::Span) -> Var {
        self.collected_into(stream, item, false, span)
    }

    /// A `Vec` or a `VecDeque` of the items of a stream.
    fn collected_into(&mut self, stream: &Stream, item: Ty, deque: bool, span: proc_macro2::Span) -> Var {
        let list = |item: Ty| match deque {
            true => Ty::Deque(Box::new(item)),
            false => Ty::Vec(Box::new(item)),
        };
        let capacity = self.exact_len(stream).map(Box::new);
        let out = self.local("items", list(item.clone()));
        self.f.vars[out.0].mutable = true;
        let new = Expr::VecNew { capacity: capacity.clone(), ty: item, deque };
        self.emit(Stmt::Let { var: out, init: Some(new) });
        self.drive(stream, &[], span, &mut |this, item| {
            if this.push_reference(&Place::var(out), &item, span) {
                return;
            }
            let value = this.owned(item);
            let ty = list(value.ty(&this.f));
            this.refine(out, &ty);
            let value = this.stored(value);
            this.emit(Stmt::Vector { vec: Place::var(out), op: VecOp::Push(value), span });
        });
        if let Ty::Vec(item) | Ty::Deque(item) = self.f.info(out).ty.clone() {
            self.inits.insert(out, Expr::VecNew { capacity, ty: *item, deque });
        }
        out
    }

    /// The number of items, where the stream has as many as its source.
    fn exact_len(&mut self, stream: &Stream) -> Option<Expr> {
        let exact = stream.stages.is_empty();
        match &stream.source {
            Source::Indexed(source) if exact => self.indexed_len(source),
            Source::Indexed(_) | Source::Chain(_) | Source::Successors { .. } => None,
        }
    }

    fn unzip(&mut self, stream: &Stream, span: proc_macro2::Span) -> Operand {
        let outs: Vec<Var> = ["first", "second"]
            .into_iter()
            .map(|name| {
                let out = self.local(name, Ty::Vec(Box::new(Ty::Unknown)));
                self.f.vars[out.0].mutable = true;
                self.emit(Stmt::Let {
                    var: out,
                    init: Some(Expr::VecNew { capacity: None, ty: Ty::Unknown, deque: false }),
                });
                out
            })
            .collect();
        self.drive(stream, &[], span, &mut |this, item| {
            let item = this.located(item, "pair");
            for (k, out) in outs.iter().enumerate() {
                let part = this.field(item.clone(), &syn::Member::from(k));
                let value = this.owned(part);
                let ty = Ty::Vec(Box::new(value.ty(&this.f)));
                this.refine(*out, &ty);
                let value = this.stored(value);
                this.emit(Stmt::Vector { vec: Place::var(*out), op: VecOp::Push(value), span });
            }
        });
        Operand::Tuple(outs.into_iter().map(Operand::var).collect())
    }

    /// `[a, b, c].map(|x| …)`
    pub(in crate::lower) fn array_map(&mut self, operand: Operand, ty: &Ty, closure: &syn::Expr) -> Operand {
        let closure = self.callable(closure);
        let (Operand::Place(place) | Operand::Ref(place, _)) = self.located(operand, "a") else {
            return Operand::unit();
        };
        let Ty::Array(_, len) = ty else { return Operand::unit() };
        let by_value = Operand::Place(place);
        self.array_of(len.clone(), &mut |this, index| {
            let Operand::Place(place) = &by_value else { return Operand::unit() };
            let item = Operand::Place(place.project(Proj::Index(index)));
            this.inline_closure(&closure, vec![item], &Ty::Unknown)
        })
    }

    /// `std::array::from_fn(|i| …)`, where the length is known.
    pub(in crate::lower) fn array_from_fn(&mut self, closure: &syn::Expr, hint: &Ty) -> Operand {
        let Ty::Array(item, len) = hint else {
            return self.refuse(closure, message::ARRAY_LENGTH);
        };
        let len = len.clone();
        let closure = self.callable(closure);
        self.array_of(len, &mut |this, index| {
            this.inline_closure(&closure, vec![Operand::Value(index)], item)
        })
    }

    /// An array with an element for each index: written out where it is short, else filled.
    fn array_of(
        &mut self,
        len: proc_macro2::TokenStream,
        element: &mut dyn FnMut(&mut Self, Expr) -> Operand,
    ) -> Operand {
        if let Some(count) = types::literal_len(&len)
            && count <= 4
        {
            let items = self.sequence(count, &mut |this, k| {
                let operand = element(this, usize_lit(k));
                let value = this.owned(operand);
                Operand::Value(this.stored(value))
            });
            let items = items.into_iter().map(|item| self.value_of(item)).collect();
            return Operand::Value(Expr::Array(items));
        }
        let hi = match syn::parse2::<syn::LitInt>(len.clone()) {
            Ok(lit) => Expr::Lit(syn::Lit::Int(lit)),
            Err(_) => {
                let value = Expr::Opaque { tokens: len.clone(), args: Vec::new(), ty: usize_ty() };
                self.index_atom(value)
            }
        };
        let array = self.local("a", Ty::Array(Box::new(Ty::Unknown), len.clone()));
        self.f.vars[array.0].mutable = true;
        let zero = Expr::Repeat { elem: Box::new(Expr::Const(0.0, Ty::Unknown)), len: len.clone() };
        self.emit(Stmt::Let { var: array, init: Some(zero) });
        let var = self.local("i", usize_ty());
        let since = self.changes.len();
        let span = proc_macro2::Span::call_site();
        let frame = self.looped(|this| {
            let operand = element(this, Expr::read(var));
            let value = this.owned(operand);
            let place = Place::var(array).project(Proj::Index(Expr::read(var)));
            this.assign_value(place, None, value, span);
        });
        let lo = usize_lit(0);
        self.emit_loop(frame, &[], false, since, |body, exits| Stmt::For {
            var,
            lo,
            hi,
            rev: false,
            body,
            exits,
            span,
        });
        let item = self.f.info(array).ty.element();
        let init = match types::has_placeholder(&item) {
            true => Expr::Repeat { elem: Box::new(Expr::Placeholder(item)), len },
            false => {
                self.diag.error(span, message::ARRAY_LENGTH);
                Expr::Placeholder(Ty::Unknown)
            }
        };
        self.inits.insert(array, init);
        Operand::var(array)
    }
}

/// Whether what is collected is an `Option` (`Some(false)`) or a `Result`.
fn outcome_of(target: &Ty) -> Option<bool> {
    match target {
        Ty::Option(_) => Some(false),
        target => types::is_result(target).then_some(true),
    }
}

/// What searches from the back, as what does so from the front.
fn from_the_back(name: &str, call: &syn::ExprMethodCall) -> Option<syn::Expr> {
    let (items, args) = (&call.receiver, &call.args);
    Some(match (name, args.len()) {
        ("rposition", 1) => {
            let hit = &args[0];
            syn::parse_quote_spanned! { call.method.span() =>
                #items.map(#hit).enumerate().filter(|(_, hit)| *hit).last().map(|(k, _)| k)
            }
        }
        ("rfind", 1) => syn::parse_quote_spanned!(call.method.span() => #items.rev().find(#args)),
        ("rfold", 2) => syn::parse_quote_spanned!(call.method.span() => #items.rev().fold(#args)),
        ("nth_back", 1) => syn::parse_quote_spanned!(call.method.span() => #items.rev().nth(#args)),
        _ => return None,
    })
}

/// The array that `from_fn::<f64, 2, _>` gives.
pub(in crate::lower) fn written_array(path: &syn::Path) -> Option<syn::Type> {
    let syn::PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    let mut arguments = arguments.args.iter();
    let (Some(syn::GenericArgument::Type(item)), Some(len)) = (arguments.next(), arguments.next()) else {
        return None;
    };
    let len = match len {
        syn::GenericArgument::Const(len) => quote::ToTokens::to_token_stream(len),
        // A constant's name looks like a type.
        syn::GenericArgument::Type(syn::Type::Path(len)) => quote::ToTokens::to_token_stream(len),
        _ => return None,
    };
    syn::parse2(quote::quote!([#item; #len])).ok()
}

/// The type of a float whose method is named: `f64::max`.
fn float_of_method(function: &syn::Expr) -> Option<Ty> {
    let syn::Expr::Path(path) = function else { return None };
    let first = path.path.segments.first().filter(|_| path.path.segments.len() == 2)?;
    match first.ident.to_string().as_str() {
        "f64" => Some(Ty::F64),
        "f32" => Some(Ty::F32),
        _ => None,
    }
}
