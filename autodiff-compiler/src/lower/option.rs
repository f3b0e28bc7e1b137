//! `Option` and `Result`: `?`, wrapped results, and the methods of `Option`.

use super::Lowerer;
use super::frame::Fork;
use super::scope::{Maybe, Operand};
use super::types;
use crate::diagnostics::message;
use crate::ir::{Expr, Op, Pattern, Place, Proj, Stmt, Ty, VarInfo};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use std::rc::Rc;

/// Methods that only `Option` and `Result` have.
const OPTION_ONLY: [&str; 14] = [
    "get_or_insert",
    "get_or_insert_with",
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "map_or",
    "map_or_else",
    "and_then",
    "ok_or",
    "ok_or_else",
    "is_some_and",
    "is_none_or",
];

/// Methods that make an `Option` of an `Option`, and that other types have too.
const OPTION_TO_OPTION: [&str; 8] = ["map", "filter", "copied", "cloned", "as_ref", "or", "or_else", "zip"];

impl Lowerer<'_> {
    /// The `Option` as a value.
    pub(super) fn option_value(&mut self, maybe: &Maybe) -> Expr {
        let payload = maybe.payload.clone();
        if is_true(&maybe.some) {
            let payload = self.boxed(payload);
            let value = self.owned(payload);
            return Expr::Some(Box::new(self.stored(value)));
        }
        let slot = self.slot("opt", Ty::Option(Box::new(Ty::Unknown)));
        self.when(
            maybe.some.clone(),
            |this| {
                let payload = this.boxed(payload);
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
            Operand::Place(place) => {
                // What a call gives is asked here whether it is there.
                self.take_result(&place);
                (place, None)
            }
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

    /// A parameter `&mut Option<T>` as the place that it lends: its methods by value copy that.
    pub(super) fn option_behind(&self, operand: Operand) -> Operand {
        match operand {
            Operand::Ref(place, true)
                if place.is_var()
                    && self.f.params.iter().any(|param| param.var == place.root)
                    && matches!(self.f.place_ty(&place), Ty::Option(_)) =>
            {
                Operand::Place(place)
            }
            operand => operand,
        }
    }

    pub(super) fn is_option(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Maybe(_) => true,
            Operand::Place(place) | Operand::Ref(place, _) => matches!(self.f.place_ty(place), Ty::Option(_)),
            Operand::Value(value) => {
                !matches!(value, Expr::Opaque { .. }) && matches!(value.ty(&self.f), Ty::Option(_))
            }
            Operand::Tuple(_) | Operand::Closure(_) | Operand::Stream(_) => false,
        }
    }

    /// Whether a place of unknown type, a field of a user's struct say, is an `Option` by what is
    /// called on it. Were it a `Result`, rustc would say so.
    fn acts_as_option(&self, name: &str, operand: &Operand, hint: &Ty) -> bool {
        let (Operand::Place(place) | Operand::Ref(place, _)) = operand else { return false };
        matches!(self.f.place_ty(place), Ty::Unknown)
            && (self.is_questioned(place) || !(place.is_var() && self.results.contains(&place.root)))
            && (OPTION_ONLY.contains(&name)
                || matches!(hint, Ty::Option(_)) && OPTION_TO_OPTION.contains(&name))
    }

    /// What the receiver of a method must be, as far as the method's name tells.
    pub(super) fn receiver_hint(&self, name: &str, receiver: &syn::Expr, hint: &Ty) -> Option<Ty> {
        let option =
            OPTION_ONLY.contains(&name) || matches!(hint, Ty::Option(_)) && OPTION_TO_OPTION.contains(&name);
        (option && is_combined_place(receiver)).then(|| Ty::Option(Box::new(Ty::Unknown)))
    }

    /// The methods of `Option` on an operand that is one; `None` where it is not known to be.
    pub(super) fn option_method(
        &mut self,
        name: &str,
        operand: &Operand,
        args: &[&syn::Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        // A closure may make something active of what is not.
        let operand = &match operand {
            Operand::Value(Expr::Opaque { ty: Ty::Option(_), .. }) if !args.is_empty() => {
                self.located(operand.clone(), "opt")
            }
            operand => operand.clone(),
        };
        if let (Operand::Place(place), "is_ok" | "is_err", []) = (operand, name, args)
            && self.is_undecided(place)
        {
            return Some(Operand::Value(self.is_given(place, name == "is_ok")));
        }
        self.take_outcome(name, operand);
        if let Some(option) = self.without_error(name, operand) {
            if name == "err" {
                return Some(option);
            }
            return self.option_method(name, &option, args, hint);
        }
        if !self.is_option(operand) && !self.acts_as_option(name, operand, hint) {
            return None;
        }
        let operand = operand.clone();
        match (name, args) {
            ("is_some" | "is_none" | "is_ok" | "is_err", []) => {
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
                    "is_some" | "is_ok" => some,
                    _ => Expr::prim(Op::Not, vec![some]),
                }))
            }
            ("take", []) | ("replace", [_]) => self.replaced_option(name, &operand, args),
            ("insert" | "get_or_insert" | "get_or_insert_with", [_]) => {
                self.inserted_option(name, &operand, args)
            }
            ("copied" | "cloned", []) => match operand {
                Operand::Maybe(_) => Some(self.pointee(operand)),
                Operand::Ref(place, _) => Some(Operand::Place(place)),
                operand => Some(operand),
            },
            // The error of a result that became an `Option` is not looked at.
            ("map_err", [map]) if self.has_effects(map) => Some(self.refuse(*map, message::EFFECT_IN_TEXT)),
            ("ok", []) | ("map_err", [_]) => Some(operand),
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
                        this.take_outcome("ok", &value);
                        let value = this.owned(value);
                        this.assign_slot(slot, value);
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("filter", [closure]) => {
                let closure = self.callable(closure);
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                self.if_some(
                    operand,
                    |this, payload| {
                        let payload = this.located(payload, "v");
                        let cond = this.inline_condition(&closure, payload.clone());
                        this.when(
                            cond,
                            |this| {
                                let value = this.owned(payload);
                                let value = Expr::Some(Box::new(this.stored(value)));
                                this.assign_slot(slot, value);
                            },
                            |this| this.assign_slot(slot, none(Ty::Unknown)),
                        );
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("and", [other]) => {
                let other = self.operand(other, hint);
                self.take_outcome("ok", &other);
                let other = self.fixed(other);
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                self.if_some(
                    operand,
                    |this, _| {
                        let value = this.owned(other);
                        this.assign_slot(slot, value);
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("xor", [other]) => {
                let other = self.operand(other, hint);
                let other = self.fixed(other);
                let second = other.clone();
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                self.if_some(
                    operand,
                    |this, payload| {
                        this.if_some(
                            other,
                            |this, _| this.assign_slot(slot, none(Ty::Unknown)),
                            |this| {
                                let value = this.owned(payload);
                                let value = Expr::Some(Box::new(this.stored(value)));
                                this.assign_slot(slot, value);
                            },
                        );
                    },
                    |this| {
                        let value = this.owned(second);
                        this.assign_slot(slot, value);
                    },
                );
                Some(Operand::var(slot))
            }
            ("flatten", []) => {
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                self.if_some(
                    operand,
                    |this, payload| {
                        let value = this.owned(payload);
                        this.assign_slot(slot, value);
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("inspect", [closure]) => {
                let closure = self.callable(closure);
                let operand = self.located(operand, "opt");
                let seen = match &operand {
                    Operand::Place(place) | Operand::Ref(place, _) => Operand::Ref(place.clone(), false),
                    other => other.clone(),
                };
                self.if_some(
                    seen,
                    |this, payload| {
                        let nothing = this.inline_by_ref(&closure, vec![payload], &Ty::Unknown);
                        this.discard(nothing);
                    },
                    |_| {},
                );
                Some(operand)
            }
            ("take_if", [_]) => {
                let (Operand::Place(place) | Operand::Ref(place, _)) = operand else { return None };
                let lent = Operand::Ref(place.clone(), true);
                let holds = self.option_method("is_some_and", &lent, args, &Ty::Bool)?;
                let holds = self.value_of(holds);
                let slot = self.slot("opt", self.f.place_ty(&place));
                self.when(
                    holds,
                    |this| {
                        let taken = this.replaced_option("take", &Operand::Place(place), &[]);
                        let taken = taken.map(|taken| this.owned(taken)).unwrap_or(none(Ty::Unknown));
                        this.assign_slot(slot, taken);
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("zip", [other]) => {
                let other = self.operand(other, &Ty::Unknown);
                let slot = self.slot("opt", Ty::Option(Box::new(Ty::Unknown)));
                self.if_some(
                    operand,
                    |this, first| {
                        this.if_some(
                            other,
                            |this, second| {
                                let pair = this.owned(Operand::Tuple(vec![first, second]));
                                let value = Expr::Some(Box::new(this.stored(pair)));
                                this.assign_slot(slot, value);
                            },
                            |this| this.assign_slot(slot, none(Ty::Unknown)),
                        );
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            ("or" | "or_else", [other]) => {
                let eager = match name {
                    "or" => {
                        let other = self.operand(other, hint);
                        self.take_outcome("ok", &other);
                        Some(self.fixed(other))
                    }
                    _ => None,
                };
                let closure = if eager.is_none() { Some(self.callable(other)) } else { None };
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                self.if_some(
                    operand,
                    |this, payload| {
                        let value = this.owned(payload);
                        let value = Expr::Some(Box::new(this.stored(value)));
                        this.assign_slot(slot, value);
                    },
                    |this| {
                        let other = match (eager, closure) {
                            (Some(other), _) => other,
                            (None, Some(closure)) => {
                                // The closure of a `Result` takes the error, which must be ignored.
                                let error = closure.params.iter().map(|_| Operand::unit()).collect();
                                let other = this.inline_closure(&closure, error, &Ty::Unknown);
                                this.take_outcome("ok", &other);
                                other
                            }
                            (None, None) => return,
                        };
                        let value = this.owned(other);
                        this.assign_slot(slot, value);
                    },
                );
                Some(Operand::var(slot))
            }
            ("is_some_and" | "is_ok_and" | "is_none_or", [closure]) => {
                let closure = self.callable(closure);
                let slot = self.slot("holds", Ty::Bool);
                let absent = Expr::Lit(if name == "is_none_or" {
                    syn::parse_quote!(true)
                } else {
                    syn::parse_quote!(false)
                });
                self.if_some(
                    operand,
                    |this, payload| {
                        let holds = this.inline_closure(&closure, vec![payload], &Ty::Bool);
                        let holds = this.value_of(holds);
                        this.assign_slot(slot, holds);
                    },
                    |this| this.assign_slot(slot, absent),
                );
                Some(Operand::var(slot))
            }
            ("ok_or" | "ok_or_else", [error]) if self.has_effects(error) => {
                Some(self.refuse(*error, message::EFFECT_IN_TEXT))
            }
            ("ok_or" | "ok_or_else", [error]) => Some(self.ok_or(operand, error, name == "ok_or_else", hint)),
            _ => None,
        }
    }

    /// `condition.then(|| value)`, `condition.then_some(value)`
    pub(super) fn option_of_bool(
        &mut self,
        name: &str,
        operand: &Operand,
        ty: &Ty,
        args: &[&syn::Expr],
        hint: &Ty,
    ) -> Option<Operand> {
        let [value] = args else { return None };
        // Nothing else has a `then` whose closure takes nothing.
        let takes_nothing = matches!(value, syn::Expr::Closure(closure) if closure.inputs.is_empty());
        if !matches!(ty, Ty::Bool) && !takes_nothing {
            return None;
        }
        match name {
            "then" => {
                let closure = self.callable(value);
                let some = self.value_of(operand.clone());
                let slot = self.slot("opt", Ty::Option(Box::new(types::payload(hint))));
                let hint = types::payload(hint);
                self.when(
                    some,
                    |this| {
                        let value = this.inline_closure(&closure, Vec::new(), &hint);
                        let value = this.owned(value);
                        let value = Expr::Some(Box::new(this.stored(value)));
                        this.assign_slot(slot, value);
                    },
                    |this| this.assign_slot(slot, none(Ty::Unknown)),
                );
                Some(Operand::var(slot))
            }
            "then_some" => {
                let some = self.value_of(operand.clone());
                let some = Expr::read(self.temp_var("some", some));
                let payload = self.operand(value, &types::payload(hint));
                let payload = self.fixed(payload);
                Some(Operand::Maybe(Rc::new(Maybe { some, payload })))
            }
            _ => None,
        }
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
                // A pattern binds the payload by reference: it is copied, not moved.
                let value = match this.owned(payload) {
                    Expr::Read(place) if !this.f.place_ty(&place).is_copy() => Expr::ToOwned(place),
                    value => value,
                };
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

/// `place.map(f).filter(g)`: a place under combinators that `Option` has.
pub(super) fn is_combined_place(expr: &syn::Expr) -> bool {
    let mut base = super::stmt::unparen(expr);
    let mut combined = false;
    while let syn::Expr::MethodCall(call) = base {
        if !OPTION_TO_OPTION.contains(&call.method.to_string().as_str()) {
            return false;
        }
        combined = true;
        base = super::stmt::unparen(&call.receiver);
    }
    combined && matches!(base, syn::Expr::Field(_) | syn::Expr::Path(_) | syn::Expr::Index(_))
}
