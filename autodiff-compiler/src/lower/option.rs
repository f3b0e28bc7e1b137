//! `Option` and `Result`: `?`, wrapped results, and the methods of `Option`.

use super::Lowerer;
use super::frame::Fork;
use super::scope::{Maybe, Operand};
use super::stmt::unparen;
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Outcome, Pattern, Place, Proj, Stmt, Ty, VarInfo, Wrap};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use std::rc::Rc;

impl Lowerer<'_> {
    /// The `Option` as a value.
    pub(super) fn option_value(&mut self, maybe: &Maybe) -> Expr {
        let payload = maybe.payload.clone();
        if is_true(&maybe.some) {
            let value = self.owned(payload);
            return Expr::Some(Box::new(self.stored(value)));
        }
        let slot = self.slot("opt", Ty::Option(Box::new(Ty::Unknown)));
        self.when(
            maybe.some.clone(),
            |this| {
                let value = this.owned(payload);
                let value = Expr::Some(Box::new(this.stored(value)));
                this.assign_slot(slot, value);
            },
            |this| this.assign_slot(slot, none(Ty::Unknown)),
        );
        Expr::Read(Place::var(slot))
    }

    /// Lowers `then` with the payload where the operand is `Some`, else `els`.
    pub(super) fn if_some(
        &mut self,
        operand: Operand,
        then: impl FnOnce(&mut Self, Operand),
        els: impl FnOnce(&mut Self),
    ) {
        if let Operand::Maybe(maybe) = &operand {
            let payload = maybe.payload.clone();
            if is_true(&maybe.some) {
                return then(self, payload);
            }
            return self.when(maybe.some.clone(), |this| then(this, payload), els);
        }
        let (on, by_ref) = match self.located(operand, "opt") {
            Operand::Place(place) => (place, None),
            Operand::Ref(place, mutable) => (place, Some(mutable)),
            other => {
                let value = self.value_of(other);
                (Place::var(self.temp_var("opt", value)), None)
            }
        };
        let ty = types::payload(&self.f.place_ty(&on));
        let var = self.f.add_var(VarInfo {
            view_of: Some(on.project(Proj::Payload)),
            by_ref: Some(by_ref == Some(true)),
            mutable: by_ref == Some(true),
            ..VarInfo::local("v", ty, Span::call_site())
        });
        let payload = match by_ref {
            None => Operand::var(var),
            Some(mutable) => Operand::Ref(Place::var(var), mutable),
        };
        let some = Pattern::TupleStruct(quote!(::core::option::Option::Some), vec![Pattern::Bind(var)]);
        let heads = vec![(some, None), (Pattern::Wild, None)];
        let since = self.changes.len();
        let then = self.framed(|this| then(this, payload));
        let els = self.framed(els);
        let span = on.span;
        self.branch(Fork::Match { on, mutable: by_ref == Some(true), heads, span }, vec![then, els], since);
    }

    /// An `Option` taken apart: whether it is there, and its payload.
    pub(super) fn option_payload(&mut self, operand: Operand) -> Option<(Expr, Operand)> {
        match operand {
            Operand::Maybe(maybe) => Some((maybe.some.clone(), maybe.payload.clone())),
            Operand::Place(_) | Operand::Ref(..) | Operand::Value(_) => {
                let located = self.located(operand, "opt");
                let (Operand::Place(place) | Operand::Ref(place, _)) = &located else { return None };
                let Ty::Option(item) = self.f.place_ty(place) else { return None };
                if !types::has_placeholder(&item) {
                    return None;
                }
                let some = self.local("some", Ty::Bool);
                let value = self.local("v", (*item).clone());
                for (var, ty) in [(some, Ty::Bool), (value, *item)] {
                    self.f.vars[var.0].mutable = true;
                    self.emit(Stmt::Let { var, init: Some(Expr::Placeholder(ty)) });
                }
                self.if_some(
                    located.clone(),
                    |this, payload| {
                        let payload = this.owned(payload);
                        this.assign_value(Place::var(value), None, payload, Span::call_site());
                        let yes = Expr::Lit(syn::parse_quote!(true));
                        this.assign_value(Place::var(some), None, yes, Span::call_site());
                    },
                    |_| {},
                );
                Some((Expr::read(some), Operand::var(value)))
            }
            Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_) => None,
        }
    }

    /// `return Some(v)`, `Ok(v)`, `Err(e)`, `None`: as the tail of a function that returns one.
    pub(super) fn wrapped_block(&mut self, block: &syn::Block) {
        self.scopes.push();
        match block.stmts.split_last() {
            Some((syn::Stmt::Expr(tail, None), init)) => {
                self.hoist_items(&block.stmts);
                for stmt in init {
                    self.stmt(stmt);
                }
                self.wrapped_tail(tail);
            }
            _ => {
                let operand = self.stmts_operand(&block.stmts, &Ty::Unknown, false);
                self.discard(operand);
            }
        }
        self.scopes.pop();
    }

    /// An expression of the function's wrapped type: its payload goes to the result.
    pub(super) fn wrapped_tail(&mut self, expr: &syn::Expr) {
        if self.dead() {
            return;
        }
        match unparen(expr) {
            syn::Expr::Call(call) if call.args.len() == 1 => {
                let name = match unparen(&call.func) {
                    syn::Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
                    _ => None,
                };
                match name.as_deref() {
                    Some("Ok" | "Some") => {
                        let hint = self.result_hint.clone();
                        let operand = self.operand(&call.args[0], &hint);
                        self.finish_wrapped(operand);
                    }
                    Some("Err") => self.bail(expr),
                    _ => self.wrapped_value(expr),
                }
            }
            syn::Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "None") => {
                self.bail(expr);
            }
            syn::Expr::If(inner) if inner.else_branch.is_some() && !super::control::has_let(&inner.cond) => {
                let cond = self.condition(&inner.cond);
                let since = self.changes.len();
                let then = self.framed(|this| this.wrapped_block(&inner.then_branch));
                let els = self.framed(|this| {
                    if let Some((_, els)) = &inner.else_branch {
                        this.wrapped_tail(els);
                    }
                });
                self.branch(Fork::If(cond), vec![then, els], since);
            }
            syn::Expr::If(inner) if inner.else_branch.is_some() => {
                self.if_let_with(inner, &mut |this, arm| match arm {
                    super::matching::Body::Block(block) => this.wrapped_block(block),
                    super::matching::Body::Expr(expr) => this.wrapped_tail(expr),
                });
            }
            syn::Expr::Match(inner) => {
                self.match_with(inner, &mut |this, body| this.wrapped_tail(body));
            }
            syn::Expr::Block(block) if block.label.is_none() => self.wrapped_block(&block.block),
            syn::Expr::Return(inner) => self.return_value(inner),
            syn::Expr::Macro(mac) => {
                let operand = self.macro_operand(&mac.mac, &Ty::Unknown, mac);
                if !self.dead() {
                    self.finish_option(operand, expr);
                }
            }
            _ => self.wrapped_value(expr),
        }
    }

    /// Any other expression of the wrapped type: `expr?` is its payload.
    fn wrapped_value(&mut self, expr: &syn::Expr) {
        let hint = match self.f.wrap {
            Wrap::Option => Ty::Option(Box::new(self.result_hint.clone())),
            Wrap::Result | Wrap::Plain => Ty::Unknown,
        };
        if let Some(operand) = self.question_call(expr, &hint) {
            return self.finish_wrapped(operand);
        }
        let operand = self.operand(expr, &hint);
        if !self.dead() {
            self.finish_option(operand, expr);
        }
    }

    fn finish_option(&mut self, operand: Operand, expr: &syn::Expr) {
        let operand = self.unwrapped_or_bail(operand, expr);
        self.finish_wrapped(operand);
    }

    fn finish_wrapped(&mut self, operand: Operand) {
        if self.dead() {
            return;
        }
        match self.result {
            Some(result) => {
                let value = self.owned(operand);
                self.assign_slot(result, value);
            }
            None => self.discard(operand),
        }
    }

    fn bail(&mut self, expr: &syn::Expr) {
        let (tokens, args, _) = self.opaque_parts(expr);
        self.emit(Stmt::Bail { tokens, args });
        self.diverge();
    }

    /// `expr?`
    pub(super) fn question(&mut self, inner: &syn::ExprTry, hint: &Ty) -> Operand {
        let in_closure = self.targets.iter().any(|target| target.kind == super::frame::TargetKind::Closure);
        if in_closure {
            return self.refuse(inner, message::LABELLED_QUESTION);
        }
        if matches!(self.f.wrap, Wrap::Plain) {
            return self.refuse(inner, message::QUESTION_OUTSIDE);
        }
        if let Some(operand) = self.question_call(&inner.expr, hint) {
            return operand;
        }
        if let syn::Expr::Call(call) = unparen(&inner.expr)
            && let syn::Expr::Path(path) = unparen(&call.func)
        {
            let last = path.path.segments.last().map(|last| last.ident.to_string());
            if matches!(last.as_deref(), Some("Ok" | "Some")) && call.args.len() == 1 {
                return self.operand(&call.args[0], hint);
            }
            if last.as_deref() == Some("Err") {
                // `Err(e)?` converts the error on the way out.
                let whole = syn::Expr::Try(inner.clone());
                let (tokens, args, _) = self.opaque_parts(&whole);
                self.effect_of(quote!(let _: () = #tokens; ::core::unreachable!()), args, true);
                return Operand::unit();
            }
        }
        if let syn::Expr::MethodCall(call) = unparen(&inner.expr)
            && call.method == "map_err"
            && let (Some(map), 1) = (call.args.first(), call.args.len())
        {
            let operand = self.operand(&call.receiver, &Ty::Unknown);
            if let Operand::Place(place) = &operand
                && self.results.contains(&place.root)
            {
                self.keep_outcome(place);
                return self.result_payload(place.clone(), true, Some(map));
            }
        }
        let operand = self.operand(&inner.expr, &Ty::Option(Box::new(hint.clone())));
        self.unwrapped_or_bail(operand, &syn::Expr::Try(inner.clone()))
    }

    /// A call of a function followed by `?`.
    fn question_call(&mut self, expr: &syn::Expr, hint: &Ty) -> Option<Operand> {
        let hint = match hint {
            Ty::Option(item) => (**item).clone(),
            hint => hint.clone(),
        };
        let before = self.frame_len();
        match unparen(expr) {
            syn::Expr::Call(_) | syn::Expr::MethodCall(_) => {}
            _ => return None,
        }
        let operand = self.operand(expr, &Ty::Unknown);
        // The call just emitted, if that is what the expression came to.
        if let Operand::Place(place) = &operand
            && place.is_var()
            && self.frame_len() > before
            && let Some(Stmt::Call(call)) = self.last_stmt()
            && call.result == place.root
        {
            call.question = true;
            self.refine(place.root, &hint);
            return Some(operand);
        }
        Some(self.unwrapped_or_bail(operand, expr))
    }

    /// The payload of an operand that is `Option` or `Result`, which leaves the function where
    /// there is none.
    fn unwrapped_or_bail(&mut self, operand: Operand, expr: &syn::Expr) -> Operand {
        if self.dead() {
            return Operand::unit();
        }
        match operand {
            Operand::Maybe(maybe) => {
                if !is_true(&maybe.some) {
                    self.when(
                        maybe.some.clone(),
                        |_| {},
                        |this| {
                            let tokens = quote!(::core::option::Option::None);
                            this.emit(Stmt::Bail { tokens, args: Vec::new() });
                            this.diverge();
                        },
                    );
                }
                maybe.payload.clone()
            }
            Operand::Value(Expr::Opaque { tokens, args, .. }) => {
                // An inactive `Option` or `Result`.
                let hint = self.result_hint.clone();
                Operand::Value(Expr::Opaque {
                    tokens: quote!((#tokens)?),
                    args,
                    ty: unknown_unless_inert(hint),
                })
            }
            Operand::Place(place) | Operand::Ref(place, _)
                if matches!(self.f.place_ty(&place), Ty::Option(_)) =>
            {
                let ty = types::payload(&self.f.place_ty(&place));
                let slot = self.slot("v", ty);
                self.if_some(
                    Operand::Place(place),
                    |this, payload| {
                        let value = this.owned(payload);
                        this.assign_slot(slot, value);
                    },
                    |this| {
                        let tokens = quote!(::core::option::Option::None);
                        this.emit(Stmt::Bail { tokens, args: Vec::new() });
                        this.diverge();
                    },
                );
                Operand::var(slot)
            }
            operand @ (Operand::Place(_) | Operand::Ref(..) | Operand::Value(_)) => {
                let wrap = matches!(self.f.wrap, Wrap::Result);
                let value = self.owned(operand);
                if let Expr::Struct { path, mut fields, .. } = value {
                    let last = path.into_iter().last().map(|token| token.to_string());
                    return match (last.as_deref(), fields.pop()) {
                        (Some("Ok" | "Some"), Some((_, value))) => Operand::Value(value),
                        _ => self.refuse(expr, message::QUESTION_OUTSIDE),
                    };
                }
                let var = self.temp_var("outcome", value);
                let place = Place::var(var);
                self.keep_outcome(&place);
                self.result_payload(place, wrap, None)
            }
            Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_) => {
                self.refuse(expr, message::QUESTION_OUTSIDE)
            }
        }
    }

    /// The payload of a `Result` (or `Option`) in a place.
    fn result_payload(&mut self, on: Place, result: bool, map: Option<&syn::Expr>) -> Operand {
        let var = self.f.add_var(VarInfo {
            view_of: Some(on.project(Proj::Payload)),
            by_ref: Some(false),
            ..VarInfo::local("v", Ty::Unknown, Span::call_site())
        });
        let slot = self.slot("v", Ty::Unknown);
        let good =
            if result { quote!(::core::result::Result::Ok) } else { quote!(::core::option::Option::Some) };
        let result_place = on.clone();
        let heads = vec![(Pattern::TupleStruct(good, vec![Pattern::Bind(var)]), None), (Pattern::Wild, None)];
        let since = self.changes.len();
        let then = self.framed(|this| this.assign_slot(slot, Expr::read(var)));
        let els = self.framed(|this| {
            // Nothing is bound in this arm, so that the error can move out of the result.
            let owned = Expr::Read(result_place);
            let (tokens, args) = match (result, map) {
                (true, Some(map)) => {
                    let (map, mut args, _) = this.opaque_parts(map);
                    let hole = quote::format_ident!("__hole_{}", args.len());
                    args.push(owned);
                    let mapped = quote!(::core::convert::From::from((#map)(#hole.err().unwrap())));
                    (quote!(::core::result::Result::Err(#mapped)), args)
                }
                (true, None) => {
                    let error = quote!(::core::convert::From::from(__hole_0.err().unwrap()));
                    (quote!(::core::result::Result::Err(#error)), vec![owned])
                }
                (false, _) => (quote!(::core::option::Option::None), Vec::new()),
            };
            this.emit(Stmt::Bail { tokens, args });
            this.diverge();
        });
        let span = on.span;
        self.branch(Fork::Match { on, mutable: false, heads, span }, vec![then, els], since);
        Operand::var(slot)
    }

    /// The methods of `Option` on an operand that is one; `None` where it is not known to be.
    pub(super) fn option_method(
        &mut self,
        name: &str,
        operand: &Operand,
        args: &[&syn::Expr],
        call: &syn::ExprMethodCall,
        hint: &Ty,
    ) -> Option<Operand> {
        self.take_outcome(name, operand);
        let is_option = match operand {
            Operand::Maybe(_) => true,
            Operand::Place(place) | Operand::Ref(place, _) => matches!(self.f.place_ty(place), Ty::Option(_)),
            Operand::Value(value) => {
                !matches!(value, Expr::Opaque { .. }) && matches!(value.ty(&self.f), Ty::Option(_))
            }
            Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_) => false,
        };
        if !is_option {
            return None;
        }
        let operand = operand.clone();
        match (name, args) {
            ("is_some" | "is_none", []) => {
                let some = match operand {
                    Operand::Maybe(maybe) => maybe.some.clone(),
                    other => {
                        let (Operand::Place(place) | Operand::Ref(place, _)) = self.located(other, "opt")
                        else {
                            return None;
                        };
                        let args = vec![Expr::Borrow { place, mutable: false }];
                        Expr::Opaque { tokens: quote!((__hole_0).is_some()), args, ty: Ty::Bool }
                    }
                };
                Some(Operand::Value(match name {
                    "is_some" => some,
                    _ => Expr::prim(Op::Not, vec![some]),
                }))
            }
            ("copied" | "cloned", []) => match operand {
                Operand::Maybe(_) => Some(self.pointee(operand)),
                operand => Some(operand),
            },
            ("ok", []) => Some(operand),
            ("as_ref" | "as_deref", []) => Some(match operand {
                Operand::Place(place) => Operand::Ref(place, false),
                operand => operand,
            }),
            ("as_mut" | "as_deref_mut", []) => Some(match operand {
                Operand::Place(place) => Operand::Ref(place, true),
                operand => operand,
            }),
            ("unwrap" | "expect", _) => {
                let text = match args {
                    [text] => text.to_token_stream(),
                    _ => quote!("called `Option::unwrap()` on a `None` value"),
                };
                Some(self.unwrapped(operand, quote!(::core::panic!("{}", #text))))
            }
            ("unwrap_or", [default]) => {
                let default = self.operand(default, hint);
                let default = self.fixed(default);
                Some(self.chosen(
                    operand,
                    hint,
                    |this, payload| this.owned(payload),
                    |this| this.owned(default),
                ))
            }
            ("unwrap_or_else", [closure]) => {
                let closure = self.callable(closure);
                let hint_inner = hint.clone();
                Some(self.chosen(
                    operand,
                    hint,
                    |this, payload| this.owned(payload),
                    move |this| {
                        let default = this.inline_closure(&closure, Vec::new(), &hint_inner);
                        this.owned(default)
                    },
                ))
            }
            ("unwrap_or_default", []) => {
                let ty = match &operand {
                    Operand::Maybe(maybe) => self.operand_ty(&maybe.payload),
                    _ => hint.clone(),
                };
                let zero = match ty {
                    Ty::F64 | Ty::F32 | Ty::Float => Expr::Const(0.0, ty),
                    ty => Expr::Opaque {
                        tokens: quote!(::core::default::Default::default()),
                        args: Vec::new(),
                        ty,
                    },
                };
                Some(self.chosen(operand, hint, |this, payload| this.owned(payload), |_| zero))
            }
            ("map_or", [default, closure]) => {
                let default = self.operand(default, hint);
                let default = self.fixed(default);
                let closure = self.callable(closure);
                let inner_hint = hint.clone();
                Some(self.chosen(
                    operand,
                    hint,
                    move |this, payload| {
                        let value = this.inline_closure(&closure, vec![payload], &inner_hint);
                        this.owned(value)
                    },
                    |this| this.owned(default),
                ))
            }
            ("map_or_else", [default, closure]) => {
                let (default, closure) = (self.callable(default), self.callable(closure));
                let (a, b) = (hint.clone(), hint.clone());
                Some(self.chosen(
                    operand,
                    hint,
                    move |this, payload| {
                        let value = this.inline_closure(&closure, vec![payload], &a);
                        this.owned(value)
                    },
                    move |this| {
                        let value = this.inline_closure(&default, Vec::new(), &b);
                        this.owned(value)
                    },
                ))
            }
            ("map", [closure]) => {
                let closure = self.callable(closure);
                if let Operand::Maybe(maybe) = &operand
                    && is_true(&maybe.some)
                {
                    let payload =
                        self.inline_closure(&closure, vec![maybe.payload.clone()], &types::payload(hint));
                    let payload = self.fixed(payload);
                    return Some(Operand::Maybe(Rc::new(Maybe { some: maybe.some.clone(), payload })));
                }
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                self.if_some(
                    operand,
                    |this, payload| {
                        let value = this.inline_closure(&closure, vec![payload], &Ty::Unknown);
                        let value = this.owned(value);
                        let value = Expr::Some(Box::new(this.stored(value)));
                        this.assign_slot(slot, value);
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("and_then", [closure]) => {
                let closure = self.callable(closure);
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                self.if_some(
                    operand,
                    |this, payload| {
                        let value = this.inline_closure(&closure, vec![payload], &Ty::Unknown);
                        let value = this.owned(value);
                        this.assign_slot(slot, value);
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("ok_or" | "ok_or_else", [error]) => Some(self.ok_or(operand, error, name == "ok_or_else", call)),
            _ => None,
        }
    }

    /// A method of `Option` or `Result` on the result of a call: as an `Option`, it serves both.
    fn take_outcome(&mut self, name: &str, operand: &Operand) {
        const METHODS: [&str; 12] = [
            "unwrap",
            "expect",
            "unwrap_or",
            "unwrap_or_else",
            "unwrap_or_default",
            "map_or",
            "map_or_else",
            "and_then",
            "ok",
            "ok_or",
            "ok_or_else",
            "map",
        ];
        if let Operand::Place(place) = operand
            && place.is_var()
            && METHODS.contains(&name)
            && self.results.contains(&place.root)
            && !self.outcomes.contains_key(&place.root)
            && matches!(self.f.place_ty(place), Ty::Unknown)
        {
            self.outcomes.insert(place.root, Outcome::Optional);
            self.f.vars[place.root.0].ty = Ty::Option(Box::new(Ty::Unknown));
        }
    }

    /// The `Result` of a call, of which only the payload is looked at.
    pub(super) fn take_result(&mut self, place: &Place) {
        self.take_outcome("ok", &Operand::Place(place.clone()));
    }

    /// Whether a place is such a result.
    pub(super) fn is_optional(&self, place: &Place) -> bool {
        place.is_var() && self.outcomes.get(&place.root) == Some(&Outcome::Optional)
    }

    /// The result of a call that is matched on keeps its `Option` or `Result`.
    pub(super) fn keep_outcome(&mut self, on: &Place) {
        if on.is_var() && self.results.contains(&on.root) {
            self.outcomes.entry(on.root).or_insert(Outcome::Kept);
        }
    }

    /// `opt.ok_or(error)`, which makes sense before `?` or as a tail: bails with the error.
    fn ok_or(
        &mut self,
        operand: Operand,
        error: &syn::Expr,
        lazy: bool,
        call: &syn::ExprMethodCall,
    ) -> Operand {
        if !matches!(self.f.wrap, Wrap::Result) {
            return self.refuse(call, message::QUESTION_OUTSIDE);
        }
        let slot = self.slot("v", Ty::Unknown);
        self.if_some(
            operand,
            |this, payload| {
                let value = this.owned(payload);
                this.assign_slot(slot, value);
            },
            |this| {
                let (tokens, args, _) = this.opaque_parts(error);
                let error = if lazy { quote!((#tokens)()) } else { tokens };
                let tokens = quote!(::core::result::Result::Err(#error));
                this.emit(Stmt::Bail { tokens, args });
                this.diverge();
            },
        );
        let some = Expr::Lit(syn::parse_quote!(true));
        Operand::Maybe(Rc::new(Maybe { some, payload: Operand::var(slot) }))
    }

    /// The payload; `panic` where there is none.
    pub(super) fn unwrapped(&mut self, operand: Operand, panic: proc_macro2::TokenStream) -> Operand {
        if let Operand::Maybe(maybe) = &operand {
            if !is_true(&maybe.some) {
                self.when(maybe.some.clone(), |_| {}, |this| this.effect_of(panic, Vec::new(), true));
            }
            return maybe.payload.clone();
        }
        let ty = types::payload(&self.operand_ty(&operand));
        let slot = self.slot("v", ty);
        self.if_some(
            operand,
            |this, payload| {
                let value = this.owned(payload);
                this.assign_slot(slot, value);
            },
            |this| this.effect_of(panic, Vec::new(), true),
        );
        Operand::var(slot)
    }

    fn chosen(
        &mut self,
        operand: Operand,
        hint: &Ty,
        then: impl FnOnce(&mut Self, Operand) -> Expr,
        els: impl FnOnce(&mut Self) -> Expr,
    ) -> Operand {
        let slot = self.slot("v", hint.clone());
        self.if_some(
            operand,
            |this, payload| {
                let value = then(this, payload);
                this.assign_slot(slot, value);
            },
            |this| {
                let value = els(this);
                this.assign_slot(slot, value);
            },
        );
        self.slot_operand(slot)
    }

    pub(super) fn operand_ty(&self, operand: &Operand) -> Ty {
        match operand {
            Operand::Value(value) => value.ty(&self.f),
            Operand::Place(place) | Operand::Ref(place, _) => self.f.place_ty(place),
            Operand::Tuple(items) => Ty::Tuple(items.iter().map(|item| self.operand_ty(item)).collect()),
            Operand::Maybe(maybe) => Ty::Option(Box::new(self.operand_ty(&maybe.payload))),
            Operand::Closure(_) | Operand::Stream(_) => Ty::Unknown,
        }
    }
}

fn unknown_unless_inert(ty: Ty) -> Ty {
    if ty.may_be_active() { Ty::Unknown } else { ty }
}

/// `None`
pub(super) fn none(item: Ty) -> Expr {
    Expr::Opaque {
        tokens: quote!(::core::option::Option::None),
        args: Vec::new(),
        ty: Ty::Option(Box::new(item)),
    }
}

/// Whether a condition is `true` itself.
pub(super) fn is_true(cond: &Expr) -> bool {
    matches!(cond, Expr::Lit(syn::Lit::Bool(lit)) if lit.value)
}
