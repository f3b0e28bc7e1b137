//! Calls of differentiable functions, with their arguments.

use super::Lowerer;
use super::closure::is_camel;
use super::scope::Operand;
use super::signatures::Receiver;
use super::stmt::unparen;
use crate::diagnostics::message;
use crate::ir::{
    Arg, Call, CallMode, Callee, Expr, Outcome, Place, Proj, Stmt, Ty, Var, WideCompanions, Wrap, is_constant,
};
use quote::ToTokens;

impl Lowerer<'_> {
    /// Emits a call of another differentiable function.
    pub(super) fn emit_call(
        &mut self,
        callee: Callee,
        args: &[&syn::Expr],
        receiver: Option<&syn::Expr>,
        question: bool,
        hint: &Ty,
        span: proc_macro2::Span,
    ) -> Operand {
        let callee = self.told_by_context(callee, hint);
        let directions = self.directions(&callee, args);
        let args: &[&syn::Expr] = &match (&directions, args.split_last()) {
            (Some(directions), Some((_, rest))) => rest.iter().copied().chain(directions).collect(),
            _ => args.to_vec(),
        };
        let located = |this: &mut Self, receiver: &syn::Expr| {
            let operand = this.operand(receiver, &Ty::Unknown);
            this.located(operand, "r")
        };
        let arg = |this: &mut Self, arg: &syn::Expr| match this.part_of_constant(arg) {
            Some(part) => Operand::Value(part),
            None => this.operand(arg, &Ty::Unknown),
        };
        let how = receiver.and_then(|receiver| {
            let operand = located(self, receiver);
            self.known_receiver(&callee, &operand)
        });
        let operands = match (receiver, how) {
            // It is borrowed after the arguments were evaluated.
            (Some(receiver), Some(Receiver::Ref | Receiver::RefMut)) => {
                let mut operands = vec![located(self, receiver)];
                operands.extend(self.sequence(args.len(), &mut |this, k| arg(this, args[k])));
                operands
            }
            (Some(receiver), Some(Receiver::Value) | None) => {
                self.sequence(args.len() + 1, &mut |this, k| match k {
                    // Behind a reference it is copied.
                    0 => match (located(this, receiver), how) {
                        (Operand::Ref(place, _), Some(Receiver::Value)) => Operand::Place(place),
                        (operand, _) => operand,
                    },
                    k => arg(this, args[k - 1]),
                })
            }
            (None, _) => self.sequence(args.len(), &mut |this, k| arg(this, args[k])),
        };
        let mut lowered = Vec::new();
        for (k, operand) in operands.into_iter().enumerate() {
            if receiver.is_some() && k == 0 {
                let mut arg = self.receiver_arg(operand);
                if let (Arg::Receiver { mutable, .. }, Some(Receiver::Value | Receiver::Ref)) =
                    (&mut arg, how)
                {
                    *mutable = false;
                }
                lowered.push(arg);
            } else {
                let arg = self.arg(operand);
                lowered.push(self.converted_arg(&callee, arg));
            }
        }
        self.lend_as_expected(&callee, &mut lowered);
        self.shared_receiver(&mut lowered);
        self.name_parts_of_lent(&mut lowered);
        let copies = self.separate(&mut lowered);
        let key = match &callee {
            Callee::Path(path) => super::shapes::call_key(path),
            Callee::Assoc { name, .. } | Callee::Method { name, .. } => format!("{name}()"),
        };
        let made = match &callee {
            Callee::Assoc { prefix, .. } => {
                let owner = prefix.clone().into_iter().find_map(|token| match token {
                    proc_macro2::TokenTree::Ident(ident) => Some(ident),
                    _ => None,
                });
                owner.is_some_and(|owner| is_camel(&owner) || owner == "Self")
            }
            Callee::Path(_) | Callee::Method { .. } => false,
        };
        let known = match hint {
            // A float is a guess beside one: a factor may be a user's.
            Ty::Unknown | Ty::F64 | Ty::F32 | Ty::Float => self.known_output(&callee, &lowered),
            Ty::Named(named) if named.fields.is_none() => self.known_output(&callee, &lowered),
            _ => None,
        };
        let elsewhere = match hint {
            Ty::Unknown if known.is_none() => self.numbers_elsewhere(&callee, &lowered),
            _ => None,
        };
        let known = known.or_else(|| elsewhere.as_ref().map(|(ty, _)| ty.clone()));
        let hint = &known.unwrap_or_else(|| hint.clone());
        let (wide, hint) = match self.wide_companions(&callee) {
            Some((wide, output)) if wide != WideCompanions::default() => (wide, &output.clone()),
            Some(_) | None => (WideCompanions::default(), hint),
        };
        let result = self.local("r", hint.clone());
        self.results.insert(result);
        let wrap = if question { None } else { self.given_wrap(&callee, &lowered) };
        if wrap.is_some() {
            self.wrapped.insert(result);
        }
        let spared = self.spares_arguments(&callee, &lowered);
        if let (Some(Wrap::Option), Ty::Unknown) = (wrap, hint) {
            self.f.vars[result.0].ty = Ty::Option(Box::new(Ty::Unknown));
        }
        if let Some(error) = self.known_error(&callee, &lowered) {
            self.error_types.insert(result, error);
        }
        if let Some(payload) = self.known_payload(&callee, &lowered) {
            if matches!(self.f.info(result).ty, Ty::Option(_)) {
                self.refine(result, &Ty::Option(Box::new(payload.clone())));
            }
            self.payloads.insert(result, payload);
        }
        if self.f.info(result).ty.holds_references() || self.call_gives_references(&callee, &lowered) {
            let name = proc_macro2::Ident::new(&key.replace("()", ""), span);
            self.check(vec![result], &name, message::GIVES_REFERENCES);
        }
        // What is wanted as an `Option` is not unwrapped.
        if !question && matches!(hint, Ty::Option(_)) {
            self.outcomes.insert(result, Outcome::Kept);
        }
        if made {
            self.given.insert(result);
        }
        self.f.vars[result.0].made = made || self.shapes.contains(&key);
        if self.shapes.contains(&key) {
            self.users.insert(result);
        }
        self.emit(Stmt::Call(Call {
            callee,
            args: lowered,
            result,
            question,
            map_err: None,
            spared,
            outcome: Outcome::Value,
            wide,
            mode: CallMode::Plain,
            span,
        }));
        if let Some((_, output)) = elsewhere.filter(|_| wrap.is_none() && !question) {
            let tokens = quote::quote_spanned!(span=> { let _: &#output = __hole_0; });
            let borrow = Expr::Borrow { place: Place::var(result), mutable: false };
            self.effect_of(tokens, vec![borrow], false);
        }
        for (place, copy) in copies {
            let ty = self.f.place_ty(&place);
            match ty.is_copy() && !matches!(ty, Ty::Array(..)) {
                true => self.emit(Stmt::Assign { place, op: None, value: Expr::read(copy), span }),
                // The call may have changed its length.
                false if matches!(ty, Ty::Vec(_) | Ty::Deque(_)) => {
                    self.emit(Stmt::Assign { place, op: None, value: Expr::Move(copy), span });
                }
                false => self.emit(Stmt::CopyFrom { dst: place, src: Place::var(copy) }),
            }
        }
        Operand::var(result)
    }

    /// An element of a constant, `TABLE[i]`: it may be a reference, which goes to the pullback too.
    fn part_of_constant(&mut self, expr: &syn::Expr) -> Option<Expr> {
        let syn::Expr::Index(index) = unparen(expr) else { return None };
        if matches!(unparen(&index.index), syn::Expr::Range(_)) || self.is_own_index(index) {
            return None;
        }
        let (base, mut args) = match self.part_of_constant(&index.expr) {
            Some(Expr::Opaque { tokens, args, .. }) => (tokens, args),
            Some(_) | None => match unparen(&index.expr) {
                syn::Expr::Path(path)
                    if is_constant(&path.to_token_stream())
                        && path
                            .path
                            .get_ident()
                            .is_none_or(|name| self.scopes.local(&name.to_string()).is_none()) =>
                {
                    (path.to_token_stream(), Vec::new())
                }
                _ => return None,
            },
        };
        let operand = self.operand(&index.index, &super::types::usize_ty());
        let value = self.value_of(operand);
        let hole = quote::format_ident!("__hole_{}", args.len());
        args.push(self.index_atom(value));
        Some(Expr::Opaque { tokens: quote::quote!(#base[#hole]), args, ty: Ty::Unknown })
    }

    /// Emits a call with one argument, lowered already.
    pub(super) fn emit_call_of(
        &mut self,
        callee: Callee,
        arg: Operand,
        hint: &Ty,
        span: proc_macro2::Span,
    ) -> Operand {
        let args = vec![self.arg(arg)];
        let result = self.local("r", hint.clone());
        self.results.insert(result);
        self.emit(Stmt::Call(Call {
            callee,
            args,
            result,
            question: false,
            map_err: None,
            spared: false,
            outcome: Outcome::Value,
            wide: WideCompanions::default(),
            mode: CallMode::Plain,
            span,
        }));
        Operand::var(result)
    }

    /// A receiver that another argument borrows is not changed: `v.dot(&v)`.
    fn shared_receiver(&self, args: &mut [Arg]) {
        let Some((Arg::Receiver { place, mutable: mutable @ true }, rest)) = args.split_first_mut() else {
            return;
        };
        *mutable = !rest.iter().any(|arg| match arg {
            Arg::Ref(other) => self.f.may_share(place, other),
            Arg::Value(_) | Arg::RefMut(_) | Arg::Receiver { .. } => false,
        });
    }

    /// Values out of what the call may change are read before it: `s.add(s.x)`.
    fn name_parts_of_lent(&mut self, args: &mut [Arg]) {
        let lent: Vec<Place> = args
            .iter()
            .filter_map(|arg| match arg {
                Arg::RefMut(place) | Arg::Receiver { place, mutable: true } => Some(place.clone()),
                Arg::Value(_) | Arg::Ref(_) | Arg::Receiver { .. } => None,
            })
            .collect();
        for arg in args {
            if let Arg::Value(value @ Expr::Read(_)) = arg
                && self.reads_any(value, &lent)
            {
                let taken = std::mem::replace(value, Expr::Tuple(Vec::new()));
                *value = Expr::read(self.temp_var("t", taken));
            }
        }
    }

    /// Two parts of one variable, disjoint as `split_at_mut` makes them, cannot both be borrowed by
    /// a call when one is mutable: the others are copied in and out.
    fn separate(&mut self, args: &mut [Arg]) -> Vec<(Place, Var)> {
        let mut copies = Vec::new();
        for k in 1..args.len() {
            let (Arg::RefMut(place) | Arg::Ref(place)) = &args[k] else { continue };
            let mutable = matches!(args[k], Arg::RefMut(_));
            // Of different fields rustc knows that they are disjoint.
            let shares = |other: &Place| {
                self.f.storage(other.root) == self.f.storage(place.root) && self.f.may_share(other, place)
            };
            let clash = args[..k].iter().any(|other| match other {
                Arg::RefMut(other) => shares(other),
                Arg::Ref(other) => mutable && shares(other),
                Arg::Receiver { .. } | Arg::Value(_) => false,
            });
            if !clash {
                continue;
            }
            let place = place.clone();
            let ty = self.f.place_ty(&place);
            let value = if ty.is_copy() { Expr::Read(place.clone()) } else { Expr::ToOwned(place.clone()) };
            let copy = self.temp_var("part", value);
            self.f.vars[copy.0].mutable = mutable;
            if mutable {
                args[k] = Arg::RefMut(Place::var(copy));
                copies.push((place, copy));
            } else {
                args[k] = Arg::Ref(Place::var(copy));
            }
        }
        copies
    }

    fn arg(&mut self, operand: Operand) -> Arg {
        match operand {
            Operand::Ref(place, false) if self.is_given_away(&place) => Arg::Value(Expr::ToOwned(place)),
            Operand::Ref(place, false) => Arg::Ref(place),
            Operand::Ref(place, true) => Arg::RefMut(place),
            other => {
                let other = self.boxed(other);
                let value = self.owned(other);
                let value = match value {
                    Expr::Move(_) | Expr::ToOwned(_) => value,
                    value if self.is_inactive(&value) => value,
                    // A constant may be a reference, which goes to the pullback too.
                    Expr::Opaque { tokens, args, ty } if is_constant(&tokens) => {
                        Expr::Opaque { tokens, args, ty }
                    }
                    value => match self.atomic(value) {
                        Expr::Read(place) => self.read_or_move(place),
                        atom => atom,
                    },
                };
                Arg::Value(value)
            }
        }
    }

    /// Whether a place is the item of an iterator over values.
    pub(super) fn is_given_away(&self, place: &Place) -> bool {
        matches!(place.proj.last(), Some(Proj::Index(Expr::Read(index))) if self.given_away.contains(&index.root))
    }

    fn receiver_arg(&mut self, operand: Operand) -> Arg {
        match operand {
            Operand::Place(place) => {
                let mutable = self.is_changeable(&place);
                Arg::Receiver { place, mutable }
            }
            Operand::Ref(place, mutable) => Arg::Receiver { place, mutable },
            other => {
                let value = self.owned(other);
                let var = self.temp_var("r", value);
                Arg::Receiver { place: Place::var(var), mutable: false }
            }
        }
    }

    /// Whether a method could change a place: it is mutable, and no scalar.
    pub(super) fn is_changeable(&self, place: &Place) -> bool {
        let info = self.f.info(place.root);
        info.mutable && !self.f.place_ty(place).is_float()
    }
}
